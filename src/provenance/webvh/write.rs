//! Makes entries: the first of a name, and each that follows.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::credential::hash_data;
use super::super::did::{DidWeb, DidWebvh};
use super::super::instant;
use super::super::json::{Object, Value};
use super::super::key::{Signer, VerifierKey};
use super::super::{jcs, json, multibase};
use super::{METHOD, PLACEHOLDER, Version, VersionId, Witnesses, entry_hash, hash};

/// What a new entry should say of who signs the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Keys that sign this entry, and, without pre-rotation, the next.
    pub update_keys: Vec<VerifierKey>,
    /// Hashes of the keys that will sign the next ([`super::key_hash`]); none ends pre-rotation.
    pub next_key_hashes: Vec<String>,
}

/// An entry that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub version_id: VersionId,
    /// Its line, with the newline.
    pub line: String,
}

/// Makes the first entry of a name at an address. `document` gives the DID document for the name,
/// once that is known.
///
/// `time` is cut off below a second. `signer` is one of the update keys.
pub fn first(
    web: &DidWeb,
    keys: &Keys,
    witness: &Witnesses,
    document: &dyn Fn(&DidWebvh) -> Value,
    time: Timestamp,
    signer: &dyn Signer,
) -> Option<(DidWebvh, Made)> {
    // The document under a name of the right form, the SCID of which is replaced by what stands for it.
    let stand_in = DidWebvh::new(&hash(b"a SCID that stands in"), web.clone())?;
    let mut parameters = parameters(keys, witness);
    parameters.insert("method".to_owned(), METHOD.into());
    parameters.insert("scid".to_owned(), stand_in.scid().into());
    parameters.insert("portable".to_owned(), Value::Bool(true));
    let entry: Object = [
        ("versionId".to_owned(), Value::from(PLACEHOLDER)),
        ("versionTime".to_owned(), instant::format(time).into()),
        ("parameters".to_owned(), Value::Object(parameters)),
        ("state".to_owned(), document(&stand_in)),
    ]
    .into();
    let text = String::from_utf8(jcs::encode(&Value::Object(entry))).ok()?;
    let open = json::parse(text.replace(stand_in.scid(), PLACEHOLDER).as_bytes()).ok()?;
    let scid = hash(&jcs::encode(&open));
    let did = DidWebvh::new(&scid, web.clone())?;
    let closed = text.replace(stand_in.scid(), &scid);
    let Value::Object(entry) = json::parse(closed.as_bytes()).ok()? else { return None };
    let made = finish(entry, 1, &scid, time, signer);
    Some((did, made))
}

/// Makes the entry after `before`.
///
/// Under pre-rotation `keys.update_keys` are the keys that were announced, and `signer` is one of them.
pub fn next(
    before: &Version,
    keys: &Keys,
    witness: &Witnesses,
    document: Value,
    time: Timestamp,
    signer: &dyn Signer,
) -> Made {
    let number = before.version_id.number() as usize + 1;
    let mut parameters = parameters(keys, witness);
    if *witness == before.parameters.witness {
        parameters.remove("witness");
    }
    let entry: Object = [
        ("versionTime".to_owned(), Value::from(instant::format(time))),
        ("parameters".to_owned(), Value::Object(parameters)),
        ("state".to_owned(), document),
    ]
    .into();
    finish(entry, number, before.version_id.as_str(), time, signer)
}

fn parameters(keys: &Keys, witness: &Witnesses) -> Object {
    let texts = |texts: Vec<String>| -> Value {
        texts.into_iter().map(Value::from).collect::<Vec<_>>().into()
    };
    let mut out = Object::new();
    let update = keys.update_keys.iter().map(VerifierKey::to_multikey).collect();
    out.insert("updateKeys".to_owned(), texts(update));
    out.insert("nextKeyHashes".to_owned(), texts(keys.next_key_hashes.clone()));
    let listed =
        witness.keys.iter().map(|key| Value::from([("id", format!("did:key:{key}").into())]));
    let witness = match witness.is_empty() {
        true => Value::Object(Object::new()),
        false => Value::from([
            ("threshold", Value::Number(witness.threshold as f64)),
            ("witnesses", listed.collect::<Vec<_>>().into()),
        ]),
    };
    out.insert("witness".to_owned(), witness);
    out
}

fn finish(
    mut entry: Object,
    number: usize,
    predecessor: &str,
    time: Timestamp,
    signer: &dyn Signer,
) -> Made {
    let version_id = VersionId::new(number, &entry_hash(&mut entry.clone(), predecessor));
    entry.insert("versionId".to_owned(), version_id.as_str().into());
    let document = Value::Object(entry.clone());
    entry.insert("proof".to_owned(), vec![proof(&document, time, signer)].into());
    let mut line = String::from_utf8(jcs::encode(&Value::Object(entry))).unwrap_or_default();
    line.push('\n');
    Made { version_id, line }
}

/// A Data Integrity proof by a `did:key`.
fn proof(document: &Value, time: Timestamp, signer: &dyn Signer) -> Value {
    let key = signer.verifier_key();
    let mut config: Object = [
        ("type".to_owned(), Value::from("DataIntegrityProof")),
        ("cryptosuite".to_owned(), "eddsa-jcs-2022".into()),
        ("created".to_owned(), instant::format(time).into()),
        ("verificationMethod".to_owned(), format!("did:key:{key}#{key}").into()),
        ("proofPurpose".to_owned(), "assertionMethod".into()),
    ]
    .into();
    let message = hash_data(&Value::Object(config.clone()), document);
    config.insert("proofValue".to_owned(), multibase::encode(&signer.sign(&message)).into());
    Value::Object(config)
}

/// Adds a witness's proof of a version to the bytes of a `did-witness.json`, which may be empty.
///
/// `None` if what is there is not such a file.
pub fn add_witness(
    file: &[u8],
    version: &VersionId,
    time: Timestamp,
    signer: &dyn Signer,
) -> Option<Vec<u8>> {
    let mut proofs: BTreeMap<(u32, String), Vec<Value>> = BTreeMap::new();
    if !file.is_empty() {
        for entry in json::parse(file).ok()?.as_array()? {
            let id = entry.text("versionId")?.to_owned();
            let number = VersionId::parse(&id)?.number();
            proofs
                .entry((number, id))
                .or_default()
                .extend_from_slice(entry.member("proof")?.as_array()?);
        }
    }
    let document = Value::from([("versionId", version.as_str().into())]);
    let method = format!("did:key:{0}#{0}", signer.verifier_key());
    let of_version = proofs.entry((version.number(), version.as_str().to_owned())).or_default();
    of_version.retain(|proof| proof.text("verificationMethod") != Some(&method));
    of_version.push(proof(&document, time, signer));
    let list = proofs
        .into_iter()
        .map(|((_, id), proof)| Value::from([("versionId", id.into()), ("proof", proof.into())]));
    let mut bytes = jcs::encode(&list.collect::<Vec<_>>().into());
    bytes.push(b'\n');
    Some(bytes)
}
