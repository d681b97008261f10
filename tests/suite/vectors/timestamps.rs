//! Time-stamp tokens of others' authorities, and OpenTimestamps proofs.

use selvedge::provenance::timestamp::ots::{Attestation, Proof};
use selvedge::provenance::timestamp::rfc3161::{
    self, Asked, CERTIFICATE, Certificates, Fault, Policy, Stamp, Token, parse_pem, parse_query,
};
use serde_json::Value;

use super::{array, bytes, hex, json, string};

/// The certificates of a vector's file: the last is the root.
fn certificates(file: &str) -> Certificates {
    let mut all =
        parse_pem(&bytes(&format!("vectors/rfc3161/{file}")), CERTIFICATE).expect("certificates");
    let root = all.pop().expect("a root");
    Certificates { roots: vec![root], others: all, lists: Vec::new() }
}

fn judge(response: &str, message: &[u8], trust: &Certificates) -> Result<Stamp, Fault> {
    Token::parse(&bytes(&format!("vectors/rfc3161/{response}")))?.verify(
        message,
        &Asked::default(),
        trust,
    )
}

#[test]
fn tokens_of_others_get_the_expected_verdict() {
    let test_tsa = certificates("test_tsa/ts_chain.pem");
    let stage = certificates("sigstage/ts_chain.pem");
    let mock = certificates("sigstore.mock/ts_chain.pem");
    let identrust = certificates("identrust/ts_chain.pem");
    let own = certificates("openssl/ca.pem");
    let data = bytes("vectors/rfc3161/openssl/data.txt");
    let payload = bytes("vectors/rfc3161/sigstore.mock/payload");
    let cases: [(&str, &[u8], &Certificates, Option<Fault>); 15] = [
        ("openssl/r.tsr", &data, &own, None),
        ("openssl/r2.tsr", &data, &own, None),
        ("openssl/r2.tsr", b"other\n", &own, Some(Fault::OtherBytes)),
        ("openssl/r2.tsr", &data, &stage, Some(Fault::Untrusted)),
        ("test_tsa/response.tsr", b"hello", &test_tsa, None),
        // Of another authority with the same name.
        ("test_tsa/other_response.tsr", b"hello", &test_tsa, Some(Fault::Untrusted)),
        // Strangers' certificates beside the signer's own change nothing: it is named by hash.
        ("test_tsa/response-injected-certs.tsr", b"hello", &test_tsa, None),
        ("sigstage/response-sha256.tsr", b"hello", &stage, None),
        ("sigstage/response-sha384.tsr", b"hello", &stage, None),
        ("sigstage/response-sha512.tsr", b"hello", &stage, None),
        ("sigstage/response-no-embedded-cert.tsr", b"hello", &stage, None),
        ("sigstage/response-invalid-signature.tsr", b"hello", &stage, Some(Fault::Signature)),
        ("sigstage/response-sha256.tsr", b"hello", &test_tsa, Some(Fault::Untrusted)),
        // Its certificate has ended since; at the token's time it was valid.
        ("sigstore.mock/response-expired.tsr", &payload, &mock, None),
        // RSA, and the first form of the certificate's name.
        ("identrust/issue-104.tsr", b"hello", &identrust, None),
    ];
    for (file, message, trust, fault) in cases {
        assert_eq!(judge(file, message, trust).err(), fault, "{file}");
    }
}

#[test]
fn nonce_policy_and_order_of_certificates() {
    let own = certificates("openssl/ca.pem");
    let data = bytes("vectors/rfc3161/openssl/data.txt");
    let strict = bytes("vectors/rfc3161/openssl/r2.tsr");
    let token = Token::parse(&strict).unwrap();
    assert_eq!(token.to_bytes(), strict);
    let (nonce, policy) = parse_query(&bytes("vectors/rfc3161/openssl/q.tsq")).unwrap();
    assert_eq!(policy, None);
    let stamp = token.verify(&data, &Asked { nonce: Some(&nonce), policy }, &own).unwrap();
    assert_eq!(stamp.policy.to_string(), "1.3.6.1.4.1.99999.1");
    assert_eq!(stamp.at.to_string(), "2026-11-23T16:26:09Z");
    assert_eq!(stamp.no_later_than().to_string(), "2026-11-23T16:26:10Z");
    let asked = Asked { nonce: Some(&nonce[1..]), policy: None };
    assert_eq!(token.verify(&data, &asked, &own).err(), Some(Fault::OtherNonce));
    let asked = Asked { nonce: None, policy: Policy::new("1.2.3").ok() };
    assert_eq!(token.verify(&data, &asked, &own).err(), Some(Fault::OtherPolicy));

    let response = bytes("vectors/rfc3161/openssl/r.tsr");
    let sorted = Token::parse(&response).unwrap().to_bytes();
    assert_ne!(sorted, response);
    assert!(Token::parse(&sorted).unwrap().verify(&data, &Asked::default(), &own).is_ok());
    assert_eq!(Token::parse(&sorted).unwrap().to_bytes(), sorted);
}

#[test]
fn queries_are_those_of_openssl() {
    // `openssl ts -query -data data.txt -sha256 -cert` with this nonce wrote q.tsq, which asks
    // with a nonce of eight bytes.
    let query = bytes("vectors/rfc3161/openssl/q.tsq");
    let (nonce, _) = parse_query(&query).unwrap();
    let mut padded = [0; 16];
    padded[16 - nonce.len()..].copy_from_slice(&nonce);
    let data = bytes("vectors/rfc3161/openssl/data.txt");
    assert_eq!(rfc3161::query(&data, &padded, None), query);
}

#[test]
fn hostile_tokens_are_refused_without_a_panic() {
    let own = certificates("openssl/ca.pem");
    let data = bytes("vectors/rfc3161/openssl/data.txt");
    let response = bytes("vectors/rfc3161/openssl/r2.tsr");
    for place in 0..response.len() {
        assert!(Token::parse(&response[..place]).is_err());
        for flip in [0x01, 0x80, 0xff] {
            let mut altered = response.clone();
            altered[place] ^= flip;
            if let Ok(token) = Token::parse(&altered) {
                let _ = token.verify(&data, &Asked::default(), &own);
                let _ = token.to_bytes();
            }
        }
    }
}

#[test]
fn others_opentimestamps_proofs_say_what_their_client_says() {
    let mut count = 0;
    for list in ["expected.json", "expected.more.json"] {
        let cases = json(&format!("vectors/ots/{list}"));
        for case in array(&cases) {
            let name = string(case, "proof");
            let stored = bytes(&format!("vectors/ots/{name}"));
            let parsed = Proof::parse(&stored);
            assert_eq!(Some(parsed.is_ok()), case["parses"].as_bool(), "{name}: {parsed:?}");
            count += 1;
            let Ok(proof) = parsed else { continue };
            assert_eq!(proof.digest().1, hex(string(case, "digest")), "{name}");
            assert_eq!(proof.to_bytes(), stored, "{name}");
            let said: Vec<String> = proof
                .attestations()
                .iter()
                .filter_map(|each| match &each.by {
                    Attestation::Pending { address } => {
                        Some(format!("PendingAttestation('{address}')"))
                    }
                    Attestation::Bitcoin { height } => {
                        Some(format!("BitcoinBlockHeaderAttestation({height})"))
                    }
                    Attestation::Other { .. } => None,
                })
                .collect();
            let expected: Vec<&str> = array(&case["attestations"])
                .iter()
                .filter_map(Value::as_str)
                .filter(|text| text.starts_with("Pending") || text.starts_with("Bitcoin"))
                .collect();
            let sorted = |mut all: Vec<String>| {
                all.sort();
                all
            };
            assert_eq!(
                sorted(said),
                sorted(expected.into_iter().map(str::to_owned).collect()),
                "{name}"
            );
            let roots: Vec<String> = proof
                .attestations()
                .into_iter()
                .filter(|each| matches!(each.by, Attestation::Bitcoin { .. }))
                .map(|each| {
                    // As block lists show it: last byte first.
                    let mut root = each.message.expect("a computed message");
                    root.reverse();
                    data_encoding::HEXLOWER.encode(&root)
                })
                .collect();
            let expected: Vec<&str> = array(&case["block_merkle_roots_le_hex"])
                .iter()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(roots, expected, "{name}");
            if case["file_matches"].as_bool() == Some(true) {
                let file = name.strip_suffix(".ots").unwrap_or(name);
                assert!(proof.is_of(&bytes(&format!("vectors/ots/{file}"))), "{name}");
            }
        }
    }
    assert_eq!(count, 17);
}
