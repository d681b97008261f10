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

/// The words of a shop with the products that have them. Each word of each text is looked up, so what a word that is known
/// already needs lies in one place.
#[derive(Default)]
struct Postings {
    /// The words of up to sixteen bytes, as most are, as their bytes. They are the shop's own, so a fast hash does.
    short: HashMap<[u8; SHORT], Seen, RandomState>,
    long: HashMap<Box<str>, Seen, RandomState>,
    found: Vec<Found>,
}

/// The longest word that is its own key, in bytes.
const SHORT: usize = 16;

struct Seen {
    /// The product that had it last.
    last: u32,
    /// Its place in the list of what was found.
    at: u32,
}

impl Postings {
    /// Takes in a word of a product, which comes after all products before it, and its names before its texts.
    fn add(&mut self, word: &str, place: u32, list: impl Fn(&mut Found) -> &mut Vec<u32>) {
        let next = u32::try_from(self.found.len()).expect("fewer words than bytes");
        let new = || Seen { last: u32::MAX, at: next };
        let seen = if word.len() <= SHORT {
            let mut key = [0; SHORT];
            key[..word.len()].copy_from_slice(word.as_bytes());
            self.short.entry(key).or_insert_with(new)
        } else if let Some(seen) = self.long.get_mut(word) {
            seen
        } else {
            self.long.entry(word.into()).or_insert_with(new)
        };
        // Most words of a text stand in it before.
        if seen.last == place {
            return;
        }
        seen.last = place;
        if seen.at == next {
            self.found.push(Found::default());
        }
        list(&mut self.found[seen.at as usize]).push(place);
    }

    /// The words in the order in which scripts compare texts, that of UTF-16.
    fn sorted(mut self) -> Vec<(Box<str>, Found)> {
        let short = self.short.into_iter().map(|(key, seen)| {
            // No word has the character that ends it here.
            let bytes = key.split(|byte| *byte == 0).next().unwrap_or_default();
            (str::from_utf8(bytes).expect("it was a text").into(), seen.at)
        });
        let words = short.chain(self.long.into_iter().map(|(word, seen)| (word, seen.at)));
        let mut all: Vec<(Box<str>, Found)> =
            words.map(|(word, at)| (word, std::mem::take(&mut self.found[at as usize]))).collect();
        // Without pairs of surrogates that is the order of their bytes.
        let has_pairs = |word: &str| word.bytes().any(|byte| byte >= 0xf0);
        if all.iter().any(|(word, _)| has_pairs(word)) {
            all.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        } else {
            all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        }
        all
    }
}

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
                fold::words(text, |word| postings.add(word, place, |found| &mut found.names));
            };
            name(product.name.shown(locale).value);
            // What the maker calls it first is found in every language.
            name(product.name.original());
            let variants = product.variants.iter().filter_map(|variant| variant.sku.as_ref());
            product.sku.iter().chain(variants).for_each(|sku| name(sku));
            let mut text = |text: &str| {
                fold::words(text, |word| postings.add(word, place, |found| &mut found.texts));
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
        for (word, found) in postings.sorted() {
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
            let mut postings = Postings::default();
            words.iter().for_each(|word| postings.add(word, 0, |found| &mut found.texts));
            postings.sorted().into_iter().map(|(word, _)| word.into_string()).collect::<Vec<_>>()
        };
        assert_eq!(order(&["b", "\u{ff21}", "é", "a"]), ["a", "b", "é", "\u{ff21}"]);
        assert_eq!(order(&["\u{ff21}", "\u{20bb7}", "a"]), ["a", "\u{20bb7}", "\u{ff21}"]);
        let long = ["m23456789abcdefg", "m23456789abcdefgh", "m2345"];
        assert_eq!(order(&long), ["m2345", "m23456789abcdefg", "m23456789abcdefgh"]);
    }

    #[test]
    fn a_word_of_a_name_is_not_told_once_more_of_the_text() {
        let mut postings = Postings::default();
        for (place, name, text) in [(0, "red", "red wool red"), (1, "wool", "red"), (2, "", "wool")]
        {
            fold::words(name, |word| postings.add(word, place, |found| &mut found.names));
            fold::words(text, |word| postings.add(word, place, |found| &mut found.texts));
        }
        let told: Vec<_> =
            postings.sorted().into_iter().map(|(w, f)| (w, f.names, f.texts)).collect();
        let expected = [("red", vec![0], vec![1]), ("wool", vec![1], vec![0, 2])];
        assert_eq!(told, expected.map(|(word, names, texts)| (word.into(), names, texts)));
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
