//! What it costs to send the smallest order of a thing, mostly one piece, for feeds and search engines, which want it by country.

use crate::model::{Area, Country, Money, Product, Quote, Shipping, Variant, Zone};

/// A zone that names its countries, as one product meets it.
pub(super) struct Sent<'a> {
    pub(super) zone: &'a Zone,
    /// The countries to which it goes.
    pub(super) countries: Vec<Country>,
    /// The others.
    pub(super) barred: Vec<Country>,
    /// What a parcel with the smallest order costs, if that is known.
    pub(super) price: Option<Money>,
}

/// The zones that name their countries; "everywhere else" and fetching have no list.
pub(super) fn zones<'a>(
    shipping: &'a Shipping,
    product: &Product,
    variant: Option<&Variant>,
    price: Money,
) -> Vec<Sent<'a>> {
    let weight = product.least_parcel_g(variant);
    let goods = price.times(product.least_pieces());
    let named = shipping.zones.iter().filter_map(|zone| match &zone.area {
        Area::Countries(countries) => Some((zone, countries)),
        Area::Elsewhere | Area::Pickup => None,
    });
    named
        .map(|(zone, countries)| {
            let goes = |country: &Country| {
                !product.is_restricted() || product.may_go_to(*country, shipping).is_ok()
            };
            let (countries, barred) = countries.iter().copied().partition(goes);
            let price = match shipping.quote(zone, weight, goods) {
                Quote::Price(money) => Some(money),
                _ => None,
            };
            Sent { zone, countries, barred, price }
        })
        .collect()
}
