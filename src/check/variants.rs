//! Options and variants of a product.

use crate::diag::{Diagnostic, Span, Spanned, codes, nearest};
use crate::model::{
    Availability, Currency, OPTIONS_MAX, PhotoRef, Price, PriceRange, ProductOption, Slug,
    VARIANTS_MAX, Variant, overall,
};
use crate::read::{Item, Tree};

use super::fields::Fields;
use super::{items, price};

/// What a variant has of its product if it does not say otherwise.
pub(super) struct Base {
    pub(super) price: Option<Price>,
    pub(super) currency: Option<Currency>,
    pub(super) availability: Availability,
    pub(super) is_made_to_order: bool,
}

/// What the product's own file says about what there is.
pub(super) struct Chosen {
    pub(super) options: Vec<ProductOption>,
    pub(super) variants: Vec<Variant>,
    pub(super) price: Option<Price>,
    pub(super) availability: Availability,
    pub(super) is_made_to_order: bool,
}

/// Reads `stock`, `made_to_order` and `one_of_a_kind`; what is not said is as in `base`.
pub(super) fn availability(
    fields: &mut Fields<'_>,
    base: Option<(Availability, bool)>,
) -> (Availability, bool) {
    let stock = fields.number("stock", 0..=10_000_000);
    let made_to_order = fields.said_flag("made_to_order");
    let one_of_a_kind = fields.said_flag("one_of_a_kind");
    if let Some(base) = base
        && stock.is_none()
        && made_to_order.is_none()
        && one_of_a_kind.is_none()
    {
        return base;
    }
    let is_made_to_order = made_to_order.unwrap_or_else(|| base.is_some_and(|(_, is)| is));
    let is_one_of_a_kind = one_of_a_kind.unwrap_or(false);
    let availability = match stock {
        Some(0) if !is_made_to_order => Availability::SoldOut,
        _ if is_one_of_a_kind => Availability::OneOfAKind,
        Some(0) | None if is_made_to_order => Availability::MadeToOrder,
        Some(count) => Availability::InStock(count),
        None => match base {
            // "made_to_order = false" alone takes nothing away from what is ready.
            Some((ready @ Availability::InStock(_), _)) => ready,
            _ => Availability::Unstated,
        },
    };
    (availability, is_made_to_order)
}

/// Reads `options` and `variants`. Photographs that only a variant names join those of the product.
pub(super) fn chosen(
    fields: &mut Fields<'_>,
    base: &Base,
    photos: &mut Vec<PhotoRef>,
    item: &Item,
    tree: &Tree,
) -> Chosen {
    let (options, is_sound) = options(fields);
    let mut chosen = Chosen {
        options,
        variants: Vec::new(),
        price: base.price,
        availability: base.availability,
        is_made_to_order: base.is_made_to_order,
    };
    let what = fields.what().to_owned();
    let listed =
        fields.subs("variants", "[{ of = [\"S\"] }]", |n| format!("variant {n} of {what}"));
    if chosen.options.is_empty() || !is_sound {
        if !listed.is_empty() && !fields.has("options") {
            fields.report(
                Diagnostic::error(
                    codes::BAD_VARIANT,
                    fields.place("variants"),
                    format!("{what} has variants, and no options that tell them apart"),
                )
                .hint("write above them: [[options]], and below it name = \"Size\" and values = [\"S\", \"M\"]"),
            );
        }
        chosen.options.clear();
        return chosen;
    }
    let is_listed = !listed.is_empty();
    chosen.variants = if is_listed {
        self::listed(fields, listed, &chosen.options, base, photos, item, tree)
    } else {
        every(fields, &chosen.options, base)
    };
    let priced: Vec<Price> = chosen.variants.iter().map(|variant| variant.price).collect();
    if !priced.is_empty() {
        chosen.price = span_of(&priced).or(base.price);
    }
    chosen.availability = match overall(&chosen.variants) {
        Some(availability) => availability,
        // Every variant is hidden.
        None => Availability::SoldOut,
    };
    chosen.is_made_to_order = chosen.variants.iter().any(|variant| variant.is_made_to_order);
    chosen
}

fn options(fields: &mut Fields<'_>) -> (Vec<ProductOption>, bool) {
    let what = fields.what().to_owned();
    let example = "[{ name = \"Size\", values = [\"S\", \"M\"] }]";
    let subs = fields.subs("options", example, |n| format!("option {n} of {what}"));
    let mut is_sound = true;
    let mut options: Vec<ProductOption> = Vec::new();
    for (at, mut sub) in subs.into_iter().enumerate() {
        if at == OPTIONS_MAX {
            let words = format!("{what} has more than {OPTIONS_MAX} options");
            sub.report(Diagnostic::error(codes::BAD_OPTION, sub.whole(), words).hint(
                "join two of them into one, for example values = [\"small, green\", \"small, red\"]",
            ));
            is_sound = false;
        }
        let before = sub.problems();
        let name = sub.text("name");
        if name.is_none() {
            sub.missing("name", "name = \"Size\"");
        }
        let lengths = sub.list_lengths("values");
        let values = sub.texts("values");
        if values.is_empty() {
            sub.missing("values", "values = [\"S\", \"M\", \"L\"]");
        }
        let first = lengths.first().map_or(0, |(_, length, _)| *length);
        for (_, length, span) in lengths.iter().skip(1) {
            if *length != first {
                let words = format!("this has {length} values, and the first language {first}");
                sub.report(
                    Diagnostic::error(codes::BAD_OPTION, *span, words)
                        .label("write the same values in the same order"),
                );
            }
        }
        if values.len() < first {
            sub.report(Diagnostic::error(
                codes::BAD_OPTION,
                sub.place("values"),
                "one of these values is empty",
            ));
        }
        for (at, value) in values.iter().enumerate() {
            if values[..at].iter().any(|other| other.original() == value.original()) {
                let words = format!("the value \"{}\" stands here twice", value.original());
                sub.report(
                    Diagnostic::error(codes::BAD_OPTION, sub.place("values"), words)
                        .label("keep one of them"),
                );
            }
        }
        if values.len() > VARIANTS_MAX {
            let words = format!("an option has at most {VARIANTS_MAX} values");
            sub.report(Diagnostic::error(codes::BAD_OPTION, sub.place("values"), words));
        }
        is_sound &= sub.problems() == before;
        fields.absorb(sub);
        match name {
            Some(name) if is_sound => options.push(ProductOption { name, values }),
            _ => is_sound = false,
        }
    }
    (options, is_sound)
}

/// All combinations, each as the product is.
fn every(fields: &mut Fields<'_>, options: &[ProductOption], base: &Base) -> Vec<Variant> {
    let count = options.iter().map(|option| option.values.len()).product::<usize>();
    if count > VARIANTS_MAX {
        let words = format!(
            "the options of {} make {count} combinations; at most {VARIANTS_MAX} can be shown",
            fields.what()
        );
        fields.report(
            Diagnostic::error(codes::BAD_OPTION, fields.place("options"), words)
                .hint("list those that exist: [[variants]], and below it of = [\"S\", \"Green\"]"),
        );
        return Vec::new();
    }
    let mut variants = Vec::with_capacity(count);
    for number in 0..count {
        let mut rest = number;
        let mut of: Vec<u8> = options
            .iter()
            .rev()
            .map(|option| {
                let at = rest % option.values.len();
                rest /= option.values.len();
                u8::try_from(at).expect("at most 200 values")
            })
            .collect();
        of.reverse();
        let id = id(options, &of, &variants);
        variants.push(Variant {
            id,
            of,
            price: base.price.unwrap_or(Price::OnRequest),
            availability: base.availability,
            is_made_to_order: base.is_made_to_order,
            photo: None,
            sku: None,
            gtin: None,
            weight_g: None,
        });
    }
    variants
}

fn listed(
    fields: &mut Fields<'_>,
    listed: Vec<Fields<'_>>,
    options: &[ProductOption],
    base: &Base,
    photos: &mut Vec<PhotoRef>,
    item: &Item,
    tree: &Tree,
) -> Vec<Variant> {
    if listed.len() > VARIANTS_MAX {
        let words = format!("a product has at most {VARIANTS_MAX} variants");
        fields.report(Diagnostic::error(codes::BAD_VARIANT, fields.place("variants"), words));
    }
    let are_photos_named = fields.has("photos");
    let mut variants: Vec<Variant> = Vec::new();
    let mut own_photos: Vec<Option<PhotoRef>> = Vec::new();
    let mut hidden_photos: Vec<String> = Vec::new();
    let mut seen: Vec<(Vec<u8>, Span)> = Vec::new();
    let mut currency: Option<Currency> = None;
    let mut without_price: Vec<Span> = Vec::new();
    for mut sub in listed.into_iter().take(VARIANTS_MAX) {
        let place = sub.place("of");
        let of = values(&mut sub, options);
        let (own_price, _) = price::stated(&mut sub, base.currency);
        let own = base.availability;
        let (availability, is_made_to_order) =
            availability(&mut sub, Some((own, base.is_made_to_order)));
        let photo = items::single_photo(&mut sub, "photo", "photo_alt", &item.folder, tree);
        let sku = sub.string("sku").map(|sku| sku.value);
        let gtin = items::digits(&mut sub, "gtin", &[8, 12, 13, 14]);
        let weight_g = sub.number("weight_g", 1..=10_000_000);
        let is_hidden = sub.flag("hide");
        if let Some(of) = &of {
            match seen.iter().find(|(other, _)| other == of) {
                Some((_, first)) => sub.report(
                    Diagnostic::error(
                        codes::BAD_VARIANT,
                        place,
                        format!("the variant \"{}\" is listed twice", label(options, of)),
                    )
                    .related(*first, "the first one")
                    .hint("take one of them out, or change a value"),
                ),
                None => seen.push((of.clone(), place)),
            }
        }
        let its_price = own_price.or(base.price);
        if its_price.is_none() && !is_hidden {
            without_price.push(place);
        }
        if let Some(money) = its_price.and_then(Price::lowest) {
            match currency {
                Some(first) if first != money.currency => sub.report(
                    Diagnostic::error(
                        codes::BAD_VARIANT,
                        sub.place("price"),
                        format!(
                            "one variant has a price in {}, another in {}",
                            first.code(),
                            money.currency.code()
                        ),
                    )
                    .hint("the prices of one product are in one currency"),
                ),
                _ => currency = Some(money.currency),
            }
        }
        let is_first = of
            .as_ref()
            .is_some_and(|of| seen.iter().any(|(other, span)| other == of && *span == place));
        fields.absorb(sub);
        let Some(of) = of.filter(|_| is_first) else { continue };
        if is_hidden {
            hidden_photos.extend(photo.map(|photo| photo.path));
            continue;
        }
        variants.push(Variant {
            id: id(options, &of, &variants),
            of,
            price: its_price.unwrap_or(Price::OnRequest),
            availability,
            is_made_to_order,
            photo: None,
            sku,
            gtin,
            weight_g,
        });
        own_photos.push(photo);
    }
    // Of a product without any price it is told once.
    if currency.is_some() {
        for place in without_price {
            let words = "this variant says no price, so its price is told on request";
            fields.report(
                Diagnostic::warning(codes::NO_PRICE, place, words)
                    .hint("write for example price = \"40.00\", or price = \"on request\""),
            );
        }
    }
    // A picture that lies in the folder is shown by itself; that of a hidden variant goes with it.
    if !are_photos_named {
        photos.retain(|photo| {
            !hidden_photos.contains(&photo.path)
                || own_photos.iter().flatten().any(|own| own.path == photo.path)
        });
    }
    for (variant, own) in variants.iter_mut().zip(own_photos) {
        let Some(own) = own else { continue };
        let at = photos.iter().position(|photo| photo.path == own.path).unwrap_or_else(|| {
            photos.push(own.clone());
            photos.len() - 1
        });
        if photos[at].alt.is_none() {
            photos[at].alt = own.alt;
        }
        variant.photo = u32::try_from(at).ok();
    }
    variants
}

/// The positions of the values that a variant stands for.
fn values(sub: &mut Fields<'_>, options: &[ProductOption]) -> Option<Vec<u8>> {
    let written = sub.strings("of");
    let place = sub.place("of");
    let example = || {
        let firsts = options.iter().map(|option| format!("\"{}\"", option.values[0].original()));
        format!("write for example of = [{}]", firsts.collect::<Vec<_>>().join(", "))
    };
    if written.len() < options.len() {
        let lacking = options[written.len()].name.original().to_owned();
        let words = format!("{} has no value for \"{lacking}\"", sub.what());
        sub.report(Diagnostic::error(codes::BAD_VARIANT, place, words).label(example()));
        return None;
    }
    if let Some(extra) = written.get(options.len()) {
        let words = format!("there are {} options, and this is one value more", options.len());
        sub.report(Diagnostic::error(codes::BAD_VARIANT, extra.span, words).label(example()));
        return None;
    }
    let found: Vec<Option<u8>> =
        written.iter().zip(options).map(|(value, option)| value_at(sub, value, option)).collect();
    found.into_iter().collect()
}

fn value_at(sub: &mut Fields<'_>, written: &Spanned<String>, option: &ProductOption) -> Option<u8> {
    let is_it =
        |value: &&crate::model::Text| value.entries().any(|(_, text)| text == written.value);
    let exact = option.values.iter().position(|value| value.original() == written.value);
    let found = exact.or_else(|| option.values.iter().position(|value| is_it(&value)));
    if found.is_none() {
        let name = option.name.original();
        let words = format!("\"{}\" is no value of \"{name}\"", written.value);
        let known: Vec<&str> = option.values.iter().map(crate::model::Text::original).collect();
        let diagnostic = Diagnostic::error(codes::BAD_VARIANT, written.span, words);
        let near = nearest(&written.value, known.iter().copied());
        sub.report(match near {
            Some(near) => diagnostic.label(format!("did you mean \"{near}\"?")),
            None => diagnostic.hint(format!(
                "its values are: {}; to have another one, add it to `values`",
                known.join(", ")
            )),
        });
    }
    found.and_then(|at| u8::try_from(at).ok())
}

fn label(options: &[ProductOption], of: &[u8]) -> String {
    let values =
        options.iter().zip(of).map(|(option, at)| option.values[usize::from(*at)].original());
    values.collect::<Vec<_>>().join(", ")
}

fn id(options: &[ProductOption], of: &[u8], others: &[Variant]) -> Slug {
    let wanted = Slug::from_name(&label(options, of));
    let is_taken = |id: &Slug| others.iter().any(|other| other.id == *id);
    if !is_taken(&wanted) {
        return wanted;
    }
    let numbered = (2..).map(|n: usize| Slug::from_name(&format!("{n}-{wanted}")));
    numbered.into_iter().find(|id| !is_taken(id)).expect("one number of many is free")
}

/// From the lowest to the highest of several prices; `None` if none is told.
fn span_of(prices: &[Price]) -> Option<Price> {
    let told = || prices.iter().filter_map(|price| price.lowest());
    let low = told().min_by_key(|money| money.minor)?;
    let highest = prices.iter().filter_map(|price| match price {
        Price::Fixed(money) => Some(*money),
        Price::Range(range) => Some(range.high),
        Price::OnRequest => None,
    });
    // Several currencies were reported; the first one's amounts are shown.
    let high = highest.filter(|money| money.currency == low.currency).max_by_key(|m| m.minor)?;
    Some(if low.minor < high.minor {
        Price::Range(PriceRange { low, high })
    } else {
        Price::Fixed(low)
    })
}
