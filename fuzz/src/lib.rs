//! What must hold for any bytes that come from outside: one function a target, called by `fuzz_targets/`.
//!
//! That nothing panics, hangs or grows beyond its bounds is the least. Beyond it each function asserts what its format
//! promises: what is read is written back the same, and what is written is read again.
//!
//! - [`formats`]: records, notes, logs, names, evidence of time.
//! - [`judge`]: what the judge is given: folders, packs, kept pages, trust lists.
//! - [`secrets`]: key files, sheets of paper, backups.
//! - [`shop`]: texts of a site, tables of other shops, names of files.
//! - [`pictures`]: photographs, drawings and recordings.

#![forbid(unsafe_code)]

pub mod formats;
pub mod judge;
pub mod pictures;
pub mod secrets;
pub mod shop;

use std::fs;
use std::path::{Path, PathBuf};

/// What parts the files of one input.
pub const NEXT_FILE: &str = "\n=====\n";

/// A folder of this process, in memory where the machine has such a place.
pub fn scratch(name: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = base.join(format!("selvedge-fuzz-{}", std::process::id())).join(name);
    fs::create_dir_all(&folder).expect("a scratch folder can be made");
    folder
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// All files below a folder, by their paths in it.
pub fn files_below(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder of the repository").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies below").to_string_lossy();
                found.insert(name.into_owned(), fs::read(&path).expect("a file of the repository"));
            }
        }
    }
    found
}

/// The texts of one input, as many as a target takes; what is missing is `None`.
pub fn texts<const N: usize>(data: &[u8]) -> Option<[Option<&str>; N]> {
    let text = std::str::from_utf8(data).ok()?;
    let mut parts = text.splitn(N, NEXT_FILE);
    Some(std::array::from_fn(|_| parts.next()))
}
