//! Watching neighbours' registers: a site as a witness, with files alone.
//!
//! An association reads a neighbour's newest head and tiles, checks that the register grew out of
//! what it saw before, and publishes the head with its own cosignature at
//! `witness/<hex SHA-256(origin)>/checkpoint`; the neighbour collects it from there
//! ([`super::collect`]). Its key stands in `witness/witness.vkey`. What it saw last is remembered outside the site's folder, durably and
//! before it is published. Refused are: a register that is not in the trust list, one that forked
//! or shrank (both heads are kept as evidence), a clock that went back, and cosigning with a key
//! whose memory is lost: such a key could be led to cosign two versions, so it is retired.

use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Clock, JUMP, Places};
use crate::evidence::Disk as Folder;
use crate::provenance::did::DidWeb;
use crate::provenance::files::{Below, Files, ReadError};
use crate::provenance::key::Signer;
use crate::provenance::log::witness_protocol::published_folder;
use crate::provenance::log::{Checkpoint, Cosigned, Head, LogFault, WitnessKey, origin_base};
use crate::provenance::note::{KeyName, NoteKey, Signed};
use crate::verify::Trust;
use crate::verify::witness::{Growth, growth};
use crate::write::{self, Disk, FolderLock, Mode};

/// Most registers and heads that are looked through for signs of a lost memory.
const MAX_LOOKED_THROUGH: usize = 10_000;

/// Where a witness publishes its key, for those who want to list it: a copy, like `log.vkey`.
pub const KEY_FILE: &str = "witness/witness.vkey";

/// The name of the witness that publishes under an issuer's address.
pub fn witness_name(issuer: &DidWeb) -> Option<KeyName> {
    KeyName::parse(&format!("{}/witness", issuer.authority_and_path()))
}

/// What came of watching a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The name of the register.
    pub origin: KeyName,
    /// Its head.
    pub head: Head,
    /// When this witness cosigned that head.
    pub time: Timestamp,
    /// Whether the head is new to it.
    pub is_new: bool,
}

/// Why a head was not cosigned, collected or repaired.
#[derive(Debug)]
pub enum WitnessError {
    /// The disk failed, or another run holds the folder.
    Disk(write::Error),
    /// Something could not be read.
    Read(String),
    /// There is no register.
    NoRegister(String),
    /// The register is not in the trust list.
    UnknownRegister(KeyName),
    /// The head is not signed by the key that the trust list names.
    NotSigned(KeyName),
    /// The register's files do not hold together.
    Register(KeyName, LogFault),
    /// There are two versions of the register.
    Fork {
        /// The register.
        origin: KeyName,
        /// The head that was seen before.
        seen: Box<Head>,
        /// The head that does not follow from it.
        found: Box<Head>,
        /// Where both are kept, below the site's folder.
        kept: [String; 2],
    },
    /// The register is smaller than what was seen before.
    Behind {
        /// The register.
        origin: KeyName,
        /// The head that was seen before.
        seen: Box<Head>,
        /// The smaller head.
        found: Box<Head>,
    },
    /// This witness cosigned before, and does not remember what.
    LostMemory(String),
    /// The clock is behind the last cosignature.
    ClockBehind {
        /// When the last cosignature was made.
        last: Timestamp,
        /// What the clock says.
        now: Timestamp,
    },
    /// The witness key is used for something else too, or the register is the witness's own.
    SameKey,
    /// What a witness published or answered does not hold.
    Witness(String, String),
}

impl fmt::Display for WitnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = |head: &Head| format!("{} entries, root {}", head.size, head.root.0);
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Read(why) | Self::NoRegister(why) => f.write_str(why),
            Self::UnknownRegister(origin) => write!(
                f,
                "the register {origin} is not in your trust list; add a [[log]] entry with its name and its log.vkey, \
                 got from its makers and not from its web address"
            ),
            Self::NotSigned(origin) => write!(
                f,
                "the page seal of the register {origin} is not signed by the key in your trust list; ask its makers \
                 whether their key changed"
            ),
            Self::Register(origin, fault) => write!(
                f,
                "the register {origin} does not hold together, so its page seal was not witnessed: {fault}"
            ),
            Self::Fork { origin, seen, found, kept } => write!(
                f,
                "there are two versions of the register {origin}: one with {}, seen before, and one with {}, and its \
                 key signed both; both page seals are kept in {} and {}; tell its makers",
                head(seen),
                head(found),
                kept[0],
                kept[1]
            ),
            Self::Behind { origin, seen, found } => write!(
                f,
                "the register {origin} is shorter than it was: {} were seen before, now there are {}; it may be an \
                 old copy: wait until it is synced, or ask its makers",
                head(seen),
                head(found)
            ),
            Self::LostMemory(what) => write!(
                f,
                "this witness cosigned {what} before and does not remember it on this machine; a witness that lost \
                 its memory could be led to seal two versions, so its key must be retired: restore the backup with \
                 the remembered page seals, or make a new witness key and tell those whose registers you watch"
            ),
            Self::ClockBehind { last, now } => write!(
                f,
                "the clock of this machine says {now}, which is before your last cosignature ({last}); set the clock \
                 right and try again"
            ),
            Self::SameKey => f.write_str(
                "a witness key is for watching others only: it is no record key or log key, and a register is not watched by its \
                 own makers",
            ),
            Self::Witness(name, why) => write!(f, "what {name} gave does not hold: {why}"),
        }
    }
}

impl std::error::Error for WitnessError {}

impl From<write::Error> for WitnessError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<ReadError> for WitnessError {
    fn from(error: ReadError) -> Self {
        Self::Read(error.to_string())
    }
}

/// Compares the clock with the last cosignature of a witness.
///
/// # Errors
/// If it is behind, or what the witness remembers cannot be read.
pub fn clock(
    places: Places<'_>,
    disk: &dyn Disk,
    name: &KeyName,
    signer: &dyn Signer,
    now: Timestamp,
) -> Result<Clock, WitnessError> {
    let key = WitnessKey::new(name.clone(), signer.verifier_key());
    let last = Desk { places, disk, key: &key }.last_time()?;
    match last.filter(|&last| now < last) {
        Some(last) => Err(WitnessError::ClockBehind { last, now }),
        None => Ok(last.map_or(Clock::Fine, |last| match now.duration_since(last) > JUMP {
            true => Clock::Jump { last },
            false => Clock::Fine,
        })),
    }
}

/// Watches a neighbour's register once: checks its newest head and cosigns it.
///
/// `places` are the witness's own; `neighbour` is the neighbour's site, its folder or what it
/// publishes. `name` and `signer` are the witness's, `trust` says by which key the register signs.
///
/// # Errors
/// If it must not be cosigned. After [`WitnessError::Fork`] and [`WitnessError::Behind`] both
/// heads are kept below `witness/<hex>/fork/`; nothing else was changed.
pub fn watch(
    places: Places<'_>,
    disk: &dyn Disk,
    name: &KeyName,
    signer: &dyn Signer,
    trust: &Trust,
    neighbour: &dyn Files,
    now: Timestamp,
) -> Result<Watched, WitnessError> {
    let _lock = FolderLock::take(places.site, "signing in")?;
    let key = WitnessKey::new(name.clone(), signer.verifier_key());
    let found = read_head(neighbour, trust)?;
    let (origin, log_key) = (found.origin().clone(), log_key(&found, trust)?);
    // Lines that others added are not judged here, so they are not published on.
    let found = found.signed_by(&log_key);
    let desk = Desk { places, disk, key: &key };
    if key.key() == log_key.key()
        || origin_base(name) == origin_base(&origin)
        || desk.has_other_role()?
    {
        return Err(WitnessError::SameKey);
    }
    desk.expect_memory(&origin, neighbour)?;
    let remembered = desk.remembered(&origin)?;
    let seen = desk.last_seen(&origin, remembered.as_ref(), &log_key)?;
    if let Some((checkpoint, time)) = &remembered
        && checkpoint.head() == found.head()
    {
        // Cosigned already; a crash may have come before it was published.
        desk.publish(&origin, checkpoint)?;
        return Ok(Watched { origin, head: found.head(), time: *time, is_new: false });
    }
    let log = Below { files: neighbour, folder: "log" };
    let head = found.head();
    if let Some(seen) = &seen {
        let fork = |kept| WitnessError::Fork {
            origin: origin.clone(),
            seen: Box::new(seen.head()),
            found: Box::new(head),
            kept,
        };
        // Two heads of one size are a fork whatever the tiles say.
        if head.size == seen.head().size && head.root != seen.head().root {
            return Err(fork(desk.keep(&origin, [seen, &found])?));
        }
        match growth(&log, head, seen.head()) {
            Ok(Growth::Same | Growth::Grew) => {}
            Ok(Growth::Forked) => return Err(fork(desk.keep(&origin, [seen, &found])?)),
            Ok(Growth::Behind) => {
                desk.keep(&origin, [seen, &found])?;
                let (seen, found) = (Box::new(seen.head()), Box::new(head));
                return Err(WitnessError::Behind { origin, seen, found });
            }
            Err(fault) => return Err(WitnessError::Register(origin, fault)),
        }
    } else {
        growth(&log, head, Head::empty())
            .map_err(|fault| WitnessError::Register(origin.clone(), fault))?;
    }
    let last = desk.last_time()?;
    if let Some(last) = last.filter(|&last| now < last) {
        return Err(WitnessError::ClockBehind { last, now });
    }
    let mut checkpoint = found.clone();
    let cosignature = checkpoint
        .cosign(name, now, signer)
        .ok_or_else(|| WitnessError::Read(format!("the clock of this machine says {now}")))?;
    checkpoint
        .add(&cosignature, &key)
        .map_err(|why| WitnessError::Witness(name.to_string(), why.to_owned()))?;
    desk.remember(&origin, &checkpoint)?;
    desk.publish(&origin, &checkpoint)?;
    Ok(Watched { origin, head, time: cosignature.time, is_new: true })
}

/// The newest head of a site, signed by a key of the trust list.
fn read_head(site: &dyn Files, trust: &Trust) -> Result<Checkpoint, WitnessError> {
    let bytes = site
        .read("log/checkpoint")?
        .ok_or_else(|| WitnessError::NoRegister("there is no register: log/checkpoint".into()))?;
    let found = Checkpoint::parse(&bytes)
        .map_err(|why| WitnessError::NoRegister(format!("log/checkpoint: {why}")))?;
    log_key(&found, trust)?;
    Ok(found)
}

/// The key of the trust list that signed a head.
fn log_key(found: &Checkpoint, trust: &Trust) -> Result<NoteKey, WitnessError> {
    let origin = found.origin();
    let mut keys = trust.keys_of_log(origin).peekable();
    if keys.peek().is_none() {
        return Err(WitnessError::UnknownRegister(origin.clone()));
    }
    keys.find(|key| found.verify(key) == Signed::Valid)
        .cloned()
        .ok_or_else(|| WitnessError::NotSigned(origin.clone()))
}

/// Where one witness key keeps what it does.
struct Desk<'a> {
    places: Places<'a>,
    disk: &'a dyn Disk,
    key: &'a WitnessKey,
}

impl Desk<'_> {
    /// Whether the witness key is one of the site's own record or log keys.
    fn has_other_role(&self) -> Result<bool, WitnessError> {
        let site = Folder::at(self.places.site);
        let text = |path| Ok::<_, WitnessError>(site.read(path)?.unwrap_or_default());
        let log = text("identity/log.vkey")?;
        let log = std::str::from_utf8(&log).ok().and_then(|log| NoteKey::parse(log.trim_end()));
        let multikey = self.key.key().to_multikey();
        Ok(log.is_some_and(|log| log.key() == self.key.key())
            || String::from_utf8_lossy(&text("identity/did.json")?).contains(&multikey))
    }

    /// The folder of this key's memory, outside the site's folder.
    fn memory(&self) -> PathBuf {
        let key = HEXLOWER.encode(&Sha256::digest(self.key.to_string()));
        self.places.heads.join("witness").join(key)
    }

    fn memory_of(&self, folder: &str) -> PathBuf {
        self.memory().join(folder).join("checkpoint")
    }

    /// The head that this key cosigned last of a register, with the time.
    fn remembered(
        &self,
        origin: &KeyName,
    ) -> Result<Option<(Checkpoint, Timestamp)>, WitnessError> {
        let path = self.memory_of(&published_folder(origin));
        let Some(bytes) = read_outside(&path)? else { return Ok(None) };
        let checkpoint = Checkpoint::parse(&bytes)
            .map_err(|why| WitnessError::Read(format!("{}: {why}", path.display())))?;
        match checkpoint.cosigned_by(self.key) {
            Cosigned::At(time) if checkpoint.origin() == origin => Ok(Some((checkpoint, time))),
            _ => {
                let why = "it is not what this witness wrote";
                Err(WitnessError::Read(format!("{}: {why}", path.display())))
            }
        }
    }

    /// The largest head that is known of a register: remembered, or published (as by an earlier
    /// key of this witness).
    fn last_seen(
        &self,
        origin: &KeyName,
        remembered: Option<&(Checkpoint, Timestamp)>,
        log_key: &NoteKey,
    ) -> Result<Option<Checkpoint>, WitnessError> {
        let site = Folder::at(self.places.site);
        let path = format!("witness/{}/checkpoint", published_folder(origin));
        let published = site
            .read(&path)?
            .and_then(|bytes| Checkpoint::parse(&bytes).ok())
            .filter(|found| found.verify(log_key) == Signed::Valid);
        let remembered = remembered.map(|(checkpoint, _)| checkpoint.clone());
        Ok(match (remembered, published) {
            (Some(one), Some(two)) if two.head().size > one.head().size => Some(two),
            (one, two) => one.or(two),
        })
    }

    /// Refuses if this key cosigned something that is not remembered here.
    fn expect_memory(&self, origin: &KeyName, neighbour: &dyn Files) -> Result<(), WitnessError> {
        let site = Folder::at(self.places.site);
        for folder in site.list("witness")?.into_iter().take(MAX_LOOKED_THROUGH) {
            let path = format!("witness/{folder}/checkpoint");
            let Some(published) = self.own(site.read(&path)?) else { continue };
            self.expect_remembered(&published)?;
        }
        // What the neighbour collected; over the web this cannot be listed.
        for size in
            neighbour.list("log/heads").unwrap_or_default().into_iter().take(MAX_LOOKED_THROUGH)
        {
            let path = format!("log/heads/{size}/checkpoint");
            let kept = self.own(neighbour.read(&path).unwrap_or_default());
            if let Some(kept) = kept.filter(|kept| kept.origin() == origin) {
                self.expect_remembered(&kept)?;
            }
        }
        Ok(())
    }

    /// A stored checkpoint, if this key cosigned it.
    fn own(&self, bytes: Option<Vec<u8>>) -> Option<Checkpoint> {
        let found = Checkpoint::parse(&bytes?).ok()?;
        matches!(found.cosigned_by(self.key), Cosigned::At(_)).then_some(found)
    }

    fn expect_remembered(&self, cosigned: &Checkpoint) -> Result<(), WitnessError> {
        let origin = cosigned.origin();
        let size = cosigned.head().size;
        match self.remembered(origin)? {
            Some((remembered, _)) if remembered.head().size >= size => Ok(()),
            _ => Err(WitnessError::LostMemory(format!("{size} entries of the register {origin}"))),
        }
    }

    /// The latest time at which this key cosigned anything.
    fn last_time(&self) -> Result<Option<Timestamp>, WitnessError> {
        let memory = self.memory();
        let folders = match fs::read_dir(&memory) {
            Ok(folders) => folders,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&memory, &error)),
        };
        let mut last = None;
        for folder in folders {
            let folder = folder.map_err(|error| unreadable(&memory, &error))?;
            let bytes = read_outside(&folder.path().join("checkpoint"))?;
            let time = bytes.and_then(|bytes| {
                match Checkpoint::parse(&bytes).ok()?.cosigned_by(self.key) {
                    Cosigned::At(time) => Some(time),
                    _ => None,
                }
            });
            last = last.max(time);
        }
        Ok(last)
    }

    fn remember(&self, origin: &KeyName, checkpoint: &Checkpoint) -> Result<(), WitnessError> {
        let path = self.memory_of(&published_folder(origin));
        put(self.disk, &path, checkpoint.to_string().as_bytes(), Mode::Secret)
    }

    fn publish(&self, origin: &KeyName, checkpoint: &Checkpoint) -> Result<(), WitnessError> {
        self.put(KEY_FILE, format!("{}\n", self.key).into_bytes())?;
        let path = format!("witness/{}/checkpoint", published_folder(origin));
        self.put(&path, checkpoint.to_string().into_bytes())
    }

    /// Puts a file into the site's folder, unless it is there.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), WitnessError> {
        if Folder::at(self.places.site).read(path)?.as_ref() == Some(&bytes) {
            return Ok(());
        }
        put(self.disk, &self.places.site.join(path), &bytes, Mode::Public)
    }

    /// Keeps two heads that contradict each other; gives their paths.
    fn keep(&self, origin: &KeyName, heads: [&Checkpoint; 2]) -> Result<[String; 2], WitnessError> {
        let folder = format!("witness/{}/fork", published_folder(origin));
        keep_heads(self.places, self.disk, &folder, heads)
    }
}

/// Keeps two heads as evidence in a folder of the site; gives their paths.
pub(super) fn keep_heads(
    places: Places<'_>,
    disk: &dyn Disk,
    folder: &str,
    heads: [&Checkpoint; 2],
) -> Result<[String; 2], WitnessError> {
    let path = |head: &Checkpoint| {
        let Head { size, root } = head.head();
        format!("{folder}/{size}-{}/checkpoint", HEXLOWER.encode(&root.0.0))
    };
    let paths = heads.map(path);
    for (head, path) in heads.iter().zip(&paths) {
        put(disk, &places.site.join(path), head.to_string().as_bytes(), Mode::Public)?;
    }
    Ok(paths)
}

/// Puts a file down durably, with the folders that it needs.
pub(super) fn put(
    disk: &dyn Disk,
    path: &std::path::Path,
    bytes: &[u8],
    mode: Mode,
) -> Result<(), WitnessError> {
    if let Some(folder) = path.parent() {
        write::create_folders(disk, folder, mode)?;
    }
    write::replace(disk, path, bytes, mode)?;
    Ok(())
}

/// Reads a file outside the site's folder; `None` if there is none.
pub(super) fn read_outside(path: &std::path::Path) -> Result<Option<Vec<u8>>, WitnessError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &std::path::Path, error: &io::Error) -> WitnessError {
    WitnessError::Read(format!("cannot read {}: {}", path.display(), write::plain_words(error)))
}
