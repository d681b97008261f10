//! What went wrong with a disk, in words for somebody who does not program.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An operation on a disk that failed, or that was refused because it would do harm.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Failed { operation: &'static str, path: PathBuf, cause: io::Error },
    Refused(String),
}

impl Error {
    /// An operation that the system refused; `operation` completes "could not …".
    pub fn failed(operation: &'static str, path: &Path, cause: io::Error) -> Self {
        Self(Kind::Failed { operation, path: path.to_owned(), cause })
    }

    /// Something that we will not do, in whole words.
    pub fn refused(words: impl Into<String>) -> Self {
        Self(Kind::Refused(words.into()))
    }

    /// The system's own error, where there was one.
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        match &self.0 {
            Kind::Failed { cause, .. } => Some(cause.kind()),
            Kind::Refused(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Failed { operation, path, cause } => {
                write!(f, "could not {operation} {}: {}", shown(path), plain_words(cause))
            }
            Kind::Refused(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for Error {}

/// A path for a message: quoted, with control characters escaped, so that a strange file name
/// can't move the cursor of a terminal.
pub(crate) fn shown(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().escape_debug().to_string().replace("\\'", "'"))
}

/// Says what an error of the system means and, where it helps, what to do.
pub fn plain_words(cause: &io::Error) -> String {
    use io::ErrorKind as K;
    let words = match cause.kind() {
        K::StorageFull => "the disk is full; make room and run the command again",
        K::QuotaExceeded => "your share of the disk is used up; make room and run it again",
        K::ReadOnlyFilesystem => "the disk can be read but not written to",
        K::PermissionDenied => "you have no permission to do that there",
        K::NotFound => "it is not there",
        K::AlreadyExists => "there is already something of that name",
        K::NotADirectory => "part of that path is a file, not a folder",
        K::IsADirectory => "that is a folder, not a file",
        K::DirectoryNotEmpty => "the folder is not empty",
        K::InvalidFilename => "the disk does not accept that name",
        K::CrossesDevices => "the two places are on different disks",
        K::FileTooLarge => "the file is larger than the disk allows",
        K::Interrupted => "the work was interrupted",
        K::ResourceBusy => "another program is using it",
        _ => match cause.raw_os_error() {
            Some(5) => "the disk reports a fault; copy your files to another disk before going on",
            Some(23 | 24) => "too many files are open at once; close other programs and try again",
            _ => return cause.to_string(),
        },
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_of_a_full_or_broken_disk_are_said_in_words() {
        for (errno, words) in [
            (28, "the disk is full"),
            (30, "can be read but not written"),
            (122, "your share of the disk"),
            (13, "no permission"),
            (5, "reports a fault"),
        ] {
            let error =
                Error::failed("write", Path::new("a/b"), io::Error::from_raw_os_error(errno));
            let text = error.to_string();
            assert!(text.starts_with("could not write \"a/b\": "), "{text}");
            assert!(text.contains(words), "{text}");
            assert!(!text.contains("os error"), "{text}");
        }
    }

    #[test]
    fn a_strange_file_name_cannot_drive_a_terminal() {
        let error =
            Error::failed("read", Path::new("a\u{1b}[2Jb"), io::Error::from_raw_os_error(2));
        assert!(!error.to_string().contains('\u{1b}'));
    }
}
