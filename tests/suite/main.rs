//! The integration tests: one binary, a module for each feature.
mod diagnostics;
mod record_format;
mod vectors;
