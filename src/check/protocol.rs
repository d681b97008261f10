//! What is off the site for now: hidden things, names and photographs, and what comes and goes by date.
//!
//! On a static site hidden is not secret, so what is hidden must not be in the output at all. This
//! works on the [`Draft`], before anything of it is checked: whatever is hidden is gone from it,
//! and no later stage can show it by mistake. Names are taken out of every text, with what the
//! maker wants to be said instead; the files themselves stay as they are.
//!
//! Days are those of UTC. Without a day (for commands that ask about something else) every rule
//! that can hide does.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::diag::{
    Diagnostic, Diagnostics, Place, Severity, SourceFile, Sources, Span, Spanned, codes, nearest,
};
use crate::model::{Audience, Date, Slug};
use crate::read::{Document, Draft, Item, Table, Tree, Value};

use super::fields::{Fields, Languages, is_in_doubt, rule_in_doubt};
use super::items;

/// What was hidden of a draft, for what lies beside the texts.
#[derive(Debug, Default)]
pub(super) struct Protocol {
    /// Where it is in doubt what the whole site wants to hide.
    pub(super) doubt: Option<Span>,
    /// The names that are hidden, as they were written.
    pub(super) names: Vec<String>,
    /// The day on which something next comes or goes.
    pub(super) next: Option<Date>,
}

/// What stands for a hidden name where nothing else was said.
const GAP: &str = "…";
/// What stands in an address for a hidden name.
const NOBODY: &str = "maker";

/// Takes what is hidden out of a draft.
pub(super) fn apply(
    draft: &mut Draft,
    tags: &[String],
    day: Option<Date>,
    found: &mut Diagnostics,
) -> Protocol {
    let mut work = Work {
        languages: Languages::of(tags),
        day,
        found,
        names: Vec::new(),
        renamed: Vec::new(),
        changes: Vec::new(),
        taken: BTreeSet::new(),
    };
    work.site_names(&draft.site);
    let mut off: BTreeSet<String> = BTreeSet::new();
    let doubt = work.hidden_photos(&draft.site, "", &draft.tree, &mut off);
    let doubt = doubt.or_else(|| rule_of_site_in_doubt(&draft.site));
    work.taken = draft.producers.iter().map(|item| item.id.clone()).collect();

    let Draft { producers, products, designs, collections, pages, tree, .. } = &mut *draft;
    for (section, what) in [
        (&mut *products, "the product"),
        (designs, "the design"),
        (collections, "the collection"),
        (pages, "the page"),
    ] {
        for item in section {
            let what = format!("{what} \"{}\"", item.id);
            let parts = item.document.fields.get("hide").map(|(_, value)| value);
            let parts = parts.filter(|value| matches!(value.value, Value::Array(_)));
            if let Some(span) = parts.map(|value| value.span) {
                work.found.push(
                    Diagnostic::error(
                        codes::BAD_VALUE,
                        span,
                        format!("{what} can only be hidden as a whole"),
                    )
                    .label("write hide = true; for single photographs hide_photos = [\"…\"]"),
                );
                hide(&mut item.document, span);
            } else if let Some(span) = work.is_off(&item.document, &what) {
                hide(&mut item.document, span);
            }
            let folder = item.folder.clone();
            if let Some(span) = work.hidden_photos(&item.document, &folder, tree, &mut off) {
                hide(&mut item.document, span);
            }
        }
    }
    for item in producers {
        let what = format!("the maker \"{}\"", item.id);
        work.producer(item, &what, tree, &mut off);
    }
    work.own_maker(&mut draft.site, &mut off);

    for path in &off {
        draft.tree.hide(path);
        // In a member's folder what is named from the top is named from the top of hers.
        let from_top = format!("{}{path}", draft.tree.root());
        draft.tree.hide(&from_top);
    }
    let Work { names, renamed, mut changes, .. } = work;
    if !names.is_empty() {
        let veil = Veil { names: &names, renamed: &renamed, tags };
        veil.draw(draft, found);
    }
    changes.sort();
    announce(&changes, found);
    Protocol {
        doubt,
        names: names.iter().flat_map(|name| name.written.iter().cloned()).collect(),
        next: changes.first().map(|change| change.day),
    }
}

/// A name that is hidden.
struct HiddenName {
    /// The ways in which it is written.
    written: Vec<String>,
    folded: Vec<Vec<char>>,
    /// What is said instead: by language, the first language first.
    called: Vec<(Option<String>, String)>,
}

/// Something that will come or go.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    day: Date,
    words: String,
    span: Span,
}

struct Work<'a> {
    languages: Languages<'a>,
    day: Option<Date>,
    found: &'a mut Diagnostics,
    names: Vec<HiddenName>,
    /// Ids and names of makers, and the id under which each is shown.
    renamed: Vec<(String, String)>,
    changes: Vec<Change>,
    /// The ids of makers, so that no two are the same.
    taken: BTreeSet<String>,
}

/// Tells whether what is said of hiding takes the whole thing off: a list names parts, and what is not understood hides.
pub(super) fn says_hide(value: &Value) -> bool {
    !matches!(value, Value::Boolean(false) | Value::Array(_))
}

/// Tells whether a thing is off the site.
pub(super) fn is_hidden(document: &Document) -> bool {
    document.fields.get("hide").is_some_and(|(_, value)| says_hide(&value.value))
}

/// The photographs that lie with things which are off the site, or for others than this audience, and with nothing that is shown.
pub(super) fn withheld_photos(draft: &Draft, audience: Audience) -> BTreeSet<String> {
    let Draft { producers, products, designs, collections, pages, .. } = draft;
    let all = [producers, products, designs, collections, pages].into_iter().flatten();
    let is_shown = |item: &&Item| !is_hidden(&item.document) && is_for(item, audience);
    let (shown, withheld): (Vec<&Item>, Vec<&Item>) = all.partition(is_shown);
    if withheld.is_empty() {
        return BTreeSet::new();
    }
    let lie_with = |items: Vec<&Item>| -> BTreeSet<String> {
        let photos = items.into_iter().flat_map(|item| match item.has_own_folder {
            true => items::beside(item, &draft.tree),
            false => items::neighbours(item, &draft.tree),
        });
        photos.map(|photo| photo.path).collect()
    };
    // shawl-2.jpg may be the second of the shawl, or the first of shawl-2.
    let of_shown = lie_with(shown);
    lie_with(withheld).into_iter().filter(|path| !of_shown.contains(path)).collect()
}

/// Tells whether an audience may see a thing; not if it says so in a way that is not understood.
fn is_for(item: &Item, audience: Audience) -> bool {
    let Some((_, value)) = item.document.fields.get("audience") else { return true };
    let Value::String(word) = &value.value else { return false };
    let known = Audience::ALL.iter().find(|(_, known)| known == word);
    known.is_some_and(|(known, _)| audience.may_see(*known))
}

/// Takes a thing off. What it says itself stays, as there may be something to say of that.
fn hide(document: &mut Arc<Document>, span: Span) {
    if is_hidden(document) {
        return;
    }
    let document = Arc::make_mut(document);
    document.fields.put("hide", Spanned::new(Value::Boolean(true), span));
}

impl Work<'_> {
    /// The names that are hidden in the whole site, from `[[hidden_names]]` of `site.toml`.
    fn site_names(&mut self, site: &Document) {
        let Some((_, value)) = site.fields.get("hidden_names") else { return };
        let entries = match &value.value {
            Value::Array(entries) => entries.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for entry in entries {
            let Value::Table(table) = &entry.value else {
                self.found.push(
                    Diagnostic::error(codes::BAD_VALUE, entry.span, "this is no hidden name")
                        .hint("write [[hidden_names]], and below it name = \"…\""),
                );
                continue;
            };
            let mut fields =
                Fields::new(table, entry.span, "this hidden name".to_owned(), self.languages);
            let mut names: Vec<String> = spoken(table.get("name").map(|(_, value)| value));
            let _ = fields.text("name");
            names.extend(fields.names("also_named").into_iter().map(|name| name.value));
            if names.is_empty() {
                fields.missing("name", "name = \"…\"");
            }
            let called = by_language(table.get("called").map(|(_, value)| value));
            let _ = fields.text("called");
            let until = fields.date("until");
            self.found.extend(fields.finish());
            if self.waits(until, entry.span, "a hidden name is not shown before") {
                self.hide_names(names, called);
            }
        }
    }

    fn hide_names(&mut self, written: Vec<String>, called: Vec<(Option<String>, String)>) {
        let folded = written.iter().map(|name| fold_name(name)).collect::<Vec<_>>();
        if folded.iter().any(|name| !name.is_empty()) {
            self.names.push(HiddenName { written, folded, called });
        }
    }

    /// Tells whether the day has not come yet; if it is known when, it is announced.
    fn waits(&mut self, until: Option<Date>, span: Span, words: &str) -> bool {
        let Some(until) = until else { return true };
        let waits = self.day.is_none_or(|day| day < until);
        if waits {
            self.changes.push(Change { day: until, words: words.to_owned(), span });
        }
        waits
    }

    /// Tells whether a thing is off the site, and where that is written.
    fn is_off(&mut self, document: &Document, what: &str) -> Option<Span> {
        if let Some((_, value)) = document.fields.get("hide")
            && says_hide(&value.value)
        {
            return Some(value.span);
        }
        let (table, span) = protocol(document)?;
        self.dates(table, span, what, document.is_row)
    }

    /// Judges `shown_from`, `shown_until` and `season`.
    fn dates(&mut self, table: &Table, span: Span, what: &str, is_row: bool) -> Option<Span> {
        let name = match is_row {
            true => what.to_owned(),
            false => format!("the part [protocol] of {what}"),
        };
        let mut fields = Fields::new(table, span, name, self.languages).in_row(is_row);
        let from = fields.date("shown_from");
        let until = fields.date("shown_until");
        let written = fields.names("season");
        let is_wanted = fields.value("season").is_some();
        let _ = fields.date("mourning_until");
        let mut seasons = Vec::new();
        for season in &written {
            match Season::parse(&season.value) {
                Some(parsed) => seasons.push(parsed),
                None => fields.report(
                    Diagnostic::error(codes::BAD_VALUE, season.span, "this is not a season")
                        .label("write month-day to month-day, for example \"12-01 to 02-28\""),
                ),
            }
        }
        // A rule that cannot be read hides, so that a slip of the pen shows nothing.
        let is_broken = seasons.len() < written.len() || (is_wanted && seasons.is_empty()) || {
            let unread =
                |name: &str, date: Option<Date>| table.get(name).is_some() && date.is_none();
            unread("shown_from", from) || unread("shown_until", until)
        };
        let told = fields.finish();
        let is_broken = is_broken || is_in_doubt(told.iter());
        self.found.extend(told);
        let is_ruled = from.is_some() || until.is_some() || !seasons.is_empty();
        if is_broken {
            return Some(span);
        }
        if !is_ruled {
            return None;
        }
        let Some(today) = self.day else { return Some(span) };
        let is_on = |day: Date| {
            from.is_none_or(|from| from <= day)
                && until.is_none_or(|until| day <= until)
                && (seasons.is_empty() || seasons.iter().any(|season| season.has(day)))
        };
        let now = is_on(today);
        let mut day = today;
        // A year and a day passes every season; what begins later than that is looked up.
        let mut next = None;
        for _ in 0..367 {
            let Ok(tomorrow) = day.tomorrow() else { break };
            day = tomorrow;
            if is_on(day) != now {
                next = Some(day);
                break;
            }
        }
        let next = next.or(from.filter(|from| *from > today && !now));
        if let Some(day) = next {
            let words = match now {
                true => format!("{what} is not shown any more from"),
                false => format!("{what} is not shown before"),
            };
            self.changes.push(Change { day, words, span });
        }
        (!now).then_some(span)
    }

    /// Photographs that a thing takes off: `hide_photos`, and entries of `photos` that say `hide`. Gives where it is in doubt which
    /// are meant.
    fn hidden_photos(
        &mut self,
        document: &Document,
        folder: &str,
        tree: &Tree,
        off: &mut BTreeSet<String>,
    ) -> Option<Span> {
        let mut doubt = None;
        if let Some((_, value)) = document.fields.get("hide_photos") {
            for name in strings(value) {
                let places = [format!("{folder}{}", name.value), name.value.clone()];
                let from_top = format!("{}{}", tree.root(), name.value);
                if !places.iter().chain([&from_top]).any(|path| tree.contains(path)) {
                    let found = no_such_photo(&name, folder, tree);
                    doubt = doubt.or((found.severity == Severity::Error).then_some(name.span));
                    self.found.push(found);
                }
                off.extend(places);
            }
        }
        let entries = match document.fields.get("photos").map(|(_, value)| &value.value) {
            Some(Value::Array(entries)) => entries.as_slice(),
            _ => &[],
        };
        for entry in entries {
            let Value::Table(table) = &entry.value else { continue };
            let says_hide =
                table.get("hide").is_some_and(|(_, v)| v.value != Value::Boolean(false));
            let is_in_doubt = table
                .entries()
                .any(|(key, _)| key.value != "hide" && rule_in_doubt(&key.value) == Some("hide"));
            let is_hidden = says_hide || is_in_doubt;
            let file = table.get("file").map(|(_, file)| &file.value);
            if is_hidden && let Some(Value::String(file)) = file {
                off.extend([format!("{folder}{file}"), file.clone()]);
            }
        }
        doubt
    }

    fn producer(&mut self, item: &mut Item, what: &str, tree: &Tree, off: &mut BTreeSet<String>) {
        let folder = item.folder.clone();
        if let Some(span) = self.hidden_photos(&item.document, &folder, tree, off) {
            hide(&mut item.document, span);
        }
        let veiled = self.person(&item.document, what);
        let Some(Veiled { names, called, hides_name, hides_photo, is_gone, span }) = veiled else {
            return;
        };
        if hides_photo {
            own_photo(&item.document, &folder, off);
            Arc::make_mut(&mut item.document).fields.remove("photo");
            Arc::make_mut(&mut item.document).fields.remove("photo_alt");
        }
        if hides_name {
            let id = self.new_id(&called);
            for name in names.iter().chain([&item.id]) {
                let to = if is_gone { item.id.clone() } else { id.clone() };
                self.renamed.push((name.clone(), to));
            }
            if is_gone {
                hide(&mut item.document, span);
            } else {
                rename(&mut item.document, &called, span);
                for (_, translation) in &mut item.translations {
                    Arc::make_mut(translation).fields.remove("name");
                    Arc::make_mut(translation).fields.remove("title");
                }
                item.id = id;
            }
            self.hide_names(names, called);
        }
    }

    /// The maker of a shop of one maker, in `[maker]`.
    fn own_maker(&mut self, site: &mut Arc<Document>, off: &mut BTreeSet<String>) {
        let Some((_, value)) = site.fields.get("maker") else { return };
        let Value::Table(table) = &value.value else { return };
        let as_document = Document {
            fields: table.clone(),
            body: Span::file_start(site.file),
            ..Document::clone(site)
        };
        let Some(veiled) = self.person(&as_document, "the maker") else { return };
        let mut shown = as_document.clone();
        if veiled.hides_photo {
            own_photo(&as_document, "", off);
            shown.fields.remove("photo");
            shown.fields.remove("photo_alt");
        }
        if veiled.hides_name {
            let mut document = Arc::new(shown);
            if veiled.is_gone {
                hide(&mut document, veiled.span);
            } else {
                rename(&mut document, &veiled.called, veiled.span);
                let id = Value::String(self.new_id(&veiled.called));
                Arc::make_mut(&mut document).fields.put("id", Spanned::new(id, veiled.span));
            }
            shown = Arc::unwrap_or_clone(document);
            self.hide_names(veiled.names, veiled.called);
        }
        let span = value.span;
        let maker = Spanned::new(Value::Table(shown.fields), span);
        Arc::make_mut(site).fields.put("maker", maker);
    }

    /// An address for somebody whose name is hidden.
    fn new_id(&mut self, called: &[(Option<String>, String)]) -> String {
        let first = called.first().map(|(_, name)| Slug::from_name(name).to_string());
        let stem = first.unwrap_or_else(|| NOBODY.to_owned());
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        let mut ids = std::iter::once(stem.clone()).chain(numbered);
        let id = ids.find(|id| !self.taken.contains(id)).expect("numbers do not end");
        self.taken.insert(id.clone());
        id
    }

    /// What of a person is hidden; nothing if nothing is.
    fn person(&mut self, document: &Document, what: &str) -> Option<Veiled> {
        let fields = &document.fields;
        let mut names: Vec<String> = Vec::new();
        for name in ["name", "title", "also_named"] {
            names.extend(spoken(fields.get(name).map(|(_, value)| value)));
        }
        let called = by_language(fields.get("called").map(|(_, value)| value));
        let mut span = document.start;
        let (mut hides_name, mut hides_photo) = (false, false);
        if let Some((_, value)) = fields.get("hide") {
            span = value.span;
            for word in strings(value) {
                match word.value.as_str() {
                    "name" => hides_name = true,
                    "photo" => hides_photo = true,
                    _ => self.found.push(
                        Diagnostic::error(
                            codes::BAD_VALUE,
                            word.span,
                            format!("\"{}\" of {what} cannot be hidden by itself", word.value),
                        )
                        .label("write hide = true, or hide = [\"name\", \"photo\"]"),
                    ),
                }
            }
        }
        let mut is_gone = false;
        if let Some((table, place)) = protocol(document)
            && let Some((_, value)) = table.get("mourning_until")
        {
            span = place;
            let until = match &value.value {
                Value::Date(text) | Value::String(text) => {
                    text.get(..10).unwrap_or(text).parse().ok()
                }
                _ => None,
            };
            if self.waits(
                until,
                value.span,
                &format!("name and photograph of {what} are not shown before"),
            ) {
                (hides_name, hides_photo) = (true, true);
            }
        }
        let is_in_doubt = |key: &&Spanned<String>| {
            rule_in_doubt(&key.value).is_some() && !WHOLE_RULES.contains(&key.value.as_str())
        };
        let doubt = fields.entries().map(|(key, _)| key).find(is_in_doubt).map(|key| key.span);
        if let Some(place) = self.is_off(document, what).or(doubt) {
            (is_gone, hides_name, hides_photo) = (true, true, true);
            span = place;
        }
        // Without another name she cannot have a page.
        is_gone |= hides_name && called.is_empty();
        (hides_name || hides_photo).then_some(Veiled {
            names,
            called,
            hides_name,
            hides_photo,
            is_gone,
            span,
        })
    }
}

/// Says that a photograph which is to be hidden is not there. Where another is called nearly so, nothing is built until it is
/// clear; else it may have been taken out of the folder since.
fn no_such_photo(name: &Spanned<String>, folder: &str, tree: &Tree) -> Diagnostic {
    let words = format!("there is no photograph \"{}\" to hide", name.value);
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let is_photo = |path: &&str| items::is_photo(path);
    let wanted = last(&name.value);
    let beside = tree.below(folder).filter(is_photo).map(|path| &path[folder.len()..]);
    let near = nearest(&name.value, beside);
    let elsewhere = || tree.paths().filter(is_photo).find(|path| last(path) == wanted);
    match near.or_else(elsewhere) {
        Some(near) => Diagnostic::error(codes::DOUBTFUL_HIDING, name.span, words)
            .label(format!("did you mean \"{near}\"?")),
        None => Diagnostic::warning(codes::MISSING_PHOTO, name.span, words)
            .label("take it out here if it is in the folder no more"),
    }
}

/// A field of `site.toml` that may be meant to hide, and is none that does.
fn rule_of_site_in_doubt(site: &Document) -> Option<Span> {
    let is_in_doubt = |key: &&Spanned<String>| {
        rule_in_doubt(&key.value).is_some()
            && !["hide_photos", "hidden_names"].contains(&key.value.as_str())
    };
    site.fields.entries().map(|(key, _)| key).find(is_in_doubt).map(|key| key.span)
}

/// The fields by which a thing says what of it is not shown.
const WHOLE_RULES: [&str; 4] = ["hide", "hide_photos", "audience", "protocol"];

/// What of a person is hidden.
struct Veiled {
    names: Vec<String>,
    called: Vec<(Option<String>, String)>,
    hides_name: bool,
    hides_photo: bool,
    /// Her page is off too.
    is_gone: bool,
    span: Span,
}

fn own_photo(document: &Document, folder: &str, off: &mut BTreeSet<String>) {
    if let Some((_, value)) = document.fields.get("photo")
        && let Value::String(file) = &value.value
    {
        off.extend([format!("{folder}{file}"), file.clone()]);
    }
}

/// Puts the other name in place of the name.
fn rename(document: &mut Arc<Document>, called: &[(Option<String>, String)], span: Span) {
    let fields = &mut Arc::make_mut(document).fields;
    let other = fields.get("called").map(|(_, value)| value.clone());
    fields.remove("title");
    let first = called.first().map_or(GAP, |(_, name)| name.as_str());
    let plain = || Spanned::new(Value::String(first.to_owned()), span);
    fields.put("name", other.unwrap_or_else(plain));
}

fn protocol(document: &Document) -> Option<(&Table, Span)> {
    let (_, value) = document.fields.get("protocol")?;
    match &value.value {
        Value::Table(table) => Some((table, value.span)),
        _ => None,
    }
}

/// The texts of a list, or the one that stands alone.
fn strings(value: &Spanned<Value>) -> Vec<Spanned<String>> {
    let items = match &value.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let text = |item: &Spanned<Value>| match &item.value {
        Value::String(text) => Some(Spanned::new(text.clone(), item.span)),
        _ => None,
    };
    items.iter().filter_map(text).collect()
}

/// Every text of a value, in all languages.
fn spoken(value: Option<&Spanned<Value>>) -> Vec<String> {
    match value.map(|value| &value.value) {
        Some(Value::Table(table)) => {
            table.entries().flat_map(|(_, value)| spoken(Some(value))).collect()
        }
        Some(_) => value.into_iter().flat_map(strings).map(|text| text.value).collect(),
        None => Vec::new(),
    }
}

/// The texts of a value by language tag; none for the site's first language.
fn by_language(value: Option<&Spanned<Value>>) -> Vec<(Option<String>, String)> {
    match value.map(|value| &value.value) {
        Some(Value::String(text)) => vec![(None, text.clone())],
        Some(Value::Table(table)) => table
            .entries()
            .filter_map(|(tag, value)| match &value.value {
                Value::String(text) => Some((Some(tag.value.clone()), text.clone())),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Says when the site has to be built again.
fn announce(changes: &[Change], found: &mut Diagnostics) {
    let Some(first) = changes.first() else { return };
    let mut diagnostic = Diagnostic::warning(
        codes::COMES_AND_GOES,
        first.span,
        format!("{} {}", first.words, first.day),
    )
    .hint(format!(
        "build and publish the site again on {}: until then it stays as it is now",
        first.day
    ));
    for change in changes.iter().skip(1).take(5) {
        diagnostic = diagnostic.hint(format!("later: {} {}", change.words, change.day));
    }
    if changes.len() > 6 {
        diagnostic = diagnostic.hint(format!("and {} more after that", changes.len() - 6));
    }
    found.push(diagnostic);
}

/// A part of every year, from one day to another, both within; it may go over the new year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Season {
    from: (i8, i8),
    to: (i8, i8),
}

impl Season {
    /// Reads `12-01 to 02-28`; two points or a dash may stand for the word.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (from, to) = text
            .split_once(" to ")
            .or_else(|| text.split_once(".."))
            .or_else(|| text.split_once(" - "))
            .or_else(|| text.split_once('–'))?;
        let day = |text: &str| {
            let (month, day) = text.trim().split_once('-')?;
            let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
            // A leap year, so that the 29th of February may be named.
            Date::new(2024, month, day).ok().map(|_| (month, day))
        };
        Some(Self { from: day(from)?, to: day(to)? })
    }

    fn has(self, day: Date) -> bool {
        let day = (day.month(), day.day());
        match self.from <= self.to {
            true => (self.from..=self.to).contains(&day),
            false => day >= self.from || day <= self.to,
        }
    }
}

// --- names in texts ---

/// A name as it is compared: without accents, small, white space as one space.
fn fold_name(name: &str) -> Vec<char> {
    let mut folded: Vec<char> = fold(name).into_iter().map(|(c, _)| c).collect();
    while folded.last() == Some(&' ') {
        folded.pop();
    }
    let lead = folded.iter().take_while(|c| **c == ' ').count();
    folded.drain(..lead);
    folded
}

/// The letters of a text as they are compared, each with its place. Signs that are not seen, and
/// those that make words bold in Markdown, count as not there.
fn fold(text: &str) -> Vec<(char, Range<usize>)> {
    let mut out: Vec<(char, Range<usize>)> = Vec::with_capacity(text.len());
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if at < passed {
            continue;
        }
        let rest = &text[at..];
        // What a page shows is compared, not how it is written.
        if let Some((shown, len)) = entity(rest) {
            passed = at + len;
            shown.chars().for_each(|c| fold_letter(c, &(at..passed), &mut out));
            continue;
        }
        // The address of a link is not shown, and a tag is no word.
        let find = |text: &str, wanted| text.bytes().take(UNSEEN).position(|byte| byte == wanted);
        let unseen = match c {
            ']' if rest.starts_with("](") => find(rest, b')'),
            '<' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                find(rest, b'>')
            }
            _ => None,
        };
        if let Some(end) = unseen {
            passed = at + end + 1;
            if c == '<' {
                fold_letter(' ', &(at..passed), &mut out);
            }
            continue;
        }
        fold_letter(c, &(at..at + c.len_utf8()), &mut out);
    }
    out
}

/// The words of a text as a page shows them, however they are written: small, without accents.
pub(crate) fn shown_words(text: &str) -> Vec<String> {
    let letters: String = fold(text).into_iter().map(|(c, _)| c).collect();
    let words = letters.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The longest address or tag that is passed over, in bytes.
const UNSEEN: usize = 2_000;

fn fold_letter(c: char, place: &Range<usize>, out: &mut Vec<(char, Range<usize>)>) {
    if matches!(
        c,
        '*' | '\\' | '`' | '~' | '[' | ']' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'
    ) {
        return;
    }
    if c.is_whitespace() || matches!(c, '_' | '-') {
        match out.last_mut() {
            Some((' ', last)) => last.end = place.end,
            _ => out.push((' ', place.clone())),
        }
        return;
    }
    if c.is_ascii() {
        out.push((c.to_ascii_lowercase(), place.clone()));
        return;
    }
    for part in c.nfkd().flat_map(char::to_lowercase) {
        match part {
            'đ' | 'ð' => out.push(('d', place.clone())),
            'ł' => out.push(('l', place.clone())),
            'ø' => out.push(('o', place.clone())),
            'ı' => out.push(('i', place.clone())),
            '’' | '‘' | 'ʼ' => out.push(('\'', place.clone())),
            mark if is_combining_mark(mark) => {
                // A mark belongs to the letter before it.
                if let Some((_, last)) = out.last_mut() {
                    last.end = place.end;
                }
            }
            part if part.is_whitespace() => fold_letter(' ', place, out),
            part => out.push((part, place.clone())),
        }
    }
}

/// What an entity stands for that a text begins with (`&nbsp;`, `&#90;`), and how long it is.
fn entity(text: &str) -> Option<(String, usize)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(40).position(|byte| byte == b';')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
    if end == 0 || !inside[..end].chars().all(is_name) {
        return None;
    }
    let written = &text[..end + 2];
    let events = pulldown_cmark::Parser::new(written);
    let shown: String = events
        .filter_map(|event| match event {
            pulldown_cmark::Event::Text(part) => Some(part.into_string()),
            _ => None,
        })
        .collect();
    (shown != written).then_some((shown, written.len()))
}

/// Tells whether words are set apart in the script of a letter (not so in Chinese or Thai, and an
/// Arabic or Hebrew word takes others to its front).
fn has_word_ends(c: char) -> bool {
    c.is_alphanumeric() && u32::from(c) < 0x0590
}

struct Veil<'a> {
    names: &'a [HiddenName],
    renamed: &'a [(String, String)],
    tags: &'a [String],
}

/// Fields that name files or things; they are never shown as they stand.
const UNSHOWN: [&str; 13] = [
    "photo",
    "audio",
    "file",
    "hide_photos",
    "hidden_names",
    "also_named",
    "id",
    "design",
    "related",
    "products",
    "featured",
    "called",
    "publish",
];
/// Fields that are shown and that nothing can be taken out of.
const CHANNELS: [&str; 4] = ["whatsapp", "email", "phone", "base_url"];
/// Fields that name makers.
const MAKERS: [&str; 4] = ["made_by", "producer", "maker", "makers"];

impl Veil<'_> {
    /// Takes the names out of every text of the site.
    fn draw(&self, draft: &mut Draft, found: &mut Diagnostics) {
        let Draft { sources, site, producers, products, designs, collections, pages, .. } = draft;
        self.document(site, None, sources, found);
        for (section, folder) in [
            (producers, "producers"),
            (products, "products"),
            (designs, "designs"),
            (collections, "collections"),
            (pages, "pages"),
        ] {
            for item in section {
                if is_hidden(&item.document) {
                    continue;
                }
                if self.address(item, folder, found) {
                    let start = item.document.start;
                    hide(&mut item.document, start);
                    continue;
                }
                self.document(&mut item.document, None, sources, found);
                for (tag, translation) in &mut item.translations {
                    self.document(translation, Some(tag), sources, found);
                }
            }
        }
    }

    /// Tells whether a name stands in an address, which cannot be changed behind the maker's back:
    /// links from elsewhere lead to it.
    fn address(&self, item: &Item, folder: &str, found: &mut Diagnostics) -> bool {
        let words = item.id.replace('-', " ");
        if self.places(&words).is_empty() {
            return false;
        }
        found.push(
            Diagnostic::error(
                codes::STILL_SHOWN,
                item.document.start,
                format!("a name that is hidden stands in the address {folder}/{}", item.id),
            )
            .hint(match item.has_own_folder {
                _ if item.document.is_row => "write another id into the column `id`".to_owned(),
                true => format!("rename the folder {folder}/{}", item.id),
                false => format!("rename the file {folder}/{}.md", item.id),
            }),
        );
        true
    }

    fn document(
        &self,
        document: &mut Arc<Document>,
        tag: Option<&str>,
        sources: &mut Sources,
        found: &mut Diagnostics,
    ) {
        let mut fields = document.fields.clone();
        let mut gaps = Vec::new();
        let mut is_changed = self.table(&mut fields, tag, &mut gaps, found);
        let text = sources.slice(document.body).to_owned();
        let mut body = document.body;
        if let Some((clean, has_gap)) = self.clean(&text, tag) {
            if has_gap {
                gaps.push(body);
            }
            let path = sources.path(document.file).to_owned();
            let len = clean.len();
            // What is wrong in it is told at the lines of the file.
            let (line, _) = sources.line_column(body.file, body.range().start);
            let file = sources.add_shared(Arc::new(SourceFile::new(path, clean).after(line - 1)));
            body = Span::new(file, 0..len);
            is_changed = true;
        }
        if is_changed {
            let whole = Document { fields, body, ..**document };
            *document = Arc::new(whole);
        }
        if let Some(first) = gaps.first() {
            let words = "a name that is hidden was taken out here, and \"…\" stands for it";
            let place = match first.range().len() > 400 {
                // Of a table the file alone would be too little.
                true if document.is_row => {
                    let start = first.range().start;
                    Place::Span(Span::new(first.file, start..start))
                }
                true => Place::Path(sources.path(document.file).to_owned()),
                false => Place::Span(*first),
            };
            found.push(
                Diagnostic::new(Severity::Warning, codes::HIDDEN_NAME, place, words)
                    .hint("write the sentence anew, or say at the hidden name what she is called: called = \"our aunt\""),
            );
        }
    }

    /// Tells whether something was taken out.
    fn table(
        &self,
        table: &mut Table,
        tag: Option<&str>,
        gaps: &mut Vec<Span>,
        found: &mut Diagnostics,
    ) -> bool {
        let mut is_changed = self.payments(table, found);
        for (key, value) in table.entries_mut() {
            let key = key.value.as_str();
            if CHANNELS.contains(&key) {
                for text in strings(value) {
                    if !self.places(&text.value.replace(['.', '@', '-', '/'], " ")).is_empty() {
                        found.push(
                            Diagnostic::warning(
                                codes::STILL_SHOWN,
                                text.span,
                                "a name that is hidden stands in this address, which pages show",
                            )
                            .hint("use another address until the name may be shown"),
                        );
                    }
                }
                continue;
            }
            if key == "photos" {
                // Of photographs only the words are shown.
                let Value::Array(entries) = &mut value.value else { continue };
                for entry in entries {
                    if let Value::Table(table) = &mut entry.value {
                        is_changed |= self.table(table, tag, gaps, found);
                    }
                }
                continue;
            }
            if UNSHOWN.contains(&key) {
                continue;
            }
            let is_maker = MAKERS.contains(&key) && !matches!(value.value, Value::Table(_));
            let own = self.tags.iter().find(|tag| tag.eq_ignore_ascii_case(key));
            let tag = own.map(String::as_str).or(tag);
            is_changed |= self.value(value, tag, is_maker, gaps, found);
        }
        is_changed
    }

    /// Takes out the ways to pay that hold a hidden name. A bank pays nobody whose account is called otherwise, and
    /// another address is another's: nothing of them can be changed, and the name may not be shown. Tells whether one was
    /// taken out.
    fn payments(&self, table: &mut Table, found: &mut Diagnostics) -> bool {
        let holds_name = |text: &Spanned<String>| {
            let words = text.value.replace(['.', '@', '-', '/', '+', '=', '&', '?', '%'], " ");
            !self.places(&text.value).is_empty() || !self.places(&words).is_empty()
        };
        let mut named = |way: &Spanned<Value>| {
            let texts: Vec<Spanned<String>> = match &way.value {
                // What it is called is a text like any other.
                Value::Table(way) => {
                    let fixed = way.entries().filter(|(key, _)| key.value != "name");
                    fixed.flat_map(|(_, value)| strings(value)).collect()
                }
                _ => strings(way),
            };
            let Some(text) = texts.into_iter().find(holds_name) else { return false };
            found.push(
                Diagnostic::warning(
                    codes::HIDDEN_NAME,
                    text.span,
                    "this way to pay holds a name that is hidden, so it is left out",
                )
                .hint("let somebody else be paid, at an account or address of her own, until the name may be shown"),
            );
            true
        };
        let Some((_, pay)) = table.get("pay") else { return false };
        let mut pay = pay.clone();
        let is_taken_out = match &mut pay.value {
            Value::Array(ways) => {
                let before = ways.len();
                ways.retain(|way| !named(way));
                ways.len() < before
            }
            _ => {
                if named(&pay) {
                    table.remove("pay");
                    return true;
                }
                false
            }
        };
        if is_taken_out {
            table.put("pay", pay);
        }
        is_taken_out
    }

    fn value(
        &self,
        value: &mut Spanned<Value>,
        tag: Option<&str>,
        is_maker: bool,
        gaps: &mut Vec<Span>,
        found: &mut Diagnostics,
    ) -> bool {
        match &mut value.value {
            Value::String(text) if is_maker => {
                let to = self.renamed.iter().find(|(from, _)| from == text).map(|(_, to)| to);
                let is_other = to.is_some_and(|to| to != text);
                if let Some(to) = to {
                    text.clone_from(to);
                }
                is_other
            }
            Value::String(text) => {
                let Some((clean, has_gap)) = self.clean(text, tag) else { return false };
                *text = clean;
                if has_gap {
                    gaps.push(value.span);
                }
                true
            }
            Value::Array(items) => {
                let mut is_changed = false;
                for item in items {
                    is_changed |= self.value(item, tag, is_maker, gaps, found);
                }
                is_changed
            }
            Value::Table(table) => self.table(table, tag, gaps, found),
            _ => false,
        }
    }

    /// The text without the names, and whether "…" stands in it now; nothing if no name was there.
    fn clean(&self, text: &str, tag: Option<&str>) -> Option<(String, bool)> {
        if let Some(text) = self.without_addresses(text) {
            let clean = self.clean(&text, tag).map_or(text, |(clean, _)| clean);
            return Some((clean, true));
        }
        let places = self.places(text);
        if places.is_empty() {
            return None;
        }
        let (mut out, mut at, mut has_gap) = (String::new(), 0, false);
        for (place, name) in places {
            let called = &self.names[name].called;
            let first = self.tags.first().map(String::as_str);
            let fits = |own: &Option<String>| own.as_deref().or(first) == tag.or(first);
            let instead = called.iter().find(|(own, _)| fits(own)).or(called.first());
            has_gap |= instead.is_none();
            out.push_str(&text[at..place.start]);
            out.push_str(instead.map_or(GAP, |(_, words)| words.as_str()));
            at = place.end;
        }
        out.push_str(&text[at..]);
        Some((out, has_gap))
    }

    /// The text without the addresses in which a name stands, of other sites and of people; nothing if there is none. A link without
    /// an address is its words.
    fn without_addresses(&self, text: &str) -> Option<String> {
        let ends =
            |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '[' | ']');
        if !text.contains("://") && !text.contains('@') {
            return None;
        }
        let mut out = String::new();
        let mut at = 0;
        let mut is_changed = false;
        for part in text.split_inclusive(ends) {
            let address = part.trim_end_matches(ends);
            let is_address = address.contains("://") || address.contains('@');
            let plain = percent_decode_str(address).decode_utf8_lossy();
            let words = || plain.replace(|c: char| c.is_ascii_punctuation() && c != '\'', " ");
            if is_address && !self.places(&words()).is_empty() {
                is_changed = true;
                if !text[..at].ends_with('(') {
                    out.push_str(GAP);
                }
                out.push_str(&part[address.len()..]);
            } else {
                out.push_str(part);
            }
            at += part.len();
        }
        is_changed.then_some(out)
    }

    /// Where names stand in a text, with the place of each among the names; not within each other.
    fn places(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let folded = fold(text);
        let mut places = Vec::new();
        let mut at = 0;
        while at < folded.len() {
            // The longest name that begins here.
            let best = self
                .names
                .iter()
                .enumerate()
                .flat_map(|(number, name)| name.folded.iter().map(move |name| (number, name)))
                .filter(|(_, name)| !name.is_empty() && stands(&folded, at, name))
                .max_by_key(|(_, name)| name.len());
            match best {
                Some((number, name)) => {
                    let end = at + name.len();
                    places.push((folded[at].1.start..folded[end - 1].1.end, number));
                    at = end;
                }
                None => at += 1,
            }
        }
        places
    }
}

/// Tells whether a name stands at a place, as words of its own.
fn stands(folded: &[(char, Range<usize>)], at: usize, name: &[char]) -> bool {
    let end = at + name.len();
    let is_it =
        folded.len() >= end && folded[at..end].iter().zip(name).all(|((c, _), wanted)| c == wanted);
    let is_letter = |at: usize| folded.get(at).is_some_and(|(c, _)| has_word_ends(*c));
    is_it
        && !(has_word_ends(name[0]) && at > 0 && is_letter(at - 1))
        && !(has_word_ends(name[name.len() - 1]) && is_letter(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn seasons_may_go_over_the_new_year() {
        for (season, inside, outside) in [
            (
                "12-01 to 02-28",
                vec!["2026-12-01", "2027-01-15", "2027-02-28"],
                vec!["2026-11-30", "2027-03-01"],
            ),
            ("05-01..05-31", vec!["2026-05-01", "2026-05-31"], vec!["2026-04-30", "2026-06-01"]),
            ("02-29 - 03-01", vec!["2028-02-29", "2027-03-01"], vec!["2027-02-28"]),
        ] {
            let parsed = Season::parse(season).expect(season);
            for text in inside {
                assert!(parsed.has(day(text)), "{text} in {season}");
            }
            for text in outside {
                assert!(!parsed.has(day(text)), "{text} in {season}");
            }
        }
        for wrong in ["winter", "12-01", "13-01 to 02-01", "02-30 to 03-01", ""] {
            assert_eq!(Season::parse(wrong), None, "{wrong}");
        }
    }

    fn cleaned(text: &str, names: &[&str], called: Option<&str>) -> Option<String> {
        let written: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let folded = written.iter().map(|name| fold_name(name)).collect();
        let called = called.map(|called| (None, called.to_owned())).into_iter().collect();
        let names = [HiddenName { written, folded, called }];
        let tags = ["en".to_owned()];
        let veil = Veil { names: &names, renamed: &[], tags: &tags };
        veil.clean(text, None).map(|(text, _)| text)
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let names = ["Ana Quíspe", "Ana"];
        for (text, expected) in [
            ("Ana Quispe wove it.", "our aunt wove it."),
            ("by ANA  QUÍSPE", "by our aunt"),
            ("by Ana\nQuispe's hand", "by our aunt's hand"),
            ("**Ana** _Quispe_", "**our aunt_"),
            ("Anä said; ana.", "our aunt said; our aunt."),
            ("Ana\u{ad} Quispe", "our aunt"),
        ] {
            assert_eq!(
                cleaned(text, &names, Some("our aunt")).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for text in ["Banana and Anabel", "Canada", ""] {
            assert_eq!(cleaned(text, &names, None), None, "{text}");
        }
        for (text, expected) in [
            // However it is written, a page shows the name.
            ("Made by Zyxana\\\nQwispe.", "Made by ….".to_owned()),
            ("Zyxana&nbsp;Qwispe wove", "… wove".to_owned()),
            ("&#90;yxana &#x51;wispe wove", "… wove".to_owned()),
            ("by Zyxana<br>Qwispe, and", "by …, and".to_owned()),
            ("ZYXANA-QWISPE-1", "…-1".to_owned()),
            ("`Zyxana` ~~Qwispe~~", "`…~~".to_owned()),
            // An address is not shown, but followed.
            ("[here](https://insta.example/zyxana-qwispe) now", "[here]() now".to_owned()),
            ("[here](https://insta.example/zyxana%20qwispe?x=1)", "[here]()".to_owned()),
            ("see https://insta.example/zyxana_qwispe too", "see … too".to_owned()),
            ("https://zyxana.qwispe.example/", "…".to_owned()),
            ("[write](mailto:zyxana.qwispe@shop.example)", "[write]()".to_owned()),
            ("or to zyxana.qwispe@shop.example!", "or to …".to_owned()),
        ] {
            assert_eq!(
                cleaned(text, &["Zyxana Qwispe"], None).as_deref(),
                Some(&*expected),
                "{text}"
            );
        }
        for text in ["A & B; C", "[a](https://b.example/c) &lt; <d", "zyxana &amp; qwispe"] {
            assert_eq!(cleaned(text, &["Zyxana Qwispe"], None), None, "{text}");
        }
        assert_eq!(cleaned("لروزا شال", &["روزا"], None).as_deref(), Some("ل… شال"));
        assert_eq!(cleaned("Bà Đặng Hoa dệt", &["Đặng Hoa"], None).as_deref(), Some("Bà … dệt"));
        assert_eq!(cleaned("bà DANG HOA", &["Đặng Hoa"], None).as_deref(), Some("bà …"));
    }
}
