//! What a buyer chooses on a product: options, and the variants that exist.

use super::country::Country;
use super::{
    Availability, Date, Material, MaterialFlag, Price, Product, ProductKind, Shipping, Slug, Stop,
    Text, Why,
};

/// The most options of a product.
pub const OPTIONS_MAX: usize = 3;
/// The most variants of a product.
pub const VARIANTS_MAX: usize = 200;

/// One thing that a buyer chooses, such as the size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductOption {
    /// What is chosen.
    pub name: Text,
    /// The values in the maker's order; at least one, no two alike.
    pub values: Vec<Text>,
}

/// One combination of values that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// A name for addresses and orders, unique in the product.
    pub id: Slug,
    /// For each option of the product the position of the value.
    pub of: Vec<u8>,
    /// What it costs.
    pub price: Price,
    /// Whether and how soon it can be had.
    pub availability: Availability,
    /// Whether more can be made when none is ready.
    pub is_made_to_order: bool,
    /// Its photograph, as a position in those of the product.
    pub photo: Option<u32>,
    /// Article number.
    pub sku: Option<String>,
    /// Global trade item number, digits only.
    pub gtin: Option<String>,
    /// Weight in grams; that of the product if it says none.
    pub weight_g: Option<u32>,
}

impl Variant {
    /// The values that it stands for, in the order of the product's options.
    pub fn values<'a>(&'a self, product: &'a Product) -> impl Iterator<Item = &'a Text> {
        self.of.iter().zip(&product.options).map(|(at, option)| &option.values[usize::from(*at)])
    }
}

impl Product {
    /// The variant of an id.
    #[must_use]
    pub fn variant(&self, id: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id.as_str() == id)
    }

    /// Tells whether it can be ordered at all: only what is for sale can.
    #[must_use]
    pub fn is_for_sale(&self) -> bool {
        self.stage == super::Stage::ForSale
    }

    /// Tells whether it goes out in a parcel; a service does not.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.kind != Some(ProductKind::Service)
    }

    /// The most that can be had now, whatever is chosen; `None` if nothing limits it.
    #[must_use]
    pub fn ready_together(&self) -> Option<u32> {
        if self.variants.is_empty() {
            return self.availability.most(self.is_made_to_order);
        }
        let each = self.variants.iter().map(|v| v.availability.most(v.is_made_to_order));
        each.map(|most| most.map(u64::from))
            .sum::<Option<u64>>()
            .map(|all| u32::try_from(all).unwrap_or(u32::MAX))
    }

    /// Tells whether fewer can be had than its smallest order: then it can only be asked about.
    #[must_use]
    pub fn is_too_few(&self) -> bool {
        matches!((self.minimum_order, self.ready_together()), (Some(least), Some(ready)) if ready < least)
    }

    /// What one piece weighs in a parcel, in grams: packed if the maker says so, else as it is.
    #[must_use]
    pub fn parcel_weight_g(&self, variant: Option<&Variant>) -> Option<u32> {
        let own = variant.and_then(|variant| variant.weight_g);
        let packed = self.packed_weight_g.filter(|_| own.is_none() || own == self.weight_g);
        packed.or(own).or(self.weight_g)
    }

    /// How many pieces the smallest order has.
    #[must_use]
    pub fn least_pieces(&self) -> u32 {
        self.minimum_order.unwrap_or(1).max(1)
    }

    /// What the smallest order weighs in a parcel, in grams, without the packing that the shop adds.
    #[must_use]
    pub fn least_parcel_g(&self, variant: Option<&Variant>) -> Option<u32> {
        self.parcel_weight_g(variant).map(|one| one.saturating_mul(self.least_pieces()))
    }

    /// Tells whether it may be ordered to a country, or why it may not.
    ///
    /// A material that needs a permit abroad and has none for that country stops the whole product.
    /// Inside the country that the shop sends from only `not_to` does.
    ///
    /// # Errors
    /// The first reason that stands against it.
    pub fn may_go_to(&self, country: Country, shipping: &Shipping) -> Result<(), Why<'_>> {
        if !self.is_for_sale() {
            return Err(Why::NotForSale);
        }
        if self.not_to.iter().any(|to| to.covers(country)) {
            return Err(Why::NotTo);
        }
        for material in &self.materials {
            material
                .may_go_to(country, shipping.from)
                .map_err(|stop| Why::Material(material, stop))?;
        }
        Ok(())
    }

    /// The material that has to be asked about before the product is ordered, with its flag, where nobody is asked
    /// for the destination: the shop says of no place that things go there (on a day, or ever), and some country is not
    /// settled for it.
    #[must_use]
    pub fn to_ask_about(
        &self,
        shipping: &Shipping,
        day: Option<Date>,
    ) -> Option<(&Material, MaterialFlag)> {
        let has_flags = self.materials.iter().any(|one| !one.flags.is_empty());
        let is_asked = match day {
            Some(day) => shipping.has_places(day),
            None => !(shipping.zones.is_empty() && shipping.pooled.is_empty()),
        };
        if !has_flags || !self.is_sent() || is_asked {
            return None;
        }
        Country::all().find_map(|country| match self.may_go_to(country, shipping) {
            Err(Why::Material(material, Stop::Unresolved(flag))) => Some((material, flag)),
            _ => None,
        })
    }

    /// Tells whether something of it could keep it from a country: most products need no look at each.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        !self.not_to.is_empty() || self.materials.iter().any(super::Material::is_restricted)
    }
}

/// The availability of a product from that of its variants: the best of them, with what is ready added up.
#[must_use]
pub fn overall(variants: &[Variant]) -> Option<Availability> {
    let mut all = variants.iter().map(|variant| variant.availability);
    let first = all.next()?;
    Some(all.fold(first, |best, next| match (best, next) {
        (Availability::InStock(a), Availability::InStock(b)) => {
            Availability::InStock(a.saturating_add(b))
        }
        (a, b) if rank(b) < rank(a) => b,
        (a, _) => a,
    }))
}

fn rank(availability: Availability) -> u8 {
    match availability {
        Availability::InStock(_) => 0,
        Availability::OneOfAKind => 1,
        Availability::MadeToOrder => 2,
        Availability::Unstated => 3,
        Availability::SoldOut => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_as_available_as_its_best_variant() {
        use Availability::{InStock, MadeToOrder, OneOfAKind, SoldOut, Unstated};
        let table: [(&[Availability], Option<Availability>); 6] = [
            (&[], None),
            (&[SoldOut, SoldOut], Some(SoldOut)),
            (&[SoldOut, InStock(2), InStock(3)], Some(InStock(5))),
            (&[SoldOut, MadeToOrder], Some(MadeToOrder)),
            (&[Unstated, SoldOut], Some(Unstated)),
            (&[OneOfAKind, MadeToOrder, InStock(u32::MAX), InStock(1)], Some(InStock(u32::MAX))),
        ];
        for (given, expected) in table {
            let variants: Vec<Variant> = given
                .iter()
                .map(|availability| Variant {
                    id: Slug::from_name("a"),
                    of: Vec::new(),
                    price: Price::OnRequest,
                    availability: *availability,
                    is_made_to_order: false,
                    photo: None,
                    sku: None,
                    gtin: None,
                    weight_g: None,
                })
                .collect();
            assert_eq!(overall(&variants), expected, "{given:?}");
        }
    }
}
