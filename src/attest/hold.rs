//! Records that are signed and wait for their entry, so that a register does not tell the rhythm of the work.
//!
//! They lie in `private/held`, which is never published, and are entered all at once: before the next record that
//! is not held, or by `log due`. Masters first, then the records, then one append, then the waiting files go; a crash in
//! between leaves records beside the register, which the next opening enters, or waiting files that are in it already.
//!
//! What waits was signed with the key of its day. Where that key is replaced, it is entered before the version of the identity
//! that replaces it; what waited with a key that was cut off stays where it is, and is named ([`Register::stale`]).

use std::fs;

use jiff::Timestamp;

use super::seal::SealError;
use super::{AttestError, Prepared, Register, read, unreadable};
use crate::evidence::Disk as Folder;
use crate::provenance::files::Files as _;
use crate::provenance::key::VerifierKey;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::record::{Record, Sha256Digest, SignedRecord};
use crate::provenance::webvh::VersionId;
use crate::write::{self, Mode};

/// Where they wait below the site's folder.
const HELD: &str = "private/held";

impl Register<'_> {
    /// Signs a record and has it wait. Gives its id.
    ///
    /// # Errors
    /// As [`Register::issue`].
    pub fn hold(&mut self, prepared: &Prepared, now: Timestamp) -> Result<RecordId, AttestError> {
        let waiting = self.waiting()?;
        self.clock(now)?;
        if let Some(last) = waiting.iter().map(SignedRecord::created).max()
            && now < last
        {
            return Err(AttestError::ClockBehind { last, now });
        }
        let is_list = prepared.record.subject.kind() == Kind::Snapshot;
        let position = (!is_list).then_some(self.head.size + waiting.len() as u64);
        let record = Record { position, ..prepared.record.clone() };
        let signed = record.sign(now, self.keys.record).ok_or(AttestError::Unwritable)?;
        // What would be refused later is refused now: the fold sees what waits, and then this.
        for earlier in &waiting {
            self.rehearse(earlier)?;
        }
        self.rehearse(&signed)?;
        self.is_void = true;
        super::seal::ignore_private(self.places.site, self.disk).map_err(|error| match error {
            SealError::Disk(error) => AttestError::Disk(error),
            other => AttestError::Register(other.to_string()),
        })?;
        for folder in ["private", HELD] {
            write::create_folders(self.disk, &self.places.site.join(folder), Mode::Secret)?;
        }
        for master in &prepared.masters {
            if Sha256Digest::of(&master.bytes) != master.photograph.sha256 {
                return Err(AttestError::Unwritable);
            }
            let path = master.photograph.path();
            let name = path.strip_prefix("records/").unwrap_or(&path);
            self.keep(name, &master.bytes)?;
        }
        let number = waiting.len();
        self.keep(&format!("{number:08}-{}.json", signed.id().short()), signed.bytes())?;
        Ok(signed.id())
    }

    /// Puts a file where nobody else reads it.
    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), AttestError> {
        let path = self.places.site.join(HELD).join(name);
        let folder = path.parent().unwrap_or(&path);
        write::create_folders(self.disk, folder, Mode::Secret)?;
        Ok(write::replace(self.disk, &path, bytes, Mode::Secret)?)
    }

    /// How many records wait.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn held(&self) -> Result<usize, AttestError> {
        self.waiting().map(|waiting| waiting.len())
    }

    /// The records that wait and are not in the register, in their order.
    fn waiting(&self) -> Result<Vec<SignedRecord>, AttestError> {
        let own = self.keys.record.verifier_key();
        self.waiting_of(&|key| *key == own)
    }

    /// Records that wait, and whose key was replaced before they were entered: they would have no effect any more.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn stale(&self) -> Result<Vec<RecordId>, AttestError> {
        let own = self.keys.record.verifier_key();
        let stale = self.waiting_of(&|key| *key != own)?;
        Ok(stale.iter().map(SignedRecord::id).collect())
    }

    fn waiting_of(
        &self,
        is_it: &dyn Fn(&VerifierKey) -> bool,
    ) -> Result<Vec<SignedRecord>, AttestError> {
        let folder = Folder::at(self.places.site);
        let mut waiting = Vec::new();
        for name in held_names(&folder)? {
            let path = format!("{HELD}/{name}");
            let bytes = read(&folder, &path)?.unwrap_or_default();
            let signed = SignedRecord::parse(&bytes).map_err(|_| {
                AttestError::Register(format!("{path} is not a record, or was altered"))
            })?;
            if self.fold.standing(&signed.id()).is_none() && is_it(signed.key()) {
                waiting.push(signed);
            }
        }
        Ok(waiting)
    }

    /// Enters what waits, all at once. Gives the ids.
    ///
    /// # Errors
    /// As [`Register::issue`].
    pub fn flush(&mut self) -> Result<Vec<RecordId>, AttestError> {
        let waiting = self.waiting()?;
        self.enter_held(waiting)
    }

    /// Enters what waits of the key that a version of the identity replaces which the log does not have yet: before that
    /// version, as long as the key counts. Nothing of a key that was cut off.
    pub(super) fn flush_before_change(
        &mut self,
        versions: &[VersionId],
    ) -> Result<(), AttestError> {
        let Some(identity) = self.identity.as_ref() else { return Ok(()) };
        let number = |version: &VersionId| version.number();
        let Some(first) = versions.iter().map(number).min() else { return Ok(()) };
        let mut known = identity.history.iter().flat_map(|history| history.versions());
        let last = known.rfind(|version| number(&version.version_id) < first);
        let key = last.and_then(|last| identity.versions.get(last.version_id.as_str())?.first());
        let Some(key) = key.copied().filter(|key| identity.keys.contains(key)) else {
            return Ok(());
        };
        let waiting = self.waiting_of(&|signed| *signed == key)?;
        let ids = self.enter_held(waiting)?;
        self.foreign.retain(|id| !ids.contains(id));
        self.completed.extend(ids);
        Ok(())
    }

    fn enter_held(&mut self, waiting: Vec<SignedRecord>) -> Result<Vec<RecordId>, AttestError> {
        let folder = Folder::at(self.places.site);
        if !waiting.is_empty() {
            self.is_void = true;
            for signed in &waiting {
                self.rehearse(signed).map_err(|error| match error {
                    AttestError::Rule(why) => AttestError::Register(format!(
                        "{} waits in {HELD} and cannot be entered: {why}; remove it from there, and sign it again",
                        signed.id().short()
                    )),
                    other => other,
                })?;
                for photograph in signed.record().photographs() {
                    let path = photograph.path();
                    let name = path.strip_prefix("records/").unwrap_or(&path);
                    if let Some(bytes) = read(&folder, &format!("{HELD}/{name}"))? {
                        self.put(&path, &bytes)?;
                    }
                }
                self.put(&format!("records/{}.json", signed.id().short()), signed.bytes())?;
            }
            self.append(&waiting)?;
            self.clear_withdrawn()?;
            self.is_void = false;
        }
        self.clear_held()?;
        Ok(waiting.iter().map(SignedRecord::id).collect())
    }

    /// Removes what has been entered, and the whole folder once nothing waits in it.
    fn clear_held(&self) -> Result<(), AttestError> {
        let folder = Folder::at(self.places.site);
        let waiting = self.waiting_of(&|_| true)?;
        let place = self.places.site.join(HELD);
        if waiting.is_empty() {
            if place.exists() {
                fs::remove_dir_all(&place).map_err(|error| unreadable(HELD, &error))?;
            }
            return Ok(());
        }
        let waits = |name: &str| {
            waiting.iter().any(|signed| name.ends_with(&format!("-{}.json", signed.id().short())))
        };
        for name in held_names(&folder)?.iter().filter(|name| !waits(name)) {
            self.remove(&format!("{HELD}/{name}"))?;
        }
        Ok(())
    }
}

/// The names of the records that wait, in their order.
fn held_names(folder: &Folder) -> Result<Vec<String>, AttestError> {
    let names = folder.list(HELD).map_err(|error| AttestError::Read(error.to_string()))?;
    Ok(names.into_iter().filter(|name| name.ends_with(".json") && !name.starts_with('.')).collect())
}
