//! A folder of files that appears whole or not at all, and is never written to again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::disk::{create_folders, folder_of};
use super::error::shown;
use super::{Disk, Error, FolderLock, Mode, SitePath, first_clash};

/// Makes a new folder with these files in it, durably: after a crash at any moment it is not there, or whole.
///
/// It is written under another name beside its place, and renamed once all of it is on the platter. What an interrupted
/// run left under that name is removed first.
///
/// # Errors
/// If something stands at that place already, if a path is none for a file, or if the disk fails; then nothing is there.
pub fn create_folder(
    disk: &dyn Disk,
    target: &Path,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Error> {
    let paths = files.keys().map(|path| SitePath::new(path)).collect::<Result<Vec<_>, _>>();
    let paths = paths.map_err(|why| Error::refused(why.to_string()))?;
    if let Some((a, b)) = first_clash(paths.iter()) {
        return Err(Error::refused(format!("{a} and {b} would be the same file")));
    }
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => (),
        Err(error) => return Err(Error::failed("look at", target, error)),
        Ok(_) => {
            return Err(Error::refused(format!(
                "there is something at {} already; give the name of a new folder",
                shown(target)
            )));
        }
    }
    let Some(name) = target.file_name() else {
        return Err(Error::refused(format!("{} is not the name of a folder", shown(target))));
    };
    let above = folder_of(target);
    create_folders(disk, above, Mode::Public)?;
    let staging = target.with_file_name(format!(".{}.selvedge-new", name.to_string_lossy()));
    if fs::symlink_metadata(&staging).is_ok() {
        // Whoever is at work there holds it.
        drop(FolderLock::take(&staging, "writing")?);
        disk.remove_tree(&staging).map_err(|e| Error::failed("remove", &staging, e))?;
    }
    let written = fill(disk, &staging, target, files);
    if written.is_err() && fs::symlink_metadata(&staging).is_ok() {
        // A full disk should not stay full because of us.
        let _ = disk.remove_tree(&staging);
    }
    written?;
    disk.sync_folder(above).map_err(|e| Error::failed("make durable", above, e))
}

fn fill(
    disk: &dyn Disk,
    staging: &Path,
    target: &Path,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Error> {
    disk.create_folder(staging, Mode::Public)
        .map_err(|e| Error::failed("create the folder", staging, e))?;
    let root = File::open(staging).map_err(|e| Error::failed("open", staging, e))?;
    let lock = FolderLock::take(staging, "writing")?;
    for (path, bytes) in files {
        let path = path.split('/').fold(staging.to_owned(), |folder, part| folder.join(part));
        let folder = folder_of(&path);
        create_folders(disk, folder, Mode::Public)?;
        disk.write_file(&path, bytes, Mode::Public, false)
            .map_err(|e| Error::failed("write", &path, e))?;
    }
    disk.sync_everything(&root, staging).map_err(|e| Error::failed("make durable", staging, e))?;
    drop(lock);
    // What a disk without locks on folders needed for one.
    let _ = fs::metadata(staging.join(".selvedge-lock"))
        .map(|_| disk.remove_file(&staging.join(".selvedge-lock")));
    disk.rename(staging, target).map_err(|e| Error::failed("put in place", target, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::{RealDisk, Stop, StoppingDisk};

    fn files() -> BTreeMap<String, Vec<u8>> {
        ["did.json", ".well-known/a", "log/heads/5/checkpoint"]
            .map(|path| (path.to_owned(), path.as_bytes().to_vec()))
            .into()
    }

    fn is_whole(target: &Path) -> bool {
        files().iter().all(|(path, bytes)| fs::read(target.join(path)).is_ok_and(|it| it == *bytes))
    }

    #[test]
    fn stopped_at_any_step_the_folder_is_not_there_or_whole_and_can_be_made_again() {
        for stop in [Stop::Crash, Stop::Error(28)] {
            for at in 0.. {
                let dir = tempfile::tempdir().unwrap();
                let target = dir.path().join("a/pack");
                let disk = StoppingDisk::new(at, stop);
                let done = create_folder(&disk, &target, &files());
                disk.lose_unsynced(true);
                assert!(!target.exists() || is_whole(&target), "{at}");
                if done.is_ok() {
                    assert!(is_whole(&target));
                    break;
                }
                if !target.exists() {
                    create_folder(&RealDisk, &target, &files()).unwrap();
                }
                assert!(is_whole(&target), "{at}");
                let beside: Vec<_> = fs::read_dir(dir.path().join("a")).unwrap().collect();
                assert_eq!(beside.len(), 1, "no left-overs: {beside:?}");
            }
        }
    }

    #[test]
    fn nothing_that_stands_there_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["folder", "file"] {
            let target = dir.path().join(name);
            match name {
                "folder" => fs::create_dir(&target).unwrap(),
                _ => fs::write(&target, b"mine").unwrap(),
            }
            let why = create_folder(&RealDisk, &target, &files()).unwrap_err().to_string();
            assert!(why.contains("give the name of a new folder"), "{why}");
        }
        assert_eq!(fs::read(dir.path().join("file")).unwrap(), b"mine");
        let odd: BTreeMap<String, Vec<u8>> = [("../a".to_owned(), Vec::new())].into();
        assert!(create_folder(&RealDisk, &dir.path().join("new"), &odd).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
