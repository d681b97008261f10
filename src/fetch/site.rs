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

/// A published site.
pub struct PublishedSite<'a> {
    files: WebFiles<'a>,
    seen: Mutex<BTreeMap<String, Option<Vec<u8>>>>,
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
        let mut names = Vec::new();
        let bundles = (0..).map_while(|index| Bundle::in_log(size, index));
        for bundle in bundles {
            let Some(bytes) = self.read(&format!("log/{}", bundle.path()))? else { continue };
            for entry in bundle.decode(&bytes).unwrap_or_default() {
                let Some(Entry::Record(id)) = Entry::parse(entry) else { continue };
                let name = format!("{}.json", id.short());
                if names.len() >= MAX_RECORDS {
                    let why =
                        "it has more records than are fetched; judge a copy of the site".to_owned();
                    return Err(ReadError { path: "records".to_owned(), why });
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
            && let Some(found) = seen.get(path)
        {
            return Ok(found.clone());
        }
        let found = self.files.read(path)?;
        if let Ok(mut seen) = self.seen.lock() {
            seen.insert(path.to_owned(), found.clone());
        }
        Ok(found)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        match folder {
            "records" => self.records(),
            // Kept heads stand under numbers that nobody announces.
            _ => Ok(Vec::new()),
        }
    }
}
