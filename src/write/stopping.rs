//! A disk that fails at a chosen step, for tests of whatever writes.
//!
//! Anything that promises "the old state or the new one" is tested by stopping it at each
//! mutating call and loading again. This models two endings: an error of the system (the call
//! fails, later ones work) and a crash (the call is half done, nothing works after it), and
//! after a crash also the loss of what had not been synced.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::disk::folder_of;
use super::{Disk, Mode, RealDisk};

/// How the chosen step fails.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// The process ends here: a write is half done, and no later call has an effect.
    Crash,
    /// The system answers with this error number, once.
    Error(i32),
}

/// Makes the calls of [`RealDisk`] until the step with the given number, counted from 0.
pub struct StoppingDisk {
    stop_at: usize,
    stop: Stop,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    steps: usize,
    crashed: bool,
    /// Files whose contents no sync has covered yet.
    unsynced: HashMap<PathBuf, ()>,
    /// Changes of names that no sync of the folder has covered yet, oldest first.
    names: Vec<(PathBuf, Undo)>,
}

enum Undo {
    Remove(PathBuf),
    Rename { from: PathBuf, to: PathBuf, replaced: Option<Vec<u8>> },
    Restore(PathBuf, Vec<u8>),
}

impl StoppingDisk {
    /// A disk that fails at step `stop_at`; `usize::MAX` for one that only counts.
    pub fn new(stop_at: usize, stop: Stop) -> Self {
        Self { stop_at, stop, state: Mutex::default() }
    }

    /// How many mutating calls were made, the failed one included.
    pub fn steps(&self) -> usize {
        self.lock().steps
    }

    /// Plays the power cut: file contents that were not synced are gone (the files are empty),
    /// and, with `names`, changes of names whose folder was not synced are undone.
    ///
    /// # Panics
    ///
    /// If the folder under test can't be changed; this is for tests.
    pub fn lose_unsynced(&self, names: bool) {
        let mut state = self.lock();
        if !state.crashed {
            return;
        }
        let mut paths: Vec<PathBuf> = state.unsynced.drain().map(|(path, ())| path).collect();
        paths.sort();
        for path in paths {
            if path.is_file() {
                fs::write(&path, b"").expect("a file under test can be emptied");
            }
        }
        let undone = std::mem::take(&mut state.names);
        for (_, undo) in undone.into_iter().rev().filter(|_| names) {
            // What a later, durable change took away can't be undone; that is no state of a
            // real disk either, so such a failure is passed over.
            let _ = match undo {
                Undo::Remove(path) if path.is_dir() => fs::remove_dir_all(&path),
                Undo::Remove(path) => fs::remove_file(&path),
                Undo::Restore(path, bytes) => fs::write(&path, bytes),
                Undo::Rename { from, to, replaced } => fs::rename(&to, &from)
                    .and_then(|()| replaced.map_or(Ok(()), |bytes| fs::write(&to, bytes))),
            };
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics while it holds the state")
    }

    /// Counts a step; says whether it fails, and how.
    fn step(&self) -> Result<(), Option<io::Error>> {
        let mut state = self.lock();
        if state.crashed {
            return Err(Some(io::Error::other("the process has ended")));
        }
        let now = state.steps;
        state.steps += 1;
        if now != self.stop_at {
            return Ok(());
        }
        match self.stop {
            Stop::Error(errno) => Err(Some(io::Error::from_raw_os_error(errno))),
            Stop::Crash => {
                state.crashed = true;
                Err(None)
            }
        }
    }

    fn simple(&self, call: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match self.step() {
            Ok(()) => call(),
            Err(error) => Err(error.unwrap_or_else(ended)),
        }
    }

    fn renamed(&self, path: &Path, undo: Undo) {
        self.lock().names.push((folder_of(path).to_owned(), undo));
    }
}

fn ended() -> io::Error {
    io::Error::other("the process ends here")
}

impl Disk for StoppingDisk {
    fn create_folder(&self, path: &Path, mode: Mode) -> io::Result<()> {
        self.simple(|| RealDisk.create_folder(path, mode))?;
        self.renamed(path, Undo::Remove(path.to_owned()));
        Ok(())
    }

    fn write_file(&self, path: &Path, bytes: &[u8], mode: Mode, sync: bool) -> io::Result<()> {
        let existed = path.exists();
        let step = self.step();
        let written = if step.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        if matches!(step, Ok(()) | Err(None)) {
            RealDisk.write_file(path, written, mode, false)?;
            if !existed {
                self.renamed(path, Undo::Remove(path.to_owned()));
            }
            if !(sync && step.is_ok()) {
                self.lock().unsynced.insert(path.to_owned(), ());
            } else {
                self.lock().unsynced.remove(path);
            }
        }
        step.map_err(|error| error.unwrap_or_else(ended))
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.simple(|| Ok(()))?;
        self.lock().unsynced.remove(path);
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.simple(|| Ok(()))?;
        self.lock().names.retain(|(folder, _)| folder != path);
        Ok(())
    }

    fn sync_everything(&self, _: &File, _: &Path) -> io::Result<()> {
        self.simple(|| Ok(()))?;
        let mut state = self.lock();
        state.unsynced.clear();
        state.names.clear();
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let replaced = fs::read(to).ok();
        self.simple(|| RealDisk.rename(from, to))?;
        let mut state = self.lock();
        let moved: Vec<PathBuf> =
            state.unsynced.keys().filter(|path| path.starts_with(from)).cloned().collect();
        for path in moved {
            state.unsynced.remove(&path);
            let below = path.strip_prefix(from).expect("filtered by this prefix");
            let path = if below.as_os_str().is_empty() { to.to_owned() } else { to.join(below) };
            state.unsynced.insert(path, ());
        }
        let undo = Undo::Rename { from: from.to_owned(), to: to.to_owned(), replaced };
        state.names.push((folder_of(to).to_owned(), undo));
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let bytes = fs::read(path).ok();
        self.simple(|| RealDisk.remove_file(path))?;
        self.lock().unsynced.remove(path);
        if let Some(bytes) = bytes {
            self.renamed(path, Undo::Restore(path.to_owned(), bytes));
        }
        Ok(())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.simple(|| RealDisk.remove_folder(path))
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        self.simple(|| RealDisk.remove_tree(path))
    }
}
