//! W3C Verifiable Credentials 2.0 with one `eddsa-jcs-2022` proof (Data Integrity, Rec. 2025-05-15).
//!
//! This layer knows nothing of our own kinds of record. It is narrower than the standard where
//! verifiers in the wild disagree: exactly one proof, as an object; exactly the members that the
//! standard asks for; a `proof.@context` that equals the document's; the key in the fragment of
//! the verification method, so that nothing is ever looked up.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

use super::did::{self, Did};
use super::json::{self, Object, Value};
use super::key::{Signer, VerifierKey};
use super::{instant, jcs, multibase};

/// Longest credential that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// `type` of a proof.
pub(super) const PROOF_TYPE: &str = "DataIntegrityProof";

/// The suite of a proof: Ed25519 over the canonical form.
pub(super) const CRYPTOSUITE: &str = "eddsa-jcs-2022";

/// What a proof is for: the issuer states what stands there.
pub(super) const PURPOSE: &str = "assertionMethod";

/// The checks of this layer, in their order; see the tables of [`crate::verify`].
pub const CHECKS: [&str; 8] = [
    "json",
    "proof-present",
    "proof-form",
    "proof-context",
    "method",
    "issuer",
    "dates",
    "signature",
];

/// The first check that did not hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Code of the check.
    pub check: &'static str,
    /// Why, in plain words.
    pub why: Cow<'static, str>,
}

impl Fault {
    pub(crate) fn new(check: &'static str, why: impl Into<Cow<'static, str>>) -> Self {
        Self { check, why: why.into() }
    }
}

/// A credential whose proof holds: these are the words that the key signed.
///
/// Whether that key may speak for the issuer is for trust lists to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// The document without its proof.
    pub document: Object,
    /// The proof with its `proofValue`.
    pub proof: Object,
    /// The issuer's name.
    pub issuer: Did,
    /// The key that signed.
    pub key: VerifierKey,
    /// When it was signed, by the signer's clock.
    pub created: Timestamp,
    /// From when it is meant to hold.
    pub valid_from: Option<Timestamp>,
    /// Until when it is meant to hold.
    pub valid_until: Option<Timestamp>,
}

impl Credential {
    /// Reads a credential and makes all checks of this layer, in their order.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            return Err(Fault::new("json", "it is longer than a mebibyte"));
        }
        let value = json::parse(bytes).map_err(|error| Fault::new("json", error.to_string()))?;
        let Value::Object(mut document) = value else {
            return Err(Fault::new("json", "it is JSON, but not an object"));
        };
        let proof = match document.remove("proof") {
            None | Some(Value::Null) => {
                return Err(Fault::new("proof-present", "it carries no signature"));
            }
            Some(proof) => proof,
        };
        let Value::Object(proof) = proof else {
            return Err(Fault::new("proof-form", "its proof is not one object"));
        };
        check_form(&proof)?;
        if document.get("@context") != proof.get("@context") {
            let why = "the context that the proof was made for is not the document's";
            return Err(Fault::new("proof-context", why));
        }
        let method = text(&proof, "verificationMethod");
        let (issuer, key) = did::parse_verification_method(method)
            .ok_or_else(|| Fault::new("method", "it does not name an Ed25519 key in itself"))?;
        let named = match document.get("issuer") {
            Some(Value::Object(issuer)) => issuer.get("id").and_then(Value::as_str),
            Some(issuer) => issuer.as_str(),
            None => None,
        };
        if named != Some(&method[..method.find('#').unwrap_or(method.len())]) {
            return Err(Fault::new("issuer", "the key that signed is not named as the issuer's"));
        }
        let created = date(&proof, "created")?.ok_or_else(|| bad_date("created"))?;
        let valid_from = date(&document, "validFrom")?;
        let valid_until = date(&document, "validUntil")?;
        let mut credential =
            Self { document, proof, issuer, key, created, valid_from, valid_until };
        credential.check_signature()?;
        Ok(credential)
    }

    /// Signs a document: makes the proof from the document's own `@context`.
    ///
    /// The document has a string `issuer`, for whom this signer's key speaks.
    pub fn sign(document: Object, issuer: &Did, created: Timestamp, signer: &dyn Signer) -> Object {
        let key = signer.verifier_key();
        let config = Value::from([
            ("type", PROOF_TYPE.into()),
            ("cryptosuite", CRYPTOSUITE.into()),
            ("created", instant::format(created).into()),
            ("verificationMethod", issuer.verification_method(&key).into()),
            ("proofPurpose", PURPOSE.into()),
            ("@context", document.get("@context").cloned().unwrap_or(Value::Null)),
        ]);
        let mut document = Value::Object(document);
        let signature = signer.sign(&hash_data(&config, &document));
        if let (Value::Object(mut proof), Value::Object(members)) = (config, &mut document) {
            proof.insert("proofValue".to_owned(), multibase::encode(&signature).into());
            members.insert("proof".to_owned(), Value::Object(proof));
        }
        match document {
            Value::Object(members) => members,
            _ => Object::new(),
        }
    }

    fn check_signature(&mut self) -> Result<(), Fault> {
        let Some(Value::String(proof_value)) = self.proof.remove("proofValue") else {
            return Err(Fault::new("proof-form", "its proof has no value"));
        };
        let signature =
            multibase::decode(&proof_value)
                .filter(|signature| signature.len() == 64)
                .ok_or_else(|| Fault::new("signature", "it is not 64 bytes in base58btc"))?;
        let config = Value::Object(std::mem::take(&mut self.proof));
        let document = Value::Object(std::mem::take(&mut self.document));
        let holds = self.key.verify_strict(&hash_data(&config, &document), &signature);
        if let (Value::Object(config), Value::Object(document)) = (config, document) {
            self.proof = config;
            self.document = document;
        }
        self.proof.insert("proofValue".to_owned(), proof_value.into());
        match holds {
            true => Ok(()),
            false => Err(Fault::new("signature", "the key did not sign these words")),
        }
    }

    /// The whole credential as one value, which leaves document and proof empty.
    pub(crate) fn take_value(&mut self) -> Value {
        let mut members = std::mem::take(&mut self.document);
        members.insert("proof".to_owned(), Value::Object(std::mem::take(&mut self.proof)));
        Value::Object(members)
    }

    /// Takes apart again what [`Credential::take_value`] put together.
    pub(crate) fn put_back(&mut self, value: Value) {
        if let Value::Object(mut members) = value
            && let Some(Value::Object(proof)) = members.remove("proof")
        {
            self.proof = proof;
            self.document = members;
        }
    }
}

/// SHA-256 of the proof without its value, then SHA-256 of the document without its proof: what
/// the key signs.
pub fn hash_data(proof_config: &Value, document: &Value) -> [u8; 64] {
    let mut data = [0; 64];
    data[..32].copy_from_slice(&Sha256::digest(jcs::encode(proof_config)));
    data[32..].copy_from_slice(&Sha256::digest(jcs::encode(document)));
    data
}

/// Checks that a proof has exactly the members of our suite.
fn check_form(proof: &Object) -> Result<(), Fault> {
    let refuse = |why: String| Err(Fault::new("proof-form", why));
    const FIXED: [(&str, &str); 3] =
        [("type", PROOF_TYPE), ("cryptosuite", CRYPTOSUITE), ("proofPurpose", PURPOSE)];
    for (name, expected) in FIXED {
        if proof.get(name).and_then(Value::as_str) != Some(expected) {
            return refuse(format!("the proof's {name} is not {expected}"));
        }
    }
    for name in ["created", "verificationMethod", "proofValue"] {
        if proof.get(name).and_then(Value::as_str).is_none() {
            return refuse(format!("the proof has no text {name}"));
        }
    }
    if !proof.contains_key("@context") {
        return refuse("the proof has no @context".to_owned());
    }
    match proof.len() {
        7 => Ok(()),
        _ => refuse("the proof has members that nobody would check".to_owned()),
    }
}

/// A string member that was checked to be there.
fn text<'a>(members: &'a Object, name: &str) -> &'a str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn date(members: &Object, name: &'static str) -> Result<Option<Timestamp>, Fault> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => match value.as_str().and_then(instant::parse) {
            Some(at) => Ok(Some(at)),
            None => Err(bad_date(name)),
        },
    }
}

fn bad_date(name: &str) -> Fault {
    Fault::new("dates", format!("{name} is not a date and time such as 2026-11-02T03:04:05Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;

    fn signed() -> Object {
        let signer = TestSigner::from_seed([1; 32]);
        let issuer = Did::Key(signer.verifier_key());
        let document = Value::from([
            ("@context", vec![Value::from("https://www.w3.org/ns/credentials/v2")].into()),
            ("issuer", issuer.to_string().into()),
            ("validFrom", "2026-01-01T00:00:00Z".into()),
        ]);
        let created = instant::parse("2026-01-02T00:00:00Z").unwrap();
        let Value::Object(document) = document else { unreachable!() };
        Credential::sign(document, &issuer, created, &signer)
    }

    fn fault(change: impl FnOnce(&mut Object)) -> &'static str {
        let mut members = signed();
        change(&mut members);
        Credential::parse(&jcs::encode(&Value::Object(members))).unwrap_err().check
    }

    fn in_proof(name: &str, value: Value) -> &'static str {
        fault(|members| {
            let Some(Value::Object(proof)) = members.get_mut("proof") else { unreachable!() };
            proof.insert(name.to_owned(), value);
        })
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let bytes = jcs::encode(&Value::Object(signed()));
        let mut credential = Credential::parse(&bytes).unwrap();
        assert_eq!(credential.valid_until, None);
        let before = credential.clone();
        let whole = credential.take_value();
        assert_eq!(jcs::encode(&whole), bytes);
        credential.put_back(whole);
        assert_eq!(credential, before);
    }

    #[test]
    fn the_first_check_that_fails_is_named() {
        assert_eq!(Credential::parse(b"[]").unwrap_err().check, "json");
        assert_eq!(Credential::parse(b"{}").unwrap_err().check, "proof-present");
        assert_eq!(Credential::parse(br#"{"proof":null}"#).unwrap_err().check, "proof-present");
        assert_eq!(Credential::parse(br#"{"proof":[]}"#).unwrap_err().check, "proof-form");
        assert_eq!(in_proof("domain", "x".into()), "proof-form");
        assert_eq!(in_proof("proofPurpose", "authentication".into()), "proof-form");
        assert_eq!(in_proof("@context", "x".into()), "proof-context");
        assert_eq!(in_proof("verificationMethod", "did:web:a.example#x".into()), "method");
        assert_eq!(in_proof("created", "2026-01-02".into()), "dates");
        assert_eq!(in_proof("created", "2026-01-03T00:00:00Z".into()), "signature");
        assert_eq!(in_proof("proofValue", "z11".into()), "signature");
        assert_eq!(
            fault(|m| drop(m.insert("issuer".into(), "did:web:a.example".into()))),
            "issuer"
        );
        assert_eq!(fault(|m| drop(m.insert("name".into(), "x".into()))), "signature");
    }
}
