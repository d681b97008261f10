//! Countries as people write them.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Spanned, codes, nearest};
use crate::model::{Country, Destination};

use super::fields::Fields;

/// English names by code, for people who write `Germany`.
const NAMES: &str = include_str!("../../themes/countries/en.toml");

/// Reads one country.
pub(super) fn country(fields: &mut Fields<'_>, name: &'static str) -> Option<Country> {
    let written = fields.string(name)?;
    let found = Country::parse(&written.value);
    if found.is_none() {
        fields.report(unknown(&written));
    }
    found
}

/// Reads a list of countries, `EU` and `*`.
pub(super) fn destinations(
    fields: &mut Fields<'_>,
    name: &'static str,
) -> Vec<Spanned<Destination>> {
    let mut found = Vec::new();
    for written in fields.names(name) {
        match Destination::parse(&written.value) {
            Some(destination) => found.push(Spanned::new(destination, written.span)),
            None => fields.report(unknown(&written)),
        }
    }
    found
}

fn unknown(written: &Spanned<String>) -> Diagnostic {
    let words = format!("\"{}\" is not the code of a country", written.value);
    let diagnostic = Diagnostic::error(codes::BAD_COUNTRY, written.span, words);
    match code_of(&written.value) {
        Some(code) => diagnostic.label(format!("write \"{code}\"")),
        None => diagnostic
            .label("write its two capital letters, for example \"DE\", \"PE\" or \"VN\"")
            .hint("\"EU\" stands for the European Union, \"*\" for everywhere"),
    }
}

/// The code that was meant by other letters or by a name.
fn code_of(written: &str) -> Option<String> {
    let capital = written.to_uppercase();
    let other = match capital.as_str() {
        "UK" => Some("GB"),
        "EL" => Some("GR"),
        "USA" => Some("US"),
        _ => None,
    };
    if let Some(code) = other.or_else(|| Destination::parse(&capital).map(|_| capital.as_str())) {
        return Some(code.to_owned());
    }
    let names: BTreeMap<String, String> = toml::from_str(NAMES).expect("the names are TOML");
    let near = nearest(written, names.values().map(String::as_str))?;
    names.iter().find(|(_, name)| *name == near).map(|(code, _)| code.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_other_letters_lead_to_the_code() {
        for (written, expected) in [
            ("de", Some("DE")),
            ("UK", Some("GB")),
            ("Germany", Some("DE")),
            ("Viet nam", Some("VN")),
            ("eu", Some("EU")),
            ("Atlantis", None),
            ("", None),
        ] {
            assert_eq!(code_of(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn every_country_has_a_name() {
        let names: BTreeMap<String, String> = toml::from_str(NAMES).expect("TOML");
        for country in Country::all() {
            assert!(names.contains_key(country.code()), "{country}");
        }
        assert_eq!(names.len(), Country::all().count() + 1, "all countries and the EU");
    }
}
