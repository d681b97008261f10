//! Side signatures (OpenSSH's SSHSIG): the same bytes, signed for a tool that will outlive us.
//!
//! `ssh-keygen -Y verify` checks them with nothing of ours. The namespace names the host, so that
//! a signature made for one register says nothing in another.

use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey, Signature, SshSig};

use super::did::DidWeb;
use super::key::{Signer, VerifierKey};

/// Longest side signature that is read, in bytes.
const MAX_BYTES: usize = 4096;

/// The namespace of an issuer's side signatures: `selvedge-record@<host>`, with its port if any.
pub fn namespace(issuer: &DidWeb) -> String {
    format!("selvedge-record@{}", authority(issuer))
}

/// The name under which an issuer stands in `allowed_signers`: its host, with its port if any.
pub fn principal(issuer: &DidWeb) -> String {
    authority(issuer)
}

fn authority(issuer: &DidWeb) -> String {
    let text = issuer.authority_and_path();
    text.split('/').next().unwrap_or(&text).to_owned()
}

/// Signs a message, hashed with SHA-512; the text of a `.sshsig` file.
///
/// `namespace` is not empty.
pub fn sign(message: &[u8], namespace: &str, signer: &dyn Signer) -> String {
    let invariant = "an Ed25519 key, 64 bytes and a namespace make a side signature";
    let hash = HashAlg::Sha512;
    let data = SshSig::signed_data(namespace, hash, message).expect(invariant);
    let signature = signer.sign(&data).to_vec();
    let signature = Signature::new(Algorithm::Ed25519, signature).expect(invariant);
    SshSig::new(key_data(&signer.verifier_key()), namespace, hash, signature)
        .and_then(|signature| signature.to_pem(LineEnding::LF))
        .expect(invariant)
}

/// Checks that a side signature is this key's, in this namespace, over this message; says what
/// is wrong if it is not.
///
/// A signature has one spelling: that in which `ssh-keygen` writes it.
pub fn verify(
    text: &[u8],
    message: &[u8],
    namespace: &str,
    key: &VerifierKey,
) -> Result<(), &'static str> {
    if text.len() > MAX_BYTES {
        return Err("it is too long for a side signature");
    }
    let signature = SshSig::from_pem(text).map_err(|_| "it is not an OpenSSH signature")?;
    if signature.version() != 1 || !signature.reserved().is_empty() {
        return Err("it is of a version that is not known");
    }
    if signature.algorithm() != Algorithm::Ed25519 {
        return Err("it was not made with an Ed25519 key");
    }
    if *signature.public_key() != key_data(key) {
        return Err("another key made it than the record's");
    }
    if signature.namespace() != namespace {
        return Err("it was made for another namespace");
    }
    if !matches!(signature.to_pem(LineEnding::LF), Ok(again) if again.as_bytes() == text) {
        return Err("it is not written as OpenSSH writes it");
    }
    let data = SshSig::signed_data(namespace, signature.hash_alg(), message)
        .map_err(|_| "it was made for another namespace")?;
    match key.verify_strict(&data, signature.signature_bytes()) {
        true => Ok(()),
        false => Err("the key did not sign these bytes"),
    }
}

/// The `allowed_signers` file of an issuer: one line for each key.
pub fn allowed_signers(issuer: &DidWeb, keys: &[VerifierKey]) -> String {
    let (principal, namespace) = (principal(issuer), namespace(issuer));
    keys.iter()
        .map(|key| format!("{principal} namespaces=\"{namespace}\" {}\n", public_key_line(key)))
        .collect()
}

/// A key as OpenSSH writes public keys: `ssh-ed25519` and base64.
pub fn public_key_line(key: &VerifierKey) -> String {
    PublicKey::new(key_data(key), "").to_openssh().expect("an Ed25519 key has a spelling")
}

/// The fingerprint of a key as `ssh-keygen -l` shows it: `SHA256:` and base64.
pub fn fingerprint(key: &VerifierKey) -> String {
    key_data(key).fingerprint(HashAlg::Sha256).to_string()
}

fn key_data(key: &VerifierKey) -> KeyData {
    KeyData::Ed25519(Ed25519PublicKey(*key.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;

    #[test]
    fn what_was_signed_verifies_and_nothing_else() {
        let signer = TestSigner::from_seed([1; 32]);
        let key = signer.verifier_key();
        let text = sign(b"record", "selvedge-record@brand.example", &signer);
        let check = |text: &str, message: &[u8], namespace: &str, key| {
            verify(text.as_bytes(), message, namespace, key)
        };
        let ours = "selvedge-record@brand.example";
        assert_eq!(check(&text, b"record", ours, &key), Ok(()));
        assert!(check(&text, b"other", ours, &key).is_err());
        assert!(check(&text, b"record", "file", &key).is_err());
        let other = TestSigner::from_seed([2; 32]).verifier_key();
        assert!(check(&text, b"record", ours, &other).is_err());
        assert!(check(&text.replace('\n', "\r\n"), b"record", ours, &key).is_err());
        assert!(check(&format!("{text}\n"), b"record", ours, &key).is_err());
        assert!(check("", b"record", ours, &key).is_err());
    }

    #[test]
    fn signers_are_named_by_host() {
        let issuer = DidWeb::parse("did:web:brand.example:shop").unwrap();
        let key = TestSigner::from_seed([1; 32]).verifier_key();
        let line = allowed_signers(&issuer, &[key]);
        assert!(line.starts_with(
            "brand.example namespaces=\"selvedge-record@brand.example\" ssh-ed25519 AAAA"
        ));
        assert!(line.ends_with('\n') && line.lines().count() == 1);
        assert!(fingerprint(&key).starts_with("SHA256:"));
    }
}
