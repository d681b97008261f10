//! Whose folder it is: the public identity files, held against each other.
//!
//! A real issuer has a history of keys (`did.jsonl`, RECORD-FORMAT §1): that alone decides which keys speak for it, and
//! the other files must follow from it. A folder for practice may have a `did:web` document alone.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fold::{Cut, Owner};
use super::report::{Axis, Finding};
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::files::{Files, ReadError};
use crate::provenance::instant;
use crate::provenance::key::VerifierKey;
use crate::provenance::log::{Checkpoint, Entry, Head, TreeView};
use crate::provenance::note::{NoteKey, Signed};
use crate::provenance::record::{CONTEXT, CONTEXT_PATH, did_document, parse_did_document};
use crate::provenance::sshsig;
use crate::provenance::webvh::History;
use crate::provenance::webvh::document::{EarlierRegister, IssuerDocument};

/// The public identity of a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The issuer's name.
    pub issuer: Did,
    /// The address that everything of it hangs on.
    pub base: DidWeb,
    /// Addresses that it had before.
    pub former: Vec<DidWeb>,
    /// The keys that sign its records, the current one first.
    pub keys: Vec<VerifierKey>,
    /// The key that signs its log.
    pub log_key: NoteKey,
    /// Logs that this one goes on from, and keys that it had before.
    pub earlier: Vec<EarlierRegister>,
    /// Its keys at each version of its history, the current one first; empty for a name without one.
    pub versions: BTreeMap<String, Vec<VerifierKey>>,
    /// Keys that were reported stolen, with the place from which they count no more.
    pub cuts: Vec<Cut>,
    /// Its history, if it has one.
    pub history: Option<History>,
}

impl Identity {
    /// What the fold has to know of it.
    pub fn owner(&self) -> Owner {
        Owner {
            issuer: self.issuer.clone(),
            versions: self.versions.clone(),
            cuts: self.cuts.clone(),
        }
    }

    /// Every key that signed heads of its log, the current one first.
    pub fn log_keys(&self) -> impl Iterator<Item = &NoteKey> {
        std::iter::once(&self.log_key).chain(self.earlier.iter().map(|earlier| &earlier.log_key))
    }

    /// The key of its log that signed a head, if one did. A key that was replaced signs no head that is larger than the log
    /// was then: what it signed later is a thief's.
    pub fn signer_of(&self, found: &Checkpoint) -> Option<&NoteKey> {
        let signed = |key: &NoteKey| found.verify(key) == Signed::Valid;
        let size = found.head().size;
        let mut earlier = self.earlier.iter().filter(|earlier| size <= earlier.size);
        match signed(&self.log_key) {
            true => Some(&self.log_key),
            false => earlier.find(|it| signed(&it.log_key)).map(|it| &it.log_key),
        }
    }

    /// The identity that a verified history gives.
    ///
    /// # Errors
    /// If its versions are not those of an issuer, or it is at its end.
    pub fn of_history(history: History) -> Result<Self, String> {
        let mut versions = BTreeMap::new();
        let mut latest = None;
        for version in history.versions() {
            let document = IssuerDocument::parse(&version.document).ok_or_else(|| {
                format!("version {} is not the document of an issuer", version.version_id.number())
            })?;
            versions.insert(version.version_id.as_str().to_owned(), document.keys.clone());
            latest = Some(document);
        }
        let latest = latest.ok_or("the history of keys has no version")?;
        if let Some(stranger) = latest.former.iter().find(|did| !history.is_of(did)) {
            return Err(format!("the history of keys never had the name {stranger}"));
        }
        if history.is_deactivated() {
            return Err("the history of keys was ended".to_owned());
        }
        let cuts = latest.register.cuts.iter();
        let cuts = cuts.map(|cut| Cut { key: cut.key, size: cut.size, root: cut.root }).collect();
        Ok(Self {
            issuer: Did::Webvh(latest.did.clone()),
            base: latest.did.web().clone(),
            former: latest.former.iter().map(|did| did.web().clone()).collect(),
            keys: latest.keys,
            log_key: latest.register.log_key,
            earlier: latest.register.earlier,
            versions,
            cuts,
            history: Some(history),
        })
    }

    /// The files that follow from the identity, by their names in the folder `identity`.
    pub fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("did.json", did_document(&self.base, &self.keys)),
            ("allowed_signers", self.allowed_signers().into_bytes()),
            ("log.vkey", format!("{}\n", self.log_key).into_bytes()),
            ("context-v1.jsonld", CONTEXT.to_vec()),
        ]
    }

    /// The keys as OpenSSH wants them, for each address that it has and had.
    fn allowed_signers(&self) -> String {
        let mut bases = vec![&self.base];
        bases.extend(&self.former);
        bases.into_iter().map(|base| sshsig::allowed_signers(base, &self.keys)).collect()
    }
}

/// Where a file of the identity is published.
pub(crate) fn published_path(identity: &Identity, name: &str) -> String {
    let path = match (name, &identity.issuer) {
        ("did.json", _) => identity.base.document_path(),
        ("did.jsonl", Did::Webvh(did)) => did.log_path(),
        ("did-witness.json", Did::Webvh(did)) => did.witness_path(),
        ("context-v1.jsonld", _) => CONTEXT_PATH,
        (name, _) => name,
    };
    path.to_owned()
}

/// Reads and judges the identity of a folder, as its maker keeps it or as it is published.
pub fn judge(files: &dyn Files, now: Option<Timestamp>) -> (Option<Identity>, Finding) {
    let (axis, check) = (Axis::Bytes, "identity");
    let read = match read(files, now) {
        // Judged at a time before its newest version, an honest history is not altered.
        Err(_) if let Ok(Some(identity)) = read(files, None) => {
            let newest = identity.history.as_ref().map(|history| history.latest().time);
            let why = format!(
                "its newest version is of {}, which is after the time of judging",
                newest.map(instant::format).unwrap_or_default()
            );
            return (Some(identity), Finding::not_checked(axis, check, why));
        }
        read => read,
    };
    match read {
        Ok(Some(identity)) => {
            let why = format!("this is the folder of {}", identity.issuer);
            (Some(identity), Finding::valid(axis, check, why))
        }
        Ok(None) => (None, Finding::not_checked(axis, check, "it publishes no identity")),
        Err(why) => (None, Finding::invalid(axis, check, why)),
    }
}

/// The check `log-identity`: the log holds each version of the history of keys, in order, and the heads from which
/// stolen keys count no more are its own.
pub(super) fn judge_log(
    identity: Option<&Identity>,
    entries: &[Option<Entry>],
    log: &dyn Files,
    head: Option<Head>,
) -> Finding {
    let (axis, check) = (Axis::Bytes, "log-identity");
    let Some(history) = identity.and_then(|identity| identity.history.as_ref()) else {
        let is_missing = entries.iter().any(|entry| matches!(entry, Some(Entry::Did(_))));
        return match is_missing {
            true => {
                let why = "the log holds versions of a history of keys, and did.jsonl is missing";
                Finding::invalid(axis, check, why)
            }
            false => Finding::valid(axis, check, "the name has no history of keys"),
        };
    };
    let mut logged = entries.iter().filter_map(|entry| match entry {
        Some(Entry::Did(version)) => Some(version),
        _ => None,
    });
    for version in history.versions() {
        match logged.next() {
            Some(found) if *found == version.version_id => {}
            Some(_) => {
                let why = "the log holds another history of keys than did.jsonl";
                return Finding::invalid(axis, check, why);
            }
            None => {
                let number = version.version_id.number();
                let why = format!("version {number} of the history of keys is not in the log yet");
                return Finding::not_checked(axis, check, why);
            }
        }
    }
    let view = TreeView::new(log, head.map_or(0, |head| head.size));
    let is_one_log = identity.is_some_and(|identity| {
        identity.earlier.iter().all(|earlier| earlier.log_key.name() == identity.log_key.name())
    });
    for cut in identity.iter().flat_map(|identity| &identity.cuts).filter(|_| is_one_log) {
        if head.is_some() && view.root(cut.size) != Ok(cut.root) {
            let why = "the head from which a stolen key counts no more is not of this log";
            return Finding::invalid(axis, check, why);
        }
    }
    match logged.next() {
        Some(_) => {
            let why = "the log holds a version of the history of keys that did.jsonl does not";
            Finding::invalid(axis, check, why)
        }
        None => Finding::valid(axis, check, "the log holds every version of the history of keys"),
    }
}

/// Reads the first of several paths that exists.
fn read_any(files: &dyn Files, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
    let paths = [format!("identity/{name}"), format!(".well-known/{name}"), name.to_owned()];
    for path in paths {
        if let Some(bytes) = files.read(&path)? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// Adds to the files of an identity those that follow from the others and are not there.
pub(super) fn complete(files: &mut BTreeMap<String, Vec<u8>>) {
    let identity = match files.get("identity/did.jsonl") {
        Some(history) => {
            let witness = files.get("identity/did-witness.json").map(Vec::as_slice);
            History::parse(history, witness, None).ok().and_then(|it| Identity::of_history(it).ok())
        }
        None => {
            let parts = files.get("identity/did.json").zip(files.get("identity/log.vkey"));
            parts.and_then(|(did, log_key)| for_practice(did, log_key).ok())
        }
    };
    for (name, bytes) in identity.iter().flat_map(Identity::files) {
        files.entry(format!("identity/{name}")).or_insert(bytes);
    }
}

fn read(files: &dyn Files, now: Option<Timestamp>) -> Result<Option<Identity>, String> {
    let any = |name: &str| read_any(files, name).map_err(|error| error.to_string());
    let did = any("did.json")?;
    let log_key = any("log.vkey")?;
    let context = match files.read("identity/context-v1.jsonld") {
        Ok(Some(bytes)) => Some(bytes),
        Ok(None) => files.read(CONTEXT_PATH).map_err(|error| error.to_string())?,
        Err(error) => return Err(error.to_string()),
    };
    let history = any("did.jsonl")?;
    if did.is_none() && log_key.is_none() && history.is_none() {
        return Ok(None);
    }
    let did = did.ok_or("did.json is missing")?;
    let log_key = log_key.ok_or("log.vkey is missing")?;
    let signers = any("allowed_signers")?.ok_or("allowed_signers is missing")?;
    let context = context.ok_or("context-v1.jsonld is missing")?;
    let identity = match history {
        Some(history) => {
            let witness = any("did-witness.json")?;
            let history = History::parse(&history, witness.as_deref(), now)
                .map_err(|fault| fault.to_string())?;
            Identity::of_history(history)?
        }
        None => for_practice(&did, &log_key)?,
    };
    let found = [
        ("did.json", &did),
        ("allowed_signers", &signers),
        ("log.vkey", &log_key),
        ("context-v1.jsonld", &context),
    ];
    for ((name, wanted), (_, bytes)) in identity.files().iter().zip(found) {
        if wanted != bytes {
            return Err(match *name {
                "context-v1.jsonld" => "context-v1.jsonld is not the fixed one".to_owned(),
                "allowed_signers" => "allowed_signers does not hold the issuer's keys".to_owned(),
                name => format!("{name} does not follow from the issuer's identity"),
            });
        }
    }
    Ok(Some(identity))
}

/// The identity of a folder that has a `did:web` document alone.
fn for_practice(did: &[u8], log_key: &[u8]) -> Result<Identity, String> {
    let (base, keys) =
        parse_did_document(did).ok_or("did.json is not the document of an issuer")?;
    let log_key = std::str::from_utf8(log_key)
        .ok()
        .and_then(|text| NoteKey::parse(text.strip_suffix('\n')?))
        .ok_or("log.vkey does not hold the key of a log")?;
    if keys.contains(log_key.key()) {
        return Err("one key signs both records and the log".to_owned());
    }
    Ok(Identity {
        issuer: Did::Web(base.clone()),
        base,
        former: Vec::new(),
        keys,
        log_key,
        earlier: Vec::new(),
        versions: BTreeMap::new(),
        cuts: Vec::new(),
        history: None,
    })
}
