//! What can be bought, piece by piece, as the tables of Google and Meta want it: one row for each product, or for each variant.
//!
//! A row needs a price and a photograph; what has none of them, is not for sale yet, or is a service, is in no such table.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::super::page::Place;
use super::super::{Page, markdown};
use crate::model::{
    Availability, ListKind, Money, Price, Product, ProductIx, ProductOption, Text, Variant,
};

/// The longest id that both take, in characters.
const MAX_ID: usize = 50;
/// The longest title that both take.
const MAX_TITLE: usize = 150;
/// The longest description that both take.
const MAX_DESCRIPTION: usize = 5_000;
/// The most photographs besides the first.
const MAX_MORE_IMAGES: usize = 10;
/// The most colours or materials of one row.
const MAX_LISTED: usize = 3;

/// One row.
pub(super) struct Good<'a> {
    pub(super) product: &'a Product,
    pub(super) variant: Option<&'a Variant>,
    /// Unique in the site, and the same at every build.
    pub(super) id: String,
    /// What the variants of one product share.
    pub(super) group: Option<String>,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) link: String,
    pub(super) image: String,
    pub(super) more_images: Vec<String>,
    pub(super) price: Money,
    pub(super) availability: Availability,
    pub(super) gtin: Option<&'a str>,
    pub(super) size: Option<String>,
    pub(super) colour: Option<String>,
    pub(super) material: Option<String>,
    pub(super) pattern: Option<String>,
    /// The category in the maker's words.
    pub(super) product_type: Option<String>,
}

/// What an option of a product stands for in a vocabulary that others share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::render) enum Axis {
    /// How large it is.
    Size,
    /// Its colour.
    Colour,
    /// What it is made of.
    Material,
    /// What is on it.
    Pattern,
}

/// What makers call these, in the languages of the interface and some others; small letters.
const AXES: [(Axis, &[&str]); 4] = [
    (
        Axis::Size,
        &[
            "size",
            "talla",
            "tamaño",
            "taille",
            "kích thước",
            "kích cỡ",
            "cỡ",
            "مقاس",
            "المقاس",
            "حجم",
            "الحجم",
            "größe",
            "tamanho",
            "taglia",
            "maat",
        ],
    ),
    (
        Axis::Colour,
        &[
            "colour",
            "color",
            "couleur",
            "màu",
            "màu sắc",
            "لون",
            "اللون",
            "farbe",
            "cor",
            "colore",
            "kleur",
        ],
    ),
    (
        Axis::Material,
        &["material", "matière", "matériau", "chất liệu", "مادة", "المادة", "الخامة", "materiale"],
    ),
    (
        Axis::Pattern,
        &[
            "pattern",
            "motif",
            "estampado",
            "patrón",
            "hoa văn",
            "họa tiết",
            "نقشة",
            "النقشة",
            "muster",
        ],
    ),
];

/// What an option stands for; `None` if that is the maker's own matter.
pub(in crate::render) fn axis(option: &ProductOption) -> Option<Axis> {
    let is = |words: &[&str]| {
        option.name.entries().any(|(_, name)| words.contains(&name.trim().to_lowercase().as_str()))
    };
    AXES.iter().find(|(_, words)| is(words)).map(|(axis, _)| *axis)
}

/// The names of the categories of a product, in the language of the feed.
pub(super) fn categories(place: &Place<'_, '_>, product: &Product) -> Vec<String> {
    terms(place, product, ListKind::Category)
}

fn terms(place: &Place<'_, '_>, product: &Product, kind: ListKind) -> Vec<String> {
    let of_kind = product.terms.iter().filter(|(list, _)| place.site.list(*list).kind == kind);
    of_kind
        .map(|(list, term)| place.text(&place.site.list(*list).terms[term.at()].name).to_owned())
        .collect()
}

/// The id of a product, or of one of its variants, in tables and structured data.
///
/// An underscore stands in no id of ours, so no two are alike. Longer ones end in a digest.
pub(in crate::render) fn id(product: &Product, variant: Option<&Variant>) -> String {
    let whole = match variant {
        Some(variant) => format!("{}_{}", product.id, variant.id),
        None => product.id.to_string(),
    };
    if whole.len() <= MAX_ID {
        return whole;
    }
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(whole.as_bytes())[..6]);
    // Ids are ASCII.
    format!("{}_{digest}", &whole[..MAX_ID - 1 - digest.len()])
}

/// The rows of a product.
pub(super) fn rows<'a>(place: &Place<'_, 'a>, ix: ProductIx) -> Vec<Good<'a>> {
    let product = place.site.product(ix);
    if !product.is_for_sale() || !product.is_sent() {
        return Vec::new();
    }
    if product.variants.is_empty() {
        return row(place, ix, None).into_iter().collect();
    }
    product.variants.iter().filter_map(|variant| row(place, ix, Some(variant))).collect()
}

fn row<'a>(place: &Place<'_, 'a>, ix: ProductIx, variant: Option<&'a Variant>) -> Option<Good<'a>> {
    let product = place.site.product(ix);
    let Price::Fixed(price) = variant.map_or(product.price, |variant| variant.price) else {
        return None;
    };
    let own = variant.and_then(|variant| variant.photo).map(|at| at as usize);
    let images = product.photos.iter().enumerate().filter_map(|(at, photo)| {
        Some((at != own.unwrap_or(0), place.absolute_photo(Some(photo))?))
    });
    let mut images: Vec<(bool, String)> = images.collect();
    // The variant's own first, the others as they are.
    images.sort_by_key(|(is_other, _)| *is_other);
    let mut images = images.into_iter().map(|(_, url)| url);
    let image = images.next()?;
    let mut title = place.text(&product.name).to_owned();
    let values: Vec<&str> =
        variant.iter().flat_map(|v| v.values(product)).map(|text| place.text(text)).collect();
    if !values.is_empty() {
        title = format!("{title} · {}", values.join(" · "));
    }
    let chosen = |wanted: Axis| {
        let at = product.options.iter().position(|option| axis(option) == Some(wanted))?;
        values.get(at).map(|value| (*value).to_owned())
    };
    let joined = |names: Vec<String>| {
        let names: Vec<String> = names.into_iter().take(MAX_LISTED).collect();
        (!names.is_empty()).then(|| shortened(&names.join("/"), 100).into_owned())
    };
    let materials = || product.materials.iter().map(|m| place.text(&m.name).to_owned()).collect();
    let size = || product.size.as_ref().map(|text| place.text(text).to_owned());
    let gtin = match variant {
        Some(variant) => variant.gtin.as_deref(),
        None => product.gtin.as_deref().or(product.particulars.isbn.as_deref()),
    };
    let page = place.href(Page::Product(ix));
    Some(Good {
        product,
        variant,
        id: id(product, variant),
        group: variant.map(|_| id(product, None)),
        title: shortened(&title, MAX_TITLE).into_owned(),
        description: description(place, product),
        // Each row has an address of its own; it leads to the page where the choice is made.
        link: variant.map_or_else(|| page.clone(), |variant| format!("{page}#v-{}", variant.id)),
        image,
        more_images: images.take(MAX_MORE_IMAGES).collect(),
        price,
        // Of too few for an order none can be had.
        availability: match variant {
            _ if product.is_too_few() => Availability::SoldOut,
            Some(variant) => variant.availability,
            None => product.availability,
        },
        gtin,
        size: chosen(Axis::Size).or_else(size).filter(|size| size.chars().count() <= 100),
        colour: chosen(Axis::Colour).or_else(|| joined(terms(place, product, ListKind::Colour))),
        material: chosen(Axis::Material).or_else(|| joined(materials())),
        pattern: chosen(Axis::Pattern),
        product_type: categories(place, product).into_iter().next(),
    })
}

/// A description in plain text: the short one, else the story, else the name.
fn description(place: &Place<'_, '_>, product: &Product) -> String {
    let text = |text: &Text| place.text(text).to_owned();
    let story = || {
        let span = product.body.shown(place.locale)?.value;
        let story = markdown::to_text(place.site.markdown(span));
        (!story.is_empty()).then_some(story)
    };
    let whole = product
        .description
        .as_ref()
        .map(text)
        .or_else(story)
        .unwrap_or_else(|| text(&product.name));
    shortened(&whole, MAX_DESCRIPTION).into_owned()
}

/// A text of at most so many characters, cut between words if it must be.
fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.into() };
    let room = text.char_indices().nth(most - 1).map_or(end, |(at, _)| at);
    let head = &text[..room];
    let head = head.rfind(char::is_whitespace).map_or(head, |at| head[..at].trim_end());
    format!("{head}…").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LocaleIx;

    #[test]
    fn what_a_maker_calls_an_option_is_understood_in_any_of_its_languages() {
        let option = |names: &[(u8, &str)]| ProductOption {
            name: Text::from_entries(
                names.iter().map(|(at, name)| (LocaleIx(*at), (*name).into())).collect(),
            )
            .expect("a name"),
            values: Vec::new(),
        };
        for (names, expected) in [
            (&[(0, "Size")][..], Some(Axis::Size)),
            (&[(0, "Länge"), (1, "Talla")], Some(Axis::Size)),
            (&[(0, "MÀU SẮC")], Some(Axis::Colour)),
            (&[(0, "اللون")], Some(Axis::Colour)),
            (&[(0, "Couleur ")], Some(Axis::Colour)),
            (&[(0, "Length")], None),
        ] {
            assert_eq!(axis(&option(names)), expected, "{names:?}");
        }
    }

    #[test]
    fn long_texts_end_between_words() {
        for (text, most, expected) in [
            ("one two", 7, "one two"),
            ("one two three", 9, "one two…"),
            ("ééééé", 4, "ééé…"),
            ("", 3, ""),
        ] {
            assert_eq!(shortened(text, most), expected, "{text}");
            assert!(shortened(text, most).chars().count() <= most);
        }
    }
}
