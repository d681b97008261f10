//! Google Merchant Center: RSS 2.0 with the namespace `g`, after its product data specification
//! (<https://support.google.com/merchants/answer/7052112>).
//!
//! Made to order counts as `in_stock` with the days until it is sent: `backorder` needs a day of its own, which would
//! change at every build. Shipping is told for countries that a zone names; the rest of the world is set in the
//! account, as a row takes at most a hundred countries.

use std::fmt::Write as _;

use super::super::page::Place;
use super::super::{Page, parcel};
use super::goods::{self, Good};
use super::xml::element;
use crate::model::{Availability, Money, ProductIx, Shipping};

/// The most countries in one row.
const MAX_COUNTRIES: usize = 100;

pub(super) fn text(place: &Place<'_, '_>) -> String {
    let site = place.site;
    let mut out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\">\n<channel>\n".to_owned();
    element(&mut out, "title", place.shop_name());
    element(&mut out, "link", &place.href(Page::Home));
    let about = site.description.as_ref().or(site.tagline.as_ref()).unwrap_or(&site.name);
    element(&mut out, "description", place.text(about));
    for at in 0..site.products.len() {
        for good in goods::rows(place, ProductIx::of(at)) {
            item(&mut out, &good, place.shop_name(), &site.shipping);
        }
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn item(out: &mut String, good: &Good<'_>, shop: &str, shipping: &Shipping) {
    let product = good.product;
    out.push_str("<item>\n");
    element(out, "g:id", &good.id);
    element(out, "g:title", &good.title);
    element(out, "g:description", &good.description);
    element(out, "g:link", &good.link);
    element(out, "g:image_link", &good.image);
    for image in &good.more_images {
        element(out, "g:additional_image_link", image);
    }
    element(out, "g:availability", availability(good.availability));
    element(out, "g:price", &money(good.price));
    element(out, "g:condition", "new");
    element(out, "g:brand", shop);
    match good.gtin {
        Some(gtin) => element(out, "g:gtin", gtin),
        // Handmade things have no number of the trade.
        None => element(out, "g:identifier_exists", "no"),
    }
    let mut some = |name: &str, text: Option<&str>| {
        if let Some(text) = text {
            element(out, name, text);
        }
    };
    some("g:item_group_id", good.group.as_deref());
    some("g:google_product_category", product.google_category.as_deref());
    some("g:product_type", good.product_type.as_deref());
    some("g:size", good.size.as_deref());
    some("g:color", good.colour.as_deref());
    some("g:material", good.material.as_deref());
    some("g:pattern", good.pattern.as_deref());
    let weight = product.parcel_weight_g(good.variant).map(|grams| format!("{grams} g"));
    some("g:shipping_weight", weight.as_deref());
    some("g:ships_from_country", shipping.from.map(|country| country.code()));
    let is_ready = matches!(good.availability, Availability::InStock(_) | Availability::OneOfAKind);
    let days = product.lead_time_days.filter(|_| !is_ready).map(|days| days.to_string());
    some("g:max_handling_time", days.as_deref());
    parcels(out, good, shipping);
    out.push_str("</item>\n");
}

/// What it costs to send it, and where it does not go.
fn parcels(out: &mut String, good: &Good<'_>, shipping: &Shipping) {
    let mut room = MAX_COUNTRIES;
    let mut barred = Vec::new();
    for sent in parcel::zones(shipping, good.product, good.variant, good.price) {
        barred.extend(sent.barred);
        let Some(price) = sent.price.map(money) else { continue };
        let taken = sent.countries.len().min(room);
        room -= taken;
        for country in &sent.countries[..taken] {
            let _ = write!(
                out,
                "<g:shipping><g:country>{}</g:country><g:price>{price}</g:price>",
                country.code()
            );
            if let Some((from, to)) = sent.zone.days {
                let _ = write!(
                    out,
                    "<g:min_transit_time>{from}</g:min_transit_time><g:max_transit_time>{to}</g:max_transit_time>"
                );
            }
            out.push_str("</g:shipping>\n");
        }
    }
    for country in barred.iter().take(MAX_COUNTRIES) {
        element(out, "g:shopping_ads_excluded_country", country.code());
    }
}

fn availability(availability: Availability) -> &'static str {
    match availability {
        Availability::SoldOut => "out_of_stock",
        Availability::InStock(_)
        | Availability::OneOfAKind
        | Availability::MadeToOrder
        | Availability::Unstated => "in_stock",
    }
}

/// An amount such as `12.00 EUR`.
pub(super) fn money(money: Money) -> String {
    format!("{} {}", money.to_major(), money.currency.code())
}
