//! Bitstring Status List 1.0 (W3C Rec. 2025-05-15): the form in which strangers' verifiers ask
//! whether a record was revoked or suspended.
//!
//! The truth about status is the log; a list is a picture of it at one size, which its record
//! ([`Snapshot`]) names. Each record has one position, the same in the list of either
//! [`Purpose`]: its place in the log when it was signed. Every 131,072 positions there is a next
//! list, so that no list ever grows.

use data_encoding::BASE64URL_NOPAD;
use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};
use std::fmt;
use std::io::{Read as _, Write as _};

use super::json::{MAX_SAFE_INTEGER, Object, Value};
use super::log::{Hash, Head, RootHash};
use super::note::KeyName;

/// Number of bits in a list of ours, and the least that the standard allows.
pub const LIST_BITS: u64 = 131_072;

/// Longest list that is decoded, in bytes: 16 MiB.
pub const MAX_LIST_BYTES: usize = 16 << 20;

/// What a set bit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The record was taken back for good.
    Revocation,
    /// The record does not hold for the time being.
    Suspension,
}

impl Purpose {
    /// Both, in the order in which records name them.
    pub const ALL: [Self; 2] = [Self::Revocation, Self::Suspension];

    /// The value of `statusPurpose`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }

    /// Reads a value of `statusPurpose`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == text)
    }
}

/// Why an encoded list is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// It does not begin with `u`, or what follows is not base64url without padding.
    Multibase,
    /// It is not one whole gzip member with nothing behind it.
    Gzip,
    /// It has fewer than [`LIST_BITS`] bits (the standard's `STATUS_LIST_LENGTH_ERROR`).
    TooShort,
    /// It unpacks to more than [`MAX_LIST_BYTES`].
    TooLong,
}

impl fmt::Display for ListFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Multibase => "the list is not \"u\" and base64url without padding",
            Self::Gzip => "the list is not one gzip file with nothing behind it",
            Self::TooShort => "the list has fewer than 131,072 bits",
            Self::TooLong => "the list unpacks to more than 16 MiB",
        })
    }
}

impl std::error::Error for ListFault {}

/// A list of bits, at least [`LIST_BITS`] of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Bits(Vec<u8>);

impl Bits {
    /// A list of [`LIST_BITS`] bits, none of them set.
    pub fn new() -> Self {
        Self(vec![0; LIST_BITS as usize / 8])
    }

    /// Number of bits.
    pub fn count(&self) -> u64 {
        self.0.len() as u64 * 8
    }

    /// The bit with this index; `None` beyond the end.
    pub fn get(&self, index: u64) -> Option<bool> {
        let byte = self.0.get(usize::try_from(index / 8).ok()?)?;
        Some(byte & Self::mask(index) != 0)
    }

    /// Sets the bit with this index; says whether there is one.
    #[must_use]
    pub fn set(&mut self, index: u64, value: bool) -> bool {
        let byte = usize::try_from(index / 8).ok().and_then(|at| self.0.get_mut(at));
        let Some(byte) = byte else { return false };
        match value {
            true => *byte |= Self::mask(index),
            false => *byte &= !Self::mask(index),
        }
        true
    }

    /// The indices of the bits that are set, in order.
    pub fn set_indices(&self) -> impl Iterator<Item = u64> + '_ {
        let bytes = self.0.iter().enumerate().filter(|(_, byte)| **byte != 0);
        bytes.flat_map(|(at, byte)| {
            (0..8).filter(move |bit| byte & (0x80 >> bit) != 0).map(move |bit| at as u64 * 8 + bit)
        })
    }

    /// Index 0 is the most significant bit of the first byte.
    fn mask(index: u64) -> u8 {
        0x80 >> (index % 8)
    }

    /// Writes the list as `encodedList`: gzip in base64url behind a `u`.
    ///
    /// The gzip header holds no time, no name and no system.
    pub fn encode(&self) -> String {
        const UNKNOWN_SYSTEM: u8 = 255;
        let mut gzip = GzBuilder::new()
            .mtime(0)
            .operating_system(UNKNOWN_SYSTEM)
            .write(Vec::new(), Compression::best());
        let bytes = gzip
            .write_all(&self.0)
            .and_then(|()| gzip.finish())
            .expect("a vector takes every byte");
        format!("u{}", BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads an `encodedList`.
    ///
    /// # Errors
    /// If it is not what the standard describes, whole and with nothing behind it, or if it
    /// unpacks to more than [`MAX_LIST_BYTES`].
    pub fn decode(text: &str) -> Result<Self, ListFault> {
        let base64 = text.strip_prefix('u').ok_or(ListFault::Multibase)?;
        let gzip = BASE64URL_NOPAD.decode(base64.as_bytes()).map_err(|_| ListFault::Multibase)?;
        let mut rest = &gzip[..];
        let mut bits = Vec::new();
        GzDecoder::new(&mut rest)
            .take(MAX_LIST_BYTES as u64 + 1)
            .read_to_end(&mut bits)
            .map_err(|_| ListFault::Gzip)?;
        if bits.len() > MAX_LIST_BYTES {
            return Err(ListFault::TooLong);
        }
        if !rest.is_empty() {
            return Err(ListFault::Gzip);
        }
        match bits.len() as u64 * 8 < LIST_BITS {
            true => Err(ListFault::TooShort),
            false => Ok(Self(bits)),
        }
    }
}

impl Default for Bits {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bits, set: ", self.count())?;
        f.debug_list().entries(self.set_indices()).finish()
    }
}

/// Where a record's bit stands: in which list, and at which index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// What a set bit says.
    pub purpose: Purpose,
    /// Number of the list, from 0.
    pub list: u64,
    /// Index in the list, below [`LIST_BITS`].
    pub index: u64,
}

impl StatusEntry {
    /// The entry of a position, which counts through all lists.
    pub fn of(purpose: Purpose, position: u64) -> Self {
        Self { purpose, list: position / LIST_BITS, index: position % LIST_BITS }
    }

    /// The position that a list and an index name in decimal digits; `None` in another spelling, beyond the end of a list or
    /// beyond the last list.
    pub(super) fn parse_position(list: &str, index: &str) -> Option<u64> {
        let list = super::log::parse_decimal(list).filter(|list| *list <= MAX_LIST)?;
        let index = super::log::parse_decimal(index).filter(|index| *index < LIST_BITS)?;
        Some(list * LIST_BITS + index)
    }

    /// The position through all lists.
    pub fn position(&self) -> u64 {
        self.list * LIST_BITS + self.index
    }

    fn to_value(self, base: &str) -> Value {
        let url = list_url(base, self.purpose, self.list);
        Value::from([
            ("id", format!("{url}#{}", self.index).into()),
            ("type", "BitstringStatusListEntry".into()),
            ("statusPurpose", self.purpose.name().into()),
            ("statusListIndex", self.index.to_string().into()),
            ("statusListCredential", url.into()),
        ])
    }
}

/// What stands before the purpose and behind the number in the path of a list.
pub(super) const LIST_PATH: (&str, &str) = ("status/", ".json");

/// Path of a list below the issuer's address.
pub fn list_path(purpose: Purpose, list: u64) -> String {
    let (before, behind) = LIST_PATH;
    format!("{before}{}-{list}{behind}", purpose.name())
}

/// Address of a list; `base` is the issuer's address with its final slash.
pub fn list_url(base: &str, purpose: Purpose, list: u64) -> String {
    format!("{base}{}", list_path(purpose, list))
}

/// The purpose and number of the list with this address, if it is one of that issuer's.
pub fn parse_list_url(base: &str, url: &str) -> Option<(Purpose, u64)> {
    let name = url.strip_prefix(base)?.strip_prefix(LIST_PATH.0)?.strip_suffix(LIST_PATH.1)?;
    let (purpose, list) = name.rsplit_once('-')?;
    let list = super::log::parse_decimal(list).filter(|list| *list <= MAX_LIST)?;
    Some((Purpose::parse(purpose)?, list))
}

/// The last list whose positions all are numbers that JSON keeps exactly.
const MAX_LIST: u64 = (1 << 53) / LIST_BITS - 1;

/// The member `credentialStatus` of the record at this position: one entry for each purpose.
///
/// `base` is the issuer's address with its final slash.
pub fn credential_status(base: &str, position: u64) -> Value {
    let entry = |purpose| StatusEntry::of(purpose, position).to_value(base);
    Purpose::ALL.map(entry).to_vec().into()
}

/// The position that a member `credentialStatus` names; `None` for anything that
/// [`credential_status`] does not write.
pub fn parse_credential_status(base: &str, value: &Value) -> Option<u64> {
    let first = value.as_array()?.first()?;
    let index = super::log::parse_decimal(first.text("statusListIndex")?)?;
    let (purpose, list) = parse_list_url(base, first.text("statusListCredential")?)?;
    let position = StatusEntry { purpose, list, index }.position();
    (credential_status(base, position) == *value).then_some(position)
}

/// What the record of a list says: the bits as they follow from a log of one size.
///
/// Kept as it was written, since there are many ways to pack the same bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    purpose: Purpose,
    list: u64,
    encoded: String,
    bits: Bits,
    origin: KeyName,
    head: Head,
}

impl Snapshot {
    /// The snapshot of a log at this head.
    pub fn new(purpose: Purpose, list: u64, bits: Bits, origin: KeyName, head: Head) -> Self {
        Self { purpose, list, encoded: bits.encode(), bits, origin, head }
    }

    /// What a set bit says.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Number of the list.
    pub fn list(&self) -> u64 {
        self.list
    }

    /// The bits.
    pub fn bits(&self) -> &Bits {
        &self.bits
    }

    /// The name of the log that it was made from.
    pub fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// The head of the log that it was made from.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Whether the bit of this position is set; `None` if it is not in this list, or lies
    /// beyond the log that the list was made from.
    pub fn status_of(&self, position: u64) -> Option<bool> {
        let entry = StatusEntry::of(self.purpose, position);
        (entry.list == self.list && position < self.head.size)
            .then(|| self.bits.get(entry.index))
            .flatten()
    }

    /// The member `credentialSubject`. `base` is the issuer's address with its final slash.
    pub fn to_value(&self, base: &str) -> Value {
        let log = Value::from([
            ("origin", self.origin.as_str().into()),
            ("size", Value::Number(self.head.size as f64)),
            ("root", self.head.root.0.to_string().into()),
        ]);
        Value::from([
            ("id", format!("{}#list", list_url(base, self.purpose, self.list)).into()),
            ("type", "BitstringStatusList".into()),
            ("statusPurpose", self.purpose.name().into()),
            ("encodedList", self.encoded.as_str().into()),
            ("log", log),
        ])
    }

    /// Reads a member `credentialSubject`; `None` for anything that [`Snapshot::to_value`] does
    /// not write, and for a list that cannot be unpacked or has more bits than ours have.
    pub fn from_value(base: &str, value: &Value) -> Option<Self> {
        let url = value.text("id")?.strip_suffix("#list")?;
        let (purpose, list) = parse_list_url(base, url)?;
        let encoded = value.text("encodedList")?.to_owned();
        let bits = Bits::decode(&encoded).ok().filter(|bits| bits.count() == LIST_BITS)?;
        let log: &Object = value.member("log")?.as_object()?;
        let origin = KeyName::parse(log.get("origin")?.as_str()?)?;
        let Value::Number(size) = *log.get("size")? else { return None };
        if !(0.0..=MAX_SAFE_INTEGER).contains(&size) || size.fract() != 0.0 {
            return None;
        }
        let root = RootHash(Hash::parse(log.get("root")?.as_str()?)?);
        let head = Head { size: size as u64, root };
        let snapshot = Self { purpose, list, encoded, bits, origin, head };
        (snapshot.to_value(base) == *value).then_some(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://brand.example/shop/";

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    fn encoded(gzip: &[u8]) -> String {
        format!("u{}", BASE64URL_NOPAD.encode(gzip))
    }

    fn snapshot() -> Snapshot {
        let mut bits = Bits::new();
        assert!(bits.set(3, true));
        let root = RootHash::empty();
        let origin = KeyName::parse("brand.example/shop/log").unwrap();
        Snapshot::new(Purpose::Suspension, 0, bits, origin, Head { size: 7, root })
    }

    #[test]
    fn bits_are_set_read_and_packed() {
        let mut bits = Bits::new();
        for index in [0, 7, 8, 94_567, LIST_BITS - 1] {
            assert_eq!(bits.get(index), Some(false));
            assert!(bits.set(index, true));
            assert_eq!(bits.get(index), Some(true));
        }
        assert!(bits.set(7, false));
        assert_eq!(bits.set_indices().collect::<Vec<_>>(), [0, 8, 94_567, LIST_BITS - 1]);
        assert_eq!((bits.get(LIST_BITS), bits.set(LIST_BITS, true)), (None, false));
        assert_eq!(bits.0[..2], [0x80, 0x80]);
        assert_eq!(Bits::decode(&bits.encode()), Ok(bits.clone()));
        let gzip = BASE64URL_NOPAD.decode(&bits.encode().as_bytes()[1..]).unwrap();
        assert_eq!(gzip[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }

    #[test]
    fn what_is_not_a_list_is_refused() {
        let whole = packed(&[0; 16_384]);
        let mut behind = whole.clone();
        behind.push(0);
        let mut twice = whole.clone();
        twice.extend_from_slice(&whole);
        let mut altered = whole.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert!(Bits::decode(&encoded(&whole)).is_ok());
        for (text, fault) in [
            (String::new(), ListFault::Multibase),
            (encoded(&whole)[1..].to_owned(), ListFault::Multibase),
            (format!("{}=", encoded(&whole)), ListFault::Multibase),
            ("u".to_owned(), ListFault::Gzip),
            (encoded(&whole[..whole.len() - 1]), ListFault::Gzip),
            (encoded(&behind), ListFault::Gzip),
            (encoded(&twice), ListFault::Gzip),
            (encoded(&altered), ListFault::Gzip),
            (encoded(&packed(&[0; 16_383])), ListFault::TooShort),
            (encoded(&packed(&vec![0; MAX_LIST_BYTES + 1])), ListFault::TooLong),
        ] {
            assert_eq!(Bits::decode(&text), Err(fault), "{text:.60}");
        }
        assert!(Bits::decode(&encoded(&packed(&vec![0; MAX_LIST_BYTES]))).is_ok());
    }

    #[test]
    fn a_position_is_one_entry_in_each_list() {
        for position in [0, 1, LIST_BITS - 1, LIST_BITS, 10_000_000] {
            let value = credential_status(BASE, position);
            assert_eq!(parse_credential_status(BASE, &value), Some(position));
            assert_eq!(parse_credential_status("https://other.example/", &value), None);
        }
        let value = credential_status(BASE, LIST_BITS + 2);
        let second = &value.as_array().unwrap()[1];
        assert_eq!(
            second.text("id"),
            Some("https://brand.example/shop/status/suspension-1.json#2")
        );
        assert_eq!(second.text("statusListIndex"), Some("2"));
    }

    #[test]
    fn an_entry_has_one_spelling() {
        let altered = |at: usize, name: &str, value: Value| {
            let mut entries = credential_status(BASE, 5).as_array().unwrap().to_vec();
            if let Value::Object(members) = &mut entries[at] {
                members.insert(name.to_owned(), value);
            }
            parse_credential_status(BASE, &entries.into())
        };
        assert_eq!(altered(0, "type", "BitstringStatusListEntry".into()), Some(5));
        for at in [0, 1] {
            assert_eq!(altered(at, "statusListIndex", "05".into()), None);
            assert_eq!(altered(at, "statusListIndex", "6".into()), None);
            assert_eq!(altered(at, "statusListIndex", "131072".into()), None);
            assert_eq!(altered(at, "statusListIndex", Value::Number(5.0)), None);
            assert_eq!(altered(at, "statusPurpose", "message".into()), None);
            assert_eq!(altered(at, "statusSize", "1".into()), None);
            assert_eq!(altered(at, "id", "x".into()), None);
        }
        let huge = format!("{BASE}status/revocation-9223372036854775807.json");
        assert_eq!(altered(0, "statusListCredential", huge.into()), None);
        let one = credential_status(BASE, 5).as_array().unwrap()[..1].to_vec();
        assert_eq!(parse_credential_status(BASE, &one.into()), None);
    }

    #[test]
    fn a_snapshot_is_read_back_or_refused() {
        let value = snapshot().to_value(BASE);
        assert_eq!(Snapshot::from_value(BASE, &value), Some(snapshot()));
        assert_eq!(Snapshot::from_value("https://other.example/", &value), None);
        let altered = |name: &str, value: Value| {
            let Value::Object(mut members) = snapshot().to_value(BASE) else { unreachable!() };
            members.insert(name.to_owned(), value);
            Snapshot::from_value(BASE, &Value::Object(members))
        };
        let long = encoded(&packed(&[0; 16_385]));
        for (name, value) in [
            ("type", Value::from("BitstringStatusListCredential")),
            ("statusPurpose", "revocation".into()),
            ("encodedList", "u".into()),
            ("encodedList", long.into()),
            ("ttl", Value::Number(1.0)),
            ("log", Value::from([("size", Value::Number(7.0))])),
            ("id", format!("{BASE}status/suspension-00.json#list").into()),
        ] {
            assert_eq!(altered(name, value), None, "{name}");
        }
        // Packed by somebody else, the same bits are as good.
        let other = encoded(&packed(&Bits::new().0));
        assert!(altered("encodedList", other.into()).is_some());
    }

    #[test]
    fn a_snapshot_speaks_only_of_its_list_and_log() {
        let snapshot = snapshot();
        assert_eq!(snapshot.status_of(3), Some(true));
        assert_eq!(snapshot.status_of(6), Some(false));
        assert_eq!(snapshot.status_of(7), None);
        assert_eq!(snapshot.status_of(LIST_BITS + 3), None);
    }
}
