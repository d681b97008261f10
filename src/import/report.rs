//! What an import did, and everything that it did not understand or not use.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::diag::report::visible;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Something that the table says is not in the site because it was not understood.
    NotUnderstood,
    /// Something was understood and has no place in the site, or the map leaves it out.
    NotUsed,
    /// Something was done that the maker should look at.
    Note,
}

macro_rules! kinds {
    ($($kind:ident, $class:ident, $word:literal, $heading:literal, $doc:literal;)*) => {
        /// What a [`Finding`] is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $(#[doc = $doc] $kind,)* }

        impl Kind {
            /// Every kind, in the order in which the report tells them.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// How much it matters.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Self::$kind => Class::$class,)* }
            }

            /// A stable name in words.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $word,)* }
            }

            /// What stands above such findings in the report.
            #[must_use]
            pub fn heading(self) -> &'static str {
                match self { $(Self::$kind => $heading,)* }
            }
        }
    };
}

kinds! {
    TableNotRead, NotUnderstood, "table-not-read",
        "Tables that could not be read", "A file from which nothing could be read.";
    ColumnMissing, NotUnderstood, "column-missing",
        "Columns of the map that no table has", "The map names a column that is not there.";
    RowLeftOut, NotUnderstood, "row-left-out",
        "Rows that were not imported", "A row from which no product could be made.";
    ValueNotUnderstood, NotUnderstood, "value-not-understood",
        "Cells that were not understood", "A cell of which nothing, or not all, could be made.";
    PhotoMissing, NotUnderstood, "photo-missing",
        "Photographs that were not found", "A photograph that a table names and no folder has.";
    PhotoUnusable, NotUnderstood, "photo-unusable",
        "Photographs that cannot be shown", "A file that is not a photograph a page can show.";
    TellsTooMuch, NotUnderstood, "tells-too-much",
        "Cells that were left out, because they tell what is not public", "A text that repeats what is not public, or tells a street.";
    JoinWithoutProduct, NotUnderstood, "row-without-product",
        "Rows that belong to no product", "A row of a joined table whose article no table has.";
    ExistingKept, NotUsed, "existing-kept",
        "Products that are there already and were left as they are",
        "The site has the product, with another content.";
    PersonKept, NotUsed, "person-kept",
        "What was edited by hand and left as it is", "A maker's field that a person changed, and of which the table says something else.";
    ColumnNotPublic, NotUsed, "column-not-public",
        "Columns that are never public", "A column with names in full, addresses, dates of birth and the like.";
    NobodyShown, NotUsed, "nothing-public",
        "People of whom nothing is public", "A row that makes nothing of a person public.";
    TableNotProducts, NotUsed, "table-not-products",
        "Tables and records that are not products", "A table that was recognised as something else.";
    RecordNotUsed, NotUsed, "record-not-used",
        "Records that belong to no product", "A record of a table of JSON that no product leads to.";
    ColumnNotUsed, NotUsed, "column-not-used",
        "Columns and values from which nothing was made", "A column that neither the map nor a usual name explains.";
    ColumnLeftOut, NotUsed, "column-left-out",
        "Columns and values that the map leaves out", "A column left out on purpose.";
    TermLeftOut, NotUsed, "term-left-out",
        "Entries that the map leaves out", "An entry of a list cell left out on purpose.";
    PathShortened, NotUsed, "path-shortened",
        "Levels of paths that were not used", "Upper levels of a path such as Gear/Bags.";
    TextDiffers, NotUsed, "text-differs",
        "Texts of which only the first was used", "Rows of one product that say different things.";
    PhotoNotUsed, NotUsed, "photo-not-used",
        "Photographs that no product uses", "A photograph in the folders that no row names.";
    MarkupRemoved, NotUsed, "markup-removed",
        "Parts of HTML that were taken out", "Scripts, pictures, links and tags with no place in a text.";
    Encoding, Note, "encoding-guessed",
        "Files that are not UTF-8", "A file whose encoding was guessed.";
    RowShort, Note, "row-short",
        "Rows with fewer cells than columns", "A row that ends early.";
    NoCurrency, Note, "price-without-currency",
        "Prices without a currency", "Neither the cell, nor the map, nor the site says the currency.";
    Adjusted, Note, "value-adjusted",
        "Cells that were read as something a little different", "What was made of a cell is not quite what it says.";
    Hidden, Note, "hidden",
        "Products that came in hidden (hide = true)", "A draft, or what cannot be sold from a page.";
    NoLongerPublic, Note, "no-longer-public",
        "What is not public any more", "A field that was taken out of a maker's file.";
    PersonGone, Note, "person-not-in-table",
        "Makers who are not in the table any more", "A maker whom an earlier table brought.";
    VariantsGone, Note, "variants-gone",
        "Variants that are no longer in the table and were taken out", "Variants of a product that was brought up to date.";
    RowsTogether, Note, "rows-together",
        "Rows that became one product", "Variants taken together.";
    IdChanged, Note, "id-made-unique",
        "Products whose names are alike", "An id that had to differ from the name.";
    MakerById, Note, "maker-under-another-name",
        "Makers who are there already under another name", "A maker who was found by the id that her name gives.";
    PhotoAmbiguous, Note, "photo-ambiguous",
        "Photographs of which there are several", "A name that several files have.";
    ListsHint, Note, "lists",
        "Lists that the site does not show yet", "Terms were imported for a list that site.toml does not name.";
    TableStays, Note, "table-stays",
        "The table that the site is made from", "The rows of products.csv became files, and are in both.";
    AltMissing, Note, "alt-missing",
        "Photographs without words for those who cannot see them", "No alt text.";
}

/// One thing that was not understood, not used, or should be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// The table as it was named, or the path of a photograph.
    pub file: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// The column's name.
    pub column: Option<String>,
    /// What stands there.
    pub value: Option<String>,
    /// What is wrong or was done, in one sentence without a full stop.
    pub message: String,
    /// What to do, if anything.
    pub hint: Option<String>,
}

impl Finding {
    pub(super) fn new(kind: Kind, file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            file: file.into(),
            line: None,
            column: None,
            value: None,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    pub(super) fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    pub(super) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What a table was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableUse {
    /// A row is a product, or a variant of one.
    Products,
    /// Its rows add to products by their article numbers.
    Joined,
    /// A row is a person.
    People,
    /// It is something else.
    NotProducts,
}

/// What an import brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Things {
    /// Products.
    #[default]
    Products,
    /// People who make.
    People,
}

/// One table that was read.
#[derive(Clone, Debug, Serialize)]
pub struct TableRead {
    /// The file as it was named.
    pub file: String,
    /// What it was taken for.
    pub used_as: TableUse,
    /// Rows below the headers, blank ones not counted.
    pub rows: usize,
    /// The encoding by its usual name.
    pub encoding: &'static str,
    /// The separator of the cells.
    pub separator: char,
}

/// One product of the tables, or one person.
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// Its id in the site.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The table it comes from.
    pub file: String,
    /// The line of its first row.
    pub line: usize,
    /// How many photographs it has.
    pub photos: usize,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct Report {
    /// What it brings.
    pub things: Things,
    /// The tables.
    pub tables: Vec<TableRead>,
    /// Products that are new.
    pub written: Vec<Product>,
    /// Products that were there and were brought up to date.
    pub replaced: Vec<Product>,
    /// Products that were there with the same content.
    pub unchanged: Vec<Product>,
    /// Products that were there with another content, and were left as they are.
    pub kept: Vec<Product>,
    /// Other files that were written: collections and makers, by path below the site.
    pub other_files: Vec<String>,
    /// How many photographs were copied.
    pub photos_copied: usize,
    /// Everything else to know.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Tells whether something that the tables say is missing from the site because it was not understood.
    #[must_use]
    pub fn has_problems(&self) -> bool {
        self.count(Class::NotUnderstood) > 0
    }

    /// How many findings of a class there are.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.findings.iter().filter(|finding| finding.kind.class() == class).count()
    }

    /// The addresses of photographs that were not found, each once, in the order of the tables.
    #[must_use]
    pub fn missing_addresses(&self) -> Vec<&str> {
        let mut seen = std::collections::BTreeSet::new();
        let missing = self.findings.iter().filter(|finding| finding.kind == Kind::PhotoMissing);
        missing
            .filter_map(|finding| finding.value.as_deref())
            .filter(|value| value.starts_with("https://") || value.starts_with("http://"))
            .filter(|value| !value.contains(char::is_whitespace) && seen.insert(*value))
            .collect()
    }

    /// The report for people.
    ///
    /// What is alike is told once with its lines; control characters of the tables are made visible.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for table in &self.tables {
            let used_as = match table.used_as {
                TableUse::Products => "products",
                TableUse::Joined => "added to products",
                TableUse::People => "people",
                TableUse::NotProducts if self.things == Things::People => "no people, not used",
                TableUse::NotProducts => "not products, not used",
            };
            let rows = counted(table.rows, "row", "rows");
            let _ = writeln!(out, "{}: {rows}, {used_as}", visible(&table.file));
        }
        let _ = writeln!(
            out,
            "{} written, {} brought up to date, {} unchanged, {} left as they are; {} copied",
            match self.things {
                Things::Products => counted(self.written.len(), "product", "products"),
                Things::People => counted(self.written.len(), "maker", "makers"),
            },
            self.replaced.len(),
            self.unchanged.len(),
            self.kept.len(),
            counted(self.photos_copied, "photograph", "photographs"),
        );
        for path in &self.other_files {
            let _ = writeln!(out, "also written: {}", visible(path));
        }
        let classes = [
            (Class::NotUnderstood, "NOT UNDERSTOOD"),
            (Class::NotUsed, "NOT USED"),
            (Class::Note, "WORTH A LOOK"),
        ];
        for (class, title) in classes {
            if self.count(class) == 0 {
                continue;
            }
            let _ = write!(out, "\n{title}\n");
            for kind in Kind::ALL.iter().filter(|kind| kind.class() == class) {
                self.write_kind(&mut out, *kind);
            }
        }
        if self.count(Class::NotUnderstood) == 0 {
            out.push_str("\nEverything was understood.\n");
        }
        out
    }

    fn write_kind(&self, out: &mut String, kind: Kind) {
        // Alike is what says the same about the same text; the order is that of the first of each.
        let mut order: Vec<(&Finding, Vec<(&str, usize)>)> = Vec::new();
        let mut seen: BTreeMap<_, usize> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.kind == kind) {
            let file = if finding.line.is_some() { "" } else { finding.file.as_str() };
            let alike = (file, &finding.column, &finding.value, &finding.message);
            let at = *seen.entry(alike).or_insert_with(|| {
                order.push((finding, Vec::new()));
                order.len() - 1
            });
            if let Some(line) = finding.line {
                order[at].1.push((&finding.file, line));
            }
        }
        if order.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n{}", kind.heading());
        let mut order = order.into_iter().peekable();
        while let Some((finding, places)) = order.next() {
            out.push_str("  - ");
            if places.is_empty() && !finding.file.is_empty() {
                let _ = write!(out, "{}: ", visible(&finding.file));
            }
            if let Some(column) = &finding.column {
                let _ = write!(out, "{}: ", visible(column));
            }
            if let Some(value) = &finding.value {
                let _ = write!(out, "\"{}\": ", visible(&shortened(value)));
            }
            let _ = writeln!(out, "{}", visible(&finding.message));
            if !places.is_empty() {
                let _ = writeln!(out, "    {}", visible(&listed(&places)));
            }
            // The same advice for several is given once, after the last of them.
            let is_said_again = order.peek().is_some_and(|(next, _)| next.hint == finding.hint);
            if let Some(hint) = finding.hint.as_ref().filter(|_| !is_said_again) {
                let _ = writeln!(out, "    {}", visible(hint));
            }
        }
    }

    /// The report for programs: every finding by itself.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|finding| {
                serde_json::json!({
                    "class": finding.kind.class(),
                    "kind": finding.kind.name(),
                    "file": finding.file,
                    "line": finding.line,
                    "column": finding.column,
                    "value": finding.value,
                    "message": finding.message,
                    "hint": finding.hint,
                })
            })
            .collect();
        serde_json::json!({
            "tables": self.tables,
            "written": self.written,
            "replaced": self.replaced,
            "unchanged": self.unchanged,
            "kept": self.kept,
            "other_files": self.other_files,
            "photos_copied": self.photos_copied,
            "findings": findings,
        })
    }
}

/// "1 row", "2 rows".
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// "a.csv line 3, 7; b.csv line 2".
fn listed(places: &[(&str, usize)]) -> String {
    const SHOWN: usize = 24;
    let mut out = String::new();
    let mut last_file = None;
    for (file, line) in places.iter().take(SHOWN) {
        if last_file == Some(*file) {
            let _ = write!(out, ", {line}");
        } else {
            let gap = if out.is_empty() { "" } else { "; " };
            let _ = write!(out, "{gap}{file} line {line}");
            last_file = Some(*file);
        }
    }
    if places.len() > SHOWN {
        let _ = write!(out, " and {} more (all are in --json)", places.len() - SHOWN);
    }
    out
}

/// A value on one line, at most 80 characters of it.
fn shortened(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 80 {
        return line;
    }
    let cut: String = line.chars().take(79).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_is_told_once_with_its_lines() {
        let mut report = Report::default();
        for (file, line, value) in
            [("a.csv", 2, "abc"), ("a.csv", 9, "abc"), ("b.csv", 3, "abc"), ("a.csv", 4, "x\u{1b}")]
        {
            report.push(
                Finding::new(Kind::ValueNotUnderstood, file, "this is not a price")
                    .line(line)
                    .column("price")
                    .value(value),
            );
        }
        let text = report.to_text();
        assert!(
            text.contains(
                "  - price: \"abc\": this is not a price\n    a.csv line 2, 9; b.csv line 3\n"
            ),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
        assert_eq!(report.to_json()["findings"].as_array().map(Vec::len), Some(4));
    }
}
