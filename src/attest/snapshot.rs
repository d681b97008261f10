//! Status lists: which records are revoked or suspended, signed for whoever meets one alone.
//!
//! A list repeats the fold at one head of the log (Bitstring Status List 1.0, RECORD-FORMAT §6) and is an
//! entry of the log itself, so that it can be held against the fold for ever. It is over after [`TERM`]: whoever has an
//! old one learns that it is old, and not that all is well.

use jiff::{SignedDuration, Timestamp};

use super::{AttestError, Issued, Prepared, Register};
use crate::provenance::json::{Object, Value};
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::record::status::{self, LIST_SIZE, Purpose};
use crate::provenance::record::{Record, Subject, Uuid};
use crate::provenance::status::encode_places;

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

impl Register<'_> {
    /// The status lists that should be signed now: those that are missing, that say otherwise than the
    /// register, or that are a month old. None as long as no record has a place in one.
    #[must_use]
    pub fn lists_due(&self, now: Timestamp) -> Vec<DueList> {
        let positions = self.fold.standings().values().filter_map(|standing| standing.position);
        let Some(last) = positions.max() else { return Vec::new() };
        let lists = 0..=last / LIST_SIZE;
        lists
            .flat_map(|list| Purpose::ALL.map(|purpose| DueList { purpose, list }))
            .filter(|due| self.is_due(*due, now))
            .collect()
    }

    fn is_due(&self, DueList { purpose, list }: DueList, now: Timestamp) -> bool {
        let Some((facts, standing)) = self.fold.newest_snapshot(purpose, list) else { return true };
        let is_old = now.duration_since(standing.created) >= RENEWAL;
        is_old || self.fold.bits(purpose, list) != self.fold.bits_at(purpose, list, facts.size)
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
            let places = self.fold.bits_at(purpose, list, head.size);
            let url = format!("{base}{}", status::path(purpose, list));
            let log = Value::from([
                ("origin", self.log_key.name().as_str().into()),
                ("size", Value::Number(head.size as f64)),
                ("root", head.root.0.to_string().into()),
            ]);
            let members: Object = [
                ("id".to_owned(), Value::from(format!("{url}#list"))),
                ("type".to_owned(), "BitstringStatusList".into()),
                ("statusPurpose".to_owned(), purpose.name().into()),
                ("encodedList".to_owned(), encode_places(&places).into()),
                ("log".to_owned(), log),
            ]
            .into();
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
            issued.push(self.issue(&Prepared { record, masters: Vec::new() }, now)?);
        }
        Ok(issued)
    }
}
