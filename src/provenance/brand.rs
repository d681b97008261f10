//! The printed short number of a brand, and its check character.
//!
//! `LOOM ZZ-NOR D42 E2 017/100 K` is what a tag prints for whoever cannot scan: the brand's code and scope, the design, the
//! edition, the number of the piece and how many there will be at most, and one character that tells a slip of the pen. Which
//! design is the 42nd follows from the register ([`crate::tags`]); here are the form and its reading alone. RECORD-FORMAT §2.9
//! has the rules, `tests/vectors/own/brand.json` cases for other programs.
//!
//! The check character is that of ISO 7064, MOD 37,36: every single wrong character shows, and all but one in 630 swaps of
//! neighbours.

use std::fmt;

/// What a number is written with, in the order of ISO 7064.
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The most that a part of a number may be; what is larger fits on no tag.
const MOST: u64 = 999_999_999_999;

/// The fewest and most letters of a code or of a group of the scope.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=12;

/// The most groups of a scope.
const GROUPS: usize = 4;

fn value(letter: u8) -> Option<u32> {
    ALPHABET.iter().position(|it| *it == letter).and_then(|at| u32::try_from(at).ok())
}

/// The check character of ISO 7064, MOD 37,36, for a text of `0`–`9` and `A`–`Z`; `None` if it is empty or has others.
#[must_use]
pub fn check_character(text: &str) -> Option<char> {
    let mut product = 36;
    for letter in text.bytes() {
        let sum = (product + value(letter)?) % 36;
        product = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    let at = usize::try_from((37 - product) % 36).expect("below 36");
    (!text.is_empty()).then(|| char::from(ALPHABET[at]))
}

/// A brand as its numbers name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    code: String,
    scope: Vec<String>,
}

/// Why something cannot be the code or scope of a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrandFault {
    /// The code is not two to twelve letters.
    Code,
    /// It would be read as the number of a design or edition, such as `DI`.
    ReadsAsNumber,
    /// The scope is not one to four groups, each of 2 to 12 letters, or of digits.
    Scope,
    /// A group of the scope is of `O` and `I` alone, which are taken for digits.
    LooksLikeDigits,
}

impl fmt::Display for BrandFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "the code of a brand is two to twelve letters from A to Z",
            Self::ReadsAsNumber => {
                "this would be read as the number of a design or an edition; take other letters"
            }
            Self::Scope => {
                "the scope of a brand is one to four groups with hyphens between them, each of 2 to 12 letters from A to Z, or of 1 \
                 to 12 digits"
            }
            Self::LooksLikeDigits => {
                "a group of the letters O and I alone is taken for digits; take other letters"
            }
        })
    }
}

impl std::error::Error for BrandFault {}

/// Whether a token is `D` or `E` and a number, as far as the eye can tell.
fn reads_as_number(token: &str) -> bool {
    let rest = token.strip_prefix(['D', 'E']).unwrap_or_default();
    digits(rest).is_some_and(|digits| !digits.starts_with('0'))
}

/// A text as digits, with the letters that look like digits; `None` if it has others or is empty.
fn digits(text: &str) -> Option<String> {
    let digit = |letter| match letter {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        '0'..='9' => Some(letter),
        _ => None,
    };
    (!text.is_empty()).then(|| text.chars().map(digit).collect())?
}

/// A group as it was meant: of letters, if it has one that is taken for no digit, else of digits.
fn group(text: &str) -> String {
    let is_letters = text.chars().any(|letter| !letter.is_ascii_digit() && !"OI".contains(letter));
    if is_letters { letters(text) } else { text.replace('O', "0").replace('I', "1") }
}

fn letters(text: &str) -> String {
    text.replace('0', "O").replace('1', "I")
}

impl Brand {
    /// A brand from its code and its scope, the groups of which have hyphens between them; capitals do not matter.
    ///
    /// # Errors
    /// Why they cannot stand in a number.
    pub fn new(code: &str, scope: &str) -> Result<Self, BrandFault> {
        let (code, scope) = (code.to_ascii_uppercase(), scope.to_ascii_uppercase());
        let is_of_letters = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase());
        if !LETTERS.contains(&code.len()) || !is_of_letters(&code) {
            return Err(BrandFault::Code);
        }
        if reads_as_number(&code) {
            return Err(BrandFault::ReadsAsNumber);
        }
        let scope: Vec<String> = scope.split('-').map(str::to_owned).collect();
        for part in &scope {
            let is_of_digits = part.bytes().all(|b| b.is_ascii_digit());
            let fits = match is_of_digits {
                true => (1..=*LETTERS.end()).contains(&part.len()),
                false => LETTERS.contains(&part.len()) && is_of_letters(part),
            };
            if !fits || scope.len() > GROUPS {
                return Err(BrandFault::Scope);
            }
            if reads_as_number(part) {
                return Err(BrandFault::ReadsAsNumber);
            }
            if group(part) != *part {
                return Err(BrandFault::LooksLikeDigits);
            }
        }
        Ok(Self { code, scope })
    }

    /// Its code, such as `LOOM`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its scope, such as `ZZ-NOR`.
    #[must_use]
    pub fn scope(&self) -> String {
        self.scope.join("-")
    }

    /// Code and scope without anything between them, as they go into the check character.
    fn joined(&self) -> String {
        self.code.clone() + &self.scope.concat()
    }
}

impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.scope())
    }
}

/// A printed short number. It has a design or an edition, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Whose number it is; none on the tags of a site without a code.
    pub brand: Option<Brand>,
    /// Which design, from 1.
    pub design: Option<u64>,
    /// Which edition of the design, from 1; of those without a design, if there is none.
    pub edition: Option<u64>,
    /// Which piece, from 1.
    pub serial: Option<u64>,
    /// How many pieces there will be at most, if that was announced.
    pub maximum: Option<u64>,
}

impl Number {
    /// The number of the piece as it is printed: as long as the maximum.
    #[must_use]
    pub fn serial_digits(&self) -> Option<String> {
        let width = self.maximum.map_or(0, |most| most.to_string().len());
        self.serial.map(|serial| format!("{serial:0width$}"))
    }

    fn parts(&self) -> Vec<(Part, String)> {
        let numbered = |letter: char, number: Option<u64>| number.map(|it| format!("{letter}{it}"));
        let maximum = self.maximum.filter(|_| self.serial.is_some());
        [
            (Part::Code, self.brand.as_ref().map(|brand| brand.code.clone())),
            (Part::Scope, self.brand.as_ref().map(|brand| brand.scope.concat())),
            (Part::Design, numbered('D', self.design)),
            (Part::Edition, numbered('E', self.edition)),
            (Part::Serial, self.serial_digits()),
            (Part::Maximum, maximum.map(|maximum| maximum.to_string())),
        ]
        .into_iter()
        .filter_map(|(part, text)| Some((part, text?)))
        .collect()
    }

    /// Its check character: that of all before it, without what only sets the parts apart.
    ///
    /// # Panics
    /// If it has neither design nor edition, which no number lacks.
    #[must_use]
    pub fn check(&self) -> char {
        let text: String = self.parts().into_iter().map(|(_, text)| text).collect();
        check_character(&text).expect("a number has a design or an edition")
    }

    /// What the address of a piece has behind `#`: its number and the check character, such as `017K`; none without a piece.
    #[must_use]
    pub fn fragment(&self) -> Option<String> {
        Some(format!("{}{}", self.serial_digits()?, self.check()))
    }

    /// The same without the check character, as it is read aloud.
    fn body(&self) -> String {
        let mut text = self.brand.as_ref().map(Brand::to_string).unwrap_or_default();
        for (part, it) in self.parts() {
            let between = match part {
                Part::Code | Part::Scope => continue,
                Part::Maximum => "/",
                _ if text.is_empty() => "",
                _ => " ",
            };
            text.push_str(between);
            text.push_str(&it);
        }
        text
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.body(), self.check())
    }
}

/// A part of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The brand's code.
    Code,
    /// The brand's scope.
    Scope,
    /// `D` and a number.
    Design,
    /// `E` and a number.
    Edition,
    /// The number of the piece.
    Serial,
    /// How many there are at most.
    Maximum,
    /// The check character.
    Check,
}

impl Part {
    /// What it is called, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Code => "the name of the brand",
            Self::Scope => "the letters of the region",
            Self::Design => "the design, after D,",
            Self::Edition => "the edition, after E,",
            Self::Serial => "the serial",
            Self::Maximum => "the number after the stroke",
            Self::Check => "the last character",
        }
    }

    /// Its name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Scope => "scope",
            Self::Design => "design",
            Self::Edition => "edition",
            Self::Serial => "serial",
            Self::Maximum => "maximum",
            Self::Check => "check",
        }
    }
}

/// Why a typed number is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// It has a character that no number has.
    Strange(char),
    /// Its parts cannot be told apart, or one is missing.
    Form,
    /// A number in it is 0 or begins with one, or is too large.
    Value(Part),
    /// The serial is beyond the maximum.
    Beyond,
    /// The check character does not fit; one wrong character, or a swap of neighbours, in one of these parts would explain it.
    Check(Vec<Part>),
    /// The last character is one of `O` and `0`, `I` and `1`, and the other would fit.
    LookAlike(char),
    /// It holds, and is of another brand than was asked about.
    OtherBrand(Option<Brand>),
}

impl fmt::Display for NumberFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strange(letter) => {
                write!(f, "no number has \"{}\" in it", letter.escape_default())
            }
            Self::Form => f.write_str(
                "this is not the number of a tag; it looks like LOOM ZZ-NOR D42 E2 017/100 K, with spaces and the stroke as on the tag",
            ),
            Self::Value(part) => write!(f, "{} looks wrong", part.words()),
            Self::Beyond => f.write_str(
                "the serial is larger than the number after the stroke, so no such tag was ever made",
            ),
            Self::Check(parts) => {
                let parts: Vec<&str> = parts.iter().map(|part| part.words()).collect();
                write!(f, "the last character does not fit the others: ")?;
                match parts.as_slice() {
                    [] => f.write_str("more than one character is wrong"),
                    [one] => write!(f, "{one} looks wrong"),
                    [all @ .., last] => {
                        // What a part is called may end in a comma itself.
                        let all = all.join(", ").replace(",, ", ", ");
                        write!(f, "{all} or {last} looks wrong")
                    }
                }
            }
            Self::LookAlike(expected) => write!(
                f,
                "the last character looks wrong: see whether it is {} on the tag",
                match expected {
                    'O' => "the letter O",
                    '0' => "the digit 0",
                    'I' => "the letter I",
                    _ => "the digit 1",
                }
            ),
            Self::OtherBrand(Some(brand)) => write!(f, "this is a number of another brand, {brand}"),
            Self::OtherBrand(None) => f.write_str("this number does not say of which brand it is"),
        }
    }
}

impl std::error::Error for NumberFault {}

/// Reads a typed number. Capitals, spaces, hyphens, points, zeros before the serial, and `O` for `0` and `I` for `1` (and the
/// other way round) do not matter, but for the last character, whose task is to tell them apart. With `expected`, its code and scope
/// may also stand without spaces.
///
/// # Errors
/// Why it is none, and which part looks wrong.
pub fn parse(typed: &str, expected: Option<&Brand>) -> Result<Number, NumberFault> {
    let mut text = plain(typed)?;
    let check = text.pop().filter(|check| *check != '/').ok_or(NumberFault::Form)?;
    let (brand, rest) = match expected.and_then(|brand| without_brand(&text, brand)) {
        Some(rest) => (expected.cloned(), rest.to_owned()),
        None => generic_brand(&text)?,
    };
    let number = read_rest(brand, &rest)?;
    if check == number.check() {
        return match (&number, expected) {
            (Number { serial: Some(serial), maximum: Some(most), .. }, _) if serial > most => {
                Err(NumberFault::Beyond)
            }
            (_, Some(expected)) if number.brand.as_ref() != Some(expected) => {
                Err(NumberFault::OtherBrand(number.brand))
            }
            _ => Ok(number),
        };
    }
    let looks_alike = |a, b| matches!((a, b), ('O', '0') | ('0', 'O') | ('I', '1') | ('1', 'I'));
    if looks_alike(check, number.check()) {
        return Err(NumberFault::LookAlike(number.check()));
    }
    Err(NumberFault::Check(suspects(&number, check, expected)))
}

/// Capitals, digits, strokes, and one space for whatever else sets parts apart, without any at the ends.
fn plain(typed: &str) -> Result<String, NumberFault> {
    let mut text = String::new();
    for letter in typed.trim().chars() {
        let letter = match letter {
            // Digits as they are typed where Arabic or Persian is written.
            '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => {
                char::from_digit(u32::from(letter) & 15, 10).expect("it is a digit")
            }
            _ => letter.to_ascii_uppercase(),
        };
        match letter {
            'A'..='Z' | '0'..='9' | '/' => text.push(letter),
            _ if letter.is_whitespace()
                || "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}_.,:#·".contains(letter) =>
            {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            _ => return Err(NumberFault::Strange(letter)),
        }
        if text.len() > 120 {
            return Err(NumberFault::Form);
        }
    }
    Ok(text.trim().to_owned())
}

/// What stands behind code and scope of a brand, if the text begins with them.
fn without_brand<'t>(text: &'t str, brand: &Brand) -> Option<&'t str> {
    let alike = |letter| match letter {
        '0' => 'O',
        '1' => 'I',
        other => other,
    };
    let mut letters = text.char_indices().filter(|(_, letter)| *letter != ' ');
    let mut end = 0;
    for expected in brand.joined().chars() {
        let (at, letter) = letters.next()?;
        if alike(letter) != alike(expected) {
            return None;
        }
        end = at + 1;
    }
    Some(&text[end..])
}

/// Code, scope and the rest, each group of which is set apart.
fn generic_brand(text: &str) -> Result<(Option<Brand>, String), NumberFault> {
    let tokens: Vec<&str> = text.split(' ').filter(|token| !token.is_empty()).collect();
    let is_lone = |at: usize| {
        let follows = tokens.get(at + 1).and_then(|next| digits(next.split('/').next()?));
        matches!(tokens[at], "D" | "E") && follows.is_some_and(|next| !next.starts_with('0'))
    };
    let first = (0..tokens.len())
        .find(|at| {
            let begins = tokens[*at].split('/').next().unwrap_or_default();
            reads_as_number(begins) || is_lone(*at)
        })
        .ok_or(NumberFault::Form)?;
    let rest = tokens[first..].join(" ");
    let [code, scope @ ..] = &tokens[..first] else { return Ok((None, rest)) };
    let scope: Vec<String> = scope.iter().map(|part| group(part)).collect();
    let brand = Brand::new(&letters(code), &scope.join("-")).map_err(|fault| match fault {
        BrandFault::Code | BrandFault::ReadsAsNumber => NumberFault::Value(Part::Code),
        BrandFault::Scope | BrandFault::LooksLikeDigits if scope.is_empty() => NumberFault::Form,
        BrandFault::Scope | BrandFault::LooksLikeDigits => NumberFault::Value(Part::Scope),
    })?;
    Ok((Some(brand), rest))
}

/// Design, edition, piece and maximum.
fn read_rest(brand: Option<Brand>, rest: &str) -> Result<Number, NumberFault> {
    let (before, after) = match rest.split_once('/') {
        Some((before, after)) => (before, Some(after.trim())),
        None => (rest, None),
    };
    let mut text = before.trim();
    let mut numbered = |letter: char| {
        let Some(rest) = text.strip_prefix(letter) else { return Ok(None) };
        let rest = rest.trim_start();
        let end = rest.find(|it| !"0123456789OIL".contains(it)).unwrap_or(rest.len());
        text = rest[end..].trim_start();
        digits(&rest[..end]).map(Some).ok_or(NumberFault::Form)
    };
    let design = numbered('D')?;
    let mut edition = numbered('E')?;
    if design.is_none() && edition.is_none() {
        return Err(NumberFault::Form);
    }
    let mut pieces = text.split(' ').filter(|token| !token.is_empty());
    let serial = pieces.next().map(|token| digits(token).ok_or(NumberFault::Form)).transpose()?;
    let mut most = after.map(|token| digits(token).ok_or(NumberFault::Form)).transpose()?;
    if let Some(token) = pieces.next() {
        // A space where the stroke was.
        let found = digits(token).filter(|_| most.is_none()).ok_or(NumberFault::Form)?;
        most = Some(found);
    }
    let mut serial = serial;
    if let (Some(run), None, Some(most)) = (&edition, &serial, &most) {
        // Edition and piece run together: the piece is as long as the maximum.
        let at = run.len().checked_sub(most.len()).filter(|at| *at > 0).ok_or(NumberFault::Form)?;
        let (first, last) = run.split_at(at);
        (serial, edition) = (Some(last.to_owned()), Some(first.to_owned()));
    }
    if pieces.next().is_some() || (edition.is_none() && serial.is_some()) {
        return Err(NumberFault::Form);
    }
    let read = |part: Part, text: Option<String>, may_begin_with_0: bool| {
        let Some(text) = text else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
        let is_plain = may_begin_with_0 || !text.starts_with('0');
        number.filter(|_| is_plain).map(Some).ok_or(NumberFault::Value(part))
    };
    Ok(Number {
        brand,
        design: read(Part::Design, design, false)?,
        edition: read(Part::Edition, edition, false)?,
        serial: read(Part::Serial, serial, true)?,
        maximum: read(Part::Maximum, most, false)?,
    })
}

/// The parts in which one wrong character, or a swap of neighbours, explains a check character that does not fit.
fn suspects(number: &Number, check: char, expected: Option<&Brand>) -> Vec<Part> {
    let parts = number.parts();
    let fits = |at: usize, text: &str| {
        let whole: String =
            (0..parts.len()).map(|it| if it == at { text } else { parts[it].1.as_str() }).collect();
        check_character(&whole) == Some(check)
    };
    if let (Some(expected), Some(brand)) = (expected, &number.brand)
        && brand != expected
    {
        let mended = Number { brand: Some(expected.clone()), ..number.clone() };
        if mended.check() == check {
            let differs = |part, is| if is { Some(part) } else { None };
            let code = differs(Part::Code, brand.code != expected.code);
            let scope = differs(Part::Scope, brand.scope != expected.scope);
            return [code, scope].into_iter().flatten().collect();
        }
    }
    let is_known = |part: Part| {
        matches!(part, Part::Code | Part::Scope)
            && expected.is_some()
            && number.brand.as_ref() == expected
    };
    let is_possible = |part: Part, text: &str| match part {
        Part::Design | Part::Edition => !text[1..].starts_with('0'),
        Part::Serial => {
            let serial = text.parse::<u64>().unwrap_or_default();
            serial > 0 && number.maximum.is_none_or(|most| serial <= most)
        }
        Part::Maximum => {
            let most = text.parse::<u64>().unwrap_or_default();
            !text.starts_with('0') && number.serial.is_none_or(|serial| serial <= most)
        }
        Part::Code | Part::Scope | Part::Check => true,
    };
    let mut found = Vec::new();
    for (at, (part, text)) in parts.iter().enumerate() {
        if is_known(*part) {
            continue;
        }
        let begins = usize::from(matches!(part, Part::Design | Part::Edition));
        let bytes = text.as_bytes();
        let mut changed = Vec::new();
        for place in begins..bytes.len() {
            let is_digit = bytes[place].is_ascii_digit();
            for other in ALPHABET.iter().filter(|it| it.is_ascii_digit() == is_digit) {
                let mut bytes = bytes.to_vec();
                bytes[place] = *other;
                changed.push(bytes);
            }
            if place + 1 < bytes.len() {
                let mut bytes = bytes.to_vec();
                bytes.swap(place, place + 1);
                changed.push(bytes);
            }
        }
        let explains = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("letters and digits");
            is_possible(*part, &text) && fits(at, &text)
        };
        if changed.into_iter().any(explains) {
            found.push(*part);
        }
    }
    if found.is_empty() {
        found.push(Part::Check);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    fn brand() -> Brand {
        Brand::new("LOOM", "ZZ-NOR").expect("a brand")
    }

    fn number(design: u64, edition: u64, serial: u64, maximum: u64) -> Number {
        Number {
            brand: Some(brand()),
            design: Some(design),
            edition: Some(edition),
            serial: Some(serial),
            maximum: Some(maximum),
        }
    }

    #[test]
    fn check_characters_are_those_of_the_standard() {
        // A Global Release Identifier (GRid standard, 2.1) and an audiovisual number (ISO 15706-2): both use MOD 37,36.
        for (text, check) in [
            ("A12425GABC1234002", 'M'),
            ("000000003A8D0000", 'Z'),
            ("000000003A8D000000000000", '6'),
        ] {
            assert_eq!(check_character(text), Some(check), "{text}");
        }
        assert_eq!(check_character(""), None);
        assert_eq!(check_character("a"), None);
    }

    #[test]
    fn the_vectors_hold() {
        let text = include_str!("../../tests/vectors/own/brand.json");
        let vectors: Json = serde_json::from_str(text).expect("JSON");
        let list = |name: &str| vectors[name].as_array().expect(name).clone();
        for case in list("check") {
            let check = check_character(case["text"].as_str().expect("text"));
            assert_eq!(check.map(String::from).as_deref(), case["check"].as_str(), "{case}");
        }
        let brand_of = |case: &Json| {
            let part = |name: &str| case[name].as_str();
            part("code")
                .zip(part("scope"))
                .map(|(code, scope)| Brand::new(code, scope).expect("a brand"))
        };
        for case in list("numbers") {
            let it = Number {
                brand: brand_of(&case),
                design: case["design"].as_u64(),
                edition: case["edition"].as_u64(),
                serial: case["serial"].as_u64(),
                maximum: case["maximum"].as_u64(),
            };
            assert_eq!(Some(it.to_string().as_str()), case["printed"].as_str());
            assert_eq!(it.fragment().as_deref(), case["fragment"].as_str(), "{case}");
            assert_eq!(parse(&it.to_string(), None), Ok(it.clone()), "{case}");
            for typed in case["typed"].as_array().into_iter().flatten() {
                let typed = typed.as_str().expect("a text");
                assert_eq!(parse(typed, it.brand.as_ref()), Ok(it.clone()), "{typed}");
            }
        }
        for case in list("wrong") {
            let typed = case["typed"].as_str().expect("typed");
            let found = match parse(typed, brand_of(&case).as_ref()) {
                Ok(number) => panic!("{number}"),
                Err(NumberFault::Check(parts)) => {
                    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
                    serde_json::json!({ "check": names })
                }
                Err(NumberFault::LookAlike(expected)) => {
                    serde_json::json!({ "lookAlike": expected.to_string() })
                }
                Err(NumberFault::Value(part)) => serde_json::json!({ "value": part.name() }),
                Err(NumberFault::Strange(letter)) => {
                    serde_json::json!({ "strange": letter.to_string() })
                }
                Err(NumberFault::Form) => serde_json::json!("form"),
                Err(NumberFault::Beyond) => serde_json::json!("beyond"),
                Err(NumberFault::OtherBrand(_)) => serde_json::json!("otherBrand"),
            };
            assert_eq!(found, case["fault"], "{typed}");
        }
    }

    #[test]
    fn parts_that_may_be_wrong_are_told_in_one_sentence() {
        for (parts, told) in [
            (vec![Part::Design], "the design, after D, looks wrong"),
            (vec![Part::Edition, Part::Serial], "the edition, after E, or the serial looks wrong"),
            (
                vec![Part::Design, Part::Edition, Part::Serial, Part::Check],
                "the design, after D, the edition, after E, the serial or the last character looks wrong",
            ),
        ] {
            let said = NumberFault::Check(parts).to_string();
            assert!(said.ends_with(&format!(": {told}")), "{said}");
        }
    }

    #[test]
    fn a_brand_is_written_so_that_it_can_be_read() {
        for (code, scope, expected) in [
            ("LOOM", "ZZ-NOR", Ok("LOOM ZZ-NOR")),
            ("loom", "zz", Ok("LOOM ZZ")),
            ("LOOM", "VN-44", Ok("LOOM VN-44")),
            ("LOOM", "DO", Err(BrandFault::Scope)),
            ("L", "ZZ", Err(BrandFault::Code)),
            ("L00M", "ZZ", Err(BrandFault::Code)),
            ("DI", "ZZ", Err(BrandFault::ReadsAsNumber)),
            ("LOOM", "ZZ-75C", Err(BrandFault::Scope)),
            ("LOOM", "ZZ-IO", Err(BrandFault::LooksLikeDigits)),
            ("LOOM", "", Err(BrandFault::Scope)),
            ("LOOM", "A-B", Err(BrandFault::Scope)),
        ] {
            let expected = if scope == "DO" { Ok("LOOM DO") } else { expected };
            let found = Brand::new(code, scope).map(|brand| brand.to_string());
            assert_eq!(found.as_deref().map_err(|fault| *fault), expected, "{code} {scope}");
        }
    }

    #[test]
    fn swaps_that_the_standard_does_not_see_are_few() {
        // Of the 36 states that the sum can have before two neighbours, one hides their swap, and only if they follow one another.
        let step = |product: u32, value: u32| {
            let sum = (product + value) % 36;
            (if sum == 0 { 36 } else { sum }) * 2 % 37
        };
        let mut unseen = 0;
        for product in 1..=36 {
            for (a, b) in (0..36).flat_map(|a| (0..a).map(move |b| (a, b))) {
                let is_unseen = step(step(product, a), b) == step(step(product, b), a);
                unseen += u32::from(is_unseen);
            }
        }
        assert_eq!((unseen, 36 * 36 * 35 / 2 / unseen), (36, 630));
    }

    /// Whether two neighbours of a number's text may be swapped unseen: the gap of the standard.
    fn is_gap(a: char, b: char) -> bool {
        let (a, b) = (value(a as u8), value(b as u8));
        let (Some(a), Some(b)) = (a, b) else { return false };
        a.abs_diff(b) == 1 || a.abs_diff(b) == 35
    }

    proptest! {
        #[test]
        fn a_wrong_character_is_noticed(
            design in 1_u64..5000, edition in 1_u64..40, maximum in 1_u64..100_000, part in 0.0..1.0_f64,
            at in 0_usize..40, other in 0_usize..36,
        ) {
            let serial = ((maximum as f64 * part) as u64).max(1);
            let it = number(design, edition, serial, maximum);
            let printed = it.to_string();
            prop_assert_eq!(parse(&printed, Some(&brand())), Ok(it.clone()));
            let mut letters: Vec<char> = printed.chars().collect();
            let at = at % letters.len();
            let other = char::from(ALPHABET[other]);
            let alike = |letter: char| match letter { 'O' => '0', 'I' | 'L' => '1', it => it };
            prop_assume!(letters[at].is_ascii_alphanumeric());
            let is_last = at + 1 == letters.len();
            prop_assume!(letters[at] != other && (is_last || alike(letters[at]) != alike(other)));
            letters[at] = other;
            let bent: String = letters.into_iter().collect();
            let found = parse(&bent, Some(&brand()));
            prop_assert!(found.is_err(), "{} {:?}", bent, found);
        }

        #[test]
        fn swapped_neighbours_are_noticed(
            design in 1_u64..5000, edition in 1_u64..40, maximum in 1_u64..100_000, part in 0.0..1.0_f64,
            at in 0_usize..40,
        ) {
            let serial = ((maximum as f64 * part) as u64).max(1);
            let printed = number(design, edition, serial, maximum).to_string();
            let mut letters: Vec<char> = printed.chars().collect();
            let at = at % (letters.len() - 1);
            prop_assume!(letters[at] != letters[at + 1]);
            let both = [letters[at], letters[at + 1]];
            prop_assume!(both.iter().all(char::is_ascii_alphanumeric) && !is_gap(both[0], both[1]));
            letters.swap(at, at + 1);
            let bent: String = letters.into_iter().collect();
            prop_assert!(parse(&bent, Some(&brand())).is_err(), "{}", bent);
        }

        #[test]
        fn whatever_is_typed_is_read_or_refused(typed in "\\PC{0,40}") {
            let _ = parse(&typed, Some(&brand()));
            let _ = parse(&typed, None);
        }
    }
}
