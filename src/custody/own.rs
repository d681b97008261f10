//! The key of a person who has no address of her own: a member who signs for the register of her association, or
//! somebody who has to agree to its acts.
//!
//! Her name is the key itself (`did:key`), so nothing can take its place but another name. There is one key file, under
//! one passphrase, and one sheet of paper with the same key, from which the file is made again.

use jiff::Timestamp;

use super::setup::{Drill, Profile, SetupState};
use super::{CustodyError, KeyFacts, KeyFolder, Passphrase, Randomness, Role, Seed};
use crate::provenance::key::{Signer as _, VerifierKey};
use crate::write::Disk;

/// A new key of a person's own, before anything is written.
#[derive(Debug)]
pub struct OwnKey(Seed);

impl OwnKey {
    /// Draws one.
    ///
    /// # Errors
    /// If this machine gives no random numbers.
    pub fn draw() -> Result<Self, CustodyError> {
        Seed::draw().map(Self)
    }

    /// Makes it again from its sheet. `expected` is the key that it should be, where that is known.
    ///
    /// # Errors
    /// Says which line is wrong, or that the sheet is of another key than `expected`.
    pub fn from_sheet(text: &str, expected: Option<&VerifierKey>) -> Result<Self, CustodyError> {
        let key = Self(Seed::from_sheet(text)?);
        match expected.is_none_or(|expected| key.public() == *expected) {
            true => Ok(key),
            false => Err(CustodyError::OtherSheet),
        }
    }

    /// Its public half, which is her name.
    #[must_use]
    pub fn public(&self) -> VerifierKey {
        self.0.to_key().verifier_key()
    }

    /// What stands on the sheet.
    #[must_use]
    pub fn seed(&self) -> &Seed {
        &self.0
    }

    /// Makes the key file and notes what is public about it. One that is there already stays, if the passphrase opens it
    /// and it is this key.
    ///
    /// # Errors
    /// If the passphrase is weak or another, there is another key, or the disk fails.
    pub fn store(
        &self,
        folder: &KeyFolder,
        disk: &dyn Disk,
        passphrase: &Passphrase,
        now: Timestamp,
        drill: Drill,
    ) -> Result<KeyFacts, CustodyError> {
        passphrase.expect_strong()?;
        let public = self.public();
        if let Some(there) = folder.list()?.into_iter().find(|key| key.role == Role::Record) {
            folder.unlock(Role::Record, passphrase)?;
            return match there.public == public {
                true => Ok(there),
                false => Err(CustodyError::Exists(there.path)),
            };
        }
        let state = SetupState {
            profile: Profile::Member,
            made: now,
            next_key_hash: String::new(),
            guardians: Vec::new(),
            threshold: 0,
            tested: (drill == Drill::Done).then_some(now),
            stolen_since: None,
            unfinished: false,
        };
        folder.store_state(disk, &state)?;
        let comment = "selvedge key of a person";
        let random = Randomness::around(&self.0)?;
        folder.create(disk, Role::Record, &random, passphrase, comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::RealDisk;
    use zeroize::Zeroizing;

    #[test]
    fn the_key_comes_back_from_its_sheet() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| KeyFolder::admit(&home.path().join(name), &home.path().join("site"));
        let key = OwnKey(Seed::new(Zeroizing::new([9; 32])));
        let phrase = Passphrase::new("seven quiet looms".to_owned());
        let (first, second) = (at("first").expect("a place"), at("second").expect("a place"));
        let made = key.store(&first, &RealDisk, &phrase, Timestamp::UNIX_EPOCH, Drill::Later);
        assert_eq!(made.expect("a file").public, key.public());
        let sheet = key.seed().to_sheet_lines().iter().fold(String::new(), |t, l| t + l + "\n");
        let other = OwnKey(Seed::new(Zeroizing::new([8; 32])));
        let wrong = OwnKey::from_sheet(&sheet, Some(&other.public()));
        assert!(matches!(wrong, Err(CustodyError::OtherSheet)));
        let again = OwnKey::from_sheet(&sheet, None).expect("the key");
        let made = again.store(&second, &RealDisk, &phrase, Timestamp::UNIX_EPOCH, Drill::Done);
        assert_eq!(made.expect("a file").public, key.public());
        let signs = second.unlock(Role::Record, &phrase).expect("opens");
        assert_eq!(signs.verifier_key(), key.public());
        // Another key does not take the place of one that is there.
        let grab = other.store(&second, &RealDisk, &phrase, Timestamp::UNIX_EPOCH, Drill::Done);
        assert!(matches!(grab, Err(CustodyError::Exists(_))));
    }
}
