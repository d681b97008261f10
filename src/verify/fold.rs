//! The state of every record of a log, as a pure fold over its entries (RECORD-FORMAT §5).
//!
//! One function decides for the command, for the pages and, mirrored in `themes/check/fold.js` and
//! driven by the same cases (`tests/vectors/own/fold.json`), for the browser. It looks at nothing but the entries in
//! their order and the bodies behind them; it knows no clock, no trust and no storefront.
//!
//! What it guarantees: a record's state is changed only by its own issuer, or by somebody to whom
//! that issuer gave the right by a Delegation that was in force; what others say is kept as their words. An
//! act of several takes effect at the entry that completes it. An entry that breaks a rule changes nothing and is
//! told as a [`Breach`]. The fold answers only if it had every body, or its tombstone.
//!
//! Signatures and inclusion are not its matter: it takes records that the judge has read.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::provenance::did::Did;
use crate::provenance::instant;
use crate::provenance::json::Value;
use crate::provenance::key::VerifierKey;
use crate::provenance::kind::{By, Effect, Kind, RecordRef, Statement};
use crate::provenance::log::{RecordId, RootHash};
use crate::provenance::record::{Record, SignedRecord, Uuid};
use crate::provenance::seal::{Commitment, LeafOpening};
use crate::provenance::status::{Bits, LIST_BITS, Purpose, parse_list_url};

/// Whose log is folded, and what its identity says of keys.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The issuer.
    pub issuer: Did,
    /// Its keys at each version of its DID log, the current one first; empty for a name without a history.
    pub versions: BTreeMap<String, Vec<VerifierKey>>,
    /// Keys that were reported stolen.
    pub cuts: Vec<Cut>,
}

/// From where on a key counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The key.
    pub key: VerifierKey,
    /// Entries of this number and above that it signed are void, unless affirmed anew.
    pub size: u64,
    /// The root of the log at that size.
    pub root: RootHash,
}

/// One entry, as the fold takes it.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A record, with its body.
    Record(&'a SignedRecord),
    /// A record whose body was taken back, as the Withdrawal that names it says.
    Tombstone(&'a Tombstone),
    /// A record whose body is not at hand.
    Missing(RecordId),
    /// A version of the issuer's DID log.
    Did(&'a str),
    /// Something that this version does not know.
    Unknown,
}

/// What stays of a record whose body was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The record that is gone.
    pub target: RecordRef,
    /// Its kind.
    pub kind: Kind,
    /// Who signed it.
    pub issuer: Did,
    /// When, by the signer's clock.
    pub created: Timestamp,
    /// Its place in the status lists.
    pub position: Option<u64>,
    /// The record that it said again.
    pub reissues: Option<RecordRef>,
    /// Whether it was signed for practice.
    pub practice: bool,
}

impl Tombstone {
    /// Reads what a Withdrawal says of its target; `None` if it is none.
    pub fn of(withdrawal: &SignedRecord) -> Option<Self> {
        let record = withdrawal.record();
        let statement = record.subject.as_statement()?;
        let kind = statement.word("targetKind").and_then(Kind::parse)?;
        (statement.kind == Kind::Withdrawal && kind.can_be_withdrawn()).then_some(())?;
        let said_by = statement.members.get("saidBy").and_then(|party| party.text("id"));
        Some(Self {
            target: statement.target()?,
            kind,
            issuer: said_by.and_then(Did::parse).unwrap_or_else(|| record.issuer.clone()),
            created: statement.word("targetSigned").and_then(instant::parse)?,
            position: statement.count("targetPosition"),
            reissues: statement.record("targetReissues"),
            practice: record.practice,
        })
    }
}

/// What the fold needs of a record before it looks at what it says.
struct Facts<'a> {
    uuid: &'a Uuid,
    kind: Kind,
    issuer: &'a Did,
    created: Timestamp,
    position: Option<u64>,
    reissues: Option<&'a RecordRef>,
    practice: bool,
    key: Option<&'a VerifierKey>,
}

impl<'a> Facts<'a> {
    fn of(signed: &'a SignedRecord) -> Self {
        let record = signed.record();
        Self {
            uuid: &record.uuid,
            kind: record.subject.kind(),
            issuer: &record.issuer,
            created: signed.created(),
            position: record.position,
            reissues: record.reissues.as_ref(),
            practice: record.practice,
            key: Some(signed.key()),
        }
    }
}

/// How a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It holds.
    InForce,
    /// Others whom it needs have not all agreed.
    Proposed {
        /// How many agreed.
        have: u64,
        /// How many are needed.
        need: u64,
    },
    /// On hold, by that record.
    Suspended(RecordId),
    /// Over, by that record.
    Ended(RecordId),
    /// That record stands in its place.
    Superseded(RecordId),
    /// Its content was taken back, by that record.
    Withdrawn(RecordId),
    /// Taken back for ever, by that record.
    Revoked(RecordId),
    /// It never took effect, or counts no more, for a reason that its signer cannot mend.
    Void(String),
}

impl Condition {
    /// How a record stands, in a few words of English for the screen.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::InForce => "in force".to_owned(),
            Self::Proposed { have, need } => format!("proposed: {have} of {need} agreed"),
            Self::Suspended(_) => "suspended".to_owned(),
            Self::Ended(_) => "ended".to_owned(),
            Self::Superseded(by) => format!("superseded by {}", by.short()),
            Self::Withdrawn(_) => "withdrawn".to_owned(),
            Self::Revoked(_) => "revoked".to_owned(),
            Self::Void(why) => format!("without effect: {why}"),
        }
    }
}

impl Condition {
    /// Whether nothing can follow it but the same.
    fn is_final(&self) -> bool {
        !matches!(self, Self::InForce | Self::Proposed { .. } | Self::Suspended(_))
    }

    /// What the status list of a purpose says of it.
    pub fn bit(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Revocation => self.is_final(),
            // What waits for others does not hold yet, for whoever sees it alone.
            Purpose::Suspension => matches!(self, Self::Suspended(_) | Self::Proposed { .. }),
        }
    }
}

/// A record in the fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its place in the log.
    pub index: u64,
    /// Its own id.
    pub uuid: Uuid,
    /// Its kind.
    pub kind: Kind,
    /// Who signed it.
    pub issuer: Did,
    /// When, by the signer's clock.
    pub created: Timestamp,
    /// Its place in the status lists: what an owner's record states, else its place in the log. A list has none.
    pub position: Option<u64>,
    /// How it stands.
    pub condition: Condition,
    /// Disputes about it, with the outcome of those that are over.
    pub disputes: Vec<(RecordId, Option<RecordId>)>,
    /// Corrections of it that left it in force.
    pub corrections: Vec<RecordId>,
    /// Disclosures of its leaves.
    pub disclosures: Vec<RecordId>,
    /// Records by others, or by its issuer, that speak about it.
    pub words: Vec<RecordId>,
    /// Numbers of its tags that count no more, with the record that says so.
    pub void_tags: Vec<(u64, u64, RecordId)>,
    /// The record that it says again.
    pub reissues: Option<RecordId>,
    /// Whether it was signed for practice.
    pub practice: bool,
    /// The Delegation or Accreditation by which somebody else than the owner of the log may sign it.
    pub admitted_by: Option<RecordId>,
    key: Option<VerifierKey>,
}

impl Standing {
    /// Whether somebody disputes it, with no outcome yet.
    pub fn is_disputed(&self) -> bool {
        self.disputes.iter().any(|(_, outcome)| outcome.is_none())
    }
}

/// A rule that an entry breaks; what it meant to change was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The entry.
    pub index: u64,
    /// What is wrong with it.
    pub why: String,
}

/// A status list that the log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFacts {
    /// Its record.
    pub id: RecordId,
    /// Its place in the log.
    pub index: u64,
    /// What it is about.
    pub purpose: Purpose,
    /// Which list of that purpose.
    pub list: u64,
    /// The size of the log that it repeats.
    pub size: u64,
    /// The places whose bit differs from the fold at that size; empty if it agrees.
    pub contradictions: Vec<u64>,
}

/// A charter, as it stood.
#[derive(Clone, Debug)]
struct Charter {
    signatories: Vec<Did>,
    thresholds: BTreeMap<Kind, u64>,
}

/// An act that waits for others.
#[derive(Clone, Debug)]
struct Pending {
    signed: Option<SignedRecord>,
    reissues: Option<RecordRef>,
    circles: Vec<Circle>,
}

/// People of whom some have to agree.
#[derive(Clone, Debug)]
struct Circle {
    who: Vec<Did>,
    need: u64,
    agreed: Vec<Did>,
}

impl Circle {
    fn new(who: &[Did], need: u64) -> Self {
        Self { who: who.to_vec(), need, agreed: Vec::new() }
    }

    /// How many agreements count; more than are needed are of no use.
    fn have(&self) -> u64 {
        (self.agreed.len() as u64).min(self.need)
    }

    /// Counts an agreement; false if it changes nothing.
    fn agree(&mut self, issuer: &Did) -> bool {
        let is_named = self.who.iter().any(|did| did.same_issuer(issuer));
        let is_new = !self.agreed.iter().any(|did| did.same_issuer(issuer));
        let is_new = is_new && self.have() < self.need;
        if is_named && is_new {
            self.agreed.push(issuer.clone());
        }
        is_named && is_new
    }
}

impl Pending {
    fn proposed(&self) -> Condition {
        let sum = |count: fn(&Circle) -> u64| self.circles.iter().map(count).sum();
        Condition::Proposed { have: sum(Circle::have), need: sum(|circle| circle.need) }
    }

    fn is_agreed(&self) -> bool {
        self.circles.iter().all(|circle| circle.have() == circle.need)
    }
}

/// The names of one member, one after the other, each but the first with the Accreditation that gave it. The last of which
/// that was not revoked is hers now, the others were lost.
type Names = Vec<(Did, Option<RecordId>)>;

/// Whom an Accreditation names.
#[derive(Clone, Debug)]
struct Member {
    record: RecordId,
    practice: bool,
    did: Did,
    from: Timestamp,
    until: Timestamp,
}

/// The right that a Delegation gives.
#[derive(Clone, Debug)]
struct Right {
    record: RecordId,
    practice: bool,
    giver: Did,
    to: Did,
    kinds: Vec<Kind>,
    from: Timestamp,
    until: Timestamp,
}

/// Bits of a snapshot, and what they repeat.
#[derive(Clone)]
struct Snapshot {
    facts: SnapshotFacts,
    bits: Bits,
}

/// The fold over a log, entry by entry.
#[derive(Clone)]
pub struct Fold {
    owner: Owner,
    current_key: Option<VerifierKey>,
    next: u64,
    standings: BTreeMap<RecordId, Standing>,
    uuids: BTreeMap<Uuid, u64>,
    /// The charter in force, and the one for practice.
    charters: [Option<Charter>; 2],
    pending: BTreeMap<RecordId, Pending>,
    rights: Vec<Right>,
    members: Vec<Member>,
    /// Members who lost a key and got another name, and those for practice.
    renamed: [Vec<Names>; 2],
    dispute_of: BTreeMap<RecordId, RecordId>,
    seals: BTreeMap<RecordId, Commitment>,
    /// Who has to agree before a seal is opened.
    openers: BTreeMap<RecordId, Circle>,
    missing: BTreeMap<RecordId, u64>,
    tombstones: Vec<RecordId>,
    unknown: Option<u64>,
    breaches: Vec<Breach>,
    changes: Vec<Change>,
    snapshots: Vec<Snapshot>,
    last_created: Option<Timestamp>,
}

/// The whole fold's answer.
#[derive(Clone, Debug)]
pub struct Folded {
    /// Every record, by its id.
    pub standings: BTreeMap<RecordId, Standing>,
    /// Entries that break a rule, in order.
    pub breaches: Vec<Breach>,
    /// Why the fold cannot answer; `None` if it had every body or its tombstone.
    pub gap: Option<String>,
    /// The status lists in the log, in order.
    pub snapshots: Vec<SnapshotFacts>,
    /// How many entries were folded.
    pub size: u64,
    changes: Vec<Change>,
}

impl Folded {
    /// The positions whose bit is set in a status list at a size of the log.
    pub fn bits_at(&self, purpose: Purpose, list: u64, size: u64) -> Vec<u64> {
        bits_at(&self.changes, purpose, list, size)
    }
}

/// What an entry made of one record's bit.
#[derive(Clone, Copy, Debug)]
struct Change {
    /// The entry.
    index: u64,
    /// The record's own entry.
    record: u64,
    position: u64,
    purpose: Purpose,
    bit: bool,
}

/// Set places within a list, ascending. Two records that share a place, as after two versions of a log became
/// one, share its bit: it is set if either is meant.
fn bits_at(changes: &[Change], purpose: Purpose, list: u64, size: u64) -> Vec<u64> {
    let mut bits = BTreeMap::new();
    for change in changes {
        let is_meant = change.purpose == purpose && change.position / LIST_BITS == list;
        if is_meant && change.index < size && change.record < size {
            bits.insert((change.position % LIST_BITS, change.record), change.bit);
        }
    }
    let mut places: Vec<u64> =
        bits.into_iter().filter_map(|((place, _), bit)| bit.then_some(place)).collect();
    places.dedup();
    places
}

impl Fold {
    /// Begins with an empty log.
    pub fn new(owner: Owner) -> Self {
        Self {
            owner,
            current_key: None,
            next: 0,
            standings: BTreeMap::new(),
            uuids: BTreeMap::new(),
            charters: [None, None],
            pending: BTreeMap::new(),
            rights: Vec::new(),
            members: Vec::new(),
            renamed: [Vec::new(), Vec::new()],
            dispute_of: BTreeMap::new(),
            seals: BTreeMap::new(),
            openers: BTreeMap::new(),
            missing: BTreeMap::new(),
            tombstones: Vec::new(),
            unknown: None,
            breaches: Vec::new(),
            changes: Vec::new(),
            snapshots: Vec::new(),
            last_created: None,
        }
    }

    /// When the last record was signed, by its signer's clock.
    pub fn last_created(&self) -> Option<Timestamp> {
        self.last_created
    }

    /// How a record stands so far.
    pub fn standing(&self, id: &RecordId) -> Option<&Standing> {
        self.standings.get(id)
    }

    /// Every record so far, by its id.
    pub fn standings(&self) -> &BTreeMap<RecordId, Standing> {
        &self.standings
    }

    /// Entries so far that break a rule.
    pub fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    /// Why it could not answer as it is; `None` if it had every body or its tombstone.
    pub fn gap(&self) -> Option<String> {
        let first = self.missing.iter().min_by_key(|(_, index)| **index);
        match (self.unknown, first) {
            (Some(index), _) => Some(format!("entry {} is of a kind that is not known", index + 1)),
            (None, Some((id, index))) => {
                Some(format!("records/{}.json of entry {} is not at hand", id.short(), index + 1))
            }
            (None, None) => None,
        }
    }

    /// The positions whose bit is set now in a status list.
    pub fn bits(&self, purpose: Purpose, list: u64) -> Vec<u64> {
        self.bits_at(purpose, list, u64::MAX)
    }

    /// The positions whose bit was set in a status list at a size of the log.
    pub fn bits_at(&self, purpose: Purpose, list: u64, size: u64) -> Vec<u64> {
        let mut changes = self.changes.clone();
        changes.sort_by_key(|change| change.index);
        bits_at(&changes, purpose, list, size)
    }

    /// The last status list of its sort in the log, with how its record stands.
    pub fn newest_snapshot(
        &self,
        purpose: Purpose,
        list: u64,
    ) -> Option<(&SnapshotFacts, &Standing)> {
        let facts = self.snapshots.iter().rev().map(|snapshot| &snapshot.facts);
        let facts = { facts }.find(|facts| facts.purpose == purpose && facts.list == list)?;
        Some((facts, self.standings.get(&facts.id)?))
    }

    /// Whether an Accreditation that is in force names somebody as a member, whatever its dates.
    pub fn has_member(&self, name: &Did) -> bool {
        self.members
            .iter()
            .any(|member| member.did.same_issuer(name) && self.is_in_force(&member.record))
    }

    /// How many entries it has taken.
    pub fn size(&self) -> u64 {
        self.next
    }

    /// Takes the next entry.
    pub fn push(&mut self, item: Item<'_>) {
        let index = self.next;
        self.next += 1;
        match item {
            Item::Unknown => self.unknown = self.unknown.or(Some(index)),
            Item::Missing(id) => {
                self.missing.insert(id, index);
            }
            Item::Did(version) => match self.owner.versions.get(version) {
                Some(keys) => self.current_key = keys.first().copied().or(self.current_key),
                None => self.breach(index, format!("version {version:.60} is not in the DID log")),
            },
            Item::Tombstone(gone) => {
                let facts = Facts {
                    uuid: &gone.target.uuid,
                    kind: gone.kind,
                    issuer: &gone.issuer,
                    created: gone.created,
                    position: gone.position,
                    reissues: gone.reissues.as_ref(),
                    practice: gone.practice,
                    key: None,
                };
                self.tombstones.push(gone.target.id);
                self.enter(index, gone.target.id, &facts, None);
            }
            Item::Record(signed) => {
                let statement = signed.record().subject.as_statement();
                if self.enter(index, signed.id(), &Facts::of(signed), Some(signed))
                    && let Some(statement) = statement
                {
                    self.take_effect(index, signed.id(), signed, statement);
                }
            }
        }
    }

    fn breach(&mut self, index: u64, why: String) {
        self.breaches.push(Breach { index, why });
    }

    /// Enters a record; true if what it says takes effect now.
    fn enter(
        &mut self,
        index: u64,
        id: RecordId,
        facts: &Facts<'_>,
        signed: Option<&SignedRecord>,
    ) -> bool {
        if self.standings.contains_key(&id) {
            self.breach(index, "it repeats an earlier entry".to_owned());
            return false;
        }
        if let Some(earlier) = self.uuids.insert(facts.uuid.clone(), index) {
            self.breach(index, format!("it signs the same id as entry {}", earlier + 1));
        }
        // Entries of a key that is no longer the issuer's are void and nobody's fault: a thief's, say.
        let why_unfit = self.wrong_key(index, facts).or_else(|| {
            let why = self.unfit(facts)?;
            self.breach(index, why.clone());
            Some(why)
        });
        // Dates are the signer's own, and an entry that was brought over from a version of the log that was given up is
        // older than those before it: order is what the log says.
        self.last_created = Some(facts.created);
        let standing = Standing {
            index,
            uuid: facts.uuid.clone(),
            kind: facts.kind,
            issuer: facts.issuer.clone(),
            created: facts.created,
            position: self.position(index, facts),
            condition: why_unfit.map_or(Condition::InForce, Condition::Void),
            disputes: Vec::new(),
            corrections: Vec::new(),
            disclosures: Vec::new(),
            words: Vec::new(),
            void_tags: Vec::new(),
            reissues: facts.reissues.map(|reference| reference.id),
            practice: facts.practice,
            admitted_by: self.admitted_by(facts),
            key: facts.key.copied(),
        };
        let is_void = standing.condition != Condition::InForce;
        self.standings.insert(id, standing);
        if is_void {
            self.mark(id, index);
            return false;
        }
        let mut circles: Vec<Circle> = self.charter_circle(facts).into_iter().collect();
        circles.extend(signed.and_then(|signed| self.opening_circle(signed)));
        if circles.is_empty() {
            self.reissue(index, id, facts.reissues);
            return self.is_in_force(&id);
        }
        let (signed, reissues) = (signed.cloned(), facts.reissues.cloned());
        let pending = Pending { signed, reissues, circles };
        let condition = pending.proposed();
        self.pending.insert(id, pending);
        self.set(id, index, condition);
        false
    }

    /// The place of a record in the status lists: the owner's is what she states, for her program knows it. What somebody
    /// else states could be the place of another's record; hers is that of her entry.
    fn position(&self, index: u64, facts: &Facts<'_>) -> Option<u64> {
        let is_own = self.owner.issuer.same_issuer(facts.issuer);
        match facts.kind {
            Kind::Snapshot => None,
            _ => facts.position.filter(|_| is_own).or(Some(index)),
        }
    }

    /// Who has to agree to an act of the owner, as her charter says; `None` if nobody.
    fn charter_circle(&self, facts: &Facts<'_>) -> Option<Circle> {
        let [meant, practice] = &self.charters;
        let charter = match facts.practice {
            true => practice.as_ref().or(meant.as_ref()),
            false => meant.as_ref(),
        };
        let charter = charter.filter(|_| self.acts_for_owner(facts))?;
        let need = charter.thresholds.get(&facts.kind)?;
        Some(Circle::new(&charter.signatories, *need))
    }

    /// Who has to agree before a sealed design is opened, as its record says, whoever opens it; `None` if nobody, or if
    /// this record may not open it anyway.
    fn opening_circle(&self, signed: &SignedRecord) -> Option<Circle> {
        let record = signed.record();
        let statement = record.subject.as_statement().filter(|it| it.kind == Kind::Disclosure)?;
        let target = statement.target()?;
        let is_meant = self.standings.get(&target.id).is_some_and(|old| !old.practice);
        let may = self.not_entitled(&target, signed, Kind::Disclosure).is_none();
        (may && !(record.practice && is_meant)).then_some(())?;
        self.openers.get(&target.id).cloned()
    }

    /// Why the key of a record did not speak for the issuer at that entry; `None` if it did.
    fn wrong_key(&self, index: u64, facts: &Facts<'_>) -> Option<String> {
        if self.is_lost(facts) {
            return Some("it was signed with a key that its owner had lost".to_owned());
        }
        let is_own = self.owner.issuer.same_issuer(facts.issuer);
        let key = facts.key.filter(|_| is_own)?;
        let mut cuts = self.owner.cuts.iter();
        if let Some(cut) = cuts.find(|cut| cut.key == *key && index >= cut.size) {
            let why = "it was signed with a key that was reported stolen";
            return Some(match cut.size {
                0 => format!("{why}, and nobody outside dated it before: its time is unknown"),
                _ => why.to_owned(),
            });
        }
        (self.current_key.is_some_and(|current| current != *key))
            .then(|| "it was signed with a key that was not the issuer's then".to_owned())
    }

    /// Why a record is not its signer's to make; `None` if it is.
    fn unfit(&self, facts: &Facts<'_>) -> Option<String> {
        let is_own = self.owner.issuer.same_issuer(facts.issuer);
        let kind = facts.kind;
        let is_admitted = match kind.rules().by {
            By::Anybody | By::IssuerOfTarget => true,
            By::Issuer => is_own || self.admitted_by(facts).is_some(),
        };
        (!is_admitted).then(|| format!("a record of the kind {kind} {FOR_OWNER}"))
    }

    /// Whether the key of whoever signs in this name is known: the owner's by her history, a `did:key` by the name itself.
    /// Of other names no history is at hand, so that anybody could have signed in them.
    fn vouches(&self, issuer: &Did) -> bool {
        matches!(issuer, Did::Key(_)) || self.owner.issuer.same_issuer(issuer)
    }

    /// Whether a record is the owner's own act, by herself or by somebody who may sign for her.
    fn acts_for_owner(&self, facts: &Facts<'_>) -> bool {
        self.owner.issuer.same_issuer(facts.issuer)
            || self.membership(facts).is_none() && self.right(&self.owner.issuer, facts).is_some()
    }

    /// The record by which somebody else than the owner may sign this; `None` if she needs none, or has none.
    fn admitted_by(&self, facts: &Facts<'_>) -> Option<RecordId> {
        let needs_it =
            facts.kind.rules().by == By::Issuer && !self.owner.issuer.same_issuer(facts.issuer);
        let owner = &self.owner.issuer;
        needs_it.then(|| self.membership(facts).or_else(|| self.right(owner, facts))).flatten()
    }

    fn is_in_force(&self, id: &RecordId) -> bool {
        self.standings.get(id).is_some_and(|standing| standing.condition == Condition::InForce)
    }

    /// The Accreditation that makes the signer of a record a member, for the kinds that members sign.
    fn membership(&self, facts: &Facts<'_>) -> Option<RecordId> {
        let is_it = |member: &&Member| {
            member.did.same_issuer(facts.issuer)
                && (member.from..=member.until).contains(&facts.created)
                && (facts.practice || !member.practice)
                && self.is_in_force(&member.record)
        };
        let may = is_for_members(facts.kind) && self.vouches(facts.issuer);
        may.then(|| self.members.iter().find(is_it)).flatten().map(|member| member.record)
    }

    /// The Delegation by which the signer of a record signs for somebody.
    fn right(&self, giver: &Did, facts: &Facts<'_>) -> Option<RecordId> {
        let is_it = |right: &&Right| {
            right.giver.same_issuer(giver)
                && right.to.same_issuer(facts.issuer)
                && right.kinds.contains(&facts.kind)
                && (right.from..=right.until).contains(&facts.created)
                && (facts.practice || !right.practice)
                && self.is_in_force(&right.record)
        };
        let found = self.rights.iter().find(is_it).filter(|_| self.vouches(facts.issuer));
        found.map(|right| right.record)
    }

    /// Whether a record was signed by whoever signed an earlier one.
    fn is_same_signer(&self, old: &Standing, issuer: &Did, key: Option<&VerifierKey>) -> bool {
        old.issuer.same_issuer(issuer)
            && (self.vouches(issuer) || key.is_none() || old.key.as_ref() == key)
            || self.follows(&old.issuer, issuer, old.practice)
    }

    /// The members who got another name, as far as they count for a record.
    fn renamed(&self, practice: bool) -> impl Iterator<Item = &Names> {
        let [meant, of_practice] = &self.renamed;
        meant.iter().chain(of_practice.iter().filter(move |_| practice))
    }

    /// The name that a member has now.
    fn current_name<'a>(&self, names: &'a Names) -> Option<&'a Did> {
        let is_revoked = |id: &RecordId| {
            let given = self.standings.get(id);
            given.is_some_and(|given| matches!(given.condition, Condition::Revoked(_)))
        };
        let mut newest_first = names.iter().rev();
        let found = newest_first.find(|(_, given)| !given.as_ref().is_some_and(is_revoked));
        found.map(|(did, _)| did)
    }

    /// Whether a name is a member's of now who had another before.
    fn follows(&self, former: &Did, name: &Did, practice: bool) -> bool {
        self.renamed(practice)
            .any(|names| self.current_name(names) == Some(name) && has_name(names, former))
    }

    /// Whether the name of whoever signed was a member's who has another now.
    fn is_lost(&self, facts: &Facts<'_>) -> bool {
        self.is_lost_name(facts.issuer, facts.practice)
    }

    fn is_lost_name(&self, name: &Did, practice: bool) -> bool {
        self.renamed(practice)
            .any(|names| has_name(names, name) && self.current_name(names) != Some(name))
    }

    /// Gives a member who lost her key the name of a new one, by an Accreditation.
    ///
    /// # Errors
    /// Says why she cannot have it.
    fn rename(
        &mut self,
        by: RecordId,
        former: Did,
        name: Did,
        practice: bool,
    ) -> Result<(), &'static str> {
        let is_member = |did: &Did| {
            let mut found = self.members.iter().filter(|member| practice || !member.practice);
            found.any(|member| member.did == *did)
        };
        let renamed = &self.renamed[usize::from(practice)];
        let at = renamed.iter().position(|names| self.current_name(names) == Some(&former));
        let is_key = |did: &Did| matches!(did, Did::Key(_));
        if !is_key(&former) || !is_key(&name) || former == name {
            return Err("it takes two different names that are keys to follow one by the other");
        }
        let is_named = |did: &Did| renamed.iter().any(|names| has_name(names, did));
        if !is_member(&former) || at.is_none() && is_named(&former) {
            return Err("the former name is that of no member");
        }
        let is_hers = at.is_some_and(|at| has_name(&renamed[at], &name));
        let is_taken = is_member(&name) || is_named(&name);
        if is_taken && !is_hers {
            return Err("the new name is another member's");
        }
        let renamed = &mut self.renamed[usize::from(practice)];
        match at {
            Some(at) => renamed[at].push((name, Some(by))),
            None => renamed.push(vec![(former, None), (name, Some(by))]),
        }
        Ok(())
    }

    /// A record that says an earlier one again takes its place.
    fn reissue(&mut self, index: u64, id: RecordId, reissued: Option<&RecordRef>) {
        let (Some(reissued), Some(new)) = (reissued, self.standings.get(&id)) else { return };
        let Some(old) = self.standings.get(&reissued.id).filter(|old| old.index < new.index) else {
            return self.breach(index, "what it reissues is not in the log before it".to_owned());
        };
        if new.practice && !old.practice {
            return self.set(id, index, Condition::Void(FOR_PRACTICE.to_owned()));
        }
        if !self.is_same_signer(old, &new.issuer, new.key.as_ref()) || old.kind != new.kind {
            return self.breach(index, "it reissues what somebody else signed".to_owned());
        }
        if old.uuid != reissued.uuid {
            return self.breach(index, "what it reissues has another id".to_owned());
        }
        match old.condition {
            Condition::Revoked(_) | Condition::Withdrawn(_) => {
                self.breach(index, "it reissues what was taken back".to_owned());
            }
            _ => self.set(reissued.id, index, Condition::Superseded(id)),
        }
    }

    /// Sets a condition, and notes what it does to the status lists.
    fn set(&mut self, id: RecordId, index: u64, condition: Condition) {
        if let Some(standing) = self.standings.get_mut(&id) {
            standing.condition = condition;
            self.mark(id, index);
        }
    }

    /// Notes the bits of a record as they are from an entry on.
    fn mark(&mut self, id: RecordId, index: u64) {
        let Some(standing) = self.standings.get(&id) else { return };
        let Some(position) = standing.position else { return };
        for purpose in Purpose::ALL {
            let bit = standing.condition.bit(purpose);
            self.changes.push(Change { index, record: standing.index, position, purpose, bit });
        }
    }

    fn take_effect(
        &mut self,
        index: u64,
        id: RecordId,
        signed: &SignedRecord,
        statement: &Statement,
    ) {
        let rules = statement.kind.rules();
        let target = statement.target();
        if let Some(target) = &target
            && rules.by == By::IssuerOfTarget
            && let Some(why) = self.not_entitled(target, signed, statement.kind)
        {
            return self.refuse(index, id, why);
        }
        self.admit_for(id, target.as_ref(), signed);
        let about = match rules.effect {
            Effect::Attests => statement.references().into_iter().next().map(|(found, _)| found.id),
            _ => target.as_ref().map(|target| target.id),
        };
        let is_meant = |id: &RecordId| self.standings.get(id).is_some_and(|it| !it.practice);
        if signed.record().practice && about.as_ref().is_some_and(is_meant) {
            return self.set(id, index, Condition::Void(FOR_PRACTICE.to_owned()));
        }
        match (rules.effect, target) {
            (Effect::ChangesStatus, Some(target)) => self.change(index, id, &target, statement),
            (Effect::Withdraws, Some(target)) => {
                self.set(target.id, index, Condition::Withdrawn(id));
            }
            (Effect::EndsLicence, Some(target)) => {
                self.finish(index, target.id, Condition::Ended(id))
            }
            (Effect::Corrects, Some(target)) => {
                match statement.record("replacement").map(|found| found.id) {
                    Some(new) if self.standings.contains_key(&new) => {
                        self.finish(index, target.id, Condition::Superseded(new));
                    }
                    Some(_) => {
                        self.refuse(index, id, "its replacement is not in the log".to_owned())
                    }
                    None => self.on(target.id, |standing| standing.corrections.push(id)),
                }
            }
            (Effect::Opens, Some(target)) => {
                if let Some(why) = self.not_sealed(&target.id, statement) {
                    return self.refuse(index, id, why);
                }
                self.on(target.id, |standing| standing.disclosures.push(id));
            }
            (Effect::VoidsTags, Some(target)) => {
                let ranges: Vec<(u64, u64)> = statement
                    .list("range")
                    .iter()
                    .filter_map(|range| {
                        let end = |name: &str| range.member(name).and_then(Value::as_count);
                        Some((end("first")?, end("last")?))
                    })
                    .collect();
                self.on(target.id, |standing| {
                    standing.void_tags.extend(ranges.iter().map(|&(a, b)| (a, b, id)));
                });
            }
            (Effect::Disputes, Some(target)) => {
                if self.standings.contains_key(&target.id) {
                    self.dispute_of.insert(id, target.id);
                    self.on(target.id, |standing| standing.disputes.push((id, None)));
                } else {
                    self.refuse(index, id, "what it disputes is not in the log".to_owned());
                }
            }
            (Effect::SettlesDispute, Some(dispute)) => match self.dispute_of.get(&dispute.id) {
                Some(&disputed) => self.on(disputed, |standing| {
                    for (by, outcome) in &mut standing.disputes {
                        if *by == dispute.id && outcome.is_none() {
                            *outcome = Some(id);
                        }
                    }
                }),
                None => self.refuse(index, id, "the dispute is not in the log".to_owned()),
            },
            (Effect::Attests, _) => self.attest(index, id, signed, statement),
            (Effect::Delegates, _) => self.delegate(id, signed.record(), statement),
            (Effect::Charters, _) => self.charter(signed.record(), statement),
            (Effect::Snapshots, _) => self.snapshot(index, id, signed.record(), statement),
            (Effect::States, _) if statement.kind == Kind::SealedDesign => {
                let record = signed.record();
                let issuer = record.issuer.to_string();
                let sealed = Commitment::from_members(&issuer, &record.uuid, &statement.members);
                match sealed {
                    Some(sealed) => {
                        self.seals.insert(id, sealed);
                        self.openers.extend(openers(statement).map(|circle| (id, circle)));
                    }
                    None => self.refuse(index, id, "its seal is of no known form".to_owned()),
                }
            }
            (Effect::States, _) if statement.kind == Kind::Accreditation => {
                if let Err(why) = self.accredit(id, signed.record(), statement) {
                    self.refuse(index, id, why.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Notes by which record somebody else than the owner may change a record: hers, by what admitted that; another's, by
    /// the Delegation.
    fn admit_for(&mut self, id: RecordId, target: Option<&RecordRef>, signed: &SignedRecord) {
        let facts = Facts::of(signed);
        let is_own = self.owner.issuer.same_issuer(facts.issuer);
        if is_own || facts.kind.rules().by != By::IssuerOfTarget {
            return;
        }
        let Some(old) = target.and_then(|target| self.standings.get(&target.id)) else { return };
        let by = match self.is_same_signer(old, facts.issuer, facts.key) {
            true => old.admitted_by,
            false => self.right(&old.issuer, &facts),
        };
        self.on(id, |standing| standing.admitted_by = by);
    }

    /// Why somebody may not change a record; `None` if she may.
    fn not_entitled(
        &self,
        target: &RecordRef,
        signed: &SignedRecord,
        kind: Kind,
    ) -> Option<String> {
        let issuer = &signed.record().issuer;
        let Some(old) = self.standings.get(&target.id) else {
            return Some("the record that it changes is not in the log before it".to_owned());
        };
        if old.uuid != target.uuid {
            return Some("the record that it changes has another id".to_owned());
        }
        let allowed = kind.field("target").map(|field| &field.form);
        if let Some(crate::provenance::kind::Form::Record(kinds)) = allowed
            && !kinds.is_empty()
            && !kinds.contains(&old.kind)
        {
            return Some(format!("a {kind} cannot change a record of the kind {}", old.kind));
        }
        let is_entitled = self.is_same_signer(old, issuer, Some(signed.key()))
            || self.right(&old.issuer, &Facts::of(signed)).is_some()
            // Whoever runs the log answers for the members' records in it.
            || self.owner.issuer.same_issuer(issuer)
                && matches!(old.issuer, Did::Key(_))
                && kind == Kind::Status;
        (!is_entitled).then(|| "somebody else issued the record that it changes".to_owned())
    }

    /// Why a leaf does not belong to a sealed design; `None` if all that are opened do.
    fn not_sealed(&self, target: &RecordId, statement: &Statement) -> Option<String> {
        let sealed = self.seals.get(target)?;
        statement.list("opened").iter().find_map(|leaf| {
            let leaf = LeafOpening::from_value(leaf)?;
            sealed.verify(&leaf).err().map(|fault| fault.to_string())
        })
    }

    /// An entry that may not do what it says: it is void, and nothing else changes.
    fn refuse(&mut self, index: u64, id: RecordId, why: String) {
        self.breach(index, why.clone());
        self.set(id, index, Condition::Void(why));
    }

    fn on(&mut self, id: RecordId, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = self.standings.get_mut(&id) {
            change(standing);
        }
    }

    /// Ends a record for good, if it has not ended before.
    fn finish(&mut self, index: u64, id: RecordId, condition: Condition) {
        let is_open = self.standings.get(&id).is_some_and(|old| !old.condition.is_final());
        if is_open {
            self.set(id, index, condition);
        }
    }

    fn change(&mut self, index: u64, id: RecordId, target: &RecordRef, statement: &Statement) {
        let Some(old) = self.standings.get(&target.id) else { return };
        let condition = match (statement.word("newState"), &old.condition) {
            (_, Condition::Revoked(_) | Condition::Withdrawn(_)) => {
                Err("the record was taken back for good before")
            }
            (Some("revoked"), _) => Ok(Condition::Revoked(id)),
            (_, old) if old.is_final() => Err("the record held no more before"),
            (Some("ended"), _) => Ok(Condition::Ended(id)),
            (Some("suspended"), Condition::InForce) => Ok(Condition::Suspended(id)),
            (Some("suspended"), Condition::Suspended(_)) => Err("the record is on hold already"),
            (Some("suspended"), _) => Err(
                "the record waits for others to agree, and holds nothing yet; it can be revoked",
            ),
            (Some("reinstated"), Condition::Suspended(_)) => Ok(Condition::InForce),
            _ => Err("the record is not on hold"),
        };
        match condition {
            Ok(condition) => self.set(target.id, index, condition),
            // Nobody's fault where another act came first; but nothing that anybody would sign.
            Err(why) => self.set(id, index, Condition::Void(why.to_owned())),
        }
    }

    fn attest(&mut self, index: u64, id: RecordId, signed: &SignedRecord, statement: &Statement) {
        let issuer = &signed.record().issuer;
        let about = statement.references().into_iter().next().map(|(reference, _)| reference.id);
        let Some(about) = about.filter(|about| self.standings.contains_key(about)) else { return };
        self.on(about, |standing| standing.words.push(id));
        match statement.word("relation") {
            Some("approves") => self.approve(index, about, issuer),
            Some("affirms") => self.affirm(index, about, issuer),
            _ => {}
        }
    }

    /// Counts an agreement; the one that completes an act makes it take effect.
    fn approve(&mut self, index: u64, about: RecordId, issuer: &Did) {
        if !self.vouches(issuer) {
            return;
        }
        // An act that came to its end before waits for nobody any more.
        let standing = self.standings.get(&about);
        if !standing.is_some_and(|it| matches!(it.condition, Condition::Proposed { .. })) {
            return;
        }
        let Some(pending) = self.pending.get_mut(&about) else { return };
        // One agreement counts in each circle that its signer stands in.
        let agreed = pending.circles.iter_mut().map(|circle| circle.agree(issuer));
        if agreed.fold(false, |any, agreed| any | agreed) && !pending.is_agreed() {
            let condition = pending.proposed();
            return self.set(about, index, condition);
        }
        if !pending.is_agreed() {
            return;
        }
        let Some(pending) = self.pending.remove(&about) else { return };
        self.set(about, index, Condition::InForce);
        self.reissue(index, about, pending.reissues.as_ref());
        if self.is_in_force(&about)
            && let Some(signed) = &pending.signed
            && let Some(statement) = signed.record().subject.as_statement()
        {
            self.take_effect(index, about, signed, statement);
        }
    }

    /// An issuer whose key was stolen says with the new one that an old entry is hers.
    fn affirm(&mut self, index: u64, about: RecordId, issuer: &Did) {
        let is_own = self.owner.issuer.same_issuer(issuer);
        let Some(old) = self.standings.get(&about) else { return };
        let is_cut =
            self.owner.cuts.iter().any(|cut| old.key == Some(cut.key) && old.index >= cut.size);
        if is_own && is_cut && matches!(old.condition, Condition::Void(_)) {
            self.set(about, index, Condition::InForce);
        }
    }

    /// Makes somebody a member, in the place of a name that she lost if one is named.
    ///
    /// # Errors
    /// Says why she cannot be one.
    fn accredit(
        &mut self,
        id: RecordId,
        record: &Record,
        statement: &Statement,
    ) -> Result<(), &'static str> {
        let practice = record.practice;
        let member = statement.members.get("member").and_then(|party| party.text("id"));
        let did = member.and_then(Did::parse);
        if let Some(former) = statement.members.get("formerParty") {
            let names = (former.text("id").and_then(Did::parse), did.clone());
            let (Some(former), Some(name)) = names else {
                return Err("it names no key that follows another");
            };
            self.rename(id, former, name, practice)?;
        }
        let Some(did) = did else { return Ok(()) };
        if self.is_lost_name(&did, practice) {
            return Err("the key of this name was lost, and another follows it");
        }
        let until = record.valid_until.unwrap_or(Timestamp::MAX);
        self.members.push(Member { record: id, practice, did, from: record.valid_from, until });
        Ok(())
    }

    fn delegate(&mut self, id: RecordId, record: &Record, statement: &Statement) {
        let to = statement.members.get("delegate").and_then(|party| party.text("id"));
        let (Some(to), Some(until)) = (to.and_then(Did::parse), record.valid_until) else { return };
        let kinds = statement.list("may").iter();
        let kinds = kinds.filter_map(|kind| Kind::parse(kind.as_str()?)).collect();
        let (giver, from, practice) = (record.issuer.clone(), record.valid_from, record.practice);
        self.rights.push(Right { record: id, practice, giver, to, kinds, from, until });
    }

    fn charter(&mut self, record: &Record, statement: &Statement) {
        if !self.owner.issuer.same_issuer(&record.issuer) {
            return;
        }
        let signatories = statement.list("signatory").iter();
        let signatories = signatories.filter_map(|who| Did::parse(who.text("id")?)).collect();
        let thresholds = statement
            .list("jointAct")
            .iter()
            .filter_map(|act| {
                let kind = Kind::parse(act.text("kind")?)?;
                Some((kind, act.member("threshold")?.as_count()?))
            })
            .collect();
        self.charters[usize::from(record.practice)] = Some(Charter { signatories, thresholds });
    }

    fn snapshot(&mut self, index: u64, id: RecordId, record: &Record, statement: &Statement) {
        let purpose = statement.word("statusPurpose").and_then(Purpose::parse);
        let log = statement.members.get("log");
        let size = log.and_then(|log| log.member("size")).and_then(Value::as_count);
        let base = record.base.base_url();
        let url = statement.word("id").and_then(|id| id.strip_suffix("#list"));
        let list = url.and_then(|url| parse_list_url(&base, url));
        let list = list.filter(|(about, _)| Some(*about) == purpose).map(|(_, list)| list);
        let bits = statement.word("encodedList").and_then(|list| Bits::decode(list).ok());
        let (Some(purpose), Some(size), Some(list), Some(bits)) = (purpose, size, list, bits)
        else {
            return self.refuse(index, id, "its status list cannot be read".to_owned());
        };
        if size > index {
            return self.refuse(index, id, "it repeats more of the log than there was".to_owned());
        }
        let facts = SnapshotFacts { id, index, purpose, list, size, contradictions: Vec::new() };
        self.snapshots.push(Snapshot { facts, bits });
    }

    /// Ends the fold, and compares the snapshots with it.
    pub fn finish_all(mut self) -> Folded {
        for id in std::mem::take(&mut self.tombstones) {
            let Some(standing) = self.standings.get(&id) else { continue };
            if !matches!(standing.condition, Condition::Withdrawn(_)) {
                self.missing.insert(id, standing.index);
            }
        }
        self.changes.sort_by_key(|change| change.index);
        let gap = self.gap();
        let changes = &self.changes;
        let snapshots = self
            .snapshots
            .into_iter()
            .map(|Snapshot { mut facts, bits }| {
                let set = bits_at(changes, facts.purpose, facts.list, facts.size);
                let differs =
                    |place: &u64| bits.get(*place) != Some(set.binary_search(place).is_ok());
                facts.contradictions = (0..LIST_BITS).filter(differs).collect();
                facts
            })
            .collect();
        Folded {
            standings: self.standings,
            breaches: self.breaches,
            gap,
            snapshots,
            size: self.next,
            changes: self.changes,
        }
    }
}

/// Who has to agree before a sealed design is opened, as its record says.
fn openers(statement: &Statement) -> Option<Circle> {
    let openers = statement.members.get("openers")?;
    let need = openers.member("threshold").and_then(Value::as_count)?;
    let who = openers.member("party").and_then(Value::as_array)?;
    let who: Vec<Did> = who.iter().filter_map(|did| Did::parse(did.as_str()?)).collect();
    Some(Circle::new(&who, need))
}

fn has_name(names: &Names, did: &Did) -> bool {
    names.iter().any(|(name, _)| name == did)
}

/// Whether an Accreditation or Delegation, by its words alone, lets the signer of a record sign it: for whoever has both and
/// not the log.
pub(super) fn admits(by: &SignedRecord, signed: &SignedRecord) -> bool {
    let (rights, record) = (by.record(), signed.record());
    let Some(statement) = rights.subject.as_statement() else { return false };
    let kind = record.subject.kind();
    let named = |name: &str| {
        let did = statement.members.get(name).and_then(|party| party.text("id"));
        did.and_then(Did::parse).is_some_and(|did| did == record.issuer)
    };
    let is_named = match statement.kind {
        Kind::Accreditation => named("member") && is_for_members(kind),
        Kind::Delegation => {
            let may = statement.list("may").iter().filter_map(|it| Kind::parse(it.as_str()?));
            named("delegate") && { may }.any(|may| may == kind)
        }
        _ => false,
    };
    let until = rights.valid_until.unwrap_or(Timestamp::MAX);
    is_named
        && matches!(record.issuer, Did::Key(_))
        && (record.practice || !rights.practice)
        && (rights.valid_from..=until).contains(&signed.created())
}

/// Why a practice record changes nothing that is meant.
const FOR_PRACTICE: &str = "it was signed for practice, and changes nothing that is meant";

/// What ends the reason of a record that somebody else than the owner signed without a right to it.
pub(crate) const FOR_OWNER: &str = "is for the owner of this log to sign";

/// Kinds that an accredited member signs in her association's log.
pub(crate) fn is_for_members(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Design
            | Kind::SealedDesign
            | Kind::Consent
            | Kind::Edition
            | Kind::Item
            | Kind::Licence
            | Kind::Transfer
            | Kind::BenefitReport
    )
}
