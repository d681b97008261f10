//! did:webvh 1.0: a name whose whole history of keys is in a file, each version bound to the one before
//! (<https://identity.foundation/didwebvh/v1.0/>).
//!
//! The name holds the SCID, a hash of the first entry; each entry holds the hash of the one before; each is
//! signed by a key that the one before admitted, or, under pre-rotation, whose hash it had announced. Witnesses, if there
//! are any, sign each version too. So whoever owns the domain tomorrow cannot make a history of her own under the name.
//!
//! Reading ([`History::parse`]) is for anybody's logs, strict, and pure: the time is an argument and nothing is fetched.
//! [`document`] is what our own issuers write into the state; [`write`] makes entries.
//!
//! Written here rather than taken: the crate of the method's foundation brings an asynchronous network stack, a
//! storage layer and a second generation of the cryptography, and what is left after that is the
//! hash chain below, over the credentials and canonical JSON that records use as well.

pub mod document;
pub mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::credential::hash_data;
use super::did::DidWebvh;
use super::json::{self, Object, Value};
use super::key::{VerifierKey, verify_strict};
use super::{instant, jcs, multibase};

/// The only version of the method that is read.
pub const METHOD: &str = "did:webvh:1.0";

/// Largest log that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// Most entries that are read.
pub const MAX_ENTRIES: usize = 10_000;

/// What stands for the SCID while it is computed.
const PLACEHOLDER: &str = "{SCID}";

/// Why a log is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryFault {
    /// The stable name of the check: `form`, `parameters`, `time`, `scid`, `hash`, `proof`, `did`, `witness`, `end`.
    pub check: &'static str,
    /// The entry, from 1; 0 for the file as a whole.
    pub entry: usize,
    /// Why, in plain words.
    pub why: String,
}

impl fmt::Display for HistoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = match self.check {
            "witness" => "did.jsonl, did-witness.json",
            _ => "did.jsonl",
        };
        match self.entry {
            0 => write!(f, "the history of keys ({files}): {}", self.why),
            entry => write!(f, "version {entry} of the history of keys ({files}): {}", self.why),
        }
    }
}

impl std::error::Error for HistoryFault {}

/// A version's name: its number, and the hash of its entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VersionId(String);

impl VersionId {
    /// Reads `<number>-<hash>` in its one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.split_once('-')?;
        let number: u32 = number.parse().ok().filter(|n: &u32| n.to_string() == number)?;
        (number > 0 && is_hash(hash)).then(|| Self(text.to_owned()))
    }

    fn new(number: usize, hash: &str) -> Self {
        Self(format!("{number}-{hash}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its number, from 1.
    pub fn number(&self) -> u32 {
        self.0.split_once('-').and_then(|(number, _)| number.parse().ok()).unwrap_or_default()
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who has to sign each version besides the owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// How many of them.
    pub threshold: u64,
    /// Their keys.
    pub keys: Vec<VerifierKey>,
}

impl Witnesses {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// The parameters as they are in force with a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Keys that may sign the next version, as long as pre-rotation is off.
    pub update_keys: Vec<VerifierKey>,
    /// Hashes of the keys that may sign the next version; pre-rotation is on if there are any.
    pub next_key_hashes: Vec<String>,
    /// Who witnesses.
    pub witness: Witnesses,
    /// Whether it may move to another address.
    pub portable: bool,
    /// Whether the name is at its end.
    pub deactivated: bool,
}

/// One version.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Its name.
    pub version_id: VersionId,
    /// When it was made, as its maker says.
    pub time: Timestamp,
    /// The parameters from it on.
    pub parameters: Parameters,
    /// The name, which may have moved.
    pub did: DidWebvh,
    /// The DID document.
    pub document: Value,
    /// The key that signed it.
    pub key: VerifierKey,
    /// The witnesses that signed it or a later one.
    pub witnessed_by: Vec<VerifierKey>,
}

/// A whole verified history, with one version at least.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    versions: Vec<Version>,
}

impl History {
    /// Verifies a `did.jsonl` with its `did-witness.json`. `now`, if given, is the time that no version
    /// may be later than.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn parse(
        log: &[u8],
        witness: Option<&[u8]>,
        now: Option<Timestamp>,
    ) -> Result<Self, HistoryFault> {
        let fault = |check, why: &str| HistoryFault { check, entry: 0, why: why.to_owned() };
        if log.len() > MAX_BYTES {
            return Err(fault("form", "it is far too long"));
        }
        let text = std::str::from_utf8(log).map_err(|_| fault("form", "it is not UTF-8 text"))?;
        let mut versions: Vec<Version> = Vec::new();
        let mut signers = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if versions.len() >= MAX_ENTRIES {
                return Err(fault("form", "it has far too many versions"));
            }
            let number = versions.len() + 1;
            let at =
                |(check, why): (&'static str, String)| HistoryFault { check, entry: number, why };
            let version = read_entry(line, number, versions.last(), now).map_err(at)?;
            let before = versions.last().map(|before| before.parameters.witness.clone());
            signers.push(before.unwrap_or_default());
            versions.push(version);
        }
        if versions.is_empty() {
            return Err(fault("form", "it has no version"));
        }
        check_witnesses(&mut versions, &signers, witness)?;
        Ok(Self { versions })
    }

    /// The versions, the first first.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The newest version.
    pub fn latest(&self) -> &Version {
        self.versions.last().expect("a history has a version")
    }

    /// The name as it is now.
    pub fn did(&self) -> &DidWebvh {
        &self.latest().did
    }

    /// Whether the name is at its end.
    pub fn is_deactivated(&self) -> bool {
        self.latest().parameters.deactivated
    }

    /// Whether the name is one that this history had at some time, with its SCID.
    pub fn is_of(&self, did: &DidWebvh) -> bool {
        self.versions.iter().any(|version| version.did == *did)
    }
}

type Why = (&'static str, String);

fn why<T>(check: &'static str, words: impl Into<String>) -> Result<T, Why> {
    Err((check, words.into()))
}

fn read_entry(
    line: &str,
    number: usize,
    before: Option<&Version>,
    now: Option<Timestamp>,
) -> Result<Version, Why> {
    let Ok(Value::Object(mut entry)) = json::parse(line.as_bytes()) else {
        return why("form", "it is not one JSON object, readable in one way");
    };
    let names = ["versionId", "versionTime", "parameters", "state", "proof"];
    if entry.len() != names.len() || !names.iter().all(|name| entry.contains_key(*name)) {
        return why("form", "it does not have exactly the members of an entry");
    }
    if before.is_some_and(|before| before.parameters.deactivated) {
        return why("end", "the version before it ended the name");
    }
    let proof = entry.remove("proof").unwrap_or(Value::Null);
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let version_id = VersionId::parse(&text("versionId"))
        .filter(|id| id.number() as usize == number)
        .ok_or(("hash", "its versionId is not the next".to_owned()))?;
    let time = parse_time(&text("versionTime"))
        .ok_or(("time", "its versionTime is not a time in UTC".to_owned()))?;
    if before.is_some_and(|before| time <= before.time) {
        return why("time", "its versionTime is not after that of the version before it");
    }
    if now.is_some_and(|now| time > now) {
        return why("time", "its versionTime is still to come");
    }
    let Some(Value::Object(given)) = entry.get("parameters") else {
        return why("parameters", "its parameters are not an object");
    };
    let given = given.clone();
    let parameters = read_parameters(&given, before.map(|before| &before.parameters))?;
    let did = read_did(&entry, &given, before)?;

    // The hashes: of the first entry with the placeholder, and of each in the chain.
    if before.is_none() && line.contains(PLACEHOLDER) {
        return why("scid", "what stands for the SCID stands in it");
    }
    if before.is_none() && scid_of(&entry, did.scid()) != did.scid() {
        return why("scid", "the SCID is not the hash of the first version");
    }
    let predecessor = before.map_or(did.scid(), |before| before.version_id.as_str()).to_owned();
    let document = Value::Object(entry.clone());
    if version_id != VersionId::new(number, &entry_hash(&mut entry, &predecessor)) {
        return why("hash", "its versionId is not the hash of what it says");
    }
    let authorized = match before {
        None => &parameters.update_keys,
        Some(before) if before.parameters.next_key_hashes.is_empty() => {
            &before.parameters.update_keys
        }
        Some(_) => &parameters.update_keys,
    };
    let key = check_proof(&proof, &document, authorized)?;
    let document = match document {
        Value::Object(mut entry) => entry.remove("state").unwrap_or(Value::Null),
        _ => Value::Null,
    };
    Ok(Version { version_id, time, parameters, did, document, key, witnessed_by: Vec::new() })
}

/// A time in UTC as any implementation writes it: `YYYY-MM-DDThh:mm:ssZ`, with a fraction of at most nine digits or none.
fn parse_time(text: &str) -> Option<Timestamp> {
    let (second, fraction) = text.strip_suffix('Z')?.split_at_checked(19)?;
    let digits = fraction.strip_prefix('.').unwrap_or("0");
    let is_fraction = (fraction.is_empty() || fraction.starts_with('.'))
        && (1..=9).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    instant::parse(&format!("{second}Z")).filter(|_| is_fraction)?;
    text.parse().ok()
}

fn read_parameters(given: &Object, before: Option<&Parameters>) -> Result<Parameters, Why> {
    let known = [
        "method",
        "scid",
        "updateKeys",
        "nextKeyHashes",
        "witness",
        "watchers",
        "portable",
        "deactivated",
        "ttl",
    ];
    if let Some(name) = given.keys().find(|name| !known.contains(&name.as_str())) {
        return why("parameters", format!("there is no parameter {name:.40}"));
    }
    let is_first = before.is_none();
    match given.get("method").map(Value::as_str) {
        Some(Some(METHOD)) => {}
        None if !is_first => {}
        _ => return why("parameters", "its method is not did:webvh:1.0"),
    }
    if is_first != given.contains_key("scid") {
        return why("parameters", "the SCID stands in the first version, and there only");
    }
    let mut now = before.cloned().unwrap_or_default();
    let pre_rotated = before.filter(|before| !before.next_key_hashes.is_empty());
    if let Some(value) = given.get("updateKeys") {
        // `null` is the default, which is none.
        let keys = match value {
            Value::Null => &[],
            value => value.as_array().unwrap_or(&[Value::Null]),
        };
        let keys = keys.iter();
        let keys: Option<Vec<_>> =
            keys.map(|key| VerifierKey::from_multikey(key.as_str()?)).collect();
        now.update_keys = keys.ok_or(("parameters", "an update key is no key".to_owned()))?;
    } else if is_first {
        return why("parameters", "the first version names no update keys");
    } else if pre_rotated.is_some() {
        return why("parameters", "the keys that were announced for it are not named");
    }
    if let Some(before) = pre_rotated {
        let is_announced =
            |key: &VerifierKey| before.next_key_hashes.contains(&key_hash(&key.to_multikey()));
        if !now.update_keys.iter().all(is_announced) {
            return why("parameters", "an update key is not one that was announced");
        }
        if !given.contains_key("nextKeyHashes") {
            return why("parameters", "the next keys are not announced, nor said to end");
        }
    }
    if let Some(value) = given.get("nextKeyHashes") {
        let hashes = match value {
            Value::Null => Some(Vec::new()),
            value => value.as_array().and_then(|hashes| {
                let hash = |hash: &Value| hash.as_str().filter(|h| is_hash(h)).map(str::to_owned);
                hashes.iter().map(hash).collect()
            }),
        };
        now.next_key_hashes =
            hashes.ok_or(("parameters", "a hash of a next key is none".to_owned()))?;
    }
    if let Some(value) = given.get("witness") {
        now.witness = read_witnesses(value)?;
    }
    for (name, flag) in [("portable", &mut now.portable), ("deactivated", &mut now.deactivated)] {
        match given.get(name) {
            None => {}
            Some(Value::Null) => *flag = false,
            Some(Value::Bool(true)) if name == "portable" && !is_first => {
                return why("parameters", "portable can be said in the first version only");
            }
            Some(Value::Bool(value)) => *flag = *value,
            Some(_) => return why("parameters", format!("{name} is neither true nor false")),
        }
    }
    for (name, fits) in [
        ("ttl", |value: &Value| value.as_count().is_some()),
        ("watchers", |value: &Value| value.as_array().is_some_and(|list| list.iter().all(is_text))),
    ] as [(&str, fn(&Value) -> bool); 2]
    {
        if given.get(name).is_some_and(|value| *value != Value::Null && !fits(value)) {
            return why("parameters", format!("{name} is not what it should be"));
        }
    }
    if now.update_keys.is_empty() && !now.deactivated {
        return why("parameters", "nobody could sign the next version");
    }
    Ok(now)
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some()
}

fn read_witnesses(value: &Value) -> Result<Witnesses, Why> {
    let members = match value {
        Value::Null => return Ok(Witnesses::default()),
        Value::Object(members) if members.is_empty() => return Ok(Witnesses::default()),
        Value::Object(members) => members,
        _ => return why("parameters", "its witness is not an object"),
    };
    let threshold = members.get("threshold").and_then(Value::as_count).unwrap_or_default();
    let listed = members.get("witnesses").and_then(Value::as_array).unwrap_or(&[]);
    let key = |witness: &Value| {
        // One implementation leaves the method out.
        let id = witness.text("id")?;
        VerifierKey::from_multikey(id.strip_prefix("did:key:").unwrap_or(id))
    };
    let keys: Option<Vec<_>> = listed.iter().map(key).collect();
    let keys = keys.ok_or(("parameters", "a witness is named by no did:key".to_owned()))?;
    let distinct: BTreeSet<_> = keys.iter().collect();
    if distinct.len() != keys.len() {
        return why("parameters", "one witness is named twice");
    }
    if threshold < 1 || threshold > keys.len() as u64 {
        return why("parameters", "so many witnesses as it needs are not named, or none is needed");
    }
    Ok(Witnesses { threshold, keys })
}

fn read_did(entry: &Object, given: &Object, before: Option<&Version>) -> Result<DidWebvh, Why> {
    let state = entry.get("state");
    let did = state
        .and_then(|state| state.text("id"))
        .and_then(DidWebvh::parse)
        .ok_or(("did", "the name in its document is not a did:webvh name".to_owned()))?;
    let Some(before) = before else {
        if given.get("scid").and_then(Value::as_str) != Some(did.scid()) {
            return why("did", "the SCID in the name is another than in the parameters");
        }
        return Ok(did);
    };
    if did == before.did {
        return Ok(did);
    }
    if did.scid() != before.did.scid() {
        return why("did", "it names another SCID");
    }
    if !before.parameters.portable {
        return why("did", "it moved, and is not portable");
    }
    let also = state.and_then(|state| state.member("alsoKnownAs")).and_then(Value::as_array);
    let old = before.did.to_string();
    if !also.unwrap_or(&[]).iter().any(|name| name.as_str() == Some(&old)) {
        return why("did", "it moved, and does not say what it was called before");
    }
    Ok(did)
}

/// The SCID that a first entry should have, `scid` being the one that it says.
fn scid_of(entry: &Object, scid: &str) -> String {
    let mut entry = entry.clone();
    entry.insert("versionId".to_owned(), PLACEHOLDER.into());
    let text = String::from_utf8(jcs::encode(&Value::Object(entry))).unwrap_or_default();
    let open = text.replace(scid, PLACEHOLDER);
    match json::parse(open.as_bytes()) {
        Ok(value) => hash(&jcs::encode(&value)),
        Err(_) => String::new(),
    }
}

/// The hash of an entry without its proof, that binds the version before it.
fn entry_hash(entry: &mut Object, predecessor: &str) -> String {
    entry.insert("versionId".to_owned(), predecessor.into());
    hash(&jcs::encode(&Value::Object(std::mem::take(entry))))
}

/// base58btc of the SHA-256 multihash, without a multibase prefix.
fn hash(bytes: &[u8]) -> String {
    let mut multihash = vec![0x12, 0x20];
    multihash.extend_from_slice(&Sha256::digest(bytes));
    bs58::encode(multihash).into_string()
}

/// The hash by which a key is announced.
pub fn key_hash(multikey: &str) -> String {
    hash(multikey.as_bytes())
}

fn is_hash(text: &str) -> bool {
    text.len() <= 64
        && bs58::decode(text)
            .into_vec()
            .is_ok_and(|bytes| bytes.len() == 34 && bytes[..2] == [0x12, 0x20])
}

/// Checks the proofs of an entry: one or more, all true, each by one of the keys. Gives the first's key.
fn check_proof(
    proof: &Value,
    document: &Value,
    authorized: &[VerifierKey],
) -> Result<VerifierKey, Why> {
    let proofs = proof.as_array().unwrap_or(&[]);
    let mut first = None;
    for proof in proofs {
        let key = proof_key(proof, document).map_err(|words| ("proof", words.to_owned()))?;
        if !authorized.contains(&key) {
            return why("proof", "it is signed by a key that may not sign it");
        }
        first.get_or_insert(key);
    }
    first.ok_or(("proof", "nobody signed it".to_owned()))
}

/// Verifies one Data Integrity proof of the suite `eddsa-jcs-2022`; gives its key.
fn proof_key(proof: &Value, document: &Value) -> Result<VerifierKey, &'static str> {
    let members = proof.as_object().ok_or("its signature is not an object")?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    let known =
        ["type", "cryptosuite", "verificationMethod", "created", "proofPurpose", "proofValue"];
    if members.keys().any(|name| !known.contains(&name.as_str())) {
        return Err("its signature has a member that is not known");
    }
    if text("type") != "DataIntegrityProof" || text("cryptosuite") != "eddsa-jcs-2022" {
        return Err("its signature is of another suite than eddsa-jcs-2022");
    }
    if text("proofPurpose") != "assertionMethod" {
        return Err("its signature is for another purpose");
    }
    if members.contains_key("created") && parse_time(text("created")).is_none() {
        return Err("its signature is of no time");
    }
    let (did, fragment) = text("verificationMethod").split_once('#').unwrap_or_default();
    if did.strip_prefix("did:key:") != Some(fragment) {
        return Err("its signature names two keys, or none");
    }
    let key = VerifierKey::from_multikey(fragment).ok_or("its signature names no key")?;
    let signature = multibase::decode(text("proofValue")).ok_or("its signature cannot be read")?;
    let mut config = members.clone();
    config.remove("proofValue");
    let message = hash_data(&Value::Object(config), document);
    match verify_strict(key.as_bytes(), &message, &signature) {
        true => Ok(key),
        false => Err("the key did not sign what it says"),
    }
}

fn check_witnesses(
    versions: &mut [Version],
    before: &[Witnesses],
    file: Option<&[u8]>,
) -> Result<(), HistoryFault> {
    let fault = |entry, why: &str| HistoryFault { check: "witness", entry, why: why.to_owned() };
    // The newest version that each witness signed: a proof stands for all before it too.
    let mut signed: BTreeMap<VerifierKey, usize> = BTreeMap::new();
    if let Some(file) = file {
        let proofs = (file.len() <= MAX_BYTES).then(|| json::parse(file).ok()).flatten();
        let Some(Value::Array(proofs)) = proofs else {
            return Err(fault(0, "did-witness.json is not a list"));
        };
        for entry in &proofs {
            let Some(id) = entry.text("versionId") else {
                return Err(fault(0, "a proof of a witness names no version"));
            };
            // A version that is not in the log yet is not ours to judge.
            let at = versions.iter().position(|version| version.version_id.as_str() == id);
            let Some(at) = at else { continue };
            let document = Value::from([("versionId", id.into())]);
            for proof in entry.member("proof").and_then(Value::as_array).unwrap_or(&[]) {
                let Ok(key) = proof_key(proof, &document) else {
                    let why = "a proof of a witness does not hold";
                    return Err(fault(at + 1, why));
                };
                let newest = signed.entry(key).or_default();
                *newest = (*newest).max(at + 1);
            }
        }
    }
    for (at, (version, before)) in versions.iter_mut().zip(before).enumerate() {
        let signers = |witnesses: &Witnesses| -> Vec<VerifierKey> {
            let keys = witnesses.keys.iter();
            keys.filter(|key| signed.get(key).is_some_and(|newest| *newest > at)).copied().collect()
        };
        // Those of the version before it: a thief could name her own. Where there were none yet, its own.
        let own = &version.parameters.witness;
        let active = if before.is_empty() { own } else { before };
        let needed = active.threshold;
        version.witnessed_by = signers(active);
        if (version.witnessed_by.len() as u64) < needed {
            return Err(fault(at + 1, "not enough of its witnesses signed it"));
        }
    }
    Ok(())
}
