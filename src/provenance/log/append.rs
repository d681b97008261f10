//! Planning an append: which files to write, in which order, and the head that comes out.
//!
//! Pure: `attest` writes the files durably, in the order of the plan, and the checkpoint after
//! them. A crash in between leaves the old checkpoint true, because no file that it needs is
//! ever changed: tiles that are not full carry their width in their name.

use std::collections::BTreeMap;

use super::merkle::{Hash, LeafHash};
use super::tile::{Bundle, FULL_WIDTH, Tile, TreeView, read_bundle, read_tile};
use super::{Head, LogFault, MAX_SIZE, TreeSize};
use crate::provenance::files::{Files, ReadError};

/// What an append writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Paths relative to the log's folder with their bytes, in the order of writing: entry
    /// bundles first, then hash tiles from the leaves up.
    pub files: Vec<(String, Vec<u8>)>,
    /// The head after the append.
    pub head: Head,
}

/// Plans the append of entries to the log whose signed head is `old`.
///
/// Reads and writes O(log n) files for a log of n entries. What the plan builds on (the right
/// edge of the tree, the last entry bundle) is checked against `old` first.
pub fn plan(old: Head, log: &dyn Files, entries: &[Vec<u8>]) -> Result<Plan, LogFault> {
    TreeView::new(log, old.size).expect_head(old)?;
    let size = TreeSize::try_from(entries.len())
        .ok()
        .and_then(|more| old.size.checked_add(more))
        .filter(|&size| size <= MAX_SIZE)
        .ok_or_else(|| LogFault::damaged("checkpoint", "the log is full"))?;
    let mut files = plan_bundles(old.size, log, entries)?;

    let mut new: Vec<Hash> = entries.iter().map(|entry| LeafHash::of(entry).0).collect();
    let mut level = 0;
    while !new.is_empty() {
        let before = old.size >> (8 * u32::from(level));
        let (tiles, full) = plan_tiles(log, old.size, level, before, new)?;
        files.extend(tiles);
        new = full;
        level += 1;
    }

    let planned: BTreeMap<&str, &[u8]> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let root = TreeView::new(&Planned { planned, log }, size).root(size)?;
    Ok(Plan { files, head: Head { size, root } })
}

/// The entry bundles: the last one again if it was not full, and those after it.
fn plan_bundles(
    old: TreeSize,
    log: &dyn Files,
    entries: &[Vec<u8>],
) -> Result<Vec<(String, Vec<u8>)>, LogFault> {
    let full = u64::from(FULL_WIDTH);
    let mut index = old / full;
    let mut open: Vec<Vec<u8>> = Vec::new();
    if let Some(last) = Bundle::in_log(old, index) {
        let (found, bytes) = read_bundle(log, last)?;
        let view = TreeView::new(log, old);
        for (at, entry) in (index * full..old).zip(found.decode(&bytes)?) {
            if view.leaf(at)? != LeafHash::of(entry) {
                let why = format!("entry {} is not the one in the tree", at + 1);
                return Err(LogFault::tampered(&found.path(), why));
            }
            open.push(entry.to_vec());
        }
    }
    let mut files = Vec::new();
    let mut rest = entries;
    while !rest.is_empty() {
        let room = usize::from(FULL_WIDTH) - open.len();
        let (now, later) = rest.split_at(room.min(rest.len()));
        open.extend_from_slice(now);
        let bundle = Bundle { index, width: open.len() as u16 };
        let bytes = Bundle::encode(open.iter().map(Vec::as_slice))
            .ok_or_else(|| LogFault::damaged(&bundle.path(), "an entry is too long"))?;
        files.push((bundle.path(), bytes));
        open.clear();
        index += 1;
        rest = later;
    }
    Ok(files)
}

/// A path relative to the log's folder, and the bytes to write there.
type NewFile = (String, Vec<u8>);

/// The hash tiles of one level, and the hashes that those which are now full add above them.
fn plan_tiles(
    log: &dyn Files,
    old: TreeSize,
    level: u8,
    before: u64,
    new: Vec<Hash>,
) -> Result<(Vec<NewFile>, Vec<Hash>), LogFault> {
    let first = before / u64::from(FULL_WIDTH);
    let mut open = match Tile::in_tree(old, level, first) {
        Some(last) => read_tile(log, last)?,
        None => Vec::new(),
    };
    open.extend(new);
    let mut files = Vec::new();
    let mut full = Vec::new();
    for (index, hashes) in (first..).zip(open.chunks(usize::from(FULL_WIDTH))) {
        let tile = Tile { level, index, width: hashes.len() as u16 };
        files.push((tile.path(), hashes.iter().flat_map(|hash| hash.0).collect()));
        if tile.width == FULL_WIDTH {
            full.push(Hash::of_perfect(hashes));
        }
    }
    Ok((files, full))
}

/// The log as it will be: planned files over those that are there.
struct Planned<'a> {
    planned: BTreeMap<&'a str, &'a [u8]>,
    log: &'a dyn Files,
}

impl Files for Planned<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        match self.planned.get(path) {
            Some(bytes) => Ok(Some(bytes.to_vec())),
            None => self.log.read(path),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.log.list(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Log = BTreeMap<String, Vec<u8>>;

    fn append(log: &mut Log, old: Head, entries: impl Iterator<Item = u64>) -> Head {
        let entries: Vec<_> = entries.map(|n| format!("entry {n}\n").into_bytes()).collect();
        let plan = plan(old, log, &entries).unwrap();
        log.extend(plan.files);
        plan.head
    }

    #[test]
    fn one_by_one_or_at_once_the_same_log() {
        for size in [0, 1, 2, 255, 256, 257, 513] {
            let (mut slow, mut head) = (Log::new(), Head::empty());
            for n in 0..size {
                head = append(&mut slow, head, n..=n);
            }
            let mut fast = Log::new();
            assert_eq!(append(&mut fast, Head::empty(), 0..size), head);
            for (path, bytes) in &fast {
                assert_eq!(&slow[path], bytes, "{path}");
            }
        }
    }

    #[test]
    fn proofs_hold_over_tile_borders() {
        let mut log = Log::new();
        let head = append(&mut log, Head::empty(), 0..65_537);
        assert!(log.contains_key("tile/2/000.p/1"));
        let view = TreeView::new(&log, head.size);
        assert_eq!(view.root(head.size), Ok(head.root));
        for index in [0, 1, 255, 256, 257, 65_535, 65_536] {
            let proof = view.inclusion_proof(index).unwrap();
            let leaf = LeafHash::of(format!("entry {index}\n").as_bytes());
            assert!(proof.verify(index, leaf, head.size, head.root), "{index}");
            let old = view.root(index).unwrap();
            let proof = view.consistency_proof(index).unwrap();
            assert!(proof.verify(index, old, head.size, head.root), "{index}");
        }
    }

    #[test]
    fn few_files_are_written_whatever_the_size() {
        let mut log = Log::new();
        let head = append(&mut log, Head::empty(), 0..65_535);
        let plan = plan(head, &log, &[b"last\n".to_vec()]).unwrap();
        let paths: Vec<_> = plan.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["tile/entries/255", "tile/0/255", "tile/1/000", "tile/2/000.p/1"]);
    }

    #[test]
    fn a_damaged_edge_is_not_built_upon() {
        let mut log = Log::new();
        let head = append(&mut log, Head::empty(), 0..300);
        let again = |log: &Log| plan(head, log, &[b"more\n".to_vec()]).map(|_| ());
        assert_eq!(again(&log), Ok(()));
        for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"] {
            let mut cut = log.clone();
            cut.get_mut(path).unwrap().pop();
            assert!(again(&cut).is_err(), "{path}");
            let mut flipped = log.clone();
            flipped.get_mut(path).unwrap()[10] ^= 1;
            assert!(again(&flipped).is_err(), "{path}");
            let mut lost = log.clone();
            lost.remove(path);
            assert!(again(&lost).is_err(), "{path}");
        }
    }
}
