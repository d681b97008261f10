//! Search and facets: what the browser needs to find products without a server.
//!
//! Everything is a classic script that hands its data to `selvedge.put`, so that it loads from
//! `file://` too, and nothing of it is asked for before a visitor searches or chooses:
//!
//! | path | what | language |
//! | --- | --- | --- |
//! | `search/products.js` | what each product is chosen by: terms, price, how many there are | all |
//! | `search/<tag>.js` | words of the page, names of terms, words of the products' names | each |
//! | `search/<tag>/w<n>.js` | a stretch of the sorted words of all other texts | each |
//! | `search/<tag>/c<n>.js` | the cards of [`CHUNK`] products, as the lists show them | each |
//!
//! The paths are fixed and known without making anything (the preview lays out all routes at each
//! change). The two parts that are asked for as needed carry a digest in the address, as
//! `c3.js?v=…`, so that a browser never mixes two builds.
//!
//! The index is made from the [`Site`] alone, so what is not in it (hidden, not for the public) cannot
//! be found.

mod encode;
pub(crate) mod fold;
mod texts;

use std::sync::{Arc, OnceLock};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{LinkStyle, Page, Routes, page, story};
use crate::check::Site;
use crate::model::{
    Availability, CollectionIx, ListIx, ListKind, LocaleIx, Money, MoneyStyle, Price, ProducerIx,
    Product, ProductIx, ProductKind, Stage, TermIx, Text,
};
use texts::{Stretch, Texts};

pub(in crate::render) use fold::script_table;

/// Products in one file of cards: a page of results touches at most [`super::PAGE_SIZE`] files.
const CHUNK: usize = 32;
/// So many bytes of text make about one file of words of 15 KB compressed.
const TEXT_PER_STRETCH: usize = 180_000;
/// The most files of words.
const MOST_STRETCHES: usize = 200;
/// The form of the data; the script refuses another one, which it may meet while a site is published.
const FORM: u32 = 2;

/// A file of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchFile {
    /// What each product is chosen by.
    Columns,
    /// Where the search in a language begins.
    Root(LocaleIx),
    /// A stretch of words, from 0.
    Words(LocaleIx, u32),
    /// Cards, from 0.
    Cards(LocaleIx, u32),
}

/// What products can be chosen by, and what was made of it so far.
pub(super) struct Search {
    /// In the order of the page.
    pub(super) facets: Vec<Facet>,
    /// How many files of words each language has.
    stretches: Vec<u32>,
    columns: OnceLock<String>,
    texts: Vec<OnceLock<Texts>>,
}

/// One thing that products are chosen by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facet {
    /// Its name in addresses.
    pub(super) key: &'static str,
    by: By,
}

#[derive(Clone, Copy, Debug)]
enum By {
    List(ListIx),
    /// The makers, where the shop has no list of them.
    Makers,
    Collections,
}

/// One value of a facet.
pub(super) struct FacetTerm<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a Text,
    /// Whether it is a kind of product, whose name is a word of ours.
    pub(super) is_kind: bool,
    pub(super) page: Page,
    pub(super) count: usize,
}

impl Facet {
    /// The name of its heading among the words of the interface.
    pub(super) fn word(self) -> String {
        match self.by {
            By::Collections => "collections".to_owned(),
            _ => format!("list_{}", self.key),
        }
    }

    /// The page with all its terms, if there is one.
    pub(super) fn page(self, site: &Site) -> Option<Page> {
        match self.by {
            By::List(list) if site.list(list).kind == ListKind::Maker => Some(Page::Producers),
            By::List(list) => Some(Page::Terms(list)),
            By::Makers => Some(Page::Producers),
            By::Collections => Some(Page::Collections),
        }
    }

    /// Its terms, in the order of their numbers.
    pub(super) fn terms(self, site: &Site) -> Vec<FacetTerm<'_>> {
        match self.by {
            By::List(list_ix) => {
                let list = site.list(list_ix);
                let terms = list.terms.iter().enumerate().map(|(at, term)| FacetTerm {
                    id: term.id.as_str(),
                    name: &term.name,
                    is_kind: list.kind == ListKind::Kind,
                    page: match term.producer {
                        Some(ix) => Page::Producer(ix, 1),
                        None => Page::Term(list_ix, TermIx::of(at), 1),
                    },
                    count: term.products.len(),
                });
                terms.collect()
            }
            By::Makers => {
                let makers = site.producers.iter().enumerate().map(|(at, maker)| FacetTerm {
                    id: maker.id.as_str(),
                    name: &maker.name,
                    is_kind: false,
                    page: Page::Producer(ProducerIx::of(at), 1),
                    count: maker.products.len(),
                });
                makers.collect()
            }
            By::Collections => {
                let all = site.collections.iter().enumerate().map(|(at, collection)| FacetTerm {
                    id: collection.id.as_str(),
                    name: &collection.name,
                    is_kind: false,
                    page: Page::Collection(CollectionIx::of(at), 1),
                    count: collection.products.len(),
                });
                all.collect()
            }
        }
    }

    /// The numbers of its terms in the order of their names in a language.
    pub(super) fn order<'r>(self, routes: &'r Routes<'_>, locale: LocaleIx) -> &'r [u32] {
        let names = routes.in_order(locale);
        match self.by {
            By::List(list) => names.terms(list),
            By::Makers => &names.makers,
            By::Collections => &names.collections,
        }
    }

    /// The numbers of its terms for each product.
    fn column(self, site: &Site) -> Vec<Vec<u32>> {
        let of_product = |product: &Arc<Product>| -> Vec<u32> {
            match self.by {
                By::List(list) => {
                    let own = product.terms.iter().filter(|(of, _)| *of == list);
                    own.map(|(_, term)| term.0).collect()
                }
                By::Makers => product.made_by.iter().map(|maker| maker.0).collect(),
                By::Collections => Vec::new(),
            }
        };
        let mut column: Vec<Vec<u32>> = site.products.iter().map(of_product).collect();
        if let By::Collections = self.by {
            for (number, collection) in (0..).zip(&site.collections) {
                for product in &collection.products {
                    column[product.at()].push(number);
                }
            }
        }
        for terms in &mut column {
            terms.sort_unstable();
            terms.dedup();
        }
        column
    }
}

impl Search {
    pub(super) fn new(site: &Site) -> Self {
        let mut facets = Vec::new();
        let mut add = |key: &'static str, by: By| {
            let facet = Facet { key, by };
            let filled = facet.terms(site).iter().filter(|term| term.count > 0).count();
            // One value for all is no choice.
            if filled > 1 {
                facets.push(facet);
            }
        };
        for (at, list) in site.lists.iter().enumerate() {
            add(list.kind.name(), By::List(ListIx::of(at)));
        }
        if site.lists.iter().all(|list| list.kind != ListKind::Maker) {
            add(ListKind::Maker.name(), By::Makers);
        }
        add("collection", By::Collections);
        let stretches = site.locale_ixs().map(|locale| {
            let bodies = site.products.iter().filter_map(|product| product.body.shown(locale));
            let bytes: usize = bodies.map(|body| site.markdown(body.value).len()).sum();
            let count = bytes.div_ceil(TEXT_PER_STRETCH).clamp(1, MOST_STRETCHES);
            u32::try_from(count).expect("at most 200")
        });
        Self {
            facets,
            stretches: stretches.collect(),
            columns: OnceLock::new(),
            texts: site.locale_ixs().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Every file of the search with its path.
    pub(super) fn files(&self, site: &Site) -> Vec<(String, SearchFile)> {
        let mut files = vec![("search/products.js".to_owned(), SearchFile::Columns)];
        for locale in site.locale_ixs() {
            let tag = site.locale(locale).tag();
            files.push((format!("search/{tag}.js"), SearchFile::Root(locale)));
            for number in 0..self.stretches[locale.at()] {
                let file = SearchFile::Words(locale, number);
                files.push((format!("search/{tag}/w{number}.js"), file));
            }
            for number in 0..chunks(site) {
                let file = SearchFile::Cards(locale, number);
                files.push((format!("search/{tag}/c{number}.js"), file));
            }
        }
        files
    }
}

/// How many files of cards each language has.
fn chunks(site: &Site) -> u32 {
    u32::try_from(site.products.len().div_ceil(CHUNK)).expect("fewer than 2^32")
}

/// Makes a file of the search.
///
/// # Errors
/// If the template of the cards is wrong.
pub(super) fn bytes(routes: &Routes<'_>, file: SearchFile) -> Result<String, String> {
    let site = routes.inputs.site;
    Ok(match file {
        SearchFile::Columns => columns(routes).to_owned(),
        SearchFile::Root(locale) => root(routes, locale)?,
        SearchFile::Words(locale, number) => {
            let stretch = &texts(routes, locale).stretches[number as usize];
            put(&format!("{}/w{number}", site.locale(locale).tag()), &stretch.words)
        }
        SearchFile::Cards(locale, number) => cards(routes, locale, number)?,
    })
}

/// A call that hands a value to the script of the page.
fn put<T: Serialize>(name: &str, value: &T) -> String {
    let name = serde_json::to_string(name).expect("a text");
    let value = serde_json::to_string(value).expect("plain data");
    format!("selvedge.put({name},{value});\n")
}

fn digest(routes: &Routes<'_>, text: &str) -> String {
    if routes.inputs.links == LinkStyle::Files {
        return String::new();
    }
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    data_encoding::HEXLOWER.encode(&digest[..4])
}

fn cards(routes: &Routes<'_>, locale: LocaleIx, number: u32) -> Result<String, String> {
    let site = routes.inputs.site;
    let from = number as usize * CHUNK;
    let all = from..(from + CHUNK).min(site.products.len());
    let cards: Result<Vec<&str>, String> =
        all.map(|at| page::card(routes, locale, ProductIx::of(at))).collect();
    Ok(put(&format!("{}/c{number}", site.locale(locale).tag()), &cards?))
}

/// What each product is chosen by, in the order of the products.
fn columns<'r>(routes: &'r Routes<'_>) -> &'r str {
    #[derive(Serialize)]
    struct Columns {
        form: u32,
        count: usize,
        facets: Vec<Column>,
        prices: Option<Prices>,
        supply: String,
    }
    #[derive(Serialize)]
    struct Column {
        key: &'static str,
        terms: String,
    }
    routes.search.columns.get_or_init(|| {
        let site = routes.inputs.site;
        let facets = routes.search.facets.iter().map(|facet| {
            let mut terms = String::new();
            for numbers in facet.column(site) {
                // Nothing is 0; else twice the number and one, one more if another follows.
                if numbers.is_empty() {
                    encode::number(&mut terms, 0);
                }
                for (at, number) in numbers.iter().enumerate() {
                    let goes_on = u32::from(at + 1 < numbers.len());
                    encode::number(&mut terms, number * 2 + goes_on + 1);
                }
            }
            Column { key: facet.key, terms }
        });
        let mut supplies = String::new();
        for product in &site.products {
            let (ready, most) = supply(product);
            encode::number(&mut supplies, ready);
            // Nothing limits it, as many as are ready, or two more than the number.
            let limit = match most {
                None => 0,
                Some(most) if most == ready => 1,
                Some(most) => most.saturating_add(2),
            };
            encode::number(&mut supplies, limit);
        }
        put(
            "products",
            &Columns {
                form: FORM,
                count: site.products.len(),
                facets: facets.collect(),
                prices: Prices::of(site),
                supply: supplies,
            },
        )
    })
}

/// How many of a product are ready, all variants together, and how many can be had at most; none if
/// nothing limits it or nothing is known.
fn supply(product: &Product) -> (u32, Option<u32>) {
    if product.stage != Stage::ForSale {
        return (0, Some(0));
    }
    let one = |availability: Availability, is_made: bool| match availability {
        Availability::InStock(count) => (count, is_made),
        Availability::OneOfAKind => (1, false),
        Availability::SoldOut => (0, false),
        Availability::MadeToOrder | Availability::Unstated => (0, true),
    };
    let variants = product.variants.iter().map(|v| one(v.availability, v.is_made_to_order));
    let whole = one(product.availability, product.is_made_to_order);
    let (ready, is_made) = if product.variants.is_empty() {
        whole
    } else {
        variants.fold((0, false), |(sum, any), (ready, is_made)| {
            (u32::saturating_add(sum, ready), any || is_made)
        })
    };
    let made = product.capacity_per_month.map(|count| count.saturating_add(ready));
    let most = if is_made { made } else { Some(ready) };
    let limit = product.maximum_order;
    (ready, most.map(|most| most.min(limit.unwrap_or(u32::MAX))).or(limit))
}

/// The prices in the one currency that they can be compared in.
#[derive(Serialize)]
struct Prices {
    /// ISO 4217 code.
    currency: &'static str,
    /// What stands for it beside an amount.
    sign: &'static str,
    /// Digits after the point.
    exponent: u8,
    /// Minor units in one step of the amounts.
    step: u64,
    /// For each product 0, or one more than the steps of its lowest price, and then the steps from there to its
    /// highest.
    amounts: String,
}

impl Prices {
    /// Those in the shop's currency, or that of most products; none if nothing has a price that fits.
    fn of(site: &Site) -> Option<Self> {
        let ends = |price: Price| -> Option<(Money, Money)> {
            match price {
                Price::Fixed(one) => Some((one, one)),
                Price::Range(range) => Some((range.low, range.high)),
                Price::OnRequest => None,
            }
        };
        let told = || site.products.iter().filter_map(|product| ends(product.price));
        let currency = site.currency.filter(|own| told().any(|(low, _)| low.currency == *own));
        let currency = currency.or_else(|| {
            let mut counts: Vec<(usize, &'static str)> = Vec::new();
            for (low, _) in told() {
                let code = low.currency.code();
                match counts.iter_mut().find(|(_, of)| *of == code) {
                    Some((count, _)) => *count += 1,
                    None => counts.push((1, code)),
                }
            }
            let (_, code) = counts.into_iter().max_by_key(|(count, _)| *count)?;
            told().map(|(low, _)| low.currency).find(|currency| currency.code() == code)
        })?;
        let step = told()
            .filter(|(low, _)| low.currency == currency)
            .fold(0, |step, (low, high)| {
                common_divisor(common_divisor(step, low.minor), high.minor)
            })
            .max(1);
        let steps = |money: Money| u32::try_from(money.minor / step).unwrap_or(u32::MAX / 2);
        let mut amounts = String::new();
        for product in &site.products {
            match ends(product.price).filter(|(low, _)| low.currency == currency) {
                None => encode::number(&mut amounts, 0),
                Some((low, high)) => {
                    encode::number(&mut amounts, steps(low) + 1);
                    encode::number(&mut amounts, steps(high) - steps(low));
                }
            }
        }
        Some(Self {
            currency: currency.code(),
            sign: currency.sign(),
            exponent: currency.exponent(),
            step,
            amounts,
        })
    }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

fn texts<'r>(routes: &'r Routes<'_>, locale: LocaleIx) -> &'r Texts {
    let search = &routes.search;
    search.texts[locale.at()].get_or_init(|| {
        let count = search.stretches[locale.at()] as usize;
        Texts::new(routes.inputs.site, locale, count, |ix| story::words(routes, locale, ix))
    })
}

/// The words that the script shows.
const WORDS: [&str; 24] = [
    "count_products",
    "search_nothing",
    "search_nothing_chosen",
    "search_instead",
    "search_without",
    "filters_chosen",
    "filters_clear",
    "filter_remove",
    "show_all",
    "show_fewer",
    "price",
    "filter_from",
    "filter_to",
    "at_least",
    "at_most",
    "supply",
    "ready_now",
    "quantity_wanted",
    "sort",
    "sort_best",
    "sort_new",
    "sort_low",
    "sort_high",
    "label_value",
];

/// Where the search in a language begins.
fn root(routes: &Routes<'_>, locale: LocaleIx) -> Result<String, String> {
    #[derive(Serialize)]
    struct Root<'a> {
        form: u32,
        words: Vec<(&'static str, serde_json::Value)>,
        style: MoneyStyle,
        facets: Vec<Named<'a>>,
        chunk: usize,
        names: &'a texts::Words,
        common: &'a [String],
        stretches: Vec<(&'a str, String)>,
        cards: Vec<String>,
    }
    #[derive(Serialize)]
    struct Named<'a> {
        key: &'static str,
        name: String,
        /// Id, name, and the language of the name if it is not that of the page.
        terms: Vec<(&'a str, &'a str, Option<&'a str>)>,
        /// The numbers of the terms in the order of their names; none if they have it already.
        order: Option<&'a [u32]>,
    }
    let site = routes.inputs.site;
    let words = &routes.parts(locale).words;
    let texts = texts(routes, locale);
    let facets = routes.search.facets.iter().map(|facet| {
        let terms = facet.terms(site).into_iter();
        let order = facet.order(routes, locale);
        Named {
            order: order.iter().zip(0..).any(|(term, at)| *term != at).then_some(order),
            key: facet.key,
            name: words.get(&facet.word()).to_owned(),
            terms: terms
                .map(|term| {
                    let (name, of) = term.name(routes, locale);
                    (term.id, name, of.map(|of| site.locale(of).tag()))
                })
                .collect(),
        }
    });
    let stretches = (0..).zip(&texts.stretches).map(|(number, stretch): (u32, &Stretch)| {
        let file = bytes(routes, SearchFile::Words(locale, number))?;
        Ok((stretch.first.as_str(), digest(routes, &file)))
    });
    let cards = (0..chunks(site)).map(|number| Ok(digest(routes, &cards(routes, locale, number)?)));
    Ok(put(
        site.locale(locale).tag(),
        &Root {
            form: FORM,
            words: WORDS.iter().map(|word| (*word, words.for_script(word))).collect(),
            style: routes.parts(locale).money.style(),
            facets: facets.collect(),
            chunk: CHUNK,
            names: &texts.names,
            common: &texts.common,
            stretches: stretches.collect::<Result<_, String>>()?,
            cards: cards.collect::<Result<_, String>>()?,
        },
    ))
}

impl<'a> FacetTerm<'a> {
    /// Its name in a language, and which language it is in where there is no translation.
    pub(super) fn name<'r>(
        &self,
        routes: &'r Routes<'_>,
        locale: LocaleIx,
    ) -> (&'r str, Option<LocaleIx>)
    where
        'a: 'r,
    {
        let is_ours = self.is_kind && ProductKind::ALL.iter().any(|(_, name)| *name == self.id);
        let word = format!("kind_{}", self.id);
        let found = if is_ours { routes.parts(locale).words.find(&word) } else { None };
        let shown = self.name.shown(locale);
        found.map_or((shown.value, (!shown.is_translated).then_some(shown.locale)), |word| {
            (word, None)
        })
    }
}
