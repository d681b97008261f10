//! Records: signed statements about designs (PROVENANCE §1, RECORD-FORMAT §2).
//!
//! All kinds share one envelope and one code path; a kind is a typed [`Subject`]. What is read
//! back is typed or refused: there are no members that a verifier skips. The bytes of a record's
//! file are the canonical form of what it holds, so that the SHA-256 of the file is its id.

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use std::fmt;
use std::sync::LazyLock;

use super::credential::{self, Credential, Fault};
use super::did::{Did, DidWeb};
use super::json::{self, Object, Value};
use super::key::{Signer, VerifierKey};
use super::kind::{self, Kind, RecordRef, Statement, Term};
use super::log::{Entry, RecordId};
use super::{base64, jcs, status, wire};

/// The context of VC 2.0, first in every record.
pub const W3C_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// Our context: the meaning of our members for JSON-LD readers, fixed for ever.
pub const CONTEXT: &[u8] = include_bytes!("context-v1.jsonld");

/// SHA-256 of [`CONTEXT`], in hex.
pub const CONTEXT_SHA256: &str = "fc4f26b1e021edb2218c5a68e49266b0eb5354449dce0c9ce327f108b33dfc71";

/// Where our context stands below an issuer's address.
pub const CONTEXT_PATH: &str = ".well-known/selvedge/context-v1.jsonld";

/// The checks of a record's own bytes, in their order; see the tables of [`crate::verify`].
pub const CHECKS: [&str; 12] = [
    "json",
    "proof-present",
    "proof-form",
    "proof-context",
    "method",
    "issuer",
    "dates",
    "signature",
    "profile",
    "canonical",
    "envelope",
    "subject",
];

/// Text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LangText {
    /// BCP 47 tag.
    pub language: String,
    /// The text, as it was written.
    pub text: String,
}

/// The same text in several languages, the first being the one that it was written in.
pub type Texts = Vec<LangText>;

/// What a record says, before or after it is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// A random `urn:uuid:`, once in a log.
    pub uuid: Uuid,
    /// Who says it.
    pub issuer: Did,
    /// The address that its files, its context and its status lists hang on: that of the issuer, or, where the
    /// issuer is a key with no address, that of the log which holds the record.
    pub base: DidWeb,
    /// Whether it is signed for trying out only.
    pub practice: bool,
    /// From when it is meant to hold.
    pub valid_from: Timestamp,
    /// Until when it is meant to hold.
    pub valid_until: Option<Timestamp>,
    /// Its place in the status lists of the log: as many entries as the log had when it was signed.
    /// Snapshots of the lists have none.
    pub position: Option<u64>,
    /// The record that this one says again, as after the theft of a key.
    pub reissues: Option<RecordRef>,
    /// What it speaks of.
    pub subject: Subject,
}

/// What a record speaks of: its kind, with the members of that kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A design is entered in the register.
    Design(Box<Design>),
    /// Any other kind, with the members that its row of the table has.
    Statement(Statement),
}

/// A design as its record describes it. Empty lists are members that are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Design {
    /// Id of the design in its site: lower-case letters, digits, hyphens.
    pub slug: String,
    /// What it is called; never empty.
    pub name: Texts,
    /// One or two sentences.
    pub description: Texts,
    /// Who has authority over it.
    pub held_by: Texts,
    /// What sort of holder that is: one word of the issuer's site.
    pub holder_kind: Option<String>,
    /// Who designed it.
    pub designed_by: Texts,
    /// What sort of design it is: one word of the issuer's site.
    pub design_kind: Option<String>,
    /// How it is made.
    pub technique: Texts,
    /// What it is made of.
    pub materials: Vec<Texts>,
    /// Words for what it shows.
    pub motifs: Vec<Texts>,
    /// Where it comes from, coarsely.
    pub place_of_origin: Texts,
    /// Since when, in the holder's words.
    pub said_to_date_from: Texts,
    /// How the holder wants to be named.
    pub attribution: Texts,
    /// What the holder does not claim.
    pub not_claimed: Texts,
    /// Who else uses it.
    pub also_used_by: Texts,
    /// That whoever signs knows what publishing a design may cost her.
    pub disclosure_note: Texts,
    /// Digests of its story, one for each language; the text itself is not in the record.
    pub stories: Vec<Story>,
    /// Its record masters, in order.
    pub photographs: Vec<Photograph>,
}

/// The digest of a story's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// BCP 47 tag.
    pub language: String,
    /// SHA-256 of the Markdown text as UTF-8.
    pub sha256: Sha256Digest,
}

/// A file that a record speaks of: a photograph without metadata, published for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photograph {
    /// SHA-256 of the file, which also names it.
    pub sha256: Sha256Digest,
    /// Its kind.
    pub media: Media,
    /// EXIF orientation to show it with, 1 to 8; 1 is as it stands.
    pub orientation: u8,
    /// What it shows.
    pub description: Texts,
}

/// 32 bytes of SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sha256Digest(pub [u8; 32]);

impl Sha256Digest {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*RecordId::of(bytes).as_bytes())
    }

    /// Writes the digest as Subresource Integrity does: `sha256-` and base64.
    pub fn to_sri(self) -> String {
        format!("sha256-{}", BASE64.encode(&self.0))
    }

    /// Reads one digest of Subresource Integrity.
    pub fn from_sri(text: &str) -> Option<Self> {
        let base64 = text.strip_prefix("sha256-")?;
        base64::decode(base64)?.try_into().ok().map(Self)
    }
}

/// Writes 64 hex digits.
impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// Kinds of files that records speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/webp`
    Webp,
}

impl Media {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// The ending of its files, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

impl Photograph {
    /// Writes it as a member of a subject.
    pub fn to_value(&self, base: &str) -> Value {
        let mut members = Object::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("id", format!("{base}{}", self.path()).into());
        put("orientation", Value::Number(self.orientation.into()));
        if !self.description.is_empty() {
            put("description", texts_to_value(&self.description));
        }
        Value::Object(members)
    }

    /// Reads it; what it does not know is found by comparing with [`Photograph::to_value`].
    pub(crate) fn from_value(value: &Value, base: &str) -> Option<Self> {
        let (sha256, media) = Self::parse_path(value.text("id")?.strip_prefix(base)?)?;
        let orientation = value.member("orientation")?.as_count()?;
        Some(Self {
            sha256,
            media,
            orientation: u8::try_from(orientation).ok().filter(|n| (1..=8).contains(n))?,
            description: match value.member("description") {
                None => Texts::new(),
                Some(value) => texts_from_value(value)?,
            },
        })
    }

    /// Reads what [`Photograph::path`] writes.
    pub(super) fn parse_path(path: &str) -> Option<(Sha256Digest, Media)> {
        let (digest, ending) = path.strip_prefix(Self::FOLDER)?.split_once('.')?;
        let media = Media::ALL.into_iter().find(|media| media.extension() == ending)?;
        Some((Sha256Digest(*RecordId::parse(digest)?.as_bytes()), media))
    }

    /// Where the files of all records stand below the issuer's address.
    pub(super) const FOLDER: &str = "records/files/";

    /// Where the file stands below the issuer's address: `records/files/<sha256>.<ext>`.
    pub fn path(&self) -> String {
        format!("{}{}.{}", Self::FOLDER, self.sha256, self.media.extension())
    }
}

/// A random UUID (version 4), written in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid(String);

impl Uuid {
    /// Makes a UUID of 16 random bytes, six bits of which say that it is one.
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = HEXLOWER.encode(&bytes);
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        Self(parts.join("-"))
    }

    /// Reads `urn:uuid:` and a UUID in its one spelling.
    pub fn from_urn(text: &str) -> Option<Self> {
        let uuid = text.strip_prefix("urn:uuid:")?;
        let bytes: &[u8; 36] = uuid.as_bytes().try_into().ok()?;
        // Version 4, variant of RFC 9562, the hyphens in their places; all else hex digits, of which neither is one.
        let hyphens = bytes.iter().filter(|byte| **byte == b'-').count();
        let digits = bytes.iter().filter(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).count();
        let is_uuid = [8, 13, 18, 23].iter().all(|at| bytes[*at] == b'-')
            && bytes[14] == b'4'
            && matches!(bytes[19], b'8' | b'9' | b'a' | b'b')
            && (hyphens, digits) == (4, 32);
        is_uuid.then(|| Self(uuid.to_owned()))
    }

    /// The UUID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes `urn:uuid:` and the UUID.
    pub fn to_urn(&self) -> String {
        format!("urn:uuid:{}", self.0)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A record with its signature: made by [`Record::sign`], or read back with every check of its
/// own bytes. Whether its signer is believed is not known here; pages state what a
/// [`VerifiedRecord`](crate::verify::VerifiedRecord) holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedRecord {
    bytes: Vec<u8>,
    id: RecordId,
    record: Record,
    created: Timestamp,
    key: VerifierKey,
}

impl SignedRecord {
    /// Reads a record's file, making the checks of [`CHECKS`] in their order.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        wire::read(bytes).map_or_else(|| Self::parse_step_by_step(bytes), Ok)
    }

    /// Reads a record's file check by check, to name the first that does not hold.
    pub fn parse_step_by_step(bytes: &[u8]) -> Result<Self, Fault> {
        let mut credential = Credential::parse(bytes)?;
        let value = credential.take_value();
        json::profile(&value).map_err(|error| Fault::new("profile", error.to_string()))?;
        if jcs::encode(&value) != bytes {
            let why = "its bytes are not the canonical form of what it holds";
            return Err(Fault::new("canonical", why));
        }
        credential.put_back(value);
        let record = Record::from_credential(&credential)?;
        let (created, key) = (credential.created, credential.key);
        Ok(Self::new(bytes, RecordId::of(bytes), record, created, key))
    }

    /// What was read, every check made; `id` is the hash of the bytes.
    pub(super) fn new(
        bytes: &[u8],
        id: RecordId,
        record: Record,
        created: Timestamp,
        key: VerifierKey,
    ) -> Self {
        Self { bytes: bytes.to_vec(), id, record, created, key }
    }

    /// The exact bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes.
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// What the log holds of it.
    pub fn entry(&self) -> Entry {
        Entry::Record(self.id)
    }

    /// What it says.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// When it was signed, by the signer's clock.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The key that signed it.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }
}

impl Record {
    /// What stands behind the base address of this record in another address; `None` for an address elsewhere.
    ///
    /// The place of an issuer may move, and its old records speak of the pages at the old address: what they name there is what
    /// has the same path now.
    pub fn path_of<'a>(&self, address: &'a str) -> Option<&'a str> {
        address.strip_prefix(&self.base.base_url())
    }

    /// The document that is signed; `None` if a number in it is none that every reader keeps.
    pub fn to_document(&self) -> Option<Object> {
        match json::parse(&wire::document(self)) {
            Ok(Value::Object(document)) => Some(document),
            _ => None,
        }
    }

    /// The rules of the envelope that the way of writing it does not hold by itself.
    pub(super) fn rules(&self) -> Result<(), &'static str> {
        if self.issuer.as_web().is_some_and(|own| *own != self.base) {
            return Err("its @context hangs on another address than its issuer");
        }
        let kind = self.subject.kind();
        match kind.rules().term {
            Term::Needed if self.valid_until.is_none() => {
                return Err("it does not say until when it holds, as its kind must");
            }
            Term::Never if self.valid_until.is_some() => {
                return Err("it says until when it holds, which its kind does not");
            }
            _ => {}
        }
        if kind == Kind::Snapshot && (self.position.is_some() || self.reissues.is_some()) {
            return Err("a status list has no status of its own");
        }
        Ok(())
    }

    /// Its place in the status lists of the log that holds it, where `index` is that of its entry, if a proof tells it
    /// (RECORD-FORMAT §6). A list has none, and what a `did:key` states of itself does not count: it could be the place
    /// of another's record.
    pub fn list_position(&self, index: Option<u64>) -> Option<u64> {
        let stated = self.position.filter(|_| !matches!(self.issuer, Did::Key(_)));
        stated.or(index).filter(|_| self.subject.kind() != Kind::Snapshot)
    }

    /// The photographs that it binds, in order.
    pub fn photographs(&self) -> Vec<Photograph> {
        match &self.subject {
            Subject::Design(design) => design.photographs.clone(),
            Subject::Statement(statement) => statement.photographs(&self.base.base_url()),
        }
    }

    /// Signs the record. `created` is the signer's clock; what is below a second is cut off.
    ///
    /// `None` if the record does not read back as it is: an empty name, a text of no language,
    /// a slug or an instant that has no spelling.
    pub fn sign(&self, created: Timestamp, signer: &dyn Signer) -> Option<SignedRecord> {
        let document = Credential::sign(self.to_document()?, &self.issuer, created, signer);
        let signed = SignedRecord::parse(&jcs::encode(&Value::Object(document))).ok()?;
        let same = Record {
            valid_from: signed.record.valid_from,
            valid_until: signed.record.valid_until,
            ..self.clone()
        };
        (signed.record == same).then_some(signed)
    }

    /// Reads envelope and subject. There is one way to write a record: what is read must be
    /// written the same again.
    fn from_credential(credential: &Credential) -> Result<Self, Fault> {
        let envelope = |why: &'static str| Fault::new("envelope", why);
        let document = &credential.document;
        let issuer = credential.issuer.clone();
        let base =
            base_of(document).ok_or_else(|| envelope("its @context is not that of a record"))?;
        let uuid = document
            .get("id")
            .and_then(Value::as_str)
            .and_then(Uuid::from_urn)
            .ok_or_else(|| envelope("its id is not a random urn:uuid"))?;
        let kinds: Option<Vec<&str>> = document
            .get("type")
            .and_then(Value::as_array)
            .map(|kinds| kinds.iter().map(|kind| kind.as_str().unwrap_or_default()).collect());
        let (kind, practice) = match kinds.as_deref() {
            Some(["VerifiableCredential", kind]) => (Kind::parse(kind), false),
            Some(["VerifiableCredential", kind, "PracticeRecord"]) => (Kind::parse(kind), true),
            _ => (None, false),
        };
        let kind = kind.ok_or_else(|| envelope("its type is not that of a record"))?;
        let valid_from =
            credential.valid_from.ok_or_else(|| envelope("it does not say from when it holds"))?;
        let position = match document.get("credentialStatus") {
            None => None,
            Some(value) => Some(
                status::parse_credential_status(&base.base_url(), value)
                    .ok_or_else(|| envelope("its credentialStatus is not that of a record"))?,
            ),
        };
        let reissues = match document.get("reissues") {
            None => None,
            Some(value) => Some(
                RecordRef::from_value(value)
                    .ok_or_else(|| envelope("what it reissues is not named as a record is"))?,
            ),
        };
        // The subject stands on files that the envelope binds, so both are read first, and
        // then compared with the one way to write them, envelope first.
        let resources = document.get("relatedResource").and_then(Value::as_array).unwrap_or(&[]);
        let subject = document.get("credentialSubject");
        let read = Subject::from_value(kind, subject, &base, resources);
        let is_understood = read.is_ok();
        let why = read.as_ref().err().cloned();
        let record = Self {
            uuid,
            issuer,
            base: base.clone(),
            practice,
            valid_from,
            valid_until: credential.valid_until,
            position,
            reissues,
            subject: read.unwrap_or_else(|_| match kind {
                Kind::Design => Subject::Design(Box::default()),
                kind => Subject::Statement(Statement { kind, members: Object::new() }),
            }),
        };
        record.rules().map_err(envelope)?;
        let Some(mut written) = record.to_document() else {
            return Err(envelope("it holds a number that not every reader keeps"));
        };
        let own_subject = written.remove("credentialSubject");
        let own_resources = written.remove("relatedResource");
        for (name, value) in &written {
            if document.get(name) != Some(value) {
                return Err(Fault::new("envelope", format!("its {name} is not that of a record")));
            }
        }
        let known = ["credentialSubject", "relatedResource"];
        let is_known = |name: &String| written.contains_key(name) || known.contains(&&name[..]);
        if let Some(name) = document.keys().find(|name| !is_known(name)) {
            let why = format!("it has a member {name:.40} that records do not have");
            return Err(Fault::new("envelope", why));
        }
        let context = format!("{}{CONTEXT_PATH}", base.base_url());
        let context = resource(context, "application/ld+json", context_digest());
        if resources.first() != Some(&context) {
            return Err(envelope("the digest of its context is not the fixed one"));
        }
        if !is_understood || own_subject.as_ref() != subject {
            let why = why.unwrap_or_else(|| "it could be written in another way".to_owned());
            return Err(Fault::new(
                "subject",
                format!("its subject is not that of its kind: {why}"),
            ));
        }
        if own_resources.as_ref() != document.get("relatedResource") {
            let why = "the files that it binds are not the photographs that it speaks of";
            return Err(Fault::new("subject", why));
        }
        Ok(record)
    }
}

/// The address that a record's context hangs on.
fn base_of(document: &Object) -> Option<DidWeb> {
    let [first, second] = document.get("@context")?.as_array()? else { return None };
    let base = second.as_str()?.strip_suffix(CONTEXT_PATH)?;
    let is_ours = first.as_str() == Some(W3C_CONTEXT) && base.ends_with('/');
    DidWeb::from_base_url(base).filter(|web| is_ours && web.base_url() == base)
}

impl Subject {
    /// What it is called, or whom or what it is about, in the language that it was written in; `None` where no name stands in it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let statement = match self {
            Self::Design(design) => return Some(&design.name.first()?.text),
            Self::Statement(statement) => statement,
        };
        fn first(value: &Value) -> Option<&str> {
            value.as_array()?.first()?.text("@value")
        }
        let own = ["name", "title"].into_iter().find_map(|it| first(statement.members.get(it)?));
        own.or_else(|| {
            let of = |it: &str| first(statement.members.get(it)?.member("name")?);
            ["member", "party", "about", "licensee", "to"].into_iter().find_map(of)
        })
    }

    /// The kind, as `type` names it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Design(_) => Kind::Design,
            Self::Statement(statement) => statement.kind,
        }
    }

    /// The design, if it is one.
    pub fn as_design(&self) -> Option<&Design> {
        match self {
            Self::Design(design) => Some(design),
            Self::Statement(_) => None,
        }
    }

    /// The statement, if it is any other kind.
    pub fn as_statement(&self) -> Option<&Statement> {
        match self {
            Self::Design(_) => None,
            Self::Statement(statement) => Some(statement),
        }
    }

    /// Reads a subject of a kind; the error is what does not fit.
    fn from_value(
        kind: Kind,
        value: Option<&Value>,
        base: &DidWeb,
        resources: &[Value],
    ) -> Result<Self, String> {
        let value = value.ok_or("it is missing")?;
        if kind == Kind::Design {
            return Design::from_value(value, base, resources)
                .map(|design| Self::Design(Box::new(design)))
                .ok_or_else(|| {
                    "it does not have the members of a design, each of its type".into()
                });
        }
        let members = value.as_object().ok_or("it has no members")?;
        kind::check(kind, members, &base.base_url())?;
        Ok(Self::Statement(Statement { kind, members: members.clone() }))
    }
}

impl Design {
    /// What it says, line by line, for a person: a label and the text in its languages; stories and photographs aside.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, &Texts)> {
        let mut lines = vec![
            ("Design", &self.name),
            ("In short", &self.description),
            ("Held by", &self.held_by),
            ("Designed by", &self.designed_by),
            ("Technique", &self.technique),
        ];
        lines.extend(self.materials.iter().map(|material| ("Material", material)));
        lines.extend(self.motifs.iter().map(|motif| ("Motif", motif)));
        lines.extend([
            ("From", &self.place_of_origin),
            ("Said to date from", &self.said_to_date_from),
            ("To be named as", &self.attribution),
            ("Not claimed", &self.not_claimed),
            ("Also used by", &self.also_used_by),
            ("About publishing", &self.disclosure_note),
        ]);
        lines
    }

    /// The canonical form of the subject that a record below that address (with its final slash) carries.
    pub fn to_canonical(&self, base: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1024);
        wire::put_design(&mut bytes, self, base);
        bytes
    }

    /// Whether a design can have this id: lower-case letters, digits, hyphens.
    pub(super) fn is_slug(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    }

    /// Reads the members that it knows; whoever calls writes it again and compares, which finds
    /// what was not read.
    fn from_value(value: &Value, base: &DidWeb, resources: &[Value]) -> Option<Self> {
        let base = base.base_url();
        let members = value.as_object()?;
        let texts = |name: &str| match members.get(name) {
            None => Some(Texts::new()),
            Some(value) => texts_from_value(value),
        };
        let word = |name: &str| match members.get(name) {
            None => Some(None),
            Some(value) => value.as_str().filter(|word| !word.is_empty()).map(|w| Some(w.into())),
        };
        let terms = |name: &str| -> Option<Vec<Texts>> {
            let named = |term: &Value| texts_from_value(term.member("name")?);
            list(members, name)?.iter().map(named).collect()
        };
        let id = members.get("id")?.as_str()?;
        let slug = id.strip_prefix(&base)?.strip_prefix("designs/")?.strip_suffix('/')?;
        let name = texts("name").filter(|name| Self::is_slug(slug) && !name.is_empty())?;
        let story = |story: &Value| {
            let language = story.text("inLanguage").filter(|tag| is_language_tag(tag))?.to_owned();
            Some(Story { language, sha256: Sha256Digest::from_sri(story.text("digestSRI")?)? })
        };
        let photograph = |value: &Value| {
            let photograph = Photograph::from_value(value, &base)?;
            let is_bound = |resource: &&Value| resource.text("id") == value.text("id");
            resources.iter().find(is_bound).map(|_| photograph)
        };
        Some(Self {
            slug: slug.to_owned(),
            name,
            description: texts("description")?,
            held_by: texts("heldBy")?,
            holder_kind: word("holderKind")?,
            designed_by: texts("designedBy")?,
            design_kind: word("designKind")?,
            technique: texts("technique")?,
            materials: terms("material")?,
            motifs: terms("motif")?,
            place_of_origin: texts("placeOfOrigin")?,
            said_to_date_from: texts("saidToDateFrom")?,
            attribution: texts("attribution")?,
            not_claimed: texts("notClaimed")?,
            also_used_by: texts("alsoUsedBy")?,
            disclosure_note: texts("disclosureNote")?,
            stories: list(members, "story")?.iter().map(story).collect::<Option<_>>()?,
            photographs: list(members, "photograph")?
                .iter()
                .map(photograph)
                .collect::<Option<_>>()?,
        })
    }
}

/// A list member; empty if it is not there.
fn list<'a>(members: &'a Object, name: &str) -> Option<&'a [Value]> {
    match members.get(name) {
        None => Some(&[]),
        Some(value) => value.as_array(),
    }
}

/// One file that a record binds.
fn resource(url: String, media_type: &str, sha256: Sha256Digest) -> Value {
    Value::from([
        ("id", url.into()),
        ("mediaType", media_type.into()),
        ("digestSRI", sha256.to_sri().into()),
    ])
}

pub(super) fn context_digest() -> Sha256Digest {
    static DIGEST: LazyLock<Sha256Digest> = LazyLock::new(|| Sha256Digest::of(CONTEXT));
    *DIGEST
}

/// Language value objects of JSON-LD: `{"@language": …, "@value": …}`.
pub(crate) fn texts_to_value(texts: &Texts) -> Value {
    let one = |text: &LangText| {
        Value::from([
            ("@language", text.language.as_str().into()),
            ("@value", text.text.as_str().into()),
        ])
    };
    texts.iter().map(one).collect::<Vec<_>>().into()
}

pub(crate) fn texts_from_value(value: &Value) -> Option<Texts> {
    let one = |value: &Value| {
        let language = value.text("@language").filter(|tag| is_language_tag(tag))?.to_owned();
        let text = value.text("@value").filter(|text| !text.is_empty())?.to_owned();
        Some(LangText { language, text })
    };
    value.as_array().filter(|texts| !texts.is_empty())?.iter().map(one).collect()
}

/// The shape of a BCP 47 tag; which languages there are is for registries to say.
pub(super) fn is_language_tag(text: &str) -> bool {
    if let [first, second] = text.as_bytes() {
        return first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
    }
    text.split('-').enumerate().all(|(at, part)| {
        let length = if at == 0 { 2..=8 } else { 1..=8 };
        length.contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphabetic() || at > 0 && b.is_ascii_digit())
    })
}

/// The DID document of an issuer: the keys that sign its records.
pub fn did_document(issuer: &DidWeb, keys: &[VerifierKey]) -> Vec<u8> {
    let did = Did::Web(issuer.clone());
    let method = |key: &VerifierKey| {
        Value::from([
            ("id", did.verification_method(key).into()),
            ("type", "Multikey".into()),
            ("controller", did.to_string().into()),
            ("publicKeyMultibase", key.to_multikey().into()),
        ])
    };
    let document = Value::from([
        (
            "@context",
            vec![
                Value::from("https://www.w3.org/ns/did/v1"),
                "https://w3id.org/security/multikey/v1".into(),
            ]
            .into(),
        ),
        ("id", did.to_string().into()),
        ("verificationMethod", keys.iter().map(method).collect::<Vec<_>>().into()),
        (
            "assertionMethod",
            keys.iter().map(|key| did.verification_method(key).into()).collect::<Vec<_>>().into(),
        ),
    ]);
    let mut bytes = jcs::encode(&document);
    bytes.push(b'\n');
    bytes
}

/// Reads the name and the keys out of a DID document that [`did_document`] could have made.
pub fn parse_did_document(bytes: &[u8]) -> Option<(DidWeb, Vec<VerifierKey>)> {
    let value = json::parse(bytes).ok()?;
    let issuer = DidWeb::parse(value.text("id")?)?;
    let keys: Vec<VerifierKey> = value
        .member("verificationMethod")?
        .as_array()?
        .iter()
        .map(|method| VerifierKey::from_multikey(method.text("publicKeyMultibase")?))
        .collect::<Option<_>>()?;
    (did_document(&issuer, &keys) == bytes).then_some((issuer, keys))
}

const _: () = assert!(CHECKS.len() > credential::CHECKS.len());

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::provenance::instant;
    use crate::provenance::key::TestSigner;

    pub(crate) fn text(language: &str, text: &str) -> LangText {
        LangText { language: language.to_owned(), text: text.to_owned() }
    }

    /// A record with every member.
    pub(crate) fn sample() -> Record {
        Record {
            uuid: Uuid::from_random([7; 16]),
            issuer: Did::parse("did:web:brand.example:shop").unwrap(),
            base: DidWeb::parse("did:web:brand.example:shop").unwrap(),
            practice: true,
            valid_from: instant::parse("2026-11-01T00:00:00Z").unwrap(),
            valid_until: instant::parse("2036-11-01T00:00:00Z"),
            position: Some(3),
            reissues: None,
            subject: Subject::Design(Box::new(Design {
                slug: "river-path".to_owned(),
                name: vec![text("en", "River path"), text("fr", "Chemin de la rivière")],
                description: vec![text("en", "A stepped line.")],
                held_by: vec![text("en", "The Orrin valley weavers")],
                holder_kind: Some("community".to_owned()),
                designed_by: vec![text("en", "Ama Orrin")],
                design_kind: Some("woven".to_owned()),
                technique: vec![text("en", "Backstrap loom")],
                materials: vec![vec![text("en", "Cotton")], vec![text("en", "Indigo")]],
                motifs: vec![vec![text("en", "river")]],
                place_of_origin: vec![text("en", "Orrin valley")],
                said_to_date_from: vec![text("en", "my grandmother's time")],
                attribution: vec![text("en", "Weavers of the Orrin valley")],
                not_claimed: vec![text("en", "the stepped line by itself")],
                also_used_by: vec![text("en", "the Sella valley")],
                disclosure_note: vec![text("en", "We know that publishing ends novelty.")],
                stories: vec![Story {
                    language: "en".to_owned(),
                    sha256: Sha256Digest::of(b"story"),
                }],
                photographs: vec![Photograph {
                    sha256: Sha256Digest::of(b"photo"),
                    media: Media::Jpeg,
                    orientation: 6,
                    description: vec![text("en", "The cloth on the loom")],
                }],
            })),
        }
    }

    pub(crate) fn at(text: &str) -> Timestamp {
        instant::parse(text).unwrap()
    }

    fn fault(change: impl FnOnce(&mut Object)) -> &'static str {
        let signer = TestSigner::from_seed([1; 32]);
        let mut document = sample().to_document().unwrap();
        change(&mut document);
        let issuer = sample().issuer;
        let signed = Credential::sign(document, &issuer, at("2026-11-02T00:00:00Z"), &signer);
        match SignedRecord::parse(&jcs::encode(&Value::Object(signed))) {
            Ok(_) => "none",
            Err(fault) => fault.check,
        }
    }

    fn in_subject(change: impl FnOnce(&mut Object)) -> &'static str {
        fault(|document| {
            let Some(Value::Object(subject)) = document.get_mut("credentialSubject") else {
                unreachable!()
            };
            change(subject);
        })
    }

    #[test]
    fn uuids_have_one_spelling() {
        let urn = Uuid::from_random([0xab; 16]).to_urn();
        assert_eq!(urn, "urn:uuid:abababab-abab-4bab-abab-abababababab");
        assert_eq!(Uuid::from_urn(&urn).unwrap().to_urn(), urn);
        for at in 0..urn.len() {
            for other in ["", "-", "4", "g", "B", "é", "bb"] {
                let altered = format!("{}{other}{}", &urn[..at], &urn[at + 1..]);
                let fits = match at {
                    ..9 | 17 | 22 | 27 | 32 => false,
                    23 | 28 => false,
                    _ => other == "4",
                };
                let is_same = altered == urn;
                assert_eq!(Uuid::from_urn(&altered).is_some(), fits || is_same, "{altered}");
            }
        }
    }

    #[test]
    fn the_context_is_fixed() {
        assert_eq!(Sha256Digest::of(CONTEXT).to_string(), CONTEXT_SHA256);
        json::parse(CONTEXT).unwrap();
    }

    #[test]
    fn every_member_of_a_record_is_in_the_context() {
        let context = json::parse(CONTEXT).unwrap();
        let terms = context.member("@context").unwrap().as_object().unwrap();
        let subject = sample().to_document().unwrap().remove("credentialSubject").unwrap();
        // These stand in the context of VC 2.0.
        let w3c = ["id", "name", "description"];
        for name in subject.as_object().unwrap().keys() {
            assert!(terms.contains_key(name) || w3c.contains(&&name[..]), "{name}");
        }
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let signer = TestSigner::from_seed([1; 32]);
        for practice in [true, false] {
            let record = Record { practice, ..sample() };
            let signed = record.sign(at("2026-11-02T03:04:05Z"), &signer).unwrap();
            assert_eq!(*signed.record(), record);
            assert_eq!(SignedRecord::parse(signed.bytes()), Ok(signed.clone()));
            assert_eq!(*signed.key(), signer.verifier_key());
        }
        let least =
            Design { slug: "a".to_owned(), name: vec![text("en", "A")], ..Design::default() };
        let record = Record { subject: Subject::Design(Box::new(least)), ..sample() };
        assert!(record.sign(at("2026-11-02T03:04:05Z"), &signer).is_some());
    }

    #[test]
    fn what_would_not_read_back_is_not_signed() {
        let signer = TestSigner::from_seed([1; 32]);
        for spoil in [
            |design: &mut Design| design.name.clear(),
            |design: &mut Design| design.name[0].language.clear(),
            |design: &mut Design| design.slug = "A b".to_owned(),
            |design: &mut Design| design.photographs[0].orientation = 9,
            |design: &mut Design| design.materials[0].clear(),
        ] {
            let mut record = sample();
            let Subject::Design(design) = &mut record.subject else { unreachable!() };
            spoil(design);
            assert_eq!(record.sign(at("2026-11-02T03:04:05Z"), &signer), None);
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let signer = TestSigner::from_seed([1; 32]);
        let put = |name: &'static str, value: Value| {
            move |members: &mut Object| drop(members.insert(name.to_owned(), value))
        };
        let cut = |name: &'static str| move |members: &mut Object| drop(members.remove(name));
        assert_eq!(fault(|_| ()), "none");
        assert_eq!(fault(put("name", "x".into())), "envelope");
        assert_eq!(
            fault(put("id", "urn:uuid:00000000-0000-1000-8000-000000000000".into())),
            "envelope"
        );
        assert_eq!(fault(put("type", "Design".into())), "envelope");
        assert_eq!(fault(put("@context", W3C_CONTEXT.into())), "envelope");
        assert_eq!(fault(cut("validFrom")), "envelope");
        assert_eq!(fault(cut("relatedResource")), "envelope");
        assert_eq!(fault(put("validUntil", Value::Null)), "dates");
        assert_eq!(fault(put("extra", Value::Null)), "profile");
        assert_eq!(fault(cut("credentialSubject")), "subject");
        assert_eq!(in_subject(put("year", Value::Number(2026.0))), "subject");
        assert_eq!(in_subject(put("year", Value::Number(0.5))), "profile");
        assert_eq!(in_subject(put("heldBy", "me".into())), "subject");
        assert_eq!(in_subject(cut("name")), "subject");
        assert_eq!(in_subject(cut("photograph")), "subject");
        assert_eq!(in_subject(put("id", "https://other.example/designs/a/".into())), "subject");

        let signed = sample().sign(at("2026-11-02T03:04:05Z"), &signer).unwrap();
        let spaced = [signed.bytes(), b"\n"].concat();
        assert_eq!(SignedRecord::parse(&spaced).unwrap_err().check, "canonical");
    }

    #[test]
    fn did_documents_go_both_ways() {
        let issuer = sample().base;
        let keys: Vec<_> = [1, 2].map(|n| TestSigner::from_seed([n; 32]).verifier_key()).into();
        let bytes = did_document(&issuer, &keys);
        assert_eq!(parse_did_document(&bytes), Some((issuer, keys)));
        assert_eq!(parse_did_document(&bytes[..bytes.len() - 1]), None);
    }
}
