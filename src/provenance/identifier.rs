//! The full identifier of a design, an edition or a piece, and its alias that no domain can take along.
//!
//! `loom.example/zz/nor/d-42/e2/017` names the register by its place and scope; `key:abcd-efgh-ijkl-mnop/d-42/e2/017` names the
//! same thing by the first letters of the register's first charter, so that it is found again when the domain is lost. Neither
//! has a check character: both are copied or followed, not read aloud ([`crate::provenance::brand`] has the number for that). What they
//! mean follows from the register alone; who vouches is the domain and the key, never the text. RECORD-FORMAT §2.9 has
//! the rules, `tests/vectors/own/identifier.json` cases for other programs.

use std::fmt;

use data_encoding::BASE32_NOPAD;

use super::brand::{Brand, Number, Part};
use super::log::RecordId;

/// The most that a part of a number may be, as in a short number.
const MOST: u64 = 999_999_999_999;

/// The longest text that is read, in characters.
const LONGEST: usize = 400;

/// How many letters of base32 name a charter: the first 80 bits of its record id.
const LETTERS: usize = 16;

/// The first 80 bits of the record id of a register's first charter, in 16 small letters (RFC 4648 base32).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharterLetters(String);

impl CharterLetters {
    /// Those of a charter.
    #[must_use]
    pub fn of(charter: &RecordId) -> Self {
        Self(BASE32_NOPAD.encode(&charter.as_bytes()[..LETTERS * 5 / 8]).to_ascii_lowercase())
    }

    /// The 16 letters with nothing between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads them; capitals, hyphens and blanks do not matter.
    fn parse(text: &str) -> Result<Self, IdentifierFault> {
        let is_between = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2014}');
        let letters: String = text.chars().filter(|c| !is_between(*c)).collect();
        if let Some(strange) = letters.chars().find(|c| !matches!(c, 'a'..='z' | '2'..='7')) {
            return Err(IdentifierFault::Strange(strange));
        }
        match letters.len() {
            LETTERS => Ok(Self(letters)),
            others => Err(IdentifierFault::Length(others)),
        }
    }
}

impl fmt::Display for CharterLetters {
    /// In groups of four, as they are printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for at in (0..LETTERS).step_by(4) {
            write!(f, "{}{}", if at == 0 { "" } else { "-" }, &self.0[at..at + 4])?;
        }
        Ok(())
    }
}

/// What names the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// Its place and the groups of its scope, such as `loom.example/zz/nor`. What was read is in small letters.
    Address(String),
    /// Its first charter.
    Charter(CharterLetters),
}

/// The groups of a brand's scope as a path in small letters: `zz/nor`.
#[must_use]
pub fn scope_path(brand: &Brand) -> String {
    brand.scope().to_ascii_lowercase().replace('-', "/")
}

impl Root {
    /// That of a brand whose register lies at a place: host and perhaps port and path, no slash at the end.
    #[must_use]
    pub fn at(place: &str, brand: &Brand) -> Self {
        Self::Address(format!("{place}/{}", scope_path(brand)))
    }

    /// The host of an address, with its port.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Address(address) => address.split('/').next(),
            Self::Charter(_) => None,
        }
    }

    /// Whether both name the same; in addresses capitals do not matter.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Address(one), Self::Address(other)) => one.eq_ignore_ascii_case(other),
            (Self::Charter(one), Self::Charter(other)) => one == other,
            (Self::Address(_), Self::Charter(_)) | (Self::Charter(_), Self::Address(_)) => false,
        }
    }

    /// Whether it is an address at or below a place.
    #[must_use]
    pub fn is_below(&self, place: &str) -> bool {
        let Self::Address(address) = self else { return false };
        let begins = address.get(..place.len()).is_some_and(|it| it.eq_ignore_ascii_case(place));
        begins && address[place.len()..].starts_with('/')
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => f.write_str(address),
            Self::Charter(letters) => write!(f, "key:{letters}"),
        }
    }
}

/// A full identifier, or an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// What names the register.
    pub root: Root,
    /// What it names there: without a brand. Its maximum only says how the number of a piece is written, and is not read back.
    pub number: Number,
}

impl Identifier {
    /// That of a number, in a register.
    #[must_use]
    pub fn of(root: Root, number: &Number) -> Self {
        Self { root, number: Number { brand: None, ..number.clone() } }
    }

    /// The part behind the register: `d-42/e2/017`.
    #[must_use]
    pub fn thing(&self) -> String {
        let Number { design, edition, .. } = &self.number;
        let design = design.map(|design| format!("d-{design}"));
        let edition = edition.map(|edition| format!("e{edition}"));
        let parts = [design, edition, self.number.serial_digits()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.root, self.thing())
    }
}

/// Why a text is no identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentifierFault {
    /// It does not have the form of one.
    Form,
    /// Behind `key:` stands a character that no charter's letters have.
    Strange(char),
    /// Behind `key:` stand so many letters and not 16.
    Length(usize),
    /// A number in it is 0 or too large.
    Value(Part),
}

impl fmt::Display for IdentifierFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str(
                "this is no full identifier; it looks like loom.example/zz/nor/d-42/e2/017 or key:abcd-efgh-ijkl-mnop/d-42/e2/017",
            ),
            Self::Strange(letter) => write!(
                f,
                "behind key: stand the letters a to z and the digits 2 to 7, and no \"{}\"",
                letter.escape_default()
            ),
            Self::Length(count) => {
                write!(f, "behind key: stand {LETTERS} letters and digits; this has {count}")
            }
            Self::Value(part) => write!(f, "{} looks wrong", part.words()),
        }
    }
}

impl std::error::Error for IdentifierFault {}

/// Reads a full identifier or an alias, as it was copied or typed: capitals, `https://`, a slash or `index.html` at the end, what
/// stands behind `?` or `#`, zeros before a count and a missing hyphen do not matter.
///
/// # Errors
/// Why it is none. Anything but [`IdentifierFault::Form`] says that one was meant.
pub fn parse(typed: &str) -> Result<Identifier, IdentifierFault> {
    if typed.chars().count() > LONGEST {
        return Err(IdentifierFault::Form);
    }
    let text: String = typed.trim().chars().map(plain).collect();
    if let Some(rest) = text.strip_prefix("key:") {
        let (letters, things) = rest.split_once('/').unwrap_or((rest, ""));
        let letters = CharterLetters::parse(letters)?;
        let things: String = things.chars().filter(|c| !c.is_whitespace()).collect();
        let parts: Vec<&str> = without_end(&things).split('/').collect();
        let (before, number) = things_of(&parts)?;
        return match before {
            [] => Ok(Identifier { root: Root::Charter(letters), number }),
            _ => Err(IdentifierFault::Form),
        };
    }
    let schemes = ["https://", "http://", "//"];
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    let (has_scheme, rest) = (rest.is_some(), without_end(rest.unwrap_or(&text)));
    let parts: Vec<&str> = rest.split('/').collect();
    // A short number has no host in front.
    let is_host = |host: &str| has_scheme || host.contains(['.', ':']) || host == "localhost";
    let is_plain = |part: &&str| !part.is_empty() && !part.contains(char::is_whitespace);
    if !parts.iter().all(is_plain) || !is_host(parts[0]) {
        return Err(IdentifierFault::Form);
    }
    let (before, number) = things_of(&parts)?;
    match before {
        [_, _, ..] => Ok(Identifier { root: Root::Address(before.join("/")), number }),
        _ => Err(IdentifierFault::Form),
    }
}

/// A small letter for a capital, and digits as they are typed where Arabic or Persian is written.
fn plain(letter: char) -> char {
    match letter {
        '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => {
            char::from_digit(u32::from(letter) & 15, 10).expect("it is a digit")
        }
        _ => letter.to_ascii_lowercase(),
    }
}

/// An address without what may stand behind it.
fn without_end(text: &str) -> &str {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.strip_suffix("/index.html").unwrap_or(text);
    text.strip_suffix('/').unwrap_or(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Design, edition and piece at the end of some parts, and the parts before them.
fn things_of<'p, 't>(parts: &'p [&'t str]) -> Result<(&'p [&'t str], Number), IdentifierFault> {
    let numbered = |letter: char, part: &'t str| {
        let rest = part.strip_prefix(letter)?;
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        is_digits(rest).then_some(rest)
    };
    let (serial, parts) = match parts {
        [before @ .., last] if is_digits(last) => (Some(*last), before),
        _ => (None, parts),
    };
    let taken = |letter: char, parts: &'p [&'t str]| match parts {
        [before @ .., last] => numbered(letter, last).map(|found| (found, before)),
        [] => None,
    };
    let (edition, parts) =
        taken('e', parts).map_or((None, parts), |(found, before)| (Some(found), before));
    let (design, parts) =
        taken('d', parts).map_or((None, parts), |(found, before)| (Some(found), before));
    // No group of a scope reads so.
    let is_in_order =
        !parts.last().is_some_and(|it| ['d', 'e'].iter().any(|l| numbered(*l, it).is_some()));
    if !is_in_order || (edition.is_none() && (design.is_none() || serial.is_some())) {
        return Err(IdentifierFault::Form);
    }
    let value = |part: Part, digits: Option<&str>| {
        let Some(digits) = digits else { return Ok(None) };
        let digits = digits.trim_start_matches('0');
        let number = digits.parse().ok().filter(|number| (1..=MOST).contains(number));
        number.map(Some).ok_or(IdentifierFault::Value(part))
    };
    let number = Number {
        brand: None,
        design: value(Part::Design, design)?,
        edition: value(Part::Edition, edition)?,
        serial: value(Part::Serial, serial)?,
        maximum: None,
    };
    Ok((parts, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    fn vectors() -> Json {
        let text = include_str!("../../tests/vectors/own/identifier.json");
        serde_json::from_str(text).expect("JSON")
    }

    fn number_of(case: &Json) -> Number {
        Number {
            brand: None,
            design: case["design"].as_u64(),
            edition: case["edition"].as_u64(),
            serial: case["serial"].as_u64(),
            maximum: case["maximum"].as_u64(),
        }
    }

    fn brand_of(case: &Json) -> Brand {
        let part = |name: &str| case[name].as_str().expect("a text");
        Brand::new(part("code"), part("scope")).expect("a brand")
    }

    #[test]
    fn the_vectors_hold() {
        let vectors = vectors();
        let list = |name: &str| vectors[name].as_array().expect(name).clone();
        for case in list("charters") {
            let id = RecordId::parse(case["record"].as_str().expect("a record id")).expect("an id");
            let letters = CharterLetters::of(&id);
            assert_eq!(Some(letters.as_str()), case["letters"].as_str());
            assert_eq!(Some(letters.to_string().as_str()), case["printed"].as_str());
            let short = id.short().to_string().to_lowercase();
            assert!(short.starts_with(letters.as_str()), "it begins the record's short id");
        }
        for case in list("written") {
            let number = number_of(&case);
            let read = Number { maximum: None, ..number.clone() };
            let root = match case["place"].as_str() {
                Some(place) => Root::at(place, &brand_of(&case)),
                None => {
                    let letters = case["letters"].as_str().expect("letters");
                    Root::Charter(CharterLetters::parse(letters).expect("letters"))
                }
            };
            let it = Identifier::of(root.clone(), &number);
            let written = it.to_string();
            assert_eq!(Some(written.as_str()), case["identifier"].as_str());
            let typed = case["typed"].as_array().into_iter().flatten();
            for typed in typed.filter_map(Json::as_str).chain([written.as_str()]) {
                let found = parse(typed).unwrap_or_else(|fault| panic!("{typed}: {fault}"));
                assert!(found.root.is_same(&root), "{typed}: {found:?}");
                assert_eq!(found.number, read, "{typed}");
            }
        }
        for case in list("none") {
            let typed = case["typed"].as_str().expect("typed");
            let found = match parse(typed) {
                Ok(it) => panic!("{typed}: {it}"),
                Err(IdentifierFault::Form) => serde_json::json!("form"),
                Err(IdentifierFault::Strange(letter)) => {
                    serde_json::json!({ "strange": letter.to_string() })
                }
                Err(IdentifierFault::Length(count)) => serde_json::json!({ "length": count }),
                Err(IdentifierFault::Value(part)) => serde_json::json!({ "value": part.name() }),
            };
            assert_eq!(found, case["fault"], "{typed}");
        }
    }

    #[test]
    fn a_short_number_is_no_identifier() {
        let text = include_str!("../../tests/vectors/own/brand.json");
        let vectors: Json = serde_json::from_str(text).expect("JSON");
        for case in vectors["numbers"].as_array().expect("a list") {
            let typed = case["typed"].as_array().into_iter().flatten();
            for text in typed.chain([&case["printed"]]).filter_map(Json::as_str) {
                assert_eq!(parse(text), Err(IdentifierFault::Form), "{text}");
            }
        }
    }

    #[test]
    fn a_place_is_compared_by_whole_parts() {
        let root = parse("https://Loom.example/Shop/ZZ/d-1").expect("an identifier").root;
        assert!(root.is_below("loom.example/shop") && root.is_below("LOOM.example"));
        assert!(!root.is_below("loom.example/sho") && !root.is_below("loom.exampl"));
        assert_eq!(root.host(), Some("loom.example"));
        let brand = Brand::new("LOOM", "ZZ").expect("a brand");
        assert!(root.is_same(&Root::at("loom.example/Shop", &brand)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(
            design in proptest::option::of(1_u64..5000), edition in 1_u64..40, serial in proptest::option::of(1_u64..5000),
            maximum in proptest::option::of(5000_u64..100_000),
        ) {
            let number = Number { brand: None, design, edition: Some(edition), serial, maximum };
            let brand = Brand::new("LOOM", "ZZ-NOR-12").expect("a brand");
            let charter = CharterLetters::of(&RecordId::of(b"a charter"));
            for root in [Root::at("loom.example:8443/a", &brand), Root::Charter(charter)] {
                let it = Identifier::of(root, &number);
                let read = Number { maximum: None, ..number.clone() };
                prop_assert_eq!(parse(&it.to_string()), Ok(Identifier { number: read, ..it.clone() }));
            }
        }

        #[test]
        fn whatever_is_typed_is_read_or_refused(typed in "\\PC{0,60}") {
            let _ = parse(&typed);
            let _ = parse(&format!("key:{typed}"));
            let _ = parse(&format!("loom.example/{typed}"));
        }
    }
}
