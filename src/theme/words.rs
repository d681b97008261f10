//! The words of the interface, one file a language.
//!
//! A word is a text, or one text for each plural form of its language (CLDR cardinals, by ICU4X): `count_products =
//! { one = "{count} work", other = "{count} works" }`. Words that a language lacks are English, and so are then the
//! rules by which their forms are chosen.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use foldhash::fast::RandomState;
use icu_plurals::{PluralCategory, PluralRules};
use serde_json::{Map, Value as Json, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::nearest;
use crate::model::Locale;

/// The words of one language, with English for those that are missing.
#[derive(Debug)]
pub struct Words {
    /// Only asked, never walked through; every page asks some dozens of times.
    map: HashMap<String, Word, RandomState>,
    value: tera::Value,
    /// Names of countries by code; not among the words that templates get.
    countries: BTreeMap<String, String>,
    /// The names of words that are in English for want of another, in their order.
    borrowed: Vec<String>,
    plurals: PluralRules,
    english: PluralRules,
}

/// A word as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Text(String),
    /// At least one, in the order of [`FORMS`].
    Forms(Vec<(PluralCategory, String)>),
}

impl Word {
    /// The form of a category; else that for all other numbers.
    fn form(&self, wanted: PluralCategory) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Forms(forms) => {
                let of = |wanted| forms.iter().find(|(category, _)| *category == wanted);
                let found = of(wanted).or_else(|| of(PluralCategory::Other)).or(forms.last());
                found.map_or("", |(_, text)| text)
            }
        }
    }

    fn general(&self) -> &str {
        self.form(PluralCategory::Other)
    }
}

/// What is wrong with the plural forms of a word in a site's own file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProblem {
    /// The name of the word, in the text of the file.
    pub at: Range<usize>,
    /// What is wrong, in a sentence.
    pub words: String,
    /// What to write instead.
    pub advice: String,
}

/// What is wrong in a file of words so that it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WordsError {
    /// Where, in the text of the file.
    pub(super) at: Range<usize>,
    pub(super) message: String,
}

/// The forms by the names that CLDR has for them.
const FORMS: [(&str, PluralCategory); 6] = [
    ("zero", PluralCategory::Zero),
    ("one", PluralCategory::One),
    ("two", PluralCategory::Two),
    ("few", PluralCategory::Few),
    ("many", PluralCategory::Many),
    ("other", PluralCategory::Other),
];

/// Counts of a shop: the forms that these numbers need have to be there.
const COUNTED: std::ops::RangeInclusive<u64> = 0..=1000;

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
    pub(super) fn load(tag: &str, own: Option<&str>) -> Result<Self, WordsError> {
        let language = tag.split('-').next().unwrap_or(tag);
        let built_in = BUILT_IN.iter().find(|(name, _)| *name == tag);
        let built_in = built_in.or_else(|| BUILT_IN.iter().find(|(name, _)| *name == language));
        let mut map = parse(ENGLISH).expect("the English words are TOML");
        let mut borrowed: Vec<String> =
            if language == "en" { Vec::new() } else { map.keys().cloned().collect() };
        let mut translated = |words: BTreeMap<String, Word>| {
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
                Some((name.strip_prefix("country_")?.to_owned(), word.general().to_owned()))
            })
            .collect();
        map.retain(|name, _| !name.starts_with("country_"));
        let of = |tag: &str| COUNTRIES.iter().find(|(name, _)| *name == tag);
        let (_, names) = of(language).or_else(|| of("en")).expect("there are English names");
        let names = parse(names).expect("the names that come along are TOML");
        let names = names.into_iter().map(|(code, name)| (code, name.general().to_owned()));
        let mut countries: BTreeMap<String, String> = names.collect();
        countries.extend(own_countries);
        let texts: BTreeMap<&str, &str> =
            map.iter().map(|(name, word)| (name.as_str(), word.general())).collect();
        let value = tera::Value::from_serializable(&texts);
        let map = map.into_iter().collect();
        Ok(Self { map, value, countries, borrowed, plurals: rules(tag), english: rules("en") })
    }

    /// The name of a country, or of the European Union (`EU`); its code if there is none.
    #[must_use]
    pub fn country<'a>(&'a self, code: &'a str) -> &'a str {
        self.countries.get(code).map_or(code, String::as_str)
    }

    /// A word; its name if there is none such, so that a mistake is seen. Of plural forms that for all other numbers.
    #[must_use]
    pub fn get<'a>(&'a self, name: &'a str) -> &'a str {
        self.find(name).unwrap_or(name)
    }

    /// The names of the words that nobody translated into this language yet, in their order.
    #[must_use]
    pub fn borrowed(&self) -> &[String] {
        &self.borrowed
    }

    /// A word, if there is one of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.map.get(name).map(Word::general)
    }

    /// A sentence with `{…}` filled in.
    #[must_use]
    pub fn fill(&self, name: &str, values: &[(&str, &str)]) -> String {
        filled(self.get(name), values)
    }

    /// What stands before a claim of a sort (`claimType`): before a name "made by", before what is listed "material:". None where
    /// the text describes how a thing is made, or says the same itself.
    #[must_use]
    pub fn claim_label(&self, sort: &str, text: &str) -> Option<String> {
        let word = match sort {
            "designedBy" => "choice_designed_by",
            "madeBy" => "choice_made_by",
            "madeIn" => "choice_made_in",
            "soldBy" => "choice_sold_by",
            "material" => "choice_material",
            "payment" => "choice_payment",
            _ => return None,
        };
        let word = self.get(word);
        if text.to_lowercase().starts_with(&word.to_lowercase()) {
            return None;
        }
        match sort {
            "material" | "payment" => Some(self.fill("claim_label", &[("claim", word)])),
            _ => Some(word.to_owned()),
        }
    }

    /// A claim as it stands in a sentence, with what sort it is where its text does not tell.
    #[must_use]
    pub fn claim(&self, sort: &str, text: &str) -> String {
        match self.claim_label(sort, text) {
            Some(label) => format!("{label} {text}"),
            None => text.to_owned(),
        }
    }

    /// A sentence in the plural form for a number, with `{…}` filled in. The values have the number as it is written;
    /// of a range the last number counts, as it does in nearly all languages (CLDR `pluralRanges`).
    #[must_use]
    pub fn count(&self, name: &str, number: u64, values: &[(&str, &str)]) -> String {
        let Some(word) = self.map.get(name) else { return name.to_owned() };
        let rules = if self.is_borrowed(name) { &self.english } else { &self.plurals };
        filled(word.form(rules.category_for(number)), values)
    }

    fn is_borrowed(&self, name: &str) -> bool {
        self.borrowed.binary_search_by(|borrowed| borrowed.as_str().cmp(name)).is_ok()
    }

    /// A word for a script: a text, or its plural forms by name, with `lang` where they are in English for want of
    /// others.
    #[must_use]
    pub fn for_script(&self, name: &str) -> Json {
        match self.map.get(name) {
            None => json!(name),
            Some(Word::Text(text)) => json!(text),
            Some(Word::Forms(forms)) => {
                let mut out: Map<String, Json> = forms
                    .iter()
                    .map(|(category, text)| (form_name(*category).to_owned(), json!(text)))
                    .collect();
                if self.is_borrowed(name) {
                    out.insert("lang".to_owned(), json!("en"));
                }
                Json::Object(out)
            }
        }
    }

    /// All words as templates get them; of plural forms that for all other numbers.
    #[must_use]
    pub fn value(&self) -> &tera::Value {
        &self.value
    }

    /// A word as it would stand in a file of words, in English or whatever it is in.
    #[must_use]
    pub fn in_file(&self, name: &str) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        match self.map.get(name) {
            None => quoted(name),
            Some(Word::Text(text)) => quoted(text),
            Some(Word::Forms(forms)) => {
                let forms = forms
                    .iter()
                    .map(|(category, text)| format!("{} = {}", form_name(*category), quoted(text)));
                format!("{{ {} }}", forms.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// The plural rules of a language; those of the root (one form for all numbers) if CLDR knows none.
fn rules(tag: &str) -> PluralRules {
    let locale: Option<Locale> = tag.parse().ok();
    let preferences = locale.map(|locale| locale.id().into()).unwrap_or_default();
    PluralRules::try_new_cardinal(preferences)
        .expect("plural rules are compiled in, with a root to fall back on")
}

fn form_name(category: PluralCategory) -> &'static str {
    FORMS.iter().find(|(_, known)| *known == category).map_or("other", |(name, _)| name)
}

/// The forms that a language needs for the counts of a shop, each with the first number that needs it. `other` is
/// always among them: it stands in for what is missing, and for fractions.
fn needed(rules: &PluralRules) -> Vec<(PluralCategory, Option<u64>)> {
    let mut out: Vec<(PluralCategory, Option<u64>)> = Vec::new();
    for number in COUNTED {
        let category = rules.category_for(number);
        if !out.iter().any(|(known, _)| *known == category) {
            out.push((category, Some(number)));
        }
    }
    if !out.iter().any(|(known, _)| *known == PluralCategory::Other) {
        out.push((PluralCategory::Other, None));
    }
    out.sort_by_key(|(category, _)| FORMS.iter().position(|(_, known)| known == category));
    out
}

/// What is wrong with the plural forms in a site's own file `words/<tag>.toml`: forms that the language needs and that
/// are not there, and forms that no language has. Nothing for a file that cannot be read, which is reported elsewhere.
#[must_use]
pub fn form_problems(tag: &str, text: &str) -> Vec<FormProblem> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let needed = needed(&rules(tag));
    let mut problems = Vec::new();
    for (name, value) in table.get_ref() {
        let DeValue::Table(forms) = value.get_ref() else { continue };
        for (form, _) in forms {
            let known = FORMS.map(|(known, _)| known);
            if known.contains(&&**form.get_ref()) {
                continue;
            }
            let near = nearest(form.get_ref(), known);
            problems.push(FormProblem {
                at: form.span(),
                words: format!("no language has a plural form called `{}`", form.get_ref()),
                advice: near.map_or_else(
                    || format!("the forms are {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                ),
            });
        }
        for (category, example) in &needed {
            let form = form_name(*category);
            if forms.iter().any(|(known, _)| known.get_ref() == form) {
                continue;
            }
            let (why, advice) = match example {
                Some(number) => (
                    format!(
                        "`{}` has no form `{form}`, which {tag} needs for {number}",
                        name.get_ref()
                    ),
                    format!("write between the braces: {form} = \"…\", as it is said of {number}"),
                ),
                None => (
                    format!("`{}` has no form `{form}`, which {tag} needs for 1.5", name.get_ref()),
                    format!("write between the braces: {form} = \"…\", as it is said of 1.5"),
                ),
            };
            problems.push(FormProblem { at: name.span(), words: why, advice });
        }
    }
    problems.sort_by_key(|problem| problem.at.start);
    problems
}

fn filled(sentence: &str, values: &[(&str, &str)]) -> String {
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

fn parse(text: &str) -> Result<BTreeMap<String, Word>, WordsError> {
    let table = DeTable::parse(text).map_err(|error| WordsError {
        at: error.span().unwrap_or_default(),
        message: error.message().to_owned(),
    })?;
    let word = |name: &str, value: &Spanned<DeValue<'_>>| {
        let wrong = || WordsError {
            at: value.span(),
            message: format!(
                "`{name}` is a text in quotes, or one for each plural form: {{ one = \"…\", other = \"…\" }}"
            ),
        };
        match value.get_ref() {
            DeValue::String(text) => Ok(Word::Text(text.to_string())),
            DeValue::Table(forms) => {
                let mut out = Vec::new();
                for (form, text) in forms {
                    let DeValue::String(text) = text.get_ref() else { return Err(wrong()) };
                    let found = FORMS.iter().find(|(known, _)| form.get_ref() == known);
                    out.extend(found.map(|(_, category)| (*category, text.to_string())));
                }
                out.sort_by_key(|(category, _)| {
                    FORMS.iter().position(|(_, known)| known == category)
                });
                if out.is_empty() { Err(wrong()) } else { Ok(Word::Forms(out)) }
            }
            _ => Err(wrong()),
        }
    };
    let words = table.get_ref().iter();
    words
        .map(|(name, value)| Ok((name.get_ref().to_string(), word(name.get_ref(), value)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_badges_tell_the_sort_of_a_claim_as_pages_do() {
        use crate::provenance::kind::{Form, Kind};
        use crate::provenance::openbadge;
        use crate::provenance::record::LangText;

        let Some(Form::List(Form::Object(fields))) =
            Kind::Certification.field("claim").map(|field| &field.form)
        else {
            panic!("claims are a list");
        };
        let Some(Form::Choice(sorts)) =
            fields.iter().find(|it| it.name == "claimType").map(|it| &it.form)
        else {
            panic!("there are sorts of claims");
        };
        for language in ["en", "es", "fr", "vi", "ar", "qu"] {
            let words = Words::load(language, None).expect("TOML");
            for sort in *sorts {
                let text = LangText { language: language.to_owned(), text: "Ilde".to_owned() };
                let told = openbadge::sort_label(sort, &text);
                assert_eq!(told, words.claim_label(sort, "Ilde"), "{sort} in {language}");
            }
        }
    }

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

    fn places(text: &str) -> Vec<&str> {
        let parts = text.split('{').skip(1);
        let mut found: Vec<&str> = parts.filter_map(|s| s.split('}').next()).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn every_language_has_only_words_and_places_that_english_has() {
        let english = parse(ENGLISH).expect("TOML");
        for (tag, text) in BUILT_IN {
            let words = parse(text).expect("TOML");
            for (name, word) in &words {
                let original = english.get(name).unwrap_or_else(|| panic!("{tag}: {name}"));
                let expected = places(original.general());
                assert_eq!(places(word.general()), expected, "{tag}: {name}");
                // "A piece", "both": a form may do without its number, but has no place of its own.
                if let Word::Forms(forms) = word {
                    for (category, form) in forms {
                        let known = places(form).iter().all(|place| expected.contains(place));
                        assert!(known, "{tag}: {name}, {category:?}");
                    }
                }
            }
            for name in english.keys() {
                assert!(words.contains_key(name), "{tag} lacks {name}");
            }
        }
    }

    #[test]
    fn the_languages_that_come_along_have_every_form_that_they_need() {
        for (tag, text) in BUILT_IN {
            assert_eq!(form_problems(tag, text), [], "{tag}");
            let needed = needed(&rules(tag));
            for (name, word) in parse(text).expect("TOML") {
                let Word::Forms(forms) = word else { continue };
                for (category, _) in forms {
                    let is_used = needed.iter().any(|(known, _)| *known == category);
                    assert!(is_used, "{tag}: {name} has a form {category:?} that nothing uses");
                }
            }
        }
    }

    #[test]
    fn each_language_counts_in_its_own_forms() {
        let table = [
            ("en", ["0 works", "1 work", "2 works", "3 works", "11 works", "100 works"]),
            ("es", ["0 piezas", "1 pieza", "2 piezas", "3 piezas", "11 piezas", "100 piezas"]),
            ("fr", ["0 pièce", "1 pièce", "2 pièces", "3 pièces", "11 pièces", "100 pièces"]),
            (
                "vi",
                [
                    "0 sản phẩm",
                    "1 sản phẩm",
                    "2 sản phẩm",
                    "3 sản phẩm",
                    "11 sản phẩm",
                    "100 sản phẩm",
                ],
            ),
            ("ar", ["لا قطع", "قطعة واحدة", "قطعتان", "3 قطع", "11 قطعة", "100 قطعة"]),
        ];
        for (tag, expected) in table {
            let words = Words::load(tag, None).expect("TOML");
            let said = [0, 1, 2, 3, 11, 100]
                .map(|n: u64| words.count("count_products", n, &[("count", &n.to_string())]));
            assert_eq!(said, expected, "{tag}");
        }
        let polish = "count_products = { one = \"{count} dzieło\", few = \"{count} dzieła\", many = \"{count} dzieł\", other = \"{count} dzieła\" }";
        let words = Words::load("pl", Some(polish)).expect("TOML");
        let said = [1, 3, 5, 22, 112]
            .map(|n: u64| words.count("count_products", n, &[("count", &n.to_string())]));
        assert_eq!(said, ["1 dzieło", "3 dzieła", "5 dzieł", "22 dzieła", "112 dzieł"]);
        // A borrowed word keeps the rules of the language that it is in.
        let words = Words::load("ja", None).expect("TOML");
        assert_eq!(words.count("count_products", 1, &[("count", "1")]), "1 work");
        assert_eq!(words.for_script("count_products")["lang"], "en");
        assert_eq!(words.in_file("days"), r#"{ one = "{count} day", other = "{count} days" }"#);
    }

    #[test]
    fn a_form_that_is_missing_is_named_with_a_number() {
        let text = "home = \"Dom\"\ncount_products = { one = \"{count} dzieło\", meny = \"{count} dzieł\" }\n";
        let said: Vec<(usize, String, String)> = form_problems("pl", text)
            .into_iter()
            .map(|problem| (problem.at.start, problem.words, problem.advice))
            .collect();
        let place = text.find("count_products").expect("it is there");
        let of = |form: &str, number: &str| {
            (
                place,
                format!("`count_products` has no form `{form}`, which pl needs for {number}"),
                format!("write between the braces: {form} = \"…\", as it is said of {number}"),
            )
        };
        let unknown = (
            text.find("meny").expect("it is there"),
            "no language has a plural form called `meny`".to_owned(),
            "did you mean `many`?".to_owned(),
        );
        assert_eq!(said, [of("few", "2"), of("many", "0"), of("other", "1.5"), unknown]);
        assert_eq!(form_problems("ja", "days = { other = \"{count} 日\" }"), []);
        assert_eq!(
            form_problems("ar", "days = \"{count} يوم\""),
            [],
            "one text serves all numbers"
        );
    }

    #[test]
    fn a_word_that_is_no_text_is_named_with_its_line() {
        for (text, line) in [
            ("home = \"a\"\ndays = 5\n", "theme/words/pl.toml, line 2: `days` is a text in quotes"),
            ("days = {}\n", "theme/words/pl.toml, line 1: `days` is a text"),
            ("days = { one = 1 }\n", "theme/words/pl.toml, line 1: `days` is a text"),
            ("home = \"a\"\nhome = \"b\"\n", "theme/words/pl.toml, line 2: "),
        ] {
            let error = Words::load("pl", Some(text)).expect_err("it is wrong");
            let error =
                crate::theme::ThemeError::at("words/pl.toml", text, error.at, error.message);
            assert!(error.to_string().starts_with(line), "{error}");
        }
    }

    #[test]
    fn values_are_filled_in_once() {
        let words = Words::load("en", Some("x = \"{a} and {b} and {c\"")).expect("TOML");
        assert_eq!(words.fill("x", &[("a", "{b}"), ("b", "2")]), "{b} and 2 and {c");
    }
}
