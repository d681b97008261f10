//! A folder that remembers derivatives.
//!
//! An entry's name holds a digest of everything that its bytes depend on, so entries never go
//! stale; they only fall out of use. Each file ends with the SHA-256 of its name and content, and
//! an entry that does not agree with it is treated as absent. Entries are written under another
//! name and renamed, so a crash leaves no half of one.
//!
//! The folder is not a place of trust: whoever can write to it can put another picture in. A site
//! that came from a stranger should be built without the cache that came with it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

const DIGEST_LEN: usize = 32;

/// The ending of files being written.
const UNFINISHED: &str = ".part";

/// A folder of derivatives and of facts about photographs.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Tells apart the files that threads write at the same time.
    serial: AtomicU64,
}

impl Cache {
    /// Uses a folder, which need not exist yet; the last part of its path is made at need.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), serial: AtomicU64::new(0) }
    }

    /// The same in a site's folder, at a path below it whose first part is this program's own; none if that is a link: it would
    /// lead to files of somebody else's, and entries that nobody needs are removed.
    pub fn in_site(root: &Path, path: &str) -> Option<Self> {
        let own = path.split('/').next().unwrap_or(path);
        (!root.join(own).is_symlink()).then(|| Self::new(root.join(path)))
    }

    /// The entry's content, if it is there and whole.
    pub(crate) fn load(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = std::fs::read(self.path(name)).ok()?;
        let content_len = bytes.len().checked_sub(DIGEST_LEN)?;
        if bytes[content_len..] != digest(name, &bytes[..content_len]) {
            return None;
        }
        bytes.truncate(content_len);
        Some(bytes)
    }

    /// Keeps an entry.
    pub(crate) fn store(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.path(name);
        let folder = path.parent().expect("entries lie in a folder of their own");
        std::fs::create_dir_all(folder)?;
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let unfinished = folder.join(format!("{name}.{}-{serial}{UNFINISHED}", std::process::id()));
        let mut bytes = Vec::with_capacity(content.len() + DIGEST_LEN);
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(&digest(name, content));
        std::fs::write(&unfinished, bytes)?;
        std::fs::rename(&unfinished, &path).inspect_err(|_| {
            let _ = std::fs::remove_file(&unfinished);
        })
    }

    /// Removes every entry whose name is not in `keep`, and what crashes left behind.
    ///
    /// Only files that look like entries are touched. Returns how many were removed.
    pub fn prune(&self, keep: &BTreeSet<String>) -> io::Result<usize> {
        let mut removed = 0;
        for shard in list(&self.folder)? {
            if !is_shard(&name_of(&shard)) || !shard.symlink_metadata()?.is_dir() {
                continue;
            }
            for entry in list(&shard)? {
                let name = name_of(&entry);
                let is_ours = name.starts_with(&name_of(&shard)) && name.contains('-');
                if is_ours && !keep.contains(&name) {
                    std::fs::remove_file(&entry)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(&name[..2]).join(name)
    }
}

fn digest(name: &str, content: &[u8]) -> [u8; DIGEST_LEN] {
    Sha256::new().chain_update(name).chain_update("\0").chain_update(content).finalize().into()
}

fn is_shard(name: &str) -> bool {
    name.len() == 2 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The paths in a folder; none if it is not there.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_and_a_broken_one_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path().join("photos"));
        assert_eq!(cache.load("ab12-400.jpg"), None);
        cache.store("ab12-400.jpg", b"picture").expect("stored");
        assert_eq!(cache.load("ab12-400.jpg").as_deref(), Some(&b"picture"[..]));

        let path = cache.path("ab12-400.jpg");
        let whole = std::fs::read(&path).expect("there");
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 1;
            std::fs::write(&path, broken).expect("written");
            assert_eq!(cache.load("ab12-400.jpg"), None, "byte {at} altered");
        }
        for len in 0..whole.len() {
            std::fs::write(&path, &whole[..len]).expect("written");
            assert_eq!(cache.load("ab12-400.jpg"), None, "{len} bytes left");
        }
        // A whole entry under another name is not that entry.
        std::fs::create_dir_all(cache.path("cd34-400.jpg").parent().expect("shard")).expect("made");
        std::fs::write(cache.path("cd34-400.jpg"), whole).expect("written");
        assert_eq!(cache.load("cd34-400.jpg"), None);
    }

    #[test]
    fn pruning_keeps_what_is_named_and_what_is_not_ours() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path());
        assert_eq!(cache.prune(&BTreeSet::new()).expect("an empty cache is fine"), 0);
        for name in ["ab12-400.jpg", "ab12-800.jpg", "ff00-facts.json"] {
            cache.store(name, b"x").expect("stored");
        }
        std::fs::write(folder.path().join("ab/ab77-1.jpg.9-0.part"), "").expect("written");
        std::fs::write(folder.path().join("ab/notes.txt"), "").expect("written");
        std::fs::write(folder.path().join("notes.txt"), "").expect("written");
        let keep = BTreeSet::from(["ab12-400.jpg".to_owned()]);
        assert_eq!(cache.prune(&keep).expect("pruned"), 3);
        assert!(cache.load("ab12-400.jpg").is_some());
        assert!(cache.load("ab12-800.jpg").is_none());
        assert!(folder.path().join("ab/notes.txt").exists());
        assert!(folder.path().join("notes.txt").exists());
    }
}
