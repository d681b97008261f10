//! Says things of signed records in one language of the site: names, references, how one stands.
//!
//! Words of the site's files never stand where words of a record stand, and what somebody said is
//! given as hers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::link::Linker;
use super::page::plain;
use super::register::{Found, Register, party_name};
use super::{LanguageParts, Page, Routes, direction, listing, record, tags};
use crate::evidence::Neighbour;
use crate::model::{DesignIx, Direction, Locale, LocaleIx, Text};
use crate::provenance::did::Did;
use crate::provenance::json::Value;
use crate::provenance::kind::{self, Form, Kind, RecordRef, Statement};
use crate::provenance::log::RecordId;
use crate::provenance::person::Commitment;
use crate::provenance::record::{LangText, Record, Sha256Digest, Texts, Uuid, texts_from_value};
use crate::provenance::seal::{self, LeafKind, LeafOpening};
use crate::theme::Words;
use crate::theme::view::{self, Phrase};
use crate::verify::fold::{Condition, Standing};
use crate::verify::{Verdict, VerifiedRecord};

/// Stands for what is quoted, until it is put there with its language.
const QUOTED: &str = "\u{0}";

/// Somebody who tells of records in one language, on one page.
pub(super) struct Speaker<'r, 'a> {
    pub(super) routes: &'r Routes<'a>,
    pub(super) linker: &'r Linker,
    pub(super) ix: LocaleIx,
}

/// The day of an instant, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The text of a record in one language: the same, its first part, or the one it was written in.
pub(super) fn pick<'t>(texts: &'t Texts, locale: &Locale) -> Option<&'t LangText> {
    let same = |t: &&LangText| t.language.eq_ignore_ascii_case(locale.tag());
    let near = |t: &&LangText| t.language.split('-').next() == Some(locale.language());
    texts.iter().find(same).or_else(|| texts.iter().find(near)).or(texts.first())
}

/// A text that is in the language of the page, or in none.
pub(super) fn here(text: impl Into<String>) -> Phrase {
    Phrase::here(text)
}

/// `designedBy` or `holder's wish` as the name of a word: `designed_by`, `holders_wish`.
fn word_name(prefix: &str, name: &str) -> String {
    let mut out = prefix.to_owned();
    for letter in name.chars() {
        match letter {
            'A'..='Z' => {
                if !out.ends_with('_') {
                    out.push('_');
                }
                out.push(letter.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' => out.push(letter),
            ' ' => out.push('_'),
            _ => {}
        }
    }
    out
}

impl<'r, 'a> Speaker<'r, 'a> {
    pub(super) fn locale(&self) -> &'r Locale {
        self.routes.inputs.site.locale(self.ix)
    }

    fn parts(&self) -> &'r LanguageParts {
        self.routes.parts(self.ix)
    }

    pub(super) fn words(&self) -> &'r Words {
        &self.parts().words
    }

    /// Fills in a template of a record page.
    pub(super) fn fill<T: serde::Serialize>(
        &self,
        template: &str,
        it: &T,
    ) -> Result<String, String> {
        let mut context = tera::Context::new();
        context.insert("it", it);
        context.insert_value("w", self.words().value().clone());
        let theme = self.routes.inputs.theme;
        theme.render(template, &context, 0).map_err(|error| error.to_string())
    }

    fn register(&self) -> &'r Register<'a> {
        &self.routes.register
    }

    pub(super) fn word(&self, name: &str) -> String {
        self.words().get(name).to_owned()
    }

    /// A sentence with its values filled in. Where it runs from right to left each value stands
    /// isolated, or a date would be turned around.
    pub(super) fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        self.isolated(values, |values| self.words().fill(name, values))
    }

    /// The same in the plural form of a number.
    pub(super) fn say_of(&self, number: u64, name: &str, values: &[(&str, &str)]) -> String {
        self.isolated(values, |values| self.words().count(name, number, values))
    }

    fn isolated(
        &self,
        values: &[(&str, &str)],
        fill: impl Fn(&[(&str, &str)]) -> String,
    ) -> String {
        if self.locale().direction() == Direction::LeftToRight {
            return fill(values);
        }
        let isolate = |value: &str| match value {
            QUOTED => value.to_owned(),
            _ => format!("\u{2068}{value}\u{2069}"),
        };
        let values: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (*name, isolate(value))).collect();
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(&values)
    }

    /// A text of a record, marked with its language if that is not the page's.
    pub(super) fn phrase(&self, texts: &Texts) -> Option<Phrase> {
        pick(texts, self.locale()).map(|text| self.said_in(text))
    }

    fn said_in(&self, text: &LangText) -> Phrase {
        if text.language.is_empty() || text.language.eq_ignore_ascii_case(self.locale().tag()) {
            return here(plain(&text.text));
        }
        let other: Option<Locale> = text.language.parse().ok();
        Phrase {
            text: plain(&text.text),
            lang: other.as_ref().map(|locale| locale.tag().to_owned()),
            dir: other.as_ref().map(|locale| direction(locale.direction())),
            parts: Vec::new(),
        }
    }

    /// The day of an instant (in UTC), for a text or a phrase of the page.
    pub(super) fn date(&self, at: Timestamp) -> String {
        self.civil(&day(at))
    }

    /// A day, or the day of an instant, that a record writes as ISO 8601; anything else as it stands.
    pub(super) fn civil(&self, written: &str) -> String {
        let day = written.get(..10).and_then(|day| day.parse().ok());
        day.map_or_else(|| plain(written), |day| self.parts().dates.marked(day))
    }

    /// A whole number as the language writes it.
    pub(super) fn number(&self, number: u64) -> String {
        self.parts().money.number(number, 0)
    }

    /// English of this program, where the words of the language have none.
    fn english(&self, text: impl Into<String>) -> Phrase {
        self.said_in(&LangText { language: "en".to_owned(), text: text.into() })
    }

    fn word_or_english(&self, name: &str, english: &str) -> Phrase {
        let found = self.words().find(name);
        found.map_or_else(|| self.english(english), here)
    }

    /// What a kind is called.
    pub(super) fn kind(&self, kind: Kind) -> Phrase {
        self.word_or_english(&word_name("record_kind_", kind.name()), kind.name())
    }

    /// What a record is called by what it is for: a word about a design of another register says so.
    pub(super) fn kind_of(&self, record: &Record) -> Phrase {
        match record.subject.as_statement().and_then(Statement::listed) {
            Some(_) => here(self.word("listing_title")),
            None => self.kind(record.subject.kind()),
        }
    }

    /// What a member is called.
    pub(super) fn field(&self, name: &str) -> Phrase {
        self.word_or_english(&word_name("field_", name), &kind::label(name))
    }

    /// One of the words that a member may hold.
    pub(super) fn choice(&self, choice: &str) -> Phrase {
        self.word_or_english(&word_name("choice_", choice), choice)
    }

    // ---- who and what ----

    /// Who signed a record: the address that the issuer's identity hangs on, or, for a key without
    /// one, the name that the register has for it.
    pub(super) fn signer(&self, record: &Record) -> String {
        match record.issuer {
            Did::Key(_) => self.issuer(&record.issuer),
            _ => record.base.authority_and_path(),
        }
    }

    /// The same with the name that the site's charter in force gives it, if it signed both.
    fn signer_by_name(&self, record: &Record) -> String {
        let signer = self.signer(record);
        let charter = self.register().charter().map(VerifiedRecord::record);
        let own = charter
            .filter(|charter| !charter.practice && charter.issuer.same_issuer(&record.issuer));
        match own.and_then(|charter| self.name(charter)) {
            Some(name) if !matches!(record.issuer, Did::Key(_)) => {
                format!("{} ({signer})", name.text)
            }
            _ => signer,
        }
    }

    /// Somebody by her name in records.
    pub(super) fn issuer(&self, did: &Did) -> String {
        if let Some(web) = did.as_web() {
            return web.authority_and_path();
        }
        let key = did.to_string();
        let key = key.strip_prefix("did:key:").unwrap_or(&key);
        let short = format!("{}…{}", &key[..8.min(key.len())], &key[key.len().saturating_sub(6)..]);
        match self.register().member(did).and_then(|name| self.phrase(name)) {
            Some(name) => format!("{} ({short})", name.text),
            None => short,
        }
    }

    /// What a record calls the thing that it is about.
    pub(super) fn name(&self, record: &Record) -> Option<Phrase> {
        match record.subject.as_statement() {
            None => {
                let design = record.subject.as_design()?;
                Some(self.phrase(&design.name).unwrap_or_else(|| here(plain(&design.slug))))
            }
            Some(statement) => {
                let name = ["name", "title"].iter().find_map(|name| statement.members.get(*name));
                let texts = name.and_then(texts_from_value)?;
                self.phrase(&texts)
            }
        }
    }

    /// A record in a few words: its kind and its name or day.
    pub(super) fn title(&self, record: &VerifiedRecord) -> Phrase {
        let kind = self.kind_of(record.record()).text;
        match self.name(record.record()) {
            Some(name) => Phrase { text: format!("{kind}: {}", name.text), ..here("") },
            None => here(format!("{kind}, {}", self.date(record.signed().created()))),
        }
    }

    /// The page of a record.
    pub(super) fn href(&self, id: &RecordId) -> Option<String> {
        self.register().find(id).map(|_| self.linker.page(&record::dir(id)))
    }

    /// Another record that one names.
    fn reference(&self, id: &RecordId) -> view::FactValue {
        let text = match self.register().find(id) {
            Some(Found::Stated(record)) => {
                self.name(record.record()).unwrap_or_else(|| self.title(record))
            }
            Some(Found::Gone(gone)) => {
                let kind = self.kind(gone.standing.kind).text;
                here(self.say("record_ref_gone", &[("kind", &kind)]))
            }
            None => {
                let id = id.short().to_string();
                here(self.say("record_ref_unknown", &[("id", &id)]))
            }
        };
        view::FactValue { href: self.href(id), ..value(text) }
    }

    // ---- what a statement says ----

    /// What a statement says, in the order of the table. Photographs stand elsewhere.
    pub(super) fn facts(&self, of: &RecordId, statement: &Statement) -> Vec<view::RecordFact> {
        let mut facts = Vec::new();
        let is_named = |name: &str| matches!(name, "name" | "title") && self.is_heading(statement);
        for field in statement.kind.fields().filter(|field| !is_named(field.name)) {
            let Some(found) = statement.members.get(field.name) else { continue };
            let mut values = Vec::new();
            match field.form {
                Form::List(Form::Leaf) => values.extend(self.leaves(statement, found)),
                ref form => self.values(of, form, found, &mut values),
            }
            if !values.is_empty() {
                facts.push(view::RecordFact { label: self.field(field.name), values });
            }
        }
        facts
    }

    fn is_heading(&self, statement: &Statement) -> bool {
        let found = statement.members.get("name").or_else(|| statement.members.get("title"));
        found.and_then(texts_from_value).is_some()
    }

    fn values(
        &self,
        of: &RecordId,
        form: &'static Form,
        found: &Value,
        out: &mut Vec<view::FactValue>,
    ) {
        let word = || plain(found.as_str().unwrap_or_default());
        let code = |text: String| view::FactValue { is_code: true, ..value(here(text)) };
        match form {
            // The photographs stand above, and leaves are told with their seal.
            Form::Photograph | Form::Leaf => {}
            Form::List(inner) => {
                for found in found.as_array().unwrap_or(&[]) {
                    self.values(of, inner, found, out);
                }
            }
            Form::Object(fields) => {
                let mut parts = Vec::new();
                for field in *fields {
                    let Some(found) = found.member(field.name) else { continue };
                    let mut values = Vec::new();
                    self.values(of, &field.form, found, &mut values);
                    let label = self.field(field.name);
                    parts.extend(values.into_iter().map(|found| view::FactPart {
                        label: label.clone(),
                        text: found.text,
                        href: found.href,
                        is_code: found.is_code,
                    }));
                }
                out.push(view::FactValue { parts, ..value(here("")) });
            }
            Form::Text => {
                let texts = texts_from_value(found);
                out.extend(texts.and_then(|texts| self.phrase(&texts)).map(value));
            }
            Form::Choice(_) => out.push(value(self.choice(&word()))),
            Form::KindName => {
                let kind = found.as_str().and_then(Kind::parse);
                out.push(value(kind.map_or_else(|| here(word()), |kind| self.kind(kind))));
            }
            Form::Record(_) => {
                out.extend(RecordRef::from_value(found).map(|found| self.reference(&found.id)));
            }
            Form::Party => {
                let mut named = self.party(of, found);
                // Whoever is a member under the same name is named once, with her key.
                if let [name, member, ..] = named.as_slice()
                    && member.text.text.starts_with(&format!("{} (", name.text.text))
                {
                    named.remove(0);
                }
                out.extend(named);
            }
            Form::Thing | Form::Document => out.extend(self.thing(found).into_iter().map(linked)),
            Form::Count(..) => {
                out.push(value(here(self.number(found.as_count().unwrap_or_default()))));
            }
            Form::Flag => {
                let is_so = *found == Value::Bool(true);
                out.push(value(here(self.word(if is_so { "yes" } else { "no" }))));
            }
            Form::Money => {
                let part = |name| found.text(name).unwrap_or_default();
                out.push(value(here(plain(&format!("{} {}", part("amount"), part("currency"))))));
            }
            Form::Instant => {
                out.push(value(here(self.civil(&word()))));
            }
            Form::Hash | Form::Bytes | Form::StatusList | Form::Key => out.push(code(word())),
            Form::Did => match Did::parse(&word()) {
                Some(did) if did.as_web().is_some() => out.push(value(here(self.issuer(&did)))),
                // A key is told in full: it is all that there is of its holder.
                _ => out.push(code(word())),
            },
            Form::Day => out.push(value(here(self.civil(&word())))),
            Form::Word | Form::Address => out.push(value(here(word()))),
        }
    }

    /// Opened leaves: what each binds, and whether it was sealed in the record that it names.
    fn leaves(&self, statement: &Statement, found: &Value) -> Vec<view::FactValue> {
        let sealed = statement.target().and_then(|target| self.register().stated(&target.id));
        let commitment = sealed.and_then(|sealed| {
            let said = sealed.record();
            let members = &said.subject.as_statement()?.members;
            seal::Commitment::from_members(&said.issuer.to_string(), &said.uuid, members)
        });
        let tell = |leaf: &Value| {
            let leaf = LeafOpening::from_value(leaf)?;
            let item = commitment.as_ref().and_then(|seal| seal.verify(&leaf).ok());
            let part = |label: &str, text: Phrase, is_code: bool| view::FactPart {
                label: self.field(label),
                text,
                href: None,
                is_code,
            };
            let Some(item) = item else {
                let text = here(self.word("record_leaf_other"));
                return Some(vec![part("seal", text, false)]);
            };
            let mut parts = vec![part("kind", self.choice(item.kind.name()), false)];
            if item.kind != LeafKind::Dummy {
                parts.push(part("name", here(plain(&item.name)), false));
                parts.push(part("root", here(format!("sha256 {}", item.sha256)), true));
            }
            parts.push(part("seal", here(self.word("record_leaf_fits")), false));
            Some(parts)
        };
        let parts = found.as_array().unwrap_or(&[]).iter().filter_map(tell);
        parts.map(|parts| view::FactValue { parts, ..value(here("")) }).collect()
    }

    /// A record, somebody, or a document, by its name.
    fn thing(&self, found: &Value) -> Vec<view::FactValue> {
        let digest = found.text("digestSRI").and_then(Sha256Digest::from_sri);
        let name = party_name(found).and_then(|texts| self.phrase(&texts));
        if let (Some(digest), Some(_)) = (digest, found.text("id").and_then(Uuid::from_urn)) {
            let reference = self.reference(&RecordId::from_bytes(digest.0));
            return vec![match name {
                Some(name) => view::FactValue { text: name, ..reference },
                None => reference,
            }];
        }
        let mut out: Vec<view::FactValue> = name.map(value).into_iter().collect();
        if let Some(id) = found.text("id") {
            let text = Did::parse(id).map_or_else(|| plain(id), |did| self.issuer(&did));
            out.push(value(here(text)));
        }
        if let Some(digest) = digest {
            let text = format!("sha256 {digest}");
            out.push(view::FactValue { is_code: true, ..value(here(text)) });
        }
        out
    }

    /// Somebody: by her name, or by the name that is kept apart from what the record says, if the opening at hand
    /// opens what it commits to.
    pub(super) fn party(&self, of: &RecordId, found: &Value) -> Vec<view::FactValue> {
        let mut out = self.thing(found);
        let Some(commitment) = found.text("commitment").and_then(Commitment::parse) else {
            return out;
        };
        let opening = self.routes.inputs.evidence.person(of, &commitment);
        let said = opening.and_then(|opening| {
            let name = self.phrase(&opening.name)?.text;
            let whole = match self.phrase(&opening.detail) {
                Some(detail) => format!("{name}, {}", detail.text),
                None => name,
            };
            Some(self.say("record_party_shown", &[("name", &whole)]))
        });
        out.push(value(here(said.unwrap_or_else(|| self.word("record_party_apart")))));
        out
    }

    // ---- how it stands ----

    /// How a record stands, in one sentence that says who says so.
    pub(super) fn state(&self, record: &VerifiedRecord) -> view::RecordState {
        let standing = self.register().standing(record);
        let report = record.report();
        let is_told = self.is_register_whole()
            && report.finding("status").is_some_and(|f| f.verdict == Verdict::Valid);
        let as_of = report.status_as_of.as_ref().filter(|_| is_told);
        let mut state = self.condition(record, standing, is_told);
        state.as_of = as_of.map(|as_of| {
            let name = if state.key == "in-force" { "record_status_text" } else { "record_as_of" };
            let (size, date) = (self.number(as_of.size), self.date(self.routes.inputs.at));
            here(self.say(name, &[("size", &size), ("date", &date)]))
        });
        state
    }

    /// Whether the register can tell how its records stand.
    fn is_register_whole(&self) -> bool {
        self.routes.inputs.evidence.is_register_whole()
    }

    fn condition(
        &self,
        record: &VerifiedRecord,
        standing: Option<&Standing>,
        is_told: bool,
    ) -> view::RecordState {
        let said = record.record();
        let at = self.routes.inputs.at;
        let begin = said.valid_from.max(record.signed().created());
        match standing.map(|standing| &standing.condition) {
            Some(Condition::Revoked(by)) => self.changed("revoked", by),
            Some(Condition::Withdrawn(by)) => self.changed("withdrawn", by),
            Some(Condition::Superseded(by)) => self.changed("superseded", by),
            Some(Condition::Ended(by)) => self.changed("ended", by),
            Some(Condition::Suspended(by)) => self.changed("suspended", by),
            Some(Condition::Void(why)) => {
                let reason = Some(self.english(why.clone()));
                view::RecordState { reason, ..self.sentence("void", &[]) }
            }
            Some(Condition::Proposed { have, need }) => {
                let (have, need) = (*have, *need);
                let (shown, of) = (self.number(have), self.number(need));
                let values = [("have", shown.as_str()), ("need", of.as_str())];
                let before = self.say_of(have, "record_state_proposed", &values);
                view::RecordState {
                    key: "proposed",
                    before: here(before),
                    ..view::RecordState::default()
                }
            }
            Some(Condition::InForce) | None => match said.valid_until {
                Some(until) if until < at => {
                    self.sentence("expired", &[("date", &self.date(until))])
                }
                _ if begin > at => self.sentence("not-yet", &[("date", &self.date(begin))]),
                _ if !self.is_register_whole() => {
                    let unknown = self.sentence("contradicted", &[]);
                    view::RecordState { key: "unknown", ..unknown }
                }
                _ if !is_told => self.sentence("unknown", &[]),
                _ => self.in_force(record),
            },
        }
    }

    fn sentence(&self, key: &'static str, values: &[(&str, &str)]) -> view::RecordState {
        let word = format!("record_state_{}", key.replace('-', "_"));
        let before = here(self.say(&word, values));
        view::RecordState { key, before, ..view::RecordState::default() }
    }

    /// A state that another record brought about.
    fn changed(&self, key: &'static str, by: &RecordId) -> view::RecordState {
        let Some(cause) = self.register().stated(by) else {
            return self.sentence(key, &[("by", &self.word("record_somebody")), ("date", "?")]);
        };
        let by_whom = self.signer(cause.record());
        let date = self.date(cause.signed().created());
        let mut state = self.sentence(key, &[("by", &by_whom), ("date", &date)]);
        // Who has stock of a licence that ended asks this first.
        let ending = cause.record().subject.as_statement();
        let ending = ending.filter(|it| it.kind == Kind::LicenceEnded);
        if let Some(until) = ending.and_then(|it| it.word("sellOffUntil")) {
            let until =
                self.say("record_sell_off", &[("by", &by_whom), ("date", &self.civil(until))]);
            let over = self.say("record_state_ended", &[("by", &by_whom), ("date", &date)]);
            state.before = here(format!("{over} {until}"));
        }
        let reason = cause.record().subject.as_statement().filter(|_| key != "superseded");
        let reason = reason.and_then(|statement| self.own_words(statement));
        let word = if key == "superseded" { "record_successor" } else { "record_cause" };
        let link = self.href(by).map(|href| view::RecordLink { text: here(self.word(word)), href });
        view::RecordState { reason, link, ..state }
    }

    /// Whether nobody else gives a word about it.
    pub(super) fn is_alone(&self, record: &VerifiedRecord) -> bool {
        let issuer = &record.record().issuer;
        !self.register().about(&record.id()).any(|other| {
            !other.record().issuer.same_issuer(issuer)
                && matches!(
                    other.record().subject.kind(),
                    Kind::Attestation | Kind::Certification | Kind::Dispute
                )
        })
    }

    /// What a statement claims. A name alone is told with what sort of claim it is; a text that begins so already, or describes
    /// how a thing is made, needs no more.
    fn claims(&self, statement: &Statement) -> Vec<view::Quote> {
        let told = |claim: &Value| {
            let text = self.phrase(&texts_from_value(claim.member("value")?)?)?;
            let sort = claim.text("claimType").unwrap_or_default();
            let label = self.words().claim_label(sort, &text.text);
            Some(view::Quote { label, text })
        };
        statement.list("claim").iter().filter_map(told).collect()
    }

    /// It holds: who says it, and until when.
    fn in_force(&self, record: &VerifiedRecord) -> view::RecordState {
        let said = record.record();
        let signer = self.signer_by_name(said);
        let until = said.valid_until.map(|until| self.date(until));
        let until = until.as_deref();
        let is_alone = self.is_alone(record);
        let claims = said.subject.as_statement().filter(|s| s.kind == Kind::Certification);
        let claims = claims.map_or_else(Vec::new, |statement| self.claims(statement));
        if let (false, Some(until)) = (claims.is_empty(), until) {
            // The claims stand where the sentence says so, marked with their language.
            let text = self.say(
                "record_state_claims",
                &[("signer", &signer), ("date", until), ("claim", QUOTED)],
            );
            let (before, after) = text.split_once(QUOTED).unwrap_or((&text, ""));
            return view::RecordState {
                key: "in-force",
                before: here(before),
                quotes: claims,
                after: here(after),
                ..view::RecordState::default()
            };
        }
        // An association that signed a charter is no maker.
        let charter = self.register().charter().map(VerifiedRecord::record);
        let is_associations = charter.is_some_and(|it| it.issuer.same_issuer(&said.issuer));
        let is_design = matches!(said.subject.kind(), Kind::Design | Kind::SealedDesign);
        let is_makers = is_design && !is_associations;
        let word = match (is_alone, is_makers, until) {
            (true, true, _) => "record_only_maker",
            (true, false, None) => "record_state_only",
            (true, false, Some(_)) => "record_state_only_until",
            (false, _, None) => "record_state_others",
            (false, _, Some(_)) => "record_state_others_until",
        };
        let values = [("signer", &*signer), ("date", until.unwrap_or_default())];
        let before = here(self.say(word, &values));
        view::RecordState { key: "in-force", before, ..view::RecordState::default() }
    }

    /// What each body delegated to the association, by the Delegations that are in force now in the registers of neighbours
    /// that are at hand; else that none is known here.
    pub(super) fn behind(&self) -> String {
        let tell = |neighbour: &Neighbour, record: &VerifiedRecord| {
            let said = record.record();
            let statement = said.subject.as_statement()?;
            let kinds = statement.list("may").iter().filter_map(Value::as_str);
            let kinds = kinds.map(|name| {
                Kind::parse(name).map_or_else(|| plain(name), |kind| self.kind(kind).text)
            });
            let mut what = kinds.collect::<Vec<_>>().join(", ");
            for bound in ["scope", "limit"] {
                if let Some(text) = self.text(statement, bound) {
                    what = format!("{what}; {}: {}", self.field(bound).text, text.text);
                }
            }
            let body = listing::who(neighbour);
            let until = self.date(said.valid_until?);
            Some(self.say(
                "charter_delegated",
                &[("body", &body), ("date", &until), ("what", what.trim_end_matches('.'))],
            ))
        };
        let bodies: Vec<String> =
            self.delegations().filter_map(|(neighbour, record)| tell(neighbour, record)).collect();
        if bodies.is_empty() { self.word("charter_alone") } else { bodies.join(" ") }
    }

    /// The Delegations to the association that hold now, each with whose register has it.
    fn delegations(&self) -> impl Iterator<Item = (&'a Neighbour, &'a VerifiedRecord)> {
        let at = self.routes.inputs.at;
        let all = self.register().delegations().iter().copied();
        all.filter(move |(neighbour, record)| listing::holds(neighbour, record, at))
    }

    /// By whose delegation a record of the association was signed, if bodies delegated its kind when it was.
    fn delegated(&self, record: &VerifiedRecord) -> Option<Phrase> {
        let (kind, created) = (record.record().subject.kind(), record.signed().created());
        let tell = |(neighbour, delegation): (&Neighbour, &VerifiedRecord)| {
            let said = delegation.record();
            let until = said.valid_until?;
            let mut may = said.subject.as_statement()?.list("may").iter();
            let is_for_it = may.any(|it| it.as_str() == Some(kind.name()));
            (is_for_it && (said.valid_from..=until).contains(&created)).then(|| {
                let (body, date) = (listing::who(neighbour), self.date(until));
                self.say("vouch_delegated", &[("body", &body), ("date", &date)])
            })
        };
        let bodies: Vec<String> = self.delegations().filter_map(tell).collect();
        (!bodies.is_empty()).then(|| here(bodies.join(" ")))
    }

    /// What the register vouches for at a path of the site, from `/`, or at an address elsewhere: each certification and membership
    /// that is in force now, by the site's own register, with how it was checked and until when. Practice proves nothing, so it is
    /// not here.
    pub(super) fn vouches(&self, thing: &str) -> Vec<view::Vouch> {
        self.register().of_thing(thing).filter_map(|record| self.vouch(record)).collect()
    }

    /// The labels and notices in force about a design, by the path of its page from `/` or by a record of it, in the order of the
    /// log: each its signer's word. Practice is not here.
    pub(super) fn design_words<'d>(
        &self,
        path: &str,
        records: impl Iterator<Item = &'d VerifiedRecord>,
    ) -> Vec<view::DesignWord> {
        let mut found: Vec<&'a VerifiedRecord> = self.register().of_thing(path).collect();
        for record in records {
            let id = record.id();
            let is_about = |other: &&'a VerifiedRecord| {
                let said = other.record().subject.as_statement();
                said.and_then(|it| it.members.get("about")).and_then(record_id) == Some(id)
            };
            found.extend(self.register().about(&id).filter(is_about));
            found.extend(self.register().of_thing(&record.record().uuid.to_urn()));
        }
        found.sort_by_key(|record| (record.proof().map(|proof| proof.index), record.id()));
        found.dedup_by_key(|record| record.id());
        found.into_iter().filter_map(|record| self.design_word(record)).collect()
    }

    /// What a page says of a label or a notice; `None` if it is none, or does not hold now.
    fn design_word(&self, record: &VerifiedRecord) -> Option<view::DesignWord> {
        let said = record.record();
        let statement = said.subject.as_statement().filter(|_| !said.practice)?;
        let code = match statement.kind {
            Kind::Label => "labelCode",
            Kind::Notice => "noticeCode",
            _ => return None,
        };
        if self.state(record).key != "in-force" {
            return None;
        }
        let (signer, date) = (self.signer_by_name(said), self.date(record.signed().created()));
        let values = [("signer", signer.as_str()), ("date", date.as_str())];
        let mut says = match statement.kind {
            Kind::Label => {
                let party = statement.members.get("appliedBy")?;
                let community = self.party(&record.id(), party).into_iter().next()?.text.text;
                let values = [("community", community.as_str()), values[0], values[1]];
                self.say("design_label_says", &values)
            }
            _ => self.say("design_notice_says", &values),
        };
        if let Some(until) = said.valid_until {
            let until = self.say("design_word_until", &[("date", &self.date(until))]);
            says = format!("{says} {until}");
        }
        Some(view::DesignWord {
            sort: self.kind(statement.kind),
            name: self.text(statement, "name"),
            code: statement.word(code).map(plain),
            text: self.text(statement, "text"),
            says: here(says),
            href: self.linker.page(&record::dir(&record.id())),
        })
    }

    /// What the register vouches for of a record that is in force, and of the edition that it is a piece of.
    pub(super) fn vouches_of(&self, record: &VerifiedRecord) -> Vec<view::Vouch> {
        let mut of = vec![record.id()];
        let statement = record.record().subject.as_statement();
        let edition =
            statement.filter(|it| it.kind == Kind::Item).and_then(|it| it.members.get("edition"));
        of.extend(edition.and_then(record_id));
        let naming =
            of.iter().flat_map(|id| self.register().about(id).map(move |other| (id, other)));
        let about = naming.filter(|(id, other)| {
            let said = other.record().subject.as_statement();
            said.and_then(|it| it.members.get("about")).and_then(record_id) == Some(**id)
        });
        about.filter_map(|(_, other)| self.vouch(other)).collect()
    }

    /// The record in force whose photographs show what a record is about: its design, or that of its edition; with its name.
    pub(super) fn pictured(&self, record: &VerifiedRecord) -> Option<&'r VerifiedRecord> {
        let mut next = self.named_by(record);
        // An item names an edition, that a design: what leads on longer leads nowhere.
        for _ in 0..3 {
            let found = next?;
            if !found.record().photographs().is_empty() {
                let is_in_force = self.state(found).key == "in-force";
                return is_in_force.then_some(found);
            }
            next = self.named_by(found);
        }
        None
    }

    /// The first record of a thing that a statement is about.
    fn named_by(&self, record: &VerifiedRecord) -> Option<&'r VerifiedRecord> {
        let statement = record.record().subject.as_statement()?;
        let named = |member: &str| match statement.members.get(member)? {
            Value::Array(all) => all.first().and_then(record_id),
            one => record_id(one),
        };
        let id = ["edition", "design", "about"].into_iter().find_map(named)?;
        self.register().stated(&id)
    }

    /// What the site's own register vouches for by a record: a certification or a membership, as long as it is in force.
    pub(super) fn vouch(&self, record: &VerifiedRecord) -> Option<view::Vouch> {
        let own = self.routes.inputs.evidence.identity().map(|identity| &identity.issuer)?;
        let said = record.record();
        let is_vouching = own.same_issuer(&said.issuer)
            && !said.practice
            && matches!(said.subject.kind(), Kind::Certification | Kind::Accreditation);
        let statement = said.subject.as_statement().filter(|_| is_vouching)?;
        let mut state = self.state(record);
        if state.key != "in-force" {
            return None;
        }
        state.as_of = None;
        if statement.kind == Kind::Accreditation {
            state.quotes = Vec::new();
            state.after = here("");
            state.before = here(self.signed_until("vouch_member", said));
        }
        let mut how: Vec<String> = Vec::new();
        for claim in statement.list("claim") {
            let method = claim.text("method").map(|method| self.choice(method).text);
            how.extend(method.filter(|method| !how.contains(method)));
        }
        how.extend(statement.word("basis").map(|basis| self.choice(basis).text));
        let criteria = statement.members.get("criteria").and_then(|criteria| {
            let name = party_name(criteria).and_then(|name| self.phrase(&name))?;
            let version = criteria.text("version")?;
            Some(self.say("vouch_criteria", &[("name", &name.text), ("version", version)]))
        });
        let badge = self.routes.inputs.site.base_url.as_ref().map(|_| {
            let sentence = sentence(&state);
            super::badge::shown(self, &record.id(), &sentence)
        });
        Some(view::Vouch {
            state,
            how: (!how.is_empty()).then(|| self.say("vouch_how", &[("how", &how.join(", "))])),
            criteria,
            delegated: self.delegated(record),
            href: self.linker.page(&super::record::dir(&record.id())),
            badge,
        })
    }

    /// A sentence of who signed a record, and until when it holds.
    fn signed_until(&self, word: &str, said: &Record) -> String {
        let until = said.valid_until.map(|until| self.date(until)).unwrap_or_default();
        self.say(word, &[("signer", &self.signer_by_name(said)), ("date", &until)])
    }

    /// What the badge of a record says that [`Speaker::vouch`] has something for.
    pub(super) fn badge(&self, record: &VerifiedRecord) -> super::badge::Said {
        let said = record.record();
        let statement = said.subject.as_statement();
        let first = |member: &str| {
            let found = statement?.members.get(member)?;
            let mut named = self.party(&record.id(), found).into_iter();
            named.next().map(|value| value.text)
        };
        let is_member = said.subject.kind() == Kind::Accreditation;
        let vouch = self.vouch(record);
        let state = vouch.as_ref().map(|vouch| &vouch.state);
        let (claims, about) = if is_member {
            (vec![first("member").unwrap_or_else(|| self.title(record))], None)
        } else {
            let quotes = state.map(|state| state.quotes.as_slice()).unwrap_or_default();
            let whole = |quote: &view::Quote| Phrase { text: quote.whole(), ..quote.text.clone() };
            let claims: Vec<Phrase> = quotes.iter().map(whole).collect();
            let claims = if claims.is_empty() { vec![self.title(record)] } else { claims };
            // An address runs from left to right wherever it stands.
            let about = first("about").map(|about| match about.text.strip_prefix("https://") {
                Some(address) => Phrase { dir: Some("ltr"), ..here(address) },
                None => about,
            });
            (claims, about)
        };
        let word = if is_member { "vouch_member" } else { "badge_says" };
        let charter = self.register().charter().and_then(|charter| self.name(charter.record()));
        let open = self.disputes(record).into_iter().find(|dispute| dispute.is_open);
        let base = record::place(self.routes.inputs.evidence, said).base_url();
        let address = format!("{base}{}", record::dir(&record.id()));
        let how = vouch.as_ref().map(|vouch| [&vouch.how, &vouch.criteria]);
        super::badge::Said {
            lang: self.locale().tag().to_owned(),
            is_rtl: self.locale().direction() == Direction::RightToLeft,
            association: charter
                .unwrap_or_else(|| here(plain(self.routes.inputs.site.name.original()))),
            claims,
            about,
            says: here(self.signed_until(word, said)).text,
            how: how.into_iter().flatten().flatten().cloned().collect(),
            dispute: open.map(|dispute| dispute.sentence.text),
            ask: self.word("badge_ask"),
            address: address.trim_start_matches("https://").to_owned(),
            title: state.map(sentence).unwrap_or_default(),
        }
    }

    /// What a statement says in its signer's own words: its claim, text, statement or reason.
    fn own_words(&self, statement: &Statement) -> Option<Phrase> {
        let claims = self.claims(statement);
        if let [first, ..] = claims.as_slice() {
            let whole: Vec<String> = claims.iter().map(view::Quote::whole).collect();
            return Some(Phrase { text: whole.join("; "), ..first.text.clone() });
        }
        let found = ["statement", "text", "reason", "note"]
            .iter()
            .find_map(|name| texts_from_value(statement.members.get(*name)?));
        self.phrase(&found?)
    }

    fn text(&self, statement: &Statement, name: &str) -> Option<Phrase> {
        self.phrase(&texts_from_value(statement.members.get(name)?)?)
    }

    /// The disputes about a record, with the words of both sides.
    pub(super) fn disputes(&self, record: &VerifiedRecord) -> Vec<view::DisputeText> {
        let standing = self.register().standing(record);
        let disputes = standing.map_or(&[][..], |standing| &standing.disputes);
        let tell = |(id, outcome): &(RecordId, Option<RecordId>)| {
            let dispute = self.register().stated(id)?;
            let statement = dispute.record().subject.as_statement()?;
            let signer = self.signer(dispute.record());
            let date = self.date(dispute.signed().created());
            let settled = outcome.as_ref().and_then(|id| self.register().stated(id));
            let told = settled.and_then(|record| record.record().subject.as_statement());
            let word = if outcome.is_some() { "dispute_over" } else { "dispute_open" };
            Some(view::DisputeText {
                is_open: outcome.is_none(),
                sentence: here(self.say(word, &[("by", &signer), ("date", &date)])),
                ground: statement.word("ground").map(|ground| self.choice(ground)),
                parties: statement
                    .list("party")
                    .iter()
                    .flat_map(|party| self.party(id, party))
                    .collect(),
                statement: self.text(statement, "statement"),
                answer: self.text(statement, "answer"),
                remedy: self.text(statement, "remedy"),
                outcome: told.and_then(|told| told.word("outcome")).map(|word| self.choice(word)),
                outcome_text: told.and_then(|told| self.text(told, "text")),
                minority: told.and_then(|told| self.text(told, "minorityStatement")),
                href: self.href(id),
                outcome_href: outcome.as_ref().and_then(|id| self.href(id)),
            })
        };
        disputes.iter().filter_map(tell).collect()
    }

    /// What stands in the way of that of which a record about pieces is: its edition and designs, if they are disputed or do
    /// not hold.
    pub(super) fn against(&self, record: &VerifiedRecord) -> Vec<view::Against> {
        let Some(statement) = record.record().subject.as_statement() else { return Vec::new() };
        let mut found = Vec::new();
        for id in named(statement, "edition") {
            found.extend(self.against_one(id, "of_edition"));
        }
        for id in self.designs_of(record) {
            found.extend(self.against_one(id, "of_design"));
        }
        found.extend(self.against_words_about(record));
        found
    }

    /// The designs that a record about pieces names, or its edition. A design that was put right is that which took its place.
    pub(super) fn designs_of(&self, record: &VerifiedRecord) -> Vec<RecordId> {
        let Some(statement) = record.record().subject.as_statement() else { return Vec::new() };
        let mut designs = named(statement, "design");
        for id in named(statement, "edition") {
            let edition = self.register().stated(&id);
            let edition = edition.and_then(|edition| edition.record().subject.as_statement());
            designs.extend(edition.into_iter().flat_map(|edition| named(edition, "design")));
        }
        let mut told = BTreeSet::new();
        designs.into_iter().map(|id| self.successor(id)).filter(|id| told.insert(*id)).collect()
    }

    /// What the makers of things with a design get, as the site tells it of each: the same words once.
    pub(super) fn payments(&self, slug: &str) -> Vec<view::Said> {
        let site = self.routes.inputs.site;
        let Ok(at) = site.designs.binary_search_by(|d| d.id.as_str().cmp(slug)) else {
            return Vec::new();
        };
        let made = site.products.iter().filter(|it| it.designs.contains(&DesignIx::of(at)));
        let mut told = BTreeSet::new();
        let texts = made.filter_map(|product| product.payment_to_maker.as_ref());
        let texts = texts.filter(|text| told.insert(text.original()));
        texts.map(|text| view::Said::from(self.phrase_of_site(text))).collect()
    }

    /// A text of the site, in the language of the page or the one that it has.
    fn phrase_of_site(&self, text: &Text) -> Phrase {
        let shown = text.shown(self.ix);
        let locale = self.routes.inputs.site.locale(shown.locale);
        match shown.is_translated {
            true => here(shown.value),
            false => Phrase {
                text: plain(shown.value),
                lang: Some(locale.tag().to_owned()),
                dir: Some(direction(locale.direction())),
                ..here("")
            },
        }
    }

    /// What stands against what is said of a record: that a certification of it does not hold any more and none took its place,
    /// and the disputes about its tags.
    fn against_words_about(&self, record: &VerifiedRecord) -> Vec<view::Against> {
        let id = record.id();
        let of_kind = |kind| {
            let all = self.register().about(&id);
            all.filter(move |other| other.record().subject.kind() == kind)
        };
        let mut found = Vec::new();
        let is_practice = record.record().practice;
        let certified =
            of_kind(Kind::Certification).filter(|it| it.record().practice == is_practice);
        if let Some(last) = certified.last().filter(|_| self.vouches_of(record).is_empty()) {
            found.extend(self.against_one(last.id(), "of_word"));
        }
        for batch in of_kind(Kind::TagBatch) {
            // That they count no more stands beside the tags.
            found.extend(
                self.against_one(batch.id(), "of_word").into_iter().filter(|it| it.is_dispute),
            );
        }
        found
    }

    /// The record that stands in the place of one, if that was put right.
    fn successor(&self, id: RecordId) -> RecordId {
        let mut last = id;
        // What replaces a record is later in the log, so this ends.
        while let Some(Condition::Superseded(by)) =
            self.routes.inputs.evidence.standing(&last).map(|standing| &standing.condition)
        {
            let is_same_kind = |id: &RecordId| {
                let kind = |id| Some(self.register().stated(id)?.record().subject.kind());
                kind(id).is_some() && kind(id) == kind(&last)
            };
            if !is_same_kind(by) {
                break;
            }
            last = *by;
        }
        last
    }

    /// Why one of them does not hold, and which disputes about it are open.
    fn against_one(&self, id: RecordId, word: &str) -> Vec<view::Against> {
        let name = match (word, self.register().find(&id)) {
            ("of_word", Some(Found::Stated(record))) => self.title(record).text,
            _ => self.reference(&id).text.text,
        };
        let of = self.say(word, &[("name", &name)]);
        let tell = |key, says, href, is_dispute| view::Against {
            key,
            of: here(of.clone()),
            says,
            href,
            is_dispute,
        };
        let record = match self.register().find(&id) {
            Some(Found::Stated(record)) => record,
            Some(Found::Gone(gone)) => {
                let by = self.signer(gone.by.record());
                let date = self.date(gone.by.signed().created());
                let state = self.sentence("withdrawn", &[("by", &by), ("date", &date)]);
                return vec![tell(state.key, state.before, self.href(&id), false)];
            }
            None => return Vec::new(),
        };
        let mut found = Vec::new();
        let state = self.state(record);
        // Of a register that cannot tell, the page says so itself.
        if !matches!(state.key, "in-force" | "unknown" | "superseded") {
            found.push(tell(state.key, state.before, self.href(&id), false));
        }
        for (at, dispute) in self.disputes(record).into_iter().enumerate() {
            if dispute.is_open {
                let place = format!("{}-dispute-{}", record::anchor(self.locale()), at + 1);
                let href = self.href(&id).map(|page| format!("{page}#{place}"));
                found.push(tell("disputed", dispute.sentence, href, true));
            }
        }
        found
    }

    /// What else the register says about a record, in the order of the log.
    pub(super) fn others(&self, id: &RecordId) -> Vec<view::OtherWord> {
        let tell = |other: &'a VerifiedRecord| {
            let is_told = self.is_register_whole();
            let said = other.record();
            let statement = said.subject.as_statement();
            let is_again = said.reissues.as_ref().is_some_and(|again| again.id == *id);
            let what = match statement.and_then(|statement| statement.word("relation")) {
                _ if is_again => here(self.word("record_reissue")),
                Some(relation) => self.choice(relation),
                None => self.kind(said.subject.kind()),
            };
            let change = statement.and_then(|statement| statement.word("newState"));
            view::OtherWord {
                what: change.map_or(what, |state| self.choice(state)),
                name: self.name(said),
                signer: self.signer(said),
                date: here(self.date(other.signed().created())),
                quote: statement.and_then(|statement| self.own_words(statement)),
                href: self.linker.page(&record::dir(&other.id())),
                no_longer: (!is_told || !self.register().is_in_force(other)).then(|| {
                    self.condition(other, self.register().standing(other), is_told).before
                }),
            }
        };
        // Of tags and pieces there may be very many: the newest few, and the rest in sentences.
        let all: Vec<&'a VerifiedRecord> = self.register().about(id).collect();
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        let mut kept: Vec<&'a VerifiedRecord> = Vec::new();
        for other in all.into_iter().rev() {
            let kind = other.record().subject.kind();
            let count = counts.entry(kind).or_default();
            *count += 1;
            if !tags::is_many(kind) || *count <= tags::LISTED {
                kept.push(other);
            }
        }
        kept.into_iter().rev().map(tell).collect()
    }

    /// Where others saw a record's subject published, by their own words, the earliest first: on a day between its
    /// signature and theirs. Their issuer's own word, or a day that cannot be, is no date beside the others.
    pub(super) fn seen(&self, id: &RecordId) -> Vec<view::Seen> {
        let target = self.register().stated(id);
        let is_possible = |other: &VerifiedRecord, on: &str| {
            target.is_some_and(|target| {
                let days = day(target.signed().created())..=day(other.signed().created());
                !other.record().issuer.same_issuer(&target.record().issuer)
                    && days.contains(&on.to_owned())
            })
        };
        let tell = |other: &'a VerifiedRecord| {
            let statement = other.record().subject.as_statement()?;
            let is_seen = self.is_register_whole()
                && statement.kind == Kind::Attestation
                && matches!(statement.word("relation"), Some("published" | "saw"))
                && self.register().is_in_force(other);
            let on = statement.word("seenOn").filter(|on| is_seen && is_possible(other, on))?;
            let seen = view::Seen {
                on: here(self.civil(on)),
                says: self
                    .words()
                    .fill("record_seen_says", &[("by", &self.signer(other.record()))]),
                at: statement.word("seenAt").map(plain),
                href: self.linker.page(&record::dir(&other.id())),
            };
            Some((on.to_owned(), seen))
        };
        let mut seen: Vec<(String, view::Seen)> =
            self.register().about(id).filter_map(tell).collect();
        seen.sort_by(|(a, _), (b, _)| a.cmp(b));
        seen.into_iter().map(|(_, seen)| seen).collect()
    }

    /// Until when a record existed at the latest, if something outside says so.
    pub(super) fn existed_by(&self, record: &VerifiedRecord) -> Option<Phrase> {
        let found = record.report().finding("existed-by")?;
        (found.verdict == Verdict::Valid).then(|| self.dated(&found.reason))
    }

    /// What the judge says of a date from outside, in the page's words; in its own, if it says it
    /// another way than pages know.
    pub(super) fn dated(&self, reason: &str) -> Phrase {
        let told = reason.strip_prefix("existed no later than ").and_then(|told| {
            let ways = [("; dated by ", "record_dated_by"), ("; seen by ", "record_seen_by")];
            ways.iter().find_map(|(between, word)| Some((told.split_once(between)?, *word)))
        });
        match told {
            Some(((at, by), word)) => {
                here(self.say(word, &[("date", &self.civil(at)), ("by", &plain(by))]))
            }
            None => self.english(reason),
        }
    }

    /// Where a record stands in the register.
    pub(super) fn entry(&self, record: &VerifiedRecord) -> Option<String> {
        let proof = record.proof()?;
        let (number, size) =
            (self.number(proof.index + 1), self.number(proof.checkpoint.head().size));
        Some(self.say("record_entry", &[("number", &number), ("size", &size)]))
    }

    /// The page of a design on this site.
    pub(super) fn design_page(&self, slug: &str) -> Option<String> {
        let site = self.routes.inputs.site;
        let at = site.designs.binary_search_by(|d| d.id.as_str().cmp(slug)).ok()?;
        Some(self.linker.page(&self.routes.dir(self.ix, Page::Design(DesignIx::of(at), 1))))
    }
}

/// A state in one sentence, as plain text.
/// The record that a member refers to.
/// The records that a member of a statement names.
fn named(statement: &Statement, member: &str) -> Vec<RecordId> {
    match statement.members.get(member) {
        Some(Value::Array(all)) => all.iter().filter_map(record_id).collect(),
        Some(one) => record_id(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn record_id(found: &Value) -> Option<RecordId> {
    let digest = found.text("digestSRI").and_then(Sha256Digest::from_sri)?;
    found.text("id").and_then(Uuid::from_urn).map(|_| RecordId::from_bytes(digest.0))
}

fn sentence(state: &view::RecordState) -> String {
    let quotes: Vec<String> = state.quotes.iter().map(view::Quote::whole).collect();
    format!("{}{}{}", state.before.text, quotes.join("; "), state.after.text)
}

/// A value that is an address of the web, and nothing else, as a link to it.
fn linked(value: view::FactValue) -> view::FactValue {
    let text = &value.text.text;
    // Behind a user name the host would be hard to see.
    let is_address = kind::is_address(text) && !text.contains('@');
    match value.href.is_none() && is_address {
        true => view::FactValue { href: Some(text.clone()), ..value },
        false => value,
    }
}

fn value(text: Phrase) -> view::FactValue {
    view::FactValue { text, href: None, is_code: false, parts: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_web_alone_is_a_link() {
        for (text, is_link) in [
            ("https://brand.example/designs/river-path/?a=b#c", true),
            ("http://brand.example/", false),
            ("https://", false),
            ("https://brand.example/ and more", false),
            ("https://bank.example@brand.example/", false),
            ("javascript:alert(1)//https://", false),
            ("sha256 00", false),
        ] {
            let found = linked(value(here(text)));
            assert_eq!(found.href.as_deref(), is_link.then_some(text), "{text}");
        }
        let own = view::FactValue { href: Some("../".to_owned()), ..value(here("https://a.b")) };
        assert_eq!(linked(own).href.as_deref(), Some("../"), "a page of this site stays one");
    }

    #[test]
    fn a_text_is_picked_by_language() {
        let texts: Texts = [("es", "manta"), ("en", "blanket"), ("pt-BR", "cobertor")]
            .map(|(language, text)| LangText { language: language.into(), text: text.into() })
            .into();
        for (tag, expected) in
            [("en", "blanket"), ("en-GB", "blanket"), ("pt", "cobertor"), ("fr", "manta")]
        {
            let locale: Locale = tag.parse().expect("a tag");
            assert_eq!(pick(&texts, &locale).map(|t| t.text.as_str()), Some(expected), "{tag}");
        }
        assert_eq!(pick(&Texts::new(), &"en".parse().expect("a tag")), None);
    }

    #[test]
    fn members_have_words() {
        for (name, word) in [
            ("placeOfOrigin", "field_place_of_origin"),
            ("holder's wish", "field_holders_wish"),
            ("TagVoid", "field_tag_void"),
            ("selvedge.seal/1", "field_selvedgeseal1"),
        ] {
            assert_eq!(word_name("field_", name), word);
        }
    }

    #[test]
    fn every_kind_member_and_choice_has_a_word() {
        fn see(form: &Form, missing: &mut Vec<String>, words: &Words) {
            let mut need = |name: String| {
                if words.find(&name).is_none() {
                    missing.push(name);
                }
            };
            match form {
                Form::Choice(choices) => {
                    choices.iter().for_each(|choice| need(word_name("choice_", choice)));
                }
                Form::List(inner) => see(inner, missing, words),
                Form::Object(fields) => {
                    for field in *fields {
                        need(word_name("field_", field.name));
                    }
                    fields.iter().for_each(|field| see(&field.form, missing, words));
                }
                _ => {}
            }
        }
        let theme =
            crate::theme::Theme::load(None, &crate::theme::Own::default()).expect("a theme");
        let words = theme.words("en");
        let mut missing = Vec::new();
        // Status lists have no page.
        for kind in Kind::all().filter(|kind| *kind != Kind::Snapshot) {
            let name = word_name("record_kind_", kind.name());
            assert!(words.find(&name).is_some(), "{name}");
            for field in kind.fields() {
                if words.find(&word_name("field_", field.name)).is_none() {
                    missing.push(field.name.to_owned());
                }
                see(&field.form, &mut missing, &words);
            }
        }
        missing.retain(|name| !["choice_selvedgeseal1", "photograph"].contains(&name.as_str()));
        assert_eq!(missing, [""; 0]);
    }
}
