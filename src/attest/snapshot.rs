//! Status lists: which records are revoked or suspended, signed for whoever meets one alone.
//!
//! A list repeats the fold at one head of the log (Bitstring Status List 1.0, RECORD-FORMAT §6) and is an
//! entry of the log itself, so that it can be held against the fold for ever. It is over after [`TERM`]: whoever has an
//! old one learns that it is old, and not that all is well.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{AttestError, Issued, Prepared, Register};
use crate::provenance::json::Value;
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::log::RecordId;
use crate::provenance::record::{Record, Subject, Uuid};
use crate::provenance::status::{Bits, LIST_BITS, Purpose, Snapshot};
use crate::verify::fold::{Folded, Standing};

/// How long a list holds.
pub const TERM: SignedDuration = SignedDuration::from_hours(24 * 120);

/// A list of this age is renewed though nothing changed.
const RENEWAL: SignedDuration = SignedDuration::from_hours(24 * 30);

/// One list that should be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueList {
    /// What it is about.
    pub purpose: Purpose,
    /// Its number.
    pub list: u64,
}

/// What a fold says of its status lists.
struct Lists<'f> {
    standings: &'f BTreeMap<RecordId, Standing>,
    /// The size that the newest list of a sort repeats, and when it was signed.
    newest: &'f dyn Fn(Purpose, u64) -> Option<(u64, Timestamp)>,
    /// The places whose bit was set in a list at a size of the log.
    bits_at: &'f dyn Fn(Purpose, u64, u64) -> Vec<u64>,
}

impl Lists<'_> {
    fn due(&self, now: Timestamp) -> Vec<DueList> {
        let positions = self.standings.values().filter_map(|standing| standing.position);
        let lists: BTreeSet<u64> = positions.map(|position| position / LIST_BITS).collect();
        // Both purposes together: a record that is met alone needs both.
        let is_due = |list: &u64| {
            Purpose::ALL
                .into_iter()
                .any(|purpose| self.is_due(DueList { purpose, list: *list }, now))
        };
        lists
            .into_iter()
            .filter(is_due)
            .flat_map(|list| Purpose::ALL.map(|purpose| DueList { purpose, list }))
            .collect()
    }

    fn is_due(&self, DueList { purpose, list }: DueList, now: Timestamp) -> bool {
        let Some((size, created)) = (self.newest)(purpose, list) else { return true };
        let is_old = now.duration_since(created) >= RENEWAL;
        // Of an entry behind the list's head it says nothing, and whoever has that record alone would have no answer.
        let is_behind = self.standings.values().any(|standing| {
            standing.position.is_some_and(|place| place / LIST_BITS == list)
                && standing.index >= size
        });
        is_old
            || is_behind
            || (self.bits_at)(purpose, list, u64::MAX) != (self.bits_at)(purpose, list, size)
    }
}

/// The status lists of a folder's register that should be signed, told without its keys; see [`Register::lists_due`].
#[must_use]
pub fn lists_due(folded: &Folded, now: Timestamp) -> Vec<DueList> {
    let newest = |purpose, list| {
        let mut snapshots = folded.snapshots.iter();
        let facts = snapshots.rfind(|facts| facts.purpose == purpose && facts.list == list)?;
        Some((facts.size, folded.standings.get(&facts.id)?.created))
    };
    let bits_at = |purpose, list, size| folded.bits_at(purpose, list, size);
    Lists { standings: &folded.standings, newest: &newest, bits_at: &bits_at }.due(now)
}

impl Register<'_> {
    /// The status lists that should be signed now: those that are missing, that say otherwise than the
    /// register or nothing of its newest records, or that are a month old. None as long as no record has a place in one.
    #[must_use]
    pub fn lists_due(&self, now: Timestamp) -> Vec<DueList> {
        let newest = |purpose, list| {
            let (facts, standing) = self.fold.newest_snapshot(purpose, list)?;
            Some((facts.size, standing.created))
        };
        let bits_at = |purpose, list, size| self.fold.bits_at(purpose, list, size);
        Lists { standings: self.fold.standings(), newest: &newest, bits_at: &bits_at }.due(now)
    }

    /// Signs the status lists that are due, all of the head as it is now.
    ///
    /// `random` gives each its own name.
    ///
    /// # Errors
    /// As [`Register::issue`].
    pub fn sign_lists(
        &mut self,
        practice: bool,
        now: Timestamp,
        random: &mut dyn FnMut() -> [u8; 16],
    ) -> Result<Vec<Issued>, AttestError> {
        let head = self.head;
        let base = self.base.base_url();
        let mut issued = Vec::new();
        for DueList { purpose, list } in self.lists_due(now) {
            let mut bits = Bits::new();
            for place in self.fold.bits_at(purpose, list, head.size) {
                let is_in_list = bits.set(place, true);
                debug_assert!(is_in_list, "places of a list are below its length");
            }
            let origin = self.log_key.name().clone();
            let Value::Object(members) =
                Snapshot::new(purpose, list, bits, origin, head).to_value(&base)
            else {
                return Err(AttestError::Unwritable);
            };
            let record = Record {
                uuid: Uuid::from_random(random()),
                issuer: self.issuer.clone(),
                base: self.base.clone(),
                practice,
                valid_from: now,
                valid_until: now.checked_add(TERM).ok(),
                position: None,
                reissues: None,
                subject: Subject::Statement(Statement { kind: Kind::Snapshot, members }),
            };
            let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
            issued.push(self.issue(&prepared, now)?);
        }
        Ok(issued)
    }
}
