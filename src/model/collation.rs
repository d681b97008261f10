//! Names in the order in which readers of one language look for them (Unicode collation with CLDR's tailorings, by
//! ICU4X).

use std::cmp::Ordering;
use std::fmt;

use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};

use super::Locale;

/// Puts names in order; make one for each language and keep it.
pub struct Collation {
    collator: CollatorBorrowed<'static>,
    language: String,
}

impl fmt::Debug for Collation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collation({})", self.language)
    }
}

impl Collation {
    /// The order of a language; languages without an order of their own get the root's. Numbers within names count
    /// as numbers, so that "Plate 9" stands before "Plate 10".
    #[must_use]
    pub fn new(locale: &Locale) -> Self {
        let mut preferences = CollatorPreferences::from(locale.id());
        preferences.numeric_ordering = Some(CollationNumericOrdering::True);
        let collator = CollatorBorrowed::try_new(preferences, CollatorOptions::default())
            .expect("orders are compiled in, with a root to fall back on");
        Self { collator, language: locale.tag().to_owned() }
    }

    /// Which of two names stands first.
    #[must_use]
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        self.collator.compare(one, other)
    }

    /// The positions of names in order. Names that are the same to a reader stay as they were.
    #[must_use]
    pub fn order<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<u32> {
        // Comparing looks at few letters of each name, so that sort keys, which take all of them, cost more here.
        let mut named: Vec<(&str, u32)> = names.into_iter().zip(0..).collect();
        named.sort_by(|(one, _), (other, _)| self.compare(one, other));
        named.into_iter().map(|(_, at)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_order() {
        let table: [(&str, &[&str]); 9] = [
            ("en", &["Äpfel", "apple", "Banana", "cherry", "Zebra"]),
            // đ is a letter after d, and the six tones of a vowel come one after the other.
            (
                "vi",
                &["da", "dệt", "đá", "đồng", "em", "ma", "mà", "mả", "mã", "má", "mạ", "ơ", "ư"],
            ),
            // ñ is a letter after n; ch and ll are two letters each.
            ("es", &["chal", "cuero", "llama", "luz", "nube", "número", "ñandú", "oro"]),
            // In French of France accents count from the left, as everywhere else since CLDR 1.9.
            ("fr", &["cote", "coté", "côte", "côté", "été", "étui", "œuf", "ouvrage"]),
            // From Canada they count from the end.
            ("fr-CA", &["cote", "côte", "coté", "côté"]),
            ("sv", &["al", "ull", "ylle", "zink", "ångström", "äng", "öra"]),
            ("da", &["al", "uld", "zink", "ærmer", "ørken", "ål"]),
            // The article stands like any other letters; hamza on alif is no letter of its own.
            ("ar", &["أساور", "بسط", "تطريز", "خزف", "نحاس", "يشم"]),
            ("de", &["Äpfel", "Apfelmus", "Ofen", "Öl", "Straße", "Stratum"]),
        ];
        for (tag, expected) in table {
            let collation = Collation::new(&tag.parse().expect("a tag"));
            let mixed: Vec<&str> = expected.iter().rev().copied().collect();
            let ordered: Vec<&str> = collation
                .order(mixed.iter().copied())
                .iter()
                .map(|at| mixed[*at as usize])
                .collect();
            assert_eq!(ordered, expected, "{tag}");
        }
    }

    #[test]
    fn the_script_of_the_language_stands_first() {
        for (tag, expected) in [("ar", ["سجاد", "Shawls"]), ("en", ["Shawls", "سجاد"])] {
            let collation = Collation::new(&tag.parse().expect("a tag"));
            let ordered = collation.order(expected).into_iter().collect::<Vec<_>>();
            assert_eq!(ordered, [0, 1], "{tag}");
        }
    }

    #[test]
    fn numbers_within_names_count_as_numbers() {
        let collation = Collation::new(&"en".parse().expect("a tag"));
        assert_eq!(collation.order(["Plate 10", "Plate 9", "plate", "Plate 9"]), [2, 1, 3, 0]);
        // A language that CLDR has no order for.
        let unknown = Collation::new(&"qu".parse().expect("a tag"));
        assert_eq!(unknown.order(["b", "á", "a"]), [2, 1, 0]);
    }
}
