//! The map of paths: where products lie in a foreign JSON, and what each of their values is.
//!
//! Paths are JSONPath (RFC 9535). One that does not begin with `$` begins at the record:
//! `fields.name` is `$.fields.name`.

use serde_json_path::JsonPath;

use crate::diag::{
    Diagnostic, Diagnostics, FileId, Place, Severity, Span, Spanned, codes, nearest,
};
use crate::read::{Table as Fields, Value, parse_fields};

use crate::import::map::{Field, Map, Reader, Shape, Source, Unit};

/// A path, ready to be asked.
#[derive(Clone, Debug)]
pub(super) struct Query {
    /// Without `$` at its beginning.
    pub(super) written: String,
    pub(super) path: JsonPath,
}

/// Records of one kind.
#[derive(Clone, Debug)]
pub(super) struct TableMap {
    pub(super) name: String,
    pub(super) rows: Query,
    pub(super) links: Vec<Link>,
}

/// Records of another table that are put into each record.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// The field that they are put under, as an array.
    pub(super) name: String,
    pub(super) table: Spanned<String>,
    /// Where they and the record say the same.
    pub(super) theirs: Query,
    pub(super) ours: Query,
    pub(super) order: Option<Query>,
}

/// How amounts of money are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Amounts {
    #[default]
    Decimal,
    /// Whole numbers of cents, or of whatever the currency has.
    Minor,
}

/// The variants of a product.
#[derive(Clone, Debug)]
pub(super) struct VariantMap {
    pub(super) rows: Query,
    pub(super) fields: Vec<(Field, Vec<Source>)>,
    pub(super) options: Vec<OptionMap>,
}

/// One option, or several if the record says their names itself.
#[derive(Clone, Debug)]
pub(super) struct OptionMap {
    pub(super) name: OptionName,
    pub(super) values: Query,
}

#[derive(Clone, Debug)]
pub(super) enum OptionName {
    Words(String),
    /// In the product.
    OfProduct(Query),
    /// In the variant, beside each value.
    OfVariant(Query),
}

/// Facts whose names the record says itself.
#[derive(Clone, Debug)]
pub(super) struct NamedFacts {
    pub(super) names: Query,
    pub(super) values: Query,
}

/// Everything that the map says.
#[derive(Debug, Default)]
pub(super) struct JsonMap {
    pub(super) base: Map,
    pub(super) tables: Vec<TableMap>,
    pub(super) amounts: Amounts,
    pub(super) id: Option<Query>,
    pub(super) variants: Option<VariantMap>,
    pub(super) named_facts: Vec<NamedFacts>,
    pub(super) translations: Vec<Translated>,
}

/// A language, and where its texts stand.
pub(super) type Translated = (String, Vec<(Field, Vec<Source>)>);

impl JsonMap {
    pub(super) fn table(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name == name)
    }
}

const TOP: [&str; 15] = [
    "currency",
    "decimal",
    "amounts",
    "language",
    "first_sentence_as_description",
    "facts_heading",
    "leave_out",
    "tables",
    "id",
    "columns",
    "facts",
    "named_facts",
    "always",
    "variants",
    "translations",
];

/// Reads a map. Problems are errors in `diagnostics`, with their places in `file`.
pub(super) fn parse(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> JsonMap {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (top, _) = parse_fields(&text[start..], start, file, diagnostics);
    let mut reader = PathReader { reader: Reader { diagnostics, unit: Unit::Path } };
    let mut map = JsonMap::default();
    for (key, value) in top.entries() {
        if reader.reader.common(key, value, &mut map.base) {
            continue;
        }
        match key.value.as_str() {
            "amounts" => map.amounts = reader.amounts(value),
            "id" => map.id = reader.query(value),
            "tables" => map.tables = reader.tables(value),
            "variants" => map.variants = reader.variants(value),
            "named_facts" => {
                map.named_facts = reader
                    .reader
                    .tables(value)
                    .into_iter()
                    .filter_map(|table| reader.named_facts(table))
                    .collect();
            }
            "translations" => map.translations = reader.translations(value),
            _ => reader.reader.unknown(key, TOP),
        }
    }
    for (_, sources) in &mut map.base.fields {
        reader.prepare(sources);
    }
    for (_, source) in &mut map.base.facts {
        reader.prepare(std::slice::from_mut(source));
    }
    let names: Vec<&str> = map.tables.iter().map(|table| table.name.as_str()).collect();
    for link in map.tables.iter().flat_map(|table| &table.links) {
        if !names.contains(&link.table.value.as_str()) {
            let message = format!("there is no table \"{}\" in this map", link.table.value);
            let near = nearest(&link.table.value, names.iter().copied());
            let label = near.map_or_else(
                || "name one of [tables]".to_owned(),
                |near| format!("did you mean \"{near}\"?"),
            );
            reader.reader.wrong(link.table.span, message, &label);
        }
    }
    let mut missing = |message: &str, hint: &str| {
        reader.reader.diagnostics.push(
            Diagnostic::new(
                Severity::Error,
                codes::MISSING_FIELD,
                Place::Span(Span::file_start(file)),
                message,
            )
            .hint(hint),
        );
    };
    if !top.entries().any(|(key, _)| key.value == "tables") || map.table("products").is_none() {
        missing(
            "the map does not say where the products are",
            "below [tables] write for example products = \"$.products[*]\"",
        );
    }
    if map.base.sources(Field::Name).is_empty() {
        missing(
            "the map does not say which value is the name of a product",
            "below [columns] write for example name = \"title\"",
        );
    }
    map
}

/// The path of a text of the map, or where it stops making sense.
pub(super) fn query(written: &str) -> Result<Query, String> {
    let full = match written.trim().chars().next() {
        Some('$') => written.trim().to_owned(),
        Some('[') => format!("${}", written.trim()),
        _ => format!("$.{}", written.trim()),
    };
    match JsonPath::parse(&full) {
        Ok(path) => {
            let written =
                full.strip_prefix("$.").or_else(|| full.strip_prefix('$')).unwrap_or(&full);
            Ok(Query { written: written.to_owned(), path })
        }
        Err(error) => {
            let rest: String = full.chars().skip(error.position()).take(30).collect();
            Err(if rest.is_empty() { "its end".to_owned() } else { format!("`{rest}`") })
        }
    }
}

struct PathReader<'a> {
    reader: Reader<'a>,
}

impl PathReader<'_> {
    fn query(&mut self, value: &Spanned<Value>) -> Option<Query> {
        let written = self.reader.string(value)?;
        self.query_of(&written, value.span)
    }

    fn query_of(&mut self, written: &str, span: Span) -> Option<Query> {
        match query(written) {
            Ok(query) => Some(query),
            Err(rest) => {
                let message = format!("this path is not understood from {rest} on");
                let label =
                    "write for example \"$.products[*]\", or \"price.amount\" inside a record";
                self.reader.wrong(span, message, label);
                None
            }
        }
    }

    /// Checks the paths of a field, and gives them the habits of JSON: an entry is an entry.
    fn prepare(&mut self, sources: &mut [Source]) {
        for source in sources {
            let column = source.column.clone();
            self.query_of(&column.value, column.span);
            if source.separators.is_none() {
                source.separators = Some(vec!["\n".to_owned()]);
                source.is_exact = true;
            }
            if source.levels.is_none() {
                source.levels = Some("\u{1f}".to_owned());
            }
        }
    }

    fn amounts(&mut self, value: &Spanned<Value>) -> Amounts {
        match self.reader.string(value).as_deref() {
            Some("decimal") => Amounts::Decimal,
            Some("minor") => Amounts::Minor,
            _ => {
                let label = "write \"decimal\" for 19.90, or \"minor\" for 1990";
                self.reader.wrong(value.span, "this is not a way to write amounts", label);
                Amounts::Decimal
            }
        }
    }

    fn tables(&mut self, value: &Spanned<Value>) -> Vec<TableMap> {
        let Some(group) = self.reader.group(value) else { return Vec::new() };
        let mut tables = Vec::new();
        for (key, value) in group.entries() {
            let name = key.value.clone();
            if let Value::String(_) = value.value {
                let rows = self.query(value);
                tables.extend(rows.map(|rows| TableMap { name, rows, links: Vec::new() }));
                continue;
            }
            let Some(fields) = self.reader.group(value) else { continue };
            let (mut rows, mut links) = (None, Vec::new());
            for (key, value) in fields.entries() {
                match key.value.as_str() {
                    "rows" => rows = self.query(value),
                    "with" => {
                        let group = self.reader.group(value);
                        for (key, value) in group.into_iter().flat_map(Fields::entries) {
                            links.extend(self.link(&key.value, value));
                        }
                    }
                    _ => self.reader.unknown(key, ["rows", "with"]),
                }
            }
            match rows {
                Some(rows) => tables.push(TableMap { name, rows, links }),
                None => {
                    let message = format!("this does not say where the records of \"{name}\" are");
                    self.reader.wrong(
                        value.span,
                        message,
                        "write for example rows = \"$.items[*]\"",
                    );
                }
            }
        }
        tables
    }

    fn link(&mut self, name: &str, value: &Spanned<Value>) -> Option<Link> {
        let group = self.reader.group(value)?;
        let (mut table, mut theirs, mut ours, mut order) = (None, None, None, None);
        for (key, value) in group.entries() {
            match key.value.as_str() {
                "table" => {
                    table = self.reader.string(value).map(|name| Spanned::new(name, value.span));
                }
                "where" => theirs = self.query(value),
                "is" => ours = self.query(value),
                "order" => order = self.query(value),
                _ => self.reader.unknown(key, ["table", "where", "is", "order"]),
            }
        }
        let (Some(table), Some(theirs), Some(ours)) = (table, theirs, ours) else {
            let message = format!("this does not say which records become \"{name}\"");
            let label = "write { table = \"variants\", where = \"product_id\", is = \"id\" }";
            self.reader.wrong(value.span, message, label);
            return None;
        };
        Some(Link { name: name.to_owned(), table, theirs, ours, order })
    }

    fn variants(&mut self, value: &Spanned<Value>) -> Option<VariantMap> {
        let group = self.reader.group(value)?;
        let (mut rows, mut fields, mut options) = (None, Vec::new(), Vec::new());
        for (key, value) in group.entries() {
            match (key.value.as_str(), Field::of_name(&key.value)) {
                ("rows", _) => rows = self.query(value),
                ("options", _) => {
                    for table in self.reader.tables(value) {
                        options.extend(self.option(table));
                    }
                }
                (_, Some(field))
                    if crate::import::variants::may_differ(field) || field == Field::Currency =>
                {
                    let mut sources = self.reader.sources(value);
                    self.prepare(&mut sources);
                    fields.push((field, sources));
                }
                (_, Some(_)) => {
                    let message = format!("a variant has no `{}` of its own", key.value);
                    self.reader.wrong(key.span, message, "write it below [columns]");
                }
                (_, None) => {
                    let known = [
                        "rows", "options", "price", "stock", "sku", "gtin", "weight_g", "photos",
                        "hide",
                    ];
                    self.reader.unknown(key, known);
                }
            }
        }
        fields.sort_by_key(|(field, _)| *field);
        let Some(rows) = rows else {
            let label = "write for example rows = \"variants[*]\"";
            self.reader.wrong(
                value.span,
                "this does not say where the variants of a product are",
                label,
            );
            return None;
        };
        Some(VariantMap { rows, fields, options })
    }

    fn option(&mut self, table: Spanned<&Fields>) -> Option<OptionMap> {
        let (mut name, mut values) = (None, None);
        for (key, value) in table.value.entries() {
            match key.value.as_str() {
                "name" => name = self.reader.string(value).map(OptionName::Words),
                "name_at" => name = self.query(value).map(OptionName::OfProduct),
                "names" => name = self.query(value).map(OptionName::OfVariant),
                "value" | "values" => values = self.query(value),
                _ => self.reader.unknown(key, ["name", "name_at", "names", "value", "values"]),
            }
        }
        let (Some(name), Some(values)) = (name, values) else {
            let label = "write for example name = \"Size\" and value = \"size\"";
            self.reader.wrong(
                table.span,
                "this does not say what the option is called or which value it has",
                label,
            );
            return None;
        };
        Some(OptionMap { name, values })
    }

    fn named_facts(&mut self, table: Spanned<&Fields>) -> Option<NamedFacts> {
        let (mut names, mut values) = (None, None);
        for (key, value) in table.value.entries() {
            match key.value.as_str() {
                "names" => names = self.query(value),
                "values" => values = self.query(value),
                _ => self.reader.unknown(key, ["names", "values"]),
            }
        }
        let (Some(names), Some(values)) = (names, values) else {
            let label =
                "write for example names = \"details[*].label\" and values = \"details[*].text\"";
            self.reader.wrong(
                table.span,
                "this does not say where the names and values of facts are",
                label,
            );
            return None;
        };
        Some(NamedFacts { names, values })
    }

    fn translations(&mut self, value: &Spanned<Value>) -> Vec<Translated> {
        let Some(group) = self.reader.group(value) else { return Vec::new() };
        let mut translations = Vec::new();
        for (key, value) in group.entries() {
            let mut fields = self.reader.fields(value);
            for (_, sources) in &mut fields {
                self.prepare(sources);
            }
            fields.retain(|(field, _)| {
                let is_text = matches!(field.shape(), Shape::Line | Shape::Text)
                    || *field == Field::Materials;
                if !is_text {
                    let message = format!("`{}` is the same in all languages", field.name());
                    self.reader.wrong(value.span, message, "write it below [columns]");
                }
                is_text
            });
            translations.push((key.value.clone(), fields));
        }
        translations
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    fn read(text: &str) -> (JsonMap, Vec<String>) {
        let mut sources = Sources::default();
        let file = sources.add("map.toml", text);
        let mut diagnostics = Diagnostics::default();
        let map = parse(text, file, &mut diagnostics);
        let found = diagnostics.sorted(&sources);
        (map, found.into_iter().map(|d| format!("{}: {}", d.message, d.label)).collect())
    }

    #[test]
    fn a_map_says_where_things_are() {
        let (map, problems) = read(
            "amounts = \"minor\"\nid = \"slug\"\n[tables]\nproducts = \"$.products[*]\"\n\
             [tables.variants]\nrows = \"$.variants[?@.active == true]\"\n\
             with.stock = { table = \"products\", where = \"id\", is = \"stock_id\", order = \"n\" }\n\
             [columns]\nname = \"title\"\nphotos = { path = \"images[*].src\", files = { \"*.png\" = \"*.jpg\" } }\n\
             hide = { path = \"published\", opposite = true }\n\
             [variants]\nrows = \"variants[*]\"\nprice = \"price\"\n\
             [[variants.options]]\nname = \"Size\"\nvalue = \"size\"\n\
             [[variants.options]]\nnames = \"a[*].n\"\nvalues = \"a[*].v\"\n\
             [[named_facts]]\nnames = \"f[*].n\"\nvalues = \"f[*].v\"\n\
             [translations.es]\nname = \"title_es\"\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!((map.amounts, map.tables.len()), (Amounts::Minor, 2));
        assert_eq!(map.tables[1].links[0].name, "stock");
        assert_eq!(map.variants.map(|variants| variants.options.len()), Some(2));
        assert_eq!(map.translations[0].0, "es");
    }

    #[test]
    fn mistakes_in_a_map_are_explained() {
        let (_, problems) = read(
            "amounts = \"cents\"\n[tables]\nitems = \"$.a[?]\"\n\
             [tables.variants]\nwith.x = { table = \"variant\" }\n\
             [columns]\ntitle = \"t\"\nprice = { pth = \"p\" }\nstock = 3\n\
             [variants]\ncare = \"c\"\n[[variants.options]]\nname = \"Size\"\n\
             [translations.es]\nprice = \"p\"\n",
        );
        let all = problems.join("\n");
        for part in [
            "this is not a way to write amounts",
            "this path is not understood from",
            "which records become \"x\"",
            "a map of paths has no field `title`",
            "did you mean `path`?",
            "a path in the record is needed here",
            "a variant has no `care` of its own",
            "what the option is called",
            "where the variants of a product are",
            "`price` is the same in all languages",
            "where the products are",
            "the name of a product",
        ] {
            assert!(all.contains(part), "{part} in\n{all}");
        }
    }
}
