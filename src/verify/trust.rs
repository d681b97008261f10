//! Whom a verifier believes, and for what: the file `trust.toml`.
//!
//! The program trusts nobody by default. Each entry is one signer with one record key:
//!
//! ```toml
//! [[signer]]
//! name = "Weavers of the Orrin valley"                # as you call them
//! did = "did:web:brand.example"                       # the issuer's name in their records
//! key = "z6Mk…"                                       # their record key; or, from paper,
//! fingerprint = "SHA256:…"                            # as `ssh-keygen -l` and key sheets show it
//! log = "brand.example/log+33d7b496+AeHT…"            # their log key (their file log.vkey)
//! kinds = ["Design"]                                  # believed for these; all if left out
//! address = "https://brand.example/"                  # where they publish, or a folder: then those are believed too
//!                                                     # whom a Delegation of theirs names, for what it says
//!
//! # Who watches registers, so that they cannot be told twice: how many have to have seen one.
//! # It stands above the first entry; 1 if left out.
//! quorum = 2
//!
//! [[witness]]
//! name = "Potters of the coast"
//! key = "potters.example/witness+1df7eab5+BMEP…"      # their witness key
//! address = "https://potters.example/"                # where they publish it, or a folder
//! server = "https://witness.example/"                 # if it is a server that is asked instead
//!
//! [[log]]                                             # registers that this site watches
//! name = "Potters of the coast"
//! key = "potters.example/log+33d7b496+AeHT…"          # their log key
//! address = "https://potters.example/"
//! ```
//!
//! Of `key` and `fingerprint` one is needed, but for a `did:webvh` name: that binds the whole history of its
//! keys, so that the name alone is enough wherever the history is at hand. Several entries may name one issuer, as when a key
//! was replaced. Without `log` the signature is believed, but not the register: such records
//! stay *cannot check now*. Beside signers, those whose word about time counts can be listed:
//!
//! ```toml
//! [[tsa]]                                             # a time-stamp authority
//! name = "Time office"
//! root = '''-----BEGIN CERTIFICATE-----…'''           # its root certificate
//! policy = "1.3.6.1.4.1.4146.2.3"                     # only this policy; any if left out
//! address = "https://time.example/tsr"                # where `log due` asks it for your own register
//!
//! [[calendar]]                                        # an OpenTimestamps calendar that `log due` asks
//! address = "https://calendar.example"
//!
//! [[bitcoin]]                                         # a block, from a copy of the chain
//! height = 905000
//! hash = "0000…"                                      # or header = "…", its 80 bytes in hex
//! ```
//!
//! Practice records are never accepted, whoever is listed here.

use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;

use super::identity::Identity;
use crate::provenance::did::Did;
use crate::provenance::key::VerifierKey;
use crate::provenance::log::policy::Quorum;
use crate::provenance::log::{WitnessKey, origin_base};
use crate::provenance::note::{KeyName, NoteKey};
use crate::provenance::record::SignedRecord;
use crate::provenance::sshsig;

use super::test_keys::TestKeys;
use super::time::{BitcoinEntry, CalendarEntry, TimeTrust, TsaEntry};

/// The signers that a verifier believes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    signers: Vec<TrustedSigner>,
    fingerprints: Vec<String>,
    time: TimeTrust,
    witnesses: Vec<TrustedWitness>,
    logs: Vec<TrustedLog>,
    threshold: Option<usize>,
    not_delegated: Vec<NotDelegated>,
    test_keys: Option<TestKeys>,
}

/// One witness: separately controlled, or it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedWitness {
    /// What the verifier calls them.
    pub name: String,
    /// The key that cosigns.
    pub key: WitnessKey,
    /// The folder or web address of their site, where they publish what they cosigned.
    pub address: Option<String>,
    /// The web address of their server, if they run one that is asked for cosignatures.
    pub server: Option<String>,
}

/// One register that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedLog {
    /// What the verifier calls them.
    pub name: String,
    /// The key that signs its heads.
    pub key: NoteKey,
    /// The folder or web address of the site.
    pub address: Option<String>,
}

/// One signer with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedSigner {
    /// What the verifier calls them.
    pub name: String,
    /// Their name in records.
    pub did: Did,
    /// Fingerprint of their record key, as OpenSSH writes it; `None` where the name itself binds
    /// the history of keys (`did:webvh`, `did:key`).
    pub fingerprint: Option<String>,
    /// Their log key.
    pub log: Option<NoteKey>,
    /// The kinds of record that they are believed for; `None` is all.
    pub kinds: Option<Vec<String>>,
    /// The folder or web address of their site, if those whom they delegate are to be believed.
    pub address: Option<String>,
    /// By whose Delegation they are believed, if the list itself does not name them.
    pub delegated: Option<Delegated>,
}

/// By whose Delegation a signer is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegated {
    /// Whose Delegations lead here, each in a register of her own: a signer of the list first, then whom each delegated.
    pub chain: Vec<Delegator>,
    /// The earliest `created` of a record for which it counts.
    pub from: Timestamp,
    /// The latest.
    pub until: Timestamp,
}

/// Somebody who delegated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegator {
    /// What the verifier calls them.
    pub name: String,
    /// Their name in records.
    pub did: Did,
}

impl Delegated {
    /// What the verifier calls whoever delegated.
    pub fn by(&self) -> &str {
        self.chain.last().map_or("", |last| &last.name)
    }

    /// How many Delegations lead here from a signer of the list, from 1.
    pub fn depth(&self) -> usize {
        self.chain.len()
    }
}

/// Why somebody is not believed whom a signer of the list may have delegated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotDelegated {
    /// Who; `None` if it is not known who they are.
    pub did: Option<Did>,
    /// Why, in plain words.
    pub why: String,
}

impl TrustedSigner {
    /// Whether they are believed for a kind of record, whenever it was signed.
    pub(crate) fn is_for(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|it| it == kind))
    }

    /// Whether what makes them believed counts for a record of this time.
    pub(crate) fn is_at(&self, created: Timestamp) -> bool {
        self.delegated.as_ref().is_none_or(|by| (by.from..=by.until).contains(&created))
    }
}

/// What a trust list says about the signer of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing<'a> {
    /// There is no trust list.
    NoList,
    /// Nobody of that name is listed.
    Unknown,
    /// The name is listed, with other keys.
    OtherKey,
    /// Name and key are listed, for other kinds of record.
    OtherKind,
    /// Name, key and kind were delegated, for records of another time.
    OtherTime(&'a Delegated),
    /// Listed, with name, key and kind.
    Listed(&'a TrustedSigner),
    /// The key, or one that speaks for its issuer, is for trying out, and that was not asked for.
    TestKey,
    /// The key's fingerprint was given by itself; the name was not.
    ByFingerprint,
    /// The name is listed, and stands for whatever keys its history names, which is not at hand.
    KeysUnknown,
}

/// What is wrong with a trust list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustError {
    /// Bytes of the file that the message is about.
    pub span: Option<std::ops::Range<usize>>,
    /// What is wrong, and what to write instead.
    pub why: String,
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for TrustError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    signer: Vec<toml::Spanned<Entry>>,
    #[serde(default)]
    tsa: Vec<toml::Spanned<TsaEntry>>,
    #[serde(default)]
    calendar: Vec<CalendarEntry>,
    #[serde(default)]
    bitcoin: Vec<toml::Spanned<BitcoinEntry>>,
    #[serde(default)]
    witness: Vec<toml::Spanned<WitnessEntry>>,
    #[serde(default)]
    log: Vec<toml::Spanned<LogEntry>>,
    quorum: Option<toml::Spanned<u8>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessEntry {
    name: String,
    key: String,
    address: Option<String>,
    server: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogEntry {
    name: String,
    key: String,
    address: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    did: String,
    key: Option<String>,
    fingerprint: Option<String>,
    log: Option<String>,
    kinds: Option<Vec<String>>,
    address: Option<String>,
}

impl Trust {
    /// A list of nobody.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Reads `trust.toml`.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let file: File = toml::from_str(text).map_err(|error| TrustError {
            span: error.span(),
            why: "the trust list cannot be understood here: an entry of a signer starts with \
                  [[signer]] and has name, did, and key or fingerprint; log, kinds and address if wanted; \
                  entries that start with [[witness]] or [[log]] have name and key"
                .to_owned(),
        })?;
        let signers = file
            .signer
            .into_iter()
            .map(|entry| {
                let span = entry.span();
                signer(entry.into_inner()).map_err(|why| TrustError { span: Some(span), why })
            })
            .collect::<Result<_, _>>()?;
        let mut time = TimeTrust::default();
        for entry in file.tsa {
            let span = entry.span();
            time.add_authority(entry.into_inner())
                .map_err(|why| TrustError { span: Some(span), why })?;
        }
        time.calendars = file.calendar.into_iter().map(|entry| entry.address).collect();
        for entry in file.bitcoin {
            let span = entry.span();
            time.add_block(entry.get_ref()).map_err(|why| TrustError { span: Some(span), why })?;
        }
        let mut trust = Self { signers, time, ..Self::default() };
        for entry in file.log {
            let span = entry.span();
            let log = log(entry.into_inner())
                .map_err(|why| TrustError { span: Some(span), why: why.to_owned() })?;
            trust.logs.push(log);
        }
        for entry in file.witness {
            let span = entry.span();
            let add = witness(entry.into_inner()).and_then(|witness| trust.add_witness(witness));
            add.map_err(|why| TrustError { span: Some(span), why: why.to_owned() })?;
        }
        if let Some(quorum) = file.quorum {
            let (span, number) = (quorum.span(), usize::from(*quorum.get_ref()));
            if number == 0 || number > trust.witnesses.len() {
                let why = "quorum is how many of the witnesses below have to have seen a register: \
                           at least 1, at most all of them";
                return Err(TrustError { span: Some(span), why: why.to_owned() });
            }
            trust.threshold = Some(number);
        }
        Ok(trust)
    }

    /// Adds a witness.
    ///
    /// # Errors
    /// If its key is that of another witness, of a log or of a signer: each role has its own.
    pub fn add_witness(&mut self, witness: TrustedWitness) -> Result<(), &'static str> {
        let key = witness.key.key();
        if self.witnesses.iter().any(|other| other.key.key() == key) {
            return Err("two witnesses have the same key; each has its own");
        }
        let fingerprint = sshsig::fingerprint(key);
        let signs = self.signers.iter().any(|signer| {
            signer.fingerprint.as_ref() == Some(&fingerprint)
                || signer.log.as_ref().is_some_and(|log| log.key() == key)
        });
        if signs || self.logs.iter().any(|log| log.key.key() == key) {
            return Err(
                "the key of the witness is also a record key or log key; each role has its own",
            );
        }
        self.witnesses.push(witness);
        Ok(())
    }

    /// Adds a register that is watched.
    pub fn add_log(&mut self, log: TrustedLog) {
        self.logs.push(log);
    }

    /// Whether it names anybody whose word about time counts.
    pub(crate) fn dates(&self) -> bool {
        !self.witnesses.is_empty() || !self.time.is_empty()
    }

    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> &[TrustedWitness] {
        &self.witnesses
    }

    /// The registers that are watched, in the order of the file.
    pub fn logs(&self) -> &[TrustedLog] {
        &self.logs
    }

    /// The keys by which a log of this name may sign: of watched registers and of signers.
    pub fn keys_of_log<'a>(&'a self, origin: &'a KeyName) -> impl Iterator<Item = &'a NoteKey> {
        let watched = self.logs.iter().map(|log| &log.key);
        let signers = self.signers.iter().filter_map(|signer| signer.log.as_ref());
        watched.chain(signers).filter(move |key| key.name() == origin)
    }

    /// How many of the witnesses have to have seen a register, at least 1.
    pub fn threshold(&self) -> usize {
        self.threshold.unwrap_or(1)
    }

    /// How many of which witnesses have to have seen a register; `None` without witnesses.
    ///
    /// The issuer's own witness is left out: nobody vouches for a register by itself.
    pub fn quorum(&self, log: &NoteKey) -> Option<Quorum> {
        let base = origin_base(log.name());
        let is_own = |key: &WitnessKey| key.key() == log.key() || origin_base(key.name()) == base;
        let keys = self.witnesses.iter().map(|witness| &witness.key);
        let keys: Vec<_> = keys.filter(|key| !is_own(key)).cloned().collect();
        Quorum::new(self.threshold(), keys).ok()
    }

    /// Adds a signer.
    pub fn add(&mut self, signer: TrustedSigner) {
        self.signers.push(signer);
    }

    /// Says which keys are for trying out; gives the witnesses that are none any more by that.
    pub(super) fn set_test_keys(&mut self, keys: TestKeys) -> Vec<String> {
        let mut lost = Vec::new();
        self.witnesses.retain(|witness| {
            let stays = keys.are_believed || !keys.has(witness.key.key());
            if !stays {
                lost.push(witness.name.clone());
            }
            stays
        });
        self.test_keys = Some(keys);
        lost
    }

    /// Whether a record's key, or one that speaks for its issuer, is for trying out.
    pub(crate) fn is_test_key(&self, record: &SignedRecord, identity: Option<&Identity>) -> bool {
        self.test_keys.as_ref().is_some_and(|keys| {
            keys.has(record.key()) || identity.is_some_and(|identity| keys.has_any_of(identity))
        })
    }

    /// Whether nothing is believed that an issuer's history of keys says, since a test key speaks for it.
    pub(crate) fn refuses(&self, identity: &Identity) -> bool {
        let keys = self.test_keys.as_ref().filter(|keys| !keys.are_believed);
        keys.is_some_and(|keys| keys.has_any_of(identity))
    }

    /// Notes why somebody is not believed whom a signer may have delegated.
    pub(crate) fn not_delegated(&mut self, note: NotDelegated) {
        self.not_delegated.push(note);
    }

    /// Why an issuer is believed for nothing that somebody delegated: a Delegation that does not hold, or else a site
    /// that could not be read.
    pub(crate) fn why_not(&self, issuer: &Did) -> Option<&NotDelegated> {
        let names =
            |note: &&NotDelegated| note.did.as_ref().is_some_and(|did| did.same_issuer(issuer));
        let notes = &self.not_delegated;
        notes.iter().find(names).or_else(|| notes.iter().find(|note| note.did.is_none()))
    }

    /// What could not be learnt of whom the signers of the list delegated.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        self.not_delegated.iter().filter(|note| note.did.is_none()).map(|note| &*note.why)
    }

    /// Believes the key with this fingerprint, whatever its issuer is called; for a fingerprint
    /// read from paper. `false` if it has not the form `SHA256:…`.
    pub fn add_fingerprint(&mut self, fingerprint: &str) -> bool {
        let fits = is_fingerprint(fingerprint);
        if fits {
            self.fingerprints.push(fingerprint.to_owned());
        }
        fits
    }

    /// Whether nobody is believed.
    pub fn is_empty(&self) -> bool {
        self.signers.is_empty() && self.fingerprints.is_empty()
    }

    /// Those whose word about time counts.
    pub fn time(&self) -> &TimeTrust {
        &self.time
    }

    /// The signers, in the order of the file.
    pub fn signers(&self) -> &[TrustedSigner] {
        &self.signers
    }

    /// What the list says of a record's signer; `identity` is the issuer's, verified, if it is at hand.
    pub(crate) fn standing(
        &self,
        record: &SignedRecord,
        identity: Option<&Identity>,
    ) -> Standing<'_> {
        if self.is_empty() {
            return Standing::NoList;
        }
        let is_refused = |keys: &TestKeys| !keys.are_believed && keys.has(record.key());
        if self.test_keys.as_ref().is_some_and(is_refused)
            || identity.is_some_and(|identity| self.refuses(identity))
        {
            return Standing::TestKey;
        }
        let fingerprint = sshsig::fingerprint(record.key());
        let issuer = &record.record().issuer;
        let kind = record.record().subject.kind().name();
        let created = record.created();
        let named = || self.signers.iter().filter(|signer| signer.did.same_issuer(issuer));
        let is_own_key = match issuer {
            Did::Key(_) => Some(true),
            _ => identity.map(|identity| {
                identity.keys.contains(record.key())
                    || identity.versions.values().any(|keys| keys.contains(record.key()))
            }),
        };
        // Where the list itself says which keys of an issuer count, no Delegation makes others count.
        let own = || named().filter(|signer| signer.delegated.is_none());
        let is_pinned = own().next().is_some() && own().all(|signer| signer.fingerprint.is_some());
        let is_other = is_pinned && own().all(|it| it.fingerprint.as_ref() != Some(&fingerprint));
        let with_key = || {
            named().filter(|signer| match (&signer.fingerprint, &signer.delegated) {
                (Some(stated), _) => *stated == fingerprint,
                (None, Some(_)) => is_own_key == Some(true) && !is_other,
                (None, None) => is_own_key == Some(true),
            })
        };
        let for_kind = || with_key().filter(|signer| signer.is_for(kind));
        if let Some(signer) = for_kind().find(|signer| signer.is_at(created)) {
            Standing::Listed(signer)
        } else if self.fingerprints.contains(&fingerprint) {
            Standing::ByFingerprint
        } else if let Some(by) = for_kind().find_map(|signer| signer.delegated.as_ref()) {
            Standing::OtherTime(by)
        } else if with_key().next().is_some() {
            Standing::OtherKind
        } else if is_own_key.is_none() && named().any(|signer| signer.fingerprint.is_none()) {
            Standing::KeysUnknown
        } else if named().next().is_some() {
            Standing::OtherKey
        } else {
            Standing::Unknown
        }
    }

    /// Whether an issuer is listed by name, whatever it is believed for.
    pub(crate) fn names(&self, issuer: &Did) -> bool {
        self.signers.iter().any(|signer| signer.did.same_issuer(issuer))
    }

    /// Whether the list itself names an issuer, and not only somebody's Delegation.
    pub(crate) fn lists(&self, issuer: &Did) -> bool {
        let mut own = self.signers.iter().filter(|signer| signer.delegated.is_none());
        own.any(|signer| signer.did.same_issuer(issuer))
    }

    /// The log keys that are believed for an issuer.
    pub(crate) fn log_keys(&self, issuer: &Did) -> impl Iterator<Item = &NoteKey> {
        self.signers
            .iter()
            .filter(move |signer| signer.did.same_issuer(issuer))
            .filter_map(|signer| signer.log.as_ref())
    }
}

fn signer(entry: Entry) -> Result<TrustedSigner, String> {
    let did = Did::parse(&entry.did)
        .ok_or("did is the issuer's name, for example \"did:web:brand.example\"")?;
    let from_key = match &entry.key {
        None => None,
        Some(key) => Some(
            VerifierKey::from_multikey(key)
                .map(|key| sshsig::fingerprint(&key))
                .ok_or("key is a record key as did.json shows it: it starts with z6Mk")?,
        ),
    };
    let fingerprint = match (from_key, entry.fingerprint) {
        (Some(key), Some(fingerprint)) if key != fingerprint => {
            return Err("key and fingerprint do not belong together".to_owned());
        }
        (Some(key), _) => Some(key),
        (None, Some(fingerprint)) if is_fingerprint(&fingerprint) => Some(fingerprint),
        (None, Some(_)) => {
            return Err("fingerprint starts with SHA256: and has 43 characters after it".to_owned());
        }
        // The name is bound to the first entry of its history, or is the key.
        (None, None) if !matches!(did, Did::Web(_)) => None,
        (None, None) => {
            return Err(
                "a signer needs key or fingerprint, or anybody could use the name".to_owned()
            );
        }
    };
    let log = match &entry.log {
        None => None,
        Some(vkey) => Some(
            NoteKey::parse(vkey.trim_end())
                .ok_or("log is the one line of the signer's file log.vkey: name+digits+letters")?,
        ),
    };
    let Entry { name, kinds, address, .. } = entry;
    Ok(TrustedSigner { name, did, fingerprint, log, kinds, address, delegated: None })
}

fn witness(entry: WitnessEntry) -> Result<TrustedWitness, &'static str> {
    let key = WitnessKey::parse(entry.key.trim_end()).ok_or(
        "key is the one line of a witness's key: name+digits+letters, the letters beginning with B",
    )?;
    Ok(TrustedWitness { name: entry.name, key, address: entry.address, server: entry.server })
}

fn log(entry: LogEntry) -> Result<TrustedLog, &'static str> {
    let key = NoteKey::parse(entry.key.trim_end())
        .ok_or("key is the one line of the register's file log.vkey: name+digits+letters")?;
    Ok(TrustedLog { name: entry.name, key, address: entry.address })
}

fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix("SHA256:").is_some_and(|base64| {
        data_encoding::BASE64_NOPAD.decode(base64.as_bytes()).is_ok_and(|bytes| bytes.len() == 32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::{Signer, TestSigner};

    #[test]
    fn entries_are_read_or_refused_in_words() {
        let key = TestSigner::from_seed([1; 32]).verifier_key();
        let fingerprint = sshsig::fingerprint(&key);
        let head = "[[signer]]\nname = \"A\"\ndid = \"did:web:brand.example\"\n";
        let trust = Trust::parse(&format!("{head}key = \"{key}\"\n")).unwrap();
        assert_eq!(trust.signers()[0].fingerprint.as_ref(), Some(&fingerprint));
        let paper = Trust::parse(&format!("{head}fingerprint = \"{fingerprint}\"\n")).unwrap();
        assert_eq!(paper, trust);
        assert_eq!(Trust::parse(""), Ok(Trust::nobody()));

        for (rest, why) in [
            ("", "needs key or fingerprint"),
            ("key = \"z6Mk\"", "starts with z6Mk"),
            ("fingerprint = \"SHA256:abc\"", "43 characters"),
            ("key = 7", "cannot be understood"),
            ("colour = \"red\"", "cannot be understood"),
        ] {
            let error = Trust::parse(&format!("{head}{rest}\n")).unwrap_err();
            assert!(error.why.contains(why), "{rest}: {error}");
            assert!(error.span.is_some());
        }
        let log = Trust::parse(&format!("{head}key = \"{key}\"\nlog = \"x\"\n")).unwrap_err();
        assert!(log.why.contains("log.vkey"));
    }

    #[test]
    fn witnesses_and_watched_registers() {
        let key = |seed| TestSigner::from_seed([seed; 32]).verifier_key();
        let name = |text| KeyName::parse(text).unwrap();
        let witness = |seed, at| WitnessKey::new(name(at), key(seed));
        let (b, c) = (witness(2, "b.example/witness"), witness(3, "c.example/witness"));
        let log = NoteKey::new(name("a.example/log"), key(4));
        let text = format!(
            "quorum = 2\n[[witness]]\nname = \"B\"\nkey = \"{b}\"\naddress = \"../b\"\n\
             [[witness]]\nname = \"C\"\nkey = \"{c}\"\n[[log]]\nname = \"A\"\nkey = \"{log}\"\n"
        );
        let trust = Trust::parse(&text).unwrap();
        assert!(trust.is_empty(), "nobody is believed as a signer");
        assert_eq!(trust.witnesses()[0].address.as_deref(), Some("../b"));
        assert_eq!(trust.keys_of_log(log.name()).collect::<Vec<_>>(), [&log]);
        assert_eq!(trust.quorum(&log).unwrap().threshold(), 2);
        // B's register cannot be vouched for by B.
        let own = NoteKey::new(name("b.example/log"), key(5));
        assert_eq!(trust.quorum(&own), None);

        for (text, why) in [
            (text.replace("quorum = 2", "quorum = 3"), "at most all"),
            (text.replace("quorum = 2", "quorum = 0"), "at most all"),
            (text.replace(&c.to_string(), &b.to_string()), "same key"),
            (text.replace(&c.to_string(), &witness(2, "x").to_string()), "same key"),
            (text.replace(&c.to_string(), &witness(4, "x").to_string()), "each role"),
            (text.replace(&c.to_string(), &log.to_string()), "witness's key"),
            (text.replace(&log.to_string(), &c.to_string()), "log.vkey"),
            (text.replace("address", "colour"), "cannot be understood"),
        ] {
            let error = Trust::parse(&text).unwrap_err();
            assert!(error.why.contains(why), "{text}: {error}");
            assert!(error.span.is_some());
        }
    }
}
