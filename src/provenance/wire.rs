//! The bytes of a record: the one way to write it, and the quick way to read what was written so.
//!
//! A record has one canonical form, which leaves no choice but the values in it. So [`read`] goes
//! along the bytes as they would be written ([`Along`]): what is always the same, or follows from values that were read, must stand
//! there to the byte; texts with escapes and what is signed of other kinds are compared with what the writer makes of
//! them ([`Compared`]); and every value has one spelling.
//! Whatever comes to the end is strict JSON, canonical, with no other member and no member twice, and nothing was
//! written or kept for finding that out. All else goes the long way of [`SignedRecord::parse`], which names the
//! check that failed. Where assertions are on, as in tests and fuzzers, each record that was read is written again and must
//! give the same bytes; the tests below and the fuzz target `record` hold both ways together.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use data_encoding::{BASE64, HEXLOWER};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::did::{self, Did, DidWeb};
use super::jcs::{self, Sink};
use super::json::{self, Value};
use super::key::VerifierKey;
use super::kind::{self, Kind, RecordRef, Statement};
use super::log::RecordId;
use super::record::{
    CONTEXT_PATH, Design, LangText, Photograph, Record, Sha256Digest, SignedRecord, Story, Subject,
    Texts, Uuid, W3C_CONTEXT, context_digest, is_language_tag,
};
use super::status::{self, StatusEntry};
use super::{credential, instant, multibase};

/// Writes members in the order of their names, at least one.
struct Members<'a, S> {
    out: &'a mut S,
    last: &'static str,
}

impl<'a, S: Sink> Members<'a, S> {
    fn begin(out: &'a mut S) -> Self {
        Self { out, last: "" }
    }

    /// Writes a name, and gives where its value goes.
    fn name(&mut self, name: &'static str) -> &mut S {
        // Names of ours are ASCII, whose bytes sort as UTF-16 does.
        debug_assert!(self.last < name, "{name} stands behind {}", self.last);
        self.out.put(if self.last.is_empty() { b"{\"" } else { b",\"" });
        self.last = name;
        self.out.put(name.as_bytes());
        self.out.put(b"\":");
        self.out
    }

    /// Writes a member that is text.
    fn text(&mut self, name: &'static str, text: &str) {
        jcs::push_text(self.name(name), text);
    }

    /// Writes a member that is text of letters, digits and signs that stand for themselves.
    fn plain(&mut self, name: &'static str, parts: &[&str]) {
        plain(self.name(name), parts);
    }

    fn texts(&mut self, name: &'static str, texts: &Texts) {
        if !texts.is_empty() {
            put_texts(self.name(name), texts);
        }
    }

    fn list<T>(&mut self, name: &'static str, items: &[T], put: impl Fn(&mut S, &T)) {
        if !items.is_empty() {
            put_list(self.name(name), items, put);
        }
    }

    fn end(self) {
        self.out.put(b"}");
    }
}

/// Whether a text has only letters, digits and signs that stand for themselves.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

fn plain(out: &mut impl Sink, parts: &[&str]) {
    out.put(b"\"");
    for part in parts {
        debug_assert!(is_plain(part), "{part}");
        out.put(part.as_bytes());
    }
    out.put(b"\"");
}

fn put_list<S: Sink, T>(out: &mut S, items: &[T], put: impl Fn(&mut S, &T)) {
    out.put(b"[");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.put(b",");
        }
        put(out, item);
    }
    out.put(b"]");
}

fn put_texts<S: Sink>(out: &mut S, texts: &Texts) {
    put_list(out, texts, |out, text| {
        let mut members = Members::begin(out);
        members.text("@language", &text.language);
        members.text("@value", &text.text);
        members.end();
    });
}

/// A digest in the manner of Subresource Integrity.
fn put_sri(out: &mut impl Sink, sha256: Sha256Digest) {
    let mut text = [0; 44];
    BASE64.encode_mut(&sha256.0, &mut text);
    out.put(b"\"sha256-");
    out.put(&text);
    out.put(b"\"");
}

/// The address of [`Photograph::path`].
fn put_photograph_url(out: &mut impl Sink, base: &str, photograph: &Photograph) {
    let mut hex = [0; 64];
    let hex = HEXLOWER.encode_mut_str(&photograph.sha256.0, &mut hex);
    plain(out, &[base, Photograph::FOLDER, hex, ".", photograph.media.extension()]);
}

/// One file that a record binds.
fn put_resource<S: Sink>(
    out: &mut S,
    put_url: impl FnOnce(&mut S),
    media_type: &str,
    sha256: Sha256Digest,
) {
    let mut members = Members::begin(out);
    put_sri(members.name("digestSRI"), sha256);
    put_url(members.name("id"));
    members.plain("mediaType", &[media_type]);
    members.end();
}

pub(super) fn put_design<S: Sink>(out: &mut S, design: &Design, base: &str) {
    let terms = |out: &mut S, texts: &Texts| {
        let mut members = Members::begin(out);
        put_texts(members.name("name"), texts);
        members.end();
    };
    let mut members = Members::begin(out);
    members.texts("alsoUsedBy", &design.also_used_by);
    members.texts("attribution", &design.attribution);
    members.texts("description", &design.description);
    if let Some(kind) = &design.design_kind {
        members.text("designKind", kind);
    }
    members.texts("designedBy", &design.designed_by);
    members.texts("disclosureNote", &design.disclosure_note);
    members.texts("heldBy", &design.held_by);
    if let Some(kind) = &design.holder_kind {
        members.text("holderKind", kind);
    }
    members.text("id", &format!("{base}designs/{}/", design.slug));
    members.list("material", &design.materials, terms);
    members.list("motif", &design.motifs, terms);
    members.texts("name", &design.name);
    members.texts("notClaimed", &design.not_claimed);
    members.list("photograph", &design.photographs, |out, photograph| {
        let mut members = Members::begin(out);
        members.texts("description", &photograph.description);
        put_photograph_url(members.name("id"), base, photograph);
        jcs::push_count(members.name("orientation"), photograph.orientation.into());
        members.end();
    });
    members.texts("placeOfOrigin", &design.place_of_origin);
    members.texts("saidToDateFrom", &design.said_to_date_from);
    members.list("story", &design.stories, |out, story| {
        let mut members = Members::begin(out);
        put_sri(members.name("digestSRI"), story.sha256);
        members.text("inLanguage", &story.language);
        members.plain("mediaType", &["text/markdown"]);
        members.end();
    });
    members.texts("technique", &design.technique);
    members.end();
}

fn put_context(out: &mut impl Sink, base: &str) {
    out.put(b"[");
    plain(out, &[W3C_CONTEXT]);
    out.put(b",");
    plain(out, &[base, CONTEXT_PATH]);
    out.put(b"]");
}

fn put_status(out: &mut impl Sink, base: &str, position: u64) {
    let StatusEntry { list, index, .. } = StatusEntry::of(status::Purpose::ALL[0], position);
    let (list, index) = (list.to_string(), index.to_string());
    put_list(out, &status::Purpose::ALL, |out, purpose| {
        let (before, behind) = status::LIST_PATH;
        let list = [base, before, purpose.name(), "-", &list, behind];
        let [a, b, c, d, e, f] = list;
        let mut members = Members::begin(out);
        members.plain("id", &[a, b, c, d, e, f, "#", &index]);
        members.plain("statusListCredential", &list);
        members.plain("statusListIndex", &[&index]);
        members.plain("statusPurpose", &[purpose.name()]);
        members.plain("type", &["BitstringStatusListEntry"]);
        members.end();
    });
}

/// The files that a record binds: what its members mean, and its photographs.
fn put_resources(out: &mut impl Sink, base: &str, photographs: &[Photograph]) {
    out.put(b"[");
    let context = |out: &mut _| plain(out, &[base, CONTEXT_PATH]);
    put_resource(out, context, "application/ld+json", context_digest());
    for photograph in photographs {
        out.put(b",");
        let url = |out: &mut _| put_photograph_url(out, base, photograph);
        put_resource(out, url, photograph.media.media_type(), photograph.sha256);
    }
    out.put(b"]");
}

/// Writes what is signed of a record.
pub(super) fn document(record: &Record) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2048);
    let (base, issuer) = (record.base.base_url(), record.issuer.to_string());
    put_document(&mut bytes, record, &base, &issuer, |_| ());
    bytes
}

fn photographs<'a>(subject: &'a Subject, base: &str) -> Cow<'a, [Photograph]> {
    match subject {
        Subject::Design(design) => Cow::Borrowed(&design.photographs),
        Subject::Statement(statement) => Cow::Owned(statement.photographs(base)),
    }
}

/// Writes a record whose files hang on that address, with its proof or without.
fn put_document<S: Sink>(
    out: &mut S,
    record: &Record,
    base: &str,
    issuer: &str,
    put_proof: impl FnOnce(&mut Members<'_, S>),
) {
    let mut members = Members::begin(out);
    put_context(members.name("@context"), base);
    if let Some(position) = record.position {
        put_status(members.name("credentialStatus"), base, position);
    }
    let subject = members.name("credentialSubject");
    match &record.subject {
        Subject::Design(design) => put_design(subject, design, base),
        Subject::Statement(statement) => jcs::push_members(subject, &statement.members),
    }
    members.plain("id", &["urn:uuid:", record.uuid.as_str()]);
    members.plain("issuer", &[issuer]);
    put_proof(&mut members);
    if let Some(reissued) = &record.reissues {
        jcs::push(members.name("reissues"), &reissued.to_value());
    }
    put_resources(members.name("relatedResource"), base, &photographs(&record.subject, base));
    let kinds = members.name("type");
    kinds.put(b"[\"VerifiableCredential\",");
    plain(kinds, &[record.subject.kind().name()]);
    if record.practice {
        kinds.put(b",\"PracticeRecord\"");
    }
    kinds.put(b"]");
    members.plain("validFrom", &[&instant::format(record.valid_from)]);
    if let Some(until) = record.valid_until {
        members.plain("validUntil", &[&instant::format(until)]);
    }
    members.end();
}

/// Text that what is written should be, compared as it comes.
struct Compared<'a> {
    /// What is left to compare; none once something differed.
    rest: Option<&'a [u8]>,
}

impl Sink for Compared<'_> {
    #[inline]
    fn put(&mut self, piece: &[u8]) {
        self.rest = self.rest.and_then(|rest| rest.strip_prefix(piece));
    }
}

/// Where the proof stands in the bytes of a record.
struct ProofPlace {
    /// Its member, with the comma behind.
    member: Range<usize>,
    /// Its object.
    object: Range<usize>,
    /// Within that, the member of its value, with the comma before.
    value: Range<usize>,
}

impl ProofPlace {
    /// What the key signs, and the id of the record.
    ///
    /// Document and record begin with the same bytes, which are hashed once.
    fn hash(&self, bytes: &[u8]) -> ([u8; 64], RecordId) {
        let config = Sha256::new_with_prefix(&bytes[self.object.start..self.value.start])
            .chain_update(&bytes[self.value.end..self.object.end])
            .finalize();
        let begun = Sha256::new_with_prefix(&bytes[..self.member.start]);
        let document = begun.clone().chain_update(&bytes[self.member.end..]).finalize();
        let whole = begun.chain_update(&bytes[self.member.start..]).finalize();
        let mut signed = [0; 64];
        signed[..32].copy_from_slice(&config);
        signed[32..].copy_from_slice(&document);
        (signed, RecordId::from_bytes(whole.into()))
    }
}

/// Goes along a record as it is written, byte by byte: each step passes what stands there in its one
/// spelling, or gives `None`.
struct Along<'a> {
    rest: &'a str,
    /// Whether an object begins here.
    begins: bool,
}

impl<'a> Along<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, begins: true }
    }

    /// Passes what is always the same. Its length is known when this is compiled, so that comparing takes a step or two.
    #[inline(always)]
    fn pass<const N: usize>(&mut self, fixed: &[u8; N]) -> Option<()> {
        if self.rest.as_bytes().first_chunk()? != fixed {
            return None;
        }
        self.rest = self.rest.get(N..)?;
        Some(())
    }

    /// Passes a text that stands here as it is.
    #[inline]
    fn pass_text(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// Passes what is written so.
    #[inline]
    fn pass_written(&mut self, write: impl FnOnce(&mut Compared<'a>)) -> Option<()> {
        let mut compared = Compared { rest: Some(self.rest.as_bytes()) };
        write(&mut compared);
        self.rest = self.rest.get(self.rest.len() - compared.rest?.len()..)?;
        Some(())
    }

    /// Says that an object begins here, which [`Along::member`] passes.
    fn begin(&mut self) {
        self.begins = true;
    }

    fn end(&mut self) -> Option<()> {
        self.pass(b"}")
    }

    /// Passes the name of a member, if it is the one that stands there.
    #[inline(always)]
    fn member<const N: usize>(&mut self, name: &[u8; N]) -> Option<()> {
        let from = self.rest;
        let mark = if self.begins { b"{\"" } else { b",\"" };
        let passed =
            self.pass(mark).and_then(|()| self.pass(name)).and_then(|()| self.pass(b"\":"));
        match passed {
            Some(()) => self.begins = false,
            // Members that may be left out are looked for.
            None => self.rest = from,
        }
        passed
    }

    /// Passes everything before that sign, and the sign.
    #[inline]
    fn past(&mut self, sign: u8) -> Option<&'a str> {
        let at = memchr::memchr(sign, self.rest.as_bytes())?;
        let (before, behind) = self.rest.split_at_checked(at)?;
        self.rest = behind.get(1..)?;
        Some(before)
    }

    /// Passes a text, as far as the next quotation mark. Whoever takes it knows that nothing in it is escaped.
    #[inline]
    fn plain(&mut self) -> Option<&'a str> {
        self.pass(b"\"")?;
        self.past(b'"')
    }

    /// Passes a member that is such a text.
    #[inline]
    fn plain_member<const N: usize>(&mut self, name: &[u8; N]) -> Option<&'a str> {
        self.member(name)?;
        self.plain()
    }

    /// Passes a member that always says the same.
    #[inline]
    fn fixed_member<const N: usize>(&mut self, name: &[u8; N], text: &str) -> Option<()> {
        self.member(name)?;
        self.pass(b"\"")?;
        self.pass_text(text)?;
        self.pass(b"\"")
    }

    /// Passes any value, in whichever spelling.
    fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter();
        let value = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(value)
    }

    /// Passes a text that is not empty.
    fn text(&mut self) -> Option<String> {
        let from = Self { ..*self };
        let text = self.plain()?;
        if jcs::stands_for_itself(text) {
            return (!text.is_empty()).then(|| text.to_owned());
        }
        *self = from;
        let text: String = Self { ..*self }.value()?;
        self.pass_written(|out| jcs::push_text(out, &text))?;
        Some(text)
    }

    /// Passes a list with something in it.
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.pass(b"[")?;
        // Most lists are texts in one language or two.
        let mut items = Vec::with_capacity(2);
        items.push(item(self)?);
        while self.pass(b",").is_some() {
            items.push(item(self)?);
        }
        self.pass(b"]")?;
        Some(items)
    }

    /// Passes a member that is a list, or is not there.
    #[inline]
    fn items<T, const N: usize>(
        &mut self,
        name: &[u8; N],
        item: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.member(name) {
            Some(()) => self.list(item),
            None => Some(Vec::new()),
        }
    }

    fn language<const N: usize>(&mut self, name: &[u8; N]) -> Option<String> {
        self.plain_member(name).filter(|tag| is_language_tag(tag)).map(str::to_owned)
    }

    fn lang_text(&mut self) -> Option<LangText> {
        self.begin();
        let language = self.language(b"@language")?;
        self.member(b"@value")?;
        let text = self.text()?;
        self.end()?;
        Some(LangText { language, text })
    }

    #[inline]
    fn texts<const N: usize>(&mut self, name: &[u8; N]) -> Option<Texts> {
        self.items(name, Self::lang_text)
    }

    fn term(&mut self) -> Option<Texts> {
        self.begin();
        self.member(b"name")?;
        let texts = self.list(Self::lang_text)?;
        self.end()?;
        Some(texts)
    }

    fn word<const N: usize>(&mut self, name: &[u8; N]) -> Option<Option<String>> {
        match self.member(name) {
            Some(()) => self.text().map(Some),
            None => Some(None),
        }
    }

    fn photograph(&mut self, base: &str) -> Option<Photograph> {
        self.begin();
        let description = self.texts(b"description")?;
        let path = self.plain_member(b"id")?.strip_prefix(base)?;
        let (sha256, media) = Photograph::parse_path(path)?;
        self.member(b"orientation")?;
        let orientation = match self.past(b'}')?.as_bytes() {
            [digit @ b'1'..=b'8'] => digit - b'0',
            _ => return None,
        };
        Some(Photograph { sha256, media, orientation, description })
    }

    fn story(&mut self) -> Option<Story> {
        self.begin();
        let sha256 = Sha256Digest::from_sri(self.plain_member(b"digestSRI")?)?;
        let language = self.language(b"inLanguage")?;
        self.fixed_member(b"mediaType", "text/markdown")?;
        self.end()?;
        Some(Story { language, sha256 })
    }

    fn slug(&mut self, base: &str) -> Option<String> {
        let id = self.plain_member(b"id")?.strip_prefix(base)?;
        let slug = id.strip_prefix("designs/")?.strip_suffix('/')?;
        Some(slug).filter(|slug| Design::is_slug(slug)).map(str::to_owned)
    }

    /// Passes a subject that is a design.
    fn design(&mut self, base: &str) -> Option<Box<Design>> {
        self.begin();
        let design = Box::new(Design {
            also_used_by: self.texts(b"alsoUsedBy")?,
            attribution: self.texts(b"attribution")?,
            description: self.texts(b"description")?,
            design_kind: self.word(b"designKind")?,
            designed_by: self.texts(b"designedBy")?,
            disclosure_note: self.texts(b"disclosureNote")?,
            held_by: self.texts(b"heldBy")?,
            holder_kind: self.word(b"holderKind")?,
            slug: self.slug(base)?,
            materials: self.items(b"material", Self::term)?,
            motifs: self.items(b"motif", Self::term)?,
            name: Some(self.texts(b"name")?).filter(|name| !name.is_empty())?,
            not_claimed: self.texts(b"notClaimed")?,
            photographs: self.items(b"photograph", |along| along.photograph(base))?,
            place_of_origin: self.texts(b"placeOfOrigin")?,
            said_to_date_from: self.texts(b"saidToDateFrom")?,
            stories: self.items(b"story", Self::story)?,
            technique: self.texts(b"technique")?,
        });
        self.end()?;
        Some(design)
    }

    /// Passes the contexts, and gives the address that ours hangs on.
    fn context(&mut self) -> Option<&'a str> {
        self.pass(b"[\"")?;
        self.pass_text(W3C_CONTEXT)?;
        self.pass(b"\",")?;
        let base = self.plain()?.strip_suffix(CONTEXT_PATH)?;
        self.pass(b"]")?;
        is_plain(base).then_some(base)
    }

    /// Passes the contexts of a record that hangs on that address.
    fn context_of(&mut self, base: &str) -> Option<()> {
        self.pass(b"[\"")?;
        self.pass_text(W3C_CONTEXT)?;
        self.pass(b"\",\"")?;
        self.pass_text(base)?;
        self.pass_text(CONTEXT_PATH)?;
        self.pass(b"\"]")
    }

    /// Passes decimal digits.
    fn digits(&mut self) -> Option<&'a str> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, behind) = self.rest.split_at_checked(len)?;
        self.rest = behind;
        Some(digits)
    }

    /// Passes the address of a status list as far as its number.
    #[inline]
    fn list_url(&mut self, base: &str, purpose: status::Purpose) -> Option<()> {
        self.pass(b"\"")?;
        self.pass_text(base)?;
        self.pass_text(status::LIST_PATH.0)?;
        self.pass_text(purpose.name())?;
        self.pass(b"-")
    }

    /// Passes the place in the status lists.
    fn position(&mut self, base: &str) -> Option<u64> {
        // Both entries name one list number and one index, each twice or three times.
        let mut place: Option<(&str, &str)> = None;
        self.pass(b"[")?;
        for purpose in status::Purpose::ALL {
            if place.is_some() {
                self.pass(b",")?;
            }
            self.begin();
            self.member(b"id")?;
            self.list_url(base, purpose)?;
            let list = self.digits()?;
            self.pass_text(status::LIST_PATH.1)?;
            self.pass(b"#")?;
            let index = self.digits()?;
            self.pass(b"\"")?;
            self.member(b"statusListCredential")?;
            self.list_url(base, purpose)?;
            self.pass_text(list)?;
            self.pass_text(status::LIST_PATH.1)?;
            self.pass(b"\"")?;
            self.fixed_member(b"statusListIndex", index)?;
            self.fixed_member(b"statusPurpose", purpose.name())?;
            self.fixed_member(b"type", "BitstringStatusListEntry")?;
            self.end()?;
            if *place.get_or_insert((list, index)) != (list, index) {
                return None;
            }
        }
        self.pass(b"]")?;
        let (list, index) = place?;
        StatusEntry::parse_position(list, index)
    }

    /// Passes a digest in the manner of Subresource Integrity.
    fn sri(&mut self, sha256: Sha256Digest) -> Option<()> {
        let mut text = [0; 44];
        BASE64.encode_mut(&sha256.0, &mut text);
        self.pass(b"\"sha256-")?;
        self.pass(&text)?;
        self.pass(b"\"")
    }

    /// Passes one file that a record binds.
    #[inline]
    fn resource(
        &mut self,
        pass_url: impl FnOnce(&mut Self) -> Option<()>,
        media_type: &str,
        sha256: Sha256Digest,
    ) -> Option<()> {
        self.begin();
        self.member(b"digestSRI")?;
        self.sri(sha256)?;
        self.member(b"id")?;
        self.pass(b"\"")?;
        pass_url(self)?;
        self.pass(b"\"")?;
        self.fixed_member(b"mediaType", media_type)?;
        self.end()
    }

    /// Passes the files that a record binds.
    fn resources(&mut self, base: &str, photographs: &[Photograph]) -> Option<()> {
        self.pass(b"[")?;
        let context = |along: &mut Self| {
            along.pass_text(base)?;
            along.pass_text(CONTEXT_PATH)
        };
        self.resource(context, "application/ld+json", context_digest())?;
        for photograph in photographs {
            self.pass(b",")?;
            let url = |along: &mut Self| {
                let mut hex = [0; 64];
                HEXLOWER.encode_mut(&photograph.sha256.0, &mut hex);
                along.pass_text(base)?;
                along.pass_text(Photograph::FOLDER)?;
                along.pass(&hex)?;
                along.pass(b".")?;
                along.pass_text(photograph.media.extension())
            };
            self.resource(url, photograph.media.media_type(), photograph.sha256)?;
        }
        self.pass(b"]")
    }
}

/// A verification method that was read, as the records of one register name a handful of them.
struct Method {
    text: String,
    /// The issuer as it is written in a record.
    name: String,
    issuer: Did,
    /// The address in the name of the issuer, if one stands there.
    base: Option<String>,
    key: VerifierKey,
}

/// Most verification methods that a thread remembers.
const METHODS: usize = 16;

impl Method {
    fn parse(text: &str) -> Option<Self> {
        let (issuer, key) = did::parse_verification_method(text)?;
        let name = issuer.to_string();
        let is_named = text.strip_prefix(&name).is_some_and(|key| key.starts_with('#'));
        let base = issuer.as_web().map(DidWeb::base_url);
        is_named.then(|| Self { text: text.to_owned(), name, issuer, base, key })
    }

    /// Reads a verification method, or remembers it. A pure function either way.
    fn read(text: &str) -> Option<Rc<Self>> {
        thread_local! {
            static SEEN: RefCell<Vec<Rc<Method>>> = const { RefCell::new(Vec::new()) };
        }
        SEEN.with_borrow_mut(|seen| {
            if let Some(known) = seen.iter().find(|known| known.text == text) {
                return Some(Rc::clone(known));
            }
            let method = Rc::new(Self::parse(text)?);
            if seen.len() == METHODS {
                seen.remove(0);
            }
            seen.push(Rc::clone(&method));
            Some(method)
        })
    }
}

/// Reads a record that is written in the one way there is, with every check of its own bytes; `None` for everything
/// else, whatever is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Option<SignedRecord> {
    if bytes.len() > credential::MAX_BYTES {
        return None;
    }
    let mut along = Along::new(simdutf8::basic::from_utf8(bytes).ok()?);
    let at = |along: &Along<'_>| bytes.len() - along.rest.len();
    let strictly = |text: &str| json::parse(text.as_bytes()).ok();
    let is = |text: &str, write: &dyn Fn(&mut Compared<'_>)| {
        let mut along = Along::new(text);
        along.pass_written(write).filter(|()| along.rest.is_empty())
    };

    along.member(b"@context")?;
    let base = along.context()?;
    let position = match along.member(b"credentialStatus") {
        Some(()) => Some(along.position(base)?),
        None => None,
    };
    along.member(b"credentialSubject")?;
    // Which kind it is stands behind it.
    let (from, design) = (along.rest, along.design(base));
    let mut members = "";
    if design.is_none() {
        along = Along { rest: from, begins: false };
        members = along.value::<&RawValue>()?.get();
    }
    let uuid = Uuid::from_urn(along.plain_member(b"id")?)?;
    let issuer = along.plain_member(b"issuer")?;

    let member = at(&along) + ",".len();
    along.member(b"proof")?;
    let object = at(&along);
    along.begin();
    along.member(b"@context")?;
    along.context_of(base)?;
    let created = instant::parse(along.plain_member(b"created")?)?;
    along.fixed_member(b"cryptosuite", credential::CRYPTOSUITE)?;
    along.fixed_member(b"proofPurpose", credential::PURPOSE)?;
    let before_value = at(&along);
    let signature = multibase::decode_64(along.plain_member(b"proofValue")?)?;
    let behind_value = at(&along);
    along.fixed_member(b"type", credential::PROOF_TYPE)?;
    let method = Method::read(along.plain_member(b"verificationMethod")?)?;
    along.end()?;
    let place = ProofPlace {
        member: member..at(&along) + ",".len(),
        object: object..at(&along),
        value: before_value..behind_value,
    };

    let reissues = match along.member(b"reissues") {
        Some(()) => {
            let raw = along.value::<&RawValue>()?.get();
            let reissued = RecordRef::from_value(&strictly(raw)?)?;
            is(raw, &|out| jcs::push(out, &reissued.to_value()))?;
            Some(reissued)
        }
        None => None,
    };
    along.member(b"relatedResource")?;
    let from = along.rest;
    along.past(b']')?;
    let resources = &from[..from.len() - along.rest.len()];
    along.member(b"type")?;
    along.pass(b"[\"VerifiableCredential\",")?;
    let kind = Kind::parse(along.plain()?)?;
    let practice = along.pass(b",\"PracticeRecord\"").is_some();
    along.pass(b"]")?;
    let valid_from = instant::parse(along.plain_member(b"validFrom")?)?;
    let valid_until = match along.member(b"validUntil") {
        Some(()) => Some(instant::parse(along.plain()?)?),
        None => None,
    };
    along.end()?;
    if !along.rest.is_empty() || issuer != method.name {
        return None;
    }

    let subject = match (kind, design) {
        (Kind::Design, design) => Subject::Design(design?),
        (_, Some(_)) => return None,
        (kind, None) => {
            let value = strictly(members)?;
            json::profile(&value).ok()?;
            is(members, &|out| jcs::push(out, &value))?;
            let Value::Object(members) = value else { return None };
            kind::check(kind, &members, base).ok()?;
            Subject::Statement(Statement { kind, members })
        }
    };
    let mut files = Along::new(resources);
    files.resources(base, &photographs(&subject, base)).filter(|()| files.rest.is_empty())?;
    let record = Record {
        uuid,
        issuer: method.issuer.clone(),
        base: match method.issuer.as_web() {
            Some(web) if method.base.as_deref() == Some(base) => web.clone(),
            _ => DidWeb::from_base_url(base).filter(|web| web.base_url() == base)?,
        },
        practice,
        valid_from,
        valid_until,
        position,
        reissues,
        subject,
    };
    record.rules().ok()?;
    debug_assert_eq!(written(&record, &bytes[place.object.clone()]), bytes, "the one way");
    let (signed, id) = place.hash(bytes);
    let holds = method.key.verify_strict(&signed, &signature);
    holds.then(|| SignedRecord::new(bytes, id, record, created, method.key))
}

/// Writes a record with its proof.
fn written(record: &Record, proof: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (base, issuer) = (record.base.base_url(), record.issuer.to_string());
    put_document(&mut bytes, record, &base, &issuer, |members| members.name("proof").put(proof));
    bytes
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::provenance::key::{Signer as _, TestSigner};
    use crate::provenance::record::tests::{sample, text};

    fn signed(change: impl FnOnce(&mut Record)) -> Vec<u8> {
        let mut record = sample();
        change(&mut record);
        let created = instant::parse("2026-11-02T03:04:05Z").expect("a time");
        let signer = TestSigner::from_seed([9; 32]);
        record.sign(created, &signer).expect("it is signed").bytes().to_vec()
    }

    #[test]
    fn every_record_of_ours_is_read_the_quick_way() {
        let records = [
            signed(|_| {}),
            signed(|record| record.practice = true),
            signed(|record| record.position = None),
            signed(|record| record.valid_until = None),
            signed(|record| {
                let Subject::Design(design) = &mut record.subject else { unreachable!() };
                design.name[0].text = "\"Río\"\t\\ \u{7f}\u{2028} 😀".to_owned();
                design.photographs.clear();
            }),
        ];
        for bytes in records {
            let quick = read(&bytes).expect("it is read");
            assert_eq!(SignedRecord::parse_step_by_step(&bytes), Ok(quick));
        }
    }

    #[test]
    fn what_is_altered_anywhere_is_not_read_the_quick_way() {
        let bytes = signed(|_| {});
        for at in 0..bytes.len() {
            for flip in [1, 0x20] {
                let mut altered = bytes.clone();
                altered[at] ^= flip;
                assert_eq!(read(&altered), None, "byte {at}");
            }
            let mut longer = bytes.clone();
            longer.insert(at, b' ');
            assert_eq!(read(&longer), None, "a space at {at}");
        }
    }

    #[test]
    fn a_signature_over_what_is_no_record_is_not_enough() {
        // Signed as it stands, and read by nobody: another spelling, a member more, a member twice.
        let text = String::from_utf8(signed(|_| {})).expect("text");
        let resigned = |text: &str| -> Vec<u8> {
            let Ok(Value::Object(mut document)) = json::parse(text.as_bytes()) else {
                return text.as_bytes().to_vec();
            };
            document.remove("proof");
            let created = instant::parse("2026-11-02T03:04:05Z").expect("a time");
            let signer = TestSigner::from_seed([9; 32]);
            let issuer = sample().issuer;
            let signed = credential::Credential::sign(document, &issuer, created, &signer);
            jcs::encode(&Value::Object(signed))
        };
        assert!(read(&resigned(&text)).is_some());
        for (from, to) in [
            ("\"orientation\":6", "\"orientation\":9"),
            ("\"orientation\":6", "\"orientation\":0"),
            ("\"@language\":\"fr\"", "\"@language\":\"f\""),
            ("\"type\":[\"VerifiableCredential\",", "\"type\":[\"VerifiablePresentation\","),
            ("\"validFrom\":", "\"somethingElse\":true,\"validFrom\":"),
            ("\"designKind\":\"", "\"designKind\":\"\",\"zKind\":\""),
            ("designs/", "Designs/"),
        ] {
            assert!(text.contains(from), "{from}");
            let bytes = resigned(&text.replacen(from, to, 1));
            assert_eq!(read(&bytes), None, "{to}");
            assert!(SignedRecord::parse(&bytes).is_err(), "{to}");
        }
    }

    /// Signs bytes as they stand, with the proof cut out of them by hand: the worst that somebody with the key can do.
    fn signed_as_it_stands(bytes: &[u8]) -> Option<Vec<u8>> {
        let find = |what: &[u8], from: usize| {
            let rest = bytes.get(from..)?;
            Some(from + rest.windows(what.len()).position(|window| window == what)?)
        };
        let member = find(b"\"proof\":{", 0)?;
        let value = find(b",\"proofValue\":\"", member)?;
        let behind_value = find(b"\",", value)? + 1;
        let behind = find(b"},", behind_value)? + 1;
        let config = [&bytes[member + 8..value], &bytes[behind_value..behind]].concat();
        let document = [&bytes[..member], &bytes[behind + 1..]].concat();
        let hashes = [Sha256::digest(config), Sha256::digest(document)].concat();
        let signature = TestSigner::from_seed([9; 32]).sign(&hashes);
        let begin = value + b",\"proofValue\":\"".len();
        let proof_value = multibase::encode(&signature);
        Some([&bytes[..begin], proof_value.as_bytes(), &bytes[behind_value - 1..]].concat())
    }

    /// Both ways say the same; what they say.
    fn read_both_ways(bytes: &[u8]) -> bool {
        let quick = read(bytes);
        assert_eq!(
            quick,
            SignedRecord::parse_step_by_step(bytes).ok(),
            "{}",
            String::from_utf8_lossy(bytes)
        );
        quick.is_some()
    }

    #[test]
    fn both_ways_agree_on_whatever_is_signed() {
        let bytes = signed(|record| {
            let Subject::Design(design) = &mut record.subject else { unreachable!() };
            design.description[0].text = "\"Río\"\t\\ \u{1f}".to_owned();
        });
        assert_eq!(signed_as_it_stands(&bytes).as_ref(), Some(&bytes));
        let (mut taken, mut refused) = (0, 0);
        for at in 0..bytes.len() {
            let mut altered = vec![bytes.clone()];
            altered[0][at] ^= 1;
            if at % 3 == 0 {
                altered.extend([bytes.clone(), bytes.clone(), bytes.clone()]);
                altered[1][at] ^= 0x20;
                altered[2].insert(at, b' ');
                altered[3].remove(at);
            }
            for altered in altered.iter().filter_map(|altered| signed_as_it_stands(altered)) {
                *(if read_both_ways(&altered) { &mut taken } else { &mut refused }) += 1;
            }
        }
        // Another letter in a text is another record; most bytes leave no choice.
        assert!(taken > 300 && refused > 2000, "{taken} taken, {refused} refused");
    }

    #[test]
    fn each_text_has_one_spelling() {
        let bytes = signed(|record| {
            let Subject::Design(design) = &mut record.subject else { unreachable!() };
            design.description[0].text = "A / \u{1f} \n é".to_owned();
        });
        assert!(read_both_ways(&bytes));
        let said = String::from_utf8(bytes).unwrap();
        let written = "A / \\u001f \\n é";
        assert!(said.contains(written));
        for other in [
            "\\u0041 / \\u001f \\n é",
            "A \\/ \\u001f \\n é",
            "A / \\u001F \\n é",
            "A / \u{1f} \\n é",
            "A / \\u001f \n é",
            "A / \\u001f \\u000a é",
            "A / \\u001f \\n \\u00e9",
            "A / \\u001f \\n \\ud800",
            "",
        ] {
            let other = said.replacen(written, other, 1);
            assert!(!read_both_ways(&signed_as_it_stands(other.as_bytes()).unwrap()), "{other}");
        }
    }

    #[test]
    fn records_of_other_kinds_are_read_the_quick_way() {
        let Ok(Value::Object(members)) = json::parse(
            br#"{"brandKind":"people","name":[{"@language":"en","@value":"The \"upper\" river"}]}"#,
        ) else {
            unreachable!()
        };
        let charter = Statement { kind: Kind::Charter, members };
        let reissued = RecordRef { uuid: Uuid::from_random([3; 16]), id: RecordId::of(b"old") };
        let bytes = signed(|record| {
            record.subject = Subject::Statement(charter);
            record.reissues = Some(reissued);
        });
        assert!(read_both_ways(&bytes));
        let altered = |bytes: &[u8], from: &str, to: &str| {
            let text = std::str::from_utf8(bytes).expect("text");
            assert!(text.contains(from), "{from}");
            let altered = text.replacen(from, to, 1);
            read_both_ways(&signed_as_it_stands(altered.as_bytes()).expect("a proof"))
        };
        assert!(altered(&bytes, "\"people\"", "\"region\""));
        for (from, to) in [
            ("\"people\"", "\"village\""),
            ("{\"brandKind\"", "{ \"brandKind\""),
            ("{\"brandKind\"", "{\"brandKind\":\"people\",\"brandKind\""),
            ("\"reissues\":{", "\"reissues\":{ "),
            ("\"Charter\"", "\"Design\""),
            ("\"Charter\"", "\"Chart\""),
        ] {
            assert!(!altered(&bytes, from, to), "{to}");
        }
        assert!(!altered(&signed(|_| {}), "\"Design\"", "\"Charter\""));
    }

    proptest! {
        #[test]
        fn both_ways_agree_on_every_text(
            texts in proptest::collection::vec(any::<String>(), 3),
            word in any::<String>(),
            seconds in -62_135_596_800i64..253_402_200_000,
            position in proptest::option::of(0u64..1 << 53),
        ) {
            let bytes = signed(|record| {
                let Subject::Design(design) = &mut record.subject else { unreachable!() };
                let said = texts.iter().filter(|said| !said.is_empty());
                design.description = said.map(|said| text("en", said)).collect();
                design.holder_kind = Some(word.clone()).filter(|word| !word.is_empty());
                record.valid_from = Timestamp::from_second(seconds).unwrap();
                record.position = position;
            });
            prop_assert!(read_both_ways(&bytes));
        }
    }
}
