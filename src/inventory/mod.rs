//! What is made where, how much of it, and how ready it is, counted from a checked site.
//!
//! All of it is what makers state of themselves in the site's files. Nothing is counted that the audience of the
//! [`Site`] may not see, as it is not in it, and nothing here tells a street or a way to reach anybody. Two things
//! are never counted twice: a product that stands under several terms, in the sum of all; and a maker's hands, in
//! the lower of two figures ([`Span`]).
//!
//! [`Inventory`] holds the facts of each product, [`Row`] a group of them; `deliver` answers who can make so many
//! by a day, and `table` writes both for programs. Pure functions of the site and of a day.

mod deliver;
mod table;

pub use deliver::{Note, Offer, Offers, Part, Sum, Wanted, months_until};
pub use table::Table;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Site;
use crate::diag::nearest;
use crate::model::{
    Area, Audience, Availability, Collation, Country, ListKind, LocaleIx, MaterialFlag, Price,
    ProducerIx, Product, Shipping, Stage, Stop, Zone, pool,
};

/// The products of a site with what is counted of each, in the site's order.
#[derive(Debug)]
pub struct Inventory<'s> {
    site: &'s Site,
    facts: Vec<Fact<'s>>,
}

/// What is counted of one product.
#[derive(Debug)]
pub struct Fact<'s> {
    /// The product.
    pub product: &'s Product,
    /// How many pieces are ready, all variants together; `None` if the maker says nothing about it.
    pub ready: Option<u64>,
    /// How many more can be made in a month; `None` if nobody says so, or if it is one of a kind.
    pub per_month: Option<u32>,
    /// Where it can be ordered to.
    pub market: Market<'s>,
    /// What keeps it from being bought, in the order of [`Lack`].
    pub lacks: Vec<Lack>,
    /// The flags of its materials of which nobody said that they may go to some country of a zone.
    pub flags: Vec<MaterialFlag>,
}

/// Where a product can be ordered to; nowhere if it is not for sale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Market<'s> {
    /// The zones of the shop with some country that it may go to, in their order, and whether that is all of the zone.
    pub zones: Vec<(&'s Zone, bool)>,
    /// Whether the buyer can fetch it.
    pub is_local: bool,
    /// Whether it can be sent within the country that parcels are sent from; `None` if nobody says which that is.
    pub is_home: Option<bool>,
    /// Whether it can be sent to another country; `None` if that cannot be told.
    pub is_abroad: Option<bool>,
}

/// Something that keeps a product from being bought, or that a trade buyer would miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// It is not for sale yet.
    Stage(Stage),
    /// No price is told.
    Price,
    /// There is no photograph.
    Photograph,
    /// Nobody can be asked for it.
    Channel,
    /// None is left, and it is not made to order.
    SoldOut,
    /// It can be sent nowhere, and not be fetched.
    Zone,
    /// Nobody said that one of its materials may go to some country of a zone.
    Papers,
    /// It can go abroad and has no customs code. Only told where codes are: in a site for dealers.
    Code,
}

impl Lack {
    /// Its name in tables for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stage(Stage::Idea) => "stage-idea",
            Self::Stage(Stage::Prototype) => "stage-prototype",
            Self::Stage(Stage::Sample) => "stage-sample",
            Self::Stage(_) => "stage-tested",
            Self::Price => "no-price",
            Self::Photograph => "no-photograph",
            Self::Channel => "no-way-to-order",
            Self::SoldOut => "sold-out",
            Self::Zone => "no-shipping-zone",
            Self::Papers => "material-unresolved",
            Self::Code => "no-customs-code",
        }
    }

    /// The same in words for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Stage(Stage::Idea) => "only an idea",
            Self::Stage(Stage::Prototype) => "only a prototype",
            Self::Stage(Stage::Sample) => "only a sample",
            Self::Stage(_) => "tried out, not for sale yet",
            Self::Price => "no price",
            Self::Photograph => "no photograph",
            Self::Channel => "no way to order",
            Self::SoldOut => "sold out",
            Self::Zone => "no shipping zone",
            Self::Papers => "a material's papers are open",
            Self::Code => "no customs code",
        }
    }
}

/// A number of pieces that is known within limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// If each maker makes one of her products only, the one of which she can make most: no hands are counted twice.
    pub least: u64,
    /// If each product is made as its makers state for it alone.
    pub most: u64,
}

/// What the lines of an inventory are for: a list, as in `--by`.
pub type By = ListKind;

/// One entry of what products are grouped by. Both are empty for products of which it is not said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The id, or the word, of the entry.
    pub id: String,
    /// What it is called in the site's first language.
    pub name: String,
}

/// Things by the ids of their entries, with the entries.
type Groups<T> = BTreeMap<Vec<String>, (Vec<Key>, Vec<T>)>;

/// The products that have the same entries.
#[derive(Debug)]
pub struct Row<'s> {
    /// One entry for each thing that was grouped by, in that order; none in the sum of all.
    pub keys: Vec<Key>,
    /// The makers that products name, each once.
    pub makers: BTreeSet<ProducerIx>,
    /// How many products.
    pub products: usize,
    /// How many of them stand in other rows too.
    pub shared: usize,
    /// How many are for sale.
    pub for_sale: usize,
    /// How many lack nothing.
    pub complete: usize,
    /// Pieces that are ready, of what is for sale.
    pub ready: u64,
    /// Pieces that can be made in a month, of what is for sale.
    pub per_month: Span,
    /// How many products for sale say nothing of a month.
    pub unstated: usize,
    /// How many products the buyer can fetch.
    pub local: usize,
    /// How many can be sent within the country.
    pub home: usize,
    /// How many can be sent abroad.
    pub abroad: usize,
    /// How many that are for sale can be ordered to nowhere.
    pub nowhere: usize,
    /// Zones in their order, how many products can be ordered to each, and whether all of those to all of it.
    pub zones: Vec<(&'s Zone, usize, bool)>,
    /// Customs codes, each once.
    pub codes: BTreeSet<&'s str>,
    /// What is missing, and to how many products.
    pub lacks: BTreeMap<Lack, usize>,
}

/// A choice of products, `kind=textile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// By what.
    pub by: By,
    /// The name or id of an entry.
    pub value: String,
}

/// Why products cannot be chosen or grouped as asked; the text is for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuch(String);

impl std::fmt::Display for NoSuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoSuch {}

impl Filter {
    /// Reads `kind=textile`.
    ///
    /// # Errors
    /// If there is no `=`, or nothing to choose by has that name.
    pub fn parse(text: &str) -> Result<Self, NoSuch> {
        let words = || {
            let all: Vec<&str> = ListKind::ALL.iter().map(|(_, name)| *name).collect();
            NoSuch(format!(
                "\"{text}\" is no choice; write for example kind=textile. One can choose by {}",
                all.join(", ")
            ))
        };
        let (name, value) = text.split_once('=').ok_or_else(words)?;
        let by = ListKind::ALL.iter().find(|(_, known)| *known == name.trim()).ok_or_else(words)?;
        let value = value.trim().to_owned();
        if value.is_empty() { Err(words()) } else { Ok(Self { by: by.0, value }) }
    }
}

impl<'s> Inventory<'s> {
    /// The facts of every product of a site.
    #[must_use]
    pub fn of(site: &'s Site) -> Self {
        let zones: Vec<(&Zone, Vec<Country>)> =
            site.shipping.zones.iter().map(|zone| (zone, site.shipping.countries(zone))).collect();
        let facts = site.products.iter().map(|product| fact(site, product, &zones)).collect();
        Self { site, facts }
    }

    /// The site that it is of.
    #[must_use]
    pub fn site(&self) -> &'s Site {
        self.site
    }

    /// The facts, in the order of the site's products.
    #[must_use]
    pub fn facts(&self) -> &[Fact<'s>] {
        &self.facts
    }

    /// Whether customs codes are told: only a site for dealers has them.
    #[must_use]
    pub fn has_codes(&self) -> bool {
        self.site.audience == Audience::Trade
    }

    /// How many makers of the site have nothing in this inventory.
    #[must_use]
    pub fn makers_without_products(&self) -> usize {
        let named: BTreeSet<ProducerIx> =
            self.facts.iter().flat_map(|fact| fact.product.made_by.iter().copied()).collect();
        self.site.producers.len() - named.len()
    }

    /// Keeps the products that fit. Of several values for the same thing one is enough; of several things all have to fit.
    ///
    /// # Errors
    /// If no product has such an entry, with the nearest that there is.
    pub fn keep(&mut self, filters: &[Filter]) -> Result<(), NoSuch> {
        for filter in filters {
            self.expect_list(filter.by)?;
            if !self.facts.iter().any(|fact| self.fits(fact, filter)) {
                let keys = self.facts.iter().flat_map(|fact| self.keys(fact.product, filter.by));
                let known: BTreeSet<Key> = keys.filter(|key| !key.id.is_empty()).collect();
                let all = known.iter().flat_map(|key| [key.id.as_str(), key.name.as_str()]);
                let near = nearest(&filter.value, all)
                    .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
                return Err(NoSuch(format!(
                    "no product has the {} \"{}\"{near}",
                    filter.by.name(),
                    filter.value
                )));
            }
        }
        let kinds: BTreeSet<&str> = filters.iter().map(|filter| filter.by.name()).collect();
        let is_kept = |fact: &Fact<'_>| {
            kinds.iter().all(|kind| {
                filters
                    .iter()
                    .filter(|filter| filter.by.name() == *kind)
                    .any(|filter| self.fits(fact, filter))
            })
        };
        let kept: Vec<bool> = self.facts.iter().map(is_kept).collect();
        let mut kept = kept.into_iter();
        self.facts.retain(|_| kept.next().unwrap_or(false));
        Ok(())
    }

    /// Whether the site can be grouped by something.
    ///
    /// # Errors
    /// If the site has no such list, so that nobody could know.
    pub fn expect_list(&self, by: By) -> Result<(), NoSuch> {
        let needs_list = !matches!(by, ListKind::Kind | ListKind::Maker | ListKind::Material);
        if needs_list && !self.site.lists.iter().any(|list| list.kind == by) {
            let name = by.name();
            return Err(NoSuch(format!(
                "the shop has no list by {name}; add \"{name}\" to `lists` in site.toml"
            )));
        }
        Ok(())
    }

    fn fits(&self, fact: &Fact<'_>, filter: &Filter) -> bool {
        let wanted = filter.value.to_lowercase();
        let is_it = |key: &Key| key.id == filter.value || key.name.to_lowercase() == wanted;
        if self.keys(fact.product, filter.by).iter().any(|key| !key.id.is_empty() && is_it(key)) {
            return true;
        }
        // A term has its name in every language of the site.
        fact.product.terms.iter().any(|(list, term)| {
            let list = self.site.list(*list);
            list.kind == filter.by
                && list.terms[term.at()]
                    .name
                    .entries()
                    .any(|(_, name)| name.to_lowercase() == wanted)
        })
    }

    /// The entries that a product has of something; none is one that is empty.
    #[must_use]
    pub fn keys(&self, product: &Product, by: By) -> Vec<Key> {
        let key = |id: &str, name: &str| Key { id: id.to_owned(), name: name.to_owned() };
        let of_list = || {
            let terms = product.terms.iter().filter(|(list, _)| self.site.list(*list).kind == by);
            terms.map(|(list, term)| {
                let term = &self.site.list(*list).terms[term.at()];
                key(term.id.as_str(), term.name.original())
            })
        };
        let mut keys: Vec<Key> = match by {
            ListKind::Kind => {
                product.kind.iter().map(|kind| key(kind.name(), kind.name())).collect()
            }
            ListKind::Maker => product
                .made_by
                .iter()
                .map(|ix| self.site.producer(*ix))
                .map(|maker| key(maker.id.as_str(), maker.name.original()))
                .collect(),
            ListKind::Material if of_list().next().is_none() => product
                .materials
                .iter()
                .map(|material| material.name.original())
                .map(|name| key(&name.to_lowercase(), name))
                .collect(),
            _ => of_list().collect(),
        };
        if keys.is_empty() {
            keys.push(key("", ""));
        }
        keys.sort();
        keys.dedup_by(|one, other| one.id == other.id);
        keys
    }

    /// One row for each combination of entries, in the order of their names; what is not said stands last.
    #[must_use]
    pub fn rows(&self, by: &[By]) -> Vec<Row<'s>> {
        let mut groups: Groups<(usize, bool)> = BTreeMap::new();
        for (at, fact) in self.facts.iter().enumerate() {
            let combined = self.combinations(fact.product, by);
            let is_shared = combined.len() > 1;
            for keys in combined {
                let ids = keys.iter().map(|key| key.id.clone()).collect();
                groups.entry(ids).or_insert_with(|| (keys, Vec::new())).1.push((at, is_shared));
            }
        }
        let mut rows: Vec<Row<'s>> = groups
            .into_values()
            .map(|(keys, members)| {
                let maker = by.iter().position(|by| *by == ListKind::Maker);
                let maker = maker.map(|at| keys[at].id.clone());
                let facts = members.iter().map(|(at, _)| &self.facts[*at]);
                let mut row = self.row(keys, facts, maker.as_deref());
                row.shared = members.iter().filter(|(_, is_shared)| *is_shared).count();
                row
            })
            .collect();
        self.sort(&mut rows, |row| &row.keys);
        rows
    }

    /// The sum of all, each product once.
    #[must_use]
    pub fn total(&self) -> Row<'s> {
        self.row(Vec::new(), self.facts.iter(), None)
    }

    fn combinations(&self, product: &Product, by: &[By]) -> Vec<Vec<Key>> {
        by.iter().fold(vec![Vec::new()], |all, by| {
            let keys = self.keys(product, *by);
            let longer = |start: &Vec<Key>| {
                let start = start.clone();
                keys.iter()
                    .map(move |key| start.iter().cloned().chain([key.clone()]).collect())
                    .collect::<Vec<Vec<Key>>>()
            };
            all.iter().flat_map(longer).collect()
        })
    }

    /// In the order of names as readers of the site's first language look for them; what is not said stands last.
    fn sort<T>(&self, rows: &mut [T], keys: impl Fn(&T) -> &[Key]) {
        let collation = Collation::new(self.site.locale(LocaleIx::FIRST));
        rows.sort_by(|one, other| {
            let pairs = keys(one).iter().zip(keys(other));
            pairs.fold(std::cmp::Ordering::Equal, |order, (one, other)| {
                order
                    .then(one.id.is_empty().cmp(&other.id.is_empty()))
                    .then_with(|| collation.compare(&one.name, &other.name))
                    .then_with(|| one.id.cmp(&other.id))
            })
        });
    }

    /// Counts some products; in the row of one maker only what is hers of what several make.
    fn row<'f>(
        &self,
        keys: Vec<Key>,
        facts: impl Iterator<Item = &'f Fact<'s>>,
        maker: Option<&str>,
    ) -> Row<'s>
    where
        's: 'f,
    {
        let maker = maker.and_then(|id| {
            self.site.producers.iter().position(|producer| producer.id.as_str() == id)
        });
        let maker = maker.map(ProducerIx::of);
        let mut row = Row {
            keys,
            makers: BTreeSet::new(),
            products: 0,
            shared: 0,
            for_sale: 0,
            complete: 0,
            ready: 0,
            per_month: Span::default(),
            unstated: 0,
            local: 0,
            home: 0,
            abroad: 0,
            nowhere: 0,
            zones: Vec::new(),
            codes: BTreeSet::new(),
            lacks: BTreeMap::new(),
        };
        let mut hands = Hands::default();
        let mut zones: Vec<(usize, bool)> = vec![(0, true); self.site.shipping.zones.len()];
        for fact in facts {
            row.products += 1;
            row.makers.extend(match maker {
                Some(maker) => vec![maker],
                None => fact.product.made_by.clone(),
            });
            row.complete += usize::from(fact.lacks.is_empty());
            for lack in &fact.lacks {
                *row.lacks.entry(*lack).or_default() += 1;
            }
            let trade = fact.product.trade.as_deref();
            row.codes.extend(trade.and_then(|trade| trade.hs.as_deref()));
            if !fact.product.is_for_sale() {
                continue;
            }
            row.for_sale += 1;
            row.ready += fact.ready.unwrap_or(0);
            match fact.per_month {
                None => row.unstated += 1,
                Some(count) => {
                    let work = work(fact.product, count);
                    let is_hers = |work: &Work| maker.is_none_or(|maker| work.is_by(maker));
                    hands.add(work.into_iter().filter(is_hers));
                }
            }
            let market = &fact.market;
            row.local += usize::from(market.is_local);
            row.home += usize::from(market.is_home == Some(true));
            row.abroad += usize::from(market.is_abroad == Some(true));
            row.nowhere += usize::from(market.zones.is_empty());
            for (zone, is_whole) in &market.zones {
                let all = self.site.shipping.zones.iter();
                for (known, count) in all.zip(&mut zones) {
                    if std::ptr::eq(known, *zone) {
                        *count = (count.0 + 1, count.1 && *is_whole);
                    }
                }
            }
        }
        row.per_month = hands.span();
        let reached = self.site.shipping.zones.iter().zip(zones);
        row.zones = reached
            .filter(|(_, (count, _))| *count > 0)
            .map(|(zone, (count, is_whole))| (zone, count, is_whole))
            .collect();
        row
    }

    /// The address of a product's page, once the site has one.
    #[must_use]
    pub fn address(&self, product: &Product) -> Option<String> {
        let base = self.site.base_url.as_ref()?;
        Some(base.join(&format!("products/{}/", product.id.as_str())))
    }
}

fn fact<'s>(site: &'s Site, product: &'s Product, zones: &[(&'s Zone, Vec<Country>)]) -> Fact<'s> {
    let shipping = &site.shipping;
    let flags = unsettled(product, shipping, zones);
    // What would be open to it once it is for sale.
    let open = market(product, shipping, zones);
    let mut lacks = Vec::new();
    if !product.is_for_sale() {
        lacks.push(Lack::Stage(product.stage));
    }
    if product.price == Price::OnRequest {
        lacks.push(Lack::Price);
    }
    if product.photos.is_empty() {
        lacks.push(Lack::Photograph);
    }
    let is_reachable = !site.order.channels.is_empty()
        || product.pay.is_some()
        || product.made_by.iter().any(|ix| !site.producer(*ix).channels.is_empty());
    if !is_reachable {
        lacks.push(Lack::Channel);
    }
    if product.availability == Availability::SoldOut {
        lacks.push(Lack::SoldOut);
    }
    let is_sent = product.is_sent();
    if is_sent && open.zones.is_empty() {
        lacks.push(Lack::Zone);
    }
    if !flags.is_empty() {
        lacks.push(Lack::Papers);
    }
    let is_without_code = product.trade.as_deref().is_some_and(|trade| trade.hs.is_none());
    if is_sent && is_without_code && open.is_abroad == Some(true) {
        lacks.push(Lack::Code);
    }
    let is_one = product.availability == Availability::OneOfAKind;
    Fact {
        product,
        ready: ready(product),
        per_month: product.capacity_per_month.filter(|_| !is_one),
        market: if product.is_for_sale() { open } else { Market::default() },
        lacks,
        flags,
    }
}

/// How many pieces are ready, all variants together.
fn ready(product: &Product) -> Option<u64> {
    let one = |availability: Availability| match availability {
        Availability::InStock(count) => Some(u64::from(count)),
        Availability::OneOfAKind => Some(1),
        Availability::SoldOut | Availability::MadeToOrder => Some(0),
        Availability::Unstated => None,
    };
    if product.variants.is_empty() {
        return one(product.availability);
    }
    let said = product.variants.iter().filter_map(|variant| one(variant.availability));
    said.fold(None, |sum, count| Some(sum.unwrap_or(0) + count))
}

/// Tells whether what a product is, apart from its stage, lets it into a country.
fn may_enter(product: &Product, country: Country, shipping: &Shipping) -> bool {
    !product.not_to.iter().any(|to| to.covers(country))
        && product.materials.iter().all(|one| one.may_go_to(country, shipping.from).is_ok())
}

fn market<'s>(
    product: &Product,
    shipping: &Shipping,
    zones: &[(&'s Zone, Vec<Country>)],
) -> Market<'s> {
    let mut market = Market::default();
    let mut countries: BTreeSet<Country> = BTreeSet::new();
    for (zone, all) in zones {
        if zone.area == Area::Pickup {
            market.is_local = true;
            market.zones.push((zone, true));
            continue;
        }
        let open: Vec<Country> = match product.is_restricted() {
            false => all.clone(),
            true => {
                let all = all.iter().copied();
                all.filter(|country| may_enter(product, *country, shipping)).collect()
            }
        };
        if !open.is_empty() {
            market.zones.push((zone, open.len() == all.len()));
            countries.extend(open);
        }
    }
    market.is_home = match shipping.from {
        Some(home) => Some(countries.contains(&home)),
        None => countries.is_empty().then_some(false),
    };
    market.is_abroad = match (shipping.from, countries.len()) {
        (Some(home), _) => Some(countries.iter().any(|country| *country != home)),
        (None, 0) => Some(false),
        // It may be the one in which the maker lives.
        (None, 1) => None,
        (None, _) => Some(true),
    };
    market
}

/// The flags of materials that keep a product from some country of a zone because nobody said that they may go there.
fn unsettled(
    product: &Product,
    shipping: &Shipping,
    zones: &[(&Zone, Vec<Country>)],
) -> Vec<MaterialFlag> {
    let flagged = product.materials.iter().filter(|material| !material.flags.is_empty());
    let mut found = BTreeSet::new();
    for material in flagged {
        for country in zones.iter().flat_map(|(_, countries)| countries) {
            if product.not_to.iter().any(|to| to.covers(*country)) {
                continue;
            }
            if let Err(Stop::Unresolved(flag)) = material.may_go_to(*country, shipping.from) {
                found.insert(flag as usize);
            }
        }
    }
    found.into_iter().map(|at| MaterialFlag::ALL[at].0).collect()
}

/// Pieces that some hands can make.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Work {
    /// Whose hands, in order; nobody is named if there are none, and several make it together if there are several.
    makers: Vec<ProducerIx>,
    pieces: u64,
}

impl Work {
    fn is_by(&self, maker: ProducerIx) -> bool {
        self.makers.contains(&maker)
    }
}

/// Who makes how many of the pieces of a product: each maker of a pool by what she states, else all together.
fn work(product: &Product, pieces: u32) -> Vec<Work> {
    if product.pool.is_empty() {
        let mut makers = product.made_by.clone();
        makers.sort_unstable();
        return vec![Work { makers, pieces: u64::from(pieces) }];
    }
    let stated: Vec<u32> = product.pool.iter().map(|share| share.per_month).collect();
    let sum: u64 = stated.iter().map(|count| u64::from(*count)).sum();
    let capacity = u64::from(product.capacity_per_month.unwrap_or(0));
    // Somebody of the pool may be off the site for now: what she makes is not anybody else's work.
    let whole = sum.max(capacity).max(1);
    let hers = u128::from(pieces) * u128::from(sum) / u128::from(whole);
    let hers = u32::try_from(hers).unwrap_or(pieces);
    let parts = pool::split(hers, &stated);
    let mut all: Vec<Work> = product
        .pool
        .iter()
        .zip(parts)
        .map(|(share, part)| Work { makers: vec![share.maker], pieces: u64::from(part) })
        .collect();
    if hers < pieces {
        all.push(Work { makers: Vec::new(), pieces: u64::from(pieces - hers) });
    }
    all
}

/// Adds up work so that no hands are counted twice.
#[derive(Debug, Default)]
struct Hands {
    /// The most that each maker can make of one product alone.
    alone: BTreeMap<ProducerIx, u64>,
    /// The most that several together, or nobody who is named, can make of one product.
    together: BTreeMap<Vec<ProducerIx>, u64>,
    most: u64,
}

impl Hands {
    /// Adds the work on one product.
    fn add(&mut self, work: impl Iterator<Item = Work>) {
        for work in work {
            self.most += work.pieces;
            let best = match work.makers[..] {
                [one] => self.alone.entry(one).or_default(),
                _ => self.together.entry(work.makers).or_default(),
            };
            *best = work.pieces.max(*best);
        }
    }

    /// What can be made: the lower figure is one that the makers reach if each works on one product only.
    fn span(&self) -> Span {
        // Makers who share some work stand in one group; a group works together, or each for herself.
        let mut groups: Vec<(BTreeSet<ProducerIx>, u64)> = Vec::new();
        for (makers, pieces) in &self.together {
            let mut group = (makers.iter().copied().collect::<BTreeSet<_>>(), *pieces);
            let (joined, apart): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|(known, _)| !known.is_disjoint(&group.0));
            for (known, best) in joined {
                group.0.extend(known);
                group.1 = group.1.max(best);
            }
            groups = apart;
            groups.push(group);
        }
        let hers = |maker: &ProducerIx| self.alone.get(maker).copied().unwrap_or(0);
        let grouped: u64 = groups
            .iter()
            .map(|(makers, together)| makers.iter().map(hers).sum::<u64>().max(*together))
            .sum();
        let is_grouped = |maker: &ProducerIx| groups.iter().any(|(all, _)| all.contains(maker));
        let single: u64 = self
            .alone
            .iter()
            .filter(|(maker, _)| !is_grouped(maker))
            .map(|(_, pieces)| *pieces)
            .sum();
        Span { least: grouped + single, most: self.most }
    }
}

#[cfg(test)]
mod tests;
