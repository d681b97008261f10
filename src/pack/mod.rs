//! The evidence of one record as a folder of its own, for whoever has neither our program nor the site.
//!
//! Files stand at the same paths as on the published site, so that whatever reads a site reads a pack. Besides those a pack
//! has a proof from the record to each kept head, the instructions, and the list of its files; `verify::pack` judges it. Only
//! what the site publishes of the record goes in: nothing of `private/`, of a record that was taken back no content, and no
//! name that is kept apart so that it can be erased.

mod words;

use std::collections::BTreeMap;
use std::fmt;

use crate::evidence::Evidence;
use crate::provenance::files::{Files, ReadError};
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::person;
use crate::provenance::record::{Photograph, Sha256Digest};
use crate::provenance::status::{LIST_BITS, Purpose, list_path};
use crate::verify::identity::published_path;
use crate::verify::pack::LIST;
use crate::verify::{self, Axis, Identity, Trust, Verdict, VerifiedRecord};

/// Fewest letters that name a record.
const MIN_LETTERS: usize = 6;

/// Most kept heads that are packed: the smallest date the most, the newest shows that the record is still in the log.
const MAX_HEADS: usize = 64;

/// Most files that are packed of one kept head.
const MAX_FILES: usize = 64;

/// Which record a pack is of.
#[derive(Clone, Copy, Debug)]
pub enum Packed<'a> {
    /// One that is stated.
    Stated(&'a VerifiedRecord),
    /// One whose content was taken back.
    Gone {
        /// SHA-256 of its file.
        id: RecordId,
        /// The Withdrawal.
        by: &'a VerifiedRecord,
    },
}

impl<'a> Packed<'a> {
    /// SHA-256 of the record's file.
    pub fn id(&self) -> RecordId {
        match self {
            Self::Stated(record) => record.id(),
            Self::Gone { id, .. } => *id,
        }
    }

    /// The record whose bytes are packed: the Withdrawal, where the other was taken back.
    pub fn record(&self) -> &'a VerifiedRecord {
        match self {
            Self::Stated(record) => record,
            Self::Gone { by, .. } => by,
        }
    }
}

/// A site's folder without the names that are kept apart from its records: what is given away cannot forget them.
#[derive(Clone, Copy)]
pub struct WithoutNames<'a>(pub &'a dyn Files);

impl Files for WithoutNames<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        match path.starts_with(person::FOLDER) {
            true => Ok(None),
            false => self.0.read(path),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        match folder.starts_with(person::FOLDER) {
            true => Ok(Vec::new()),
            false => self.0.list(folder),
        }
    }
}

/// Why there is no pack, in words for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackError(String);

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PackError {}

impl From<ReadError> for PackError {
    fn from(error: ReadError) -> Self {
        Self(error.to_string())
    }
}

/// Finds the record that a person names: by its number or the first letters of it, its full number of 64 digits, or
/// `designs/…` for the newest record of a design.
///
/// # Errors
/// Why there is none, or more than one.
pub fn find<'a>(evidence: &'a Evidence, name: &str) -> Result<Packed<'a>, PackError> {
    let refuse = |why: String| Err(PackError(why));
    if let Some(slug) = name.strip_prefix("designs/") {
        let newest = evidence.of_design(slug.trim_end_matches('/')).next();
        return newest
            .map(Packed::Stated)
            .ok_or_else(|| PackError(format!("the design \"{name}\" has no record that holds")));
    }
    let letters: String = name.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let short = letters.to_ascii_uppercase();
    if letters.len() < MIN_LETTERS {
        return refuse(format!(
            "\"{name}\" is too short to name a record; write at least the first {MIN_LETTERS} letters of its number, for \
             example 5J7P26"
        ));
    }
    let is_it = |id: &RecordId| {
        id.short().as_str().starts_with(&short) || id.to_string() == letters.to_ascii_lowercase()
    };
    let stated = evidence.records().filter(|record| is_it(&record.id())).map(Packed::Stated);
    let gone = evidence.withdrawn().map(|(id, _, by)| Packed::Gone { id, by });
    let mut found = stated.chain(gone.filter(|gone| is_it(&gone.id())));
    match (found.next(), found.next()) {
        (Some(one), None) if one.record().record().subject.kind() == Kind::Snapshot => refuse(
            "that is a status list, which is packed with each record of which it tells; name the record".to_owned(),
        ),
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            refuse(format!("several records begin with \"{name}\"; write more letters"))
        }
        (None, _) => refuse(format!(
            "no record of this site that holds has the number \"{name}\"; `selvedge verify SITE` names them all"
        )),
    }
}

/// Who makes a pack, as the instructions name it.
#[derive(Clone, Copy, Debug)]
pub struct Maker<'a> {
    /// The name of the site.
    pub name: &'a str,
}

/// All files of a pack, by their paths in it. The same site gives the same bytes.
///
/// `page` is the record's page as the site shows it, made of a folder [`WithoutNames`]; it is left out where the record has
/// none.
///
/// # Errors
/// If a file cannot be read, or if what would be packed does not hold.
pub fn files(
    evidence: &Evidence,
    signed: &dyn Files,
    packed: &Packed<'_>,
    maker: Maker<'_>,
    page: Option<Vec<u8>>,
) -> Result<BTreeMap<String, Vec<u8>>, PackError> {
    let identity = evidence.identity().ok_or_else(|| {
        PackError("this site has no identity that holds; `selvedge verify SITE` tells why".into())
    })?;
    refuse_damaged_register(evidence)?;
    let mut files = BTreeMap::new();
    put_identity(identity, signed, &mut files)?;
    let record = packed.record();
    put_record(record, signed, &mut files)?;
    for photograph in record.record().photographs().iter().map(Photograph::path) {
        let bytes = needed(signed, &photograph)?;
        files.insert(photograph, bytes);
    }
    let mut lists: Vec<&VerifiedRecord> = status_lists(evidence, record);
    // Whoever is let into a register by another record is known by that alone.
    let admitting = evidence.standing(&record.id()).and_then(|standing| standing.admitted_by);
    if let Some(admitting) = admitting.and_then(|id| evidence.record(&id)) {
        put_record(admitting, signed, &mut files)?;
        let also = status_lists(evidence, admitting);
        lists.extend(
            also.into_iter()
                .filter(|list| lists.iter().all(|it| it.id() != list.id()))
                .collect::<Vec<_>>(),
        );
    }
    for list in &lists {
        put_record(list, signed, &mut files)?;
    }
    put_heads(evidence, record, signed, &mut files)?;
    if let Some(page) = page {
        files.insert(format!("V/{}/index.html", packed.id().short()), page);
    }
    let standing = evidence.standing(&packed.id());
    let text =
        words::Instructions { packed, identity, maker, standing, lists: &lists, files: &files };
    let (plain, html) = (text.plain(), text.html());
    files.insert(verify::pack::README.to_owned(), plain.into_bytes());
    files.insert("README.html".to_owned(), html.into_bytes());
    let list: String = files
        .iter()
        .map(|(path, bytes)| format!("{}  {path}\n", Sha256Digest::of(bytes)))
        .collect();
    files.insert(LIST.to_owned(), list.into_bytes());
    refuse_what_does_not_hold(&files)?;
    Ok(files)
}

/// From a register that does not hold no proof can be made, and no list be known to be the newest.
fn refuse_damaged_register(evidence: &Evidence) -> Result<(), PackError> {
    let is_wrong = |finding: &&verify::Finding| {
        finding.axis == Axis::Bytes && finding.verdict == Verdict::Invalid
    };
    let wrong = evidence.report().findings.iter().find(is_wrong).map(|finding| &*finding.reason);
    let why = match evidence.log().head() {
        None => wrong.unwrap_or(&evidence.log().why),
        Some(_) if evidence.is_register_whole() => return Ok(()),
        Some(_) => wrong.unwrap_or("it has two versions"),
    };
    Err(PackError(format!(
        "the register of this site does not hold: {why}; restore it from a copy first, and see `selvedge log check SITE`"
    )))
}

/// Nobody is given a pack that its own judge refuses.
fn refuse_what_does_not_hold(files: &BTreeMap<String, Vec<u8>>) -> Result<(), PackError> {
    let report = verify::pack("", files, &Trust::nobody(), None);
    let records = report.records.iter().flat_map(|record| &record.findings);
    let mut wrong = report
        .findings
        .iter()
        .chain(records)
        .filter(|finding| finding.axis == Axis::Bytes && finding.verdict == Verdict::Invalid);
    match wrong.next() {
        None => Ok(()),
        Some(finding) => Err(PackError(format!(
            "what would be packed does not hold: {}; `selvedge verify SITE` tells more",
            finding.reason
        ))),
    }
}

fn needed(signed: &dyn Files, path: &str) -> Result<Vec<u8>, PackError> {
    signed.read(path)?.ok_or_else(|| {
        PackError(format!(
            "{path} is missing; restore it from a copy, signed files are never edited"
        ))
    })
}

fn put_identity(
    identity: &Identity,
    signed: &dyn Files,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), PackError> {
    for (name, bytes) in identity.files() {
        files.insert(published_path(identity, name), bytes);
    }
    if identity.history.is_some() {
        let history = needed(signed, "identity/did.jsonl")?;
        files.insert(published_path(identity, "did.jsonl"), history);
        if let Some(bytes) = signed.read("identity/did-witness.json")? {
            files.insert(published_path(identity, "did-witness.json"), bytes);
        }
    }
    Ok(())
}

/// A record with what lies beside it, but for its photographs.
fn put_record(
    record: &VerifiedRecord,
    signed: &dyn Files,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), PackError> {
    let stem = format!("records/{}", record.id().short());
    files.insert(format!("{stem}.json"), record.signed().bytes().to_vec());
    let proof = format!("{stem}.tlog-proof");
    files.insert(proof.clone(), needed(signed, &proof)?);
    let side = record.report().finding("side-signature");
    if side.is_some_and(|finding| finding.verdict == Verdict::Valid) {
        let side = format!("{stem}.sshsig");
        files.insert(side.clone(), needed(signed, &side)?);
    }
    Ok(())
}

/// The newest status lists that tell of a record.
fn status_lists<'a>(evidence: &'a Evidence, record: &VerifiedRecord) -> Vec<&'a VerifiedRecord> {
    // Whoever signs in another's register does not know her place; then the proof tells it.
    let index = record.proof().map(|proof| proof.index);
    let Some(position) = record.record().list_position(index) else { return Vec::new() };
    let lists = evidence.status_lists();
    let of = |purpose| lists.get(&list_path(purpose, position / LIST_BITS));
    Purpose::ALL.into_iter().filter_map(of).filter_map(|id| evidence.record(id)).collect()
}

/// The kept heads that cover a record, each with what dates it and a proof from the record.
fn put_heads(
    evidence: &Evidence,
    record: &VerifiedRecord,
    signed: &dyn Files,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), PackError> {
    let mut sizes = evidence.heads_over(record, signed);
    if sizes.len() > MAX_HEADS {
        sizes.drain(MAX_HEADS - 1..sizes.len() - 1);
    }
    for size in sizes {
        let Some(proof) = evidence.head_proof(record, size, signed) else { continue };
        let folder = format!("log/heads/{size}");
        let short = record.id().short();
        files.insert(format!("{folder}/{short}.tlog-proof"), proof.to_string().into_bytes());
        for name in evidence_of_head(signed, &folder)? {
            let path = format!("{folder}/{name}");
            if let Some(bytes) = signed.read(&path)? {
                files.insert(path, bytes);
            }
        }
    }
    Ok(())
}

/// The files beside a kept head that date it, and those alone.
fn evidence_of_head(signed: &dyn Files, folder: &str) -> Result<Vec<String>, PackError> {
    let is_named =
        |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let dates = |name: &str| {
        let is_token = name.starts_with("checkpoint.")
            && (name.ends_with(".tsr") || name.ends_with(".tsq") || name == "checkpoint.ots");
        let is_block = name.starts_with("block-") && name.ends_with(".header");
        name == "checkpoint" || is_token || is_block
    };
    let beside = signed.list(folder)?.into_iter().filter(|name| dates(name));
    let is_chain = |name: &String| name.ends_with(".pem") || name.ends_with(".crl");
    let chains = signed.list(&format!("{folder}/tsa"))?.into_iter().filter(is_chain);
    let all = beside.chain(chains.map(|name| format!("tsa/{name}")));
    Ok(all.filter(|name| is_named(&name.replacen('/', "-", 1))).take(MAX_FILES).collect())
}
