//! One encrypted file with everything that a lost laptop takes along, and the way back.
//!
//! The file is an [age](https://age-encryption.org/v1) file under a passphrase (scrypt), around a
//! tar archive: any `age` or `rage`, and then any `tar`, opens it in thirty years without this
//! program. In the archive are `about.toml`, `site/` (with `private/`; without `.git` and built
//! output), `keys/` (the working keys, each still under its own passphrase) and `heads/` (the head
//! of the register that was seen last). The next update key is never in it: it is on paper.
//!
//! Guarantees: the file stands whole or not at all, and was read back before it got its name; what
//! is restored is taken only if every byte was authentic, goes beneath a new folder, holds no
//! links, and is bounded; and the heads are compared, with the published site as well, before
//! anything can be signed, so that an old backup never signs a second history.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::evidence::Disk as Folder;
use crate::provenance::files::{Below, Files};
use crate::provenance::log::{Checkpoint, Head, RecordId, TreeView};
use crate::provenance::note::{KeyName, NoteKey, Signed};
use crate::write::{self, Disk, FolderLock, Mode};

use super::setup;
use super::{
    CustodyError, KeyFolder, MAX_FILE as MAX_KEY_FILE, Passphrase, Role, open_key, outside,
};

/// Work of scrypt, as a power of two: a second and 256 MiB, as the `age` tool has it.
const WORK: u8 = 18;
/// Largest file in a backup, in bytes.
const MAX_FILE: u64 = 4 << 30;
/// All files together, in bytes.
const MAX_TOTAL: u64 = 256 << 30;
/// Most files.
const MAX_FILES: u64 = 1 << 20;
/// Longest path in bytes.
const MAX_PATH: usize = 2 << 10;
/// Deepest folder.
const MAX_DEPTH: usize = 32;
/// The version of the layout.
const VERSION: u32 = 1;

/// Why a backup was not made, or not restored; never holds a secret.
#[derive(Debug)]
pub enum BackupError {
    /// The disk failed, or another run holds the folder.
    Disk(write::Error),
    /// A file could not be read or written.
    File(PathBuf, io::Error),
    /// Something about the keys.
    Keys(CustodyError),
    /// There is something where the backup or the restored folder should go.
    Exists(PathBuf),
    /// The passphrase is another.
    WrongPassphrase,
    /// The file is no backup, was altered, or is cut off.
    Damaged(String),
    /// A file has a name, a size or a depth that a backup does not take.
    Refused(String, &'static str),
    /// A file changed while it was read.
    Changed(String),
    /// Two versions of the register exist.
    Fork {
        /// Where the other version is.
        place: String,
        /// The head in the backup.
        restored: Box<Head>,
        /// The other head.
        other: Box<Head>,
    },
    /// The register in the backup or elsewhere does not hold.
    Register(String),
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::File(path, error) => {
                write!(f, "cannot use {}: {}", path.display(), write::plain_words(error))
            }
            Self::Exists(path) => {
                write!(f, "{} is there already; choose a new name", path.display())
            }
            Self::WrongPassphrase => f.write_str("the passphrase does not open this backup"),
            Self::Damaged(why) => write!(
                f,
                "this backup cannot be used: {why}; nothing was restored; try another copy of it"
            ),
            Self::Refused(name, why) => write!(f, "\"{name}\" {why}"),
            Self::Changed(name) => {
                write!(f, "\"{name}\" changed while it was read; run the command again")
            }
            Self::Fork { place, restored, other } => write!(
                f,
                "there are two versions of the register: the backup has one with {} entries, root {}; {place} has one with {} entries, root {}; \
                 nothing may be signed; keep both, and find out which machine signed the other",
                restored.size, restored.root.0, other.size, other.root.0
            ),
            Self::Register(why) => write!(f, "the register does not hold: {why}"),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<write::Error> for BackupError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<CustodyError> for BackupError {
    fn from(error: CustodyError) -> Self {
        Self::Keys(error)
    }
}

/// What a backup is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The site's folder.
    pub site: &'a Path,
    /// Its keys.
    pub keys: &'a KeyFolder,
    /// Where heads are remembered.
    pub heads: &'a Path,
    /// The site's address without its scheme, as [`crate::provenance::did::DidWeb`] writes it.
    pub address: &'a str,
}

/// What a backup says of itself: `about.toml`, its first file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of the layout.
    pub version: u32,
    /// The site's address without its scheme.
    pub address: String,
    /// When it was made.
    pub made: Timestamp,
}

/// A backup that was written and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// How many files it holds.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// What was left out because it is a link or no file.
    pub skipped: Vec<String>,
}

/// A backup that opens: the drill.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What it says of itself.
    pub about: About,
    /// How many files it holds.
    pub files: usize,
    /// The keys that the passphrase of the keys opens.
    pub keys: Vec<Role>,
}

/// Makes a backup, reads it back, and gives it its name.
///
/// # Errors
/// If there is something of that name, it would lie in the site or in git, a file cannot be taken,
/// or the disk fails; then nothing of that name is there.
pub fn create(
    to: &Path,
    sources: Sources<'_>,
    passphrase: &Passphrase,
    now: Timestamp,
    disk: &dyn Disk,
) -> Result<Made, BackupError> {
    passphrase.expect_strong()?;
    let to = &outside("a backup", to, sources.site)?;
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.clone()));
    }
    // Nobody signs while the files are read.
    let _lock = FolderLock::take(sources.site, "making a backup of")?;
    let mut walk = Walk::default();
    walk.folder(sources.site, "site", 0)?;
    walk.folder(sources.keys.path(), "keys", 0)?;
    // Heads may be remembered in the folder of the keys; they come by themselves.
    walk.files.retain(|found| !found.name.starts_with("keys/heads/"));
    for name in remembered_names(sources.heads) {
        let path = sources.heads.join(&name).join("checkpoint");
        walk.file_if_there(&path, &format!("heads/{name}/checkpoint"))?;
    }
    if let Some(key) = site_log_key(sources.site, sources.address, sources.keys)? {
        walk.file_if_there(&remembered_path(sources.heads, &key), "heads/checkpoint")?;
    }
    let about = About { version: VERSION, address: sources.address.to_owned(), made: now };
    let temporary = write::temporary_name(to);
    let made = write_archive(&temporary, &about, &walk, passphrase).and_then(|digests| {
        // What was written is what is read.
        let mut read = Vec::new();
        each_file(&temporary, passphrase, &mut |name, _, bytes| {
            read.push((name.to_owned(), digest(bytes)?.0));
            Ok(())
        })?;
        match read == digests {
            true => Ok(()),
            false => Err(BackupError::Damaged("it does not read back as written".to_owned())),
        }
    });
    if let Err(error) = made {
        let _ = disk.remove_file(&temporary);
        return Err(error);
    }
    disk.rename(&temporary, to).map_err(|e| write::Error::failed("put in place", to, e))?;
    let folder = to.parent().unwrap_or(to);
    disk.sync_folder(folder).map_err(|e| write::Error::failed("make durable", folder, e))?;
    Ok(Made { files: walk.files.len(), bytes: walk.bytes, skipped: walk.skipped })
}

/// Opens a backup without restoring it: every byte is authentic, and the keys open.
///
/// # Errors
/// If the backup or a key in it does not open.
pub fn check(
    file: &Path,
    passphrase: &Passphrase,
    key_passphrase: &Passphrase,
) -> Result<Checked, BackupError> {
    let mut about = None;
    let mut keys = Vec::new();
    let mut files = 0;
    each_file(file, passphrase, &mut |name, _, bytes| {
        files += 1;
        if name == "about.toml" {
            about = Some(parse_about(bytes)?);
        } else if let Some(role) =
            Role::ALL.into_iter().find(|role| name.strip_prefix("keys/") == Some(role.name()))
        {
            let mut text = Zeroizing::new(Vec::new());
            bytes.take(MAX_KEY_FILE + 1).read_to_end(&mut text).map_err(altered)?;
            open_key(role, Path::new(name), &text, key_passphrase)?;
            keys.push(role);
        }
        Ok(())
    })?;
    let about = about.ok_or_else(no_about)?;
    Ok(Checked { about, files: files - 1, keys })
}

/// Opens a backup into a folder of its own, where its heads can be compared.
///
/// What a run that was interrupted left in that folder is removed first.
///
/// # Errors
/// If another run is at work in the folder, or something else stands there, the passphrase is
/// another, or the backup is not whole; then the folder is gone again.
pub fn open(
    file: &Path,
    passphrase: &Passphrase,
    staging: &Path,
    disk: &dyn Disk,
) -> Result<Staged, BackupError> {
    clear_left_over(staging, disk)?;
    write::create_folders(disk, staging, Mode::Secret)?;
    let lock = FolderLock::take(staging, "restoring a backup in")?;
    match unpack(file, passphrase, staging, disk) {
        Ok(about) => Ok(Staged { about, folder: staging.to_owned(), _lock: lock }),
        Err(error) => {
            let _ = disk.remove_tree(staging);
            Err(error)
        }
    }
}

/// Removes the opened copy of a backup that a run left which was interrupted.
fn clear_left_over(staging: &Path, disk: &dyn Disk) -> Result<(), BackupError> {
    match staging.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(found) if found.is_dir() => (),
        _ => return Err(BackupError::Exists(staging.to_owned())),
    }
    // Whoever is at work there holds it.
    drop(FolderLock::take(staging, "restoring a backup in")?);
    disk.remove_tree(staging).map_err(|e| write::Error::failed("remove", staging, e).into())
}

/// Completes a restoring that was interrupted when all stood in its place: what is left of the opened copy goes. Tells
/// whether there was one.
///
/// # Errors
/// If another run is at work there, or the disk fails.
pub fn complete(staging: &Path, disk: &dyn Disk) -> Result<bool, BackupError> {
    let is_left_over = staging.is_dir() && !staging.join("site").exists();
    if is_left_over {
        clear_left_over(staging, disk)?;
    }
    Ok(is_left_over)
}

/// A backup that lies open in a folder of its own.
#[derive(Debug)]
pub struct Staged {
    about: About,
    folder: PathBuf,
    _lock: FolderLock,
}

/// How the register in a backup compares with the others that are known.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The head in the backup's site; `None` if it has no register.
    pub site: Option<Head>,
    /// The largest head that was seen anywhere and contradicts nothing.
    pub newest: Option<Checkpoint>,
    /// The key that signs heads.
    key: Option<NoteKey>,
}

impl Compared {
    /// Whether a later head was seen: the register is completed from the published site before
    /// anything is signed, and `attest` refuses to sign until then.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        let size = self.site.map_or(0, |head| head.size);
        self.newest.as_ref().is_some_and(|newest| newest.head().size > size)
    }
}

/// A place where somebody else keeps the register or a head of it.
#[derive(Clone, Copy)]
pub struct Elsewhere<'a> {
    /// What it is called in messages.
    pub name: &'a str,
    /// Its files: a published site, or a witness's.
    pub files: &'a dyn Files,
}

impl fmt::Debug for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Staged {
    /// What the backup says of itself.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The site's folder in it.
    #[must_use]
    pub fn site(&self) -> PathBuf {
        self.folder.join("site")
    }

    /// Compares the register with the head that was remembered, with the one this machine may
    /// remember, and with those of others.
    ///
    /// # Errors
    /// If two of them contradict one another, or a register does not hold.
    pub fn compare(
        &self,
        heads: &Path,
        elsewhere: &[Elsewhere<'_>],
    ) -> Result<Compared, BackupError> {
        let keys = KeyFolder { path: self.folder.join("keys") };
        let Some(key) = site_log_key(&self.site(), &self.about.address, &keys)? else {
            return Ok(Compared { site: None, newest: None, key: None });
        };
        let site = Folder::at(self.site());
        let checkpoint = read_head(&site, "log/checkpoint", &key, "the backup")?;
        let own = checkpoint.as_ref().map_or_else(Head::empty, Checkpoint::head);
        let log = Below { files: &site, folder: "log" };
        let view = TreeView::new(&log, own.size);
        view.expect_head(own).map_err(|fault| BackupError::Register(fault.to_string()))?;
        let mut newest = checkpoint;
        let mut seen = |other: Option<Checkpoint>, place: &str, files: Option<&dyn Files>| {
            let Some(other) = other else { return Ok(()) };
            let head = other.head();
            // The larger tree holds the root of the smaller one.
            let agrees = if head.size <= own.size {
                view.root(head.size).map(|root| root == head.root)
            } else if let Some(files) = files {
                let log = Below { files, folder: "log" };
                let larger = TreeView::new(&log, head.size);
                larger
                    .expect_head(head)
                    .and_then(|()| larger.root(own.size))
                    .map(|root| root == own.root)
            } else {
                Ok(true)
            };
            match agrees {
                Ok(true) => (),
                Ok(false) => {
                    return Err(BackupError::Fork {
                        place: place.to_owned(),
                        restored: Box::new(own),
                        other: Box::new(head),
                    });
                }
                Err(fault) => return Err(BackupError::Register(format!("{place}: {fault}"))),
            }
            if newest.as_ref().is_none_or(|newest| newest.head().size < head.size) {
                newest = Some(other);
            }
            Ok(())
        };
        let remembered = Folder::at(self.folder.join("heads"));
        let place = "the head that was remembered";
        seen(read_head(&remembered, "checkpoint", &key, place)?, place, None)?;
        let local = remembered_path(heads, &key);
        let local = Folder::at(local.parent().unwrap_or(heads));
        let place = "this machine";
        seen(read_head(&local, "checkpoint", &key, place)?, place, None)?;
        let origin = RecordId::of(key.name().as_str().as_bytes());
        let witnessed =
            format!("witness/{}/checkpoint", data_encoding::HEXLOWER.encode(origin.as_bytes()));
        for Elsewhere { name, files } in elsewhere {
            // Somebody else's register is not ours to judge: only heads of this key count.
            if let Some(found) = own_head(*files, "log/checkpoint", &key, name)? {
                seen(Some(found), name, Some(*files))?;
            }
            if let Some(found) = own_head(*files, &witnessed, &key, name)? {
                seen(Some(found), name, None)?;
            }
        }
        Ok(Compared { site: Some(own), newest, key: Some(key) })
    }

    /// Puts everything in its place: keys, the newest head, and last the site. Without a folder for them the keys stay in the
    /// backup: whoever carries the site on makes her own.
    ///
    /// # Errors
    /// If there is a site or keys already, or the disk fails; the call can be made again once the
    /// cause is mended, also after [`Staged::discard`] and [`open`].
    pub fn settle(
        &self,
        compared: &Compared,
        to: &Path,
        keys: Option<&KeyFolder>,
        heads: &Path,
        disk: &dyn Disk,
    ) -> Result<(), BackupError> {
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists(to.to_owned()));
        }
        let mut walk = Walk::default();
        if keys.is_some() {
            walk.folder(&self.folder.join("keys"), "", 0)?;
        }
        let place = |found: &Found| keys.map(|keys| keys.path().join(&found.name[1..]));
        let files: Vec<_> =
            walk.files.iter().filter_map(|found| Some((found, place(found)?))).collect();
        let mut due = Vec::new();
        for (found, place) in &files {
            let new = read_small(&found.path)?;
            if let Ok(bytes) = fs::read(place).map(Zeroizing::new) {
                // Where the keys were never lost, the day of their last test stays.
                if setup::is_same_setup(&bytes, &new) {
                    continue;
                }
                // The same file is there if an earlier call was interrupted.
                if *bytes != *new {
                    return Err(BackupError::Exists(place.clone()));
                }
            }
            due.push((new, place));
        }
        for (bytes, place) in &due {
            let folder = place.parent().unwrap_or(place);
            write::create_folders(disk, folder, Mode::Secret)?;
            write::replace(disk, place, bytes, Mode::Secret)?;
        }
        // What this machine remembers of others as their witness, or of sites of the same hand; never an older head for a
        // newer.
        let staged = self.folder.join("heads");
        for name in remembered_names(&staged) {
            let read = |folder: &Path| {
                let bytes = read_small(&folder.join(&name).join("checkpoint")).ok()?;
                Some((Checkpoint::parse(&bytes).ok()?.head().size, bytes))
            };
            let Some((size, bytes)) = read(&staged) else { continue };
            if read(heads).is_none_or(|(known, _)| known < size) {
                let folder = heads.join(&name);
                write::create_folders(disk, &folder, Mode::Secret)?;
                write::replace(disk, &folder.join("checkpoint"), &bytes, Mode::Secret)?;
            }
        }
        if let (Some(newest), Some(key)) = (&compared.newest, &compared.key) {
            let path = remembered_path(heads, key);
            write::create_folders(disk, path.parent().unwrap_or(heads), Mode::Secret)?;
            write::replace(disk, &path, newest.to_string().as_bytes(), Mode::Secret)?;
        }
        let site = self.site();
        let parent = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        write::create_folders(disk, parent, Mode::Public)?;
        disk.rename(&site, to).map_err(|e| write::Error::failed("put in place", to, e))?;
        disk.sync_folder(parent).map_err(|e| write::Error::failed("make durable", parent, e))?;
        Ok(())
    }

    /// Removes the opened backup.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn discard(self, disk: &dyn Disk) -> Result<(), BackupError> {
        disk.remove_tree(&self.folder)
            .map_err(|e| write::Error::failed("remove", &self.folder, e).into())
    }
}

/// The folders below another in which heads are remembered, in order: of own registers by their hash, and of others'
/// below `witness`, by the key that cosigns and by the register.
fn remembered_names(heads: &Path) -> Vec<String> {
    let below = |folder: &str| {
        let entries = fs::read_dir(heads.join(folder)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let is_hash = |name: &String| {
            name.len() == 64 && data_encoding::HEXLOWER.decode(name.as_bytes()).is_ok()
        };
        names.filter(is_hash).collect::<Vec<_>>()
    };
    let mut names = below("");
    for key in below("witness") {
        let key = format!("witness/{key}");
        names.extend(below(&key).into_iter().map(|register| format!("{key}/{register}")));
    }
    names.sort();
    names
}

/// Where the head of a register is remembered.
fn remembered_path(heads: &Path, key: &NoteKey) -> PathBuf {
    let id = RecordId::of(key.to_string().as_bytes());
    heads.join(data_encoding::HEXLOWER.encode(id.as_bytes())).join("checkpoint")
}

/// The key that signs the heads of a site's register: its own log key under the name that its
/// `log.vkey` states. Without a key file, what `log.vkey` states.
fn site_log_key(
    site: &Path,
    address: &str,
    keys: &KeyFolder,
) -> Result<Option<NoteKey>, BackupError> {
    let file = Folder::at(site).read("identity/log.vkey");
    let stated = file.map_err(|error| BackupError::Register(error.to_string()))?;
    let stated = stated.and_then(|bytes| NoteKey::parse(String::from_utf8(bytes).ok()?.trim_end()));
    let own = match keys.facts(Role::Log) {
        Ok(facts) => Some(facts.public),
        Err(CustodyError::Missing(..)) => None,
        Err(error) => return Err(error.into()),
    };
    match (stated, own) {
        (Some(stated), Some(own)) if *stated.key() != own => Err(BackupError::Register(
            "identity/log.vkey states another key than the log key file".to_owned(),
        )),
        (Some(stated), _) => Ok(Some(stated)),
        (None, Some(own)) => {
            Ok(KeyName::parse(&format!("{address}/log")).map(|name| NoteKey::new(name, own)))
        }
        (None, None) => Ok(None),
    }
}

fn read_head(
    files: &dyn Files,
    path: &str,
    key: &NoteKey,
    place: &str,
) -> Result<Option<Checkpoint>, BackupError> {
    let wrong = |why: String| BackupError::Register(format!("{place}: {path}: {why}"));
    let Some(bytes) = files.read(path).map_err(|error| wrong(error.to_string()))? else {
        return Ok(None);
    };
    let checkpoint = Checkpoint::parse(&bytes).map_err(|why| wrong(why.to_owned()))?;
    match checkpoint.verify(key) {
        Signed::Valid => Ok(Some(checkpoint)),
        _ => Err(wrong(
            "it is not signed by the log key that the backup knows. If the keys were replaced after this backup was made, the \
             backup's keys sign no more: restore it without --published, put the folders .well-known, log and records of the published \
             site into it, and run `selvedge keys recover` with the newest master key sheet"
                .to_owned(),
        )),
    }
}

/// A head that this key signed; that of another register is none.
fn own_head(
    files: &dyn Files,
    path: &str,
    key: &NoteKey,
    place: &str,
) -> Result<Option<Checkpoint>, BackupError> {
    match read_head(files, path, key, place) {
        Ok(found) => Ok(found),
        Err(error) => {
            let bytes = files.read(path).ok().flatten().unwrap_or_default();
            let is_other =
                Checkpoint::parse(&bytes).is_ok_and(|found| found.origin() != key.name());
            if is_other { Ok(None) } else { Err(error) }
        }
    }
}

fn read_small(path: &Path) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    fs::read(path).map(Zeroizing::new).map_err(|e| BackupError::File(path.to_owned(), e))
}

/// A file that goes into a backup.
struct Found {
    name: String,
    path: PathBuf,
    len: u64,
}

/// The files below some folders, sorted.
#[derive(Default)]
struct Walk {
    files: Vec<Found>,
    bytes: u64,
    skipped: Vec<String>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, name: &str, depth: usize) -> Result<(), BackupError> {
        let failed = |error| BackupError::File(folder.to_owned(), error);
        if depth > MAX_DEPTH {
            return Err(BackupError::Refused(name.to_owned(), "lies too deep"));
        }
        let mut entries = match fs::read_dir(folder) {
            Ok(entries) => entries.collect::<Result<Vec<_>, _>>().map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && depth == 0 => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        // A site that was built is made again.
        if depth > 0 && entries.iter().any(|entry| entry.file_name() == write::MANIFEST) {
            return Ok(());
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let Ok(file_name) = entry.file_name().into_string() else {
                let shown = path.display().to_string();
                return Err(BackupError::Refused(shown, "has a name that is not Unicode"));
            };
            let inner = format!("{name}/{file_name}");
            // Heads that lie beside the keys go by their own path.
            if file_name == ".git" || inner == "keys/heads" || is_ours_in_passing(&file_name) {
                continue;
            }
            let kind = entry.file_type().map_err(|e| BackupError::File(path.clone(), e))?;
            if kind.is_dir() {
                self.folder(&path, &inner, depth + 1)?;
            } else if kind.is_file() {
                self.file_if_there(&path, &inner)?;
            } else {
                self.skipped.push(inner);
            }
        }
        Ok(())
    }

    fn file_if_there(&mut self, path: &Path, name: &str) -> Result<(), BackupError> {
        let len = match fs::symlink_metadata(path) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(BackupError::File(path.to_owned(), error)),
        };
        if !name.starts_with('/') {
            admit(name)?;
        }
        self.bytes = self.bytes.saturating_add(len);
        if len > MAX_FILE || self.bytes > MAX_TOTAL || self.files.len() as u64 >= MAX_FILES {
            return Err(BackupError::Refused(name.to_owned(), "is more than a backup takes"));
        }
        self.files.push(Found { name: name.to_owned(), path: path.to_owned(), len });
        Ok(())
    }
}

/// Temporary files and locks of a run.
fn is_ours_in_passing(name: &str) -> bool {
    name.starts_with('.') && (name.ends_with(".selvedge-tmp") || name.ends_with("lock"))
}

/// The path of a file in an archive: plain, relative, in one of the known folders (THREATS T20).
fn admit(name: &str) -> Result<PathBuf, BackupError> {
    let refused = |why| Err(BackupError::Refused(name.chars().take(200).collect(), why));
    if name.len() > MAX_PATH {
        return refused("is too long a path");
    }
    let (first, rest) = name.split_once('/').unwrap_or((name, ""));
    if !(matches!(first, "site" | "keys" | "heads") && !rest.is_empty() || name == "about.toml") {
        return refused("is not a file of a backup");
    }
    let is_odd = |part: &str| {
        matches!(part, "" | "." | "..")
            || part.contains(['\\', ':'])
            || part.chars().any(char::is_control)
    };
    if name.split('/').any(is_odd) {
        return refused("has a name that not every disk takes; rename it");
    }
    Ok(name.split('/').collect())
}

fn secret(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.reveal().to_owned())
}

/// Writes the archive; gives names and hashes.
fn write_archive(
    path: &Path,
    about: &About,
    walk: &Walk,
    passphrase: &Passphrase,
) -> Result<Vec<(String, [u8; 32])>, BackupError> {
    let failed = |error| BackupError::File(path.to_owned(), error);
    let mut recipient = age::scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(if super::is_weak_for_tests() { 4 } else { WORK });
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as _))
        .expect("a passphrase alone is a sound recipient");
    let file = BufWriter::with_capacity(1 << 16, create_secret(path).map_err(failed)?);
    let mut archive = tar::Builder::new(encryptor.wrap_output(file).map_err(failed)?);
    let header = |len| {
        let mut header = tar::Header::new_gnu();
        header.set_size(len);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(about.made.as_second()).unwrap_or(0));
        header
    };
    let text = toml::to_string(about).expect("it is plain data");
    let mut digests = vec![("about.toml".to_owned(), Sha256::digest(text.as_bytes()).into())];
    archive
        .append_data(&mut header(text.len() as u64), "about.toml", text.as_bytes())
        .map_err(failed)?;
    for found in &walk.files {
        let unreadable = |error| BackupError::File(found.path.clone(), error);
        let source = File::open(&found.path).map_err(unreadable)?;
        let mut hashing = Hashing { source: source.take(found.len), hash: Sha256::new(), len: 0 };
        archive.append_data(&mut header(found.len), &found.name, &mut hashing).map_err(failed)?;
        if hashing.len != found.len {
            return Err(BackupError::Changed(found.name.clone()));
        }
        digests.push((found.name.clone(), hashing.hash.finalize().into()));
    }
    let encrypted = archive.into_inner().map_err(failed)?;
    let file = encrypted.finish().map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(digests)
}

/// Creates a file for its owner alone, replacing what an interrupted run left.
fn create_secret(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => (),
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A reader that hashes what passes.
struct Hashing<R> {
    source: R,
    hash: Sha256,
    len: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        self.hash.update(&into[..read]);
        self.len += read as u64;
        Ok(read)
    }
}

fn digest(bytes: &mut dyn Read) -> Result<([u8; 32], u64), BackupError> {
    let mut hashing = Hashing { source: bytes, hash: Sha256::new(), len: 0 };
    io::copy(&mut hashing, &mut io::sink()).map_err(altered)?;
    Ok((hashing.hash.finalize().into(), hashing.len))
}

fn altered(_: io::Error) -> BackupError {
    BackupError::Damaged("it was altered, is cut off, or the disk fails".to_owned())
}

fn no_about() -> BackupError {
    BackupError::Damaged("it does not say what it is".to_owned())
}

fn parse_about(bytes: &mut dyn Read) -> Result<About, BackupError> {
    let mut text = String::new();
    bytes.take(4 << 10).read_to_string(&mut text).map_err(altered)?;
    let about: About = toml::from_str(&text).map_err(|_| no_about())?;
    match about.version {
        VERSION => Ok(about),
        _ => Err(BackupError::Damaged("it was made by a later version".to_owned())),
    }
}

/// Takes the name, the length and the bytes of one file.
type EachFile<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> Result<(), BackupError> + 'a;

/// Calls `each` for every file of a backup, with its name, length and bytes, to the end: only then
/// is it known that nothing was altered or cut off.
fn each_file(
    file: &Path,
    passphrase: &Passphrase,
    each: &mut EachFile<'_>,
) -> Result<(), BackupError> {
    let source = File::open(file).map_err(|e| BackupError::File(file.to_owned(), e))?;
    let decryptor = age::Decryptor::new_buffered(BufReader::with_capacity(1 << 16, source))
        .map_err(|_| BackupError::Damaged("it is not an age file".to_owned()))?;
    let mut identity = age::scrypt::Identity::new(secret(passphrase));
    // A stranger's file must not ask for more memory and time than ours (THREATS T14).
    identity.set_max_work_factor(WORK);
    let plain =
        decryptor.decrypt(std::iter::once(&identity as _)).map_err(|error| match error {
            age::DecryptError::DecryptionFailed | age::DecryptError::NoMatchingKeys => {
                BackupError::WrongPassphrase
            }
            age::DecryptError::ExcessiveWork { .. } => {
                BackupError::Damaged("opening it costs far more than it should".to_owned())
            }
            _ => BackupError::Damaged("its head was altered".to_owned()),
        })?;
    let mut archive = tar::Archive::new(plain);
    let mut long_name = None;
    let (mut files, mut total) = (0, 0);
    // Raw, so that no header makes the reader hold a name of gigabytes.
    for entry in archive.entries().map_err(altered)?.raw(true) {
        let mut entry = entry.map_err(altered)?;
        let kind = entry.header().entry_type();
        let len = entry.header().size().map_err(altered)?;
        if kind.is_gnu_longname() {
            let mut name = Vec::new();
            (&mut entry).take(MAX_PATH as u64 + 2).read_to_end(&mut name).map_err(altered)?;
            name.pop_if(|end| *end == 0);
            long_name = Some(name);
            continue;
        }
        let name = long_name.take().unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let name = String::from_utf8_lossy(&name).into_owned();
        if !kind.is_file() {
            return Err(BackupError::Refused(name, "is not a file; a backup holds files only"));
        }
        admit(&name)?;
        files += 1;
        total += len;
        if len > MAX_FILE || total > MAX_TOTAL || files > MAX_FILES {
            return Err(BackupError::Refused(name, "is more than a backup holds"));
        }
        each(&name, len, &mut entry)?;
    }
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(altered)?;
    Ok(())
}

/// Writes the files of a backup below a new folder.
fn unpack(
    file: &Path,
    passphrase: &Passphrase,
    staging: &Path,
    disk: &dyn Disk,
) -> Result<About, BackupError> {
    let root = File::open(staging).map_err(|e| BackupError::File(staging.to_owned(), e))?;
    for folder in ["site", "keys", "heads"] {
        write::create_folders(disk, &staging.join(folder), Mode::Secret)?;
    }
    let mut about = None;
    each_file(file, passphrase, &mut |name, len, bytes| {
        if name == "about.toml" {
            about = Some(parse_about(bytes)?);
            return Ok(());
        }
        let path = staging.join(admit(name)?);
        let failed = |error| BackupError::File(path.clone(), error);
        write::create_folders(disk, path.parent().unwrap_or(staging), Mode::Public)?;
        let mut options = OpenOptions::new();
        // Two names that are one on this disk fail here.
        options.write(true).create_new(true);
        #[cfg(unix)]
        if !name.starts_with("site/") {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut into = options.open(&path).map_err(failed)?;
        let mut buffer = Zeroizing::new(vec![0; 1 << 16]);
        let mut written = 0;
        loop {
            let read = bytes.read(&mut buffer).map_err(altered)?;
            if read == 0 {
                break;
            }
            into.write_all(&buffer[..read]).map_err(failed)?;
            written += read as u64;
        }
        if written == len { Ok(()) } else { Err(BackupError::Damaged("it is cut off".to_owned())) }
    })?;
    disk.sync_everything(&root, staging)
        .map_err(|e| write::Error::failed("make durable", staging, e))?;
    // The site's folder is as open as other folders once it has left this one.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = fs::set_permissions(staging.join("site"), fs::Permissions::from_mode(0o755));
    }
    about.ok_or_else(no_about)
}
