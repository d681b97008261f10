//! What is new, for feed readers: the newest products, whichever format they are written in.

use super::super::page::Place;
use super::super::{Page, markdown};
use crate::model::{Date, LocaleIx, Product, ProductIx};

/// How many products a feed of news holds.
const NEWEST: usize = 50;
/// The day of what has none, if nothing on the site has one.
const UNKNOWN_DAY: Date = jiff::civil::date(1970, 1, 1);

/// One product as news.
pub(super) struct Item<'a> {
    pub(super) product: &'a Product,
    /// Its page.
    pub(super) url: String,
    /// When it was added, if the maker says so.
    pub(super) date: Option<Date>,
    /// When it was added; for what has no date the day of the oldest that has one.
    pub(super) updated: Date,
    /// Picture, description, price and story as HTML with whole addresses.
    pub(super) html: String,
    /// Its photograph.
    pub(super) image: Option<String>,
    /// Its category.
    pub(super) tags: Vec<String>,
    /// Who makes it.
    pub(super) makers: Vec<(String, String)>,
    /// The language of its name.
    pub(super) name_locale: LocaleIx,
}

/// The newest products, newest first.
pub(super) fn items<'a>(place: &Place<'_, 'a>) -> Vec<Item<'a>> {
    let site = place.site;
    // Products are sorted by day, those without one last.
    let oldest = site.products.iter().rev().find_map(|product| product.date);
    let newest = site.products.iter().take(NEWEST).enumerate();
    newest
        .map(|(at, product)| Item {
            product,
            url: place.href(Page::Product(ProductIx::of(at))),
            date: product.date,
            updated: product.date.or(oldest).unwrap_or(UNKNOWN_DAY),
            html: html(place, product),
            image: place.absolute_photo(product.photos.first()),
            tags: super::goods::categories(place, product),
            makers: product
                .made_by
                .iter()
                .map(|ix| {
                    let name = place.text(&site.producer(*ix).name).to_owned();
                    (name, place.href(Page::Producer(*ix, 1)))
                })
                .collect(),
            name_locale: product.name.shown(place.locale).locale,
        })
        .collect()
}

/// When the newest of them was added.
pub(super) fn updated(items: &[Item<'_>]) -> Date {
    items.iter().map(|item| item.updated).max().unwrap_or(UNKNOWN_DAY)
}

/// The moment at which a day begins, as RFC 3339 writes it.
pub(super) fn instant(date: Date) -> String {
    format!("{date}T00:00:00Z")
}

fn html(place: &Place<'_, '_>, product: &Product) -> String {
    let mut out = String::new();
    let photo = product.photos.first();
    if let Some((photo, url)) = photo.zip(place.absolute_photo(photo)) {
        let alt = photo.alt.as_ref().map_or("", |alt| place.text(alt));
        let (url, alt) = (markdown::escape(&url), markdown::escape(alt));
        out.push_str(&format!("<p><img src=\"{url}\" alt=\"{alt}\"></p>\n"));
    }
    let description = product.description.as_ref().map(|text| place.text(text).to_owned());
    for text in description.into_iter().chain(place.price(product.price)) {
        out.push_str(&format!("<p>{}</p>\n", markdown::escape(&text)));
    }
    if let Some(prose) = place.prose(&product.body) {
        out.push_str(&prose.html);
    }
    out
}
