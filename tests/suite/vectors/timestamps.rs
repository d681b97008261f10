//! Time-stamp tokens of others' authorities, and OpenTimestamps proofs.
//!
//! The OpenTimestamps examples of python's client are LGPL, so they are not in this repository:
//! their table runs where the folder `../shared/vectors/ots` beside it is, and says so if not.

use selvedge::provenance::timestamp::rfc3161::{
    Asked, CERTIFICATE, Certificates, Fault, Stamp, Token, parse_pem,
};

use super::bytes;

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
    let said: Vec<(&str, Result<(), Fault>)> = [
        ("openssl/r.tsr", &data[..], &own),
        ("openssl/r2.tsr", &data, &own),
        ("openssl/r2.tsr", b"other\n", &own),
        ("openssl/r2.tsr", &data, &stage),
        ("test_tsa/response.tsr", b"hello", &test_tsa),
        ("test_tsa/other_response.tsr", b"hello", &test_tsa),
        ("test_tsa/response-injected-certs.tsr", b"hello", &test_tsa),
        ("sigstage/response-sha256.tsr", b"hello", &stage),
        ("sigstage/response-sha384.tsr", b"hello", &stage),
        ("sigstage/response-sha512.tsr", b"hello", &stage),
        ("sigstage/response-no-embedded-cert.tsr", b"hello", &stage),
        ("sigstage/response-invalid-signature.tsr", b"hello", &stage),
        ("sigstage/response-sha256.tsr", b"hello", &test_tsa),
        ("sigstore.mock/response-expired.tsr", &payload, &mock),
        ("identrust/issue-104.tsr", b"hello", &identrust),
    ]
    .into_iter()
    .map(|(file, message, trust)| (file, judge(file, message, trust).map(|_| ())))
    .collect();
    for (file, verdict) in &said {
        eprintln!("{file}: {verdict:?}");
    }
}
