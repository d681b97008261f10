//! Verifiable credentials with eddsa-jcs-2022 proofs: the standard's, another implementation's,
//! and hostile ones.

use selvedge::provenance::credential::{self, Credential};
use selvedge::provenance::did::Did;
use selvedge::provenance::json::{self, Object, Value};
use selvedge::provenance::key::{Signer, TestSigner, VerifierKey};
use selvedge::provenance::{instant, jcs, multibase};
use selvedge::verify::{self, Verdict};

use super::{array, base64, bytes, hex, json as read_json, jsonl, path, string, text};

/// After the dates of all cases and before the ends of their terms.
pub(super) const NOW: &str = "2026-11-23T00:00:00Z";

/// The first check that does not hold, if any.
pub(super) fn refused_by(bytes: &[u8]) -> Option<&'static str> {
    let report = verify::credential(bytes, instant::parse(NOW));
    let invalid = report.findings.iter().find(|finding| finding.verdict == Verdict::Invalid);
    invalid.map(|finding| finding.check)
}

fn split(signed: &[u8]) -> (Object, Object) {
    let Value::Object(mut document) = json::parse(signed).unwrap() else { panic!() };
    let Some(Value::Object(proof)) = document.remove("proof") else { panic!() };
    (document, proof)
}

/// Every intermediate value of the Recommendation's own example.
#[test]
fn the_example_of_the_standard() {
    for folder in ["vectors/vc-di-eddsa/eddsa-jcs-2022", "hostile/vc/eddsa-jcs-2022"] {
        let read = |name: &str| text(&format!("{folder}/{name}")).trim().to_owned();
        let signed = bytes(&format!("{folder}/signedJCS.json"));
        let (document, mut config) = split(&signed);
        let proof_value = config.remove("proofValue").unwrap();
        let document = Value::Object(document);
        let config = Value::Object(config);
        assert_eq!(jcs::encode(&document), read("canonDocJCS.txt").as_bytes());
        assert_eq!(jcs::encode(&config), read("proofCanonJCS.txt").as_bytes());
        let data = credential::hash_data(&config, &document);
        assert_eq!(data[..], hex(&read("combinedHashJCS.txt")));
        assert_eq!(data[..32], hex(&read("proofHashJCS.txt")));
        assert_eq!(data[32..], hex(&read("docHashJCS.txt")));
        let signature = multibase::decode(proof_value.as_str().unwrap()).unwrap();
        assert_eq!(signature, hex(&read("sigHexJCS.txt")));
        assert_eq!(multibase::encode(&signature), read("sigBTC58JCS.txt"));
        let pair = if path(&format!("{folder}/keyPair.json")).exists() {
            read_json(&format!("{folder}/keyPair.json"))
        } else {
            read_json("vectors/vc-di-eddsa/keyPair.json")
        };
        let key = VerifierKey::from_multikey(string(&pair, "publicKeyMultibase")).unwrap();
        assert!(key.verify_strict(&data, &signature));
        // The whole is refused by us for one reason: its issuer is an https address that the key
        // does not speak for. Look-ups are what we never do.
        assert_eq!(refused_by(&signed), Some("issuer"));
    }
}

// Left out of vc-di-eddsa: eddsa-rdfc-2022 and Ed25519Signature2020 (other suites; FORMATS says
// why they are not ours).

#[test]
fn proof_sets_and_chains_are_refused_whole() {
    for name in ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"] {
        let bytes = bytes(&format!("vectors/vc-di-eddsa/proof-set-chain/{name}.json"));
        assert_eq!(refused_by(&bytes), Some("proof-form"), "{name}");
    }
    for name in ["ob3-dual-jr", "ob3-rdfc"] {
        let bytes = bytes(&format!("vectors/interop-jcs/{name}.json"));
        assert_eq!(refused_by(&bytes), Some("proof-form"), "{name}");
    }
    let unsigned = bytes("vectors/vc-di-eddsa/unsigned.json");
    assert_eq!(refused_by(&unsigned), Some("proof-present"));
}

/// Whether the key signed these words, whatever else is wrong with them.
fn signature_holds(signed: &[u8], key: &VerifierKey) -> bool {
    let (document, mut config) = split(signed);
    let signature = config.remove("proofValue").unwrap();
    let data = credential::hash_data(&Value::Object(config), &Value::Object(document));
    multibase::decode(signature.as_str().unwrap())
        .is_some_and(|signature| key.verify_strict(&data, &signature))
}

#[test]
fn credentials_of_another_implementation() {
    for case in array(&read_json("vectors/interop-jcs/interop-jcs.json")) {
        let name = string(case, "name");
        let signed = serde_json::to_vec(&case["signed"]).unwrap();
        let is_valid = string(case, "expect") == "valid";
        let key = VerifierKey::from_multikey(string(case, "publicKeyMultibase")).unwrap();
        let method = case["signed"]["proof"]["verificationMethod"].as_str().unwrap();
        if method.ends_with("#k1") {
            // A name for the key that has to be looked up: never done. By the mathematics alone
            // the verdict is theirs.
            assert!(matches!(refused_by(&signed), Some("method" | "proof-form" | "proof-context")));
            assert_eq!(signature_holds(&signed, &key), is_valid, "{name}");
            continue;
        }
        assert_eq!(refused_by(&signed).is_none(), is_valid, "{name}: {:?}", refused_by(&signed));
        assert_eq!(signature_holds(&signed, &key), is_valid, "{name}");
        if !is_valid {
            continue;
        }
        let (document, config) = split(&signed);
        assert_eq!(
            jcs::encode(&Value::Object(document.clone())),
            string(case, "canonicalDocument").as_bytes()
        );
        // Signing the same again gives the same bytes.
        let seed = hex(string(case, "secretSeedHex")).try_into().unwrap();
        let signer = TestSigner::from_seed(seed);
        let created = instant::parse(config["created"].as_str().unwrap()).unwrap();
        let issuer = Did::Key(signer.verifier_key());
        let again = Credential::sign(document, &issuer, created, &signer);
        assert_eq!(again["proof"], Value::Object(config), "{name}");
    }
}

/// What `hostile/vc` expects, of the layer that is Data Integrity.
#[test]
fn tampered_credentials() {
    for case in jsonl("hostile/vc/tampered.jsonl") {
        let id = string(&case, "id");
        let found = match refused_by(&base64(string(&case, "b64"))) {
            None => "accept",
            Some("proof-present") => "unsigned",
            Some(_) => "reject",
        };
        assert_eq!(found, string(&case, "expect"), "{id}");
    }
}

/// Those that hold are no records: our profile refuses each of them, by name.
#[test]
fn what_is_valid_elsewhere_is_no_record() {
    for case in jsonl("hostile/vc/tampered.jsonl") {
        if string(&case, "expect") != "accept" {
            continue;
        }
        let bytes = base64(string(&case, "b64"));
        let fault = selvedge::provenance::record::SignedRecord::parse(&bytes).unwrap_err();
        // A price of 12.5 in all of them.
        assert_eq!(fault.check, "profile", "{}", string(&case, "id"));
    }
}
