//! One file a command: arguments to option structs, results to words and exit codes.

use std::process::ExitCode;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    ExitCode::from(2)
}
