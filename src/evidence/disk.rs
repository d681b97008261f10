//! A folder on disk, read only, as the judge wants it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::provenance::files::{Files, ReadError};

/// Largest file that is read, in bytes: above any master that a phone's photograph gives.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Most names that are listed of one folder.
const MAX_NAMES: usize = 1_000_000;

/// A folder on disk.
///
/// Reads stay beneath it: paths have no `..`, and no link below the root is followed, so that a
/// stranger's folder cannot show what lies elsewhere.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The folder at this path. Nothing is opened yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where a file to judge stands: the folder to read from, and its path in there.
    ///
    /// A record that lies in a folder `records` is read from the folder around that, so that
    /// identity and log are at hand.
    pub fn around(file: &Path) -> (Self, String) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let site = match folder.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => folder,
        };
        let is_in_site = folder.file_name().is_some_and(|name| name == "records")
            && site.join("log/checkpoint").is_file();
        match is_in_site {
            true => (Self::at(site), format!("records/{name}")),
            false => (Self::at(folder), name),
        }
    }

    /// The path on disk; `None` if a part of it is a link or is not there.
    fn resolve(&self, path: &str) -> Result<Option<PathBuf>, ReadError> {
        let mut full = self.root.clone();
        for part in path.split('/').filter(|_| !path.is_empty()) {
            if matches!(part, "" | "." | "..") || part.contains(['\\', ':', '\0']) {
                return Err(error(path, "it is not a plain path"));
            }
            full.push(part);
            match fs::symlink_metadata(&full) {
                Ok(found) if found.is_symlink() => {
                    return Err(error(path, "it is a link; links are not followed"));
                }
                Ok(_) => (),
                Err(e)
                    if matches!(
                        e.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) =>
                {
                    return Ok(None);
                }
                Err(e) => return Err(in_words(path, &e)),
            }
        }
        Ok(Some(full))
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(full) = self.resolve(path)? else {
            return Ok(None);
        };
        match fs::symlink_metadata(&full) {
            Ok(found) if found.is_dir() => return Ok(None),
            Ok(found) if !found.is_file() => return Err(error(path, "it is not a file")),
            Ok(_) => (),
            Err(e) => return Err(in_words(path, &e)),
        }
        let mut bytes = Vec::new();
        let read = File::open(&full)
            .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        match read {
            Err(e) => Err(in_words(path, &e)),
            Ok(_) if bytes.len() as u64 > MAX_FILE_BYTES => Err(error(path, "it is too large")),
            Ok(_) => Ok(Some(bytes)),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let Some(full) = self.resolve(folder)? else {
            return Ok(Vec::new());
        };
        let entries = match fs::read_dir(&full) {
            Ok(entries) => entries,
            Err(e)
                if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                return Ok(Vec::new());
            }
            Err(e) => return Err(in_words(folder, &e)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| in_words(folder, &e))?;
            // What is not Unicode is no name of ours.
            names.extend(entry.file_name().into_string());
            if names.len() > MAX_NAMES {
                return Err(error(folder, "it holds too many files"));
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

fn error(path: &str, why: &str) -> ReadError {
    ReadError { path: path.to_owned(), why: why.to_owned() }
}

fn in_words(path: &str, e: &io::Error) -> ReadError {
    let why = match e.kind() {
        io::ErrorKind::PermissionDenied => "this account may not read it",
        io::ErrorKind::NotFound => "it went away while it was being read",
        _ => "the disk refused",
    };
    error(path, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stay_beneath_the_root() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("records")).unwrap();
        fs::write(root.path().join("records/a.json"), "{}").unwrap();
        let disk = Disk::at(root.path());
        assert_eq!(disk.read("records/a.json").unwrap().unwrap(), b"{}");
        assert_eq!(disk.list("records").unwrap(), ["a.json"]);
        assert_eq!(disk.list("").unwrap(), ["records"]);
        assert_eq!(disk.read("records").unwrap(), None);
        assert_eq!(disk.read("records/a.json/b").unwrap(), None);
        assert_eq!(disk.read("none").unwrap(), None);
        assert_eq!(disk.list("none").unwrap(), [""; 0]);
        assert!(disk.read("../secret").is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path(), root.path().join("log")).unwrap();
            assert!(disk.read("log/secret").is_err());
            assert!(disk.list("log").is_err());
        }
    }

    #[test]
    fn a_record_is_read_with_its_site() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["records", "log"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let file = root.path().join("records/a.json");
        assert_eq!(Disk::around(&file).1, "a.json");
        fs::write(root.path().join("log/checkpoint"), "").unwrap();
        let (disk, path) = Disk::around(&file);
        assert_eq!((disk.root.as_path(), path.as_str()), (root.path(), "records/a.json"));
    }
}
