//! A statement as a person writes it, in a TOML file, to the members that are signed.
//!
//! One reader for every kind, driven by the table of [`crate::provenance::kind`]: a field is called as in the record,
//! with low lines for capitals (`reason_code`). Nobody types a digest: a record is named by its short id, by the
//! design that it is about, or by its file; a document or photograph by its path in the site's folder.
//! All mistakes are told at once, each with its place and a line that works.

use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, FileId, Sources, Span, Spanned, codes, nearest};
use crate::provenance::did::Did;
use crate::provenance::instant;
use crate::provenance::json::{Object, Value as Json};
use crate::provenance::kind::{self, Field, Form, Kind, RecordRef, Statement, Term};
use crate::provenance::person::{self, Opening};
use crate::provenance::record::{LangText, Sha256Digest, Uuid, texts_to_value};
use crate::read::fields::{self, Table, Value};

use super::Master;

/// What was written, ready for the envelope.
#[derive(Clone, Debug)]
pub struct Written {
    /// The statement.
    pub statement: Statement,
    /// From when it holds, if the file says so.
    pub valid_from: Option<Timestamp>,
    /// Until when it holds, if the file says so.
    pub valid_until: Option<Timestamp>,
    /// The record that it says again.
    pub reissues: Option<RecordRef>,
    /// Photographs that it binds.
    pub masters: Vec<Master>,
    /// Names that are kept apart from it.
    pub people: Vec<Opening>,
}

/// The record that a statement is written for, to which names kept apart are bound.
#[derive(Clone, Copy)]
pub struct Writing<'a> {
    /// Its issuer, as it will name her.
    pub issuer: &'a Did,
    /// Its UUID.
    pub record: &'a Uuid,
    /// 32 random bytes, for this record only, that nobody keeps: the salts come from them.
    pub seed: &'a [u8; 32],
}

/// What a file may name without spelling it out.
pub trait Lookup {
    /// A record, by short id, by the path of its file, or as `designs/<id>` (the newest of that design).
    ///
    /// # Errors
    /// Why there is none, in words.
    fn record(&self, name: &str) -> Result<(RecordRef, Kind), String>;

    /// Where the page of something is that has no record, below the address of the site: of `products/<id>` or
    /// `producers/<id>`; `None` if this names something else.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn page(&self, name: &str) -> Result<Option<String>, String>;

    /// The bytes of a file of the site's folder.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    fn document(&self, path: &str) -> Result<Vec<u8>, String>;

    /// The master of a photograph of the site's folder.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    fn photograph(&self, path: &str) -> Result<Master, String>;
}

/// Fields of a party.
const PARTY: [&str; 5] = ["id", "name", "commitment", "apart", "detail"];

/// Fields of the file that are not members of the subject.
const ENVELOPE: [&str; 3] = ["from", "until", "reissues"];

/// Reads a statement from TOML texts that [`Sources`] holds: a file, and what a command adds to it; one at least. Where
/// several have a field, the last counts.
///
/// `language` is that of texts which name none; `base` the address that published files hang on.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(
    kind: Kind,
    sources: &Sources,
    files: &[FileId],
    language: &str,
    base: &str,
    lookup: &dyn Lookup,
    writing: Writing<'_>,
) -> Result<Written, Diagnostics> {
    let mut problems = Diagnostics::default();
    let file = *files.first().expect("there is a text to read");
    let (table, is_broken) = fields_of(sources, files, &mut problems);
    let mut reader = Reader {
        kind,
        language,
        base,
        lookup,
        writing,
        problems,
        masters: Vec::new(),
        people: Vec::new(),
        is_broken,
    };
    let start = Span::file_start(file);
    let members = reader.members(kind.fields().collect::<Vec<_>>().as_slice(), &table, start, true);
    let valid_from = reader.instant(&table, "from", false);
    let valid_until = reader.instant(&table, "until", true);
    let reissues = table.get("reissues").and_then(|(_, value)| {
        let name = reader.string(value, "the short id of a record")?;
        let found = reader.lookup.record(&name);
        found.map_err(|why| reader.say(value.span, why, "name a record of your register")).ok()
    });
    match (kind.rules().term, valid_until) {
        (Term::Needed, None) if table.get("until").is_none() => {
            let problem = Diagnostic::error(
                codes::RECORD_FIELD,
                start,
                format!(
                    "a record of the kind {kind} says until when it holds, and this one does not"
                ),
            );
            reader.problems.push(problem.label("write for example until = \"2028-12-31\""));
        }
        (Term::Never, Some(_)) => {
            let span = table.get("until").map_or(start, |(name, _)| name.span);
            let problem = Diagnostic::error(
                codes::RECORD_FIELD,
                span,
                format!("a record of the kind {kind} has no end"),
            );
            reader.problems.push(problem.label("take this line out"));
        }
        _ => {}
    }
    if reader.problems.has_errors() {
        return Err(reader.problems);
    }
    let members = members.unwrap_or_default();
    if let Some(why) = never_agreed(&members) {
        let span = table.get("joint_act").map_or(start, |(name, _)| name.span);
        let problem = Diagnostic::error(codes::RECORD_FIELD, span, why);
        reader.problems.push(
            problem
                .label("a signatory whose agreement counts is named by her key, as did:key:z6Mk…"),
        );
        return Err(reader.problems);
    }
    if let Err(why) = kind::check(kind, &members, base) {
        let problem = Diagnostic::error(codes::RECORD_FIELD, start, why);
        reader.problems.push(problem.label("see `selvedge record fields` for what may stand here"));
        return Err(reader.problems);
    }
    Ok(Written {
        statement: Statement { kind, members },
        valid_from,
        valid_until,
        reissues: reissues.map(|(reference, _)| reference),
        masters: reader.masters,
        people: reader.people,
    })
}

/// What may be public of a sealed design, besides its seal.
const OF_A_SEAL: [&str; 5] = ["title", "heldBy", "designKind", "openers", "openWhen"];

/// Reads what is to be public of a sealed design: its title, who has to agree before it is opened, and the like.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_of_seal(
    sources: &Sources,
    file: FileId,
    language: &str,
    base: &str,
    lookup: &dyn Lookup,
    writing: Writing<'_>,
) -> Result<Object, Diagnostics> {
    let kind = Kind::SealedDesign;
    let mut problems = Diagnostics::default();
    let (table, is_broken) = fields::parse(sources.text(file), 0, file, &mut problems);
    let mut reader = Reader {
        kind,
        language,
        base,
        lookup,
        writing,
        problems,
        masters: Vec::new(),
        people: Vec::new(),
        is_broken,
    };
    let of_a_seal: Vec<&Field> =
        kind.fields().filter(|field| OF_A_SEAL.contains(&field.name)).collect();
    let start = Span::file_start(file);
    let members = reader.members(&of_a_seal, &table, start, false).unwrap_or_default();
    if let Some(why) = never_opened(&members) {
        let span = table.get("openers").map_or(start, |(name, _)| name.span);
        let problem = Diagnostic::error(codes::RECORD_FIELD, span, why);
        reader.problems.push(problem.label(
            "write for example openers = { threshold = 2, party = [\"did:key:z6Mk…\", \"did:key:z6Mk…\", \"did:key:z6Mk…\"] }",
        ));
    }
    if reader.problems.has_errors() { Err(reader.problems) } else { Ok(members) }
}

/// Why a sealed design could never be opened; `None` if it can.
///
/// As for a Charter, only who is named by a key agrees.
fn never_opened(members: &Object) -> Option<String> {
    let openers = members.get("openers")?;
    let party = openers.member("party").and_then(Json::as_array).unwrap_or_default();
    let keys = party.iter().filter_map(|did| Did::parse(did.as_str()?));
    let keys: BTreeSet<String> =
        keys.filter(|did| matches!(did, Did::Key(_))).map(|did| did.to_string()).collect();
    let need = openers.member("threshold").and_then(Json::as_count)?;
    (need > keys.len() as u64).then(|| {
        format!(
            "{need} have to agree before it is opened, and only {} are named by a key",
            keys.len()
        )
    })
}

/// Why an act of several that a Charter announces could never take effect; `None` if each can.
///
/// Only who is named by her key agrees: of other names the register does not know the keys.
fn never_agreed(members: &Object) -> Option<String> {
    let list = |name: &str| members.get(name).and_then(Json::as_array).unwrap_or_default();
    let is_key = |who: &&Json| matches!(who.text("id").and_then(Did::parse), Some(Did::Key(_)));
    let able = list("signatory").iter().filter(is_key).count() as u64;
    let need =
        list("jointAct").iter().filter_map(|act| act.member("threshold")?.as_count()).max()?;
    (need > able).then(|| {
        format!("{need} have to agree, and only {able} of the signatories are named by a key")
    })
}

/// The fields of several texts as one table, and whether one of them is no TOML.
fn fields_of(sources: &Sources, files: &[FileId], problems: &mut Diagnostics) -> (Table, bool) {
    let (mut all, mut is_any_broken) = (Table::default(), false);
    for file in files {
        let (table, is_broken) = fields::parse(sources.text(*file), 0, *file, problems);
        all.take_over(table);
        is_any_broken |= is_broken;
    }
    (all, is_any_broken)
}

/// The lines that a Withdrawal has to have besides those that were given: what it keeps of its target, kind, date and place.
///
/// What stands there already is not among them; a target that is not found is left to [`read`] to tell. `issuer` is who
/// withdraws.
#[must_use]
pub fn withdrawal_lines(
    sources: &Sources,
    files: &[FileId],
    records: &super::SiteLookup<'_>,
    issuer: &Did,
) -> String {
    let mut text = String::new();
    let (table, _) = fields_of(sources, files, &mut Diagnostics::default());
    let Some((_, target)) = table.get("target") else { return text };
    let Value::String(target) = &target.value else { return text };
    let Ok(signed) = records.signed(target) else { return text };
    let record = signed.record();
    let mut put = |name: &str, value: String| {
        if table.get(name).is_none() {
            text.push_str(&format!("{name} = {value}\n"));
        }
    };
    put("target_kind", format!("\"{}\"", record.subject.kind()));
    if !record.issuer.same_issuer(issuer) {
        put("said_by", format!("{{ id = \"{}\" }}", record.issuer));
    }
    put("target_signed", format!("\"{}\"", instant::format(signed.created())));
    if let Some(position) = record.position {
        put("target_position", position.to_string());
    }
    if let Some(reissued) = &record.reissues {
        put("target_reissues", format!("\"{}\"", reissued.id));
    }
    text
}

/// A member's name as it stands in a file: `reasonCode` is `reason_code`.
pub fn field_name(member: &str) -> String {
    let mut name = String::new();
    for letter in member.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

struct Reader<'a> {
    kind: Kind,
    language: &'a str,
    base: &'a str,
    lookup: &'a dyn Lookup,
    writing: Writing<'a>,
    problems: Diagnostics,
    masters: Vec<Master>,
    people: Vec<Opening>,
    is_broken: bool,
}

impl Reader<'_> {
    fn say(&mut self, span: Span, message: impl Into<String>, label: impl Into<String>) {
        let problem = Diagnostic::error(codes::RECORD_FIELD, span, message);
        self.problems.push(problem.label(label));
    }

    fn members(
        &mut self,
        fields: &[&Field],
        table: &Table,
        whole: Span,
        is_top: bool,
    ) -> Option<Object> {
        let names: Vec<String> = fields.iter().map(|field| field_name(field.name)).collect();
        for (name, _) in table.entries() {
            let is_envelope = is_top && ENVELOPE.contains(&name.value.as_str());
            if names.contains(&name.value) || is_envelope {
                continue;
            }
            let near = nearest(&name.value, names.iter().map(String::as_str));
            let label = match near {
                Some(near) => format!("did you mean {near}?"),
                None => format!("it has these: {}", names.join(", ")),
            };
            self.say(
                name.span,
                format!("a record of the kind {} has no field \"{}\"", self.kind, name.value),
                label,
            );
        }
        let mut members = Object::new();
        for (field, name) in fields.iter().zip(&names) {
            match table.get(name) {
                Some((_, value)) => {
                    if let Some(json) = self.value(&field.form, value, name) {
                        members.insert(field.name.to_owned(), json);
                    }
                }
                // A line that could not be read may have been this one.
                None if field.is_needed && !self.is_broken => {
                    let message = format!("the field {name} is missing");
                    self.say(whole, message, format!("write {}", example(name, &field.form)));
                }
                None => {}
            }
        }
        Some(members)
    }

    fn string(&mut self, value: &Spanned<Value>, wanted: &str) -> Option<String> {
        match &value.value {
            Value::String(text) => Some(text.clone()),
            other => {
                let kind = other.kind();
                self.say(
                    value.span,
                    format!("{wanted} should stand here, and not {kind}"),
                    "write it in quotes",
                );
                None
            }
        }
    }

    fn value(&mut self, form: &Form, value: &Spanned<Value>, name: &str) -> Option<Json> {
        match form {
            Form::Text => self.text(value),
            Form::List(inner) => {
                let one = std::slice::from_ref(value);
                let values = match &value.value {
                    Value::Array(values) => values.as_slice(),
                    _ => one,
                };
                if values.is_empty() {
                    self.say(value.span, format!("the list {name} is empty"), "take the line out");
                }
                let all: Vec<Option<Json>> =
                    values.iter().map(|value| self.value(inner, value, name)).collect();
                all.into_iter().collect::<Option<Vec<Json>>>().map(Json::from)
            }
            Form::Object(fields) => match &value.value {
                Value::Table(table) => {
                    let fields: Vec<&Field> = fields.iter().collect();
                    self.members(&fields, table, value.span, false).map(Json::Object)
                }
                other => {
                    let message = format!("{name} is a group of fields, and not {}", other.kind());
                    self.say(value.span, message, format!("write {}", example(name, form)));
                    None
                }
            },
            Form::Count(..) => match value.value {
                Value::Integer(number) if number >= 0 => {
                    self.checked(form, Json::Number(number as f64), value.span, name)
                }
                _ => self.unfit(form, value, name),
            },
            Form::Flag => match value.value {
                Value::Boolean(flag) => Some(Json::Bool(flag)),
                _ => self.unfit(form, value, name),
            },
            Form::Day | Form::Instant => match &value.value {
                Value::Date(text) | Value::String(text) => {
                    self.checked(form, text.as_str().into(), value.span, name)
                }
                _ => self.unfit(form, value, name),
            },
            Form::Money => {
                let text = self.string(value, "an amount such as \"12.50 EUR\"")?;
                let (amount, currency) = text.split_once(' ').unwrap_or((&text, ""));
                let json = Json::from([("amount", amount.into()), ("currency", currency.into())]);
                self.checked(form, json, value.span, name)
            }
            Form::KindName => {
                let text = self.string(value, "the name of a kind of record")?;
                let by_verb = kind::RULES.iter().find(|rules| rules.verb == Some(&text));
                let known = by_verb.map_or(text.as_str(), |rules| rules.name);
                self.checked(form, known.into(), value.span, name)
            }
            Form::Document => self.document(value),
            Form::Photograph => self.photograph(value),
            Form::Record(kinds) => {
                let named = self.string(value, "the short id of a record")?;
                self.record(&named, kinds, value.span).map(|reference| reference.to_value())
            }
            Form::Thing => self.thing(value),
            Form::Party => self.party(value),
            Form::Word
            | Form::Choice(_)
            | Form::Hash
            | Form::Bytes
            | Form::StatusList
            | Form::Leaf
            | Form::Key
            | Form::Did
            | Form::Address => {
                let text = match &value.value {
                    Value::Integer(number) if matches!(form, Form::Word) => number.to_string(),
                    _ => self.string(value, &form.words())?,
                };
                self.checked(form, text.into(), value.span, name)
            }
        }
    }

    fn checked(&mut self, form: &Form, json: Json, span: Span, name: &str) -> Option<Json> {
        match kind::check_form(form, &json, self.base) {
            Ok(()) => Some(json),
            Err(_) => {
                let near = match (form, json.as_str()) {
                    (Form::Choice(words), Some(text)) => nearest(text, words.iter().copied()),
                    _ => None,
                };
                let label = near.map_or_else(
                    || format!("it should be {}", form.words()),
                    |near| format!("did you mean \"{near}\"?"),
                );
                self.say(span, format!("{name} cannot be this"), label);
                None
            }
        }
    }

    fn unfit(&mut self, form: &Form, value: &Spanned<Value>, name: &str) -> Option<Json> {
        let message = format!("{name} cannot be {}", value.value.kind());
        self.say(value.span, message, format!("write {}", example(name, form)));
        None
    }

    fn texts(&mut self, value: &Spanned<Value>) -> Option<Vec<LangText>> {
        match &value.value {
            Value::String(text) if !text.trim().is_empty() => {
                Some(vec![LangText { language: self.language.to_owned(), text: text.clone() }])
            }
            Value::Table(table) if !table.is_empty() => {
                let mut texts = Vec::new();
                for (language, text) in table.entries() {
                    let text = self.string(text, "a text")?;
                    texts.push(LangText { language: language.value.clone(), text });
                }
                // The one that it was written in comes first.
                texts.sort_by_key(|text| text.language != self.language);
                Some(texts)
            }
            _ => {
                let label = "write a text in quotes, or { en = \"…\", es = \"…\" }";
                self.say(value.span, "a text should stand here", label);
                None
            }
        }
    }

    fn text(&mut self, value: &Spanned<Value>) -> Option<Json> {
        let json = texts_to_value(&self.texts(value)?);
        self.checked(&Form::Text, json, value.span, "the text")
    }

    fn record(&mut self, named: &str, kinds: &[Kind], span: Span) -> Option<RecordRef> {
        match self.lookup.record(named) {
            Ok((reference, kind)) if kinds.is_empty() || kinds.contains(&kind) => Some(reference),
            Ok((_, kind)) => {
                let label = format!("it should be {}", Form::Record(&[]).words());
                let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                let label = match names.is_empty() {
                    true => label,
                    false => format!("name a record of the kind {}", names.join(" or ")),
                };
                self.say(span, format!("\"{named}\" is a record of the kind {kind}"), label);
                None
            }
            Err(why) => {
                self.say(span, why, "name a record by the letters of its file, or as designs/<id>");
                None
            }
        }
    }

    fn document(&mut self, value: &Spanned<Value>) -> Option<Json> {
        let (path, name) = match &value.value {
            Value::Table(table) => {
                let Some((_, file)) = table.get("file") else {
                    self.say(value.span, "the field file is missing", "write { file = \"…\" }");
                    return None;
                };
                let name = match table.get("name") {
                    Some((_, name)) => Some(self.texts(name)?),
                    None => None,
                };
                (self.string(file, "the path of a file")?, name)
            }
            _ => (self.string(value, "the path of a file in the site's folder")?, None),
        };
        match self.lookup.document(&path) {
            Ok(bytes) => {
                let mut json = Object::new();
                let digest = Sha256Digest::of(&bytes).to_sri();
                json.insert("digestSRI".to_owned(), digest.into());
                if let Some(name) = name {
                    json.insert("name".to_owned(), texts_to_value(&name));
                }
                Some(Json::Object(json))
            }
            Err(why) => {
                self.say(value.span, why, "name a file that lies in the site's folder");
                None
            }
        }
    }

    fn photograph(&mut self, value: &Spanned<Value>) -> Option<Json> {
        let (path, alt) = match &value.value {
            Value::Table(table) => {
                let Some((_, file)) = table.get("file") else {
                    self.say(
                        value.span,
                        "the field file is missing",
                        "write { file = \"…\", alt = \"…\" }",
                    );
                    return None;
                };
                let alt = match table.get("alt") {
                    Some((_, alt)) => Some(self.texts(alt)?),
                    None => None,
                };
                (self.string(file, "the path of a photograph")?, alt)
            }
            _ => (self.string(value, "the path of a photograph")?, None),
        };
        match self.lookup.photograph(&path) {
            Ok(mut master) => {
                if let Some(alt) = alt {
                    master.photograph.description = alt;
                }
                let json = master.photograph.to_value(self.base);
                self.masters.push(master);
                Some(json)
            }
            Err(why) => {
                self.say(value.span, why, "name a photograph that lies in the site's folder");
                None
            }
        }
    }

    fn thing(&mut self, value: &Spanned<Value>) -> Option<Json> {
        let (named, name) = match &value.value {
            Value::Table(table) => {
                let Some((_, id)) = table.get("id") else {
                    self.say(
                        value.span,
                        "the field id is missing",
                        "write { id = \"https://…\", name = \"…\" }",
                    );
                    return None;
                };
                let name = match table.get("name") {
                    Some((_, name)) => Some(self.texts(name)?),
                    None => None,
                };
                (self.string(id, "an address, or the short id of a record")?, name)
            }
            _ => (self.string(value, "an address, or the short id of a record")?, None),
        };
        let page = match self.lookup.page(&named) {
            Ok(page) => page.map(|path| format!("{}{path}", self.base)),
            Err(why) => {
                self.say(value.span, why, "name a file of products/ or of producers/");
                return None;
            }
        };
        let is_address = named.starts_with("https://") || Did::parse(&named).is_some();
        let mut json = if let Some(id) = page.or_else(|| is_address.then(|| named.clone())) {
            Object::from([("id".to_owned(), Json::from(id))])
        } else {
            match self.record(&named, &[], value.span)?.to_value() {
                Json::Object(members) => members,
                _ => Object::new(),
            }
        };
        if let Some(name) = name {
            json.insert("name".to_owned(), texts_to_value(&name));
        }
        self.checked(&Form::Thing, Json::Object(json), value.span, "this")
    }

    fn party(&mut self, value: &Spanned<Value>) -> Option<Json> {
        let mut json = Object::new();
        match &value.value {
            Value::String(text) if text.starts_with("https://") || Did::parse(text).is_some() => {
                json.insert("id".to_owned(), text.as_str().into());
            }
            // A table of languages has none of these.
            Value::Table(table) if PARTY.iter().any(|name| table.get(name).is_some()) => {
                let is_apart = self.is_apart(table)?;
                for (name, inner) in table.entries() {
                    let member = match name.value.as_str() {
                        "name" | "detail" if is_apart => continue,
                        "apart" => continue,
                        "name" if matches!(&inner.value, Value::String(it) if it.starts_with("did:")) =>
                        {
                            let message =
                                "this is not what people call her, but the name of her key";
                            self.say(inner.span, message, "write it as id = \"did:…\"");
                            return None;
                        }
                        "name" => texts_to_value(&self.texts(inner)?),
                        "id" | "commitment" => self.string(inner, "a did or an address")?.into(),
                        "detail" => {
                            let message = "a detail stands beside a name that is kept apart only";
                            self.say(name.span, message, "add apart = true");
                            return None;
                        }
                        other => {
                            // A misspelt `apart` must not let a name into the signed text.
                            let message = format!("there is no field \"{other}\" here");
                            self.say(name.span, message, "it has name, apart, detail and id");
                            return None;
                        }
                    };
                    json.insert(name.value.clone(), member);
                }
                if is_apart {
                    let commitment = self.apart(table, value.span)?;
                    json.insert("commitment".to_owned(), commitment.to_string().into());
                }
            }
            _ => {
                json.insert("name".to_owned(), texts_to_value(&self.texts(value)?));
            }
        }
        self.checked(&Form::Party, Json::Object(json), value.span, "this")
    }

    /// Whether the name of a party is to be kept apart from what is signed.
    fn is_apart(&mut self, table: &Table) -> Option<bool> {
        match table.get("apart").map(|(_, value)| (&value.value, value.span)) {
            None => Some(false),
            Some((Value::Boolean(is_apart), _)) => Some(*is_apart),
            Some((_, span)) => {
                self.say(span, "apart is true or false", "write apart = true");
                None
            }
        }
    }

    /// Keeps the name of a party apart, and gives what stands in its place.
    fn apart(&mut self, table: &Table, span: Span) -> Option<person::Commitment> {
        let example = "write { name = \"Ana Torres\", apart = true }";
        if let Some((name, _)) = table.get("commitment") {
            self.say(name.span, "what stands for a name is worked out, and not written", example);
            return None;
        }
        let Some((_, name)) = table.get("name") else {
            self.say(span, "there is no name that could be kept apart", example);
            return None;
        };
        let name = self.plain_texts(name)?;
        let detail = match table.get("detail") {
            Some((_, detail)) => self.plain_texts(detail)?,
            None => Vec::new(),
        };
        let number = u32::try_from(self.people.len()).ok()?;
        let opening = Opening {
            issuer: self.writing.issuer.to_string(),
            record: self.writing.record.clone(),
            salt: person::salt(self.writing.seed, number),
            name,
            detail,
        };
        if opening.encode().len() > person::MAX_BYTES {
            self.say(span, "this name is far too long", "write the name only");
            return None;
        }
        let commitment = opening.commitment();
        self.people.push(opening);
        Some(commitment)
    }

    /// Texts that fit into a record, though they do not stand in one.
    fn plain_texts(&mut self, value: &Spanned<Value>) -> Option<Vec<LangText>> {
        let texts = self.texts(value)?;
        self.checked(&Form::Text, texts_to_value(&texts), value.span, "the text").map(|_| texts)
    }

    fn instant(&mut self, table: &Table, name: &str, is_end: bool) -> Option<Timestamp> {
        let (_, value) = table.get(name)?;
        let text = match &value.value {
            Value::Date(text) | Value::String(text) => text.clone(),
            _ => String::new(),
        };
        let end = if is_end { "T23:59:59Z" } else { "T00:00:00Z" };
        let whole = match text.parse::<Date>() {
            Ok(day) if text.len() == 10 => format!("{day}{end}"),
            _ => text,
        };
        let found = instant::parse(&whole);
        if found.is_none() {
            let label = format!("write for example {name} = \"2028-12-31\"");
            self.say(value.span, format!("{name} is not a date"), label);
        }
        found
    }
}

/// A line that could stand in the file.
pub fn example(name: &str, form: &Form) -> String {
    format!("{name} = {}", example_value(form))
}

fn example_value(form: &Form) -> String {
    match form {
        Form::Text => "\"…\"".to_owned(),
        Form::Word => "\"…\"".to_owned(),
        Form::Choice(words) => format!("\"{}\"", words.first().unwrap_or(&"…")),
        Form::KindName => "\"Status\"".to_owned(),
        Form::Day => "\"2026-05-01\"".to_owned(),
        Form::Instant => "\"2026-05-01T12:00:00Z\"".to_owned(),
        Form::Count(least, _) => (*least).max(1).to_string(),
        Form::Flag => "true".to_owned(),
        Form::Money => "\"12.50 EUR\"".to_owned(),
        Form::Hash | Form::Bytes | Form::StatusList | Form::Leaf => "\"…\"".to_owned(),
        Form::Key => "\"z6Mk…\"".to_owned(),
        Form::Did => "\"did:key:z6Mk…\"".to_owned(),
        Form::Address => "\"https://…\"".to_owned(),
        Form::Document => "\"private/minutes.pdf\"".to_owned(),
        Form::Photograph => "{ file = \"photos/piece.jpg\", alt = \"…\" }".to_owned(),
        Form::Record([Kind::Design, ..] | []) => "\"designs/river-steps\"".to_owned(),
        Form::Record(_) => "\"IDF6JDYSHFNT7M25QS4ZMDWLTRSQ7MCM\"".to_owned(),
        Form::Thing => "\"designs/river-steps\"".to_owned(),
        Form::Party => "{ name = \"…\", id = \"did:key:z6Mk…\" }".to_owned(),
        Form::List(inner) => format!("[{}]", example_value(inner)),
        Form::Object(fields) => {
            let inner = fields.iter().filter(|field| field.is_needed);
            let inner: Vec<String> =
                inner.map(|field| example(&field_name(field.name), &field.form)).collect();
            format!("{{ {} }}", inner.join(", "))
        }
    }
}

/// Whether somebody may be named in a field.
fn has_party(form: &Form) -> bool {
    match form {
        Form::Party => true,
        Form::List(inner) => has_party(inner),
        Form::Object(fields) => fields.iter().any(|field| has_party(&field.form)),
        _ => false,
    }
}

/// A file with every field of a kind, to fill in: needed ones open, the others commented out.
pub fn template(kind: Kind) -> String {
    let rules = kind.rules();
    let mut text = format!("# {}\n", rules.meaning);
    if kind.fields().any(|field| has_party(&field.form)) {
        text.push_str(
            "# A name that may have to be erased one day stays out of what is signed: { name = \"…\", apart = true }\n",
        );
    }
    for field in kind.fields() {
        let mark = if field.is_needed { "" } else { "# " };
        text.push_str(&format!("{mark}{}\n", example(&field_name(field.name), &field.form)));
    }
    match rules.term {
        Term::Needed => text.push_str("until = \"2028-12-31\"\n"),
        Term::Possible => text.push_str("# until = \"2028-12-31\"\n"),
        Term::Never => {}
    }
    text
}
