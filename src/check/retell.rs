//! One product told anew: what the preview shows at once while the whole folder is checked again.
//!
//! Most changes are to the words, the price or the stock of one product. If nothing else of the site can differ after
//! such a change, the site of before with that one product in place is the site of now; so it need not be made of ten
//! thousand files. Every doubt gives `None`. The preview checks the whole folder afterwards all the same, and what that says counts.

use std::sync::Arc;

use crate::diag::{Severity, Sources};
use crate::model::{Audience, Availability, Product, ProductIx, Text};
use crate::read::{Document, Item, Tree};

use super::Site;
use super::fields::{Fields, Languages};
use super::items::{self, Around, ProductDraft};
use super::trade;

/// Fields by which a product, or a part of it, is not shown to everybody, or not always.
const HIDING: [&str; 4] = ["hide", "hide_photos", "protocol", "audience"];

/// The site with one product as its files say now; `None` if more of it could be different, or something is wrong.
///
/// `shop` is `site.toml` and `tree` the folder, both as they were when `site` was made; `before` has the files of
/// the product as they were then, `now` as they are, and `sources` holds the texts of both.
#[must_use]
pub fn retell(
    site: &Site,
    shop: &Document,
    tree: &Tree,
    before: &Item,
    now: &Item,
    sources: &Sources,
) -> Option<(Site, ProductIx)> {
    let is_for_all = site.audience == Audience::Public
        && site.hidden_names.is_empty()
        && site.hidden_photos.is_empty();
    if !is_for_all || [before, now].into_iter().any(may_hide) {
        return None;
    }
    let tags: Vec<String> = site.locales.iter().map(|locale| locale.tag().to_owned()).collect();
    let languages = Languages::of(&tags);
    let around = Around { tree, languages, audience: site.audience };
    let terms = trade::of_shop(&mut Fields::of(shop, "the site".to_owned(), languages));
    let read = |item| {
        let found = items::product(item, around, site.currency, &terms);
        let is_wrong = found.diagnostics.iter().any(|d| d.severity == Severity::Error);
        found.thing.filter(|_| !is_wrong)
    };
    let (old, new) = (read(before)?, read(now)?);
    if !refers_to_the_same(&old, &new) || !has_the_same_place(&old.product, &new.product) {
        return None;
    }
    let at = site.products.iter().position(|product| product.id == new.product.id)?;
    let shown = &site.products[at];
    let mut product = new.product;
    // What other things of the site it belongs to was resolved before, and is the same.
    let resolved = Arc::make_mut(&mut product);
    resolved.made_by.clone_from(&shown.made_by);
    resolved.supplied_by.clone_from(&shown.supplied_by);
    resolved.designs.clone_from(&shown.designs);
    resolved.terms.clone_from(&shown.terms);
    resolved.related.clone_from(&shown.related);
    resolved.is_related_chosen = shown.is_related_chosen;
    resolved.pool.clone_from(&shown.pool);
    if shown.pool.len() != new.pool.len() {
        return None;
    }
    for (share, (_, per_month)) in resolved.pool.iter_mut().zip(&new.pool) {
        share.per_month = *per_month;
    }
    let mut retold = site.clone();
    retold.products[at] = product;
    retold.sources = sources.clone();
    Some((retold, ProductIx::of(at)))
}

fn may_hide(item: &Item) -> bool {
    let documents = item.translations.iter().map(|(_, document)| document);
    std::iter::once(&item.document)
        .chain(documents)
        .any(|document| HIDING.iter().any(|name| document.fields.get(name).is_some()))
}

/// Whether two readings of a product name the same makers, designs, terms and products.
fn refers_to_the_same(one: &ProductDraft, other: &ProductDraft) -> bool {
    let names = |draft: &ProductDraft| -> Vec<String> {
        let ProductDraft {
            product: _,
            own_id: _,
            made_by,
            designs,
            term_names,
            related,
            supplied_by: _,
            pool,
        } = draft;
        let terms = term_names.iter().map(|(kind, name)| format!("{}={}", kind.name(), name.value));
        let lists = [made_by, designs, related].into_iter().enumerate();
        let named = lists
            .flat_map(|(at, names)| names.iter().map(move |name| format!("{at}={}", name.value)));
        // Who is in a pool was resolved before, how many each can make is told anew.
        named
            .chain(terms)
            .chain(pool.iter().map(|(maker, _)| format!("pool={}", maker.value)))
            .collect()
    };
    let suppliers = |draft: &ProductDraft| -> Vec<Text> { draft.supplied_by.clone() };
    names(one) == names(other) && suppliers(one) == suppliers(other)
}

/// Whether two readings of a product have the same place in the order of products, among those beside others, and on the home page.
fn has_the_same_place(one: &Product, other: &Product) -> bool {
    let place = |product: &Product| {
        let paths: Vec<String> = product.photos.iter().map(|photo| photo.path.clone()).collect();
        let is_had = product.availability != Availability::SoldOut;
        (product.id.clone(), product.date, product.kind, is_had, paths)
    };
    place(one) == place(other)
}
