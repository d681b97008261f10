//! Records that are signed and wait for their entry, so that a register does not tell the rhythm of the work.
//!
//! They lie in `private/held`, which is never published, and are entered all at once: before the next record that
//! is not held, or by `log due`. Masters first, then the records, then one append, then the waiting files go; a crash in
//! between leaves records beside the register, which the next opening enters, or waiting files that are in it already.
//!
//! One sort waits longer: what opens a sealed design, where others have to agree to it first. Its text opens the leaves
//! for whoever reads it, so neither it nor the agreements are entered before they are enough.
//!
//! What waits was signed with the key of its day. Where that key is replaced, it is entered before the version of the identity
//! that replaces it; what waited with a key that was cut off stays where it is, and is named ([`Register::stale`]).

use std::collections::BTreeSet;
use std::fs;

use jiff::Timestamp;

use super::seal::SealError;
use super::{AttestError, Issued, Master, Prepared, Register, read, rehearse, unreadable};
use crate::evidence::Disk as Folder;
use crate::provenance::files::Files as _;
use crate::provenance::key::VerifierKey;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::record::{Record, Sha256Digest, SignedRecord};
use crate::provenance::webvh::VersionId;
use crate::verify::fold::{Condition, Fold, Item};
use crate::write::{self, Mode};

/// Where they wait below the site's folder.
const HELD: &str = "private/held";

/// What came of signing or giving a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is in the register.
    Now(Issued),
    /// It is kept back, for others have to agree first.
    Waits {
        /// The record.
        id: RecordId,
        /// What they have to agree to: the same, or what it is an agreement to.
        act: RecordId,
        /// How many agreed.
        have: u64,
        /// How many are needed.
        need: u64,
    },
}

/// Whether a record waits for others in a fold, and is kept back for that.
fn waits(fold: &Fold, id: &RecordId) -> bool {
    fold.standing(id).is_some_and(|standing| {
        standing.kind == Kind::Disclosure
            && matches!(standing.condition, Condition::Proposed { .. })
    })
}

/// What an Attestation is about.
pub(super) fn about(signed: &SignedRecord) -> Option<RecordId> {
    let statement = signed.record().subject.as_statement()?;
    (statement.kind == Kind::Attestation).then_some(())?;
    statement.references().into_iter().next().map(|(reference, _)| reference.id)
}

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
        let kept_back = self.kept_back(&waiting)?.len();
        let place = self.head.size + (waiting.len() - kept_back) as u64;
        // What would be refused later is refused now: the fold sees what waits, and then this.
        let sign = |position| {
            let record = Record { position, ..prepared.record.clone() };
            let signed = record.sign(now, self.keys.record).ok_or(AttestError::Unwritable)?;
            let mut fold = self.fold.clone();
            for next in waiting.iter().chain([&signed]) {
                rehearse(&mut fold, next)?;
            }
            Ok::<_, AttestError>((waits(&fold, &signed.id()), signed))
        };
        let has_place = prepared.record.subject.kind() != Kind::Snapshot;
        let signed = match sign(has_place.then_some(place))? {
            // What may wait long has no place in the lists but that of its entry.
            (true, _) => sign(None)?.1,
            (false, signed) => signed,
        };
        if !prepared.names_its_people() {
            return Err(AttestError::Unwritable);
        }
        self.is_void = true;
        super::people::keep(self.places.site, &prepared.people, self.disk)?;
        self.wait(&signed, &prepared.masters, waiting.len())?;
        self.is_void = false;
        Ok(signed.id())
    }

    /// Signs what opens a sealed design, and enters it; or has it wait, if others have to agree first.
    ///
    /// # Errors
    /// As [`Register::issue`].
    pub fn disclose(
        &mut self,
        prepared: &Prepared,
        now: Timestamp,
    ) -> Result<Entered, AttestError> {
        let id = self.hold(prepared, now)?;
        self.flush()?;
        self.entered(id)
    }

    /// How a record that was signed or given stands: entered, or waiting for others.
    pub(super) fn entered(&self, id: RecordId) -> Result<Entered, AttestError> {
        if let Some(standing) = self.fold.standing(&id) {
            let files = ["json", "sshsig", "tlog-proof"];
            let files = files.map(|ending| format!("records/{}.{ending}", id.short()));
            let there = files.into_iter().filter(|path| self.places.site.join(path).exists());
            let files = there.chain(["log/checkpoint".to_owned()]).collect();
            return Ok(Entered::Now(Issued { id, index: standing.index, files }));
        }
        let waiting = self.waiting()?;
        let mut fold = self.fold.clone();
        waiting.iter().for_each(|signed| fold.push(Item::Record(signed)));
        let act = waiting.iter().find(|signed| signed.id() == id);
        let act = act.and_then(about).filter(|about| waits(&fold, about)).unwrap_or(id);
        let (have, need) = match fold.standing(&act).map(|standing| &standing.condition) {
            Some(Condition::Proposed { have, need }) => (*have, *need),
            _ => (0, 0),
        };
        Ok(Entered::Waits { id, act, have, need })
    }

    /// Puts a signed record where it waits, behind so many others.
    pub(super) fn wait(
        &self,
        signed: &SignedRecord,
        masters: &[Master],
        number: usize,
    ) -> Result<(), AttestError> {
        super::seal::ignore_private(self.places.site, self.disk).map_err(|error| match error {
            SealError::Disk(error) => AttestError::Disk(error),
            other => AttestError::Register(other.to_string()),
        })?;
        for folder in ["private", HELD] {
            write::create_folders(self.disk, &self.places.site.join(folder), Mode::Secret)?;
        }
        for master in masters {
            if Sha256Digest::of(&master.bytes) != master.photograph.sha256 {
                return Err(AttestError::Unwritable);
            }
            let path = master.photograph.path();
            let name = path.strip_prefix("records/").unwrap_or(&path);
            self.keep(name, &master.bytes)?;
        }
        self.keep(&format!("{number:08}-{}.json", signed.id().short()), signed.bytes())
    }

    /// Which of the waiting records are kept back until others agree: what opens a sealed design, and the agreements.
    fn kept_back(&self, waiting: &[SignedRecord]) -> Result<BTreeSet<RecordId>, AttestError> {
        if !waiting.iter().any(|signed| signed.record().subject.kind() == Kind::Disclosure) {
            return Ok(BTreeSet::new());
        }
        let mut fold = self.fold.clone();
        waiting.iter().for_each(|signed| fold.push(Item::Record(signed)));
        let is_kept = |signed: &&SignedRecord| {
            waits(&fold, &signed.id()) || about(signed).is_some_and(|about| waits(&fold, &about))
        };
        Ok(waiting.iter().filter(is_kept).map(SignedRecord::id).collect())
    }

    /// Puts a file where nobody else reads it.
    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), AttestError> {
        let path = self.places.site.join(HELD).join(name);
        let folder = path.parent().unwrap_or(&path);
        write::create_folders(self.disk, folder, Mode::Secret)?;
        Ok(write::replace(self.disk, &path, bytes, Mode::Secret)?)
    }

    /// How many records wait for the next [`Register::flush`]; those that wait for others to agree are not counted.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn held(&self) -> Result<usize, AttestError> {
        let waiting = self.waiting()?;
        Ok(waiting.len() - self.kept_back(&waiting)?.len())
    }

    /// Whether a record is an agreement to something that waits here.
    ///
    /// # Errors
    /// If what waits cannot be read.
    pub fn is_asked_for(&self, prepared: &Prepared) -> Result<bool, AttestError> {
        let statement = prepared.record.subject.as_statement();
        let statement = statement.filter(|statement| statement.kind == Kind::Attestation);
        let about = statement.and_then(|it| it.references().into_iter().next());
        let Some((about, _)) = about else { return Ok(false) };
        Ok(self.waiting()?.iter().any(|waits| waits.id() == about.id))
    }

    /// The records that wait for others to agree, in their order.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn asking(&self) -> Result<Vec<SignedRecord>, AttestError> {
        let waiting = self.waiting()?;
        let kept_back = self.kept_back(&waiting)?;
        let asks = |signed: &SignedRecord| {
            signed.record().subject.kind() == Kind::Disclosure && kept_back.contains(&signed.id())
        };
        Ok(waiting.into_iter().filter(asks).collect())
    }

    /// The records that wait and are not in the register, in their order.
    pub(super) fn waiting(&self) -> Result<Vec<SignedRecord>, AttestError> {
        Ok(self.waiting_of(&self.keys.record.verifier_key())?.0)
    }

    /// Records that wait, and whose key was replaced before they were entered, with the agreements to them: they would have no
    /// effect any more.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn stale(&self) -> Result<Vec<RecordId>, AttestError> {
        let (_, stale) = self.waiting_of(&self.keys.record.verifier_key())?;
        Ok(stale.iter().map(SignedRecord::id).collect())
    }

    /// What waits and can be entered while a key is this site's, and what then has no effect; each in its order.
    fn waiting_of(
        &self,
        key: &VerifierKey,
    ) -> Result<(Vec<SignedRecord>, Vec<SignedRecord>), AttestError> {
        let mut stale = BTreeSet::new();
        Ok(self.all_waiting()?.into_iter().partition(|signed| {
            let is_own = self.issuer.same_issuer(&signed.record().issuer);
            let is_stale = is_own && signed.key() != key
                || about(signed).is_some_and(|about| stale.contains(&about));
            if is_stale {
                stale.insert(signed.id());
            }
            !is_stale
        }))
    }

    /// All records that wait and are not in the register, in their order.
    fn all_waiting(&self) -> Result<Vec<SignedRecord>, AttestError> {
        let folder = Folder::at(self.places.site);
        let mut waiting = Vec::new();
        for name in held_names(&folder)? {
            let path = format!("{HELD}/{name}");
            let bytes = read(&folder, &path)?.unwrap_or_default();
            let signed = SignedRecord::parse(&bytes).map_err(|_| {
                AttestError::Register(format!("{path} is not a record, or was altered"))
            })?;
            if self.fold.standing(&signed.id()).is_none() {
                waiting.push(signed);
            }
        }
        Ok(waiting)
    }

    /// Enters what waits, all at once, but for what others have to agree to first. Gives the ids.
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
        let (waiting, _) = self.waiting_of(&key)?;
        let ids = self.enter_held(waiting)?;
        self.foreign.retain(|id| !ids.contains(id));
        self.completed.extend(ids);
        Ok(())
    }

    /// Enters some of what waits, but for what others have to agree to first. Gives the ids.
    fn enter_held(&mut self, mut waiting: Vec<SignedRecord>) -> Result<Vec<RecordId>, AttestError> {
        let kept_back = self.kept_back(&waiting)?;
        waiting.retain(|signed| !kept_back.contains(&signed.id()));
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
        let waiting = self.all_waiting()?;
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
/// The records that wait, read without their register.
pub(super) fn held(folder: &Folder) -> Result<Vec<RecordId>, AttestError> {
    let mut ids = Vec::new();
    for name in held_names(folder)? {
        let bytes = read(folder, &format!("{HELD}/{name}"))?.unwrap_or_default();
        // What is no record is said by whoever signs; here it only must not be passed over.
        ids.push(SignedRecord::parse(&bytes).map_or_else(|_| RecordId::of(&bytes), |it| it.id()));
    }
    Ok(ids)
}

fn held_names(folder: &Folder) -> Result<Vec<String>, AttestError> {
    let names = folder.list(HELD).map_err(|error| AttestError::Read(error.to_string()))?;
    Ok(names.into_iter().filter(|name| name.ends_with(".json") && !name.starts_with('.')).collect())
}
