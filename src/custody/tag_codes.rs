//! The check codes of tags, as whoever prints the tags keeps them.
//!
//! They lie in `private/tags/<edition>/<first>-<last>.codes`, readable by their owner alone, are in every backup, and are in no
//! output: what is published of them is made by [`crate::tags::codes`]. They are written before the batch is signed, so that no
//! signed batch has codes that nobody knows; and they stay, so that a sheet can be printed again with the same codes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::CustodyError;
use super::leak::CODES_MARK;
use crate::provenance::log::RecordId;
use crate::tags::codes::Code;
use crate::write::{self, Disk, Mode};

/// Where they lie below the site's folder.
pub const FOLDER: &str = "private/tags";

/// Largest file, in bytes: a million codes, one a line.
const MAX_FILE: u64 = 16 << 20;

/// The file of the codes of some tags of an edition, below the site's folder.
#[must_use]
pub fn path(edition: &RecordId, first: u64, last: u64) -> PathBuf {
    Path::new(FOLDER).join(edition.short().as_str()).join(format!("{first}-{last}.codes"))
}

fn head(edition: &RecordId, first: u64, last: u64) -> String {
    format!("{CODES_MARK} {edition} {first} {last}\n")
}

/// Keeps the codes of some tags of an edition, the first tag's first.
///
/// # Errors
/// If the disk fails.
pub fn store(
    root: &Path,
    disk: &dyn Disk,
    edition: &RecordId,
    first: u64,
    codes: &[Code],
) -> Result<PathBuf, CustodyError> {
    let last = first + codes.len() as u64 - 1;
    let path = root.join(path(edition, first, last));
    let head = head(edition, first, last);
    // Never moved as it grows: a copy would stay behind.
    let mut text = Zeroizing::new(String::with_capacity(head.len() + codes.len() * 13));
    text.push_str(&head);
    for code in codes {
        text.push_str(code.reveal());
        text.push('\n');
    }
    if let Some(folder) = path.parent() {
        write::create_folders(disk, folder, Mode::Secret).map_err(CustodyError::Disk)?;
    }
    write::replace(disk, &path, text.as_bytes(), Mode::Secret).map_err(CustodyError::Disk)?;
    Ok(path)
}

/// The codes of some tags of an edition, the first tag's first; none if there are none.
///
/// # Errors
/// If the file cannot be read, or is not what was kept.
pub fn load(
    root: &Path,
    edition: &RecordId,
    first: u64,
    last: u64,
) -> Result<Option<Vec<Code>>, CustodyError> {
    let path = root.join(path(edition, first, last));
    let mut text = Zeroizing::new(String::new());
    match File::open(&path) {
        Ok(file) => {
            let size = file.metadata().map_or(0, |facts| facts.len()).min(MAX_FILE);
            text.reserve(usize::try_from(size).unwrap_or_default() + 1);
            file.take(MAX_FILE)
                .read_to_string(&mut text)
                .map_err(|error| CustodyError::Read(path.clone(), error))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CustodyError::Read(path, error)),
    }
    let damaged = || {
        let why =
            "it does not hold the codes that its name says; restore it from a backup".to_owned();
        CustodyError::Damaged(path.clone(), why)
    };
    let rest = text.strip_prefix(&head(edition, first, last)).ok_or_else(damaged)?;
    let codes: Option<Vec<Code>> = rest.lines().map(Code::from_kept).collect();
    let codes = codes.filter(|codes| codes.len() as u64 == last - first + 1);
    codes.ok_or_else(damaged).map(Some)
}

/// Removes the codes of tags that were not signed after all.
///
/// # Errors
/// If the disk fails.
pub fn forget(
    root: &Path,
    disk: &dyn Disk,
    edition: &RecordId,
    first: u64,
    last: u64,
) -> Result<(), CustodyError> {
    let path = root.join(path(edition, first, last));
    match path.exists() {
        true => write::remove_file(disk, &path).map_err(CustodyError::Disk),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::leak::Watch;
    use crate::write::RealDisk;

    #[test]
    fn codes_are_kept_for_their_owner_alone() {
        let home = tempfile::tempdir().expect("a folder");
        let edition = RecordId::of(b"an edition");
        let code = |text: &str| Code::from_kept(text).expect("a code");
        let codes = vec![code("7K3M9PQ2XW4T"), code("0123456789AB")];
        assert_eq!(load(home.path(), &edition, 5, 6).expect("none"), None);
        let path = store(home.path(), &RealDisk, &edition, 5, &codes).expect("stored");
        assert_eq!(load(home.path(), &edition, 5, 6).expect("some"), Some(codes));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).expect("it").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        // Whoever is about to publish it is told.
        let bytes = std::fs::read(&path).expect("it");
        let leak = Watch::default().ready().find(&bytes).expect("a secret");
        assert_eq!(leak.what, "check codes of tags");
        // Another name, or less than it says, is damage.
        let other = home.path().join(super::path(&edition, 5, 7));
        std::fs::write(&other, &bytes).expect("written");
        assert!(matches!(load(home.path(), &edition, 5, 7), Err(CustodyError::Damaged(..))));
        std::fs::write(&path, &bytes[..bytes.len() - 13]).expect("written");
        assert!(matches!(load(home.path(), &edition, 5, 6), Err(CustodyError::Damaged(..))));
        forget(home.path(), &RealDisk, &edition, 5, 6).expect("gone");
        assert_eq!(load(home.path(), &edition, 5, 6).expect("none"), None);
    }
}
