//! The identity of a site: its history of keys, begun, changed, and kept beside what follows from it.
//!
//! A change is a row of durable steps: the proofs of the guardians, the history itself, the files that
//! follow from it; the entry in the log comes with the next [`open`](super::open), which also completes whatever a crash
//! left out. A proof of a version that is not in the history yet harms nobody: readers pass over it.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::{AttestError, Places, Register, SiteLookup, grew_into, remembered_head};
use crate::evidence::Disk as Folder;
use crate::provenance::did::{Did, DidWeb, DidWebvh};
use crate::provenance::files::{Below, Files as _, PUT_AWAY, is_put_away};
use crate::provenance::instant;
use crate::provenance::json::{Object, Value};
use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::log::tile::read_bundle;
use crate::provenance::log::{Bundle, Checkpoint, Entry, Head, ShortId};
use crate::provenance::note::{KeyName, NoteKey, Signed};
use crate::provenance::webvh::document::{
    EarlierRegister, IssuerDocument, KeyCut, RegisterService,
};
use crate::provenance::webvh::write::{self as entries, Keys, Made};
use crate::provenance::webvh::{History, VersionId, Witnesses};
use crate::verify::{self, Identity, LogState};
use crate::write::{self, Disk, FolderLock, Mode};

/// Where the history lies in a site's folder.
const LOG: &str = "identity/did.jsonl";
/// Where the guardians' proofs lie.
const WITNESS: &str = "identity/did-witness.json";

/// A new identity.
pub struct Beginning<'a> {
    /// The address that everything will hang on.
    pub base: &'a DidWeb,
    /// The key that will sign records.
    pub record: VerifierKey,
    /// The key that will sign heads of the log.
    pub log: VerifierKey,
    /// The key that signs this first version.
    pub update: &'a dyn Signer,
    /// The hash of the key that will sign the next, which lies on paper.
    pub next_key_hash: String,
    /// The guardians who have to sign each version.
    pub guardians: Witnesses,
    /// Those of them who are here now.
    pub present: Vec<&'a dyn Signer>,
    /// The time that counts as now.
    pub time: Timestamp,
}

/// A new version of an identity.
pub struct Change<'a> {
    /// The document from now on.
    pub document: IssuerDocument,
    /// The key that was announced for this version, from paper.
    pub update: &'a dyn Signer,
    /// The hash of the key that will sign the next.
    pub next_key_hash: String,
    /// The guardians from now on.
    pub guardians: Witnesses,
    /// Those of the guardians, old and new, who are here now.
    pub present: Vec<&'a dyn Signer>,
    /// The time that counts as now.
    pub time: Timestamp,
}

/// The name of the register that an address gives at its birth.
pub(super) fn origin(base: &DidWeb) -> Result<KeyName, AttestError> {
    KeyName::parse(&format!("{}/log", base.authority_and_path())).ok_or_else(|| {
        AttestError::OtherIdentity(format!(
            "the address {} cannot name a register",
            base.base_url()
        ))
    })
}

/// Reads the identity of a site's folder; `None` if it has no history of keys.
///
/// # Errors
/// If a file cannot be read, or the history does not hold.
pub fn load(site: &Path) -> Result<Option<Identity>, AttestError> {
    let Some(log) = read(site, LOG)? else { return Ok(None) };
    let witness = read(site, WITNESS)?;
    let history = History::parse(&log, witness.as_deref(), None)
        .map_err(|fault| AttestError::OtherIdentity(fault.to_string()))?;
    Identity::of_history(history).map(Some).map_err(AttestError::OtherIdentity)
}

/// The name under which a site signs: that of its identity if it has one, else, for practice, the one that its
/// address gives.
///
/// # Errors
/// If there is no identity, and it is not for practice; or if the site has moved without it.
pub fn signing_name(site: &Path, base: &DidWeb, practice: bool) -> Result<Did, AttestError> {
    match load(site)? {
        Some(identity) if identity.base == *base => Ok(identity.issuer),
        Some(identity) => Err(AttestError::OtherIdentity(format!(
            "this site's records are bound to {}, and base_url says {}; put base_url back, or move the identity with \
             `selvedge keys move`",
            identity.base.base_url(),
            base.base_url()
        ))),
        None if is_begun(site)? => Err(no_history()),
        None if practice => Ok(Did::Web(base.clone())),
        None => Err(AttestError::OtherIdentity(
            "this site has no keys of its own yet; make them with `selvedge keys new`, or try signing with --practice"
                .to_owned(),
        )),
    }
}

/// Whether a site's register holds versions of a history of keys: then it had one, even if its file is not there.
fn is_begun(site: &Path) -> Result<bool, AttestError> {
    let folder = Folder::at(site);
    let log = Below { files: &folder, folder: "log" };
    let size = match log.read("checkpoint").ok().flatten().map(|bytes| Checkpoint::parse(&bytes)) {
        Some(Ok(checkpoint)) => checkpoint.head().size,
        _ => return Ok(false),
    };
    // The first entry is the first version.
    let Some(bundle) = Bundle::in_log(size, 0) else { return Ok(false) };
    let (found, bytes) = read_bundle(&log, bundle)?;
    let first = found.decode(&bytes)?.first().and_then(|entry| Entry::parse(entry));
    Ok(matches!(first, Some(Entry::Did(_))))
}

fn no_history() -> AttestError {
    AttestError::OtherIdentity(
        "identity/did.jsonl is missing, and the register was begun with it: nothing was changed. Wait until the folder is \
         synced, or put the file back from a backup or from the published site (.well-known/did.jsonl)"
            .to_owned(),
    )
}

/// Begins the identity of a site. Gives its name.
///
/// # Errors
/// If there is one already, a key has two roles, too few guardians are here, or the disk fails.
pub fn begin(site: &Path, disk: &dyn Disk, new: &Beginning<'_>) -> Result<DidWebvh, AttestError> {
    let _lock = FolderLock::take(site, "making an identity in")?;
    if read(site, LOG)?.is_some() {
        return Err(AttestError::OtherIdentity(
            "this site has an identity already; `selvedge keys list` shows it".to_owned(),
        ));
    }
    if is_begun(site)? {
        return Err(no_history());
    }
    if site.join("log/checkpoint").exists() {
        return Err(AttestError::OtherIdentity(
            "this folder has a register for practice; take the folders records, log and identity out of it first, \
             they prove nothing"
                .to_owned(),
        ));
    }
    expect_distinct(
        &[&[new.record, new.log, new.update.verifier_key()], &new.guardians.keys[..]].concat(),
    )?;
    let log_key = NoteKey::new(origin(new.base)?, new.log);
    let document = |did: &DidWebvh| {
        IssuerDocument {
            did: did.clone(),
            former: Vec::new(),
            keys: vec![new.record],
            register: RegisterService {
                log_key: log_key.clone(),
                cuts: Vec::new(),
                earlier: Vec::new(),
            },
        }
        .to_value()
    };
    let keys = Keys {
        update_keys: vec![new.update.verifier_key()],
        next_key_hashes: vec![new.next_key_hash.clone()],
    };
    let (did, made) =
        entries::first(new.base, &keys, &new.guardians, &document, new.time, new.update)
            .ok_or(AttestError::Unwritable)?;
    store(site, disk, b"", &made, &new.present, new.time)?;
    Ok(did)
}

/// Adds a version to the identity of a site.
///
/// # Errors
/// If the update key was not announced, too few guardians are here, a key has two roles, or the disk fails; then
/// nothing was changed.
pub fn change(
    site: &Path,
    disk: &dyn Disk,
    identity: &Identity,
    new: &Change<'_>,
) -> Result<Identity, AttestError> {
    let _lock = FolderLock::take(site, "changing the identity in")?;
    let history = identity.history.as_ref().ok_or(AttestError::Unwritable)?;
    let log = read(site, LOG)?.unwrap_or_default();
    let mut roles = new.document.keys.clone();
    roles.push(*new.document.register.log_key.key());
    roles.push(new.update.verifier_key());
    roles.extend(&new.guardians.keys);
    expect_distinct(&roles)?;
    let keys = Keys {
        update_keys: vec![new.update.verifier_key()],
        next_key_hashes: vec![new.next_key_hash.clone()],
    };
    let time = new.time.max(history.latest().time + jiff::SignedDuration::from_secs(1));
    let document = new.document.to_value();
    let made = entries::next(history.latest(), &keys, &new.guardians, document, time, new.update);
    store(site, disk, &log, &made, &new.present, time)?;
    load(site)?.ok_or(AttestError::Unwritable)
}

/// Checks a new version as a whole, and puts it down.
fn store(
    site: &Path,
    disk: &dyn Disk,
    log: &[u8],
    made: &Made,
    present: &[&dyn Signer],
    time: Timestamp,
) -> Result<(), AttestError> {
    let mut witness = read(site, WITNESS)?.unwrap_or_default();
    for guardian in present {
        witness =
            entries::add_witness(&witness, &made.version_id, time, *guardian).ok_or_else(|| {
                AttestError::OtherIdentity("identity/did-witness.json is damaged".to_owned())
            })?;
    }
    let log = [log, made.line.as_bytes()].concat();
    let proofs = (!witness.is_empty()).then_some(&witness[..]);
    let history = History::parse(&log, proofs, None)
        .map_err(|fault| AttestError::OtherIdentity(fault.to_string()))?;
    let identity = Identity::of_history(history).map_err(AttestError::OtherIdentity)?;
    if !witness.is_empty() {
        put(site, disk, WITNESS, &witness)?;
    }
    put(site, disk, LOG, &log)?;
    for (name, bytes) in identity.files() {
        put(site, disk, &format!("identity/{name}"), &bytes)?;
    }
    Ok(())
}

/// No key has two roles.
fn expect_distinct(keys: &[VerifierKey]) -> Result<(), AttestError> {
    let mut sorted = keys.to_vec();
    sorted.sort();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(AttestError::OtherIdentity(
            "one key stands for two things; each role needs a key of its own".to_owned(),
        ));
    }
    Ok(())
}

fn read(site: &Path, path: &str) -> Result<Option<Vec<u8>>, AttestError> {
    match fs::read(site.join(path)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match is_put_away(&Folder::at(site), path) {
                true => Err(AttestError::Read(format!("{path}: {PUT_AWAY}"))),
                false => Ok(None),
            }
        }
        Err(error) => Err(super::unreadable(path, &error)),
    }
}

fn put(site: &Path, disk: &dyn Disk, path: &str, bytes: &[u8]) -> Result<(), AttestError> {
    let path = site.join(path);
    write::create_folders(disk, path.parent().unwrap_or(site), Mode::Public)?;
    write::replace(disk, &path, bytes, Mode::Public)?;
    Ok(())
}

/// What changes from one version of an identity to the next.
#[derive(Clone, Debug, Default)]
pub struct Succession {
    /// A new key of records.
    pub record: Option<VerifierKey>,
    /// A new key of the log.
    pub log: Option<VerifierKey>,
    /// Whether the key of records that is replaced may be in other hands, with the head from which it counts no more, and
    /// since when: each key that was in force at that time or later is cut off.
    pub stolen: Option<(Head, Timestamp)>,
    /// The address that it moves to.
    pub base: Option<DidWeb>,
    /// The name under which the register goes on, after two versions of it that both were witnessed.
    pub origin: Option<KeyName>,
}

/// The keys of records that were in force at a time or later, the oldest first: whoever had the computer then may have each
/// of them.
fn in_force_since(history: &History, since: Timestamp) -> Vec<VerifierKey> {
    let first = |document| IssuerDocument::parse(document)?.keys.first().copied();
    let versions: Vec<_> = history
        .versions()
        .iter()
        .filter_map(|version| Some((version.time, first(&version.document)?)))
        .collect();
    let mut found: Vec<VerifierKey> = Vec::new();
    for (at, (_, key)) in versions.iter().enumerate() {
        let replaced = versions[at..].iter().find(|(_, other)| other != key);
        let is_in_force = replaced.is_none_or(|(time, _)| *time > since);
        if is_in_force && !found.contains(key) {
            found.push(*key);
        }
    }
    found
}

/// The document of the next version. `head` is that of the register now.
///
/// # Errors
/// If the identity has no history, or the address cannot be one of an issuer.
pub fn succeed(
    identity: &Identity,
    head: Head,
    change: &Succession,
) -> Result<IssuerDocument, AttestError> {
    let history = identity.history.as_ref().ok_or(AttestError::Unwritable)?;
    let mut document =
        IssuerDocument::parse(&history.latest().document).ok_or(AttestError::Unwritable)?;
    if let Some(new) = change.record {
        if let Some((cut, since)) = change.stolen {
            for key in in_force_since(history, since) {
                document.keys.retain(|kept| *kept != key);
                if document.register.cuts.iter().all(|known| known.key != key) {
                    document.register.cuts.push(KeyCut { key, size: cut.size, root: cut.root });
                }
            }
        }
        document.keys.insert(0, new);
    }
    if change.log.is_some() || change.origin.is_some() {
        let old = document.register.log_key.clone();
        let name = change.origin.clone().unwrap_or_else(|| old.name().clone());
        let key = change.log.unwrap_or(*old.key());
        document.register.log_key = NoteKey::new(name, key);
        document.register.earlier.push(EarlierRegister {
            log_key: old,
            size: head.size,
            root: head.root,
        });
    }
    if let Some(base) = &change.base
        && *base != *document.did.web()
    {
        let moved = DidWebvh::new(document.did.scid(), base.clone()).ok_or_else(|| {
            AttestError::OtherIdentity(format!("{} cannot be an issuer's address", base.base_url()))
        })?;
        let old = std::mem::replace(&mut document.did, moved);
        document.former.retain(|did| *did != document.did);
        document.former.insert(0, old);
    }
    Ok(document)
}

/// The head of a site's register, checked whole: nothing is signed over one that does not hold, or that did not grow out of
/// what this machine saw. Empty if there never was one.
///
/// # Errors
/// If it is damaged, is another's, forked or was rolled back, or if it is missing and records tell that it was there.
pub fn head(places: Places<'_>, identity: &Identity) -> Result<Head, AttestError> {
    let folder = Folder::at(places.site);
    let log = Below { files: &folder, folder: "log" };
    let found = read(places.site, "log/checkpoint")?;
    let found = found.and_then(|bytes| Checkpoint::parse(&bytes).ok());
    let signs =
        |key: &&NoteKey| found.as_ref().is_some_and(|found| found.verify(key) == Signed::Valid);
    let key = identity.log_keys().find(signs);
    // Under whichever key of the log: the longest is what it has to have grown out of.
    let remembered = identity.log_keys().filter_map(|key| remembered_head(places, key));
    let remembered = remembered.max_by_key(|seen| seen.head().size);
    let seen = remembered.as_ref().map(Checkpoint::head);
    let audit = verify::log::audit(
        &log,
        key.or(Some(&identity.log_key)),
        remembered.as_ref(),
        &mut |_, _| (),
    );
    let has_records = || {
        let names = folder.list("records").unwrap_or_default();
        names.iter().any(|name| {
            name.strip_suffix(".json").is_some_and(|stem| ShortId::parse(stem).is_some())
        })
    };
    match audit.state {
        LogState::Ok => Ok(audit.checkpoint.map_or_else(Head::empty, |found| found.head())),
        LogState::Absent if seen.is_none_or(|seen| seen.size == 0) && !has_records() => {
            Ok(Head::empty())
        }
        LogState::Absent => Err(AttestError::Register(
            "the folder log is not there, and it was: wait until the folder is synced".to_owned(),
        )),
        // A signing that broke off before its checkpoint is put down by the next one that opens the register.
        LogState::Rollback => {
            let found = audit.checkpoint.map_or_else(Head::empty, |found| found.head());
            let seen = seen.unwrap_or(found);
            grew_into(&log, found, seen).map(|()| seen)
        }
        _ => Err(AttestError::Register(audit.why)),
    }
}

/// Takes the identity files of a published copy into the folder `identity`, where they lie for signing.
///
/// # Errors
/// If the disk fails.
pub fn adopt_published(site: &Path, disk: &dyn Disk) -> Result<bool, AttestError> {
    if read(site, LOG)?.is_some() {
        return Ok(false);
    }
    let mut is_found = false;
    for name in ["did-witness.json", "did.jsonl"] {
        for place in [format!(".well-known/{name}"), name.to_owned()] {
            if let Some(bytes) = read(site, &place)? {
                put(site, disk, &format!("identity/{name}"), &bytes)?;
                is_found |= name == "did.jsonl";
                break;
            }
        }
    }
    Ok(is_found)
}

impl Register<'_> {
    /// What the log has still to announce of the history of keys, the oldest first: a KeyRotation for each key of records or
    /// of the log that a version replaced, a KeyCompromise where the version cuts it off (RECORD-FORMAT, 2.7). A run that
    /// was broken off between the history and its announcement leaves some.
    ///
    /// `stolen_since` is the time since when the last key that was cut off may be in other hands, if that is known.
    #[must_use]
    pub fn unannounced(&self, stolen_since: Option<Timestamp>) -> Vec<Statement> {
        let Some(history) = self.identity.as_ref().and_then(|known| known.history.as_ref()) else {
            return Vec::new();
        };
        let lookup = SiteLookup::load(self.places.site);
        let announced: Vec<&Statement> = lookup
            .records()
            .filter(|signed| self.standing(&signed.id()).is_some())
            .filter_map(|signed| signed.record().subject.as_statement())
            .filter(|said| matches!(said.kind, Kind::KeyRotation | Kind::KeyCompromise))
            .collect();
        let is_announced = |new: &Statement| {
            let same = |said: &Statement, name: &&str| said.word(name) == new.word(name);
            let names = ["versionId", "keyRole", "formerKey"];
            announced.iter().any(|said| names.iter().all(|name| same(said, name)))
        };
        let versions: Vec<_> = history
            .versions()
            .iter()
            .filter_map(|version| {
                Some((&version.version_id, IssuerDocument::parse(&version.document)?))
            })
            .collect();
        let last = versions.len().saturating_sub(1);
        let mut due = Vec::new();
        for (number, pair) in (1..).zip(versions.windows(2)) {
            let [(_, before), (version, after)] = pair else { continue };
            let since = stolen_since.filter(|_| number == last);
            due.extend(announcements(before, after, version, since));
        }
        due.retain(|new| !is_announced(new));
        due
    }
}

/// What announces the keys that a version of an identity replaced.
fn announcements(
    before: &IssuerDocument,
    after: &IssuerDocument,
    version: &VersionId,
    stolen_since: Option<Timestamp>,
) -> Vec<Statement> {
    let pairs = [
        ("record", before.keys.first(), after.keys.first()),
        ("log", Some(before.register.log_key.key()), Some(after.register.log_key.key())),
    ];
    let replaced = pairs.into_iter().filter_map(|(role, former, new)| {
        let (former, new) = (former?, new?);
        (former != new).then_some((role, former, new))
    });
    // Keys of before that are cut off with the last one.
    let is_new = |cut: &&KeyCut| {
        !before.register.cuts.contains(cut) && before.keys.first() != Some(&cut.key)
    };
    let also = after.register.cuts.iter().filter(is_new);
    let also = also.filter_map(|cut| Some(("record", &cut.key, after.keys.first()?)));
    let replaced = replaced.chain(also);
    let statement = |(role, former, new): (&str, &VerifierKey, &VerifierKey)| {
        let mut members: Object = [
            ("keyRole".to_owned(), Value::from(role)),
            ("formerKey".to_owned(), former.to_multikey().into()),
            ("newKey".to_owned(), new.to_multikey().into()),
            ("versionId".to_owned(), version.as_str().into()),
        ]
        .into();
        let Some(cut) = after.register.cuts.iter().find(|cut| cut.key == *former) else {
            return Statement { kind: Kind::KeyRotation, members };
        };
        if let Some(since) = stolen_since {
            members.insert("compromisedFrom".to_owned(), instant::format(since).into());
        }
        let head = Value::from([
            ("size", Value::Number(cut.size as f64)),
            ("root", cut.root.0.to_string().into()),
        ]);
        members.insert("cut".to_owned(), head);
        Statement { kind: Kind::KeyCompromise, members }
    };
    replaced.map(statement).collect()
}
