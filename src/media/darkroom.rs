//! Where derivatives are made: cached, in parallel, within a budget of memory.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::develop::develop;
use super::{
    Appearance, Cache, ENCODER, Glance, Limits, Master, Orientation, Photo, PhotoError, Rendition,
    Settings, card, plan, probe, strip_metadata_master,
};

/// Makes derivatives, or takes them from a cache.
///
/// Give the bytes of the same photograph and they are the same, whichever way they were asked
/// for: one at a time as `serve` does, or all at once as `build` does.
#[derive(Debug)]
pub struct Darkroom {
    settings: Settings,
    limits: Limits,
    cache: Option<Cache>,
    budget: Budget,
    cache_trouble: Mutex<Option<String>>,
}

/// What came of a photograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Developed {
    /// The bytes of each wanted derivative, in the order in which they were wanted.
    pub files: Vec<Vec<u8>>,
    /// What the picture looks like.
    pub appearance: Appearance,
}

/// One photograph and the derivatives that are wanted of it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The photograph.
    pub photo: Photo,
    /// Some of its [`plan`] and [`card`].
    pub wanted: Vec<Rendition>,
}

/// Memory for decoded pictures, all threads together.
const DEFAULT_BUDGET_BYTES: u64 = 640_000_000;

impl Darkroom {
    /// Sets up with a budget of 640 MB for pictures being worked on at the same time.
    pub fn new(settings: Settings, limits: Limits, cache: Option<Cache>) -> Self {
        Self {
            settings,
            limits,
            cache,
            budget: Budget::new(DEFAULT_BUDGET_BYTES),
            cache_trouble: Mutex::new(None),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// [`probe`](super::probe) under the limits of this darkroom.
    pub fn probe(&self, input: &[u8]) -> Result<Photo, PhotoError> {
        probe(input, &self.limits)
    }

    /// [`plan`](super::plan) under the settings of this darkroom.
    pub fn plan(&self, photo: &Photo) -> Vec<Rendition> {
        plan(photo, &self.settings)
    }

    /// [`card`](super::card) under the settings of this darkroom.
    pub fn card(&self, photo: &Photo) -> Rendition {
        card(photo, &self.settings)
    }

    /// Makes the wanted derivatives of one photograph.
    ///
    /// `load` gives the bytes of the file; it is not called if the cache has everything. Bytes
    /// that are not those of `photo` are refused as [`PhotoError::Changed`].
    pub fn develop(
        &self,
        photo: &Photo,
        wanted: &[Rendition],
        load: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<Developed, PhotoError> {
        let facts = facts_name(photo);
        let cached = |name: &str| self.cache.as_ref().and_then(|cache| cache.load(name));
        let mut files: Vec<Option<Vec<u8>>> =
            wanted.iter().map(|rendition| cached(&rendition.name)).collect();
        let appearance: Option<Appearance> =
            cached(&facts).and_then(|json| serde_json::from_slice(&json).ok());
        let missing: Vec<Rendition> = wanted
            .iter()
            .zip(&files)
            .filter(|(_, file)| file.is_none())
            .map(|(rendition, _)| rendition.clone())
            .collect();
        if let (Some(appearance), true) = (appearance, missing.is_empty()) {
            return Ok(Developed { files: files.into_iter().flatten().collect(), appearance });
        }

        let (made, appearance) = {
            let _share = self.budget.take(photo.decode_bytes + photo.len_bytes);
            let input = load().map_err(|error| PhotoError::Unreadable(error.to_string()))?;
            if self.probe(&input)? != *photo {
                return Err(PhotoError::Changed);
            }
            develop(&input, photo, &self.settings, &self.limits, &missing)?
        };
        for (rendition, bytes) in missing.iter().zip(&made) {
            self.keep(&rendition.name, bytes);
        }
        self.keep(&facts, &serde_json::to_vec(&appearance).expect("numbers are JSON"));
        let mut made = made.into_iter();
        for file in files.iter_mut().filter(|file| file.is_none()) {
            *file = made.next();
        }
        Ok(Developed { files: files.into_iter().flatten().collect(), appearance })
    }

    /// A small copy of a photograph, `side_px` at most on its longer side. `shown` is how to turn a record master upright,
    /// which does not say so itself.
    ///
    /// # Errors
    /// If it is no photograph that can be used.
    pub fn glance(
        &self,
        input: &[u8],
        shown: Option<Orientation>,
        side_px: u32,
    ) -> Result<Glance, PhotoError> {
        let photo = self.probe(input)?;
        let _share = self.budget.take(photo.decode_bytes + photo.len_bytes);
        Glance::of(input, shown, side_px, &self.limits)
    }

    /// Copies a photograph without its metadata, as [`strip_metadata_master`] does.
    ///
    /// # Errors
    /// If it is no photograph that can be used.
    pub fn master(&self, input: &[u8]) -> Result<Master, PhotoError> {
        let photo = self.probe(input)?;
        // The photograph and its copy, one of them decoded at a time.
        let _share = self.budget.take(photo.decode_bytes + 2 * photo.len_bytes);
        strip_metadata_master(input, &self.limits)
    }

    /// Makes one derivative, with the same bytes as [`develop`](Self::develop) gives.
    pub fn develop_one(
        &self,
        photo: &Photo,
        wanted: &Rendition,
        load: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<Vec<u8>, PhotoError> {
        let mut developed = self.develop(photo, std::slice::from_ref(wanted), load)?;
        Ok(developed.files.remove(0))
    }

    /// Says what a photograph looks like, without making any derivative.
    pub fn appearance(
        &self,
        photo: &Photo,
        load: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<Appearance, PhotoError> {
        Ok(self.develop(photo, &[], load)?.appearance)
    }

    /// Makes the wanted derivatives of many photographs on all threads of the current pool.
    ///
    /// `load` gives the bytes of the file of the job with that number. `done` gets each result as
    /// soon as it is there, in no order, on several threads.
    pub fn develop_all(
        &self,
        jobs: &[Job],
        load: impl Fn(usize) -> io::Result<Vec<u8>> + Sync,
        done: impl Fn(usize, Result<Developed, PhotoError>) + Sync,
    ) {
        // Single jobs, because photographs differ much in size; nothing inside a job runs in
        // parallel, so a thread that waits for memory never sits on top of one that holds it.
        jobs.par_iter().with_max_len(1).enumerate().for_each(|(number, job)| {
            done(number, self.develop(&job.photo, &job.wanted, || load(number)));
        });
    }

    /// Removes from the cache what none of these jobs uses; returns how many files went.
    pub fn prune(&self, jobs: &[Job]) -> io::Result<usize> {
        let Some(cache) = &self.cache else { return Ok(0) };
        let keep: BTreeSet<String> = jobs
            .iter()
            .flat_map(|job| {
                let names = job.wanted.iter().map(|rendition| rendition.name.clone());
                names.chain([facts_name(&job.photo)])
            })
            .collect();
        cache.prune(&keep)
    }

    /// Why the cache could not be written, if it could not: the work was done, but not remembered.
    pub fn cache_trouble(&self) -> Option<String> {
        lock(&self.cache_trouble).clone()
    }

    fn keep(&self, name: &str, bytes: &[u8]) {
        if let Some(Err(error)) = self.cache.as_ref().map(|cache| cache.store(name, bytes)) {
            lock(&self.cache_trouble).get_or_insert_with(|| crate::write::plain_words(&error));
        }
    }
}

/// The name under which facts about a photograph are kept; they depend on no settings.
fn facts_name(photo: &Photo) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new()
        .chain_update("selvedge appearance\0")
        .chain_update(photo.digest)
        .chain_update(ENCODER)
        .finalize();
    format!("{}-facts.json", data_encoding::HEXLOWER.encode(&digest[..10]))
}

/// A number of bytes that threads take shares of, and wait for.
#[derive(Debug)]
struct Budget {
    total_bytes: u64,
    free_bytes: Mutex<u64>,
    given_back: Condvar,
}

/// A share of a budget, given back when dropped.
struct Share<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    fn new(total_bytes: u64) -> Self {
        Self { total_bytes, free_bytes: Mutex::new(total_bytes), given_back: Condvar::new() }
    }

    /// Waits until so much is free. Whoever asks for more than there is gets everything, alone.
    fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.total_bytes);
        let mut free = self
            .given_back
            .wait_while(lock(&self.free_bytes), |free| *free < bytes)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= bytes;
        Share { budget: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *lock(&self.budget.free_bytes) += self.bytes;
        self.budget.given_back.notify_all();
    }
}

/// Locks; a thread that panicked meanwhile left a number or a text, which is whole either way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn shares_never_exceed_the_budget() {
        let budget = Budget::new(100);
        let (held, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let (budget, held, most) = (&budget, &held, &most);
                scope.spawn(move || {
                    for round in 0..200 {
                        let wish = (thread * 31 + round * 17) % 130;
                        let share = budget.take(wish);
                        let now = held.fetch_add(share.bytes, Ordering::SeqCst) + share.bytes;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        held.fetch_sub(share.bytes, Ordering::SeqCst);
                        drop(share);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100);
        assert_eq!(*lock(&budget.free_bytes), 100);
    }
}
