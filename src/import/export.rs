//! What the exports of shop programs have in common: columns known by name, so that no map is needed.

use std::collections::{BTreeMap, BTreeSet};

use super::items::{self, Item};
use super::map::{Field, Source};
use super::report::{Finding, Kind, Report};
use super::site::Site;
use super::table::{Cell, Row, Table, fold};

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A field of a product.
    Product(Field),
    /// A field of a variant, or of a product that has none.
    Variant(Field),
    /// Read by the code of the format, under its key.
    Own,
    /// Nothing, for this reason.
    Not(&'static str),
}

/// A column of an export.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// What the code of the format calls it.
    pub(super) key: &'static str,
    /// Its headers, folded: old and new ones, and in the languages that the program writes.
    pub(super) names: &'static [&'static str],
    pub(super) used_as: Use,
    /// What a shop writes that never touched it; it need not be told.
    pub(super) usual: &'static [&'static str],
}

/// A table of an export, with its columns found.
pub(super) struct Sheet<'t> {
    pub(super) table: &'t Table,
    at: BTreeMap<&'static str, usize>,
    /// Columns that the program knows and nothing is made of.
    unused: Vec<(usize, &'static str, &'static [&'static str])>,
    unknown: Vec<usize>,
}

impl<'t> Sheet<'t> {
    pub(super) fn of(table: &'t Table, known: &'static [Known]) -> Self {
        let mut sheet =
            Self { table, at: BTreeMap::new(), unused: Vec::new(), unknown: Vec::new() };
        for (at, header) in table.headers.iter().enumerate() {
            let found = find(known, header);
            match found {
                Some(Known { used_as: Use::Not(why), usual, .. }) => {
                    sheet.unused.push((at, why, usual));
                }
                Some(known) => {
                    sheet.at.entry(known.key).or_insert(at);
                }
                None => sheet.unknown.push(at),
            }
        }
        sheet
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.at.contains_key(key)
    }

    /// The position of a column.
    pub(super) fn at(&self, key: &str) -> Option<usize> {
        self.at.get(key).copied()
    }

    /// The cell of a column if it says anything.
    pub(super) fn cell(&self, row: &'t Row, key: &str) -> Option<&'t Cell> {
        self.at(key).and_then(|at| row.cell(at))
    }

    /// The words of a cell; empty if it says nothing.
    pub(super) fn text(&self, row: &'t Row, key: &str) -> &'t str {
        self.cell(row, key).map_or("", |cell| cell.text.as_str())
    }

    /// The columns of fields, those of variants or those of products.
    pub(super) fn fields(
        &self,
        known: &'static [Known],
        wanted: impl Fn(Use) -> Option<Field>,
    ) -> Vec<(Field, Vec<Source>)> {
        let mut fields: Vec<(Field, Vec<Source>)> = Vec::new();
        for known in known {
            let (Some(field), Some(at)) = (wanted(known.used_as), self.at(known.key)) else {
                continue;
            };
            let source = Source::known(&self.table.headers[at]);
            match fields.iter_mut().find(|(known, _)| *known == field) {
                Some((_, sources)) => sources.push(source),
                None => fields.push((field, vec![source])),
            }
        }
        fields.sort_by_key(|(field, _)| *field);
        fields
    }

    /// Takes a column that no program knows, because its header says what it is.
    pub(super) fn take_unknown(&mut self, mut wanted: impl FnMut(usize, &str) -> bool) {
        let headers = &self.table.headers;
        self.unknown.retain(|at| !wanted(*at, &headers[*at]));
    }

    /// Names a column of which nothing is made.
    pub(super) fn leave(&mut self, at: usize, why: &'static str) {
        self.unused.push((at, why, &[]));
    }

    /// Reports columns from which nothing was made, if they say anything.
    pub(super) fn report_unused(&self, report: &mut Report) {
        let mut unused: Vec<(usize, &str, &[&str])> = self.unused.clone();
        let nothing: &[&str] = &[];
        unused.extend(self.unknown.iter().map(|at| (*at, "", nothing)));
        unused.sort_by_key(|(at, ..)| *at);
        for (at, why, usual) in unused {
            let says = |row: &Row| {
                row.cell(at).is_some_and(|cell| !usual.contains(&fold(&cell.text).as_str()))
            };
            // The second of two columns with one name was reported when the table was read.
            let header = &self.table.headers[at];
            let is_second = !header.is_empty() && self.table.column(header) != Some(at);
            if is_second || !self.table.rows.iter().any(says) {
                continue;
            }
            let cells = items::column_words(self.table, at);
            let words = if why.is_empty() { cells } else { format!("{why}; {cells}") };
            report.push(
                Finding::new(Kind::ColumnNotUsed, self.table.file.clone(), words)
                    .column(self.table.column_name(at)),
            );
        }
    }
}

fn find(known: &'static [Known], header: &str) -> Option<&'static Known> {
    let folded = plain(header);
    known.iter().find(|known| known.names.contains(&folded.as_str()))
}

/// A header as it is compared: programs differ in spaces before question marks, apostrophes and units.
pub(super) fn plain(header: &str) -> String {
    let folded = fold(header).replace(['\u{a0}', '\u{202f}'], " ").replace('’', "'");
    let without_unit = match folded.rsplit_once(" (") {
        Some((name, unit)) if UNITS.contains(&unit.trim_end_matches(')')) => name.to_owned(),
        _ => folded,
    };
    without_unit.replace(" ?", "?").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Units that stand behind weights and sizes in headers.
const UNITS: [&str; 10] = ["kg", "g", "lbs", "lb", "oz", "cm", "mm", "m", "in", "yd"];

/// The unit in a header such as `Weight (kg)`.
pub(super) fn unit(header: &str) -> Option<String> {
    let folded = fold(header);
    let (_, unit) = folded.rsplit_once('(')?;
    let unit = unit.trim_end_matches(')').trim();
    UNITS.contains(&unit).then(|| unit.to_owned())
}

/// Grams in a unit of weight.
pub(super) fn grams_in(unit: &str) -> Option<f64> {
    match unit {
        "g" => Some(1.0),
        "kg" => Some(1000.0),
        "lb" | "lbs" => Some(453.592_37),
        "oz" => Some(28.349_523_125),
        _ => None,
    }
}

/// Tells whether a header is one of these.
pub(super) fn knows(known: &'static [Known], header: &str) -> bool {
    find(known, header).is_some()
}

/// Names the makers of products, unless all are of the shop itself.
pub(super) fn set_makers(
    items: &mut [Item],
    makers: &[Option<String>],
    column: &str,
    site: &Site,
    report: &mut Report,
) {
    let all: BTreeSet<&str> = makers.iter().flatten().map(String::as_str).collect();
    let is_shop = |name: &str| site.names.contains(&fold(name));
    let is_own = all.len() == 1
        && all.first().is_some_and(|name| {
            is_shop(name) || site.has_one_maker || site.makers.contains_key(&fold(name))
        });
    if is_own && site.has_one_maker || all.iter().all(|name| is_shop(name)) {
        if let (Some(name), Some(item)) = (all.first(), items.first()) {
            let words = format!("all is made by {name}, which is the shop itself");
            report.push(Finding::new(Kind::ColumnNotUsed, item.file.clone(), words).column(column));
        }
        return;
    }
    for (item, maker) in items.iter_mut().zip(makers) {
        if let Some(maker) = maker.as_ref().filter(|maker| !is_shop(maker)) {
            item.lists.insert(Field::MadeBy, vec![maker.clone()]);
        }
    }
}
