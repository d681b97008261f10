//! The bytes of a record: the one way to write it, and the quick way to read what was written so.
//!
//! A record has one canonical form, so whoever reads one and writes it again has the bytes that
//! were read, or it is not a record. [`read`] uses that: it takes the members that it knows,
//! leniently, writes what it understood, and compares. Equal bytes are strict JSON, canonical,
//! with no other member and no other spelling, whatever the reader let pass; what is left to
//! check are the rules that writing does not know, and the signature. All else, and whatever this
//! cannot read, goes the long way of [`SignedRecord::parse`], which names the check that failed.
//! The tests below and the fuzz target `record` hold both ways together.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use data_encoding::BASE64;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::did::{self, Did, DidWeb};
use super::json::{self, Value};
use super::key::VerifierKey;
use super::kind::{self, Kind, RecordRef, Statement};
use super::record::{
    CONTEXT_PATH, Design, LangText, Photograph, Record, Sha256Digest, SignedRecord, Story, Subject,
    Texts, Uuid, W3C_CONTEXT, context_digest, is_language_tag,
};
use super::status::{self, StatusEntry};
use super::{credential, instant, jcs, multibase};

/// The document that is signed, in canonical form, and where its proof would stand in it.
struct Document {
    /// The bytes, without the proof.
    bytes: Vec<u8>,
    /// Where `"proof":{…},` goes.
    proof_at: usize,
}

/// Writes members in the order of their names.
struct Members<'a> {
    out: &'a mut Vec<u8>,
    last: &'static str,
}

impl<'a> Members<'a> {
    fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, last: "" }
    }

    /// Writes a name, and gives where its value goes.
    fn name(&mut self, name: &'static str) -> &mut Vec<u8> {
        // Names of ours are ASCII, whose bytes sort as UTF-16 does.
        debug_assert!(self.last < name, "{name} stands behind {}", self.last);
        if !self.last.is_empty() {
            self.out.push(b',');
        }
        self.last = name;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
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

    fn list<T>(&mut self, name: &'static str, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
        if !items.is_empty() {
            put_list(self.name(name), items, put);
        }
    }

    fn end(self) {
        self.out.push(b'}');
    }
}

fn plain(out: &mut Vec<u8>, parts: &[&str]) {
    out.push(b'"');
    for part in parts {
        debug_assert!(part.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte)));
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

fn put_list<T>(out: &mut Vec<u8>, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        put(out, item);
    }
    out.push(b']');
}

fn put_texts(out: &mut Vec<u8>, texts: &Texts) {
    put_list(out, texts, |out, text| {
        let mut members = Members::begin(out);
        members.text("@language", &text.language);
        members.text("@value", &text.text);
        members.end();
    });
}

/// A digest in the manner of Subresource Integrity.
fn put_sri(out: &mut Vec<u8>, sha256: Sha256Digest) {
    let mut text = [0; 44];
    BASE64.encode_mut(&sha256.0, &mut text);
    out.extend_from_slice(b"\"sha256-");
    out.extend_from_slice(&text);
    out.push(b'"');
}

/// One file that a record binds.
fn put_resource(out: &mut Vec<u8>, url: &[&str], media_type: &str, sha256: Sha256Digest) {
    let mut members = Members::begin(out);
    put_sri(members.name("digestSRI"), sha256);
    members.plain("id", url);
    members.plain("mediaType", &[media_type]);
    members.end();
}

pub(super) fn put_design(out: &mut Vec<u8>, design: &Design, base: &str) {
    let terms = |out: &mut Vec<u8>, texts: &Texts| {
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
        members.plain("id", &[base, &photograph.path()]);
        let orientation = members.name("orientation");
        jcs::push(orientation, &Value::Number(photograph.orientation.into()));
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

fn put_context(out: &mut Vec<u8>, base: &str) {
    out.push(b'[');
    plain(out, &[W3C_CONTEXT]);
    out.push(b',');
    plain(out, &[base, CONTEXT_PATH]);
    out.push(b']');
}

/// Writes what is signed of a record.
pub(super) fn document(record: &Record) -> Vec<u8> {
    document_below(record, &record.base.base_url()).bytes
}

/// Writes what is signed of a record whose files hang on that address.
fn document_below(record: &Record, base: &str) -> Document {
    let mut bytes = Vec::with_capacity(2048);
    let mut members = Members::begin(&mut bytes);
    put_context(members.name("@context"), base);
    if let Some(position) = record.position {
        put_list(members.name("credentialStatus"), &status::Purpose::ALL, |out, purpose| {
            let entry = StatusEntry::of(*purpose, position);
            let index = entry.index.to_string();
            let list = status::list_path(entry.purpose, entry.list);
            let mut members = Members::begin(out);
            members.plain("id", &[base, &list, "#", &index]);
            members.plain("statusListCredential", &[base, &list]);
            members.plain("statusListIndex", &[&index]);
            members.plain("statusPurpose", &[entry.purpose.name()]);
            members.plain("type", &["BitstringStatusListEntry"]);
            members.end();
        });
    }
    let subject = members.name("credentialSubject");
    let photographs = match &record.subject {
        Subject::Design(design) => {
            put_design(subject, design, base);
            Cow::Borrowed(&design.photographs[..])
        }
        Subject::Statement(statement) => {
            jcs::push_members(subject, &statement.members);
            Cow::Owned(statement.photographs(base))
        }
    };
    members.plain("id", &["urn:uuid:", record.uuid.as_str()]);
    members.plain("issuer", &[&record.issuer.to_string()]);
    let proof_at = members.out.len() + 1;
    if let Some(reissued) = &record.reissues {
        jcs::push(members.name("reissues"), &reissued.to_value());
    }
    let resources = members.name("relatedResource");
    resources.push(b'[');
    put_resource(resources, &[base, CONTEXT_PATH], "application/ld+json", context_digest());
    for photograph in photographs.iter() {
        resources.push(b',');
        let url = [base, &photograph.path()[..]];
        put_resource(resources, &url, photograph.media.media_type(), photograph.sha256);
    }
    resources.push(b']');
    let kinds = members.name("type");
    kinds.extend_from_slice(b"[\"VerifiableCredential\",");
    plain(kinds, &[record.subject.kind().name()]);
    if record.practice {
        kinds.extend_from_slice(b",\"PracticeRecord\"");
    }
    kinds.push(b']');
    members.plain("validFrom", &[&instant::format(record.valid_from)]);
    if let Some(until) = record.valid_until {
        members.plain("validUntil", &[&instant::format(until)]);
    }
    members.end();
    Document { bytes, proof_at }
}

/// A proof, and where in it the member of its value stands, with its comma.
struct Proof {
    bytes: Vec<u8>,
    value: Range<usize>,
}

/// Writes a proof.
fn proof(base: &str, created: Timestamp, method: &str, value: &str) -> Proof {
    let mut bytes = Vec::with_capacity(640);
    let mut members = Members::begin(&mut bytes);
    put_context(members.name("@context"), base);
    members.plain("created", &[&instant::format(created)]);
    members.plain("cryptosuite", &[credential::CRYPTOSUITE]);
    members.plain("proofPurpose", &[credential::PURPOSE]);
    let from = members.out.len();
    members.text("proofValue", value);
    let to = members.out.len();
    members.plain("type", &[credential::PROOF_TYPE]);
    members.plain("verificationMethod", &[method]);
    members.end();
    Proof { bytes, value: from..to }
}

impl Proof {
    /// The hash of the proof without its value, which is signed beside the document.
    fn config_hash(&self) -> [u8; 32] {
        let (before, behind) = (&self.bytes[..self.value.start], &self.bytes[self.value.end..]);
        Sha256::new().chain_update(before).chain_update(behind).finalize().into()
    }
}

impl Document {
    /// Whether this document with that proof is exactly these bytes.
    fn is(&self, proof: &Proof, bytes: &[u8]) -> bool {
        let (before, behind) = self.bytes.split_at(self.proof_at);
        bytes
            .strip_prefix(before)
            .and_then(|rest| rest.strip_prefix(b"\"proof\":"))
            .and_then(|rest| rest.strip_prefix(&proof.bytes[..]))
            .and_then(|rest| rest.strip_prefix(b","))
            == Some(behind)
    }
}

/// The members of a record. What a lenient reader lets pass is found by writing it again.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "@context", borrow)]
    context: [&'a str; 2],
    #[serde(rename = "credentialStatus")]
    status: Option<Vec<Status<'a>>>,
    #[serde(rename = "credentialSubject")]
    subject: &'a RawValue,
    id: &'a str,
    issuer: &'a str,
    proof: SaidProof<'a>,
    reissues: Option<&'a RawValue>,
    #[serde(rename = "type")]
    kinds: Vec<&'a str>,
    #[serde(rename = "validFrom")]
    valid_from: &'a str,
    #[serde(rename = "validUntil")]
    valid_until: Option<&'a str>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(rename = "statusListCredential")]
    list: &'a str,
    #[serde(rename = "statusListIndex")]
    index: &'a str,
}

#[derive(Deserialize)]
struct SaidProof<'a> {
    created: &'a str,
    #[serde(rename = "proofValue")]
    value: &'a str,
    #[serde(rename = "verificationMethod")]
    method: &'a str,
}

#[derive(Deserialize)]
struct SaidText {
    #[serde(rename = "@language")]
    language: String,
    #[serde(rename = "@value")]
    text: String,
}

#[derive(Deserialize)]
struct SaidTerm {
    name: Vec<SaidText>,
}

#[derive(Deserialize)]
struct SaidStory<'a> {
    #[serde(rename = "digestSRI")]
    digest: &'a str,
    #[serde(rename = "inLanguage")]
    language: String,
}

#[derive(Deserialize)]
struct SaidPhotograph<'a> {
    id: &'a str,
    #[serde(default)]
    description: Vec<SaidText>,
    orientation: u8,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct SaidDesign<'a> {
    #[serde(borrow)]
    id: &'a str,
    name: Vec<SaidText>,
    description: Vec<SaidText>,
    held_by: Vec<SaidText>,
    holder_kind: Option<String>,
    designed_by: Vec<SaidText>,
    design_kind: Option<String>,
    technique: Vec<SaidText>,
    material: Vec<SaidTerm>,
    motif: Vec<SaidTerm>,
    place_of_origin: Vec<SaidText>,
    said_to_date_from: Vec<SaidText>,
    attribution: Vec<SaidText>,
    not_claimed: Vec<SaidText>,
    also_used_by: Vec<SaidText>,
    disclosure_note: Vec<SaidText>,
    #[serde(borrow)]
    story: Vec<SaidStory<'a>>,
    #[serde(borrow)]
    photograph: Vec<SaidPhotograph<'a>>,
}

fn texts(said: Vec<SaidText>) -> Option<Texts> {
    let one = |SaidText { language, text }| {
        (is_language_tag(&language) && !text.is_empty()).then_some(LangText { language, text })
    };
    said.into_iter().map(one).collect()
}

fn terms(said: Vec<SaidTerm>) -> Option<Vec<Texts>> {
    let one = |term: SaidTerm| texts(term.name).filter(|texts| !texts.is_empty());
    said.into_iter().map(one).collect()
}

fn word(said: Option<String>) -> Option<Option<String>> {
    (said.as_deref() != Some("")).then_some(said)
}

fn design(raw: &str, base: &str) -> Option<Design> {
    let said: SaidDesign<'_> = serde_json::from_str(raw).ok()?;
    let slug = said.id.strip_prefix(base)?.strip_prefix("designs/")?.strip_suffix('/')?;
    let name = texts(said.name).filter(|name| Design::is_slug(slug) && !name.is_empty())?;
    let story = |story: SaidStory<'_>| {
        let language = Some(story.language).filter(|tag| is_language_tag(tag))?;
        Some(Story { language, sha256: Sha256Digest::from_sri(story.digest)? })
    };
    let photograph = |said: SaidPhotograph<'_>| {
        let (sha256, media) = Photograph::parse_path(said.id.strip_prefix(base)?)?;
        let description = texts(said.description)?;
        let orientation = Some(said.orientation).filter(|n| (1..=8).contains(n))?;
        Some(Photograph { sha256, media, orientation, description })
    };
    Some(Design {
        slug: slug.to_owned(),
        name,
        description: texts(said.description)?,
        held_by: texts(said.held_by)?,
        holder_kind: word(said.holder_kind)?,
        designed_by: texts(said.designed_by)?,
        design_kind: word(said.design_kind)?,
        technique: texts(said.technique)?,
        materials: terms(said.material)?,
        motifs: terms(said.motif)?,
        place_of_origin: texts(said.place_of_origin)?,
        said_to_date_from: texts(said.said_to_date_from)?,
        attribution: texts(said.attribution)?,
        not_claimed: texts(said.not_claimed)?,
        also_used_by: texts(said.also_used_by)?,
        disclosure_note: texts(said.disclosure_note)?,
        stories: said.story.into_iter().map(story).collect::<Option<_>>()?,
        photographs: said.photograph.into_iter().map(photograph).collect::<Option<_>>()?,
    })
}

/// A verification method that was read, as the records of one register name a handful of them.
struct Method {
    text: String,
    issuer: Did,
    key: VerifierKey,
}

/// Most verification methods that a thread remembers.
const METHODS: usize = 16;

/// Reads a verification method, or remembers it. A pure function either way.
fn method(text: &str) -> Option<(Did, VerifierKey)> {
    thread_local! {
        static SEEN: RefCell<Vec<Method>> = const { RefCell::new(Vec::new()) };
    }
    SEEN.with_borrow_mut(|seen| {
        if let Some(known) = seen.iter().find(|known| known.text == text) {
            return Some((known.issuer.clone(), known.key));
        }
        let (issuer, key) = did::parse_verification_method(text)?;
        if seen.len() == METHODS {
            seen.remove(0);
        }
        seen.push(Method { text: text.to_owned(), issuer: issuer.clone(), key });
        Some((issuer, key))
    })
}

/// Reads a record that is written in the one way there is, with every check of its own bytes; `None` for everything
/// else, whatever is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Option<SignedRecord> {
    if bytes.len() > credential::MAX_BYTES {
        return None;
    }
    let said: Envelope<'_> = serde_json::from_slice(bytes).ok()?;
    let (issuer, key) = method(said.proof.method)?;
    let context = said.context[1].strip_suffix(CONTEXT_PATH)?;
    let base = match issuer.as_web().filter(|web| web.base_url() == context) {
        Some(web) => web.clone(),
        None => DidWeb::from_base_url(context).filter(|web| web.base_url() == context)?,
    };
    let (kind, practice) = match said.kinds[..] {
        [_, kind] => (Kind::parse(kind)?, false),
        [_, kind, _] => (Kind::parse(kind)?, true),
        _ => return None,
    };
    let position = match said.status.as_deref() {
        None => None,
        Some([first, ..]) => {
            let index = super::log::parse_decimal(first.index)?;
            let (purpose, list) = status::parse_list_url(context, first.list)?;
            Some(StatusEntry { purpose, list, index }.position())
        }
        Some([]) => return None,
    };
    let value = |raw: &RawValue| json::parse(raw.get().as_bytes()).ok();
    let reissues = match said.reissues {
        None => None,
        Some(raw) => Some(RecordRef::from_value(&value(raw)?)?),
    };
    let subject = match kind {
        Kind::Design => Subject::Design(Box::new(design(said.subject.get(), context)?)),
        kind => {
            let members = value(said.subject)?;
            json::profile(&members).ok()?;
            let Value::Object(members) = members else { return None };
            kind::check(kind, &members, context).ok()?;
            Subject::Statement(Statement { kind, members })
        }
    };
    let valid_until = match said.valid_until {
        None => None,
        Some(until) => Some(instant::parse(until)?),
    };
    let record = Record {
        uuid: Uuid::from_urn(said.id)?,
        issuer,
        base,
        practice,
        valid_from: instant::parse(said.valid_from)?,
        valid_until,
        position,
        reissues,
        subject,
    };
    record.rules().ok()?;
    let created = instant::parse(said.proof.created)?;
    let SaidProof { method, value, .. } = said.proof;
    let written = document_below(&record, context);
    let proof = proof(context, created, method, value);
    let names_issuer = method.strip_prefix(said.issuer).is_some_and(|key| key.starts_with('#'));
    if !written.is(&proof, bytes) || !names_issuer {
        return None;
    }
    let mut signed = [0; 64];
    signed[..32].copy_from_slice(&proof.config_hash());
    signed[32..].copy_from_slice(&Sha256::digest(&written.bytes));
    let mut signature = [0; 64];
    multibase::decode_into(value, &mut signature)?;
    let holds = key.verify_strict(&signed, &signature);
    holds.then(|| SignedRecord::new(bytes.to_vec(), record, created, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;
    use crate::provenance::record::tests::sample;

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
}
