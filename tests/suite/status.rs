//! The Bitstring Status List against another implementation's lists, and signed lists for others
//! to read (`tests/peers/status.test.mjs`).

use std::fs;
use std::path::{Path, PathBuf};

use selvedge::provenance::credential::Credential;
use selvedge::provenance::did::Did;
use selvedge::provenance::json::{Object, Value};
use selvedge::provenance::key::{Signer as _, TestSigner};
use selvedge::provenance::log::{Hash, Head, RootHash};
use selvedge::provenance::note::KeyName;
use selvedge::provenance::record::{CONTEXT, CONTEXT_PATH, Sha256Digest, Uuid, W3C_CONTEXT};
use selvedge::provenance::status::{
    Bits, LIST_BITS, ListFault, Purpose, Snapshot, credential_status, parse_credential_status,
};
use selvedge::provenance::{instant, jcs};

const BASE: &str = "https://brand.example/";
const REVOKED: u64 = 5;
const SUSPENDED: u64 = 7;

fn vectors(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(below)
}

#[test]
fn lists_of_another_implementation_are_read() {
    let text = fs::read(vectors("bitstring-status-list/cases.json")).unwrap();
    let cases: serde_json::Value = serde_json::from_slice(&text).unwrap();
    for case in cases.as_array().unwrap() {
        let read = Bits::decode(case["encodedList"].as_str().unwrap());
        match case["expect"].as_str() {
            Some("STATUS_LIST_LENGTH_ERROR") => assert_eq!(read, Err(ListFault::TooShort)),
            Some(_) => assert_eq!(read, Err(ListFault::Multibase)),
            None => {
                let bits = read.unwrap();
                assert_eq!(bits.count(), LIST_BITS);
                let set: Vec<u64> =
                    case["set"].as_array().unwrap().iter().map(|i| i.as_u64().unwrap()).collect();
                assert_eq!(bits.set_indices().collect::<Vec<_>>(), set);
                assert_eq!(Bits::decode(&bits.encode()), Ok(bits));
            }
        }
    }
}

/// A credential of our envelope, signed by the TEST key of 32 times 0x2a.
fn signed(number: u8, kind: &str, until: &str, more: [(&str, Value); 2]) -> Vec<u8> {
    let signer = TestSigner::from_seed([0x2a; 32]);
    let issuer = Did::Key(signer.verifier_key());
    let context = format!("{BASE}{CONTEXT_PATH}");
    let mut document: Object = match Value::from([
        ("@context", vec![Value::from(W3C_CONTEXT), context.into()].into()),
        ("id", Uuid::from_random([number; 16]).to_urn().into()),
        ("type", vec!["VerifiableCredential".into(), Value::from(kind)].into()),
        ("issuer", issuer.to_string().into()),
        ("validFrom", "2026-11-01T00:00:00Z".into()),
        ("validUntil", until.into()),
    ]) {
        Value::Object(members) => members,
        _ => unreachable!("it was made as one"),
    };
    document.extend(more.map(|(name, value)| (name.to_owned(), value)));
    let created = instant::parse("2026-11-01T00:00:00Z").unwrap();
    jcs::encode(&Value::Object(Credential::sign(document, &issuer, created, &signer)))
}

fn list(number: u8, purpose: Purpose, set: u64) -> Vec<u8> {
    let mut bits = Bits::new();
    assert!(bits.set(set, true));
    let head = Head { size: 9, root: RootHash(Hash([1; 32])) };
    let origin = KeyName::parse("brand.example/log").unwrap();
    let snapshot = Snapshot::new(purpose, 0, bits, origin, head);
    let subject = snapshot.to_value(BASE);
    assert_eq!(Snapshot::from_value(BASE, &subject), Some(snapshot));
    signed(
        number,
        "BitstringStatusListCredential",
        "2026-12-01T00:00:00Z",
        [("credentialSubject", subject), ("relatedResource", related())],
    )
}

fn related() -> Value {
    vec![Value::from([
        ("id", format!("{BASE}{CONTEXT_PATH}").into()),
        ("mediaType", "application/ld+json".into()),
        ("digestSRI", Sha256Digest::of(CONTEXT).to_sri().into()),
    ])]
    .into()
}

fn record(number: u8, position: u64) -> Vec<u8> {
    let status = credential_status(BASE, position);
    assert_eq!(parse_credential_status(BASE, &status), Some(position));
    signed(
        number,
        "Design",
        "2027-12-01T00:00:00Z",
        [
            ("credentialStatus", status),
            ("credentialSubject", Value::from([("id", format!("{BASE}designs/x/").into())])),
        ],
    )
}

/// The files that `tests/peers/status.test.mjs` reads. `SELVEDGE_ACCEPT=1` writes them anew.
#[test]
fn fixtures_are_what_we_sign() {
    let accept = std::env::var_os("SELVEDGE_ACCEPT").is_some();
    for (name, bytes) in [
        ("revocation-0.json", list(1, Purpose::Revocation, REVOKED)),
        ("suspension-0.json", list(2, Purpose::Suspension, SUSPENDED)),
        ("good.json", record(3, 3)),
        ("revoked.json", record(4, REVOKED)),
        ("suspended.json", record(5, SUSPENDED)),
    ] {
        Credential::parse(&bytes).unwrap();
        let path = vectors("own/status").join(name);
        if accept {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(
            fs::read(&path).unwrap_or_default() == bytes,
            "{name}: SELVEDGE_ACCEPT=1 writes it anew"
        );
    }
}
