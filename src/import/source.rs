//! A product's source file as a maker would write it: fields in a fixed order, then the text.

use std::fmt::Write as _;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Value};

/// The fields of a file in order, and its text.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceFile {
    pub(super) fields: Vec<(&'static str, Entry)>,
    /// Lines put below the fields as comments: what the table says and was not understood.
    pub(super) remarks: Vec<String>,
    /// Groups below the fields, such as the variants.
    pub(super) groups: Vec<Group>,
    pub(super) text: String,
}

/// Groups of one name: `[[variants]]`, each with its fields.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) name: &'static str,
    /// The field by which a group is found again.
    pub(super) key: &'static str,
    pub(super) rows: Vec<Vec<(&'static str, Entry)>>,
}

/// A file brought up to date.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Merged {
    pub(super) text: String,
    /// Keys of groups that were there and are no longer.
    pub(super) gone: Vec<String>,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    Text(String),
    Number(u64),
    True,
    /// Written without quotes.
    Date(String),
    List(Vec<String>),
    /// A list even if it has one entry.
    Ids(Vec<String>),
    /// File and words for those who cannot see it.
    Photos(Vec<(String, Option<String>)>),
}

impl SourceFile {
    /// The whole file.
    pub(super) fn to_text(&self) -> String {
        let mut out = String::from("+++\n");
        for (name, entry) in &self.fields {
            let _ = writeln!(out, "{name} = {}", entry.to_value().to_string().trim());
        }
        for remark in &self.remarks {
            let _ = writeln!(out, "# {remark}");
        }
        for group in &self.groups {
            for row in &group.rows {
                let _ = write!(out, "\n[[{}]]\n", group.name);
                for (name, entry) in row {
                    let _ = writeln!(out, "{name} = {}", entry.to_value().to_string().trim());
                }
            }
        }
        out.push_str("+++\n");
        if !self.text.is_empty() {
            let _ = write!(out, "\n{}\n", self.text);
        }
        out
    }

    /// The fields of this file set in one that is there; its other fields and its comments stay.
    ///
    /// `None` if what is there is not understood.
    pub(super) fn merged_into(&self, existing: &str) -> Option<Merged> {
        let start = existing.trim_start_matches('\u{feff}');
        let (front, body) = split(start)?;
        let mut document: DocumentMut = front.parse().ok()?;
        for (name, entry) in &self.fields {
            let mut value = entry.to_value();
            match document.get_mut(name) {
                Some(Item::Value(Value::InlineTable(texts))) if matches!(entry, Entry::Text(_)) => {
                    set_first(texts, value);
                }
                Some(Item::Value(old)) => {
                    if let (Value::Array(old), Value::Array(new)) = (&*old, &mut value)
                        && matches!(entry, Entry::Photos(_))
                    {
                        keep_photos(old, new);
                    }
                    if old.to_string().trim() != value.to_string().trim() {
                        *value.decor_mut() = old.decor().clone();
                        *old = value;
                    }
                }
                // Texts in several languages as lines of their own: `name.en = "…"`.
                Some(Item::Table(texts)) if matches!(entry, Entry::Text(_)) => {
                    let (_, first) = texts.iter_mut().next()?;
                    *first = Item::Value(value);
                }
                Some(_) => return None,
                None => {
                    document.insert(name, Item::Value(value));
                }
            }
        }
        let mut gone = Vec::new();
        for group in &self.groups {
            self.merge_group(group, &mut document, &mut gone);
        }
        let mut out = String::from("+++\n");
        out.push_str(&document.to_string());
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str("+++\n");
        let text = if self.text.is_empty() { body.trim() } else { self.text.as_str() };
        if !text.is_empty() {
            let _ = write!(out, "\n{text}\n");
        }
        Some(Merged { text: out, gone })
    }

    /// Groups of a file set anew: in the order of the table, with the maker's own fields in them.
    fn merge_group(&self, group: &Group, document: &mut DocumentMut, gone: &mut Vec<String>) {
        let key_of = |table: &toml_edit::Table| table.get(group.key).map(plain);
        let old: Vec<toml_edit::Table> = match document.get(group.name) {
            Some(Item::ArrayOfTables(tables)) => tables.iter().cloned().collect(),
            Some(Item::Value(Value::Array(values))) => values
                .iter()
                .filter_map(Value::as_inline_table)
                .map(|table| table.clone().into_table())
                .collect(),
            _ => Vec::new(),
        };
        let mut is_used = vec![false; old.len()];
        let mut tables = toml_edit::ArrayOfTables::new();
        for row in &group.rows {
            let key = row.iter().find(|(name, _)| *name == group.key);
            let key = key.map(|(_, entry)| plain(&Item::Value(entry.to_value())));
            let known = old.iter().position(|table| key_of(table) == key);
            let mut table = known.map_or_else(toml_edit::Table::new, |at| {
                is_used[at] = true;
                old[at].clone()
            });
            // What the product now says for all, a variant no longer says otherwise.
            for (name, _) in &self.fields {
                if !row.iter().any(|(own, _)| own == name) && *name != "name" {
                    table.remove(name);
                }
            }
            for (name, entry) in row {
                let mut value = entry.to_value();
                match table.get_mut(name) {
                    Some(old) if plain(old) == plain_value(&value) => {}
                    Some(Item::Value(Value::InlineTable(texts))) => set_first(texts, value),
                    Some(Item::Table(texts)) => {
                        if let Some((_, first)) = texts.iter_mut().next() {
                            *first = Item::Value(value);
                        }
                    }
                    Some(Item::Value(old)) => {
                        *value.decor_mut() = old.decor().clone();
                        *old = value;
                    }
                    _ => {
                        table.insert(name, Item::Value(value));
                    }
                }
            }
            table.set_position(None);
            if known.is_none() {
                table.decor_mut().set_prefix("\n");
            }
            tables.push(table);
        }
        let left = old.iter().zip(is_used).filter(|(_, is_used)| !is_used);
        gone.extend(left.filter_map(|(table, _)| key_of(table)));
        document.remove(group.name);
        if !tables.is_empty() {
            document.insert(group.name, Item::ArrayOfTables(tables));
        }
    }
}

/// A value without the way it is written; the first language of a text stands for all.
pub(super) fn plain(item: &Item) -> String {
    match item {
        Item::Value(value) => plain_value(value),
        Item::Table(texts) => texts.iter().next().map(|(_, text)| plain(text)).unwrap_or_default(),
        _ => String::new(),
    }
}

pub(super) fn plain_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        Value::Array(values) => values.iter().map(plain_value).collect::<Vec<_>>().join(" / "),
        Value::InlineTable(texts) => {
            texts.iter().next().map(|(_, text)| plain_value(text)).unwrap_or_default()
        }
        other => other.to_string().trim().to_owned(),
    }
}

/// Sets the first language of a text, as far as the order of a table tells.
pub(super) fn set_first(texts: &mut InlineTable, value: Value) {
    if let Some((_, first)) = texts.iter_mut().next() {
        *first = value;
    }
}

/// Keeps the words that the maker wrote beside photographs, and photographs of her own.
fn keep_photos(old: &Array, new: &mut Array) {
    let file = |value: &Value| match value {
        Value::String(name) => Some(name.value().clone()),
        Value::InlineTable(table) => table.get("file")?.as_str().map(str::to_owned),
        _ => None,
    };
    let mut kept: Vec<Value> = Vec::new();
    for value in new.iter() {
        let name = file(value);
        let has_words = matches!(value, Value::InlineTable(_));
        let before =
            old.iter().find(|old| file(old) == name && matches!(old, Value::InlineTable(_)));
        kept.push(before.filter(|_| !has_words).unwrap_or(value).clone());
    }
    for value in old.iter() {
        if !new.iter().any(|new| file(new) == file(value)) {
            kept.push(value.clone());
        }
    }
    *new = array(kept);
}

impl Entry {
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(i64::try_from(*number).unwrap_or(i64::MAX)),
            Self::True => Value::from(true),
            Self::Date(date) => date
                .parse::<toml_edit::Datetime>()
                .map_or_else(|_| Value::from(date.as_str()), Value::from),
            Self::List(entries) => match &entries[..] {
                [single] => Value::from(single.as_str()),
                _ => Value::Array(array(
                    entries.iter().map(|entry| Value::from(entry.as_str())).collect(),
                )),
            },
            Self::Ids(ids) => {
                Value::Array(array(ids.iter().map(|id| Value::from(id.as_str())).collect()))
            }
            Self::Photos(photos) => Value::Array(array(
                photos
                    .iter()
                    .map(|(file, alt)| match alt {
                        None => Value::from(file.as_str()),
                        Some(alt) => {
                            let mut table = InlineTable::new();
                            table.insert("file", Value::from(file.as_str()));
                            table.insert("alt", Value::from(alt.as_str()));
                            Value::InlineTable(table)
                        }
                    })
                    .collect(),
            )),
        }
    }
}

/// A list on one line if it is short, else with an entry on each line.
fn array(mut values: Vec<Value>) -> Array {
    for value in &mut values {
        value.decor_mut().clear();
    }
    let mut array: Array = values.into_iter().collect();
    if array.to_string().len() > 84 {
        for value in array.iter_mut() {
            value.decor_mut().set_prefix("\n  ");
        }
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    array
}

/// Splits a file into the lines of its fields and its text.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "+++" {
        return None;
    }
    at += first.len();
    let front = at;
    for line in lines {
        if line.trim_end() == "+++" {
            return Some((&text[front..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> SourceFile {
        SourceFile {
            fields: vec![
                ("name", Entry::Text("Jug 6\" \"tall\"".to_owned())),
                ("price", Entry::Text("12.00 EUR".to_owned())),
                ("stock", Entry::Number(3)),
                ("made_to_order", Entry::True),
                ("category", Entry::List(vec!["Jugs".to_owned()])),
                ("colour", Entry::List(vec!["Red".to_owned(), "Blue".to_owned()])),
                ("date", Entry::Date("2026-05-01".to_owned())),
                (
                    "photos",
                    Entry::Photos(vec![
                        ("a.jpg".to_owned(), None),
                        ("b.jpg".to_owned(), Some("A red jug".to_owned())),
                    ]),
                ),
            ],
            remarks: vec!["size: \"huge\" was not understood".to_owned()],
            groups: Vec::new(),
            text: "Holds *milk*.".to_owned(),
        }
    }

    #[test]
    fn a_file_is_pretty() {
        assert_eq!(
            sample().to_text(),
            "+++\nname = 'Jug 6\" \"tall\"'\nprice = \"12.00 EUR\"\nstock = 3\nmade_to_order = true\n\
             category = \"Jugs\"\ncolour = [\"Red\", \"Blue\"]\ndate = 2026-05-01\n\
             photos = [\"a.jpg\", { file = \"b.jpg\", alt = \"A red jug\" }]\n\
             # size: \"huge\" was not understood\n+++\n\nHolds *milk*.\n"
        );
    }

    #[test]
    fn long_lists_have_a_line_for_each_entry() {
        let photos =
            (1..=4).map(|n| (format!("a-long-name-of-a-photograph-{n}.jpg"), None)).collect();
        let file =
            SourceFile { fields: vec![("photos", Entry::Photos(photos))], ..SourceFile::default() };
        assert!(
            file.to_text()
                .starts_with("+++\nphotos = [\n  \"a-long-name-of-a-photograph-1.jpg\",\n  \"a-"),
            "{}",
            file.to_text()
        );
        assert!(file.to_text().ends_with("-4.jpg\",\n]\n+++\n"));
    }

    #[test]
    fn what_the_maker_wrote_stays() {
        let existing = "+++\n# my jug\nname = { en = \"Old\", es = \"Vieja\" } # think again\n\
                        price = \"12.00 EUR\" # since May\ncare = \"By hand\"\n\
                        photos = [{ file = \"a.jpg\", alt = \"The jug\" }, \"mine.jpg\"]\n+++\n\nOld text.\n";
        let merged = sample().merged_into(existing).expect("merged").text;
        for part in [
            "# my jug\n",
            "es = \"Vieja\" } # think again",
            "Jug 6\" \"tall\"",
            "price = \"12.00 EUR\" # since May\n",
            "care = \"By hand\"\n",
            "stock = 3\n",
            "{ file = \"a.jpg\", alt = \"The jug\" }",
            "\"mine.jpg\"",
            "alt = \"A red jug\"",
            "\n\nHolds *milk*.\n",
        ] {
            assert!(merged.contains(part), "{part} in\n{merged}");
        }
        assert!(!merged.contains("\"Old\"") && !merged.contains("Old text"), "{merged}");
        // Doing it again changes nothing.
        let again = sample().merged_into(&merged).expect("merged");
        assert_eq!((again.text, again.gone), (merged, Vec::new()));
        assert_eq!(sample().merged_into("no fields"), None);
        assert_eq!(sample().merged_into("+++\nname = \n+++\n"), None);
    }
}
