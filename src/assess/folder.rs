//! What the files of a site answer by themselves.
//!
//! What stands in the files is a yes. What does not stand there is no no: a story may be told elsewhere. Only what a product
//! *is* can be a no: not food, nothing that goes bad. A person's own answer always counts more.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::check::Site;
use crate::diag::{Diagnostics, Place, Span, codes};
use crate::model::{LocaleIx, Price, ProducerIx, Product, ProductKind, Stage};
use crate::read::{Draft, Item};

use super::Answer;

/// Which products say what they cost to make; of the amounts nothing is kept.
#[derive(Debug, Default)]
pub struct Costs {
    /// Where each product that says so begins, by the place of its cost.
    told: HashMap<Span, Span>,
    low: HashSet<Span>,
}

impl Costs {
    /// Looks into the files before they are checked.
    #[must_use]
    pub fn told(draft: &Draft) -> Self {
        let cost = |item: &Item| {
            let (_, cost) = item.document.fields.get("cost")?;
            Some((cost.span, item.document.start))
        };
        Self { told: draft.products.iter().filter_map(cost).collect(), low: HashSet::new() }
    }

    /// Takes over what checking said of prices that are below twice the cost.
    pub fn judged(&mut self, found: &Diagnostics) {
        let low = found.iter().filter(|one| one.code == codes::LOW_PRICE);
        self.low.extend(low.filter_map(|one| match &one.place {
            Place::Span(span) => self.told.get(span).copied(),
            _ => None,
        }));
    }
}

/// The things whose answers are looked for.
#[derive(Debug)]
pub struct Known<'s> {
    site: &'s Site,
    products: Vec<&'s Product>,
    told: usize,
    low: usize,
    is_certified: bool,
}

/// What the folder says to a question or a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<K> {
    /// Which question.
    pub of: K,
    /// The answer; `None` if it says only a part of it.
    pub answer: Option<Answer>,
    /// What it says.
    pub because: String,
}

impl<'s> Known<'s> {
    /// The products of the folder itself, those of one maker if she is named; those for sale, if any is. Members' things are
    /// theirs to answer for.
    #[must_use]
    pub fn of(
        site: &'s Site,
        maker: Option<ProducerIx>,
        costs: &Costs,
        is_certified: bool,
    ) -> Self {
        let own = site.products.iter().map(|product| &**product).filter(|product| {
            product.member.is_none() && maker.is_none_or(|maker| product.made_by.contains(&maker))
        });
        let own: Vec<&Product> = own.collect();
        let sold: Vec<&Product> =
            own.iter().copied().filter(|product| product.stage == Stage::ForSale).collect();
        let products = if sold.is_empty() { own } else { sold };
        let starts: HashSet<&Span> = costs.told.values().collect();
        let told = products.iter().filter(|product| starts.contains(&product.place)).count();
        let low = products.iter().filter(|product| costs.low.contains(&product.place)).count();
        Self { site, products, told, low, is_certified }
    }

    /// How many products are looked at.
    #[must_use]
    pub fn products(&self) -> usize {
        self.products.len()
    }

    /// How many of them say what they cost to make, and how many of those ask less than twice that.
    #[must_use]
    pub fn costs(&self) -> (usize, usize) {
        (self.told, self.low)
    }

    /// Whether one of them is a service or something taught.
    #[must_use]
    pub fn has_service(&self) -> bool {
        self.products.iter().any(|product| !product.is_sent())
    }

    fn count(&self, is_so: impl Fn(&Product) -> bool) -> usize {
        self.products.iter().filter(|product| is_so(product)).count()
    }

    fn makers(&self) -> BTreeSet<ProducerIx> {
        self.products.iter().flat_map(|product| product.made_by.iter().copied()).collect()
    }

    /// Yes if it is so of all, nothing if of none, a hint if of some.
    fn stated<K>(&self, of: K, number: usize, what: &str) -> Option<Finding<K>> {
        let all = self.products.len();
        if number == 0 {
            return None;
        }
        let because = match (number == all, all) {
            (true, 1) => what.to_owned(),
            (true, _) => format!("{what}, of all {all} products"),
            (false, _) => format!("{what}, of {number} of {all} products"),
        };
        Some(Finding { of, answer: (number == all).then_some(Answer::Yes), because })
    }
}

/// What the folder says to questions of the checklist, by number.
#[must_use]
pub fn questions(known: &Known<'_>) -> Vec<Finding<u8>> {
    if known.products.is_empty() {
        return Vec::new();
    }
    let site = known.site;
    let is_priced = |product: &Product| !matches!(product.price, Price::OnRequest);
    let mut found: Vec<Option<Finding<u8>>> = Vec::new();
    for number in 2..=4 {
        let is_sound = known.low == 0 && known.count(is_priced) == known.products.len();
        let words = match is_sound {
            true => "what it costs to make is told, and the price is twice that or more",
            false => "what it costs to make is told, but not every price is twice that",
        };
        let stated = known.stated(number, known.told, words);
        found.push(stated.map(|one| Finding { answer: one.answer.filter(|_| is_sound), ..one }));
    }
    let has_material = |product: &Product| !product.materials.is_empty();
    found.push(known.stated(12, known.count(has_material), "the materials are told"));
    let has_capacity = |product: &Product| product.capacity_per_month.is_some();
    found.push(known.stated(
        13,
        known.count(has_capacity),
        "it is told how many can be made in a month",
    ));
    found.push(by_kind(known, 21, "has a date until which it keeps", |product| {
        let facts = &product.particulars;
        let keeps = facts.shelf_life_days.is_some() || facts.best_before.is_some();
        match product.kind? {
            _ if keeps => Some(true),
            ProductKind::Food | ProductKind::Cosmetic | ProductKind::Plant | ProductKind::Other => {
                None
            }
            _ => Some(false),
        }
    }));
    found.push(by_kind(
        known,
        22,
        "is of a kind with safety rules (food, cosmetics, toys)",
        |product| {
            let kinds = [ProductKind::Food, ProductKind::Cosmetic, ProductKind::Toy];
            product.kind.filter(|kind| kinds.contains(kind)).map(|_| true)
        },
    ));
    let has_photo = |product: &Product| !product.photos.is_empty();
    let has_facts = |product: &Product| has_material(product) && product.size.is_some();
    found.push(known.stated(24, known.count(has_photo), "there are photographs"));
    found.push(known.stated(25, known.count(has_facts), "size and materials are told"));
    let has_story = |product: &Product| {
        !product.body.is_empty()
            || product.made_by.iter().any(|ix| !site.producer(*ix).body.is_empty())
    };
    found.push(known.stated(
        33,
        known.count(has_story),
        "a story is told, of the product or its maker",
    ));
    found.push(by_kind(known, 35, "is food", |product| Some(product.kind? == ProductKind::Food)));
    found.push(known.is_certified.then(|| Finding {
        of: 38,
        answer: Some(Answer::Yes),
        because: "the register has a certification in force".to_owned(),
    }));
    let languages = site.locales.len();
    let speaks_all = |product: &Product| {
        (0..languages)
            .filter_map(|at| u8::try_from(at).ok())
            .all(|at| product.name.has(LocaleIx(at)))
    };
    let named = if languages > 1 { known.count(speaks_all) } else { 0 };
    found.push(known.stated(41, named, &format!("the name is told in {languages} languages")));
    found.into_iter().flatten().collect()
}

/// Yes or no if all products agree, a hint if they do not, nothing if one is not known.
fn by_kind(
    known: &Known<'_>,
    of: u8,
    what: &str,
    is_so: impl Fn(&Product) -> Option<bool>,
) -> Option<Finding<u8>> {
    let told: Option<Vec<bool>> = known.products.iter().map(|product| is_so(product)).collect();
    let told = told?;
    let (yes, all) = (told.iter().filter(|it| **it).count(), told.len());
    let (answer, because) = match yes {
        0 => (Some(Answer::No), format!("by kind, none {what}")),
        yes if yes == all => (Some(Answer::Yes), format!("each {what}")),
        yes => (None, format!("{yes} of {all} products: {what}")),
    };
    Some(Finding { of, answer, because })
}

/// The heaviest parcel that counts as light, in grams.
const LIGHT_G: u32 = 2_000;

/// What the folder says to the minimum criteria, by their names in files.
#[must_use]
pub fn criteria(known: &Known<'_>) -> Vec<Finding<&'static str>> {
    if known.products.is_empty() {
        return Vec::new();
    }
    let site = known.site;
    let yes = |of, is_so: bool, because: &str| {
        is_so.then(|| Finding { of, answer: Some(Answer::Yes), because: because.to_owned() })
    };
    let stated = |of, is_so: fn(&Product) -> bool, what| known.stated(of, known.count(is_so), what);
    let has_breaks =
        |product: &Product| product.trade.as_ref().is_some_and(|trade| !trade.breaks.is_empty());
    let channels = site.order.channels.len();
    let makers = known.makers();
    let has_place = makers.iter().any(|ix| site.producer(*ix).place.is_some());
    let heavy = known.count(|product| product.packed_weight_g.is_some_and(|grams| grams > LIGHT_G));
    let light = |product: &Product| product.packed_weight_g.is_some_and(|grams| grams <= LIGHT_G);
    let weight = match heavy {
        0 => stated("a3", light, "the packed weight is told, and light"),
        number => Some(Finding {
            of: "a3",
            answer: Some(Answer::No),
            because: format!(
                "{number} of {} products weigh more than 2 kg packed",
                known.products.len()
            ),
        }),
    };
    let is_bound = site.register.is_some() || site.kind == crate::model::SiteKind::Association;
    let can_buy = |product: &Product| !matches!(product.price, Price::OnRequest);
    let buying =
        (channels > 0).then(|| stated("d4", can_buy, "there is a price and a way to order"));
    let found = [
        stated("a1", has_breaks, "there are prices by number"),
        stated(
            "a2",
            |product| product.capacity_per_month.is_some(),
            "it is told how many can be made in a month",
        ),
        weight,
        yes("a4", channels > 1, "there are several ways to order"),
        yes("b1", has_place, "a maker's place is told"),
        stated("b2", |product| product.technique.is_some(), "the technique is told"),
        yes("b3", is_bound, "the site is an association's, or keeps its records in one's register"),
        stated(
            "b5",
            |product| product.capacity_per_month.is_some() && product.lead_time_days.is_some(),
            "number a month and days are told",
        ),
        yes("c4", site.base_url.is_some(), "the site has an address, and feeds"),
        buying.flatten(),
    ];
    found.into_iter().flatten().collect()
}
