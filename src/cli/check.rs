//! `check`: all problems at once.

use std::path::PathBuf;

use super::{Ended, Outcome, console, day, now, site_folder};

/// Find everything that is wrong, and say how to mend it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge check my-shop")]
pub(super) struct Args {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let loaded =
        crate::assemble::load_on(&site_folder(args.site.as_ref()), day(now(args.at.as_deref())?))?;
    if args.json {
        console::json(&console::diagnostics_json(&loaded.diagnostics, &loaded.sources));
    } else {
        console::diagnostics(&loaded.diagnostics, &loaded.sources);
        if loaded.diagnostics.is_empty() {
            console::say("nothing to mend");
        }
    }
    Ok(if loaded.diagnostics.has_errors() { Ended::Wrong } else { Ended::Fine })
}
