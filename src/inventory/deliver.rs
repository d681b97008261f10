//! Who can deliver so many pieces by a day, by what makers state.
//!
//! For each product: the pieces that are ready, and what can be made in the whole months until then. Its lead time
//! is taken off at the end, and times in which the maker or the whole shop makes or sends nothing count for nothing.
//! The way to the buyer is not in it. An answer is arithmetic on statements, and no promise.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;

use super::{By, Fact, Groups, Hands, Inventory, Key, Span, Work, work};
use crate::model::{Date, ProducerIx};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How many pieces.
    pub quantity: u32,
    /// The day on which they are ordered.
    pub from: Date,
    /// The last day on which they can be sent off.
    pub until: Date,
}

/// What can be had of one product.
#[derive(Debug)]
pub struct Offer<'f, 's> {
    /// The product.
    pub fact: &'f Fact<'s>,
    /// Pieces that are ready and can be sent by the day.
    pub ready: u64,
    /// Whole months in which it can be made.
    pub months: u32,
    /// Pieces that can be made in them.
    pub made: u64,
    /// How much of `made` each maker has, where it is known.
    pub parts: Vec<Part>,
    /// What else stands against it, or limits it.
    pub notes: Vec<Note>,
    /// Whether it is enough, and can be ordered.
    pub is_enough: bool,
    work: Vec<Work>,
}

/// What one maker has of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The maker.
    pub maker: ProducerIx,
    /// Pieces.
    pub pieces: u64,
}

/// Something that limits an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Nobody says how many can be made in a month.
    NothingStated,
    /// At least so many have to be ordered.
    Minimum(u32),
    /// At most so many can be ordered at once; more are not counted.
    Maximum(u32),
    /// Until then nothing is sent.
    NotSent,
}

impl Note {
    /// The note in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::NothingStated => "says nothing of a month".to_owned(),
            Self::Minimum(count) => format!("at least {count} to an order"),
            Self::Maximum(count) => format!("at most {count} to an order"),
            Self::NotSent => "nothing is sent until then".to_owned(),
        }
    }
}

impl Offer<'_, '_> {
    /// How many can be had.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ready + self.made
    }
}

/// The products of a group together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The entries; none for all together.
    pub keys: Vec<Key>,
    /// Makers that the products name, each once.
    pub makers: usize,
    /// Products of which some can be had.
    pub products: usize,
    /// Pieces that can be had together.
    pub pieces: Span,
}

/// The answer.
#[derive(Debug)]
pub struct Offers<'f, 's> {
    /// What was asked.
    pub wanted: Wanted,
    /// Products for sale: those that have enough first, then by how many can be had.
    pub offers: Vec<Offer<'f, 's>>,
    /// By group, most first.
    pub sums: Vec<Sum>,
    /// All together, each product once.
    pub total: Sum,
    /// Products that are not for sale, and so are not in it.
    pub not_for_sale: usize,
}

impl<'s> Inventory<'s> {
    /// Answers who can deliver, with sums by something.
    #[must_use]
    pub fn offers(&self, wanted: Wanted, by: &[By]) -> Offers<'_, 's> {
        let for_sale = self.facts.iter().filter(|fact| fact.product.is_for_sale());
        let mut offers: Vec<Offer<'_, 's>> =
            for_sale.map(|fact| self.offer(fact, wanted)).collect();
        // The order of the site decides between equals.
        offers.sort_by_key(|offer| (!offer.is_enough, std::cmp::Reverse(offer.total())));
        let mut groups: Groups<&Offer<'_, 's>> = BTreeMap::new();
        for offer in offers.iter().filter(|offer| offer.total() > 0) {
            for keys in self.combinations(offer.fact.product, by) {
                let ids = keys.iter().map(|key| key.id.clone()).collect();
                groups.entry(ids).or_insert_with(|| (keys, Vec::new())).1.push(offer);
            }
        }
        let mut sums: Vec<Sum> = groups.into_values().map(|(keys, all)| sum(keys, &all)).collect();
        self.sort(&mut sums, |sum| &sum.keys);
        sums.sort_by_key(|sum| std::cmp::Reverse(sum.pieces.least));
        let some: Vec<&Offer<'_, 's>> = offers.iter().filter(|offer| offer.total() > 0).collect();
        let total = sum(Vec::new(), &some);
        let not_for_sale = self.facts.len() - offers.len();
        Offers { wanted, offers, sums, total, not_for_sale }
    }

    fn offer<'f>(&self, fact: &'f Fact<'s>, wanted: Wanted) -> Offer<'f, 's> {
        let product = fact.product;
        let shop = &self.site.shipping.blackout;
        let is_off = |day: Date| product.blackout.covers(day) || shop.covers(day);
        let lead = i64::from(product.lead_time_days.unwrap_or(0));
        let mut notes = Vec::new();
        // Ordered on the first day, it is sent after the lead time, on a day on which something is sent.
        let first = wanted.from.saturating_add(lead.days());
        let is_sent = days(first, wanted.until).any(|day| !is_off(day));
        let mut ready = if is_sent { fact.ready.unwrap_or(0) } else { 0 };
        let last = wanted.until.saturating_sub(lead.days());
        let months = if is_sent { months_until(wanted.from, last, is_off) } else { 0 };
        let mut made = u64::from(fact.per_month.unwrap_or(0)) * u64::from(months);
        if !is_sent {
            notes.push(Note::NotSent);
        }
        if product.capacity_per_month.is_none() {
            notes.push(Note::NothingStated);
        }
        if let Some(most) = product.maximum_order {
            if ready + made > u64::from(most) || most < wanted.quantity {
                notes.push(Note::Maximum(most));
            }
            ready = ready.min(u64::from(most));
            made = made.min(u64::from(most) - ready);
        }
        let minimum = product.minimum_order.filter(|least| *least > wanted.quantity);
        notes.extend(minimum.map(Note::Minimum));
        let work = work(product, u32::try_from(made).unwrap_or(u32::MAX));
        let parts = work
            .iter()
            .filter_map(|work| match work.makers[..] {
                [maker] if work.pieces > 0 => Some(Part { maker, pieces: work.pieces }),
                _ => None,
            })
            .collect();
        let is_enough = ready + made >= u64::from(wanted.quantity) && minimum.is_none();
        Offer { fact, ready, months, made, parts, notes, is_enough, work }
    }
}

fn sum(keys: Vec<Key>, offers: &[&Offer<'_, '_>]) -> Sum {
    let mut hands = Hands::default();
    let mut makers: BTreeSet<ProducerIx> = BTreeSet::new();
    let mut ready = 0;
    for offer in offers {
        ready += offer.ready;
        hands.add(offer.work.iter().cloned());
        makers.extend(&offer.fact.product.made_by);
    }
    let made = hands.span();
    let pieces = Span { least: ready + made.least, most: ready + made.most };
    Sum { keys, makers: makers.len(), products: offers.len(), pieces }
}

/// The days from one to another, both included.
fn days(from: Date, until: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= until)
}

/// How many whole months lie between two days, without the days that are off.
///
/// Months are those of the calendar, from the same day of one to that of the next. A day that is off takes away its part of
/// its own month, so that a month of the calendar that is off is one month less, wherever the count begins. What is
/// left over at the end counts for nothing.
#[must_use]
pub fn months_until(from: Date, until: Date, is_off: impl Fn(Date) -> bool) -> u32 {
    /// A month in parts: 28, 29, 30 and 31 divide it.
    const MONTH: u64 = 4 * 7 * 29 * 3 * 5 * 31;
    let after = |months: i32| from.saturating_add(months.months());
    let mut whole = 0;
    while after(whole + 1) <= until && after(whole + 1) > after(whole) {
        whole += 1;
    }
    let begin = after(whole);
    let length = u64::try_from((after(whole + 1) - begin).get_days()).unwrap_or(0).max(28);
    let over = u64::try_from((until.max(begin) - begin).get_days()).unwrap_or(0);
    let lost: u64 = days(from, until)
        .filter(|day| *day < until && is_off(*day))
        .map(|day| MONTH / u64::try_from(day.days_in_month()).unwrap_or(31))
        .sum();
    let whole = u64::try_from(whole).unwrap_or(0) * MONTH;
    let free = (whole + over * (MONTH / length)).saturating_sub(lost);
    u32::try_from(free / MONTH).unwrap_or(u32::MAX)
}
