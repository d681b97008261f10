//! Takes typed values out of the fields of a file, and remembers which fields were asked for.

use std::ops::RangeInclusive;

use crate::diag::{Diagnostic, Diagnostics, Place, Severity, Span, Spanned, codes, nearest};
use crate::model::{Date, LocaleIx, Text};
use crate::read::{Document, Table, Value};

/// Longest single-line text in characters.
const MAX_LINE: usize = 2_000;

/// The languages of the site, for fields that take translations.
#[derive(Clone, Copy)]
pub(super) struct Languages<'a> {
    /// Canonical tags; the position is the index.
    pub(super) tags: &'a [String],
    /// The one in which a text is that names none: the site's first, or that of the member whose text it is.
    pub(super) first: LocaleIx,
}

impl<'a> Languages<'a> {
    /// Those of the site, whose first language is that of texts that name none.
    pub(super) fn of(tags: &'a [String]) -> Self {
        Self { tags, first: LocaleIx::FIRST }
    }

    /// What to write so that the site has a language more.
    pub(super) fn with(self, tag: &str) -> String {
        let tag = tag.replace('_', "-");
        let all = self.tags.iter().map(String::as_str).chain([tag.as_str()]);
        let all: Vec<String> = all.map(|tag| format!("\"{tag}\"")).collect();
        format!("to add it, write in site.toml: languages = [{}]", all.join(", "))
    }

    pub(super) fn find(self, tag: &str) -> Option<LocaleIx> {
        // Some programs write es_PE.
        let tag = tag.replace('_', "-");
        let at = self.tags.iter().position(|known| known.eq_ignore_ascii_case(&tag))?;
        u8::try_from(at).ok().map(LocaleIx)
    }
}

/// The fields of one thing: a table, and the same things' tables in other languages.
pub(super) struct Fields<'a> {
    table: &'a Table,
    translations: Vec<(LocaleIx, &'a Table)>,
    languages: Languages<'a>,
    /// What the thing is called in messages, for example `the product "shawl"`.
    what: String,
    /// Where to point when something is missing.
    whole: Span,
    /// Whether they are cells of a table.
    is_row: bool,
    asked: Vec<(&'static str, bool)>,
    found: Diagnostics,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        table: &'a Table,
        whole: Span,
        what: String,
        languages: Languages<'a>,
    ) -> Self {
        let found = Diagnostics::default();
        Self {
            table,
            translations: Vec::new(),
            languages,
            what,
            whole,
            is_row: false,
            asked: Vec::new(),
            found,
        }
    }

    pub(super) fn of(document: &'a Document, what: String, languages: Languages<'a>) -> Self {
        let is_row = document.is_row;
        Self { is_row, ..Self::new(&document.fields, document.start, what, languages) }
    }

    /// The same, of a row of a table if that is so.
    pub(super) fn in_row(self, is_row: bool) -> Self {
        Self { is_row, ..self }
    }

    pub(super) fn translate(&mut self, locale: LocaleIx, document: &'a Document) {
        self.translations.push((locale, &document.fields));
    }

    /// Tells whether there are texts in a language besides the first.
    pub(super) fn is_translated(&self, locale: LocaleIx) -> bool {
        self.translations.iter().any(|(known, _)| *known == locale)
    }

    pub(super) fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn whole(&self) -> Span {
        self.whole
    }

    /// Tells whether they are cells of a table.
    pub(super) fn is_row(&self) -> bool {
        self.is_row
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Says that a part of one of the fields is not known.
    pub(super) fn unknown_of(&mut self, what: &str, key: &Spanned<String>, known: &[&str]) {
        if let Some(rule) = rule_in_doubt(&key.value) {
            self.found.push(in_doubt(what, key, rule, known));
            return;
        }
        let words =
            format!("{what} has a field `{}`, which is not known; it was not used", key.value);
        let diagnostic = Diagnostic::warning(codes::UNKNOWN_FIELD, key.span, words);
        self.found.push(match nearest(&key.value, known.iter().copied()) {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
            None => diagnostic,
        });
    }

    /// How many problems were found so far.
    pub(super) fn problems(&self) -> usize {
        self.found.iter().count()
    }

    fn raw(&mut self, name: &'static str, takes_translations: bool) -> Option<&'a Spanned<Value>> {
        self.asked.push((name, takes_translations));
        self.table.get(name).map(|(_, value)| value)
    }

    fn wrong_kind(&mut self, name: &str, value: &Spanned<Value>, example: &str) {
        let what = self.what.clone();
        let is = match &value.value {
            Value::String(text) if self.is_row => format!("\"{text}\""),
            value => value.kind().to_owned(),
        };
        self.found.push(
            Diagnostic::error(
                codes::BAD_VALUE,
                value.span,
                format!("`{name}` of {what} is {is}, which it cannot be"),
            )
            .label(match example {
                "true" if self.is_row => "write yes or no".to_owned(),
                _ => format!("write for example {name} = {example}"),
            }),
        );
    }

    /// A value as it was written, for what only one caller needs.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'a Spanned<Value>> {
        self.raw(name, false)
    }

    /// A line of text in one language or several.
    pub(super) fn text(&mut self, name: &'static str) -> Option<Text> {
        let mut entries = Vec::new();
        if let Some(value) = self.raw(name, true) {
            self.text_entries(name, value, &mut entries);
        }
        for (locale, table) in self.translations.clone() {
            if let Some((_, value)) = table.get(name) {
                match &value.value {
                    Value::String(text) => self.line(locale, text, value.span, &mut entries),
                    _ => self.wrong_kind(name, value, "\"…\""),
                }
            }
        }
        Text::from_entries(entries)
    }

    /// The text of a value that is a string, or a table of strings by language.
    pub(super) fn text_entries(
        &mut self,
        name: &str,
        value: &Spanned<Value>,
        entries: &mut Vec<(LocaleIx, Box<str>)>,
    ) {
        match &value.value {
            Value::String(text) => self.line(self.languages.first, text, value.span, entries),
            Value::Table(table) => {
                for (tag, translated) in table.entries() {
                    let Some(locale) = self.language(tag) else { continue };
                    match &translated.value {
                        Value::String(text) => self.line(locale, text, translated.span, entries),
                        _ => self.wrong_kind(&format!("{name}.{}", tag.value), translated, "\"…\""),
                    }
                }
            }
            _ => self.wrong_kind(name, value, "\"…\""),
        }
    }

    fn language(&mut self, tag: &Spanned<String>) -> Option<LocaleIx> {
        let found = self.languages.find(&tag.value);
        if found.is_none() {
            self.found.push(
                Diagnostic::warning(
                    codes::BAD_LANGUAGE,
                    tag.span,
                    format!(
                        "this site has no language \"{}\", so this text is not shown",
                        tag.value
                    ),
                )
                .hint(self.languages.with(&tag.value)),
            );
        }
        found
    }

    fn line(
        &mut self,
        locale: LocaleIx,
        text: &str,
        span: Span,
        entries: &mut Vec<(LocaleIx, Box<str>)>,
    ) {
        if let Some(text) = self.clean(text, span) {
            entries.push((locale, text.into()));
        }
    }

    /// White space folded to single spaces; refuses what cannot be seen.
    fn clean(&mut self, text: &str, span: Span) -> Option<String> {
        let bad = |c: char| {
            (c.is_control() && !c.is_whitespace())
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
        };
        if let Some(c) = text.chars().find(|c| bad(*c)) {
            let words = format!(
                "this text has a character that cannot be seen or turns the direction of reading (U+{:04X})",
                u32::from(c)
            );
            self.found.push(
                Diagnostic::error(codes::LOOK_ALIKE, span, words)
                    .label("write the text anew without it"),
            );
            return None;
        }
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if folded.chars().count() > MAX_LINE {
            let words = format!("this text is longer than {MAX_LINE} characters");
            self.found.push(Diagnostic::error(codes::TOO_LARGE, span, words).label(
                match self.is_row {
                    true => "put long texts into the column `text`",
                    false => "put long texts below the fields, after the second +++",
                },
            ));
            return None;
        }
        (!folded.is_empty()).then_some(folded)
    }

    /// A list of texts, each in one language or several.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<Text> {
        self.texts_with_gaps(name).into_iter().flatten().collect()
    }

    /// The same, with nothing where an entry is empty.
    pub(super) fn texts_with_gaps(&mut self, name: &'static str) -> Vec<Option<Text>> {
        let mut columns: Vec<Vec<(LocaleIx, Box<str>)>> = Vec::new();
        let mut sources: Vec<(LocaleIx, &Spanned<Value>)> = Vec::new();
        if let Some(value) = self.raw(name, true) {
            match &value.value {
                Value::Table(table) => {
                    for (tag, translated) in table.entries() {
                        if let Some(locale) = self.language(tag) {
                            sources.push((locale, translated));
                        }
                    }
                }
                _ => sources.push((self.languages.first, value)),
            }
        }
        for (locale, table) in &self.translations {
            if let Some((_, value)) = table.get(name) {
                sources.push((*locale, value));
            }
        }
        for (locale, value) in sources {
            let items = match &value.value {
                Value::Array(items) => items.as_slice(),
                Value::String(_) => std::slice::from_ref(value),
                _ => {
                    self.wrong_kind(name, value, "[\"…\", \"…\"]");
                    continue;
                }
            };
            for (at, item) in items.iter().enumerate() {
                if columns.len() <= at {
                    columns.push(Vec::new());
                }
                match &item.value {
                    Value::String(text) => {
                        let mut entries = std::mem::take(&mut columns[at]);
                        self.line(locale, text, item.span, &mut entries);
                        columns[at] = entries;
                    }
                    Value::Table(_) if locale == self.languages.first => {
                        let mut entries = std::mem::take(&mut columns[at]);
                        self.text_entries(name, item, &mut entries);
                        columns[at] = entries;
                    }
                    _ => self.wrong_kind(name, item, "[\"…\", \"…\"]"),
                }
            }
        }
        columns.into_iter().map(Text::from_entries).collect()
    }

    /// A text in no language, such as an article number.
    pub(super) fn string(&mut self, name: &'static str) -> Option<Spanned<String>> {
        let value = self.raw(name, false)?;
        self.string_of(name, value)
    }

    pub(super) fn string_of(
        &mut self,
        name: &str,
        value: &Spanned<Value>,
    ) -> Option<Spanned<String>> {
        match &value.value {
            Value::String(text) => {
                self.clean(text, value.span).map(|text| Spanned::new(text, value.span))
            }
            _ => {
                self.wrong_kind(name, value, "\"…\"");
                None
            }
        }
    }

    /// One name or a list of names, each once.
    pub(super) fn names(&mut self, name: &'static str) -> Vec<Spanned<String>> {
        let Some(value) = self.raw(name, false) else { return Vec::new() };
        let items = match &value.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut names: Vec<Spanned<String>> = Vec::new();
        for item in items {
            if let Some(item) = self.string_of(name, item)
                && !names.iter().any(|n| n.value == item.value)
            {
                names.push(item);
            }
        }
        names
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, name: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.raw(name, false)?;
        let number = match value.value {
            Value::Integer(number) => u32::try_from(number).ok().filter(|n| range.contains(n)),
            _ => {
                self.wrong_kind(name, value, "12");
                return None;
            }
        };
        if number.is_none() {
            let words =
                format!("`{name}` is a whole number from {} to {}", range.start(), range.end());
            self.found.push(Diagnostic::error(codes::BAD_VALUE, value.span, words));
        }
        number
    }

    /// `true` or `false`; `false` if not said.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.raw(name, false) {
            None => false,
            Some(Spanned { value: Value::Boolean(is_true), .. }) => *is_true,
            Some(value) => {
                self.wrong_kind(name, value, "true");
                false
            }
        }
    }

    /// A day.
    pub(super) fn date(&mut self, name: &'static str) -> Option<Date> {
        let value = self.raw(name, false)?;
        let text = match &value.value {
            Value::Date(text) | Value::String(text) => text,
            _ => {
                self.wrong_kind(name, value, "2026-05-01");
                return None;
            }
        };
        let day: Option<Date> = text.get(..10).unwrap_or(text).parse().ok();
        if day.is_none() {
            self.found.push(
                Diagnostic::error(
                    codes::BAD_DATE,
                    value.span,
                    format!("`{name}` is not a day of the calendar"),
                )
                .label(format!("write for example {name} = 2026-05-01")),
            );
        }
        day
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(T, &'static str)],
    ) -> Option<T> {
        let written = self.string(name)?;
        let found =
            choices.iter().find(|(_, word)| *word == written.value).map(|(choice, _)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(_, word)| *word).collect();
            let mut diagnostic = Diagnostic::error(
                codes::BAD_VALUE,
                written.span,
                format!("`{name}` cannot be \"{}\"", written.value),
            )
            .hint(format!("it is one of: {}", words.join(", ")));
            if let Some(near) = nearest(&written.value, words.iter().copied()) {
                diagnostic = diagnostic.label(format!("did you mean \"{near}\"?"));
            }
            self.found.push(diagnostic);
        }
        found
    }

    /// A group of fields of its own.
    pub(super) fn group(&mut self, name: &'static str) -> Option<(&'a Table, Span)> {
        let value = self.raw(name, false)?;
        if let Value::Table(table) = &value.value {
            return Some((table, value.span));
        }
        self.wrong_kind(name, value, "{ … }");
        None
    }

    /// `true` or `false`, if it is said.
    pub(super) fn said_flag(&mut self, name: &'static str) -> Option<bool> {
        self.table.get(name)?;
        Some(self.flag(name))
    }

    /// A number with at most one digit after the point, in tenths; written plain or in quotes.
    pub(super) fn tenths(&mut self, name: &'static str, most: u32) -> Option<u32> {
        let value = self.raw(name, false)?;
        let text = match &value.value {
            Value::Integer(number) => number.to_string(),
            Value::Float(text) | Value::String(text) => text.trim().to_owned(),
            _ => {
                self.wrong_kind(name, value, "\"3.5\"");
                return None;
            }
        };
        let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
        let is_plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let tenths = (is_plain(whole) && is_plain(part) && part.len() == 1)
            .then(|| whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(part.parse().ok()?))
            .flatten()
            .filter(|tenths| *tenths <= most.saturating_mul(10));
        if tenths.is_none() {
            let words = format!(
                "`{name}` is a number from 0 to {most}, with at most one digit after the point"
            );
            self.found.push(
                Diagnostic::error(codes::BAD_VALUE, value.span, words)
                    .label(format!("write for example {name} = \"3.5\"")),
            );
        }
        tenths
    }

    /// A list of texts in no language, each as often as it stands there.
    pub(super) fn strings(&mut self, name: &'static str) -> Vec<Spanned<String>> {
        let Some(value) = self.raw(name, false) else { return Vec::new() };
        let items = match &value.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        items.iter().filter_map(|item| self.string_of(name, item)).collect()
    }

    /// How many entries a list of texts has in each language, with the place of the list.
    pub(super) fn list_lengths(&self, name: &str) -> Vec<(LocaleIx, usize, Span)> {
        let length = |value: &Value| match value {
            Value::Array(items) => items.len(),
            _ => 1,
        };
        let mut lengths = Vec::new();
        match self.table.get(name).map(|(_, value)| value) {
            Some(Spanned { value: Value::Table(table), .. }) => {
                for (tag, translated) in table.entries() {
                    if let Some(locale) = self.languages.find(&tag.value) {
                        lengths.push((locale, length(&translated.value), translated.span));
                    }
                }
            }
            Some(value) => lengths.push((self.languages.first, length(&value.value), value.span)),
            None => {}
        }
        for (locale, table) in &self.translations {
            if let Some((_, value)) = table.get(name) {
                lengths.push((*locale, length(&value.value), value.span));
            }
        }
        lengths
    }

    /// The fields of a group, with those of the same group in other languages.
    pub(super) fn sub(&mut self, name: &'static str, what: String) -> Option<Self> {
        let value = self.raw(name, true)?;
        let Value::Table(table) = &value.value else {
            self.wrong_kind(name, value, "{ … }");
            return None;
        };
        let mut sub = Self::new(table, value.span, what, self.languages);
        for (locale, other) in &self.translations {
            if let Some((_, Spanned { value: Value::Table(table), .. })) = other.get(name) {
                sub.translations.push((*locale, table));
            }
        }
        Some(sub)
    }

    /// The fields of each group of a list (one group counts as a list), with those of the group at the same
    /// position in other languages. `what` names the group at a position, counted from 1.
    pub(super) fn subs(
        &mut self,
        name: &'static str,
        example: &str,
        what: impl Fn(usize) -> String,
    ) -> Vec<Self> {
        let Some(value) = self.raw(name, true) else { return Vec::new() };
        let items = match &value.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut subs = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match &item.value {
                Value::Table(table) => {
                    let mut sub = Self::new(table, item.span, what(at + 1), self.languages);
                    for (locale, translated) in self.translations_at(name, at) {
                        if let Value::Table(table) = &translated.value {
                            sub.translations.push((locale, table));
                        }
                    }
                    subs.push(sub);
                }
                _ => self.wrong_kind(name, item, example),
            }
        }
        subs
    }

    /// A group that stands in a list of another sort, with what stands at its position in other languages.
    pub(super) fn sub_at(
        &self,
        name: &'static str,
        at: usize,
        item: &'a Spanned<Value>,
        what: String,
    ) -> Option<Self> {
        let Value::Table(table) = &item.value else { return None };
        let mut sub = Self::new(table, item.span, what, self.languages);
        for (locale, translated) in self.translations_at(name, at) {
            if let Value::Table(table) = &translated.value {
                sub.translations.push((locale, table));
            }
        }
        Some(sub)
    }

    /// What stands at a position of a list in the files of other languages.
    pub(super) fn translations_at(
        &self,
        name: &str,
        at: usize,
    ) -> Vec<(LocaleIx, &'a Spanned<Value>)> {
        let entry = |(locale, table): &(LocaleIx, &'a Table)| {
            let (_, value) = table.get(name)?;
            let item = match &value.value {
                Value::Array(items) => items.get(at)?,
                _ if at == 0 => value,
                _ => return None,
            };
            Some((*locale, item))
        };
        self.translations.iter().filter_map(entry).collect()
    }

    /// A value that may differ by language, as it was written.
    pub(super) fn value_in_languages(&mut self, name: &'static str) -> Option<&'a Spanned<Value>> {
        self.raw(name, true)
    }

    /// Takes over what a group of fields found, its unknown fields too.
    pub(super) fn absorb(&mut self, sub: Fields<'_>) {
        self.found.extend(sub.finish());
    }

    /// Tells whether a field is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.get(name).is_some()
    }

    /// The place of a field, or of the whole.
    pub(super) fn place(&self, name: &str) -> Span {
        self.table.get(name).map_or(self.whole, |(_, value)| value.span)
    }

    /// Says that a field is needed and not there. One that is there and wrong was reported already.
    pub(super) fn missing(&mut self, name: &str, example: &str) {
        if let Some((_, value)) = self.table.get(name) {
            let within = value.span.range();
            let is_told = self.found.iter().any(|known| match known.place {
                Place::Span(span) => {
                    known.severity == Severity::Error
                        && span.file == value.span.file
                        && within.contains(&span.range().start)
                }
                Place::Path(_) | Place::Site => false,
            });
            let is_nothing = match &value.value {
                Value::String(text) => text.trim().is_empty(),
                Value::Table(_) | Value::Array(_) => true,
                _ => false,
            };
            if is_nothing && !is_told {
                let words = match &value.value {
                    Value::Table(table) if table.entries().next().is_some() => {
                        format!("{} has no {name} in a language of this site", self.what)
                    }
                    _ => format!("{} has no {name}: nothing stands here", self.what),
                };
                self.found.push(
                    Diagnostic::error(codes::MISSING_FIELD, value.span, words)
                        .hint(format!("write for example {example}")),
                );
            }
            return;
        }
        let words = format!("{} has no {name}", self.what);
        self.found.push(
            Diagnostic::error(codes::MISSING_FIELD, self.whole, words)
                .hint(format!("write for example {example}")),
        );
    }

    /// Reports the fields that nobody asked for, and hands over everything that was found.
    pub(super) fn finish(mut self) -> Diagnostics {
        let known: Vec<&str> = self.asked.iter().map(|(name, _)| *name).collect();
        let mut unknown: Vec<&Spanned<String>> = self
            .table
            .entries()
            .map(|(key, _)| key)
            .filter(|key| !known.contains(&key.value.as_str()))
            .collect();
        let translatable: Vec<&str> = self
            .asked
            .iter()
            .filter(|(_, translates)| *translates)
            .map(|(name, _)| *name)
            .collect();
        for (_, table) in &self.translations {
            let keys = table.entries().map(|(key, _)| key);
            unknown.extend(keys.filter(|key| !translatable.contains(&key.value.as_str())));
        }
        for key in unknown {
            let is_elsewhere = known.contains(&key.value.as_str());
            let words = if is_elsewhere {
                format!(
                    "`{}` is no text, so it cannot be translated; it was not used here",
                    key.value
                )
            } else {
                format!(
                    "{} has a field `{}`, which is not known; it was not used",
                    self.what, key.value
                )
            };
            if let Some(rule) = rule_in_doubt(&key.value).filter(|_| !self.is_row) {
                let doubt = in_doubt(&self.what, key, rule, &known);
                self.found.push(match is_elsewhere {
                    true => doubt.label("write it into the file of the first language"),
                    false => doubt,
                });
                continue;
            }
            let mut diagnostic = Diagnostic::warning(codes::UNKNOWN_FIELD, key.span, words);
            if let Some(near) = nearest(&key.value, known.iter().copied()).filter(|_| !is_elsewhere)
            {
                diagnostic = diagnostic.label(format!("did you mean `{near}`?"));
            }
            self.found.push(diagnostic);
        }
        if self.is_row {
            return self.found.into_iter().map(|one| in_cells(one, &known)).collect();
        }
        self.found
    }
}

/// Fields by which something is not shown, or not always or not to everybody, with words that mean the same elsewhere.
const RULES: [(&str, &str); 10] = [
    ("hide", "hide"),
    ("hidden", "hide"),
    ("hide_photos", "hide_photos"),
    ("hidden_names", "hidden_names"),
    ("audience", "audience"),
    ("protocol", "protocol"),
    ("shown_from", "shown_from"),
    ("shown_until", "shown_until"),
    ("season", "season"),
    ("mourning_until", "mourning_until"),
];

/// The rule that a field which is not known may be meant for.
pub(super) fn rule_in_doubt(name: &str) -> Option<&'static str> {
    let near = nearest(name, RULES.iter().map(|(word, _)| *word))?;
    RULES.iter().find(|(word, _)| *word == near).map(|(_, rule)| *rule)
}

/// Says that something may be meant to hide.
fn in_doubt(what: &str, key: &Spanned<String>, rule: &str, known: &[&str]) -> Diagnostic {
    let words = format!(
        "{what} has a field `{}`, which is not known here and may be meant to hide, so it is not shown",
        key.value
    );
    let found = Diagnostic::error(codes::DOUBTFUL_HIDING, key.span, words);
    match rule {
        rule if known.contains(&rule) || rule == "audience" && known.contains(&"hide") => found.label(format!("did you mean `{rule}`?")),
        "shown_from" | "shown_until" | "season" | "mourning_until" if known.contains(&"hide") => {
            found.label(format!("write it below a line [protocol]: {rule} = …"))
        }
        "hide" | "hide_photos" | "audience" | "protocol" => found.label(format!(
            "write `{rule}` further up, before the first line in [brackets]: what stands below such a line belongs to it"
        )),
        rule => found.label(format!("`{rule}` has no place here")),
    }
    .hint("if it is meant for something else, give it another name, or take it out")
}

/// Tells whether something of it may be meant to hide.
pub(super) fn is_in_doubt<'d>(found: impl IntoIterator<Item = &'d Diagnostic>) -> bool {
    found.into_iter().any(|one| one.code == codes::DOUBTFUL_HIDING)
}

/// The same advice for whoever writes into cells: `price = "4.00"` is 4.00 in the column `price`.
fn in_cells(mut diagnostic: Diagnostic, fields: &[&str]) -> Diagnostic {
    let texts = std::iter::once(&mut diagnostic.label).chain(&mut diagnostic.hints);
    for text in texts.filter(|text| text.contains(" = ")) {
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, value)) = rest.split_once(" = ") {
            let name = before.rsplit([' ', '(']).next().unwrap_or_default();
            if !fields.contains(&name) {
                out.push_str(before);
                out.push_str(" = ");
                rest = value;
                continue;
            }
            let (said, after) = first_value(value);
            out.push_str(&before[..before.len() - name.len()]);
            out.push_str(&format!("{said} into the column `{name}`"));
            rest = after;
        }
        out.push_str(rest);
        *text = out;
    }
    diagnostic
}

/// A value at the beginning of a text as a cell has it, and what comes after it.
fn first_value(text: &str) -> (String, &str) {
    let inner = |end: char| text[1..].split_once(end);
    match text.chars().next() {
        Some('"') if let Some((value, rest)) = inner('"') => (value.to_owned(), rest),
        Some('[') if let Some((list, rest)) = inner(']') => {
            let entries = list.split(',').map(|entry| entry.trim().trim_matches('"'));
            (entries.collect::<Vec<_>>().join("; "), rest)
        }
        _ => {
            let end = text.find([' ', ',', ';', ')']).unwrap_or(text.len());
            let value = match &text[..end] {
                "true" => "yes",
                "false" => "no",
                other => other,
            };
            (value.to_owned(), &text[end..])
        }
    }
}
