//! Foreign JSON to source files, by a map of paths (`docs/IMPORT.md`).
//!
//! Tables that lie side by side are put into each other first, by what their records say of one
//! another; then each value of a product is one path in its record. Nothing here knows any program:
//! the map does. What no path reaches is reported, in records and outside them.

mod lines;
mod map;
mod records;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::diag::{Diagnostics, Sources};
use crate::model::Currency;

use self::lines::Lines;
use self::map::{Amounts, JsonMap, OptionName, Query, VariantMap};
use self::records::{Leaf, Records};
use super::cells::{Price, PriceStyle};
use super::items::{Columns, Item, ItemPrice, RowReader};
use super::map::{Field, Shape, Source, Writing, fits};
use super::place::{self, Layout};
use super::report::{Finding, Kind, Report, TableRead, TableUse, counted};
use super::site::Ground;
use super::table::{self, Cell, MAX_TABLE_BYTES, Row, Table};
use super::variants::{self, Axis, Variant};
use super::{Cause, ImportError, Options, csv, richtext};

/// Whole numbers beyond this are not exact in JSON.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Imports JSON into a site, by a map of paths.
///
/// # Errors
/// If there is no site, no map or one with mistakes, a folder cannot be used, or the disk fails. What
/// is wrong in the files is no error: it is in the report, and the rest is imported.
pub fn json(options: &Options) -> Result<Report, ImportError> {
    if options.files.is_empty() {
        return Err(ImportError(Cause::NoFiles));
    }
    let Some(map) = &options.map else { return Err(ImportError(Cause::NoMap)) };
    let map = load_map(map)?;
    let ground = Ground::open(options, map.base.language.as_deref())?;
    let mut report = Report::default();
    let mut items = Vec::new();
    for path in &options.files {
        let shown = path.display().to_string();
        let Some(text) = load(path, &shown, &mut report)? else { continue };
        let Some((document, is_stream)) = parse(&text, &shown, &mut report) else { continue };
        let mut lines = Lines::of(&text, is_stream);
        let records = Records::of(&document, &map, &mut lines);
        let outside = records::outside(&document, &records, &mut lines);
        let currency = options.currency.or(map.base.currency).or(ground.site.currency);
        let style = PriceStyle { currency, decimal: map.base.decimal.or(Some('.')) };
        let mut reading =
            Reading { map: &map, ground: &ground, file: shown, style, report: &mut report };
        items.extend(reading.products(records, outside));
    }
    csv::set_always(&mut items, &map.base);
    let layout = Layout {
        has_first_sentence: map.base.has_first_sentence,
        facts_heading: map.base.facts_heading.as_deref(),
    };
    place::into_site(options, &ground, items, layout, report)
}

fn load_map(path: &Path) -> Result<JsonMap, ImportError> {
    let text = fs::read_to_string(path)
        .map_err(|error| ImportError::io("read the map of paths", path, error))?;
    let mut sources = Sources::default();
    let file = sources.add(path.display().to_string(), text);
    let mut diagnostics = Diagnostics::default();
    let map = map::parse(sources.text(file), file, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(ImportError(Cause::Map { diagnostics, sources }));
    }
    Ok(map)
}

fn load(path: &Path, shown: &str, report: &mut Report) -> Result<Option<String>, ImportError> {
    let file = fs::File::open(path).map_err(|e| ImportError::io("open", path, e))?;
    let mut bytes = Vec::new();
    file.take(MAX_TABLE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| ImportError::io("read", path, e))?;
    if bytes.len() as u64 > MAX_TABLE_BYTES {
        let words = format!("this file is larger than {} megabytes", MAX_TABLE_BYTES >> 20);
        report.push(Finding::new(Kind::TableNotRead, shown, words).hint("split it"));
        return Ok(None);
    }
    Ok(table::decode(shown, &bytes, report))
}

/// The value of a text, or the values of one that has a value on each line; tells which.
fn parse(text: &str, shown: &str, report: &mut Report) -> Option<(Value, bool)> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Some((value, false)),
        Err(error) => error,
    };
    let stream: Result<Vec<Value>, _> =
        serde_json::Deserializer::from_str(text).into_iter().collect();
    if let Ok(values) = stream
        && values.len() > 1
        && values.iter().all(Value::is_object)
    {
        return Some((Value::Array(values), true));
    }
    // What is wrong at the end of a line is told before the first column of the next.
    let (line, column) = match (error.line(), error.column()) {
        (line, 0) => (line.saturating_sub(1).max(1), None),
        (line, column) => (line, Some(column)),
    };
    let words = if error.to_string().starts_with("recursion limit") {
        "values lie too deep in each other here".to_owned()
    } else if error.is_eof() {
        "this is no whole JSON: it ends here in the middle".to_owned()
    } else if let Some(column) = column {
        format!("this is not JSON from column {column} of this line on")
    } else {
        "this is not JSON from the end of this line on".to_owned()
    };
    report.push(Finding::new(Kind::TableNotRead, shown, words).line(line));
    None
}

/// What reading the records of one file needs.
struct Reading<'a> {
    map: &'a JsonMap,
    ground: &'a Ground,
    file: String,
    style: PriceStyle,
    report: &'a mut Report,
}

/// Sources of fields with the places of their cells in a row.
struct Fill<'m> {
    table: Table,
    columns: Columns<'m>,
    sources: Vec<(Option<Field>, &'m Source, Query)>,
}

impl<'m> Fill<'m> {
    fn of(
        file: &str,
        fields: &'m [(Field, Vec<Source>)],
        facts: &'m [(String, Source)],
        style: PriceStyle,
    ) -> Self {
        let mut sources: Vec<(Option<Field>, &Source, Query)> = Vec::new();
        let mut add = |field: Option<Field>, source: &'m Source| {
            // The map was checked, so each of its paths can be asked.
            let query = map::query(&source.column.value).ok()?;
            sources.push((field, source, query));
            Some((sources.len() - 1, source))
        };
        let fields = fields
            .iter()
            .map(|(field, all)| {
                (*field, all.iter().filter_map(|source| add(Some(*field), source)).collect())
            })
            .collect();
        let facts = facts
            .iter()
            .filter_map(|(label, source)| add(None, source).map(|(at, s)| (label.as_str(), at, s)))
            .collect();
        let headers = sources.iter().map(|(_, source, _)| source.column.value.clone()).collect();
        let table = Table {
            file: file.to_owned(),
            separator: ',',
            encoding: "UTF-8",
            headers,
            rows: Vec::new(),
        };
        Self { table, columns: Columns { fields, facts, style }, sources }
    }
}

impl Reading<'_> {
    fn products(
        &mut self,
        mut records: Records<'_>,
        outside: Vec<(String, usize, usize)>,
    ) -> Vec<Item> {
        let map = self.map;
        let Some(table) = map.table("products") else { return Vec::new() };
        let count = records.tables[table].len();
        self.report.tables.push(TableRead {
            file: self.file.clone(),
            used_as: if count > 0 { TableUse::Products } else { TableUse::NotProducts },
            rows: count,
            encoding: "UTF-8",
            separator: ',',
        });
        if count == 0 {
            let words = format!("no product is at {}", map.tables[table].rows.written);
            self.report.push(
                Finding::new(Kind::TableNotRead, self.file.clone(), words)
                    .hint("the path of [tables] products in the map leads nowhere in this file"),
            );
        }
        let (file, style) = (self.file.clone(), self.style);
        let of_product = Fill::of(&file, &map.base.fields, &map.base.facts, style);
        let of_variant =
            map.variants.as_ref().map(|variants| Fill::of(&file, &variants.fields, &[], style));
        let translations: Vec<(&str, Fill<'_>)> = map
            .translations
            .iter()
            .filter_map(|(tag, fields)| {
                let languages = &self.ground.site.languages;
                if languages.iter().skip(1).any(|known| known.eq_ignore_ascii_case(tag)) {
                    return Some((tag.as_str(), Fill::of(&file, fields, &[], style)));
                }
                let words = format!(
                    "the map has texts in \"{tag}\", which is no second language of the site; add it to `languages` in site.toml"
                );
                self.report.push(Finding::new(Kind::ColumnNotUsed, file.clone(), words).column(tag));
                None
            })
            .collect();
        let mut leaves: BTreeMap<String, Leaf> = BTreeMap::new();
        let mut items = Vec::new();
        for at in 0..count {
            let line = records.tables[table][at].line;
            let whole = records.whole(table, at);
            if whole.is_cut {
                let words = "far too many records of other tables belong to this one; the rest was left out";
                self.report.push(Finding::new(Kind::RowLeftOut, file.clone(), words).line(line));
            }
            let mut used: HashSet<String> = whole.keys.into_iter().collect();
            let mut item = self.item(&of_product, &whole.value, line, None, &mut used);
            item.said = short(&whole.value);
            if let Some(id) = &map.id {
                item.id = self.scalar(&whole.value, id, line, &mut used);
            }
            self.named_facts(&whole.value, &mut item, &mut used);
            if let (Some(variants), Some(row)) = (&map.variants, &of_variant) {
                self.variants(variants, row, &whole.value, &mut item, &mut used);
            }
            for (tag, row) in &translations {
                let texts = self.item(row, &whole.value, line, None, &mut used);
                if !texts.name.is_empty() || !texts.text.is_empty() || !texts.lines.is_empty() {
                    item.translations.push(((*tag).to_owned(), texts));
                }
            }
            records::unused(&whole.value, &mut String::new(), &used, &mut leaves);
            if item.name.is_empty() {
                let words = format!("this record has no name; it says {}", item.said);
                self.report.push(Finding::new(Kind::RowLeftOut, file.clone(), words).line(line));
                continue;
            }
            items.push(item);
        }
        self.report_unused(leaves, &records, outside);
        items
    }

    fn finding(&self, kind: Kind, line: usize, path: &str, words: impl Into<String>) -> Finding {
        Finding::new(kind, self.file.clone(), words).line(line).column(path)
    }

    /// The product, variant or translation that a record is.
    fn item(
        &mut self,
        row: &Fill<'_>,
        record: &Value,
        line: usize,
        fallback: Option<Currency>,
        used: &mut HashSet<String>,
    ) -> Item {
        let own = row.sources.iter().find(|(field, ..)| *field == Some(Field::Currency));
        let own = own.and_then(|(_, _, query)| {
            let nodes = query.path.query(record);
            Currency::from_code(&nodes.first()?.as_str()?.to_uppercase())
        });
        let currency = own.or(fallback).or(self.style.currency);
        let photos = row.sources.iter().filter(|(field, ..)| *field == Some(Field::Photos));
        let photos: usize = photos.map(|(.., query)| query.path.query(record).len()).sum();
        let cells = row
            .sources
            .iter()
            .map(|(field, source, query)| {
                let located = query.path.query_located(record);
                used.extend(located.iter().map(|node| records::general(node.location())));
                let nodes: Vec<&Value> = located.iter().map(|node| node.node()).collect();
                let text = self.cell(*field, source, &nodes, line, currency, photos);
                Cell { text: text.unwrap_or_default(), line }
            })
            .collect();
        let row_cells = Row { line, cells };
        let mut columns = row.columns.clone();
        columns.style.currency = currency;
        RowReader::new(&row.table, &row_cells, &columns, self.report).item()
    }

    /// The text of a cell, as a table would have it.
    fn cell(
        &mut self,
        field: Option<Field>,
        source: &Source,
        nodes: &[&Value],
        line: usize,
        currency: Option<Currency>,
        photos: usize,
    ) -> Option<String> {
        let path = source.column.value.as_str();
        match field.map_or(Shape::List, Field::shape) {
            Shape::Text => {
                let texts: Vec<String> =
                    nodes.iter().filter_map(|node| self.text(node, source, line)).collect();
                (!texts.is_empty()).then(|| texts.join("\n\n"))
            }
            Shape::List => {
                let is_alt = field == Some(Field::PhotoAlt);
                if is_alt && nodes.len() != photos {
                    if !nodes.is_empty() {
                        let words = format!(
                            "there are {} of these for {photos} photographs, so it is not known which belongs to which",
                            nodes.len()
                        );
                        let finding = self.finding(Kind::ValueNotUnderstood, line, path, words);
                        self.report.push(finding);
                    }
                    return None;
                }
                let mut entries = Vec::new();
                for node in nodes {
                    let node = match node {
                        Value::Null | Value::Array(_) if is_alt => {
                            entries.push(String::new());
                            continue;
                        }
                        Value::Array(inside) => inside.iter().collect(),
                        node => vec![*node],
                    };
                    for value in node {
                        let words = self.words(value, path, line);
                        entries.extend(words.map(|words| {
                            if source.is_exact {
                                words.split_whitespace().collect::<Vec<_>>().join(" ")
                            } else {
                                words
                            }
                        }));
                    }
                }
                (entries.iter().any(|entry| !entry.is_empty())).then(|| entries.join("\n"))
            }
            Shape::Number if field == Some(Field::Stock) && nodes.len() > 1 => {
                // One number for each place where things lie.
                let counts: Option<Vec<i64>> = nodes.iter().map(|node| node.as_i64()).collect();
                match counts {
                    Some(counts) => Some(
                        counts.iter().fold(0, |a: i64, b| a.saturating_add(*b)).max(0).to_string(),
                    ),
                    None => self.first(nodes, path, line),
                }
            }
            Shape::Price => {
                let text = self.first(nodes, path, line)?;
                if self.map.amounts == Amounts::Decimal {
                    return Some(text);
                }
                let digits = text.strip_suffix(".0").unwrap_or(&text);
                let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                let Some(currency) = currency.filter(|_| is_whole) else {
                    let words = if is_whole {
                        "what one is worth is not known without a currency; write currency = \"EUR\" in the map"
                    } else {
                        "this is no whole number, and the map says that amounts are"
                    };
                    let finding =
                        self.finding(Kind::ValueNotUnderstood, line, path, words).value(text);
                    self.report.push(finding);
                    return None;
                };
                Some(major(digits, usize::from(currency.exponent())))
            }
            _ => self.first(nodes, path, line),
        }
    }

    /// The first value that says anything; what the others say is reported.
    fn first(&mut self, nodes: &[&Value], path: &str, line: usize) -> Option<String> {
        let mut texts: Vec<String> = Vec::new();
        for node in nodes {
            let words = self.words(node, path, line).filter(|words| !words.trim().is_empty());
            texts.extend(words.map(|words| words.trim().to_owned()));
        }
        let first = texts.first()?.clone();
        let others: Vec<&str> =
            texts.iter().filter(|text| **text != first).map(String::as_str).collect();
        if !others.is_empty() {
            let words = "there are several values at this path; the first was used";
            let finding =
                self.finding(Kind::TextDiffers, line, path, words).value(others.join(", "));
            self.report.push(finding);
        }
        Some(first)
    }

    /// A value as text, if it is a single one.
    fn words(&mut self, value: &Value, path: &str, line: usize) -> Option<String> {
        let words = match value {
            Value::Null => return None,
            Value::String(text) => return Some(text.clone()),
            Value::Bool(is_so) => return Some(is_so.to_string()),
            Value::Number(number)
                if number.as_f64().is_some_and(|n| n.abs() > EXACT) && number.is_f64() =>
            {
                "this number is too long to be sure of its digits; in quotes it would be"
            }
            Value::Number(number) => return Some(number.to_string()),
            Value::Array(_) => "there is a list here and not a single value; end the path with [*]",
            Value::Object(_) => "there are values inside this one; make the path longer",
        };
        let finding = self.finding(Kind::ValueNotUnderstood, line, path, words).value(short(value));
        self.report.push(finding);
        None
    }

    /// A text for a page: words, HTML, or the blocks of an editor.
    fn text(&mut self, value: &Value, source: &Source, line: usize) -> Option<String> {
        let path = source.column.value.as_str();
        let value: Cow<'_, Value> = match value {
            Value::String(text) => {
                let is_blocks = text.trim_start().starts_with('{')
                    && matches!(source.writing, Writing::Guess | Writing::Html);
                match is_blocks.then(|| serde_json::from_str::<Value>(text).ok()).flatten() {
                    Some(inside) if inside.get("blocks").is_some() => Cow::Owned(inside),
                    _ => return Some(text.clone()).filter(|text| !text.trim().is_empty()),
                }
            }
            other => Cow::Borrowed(other),
        };
        let Some((html, unknown)) = richtext::editorjs(&value) else {
            return self.words(&value, path, line);
        };
        for kind in unknown {
            let words = "this kind of block is not known, so it is not in the text";
            let finding = self.finding(Kind::ValueNotUnderstood, line, path, words).value(kind);
            self.report.push(finding);
        }
        (!html.is_empty()).then_some(html)
    }

    fn scalar(
        &mut self,
        record: &Value,
        query: &Query,
        line: usize,
        used: &mut HashSet<String>,
    ) -> Option<String> {
        let located = query.path.query_located(record);
        used.extend(located.iter().map(|node| records::general(node.location())));
        let nodes: Vec<&Value> = located.iter().map(|node| node.node()).collect();
        self.first(&nodes, &query.written, line)
    }

    /// Pairs of names and values, if there are as many of one as of the other.
    fn pairs(
        &mut self,
        record: &Value,
        names: &Query,
        values: &Query,
        line: usize,
        prefix: &str,
        used: &mut HashSet<String>,
    ) -> Vec<(String, String)> {
        let mut all = |query: &Query| -> Vec<Value> {
            let located = query.path.query_located(record);
            used.extend(located.iter().map(|n| under(prefix, &records::general(n.location()))));
            located.iter().map(|node| node.node().clone()).collect()
        };
        let (name_nodes, value_nodes) = (all(names), all(values));
        if name_nodes.len() != value_nodes.len() {
            let words = format!(
                "there are {} names and {} values, so it is not known which belongs to which",
                name_nodes.len(),
                value_nodes.len()
            );
            let finding = self.finding(Kind::ValueNotUnderstood, line, &values.written, words);
            self.report.push(finding);
            return Vec::new();
        }
        let mut pairs = Vec::new();
        for (name, value) in name_nodes.iter().zip(&value_nodes) {
            let plain = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let name = self.words(name, &names.written, line).map(plain).unwrap_or_default();
            let value = self.words(value, &values.written, line).map(plain).unwrap_or_default();
            if !name.is_empty() && !value.is_empty() {
                pairs.push((name, value));
            }
        }
        pairs
    }

    fn named_facts(&mut self, record: &Value, item: &mut Item, used: &mut HashSet<String>) {
        for facts in &self.map.named_facts {
            for (name, value) in
                self.pairs(record, &facts.names, &facts.values, item.line, "", used)
            {
                match item.facts.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, values)) => values.push(value),
                    None => item.facts.push((name, vec![value])),
                }
            }
        }
    }

    fn variants(
        &mut self,
        variants: &VariantMap,
        row: &Fill<'_>,
        record: &Value,
        item: &mut Item,
        used: &mut HashSet<String>,
    ) {
        // What the product says of its money holds for its variants too.
        let fallback = match &item.price {
            Some(ItemPrice::Known(Price::Amount(money) | Price::Range(money, _))) => {
                Some(money.currency)
            }
            _ => item.lines.get(&Field::Currency).and_then(|code| Currency::from_code(code)),
        };
        let mut axes: Vec<Axis> = Vec::new();
        let mut rows: Vec<(Vec<(String, String)>, Item)> = Vec::new();
        let line = item.line;
        let located = variants.rows.path.query_located(record);
        let nodes: Vec<(String, Value)> = located
            .iter()
            .map(|node| (records::general(node.location()), node.node().clone()))
            .collect();
        for (prefix, variant) in &nodes {
            let mut own = HashSet::new();
            let mut said = self.item(row, variant, line, fallback, &mut own);
            used.extend(own.iter().map(|path| under(prefix, path)));
            said.name.clone_from(&item.name);
            let mut chosen: Vec<(String, String)> = Vec::new();
            for option in &variants.options {
                let name = match &option.name {
                    OptionName::Words(words) => words.clone(),
                    OptionName::OfProduct(query) => {
                        self.scalar(record, query, line, used).unwrap_or_default()
                    }
                    OptionName::OfVariant(names) => {
                        chosen.extend(self.pairs(
                            variant,
                            names,
                            &option.values,
                            line,
                            prefix,
                            used,
                        ));
                        continue;
                    }
                };
                let mut own = HashSet::new();
                let value = self.scalar(variant, &option.values, line, &mut own);
                used.extend(own.iter().map(|path| under(prefix, path)));
                let value =
                    value.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "));
                if let Some(value) = value.filter(|value| !value.is_empty() && !name.is_empty()) {
                    chosen.push((name, value));
                }
            }
            for (name, _) in &chosen {
                if !axes.iter().any(|axis| axis.name == *name) {
                    axes.push(Axis { name: name.clone(), values: Vec::new() });
                }
            }
            rows.push((chosen, said));
        }
        let all = rows
            .into_iter()
            .map(|(chosen, said)| {
                let value = |axis: &Axis| {
                    let own = chosen.iter().filter(|(name, _)| *name == axis.name);
                    own.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
                };
                Variant { of: axes.iter().map(value).collect(), said }
            })
            .collect();
        variants::give(item, axes, all, self.report);
    }

    /// Names what no path reached.
    fn report_unused(
        &mut self,
        leaves: BTreeMap<String, Leaf>,
        records: &Records<'_>,
        outside: Vec<(String, usize, usize)>,
    ) {
        let leave_out = &self.map.base.leave_out;
        let is_left_out = |path: &str| leave_out.iter().any(|pattern| fits(pattern, path));
        for (path, leaf) in leaves {
            let samples: Vec<String> = leaf.samples.iter().map(|sample| cut(sample, 40)).collect();
            let count = counted(leaf.count, "value", "values");
            let words = format!("{count}: \"{}\"", samples.join("\", \""));
            let kind = if is_left_out(&path) { Kind::ColumnLeftOut } else { Kind::ColumnNotUsed };
            self.report.push(Finding::new(kind, self.file.clone(), words).column(path));
        }
        for (at, table) in self.map.tables.iter().enumerate() {
            for (r, record) in records.tables[at].iter().enumerate() {
                if records.used[at].contains(&r) {
                    continue;
                }
                let words = "no product leads to this record";
                let finding = self.finding(Kind::RecordNotUsed, record.line, &table.name, words);
                self.report.push(finding);
            }
        }
        for (path, count, line) in outside {
            let kind =
                if is_left_out(&path) { Kind::ColumnLeftOut } else { Kind::TableNotProducts };
            let words = format!(
                "{} of no table of the map, so nothing was made of it",
                counted(count, "record", "records")
            );
            let finding = self.finding(kind, line, &path, words);
            self.report.push(finding);
        }
    }
}

/// A path below another one.
fn under(prefix: &str, path: &str) -> String {
    match (prefix, path) {
        ("", path) => path.to_owned(),
        (prefix, "") => prefix.to_owned(),
        (prefix, path) if path.starts_with('[') => format!("{prefix}{path}"),
        (prefix, path) => format!("{prefix}.{path}"),
    }
}

/// An amount in minor units with the point where it belongs.
fn major(digits: &str, exponent: usize) -> String {
    let padded = format!("{digits:0>width$}", width = exponent + 1);
    let (whole, fraction) = padded.split_at(padded.len() - exponent);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// A value for the report.
fn short(value: &Value) -> String {
    cut(&value.to_string(), 100)
}

fn cut(text: &str, length: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= length {
        return line;
    }
    let cut: String = line.chars().take(length).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_get_their_point() {
        for (digits, exponent, expected) in [
            ("1990", 2, "19.90"),
            ("5", 2, "0.05"),
            ("0", 2, "0.00"),
            ("250000", 0, "250000"),
            ("1500", 3, "1.500"),
            ("007", 2, "0.07"),
        ] {
            assert_eq!(major(digits, exponent), expected, "{digits}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let parsed = |text: &str| {
            let mut report = Report::default();
            let value = parse(text, "a.json", &mut report);
            (value, report.findings.first().map(|f| (f.line, f.message.clone())))
        };
        assert_eq!(parsed("[1, 2]").0, Some((serde_json::json!([1, 2]), false)));
        assert_eq!(parsed("{\"a\":1}\n{\"a\":2}").0.map(|(_, is_stream)| is_stream), Some(true));
        let (value, finding) = parsed("[\n1,\n oops]");
        assert!(value.is_none());
        assert_eq!(
            finding.map(|(line, words)| (line, words.contains("column 2"))),
            Some((Some(3), true))
        );
        assert!(parsed("[1,").1.is_some_and(|(_, words)| words.contains("ends here")));
        let deep = "[".repeat(100_000);
        assert!(parsed(&deep).1.is_some_and(|(_, words)| words.contains("too deep")));
        assert!(parsed("").0.is_none());
    }
}
