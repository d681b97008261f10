//! `import`: a shop from elsewhere, into source files.

use std::path::PathBuf;

use crate::import::{self, Existing, ImportError, Options, PeopleOptions, Report, Writing};
use crate::model::Currency;
use crate::write::RealDisk;

use super::{Ended, Failed, Outcome, console};

/// Bring a shop in: products, texts and photographs become files of your site
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge import shopify products_export.csv my-shop --images photos\n  \
    selvedge import woocommerce wc-product-export.csv my-shop --currency EUR\n  \
    selvedge import csv products.csv my-shop --map columns.toml\n  \
    selvedge import json shop.json my-shop --map paths.toml\n  \
    selvedge import people members.csv my-association --images portraits\n\n\
    docs/IMPORT.md tells how to leave another shop step by step, and how to write a map."
)]
pub(super) struct Args {
    #[command(subcommand)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Format {
    /// Tables with columns of any name
    #[command(after_help = "Example:\n  selvedge import csv products.csv my-shop --images photos")]
    Csv {
        #[command(flatten)]
        common: Common,
        /// Which column is what
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
    },
    /// The table of products that Shopify exports
    #[command(
        after_help = "Example:\n  selvedge import shopify products_export_1.csv products_export_2.csv my-shop \
        --images photos --currency EUR\n\n\
        In Shopify: Products, Export, all products, \"Plain CSV file\"."
    )]
    Shopify {
        #[command(flatten)]
        common: Common,
    },
    /// The table of products that WooCommerce exports
    #[command(
        after_help = "Example:\n  selvedge import woocommerce wc-product-export.csv my-shop --images uploads\n\n\
        In WordPress: Products, All products, Export, all columns."
    )]
    Woocommerce {
        #[command(flatten)]
        common: Common,
    },
    /// JSON of any shape, with a map of paths
    #[command(
        after_help = "Example:\n  selvedge import json shop.json my-shop --map paths.toml --images photos"
    )]
    Json {
        #[command(flatten)]
        common: Common,
        /// Where products and their values are in it
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
    },
    /// A table of people, each with what she wants public, and nothing more
    #[command(
        after_help = "Example:\n  selvedge import people members.csv my-association --images portraits\n\n\
        Public are the name by which somebody wants to be known (a column \"public name\"), community, region, crafts, languages, \
        story and photograph. With a column \"public\" only what it lists for each person: \"name, region, photo, whatsapp\". Telephone \
        and e-mail are public only if it lists them, or if a column such as \"phone public\" says yes. Names in full, streets, dates \
        of birth and numbers of papers never are.\n\n\
        Run it again with a new table: it brings up to date what it wrote, leaves what you edited, and takes out what somebody \
        does not want public any more."
    )]
    People(People),
}

#[derive(Debug, clap::Args)]
struct People {
    /// One file or more; a folder at the end is the site [default: this folder]
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Which column is what, and which says what may be public
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Where the photographs are, with all folders below
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// Keep what is not public in private/people, which is never published; else it goes nowhere
    #[arg(long)]
    keep_private: bool,
    /// Set what the table says also where a file was edited by hand
    #[arg(long)]
    replace: bool,
    /// Write nothing, only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// One file or more; a folder at the end is the site [default: this folder]
    #[arg(required = true, value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Where the photographs are, with all folders below
    #[arg(long, value_name = "DIR")]
    images: Vec<PathBuf>,
    /// Write the addresses of photographs that were not found into this file, one a line
    #[arg(long, value_name = "FILE")]
    missing_photos: Option<PathBuf>,
    /// The currency of prices that do not say theirs [default: that of the site]
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Option<Currency>,
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

fn currency(code: &str) -> Result<Currency, String> {
    let found = Currency::from_code(&code.to_uppercase());
    found.ok_or_else(|| "write the three letters of a currency, for example EUR".to_owned())
}

pub(super) fn run(args: &Args) -> Outcome {
    type Import = fn(&Options) -> Result<Report, ImportError>;
    let (common, map, import): (&Common, Option<&PathBuf>, Import) = match &args.format {
        Format::Csv { common, map } => (common, map.as_ref(), import::csv),
        Format::Shopify { common } => (common, None, import::shopify),
        Format::Woocommerce { common } => (common, None, import::woocommerce),
        Format::Json { common, map } => (common, map.as_ref(), import::json),
        Format::People(args) => return people(args),
    };
    let mut files = common.paths.clone();
    let site = match files.pop_if(|last| last.is_dir()) {
        Some(folder) => folder,
        None => PathBuf::from("."),
    };
    let options = Options {
        map: map.cloned(),
        images: common.images.clone(),
        currency: common.currency,
        language: common.lang.clone(),
        existing: if common.replace { Existing::Replace } else { Existing::Keep },
        writing: if common.dry_run { Writing::DryRun } else { Writing::Write },
        ..Options::new(files, site)
    };
    let Some(report) = report_of(import(&options))? else { return Ok(Ended::Wrong) };
    if let Some(path) = &common.missing_photos {
        let mut lines = report.missing_addresses().join("\n");
        lines.push('\n');
        std::fs::write(path, lines)
            .map_err(|error| Failed(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(told(&report, common.json))
}

/// The report; `None` if there are problems in the map, which are told.
fn report_of(imported: Result<Report, ImportError>) -> Result<Option<Report>, Failed> {
    match imported {
        Ok(report) => Ok(Some(report)),
        Err(error) => match error.map_problems() {
            Some((diagnostics, sources)) => {
                console::diagnostics(diagnostics, sources);
                Ok(None)
            }
            None => Err(Failed::from(error)),
        },
    }
}

fn told(report: &Report, is_json: bool) -> Ended {
    if is_json {
        console::json(&report.to_json());
    } else {
        console::print(&report.to_text());
    }
    if report.has_problems() { Ended::Wrong } else { Ended::Fine }
}

/// `import people`: makers, each with what she wants public.
fn people(args: &People) -> Outcome {
    let mut files = args.paths.clone();
    let site = match files.pop_if(|last| last.is_dir()) {
        Some(folder) => folder,
        None => PathBuf::from("."),
    };
    if !args.dry_run && site.join("site.toml").is_file() {
        // What is written is remembered there, and with --keep-private much more.
        crate::attest::keep_private_out(&site, &RealDisk)?;
    }
    let options = Options {
        map: args.map.clone(),
        images: args.images.clone(),
        existing: if args.replace { Existing::Replace } else { Existing::Keep },
        writing: if args.dry_run { Writing::DryRun } else { Writing::Write },
        ..Options::new(files, site)
    };
    let more = PeopleOptions { keep_private: args.keep_private };
    let Some(report) = report_of(import::people(&options, more))? else { return Ok(Ended::Wrong) };
    if args.keep_private && !args.dry_run {
        console::say(
            "What is not public is kept in private/people. That folder is in no page, feed or file that is published, and git ignores \
             it; `selvedge backup` takes it along, encrypted.",
        );
    }
    Ok(told(&report, args.json))
}
