//! What our issuers write into their DID document: the keys that sign records, and the one register.

use super::super::did::{Did, DidWeb, DidWebvh};
use super::super::json::{Object, Value};
use super::super::key::VerifierKey;
use super::super::log::{Hash, RootHash};
use super::super::note::NoteKey;

/// The type of the service that names the register.
const REGISTER: &str = "SelvedgeRegister";

/// The document of an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerDocument {
    /// Its name.
    pub did: DidWebvh,
    /// Names that it had before it moved, the newest first.
    pub former: Vec<DidWebvh>,
    /// Keys of records: the current one first, then those that were retired in honour.
    pub keys: Vec<VerifierKey>,
    /// Its register.
    pub register: RegisterService,
}

/// The register of an issuer: exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterService {
    /// Its name and key.
    pub log_key: NoteKey,
    /// Keys of records that were stolen, with the head from which they count no more.
    pub cuts: Vec<KeyCut>,
    /// Registers that went on under this one.
    pub earlier: Vec<EarlierRegister>,
}

/// From where on a stolen key counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCut {
    /// The key.
    pub key: VerifierKey,
    /// Entries of this number and above that it signed are void.
    pub size: u64,
    /// The root of the register at that size.
    pub root: RootHash,
}

/// A register under another name that this one goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRegister {
    /// Its name and key.
    pub log_key: NoteKey,
    /// Its last size.
    pub size: u64,
    /// Its last root.
    pub root: RootHash,
}

impl IssuerDocument {
    /// Writes the document.
    pub fn to_value(&self) -> Value {
        let did = self.did.to_string();
        let mut also: Vec<Value> = vec![Did::Web(self.did.web().clone()).to_string().into()];
        also.extend(self.former.iter().map(|did| Value::from(did.to_string())));
        let method = |key: &VerifierKey| format!("{did}#{key}");
        let methods = self.keys.iter().map(|key| {
            Value::from([
                ("id", method(key).into()),
                ("controller", did.as_str().into()),
                ("type", "Multikey".into()),
                ("publicKeyMultibase", key.to_multikey().into()),
            ])
        });
        let cuts = self.register.cuts.iter().map(|cut| {
            Value::from([
                ("key", cut.key.to_multikey().into()),
                ("size", Value::Number(cut.size as f64)),
                ("root", cut.root.0.to_string().into()),
            ])
        });
        let earlier = self.register.earlier.iter().map(|earlier| {
            Value::from([
                ("vkey", earlier.log_key.to_string().into()),
                ("size", Value::Number(earlier.size as f64)),
                ("root", earlier.root.0.to_string().into()),
            ])
        });
        let mut register: Object = [
            ("origin".to_owned(), Value::from(self.register.log_key.name().as_str())),
            ("vkey".to_owned(), self.register.log_key.to_string().into()),
        ]
        .into();
        if !self.register.cuts.is_empty() {
            register.insert("cuts".to_owned(), cuts.collect::<Vec<_>>().into());
        }
        if !self.register.earlier.is_empty() {
            register.insert("earlier".to_owned(), earlier.collect::<Vec<_>>().into());
        }
        Value::from([
            (
                "@context",
                vec![
                    Value::from("https://www.w3.org/ns/did/v1"),
                    "https://w3id.org/security/multikey/v1".into(),
                ]
                .into(),
            ),
            ("id", did.as_str().into()),
            ("alsoKnownAs", also.into()),
            ("verificationMethod", methods.collect::<Vec<_>>().into()),
            (
                "assertionMethod",
                self.keys.iter().map(|key| method(key).into()).collect::<Vec<Value>>().into(),
            ),
            (
                "service",
                vec![Value::from([
                    ("id", format!("{did}#register").into()),
                    ("type", REGISTER.into()),
                    ("serviceEndpoint", Value::Object(register)),
                ])]
                .into(),
            ),
        ])
    }

    /// Reads a document that [`IssuerDocument::to_value`] could have written.
    pub fn parse(value: &Value) -> Option<Self> {
        let did = DidWebvh::parse(value.text("id")?)?;
        let also = value.member("alsoKnownAs")?.as_array()?;
        let former = also.get(1..)?.iter().map(|name| DidWebvh::parse(name.as_str()?));
        let former = former.collect::<Option<_>>()?;
        let keys = value.member("verificationMethod")?.as_array()?.iter();
        let keys =
            keys.map(|method| VerifierKey::from_multikey(method.text("publicKeyMultibase")?));
        let keys: Vec<VerifierKey> = keys.collect::<Option<_>>()?;
        let [service] = value.member("service")?.as_array()? else { return None };
        let register = service.member("serviceEndpoint")?;
        let root = |value: &Value| Some(RootHash(Hash::parse(value.text("root")?)?));
        let size = |value: &Value| value.member("size")?.as_count();
        let list =
            |name: &str| register.member(name).and_then(Value::as_array).unwrap_or(&[]).iter();
        let cut = |value: &Value| {
            let key = VerifierKey::from_multikey(value.text("key")?)?;
            Some(KeyCut { key, size: size(value)?, root: root(value)? })
        };
        let earlier = |value: &Value| {
            let log_key = NoteKey::parse(value.text("vkey")?)?;
            Some(EarlierRegister { log_key, size: size(value)?, root: root(value)? })
        };
        let register = RegisterService {
            log_key: NoteKey::parse(register.text("vkey")?)?,
            cuts: list("cuts").map(cut).collect::<Option<_>>()?,
            earlier: list("earlier").map(earlier).collect::<Option<_>>()?,
        };
        let document = Self { did, former, keys, register };
        // One key has one role, and one that was stolen has none.
        let mut roles = document.keys.clone();
        roles.push(*document.register.log_key.key());
        roles.extend(document.register.cuts.iter().map(|cut| cut.key));
        let count = roles.len();
        roles.sort();
        roles.dedup();
        let is_of_it = |did: &DidWebvh| did.scid() == document.did.scid();
        let is_distinct = roles.len() == count && document.former.iter().all(is_of_it);
        let is_whole = !document.keys.is_empty() && is_distinct;
        (is_whole && document.to_value() == *value).then_some(document)
    }
}

/// The document of the `did:web` name of an address, with these keys, for programs that know no other method.
pub fn did_web_document(web: &DidWeb, keys: &[VerifierKey]) -> Vec<u8> {
    super::super::record::did_document(web, keys)
}
