//! What a statement's file may name: records of the register, files of the site's folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::draft::Lookup;
use super::{Master, member};
use crate::evidence::{self, Disk};
use crate::media::Limits;
use crate::provenance::files::Files;
use crate::provenance::kind::{Kind, RecordRef};
use crate::provenance::log::{RecordId, TlogProof};
use crate::provenance::record::SignedRecord;

/// Largest document whose digest is taken, in bytes.
const MAX_DOCUMENT: u64 = 1 << 30;

/// Largest record, in bytes; the reader refuses what is larger.
const MAX_RECORD: u64 = 4 << 20;

/// Fewest letters that name a record.
const MIN_LETTERS: usize = 6;

/// The records and files of a site's folder.
pub struct SiteLookup<'a> {
    root: &'a Path,
    records: BTreeMap<String, (SignedRecord, Option<u64>)>,
    /// Short ids of records that were given as files, by their paths.
    given: BTreeMap<String, String>,
}

impl<'a> SiteLookup<'a> {
    /// Reads the records of a site's folder; those that are none are left out.
    pub fn load(root: &'a Path) -> Self {
        let disk = Disk::at(root);
        let read = |folder: &str, short: &str| {
            let bytes = disk.read(&format!("{folder}/{short}.json")).ok()??;
            let signed = SignedRecord::parse(&bytes).ok()?;
            let is_named = signed.id().short().as_str() == short;
            let proof = disk.read(&format!("{folder}/{short}.tlog-proof")).ok().flatten();
            let index = proof.and_then(|bytes| TlogProof::parse(&bytes).ok()).map(|it| it.index);
            is_named.then(|| (short.to_owned(), (signed, index)))
        };
        let names = disk.list("records").unwrap_or_default();
        let own = disk.list(member::FOLDER).unwrap_or_default();
        let own =
            own.iter().filter_map(|short| read(&format!("{}/{short}", member::FOLDER), short));
        let names = names.iter().filter_map(|name| read("records", name.strip_suffix(".json")?));
        Self { root, records: own.chain(names).collect(), given: BTreeMap::new() }
    }

    /// Takes the records in along whose files are named, as they are given from hand to hand; what is no file of a record
    /// is left to be told where it is asked for.
    pub fn take_along<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        for name in names.filter(|name| name.ends_with(".json")) {
            let read = File::open(name).and_then(|file| {
                let mut bytes = Vec::new();
                file.take(MAX_RECORD + 1).read_to_end(&mut bytes).map(|_| bytes)
            });
            let Some(signed) = read.ok().and_then(|bytes| SignedRecord::parse(&bytes).ok()) else {
                continue;
            };
            let short = signed.id().short().as_str().to_owned();
            self.given.insert(name.to_owned(), short.clone());
            self.records.entry(short).or_insert((signed, None));
        }
    }

    /// The record of a name, as [`Lookup::record`] takes it.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn signed(&self, name: &str) -> Result<&SignedRecord, String> {
        if let Some(slug) = name.strip_prefix("designs/") {
            let slug = slug.trim_end_matches('/');
            let of_design = |signed: &&(SignedRecord, Option<u64>)| {
                signed.0.record().subject.as_design().is_some_and(|design| design.slug == slug)
            };
            return self
                .records
                .values()
                .filter(of_design)
                .max_by_key(|(signed, index)| (*index, signed.created()))
                .map(|(signed, _)| signed)
                .ok_or_else(|| format!("the design \"{slug}\" has no record yet"));
        }
        if let Some((signed, _)) = self.given.get(name).and_then(|short| self.records.get(short)) {
            return Ok(signed);
        }
        let letters = name.strip_prefix("records/").unwrap_or(name);
        let letters = letters.strip_suffix(".json").unwrap_or(letters);
        if let Some(id) = RecordId::parse(letters) {
            let found =
                self.records.get(id.short().as_str()).filter(|(signed, _)| signed.id() == id);
            return found
                .map(|(signed, _)| signed)
                .ok_or_else(|| "no record of this folder has that digest".to_owned());
        }
        let letters = letters.to_ascii_uppercase();
        if letters.len() < MIN_LETTERS {
            return Err(format!("\"{name}\" is too short to name a record"));
        }
        let mut found = self.records.iter().filter(|(short, _)| short.starts_with(&letters));
        match (found.next(), found.next()) {
            (Some((_, (signed, _))), None) => Ok(signed),
            (Some(_), Some(_)) => {
                Err(format!("several records begin with \"{name}\"; write more letters"))
            }
            (None, _) => Err(format!("no record of this folder begins with \"{name}\"")),
        }
    }

    /// Every record, by short id.
    pub fn records(&self) -> impl Iterator<Item = &SignedRecord> {
        self.records.values().map(|(signed, _)| signed)
    }

    fn bytes(&self, path: &str, most: u64) -> Result<Vec<u8>, String> {
        let is_plain = !path.is_empty()
            && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && !path.contains(['\\', ':', '\0']);
        if !is_plain {
            return Err(format!("\"{path}\" is not the path of a file in the site's folder"));
        }
        let mut bytes = Vec::new();
        File::open(self.root.join(path))
            .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
            .map_err(|error| {
                format!("{path} cannot be read: {}", crate::write::plain_words(&error))
            })?;
        if bytes.len() as u64 > most {
            return Err(format!("{path} is far too large"));
        }
        Ok(bytes)
    }
}

impl Lookup for SiteLookup<'_> {
    fn record(&self, name: &str) -> Result<(RecordRef, Kind), String> {
        let signed = self.signed(name)?;
        let record = signed.record();
        Ok((RecordRef { uuid: record.uuid.clone(), id: signed.id() }, record.subject.kind()))
    }

    fn page(&self, name: &str) -> Result<Option<String>, String> {
        for (folder, pages) in [("products", "products"), ("producers", "makers")] {
            let Some(id) = name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else {
                continue;
            };
            let id = id.trim_end_matches('/').trim_end_matches(".md");
            let is_plain = !id.is_empty() && !id.contains(['/', '\\', ':', '\0', '.']);
            let at = self.root.join(folder);
            let is_there = is_plain
                && (at.join(format!("{id}.md")).is_file()
                    || at.join(id).join("index.md").is_file());
            return match is_there {
                true => Ok(Some(format!("{pages}/{id}/"))),
                false => {
                    Err(format!("there is no file {folder}/{id}.md, and no folder {folder}/{id}"))
                }
            };
        }
        Ok(None)
    }

    fn document(&self, path: &str) -> Result<Vec<u8>, String> {
        self.bytes(path, MAX_DOCUMENT)
    }

    fn photograph(&self, path: &str) -> Result<Master, String> {
        let bytes = self.bytes(path, Limits::default().max_bytes)?;
        let (photograph, bytes) = evidence::bare_master(&bytes)
            .map_err(|error| format!("the photograph {path} cannot be used: {error}"))?;
        Ok(Master { photograph, bytes, source: path.to_owned() })
    }
}
