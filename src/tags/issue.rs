//! Which tags may be issued next, made void or reported.
//!
//! The next numbers of an edition follow on the last; they may not go beyond what was announced, nor beyond what the makers'
//! accreditations allow in their period. A refusal says in plain words how much is left and until when.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Batch, Edition, Ledger, Membership, Period, joined, party_words, range_words, total};
use crate::provenance::json::Value;
use crate::provenance::log::RecordId;
use crate::verify::fold::Condition;

/// The most tags of one batch.
pub const MOST: u64 = 1_000_000;

/// How much of a member's quota is used in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaUse {
    /// The Accreditation that says so.
    pub accreditation: RecordId,
    /// What the member is called.
    pub member: String,
    /// How many tags she may have.
    pub count: u64,
    /// In which period.
    pub period: Period,
    /// How many she had in it.
    pub used: u64,
    /// When it begins.
    pub from: Timestamp,
    /// When it is over, exclusive; none if it never is.
    pub until: Option<Timestamp>,
}

impl QuotaUse {
    /// How many are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.count.saturating_sub(self.used)
    }

    /// The last day of the period.
    pub(crate) fn last_day(&self) -> String {
        let day = |until: Timestamp| {
            let last = until.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(until);
            last.strftime("%Y-%m-%d").to_string()
        };
        self.until.map_or_else(|| "its accreditation ends".to_owned(), day)
    }

    /// How the period is called behind a number of tags.
    pub(crate) fn period_words(&self) -> &'static str {
        match self.period {
            Period::Month => "a month",
            Period::Year => "a year",
            Period::Term => "as long as the accreditation lasts",
        }
    }
}

/// A batch that may be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
    /// The quotas that it draws on, as they are before it.
    pub quotas: Vec<QuotaUse>,
}

/// Why nothing is issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such edition in the register.
    NoEdition,
    /// No tags are asked for, or more than [`MOST`] at once.
    Count(u64),
    /// The last number comes before the first.
    Reversed,
    /// The edition does not count: why.
    NotInForce(String),
    /// The edition is limited, and announced no maximum.
    NoMaximum,
    /// These numbers have tags already; the next is that.
    Taken(String, u64),
    /// More than was announced.
    Maximum {
        /// What was announced.
        maximum: u64,
        /// How many numbers are taken.
        issued: u64,
        /// How many are wanted.
        wanted: u64,
    },
    /// More than a member may have.
    Quota {
        /// Her quota.
        quota: Box<QuotaUse>,
        /// How many of the wanted tags are hers.
        wanted: u64,
    },
    /// Every certification of the edition is over, since when.
    Uncertified(Option<Timestamp>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEdition => f.write_str(
                "the register has no such edition; `selvedge tags list` shows them, and `selvedge record edition` announces one",
            ),
            Self::Count(0) => f.write_str("say how many tags: --count 100"),
            Self::Count(_) => write!(f, "at most {MOST} tags are issued at once; issue them in several batches"),
            Self::Reversed => f.write_str("the last number comes before the first"),
            Self::NotInForce(why) => write!(f, "the edition {why}, so no tags are issued for it"),
            Self::NoMaximum => f.write_str(
                "the edition is limited, and announced no maximum, so nobody could tell when there are too many; announce it again \
                 with one: maximum = 100 in its file",
            ),
            Self::Taken(which, next) => {
                write!(f, "the numbers {which} have tags already; the next number is {next}")
            }
            Self::Maximum { maximum, issued, wanted } => match maximum.saturating_sub(*issued) {
                0 => write!(
                    f,
                    "the edition was announced with {maximum} pieces at most, and all their numbers have tags; what was announced \
                     cannot grow, but another edition can be announced: selvedge record edition"
                ),
                left => write!(
                    f,
                    "the edition was announced with {maximum} pieces at most, and {issued} numbers are taken: {left} are left, not \
                     {wanted}; write --count {left}"
                ),
            },
            Self::Quota { quota, wanted } => {
                let QuotaUse { member, count, used, .. } = &**quota;
                write!(
                    f,
                    "{member} may have {count} tags {}, and had {used}: {} are left until {}, not {wanted}; issue fewer, wait, or accredit \
                     her anew with another quota",
                    quota.period_words(),
                    quota.left(),
                    quota.last_day()
                )
            }
            Self::Uncertified(since) => {
                let since = since.map(|since| since.strftime(" since %Y-%m-%d").to_string());
                write!(
                    f,
                    "every certification of this edition is over{}, so its tags would claim what nobody stands by; certify it anew: \
                     selvedge record certify",
                    since.unwrap_or_default()
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// Why an edition does not count at a time, in words that follow "the edition"; none if it does.
pub(crate) fn not_in_force(edition: &Edition, at: Timestamp) -> Option<String> {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    match &edition.condition {
        Condition::InForce => {}
        Condition::Proposed { have, need } => {
            return Some(format!("is proposed only: {have} of {need} agreed"));
        }
        Condition::Suspended(_) => return Some("is suspended".to_owned()),
        Condition::Ended(_) => return Some("was ended".to_owned()),
        Condition::Superseded(_) => return Some("was replaced by another record".to_owned()),
        Condition::Withdrawn(_) => return Some("was withdrawn".to_owned()),
        Condition::Revoked(_) => return Some("was revoked".to_owned()),
        Condition::Void(why) => return Some(format!("has no effect: {why}")),
    }
    if at < edition.span.from {
        return Some(format!("counts from {} only", day(edition.span.from)));
    }
    let until = edition.span.until.filter(|until| *until < at)?;
    Some(format!("was over on {}", day(until)))
}

/// Says which tags come next.
///
/// # Errors
/// Why none may be issued at this time.
pub fn plan(
    ledger: &Ledger,
    edition: &RecordId,
    count: u64,
    at: Timestamp,
) -> Result<Plan, Refusal> {
    let first = ledger.edition(edition).map(|edition| next_number(ledger, edition));
    let first = first.ok_or(Refusal::NoEdition)?;
    if !(1..=MOST).contains(&count) {
        return Err(Refusal::Count(count));
    }
    check(ledger, edition, first, first.saturating_add(count - 1), at)
}

/// Says whether these tags may be issued.
///
/// # Errors
/// Why not, at this time.
pub fn check(
    ledger: &Ledger,
    edition: &RecordId,
    first: u64,
    last: u64,
    at: Timestamp,
) -> Result<Plan, Refusal> {
    let edition = ledger.edition(edition).ok_or(Refusal::NoEdition)?;
    if first == 0 || last < first {
        return Err(Refusal::Reversed);
    }
    let count = last.saturating_add(1).saturating_sub(first);
    if !(1..=MOST).contains(&count) {
        return Err(Refusal::Count(count));
    }
    if let Some(why) = not_in_force(edition, at) {
        return Err(Refusal::NotInForce(why));
    }
    if edition.kind == "limited" && edition.maximum.is_none() {
        return Err(Refusal::NoMaximum);
    }
    let issued = ledger.issued(edition);
    let taken = issued.iter().filter(|(from, to)| *from <= last && *to >= first);
    let taken: Vec<(u64, u64)> =
        taken.map(|(from, to)| (*from.max(&first), *to.min(&last))).collect();
    if !taken.is_empty() {
        return Err(Refusal::Taken(range_words(&taken), next_number(ledger, edition)));
    }
    if let Some(maximum) = edition.maximum.filter(|maximum| last > *maximum) {
        let issued = next_number(ledger, edition) - 1;
        return Err(Refusal::Maximum { maximum, issued, wanted: count });
    }
    if let Err(since) = is_certified_at(ledger, edition, at) {
        return Err(Refusal::Uncertified(since));
    }
    let quotas = quotas(ledger, edition, at);
    for (quota, shares) in &quotas {
        let wanted = shares.of(count);
        if wanted > quota.left() {
            return Err(Refusal::Quota { quota: Box::new(quota.clone()), wanted });
        }
    }
    Ok(Plan { first, last, quotas: quotas.into_iter().map(|(quota, _)| quota).collect() })
}

/// The number behind the last that was issued.
#[must_use]
pub fn next_number(ledger: &Ledger, edition: &Edition) -> u64 {
    ledger.issued(edition).last().map_or(1, |(_, last)| last.saturating_add(1))
}

/// Whether an edition is certified at a time; one that never was needs no certification. The error is since when it is not.
pub(crate) fn is_certified_at(
    ledger: &Ledger,
    edition: &Edition,
    at: Timestamp,
) -> Result<(), Option<Timestamp>> {
    let begun = || ledger.certifications_of(edition).filter(|it| it.span.from <= at);
    if begun().next().is_none() || begun().any(|it| it.span.holds_at(at)) {
        return Ok(());
    }
    let ends = begun().filter_map(|it| it.span.stopped.into_iter().chain(it.span.until).min());
    Err(ends.max())
}

/// Which part of an edition's tags is one maker's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share {
    part: f64,
}

impl Share {
    /// How many of so many tags are hers; what cannot be divided counts whole.
    pub(crate) fn of(self, count: u64) -> u64 {
        #[allow(clippy::cast_precision_loss, reason = "batches are far below 2^52")]
        let exact = count as f64 * self.part;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a whole number"
        )]
        let whole = (exact - 1e-6).ceil().max(0.0) as u64;
        whole.min(count)
    }
}

/// Who makes an edition, each with her share: as the record says, else a member who announced it herself.
pub(crate) fn makers(edition: &Edition) -> Vec<(Value, Share)> {
    if edition.makers.is_empty() {
        let herself = Value::from([("id", edition.issuer.to_string().into())]);
        return vec![(herself, Share { part: 1.0 })];
    }
    let shares: Option<Vec<f64>> =
        edition.makers.iter().map(|maker| fraction(&maker.share)).collect();
    let sum = shares.as_ref().map(|shares| shares.iter().sum::<f64>());
    #[allow(clippy::cast_precision_loss, reason = "a few makers")]
    let equal = 1.0 / edition.makers.len() as f64;
    // Shares that do not make a whole say nothing that can be reckoned with.
    let shares = shares.filter(|_| sum.is_some_and(|sum| (0.98..=1.02).contains(&sum)));
    let part = |at: usize| shares.as_ref().map_or(equal, |shares| shares[at]);
    edition
        .makers
        .iter()
        .enumerate()
        .map(|(at, maker)| (maker.party.clone(), Share { part: part(at) }))
        .collect()
}

/// A share as a part of one: `60 %`, `3/5`.
fn fraction(text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    let part = match text.trim().strip_suffix('%') {
        Some(percent) => number(percent)? / 100.0,
        None => {
            let (part, whole) = text.split_once('/')?;
            number(part)? / number(whole).filter(|whole| *whole > 0.0)?
        }
    };
    (0.0..=1.0).contains(&part).then_some(part)
}

/// When a period that a time falls into begins and ends.
pub(crate) fn window(
    membership: &Membership,
    period: Period,
    at: Timestamp,
) -> (Timestamp, Option<Timestamp>) {
    let day = Offset::UTC.to_datetime(at).date();
    let begin =
        |day: Option<Date>| day.and_then(|day| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    let span = |first: Date, months: i32| {
        let next = first.checked_add(jiff::Span::new().months(months)).ok();
        (begin(Some(first)).unwrap_or(at), begin(next))
    };
    match period {
        Period::Month => span(day.first_of_month(), 1),
        Period::Year => span(day.first_of_year(), 12),
        Period::Term => (membership.span.from, membership.span.until),
    }
}

/// The quota of a member that counts at a time: of the newest accreditation that has one.
pub(crate) fn membership<'a>(
    ledger: &'a Ledger,
    party: &Value,
    practice: bool,
    at: Timestamp,
) -> Option<&'a Membership> {
    let of_hers = ledger.members.iter().rev().filter(|it| {
        it.practice == practice && it.span.holds_at(at) && super::is_same_party(&it.member, party)
    });
    of_hers.into_iter().next()
}

/// What a member had in the period that a time falls into, under one accreditation.
pub(crate) fn quota_use(
    ledger: &Ledger,
    membership: &Membership,
    at: Timestamp,
) -> Option<QuotaUse> {
    let (count, period) = membership.quota?;
    let (from, until) = window(membership, period, at);
    let is_within =
        |batch: &&Batch| from <= batch.created && until.is_none_or(|until| batch.created < until);
    let mut used: u64 = 0;
    for edition in ledger.editions.iter().filter(|it| it.practice == membership.practice) {
        let makers = makers(edition);
        let hers =
            makers.iter().filter(|(party, _)| super::is_same_party(&membership.member, party));
        for (_, share) in hers {
            let batches = ledger.batches_of(edition).filter(is_within);
            used = batches.fold(used, |used, batch| used.saturating_add(share.of(batch.count())));
        }
    }
    Some(QuotaUse {
        accreditation: membership.id,
        member: party_words(&membership.member),
        count,
        period,
        used,
        from,
        until,
    })
}

/// The quotas on which tags of an edition draw at a time, each with the share of its maker.
fn quotas(ledger: &Ledger, edition: &Edition, at: Timestamp) -> Vec<(QuotaUse, Share)> {
    let found = makers(edition).into_iter().filter_map(|(party, share)| {
        let membership = membership(ledger, &party, edition.practice, at)?;
        Some((quota_use(ledger, membership, at)?, share))
    });
    found.collect()
}

/// Why tags cannot be made void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoidRefusal {
    /// A range has its last number first.
    Reversed(u64, u64),
    /// These numbers were never issued in this batch, which has those.
    NeverIssued(String, u64, u64),
    /// All of them are void already.
    Already,
}

impl fmt::Display for VoidRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reversed(first, last) => {
                write!(
                    f,
                    "the range {first}-{last} has its last number first; write --range {last}-{first}"
                )
            }
            Self::NeverIssued(which, first, last) => write!(
                f,
                "{which} was never issued in this batch, which has the numbers {first}–{last}; nothing was made void"
            ),
            Self::Already => f.write_str("all these tags are void already"),
        }
    }
}

impl std::error::Error for VoidRefusal {}

/// The ranges to make void: those that are asked for, without what is void already.
///
/// # Errors
/// If one has numbers that the batch has not, or nothing is left to do.
pub fn void(batch: &Batch, ranges: &[(u64, u64)]) -> Result<Vec<(u64, u64)>, VoidRefusal> {
    if let Some((first, last)) = ranges.iter().find(|(first, last)| first > last) {
        return Err(VoidRefusal::Reversed(*first, *last));
    }
    let outside = |(first, last): &(u64, u64)| {
        let below =
            (*first < batch.first).then(|| (*first, (*last).min(batch.first.saturating_sub(1))));
        let above =
            (*last > batch.last).then(|| ((*first).max(batch.last.saturating_add(1)), *last));
        [below, above].into_iter().flatten()
    };
    let never = joined(ranges.iter().flat_map(outside));
    if !never.is_empty() {
        return Err(VoidRefusal::NeverIssued(range_words(&never), batch.first, batch.last));
    }
    let already = joined(batch.void.iter().map(|void| (void.first, void.last)));
    let left = without(&joined(ranges.iter().copied()), &already);
    if left.is_empty() { Err(VoidRefusal::Already) } else { Ok(left) }
}

/// Ranges without others; both joined and ascending.
fn without(ranges: &[(u64, u64)], others: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut left = Vec::new();
    for (first, last) in ranges {
        let mut begin = *first;
        for (from, to) in others.iter().filter(|(from, to)| from <= last && to >= first) {
            if begin < *from {
                left.push((begin, from - 1));
            }
            begin = begin.max(to.saturating_add(1));
        }
        if begin <= *last {
            left.push((begin, *last));
        }
    }
    left
}

/// What is noted beside a record that somebody signs by hand: why it cannot stand with the tags that there are.
///
/// # Errors
/// In words, for whoever signs.
pub fn expect_item(ledger: &Ledger, edition: &RecordId, serial: u64) -> Result<(), String> {
    let Some(edition) = ledger.edition(edition) else { return Ok(()) };
    let Some(batch) = ledger.batch_with(edition, serial) else {
        let issued = ledger.issued(edition);
        let which = match total(&issued) {
            0 => "no tags were issued of it yet".to_owned(),
            _ => format!("it has tags {}", range_words(&issued)),
        };
        return Err(format!(
            "no tag {serial} of this edition was issued, so no piece can have that number: {which}; `selvedge tags issue` makes more"
        ));
    };
    if let Some(void) = batch.void_at(serial) {
        return Err(format!(
            "tag {serial} counts no more ({}, {}), so no piece can have that number",
            void.reason,
            void.at.strftime("%Y-%m-%d")
        ));
    }
    if let Some(item) = ledger.items_of(edition).find(|item| item.serial == Some(serial)) {
        return Err(format!(
            "number {serial} is that of another piece already, in record {}; to say that one again, write reissues = \"{}\" in its file",
            item.id.short(),
            item.id.short()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_or_divided_equally() {
        for (text, expected) in [
            ("60 %", Some(0.6)),
            ("60%", Some(0.6)),
            ("3/5", Some(0.6)),
            ("12,5 %", Some(0.125)),
            ("half", None),
            ("5/0", None),
            ("120 %", None),
        ] {
            assert_eq!(fraction(text), expected, "{text}");
        }
        assert_eq!(Share { part: 0.6 }.of(10), 6);
        assert_eq!(Share { part: 1.0 / 3.0 }.of(10), 4);
        assert_eq!(Share { part: 1.0 }.of(100_000), 100_000);
    }

    #[test]
    fn what_is_void_already_is_left_out() {
        for (ranges, others, expected) in [
            (vec![(1, 10)], vec![], vec![(1, 10)]),
            (vec![(1, 10)], vec![(3, 4), (9, 20)], vec![(1, 2), (5, 8)]),
            (vec![(3, 4)], vec![(1, 10)], vec![]),
            (vec![(1, 2), (8, 9)], vec![(2, 8)], vec![(1, 1), (9, 9)]),
        ] {
            assert_eq!(without(&ranges, &others), expected);
        }
    }
}
