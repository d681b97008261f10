//! `import`: a shop from elsewhere, into source files.

use std::path::PathBuf;

use crate::import::{self, Existing, Options, Writing};

use super::{Ended, Failed, Outcome, console};

/// Bring a shop in from tables: products, texts and photographs become files of your site
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge import csv products.csv my-shop --images photos\n  \
    selvedge import csv bags.csv watches.csv my-shop --map columns.toml\n\n\
    docs/IMPORT.md tells how to write a map of columns.")]
pub(super) struct Args {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Format {
    /// Tables with columns of any name
    Csv(Csv),
}

#[derive(Debug, clap::Args)]
struct Csv {
    /// One table or more; a folder at the end is the site [default: this folder]
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Which column is what
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Where the photographs are, with all folders below
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// The language of the texts, if it is not the site's first
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Bring products that are there already up to date; your own fields and comments stay
    #[arg(long)]
    replace: bool,
    /// Write nothing, only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let Format::Csv(args) = &args.format;
    let mut files = args.paths.clone();
    let site = match files.pop_if(|last| last.is_dir()) {
        Some(folder) => folder,
        None => PathBuf::from("."),
    };
    let options = Options {
        map: args.map.clone(),
        images: args.images.clone(),
        language: args.lang.clone(),
        existing: if args.replace { Existing::Replace } else { Existing::Keep },
        writing: if args.dry_run { Writing::DryRun } else { Writing::Write },
        ..Options::new(files, site)
    };
    let report = match import::csv(&options) {
        Ok(report) => report,
        Err(error) => {
            if let Some((diagnostics, sources)) = error.map_problems() {
                console::diagnostics(diagnostics, sources);
                return Ok(Ended::Wrong);
            }
            return Err(Failed::from(error));
        }
    };
    if args.json {
        console::json(&report.to_json());
    } else {
        console::print(&report.to_text());
    }
    Ok(if report.has_problems() { Ended::Wrong } else { Ended::Fine })
}
