//! Signed notes (C2SP signed-note 1.0.0): a text and lines of signatures below it.
//!
//! Written here rather than taken from the crate `signed_note`, which verifies with the lax
//! Ed25519 rule and would bring a second generation of the same cryptography; what is ours are
//! two hundred lines of line splitting, checked against the standard's and the Go project's
//! vectors. Signing and hashing are the crates' as everywhere.

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};
use std::fmt;

use super::base64;
use super::key::{Signer, VerifierKey};

/// Signature type of plain Ed25519, by which logs sign.
const TYPE_ED25519: u8 = 0x01;

/// Largest note that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// Most signature lines that are read.
const MAX_SIGNATURES: usize = 64;

/// The name of a key: not empty, no space, no plus sign, no control character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// Accepts a name that the standard allows.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty()
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+');
        fits.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Four bytes by which a signature line says which key made it.
pub type KeyId = [u8; 4];

/// A named Ed25519 key that verifies notes: what a `vkey` file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteKey {
    name: KeyName,
    key: VerifierKey,
}

impl NoteKey {
    /// Names a key.
    pub fn new(name: KeyName, key: VerifierKey) -> Self {
        Self { name, key }
    }

    /// Reads `name+hex(key id)+base64(type ‖ key)`; the key id must be the right one.
    pub fn parse(text: &str) -> Option<Self> {
        parse_vkey(text, TYPE_ED25519).map(|(name, key)| Self { name, key })
    }

    /// The name of the key.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key itself.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// SHA-256 of name, newline, type and key, its first four bytes.
    pub fn id(&self) -> KeyId {
        key_id(&self.name, TYPE_ED25519, &self.key)
    }
}

/// Writes the `vkey` text, without a final newline.
impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_vkey(f, &self.name, TYPE_ED25519, &self.key)
    }
}

/// The key id of an Ed25519 key that makes signatures of this type.
pub(crate) fn key_id(name: &KeyName, kind: u8, key: &VerifierKey) -> KeyId {
    let digest = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', kind])
        .chain_update(key.as_bytes())
        .finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// Reads the `vkey` of an Ed25519 key that makes signatures of this type.
pub(crate) fn parse_vkey(text: &str, kind: u8) -> Option<(KeyName, VerifierKey)> {
    let mut parts = text.splitn(3, '+');
    let name = KeyName::parse(parts.next()?)?;
    let id = HEXLOWER.decode(parts.next()?.as_bytes()).ok()?;
    let bytes = base64::decode(parts.next()?)?;
    let (stated, key) = bytes.split_first()?;
    let key = VerifierKey::from_bytes(key.try_into().ok()?)?;
    (*stated == kind && key_id(&name, kind, &key)[..] == id).then_some((name, key))
}

/// Writes the `vkey` of an Ed25519 key that makes signatures of this type.
pub(crate) fn write_vkey(
    f: &mut fmt::Formatter<'_>,
    name: &KeyName,
    kind: u8,
    key: &VerifierKey,
) -> fmt::Result {
    let bytes = [&[kind], &key.as_bytes()[..]].concat();
    let id = HEXLOWER.encode(&key_id(name, kind, key));
    write!(f, "{name}+{id}+{}", BASE64.encode(&bytes))
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Who signed, as the line says.
    pub name: KeyName,
    /// Which of their keys, as the line says.
    pub key_id: KeyId,
    /// The signature itself, of whatever type the key has.
    pub bytes: Vec<u8>,
}

/// A text with signature lines, none of them judged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// What a note says about one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The key signed this text.
    Valid,
    /// A line claims that the key signed, and it did not.
    Invalid,
    /// No line claims it.
    Absent,
}

impl SignedNote {
    /// Signs a text, which ends in a newline, holds no empty line at its end and no control
    /// character but newlines.
    pub fn sign(text: String, name: &KeyName, signer: &dyn Signer) -> Self {
        let key = NoteKey::new(name.clone(), signer.verifier_key());
        let bytes = signer.sign(text.as_bytes()).to_vec();
        let signature = NoteSignature { name: name.clone(), key_id: key.id(), bytes };
        Self { text, signatures: vec![signature] }
    }

    /// Reads a note: text, an empty line, and one or more signature lines.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.len() > MAX_BYTES {
            return Err("it is too long for a signed note");
        }
        let note = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
        if note.starts_with('\u{feff}') {
            return Err("an editor put a byte order mark before it");
        }
        if note.contains("\r\n") {
            return Err("its line ends were rewritten (CRLF)");
        }
        if note.chars().any(|c| (c < ' ' && c != '\n') || c == '\u{7f}') {
            return Err("it holds control characters");
        }
        let split = note.rfind("\n\n").ok_or("no empty line stands between text and signatures")?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let lines = lines.strip_suffix('\n').ok_or("it breaks off within a signature line")?;
        Ok(Self { text: text.to_owned(), signatures: parse_signatures(lines)? })
    }

    /// Puts a signature line at the end; `false` if the note is full.
    pub fn add(&mut self, signature: NoteSignature) -> bool {
        let has_room = self.signatures.len() < MAX_SIGNATURES;
        if has_room {
            self.signatures.push(signature);
        }
        has_room
    }

    /// Keeps only the signature lines that `keeps` says.
    pub fn retain(&mut self, keeps: impl FnMut(&NoteSignature) -> bool) {
        self.signatures.retain(keeps);
    }

    /// The text that is signed, with its final newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Says whether a key signed the text. Lines of other keys are ignored, as the standard
    /// asks; of several lines that name this key all must be right.
    pub fn verify(&self, key: &NoteKey) -> Signed {
        let id = key.id();
        let mut claims = self
            .signatures
            .iter()
            .filter(|line| line.name == key.name && line.key_id == id)
            .peekable();
        if claims.peek().is_none() {
            Signed::Absent
        } else if claims.all(|line| key.key.verify_strict(self.text.as_bytes(), &line.bytes)) {
            Signed::Valid
        } else {
            Signed::Invalid
        }
    }
}

/// Writes the note as it is stored.
impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Writes the line, without a final newline.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id[..], &self.bytes].concat();
        write!(f, "— {} {}", self.name, BASE64.encode(&bytes))
    }
}

/// Reads signature lines that stand by themselves; the last has no newline any more.
pub(crate) fn parse_signatures(lines: &str) -> Result<Vec<NoteSignature>, &'static str> {
    let signatures: Vec<_> = lines
        .split('\n')
        .take(MAX_SIGNATURES + 1)
        .map(|line| parse_signature(line).ok_or("a signature line is malformed"))
        .collect::<Result<_, _>>()?;
    match signatures.len() {
        0..=MAX_SIGNATURES => Ok(signatures),
        _ => Err("it has too many signature lines"),
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, base64) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = base64::decode(base64)?;
    let (key_id, signature) = bytes.split_first_chunk()?;
    let name = KeyName::parse(name)?;
    (!signature.is_empty()).then(|| NoteSignature {
        name,
        key_id: *key_id,
        bytes: signature.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;

    #[test]
    fn written_notes_are_read_back_and_verified() {
        let signer = TestSigner::from_seed([3; 32]);
        let name = KeyName::parse("brand.example/log").unwrap();
        let key = NoteKey::new(name.clone(), signer.verifier_key());
        assert_eq!(NoteKey::parse(&key.to_string()), Some(key.clone()));

        let note = SignedNote::sign("one\n\ntwo\n".to_owned(), &name, &signer);
        let stored = note.to_string();
        assert_eq!(SignedNote::parse(stored.as_bytes()), Ok(note.clone()));
        assert_eq!(note.verify(&key), Signed::Valid);

        let other = NoteKey::new(name, TestSigner::from_seed([4; 32]).verifier_key());
        assert_eq!(note.verify(&other), Signed::Absent);
        let altered = SignedNote::parse(stored.replace("two", "too").as_bytes()).unwrap();
        assert_eq!(altered.verify(&key), Signed::Invalid);
    }

    #[test]
    fn malformed_notes_are_refused_with_a_reason() {
        for (text, why) in [
            ("text\n— a AAAAAAA=\n", "no empty line"),
            ("text\n\n", "breaks off"),
            ("text\n\n— a AAAAAAA=", "breaks off"),
            ("text\n\n- a AAAAAAA=\n", "malformed"),
            ("text\n\n— a AAAAAA==\n", "malformed"),
            ("text\n\n— a+b AAAAAAA=\n", "malformed"),
            ("text\r\n\r\n— a AAAAAAA=\r\n", "line ends"),
            ("\u{feff}text\n\n— a AAAAAAA=\n", "byte order mark"),
            ("te\txt\n\n— a AAAAAAA=\n", "control"),
        ] {
            let error = SignedNote::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{text:?}: {error}");
        }
        assert!(SignedNote::parse(b"text\n\n\xe2\x80\x94 a AAAAAAA=\n").is_ok());
    }
}
