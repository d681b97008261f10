//! Side signatures: those that OpenSSH made, with the verdict that it gave.

use selvedge::provenance::key::VerifierKey;
use selvedge::provenance::sshsig;
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use super::{array, bytes, json, string, text};

/// The Ed25519 key in a line of OpenSSH, with or without what stands before it.
fn key(line: &str) -> Option<VerifierKey> {
    let start = line.find("ssh-ed25519 ")?;
    let key = PublicKey::from_openssh(line[start..].trim()).ok()?;
    match key.key_data() {
        KeyData::Ed25519(key) => VerifierKey::from_bytes(&key.0),
        _ => None,
    }
}

#[test]
fn the_verdicts_of_ssh_keygen() {
    let mut count = 0;
    for case in array(&json("vectors/sshsig/ssh-keygen/cases.json")) {
        let file = |name: &str| format!("vectors/sshsig/ssh-keygen/{}", string(case, name));
        let line = text(&file("allowed_signers_file"));
        let principal = line.split(' ').next().unwrap();
        // Who is allowed and when is for the file of allowed signers, which OpenSSH reads and
        // this program only writes: those cases are about it.
        let is_about_the_list =
            principal != string(case, "principal") || string(case, "name").ends_with("-expired");
        if is_about_the_list {
            assert_eq!(case["ssh_keygen_accepts"], false);
            continue;
        }
        let verdict = sshsig::verify(
            &bytes(&file("signature_file")),
            &bytes(&file("message_file")),
            string(case, "namespace"),
            &key(&line).unwrap(),
        );
        let name = string(case, "name");
        assert_eq!(Some(verdict.is_ok()), case["ssh_keygen_accepts"].as_bool(), "{name}");
        count += 1;
    }
    assert!(count >= 12, "{count}");
}

#[test]
fn the_unit_tests_of_openssh() {
    let folder = "vectors/sshsig/openssh";
    let namespace = text(&format!("{folder}/namespace"));
    let message = bytes(&format!("{folder}/signed-data"));
    let ours = key(&text(&format!("{folder}/ed25519.pub"))).unwrap();
    let judge = |name: &str| {
        sshsig::verify(&bytes(&format!("{folder}/{name}.sig")), &message, &namespace, &ours)
    };
    assert_eq!(judge("ed25519"), Ok(()));
    // Other algorithms are refused as such, not misread.
    for name in ["rsa", "ecdsa", "ed25519_sk", "mldsa44-ed25519"] {
        let why = judge(name).unwrap_err();
        assert!(
            [
                "it was not made with an Ed25519 key",
                "it is not an OpenSSH signature",
                "it is too long for a side signature"
            ]
            .contains(&why),
            "{name}: {why}"
        );
    }
    let signature = bytes(&format!("{folder}/ed25519.sig"));
    for at in 0..signature.len() {
        let mut altered = signature.clone();
        altered[at] ^= 1;
        assert!(sshsig::verify(&altered, &message, &namespace, &ours).is_err(), "byte {at}");
    }
}
