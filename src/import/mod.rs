//! Foreign tables to source files that `read` accepts; never straight to a draft, so that what
//! was imported is the maker's own from then on, to read and to change.
//!
//! [`csv`] reads tables as spreadsheets and shops export them. A column map says which column is
//! what (`docs/IMPORT.md`); without one the usual names of columns are recognised. [`people`] reads tables of members.
//!
//! Guarantees: nothing is dropped in silence, every cell, column, row, photograph or table that
//! was not understood or not used is a [`Finding`] of the [`Report`]; the same input gives the same
//! files and the same ids; a product's folder appears whole or not at all; a file that is there
//! already is not touched unless [`Existing::Replace`] is asked for; only photographs below the
//! folders that were named are opened, links are not followed, and nothing is fetched.
//! A cell that a spreadsheet would take for a formula is text like any other.

mod cells;
mod csv;
mod export;
mod html;
mod items;
mod json;
mod map;
mod people;
mod photos;
mod place;
mod report;
mod richtext;
mod shopify;
mod site;
mod source;
mod table;
mod variants;
mod woocommerce;
mod write;

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::diag::report::{Colour, to_text};
use crate::diag::{Diagnostics, Sources};
use crate::model::Currency;
use crate::read::ReadError;

pub use csv::csv;
pub use json::json;
pub use people::{PeopleOptions, people};
pub use report::{Class, Finding, Kind, Product, Report, TableRead, TableUse, Things};
pub use shopify::shopify;
pub use woocommerce::woocommerce;

/// What [`csv`] is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The tables; those that are not products are recognised and named.
    pub files: Vec<PathBuf>,
    /// The folder of the site; it has a `site.toml`.
    pub site: PathBuf,
    /// The column map; without it the usual names of columns are recognised.
    pub map: Option<PathBuf>,
    /// Where photographs are looked for, with all folders below; the folders of the tables if empty.
    pub images: Vec<PathBuf>,
    /// The currency of prices that do not say theirs; it goes before that of the map and the site.
    pub currency: Option<Currency>,
    /// The language of the texts, if it is not the site's first.
    ///
    /// With another language of the site, translations are written beside the products, which are
    /// found by their article numbers.
    pub language: Option<String>,
    /// What happens to products that are there already.
    pub existing: Existing,
    /// Whether the files are written, or only the report is made.
    pub writing: Writing,
}

impl Options {
    /// Imports these tables into that site, with nothing else said.
    #[must_use]
    pub fn new(files: Vec<PathBuf>, site: PathBuf) -> Self {
        Self {
            files,
            site,
            map: None,
            images: Vec::new(),
            currency: None,
            language: None,
            existing: Existing::Keep,
            writing: Writing::Write,
        }
    }
}

/// What happens to products that are in the site already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// They stay as they are, and are listed if the table says something else.
    Keep,
    /// Fields that the table has are set anew; the maker's other fields and comments stay.
    Replace,
}

/// Whether files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// They are.
    Write,
    /// They are not; the report says what would be.
    DryRun,
}

/// The import could not be done at all.
#[derive(Debug)]
pub struct ImportError(Cause);

#[derive(Debug)]
enum Cause {
    NoFiles,
    NoMap,
    Site(ReadError),
    Language { asked: String, languages: Vec<String> },
    Map { diagnostics: Diagnostics, sources: Sources },
    Io { doing: &'static str, path: PathBuf, error: io::Error },
}

impl ImportError {
    fn io(doing: &'static str, path: &Path, error: io::Error) -> Self {
        Self(Cause::Io { doing, path: path.to_owned(), error })
    }

    /// What is wrong in the column map, if that is the cause.
    #[must_use]
    pub fn map_problems(&self) -> Option<(&Diagnostics, &Sources)> {
        match &self.0 {
            Cause::Map { diagnostics, sources } => Some((diagnostics, sources)),
            _ => None,
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::NoFiles => f.write_str("no table was named"),
            Cause::NoMap => f.write_str(
                "JSON needs a map that says where the products are in it; name it with --map (docs/IMPORT.md tells how to write one)",
            ),
            Cause::Site(error) => error.fmt(f),
            Cause::Language { asked, languages } => write!(
                f,
                "this site has no language \"{asked}\"; it has {}; add it to `languages` in site.toml",
                languages.join(", ")
            ),
            Cause::Map { diagnostics, sources } => {
                f.write_str("the column map is not understood")?;
                for diagnostic in diagnostics.sorted(sources) {
                    write!(f, "\n{}", to_text(diagnostic, sources, Colour::Never).trim_end())?;
                }
                Ok(())
            }
            Cause::Io { doing, path, error } => {
                write!(f, "cannot {doing} {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for ImportError {}
