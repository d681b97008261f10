//! The mutating calls, and the durable replacement of one file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Error;

/// Who may read a file that we create, where the disk knows such a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As the person's other files.
    Public,
    /// The owner alone (0600 for files, 0700 for folders).
    Secret,
}

/// Every call by which the program changes a disk.
///
/// Reading needs no such gate. An implementation may be shared between threads.
pub trait Disk: Sync {
    /// Creates one folder whose parent exists; an existing one is an error.
    fn create_folder(&self, path: &Path, mode: Mode) -> io::Result<()>;
    /// Creates or truncates a file and writes `bytes`. With `sync` it is on the platter before
    /// this returns (though its name may not be: see [`Disk::sync_folder`]).
    fn write_file(&self, path: &Path, bytes: &[u8], mode: Mode, sync: bool) -> io::Result<()>;
    /// Makes the contents of a file written earlier durable.
    fn sync_file(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes everything below `root` durable, by one call for its whole file system where the
    /// system has one. `root` was opened before the first write, so that earlier failures of
    /// writing show here.
    fn sync_everything(&self, root: &File, path: &Path) -> io::Result<()>;
    /// Renames, replacing a file of that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder of ours with all that is in it; follows no links.
    fn remove_tree(&self, path: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_folder(&self, path: &Path, mode: Mode) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        if mode == Mode::Secret {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        #[cfg(not(unix))]
        let _ = mode;
        builder.create(path)
    }

    fn write_file(&self, path: &Path, bytes: &[u8], mode: Mode, sync: bool) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        if mode == Mode::Secret {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut file = options.open(path)?;
        #[cfg(unix)]
        if mode == Mode::Secret {
            // A file left from an earlier run keeps its mode when it is truncated. A disk
            // without modes (exFAT) refuses or ignores this; `custody` warns of that.
            let _ = file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
        }
        file.write_all(bytes)?;
        if sync {
            file.sync_all()?;
        }
        Ok(())
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        #[cfg(unix)]
        {
            // Some file systems (FUSE, network) have no such operation for folders: they say
            // so with EINVAL, ENOTSUP or EBADF, and there is nothing else that could be done.
            const NO_SUCH_OPERATION: [i32; 3] = [22, 95, 9];
            match File::open(path)?.sync_all() {
                Err(e) if e.raw_os_error().is_some_and(|n| NO_SUCH_OPERATION.contains(&n)) => {
                    Ok(())
                }
                result => result,
            }
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            Ok(())
        }
    }

    fn sync_everything(&self, root: &File, path: &Path) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            let _ = path;
            rustix::fs::syncfs(root).map_err(io::Error::from)
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = root;
            sync_tree(self, path)
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }
}

/// Syncs each file and folder below `path`, where the system can't do it in one call.
#[cfg(not(target_os = "linux"))]
fn sync_tree(disk: &RealDisk, path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sync_tree(disk, &entry.path())?;
        } else if kind.is_file() {
            disk.sync_file(&entry.path())?;
        }
    }
    disk.sync_folder(path)
}

const TEMPORARY: &str = ".selvedge-tmp";

/// The name under which a file is written before it gets its own.
///
/// It is the same every time, so that what a crash left is overwritten by the next attempt.
pub fn temporary_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}{TEMPORARY}"))
}

/// Puts `bytes` into the file `path`, durably: after a crash at any moment the file holds all
/// its old bytes or all the new ones, and when this has returned, the new ones. The folder
/// exists already.
///
/// # Errors
///
/// Names the step and the path. After an error of a sync nothing is known about the file's
/// temporary copy; the old bytes are still in place.
pub fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8], mode: Mode) -> Result<(), Error> {
    let temporary = temporary_name(path);
    let folder = folder_of(path);
    if let Err(cause) = disk.write_file(&temporary, bytes, mode, true) {
        // A full disk should not stay full because of us. If this fails too, the next
        // attempt overwrites the file.
        let _ = disk.remove_file(&temporary);
        return Err(Error::failed("write", path, cause));
    }
    disk.rename(&temporary, path).map_err(|e| Error::failed("put in place", path, e))?;
    disk.sync_folder(folder).map_err(|e| Error::failed("make durable", folder, e))
}

/// Puts into the file `path` what `fill` writes, as [`replace`] does, for what is too large to be held at once.
/// Gives back what `fill` returned.
///
/// # Errors
///
/// Names the step and the path; the old bytes are then still in place.
pub fn replace_streamed<T>(
    path: &Path,
    mode: Mode,
    fill: impl FnOnce(&mut File) -> io::Result<T>,
) -> Result<T, Error> {
    let disk = RealDisk;
    let temporary = temporary_name(path);
    let folder = folder_of(path);
    let written = disk.write_file(&temporary, &[], mode, false).and_then(|()| {
        let mut file = OpenOptions::new().write(true).open(&temporary)?;
        let value = fill(&mut file)?;
        file.sync_all()?;
        Ok(value)
    });
    let value = written.map_err(|cause| {
        let _ = disk.remove_file(&temporary);
        Error::failed("write", path, cause)
    })?;
    disk.rename(&temporary, path).map_err(|e| Error::failed("put in place", path, e))?;
    disk.sync_folder(folder).map_err(|e| Error::failed("make durable", folder, e))?;
    Ok(value)
}

/// Removes a file, and has the folder keep that.
///
/// # Errors
/// If the disk fails.
pub fn remove_file(disk: &dyn Disk, path: &Path) -> Result<(), Error> {
    disk.remove_file(path).map_err(|e| Error::failed("remove", path, e))?;
    let folder = folder_of(path);
    disk.sync_folder(folder).map_err(|e| Error::failed("write", folder, e))
}

/// Creates a folder and whatever is missing above it, durably; an existing one is fine.
///
/// # Errors
///
/// Also if something that is not a folder stands in the way.
pub fn create_folders(disk: &dyn Disk, path: &Path, mode: Mode) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = folder_of(path);
    create_folders(disk, parent, Mode::Public)?;
    match disk.create_folder(path, mode) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(e) => Err(Error::failed("create the folder", path, e)),
        Ok(()) => disk.sync_folder(parent).map_err(|e| Error::failed("make durable", parent, e)),
    }
}

/// Removes what an interrupted [`replace`] left in a folder; a missing folder is fine.
///
/// # Errors
///
/// If the folder can't be read or a left-over can't be removed.
pub fn clean_temporaries(disk: &dyn Disk, folder: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|e| Error::failed("read the folder", folder, e))?,
    };
    for entry in entries {
        let entry = entry.map_err(|e| Error::failed("read the folder", folder, e))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && name.starts_with('.') && name.ends_with(TEMPORARY) {
            let path = entry.path();
            disk.remove_file(&path).map_err(|e| Error::failed("remove", &path, e))?;
        }
    }
    Ok(())
}

/// The folder that a path is in; "." for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::{Stop, StoppingDisk};

    #[test]
    fn a_crash_at_any_step_of_a_replacement_leaves_the_old_bytes_or_the_new() {
        for lose_names in [false, true] {
            for stop in 0.. {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("checkpoint");
                fs::write(&path, b"old").unwrap();
                let disk = StoppingDisk::new(stop, Stop::Crash);
                let done = replace(&disk, &path, b"the new bytes", Mode::Public);
                disk.lose_unsynced(lose_names);
                let found = fs::read(&path).unwrap();
                if done.is_ok() {
                    assert_eq!(found, b"the new bytes");
                    assert_eq!(stop, 3, "write, rename, sync");
                    break;
                }
                assert!(found == b"old" || found == b"the new bytes", "at {stop}: {found:?}");
                replace(&RealDisk, &path, b"the new bytes", Mode::Public).unwrap();
                assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no left-overs");
            }
        }
    }

    #[test]
    fn an_error_at_any_step_is_named_and_leaves_the_old_bytes_or_the_new() {
        for errno in [28, 30, 122, 5, 13] {
            for stop in 0..3 {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("checkpoint");
                fs::write(&path, b"old").unwrap();
                let disk = StoppingDisk::new(stop, Stop::Error(errno));
                let error = replace(&disk, &path, b"new", Mode::Public).unwrap_err().to_string();
                assert!(error.starts_with("could not "), "{error}");
                assert!(matches!(&*fs::read(&path).unwrap(), b"old" | b"new"));
            }
        }
    }

    #[test]
    fn folders_are_made_with_what_is_missing_above_them() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b/c");
        create_folders(&RealDisk, &deep, Mode::Public).unwrap();
        create_folders(&RealDisk, &deep, Mode::Public).unwrap();
        assert!(deep.is_dir());
        fs::write(dir.path().join("file"), b"").unwrap();
        assert!(create_folders(&RealDisk, &dir.path().join("file/x"), Mode::Public).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        replace(&RealDisk, &path, b"x", Mode::Secret).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn leftovers_of_a_crash_are_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".a.json.selvedge-tmp"), b"").unwrap();
        fs::write(dir.path().join("a.json"), b"").unwrap();
        fs::write(dir.path().join(".hidden"), b"").unwrap();
        clean_temporaries(&RealDisk, dir.path()).unwrap();
        clean_temporaries(&RealDisk, &dir.path().join("absent")).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
