//! TOML to spanned values (TOML 1.0), and its mistakes to our own words.

use toml::de::{DeTable, DeValue};

use crate::diag::{Diagnostic, Diagnostics, FileId, Span, Spanned, codes};

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    String(String),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// A number with a point, or one that does not fit, as it was written.
    Float(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, perhaps with a time, as it was written.
    Date(String),
    /// A list.
    Array(Vec<Spanned<Value>>),
    /// Fields of their own.
    Table(Table),
}

impl Value {
    /// What it is, in words for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number with a point",
            Self::Boolean(_) => "true or false",
            Self::Date(_) => "a date",
            Self::Array(_) => "a list",
            Self::Table(_) => "a group of fields",
        }
    }
}

/// Fields in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    entries: Vec<(Spanned<String>, Spanned<Value>)>,
}

impl Table {
    /// The field of that name, with the place of the name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<(&Spanned<String>, &Spanned<Value>)> {
        self.entries.iter().find(|(key, _)| key.value == name).map(|(key, value)| (key, value))
    }

    /// All fields.
    pub fn entries(&self) -> impl Iterator<Item = &(Spanned<String>, Spanned<Value>)> {
        self.entries.iter()
    }

    /// All fields, to be changed in place.
    pub(crate) fn entries_mut(
        &mut self,
    ) -> impl Iterator<Item = (&Spanned<String>, &mut Spanned<Value>)> {
        self.entries.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Sets a field, at the place at which its reason stands.
    pub(crate) fn put(&mut self, name: &str, value: Spanned<Value>) {
        match self.entries.iter_mut().find(|(key, _)| key.value == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((Spanned::new(name.to_owned(), value.span), value)),
        }
    }

    /// Takes a field out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.entries.retain(|(key, _)| key.value != name);
    }

    /// Takes over the fields of another table; where both have one, that of the other stays, and groups are taken together.
    pub(crate) fn take_over(&mut self, other: Self) {
        for (name, value) in other.entries {
            match self.entries.iter_mut().find(|(key, _)| key.value == name.value) {
                None => self.entries.push((name, value)),
                Some((_, old)) => match (&mut old.value, value.value) {
                    (Value::Table(old), Value::Table(new)) => old.take_over(new),
                    (_, new) => *old = Spanned::new(new, value.span),
                },
            }
        }
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Reads fields from `text`, which begins at byte `offset` of `file`.
///
/// Mistakes are reported, each once; what could be understood beside them is returned.
pub(crate) fn parse(
    text: &str,
    offset: usize,
    file: FileId,
    diagnostics: &mut Diagnostics,
) -> (Table, bool) {
    let (table, mut errors) = DeTable::parse_recoverable(text);
    let is_broken = !errors.is_empty();
    errors.sort_by_key(|error| error.span().map_or(0, |range| range.start));
    let mut last_line = usize::MAX;
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let start = range.start.min(text.len());
        // One mistake often upsets the parser more than once on the same line.
        let line = text.as_bytes()[..start].iter().filter(|b| **b == b'\n').count();
        if line == last_line {
            continue;
        }
        last_line = line;
        let span = Span::new(file, offset + range.start..offset + range.end);
        let start = text.floor_char_boundary(start);
        let rest = text[start..].lines().next().unwrap_or_default();
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let whole = text[begin..].lines().next().unwrap_or_default();
        diagnostics.push(match advice(whole, error.message()) {
            Some((message, label)) => {
                Diagnostic::error(codes::TOML_SYNTAX, span, message).label(label)
            }
            None => explain(error.message(), rest.trim().is_empty(), span),
        });
    }
    (convert_table(table.get_ref(), offset, file), is_broken)
}

/// Answers that people write for true and false.
const ANSWERS: [(&str, bool); 12] = [
    ("yes", true),
    ("no", false),
    ("on", true),
    ("off", false),
    ("ja", true),
    ("nein", false),
    ("sí", true),
    ("si", true),
    ("oui", true),
    ("non", false),
    ("có", true),
    ("không", false),
];
/// Quotes that word processors make.
const CURLY: [char; 8] = ['“', '”', '„', '‟', '«', '»', '‘', '’'];

/// What to write in place of a line as people write it, if it is one of those; it can be pasted.
fn advice(line: &str, parser_message: &str) -> Option<(&'static str, String)> {
    if parser_message.contains("duplicate key") {
        return None;
    }
    let (name, value) = line.split_once('=').map(|(name, value)| (name.trim(), value.trim()))?;
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if let Some((field, tag)) = name.split_once('.')
        && [field, tag].iter().all(|part| !part.is_empty() && part.chars().all(is_bare))
        && (parser_message.contains("key") || parser_message.contains("extend"))
    {
        let value = if value.starts_with('"') { value } else { "\"…\"" };
        return Some((
            "this field stands further up as one text, so it has no languages",
            format!("write both in one line: {field} = {{ en = \"…\", {tag} = {value} }}"),
        ));
    }
    if name.is_empty() || !name.chars().all(is_bare) || value.is_empty() {
        return None;
    }
    if value.contains(CURLY) && !value.contains('"') {
        let plain = value.trim_matches(CURLY).trim();
        let words = "the quotes are those of a word processor; here they are straight ones";
        return (!plain.contains(CURLY)).then(|| (words, format!("write {name} = \"{plain}\"")));
    }
    let answer = ANSWERS.iter().find(|(word, _)| value.to_lowercase() == *word);
    if let Some((_, is_so)) = answer {
        return Some(("yes and no are written true and false", format!("write {name} = {is_so}")));
    }
    let is_made_of = |signs: &str| value.chars().all(|c| c.is_ascii_digit() || signs.contains(c));
    let numbers = value.split(['-', '.', '/']).filter(|part| !part.is_empty()).count();
    if numbers == 3 && is_made_of("-./") {
        return Some((
            "this is no day of the calendar as it is written here: year, month, day",
            format!("write for example {name} = 2026-05-09"),
        ));
    }
    if value.contains(',') && is_made_of(",") {
        let point = value.replace(',', ".");
        return Some((
            "a number has a point where its fraction begins, and no comma",
            format!("write {name} = {point}, and money in quotes: {name} = \"{point}\""),
        ));
    }
    let is_word = value.starts_with(char::is_alphabetic) && !value.contains(['"', '\\', '#']);
    let is_plain = is_word && !matches!(value, "true" | "false" | "inf" | "nan");
    is_plain.then(|| ("a text does not stand in quotes", format!("write {name} = \"{value}\"")))
}

/// Our words for a mistake of the TOML parser.
fn explain(parser_message: &str, is_line_end: bool, span: Span) -> Diagnostic {
    let has = |words: &str| parser_message.contains(words);
    let (message, label) = if has("duplicate key") {
        ("this field stands here twice", "keep one of them")
    } else if is_line_end && (has("opening quote") || has("must be quoted")) {
        ("a field has no value", "write a value after the =, or take the line out")
    } else if has("opening quote") || has("must be quoted") || has("invalid basic string") {
        ("a text does not stand in quotes", "write for example name = \"Red shawl\"")
    } else if has("missing value") || has("no value") {
        ("a field has no value", "write a value after the =, or take the line out")
    } else if has("assignment") || has("extra `=`") || has("invalid key-value pair") {
        ("a line is not of the form name = value", "write for example price = \"40.00 EUR\"")
    } else if has("unclosed array") || has("comma between array") || has("comma in array") {
        ("a list is not closed, or lacks a comma", "write for example [\"wool\", \"linen\"]")
    } else if has("inline table") {
        (
            "a group of fields in curly brackets is not closed, or lacks a comma",
            "write for example { en = \"Red shawl\", es = \"Chal rojo\" }",
        )
    } else if has("unclosed table") || has("unclosed array table") {
        ("a heading in square brackets is not closed", "write for example [order]")
    } else if has("recursion") {
        return Diagnostic::error(codes::TOO_LARGE, span, "the fields are nested far too deeply")
            .label("take most of the brackets out");
    } else if has("leading zero") || has("sign") || has("radix") || has("digits") {
        (
            "a number is written in a way that is not understood",
            "write for example 40, or a text in quotes",
        )
    } else if has("key") {
        ("the name of a field is not understood", "use letters, digits, - and _ only")
    } else {
        ("this line is not understood", "write for example name = \"Red shawl\"")
    };
    Diagnostic::error(codes::TOML_SYNTAX, span, message).label(label)
}

fn convert_table(table: &DeTable<'_>, offset: usize, file: FileId) -> Table {
    let place =
        |range: std::ops::Range<usize>| Span::new(file, offset + range.start..offset + range.end);
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            let name = Spanned::new(key.get_ref().to_string(), place(key.span()));
            let converted = convert(value.get_ref(), offset, file);
            (name, Spanned::new(converted, place(value.span())))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span);
    Table { entries }
}

fn convert(value: &DeValue<'_>, offset: usize, file: FileId) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Float(number.as_str().to_owned()), Value::Integer),
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Boolean(is_true) => Value::Boolean(*is_true),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| {
                    let range = item.span();
                    let span = Span::new(file, offset + range.start..offset + range.end);
                    Spanned::new(convert(item.get_ref(), offset, file), span)
                })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(convert_table(table, offset, file)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    fn read(text: &str) -> (Table, Vec<(String, String)>) {
        let mut sources = Sources::default();
        let file = sources.add("x.toml", text);
        let mut diagnostics = Diagnostics::default();
        let (table, _) = parse(text, 0, file, &mut diagnostics);
        let found = diagnostics
            .iter()
            .map(|d| match &d.place {
                crate::diag::Place::Span(span) => {
                    let (line, _) = sources.line_column(span.file, span.range().start);
                    (format!("{}:{line}", d.code), d.message.clone())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        (table, found)
    }

    #[test]
    fn all_mistakes_are_reported_at_once_and_the_rest_is_kept() {
        let (table, found) = read("a = 1\nb = \nc = \"x\"\nd = [1, 2\ne = 5\n");
        assert!(table.get("a").is_some() && table.get("c").is_some());
        assert!(found.len() >= 2, "{found:?}");
        assert_eq!(found[0].0, "toml-syntax:2");
    }

    #[test]
    fn spans_point_at_name_and_value() {
        let text = "price = \"4.00\"\n";
        let (table, found) = read(text);
        assert_eq!(found, []);
        let (key, value) = table.get("price").expect("a field");
        assert_eq!((key.span.range(), value.span.range()), (0..5, 8..14));
    }

    #[test]
    fn words_without_quotes_are_explained() {
        let (_, found) = read("name = Red shawl\n");
        assert_eq!(found[0].1, "a text does not stand in quotes");
    }
}
