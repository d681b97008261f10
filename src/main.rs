//! Turns the result of [`selvedge::cli::run`] into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    selvedge::cli::run()
}
