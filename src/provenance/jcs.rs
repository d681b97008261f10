//! The JSON Canonicalization Scheme (RFC 8785): the bytes that are hashed and signed.
//!
//! Members stand in the order of their names' UTF-16 code units; strings are never normalised;
//! numbers are written as ECMAScript does. `serde_json` writes everything (its escapes are those
//! of the standard), fed in the right order, and `ryu-js` the numbers. Crates that do all of it
//! buffer and read each name again, and took most of the time of judging a record; a test
//! compares with one of them.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::ser::Formatter;
use std::io;

use super::json::{Object, Value};

/// Writes a value in its canonical form.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024);
    push(&mut bytes, value);
    bytes
}

/// Writes a value in its canonical form behind what is there.
pub(super) fn push(out: &mut Vec<u8>, value: &Value) {
    to_canonical(out, &Ordered(value));
}

/// Writes an object of these members in its canonical form behind what is there.
pub(super) fn push_members(out: &mut Vec<u8>, members: &Object) {
    to_canonical(out, &OrderedMembers(members));
}

/// Writes text in quotation marks, escaped, behind what is there.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    // RFC 8785 §3.2.2.2: all but these stand for themselves, and most texts have none of them.
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        to_canonical(out, text);
    }
}

fn to_canonical<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    value
        .serialize(&mut serde_json::Serializer::with_formatter(out, Canonical))
        .expect("a value has text for names, and a vector takes every byte");
}

/// Compact, and numbers as ECMAScript writes them.
struct Canonical;

impl Formatter for Canonical {
    fn write_f64<W: ?Sized + io::Write>(&mut self, to: &mut W, number: f64) -> io::Result<()> {
        to.write_all(ryu_js::Buffer::new().format(number).as_bytes())
    }
}

/// A value whose members come in the order of UTF-16.
struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => to.serialize_unit(),
            Value::Bool(value) => to.serialize_bool(*value),
            Value::Number(number) => to.serialize_f64(*number),
            Value::String(text) => to.serialize_str(text),
            Value::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Ordered(item)))?;
                list.end()
            }
            Value::Object(members) => OrderedMembers(members).serialize(to),
        }
    }
}

/// Members in the order of UTF-16.
struct OrderedMembers<'a>(&'a Object);

impl Serialize for OrderedMembers<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in in_order(self.0) {
            map.serialize_entry(name, &Ordered(value))?;
        }
        map.end()
    }
}

/// The members in the order of their names' UTF-16 code units.
///
/// That differs from the order of code points, in which they are kept, only where a name holds
/// a character beyond 16 bits.
fn in_order(members: &Object) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    let is_wide = |name: &str| name.bytes().any(|byte| byte >= 0xf0);
    if members.iter().any(|(name, _)| is_wide(name)) {
        members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    }
    members
}
