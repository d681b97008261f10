//! Judges a whole folder: a site as its maker keeps it, or as it is published.
//!
//! The two differ in where the identity files stand: `identity/` in the one, the root and
//! `.well-known/` in the other. Records and log stand alike in both.

use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use super::fold::{Condition, Fold, Folded, Item, Owner, SnapshotFacts, Standing, Tombstone};
use super::identity::{self, Identity};
use super::log::{self, LogAudit};
use super::people::People;
use super::record::{self, Exhibit, Status, VerifiedRecord};
use super::report::{Axis, Finding, Report, State, StatusAsOf, Verdict};
use super::time::{TimeKind, head_evidence};
use super::trust::Trust;
use super::witness::{Heads, Witnessed};
use crate::provenance::did::Did;
use crate::provenance::files::{Below, Files, PUT_AWAY, ReadError, put_away};
use crate::provenance::instant;
use crate::provenance::kind::{By, Kind};
use crate::provenance::log::{Checkpoint, Entry, RecordId, TreeView};
use crate::provenance::note::NoteKey;
use crate::provenance::record::{Record, SignedRecord};

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
    /// How each record of the log stands; nothing if the log cannot be used.
    pub folded: Option<Folded>,
    /// The names that are shown beside its records.
    pub people: People,
}

impl FolderAudit {
    /// What is left to say of records that were taken back with all that they held: each withdrawn, by its number.
    pub fn gone(&self) -> Vec<Report> {
        let standings = self.folded.iter().flat_map(|folded| &folded.standings);
        let gone = standings.filter_map(|(id, standing)| match &standing.condition {
            Condition::Withdrawn(by) => Some((id, by)),
            _ => None,
        });
        let report = |(id, by): (&RecordId, &RecordId)| {
            let why = format!("records/{}.json took its content back", by.short());
            Report {
                record: Some(id.to_string()),
                state: State::Withdrawn,
                status_as_of: self.report.status_as_of.clone(),
                findings: vec![Finding::invalid(Axis::Status, "not-withdrawn", why)],
                ..Report::about(format!("{}.json", id.short()))
            }
        };
        let has_body =
            |report: &Report| self.report.records.iter().any(|it| it.target == report.target);
        gone.map(report).filter(|report| !has_body(report)).collect()
    }
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
    let (identity, identity_finding) = identity::judge(files, now);
    let log_key = identity.as_ref().map(|identity| &identity.log_key);
    let mut entries: Vec<Option<Entry>> = Vec::new();
    let log_folder = Below { files, folder: "log" };
    let mut log = log::audit(&log_folder, log_key, pinned, &mut |_, bytes| {
        entries.push(Entry::parse(bytes));
    });
    for finding in log.head().map(|head| log::judge_parts(&log_folder, head)).unwrap_or_default() {
        log.findings.retain(|other| other.check != finding.check);
        log.findings.push(finding);
    }

    let names = files.list("records").unwrap_or_default();
    let site = identity.as_ref().map(|identity| &identity.issuer);
    let judge = |name: &str| judge_body(files, name, identity.as_ref(), site, trust, now);
    let names: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".json")).collect();
    let mut bodies: Vec<Body> = names.par_iter().map(|name| judge(name)).collect();

    let bodies_finding = judge_bodies(files, &log, &entries, &bodies);
    let head = log.head().zip(log.checkpoint.as_ref()).map(|(head, checkpoint)| StatusAsOf {
        origin: checkpoint.origin().to_string(),
        size: head.size,
        root: head.root.0.to_string(),
    });
    let folded = (head.is_some() && identity.is_some()).then(|| {
        let owner = identity.as_ref().map(Identity::owner).expect("it was just looked at");
        let by_id = bodies.iter().filter_map(|body| Some((body.id?, body.signed.as_ref()?)));
        fold_entries(owner, &entries, &by_id.collect(), &[]).finish_all()
    });
    let history_finding = identity::judge_log(identity.as_ref(), &entries, &log_folder, log.head());
    let rules_finding = judge_rules(folded.as_ref());
    let lists_finding =
        judge_lists(files, folded.as_ref(), &bodies, &log_folder, head.as_ref(), identity.as_ref());
    let snapshots: Vec<SignedRecord> = match &folded {
        Some(folded) => folded
            .snapshots
            .iter()
            .filter(|snapshot| counts(folded, snapshot))
            .filter_map(|snapshot| bodies.iter().find(|body| body.id == Some(snapshot.id)))
            .filter_map(|body| body.signed.clone())
            .collect(),
        None => Vec::new(),
    };
    let log_keys: Vec<&NoteKey> =
        identity.iter().flat_map(|identity| identity.log_keys()).collect();
    let kept = log_key
        .zip(log.head())
        .map(|(key, head)| (key, Heads::read_by(&log_folder, &log_keys, head)));
    // A log that is not the one that others saw, or that knows another history of keys than the folder, tells nothing.
    let heads_finding = kept.as_ref().and_then(|(_, heads)| heads.finding.clone());
    let disowned = [heads_finding.as_ref(), Some(&history_finding)]
        .into_iter()
        .flatten()
        .find(|finding| finding.verdict == Verdict::Invalid)
        .map(|finding| finding.reason.clone());
    for body in &mut bodies {
        let standing =
            folded.as_ref().zip(body.id).and_then(|(folded, id)| folded.standings.get(&id));
        let gap = folded.as_ref().and_then(|folded| folded.gap.as_deref());
        let status = match (&head, gap, standing) {
            (None, ..) => Status::Unreadable(&log.why),
            _ if disowned.is_some() => Status::Disowned(disowned.as_deref().unwrap_or_default()),
            (Some(_), Some(gap), _) => Status::Unreadable(gap),
            (Some(_), None, _) if bodies_finding.verdict == Verdict::Invalid => {
                Status::Unreadable(&bodies_finding.reason)
            }
            // Lists tell of what the log holds, and this it does not.
            (Some(_), None, None) => Status::Disowned("it is not in the log"),
            (Some(as_of), None, Some(standing)) => Status::Folded { as_of, standing },
        };
        if let (Some(identity), Some(standing)) = (&identity, standing) {
            body.report.is_word_of_another = standing.kind.rules().by == By::Anybody
                && !identity.issuer.same_issuer(&standing.issuer);
        }
        if let (Some(identity), Some(standing), Status::Folded { .. }) =
            (&identity, standing, &status)
            && !trust.refuses(identity)
        {
            record::admit(
                &mut body.report,
                standing,
                body.signed.as_ref(),
                &identity.issuer,
                admitting(folded.as_ref(), standing),
                trust,
            );
        }
        record::settle(
            &mut body.report,
            body.verified.as_mut(),
            status,
            identity.as_ref(),
            &snapshots,
            now,
        );
    }
    let mut ahead = None;
    if let Some((key, heads)) = kept.as_ref().filter(|_| trust.dates()) {
        let sightings = heads.sightings(key, trust, now);
        let stamps = stamps(files, &log_keys, heads, trust);
        let indexes: BTreeMap<RecordId, u64> = (0..)
            .zip(&entries)
            .filter_map(|(index, entry)| match entry {
                Some(Entry::Record(id)) => Some((*id, index)),
                _ => None,
            })
            .collect();
        for body in &mut bodies {
            if let Some(index) = body.id.and_then(|id| indexes.get(&id)) {
                let found = dated(&sightings.of(*index), *index, &stamps);
                record::date(&mut body.report, body.verified.as_mut(), found);
            }
        }
        let earliest = |index: u64| {
            let stamp = stamps.iter().find(|(size, ..)| *size > index).map(|(_, at, _)| *at);
            sightings.of(index).since.into_iter().chain(stamp).min()
        };
        ahead = folded.as_ref().and_then(|folded| judge_clocks(folded, &earliest));
    }
    let rules_finding = kept
        .as_ref()
        .filter(|_| trust.dates())
        .and_then(|(key, heads)| judge_cuts(folded.as_ref()?, &bodies, key, heads, trust))
        .or(ahead)
        .unwrap_or(rules_finding);
    let people = People::read(files, bodies.iter().filter_map(|body| told(folded.as_ref(), body)));
    let (reports, records): (Vec<_>, Vec<_>) =
        bodies.into_iter().map(|body| (body.report, body.verified)).unzip();
    let records = records.into_iter().flatten().collect();

    let mut findings = vec![identity_finding];
    findings.extend(log.findings.iter().cloned());
    findings.extend(heads_finding);
    findings.push(bodies_finding);
    findings.push(history_finding);
    findings.extend(people.finding());
    findings.push(rules_finding);
    findings.push(lists_finding);
    let report = Report {
        state: folder_state(&findings, &reports),
        status_as_of: head,
        findings,
        records: reports,
        ..Report::about(target.to_owned())
    };
    FolderAudit { report, records, identity, log, folded, people }
}

/// A record whose content may be told: it is one, and it was not taken back.
fn told<'b>(folded: Option<&Folded>, body: &'b Body) -> Option<(RecordId, &'b Record)> {
    let id = body.id?;
    let standing = folded.and_then(|folded| folded.standings.get(&id));
    let is_gone =
        standing.is_some_and(|standing| matches!(standing.condition, Condition::Withdrawn(_)));
    body.signed.as_ref().filter(|_| !is_gone).map(|signed| (id, signed.record()))
}

/// Folds entries with the bodies that are at hand, and the tombstones of those that were taken back.
///
/// What is pushed afterwards are later entries. `waiting` are Withdrawals that will be entered next: what they name may be
/// gone already.
pub fn fold_entries(
    owner: Owner,
    entries: &[Option<Entry>],
    by_id: &BTreeMap<RecordId, &SignedRecord>,
    waiting: &[&SignedRecord],
) -> Fold {
    let mut tombstones: BTreeMap<RecordId, Tombstone> = BTreeMap::new();
    // The first in the log counts; what stands beside the log says nothing.
    let logged = entries.iter().filter_map(|entry| match entry {
        Some(Entry::Record(id)) => by_id.get(id),
        _ => None,
    });
    for gone in logged.chain(waiting).filter_map(|signed| Tombstone::of(signed)) {
        if !by_id.contains_key(&gone.target.id) {
            tombstones.entry(gone.target.id).or_insert(gone);
        }
    }
    let mut fold = Fold::new(owner);
    for entry in entries {
        let item = match entry {
            Some(Entry::Record(id)) => match (by_id.get(id), tombstones.get(id)) {
                (Some(signed), _) => Item::Record(signed),
                (None, Some(gone)) => Item::Tombstone(gone),
                (None, None) => Item::Missing(*id),
            },
            Some(Entry::Did(version)) => Item::Did(version.as_str()),
            None => Item::Unknown,
        };
        fold.push(item);
    }
    fold
}

/// The kind of the record that admits another.
fn admitting(folded: Option<&Folded>, standing: &Standing) -> Option<Kind> {
    Some(folded?.standings.get(&standing.admitted_by?)?.kind)
}

/// The check `log-rules`.
fn judge_rules(folded: Option<&Folded>) -> Finding {
    let (axis, check) = (Axis::Status, "log-rules");
    let Some(folded) = folded else {
        return Finding::not_checked(axis, check, "the log cannot be used");
    };
    match folded.breaches.first() {
        None => Finding::valid(axis, check, "every entry was its signer's to make"),
        Some(breach) => {
            Finding::invalid(axis, check, format!("entry {}: {}", breach.index + 1, breach.why))
        }
    }
}

/// Part of the check `log-rules`: nobody takes back, as a thief's, what neighbours saw before the theft that she states.
fn judge_cuts(
    folded: &Folded,
    bodies: &[Body],
    key: &NoteKey,
    heads: &Heads,
    trust: &Trust,
) -> Option<Finding> {
    let too_low = |body: &Body| {
        let statement = body.signed.as_ref()?.record().subject.as_statement()?;
        let standing = folded.standings.get(&body.id?)?;
        let counts =
            statement.kind == Kind::KeyCompromise && standing.condition == Condition::InForce;
        let since = statement.word("compromisedFrom").and_then(instant::parse)?;
        let cut = statement.members.get("cut")?.member("size")?.as_count()?;
        let seen = heads.seen_before(key, trust, since)?;
        (counts && cut < seen.size).then_some((standing.index + 1, cut, seen.size))
    };
    let (number, cut, seen) = bodies.iter().find_map(too_low)?;
    let why = format!(
        "entry {number} takes back all from entry {} on as a thief's, but neighbours saw {seen} entries before the theft that it \
         states",
        cut + 1
    );
    Some(Finding::invalid(Axis::Status, "log-rules", why))
}

/// How far a signer's clock and those of others may differ without anybody being wrong.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);

/// Part of the check `log-rules`: what sets a clock right was not seen before the time that it sets.
///
/// `earliest` is by when an entry existed, as those of the trust list say. The other way round nothing follows: neighbours
/// see late, so that a head without the correction may be cosigned long after it was signed.
fn judge_clocks(folded: &Folded, earliest: &dyn Fn(u64) -> Option<Timestamp>) -> Option<Finding> {
    let mut corrections = folded.standings.values().filter(|standing| {
        standing.kind == Kind::ClockCorrection && standing.condition == Condition::InForce
    });
    corrections.find_map(|standing| {
        let seen = earliest(standing.index)?;
        let is_ahead = standing.created.duration_since(seen) > CLOCKS_DIFFER;
        is_ahead.then(|| {
            let why = format!(
                "entry {} says that the clock is right now, at {}, but it existed no later than {}",
                standing.index + 1,
                instant::format(standing.created),
                instant::format(seen)
            );
            Finding::invalid(Axis::Status, "log-rules", why)
        })
    })
}

/// The check `log-lists`: status lists in the log say what the log says, at their own size.
fn judge_lists(
    files: &dyn Files,
    folded: Option<&Folded>,
    bodies: &[Body],
    log: &dyn Files,
    head: Option<&StatusAsOf>,
    identity: Option<&Identity>,
) -> Finding {
    let (axis, check) = (Axis::Status, "log-lists");
    let (Some(folded), Some(head)) = (folded, head) else {
        return Finding::not_checked(axis, check, "the log cannot be used");
    };
    if let Some(gap) = &folded.gap {
        return Finding::not_checked(axis, check, gap.clone());
    }
    let view = TreeView::new(log, head.size);
    for snapshot in &folded.snapshots {
        let body = bodies.iter().find(|body| body.id == Some(snapshot.id));
        let statement = body
            .and_then(|body| body.signed.as_ref())
            .and_then(|signed| signed.record().subject.as_statement());
        let log = statement.and_then(|statement| statement.members.get("log"));
        let root = log.and_then(|log| log.text("root"));
        let origin = log.and_then(|log| log.text("origin"));
        // A list of a register that this one goes on from has its head there.
        let is_earlier = identity.is_some_and(|identity| {
            let names = identity.earlier.iter().map(|earlier| earlier.log_key.name().as_str());
            origin != Some(&head.origin) && { names }.any(|name| Some(name) == origin)
        });
        if is_earlier {
            continue;
        }
        if let Some(place) = snapshot.contradictions.first() {
            let number = snapshot.index + 1;
            let why =
                format!("the status list of entry {number} contradicts the log at place {place}");
            return Finding::invalid(axis, check, why);
        }
        let is_head = view.root(snapshot.size).is_ok_and(|it| Some(&*it.0.to_string()) == root);
        if !is_head || origin != Some(&head.origin) {
            let why = format!("the status list of entry {} is of another head", snapshot.index + 1);
            return Finding::invalid(axis, check, why);
        }
    }
    // What is published of them are copies.
    let is_copy = |bytes: &[u8]| {
        let id = RecordId::of(bytes);
        folded.snapshots.iter().any(|snapshot| snapshot.id == id)
    };
    for name in files.list("status").unwrap_or_default() {
        let bytes = files.read(&format!("status/{name}")).ok().flatten();
        if bytes.is_some_and(|bytes| !is_copy(&bytes)) {
            let why =
                format!("status/{name:.80} is not one of the status lists that the log holds");
            return Finding::invalid(axis, check, why);
        }
    }
    match folded.snapshots.len() {
        0 => Finding::valid(axis, check, "the log holds no status list"),
        count => Finding::valid(axis, check, format!("{count} status lists agree with the log")),
    }
}

/// A head that somebody dated: its size, no later than when, and who says so.
pub(super) type Stamp = (u64, Timestamp, String);

/// The tokens and blocks that the trust list believes, over heads that are beginnings of this log.
pub(super) fn stamps(
    files: &dyn Files,
    keys: &[&NoteKey],
    heads: &Heads,
    trust: &Trust,
) -> Vec<Stamp> {
    let mut stamps = Vec::new();
    for key in keys {
        for head in head_evidence(files, Some(key), trust.time()).unwrap_or_default() {
            let Some(found) = head.head() else { continue };
            if !heads.kept.iter().any(|kept| kept.head() == found) {
                continue;
            }
            for evidence in &head.evidence {
                if let (Verdict::Valid, Some(at)) = (evidence.finding.verdict, evidence.at) {
                    let who = match &evidence.kind {
                        TimeKind::Tsa { name, .. } => name.clone(),
                        TimeKind::Bitcoin { height, .. } => format!("block {height} of Bitcoin"),
                        _ => continue,
                    };
                    stamps.push((found.size, at, who));
                }
            }
        }
    }
    stamps.sort_by_key(|(size, at, _)| (*at, *size));
    stamps
}

/// The check `existed-by` of an entry: the earliest that neighbours or clocks outside say.
pub(super) fn dated(seen: &Witnessed, index: u64, stamps: &[Stamp]) -> Finding {
    let stamp = stamps.iter().find(|(size, ..)| *size > index);
    match (seen.since, stamp) {
        (since, Some((_, at, who))) if since.is_none_or(|since| *at < since) => {
            let at = instant::format(*at);
            let why = format!("existed no later than {at}; dated by {who}");
            Finding::valid(Axis::Time, "existed-by", why)
        }
        _ => seen.finding(),
    }
}

/// The worst that was found; *not signed* if there is no record.
/// Whether a finding on a folder counts for what it holds.
fn weighs(finding: &&Finding) -> bool {
    // A kept head that cannot be read dates nothing, and takes nothing away; nor does what nobody signed.
    let is_unread = finding.check == "log-heads" && finding.verdict == Verdict::NotChecked;
    !is_unread && !matches!(finding.check, "people" | "pack-words")
}

/// The judgement on one record of a folder, told alone: with it goes what does not hold, or was not checked, of the folder
/// around it, so that whoever asks for one record learns no more than whoever asks for all.
pub fn told_alone(mut report: Report, folder: &[Finding]) -> Report {
    let wrong = folder.iter().filter(weighs).filter(|it| it.verdict != Verdict::Valid);
    let wrong: Vec<Finding> = wrong.cloned().collect();
    if !wrong.is_empty() {
        report.state = report.state.min(State::CannotCheckNow);
    }
    report.findings.extend(wrong);
    report
}

pub(super) fn folder_state(findings: &[Finding], records: &[Report]) -> State {
    let has = |verdict| findings.iter().filter(weighs).any(|finding| finding.verdict == verdict);
    let is_altered =
        |finding: &Finding| finding.axis == Axis::Bytes && finding.verdict == Verdict::Invalid;
    let own = if findings.iter().any(is_altered) {
        State::Altered
    } else if records.is_empty() {
        State::NotSigned
    } else if has(Verdict::NotChecked) || has(Verdict::Invalid) {
        State::CannotCheckNow
    } else {
        State::RecordIntact
    };
    records.iter().filter(|it| it.counts()).map(|report| report.state).fold(own, State::min)
}

/// One record's file, judged but for its status.
struct Body {
    /// SHA-256 of its bytes; `None` if it could not be read.
    id: Option<RecordId>,
    /// The record, if it is one.
    signed: Option<SignedRecord>,
    report: Report,
    verified: Option<VerifiedRecord>,
}

/// Reads and judges one record with what lies beside it.
fn judge_body(
    files: &dyn Files,
    name: &str,
    identity: Option<&Identity>,
    site: Option<&Did>,
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
        log_key: identity.map(|identity| &identity.log_key),
        site,
        identity,
        status: Status::NoLog,
        snapshots: &[],
    };
    let (report, verified) = record::record(&exhibit, trust, now);
    let id = bytes.as_deref().map(RecordId::of);
    // Even where something beside it keeps it from being stated, it is a body of the log.
    let signed = match &verified {
        Some(verified) => Some(verified.signed().clone()),
        None => SignedRecord::parse(exhibit.bytes).ok(),
    };
    Body { id, signed, report, verified }
}

/// Compares the entries of the log with the records that are at hand.
///
/// A status can be told only from all of them, so one that is missing (and was not withdrawn), of an
/// unknown kind, or beside the log keeps every status open.
fn judge_bodies(
    files: &dyn Files,
    log: &LogAudit,
    entries: &[Option<Entry>],
    bodies: &[Body],
) -> Finding {
    let (axis, check) = (Axis::Bytes, "log-bodies");
    let open = |why: String| Finding::not_checked(axis, check, why);
    if log.head().is_none() {
        return open("the log cannot be used".to_owned());
    }
    let by_name: BTreeMap<&str, &Body> =
        bodies.iter().map(|body| (body.report.target.as_str(), body)).collect();
    let withdrawn: BTreeSet<RecordId> = bodies
        .iter()
        .filter_map(|body| Tombstone::of(body.signed.as_ref()?))
        .map(|gone| gone.target.id)
        .collect();
    let mut uuids = BTreeMap::new();
    let mut logged = BTreeSet::new();
    let mut missing: Vec<String> = Vec::new();
    let mut names: Option<Vec<String>> = None;
    for (number, entry) in (1..).zip(entries) {
        let id = match entry {
            Some(Entry::Record(id)) => id,
            Some(Entry::Did(_)) => continue,
            None => {
                missing.push(format!("entry {number} is of a kind that is not known"));
                continue;
            }
        };
        if !logged.insert(*id) {
            return Finding::invalid(axis, check, format!("entry {number} repeats an earlier one"));
        }
        let name = format!("{}.json", id.short());
        let Some(body) = by_name.get(name.as_str()).filter(|body| body.id == Some(*id)) else {
            if !withdrawn.contains(id) {
                let names = names.get_or_insert_with(|| files.list("records").unwrap_or_default());
                missing.push(match names.iter().any(|it| put_away(it) == Some(&name)) {
                    true => format!("records/{name} of entry {number}: {PUT_AWAY}"),
                    false => format!("records/{name} of entry {number} is not at hand"),
                });
            }
            continue;
        };
        let Some(signed) = &body.signed else {
            missing.push(format!("the record of entry {number} cannot be read"));
            continue;
        };
        if let Some(earlier) = uuids.insert(&signed.record().uuid, number) {
            let why = format!("entries {earlier} and {number} sign the same id twice");
            return Finding::invalid(axis, check, why);
        }
    }
    let is_beside = |body: &&Body| !body.id.is_some_and(|id| logged.contains(&id));
    if let Some(beside) = bodies.iter().find(is_beside) {
        missing.push(format!("records/{:.80} is not in the log", beside.report.target));
    }
    // All that is to be put back, as far as a person reads on.
    match missing.as_slice() {
        [] => Finding::valid(axis, check, "every entry has its record, or was withdrawn"),
        few if few.len() <= 5 => open(few.join("; ")),
        many => open(format!("{}; and {} more", many[..4].join("; "), many.len() - 4)),
    }
}

/// Whether a status list is heard. Where the whole log is at hand, each is: the log tells how a record stands, and a list
/// can only say more than that. Where the log has a gap, one that hides nothing of what is left of it is, since what it
/// says more may stand in the gap.
fn counts(folded: &Folded, snapshot: &SnapshotFacts) -> bool {
    if folded.gap.is_none() || snapshot.contradictions.is_empty() {
        return true;
    }
    let in_log = folded.bits_at(snapshot.purpose, snapshot.list, snapshot.size);
    snapshot.contradictions.iter().all(|place| !in_log.contains(place))
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
            let report = told_alone(report, &audit.report.findings);
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
