//! Judges the page of a record that somebody kept as a file, or a badge, by the evidence that it carries.
//!
//! The words on a page and the image of a badge are nobody's signature, and are not judged: only what the page carries for
//! its script is, as a folder would be that holds just that. The photographs of a record do not stand in its page, so a
//! record that speaks of some can be told whole only where they lie.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;

use html5ever::Attribute;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use jiff::Timestamp;

use super::folder::{folder, told_alone};
use super::identity;
use super::pack::PackedHeads;
use super::record::{self, Exhibit};
use super::report::{Axis, Finding, Report, State, Verdict};
use super::trust::Trust;
use crate::provenance::badge::{self, BadgeFault};
use crate::provenance::base64;
use crate::provenance::files::Below;
use crate::provenance::json::{self, Value};
use crate::provenance::log::{Checkpoint, Head, RecordId, TlogProof, append};
use crate::provenance::note::NoteKey;
use crate::provenance::record::{Sha256Digest, SignedRecord};

/// The id of the element that holds the evidence.
const EVIDENCE: &str = badge::NAME;

/// Most entries that a page holds, as its script has it.
const MAX_ENTRIES: usize = 10_000;

/// Most proofs to kept heads that are read.
const MAX_PROOFS: usize = 16;

/// Why a file is no page of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFault {
    /// It carries no evidence.
    NoEvidence,
    /// It carries evidence twice: nobody can say which one a reader saw.
    Several,
    /// Its evidence is not as the program writes it.
    NotReadable(&'static str),
}

impl fmt::Display for PageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEvidence => {
                f.write_str("it is no page of a record, or it was kept without its evidence")
            }
            Self::Several => f.write_str("it carries evidence twice"),
            Self::NotReadable(what) => write!(f, "the evidence in it cannot be read: {what}"),
        }
    }
}

impl std::error::Error for PageFault {}

/// Judges the record of a page, by the evidence in it alone.
///
/// # Errors
/// If there is no evidence in it, or none that can be read. Evidence that proves nothing is no error.
pub fn page(
    target: &str,
    html: &[u8],
    trust: &Trust,
    now: Option<Timestamp>,
) -> Result<Report, PageFault> {
    carried(target, &evidence_of(html)?, trust, now)
}

/// As [`page`], with photographs that may lie beside the page: `find` gives the bytes of a file of a master's name
/// (`<hex>.<ending>`), wherever the page's keeper put it. One that is not what the record binds is not taken.
///
/// # Errors
/// As [`page`].
pub fn page_with_photographs(
    target: &str,
    html: &[u8],
    find: &dyn Fn(&str) -> Vec<Vec<u8>>,
    trust: &Trust,
    now: Option<Timestamp>,
) -> Result<Report, PageFault> {
    let mut evidence = Evidence::read(&evidence_of(html)?)?;
    evidence.take_photographs(find);
    Ok(evidence.told(target, trust, now))
}

/// Judges the record of a badge, a picture as PNG or SVG, exactly as that of a page that carries the same evidence.
///
/// A picture that carries no record is *not signed*, and the finding says what else there is to ask by.
///
/// # Errors
/// If the picture, or the evidence in it, cannot be read, or if there is more than one in it.
pub fn badge(
    target: &str,
    picture: &[u8],
    trust: &Trust,
    now: Option<Timestamp>,
) -> Result<Report, PageFault> {
    match badge::unbake(picture) {
        Ok(evidence) => carried(target, &evidence, trust, now),
        Err(BadgeFault::NoEvidence | BadgeFault::OtherSort) => {
            let finding = Finding::invalid(Axis::Bytes, "proof-present", NO_RECORD);
            let findings = vec![finding];
            let state = State::NotSigned;
            Ok(Report { state, findings, ..Report::about(target.to_owned()) })
        }
        Err(BadgeFault::Several) => Err(PageFault::Several),
        Err(BadgeFault::NotReadable(why)) => Err(PageFault::NotReadable(why)),
    }
}

/// What is said of a picture without a record.
const NO_RECORD: &str = "this picture carries no record: programs and messengers leave it out when they save a picture anew. Give the \
                         address in its code, or the number printed on it behind the maker's address, for example: selvedge \
                         verify https://brand.example/V/5J7P266YAXGGHU46T2GCECNKHMREGDKZ";

/// Judges what a page or a badge carries.
fn carried(
    target: &str,
    evidence: &str,
    trust: &Trust,
    now: Option<Timestamp>,
) -> Result<Report, PageFault> {
    Ok(Evidence::read(evidence)?.told(target, trust, now))
}

/// What a page carries, as a folder.
struct Evidence {
    id: RecordId,
    files: BTreeMap<String, Vec<u8>>,
    /// Whether the whole log is in it, under a head.
    has_log: bool,
    snapshots: Vec<SignedRecord>,
}

impl Evidence {
    fn read(evidence: &str) -> Result<Self, PageFault> {
        let said = json::parse(evidence.as_bytes())
            .map_err(|_| PageFault::NotReadable("it is not JSON that can be read one way only"))?;
        let record = decoded(&said, "record")?.ok_or(PageFault::NotReadable("no record"))?;
        let id = RecordId::of(&record);
        let mut files = BTreeMap::new();
        for (member, name) in [
            ("identity", "identity/did.json"),
            ("didLog", "identity/did.jsonl"),
            ("didWitness", "identity/did-witness.json"),
        ] {
            if let Some(bytes) = decoded(&said, member)? {
                files.insert(name.to_owned(), bytes);
            }
        }
        if let Some(key) = said.text("log") {
            files.insert("identity/log.vkey".to_owned(), key.as_bytes().to_vec());
        }
        identity::complete(&mut files);
        let mut put = |bytes: Vec<u8>| {
            let name = format!("records/{}.json", RecordId::of(&bytes).short());
            files.insert(name, bytes);
        };
        let mut snapshots = Vec::new();
        for text in list(&said, "snapshots") {
            let bytes = base64(text).ok_or(PageFault::NotReadable("a status list"))?;
            snapshots.extend(SignedRecord::parse(&bytes).ok());
            put(bytes);
        }
        for text in list(&said, "bodies").iter().filter(|text| text.as_str().is_some()) {
            put(base64(text).ok_or(PageFault::NotReadable("a record of the register"))?);
        }
        put(record);
        let proof = said.text("proof").map(|text| text.as_bytes().to_vec());
        let mut heads: Vec<(Head, Vec<u8>)> = list(&said, "heads")
            .iter()
            .filter_map(|head| head.as_str())
            .filter_map(|text| {
                Some((Checkpoint::parse(text.as_bytes()).ok()?.head(), text.as_bytes().to_vec()))
            })
            .collect();
        if let Some(bytes) = proof {
            if let Ok(proof) = TlogProof::parse(&bytes) {
                let text = proof.checkpoint.to_string().into_bytes();
                heads.push((proof.checkpoint.head(), text));
            }
            files.insert(format!("records/{}.tlog-proof", id.short()), bytes);
        }
        // Proofs to heads that others vouch for: they date the record where the log is not in the page.
        for text in list(&said, "headProofs").iter().filter_map(Value::as_str).take(MAX_PROOFS) {
            let Ok(proof) = TlogProof::parse(text.as_bytes()) else { continue };
            let (head, kept) = (proof.checkpoint.head(), proof.checkpoint.to_string());
            let folder = format!("log/heads/{}", head.size);
            files.insert(format!("{folder}/checkpoint"), kept.clone().into_bytes());
            files.insert(format!("{folder}/{}.tlog-proof", id.short()), text.as_bytes().to_vec());
            heads.push((head, kept.into_bytes()));
        }
        if let Some(text) = said.text("sideSignature") {
            files.insert(format!("records/{}.sshsig", id.short()), text.as_bytes().to_vec());
        }
        let has_log = said.text("entries").is_some_and(|text| lay_out(text, &heads, &mut files));
        Ok(Self { id, files, has_log, snapshots })
    }

    /// Takes in the photographs of the record that are found.
    fn take_photographs(&mut self, find: &dyn Fn(&str) -> Vec<Vec<u8>>) {
        let record = self.files.get(&format!("records/{}.json", self.id.short()));
        let signed = record.and_then(|bytes| SignedRecord::parse(bytes).ok());
        let photographs = signed.iter().flat_map(|signed| signed.record().photographs());
        for photograph in photographs.collect::<Vec<_>>() {
            let path = photograph.path();
            let name = path.rsplit('/').next().unwrap_or(&path);
            let is_it = |bytes: &Vec<u8>| Sha256Digest::of(bytes) == photograph.sha256;
            if let Some(bytes) = find(name).into_iter().find(is_it) {
                self.files.insert(path, bytes);
            }
        }
    }

    /// The judgement, as it is told.
    fn told(&self, target: &str, trust: &Trust, now: Option<Timestamp>) -> Report {
        let mut report = self.judge(trust, now);
        report.target = format!("{target}, record {}", self.id.short());
        for finding in report.findings.iter_mut().filter(|finding| finding.check == "site") {
            // Its own identity is in the page, wherever the page lies.
            if finding.verdict == Verdict::Valid {
                let why = "it was met alone, on no site";
                *finding = Finding::not_checked(Axis::Signer, "site", why);
            }
        }
        report
    }

    fn judge(&self, trust: &Trust, now: Option<Timestamp>) -> Report {
        let name = format!("{}.json", self.id.short());
        if self.has_log {
            let audit = folder("", &self.files, trust, None, now);
            if let Some(report) = audit.report.records.into_iter().find(|it| it.target == name) {
                return told_alone(report, &audit.report.findings);
            }
        }
        let (identity, _) = identity::judge(&self.files, now);
        let beside = |ending: &str| {
            self.files.get(&format!("records/{}.{ending}", self.id.short())).map(Vec::as_slice)
        };
        let exhibit = Exhibit {
            name: Some(&name),
            bytes: beside("json").unwrap_or_default(),
            proof: beside("tlog-proof"),
            side_signature: beside("sshsig"),
            masters: Some(&Below { files: &self.files, folder: "records" }),
            log_key: identity.as_ref().map(|identity| &identity.log_key),
            site: identity.as_ref().map(|identity| &identity.issuer),
            identity: identity.as_ref(),
            snapshots: &self.snapshots,
            ..Exhibit::default()
        };
        let (mut report, judged) = record::record(&exhibit, trust, now);
        if let (Some(own), Some(judged)) = (identity.as_ref(), &judged) {
            let keys: Vec<&NoteKey> = own.log_keys().collect();
            let mut heads = PackedHeads::read(&self.files, &keys);
            heads.date(&self.files, judged.signed(), own, trust, now, &mut report);
        }
        report
    }
}

/// Lays a register out as a folder, if one of the heads is its own.
fn lay_out(
    entries: &str,
    heads: &[(Head, Vec<u8>)],
    files: &mut BTreeMap<String, Vec<u8>>,
) -> bool {
    let entries: Vec<Vec<u8>> =
        entries.split_inclusive('\n').map(|line| line.as_bytes().to_vec()).collect();
    if entries.len() > MAX_ENTRIES {
        return false;
    }
    let Ok(plan) = append::plan(Head::empty(), &BTreeMap::new(), &entries) else { return false };
    let mut has_head = false;
    for (head, text) in heads {
        if *head == plan.head {
            files.insert("log/checkpoint".to_owned(), text.clone());
            has_head = true;
        } else {
            files.insert(format!("log/heads/{}/checkpoint", head.size), text.clone());
        }
    }
    files.extend(plan.files.into_iter().map(|(path, bytes)| (format!("log/{path}"), bytes)));
    has_head
}

/// The text of the one element of a page that holds the evidence; the same text is what a badge carries.
///
/// Read by the tokenizer alone: no tree is built, so that no nesting costs anything.
///
/// # Errors
/// If there is no such element, or more than one.
pub fn evidence_of(html: &[u8]) -> Result<String, PageFault> {
    let text = std::str::from_utf8(html).map_err(|_| PageFault::NoEvidence)?;
    let input = BufferQueue::default();
    input.push_back(text.into());
    let reader = Tokenizer::new(Finder::default(), TokenizerOpts::default());
    while !input.is_empty() {
        let _ = reader.feed(&input);
    }
    reader.end();
    let mut found = reader.sink.found.into_inner().into_iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(PageFault::Several),
        (None, _) => Err(PageFault::NoEvidence),
    }
}

/// Gathers the texts of the scripts that hold evidence.
#[derive(Default)]
struct Finder {
    found: RefCell<Vec<String>>,
    is_inside: Cell<bool>,
}

impl TokenSink for Finder {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) if self.is_inside.get() => {
                if let Some(last) = self.found.borrow_mut().last_mut() {
                    last.push_str(&text);
                }
            }
            Token::TagToken(tag) => {
                self.is_inside.set(false);
                if tag.kind == TagKind::StartTag {
                    return self.begin(&tag);
                }
            }
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

impl Finder {
    /// Takes note of a start tag, and says how what follows is read (HTML, 13.2.6).
    fn begin(&self, tag: &Tag) -> TokenSinkResult<()> {
        let is_evidence = |attr: &Attribute| &*attr.name.local == "id" && &*attr.value == EVIDENCE;
        match &*tag.name {
            "script" => {
                if tag.attrs.iter().any(is_evidence) {
                    self.found.borrow_mut().push(String::new());
                    self.is_inside.set(true);
                }
                TokenSinkResult::RawData(RawKind::ScriptData)
            }
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}

fn list<'v>(said: &'v Value, member: &str) -> &'v [Value] {
    said.member(member).and_then(Value::as_array).unwrap_or_default()
}

fn base64(value: &Value) -> Option<Vec<u8>> {
    base64::decode(value.as_str()?)
}

/// The bytes of a member in base64, if it is there.
fn decoded(said: &Value, member: &'static str) -> Result<Option<Vec<u8>>, PageFault> {
    let Some(value) = said.member(member) else { return Ok(None) };
    base64(value).map(Some).ok_or(PageFault::NotReadable(member))
}
