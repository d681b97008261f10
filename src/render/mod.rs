//! `Site` + `Evidence` + photographs + theme to `Routes`: every path of the output and a way of
//! making its bytes.
//!
//! Laying out the routes renders nothing. [`Routes::bytes`] is a pure function: it reads no disk,
//! clock, environment or random source, so the same inputs give the same bytes, in any order and at
//! any thread count. Bytes of photographs and of signed files come
//! through traits. Pages state of records only what a [`VerifiedRecord`] holds.
//!
//! Lists are bounded slices: no page holds more than [`PAGE_SIZE`] products, and the card of a
//! product is rendered once for each language and then borrowed by every list.

mod badge;
mod basket;
mod feed;
mod identifier;
mod jsonld;
mod link;
mod listing;
mod markdown;
mod media_type;
mod names;
mod order;
mod page;
mod parcel;
mod photos;
mod qr;
mod record;
mod register;
pub(crate) mod search;
mod sitemap;
mod speaker;
mod story;
pub mod tag_sheet;
mod tags;
mod verify;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, OnceLock};

use jiff::Timestamp;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

pub use badge::{MAX_PAGES, SheetSize};
pub use basket::GoodsFile;
pub use feed::Feed;
pub(crate) use feed::guarded;
pub use link::{LinkStyle, SitePath};
pub use media_type::media_type;
pub use photos::{Photo, PhotoBytes, PhotoFormat, Photos, Rendition, Sound};
pub use search::SearchFile;
pub use tags::CodesFile;
pub use verify::VerifyFile;

use crate::check::Site;
use crate::diag::Span;
use crate::evidence::{Evidence, PublicFile};
use crate::model::{
    CollectionIx, Date, DateFormatter, DesignIx, Direction, ListIx, ListKind, LocaleIx, Member,
    MoneyFormatter, PageIx, ProducerIx, ProductIx, TermIx,
};
use crate::provenance::files::Files;
use crate::provenance::log::head_list;
use crate::provenance::openbadge;
use crate::provenance::record::Sha256Digest;
use crate::theme::{ClientScript, Style, Theme, Words, script};

/// The most products on one page of a list.
pub const PAGE_SIZE: usize = 24;

/// What pages are made from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The storefront.
    pub site: &'a Site,
    /// What was signed, verified.
    pub evidence: &'a Evidence,
    /// The site's folder, for what is published byte for byte: records, log, identity.
    pub signed: &'a (dyn Files + Sync),
    /// Its photographs.
    pub photos: &'a Photos,
    /// Templates and words.
    pub theme: &'a Theme,
    /// The time of the build.
    pub at: Timestamp,
    /// How links are written.
    pub links: LinkStyle,
}

impl fmt::Debug for Inputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site: _, evidence: _, signed: _, photos, theme: _, at, links } = self;
        f.debug_struct("Inputs")
            .field("photos", photos)
            .field("at", at)
            .field("links", links)
            .finish_non_exhaustive()
    }
}

/// What stands at a path of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A page in a language.
    Page(LocaleIx, Page),
    /// The page for addresses that do not exist: that of the root says it in every language.
    Missing(LocaleIx),
    /// One file of the style, a script or a picture of the theme.
    Asset(Asset),
    /// What search and facets are answered from.
    Search(SearchFile),
    /// What the order list needs to know of some products.
    Goods(GoodsFile),
    /// What the page looks things up in where records are checked.
    Verify(VerifyFile),
    /// A rendition of a photograph, by its place among all.
    Photo(u32),
    /// A recording, by its place among all.
    Sound(u32),
    /// The page of a record, by its place among all.
    Record(u32),
    /// What stays of a record whose content was taken back, by its place among all.
    Tombstone(u32),
    /// A full identifier as an address, which leads to a record, by its place among all.
    Identifier(u32),
    /// A picture of what the register vouches for, by its place among all.
    Badge(u32),
    /// The Open Badge that was exported of a record that has badges, by its place among these.
    OpenBadge(u32),
    /// A file that was signed or belongs to the log or the identity, as it stands, by its place
    /// among all.
    Signed(u32),
    /// A document that the charter binds, byte for byte, by its place among those at hand.
    Document(u32),
    /// What is published of check codes of tags.
    Codes(CodesFile),
    /// The list of the kept heads, for readers who cannot list a folder.
    HeadList,
    /// The map of the site for search engines, or the index of its parts.
    Sitemap,
    /// A part of a map that is too large for one file, from 0.
    SitemapPart(u32),
    /// What search engines may read.
    Robots,
    /// The products for a program, in a language.
    Feed(LocaleIx, Feed),
}

impl Route {
    /// Tells whether it is made from the texts of the site and of its theme alone.
    #[must_use]
    pub fn is_of_texts(self) -> bool {
        match self {
            Self::Page(..)
            | Self::Missing(_)
            | Self::Search(_)
            | Self::Goods(_)
            | Self::Sitemap
            | Self::SitemapPart(_)
            | Self::Robots
            | Self::Feed(..) => true,
            Self::Verify(_)
            | Self::Asset(_)
            | Self::Photo(_)
            | Self::Sound(_)
            | Self::Record(_)
            | Self::Tombstone(_)
            | Self::Identifier(_)
            | Self::Badge(_)
            | Self::OpenBadge(_)
            | Self::Signed(_)
            | Self::Document(_)
            | Self::Codes(_)
            | Self::HeadList => false,
        }
    }

    /// Tells whether it is made from all products at once, which takes longer than a page.
    #[must_use]
    pub fn is_of_all(self) -> bool {
        match self {
            Self::Search(_) | Self::Feed(..) | Self::Sitemap | Self::SitemapPart(_) => true,
            Self::Page(..)
            | Self::Missing(_)
            | Self::Asset(_)
            | Self::Goods(_)
            | Self::Verify(_)
            | Self::Photo(_)
            | Self::Sound(_)
            | Self::Record(_)
            | Self::Tombstone(_)
            | Self::Identifier(_)
            | Self::Badge(_)
            | Self::OpenBadge(_)
            | Self::Signed(_)
            | Self::Document(_)
            | Self::Codes(_)
            | Self::HeadList
            | Self::Robots => false,
        }
    }
}

/// The pages, each of which exists in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The home page.
    Home,
    /// All products, a page of them (from 1).
    Products(u32),
    /// A product.
    Product(ProductIx),
    /// The terms of a list.
    Terms(ListIx),
    /// The products of a term, a page of them (from 1).
    Term(ListIx, TermIx, u32),
    /// All makers.
    Producers,
    /// A maker and a page of her products (from 1).
    Producer(ProducerIx, u32),
    /// All designs.
    Designs,
    /// A design and a page of the products that carry it (from 1).
    Design(DesignIx, u32),
    /// All collections.
    Collections,
    /// A collection, a page of it (from 1).
    Collection(CollectionIx, u32),
    /// The rules of an association as it signed them, if it wrote no page called `charter`.
    Charter,
    /// A page of the maker's own.
    Free(PageIx),
    /// The page about the shop, if the maker wrote none.
    About,
    /// What it costs to send things, if the shop has zones and the maker wrote no page about it.
    Shipping,
    /// What the site and others learn of its readers, if the maker wrote no page called `privacy`.
    Privacy,
    /// Search, and the choice by facets.
    Search,
    /// The buyer's list, and how to order.
    Order,
    /// Where records, badges and numbers are checked, on an association's site or beside a register.
    Verify,
}

/// Files of the theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    /// The style sheet.
    Css,
    /// The style sheet of pages on which things are searched or narrowed down.
    FinderCss,
    /// The style sheet of the page of the buyer's list.
    ListCss,
    /// The style sheet of the page where things are checked.
    VerifyCss,
    /// The picture for the browser's tab.
    Icon,
    /// A font, by its place among those of the style.
    Font(u8),
    /// A script.
    Script(ClientScript),
}

/// A page could not be made.
#[derive(Debug)]
pub enum RenderError {
    /// There is no such path.
    NoSuchPath(String),
    /// A template is wrong.
    Template(String, String),
    /// A photograph cannot be read any more.
    Photo(String, String),
    /// A recording cannot be read any more.
    Sound(String, String),
    /// A signed file cannot be read any more.
    Signed(String, String),
    /// A badge cannot be drawn.
    Badge(String, String),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchPath(path) => write!(f, "the site has no page `{path}`"),
            Self::Template(path, error) => write!(f, "the page `{path}` cannot be made: {error}"),
            Self::Signed(path, error) => write!(f, "`{path}` cannot be published: {error}"),
            Self::Sound(path, error) => write!(f, "the recording `{path}` cannot be used: {error}"),
            Self::Badge(path, error) => write!(f, "the badge `{path}` cannot be made: {error}"),
            Self::Photo(path, error) => {
                write!(f, "the photograph `{path}` cannot be made: {error}")
            }
        }
    }
}

impl std::error::Error for RenderError {}

/// Every path of the output, in order, with what stands there.
pub struct Routes<'a> {
    inputs: Inputs<'a>,
    /// Made when something else than the page of a product is asked for.
    layout: OnceLock<Layout<'a>>,
    register: register::Register<'a>,
    /// What badges are drawn with, unpacked when first asked for.
    badge_fonts: OnceLock<badge::Fonts>,
    /// Editions and their tags, read when first asked for.
    tags: OnceLock<tags::Tags>,
    public_files: Vec<PublicFile>,
    lookup: Lookup<'a>,
    style: Style,
    css: StaticFile,
    finder_css: StaticFile,
    list_css: StaticFile,
    verify_css: StaticFile,
    /// What tells the files of [`VerifyFile`] of one build from those of another.
    verify_version: OnceLock<String>,
    /// The scripts, in the order of [`ClientScript::ALL`].
    scripts: Vec<(StaticFile, String)>,
    icon_path: String,
    search: search::Search,
    /// Products by bucket, made when first asked for.
    basket: OnceLock<Vec<Vec<ProductIx>>>,
    /// What tells one build's goods from another's, for each language.
    basket_versions: Vec<OnceLock<String>>,
    languages: Vec<LanguageParts>,
}

impl fmt::Debug for Routes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes").field("routes", &self.len()).finish_non_exhaustive()
    }
}

/// Every path of the output, in order.
struct Layout<'a> {
    map: BTreeMap<SitePath, Route>,
    /// Every rendition with the path of its photograph.
    renditions: Vec<(&'a str, &'a Rendition)>,
    /// Every recording with its path.
    sounds: Vec<(&'a str, &'a Sound)>,
    /// Number of parts of the map for search engines; 0 if it fits in one file.
    sitemap_parts: u32,
    /// The records that have badges, by their places among those that have a page.
    vouched: Vec<usize>,
    badges: Vec<badge::BadgeFile>,
    identifiers: Vec<identifier::Door>,
}

/// Where a style sheet or a script lies, and its digest.
struct StaticFile {
    path: String,
    integrity: String,
}

/// What is made once for each language.
struct LanguageParts {
    words: Words,
    money: MoneyFormatter,
    dates: DateFormatter,
    direction: &'static str,
    /// The first part of its addresses: empty for the first language, else `<tag>/`.
    prefix: String,
    /// What is listed in the order of its names, made when first asked for.
    names: OnceLock<names::Names>,
    /// Menu and foot by depth of the page.
    chrome: [OnceLock<Result<tera::Value, String>>; DEPTHS],
    /// The tops of pages by depth, kind and section.
    tops: Mutex<HashMap<(usize, &'static str, String), String>>,
    /// The card of each product, made when first asked for; `UP` stands for the way to the root.
    cards: Vec<OnceLock<Result<Box<str>, String>>>,
    stories: story::Stories,
}

/// Depths of pages for which menu and foot are kept.
const DEPTHS: usize = 8;

/// Things by their id. Only asked, never walked through, so its order cannot reach a page.
struct Lookup<'a> {
    products: HashMap<&'a str, ProductIx>,
    lists: BTreeMap<&'static str, ListIx>,
    about: Option<PageIx>,
    shipping: Option<PageIx>,
    privacy: Option<PageIx>,
}

impl<'a> Routes<'a> {
    /// Lays out the site.
    #[must_use]
    pub fn new(inputs: Inputs<'a>) -> Self {
        let Inputs { site, evidence, theme, .. } = inputs;
        // Letters in a member's folder change no page of another's.
        let own = site.sources.files().filter(|(path, _)| site.member_of(path).is_none());
        let scripts = script::with_font(&site.locales, own.map(|(_, text)| text));
        let style = theme.style(site.name.original(), &site.look, &site.locales, &scripts);
        let icon_digest: [u8; 32] = Sha256::digest(style.icon_svg.as_bytes()).into();
        let languages: Vec<LanguageParts> =
            site.locale_ixs().map(|ix| LanguageParts::new(site, theme, ix)).collect();
        Self {
            inputs,
            layout: OnceLock::new(),
            register: register::Register::new(evidence, site.locales.len()),
            badge_fonts: OnceLock::new(),
            tags: OnceLock::new(),
            public_files: evidence.public_files(),
            lookup: Lookup::new(site),
            css: StaticFile::new(&style.css, "css"),
            finder_css: StaticFile::new(&style.finder_css, "css"),
            list_css: StaticFile::new(&style.list_css, "css"),
            verify_css: StaticFile::new(&style.verify_css, "css"),
            verify_version: OnceLock::new(),
            scripts: ClientScript::ALL
                .map(|script| script_file(theme, script, site, &languages))
                .into(),
            icon_path: format!("assets/{}.svg", short(&icon_digest)),
            search: search::Search::new(site),
            basket: OnceLock::new(),
            basket_versions: site.locale_ixs().map(|_| OnceLock::new()).collect(),
            style,
            languages,
        }
    }

    fn layout(&self) -> &Layout<'a> {
        self.layout.get_or_init(|| self.lay_out())
    }

    fn lay_out(&self) -> Layout<'a> {
        let Inputs { site, evidence, photos, .. } = self.inputs;
        let mut map: BTreeMap<SitePath, Route> = BTreeMap::new();
        let mut renditions = Vec::new();
        for locale in site.locale_ixs() {
            for page in self.pages() {
                let path = SitePath::page(&self.dir(locale, page));
                map.entry(path).or_insert(Route::Page(locale, page));
            }
        }
        let sitemap_parts = sitemap::parts(self);
        for (path, photo) in photos.iter() {
            let preview = photo.preview.iter().filter(|_| site.base_url.is_some());
            for rendition in photo.renditions.iter().chain(preview) {
                let at = u32::try_from(renditions.len()).expect("fewer than 2^32 photographs");
                let file = SitePath::file(format!("photos/{}", rendition.name));
                map.entry(file).or_insert(Route::Photo(at));
                renditions.push((path, rendition));
            }
        }
        let sounds: Vec<(&str, &Sound)> = photos.sounds().collect();
        for (at, (_, sound)) in (0..).zip(&sounds) {
            let file = SitePath::file(format!("sounds/{}", sound.name));
            map.entry(file).or_insert(Route::Sound(at));
        }
        for (at, record) in (0..).zip(self.register.pages()) {
            map.insert(SitePath::page(&record::dir(&record.id())), Route::Record(at));
        }
        for (at, gone) in (0..).zip(self.register.gone()) {
            map.insert(SitePath::page(&record::dir(&gone.id)), Route::Tombstone(at));
        }
        for (at, file) in (0..).zip(&self.public_files) {
            map.insert(SitePath::file(file.published.as_str()), Route::Signed(at));
        }
        for (at, (digest, source)) in (0..).zip(evidence.documents()) {
            map.insert(SitePath::file(document_path(digest, source)), Route::Document(at));
        }
        for (path, file) in self.tags().files() {
            map.insert(SitePath::file(path), Route::Codes(file));
        }
        let vouched = badge::records(self);
        let mut badges = Vec::new();
        for (at, (path, file)) in (0..).zip(badge::files(self, &vouched)) {
            map.insert(SitePath::file(path), Route::Badge(at));
            badges.push(file);
        }
        for (at, record) in (0..).zip(&vouched) {
            let id = self.register.pages()[*record].id();
            if evidence.open_badge(&id).is_some() {
                map.insert(SitePath::file(openbadge::path(&id)), Route::OpenBadge(at));
            }
        }
        if evidence.head_list().is_some() {
            map.insert(SitePath::file(head_list::PATH), Route::HeadList);
        }
        let css_path = SitePath::file(self.css.path.as_str());
        let icon_path = SitePath::file(self.icon_path.as_str());
        map.insert(css_path, Route::Asset(Asset::Css));
        let finder_css_path = SitePath::file(self.finder_css.path.as_str());
        map.insert(finder_css_path, Route::Asset(Asset::FinderCss));
        if basket::is_open(site) {
            let list_css_path = SitePath::file(self.list_css.path.as_str());
            map.insert(list_css_path, Route::Asset(Asset::ListCss));
        }
        if verify::is_there(self) {
            let verify_css_path = SitePath::file(self.verify_css.path.as_str());
            map.insert(verify_css_path, Route::Asset(Asset::VerifyCss));
        }
        for (path, file) in verify::files(self) {
            map.insert(SitePath::file(path), Route::Verify(file));
        }
        for (script, (file, _)) in ClientScript::ALL.into_iter().zip(&self.scripts) {
            if (script == ClientScript::Tags && !self.tags().has_script())
                || (script == ClientScript::Verify && !verify::is_there(self))
            {
                continue;
            }
            let path = SitePath::file(file.path.as_str());
            map.insert(path, Route::Asset(Asset::Script(script)));
        }
        for (path, file) in self.search.files(site) {
            map.insert(SitePath::file(path), Route::Search(file));
        }
        for (path, file) in basket::files(site) {
            map.insert(SitePath::file(path), Route::Goods(file));
        }
        map.insert(icon_path, Route::Asset(Asset::Icon));
        for (at, font) in (0..).zip(&self.style.fonts) {
            let path = SitePath::file(format!("assets/{}", font.name));
            map.insert(path, Route::Asset(Asset::Font(at)));
        }
        for locale in site.locale_ixs() {
            let path = format!("{}404.html", self.parts(locale).prefix);
            map.insert(SitePath::file(path), Route::Missing(locale));
        }
        map.insert(SitePath::file("robots.txt"), Route::Robots);
        if site.base_url.is_some() {
            map.insert(SitePath::file("sitemap.xml"), Route::Sitemap);
            for part in 0..sitemap_parts {
                let path = SitePath::file(format!("sitemap-{}.xml", part + 1));
                map.insert(path, Route::SitemapPart(part));
            }
            for (path, locale, feed) in feed::all(self) {
                map.insert(SitePath::file(path), Route::Feed(locale, feed));
            }
        }
        // Last of all: what else the site has goes before.
        let mut identifiers = Vec::new();
        for door in identifier::doors(self) {
            if let Some(path) = door.path_beside(&map) {
                let at = u32::try_from(identifiers.len()).expect("fewer than 2^32 records");
                map.insert(path, Route::Identifier(at));
                identifiers.push(door);
            }
        }
        Layout { map, renditions, sounds, sitemap_parts, vouched, badges, identifiers }
    }

    /// Every path in order.
    pub fn iter(&self) -> impl Iterator<Item = (&SitePath, Route)> {
        self.layout().map.iter().map(|(path, route)| (path, *route))
    }

    /// Whether a file of the site has that path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.layout().map.contains_key(&SitePath::file(path))
    }

    /// What the shop is called in its first language.
    #[must_use]
    pub fn shop_name(&self) -> &'a str {
        self.inputs.site.name.original()
    }

    /// The badges that are there as SVG only, each by its path, with a letter that none of the fonts has
    /// for drawing a PNG.
    #[must_use]
    pub fn badges_without_png(&self) -> Vec<(String, char)> {
        badge::missing(self, &self.layout().vouched)
    }

    /// How many paths there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layout().map.len()
    }

    /// Tells whether there is nothing at all; never so, as there is always a home page.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layout().map.is_empty()
    }

    /// What stands at a path.
    #[must_use]
    pub fn route(&self, path: &str) -> Option<Route> {
        // A preview shows the page of a product before all others are laid out.
        self.product_route(path).or_else(|| self.layout().map.get(&SitePath::file(path)).copied())
    }

    /// What stands at the path of a product's page, as the layout has it.
    fn product_route(&self, path: &str) -> Option<Route> {
        self.inputs.site.locale_ixs().find_map(|locale| {
            let inside = path.strip_prefix(self.parts(locale).prefix.as_str())?;
            let id = inside.strip_prefix("products/")?.strip_suffix("/index.html")?;
            let ix = *self.lookup.products.get(id)?;
            Some(Route::Page(locale, Page::Product(ix)))
        })
    }

    /// Makes the bytes of a path.
    ///
    /// # Errors
    /// If there is no such path, a template is wrong, or a photograph cannot be read any more.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, RenderError> {
        let route = self.route(path).ok_or_else(|| RenderError::NoSuchPath(path.to_owned()))?;
        self.bytes_of(path, route)
    }

    /// Makes the bytes of a path whose route is known, as [`Routes::iter`] gives both.
    ///
    /// # Errors
    /// If a template is wrong, or a photograph cannot be read any more.
    pub fn bytes_of(&self, path: &str, route: Route) -> Result<Vec<u8>, RenderError> {
        let template = |error: String| RenderError::Template(path.to_owned(), error);
        Ok(match route {
            Route::Page(locale, page) => {
                page::html(self, locale, page).map_err(template)?.into_bytes()
            }
            Route::Missing(locale) => {
                page::missing_html(self, locale).map_err(template)?.into_bytes()
            }
            Route::Asset(Asset::Css) => self.style.css.clone().into_bytes(),
            Route::Asset(Asset::FinderCss) => self.style.finder_css.clone().into_bytes(),
            Route::Asset(Asset::ListCss) => self.style.list_css.clone().into_bytes(),
            Route::Asset(Asset::VerifyCss) => self.style.verify_css.clone().into_bytes(),
            Route::Asset(Asset::Icon) => self.style.icon_svg.clone().into_bytes(),
            Route::Asset(Asset::Font(at)) => self.style.fonts[usize::from(at)].bytes.to_vec(),
            Route::Asset(Asset::Script(script)) => {
                self.scripts[script as usize].1.clone().into_bytes()
            }
            Route::Search(file) => search::bytes(self, file).map_err(template)?.into_bytes(),
            Route::Goods(file) => basket::text(self, file).into_bytes(),
            Route::Verify(file) => verify::text(self, file).into_bytes(),
            Route::Photo(at) => {
                let (photo, rendition) = self.layout().renditions[at as usize];
                let bytes = self.inputs.photos.bytes(photo, &rendition.name);
                bytes.map_err(|error| RenderError::Photo(photo.to_owned(), error))?
            }
            Route::Sound(at) => {
                let (sound, published) = self.layout().sounds[at as usize];
                let bytes = self.inputs.photos.bytes(sound, &published.name);
                bytes.map_err(|error| RenderError::Sound(sound.to_owned(), error))?
            }
            Route::Record(at) => {
                let record = self.register.pages()[at as usize];
                record::html(self, record).map_err(template)?.into_bytes()
            }
            Route::Tombstone(at) => {
                let gone = &self.register.gone()[at as usize];
                record::tombstone_html(self, gone).map_err(template)?.into_bytes()
            }
            Route::Identifier(at) => {
                identifier::html(self, &self.layout().identifiers[at as usize]).into_bytes()
            }
            Route::Badge(at) => {
                let file = self.layout().badges[at as usize];
                badge::bytes(self, file)
                    .map_err(|error| RenderError::Badge(path.to_owned(), error))?
            }
            Route::OpenBadge(at) => {
                let id = self.register.pages()[self.layout().vouched[at as usize]].id();
                self.inputs.evidence.open_badge(&id).unwrap_or_default().as_bytes().to_vec()
            }
            Route::Signed(at) => {
                let source = &self.public_files[at as usize].source;
                let error = |why: String| RenderError::Signed(source.clone(), why);
                let read = self.inputs.signed.read(source).map_err(|failed| error(failed.why))?;
                read.ok_or_else(|| error("the file is not there any more".to_owned()))?
            }
            Route::Document(at) => {
                let found = self.inputs.evidence.documents().nth(at as usize);
                let (digest, source) =
                    found.ok_or_else(|| RenderError::NoSuchPath(path.to_owned()))?;
                let why = "it is not what was signed any more";
                let error = || RenderError::Signed(source.to_owned(), why.to_owned());
                self.document(digest).ok_or_else(error)?
            }
            Route::Codes(file) => self.tags().text(file).into_bytes(),
            Route::HeadList => self.inputs.evidence.head_list().unwrap_or_default().into_bytes(),
            Route::Sitemap => sitemap::index(self).into_bytes(),
            Route::SitemapPart(part) => sitemap::part(self, part).into_bytes(),
            Route::Robots => sitemap::robots(self).into_bytes(),
            Route::Feed(locale, feed) => feed::text(self, locale, feed).into_bytes(),
        })
    }

    /// The bytes of a document that the charter binds, if they are at hand and have that digest.
    fn document(&self, digest: &Sha256Digest) -> Option<Vec<u8>> {
        let source = self.inputs.evidence.document(digest)?;
        let bytes = self.inputs.signed.read(source).ok().flatten()?;
        (Sha256Digest::of(&bytes) == *digest).then_some(bytes)
    }

    /// The page for addresses that do not exist.
    ///
    /// # Errors
    /// If its template is wrong.
    pub fn not_found(&self) -> Result<Vec<u8>, RenderError> {
        self.bytes("404.html")
    }

    /// Every page that exists in each language, in the order of [`Page`].
    fn pages(&self) -> Vec<Page> {
        let site = self.inputs.site;
        let mut pages = vec![Page::Home, Page::Search];
        let numbers = |count: usize| 1..=page_count(count);
        pages.extend(numbers(site.products.len()).map(Page::Products));
        pages.extend((0..site.products.len()).map(|at| Page::Product(ProductIx::of(at))));
        for (at, list) in site.lists.iter().enumerate() {
            let list_ix = ListIx::of(at);
            if list.kind != ListKind::Maker {
                if !site.has_list_page(list) {
                    continue;
                }
                pages.push(Page::Terms(list_ix));
            }
            for (at, term) in list.terms.iter().enumerate() {
                if term.producer.is_none() {
                    let all = numbers(term.products.len());
                    pages.extend(all.map(|number| Page::Term(list_ix, TermIx::of(at), number)));
                }
            }
        }
        if !site.producers.is_empty() || !site.members.is_empty() {
            pages.push(Page::Producers);
        }
        for (at, producer) in site.producers.iter().enumerate() {
            let all = numbers(producer.products.len());
            pages.extend(all.map(|number| Page::Producer(ProducerIx::of(at), number)));
        }
        if !site.designs.is_empty() {
            pages.push(Page::Designs);
        }
        for (at, design) in site.designs.iter().enumerate() {
            let all = numbers(design.products.len());
            pages.extend(all.map(|number| Page::Design(DesignIx::of(at), number)));
        }
        if !site.collections.is_empty() {
            pages.push(Page::Collections);
        }
        for (at, collection) in site.collections.iter().enumerate() {
            let all = numbers(collection.products.len());
            pages.extend(all.map(|number| Page::Collection(CollectionIx::of(at), number)));
        }
        pages.extend((0..site.pages.len()).map(|at| Page::Free(PageIx::of(at))));
        if self.lookup.about.is_none() {
            pages.push(Page::About);
        }
        if self.charter() == Some(Page::Charter) {
            pages.push(Page::Charter);
        }
        if self.shipping() == Some(Page::Shipping) {
            pages.push(Page::Shipping);
        }
        if self.lookup.privacy.is_none() {
            pages.push(Page::Privacy);
        }
        if basket::is_open(site) {
            pages.push(Page::Order);
        }
        if verify::is_there(self) {
            pages.push(Page::Verify);
        }
        pages
    }

    /// What badges are drawn with.
    fn badge_fonts(&self) -> &badge::Fonts {
        self.badge_fonts.get_or_init(|| badge::Fonts::new(self.inputs.theme.own_fonts()))
    }

    /// Editions and their tags.
    fn tags(&self) -> &tags::Tags {
        self.tags.get_or_init(|| tags::Tags::new(self.inputs.evidence, self.inputs.signed))
    }

    /// The products of each bucket of the order list.
    fn basket(&self) -> &[Vec<ProductIx>] {
        self.basket.get_or_init(|| basket::contents(self.inputs.site))
    }

    fn basket_version(&self, locale: LocaleIx) -> &str {
        self.basket_versions[locale.at()].get_or_init(|| basket::version(self, locale))
    }

    /// What is listed, in the order of its names in a language.
    fn in_order(&self, locale: LocaleIx) -> &names::Names {
        let parts = self.parts(locale);
        parts.names.get_or_init(|| names::Names::new(self.inputs.site, locale, &parts.words))
    }

    /// The address of a page in a language: empty for the root, else with a closing slash.
    fn dir(&self, locale: LocaleIx, page: Page) -> String {
        let site = self.inputs.site;
        let prefix = self.languages[locale.at()].prefix.as_str();
        let numbered = |dir: &[&str], number: u32| match number {
            1 => dir.concat(),
            _ => format!("{}page/{number}/", dir.concat()),
        };
        match page {
            Page::Home => prefix.to_owned(),
            Page::Products(number) => numbered(&[prefix, "products/"], number),
            Page::Product(ix) => [prefix, "products/", site.product(ix).id.as_str(), "/"].concat(),
            Page::Terms(list) => [prefix, list_dir(site.list(list).kind), "/"].concat(),
            Page::Term(list, term, number) => {
                let list = site.list(list);
                let term = list.terms[term.at()].id.as_str();
                numbered(&[prefix, list_dir(list.kind), "/", term, "/"], number)
            }
            Page::Producers => [prefix, "makers/"].concat(),
            Page::Producer(ix, number) => {
                numbered(&[prefix, "makers/", site.producer(ix).id.as_str(), "/"], number)
            }
            Page::Designs => [prefix, "designs/"].concat(),
            Page::Design(ix, number) => {
                numbered(&[prefix, "designs/", site.design(ix).id.as_str(), "/"], number)
            }
            Page::Collections => [prefix, "collections/"].concat(),
            Page::Collection(ix, number) => {
                let id = site.collections[ix.at()].id.as_str();
                numbered(&[prefix, "collections/", id, "/"], number)
            }
            Page::Free(ix) => [prefix, site.pages[ix.at()].id.as_str(), "/"].concat(),
            Page::About => [prefix, "about/"].concat(),
            Page::Charter => [prefix, "charter/"].concat(),
            Page::Shipping => [prefix, "shipping/"].concat(),
            Page::Privacy => [prefix, "privacy/"].concat(),
            Page::Search => [prefix, "search/"].concat(),
            Page::Order => [prefix, "order/"].concat(),
            Page::Verify => [prefix, "verify/"].concat(),
        }
    }

    /// The page that a path in the site's folder stands for, such as `products/red/index.md`.
    fn page_of_source(&self, path: &str) -> Option<Page> {
        let site = self.inputs.site;
        if let Some(member) = site.member_of(path) {
            return self.page_of_member(member, &path[member.prefix.len()..]);
        }
        let path = path.strip_suffix(".md").unwrap_or(path);
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        // `index.es` and `red.es` are the same thing in another language.
        if let Some(last) = parts.last_mut() {
            let stem = last.split('.').next().unwrap_or_default();
            *last = stem;
        }
        if parts.last() == Some(&"index") {
            parts.pop();
        }
        let at = |found: Result<usize, usize>| found.ok();
        match parts.as_slice() {
            [] | ["site"] => Some(Page::Home),
            ["products"] => Some(Page::Products(1)),
            ["products", id] => self.lookup.products.get(id).map(|ix| Page::Product(*ix)),
            ["makers" | "producers"] => (!site.producers.is_empty()).then_some(Page::Producers),
            ["makers" | "producers", id] => {
                at(site.producers.binary_search_by(|p| p.id.as_str().cmp(id)))
                    .map(|at| Page::Producer(ProducerIx::of(at), 1))
            }
            ["designs"] => (!site.designs.is_empty()).then_some(Page::Designs),
            ["designs", id] => at(site.designs.binary_search_by(|d| d.id.as_str().cmp(id)))
                .map(|at| Page::Design(DesignIx::of(at), 1)),
            ["collections"] => (!site.collections.is_empty()).then_some(Page::Collections),
            ["collections", id] => at(site.collections.binary_search_by(|c| c.id.as_str().cmp(id)))
                .map(|at| Page::Collection(CollectionIx::of(at), 1)),
            ["pages", id] | [id] => self.free_page(id),
            [list, id] => {
                let list_ix = *self.lookup.lists.get(list)?;
                let terms = &site.list(list_ix).terms;
                let term = terms.iter().position(|term| term.id.as_str() == *id)?;
                Some(Page::Term(list_ix, TermIx::of(term), 1))
            }
            _ => None,
        }
    }

    /// The page here that a path in a member's folder stands for: of her things, or of her.
    fn page_of_member(&self, member: &Member, path: &str) -> Option<Page> {
        let site = self.inputs.site;
        let path = path.strip_suffix(".md").unwrap_or(path);
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if let Some(last) = parts.last_mut() {
            *last = last.split('.').next().unwrap_or_default();
        }
        if parts.last() == Some(&"index") {
            parts.pop();
        }
        let of_member = |id: &str| format!("{}-{id}", member.id);
        match parts.as_slice() {
            ["products", id] => {
                let ix = self.lookup.products.get(of_member(id).as_str())?;
                (site.product(*ix).member.map(|ix| &site.member(ix).id) == Some(&member.id))
                    .then_some(Page::Product(*ix))
            }
            ["designs", id] => {
                let id = of_member(id);
                let at = site.designs.binary_search_by(|d| d.id.as_str().cmp(&id)).ok()?;
                site.designs[at].member.map(|_| Page::Design(DesignIx::of(at), 1))
            }
            ["producers" | "makers", id] => {
                let id = of_member(id);
                let is_it = |ix: &&ProducerIx| site.producer(**ix).id.as_str() == id;
                let found = member.producers.iter().find(is_it);
                let only = member.producers.first().filter(|_| member.producers.len() == 1);
                found.or(only).map(|ix| Page::Producer(*ix, 1))
            }
            [] | ["site"] => member.producers.first().map(|ix| Page::Producer(*ix, 1)),
            _ => None,
        }
    }

    fn free_page(&self, id: &str) -> Option<Page> {
        let pages = &self.inputs.site.pages;
        if let Ok(at) = pages.binary_search_by(|page| page.id.as_str().cmp(id)) {
            return Some(Page::Free(PageIx::of(at)));
        }
        if id == "about" {
            return Some(Page::About);
        }
        if id == "privacy" {
            return Some(Page::Privacy);
        }
        if id == "charter" {
            return self.charter();
        }
        if id == "verify" {
            return verify::is_there(self).then_some(Page::Verify);
        }
        if id == "shipping" && self.shipping() == Some(Page::Shipping) {
            return Some(Page::Shipping);
        }
        let list = *self.lookup.lists.get(id)?;
        let site = self.inputs.site;
        site.has_list_page(site.list(list)).then_some(Page::Terms(list))
    }

    /// The page of the rules: the association's own with that name, or one made from the charter in force.
    fn charter(&self) -> Option<Page> {
        let own = self.inputs.site.pages.iter().position(|page| page.id.as_str() == "charter");
        let made = self.register.charter().map(|_| Page::Charter);
        own.map(|at| Page::Free(PageIx::of(at))).or(made)
    }

    /// The day of the build, in UTC.
    fn today(&self) -> Date {
        jiff::tz::Offset::UTC.to_datetime(self.inputs.at).date()
    }

    fn about(&self) -> Page {
        self.lookup.about.map_or(Page::About, Page::Free)
    }

    /// The page of what it costs to send things: the maker's own with the table below, or one made here.
    fn shipping(&self) -> Option<Page> {
        let has_places = self.inputs.site.shipping.has_places(self.today());
        has_places.then(|| self.lookup.shipping.map_or(Page::Shipping, Page::Free))
    }

    fn parts(&self, locale: LocaleIx) -> &LanguageParts {
        &self.languages[locale.at()]
    }
}

/// The first digits of a digest, for the name of a file.
fn short(digest: &[u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(&digest[..6])
}

impl StaticFile {
    fn new(text: &str, ending: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        Self {
            path: format!("assets/{}.{ending}", short(&digest)),
            integrity: format!("sha256-{}", data_encoding::BASE64.encode(&digest)),
        }
    }
}

/// A script as it is published, with the tables that it shares with the program.
fn script_file(
    theme: &Theme,
    script: ClientScript,
    site: &Site,
    languages: &[LanguageParts],
) -> (StaticFile, String) {
    let mut text = theme.script(script);
    match script {
        ClientScript::Search => {
            let table = search::script_table();
            text = format!("(window.selvedge=window.selvedge||{{}}).folding={table};\n{text}");
        }
        ClientScript::List | ClientScript::Order => {}
        // The library's name stays inside.
        ClientScript::Code => text = format!("(function(){{{text}}})();\n"),
        ClientScript::Tags => {
            let words = site.locales.iter().zip(languages);
            let words = tags::script_words(words.map(|(locale, parts)| (locale, &parts.words)));
            text = format!("(function(){{const TAG_WORDS={words};\n{text}}})();\n");
        }
        ClientScript::Verify => text = record::verifier_with(&verify::test_keys(), &text),
    }
    (StaticFile::new(&text, "js"), text)
}

impl LanguageParts {
    fn new(site: &Site, theme: &Theme, ix: LocaleIx) -> Self {
        let locale = site.locale(ix);
        Self {
            words: theme.words(locale.tag()),
            money: MoneyFormatter::new(locale),
            dates: DateFormatter::new(locale),
            direction: direction(locale.direction()),
            prefix: if ix == LocaleIx::FIRST {
                String::new()
            } else {
                format!("{}/", locale.tag())
            },
            names: OnceLock::new(),
            chrome: std::array::from_fn(|_| OnceLock::new()),
            tops: Mutex::default(),
            cards: (0..site.products.len()).map(|_| OnceLock::new()).collect(),
            stories: story::Stories::new(site),
        }
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::LeftToRight => "ltr",
        Direction::RightToLeft => "rtl",
    }
}

impl<'a> Lookup<'a> {
    fn new(site: &'a Site) -> Self {
        let products = site.products.iter().enumerate();
        let mut lists = BTreeMap::new();
        for (at, list) in site.lists.iter().enumerate() {
            lists.insert(list.kind.name(), ListIx::of(at));
        }
        let page = |id: &str| site.pages.iter().position(|page| page.id.as_str() == id);
        let (about, shipping, privacy) = (page("about"), page("shipping"), page("privacy"));
        Self {
            products: products.map(|(at, p)| (p.id.as_str(), ProductIx::of(at))).collect(),
            lists,
            about: about.map(PageIx::of),
            shipping: shipping.map(PageIx::of),
            privacy: privacy.map(PageIx::of),
        }
    }
}

/// The first part of the addresses of a list.
fn list_dir(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Maker => "makers",
        other => other.name(),
    }
}

/// How many pages so many products need; an empty list has one.
fn page_count(products: usize) -> u32 {
    u32::try_from(products.div_ceil(PAGE_SIZE).max(1)).expect("fewer than 2^32 pages")
}

/// Every photograph that a page of the site shows, by its path in the folder: those of the fields and
/// those that its texts name ([`text_pictures`]). Each path once, in order.
#[must_use]
pub fn photo_paths(site: &Site, in_texts: &[TextPicture]) -> Vec<String> {
    let mut paths: BTreeSet<String> = site.photo_paths().into_iter().map(str::to_owned).collect();
    paths.extend(in_texts.iter().filter_map(|picture| picture.path.clone()));
    paths.into_iter().collect()
}

/// A picture that a text of the site shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPicture {
    /// Its path in the site's folder; `None` if it lies elsewhere, so that no page shows it.
    pub path: Option<String>,
    /// Where it stands.
    pub span: Span,
    /// Whether there are words for people who cannot see it.
    pub has_words: bool,
}

/// Every picture that the texts of a site show, in the order of the texts.
#[must_use]
pub fn text_pictures(site: &Site) -> Vec<TextPicture> {
    let products = site.products.iter().map(|p| &p.body);
    let producers = site.producers.iter().map(|p| &p.body);
    let designs = site.designs.iter().map(|d| &d.body);
    let collections = site.collections.iter().map(|c| &c.body);
    let pages = site.pages.iter().map(|p| &p.body);
    let bodies = products.chain(producers).chain(designs).chain(collections).chain(pages);
    let spans: Vec<Span> = bodies.flat_map(|body| body.entries().map(|(_, span)| span)).collect();
    let found = spans.par_iter().flat_map_iter(|span| {
        let start = span.range().start;
        let all = {
            let from = site.sources.path(span.file);
            markdown::pictures(site.markdown(*span), from, site.root_of(from))
        };
        all.into_iter().map(move |shown| {
            let range = start + shown.range.start..start + shown.range.end;
            let span = Span::new(span.file, range);
            TextPicture { path: shown.path, span, has_words: shown.has_words }
        })
    });
    found.collect()
}

/// Where a document is published that a charter binds.
fn document_path(digest: &Sha256Digest, source: &str) -> String {
    let ending = if source.ends_with(".md") { "md" } else { "txt" };
    format!("documents/{digest}.{ending}")
}

/// The pictures in the texts of one product, by their paths in the site's folder.
#[must_use]
pub fn pictures_of(site: &Site, ix: ProductIx) -> Vec<String> {
    let spans = site.product(ix).body.entries().map(|(_, span)| span);
    let shown = spans.flat_map(|span| {
        let from = site.sources.path(span.file);
        markdown::pictures(site.markdown(span), from, site.root_of(from))
    });
    shown.filter_map(|picture| picture.path).collect()
}

/// The photographs of which a picture for link previews is made: the first of each product, and that of the
/// home page.
#[must_use]
pub fn preview_paths(site: &Site) -> BTreeSet<&str> {
    let first = site.products.iter().filter_map(|product| product.photos.first());
    site.cover.iter().chain(first).map(|photo| photo.path.as_str()).collect()
}

#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod tests;
