//! The integration tests: one binary, a module for each feature.
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test says what it skips, and is steered by the environment"
)]

mod acts;
mod anchor;
mod assess;
mod association;
mod attest;
mod audience;
mod badge;
mod badges;
mod certify;
mod clock;
mod commands;
mod complaint;
mod cross_listing;
mod custody;
mod delegation;
mod diagnostics;
mod evidence;
mod fold;
mod identifier;
mod identity;
mod import;
mod import_people;
mod interrupted;
mod inventory;
mod kept_page;
mod languages;
mod lasting;
mod laws;
mod matrix;
mod media;
mod member;
mod pack;
mod page_verdicts;
mod people;
mod preview;
mod private;
mod publish;
mod record_format;
mod rehearsal;
mod seal;
mod sending;
mod similar;
mod status;
mod support;
mod table;
mod tags;
mod targets;
mod test_keys;
mod themes;
mod vectors;
mod witness;
