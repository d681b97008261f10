//! Key files, passphrases, paper and backups; nothing else reads a secret.
//!
//! Keys have roles ([`Role`]); which of them a person has follows from her profile ([`setup`]).
//! A key is an OpenSSH private-key file with a passphrase (`openssh-key-v1`, AES-256-CTR, bcrypt),
//! so that `ssh-keygen` reads it in thirty years. One file a role, in a folder outside the
//! site, its output and any git work tree. Guarantees: bytes of a key or passphrase are wiped
//! when dropped, never shown by `Debug`, and never in an error; what a stranger's file asks for
//! (size, rounds) is bounded before any work (THREATS T14); a key file is never overwritten.
//!
//! Two kinds of keys never lie on this machine: the *next* update key, whose hash the DID log
//! names before it is used, and the guardians' keys. They exist on sheets of paper ([`sheet`])
//! and are made again from what a person types ([`seed`]).
//!
//! Replacing a key ([`KeyFolder::prepare_rotation`]) takes three durable steps, and a crash between
//! any two leaves keys that fit the DID log: (1) the new key is put beside the old one under the
//! name `<role>.new`; (2) `attest` makes the entry of the DID log that names it, durably; (3)
//! [`KeyFolder::finish_rotation`] overwrites the old private half, and gives the new file its
//! name. After a crash the DID log tells what to do: where it names the key in
//! [`KeyFolder::pending`], step 3 is done again, else the entry is made again or the new key
//! dropped ([`KeyFolder::abandon_rotation`]).

pub mod backup;
pub mod guard;
pub mod handover;
pub mod leak;
pub mod own;
pub mod seed;
pub mod setup;
pub mod sheet;
pub mod tag_codes;
mod words;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::RangeInclusive;
use std::path::{Component, Path, PathBuf};

use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{Cipher, Kdf, LineEnding, PrivateKey};
use zeroize::Zeroizing;

use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::sshsig;
use crate::write::{self, Disk, Mode};

pub use seed::{Seed, SheetFault};
pub use words::{draw_words, six_words};

/// What a key in a file is for. One public key in two roles is refused.
///
/// The next update key and the guardians' keys have no file: see [`setup::Setup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Signs records.
    Record,
    /// Signs the heads of the log.
    Log,
    /// Signs entries of the DID log, which says what the other keys are.
    Update,
    /// Cosigns the heads of others' logs.
    Witness,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Record, Self::Log, Self::Update, Self::Witness];

    /// The name of its file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Log => "log",
            Self::Update => "update",
            Self::Witness => "witness",
        }
    }
}

/// Rounds of bcrypt for new files; about a second on an old laptop.
const ROUNDS: u32 = 100;
/// The fewest rounds of a file that is taken: below, a stolen file is opened too soon.
const MIN_ROUNDS: u32 = 100;
/// Rounds of new files and the fewest of a file that is taken, where tests have set others.
#[cfg(debug_assertions)]
static TEST_ROUNDS: std::sync::OnceLock<u32> = std::sync::OnceLock::new();

/// Has key files made and taken with so few rounds that they protect nothing, so that tests that open hundreds of them
/// take minutes and not hours. Only builds with debug assertions know of it: the program that people use makes no such
/// file, and refuses it.
#[cfg(debug_assertions)]
pub fn make_weak_files_for_tests(rounds: u32) {
    let _ = TEST_ROUNDS.set(rounds.clamp(1, ROUNDS));
}

/// Whether files are made that protect nothing.
fn is_weak_for_tests() -> bool {
    #[cfg(debug_assertions)]
    return TEST_ROUNDS.get().is_some();
    #[cfg(not(debug_assertions))]
    return false;
}

/// Rounds of new files, and the fewest of a file that is taken.
fn rounds() -> (u32, u32) {
    #[cfg(debug_assertions)]
    if let Some(rounds) = TEST_ROUNDS.get() {
        return (*rounds, *rounds);
    }
    (ROUNDS, MIN_ROUNDS)
}

/// The most rounds: opening a stranger's file takes two seconds at most.
const MAX_ROUNDS: u32 = 256;
/// Shortest and longest salt in bytes; OpenSSH writes 16.
const SALT: RangeInclusive<usize> = 8..=64;
/// Longest key file in bytes.
const MAX_FILE: u64 = 16 << 10;
/// Longest passphrase in bytes.
const MAX_PASSPHRASE: usize = 4 << 10;
/// Shortest passphrase in characters.
const MIN_PASSPHRASE: usize = 8;

/// Why something about keys cannot be done; never holds a secret.
#[derive(Debug)]
pub enum CustodyError {
    /// The key folder lies where its files could be published.
    Exposed(String),
    /// A key of that role is there already.
    Exists(PathBuf),
    /// There is a sheet of that name already.
    SheetExists(PathBuf),
    /// There is no key of that role.
    Missing(Role, PathBuf),
    /// The file is no key that this program takes; says why.
    Unusable(PathBuf, &'static str),
    /// The passphrase is not the one of the file.
    WrongPassphrase(Role),
    /// A new passphrase is too short.
    Weak,
    /// No passphrase came.
    NoPassphrase,
    /// Two roles have one key.
    SameKey,
    /// No key waits to take the place of another.
    NothingPending(Role),
    /// What was typed from paper is not what was printed.
    Sheet(SheetFault),
    /// What was typed is a sheet, but of another key.
    OtherSheet,
    /// An association has not typed its sheets back.
    DrillFirst,
    /// This machine gives no random numbers.
    NoRandomness(String),
    /// A file about the keys cannot be understood; says why.
    Damaged(PathBuf, String),
    /// The disk failed.
    Disk(write::Error),
    /// A file could not be read.
    Read(PathBuf, io::Error),
}

impl fmt::Display for CustodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exposed(why) => f.write_str(why),
            Self::SheetExists(path) => {
                write!(
                    f,
                    "{} is there already, and sheets are never overwritten: give another folder with --sheets. If that sheet is \
                     from a run that was interrupted, it opens nothing: destroy it once the new one is printed",
                    path.display()
                )
            }
            Self::Exists(path) => {
                write!(
                    f,
                    "there is a key in {} already; keys are never overwritten",
                    path.display()
                )
            }
            Self::Missing(role, path) => write!(
                f,
                "there is no {} key in {}: say with --key-dir where the keys lie, or bring them back from a backup (`selvedge \
                 restore`) or by the master key sheet (`selvedge keys recover`); `selvedge keys new` makes the keys of a site that \
                 never had any",
                role.name(),
                path.display()
            ),
            Self::Unusable(path, why) => {
                write!(f, "the key file {} cannot be used: {why}", path.display())
            }
            Self::WrongPassphrase(role) => {
                write!(f, "the passphrase does not open the {} key", role.name())
            }
            Self::Weak => write!(
                f,
                "a passphrase has at least {MIN_PASSPHRASE} characters; several words in a row are good and easy to keep"
            ),
            Self::NoPassphrase => f.write_str("no passphrase came"),
            Self::SameKey => {
                f.write_str("two roles have the same key; each role needs its own")
            }
            Self::NothingPending(role) => {
                write!(f, "no new {} key waits to take the place of the old one", role.name())
            }
            Self::Sheet(fault) => fault.fmt(f),
            Self::OtherSheet => f.write_str(
                "the sheet was typed without a mistake, but it belongs to another key; look for one with the same fingerprint and the latest date",
            ),
            Self::DrillFirst => f.write_str(
                "the sheets of an association are typed back before its keys are made: the master sheet and two envelopes",
            ),
            Self::NoRandomness(why) => {
                write!(f, "this machine gives no random numbers: {why}")
            }
            Self::Damaged(path, why) => write!(f, "{} cannot be used: {why}", path.display()),
            Self::Disk(error) => error.fmt(f),
            Self::Read(path, error) => {
                write!(f, "cannot read {}: {}", path.display(), write::plain_words(error))
            }
        }
    }
}

impl std::error::Error for CustodyError {}

impl From<SheetFault> for CustodyError {
    fn from(fault: SheetFault) -> Self {
        Self::Sheet(fault)
    }
}

impl From<write::Error> for CustodyError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

/// A passphrase; wiped when dropped.
pub struct Passphrase(Zeroizing<String>);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl Passphrase {
    /// Takes what a person typed.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Reads one line from an open file descriptor, for automation.
    ///
    /// # Errors
    /// If the descriptor cannot be read or holds nothing.
    pub fn from_descriptor(number: u32) -> Result<Self, CustodyError> {
        let path = PathBuf::from(format!("/dev/fd/{number}"));
        let read = |error| CustodyError::Read(path.clone(), error);
        // A socket, which some parents pass, has no name to open: standard input works as it is.
        let mut source = match number {
            0 => guard::standard_input(),
            _ => File::open(&path),
        }
        .map_err(read)?;
        let line = guard::read_line(&mut source, MAX_PASSPHRASE).map_err(read)?;
        if line.is_empty() { Err(CustodyError::NoPassphrase) } else { Ok(Self(line)) }
    }

    /// The words themselves, to show a person those that were made for her.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it may protect a new key.
    ///
    /// # Errors
    /// If it is too short.
    pub fn expect_strong(&self) -> Result<(), CustodyError> {
        if self.0.chars().count() < MIN_PASSPHRASE { Err(CustodyError::Weak) } else { Ok(()) }
    }
}

/// The folder of one issuer's keys.
#[derive(Clone, Debug)]
pub struct KeyFolder {
    path: PathBuf,
}

/// What is known of a key without its passphrase.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// What it is for.
    pub role: Role,
    /// Its public half.
    pub public: VerifierKey,
    /// The fingerprint of the public half, as `ssh-keygen -l` shows it.
    pub fingerprint: String,
    /// Its file.
    pub path: PathBuf,
}

/// An opened key: signs, and is wiped when dropped.
pub struct SecretKey {
    // In one place: each move of the key itself would leave a copy on the stack.
    signing: Box<ed25519_dalek::SigningKey>,
}

impl SecretKey {
    fn from_seed(seed: &[u8; 32]) -> Self {
        guard::wiped(|| Self { signing: Box::new(ed25519_dalek::SigningKey::from_bytes(seed)) })
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl Signer for SecretKey {
    fn verifier_key(&self) -> VerifierKey {
        VerifierKey::from_bytes(self.signing.verifying_key().as_bytes())
            .expect("a made key is canonical")
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer as _;
        guard::wiped(|| self.signing.sign(message).to_bytes())
    }
}

/// Draws random bytes from the operating system.
///
/// # Errors
/// If it gives none.
#[expect(clippy::disallowed_methods, reason = "keys are made of it")]
pub(crate) fn draw(bytes: &mut [u8]) -> Result<(), CustodyError> {
    getrandom::fill(bytes).map_err(|error| CustodyError::NoRandomness(error.to_string()))
}

/// Random bytes for one new key.
pub struct Randomness {
    /// The seed of the key.
    pub seed: Zeroizing<[u8; 32]>,
    /// The salt of its passphrase.
    pub salt: [u8; 16],
    /// The number by which OpenSSH tells whether it decrypted rightly.
    pub check: u32,
}

impl Randomness {
    /// What a key from this seed needs besides, drawn from the operating system.
    ///
    /// # Errors
    /// If that gives nothing.
    pub fn around(seed: &Seed) -> Result<Self, CustodyError> {
        let (mut salt, mut check) = ([0; 16], [0; 4]);
        draw(&mut salt)?;
        draw(&mut check)?;
        Ok(Self { seed: seed.bytes(), salt, check: u32::from_be_bytes(check) })
    }
}

/// The real path of a folder for secrets, outside the site and any git work tree.
fn outside(what: &str, path: &Path, site: &Path) -> Result<PathBuf, CustodyError> {
    let wanted = real(path);
    let site = real(site);
    if wanted.starts_with(&site) || site.starts_with(&wanted) {
        return Err(CustodyError::Exposed(format!(
            "{what} cannot lie in {}, because the site's folder is published; choose a folder outside of it",
            wanted.display()
        )));
    }
    if let Ok(Some(output)) = write::output_around(&wanted) {
        return Err(CustodyError::Exposed(format!(
            "{what} cannot lie in {}, because {} is a site that was built, and is published; choose another folder",
            wanted.display(),
            output.display()
        )));
    }
    for above in wanted.ancestors() {
        if above.join(".git").exists() {
            return Err(CustodyError::Exposed(format!(
                "{what} cannot lie in {}, because {} is kept in git and could be published; choose another folder",
                wanted.display(),
                above.display()
            )));
        }
    }
    Ok(wanted)
}

impl KeyFolder {
    /// Admits a folder for keys.
    ///
    /// # Errors
    /// Refuses a folder inside the site or any git work tree: what lies there gets published.
    pub fn admit(path: &Path, site: &Path) -> Result<Self, CustodyError> {
        Ok(Self { path: outside("keys", path, site)? })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self, role: Role) -> PathBuf {
        self.path.join(role.name())
    }

    /// Makes a key and stores it under a passphrase.
    ///
    /// # Errors
    /// If there is one already, the passphrase is weak, or the disk fails.
    pub fn create(
        &self,
        disk: &dyn Disk,
        role: Role,
        random: &Randomness,
        passphrase: &Passphrase,
        comment: &str,
    ) -> Result<KeyFacts, CustodyError> {
        self.create_as(disk, (role, role.name()), random, passphrase, comment)
    }

    /// Makes a key under a name of its file.
    fn create_as(
        &self,
        disk: &dyn Disk,
        (role, name): (Role, &str),
        random: &Randomness,
        passphrase: &Passphrase,
        comment: &str,
    ) -> Result<KeyFacts, CustodyError> {
        passphrase.expect_strong()?;
        let path = self.path.join(name);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(CustodyError::Exists(path));
        }
        let broken = |_| CustodyError::Unusable(path.clone(), "it could not be made");
        let made: Result<_, CustodyError> = guard::wiped(|| {
            let pair = Ed25519Keypair::from_seed(&random.seed);
            let key = PrivateKey::new(KeypairData::Ed25519(pair), comment).map_err(broken)?;
            let public = public_half(&key, &path)?;
            let kdf = Kdf::Bcrypt { salt: random.salt.to_vec(), rounds: rounds().0 };
            let phrase = passphrase.0.as_bytes();
            let sealed = key.encrypt_with(Cipher::Aes256Ctr, kdf, random.check, phrase);
            let text = sealed.and_then(|sealed| sealed.to_openssh(LineEnding::LF));
            Ok((public, text.map_err(broken)?))
        });
        let (public, text) = made?;
        if self.list()?.iter().any(|other| other.public == public) {
            return Err(CustodyError::SameKey);
        }
        write::create_folders(disk, &self.path, Mode::Secret)?;
        write::replace(disk, &path, text.as_bytes(), Mode::Secret)?;
        let facts = facts_of(role, path)?;
        self.complete(disk, &facts, comment)?;
        Ok(facts)
    }

    /// Puts the public half beside a key, where it is not there or another's.
    fn complete(&self, disk: &dyn Disk, key: &KeyFacts, comment: &str) -> Result<(), CustodyError> {
        let path = public_path(&key.path);
        let public = sshsig::public_key_line(&key.public);
        if fs::read(&path).is_ok_and(|found| found.starts_with(public.as_bytes())) {
            return Ok(());
        }
        let line = format!("{public} {comment}\n");
        Ok(write::replace(disk, &path, line.as_bytes(), Mode::Public)?)
    }

    /// Removes what an interrupted run left of files that it was writing.
    fn clear_left_over(&self, disk: &dyn Disk) -> Result<(), CustodyError> {
        Ok(write::clean_temporaries(disk, &self.path)?)
    }

    /// Makes the key that will take the place of another, beside it. An update key is made from
    /// the seed on paper.
    ///
    /// # Errors
    /// As [`KeyFolder::create`]; and if one waits already: see [`KeyFolder::pending`].
    pub fn prepare_rotation(
        &self,
        disk: &dyn Disk,
        role: Role,
        random: &Randomness,
        passphrase: &Passphrase,
        comment: &str,
    ) -> Result<KeyFacts, CustodyError> {
        self.clear_left_over(disk)?;
        self.create_as(disk, (role, &pending_name(role)), random, passphrase, comment)
    }

    /// The key that waits to take the place of another, if there is one.
    ///
    /// # Errors
    /// If its file cannot be used.
    pub fn pending(&self, role: Role) -> Result<Option<KeyFacts>, CustodyError> {
        let path = self.path.join(pending_name(role));
        if fs::symlink_metadata(&path).is_err() {
            return Ok(None);
        }
        facts_of(role, path).map(Some)
    }

    /// Opens the key that waits.
    ///
    /// # Errors
    /// As [`KeyFolder::unlock`]; and if none waits.
    pub fn unlock_pending(
        &self,
        role: Role,
        passphrase: &Passphrase,
    ) -> Result<SecretKey, CustodyError> {
        let path = self.path.join(pending_name(role));
        if fs::symlink_metadata(&path).is_err() {
            return Err(CustodyError::NothingPending(role));
        }
        let text = read_key_file(role, &path)?;
        open_key(role, &path, &text, passphrase)
    }

    /// Destroys the old private half and puts the waiting key in its place. Only after the entry
    /// of the DID log that names the new key is on the disk. May be done again after a crash.
    ///
    /// What a disk of flash memory keeps in worn cells cannot be reached by overwriting; the
    /// passphrase still protects it.
    ///
    /// # Errors
    /// If no key waits, or the disk fails.
    pub fn finish_rotation(&self, disk: &dyn Disk, role: Role) -> Result<KeyFacts, CustodyError> {
        let Some(new) = self.pending(role)? else {
            return Err(CustodyError::NothingPending(role));
        };
        let path = self.file(role);
        destroy(disk, &path)?;
        // The private half last: as long as it waits, all of this is done again.
        let (waiting, public) = (public_path(&new.path), public_path(&path));
        if waiting.exists() {
            disk.rename(&waiting, &public)
                .map_err(|error| write::Error::failed("put in place", &public, error))?;
            self.make_durable(disk)?;
        }
        disk.rename(&new.path, &path)
            .map_err(|error| write::Error::failed("put in place", &path, error))?;
        self.make_durable(disk)?;
        self.facts(role)
    }

    /// Drops a waiting key that the DID log does not name.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn abandon_rotation(&self, disk: &dyn Disk, role: Role) -> Result<(), CustodyError> {
        let path = self.path.join(pending_name(role));
        let public = public_path(&path);
        if public.exists() {
            disk.remove_file(&public)
                .map_err(|error| write::Error::failed("remove", &public, error))?;
            self.make_durable(disk)?;
        }
        // Under a name that the next run clears away: half overwritten it would be no key, and still wait.
        let leaving = write::temporary_name(&path);
        disk.rename(&path, &leaving)
            .map_err(|error| write::Error::failed("remove", &path, error))?;
        self.make_durable(disk)?;
        destroy(disk, &leaving)
    }

    /// Makes what was renamed or removed among the keys durable.
    fn make_durable(&self, disk: &dyn Disk) -> Result<(), CustodyError> {
        let synced = disk.sync_folder(&self.path);
        Ok(synced.map_err(|error| write::Error::failed("make durable", &self.path, error))?)
    }

    /// What is known of a key without its passphrase.
    ///
    /// # Errors
    /// If there is no such key, or its file cannot be used.
    pub fn facts(&self, role: Role) -> Result<KeyFacts, CustodyError> {
        facts_of(role, self.file(role))
    }

    /// Every key that is there.
    ///
    /// # Errors
    /// If a file that is there cannot be used.
    pub fn list(&self) -> Result<Vec<KeyFacts>, CustodyError> {
        let there = Role::ALL.into_iter().filter(|role| self.file(*role).exists());
        there.map(|role| self.facts(role)).collect()
    }

    /// Takes from others of this machine the right to read the files of these keys; gives those that they could read.
    #[must_use]
    pub fn close_to_others(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let secrets = files.map(|entry| entry.path()).filter(|path| {
            let is_public = path.extension().is_some_and(|ending| ending == "pub");
            !is_public && path.symlink_metadata().is_ok_and(|found| found.is_file())
        });
        let mut closed: Vec<PathBuf> = secrets.filter(|path| close_to_others(path)).collect();
        closed.sort();
        closed
    }

    /// Has the files of these keys looked for in what is published. One that cannot be read is passed over: it is not what is
    /// published either.
    pub fn watch(&self, watch: &mut leak::Watch) {
        for role in Role::ALL {
            for path in [self.file(role), self.path.join(pending_name(role))] {
                if let Ok(text) = read_key_file(role, &path) {
                    watch.know_key_file(&format!("the file of the {} key", role.name()), &text);
                }
            }
        }
    }

    /// Opens a key.
    ///
    /// # Errors
    /// If it is not there, cannot be used, or the passphrase is another.
    pub fn unlock(&self, role: Role, passphrase: &Passphrase) -> Result<SecretKey, CustodyError> {
        let path = self.file(role);
        let text = read_key_file(role, &path)?;
        open_key(role, &path, &text, passphrase)
    }

    /// Opens the keys that signing a record needs.
    ///
    /// # Errors
    /// As [`KeyFolder::unlock`]; and if both roles have one key.
    pub fn unlock_both(
        &self,
        passphrase: &Passphrase,
    ) -> Result<(SecretKey, SecretKey), CustodyError> {
        let record = self.unlock(Role::Record, passphrase)?;
        let log = self.unlock(Role::Log, passphrase)?;
        if record.verifier_key() == log.verifier_key() {
            return Err(CustodyError::SameKey);
        }
        Ok((record, log))
    }
}

/// The name of the file of a key that waits.
fn pending_name(role: Role) -> String {
    format!("{}.new", role.name())
}

/// Where the public half of a key file lies.
fn public_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".pub");
    path.with_file_name(name)
}

/// Overwrites a file and removes it; one that is not there is fine.
fn destroy(disk: &dyn Disk, path: &Path) -> Result<(), CustodyError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    if found.is_file() {
        let nothing = vec![0; usize::try_from(found.len()).unwrap_or(0)];
        disk.write_file(path, &nothing, Mode::Secret, true)
            .map_err(|error| write::Error::failed("overwrite", path, error))?;
    }
    disk.remove_file(path).map_err(|error| write::Error::failed("remove", path, error))?;
    Ok(())
}

fn facts_of(role: Role, path: PathBuf) -> Result<KeyFacts, CustodyError> {
    let text = read_key_file(role, &path)?;
    let public = public_half(&parse_key(&path, &text)?, &path)?;
    Ok(KeyFacts { role, fingerprint: sshsig::fingerprint(&public), public, path })
}

/// Opens what stands in a key file.
fn open_key(
    role: Role,
    path: &Path,
    text: &[u8],
    passphrase: &Passphrase,
) -> Result<SecretKey, CustodyError> {
    guard::wiped(|| open_key_here(role, path, text, passphrase))
}

fn open_key_here(
    role: Role,
    path: &Path,
    text: &[u8],
    passphrase: &Passphrase,
) -> Result<SecretKey, CustodyError> {
    let key = parse_key(path, text)?;
    let stated = public_half(&key, path)?;
    let opened =
        key.decrypt(passphrase.0.as_bytes()).map_err(|_| CustodyError::WrongPassphrase(role))?;
    let KeypairData::Ed25519(pair) = opened.key_data() else {
        return Err(CustodyError::Unusable(path.to_owned(), "it is not an Ed25519 key"));
    };
    let seed = Zeroizing::new(pair.private.to_bytes());
    let key = SecretKey::from_seed(&seed);
    if key.verifier_key() != stated {
        return Err(CustodyError::Unusable(
            path.to_owned(),
            "its public half belongs to another key",
        ));
    }
    Ok(key)
}

/// Reads a key file; bounds its length.
fn read_key_file(role: Role, path: &Path) -> Result<Zeroizing<Vec<u8>>, CustodyError> {
    // A pipe of that name would be waited for, for ever.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(CustodyError::Unusable(path.to_owned(), "it is no file"));
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(path).to_owned();
            return Err(CustodyError::Missing(role, folder));
        }
        Err(error) => return Err(CustodyError::Read(path.to_owned(), error)),
    };
    let mut text = Zeroizing::new(Vec::new());
    file.take(MAX_FILE + 1)
        .read_to_end(&mut text)
        .map_err(|error| CustodyError::Read(path.to_owned(), error))?;
    Ok(text)
}

/// Parses a key file, still locked; bounds what it asks for.
fn parse_key(path: &Path, text: &[u8]) -> Result<PrivateKey, CustodyError> {
    let unusable = |why| CustodyError::Unusable(path.to_owned(), why);
    if text.len() as u64 > MAX_FILE {
        return Err(unusable("it is far longer than a key"));
    }
    let key = PrivateKey::from_openssh(text)
        .map_err(|_| unusable("it is not an OpenSSH private-key file, or it is damaged"))?;
    if !key.is_encrypted() {
        return Err(unusable("it has no passphrase; set one with ssh-keygen -p -a 100"));
    }
    match key.kdf() {
        Kdf::Bcrypt { salt, rounds } => {
            if !SALT.contains(&salt.len()) || *rounds > MAX_ROUNDS {
                return Err(unusable(
                    "its salt or its number of rounds is not one that a key needs",
                ));
            }
            if *rounds < self::rounds().1 {
                return Err(unusable(
                    "its passphrase is hashed too few times; mend it with ssh-keygen -p -a 100",
                ));
            }
        }
        _ => return Err(unusable("its passphrase is protected in a way that is not known")),
    }
    Ok(key)
}

fn public_half(key: &PrivateKey, path: &Path) -> Result<VerifierKey, CustodyError> {
    key.public_key()
        .key_data()
        .ed25519()
        .and_then(|public| VerifierKey::from_bytes(&public.0))
        .ok_or_else(|| CustodyError::Unusable(path.to_owned(), "it is not an Ed25519 key"))
}

/// Takes other people's right to read away; tells whether they had it.
#[cfg(unix)]
fn close_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(facts) = fs::metadata(path) else { return false };
    if facts.permissions().mode() & 0o077 == 0 {
        return false;
    }
    // A disk without such rights (exFAT) keeps none; the caller warns either way.
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    true
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> bool {
    false
}

/// The path without links and dots, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    let mut rest = Vec::new();
    let mut existing = plain.as_path();
    loop {
        if let Ok(found) = existing.canonicalize() {
            return rest.iter().rev().fold(found, |path, part| path.join(part));
        }
        let (Some(parent), Some(name)) = (existing.parent(), existing.file_name()) else {
            return plain;
        };
        rest.push(name.to_owned());
        existing = parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::RealDisk;

    fn random(byte: u8) -> Randomness {
        Randomness { seed: Zeroizing::new([byte; 32]), salt: [byte; 16], check: 7 }
    }

    fn phrase() -> Passphrase {
        Passphrase::new("seven quiet looms".to_owned())
    }

    #[test]
    fn a_key_comes_back_with_its_passphrase_only() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = KeyFolder::admit(&home.path().join("keys"), &home.path().join("site"))
            .expect("a place");
        let made =
            folder.create(&RealDisk, Role::Record, &random(1), &phrase(), "test").expect("a key");
        let opened = folder.unlock(Role::Record, &phrase()).expect("the key");
        assert_eq!(opened.verifier_key(), made.public);
        assert!(made.public.verify_strict(b"x", &opened.sign(b"x")));
        let other = Passphrase::new("another one".to_owned());
        assert!(matches!(
            folder.unlock(Role::Record, &other),
            Err(CustodyError::WrongPassphrase(_))
        ));
        assert!(matches!(folder.unlock(Role::Log, &phrase()), Err(CustodyError::Missing(..))));
        let again = folder.create(&RealDisk, Role::Record, &random(2), &phrase(), "test");
        assert!(matches!(again, Err(CustodyError::Exists(_))));
        let text = fs::read_to_string(home.path().join("keys/record")).expect("a file");
        let written = PrivateKey::from_openssh(&text).expect("a key file of OpenSSH");
        assert!(written.is_encrypted(), "without the passphrase nothing is in it");
        assert_eq!(format!("{:?} {:?}", phrase(), opened), "Passphrase(…) SecretKey(…)");
    }

    #[test]
    fn one_key_in_two_roles_is_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = KeyFolder::admit(&home.path().join("keys"), &home.path().join("site"))
            .expect("a place");
        folder.create(&RealDisk, Role::Record, &random(1), &phrase(), "test").expect("a key");
        let again = folder.create(&RealDisk, Role::Log, &random(1), &phrase(), "test");
        assert!(matches!(again, Err(CustodyError::SameKey)));
        let again = folder.prepare_rotation(&RealDisk, Role::Record, &random(1), &phrase(), "");
        assert!(matches!(again, Err(CustodyError::SameKey)));
        fs::copy(folder.path().join("record"), folder.path().join("log")).expect("a copy");
        assert!(matches!(folder.unlock_both(&phrase()), Err(CustodyError::SameKey)));
    }

    #[test]
    fn a_key_is_replaced_and_its_private_half_destroyed() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = KeyFolder::admit(&home.path().join("keys"), &home.path().join("site"))
            .expect("a place");
        let role = Role::Update;
        let old = folder.create(&RealDisk, role, &random(1), &phrase(), "").expect("a key");
        assert!(matches!(
            folder.finish_rotation(&RealDisk, role),
            Err(CustodyError::NothingPending(_))
        ));
        let new =
            folder.prepare_rotation(&RealDisk, role, &random(2), &phrase(), "").expect("a key");
        assert_eq!(folder.facts(role).expect("the old key").public, old.public);
        assert_eq!(folder.pending(role).expect("a file").expect("a key").public, new.public);
        // A crash after each step is mended by doing it again.
        for stop in 0.. {
            let disk = write::StoppingDisk::new(stop, write::Stop::Crash);
            let done = folder.finish_rotation(&disk, role);
            disk.lose_unsynced(false);
            if folder.pending(role).expect("a file").is_none() || done.is_ok() {
                break;
            }
        }
        let now = folder.unlock(role, &phrase()).expect("the new key");
        assert_eq!(now.verifier_key(), new.public);
        assert!(folder.pending(role).expect("nothing").is_none());
        let next = folder.prepare_rotation(&RealDisk, role, &random(3), &phrase(), "");
        folder.unlock_pending(role, &phrase()).expect("the key");
        folder.abandon_rotation(&RealDisk, role).expect("gone");
        assert!(next.is_ok() && folder.pending(role).expect("nothing").is_none());
    }

    #[test]
    fn no_half_of_a_waiting_key_is_left_wherever_its_replacing_or_dropping_stops() {
        let role = Role::Log;
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("keys");
        let folder = KeyFolder::admit(&place, &home.path().join("site")).expect("a place");
        let old = folder.create(&RealDisk, role, &random(1), &phrase(), "").expect("a key");
        let new = folder.prepare_rotation(&RealDisk, role, &random(2), &phrase(), "");
        let new = new.expect("a key");
        let names = || {
            let entries = fs::read_dir(&place).expect("a folder");
            let mut names: Vec<_> = entries.map(|it| it.expect("an entry").file_name()).collect();
            names.sort();
            names
        };
        let before: Vec<_> = names()
            .into_iter()
            .map(|name| (place.join(&name), fs::read(place.join(&name)).expect("a file")))
            .collect();
        assert_eq!(before.len(), 4);
        // An error, the end of the process, and a power cut that takes changes of names along.
        let ways = [
            (write::Stop::Error(5), false),
            (write::Stop::Crash, false),
            (write::Stop::Crash, true),
        ];
        for (is_named, (way, names_are_lost)) in
            [true, false].into_iter().flat_map(|is| ways.map(|way| (is, way)))
        {
            for stop in 0.. {
                for (path, bytes) in &before {
                    fs::write(path, bytes).expect("as it was");
                }
                let settle = |disk: &dyn Disk| match is_named {
                    true => folder.finish_rotation(disk, role).map(drop),
                    false => folder.abandon_rotation(disk, role),
                };
                let disk = write::StoppingDisk::new(stop, way);
                let is_done = settle(&disk).is_ok();
                disk.lose_unsynced(names_are_lost);
                // As long as a key waits, the next run does the same again.
                while folder.pending(role).expect("a file").is_some() {
                    settle(&RealDisk).expect("done");
                }
                folder.clear_left_over(&RealDisk).expect("cleared");
                assert_eq!(names(), ["log", "log.pub"], "stopped at {stop}, {way:?}");
                let expected = if is_named { &new.public } else { &old.public };
                assert_eq!(folder.facts(role).expect("a key").public, *expected);
                let line = fs::read_to_string(place.join("log.pub")).expect("a public half");
                assert!(line.starts_with(&sshsig::public_key_line(expected)), "stopped at {stop}");
                if is_done {
                    break;
                }
            }
        }
    }

    #[test]
    fn keys_cannot_lie_where_they_could_be_published() {
        let home = tempfile::tempdir().expect("a folder");
        let site = home.path().join("site");
        fs::create_dir_all(site.join("deep")).expect("folders");
        fs::create_dir_all(home.path().join("repo/.git")).expect("folders");
        fs::create_dir_all(home.path().join("web")).expect("folders");
        fs::write(home.path().join("web").join(write::MANIFEST), "").expect("a file");
        for (path, fits) in [
            ("keys", true),
            ("site", false),
            ("site/deep/keys", false),
            ("other/../site/keys", false),
            ("repo/keys", false),
            ("web", false),
            ("web/deep/keys", false),
            ("", false),
        ] {
            assert_eq!(KeyFolder::admit(&home.path().join(path), &site).is_ok(), fits, "{path}");
        }
    }

    #[test]
    fn a_short_passphrase_is_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = KeyFolder::admit(&home.path().join("keys"), &home.path().join("site"))
            .expect("a place");
        let short = Passphrase::new("loom".to_owned());
        let made = folder.create(&RealDisk, Role::Record, &random(1), &short, "test");
        assert!(matches!(made, Err(CustodyError::Weak)));
    }

    #[test]
    fn a_strangers_key_file_costs_nothing() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = KeyFolder::admit(&home.path().join("keys"), &home.path().join("site"))
            .expect("a place");
        fs::create_dir_all(folder.path()).expect("a folder");
        let pair = Ed25519Keypair::from_seed(&[1; 32]);
        let key = PrivateKey::new(KeypairData::Ed25519(pair), "x").expect("a key");
        let plain = key.to_openssh(LineEnding::LF).expect("a text").to_string();
        let weak = key
            .encrypt_with(
                Cipher::Aes256Ctr,
                Kdf::Bcrypt { salt: vec![1; 16], rounds: 16 },
                1,
                b"seven quiet looms",
            )
            .expect("a key")
            .to_openssh(LineEnding::LF)
            .expect("a text")
            .to_string();
        for text in [plain, weak, "x".repeat(1 << 20), String::new()] {
            fs::write(folder.path().join("record"), text).expect("a file");
            let opened = folder.unlock(Role::Record, &phrase());
            assert!(matches!(opened, Err(CustodyError::Unusable(..))), "{opened:?}");
        }
    }
}
