//! The products for other people's programs: news for feed readers, tables for the shop windows of search engines and social
//! networks, and everything that is public as JSON for directories.
//!
//! All of it holds whole addresses, so it exists only if the site has one. Nothing here depends on the time of the build:
//! the same products give the same bytes, so `publish` sends a feed only when a product changed. Each feed walks once
//! through the products.

mod atom;
mod goods;
mod json_feed;
mod merchant;
mod meta;
mod news;
mod products;
mod xml;

pub(super) use goods::{Axis, axis, id as piece_id};
pub(crate) use meta::guarded;

use super::Routes;
use super::page::Place;
use crate::model::LocaleIx;
use crate::theme::view::FeedLink;

/// A way of telling the products to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feed {
    /// News as Atom (RFC 4287).
    Atom,
    /// News as JSON Feed 1.1.
    JsonFeed,
    /// Google Merchant Center: RSS 2.0 with the namespace `g`.
    GoogleMerchant,
    /// The catalogue of Meta (Facebook, Instagram, WhatsApp) as CSV.
    MetaCatalogue,
    /// All public facts in all languages, in a form of our own (docs/FEEDS.md).
    Products,
}

impl Feed {
    /// Every feed.
    pub const ALL: [Self; 5] =
        [Self::Atom, Self::JsonFeed, Self::GoogleMerchant, Self::MetaCatalogue, Self::Products];

    /// The name of its file.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Atom => "atom.xml",
            Self::JsonFeed => "feed.json",
            Self::GoogleMerchant => "google-merchant.xml",
            Self::MetaCatalogue => "meta-catalogue.csv",
            Self::Products => "products.json",
        }
    }

    /// Whether there is one for each language; else one holds all of them.
    fn is_of_one_language(self) -> bool {
        self != Self::Products
    }
}

/// Every feed of the site with its path.
pub(super) fn all(routes: &Routes<'_>) -> Vec<(String, LocaleIx, Feed)> {
    let mut out = Vec::new();
    for locale in routes.inputs.site.locale_ixs() {
        for feed in Feed::ALL {
            if feed.is_of_one_language() || locale == LocaleIx::FIRST {
                out.push((path(routes, locale, feed), locale, feed));
            }
        }
    }
    out
}

fn path(routes: &Routes<'_>, locale: LocaleIx, feed: Feed) -> String {
    format!("{}{}", routes.parts(locale).prefix, feed.file_name())
}

/// The text of a feed; empty if the site has no address, when no route leads here.
pub(super) fn text(routes: &Routes<'_>, locale: LocaleIx, feed: Feed) -> String {
    let Some(place) = Place::elsewhere(routes, locale) else { return String::new() };
    match feed {
        Feed::Atom => atom::text(&place),
        Feed::JsonFeed => json_feed::text(&place),
        Feed::GoogleMerchant => merchant::text(&place),
        Feed::MetaCatalogue => meta::text(&place),
        Feed::Products => products::text(&place),
    }
}

/// The feeds that a page names for readers.
pub(super) fn links(place: &Place<'_, '_>) -> Vec<FeedLink> {
    if place.site.base_url.is_none() {
        return Vec::new();
    }
    [(Feed::Atom, "application/atom+xml"), (Feed::JsonFeed, "application/feed+json")]
        .map(|(feed, mime)| FeedLink {
            mime,
            title: place.shop_name().to_owned(),
            href: place.linker.file(&path(place.routes, place.locale, feed)),
        })
        .into()
}

/// The whole address of a feed.
fn address(place: &Place<'_, '_>, locale: LocaleIx, feed: Feed) -> String {
    place.linker.file(&path(place.routes, locale, feed))
}
