//! Which keys a person gets, and the moment at which they are made.
//!
//! A *producer* has a record, a log and an update key under one passphrase, and one sheet with the
//! next update key. An *association* also has a witness key and three guardians, each with an
//! envelope; two of them suffice. The order of the steps matters: the sheets are made first,
//! then [`Setup::store`] notes what is public about the setup in `setup.toml` beside the keys, then
//! makes the key files; so that no key is in use whose successor is not on paper. After a crash a
//! second run of the same steps leaves the keys that are there and makes the others.

use std::fmt;
use std::fs;
use std::io;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::provenance::key::{Signer as _, VerifierKey};
use crate::write::{self, Disk, Mode};

use super::sheet::Kind;
use super::{CustodyError, KeyFacts, KeyFolder, Passphrase, Randomness, Role, SecretKey, Seed};

/// Guardians of an association.
pub const GUARDIANS: usize = 3;
/// How many of them suffice.
pub const THRESHOLD: usize = 2;
/// How long a producer may wait before she tests that the backup and the sheet work.
const DRILL_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Longest setup file in bytes.
const MAX_STATE: u64 = 16 << 10;

/// Who keeps the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One person with one passphrase and one sheet.
    Producer,
    /// Several people: all roles, and three guardians with an envelope each.
    Association,
    /// One person with no address of her own, who signs for the register of her association: see [`super::own`].
    Member,
}

impl Profile {
    /// The roles whose keys lie on this machine.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Producer => &[Role::Record, Role::Log, Role::Update],
            Self::Association => &Role::ALL,
            Self::Member => &[Role::Record],
        }
    }
}

/// Whether the sheets were typed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drill {
    /// They were, and are right.
    Done,
    /// Not yet. An association may not put it off.
    Later,
}

/// New keys before anything is written.
pub struct Setup {
    profile: Profile,
    keys: Vec<(Role, Seed)>,
    next: Seed,
    guardians: Vec<Seed>,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// What a new setup gave: what is public of it, and the keys opened for making the identity.
#[derive(Debug)]
pub struct NewKeys {
    /// The keys in files, in the order of [`Role::ALL`].
    pub files: Vec<KeyFacts>,
    /// The public half of the next update key, which is on paper only.
    pub next: VerifierKey,
    /// The public halves of the guardians' keys; empty for a producer.
    pub guardians: Vec<VerifierKey>,
    /// Signs records.
    pub record: SecretKey,
    /// Signs heads of the log.
    pub log: SecretKey,
    /// Signs the first entry of the DID log.
    pub update: SecretKey,
    /// Cosign the first entry; opened for this moment only.
    pub guardian_signers: Vec<SecretKey>,
}

/// What is public about the keys of an issuer; the file `setup.toml` beside the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupState {
    /// Who keeps the keys.
    pub profile: Profile,
    /// When they were made.
    pub made: Timestamp,
    /// The hash of the next update key, as the DID log names it; empty for a member, who has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next_key_hash: String,
    /// The guardians' public keys as multikeys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardians: Vec<String>,
    /// How many guardians suffice; 0 if there are none.
    #[serde(default)]
    pub threshold: usize,
    /// When backup and sheets were last tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<Timestamp>,
    /// Since when a key may be in other hands that was cut off, until its record says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stolen_since: Option<Timestamp>,
    /// Whether the run that made the keys has not come to its end: a second one then goes on, with a new sheet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
}

impl SetupState {
    /// When the test of backup and sheets is due; `None` once it was made.
    #[must_use]
    pub fn drill_due(&self) -> Option<Timestamp> {
        match self.tested {
            Some(_) => None,
            None => Some(self.made.saturating_add(DRILL_AFTER).unwrap_or(Timestamp::MAX)),
        }
    }

    /// Whether the person should be asked for the test now.
    #[must_use]
    pub fn is_drill_due(&self, now: Timestamp) -> bool {
        self.drill_due().is_some_and(|due| due <= now)
    }
}

/// Whether two texts of `setup.toml` are of the same keys: only the day of the last test, and a theft that is not told yet, may differ.
#[must_use]
pub(super) fn is_same_setup(one: &[u8], other: &[u8]) -> bool {
    let read = |bytes: &[u8]| {
        let state: SetupState = toml::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
        Some(SetupState { tested: None, stolen_since: None, unfinished: false, ..state })
    };
    read(one).is_some() && read(one) == read(other)
}

/// The hash of a key that is used later (did:webvh 1.0, `nextKeyHashes`): base58btc of the SHA-256
/// multihash of its multikey.
#[must_use]
pub fn next_key_hash(key: &VerifierKey) -> String {
    const SHA2_256: [u8; 2] = [0x12, 32];
    let digest = Sha256::digest(key.to_multikey().as_bytes());
    bs58::encode([&SHA2_256[..], &digest].concat()).into_string()
}

/// Reads the master key sheet and compares it with the hash that the DID log names.
///
/// # Errors
/// Says which line is wrong, or that the sheet is another's.
pub fn next_from_paper(text: &str, expected_hash: &str) -> Result<Seed, CustodyError> {
    let seed = Seed::from_sheet(text)?;
    match next_key_hash(&seed.to_key().verifier_key()) == expected_hash {
        true => Ok(seed),
        false => Err(CustodyError::OtherSheet),
    }
}

/// Reads a guardian's sheet; gives the guardian's place (from 0) and key.
///
/// # Errors
/// Says which line is wrong, or that the sheet is of no guardian.
pub fn guardian_from_paper(
    text: &str,
    guardians: &[VerifierKey],
) -> Result<(usize, SecretKey), CustodyError> {
    let key = Seed::from_sheet(text)?.to_key();
    let place = guardians.iter().position(|guardian| *guardian == key.verifier_key());
    place.map(|place| (place, key)).ok_or(CustodyError::OtherSheet)
}

impl Setup {
    /// Draws the keys of a profile.
    ///
    /// # Errors
    /// If this machine gives no random numbers.
    pub fn draw(profile: Profile) -> Result<Self, CustodyError> {
        Self::of(profile, &mut Seed::draw)
    }

    /// Makes the keys of a profile from seeds.
    ///
    /// # Errors
    /// If a seed fails, or two are the same.
    pub fn of(
        profile: Profile,
        seed: &mut dyn FnMut() -> Result<Seed, CustodyError>,
    ) -> Result<Self, CustodyError> {
        let mut keys = Vec::new();
        for role in profile.roles() {
            keys.push((*role, seed()?));
        }
        let next = seed()?;
        let count = if profile == Profile::Association { GUARDIANS } else { 0 };
        let guardians = (0..count).map(|_| seed()).collect::<Result<Vec<_>, _>>()?;
        let setup = Self { profile, keys, next, guardians };
        let all = setup.keys.iter().map(|(_, seed)| seed);
        let all = all.chain([&setup.next]).chain(&setup.guardians);
        let mut public: Vec<VerifierKey> = all.map(|seed| seed.to_key().verifier_key()).collect();
        public.sort_unstable();
        match public.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(CustodyError::SameKey),
            false => Ok(setup),
        }
    }

    /// The public half of the next update key.
    #[must_use]
    pub fn next(&self) -> VerifierKey {
        self.next.to_key().verifier_key()
    }

    /// The public halves of the guardians' keys.
    #[must_use]
    pub fn guardians(&self) -> Vec<VerifierKey> {
        self.guardians.iter().map(|seed| seed.to_key().verifier_key()).collect()
    }

    /// The secret sheets to print, in order.
    #[must_use]
    pub fn sheets(&self) -> Vec<(Kind, &Seed)> {
        let envelopes = self.guardians.iter().enumerate();
        let envelopes = envelopes
            .map(|(index, seed)| (Kind::Guardian { number: index + 1, of: GUARDIANS }, seed));
        std::iter::once((Kind::Master, &self.next)).chain(envelopes).collect()
    }

    /// Compares what was typed back with a sheet: 0 is the master sheet, then the guardians'.
    ///
    /// # Errors
    /// Says which line is wrong, or that it is another sheet.
    pub fn expect_sheet(&self, index: usize, typed: &str) -> Result<(), CustodyError> {
        let typed = Seed::from_sheet(typed)?.to_key().verifier_key();
        let is_that = |(_, seed): &(Kind, &Seed)| seed.to_key().verifier_key() == typed;
        match self.sheets().get(index).is_some_and(is_that) {
            true => Ok(()),
            false => Err(CustodyError::OtherSheet),
        }
    }

    /// Writes down what is public, then makes the key files; the sheets are on paper by now. Keys
    /// that are there already stay.
    ///
    /// # Errors
    /// If an association has not typed its sheets back, a passphrase does not fit the keys that are
    /// there, or the disk fails.
    pub fn store(
        &self,
        folder: &KeyFolder,
        disk: &dyn Disk,
        passphrase: &Passphrase,
        address: &str,
        now: Timestamp,
        drill: Drill,
    ) -> Result<NewKeys, CustodyError> {
        passphrase.expect_strong()?;
        if self.profile == Profile::Association && drill == Drill::Later {
            return Err(CustodyError::DrillFirst);
        }
        let there = folder.list()?;
        for key in &there {
            folder.unlock(key.role, passphrase)?;
        }
        let guardians = self.guardians();
        let state = SetupState {
            profile: self.profile,
            made: now,
            next_key_hash: next_key_hash(&self.next()),
            guardians: guardians.iter().map(VerifierKey::to_multikey).collect(),
            threshold: if guardians.is_empty() { 0 } else { THRESHOLD },
            tested: (drill == Drill::Done).then_some(now),
            stolen_since: None,
            unfinished: true,
        };
        folder.clear_left_over(disk)?;
        folder.store_state(disk, &state)?;
        for (role, seed) in &self.keys {
            let comment = format!("selvedge {} key of {address}", role.name());
            match there.iter().find(|key| key.role == *role) {
                Some(key) => folder.complete(disk, key, &comment)?,
                None => drop(folder.create(
                    disk,
                    *role,
                    &Randomness::around(seed)?,
                    passphrase,
                    &comment,
                )?),
            }
        }
        // Opened from the files, so that a file that cannot be opened shows now.
        Ok(NewKeys {
            files: folder.list()?,
            next: self.next(),
            guardians,
            record: folder.unlock(Role::Record, passphrase)?,
            log: folder.unlock(Role::Log, passphrase)?,
            update: folder.unlock(Role::Update, passphrase)?,
            guardian_signers: self.guardians.iter().map(Seed::to_key).collect(),
        })
    }
}

impl KeyFolder {
    /// What is public about the setup; `None` if there was none.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn state(&self) -> Result<Option<SetupState>, CustodyError> {
        let path = self.path.join("setup.toml");
        let text = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(found) if !found.is_file() || found.len() > MAX_STATE => {
                return Err(CustodyError::Damaged(path, "it is no such file".to_owned()));
            }
            _ => fs::read_to_string(&path),
        };
        let text = text.map_err(|error| CustodyError::Read(path.clone(), error))?;
        match toml::from_str(&text) {
            Ok(state) => Ok(Some(state)),
            Err(error) => Err(CustodyError::Damaged(path, error.message().to_owned())),
        }
    }

    /// Writes down what is public about the setup.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn store_state(&self, disk: &dyn Disk, state: &SetupState) -> Result<(), CustodyError> {
        let text = toml::to_string(state).expect("a setup is plain data");
        write::create_folders(disk, &self.path, Mode::Secret)?;
        write::replace(disk, &self.path.join("setup.toml"), text.as_bytes(), Mode::Secret)?;
        Ok(())
    }

    /// Notes that what the keys were made for is done: no other run makes the setup anew.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn note_finished(&self, disk: &dyn Disk) -> Result<(), CustodyError> {
        match self.state()? {
            Some(state) if state.unfinished => {
                self.store_state(disk, &SetupState { unfinished: false, ..state })
            }
            _ => Ok(()),
        }
    }

    /// Notes that backup and sheets were tested.
    ///
    /// # Errors
    /// If there was no setup, or the disk fails.
    pub fn note_tested(&self, disk: &dyn Disk, now: Timestamp) -> Result<(), CustodyError> {
        let Some(mut state) = self.state()? else {
            return Err(CustodyError::Missing(Role::Update, self.path.clone()));
        };
        state.tested = Some(now);
        self.store_state(disk, &state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::RealDisk;
    use zeroize::Zeroizing;

    fn setup(profile: Profile) -> Setup {
        let mut byte = 0;
        Setup::of(profile, &mut || {
            byte += 1;
            Ok(Seed::new(Zeroizing::new([byte; 32])))
        })
        .expect("keys")
    }

    fn typed(setup: &Setup, index: usize) -> String {
        setup.sheets()[index].1.to_sheet_lines().iter().fold(String::new(), |t, l| t + l + "\n")
    }

    #[test]
    fn an_association_types_its_sheets_back_first() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = KeyFolder::admit(&home.path().join("keys"), &home.path().join("site"))
            .expect("a place");
        let setup = setup(Profile::Association);
        let phrase = Passphrase::new("seven quiet looms".to_owned());
        let store = |drill| {
            setup.store(&folder, &RealDisk, &phrase, "a.example", Timestamp::UNIX_EPOCH, drill)
        };
        assert!(matches!(store(Drill::Later), Err(CustodyError::DrillFirst)));
        assert!(folder.list().expect("none").is_empty());
        setup.expect_sheet(0, &typed(&setup, 0)).expect("the master sheet");
        setup.expect_sheet(2, &typed(&setup, 2)).expect("an envelope");
        assert!(matches!(setup.expect_sheet(1, &typed(&setup, 2)), Err(CustodyError::OtherSheet)));
        let keys = store(Drill::Done).expect("keys");
        assert_eq!((keys.files.len(), keys.guardians.len()), (4, 3));
        let state = folder.state().expect("a file").expect("a setup");
        assert_eq!(state.drill_due(), None);
        assert_eq!((state.threshold, state.guardians.len()), (2, 3));
        let next = next_from_paper(&typed(&setup, 0), &state.next_key_hash).expect("the sheet");
        assert_eq!(next.to_key().verifier_key(), keys.next);
        assert!(matches!(
            next_from_paper(&typed(&setup, 1), &state.next_key_hash),
            Err(CustodyError::OtherSheet)
        ));
        let (place, _) = guardian_from_paper(&typed(&setup, 3), &keys.guardians).expect("one");
        assert_eq!(place, 2);
        let all = format!("{setup:?} {keys:?}");
        assert!(!all.contains("[1, 1") && !all.contains("0101"), "{all}");
        // Nothing on the disk is a key of the paper.
        let paper: Vec<VerifierKey> = setup.guardians().into_iter().chain([setup.next()]).collect();
        assert!(keys.files.iter().all(|file| !paper.contains(&file.public)));
    }

    #[test]
    fn a_producer_is_asked_for_the_test_after_seven_days() {
        let state = SetupState {
            profile: Profile::Producer,
            made: Timestamp::UNIX_EPOCH,
            next_key_hash: "Qm".to_owned(),
            guardians: Vec::new(),
            threshold: 0,
            tested: None,
            stolen_since: None,
            unfinished: false,
        };
        let due = state.drill_due().expect("a time");
        assert_eq!(due.as_second(), 7 * 24 * 3600);
        assert!(state.is_drill_due(due));
        assert!(!state.is_drill_due(Timestamp::from_second(7 * 24 * 3600 - 1).expect("a time")));
        let setup = setup(Profile::Producer);
        assert_eq!((setup.sheets().len(), setup.guardians().len()), (1, 0));
        let twice = Setup::of(Profile::Producer, &mut || Ok(Seed::new(Zeroizing::new([1; 32]))));
        assert!(matches!(twice, Err(CustodyError::SameKey)));
    }
}
