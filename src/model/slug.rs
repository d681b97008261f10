//! Ids: the names of products, makers and the like in files and addresses.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// An id: one to 100 of the characters `a` to `z`, `0` to `9` and `-`, not at the ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(Box<str>);

/// Why a name is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlugError {
    /// There is nothing in it.
    Empty,
    /// It is longer than 100 characters.
    TooLong,
    /// It has a character that an id does not have, or a hyphen at an end.
    Character,
    /// Windows keeps the name for a device.
    Reserved,
}

/// Longest id in characters.
const MAX_LEN: usize = 100;

/// Names that Windows keeps for devices, in any folder and with any ending.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

impl Slug {
    /// Reads an id.
    ///
    /// # Errors
    /// Says what an id may not be.
    pub fn parse(name: &str) -> Result<Self, SlugError> {
        if name.is_empty() {
            return Err(SlugError::Empty);
        }
        if name.len() > MAX_LEN {
            return Err(SlugError::TooLong);
        }
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !name.bytes().all(is_plain) || name.starts_with('-') || name.ends_with('-') {
            return Err(SlugError::Character);
        }
        if DEVICES.contains(&name) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(name.into()))
    }

    /// Makes an id from a name in any script: accents dropped, other letters by a short digest.
    ///
    /// The same name gives the same id always; two names may give the same id. What is an id already stays as it is.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if let Ok(id) = Self::parse(name) {
            return id;
        }
        let mut out = String::new();
        let mut has_lost_letters = false;
        for c in name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => out.push(c),
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'ø' => out.push('o'),
                'đ' | 'ð' => out.push('d'),
                'ł' => out.push('l'),
                'þ' => out.push_str("th"),
                'ı' => out.push('i'),
                _ => {
                    has_lost_letters |= c.is_alphanumeric();
                    if !out.ends_with('-') && !out.is_empty() {
                        out.push('-');
                    }
                }
            }
        }
        out.truncate(80);
        let out = out.trim_matches('-');
        if has_lost_letters || out.is_empty() || DEVICES.contains(&out) {
            let digest = <sha2::Sha256 as sha2::Digest>::digest(name.as_bytes());
            let tail = data_encoding::HEXLOWER.encode(&digest[..4]);
            let joined = if out.is_empty() { format!("x-{tail}") } else { format!("{out}-{tail}") };
            return Self(joined.into());
        }
        Self(out.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A long name in another script gave an id of 80 letters and a digest, which was cut when it was read as a name again.
    #[test]
    fn what_is_an_id_stays_as_it_is() {
        let long = Slug::from_name(&format!("{}ʖ", "abc-".repeat(30)));
        assert_eq!(long.as_str().len(), 80 + 8);
        assert_eq!(Slug::from_name(long.as_str()), long);
        assert_eq!(Slug::from_name("red--shawl").as_str(), "red--shawl");
    }

    #[test]
    fn ids_are_plain() {
        let table = [
            ("red-shawl", Ok(())),
            ("a", Ok(())),
            ("", Err(SlugError::Empty)),
            ("Red", Err(SlugError::Character)),
            ("-a", Err(SlugError::Character)),
            ("a/b", Err(SlugError::Character)),
            ("..", Err(SlugError::Character)),
            ("nul", Err(SlugError::Reserved)),
            ("com1", Err(SlugError::Reserved)),
        ];
        for (name, expected) in table {
            assert_eq!(Slug::parse(name).map(drop), expected, "{name:?}");
        }
        assert_eq!(Slug::parse(&"a".repeat(101)), Err(SlugError::TooLong));
    }

    #[test]
    fn any_name_gives_an_id() {
        let table = [
            ("Red Shawl", "red-shawl"),
            ("Áo dài đỏ", "ao-dai-do"),
            ("Łódź & Œuvre", "lodz-oeuvre"),
            ("  --  ", "x-"),
            ("Con", "con-"),
            ("شال", "x-"),
        ];
        for (name, expected) in table {
            let slug = Slug::from_name(name);
            assert!(
                slug.as_str().starts_with(&expected[..expected.len().min(5)]),
                "{name}: {slug}"
            );
            assert!(Slug::parse(slug.as_str()).is_ok(), "{name}: {slug}");
        }
        assert_eq!(Slug::from_name("Red Shawl").as_str(), "red-shawl");
    }
}
