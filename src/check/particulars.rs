//! What is to be said of a thing because of its kind.

use crate::diag::{Diagnostic, codes};
use crate::model::{
    Allergen, Fibre, KnownAllergen, Locale, Nutrition, Particulars, ProductKind, Species, Text,
    particulars as model,
};
use crate::read::Value;

use super::fields::Fields;

/// Reads every field that belongs to a kind.
pub(super) fn particulars(fields: &mut Fields<'_>) -> Particulars {
    Particulars {
        ingredients: fields.text("ingredients"),
        allergens: allergens(fields),
        net_quantity: fields.text("net_quantity"),
        shelf_life_days: fields.number("shelf_life_days", 1..=36_500),
        best_before: fields.date("best_before"),
        batch: fields.string("batch").map(|batch| batch.value),
        storage: fields.text("storage"),
        nutrition: nutrition(fields),
        alcohol_permille: fields.tenths("alcohol_percent", 100),
        pao_months: fields.number("pao_months", 1..=120),
        responsible_person: fields.text("responsible_person"),
        warnings: fields.text("warnings"),
        fibres: fibres(fields),
        species: species(fields),
        tanning: fields.text("tanning"),
        metal: fields.text("metal"),
        hallmark: fields.string("hallmark").map(|mark| mark.value),
        stones: fields.text("stones"),
        food_safe: fields.said_flag("food_safe"),
        age_from_years: fields.number("age_from", 0..=99),
        isbn: isbn(fields),
        pages: fields.number("pages", 1..=100_000),
        text_languages: text_languages(fields),
        duration: fields.text("duration"),
        place: fields.text("place"),
    }
}

fn allergens(fields: &mut Fields<'_>) -> Option<Vec<Allergen>> {
    if !fields.has("allergens") {
        return None;
    }
    let before = fields.problems();
    let texts = fields.texts("allergens");
    let is_empty_list = matches!(
        fields.value_in_languages("allergens").map(|value| &value.value),
        Some(Value::Array(items)) if items.is_empty()
    );
    if texts.is_empty() && !is_empty_list && fields.problems() == before {
        return None;
    }
    let known = |text: &Text| KnownAllergen::named(text.original());
    Some(
        texts
            .into_iter()
            .map(|text| known(&text).map_or(Allergen::Other(text), Allergen::Known))
            .collect(),
    )
}

fn nutrition(fields: &mut Fields<'_>) -> Option<Nutrition> {
    let mut group = fields.sub("nutrition", "the nutrition".to_owned())?;
    let nutrition = Nutrition {
        energy_kj: group.number("energy_kj", 0..=10_000),
        energy_kcal: group.number("energy_kcal", 0..=3_000),
        fat: group.tenths("fat", 100),
        saturates: group.tenths("saturates", 100),
        carbohydrate: group.tenths("carbohydrate", 100),
        sugars: group.tenths("sugars", 100),
        fibre: group.tenths("fibre", 100),
        protein: group.tenths("protein", 100),
        salt: group.tenths("salt", 100),
    };
    fields.absorb(group);
    Some(nutrition)
}

fn fibres(fields: &mut Fields<'_>) -> Vec<Fibre> {
    let example = "[{ name = \"wool\", percent = 80 }, { name = \"linen\", percent = 20 }]";
    let what = fields.what().to_owned();
    let before = fields.problems();
    let mut fibres = Vec::new();
    let subs = fields.subs("fibres", example, |n| format!("fibre {n} of {what}"));
    if subs.is_empty() {
        return fibres;
    }
    for mut sub in subs {
        let name = sub.text("name");
        if name.is_none() {
            sub.missing("name", "name = \"wool\"");
        }
        let percent = sub.number("percent", 1..=100).and_then(|n| u8::try_from(n).ok());
        if percent.is_none() {
            sub.missing("percent", "percent = 80");
        }
        if let (Some(name), Some(percent)) = (name, percent) {
            fibres.push(Fibre { name, percent });
        }
        fields.absorb(sub);
    }
    let sum: u32 = fibres.iter().map(|fibre| u32::from(fibre.percent)).sum();
    if sum != 100 && fields.problems() == before {
        fields.report(
            Diagnostic::error(
                codes::BAD_FIBRES,
                fields.place("fibres"),
                format!("the fibres of {what} add up to {sum} percent"),
            )
            .label("together they are 100"),
        );
    }
    fibres
}

fn species(fields: &mut Fields<'_>) -> Vec<Species> {
    let what = fields.what().to_owned();
    let example = "{ name = \"white-tailed deer\", latin = \"Odocoileus virginianus\" }";
    let mut all = Vec::new();
    for mut sub in fields.subs("species", example, |n| format!("species {n} of {what}")) {
        let name = sub.text("name");
        if name.is_none() {
            sub.missing("name", "name = \"white-tailed deer\"");
        }
        let latin = sub.string("latin").and_then(|written| {
            let is_latin = is_latin(&written.value);
            if !is_latin {
                sub.report(
                    Diagnostic::error(
                        codes::BAD_VALUE,
                        written.span,
                        "a Latin name has two words, the first with a capital letter",
                    )
                    .label("write for example latin = \"Odocoileus virginianus\""),
                );
            }
            is_latin.then_some(written.value)
        });
        all.extend(name.map(|name| Species { name, latin }));
        fields.absorb(sub);
    }
    all
}

/// Genus and species (or `spp.`), perhaps with what follows.
fn is_latin(text: &str) -> bool {
    let Some((genus, rest)) = text.split_once(' ') else { return false };
    let mut letters = genus.chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.all(|c| c.is_lowercase() || c == '-')
        && rest.starts_with(|c: char| c.is_lowercase() || c == '×')
}

fn isbn(fields: &mut Fields<'_>) -> Option<String> {
    let written = fields.string("isbn")?;
    let found = model::isbn(&written.value);
    if found.is_none() {
        fields.report(
            Diagnostic::error(
                codes::BAD_ISBN,
                written.span,
                "this is not the number of a book: its last digit does not fit the others",
            )
            .label("copy the 10 or 13 digits from the back of the book"),
        );
    }
    found
}

fn text_languages(fields: &mut Fields<'_>) -> Vec<String> {
    let mut tags = Vec::new();
    for written in fields.names("text_languages") {
        match written.value.parse::<Locale>() {
            Ok(locale) => tags.push(locale.tag().to_owned()),
            Err(_) => fields.report(
                Diagnostic::error(
                    codes::BAD_LANGUAGE,
                    written.span,
                    "this is not the tag of a language",
                )
                .label("write for example text_languages = [\"es\", \"qu\"]"),
            ),
        }
    }
    tags
}

/// Asks for what a kind is expected to say, in plain words.
pub(super) fn ask(fields: &mut Fields<'_>, kind: ProductKind, particulars: &Particulars) {
    let lacking = particulars.ought(kind);
    if lacking.is_empty() {
        return;
    }
    let words: Vec<&str> = lacking.iter().map(|field| question(kind, field).0).collect();
    let mut diagnostic = Diagnostic::warning(
        codes::KIND_STATEMENT,
        fields.place("kind"),
        format!("{} does not say {}", fields.what(), words.join(", ")),
    );
    for field in lacking {
        diagnostic = diagnostic.hint(format!("write for example {}", question(kind, field).1));
    }
    fields.report(diagnostic);
}

fn question(kind: ProductKind, field: &str) -> (&'static str, &'static str) {
    match field {
        "ingredients" if kind == ProductKind::Cosmetic => (
            "what is in it",
            "ingredients = \"Sodium olivate, aqua, glycerin\" (the INCI names of the label)",
        ),
        "ingredients" => ("what is in it", "ingredients = \"strawberries, sugar, lemon juice\""),
        "allergens" => (
            "which allergens are in it",
            "allergens = [\"milk\", \"nuts\"]; if there are none, allergens = []",
        ),
        "net_quantity" => ("how much of it there is", "net_quantity = \"250 g\""),
        "shelf_life_days" => ("how long it keeps", "shelf_life_days = 270"),
        "species" => (
            "of which animal or plant it is",
            "species = { name = \"goat\", latin = \"Capra hircus\" }",
        ),
        "metal" => ("of which metal or stone it is", "metal = \"silver 925\""),
        "age_from" => ("for which age it is", "age_from = 3"),
        "text_languages" => ("in which language it is", "text_languages = [\"es\"]"),
        _ => ("how long it takes", "duration = \"two hours\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_names_have_two_words() {
        for (name, expected) in [
            ("Odocoileus virginianus", true),
            ("Salix spp.", true),
            ("Salix × fragilis", true),
            ("Salix alba var. vitellina", true),
            ("odocoileus virginianus", false),
            ("Odocoileus", false),
            ("Deer Skin", false),
        ] {
            assert_eq!(is_latin(name), expected, "{name}");
        }
    }
}
