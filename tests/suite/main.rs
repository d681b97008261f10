//! The integration tests: one binary, a module for each feature.
mod attest;
mod commands;
mod custody;
mod diagnostics;
mod evidence;
mod import;
mod media;
mod page_verdicts;
mod record_format;
mod vectors;
