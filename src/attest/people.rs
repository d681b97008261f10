//! Names that are kept apart from what is signed (RECORD-FORMAT §2.8): kept, shown, hidden, erased.
//!
//! The opening of each lies in `private/people`, which is never published and which git is told to ignore. It is put
//! there before its record is signed, so that no record stands whose name was lost on the way. To show a name is to put
//! the same bytes into `records/people`; to erase it is to remove both, and then nobody can tell any more who was meant.
//! The record is not touched by any of this, so no key is needed.

use std::collections::BTreeSet;
use std::path::Path;

use super::seal::{SealError, ignore_private};
use super::{AttestError, Prepared, read};
use crate::evidence::Disk as Folder;
use crate::provenance::files::Files as _;
use crate::provenance::json::Value;
use crate::provenance::person::{self, Commitment, Opening};
use crate::provenance::record::{Record, Subject};
use crate::write::{self, Disk, Mode};

/// Where the openings are kept, below the site's folder.
pub const FOLDER: &str = "private/people";

/// A name that is kept apart, and where it is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What opens it.
    pub opening: Opening,
    /// Whether it lies in `private/people`.
    pub is_kept: bool,
    /// Whether it lies in `records/people`, so that the site shows it.
    pub is_shown: bool,
}

/// Keeps openings, durably, before their record is signed.
///
/// # Errors
/// If git would not ignore them, or the disk fails.
pub(super) fn keep(root: &Path, openings: &[Opening], disk: &dyn Disk) -> Result<(), AttestError> {
    if openings.is_empty() {
        return Ok(());
    }
    ignore_private(root, disk).map_err(|error| match error {
        SealError::Disk(error) => AttestError::Disk(error),
        other => AttestError::Register(other.to_string()),
    })?;
    for folder in ["private", FOLDER] {
        write::create_folders(disk, &root.join(folder), Mode::Secret)?;
    }
    write::clean_temporaries(disk, &root.join(FOLDER))?;
    for opening in openings {
        let path = root.join(FOLDER).join(opening.commitment().file_name());
        write::replace(disk, &path, &opening.encode(), Mode::Secret)?;
    }
    Ok(())
}

/// Every name that is at hand, in the order of the files' names. Files that hold none are left out.
///
/// # Errors
/// If a file cannot be read.
pub fn all(root: &Path) -> Result<Vec<Person>, AttestError> {
    let folder = Folder::at(root);
    let mut names = BTreeSet::new();
    for place in [FOLDER, person::FOLDER] {
        names.extend(folder.list(place).map_err(|error| AttestError::Read(error.to_string()))?);
    }
    let mut people = Vec::new();
    for name in names {
        let at = |place: &str| -> Result<Option<Opening>, AttestError> {
            let bytes = read(&folder, &format!("{place}/{name}"))?;
            let opening = bytes.and_then(|bytes| Opening::parse(&bytes).ok());
            Ok(opening.filter(|opening| opening.commitment().file_name() == name))
        };
        let (kept, shown) = (at(FOLDER)?, at(person::FOLDER)?);
        let (is_kept, is_shown) = (kept.is_some(), shown.is_some());
        people.extend(kept.or(shown).map(|opening| Person { opening, is_kept, is_shown }));
    }
    Ok(people)
}

/// The names of a record that are at hand, in the order in which it names people.
///
/// # Errors
/// As [`all`].
pub fn of(root: &Path, record: &Record) -> Result<Vec<Person>, AttestError> {
    let mut people = all(root)?;
    people.retain(|person| person.opening.opens(record));
    let places = person::commitments(record);
    let place = |commitment: Commitment| places.iter().position(|other| *other == commitment);
    people.sort_by_key(|person| place(person.opening.commitment()));
    Ok(people)
}

/// Puts a name where the next build shows it.
///
/// # Errors
/// If the disk fails.
pub fn show(root: &Path, opening: &Opening, disk: &dyn Disk) -> Result<(), AttestError> {
    let folder = root.join(person::FOLDER);
    write::create_folders(disk, &folder, Mode::Public)?;
    write::clean_temporaries(disk, &folder)?;
    let path = root.join(opening.commitment().path());
    Ok(write::replace(disk, &path, &opening.encode(), Mode::Public)?)
}

/// Takes a name from where it is shown; it is kept first, where only the public file was left.
///
/// # Errors
/// If the disk fails.
pub fn hide(root: &Path, opening: &Opening, disk: &dyn Disk) -> Result<(), AttestError> {
    keep(root, std::slice::from_ref(opening), disk)?;
    remove(root, &opening.commitment().path(), disk)
}

/// Erases a name wherever the folder has it. What is published and what others copied is not reached.
///
/// # Errors
/// If the disk fails.
pub fn erase(root: &Path, commitment: &Commitment, disk: &dyn Disk) -> Result<(), AttestError> {
    // What is public goes first: a crash leaves the name where nobody sees it.
    remove(root, &commitment.path(), disk)?;
    remove(root, &format!("{FOLDER}/{}", commitment.file_name()), disk)?;
    for folder in [person::FOLDER, FOLDER] {
        write::clean_temporaries(disk, &root.join(folder))?;
    }
    Ok(())
}

fn remove(root: &Path, path: &str, disk: &dyn Disk) -> Result<(), AttestError> {
    let path = root.join(path);
    if path.symlink_metadata().is_ok() {
        write::remove_file(disk, &path)?;
    }
    Ok(())
}

/// Binds the names of an earlier record to the one that says it again: each that is at hand gets a salt of its own, as
/// an opening opens no other record. One that was erased stays what it was, which nobody can open.
pub fn bind_again(prepared: &mut Prepared, people: &[Person], seed: &[u8; 32]) {
    let (uuid, issuer) = (prepared.record.uuid.clone(), prepared.record.issuer.to_string());
    let Subject::Statement(statement) = &mut prepared.record.subject else { return };
    for (number, person) in (0..).zip(people) {
        let opening = Opening {
            issuer: issuer.clone(),
            record: uuid.clone(),
            salt: person::salt(seed, number),
            ..person.opening.clone()
        };
        let old = person.opening.commitment().to_string();
        let new = opening.commitment().to_string();
        statement.members.values_mut().for_each(|value| replace(value, &old, &new));
        prepared.people.push(opening);
    }
}

/// Puts another commitment wherever one stands.
fn replace(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, old, new)),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match name.as_str() {
                    "commitment" if value.as_str() == Some(old) => *value = new.into(),
                    _ => replace(value, old, new),
                }
            }
        }
        _ => {}
    }
}
