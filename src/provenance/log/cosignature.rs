//! Cosignatures (C2SP tlog-cosignature 1.0.1, Ed25519): what a witness says of a log's head.
//!
//! A witness that cosigns a checkpoint says: at this time of my clock, this was the largest head of
//! this log that I saw, and it grew out of all that I saw before. It says nothing about what the
//! entries mean. What is signed does not name the witness, so each witness has its own key; a
//! key under two names counts once.

use std::fmt;

use jiff::Timestamp;

use super::Checkpoint;
use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::note::{
    KeyId, KeyName, NoteSignature, SignedNote, key_id, parse_vkey, write_vkey,
};

/// Signature type of an Ed25519 cosignature.
const TYPE_COSIGNATURE: u8 = 0x04;

/// Bytes of a cosignature behind its key id: the time, and the signature.
const LENGTH: usize = 8 + 64;

/// A named key of a witness: a `vkey` of type 0x04.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: KeyName,
    key: VerifierKey,
}

impl WitnessKey {
    /// Names a key.
    pub fn new(name: KeyName, key: VerifierKey) -> Self {
        Self { name, key }
    }

    /// Reads `name+hex(key id)+base64(0x04 ‖ key)`; the key id must be the right one.
    pub fn parse(text: &str) -> Option<Self> {
        parse_vkey(text, TYPE_COSIGNATURE).map(|(name, key)| Self { name, key })
    }

    /// The name of the witness.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key itself.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// By what its signature lines are known.
    pub fn id(&self) -> KeyId {
        key_id(&self.name, TYPE_COSIGNATURE, &self.key)
    }

    fn made(&self, line: &NoteSignature) -> bool {
        line.name == self.name && line.key_id == self.id()
    }
}

/// Writes the `vkey` text, without a final newline.
impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_vkey(f, &self.name, TYPE_COSIGNATURE, &self.key)
    }
}

/// A line that has the form of a cosignature; whether it holds is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// Who cosigned, as the line says.
    pub name: KeyName,
    /// Which of their keys, as the line says.
    pub key_id: KeyId,
    /// When, by the clock of whoever cosigned.
    pub time: Timestamp,
    signature: [u8; 64],
}

impl Cosignature {
    /// Reads a signature line. The time is at least a second after the epoch (0 is what a cosigner
    /// writes who says nothing about time) and within the calendar.
    pub fn from_line(line: &NoteSignature) -> Option<Self> {
        let (time, signature) = line.bytes.split_first_chunk::<8>()?;
        let seconds = i64::try_from(u64::from_be_bytes(*time)).ok().filter(|&s| s > 0)?;
        Some(Self {
            name: line.name.clone(),
            key_id: line.key_id,
            time: Timestamp::from_second(seconds).ok()?,
            signature: signature.try_into().ok()?,
        })
    }

    /// Writes the signature line.
    pub fn to_line(&self) -> NoteSignature {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&seconds(self.time).to_be_bytes());
        bytes.extend_from_slice(&self.signature);
        NoteSignature { name: self.name.clone(), key_id: self.key_id, bytes }
    }
}

/// Seconds since the epoch; what is below a second is cut off.
fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or(0)
}

/// What is signed: two lines of its own, and the text of the checkpoint.
fn message(time: Timestamp, text: &str) -> String {
    format!("cosignature/v1\ntime {}\n{text}", seconds(time))
}

/// What a checkpoint says about one witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cosigned {
    /// The witness saw this head at this time.
    At(Timestamp),
    /// A line claims it, and does not hold.
    Invalid,
    /// No line claims it.
    Absent,
}

impl Checkpoint {
    /// Makes the cosignature of a witness over this head.
    ///
    /// `None` before 1970 or beyond the calendar: there is no such time in a cosignature.
    pub fn cosign(
        &self,
        name: &KeyName,
        time: Timestamp,
        signer: &dyn Signer,
    ) -> Option<Cosignature> {
        let key = WitnessKey::new(name.clone(), signer.verifier_key());
        let signature = signer.sign(message(time, self.text()).as_bytes());
        let line = Cosignature { name: name.clone(), key_id: key.id(), time, signature }.to_line();
        Cosignature::from_line(&line)
    }

    /// Says whether a witness cosigned this head, and when: of several lines of its key the
    /// earliest counts, and all must hold.
    pub fn cosigned_by(&self, key: &WitnessKey) -> Cosigned {
        let mut earliest = None;
        for line in self.note.signatures().iter().filter(|line| key.made(line)) {
            match Cosignature::from_line(line) {
                Some(found) if self.holds(&found, key) => {
                    earliest = Some(earliest.map_or(found.time, |time| found.time.min(time)));
                }
                _ => return Cosigned::Invalid,
            }
        }
        earliest.map_or(Cosigned::Absent, Cosigned::At)
    }

    /// Every line that has the form of a cosignature, in order; none is judged.
    pub fn cosignatures(&self) -> Vec<Cosignature> {
        self.note.signatures().iter().filter_map(Cosignature::from_line).collect()
    }

    fn holds(&self, cosignature: &Cosignature, key: &WitnessKey) -> bool {
        let message = message(cosignature.time, self.text());
        key.key.verify_strict(message.as_bytes(), &cosignature.signature)
    }

    /// Takes in a cosignature of a known witness, if it holds over this head.
    ///
    /// A checkpoint keeps one line of each witness, the earliest that holds: other
    /// implementations refuse two, and the first is what dates. Says whether anything changed.
    ///
    /// # Errors
    /// If it does not hold, is another witness's, or there is no room for one more.
    pub fn add(
        &mut self,
        cosignature: &Cosignature,
        key: &WitnessKey,
    ) -> Result<bool, &'static str> {
        if cosignature.name != key.name || cosignature.key_id != key.id() {
            return Err("the cosignature is another witness's");
        }
        if !self.holds(cosignature, key) {
            return Err("the cosignature does not hold");
        }
        if matches!(self.cosigned_by(key), Cosigned::At(time) if time <= cosignature.time) {
            return Ok(false);
        }
        let mut note = self.note.clone();
        note.retain(|line| !key.made(line));
        if !note.add(cosignature.to_line()) {
            return Err("the checkpoint has no room for one more signature");
        }
        self.note = note;
        Ok(true)
    }

    /// Takes in what known witnesses cosigned of the same head elsewhere; lines of others stay
    /// behind, as do lines that do not hold. Gives the names of those that are new here.
    ///
    /// # Errors
    /// If the other checkpoint has another text.
    pub fn merge(
        &mut self,
        other: &Self,
        keys: &[WitnessKey],
    ) -> Result<Vec<KeyName>, &'static str> {
        if other.text() != self.text() {
            return Err("the two checkpoints are not of the same head");
        }
        let mut new = Vec::new();
        for key in keys {
            if !matches!(other.cosigned_by(key), Cosigned::At(_)) {
                continue;
            }
            let lines = other.note.signatures().iter().filter(|line| key.made(line));
            for cosignature in lines.filter_map(Cosignature::from_line) {
                if self.add(&cosignature, key)? && !new.contains(&key.name) {
                    new.push(key.name.clone());
                }
            }
        }
        Ok(new)
    }
}

/// Reads signature lines that a witness answered with: each ends in a newline.
///
/// # Errors
/// If it is anything else. Lines that are no cosignatures are left out: they are of a kind that
/// is not known here.
pub fn parse_lines(text: &str) -> Result<Vec<Cosignature>, &'static str> {
    if text.len() > MAX_LINES {
        return Err("it is too long");
    }
    let lines = text.strip_suffix('\n').ok_or("it breaks off within a line")?;
    let lines = crate::provenance::note::parse_signatures(lines)?;
    Ok(lines.iter().filter_map(Cosignature::from_line).collect())
}

/// Longest answer of a witness that is read, in bytes.
pub const MAX_LINES: usize = 64 * 1024;

/// The note of a checkpoint, for whoever needs its lines.
impl AsRef<SignedNote> for Checkpoint {
    fn as_ref(&self) -> &SignedNote {
        &self.note
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;
    use crate::provenance::log::Head;
    use crate::provenance::note::{NoteKey, Signed};

    fn name(text: &str) -> KeyName {
        KeyName::parse(text).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn witness(seed: u8) -> (TestSigner, WitnessKey) {
        let signer = TestSigner::from_seed([seed; 32]);
        let key = WitnessKey::new(name(&format!("w{seed}.example/witness")), signer.verifier_key());
        (signer, key)
    }

    fn checkpoint() -> Checkpoint {
        let log = TestSigner::from_seed([9; 32]);
        Checkpoint::sign(&name("a.example/log"), Head::empty(), &log)
    }

    #[test]
    fn a_witness_key_is_no_log_key() {
        let (signer, key) = witness(1);
        assert_eq!(WitnessKey::parse(&key.to_string()), Some(key.clone()));
        assert_eq!(NoteKey::parse(&key.to_string()), None);
        let log = NoteKey::new(key.name().clone(), signer.verifier_key());
        assert_eq!(WitnessKey::parse(&log.to_string()), None);
        assert_ne!(log.id(), key.id());
    }

    #[test]
    fn cosignatures_are_added_once_and_the_earliest_stays() {
        let (mut head, (one, first), (two, second)) = (checkpoint(), witness(1), witness(2));
        assert_eq!(head.cosigned_by(&first), Cosigned::Absent);
        let later = head.cosign(first.name(), at(2000), &one).unwrap();
        assert_eq!(head.add(&later, &first), Ok(true));
        assert_eq!(head.add(&later, &first), Ok(false));
        assert_eq!(head.cosigned_by(&first), Cosigned::At(at(2000)));
        assert_eq!(head.cosigned_by(&second), Cosigned::Absent);

        let mut other = checkpoint();
        for (time, signer, key) in [(1000, &one, &first), (3000, &two, &second)] {
            let cosignature = other.cosign(key.name(), at(time), signer).unwrap();
            assert_eq!(other.add(&cosignature, key), Ok(true));
        }
        let keys = [first.clone(), second.clone()];
        let new = vec![first.name().clone(), second.name().clone()];
        assert_eq!(head.merge(&other, &keys), Ok(new));
        assert_eq!(head.cosigned_by(&first), Cosigned::At(at(1000)));
        assert_eq!(head.cosigned_by(&second), Cosigned::At(at(3000)));
        assert_eq!(head.cosignatures().len(), 2);
        assert_eq!(head.merge(&other, &keys), Ok(Vec::new()));
        let log =
            NoteKey::new(name("a.example/log"), TestSigner::from_seed([9; 32]).verifier_key());
        assert_eq!(head.verify(&log), Signed::Valid);
        assert_eq!(head.signed_by(&log), checkpoint());
        assert_eq!(Checkpoint::parse(head.to_string().as_bytes()), Ok(head));
    }

    #[test]
    fn what_does_not_hold_is_refused() {
        let (mut head, (one, first), (_, second)) = (checkpoint(), witness(1), witness(2));
        let good = head.cosign(first.name(), at(1000), &one).unwrap();
        assert!(head.add(&good, &second).is_err());
        let moved = Cosignature { time: at(999), ..good.clone() };
        assert!(head.add(&moved, &first).is_err());
        assert_eq!(head.cosignatures(), []);
        // A broken line beside a good one.
        head.add(&good, &first).unwrap();
        head.note.add(moved.to_line());
        assert_eq!(head.cosigned_by(&first), Cosigned::Invalid);
        // No time, a time beyond the calendar, a byte too few or too many.
        let line = good.to_line();
        for time in [0, u64::MAX, i64::MAX as u64] {
            let bytes = [&time.to_be_bytes()[..], &line.bytes[8..]].concat();
            assert_eq!(Cosignature::from_line(&NoteSignature { bytes, ..line.clone() }), None);
        }
        for bytes in [line.bytes[..71].to_vec(), [&line.bytes[..], &[0]].concat(), Vec::new()] {
            assert_eq!(Cosignature::from_line(&NoteSignature { bytes, ..line.clone() }), None);
        }
        assert_eq!(checkpoint().cosign(first.name(), at(0), &one), None);
        assert_eq!(checkpoint().cosign(first.name(), at(-5), &one), None);
    }

    #[test]
    fn a_full_checkpoint_takes_no_more() {
        let mut head = checkpoint();
        for seed in 1..64 {
            let (signer, key) = witness(seed);
            let cosignature = head.cosign(key.name(), at(1000), &signer).unwrap();
            assert_eq!(head.add(&cosignature, &key), Ok(true));
        }
        let (signer, key) = witness(64);
        let cosignature = head.cosign(key.name(), at(1000), &signer).unwrap();
        assert!(head.add(&cosignature, &key).is_err());
        assert_eq!(Checkpoint::parse(head.to_string().as_bytes()), Ok(head));
    }
}
