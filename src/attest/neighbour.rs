//! Keeping a copy of a neighbour's register, so that pages can be made without asking anybody.
//!
//! The copy is what the neighbour publishes of identity, log and records, without photographs; it lies in `.selvedge/`, is published
//! nowhere, and is judged anew whenever it is read. What the neighbour took back leaves the copy with the next look.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use super::AttestError;
use crate::evidence::{AS_OF, kept_folder};
use crate::provenance::did::Did;
use crate::provenance::files::{Files, ReadError};
use crate::provenance::instant;
use crate::provenance::log::{Bundle, Checkpoint, Tile};
use crate::write::{self, Disk, FolderLock, Mode};

/// Where identity files stand in what is published.
const IDENTITY: [&str; 6] = [
    "did.json",
    "did.jsonl",
    "did-witness.json",
    "allowed_signers",
    "log.vkey",
    "selvedge/context-v1.jsonld",
];

/// Keeps what a neighbour publishes, read at a time, `at`; gives how many records that is. `neighbour` is their site.
///
/// # Errors
/// If it cannot be read whole, or the disk fails; then the copy of before is still there, or a part of it is newer, which the
/// judge finds.
pub fn keep(
    root: &Path,
    disk: &dyn Disk,
    did: &Did,
    neighbour: &dyn Files,
    at: Timestamp,
) -> Result<usize, AttestError> {
    let unreadable = |error: ReadError| AttestError::Read(error.to_string());
    let read = |path: &str| neighbour.read(path).map_err(unreadable);
    let missing = |path: &str| AttestError::Read(format!("there is no {path}"));
    let head = read("log/checkpoint")?.ok_or_else(|| missing("log/checkpoint"))?;
    let size =
        Checkpoint::parse(&head).map_err(|why| AttestError::Read(why.to_owned()))?.head().size;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for name in IDENTITY {
        for folder in [".well-known/", ""] {
            let path = format!("{folder}{name}");
            files.extend(read(&path)?.map(|bytes| (path, bytes)));
        }
    }
    let tiles = (0..8).flat_map(|level| {
        (0..).map_while(move |index| Tile::in_tree(size, level, index)).map(|tile| tile.path())
    });
    let bundles = (0..).map_while(|index| Bundle::in_log(size, index)).map(|it| it.path());
    for path in tiles.chain(bundles) {
        let path = format!("log/{path}");
        let bytes = read(&path)?.ok_or_else(|| missing(&path))?;
        files.push((path, bytes));
    }
    let names = neighbour.list("records").map_err(unreadable)?;
    let records: BTreeSet<String> =
        names.into_iter().filter(|name| name.ends_with(".json")).collect();
    for name in &records {
        let proof = format!("{}.tlog-proof", name.trim_end_matches(".json"));
        for name in [name, &proof] {
            let path = format!("records/{name}");
            files.extend(read(&path)?.map(|bytes| (path, bytes)));
        }
    }
    // The head comes last: without it the copy is not one of this size.
    files.push(("log/checkpoint".to_owned(), head));
    files.push((AS_OF.to_owned(), format!("{}\n", instant::format(at)).into_bytes()));
    let folder = root.join(kept_folder(did));
    write::create_folders(disk, &folder, Mode::Secret)?;
    let _lock = FolderLock::take(&folder, "keeping a neighbour's register in")?;
    forget_others(&folder, disk, &records)?;
    for (path, bytes) in &files {
        let path = folder.join(path);
        if std::fs::read(&path).is_ok_and(|known| known == *bytes) {
            continue;
        }
        write::create_folders(disk, path.parent().unwrap_or(&folder), Mode::Secret)?;
        write::replace(disk, &path, bytes, Mode::Secret)?;
    }
    Ok(records.len())
}

/// Removes what the neighbour does not publish any more.
fn forget_others(
    folder: &Path,
    disk: &dyn Disk,
    records: &BTreeSet<String>,
) -> Result<(), AttestError> {
    let Ok(entries) = std::fs::read_dir(folder.join("records")) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap_or_default();
        if !records.contains(&format!("{stem}.json")) {
            write::remove_file(disk, &entry.path())?;
        }
    }
    Ok(())
}
