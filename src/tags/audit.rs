//! What does not add up in the tags of a register.
//!
//! Tags, editions, quotas, pieces, certifications and declared capacity are compared, whoever signed them and with whatever
//! program: a register may hold more than its own rules admit. Each [`Fault`] names the records that contradict each other. What
//! was made cannot be seen here; the numbers can.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::issue::{self, is_certified_at, not_in_force};
use super::{Batch, Edition, Ledger, first_text, joined, party_words, range_words, total};
use crate::provenance::log::RecordId;
use crate::verify::fold::Condition;

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Its stable name.
    pub code: &'static str,
    /// The record that it is about.
    pub about: RecordId,
    /// What is wrong, in a sentence for a person.
    pub words: String,
    /// The other records that it follows from.
    pub others: Vec<RecordId>,
}

/// Every name that a fault may have, with what it means in general.
pub const CODES: &[(&str, &str)] = &[
    ("unknown-edition", "tags of an edition that is not in the register"),
    ("empty-range", "a batch whose last number comes before its first"),
    ("overlap", "two batches have the same numbers"),
    ("beyond-maximum", "numbers above what was announced"),
    ("more-than-maximum", "more tags than what was announced"),
    ("maximum-raised", "an edition that announced more later than before"),
    ("no-maximum", "tags of a limited edition that announced no maximum"),
    ("outside-edition", "tags signed while the edition did not count"),
    ("outside-certification", "tags signed while no certification of the edition was in force"),
    ("over-quota", "a member had more tags in a period than her accreditation allows"),
    ("over-capacity", "more pieces than the makers say they can make in that time"),
    ("void-unissued", "numbers made void that the batch does not have"),
    ("item-unissued", "a piece with a number that was never issued"),
    ("item-void", "a piece with a number that counts no more"),
    ("item-twice", "two pieces with one number"),
    ("reported-unissued", "a check code was reported for a number that the batch does not have"),
    ("reported-void", "a check code was reported for a tag that counts no more"),
    ("reported-twice", "a check code was reported more than once, so that it may have been copied"),
    ("codes-missing", "what is published of a batch's check codes is not at hand"),
    ("codes-altered", "what is published of a batch's check codes is not what was signed"),
];

/// How many pieces can be made, as the shop says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Pieces in a month, all products together.
    pub per_month: u64,
    /// The products that say so, by id.
    pub products: BTreeSet<String>,
}

/// Days of a month, on average.
const MONTH: f64 = 365.25 / 12.0;

/// Finds what does not add up, in the order of the editions. `capacity` tells what the shop says of an edition; none, if no product
/// carries it or one of them says nothing.
#[must_use]
pub fn audit(ledger: &Ledger, capacity: &dyn Fn(&Edition) -> Option<Capacity>) -> Vec<Fault> {
    let mut found = Vec::new();
    for batch in &ledger.batches {
        batch_faults(ledger, batch, &mut found);
    }
    for edition in &ledger.editions {
        edition_faults(ledger, edition, &mut found);
        item_faults(ledger, edition, &mut found);
    }
    quota_faults(ledger, &mut found);
    capacity_faults(ledger, capacity, &mut found);
    found
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// What an edition is called in a sentence.
fn named(edition: &Edition) -> String {
    format!("the edition \"{}\" ({})", first_text(&edition.name), edition.id.short())
}

fn batch_faults(ledger: &Ledger, batch: &Batch, found: &mut Vec<Fault>) {
    let mut put = |code, words: String, others: Vec<RecordId>| {
        found.push(Fault { code, about: batch.id, words, others });
    };
    let numbers = format!("the tags {}–{}", batch.first, batch.last);
    if batch.first > batch.last {
        put(
            "empty-range",
            format!("{numbers} have their last number before the first"),
            Vec::new(),
        );
        return;
    }
    let Some(edition) = ledger.edition(&batch.edition) else {
        let words = format!("{numbers} are of an edition that is not in this register");
        put("unknown-edition", words, vec![batch.edition]);
        return;
    };
    if edition.practice != batch.practice {
        let words = format!(
            "{numbers} are in earnest and {} for practice, or the other way round",
            named(edition)
        );
        put("unknown-edition", words, vec![edition.id]);
        return;
    }
    if let Some(maximum) = edition.maximum.filter(|maximum| batch.last > *maximum) {
        let beyond = (batch.first.max(maximum + 1), batch.last);
        let words = format!(
            "{} was announced with {maximum} pieces at most, and the tags {} go beyond",
            named(edition),
            range_words(&[beyond])
        );
        put("beyond-maximum", words, vec![edition.id]);
    }
    let stopped = edition.span.stopped.filter(|stopped| *stopped <= batch.created);
    let until = edition.span.until.filter(|until| *until < batch.created);
    let why = match (stopped, until) {
        (Some(stopped), _) => Some(format!(
            "{}, on {}",
            not_in_force(edition, batch.created).unwrap_or_else(|| "counted no more".to_owned()),
            day(stopped)
        )),
        (None, Some(until)) => Some(format!("was over on {}", day(until))),
        (None, None) if batch.created < edition.span.from => {
            Some(format!("counts from {} only", day(edition.span.from)))
        }
        (None, None) => None,
    };
    if let Some(why) = why {
        let words = format!(
            "{numbers} were issued on {}, and {} {why}",
            day(batch.created),
            named(edition)
        );
        put("outside-edition", words, vec![edition.id]);
    }
    if let Err(since) = is_certified_at(ledger, edition, batch.created) {
        let since = since.map(|since| format!(": the last was over on {}", day(since)));
        let words = format!(
            "{numbers} of {} were issued on {}, when no certification of it was in force{}",
            named(edition),
            day(batch.created),
            since.unwrap_or_default()
        );
        put(
            "outside-certification",
            words,
            ledger.certifications_of(edition).map(|it| it.id).collect(),
        );
    }
    for void in &batch.void {
        if void.first < batch.first || void.last > batch.last || void.first > void.last {
            let words = format!(
                "the numbers {}–{} were made void, and this batch has {}–{}",
                void.first, void.last, batch.first, batch.last
            );
            put("void-unissued", words, vec![void.by]);
        }
    }
    let mut reports: BTreeMap<u64, Vec<&super::Claim>> = BTreeMap::new();
    for claim in &batch.claims {
        reports.entry(claim.serial).or_default().push(claim);
    }
    for (serial, claims) in reports {
        let ids: Vec<RecordId> = claims.iter().map(|claim| claim.id).collect();
        if !batch.has(serial) {
            let words = format!(
                "a check code was reported for number {serial}, and this batch has {}–{}",
                batch.first, batch.last
            );
            put("reported-unissued", words, ids);
            continue;
        }
        if let Some(void) = batch.void_at(serial) {
            let words = format!(
                "the check code of tag {serial} was reported, and the tag counts no more ({}, {})",
                void.reason,
                day(void.at)
            );
            put("reported-void", words, ids.iter().copied().chain([void.by]).collect());
        }
        if claims.len() > 1 {
            let days: Vec<&str> = claims.iter().map(|claim| claim.on.as_str()).collect();
            let words = format!(
                "the check code of tag {serial} was reported {} times, on {}: there may be a copy of it",
                claims.len(),
                days.join(", ")
            );
            put("reported-twice", words, ids);
        }
    }
}

fn edition_faults(ledger: &Ledger, edition: &Edition, found: &mut Vec<Fault>) {
    let batches: Vec<&Batch> =
        ledger.batches_of(edition).filter(|batch| batch.first <= batch.last).collect();
    let mut put = |code, words: String, others: Vec<RecordId>| {
        found.push(Fault { code, about: edition.id, words, others });
    };
    if edition.announced != edition.maximum {
        let announced =
            edition.announced.map_or_else(|| "no maximum".to_owned(), |it| it.to_string());
        let words = format!(
            "{} was announced with {} pieces at most, and with {announced} later; the least counts",
            named(edition),
            edition.maximum.unwrap_or_default()
        );
        put("maximum-raised", words, edition.records.clone());
    }
    if edition.kind == "limited" && edition.maximum.is_none() && !batches.is_empty() {
        let words = format!("{} is limited, has tags, and announced no maximum", named(edition));
        put("no-maximum", words, batches.iter().map(|batch| batch.id).collect());
    }
    let all = batches.iter().fold(0_u64, |sum, batch| sum.saturating_add(batch.count()));
    if let Some(maximum) = edition.maximum.filter(|maximum| all > *maximum) {
        let words = format!(
            "{} was announced with {maximum} pieces at most, and has {all} tags",
            named(edition)
        );
        put("more-than-maximum", words, batches.iter().map(|batch| batch.id).collect());
    }
    let mut sorted = batches;
    sorted.sort_by_key(|batch| (batch.first, batch.last));
    let mut widest: Option<&Batch> = None;
    for batch in sorted {
        if let Some(before) = widest.filter(|before| batch.first <= before.last) {
            let both = (batch.first, batch.last.min(before.last));
            let words = format!(
                "the tags {} of {} were issued twice",
                range_words(&[both]),
                named(edition)
            );
            put("overlap", words, vec![before.id, batch.id]);
        }
        if widest.is_none_or(|before| batch.last > before.last) {
            widest = Some(batch);
        }
    }
}

fn item_faults(ledger: &Ledger, edition: &Edition, found: &mut Vec<Fault>) {
    let mut seen: BTreeMap<u64, RecordId> = BTreeMap::new();
    for item in ledger.items_of(edition) {
        let Some(serial) = item.serial else { continue };
        let mut put = |code, words: String, others: Vec<RecordId>| {
            found.push(Fault { code, about: item.id, words, others });
        };
        match ledger.batch_with(edition, serial) {
            None => {
                let words = format!(
                    "the piece \"{}\" has number {serial} of {}, which was never issued",
                    first_text(&item.name),
                    named(edition)
                );
                put("item-unissued", words, vec![edition.id]);
            }
            Some(batch) => {
                if let Some(void) = batch.void_at(serial) {
                    let words = format!(
                        "the piece \"{}\" has number {serial} of {}, which counts no more ({}, {})",
                        first_text(&item.name),
                        named(edition),
                        void.reason,
                        day(void.at)
                    );
                    put("item-void", words, vec![batch.id, void.by]);
                }
            }
        }
        match seen.get(&serial) {
            Some(other) => {
                let words = format!("two pieces of {} have number {serial}", named(edition));
                put("item-twice", words, vec![*other]);
            }
            None => {
                seen.insert(serial, item.id);
            }
        }
    }
}

fn quota_faults(ledger: &Ledger, found: &mut Vec<Fault>) {
    // One fault for each member and period, at the batch that went beyond.
    let mut told = BTreeSet::new();
    for edition in &ledger.editions {
        for batch in ledger.batches_of(edition) {
            for (party, _) in issue::makers(edition) {
                let membership = issue::membership(ledger, &party, edition.practice, batch.created);
                let Some(membership) = membership else { continue };
                let Some(quota) = issue::quota_use(ledger, membership, batch.created) else {
                    continue;
                };
                if quota.used <= quota.count || !told.insert((membership.id, quota.from)) {
                    continue;
                }
                let words = format!(
                    "{} may have {} tags {}, and had {} from {} to {}",
                    party_words(&membership.member),
                    quota.count,
                    quota.period_words(),
                    quota.used,
                    day(quota.from),
                    quota.last_day()
                );
                found.push(Fault {
                    code: "over-quota",
                    about: membership.id,
                    words,
                    others: vec![edition.id],
                });
            }
        }
    }
}

fn capacity_faults(
    ledger: &Ledger,
    capacity: &dyn Fn(&Edition) -> Option<Capacity>,
    found: &mut Vec<Fault>,
) {
    // Editions that the same products are made for share what these can make.
    let mut shared: BTreeMap<BTreeSet<String>, (u64, Vec<&Edition>)> = BTreeMap::new();
    for edition in ledger.editions.iter().filter(|it| is_made(it)) {
        let Some(capacity) = capacity(edition) else { continue };
        shared.entry(capacity.products).or_insert((capacity.per_month, Vec::new())).1.push(edition);
    }
    for (products, (per_month, editions)) in shared {
        let products: Vec<String> = products.into_iter().collect();
        let products = products.join(", ");
        let mut alone_is_too_much = false;
        let each = editions.iter().map(|edition| vec![*edition]);
        let together = (editions.len() > 1).then(|| editions.clone());
        for group in each.chain(together) {
            if group.len() > 1 && alone_is_too_much {
                continue;
            }
            let Some((first, last, made)) = making(ledger, &group) else { continue };
            let days = f64::from((last - first).get_days().max(0) + 1);
            #[allow(clippy::cast_precision_loss, reason = "pieces in some months")]
            let able = (per_month as f64 * days / MONTH).ceil();
            #[allow(clippy::cast_precision_loss, reason = "likewise")]
            if made as f64 <= able {
                continue;
            }
            alone_is_too_much = true;
            let what = match group.as_slice() {
                [one] => named(one),
                many => format!("{} editions of the same products", many.len()),
            };
            let words = format!(
                "{what} had {made} pieces made from {first} to {last}, and the makers say that they can make {per_month} a month \
                 ({products}): {able} in that time"
            );
            let others = group.iter().skip(1).map(|edition| edition.id).collect();
            found.push(Fault { code: "over-capacity", about: group[0].id, words, others });
        }
    }
}

/// Whether pieces of it can have been made.
fn is_made(edition: &Edition) -> bool {
    !edition.practice
        && !edition.batches.is_empty()
        && !matches!(edition.condition, Condition::Withdrawn(_))
}

/// When some editions were made, and how many pieces. Where no day is announced, it is that of the announcement, and of the last
/// tags. Tags that were never on a piece were not made.
fn making(ledger: &Ledger, editions: &[&Edition]) -> Option<(Date, Date, u64)> {
    let of = |at: Timestamp| Offset::UTC.to_datetime(at).date();
    let mut found: Option<(Date, Date, u64)> = None;
    for edition in editions {
        let last_tags = ledger.batches_of(edition).map(|batch| of(batch.created)).max()?;
        let first = edition.made.0.unwrap_or_else(|| of(edition.span.from));
        let last = edition.made.1.unwrap_or(last_tags).max(first);
        let unmade = ledger.batches_of(edition).flat_map(|batch| &batch.void);
        let unmade = unmade.filter(|void| matches!(void.reason.as_str(), "unused" | "damaged"));
        let unmade = joined(unmade.map(|void| (void.first, void.last)));
        let made = total(&ledger.issued(edition)).saturating_sub(total(&unmade));
        found = Some(match found {
            None => (first, last, made),
            Some((from, to, sum)) => (from.min(first), to.max(last), sum.saturating_add(made)),
        });
    }
    found
}
