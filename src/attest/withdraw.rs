//! What a Withdrawal takes along: the design itself, which the site would go on showing.
//!
//! The folder of a withdrawn design, or its file where it has no folder, moves to `private/withdrawn`, which is never published and which git is told to
//! ignore. Nothing that its maker wrote is lost. What was made of its photographs goes as well. Where the Withdrawal is
//! entered later than it is signed, by a repair or once several agreed, [`open`](super::open) and each entry do the same.

use std::path::{Path, PathBuf};

use super::AttestError;
use super::seal::{SealError, ignore_private};
use crate::provenance::log::RecordId;
use crate::provenance::record::SignedRecord;
use crate::write::{self, Disk, Mode};

/// Where the folders of withdrawn designs lie, below the site's folder.
pub const FOLDER: &str = "private/withdrawn";

/// Smaller pictures that a build made of photographs, below the site's folder.
const CACHE: &str = ".selvedge/cache";

/// A design that was taken out of the site.
#[derive(Debug)]
pub struct KeptBack {
    slug: String,
    /// What was moved, from where to where.
    moved: Vec<(PathBuf, PathBuf)>,
    to: PathBuf,
}

/// The files of a design that has no folder: the one in the site's first language, and its translations.
fn files_of(designs: &Path, slug: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(designs).into_iter().flatten().flatten();
    let is_of_it = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        let stem = name.and_then(|name| name.strip_suffix(".md"));
        stem.is_some_and(|stem| stem.split('.').next() == Some(slug)) && path.is_file()
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_of_it).collect();
    files.sort();
    files
}

impl KeptBack {
    /// Takes the design of a record out of the site.
    ///
    /// # Errors
    /// If the disk fails; then it stands where it stood.
    pub fn design(
        root: &Path,
        slug: &str,
        record: &RecordId,
        disk: &dyn Disk,
    ) -> Result<Self, AttestError> {
        ignore_private(root, disk).map_err(|error| match error {
            SealError::Disk(error) => AttestError::Disk(error),
            other => AttestError::Register(other.to_string()),
        })?;
        write::create_folders(disk, &root.join("private"), Mode::Secret)?;
        write::create_folders(disk, &root.join(FOLDER), Mode::Secret)?;
        let designs = root.join("designs");
        let from = designs.join(slug);
        let name = format!("{slug}-{}", record.short());
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        // One that was put back before may have left something there.
        let to = std::iter::once(name.clone())
            .chain(numbered)
            .map(|name| root.join(FOLDER).join(name))
            .find(|to| to.symlink_metadata().is_err())
            .expect("some number is free");
        let files = if from.is_dir() { Vec::new() } else { files_of(&designs, slug) };
        let mut kept = Self { slug: slug.to_owned(), moved: Vec::new(), to };
        let due: Vec<(PathBuf, PathBuf)> = match files.as_slice() {
            [] => vec![(from, kept.to.clone())],
            files => {
                write::create_folders(disk, &kept.to, Mode::Secret)?;
                let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_owned();
                files.iter().map(|file| (file.clone(), kept.to.join(name(file)))).collect()
            }
        };
        for (from, to) in due {
            if let Err(error) = kept.rename(&from, &to, disk) {
                kept.undo(disk)?;
                return Err(error);
            }
            kept.moved.push((from, to));
        }
        forget_photographs(root, disk)?;
        Ok(kept)
    }

    /// Puts it back, if the Withdrawal did not come about.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn undo(&self, disk: &dyn Disk) -> Result<(), AttestError> {
        self.moved.iter().rev().try_for_each(|(from, to)| self.rename(to, from, disk))
    }

    /// The id of the design.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Where it lies now.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.to
    }

    fn rename(&self, from: &Path, to: &Path, disk: &dyn Disk) -> Result<(), AttestError> {
        disk.rename(from, to).map_err(|e| write::Error::failed("move", from, e))?;
        for folder in [from, to].into_iter().filter_map(Path::parent) {
            disk.sync_folder(folder)
                .map_err(|e| write::Error::failed("make durable", folder, e))?;
        }
        Ok(())
    }
}

/// The other records of a design, among some records.
pub fn others<'a>(
    records: impl Iterator<Item = &'a SignedRecord>,
    slug: &str,
    record: &RecordId,
) -> impl Iterator<Item = RecordId> {
    records
        .filter(move |other| {
            other.record().subject.as_design().is_some_and(|design| design.slug == slug)
        })
        .map(SignedRecord::id)
        .filter(move |id| id != record)
}

/// Removes what builds made of photographs. It is only a store: the next build makes anew what is still needed.
///
/// # Errors
/// If the disk fails.
pub fn forget_photographs(root: &Path, disk: &dyn Disk) -> Result<(), write::Error> {
    let cache = root.join(CACHE);
    // What a link leads to is somebody else's.
    let is_own = !root.join(".selvedge").is_symlink();
    if is_own && cache.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        disk.remove_tree(&cache).map_err(|e| write::Error::failed("remove", &cache, e))?;
    }
    Ok(())
}
