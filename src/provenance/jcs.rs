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

/// Where canonical bytes go, one piece behind the other.
pub(super) trait Sink {
    /// Takes the next piece.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Writes a value in its canonical form behind what is there.
pub(super) fn push(out: &mut impl Sink, value: &Value) {
    to_canonical(out, &Ordered(value));
}

/// Writes an object of these members in its canonical form behind what is there.
pub(super) fn push_members(out: &mut impl Sink, members: &Object) {
    to_canonical(out, &OrderedMembers(members));
}

/// Writes text in quotation marks, escaped, behind what is there.
pub(super) fn push_text(out: &mut impl Sink, text: &str) {
    if stands_for_itself(text) {
        out.put(b"\"");
        out.put(text.as_bytes());
        out.put(b"\"");
    } else {
        to_canonical(out, text);
    }
}

/// Writes a count behind what is there.
pub(super) fn push_count(out: &mut impl Sink, count: u32) {
    to_canonical(out, &count);
}

/// Whether nothing in a text is escaped: RFC 8785 §3.2.2.2 lets all but these stand for themselves.
pub(super) fn stands_for_itself(text: &str) -> bool {
    let is_escaped = |&byte: &u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    // In pieces with no way out of their middle, which the compiler makes one step of.
    let has_none = |piece: &[u8]| !piece.iter().fold(false, |any, byte| any | is_escaped(byte));
    let (pieces, rest) = text.as_bytes().as_chunks::<16>();
    pieces.iter().all(|piece| has_none(piece)) && has_none(rest)
}

fn to_canonical<T: Serialize + ?Sized>(out: &mut impl Sink, value: &T) {
    value
        .serialize(&mut serde_json::Serializer::with_formatter(AsWriter(out), Canonical))
        .expect("a value has text for names, and a sink takes every byte");
}

/// A sink as what `serde_json` writes to.
struct AsWriter<'a, S>(&'a mut S);

impl<S: Sink> io::Write for AsWriter<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
