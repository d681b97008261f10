//! A table of people to `producers/<id>.md`: of each what she wants public, and nothing more.
//!
//! Guarantees: what is not public by the table goes nowhere, not into the site, not into the report; only with
//! [`PeopleOptions::keep_private`] it goes into `private/people`, which is never published. What says too much (a street in
//! the column of the region, somebody's own telephone number in her story) is left out and named. An import that is run
//! again brings up to date what it wrote itself, leaves what was edited by hand, and takes out what somebody does not want
//! public any more.
//!
//! So that it can tell its own words from those of a person, it remembers what it wrote in `private/import/people.toml`.

mod columns;
mod place;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::cells::yes_no;
use super::csv::load_tables;
use super::html;
use super::photos::Photos;
use super::report::{Finding, Kind, Report, TableRead, TableUse, Things};
use super::site::Ground;
use super::table::{Row, Table, fold};
use super::{Cause, ImportError, Options};
use crate::check::{shown_words, told_in};
use crate::diag::{Diagnostics, Sources};

use columns::{Class, Field, Map, Plan};

/// What [`people`] is asked to do besides.
#[derive(Clone, Copy, Debug, Default)]
pub struct PeopleOptions {
    /// Whether what is not public is kept in `private/people`, for nobody but whoever has the folder.
    pub keep_private: bool,
}

/// Imports a table of people into a site: a file in `producers/` for each who wants to be shown.
///
/// The folder `private` has to be one that git ignores (`attest::keep_private_out`), as what was written is remembered there.
///
/// # Errors
/// If there is no site, the map or a folder cannot be used, or the disk fails. What is wrong in the table is no error: it
/// is in the report, and the rest is imported.
pub fn people(options: &Options, more: PeopleOptions) -> Result<Report, ImportError> {
    if options.files.is_empty() {
        return Err(ImportError(Cause::NoFiles));
    }
    let map = options.map.as_deref().map(load_map).transpose()?;
    let ground = Ground::open(options, None)?;
    let mut report = Report { things: Things::People, ..Report::default() };
    let known = |header: &str| Field::of_header(header).is_some();
    let tables = load_tables(&options.files, &known, &mut report)?;
    let mut found = Vec::new();
    for table in &tables {
        let plan = Plan::of(table, map.as_ref(), &mut report);
        let is_people = plan.has_people();
        report.tables.push(TableRead {
            file: table.file.clone(),
            used_as: if is_people { TableUse::People } else { TableUse::NotProducts },
            rows: table.rows.len(),
            encoding: table.encoding,
            separator: table.separator,
        });
        if !is_people {
            let words = "it has no column for names, so nothing of it was used";
            report.push(
                Finding::new(Kind::TableNotProducts, table.file.clone(), words).hint(
                    "call the column with the name by which somebody wants to be known \"public name\", or name it in a map",
                ),
            );
            continue;
        }
        for row in &table.rows {
            found.push(Reader { table, plan: &plan, row, report: &mut report }.person());
        }
    }
    let folders = if options.images.is_empty() {
        super::place::table_folders(&options.files)
    } else {
        options.images.clone()
    };
    let photos = match found.iter().any(|person| person.photo.is_some()) {
        true => Photos::find(&folders, &mut report),
        false => Photos::default(),
    };
    place::into_site(options, more, &ground, found, photos, report)
}

fn load_map(path: &Path) -> Result<Map, ImportError> {
    let text = fs::read_to_string(path)
        .map_err(|error| ImportError::io("read the column map", path, error))?;
    let mut sources = Sources::default();
    let file = sources.add(path.display().to_string(), text);
    let mut diagnostics = Diagnostics::default();
    let map = columns::parse(sources.text(file), file, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(ImportError(Cause::Map { diagnostics, sources }));
    }
    Ok(map)
}

/// What a table says of whether a field of somebody may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Say {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// The table has nothing to say so.
    Nothing,
}

/// One row.
#[derive(Debug)]
struct Person {
    file: String,
    line: usize,
    /// A digest of how the table calls her; the number itself is nobody's business.
    key: Option<String>,
    /// What is public, by field; one value for a line, several for a list.
    public: BTreeMap<Field, Vec<String>>,
    /// Her photograph, as the table names it, and in which column.
    photo: Option<(String, String)>,
    /// Fields that she does not want public, as far as the table has them.
    refused: Vec<Field>,
    /// Whether the table says that nothing of her is public.
    is_hidden: bool,
    /// What else the table says, by field or header.
    private: Vec<(String, String)>,
}

impl Person {
    /// The name by which she wants to be known.
    fn name(&self) -> Option<&str> {
        self.public.get(&Field::Name).and_then(|name| name.first()).map(String::as_str)
    }
}

/// Reads one row.
struct Reader<'a> {
    table: &'a Table,
    plan: &'a Plan,
    row: &'a Row,
    report: &'a mut Report,
}

/// Kinds of what a text tells that has no place on a page of people; others are for `check` to warn of.
const TOO_MUCH: [&str; 6] = [
    "street-address",
    "phone-number",
    "email-address",
    "coordinates",
    "bank-details",
    "identity-number",
];

impl Reader<'_> {
    fn person(mut self) -> Person {
        let listed = self.listed();
        let mut person = Person {
            file: self.table.file.clone(),
            line: self.row.line,
            key: self.first(Field::Key).map(|key| digest(&fold(&key))),
            public: BTreeMap::new(),
            photo: None,
            refused: Vec::new(),
            is_hidden: false,
            private: Vec::new(),
        };
        let mut own = Vec::new();
        for field in Field::ALL.iter().copied() {
            let values = self.values(field);
            match field.class() {
                Class::Guide => continue,
                Class::Never => {
                    let said = values.join(", ");
                    if !said.is_empty() {
                        own.push((field, said.clone()));
                        person.private.push((field.name().to_owned(), said));
                    }
                    continue;
                }
                Class::Open | Class::Asked => {}
            }
            let say = self.say(field, listed.as_deref());
            let is_public = match say {
                Say::Yes => true,
                Say::No => false,
                Say::Nothing => field.class() == Class::Open,
            };
            if say == Say::No && (self.plan.columns.contains_key(&field)) {
                person.refused.push(field);
            }
            if values.is_empty() {
                continue;
            }
            if is_public {
                person.public.insert(field, values);
            } else {
                let said = values.join(", ");
                own.push((field, said.clone()));
                person.private.push((field.name().to_owned(), said));
            }
        }
        for at in &self.plan.unknown {
            if let Some(cell) = self.row.cell(*at) {
                person.private.push((self.table.column_name(*at), cell.text.clone()));
            }
        }
        // A column that is only called "name" is hers to be shown by if she says so, and there is no other.
        if let Some(name) = person.public.remove(&Field::AnyName) {
            match person.public.get(&Field::Name) {
                Some(_) => person.private.push((Field::AnyName.name().to_owned(), name.join(", "))),
                None => drop(person.public.insert(Field::Name, name)),
            }
        }
        let says_none = listed.as_ref().is_some_and(|listed| listed.is_empty());
        let plan = self.plan;
        let may_any = plan.consent.keys().any(|it| self.say(*it, None) == Say::Yes);
        person.is_hidden = says_none && !may_any;
        if person.is_hidden {
            let all = Field::ALL.iter().copied().filter(|field| field.can_be_public());
            person.refused = all.collect();
            for (field, values) in std::mem::take(&mut person.public) {
                person.private.push((field.name().to_owned(), values.join(", ")));
            }
            return person;
        }
        self.leave_out_too_much(&mut person, &own);
        self.check_channels(&mut person);
        if let Some(values) = person.public.remove(&Field::Photo)
            && let Some(file) = values.into_iter().next()
        {
            person.photo = Some((file, self.header_of(Field::Photo)));
        }
        if person.photo.is_none() {
            person.public.remove(&Field::PhotoAlt);
        }
        person
    }

    /// The fields that the row lists as public; `None` if the table has no such column.
    fn listed(&mut self) -> Option<Vec<Field>> {
        if !self.plan.has_public_list() {
            return None;
        }
        let columns = self.plan.columns.get(&Field::Public).cloned().unwrap_or_default();
        let mut fields = Vec::new();
        for at in columns {
            let Some(cell) = self.row.cell(at).cloned() else { continue };
            for word in cell.text.split(['\n', ',', ';', '|', '/', '+']) {
                let word = fold(word);
                let finding = |kind, words: &str| {
                    Finding::new(kind, self.table.file.clone(), words)
                        .line(self.row.line)
                        .column(self.table.column_name(at))
                        .value(word.clone())
                };
                if word.is_empty()
                    || yes_no(&word) == Some(false)
                    || word == "none"
                    || word == "nothing"
                {
                    continue;
                }
                if yes_no(&word) == Some(true) || word == "all" || word == "everything" {
                    let open = Field::ALL.iter().filter(|field| field.class() == Class::Open);
                    fields.extend(open);
                    let words =
                        "taken as all that is made to be shown; ways to reach her have to be named";
                    self.report.push(finding(Kind::Adjusted, words));
                    continue;
                }
                match Field::of_name(&word).or_else(|| Field::of_header(&word)) {
                    Some(Field::AnyName | Field::Name) => {
                        fields.extend([Field::Name, Field::AnyName]);
                    }
                    Some(field) if field.can_be_public() => fields.push(field),
                    Some(field) if field.class() == Class::Never => {
                        let words = "this is never public, whoever asks for it";
                        self.report.push(finding(Kind::ValueNotUnderstood, words));
                    }
                    _ => {
                        let words = "this is not the name of anything that could be public";
                        self.report.push(finding(Kind::ValueNotUnderstood, words).hint(
                            "write some of: name, description, place, people, crafts, speaks, photo, story, whatsapp, sms, email, phone",
                        ));
                    }
                }
            }
        }
        // Whoever wants anything shown is called by the name that she chose.
        if !fields.is_empty() {
            fields.push(Field::Name);
        }
        if fields.contains(&Field::Photo) {
            fields.push(Field::PhotoAlt);
        }
        Some(fields)
    }

    /// What the row says of whether a field may be shown.
    fn say(&mut self, field: Field, listed: Option<&[Field]>) -> Say {
        let field = if field == Field::PhotoAlt { Field::Photo } else { field };
        if let Some(at) = self.plan.consent.get(&field) {
            let Some(cell) = self.row.cell(*at) else { return Say::No };
            return match yes_no(cell.text.trim_end_matches(['.', '!'])) {
                Some(true) => Say::Yes,
                Some(false) => Say::No,
                None => {
                    let words = "this is neither yes nor no, and was taken for no";
                    let finding =
                        Finding::new(Kind::ValueNotUnderstood, self.table.file.clone(), words)
                            .line(self.row.line)
                            .column(self.table.column_name(*at));
                    if !self.report.findings.contains(&finding) {
                        self.report.push(finding);
                    }
                    Say::No
                }
            };
        }
        match listed {
            Some(listed) if listed.contains(&field) => Say::Yes,
            Some(_) => Say::No,
            None => Say::Nothing,
        }
    }

    fn first(&self, field: Field) -> Option<String> {
        self.values(field).into_iter().next()
    }

    /// What the cells of a field say: one line, the entries of a list, or a whole text.
    fn values(&self, field: Field) -> Vec<String> {
        let columns = self.plan.columns.get(&field).into_iter().flatten();
        let cells: Vec<&str> =
            columns.filter_map(|at| self.row.cell(*at)).map(|cell| cell.text.as_str()).collect();
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match field {
            Field::Crafts | Field::Speaks => {
                let entries = cells.iter().flat_map(|cell| cell.split(['\n', ';', '|', ',', '،']));
                let mut all: Vec<String> = Vec::new();
                for entry in entries.map(one_line).filter(|entry| !entry.is_empty()) {
                    if !all.contains(&entry) {
                        all.push(entry);
                    }
                }
                all
            }
            Field::Story => {
                let markdown = |cell: &&str| match html::is_html(cell) {
                    true => html::to_markdown(cell).text,
                    false => cell.trim().to_owned(),
                };
                let all = cells.iter().map(markdown).collect::<Vec<_>>().join("\n\n");
                if all.is_empty() { Vec::new() } else { vec![all] }
            }
            // "First name" and "last name" are one name.
            Field::LegalName | Field::Street | Field::ExactPlace | Field::Bank | Field::AnyName => {
                let all = one_line(&cells.join(" "));
                if all.is_empty() { Vec::new() } else { vec![all] }
            }
            _ => cells.first().map(|cell| one_line(cell)).into_iter().collect(),
        }
    }

    fn header_of(&self, field: Field) -> String {
        let columns = self.plan.columns.get(&field).into_iter().flatten();
        let said = columns.filter(|at| self.row.cell(**at).is_some());
        said.map(|at| self.table.column_name(*at)).next().unwrap_or_default()
    }

    /// Takes out of what is public what tells where somebody lives or how to ring her, or repeats what is not public.
    fn leave_out_too_much(&mut self, person: &mut Person, own: &[(Field, String)]) {
        let name = person.name().map(fold);
        let texts: Vec<Field> = person.public.keys().copied().collect();
        for field in texts {
            if field.class() == Class::Asked || field == Field::Photo {
                continue;
            }
            let text = person.public[&field].join("\n");
            let why = own.iter().find_map(|(of, said)| {
                // Whoever chose to be called by her own name is called by it.
                let is_chosen = name.as_deref() == Some(fold(said).as_str());
                (!is_chosen && repeats(&text, *of, said))
                    .then(|| format!("this repeats her {}, which is not public", words_of(*of)))
            });
            let is_exact = field == Field::Place && text.chars().any(char::is_numeric);
            let why = why.or_else(|| {
                is_exact.then(|| {
                    "a region has no number: this is too exact a place, and was left out".to_owned()
                })
            });
            let why = why.or_else(|| {
                let told = told_in(&text);
                let found = TOO_MUCH.iter().find(|kind| told.contains(kind))?;
                Some(format!("this tells too much ({}), and was left out", found.replace('-', " ")))
            });
            if let Some(why) = why {
                person.public.remove(&field);
                let header = self.header_of(
                    if field == Field::Name && !self.plan.columns.contains_key(&field) {
                        Field::AnyName
                    } else {
                        field
                    },
                );
                self.report.push(
                    Finding::new(Kind::TellsTooMuch, person.file.clone(), why)
                        .line(person.line)
                        .column(header)
                        .hint(
                            "take it out of the cell; a region, a craft, a story need no address",
                        ),
                );
            }
        }
    }

    /// Leaves out ways to reach her that nobody could use.
    fn check_channels(&mut self, person: &mut Person) {
        for field in [Field::Whatsapp, Field::Sms, Field::Phone, Field::Email] {
            let Some(values) = person.public.get_mut(&field) else { continue };
            let Some(value) = values.first_mut() else { continue };
            let why = if field == Field::Email {
                let parts = value.rsplit_once('@');
                let is_good = parts.is_some_and(|(who, host)| {
                    !who.is_empty() && host.contains('.') && !value.contains(char::is_whitespace)
                });
                (!is_good).then_some("this is not an e-mail address")
            } else {
                if let Some(rest) = value.strip_prefix("00") {
                    *value = format!("+{rest}");
                }
                let digits = value.chars().filter(char::is_ascii_digit).count();
                let is_good = value.starts_with('+') && (7..=15).contains(&digits);
                (!is_good).then_some(
                    "this is not a number that can be called from everywhere; write it with + and the code of the country",
                )
            };
            if let Some(why) = why {
                person.public.remove(&field);
                // The number itself is not repeated: the report is read by others, too.
                let finding = Finding::new(Kind::ValueNotUnderstood, person.file.clone(), why);
                self.report.push(finding.line(person.line).column(self.header_of(field)));
            }
        }
    }
}

/// What a field is called in a sentence.
fn words_of(field: Field) -> &'static str {
    match field {
        Field::LegalName | Field::AnyName => "name in full",
        Field::Street => "address",
        Field::ExactPlace => "exact place",
        Field::BirthDate => "date of birth",
        Field::IdentityNumber => "identity number",
        Field::Bank => "bank account",
        Field::Phone | Field::Sms | Field::Whatsapp => "telephone number",
        Field::Email => "e-mail address",
        _ => "own words in another column",
    }
}

/// Whether a public text repeats what is not public.
fn repeats(written: &str, field: Field, said: &str) -> bool {
    let (text, said) = (fold(written), fold(said));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match field {
        Field::Phone | Field::Sms | Field::Whatsapp | Field::IdentityNumber | Field::Bank => {
            let number = digits(&said);
            number.len() >= 6 && digits(&text).contains(&number)
                || said.len() >= 6 && text.contains(&said)
        }
        // A single first name stands in many texts; a village is often the region's name, too.
        Field::LegalName | Field::AnyName => has_name(written, &said),
        Field::ExactPlace => said.chars().count() >= 4 && has_words(&text, &said),
        Field::Street | Field::BirthDate | Field::Email => {
            said.chars().count() >= 6 && text.contains(&said)
        }
        // What she wants to keep back of open fields may well be a common word.
        _ => false,
    }
}

/// How many other words may stand among those of a name: a second first name, a title.
const AMONG: usize = 2;

/// Whether a page that shows a text shows a name of several words: in whatever order, and with a word or two among them.
fn has_name(text: &str, name: &str) -> bool {
    let name = shown_words(name);
    if name.len() < 2 {
        return false;
    }
    let words = shown_words(text);
    let is_named = |near: &[String]| {
        name.iter().all(|word| {
            let count = |words: &[String]| words.iter().filter(|other| *other == word).count();
            count(near) >= count(&name)
        })
    };
    let most = (name.len() + AMONG).min(words.len());
    words.len() >= name.len() && words.windows(most).any(is_named)
}

/// Whether a text has these words, not as a part of others.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
    })
}

/// How somebody is remembered whom the table calls by a number.
fn digest(key: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(key.as_bytes())[..16])
}

/// Where people's private facts are kept.
fn private_file(site: &Path, id: &str) -> PathBuf {
    site.join("private/people").join(format!("{id}.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_a_story_however_it_is_written() {
        for (text, name) in [
            ("by Zyxana&nbsp;Qwispe", "Zyxana Qwispe"),
            ("Kloos, Beatriz", "Beatriz Kloos"),
            ("<p>Cydonia<br>Marsh</p>", "Cydonia Marsh"),
            ("woven by Eva\\\nHolm", "Eva Holm"),
            ("Gil Maria Rook", "Gil Rook"),
            ("**ÉVA** _Holm_ weaves", "Eva Holm"),
        ] {
            assert!(repeats(text, Field::LegalName, name), "{text}");
        }
        for (text, name) in [
            ("Eva weaves, and next to her the Holm farm has sheep", "Eva Holm"),
            ("Eva weaves", "Eva"),
            ("", "Eva Holm"),
            ("Ana and Ana", "Ana Ana Ana"),
        ] {
            assert!(!repeats(text, Field::LegalName, name), "{text}");
        }
    }
}
