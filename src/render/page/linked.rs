//! What the page of a product says to search engines.

use serde_json::{Value, json};

use super::super::feed::{Axis, axis, piece_id};
use super::super::jsonld::{self, GroupFacts, OfferFacts, ProductFacts};
use super::super::parcel;
use super::{Page, Place};
use crate::model::{Area, Availability, Country, ListKind, Price, Product, ProductIx, Variant};

/// The most pictures that are named.
const MAX_IMAGES: usize = 10;
/// The most countries that one policy on returns may name.
const MAX_COUNTRIES: usize = 50;

impl Place<'_, '_> {
    /// A product as structured data, to stand in a script element: one thing, or a group of variants.
    pub(super) fn product_data(&self, ix: ProductIx) -> String {
        let product = self.site.product(ix);
        let page = self.absolute(Page::Product(ix));
        let whole = self.whole(product, page.clone());
        if product.variants.is_empty() {
            // A price from, to stands for at least two offers.
            let offer = self.offer(product, None, 2, &mut Shipped::new(None));
            return jsonld::script(&jsonld::product(&ProductFacts { offer, ..whole }));
        }
        let mut shipped = Shipped::new(page.clone());
        let variants = product.variants.iter();
        let variants = variants.map(|v| self.variant(product, v, page.as_deref(), &mut shipped));
        let mut varies_by: Vec<&'static str> =
            product.options.iter().filter_map(axis).map(property).collect();
        varies_by.sort_unstable();
        varies_by.dedup();
        let group =
            GroupFacts { id: piece_id(product, None), varies_by, variants: variants.collect() };
        // The variants say what they weigh and what number they have.
        let whole = ProductFacts { sku: None, gtin: None, weight_g: None, ..whole };
        jsonld::script(&jsonld::product_group(&whole, &group))
    }

    fn whole<'t>(&'t self, product: &'t Product, url: Option<String>) -> ProductFacts<'t> {
        let site = self.site;
        let category =
            product.terms.iter().find(|(list, _)| site.list(*list).kind == ListKind::Category);
        let materials: Vec<&str> = product.materials.iter().map(|m| self.text(&m.name)).collect();
        let photos = product.photos.iter().take(MAX_IMAGES);
        ProductFacts {
            name: self.text(&product.name).to_owned(),
            description: product.description.as_ref().map(|text| self.text(text)),
            url,
            images: photos.filter_map(|photo| self.absolute_photo(Some(photo))).collect(),
            sku: product.sku.clone(),
            gtin: product.gtin.as_deref(),
            isbn: product.particulars.isbn.as_deref(),
            shop: self.shop_name(),
            seller: self.seller(product),
            makers: product.made_by.iter().map(|ix| self.text(&site.producer(*ix).name)).collect(),
            material: (!materials.is_empty()).then(|| materials.join(", ")),
            category: category
                .map(|(list, term)| self.text(&site.list(*list).terms[term.at()].name)),
            weight_g: product.weight_g.filter(|_| product.is_sent()),
            ..ProductFacts::default()
        }
    }

    /// Who sells what a member of an association offers in a folder of her own: she does.
    fn seller(&self, product: &Product) -> Option<&str> {
        let [maker] = product.made_by.as_slice() else { return None };
        let maker = self.site.producer(*maker);
        maker.member.map(|_| self.text(&maker.name))
    }

    fn variant<'t>(
        &'t self,
        product: &'t Product,
        variant: &'t Variant,
        page: Option<&str>,
        shipped: &mut Shipped,
    ) -> ProductFacts<'t> {
        let values: Vec<&str> = variant.values(product).map(|text| self.text(text)).collect();
        let photo = variant.photo.and_then(|at| product.photos.get(at as usize));
        let photo = photo.or(product.photos.first());
        let mut facts = ProductFacts {
            name: format!("{} · {}", self.text(&product.name), values.join(" · ")),
            url: page.map(|page| format!("{page}#v-{}", variant.id)),
            images: self.absolute_photo(photo).into_iter().collect(),
            sku: Some(variant.sku.clone().unwrap_or_else(|| piece_id(product, Some(variant)))),
            gtin: variant.gtin.as_deref(),
            shop: self.shop_name(),
            seller: self.seller(product),
            weight_g: variant.weight_g.or(product.weight_g).filter(|_| product.is_sent()),
            offer: self.offer(product, Some(variant), 1, shipped),
            ..ProductFacts::default()
        };
        for (option, value) in product.options.iter().zip(values) {
            let own = Some(value.to_owned());
            match axis(option) {
                Some(Axis::Size) => facts.size = own,
                Some(Axis::Colour) => facts.colour = own,
                Some(Axis::Material) => facts.material = own,
                Some(Axis::Pattern) => facts.pattern = own,
                None => facts.others.push((self.text(&option.name), value)),
            }
        }
        facts
    }

    /// The countries for which the shop's word on returns holds: those that a zone names.
    fn return_countries(&self) -> Vec<Country> {
        let named = self.site.shipping.zones.iter().filter_map(|zone| match &zone.area {
            Area::Countries(countries) => Some(countries),
            Area::Elsewhere | Area::Pickup => None,
        });
        named.flatten().copied().take(MAX_COUNTRIES).collect()
    }

    /// What is asked for a product or a variant. What is not for sale is offered to nobody.
    fn offer(
        &self,
        product: &Product,
        variant: Option<&Variant>,
        count: usize,
        shipped: &mut Shipped,
    ) -> Option<OfferFacts> {
        let price = variant.map_or(product.price, |variant| variant.price);
        if !product.is_for_sale() || price == Price::OnRequest {
            return None;
        }
        let shipping = match price {
            Price::Fixed(money) if product.is_sent() => {
                let zones = parcel::zones(&self.site.shipping, product, variant, money);
                let told = zones.iter().filter(|sent| !sent.countries.is_empty());
                let told = told.filter_map(|sent| Some((sent, sent.price?, sent.zone.days?)));
                let handling = product.lead_time_days.map(|days| (0, days));
                told.map(|(sent, price, days)| {
                    shipped.once(|id| jsonld::shipping(id, &sent.countries, price, handling, days))
                })
                .collect()
            }
            _ => Vec::new(),
        };
        let availability = match variant {
            _ if product.is_too_few() => Availability::SoldOut,
            Some(variant) => variant.availability,
            None => product.availability,
        };
        let returns = self.site.shipping.returns.map(|returns| (returns, self.return_countries()));
        let returns = returns.filter(|(_, at)| product.is_sent() && !at.is_empty());
        Some(OfferFacts { price, availability, shipping, returns, count })
    }
}

fn property(axis: Axis) -> &'static str {
    match axis {
        Axis::Size => "size",
        Axis::Colour => "color",
        Axis::Material => "material",
        Axis::Pattern => "pattern",
    }
}

/// Ways of sending that a document has told already: with many variants each is told once and then named.
struct Shipped {
    page: Option<String>,
    told: Vec<Value>,
}

impl Shipped {
    /// For a page; without its address each is told every time.
    fn new(page: Option<String>) -> Self {
        Self { page, told: Vec::new() }
    }

    fn once(&mut self, make: impl Fn(Option<&str>) -> Value) -> Value {
        let Some(page) = &self.page else { return make(None) };
        let plain = make(None);
        if let Some(at) = self.told.iter().position(|told| *told == plain) {
            return json!({"@id": format!("{page}#shipping-{}", at + 1)});
        }
        self.told.push(plain);
        make(Some(&format!("{page}#shipping-{}", self.told.len())))
    }
}
