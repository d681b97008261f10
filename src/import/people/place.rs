//! People to files of the site: new makers, makers brought up to date, and what is remembered of both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use crate::import::photos::{Lookup, Photos};
use crate::import::report::{Finding, Kind, Product, Report};
use crate::import::site::Ground;
use crate::import::source::{Entry, SourceFile, plain, plain_value, set_first, split};
use crate::import::table::fold;
use crate::import::write::section_folder;
use crate::import::{Existing, ImportError, Options, Writing};
use crate::model::Slug;
use crate::read::{Draft, Item as SiteItem};
use crate::write::{Mode, RealDisk, create_folders, remove_file, replace};

use super::columns::Field;
use super::{PeopleOptions, Person, private_file};

/// Where it is remembered what was written, below the site's folder.
const MEMORY: &str = "private/import/people.toml";

/// The fields of a maker's file that an import writes, in their order, and the column of each.
const MANAGED: [(&str, Field); 14] = [
    ("name", Field::Name),
    ("description", Field::Description),
    ("place", Field::Place),
    ("region", Field::Place),
    ("people", Field::People),
    ("crafts", Field::Crafts),
    ("speaks", Field::Speaks),
    ("photo", Field::Photo),
    ("photo_alt", Field::PhotoAlt),
    ("whatsapp", Field::Whatsapp),
    ("sms", Field::Sms),
    ("email", Field::Email),
    ("phone", Field::Phone),
    (STORY, Field::Story),
];

/// The story is the text below the fields.
const STORY: &str = "story";

/// Writes people into the site.
pub(super) fn into_site(
    options: &Options,
    more: PeopleOptions,
    ground: &Ground,
    people: Vec<Person>,
    photos: Photos,
    report: Report,
) -> Result<Report, ImportError> {
    let memory = Memory::load(&options.site)?;
    let mut work = Work {
        options,
        more,
        draft: &ground.draft,
        photos,
        memory,
        report,
        taken: BTreeSet::new(),
    };
    for person in people {
        work.write(person)?;
    }
    work.name_those_who_are_gone();
    if options.writing == Writing::Write {
        work.memory.store(&options.site)?;
    }
    Ok(work.report)
}

struct Work<'a> {
    options: &'a Options,
    more: PeopleOptions,
    draft: &'a Draft,
    photos: Photos,
    memory: Memory,
    report: Report,
    /// Ids that this run has written, or will not give to another.
    taken: BTreeSet<String>,
}

impl Work<'_> {
    fn write(&mut self, mut person: Person) -> Result<(), ImportError> {
        let there = self.find(&person);
        let finding = |kind, words: &str| {
            Finding::new(kind, person.file.clone(), words.to_owned()).line(person.line)
        };
        if person.is_hidden && there.is_none() {
            self.report.push(finding(
                Kind::NobodyShown,
                "the table says that nothing of this person is public, so she has no page",
            ));
            return self.keep_private(&person, None);
        }
        if !person.is_hidden && person.name().is_none() {
            let words = "this row has no name by which she wants to be known; a name in full is never taken for it";
            self.report.push(finding(Kind::RowLeftOut, words).hint(
                "fill a column called \"public name\"; or, if the column \"name\" may be shown, add a column \"public\" with the word name in it",
            ));
            return self.keep_private(&person, None);
        }
        let id = match there {
            Some(at) => self.draft.producers[at].id.clone(),
            None => self.new_id(&person),
        };
        self.taken.insert(id.clone());
        let photo = self.load_photo(&mut person, &id);
        let new = values(&person, photo.as_ref().map(|photo| photo.path.as_str()));
        let said = Product {
            id: id.clone(),
            name: person.name().unwrap_or(&id).to_owned(),
            sku: None,
            file: person.file.clone(),
            line: person.line,
            photos: usize::from(photo.is_some()),
        };
        let outcome = match there {
            None => self.write_new(&id, &new)?,
            Some(at) => self.bring_up_to_date(at, &person, &new)?,
        };
        let is_kept = matches!(outcome, Outcome::Kept);
        match outcome {
            Outcome::Written => self.report.written.push(said),
            Outcome::Replaced => self.report.replaced.push(said),
            Outcome::Unchanged => self.report.unchanged.push(said),
            Outcome::Kept => self.report.kept.push(said),
        }
        if let Some(photo) = photo
            && !is_kept
            && fs::read(self.options.site.join(&photo.path)).ok().as_ref() != Some(&photo.bytes)
        {
            self.report.photos_copied += 1;
            if self.options.writing == Writing::Write {
                self.put(&photo.path, &photo.bytes)?;
            }
        }
        let mut fields = new;
        if person.is_hidden
            && let Some(name) = self.memory.people.get(&id).and_then(|was| was.fields.get("name"))
        {
            // Her name stays in the file, so that it is found in texts.
            fields.insert("name".to_owned(), name.clone());
        }
        let was = Was { key: person.key.clone(), is_hidden: person.is_hidden, fields };
        self.memory.people.insert(id.clone(), was);
        self.keep_private(&person, Some(&id))
    }

    /// The maker's file that is there already: by how the table calls her, else by the name that she chose.
    fn find(&self, person: &Person) -> Option<usize> {
        let is_free = |item: &&SiteItem| !self.taken.contains(&item.id);
        let at = |id: &str| {
            self.draft
                .producers
                .iter()
                .position(|item| item.id == id)
                .filter(|_| !self.taken.contains(id))
        };
        if let Some(key) = &person.key {
            let was = self.memory.people.iter().find(|(_, was)| was.key.as_ref() == Some(key));
            if let Some((id, _)) = was {
                return at(id);
            }
        }
        let name = fold(
            person.name().or_else(|| said(person, "name")).or_else(|| said(person, "any_name"))?,
        );
        let is_another = |id: &str| {
            // Somebody whom the table calls otherwise.
            let was = self.memory.people.get(id).and_then(|was| was.key.as_ref());
            was.is_some() && person.key.is_some() && was != person.key.as_ref()
        };
        let called = |item: &SiteItem| {
            let texts = ["name", "title"].map(|field| item.document.fields.get(field));
            texts.into_iter().flatten().any(|(_, value)| {
                match &value.value {
                crate::read::Value::String(text) => fold(text) == name,
                crate::read::Value::Table(texts) => texts.entries().any(|(_, text)| {
                    matches!(&text.value, crate::read::Value::String(text) if fold(text) == name)
                }),
                _ => false,
            }
            })
        };
        let found = self
            .draft
            .producers
            .iter()
            .filter(is_free)
            .find(|item| called(item) && !is_another(&item.id));
        found.and_then(|item| at(&item.id))
    }

    fn new_id(&mut self, person: &Person) -> String {
        let plain = Slug::from_name(person.name().unwrap_or("maker")).as_str().to_owned();
        let is_there = |id: &str, work: &Self| {
            work.taken.contains(id) || work.draft.producers.iter().any(|item| item.id == id)
        };
        let mut id = plain.clone();
        let mut number = 1;
        while is_there(&id, self) {
            number += 1;
            id = format!("{}-{number}", plain.chars().take(90).collect::<String>());
        }
        if id != plain {
            let words = format!("somebody else has this name, so this is producers/{id}");
            self.report
                .push(Finding::new(Kind::IdChanged, person.file.clone(), words).line(person.line));
        }
        id
    }

    /// Finds the photograph that the table names; it gets the name of her file, for the old one may tell who she is.
    fn load_photo(&mut self, person: &mut Person, id: &str) -> Option<LoadedPhoto> {
        let (written, column) = person.photo.clone()?;
        let finding = |kind, words: String| {
            Finding::new(kind, person.file.clone(), words)
                .line(person.line)
                .column(column.clone())
                .value(written.clone())
        };
        let found = match self.photos.look_up(&written) {
            Lookup::Found { at, others } => {
                if others > 0 {
                    let words = format!(
                        "there are several of this name; {} was taken",
                        self.photos.shown(at)
                    );
                    self.report.push(finding(Kind::PhotoAmbiguous, words));
                }
                self.photos.load(at).map_err(|why| (Kind::PhotoUnusable, why))
            }
            Lookup::Missing(why) => Err((Kind::PhotoMissing, why.to_owned())),
        };
        match found {
            Ok((name, bytes)) => {
                let ending = name.rsplit_once('.').map_or("jpg", |(_, ending)| ending);
                Some(LoadedPhoto { path: format!("producers/{id}.{ending}"), bytes })
            }
            Err((kind, why)) => {
                let mut finding = finding(kind, why);
                if self.options.images.is_empty() && kind == Kind::PhotoMissing {
                    finding = finding.hint("say in which folder the photographs are with --images");
                }
                self.report.push(finding);
                // The one that is there stays, as the table still names one.
                let was = self.memory.people.get(id).and_then(|was| was.fields.get("photo"));
                match was.cloned() {
                    Some(Entry::Text(path)) => {
                        person.public.insert(Field::Photo, vec![path]);
                    }
                    _ => drop(person.public.remove(&Field::PhotoAlt)),
                }
                None
            }
        }
    }

    fn write_new(
        &mut self,
        id: &str,
        new: &BTreeMap<String, Entry>,
    ) -> Result<Outcome, ImportError> {
        let mut source = SourceFile::default();
        for (name, _) in MANAGED {
            match new.get(name) {
                Some(Entry::Text(text)) if name == STORY => source.text = text.clone(),
                Some(entry) => source.fields.push((name, entry.clone())),
                None => {}
            }
        }
        if self.options.writing == Writing::Write {
            self.put(&format!("producers/{id}.md"), source.to_text().as_bytes())?;
        }
        Ok(Outcome::Written)
    }

    fn bring_up_to_date(
        &mut self,
        at: usize,
        person: &Person,
        new: &BTreeMap<String, Entry>,
    ) -> Result<Outcome, ImportError> {
        let there = &self.draft.producers[at];
        let path = self.draft.sources.path(there.document.file).to_owned();
        let old = self.draft.sources.text(there.document.file).to_owned();
        let parts = split(old.trim_start_matches('\u{feff}'));
        let document: Option<DocumentMut> = parts.and_then(|(front, _)| front.parse().ok());
        let (Some((_, body)), Some(document)) =
            (parts, document.filter(|_| !there.document.is_broken))
        else {
            let words = "this file is not understood, so it cannot be brought up to date";
            self.report.push(Finding::new(Kind::PersonKept, path, words));
            return Ok(Outcome::Kept);
        };
        let mut merge = Merge {
            document,
            body: body.trim().to_owned(),
            was: self.memory.people.get(&there.id).cloned(),
            is_replace: self.options.existing == Existing::Replace,
            kept: Vec::new(),
            gone: Vec::new(),
        };
        for (name, field) in MANAGED {
            // Whoever is taken off the site is found by her name, so that it goes out of every text.
            if person.is_hidden && name == "name" {
                continue;
            }
            let is_refused = person.refused.contains(&field);
            merge.field(name, new.get(name), is_refused);
        }
        merge.hide(person.is_hidden);
        let Merge { document, body, kept, gone, .. } = merge;
        for name in &kept {
            let words =
                "this was edited by hand, and the table says something else; nothing was changed";
            self.report.push(
                Finding::new(Kind::PersonKept, path.clone(), words)
                    .column(*name)
                    .hint("to have it as the table says: --replace"),
            );
        }
        if gone.contains(&"photo") {
            self.remove_photo(&there.id)?;
        }
        if !gone.is_empty() {
            let words = format!(
                "taken out, as the table does not make it public any more: {}",
                gone.join(", ")
            );
            self.report.push(Finding::new(Kind::NoLongerPublic, path.clone(), words).hint(
                "build and publish the site again: until then the old page shows it; the history of git, and copies of others, stay",
            ));
        }
        if person.is_hidden {
            let words = "the table says that nothing of this person is public: the file says hide = true now";
            self.report.push(Finding::new(Kind::NobodyShown, path.clone(), words));
        }
        let mut text = format!("+++\n{document}");
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str("+++\n");
        if !body.is_empty() {
            text.push_str(&format!("\n{body}\n"));
        }
        let is_same = fold_ends(&text) == fold_ends(&old);
        if !is_same && self.options.writing == Writing::Write {
            self.put(&path, text.as_bytes())?;
        }
        Ok(match (is_same, kept.is_empty()) {
            (false, _) => Outcome::Replaced,
            (true, true) => Outcome::Unchanged,
            (true, false) => Outcome::Kept,
        })
    }

    /// Removes the copy of a photograph that an earlier import made, and that is not to be shown any more.
    fn remove_photo(&self, id: &str) -> Result<(), ImportError> {
        let was = self.memory.people.get(id).and_then(|was| was.fields.get("photo"));
        let Some(Entry::Text(path)) = was else { return Ok(()) };
        let is_ours = path.strip_prefix("producers/").is_some_and(|name| {
            name.strip_prefix(id).is_some_and(|rest| rest.starts_with('.') && !rest.contains('/'))
        });
        let file = self.options.site.join(path);
        if is_ours && self.options.writing == Writing::Write && file.is_file() {
            remove_file(&RealDisk, &file).map_err(|error| {
                ImportError::io("remove", &file, std::io::Error::other(error.to_string()))
            })?;
        }
        Ok(())
    }

    /// Keeps what is not public, if that was asked for.
    fn keep_private(&mut self, person: &Person, id: Option<&str>) -> Result<(), ImportError> {
        if !self.more.keep_private || person.private.is_empty() {
            return Ok(());
        }
        let id = match id {
            Some(id) => id.to_owned(),
            None => {
                let names = ["name", "any_name", "legal_name"];
                let name = names.iter().find_map(|name| said(person, name)).unwrap_or("nobody");
                Slug::from_name(name).as_str().to_owned()
            }
        };
        let path = private_file(&self.options.site, &id);
        let old = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                "# What is not public of her. Nothing of this folder is ever published.\n"
                    .to_owned()
            }
            Err(error) => return Err(ImportError::io("read", &path, error)),
        };
        let Ok(mut document) = old.parse::<DocumentMut>() else {
            let words = "this file is not understood, so nothing was added to it";
            self.report.push(Finding::new(
                Kind::PersonKept,
                format!("private/people/{id}.toml"),
                words,
            ));
            return Ok(());
        };
        for (name, text) in &person.private {
            let value = Value::from(text.as_str());
            match document.get_mut(name) {
                Some(Item::Value(old)) if plain_value(old) == *text => {}
                Some(Item::Value(old)) => {
                    let decor = old.decor().clone();
                    *old = value;
                    *old.decor_mut() = decor;
                }
                _ => drop(document.insert(name, Item::Value(value))),
            }
        }
        if self.options.writing == Writing::Write {
            secret(&self.options.site, "private/people")?;
            store(&path, document.to_string().as_bytes(), Mode::Secret)?;
        }
        self.report.other_files.push(format!("private/people/{id}.toml"));
        Ok(())
    }

    /// Names makers whom an import brought and no table has any more; they may have left, or only the table.
    fn name_those_who_are_gone(&mut self) {
        for id in self.memory.people.keys() {
            let is_there = self.draft.producers.iter().any(|item| item.id == *id);
            if is_there && !self.taken.contains(id) {
                let words =
                    "came with an earlier table, and is not in this one; nothing was changed";
                self.report.push(
                    Finding::new(Kind::PersonGone, format!("producers/{id}.md"), words).hint(
                        "if she is not to be shown any more, write hide = true into that file",
                    ),
                );
            }
        }
    }

    /// Writes a file of the site, durably; links are not followed out of it.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), ImportError> {
        let (folder, _) = path.rsplit_once('/').unwrap_or((".", path));
        section_folder(&self.options.site, folder)?;
        store(&self.options.site.join(path), bytes, Mode::Public)
    }
}

/// What an import says of somebody under a field or header.
fn said<'p>(person: &'p Person, name: &str) -> Option<&'p str> {
    person.private.iter().find(|(of, _)| of == name).map(|(_, said)| said.as_str())
}

fn fold_ends(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").trim_end().to_owned()
}

fn store(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), ImportError> {
    replace(&RealDisk, path, bytes, mode)
        .map_err(|error| ImportError::io("write", path, std::io::Error::other(error.to_string())))
}

/// Makes a folder below `private` that nobody else can read.
fn secret(site: &Path, folder: &str) -> Result<(), ImportError> {
    let failed = |path: &Path, error: crate::write::Error| {
        ImportError::io("make the folder", path, std::io::Error::other(error.to_string()))
    };
    for folder in ["private", folder] {
        let path = site.join(folder);
        create_folders(&RealDisk, &path, Mode::Secret).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

struct LoadedPhoto {
    /// Its path below the site.
    path: String,
    bytes: Vec<u8>,
}

enum Outcome {
    Written,
    Replaced,
    Unchanged,
    Kept,
}

/// The values of a maker's file, as the table has them.
fn values(person: &Person, photo: Option<&str>) -> BTreeMap<String, Entry> {
    let mut new = BTreeMap::new();
    for (name, field) in MANAGED {
        let Some(values) = person.public.get(&field) else { continue };
        let entry = match field {
            Field::Crafts | Field::Speaks => Entry::Ids(values.clone()),
            _ => Entry::Text(values.first().cloned().unwrap_or_default()),
        };
        new.insert(name.to_owned(), entry);
    }
    if let Some(photo) = photo {
        new.insert("photo".to_owned(), Entry::Text(photo.to_owned()));
    }
    new
}

/// A maker's file that is brought up to date, field by field.
struct Merge {
    document: DocumentMut,
    body: String,
    was: Option<Was>,
    is_replace: bool,
    /// Fields that were edited by hand, and of which the table says something else.
    kept: Vec<&'static str>,
    /// Fields that are not public any more.
    gone: Vec<&'static str>,
}

impl Merge {
    fn current(&self, name: &str) -> Option<String> {
        match name {
            STORY => (!self.body.is_empty()).then(|| self.body.clone()),
            name => self.document.get(name).map(plain),
        }
    }

    /// One field: what the table says now, beside what it said before and what stands there.
    fn field(&mut self, name: &'static str, new: Option<&Entry>, is_refused: bool) {
        let was = self.was.as_ref().and_then(|was| was.fields.get(name)).map(text_of);
        let current = self.current(name);
        let Some(new) = new else {
            if current.is_none() {
                return;
            }
            // What she does not want public goes, whoever wrote it; what the table is only silent about stays if somebody
            // wrote it by hand.
            let is_ours = was.is_some() && was == current;
            if is_refused || is_ours || self.is_replace && was.is_some() {
                self.remove(name);
                self.gone.push(name);
            } else if was.is_some() {
                self.kept.push(name);
            }
            return;
        };
        let wanted = text_of(new);
        if current.as_ref() == Some(&wanted) {
            return;
        }
        let is_edited = current != was;
        let is_old_news = was.as_ref() == Some(&wanted);
        if current.is_none() && was.is_none() || !is_edited || self.is_replace {
            self.set(name, new);
        } else if !is_old_news {
            self.kept.push(name);
        }
    }

    fn set(&mut self, name: &'static str, entry: &Entry) {
        if name == STORY {
            self.body = text_of(entry);
            return;
        }
        let mut value = entry.to_value();
        match self.document.get_mut(name) {
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
            _ => drop(self.document.insert(name, Item::Value(value))),
        }
    }

    /// Takes a field out; a comment that stood above it stays.
    fn remove(&mut self, name: &'static str) {
        if name == STORY {
            self.body.clear();
            return;
        }
        let text = |raw: Option<&toml_edit::RawString>| {
            raw.and_then(|it| it.as_str()).unwrap_or_default().to_owned()
        };
        let above = self.document.key(name).map(|key| text(key.leaf_decor().prefix()));
        let names: Vec<String> = self.document.iter().map(|(name, _)| name.to_owned()).collect();
        let next = names.iter().skip_while(|it| *it != name).nth(1).cloned();
        self.document.remove(name);
        let Some(above) = above.filter(|above| above.contains('#')) else { return };
        match next.and_then(|next| {
            self.document.key_mut(&next).map(|mut key| {
                let own = text(key.leaf_decor().prefix());
                key.leaf_decor_mut().set_prefix(format!("{above}{own}"));
            })
        }) {
            Some(()) => {}
            None => {
                let end = self.document.trailing().as_str().unwrap_or_default().to_owned();
                self.document.set_trailing(format!("{above}{end}"));
            }
        }
    }

    /// Takes the whole person off the site, or puts her back if it was the table that took her off.
    fn hide(&mut self, is_hidden: bool) {
        let was_hidden = self.was.as_ref().is_some_and(|was| was.is_hidden);
        if is_hidden {
            self.document["hide"] = toml_edit::value(true);
        } else if was_hidden {
            self.document.remove("hide");
        }
    }
}

/// A value without the way it is written.
fn text_of(entry: &Entry) -> String {
    plain_value(&entry.to_value())
}

/// What an import wrote of somebody.
#[derive(Clone, Debug)]
struct Was {
    key: Option<String>,
    is_hidden: bool,
    fields: BTreeMap<String, Entry>,
}

/// What imports wrote before.
#[derive(Debug, Default)]
struct Memory {
    people: BTreeMap<String, Was>,
}

impl Memory {
    /// What is remembered; nothing, if it is lost or cannot be read any more: then all that is there counts as edited by
    /// hand.
    fn load(site: &Path) -> Result<Self, ImportError> {
        let path = site.join(MEMORY);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(ImportError::io("read", &path, error)),
        };
        let Ok(document) = text.parse::<DocumentMut>() else { return Ok(Self::default()) };
        let mut people = BTreeMap::new();
        for (id, item) in document.iter() {
            let Some(table) = item.as_table() else { continue };
            let mut was = Was {
                key: table.get("key").and_then(Item::as_str).map(str::to_owned),
                is_hidden: table.get("hidden").and_then(Item::as_bool).unwrap_or(false),
                fields: BTreeMap::new(),
            };
            let fields = table.get("fields").and_then(Item::as_inline_table);
            for (name, value) in fields.into_iter().flat_map(InlineTable::iter) {
                let entry = match value {
                    Value::String(text) => Entry::Text(text.value().clone()),
                    Value::Array(values) => Entry::Ids(
                        values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    ),
                    _ => continue,
                };
                was.fields.insert(name.to_owned(), entry);
            }
            people.insert(id.to_owned(), was);
        }
        Ok(Self { people })
    }

    fn store(&self, site: &Path) -> Result<(), ImportError> {
        if self.people.is_empty() {
            return Ok(());
        }
        let mut document = DocumentMut::new();
        for (id, was) in &self.people {
            let mut table = Table::new();
            if let Some(key) = &was.key {
                table.insert("key", toml_edit::value(key.as_str()));
            }
            if was.is_hidden {
                table.insert("hidden", toml_edit::value(true));
            }
            let mut fields = InlineTable::new();
            for (name, entry) in &was.fields {
                let mut value = entry.to_value();
                if let Value::Array(list) = &mut value {
                    // An inline table stands on one line.
                    list.iter_mut().for_each(|it| it.decor_mut().clear());
                    list.set_trailing("");
                    list.set_trailing_comma(false);
                }
                fields.insert(name, value);
            }
            table.insert("fields", Item::Value(Value::InlineTable(fields)));
            document.insert(id, Item::Table(table));
        }
        let text = format!(
            "# What `selvedge import people` wrote, so that it can tell its own words from yours. Nothing of this is published.\n{document}"
        );
        secret(site, "private/import")?;
        store(&site.join(MEMORY), text.as_bytes(), Mode::Secret)
    }
}
