//! Finds secrets in bytes that are about to be published.
//!
//! Two sorts are looked for in one pass: what any private key looks like (PEM, OpenSSH, age, PuTTY, PGP, notes of the Go
//! checksum database, JWK, PKCS #8), and the secrets that are known here: the site's own keys in the forms in which a key
//! is copied about, its key files line by line, and the credentials of the host that is published to. A key that is
//! protected by a passphrase is refused as well: it is no page of a shop.
//!
//! Where a key is not open, its public half still tells it: whatever in a file reads as 32 bytes (hexadecimal, base64, base32,
//! base58, a Multikey, the raw bytes at the ends of a file or anywhere in a short one) is taken for a seed, and what grows from it
//! compared with the public keys of the site. A sheet of paper is told by the checks of its lines. What is wrapped is looked into:
//! UTF-16, base64, hexadecimal, gzip, the entries of a ZIP file, the packed texts of a PNG, one in another.
//!
//! Of a known secret only the first four bytes of each form go into the search automaton, whose memory is not wiped; the rest
//! is compared from memory that is.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use aho_corasick::{AhoCorasick, packed};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use zeroize::Zeroizing;

use super::setup::next_key_hash;
use super::{SecretKey, Seed};
use crate::provenance::key::VerifierKey;

mod unwrap;

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What it is, for example "a private key (PEM)".
    pub what: String,
    /// Where it begins, in bytes.
    pub at: usize,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.at)
    }
}

/// How a file with check codes of tags begins; a printed sheet with codes has it too.
pub const CODES_MARK: &str = concat!("selvedge.tag", "-codes/1");

/// Marks of secrets that nobody has to know beforehand, with what they are.
const MARKS: [(&[u8], &str); 15] = [
    (concat!("PRIVATE", " KEY").as_bytes(), PEM),
    (b"openssh-key-v1\0", "a private key of OpenSSH"),
    (b"b3BlbnNzaC1rZXktdjE", "a private key of OpenSSH"),
    (b"AGE-SECRET-KEY-", "a secret key of age"),
    (b"PuTTY-User-Key-File-", "a private key of PuTTY"),
    (b"PRIVATE+KEY+", "the private key of a register"),
    (b"\"kty\"", JWK),
    (b"\"secretKeyMultibase\"", "a secret key"),
    (b"\"privateKeyMultibase\"", "a private key"),
    (b"\"privateKeyBase58\"", "a private key"),
    (b"\"privateKeyJwk\"", "a private key"),
    // PKCS #8 of Ed25519 (RFC 8410), raw and in base64.
    (
        b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
        "a private key (PKCS #8)",
    ),
    (b"MC4CAQAwBQYDK2VwBCIEI", "a private key (PKCS #8)"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "an encrypted backup"),
    (CODES_MARK.as_bytes(), "check codes of tags"),
];
const PEM: &str = "a private key (PEM)";
const JWK: &str = "a private key (JWK)";

/// How much of a known secret's form goes into the automaton.
const PREFIX: usize = 4;
/// Shortest form that is looked for; what is shorter would be found everywhere.
const SHORTEST: usize = 8;
/// How far from its mark the rest of a PEM head or JWK is looked for, in bytes.
const NEAR: usize = 600;

/// The secrets to look for.
#[derive(Default)]
pub struct Watch {
    known: Vec<(String, Zeroizing<Vec<u8>>)>,
    publics: Publics,
}

/// What is public about keys whose secret halves are looked for.
#[derive(Default)]
struct Publics {
    keys: BTreeMap<[u8; 32], String>,
    /// By the hash that a history of keys gives of the next key.
    hashes: BTreeMap<String, String>,
    /// What was looked at and is no seed of theirs: digests and signatures stand in many files of a site.
    nobodys: Mutex<HashSet<[u8; 32]>>,
}

/// How many of them are remembered.
const MOST_REMEMBERED: usize = 1 << 16;

impl Publics {
    fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.hashes.is_empty()
    }

    /// Whose seed it is, if it is that of one of these keys.
    fn owner(&self, seed: &[u8; 32]) -> Option<&str> {
        let nobodys = || self.nobodys.lock().unwrap_or_else(PoisonError::into_inner);
        if nobodys().contains(seed) {
            return None;
        }
        let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key();
        let of_key = self.keys.get(public.as_bytes());
        let of_hash = || {
            let key = (!self.hashes.is_empty()).then(|| VerifierKey::from_bytes(public.as_bytes()));
            self.hashes.get(&next_key_hash(&key.flatten()?))
        };
        let found = of_key.or_else(of_hash).map(String::as_str);
        if found.is_none() {
            let mut nobodys = nobodys();
            if nobodys.len() < MOST_REMEMBERED {
                nobodys.insert(*seed);
            }
        }
        found
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watch({} forms)", self.known.len())
    }
}

impl Watch {
    /// Looks for a key of the site that was opened: its seed raw, in hexadecimal, base64, base58, as a Multikey, and as the
    /// lines of a sheet.
    pub fn know_key(&mut self, what: &str, key: &SecretKey) {
        self.know_seed(what, &Zeroizing::new(key.signing.to_bytes()));
    }

    fn know_seed(&mut self, what: &str, seed: &Zeroizing<[u8; 32]>) {
        let public = ed25519_dalek::SigningKey::from_bytes(seed).verifying_key().to_bytes();
        self.publics.keys.insert(public, what.to_owned());
        let mut multikey = Zeroizing::new(vec![0x80, 0x26]);
        multikey.extend_from_slice(seed.as_slice());
        let mut forms = vec![
            Zeroizing::new(seed.to_vec()),
            Zeroizing::new(HEXLOWER.encode(seed.as_slice()).into_bytes()),
            Zeroizing::new(HEXUPPER.encode(seed.as_slice()).into_bytes()),
            Zeroizing::new(bs58::encode(seed.as_slice()).into_vec()),
            Zeroizing::new(bs58::encode(multikey.as_slice()).into_vec()),
        ];
        forms.extend((0..3).flat_map(|offset| {
            [BASE64_NOPAD, BASE64URL_NOPAD]
                .map(|code| inside_base64(&code, seed.as_slice(), offset))
        }));
        for line in Seed::new(seed.clone()).to_sheet_lines() {
            forms.push(Zeroizing::new(line.replace(' ', "").into_bytes()));
            forms.push(Zeroizing::new(line.as_bytes().to_vec()));
        }
        self.known.extend(forms.into_iter().map(|form| (what.to_owned(), form)));
    }

    /// Looks for the lines of a key file, without having opened it.
    pub fn know_key_file(&mut self, what: &str, text: &[u8]) {
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        // The first line of base64 begins as that of every key file does.
        let lines = lines.filter(|line| !line.starts_with(b"-----")).skip(1);
        for line in lines.filter(|line| line.len() >= 32) {
            self.known.push((what.to_owned(), Zeroizing::new(line.to_vec())));
        }
    }

    /// Looks for the seed of a key of which only the public half is at hand.
    pub fn know_public(&mut self, what: &str, key: &VerifierKey) {
        self.publics.keys.insert(*key.as_bytes(), what.to_owned());
    }

    /// Looks for the seed of a key of which only the hash is at hand, as a history of keys gives it of the next.
    pub fn know_hash(&mut self, what: &str, hash: &str) {
        self.publics.hashes.insert(hash.to_owned(), what.to_owned());
    }

    /// Looks for a password or token as it is written.
    pub fn know_text(&mut self, what: &str, text: &str) {
        if text.len() >= SHORTEST {
            self.known.push((what.to_owned(), Zeroizing::new(text.as_bytes().to_vec())));
        }
    }

    /// Makes ready to look through many files.
    ///
    /// # Panics
    /// Never: the patterns are few and short.
    #[must_use]
    pub fn ready(self) -> Scanner {
        let known = self.known.iter().map(|(_, form)| &form[..PREFIX]);
        let wraps = unwrap::WRAPS.iter().map(|(mark, _)| *mark);
        let patterns = MARKS.iter().map(|(mark, _)| *mark).chain(wraps).chain(known);
        let quick = packed::Searcher::new(patterns.clone());
        let automaton = AhoCorasick::new(patterns).expect("a few short patterns");
        Scanner { quick, automaton, known: self.known, publics: self.publics }
    }
}

/// The characters of base64 that a secret gives wherever it stands in a longer text.
fn inside_base64(
    code: &data_encoding::Encoding,
    secret: &[u8],
    offset: usize,
) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new(vec![0; offset]);
    padded.extend_from_slice(secret);
    let text = Zeroizing::new(code.encode(&padded).into_bytes());
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    Zeroizing::new(text[first..last].to_vec())
}

/// Looks through bytes; may be shared between threads.
pub struct Scanner {
    /// Tells fast of a text that it has none of the patterns, where the processor can and they are few.
    quick: Option<packed::Searcher>,
    automaton: AhoCorasick,
    known: Vec<(String, Zeroizing<Vec<u8>>)>,
    publics: Publics,
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scanner({} forms)", self.known.len())
    }
}

impl Scanner {
    /// The first secret in some bytes.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Option<Leak> {
        let mut room = unwrap::Room::default();
        self.find_inside(bytes, &mut room)
    }

    fn find_inside(&self, bytes: &[u8], room: &mut unwrap::Room) -> Option<Leak> {
        self.find_plain(bytes, room)
            .or_else(|| self.find_seed(bytes))
            .or_else(|| self.find_in_texts(bytes, room))
            .or_else(|| self.find_in_utf16(bytes, room))
    }

    /// What can be told by its first bytes, and what is packed.
    fn find_plain(&self, bytes: &[u8], room: &mut unwrap::Room) -> Option<Leak> {
        if self.quick.as_ref().is_some_and(|quick| quick.find(bytes).is_none()) {
            return None;
        }
        self.automaton.find_overlapping_iter(bytes).find_map(|found| {
            let (at, pattern) = (found.start(), found.pattern().as_usize());
            if let Some((_, what)) = MARKS.get(pattern) {
                let is_secret = match *what {
                    PEM => is_pem(bytes, at),
                    JWK => is_jwk(bytes, at),
                    _ => true,
                };
                return is_secret.then(|| Leak { what: (*what).to_owned(), at });
            }
            if let Some((_, wrap)) = unwrap::WRAPS.get(pattern - MARKS.len()) {
                let inside = wrap.open(bytes, at, room)?;
                return room
                    .deeper(|room| self.find_inside(&inside, room))
                    .map(|leak| Leak { what: format!("{}, packed", leak.what), at });
            }
            let (what, form) = &self.known[pattern - MARKS.len() - unwrap::WRAPS.len()];
            unwrap::is_spread(&bytes[at..], form).then(|| Leak { what: what.clone(), at })
        })
    }
}

/// Whether the words are those of a PEM head. Its hyphens are not asked for: Markdown makes dashes of them.
fn is_pem(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(24)..at];
    let is_label = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    let begin = before.windows(6).rposition(|part| part == b"BEGIN ");
    begin.is_some_and(|begin| before[begin + 6..].iter().all(is_label))
}

/// Whether a JSON object with a key's kind has the private member, `d` (RFC 8037).
fn is_jwk(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(NEAR)..at];
    let before = before.rsplit(|byte| matches!(byte, b'{' | b'}')).next().unwrap_or_default();
    let after = &bytes[at..bytes.len().min(at + NEAR)];
    let after = after.split(|byte| matches!(byte, b'{' | b'}')).next().unwrap_or_default();
    let has_d = |part: &[u8]| {
        part.windows(3).enumerate().any(|(place, window)| {
            window == b"\"d\"" && part[place + 3..].trim_ascii_start().starts_with(b":")
        })
    };
    has_d(before) || has_d(after)
}

#[cfg(test)]
mod tests;
