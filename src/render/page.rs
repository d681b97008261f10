//! The views of each page, and its HTML. What a product says of itself is in `goods`, and
//! for search engines in `linked`.

mod goods;
mod linked;
mod list;
mod privacy;

pub(super) use list::{GoodsData, RecipientData, goods_data, recipient_data};

use std::collections::HashSet;
use std::sync::PoisonError;

use serde::Serialize;

use super::basket;
use super::jsonld;
use super::link::Linker;
use super::markdown::{self, Surroundings};
use super::names::Names;
use super::order;
use super::photos::{Photo, PhotoFormat, Rendition};
use super::register::party_name;
use super::speaker::{self, Speaker};
use super::{
    DEPTHS, LanguageParts, LinkStyle, PAGE_SIZE, Page, Routes, StaticFile, feed, page_count,
    record, sitemap, story, verify,
};
use crate::check::Site;
use crate::model::{
    Audience, AudioRef, Availability, Collection, CollectionIx, Design, DesignIx, ListIx, ListKind,
    LocaleIx, PageIx, PhotoRef, Price, Producer, ProducerIx, ProductIx, ProductKind, Prose, Term,
    TermIx, Text,
};
use crate::provenance::brand::{Brand, Number};
use crate::provenance::json::Value;
use crate::provenance::kind::Kind;
use crate::provenance::record::Sha256Digest;
use crate::theme::view::{self, Phrase, Picture};
use crate::theme::{ClientScript, ground_class};
use crate::verify::VerifiedRecord;

/// Stands in a card for the way to the root. Texts never hold it: control characters are dropped.
pub(super) const UP: &str = "\u{1}";
/// The same as one character, which is found faster.
pub(super) const UP_SIGN: char = '\u{1}';

/// The policy of every page but the record pages: nothing but the site's own pictures, fonts, style and scripts;
/// a form leads to the page of the search. On `file://` Firefox takes no address as the page's own there.
fn policy(links: LinkStyle, has_script: bool) -> String {
    let script = if has_script { "script-src 'self'; " } else { "" };
    let connect = connect_rule(links);
    let form = match links {
        LinkStyle::Files => "'self' file:",
        LinkStyle::Pretty => "'self'",
    };
    format!(
        "default-src 'none'; img-src 'self' data:; style-src 'self'; font-src 'self'; {script}{connect}base-uri 'none'; form-action {form}"
    )
}

/// The rule for connections, with what stands after it. No script of ours connects, but browsers ask it when their tools
/// read `robots.txt` for a page.
pub(super) fn connect_rule(links: LinkStyle) -> &'static str {
    match links {
        LinkStyle::Files => "",
        LinkStyle::Pretty => "connect-src 'self'; ",
    }
}

/// Lets a page play a recording of the site, if it has one.
fn allow_sound(head: &mut view::Page, audio: Option<&view::Audio>) {
    if audio.is_some() {
        head.csp = head.csp.replacen("img-src", "media-src 'self'; img-src", 1);
    }
}

/// How many bytes a page has about, and a part of one.
const PAGE_ROOM: usize = 16 << 10;
const PART_ROOM: usize = 2 << 10;

/// Makers on the home page.
const HOME_MAKERS: usize = 3;
/// Tiles of a kind on the home page.
const HOME_TILES: usize = 6;
/// Terms offered on the page of all products.
const OFFERED_TERMS: usize = 24;
/// Terms of a facet that are links.
const FACET_LINKS: usize = 10;
/// With fewer products than this the list of all needs no choice.
const FEW_PRODUCTS: usize = 12;
/// The newest records that the page where things are checked names.
const RECORDS_SHOWN: usize = 100;
/// An index with more entries than this has no pictures.
const LONG_INDEX: usize = 60;
/// Numbered links to each side of the page in a pager.
const PAGER_REACH: usize = 1;

/// Makes a page.
pub(super) fn html(routes: &Routes<'_>, locale: LocaleIx, page: Page) -> Result<String, String> {
    let dir = routes.dir(locale, page);
    let linker = Linker::new(&dir, routes.inputs.links);
    let depth = dir.matches('/').count();
    let at =
        Place { routes, site: routes.inputs.site, locale, parts: routes.parts(locale), linker };
    match page {
        Page::Home => at.home(depth),
        Page::Products(number) => at.products(depth, number),
        Page::Product(ix) => at.product(depth, ix),
        Page::Terms(list) => at.terms(depth, list),
        Page::Term(list, term, number) => at.term(depth, list, term, number),
        Page::Producers => at.producers(depth),
        Page::Producer(ix, number) => at.producer(depth, ix, number),
        Page::Designs => at.designs(depth),
        Page::Design(ix, 1) => at.design(depth, ix),
        Page::Design(ix, number) => at.carrying(depth, ix, number),
        Page::Collections => at.collections(depth),
        Page::Collection(ix, number) => at.collection(depth, ix, number),
        Page::Free(ix) => at.free(depth, ix),
        Page::About => at.about(depth),
        Page::Charter => at.charter(depth),
        Page::Shipping => at.shipping_page(depth),
        Page::Privacy => at.privacy_page(depth),
        Page::Search => at.search(depth),
        Page::Order => at.order_page(depth),
        Page::Verify => at.verify_page(depth),
    }
}

/// Makes the page for addresses that do not exist. That of the first language says it in every language, as most
/// hosts show it for the addresses of all of them; the others are for hosts that take the nearest.
pub(super) fn missing_html(routes: &Routes<'_>, locale: LocaleIx) -> Result<String, String> {
    let site = routes.inputs.site;
    let linker = Linker::absolute(site.base_url.as_ref(), routes.inputs.links);
    let at = Place { routes, site, locale, parts: routes.parts(locale), linker };
    let mut said: Vec<view::MissingText> = Vec::new();
    for ix in site.locale_ixs().filter(|ix| locale == LocaleIx::FIRST || *ix == locale) {
        let words = &routes.parts(ix).words;
        let is_here = ix == locale;
        let text = view::MissingText {
            lang: (!is_here).then(|| site.locale(ix).tag().to_owned()),
            dir: (!is_here).then_some(routes.parts(ix).direction),
            title: words.get("missing_title").to_owned(),
            text: words.get("missing_text").to_owned(),
            way: words.get("missing_way").to_owned(),
            home: at.linker.page(&routes.dir(ix, Page::Home)),
        };
        // A language without words of its own has those of another.
        if !said.iter().any(|other| other.title == text.title && other.text == text.text) {
            said.push(text);
        }
    }
    let title = at.word("missing_title").to_owned();
    let description = at.word("missing_text").to_owned();
    let head = at.head("missing", None, &title, Some(description));
    at.fill("missing.html", head, &view::Missing { said }, None)
}

/// The card of a product; [`UP`] stands for the way to the root.
pub(super) fn card<'r>(
    routes: &'r Routes<'_>,
    locale: LocaleIx,
    ix: ProductIx,
) -> Result<&'r str, String> {
    let linker = Linker::marked(UP, routes.inputs.links);
    let parts = routes.parts(locale);
    Place { routes, site: routes.inputs.site, locale, parts, linker }.card(ix)
}

/// A page that is being made: where it stands and in which language.
pub(super) struct Place<'r, 'a> {
    pub(super) routes: &'r Routes<'a>,
    pub(super) site: &'a Site,
    pub(super) locale: LocaleIx,
    pub(super) parts: &'r LanguageParts,
    pub(super) linker: Linker,
}

impl<'r, 'a> Place<'r, 'a> {
    /// For what is read elsewhere: every link is a whole address. `None` if the site has none.
    pub(super) fn elsewhere(routes: &'r Routes<'a>, locale: LocaleIx) -> Option<Self> {
        let site = routes.inputs.site;
        let linker = Linker::marked(site.base_url.as_ref()?.as_str(), LinkStyle::Pretty);
        Some(Self { routes, site, locale, parts: routes.parts(locale), linker })
    }
}

impl<'r, 'a> Place<'r, 'a> {
    /// For a fragment that is put into many pages: [`UP`] stands for the way to the root.
    pub(super) fn marked(&self) -> Self {
        let linker = Linker::marked(UP, self.routes.inputs.links);
        Self {
            routes: self.routes,
            site: self.site,
            locale: self.locale,
            parts: self.parts,
            linker,
        }
    }
}

/// A step on the way from the home page.
struct Step {
    name: Phrase,
    page: Page,
}

impl<'r, 'a> Place<'r, 'a> {
    // ---- pages ----

    fn home(&self, depth: usize) -> Result<String, String> {
        let site = self.site;
        let cover = site.cover.as_ref();
        let featured_photo =
            || site.featured.first().and_then(|ix| site.product(*ix).photos.first());
        let is_newest = !site.is_featured_chosen
            && site.featured.first().is_some_and(|ix| site.product(*ix).date.is_some());
        let names = self.routes.in_order(self.locale);
        let is_busy = |at: u32| !site.producer(ProducerIx(at)).products.is_empty();
        let makers = self.few(|names| &names.makers, is_busy, HOME_MAKERS);
        let makers: Vec<view::Maker> =
            makers.into_iter().map(|at| self.maker(ProducerIx(at))).collect();
        let lists = site.lists.iter().enumerate();
        let chosen = lists
            .filter(|(_, list)| list.kind != ListKind::Maker && list.terms.len() > 1)
            .min_by_key(|(at, list)| (list.kind != ListKind::Category, *at));
        let mut shown = HashSet::new();
        let collections: Vec<view::Tile> = self
            .few(|names| &names.collections, |_| true, HOME_TILES)
            .into_iter()
            .map(|at| self.collection_tile(CollectionIx(at), &mut shown))
            .collect();
        let terms = chosen.map_or_else(Vec::new, |(at, list)| {
            let mut largest: Vec<(usize, &Term)> = list.terms.iter().enumerate().collect();
            largest.sort_by_key(|(_, term)| std::cmp::Reverse(term.products.len()));
            largest.truncate(HOME_TILES);
            largest.sort_by_key(|(term, _)| names.rank(ListIx::of(at), TermIx::of(*term)));
            largest
                .into_iter()
                .map(|(term_at, term)| {
                    let (list, at) = (ListIx::of(at), TermIx::of(term_at));
                    self.term_tile(list, at, term, Some(&mut shown))
                })
                .collect()
        });
        let designs = self.few(|names| &names.designs, |_| true, HOME_TILES).into_iter();
        let it = view::Home {
            cover: cover.and_then(|photo| self.picture(photo)),
            tagline: self.phrase_of(site.tagline.as_ref()),
            description: self.phrase_of(site.description.as_ref()),
            products_href: self.href(Page::Products(1)),
            product_count: site.products.len(),
            count: self.count(site.products.len()),
            cards_name: self.word(if is_newest { "new" } else { "from_the_shop" }).to_owned(),
            cards_html: self.cards(&site.featured)?,
            makers_href: (site.producers.len() > makers.len()).then(|| self.href(Page::Producers)),
            makers,
            terms,
            collections,
            collections_href: (site.collections.len() > HOME_TILES)
                .then(|| self.href(Page::Collections)),
            designs: designs.map(|at| self.design_tile(DesignIx(at))).collect(),
            designs_href: (site.designs.len() > HOME_TILES).then(|| self.href(Page::Designs)),
        };
        let name = self.text(&site.name).to_owned();
        let title = match &site.tagline {
            Some(tagline) => format!("{name} · {}", self.text(tagline)),
            None => name.clone(),
        };
        let description =
            site.description.as_ref().or(site.tagline.as_ref()).map(|text| self.text(text));
        let mut head = self.head("home", Some(Page::Home), &title, description.map(str::to_owned));
        head.og_type = "website";
        let cover = cover.or_else(featured_photo);
        self.add_preview(&mut head, cover, &name);
        if let Some(url) = &head.canonical {
            let image = head.image.as_deref();
            let data = jsonld::organization(&name, description, url, image);
            head.json_ld_html.push(jsonld::script(&data));
        }
        self.fill("home.html", head, &it, Some(depth))
    }

    fn products(&self, depth: usize, number: u32) -> Result<String, String> {
        let all: Vec<ProductIx> = (0..self.site.products.len())
            .skip(PAGE_SIZE * (number as usize - 1))
            .take(PAGE_SIZE)
            .map(ProductIx::of)
            .collect();
        let facets = &self.routes.search.facets;
        let finder =
            (!facets.is_empty() && self.site.products.len() > FEW_PRODUCTS).then(|| self.finder());
        let offered = self.routes.lookup.lists.get(ListKind::Category.name());
        let terms =
            offered.filter(|_| number == 1 && finder.is_none()).map_or_else(Vec::new, |list| {
                let terms = self.few(|names| names.terms(*list), |_| true, OFFERED_TERMS);
                let link = |at: u32| {
                    let term = &self.site.list(*list).terms[at as usize];
                    self.link(&term.name, Page::Term(*list, TermIx(at), 1), "")
                };
                terms.into_iter().map(link).collect()
            });
        let count = self.site.products.len();
        let name = self.phrase_here(self.word("products"));
        let it = view::Listing {
            trail: self.trail(&[]),
            name: name.clone(),
            description: None,
            body: None,
            photo: None,
            event: None,
            count: self.count(count),
            terms,
            finder,
            narrow: None,
            cards_html: self.cards(&all)?,
            pager: self.pager(count, number, Page::Products),
        };
        let description = self.parts.words.fill("describe_products", &[("shop", self.shop_name())]);
        let mut head = self.list_head(
            "listing",
            Page::Products(number),
            &name.text,
            number,
            Some(description),
        );
        head.section = "products".to_owned();
        if it.finder.is_some() {
            self.add_sheet(&mut head, &self.routes.finder_css);
            self.add_script(&mut head, ClientScript::Search);
        }
        self.add_trail(&mut head, &[], &name.text, Page::Products(number));
        self.fill("listing.html", head, &it, Some(depth))
    }

    fn product(&self, depth: usize, ix: ProductIx) -> Result<String, String> {
        let site = self.site;
        let product = site.product(ix);
        let verb = goods::verb(product, &site.shipping, self.today());
        let url = self.absolute(Page::Product(ix));
        let own: Vec<&Producer> = product.made_by.iter().map(|ix| site.producer(*ix)).collect();
        let channels = basket::channels(site, product);
        let category =
            product.terms.iter().find(|(list, _)| site.list(*list).kind == ListKind::Category);
        let mut steps = vec![self.products_step()];
        if let Some((list, term)) = category {
            let name = self.phrase(&site.list(*list).terms[term.at()].name);
            steps.push(Step { name, page: Page::Term(*list, *term, 1) });
        }
        let names = self.routes.in_order(self.locale);
        let listed = product
            .terms
            .iter()
            .filter(|(list, _)| !matches!(site.list(*list).kind, ListKind::Maker | ListKind::Kind));
        let mut listed: Vec<_> = listed.collect();
        listed.sort_by_key(|(list, term)| (*list, names.rank(*list, *term)));
        let terms = listed.into_iter().map(|(list, term)| {
            let name = &site.list(*list).terms[term.at()].name;
            self.link(name, Page::Term(*list, *term, 1), "")
        });
        let name = self.phrase(&product.name);
        let it = view::ProductPage {
            trail: self.trail(&steps),
            name: name.clone(),
            description: self.phrase_of(product.description.as_ref()),
            price: self.price(product.price),
            availability: self.availability(product),
            is_sold_out: product.availability == Availability::SoldOut,
            stage: self.stage(product),
            choices: self.choices(product, channels, verb, url.as_deref()),
            add: self.add_to_list(product),
            pay: product.pay.clone().filter(|_| verb == "order" || verb == "reserve"),
            photos: product.photos.iter().filter_map(|photo| self.picture(photo)).collect(),
            makers: product.made_by.iter().map(|ix| self.maker(*ix)).collect(),
            order: self.order_links(product, None, channels, verb, url.as_deref()),
            order_note: self.phrase_of(site.order.note.as_ref()),
            vouches: self.vouches(Page::Product(ix)),
            facts: self.product_facts(product),
            borders: self.borders(product),
            shipping: self.product_shipping(product),
            trade: self.trade_facts(product),
            audio: self.audio(product.audio.as_ref()),
            body: self.story(ix),
            designs: product.designs.iter().map(|ix| self.design_tile(*ix)).collect(),
            terms: terms.collect(),
            related_html: self.cards(&product.related)?,
            related_name: self
                .word(if product.is_related_chosen { "related" } else { "more_from_the_shop" })
                .to_owned(),
        };
        let description = product.description.as_ref().map(|text| self.text(text).to_owned());
        let description = description.unwrap_or_else(|| {
            let shop = own.first().map_or(self.shop_name(), |producer| self.text(&producer.name));
            self.parts.words.fill("describe_product", &[("name", &name.text), ("shop", shop)])
        });
        let title = self.title(&name.text);
        let mut head = self.head("product", Some(Page::Product(ix)), &title, Some(description));
        head.section = "products".to_owned();
        head.og_type = "product";
        allow_sound(&mut head, it.audio.as_ref());
        self.add_preview(&mut head, product.photos.first(), &name.text);
        head.json_ld_html.push(self.product_data(ix));
        self.add_trail(&mut head, &steps, &name.text, Page::Product(ix));
        self.fill("product.html", head, &it, Some(depth))
    }

    fn terms(&self, depth: usize, list_ix: ListIx) -> Result<String, String> {
        let list = self.site.list(list_ix);
        let is_long = list.terms.len() > LONG_INDEX;
        let order = self.routes.in_order(self.locale).terms(list_ix).iter();
        let mut shown = HashSet::new();
        let tiles = order
            .map(|at| {
                let shown = (!is_long).then_some(&mut shown);
                self.term_tile(list_ix, TermIx(*at), &list.terms[*at as usize], shown)
            })
            .collect();
        let name = self.word(&format!("list_{}", list.kind.name())).to_owned();
        self.index(depth, Page::Terms(list_ix), &name, tiles, is_long, list.kind.name())
    }

    fn producers(&self, depth: usize) -> Result<String, String> {
        let is_long = self.site.producers.len() > LONG_INDEX;
        let order = self.routes.in_order(self.locale).makers.iter();
        let tiles = order.map(|at| {
            let ix = ProducerIx(*at);
            let producer = self.site.producer(ix);
            let products =
                || producer.products.first().and_then(|ix| self.site.product(*ix).photos.first());
            let photo = producer.photo.as_ref().or_else(products);
            view::Tile {
                name: self.phrase(&producer.name),
                href: self.href(Page::Producer(ix, 1)),
                description: self.phrase_of(producer.description.as_ref().filter(|_| !is_long)),
                note: self.phrase_of(producer.place.as_ref()),
                photo: photo.filter(|_| !is_long).and_then(|photo| self.picture(photo)),
            }
        });
        let name = self.word("makers").to_owned();
        self.index(depth, Page::Producers, &name, tiles.collect(), is_long, "makers")
    }

    fn designs(&self, depth: usize) -> Result<String, String> {
        let is_long = self.site.designs.len() > LONG_INDEX;
        let order = self.routes.in_order(self.locale).designs.iter();
        let tiles = order.map(|at| self.design_tile(DesignIx(*at))).collect();
        let name = self.word("designs").to_owned();
        self.index(depth, Page::Designs, &name, tiles, is_long, "designs")
    }

    fn index(
        &self,
        depth: usize,
        page: Page,
        name: &str,
        tiles: Vec<view::Tile>,
        is_long: bool,
        section: &str,
    ) -> Result<String, String> {
        let described = format!("describe_{section}");
        let description = self.parts.words.fill(&described, &[("shop", self.shop_name())]);
        let description = (description != described).then_some(description);
        let it = view::Terms {
            trail: self.trail(&[]),
            name: self.phrase_here(name),
            description: description.clone(),
            tiles,
            is_long,
        };
        let general = || {
            self.parts.words.fill("describe_index", &[("name", name), ("shop", self.shop_name())])
        };
        let mut head = self.head(
            "terms",
            Some(page),
            &self.title(name),
            description.or_else(|| Some(general())),
        );
        head.section = section.to_owned();
        self.add_trail(&mut head, &[], name, page);
        self.fill("terms.html", head, &it, Some(depth))
    }

    fn term(
        &self,
        depth: usize,
        list_ix: ListIx,
        term_ix: TermIx,
        number: u32,
    ) -> Result<String, String> {
        let list = self.site.list(list_ix);
        let term = &list.terms[term_ix.at()];
        let name = self.term_name(list.kind, term);
        let steps = vec![Step {
            name: self.phrase_here(self.word(&format!("list_{}", list.kind.name()))),
            page: Page::Terms(list_ix),
        }];
        let it = view::Listing {
            trail: self.trail(&steps),
            name: name.clone(),
            description: self.phrase_of(term.description.as_ref().filter(|_| number == 1)),
            body: None,
            photo: None,
            event: None,
            count: self.count(term.products.len()),
            terms: Vec::new(),
            finder: None,
            narrow: self.narrow(list.kind.name(), term.id.as_str(), term.products.len()),
            cards_html: self.cards(slice(&term.products, number))?,
            pager: self.pager(term.products.len(), number, |n| Page::Term(list_ix, term_ix, n)),
        };
        let description = term.description.as_ref().map(|text| self.text(text).to_owned());
        let description = description.unwrap_or_else(|| {
            self.parts
                .words
                .fill("describe_index", &[("name", &name.text), ("shop", self.shop_name())])
        });
        let page = Page::Term(list_ix, term_ix, number);
        let mut head = self.list_head("listing", page, &name.text, number, Some(description));
        head.section = list.kind.name().to_owned();
        let first = term.products.first().and_then(|ix| self.site.product(*ix).photos.first());
        self.add_preview(&mut head, first, &name.text);
        self.add_trail(&mut head, &steps, &name.text, page);
        self.fill("listing.html", head, &it, Some(depth))
    }

    fn collections(&self, depth: usize) -> Result<String, String> {
        let is_long = self.site.collections.len() > LONG_INDEX;
        let order = self.routes.in_order(self.locale).collections.iter();
        let mut shown = HashSet::new();
        let tiles = order.map(|at| {
            let tile = self.collection_tile(CollectionIx(*at), &mut shown);
            if is_long { view::Tile { description: None, photo: None, ..tile } } else { tile }
        });
        let tiles = tiles.collect();
        let name = self.word("collections").to_owned();
        self.index(depth, Page::Collections, &name, tiles, is_long, "collections")
    }

    fn collection(&self, depth: usize, ix: CollectionIx, number: u32) -> Result<String, String> {
        let collection = &self.site.collections[ix.at()];
        let is_first = number == 1;
        let name = self.phrase(&collection.name);
        let steps = vec![Step {
            name: self.phrase_here(self.word("collections")),
            page: Page::Collections,
        }];
        let photo = collection.photo.as_ref().filter(|_| is_first);
        let it = view::Listing {
            trail: self.trail(&steps),
            name: name.clone(),
            description: self.phrase_of(collection.description.as_ref().filter(|_| is_first)),
            body: if is_first { self.prose(&collection.body) } else { None },
            photo: photo.and_then(|photo| self.picture(photo)),
            event: self.event(collection),
            count: self.count(collection.products.len()),
            terms: Vec::new(),
            finder: None,
            narrow: self.narrow("collection", collection.id.as_str(), collection.products.len()),
            cards_html: self.cards(slice(&collection.products, number))?,
            pager: self.pager(collection.products.len(), number, |n| Page::Collection(ix, n)),
        };
        let description = collection.description.as_ref().map(|text| self.text(text).to_owned());
        let description = description.unwrap_or_else(|| {
            self.parts
                .words
                .fill("describe_index", &[("name", &name.text), ("shop", self.shop_name())])
        });
        let page = Page::Collection(ix, number);
        let mut head = self.list_head("listing", page, &name.text, number, Some(description));
        head.section = "products".to_owned();
        let first =
            collection.products.first().and_then(|ix| self.site.product(*ix).photos.first());
        let photo = collection.photo.as_ref().or(first);
        self.add_preview(&mut head, photo, &name.text);
        self.add_trail(&mut head, &steps, &name.text, page);
        self.fill("listing.html", head, &it, Some(depth))
    }

    fn producer(&self, depth: usize, ix: ProducerIx, number: u32) -> Result<String, String> {
        let producer = self.site.producer(ix);
        let is_first = number == 1;
        let name = self.phrase(&producer.name);
        let steps = vec![self.producers_step()];
        let channels = if producer.channels.is_empty() {
            &self.site.order.channels
        } else {
            &producer.channels
        };
        let mut facts = Vec::new();
        self.fact(&mut facts, "place", producer.place.as_ref());
        self.fact(&mut facts, "people", producer.people.as_ref());
        self.facts(&mut facts, "crafts", &producer.crafts);
        self.facts(&mut facts, "speaks", &producer.speaks);
        let it = view::ProducerPage {
            trail: self.trail(&steps),
            name: name.clone(),
            description: self.phrase_of(producer.description.as_ref()),
            facts,
            photo: producer.photo.as_ref().and_then(|photo| self.picture(photo)),
            audio: self.audio(producer.audio.as_ref().filter(|_| is_first)),
            body: if is_first { self.prose(&producer.body) } else { None },
            contact: order::links(channels, None, "contact", &self.parts.words),
            vouches: self.vouches(Page::Producer(ix, 1)),
            own_site: self.own_site(producer),
            count: self.count(producer.products.len()),
            cards_html: self.cards(slice(&producer.products, number))?,
            pager: self.pager(producer.products.len(), number, |n| Page::Producer(ix, n)),
        };
        let description = producer.description.as_ref().map(|text| self.text(text).to_owned());
        let description = description.unwrap_or_else(|| {
            self.parts
                .words
                .fill("describe_index", &[("name", &name.text), ("shop", self.shop_name())])
        });
        let page = Page::Producer(ix, number);
        let mut head = self.list_head("producer", page, &name.text, number, Some(description));
        head.section = "makers".to_owned();
        head.og_type = "profile";
        allow_sound(&mut head, it.audio.as_ref());
        let first = producer.products.first().and_then(|ix| self.site.product(*ix).photos.first());
        let photo = producer.photo.as_ref().or(first);
        self.add_preview(&mut head, photo, &name.text);
        self.add_trail(&mut head, &steps, &name.text, page);
        self.fill("producer.html", head, &it, Some(depth))
    }

    fn design(&self, depth: usize, ix: DesignIx) -> Result<String, String> {
        let design = self.site.design(ix);
        let name = self.phrase(&design.name);
        let steps =
            vec![Step { name: self.phrase_here(self.word("designs")), page: Page::Designs }];
        let it = view::DesignPage {
            trail: self.trail(&steps),
            name: name.clone(),
            description: self.phrase_of(design.description.as_ref()),
            photos: design.photos.iter().filter_map(|photo| self.picture(photo)).collect(),
            facts: self.design_facts(design),
            audio: self.audio(design.audio.as_ref()),
            body: self.prose(&design.body),
            records: record::boxes(self.routes, design, self.locale, &self.linker),
            listings: self.listings(design),
            words: self.design_words(ix),
            vouches: self.vouches(Page::Design(ix, 1)),
            cards_html: self.cards(slice(&design.products, 1))?,
            count: self.count(design.products.len()),
            pager: self.pager(design.products.len(), 1, |n| Page::Design(ix, n)),
        };
        let description = design.description.as_ref().map(|text| self.text(text).to_owned());
        let description = description.unwrap_or_else(|| {
            self.parts
                .words
                .fill("describe_index", &[("name", &name.text), ("shop", self.shop_name())])
        });
        let page = Page::Design(ix, 1);
        let mut head = self.head("design", Some(page), &self.title(&name.text), Some(description));
        head.section = "designs".to_owned();
        head.og_type = "article";
        allow_sound(&mut head, it.audio.as_ref());
        self.add_preview(&mut head, design.photos.first(), &name.text);
        self.add_trail(&mut head, &steps, &name.text, page);
        self.fill("design.html", head, &it, Some(depth))
    }

    /// A later page of the products that carry a design.
    fn carrying(&self, depth: usize, ix: DesignIx, number: u32) -> Result<String, String> {
        let design = self.site.design(ix);
        let name = self.phrase(&design.name);
        let designs = Step { name: self.phrase_here(self.word("designs")), page: Page::Designs };
        let steps = vec![designs, Step { name: name.clone(), page: Page::Design(ix, 1) }];
        let it = view::Listing {
            trail: self.trail(&steps),
            name: name.clone(),
            description: Some(self.phrase_here(self.word("carrying_it"))),
            body: None,
            photo: None,
            event: None,
            count: self.count(design.products.len()),
            terms: Vec::new(),
            finder: None,
            narrow: None,
            cards_html: self.cards(slice(&design.products, number))?,
            pager: self.pager(design.products.len(), number, |n| Page::Design(ix, n)),
        };
        let description = self
            .parts
            .words
            .fill("describe_index", &[("name", &name.text), ("shop", self.shop_name())]);
        let page = Page::Design(ix, number);
        let mut head = self.list_head("listing", page, &name.text, number, Some(description));
        head.section = "designs".to_owned();
        let first = design.products.first().and_then(|ix| self.site.product(*ix).photos.first());
        self.add_preview(&mut head, design.photos.first().or(first), &name.text);
        self.add_trail(&mut head, &steps, self.word("carrying_it"), page);
        self.fill("listing.html", head, &it, Some(depth))
    }

    /// Labels and notices about a design.
    fn design_words(&self, ix: DesignIx) -> Vec<view::DesignWord> {
        let path = format!("/{}", self.routes.dir(LocaleIx::FIRST, Page::Design(ix, 1)));
        let records = self.routes.inputs.evidence.of_design(self.site.design(ix).id.as_str());
        self.speaker().design_words(&path, records)
    }

    /// Whose register a design's record is in, and who lists it too.
    fn listings(&self, design: &Design) -> Vec<view::CrossListing> {
        let speaker = self.speaker();
        let newest = self.routes.inputs.evidence.of_design(design.id.as_str()).next();
        let by_others = newest.into_iter().flat_map(|record| speaker.listed_by(record));
        speaker.listing_of(design).into_iter().chain(by_others).collect()
    }

    fn free(&self, depth: usize, ix: PageIx) -> Result<String, String> {
        let page = &self.site.pages[ix.at()];
        let name = self.phrase(&page.name);
        let is_about = self.routes.lookup.about == Some(ix);
        let is_shipping = self.routes.shipping() == Some(Page::Free(ix));
        let is_privacy = self.routes.lookup.privacy == Some(ix);
        let it = view::Free {
            name: name.clone(),
            description: self.phrase_of(page.description.as_ref()),
            body: self.prose(&page.body),
            makers: Vec::new(),
            photo: None,
            contact: if is_about || is_privacy { self.contact() } else { Vec::new() },
            shipping: is_shipping.then(|| self.shipping_costs()),
            privacy: if is_privacy { self.privacy() } else { Vec::new() },
            charter: None,
        };
        let description = page.description.as_ref().map(|text| self.text(text).to_owned());
        let description = description.unwrap_or_else(|| {
            self.parts
                .words
                .fill("describe_index", &[("name", &name.text), ("shop", self.shop_name())])
        });
        let mut head =
            self.head("free", Some(Page::Free(ix)), &self.title(&name.text), Some(description));
        head.section = page.id.to_string();
        head.og_type = "article";
        self.fill("free.html", head, &it, Some(depth))
    }

    fn about(&self, depth: usize) -> Result<String, String> {
        let site = self.site;
        let shown = self.few(|names| &names.makers, |_| true, HOME_MAKERS).into_iter();
        let it = view::Free {
            name: self
                .phrase_here(&self.parts.words.fill("about_shop", &[("shop", self.shop_name())])),
            description: self.phrase_of(site.description.as_ref().or(site.tagline.as_ref())),
            body: None,
            makers: shown.map(|at| self.maker(ProducerIx(at))).collect(),
            photo: site.cover.as_ref().and_then(|photo| self.picture(photo)),
            contact: self.contact(),
            shipping: None,
            privacy: Vec::new(),
            charter: None,
        };
        let description = site.description.as_ref().or(site.tagline.as_ref());
        let description =
            description.map_or_else(|| it.name.text.clone(), |text| self.text(text).to_owned());
        let mut head = self.head(
            "free",
            Some(Page::About),
            &self.title(self.word("about")),
            Some(description),
        );
        head.section = "about".to_owned();
        self.fill("free.html", head, &it, Some(depth))
    }

    /// The rules in the words that were signed, with who signed them and since when.
    fn charter(&self, depth: usize) -> Result<String, String> {
        let record = self.routes.register.charter().ok_or("there is no charter")?;
        let speaker = self.speaker();
        let said = record.record();
        let facts = said.subject.as_statement().map(|said| speaker.facts(&record.id(), said));
        let signer = speaker.signer(said);
        let dated = speaker.date(record.signed().created());
        let it = view::Free {
            name: speaker.name(said).unwrap_or_else(|| self.phrase_here(self.word("charter"))),
            description: Some(self.phrase_here(
                &self.parts.words.fill("charter_signed", &[("signer", &signer), ("date", &dated)]),
            )),
            body: None,
            makers: Vec::new(),
            photo: None,
            contact: Vec::new(),
            shipping: None,
            privacy: Vec::new(),
            charter: Some(view::CharterBox {
                state: speaker.state(record),
                behind: speaker::here(speaker.behind()),
                facts: facts.unwrap_or_default(),
                criteria: self.criteria_of(record),
                href: self.linker.page(&record::dir(&record.id())),
            }),
        };
        let title = self.title(self.word("charter"));
        let words = self.parts.words.fill("describe_charter", &[("shop", self.shop_name())]);
        let mut head = self.head("free", Some(Page::Charter), &title, Some(words));
        head.section = "charter".to_owned();
        self.fill("free.html", head, &it, Some(depth))
    }

    /// The texts of the criteria that a charter binds, as far as the files with their digests are at hand.
    fn criteria_of(&self, record: &VerifiedRecord) -> Vec<view::CriteriaText> {
        let speaker = self.speaker();
        let statement = record.record().subject.as_statement();
        let all = statement.map(|said| said.list("criteria")).unwrap_or_default();
        let tell = |one: &Value| {
            let digest = one.member("document")?.text("digestSRI")?;
            let digest = Sha256Digest::from_sri(digest)?;
            let source = self.routes.inputs.evidence.document(&digest)?;
            let bytes = self.routes.document(&digest)?;
            let html = std::str::from_utf8(&bytes).ok().map(|text| {
                let text = text.trim_start_matches('\u{feff}');
                match source.ends_with(".md") {
                    true => markdown::to_html(without_fields(text), source, self),
                    false => paragraphs(text),
                }
            });
            let version = one.text("version").unwrap_or_default();
            Some(view::CriteriaText {
                name: party_name(one).and_then(|name| speaker.phrase(&name))?,
                version: speaker.say("criteria_version", &[("version", &plain(version))]),
                text: html.filter(|html| !html.trim().is_empty()).map(|html| view::Prose {
                    html,
                    opens: false,
                    lang: None,
                    dir: None,
                }),
                digest: digest.to_string(),
                href: self.linker.file(&super::document_path(&digest, source)),
            })
        };
        all.iter().filter_map(tell).collect()
    }

    fn speaker(&self) -> Speaker<'_, 'a> {
        Speaker { routes: self.routes, linker: &self.linker, ix: self.locale }
    }

    /// What the register vouches for on a page: certifications and memberships that are in force, and whose they are.
    fn vouches(&self, page: Page) -> Vec<view::Vouch> {
        if self.site.base_url.is_none() {
            return Vec::new();
        }
        let path = format!("/{}", self.routes.dir(LocaleIx::FIRST, page));
        let mut found = self.speaker().vouches(&path);
        if let Page::Producer(ix, _) = page
            && let Some(key) = self.site.producer(ix).signs_as.as_deref()
        {
            found.extend(self.speaker().vouches(key));
        }
        // A design is certified by its record too.
        if let Page::Design(ix, _) = page {
            let records = self.routes.inputs.evidence.of_design(self.site.design(ix).id.as_str());
            let newest = records.map(|record| record.record().uuid.to_urn()).next();
            found.extend(newest.iter().flat_map(|urn| self.speaker().vouches(urn)));
        }
        found
    }

    /// The shop that a member has herself.
    fn own_site(&self, producer: &Producer) -> Option<view::OwnSite> {
        let member = self.site.member(producer.member?);
        let url = member.base_url.as_ref()?;
        Some(view::OwnSite { name: self.phrase(&member.name), href: url.to_string() })
    }

    fn search(&self, depth: usize) -> Result<String, String> {
        let it = view::SearchPage {
            trail: self.trail(&[]),
            finder: self.finder(),
            products_href: self.href(Page::Products(1)),
        };
        let description = self.parts.words.fill("describe_search", &[("shop", self.shop_name())]);
        let title = self.title(self.word("search"));
        let mut head = self.head("search", Some(Page::Search), &title, Some(description));
        head.section = "search".to_owned();
        self.add_sheet(&mut head, &self.routes.finder_css);
        self.add_script(&mut head, ClientScript::Search);
        self.fill("search.html", head, &it, Some(depth))
    }

    /// Where records, badges and numbers are checked.
    fn verify_page(&self, depth: usize) -> Result<String, String> {
        let (routes, speaker) = (self.routes, self.speaker());
        let own = routes.inputs.evidence.identity();
        let host = own.map(|own| crate::provenance::sshsig::principal(&own.base));
        let mut believed: Vec<view::Believed> = Vec::new();
        for signer in verify::signers(routes) {
            // Whoever stands in the list for her address alone is believed for nothing.
            if signer.kinds.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            let kinds = signer.kinds.iter().flatten().map(|kind| {
                Kind::parse(kind).map_or_else(|| self.phrase_here(kind), |kind| speaker.kind(kind))
            });
            let kinds = kinds.collect();
            let why = signer.delegated.map(|it| {
                let [until, as_of] = it.days.map(|at| speaker.date(at));
                // Whoever delegated is named in a row, the first by this site.
                let by = it.by.join(self.word("list_comma"));
                let values = [("by", &*by), ("until", &*until), ("date", &*as_of)];
                self.phrase_here(&self.parts.words.fill("verify_delegated", &values))
            });
            // An issuer with several keys stands in the list once for each.
            let is_told = |one: &view::Believed| {
                one.did == signer.did && one.name == signer.name && one.why == why
            };
            if !believed.iter().any(is_told) {
                believed.push(view::Believed { name: signer.name, did: signer.did, kinds, why });
            }
        }
        let pages = routes.register.pages();
        let newest = pages.iter().rev().take(RECORDS_SHOWN);
        let records = newest.map(|record| view::RecordLink {
            text: speaker.title(record),
            href: self.linker.page(&record::dir(&record.id())),
        });
        let count = pages.len() as u64;
        let brand = match &routes.inputs.site.brand {
            Some(brand) => brand.name.clone(),
            None => Brand::new("LOOM", "ZZ-NOR").expect("letters"),
        };
        // What a number looks like here: a piece that nobody has to have.
        let example = Number {
            brand: Some(brand),
            design: Some(42),
            edition: Some(2),
            serial: Some(17),
            maximum: Some(100),
        };
        let it = view::VerifyPage {
            trail: self.trail(&[]),
            action: format!("{}#records", self.href(Page::Verify)),
            example: example.to_string(),
            address: own.map(|own| format!("{}V/…/", own.base.base_url())),
            command: "selvedge verify FILE --trust trust.toml".to_owned(),
            ssh_command: host.map(|host| {
                format!(
                    "ssh-keygen -Y verify -f allowed_signers -I {host} -n selvedge-record@{host} -s NUMBER.sshsig < NUMBER.json"
                )
            }),
            believed,
            witnesses: routes
                .inputs
                .evidence
                .witnesses()
                .iter()
                .map(|witness| plain(&witness.name))
                .collect(),
            records: records.collect(),
            more_records: (pages.len() > RECORDS_SHOWN).then(|| {
                let (shown, all) = (self.number(RECORDS_SHOWN as u64), self.number(count));
                self.parts.words.fill("verify_records_some", &[("shown", &shown), ("count", &all)])
            }),
            designs_href: (!self.site.designs.is_empty()).then(|| self.href(Page::Designs)),
            data_html: verify::data(routes, self.locale, self.linker.up(), &speaker),
        };
        let description = self.parts.words.fill("describe_verify", &[("shop", self.shop_name())]);
        let title = self.title(self.word("verify"));
        let mut head = self.head("verify", Some(Page::Verify), &title, Some(description));
        head.section = "verify".to_owned();
        self.add_sheet(&mut head, &routes.verify_css);
        self.add_trail(&mut head, &[], self.word("verify"), Page::Verify);
        self.add_script(&mut head, ClientScript::Verify);
        self.fill("verify.html", head, &it, Some(depth))
    }

    // ---- parts of pages ----

    /// A few things of many, the same in every language, in the order of their names in this one.
    fn few(
        &self,
        all: impl Fn(&Names) -> &[u32],
        is_shown: impl Fn(u32) -> bool,
        most: usize,
    ) -> Vec<u32> {
        let first = all(self.routes.in_order(LocaleIx::FIRST)).iter().copied();
        let few: Vec<u32> = first.filter(|at| is_shown(*at)).take(most).collect();
        let here = all(self.routes.in_order(self.locale)).iter().copied();
        here.filter(|at| few.contains(at)).collect()
    }

    fn fill<T: Serialize>(
        &self,
        template: &str,
        mut head: view::Page,
        it: &T,
        depth: Option<usize>,
    ) -> Result<String, String> {
        let kept = depth.and_then(|depth| self.parts.chrome.get(depth).filter(|_| depth < DEPTHS));
        let shop = match kept {
            Some(cell) => cell.get_or_init(|| self.chrome()).clone(),
            None => self.chrome(),
        };
        let shop = shop?;
        head.top_html = self.top(&head, &shop, depth)?;
        let mut context = tera::Context::new();
        context.insert("page", &head);
        context.insert_value("w", self.parts.words.value().clone());
        context.insert_value("shop", shop);
        context.insert("it", it);
        self.routes
            .inputs
            .theme
            .render(template, &context, PAGE_ROOM)
            .map_err(|error| error.to_string())
    }

    /// The top of a page. It is kept for other pages of the same kind, section and depth, unless it leads to other languages.
    fn top(
        &self,
        head: &view::Page,
        shop: &tera::Value,
        depth: Option<usize>,
    ) -> Result<String, String> {
        const TOP: &str = "top.html";
        let theme = self.routes.inputs.theme;
        if !theme.has(TOP) {
            return Ok(String::new());
        }
        let depth = depth.filter(|_| head.languages.is_empty());
        let kept = depth.map(|depth| (depth, head.kind, head.section.clone()));
        let tops = || self.parts.tops.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(html) = kept.as_ref().and_then(|kept| tops().get(kept).cloned()) {
            return Ok(html);
        }
        let page = view::Top {
            kind: head.kind,
            section: head.section.clone(),
            languages: head.languages.clone(),
        };
        let mut context = tera::Context::new();
        context.insert("page", &page);
        context.insert_value("w", self.parts.words.value().clone());
        context.insert_value("shop", shop.clone());
        let html = theme.render(TOP, &context, PART_ROOM).map_err(|error| error.to_string())?;
        if let Some(kept) = kept {
            tops().insert(kept, html.clone());
        }
        Ok(html)
    }

    /// What is the same on all pages of a language and depth, as templates take it.
    fn chrome(&self) -> Result<tera::Value, String> {
        const FOOT: &str = "foot.html";
        let mut shop = self.shop();
        let theme = self.routes.inputs.theme;
        if theme.has(FOOT) {
            let mut context = tera::Context::new();
            context.insert("shop", &shop);
            context.insert_value("w", self.parts.words.value().clone());
            shop.foot_html =
                theme.render(FOOT, &context, PART_ROOM).map_err(|error| error.to_string())?;
        }
        Ok(tera::Value::from_serializable(&shop))
    }

    fn shop(&self) -> view::Shop {
        let site = self.site;
        let mut menu = vec![self.word_link("products", Page::Products(1), "products")];
        if let ([only], true) = (site.producers.as_slice(), site.members.is_empty()) {
            let at = Page::Producer(ProducerIx(0), 1);
            let mut link = self.link(&only.name, at, "makers");
            link.name = self.phrase_here(self.word("the_maker"));
            menu.push(link);
        } else if site.has_several_makers() {
            menu.push(self.word_link("makers", Page::Producers, "makers"));
        }
        // Which entries the menu has is no matter of what a member has.
        if site.designs.iter().any(|design| design.member.is_none()) {
            menu.push(self.word_link("designs", Page::Designs, "designs"));
        }
        let about = self.routes.lookup.about;
        for (at, page) in site.pages.iter().enumerate() {
            let ix = PageIx::of(at);
            if page.in_menu && Some(ix) != about {
                menu.push(self.link(&page.name, Page::Free(ix), page.id.as_str()));
            }
        }
        menu.push(self.word_link("about", self.routes.about(), "about"));
        let mut foot = Vec::new();
        for (at, list) in site.lists.iter().enumerate() {
            if list.kind != ListKind::Maker && site.has_list_page(list) {
                let word = format!("list_{}", list.kind.name());
                foot.push(self.word_link(&word, Page::Terms(ListIx::of(at)), list.kind.name()));
            }
        }
        if !site.collections.is_empty() {
            foot.push(self.word_link("collections", Page::Collections, "collections"));
        }
        if let Some(page @ Page::Charter) = self.routes.charter() {
            foot.push(self.word_link("charter", page, "charter"));
        }
        if verify::is_there(self.routes) {
            foot.push(self.word_link("verify", Page::Verify, "verify"));
        }
        if let Some(page @ Page::Shipping) = self.routes.shipping() {
            foot.push(self.word_link("shipping", page, "shipping"));
        }
        for (at, page) in site.pages.iter().enumerate() {
            let ix = PageIx::of(at);
            if !page.in_menu && Some(ix) != about {
                foot.push(self.link(&page.name, Page::Free(ix), page.id.as_str()));
            }
        }
        if self.routes.lookup.privacy.is_none() {
            foot.push(self.word_link("privacy", Page::Privacy, "privacy"));
        }
        view::Shop {
            name: self.phrase(&site.name),
            tagline: self.phrase_of(site.tagline.as_ref()),
            home: self.href(Page::Home),
            list: self.list_link(),
            search: self.href(Page::Search),
            menu,
            foot,
            notice: self.phrase_of(site.notice.as_ref()),
            audience: self.audience_notice(),
            contact: self.contact(),
            foot_html: String::new(),
        }
    }

    fn contact(&self) -> Vec<view::OrderLink> {
        order::links(&self.site.order.channels, None, "contact", &self.parts.words)
    }

    fn head(
        &self,
        kind: &'static str,
        page: Option<Page>,
        title: &str,
        description: Option<String>,
    ) -> view::Page {
        let routes = self.routes;
        let site = self.site;
        let many = site.locales.len() > 1;
        let has_address = site.base_url.is_some();
        let alternates = page.filter(|_| many && has_address).map_or_else(Vec::new, |page| {
            let all = sitemap::alternates(routes, page);
            all.into_iter().map(|(lang, href)| view::Alternate { lang, href }).collect()
        });
        let languages = site.locale_ixs().map(|ix| {
            let locale = site.locale(ix);
            view::Language {
                name: locale.own_name().to_owned(),
                tag: locale.tag().to_owned(),
                dir: super::direction(locale.direction()),
                href: self.linker.page(&routes.dir(ix, page.unwrap_or(Page::Home))),
                is_current: ix == self.locale,
            }
        });
        let is_served = routes.inputs.links == super::LinkStyle::Pretty;
        let mut head = view::Page {
            kind,
            section: String::new(),
            lang: site.locale(self.locale).tag().to_owned(),
            dir: self.parts.direction,
            title: title.to_owned(),
            description,
            canonical: page.and_then(|page| self.absolute(page)),
            alternates,
            languages: if many { languages.collect() } else { Vec::new() },
            is_indexed: site.audience == Audience::Public,
            csp: policy(routes.inputs.links, false),
            css: self.linker.file(&routes.css.path),
            integrity: is_served.then(|| routes.css.integrity.clone()),
            sheets: Vec::new(),
            // From a folder browsers take no font before its style sheet asks, and load it twice.
            fonts: routes
                .style
                .fonts
                .iter()
                .filter(|font| is_served && font.is_first_in(site.locale(self.locale)))
                .map(|font| self.linker.file(&format!("assets/{}", font.name)))
                .collect(),
            scripts: Vec::new(),
            icon: self.linker.file(&routes.icon_path),
            json_ld_html: Vec::new(),
            image: None,
            image_facts: None,
            feeds: feed::links(self),
            og_type: "website",
            up: self.linker.up().to_owned(),
            grounds: routes.style.grounds.clone(),
            top_html: String::new(),
        };
        if super::basket::is_open(site) {
            self.add_script(&mut head, ClientScript::List);
        }
        head
    }

    /// Adds a style sheet to those that a page needs before that of all pages.
    fn add_sheet(&self, head: &mut view::Page, sheet: &StaticFile) {
        let is_served = self.routes.inputs.links == LinkStyle::Pretty;
        head.sheets.push(view::Sheet {
            href: self.linker.file(&sheet.path),
            integrity: is_served.then(|| sheet.integrity.clone()),
        });
    }

    /// Adds a script to a page and allows it.
    fn add_script(&self, head: &mut view::Page, script: ClientScript) {
        let links = self.routes.inputs.links;
        let (file, _) = &self.routes.scripts[script as usize];
        head.scripts.push(view::Script {
            src: self.linker.file(&file.path),
            integrity: (links == LinkStyle::Pretty).then(|| file.integrity.clone()),
        });
        head.csp = policy(links, true);
    }

    fn finder(&self) -> view::Finder {
        let facets = self.routes.search.facets.iter().map(|facet| {
            let mut unordered: Vec<_> = facet.terms(self.site).into_iter().map(Some).collect();
            let count = unordered.len();
            let order = facet.order(self.routes, self.locale).iter();
            let mut terms: Vec<_> = order.filter_map(|at| unordered[*at as usize].take()).collect();
            if count > FACET_LINKS {
                let mut counts: Vec<usize> = terms.iter().map(|term| term.count).collect();
                counts.sort_unstable_by(|a, b| b.cmp(a));
                let least = counts[FACET_LINKS - 1];
                terms.retain(|term| term.count >= least);
                terms.truncate(FACET_LINKS);
            }
            let shown = terms.into_iter().filter(|term| term.count > 0);
            view::Facet {
                key: facet.key,
                name: self.word(&facet.word()).to_owned(),
                all: facet
                    .page(self.site)
                    .filter(|_| count > FACET_LINKS)
                    .map(|page| self.href(page)),
                terms: shown
                    .map(|term| view::FacetTerm {
                        id: term.id.to_owned(),
                        name: self.phrase_in(term.name(self.routes, self.locale)),
                        href: self.href(term.page),
                        count: self.parts.money.number(term.count as u64, 0),
                    })
                    .collect(),
            }
        });
        view::Finder {
            action: self.href(Page::Search),
            up: self.linker.up().to_owned(),
            index: self.site.locale(self.locale).tag().to_owned(),
            facets: facets.collect(),
        }
    }

    /// The page of the search with a term chosen, for lists of several pages.
    fn narrow(&self, key: &str, id: &str, count: usize) -> Option<String> {
        let has_facet = self.routes.search.facets.iter().any(|facet| facet.key == key);
        (has_facet && count > PAGE_SIZE).then(|| format!("{}?{key}={id}", self.href(Page::Search)))
    }

    fn list_head(
        &self,
        kind: &'static str,
        page: Page,
        name: &str,
        number: u32,
        description: Option<String>,
    ) -> view::Page {
        let name = if number == 1 {
            name.to_owned()
        } else {
            let number = self.number(number);
            format!("{name} · {}", self.parts.words.fill("page_number", &[("number", &number)]))
        };
        self.head(kind, Some(page), &self.title(&name), description)
    }

    fn title(&self, name: &str) -> String {
        format!("{name} · {}", self.shop_name())
    }

    fn trail(&self, steps: &[Step]) -> Vec<view::Link> {
        let home = view::Link {
            name: self.phrase_here(self.word("home")),
            href: self.href(Page::Home),
            section: String::new(),
        };
        let others = steps.iter().map(|step| view::Link {
            name: step.name.clone(),
            href: self.href(step.page),
            section: String::new(),
        });
        std::iter::once(home).chain(others).collect()
    }

    /// Adds the trail as structured data, if the site has an address.
    fn add_trail(&self, head: &mut view::Page, steps: &[Step], name: &str, page: Page) {
        let home = (self.word("home").to_owned(), Page::Home);
        let between = steps.iter().map(|step| (step.name.text.clone(), step.page));
        let all = std::iter::once(home).chain(between).chain([(name.to_owned(), page)]);
        let all: Option<Vec<(String, String)>> =
            all.map(|(name, page)| Some((name, self.absolute(page)?))).collect();
        if let Some(all) = all {
            head.json_ld_html.push(jsonld::script(&jsonld::Breadcrumbs::new(all)));
        }
    }

    fn products_step(&self) -> Step {
        Step { name: self.phrase_here(self.word("products")), page: Page::Products(1) }
    }

    fn producers_step(&self) -> Step {
        Step { name: self.phrase_here(self.word("makers")), page: Page::Producers }
    }

    fn pager(&self, count: usize, number: u32, page: impl Fn(u32) -> Page) -> Option<view::Pager> {
        let last = page_count(count);
        if last == 1 {
            return None;
        }
        let pages = pager_numbers(number, last);
        let pages = pages.into_iter().map(|n| {
            n.map(|n| view::PageLink {
                number: self.number(n),
                href: self.href(page(n)),
                is_current: n == number,
            })
        });
        let (shown, of) = (self.number(number), self.number(last));
        Some(view::Pager {
            text: self.parts.words.fill("page_of", &[("number", &shown), ("count", &of)]),
            previous: (number > 1).then(|| self.href(page(number - 1))),
            next: (number < last).then(|| self.href(page(number + 1))),
            pages: pages.collect(),
        })
    }

    /// Ready cards for a slice of products.
    fn cards(&self, products: &[ProductIx]) -> Result<String, String> {
        let mut out = String::new();
        for ix in products.iter().take(PAGE_SIZE) {
            for (at, part) in self.card(*ix)?.split(UP_SIGN).enumerate() {
                if at > 0 {
                    out.push_str(self.linker.up());
                }
                out.push_str(part);
            }
        }
        Ok(out)
    }

    /// The card of a product; [`UP`] stands for the way to the root.
    fn card(&self, ix: ProductIx) -> Result<&'r str, String> {
        let cell = &self.parts.cards[ix.at()];
        match cell.get_or_init(|| self.card_html(ix)) {
            Ok(card) => Ok(card),
            Err(error) => Err(error.clone()),
        }
    }

    fn card_html(&self, ix: ProductIx) -> Result<Box<str>, String> {
        let marked = self.marked();
        let product = self.site.product(ix);
        let mut makers = product.made_by.iter().map(|ix| &self.site.producer(*ix).name);
        let maker = match product.made_by.len() {
            0 | 1 => makers.next().map(|name| marked.phrase(name)),
            // All of them made it.
            _ => {
                let names: Vec<&str> = makers.map(|name| self.text(name)).collect();
                Some(self.phrase_here(&names.join(self.word("list_comma"))))
            }
        };
        let note = match product.availability {
            _ if !product.is_for_sale() => Some(self.word("not_for_sale").to_owned()),
            Availability::SoldOut => Some(self.word("sold_out").to_owned()),
            Availability::OneOfAKind => Some(self.word("one_of_a_kind").to_owned()),
            _ => None,
        };
        let card = view::Card {
            href: marked.href(Page::Product(ix)),
            name: marked.phrase(&product.name),
            price: marked.price(product.price),
            maker: maker.filter(|_| self.site.has_several_makers()),
            photo: product.photos.iter().find_map(|photo| marked.picture(photo)),
            note,
        };
        let mut context = tera::Context::new();
        context.insert("card", &card);
        context.insert_value("w", self.parts.words.value().clone());
        let html = self.routes.inputs.theme.render("card.html", &context, PART_ROOM);
        html.map(String::into_boxed_str).map_err(|error| error.to_string())
    }

    fn maker(&self, ix: ProducerIx) -> view::Maker {
        let producer = self.site.producer(ix);
        view::Maker {
            name: self.phrase(&producer.name),
            href: self.href(Page::Producer(ix, 1)),
            place: self.phrase_of(producer.place.as_ref()),
            people: self.phrase_of(producer.people.as_ref()),
            description: self.phrase_of(producer.description.as_ref()),
            photo: producer.photo.as_ref().and_then(|photo| self.picture(photo)),
        }
    }

    fn design_tile(&self, ix: DesignIx) -> view::Tile {
        let design = self.site.design(ix);
        view::Tile {
            name: self.phrase(&design.name),
            href: self.href(Page::Design(ix, 1)),
            description: self.phrase_of(design.description.as_ref()),
            note: self.phrase_of(design.holder.as_ref()),
            photo: design.photos.iter().find_map(|photo| self.picture(photo)),
        }
    }

    /// A photograph of one of these products, if it can be one that no tile beside it shows.
    fn unlike<'s>(
        &'s self,
        products: &[ProductIx],
        shown: &mut HashSet<&'s str>,
    ) -> Option<&'s PhotoRef> {
        let photos = || {
            let first = products.iter().take(PAGE_SIZE);
            first
                .filter_map(|ix| self.site.product(*ix).photos.first())
                .filter(|photo| self.picture(photo).is_some())
        };
        let photo =
            photos().find(|photo| !shown.contains(&*photo.path)).or_else(|| photos().next())?;
        shown.insert(&photo.path);
        Some(photo)
    }

    /// When and where the event of a collection is.
    fn event(&self, collection: &Collection) -> Option<Phrase> {
        let days = collection.days.map(|(from, until)| {
            let (first, last) = (self.parts.dates.marked(from), self.parts.dates.marked(until));
            if from == until {
                first
            } else {
                self.parts.words.fill("event_days", &[("from", &first), ("until", &last)])
            }
        });
        let place = collection.place.as_ref().map(|place| self.phrase(place).within());
        let told: Vec<String> = days.into_iter().chain(place).collect();
        (!told.is_empty())
            .then(|| self.phrase_here(&self.labelled(self.word("event_when"), &told.join(" · "))))
    }

    fn collection_tile<'s>(&'s self, ix: CollectionIx, shown: &mut HashSet<&'s str>) -> view::Tile {
        let collection = &self.site.collections[ix.at()];
        let own = collection.photo.as_ref();
        shown.extend(own.map(|photo| &*photo.path));
        let photo = own.or_else(|| self.unlike(&collection.products, shown));
        view::Tile {
            name: self.phrase(&collection.name),
            href: self.href(Page::Collection(ix, 1)),
            description: self.phrase_of(collection.description.as_ref()),
            note: self
                .event(collection)
                .or_else(|| Some(self.phrase_here(&self.count(collection.products.len())))),
            photo: photo.and_then(|photo| self.picture(photo)),
        }
    }

    /// With what tiles beside it show; without, it has no picture.
    fn term_tile<'s>(
        &'s self,
        list: ListIx,
        at: TermIx,
        term: &Term,
        shown: Option<&mut HashSet<&'s str>>,
    ) -> view::Tile {
        let is_pictured = shown.is_some();
        let photo = shown.and_then(|shown| self.unlike(&term.products, shown));
        view::Tile {
            name: self.term_name(self.site.list(list).kind, term),
            href: self.href(Page::Term(list, at, 1)),
            description: self.phrase_of(term.description.as_ref().filter(|_| is_pictured)),
            note: Some(self.phrase_here(&self.count(term.products.len()))),
            photo: photo.and_then(|photo| self.picture(photo)),
        }
    }

    /// Kinds of product are words of ours; all other terms are the maker's.
    pub(super) fn term_name(&self, kind: ListKind, term: &Term) -> Phrase {
        let is_kind = ProductKind::ALL.iter().any(|(_, name)| *name == term.id.as_str());
        if kind == ListKind::Kind && is_kind {
            return self.phrase_here(self.word(&format!("kind_{}", term.id)));
        }
        self.phrase(&term.name)
    }

    pub(super) fn price(&self, price: Price) -> Option<String> {
        let money = &self.parts.money;
        Some(match price {
            Price::Fixed(amount) => money.format(amount),
            Price::Range(range) => {
                let (low, high) = (money.format(range.low), money.format(range.high));
                self.parts.words.fill("price_range", &[("low", &low), ("high", &high)])
            }
            Price::OnRequest => self.word("price_on_request").to_owned(),
        })
    }

    fn design_facts(&self, design: &Design) -> Vec<view::Fact> {
        let mut out = Vec::new();
        self.fact(&mut out, "holder", design.holder.as_ref());
        self.fact(&mut out, "designed_by", design.designed_by.as_ref());
        self.fact(&mut out, "place", design.place.as_ref());
        self.fact(&mut out, "said_to_date_from", design.said_to_date_from.as_ref());
        self.facts(&mut out, "motifs", &design.motifs);
        self.fact(&mut out, "technique", design.technique.as_ref());
        self.facts(&mut out, "materials", &design.materials);
        self.fact(&mut out, "attribution", design.attribution.as_ref());
        self.fact(&mut out, "not_claimed", design.not_claimed.as_ref());
        self.fact(&mut out, "also_used_by", design.also_used_by.as_ref());
        out
    }

    fn fact(&self, out: &mut Vec<view::Fact>, word: &str, text: Option<&Text>) {
        if let Some(text) = text {
            let values = vec![self.phrase(text).into()];
            out.push(view::Fact::new(self.word(word).to_owned(), values));
        }
    }

    fn facts(&self, out: &mut Vec<view::Fact>, word: &str, texts: &[Text]) {
        if !texts.is_empty() {
            let values = texts.iter().map(|text| self.phrase(text).into()).collect();
            out.push(view::Fact::new(self.word(word).to_owned(), values));
        }
    }

    fn count(&self, count: usize) -> String {
        let shown = self.parts.money.number(count as u64, 0);
        self.parts.words.count("count_products", count as u64, &[("count", &shown)])
    }

    /// A whole number as the language writes it.
    pub(super) fn number(&self, number: impl Into<u64>) -> String {
        self.parts.money.number(number.into(), 0)
    }

    /// A sentence that counts, in the plural form of its number; `place` is where the number stands.
    pub(super) fn counted(&self, word: &str, place: &str, number: u32) -> String {
        self.parts.words.count(word, number.into(), &[(place, &self.number(number))])
    }

    /// A label with what it labels, as the language puts them together.
    pub(super) fn labelled(&self, label: &str, value: &str) -> String {
        self.parts.words.fill("label_value", &[("label", label), ("value", value)])
    }

    // ---- texts, links, pictures ----

    pub(super) fn word<'w>(&'w self, name: &'w str) -> &'w str {
        self.parts.words.get(name)
    }

    pub(super) fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.shown(self.locale).value
    }

    pub(super) fn shop_name(&self) -> &'a str {
        self.site.name.shown(self.locale).value
    }

    pub(super) fn phrase(&self, text: &Text) -> Phrase {
        let shown = text.shown(self.locale);
        self.phrase_in((shown.value, (!shown.is_translated).then_some(shown.locale)))
    }

    /// A text with its language, if that is not the language of the page.
    fn phrase_in(&self, (text, other): (&str, Option<LocaleIx>)) -> Phrase {
        let other = other.map(|other| self.site.locale(other));
        Phrase {
            text: plain(text),
            lang: other.map(|locale| locale.tag().to_owned()),
            dir: other.map(|locale| super::direction(locale.direction())),
            parts: Vec::new(),
        }
    }

    fn phrase_of(&self, text: Option<&Text>) -> Option<Phrase> {
        text.map(|text| self.phrase(text))
    }

    fn phrase_here(&self, text: &str) -> Phrase {
        Phrase::here(plain(text))
    }

    pub(super) fn prose(&self, prose: &Prose) -> Option<view::Prose> {
        let shown = prose.shown(self.locale)?;
        let from = self.site.sources.path(shown.value.file);
        let html = markdown::to_html(self.site.markdown(shown.value), from, self);
        self.told(prose, html)
    }

    /// The story of a product.
    pub(super) fn story(&self, ix: ProductIx) -> Option<view::Prose> {
        self.told(&self.site.product(ix).body, story::html(self, ix))
    }

    /// A text that was made into HTML, with its language.
    fn told(&self, prose: &Prose, html: String) -> Option<view::Prose> {
        if html.trim().is_empty() {
            return None;
        }
        let shown = prose.shown(self.locale)?;
        let other = (!shown.is_translated).then(|| self.site.locale(shown.locale));
        Some(view::Prose {
            opens: opens(&html),
            html,
            lang: other.map(|locale| locale.tag().to_owned()),
            dir: other.map(|locale| super::direction(locale.direction())),
        })
    }

    pub(super) fn href(&self, page: Page) -> String {
        self.linker.page(&self.routes.dir(self.locale, page))
    }

    pub(super) fn absolute(&self, page: Page) -> Option<String> {
        let base = self.site.base_url.as_ref()?;
        Some(base.join(&self.routes.dir(self.locale, page)))
    }

    fn link(&self, name: &Text, page: Page, section: &str) -> view::Link {
        view::Link { name: self.phrase(name), href: self.href(page), section: section.to_owned() }
    }

    fn word_link(&self, word: &str, page: Page, section: &str) -> view::Link {
        let name = self.phrase_here(self.word(word));
        view::Link { name, href: self.href(page), section: section.to_owned() }
    }

    pub(super) fn picture(&self, photo: &PhotoRef) -> Option<Picture> {
        let found = self.routes.inputs.photos.photo(&photo.path)?;
        let alt = photo.alt.as_ref().map(|text| text.shown(self.locale));
        let other = alt.filter(|alt| !alt.is_translated).map(|alt| self.site.locale(alt.locale));
        let mut picture = picture(found, &self.linker)?;
        picture.alt = alt.map_or_else(String::new, |alt| plain(alt.value));
        picture.alt_lang = other.map(|locale| locale.tag().to_owned());
        Some(picture)
    }

    /// A recording with what can be told of it before it plays.
    fn audio(&self, audio: Option<&AudioRef>) -> Option<view::Audio> {
        const MEGABYTE: u64 = 1 << 20;
        let audio = audio?;
        let sound = self.routes.inputs.photos.sound(&audio.path)?;
        let words = &self.parts.words;
        let minutes = self.counted("audio_minutes", "count", sound.seconds.div_ceil(60).max(1));
        // In tenths of a megabyte, so that nothing is without a weight.
        let tenths = (sound.len_bytes * 10).div_ceil(MEGABYTE).max(1);
        let size = words.fill("megabytes", &[("count", &self.parts.money.number(tenths, 1))]);
        let size = size.replace(' ', "\u{a0}");
        Some(view::Audio {
            src: self.linker.file(&format!("sounds/{}", sound.name)),
            mime: sound.media_type,
            facts: words.fill("audio_facts", &[("minutes", &minutes), ("size", &size)]),
            words: self.phrase_of(audio.words.as_ref()),
        })
    }

    /// The rendition of a photograph for search engines and feeds: the JPEG nearest to what they ask for.
    fn large(&self, photo: &PhotoRef) -> Option<&'r Rendition> {
        const WANTED_PX: u32 = 1200;
        let photo = self.routes.inputs.photos.photo(&photo.path)?;
        // Neither previews nor search engines take drawings.
        let is_usual = |format| !matches!(format, PhotoFormat::WebP | PhotoFormat::Svg);
        let all = photo.renditions.iter().filter(|r| is_usual(r.format));
        all.min_by_key(|r| r.width_px.abs_diff(WANTED_PX))
    }

    /// Its absolute address.
    pub(super) fn absolute_photo(&self, photo: Option<&PhotoRef>) -> Option<String> {
        let base = self.site.base_url.as_ref()?;
        Some(base.join(&format!("photos/{}", self.large(photo?)?.name)))
    }

    /// Gives a page its picture for link previews: the one made for that, or else the photograph.
    fn add_preview(&self, head: &mut view::Page, photo: Option<&PhotoRef>, name: &str) {
        let Some((base, photo)) = self.site.base_url.as_ref().zip(photo) else { return };
        let made = self.routes.inputs.photos.photo(&photo.path);
        let made = made.and_then(|photo| photo.preview.as_ref());
        let Some(file) = made.or_else(|| self.large(photo)) else { return };
        let alt = photo.alt.as_ref().map_or(name, |alt| self.text(alt));
        head.image = Some(base.join(&format!("photos/{}", file.name)));
        head.image_facts = Some(view::ImageFacts {
            width: file.width_px,
            height: file.height_px,
            alt: plain(alt),
        });
    }
}

impl Surroundings for Place<'_, '_> {
    fn page(&self, path: &str) -> Option<String> {
        self.routes.page_of_source(path).map(|page| self.href(page))
    }

    fn photo(&self, path: &str) -> Option<Picture> {
        picture(self.routes.inputs.photos.photo(path)?, &self.linker)
    }

    fn root(&self, from: &str) -> &str {
        self.site.root_of(from)
    }
}

/// A text of Markdown without the fields that begin it.
fn without_fields(text: &str) -> &str {
    let is_mark = |line: &str| line.trim_end() == "+++";
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        at += line.len();
        match (number, is_mark(line)) {
            (0, false) => return text,
            (1.., true) => return &text[at..],
            _ => {}
        }
    }
    text
}

/// A plain text as HTML: paragraphs where an empty line parts them, and its lines as they are.
fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain(std::iter::once("")) {
        if !line.trim().is_empty() {
            lines.push(line.trim_end());
        } else if !lines.is_empty() {
            let shown: Vec<String> = lines.drain(..).map(markdown::escape).collect();
            out.push_str(&format!("<p>{}</p>\n", shown.join("<br>\n")));
        }
    }
    out
}

/// Whether a text opens with a paragraph that fills several lines.
fn opens(html: &str) -> bool {
    const LETTERS: usize = 120;
    let Some((first, _)) = html.trim_start().strip_prefix("<p>").and_then(|p| p.split_once("</p>"))
    else {
        return false;
    };
    let mut is_tag = false;
    let letters = first.chars().filter(|c| {
        let is_letter = !is_tag && *c != '<';
        is_tag = (is_tag && *c != '>') || *c == '<';
        is_letter
    });
    letters.take(LETTERS).count() == LETTERS
}

/// A photograph with its sizes, no words yet.
fn picture(photo: &Photo, linker: &Linker) -> Option<Picture> {
    /// The width for browsers without `srcset`.
    const MIDDLE_PX: u32 = 800;
    let srcset = |format: PhotoFormat| {
        let all = photo.renditions.iter().filter(|r| r.format == format);
        all.map(|r| format!("{} {}w", linker.file(&format!("photos/{}", r.name)), r.width_px))
            .collect::<Vec<String>>()
            .join(", ")
    };
    let is_fallback = |format: PhotoFormat| format != PhotoFormat::WebP;
    let fallback = photo.renditions.iter().map(|r| r.format).find(|format| is_fallback(*format))?;
    let of_fallback = || photo.renditions.iter().filter(|r| r.format == fallback);
    let middle =
        of_fallback().find(|r| r.width_px >= MIDDLE_PX).or_else(|| of_fallback().next_back())?;
    let full = of_fallback().next_back()?;
    let webp = srcset(PhotoFormat::WebP);
    let sources = (!webp.is_empty()).then_some(view::Source { mime: "image/webp", srcset: webp });
    // Slightly off square still reads as square.
    let shape = if full.width_px * 10 >= full.height_px * 12 {
        "wide"
    } else if full.height_px * 10 >= full.width_px * 12 {
        "tall"
    } else {
        "square"
    };
    Some(Picture {
        src: linker.file(&format!("photos/{}", middle.name)),
        full: linker.file(&format!("photos/{}", full.name)),
        srcset: srcset(fallback),
        sources: sources.into_iter().collect(),
        width: full.width_px,
        height: full.height_px,
        alt: String::new(),
        alt_lang: None,
        ground: photo.colour.map_or_else(String::new, ground_class),
        shape,
    })
}

/// The products of one page of a list.
fn slice(products: &[ProductIx], number: u32) -> &[ProductIx] {
    let from = (PAGE_SIZE * (number as usize - 1)).min(products.len());
    &products[from..(from + PAGE_SIZE).min(products.len())]
}

/// First, last, and those near the page; none where some are left out.
fn pager_numbers(number: u32, last: u32) -> Vec<Option<u32>> {
    let reach = u32::try_from(PAGER_REACH).expect("a small number");
    let near = number.saturating_sub(reach).max(1)..=(number + reach).min(last);
    let mut out = Vec::new();
    let mut before = 0;
    for n in std::iter::once(1).chain(near).chain([last]) {
        if n <= before {
            continue;
        }
        match n - before {
            1 => {}
            // A gap of one is that page.
            2 => out.push(Some(n - 1)),
            _ => out.push(None),
        }
        out.push(Some(n));
        before = n;
    }
    out
}

/// A text without control characters (they have no place on a page, and [`UP`] is one).
pub(super) fn plain(text: &str) -> String {
    if text.contains(|c: char| c.is_control()) {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_shows_the_ends_and_what_is_near() {
        let table: [(u32, u32, &str); 6] = [
            (1, 2, "1 2"),
            (1, 5, "1 2 … 5"),
            (3, 5, "1 2 3 4 5"),
            (5, 9, "1 … 4 5 6 … 9"),
            (4, 7, "1 2 3 4 5 6 7"),
            (417, 417, "1 … 416 417"),
        ];
        for (number, last, expected) in table {
            let shown: Vec<String> = pager_numbers(number, last)
                .into_iter()
                .map(|n| n.map_or_else(|| "…".to_owned(), |n| n.to_string()))
                .collect();
            assert_eq!(shown.join(" "), expected, "{number} of {last}");
        }
    }

    #[test]
    fn pages_of_a_list_hold_each_product_once() {
        for count in [0, 1, 24, 25, 48, 49] {
            let products: Vec<ProductIx> = (0..count).map(ProductIx::of).collect();
            let pages: Vec<&[ProductIx]> =
                (1..=page_count(count)).map(|n| slice(&products, n)).collect();
            assert_eq!(pages.len(), count.div_ceil(24).max(1), "{count}");
            assert_eq!(pages.concat(), products, "{count}");
        }
    }

    #[test]
    fn srcset_names_every_width_of_a_format() {
        let rendition = |name: &str, format, width_px| super::super::Rendition {
            name: name.to_owned(),
            format,
            width_px,
            height_px: width_px * 3 / 4,
        };
        let photo = Photo {
            width_px: 1600,
            height_px: 1200,
            colour: Some([140, 90, 60]),
            renditions: vec![
                rendition("a-400.jpg", PhotoFormat::Jpeg, 400),
                rendition("a-400.webp", PhotoFormat::WebP, 400),
                rendition("a-1600.jpg", PhotoFormat::Jpeg, 1600),
                rendition("a-1600.webp", PhotoFormat::WebP, 1600),
            ],
            preview: None,
        };
        let linker = Linker::new("products/a/", super::super::LinkStyle::Pretty);
        let picture = picture(&photo, &linker).expect("a picture");
        assert_eq!(picture.srcset, "../../photos/a-400.jpg 400w, ../../photos/a-1600.jpg 1600w");
        assert_eq!(
            picture.sources[0].srcset,
            "../../photos/a-400.webp 400w, ../../photos/a-1600.webp 1600w"
        );
        assert_eq!(picture.src, "../../photos/a-1600.jpg");
        assert_eq!((picture.width, picture.height, picture.shape), (1600, 1200, "wide"));
        assert_eq!(picture.ground, "p25");
    }

    #[test]
    fn control_characters_never_reach_a_page() {
        assert_eq!(plain("a\u{1}b\nc"), "a b c");
        assert_eq!(plain("Šál"), "Šál");
    }
}
