//! Judges a whole folder: a site as its maker keeps it, or as it is published.
//!
//! The two differ in where the identity files stand: `identity/` in the one, the root and
//! `.well-known/` in the other. Records and log stand alike in both.

use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use super::log::{self, LogAudit};
use super::record::{self, Exhibit, Status, VerifiedRecord};
use super::report::{Axis, Finding, Report, State, StatusAsOf, Verdict};
use super::trust::Trust;
use super::witness::Heads;
use crate::provenance::did::DidWeb;
use crate::provenance::files::{Below, Files, ReadError};
use crate::provenance::key::VerifierKey;
use crate::provenance::log::{Checkpoint, Entry, RecordId};
use crate::provenance::note::NoteKey;
use crate::provenance::record::{CONTEXT, CONTEXT_PATH, SignedRecord, Uuid, parse_did_document};
use crate::provenance::sshsig;

/// The judgement on a folder, with what may be stated of its records.
#[derive(Clone, Debug)]
pub struct FolderAudit {
    /// The findings, on the folder and on each record.
    pub report: Report,
    /// The records that may be stated, by short id.
    pub records: Vec<VerifiedRecord>,
    /// Whose folder it is, if its identity files hold.
    pub identity: Option<Identity>,
    /// The judgement on its log.
    pub log: LogAudit,
}

/// The public identity of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The issuer's name.
    pub issuer: DidWeb,
    /// The keys that sign its records.
    pub keys: Vec<VerifierKey>,
    /// The key that signs its log.
    pub log_key: NoteKey,
}

/// Judges a folder with all its records.
///
/// `pinned` is a checkpoint of its log that was seen and verified before.
pub fn folder(
    target: &str,
    files: &dyn Files,
    trust: &Trust,
    pinned: Option<&Checkpoint>,
    now: Option<Timestamp>,
) -> FolderAudit {
    let (identity, identity_finding) = judge_identity(files);
    let log_key = identity.as_ref().map(|identity| &identity.log_key);
    let mut entries: Vec<(u64, Option<RecordId>)> = Vec::new();
    let log_folder = Below { files, folder: "log" };
    let log = log::audit(&log_folder, log_key, pinned, &mut |index, bytes| {
        entries.push((index, Entry::parse(bytes).map(|Entry::Record(id)| id)));
    });

    let names = files.list("records").unwrap_or_default();
    let site = identity.as_ref().map(|identity| &identity.issuer);
    let judge = |name: &str| judge_body(files, name, log_key, site, trust, now);
    let names: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".json")).collect();
    let mut bodies: Vec<Body> = names.par_iter().map(|name| judge(name)).collect();

    let bodies_finding = judge_bodies(&log, &entries, &bodies);
    let head = log.head().zip(log.checkpoint.as_ref()).map(|(head, checkpoint)| StatusAsOf {
        origin: checkpoint.origin().to_string(),
        size: head.size,
        root: head.root.0.to_string(),
    });
    let logged: BTreeSet<RecordId> = entries.iter().filter_map(|(_, id)| *id).collect();
    for body in &mut bodies {
        let status = match &head {
            None => Status::Unreadable(&log.why),
            Some(_) if bodies_finding.verdict != Verdict::Valid => {
                Status::Unreadable(&bodies_finding.reason)
            }
            Some(_) if !body.id.is_some_and(|id| logged.contains(&id)) => {
                Status::Unreadable("it is not in the log")
            }
            Some(head) => Status::Folded(head),
        };
        record::settle(&mut body.report, body.verified.as_mut(), status);
    }
    let kept =
        log_key.zip(log.head()).map(|(key, head)| (key, Heads::read(&log_folder, key, head)));
    if let Some((key, heads)) = kept.as_ref().filter(|_| !trust.witnesses().is_empty()) {
        let sightings = heads.sightings(key, trust, now);
        let indexes: BTreeMap<RecordId, u64> =
            entries.iter().filter_map(|&(index, id)| Some((id?, index))).collect();
        for body in &mut bodies {
            if let Some(index) = body.id.and_then(|id| indexes.get(&id)) {
                let found = sightings.of(*index).finding();
                record::date(&mut body.report, body.verified.as_mut(), found);
            }
        }
    }
    let (reports, records): (Vec<_>, Vec<_>) =
        bodies.into_iter().map(|body| (body.report, body.verified)).unzip();
    let records = records.into_iter().flatten().collect();

    let mut findings = vec![identity_finding];
    findings.extend(log.findings.iter().cloned());
    findings.extend(kept.and_then(|(_, heads)| heads.finding));
    findings.push(bodies_finding);
    let report = Report {
        target: target.to_owned(),
        state: folder_state(&findings, &reports),
        record: None,
        status_as_of: head,
        findings,
        records: reports,
    };
    FolderAudit { report, records, identity, log }
}

/// The worst that was found; *not signed* if there is no record.
fn folder_state(findings: &[Finding], records: &[Report]) -> State {
    // A kept head that cannot be read dates nothing, and takes nothing away.
    let counts =
        |finding: &&Finding| finding.check != "log-heads" || finding.verdict != Verdict::NotChecked;
    let has = |verdict| findings.iter().filter(counts).any(|finding| finding.verdict == verdict);
    let own = if has(Verdict::Invalid) {
        State::Altered
    } else if records.is_empty() {
        State::NotSigned
    } else if has(Verdict::NotChecked) {
        State::CannotCheckNow
    } else {
        State::RecordIntact
    };
    records.iter().map(|report| report.state).fold(own, State::min)
}

/// Reads the first of several paths that exists.
fn read_any(files: &dyn Files, paths: &[&str]) -> Result<Option<Vec<u8>>, ReadError> {
    for path in paths {
        if let Some(bytes) = files.read(path)? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

fn judge_identity(files: &dyn Files) -> (Option<Identity>, Finding) {
    let (axis, check) = (Axis::Bytes, "identity");
    match read_identity(files) {
        Ok(Some(identity)) => {
            let why = format!("this is the folder of {}", identity.issuer);
            (Some(identity), Finding::valid(axis, check, why))
        }
        Ok(None) => (None, Finding::not_checked(axis, check, "it publishes no identity")),
        Err(why) => (None, Finding::invalid(axis, check, why)),
    }
}

fn read_identity(files: &dyn Files) -> Result<Option<Identity>, String> {
    let read = |paths: &[&str]| read_any(files, paths).map_err(|error| error.to_string());
    let did = read(&["identity/did.json", ".well-known/did.json", "did.json"])?;
    let log_key = read(&["identity/log.vkey", "log.vkey"])?;
    let signers = read(&["identity/allowed_signers", "allowed_signers"])?;
    let context = read(&["identity/context-v1.jsonld", CONTEXT_PATH])?;
    if did.is_none() && log_key.is_none() {
        return Ok(None);
    }
    let did = did.ok_or("did.json is missing")?;
    let (issuer, keys) =
        parse_did_document(&did).ok_or("did.json is not the document of an issuer")?;
    let log_key = log_key.ok_or("log.vkey is missing")?;
    let log_key = std::str::from_utf8(&log_key)
        .ok()
        .and_then(|text| NoteKey::parse(text.strip_suffix('\n')?))
        .ok_or("log.vkey does not hold the key of a log")?;
    if keys.contains(log_key.key()) {
        return Err("one key signs both records and the log".to_owned());
    }
    let signers = signers.ok_or("allowed_signers is missing")?;
    if signers != sshsig::allowed_signers(&issuer, &keys).as_bytes() {
        return Err("allowed_signers does not hold the keys of did.json".to_owned());
    }
    let context = context.ok_or("context-v1.jsonld is missing")?;
    if context != CONTEXT {
        return Err("context-v1.jsonld is not the fixed one".to_owned());
    }
    Ok(Some(Identity { issuer, keys, log_key }))
}

/// One record's file, judged but for its status.
struct Body {
    /// SHA-256 of its bytes; `None` if it could not be read.
    id: Option<RecordId>,
    /// Its own id, if it is a record.
    uuid: Option<Uuid>,
    report: Report,
    verified: Option<VerifiedRecord>,
}

/// Reads and judges one record with what lies beside it.
fn judge_body(
    files: &dyn Files,
    name: &str,
    log_key: Option<&NoteKey>,
    site: Option<&DidWeb>,
    trust: &Trust,
    now: Option<Timestamp>,
) -> Body {
    let read = |ending: &str| files.read(&format!("records/{name}.{ending}")).ok().flatten();
    let (bytes, proof, side_signature) = (read("json"), read("tlog-proof"), read("sshsig"));
    let file_name = format!("{name}.json");
    let exhibit = Exhibit {
        name: Some(&file_name),
        bytes: bytes.as_deref().unwrap_or_default(),
        proof: proof.as_deref(),
        side_signature: side_signature.as_deref(),
        masters: Some(&Below { files, folder: "records" }),
        log_key,
        site,
        status: Status::NoLog,
    };
    let (report, verified) = record::record(&exhibit, trust, now);
    let id = bytes.as_deref().map(RecordId::of);
    // Even where something beside it keeps it from being stated, it is a body of the log.
    let uuid = match &verified {
        Some(verified) => Some(verified.record().uuid.clone()),
        None => SignedRecord::parse(exhibit.bytes).ok().map(|signed| signed.record().uuid.clone()),
    };
    Body { id, uuid, report, verified }
}

/// Compares the entries of the log with the records that are at hand.
///
/// A status can be told only from all of them, so one that is missing, of an unknown kind, or
/// beside the log keeps every status open.
fn judge_bodies(log: &LogAudit, entries: &[(u64, Option<RecordId>)], bodies: &[Body]) -> Finding {
    let (axis, check) = (Axis::Bytes, "log-bodies");
    let open = |why: String| Finding::not_checked(axis, check, why);
    if log.head().is_none() {
        return open("the log cannot be used".to_owned());
    }
    let by_name: BTreeMap<&str, &Body> =
        bodies.iter().map(|body| (body.report.target.as_str(), body)).collect();
    let mut uuids = BTreeMap::new();
    let mut logged = BTreeSet::new();
    let mut missing = None;
    for (index, id) in entries {
        let Some(id) = id else {
            missing.get_or_insert(format!("entry {index} is of a kind that is not known"));
            continue;
        };
        if !logged.insert(*id) {
            return Finding::invalid(axis, check, format!("entry {index} repeats an earlier one"));
        }
        let name = format!("{}.json", id.short());
        let Some(body) = by_name.get(name.as_str()).filter(|body| body.id == Some(*id)) else {
            missing.get_or_insert(format!("records/{name} of entry {index} is not at hand"));
            continue;
        };
        let Some(uuid) = &body.uuid else {
            missing.get_or_insert(format!("the record of entry {index} cannot be read"));
            continue;
        };
        if let Some(earlier) = uuids.insert(uuid, index) {
            let why = format!("entries {earlier} and {index} sign the same id twice");
            return Finding::invalid(axis, check, why);
        }
    }
    let is_beside = |body: &&Body| !body.id.is_some_and(|id| logged.contains(&id));
    if let Some(beside) = bodies.iter().find(is_beside) {
        missing.get_or_insert(format!("records/{:.80} is not in the log", beside.report.target));
    }
    match missing {
        Some(why) => open(why),
        None => Finding::valid(axis, check, "every entry has its record"),
    }
}

/// Judges one record's file with what lies around it.
///
/// `files` is the folder of the site if `path` starts with `records/`, and then status is told
/// from its log; else it is the folder in which the record lies.
pub fn record_file(
    path: &str,
    files: &dyn Files,
    trust: &Trust,
    now: Option<Timestamp>,
) -> Result<(Report, Option<VerifiedRecord>), ReadError> {
    let stem = path.strip_suffix(".json").unwrap_or(path);
    if let Some(short) = stem.strip_prefix("records/") {
        let audit = folder("", files, trust, None, now);
        let name = format!("{short}.json");
        if let Some(report) = audit.report.records.into_iter().find(|r| r.target == name) {
            let is_it = |verified: &VerifiedRecord| verified.id().short().as_str() == short;
            let verified = audit.records.into_iter().find(is_it);
            return Ok((Report { target: path.to_owned(), ..report }, verified));
        }
    }
    let read = |path: &str| {
        files
            .read(path)?
            .ok_or_else(|| ReadError { path: path.to_owned(), why: "not there".into() })
    };
    let bytes = read(path)?;
    let proof = files.read(&format!("{stem}.tlog-proof"))?;
    let side_signature = files.read(&format!("{stem}.sshsig"))?;
    let exhibit = Exhibit {
        name: path.rsplit('/').next(),
        bytes: &bytes,
        proof: proof.as_deref(),
        side_signature: side_signature.as_deref(),
        masters: Some(files),
        ..Exhibit::default()
    };
    let (report, verified) = record::record(&exhibit, trust, now);
    Ok((Report { target: path.to_owned(), ..report }, verified))
}
