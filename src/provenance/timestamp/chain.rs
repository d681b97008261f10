//! Certificates (RFC 5280) as far as time-stamp tokens need them: signatures, a chain to a
//! trusted root, validity at one moment, and revocation lists.
//!
//! Decoding is `der`'s and `x509-cert`'s, the mathematics `p256`'s, `p384`'s and `rsa`'s; what
//! stands here is the order of the checks. Name constraints and policies of certificates are not
//! processed: a certificate that marks the former as critical is refused.

use der::asn1::{BitString, ObjectIdentifier};
use der::{AnyRef, Decode, Encode, Reader, Sequence, SliceReader};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::{Pkcs1v15Sign, PublicKey, traits::PublicKeyParts};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::crl::RevokedCert;
use x509_cert::ext::pkix::{BasicConstraints, CrlReason, ExtendedKeyUsage, KeyUsage};
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::Time;

use super::rfc3161::Fault;

const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const CRL_REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");

/// Extensions that are understood, and so may be critical: key usage, basic constraints, policies
/// (nothing here depends on them), extended key usage.
const KNOWN_CRITICAL: [&str; 4] = ["2.5.29.15", "2.5.29.19", "2.5.29.32", "2.5.29.37"];

/// Most certificates between a signer and a root, both included.
const MAX_CHAIN: usize = 8;

/// Most signatures that are tried while looking for a chain.
const MAX_TRIES: usize = 64;

/// Fewest bits of an RSA modulus.
const MIN_RSA_BYTES: usize = 256;

/// A hash function that signatures use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        match oid.to_string().as_str() {
            "2.16.840.1.101.3.4.2.1" => Some(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" => Some(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// The hash of a signature algorithm; `beside` is the hash that stands beside it in a CMS
/// signature, for names of algorithms that leave it out.
pub(super) fn signature_hash(oid: ObjectIdentifier, beside: Option<Hash>) -> Option<Hash> {
    match oid.to_string().as_str() {
        "1.2.840.10045.4.3.2" | "1.2.840.113549.1.1.11" => Some(Hash::Sha256),
        "1.2.840.10045.4.3.3" | "1.2.840.113549.1.1.12" => Some(Hash::Sha384),
        "1.2.840.10045.4.3.4" | "1.2.840.113549.1.1.13" => Some(Hash::Sha512),
        "1.2.840.113549.1.1.1" | "1.2.840.10045.2.1" => beside,
        _ => None,
    }
}

/// A certificate with the bytes that it was read from.
#[derive(Clone, Debug)]
pub(super) struct Cert {
    pub(super) der: Vec<u8>,
    signed: Vec<u8>,
    pub(super) parsed: Certificate,
}

impl Cert {
    pub(super) fn parse(der: &[u8]) -> Option<Self> {
        let parsed = Certificate::from_der(der).ok()?;
        Some(Self { der: der.to_vec(), signed: first_part(der)?.to_vec(), parsed })
    }

    pub(super) fn key(&self) -> &SubjectPublicKeyInfoOwned {
        self.parsed.tbs_certificate().subject_public_key_info()
    }

    pub(super) fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.is_issued_by(self)
    }

    fn is_issued_by(&self, issuer: &Self) -> bool {
        self.parsed.tbs_certificate().issuer() == issuer.parsed.tbs_certificate().subject()
    }

    fn is_signed_by(&self, issuer: &Self) -> bool {
        let algorithm = self.parsed.signature_algorithm();
        // Both places name it, and only one of them is signed (RFC 5280 §4.1.1.2).
        *algorithm == *self.parsed.tbs_certificate().signature()
            && signature_hash(algorithm.oid, None).is_some_and(|hash| {
                self.parsed
                    .signature()
                    .as_bytes()
                    .is_some_and(|sig| verifies(issuer.key(), hash, &self.signed, sig))
            })
    }

    fn extensions(&self) -> &[Extension] {
        self.parsed.tbs_certificate().extensions().map_or(&[], |all| all.as_slice())
    }

    fn has_unknown_critical(&self) -> bool {
        self.extensions().iter().any(|extension| {
            extension.critical && !KNOWN_CRITICAL.contains(&extension.extn_id.to_string().as_str())
        })
    }

    /// Whether this may issue certificates that stand `below` further issuers above the signer.
    fn may_issue(&self, below: usize) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let is_authority = matches!(
            tbs.get_extension::<BasicConstraints>(),
            Ok(Some((_, constraints))) if constraints.ca
                && constraints.path_len_constraint.is_none_or(|len| below <= usize::from(len))
        );
        let may_sign = match tbs.get_extension::<KeyUsage>() {
            Ok(None) => true,
            Ok(Some((_, usage))) => usage.key_cert_sign(),
            Err(_) => false,
        };
        let is_for_time = match tbs.get_extension::<ExtendedKeyUsage>() {
            Ok(None) => true,
            Ok(Some((_, usage))) => {
                usage.0.iter().any(|&oid| oid == TIME_STAMPING || oid == ANY_PURPOSE)
            }
            Err(_) => false,
        };
        is_authority && may_sign && is_for_time && !self.has_unknown_critical()
    }

    /// Whether this is a certificate for time-stamping and nothing else (RFC 3161 §2.3).
    pub(super) fn is_for_time_stamping_only(&self) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let purpose = matches!(
            tbs.get_extension::<ExtendedKeyUsage>(),
            Ok(Some((true, usage))) if usage.0 == [TIME_STAMPING]
        );
        let may_sign = match tbs.get_extension::<KeyUsage>() {
            Ok(None) => true,
            Ok(Some((_, usage))) => usage.digital_signature() || usage.non_repudiation(),
            Err(_) => false,
        };
        purpose && may_sign && !self.has_unknown_critical()
    }

    /// First and last second of validity, since 1970.
    pub(super) fn validity(&self) -> (i64, i64) {
        let validity = self.parsed.tbs_certificate().validity();
        let seconds =
            |time: Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        (seconds(validity.not_before), seconds(validity.not_after))
    }

    fn is_valid_at(&self, second: i64) -> bool {
        let (first, last) = self.validity();
        (first..=last).contains(&second)
    }
}

/// The first element of a sequence, as it stands: what a certificate or a list signs.
fn first_part(der: &[u8]) -> Option<&[u8]> {
    let outer = AnyRef::from_der(der).ok()?;
    SliceReader::new(outer.value()).ok()?.tlv_bytes().ok()
}

/// Whether a key signed the message; `false` also for keys and algorithms that are not known.
pub(super) fn verifies(
    key: &SubjectPublicKeyInfoOwned,
    hash: Hash,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let digest = hash.of(message);
    let Some(point) = key.subject_public_key.as_bytes() else { return false };
    if key.algorithm.oid == RSA {
        let Ok(key) = PublicKey::from_pkcs1_der(point) else { return false };
        let scheme = match hash {
            Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        };
        return key.size() >= MIN_RSA_BYTES && key.verify(scheme, &digest, signature).is_ok();
    }
    if key.algorithm.oid != EC_PUBLIC_KEY {
        return false;
    }
    let curve =
        key.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
    match curve {
        Some(P256) => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point);
            let signature = p256::ecdsa::Signature::from_der(signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(&digest, &signature).is_ok())
        }
        Some(P384) => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point);
            let signature = p384::ecdsa::Signature::from_der(signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(&digest, &signature).is_ok())
        }
        _ => false,
    }
}

/// A chain from the signer to one of the roots, all of it valid at a moment.
pub(super) fn chain<'a>(
    signer: &'a Cert,
    pool: &'a [Cert],
    roots: &'a [Cert],
    second: i64,
) -> Result<Vec<&'a Cert>, Fault> {
    let mut search = Search { pool, roots, second, tries: 0, expired: None };
    let mut path = vec![signer];
    if search.extend(&mut path) {
        return Ok(path);
    }
    Err(match search.expired {
        Some(subject) => Fault::NotValidThen(subject),
        None => Fault::Untrusted,
    })
}

struct Search<'a> {
    pool: &'a [Cert],
    roots: &'a [Cert],
    second: i64,
    tries: usize,
    expired: Option<String>,
}

impl<'a> Search<'a> {
    fn extend(&mut self, path: &mut Vec<&'a Cert>) -> bool {
        let Some(&last) = path.last() else { return false };
        if !last.is_valid_at(self.second) {
            self.expired.get_or_insert_with(|| last.subject());
            return false;
        }
        if self.roots.iter().any(|root| root.der == last.der) {
            return true;
        }
        if path.len() == MAX_CHAIN {
            return false;
        }
        for issuer in self.roots.iter().chain(self.pool) {
            if !last.is_issued_by(issuer)
                || path.iter().any(|cert| cert.der == issuer.der)
                || !issuer.may_issue(path.len() - 1)
                || self.tries >= MAX_TRIES
            {
                continue;
            }
            self.tries += 1;
            if last.is_signed_by(issuer) {
                path.push(issuer);
                if self.extend(path) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
}

/// Looks the certificates of a chain up in revocation lists.
///
/// Gives the number of certificates (the root apart) that an authentic list of their issuer
/// speaks of. Lists of others, of unknown form or without a right signature are passed over.
///
/// # Errors
/// If a certificate was revoked by that second; or later for a reason that makes everything that
/// it signed doubtful (RFC 3161 §4.1).
pub(super) fn revocation(chain: &[&Cert], lists: &[Vec<u8>], second: i64) -> Result<usize, Fault> {
    let mut covered = 0;
    for pair in chain.windows(2) {
        let (cert, issuer) = (pair[0], pair[1]);
        let mut is_covered = false;
        for der in lists {
            let Some(list) = authentic(der, issuer) else { continue };
            is_covered = true;
            let serial = cert.parsed.tbs_certificate().serial_number();
            let revoked = list.tbs.revoked.iter().flatten();
            for entry in revoked.filter(|entry| entry.serial_number == *serial) {
                let at = entry.revocation_date.to_unix_duration().as_secs();
                let was_before = i64::try_from(at).unwrap_or(i64::MAX) <= second;
                if was_before || !is_harmless(entry.crl_entry_extensions.as_deref()) {
                    return Err(Fault::Revoked(cert.subject()));
                }
            }
        }
        covered += usize::from(is_covered);
    }
    Ok(covered)
}

/// Whether the reason of a revocation leaves earlier signatures as they were.
fn is_harmless(extensions: Option<&[Extension]>) -> bool {
    let reason = extensions
        .unwrap_or_default()
        .iter()
        .find(|extension| extension.extn_id == CRL_REASON)
        .and_then(|extension| CrlReason::from_der(extension.extn_value.as_bytes()).ok());
    matches!(
        reason,
        Some(
            CrlReason::Unspecified
                | CrlReason::AffiliationChanged
                | CrlReason::Superseded
                | CrlReason::CessationOfOperation
        )
    )
}

/// A revocation list. `x509-cert` has one that cannot read lists of the first version, which
/// OpenSSL still writes.
#[derive(Sequence)]
struct List {
    tbs: TbsList,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

#[derive(Sequence)]
struct TbsList {
    version: Option<u8>,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    revoked: Option<Vec<RevokedCert>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    crl_extensions: Option<Extensions>,
}

fn authentic(der: &[u8], issuer: &Cert) -> Option<List> {
    let list = List::from_der(der).ok()?;
    let tbs = &list.tbs;
    let is_plain = tbs.crl_extensions.iter().flatten().all(|extension| !extension.critical);
    let may_sign = match issuer.parsed.tbs_certificate().get_extension::<KeyUsage>() {
        Ok(None) => true,
        Ok(Some((_, usage))) => usage.crl_sign(),
        Err(_) => false,
    };
    let hash = signature_hash(list.signature_algorithm.oid, None)?;
    let is_signed = tbs.issuer == *issuer.parsed.tbs_certificate().subject()
        && tbs.signature == list.signature_algorithm
        && verifies(issuer.key(), hash, first_part(der)?, list.signature.as_bytes()?);
    (is_plain && may_sign && is_signed).then_some(list)
}

/// Encoded bytes of a name, for comparing.
pub(super) fn encoded(value: &impl Encode) -> Vec<u8> {
    value.to_der().unwrap_or_default()
}
