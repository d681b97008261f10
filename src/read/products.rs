//! `products.csv`: each row is what the file of a product is, its columns are the fields.
//!
//! A cell becomes the value that the field would have in a file, at its own place in the table; what
//! cannot be one stays the text that it is, so that `check` reports it there. Which names there are
//! is in [`columns`](super::columns), how rows are found in [`rows`](super::rows).

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::{
    Diagnostic, Diagnostics, FileId, Place, Severity, Span, Spanned, codes, nearest,
};
use crate::model::Slug;

use super::cells::{self, Habit, Stock};
use super::columns::{self, COLUMNS, Column, Reading};
use super::fields::{Table, Value};
use super::rows::{Cell, Problem, ProblemKind, Row, Sheet};
use super::{Document, Item, MAX_MEMBER_FILES, Tree};

/// The name of the table, at the top of a site's folder.
pub(crate) const TABLE: &str = "products.csv";
/// More products than any shop has.
const MAX_ROWS: usize = 100_000;

/// More languages than any site has.
const MAX_LANGUAGES: usize = 64;

/// Fields by which a row, or a part of it, is not shown to everybody, or not always.
pub(crate) const HIDING: [&str; 6] =
    ["hide", "hide_photos", "audience", "shown_from", "shown_until", "season"];

/// What a product may have in its file and not in a row.
const FOR_FILES: [&str; 11] = [
    "options",
    "option",
    "variants",
    "variant",
    "nutrition",
    "wholesale",
    "breaks",
    "pool",
    "fibres",
    "species",
    "permits",
];

/// A product of the table.
#[derive(Clone, Debug)]
pub(super) struct Goods {
    /// Its id as it is written, or made from its name; not checked yet.
    pub(super) id: String,
    pub(super) document: Arc<Document>,
    /// Language tag (not checked yet) and texts of each translation.
    pub(super) translations: Vec<(String, Arc<Document>)>,
}

impl Goods {
    /// The product, whose photographs lie in a folder with its id, or in that of all products.
    pub(super) fn to_item(&self, tree: &Tree) -> Item {
        let all = format!("{}products/", tree.root());
        let own = format!("{all}{}/", self.id);
        let has_own_folder = tree.below(&own).next().is_some();
        Item {
            id: self.id.clone(),
            folder: if has_own_folder { own } else { all },
            has_own_folder,
            document: Arc::clone(&self.document),
            translations: self.translations.clone(),
        }
    }
}

/// Tells whether a column is known, to find the separator.
pub(super) fn is_column(header: &str) -> bool {
    columns::column(header).is_some()
}

/// Says why a file is no table.
pub(super) fn no_table(path: &str, problem: Problem) -> Diagnostic {
    let is_empty = problem.kind == ProblemKind::Empty;
    let severity = if is_empty { Severity::Warning } else { Severity::Error };
    let place = Place::Path(path.to_owned());
    let diagnostic = Diagnostic::new(severity, codes::BAD_TABLE, place, problem.words);
    match problem.kind {
        ProblemKind::NotText => diagnostic.hint("save the table again as \"CSV UTF-8\""),
        ProblemKind::Empty => {
            diagnostic.hint("its first line names the columns, for example: name,price,photos,text")
        }
        _ => diagnostic,
    }
}

/// Makes products of the rows of a sheet whose text is that of `file`.
pub(super) fn read(
    path: &str,
    file: FileId,
    sheet: &Sheet,
    text: &str,
    found: &mut Diagnostics,
) -> Vec<Goods> {
    let reader = Reader::of(file, sheet, text, found);
    // Two columns for one field are told of with the field.
    let is_told = |problem: &&Problem| {
        problem.kind != ProblemKind::SameName || !is_column(&text[problem.range.clone()])
    };
    found.extend(sheet.problems.iter().filter(is_told).filter_map(|problem| odd(file, problem)));
    if !reader.columns.iter().any(|(_, column)| ["name", "title"].contains(&column.field)) {
        let words =
            "no column of this table has the names of the products, so none of it is on the site";
        found.push(
            Diagnostic::error(codes::BAD_TABLE, Span::file_start(file), words)
                .hint("its first line names the columns, for example: name,price,photos,text"),
        );
        return Vec::new();
    }
    // A stranger's rows count as her files do.
    let most = if path == TABLE { MAX_ROWS } else { MAX_MEMBER_FILES };
    if let Some(row) = sheet.rows.get(most) {
        let words =
            format!("this table has more than {most} rows; those from here on are not read");
        let place = Span::new(file, row.start..row.start);
        found.push(Diagnostic::error(codes::TOO_LARGE, place, words).hint("take most of them out"));
    }
    // Of a row with more cells than columns nobody knows which cell is which, `hide` among them.
    let width = sheet.headers.len();
    // Nor is one shown that a column which is not used may have been meant to hide.
    let fits = |row: &&Row| {
        let is_empty = |at: usize| row.cells.get(at).is_none_or(|cell| cell.range().is_empty());
        (width..row.cells.len()).all(is_empty) && reader.doubtful.iter().copied().all(is_empty)
    };
    let rows = sheet.rows.iter().take(most).filter(fits);
    rows.filter_map(|row| reader.product(row, found)).collect()
}

/// What is to be said of something odd.
fn odd(file: FileId, problem: &Problem) -> Option<Diagnostic> {
    let severity = match problem.kind {
        // A spreadsheet leaves out cells at the end that are empty.
        ProblemKind::ShortRow => return None,
        ProblemKind::Encoding | ProblemKind::SameName | ProblemKind::OddCharacter => {
            Severity::Warning
        }
        _ => Severity::Error,
    };
    let place = Place::Span(Span::new(file, problem.range.clone()));
    let diagnostic = Diagnostic::new(severity, codes::BAD_TABLE, place, problem.words.clone());
    Some(match problem.kind {
        ProblemKind::Encoding => {
            diagnostic.hint("save the table as \"CSV UTF-8\", and this is not a question any more")
        }
        ProblemKind::SameName => diagnostic.label("give it another name, or take it out"),
        ProblemKind::LongRow => diagnostic.label("so the row is left out").hint(
            "a cell in which a comma stands needs quotation marks around it: \"Shawl, red\"; spreadsheets put them there",
        ),
        ProblemKind::OpenQuote => diagnostic
            .hint("put a quotation mark at the end of that cell, or take the first one out"),
        _ => diagnostic,
    })
}

/// What the columns are.
struct Reader<'s> {
    file: FileId,
    text: &'s str,
    /// Position of each column that is used, in order.
    columns: Vec<(usize, Column)>,
    /// The languages that columns name, each with the place of the first such header.
    languages: Vec<(String, Span)>,
    /// Positions in `columns`, by the language that they name, in small letters.
    by_language: HashMap<Option<String>, Vec<usize>>,
    /// Columns that may be meant to hide, and are not used.
    doubtful: Vec<usize>,
}

impl<'s> Reader<'s> {
    fn of(file: FileId, sheet: &Sheet, text: &'s str, found: &mut Diagnostics) -> Self {
        let mut reader = Self {
            file,
            text,
            columns: Vec::new(),
            languages: Vec::new(),
            by_language: HashMap::new(),
            doubtful: Vec::new(),
        };
        let mut seen: HashMap<(&str, Option<String>), Span> = HashMap::new();
        for (at, header) in sheet.headers.iter().enumerate() {
            let span = Span::new(file, header.range());
            let name = &text[header.range()];
            let Some(column) = columns::column(name) else {
                if !name.is_empty() || is_used(sheet, at) {
                    let told = unknown(name, span);
                    // What it hides would be shown.
                    if told.severity == Severity::Error {
                        reader.doubtful.push(at);
                    }
                    found.push(told);
                }
                continue;
            };
            let tag = column.language.as_ref().map(|tag| tag.to_lowercase());
            let first = *seen.entry((column.field, tag)).or_insert(span);
            let is_list = ["photos", "photo_alt"].contains(&column.field);
            if first != span && !is_list {
                // What only the second hides would be shown.
                let severity = match HIDING.contains(&column.field) {
                    true => Severity::Error,
                    false => Severity::Warning,
                };
                if severity == Severity::Error {
                    reader.doubtful.push(at);
                }
                let words =
                    format!("two columns say the `{}`; only the first is used", column.field);
                found.push(
                    Diagnostic::new(severity, codes::BAD_TABLE, Place::Span(span), words)
                        .related(first, "the first one")
                        .label("give it another name, or take it out"),
                );
                continue;
            }
            if let Some(tag) = &column.language
                && !reader.languages.iter().any(|(known, _)| known.eq_ignore_ascii_case(tag))
            {
                if reader.languages.len() == MAX_LANGUAGES {
                    let words = format!("this table names more than {MAX_LANGUAGES} languages");
                    found.push(
                        Diagnostic::error(codes::TOO_LARGE, span, words)
                            .hint("take out the columns of those that the site has not"),
                    );
                    break;
                }
                reader.languages.push((tag.clone(), span));
            }
            let tag = column.language.as_ref().map(|tag| tag.to_lowercase());
            reader.by_language.entry(tag).or_default().push(reader.columns.len());
            reader.columns.push((at, column));
        }
        reader
    }

    fn cells<'r>(
        &'r self,
        row: &'r Row,
        language: Option<&str>,
    ) -> impl Iterator<Item = (&'r Column, &'r Cell)> {
        let columns = self.by_language.get(&language.map(str::to_lowercase)).into_iter().flatten();
        columns.filter_map(|at| {
            let (place, column) = &self.columns[*at];
            row.cells.get(*place).filter(|cell| !cell.range().is_empty()).map(|cell| (column, cell))
        })
    }

    fn product(&self, row: &Row, found: &mut Diagnostics) -> Option<Goods> {
        let start = Span::new(self.file, row.start..row.start);
        let said = |name: &str| {
            let columns = || self.columns.iter().filter(|(_, column)| column.field == name);
            // What is said in no language counts, wherever its column stands.
            let plain = columns().filter(|(_, column)| column.language.is_none());
            let mut texts = plain
                .chain(columns())
                .filter_map(|(at, _)| Some(&self.text[row.cells.get(*at)?.range()]));
            texts.find(|text| !text.is_empty())
        };
        let id = said("id").map(str::to_owned);
        let id = id.or_else(|| {
            let name = said("name").or_else(|| said("title"))?;
            Some(Slug::from_name(name).to_string())
        });
        let Some(id) = id else {
            found.push(
                Diagnostic::error(codes::MISSING_FIELD, start, "this row of the table has no name")
                    .hint("write what the product is called into the column `name`, or take the row out"),
            );
            return None;
        };
        let document = self.document(row, None, start).unwrap_or_else(|| self.empty(start));
        let translations = self.languages.iter().filter_map(|(tag, header)| {
            Some((tag.clone(), Arc::new(self.document(row, Some(tag), *header)?)))
        });
        Some(Goods { id, document: Arc::new(document), translations: translations.collect() })
    }

    fn empty(&self, start: Span) -> Document {
        let fields = Table::default();
        Document { file: self.file, start, fields, body: start, is_row: true, is_broken: false }
    }

    /// What a row says in a language, or in none; `None` if that is nothing.
    fn document(&self, row: &Row, language: Option<&str>, start: Span) -> Option<Document> {
        let mut document = self.empty(start);
        document.body = Span::new(self.file, row.start..row.start);
        let mut is_empty = true;
        let mut protocol = Table::default();
        for (column, cell) in self.cells(row, language) {
            is_empty = false;
            let (span, text) = (Span::new(self.file, cell.range()), &self.text[cell.range()]);
            let fields = &mut document.fields;
            let mut put = |value: Value| fields.put(column.field, Spanned::new(value, span));
            match column.reading {
                Reading::Id => {}
                Reading::Story => document.body = span,
                Reading::Line => put(Value::String(text.to_owned())),
                Reading::Day => put(Value::String(day(text))),
                Reading::Word => put(Value::String(text.to_lowercase())),
                Reading::Capitals => put(Value::String(text.to_uppercase())),
                Reading::Number => put(number(text)),
                Reading::NumberOrWords => match number(text) {
                    Value::Integer(number) => put(Value::Integer(number)),
                    _ => put(Value::String(text.to_owned())),
                },
                Reading::Stock => match cells::stock(text) {
                    Some(Stock::Count(count)) => {
                        put(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)))
                    }
                    Some(Stock::MadeToOrder) => {
                        if fields.get("made_to_order").is_none() {
                            fields.put("made_to_order", Spanned::new(Value::Boolean(true), span));
                        }
                    }
                    None => put(number(text)),
                },
                Reading::Tenths => {
                    put(Value::String(text.trim_end_matches('%').trim().replace(',', ".")));
                }
                Reading::YesNo => match cells::yes_no(text) {
                    Some(is_so) => put(Value::Boolean(is_so)),
                    None => put(Value::String(text.to_owned())),
                },
                Reading::List(habit) => {
                    // A photograph without words has its place all the same.
                    let mut entries =
                        self.entries(cell, habit.separators(), column.field == "photo_alt");
                    // Of what goes into food, "none" says that somebody looked.
                    if column.field == "allergens" && says_none(text) {
                        entries.clear();
                    }
                    if habit == Habit::Files || column.field == "photo_alt" {
                        join(fields, column.field, entries, span);
                    } else {
                        put(Value::Array(entries));
                    }
                }
                Reading::Numbers => {
                    let mut entries = self.entries(cell, &["\n", ";", "|", ",", "x", "×"], false);
                    for entry in &mut entries {
                        if let Value::String(text) = &entry.value
                            && let Ok(number) = text.parse()
                        {
                            entry.value = Value::Integer(number);
                        }
                    }
                    put(Value::Array(entries));
                }
                Reading::Rule => {
                    protocol.put(column.field, Spanned::new(Value::String(day(text)), span));
                }
                Reading::Rules => {
                    let mut entries = self.entries(cell, Habit::Words.separators(), false);
                    // Advice has them in quotation marks, as files do.
                    for entry in &mut entries {
                        if let Value::String(text) = &mut entry.value {
                            *text = text.trim_matches('"').to_owned();
                        }
                    }
                    protocol.put(column.field, Spanned::new(Value::Array(entries), span));
                }
            }
        }
        let place = protocol.entries().next().map(|(_, value)| value.span);
        if let Some(place) = place {
            document.fields.put("protocol", Spanned::new(Value::Table(protocol), place));
        }
        (!is_empty).then_some(document)
    }

    /// The entries of a list, each at its own place; with gaps, those between others that are empty, too.
    fn entries(&self, cell: &Cell, separators: &[&str], has_gaps: bool) -> Vec<Spanned<Value>> {
        let whole = cell.range();
        let mut entries = Vec::new();
        let mut from = whole.start;
        let mut add = |range: std::ops::Range<usize>| {
            let part = &self.text[range.clone()];
            let start = range.start + (part.len() - part.trim_start().len());
            let part = part.trim();
            if has_gaps || !part.is_empty() {
                let span = Span::new(self.file, start..start + part.len());
                entries.push(Spanned::new(Value::String(part.to_owned()), span));
            }
        };
        for (at, c) in self.text[whole.clone()].char_indices() {
            let end = whole.start + at;
            let after = end + c.len_utf8();
            if separators.contains(&&self.text[end..after]) {
                add(from..end);
                from = after;
            }
        }
        add(from..whole.end);
        while entries.pop_if(|entry| entry.span.range().is_empty()).is_some() {}
        entries
    }
}

/// Adds entries to those of an earlier column.
fn join(fields: &mut Table, name: &str, entries: Vec<Spanned<Value>>, span: Span) {
    let (mut all, span) = match fields.get(name) {
        Some((_, Spanned { value: Value::Array(earlier), span })) => (earlier.clone(), *span),
        _ => (Vec::new(), span),
    };
    all.extend(entries);
    fields.put(name, Spanned::new(Value::Array(all), span));
}

/// A whole number, or the text if it is none.
fn number(text: &str) -> Value {
    let number = cells::number(text).and_then(|number| i64::try_from(number).ok());
    number
        .or_else(|| cells::count(text))
        .map_or_else(|| Value::String(text.to_owned()), Value::Integer)
}

/// A day in the form of files, or the text if nobody can tell which it is.
fn day(text: &str) -> String {
    cells::local_date(text).unwrap_or_else(|| text.to_owned())
}

fn says_none(text: &str) -> bool {
    text.eq_ignore_ascii_case("none") || cells::yes_no(text) == Some(false)
}

/// Tells whether any row has something in a column.
fn is_used(sheet: &Sheet, at: usize) -> bool {
    sheet.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !cell.range().is_empty()))
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let words = match name {
        "" => "a column of the table has no name, so nothing in it is used".to_owned(),
        name => {
            let shown: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
            let shown: String = shown.chars().take(60).collect();
            format!("the table has a column \"{shown}\", which is not known; nothing in it is used")
        }
    };
    let diagnostic = Diagnostic::warning(codes::UNKNOWN_FIELD, span, words);
    let plain = name.to_lowercase().replace([' ', '-'], "_");
    let base = plain.split(['.', '(']).next().unwrap_or_default().trim_matches('_');
    if FOR_FILES.contains(&base) {
        return diagnostic.hint(
            "a table has no room for it: make this product a file of its own, products/<id>.md",
        );
    }
    if base.starts_with("collection") {
        return diagnostic.hint("what is in a collection stands in its file: collections/<id>.md");
    }
    let near = match HIDING.into_iter().find(|name| *name == base) {
        Some(rule) => Some(rule),
        None => nearest(&plain, COLUMNS.iter().map(|(name, _)| *name)),
    };
    match near.filter(|near| *near != plain) {
        Some(near) if HIDING.contains(&near) => Diagnostic {
            severity: Severity::Error,
            ..diagnostic
                .label(format!("did you mean `{near}`?"))
                .hint("until that is clear, no row that has something in it is shown")
        },
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;
    use crate::read::rows;

    struct Read {
        goods: Vec<Goods>,
        sources: Sources,
        found: Vec<Diagnostic>,
    }

    fn read_as(path: &str, bytes: &[u8]) -> Read {
        let mut found = Diagnostics::default();
        let sheet = rows::parse(bytes, &is_column).expect("a table");
        let mut sources = Sources::default();
        let file = sources.add(path, sheet.text.clone());
        let goods = read(path, file, &sheet, sources.text(file), &mut found);
        Read { goods, sources, found: found.into_iter().collect() }
    }

    fn table(bytes: impl AsRef<[u8]>) -> Read {
        read_as(TABLE, bytes.as_ref())
    }

    impl Read {
        /// What a field of a row is, with the text at its place and the line of that.
        fn field(&self, row: usize, name: &str) -> Option<(Value, &str, usize)> {
            let (_, value) = self.goods[row].document.fields.get(name)?;
            let line = self.sources.line_column(value.span.file, value.span.range().start).0;
            Some((value.value.clone(), self.sources.slice(value.span), line))
        }

        fn ids(&self) -> Vec<&str> {
            self.goods.iter().map(|goods| goods.id.as_str()).collect()
        }

        fn story(&self, row: usize) -> &str {
            self.sources.slice(self.goods[row].document.body)
        }

        fn lines(&self) -> Vec<(codes::Code, usize)> {
            let line = |one: &Diagnostic| match &one.place {
                Place::Span(span) => self.sources.line_column(span.file, span.range().start).0,
                _ => 0,
            };
            self.found.iter().map(|one| (one.code, line(one))).collect()
        }
    }

    fn text(said: &str) -> Value {
        Value::String(said.to_owned())
    }

    #[test]
    fn every_cell_is_the_value_of_its_field_at_its_place() {
        let read = table(
            "name,stock,made to order,weight (g),price,kind,currency,google_category,date,hide\r\n\
             \"Red \"\"shawl\"\"\",made to order,,\"2 300\",\" 34,00 € \",Textile,eur,5388,2026-05-01,x\r\n\
             Cup,sold out,yes,heavy,12,,,Home > Cups,soon,perhaps\r\n",
        );
        assert_eq!(read.ids(), ["red-shawl", "cup"]);
        for (row, field, expected) in [
            (0, "name", Some((text("Red \"shawl\""), "Red \"shawl\"", 2))),
            (0, "stock", None),
            (0, "made_to_order", Some((Value::Boolean(true), "made to order", 2))),
            (0, "weight_g", Some((Value::Integer(2300), "2 300", 2))),
            (0, "price", Some((text("34,00 €"), "34,00 €", 2))),
            (0, "kind", Some((text("textile"), "Textile", 2))),
            (0, "currency", Some((text("EUR"), "eur", 2))),
            (0, "google_category", Some((Value::Integer(5388), "5388", 2))),
            (0, "hide", Some((Value::Boolean(true), "x", 2))),
            (1, "stock", Some((Value::Integer(0), "sold out", 3))),
            (1, "made_to_order", Some((Value::Boolean(true), "yes", 3))),
            (1, "weight_g", Some((text("heavy"), "heavy", 3))),
            (1, "kind", None),
            (1, "google_category", Some((text("Home > Cups"), "Home > Cups", 3))),
            (1, "date", Some((text("soon"), "soon", 3))),
            (1, "hide", Some((text("perhaps"), "perhaps", 3))),
        ] {
            assert_eq!(read.field(row, field), expected, "{row} {field}");
        }
        assert_eq!(read.lines(), []);
    }

    #[test]
    fn a_list_is_its_entries_each_at_its_place() {
        let read = table(
            "name;category;colour;photos;image 2;allergens\nA;Shawls, warm|Gifts;\" red,\n blue \";a.jpg;b.jpg;-\n",
        );
        let entries = |field: &str| {
            let Some((Value::Array(entries), ..)) = read.field(0, field) else { panic!("{field}") };
            let told = entries.iter().map(|entry| {
                let line = read.sources.line_column(entry.span.file, entry.span.range().start).0;
                assert_eq!(entry.value, text(read.sources.slice(entry.span)));
                (read.sources.slice(entry.span), line)
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(entries("category"), [("Shawls, warm", 2), ("Gifts", 2)]);
        assert_eq!(entries("colour"), [("red", 2), ("blue", 3)]);
        assert_eq!(entries("photos"), [("a.jpg", 3), ("b.jpg", 3)]);
        assert_eq!(entries("allergens"), []);
    }

    #[test]
    fn a_story_of_many_lines_is_one_range_on_its_own_lines() {
        let read = table(
            "name,text,text.es\n\nBowl,\"One.\r\n\r\n=SUM(A1), \"\"two\"\".\r\n\",Uno.\nCup,,\n",
        );
        assert_eq!(read.story(0), "One.\n\n=SUM(A1), \"two\".");
        let body = read.goods[0].document.body;
        assert_eq!(read.sources.line_column(body.file, body.range().start), (3, 6));
        let [(tag, spanish)] = &read.goods[0].translations[..] else { panic!("one") };
        assert_eq!((tag.as_str(), read.sources.slice(spanish.body)), ("es", "Uno."));
        // Nothing is said, and no place of another row is given.
        assert!(read.story(1).is_empty() && read.goods[1].translations.is_empty());
        let start = read.goods[1].document.start;
        assert_eq!(read.sources.line_column(start.file, start.range().start), (7, 1));
    }

    #[test]
    fn whatever_saved_the_table_is_understood() {
        let utf16: Vec<u8> = std::iter::once(0xfeff_u16)
            .chain("name\ttext\nThéière\t\"Où?\nIci é\"\n".encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        for bytes in [&utf16[..], b"name;text\rTh\xe9i\xe8re;\"O\xf9?\rIci \xe9\"\r"] {
            let read = table(bytes);
            assert_eq!(read.ids(), ["theiere"]);
            assert_eq!(read.story(0), "Où?\nIci é");
            assert_eq!(read.lines(), [(codes::BAD_TABLE, 2)], "its encoding is told of");
        }
    }

    #[test]
    fn what_is_odd_is_told_at_its_place_and_costs_no_more() {
        let read = table("name,price,Price,,precio\n,4\nBowl,4,,x\n,,\n\"Cup,5\nJar,6\n");
        assert_eq!(read.ids(), ["bowl"]);
        let mut lines = read.lines();
        lines.sort_by_key(|(code, line)| (*line, code.name()));
        assert_eq!(
            lines,
            [
                (codes::BAD_TABLE, 1),
                (codes::BAD_TABLE, 1),
                (codes::UNKNOWN_FIELD, 1),
                (codes::MISSING_FIELD, 2),
                (codes::BAD_TABLE, 5),
            ],
        );
        let nameless = table("sku,price\nA1,4\n");
        assert_eq!((nameless.goods.len(), nameless.lines()), (0, vec![(codes::BAD_TABLE, 1)]));
    }

    #[test]
    fn a_table_has_bounds() {
        let rows = |count: usize| "name\n".to_owned() + &"A\n".repeat(count);
        let read = table(rows(MAX_ROWS + 1));
        assert_eq!(
            (read.goods.len(), read.lines()),
            (MAX_ROWS, vec![(codes::TOO_LARGE, MAX_ROWS + 2)])
        );
        let read = read_as("members/ana/products.csv", rows(MAX_MEMBER_FILES + 1).as_bytes());
        assert_eq!(read.goods.len(), MAX_MEMBER_FILES);
        assert!(rows::parse(&b"a,".repeat(3000), &is_column).is_err());
        assert!(rows::parse(b"n\0a\0m\0e\0", &is_column).is_err());
    }
}
