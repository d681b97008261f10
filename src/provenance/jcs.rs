//! The JSON Canonicalization Scheme (RFC 8785): the bytes that are hashed and signed.
//!
//! Members stand in the order of their names' UTF-16 code units; strings are never normalised;
//! numbers are written as ECMAScript does.

use super::json::Value;

/// Writes a value in its canonical form.
pub fn encode(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value)
        .expect("a value holds only finite numbers, and a vector takes every byte")
}
