//! What only the other copy of a site's folder keeps in private, after two versions of a register were made one.
//!
//! A repair brings records; what belongs to them and is never published has to come along, or the only copy of it goes with
//! the folder that somebody clears: the openings of names kept apart, and what opens sealed designs. Only of records that
//! the repair brought: a name that was erased here must not come back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{AttestError, SiteLookup, people, seal, unreadable};
use crate::provenance::log::RecordId;
use crate::provenance::person;
use crate::write::{self, Disk, Mode};

/// What was brought, and what is left in the other folder.
#[derive(Debug, Default)]
pub struct Brought {
    /// How many names kept apart, and seals, came along.
    pub count: usize,
    /// Paths below the other folder that this one does not have, and that were not taken over.
    pub left: Vec<String>,
}

/// Folders of which nothing may be lost in silence, besides those that are brought.
const TO_NAME: [&str; 6] = [
    "private/held",
    "private/withdrawn",
    "private/signed",
    "private/tags",
    "records/codes",
    "designs",
];

/// Sees to it that git never takes up what lies in `private/`, before something is put there.
///
/// # Errors
/// If git would take it up all the same, or the disk fails.
pub fn keep_out_of_git(site: &Path, disk: &dyn Disk) -> Result<(), AttestError> {
    seal::ignore_private(site, disk).map_err(|error| AttestError::Register(error.to_string()))
}

/// Brings from the other copy what belongs to the records that a repair brings from there, and names what else is there
/// alone. It comes before the repair, so that one which breaks off and is run once more has left nothing behind.
///
/// # Errors
/// If a file cannot be read or written; what was copied before stays.
pub fn bring_private(
    site: &Path,
    other: &Path,
    records: &[RecordId],
    disk: &dyn Disk,
) -> Result<Brought, AttestError> {
    let lookup = SiteLookup::load(other);
    let came: Vec<_> = lookup.records().filter(|signed| records.contains(&signed.id())).collect();
    let mut brought = Brought::default();
    let names = came.iter().flat_map(|signed| person::commitments(signed.record()));
    for commitment in names {
        let inside = format!("{}/{}", people::FOLDER, commitment.file_name());
        if !site.join(&inside).exists() && other.join(&inside).is_file() {
            copy(&other.join(&inside), &site.join(&inside), site, disk)?;
            brought.count += 1;
        }
    }
    let sealed: BTreeSet<_> = came.iter().map(|signed| signed.record().uuid.clone()).collect();
    for folder in seal::folders(other).map_err(|error| AttestError::Read(error.to_string()))? {
        let inside = format!("{}/{folder}", seal::FOLDER);
        if site.join(&inside).exists() {
            continue;
        }
        let is_of_it = seal::load(other, &folder)
            .is_ok_and(|found| sealed.contains(&found.seal.commitment().record));
        if !is_of_it {
            brought.left.push(inside);
            continue;
        }
        for file in files_below(&other.join(&inside))? {
            let target = site.join(file.strip_prefix(other).unwrap_or(&file));
            copy(&file, &target, site, disk)?;
        }
        brought.count += 1;
    }
    for folder in TO_NAME {
        let Ok(entries) = fs::read_dir(other.join(folder)) else { continue };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let inside = names.filter(|name| !name.starts_with('.')).map(|it| format!("{folder}/{it}"));
        brought.left.extend(inside.filter(|path| !site.join(path).exists()));
    }
    brought.left.sort();
    Ok(brought)
}

fn copy(from: &Path, to: &Path, site: &Path, disk: &dyn Disk) -> Result<(), AttestError> {
    let bytes = fs::read(from).map_err(|error| unreadable(&from.display().to_string(), &error))?;
    let folder = to.parent().unwrap_or(site);
    // Every folder on the way is as private as the file.
    let inside = folder.strip_prefix(site).unwrap_or(folder);
    let mut place = site.to_owned();
    for part in inside.components() {
        place.push(part);
        write::create_folders(disk, &place, Mode::Secret)?;
    }
    Ok(write::replace(disk, to, &bytes, Mode::Secret)?)
}

/// Every file below a folder; links are not followed.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, AttestError> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let shown = next.display().to_string();
        for entry in fs::read_dir(&next).map_err(|error| unreadable(&shown, &error))? {
            let entry = entry.map_err(|error| unreadable(&shown, &error))?;
            let kind = entry.file_type().map_err(|error| unreadable(&shown, &error))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
