//! How pure code reads a folder that somebody else opens.
//!
//! Paths are relative, with `/` between their parts, in whatever spelling a standard gives
//! them; no part is `.` or `..`. Implementations over a disk stay beneath their root, follow no
//! links and bound what they read.

use std::collections::BTreeMap;
use std::fmt;

/// A folder of files, read only; several threads may read at once.
pub trait Files: Sync {
    /// The bytes of a file; `None` if there is no such file.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError>;

    /// Names (not paths) of what stands in a folder, sorted; none if there is no such folder.
    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError>;
}

/// A file that is there but could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The path as it was asked for.
    pub path: String,
    /// Why, in plain words.
    pub why: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.path, self.why)
    }
}

impl std::error::Error for ReadError {}

/// The name of the file that a cloud drive left this one for: it has not fetched it yet, or put it away. iCloud Drive calls
/// it `.NAME.icloud`.
#[must_use]
pub fn put_away(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".icloud").filter(|name| !name.is_empty())
}

/// What is said of a file that is put away.
pub const PUT_AWAY: &str =
    "it is not downloaded yet: open the folder in the cloud drive and wait for it";

/// Whether a cloud drive has something in the place of a file that is not there.
pub fn is_put_away(files: &dyn Files, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let names = files.list(folder).unwrap_or_default();
    names.iter().any(|found| put_away(found) == Some(name))
}

/// A folder in memory: path to bytes.
impl Files for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut names: Vec<String> = self
            .range(prefix.clone()..)
            .map_while(|(path, _)| path.strip_prefix(&prefix))
            .map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
            .collect();
        names.dedup();
        Ok(names)
    }
}

/// A folder within another.
#[derive(Clone, Copy)]
pub struct Below<'a> {
    /// The outer folder.
    pub files: &'a dyn Files,
    /// Path of the inner folder, with no slash at its end.
    pub folder: &'a str,
}

impl Files for Below<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.files.read(&format!("{}/{path}", self.folder))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        match folder {
            "" => self.files.list(self.folder),
            folder => self.files.list(&format!("{}/{folder}", self.folder)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_a_cloud_drive_put_away_is_known() {
        assert_eq!(put_away(".checkpoint.icloud"), Some("checkpoint"));
        for other in ["checkpoint", "checkpoint.icloud", ".checkpoint", "..icloud.x", ".icloud"] {
            assert_eq!(put_away(other), None, "{other}");
        }
        let files: BTreeMap<String, Vec<u8>> =
            [("log/.checkpoint.icloud".to_owned(), Vec::new())].into();
        assert!(is_put_away(&files, "log/checkpoint"));
        assert!(!is_put_away(&files, "checkpoint"));
    }

    #[test]
    fn lists_names_once() {
        let files: BTreeMap<String, Vec<u8>> = ["a/b/1", "a/b/2", "a/c", "ab", "z"]
            .map(|path| (path.to_owned(), path.as_bytes().to_vec()))
            .into();
        assert_eq!(files.list("").unwrap(), ["a", "ab", "z"]);
        assert_eq!(files.list("a").unwrap(), ["b", "c"]);
        assert_eq!(files.list("x").unwrap(), [""; 0]);
        let below = Below { files: &files, folder: "a" };
        assert_eq!(below.list("b").unwrap(), ["1", "2"]);
        assert_eq!(below.read("b/1").unwrap().unwrap(), b"a/b/1");
        assert_eq!(below.read("b").unwrap(), None);
    }
}
