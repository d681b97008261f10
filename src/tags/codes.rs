//! Check codes under the scratch layer of tags: how they are drawn, written and published (RECORD-FORMAT §2.10).
//!
//! A code is 60 random bits in twelve characters of Crockford's base 32, and one check character, so that a slip of the pen accuses
//! nobody. It is independent of every other. What is published of it is 16 bytes of PBKDF2-HMAC-SHA-256, salted with issuer,
//! edition and number, in shards of 1,024 tags, and the root of a Merkle tree over them stands in the signed batch: so who has the
//! published files can check a code that she sees, and cannot make one up.

use std::fmt;

use pbkdf2::pbkdf2_hmac;
use rayon::prelude::*;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::provenance::brand::check_character;
use crate::provenance::log::RecordId;
use crate::provenance::log::merkle::{self, Hash, InclusionProof, LeafHash, RootHash};

/// Characters of a code, without the check character.
pub const LENGTH: usize = 12;
/// Bytes that are published of a code.
pub const HASH: usize = 16;
/// Tags of one published file.
pub const SHARD: usize = 1024;
/// Rounds of PBKDF2.
const ROUNDS: u32 = 1024;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code, of twelve characters without the check character.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<String>);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Why something typed is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// It has not thirteen characters.
    Length,
    /// It has one that no code has.
    Character,
    /// The last character does not fit: a slip of the pen.
    Check,
}

impl fmt::Display for CodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a check code has 13 characters",
            Self::Character => "no check code has such a character",
            Self::Check => "the characters do not fit together; look at the code again",
        })
    }
}

impl std::error::Error for CodeFault {}

impl Code {
    /// The code of 60 random bits, the upper ones of eight bytes; none if its check character would be one that is easily misread,
    /// and others have to be drawn.
    #[must_use]
    pub fn from_random(bytes: [u8; 8]) -> Option<Self> {
        let bits = u64::from_be_bytes(bytes) >> 4;
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        for at in (0..LENGTH).rev() {
            text.push(char::from(ALPHABET[(bits >> (5 * at)) as usize & 31]));
        }
        let code = Self(text);
        (!"ILOU".contains(code.check())).then_some(code)
    }

    /// Reads the twelve characters as they are kept.
    #[must_use]
    pub fn from_kept(text: &str) -> Option<Self> {
        let is_one = text.len() == LENGTH && text.bytes().all(|b| ALPHABET.contains(&b));
        is_one.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// Reads what somebody types: capitals, spaces and hyphens do not matter, `O` is 0, `I` and `L` are 1.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(typed: &str) -> Result<Self, CodeFault> {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH + 4));
        for letter in typed.chars().filter(|it| !it.is_whitespace() && !"-–—".contains(*it)) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) {
                return Err(CodeFault::Character);
            }
            text.push(letter);
            if text.len() > LENGTH + 1 {
                return Err(CodeFault::Length);
            }
        }
        if text.len() != LENGTH + 1 {
            return Err(CodeFault::Length);
        }
        let check = text.pop();
        let code = Self(text);
        if check == Some(code.check()) { Ok(code) } else { Err(CodeFault::Check) }
    }

    fn check(&self) -> char {
        check_character(&self.0).expect("letters and digits")
    }

    /// The twelve characters, as they are kept.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As it is printed, with its check character: `7K3M-9PQ2-XW4T-C`.
    #[must_use]
    pub fn printed(&self) -> Zeroizing<String> {
        let (text, check) = (&self.0, self.check());
        Zeroizing::new(format!("{}-{}-{}-{check}", &text[..4], &text[4..8], &text[8..]))
    }

    /// What is published of it, for a tag of an edition.
    #[must_use]
    pub fn hash(&self, issuer: &str, edition: &RecordId, serial: u64) -> [u8; HASH] {
        let mut out = [0; HASH];
        let salt = format!("{issuer}/{edition}/{serial}");
        pbkdf2_hmac::<Sha256>(self.0.as_bytes(), salt.as_bytes(), ROUNDS, &mut out);
        out
    }
}

/// Draws so many codes; `fill` gives random bytes.
///
/// # Errors
/// If there are no random bytes.
pub fn draw<E>(
    count: u64,
    mut fill: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<Vec<Code>, E> {
    let mut codes = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
    let mut pool = Zeroizing::new([0; 8 * 512]);
    while (codes.len() as u64) < count {
        fill(pool.as_mut_slice())?;
        let drawn = pool.as_chunks::<8>().0.iter().filter_map(|bytes| Code::from_random(*bytes));
        let left = usize::try_from(count).unwrap_or(usize::MAX) - codes.len();
        codes.extend(drawn.take(left));
    }
    Ok(codes)
}

/// What is published of the codes of a batch, in the order of the tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    hashes: Vec<u8>,
    /// The hash over the leaves of each shard.
    shards: Vec<Hash>,
}

/// A shard as a page asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard<'a> {
    /// Which one, from 0.
    pub index: u64,
    /// How many there are.
    pub of: u64,
    /// The published bytes of its tags, one after the other.
    pub hashes: &'a [u8],
    /// From its hash to the root.
    pub path: InclusionProof,
}

impl Published {
    /// Makes it from the codes of the tags from `first` on, on all cores; `progress` is told how many more are done.
    pub fn make(
        codes: &[Code],
        issuer: &str,
        edition: &RecordId,
        first: u64,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Self {
        let hash = |(at, code): (usize, &Code)| code.hash(issuer, edition, first + at as u64);
        let mut hashes = vec![0; codes.len() * HASH];
        let parts = hashes.par_chunks_mut(HASH * 256).zip(codes.par_chunks(256)).enumerate();
        parts.for_each(|(part, (hashes, codes))| {
            for (at, code) in codes.iter().enumerate() {
                let place = at * HASH..(at + 1) * HASH;
                hashes[place].copy_from_slice(&hash((part * 256 + at, code)));
            }
            progress(codes.len());
        });
        Self::of(hashes).expect("whole hashes")
    }

    /// Reads what was kept; `None` if it is of no whole tags.
    #[must_use]
    pub fn of(hashes: Vec<u8>) -> Option<Self> {
        if hashes.is_empty() || !hashes.len().is_multiple_of(HASH) {
            return None;
        }
        let shards = hashes.par_chunks(HASH * SHARD).map(shard_hash).collect();
        Some(Self { hashes, shards })
    }

    /// How many tags it has.
    #[must_use]
    pub fn len(&self) -> u64 {
        (self.hashes.len() / HASH) as u64
    }

    /// Whether it has none; never so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Its bytes, as they are kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.hashes
    }

    /// The root over all of it, which stands in the signed batch.
    #[must_use]
    pub fn root(&self) -> RootHash {
        // A shard is a whole subtree, so the tree over the tags is the tree over the shards.
        let count = self.shards.len() as u64;
        let Ok(root) = merkle::root::<std::convert::Infallible>(count, &mut |level, at| {
            Ok(perfect(&self.shards, level, at))
        });
        root
    }

    /// How many shards there are.
    #[must_use]
    pub fn shards(&self) -> u64 {
        self.shards.len() as u64
    }

    /// A shard, by its place from 0.
    #[must_use]
    pub fn shard(&self, index: u64) -> Option<Shard<'_>> {
        let at = usize::try_from(index).ok()?;
        let hashes = self.hashes.chunks(HASH * SHARD).nth(at)?;
        let of = self.shards();
        let Ok(path) =
            InclusionProof::make::<std::convert::Infallible>(index, of, &mut |level, at| {
                Ok(perfect(&self.shards, level, at))
            });
        Some(Shard { index, of, hashes, path })
    }
}

impl Shard<'_> {
    /// Whether it belongs to the codes of a batch.
    #[must_use]
    pub fn belongs_to(&self, root: RootHash) -> bool {
        let is_whole = !self.hashes.is_empty()
            && self.hashes.len().is_multiple_of(HASH)
            && self.hashes.len() <= HASH * SHARD;
        is_whole && self.path.verify(self.index, LeafHash(shard_hash(self.hashes)), self.of, root)
    }
}

fn perfect(hashes: &[Hash], level: u32, at: u64) -> Hash {
    let (first, count) = (usize::try_from(at << level).expect("in memory"), 1_usize << level);
    Hash::of_perfect(&hashes[first..first + count])
}

/// The hash over the tags of a shard.
fn shard_hash(hashes: &[u8]) -> Hash {
    let leaves: Vec<Hash> = hashes.chunks(HASH).map(|hash| LeafHash::of(hash).0).collect();
    let Ok(root) =
        merkle::root::<std::convert::Infallible>(leaves.len() as u64, &mut |level, at| {
            Ok(perfect(&leaves, level, at))
        });
    root.0
}

/// Where the bytes that are published of a batch's codes lie in the site's folder.
#[must_use]
pub fn path(root: RootHash) -> String {
    format!("records/codes/{}.hashes", data_encoding::HEXLOWER.encode(&root.0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(count: u64, seed: u8) -> Vec<Code> {
        let mut next = [seed; 32];
        draw::<()>(count, |bytes| {
            for part in bytes.chunks_mut(32) {
                next = <sha2::Sha256 as sha2::Digest>::digest(next).into();
                part.copy_from_slice(&next[..part.len()]);
            }
            Ok(())
        })
        .expect("bytes")
    }

    #[test]
    fn a_code_is_read_as_it_is_printed_and_a_slip_is_seen() {
        for code in some(200, 1) {
            let printed = code.printed();
            assert_eq!(printed.len(), LENGTH + 4);
            assert_eq!(Code::parse(&printed), Ok(code.clone()));
            assert_eq!(Code::from_kept(code.reveal()), Some(code.clone()));
            let careless =
                printed.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
            assert_eq!(Code::parse(&careless), Ok(code.clone()));
            for (at, letter) in printed.char_indices().filter(|(_, letter)| *letter != '-') {
                let other = if letter == '7' { "8" } else { "7" };
                let bent = [&printed[..at], other, &printed[at + 1..]].concat();
                assert_eq!(Code::parse(&bent), Err(CodeFault::Check), "{at}");
            }
        }
        assert_eq!(Code::parse("7K3M"), Err(CodeFault::Length));
        assert_eq!(Code::parse("7K3M-9PQ2-XW4T-CC"), Err(CodeFault::Length));
        assert_eq!(Code::parse("7K3M-9PQ2-XWUT-C"), Err(CodeFault::Character));
        assert!(!format!("{:?}", some(1, 1)[0]).contains(some(1, 1)[0].reveal()));
    }

    #[test]
    fn codes_are_sixty_bits_in_the_order_of_the_bits() {
        let all = Code::from_random([0xff; 8]).expect("a code");
        assert_eq!(all.reveal(), "ZZZZZZZZZZZZ");
        let one = Code::from_random([0, 0, 0, 0, 0, 0, 0, 0x1f]).map(|it| it.reveal().to_owned());
        assert!(one.is_none_or(|code| code == "000000000001"));
    }

    #[test]
    fn the_hash_is_that_of_other_programs() {
        // hashlib.pbkdf2_hmac("sha256", b"7K3M9PQ2XW4T", b"did:web:mill.example/" + b"ab" * 32 + b"/17", 1024, 16)
        let edition = RecordId::from_bytes([0xab; 32]);
        let code = Code::from_kept("7K3M9PQ2XW4T").expect("a code");
        let hash = code.hash("did:web:mill.example", &edition, 17);
        assert_eq!(data_encoding::HEXLOWER.encode(&hash), "ec5a04a02787631efa54f3fb9abbb023");
    }

    #[test]
    fn every_shard_belongs_to_the_root() {
        for count in [1, 2, 1023, 1024, 1025, 2048, 3000, 5 * 1024 + 1] {
            let hashes: Vec<u8> = (0..count * HASH as u32).map(|at| (at % 251) as u8).collect();
            let published = Published::of(hashes.clone()).expect("hashes");
            assert_eq!(published.len(), u64::from(count));
            // The tree is that of RFC 6962 over all tags.
            let leaves: Vec<Hash> = hashes.chunks(HASH).map(|it| LeafHash::of(it).0).collect();
            let Ok(root) =
                merkle::root::<std::convert::Infallible>(u64::from(count), &mut |level, at| {
                    Ok(perfect(&leaves, level, at))
                });
            assert_eq!(published.root(), root);
            for index in 0..published.shards() {
                let shard = published.shard(index).expect("a shard");
                assert!(shard.belongs_to(root), "{count} {index}");
                let mut bent = shard.hashes.to_vec();
                bent[0] ^= 1;
                let bent = Shard { hashes: &bent, ..shard.clone() };
                assert!(!bent.belongs_to(root));
                let elsewhere = Shard { index: (index + 1) % published.shards(), ..shard };
                assert_eq!(elsewhere.belongs_to(root), published.shards() == 1);
            }
            assert_eq!(published.shard(published.shards()), None);
        }
        assert_eq!(Published::of(vec![0; 17]), None);
        assert_eq!(Published::of(Vec::new()), None);
    }
}
