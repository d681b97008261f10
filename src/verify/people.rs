//! Names that are shown beside records (RECORD-FORMAT §2.8): which of the files in `records/people` open a party of
//! which record.
//!
//! Nobody signs such a file, so nothing about a record rests on one. What opens nothing is nobody's word and is shown
//! nowhere; the finding `people` says so, and takes no record's state away.

use std::collections::BTreeMap;

use super::report::{Axis, Finding};
use crate::provenance::files::Files;
use crate::provenance::log::RecordId;
use crate::provenance::person::{Commitment, FOLDER, Opening, commitments};
use crate::provenance::record::Record;

/// Most files that are read of the folder.
const MAX_FILES: usize = 100_000;

/// The names that a folder shows.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Every opening that opens a party of a record, by that record.
    pub opened: BTreeMap<(RecordId, Commitment), Opening>,
    /// The path of every other file, and why it opens nothing.
    pub strays: Vec<(String, String)>,
}

impl People {
    /// Reads the names that a folder shows, and finds the record that each belongs to among `records`.
    ///
    /// What cannot be listed, as over the web, is not read: then nobody is shown.
    pub fn read<'a>(
        files: &dyn Files,
        records: impl Iterator<Item = (RecordId, &'a Record)>,
    ) -> Self {
        let mut people = Self::default();
        let names = files.list(FOLDER).unwrap_or_default();
        if names.is_empty() {
            return people;
        }
        let mut named: BTreeMap<Commitment, Vec<(RecordId, &Record)>> = BTreeMap::new();
        for (id, record) in records {
            for commitment in commitments(record) {
                named.entry(commitment).or_default().push((id, record));
            }
        }
        for name in names.iter().take(MAX_FILES) {
            let path = format!("{FOLDER}/{name}");
            match opened(files, &path, name, &named) {
                Ok((id, opening)) => {
                    people.opened.insert((id, opening.commitment()), opening);
                }
                Err(why) => people.strays.push((path, why)),
            }
        }
        people
    }

    /// The names that are shown of a record.
    pub fn of(&self, record: RecordId) -> impl Iterator<Item = &Opening> {
        let all = (record, Commitment([0; 32]))..=(record, Commitment([255; 32]));
        self.opened.range(all).map(|(_, opening)| opening)
    }

    /// The check `people`; nothing if no name is shown.
    pub(super) fn finding(&self) -> Option<Finding> {
        let (axis, check) = (Axis::Signer, "people");
        if let Some((path, why)) = self.strays.first() {
            return Some(Finding::invalid(axis, check, format!("{path:.120}: {why}")));
        }
        let why = match self.opened.len() {
            0 => return None,
            1 => "1 name is shown beside what is signed, and is the one that was kept apart"
                .to_owned(),
            many => format!(
                "{many} names are shown beside what is signed, and are those that were kept apart"
            ),
        };
        Some(Finding::valid(axis, check, why))
    }
}

fn opened(
    files: &dyn Files,
    path: &str,
    name: &str,
    named: &BTreeMap<Commitment, Vec<(RecordId, &Record)>>,
) -> Result<(RecordId, Opening), String> {
    let bytes = files.read(path).map_err(|error| error.why)?;
    let bytes = bytes.ok_or("it is no file")?;
    let opening = Opening::parse(&bytes).map_err(|fault| fault.to_string())?;
    let commitment = opening.commitment();
    if commitment.file_name() != name {
        return Err("it is not named after what it holds, so one of both was altered".to_owned());
    }
    let records = named.get(&commitment).map(Vec::as_slice).unwrap_or_default();
    let found = records.iter().find(|(_, record)| opening.opens(record));
    let found = found.ok_or("no record of this folder keeps this name apart")?;
    Ok((found.0, opening))
}
