//! The index of words of one language.
//!
//! Words of names are one list, which is always loaded; words of all other texts are cut into
//! stretches of the alphabet, of which a query needs one or two. A word that stands in the texts of
//! very many products tells nothing and is left out; the page then takes it as found everywhere.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde::Serialize;

use super::encode;
use super::fold;
use crate::check::Site;
use crate::model::{LocaleIx, Product, ProductIx, Text};

/// With at most this many products no word is too common.
const FEW: usize = 50;

/// Words of the products in one language.
pub(super) struct Texts {
    /// Those of names and article numbers.
    pub(super) names: Words,
    /// Words of texts that are too common, sorted.
    pub(super) common: Vec<String>,
    /// All other words of texts, in order.
    pub(super) stretches: Vec<Stretch>,
}

/// A stretch of the sorted words.
pub(super) struct Stretch {
    /// Its first word; that of the next stretch, or nothing, if it is empty.
    pub(super) first: String,
    pub(super) words: Words,
}

/// Sorted words with the places of the products that have them.
#[derive(Default, Serialize)]
pub(super) struct Words {
    /// The words, by what each adds to the one before.
    #[serde(rename = "v")]
    vocabulary: String,
    /// For each word its products.
    #[serde(rename = "p")]
    products: String,
}

/// The products that have a word.
#[derive(Default)]
struct Found {
    /// In a name or an article number.
    names: Vec<u32>,
    /// Elsewhere, and not in a name.
    texts: Vec<u32>,
}

/// The words of a shop are its own, so a fast hash does.
type Postings = HashMap<Box<str>, Found, RandomState>;

impl Texts {
    /// `story` gives the words of a product's own text.
    pub(super) fn new(
        site: &Site,
        locale: LocaleIx,
        stretches: usize,
        story: impl Fn(ProductIx) -> String,
    ) -> Self {
        let mut postings = Postings::default();
        for (place, product) in (0..).zip(&site.products) {
            let mut name = |text: &str| {
                fold::words(text, |word| match postings.get_mut(word) {
                    Some(found) if found.names.last() == Some(&place) => {}
                    Some(found) => found.names.push(place),
                    None => {
                        let found = Found { names: vec![place], texts: Vec::new() };
                        postings.insert(word.into(), found);
                    }
                });
            };
            name(product.name.shown(locale).value);
            // What the maker calls it first is found in every language.
            name(product.name.original());
            let variants = product.variants.iter().filter_map(|variant| variant.sku.as_ref());
            product.sku.iter().chain(variants).for_each(|sku| name(sku));
            let mut text = |text: &str| {
                fold::words(text, |word| match postings.get_mut(word) {
                    // Most words of a text stand in it before.
                    Some(found) if found.texts.last() == Some(&place) => {}
                    Some(found) if found.names.last() == Some(&place) => {}
                    Some(found) => found.texts.push(place),
                    None => {
                        let found = Found { names: Vec::new(), texts: vec![place] };
                        postings.insert(word.into(), found);
                    }
                });
            };
            for part in parts(site, product) {
                text(part.shown(locale).value);
            }
            text(&story(ProductIx(place)));
        }
        let is_common =
            |list: &[u32]| site.products.len() > FEW && list.len() * 5 > site.products.len() * 2;
        let mut common = Vec::new();
        let mut names = Vec::new();
        let mut kept = Vec::new();
        for (word, found) in sorted(postings) {
            if is_common(&found.texts) {
                common.push(word.to_string());
            } else if !found.texts.is_empty() {
                kept.push((word.clone(), found.texts));
            }
            if !found.names.is_empty() {
                names.push((word, found.names));
            }
        }
        Self { names: Words::of(&names), common, stretches: cut(&kept, stretches) }
    }
}

/// Texts of a product beside its name and its story.
fn parts<'a>(site: &'a Site, product: &'a Product) -> impl Iterator<Item = &'a Text> {
    let makers = product.made_by.iter().map(|ix| site.producer(*ix));
    let makers =
        makers.flat_map(|maker| [Some(&maker.name), maker.place.as_ref(), maker.people.as_ref()]);
    let designs = product.designs.iter().map(|ix| Some(&site.design(*ix).name));
    let own = [
        &product.description,
        &product.technique,
        &product.size,
        &product.care,
        &product.particulars.ingredients,
        &product.particulars.tanning,
        &product.particulars.metal,
        &product.particulars.stones,
    ];
    let own = own.into_iter().map(Option::as_ref);
    let materials = product.materials.iter().flat_map(|m| [Some(&m.name), m.origin.as_ref()]);
    let fibres = product.particulars.fibres.iter().map(|fibre| Some(&fibre.name));
    let species = product.particulars.species.iter().map(|species| Some(&species.name));
    let options = product.options.iter().flat_map(|option| &option.values).map(Some);
    own.chain(materials)
        .chain(fibres)
        .chain(species)
        .chain(options)
        .chain(makers)
        .chain(designs)
        .flatten()
}

/// In the order in which scripts compare texts, that of UTF-16.
fn sorted(postings: Postings) -> Vec<(Box<str>, Found)> {
    let mut all: Vec<(Box<str>, Found)> = postings.into_iter().collect();
    // Without pairs of surrogates that is the order of their bytes.
    let has_pairs = |word: &str| word.bytes().any(|byte| byte >= 0xf0);
    if all.iter().any(|(word, _)| has_pairs(word)) {
        all.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    } else {
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    }
    all
}

impl Words {
    fn of(sorted: &[(Box<str>, Vec<u32>)]) -> Self {
        let mut out = Self::default();
        let mut before = "";
        for (word, list) in sorted {
            encode::word(&mut out.vocabulary, before, word);
            encode::positions(&mut out.products, list);
            before = word;
        }
        out
    }
}

/// Cuts sorted words into so many stretches of about the same size.
fn cut(sorted: &[(Box<str>, Vec<u32>)], count: usize) -> Vec<Stretch> {
    let size = |(word, list): &(Box<str>, Vec<u32>)| word.len() + list.len() + 2;
    let all: usize = sorted.iter().map(size).sum();
    let mut stretches: Vec<Stretch> = Vec::with_capacity(count);
    let mut from = 0;
    let mut taken = 0;
    for number in 1..=count {
        let end = if number == count {
            sorted.len()
        } else {
            let mut at = from;
            while at < sorted.len() && taken < all * number / count {
                taken += size(&sorted[at]);
                at += 1;
            }
            at
        };
        let first = sorted.get(from).map_or_else(String::new, |(word, _)| word.to_string());
        stretches.push(Stretch { first, words: Words::of(&sorted[from..end]) });
        from = end;
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_the_order_of_scripts() {
        let order = |words: &[&str]| {
            let all = words.iter().map(|word| ((*word).into(), Found::default()));
            let all = sorted(all.collect());
            all.into_iter().map(|(word, _)| word.into_string()).collect::<Vec<_>>()
        };
        assert_eq!(order(&["b", "\u{ff21}", "é", "a"]), ["a", "b", "é", "\u{ff21}"]);
        assert_eq!(order(&["\u{ff21}", "\u{20bb7}", "a"]), ["a", "\u{20bb7}", "\u{ff21}"]);
    }

    #[test]
    fn every_word_lies_in_one_stretch() {
        let words: Vec<(Box<str>, Vec<u32>)> =
            (0..100u32).map(|at| (format!("w{at:03}").into(), (0..=at).collect())).collect();
        for count in [1, 2, 7, 99, 150] {
            let stretches = cut(&words, count);
            assert_eq!(stretches.len(), count);
            let vocabulary: String =
                stretches.iter().map(|s| s.words.vocabulary.as_str()).collect();
            assert_eq!(vocabulary.matches(' ').count(), 100, "{count}");
            let firsts: Vec<&str> = stretches.iter().map(|s| s.first.as_str()).collect();
            let filled = firsts.iter().filter(|first| !first.is_empty());
            assert!(filled.is_sorted(), "{count}: {firsts:?}");
        }
        assert_eq!(cut(&[], 1).len(), 1);
    }
}
