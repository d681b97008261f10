//! Strict JSON: text that two readers cannot read two ways (RFC 8259, I-JSON RFC 7493).
//!
//! [`parse`] takes UTF-8 with no byte order mark, one value with nothing behind it, no member
//! name twice in one object (compared after unescaping), no lone surrogate, nesting of at most
//! [`MAX_DEPTH`], and no number that a reader with 64-bit floats would change in silence. The
//! [`profile`] of records is smaller: strings, booleans, arrays, objects and safe integers.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// How deep arrays and objects may stand in one another; the outermost counts as one.
pub const MAX_DEPTH: usize = 64;

/// Largest integer that every reader keeps exactly: 2^53 - 1.
pub const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A JSON value that was read strictly.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// Text as written, never normalised.
    String(String),
    /// Values in order.
    Array(Vec<Value>),
    /// Members by name; names are unique.
    Object(Object),
}

/// The members of an object, by name.
pub type Object = BTreeMap<String, Value>;

impl Value {
    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The number, if it is a whole one from 0 to 2^53 - 1.
    pub fn as_count(&self) -> Option<u64> {
        match self {
            Self::Number(number)
                if *number >= 0.0 && *number <= MAX_SAFE_INTEGER && number.fract() == 0.0 =>
            {
                Some(*number as u64)
            }
            _ => None,
        }
    }

    /// A member of an object; `None` also if this is no object.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    /// A member that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items)
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Value {
    fn from(members: [(&str, Value); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Why a text is not strict JSON; [`fmt::Display`] says it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError(String);

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JsonError {}

/// Reads one strict JSON value.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let refuse = |text: &str| Err(JsonError(text.to_owned()));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse("it is not UTF-8 text");
    };
    if text.starts_with('\u{feff}') {
        return refuse("a byte order mark stands before it");
    }
    if let Some(number) = unsafe_integer(text) {
        return Err(JsonError(format!("the number {number:.40} is too large to be kept exactly")));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Within(MAX_DEPTH)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| JsonError(in_words(&error)))?;
    Ok(value)
}

/// Turns the reader's message into a position and our own words.
fn in_words(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!("line {}, column {}", error.line(), error.column());
    match message.strip_prefix(OURS) {
        Some(ours) => {
            let ours = ours.rsplit_once(" at line ").map_or(ours, |(ours, _)| ours);
            format!("{ours} ({place})")
        }
        None if error.is_eof() => format!("it breaks off at {place}"),
        None if message.starts_with("number out of range") => {
            format!("a number is too large ({place})")
        }
        None if message.contains("surrogate") || message.contains("hex escape") => {
            format!("half of a character's \\u escape is missing ({place})")
        }
        None if message.starts_with("trailing") => {
            format!("something stands behind the end ({place})")
        }
        None => format!("it is not JSON at {place}"),
    }
}

/// Marks messages of this module within those of the JSON reader.
const OURS: &str = "\u{1}";

/// Finds an integer literal beyond 2^53 - 1, whose value a reader with 64-bit floats would change.
///
/// Runs before the reader, on raw text, because the reader has lost the spelling: `1e30` is a
/// float and means what it says, thirty digits are not.
fn unsafe_integer(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'0'..=b'9' => {
                let start = at;
                let part_of_number =
                    |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
                while bytes.get(at).is_some_and(part_of_number) {
                    at += 1;
                }
                let number = &text[start..at];
                let is_integer = number.bytes().all(|b| b.is_ascii_digit());
                let is_safe = number.parse().is_ok_and(|n: u64| n as f64 <= MAX_SAFE_INTEGER);
                if is_integer && !is_safe {
                    return Some(number);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// Reads a value that may hold this many more levels of nesting.
#[derive(Clone, Copy)]
struct Within(usize);

impl Within {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.0.checked_sub(1) {
            Some(left) => Ok(Self(left)),
            None => Err(E::custom(format!("{OURS}it is nested more than {MAX_DEPTH} deep"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    // Integers were checked to be safe before, so these conversions are exact.
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut members = Object::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = from.next_value_seed(inner)?;
            if members.contains_key(&name) {
                let name: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format!(
                    "{OURS}the member {name:?} stands there twice"
                )));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

/// Checks that a value keeps to what records hold: no `null`, and no number but safe integers.
pub fn profile(value: &Value) -> Result<(), JsonError> {
    match value {
        Value::Null => Err(JsonError("it holds null, which records never do".to_owned())),
        Value::Number(n) if n.fract() != 0.0 || n.abs() > MAX_SAFE_INTEGER => {
            Err(JsonError(format!("it holds the number {n}, which is not a safe integer")))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        Value::Array(items) => items.iter().try_for_each(profile),
        Value::Object(members) => members.values().try_for_each(profile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_plain() {
        let value = parse(br#" {"b": [1, -2.5, true, null], "a": "\u00e9\ud83d\ude00"} "#).unwrap();
        assert_eq!(value.text("a"), Some("é😀"));
        assert_eq!(value.member("b").unwrap().as_array().unwrap()[1], Value::Number(-2.5));
    }

    #[test]
    fn refuses_what_can_be_read_two_ways() {
        for (text, says) in [
            (&br#"{"a":1,"a":2}"#[..], "the member \"a\" stands there twice (line 1, column"),
            (br#"{"a":1,"\u0061":2}"#, "twice"),
            (b"\xef\xbb\xbf{}", "byte order mark"),
            (b"\"\xe9\"", "not UTF-8"),
            (br#""\ud800""#, "escape is missing"),
            (br#""\udead""#, "escape is missing"),
            (b"{} x", "behind the end"),
            (b"{}{}", "behind the end"),
            (b"[1,", "breaks off"),
            (b"", "breaks off"),
            (b"[1,]", "something stands behind|not JSON"),
            (b"9007199254740992", "too large"),
            (b"[-9007199254740993]", "too large"),
            (b"123456789012345678901234567890", "too large"),
            (b"1e400", "too large"),
            (b"NaN", "not JSON"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(says.split('|').any(|says| error.contains(says)), "{error}");
        }
        assert_eq!(parse(b"9007199254740991"), Ok(Value::Number(MAX_SAFE_INTEGER)));
        assert!(parse(br#"["\"9007199254740993", 1e30, -0]"#).is_ok());
    }

    #[test]
    fn nesting_ends_at_64() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(64).as_bytes()).is_ok());
        assert!(parse(nested(65).as_bytes()).unwrap_err().to_string().contains("64 deep"));
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn profile_is_smaller() {
        for (text, fits) in [
            (r#"{"a": ["b", true, 7, -7, 9007199254740991]}"#, true),
            ("-0", true),
            ("1.5", false),
            ("1e30", false),
            ("[[null]]", false),
        ] {
            assert_eq!(profile(&parse(text.as_bytes()).unwrap()).is_ok(), fits, "{text}");
        }
    }
}
