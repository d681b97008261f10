//! Materials, their flags, and where a product may go.

use crate::diag::{Diagnostic, Spanned, codes, nearest};
use crate::model::{
    Destination, Material, MaterialFlag, Permit, Product, Reach, Shipping, Stop, Text, Why,
};
use crate::read::Value;

use super::fields::Fields;
use super::places;

/// Reads `materials`: texts, or groups with a `name` and what is to be known of it at borders.
pub(super) fn materials(fields: &mut Fields<'_>) -> Vec<Material> {
    let is_group =
        |value: &Value| matches!(value, Value::Table(table) if table.get("name").is_some());
    let written = fields.value_in_languages("materials");
    let items = match written.map(|written| &written.value) {
        Some(Value::Array(items)) if items.iter().any(|item| is_group(&item.value)) => items,
        Some(one @ Value::Table(_)) if is_group(one) => {
            std::slice::from_ref(written.expect("it was looked at"))
        }
        _ => return fields.texts("materials").into_iter().map(Material::named).collect(),
    };
    let mut materials = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if is_group(&item.value) {
            let what = format!("the material {} of {}", at + 1, fields.what());
            let Some(mut sub) = fields.sub_at("materials", at, item, what) else { continue };
            let mut name = Vec::new();
            if let Some(text) = sub.text("name") {
                name.extend(text.entries().map(|(locale, text)| (locale, Box::from(text))));
            }
            for (locale, translated) in fields.translations_at("materials", at) {
                if let Value::String(text) = &translated.value {
                    name.push((locale, text.as_str().into()));
                }
            }
            let material = material(&mut sub, Text::from_entries(name));
            fields.absorb(sub);
            materials.extend(material);
        } else {
            let mut name = Vec::new();
            fields.text_entries("materials", item, &mut name);
            for (locale, translated) in fields.translations_at("materials", at) {
                if let Value::String(text) = &translated.value {
                    name.push((locale, text.as_str().into()));
                }
            }
            materials.extend(Text::from_entries(name).map(Material::named));
        }
    }
    materials
}

fn material(sub: &mut Fields<'_>, name: Option<Text>) -> Option<Material> {
    let origin = sub.text("origin");
    let own_flags = flags(sub, "flags");
    let not_to = plain(places::destinations(sub, "not_to"));
    let what = sub.what().to_owned();
    let example = "[{ to = [\"EU\"], says = \"…\" }]";
    let mut permits = Vec::new();
    for mut permit in sub.subs("permits", example, |n| format!("permit {n} of {what}")) {
        let to = plain(places::destinations(&mut permit, "to"));
        if to.is_empty() {
            permit.missing("to", "to = [\"EU\"]");
        }
        let says = permit.text("says");
        let settled = flags(&mut permit, "flags");
        for flag in &settled {
            if !own_flags.iter().any(|own| own.value == flag.value) {
                permit.report(
                    Diagnostic::error(
                        codes::BAD_MATERIAL,
                        flag.span,
                        format!(
                            "the material has no flag \"{}\" that this could settle",
                            flag.value.name()
                        ),
                    )
                    .label("add it to the `flags` of the material, or take it out here"),
                );
            }
        }
        if !to.is_empty() {
            permits.push(Permit { flags: plain(settled), to, says });
        }
        sub.absorb(permit);
    }
    Some(Material { name: name?, origin, flags: plain(own_flags), permits, not_to })
}

fn plain<T>(values: Vec<Spanned<T>>) -> Vec<T> {
    values.into_iter().map(|value| value.value).collect()
}

fn flags(fields: &mut Fields<'_>, name: &'static str) -> Vec<Spanned<MaterialFlag>> {
    let mut found: Vec<Spanned<MaterialFlag>> = Vec::new();
    for written in fields.names(name) {
        let flag = MaterialFlag::ALL.iter().find(|(_, word)| *word == written.value);
        match flag {
            Some((flag, _)) => found.push(Spanned::new(*flag, written.span)),
            None => {
                let words: Vec<&str> = MaterialFlag::ALL.iter().map(|(_, word)| *word).collect();
                let mut diagnostic = Diagnostic::error(
                    codes::BAD_MATERIAL,
                    written.span,
                    format!("there is no flag \"{}\" for a material", written.value),
                )
                .hint(format!("the flags are: {}", words.join(", ")));
                if let Some(near) = nearest(&written.value, words.iter().copied()) {
                    diagnostic = diagnostic.label(format!("did you mean \"{near}\"?"));
                }
                fields.report(diagnostic);
            }
        }
    }
    found
}

/// Reads `not_to` of a product.
pub(super) fn not_to(fields: &mut Fields<'_>) -> Vec<Destination> {
    plain(places::destinations(fields, "not_to"))
}

/// Says which zones a product cannot be ordered to because nobody said that a material may go there.
pub(super) fn unresolved(product: &Product, shipping: &Shipping) -> Option<Diagnostic> {
    let is_asked = product.materials.iter().any(|material| !material.flags.is_empty());
    if !is_asked || !product.is_sent() {
        return None;
    }
    if let Some((material, flag)) = product.to_ask_about(shipping, None) {
        let words = format!(
            "\"{}\" can only be asked for: the shop does not say where it sends to, and nobody said that {} may go everywhere ({})",
            product.name.original(),
            material.name.original(),
            flag.name()
        );
        return Some(
            Diagnostic::warning(codes::UNRESOLVED_MATERIAL, product.place, words)
                .hint("say in site.toml where you send to, and what it costs: [[shipping.zones]], and below it name = \"Home\", countries = [\"PE\"], price = \"5.00\"")
                .hint("where it may go: permits = [{ to = [\"*\"], says = \"a certificate goes with it\" }] in the group of the material"),
        );
    }
    let mut zones = Vec::new();
    let mut cause: Option<(&Material, MaterialFlag)> = None;
    for zone in &shipping.zones {
        let reach = shipping.reach(zone, product);
        if reach == Reach::Everywhere {
            continue;
        }
        let open = shipping.countries(zone).into_iter().find_map(|country| {
            match product.may_go_to(country, shipping) {
                Err(Why::Material(material, Stop::Unresolved(flag))) => Some((material, flag)),
                _ => None,
            }
        });
        if open.is_some() {
            let part = if reach == Reach::Nowhere { "" } else { "parts of " };
            zones.push(format!("{part}\"{}\"", zone.name.original()));
            cause = cause.or(open);
        }
    }
    for pooled in shipping.pooled.iter().filter(|pooled| pooled.takes(product)) {
        if let Err(Why::Material(material, Stop::Unresolved(flag))) =
            product.may_go_to(pooled.country, shipping)
        {
            zones.push(format!("\"{}\"", pooled.name.original()));
            cause = cause.or(Some((material, flag)));
        }
    }
    let (material, flag) = cause?;
    let words = format!(
        "\"{}\" cannot be ordered to {}: nobody said that {} may go there ({})",
        product.name.original(),
        zones.join(", "),
        material.name.original(),
        flag.name()
    );
    let diagnostic =
        Diagnostic::warning(codes::UNRESOLVED_MATERIAL, product.place, words)
            .hint("where it may go: permits = [{ to = [\"EU\"], says = \"a certificate goes with it\" }] in the group of the material")
            .hint("where it may not: not_to = [\"EU\"]");
    Some(if shipping.from.is_none() {
        diagnostic.hint(
            "for buyers in your own country: write from = \"PE\" below [shipping] in site.toml",
        )
    } else {
        diagnostic
    })
}
