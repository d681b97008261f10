//! A published site as a folder to judge.
//!
//! Nothing can be listed over the web, but a register says itself which records there are: the names in `records` are
//! those of its entries that the site still holds. What is fetched is kept for the run, so that each file is asked for once.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Web, WebFiles};
use crate::provenance::files::{Files, ReadError};
use crate::provenance::log::{Bundle, Checkpoint, Entry};

/// Most records that are fetched of one site.
const MAX_RECORDS: usize = 20_000;

/// Largest register that is fetched: the size stands in a head that the site itself signed.
const MAX_ENTRIES: u64 = 1_000_000;

/// Most bytes that are kept of one site.
const MAX_TOTAL: usize = 512 << 20;

/// A published site.
pub struct PublishedSite<'a> {
    files: WebFiles<'a>,
    seen: Mutex<Seen>,
}

/// What was fetched, and how much that is.
#[derive(Default)]
struct Seen {
    files: BTreeMap<String, Option<Vec<u8>>>,
    bytes: usize,
}

impl<'a> PublishedSite<'a> {
    /// The site at an address. Nothing is asked yet.
    pub fn at(web: &'a dyn Web, address: &str) -> Self {
        Self { files: WebFiles::at(web, address), seen: Mutex::default() }
    }

    /// The records that the register names, in its order.
    fn records(&self) -> Result<Vec<String>, ReadError> {
        let Some(bytes) = self.read("log/checkpoint")? else { return Ok(Vec::new()) };
        let Ok(checkpoint) = Checkpoint::parse(&bytes) else { return Ok(Vec::new()) };
        let size = checkpoint.head().size;
        let too_large = || ReadError {
            path: "records".to_owned(),
            why: "it has more records than are fetched; judge a copy of the site".to_owned(),
        };
        if size > MAX_ENTRIES {
            return Err(too_large());
        }
        let mut names = Vec::new();
        let bundles = (0..).map_while(|index| Bundle::in_log(size, index));
        for bundle in bundles {
            // Without this one the register cannot be read, whatever the others hold.
            let Some(bytes) = self.read(&format!("log/{}", bundle.path()))? else { break };
            for entry in bundle.decode(&bytes).unwrap_or_default() {
                let Some(Entry::Record(id)) = Entry::parse(entry) else { continue };
                let name = format!("{}.json", id.short());
                if names.len() >= MAX_RECORDS {
                    return Err(too_large());
                }
                if self.read(&format!("records/{name}"))?.is_some() {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }
}

impl Files for PublishedSite<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        if let Ok(seen) = self.seen.lock()
            && let Some(found) = seen.files.get(path)
        {
            return Ok(found.clone());
        }
        let found = self.files.read(path)?;
        if let Ok(mut seen) = self.seen.lock() {
            seen.bytes += found.as_ref().map_or(0, Vec::len);
            if seen.bytes > MAX_TOTAL {
                let why = "the site is larger than what is fetched; judge a copy of it".to_owned();
                return Err(ReadError { path: path.to_owned(), why });
            }
            seen.files.insert(path.to_owned(), found.clone());
        }
        Ok(found)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        match folder {
            "records" => self.records(),
            // Kept heads stand under numbers that nobody announces: whether there are any is not known.
            _ => self.files.list(folder),
        }
    }
}
