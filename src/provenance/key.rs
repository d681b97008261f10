//! Ed25519 keys and signatures, in the strict reading of RFC 8032 that all our verifiers share.
//!
//! Verifiers in the wild disagree on odd signatures, so one rule holds everywhere (record,
//! checkpoint, side signature, browser): the point of the key is canonically encoded and of
//! large order, so is R; S is below the group order; the equation is checked without cofactor.
//! A [`VerifierKey`] can only be made from a key that keeps its part of the rule.

use ed25519_dalek::{Signature, VerifyingKey};
use std::fmt;

use super::multibase;

/// Multicodec prefix of an Ed25519 public key (0xed as a varint).
const MULTICODEC_ED25519: [u8; 2] = [0xed, 0x01];

/// An Ed25519 public key: canonically encoded, and not of small order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifierKey(VerifyingKey);

impl VerifierKey {
    /// Accepts 32 bytes that are the canonical encoding of a point of large order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        if !is_canonical_y(bytes) {
            return None;
        }
        let key = VerifyingKey::from_bytes(bytes).ok()?;
        (!key.is_weak()).then_some(Self(key))
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Writes the key as a multikey: `z` and base58btc of 0xed, 0x01 and the 32 bytes.
    pub fn to_multikey(&self) -> String {
        let mut bytes = Vec::from(MULTICODEC_ED25519);
        bytes.extend_from_slice(self.as_bytes());
        multibase::encode(&bytes)
    }

    /// Reads a multikey of an Ed25519 key; keys of other kinds, lengths and encodings are refused.
    pub fn from_multikey(text: &str) -> Option<Self> {
        let bytes = multibase::decode(text)?;
        let key = bytes.strip_prefix(&MULTICODEC_ED25519)?;
        Self::from_bytes(key.try_into().ok()?)
    }

    /// Says whether `signature` is this key's over `message`, by the strict rule of this module.
    pub fn verify_strict(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_multikey())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_multikey())
    }
}

impl PartialOrd for VerifierKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VerifierKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

/// Says whether the y coordinate (the low 255 bits) is below 2^255 - 19.
///
/// The other encoding that is not canonical, the sign bit set where x is zero, belongs to
/// points of small order only, and falls with them.
fn is_canonical_y(bytes: &[u8; 32]) -> bool {
    let top_is_full = bytes[31] & 0x7f == 0x7f && bytes[1..31].iter().all(|&byte| byte == 0xff);
    !(top_is_full && bytes[0] >= 0xed)
}

/// Verifies a signature from raw bytes: both key and signature must keep the strict rule.
pub fn verify_strict(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    key.try_into()
        .ok()
        .and_then(VerifierKey::from_bytes)
        .is_some_and(|key| key.verify_strict(message, signature))
}

/// Whoever holds a private key: signs messages without showing it.
pub trait Signer {
    /// The public half of the key.
    fn verifier_key(&self) -> VerifierKey;

    /// Signs a message with plain Ed25519 (RFC 8032, no context, no prehash).
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// A signer from a seed that everybody may read: for tests, examples and benchmarks.
///
/// Keys of people live in `custody`, which never hands out their bytes.
pub struct TestSigner(ed25519_dalek::SigningKey);

impl TestSigner {
    /// Derives the key pair from 32 bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }
}

impl Signer for TestSigner {
    fn verifier_key(&self) -> VerifierKey {
        VerifierKey(self.0.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer as _;
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_verifies() {
        let signer = TestSigner::from_seed([7; 32]);
        let key = signer.verifier_key();
        let signature = signer.sign(b"text");
        assert!(key.verify_strict(b"text", &signature));
        assert!(!key.verify_strict(b"texts", &signature));
        assert!(!key.verify_strict(b"text", &signature[..63]));
        assert!(!key.verify_strict(b"text", &[&signature[..], &[0]].concat()));
        assert!(verify_strict(key.as_bytes(), b"text", &signature));
        assert!(!verify_strict(&key.as_bytes()[1..], b"text", &signature));
    }

    #[test]
    fn multikey_goes_both_ways() {
        let key = TestSigner::from_seed([7; 32]).verifier_key();
        assert!(key.to_multikey().starts_with("z6Mk"));
        assert_eq!(VerifierKey::from_multikey(&key.to_multikey()), Some(key));
    }

    #[test]
    fn encodings_of_the_field_prime_and_above_are_not_canonical() {
        let mut bytes = [0xff; 32];
        for (low, top, canonical) in [
            (0xec, 0x7f, true),
            (0xed, 0x7f, false),
            (0xed, 0xff, false),
            (0xff, 0x7f, false),
            (0xff, 0x7e, true),
        ] {
            bytes[0] = low;
            bytes[31] = top;
            assert_eq!(is_canonical_y(&bytes), canonical);
        }
    }

    #[test]
    fn small_order_keys_are_no_keys() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(VerifierKey::from_bytes(&identity), None);
        assert_eq!(VerifierKey::from_bytes(&[0; 32]), None);
    }
}
