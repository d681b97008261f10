//! What somebody signs who has no register of her own, for that of her association.
//!
//! Her name is her key, and what she signs hangs on the address of the register (RECORD-FORMAT §2.2). It lies in
//! `private/signed/<short id>` with its photographs until she gives that folder to her association, which enters it. So
//! nothing of it is public before that.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::seal::{SealError, ignore_private};
use super::{AttestError, Clock, Prepared, SiteLookup, compare_clock};
use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::record::{Record, Sha256Digest, SignedRecord};
use crate::write::{self, Disk, FolderLock, Mode};

/// Where what was signed lies, below the site's folder.
pub const FOLDER: &str = "private/signed";

/// Compares the clock with the last record that a key signed here.
///
/// # Errors
/// If it is behind.
pub fn clock(site: &Path, key: &VerifierKey, now: Timestamp) -> Result<Clock, AttestError> {
    let lookup = SiteLookup::load(site);
    let own = lookup.records().filter(|signed| signed.key() == key);
    compare_clock(own.map(SignedRecord::created).max(), now)
}

/// Signs a record, and puts it into a folder of its own to be given to the association.
///
/// # Errors
/// If the clock is behind the last record that was signed here, a photograph is not the one that the record names, or
/// the disk fails; then nothing is there.
pub fn sign(
    site: &Path,
    disk: &dyn Disk,
    prepared: &Prepared,
    now: Timestamp,
    key: &dyn Signer,
) -> Result<(SignedRecord, PathBuf), AttestError> {
    let _lock = FolderLock::take(site, "signing in")?;
    clock(site, &key.verifier_key(), now)?;
    let fits = |master: &super::Master| Sha256Digest::of(&master.bytes) == master.photograph.sha256;
    if !prepared.masters.iter().all(fits) {
        return Err(AttestError::Unwritable);
    }
    // Her place in the register is told by its entry: she does not know how long it is.
    let record = Record { position: None, ..prepared.record.clone() };
    let signed = record.sign(now, key).ok_or(AttestError::Unwritable)?;
    ignore_private(site, disk).map_err(|error| match error {
        SealError::Disk(error) => AttestError::Disk(error),
        other => AttestError::Register(other.to_string()),
    })?;
    for folder in ["private", FOLDER] {
        write::create_folders(disk, &site.join(folder), Mode::Secret)?;
    }
    let short = signed.id().short();
    let folder = site.join(FOLDER).join(short.as_str());
    for master in &prepared.masters {
        let path = master.photograph.path();
        let path = folder.join(path.strip_prefix("records/").unwrap_or(&path));
        write::create_folders(disk, path.parent().unwrap_or(&folder), Mode::Secret)?;
        write::replace(disk, &path, &master.bytes, Mode::Secret)?;
    }
    write::create_folders(disk, &folder, Mode::Secret)?;
    // The record last: with it the folder is whole.
    write::replace(disk, &folder.join(format!("{short}.json")), signed.bytes(), Mode::Secret)?;
    Ok((signed, folder))
}
