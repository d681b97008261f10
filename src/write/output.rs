//! A whole site to a folder: it appears whole or not at all.
//!
//! The first build goes into a new folder beside the target, which is synced once and renamed.
//! Later builds read what stands there and compare it byte by byte (no guesses from dates);
//! only what differs is staged inside the target, synced, and listed in a journal, then renamed
//! into place. The journal is the moment of truth: a run that finds a whole one completes it,
//! a run that finds none throws the staged files away.
//!
//! What is synced, and why. Staged contents, before the names that make them count: by one
//! `syncfs` when there are many (it is one commit of the file system's own journal, where
//! 10,000 fsyncs are 10,000), by fsync of each file when there are few (so that one edited page
//! does not wait for what other programs write). Then the journal; then the folders whose names
//! changed; only then is the journal removed. A large first build has the disk begin early
//! ([`Output::settle`]), so that it works while pages are made. `benches/write.rs` measures it.
//!
//! The manifest lists each file that we made with its SHA-256. A file is removed only if it is
//! listed there and still has those bytes; what somebody else put into the folder stays, and
//! is never overwritten.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use data_encoding::HEXLOWER;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::disk::{clean_temporaries, create_folders, folder_of, replace};
use super::error::shown;
use super::{Disk, Error, FolderLock, Mode, SitePath, first_clash};

/// The name of the list of our files, in the root of the output.
pub const MANIFEST: &str = ".selvedge-manifest";
const MANIFEST_HEAD: &str = "selvedge manifest 1";
const STAGING: &str = ".selvedge-staging";
const JOURNAL: &str = "journal";
const JOURNAL_HEAD: &str = "selvedge journal 1";
const LOCK: &str = ".selvedge-lock";
/// A manifest of a million files is smaller.
const LIST_BYTES: u64 = 512 << 20;
/// Up to so many files or folders are synced one by one.
const SYNC_EACH: usize = 32;

type Hash = [u8; 32];

/// The folders that an output must not be or contain.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The folder of the site's sources.
    pub source: &'a Path,
    /// The person's home folder, where it is known.
    pub home: Option<&'a Path>,
}

/// What a build changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were new or different.
    pub written: usize,
    /// Files that stood there with these bytes.
    pub unchanged: usize,
    /// Files of earlier builds that were taken away.
    pub removed: usize,
    /// Files of earlier builds that are no longer part of the site but were changed by somebody
    /// else, so that we left them; still published if the folder is.
    pub kept: Vec<SitePath>,
}

/// An output folder that is being written. Dropping it without [`Output::finish`] leaves the
/// folder as it was.
pub struct Output<'d> {
    disk: &'d dyn Disk,
    target: PathBuf,
    staging: PathBuf,
    /// Whether the target does not exist yet, so that the staging folder becomes it.
    first: bool,
    /// Opened before the first write, so that a sync through it sees every failure.
    root: File,
    _lock: FolderLock,
    ours: HashMap<String, Hash>,
    files: Mutex<Vec<Entry>>,
    folders: Mutex<HashMap<String, Folder>>,
    next_staged: AtomicUsize,
    keep_staging: bool,
}

struct Entry {
    path: SitePath,
    hash: Hash,
    /// Files of a lower turn are put in place before those of a higher one.
    turn: u8,
    staged: Option<usize>,
}

/// Files of earlier builds that are no part of the site any more.
#[derive(Default)]
struct Leaving {
    /// Those that have the bytes that we gave them.
    removals: Vec<(SitePath, Hash)>,
    /// Those that somebody else changed.
    kept: Vec<SitePath>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Folder {
    Real,
    Absent,
    /// A file stands where the folder should be.
    File(String),
}

enum Standing {
    Same,
    Differs,
    Absent,
    Folder,
}

/// What stands in an output folder, looked at without changing anything.
#[derive(Debug)]
pub struct Survey {
    target: PathBuf,
    ours: HashMap<String, Hash>,
}

impl Survey {
    /// Reads the list of the files that we made; a folder that is not there has none.
    ///
    /// # Errors
    ///
    /// If the list cannot be read.
    pub fn of(target: &Path) -> Result<Self, Error> {
        let is_there = fs::symlink_metadata(target.join(MANIFEST)).is_ok_and(|it| it.is_file());
        let ours = if is_there { read_manifest(target)? } else { HashMap::new() };
        Ok(Self { target: target.to_owned(), ours })
    }

    /// Whether a file stands there, and with bytes of this SHA-256.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub fn holds(&self, path: &SitePath, sha256: &[u8; 32]) -> Result<Option<bool>, Error> {
        Ok(hash_of(&path.below(&self.target))?.map(|found| found == *sha256))
    }

    /// The files that we made, in order.
    #[must_use]
    pub fn ours(&self) -> Vec<SitePath> {
        let paths = self
            .ours
            .keys()
            .map(|path| SitePath::new(path).expect("the manifest was read through SitePath"));
        let mut paths: Vec<SitePath> = paths.collect();
        paths.sort();
        paths
    }

    /// Whether a file of ours still has the bytes that we gave it.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub fn is_as_we_left_it(&self, path: &SitePath) -> Result<bool, Error> {
        match self.ours.get(path.as_str()) {
            Some(hash) => Ok(self.holds(path, hash)? == Some(true)),
            None => Ok(false),
        }
    }
}

impl<'d> Output<'d> {
    /// Prepares to write a site into `target`: completes or undoes an interrupted build and
    /// keeps other runs out.
    ///
    /// # Errors
    ///
    /// Refuses a target that is a link, the root of the disk, the home folder, the source or
    /// above one of them, and a folder with files in it that we did not make.
    pub fn open(
        disk: &'d dyn Disk,
        target: &Path,
        around: Surroundings<'_>,
    ) -> Result<Self, Error> {
        let target = admit_target(target, around)?;
        create_folders(disk, folder_of(&target), Mode::Public)?;
        // Twice: between looking and locking, another run may have finished.
        for _ in 0..2 {
            let output = if target.exists() {
                Some(Self::open_existing(disk, &target)?)
            } else {
                Self::open_first(disk, &target)?
            };
            if let Some(output) = output {
                return Ok(output);
            }
        }
        Err(Error::refused(format!("another run of selvedge is writing {} now", shown(&target))))
    }

    fn open_first(disk: &'d dyn Disk, target: &Path) -> Result<Option<Self>, Error> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let staging = target.with_file_name(format!(".{name}.selvedge-new"));
        if let Ok(found) = fs::symlink_metadata(&staging) {
            if !found.is_dir() {
                return Err(in_the_way(&staging));
            }
            let lock = FolderLock::take(&staging, "writing")?;
            if target.exists() {
                return Ok(None);
            }
            disk.remove_tree(&staging).map_err(|e| Error::failed("remove", &staging, e))?;
            drop(lock);
        }
        disk.create_folder(&staging, Mode::Public)
            .map_err(|e| Error::failed("create the folder", &staging, e))?;
        let lock = FolderLock::take(&staging, "writing")?;
        Self::with(disk, target.to_owned(), staging, true, lock).map(Some)
    }

    fn open_existing(disk: &'d dyn Disk, target: &Path) -> Result<Self, Error> {
        let lock = FolderLock::take(target, "writing")?;
        let staging = target.join(STAGING);
        let mut output = Self::with(disk, target.to_owned(), staging, false, lock)?;
        output.recover()?;
        output.ours = match fs::symlink_metadata(target.join(MANIFEST)) {
            Ok(found) if found.is_file() => read_manifest(target)?,
            Ok(_) => return Err(in_the_way(&target.join(MANIFEST))),
            Err(_) => {
                output.refuse_foreign_folder()?;
                HashMap::new()
            }
        };
        Ok(output)
    }

    fn with(
        disk: &'d dyn Disk,
        target: PathBuf,
        staging: PathBuf,
        first: bool,
        lock: FolderLock,
    ) -> Result<Self, Error> {
        let opened = if first { &staging } else { &target };
        let root = File::open(opened).map_err(|e| Error::failed("open", opened, e))?;
        Ok(Self {
            disk,
            target,
            staging,
            first,
            root,
            _lock: lock,
            ours: HashMap::new(),
            files: Mutex::default(),
            folders: Mutex::default(),
            next_staged: AtomicUsize::new(0),
            keep_staging: false,
        })
    }

    fn refuse_foreign_folder(&self) -> Result<(), Error> {
        let failed = |e| Error::failed("read the folder", &self.target, e);
        for entry in fs::read_dir(&self.target).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if name != STAGING && name != LOCK {
                return Err(Error::refused(format!(
                    "the folder {} holds files that selvedge did not make (for example {}); \
                     choose another output folder, or empty this one yourself",
                    shown(&self.target),
                    shown(Path::new(&name)),
                )));
            }
        }
        Ok(())
    }

    /// Completes the build of a run that was interrupted after its journal was whole; undoes an
    /// earlier stop.
    fn recover(&mut self) -> Result<(), Error> {
        match fs::symlink_metadata(&self.staging) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(Error::failed("read", &self.staging, e)),
            Ok(found) if !found.is_dir() => return Err(in_the_way(&self.staging)),
            Ok(_) => {}
        }
        clean_temporaries(self.disk, &self.target)?;
        let journal = self.staging.join(JOURNAL);
        if let Some(steps) = read_bounded(&journal)?.and_then(|bytes| parse_journal(&bytes)) {
            self.keep_staging = true;
            self.apply(&steps)?;
        }
        self.clear_staging()
    }

    /// Takes in one file of the site; may be called from many threads at once.
    ///
    /// # Errors
    ///
    /// If the disk fails, or if a file that we did not make stands at that place with other
    /// contents. After an error the whole build is to be given up.
    pub fn put(&self, path: &SitePath, bytes: &[u8]) -> Result<(), Error> {
        self.put_in_turn(path, bytes, 0)
    }

    /// The same for a folder that is served while it is written: files of a lower `turn` are there before those of a higher
    /// one, so that nothing leads to what is not there yet.
    ///
    /// # Errors
    ///
    /// As [`Output::put`].
    pub fn put_in_turn(&self, path: &SitePath, bytes: &[u8], turn: u8) -> Result<(), Error> {
        let hash: Hash = Sha256::digest(bytes).into();
        let staged = if self.first {
            self.write_new(path, bytes)?;
            Some(0)
        } else {
            self.stage_if_different(path, bytes)?
        };
        lock(&self.files).push(Entry { path: path.clone(), hash, turn, staged });
        Ok(())
    }

    /// The files of earlier builds that are no part of what was put: [`Output::finish`] takes them away.
    #[must_use]
    pub fn leaving(&self) -> Vec<String> {
        let files = lock(&self.files);
        let new: HashSet<&str> = files.iter().map(|entry| entry.path.as_str()).collect();
        self.ours.keys().filter(|path| !new.contains(path.as_str())).cloned().collect()
    }

    /// The files in the folder that no build of ours put there, links aside, by their paths below it. They stay, and go
    /// wherever the folder goes.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn of_others(&self) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let mut folders = if self.first { Vec::new() } else { vec![String::new()] };
        while let Some(folder) = folders.pop() {
            let on_disk = self.target.join(&folder);
            let failed = |e| Error::failed("read the folder", &on_disk, e);
            for entry in fs::read_dir(&on_disk).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let path = format!("{folder}{}", entry.file_name().to_string_lossy());
                let kind = entry.file_type().map_err(failed)?;
                let is_own = [STAGING, LOCK, MANIFEST].contains(&path.as_str());
                if is_own || self.ours.contains_key(&path) {
                    continue;
                }
                match kind {
                    _ if kind.is_dir() => folders.push(format!("{path}/")),
                    _ if kind.is_file() => found.push(path),
                    _ => {}
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Begins to make durable what was put so far, while more is put by other threads, so that less is left for the end.
    /// A later build has nothing to gain from it: few files differ.
    ///
    /// # Errors
    ///
    /// If the disk fails. The build is then to be given up: the same failure may not be told again.
    pub fn settle(&self) -> Result<(), Error> {
        // Elsewhere each file is synced by itself, which is not done twice.
        if self.first && cfg!(target_os = "linux") {
            self.disk
                .sync_everything(&self.root, &self.staging)
                .map_err(|e| Error::failed("make durable", &self.staging, e))?;
        }
        Ok(())
    }

    fn write_new(&self, path: &SitePath, bytes: &[u8]) -> Result<(), Error> {
        if let Some(folder) = path.folders().last()
            && !lock(&self.folders).contains_key(folder)
        {
            for folder in path.folders() {
                if lock(&self.folders).contains_key(folder) {
                    continue;
                }
                let on_disk = self.staging.join(folder);
                match self.disk.create_folder(&on_disk, Mode::Public) {
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(Error::failed("create the folder", &on_disk, e));
                    }
                    // Made by another thread a moment ago.
                    _ => lock(&self.folders).insert(folder.to_owned(), Folder::Real),
                };
            }
        }
        let on_disk = path.below(&self.staging);
        self.disk
            .write_file(&on_disk, bytes, Mode::Public, false)
            .map_err(|e| Error::failed("write", &path.below(&self.target), e))
    }

    fn stage_if_different(&self, path: &SitePath, bytes: &[u8]) -> Result<Option<usize>, Error> {
        match self.standing(path, bytes)? {
            Standing::Same => return Ok(None),
            Standing::Differs if !self.ours.contains_key(path.as_str()) => {
                return Err(self.foreign(path.as_str()));
            }
            _ => {}
        }
        self.stage(bytes).map(Some)
    }

    fn stage(&self, bytes: &[u8]) -> Result<usize, Error> {
        let number = self.next_staged.fetch_add(1, Ordering::Relaxed);
        {
            let mut folders = lock(&self.folders);
            if !folders.contains_key("") {
                self.disk
                    .create_folder(&self.staging, Mode::Public)
                    .map_err(|e| Error::failed("create the folder", &self.staging, e))?;
                folders.insert(String::new(), Folder::Real);
            }
        }
        let on_disk = self.staged(number);
        self.disk
            .write_file(&on_disk, bytes, Mode::Public, false)
            .map_err(|e| Error::failed("write", &on_disk, e))?;
        Ok(number)
    }

    fn staged(&self, number: usize) -> PathBuf {
        self.staging.join(number.to_string())
    }

    fn foreign(&self, path: &str) -> Error {
        Error::refused(format!(
            "{} was not made by selvedge, and the site has a page of that name; move the file \
             away, or choose another output folder",
            shown(&self.target.join(path))
        ))
    }

    /// Compares what stands at `path` with `bytes`, without following a link.
    fn standing(&self, path: &SitePath, bytes: &[u8]) -> Result<Standing, Error> {
        if let Some(folder) = path.folders().last() {
            match self.folder(folder)? {
                Folder::Real => {}
                Folder::Absent => return Ok(Standing::Absent),
                Folder::File(file) if self.ours.contains_key(&file) => {
                    return Ok(Standing::Absent);
                }
                Folder::File(file) => return Err(self.foreign(&file)),
            }
        }
        let on_disk = path.below(&self.target);
        let failed = |e| Error::failed("read", &on_disk, e);
        let mut file = match open_no_link(&on_disk) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Standing::Absent),
            Err(_) if fs::symlink_metadata(&on_disk).is_ok_and(|found| found.is_symlink()) => {
                return Err(self.foreign(path.as_str()));
            }
            Err(e) => return Err(failed(e)),
        };
        let found = file.metadata().map_err(failed)?;
        if found.is_dir() {
            return Ok(Standing::Folder);
        }
        if !found.is_file() {
            return Err(self.foreign(path.as_str()));
        }
        if found.len() != bytes.len() as u64 {
            return Ok(Standing::Differs);
        }
        let mut chunk = [0; 1 << 14];
        let mut rest = bytes;
        loop {
            match file.read(&mut chunk).map_err(failed)? {
                0 if rest.is_empty() => return Ok(Standing::Same),
                0 => return Ok(Standing::Differs),
                n if rest.get(..n) == Some(&chunk[..n]) => rest = &rest[n..],
                _ => return Ok(Standing::Differs),
            }
        }
    }

    /// What stands at a folder's place; asked once for each folder.
    fn folder(&self, folder: &str) -> Result<Folder, Error> {
        if let Some(known) = lock(&self.folders).get(folder) {
            return Ok(known.clone());
        }
        let above = match folder.rsplit_once('/') {
            Some((above, _)) => self.folder(above)?,
            None => Folder::Real,
        };
        let state = if above == Folder::Real {
            let on_disk = self.target.join(folder);
            match fs::symlink_metadata(&on_disk) {
                Ok(found) if found.is_dir() => Folder::Real,
                Ok(_) => Folder::File(folder.to_owned()),
                Err(e) if e.kind() == io::ErrorKind::NotFound => Folder::Absent,
                Err(e) => return Err(Error::failed("read", &on_disk, e)),
            }
        } else {
            above
        };
        lock(&self.folders).insert(folder.to_owned(), state.clone());
        Ok(state)
    }

    /// Makes the site that was put in the one that stands in the folder, all of it or nothing.
    ///
    /// # Errors
    ///
    /// Until the journal is written an error leaves the old site. After that the next run
    /// completes this one.
    pub fn finish(mut self) -> Result<Written, Error> {
        let mut files = std::mem::take(&mut *lock(&self.files));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        if let Some((a, b)) = first_clash(files.iter().map(|entry| &entry.path)) {
            return Err(Error::refused(format!(
                "two pages would be the same file: {a} and {b}; change one of their names"
            )));
        }
        let manifest = render_manifest(&files);
        if self.first {
            self.finish_first(&files, manifest.as_bytes())
        } else {
            self.finish_update(&files, manifest.as_bytes())
        }
    }

    fn finish_first(&mut self, files: &[Entry], manifest: &[u8]) -> Result<Written, Error> {
        let list = self.staging.join(MANIFEST);
        self.disk
            .write_file(&list, manifest, Mode::Public, false)
            .map_err(|e| Error::failed("write", &list, e))?;
        self.disk
            .sync_everything(&self.root, &self.staging)
            .map_err(|e| Error::failed("make durable", &self.staging, e))?;
        self.disk
            .rename(&self.staging, &self.target)
            .map_err(|e| Error::failed("put in place", &self.target, e))?;
        self.keep_staging = true;
        let above = folder_of(&self.target);
        self.disk.sync_folder(above).map_err(|e| Error::failed("make durable", above, e))?;
        Ok(Written { written: files.len(), ..Written::default() })
    }

    fn finish_update(&mut self, files: &[Entry], manifest: &[u8]) -> Result<Written, Error> {
        let Leaving { removals, kept } = self.plan_removals(files)?;
        let staged: Vec<&Entry> = files.iter().filter(|entry| entry.staged.is_some()).collect();
        let report = Written {
            written: staged.len(),
            unchanged: files.len() - staged.len(),
            removed: removals.len(),
            kept,
        };
        let old_manifest = read_bounded(&self.target.join(MANIFEST))?;
        if staged.is_empty() && removals.is_empty() && old_manifest.as_deref() == Some(manifest) {
            return Ok(report);
        }
        let steps = self.plan(&staged, removals, manifest)?;
        let failed = |e| Error::failed("make durable", &self.staging, e);
        let numbers = self.next_staged.load(Ordering::Relaxed);
        if numbers > SYNC_EACH {
            self.disk.sync_everything(&self.root, &self.target).map_err(failed)?;
        } else {
            for number in 0..numbers {
                self.disk.sync_file(&self.staged(number)).map_err(failed)?;
            }
            self.disk.sync_folder(&self.staging).map_err(failed)?;
            self.disk.sync_folder(&self.target).map_err(failed)?;
        }
        // From here on the next run would complete what this one began.
        self.keep_staging = true;
        let journal = self.staging.join(JOURNAL);
        replace(self.disk, &journal, render_journal(&steps).as_bytes(), Mode::Public)?;
        self.apply(&steps)?;
        self.clear_staging()?;
        Ok(report)
    }

    /// Which files of earlier builds go, and which were changed by others and stay.
    fn plan_removals(&self, files: &[Entry]) -> Result<Leaving, Error> {
        let new: HashSet<&str> = files.iter().map(|entry| entry.path.as_str()).collect();
        let gone: BTreeSet<&str> =
            self.ours.keys().map(String::as_str).filter(|path| !new.contains(path)).collect();
        if gone.is_empty() {
            return Ok(Leaving::default());
        }
        let folded: HashMap<String, &SitePath> =
            files.iter().map(|entry| (entry.path.fold_key(), &entry.path)).collect();
        let gone: Vec<&str> = gone.into_iter().collect();
        let judged: Vec<(SitePath, Hash, Option<bool>)> = gone
            .par_iter()
            .map(|path| {
                let path = SitePath::new(path).expect("the manifest was read through SitePath");
                let hash = self.ours[path.as_str()];
                let on_disk = path.below(&self.target);
                // Where case does not count, the old name and a new one may be one file.
                let is_new_file = folded
                    .get(&path.fold_key())
                    .is_some_and(|new| same_file(&on_disk, &new.below(&self.target)));
                let has_our_bytes = if is_new_file || !self.reaches(&path)? {
                    None
                } else {
                    hash_of(&on_disk)?.map(|found| found == hash)
                };
                Ok((path, hash, has_our_bytes))
            })
            .collect::<Result<_, Error>>()?;
        let mut leaving = Leaving::default();
        for (path, hash, has_our_bytes) in judged {
            match has_our_bytes {
                Some(true) => leaving.removals.push((path, hash)),
                Some(false) => leaving.kept.push(path),
                None => {}
            }
        }
        Ok(leaving)
    }

    /// Whether the way to a file goes through real folders only.
    fn reaches(&self, path: &SitePath) -> Result<bool, Error> {
        match path.folders().last() {
            Some(folder) => Ok(self.folder(folder)? == Folder::Real),
            None => Ok(true),
        }
    }

    /// The steps of the swap, in their order: what stands in the way of a new file or folder
    /// goes first, then the new files come, then the rest goes, then the manifest.
    fn plan(
        &self,
        staged: &[&Entry],
        removals: Vec<(SitePath, Hash)>,
        manifest: &[u8],
    ) -> Result<Vec<Step>, Error> {
        let new_folders: HashSet<&str> =
            staged.iter().flat_map(|entry| entry.path.folders()).collect();
        let new_files: HashSet<&str> = staged.iter().map(|entry| entry.path.as_str()).collect();
        let mut staged = staged.to_vec();
        staged.sort_by_key(|entry| entry.turn);
        let (first, last): (Vec<_>, Vec<_>) = removals.into_iter().partition(|(path, _)| {
            new_folders.contains(path.as_str())
                || path.folders().any(|folder| new_files.contains(folder))
        });
        let going: HashSet<&str> = first.iter().map(|(path, _)| path.as_str()).collect();
        for entry in &staged {
            let on_disk = entry.path.below(&self.target);
            if fs::symlink_metadata(&on_disk).is_ok_and(|found| found.is_dir()) {
                self.only_these_in(entry.path.as_str(), &going)?;
            }
            for folder in entry.path.folders() {
                if let Folder::File(file) = self.folder(folder)?
                    && !going.contains(&*file)
                {
                    return Err(self.foreign(&file));
                }
            }
        }
        let hash = Sha256::digest(manifest).into();
        let manifest = Step::Manifest { hash, staged: self.stage(manifest)? };
        let remove = |(path, hash)| Step::Remove { path, hash };
        let put = staged.iter().map(|entry| Step::Put {
            path: entry.path.clone(),
            hash: entry.hash,
            staged: entry.staged.expect("filtered by this"),
        });
        Ok(first
            .into_iter()
            .map(remove)
            .chain(put)
            .chain(last.into_iter().map(remove))
            .chain([manifest])
            .collect())
    }

    /// Refuses to put a file where a folder stands that holds anything but what goes anyway.
    fn only_these_in(&self, folder: &str, going: &HashSet<&str>) -> Result<(), Error> {
        let on_disk = self.target.join(folder);
        let failed = |e| Error::failed("read the folder", &on_disk, e);
        for entry in fs::read_dir(&on_disk).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(failed)?.is_dir() {
                self.only_these_in(&path, going)?;
            } else if !going.contains(&*path) {
                return Err(self.foreign(&path));
            }
        }
        Ok(())
    }

    /// Carries out a journal; steps that an earlier attempt made are passed over.
    fn apply(&self, steps: &[Step]) -> Result<(), Error> {
        let mut touched: BTreeSet<PathBuf> = BTreeSet::new();
        let mut put_began = false;
        let mut emptied: BTreeSet<&str> = BTreeSet::new();
        for step in steps {
            if !matches!(step, Step::Remove { .. }) && !put_began {
                put_began = true;
                self.remove_empty(&std::mem::take(&mut emptied), &mut touched)?;
            }
            match step {
                Step::Remove { path, hash } => {
                    let on_disk = path.below(&self.target);
                    // Also where an earlier attempt came as far as removing the file.
                    emptied.extend(path.folders());
                    if !self.is_below_real_folders(path) || hash_of(&on_disk)? != Some(*hash) {
                        continue;
                    }
                    self.disk
                        .remove_file(&on_disk)
                        .map_err(|e| Error::failed("remove", &on_disk, e))?;
                    touched.insert(folder_of(&on_disk).to_owned());
                }
                Step::Put { path, hash, staged } => {
                    self.make_way(path, &mut touched)?;
                    self.move_staged(*staged, hash, &path.below(&self.target), &mut touched)?;
                }
                Step::Manifest { hash, staged } => {
                    let list = self.target.join(MANIFEST);
                    self.move_staged(*staged, hash, &list, &mut touched)?;
                }
            }
        }
        self.remove_empty(&emptied, &mut touched)?;
        touched.retain(|folder| folder.is_dir());
        touched.insert(self.staging.clone());
        let failed = |e| Error::failed("make durable", &self.target, e);
        if touched.len() > SYNC_EACH {
            return self.disk.sync_everything(&self.root, &self.target).map_err(failed);
        }
        touched.iter().try_for_each(|folder| self.disk.sync_folder(folder).map_err(failed))
    }

    fn is_below_real_folders(&self, path: &SitePath) -> bool {
        path.folders().all(|folder| {
            fs::symlink_metadata(self.target.join(folder)).is_ok_and(|found| found.is_dir())
        })
    }

    /// Creates the folders of a new file; never through a link.
    fn make_way(&self, path: &SitePath, touched: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
        for folder in path.folders() {
            let on_disk = self.target.join(folder);
            if touched.contains(&on_disk) {
                continue;
            }
            match fs::symlink_metadata(&on_disk) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Err(in_the_way(&on_disk)),
                Err(_) => {
                    self.disk
                        .create_folder(&on_disk, Mode::Public)
                        .map_err(|e| Error::failed("create the folder", &on_disk, e))?;
                    touched.insert(folder_of(&on_disk).to_owned());
                    touched.insert(on_disk);
                }
            }
        }
        Ok(())
    }

    fn move_staged(
        &self,
        number: usize,
        hash: &Hash,
        to: &Path,
        touched: &mut BTreeSet<PathBuf>,
    ) -> Result<(), Error> {
        let from = self.staged(number);
        // After a crash a staged file is either still here and whole, or moved already; it was
        // synced before the journal. Anything else is a damaged disk: the build that follows
        // this recovery compares every file and writes it anew.
        if hash_of(&from)? == Some(*hash) {
            self.disk.rename(&from, to).map_err(|e| Error::failed("put in place", to, e))?;
        }
        touched.insert(folder_of(to).to_owned());
        Ok(())
    }

    /// Removes folders that have become empty, the deepest first.
    fn remove_empty(
        &self,
        folders: &BTreeSet<&str>,
        touched: &mut BTreeSet<PathBuf>,
    ) -> Result<(), Error> {
        for folder in folders.iter().rev() {
            let on_disk = self.target.join(folder);
            let is_folder = fs::symlink_metadata(&on_disk).is_ok_and(|found| found.is_dir());
            if is_folder && fs::read_dir(&on_disk).is_ok_and(|mut found| found.next().is_none()) {
                self.disk
                    .remove_folder(&on_disk)
                    .map_err(|e| Error::failed("remove the folder", &on_disk, e))?;
                touched.insert(folder_of(&on_disk).to_owned());
            }
        }
        Ok(())
    }

    /// Ends the swap: the journal goes first and durably, then the rest of the staging.
    fn clear_staging(&mut self) -> Result<(), Error> {
        let journal = self.staging.join(JOURNAL);
        if journal.exists() {
            self.disk.remove_file(&journal).map_err(|e| Error::failed("remove", &journal, e))?;
            self.disk
                .sync_folder(&self.staging)
                .map_err(|e| Error::failed("make durable", &self.staging, e))?;
        }
        self.keep_staging = false;
        self.disk.remove_tree(&self.staging).map_err(|e| Error::failed("remove", &self.staging, e))
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        if !self.keep_staging && self.staging.exists() {
            // Given up before anything counted; if this fails the next run cleans.
            let _ = self.disk.remove_tree(&self.staging);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics while it holds this")
}

fn in_the_way(path: &Path) -> Error {
    Error::refused(format!("{} is in the way; move it to another place", shown(path)))
}

/// Whether a path lies in a folder, or is it, whatever links lead to either.
#[must_use]
pub fn lies_in(path: &Path, folder: &Path) -> bool {
    match (resolve(path), resolve(folder)) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

/// The output folder that a path lies in, if it is one: what lies there is published.
///
/// # Errors
/// If the path cannot be made out.
pub fn output_around(path: &Path) -> Result<Option<PathBuf>, Error> {
    let path = resolve(path)?;
    Ok(path.ancestors().find(|above| above.join(MANIFEST).is_file()).map(Path::to_owned))
}

fn admit_target(target: &Path, around: Surroundings<'_>) -> Result<PathBuf, Error> {
    if let Ok(found) = fs::symlink_metadata(target) {
        if found.is_symlink() {
            return Err(Error::refused(format!(
                "the output folder {} is a link; give the folder that it leads to",
                shown(target)
            )));
        }
        if !found.is_dir() {
            return Err(Error::refused(format!(
                "the output folder {} is a file; choose another name",
                shown(target)
            )));
        }
    }
    let absolute = resolve(target)?;
    if absolute.parent().is_none() {
        return Err(Error::refused("the output folder cannot be the whole disk"));
    }
    for (what, path) in
        [("the site's sources", Some(around.source)), ("your home folder", around.home)]
    {
        let Some(path) = path else { continue };
        let path = resolve(path)?;
        if path.starts_with(&absolute) {
            return Err(Error::refused(format!(
                "the output folder {} is {what} or contains it; choose a folder of its own",
                shown(target)
            )));
        }
    }
    Ok(absolute)
}

/// The absolute path without links, of something that may not exist yet.
fn resolve(path: &Path) -> Result<PathBuf, Error> {
    match fs::canonicalize(path) {
        Ok(found) => Ok(found),
        Err(e) if e.kind() == io::ErrorKind::NotFound => match path.file_name() {
            Some(name) if folder_of(path) != path => Ok(resolve(folder_of(path))?.join(name)),
            _ => Err(Error::refused(format!("{} is not the name of a folder", shown(path)))),
        },
        Err(e) => Err(Error::failed("find", path, e)),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Put { path: SitePath, hash: Hash, staged: usize },
    Remove { path: SitePath, hash: Hash },
    Manifest { hash: Hash, staged: usize },
}

fn render_journal(steps: &[Step]) -> String {
    let mut text = format!("{JOURNAL_HEAD}\n");
    for step in steps {
        let _ = match step {
            Step::Put { path, hash, staged } => {
                writeln!(text, "put {staged} {} {path}", HEXLOWER.encode(hash))
            }
            Step::Remove { path, hash } => {
                writeln!(text, "remove {} {path}", HEXLOWER.encode(hash))
            }
            Step::Manifest { hash, staged } => {
                writeln!(text, "manifest {staged} {}", HEXLOWER.encode(hash))
            }
        };
    }
    let seal = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    text + "end " + &seal + "\n"
}

/// The steps of a whole journal; nothing if a byte of it is missing or altered.
fn parse_journal(bytes: &[u8]) -> Option<Vec<Step>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (body, seal) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let covered = &text[..body.len() + 1];
    if seal.strip_prefix("end ")? != HEXLOWER.encode(&Sha256::digest(covered.as_bytes())) {
        return None;
    }
    let mut lines = body.lines();
    if lines.next()? != JOURNAL_HEAD {
        return None;
    }
    lines
        .map(|line| {
            let (word, rest) = line.split_once(' ')?;
            Some(match word {
                "put" => {
                    let (staged, rest) = rest.split_once(' ')?;
                    let (hash, path) = parse_line(rest)?;
                    Step::Put { path, hash, staged: staged.parse().ok()? }
                }
                "remove" => {
                    let (hash, path) = parse_line(rest)?;
                    Step::Remove { path, hash }
                }
                "manifest" => {
                    let (staged, hash) = rest.split_once(' ')?;
                    Step::Manifest { hash: parse_hash(hash)?, staged: staged.parse().ok()? }
                }
                _ => return None,
            })
        })
        .collect()
}

fn render_manifest(files: &[Entry]) -> String {
    let mut text = format!("{MANIFEST_HEAD}\n");
    for entry in files {
        let _ = writeln!(text, "{} {}", HEXLOWER.encode(&entry.hash), entry.path);
    }
    text
}

fn read_manifest(target: &Path) -> Result<HashMap<String, Hash>, Error> {
    let path = target.join(MANIFEST);
    let bytes = read_bounded(&path)?.unwrap_or_default();
    let parsed = std::str::from_utf8(&bytes).ok().and_then(|text| {
        let mut lines = text.lines();
        (lines.next()? == MANIFEST_HEAD).then_some(())?;
        lines
            .map(|line| parse_line(line).map(|(hash, path)| (path.as_str().to_owned(), hash)))
            .collect::<Option<HashMap<_, _>>>()
    });
    parsed.ok_or_else(|| {
        Error::refused(format!(
            "the list of files {} cannot be read, so nothing can be replaced safely; choose \
             another output folder, or delete this one yourself",
            shown(&path)
        ))
    })
}

fn parse_line(line: &str) -> Option<(Hash, SitePath)> {
    let (hash, path) = line.split_once(' ')?;
    Some((parse_hash(hash)?, SitePath::new(path).ok()?))
}

fn parse_hash(hex: &str) -> Option<Hash> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

/// The bytes of a list of ours; nothing if there is no such file.
fn read_bounded(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let failed = |e| Error::failed("read", path, e);
    let file = match open_no_link(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(failed)?,
    };
    let mut bytes = Vec::new();
    file.take(LIST_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes))
}

/// The SHA-256 of a file; nothing if there is none, or something else stands there.
fn hash_of(path: &Path) -> Result<Option<Hash>, Error> {
    let failed = |e| Error::failed("read", path, e);
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(None),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(failed(e)),
    }
    let mut file = open_no_link(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut HashWriter(&mut hasher)).map_err(failed)?;
    Ok(Some(hasher.finalize().into()))
}

struct HashWriter<'h>(&'h mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn open_no_link(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        // Also without waiting: a pipe of that name must not stop the build.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let bits = i32::try_from(flags.bits()).expect("flags of open fit an int");
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, bits);
    }
    options.open(path)
}

#[cfg(unix)]
fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(a), Ok(b)) = (fs::symlink_metadata(a), fs::symlink_metadata(b)) else { return false };
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(a: &Path, b: &Path) -> bool {
    a.exists() && b.exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::{RealDisk, Stop, StoppingDisk};
    use std::collections::BTreeMap;

    type Site = BTreeMap<&'static str, &'static str>;

    /// Whether an interrupted build waits for the next one to complete it.
    fn is_unfinished(target: &Path) -> bool {
        target.join(STAGING).join(JOURNAL).exists()
    }

    fn put_all(disk: &dyn Disk, root: &Path, site: &Site) -> Result<Written, Error> {
        let around = Surroundings { source: &root.join("source"), home: None };
        let output = Output::open(disk, &root.join("public"), around)?;
        for (path, text) in site {
            output.put(&SitePath::new(path).unwrap(), text.as_bytes())?;
        }
        output.finish()
    }

    /// All files below the output, ours of bookkeeping left out.
    fn standing(root: &Path) -> BTreeMap<String, String> {
        fn walk(folder: &Path, root: &Path, into: &mut BTreeMap<String, String>) {
            let Ok(entries) = fs::read_dir(folder) else { return };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.file_name().unwrap().to_string_lossy().starts_with(".selvedge-") {
                    continue;
                } else if path.is_dir() {
                    walk(&path, root, into);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                    into.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(&root.join("public"), &root.join("public"), &mut files);
        files
    }

    fn as_found(site: &Site) -> BTreeMap<String, String> {
        site.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    fn site_root() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("source")).unwrap();
        dir
    }

    fn old_site() -> Site {
        Site::from([
            ("index.html", "old home"),
            ("same.html", "same"),
            ("gone/deep/index.html", "gone"),
            ("was-file", "a file"),
            ("was-folder/index.html", "in a folder"),
            ("p/one/index.html", "one"),
        ])
    }

    fn new_site() -> Site {
        Site::from([
            ("index.html", "the new home"),
            ("same.html", "same"),
            ("was-file/index.html", "a folder now"),
            ("was-folder", "a file now"),
            ("p/one/index.html", "ONE"),
            ("p/two/index.html", "two"),
            ("p/two/x/y.html", "y"),
        ])
    }

    #[test]
    fn a_second_build_writes_what_differs_and_removes_what_is_gone() {
        let dir = site_root();
        let root = dir.path();
        let first = put_all(&RealDisk, root, &old_site()).unwrap();
        assert_eq!((first.written, first.unchanged, first.removed), (6, 0, 0));
        assert_eq!(standing(root), as_found(&old_site()));
        let again = put_all(&RealDisk, root, &old_site()).unwrap();
        assert_eq!((again.written, again.unchanged, again.removed), (0, 6, 0));
        let second = put_all(&RealDisk, root, &new_site()).unwrap();
        assert_eq!((second.written, second.unchanged, second.removed), (6, 1, 3));
        assert_eq!(standing(root), as_found(&new_site()));
        assert!(!root.join("public/gone").exists());
        let names: Vec<_> = fs::read_dir(root).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "nothing beside the output: {names:?}");
        put_all(&RealDisk, root, &old_site()).unwrap();
        assert_eq!(standing(root), as_found(&old_site()));
    }

    #[test]
    fn an_unchanged_site_costs_no_write() {
        let dir = site_root();
        put_all(&RealDisk, dir.path(), &old_site()).unwrap();
        let disk = StoppingDisk::new(usize::MAX, Stop::Crash);
        put_all(&disk, dir.path(), &old_site()).unwrap();
        assert_eq!(disk.steps(), 0);
    }

    #[test]
    fn a_crash_at_any_step_leaves_the_old_site_or_the_new_after_the_next_run() {
        for lose_names in [None, Some(false), Some(true)] {
            for stop in 0.. {
                let dir = site_root();
                let root = dir.path();
                put_all(&RealDisk, root, &old_site()).unwrap();
                let disk = StoppingDisk::new(stop, Stop::Crash);
                let done = put_all(&disk, root, &new_site());
                if let Some(names) = lose_names {
                    disk.lose_unsynced(names);
                }
                if done.is_ok() {
                    assert_eq!(standing(root), as_found(&new_site()));
                    assert!(stop > 20, "only {stop} steps");
                    break;
                }
                // Before the journal the old site stands untouched; with it, opening completes.
                let had_journal = is_unfinished(&root.join("public"));
                if !had_journal {
                    let found = standing(root);
                    assert!(
                        found == as_found(&old_site()) || found == as_found(&new_site()),
                        "at {stop}: {found:?}"
                    );
                }
                let around = Surroundings { source: &root.join("source"), home: None };
                drop(Output::open(&RealDisk, &root.join("public"), around).unwrap());
                let found = standing(root);
                if had_journal {
                    assert_eq!(found, as_found(&new_site()), "at {stop}");
                }
                assert!(!root.join("public").join(STAGING).exists());
                put_all(&RealDisk, root, &new_site()).unwrap();
                assert_eq!(standing(root), as_found(&new_site()), "at {stop}");
            }
        }
    }

    #[test]
    fn a_crash_while_recovering_is_recovered_from() {
        for first_stop in 14.. {
            let dir = site_root();
            let root = dir.path();
            put_all(&RealDisk, root, &old_site()).unwrap();
            if put_all(&StoppingDisk::new(first_stop, Stop::Crash), root, &new_site()).is_ok() {
                break;
            }
            for stop in 0.. {
                let disk = StoppingDisk::new(stop, Stop::Crash);
                let done = put_all(&disk, root, &new_site());
                disk.lose_unsynced(true);
                if done.is_ok() {
                    break;
                }
            }
            put_all(&RealDisk, root, &new_site()).unwrap();
            assert_eq!(standing(root), as_found(&new_site()), "at {first_stop}");
        }
    }

    #[test]
    fn a_crash_of_the_first_build_leaves_nothing_or_the_whole_site() {
        for lose_names in [false, true] {
            for stop in 0.. {
                let dir = site_root();
                let root = dir.path();
                let disk = StoppingDisk::new(stop, Stop::Crash);
                let done = put_all(&disk, root, &old_site());
                disk.lose_unsynced(lose_names);
                let found = standing(root);
                if done.is_ok() {
                    assert_eq!(found, as_found(&old_site()));
                    break;
                }
                assert!(found.is_empty() || found == as_found(&old_site()), "{found:?}");
                put_all(&RealDisk, root, &old_site()).unwrap();
                assert_eq!(standing(root), as_found(&old_site()));
                let count = fs::read_dir(root).unwrap().count();
                assert_eq!(count, 2, "nothing is left beside the output");
            }
        }
    }

    #[test]
    fn a_failing_disk_leaves_the_old_site_and_no_stray_files() {
        for errno in [28, 30, 122, 5] {
            for stop in 0.. {
                let dir = site_root();
                let root = dir.path();
                put_all(&RealDisk, root, &old_site()).unwrap();
                let disk = StoppingDisk::new(stop, Stop::Error(errno));
                let done = put_all(&disk, root, &new_site());
                if disk.steps() <= stop {
                    break;
                }
                if let Err(error) = done {
                    assert!(error.to_string().starts_with("could not "), "{error}");
                    if !is_unfinished(&root.join("public")) {
                        let found = standing(root);
                        assert!(found == as_found(&old_site()) || found == as_found(&new_site()));
                    }
                }
                put_all(&RealDisk, root, &new_site()).unwrap();
                assert_eq!(standing(root), as_found(&new_site()));
                assert!(!root.join("public").join(STAGING).exists());
            }
        }
    }

    #[test]
    fn a_build_that_is_given_up_changes_nothing() {
        let dir = site_root();
        let root = dir.path();
        put_all(&RealDisk, root, &old_site()).unwrap();
        let around = Surroundings { source: &root.join("source"), home: None };
        let output = Output::open(&RealDisk, &root.join("public"), around).unwrap();
        output.put(&SitePath::new("index.html").unwrap(), b"half a site").unwrap();
        drop(output);
        assert_eq!(standing(root), as_found(&old_site()));
        assert!(!root.join("public").join(STAGING).exists());
    }

    #[test]
    fn files_of_others_are_neither_removed_nor_overwritten() {
        let dir = site_root();
        let root = dir.path();
        let public = root.join("public");
        put_all(&RealDisk, root, &old_site()).unwrap();
        fs::write(public.join("CNAME"), "shop.example").unwrap();
        fs::write(public.join("gone/notes.txt"), "mine").unwrap();
        put_all(&RealDisk, root, &new_site()).unwrap();
        assert_eq!(fs::read_to_string(public.join("CNAME")).unwrap(), "shop.example");
        assert_eq!(fs::read_to_string(public.join("gone/notes.txt")).unwrap(), "mine");

        let mut site = new_site();
        site.insert("CNAME", "other");
        let error = put_all(&RealDisk, root, &site).unwrap_err().to_string();
        assert!(error.contains("was not made by selvedge"), "{error}");
        site.insert("CNAME", "shop.example");
        put_all(&RealDisk, root, &site).unwrap();

        // A page that somebody edited and that leaves the site stays, and is named.
        fs::write(public.join("same.html"), "edited").unwrap();
        site.remove("same.html");
        let report = put_all(&RealDisk, root, &site).unwrap();
        assert_eq!(report.kept, [SitePath::new("same.html").unwrap()]);
        assert_eq!(fs::read_to_string(public.join("same.html")).unwrap(), "edited");
    }

    #[test]
    fn a_folder_in_the_way_with_files_of_others_is_refused_before_anything_changes() {
        let dir = site_root();
        let root = dir.path();
        put_all(&RealDisk, root, &old_site()).unwrap();
        fs::write(root.join("public/was-folder/mine.txt"), "mine").unwrap();
        let before = standing(root);
        assert!(put_all(&RealDisk, root, &new_site()).is_err());
        assert_eq!(standing(root), before);
    }

    #[test]
    fn outputs_that_would_do_harm_are_refused() {
        let dir = site_root();
        let root = dir.path();
        let source = root.join("source");
        let home = root.join("home");
        fs::create_dir(&home).unwrap();
        fs::create_dir(root.join("full")).unwrap();
        fs::write(root.join("full/x"), "").unwrap();
        fs::write(root.join("file"), "").unwrap();
        let around = Surroundings { source: &source, home: Some(&home) };
        let refused = |target: &Path, words: &str| {
            let Err(error) = Output::open(&RealDisk, target, around) else {
                panic!("{target:?} was accepted")
            };
            assert!(error.to_string().contains(words), "{target:?}: {error}");
        };
        refused(Path::new("/"), "whole disk");
        refused(&home, "home folder");
        refused(&source, "the site's sources");
        refused(root, "or contains it");
        refused(&source.join(".."), "or contains it");
        refused(&root.join("full"), "did not make");
        refused(&root.join("file"), "is a file");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&home, root.join("link")).unwrap();
            refused(&root.join("link"), "is a link");
        }
        // Inside the source, empty, or absent with absent folders above it: fine.
        fs::create_dir(source.join("public")).unwrap();
        for target in [source.join("public"), root.join("a/b/c")] {
            Output::open(&RealDisk, &target, around).unwrap().finish().unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_inside_the_output_are_not_followed() {
        let dir = site_root();
        let root = dir.path();
        put_all(&RealDisk, root, &old_site()).unwrap();
        let outside = root.join("outside");
        fs::create_dir(&outside).unwrap();
        fs::create_dir(outside.join("deep")).unwrap();
        fs::write(outside.join("deep/index.html"), "gone").unwrap();
        fs::remove_dir_all(root.join("public/gone")).unwrap();
        fs::remove_dir_all(root.join("public/p")).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("public/gone")).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("public/p")).unwrap();
        assert!(put_all(&RealDisk, root, &new_site()).is_err());
        fs::remove_file(root.join("public/p")).unwrap();
        put_all(&RealDisk, root, &new_site()).unwrap();
        assert_eq!(fs::read_to_string(outside.join("deep/index.html")).unwrap(), "gone");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    }

    #[test]
    fn a_list_of_files_that_leads_outside_is_refused() {
        let dir = site_root();
        let root = dir.path();
        fs::create_dir(root.join("public")).unwrap();
        fs::write(root.join("canary"), "x").unwrap();
        let hash = HEXLOWER.encode(&Sha256::digest(b"x"));
        for path in ["../canary", "/etc/passwd", ""] {
            let list = format!("{MANIFEST_HEAD}\n{hash} {path}\n");
            fs::write(root.join("public").join(MANIFEST), list).unwrap();
            assert!(put_all(&RealDisk, root, &old_site()).is_err());
        }
        assert!(root.join("canary").exists());
    }

    #[test]
    fn two_pages_that_are_one_file_where_case_does_not_count_are_refused() {
        let dir = site_root();
        let site = Site::from([("About.html", "a"), ("about.html", "b")]);
        let error = put_all(&RealDisk, dir.path(), &site).unwrap_err().to_string();
        assert!(error.contains("About.html and about.html"), "{error}");
        assert!(!dir.path().join("public").exists());
    }

    #[test]
    fn a_second_run_is_kept_out() {
        let dir = site_root();
        let root = dir.path();
        let around = Surroundings { source: &root.join("source"), home: None };
        for _ in 0..2 {
            let output = Output::open(&RealDisk, &root.join("public"), around).unwrap();
            assert!(Output::open(&RealDisk, &root.join("public"), around).is_err());
            output.finish().unwrap();
        }
    }

    #[test]
    fn a_journal_counts_only_whole() {
        let steps = vec![
            Step::Remove { path: SitePath::new("a b/c").unwrap(), hash: [1; 32] },
            Step::Put { path: SitePath::new("d").unwrap(), hash: [2; 32], staged: 7 },
            Step::Manifest { hash: [3; 32], staged: 8 },
        ];
        let text = render_journal(&steps);
        assert_eq!(parse_journal(text.as_bytes()), Some(steps));
        for cut in 0..text.len() {
            assert_eq!(parse_journal(&text.as_bytes()[..cut]), None);
            let mut altered = text.clone().into_bytes();
            altered[cut] ^= 1;
            assert_eq!(parse_journal(&altered), None);
        }
    }

    #[test]
    fn the_list_of_files_is_the_same_whatever_the_order_of_writing() {
        let dir = site_root();
        let root = dir.path();
        put_all(&RealDisk, root, &old_site()).unwrap();
        let one = fs::read(root.join("public").join(MANIFEST)).unwrap();
        let around = Surroundings { source: &root.join("source"), home: None };
        let output = Output::open(&RealDisk, &root.join("other"), around).unwrap();
        old_site().par_iter().for_each(|(path, text)| {
            output.put(&SitePath::new(path).unwrap(), text.as_bytes()).unwrap();
        });
        output.finish().unwrap();
        assert_eq!(fs::read(root.join("other").join(MANIFEST)).unwrap(), one);
    }
}
