//! Editions and their tags, as the register tells them.
//!
//! A [`Ledger`] is read from the records of a register and the fold over it, and holds what belongs together: each edition
//! with all records that announced it, its batches of tags with what became void and what was reported, the pieces that were
//! described, and whose members' quotas they draw on. [`issue`] says what may be signed next, [`audit`] what does not add
//! up in what was signed, [`codes`] makes the check codes. All of it is pure; it knows nothing of keys.
//!
//! Which design is the 42nd of a register, and which edition the second of it, follows from the register alone
//! (RECORD-FORMAT §2.9), so that a printed number stays what it is. [`find`] reads what somebody typed and finds its record.

pub mod audit;
pub mod codes;
pub mod find;
pub mod issue;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::provenance::brand::{Brand, Number};
use crate::provenance::did::Did;
use crate::provenance::identifier::CharterLetters;
use crate::provenance::json::Value;
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::log::{RecordId, RootHash};
use crate::provenance::record::{LangText, Record, SignedRecord, Texts, texts_from_value};
use crate::verify::fold::{Condition, Folded, Standing};

/// When something counts: from a time up to another, and whatever ended it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From when.
    pub from: Timestamp,
    /// Until when, if it ends by itself.
    pub until: Option<Timestamp>,
    /// When an act of its issuer ended or suspended it.
    pub stopped: Option<Timestamp>,
}

impl Span {
    /// Whether it counts at a time.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at
            && self.until.is_none_or(|until| at <= until)
            && self.stopped.is_none_or(|stopped| at < stopped)
    }
}

/// Somebody who makes an edition.
#[derive(Clone, Debug)]
pub struct Maker {
    /// Who, as the record names her.
    pub party: Value,
    /// Her share, as it was written.
    pub share: String,
}

/// An edition, with all records that announced it.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The record that counts now.
    pub id: RecordId,
    /// Every record of it, the first one first: what it reissues, and what a correction put in its place.
    pub records: Vec<RecordId>,
    /// Which design of the register it is of, from 1; none if it names none of it.
    pub design: Option<u64>,
    /// Which edition of that design, from 1; of those without a design, if it has none.
    pub number: u64,
    /// The designs that it names.
    pub designs: Vec<RecordId>,
    /// What it is called.
    pub name: Texts,
    /// `unique`, `limited`, `open` or `batch`.
    pub kind: String,
    /// The least that any of its records announced as the most; 1 for what is unique.
    pub maximum: Option<u64>,
    /// What the record that counts now announces.
    pub announced: Option<u64>,
    /// The first and last day of making.
    pub made: (Option<Date>, Option<Date>),
    /// Who makes it.
    pub makers: Vec<Maker>,
    /// What it is about, as the record names it.
    pub about: Option<Value>,
    /// The certifications that it names.
    pub certifications: Vec<RecordId>,
    /// Who signed the record that counts now.
    pub issuer: Did,
    /// When it counts.
    pub span: Span,
    /// How the record that counts now stands.
    pub condition: Condition,
    /// Whether it was signed for practice.
    pub practice: bool,
    /// Its batches, by their place in the ledger, in the order of the log.
    pub batches: Vec<usize>,
    /// The pieces that were described, by their place in the ledger.
    pub items: Vec<usize>,
}

/// Tags that count no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidTags {
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
    /// `lost`, `stolen`, `damaged` or `unused`.
    pub reason: String,
    /// The record that says so.
    pub by: RecordId,
    /// When.
    pub at: Timestamp,
}

/// A report of a check code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The record.
    pub id: RecordId,
    /// The tag.
    pub serial: u64,
    /// On which day.
    pub on: String,
    /// The report that came before, if the record names one.
    pub duplicate_of: Option<RecordId>,
}

/// A batch of tags.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The record that counts now.
    pub id: RecordId,
    /// Every record of it.
    pub records: Vec<RecordId>,
    /// The record of the edition that it names.
    pub edition: RecordId,
    /// The first number.
    pub first: u64,
    /// The last number; a record of somebody else may name one below the first.
    pub last: u64,
    /// The root over the check codes, if they have some.
    pub codes_root: Option<RootHash>,
    /// Who signed it.
    pub issuer: Did,
    /// When it was signed first.
    pub created: Timestamp,
    /// How it stands.
    pub condition: Condition,
    /// Whether it was signed for practice.
    pub practice: bool,
    /// Tags of it that count no more, in the order of the log.
    pub void: Vec<VoidTags>,
    /// Reports of check codes, in the order of the log.
    pub claims: Vec<Claim>,
}

impl Batch {
    /// Why none of its tags counts, as the choices of a record say it; none while it is in force.
    #[must_use]
    pub fn out_of_force(&self) -> Option<&'static str> {
        match self.condition {
            Condition::InForce => None,
            Condition::Suspended(_) => Some("suspended"),
            Condition::Revoked(_) => Some("revoked"),
            _ => Some("ended"),
        }
    }

    /// How many tags it has.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.last.saturating_add(1).saturating_sub(self.first)
    }

    /// Whether it has a number.
    #[must_use]
    pub fn has(&self, serial: u64) -> bool {
        (self.first..=self.last).contains(&serial)
    }

    /// What made a tag void, if something did.
    #[must_use]
    pub fn void_at(&self, serial: u64) -> Option<&VoidTags> {
        self.void.iter().find(|void| (void.first..=void.last).contains(&serial))
    }

    /// The first report of a tag.
    #[must_use]
    pub fn first_claim(&self, serial: u64) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.serial == serial)
    }
}

/// A piece that was described.
#[derive(Clone, Debug)]
pub struct Item {
    /// The record that counts now.
    pub id: RecordId,
    /// The record of the edition that it names.
    pub edition: RecordId,
    /// Its number.
    pub serial: Option<u64>,
    /// What it is called.
    pub name: Texts,
}

/// For how long a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A month of the calendar, in UTC.
    Month,
    /// A year of the calendar, in UTC.
    Year,
    /// As long as the accreditation.
    Term,
}

/// A member, and how many tags she may have.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The Accreditation.
    pub id: RecordId,
    /// Who, as the record names her.
    pub member: Value,
    /// How many tags in which period, if there is a bound.
    pub quota: Option<(u64, Period)>,
    /// When it counts.
    pub span: Span,
    /// Whether it was signed for practice.
    pub practice: bool,
}

/// A certification.
#[derive(Clone, Debug)]
pub struct Certified {
    /// The record.
    pub id: RecordId,
    /// The record that it is about, if it is about one.
    pub about: Option<RecordId>,
    /// What is claimed: of what sort, and in the languages in which it was written.
    pub claims: Vec<(String, Texts)>,
    /// Who signed it.
    pub issuer: Did,
    /// When it counts.
    pub span: Span,
    /// Whether it was signed for practice.
    pub practice: bool,
}

/// All editions and tags of a register.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The editions, in the order of the log.
    pub editions: Vec<Edition>,
    /// The batches, in the order of the log.
    pub batches: Vec<Batch>,
    /// The pieces, in the order of the log.
    pub items: Vec<Item>,
    /// The members, in the order of the log.
    pub members: Vec<Membership>,
    /// The certifications, in the order of the log.
    pub certified: Vec<Certified>,
    /// The designs by their number; those of other registers that this one lists too by the record that says so.
    pub designs: BTreeMap<RecordId, u64>,
    /// The first charter, whatever became of it: one that is not for practice, unless all are.
    pub charter: Option<RecordId>,
    /// Of each design, by its number less one, the record that was said last.
    said_last: Vec<RecordId>,
    /// The same numbers by the records of other registers that are listed.
    listed: BTreeMap<RecordId, u64>,
    edition_of: BTreeMap<RecordId, usize>,
    batch_of: BTreeMap<RecordId, usize>,
}

/// Where a record of the register is, with how it stands.
type Said<'a> = (RecordId, &'a Standing, &'a SignedRecord, &'a Statement);

impl Ledger {
    /// Reads the ledger from the records of a register and the fold over it. Records without effect count for nothing.
    pub fn new<'a>(
        records: impl IntoIterator<Item = &'a SignedRecord>,
        folded: &'a Folded,
    ) -> Self {
        let bodies: BTreeMap<RecordId, &SignedRecord> =
            records.into_iter().map(|signed| (signed.id(), signed)).collect();
        let mut standings: Vec<(&RecordId, &Standing)> = folded.standings.iter().collect();
        standings.sort_by_key(|(_, standing)| standing.index);
        let roots = roots(&standings);
        let listed = |id: &RecordId| {
            let said = bodies.get(id)?.record().subject.as_statement()?;
            said.listed().map(|design| design.id)
        };
        let designs = numbered_designs(&standings, &roots, &|id| listed(id).is_some());
        let mut ledger = Self { designs, ..Self::default() };
        for (id, _) in &standings {
            let Some(number) = ledger.designs.get(id) else { continue };
            let at = usize::try_from(number - 1).expect("fewer designs than entries");
            match ledger.said_last.get_mut(at) {
                Some(known) => *known = **id,
                None => ledger.said_last.push(**id),
            }
        }
        let charters = || standings.iter().filter(|(_, it)| it.kind == Kind::Charter);
        let in_earnest = charters().find(|(_, standing)| !standing.practice);
        ledger.charter = in_earnest.or_else(|| charters().next()).map(|(id, _)| **id);
        for (id, _) in &standings {
            if let (Some(number), Some(design)) = (ledger.designs.get(*id), listed(id)) {
                ledger.listed.entry(design).or_insert(*number);
            }
        }
        let said: Vec<Said<'a>> = standings
            .iter()
            .filter_map(|(id, standing)| {
                let signed: &'a SignedRecord = bodies.get(*id)?;
                let statement = signed.record().subject.as_statement()?;
                Some((**id, *standing, signed, statement))
            })
            .collect();
        let counts = |standing: &Standing| {
            !matches!(standing.condition, Condition::Void(_) | Condition::Proposed { .. })
        };
        let of = |kind: Kind| {
            said.iter().filter(move |(_, standing, ..)| standing.kind == kind && counts(standing))
        };
        let stopped = |standing: &Standing| stopped(standing, folded);
        ledger.take_editions(
            said.iter().filter(|(_, standing, ..)| standing.kind == Kind::Edition),
            &roots,
            &counts,
            &stopped,
        );
        for said in of(Kind::TagBatch) {
            ledger.take_batch(said, &roots);
        }
        let reasons: BTreeMap<RecordId, &Said<'_>> =
            of(Kind::TagVoid).map(|said| (said.0, said)).collect();
        for (id, standing, ..) in of(Kind::TagBatch) {
            let Some(&at) = ledger.batch_of.get(id) else { continue };
            for (first, last, by) in &standing.void_tags {
                let Some((_, _, signed, statement)) = reasons.get(by) else { continue };
                ledger.batches[at].void.push(VoidTags {
                    first: *first,
                    last: *last,
                    reason: statement.word("reasonCode").unwrap_or_default().to_owned(),
                    by: *by,
                    at: signed.created(),
                });
            }
        }
        let mut seen = BTreeSet::new();
        for (id, standing, _, statement) in of(Kind::TagClaimed) {
            let is_again = !seen.insert(roots.get(id).copied().unwrap_or(*id));
            if is_again || matches!(standing.condition, Condition::Revoked(_)) {
                continue;
            }
            let batch = statement.record("batch").and_then(|it| ledger.batch_of.get(&it.id));
            let Some(&at) = batch else { continue };
            ledger.batches[at].claims.push(Claim {
                id: *id,
                serial: statement.count("serial").unwrap_or_default(),
                on: statement.word("claimedOn").unwrap_or_default().to_owned(),
                duplicate_of: statement.record("duplicateOf").map(|it| it.id),
            });
        }
        for (id, standing, _, statement) in of(Kind::Item) {
            let is_gone = matches!(
                standing.condition,
                Condition::Superseded(_) | Condition::Revoked(_) | Condition::Withdrawn(_)
            );
            let Some(edition) = statement.record("edition").filter(|_| !is_gone) else { continue };
            if let Some(&at) = ledger.edition_of.get(&edition.id) {
                ledger.editions[at].items.push(ledger.items.len());
            }
            ledger.items.push(Item {
                id: *id,
                edition: edition.id,
                serial: statement.count("serial"),
                name: texts(statement, "name"),
            });
        }
        for (id, standing, signed, statement) in of(Kind::Accreditation) {
            let record = signed.record();
            let quota = statement.members.get("tagQuota").and_then(|quota| {
                let period = match quota.text("period")? {
                    "month" => Period::Month,
                    "year" => Period::Year,
                    _ => Period::Term,
                };
                Some((quota.member("count")?.as_count()?, period))
            });
            ledger.members.push(Membership {
                id: *id,
                member: statement
                    .members
                    .get("member")
                    .map_or(Value::Bool(false), |member| by_path(record, member)),
                quota,
                span: Span {
                    from: record.valid_from,
                    until: record.valid_until,
                    stopped: stopped(standing),
                },
                practice: standing.practice,
            });
        }
        for (id, standing, signed, statement) in of(Kind::Certification) {
            let record = signed.record();
            ledger.certified.push(Certified {
                id: *id,
                about: statement.references().first().map(|(reference, _)| reference.id),
                claims: statement
                    .list("claim")
                    .iter()
                    .filter_map(|claim| {
                        let sort = claim.text("claimType").unwrap_or_default().to_owned();
                        Some((sort, texts_from_value(claim.member("value")?)?))
                    })
                    .collect(),
                issuer: standing.issuer.clone(),
                span: Span {
                    from: record.valid_from,
                    until: record.valid_until,
                    stopped: stopped(standing),
                },
                practice: standing.practice,
            });
        }
        ledger
    }

    fn take_editions<'a, 's: 'a>(
        &mut self,
        said: impl Iterator<Item = &'a Said<'s>>,
        roots: &BTreeMap<RecordId, RecordId>,
        counts: &dyn Fn(&Standing) -> bool,
        stopped: &dyn Fn(&Standing) -> Option<Timestamp>,
    ) {
        let mut by_root: BTreeMap<RecordId, (Option<u64>, u64, Option<usize>)> = BTreeMap::new();
        let mut taken: BTreeMap<Option<u64>, u64> = BTreeMap::new();
        for (id, standing, signed, statement) in said {
            let record = signed.record();
            let root = roots.get(id).copied().unwrap_or(*id);
            let references = statement.references();
            let designs: Vec<RecordId> = references
                .iter()
                .filter(|(_, kinds)| kinds.contains(&Kind::Design))
                .map(|(reference, _)| reference.id)
                .collect();
            let (design, number, place) = by_root.entry(root).or_insert_with(|| {
                let known = |id| self.designs.get(id).or_else(|| self.listed.get(id));
                let design = designs.first().and_then(known).copied();
                let number = taken.entry(design).or_default();
                *number += 1;
                (design, *number, None)
            });
            // What never took effect has its number, so that no other gets it.
            if !counts(standing) {
                continue;
            }
            let kind = statement.word("editionKind").unwrap_or_default().to_owned();
            let announced = statement.count("maximum").or((kind == "unique").then_some(1));
            let makers = statement.list("maker").iter().filter_map(|maker| {
                let party = by_path(record, maker.member("party")?);
                Some(Maker { party, share: maker.text("share").unwrap_or_default().to_owned() })
            });
            let certifications = references
                .iter()
                .filter(|(_, kinds)| kinds.contains(&Kind::Certification))
                .map(|(reference, _)| reference.id);
            let day = |name| statement.word(name).and_then(|day| day.parse().ok());
            let edition = Edition {
                id: *id,
                records: vec![*id],
                design: *design,
                number: *number,
                name: texts(statement, "name"),
                kind,
                maximum: announced,
                announced,
                made: (day("madeFrom"), day("madeTo")),
                makers: makers.collect(),
                about: statement.members.get("about").cloned(),
                certifications: certifications.collect(),
                designs,
                issuer: standing.issuer.clone(),
                span: Span {
                    from: record.valid_from,
                    until: record.valid_until,
                    stopped: stopped(standing),
                },
                condition: standing.condition.clone(),
                practice: standing.practice,
                batches: Vec::new(),
                items: Vec::new(),
            };
            let at = match *place {
                None => {
                    self.editions.push(edition);
                    self.editions.len() - 1
                }
                Some(at) => {
                    let before = &mut self.editions[at];
                    let mut records = std::mem::take(&mut before.records);
                    records.push(*id);
                    let maximum = before.maximum.into_iter().chain(announced).min();
                    // It has counted since it was announced first.
                    let from = before.span.from.min(edition.span.from);
                    let span = Span { from, ..edition.span };
                    *before = Edition { records, maximum, span, ..edition };
                    at
                }
            };
            *place = Some(at);
            self.edition_of.insert(*id, at);
        }
    }

    fn take_batch(&mut self, said: &Said<'_>, roots: &BTreeMap<RecordId, RecordId>) {
        let (id, standing, signed, statement) = said;
        let Some(edition) = statement.record("edition") else { return };
        let count = |name| statement.count(name).unwrap_or_default();
        let batch = Batch {
            id: *id,
            records: vec![*id],
            edition: edition.id,
            first: count("first"),
            last: count("last"),
            codes_root: statement
                .word("codesRoot")
                .and_then(crate::provenance::log::merkle::Hash::parse)
                .map(RootHash),
            issuer: standing.issuer.clone(),
            created: signed.created(),
            condition: standing.condition.clone(),
            practice: standing.practice,
            void: Vec::new(),
            claims: Vec::new(),
        };
        // The same batch, signed again; one with other numbers is another batch.
        let root = roots.get(id).filter(|root| *root != id);
        let before = root.and_then(|root| self.batch_of.get(root)).copied();
        if let Some(at) = before {
            let old = &mut self.batches[at];
            if (old.first, old.last) == (batch.first, batch.last) {
                old.records.push(*id);
                (old.id, old.condition) = (*id, batch.condition);
                self.batch_of.insert(*id, at);
                return;
            }
        }
        let at = self.batches.len();
        if let Some(&edition) = self.edition_of.get(&edition.id) {
            self.editions[edition].batches.push(at);
        }
        self.batch_of.insert(*id, at);
        self.batches.push(batch);
    }

    /// The edition that a record announces.
    #[must_use]
    pub fn edition(&self, id: &RecordId) -> Option<&Edition> {
        self.edition_of.get(id).map(|&at| &self.editions[at])
    }

    /// The record of a design that was said last, by its number.
    #[must_use]
    pub fn design(&self, number: u64) -> Option<RecordId> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.said_last.get(at).copied()
    }

    /// How many designs the register has.
    #[must_use]
    pub fn design_count(&self) -> u64 {
        self.said_last.len() as u64
    }

    /// The edition with a number, of a design or of those without one.
    #[must_use]
    pub fn edition_with(&self, design: Option<u64>, number: u64) -> Option<&Edition> {
        self.editions.iter().find(|it| it.design == design && it.number == number)
    }

    /// The number of a record as it is printed, if it is of a design or an edition.
    #[must_use]
    pub fn number_of(&self, id: &RecordId, brand: Option<&Brand>) -> Option<Number> {
        if let Some(edition) = self.edition(id) {
            return Some(self.number(edition, None, brand));
        }
        let design = Some(*self.designs.get(id)?);
        let brand = brand.cloned();
        Some(Number { brand, design, edition: None, serial: None, maximum: None })
    }

    /// The letters by which the register is known without its domain; none without a charter.
    #[must_use]
    pub fn charter_letters(&self) -> Option<CharterLetters> {
        self.charter.as_ref().map(CharterLetters::of)
    }

    /// The batch that a record states.
    #[must_use]
    pub fn batch(&self, id: &RecordId) -> Option<&Batch> {
        self.batch_of.get(id).map(|&at| &self.batches[at])
    }

    /// The batches of an edition, in the order of the log: those that were signed in earnest, or all for practice.
    pub fn batches_of<'a>(&'a self, edition: &'a Edition) -> impl Iterator<Item = &'a Batch> {
        let batches = edition.batches.iter().map(|&at| &self.batches[at]);
        batches.filter(|batch| batch.practice == edition.practice)
    }

    /// The batch of an edition that has a number.
    #[must_use]
    pub fn batch_with<'a>(&'a self, edition: &'a Edition, serial: u64) -> Option<&'a Batch> {
        self.batches_of(edition).find(|batch| batch.has(serial))
    }

    /// The pieces of an edition that were described.
    pub fn items_of<'a>(&'a self, edition: &'a Edition) -> impl Iterator<Item = &'a Item> {
        edition.items.iter().map(|&at| &self.items[at])
    }

    /// The number of a piece of an edition as it is printed; of the edition itself without a serial.
    #[must_use]
    pub fn number(&self, edition: &Edition, serial: Option<u64>, brand: Option<&Brand>) -> Number {
        Number {
            brand: brand.cloned(),
            design: edition.design,
            edition: Some(edition.number),
            serial,
            maximum: edition.maximum,
        }
    }

    /// The certifications of an edition: those that it names, and those about one of its records.
    pub fn certifications_of<'a>(
        &'a self,
        edition: &'a Edition,
    ) -> impl Iterator<Item = &'a Certified> {
        self.certified.iter().filter(|it| {
            let is_about = it.about.is_some_and(|about| edition.records.contains(&about));
            it.practice == edition.practice && (is_about || edition.certifications.contains(&it.id))
        })
    }

    /// The numbers that were issued of an edition, in ranges that do not touch, ascending.
    #[must_use]
    pub fn issued(&self, edition: &Edition) -> Vec<(u64, u64)> {
        joined(self.batches_of(edition).map(|batch| (batch.first, batch.last)))
    }

    /// The numbers of an edition that count no more, likewise.
    #[must_use]
    pub fn void(&self, edition: &Edition) -> Vec<(u64, u64)> {
        let void = self.batches_of(edition).flat_map(|batch| &batch.void);
        joined(void.map(|void| (void.first, void.last)))
    }

    /// The same, with the numbers of batches that are themselves not in force.
    #[must_use]
    pub fn out_of_force(&self, edition: &Edition) -> Vec<(u64, u64)> {
        let batches = self.batches_of(edition).filter(|it| it.out_of_force().is_some());
        let void = self.void(edition).into_iter();
        joined(void.chain(batches.map(|batch| (batch.first, batch.last))))
    }
}

/// Ranges put together where they meet, ascending; those that are empty are left out.
pub(crate) fn joined(ranges: impl Iterator<Item = (u64, u64)>) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = ranges.filter(|(first, last)| first <= last).collect();
    ranges.sort_unstable();
    let mut out: Vec<(u64, u64)> = Vec::new();
    for (first, last) in ranges {
        match out.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

/// How many numbers some ranges have.
pub(crate) fn total(ranges: &[(u64, u64)]) -> u64 {
    ranges.iter().map(|(first, last)| last - first + 1).sum()
}

/// Ranges in words: `1–20, 31`.
pub(crate) fn range_words(ranges: &[(u64, u64)]) -> String {
    let words = ranges.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The first record of each line: what reissues an earlier one of its kind, or stands in its place by a correction.
fn roots(standings: &[(&RecordId, &Standing)]) -> BTreeMap<RecordId, RecordId> {
    let by_id: BTreeMap<&RecordId, &Standing> = standings.iter().copied().collect();
    let mut before: BTreeMap<RecordId, RecordId> = BTreeMap::new();
    let follows = |old: &RecordId, new: &Standing| {
        by_id.get(old).is_some_and(|it| it.kind == new.kind && it.index < new.index)
    };
    for (id, standing) in standings {
        if let Some(old) = standing.reissues.filter(|old| follows(old, standing)) {
            before.insert(**id, old);
        }
        if let Condition::Superseded(new) = standing.condition
            && by_id.get(&new).is_some_and(|it| follows(id, it))
        {
            before.entry(new).or_insert(**id);
        }
    }
    let mut roots = BTreeMap::new();
    for (id, _) in standings {
        let root = before.get(id).map_or(**id, |old| roots.get(old).copied().unwrap_or(*old));
        roots.insert(**id, root);
    }
    roots
}

fn numbered_designs(
    standings: &[(&RecordId, &Standing)],
    roots: &BTreeMap<RecordId, RecordId>,
    is_listing: &dyn Fn(&RecordId) -> bool,
) -> BTreeMap<RecordId, u64> {
    let mut numbers: BTreeMap<RecordId, u64> = BTreeMap::new();
    let mut last = 0;
    let is_design =
        |standing: &Standing| matches!(standing.kind, Kind::Design | Kind::SealedDesign);
    for (id, _) in standings.iter().filter(|(id, it)| is_design(it) || is_listing(id)) {
        let known = roots.get(id).and_then(|root| numbers.get(root)).copied();
        let number = known.unwrap_or_else(|| {
            last += 1;
            last
        });
        numbers.insert(**id, number);
    }
    numbers
}

/// When an act ended or suspended a record.
fn stopped(standing: &Standing, folded: &Folded) -> Option<Timestamp> {
    let by = match &standing.condition {
        Condition::Suspended(by)
        | Condition::Ended(by)
        | Condition::Revoked(by)
        | Condition::Withdrawn(by) => by,
        // What stands in its place goes on where it ended.
        Condition::InForce
        | Condition::Superseded(_)
        | Condition::Proposed { .. }
        | Condition::Void(_) => return None,
    };
    folded.standings.get(by).map(|by| by.created)
}

fn texts(statement: &Statement, name: &str) -> Texts {
    statement.members.get(name).and_then(texts_from_value).unwrap_or_default()
}

/// The first of some texts, for the screen.
pub(crate) fn first_text(texts: &[LangText]) -> &str {
    texts.first().map_or("", |text| text.text.as_str())
}

/// A party of a record; one with a page below the address of the register then by the path of that page, from `/`: the register may
/// move, and she is the same.
fn by_path(record: &Record, party: &Value) -> Value {
    let mut party = party.clone();
    if let Value::Object(members) = &mut party
        && let Some(id) = members.get("id").and_then(Value::as_str)
        && let Some(path) = record.path_of(id)
    {
        let path = format!("/{path}");
        members.insert("id".to_owned(), path.into());
    }
    party
}

/// What a party is called on the screen.
pub(crate) fn party_words(party: &Value) -> String {
    let name = party.member("name").and_then(texts_from_value);
    let name = name.map(|texts| first_text(&texts).to_owned()).filter(|name| !name.is_empty());
    name.or_else(|| party.text("id").map(str::to_owned))
        .unwrap_or_else(|| "somebody who is named apart".to_owned())
}

/// Whether two records mean the same person: by name or address of identity, else by what they call her.
pub(crate) fn is_same_party(one: &Value, other: &Value) -> bool {
    if let (Some(one), Some(other)) = (one.text("id"), other.text("id")) {
        return match (Did::parse(one), Did::parse(other)) {
            (Some(one), Some(other)) => one.same_issuer(&other),
            _ => one == other,
        };
    }
    if let (Some(one), Some(other)) = (one.text("commitment"), other.text("commitment")) {
        return one == other;
    }
    let names = |party: &Value| party.member("name").and_then(texts_from_value).unwrap_or_default();
    let others = names(other);
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    names(one).iter().any(|name| others.iter().any(|it| plain(&it.text) == plain(&name.text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_joined() {
        for (given, expected, words) in [
            (vec![], vec![], ""),
            (vec![(1, 3), (4, 6)], vec![(1, 6)], "1–6"),
            (
                vec![(5, 9), (1, 2), (8, 12), (20, 20)],
                vec![(1, 2), (5, 12), (20, 20)],
                "1–2, 5–12, 20",
            ),
            (
                vec![(9, 3), (u64::MAX, u64::MAX)],
                vec![(u64::MAX, u64::MAX)],
                "18446744073709551615",
            ),
        ] {
            let found = joined(given.into_iter());
            assert_eq!(found, expected);
            assert_eq!(range_words(&found), words);
        }
        assert_eq!(total(&[(1, 3), (5, 5)]), 4);
    }

    #[test]
    fn parties_are_told_apart() {
        let named = |name: &str| {
            let text = Value::from([("@language", "en".into()), ("@value", name.into())]);
            Value::from([("name", Value::from(vec![text]))])
        };
        let with_id = |id: &str| Value::from([("id", Value::from(id))]);
        assert!(is_same_party(&named("Ana  of the Mill"), &named("ana of the mill")));
        assert!(!is_same_party(&named("Ana"), &named("Anna")));
        assert!(is_same_party(&with_id("did:web:a.example"), &with_id("did:web:a.example")));
        assert!(!is_same_party(&with_id("did:web:a.example"), &with_id("did:web:b.example")));
        assert!(!is_same_party(&with_id("did:web:a.example"), &named("a.example")));
    }
}
