//! A design to a signed and logged record; the only user of `custody`'s keys.
//!
//! An append is a row of durable steps (PROVENANCE §2): masters, record, side signature, entry
//! bundles, tiles, the remembered head outside the site's folder, checkpoint, proof. Each is
//! finished before the next begins. What a crash leaves is therefore one of three things, and
//! [`open`] completes each before anything else is signed:
//!
//! 1. a record that is not in the log yet: it is appended as it stands;
//! 2. tiles and a remembered head beyond the checkpoint: the checkpoint is put down;
//! 3. a record in the log without its proof: the proof is written.
//!
//! Nothing is signed over a log that does not verify, that is shorter than the remembered head,
//! or that did not grow out of it; nor before the time of the last entry.

pub mod anchor;
pub mod certify;
pub mod collect;
pub mod draft;
pub mod due;
pub mod export;
mod hold;
pub mod identity;
mod lookup;
pub mod member;
pub mod neighbour;
pub mod people;
mod prepare;
pub mod private;
pub mod repair;
pub mod seal;
mod snapshot;
pub mod withdraw;
pub mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::evidence::{Disk as Folder, Evidence};
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::files::{Below, Files, PUT_AWAY, put_away};
use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::kind::{By, Kind, Statement};
use crate::provenance::log::tile::damaged_parts;
use crate::provenance::log::{
    Checkpoint, Entry, Head, LogFault, RecordId, ShortId, TlogProof, TreeView,
};
use crate::provenance::log::{append, origin_base};
use crate::provenance::note::{KeyName, NoteKey, Signed};
use crate::provenance::openbadge;
use crate::provenance::record::Record;
use crate::provenance::record::{CONTEXT, Sha256Digest, SignedRecord, did_document};
use crate::provenance::sshsig;
use crate::provenance::webvh::{History, VersionId};
use crate::verify::fold::{
    Condition, FOR_OWNER, Fold, Item, Owner, Standing, Tombstone, is_for_members,
};
use crate::verify::{self, Identity, LogState};
use crate::write::{self, Disk, FolderLock, Mode};

pub use hold::Entered;
pub use identity::signing_name;
pub use lookup::SiteLookup;
pub use prepare::{Master, PrepareError, Prepared, is_example, issuer, prepare, prepare_statement};
pub use snapshot::{DueList, TERM, lists_due};
use withdraw::KeptBack;

/// Sees to it that git ignores `private/` before something is put there, and that it has nothing of it already. The folder
/// is in no output either: reading a site passes over it, and publishing refuses its bytes.
///
/// # Errors
/// If git would give the folder away, or the disk fails.
pub fn keep_private_out(root: &Path, disk: &dyn Disk) -> Result<(), AttestError> {
    let in_words = |error: seal::SealError| match error {
        seal::SealError::Disk(error) => AttestError::Disk(error),
        other => AttestError::Register(other.to_string()),
    };
    seal::ignore_private(root, disk).map_err(in_words)?;
    match seal::tracked(root).map_err(in_words)?.first() {
        None => Ok(()),
        Some(file) => Err(AttestError::Register(format!(
            "git tracks {file}, and gives it to everyone who gets the folder; take it out first: git rm -r --cached private"
        ))),
    }
}

/// Who signs: both keys of an issuer.
pub struct Keys<'a> {
    /// Signs records.
    pub record: &'a dyn Signer,
    /// Signs heads of the log.
    pub log: &'a dyn Signer,
}

/// Where things lie.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// The site's folder.
    pub site: &'a Path,
    /// Where the heads that were seen are remembered, outside the site's folder.
    pub heads: &'a Path,
}

/// Why nothing was signed.
#[derive(Debug)]
pub enum AttestError {
    /// The disk failed, or another run holds the folder.
    Disk(write::Error),
    /// A file of the register could not be read.
    Read(String),
    /// The register does not hold.
    Register(String),
    /// There are two versions of the register.
    Fork {
        /// The head that this machine remembers.
        remembered: Box<Head>,
        /// The head in the folder.
        found: Box<Head>,
    },
    /// The register in the folder is older than the one that was seen.
    Rollback {
        /// The head that this machine remembers.
        remembered: Box<Head>,
        /// The head in the folder.
        found: Box<Head>,
    },
    /// The folder belongs to other keys or another address.
    OtherIdentity(String),
    /// The clock is behind the last entry.
    ClockBehind {
        /// When the last record was signed.
        last: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
    /// The record cannot be written as it is.
    Unwritable,
    /// The record would break a rule of the register, and change nothing.
    Rule(String),
}

impl fmt::Display for AttestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = |head: &Head| format!("{} entries, root {}", head.size, head.root.0);
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Read(why) => f.write_str(why),
            Self::Register(why) => write!(
                f,
                "the register does not hold, so nothing is signed over it: {why}; restore the folder log from a copy"
            ),
            Self::Fork { remembered, found } => write!(
                f,
                "there are two versions of the register: this machine saw one with {}, the folder has one with {}; \
                 nothing was signed; keep both, and find out which machine signed the other",
                head(remembered),
                head(found)
            ),
            Self::Rollback { remembered, found } => write!(
                f,
                "the register in the folder is older than the one that was signed before: this machine saw {}, the \
                 folder has {}; nothing was signed; wait until the folder is synced, or restore it from a copy",
                head(remembered),
                head(found)
            ),
            Self::OtherIdentity(why) => f.write_str(why),
            Self::ClockBehind { last, now } => write!(
                f,
                "the clock of this machine says {now}, which is before the last entry of the register ({last}); set the clock right and try again"
            ),
            Self::Rule(why) => write!(f, "this cannot be signed: {why}"),
            Self::Unwritable => f.write_str(
                "this design cannot be written as a record; `selvedge check` tells what is wrong with it",
            ),
        }
    }
}

impl std::error::Error for AttestError {}

impl From<write::Error> for AttestError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<LogFault> for AttestError {
    fn from(fault: LogFault) -> Self {
        Self::Register(fault.to_string())
    }
}

/// A register that is open for signing: locked, whole, and consistent with what was seen.
pub struct Register<'a> {
    places: Places<'a>,
    disk: &'a dyn Disk,
    issuer: Did,
    base: DidWeb,
    keys: Keys<'a>,
    log_key: NoteKey,
    /// The identity, if there is more of it than an address.
    identity: Option<Identity>,
    head: Head,
    last_signed: Option<Timestamp>,
    /// The latest time that others told of, and who: it is not earlier now.
    outside: Option<(Timestamp, String)>,
    /// How each record stands; what breaks a rule is not signed.
    fold: Fold,
    completed: Vec<RecordId>,
    /// Records whose signing broke off, whether before their entry or before their proof.
    finished: Vec<RecordId>,
    foreign: Vec<RecordId>,
    strays: Vec<String>,
    /// Designs that left the site because their records were taken back.
    taken_out: Vec<KeptBack>,
    /// Whether a step failed: what the disk holds is not known any more until it is opened again.
    is_void: bool,
    _lock: FolderLock,
}

impl fmt::Debug for Register<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Register")
            .field("issuer", &self.issuer)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

/// What waits beside the register for its entry.
#[derive(Clone, Debug)]
enum Beside {
    /// A record whose signing was interrupted.
    Begun(SignedRecord),
    /// A record that a repair brought from a version of the register that was given up.
    Brought(SignedRecord),
    /// A record that was taken back in that version: what its Withdrawal says of it is left.
    Gone(Tombstone),
}

impl Beside {
    fn id(&self) -> RecordId {
        match self {
            Self::Begun(signed) | Self::Brought(signed) => signed.id(),
            Self::Gone(gone) => gone.target.id,
        }
    }

    fn created(&self) -> Timestamp {
        match self {
            Self::Begun(signed) | Self::Brought(signed) => signed.created(),
            Self::Gone(gone) => gone.created,
        }
    }

    /// The record, if it has a body.
    fn signed(&self) -> Option<&SignedRecord> {
        match self {
            Self::Begun(signed) | Self::Brought(signed) => Some(signed),
            Self::Gone(_) => None,
        }
    }
}

/// What was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The id of the record.
    pub id: RecordId,
    /// Its place in the log, from 0.
    pub index: u64,
    /// The files that were written, below the site's folder.
    pub files: Vec<String>,
}

/// How the clock compares with the last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nothing odd.
    Fine,
    /// Far after the last entry: somebody should say that this is right.
    Jump {
        /// When the last record was signed.
        last: Timestamp,
    },
}

/// A clock that is further ahead of the last entry than this asks (T5).
const JUMP: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Compares a clock with when something was last signed.
///
/// # Errors
/// If it is behind that.
pub fn compare_clock(last: Option<Timestamp>, now: Timestamp) -> Result<Clock, AttestError> {
    let Some(last) = last else { return Ok(Clock::Fine) };
    let since = now.duration_since(last);
    if since < SignedDuration::ZERO {
        return Err(AttestError::ClockBehind { last, now });
    }
    Ok(if since > JUMP { Clock::Jump { last } } else { Clock::Fine })
}

/// When the last entry of a site's register was signed, by its signer's clock; without opening the register.
#[must_use]
pub fn last_signed(site: &Path) -> Option<Timestamp> {
    let audit = verify::folder("", &Folder::at(site), &verify::Trust::nobody(), None, None);
    match audit.folded {
        // After a correction of the clock entries are earlier than some before them.
        Some(folded) => {
            folded.standings.values().max_by_key(|it| it.index).map(|standing| standing.created)
        }
        None => SiteLookup::load(site).records().map(SignedRecord::created).max(),
    }
}

/// Lines of `.gitattributes`: signed bytes stay as they are.
const SIGNED_BYTES: [&str; 4] =
    ["records/** -text", "log/** -text", "identity/** -text", "witness/** -text"];

/// Opens a site's register for signing, completing what a crash left.
///
/// A folder without one gets its identity files now. `issuer` is the name that the site's address
/// gives; it is bound to the keys from here on.
///
/// # Errors
/// If the register does not hold, forked, was rolled back, or belongs to other keys; then nothing
/// was changed but left-over temporary files.
pub fn open<'a>(
    places: Places<'a>,
    base: DidWeb,
    keys: Keys<'a>,
    disk: &'a dyn Disk,
) -> Result<Register<'a>, AttestError> {
    let lock = FolderLock::take(places.site, "signing in")?;
    for folder in ["records", "records/files", "records/people", "log", "identity", people::FOLDER]
    {
        write::clean_temporaries(disk, &places.site.join(folder))?;
    }
    let known = identity::load(places.site)?;
    let (issuer, log_key) = match &known {
        Some(known) if known.base == base => (known.issuer.clone(), known.log_key.clone()),
        Some(known) => {
            return Err(AttestError::OtherIdentity(format!(
                "this site's records are bound to {}, and its address is {} now",
                known.base.base_url(),
                base.base_url()
            )));
        }
        None => {
            let origin = origin(places, &base, &keys.log.verifier_key())?;
            (Did::Web(base.clone()), NoteKey::new(origin, keys.log.verifier_key()))
        }
    };
    let owner = Owner { issuer: issuer.clone(), versions: BTreeMap::new(), cuts: Vec::new() };
    let mut register = Register {
        places,
        disk,
        issuer,
        base,
        keys,
        log_key,
        identity: known,
        head: Head::empty(),
        last_signed: None,
        outside: None,
        fold: Fold::new(owner),
        completed: Vec::new(),
        finished: Vec::new(),
        foreign: Vec::new(),
        strays: Vec::new(),
        taken_out: Vec::new(),
        is_void: false,
        _lock: lock,
    };
    let missing = register.expect_identity()?;
    register.expect_downloaded()?;
    register.complete_checkpoint()?;
    let (unlogged, versions) = register.load()?;
    register.mend_parts()?;
    register.clear_withdrawn()?;
    for (path, bytes) in &missing {
        register.put(path, bytes)?;
    }
    if !versions.is_empty() {
        register.flush_before_change(&versions)?;
        let entries: Vec<Entry> = versions.into_iter().map(Entry::Did).collect();
        register.append_entries(&entries)?;
    }
    if !unlogged.is_empty() {
        register.enter_beside(&unlogged)?;
    }
    register.complete_proofs()?;
    Ok(register)
}

/// The name of the register: the issuer's address and `/log`, or the name under which it went on
/// after a repair, which then stands with this key in `identity/log.vkey`.
fn origin(places: Places<'_>, issuer: &DidWeb, key: &VerifierKey) -> Result<KeyName, AttestError> {
    let born =
        KeyName::parse(&format!("{}/log", issuer.authority_and_path())).ok_or_else(|| {
            let why = format!("the address {} cannot name a register", issuer.base_url());
            AttestError::OtherIdentity(why)
        })?;
    let stated = read(&Folder::at(places.site), "identity/log.vkey")?
        .and_then(|bytes| NoteKey::parse(std::str::from_utf8(&bytes).ok()?.trim_end()))
        .filter(|stated| stated.key() == key && origin_base(stated.name()) == origin_base(&born));
    Ok(stated.map_or(born, |stated| stated.name().clone()))
}

/// The head of a register that this machine saw last; `None` if it remembers none that the
/// register's key signed.
pub fn remembered_head(places: Places<'_>, log_key: &NoteKey) -> Option<Checkpoint> {
    let bytes = fs::read(remembered_path(places, log_key)).ok()?;
    Checkpoint::parse(&bytes).ok().filter(|found| found.verify(log_key) == Signed::Valid)
}

/// Where the head of a register is remembered, outside the site's folder.
fn remembered_path(places: Places<'_>, log_key: &NoteKey) -> PathBuf {
    let origin = RecordId::of(log_key.to_string().as_bytes());
    places.heads.join(data_encoding::HEXLOWER.encode(origin.as_bytes())).join("checkpoint")
}

/// Whether a log whose checkpoint is shorter than the head that this machine signed last is that one, broken off before its
/// checkpoint was put down: its files lead to both.
fn grew_into(log: &dyn Files, found: Head, remembered: Head) -> Result<(), AttestError> {
    let (boxed, found_too) = (Box::new(remembered), Box::new(found));
    let view = TreeView::new(log, remembered.size);
    if view.expect_head(remembered).is_err() {
        return Err(AttestError::Rollback { remembered: boxed, found: found_too });
    }
    // What another machine signed is not overwritten with what this one knows.
    match view.expect_head(found) {
        Ok(()) => Ok(()),
        Err(_) => Err(AttestError::Fork { remembered: boxed, found: found_too }),
    }
}

impl Register<'_> {
    /// The records whose signing was interrupted before and is now complete.
    #[must_use]
    pub fn completed(&self) -> &[RecordId] {
        &self.completed
    }

    /// Records that lie in the folder and that this site's key did not sign: nobody asked to enter them.
    #[must_use]
    pub fn foreign(&self) -> &[RecordId] {
        &self.foreign
    }

    /// Files in the folder `records` that are none of a record's, by their names: nothing was done with them.
    #[must_use]
    pub fn strays(&self) -> &[String] {
        &self.strays
    }

    /// Designs that left the site since it was opened: their Withdrawals came by a repair, or took effect when the last
    /// of several agreed.
    #[must_use]
    pub fn taken_out(&self) -> &[KeptBack] {
        &self.taken_out
    }

    /// Compares the clock with the last entry.
    ///
    /// # Errors
    /// If it is behind: a record is never signed earlier than the last entry.
    pub fn clock(&self, now: Timestamp) -> Result<Clock, AttestError> {
        compare_clock(self.last_signed, now)
    }

    /// Hears what those of a trust list say of the time, in the heads that are kept here: a correction of the clock never
    /// sets it back before that.
    pub fn heed(&mut self, trust: &verify::Trust) {
        let folder = Folder::at(self.places.site);
        self.outside = verify::witness::latest_outside(&folder, &self.log_keys(), self.head, trust);
    }

    /// Refuses a correction of the clock that cannot be right.
    fn bounded(&self, correction: &Statement, now: Timestamp) -> Result<(), AttestError> {
        let rule = |why: String| Err(AttestError::Rule(why));
        let first = correction.count("firstWrong").unwrap_or_default();
        if first >= self.head.size {
            return rule(format!(
                "first_wrong is the number of the first entry whose time is wrong, counted from 0, and the register has {} \
                 entries; `selvedge record list` shows them",
                self.head.size
            ));
        }
        match &self.outside {
            Some((seen, who)) if now < *seen => rule(format!(
                "the clock of this machine says {now}, and {who} had this register before them on {seen} already; set the \
                 clock right and try again (if it is theirs that is wrong, take them out of trust.toml)"
            )),
            _ => Ok(()),
        }
    }

    /// Signs a prepared record and enters it in the register. If that broke off before, and the opening of the register
    /// completed it, that record is given.
    ///
    /// # Errors
    /// If the clock is behind the last entry, or the disk fails; then the next [`open`] completes
    /// what was begun, or nothing was.
    pub fn issue(&mut self, prepared: &Prepared, now: Timestamp) -> Result<Issued, AttestError> {
        if self.is_void {
            return Err(AttestError::Register(
                "an earlier step of this run failed; run the command again".to_owned(),
            ));
        }
        match prepared.record.subject.as_statement() {
            Some(statement) if statement.kind == Kind::ClockCorrection => {
                self.bounded(statement, now)?;
            }
            _ => drop(self.clock(now)?),
        }
        let has_its_bytes =
            |master: &Master| master.photograph.sha256 == Sha256Digest::of(&master.bytes);
        self.flush()?;
        let is_whole = prepared.masters.iter().all(has_its_bytes) && prepared.names_its_people();
        if prepared.record.base != self.base || !is_whole {
            return Err(AttestError::Unwritable);
        }
        if let Some(id) = self.finished_before(prepared)?
            && let Entered::Now(issued) = self.entered(id)?
        {
            return Ok(issued);
        }
        self.is_void = true;
        let issued = self.issue_now(prepared, now)?;
        self.is_void = false;
        Ok(issued)
    }

    fn issue_now(&mut self, prepared: &Prepared, now: Timestamp) -> Result<Issued, AttestError> {
        let is_list = prepared.record.subject.kind() == Kind::Snapshot;
        let position = (!is_list).then_some(self.head.size);
        let record = Record { position, ..prepared.record.clone() };
        let signed = record.sign(now, self.keys.record).ok_or(AttestError::Unwritable)?;
        self.rehearse(&signed)?;
        people::keep(self.places.site, &prepared.people, self.disk)?;
        let mut files = Vec::new();
        for master in &prepared.masters {
            let path = master.photograph.path();
            // Named by its digest: what stands there is the same, or is damaged and mended by this.
            self.put(&path, &master.bytes)?;
            files.push(path);
        }
        let path = format!("records/{}.json", signed.id().short());
        if self.places.site.join(&path).exists() {
            return Err(AttestError::Register(format!("{path} is there already")));
        }
        self.put(&path, signed.bytes())?;
        files.push(path);
        let index = self.head.size;
        self.append(std::slice::from_ref(&signed))?;
        files.push(format!("records/{}.sshsig", signed.id().short()));
        files.push(format!("records/{}.tlog-proof", signed.id().short()));
        files.push("log/checkpoint".to_owned());
        self.clear_withdrawn()?;
        Ok(Issued { id: signed.id(), index, files })
    }

    /// Enters what somebody else signed, with the photographs that it binds: a member's design, her words about a record of
    /// this register, or her agreement to an act.
    ///
    /// # Errors
    /// If it breaks a rule of the register, is there already, a photograph is not the one that it binds, or the disk
    /// fails.
    pub fn admit(
        &mut self,
        signed: &SignedRecord,
        masters: &[Master],
    ) -> Result<Entered, AttestError> {
        if self.is_void {
            return Err(AttestError::Register(
                "an earlier step of this run failed; run the command again".to_owned(),
            ));
        }
        self.flush()?;
        if self.issuer.same_issuer(&signed.record().issuer) {
            return Err(AttestError::Rule("it is signed in this site's own name".to_owned()));
        }
        if self.fold.standing(&signed.id()).is_some() {
            return Err(AttestError::Rule("it is in the register already".to_owned()));
        }
        // Whoever has no site of her own signs for the address of the register (RECORD-FORMAT, 2.2).
        let said = signed.record();
        let former = self.identity.iter().flat_map(|identity| &identity.former);
        let is_ours = std::iter::once(&self.base).chain(former).any(|base| *base == said.base);
        if matches!(said.issuer, Did::Key(_)) && !is_ours {
            return Err(AttestError::Rule(format!(
                "it was signed for {}, and this register is that of {}",
                said.base.base_url(),
                self.base.base_url()
            )));
        }
        for photograph in said.photographs() {
            let mut found = masters.iter().filter(|master| master.photograph == photograph);
            if found.all(|master| Sha256Digest::of(&master.bytes) != photograph.sha256) {
                return Err(AttestError::Rule(format!(
                    "the photograph {} that it binds is not there, or is another",
                    photograph.path()
                )));
            }
        }
        // What opens a sealed design, and agreements to that, are kept back until they are enough.
        let waiting = self.waiting()?;
        let is_waited_for = |id: RecordId| waiting.iter().any(|waits| waits.id() == id);
        if said.subject.kind() == Kind::Disclosure || hold::about(signed).is_some_and(is_waited_for)
        {
            let mut fold = self.fold.clone();
            for next in waiting.iter().chain([signed]) {
                rehearse(&mut fold, next)?;
            }
            self.is_void = true;
            self.wait(signed, masters, waiting.len())?;
            self.is_void = false;
            self.flush()?;
            return self.entered(signed.id());
        }
        self.is_void = true;
        let is_member = self.fold.has_member(&said.issuer);
        let kind = said.subject.kind();
        let is_for_owner = kind.rules().by == By::Issuer && !is_for_members(kind);
        self.rehearse(signed).map_err(|error| match error {
            // No member may sign it as such, a Label for example.
            AttestError::Rule(why) if is_for_owner && why.ends_with(FOR_OWNER) => {
                AttestError::Rule(format!(
                    "{why}; {} may sign it once you delegate it: `selvedge record fields delegate` prints what to fill in, with \
                     may = [\"{kind}\"], and have it signed again after that",
                    said.issuer
                ))
            }
            AttestError::Rule(why) if !is_member && said.subject.kind().rules().by == By::Issuer => {
                AttestError::Rule(format!(
                    "{why}; {} is no member of this register: accredit her first, with that name as the id of the member \
                     (`selvedge record fields accredit` prints what to fill in), and have her sign it again after that",
                    said.issuer
                ))
            }
            AttestError::Rule(why) if is_member => AttestError::Rule(format!(
                "{why}; a member's own records are those that she signs within the dates of her accreditation, so that what \
                 she signed before it is to be signed again"
            )),
            other => other,
        })?;
        let mut files = Vec::new();
        for master in masters.iter().filter(|it| said.photographs().contains(&it.photograph)) {
            let path = master.photograph.path();
            self.put(&path, &master.bytes)?;
            files.push(path);
        }
        let path = format!("records/{}.json", signed.id().short());
        self.put(&path, signed.bytes())?;
        let index = self.head.size;
        self.append(std::slice::from_ref(signed))?;
        // A member's Withdrawal takes the content with it as the owner's does.
        self.clear_withdrawn()?;
        self.is_void = false;
        let proof = format!("records/{}.tlog-proof", signed.id().short());
        files.extend([path, proof, "log/checkpoint".to_owned()]);
        Ok(Entered::Now(Issued { id: signed.id(), index, files }))
    }

    /// Enters what waits beside the register, all at once.
    fn enter_beside(&mut self, beside: &[Beside]) -> Result<(), AttestError> {
        for waiting in beside {
            let rehearsed = match waiting {
                Beside::Begun(signed) => self.rehearse(signed),
                // Another act may have come first in the version that stays: then this one is entered, and has no effect.
                Beside::Brought(signed) => self.push(Item::Record(signed)),
                Beside::Gone(gone) => self.push(Item::Tombstone(gone)),
            };
            rehearsed.map_err(|error| match error {
                AttestError::Rule(why) => AttestError::Register(format!(
                    "records/{}.json lies beside the register and cannot be entered: {why}; if nobody needs it, move it out of \
                     that folder",
                    waiting.id().short()
                )),
                other => other,
            })?;
        }
        for signed in beside.iter().filter_map(Beside::signed) {
            self.sign_beside(signed)?;
        }
        let ids: Vec<RecordId> = beside.iter().map(Beside::id).collect();
        self.enter(&ids)?;
        for waiting in beside {
            match waiting.signed() {
                Some(signed) => self.note_time(signed),
                None => self.last_signed = self.last_signed.max(Some(waiting.created())),
            }
        }
        self.finished.extend(&ids);
        self.completed.extend(ids);
        // A Withdrawal among them takes effect with its entry.
        self.clear_withdrawn()
    }

    /// Lets the fold see an entry before it is made, and refuses what would break a rule.
    fn push(&mut self, item: Item<'_>) -> Result<(), AttestError> {
        push(&mut self.fold, item)
    }

    /// Lets the fold see a record before it is entered, and refuses also what would have no effect.
    fn rehearse(&mut self, signed: &SignedRecord) -> Result<(), AttestError> {
        rehearse(&mut self.fold, signed)
    }

    /// Whether a record is in force now.
    #[must_use]
    pub fn holds(&self, id: &RecordId) -> bool {
        self.standing(id).is_some_and(|standing| standing.condition == Condition::InForce)
    }

    /// Makes the Open Badge of each of these records that can have one (`export`): a certification or a membership of this
    /// register's own that is in force. Gives for each the path of the file, or why there is none.
    pub fn open_badges(
        &self,
        ids: &[RecordId],
        now: Timestamp,
    ) -> Vec<(RecordId, Result<String, AttestError>)> {
        let has_one = |id: &&RecordId| {
            let standing = self.standing(id).filter(|_| self.holds(id));
            standing.is_some_and(|standing| {
                openbadge::is_of_kind(standing.kind) && self.issuer.same_issuer(&standing.issuer)
            })
        };
        let ids: Vec<&RecordId> = ids.iter().filter(has_one).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        let evidence = Evidence::load(self.places.site, &verify::Trust::nobody(), Some(now));
        let is_practice =
            |id: &&RecordId| evidence.record(id).is_some_and(|record| record.record().practice);
        let ids = ids.into_iter().filter(|id| !is_practice(id));
        let make = |id: &RecordId| {
            let key = self.keys.record;
            export::open_badge(self.places.site, &evidence, id, now, key, self.disk)
        };
        ids.map(|id| (*id, make(id))).collect()
    }

    /// How a record stands now.
    #[must_use]
    pub fn standing(&self, id: &RecordId) -> Option<&Standing> {
        self.fold.standing(id)
    }

    /// Removes what withdrawn records held: their bodies, side signatures, Open Badges, the names that they kept apart, and the files
    /// that no other record binds; their designs leave the site. Done again at each opening, so that a crash leaves nothing
    /// behind.
    fn clear_withdrawn(&mut self) -> Result<(), AttestError> {
        let folder = Folder::at(self.places.site);
        let mut gone = BTreeMap::new();
        let mut bound = BTreeMap::new();
        let mut people = Vec::new();
        let mut bodies = Vec::new();
        for name in self.record_names(&folder)? {
            let bytes = read(&folder, &format!("records/{name}.json"))?.unwrap_or_default();
            if let Ok(signed) = SignedRecord::parse(&bytes) {
                bodies.push(signed);
            }
        }
        let mut withdrawn = Vec::new();
        for signed in &bodies {
            let is_withdrawn = self
                .fold
                .standing(&signed.id())
                .is_some_and(|standing| matches!(standing.condition, Condition::Withdrawn(_)));
            if is_withdrawn {
                withdrawn.push(signed);
            }
            let files = signed.record().photographs().into_iter().map(|photo| photo.path());
            if is_withdrawn {
                people.extend(people::of(self.places.site, signed.record())?);
            }
            match is_withdrawn {
                true => gone.insert(signed.id(), files.collect::<Vec<_>>()),
                false => bound.insert(signed.id(), files.collect::<Vec<_>>()),
            };
        }
        for signed in withdrawn {
            // A member's design may be called as another of this site.
            let is_own = self.issuer.same_issuer(&signed.record().issuer);
            let design = signed.record().subject.as_design().filter(|_| is_own);
            let Some(design) = design else { continue };
            let is_kept = withdraw::others(bodies.iter(), &design.slug, &signed.id())
                .any(|other| self.holds(&other));
            let is_there = self.places.site.join("designs").join(&design.slug).is_dir();
            if is_there && !is_kept {
                let kept =
                    KeptBack::design(self.places.site, &design.slug, &signed.id(), self.disk)?;
                self.taken_out.push(kept);
            }
        }
        // Whom it named apart is its content, too.
        for person in &people {
            people::erase(self.places.site, &person.opening.commitment(), self.disk)?;
        }
        for (id, files) in &gone {
            let kept = |path: &String| bound.values().any(|files| files.contains(path));
            for path in files.iter().filter(|path| !kept(path)) {
                self.remove(path)?;
            }
            self.remove(&format!("records/{}.sshsig", id.short()))?;
            self.remove(&openbadge::path(id))?;
            // The body last: as long as it is there, what else belongs to it is known.
            self.remove(&format!("records/{}.json", id.short()))?;
        }
        Ok(())
    }

    /// Removes a file of the site's folder, durably, if it is there.
    fn remove(&self, path: &str) -> Result<(), AttestError> {
        let path = self.places.site.join(path);
        if fs::symlink_metadata(&path).is_ok() {
            write::remove_file(self.disk, &path)?;
        }
        Ok(())
    }

    /// Checks that the identity files are those of these keys; gives those that are missing.
    ///
    /// All of them follow from the address and the keys, so a lost one can be made again.
    fn expect_identity(&self) -> Result<Vec<(String, Vec<u8>)>, AttestError> {
        if self.keys.record.verifier_key() == self.keys.log.verifier_key() {
            return Err(AttestError::OtherIdentity(
                "the record key and the log key are the same; each role needs its own".to_owned(),
            ));
        }
        if let Some(known) = &self.identity {
            let (record, log) = (self.keys.record.verifier_key(), self.keys.log.verifier_key());
            if known.keys.first() != Some(&record) || *known.log_key.key() != log {
                return Err(AttestError::OtherIdentity(format!(
                    "these are not the keys that sign for {} now; `selvedge keys list` shows which are needed",
                    self.base.base_url()
                )));
            }
        }
        let wanted: Vec<(String, Vec<u8>)> = match &self.identity {
            Some(known) => {
                let files = known.files().into_iter();
                files.map(|(name, bytes)| (format!("identity/{name}"), bytes)).collect()
            }
            None => {
                let record_keys = [self.keys.record.verifier_key()];
                let signers = sshsig::allowed_signers(&self.base, &record_keys);
                vec![
                    ("identity/did.json".to_owned(), did_document(&self.base, &record_keys)),
                    ("identity/allowed_signers".to_owned(), signers.into_bytes()),
                    ("identity/log.vkey".to_owned(), format!("{}\n", self.log_key).into_bytes()),
                    ("identity/context-v1.jsonld".to_owned(), CONTEXT.to_vec()),
                ]
            }
        };
        let mut missing = Vec::new();
        for (path, bytes) in wanted {
            match fs::read(self.places.site.join(&path)) {
                Ok(found) if found == bytes => {}
                // What follows from the history of keys is made again where it does not.
                Ok(_) if self.identity.is_some() => missing.push((path, bytes)),
                Ok(_) => {
                    return Err(AttestError::OtherIdentity(format!(
                        "{path} belongs to other keys or another address than {}; sign with the keys that this site \
                         began with, and keep its base_url",
                        self.base.base_url()
                    )));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    missing.push((path, bytes));
                }
                Err(error) => return Err(unreadable(&path, &error)),
            }
        }
        missing.extend(self.git_attributes()?);
        Ok(missing)
    }

    /// What keeps git from rewriting the line ends of signed bytes; nothing if it is there.
    fn git_attributes(&self) -> Result<Option<(String, Vec<u8>)>, AttestError> {
        const PATH: &str = ".gitattributes";
        let mut text = match fs::read(self.places.site.join(PATH)) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(unreadable(PATH, &error)),
        };
        let has = |line: &&str| {
            text.split(|&byte| byte == b'\n').any(|old| old.trim_ascii() == line.as_bytes())
        };
        let missing: Vec<&str> = SIGNED_BYTES.into_iter().filter(|line| !has(line)).collect();
        if missing.is_empty() {
            return Ok(None);
        }
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        for line in missing {
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
        }
        Ok(Some((PATH.to_owned(), text)))
    }

    /// Signs nothing as long as a cloud drive has not brought all that was signed before: what it keeps away may be newer
    /// than what this machine knows.
    fn expect_downloaded(&self) -> Result<(), AttestError> {
        let folder = Folder::at(self.places.site);
        for place in ["log", "identity", "records", "records/files", people::FOLDER, "witness"] {
            let names = folder.list(place).map_err(|error| AttestError::Read(error.to_string()))?;
            if let Some(name) = names.iter().find_map(|name| put_away(name)) {
                return Err(AttestError::Read(format!(
                    "{place}/{name}: {PUT_AWAY}; nothing was signed"
                )));
            }
        }
        Ok(())
    }

    /// Puts down a checkpoint that was remembered but not written, if the tiles bear it out and the register in the folder is
    /// its beginning.
    fn complete_checkpoint(&self) -> Result<(), AttestError> {
        let Some(remembered) = self.remembered()? else { return Ok(()) };
        let found = self.checkpoint()?.map_or_else(Head::empty, |checkpoint| checkpoint.head());
        if remembered.head().size <= found.size {
            return Ok(());
        }
        let folder = Folder::at(self.places.site);
        let log = Below { files: &folder, folder: "log" };
        if let Some(twin) = verify::log::second_head(&log) {
            return Err(self.mixed(&twin));
        }
        grew_into(&log, found, remembered.head())?;
        self.put("log/checkpoint", remembered.to_string().as_bytes())
    }

    /// Verifies the whole register; returns the records that are beside it, and the versions of the identity
    /// that it does not hold yet.
    fn load(&mut self) -> Result<(Vec<Beside>, Vec<VersionId>), AttestError> {
        let folder = Folder::at(self.places.site);
        let pinned = self.remembered()?;
        let log = Below { files: &folder, folder: "log" };
        // A register that this machine began and never came to sign a head of: whatever tiles
        // there are belong to that attempt. Without the memory of having begun it, a missing
        // checkpoint is one that did not come over yet.
        let heads = log.list("").map_err(|error| AttestError::Read(error.to_string()))?;
        let has_head = heads.iter().any(|name| name.starts_with("checkpoint"));
        let is_begun = pinned.as_ref().is_some_and(|pinned| pinned.head().size == 0);
        if is_begun && !has_head {
            return Ok((self.beside(&folder, &[])?, self.unlogged_versions(&[])?));
        }
        let mut entries = Vec::new();
        let head_key = self.head_key()?;
        let audit = verify::log::audit(&log, Some(&head_key), pinned.as_ref(), &mut |_, bytes| {
            entries.push(Entry::parse(bytes));
        });
        let found = audit.checkpoint.as_ref().map_or_else(Head::empty, Checkpoint::head);
        let heads = || (Box::new(pinned.as_ref().map_or(found, Checkpoint::head)), Box::new(found));
        match audit.state {
            LogState::Ok => self.head = found,
            LogState::Absent if pinned.is_none() => {
                self.expect_beginning(&folder)?;
                self.remember(&self.sign_head(Head::empty()))?;
            }
            LogState::Absent | LogState::Rollback => {
                let (remembered, found) = heads();
                return Err(AttestError::Rollback { remembered, found });
            }
            // Both heads are in the folder, and neither can be taken for the register's.
            LogState::Fork if audit.checkpoint.is_none() => {
                return Err(self.mixed(&audit.why));
            }
            LogState::Fork => {
                let (remembered, found) = heads();
                return Err(AttestError::Fork { remembered, found });
            }
            LogState::Damaged | LogState::Tampered | LogState::Untrusted => {
                return Err(AttestError::Register(audit.why));
            }
        }
        Ok((self.beside(&folder, &entries)?, self.unlogged_versions(&entries)?))
    }

    /// Begins no register where one was: without its log and without the memory of it, records of this site tell that there
    /// was one. A run that broke off leaves no such folder, as it remembers the empty head before the first record.
    fn expect_beginning(&self, folder: &Folder) -> Result<(), AttestError> {
        for name in self.record_names(folder)? {
            let path = format!("records/{name}.json");
            let signed = read(folder, &path)?.and_then(|bytes| SignedRecord::parse(&bytes).ok());
            if signed.is_some_and(|signed| self.issuer.same_issuer(&signed.record().issuer)) {
                return Err(AttestError::Read(format!(
                    "{path} was signed for this site, and the folder log with its register is not there; nothing was signed. Wait until \
                     the folder is synced, or restore the folder log from a copy"
                )));
            }
        }
        Ok(())
    }

    /// The versions of the identity that the log does not hold yet.
    fn unlogged_versions(&self, entries: &[Option<Entry>]) -> Result<Vec<VersionId>, AttestError> {
        let history = self.identity.iter().filter_map(|identity| identity.history.as_ref());
        let mut versions = history.flat_map(History::versions).map(|version| &version.version_id);
        for entry in entries {
            if let Some(Entry::Did(logged)) = entry
                && versions.next() != Some(logged)
            {
                return Err(AttestError::OtherIdentity(
                    "the register holds another history of keys than identity/did.jsonl; restore that file from a copy"
                        .to_owned(),
                ));
            }
        }
        Ok(versions.cloned().collect())
    }

    /// Reads every record, folds those of the log, and gives those that it does not have, the oldest first.
    fn beside(
        &mut self,
        folder: &Folder,
        entries: &[Option<Entry>],
    ) -> Result<Vec<Beside>, AttestError> {
        let logged: BTreeSet<RecordId> = entries
            .iter()
            .filter_map(|entry| match entry {
                Some(Entry::Record(id)) => Some(*id),
                _ => None,
            })
            .collect();
        let mut bodies = BTreeMap::new();
        for name in self.record_names(folder)? {
            let path = format!("records/{name}.json");
            let bytes = read(folder, &path)?.unwrap_or_default();
            let id = RecordId::of(&bytes);
            let signed = SignedRecord::parse(&bytes).ok().filter(|_| id.short().as_str() == name);
            let signed = signed.ok_or_else(|| {
                let remedy = match logged.iter().any(|id| id.short().as_str() == name) {
                    true => "put a whole copy of it in its place, from a backup or from the published site",
                    false => "it is not in the register either; wait until the folder is synced, or move that file out of it",
                };
                AttestError::Read(format!(
                    "{path} is not a record, or was altered, and nothing was signed; {remedy}"
                ))
            })?;
            bodies.insert(id, signed);
        }
        self.strays = self.find_strays(folder, &logged)?;
        let is_all_logged = bodies.keys().all(|id| logged.contains(id));
        // What a repair laid here was signed in its time, in a version that was given up.
        let lost = if is_all_logged { BTreeMap::new() } else { repair::lost_records(folder) };
        // What was begun here is signed with this site's key; what somebody else signed was only put here.
        let own = self.keys.record.verifier_key();
        let is_own =
            |signed: &SignedRecord| *signed.key() == own || lost.contains_key(&signed.id());
        let (beside, foreign): (Vec<&SignedRecord>, Vec<&SignedRecord>) = bodies
            .values()
            .filter(|signed| !logged.contains(&signed.id()))
            .partition(|signed| is_own(signed));
        self.foreign = foreign.into_iter().map(SignedRecord::id).collect();
        for signed in beside.iter().filter(|signed| !lost.contains_key(&signed.id())) {
            self.expect_no_proof(folder, signed.id())?;
        }
        // A repair brings the Withdrawals of another version, and what they name is gone before they are entered.
        let by_id: BTreeMap<RecordId, &SignedRecord> =
            bodies.iter().map(|(id, signed)| (*id, signed)).collect();
        self.fold = verify::fold_entries(self.owner(), entries, &by_id, &beside);
        if let Some(gap) = self.fold.gap() {
            return Err(AttestError::Register(gap));
        }
        self.last_signed = self.fold.last_created();
        // What leads a clock back is older than the entry before it, by its nature.
        let leads_back =
            |signed: &SignedRecord| signed.record().subject.kind() == Kind::ClockCorrection;
        let first = beside
            .iter()
            .filter(|signed| !lost.contains_key(&signed.id()))
            .min_by_key(|signed| signed.created())
            .filter(|signed| !leads_back(signed));
        if let (Some(first), Some(last)) = (first, self.last_signed)
            && first.created() < last
        {
            return Err(AttestError::Register(format!(
                "records/{}.json is beside the register and older than its last entry",
                first.id().short()
            )));
        }
        let gone: BTreeMap<RecordId, Tombstone> = beside
            .iter()
            .filter_map(|signed| Tombstone::of(signed))
            .map(|gone| (gone.target.id, gone))
            .filter(|(id, _)| {
                lost.contains_key(id) && !logged.contains(id) && !bodies.contains_key(id)
            })
            .collect();
        let records = beside.into_iter().map(|signed| match lost.contains_key(&signed.id()) {
            true => Beside::Brought(signed.clone()),
            false => Beside::Begun(signed.clone()),
        });
        let mut waiting: Vec<Beside> =
            records.chain(gone.into_values().map(Beside::Gone)).collect();
        // Within a second, as the version had them that was given up: an act comes after what it is about.
        waiting.sort_by_key(|it| (it.created(), lost.get(&it.id()).copied(), it.id()));
        Ok(waiting)
    }

    /// Refuses a record that is not in the log, but has its proof: it came over from another machine before its log did.
    /// What a crash leaves beside the log has none.
    fn expect_no_proof(&self, folder: &Folder, id: RecordId) -> Result<(), AttestError> {
        let path = format!("records/{}.tlog-proof", id.short());
        let Some(proof) = read(folder, &path)?.and_then(|bytes| TlogProof::parse(&bytes).ok())
        else {
            return Ok(());
        };
        let is_ours = |key: &NoteKey| proof.checkpoint.verify(key) == Signed::Valid;
        if !self.log_keys().into_iter().any(is_ours) {
            return Ok(());
        }
        Err(AttestError::Read(format!(
            "{path} is of a register with {} entries, and the folder log does not have that record; nothing was signed. Wait until \
             the folder is synced; if two machines signed, make one register of both: selvedge log repair {} --with OTHER-FOLDER",
            proof.checkpoint.head().size,
            self.places.site.display()
        )))
    }

    /// Two heads lie in one folder.
    fn mixed(&self, why: &str) -> AttestError {
        AttestError::Read(format!(
            "{why}, as it is left where two machines signed; nothing was signed. Put the whole folder of the other machine beside \
             this one, and this one as it was before they were mixed, then run: selvedge log repair {} --with OTHER-FOLDER",
            self.places.site.display()
        ))
    }

    /// The key that signed the head in the folder: the log's, or one that it had before.
    fn head_key(&self) -> Result<NoteKey, AttestError> {
        let folder = Folder::at(self.places.site);
        let found =
            read(&folder, "log/checkpoint")?.and_then(|bytes| Checkpoint::parse(&bytes).ok());
        let signed =
            |key: &&NoteKey| found.as_ref().is_some_and(|found| found.verify(key) == Signed::Valid);
        let key = self.log_keys().into_iter().find(signed);
        Ok(key.unwrap_or(&self.log_key).clone())
    }

    /// The log's key, and those that it had before.
    fn log_keys(&self) -> Vec<&NoteKey> {
        let earlier = self.identity.iter().flat_map(|identity| &identity.earlier);
        std::iter::once(&self.log_key).chain(earlier.map(|earlier| &earlier.log_key)).collect()
    }

    /// What the fold has to know of whose register this is.
    fn owner(&self) -> Owner {
        if let Some(identity) = &self.identity {
            return identity.owner();
        }
        Owner { issuer: self.issuer.clone(), versions: BTreeMap::new(), cuts: Vec::new() }
    }

    /// Enters signed records, whose files stand already, in the register.
    fn append(&mut self, signed: &[SignedRecord]) -> Result<(), AttestError> {
        for record in signed {
            self.sign_beside(record)?;
        }
        let ids: Vec<RecordId> = signed.iter().map(SignedRecord::id).collect();
        self.enter(&ids)?;
        signed.iter().for_each(|record| self.note_time(record));
        Ok(())
    }

    /// Notes when an entry was signed: nothing is signed before it.
    fn note_time(&mut self, record: &SignedRecord) {
        let created = Some(record.created());
        self.last_signed = match record.record().subject.kind() {
            // From here on the clock is right, and earlier than the entry before.
            Kind::ClockCorrection => created,
            _ => self.last_signed.max(created),
        };
    }

    /// Puts the side signature beside a record of this site's key.
    fn sign_beside(&self, record: &SignedRecord) -> Result<(), AttestError> {
        // Others' words, entered here, carry their own signature only.
        if *record.key() != self.keys.record.verifier_key() {
            return Ok(());
        }
        let namespace = sshsig::namespace(&self.base);
        let side = sshsig::sign(record.bytes(), &namespace, self.keys.record);
        self.put(&format!("records/{}.sshsig", record.id().short()), side.as_bytes())
    }

    /// Enters records by their ids, and proves each.
    fn enter(&mut self, ids: &[RecordId]) -> Result<(), AttestError> {
        let entries: Vec<Entry> = ids.iter().copied().map(Entry::Record).collect();
        let first = self.head.size;
        let checkpoint = self.append_entries(&entries)?;
        for (id, index) in ids.iter().zip(first..) {
            self.prove(*id, index, &checkpoint)?;
        }
        Ok(())
    }

    /// Adds entries to the log, up to its signed head.
    fn append_entries(&mut self, entries: &[Entry]) -> Result<Checkpoint, AttestError> {
        let folder = Folder::at(self.places.site);
        let log = Below { files: &folder, folder: "log" };
        let bytes: Vec<Vec<u8>> = entries.iter().map(Entry::to_bytes).collect();
        let plan = append::plan(self.head, &log, &bytes)?;
        for (path, bytes) in &plan.files {
            self.put(&format!("log/{path}"), bytes)?;
        }
        let checkpoint = self.sign_head(plan.head);
        self.remember(&checkpoint)?;
        self.put("log/checkpoint", checkpoint.to_string().as_bytes())?;
        self.head = plan.head;
        for entry in entries {
            if let Entry::Did(version) = entry {
                self.fold.push(Item::Did(version.as_str()));
            }
        }
        Ok(checkpoint)
    }

    fn sign_head(&self, head: Head) -> Checkpoint {
        Checkpoint::sign(self.log_key.name(), head, self.keys.log)
    }

    /// Makes anew what the log had when it was shorter and what was damaged since: it follows from what it has now.
    fn mend_parts(&self) -> Result<(), AttestError> {
        let folder = Folder::at(self.places.site);
        let log = Below { files: &folder, folder: "log" };
        for (path, bytes) in damaged_parts(&log, self.head.size)? {
            self.put(&format!("log/{path}"), &bytes)?;
        }
        Ok(())
    }

    /// Writes the proofs that a crash left out.
    fn complete_proofs(&mut self) -> Result<(), AttestError> {
        let folder = Folder::at(self.places.site);
        let mut missing = Vec::new();
        for name in self.record_names(&folder)? {
            if read(&folder, &format!("records/{name}.tlog-proof"))?.is_none() {
                missing.push(name);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let Some(checkpoint) = self.checkpoint()? else { return Ok(()) };
        let log = Below { files: &folder, folder: "log" };
        let mut found = Vec::new();
        verify::log::audit(&log, Some(&self.head_key()?), None, &mut |index, bytes| {
            if let Some(Entry::Record(id)) = Entry::parse(bytes)
                && missing.iter().any(|name| name == id.short().as_str())
            {
                found.push((id, index));
            }
        });
        for (id, index) in found {
            self.prove(id, index, &checkpoint)?;
            self.finished.push(id);
        }
        Ok(())
    }

    /// The record of a signing that broke off and was completed when the register was opened, if it says what is to be
    /// signed now: whoever runs the same command once more gets that one, and no second.
    fn finished_before(&mut self, prepared: &Prepared) -> Result<Option<RecordId>, AttestError> {
        let folder = Folder::at(self.places.site);
        for (at, id) in self.finished.clone().into_iter().enumerate() {
            let bytes = read(&folder, &format!("records/{}.json", id.short()))?;
            let Some(signed) = bytes.and_then(|bytes| SignedRecord::parse(&bytes).ok()) else {
                continue;
            };
            // Drawn or told by the clock anew each time: the name, the place, the beginning.
            let Record { uuid, position, valid_from, .. } = signed.record().clone();
            let same = Record { uuid, position, valid_from, ..prepared.record.clone() };
            if *signed.record() == same {
                self.finished.remove(at);
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn prove(&self, id: RecordId, index: u64, checkpoint: &Checkpoint) -> Result<(), AttestError> {
        let folder = Folder::at(self.places.site);
        let log = Below { files: &folder, folder: "log" };
        let path = TreeView::new(&log, checkpoint.head().size).inclusion_proof(index)?;
        let proof = TlogProof { extra: None, index, path, checkpoint: checkpoint.clone() };
        self.put(&format!("records/{}.tlog-proof", id.short()), proof.to_string().as_bytes())
    }

    /// The checkpoint in the folder; it must be the log key's.
    fn checkpoint(&self) -> Result<Option<Checkpoint>, AttestError> {
        let folder = Folder::at(self.places.site);
        let Some(bytes) = read(&folder, "log/checkpoint")? else { return Ok(None) };
        if bytes.windows(8).any(|window| window == b"<<<<<<< ") {
            return Err(self.mixed("log/checkpoint holds both sides of a git merge"));
        }
        self.own(&bytes, "log/checkpoint").map(Some)
    }

    /// The head that was seen last, kept outside the site's folder: under the log's key, or under one that it
    /// had before.
    fn remembered(&self) -> Result<Option<Checkpoint>, AttestError> {
        let mut newest: Option<Checkpoint> = None;
        for key in self.log_keys() {
            let path = self.remembered_path(key);
            let found = match fs::read(&path) {
                Ok(bytes) => self.own(&bytes, &path.display().to_string())?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    return Err(AttestError::Read(format!(
                        "cannot read {}: {error}",
                        path.display()
                    )));
                }
            };
            if newest.as_ref().is_none_or(|newest| newest.head().size < found.head().size) {
                newest = Some(found);
            }
        }
        Ok(newest)
    }

    fn own(&self, bytes: &[u8], path: &str) -> Result<Checkpoint, AttestError> {
        let checkpoint = Checkpoint::parse(bytes)
            .map_err(|why| AttestError::Register(format!("{path}: {why}")))?;
        if self.log_keys().iter().all(|key| checkpoint.verify(key) != Signed::Valid) {
            return Err(AttestError::Register(format!(
                "{path} is not signed by this site's log key"
            )));
        }
        Ok(checkpoint)
    }

    fn remembered_path(&self, key: &NoteKey) -> PathBuf {
        remembered_path(self.places, key)
    }

    fn remember(&self, checkpoint: &Checkpoint) -> Result<(), AttestError> {
        let path = self.remembered_path(&self.log_key);
        let folder = path.parent().unwrap_or(self.places.heads);
        write::create_folders(self.disk, folder, Mode::Secret)?;
        write::replace(self.disk, &path, checkpoint.to_string().as_bytes(), Mode::Secret)?;
        Ok(())
    }

    /// Puts a file into the site's folder, durably.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), AttestError> {
        let path = self.places.site.join(path);
        let folder = path.parent().unwrap_or(self.places.site);
        write::create_folders(self.disk, folder, Mode::Public)?;
        write::replace(self.disk, &path, bytes, Mode::Public)?;
        Ok(())
    }

    /// The names that files of records have, without their ending.
    fn record_names(&self, folder: &Folder) -> Result<Vec<String>, AttestError> {
        let names = folder.list("records").map_err(|error| AttestError::Read(error.to_string()))?;
        let ids = names.iter().filter_map(|name| name.strip_suffix(".json"));
        Ok(ids.filter(|name| ShortId::parse(name).is_some()).map(str::to_owned).collect())
    }

    /// The names in the folder `records` that are of no record.
    ///
    /// Refused is what may be an entry of somebody's that would be lost: a second copy of a record, as sync tools leave it where
    /// two machines signed, and a record of this site under another name that is in no register.
    fn find_strays(
        &self,
        folder: &Folder,
        logged: &BTreeSet<RecordId>,
    ) -> Result<Vec<String>, AttestError> {
        let is_of_record = |name: &str| {
            matches!(name, "files" | "codes")
                || name.split_once('.').is_some_and(|(stem, ending)| {
                    let is_copy = ending.ends_with(".json");
                    ShortId::parse(stem).is_some() && !is_copy
                })
        };
        let names = folder.list("records").map_err(|error| AttestError::Read(error.to_string()))?;
        let strays: Vec<String> = names.into_iter().filter(|name| !is_of_record(name)).collect();
        for name in strays.iter().filter(|name| name.ends_with(".json")) {
            let path = format!("records/{name}");
            let is_id = |part: &&[u8]| {
                std::str::from_utf8(part).is_ok_and(|text| ShortId::parse(text).is_some())
            };
            if name.as_bytes().windows(32).any(|part| is_id(&part)) {
                return Err(AttestError::Read(format!(
                    "{path} is a second copy of a record, as it is left where two machines signed; nothing was signed. See whether \
                     there are two versions of the register: selvedge log check {} --with OTHER-FOLDER; then move that file out",
                    self.places.site.display()
                )));
            }
            let Some(bytes) = folder.read(&path).ok().flatten() else { continue };
            let id = RecordId::of(&bytes);
            let is_ours = |signed: SignedRecord| self.issuer.same_issuer(&signed.record().issuer);
            if !logged.contains(&id) && SignedRecord::parse(&bytes).is_ok_and(is_ours) {
                return Err(AttestError::Read(format!(
                    "{path} is a record of this site that is not in the register, under a name that is not its own; nothing was \
                     signed. Rename it to records/{}.json if it is to be entered, else move it out of that folder",
                    id.short()
                )));
            }
        }
        Ok(strays)
    }
}

/// Lets a fold see an entry, and refuses what would break a rule.
fn push(fold: &mut Fold, item: Item<'_>) -> Result<(), AttestError> {
    let before = fold.breaches().len();
    fold.push(item);
    match fold.breaches().get(before) {
        Some(breach) => Err(AttestError::Rule(breach.why.clone())),
        None => Ok(()),
    }
}

/// Lets a fold see a record, and refuses what would break a rule or have no effect.
fn rehearse(fold: &mut Fold, signed: &SignedRecord) -> Result<(), AttestError> {
    push(fold, Item::Record(signed))?;
    match fold.standing(&signed.id()).map(|standing| &standing.condition) {
        Some(Condition::Void(why)) => Err(AttestError::Rule(why.clone())),
        _ => Ok(()),
    }
}

fn unreadable(path: &str, error: &io::Error) -> AttestError {
    AttestError::Read(format!("cannot read {path}: {}", write::plain_words(error)))
}

fn read(folder: &Folder, path: &str) -> Result<Option<Vec<u8>>, AttestError> {
    folder.read(path).map_err(|error| AttestError::Read(error.to_string()))
}
