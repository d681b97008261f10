//! What the browser needs to know of the products on a buyer's list.
//!
//! The list itself, in the browser, holds ids and quantities only; names, prices, weights and borders come from
//! classic scripts at fixed paths, so that a list is always reckoned with what the shop says today, in the language
//! of the page, from `file://` too:
//!
//! | path | what |
//! | --- | --- |
//! | `goods/<tag>/<n>.js` | the products whose ids fall in bucket `n` ([`bucket`]), for a call of `selvedge.goods` |
//!
//! The page of the order names the number of buckets and a digest of them all, which stands in the address as
//! `?v=…`, so that a browser never mixes two builds. Amounts are whole minor units.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{LinkStyle, Routes, page};
use crate::check::Site;
use crate::model::{Channel, LocaleIx, Money, Price, Producer, ProducerIx, Product, ProductIx};

/// Products in one bucket, about.
const BUCKET: usize = 24;

/// A file of products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoodsFile {
    pub(super) locale: LocaleIx,
    pub(super) number: u32,
}

/// Amount or amounts; nothing if the price is told when asked.
#[derive(Serialize)]
pub(super) struct PriceData {
    low: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<u64>,
    currency: &'static str,
}

impl PriceData {
    pub(super) fn of(price: Price) -> Option<Self> {
        match price {
            Price::Fixed(one) => Some(Self::one(one)),
            Price::Range(range) => Some(Self {
                low: range.low.minor,
                high: Some(range.high.minor),
                currency: range.low.currency.code(),
            }),
            Price::OnRequest => None,
        }
    }

    fn one(money: Money) -> Self {
        Self { low: money.minor, high: None, currency: money.currency.code() }
    }
}

/// Who receives the order of a product: its maker, if there is one and she can be reached herself; else the shop. Where
/// the shop takes no orders, the first of several makers who does takes it for all of them.
pub(super) fn recipient(site: &Site, product: &Product) -> Option<ProducerIx> {
    let is_reached = |ix: &&ProducerIx| !site.producer(**ix).channels.is_empty();
    match product.made_by.as_slice() {
        [one] => Some(one).filter(is_reached).copied(),
        _ if !site.order.channels.is_empty() => None,
        all => all.iter().find(is_reached).copied(),
    }
}

/// The ways by which a product is ordered: those of whoever receives its order.
pub(super) fn channels<'a>(site: &'a Site, product: &Product) -> &'a [Channel] {
    match recipient(site, product) {
        Some(maker) => &site.producer(maker).channels,
        None => &site.order.channels,
    }
}

/// Tells whether anything can be ordered here at all.
pub(super) fn is_open(site: &Site) -> bool {
    let reached = |producer: &Producer| !producer.channels.is_empty();
    site.products.iter().any(|product| product.is_for_sale())
        && (!site.order.channels.is_empty() || site.producers.iter().any(reached))
}

/// The name under which a browser keeps the list of the shop with this address or name.
pub(super) fn key(shop: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(shop.as_bytes()).into();
    data_encoding::HEXLOWER.encode(&digest[..6])
}

/// How many buckets there are.
pub(super) fn buckets(site: &Site) -> u32 {
    u32::try_from(site.products.len().div_ceil(BUCKET).max(1)).expect("fewer than 2^32")
}

/// The bucket of an id: FNV-1a with 32 bits, which `themes/script/order.js` reckons too.
fn bucket(id: &str, buckets: u32) -> u32 {
    let hash = id
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash % buckets
}

/// The products of each bucket.
pub(super) fn contents(site: &Site) -> Vec<Vec<ProductIx>> {
    let count = buckets(site);
    let mut all = vec![Vec::new(); count as usize];
    for (at, product) in site.products.iter().enumerate() {
        all[bucket(product.id.as_str(), count) as usize].push(ProductIx::of(at));
    }
    all
}

/// Every file with its path.
pub(super) fn files(site: &Site) -> Vec<(String, GoodsFile)> {
    if !is_open(site) {
        return Vec::new();
    }
    let mut files = Vec::new();
    for locale in site.locale_ixs() {
        let tag = site.locale(locale).tag();
        for number in 0..buckets(site) {
            files.push((format!("goods/{tag}/{number}.js"), GoodsFile { locale, number }));
        }
    }
    files
}

/// Makes a file of products.
pub(super) fn text(routes: &Routes<'_>, file: GoodsFile) -> String {
    #[derive(Serialize)]
    struct Bucket<'a> {
        products: BTreeMap<&'a str, page::GoodsData>,
        makers: BTreeMap<&'a str, page::RecipientData>,
    }
    let site = routes.inputs.site;
    let mut makers = BTreeMap::new();
    let products = routes.basket()[file.number as usize].iter().map(|ix| {
        let product = site.product(*ix);
        if let Some(maker) = recipient(site, product) {
            let id = site.producer(maker).id.as_str();
            makers.entry(id).or_insert_with(|| page::recipient_data(routes, file.locale, maker));
        }
        (product.id.as_str(), page::goods_data(routes, file.locale, *ix))
    });
    let products = products.collect();
    let data = serde_json::to_string(&Bucket { products, makers }).expect("plain data");
    format!("selvedge.goods({},{data});\n", file.number)
}

/// What tells one build's files of a language from another's; empty for a folder, which is whole.
pub(super) fn version(routes: &Routes<'_>, locale: LocaleIx) -> String {
    if routes.inputs.links == LinkStyle::Files {
        return String::new();
    }
    let mut all = Sha256::new();
    for number in 0..buckets(routes.inputs.site) {
        all.update(text(routes, GoodsFile { locale, number }).as_bytes());
    }
    data_encoding::HEXLOWER.encode(&all.finalize()[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_fnv_1a() {
        // http://www.isthe.com/chongo/tech/comp/fnv/: "" is the offset basis, "a" is e40c292c, "foobar" is bf9cf968.
        assert_eq!(bucket("", 1_000_000), 0x811c_9dc5 % 1_000_000);
        assert_eq!(bucket("a", 1_000_000), 0xe40c_292c % 1_000_000);
        assert_eq!(bucket("foobar", 1_000_000), 0xbf9c_f968 % 1_000_000);
        assert_eq!(bucket("foobar", 1), 0);
    }
}
