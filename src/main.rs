//! Turns the result of [`selvedge::cli::run`] into an exit code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A build makes and drops millions of short texts; this takes a quarter of its time off.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    selvedge::cli::run()
}
