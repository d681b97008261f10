//! The integration tests: one binary, a module for each feature.
mod diagnostics;
mod media;
mod record_format;
mod vectors;
