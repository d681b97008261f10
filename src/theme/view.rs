//! What a template is given.
//!
//! This is the contract of themes. Each page template gets:
//!
//! | name | what |
//! | --- | --- |
//! | `page` | [`Page`]: what stands in the head of the page |
//! | `shop` | [`Shop`]: name, menu and foot, the same on all pages of a language |
//! | `w` | the words of the interface, by name, in the language of the page |
//! | `it` | the view of the one thing that the page is about, by template: see below |
//!
//! | template | `it` |
//! | --- | --- |
//! | `home.html` | [`Home`] |
//! | `product.html` | [`ProductPage`] |
//! | `listing.html` | [`Listing`] (all products, a term, a collection, later pages of a design) |
//! | `terms.html` | [`Terms`] (the index of a list, the makers, the designs, the collections) |
//! | `producer.html` | [`ProducerPage`] |
//! | `design.html` | [`DesignPage`] |
//! | `free.html` | [`Free`] (a free page, about, shipping, privacy) |
//! | `search.html` | [`SearchPage`] (search, and the choice by facets) |
//! | `order.html` | [`OrderPage`] (the buyer's list; its script fills what is marked with `data-`) |
//! | `missing.html` | [`Missing`] (the page for addresses that do not exist) |
//! | `record.html` | [`RecordPage`] (no `page`, no `shop`: the file stands alone) |
//! | `record-text.html` | [`RecordText`] (its text in one language; put into `record.html`) |
//! | `tombstone-text.html` | [`TombstoneText`] (what stays of a record that was taken back; likewise) |
//! | `card.html` | `card`: [`Card`] (one product in a grid; made once for each product and language) |
//!
//! Do not walk through `w` in a loop: its order is not fixed.
//!
//! Rules: every text is escaped by the template engine, except fields whose name ends in `html`
//! or `svg`, which are safe already and are written with `| safe`. Every `href` and `src` is ready to
//! be written. A [`Phrase`] with a `lang` is in another language than the page, and the template
//! marks it so. Fields that are not set are none: test them with `if`.

use serde::Serialize;

use crate::model::PART_MARKS;

/// A short text with its language where that is not the language of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// The text.
    pub text: String,
    /// The language tag, if it is not the language of the page: not yet translated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// `ltr` or `rtl`, if `lang` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<&'static str>,
    /// The text in parts, if some of it is a day or in another language; else empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A part of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The text.
    pub text: String,
    /// The day that it names, as `time` elements have it (`2026-12-10`).
    pub datetime: Option<String>,
    /// The language tag, if it is not the language of the page: not yet translated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// `ltr` or `rtl`, if `lang` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<&'static str>,
}

impl Part {
    /// What stands between two marks, with what is known of it.
    fn marked(known: &str, text: &str) -> Self {
        let text = text.to_owned();
        match known.split_once(' ') {
            Some((lang, dir)) => Self {
                text,
                lang: Some(lang.to_owned()),
                dir: Some(if dir == "rtl" { "rtl" } else { "ltr" }),
                datetime: None,
            },
            None => Self { text, datetime: Some(known.to_owned()), ..Self::default() },
        }
    }

    fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl Phrase {
    /// For a sentence of the page that holds a text of the maker's: the text, with marks around it that
    /// [`here`](Self::here) makes a part of, if it is in another language.
    #[must_use]
    pub fn within(self) -> String {
        let [start, between, end] = PART_MARKS;
        match (self.lang, self.dir) {
            (Some(lang), Some(dir)) => {
                let text = self.text.replace(PART_MARKS, "");
                format!("{start}{lang} {dir}{between}{text}{end}")
            }
            _ => self.text,
        }
    }

    /// A text in the language of the page. Days that [`DateFormatter::marked`](crate::model::DateFormatter::marked)
    /// wrote into it, and texts that came from [`within`](Self::within), become parts of their own.
    #[must_use]
    pub fn here(text: impl Into<String>) -> Self {
        let marked = text.into();
        let [start, between, end] = PART_MARKS;
        let mut phrase = Self::default();
        let mut rest = marked.as_str();
        while let Some((before, tail)) = rest.split_once(start) {
            let part = tail.split_once(end).and_then(|(part, after)| {
                let (known, words) = part.split_once(between)?;
                Some((known, words, after))
            });
            let Some((known, words, after)) = part else { break };
            if !before.is_empty() {
                phrase.parts.push(Part::plain(before));
            }
            phrase.parts.push(Part::marked(known, words));
            rest = after;
        }
        if phrase.parts.is_empty() {
            phrase.text = marked;
            return phrase;
        }
        if !rest.is_empty() {
            phrase.parts.push(Part::plain(rest));
        }
        phrase.text = phrase.parts.iter().map(|part| part.text.as_str()).collect();
        phrase
    }
}

/// A long text, rendered.
#[derive(Clone, Debug, Serialize)]
pub struct Prose {
    /// Safe HTML.
    pub html: String,
    /// Whether it opens with a paragraph of several lines, which a large first letter suits.
    pub opens: bool,
    /// The language tag, if it is not the language of the page: not yet translated.
    pub lang: Option<String>,
    /// `ltr` or `rtl`, if `lang` is set.
    pub dir: Option<&'static str>,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// What it says.
    pub name: Phrase,
    /// Where it goes.
    pub href: String,
    /// A name that the template may compare with `page.section`.
    pub section: String,
}

/// A language that the page can be read in.
#[derive(Clone, Debug, Serialize)]
pub struct Language {
    /// Its name for itself.
    pub name: String,
    /// Its tag.
    pub tag: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// The same page in it.
    pub href: String,
    /// Whether it is the language of this page.
    pub is_current: bool,
}

/// One size of a photograph.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// MIME type.
    pub mime: &'static str,
    /// All widths, for `srcset`.
    pub srcset: String,
}

/// A photograph as a page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    /// The address of a middle size, for browsers that know no `srcset`.
    pub src: String,
    /// The largest size, for opening it alone.
    pub full: String,
    /// JPEG widths for `srcset`.
    pub srcset: String,
    /// Better formats, best first.
    pub sources: Vec<Source>,
    /// Width in pixels of the largest size.
    pub width: u32,
    /// Height in pixels of the largest size.
    pub height: u32,
    /// What can be seen on it; empty for ornament.
    pub alt: String,
    /// The language of `alt`, if it is not that of the page.
    pub alt_lang: Option<String>,
    /// A class of the style sheet that has the picture's colour, for the time of loading.
    pub ground: String,
    /// `wide`, `square` or `tall`.
    pub shape: &'static str,
}

/// The head of a page.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The name of the template, for a class on the body.
    pub kind: &'static str,
    /// Which entry of the menu it belongs to.
    pub section: String,
    /// Language tag.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// What the browser's tab says.
    pub title: String,
    /// For search engines and previews.
    pub description: Option<String>,
    /// The one address of the page, if the site has an address.
    pub canonical: Option<String>,
    /// The same page in other languages, with absolute addresses; empty if there is one language.
    pub alternates: Vec<Alternate>,
    /// The same page in every language, for the menu; empty if there is one language.
    pub languages: Vec<Language>,
    /// Whether search engines may list it.
    pub is_indexed: bool,
    /// The content security policy.
    pub csp: String,
    /// Address of the style sheet.
    pub css: String,
    /// Its `integrity`; none where browsers refuse it (pages opened from a folder).
    pub integrity: Option<String>,
    /// Style sheets that only pages of this kind need; write each before that of all pages.
    pub sheets: Vec<Sheet>,
    /// Fonts that the first lines of the page need, to be asked for before the style sheet does.
    pub fonts: Vec<String>,
    /// The scripts of the page; write each with `defer`.
    pub scripts: Vec<Script>,
    /// Address of the small picture for the browser's tab.
    pub icon: String,
    /// JSON-LD, escaped for a script element.
    pub json_ld_html: Vec<String>,
    /// Absolute address of the picture for previews.
    pub image: Option<String>,
    /// What else is known of that picture.
    pub image_facts: Option<ImageFacts>,
    /// The same products for feed readers; empty if the site has no address.
    pub feeds: Vec<FeedLink>,
    /// What a preview says that the page is.
    pub og_type: &'static str,
    /// From this page to the root of the site, for example `../../`.
    pub up: String,
    /// The colour of the browser's frame, light and dark.
    pub grounds: [String; 2],
    /// The top of the page, up to what is its own: the template `top.html`, filled in; empty if the theme has none.
    pub top_html: String,
}

/// What the template `top.html` gets as `page`: what tops of pages differ in.
#[derive(Clone, Debug, Serialize)]
pub struct Top {
    /// The name of the page's template.
    pub kind: &'static str,
    /// Which entry of the menu the page belongs to.
    pub section: String,
    /// The same page in all languages of the site; empty if there is one only.
    pub languages: Vec<Language>,
}

/// A style sheet of a page.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    /// Its address.
    pub href: String,
    /// Its `integrity`; none where browsers refuse it (pages opened from a folder).
    pub integrity: Option<String>,
}

/// A script of a page.
#[derive(Clone, Debug, Serialize)]
pub struct Script {
    /// Its address.
    pub src: String,
    /// Its `integrity`; none where browsers refuse it (pages opened from a folder).
    pub integrity: Option<String>,
}

/// The picture for previews.
#[derive(Clone, Debug, Serialize)]
pub struct ImageFacts {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What can be seen on it.
    pub alt: String,
}

/// A feed that readers can subscribe to.
#[derive(Clone, Debug, Serialize)]
pub struct FeedLink {
    /// Media type.
    pub mime: &'static str,
    /// What it is called.
    pub title: String,
    /// Its address.
    pub href: String,
}

/// The same page in another language.
#[derive(Clone, Debug, Serialize)]
pub struct Alternate {
    /// Language tag or `x-default`.
    pub lang: String,
    /// Absolute address.
    pub href: String,
}

/// What is the same on all pages of one language and depth.
#[derive(Clone, Debug, Serialize)]
pub struct Shop {
    /// Its name.
    pub name: Phrase,
    /// One line.
    pub tagline: Option<Phrase>,
    /// The home page.
    pub home: String,
    /// The buyer's list, if anything can be ordered.
    pub list: Option<ListLink>,
    /// The page of the search, to which a form with the field `q` leads.
    pub search: String,
    /// The menu.
    pub menu: Vec<Link>,
    /// Links at the foot.
    pub foot: Vec<Link>,
    /// A line at the foot.
    pub notice: Option<Phrase>,
    /// For whom the pages are, if not for everybody.
    pub audience: Option<Phrase>,
    /// Ways to reach the shop, without a product.
    pub contact: Vec<OrderLink>,
    /// The foot of every page: the template `foot.html`, filled in; empty if the theme has none.
    pub foot_html: String,
}

/// Where the buyer's list is.
#[derive(Clone, Debug, Serialize)]
pub struct ListLink {
    /// Its page.
    pub href: String,
    /// The name under which her browser keeps it.
    pub key: String,
    /// What its script says of the pieces on it: each plural form, and how numbers are written if not as in English, as JSON for `data-words`.
    pub words: String,
}

/// How a product gets onto the list.
#[derive(Clone, Debug, Serialize)]
pub struct AddToList {
    /// Its id.
    pub product: String,
    /// What has to be chosen first.
    pub options: Vec<ListOption>,
    /// The number of the whole in the messages, if there are combinations with one of their own.
    pub number: Option<String>,
    /// JSON: for each combination its id, the positions of its values, how many there are at most or null; then, if it has
    /// one, the position of its photograph among those of the page or null, and its own article number.
    pub choices: String,
    /// The fewest that can be ordered.
    pub least: u32,
    /// The most that can be ordered, if something limits it.
    pub most: Option<u32>,
}

/// Something that a buyer chooses.
#[derive(Clone, Debug, Serialize)]
pub struct ListOption {
    /// What is chosen.
    pub name: Phrase,
    /// The values.
    pub values: Vec<Phrase>,
}

/// The page of the buyer's list.
#[derive(Clone, Debug, Serialize)]
pub struct OrderPage {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// All products.
    pub products_href: String,
    /// Ways to reach the shop, for a buyer without scripts.
    pub contact: Vec<OrderLink>,
    /// What happens after an order.
    pub note: Option<Phrase>,
    /// Codes to pay with, without an amount.
    pub codes: Vec<PayCode>,
    /// What sending costs, if the shop says so.
    pub shipping_href: Option<String>,
    /// JSON for the script, escaped for a script element.
    pub data_html: String,
}

/// A code to pay with.
#[derive(Clone, Debug, Serialize)]
pub struct PayCode {
    /// What it is called.
    pub name: Phrase,
    /// The picture.
    pub svg: String,
}

/// A way to order or to ask.
#[derive(Clone, Debug, Serialize)]
pub struct OrderLink {
    /// `whatsapp`, `sms`, `email` or `phone`.
    pub channel: &'static str,
    /// What the link says.
    pub label: String,
    /// The address or number as people read it.
    pub address: String,
    /// Where it goes, with the text filled in.
    pub href: String,
}

/// A product in a grid.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: Phrase,
    /// What it costs, in words.
    pub price: Option<String>,
    /// Who makes it.
    pub maker: Option<Phrase>,
    /// Its first photograph.
    pub photo: Option<Picture>,
    /// A short remark such as "sold out".
    pub note: Option<String>,
}

/// Pages of a listing.
#[derive(Clone, Debug, Serialize)]
pub struct Pager {
    /// "Page 2 of 7".
    pub text: String,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// First, last and those near; none where some are left out.
    pub pages: Vec<Option<PageLink>>,
}

/// One page of a listing.
#[derive(Clone, Debug, Serialize)]
pub struct PageLink {
    /// Its number, from 1.
    pub number: String,
    /// Its address.
    pub href: String,
    /// Whether it is this page.
    pub is_current: bool,
}

/// A name and what is known under it.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What is said, as one or more texts.
    pub values: Vec<Said>,
    /// Whether a text of it is not yet translated, so that the page says so.
    pub is_untranslated: bool,
}

impl Fact {
    /// Something that the maker says. Names of others, which lead to their pages, are the same in every language.
    #[must_use]
    pub fn new(label: String, values: Vec<Said>) -> Self {
        let is_untranslated = values.iter().any(|said| said.lang.is_some() && said.href.is_none());
        Self { label, values, is_untranslated }
    }
}

/// A text of a fact, which may lead to who or what it names.
#[derive(Clone, Debug, Serialize)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The language tag, if it is not the language of the page: not yet translated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// `ltr` or `rtl`, if `lang` is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<&'static str>,
    /// The text in parts, if some of it is a day or in another language; else empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The page about it, if the site has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

impl From<Phrase> for Said {
    fn from(Phrase { text, lang, dir, parts }: Phrase) -> Self {
        Self { text, lang, dir, parts, href: None }
    }
}

/// A recording beside the text.
#[derive(Clone, Debug, Serialize)]
pub struct Audio {
    /// The file.
    pub src: String,
    /// Its media type.
    pub mime: &'static str,
    /// How long it is and how much there is to load, in words.
    pub facts: String,
    /// What is said in it, where the text of the page does not tell that already.
    pub words: Option<Phrase>,
}

/// The maker beside the thing.
#[derive(Clone, Debug, Serialize)]
pub struct Maker {
    /// Her chosen name.
    pub name: Phrase,
    /// Her page.
    pub href: String,
    /// Where she is, coarsely, and her people, in its own words.
    pub place: Option<Phrase>,
    /// Community or people.
    pub people: Option<Phrase>,
    /// One sentence.
    pub description: Option<Phrase>,
    /// A photograph of her.
    pub photo: Option<Picture>,
}

/// The home page.
#[derive(Clone, Debug, Serialize)]
pub struct Home {
    /// The picture of the shop.
    pub cover: Option<Picture>,
    /// One line.
    pub tagline: Option<Phrase>,
    /// One or two sentences.
    pub description: Option<Phrase>,
    /// All products.
    pub products_href: String,
    /// How many products there are.
    pub product_count: usize,
    /// "48 works".
    pub count: String,
    /// What stands above the cards: "Just made", or "From the shop" if they are not the newest.
    pub cards_name: String,
    /// The chosen products as ready cards.
    pub cards_html: String,
    /// Some makers; one only if the shop has one.
    pub makers: Vec<Maker>,
    /// All makers, if there are more than shown.
    pub makers_href: Option<String>,
    /// The first list's terms.
    pub terms: Vec<Tile>,
    /// Some collections.
    pub collections: Vec<Tile>,
    /// All collections, if there are more than shown.
    pub collections_href: Option<String>,
    /// Some designs.
    pub designs: Vec<Tile>,
    /// All designs, if there are more than shown.
    pub designs_href: Option<String>,
}

/// A picture with a name under it that leads somewhere.
#[derive(Clone, Debug, Serialize)]
pub struct Tile {
    /// Its name.
    pub name: Phrase,
    /// Where it leads.
    pub href: String,
    /// A sentence.
    pub description: Option<Phrase>,
    /// "12 works", or when and where it is, if anything is to be said.
    pub note: Option<Phrase>,
    /// A photograph.
    pub photo: Option<Picture>,
}

/// The page of a product.
#[derive(Clone, Debug, Serialize)]
pub struct ProductPage {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// Its name.
    pub name: Phrase,
    /// One or two sentences.
    pub description: Option<Phrase>,
    /// What it costs, in words.
    pub price: Option<String>,
    /// Whether and how soon it can be had, in sentences.
    pub availability: Vec<Phrase>,
    /// Whether none is left.
    pub is_sold_out: bool,
    /// Its photographs.
    pub photos: Vec<Picture>,
    /// Who makes it.
    pub makers: Vec<Maker>,
    /// How far it has come, if it is not for sale yet.
    pub stage: Option<String>,
    /// What a buyer chooses, if there is a choice; each combination has a link of its own.
    pub choices: Option<Choices>,
    /// How it gets onto the buyer's list, if it can be ordered.
    pub add: Option<AddToList>,
    /// The address to pay for it by itself, if there is one.
    pub pay: Option<String>,
    /// Ways to order it, the maker's first choice first.
    pub order: Vec<OrderLink>,
    /// What happens after an order.
    pub order_note: Option<Phrase>,
    /// What the register vouches for: certifications of it that are in force.
    pub vouches: Vec<Vouch>,
    /// What is known about it.
    pub facts: Vec<Fact>,
    /// Its materials that borders ask about, with what is known of their way.
    pub borders: Vec<BorderMaterial>,
    /// Where it is sent and what one piece costs to send, if the shop has zones.
    pub shipping: Option<ShippingBox>,
    /// What only dealers are told; none on public pages.
    pub trade: Vec<Fact>,
    /// Its story as a recording.
    pub audio: Option<Audio>,
    /// Its story.
    pub body: Option<Prose>,
    /// The designs that it carries.
    pub designs: Vec<Tile>,
    /// The terms that it is listed under.
    pub terms: Vec<Link>,
    /// Others beside it as ready cards.
    pub related_html: String,
    /// What stands above them: "Goes well with it" if the maker named them.
    pub related_name: String,
}

/// What a buyer chooses on a product.
#[derive(Clone, Debug, Serialize)]
pub struct Choices {
    /// The names of the options, such as "Size".
    pub names: Vec<Phrase>,
    /// The combinations that exist; at most 200.
    pub rows: Vec<Choice>,
    /// Whether a name or a value is not yet translated, so that the page says so.
    pub is_untranslated: bool,
}

/// One combination.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its id, unique among them: small letters, digits and hyphens.
    pub id: String,
    /// Its values, in the order of the names.
    pub values: Vec<Phrase>,
    /// What it costs, if the prices differ.
    pub price: Option<String>,
    /// Whether it can be had, if that differs.
    pub availability: Option<String>,
    /// Whether none is left.
    pub is_sold_out: bool,
    /// Its photograph, if it has one of its own and the list is short.
    pub photo: Option<Picture>,
    /// The maker's first way to order it, with the text filled in.
    pub order: Option<OrderLink>,
    /// What the link is called by itself, for people who do not see the row.
    pub label: String,
}

/// A material that borders ask about.
#[derive(Clone, Debug, Serialize)]
pub struct BorderMaterial {
    /// What it is.
    pub name: Phrase,
    /// Where it comes from.
    pub origin: Option<Phrase>,
    /// What it is for an inspector, where it may go, and where not, each in a few words.
    pub notes: Vec<Phrase>,
}

/// What it costs to send something.
#[derive(Clone, Debug, Serialize)]
pub struct ShippingBox {
    /// From which country, in words.
    pub from: Option<String>,
    /// What the shop says about it.
    pub note: Option<Phrase>,
    /// Its zones.
    pub zones: Vec<ZoneLine>,
    /// When nothing is sent, in words.
    pub away: Option<Phrase>,
    /// That weights are with packing, if prices go by weight; on the page of all costs.
    pub weights: Option<String>,
    /// Whether and how long things are taken back; on the page of all costs only.
    pub returns: Option<String>,
    /// The page of all costs; none on that page.
    pub href: Option<String>,
}

/// One zone.
#[derive(Clone, Debug, Serialize)]
pub struct ZoneLine {
    /// What it is called.
    pub name: Phrase,
    /// Its countries in words; on the page of all costs only.
    pub countries: Option<String>,
    /// What it costs: one amount for a product; each rate on the page of all costs.
    pub prices: Vec<ZonePrice>,
    /// How long it takes, from which total it is free, last days; each in a few words.
    pub notes: Vec<Phrase>,
    /// That the product is not sent there, or not to all of it.
    pub stop: Option<String>,
}

/// One price of a zone.
#[derive(Clone, Debug, Serialize)]
pub struct ZonePrice {
    /// For which parcel; none where there is one price.
    pub parcel: Option<String>,
    /// How much, in words.
    pub price: String,
}

/// A list of products.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// Its name.
    pub name: Phrase,
    /// One or two sentences.
    pub description: Option<Phrase>,
    /// Its text.
    pub body: Option<Prose>,
    /// Its picture.
    pub photo: Option<Picture>,
    /// The days and the place of the event that it is for.
    pub event: Option<Phrase>,
    /// "48 works".
    pub count: String,
    /// Terms of the shop's first list, for choosing; only on the first page of all products, and only where
    /// there is no `finder`.
    pub terms: Vec<Link>,
    /// The choice by facets; on the pages of all products of a shop with many.
    pub finder: Option<Finder>,
    /// The page of the search with this list chosen, from where more can be chosen; on lists of a term or a
    /// collection with several pages.
    pub narrow: Option<String>,
    /// At most 24 products as ready cards.
    pub cards_html: String,
    /// Its pages, if there are several.
    pub pager: Option<Pager>,
}

/// The choice by facets.
///
/// Without a script these are links to lists. The script of the page makes of them a choice of which
/// several combine; it looks for the attributes that the components `facets` and `found` write.
#[derive(Clone, Debug, Serialize)]
pub struct Finder {
    /// The page of the search.
    pub action: String,
    /// From this page to the root of the site.
    pub up: String,
    /// The language tag by which the data of the search are named.
    pub index: String,
    /// What can be chosen by, with the terms of most products.
    pub facets: Vec<Facet>,
}

/// One thing that products can be chosen by.
#[derive(Clone, Debug, Serialize)]
pub struct Facet {
    /// Its name in addresses, for example `colour`.
    pub key: &'static str,
    /// "Colours".
    pub name: String,
    /// Some of its terms, those of most products, in the order of the list.
    pub terms: Vec<FacetTerm>,
    /// The page with all its terms, if there are more.
    pub all: Option<String>,
}

/// One value of a facet.
#[derive(Clone, Debug, Serialize)]
pub struct FacetTerm {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Phrase,
    /// Its list.
    pub href: String,
    /// How many products it has.
    pub count: String,
}

/// The page of the search.
#[derive(Clone, Debug, Serialize)]
pub struct SearchPage {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// The choice by facets.
    pub finder: Finder,
    /// All products.
    pub products_href: String,
}

/// The page where records, badges and numbers are checked.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyPage {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// Where the form with the number leads: this page, at the list of records.
    pub action: String,
    /// An example of a number.
    pub example: String,
    /// The address of a record page, with dots for its number; none if the site has no address.
    pub address: Option<String>,
    /// The command of this program.
    pub command: String,
    /// The command of OpenSSH; none if the site signs nothing.
    pub ssh_command: Option<String>,
    /// Whom the page believes, the site itself first.
    pub believed: Vec<Believed>,
    /// The neighbours whose word counts for when something was seen.
    pub witnesses: Vec<String>,
    /// The newest records of the register.
    pub records: Vec<RecordLink>,
    /// That there are more records than those; none if there are not.
    pub more_records: Option<String>,
    /// All designs, if there are any.
    pub designs_href: Option<String>,
    /// JSON for the script, escaped for a script element.
    pub data_html: String,
}

/// Somebody whom a site believes.
#[derive(Clone, Debug, Serialize)]
pub struct Believed {
    /// What the site calls them.
    pub name: String,
    /// Their name in records.
    pub did: String,
    /// For which kinds of record; empty for all.
    pub kinds: Vec<Phrase>,
    /// Who delegated them, until when, and as of which day that is known, in a sentence; none if the list itself names them.
    pub why: Option<Phrase>,
}

/// The index of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Terms {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// Its name.
    pub name: Phrase,
    /// A sentence.
    pub description: Option<String>,
    /// Its entries.
    pub tiles: Vec<Tile>,
    /// Whether there are too many for pictures.
    pub is_long: bool,
}

/// The page of a producer.
#[derive(Clone, Debug, Serialize)]
pub struct ProducerPage {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// Her chosen name.
    pub name: Phrase,
    /// One sentence.
    pub description: Option<Phrase>,
    /// Place, people, crafts, languages.
    pub facts: Vec<Fact>,
    /// A photograph.
    pub photo: Option<Picture>,
    /// Its story as a recording.
    pub audio: Option<Audio>,
    /// Her story.
    pub body: Option<Prose>,
    /// Ways to reach her.
    pub contact: Vec<OrderLink>,
    /// What the register vouches for: her membership, and what is certified of all that she makes.
    pub vouches: Vec<Vouch>,
    /// Her own shop, if she is a member of the association and has one.
    pub own_site: Option<OwnSite>,
    /// "12 works".
    pub count: String,
    /// At most 24 products as ready cards.
    pub cards_html: String,
    /// The pages of her products, if there are several.
    pub pager: Option<Pager>,
}

/// The page of a design.
#[derive(Clone, Debug, Serialize)]
pub struct DesignPage {
    /// Where it stands in the shop.
    pub trail: Vec<Link>,
    /// Its name.
    pub name: Phrase,
    /// One or two sentences.
    pub description: Option<Phrase>,
    /// Its photographs.
    pub photos: Vec<Picture>,
    /// Holder, technique, motifs and the like.
    pub facts: Vec<Fact>,
    /// Its story as a recording.
    pub audio: Option<Audio>,
    /// Its story.
    pub body: Option<Prose>,
    /// What was signed about it, verified; newest first.
    pub records: Vec<RecordBox>,
    /// Whose register its record is in, if not in this one; else who lists it too.
    pub listings: Vec<CrossListing>,
    /// Labels of communities and notices about it that are in force.
    pub words: Vec<DesignWord>,
    /// What the register vouches for.
    pub vouches: Vec<Vouch>,
    /// Products that carry it, at most 24, as ready cards.
    pub cards_html: String,
    /// "12 works".
    pub count: String,
    /// The pages of the products that carry it, if there are several.
    pub pager: Option<Pager>,
}

/// A community's label or a notice about a design, as its signer's word.
#[derive(Clone, Debug, Serialize)]
pub struct DesignWord {
    /// Which of the two it is.
    pub sort: Phrase,
    /// What a label is called.
    pub name: Option<Phrase>,
    /// Its code.
    pub code: Option<String>,
    /// What it says.
    pub text: Option<Phrase>,
    /// Who gives and who signed it, when, and until when it holds.
    pub says: Phrase,
    /// The page of its record.
    pub href: String,
}

/// A design in two registers: what a page says of the other one.
#[derive(Clone, Debug, Serialize)]
pub struct CrossListing {
    /// Who lists it, and whose record it is.
    pub text: Phrase,
    /// How that record stands, as far as is known.
    pub state: Option<Phrase>,
    /// The other's page.
    pub href: Option<String>,
    /// What the way there is called.
    pub link: String,
}

/// A signed record as a page speaks of it. Made only from what was verified.
#[derive(Clone, Debug, Serialize)]
pub struct RecordBox {
    /// Whether it was signed for practice: it proves nothing.
    pub is_practice: bool,
    /// Whether the design's page says something else now than what was signed.
    pub is_edited: bool,
    /// The first sentence: how it stands, and who says so.
    pub state: RecordState,
    /// That it is disputed, if a dispute about it is open.
    pub disputed: Option<Phrase>,
    /// Who signed.
    pub signer: String,
    /// The day that the signer's clock showed.
    pub signed_on: Phrase,
    /// What outside evidence says; none if there is none yet.
    pub not_later_than: Option<Phrase>,
    /// SHA-256 of the record's bytes in hexadecimal.
    pub id: String,
    /// Where it stands in the register, in words.
    pub entry: Option<String>,
    /// The record page.
    pub href: String,
    /// Its address as the code holds it.
    pub address: String,
    /// The code as safe SVG.
    pub qr_svg: Option<String>,
}

/// A free page.
#[derive(Clone, Debug, Serialize)]
pub struct Free {
    /// Its title.
    pub name: Phrase,
    /// One or two sentences.
    pub description: Option<Phrase>,
    /// Its text.
    pub body: Option<Prose>,
    /// The makers, on a page about the shop that was made from what is known.
    pub makers: Vec<Maker>,
    /// A picture, likewise.
    pub photo: Option<Picture>,
    /// Ways to reach the shop, likewise.
    pub contact: Vec<OrderLink>,
    /// What it costs to send things, on the page about that.
    pub shipping: Option<ShippingBox>,
    /// What the site and others learn of its readers, on the page about that.
    pub privacy: Vec<PrivacyPart>,
    /// The rules of the association, on the page about them.
    pub charter: Option<CharterBox>,
}

/// The page for addresses that do not exist.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// What it says, the language of the page first; at the root of the site in each of its languages.
    pub said: Vec<MissingText>,
}

/// That there is no such page, in one language.
#[derive(Clone, Debug, Serialize)]
pub struct MissingText {
    /// The language tag, if it is not the language of the page.
    pub lang: Option<String>,
    /// `ltr` or `rtl`, if `lang` is set.
    pub dir: Option<&'static str>,
    /// The heading.
    pub title: String,
    /// A sentence.
    pub text: String,
    /// What the link says.
    pub way: String,
    /// The home page in that language.
    pub home: String,
}

/// What is learned of a reader on one occasion.
#[derive(Clone, Debug, Serialize)]
pub struct PrivacyPart {
    /// The occasion.
    pub name: String,
    /// What is learned, and by whom, a paragraph each.
    pub texts: Vec<String>,
}

/// The rules of an association, as it signed them.
#[derive(Clone, Debug, Serialize)]
pub struct CharterBox {
    /// How the record stands.
    pub state: RecordState,
    /// Who stands behind the association: bodies that delegated something to it, or none that the site knows of.
    pub behind: Phrase,
    /// What it says.
    pub facts: Vec<RecordFact>,
    /// The criteria that it binds, as far as their texts are at hand.
    pub criteria: Vec<CriteriaText>,
    /// The page of the record.
    pub href: String,
}

/// The text of criteria that a charter binds, word for word.
#[derive(Clone, Debug, Serialize)]
pub struct CriteriaText {
    /// What they are called.
    pub name: Phrase,
    /// Which version they are.
    pub version: String,
    /// What they say; none if their file is no text.
    pub text: Option<Prose>,
    /// SHA-256 of their file in hexadecimal, which is the one that was signed.
    pub digest: String,
    /// The file, byte for byte.
    pub href: String,
}

/// What the site's register vouches for: a certification or a membership that is in force.
#[derive(Clone, Debug, Serialize)]
pub struct Vouch {
    /// Who says what, until when.
    pub state: RecordState,
    /// How it was checked.
    pub how: Option<String>,
    /// By which rules.
    pub criteria: Option<String>,
    /// By whose delegation, if a body that the site believes delegated this kind when it was signed.
    pub delegated: Option<Phrase>,
    /// The page of the record.
    pub href: String,
    /// Its badge, if the site has an address that a badge can lead to.
    pub badge: Option<VouchBadge>,
}

/// The picture of a [`Vouch`], in the appearances of the page.
#[derive(Clone, Debug, Serialize)]
pub struct VouchBadge {
    /// The file for light pages, or for all.
    pub src: String,
    /// The file for dark pages, where a page can be both.
    pub dark: Option<String>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// All that it says, for whoever cannot see it.
    pub alt: String,
}

/// The shop that a member of an association has herself.
#[derive(Clone, Debug, Serialize)]
pub struct OwnSite {
    /// What it is called.
    pub name: Phrase,
    /// Its address.
    pub href: String,
}

/// The page of a record: one file that needs no other.
#[derive(Clone, Debug, Serialize)]
pub struct RecordPage {
    /// What the browser's tab says.
    pub title: String,
    /// The language of the first text.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Whether search engines may list it.
    pub is_indexed: bool,
    /// The content security policy, with the hashes of style and script.
    pub csp: String,
    /// The style sheet; stands in one `style` element, unchanged.
    pub style_html: String,
    /// The script; stands in one `script` element, unchanged. None on a page that checks nothing.
    pub script_html: Option<String>,
    /// The embedded evidence as JSON, for the element `selvedge-evidence`; none likewise.
    pub evidence_html: Option<String>,
    /// The words of the script as JSON, for the element `selvedge-strings`.
    pub strings_html: String,
    /// Links to the texts in each language; empty if there is one.
    pub languages: Vec<Language>,
    /// The texts, one language after the other, from `record-text.html`.
    pub texts_html: String,
    /// The home page of the site.
    pub home: String,
    /// The name of the site.
    pub shop: String,
    /// What the script of an edition's tags knows, as JSON, for the element `selvedge-tags`; none on other pages.
    pub tags_html: Option<String>,
    /// Scripts that lie beside the page: that of an edition's tags. Without them the page is what it is.
    pub scripts: Vec<Script>,
}

/// What a record page says of tags.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TagsText {
    /// The short number of the edition, as it begins on its tags.
    pub number: Option<String>,
    /// What was announced, issued, made void and reported, a sentence each.
    pub sentences: Vec<Phrase>,
    /// Where to tell the association that something is wrong.
    pub contact: Option<Phrase>,
    /// Whether check codes can be compared here.
    pub has_codes: bool,
    /// Whether the script of tags tells more here, at the attribute `data-selvedge-tags`.
    pub has_script: bool,
}

/// What a design or an edition is called in print and in links.
#[derive(Clone, Debug, Serialize)]
pub struct Numbers {
    /// The short number, as it begins on tags.
    pub short: Option<String>,
    /// The full identifier, without `https://`; as an address it leads to this page.
    pub identifier: Option<String>,
    /// The same by the register's first charter, for the day on which the address is lost.
    pub alias: Option<String>,
}

/// What a record says, in one language. All of it comes from the verified record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordText {
    /// The `id` of the section.
    pub anchor: String,
    /// Language tag.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Whether it was signed for practice.
    pub is_practice: bool,
    /// The first sentence: how it stands, and who says so.
    pub state: RecordState,
    /// What stands against its edition or its designs, if it is about pieces.
    pub against: Vec<Against>,
    /// What the register's owner vouches for of it, as long as both are in force: what a buyer asks first.
    pub vouches: Vec<Vouch>,
    /// Who lists the same design, or whose record is listed by this one.
    pub listings: Vec<CrossListing>,
    /// Disputes about it, open ones and those that are over.
    pub disputes: Vec<DisputeText>,
    /// What the page speaks of.
    pub about: String,
    /// What its kind is called, if that is not its heading.
    pub kind: Option<Phrase>,
    /// What the thing is called; else what its kind is called.
    pub name: Phrase,
    /// Whether it is a design's.
    pub is_design: bool,
    /// Whether it is about a piece that a reader may hold in her hands.
    pub is_about_pieces: bool,
    /// Whether it is about something of which it does not show who made it first.
    pub may_seem_first: bool,
    /// What a record of another kind says.
    pub facts: Vec<RecordFact>,
    /// From when it holds, if that is not when it was signed.
    pub holds_from: Option<Phrase>,
    /// Until when it holds.
    pub holds_until: Option<Phrase>,
    /// The earlier record that it says again.
    pub reissues: Option<RecordLink>,
    /// Its tags, if it is an edition or a batch of them.
    pub tags: Option<TagsText>,
    /// What it is called in print and in links, if it is a design or an edition that has such names.
    pub numbers: Option<Numbers>,
    /// What else the register says about it.
    pub others: Vec<OtherWord>,
    /// Where others saw it published.
    pub seen: Vec<Seen>,
    /// One or two sentences.
    pub description: Option<Phrase>,
    /// The photographs that were signed, if they are at hand.
    pub photos: Vec<Master>,
    /// That everything is said by the signer.
    pub says_who: String,
    /// Holder, designer, place, names.
    pub whose: Vec<Fact>,
    /// What it shows and how it is made.
    pub made: Vec<Fact>,
    /// The designs of a piece or an edition.
    pub designs: Vec<PieceDesign>,
    /// Fingerprints of its story.
    pub stories: Vec<Story>,
    /// The design's page on this site.
    pub design_page: Option<String>,
    /// Since when, in the holder's words.
    pub said_to_date_from: Option<Phrase>,
    /// The day by the signer's clock.
    pub signed_on: Phrase,
    /// What outside evidence says; none if there is none yet.
    pub not_later_than: Option<Phrase>,
    /// Where it stands in the register, in words.
    pub entry: Option<String>,
    /// Who signed.
    pub signer: String,
    /// Which address the record names.
    pub served: String,
    /// Whom to tell if something is wrong: the words of the charter, or of the site.
    pub tell_whom: Option<Phrase>,
    /// SHA-256 of the record's bytes in hexadecimal.
    pub id: String,
    /// The short id.
    pub short_id: String,
    /// Fingerprint of the signer's key, as OpenSSH writes it.
    pub fingerprint: String,
    /// The record's file.
    pub record_href: String,
    /// Its side signature.
    pub side_href: Option<String>,
    /// Its place in the register.
    pub proof_href: String,
    /// The list of keys for OpenSSH.
    pub signers_href: String,
    /// The language of the sentences of the check, if it is not that of the text.
    pub check_lang: Option<String>,
    /// What stands where the script writes, for readers without script.
    pub check_waiting: String,
    /// The heading over the ways to check elsewhere.
    pub check_title: String,
    /// Which files to keep.
    pub check_files: String,
    /// The way with this program.
    pub check_command: String,
    /// The way with OpenSSH.
    pub check_ssh: String,
    /// The way with other verifiers.
    pub check_other: String,
    /// The way with the page of another association.
    pub check_page: String,
    /// That the key must be compared.
    pub check_fingerprint: String,
    /// The command of this program.
    pub command: String,
    /// The command of OpenSSH.
    pub ssh_command: String,
}

/// How a record stands. One sentence: `before`, then `quotes`, then `after`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecordState {
    /// One of `in-force`, `proposed`, `not-yet`, `expired`, `ended`, `suspended`, `superseded`,
    /// `withdrawn`, `revoked`, `void`, `unknown`.
    pub key: &'static str,
    /// The sentence, up to what is quoted.
    pub before: Phrase,
    /// What the signer claims, in her words.
    pub quotes: Vec<Quote>,
    /// The sentence after what is quoted.
    pub after: Phrase,
    /// The reason that was given for it, quoted.
    pub reason: Option<Phrase>,
    /// The record that brought it about, or stands in its place.
    pub link: Option<RecordLink>,
    /// Up to which entry of the register this is so; none if that cannot be told.
    pub as_of: Option<Phrase>,
}

/// A claim, as its signer wrote it.
#[derive(Clone, Debug, Serialize)]
pub struct Quote {
    /// What sort of claim it is, such as "made by", if the text alone does not tell.
    pub label: Option<String>,
    /// The text.
    pub text: Phrase,
}

impl Quote {
    /// Both as one text.
    #[must_use]
    pub fn whole(&self) -> String {
        match &self.label {
            Some(label) => format!("{label} {}", self.text.text),
            None => self.text.text.clone(),
        }
    }
}

/// A link to the page of a record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordLink {
    /// What it says.
    pub text: Phrase,
    /// Where it goes.
    pub href: String,
}

/// One member of what a record says.
#[derive(Clone, Debug, Serialize)]
pub struct RecordFact {
    /// What it is called.
    pub label: Phrase,
    /// What stands there.
    pub values: Vec<FactValue>,
}

/// One value: a text, or parts with a label each.
#[derive(Clone, Debug, Serialize)]
pub struct FactValue {
    /// The text; empty if there are parts.
    pub text: Phrase,
    /// The page of the record that it names, or the address elsewhere that it is.
    pub href: Option<String>,
    /// Whether it is for programs.
    pub is_code: bool,
    /// Its parts.
    pub parts: Vec<FactPart>,
}

/// A part of a value.
#[derive(Clone, Debug, Serialize)]
pub struct FactPart {
    /// What it is called.
    pub label: Phrase,
    /// What stands there.
    pub text: Phrase,
    /// The page of the record that it names, or the address elsewhere that it is.
    pub href: Option<String>,
    /// Whether it is for programs.
    pub is_code: bool,
}

/// A design that a piece or an edition shows.
#[derive(Clone, Debug, Serialize)]
pub struct PieceDesign {
    /// What it is called.
    pub name: Phrase,
    /// Whose it is, what is claimed and what is not, and what the makers of things with it get.
    pub facts: Vec<Fact>,
    /// Its page on this site, with its story.
    pub href: Option<String>,
}

/// That the design or edition of a piece is disputed, or does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Against {
    /// How it stands: `disputed`, or the word of a [`RecordState`].
    pub key: &'static str,
    /// What it is, with its name.
    pub of: Phrase,
    /// What became of it, who did that, and when.
    pub says: Phrase,
    /// Its page; of a dispute, where both sides stand.
    pub href: Option<String>,
    /// Whether it is a dispute that is open.
    pub is_dispute: bool,
}

/// A dispute about a record, in the words of both sides.
#[derive(Clone, Debug, Serialize)]
pub struct DisputeText {
    /// Whether it has no outcome yet.
    pub is_open: bool,
    /// Who entered it, and when.
    pub sentence: Phrase,
    /// What it is about, in a word or two.
    pub ground: Option<Phrase>,
    /// Who disputes.
    pub parties: Vec<FactValue>,
    /// What they say.
    pub statement: Option<Phrase>,
    /// What the other side answers.
    pub answer: Option<Phrase>,
    /// What is asked for.
    pub remedy: Option<Phrase>,
    /// How it ended, in a word.
    pub outcome: Option<Phrase>,
    /// How it ended.
    pub outcome_text: Option<Phrase>,
    /// What those say who see the outcome otherwise.
    pub minority: Option<Phrase>,
    /// The page of the dispute.
    pub href: Option<String>,
    /// The page of its outcome.
    pub outcome_href: Option<String>,
}

/// What another record says about one, as its signer's word.
#[derive(Clone, Debug, Serialize)]
pub struct OtherWord {
    /// What sort of word it is.
    pub what: Phrase,
    /// What the thing is called that it speaks of.
    pub name: Option<Phrase>,
    /// Who signed.
    pub signer: String,
    /// The day that the signer's clock showed.
    pub date: Phrase,
    /// The signer's own words.
    pub quote: Option<Phrase>,
    /// Its page.
    pub href: String,
    /// How it stands, if it is not in force.
    pub no_longer: Option<Phrase>,
}

/// Where somebody saw it published.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The day.
    pub on: Phrase,
    /// Who says so.
    pub says: String,
    /// The address, as text.
    pub at: Option<String>,
    /// The page of the record that says so.
    pub href: String,
}

/// What stays of a record whose content was taken back, in one language.
#[derive(Clone, Debug, Serialize)]
pub struct TombstoneText {
    /// The `id` of the section.
    pub anchor: String,
    /// Language tag.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: &'static str,
    /// Who took it back, and when.
    pub state: RecordState,
    /// What its kind is called.
    pub kind: Phrase,
    /// Whether it was about something of which it did not show who made it first.
    pub may_seem_first: bool,
    /// Why, in a word or two.
    pub reason: Option<Phrase>,
    /// Who had signed it.
    pub signer: String,
    /// When, by the signer's clock.
    pub signed_on: Phrase,
    /// Its place in the register.
    pub entry: String,
    /// Who took it back.
    pub withdrawn_by: String,
    /// When, by that signer's clock.
    pub withdrawn_on: Phrase,
    /// SHA-256 of its bytes in hexadecimal.
    pub id: String,
    /// The short id.
    pub short_id: String,
    /// The page of the withdrawal.
    pub href: Option<String>,
    /// What else the register says about it.
    pub others: Vec<OtherWord>,
}

/// A photograph that was signed, as it was signed.
#[derive(Clone, Debug, Serialize)]
pub struct Master {
    /// The file.
    pub href: String,
    /// What the record says that it shows.
    pub alt: String,
    /// The language of `alt`, if it is not that of the text.
    pub alt_lang: Option<String>,
    /// EXIF orientation to show it with, 1 to 8.
    pub orientation: u8,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    /// The record that it belongs to, if that is another one.
    pub of: Option<RecordLink>,
}

/// The fingerprint of a story.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// Language tag.
    pub language: String,
    /// The sentence with the digest.
    pub text: String,
}
