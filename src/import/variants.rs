//! What a buyer chooses on a product: options with their values, and the variants that exist.
//!
//! Every format ends here: rows with a cell for each choice become `[[options]]` and `[[variants]]`.
//! What all variants say alike is said once, by the product.

use std::collections::BTreeSet;

use super::cells::Price;
use super::items::{Item, ItemPrice, widen};
use super::map::Field;
use super::report::{Finding, Kind, Report};

/// The most options of a product.
const OPTIONS_MAX: usize = 3;
/// The most variants of a product.
const VARIANTS_MAX: usize = 200;

/// What a variant may say by itself, beside its price and photograph.
const OWN: [Field; 7] = [
    Field::Stock,
    Field::MadeToOrder,
    Field::OneOfAKind,
    Field::Sku,
    Field::Gtin,
    Field::WeightG,
    Field::Hide,
];

/// Words for colour in the languages of exports.
const COLOURS: [&str; 12] = [
    "colour",
    "color",
    "colours",
    "colors",
    "colore",
    "farbe",
    "farben",
    "couleur",
    "cor",
    "kleur",
    "màu",
    "màu sắc",
];
/// Words for material.
const MATERIALS: [&str; 6] = ["material", "matière", "fabric", "materiale", "stoff", "tela"];

/// One thing that is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) name: String,
    /// In order; those that no variant has are left out, and those that are missing come after.
    pub(super) values: Vec<String>,
}

/// One combination of values, with what it says.
#[derive(Debug)]
pub(super) struct Variant {
    /// A value for each axis, in their order.
    pub(super) of: Vec<String>,
    pub(super) said: Item,
}

/// Tells whether a field may differ between the variants of a product.
pub(super) fn may_differ(field: Field) -> bool {
    OWN.contains(&field) || matches!(field, Field::Price | Field::Photos | Field::PhotoAlt)
}

/// Tells whether this is a word for colour.
pub(super) fn is_colour(name: &str) -> bool {
    COLOURS.contains(&name.trim().to_lowercase().as_str())
}

/// Tells whether this is a word for material.
pub(super) fn is_material(name: &str) -> bool {
    MATERIALS.contains(&name.trim().to_lowercase().as_str())
}

/// Gives a product its options and variants.
///
/// An option with one value is no choice, so it becomes a fact; more than three options are taken
/// together. Variants that nothing tells apart, or that are too many, are reported.
pub(super) fn give(
    item: &mut Item,
    axes: Vec<Axis>,
    mut variants: Vec<Variant>,
    report: &mut Report,
) {
    let axes = choices(item, axes, &mut variants, report);
    let mut seen = BTreeSet::new();
    let mut kept: Vec<Variant> = Vec::new();
    for variant in variants {
        let words = if !seen.insert(variant.of.clone()) {
            "nothing tells this variant from another one of the product"
        } else if kept.len() == VARIANTS_MAX {
            "a product has at most 200 variants, so this one and all after it were left out"
        } else {
            kept.push(variant);
            continue;
        };
        let value = if axes.is_empty() { item.name.clone() } else { variant.of.join(" / ") };
        report.push(
            Finding::new(Kind::RowLeftOut, variant.said.file.clone(), words)
                .line(variant.said.line)
                .value(value),
        );
    }
    // A price says its currency itself.
    if item.price.is_some() || kept.iter().any(|variant| variant.said.price.is_some()) {
        item.lines.remove(&Field::Currency);
    }
    for variant in &kept {
        for photo in &variant.said.photos {
            if !item.photos.iter().any(|known| known.written == photo.written) {
                item.photos.push(photo.clone());
            }
        }
        item.remarks.extend(variant.said.remarks.iter().cloned());
    }
    if axes.is_empty() {
        if let Some(only) = kept.pop() {
            fold_into(item, only.said);
        }
        return;
    }
    for axis in &axes {
        let list = match &axis.name {
            name if is_colour(name) => Field::Colour,
            name if is_material(name) => Field::Material,
            _ => continue,
        };
        let list = item.lists.entry(list).or_default();
        for value in &axis.values {
            if !list.iter().any(|known| known.to_lowercase() == value.to_lowercase()) {
                list.push(value.clone());
            }
        }
    }
    price_each(item, &mut kept, report);
    say_once(item, &mut kept);
    item.options = axes;
    item.variants = kept;
}

/// The axes that are choices, at most three, with their values in order.
fn choices(
    item: &mut Item,
    axes: Vec<Axis>,
    variants: &mut [Variant],
    report: &mut Report,
) -> Vec<Axis> {
    let mut kept: Vec<Axis> = Vec::new();
    let mut columns: Vec<usize> = Vec::new();
    for (at, axis) in axes.into_iter().enumerate() {
        let used: BTreeSet<&str> =
            variants.iter().map(|v| v.of[at].as_str()).filter(|value| !value.is_empty()).collect();
        match (used.len(), used.first()) {
            (0, _) | (_, None) => {}
            (1, Some(value)) if variants.iter().all(|v| !v.of[at].is_empty()) => {
                let value = (*value).to_owned();
                if is_colour(&axis.name) {
                    let colours = item.lists.entry(Field::Colour).or_default();
                    if !colours.contains(&value) {
                        colours.push(value.clone());
                    }
                }
                item.facts.push((axis.name, vec![value]));
            }
            _ => {
                kept.push(axis);
                columns.push(at);
            }
        }
    }
    for variant in variants.iter_mut() {
        variant.of = columns.iter().map(|at| std::mem::take(&mut variant.of[*at])).collect();
        for value in &mut variant.of {
            if value.is_empty() {
                let words =
                    "this variant does not say a value for each choice; a dash stands for it";
                report.push(
                    Finding::new(Kind::Adjusted, variant.said.file.clone(), words)
                        .line(variant.said.line)
                        .value(item.name.clone()),
                );
                "–".clone_into(value);
            }
        }
    }
    if kept.len() > OPTIONS_MAX {
        let rest = kept.split_off(OPTIONS_MAX - 1);
        let names: Vec<&str> = rest.iter().map(|axis| axis.name.as_str()).collect();
        let words =
            format!("a product has at most three options, so {} became one", names.join(", "));
        report.push(
            Finding::new(Kind::Adjusted, item.file.clone(), words)
                .line(item.line)
                .value(item.name.clone()),
        );
        kept.push(Axis { name: names.join(" / "), values: Vec::new() });
        for variant in variants.iter_mut() {
            let rest = variant.of.split_off(OPTIONS_MAX - 1);
            variant.of.push(rest.join(" / "));
        }
    }
    for (at, axis) in kept.iter_mut().enumerate() {
        let used: BTreeSet<String> = variants.iter().map(|v| v.of[at].clone()).collect();
        axis.values.retain(|value| used.contains(value));
        let mut seen: BTreeSet<String> = BTreeSet::new();
        axis.values.retain(|value| seen.insert(value.clone()));
        for variant in variants.iter() {
            if seen.insert(variant.of[at].clone()) {
                axis.values.push(variant.of[at].clone());
            }
        }
    }
    kept
}

/// What the only variant says is what the product says.
fn fold_into(item: &mut Item, said: Item) {
    for field in OWN {
        if let Some(line) = said.lines.get(&field) {
            item.lines.entry(field).or_insert_with(|| line.clone());
        }
        if let Some(number) = said.numbers.get(&field) {
            item.numbers.entry(field).or_insert(*number);
        }
        if said.flags.contains(&field) {
            item.flags.insert(field);
        }
    }
    item.price = said.price.or(item.price.take());
}

/// Gives a variant without a price the one that the product states by itself, and nobody else's: what others cost says nothing of it.
fn price_each(item: &mut Item, variants: &mut [Variant], report: &mut Report) {
    let is_known = |price: &&ItemPrice| match price {
        ItemPrice::Known(price) => matches!(price, Price::Amount(_)),
        ItemPrice::Bare(number) => !number.contains(" - "),
    };
    let own = item.price.as_ref().filter(is_known).cloned();
    let is_any_stated = variants.iter().any(|variant| variant.said.price.is_some());
    for variant in variants.iter_mut().filter(|variant| variant.said.price.is_none()) {
        let is_unread = variant.said.is_price_unread;
        if own.is_some() && !is_unread {
            // What all say alike is said once again.
            variant.said.price.clone_from(&own);
        } else if is_any_stated || is_unread {
            variant.said.price = Some(ItemPrice::Known(Price::OnRequest));
            let words =
                "this variant says no price that could be read, so its price is told on request";
            report.push(
                Finding::new(Kind::Adjusted, variant.said.file.clone(), words)
                    .line(variant.said.line)
                    .value(format!("{}: {}", item.name, variant.of.join(" / "))),
            );
        }
    }
}

/// Moves to the product what all variants say alike; a stock is each variant's own.
fn say_once(item: &mut Item, variants: &mut [Variant]) {
    for field in [Field::MadeToOrder, Field::OneOfAKind, Field::WeightG, Field::Hide] {
        let flags = variants.iter().filter(|v| v.said.flags.contains(&field)).count();
        if flags == variants.len() {
            item.flags.insert(field);
            for variant in variants.iter_mut() {
                variant.said.flags.remove(&field);
            }
        }
        let first = variants.first().and_then(|v| v.said.numbers.get(&field)).copied();
        if let Some(first) = first
            && variants.iter().all(|v| v.said.numbers.get(&field) == Some(&first))
        {
            item.numbers.insert(field, first);
            for variant in variants.iter_mut() {
                variant.said.numbers.remove(&field);
            }
        }
    }
    if variants.iter().any(|v| v.said.numbers.contains_key(&Field::Stock)) {
        item.numbers.remove(&Field::Stock);
    }
    if variants.iter().any(|v| v.said.lines.contains_key(&Field::Sku)) {
        item.lines.remove(&Field::Sku);
    }
    // A photograph that all share says nothing of one of them.
    let first = variants.first().and_then(|v| v.said.photos.first()).map(|p| p.written.clone());
    let is_shared = |v: &Variant| v.said.photos.first().map(|p| &p.written) == first.as_ref();
    if variants.len() > 1 && variants.iter().all(is_shared) {
        for variant in variants.iter_mut() {
            variant.said.photos.clear();
        }
    }
    let prices: Vec<&ItemPrice> = variants
        .iter()
        .filter(|v| !v.said.flags.contains(&Field::Hide))
        .filter_map(|v| v.said.price.as_ref())
        .filter(|price| **price != ItemPrice::Known(Price::OnRequest))
        .collect();
    let Some(first) = prices.first() else { return };
    let all = prices[1..].iter().try_fold((*first).clone(), |sum, price| widen(&sum, price));
    let is_one = variants.iter().all(|v| v.said.price.as_ref() == Some(*first));
    if let Some(all) = all {
        item.price = Some(all);
    }
    if is_one {
        for variant in variants.iter_mut() {
            variant.said.price = None;
        }
    }
}
