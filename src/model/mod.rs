//! The vocabulary of a storefront as checked data; no I/O, no HTML.
//!
//! The types here say what a shop consists of. They are plain data: who holds one may rely on
//! the meaning of each field, because only `check` fills in a whole
//! [`Site`](crate::check::Site). Things refer to each other by index ([`ProductIx`] and the
//! like) into the lists of that site, never by name.
//!
//! Two decisions hold from the first day: text that a reader sees is [`Text`], which knows its
//! languages; and money is [`Money`], whole minor units with their ISO 4217 currency.

mod address;
mod blackout;
mod collation;
mod country;
mod currency_pattern;
mod date;
mod locale;
mod material;
mod money;
pub mod particulars;
pub mod payment;
pub mod pool;
mod shipping;
mod slug;
mod target;
mod text;
mod trade;
mod variant;

pub use address::{BaseUrl, BaseUrlError};
pub use blackout::{Blackout, BlackoutTime};
pub use collation::Collation;
pub use country::{Country, Destination};
pub use date::{DateFormatter, PART_MARKS};
pub use locale::{Direction, Locale, LocaleError, LocaleIx};
pub use material::{Material, MaterialFlag, Permit, Stop, Why};
pub use money::{Currency, Money, MoneyError, MoneyFormatter, MoneyStyle, Price, PriceRange};
pub use particulars::{Allergen, Fibre, KnownAllergen, Nutrition, Particulars, Species};
pub use payment::{Account, EmvAccount, Payment};
pub use shipping::{
    Area, LastShip, PaidBy, Pooled, Quote, Rate, Reach, Returns, Shipping, Tariff, Zone,
};
pub use slug::{Slug, SlugError};
pub use target::{Cloud, Publish, Target, TargetError};
pub use text::{Prose, Shown, Text};
pub use trade::{Audience, DeliveryTerms, INCOTERMS_2020, PriceBreak, Trade};
pub use variant::{OPTIONS_MAX, ProductOption, VARIANTS_MAX, Variant, overall};

use std::sync::Arc;

use crate::diag::{FileId, Span};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as the position in its list.
            #[must_use]
            pub fn at(self) -> usize {
                self.0 as usize
            }

            /// The index of a position.
            #[must_use]
            pub fn of(position: usize) -> Self {
                Self(u32::try_from(position).expect("fewer than 2^32 things in a site"))
            }
        }
    )*};
}

index! {
    /// A position in the site's products.
    ProductIx;
    /// A position in the site's producers.
    ProducerIx;
    /// A position in the members of an association.
    MemberIx;
    /// A position in the site's designs.
    DesignIx;
    /// A position in the site's collections.
    CollectionIx;
    /// A position in the site's free pages.
    PageIx;
    /// A position in the site's lists.
    ListIx;
    /// A position in the terms of a list.
    TermIx;
}

/// Which sort of site it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SiteKind {
    /// One maker, or a few.
    #[default]
    Shop,
    /// A body that gathers producers.
    Association,
}

/// A photograph that a page shows: where it lies in the site's folder, and words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoRef {
    /// Path below the site's folder, with `/`.
    pub path: String,
    /// What can be seen on it, for people who cannot see it.
    pub alt: Option<Text>,
}

/// A recording that a page plays: where it lies in the site's folder, and what is said in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioRef {
    /// Path below the site's folder, with `/`.
    pub path: String,
    /// What is said in it, where the story beside it does not tell that already.
    pub words: Option<Text>,
}

/// A product: a thing that can be ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id, the last part of its address.
    pub id: Slug,
    /// Where it is described: the beginning of its file, or of its row in a table.
    pub place: Span,
    /// The member in whose folder it stands; `None` if it is the site's own.
    pub member: Option<MemberIx>,
    /// What it is called.
    pub name: Text,
    /// One or two sentences for cards and search engines.
    pub description: Option<Text>,
    /// What it costs: with variants, from the lowest of them to the highest.
    pub price: Price,
    /// What a buyer chooses on it; at most three.
    pub options: Vec<ProductOption>,
    /// The combinations that exist, in the maker's order; none if there is nothing to choose.
    pub variants: Vec<Variant>,
    /// Its photographs, the first one first.
    pub photos: Vec<PhotoRef>,
    /// Who makes it.
    pub made_by: Vec<ProducerIx>,
    /// From whom the maker has what she works with.
    pub supplied_by: Vec<Supplier>,
    /// The designs that it carries.
    pub designs: Vec<DesignIx>,
    /// The terms under which it is listed, at most one entry for each list and term.
    pub terms: Vec<(ListIx, TermIx)>,
    /// The sort of thing that it is.
    pub kind: Option<ProductKind>,
    /// How far it has come; only what is for sale can be ordered.
    pub stage: Stage,
    /// Whether and how soon it can be had: with variants, the best of them.
    pub availability: Availability,
    /// Whether more can be made when none is ready.
    pub is_made_to_order: bool,
    /// Days from order to dispatch.
    pub lead_time_days: Option<u32>,
    /// How many can be made in a month: what is said, else the sum of the pool.
    pub capacity_per_month: Option<u32>,
    /// What each of several makers can make of it in a month; empty if nobody said.
    pub pool: Vec<pool::Share>,
    /// When it is not made or sent, besides the times of the whole shop.
    pub blackout: Blackout,
    /// The fewest that can be ordered.
    pub minimum_order: Option<u32>,
    /// The most that can be ordered.
    pub maximum_order: Option<u32>,
    /// What it is made of, in the maker's words.
    pub materials: Vec<Material>,
    /// Where it does not go, whatever it is made of.
    pub not_to: Vec<Destination>,
    /// How it is made.
    pub technique: Option<Text>,
    /// How large it is.
    pub size: Option<Text>,
    /// How to look after it.
    pub care: Option<Text>,
    /// What is to be said because of its kind.
    pub particulars: Arc<Particulars>,
    /// Weight in grams.
    pub weight_g: Option<u32>,
    /// Weight in grams as it is packed.
    pub packed_weight_g: Option<u32>,
    /// Article number.
    pub sku: Option<String>,
    /// Global trade item number, digits only.
    pub gtin: Option<String>,
    /// Where it can be paid by itself: an address, `https`.
    pub pay: Option<String>,
    /// Where Google's list of categories has it: a number or the way to it.
    pub google_category: Option<String>,
    /// What the maker is paid of the price, in words for everybody.
    pub payment_to_maker: Option<Text>,
    /// The terms for dealers; only in a site that is made for the trade.
    pub trade: Option<Box<Trade>>,
    /// The day it was added, as `YYYY-MM-DD`.
    pub date: Option<Date>,
    /// Products to show beside it, at most four.
    pub related: Vec<ProductIx>,
    /// Whether the maker named them herself.
    pub is_related_chosen: bool,
    /// Its story as a recording.
    pub audio: Option<AudioRef>,
    /// Its story.
    pub body: Prose,
}

/// A day of the calendar, without time or zone.
pub type Date = jiff::civil::Date;

/// From whom a maker has what she works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// The name.
    pub name: Text,
    /// The producer of that name or id, if she is on the site.
    pub producer: Option<ProducerIx>,
}

/// How far a product has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Thought of.
    Idea,
    /// Made once, to see.
    Prototype,
    /// Made to be shown.
    Sample,
    /// Tried out.
    Tested,
    /// Can be ordered.
    #[default]
    ForSale,
}

impl Stage {
    /// Every stage with its name in files.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Idea, "idea"),
        (Self::Prototype, "prototype"),
        (Self::Sample, "sample"),
        (Self::Tested, "tested"),
        (Self::ForSale, "for sale"),
    ];
}

/// Whether and how soon a product can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// So many are ready.
    InStock(u32),
    /// None left.
    SoldOut,
    /// Made when it is ordered.
    MadeToOrder,
    /// There is one, and it can be reserved.
    OneOfAKind,
    /// The maker says nothing about it.
    Unstated,
}

impl Availability {
    /// The most that can be ordered now; `None` if nothing limits it. `is_made`: more are made when they are ordered.
    #[must_use]
    pub fn most(self, is_made: bool) -> Option<u32> {
        match self {
            Self::OneOfAKind => Some(1),
            Self::InStock(count) if !is_made => Some(count),
            Self::SoldOut => Some(0),
            Self::InStock(_) | Self::MadeToOrder | Self::Unstated => None,
        }
    }
}

/// The sorts of product whose pages differ (DOMAIN, kinds of Appendix 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProductKind {
    /// Cloth and clothes.
    Textile,
    /// Hide and leather.
    Leather,
    /// Jewellery.
    Jewellery,
    /// Clay and glass.
    Ceramic,
    /// Baskets, bamboo, rattan, lacquer, furniture.
    Basket,
    /// Dolls and toys.
    Toy,
    /// Pictures and sculpture.
    Art,
    /// For the bath and the skin.
    Cosmetic,
    /// Food and drink.
    Food,
    /// Plants, resins, flowers.
    Plant,
    /// Books and language learning.
    Book,
    /// Knowledge and services.
    Service,
    /// Anything else.
    Other,
}

impl ProductKind {
    /// Every kind with its name in files.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Textile, "textile"),
        (Self::Leather, "leather"),
        (Self::Jewellery, "jewellery"),
        (Self::Ceramic, "ceramic"),
        (Self::Basket, "basket"),
        (Self::Toy, "toy"),
        (Self::Art, "art"),
        (Self::Cosmetic, "cosmetic"),
        (Self::Food, "food"),
        (Self::Plant, "plant"),
        (Self::Book, "book"),
        (Self::Service, "service"),
        (Self::Other, "other"),
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Someone who makes or sells: a person, a family, a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Producer {
    /// Its id, the last part of its address.
    pub id: Slug,
    /// The file that describes it.
    pub file: FileId,
    /// The member in whose folder they stand; `None` if they are the site's own.
    pub member: Option<MemberIx>,
    /// The name that they chose.
    pub name: Text,
    /// One sentence.
    pub description: Option<Text>,
    /// Where they are, coarsely.
    pub place: Option<Text>,
    /// Their community or people, in its own words.
    pub people: Option<Text>,
    /// What they make.
    pub crafts: Vec<Text>,
    /// The languages that they speak with buyers.
    pub speaks: Vec<Text>,
    /// The name of the key with which they sign for the register of their association, a `did:key`.
    pub signs_as: Option<String>,
    /// A photograph.
    pub photo: Option<PhotoRef>,
    /// Their own ways to be reached; empty means the shop's.
    pub channels: Vec<Channel>,
    /// Their own ways to be paid, for what is ordered from them.
    pub pay: Vec<Payment>,
    /// Its story as a recording.
    pub audio: Option<AudioRef>,
    /// Their story.
    pub body: Prose,
    /// What of theirs is on the site, newest first.
    pub products: Vec<ProductIx>,
}

/// A member of an association, whose folder is a site of her own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Her id, with which the ids of her things begin.
    pub id: Slug,
    /// What her own site is called.
    pub name: Text,
    /// What the paths of her files begin with, with a closing slash: `members/ana/`.
    pub prefix: String,
    /// The address of her own site, if it has one.
    pub base_url: Option<BaseUrl>,
    /// The makers in her folder.
    pub producers: Vec<ProducerIx>,
}

/// A pattern, motif, form or way of making, as distinct from a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Design {
    /// Its id, the last part of its address.
    pub id: Slug,
    /// The file that describes it.
    pub file: FileId,
    /// The member in whose folder it stands; `None` if it is the site's own.
    pub member: Option<MemberIx>,
    /// What it is called.
    pub name: Text,
    /// One or two sentences.
    pub description: Option<Text>,
    /// Who has authority over it.
    pub holder: Option<Text>,
    /// What sort of holder that is.
    pub holder_kind: Option<HolderKind>,
    /// Who designed it.
    pub designed_by: Option<Text>,
    /// What sort of design it is.
    pub kind: Option<String>,
    /// How it is made.
    pub technique: Option<Text>,
    /// What it is made of.
    pub materials: Vec<Text>,
    /// Words for what it shows.
    pub motifs: Vec<Text>,
    /// Where it comes from, coarsely.
    pub place: Option<Text>,
    /// Since when, in the holder's words.
    pub said_to_date_from: Option<Text>,
    /// How it wants to be named.
    pub attribution: Option<Text>,
    /// What the holder does not claim.
    pub not_claimed: Option<Text>,
    /// Who else uses it.
    pub also_used_by: Option<Text>,
    /// Where its record is in the register of somebody else: the letters of the record by which this one lists it too.
    pub listing: Option<String>,
    /// Its photographs.
    pub photos: Vec<PhotoRef>,
    /// The day it was added.
    pub date: Option<Date>,
    /// Its story as a recording.
    pub audio: Option<AudioRef>,
    /// Its story.
    pub body: Prose,
    /// Products that carry it, newest first.
    pub products: Vec<ProductIx>,
}

/// Who may hold a design (DOMAIN §1.1 S6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderKind {
    /// One person.
    Individual,
    /// A family.
    Family,
    /// A clan.
    Clan,
    /// A community.
    Community,
    /// Several communities.
    Communities,
    /// Not known.
    Unknown,
}

impl HolderKind {
    /// Every kind with its name in files and records.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Individual, "individual"),
        (Self::Family, "family"),
        (Self::Clan, "clan"),
        (Self::Community, "community"),
        (Self::Communities, "communities"),
        (Self::Unknown, "unknown"),
    ];

    /// Its name in files and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// A choice of products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Its id, the last part of its address.
    pub id: Slug,
    /// The file that describes it.
    pub file: FileId,
    /// What it is called.
    pub name: Text,
    /// One or two sentences.
    pub description: Option<Text>,
    /// A photograph.
    pub photo: Option<PhotoRef>,
    /// Its products in order.
    pub products: Vec<ProductIx>,
    /// The days of the event that it is for, the first and the last.
    pub days: Option<(Date, Date)>,
    /// Where the event is.
    pub place: Option<Text>,
    /// Its text.
    pub body: Prose,
}

/// A free page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreePage {
    /// Its id, the last part of its address.
    pub id: Slug,
    /// The file that describes it.
    pub file: FileId,
    /// Its title.
    pub name: Text,
    /// One or two sentences for search engines.
    pub description: Option<Text>,
    /// Whether the menu shows it.
    pub in_menu: bool,
    /// Its text.
    pub body: Prose,
}

/// What a list sorts the products by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListKind {
    /// The maker's own sorts of goods.
    Category,
    /// Who makes it; its terms are the producers.
    Maker,
    /// Where it comes from.
    Region,
    /// The kind of product.
    Kind,
    /// Colour.
    Colour,
    /// Material, as a term.
    Material,
    /// Theme.
    Theme,
}

impl ListKind {
    /// Every kind with its name in files.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Category, "category"),
        (Self::Maker, "maker"),
        (Self::Region, "region"),
        (Self::Kind, "kind"),
        (Self::Colour, "colour"),
        (Self::Material, "material"),
        (Self::Theme, "theme"),
    ];

    /// Its name in files, also the first part of its address.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// All products sorted by one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// By what.
    pub kind: ListKind,
    /// Its terms in the order of their names.
    pub terms: Vec<Term>,
}

/// One entry of a list with its products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its id, the last part of its address.
    pub id: Slug,
    /// What it is called.
    pub name: Text,
    /// One or two sentences.
    pub description: Option<Text>,
    /// The producer behind a term of the list of makers.
    pub producer: Option<ProducerIx>,
    /// Its products, newest first.
    pub products: Vec<ProductIx>,
}

/// A way to order or to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// WhatsApp, the number in E.164 digits without `+`.
    WhatsApp(String),
    /// An e-mail address.
    Email(String),
    /// A number for text messages in E.164 form with `+`.
    Sms(String),
    /// A telephone number in E.164 form with `+`.
    Phone(String),
}

/// How to order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The ways in the maker's order.
    pub channels: Vec<Channel>,
    /// Ways to pay, in the maker's order.
    pub pay: Vec<Payment>,
    /// What happens after an order.
    pub note: Option<Text>,
}

impl Channel {
    /// Its name in files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::WhatsApp(_) => "whatsapp",
            Self::Sms(_) => "sms",
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        }
    }
}

/// Where the records of a maker are kept who has no register of her own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeRegister {
    /// The address of the association whose register it is.
    pub address: BaseUrl,
    /// The name under which she signs, a `did:key`, once she has one.
    pub signs_as: Option<String>,
}

/// The brand of an association: what its tags and printed numbers begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Code and scope.
    pub name: crate::provenance::brand::Brand,
    /// Another address under which the register can be found, for the day on which the first is lost.
    pub second_address: Option<BaseUrl>,
}

/// The themes that come with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// Light and spacious: the photograph leads.
    #[default]
    Daylight,
    /// Warm and typographic: for stories and food.
    Hearth,
}

impl ThemeName {
    /// All of them with the name that a person writes.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::Daylight, "daylight"), (Self::Hearth, "hearth")];

    /// The name that a person writes.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The few values by which a maker changes the look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The one colour of links and buttons, as `#rrggbb`.
    pub accent: Option<String>,
    /// The ground of the pages, as `#rrggbb`; a dark one makes a dark shop.
    pub ground: Option<String>,
    /// The ground of what is set apart, as `#rrggbb`.
    pub second: Option<String>,
    /// Whether pages are light or dark.
    pub scheme: Scheme,
    /// The faces of headings; none: as the theme has them.
    pub headings: Option<Typeface>,
    /// The faces of text; none: as the theme has them.
    pub text: Option<Typeface>,
    /// The stripes of the woven edge, as `#rrggbb`.
    pub stripes: Vec<String>,
    /// The ground of the woven edge.
    pub weave: Weave,
}

/// Whether pages are light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// As the reader's device asks.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A choice of faces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typeface {
    /// Old-style, with serifs.
    Serif,
    /// The device's own.
    Sans,
    /// Without serifs, and drawn after the pen.
    Humanist,
    /// With serifs as strong as the stems.
    Slab,
    /// Soft and old-style, for large letters; comes with the program.
    Fraunces,
    /// A font in the site's folder `fonts/`: the file's name without its ending.
    Own(String),
}

impl Typeface {
    /// Those that need no file, with the name that a person writes.
    pub const BUILT_IN: [(Self, &'static str); 5] = [
        (Self::Serif, "serif"),
        (Self::Sans, "sans"),
        (Self::Humanist, "humanist"),
        (Self::Slab, "slab"),
        (Self::Fraunces, "fraunces"),
    ];

    /// The one of that name, if it needs no file.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        Self::BUILT_IN.into_iter().find(|(_, known)| *known == name).map(|(face, _)| face)
    }
}

/// Basic weaves; nobody's motif.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weave {
    /// Over one, under one.
    #[default]
    Plain,
    /// Diagonal lines.
    Twill,
    /// Diagonal lines that turn.
    Herringbone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_at_the_position_of_their_variant() {
        for (at, (kind, name)) in ProductKind::ALL.iter().enumerate() {
            assert_eq!((*kind as usize, kind.name()), (at, *name));
        }
        for (at, (theme, name)) in ThemeName::ALL.iter().enumerate() {
            assert_eq!((*theme as usize, theme.name()), (at, *name));
        }
        for (at, (kind, name)) in ListKind::ALL.iter().enumerate() {
            assert_eq!((*kind as usize, kind.name()), (at, *name));
        }
        for (at, (kind, name)) in HolderKind::ALL.iter().enumerate() {
            assert_eq!((*kind as usize, kind.name()), (at, *name));
        }
    }
}
