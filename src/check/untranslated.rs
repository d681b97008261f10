//! What still has to be translated: every text of the site that a language lacks.
//!
//! Names of makers and of the shop are the same in every language, and so are kinds of product, whose names are words of the
//! interface.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, Place, Severity, Span, codes};
use crate::model::{
    Allergen, AudioRef, ListKind, LocaleIx, Material, Payment, PhotoRef, ProductOption, Prose, Text,
};

use super::Site;

/// How many things the notice names.
const NAMED: usize = 6;

/// A text that a language lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untranslated<'a> {
    /// Whose text it is, such as `products/red-shawl`; `site.toml` for the shop itself.
    pub thing: String,
    /// Where the thing begins that has the text: its file, or its row in a table; `None` for `site.toml`.
    pub place: Option<Span>,
    /// The field, with the place in a list, such as `photos 2 alt`; `text` for what stands below the fields.
    pub field: String,
    /// What there is to translate.
    pub original: Original<'a>,
    /// The language that it is in.
    pub from: LocaleIx,
}

/// What there is to translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Original<'a> {
    /// A line of a field.
    Line(&'a str),
    /// A long text, as its place in the site's files.
    Story(Span),
}

/// Every text that a language of the site lacks, as far as the audience of the site may see it, in the order of the shop, products, makers, designs, collections, pages
/// and lists.
#[must_use]
pub fn untranslated(site: &Site, locale: LocaleIx) -> Vec<Untranslated<'_>> {
    let mut walk = Walk { locale, thing: "site.toml".to_owned(), place: None, found: Vec::new() };
    walk.shop(site);
    walk.products(site);
    for producer in &site.producers {
        walk.at(format!("producers/{}", producer.id), Span::file_start(producer.file));
        walk.some("description", producer.description.as_ref());
        walk.some("place", producer.place.as_ref());
        walk.some("people", producer.people.as_ref());
        walk.texts("crafts", &producer.crafts);
        walk.texts("speaks", &producer.speaks);
        walk.photo("photo_alt", producer.photo.as_ref());
        walk.audio(producer.audio.as_ref());
        walk.payments("pay", &producer.pay);
        walk.prose(&producer.body);
    }
    walk.designs(site);
    for collection in &site.collections {
        walk.at(format!("collections/{}", collection.id), Span::file_start(collection.file));
        walk.text("name", &collection.name);
        walk.some("description", collection.description.as_ref());
        walk.some("place", collection.place.as_ref());
        walk.photo("photo_alt", collection.photo.as_ref());
        walk.prose(&collection.body);
    }
    for page in &site.pages {
        walk.at(format!("pages/{}", page.id), Span::file_start(page.file));
        walk.text("name", &page.name);
        walk.some("description", page.description.as_ref());
        walk.prose(&page.body);
    }
    walk.terms(site);
    walk.found
}

/// One notice for each language in which texts are missing.
pub(super) fn notice(site: &Site, diagnostics: &mut Diagnostics) {
    for locale in site.locale_ixs().skip(1) {
        let missing = untranslated(site, locale);
        if missing.is_empty() {
            continue;
        }
        let mut seen = BTreeSet::new();
        let things = missing.iter().map(|one| one.thing.as_str());
        let things: Vec<&str> = things.filter(|thing| seen.insert(*thing)).collect();
        let mut listed = things.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        if things.len() > NAMED {
            listed.push_str(", …");
        }
        let language = site.locale(locale);
        let words = match missing.len() {
            1 => format!("1 text is not translated into {language}"),
            count => format!("{count} texts are not translated into {language}"),
        };
        let place = Place::Path("site.toml".to_owned());
        diagnostics.push(
            Diagnostic::new(Severity::Warning, codes::NOT_TRANSLATED, place, words)
                .hint(format!("still to do: {listed}"))
                .hint("`selvedge check --untranslated` lists each text with its place"),
        );
    }
}

struct Walk<'a> {
    locale: LocaleIx,
    thing: String,
    place: Option<Span>,
    found: Vec<Untranslated<'a>>,
}

impl<'a> Walk<'a> {
    /// What follows belongs to a thing with a file of its own.
    fn at(&mut self, thing: String, place: Span) {
        self.thing = thing;
        self.place = Some(place);
    }

    fn text(&mut self, field: &str, text: &'a Text) {
        if !text.has(self.locale) {
            self.found.push(Untranslated {
                thing: self.thing.clone(),
                place: self.place,
                field: field.to_owned(),
                original: Original::Line(text.original()),
                from: text.shown(self.locale).locale,
            });
        }
    }

    fn some(&mut self, field: &str, text: Option<&'a Text>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    fn texts(&mut self, field: &str, texts: &'a [Text]) {
        for (at, text) in texts.iter().enumerate() {
            if !text.has(self.locale) {
                self.text(&format!("{field} {}", at + 1), text);
            }
        }
    }

    fn photo(&mut self, field: &str, photo: Option<&'a PhotoRef>) {
        self.some(field, photo.and_then(|photo| photo.alt.as_ref()));
    }

    fn audio(&mut self, audio: Option<&'a AudioRef>) {
        self.some("audio_text", audio.and_then(|audio| audio.words.as_ref()));
    }

    fn photos(&mut self, photos: &'a [PhotoRef]) {
        for (at, photo) in photos.iter().enumerate() {
            if photo.alt.as_ref().is_some_and(|alt| !alt.has(self.locale)) {
                self.photo(&format!("photos {} alt", at + 1), Some(photo));
            }
        }
    }

    fn prose(&mut self, prose: &'a Prose) {
        let Some(shown) = prose.shown(self.locale) else { return };
        if !shown.is_translated {
            self.found.push(Untranslated {
                thing: self.thing.clone(),
                place: self.place,
                field: "text".to_owned(),
                original: Original::Story(shown.value),
                from: shown.locale,
            });
        }
    }

    fn shop(&mut self, site: &'a Site) {
        self.some("tagline", site.tagline.as_ref());
        self.some("description", site.description.as_ref());
        self.some("notice", site.notice.as_ref());
        self.some("complaints", site.complaints.as_ref());
        self.photo("photo_alt", site.cover.as_ref());
        self.some("order note", site.order.note.as_ref());
        self.payments("order pay", &site.order.pay);
        self.some("wholesale note", site.wholesale_note.as_ref());
        self.some("shipping note", site.shipping.note.as_ref());
        for (at, zone) in site.shipping.zones.iter().enumerate() {
            self.text(&format!("shipping zones {} name", at + 1), &zone.name);
            for (last, occasion) in zone.last_ship.iter().enumerate() {
                let field = format!("shipping zones {} last_ship {} name", at + 1, last + 1);
                self.text(&field, &occasion.name);
            }
        }
        for (at, pooled) in site.shipping.pooled.iter().enumerate() {
            self.text(&format!("shipping pooled {} name", at + 1), &pooled.name);
            self.some(&format!("shipping pooled {} fetch_at", at + 1), pooled.fetch_at.as_ref());
        }
    }

    fn products(&mut self, site: &'a Site) {
        for product in &site.products {
            self.at(format!("products/{}", product.id), product.place);
            self.text("name", &product.name);
            self.some("description", product.description.as_ref());
            self.options(&product.options);
            self.photos(&product.photos);
            self.materials(&product.materials);
            for (at, supplier) in product.supplied_by.iter().enumerate() {
                if supplier.producer.is_none() {
                    self.text(&format!("supplied_by {}", at + 1), &supplier.name);
                }
            }
            self.some("technique", product.technique.as_ref());
            self.some("size", product.size.as_ref());
            self.some("care", product.care.as_ref());
            self.some("payment_to_maker", product.payment_to_maker.as_ref());
            if let Some(trade) = &product.trade {
                // What the whole shop says is told once.
                let note = trade.note.as_ref().filter(|_| trade.note != site.wholesale_note);
                self.some("wholesale note", note);
                self.some("handicraft_basis", trade.handicraft_basis.as_ref());
            }
            let told = &*product.particulars;
            for (field, text) in [
                ("ingredients", &told.ingredients),
                ("net_quantity", &told.net_quantity),
                ("storage", &told.storage),
                ("responsible_person", &told.responsible_person),
                ("warnings", &told.warnings),
                ("tanning", &told.tanning),
                ("metal", &told.metal),
                ("stones", &told.stones),
                ("duration", &told.duration),
                ("place", &told.place),
            ] {
                self.some(field, text.as_ref());
            }
            for (at, allergen) in told.allergens.iter().flatten().enumerate() {
                if let Allergen::Other(text) = allergen {
                    self.text(&format!("allergens {}", at + 1), text);
                }
            }
            for (at, fibre) in told.fibres.iter().enumerate() {
                self.text(&format!("fibres {} name", at + 1), &fibre.name);
            }
            for (at, species) in told.species.iter().enumerate() {
                self.text(&format!("species {} name", at + 1), &species.name);
            }
            self.audio(product.audio.as_ref());
            self.prose(&product.body);
        }
    }

    fn payments(&mut self, field: &str, payments: &'a [Payment]) {
        for (at, payment) in payments.iter().enumerate() {
            if let Some(name) = payment.name.as_ref().filter(|name| !name.has(self.locale)) {
                self.text(&format!("{field} {} name", at + 1), name);
            }
        }
    }

    fn options(&mut self, options: &'a [ProductOption]) {
        for (at, option) in options.iter().enumerate() {
            self.text(&format!("options {} name", at + 1), &option.name);
            self.texts(&format!("options {} values", at + 1), &option.values);
        }
    }

    fn materials(&mut self, materials: &'a [Material]) {
        for (at, material) in materials.iter().enumerate() {
            self.text(&format!("materials {}", at + 1), &material.name);
            self.some(&format!("materials {} origin", at + 1), material.origin.as_ref());
            for (permit_at, permit) in material.permits.iter().enumerate() {
                let field = format!("materials {} permits {} says", at + 1, permit_at + 1);
                self.some(&field, permit.says.as_ref());
            }
        }
    }

    fn designs(&mut self, site: &'a Site) {
        for design in &site.designs {
            self.at(format!("designs/{}", design.id), Span::file_start(design.file));
            self.text("name", &design.name);
            for (field, text) in [
                ("description", &design.description),
                ("holder", &design.holder),
                ("designed_by", &design.designed_by),
                ("technique", &design.technique),
                ("place", &design.place),
                ("said_to_date_from", &design.said_to_date_from),
                ("attribution", &design.attribution),
                ("not_claimed", &design.not_claimed),
                ("also_used_by", &design.also_used_by),
            ] {
                self.some(field, text.as_ref());
            }
            self.texts("materials", &design.materials);
            self.texts("motifs", &design.motifs);
            self.photos(&design.photos);
            self.audio(design.audio.as_ref());
            self.prose(&design.body);
        }
    }

    fn terms(&mut self, site: &'a Site) {
        self.thing = "site.toml".to_owned();
        self.place = None;
        for list in &site.lists {
            if matches!(list.kind, ListKind::Kind | ListKind::Maker) {
                continue;
            }
            for term in &list.terms {
                let field = format!("terms.{}.{}", list.kind.name(), term.id);
                if !term.name.has(self.locale) {
                    self.text(&format!("{field} name"), &term.name);
                }
                self.some(&format!("{field} description"), term.description.as_ref());
            }
        }
    }
}
