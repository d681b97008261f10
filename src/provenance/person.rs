//! Names that are kept apart from what is signed (RECORD-FORMAT §2.8), so that they can be erased.
//!
//! A log cannot forget, so the name of a person who may ask for that never stands in a signed text. A
//! [`Commitment`] stands there: SHA-256 over an [`Opening`], which holds the name, a salt, and the one
//! record that it belongs to. Whoever has the opening can show who is meant; once it is erased, nobody
//! can, and the record stays as it was signed.
//!
//! - opening = JCS of `{"v", "issuer", "record", "salt", "name", "detail"?}`, and no other bytes;
//! - commitment = SHA-256(`selvedge.person/1` LF ‖ opening);
//! - the salt is 32 bytes that nobody can guess, so that a list of names tried one by one finds nothing,
//!   and another one for each name, so that two records do not tell that they name the same person.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::base64;
use super::jcs;
use super::json::{self, Object, Value};
use super::kind::Statement;
use super::record::{Record, Texts, Uuid, texts_from_value, texts_to_value};

/// What openings begin with, and what is hashed before them.
pub const VERSION: &str = "selvedge.person/1";

/// Where openings that are shown stand, below the issuer's address.
pub const FOLDER: &str = "records/people";

/// Longest opening that is read, in bytes.
pub const MAX_BYTES: usize = 16 << 10;

/// What stands in a signed text in place of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    /// The commitment to the exact bytes of an opening.
    #[must_use]
    pub fn of(opening: &[u8]) -> Self {
        let begun = Sha256::new().chain_update(VERSION).chain_update(b"\n");
        Self(begun.chain_update(opening).finalize().into())
    }

    /// Reads base64 in its one spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        base64::decode(text)?.try_into().ok().map(Self)
    }

    /// The name of the file of its opening: 64 hex digits and `.json`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.json", HEXLOWER.encode(&self.0))
    }

    /// Where its opening stands if it is shown, below the issuer's address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}/{}", self.file_name())
    }
}

/// Base64, as in records.
impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

/// Why bytes are no opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonFault {
    /// There are more than [`MAX_BYTES`].
    TooLong,
    /// They are not JSON, or not of the members of an opening.
    Form,
    /// They are not the canonical form of what they hold.
    NotCanonical,
}

impl fmt::Display for PersonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "it is too long to be a name that is kept apart",
            Self::Form => "it does not have the form of a name that is kept apart",
            Self::NotCanonical => "its bytes are not those that were kept",
        })
    }
}

impl std::error::Error for PersonFault {}

/// A name that is kept apart, with what binds it to one place of one record.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The issuer of the record, as its `issuer` says.
    pub issuer: String,
    /// The record.
    pub record: Uuid,
    /// 32 random bytes, for this name in this record only.
    pub salt: [u8; 32],
    /// What the person is called.
    pub name: Texts,
    /// What else tells who is meant; empty if nothing does.
    pub detail: Texts,
}

/// Says neither who it is nor the salt.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("record", &self.record).finish_non_exhaustive()
    }
}

impl Opening {
    /// The exact bytes that are kept, published and hashed.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut members = Object::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("v", VERSION.into());
        put("issuer", self.issuer.as_str().into());
        put("record", self.record.to_urn().into());
        put("salt", BASE64.encode(&self.salt).into());
        put("name", texts_to_value(&self.name));
        if !self.detail.is_empty() {
            put("detail", texts_to_value(&self.detail));
        }
        jcs::encode(&Value::Object(members))
    }

    /// Reads an opening from exactly its bytes.
    ///
    /// # Errors
    /// If they are too long, hold something else, or are another spelling of one.
    pub fn parse(bytes: &[u8]) -> Result<Self, PersonFault> {
        if bytes.len() > MAX_BYTES {
            return Err(PersonFault::TooLong);
        }
        let value = json::parse(bytes).map_err(|_| PersonFault::Form)?;
        let opening = Self::from_value(&value).ok_or(PersonFault::Form)?;
        match opening.encode() == bytes {
            true => Ok(opening),
            // A member that is not known, too, is not written again.
            false => Err(PersonFault::NotCanonical),
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        let opening = Self {
            issuer: value.text("issuer")?.to_owned(),
            record: Uuid::from_urn(value.text("record")?)?,
            salt: base64::decode(value.text("salt")?)?.try_into().ok()?,
            name: texts_from_value(value.member("name")?)?,
            detail: match value.member("detail") {
                Some(detail) => texts_from_value(detail)?,
                None => Texts::new(),
            },
        };
        (value.text("v") == Some(VERSION)).then_some(opening)
    }

    /// What stands for it in the record.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        Commitment::of(&self.encode())
    }

    /// Whether it belongs to this record: names it and its issuer, and is what the record commits to.
    #[must_use]
    pub fn opens(&self, record: &Record) -> bool {
        self.record == record.uuid
            && self.issuer == record.issuer.to_string()
            && commitments(record).contains(&self.commitment())
    }
}

/// What a record commits to, in the order of its members.
#[must_use]
pub fn commitments(record: &Record) -> Vec<Commitment> {
    record.subject.as_statement().map(Statement::commitments).unwrap_or_default()
}

/// The salt of the name of this number in a record, counted from 0; `seed` is 32 random bytes that are used for no
/// other record and kept nowhere.
#[must_use]
pub fn salt(seed: &[u8; 32], number: u32) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(seed).expect("HMAC takes keys of any length");
    mac.update(b"selvedge.person/1 salt");
    mac.update(&number.to_be_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::did::{Did, DidWeb};
    use crate::provenance::instant;
    use crate::provenance::kind::Kind;
    use crate::provenance::record::{LangText, Subject};
    use proptest::prelude::*;

    const ISSUER: &str = "did:web:brand.example";

    fn texts(text: &str) -> Texts {
        vec![LangText { language: "es".to_owned(), text: text.to_owned() }]
    }

    fn opening(name: &str, detail: Option<&str>) -> Opening {
        Opening {
            issuer: ISSUER.to_owned(),
            record: Uuid::from_random([9; 16]),
            salt: salt(&[7; 32], 0),
            name: texts(name),
            detail: detail.map(texts).unwrap_or_default(),
        }
    }

    /// A consent by somebody who is named apart.
    fn consent(commitment: &Commitment, uuid: Uuid, issuer: &str) -> Record {
        let party = Value::from([("commitment", commitment.to_string().into())]);
        let about = Value::from([("id", "https://brand.example/designs/river/".into())]);
        let members = [
            ("about", about),
            ("party", party),
            ("scope", texts_to_value(&texts("to show it"))),
            ("consentMethod", "spoken".into()),
        ];
        let members = members.map(|(name, value)| (name.to_owned(), value)).into();
        let at = instant::parse("2026-03-01T00:00:00Z").unwrap();
        Record {
            uuid,
            issuer: Did::parse(issuer).unwrap(),
            base: DidWeb::parse(ISSUER).unwrap(),
            practice: true,
            valid_from: at,
            valid_until: None,
            position: None,
            reissues: None,
            subject: Subject::Statement(Statement { kind: Kind::Consent, members }),
        }
    }

    proptest! {
        #[test]
        fn an_opening_is_read_back_and_no_altered_byte_opens(
            name in "\\PC{1,40}", detail in proptest::option::of("\\PC{1,40}"), seed: [u8; 32],
        ) {
            let it = Opening { salt: salt(&seed, 3), ..opening(&name, detail.as_deref()) };
            let bytes = it.encode();
            prop_assert_eq!(Opening::parse(&bytes), Ok(it.clone()));
            let commitment = it.commitment();
            prop_assert_eq!(Commitment::parse(&commitment.to_string()), Some(commitment));
            let record = consent(&commitment, it.record.clone(), ISSUER);
            prop_assert!(it.opens(&record));
            for at in 0..bytes.len() {
                for flip in [1, 0x20, 0x80] {
                    let mut altered = bytes.clone();
                    altered[at] ^= flip;
                    let opens = Opening::parse(&altered).is_ok_and(|other| other.opens(&record));
                    prop_assert!(!opens, "byte {}", at);
                }
            }
        }
    }

    #[test]
    fn an_opening_opens_its_own_record_only() {
        let it = opening("Ana Torres", None);
        let commitment = it.commitment();
        assert!(it.opens(&consent(&commitment, it.record.clone(), ISSUER)));
        let elsewhere = Uuid::from_random([8; 16]);
        assert!(!it.opens(&consent(&commitment, elsewhere, ISSUER)));
        // Who copies the commitment into a record of her own does not get the name with it.
        let key = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
        assert!(!it.opens(&consent(&commitment, it.record.clone(), key)));
        let other = opening("Ana Torres", Some("of the lower valley"));
        assert!(!other.opens(&consent(&commitment, it.record.clone(), ISSUER)));
    }

    #[test]
    fn one_name_has_another_commitment_in_each_place() {
        let at = |seed: [u8; 32], number| {
            Opening { salt: salt(&seed, number), ..opening("Ana Torres", None) }.commitment()
        };
        let all = [at([7; 32], 0), at([7; 32], 1), at([8; 32], 0)];
        assert_ne!(all[0], all[1]);
        assert_ne!(all[0], all[2]);
        assert_ne!(all[1], all[2]);
    }

    #[test]
    fn other_spellings_are_no_openings() {
        let text = String::from_utf8(opening("Ana", None).encode()).unwrap();
        for (other, fault) in [
            (format!("{text}\n"), PersonFault::NotCanonical),
            (text.replace("{\"iss", "{ \"iss"), PersonFault::NotCanonical),
            (text.replace("{\"issuer", "{\"also\":\"x\",\"issuer"), PersonFault::NotCanonical),
            (text.replace("person/1", "person/2"), PersonFault::Form),
            (text.replace("\"name\"", "\"nom\""), PersonFault::Form),
            (text.replace("Ana", ""), PersonFault::Form),
            ("[]".to_owned(), PersonFault::Form),
            (" ".repeat(MAX_BYTES + 1), PersonFault::TooLong),
        ] {
            assert_eq!(Opening::parse(other.as_bytes()), Err(fault), "{other:.120}");
        }
    }

    /// The bytes, written out once by hand: a change of the format shows here.
    #[test]
    fn the_bytes_are_those_of_the_format() {
        let it = opening("Ana Torres", Some("tejedora"));
        let mut mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        mac.update(b"selvedge.person/1 salt\0\0\0\0");
        let salt = BASE64.encode(&mac.finalize().into_bytes());
        let text = format!(
            "{{\"detail\":[{{\"@language\":\"es\",\"@value\":\"tejedora\"}}],\"issuer\":\"did:web:brand.example\",\
             \"name\":[{{\"@language\":\"es\",\"@value\":\"Ana Torres\"}}],\
             \"record\":\"urn:uuid:09090909-0909-4909-8909-090909090909\",\"salt\":\"{salt}\",\
             \"v\":\"selvedge.person/1\"}}"
        );
        assert_eq!(String::from_utf8(it.encode()).unwrap(), text);
        let hash: [u8; 32] = Sha256::digest(format!("selvedge.person/1\n{text}")).into();
        assert_eq!(it.commitment(), Commitment(hash));
        assert_eq!(
            it.commitment().path(),
            format!("records/people/{}.json", HEXLOWER.encode(&hash))
        );
    }

    #[test]
    fn nobody_shows_in_debug_text() {
        let text = format!("{:?}", opening("Ana Torres", Some("tejedora")));
        assert!(!text.contains("Ana") && !text.contains("tejedora") && !text.contains("salt"));
    }
}
