//! `import`: a shop from elsewhere, into source files.

use std::path::PathBuf;

use crate::import::{self, Existing, ImportError, Options, Report, Writing};
use crate::model::Currency;

use super::{Ended, Failed, Outcome, console};

/// Bring a shop in: products, texts and photographs become files of your site
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge import shopify products_export.csv my-shop --images photos\n  \
    selvedge import woocommerce wc-product-export.csv my-shop --currency EUR\n  \
    selvedge import csv products.csv my-shop --map columns.toml\n  \
    selvedge import json shop.json my-shop --map paths.toml\n\n\
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
    let report = match import(&options) {
        Ok(report) => report,
        Err(error) => {
            if let Some((diagnostics, sources)) = error.map_problems() {
                console::diagnostics(diagnostics, sources);
                return Ok(Ended::Wrong);
            }
            return Err(Failed::from(error));
        }
    };
    if let Some(path) = &common.missing_photos {
        let mut lines = report.missing_addresses().join("\n");
        lines.push('\n');
        std::fs::write(path, lines)
            .map_err(|error| Failed(format!("cannot write {}: {error}", path.display())))?;
    }
    if common.json {
        console::json(&report.to_json());
    } else {
        console::print(&report.to_text());
    }
    Ok(if report.has_problems() { Ended::Wrong } else { Ended::Fine })
}
