//! The column map: which column is what, in TOML that a maker can write (`docs/IMPORT.md`).

use crate::diag::{
    Diagnostic, Diagnostics, FileId, Place, Severity, Sources, Span, Spanned, codes, nearest,
};
use crate::model::{Currency, ProductKind};
use crate::read::{Table as Fields, Value, parse_fields};

use super::table::fold;
use crate::read::columns::{self, Column};
pub(super) use crate::read::columns::{Field, Shape, usual_field};

/// What the cells of a text column are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// Told by looking at each cell.
    Guess,
    Html,
    Markdown,
    Plain,
}

/// Which level of a path such as `Gear/Bags` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    First,
    Last,
    All,
}

/// A column and how its cells are read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) column: Spanned<String>,
    /// What stands between entries of a list; the usual ones if not said.
    pub(super) separators: Option<Vec<String>>,
    /// What stands between levels of a path; the usual ones if not said.
    pub(super) levels: Option<String>,
    pub(super) take: Take,
    /// Entries left out on purpose and reported.
    pub(super) ignore: Vec<String>,
    /// Only these entries, if any are named; the others belong to another field.
    pub(super) only: Vec<String>,
    pub(super) rename: Vec<(String, String)>,
    /// The entry that a cell saying yes stands for.
    pub(super) yes: Option<String>,
    pub(super) writing: Writing,
    /// For yes and no: the cell says the opposite of the field.
    pub(super) is_opposite: bool,
    /// Names of photographs, with `*` and `?`, and what the files are called instead.
    pub(super) files: Vec<(String, String)>,
    /// Each entry is on a line of its own, and an empty one counts.
    pub(super) is_exact: bool,
    /// Grams in one unit of a weight that is not in whole grams.
    pub(super) grams: Option<f64>,
}

impl Source {
    /// A column that a program names and no map.
    pub(super) fn known(name: &str) -> Self {
        Self::column(name, Span::file_start(Sources::default().next_id()))
    }

    pub(super) fn column(name: &str, span: Span) -> Self {
        Self {
            column: Spanned::new(name.to_owned(), span),
            separators: None,
            levels: None,
            take: Take::Last,
            ignore: Vec::new(),
            only: Vec::new(),
            rename: Vec::new(),
            yes: None,
            writing: Writing::Guess,
            is_opposite: false,
            files: Vec::new(),
            is_exact: false,
            grams: None,
        }
    }
}

/// Rows of other tables that belong to products by article number.
#[derive(Clone, Debug)]
pub(super) struct Join {
    pub(super) files: Vec<String>,
    /// The column with the article number.
    pub(super) sku: String,
    pub(super) fields: Vec<(Field, Vec<Source>)>,
    pub(super) facts: Vec<(String, Source)>,
}

/// Rows that are one product.
#[derive(Clone, Debug)]
pub(super) struct Together {
    /// Tables concerned; all if empty.
    pub(super) files: Vec<String>,
    /// Rows with the same cell here are one product.
    pub(super) by: String,
    /// Heading and column of what the rows differ in, for the table in the text.
    pub(super) choices: Vec<(String, String)>,
}

/// Everything that the map says.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    /// Whether the names of columns were guessed instead.
    pub(super) is_guess: bool,
    /// How the site's own table of products is named, if it comes without a map.
    pub(super) own_table: Option<String>,
    pub(super) currency: Option<Currency>,
    pub(super) decimal: Option<char>,
    pub(super) language: Option<String>,
    pub(super) has_first_sentence: bool,
    pub(super) facts_heading: Option<String>,
    /// Tables that are products; all with a column for the name if empty.
    pub(super) products: Vec<String>,
    pub(super) leave_out: Vec<String>,
    pub(super) fields: Vec<(Field, Vec<Source>)>,
    pub(super) facts: Vec<(String, Source)>,
    pub(super) always: Vec<(Field, String)>,
    pub(super) joins: Vec<Join>,
    pub(super) together: Vec<Together>,
}

impl Map {
    pub(super) fn sources(&self, field: Field) -> &[Source] {
        sources(&self.fields, field)
    }

    /// Tells whether a table is the site's own.
    pub(super) fn is_own(&self, table: &super::table::Table) -> bool {
        self.own_table.as_ref() == Some(&table.file)
    }

    /// Tells whether a header is one that this map or any usual export has.
    pub(super) fn knows(&self, header: &str) -> bool {
        let folded = fold(header);
        let is_ours = |sources: &[Source]| sources.iter().any(|s| fold(&s.column.value) == folded);
        self.fields.iter().any(|(_, sources)| is_ours(sources))
            || self.facts.iter().any(|(_, source)| fold(&source.column.value) == folded)
            || self.leave_out.iter().any(|name| fold(name) == folded)
            || usual_field(header).is_some()
    }

    /// The fields of the site's own table, whose columns are those of a product's file.
    pub(super) fn of_own_table(headers: &[String]) -> Vec<(Field, Vec<Source>)> {
        let mut fields: Vec<(Field, Vec<Source>)> = Vec::new();
        for header in headers {
            let Some(Column { field, language: None, .. }) = columns::column(header) else {
                continue;
            };
            let name = if field == "title" { "name" } else { field };
            let Some(field) = Field::of_name(name) else { continue };
            let source = Source { writing: Writing::Markdown, ..Source::known(header) };
            match fields.iter_mut().find(|(known, _)| *known == field) {
                Some((Field::Photos | Field::PhotoAlt, sources)) => sources.push(source),
                Some(_) => {}
                None => fields.push((field, vec![source])),
            }
        }
        fields.sort_by_key(|(field, _)| *field);
        fields
    }

    /// The fields of a table whose headers are usual ones; each field from the first such column,
    /// photographs from all.
    pub(super) fn guessed(headers: &[String]) -> Vec<(Field, Vec<Source>)> {
        let mut fields: Vec<(Field, Vec<Source>)> = Vec::new();
        for header in headers {
            let folded = fold(header);
            let numbered =
                folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '_');
            let field = usual_field(header)
                .or_else(|| usual_field(numbered).filter(|field| *field == Field::Photos));
            let Some(field) = field else { continue };
            let source = Source::known(header);
            match fields.iter_mut().find(|(known, _)| *known == field) {
                Some((Field::Photos, sources)) => sources.push(source),
                Some(_) => {}
                None => fields.push((field, vec![source])),
            }
        }
        fields.sort_by_key(|(field, _)| *field);
        fields
    }
}

/// A name put into another form: each `*` of `to` becomes what that of `from` stood for.
pub(super) fn renamed(from: &str, to: &str, name: &str) -> Option<String> {
    let mut taken = Vec::new();
    let (from, name): (Vec<char>, Vec<char>) = (from.chars().collect(), name.chars().collect());
    if from.len() > 200 || name.len() > 300 || !capture(&from, &name, &mut taken) {
        return None;
    }
    let mut taken = taken.into_iter();
    Some(to.split('*').enumerate().fold(String::new(), |mut out, (at, part)| {
        if at > 0 {
            out.push_str(&taken.next().unwrap_or_default());
        }
        out.push_str(part);
        out
    }))
}

/// What each `*` of a pattern stands for, the longest first; at most three of them.
fn capture(pattern: &[char], name: &[char], taken: &mut Vec<String>) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some(('*', rest)) => {
            if taken.len() >= 3 {
                return false;
            }
            (0..=name.len()).rev().any(|len| {
                taken.push(name[..len].iter().collect());
                let before = taken.len();
                if capture(rest, &name[len..], taken) {
                    return true;
                }
                taken.truncate(before - 1);
                false
            })
        }
        Some((first, rest)) => name.split_first().is_some_and(|(letter, left)| {
            (*first == '?' || first.to_lowercase().eq(letter.to_lowercase()))
                && capture(rest, left, taken)
        }),
    }
}

/// The columns of a field.
pub(super) fn sources(fields: &[(Field, Vec<Source>)], field: Field) -> &[Source] {
    fields.iter().find(|(known, _)| *known == field).map_or(&[], |(_, sources)| sources)
}

/// Tells whether the name of a file fits a pattern with `*` and `?`, without case.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where to go back to when a `*` turns out to have taken too little.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, n));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == name[n]) {
            p += 1;
            n += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            p = at + 1;
            n = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

const TOP: [&str; 12] = [
    "currency",
    "decimal",
    "language",
    "first_sentence_as_description",
    "facts_heading",
    "products",
    "leave_out",
    "columns",
    "facts",
    "always",
    "more",
    "together",
];
const SOURCE: [&str; 12] = [
    "column",
    "path",
    "opposite",
    "files",
    "separator",
    "levels",
    "take",
    "ignore",
    "only",
    "rename",
    "yes",
    "format",
];

/// Reads a map. Problems are errors in `diagnostics`, with their places in `file`.
pub(super) fn parse(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Map {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (top, _) = parse_fields(&text[start..], start, file, diagnostics);
    let mut reader = Reader { diagnostics, unit: Unit::Column };
    let mut map = Map::default();
    for (key, value) in top.entries() {
        if reader.common(key, value, &mut map) {
            continue;
        }
        match key.value.as_str() {
            "products" => map.products = reader.strings(value),
            "more" => {
                map.joins =
                    reader.tables(value).into_iter().filter_map(|t| reader.join(t)).collect();
            }
            "together" => {
                map.together =
                    reader.tables(value).into_iter().filter_map(|t| reader.together(t)).collect();
            }
            _ => reader.unknown(key, TOP),
        }
    }
    if map.sources(Field::Name).is_empty() {
        reader.diagnostics.push(
            Diagnostic::new(
                Severity::Error,
                codes::MISSING_FIELD,
                Place::Span(Span::file_start(file)),
                "the map does not say which column has the name of a product",
            )
            .hint("below [columns] write for example name = \"Title\""),
        );
    }
    map
}

/// What a map calls that from which a field is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A column of a table, by its header.
    Column,
    /// A path in a record of JSON.
    Path,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Path => "path",
        }
    }
}

/// Reads the fields of a map, and says what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) unit: Unit,
}

impl Reader<'_> {
    /// Reads a field that all maps have; `false` if this is none.
    pub(super) fn common(
        &mut self,
        key: &Spanned<String>,
        value: &Spanned<Value>,
        map: &mut Map,
    ) -> bool {
        match key.value.as_str() {
            "currency" => map.currency = self.currency(value),
            "decimal" => map.decimal = self.decimal(value),
            "language" => map.language = self.string(value),
            "first_sentence_as_description" => map.has_first_sentence = self.yes(value),
            "facts_heading" => map.facts_heading = self.string(value),
            "leave_out" => map.leave_out = self.strings(value),
            "columns" => map.fields = self.fields(value),
            "facts" => map.facts = self.facts(value),
            "always" => map.always = self.always(value),
            _ => return false,
        }
        true
    }

    pub(super) fn wrong(&mut self, span: Span, message: impl Into<String>, label: &str) {
        self.diagnostics.push(Diagnostic::error(codes::BAD_VALUE, span, message).label(label));
    }

    pub(super) fn unknown<'n>(
        &mut self,
        key: &Spanned<String>,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let message = format!("a map of {}s has no field `{}`", self.unit.name(), key.value);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_FIELD, key.span, message);
        self.diagnostics.push(match nearest(&key.value, known) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
            None => diagnostic.hint("docs/IMPORT.md lists all fields"),
        });
    }

    pub(super) fn string(&mut self, value: &Spanned<Value>) -> Option<String> {
        if let Value::String(text) = &value.value {
            return Some(text.trim_matches(' ').to_owned());
        }
        let message = format!("a text is needed here, and this is {}", value.value.kind());
        self.wrong(value.span, message, "write it in quotes");
        None
    }

    pub(super) fn strings(&mut self, value: &Spanned<Value>) -> Vec<String> {
        match &value.value {
            Value::Array(items) => items.iter().filter_map(|item| self.string(item)).collect(),
            _ => self.string(value).into_iter().collect(),
        }
    }

    pub(super) fn yes(&mut self, value: &Spanned<Value>) -> bool {
        if let Value::Boolean(is_true) = value.value {
            return is_true;
        }
        self.wrong(
            value.span,
            "true or false is needed here",
            "write true or false, without quotes",
        );
        false
    }

    fn currency(&mut self, value: &Spanned<Value>) -> Option<Currency> {
        let code = self.string(value)?;
        let currency = Currency::from_code(&code);
        if currency.is_none() {
            let message = format!("\"{code}\" is not the code of a currency");
            self.wrong(value.span, message, "write three capital letters, for example \"EUR\"");
        }
        currency
    }

    fn decimal(&mut self, value: &Spanned<Value>) -> Option<char> {
        match self.string(value)?.as_str() {
            "." => Some('.'),
            "," => Some(','),
            _ => {
                let label = "write decimal = \",\" or decimal = \".\"";
                self.wrong(value.span, "the decimal sign is a point or a comma", label);
                None
            }
        }
    }

    pub(super) fn group<'v>(&mut self, value: &'v Spanned<Value>) -> Option<&'v Fields> {
        if let Value::Table(table) = &value.value {
            return Some(table);
        }
        let label = "write for example { column = \"category\" }";
        self.wrong(value.span, "a group of fields is needed here", label);
        None
    }

    pub(super) fn tables<'v>(&mut self, value: &'v Spanned<Value>) -> Vec<Spanned<&'v Fields>> {
        let items = match &value.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        items
            .iter()
            .filter_map(|item| self.group(item).map(|table| Spanned::new(table, item.span)))
            .collect()
    }

    pub(super) fn fields(&mut self, value: &Spanned<Value>) -> Vec<(Field, Vec<Source>)> {
        let Some(table) = self.group(value) else { return Vec::new() };
        let mut fields = Vec::new();
        for (key, value) in table.entries() {
            match Field::of_name(&key.value) {
                Some(field) => fields.push((field, self.sources(value))),
                None => self.unknown(key, Field::ALL.iter().map(|field| field.name())),
            }
        }
        fields.sort_by_key(|(field, _)| *field);
        fields
    }

    pub(super) fn facts(&mut self, value: &Spanned<Value>) -> Vec<(String, Source)> {
        let Some(table) = self.group(value) else { return Vec::new() };
        let mut facts = Vec::new();
        for (key, value) in table.entries() {
            facts.extend(self.sources(value).into_iter().map(|source| (key.value.clone(), source)));
        }
        facts
    }

    pub(super) fn sources(&mut self, value: &Spanned<Value>) -> Vec<Source> {
        match &value.value {
            Value::Array(items) => items.iter().filter_map(|item| self.source(item)).collect(),
            _ => self.source(value).into_iter().collect(),
        }
    }

    pub(super) fn source(&mut self, value: &Spanned<Value>) -> Option<Source> {
        let table = match &value.value {
            Value::String(name) => return Some(Source::column(name, value.span)),
            Value::Table(table) => table,
            _ => {
                let (message, label) = match self.unit {
                    Unit::Column => {
                        ("the name of a column is needed here", "write for example \"Title\"")
                    }
                    Unit::Path => {
                        ("a path in the record is needed here", "write for example \"title\"")
                    }
                };
                self.wrong(value.span, message, label);
                return None;
            }
        };
        let mut source = Source::column("", value.span);
        for (key, value) in table.entries() {
            match key.value.as_str() {
                own if own == self.unit.name() => {
                    let name = self.string(value)?;
                    source.column = Spanned::new(name, value.span);
                }
                "opposite" => source.is_opposite = self.yes(value),
                "files" => {
                    if let Some(table) = self.group(value) {
                        for (from, to) in table.entries() {
                            if let Some(to) = self.string(to) {
                                source.files.push((from.value.clone(), to));
                            }
                        }
                    }
                }
                "separator" => {
                    let mut separators = match &value.value {
                        Value::String(text) => vec![text.clone()],
                        _ => self.strings(value),
                    };
                    separators.retain(|separator| !separator.is_empty());
                    source.separators = Some(separators);
                }
                "levels" => source.levels = self.string(value).filter(|text| !text.is_empty()),
                "take" => {
                    source.take = match self.string(value).as_deref() {
                        Some("first") => Take::First,
                        Some("last") => Take::Last,
                        Some("all") => Take::All,
                        _ => {
                            let label = "write \"first\", \"last\" or \"all\"";
                            self.wrong(value.span, "this is not a choice of levels", label);
                            Take::Last
                        }
                    }
                }
                "ignore" => source.ignore = self.strings(value),
                "only" => source.only = self.strings(value),
                "rename" => {
                    if let Some(table) = self.group(value) {
                        for (from, to) in table.entries() {
                            if let Some(to) = self.string(to) {
                                source.rename.push((from.value.clone(), to));
                            }
                        }
                    }
                }
                "yes" => source.yes = self.string(value),
                "format" => {
                    source.writing = match self.string(value).as_deref() {
                        Some("html") => Writing::Html,
                        Some("markdown") => Writing::Markdown,
                        Some("plain") => Writing::Plain,
                        _ => {
                            let label = "write \"html\", \"markdown\" or \"plain\"";
                            self.wrong(value.span, "this is not a way to write texts", label);
                            Writing::Guess
                        }
                    }
                }
                _ => self.unknown(key, SOURCE),
            }
        }
        if source.column.value.is_empty() {
            let unit = self.unit.name();
            let label = format!("write for example {{ {unit} = \"category\" }}");
            self.wrong(value.span, format!("this does not say which {unit} is meant"), &label);
            return None;
        }
        Some(source)
    }

    fn always(&mut self, value: &Spanned<Value>) -> Vec<(Field, String)> {
        let Some(table) = self.group(value) else { return Vec::new() };
        let mut always = Vec::new();
        for (key, value) in table.entries() {
            let Some(field) = Field::of_name(&key.value) else {
                self.unknown(key, Field::ALL.iter().map(|field| field.name()));
                continue;
            };
            if !matches!(field.shape(), Shape::Line | Shape::List) || field == Field::Name {
                let message = format!("`{}` cannot be the same for all products", key.value);
                self.wrong(key.span, message, "take this line out");
                continue;
            }
            let Some(text) = self.string(value) else { continue };
            if field == Field::Kind && !ProductKind::ALL.iter().any(|(_, word)| *word == text) {
                let words: Vec<&str> = ProductKind::ALL.iter().map(|(_, word)| *word).collect();
                let label = format!("write one of {}", words.join(", "));
                self.wrong(value.span, format!("there is no kind \"{text}\""), &label);
                continue;
            }
            always.push((field, text));
        }
        always
    }

    fn join(&mut self, table: Spanned<&Fields>) -> Option<Join> {
        let mut join =
            Join { files: Vec::new(), sku: String::new(), fields: Vec::new(), facts: Vec::new() };
        for (key, value) in table.value.entries() {
            match (key.value.as_str(), Field::of_name(&key.value)) {
                ("files", _) => join.files = self.strings(value),
                ("sku", _) => join.sku = self.string(value).unwrap_or_default(),
                ("facts", _) => join.facts = self.facts(value),
                (_, Some(field)) if matches!(field.shape(), Shape::List | Shape::Text) => {
                    join.fields.push((field, self.sources(value)));
                }
                (_, Some(_)) => {
                    let message = format!("`{}` cannot come from a table of its own", key.value);
                    self.wrong(key.span, message, "only lists and texts can, for example photos");
                }
                (_, None) => {
                    let known = ["files", "sku", "facts"];
                    let fields = Field::ALL.iter().map(|field| field.name());
                    self.unknown(key, known.into_iter().chain(fields));
                }
            }
        }
        if join.files.is_empty() || join.sku.is_empty() {
            let label = "write for example files = [\"images*.csv\"] and sku = \"sku\"";
            let message =
                "this does not say which tables are meant, or which column has the article number";
            self.wrong(table.span, message, label);
            return None;
        }
        Some(join)
    }

    fn together(&mut self, table: Spanned<&Fields>) -> Option<Together> {
        let mut together = Together { files: Vec::new(), by: String::new(), choices: Vec::new() };
        for (key, value) in table.value.entries() {
            match key.value.as_str() {
                "files" => together.files = self.strings(value),
                "by" => together.by = self.string(value).unwrap_or_default(),
                "choices" => {
                    for (label, column) in self.group(value).into_iter().flat_map(Fields::entries) {
                        if let Some(column) = self.string(column) {
                            together.choices.push((label.value.clone(), column));
                        }
                    }
                }
                _ => self.unknown(key, ["files", "by", "choices"]),
            }
        }
        if together.by.is_empty() {
            let label = "write for example by = \"parent\"";
            self.wrong(table.span, "this does not say by which column rows belong together", label);
            return None;
        }
        Some(together)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Map, Vec<String>) {
        let mut sources = Sources::default();
        let file = sources.add("map.toml", text);
        let mut diagnostics = Diagnostics::default();
        let map = parse(text, file, &mut diagnostics);
        let found = diagnostics.sorted(&sources);
        (map, found.into_iter().map(|d| format!("{}: {}", d.message, d.label)).collect())
    }

    #[test]
    fn a_map_says_what_columns_are() {
        let (map, problems) = read(
            "currency = \"USD\"\ndecimal = \",\"\nleave_out = [\"x\"]\n\
             [columns]\nname = \"Title\"\n\
             category = { column = \"cat\", separator = \"|\", ignore = [\"Gear\"], take = \"all\" }\n\
             photos = [\"image 1\", \"image 2\"]\n\
             theme = [{ column = \"eco\", yes = \"Eco\" }]\n\
             [facts]\nStrap = \"strap\"\nFit = \"fit\"\n\
             [always]\nkind = \"leather\"\n\
             [[more]]\nfiles = [\"images*.csv\"]\nsku = \"sku\"\nphotos = \"image\"\n\
             [[together]]\nby = \"set\"\nchoices = { Size = \"size\" }\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(map.currency.map(Currency::code), Some("USD"));
        assert_eq!(map.sources(Field::Photos).len(), 2);
        let category = &map.sources(Field::Category)[0];
        assert_eq!((category.column.value.as_str(), category.take), ("cat", Take::All));
        let labels: Vec<&str> = map.facts.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels, ["Strap", "Fit"], "in the order of the map");
        assert_eq!((map.joins.len(), map.together.len()), (1, 1));
    }

    #[test]
    fn mistakes_in_a_map_are_explained() {
        let (_, problems) = read(
            "curency = \"USD\"\n[columns]\nname = 3\nprise = \"p\"\ncategory = { colum = \"c\" }\n\
             [always]\nprice = \"3\"\nkind = \"boat\"\n[[more]]\nname = \"x\"\n[[together]]\n",
        );
        let all = problems.join("\n");
        for part in [
            "did you mean `currency`?",
            "the name of a column is needed here",
            "did you mean `price`?",
            "did you mean `column`?",
            "`price` cannot be the same for all products",
            "there is no kind \"boat\"",
            "`name` cannot come from a table of its own",
            "which tables are meant",
            "by which column",
        ] {
            assert!(all.contains(part), "{part} in\n{all}");
        }
        let (_, problems) = read("");
        assert!(problems[0].starts_with("the map does not say which column has the name"));
    }

    #[test]
    fn patterns_fit_names() {
        for (pattern, name, expected) in [
            ("*.csv", "a.csv", true),
            ("images_*.csv", "images_gear_bags.csv", true),
            ("images_*.csv", "image_gear.csv", false),
            ("A?.CSV", "ab.csv", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "xxaxxbxx", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn names_are_put_into_another_form() {
        for (from, to, name, expected) in [
            (
                "products/*_????????.png",
                "shop-*.png",
                "products/red_cup_89b84f81.png",
                Some("shop-red_cup.png"),
            ),
            ("*.*", "*-*", "a.b.c", Some("a.b-c")),
            ("*.jpg", "*.png", "a.gif", None),
            ("*", "x", "anything", Some("x")),
            ("a*b", "**", "aXb", Some("X")),
        ] {
            assert_eq!(renamed(from, to, name).as_deref(), expected, "{from} {name}");
        }
        assert_eq!(renamed("*a*a*a*a*a*", "", &"a".repeat(500)), None);
    }
}
