//! Judges an evidence pack: one record in a folder, with all that is needed to check it without its site.
//!
//! A pack holds no tiles, so that the log cannot be folded. Each record is judged by its own bytes and proof, by the history
//! of keys and by the status lists, as one that was met alone; kept heads date it where a proof of its own leads to them.
//! `SHA256SUMS` lists the files, so that one which is gone or was changed is named. Nobody signed that list: it accuses, and
//! vouches for nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fold::{self, Tombstone};
use super::folder::{dated, folder_state, stamps};
use super::identity::{self, Identity};
use super::record::{self, Exhibit, Status};
use super::report::{Axis, Finding, Report, State, Verdict};
use super::trust::Trust;
use super::witness::Heads;
use crate::provenance::files::{Below, Files};
use crate::provenance::kind::Kind;
use crate::provenance::log::{Checkpoint, Head, RecordId, TlogProof, parse_decimal};
use crate::provenance::note::{NoteKey, Signed};
use crate::provenance::record::{Sha256Digest, SignedRecord};

/// The list of a pack's files with their digests, as `sha256sum` writes and reads it.
pub const LIST: &str = "SHA256SUMS";

/// The page that says how to check a pack by hand.
pub const README: &str = "README.txt";

/// Largest list, in bytes.
const MAX_LIST: usize = 1 << 20;

/// Most records of a pack that are judged.
const MAX_RECORDS: usize = 64;

/// Most kept heads that are looked at; the smallest are those that date.
const MAX_HEADS: usize = 256;

/// Whether a folder is a pack: it has its list or its page of instructions, records, and nothing of a log but kept heads.
pub fn is_pack(files: &dyn Files) -> bool {
    let is_there = |path: &str| files.read(path).is_ok_and(|found| found.is_some());
    let has_any = |folder: &str| files.list(folder).is_ok_and(|names| !names.is_empty());
    (is_there(LIST) || is_there(README))
        && has_any("records")
        && !is_there("log/checkpoint")
        && !has_any("log/tile")
}

/// Judges a pack with the records in it.
pub fn pack(target: &str, files: &dyn Files, trust: &Trust, now: Option<Timestamp>) -> Report {
    let (identity, identity_finding) = identity::judge(files, now);
    let [mut listed, words] = judge_files(files);
    if let Some(many) = too_many(files) {
        listed = Finding::not_checked(Axis::Bytes, "pack-files", many);
    }
    let bodies = read_bodies(files);
    let lists: Vec<SignedRecord> =
        bodies.iter().filter_map(Body::signed).filter(|signed| is_list(signed)).cloned().collect();
    let pieces = Pieces { files, identity: identity.as_ref(), lists: &lists, trust, now };
    let log_keys: Vec<&NoteKey> = identity.iter().flat_map(Identity::log_keys).collect();

    let mut heads = PackedHeads::read(files, &log_keys);
    let mut reports = Vec::new();
    let mut listing = ListsSeen::default();
    for body in &bodies {
        let mut report = pieces.judge(body);
        if body.signed().is_some_and(is_list) {
            listing.add(&report);
            continue;
        }
        if let (Some(signed), Some(own)) = (body.signed(), identity.as_ref()) {
            heads.date(files, signed, own, trust, now, &mut report);
        }
        reports.push(report);
    }
    if let Some(own) = identity.as_ref().filter(|own| !trust.refuses(own)) {
        believe_admitted(&bodies, &mut reports, own, trust);
    }
    reports.extend(taken_back(&bodies));
    let proofs = bodies.iter().filter_map(|body| TlogProof::parse(body.proof.as_deref()?).ok());
    heads.compare(proofs.map(|proof| proof.checkpoint));

    let mut findings = vec![identity_finding, listed, words];
    findings.extend(heads.finding());
    findings.push(listing.finding());
    let state = folder_state(&findings, &reports);
    Report { state, findings, records: reports, ..Report::about(target.to_owned()) }
}

/// Believes records whose signers the owner of the register admits, by an Accreditation or Delegation that is packed with
/// them, was signed by her, and is intact itself.
fn believe_admitted(bodies: &[Body], reports: &mut [Report], own: &Identity, trust: &Trust) {
    let is_intact = |signed: &SignedRecord| {
        let id = signed.id().to_string();
        let mut found = reports.iter().filter(|it| it.record.as_deref() == Some(id.as_str()));
        found.any(|it| it.state == State::RecordIntact)
    };
    let admitting: Vec<&SignedRecord> = bodies
        .iter()
        .filter_map(Body::signed)
        .filter(|it| it.record().issuer.same_issuer(&own.issuer) && is_intact(it))
        .collect();
    for body in bodies {
        let Some(signed) = body.signed() else { continue };
        let id = signed.id().to_string();
        let report = reports.iter_mut().find(|it| it.record.as_deref() == Some(id.as_str()));
        let (Some(report), Some(by)) =
            (report, admitting.iter().find(|by| fold::admits(by, signed)))
        else {
            continue;
        };
        let kinds = (signed.record().subject.kind(), by.record().subject.kind());
        record::admit_by(report, by.id(), kinds.0, Some(signed), &own.issuer, Some(kinds.1), trust);
        record::settle_state(report);
    }
}

/// What is said of a pack with more records than are read: none is passed over in silence.
fn too_many(files: &dyn Files) -> Option<String> {
    let names = files.list("records").unwrap_or_default();
    let count = names.iter().filter(|name| name.ends_with(".json")).count();
    (count > MAX_RECORDS).then(|| {
        format!("it holds {count} records, and a pack has at most {MAX_RECORDS}: not all were read")
    })
}

/// One record's file, with what lies beside it.
struct Body {
    name: String,
    bytes: Vec<u8>,
    proof: Option<Vec<u8>>,
    side_signature: Option<Vec<u8>>,
    signed: Option<SignedRecord>,
}

impl Body {
    fn signed(&self) -> Option<&SignedRecord> {
        self.signed.as_ref()
    }
}

fn is_list(signed: &SignedRecord) -> bool {
    signed.record().subject.kind() == Kind::Snapshot
}

fn read_bodies(files: &dyn Files) -> Vec<Body> {
    let names = files.list("records").unwrap_or_default();
    let stems = names.iter().filter_map(|name| name.strip_suffix(".json"));
    stems
        .take(MAX_RECORDS)
        .map(|stem| {
            let read =
                |ending: &str| files.read(&format!("records/{stem}.{ending}")).ok().flatten();
            let bytes = read("json").unwrap_or_default();
            Body {
                name: format!("{stem}.json"),
                proof: read("tlog-proof"),
                side_signature: read("sshsig"),
                signed: SignedRecord::parse(&bytes).ok(),
                bytes,
            }
        })
        .collect()
}

/// What all records of a pack are judged by.
struct Pieces<'a> {
    files: &'a dyn Files,
    identity: Option<&'a Identity>,
    lists: &'a [SignedRecord],
    trust: &'a Trust,
    now: Option<Timestamp>,
}

impl Pieces<'_> {
    fn judge(&self, body: &Body) -> Report {
        let exhibit = Exhibit {
            name: Some(&body.name),
            bytes: &body.bytes,
            proof: body.proof.as_deref(),
            side_signature: body.side_signature.as_deref(),
            masters: Some(&Below { files: self.files, folder: "records" }),
            log_key: self.identity.map(|identity| &identity.log_key),
            site: self.identity.map(|identity| &identity.issuer),
            identity: self.identity,
            status: Status::NoLog,
            snapshots: self.lists,
        };
        record::record(&exhibit, self.trust, self.now).0
    }
}

/// The checks `pack-files` and `pack-words`: each file that the list names is at hand, and as it was packed.
fn judge_files(files: &dyn Files) -> [Finding; 2] {
    let (axis, check) = (Axis::Bytes, "pack-files");
    let plain =
        "the instructions and the page for people are nobody's signed words, and prove nothing";
    let words = |why: String| Finding::not_checked(axis, "pack-words", why);
    let listed = match files.read(LIST) {
        Ok(Some(bytes)) => parse_list(&bytes),
        Ok(None) => {
            let why = format!("{LIST} is missing: what else is gone cannot be told");
            return [Finding::not_checked(axis, check, why), words(plain.to_owned())];
        }
        Err(error) => Err(error.to_string()),
    };
    let listed = match listed {
        Ok(listed) => listed,
        Err(why) => return [Finding::invalid(axis, check, why), words(plain.to_owned())],
    };
    let (mut missing, mut altered, mut unsaid) = (Vec::new(), Vec::new(), Vec::new());
    for (path, digest) in &listed {
        let place = match files.read(path) {
            Ok(Some(bytes)) if Sha256Digest::of(&bytes) == *digest => continue,
            _ if is_words(path) => &mut unsaid,
            Ok(Some(_)) => &mut altered,
            Ok(None) | Err(_) => &mut missing,
        };
        place.push(path.as_str());
    }
    let files_finding = match (altered.as_slice(), missing.as_slice()) {
        ([], []) => Finding::valid(
            axis,
            check,
            format!("all {} files are here, as {LIST} lists them", listed.len()),
        ),
        ([], missing) => Finding::not_checked(axis, check, format!("missing: {}", some(missing))),
        (altered, missing) => {
            let mut why = format!("not as {LIST} lists them: {}", some(altered));
            if !missing.is_empty() {
                why.push_str(&format!("; missing: {}", some(missing)));
            }
            Finding::invalid(axis, check, why)
        }
    };
    let words = match unsaid.as_slice() {
        [] => words(plain.to_owned()),
        unsaid => words(format!("missing, or not as {LIST} lists them: {}; {plain}", some(unsaid))),
    };
    [files_finding, words]
}

/// What is for people to read, and proves nothing.
fn is_words(path: &str) -> bool {
    path.starts_with("README.") || (path.starts_with("V/") && path.ends_with("/index.html"))
}

/// The first few of several paths.
fn some(paths: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut text = paths.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if paths.len() > SHOWN {
        text.push_str(&format!(" and {} more", paths.len() - SHOWN));
    }
    text
}

/// Reads the list: one file a line, 64 hex digits, two spaces, its path.
fn parse_list(bytes: &[u8]) -> Result<BTreeMap<String, Sha256Digest>, String> {
    let malformed = |number: usize| format!("{LIST}: line {number} is no digest and path");
    if bytes.len() > MAX_LIST {
        return Err(format!("{LIST} is too large"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| format!("{LIST} is not text"))?;
    let mut listed = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let read = || {
            let (digest, path) = line.split_once("  ")?;
            let digest = data_encoding::HEXLOWER.decode(digest.as_bytes()).ok()?;
            let is_plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\' && b != b':')
                && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
            is_plain.then_some(())?;
            Some((path.to_owned(), Sha256Digest(digest.try_into().ok()?)))
        };
        let (path, digest) = read().ok_or_else(|| malformed(number))?;
        if listed.insert(path, digest).is_some() {
            return Err(malformed(number));
        }
    }
    match listed.is_empty() {
        true => Err(format!("{LIST} lists nothing")),
        false => Ok(listed),
    }
}

/// The kept heads of a pack or a page, each dating the records that have a proof beside it.
pub(super) struct PackedHeads {
    /// Heads that a log key signed, the smallest first.
    signed: Vec<Checkpoint>,
    /// Of which sizes a proof led to the head.
    proven: Vec<u64>,
    /// What does not hold.
    wrong: Option<String>,
    /// What could not be looked at.
    unread: Option<String>,
}

impl PackedHeads {
    pub(super) fn read(files: &dyn Files, keys: &[&NoteKey]) -> Self {
        let mut heads = Self { signed: Vec::new(), proven: Vec::new(), wrong: None, unread: None };
        let names = files.list("log/heads").unwrap_or_default();
        let mut sizes: Vec<u64> = names.iter().filter_map(|name| parse_decimal(name)).collect();
        sizes.sort_unstable();
        if sizes.len() > MAX_HEADS {
            heads.unread = Some("there are too many kept page seals".to_owned());
        }
        for size in sizes.into_iter().take(MAX_HEADS) {
            let path = format!("log/heads/{size}/checkpoint");
            let Ok(Some(bytes)) = files.read(&path) else {
                heads.unread.get_or_insert(format!("{path} is missing"));
                continue;
            };
            match Checkpoint::parse(&bytes) {
                Err(why) => _ = heads.wrong.get_or_insert(format!("{path}: {why}")),
                Ok(found) if found.head().size != size => {
                    heads.wrong.get_or_insert(format!("{path} is of another size"));
                }
                Ok(_) if keys.is_empty() => {
                    heads.unread.get_or_insert("the register's key is not known".to_owned());
                }
                Ok(found) if keys.iter().any(|key| found.verify(key) == Signed::Valid) => {
                    heads.signed.push(found);
                }
                Ok(_) => {
                    heads
                        .wrong
                        .get_or_insert(format!("{path}: the register's key did not sign it"));
                }
            }
        }
        heads
    }

    /// Tells by when a record existed, by the heads to which a proof leads from it, for whoever trusts some who date.
    pub(super) fn date(
        &mut self,
        files: &dyn Files,
        signed: &SignedRecord,
        own: &Identity,
        trust: &Trust,
        now: Option<Timestamp>,
        report: &mut Report,
    ) {
        let kept = self.proven(files, signed);
        if trust.dates()
            && let Some((index, kept)) = kept
        {
            let log_keys: Vec<&NoteKey> = own.log_keys().collect();
            let kept = Heads { kept, contradicting: Vec::new(), finding: None };
            let seen = kept.sightings(&own.log_key, trust, now);
            let stamps = stamps(files, &log_keys, &kept, trust);
            record::date(report, None, dated(&seen.of(index), index, &stamps));
        }
    }

    /// A record's place in the log and the heads to which a proof leads from it, if there are any.
    fn proven(
        &mut self,
        files: &dyn Files,
        signed: &SignedRecord,
    ) -> Option<(u64, Vec<Checkpoint>)> {
        let short = signed.id().short();
        let (mut index, mut proven) = (None, Vec::new());
        for head in &self.signed {
            let size = head.head().size;
            let path = format!("log/heads/{size}/{short}.tlog-proof");
            let Ok(Some(bytes)) = files.read(&path) else { continue };
            let proof = TlogProof::parse(&bytes).ok().filter(|proof| {
                proof.checkpoint.head() == head.head()
                    && proof.leads_from(signed.entry().leaf_hash())
                    && index.is_none_or(|index| index == proof.index)
            });
            let Some(proof) = proof else {
                let why = format!("{path} does not lead from the record to that page seal");
                self.wrong.get_or_insert(why);
                continue;
            };
            index = Some(proof.index);
            self.proven.push(size);
            proven.push(head.clone());
        }
        Some((index?, proven))
    }

    /// Notes whether two heads of one size contradict each other: then the key signed two versions of the register.
    fn compare(&mut self, others: impl Iterator<Item = Checkpoint>) {
        let mut by_size: BTreeMap<(String, u64), Head> = BTreeMap::new();
        for checkpoint in self.signed.iter().cloned().chain(others) {
            let head = checkpoint.head();
            let place = (checkpoint.origin().to_string(), head.size);
            if by_size.insert(place, head).is_some_and(|before| before != head) {
                let why = format!(
                    "there are two versions of the register, each of {} entries",
                    head.size
                );
                self.wrong = Some(why);
            }
        }
    }

    /// The finding `log-heads`; none where no head is kept.
    fn finding(&self) -> Option<Finding> {
        let (axis, check) = (Axis::Bytes, "log-heads");
        let unproven = self.signed.iter().map(|head| head.head().size);
        let unproven = { unproven }.find(|size| !self.proven.contains(size));
        if let Some(why) = &self.wrong {
            return Some(Finding::invalid(axis, check, why.clone()));
        }
        if let Some(why) = &self.unread {
            return Some(Finding::not_checked(axis, check, why.clone()));
        }
        if let Some(size) = unproven {
            let why = format!("no proof leads from a record to the page seal in log/heads/{size}");
            return Some(Finding::not_checked(axis, check, why));
        }
        let why = match self.signed.len() {
            0 => return None,
            1 => "a proof leads to the kept page seal, and the register's key signed it".to_owned(),
            count => {
                format!(
                    "proofs lead to {count} kept page seals, and the register's key signed them"
                )
            }
        };
        Some(Finding::valid(axis, check, why))
    }
}

/// What was found of the status lists in a pack.
#[derive(Default)]
struct ListsSeen {
    count: usize,
    wrong: Option<String>,
    open: Option<String>,
}

impl ListsSeen {
    fn add(&mut self, report: &Report) {
        self.count += 1;
        let may_be_missing = ["file-name", "side-signature"];
        for finding in report.findings.iter().filter(|finding| finding.axis == Axis::Bytes) {
            let why = || format!("records/{}: {}", report.target, finding.reason);
            match finding.verdict {
                Verdict::Valid => (),
                Verdict::Invalid => _ = self.wrong.get_or_insert_with(why),
                Verdict::NotChecked if may_be_missing.contains(&finding.check) => (),
                Verdict::NotChecked => _ = self.open.get_or_insert_with(why),
            }
        }
    }

    /// The check `pack-lists`: each status list is signed, and in the log.
    fn finding(self) -> Finding {
        let (axis, check) = (Axis::Bytes, "pack-lists");
        match (self.wrong, self.open, self.count) {
            (Some(why), ..) => Finding::invalid(axis, check, why),
            (None, Some(why), _) => Finding::not_checked(axis, check, why),
            (None, None, 0) => Finding::not_checked(axis, check, "no status list is in the pack"),
            (None, None, count) => {
                Finding::valid(axis, check, format!("{count} status lists are signed and logged"))
            }
        }
    }
}

/// What is left to say of records that a Withdrawal in the pack took back.
fn taken_back(bodies: &[Body]) -> Vec<Report> {
    let has_body = |id: &RecordId| bodies.iter().any(|body| RecordId::of(&body.bytes) == *id);
    let gone = bodies.iter().filter_map(Body::signed).filter_map(|signed| {
        Some((Tombstone::of(signed)?.target.id, signed.id())).filter(|(id, _)| !has_body(id))
    });
    gone.map(|(id, by)| {
        let why = format!("records/{}.json took its content back", by.short());
        Report {
            record: Some(id.to_string()),
            state: State::Withdrawn,
            findings: vec![Finding::invalid(Axis::Status, "not-withdrawn", why)],
            ..Report::about(format!("{}.json", id.short()))
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_files_is_read_as_sha256sum_writes_it_or_refused() {
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let line = |path: &str| format!("{digest}  {path}\n");
        let list = format!("{}{}", line("did.json"), line("records/A.json"));
        let listed = parse_list(list.as_bytes()).unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed["did.json"], Sha256Digest::of(b""));
        for bad in [
            String::new(),
            line("../did.json"),
            line("/did.json"),
            line("a//b"),
            line("a b"),
            line("c:\\a"),
            line("a").repeat(2),
            line("a").to_ascii_uppercase(),
            line("a").replace("  ", " *"),
            line("a")[1..].to_owned(),
            "\u{fffd}".repeat(9),
        ] {
            assert!(parse_list(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse_list(&vec![b'a'; MAX_LIST + 1]).is_err());
        assert!(parse_list(&[0xff]).is_err());
        assert_eq!(some(&["a", "b"]), "a, b");
        assert_eq!(some(&["a"; 10]), "a, a, a, a, a, a, a, a and 2 more");
    }
}
