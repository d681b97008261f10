//! How parcels go out: zones, what they cost, how long they take.
//!
//! A tariff is looked up with the weight of the whole parcel, packing included. Amounts are whole minor units;
//! nothing is rounded, as nothing is divided.

use super::blackout::Blackout;
use super::country::Country;
use super::{Date, Money, ProducerIx, Product, Text};

/// How the shop sends what was ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shipping {
    /// What else is to be said about it.
    pub note: Option<Text>,
    /// The country that parcels are sent from.
    pub from: Option<Country>,
    /// Weight of the packing of one parcel, in grams.
    pub packing_g: u32,
    /// When nothing is made or sent by the whole shop.
    pub blackout: Blackout,
    /// Whether and how long things are taken back, if the maker says so.
    pub returns: Option<Returns>,
    /// The zones in the maker's order; no country is in two.
    pub zones: Vec<Zone>,
    /// Consignments in which orders travel together, by their closing days.
    pub pooled: Vec<Pooled>,
}

/// Whether things are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returns {
    /// Days from arrival; 0 means that nothing is taken back.
    pub days: u32,
    /// Who pays for sending it back.
    pub paid_by: PaidBy,
}

/// Who pays for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaidBy {
    /// The buyer.
    #[default]
    Buyer,
    /// The shop.
    Shop,
}

impl PaidBy {
    /// Everybody with the name in files.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Buyer, "buyer"), (Self::Shop, "shop")];
}

/// Places to which parcels cost the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// What it is called.
    pub name: Text,
    /// Which countries it has.
    pub area: Area,
    /// What a parcel costs.
    pub tariff: Tariff,
    /// From which total of goods a parcel costs nothing.
    pub free_from: Option<Money>,
    /// Days on the way, from and to.
    pub days: Option<(u32, u32)>,
    /// By which day to send for which occasion, in order of days.
    pub last_ship: Vec<LastShip>,
}

/// Which countries a zone has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Area {
    /// These.
    Countries(Vec<Country>),
    /// All that no other zone has.
    Elsewhere,
    /// The buyer comes and fetches it.
    Pickup,
}

/// A consignment in which several orders, and the goods of several makers, travel together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// What it is called.
    pub name: Text,
    /// Where it goes.
    pub country: Country,
    /// The last day of orders that go along.
    pub closes: Date,
    /// Where buyers fetch what is theirs; if it is not said, it is sent on to them.
    pub fetch_at: Option<Text>,
    /// What an order pays, whoever makes what is in it.
    pub tariff: Tariff,
    /// Days on the way, from and to.
    pub days: Option<(u32, u32)>,
    /// Whose goods go along; if it is not said, everybody's.
    pub makers: Option<Vec<ProducerIx>>,
}

/// What a parcel costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tariff {
    /// Always the same, which may be nothing.
    Flat(Money),
    /// By weight; at least one rate, weights rising.
    ByWeight(Vec<Rate>),
    /// Part of what a whole consignment costs, by weight, rounded up to whole minor units.
    Shared {
        /// What the whole costs.
        cost: Money,
        /// How much it holds, in grams; at least one.
        full_g: u32,
    },
    /// The maker tells it when asked.
    OnRequest,
    /// Nothing is sent: the buyer fetches it.
    Fetched,
}

/// The price of a parcel up to a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The heaviest parcel in grams, packing included.
    pub to_g: u32,
    /// What it costs.
    pub price: Money,
}

/// The last day on which to send something that should arrive for an occasion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastShip {
    /// The occasion.
    pub name: Text,
    /// The day.
    pub date: Date,
}

/// What sending a parcel costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// So much; nothing if the goods are worth enough.
    Price(Money),
    /// The maker tells it when asked.
    OnRequest,
    /// Nothing is sent: the buyer fetches it.
    Fetched,
    /// Heavier than the heaviest rate, in grams.
    TooHeavy {
        /// The heaviest parcel that has a price.
        most_g: u32,
    },
    /// Something in it has no weight.
    WeightUnknown,
}

/// Which part of a zone a product may be ordered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    Everywhere,
    /// All but these countries; at least one, and fewer than those that remain.
    Except(Vec<Country>),
    /// These countries only; at least one.
    Only(Vec<Country>),
    /// None of it.
    Nowhere,
}

impl Shipping {
    /// Tells whether the shop says of any place that things ordered on that day go there.
    #[must_use]
    pub fn has_places(&self, day: Date) -> bool {
        !self.zones.is_empty() || self.pooled.iter().any(|pooled| pooled.is_open(day))
    }

    /// The zone that a country is in.
    #[must_use]
    pub fn zone(&self, country: Country) -> Option<&Zone> {
        let listed = self.zones.iter().find(
            |zone| matches!(&zone.area, Area::Countries(countries) if countries.contains(&country)),
        );
        listed.or_else(|| self.zones.iter().find(|zone| zone.area == Area::Elsewhere))
    }

    /// The countries of a zone, in the order of the zone or else of codes; none where the buyer fetches it.
    #[must_use]
    pub fn countries(&self, zone: &Zone) -> Vec<Country> {
        match &zone.area {
            Area::Countries(countries) => countries.clone(),
            Area::Pickup => Vec::new(),
            Area::Elsewhere => {
                let is_listed = |country: &Country| {
                    self.zones.iter().any(
                        |zone| matches!(&zone.area, Area::Countries(list) if list.contains(country)),
                    )
                };
                Country::all().filter(|country| !is_listed(country)).collect()
            }
        }
    }

    /// Which part of a zone a product may be ordered to, by [`Product::may_go_to`].
    #[must_use]
    pub fn reach(&self, zone: &Zone, product: &Product) -> Reach {
        if !product.is_for_sale() {
            return Reach::Nowhere;
        }
        if zone.area == Area::Pickup || !product.is_restricted() {
            return Reach::Everywhere;
        }
        let (open, closed): (Vec<Country>, Vec<Country>) = self
            .countries(zone)
            .into_iter()
            .partition(|country| product.may_go_to(*country, self).is_ok());
        match (open.len(), closed.len()) {
            (_, 0) => Reach::Everywhere,
            (0, _) => Reach::Nowhere,
            (open, closed_count) if closed_count < open => Reach::Except(closed),
            _ => Reach::Only(open),
        }
    }

    /// What it costs to send goods of a weight and a total to a zone.
    ///
    /// `goods_g` is the weight of all pieces in grams, `None` if that of one is not known; the packing
    /// is added here. `goods` is what they cost together, `None` if that is not known or in several
    /// currencies. Weights beyond `u32` count as too heavy.
    #[must_use]
    pub fn quote(&self, zone: &Zone, goods_g: Option<u32>, goods: Option<Money>) -> Quote {
        let is_free = match (zone.free_from, goods) {
            (Some(from), Some(goods)) => {
                goods.currency == from.currency && goods.minor >= from.minor
            }
            _ => false,
        };
        match zone.tariff.quote(goods_g.map(|goods| goods.saturating_add(self.packing_g))) {
            Quote::Price(price) if is_free => Quote::Price(Money { minor: 0, ..price }),
            quote => quote,
        }
    }
}

impl Tariff {
    /// What it costs to send so many grams, packing included; `None` if the weight of something is not known.
    #[must_use]
    pub fn quote(&self, sent_g: Option<u32>) -> Quote {
        match (self, sent_g) {
            (Self::OnRequest, _) => Quote::OnRequest,
            (Self::Fetched, _) => Quote::Fetched,
            (Self::Flat(price), _) => Quote::Price(*price),
            (Self::ByWeight(_) | Self::Shared { .. }, None) => Quote::WeightUnknown,
            (Self::ByWeight(rates), Some(sent_g)) => {
                match rates.iter().find(|rate| sent_g <= rate.to_g) {
                    Some(rate) => Quote::Price(rate.price),
                    None => Quote::TooHeavy { most_g: rates.last().map_or(0, |rate| rate.to_g) },
                }
            }
            (Self::Shared { full_g, .. }, Some(sent_g)) if sent_g > *full_g => {
                Quote::TooHeavy { most_g: *full_g }
            }
            (Self::Shared { cost, full_g }, Some(sent_g)) => {
                let part = u128::from(cost.minor) * u128::from(sent_g);
                let part = part.div_ceil(u128::from(*full_g).max(1));
                // No more is sent than the whole, so no more is paid.
                let minor = u64::try_from(part).unwrap_or(cost.minor);
                Quote::Price(Money { minor, ..*cost })
            }
        }
    }
}

impl Pooled {
    /// Tells whether orders of that day go along.
    #[must_use]
    pub fn is_open(&self, day: Date) -> bool {
        day <= self.closes
    }

    /// Tells whether a product goes along: one that a maker who takes part makes, or nobody in particular.
    #[must_use]
    pub fn takes(&self, product: &Product) -> bool {
        let Some(makers) = &self.makers else { return true };
        product.made_by.is_empty() || product.made_by.iter().any(|maker| makers.contains(maker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, LocaleIx};

    fn money(minor: u64, code: &str) -> Money {
        Money { minor, currency: Currency::from_code(code).expect("a currency") }
    }

    fn country(code: &str) -> Country {
        Country::parse(code).expect("a country")
    }

    fn zone(area: Area, tariff: Tariff, free_from: Option<Money>) -> Zone {
        let name = Text::new(LocaleIx::FIRST, "zone");
        Zone { name, area, tariff, free_from, days: None, last_ship: Vec::new() }
    }

    /// The table is that of the script of the order list too.
    #[test]
    fn a_parcel_costs_what_its_rate_says_up_to_the_last_gram() {
        let table: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/own/shipping.json"))
                .expect("JSON");
        let number = |value: &serde_json::Value| value.as_u64().expect("a whole number");
        let amount = |value: &serde_json::Value| {
            value.get(1).map(|code| money(number(&value[0]), code.as_str().expect("a code")))
        };
        let grams = |value: u64| u32::try_from(value).expect("a weight");
        let mut count = 0;
        for group in table["zones"].as_array().expect("a list") {
            let written = &group["zone"];
            let priced = |minor| money(minor, written["currency"].as_str().expect("a currency"));
            let (area, tariff) = if written["pickup"] == true {
                (Area::Pickup, Tariff::Fetched)
            } else if let Some(share) = written["share"].as_array() {
                let (cost, full_g) = (priced(number(&share[0])), grams(number(&share[1])));
                (Area::Elsewhere, Tariff::Shared { cost, full_g })
            } else if written["asked"] == true {
                (Area::Elsewhere, Tariff::OnRequest)
            } else if let Some(rates) = written["rates"].as_array() {
                let rate = |rate: &serde_json::Value| Rate {
                    to_g: grams(number(&rate[0])),
                    price: priced(number(&rate[1])),
                };
                (Area::Elsewhere, Tariff::ByWeight(rates.iter().map(rate).collect()))
            } else {
                (Area::Elsewhere, Tariff::Flat(priced(number(&written["price"]))))
            };
            let zone = zone(area, tariff, amount(&written["free_from"]));
            let packing_g = grams(number(&group["packing"]));
            let shipping = Shipping { packing_g, ..Shipping::default() };
            for case in group["cases"].as_array().expect("a list") {
                let is = &case["is"];
                let expected = if is["asked"] == true {
                    Quote::OnRequest
                } else if is["fetched"] == true {
                    Quote::Fetched
                } else if is["unknown"] == true {
                    Quote::WeightUnknown
                } else if let Some(most) = is["heavy"].as_u64() {
                    Quote::TooHeavy { most_g: grams(most) }
                } else {
                    Quote::Price(priced(number(&is["price"])))
                };
                let weight = case["grams"].as_u64().map(grams);
                let quote = shipping.quote(&zone, weight, amount(&case["goods"]));
                assert_eq!(quote, expected, "{} {case}", group["name"]);
                count += 1;
            }
        }
        assert_eq!(count, 32);
    }

    #[test]
    fn a_country_is_in_its_zone_or_in_the_rest() {
        let flat = |area, minor| zone(area, Tariff::Flat(money(minor, "EUR")), None);
        let mut shipping = Shipping {
            zones: vec![
                flat(Area::Pickup, 0),
                flat(Area::Elsewhere, 2),
                flat(Area::Countries(vec![country("DE"), country("AT")]), 1),
            ],
            ..Shipping::default()
        };
        assert_eq!(shipping.zone(country("AT")), Some(&shipping.zones[2]));
        assert_eq!(shipping.zone(country("PE")), Some(&shipping.zones[1]));
        assert_eq!(shipping.countries(&shipping.zones[0]), []);
        assert_eq!(shipping.countries(&shipping.zones[1]).len(), 247);
        shipping.zones.remove(1);
        assert_eq!(shipping.zone(country("PE")), None);
    }
}
