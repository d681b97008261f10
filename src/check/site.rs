//! The site as a whole: resolved and valid.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diag::{Sources, Span};
use crate::model::{
    Audience, BaseUrl, Brand, Collection, Currency, Design, DesignIx, FreePage, HomeRegister, List,
    ListIx, Locale, LocaleIx, Look, Member, MemberIx, Order, PhotoRef, Producer, ProducerIx,
    Product, ProductIx, Publish, Shipping, SiteKind, Text, ThemeName,
};

/// A storefront whose parts are checked and refer to each other rightly.
///
/// Only [`check`](super::check) makes one, so holding it proves that: each index is in range, each
/// photograph that is named lies in the folder, ids are unique in their list, and every
/// sub-list (products of a term, related products) is ready and bounded.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Which sort of site it is.
    pub kind: SiteKind,
    /// What the shop is called.
    pub name: Text,
    /// One line.
    pub tagline: Option<Text>,
    /// One or two sentences.
    pub description: Option<Text>,
    /// A line at the foot of every page.
    pub notice: Option<Text>,
    /// Whom to tell if something is wrong with a record or a piece, where no charter says it.
    pub complaints: Option<Text>,
    /// Where it will be published, once that is known.
    pub base_url: Option<BaseUrl>,
    /// The register of an association in which its records are kept; `None` if it keeps one of its own.
    pub register: Option<HomeRegister>,
    /// What its tags and printed numbers begin with; `None` if it has no brand.
    pub brand: Option<Brand>,
    /// The languages, the first one first; at least one, at most 100.
    pub locales: Vec<Locale>,
    /// The currency of prices that name none.
    pub currency: Option<Currency>,
    /// Its theme; none if it names none.
    pub theme: Option<ThemeName>,
    /// The maker's own colours.
    pub look: Look,
    /// The picture of the home page.
    pub cover: Option<PhotoRef>,
    /// Products of the home page, in order; at most 24.
    pub featured: Vec<ProductIx>,
    /// Whether the maker named them herself.
    pub is_featured_chosen: bool,
    /// For whom it is made; nothing that they may not see is in it.
    pub audience: Audience,
    /// How to order.
    pub order: Order,
    /// What is agreed with dealers in the whole shop; none in a site for anybody else.
    pub wholesale_note: Option<Text>,
    /// How parcels go out.
    pub shipping: Shipping,
    /// Where and how it is published.
    pub publish: Publish,
    /// The members whose folders were taken in, in the order of `members.toml`.
    pub members: Vec<Member>,
    /// All producers, by id.
    pub producers: Vec<Producer>,
    /// All products that are shown, newest first, then by id.
    pub products: Vec<Arc<Product>>,
    /// All designs, by id.
    pub designs: Vec<Design>,
    /// All collections, by id.
    pub collections: Vec<Collection>,
    /// All free pages, by id.
    pub pages: Vec<FreePage>,
    /// The lists that the shop has, in its order.
    pub lists: Vec<List>,
    /// The names that are hidden now, as they were written; no text of the site holds one.
    pub hidden_names: Vec<String>,
    /// The photographs that are hidden now, by path; no page refers to one. Others may have the
    /// same content.
    pub hidden_photos: Vec<String>,
    /// Photographs, by their paths, that belong to things which are off the site, or for others; no text shows them either.
    pub withheld_photos: BTreeSet<String>,
    /// The day on which something next comes or goes by a rule of the maker's.
    pub next_change: Option<crate::model::Date>,
    /// Every file that was read, for texts and for pointing at lines.
    pub sources: Sources,
    pub(super) _checked: Checked,
}

/// Shows that `check` made the value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checked;

impl Site {
    /// The language at an index.
    #[must_use]
    pub fn locale(&self, ix: LocaleIx) -> &Locale {
        &self.locales[ix.at()]
    }

    /// The indices of all languages.
    pub fn locale_ixs(&self) -> impl Iterator<Item = LocaleIx> + use<> {
        (0..self.locales.len()).map(|at| LocaleIx(u8::try_from(at).expect("at most 100 languages")))
    }

    /// The product at an index.
    #[must_use]
    pub fn product(&self, ix: ProductIx) -> &Product {
        &self.products[ix.at()]
    }

    /// The producer at an index.
    #[must_use]
    pub fn producer(&self, ix: ProducerIx) -> &Producer {
        &self.producers[ix.at()]
    }

    /// The member at an index.
    #[must_use]
    pub fn member(&self, ix: MemberIx) -> &Member {
        &self.members[ix.at()]
    }

    /// Whether it is said whose a thing is: in a shop of several makers, and in an association however many they are.
    #[must_use]
    pub fn has_several_makers(&self) -> bool {
        self.producers.len() > 1 || !self.members.is_empty()
    }

    /// Whether the terms of a list have a page: one of an association always, so that its menu is no matter of what
    /// single members have.
    #[must_use]
    pub fn has_list_page(&self, list: &List) -> bool {
        !list.terms.is_empty() || !self.members.is_empty()
    }

    /// What no link of a file leads out of: her folder with its closing slash for a file of a member, else nothing.
    #[must_use]
    pub fn root_of(&self, path: &str) -> &str {
        self.member_of(path).map_or("", |member| member.prefix.as_str())
    }

    /// The member in whose folder a file lies.
    #[must_use]
    pub fn member_of(&self, path: &str) -> Option<&Member> {
        self.members.iter().find(|member| path.starts_with(&member.prefix))
    }

    /// The design at an index.
    #[must_use]
    pub fn design(&self, ix: DesignIx) -> &Design {
        &self.designs[ix.at()]
    }

    /// The list at an index.
    #[must_use]
    pub fn list(&self, ix: ListIx) -> &List {
        &self.lists[ix.at()]
    }

    /// The Markdown at a place in the site's files.
    #[must_use]
    pub fn markdown(&self, span: Span) -> &str {
        self.sources.slice(span)
    }

    /// Every recording that some page plays, each path once, in order of path.
    #[must_use]
    pub fn sound_paths(&self) -> Vec<&str> {
        let products = self.products.iter().filter_map(|p| p.audio.as_ref());
        let producers = self.producers.iter().filter_map(|p| p.audio.as_ref());
        let designs = self.designs.iter().filter_map(|d| d.audio.as_ref());
        let all = products.chain(producers).chain(designs);
        let mut paths: Vec<&str> = all.map(|audio| audio.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Every photograph that some page shows, each path once, in order of path.
    #[must_use]
    pub fn photo_paths(&self) -> Vec<&str> {
        let single = self.cover.iter();
        let products = self.products.iter().flat_map(|p| &p.photos);
        let producers = self.producers.iter().filter_map(|p| p.photo.as_ref());
        let designs = self.designs.iter().flat_map(|d| &d.photos);
        let collections = self.collections.iter().filter_map(|c| c.photo.as_ref());
        let all = single.chain(products).chain(producers).chain(designs).chain(collections);
        let mut paths: Vec<&str> = all.map(|photo| photo.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}
