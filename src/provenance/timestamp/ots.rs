//! OpenTimestamps proofs: operations that lead from a file's digest to what others attest.
//!
//! The form is that of python-opentimestamps (`DetachedTimestampFile`, major version 1), which
//! has no other specification. It is read here rather than by the crate `opentimestamps` 0.2
//! (last released in 2023): that one panics on a long number, allocates as much as a length in
//! the file says, does not check the lengths of attestations, and cannot merge.
//!
//! An attestation by a Bitcoin block says: the message here is the merkle root of the block at
//! this height. Whether it is can be seen from the block's 80-byte header; whether that header
//! belongs to the chain, only from a source that the caller trusts.

use std::fmt;

use data_encoding::HEXLOWER;
use jiff::Timestamp as Instant;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Digest, Sha256};

const MAGIC: &[u8] = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94";
const VERSION: u64 = 1;

/// Largest proof or answer that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Longest message, argument and pending address, as in python-opentimestamps.
const MAX_MESSAGE: usize = 4096;
const MAX_ATTESTATION: usize = 8192;
const MAX_ADDRESS: usize = 1000;

/// Deepest nesting, as in python-opentimestamps; and most operations and attestations together.
const MAX_DEPTH: usize = 256;
const MAX_NODES: usize = 8192;

const BITCOIN: [u8; 8] = [0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01];
const PENDING: [u8; 8] = [0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e];

const ATTESTATION: u8 = 0x00;
const FORK: u8 = 0xff;

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtsFault(&'static str);

impl fmt::Display for OtsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for OtsFault {}

const CUT: OtsFault = OtsFault("it breaks off");

/// One operation on a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// SHA-1, of the first proofs.
    Sha1,
    /// RIPEMD-160, within Bitcoin transactions.
    Ripemd160,
    /// SHA-256.
    Sha256,
    /// Keccak-256, of proofs for another chain; not computed here.
    Keccak256,
    /// Bytes behind the message.
    Append(Vec<u8>),
    /// Bytes before the message.
    Prepend(Vec<u8>),
    /// The bytes in reverse order.
    Reverse,
    /// The message as lower-case hex.
    Hexlify,
}

impl Operation {
    fn tag(&self) -> u8 {
        match self {
            Self::Sha1 => 0x02,
            Self::Ripemd160 => 0x03,
            Self::Sha256 => 0x08,
            Self::Keccak256 => 0x67,
            Self::Append(_) => 0xf0,
            Self::Prepend(_) => 0xf1,
            Self::Reverse => 0xf2,
            Self::Hexlify => 0xf3,
        }
    }

    fn read(tag: u8, reader: &mut Reader<'_>) -> Result<Self, OtsFault> {
        let mut argument = || match reader.variable(MAX_MESSAGE)? {
            [] => Err(OtsFault("an operation adds nothing")),
            bytes => Ok(bytes.to_vec()),
        };
        Ok(match tag {
            0x02 => Self::Sha1,
            0x03 => Self::Ripemd160,
            0x08 => Self::Sha256,
            0x67 => Self::Keccak256,
            0xf0 => Self::Append(argument()?),
            0xf1 => Self::Prepend(argument()?),
            0xf2 => Self::Reverse,
            0xf3 => Self::Hexlify,
            _ => return Err(OtsFault("it has an operation that is not known")),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.tag());
        if let Self::Append(bytes) | Self::Prepend(bytes) = self {
            write_variable(bytes, out);
        }
    }

    /// The result; `None` if it is not computed here.
    fn apply(&self, message: &[u8]) -> Result<Option<Vec<u8>>, OtsFault> {
        let result = match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Ripemd160 => Ripemd160::digest(message).to_vec(),
            Self::Keccak256 => return Ok(None),
            Self::Append(bytes) => [message, bytes].concat(),
            Self::Prepend(bytes) => [bytes, message].concat(),
            Self::Reverse => message.iter().rev().copied().collect(),
            Self::Hexlify => HEXLOWER.encode(message).into_bytes(),
        };
        if result.len() > MAX_MESSAGE {
            return Err(OtsFault("a message grows too long"));
        }
        Ok(Some(result))
    }
}

/// What somebody attests about a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attestation {
    /// A calendar promises to have it in a block later.
    Pending {
        /// Where to ask for the rest.
        address: String,
    },
    /// The message is the merkle root of the block at this height.
    Bitcoin {
        /// Number of the block.
        height: u64,
    },
    /// Another kind, kept as it stands.
    Other {
        /// Which kind.
        tag: [u8; 8],
        /// What it says.
        payload: Vec<u8>,
    },
}

impl Attestation {
    fn read(reader: &mut Reader<'_>) -> Result<Self, OtsFault> {
        let tag: [u8; 8] = reader.exactly(8)?.try_into().map_err(|_| CUT)?;
        let payload = reader.variable(MAX_ATTESTATION)?;
        let mut inner = Reader { rest: payload, nodes: 0 };
        let read = match tag {
            BITCOIN => Self::Bitcoin { height: inner.number()? },
            PENDING => {
                let address = inner.variable(MAX_ADDRESS)?;
                if !address.iter().all(|&byte| is_address_byte(byte)) {
                    return Err(OtsFault("the address of a calendar has odd characters"));
                }
                Self::Pending { address: String::from_utf8_lossy(address).into_owned() }
            }
            tag => return Ok(Self::Other { tag, payload: payload.to_vec() }),
        };
        inner.end()?;
        Ok(read)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut payload = Vec::new();
        let tag = match self {
            Self::Pending { address } => {
                write_variable(address.as_bytes(), &mut payload);
                &PENDING
            }
            Self::Bitcoin { height } => {
                write_number(*height, &mut payload);
                &BITCOIN
            }
            Self::Other { tag, payload: bytes } => {
                payload.extend_from_slice(bytes);
                tag
            }
        };
        out.extend_from_slice(tag);
        write_variable(&payload, out);
    }
}

/// The few characters that python-opentimestamps allows in the address of a calendar.
fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._/:".contains(&byte)
}

/// A message, who attests it, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    message: Option<Vec<u8>>,
    attestations: Vec<Attestation>,
    next: Vec<(Operation, Timestamp)>,
}

/// An attestation with the message that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The message; `None` behind an operation that is not computed here.
    pub message: Option<Vec<u8>>,
    /// Who attests it.
    pub by: Attestation,
}

impl Timestamp {
    /// Reads a calendar's answer about a message.
    ///
    /// # Errors
    /// If it is not a timestamp.
    pub fn parse(bytes: &[u8], message: &[u8]) -> Result<Self, OtsFault> {
        let mut reader = Reader::new(bytes)?;
        let read = Self::read(&mut reader, Some(message.to_vec()), 0)?;
        reader.end()?;
        Ok(read)
    }

    fn read(
        reader: &mut Reader<'_>,
        message: Option<Vec<u8>>,
        depth: usize,
    ) -> Result<Self, OtsFault> {
        if depth > MAX_DEPTH {
            return Err(OtsFault("it is nested too deeply"));
        }
        let mut read = Self { message, attestations: Vec::new(), next: Vec::new() };
        loop {
            let first = reader.byte()?;
            let (tag, is_last) =
                if first == FORK { (reader.byte()?, false) } else { (first, true) };
            reader.count()?;
            if tag == ATTESTATION {
                let attestation = Attestation::read(reader)?;
                if read.attestations.contains(&attestation) {
                    return Err(OtsFault("an attestation stands there twice"));
                }
                read.attestations.push(attestation);
            } else {
                let operation = Operation::read(tag, reader)?;
                if read.next.iter().any(|(other, _)| *other == operation) {
                    return Err(OtsFault("an operation stands there twice"));
                }
                let message = match &read.message {
                    Some(message) => operation.apply(message)?,
                    None => None,
                };
                let inner = Self::read(reader, message, depth + 1)?;
                read.next.push((operation, inner));
            }
            if is_last {
                return Ok(read);
            }
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut left = self.attestations.len() + self.next.len();
        let mut begin = |out: &mut Vec<u8>| {
            left -= 1;
            if left > 0 {
                out.push(FORK);
            }
        };
        for attestation in &self.attestations {
            begin(out);
            out.push(ATTESTATION);
            attestation.write(out);
        }
        for (operation, inner) in &self.next {
            begin(out);
            operation.write(out);
            inner.write(out);
        }
    }

    fn collect(&self, found: &mut Vec<Attested>) {
        for by in &self.attestations {
            found.push(Attested { message: self.message.clone(), by: by.clone() });
        }
        for (_, inner) in &self.next {
            inner.collect(found);
        }
    }

    fn count(&self) -> usize {
        let inner: usize = self.next.iter().map(|(_, inner)| inner.count()).sum();
        self.attestations.len() + self.next.len() + inner
    }

    /// All attestations, in order.
    pub fn attestations(&self) -> Vec<Attested> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    /// Adds what another timestamp of the same message says.
    fn absorb(&mut self, other: Self) {
        for attestation in other.attestations {
            if !self.attestations.contains(&attestation) {
                self.attestations.push(attestation);
            }
        }
        self.attestations.sort();
        for (operation, inner) in other.next {
            match self.next.iter_mut().find(|(own, _)| *own == operation) {
                Some((_, own)) => own.absorb(inner),
                None => self.next.push((operation, inner)),
            }
        }
    }

    fn merge(&mut self, other: &Self) -> bool {
        if self.message.is_some() && self.message == other.message {
            self.absorb(other.clone());
            return true;
        }
        self.next.iter_mut().any(|(_, inner)| inner.merge(other))
    }

    fn depth(&self) -> usize {
        self.next.iter().map(|(_, inner)| 1 + inner.depth()).max().unwrap_or(0)
    }
}

/// The digest that a proof begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileHash {
    /// SHA-1, of the first proofs.
    Sha1,
    /// RIPEMD-160.
    Ripemd160,
    /// SHA-256, which is what this program makes.
    Sha256,
}

impl FileHash {
    fn tag_and_len(self) -> (u8, usize) {
        match self {
            Self::Sha1 => (0x02, 20),
            Self::Ripemd160 => (0x03, 20),
            Self::Sha256 => (0x08, 32),
        }
    }
}

/// A proof about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    hash: FileHash,
    digest: Vec<u8>,
    timestamp: Timestamp,
}

/// A proof that is begun: a calendar gets the commitment and sees neither file nor digest.
#[derive(Clone, Debug)]
pub struct Begun {
    file: Vec<u8>,
    nonce: [u8; 16],
    commitment: Vec<u8>,
}

impl Begun {
    /// Begins a proof of a file.
    pub fn new(file: &[u8], nonce: [u8; 16]) -> Self {
        let digest = Sha256::digest(file).to_vec();
        let commitment = Sha256::digest([&digest[..], &nonce].concat()).to_vec();
        Self { file: digest, nonce, commitment }
    }

    /// What is sent to a calendar.
    pub fn commitment(&self) -> &[u8] {
        &self.commitment
    }

    /// The proof, from what the calendars answered about the commitment; `None` without any.
    pub fn finish(self, answers: Vec<Timestamp>) -> Option<Proof> {
        let mut answers =
            answers.into_iter().filter(|answer| answer.message.as_ref() == Some(&self.commitment));
        let mut all = answers.next()?;
        answers.for_each(|answer| all.absorb(answer));
        let salted = [&self.file[..], &self.nonce].concat();
        let hashed = Timestamp {
            message: Some(salted),
            attestations: Vec::new(),
            next: vec![(Operation::Sha256, all)],
        };
        let timestamp = Timestamp {
            message: Some(self.file.clone()),
            attestations: Vec::new(),
            next: vec![(Operation::Append(self.nonce.to_vec()), hashed)],
        };
        Some(Proof { hash: FileHash::Sha256, digest: self.file, timestamp })
    }
}

impl Proof {
    /// Reads an `.ots` file.
    ///
    /// # Errors
    /// If it is not one, or beyond the bounds of this module.
    pub fn parse(bytes: &[u8]) -> Result<Self, OtsFault> {
        let mut reader = Reader::new(bytes)?;
        if reader.exactly(MAGIC.len()) != Ok(MAGIC) {
            return Err(OtsFault("it is not an OpenTimestamps proof"));
        }
        if reader.number()? != VERSION {
            return Err(OtsFault("it is of another version"));
        }
        let hash = match reader.byte()? {
            0x02 => FileHash::Sha1,
            0x03 => FileHash::Ripemd160,
            0x08 => FileHash::Sha256,
            _ => return Err(OtsFault("the file's digest is of a kind that is not known")),
        };
        let digest = reader.exactly(hash.tag_and_len().1)?.to_vec();
        let timestamp = Timestamp::read(&mut reader, Some(digest.clone()), 0)?;
        reader.end()?;
        Ok(Self { hash, digest, timestamp })
    }

    /// Writes an `.ots` file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        write_number(VERSION, &mut out);
        out.push(self.hash.tag_and_len().0);
        out.extend_from_slice(&self.digest);
        self.timestamp.write(&mut out);
        out
    }

    /// The digest that it begins with, and its kind.
    pub fn digest(&self) -> (FileHash, &[u8]) {
        (self.hash, &self.digest)
    }

    /// Whether it begins with this file.
    pub fn is_of(&self, file: &[u8]) -> bool {
        match self.hash {
            FileHash::Sha1 => Sha1::digest(file)[..] == self.digest,
            FileHash::Sha256 => Sha256::digest(file)[..] == self.digest,
            FileHash::Ripemd160 => Ripemd160::digest(file)[..] == self.digest,
        }
    }

    /// All attestations, in order.
    pub fn attestations(&self) -> Vec<Attested> {
        self.timestamp.attestations()
    }

    /// Adds what a calendar answered about one of the messages of this proof.
    ///
    /// # Errors
    /// If the answer is about none of them, or too much for one proof.
    pub fn merge(&mut self, answer: &Timestamp) -> Result<(), OtsFault> {
        let mut merged = self.timestamp.clone();
        if !merged.merge(answer) {
            return Err(OtsFault("the answer is about another message"));
        }
        if merged.count() > MAX_NODES || merged.depth() > MAX_DEPTH {
            return Err(OtsFault("it has too many parts"));
        }
        self.timestamp = merged;
        Ok(())
    }
}

/// The 80 bytes by which a Bitcoin block is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHeader([u8; 80]);

/// Hash of a block's header, in the order of its bytes (shown, it is written backwards).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHash([u8; 32]);

impl BlockHash {
    /// Reads the hash as it is shown everywhere: 64 hex characters, last byte first.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes: [u8; 32] =
            data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok()?;
        bytes.reverse();
        Some(Self(bytes))
    }
}

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0;
        bytes.reverse();
        f.write_str(&HEXLOWER.encode(&bytes))
    }
}

impl BlockHeader {
    /// Takes 80 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 80 bytes.
    pub fn as_bytes(&self) -> &[u8; 80] {
        &self.0
    }

    /// SHA-256 of SHA-256.
    pub fn hash(&self) -> BlockHash {
        BlockHash(Sha256::digest(Sha256::digest(self.0)).into())
    }

    /// Merkle root of the block's transactions.
    pub fn merkle_root(&self) -> &[u8] {
        &self.0[36..68]
    }

    /// The time that the block's miner wrote; right within about two hours.
    pub fn time(&self) -> Instant {
        let seconds = u32::from_le_bytes([self.0[68], self.0[69], self.0[70], self.0[71]]);
        Instant::from_second(i64::from(seconds)).expect("thirty-two bits of seconds are a time")
    }
}

/// What is known about one attestation by a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitcoinEvidence {
    /// The message could not be computed.
    NotComputed,
    /// No header of such a block is at hand.
    NoHeader,
    /// A trusted block of that height has another merkle root: the proof is wrong.
    Contradicted,
    /// A header at hand has the merkle root. Anybody can write 80 bytes: it proves nothing yet.
    HeaderMatches {
        /// Its hash, to be looked up in a copy of the chain.
        hash: BlockHash,
        /// The time that it states.
        time: Instant,
    },
    /// The same, and the caller trusts that this block stands at that height.
    Trusted {
        /// Its hash.
        hash: BlockHash,
        /// The time that it states.
        time: Instant,
    },
}

/// A block that a verifier believes to stand in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedBlock {
    /// Its number.
    pub height: u64,
    /// Its hash.
    pub hash: BlockHash,
}

/// Compares one attestation with the headers at hand and the blocks that are trusted.
pub fn bitcoin_evidence(
    height: u64,
    message: Option<&[u8]>,
    headers: &[BlockHeader],
    trusted: &[TrustedBlock],
) -> BitcoinEvidence {
    let Some(message) = message else { return BitcoinEvidence::NotComputed };
    let is_trusted = |header: &&BlockHeader| {
        trusted.iter().any(|block| block.height == height && block.hash == header.hash())
    };
    let fits = |header: &&BlockHeader| header.merkle_root() == message;
    if let Some(header) = headers.iter().find(is_trusted) {
        return match fits(&header) {
            true => BitcoinEvidence::Trusted { hash: header.hash(), time: header.time() },
            false => BitcoinEvidence::Contradicted,
        };
    }
    match headers.iter().find(fits) {
        Some(header) => BitcoinEvidence::HeaderMatches { hash: header.hash(), time: header.time() },
        None => BitcoinEvidence::NoHeader,
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, OtsFault> {
        if bytes.len() > MAX_BYTES {
            return Err(OtsFault("it is too long"));
        }
        Ok(Self { rest: bytes, nodes: 0 })
    }

    fn count(&mut self) -> Result<(), OtsFault> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(OtsFault("it has too many parts")) } else { Ok(()) }
    }

    fn exactly(&mut self, len: usize) -> Result<&'a [u8], OtsFault> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(CUT)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, OtsFault> {
        self.exactly(1)?.first().copied().ok_or(CUT)
    }

    /// A number in groups of seven bits, the lowest first, in its shortest form.
    fn number(&mut self) -> Result<u64, OtsFault> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let is_shortest = byte != 0 || shift == 0;
                return if is_shortest { Ok(number) } else { Err(OtsFault("a number is padded")) };
            }
        }
        Err(OtsFault("a number is too large"))
    }

    fn variable(&mut self, max: usize) -> Result<&'a [u8], OtsFault> {
        let len = usize::try_from(self.number()?).ok().filter(|&len| len <= max);
        self.exactly(len.ok_or(OtsFault("a part is too long"))?)
    }

    fn end(&self) -> Result<(), OtsFault> {
        if self.rest.is_empty() { Ok(()) } else { Err(OtsFault("something stands behind its end")) }
    }
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_variable(bytes: &[u8], out: &mut Vec<u8>) {
    write_number(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of a made-up block with this merkle root.
    fn header(root: &[u8]) -> BlockHeader {
        let mut bytes = [7; 80];
        bytes[36..68].copy_from_slice(root);
        bytes[68..72].copy_from_slice(&1_790_000_000_u32.to_le_bytes());
        BlockHeader(bytes)
    }

    fn pending(begun: &Begun, address: &str) -> Timestamp {
        Timestamp {
            message: Some(begun.commitment().to_vec()),
            attestations: vec![Attestation::Pending { address: address.to_owned() }],
            next: Vec::new(),
        }
    }

    #[test]
    fn a_pending_proof_becomes_one_of_a_block() {
        let begun = Begun::new(b"checkpoint\n", [9; 16]);
        let commitment = begun.commitment().to_vec();
        let answers =
            vec![pending(&begun, "https://a.example"), pending(&begun, "https://b.example")];
        let mut proof = begun.finish(answers).unwrap();
        assert!(proof.is_of(b"checkpoint\n") && !proof.is_of(b"checkpoint"));
        assert_eq!(proof.attestations().len(), 2);
        assert_eq!(Proof::parse(&proof.to_bytes()), Ok(proof.clone()));

        let mut answer = vec![0xf0, 2, 1, 2, 0x08, 0x00];
        Attestation::Bitcoin { height: 900_000 }.write(&mut answer);
        let upgraded = Timestamp::parse(&answer, &commitment).unwrap();
        proof.merge(&upgraded).unwrap();
        proof.merge(&upgraded).unwrap();
        assert_eq!(Proof::parse(&proof.to_bytes()), Ok(proof.clone()));
        let all = proof.attestations();
        assert_eq!(all.len(), 3);
        let by_block = all.last().unwrap();
        assert_eq!(by_block.by, Attestation::Bitcoin { height: 900_000 });
        let root = by_block.message.clone().unwrap();
        assert_eq!(root, Sha256::digest([&commitment[..], &[1, 2]].concat())[..]);

        let elsewhere = Timestamp::parse(&answer, b"another").unwrap();
        assert!(proof.merge(&elsewhere).is_err());

        let (header, other) = (header(&root), header(&[1; 32]));
        let evidence = |headers: &[BlockHeader], trusted: &[TrustedBlock]| {
            bitcoin_evidence(900_000, Some(&root), headers, trusted)
        };
        let (hash, time) = (header.hash(), header.time());
        let block = |height, hash| TrustedBlock { height, hash };
        assert_eq!(evidence(&[], &[]), BitcoinEvidence::NoHeader);
        assert_eq!(evidence(&[other], &[]), BitcoinEvidence::NoHeader);
        assert_eq!(evidence(&[other, header], &[]), BitcoinEvidence::HeaderMatches { hash, time });
        assert_eq!(
            evidence(&[header], &[block(900_001, hash)]),
            BitcoinEvidence::HeaderMatches { hash, time }
        );
        assert_eq!(
            evidence(&[header], &[block(900_000, hash)]),
            BitcoinEvidence::Trusted { hash, time }
        );
        assert_eq!(
            evidence(&[other, header], &[block(900_000, other.hash())]),
            BitcoinEvidence::Contradicted
        );
        assert_eq!(BlockHash::parse(&hash.to_string()), Some(hash));
    }

    #[test]
    fn hostile_bytes_are_refused() {
        let begun = Begun::new(b"checkpoint\n", [9; 16]);
        let answer = pending(&begun, "https://a.example");
        let good = begun.finish(vec![answer]).unwrap().to_bytes();
        for len in 0..good.len() {
            assert!(Proof::parse(&good[..len]).is_err(), "{len}");
        }
        for place in 0..good.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[place] ^= flip;
                if let Ok(proof) = Proof::parse(&bytes) {
                    assert_eq!(proof.to_bytes(), bytes, "{place}");
                }
            }
        }
        assert!(Proof::parse(&[&good[..], &[0]].concat()).is_err());
        let start = &good[..MAGIC.len() + 34];
        let deep = [start, &[0x08; 5000]].concat();
        assert_eq!(Proof::parse(&deep), Err(OtsFault("it is nested too deeply")));
        let grows = [start, &[0xf3; 200]].concat();
        assert_eq!(Proof::parse(&grows), Err(OtsFault("a message grows too long")));
        let long = [start, &[0xf0], &[0xff; 20]].concat();
        assert_eq!(Proof::parse(&long), Err(OtsFault("a number is too large")));
        let padded = [start, &[0xf0, 0x81, 0x00]].concat();
        assert_eq!(Proof::parse(&padded), Err(OtsFault("a number is padded")));
    }
}
