//! Time-stamp queries and tokens (RFC 3161, with RFC 5816; CMS is RFC 5652).
//!
//! A token is believed for a message if, in this order: its imprint is the message's; it carries
//! the nonce and the policy that were asked for; its one signature is over attributes that name
//! the content's type and digest and, by hash, the signer's certificate; that certificate is for
//! time-stamping only; a chain leads from it to a root that the caller trusts, all of it valid
//! at the token's own time; and no revocation list at hand says otherwise. Judging needs no
//! clock: a token stays true after its certificate's end, as long as the root is trusted and the
//! hash functions hold.
//!
//! The decoder is `der`. The structures are taken apart here rather than by the crates `cms` and
//! `x509-tsp`: the newest stable ones are a generation behind the rest of this tree, and a SET
//! of certificates that OpenSSL writes unsorted is refused by theirs.

use std::fmt;

use der::asn1::{ObjectIdentifier, OctetStringRef, UintRef};
use der::{AnyRef, Decode, Encode, Reader, Sequence, SliceReader};
use jiff::{SignedDuration, Timestamp};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::ext::Extension;

use super::chain::{self, Cert, Hash};
use crate::provenance::base64;

/// Largest answer or certificate file that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Most elements that are read of one structure.
const MAX_ITEMS: usize = 256;

/// Most certificates that are taken from a token or from beside it.
const MAX_CERTIFICATES: usize = 32;

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 0x04;
const INTEGER: u8 = 0x02;
const BOOLEAN: u8 = 0x01;
const GENERALIZED_TIME: u8 = 0x18;
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

/// Why a token proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The bytes are not an answer or a token.
    Malformed(&'static str),
    /// The authority refused; its status number.
    NotGranted(u64),
    /// The token is about other bytes.
    OtherBytes,
    /// The token answers another question.
    OtherNonce,
    /// The token was made under another policy than was asked for.
    OtherPolicy,
    /// The signed attributes do not belong to the content.
    Attributes(&'static str),
    /// The signer's certificate is neither in the token nor beside it.
    NoCertificate,
    /// The signer's certificate is not one for time-stamping only.
    Purpose,
    /// An algorithm that is not known or not strong enough.
    Unsupported(&'static str),
    /// The signature is wrong.
    Signature,
    /// No chain leads to a trusted root.
    Untrusted,
    /// This certificate was not valid at the time that the token states.
    NotValidThen(String),
    /// This certificate was revoked.
    Revoked(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "it is not a time-stamp token: {what}"),
            Self::NotGranted(status) => {
                write!(f, "the authority gave no time-stamp (its status is {status})")
            }
            Self::OtherBytes => f.write_str("it dates other bytes"),
            Self::OtherNonce => f.write_str("it answers another question (the nonce differs)"),
            Self::OtherPolicy => f.write_str("it was made under another policy"),
            Self::Attributes(what) => write!(f, "what is signed does not fit the content: {what}"),
            Self::NoCertificate => f.write_str("the certificate of its signer is not at hand"),
            Self::Purpose => {
                f.write_str("the certificate of its signer is not one for time-stamping only")
            }
            Self::Unsupported(what) => write!(f, "{what} is not supported"),
            Self::Signature => f.write_str("its signature is wrong"),
            Self::Untrusted => f.write_str("no chain of certificates leads to a trusted root"),
            Self::NotValidThen(who) => {
                write!(f, "the certificate of {who} was not valid at the time that it states")
            }
            Self::Revoked(who) => write!(f, "the certificate of {who} was revoked"),
        }
    }
}

impl std::error::Error for Fault {}

/// Policies are object identifiers, written with dots.
pub type Policy = ObjectIdentifier;

#[derive(Sequence)]
struct Algorithm<'a> {
    oid: ObjectIdentifier,
    #[asn1(optional = "true")]
    parameters: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct MessageImprint<'a> {
    algorithm: Algorithm<'a>,
    digest: &'a OctetStringRef,
}

#[derive(Sequence)]
struct TimeStampReq<'a> {
    version: u8,
    imprint: MessageImprint<'a>,
    #[asn1(optional = "true")]
    policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    nonce: Option<UintRef<'a>>,
    wants_certificates: bool,
}

/// The query for a token over a message: SHA-256, with the signer's certificate in the answer.
///
/// # Panics
/// Never: all fields are short.
pub fn query(message: &[u8], nonce: &[u8; 16], policy: Option<Policy>) -> Vec<u8> {
    let digest = Sha256::digest(message);
    let request = TimeStampReq {
        version: 1,
        imprint: MessageImprint {
            algorithm: Algorithm { oid: SHA256, parameters: Some(AnyRef::NULL) },
            digest: OctetStringRef::new(&digest).expect("a digest is short"),
        },
        policy,
        nonce: Some(UintRef::new(nonce).expect("a nonce is short")),
        wants_certificates: true,
    };
    request.to_der().expect("a short query can be encoded")
}

/// What a verifier knows of the question that a token answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The nonce, if it is known.
    pub nonce: Option<&'a [u8]>,
    /// The policy, if one was asked for.
    pub policy: Option<Policy>,
}

/// Reads nonce and policy out of a query that was stored: a nonce without leading zeros.
pub fn parse_query(bytes: &[u8]) -> Option<(Vec<u8>, Option<Policy>)> {
    let request = TimeStampReq::from_der(bytes).ok()?;
    Some((request.nonce?.as_bytes().to_vec(), request.policy))
}

/// Certificates and revocation lists, in DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificates {
    /// Certificates that are believed.
    pub roots: Vec<Vec<u8>>,
    /// Certificates that may stand between signer and root; not believed by themselves.
    pub others: Vec<Vec<u8>>,
    /// Revocation lists.
    pub lists: Vec<Vec<u8>>,
}

impl Certificates {
    /// Adds certificates: one that names itself as its issuer as a root, the others as such that
    /// may stand between. What is not a certificate is passed over.
    pub fn add(&mut self, ders: Vec<Vec<u8>>) {
        for der in ders {
            match Cert::parse(&der) {
                Some(cert) if cert.is_self_issued() => self.roots.push(der),
                Some(_) => self.others.push(der),
                None => (),
            }
        }
    }
}

/// What a token says, once everything about it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time that the token states.
    pub at: Timestamp,
    /// How far the true time may be from it; `None` if the authority does not say.
    pub accuracy: Option<SignedDuration>,
    /// The policy that it was made under.
    pub policy: Policy,
    /// Serial number of the token, as hex.
    pub serial: String,
    /// Name of the signer, as its certificate says.
    pub signer: String,
    /// From the signer's certificate to the trusted root, in DER.
    pub chain: Vec<Vec<u8>>,
    /// The second at which the first of these certificates ends: stamp anew before it.
    pub renew_before: Timestamp,
    /// Of how many certificates of the chain, the root apart, a revocation list was at hand.
    pub looked_up: usize,
}

impl Stamp {
    /// The latest true time that the token allows for.
    pub fn no_later_than(&self) -> Timestamp {
        self.at.saturating_add(self.accuracy.unwrap_or_default()).unwrap_or(self.at)
    }
}

/// A token, taken apart; nothing of it is judged until [`Token::verify`].
#[derive(Clone, Debug)]
pub struct Token {
    response: Vec<u8>,
    /// Where the embedded certificates stand in the answer.
    certificates_at: std::ops::Range<usize>,
    content: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signer: SignerInfo,
    info: TstInfo,
}

#[derive(Clone, Debug)]
struct SignerInfo {
    id: SignerId,
    hash: Hash,
    attributes: Vec<u8>,
    algorithm: ObjectIdentifier,
    signature: Vec<u8>,
}

#[derive(Clone, Debug)]
enum SignerId {
    /// Encoded name of the issuer, and content of the serial number.
    Issued { issuer: Vec<u8>, serial: Vec<u8> },
    /// Identifier of the subject's key.
    Key(Vec<u8>),
}

#[derive(Clone, Debug)]
struct TstInfo {
    policy: Policy,
    hash: Hash,
    digest: Vec<u8>,
    serial: Vec<u8>,
    at: Timestamp,
    accuracy: Option<SignedDuration>,
    nonce: Option<Vec<u8>>,
}

/// One element with its header, and what it holds.
#[derive(Clone, Copy)]
struct Item<'a> {
    tag: u8,
    full: &'a [u8],
    value: &'a [u8],
}

impl<'a> Item<'a> {
    fn only(bytes: &'a [u8]) -> Option<Self> {
        match items(bytes)?[..] {
            [item] => Some(item),
            _ => None,
        }
    }

    fn oid(self) -> Option<ObjectIdentifier> {
        ObjectIdentifier::from_der(self.full).ok()
    }

    /// What stands in it, if it has this tag.
    fn inner(self, tag: u8) -> Option<Vec<Item<'a>>> {
        if self.tag == tag { items(self.value) } else { None }
    }

    fn octets(self) -> Option<&'a [u8]> {
        (self.tag == OCTETS).then_some(self.value)
    }

    fn small(self) -> Option<u64> {
        if self.tag == INTEGER { u64::from_der(self.full).ok() } else { None }
    }
}

/// The elements that stand one behind the other.
fn items(bytes: &[u8]) -> Option<Vec<Item<'_>>> {
    let mut found = Vec::new();
    if bytes.is_empty() {
        return Some(found);
    }
    let mut reader = SliceReader::new(bytes).ok()?;
    while !reader.is_finished() {
        let full = reader.tlv_bytes().ok()?;
        let value = AnyRef::from_der(full).ok()?.value();
        found.push(Item { tag: *full.first()?, full, value });
        if found.len() > MAX_ITEMS {
            return None;
        }
    }
    Some(found)
}

/// Takes from the front what has this tag.
fn take<'a>(rest: &mut std::slice::Iter<'_, Item<'a>>, tag: u8) -> Option<Item<'a>> {
    let first = rest.as_slice().first().filter(|item| item.tag == tag)?;
    rest.next();
    Some(*first)
}

impl Token {
    /// Reads an authority's answer.
    ///
    /// # Errors
    /// If it is not one, or if it refuses.
    pub fn parse(response: &[u8]) -> Result<Self, Fault> {
        if response.len() > MAX_BYTES {
            return Err(Fault::Malformed("it is too long"));
        }
        let (status, token) =
            answer(response).ok_or(Fault::Malformed("the answer has another form"))?;
        let token = match (status, token) {
            (0 | 1, Some(token)) => token,
            (0 | 1, None) => return Err(Fault::Malformed("the answer holds no token")),
            (refused, _) => return Err(Fault::NotGranted(refused)),
        };
        let parts = signed_data(token).ok_or(Fault::Malformed("it is not signed data"))?;
        let signer = signer_info(parts.signer)?;
        let info = tst_info(parts.content)?;
        // Both are pieces of one allocation: the distance is the place.
        let start = parts.certificates.as_ptr().addr().wrapping_sub(response.as_ptr().addr());
        let certificates_at = start..start.saturating_add(parts.certificates.len());
        let certificates = items(parts.certificates)
            .filter(|all| all.len() <= MAX_CERTIFICATES)
            .ok_or(Fault::Malformed("its certificates cannot be read"))?;
        Ok(Self {
            response: response.to_vec(),
            certificates_at: if parts.certificates.is_empty() { 0..0 } else { certificates_at },
            content: parts.content.to_vec(),
            certificates: certificates.iter().map(|item| item.full.to_vec()).collect(),
            signer,
            info,
        })
    }

    /// The answer with the embedded certificates in the order that DER asks for, which OpenSSL
    /// leaves out and strict readers insist on. They are not signed over.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut certificates = self.certificates.clone();
        certificates.sort();
        let mut bytes = self.response.clone();
        if let Some(place) = bytes.get_mut(self.certificates_at.clone()) {
            place.copy_from_slice(&certificates.concat());
        }
        bytes
    }

    /// The time that the token claims, not judged.
    pub fn claimed(&self) -> Timestamp {
        self.info.at
    }

    /// Certificates that the token carries, in DER, not judged.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Judges the token.
    ///
    /// # Errors
    /// The first of the checks named at the top of this module that does not hold.
    pub fn verify(
        &self,
        message: &[u8],
        asked: &Asked<'_>,
        certificates: &Certificates,
    ) -> Result<Stamp, Fault> {
        if self.info.hash.of(message) != self.info.digest {
            return Err(Fault::OtherBytes);
        }
        if let Some(nonce) = asked.nonce
            && self.info.nonce.as_deref().map(unsigned) != Some(unsigned(nonce))
        {
            return Err(Fault::OtherNonce);
        }
        if asked.policy.is_some_and(|policy| policy != self.info.policy) {
            return Err(Fault::OtherPolicy);
        }
        let bound = self.attributes()?;
        let read = |ders: &[Vec<u8>]| -> Vec<Cert> {
            ders.iter().take(MAX_CERTIFICATES).filter_map(|der| Cert::parse(der)).collect()
        };
        let roots = read(&certificates.roots);
        let mut pool = read(&self.certificates);
        pool.extend(read(&certificates.others));
        let signer = pool
            .iter()
            .chain(&roots)
            .find(|cert| self.signer.id.names(cert) && bound.names(&cert.der))
            .ok_or(Fault::NoCertificate)?;
        if !signer.is_for_time_stamping_only() {
            return Err(Fault::Purpose);
        }
        let hash = chain::signature_hash(self.signer.algorithm, Some(self.signer.hash))
            .ok_or(Fault::Unsupported("the algorithm of its signature"))?;
        if !chain::verifies(signer.key(), hash, &self.signer.attributes, &self.signer.signature) {
            return Err(Fault::Signature);
        }
        let second = self.info.at.as_second();
        let path = chain::chain(signer, &pool, &roots, second)?;
        let looked_up = chain::revocation(&path, &certificates.lists, second)?;
        let ends = path.iter().map(|cert| cert.validity().1).min().unwrap_or(second);
        Ok(Stamp {
            at: self.info.at,
            accuracy: self.info.accuracy,
            policy: self.info.policy,
            serial: data_encoding::HEXLOWER.encode(&self.info.serial),
            signer: signer.subject(),
            chain: path.iter().map(|cert| cert.der.clone()).collect(),
            renew_before: Timestamp::from_second(ends).unwrap_or(Timestamp::MAX),
            looked_up,
        })
    }

    /// Checks the signed attributes against the content; gives the certificate that they name.
    fn attributes(&self) -> Result<BoundCertificate, Fault> {
        let fault = Fault::Attributes;
        let set = Item::only(&self.signer.attributes)
            .and_then(|item| item.inner(SET))
            .ok_or(fault("they cannot be read"))?;
        let mut content_type = None;
        let mut digest = None;
        let mut bound = None;
        for attribute in set {
            let parts = attribute.inner(SEQUENCE).ok_or(fault("they cannot be read"))?;
            let [name, values] = parts[..] else { return Err(fault("they cannot be read")) };
            let name = name.oid().ok_or(fault("they cannot be read"))?.to_string();
            let slot = match name.as_str() {
                CONTENT_TYPE => &mut content_type,
                MESSAGE_DIGEST => &mut digest,
                SIGNING_CERTIFICATE | SIGNING_CERTIFICATE_V2 => &mut bound,
                _ => continue,
            };
            let value = values.inner(SET).ok_or(fault("they cannot be read"))?;
            let [value] = value[..] else { return Err(fault("one of them has several values")) };
            let is_v2 = name == SIGNING_CERTIFICATE_V2;
            if slot.is_some_and(|(_, had_v2)| had_v2 == is_v2) {
                return Err(fault("one of them stands there twice"));
            }
            // Of both forms of the certificate's name the one with the stronger hash counts.
            if slot.is_none() || is_v2 {
                *slot = Some((value, is_v2));
            }
        }
        if content_type.and_then(|(item, _)| item.oid()).map(|oid| oid.to_string()).as_deref()
            != Some(TST_INFO)
        {
            return Err(fault("the type of the content is another"));
        }
        if digest.and_then(|(item, _)| item.octets())
            != Some(&self.signer.hash.of(&self.content)[..])
        {
            return Err(fault("the digest of the content is another"));
        }
        let (value, is_v2) = bound.ok_or(fault("the certificate is not named"))?;
        BoundCertificate::read(value, is_v2).ok_or(fault("the certificate is not named"))
    }
}

impl SignerId {
    fn names(&self, cert: &Cert) -> bool {
        let tbs = cert.parsed.tbs_certificate();
        match self {
            Self::Issued { issuer, serial } => {
                *issuer == chain::encoded(tbs.issuer())
                    && unsigned(serial) == unsigned(tbs.serial_number().as_bytes())
            }
            Self::Key(id) => matches!(
                tbs.get_extension::<x509_cert::ext::pkix::SubjectKeyIdentifier>(),
                Ok(Some((_, found))) if found.0.as_bytes() == id
            ),
        }
    }
}

/// The hash by which a token names its signer's certificate (RFC 5035).
struct BoundCertificate {
    hash: Option<Hash>,
    digest: Vec<u8>,
}

impl BoundCertificate {
    fn read(value: Item<'_>, is_v2: bool) -> Option<Self> {
        // SigningCertificate: a list of ids, and perhaps policies. The first id is the signer's.
        let ids = *value.inner(SEQUENCE)?.first()?;
        let id = ids.inner(SEQUENCE)?.first()?.inner(SEQUENCE)?;
        let mut rest = id.iter();
        let hash = match (is_v2, take(&mut rest, SEQUENCE)) {
            (false, None) => None,
            (false, Some(_)) => return None,
            (true, None) => Some(Hash::Sha256),
            (true, Some(named)) => Some(Hash::from_oid(named.inner(SEQUENCE)?.first()?.oid()?)?),
        };
        Some(Self { hash, digest: take(&mut rest, OCTETS)?.value.to_vec() })
    }

    fn names(&self, der: &[u8]) -> bool {
        match self.hash {
            Some(hash) => hash.of(der) == self.digest,
            // What the first edition prescribes; it names a certificate beside its issuer and
            // serial number, and carries no trust of its own.
            None => Sha1::digest(der)[..] == self.digest,
        }
    }
}

/// Status and token of an answer.
fn answer(bytes: &[u8]) -> Option<(u64, Option<&[u8]>)> {
    let parts = Item::only(bytes)?.inner(SEQUENCE)?;
    let (status, token) = match parts[..] {
        [status] => (status, None),
        [status, token] => (status, Some(token.full)),
        _ => return None,
    };
    Some((status.inner(SEQUENCE)?.first()?.small()?, token))
}

struct SignedData<'a> {
    content: &'a [u8],
    certificates: &'a [u8],
    signer: Item<'a>,
}

fn signed_data(token: &[u8]) -> Option<SignedData<'_>> {
    let [kind, content] = Item::only(token)?.inner(SEQUENCE)?[..] else { return None };
    if kind.oid()?.to_string() != SIGNED_DATA {
        return None;
    }
    let [data] = content.inner(CONTEXT_0)?[..] else { return None };
    let parts = data.inner(SEQUENCE)?;
    let mut rest = parts.iter();
    take(&mut rest, INTEGER)?;
    take(&mut rest, SET)?;
    let [kind, content] = take(&mut rest, SEQUENCE)?.inner(SEQUENCE)?[..] else { return None };
    if kind.oid()?.to_string() != TST_INFO {
        return None;
    }
    let [content] = content.inner(CONTEXT_0)?[..] else { return None };
    let certificates = take(&mut rest, CONTEXT_0).map_or(&[][..], |item| item.value);
    take(&mut rest, CONTEXT_1);
    let [signer] = take(&mut rest, SET)?.inner(SET)?[..] else { return None };
    let ended = rest.next().is_none();
    ended.then_some(SignedData { content: content.octets()?, certificates, signer })
}

fn signer_info(item: Item<'_>) -> Result<SignerInfo, Fault> {
    let malformed = Fault::Malformed("its signature has another form");
    let parts = item.inner(SEQUENCE).ok_or(malformed.clone())?;
    let mut rest = parts.iter();
    let read = |rest: &mut std::slice::Iter<'_, Item<'_>>| {
        take(rest, INTEGER)?;
        let id = match take(rest, SEQUENCE) {
            Some(id) => {
                let [issuer, serial] = id.inner(SEQUENCE)?[..] else { return None };
                SignerId::Issued { issuer: issuer.full.to_vec(), serial: serial.value.to_vec() }
            }
            None => SignerId::Key(take(rest, 0x80)?.value.to_vec()),
        };
        let hash = take(rest, SEQUENCE)?.inner(SEQUENCE)?.first()?.oid()?;
        // The signature is over the set as such, not over its place in the structure.
        let mut attributes = take(rest, CONTEXT_0)?.full.to_vec();
        *attributes.first_mut()? = SET;
        let algorithm = take(rest, SEQUENCE)?.inner(SEQUENCE)?.first()?.oid()?;
        let signature = take(rest, OCTETS)?.value.to_vec();
        take(rest, CONTEXT_1);
        rest.next().is_none().then_some((id, hash, attributes, algorithm, signature))
    };
    let (id, hash, attributes, algorithm, signature) = read(&mut rest).ok_or(malformed)?;
    let hash = Hash::from_oid(hash).ok_or(Fault::Unsupported("the hash of its signature"))?;
    Ok(SignerInfo { id, hash, attributes, algorithm, signature })
}

fn tst_info(content: &[u8]) -> Result<TstInfo, Fault> {
    let malformed = Fault::Malformed("what it states has another form");
    let parts =
        Item::only(content).and_then(|item| item.inner(SEQUENCE)).ok_or(malformed.clone())?;
    let mut rest = parts.iter();
    let read = |rest: &mut std::slice::Iter<'_, Item<'_>>| {
        if take(rest, INTEGER)?.small()? != 1 {
            return None;
        }
        let policy = rest.next()?.oid()?;
        let [algorithm, digest] = take(rest, SEQUENCE)?.inner(SEQUENCE)?[..] else { return None };
        let algorithm = algorithm.inner(SEQUENCE)?.first()?.oid()?;
        let digest = digest.octets()?.to_vec();
        let serial = take(rest, INTEGER)?.value.to_vec();
        let at = general_time(take(rest, GENERALIZED_TIME)?.value)?;
        let accuracy = match take(rest, SEQUENCE) {
            Some(item) => Some(accuracy(item)?),
            None => None,
        };
        take(rest, BOOLEAN);
        let nonce = take(rest, INTEGER).map(|item| item.value.to_vec());
        take(rest, CONTEXT_0);
        let mut extensions = Vec::new();
        if let Some(all) = take(rest, CONTEXT_1) {
            for item in items(all.value)? {
                extensions.push(Extension::from_der(item.full).ok()?);
            }
        }
        let is_known = extensions.iter().all(|extension| !extension.critical);
        let ended = rest.next().is_none();
        ended.then_some((policy, algorithm, digest, serial, at, accuracy, nonce, is_known))
    };
    let (policy, algorithm, digest, serial, at, accuracy, nonce, is_known) =
        read(&mut rest).ok_or(malformed)?;
    if !is_known {
        return Err(Fault::Unsupported("one of its critical extensions"));
    }
    let hash = Hash::from_oid(algorithm).ok_or(Fault::Unsupported("the hash of its imprint"))?;
    Ok(TstInfo { policy, hash, digest, serial, at, accuracy, nonce })
}

/// `YYYYMMDDhhmmss[.f…]Z`, with no zero at the end of the fraction (RFC 3161 §2.4.2).
fn general_time(bytes: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = match text.split_once('.') {
        None => (text, ""),
        Some((_, fraction)) if fraction.is_empty() || fraction.ends_with('0') => return None,
        Some(parts) => parts,
    };
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !is_plain(whole) || !is_plain(fraction) || fraction.len() > 9 {
        return None;
    }
    let part = |range: std::ops::Range<usize>| &whole[range];
    let point = if fraction.is_empty() { "" } else { "." };
    if part(12..14) == "60" {
        return None;
    }
    format!(
        "{}-{}-{}T{}:{}:{}{point}{fraction}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(8..10),
        part(10..12),
        part(12..14)
    )
    .parse()
    .ok()
}

fn accuracy(item: Item<'_>) -> Option<SignedDuration> {
    let parts = item.inner(SEQUENCE)?;
    let mut rest = parts.iter();
    let seconds = take(&mut rest, INTEGER).map_or(Some(0), Item::small)?;
    let mut below = |tag| {
        take(&mut rest, tag).map_or(Some(0), |item| {
            let value = item.value.iter().fold(0_u64, |all, &byte| all << 8 | u64::from(byte));
            (item.value.len() <= 2 && (1..=999).contains(&value)).then_some(value)
        })
    };
    let (millis, micros) = (below(0x80)?, below(0x81)?);
    let nanos = i32::try_from(millis * 1_000_000 + micros * 1_000).ok()?;
    let seconds = i64::try_from(seconds).ok().filter(|&seconds| seconds < 1 << 32)?;
    rest.next().is_none().then(|| SignedDuration::new(seconds, nanos))
}

/// An unsigned number without leading zeros.
fn unsigned(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    &bytes[zeros..]
}

/// The certificates or lists of a PEM file, in DER; `None` if it holds none, or anything else.
///
/// A file that is one certificate or list in DER is accepted as well.
pub fn parse_pem(bytes: &[u8], label: &str) -> Option<Vec<Vec<u8>>> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    if bytes.first() == Some(&SEQUENCE) {
        return Item::only(bytes).map(|item| vec![item.full.to_vec()]);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        rest = &rest[start..];
        let stop = rest.find(&end)? + end.len();
        if !rest.starts_with(&begin)
            || stop < begin.len() + end.len()
            || found.len() == MAX_CERTIFICATES
        {
            return None;
        }
        let mut text = rest[begin.len()..stop - end.len()].to_owned();
        text.retain(|c| !c.is_ascii_whitespace());
        let der = base64::decode(&text)?;
        found.push(der);
        rest = &rest[stop..];
    }
    (!found.is_empty()).then_some(found)
}

/// Label of certificates in PEM.
pub const CERTIFICATE: &str = "CERTIFICATE";

/// Label of revocation lists in PEM.
pub const REVOCATION_LIST: &str = "X509 CRL";

/// Writes certificates or lists as PEM, one behind the other.
pub fn to_pem(ders: &[Vec<u8>], label: &str) -> String {
    let mut text = String::new();
    for der in ders {
        let base64 = data_encoding::BASE64.encode(der);
        text.push_str(&format!("-----BEGIN {label}-----\n"));
        for line in base64.as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str(&format!("-----END {label}-----\n"));
    }
    text
}
