//! Judges one record, with whatever lies beside it.

use jiff::Timestamp;

use super::delegation::MAX_DEPTH;
use super::fold::{Condition, Standing};
use super::identity::Identity;
use super::report::{Axis, Finding, Report, State, StatusAsOf, Verdict};
use super::trust::{self, Trust, TrustedSigner};
use crate::provenance::credential::{self, Credential, Fault};
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::files::Files;
use crate::provenance::instant;
use crate::provenance::json::Value;
use crate::provenance::key::VerifierKey;
use crate::provenance::kind::Kind;
use crate::provenance::log::{RecordId, TlogProof};
use crate::provenance::note::{NoteKey, Signed};
use crate::provenance::record::{self, Photograph, Record, Sha256Digest, SignedRecord};
use crate::provenance::sshsig;
use crate::provenance::status::{self, Bits, LIST_BITS, Purpose};

/// A record whose own bytes the judge found to be signed, canonical and well formed, and beside
/// which nothing was found that contradicts it.
///
/// Only the judge makes one, and pages state only what one holds. It is not yet a statement that
/// the signer is believed: that is [`VerifiedRecord::state`], which pages state too.
#[derive(Clone, Debug)]
pub struct VerifiedRecord {
    signed: SignedRecord,
    proof: Option<TlogProof>,
    report: Report,
}

impl VerifiedRecord {
    /// The record with its signature.
    pub fn signed(&self) -> &SignedRecord {
        &self.signed
    }

    /// What it says.
    pub fn record(&self) -> &Record {
        self.signed.record()
    }

    /// SHA-256 of its bytes.
    pub fn id(&self) -> RecordId {
        self.signed.id()
    }

    /// The proof that it is in the log, with the checkpoint that it leads to; `None` if there is
    /// none, or if nobody knows the key of its checkpoint.
    pub fn proof(&self) -> Option<&TlogProof> {
        self.proof.as_ref()
    }

    /// What the judge's findings amount to.
    pub fn state(&self) -> State {
        self.report.state
    }

    /// All findings.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// What the judge is given about one record.
#[derive(Clone, Copy, Default)]
pub struct Exhibit<'a> {
    /// The name of its file, without a folder.
    pub name: Option<&'a str>,
    /// The bytes of its file.
    pub bytes: &'a [u8],
    /// The bytes of its `.tlog-proof`.
    pub proof: Option<&'a [u8]>,
    /// The bytes of its `.sshsig`.
    pub side_signature: Option<&'a [u8]>,
    /// The folder `records`, below which its masters stand in `files`.
    pub masters: Option<&'a dyn Files>,
    /// The log key that the folder around it publishes.
    pub log_key: Option<&'a NoteKey>,
    /// The issuer whose identity the folder around it publishes.
    pub site: Option<&'a Did>,
    /// The identity of its issuer, verified, if it is at hand.
    pub identity: Option<&'a Identity>,
    /// What the whole log says, if it was read.
    pub status: Status<'a>,
    /// Status lists of the same issuer that are at hand, read but not judged yet.
    pub snapshots: &'a [SignedRecord],
}

/// What is known of a record's status.
#[derive(Clone, Copy, Default)]
pub enum Status<'a> {
    /// The log was not read.
    #[default]
    NoLog,
    /// The log was read, and something keeps it from answering.
    Unreadable(&'a str),
    /// The log at hand is not the one that others saw, or goes with another history of keys: neither it nor the status
    /// lists beside it say that a record holds.
    Disowned(&'a str),
    /// The whole log was read up to this head, with every body or its tombstone.
    Folded {
        /// The head.
        as_of: &'a StatusAsOf,
        /// How the record stands in the log.
        standing: &'a Standing,
    },
}

/// The checks on the status axis, in their order.
pub const STATUS_CHECKS: [&str; 9] = [
    "status",
    "in-effect",
    "not-revoked",
    "not-withdrawn",
    "not-superseded",
    "not-suspended",
    "not-ended",
    "agreed",
    "snapshot",
];

/// Judges the layer of W3C Data Integrity alone, and the dates: the checks marked C.
///
/// Answers no [`VerifiedRecord`], and at best *unknown signer*: it is for comparing with other
/// implementations, on credentials that are not ours too.
pub fn credential(bytes: &[u8], now: Option<Timestamp>) -> Report {
    let (parsed, mut findings) = sequence(Credential::parse(bytes), &credential::CHECKS);
    findings.extend(match &parsed {
        Some(c) => judge_time(c.created, c.valid_from, c.valid_until, now),
        None => not_reached(Axis::Time, &["valid-from", "valid-until"]),
    });
    let state = State::of(&findings);
    let target = String::new();
    Report { state, findings, ..Report::about(target) }
}

/// Judges one record, with all checks of the first table of [`crate::verify`].
pub fn record(
    exhibit: &Exhibit<'_>,
    trust: &Trust,
    now: Option<Timestamp>,
) -> (Report, Option<VerifiedRecord>) {
    let (parsed, mut findings) = sequence(SignedRecord::parse(exhibit.bytes), &record::CHECKS);
    let mut report = Report {
        record: parsed.as_ref().map(|signed| signed.id().to_string()),
        ..Report::about(exhibit.name.unwrap_or_default().to_owned())
    };
    let Some(signed) = parsed else {
        findings.extend(not_reached(
            Axis::Bytes,
            &["file-name", "masters", "side-signature", "inclusion", "checkpoint"],
        ));
        findings.extend(not_reached(
            Axis::Signer,
            &["practice", "signer", "key-in-force", "log-signer", "site"],
        ));
        findings.extend(not_reached(Axis::Status, &STATUS_CHECKS));
        findings.extend(not_reached(Axis::Time, &["valid-from", "valid-until", "existed-by"]));
        report.state = State::of(&findings);
        report.findings = findings;
        return (report, None);
    };
    findings.push(judge_name(exhibit, &signed));
    findings.push(judge_masters(exhibit, &signed));
    findings.push(judge_side_signature(exhibit, &signed));
    let (proof, about_log) = judge_log(exhibit, &signed, trust);
    findings.extend(about_log);
    findings.extend(judge_signer(exhibit, &signed, trust));
    // `log-signer` is found with the proof, and told with the signer.
    if let Some(at) = findings.iter().position(|finding| finding.check == "log-signer") {
        let log_signer = findings.remove(at);
        findings.insert(findings.len() - 1, log_signer);
    }
    let index = proof.as_ref().map(|proof| proof.index);
    let list = judge_snapshots(&signed, index, exhibit.identity, exhibit.snapshots, now);
    let told = judge_status(&exhibit.status, &list);
    findings.extend(told.findings);
    let said = signed.record();
    let (from, until) = (Some(said.valid_from), said.valid_until);
    findings.extend(judge_time(signed.created(), from, until, now));
    let why = "the dates are the signer's own; nobody else vouches for one yet";
    findings.push(Finding::not_checked(Axis::Time, "existed-by", why));

    report.state = State::of(&findings);
    report.status_as_of = told.as_of;
    report.is_disputed = told.is_disputed;
    report.findings = findings;
    let verified = (report.state != State::Altered).then(|| {
        let report = report.clone();
        VerifiedRecord { signed, proof, report }
    });
    (report, verified)
}

/// What is known of a record's status.
struct Told {
    findings: Vec<Finding>,
    as_of: Option<StatusAsOf>,
    is_disputed: bool,
}

/// What the issuer's status lists say of a record met alone.
enum Listed {
    /// The record has no place in a list, or no list is at hand.
    NotAtHand(&'static str),
    /// A list is at hand, and says so; `is_current` if both lists are, and neither is over; `is_over` if the newest of one
    /// is, at the time of judging.
    Bits {
        is_revoked: bool,
        is_suspended: bool,
        is_current: bool,
        is_over: bool,
        as_of: StatusAsOf,
    },
}

/// Reads the lists of the same issuer that are at hand. A list counts only with a true signature,
/// by the key of this record or another of the issuer's; whoever gathered them saw to that.
///
/// `index` is the record's place in the log, if a proof tells it.
fn judge_snapshots(
    signed: &SignedRecord,
    index: Option<u64>,
    identity: Option<&Identity>,
    snapshots: &[SignedRecord],
    now: Option<Timestamp>,
) -> Listed {
    let record = signed.record();
    let is_list = record.subject.kind() == Kind::Snapshot;
    // Whoever signs in another's log does not know her place; then its proof tells it.
    let Some(position) = record.list_position(index) else {
        return Listed::NotAtHand(match is_list {
            true => "it has no place in a status list",
            false => "its place in the status lists is not known without its proof",
        });
    };
    let (list, place) = (position / LIST_BITS, position % LIST_BITS);
    let mut found = None;
    let (mut is_revoked, mut is_suspended) = (false, false);
    let mut newest: [Option<(u64, bool, bool)>; 2] = [None, None];
    for snapshot in snapshots {
        let said = snapshot.record();
        let Some(statement) = said.subject.as_statement().filter(|s| s.kind == Kind::Snapshot)
        else {
            continue;
        };
        let Some(purpose) = statement.word("statusPurpose").and_then(Purpose::parse) else {
            continue;
        };
        if !speaks_for(snapshot, signed, identity) {
            continue;
        }
        let url = format!("{}{}#list", said.base.base_url(), status::list_path(purpose, list));
        if statement.word("id") != Some(&url) {
            continue;
        }
        let bits = statement.word("encodedList").and_then(|list| Bits::decode(list).ok());
        let Some(bit) = bits.and_then(|bits| bits.get(place)) else { continue };
        let log = statement.members.get("log");
        let (Some(origin), Some(size), Some(root)) = (
            log.and_then(|log| log.text("origin")),
            log.and_then(|log| log.member("size")).and_then(Value::as_count),
            log.and_then(|log| log.text("root")),
        ) else {
            continue;
        };
        // A list of a log that did not hold the record yet says nothing about it; after two versions of a log became
        // one, that is further on than its place in the lists.
        if size <= position.max(index.unwrap_or_default()) {
            continue;
        }
        // Revocation is final whichever list says it; suspension is what the newest says.
        is_revoked |= purpose == Purpose::Revocation && bit;
        let is_over = said.valid_until.is_none_or(|until| now.is_none_or(|now| now > until))
            || now.is_some_and(|now| now < said.valid_from);
        let slot = &mut newest[purpose as usize];
        if slot.is_none_or(|(newest, ..)| size >= newest) {
            *slot = Some((size, bit, is_over));
            let as_of = StatusAsOf { origin: origin.into(), size, root: root.into() };
            found = match found {
                Some(StatusAsOf { size: old, .. })
                    if old < size && purpose == Purpose::Suspension =>
                {
                    found
                }
                _ => Some(as_of),
            };
        }
    }
    if let Some((_, bit, _)) = newest[Purpose::Suspension as usize] {
        is_suspended = bit;
    }
    let is_current = newest.iter().all(|slot| slot.is_some_and(|(_, _, is_over)| !is_over));
    let is_over = now.is_some() && newest.iter().flatten().any(|(_, _, is_over)| *is_over);
    match found {
        Some(as_of) => Listed::Bits { is_revoked, is_suspended, is_current, is_over, as_of },
        None => Listed::NotAtHand("no status list of the issuer is at hand"),
    }
}

/// Whether a status list is that of a record's log: signed by the issuer of the record, or by the identity at hand if the
/// record hangs on its address (a member's, in her association's log), with a key that counts; a practice list speaks
/// for practice records only.
fn speaks_for(list: &SignedRecord, signed: &SignedRecord, identity: Option<&Identity>) -> bool {
    let (list_says, said) = (list.record(), signed.record());
    if list_says.practice && !said.practice {
        return false;
    }
    match identity.filter(|identity| identity.issuer.same_issuer(&list_says.issuer)) {
        Some(identity) => {
            let is_of_log = identity.issuer.same_issuer(&said.issuer) || identity.base == said.base;
            let is_named = identity.keys.contains(list.key())
                || identity.versions.values().any(|keys| keys.contains(list.key()));
            is_of_log && is_named && identity.cuts.iter().all(|cut| cut.key != *list.key())
        }
        None => list_says.issuer.same_issuer(&said.issuer) && list.key() == signed.key(),
    }
}

/// The checks on the status axis. They cannot fail open: where nothing can be told, all are *not checked*.
fn judge_status(status: &Status<'_>, list: &Listed) -> Told {
    let axis = Axis::Status;
    let gap = match *status {
        Status::Folded { as_of, standing } => return judge_standing(as_of, standing, list),
        Status::NoLog => "the issuer's log was not at hand",
        Status::Unreadable(why) | Status::Disowned(why) => why,
    };
    let open = |check| Finding::not_checked(axis, check, gap.to_owned());
    let mut findings: Vec<Finding> = STATUS_CHECKS[..8].iter().map(|check| open(check)).collect();
    let mut told = Told { findings: Vec::new(), as_of: None, is_disputed: false };
    match list {
        Listed::NotAtHand(why) => findings.push(Finding::not_checked(axis, "snapshot", *why)),
        Listed::Bits { is_revoked, is_suspended, is_current, as_of, .. } => {
            let size = as_of.size;
            told.as_of = Some(as_of.clone());
            if *is_current && !matches!(status, Status::Disowned(_)) {
                let why = format!("the issuer's status lists of entry {size} tell it");
                findings[0] = Finding::valid(axis, "status", why);
                for finding in &mut findings[1..] {
                    let why = "the issuer's status lists do not say otherwise";
                    *finding = Finding::valid(axis, finding.check, why);
                }
                let why = format!("signed lists of entry {size} are at hand, and not over");
                findings.push(Finding::valid(axis, "snapshot", why));
            } else {
                let why = match is_current {
                    true => "the status lists at hand go with a log that does not count",
                    false => "the status lists at hand are over, or one is missing",
                };
                findings.push(Finding::not_checked(axis, "snapshot", why));
            }
            if *is_revoked {
                let why = "a status list of the issuer says that it holds no more";
                findings[2] = Finding::invalid(axis, "not-revoked", why);
            }
            if *is_suspended {
                let why = "the issuer's newest status list says that it is on hold";
                findings[5] = Finding::invalid(axis, "not-suspended", why);
            }
        }
    }
    told.findings = findings;
    told
}

/// What the fold says of a record.
fn judge_standing(as_of: &StatusAsOf, standing: &Standing, list: &Listed) -> Told {
    let axis = Axis::Status;
    let size = as_of.size;
    let holds = |check| {
        let why = match check {
            "status" => format!("the whole log of {size} entries was read"),
            "in-effect" => "it was its issuer's to say".to_owned(),
            "not-revoked" => format!("no entry of {size} revokes it"),
            "not-withdrawn" => format!("no entry of {size} takes its content back"),
            "not-superseded" => format!("no entry of {size} takes its place"),
            "not-suspended" => format!("no entry of {size} puts it on hold"),
            "not-ended" => format!("no entry of {size} ends it"),
            _ => "nobody else has to agree, or those who have to did".to_owned(),
        };
        Finding::valid(axis, check, why)
    };
    let mut findings: Vec<Finding> = STATUS_CHECKS[..8].iter().map(|check| holds(check)).collect();
    // Whoever runs a register renews its lists. One whose newest are over may have been cut off long ago, and what came
    // after it cannot be known.
    if let Listed::Bits { is_over: true, as_of, .. } = list {
        let why = format!(
            "the whole log of {size} entries was read, and its newest status lists, of entry {}, are over: what was taken back \
             since cannot be known",
            as_of.size
        );
        findings[0] = Finding::not_checked(axis, STATUS_CHECKS[0], why);
    }
    let mut deny = |at: usize, why: String| {
        findings[at] = Finding::invalid(axis, STATUS_CHECKS[at], why);
    };
    let by = |id: &RecordId| format!("records/{}.json says so", id.short());
    match &standing.condition {
        Condition::InForce => {}
        Condition::Void(why) => deny(1, why.clone()),
        Condition::Revoked(id) => deny(2, by(id)),
        Condition::Withdrawn(id) => deny(3, by(id)),
        Condition::Superseded(id) => {
            deny(4, format!("records/{}.json stands in its place", id.short()))
        }
        Condition::Suspended(id) => deny(5, by(id)),
        Condition::Ended(id) => deny(6, by(id)),
        Condition::Proposed { have, need } => {
            deny(7, format!("{have} of the {need} who have to agree did so far"));
        }
    }
    let snapshot = match list {
        Listed::Bits { is_revoked: true, .. } if !standing.condition.bit(Purpose::Revocation) => {
            let why = "a status list of the issuer says that it is revoked, and the log does not";
            deny(2, why.to_owned());
            Finding::invalid(axis, "snapshot", why)
        }
        Listed::Bits { is_over: true, .. } => {
            Finding::not_checked(axis, "snapshot", "the status lists at hand are over")
        }
        Listed::Bits { .. } => {
            Finding::valid(axis, "snapshot", "the status lists agree with the log")
        }
        Listed::NotAtHand(why) => Finding::not_checked(axis, "snapshot", *why),
    };
    findings.push(snapshot);
    Told { findings, as_of: Some(as_of.clone()), is_disputed: standing.is_disputed() }
}

/// Judges a record's status once the whole log is known, where all else was judged before.
pub(super) fn settle(
    report: &mut Report,
    verified: Option<&mut VerifiedRecord>,
    status: Status<'_>,
    identity: Option<&Identity>,
    snapshots: &[SignedRecord],
    now: Option<Timestamp>,
) {
    if let Some(verified) = verified {
        let index = verified.proof.as_ref().map(|proof| proof.index);
        let list = judge_snapshots(&verified.signed, index, identity, snapshots, now);
        let told = judge_status(&status, &list);
        let first = report.findings.iter().position(|finding| finding.check == STATUS_CHECKS[0]);
        if let Some(first) = first {
            report.findings.splice(first..first + STATUS_CHECKS.len(), told.findings);
        }
        report.status_as_of = told.as_of;
        report.is_disputed = told.is_disputed;
        report.state = State::of(&report.findings);
        verified.report = report.clone();
    }
}

/// Believes a record whose signer is no stranger to the register: the trust list names its owner, and she lets the signer
/// sign such records, as a member or for her. Before [`settle`], which judges anew.
pub(super) fn admit(
    report: &mut Report,
    standing: &Standing,
    signed: Option<&SignedRecord>,
    owner: &Did,
    admitting: Option<Kind>,
    trust: &Trust,
) {
    let Some(by) = standing.admitted_by else { return };
    admit_by(report, by, standing.kind, signed, owner, admitting, trust);
}

/// As [`admit`], by the record that admits.
pub(super) fn admit_by(
    report: &mut Report,
    by: RecordId,
    kind: Kind,
    signed: Option<&SignedRecord>,
    owner: &Did,
    admitting: Option<Kind>,
    trust: &Trust,
) {
    let kind = kind.name();
    // An owner who was delegated herself does not give that on, unless she was delegated for this too.
    let gives_on = |signer: &TrustedSigner| match &signer.delegated {
        None => true,
        Some(by) => {
            admitting.is_some_and(|kind| signer.is_for(kind.name()))
                && by.depth() < MAX_DEPTH
                && signed.is_some_and(|signed| signer.is_at(signed.created()))
        }
    };
    let listed = trust
        .signers()
        .iter()
        .find(|signer| signer.did.same_issuer(owner) && signer.is_for(kind) && gives_on(signer));
    // What the list itself says of the signer comes first; that she was delegated for something else takes nothing from her.
    let is_unknown = signed.is_some_and(|signed| {
        let standing = trust.standing(signed, None);
        let is_open = matches!(
            standing,
            trust::Standing::Unknown | trust::Standing::OtherKind | trust::Standing::OtherTime(_)
        );
        is_open && !trust.lists(&signed.record().issuer)
    });
    let signer = report.findings.iter_mut().find(|finding| finding.check == "signer");
    if let (true, Some(listed), Some(signer)) = (is_unknown, listed, signer) {
        let believed = match &listed.delegated {
            None => format!("the trust list names {}", listed.name),
            Some(by) => format!("{} delegated {}", by.by(), listed.name),
        };
        let why = format!("{believed}, who admits her by records/{}.json", by.short());
        *signer = Finding::valid(Axis::Signer, "signer", why);
    }
}

/// Judges the state anew after its signer was believed.
pub(super) fn settle_state(report: &mut Report) {
    report.state = State::of(&report.findings);
}

/// Says since when a record is known to have existed, once it is known who saw its entry.
pub(super) fn date(report: &mut Report, verified: Option<&mut VerifiedRecord>, found: Finding) {
    let was_reached = report.record.is_some();
    let at = report.findings.iter().position(|finding| finding.check == found.check);
    if let Some(at) = at.filter(|_| was_reached) {
        report.findings[at] = found;
        report.state = State::of(&report.findings);
    }
    if let Some(verified) = verified {
        verified.report = report.clone();
    }
}

/// Turns the first fault of a sequence of checks into a finding for each of them.
fn sequence<T>(outcome: Result<T, Fault>, checks: &[&'static str]) -> (Option<T>, Vec<Finding>) {
    let (parsed, mut fault) = match outcome {
        Ok(parsed) => (Some(parsed), None),
        Err(fault) => (None, Some(fault)),
    };
    let failed = fault.as_ref().and_then(|fault| checks.iter().position(|c| *c == fault.check));
    let finding = |(at, &check): (usize, &&'static str)| match failed {
        Some(failed) if at == failed => {
            let why = fault.take().map(|fault| fault.why).unwrap_or_default();
            Finding::invalid(Axis::Bytes, check, why)
        }
        Some(failed) if at > failed => not_reached_one(Axis::Bytes, check),
        _ => Finding::valid(Axis::Bytes, check, holds(check)),
    };
    let findings = checks.iter().enumerate().map(finding).collect();
    (parsed, findings)
}

/// Why a check of the sequence holds.
fn holds(check: &str) -> &'static str {
    match check {
        "json" => "it is JSON that can be read one way only",
        "proof-present" => "it carries a signature",
        "proof-form" => "the signature is of the one kind that records have",
        "proof-context" => "it was made for the same meaning of words",
        "method" => "it names an Ed25519 key",
        "issuer" => "the key is named as the issuer's",
        "dates" => "its dates are dates",
        "signature" => "the key signed exactly these words",
        "profile" => "it holds nothing that verifiers read differently",
        "canonical" => "its bytes are the only ones that say this",
        "envelope" => "it is built as records are",
        "subject" => "all that it says is known to this program",
        _ => "it holds",
    }
}

fn not_reached_one(axis: Axis, check: &'static str) -> Finding {
    Finding::not_checked(axis, check, "an earlier check does not hold")
}

fn not_reached(axis: Axis, checks: &[&'static str]) -> Vec<Finding> {
    checks.iter().map(|check| not_reached_one(axis, check)).collect()
}

fn judge_name(exhibit: &Exhibit<'_>, signed: &SignedRecord) -> Finding {
    let (axis, check) = (Axis::Bytes, "file-name");
    let expected = format!("{}.json", signed.id().short());
    match exhibit.name {
        None => Finding::not_checked(axis, check, "it came without a file name"),
        Some(name) if name == expected => Finding::valid(axis, check, "it is named after its id"),
        Some(_) => Finding::invalid(axis, check, format!("its name should be {expected}")),
    }
}

fn judge_masters(exhibit: &Exhibit<'_>, signed: &SignedRecord) -> Finding {
    let (axis, check) = (Axis::Bytes, "masters");
    let photographs = signed.record().photographs();
    if photographs.is_empty() {
        return Finding::valid(axis, check, "it speaks of no file");
    }
    let Some(folder) = exhibit.masters else {
        return Finding::not_checked(axis, check, "the files that it speaks of are not at hand");
    };
    let mut missing = None;
    for photograph in &photographs {
        let path = below_records(photograph);
        match folder.read(&path) {
            Ok(Some(bytes)) if Sha256Digest::of(&bytes) == photograph.sha256 => (),
            Ok(Some(_)) => {
                let why = format!("records/{path} is not the file that was signed");
                return Finding::invalid(axis, check, why);
            }
            Ok(None) => missing = Some(format!("records/{path} is missing")),
            Err(error) => missing = Some(error.to_string()),
        }
    }
    match missing {
        Some(why) => Finding::not_checked(axis, check, why),
        None => Finding::valid(axis, check, "the files that it speaks of are those signed"),
    }
}

/// Where a master stands below the folder `records`.
fn below_records(photograph: &Photograph) -> String {
    let path = photograph.path();
    path.strip_prefix("records/").unwrap_or(&path).to_owned()
}

fn judge_side_signature(exhibit: &Exhibit<'_>, signed: &SignedRecord) -> Finding {
    let (axis, check) = (Axis::Bytes, "side-signature");
    let Some(text) = exhibit.side_signature else {
        return Finding::not_checked(axis, check, "no side signature lies beside it");
    };
    let namespace = sshsig::namespace(&signed.record().base);
    match sshsig::verify(text, signed.bytes(), &namespace, signed.key()) {
        Ok(()) => Finding::valid(axis, check, "the same key signed the file for OpenSSH"),
        Err(why) => Finding::invalid(axis, check, format!("the side signature: {why}")),
    }
}

/// The checks `inclusion`, `checkpoint` and `log-signer`.
fn judge_log(
    exhibit: &Exhibit<'_>,
    signed: &SignedRecord,
    trust: &Trust,
) -> (Option<TlogProof>, Vec<Finding>) {
    let (bytes, signer) = (Axis::Bytes, Axis::Signer);
    let Some(proof) = exhibit.proof else {
        let why = "no proof from the log lies beside it";
        return (
            None,
            vec![
                Finding::not_checked(bytes, "inclusion", why),
                Finding::not_checked(bytes, "checkpoint", why),
                judge_log_signer(exhibit.log_key, exhibit.identity, signed, trust),
            ],
        );
    };
    let proof = match TlogProof::parse(proof) {
        Ok(proof) => proof,
        Err(why) => {
            let why = format!("the proof from the log: {why}");
            return (
                None,
                vec![
                    Finding::invalid(bytes, "inclusion", why),
                    not_reached_one(bytes, "checkpoint"),
                    not_reached_one(signer, "log-signer"),
                ],
            );
        }
    };
    let inclusion = if proof.leads_from(signed.entry().leaf_hash()) {
        let why = format!("it is entry {} of the log", proof.index + 1);
        Finding::valid(bytes, "inclusion", why)
    } else {
        Finding::invalid(bytes, "inclusion", "the proof does not lead from this record to its head")
    };
    let (checkpoint, log_signer, is_known) =
        judge_checkpoint(&proof, exhibit.log_key, exhibit.identity, signed, trust);
    let keep = inclusion.verdict == Verdict::Valid && is_known;
    (keep.then_some(proof), vec![inclusion, checkpoint, log_signer])
}

/// The checks `checkpoint` and `log-signer`, and whether the first holds.
fn judge_checkpoint(
    proof: &TlogProof,
    from_folder: Option<&NoteKey>,
    identity: Option<&Identity>,
    record: &SignedRecord,
    trust: &Trust,
) -> (Finding, Finding, bool) {
    let (axis, check) = (Axis::Bytes, "checkpoint");
    let issuer = &record.record().issuer;
    let named = |key: &&NoteKey| key.name() == proof.checkpoint.origin();
    let key = identity
        .and_then(|identity| identity.signer_of(&proof.checkpoint))
        .or_else(|| identity.map(|identity| &identity.log_key))
        .or(from_folder)
        .or_else(|| trust.log_keys(issuer).find(named))
        .or_else(|| trust.log_keys(issuer).next());
    let Some(key) = key else {
        let why = "the key of the log is not known";
        let signer = Finding::not_checked(Axis::Signer, "log-signer", why);
        return (Finding::not_checked(axis, check, why), signer, false);
    };
    let is_signed = proof.checkpoint.verify(key) == Signed::Valid;
    let checkpoint = match is_signed {
        true => Finding::valid(axis, check, "the key of the log signed its head"),
        false => Finding::invalid(axis, check, "the key of the log did not sign the proof's head"),
    };
    (checkpoint, judge_log_signer(Some(key), identity, record, trust), is_signed)
}

fn judge_log_signer(
    key: Option<&NoteKey>,
    identity: Option<&Identity>,
    record: &SignedRecord,
    trust: &Trust,
) -> Finding {
    let (axis, check) = (Axis::Signer, "log-signer");
    let issuer = &record.record().issuer;
    let Some(key) = key else {
        return Finding::not_checked(axis, check, "the key of the log is not known");
    };
    // A history of keys that the trust list names decides its log too; that of a member's association
    // stands in the list by itself.
    let names_log = |identity: &&Identity| {
        identity.history.is_some() && identity.log_keys().any(|log| log == key)
    };
    let identity = identity.filter(names_log);
    let is_believed = |it: &Identity| trust.names(&it.issuer) && !trust.refuses(it);
    if identity.is_some_and(is_believed) {
        return Finding::valid(axis, check, "the history of keys of the trust list names this log");
    }
    // A key that is believed by its fingerprint signed the issuer's name, and the name is the hash of where its history
    // begins.
    let own = identity.filter(|identity| identity.issuer.same_issuer(issuer));
    if own.is_some() && matches!(trust.standing(record, own), trust::Standing::ByFingerprint) {
        let why = "the history of keys of the name in which this key signs names this log";
        return Finding::valid(axis, check, why);
    }
    let mut listed = trust.log_keys(issuer).peekable();
    if listed.peek().is_none() {
        return Finding::not_checked(axis, check, "the trust list names no log of this issuer");
    }
    match listed.any(|log| log == key) {
        true => Finding::valid(axis, check, "the trust list names this log"),
        false => Finding::invalid(axis, check, "the trust list names another log of this issuer"),
    }
}

/// The checks `practice`, `signer`, `key-in-force` and `site`.
fn judge_signer(exhibit: &Exhibit<'_>, signed: &SignedRecord, trust: &Trust) -> [Finding; 4] {
    let axis = Axis::Signer;
    let said = signed.record();
    let practice = match said.practice {
        false => Finding::valid(axis, "practice", "it is meant"),
        true => Finding::invalid(axis, "practice", "it was signed for trying out, proves nothing"),
    };
    // Whom somebody delegated, and why not, belongs to the answer.
    let invalid = |why: &str| Finding::invalid(axis, "signer", why.to_owned());
    let not_delegated = |why: &str| match trust.why_not(&said.issuer) {
        None => invalid(why),
        Some(note) if note.did.is_some() => invalid(&format!("{why}; {}", note.why)),
        Some(note) => Finding::not_checked(axis, "signer", format!("{why}; {}", note.why)),
    };
    let identity = exhibit.identity.filter(|identity| identity.issuer.same_issuer(&said.issuer));
    let of_tests = match trust.is_test_key(signed, identity) {
        true => "; this is a test key, whose secret half anybody may have: it proves nothing",
        false => "",
    };
    let signer = match trust.standing(signed, identity) {
        trust::Standing::NoList => {
            Finding::not_checked(axis, "signer", "no trust list was given: nobody is believed")
        }
        trust::Standing::TestKey => invalid(
            "this is a test key, whose secret half anybody may have; only --test believes it",
        ),
        trust::Standing::Unknown => not_delegated("the trust list does not name this issuer"),
        trust::Standing::OtherKey => invalid("the trust list names this issuer with another key"),
        trust::Standing::OtherKind => {
            not_delegated("the trust list names this issuer for other kinds of record")
        }
        trust::Standing::OtherTime(by) => not_delegated(&format!(
            "{} delegated its issuer for what is signed from {} until {}",
            by.by(),
            instant::format(by.from),
            instant::format(by.until)
        )),
        trust::Standing::Listed(signer) => {
            let why = match &signer.delegated {
                None => format!("the trust list names it: {}", signer.name),
                Some(by) => {
                    let until = instant::format(by.until);
                    format!(
                        "{}: believed because {} delegated it, until {until}",
                        signer.name,
                        by.by()
                    )
                }
            };
            Finding::valid(axis, "signer", format!("{why}{of_tests}"))
        }
        trust::Standing::ByFingerprint => {
            let why = "its key has the fingerprint that was given";
            Finding::valid(axis, "signer", format!("{why}{of_tests}"))
        }
        trust::Standing::KeysUnknown => Finding::not_checked(
            axis,
            "signer",
            "the trust list names this issuer, but the history of its keys is not at hand",
        ),
    };
    let key = judge_key(signed, identity);
    let site = match exhibit.site {
        None => Finding::not_checked(axis, "site", "it was met alone, on no site"),
        Some(site) if site.same_issuer(&said.issuer) => {
            Finding::valid(axis, "site", "this site publishes the issuer's identity")
        }
        // Whoever has no site of her own signs for the address of the register that she is in.
        Some(_) if is_of_its_address(&said.issuer, &said.base, exhibit.identity) => {
            let why = "its issuer has no site of her own, and signed for this site's address";
            Finding::valid(axis, "site", why)
        }
        Some(site) => Finding::invalid(axis, "site", format!("this is the site of {site}")),
    };
    [practice, signer, key, site]
}

/// Whether an issuer without a site signed for an address that an identity has or had.
fn is_of_its_address(issuer: &Did, base: &DidWeb, identity: Option<&Identity>) -> bool {
    let bases = identity.into_iter().flat_map(|it| std::iter::once(&it.base).chain(&it.former));
    matches!(issuer, Did::Key(_)) && { bases }.any(|own| own == base)
}

/// The check `key-in-force`.
fn judge_key(signed: &SignedRecord, identity: Option<&Identity>) -> Finding {
    let (axis, check) = (Axis::Signer, "key-in-force");
    let is_versioned = identity.is_some_and(|identity| !identity.versions.is_empty());
    match (&signed.record().issuer, identity) {
        (Did::Key(_), _) => Finding::valid(axis, check, "the name of the issuer is the key"),
        (Did::Web(_), _) => {
            Finding::valid(axis, check, "a name of this sort has no history of its keys")
        }
        (_, Some(identity)) if is_versioned => {
            let is_listed = |keys: &Vec<VerifierKey>| keys.contains(signed.key());
            if identity.versions.values().any(is_listed) {
                Finding::valid(axis, check, "the issuer's history of keys names it")
            } else {
                Finding::invalid(axis, check, "the issuer's history of keys does not name it")
            }
        }
        _ => Finding::not_checked(axis, check, "the history of the issuer's keys is not at hand"),
    }
}

/// The checks `valid-from` and `valid-until`.
fn judge_time(
    created: Timestamp,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    now: Option<Timestamp>,
) -> Vec<Finding> {
    let axis = Axis::Time;
    let Some(now) = now else {
        let why = "no time was given";
        return vec![
            Finding::not_checked(axis, "valid-from", why),
            match until {
                None => Finding::valid(axis, "valid-until", "it has no end"),
                Some(_) => Finding::not_checked(axis, "valid-until", why),
            },
        ];
    };
    let begin = from.map_or(created, |from| from.max(created));
    let begins = match now >= begin {
        true => Finding::valid(axis, "valid-from", format!("since {}", instant::format(begin))),
        false => {
            Finding::invalid(axis, "valid-from", format!("not before {}", instant::format(begin)))
        }
    };
    let ends = match until {
        None => Finding::valid(axis, "valid-until", "it has no end"),
        Some(until) if now <= until => {
            Finding::valid(axis, "valid-until", format!("until {}", instant::format(until)))
        }
        Some(until) => {
            Finding::invalid(axis, "valid-until", format!("it ended {}", instant::format(until)))
        }
    };
    vec![begins, ends]
}

/// Judges a `.tlog-proof` that lies alone.
pub fn proof(target: &str, bytes: &[u8], trust: &Trust) -> Report {
    let (axis, signer) = (Axis::Bytes, Axis::Signer);
    let findings = match TlogProof::parse(bytes) {
        Err(why) => vec![
            Finding::invalid(axis, "inclusion", format!("the proof from the log: {why}")),
            not_reached_one(axis, "checkpoint"),
            not_reached_one(signer, "log-signer"),
        ],
        Ok(proof) => {
            let origin = proof.checkpoint.origin();
            let mut keys = trust.signers().iter().filter_map(|signer| signer.log.as_ref());
            let alone = "the record that it is about does not lie beside it";
            let inclusion = Finding::not_checked(axis, "inclusion", alone);
            match keys.find(|key| key.name() == origin) {
                None => {
                    let why = "the trust list names no such log";
                    vec![
                        inclusion,
                        Finding::not_checked(axis, "checkpoint", why),
                        Finding::not_checked(signer, "log-signer", why),
                    ]
                }
                Some(key) => {
                    let why = "the trust list names this log";
                    vec![
                        inclusion,
                        match proof.checkpoint.verify(key) {
                            Signed::Valid => {
                                Finding::valid(axis, "checkpoint", "the log's key signed its head")
                            }
                            _ => {
                                let why = "the log's key did not sign its head";
                                Finding::invalid(axis, "checkpoint", why)
                            }
                        },
                        Finding::valid(signer, "log-signer", why),
                    ]
                }
            }
        }
    };
    let is_altered = findings.iter().any(|finding| finding.verdict == Verdict::Invalid);
    let state = if is_altered { State::Altered } else { State::CannotCheckNow };
    Report { state, findings, ..Report::about(target.to_owned()) }
}
