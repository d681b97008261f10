//! One process at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use super::Error;
use super::error::shown;

/// Holds a folder for this process; given back when dropped or when the process ends, however
/// it ends.
///
/// It guards against a second process on this machine, not against a second machine that
/// shares the folder: that is found by the log's remembered head.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

/// Closing alone would leave it held as long as a child process that another thread is starting
/// has a copy of the handle.
impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

impl FolderLock {
    /// Takes the folder; `doing` completes "another run of selvedge is …" for whom it finds.
    ///
    /// # Errors
    ///
    /// If another process holds it, at once and without waiting; or if the disk can lock
    /// neither folders nor files.
    pub fn take(folder: &Path, doing: &str) -> Result<Self, Error> {
        let failed = |e| Error::failed("lock the folder", folder, e);
        let file = File::open(folder).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => return Ok(Self { file }),
            Err(TryLockError::WouldBlock) => return Err(busy(folder, doing)),
            // Some network file systems lock only files that are open for writing.
            Err(TryLockError::Error(_)) => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(".selvedge-lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(busy(folder, doing)),
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                Err(Error::refused(format!(
                    "the disk of {} cannot keep two runs apart; move the folder to a disk of \
                     this machine",
                    shown(folder)
                )))
            }
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}

fn busy(folder: &Path, doing: &str) -> Error {
    Error::refused(format!(
        "another run of selvedge is {doing} {} now; wait until it is done",
        shown(folder)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_once_and_given_back() {
        let dir = tempfile::tempdir().unwrap();
        let held = FolderLock::take(dir.path(), "signing in").unwrap();
        let error = FolderLock::take(dir.path(), "signing in").unwrap_err().to_string();
        assert!(error.contains("another run"), "{error}");
        drop(held);
        FolderLock::take(dir.path(), "signing in").unwrap();
        assert!(FolderLock::take(&dir.path().join("absent"), "signing in").is_err());
    }
}
