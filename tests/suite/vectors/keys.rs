//! Ed25519 signatures and keys: the strict rule, on everybody's odd cases.

use selvedge::provenance::did::Did;
use selvedge::provenance::key::{Signer, TestSigner, VerifierKey, verify_strict};
use selvedge::provenance::multibase;
use serde_json::Value;

use super::{array, hex, json, jsonl, string, text};

/// One signature with what a strict verifier says.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) key: Vec<u8>,
    pub(super) message: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) expect: bool,
}

/// Every case of `vectors/ed25519` and `hostile/signature`, in order.
pub(super) fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for more in ["", ".more"] {
        for case in array(&json(&format!("vectors/ed25519/speccheck_cases{more}.json"))) {
            let index = case["index"].as_u64().expect("an index");
            all.push(Case {
                id: format!("speccheck/{index}"),
                key: hex(string(case, "pub_key")),
                message: hex(string(case, "message")),
                signature: hex(string(case, "signature")),
                // The table of its authors: a strict verifier takes this one alone.
                expect: index == 3,
            });
        }
        let file = json(&format!("vectors/ed25519/wycheproof_ed25519_test{more}.json"));
        for group in array(&file["testGroups"]) {
            for case in array(&group["tests"]) {
                all.push(Case {
                    id: format!("wycheproof/{}", case["tcId"]),
                    key: hex(string(&group["publicKey"], "pk")),
                    message: hex(string(case, "msg")),
                    signature: hex(string(case, "sig")),
                    expect: string(case, "result") == "valid",
                });
            }
        }
    }
    for case in array(&json("vectors/ed25519/rfc8032.json")) {
        all.push(Case {
            id: format!("rfc8032/{}", string(case, "name")),
            key: hex(string(case, "publicKey")),
            message: hex(string(case, "message")),
            signature: hex(string(case, "signature")),
            expect: true,
        });
    }
    for part in ["first400", "401-600"] {
        let lines = text(&format!("vectors/ed25519/sign.input.{part}.txt"));
        for (n, line) in lines.lines().enumerate() {
            let fields: Vec<Vec<u8>> = line.split(':').take(4).map(hex).collect();
            all.push(Case {
                id: format!("sign.input.{part}/{n}"),
                key: fields[1].clone(),
                message: fields[2].clone(),
                signature: fields[3][..64].to_vec(),
                expect: true,
            });
        }
    }
    for name in ["speccheck", "cctv-ed25519", "wycheproof-ed25519", "mutated"] {
        for case in jsonl(&format!("hostile/signature/{name}.jsonl")) {
            let message = match &case["msg_text"] {
                Value::String(text) => text.as_bytes().to_vec(),
                _ => hex(string(&case, "msg")),
            };
            all.push(Case {
                id: format!("hostile/{}", string(&case, "id")),
                key: hex(string(&case, "pub")),
                message,
                signature: hex(string(&case, "sig")),
                expect: string(&case, "expect_strict") == "accept",
            });
        }
    }
    all
}

#[test]
fn every_signature_gets_the_strict_verdict() {
    let all = all();
    assert!(all.len() > 1500, "{}", all.len());
    let wrong: Vec<&str> = all
        .iter()
        .filter(|case| verify_strict(&case.key, &case.message, &case.signature) != case.expect)
        .map(|case| case.id.as_str())
        .collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn signing_gives_the_bytes_of_the_standard() {
    for case in array(&json("vectors/ed25519/rfc8032.json")) {
        let seed = hex(string(case, "seed")).try_into().expect("32 bytes");
        let signer = TestSigner::from_seed(seed);
        assert_eq!(signer.verifier_key().as_bytes()[..], hex(string(case, "publicKey")));
        let signature = signer.sign(&hex(string(case, "message")));
        assert_eq!(signature[..], hex(string(case, "signature")));
    }
    for line in text("vectors/ed25519/sign.input.first400.txt").lines().take(100) {
        let fields: Vec<Vec<u8>> = line.split(':').take(4).map(hex).collect();
        let signer = TestSigner::from_seed(fields[0][..32].try_into().expect("32 bytes"));
        assert_eq!(signer.sign(&fields[2])[..], fields[3][..64]);
    }
}

// Left out: `vectors/ed25519/keyfiles` (private keys in PKCS#8; ours are OpenSSH files) and the
// schema of wycheproof (no case).

#[test]
fn did_keys() {
    for name in ["ed25519-x25519", "ed25519-x25519.more"] {
        let file = json(&format!("vectors/did-key/{name}.json"));
        for (did, case) in file.as_object().expect("an object") {
            let parsed = Did::parse(did).unwrap_or_else(|| panic!("{did}"));
            assert_eq!(parsed.to_string(), *did);
            let Did::Key(key) = parsed else { panic!("{did}") };
            let pair = &case["verificationKeyPair"];
            if let Some(base58) = pair["publicKeyBase58"].as_str() {
                assert_eq!(key.as_bytes()[..], bs58::decode(base58).into_vec().unwrap(), "{did}");
            }
            if let Some(seed) = case["seed"].as_str() {
                let signer = TestSigner::from_seed(hex(seed).try_into().expect("32 bytes"));
                assert_eq!(signer.verifier_key(), key);
            }
            let id = string(pair, "id");
            assert_eq!(id.rsplit('#').next(), Some(&key.to_multikey()[..]));
            // The key for agreement beside it is X25519, and no key of ours.
            let agreement = string(&case["keyAgreementKeyPair"], "id");
            let fragment = agreement.rsplit('#').next().expect("a fragment");
            assert_eq!(VerifierKey::from_multikey(fragment), None);
        }
    }
    let others = json("vectors/did-key/other-key-types-x25519.json");
    for did in others["didDocument"].as_object().expect("an object").keys() {
        assert_eq!(Did::parse(did), None, "{did}");
    }
}

#[test]
fn base58btc_and_no_other_base() {
    let plain = [
        ("basic", &b"yes mani !"[..]),
        ("leading_zero", b"\0yes mani !"),
        ("two_leading_zeros", b"\0\0yes mani !"),
        ("case_insensitivity", b""),
    ];
    for (name, plain) in plain {
        let file = text(&format!("vectors/multibase/{name}.csv"));
        for line in file.lines().skip(1) {
            let (base, quoted) = line.split_once(", ").expect("two columns");
            let encoded = quoted.trim_matches('"');
            if base == "base58btc" {
                assert_eq!(multibase::decode(encoded).as_deref(), Some(plain));
                assert_eq!(multibase::encode(plain), encoded);
            } else {
                assert_eq!(multibase::decode(encoded), None, "{base}");
            }
        }
    }
}
