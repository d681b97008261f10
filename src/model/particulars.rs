//! What is to be said of a thing because of its kind: what is in food, what cloth is made of.
//!
//! All of it is optional and shown when set, whatever the kind; [`Particulars::ought`] tells what a kind is
//! expected to say, so that `check` can ask for it.

use super::{Date, ProductKind, Text};

/// Facts that belong to kinds of product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// What is in it; for cosmetics by their INCI names.
    pub ingredients: Option<Text>,
    /// What some people must not eat or touch; an empty list says that there is none of it.
    pub allergens: Option<Vec<Allergen>>,
    /// How much of it there is, such as "250 g".
    pub net_quantity: Option<Text>,
    /// Days that it keeps.
    pub shelf_life_days: Option<u32>,
    /// The day until which what is sold now keeps.
    pub best_before: Option<Date>,
    /// The run that it comes from.
    pub batch: Option<String>,
    /// How to keep it.
    pub storage: Option<Text>,
    /// What it nourishes with.
    pub nutrition: Option<Nutrition>,
    /// Alcohol in tenths of a percent by volume.
    pub alcohol_permille: Option<u32>,
    /// Months that it keeps once opened.
    pub pao_months: Option<u32>,
    /// Who answers for it before the law, in the words of the label.
    pub responsible_person: Option<Text>,
    /// What to beware of.
    pub warnings: Option<Text>,
    /// What the cloth is made of; the parts add up to 100.
    pub fibres: Vec<Fibre>,
    /// The animals or plants that it is from.
    pub species: Vec<Species>,
    /// How the hide was tanned.
    pub tanning: Option<Text>,
    /// Metal and fineness.
    pub metal: Option<Text>,
    /// The mark of the assay office.
    pub hallmark: Option<String>,
    /// Stones and what they are.
    pub stones: Option<Text>,
    /// Whether one may eat from it.
    pub food_safe: Option<bool>,
    /// From which age in years.
    pub age_from_years: Option<u32>,
    /// International Standard Book Number: 13 digits.
    pub isbn: Option<String>,
    /// How many pages.
    pub pages: Option<u32>,
    /// The languages that it is in, as BCP 47 tags.
    pub text_languages: Vec<String>,
    /// How long it takes.
    pub duration: Option<Text>,
    /// Where it takes place, coarsely.
    pub place: Option<Text>,
}

/// A part of a cloth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fibre {
    /// What.
    pub name: Text,
    /// How much of a hundred.
    pub percent: u8,
}

/// A living thing by its two names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Species {
    /// The common name.
    pub name: Text,
    /// The Latin name.
    pub latin: Option<String>,
}

/// Something that can make people ill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allergen {
    /// One of those that food in the European Union has to name.
    Known(KnownAllergen),
    /// Anything else, in the maker's words.
    Other(Text),
}

/// The fourteen of Annex II of Regulation (EU) 1169/2011.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum KnownAllergen {
    Gluten,
    Crustaceans,
    Eggs,
    Fish,
    Peanuts,
    Soya,
    Milk,
    Nuts,
    Celery,
    Mustard,
    Sesame,
    Sulphites,
    Lupin,
    Molluscs,
}

impl KnownAllergen {
    /// Every one with its name in files.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::Gluten, "gluten"),
        (Self::Crustaceans, "crustaceans"),
        (Self::Eggs, "eggs"),
        (Self::Fish, "fish"),
        (Self::Peanuts, "peanuts"),
        (Self::Soya, "soya"),
        (Self::Milk, "milk"),
        (Self::Nuts, "nuts"),
        (Self::Celery, "celery"),
        (Self::Mustard, "mustard"),
        (Self::Sesame, "sesame"),
        (Self::Sulphites, "sulphites"),
        (Self::Lupin, "lupin"),
        (Self::Molluscs, "molluscs"),
    ];

    /// Other English words by which people name them.
    const ALSO: [(Self, &'static str); 8] = [
        (Self::Eggs, "egg"),
        (Self::Peanuts, "peanut"),
        (Self::Soya, "soy"),
        (Self::Soya, "soybeans"),
        (Self::Nuts, "tree nuts"),
        (Self::Sesame, "sesame seeds"),
        (Self::Sulphites, "sulfites"),
        (Self::Molluscs, "mollusks"),
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The one that a word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        let all = Self::ALL.iter().chain(&Self::ALSO);
        all.into_iter().find(|(_, name)| *name == word).map(|(known, _)| *known)
    }
}

/// What is in 100 g or 100 ml of food, in the order of Annex XV of Regulation (EU) 1169/2011.
///
/// Amounts are tenths: of a gram, except energy, which is in whole units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nutrition {
    /// Energy in kilojoules.
    pub energy_kj: Option<u32>,
    /// Energy in kilocalories.
    pub energy_kcal: Option<u32>,
    /// Fat.
    pub fat: Option<u32>,
    /// Of which saturates.
    pub saturates: Option<u32>,
    /// Carbohydrate.
    pub carbohydrate: Option<u32>,
    /// Of which sugars.
    pub sugars: Option<u32>,
    /// Fibre.
    pub fibre: Option<u32>,
    /// Protein.
    pub protein: Option<u32>,
    /// Salt.
    pub salt: Option<u32>,
}

impl Particulars {
    /// The fields that are not set and that things of a kind are expected to say.
    #[must_use]
    pub fn ought(&self, kind: ProductKind) -> Vec<&'static str> {
        let asked: &[(&'static str, bool)] = match kind {
            ProductKind::Food => &[
                ("ingredients", self.ingredients.is_some()),
                ("allergens", self.allergens.is_some()),
                ("net_quantity", self.net_quantity.is_some()),
                ("shelf_life_days", self.shelf_life_days.or(self.best_before.map(|_| 1)).is_some()),
            ],
            ProductKind::Cosmetic => &[
                ("ingredients", self.ingredients.is_some()),
                ("net_quantity", self.net_quantity.is_some()),
            ],
            ProductKind::Leather => &[("species", !self.species.is_empty())],
            ProductKind::Jewellery => &[("metal", self.metal.is_some() || self.stones.is_some())],
            ProductKind::Toy => &[("age_from", self.age_from_years.is_some())],
            ProductKind::Book => &[("text_languages", !self.text_languages.is_empty())],
            ProductKind::Plant => &[("species", !self.species.is_empty())],
            ProductKind::Service => &[("duration", self.duration.is_some())],
            ProductKind::Textile
            | ProductKind::Ceramic
            | ProductKind::Basket
            | ProductKind::Art
            | ProductKind::Other => &[],
        };
        asked.iter().filter(|(_, is_said)| !is_said).map(|(field, _)| *field).collect()
    }
}

/// Reads an ISBN of 10 or 13 digits with its check digit (ISO 2108); gives 13 digits.
#[must_use]
pub fn isbn(text: &str) -> Option<String> {
    let plain: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'-' | b' ')).collect();
    let digit = |b: u8| b.is_ascii_digit().then(|| u32::from(b - b'0'));
    let checked = |twelve: &[u8]| {
        let sum: u32 = twelve
            .iter()
            .enumerate()
            .map(|(at, b)| u32::from(b - b'0') * if at.is_multiple_of(2) { 1 } else { 3 })
            .sum();
        (10 - sum % 10) % 10
    };
    match plain.len() {
        13 => {
            plain.iter().try_for_each(|b| digit(*b).map(|_| ()))?;
            let is_book = plain.starts_with(b"978") || plain.starts_with(b"979");
            let is_right = digit(plain[12]) == Some(checked(&plain[..12]));
            (is_book && is_right).then(|| String::from_utf8(plain).ok())?
        }
        10 => {
            plain[..9].iter().try_for_each(|b| digit(*b).map(|_| ()))?;
            let last = if plain[9] == b'X' { 10 } else { digit(plain[9])? };
            let mut sum = last;
            for (at, b) in (0_u32..).zip(&plain[..9]) {
                sum += (10 - at) * digit(*b)?;
            }
            if !sum.is_multiple_of(11) {
                return None;
            }
            let twelve = [b"978".as_slice(), &plain[..9]].concat();
            let check = checked(&twelve);
            Some(format!("{}{check}", String::from_utf8(twelve).ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn book_numbers_have_their_check_digit() {
        let table = [
            ("978-0-306-40615-7", Some("9780306406157")),
            ("9780306406157", Some("9780306406157")),
            ("0-306-40615-2", Some("9780306406157")),
            ("0-8044-2957-X", Some("9780804429573")),
            ("978-0-306-40615-8", None),
            ("0-306-40615-3", None),
            ("1234567890128", None),
            ("978030640615X", None),
            ("", None),
            ("ééééé", None),
        ];
        for (text, expected) in table {
            assert_eq!(isbn(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn allergens_are_known_by_their_words() {
        assert_eq!(KnownAllergen::named("Milk"), Some(KnownAllergen::Milk));
        assert_eq!(KnownAllergen::named("tree nuts"), Some(KnownAllergen::Nuts));
        assert_eq!(KnownAllergen::named("buckwheat"), None);
        for (at, (known, name)) in KnownAllergen::ALL.iter().enumerate() {
            assert_eq!((*known as usize, known.name()), (at, *name));
        }
    }

    #[test]
    fn food_has_more_to_say_than_a_bowl() {
        let nothing = Particulars::default();
        assert_eq!(
            nothing.ought(ProductKind::Food),
            ["ingredients", "allergens", "net_quantity", "shelf_life_days"]
        );
        assert!(nothing.ought(ProductKind::Ceramic).is_empty());
        let told = Particulars { allergens: Some(Vec::new()), ..Particulars::default() };
        assert!(!told.ought(ProductKind::Food).contains(&"allergens"));
    }
}
