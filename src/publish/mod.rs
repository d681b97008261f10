//! The routes of a site to a place where people find them: a folder, a git branch, or object storage.
//!
//! What is guaranteed, wherever it goes:
//!
//! - Every byte is looked through for secrets before the first one leaves ([`Stock::take`]); with one, nothing is sent.
//! - Only what differs is sent, told by digests of the bytes and never by dates.
//! - What a page leads to is there before the page ([`Wave`]), new pages before those that were there, and what is no longer
//!   part of the site is removed last.
//! - Only files that we put there are overwritten or removed; the list of them is kept at the place (`manifest`).
//! - A run that broke off leaves a site that works, and the next one sends only the rest.
//!
//! It knows neither keys nor where credentials come from; both are given to it. Files are made twice, once to be looked
//! through and compared and, if they differ, once to be sent, so that no more than a few are in memory at once.

mod bucket;
mod folder;
mod git;
mod manifest;
mod wave;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::custody::leak::{Leak, Scanner};
use crate::evidence::may_not_leave;
use crate::model::Target;
use crate::render::Routes;
use crate::write::{self, PathError, SitePath};

pub use bucket::Account;
pub use git::tracked_files;
pub use wave::{Wave, cache_control, wave};

use manifest::Facts;

/// The files of a site, and a way of making each.
pub struct Goods<'a> {
    files: BTreeMap<SitePath, Wave>,
    extra: BTreeMap<SitePath, Vec<u8>>,
    make: Make<'a>,
}

/// Makes the bytes of a file of the site.
type Make<'a> = Box<dyn Fn(&str) -> Result<Vec<u8>, String> + Sync + 'a>;

impl fmt::Debug for Goods<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Goods").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl<'a> Goods<'a> {
    /// Files by path, with a pure way of making their bytes: asked twice, it gives the same.
    pub fn new(
        files: BTreeMap<SitePath, Wave>,
        make: impl Fn(&str) -> Result<Vec<u8>, String> + Sync + 'a,
    ) -> Self {
        Self { files, extra: BTreeMap::new(), make: Box::new(make) }
    }

    /// Everything that a site consists of.
    ///
    /// # Errors
    /// If a path is none that can be published.
    pub fn of(routes: &'a Routes<'a>) -> Result<Self, PathError> {
        let files = routes.iter().map(|(path, route)| {
            Ok((SitePath::new(path.as_str())?, wave(path.as_str(), Some(route))))
        });
        let files = files.collect::<Result<_, _>>()?;
        Ok(Self::new(files, |path| routes.bytes(path).map_err(|error| error.to_string())))
    }

    /// Adds the file from which hosts like Netlify and Cloudflare Pages take their headers.
    #[must_use]
    pub fn with_headers_file(mut self) -> Self {
        self.add(wave::HEADERS_PATH, wave::headers_file().into_bytes());
        self
    }

    fn add(&mut self, path: &str, bytes: Vec<u8>) {
        let path = SitePath::new(path).expect("a plain name");
        self.files.insert(path.clone(), Wave::Doors);
        self.extra.insert(path, bytes);
    }

    fn bytes(&self, path: &SitePath) -> Result<Vec<u8>, PublishError> {
        match self.extra.get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => (self.make)(path.as_str()).map_err(PublishError::Page),
        }
    }

    /// The bytes of a file that was looked through before.
    fn bytes_of(&self, item: &Item) -> Result<Vec<u8>, PublishError> {
        let bytes = self.bytes(&item.path)?;
        if facts(&bytes) == item.facts {
            Ok(bytes)
        } else {
            Err(PublishError::Changed(item.path.clone()))
        }
    }
}

fn facts(bytes: &[u8]) -> Facts {
    Facts { sha256: Sha256::digest(bytes).into(), len_bytes: bytes.len() as u64 }
}

/// One file that was looked through.
#[derive(Clone, Debug)]
struct Item {
    path: SitePath,
    wave: Wave,
    facts: Facts,
    /// What git calls these bytes, where that is asked for.
    blob: Option<git::ObjectId>,
}

/// The secrets of one machine, as far as they are known.
#[derive(Debug)]
pub struct Secrets {
    /// What is looked for in every file.
    pub scanner: Scanner,
    /// SHA-256 of each file of the folder `private`; see [`private_files`].
    pub private: HashSet<[u8; 32]>,
}

/// SHA-256 of every file in a site's folder `private`, empty ones aside. What cannot be read cannot be published either.
#[must_use]
pub fn private_files(site: &Path) -> HashSet<[u8; 32]> {
    let mut found = HashSet::new();
    let mut open = vec![site.join("private")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    if let Ok(bytes) = std::fs::read(entry.path())
                        && !bytes.is_empty()
                    {
                        found.insert(Sha256::digest(&bytes).into());
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Where the published bytes of a private file are no mistake: a sealed design that was opened has its photographs in both.
const MAY_REPEAT_PRIVATE: [&str; 5] = ["records/", "log/", "identity/", ".well-known/", "witness/"];

/// All files of a site, each looked through for secrets and known by its digest.
#[derive(Debug)]
struct Stock(Vec<Item>);

impl Stock {
    /// Makes every file once.
    ///
    /// # Errors
    /// If one cannot be made; or with all secrets that were found.
    fn take(
        goods: &Goods<'_>,
        secrets: &Secrets,
        names: Option<git::ObjectFormat>,
        progress: Progress<'_>,
    ) -> Result<Self, PublishError> {
        let counter = Counter::new(goods.files.len(), progress, Step::Looking);
        let files: Vec<_> = goods.files.iter().collect();
        let looked: Vec<Result<Item, Result<Found, PublishError>>> = files
            .par_iter()
            .map(|(path, wave)| {
                let bytes = goods.bytes(path).map_err(Err)?;
                counter.step();
                let facts = facts(&bytes);
                let is_private = secrets.private.contains(&facts.sha256)
                    && !MAY_REPEAT_PRIVATE.iter().any(|folder| path.as_str().starts_with(folder));
                let leak = secrets.scanner.find(&bytes).or_else(|| {
                    let what = "a file of the folder private".to_owned();
                    is_private.then_some(Leak { what, at: 0 })
                });
                if let Some(leak) = leak {
                    return Err(Ok(Found { path: (*path).clone(), leak }));
                }
                let blob = names.map(|format| format.blob(&bytes));
                Ok(Item { path: (*path).clone(), wave: **wave, facts, blob })
            })
            .collect();
        let mut items = Vec::with_capacity(looked.len());
        let mut found = Vec::new();
        for one in looked {
            match one {
                Ok(item) => items.push(item),
                Err(Ok(secret)) => found.push(secret),
                Err(Err(error)) => return Err(error),
            }
        }
        if let Some((a, b)) = write::first_clash(items.iter().map(|item| &item.path)) {
            return Err(PublishError::Place(format!(
                "two pages would be the same file: {a} and {b}; change one of their names"
            )));
        }
        if found.is_empty() { Ok(Self(items)) } else { Err(PublishError::Secrets(found)) }
    }
}

/// A secret in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file of the site.
    pub path: SitePath,
    /// What it holds.
    pub leak: Leak,
}

/// How to publish.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Say what would be done, and do nothing.
    pub is_trial: bool,
    /// Overwrite files of the site's names that somebody else put there.
    pub replace: bool,
    /// Take away pages of records, although printed codes lead to them.
    pub drop_records: bool,
    /// A git branch keeps the newest state alone.
    pub forget_history: bool,
    /// The moment that a commit bears.
    pub at: Timestamp,
    /// What the site is called, for the commit.
    pub name: &'a str,
    /// The folder of the site's sources, as an absolute path.
    pub source: &'a Path,
    /// The person's home folder, where it is known.
    pub home: Option<&'a Path>,
    /// Where a relative folder begins, as an absolute path.
    pub from: &'a Path,
    /// Whether git may ask the person at the terminal.
    pub may_ask: bool,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Files are made and looked through.
    Looking,
    /// The place is asked about files that it has.
    Asking,
    /// Files are sent.
    Sending,
    /// Files are removed.
    Removing,
}

/// Is told of the work: so many of so many are done.
pub type Progress<'p> = &'p (dyn Fn(Step, usize, usize) + Sync);

struct Counter<'p> {
    done: std::sync::atomic::AtomicUsize,
    total: usize,
    progress: Progress<'p>,
    step: Step,
}

impl<'p> Counter<'p> {
    fn new(total: usize, progress: Progress<'p>, step: Step) -> Self {
        Self { done: 0.into(), total, progress, step }
    }

    fn step(&self) {
        let done = 1 + self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        (self.progress)(self.step, done, self.total);
    }

    fn done(&self) -> usize {
        self.done.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// What was done, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The files that were sent, in the order in which they went.
    pub sent: Vec<Sent>,
    /// The files that were removed.
    pub removed: Vec<SitePath>,
    /// How many were there as they should be.
    pub unchanged: usize,
    /// Files of ours that are no longer part of the site, and that somebody else changed: they were left.
    pub kept: Vec<SitePath>,
    /// Whether a branch held earlier states, and holds the newest alone now.
    pub has_forgotten: bool,
}

/// One file that went up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Which.
    pub path: SitePath,
    /// Whether nothing stood there before.
    pub is_new: bool,
    /// How long it is.
    pub len_bytes: u64,
}

impl Published {
    /// How many bytes were sent.
    #[must_use]
    pub fn len_bytes(&self) -> u64 {
        self.sent.iter().map(|sent| sent.len_bytes).sum()
    }

    /// Whether everything was there already.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.sent.is_empty() && self.removed.is_empty()
    }
}

/// Why a site was not published.
#[derive(Debug)]
pub enum PublishError {
    /// There are secrets in it; nothing was sent.
    Secrets(Vec<Found>),
    /// A page cannot be made; the words say which. Nothing was sent.
    Page(String),
    /// A file was another when it was to be sent than when it was looked through.
    Changed(SitePath),
    /// Files at the place have names of the site's, and were not put there by Selvedge; nothing was sent.
    Foreign(Vec<SitePath>),
    /// The place cannot be used; the words say why. Nothing was changed there.
    Place(String),
    /// The work broke off; what was done stays, and the next run does the rest.
    Broken {
        /// How many files were sent.
        sent: usize,
        /// Of how many.
        of: usize,
        /// Why.
        why: String,
    },
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secrets(found) => {
                f.write_str("nothing was sent, because the site holds what nobody else may have:")?;
                found.iter().try_for_each(|one| write!(f, "\n  {}: {}", one.path, one.leak))
            }
            Self::Page(why) | Self::Place(why) => f.write_str(why),
            Self::Changed(path) => {
                write!(f, "{path} changed while the site was published; run the command again")
            }
            Self::Foreign(paths) => {
                let first: Vec<&str> = paths.iter().take(3).map(SitePath::as_str).collect();
                write!(
                    f,
                    "there are files already that Selvedge did not put there, and the site has files of the same names: {}{}; choose \
                     another place, or add --replace if they may be overwritten",
                    first.join(", "),
                    if paths.len() > 3 {
                        format!(" and {} more", paths.len() - 3)
                    } else {
                        String::new()
                    }
                )
            }
            Self::Broken { sent, of, why } => write!(
                f,
                "{why}. {sent} of {of} files had been sent; run the command again, and it sends the rest"
            ),
        }
    }
}

impl std::error::Error for PublishError {}

impl From<write::Error> for PublishError {
    fn from(error: write::Error) -> Self {
        Self::Place(error.to_string())
    }
}

/// Publishes a site.
///
/// # Errors
/// See [`PublishError`]: a site with secrets is refused whole.
pub fn publish(
    goods: Goods<'_>,
    secrets: &Secrets,
    target: &Target,
    account: &Account,
    options: Options<'_>,
    progress: Progress<'_>,
) -> Result<Published, PublishError> {
    match target {
        Target::Folder(path) => {
            let folder = options.from.join(PathBuf::from(path));
            folder::publish(&goods, secrets, &folder, options, progress)
        }
        Target::Git { remote, branch } => {
            git::publish(goods, secrets, (remote, branch), options, progress)
        }
        Target::Bucket { cloud, bucket, prefix } => {
            let store = bucket::Bucket::open(*cloud, bucket, prefix, account)?;
            bucket::publish(&goods, secrets, &store, options, progress)
        }
    }
}

/// Refuses to take away what was published for ever.
fn expect_lasting(
    removed: &[SitePath],
    items: &[Item],
    options: Options<'_>,
) -> Result<(), PublishError> {
    let stays = |path: &str| items.binary_search_by(|item| item.path.as_str().cmp(path)).is_ok();
    match may_not_leave(removed.iter().map(SitePath::as_str), &stays) {
        Some(leaving) if !options.drop_records => Err(PublishError::Place(leaving.to_string())),
        _ => Ok(()),
    }
}

/// The order in which files are sent: wave by wave, and in each what is new before what was there.
fn in_order(mut sendings: Vec<(&Item, bool)>) -> Vec<(&Item, bool)> {
    sendings.sort_by(|(a, a_new), (b, b_new)| {
        (a.wave, !a_new, &a.path).cmp(&(b.wave, !b_new, &b.path))
    });
    sendings
}

fn sent(sendings: &[(&Item, bool)]) -> Vec<Sent> {
    let one = |(item, is_new): &(&Item, bool)| Sent {
        path: item.path.clone(),
        is_new: *is_new,
        len_bytes: item.facts.len_bytes,
    };
    sendings.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
