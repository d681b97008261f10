//! What stands in the log: one line for each record, and the ids that name records.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use std::fmt;

use super::merkle::LeafHash;
use crate::provenance::webvh::VersionId;

/// The id of a record: SHA-256 of the bytes of its file. Shown as 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 32]);

impl RecordId {
    /// The id of a record's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 lower-case hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let is_whole = text.len() == 2 * bytes.len();
        is_whole.then(|| HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).ok())??;
        Some(Self(bytes))
    }

    /// The id of these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the id.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 160 bits, for names of files and printed codes only.
    pub fn short(&self) -> ShortId {
        ShortId(BASE32_NOPAD.encode(&self.0[..20]))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// 32 upper-case base32 characters: the first 160 bits of a record id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId(String);

impl ShortId {
    /// Reads 32 characters of `A-Z2-7`.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 32 && BASE32_NOPAD.decode(text.as_bytes()).is_ok();
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One entry of the log. It holds digests only, so that a withdrawn text leaves nothing behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A record was signed: `selvedge.record/1 sha256:<record id>`.
    Record(RecordId),
    /// A version of the issuer's history of keys.
    Did(VersionId),
}

const RECORD: &str = "selvedge.record/1 sha256:";
const DID: &str = "selvedge.did/1 ";

impl Entry {
    /// The bytes of the entry: one ASCII line with its newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Record(id) => format!("{RECORD}{id}\n").into_bytes(),
            Self::Did(version) => format!("{DID}{version}\n").into_bytes(),
        }
    }

    /// Reads an entry of a kind that this program knows.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        match line.strip_prefix(DID) {
            Some(version) => VersionId::parse(version).map(Self::Did),
            None => RecordId::parse(line.strip_prefix(RECORD)?).map(Self::Record),
        }
    }

    /// The leaf of the entry in the tree.
    pub fn leaf_hash(&self) -> LeafHash {
        LeafHash::of(&self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_64_digits_in_lower_case() {
        let id = RecordId::of(b"a record");
        let text = id.to_string();
        assert_eq!(RecordId::parse(&text), Some(id));
        for other in ["", &text[1..], &format!("0{text}"), &text.to_uppercase(), &"é".repeat(32)] {
            assert_eq!(RecordId::parse(other), None, "{other}");
        }
    }

    #[test]
    fn entries_have_one_spelling() {
        let entry = Entry::Record(RecordId::of(b"{}"));
        let bytes = entry.to_bytes();
        assert_eq!(bytes.len(), RECORD.len() + 65);
        assert_eq!(Entry::parse(&bytes), Some(entry));
        assert_eq!(Entry::parse(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Entry::parse(&bytes.to_ascii_uppercase()), None);
        assert_eq!(Entry::parse(&[&bytes[..], b"\n"].concat()), None);
    }

    #[test]
    fn short_ids() {
        let short = RecordId::of(b"").short();
        assert_eq!(short.as_str(), "4OYMIQUY7QOBJGX36TEJS35ZEQT24QPE");
        assert_eq!(ShortId::parse(short.as_str()), Some(short));
        for text in ["", "4oymiquy7qobjgx36tejs35zeqt24qpe", "4OYMIQUY7QOBJGX36TEJS35ZEQT24QP1"] {
            assert_eq!(ShortId::parse(text), None);
        }
    }
}
