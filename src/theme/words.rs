//! The words of the interface, one file a language.

use std::collections::BTreeMap;

/// The words of one language, with English for those that are missing.
#[derive(Clone, Debug)]
pub struct Words {
    map: BTreeMap<String, String>,
    value: tera::Value,
    /// Names of countries by code; not among the words that templates get.
    countries: BTreeMap<String, String>,
    /// The names of words that are in English for want of another.
    borrowed: Vec<String>,
}

const ENGLISH: &str = include_str!("../../themes/words/en.toml");

/// The languages that come with the program.
const BUILT_IN: [(&str, &str); 5] = [
    ("ar", include_str!("../../themes/words/ar.toml")),
    ("en", ENGLISH),
    ("es", include_str!("../../themes/words/es.toml")),
    ("fr", include_str!("../../themes/words/fr.toml")),
    ("vi", include_str!("../../themes/words/vi.toml")),
];

const COUNTRIES: [(&str, &str); 5] = [
    ("ar", include_str!("../../themes/countries/ar.toml")),
    ("en", include_str!("../../themes/countries/en.toml")),
    ("es", include_str!("../../themes/countries/es.toml")),
    ("fr", include_str!("../../themes/countries/fr.toml")),
    ("vi", include_str!("../../themes/countries/vi.toml")),
];

impl Words {
    /// The words for a language tag: those of the tag, else of its language, else English. `own` gives
    /// the text of a site's own file `words/<tag>.toml`, whose words come first.
    ///
    /// # Errors
    /// Says what is wrong in the site's own file.
    pub(super) fn load(tag: &str, own: Option<&str>) -> Result<Self, String> {
        let language = tag.split('-').next().unwrap_or(tag);
        let built_in = BUILT_IN.iter().find(|(name, _)| *name == tag);
        let built_in = built_in.or_else(|| BUILT_IN.iter().find(|(name, _)| *name == language));
        let mut map = parse(ENGLISH).expect("the English words are TOML");
        let mut borrowed: Vec<String> =
            if language == "en" { Vec::new() } else { map.keys().cloned().collect() };
        let mut translated = |words: BTreeMap<String, String>| {
            borrowed.retain(|name| !words.contains_key(name));
            map.extend(words);
        };
        if let Some((_, text)) = built_in {
            translated(parse(text).expect("the words that come along are TOML"));
        }
        if let Some(text) = own {
            translated(parse(text)?);
        }
        let own_countries: Vec<(String, String)> = map
            .iter()
            .filter_map(|(name, word)| {
                Some((name.strip_prefix("country_")?.to_owned(), word.clone()))
            })
            .collect();
        map.retain(|name, _| !name.starts_with("country_"));
        let of = |tag: &str| COUNTRIES.iter().find(|(name, _)| *name == tag);
        let (_, names) = of(language).or_else(|| of("en")).expect("there are English names");
        let mut countries = parse(names).expect("the names that come along are TOML");
        countries.extend(own_countries);
        let value = tera::Value::from_serializable(&map);
        Ok(Self { map, value, countries, borrowed })
    }

    /// The name of a country, or of the European Union (`EU`); its code if there is none.
    #[must_use]
    pub fn country<'a>(&'a self, code: &'a str) -> &'a str {
        self.countries.get(code).map_or(code, String::as_str)
    }

    /// A word; its name if there is none such, so that a mistake is seen.
    #[must_use]
    pub fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.map.get(name).map_or(name, String::as_str)
    }

    /// The names of the words that nobody translated into this language yet, in their order.
    #[must_use]
    pub fn borrowed(&self) -> &[String] {
        &self.borrowed
    }

    /// A word, if there is one of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.map.get(name).map(String::as_str)
    }

    /// A sentence with `{…}` filled in.
    #[must_use]
    pub fn fill(&self, name: &str, values: &[(&str, &str)]) -> String {
        let sentence = self.get(name);
        let mut out = String::with_capacity(sentence.len() + 16);
        let mut rest = sentence;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some(end) = rest.find('}') else { break };
            let value = values.iter().find(|(key, _)| *key == &rest[1..end]);
            out.push_str(value.map_or(&rest[..=end], |(_, value)| value));
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        out
    }

    /// All words as templates get them.
    #[must_use]
    pub fn value(&self) -> &tera::Value {
        &self.value
    }
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    toml::from_str(text).map_err(|error| error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_words_are_english_and_own_words_come_first() {
        let words = Words::load("es-MX", Some("products = \"Piezas\"")).expect("TOML");
        assert_eq!(words.get("products"), "Piezas");
        assert_eq!(words.get("home"), "Inicio");
        let words = Words::load("qu", None).expect("TOML");
        assert_eq!(words.get("home"), "Home");
        assert_eq!(words.get("no-such-word"), "no-such-word");
        assert!(words.borrowed().iter().any(|name| name == "home"));
        let words = Words::load("qu", Some("home = \"Qallariy\"")).expect("TOML");
        assert!(words.borrowed().len() > 100 && !words.borrowed().contains(&"home".to_owned()));
        assert_eq!(Words::load("es-MX", None).expect("TOML").borrowed(), [""; 0]);
        assert_eq!(Words::load("en-GB", None).expect("TOML").borrowed(), [""; 0]);
    }

    #[test]
    fn every_language_names_every_country() {
        let english = parse(COUNTRIES[1].1).expect("TOML");
        for (tag, text) in COUNTRIES {
            let names = parse(text).expect("TOML");
            assert!(names.keys().eq(english.keys()), "{tag}");
        }
        let words = Words::load("es", Some("country_TW = \"Taipéi Chino\"")).expect("TOML");
        assert_eq!((words.country("DE"), words.country("TW")), ("Alemania", "Taipéi Chino"));
        assert_eq!(words.find("country_TW"), None);
        assert_eq!(Words::load("qu", None).expect("TOML").country("EU"), "European Union");
    }

    #[test]
    fn every_language_has_only_words_and_places_that_english_has() {
        let english = parse(ENGLISH).expect("TOML");
        let places = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|s| s.split('}').next())
                .map(str::to_owned)
                .collect();
            found.sort();
            found
        };
        for (tag, text) in BUILT_IN {
            let words = parse(text).expect("TOML");
            for (name, sentence) in &words {
                let original = english.get(name).unwrap_or_else(|| panic!("{tag}: {name}"));
                assert_eq!(places(sentence), places(original), "{tag}: {name}");
            }
            for name in english.keys() {
                assert!(words.contains_key(name), "{tag} lacks {name}");
            }
        }
    }

    #[test]
    fn values_are_filled_in_once() {
        let words = Words::load("en", Some("x = \"{a} and {b} and {c\"")).expect("TOML");
        assert_eq!(words.fill("x", &[("a", "{b}"), ("b", "2")]), "{b} and 2 and {c");
    }
}
