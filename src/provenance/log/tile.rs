//! Tiles (C2SP tlog-tiles): where the hashes and entries of a log stand in files.
//!
//! A hash tile at level L holds up to 256 hashes, each of a perfect subtree of 256^L leaves, so
//! that any path through the tree touches few files. Entry bundles hold the entries themselves.
//! A tile that is not full is named after its width and stays when a wider one is written.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::merkle::{self, ConsistencyProof, Hash, InclusionProof, LeafHash, RootHash};
use super::{Head, LogFault, TreeSize, parse_decimal};
use crate::provenance::files::{Files, PUT_AWAY, is_put_away};

/// Hashes in a full tile.
pub const FULL_WIDTH: u16 = 256;

/// Highest level that a tree of 64-bit size can have.
const MAX_LEVEL: u8 = 7;

/// Coordinates of a hash tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// 0 for leaves; each level stands for eight levels of the tree.
    pub level: u8,
    /// Number of the tile at its level.
    pub index: u64,
    /// How many hashes it holds: 1 to 256.
    pub width: u16,
}

/// Coordinates of an entry bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bundle {
    /// Number of the bundle.
    pub index: u64,
    /// How many entries it holds: 1 to 256.
    pub width: u16,
}

/// How many hashes the tile with this number has in a row of `count` hashes; 0 for none.
pub(crate) fn width_in(count: u64, index: u64) -> u16 {
    let before = index.saturating_mul(u64::from(FULL_WIDTH));
    count.saturating_sub(before).min(u64::from(FULL_WIDTH)) as u16
}

impl Tile {
    /// The tile with this number in a tree of that size; `None` if it has no hash in it.
    pub fn in_tree(size: TreeSize, level: u8, index: u64) -> Option<Self> {
        let row = if level <= MAX_LEVEL { size >> (8 * u32::from(level)) } else { 0 };
        let width = width_in(row, index);
        (width > 0).then_some(Self { level, index, width })
    }

    /// Path relative to the log's folder: `tile/<L>/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, numbered(self.index, self.width))
    }
}

impl Bundle {
    /// The bundle with this number in a log of that size; `None` if it has no entry in it.
    pub fn in_log(size: TreeSize, index: u64) -> Option<Self> {
        let width = width_in(size, index);
        (width > 0).then_some(Self { index, width })
    }

    /// Path relative to the log's folder: `tile/entries/<N>[.p/<W>]`.
    pub fn path(&self) -> String {
        format!("tile/entries/{}", numbered(self.index, self.width))
    }

    /// Writes entries, each behind its length as two bytes, big end first.
    ///
    /// `None` if an entry is longer than 65,535 bytes.
    pub fn encode<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        for entry in entries {
            bytes.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        Some(bytes)
    }

    /// Reads exactly `width` entries.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, LogFault> {
        let damaged = |why: &str| LogFault::damaged(&self.path(), why);
        let mut rest = bytes;
        let mut entries = Vec::with_capacity(usize::from(self.width));
        for _ in 0..self.width {
            let (length, behind) =
                rest.split_first_chunk().ok_or_else(|| damaged("it holds too few entries"))?;
            let length = usize::from(u16::from_be_bytes(*length));
            if length > behind.len() {
                return Err(damaged("an entry runs past its end"));
            }
            let (entry, behind) = behind.split_at(length);
            entries.push(entry);
            rest = behind;
        }
        if rest.is_empty() { Ok(entries) } else { Err(damaged("it holds more than its name says")) }
    }
}

/// Writes a number as `x001/x234/067`, and `.p/<W>` behind it unless the tile is full.
fn numbered(index: u64, width: u16) -> String {
    let mut text = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    if width < FULL_WIDTH {
        text.push_str(&format!(".p/{width}"));
    }
    text
}

/// A tree of a certain size, read from its tiles.
///
/// Nothing that is read is believed: whoever needs a hash compares a root with a signed one.
/// Tiles that were read are kept, so that a view answers many questions with few reads.
pub struct TreeView<'a> {
    files: &'a dyn Files,
    size: TreeSize,
    tiles: RefCell<BTreeMap<Tile, Vec<Hash>>>,
}

impl<'a> TreeView<'a> {
    /// Looks at the first `size` entries of the log in this folder.
    pub fn new(files: &'a dyn Files, size: TreeSize) -> Self {
        Self { files, size, tiles: RefCell::default() }
    }

    /// The number of entries that the view covers.
    pub fn size(&self) -> TreeSize {
        self.size
    }

    /// The root of the first `size` entries; `size` is at most the view's.
    pub fn root(&self, size: TreeSize) -> Result<RootHash, LogFault> {
        merkle::root(size, &mut |level, index| self.node(level, index))
    }

    /// Checks that the tiles lead to a signed head of the view's size or a smaller one.
    pub fn expect_head(&self, head: Head) -> Result<(), LogFault> {
        if self.root(head.size)? == head.root {
            return Ok(());
        }
        let why = format!("the tiles do not lead to the root of size {}", head.size);
        Err(LogFault::tampered("checkpoint", why))
    }

    /// The leaf of an entry; `index` is below the view's size.
    pub fn leaf(&self, index: u64) -> Result<LeafHash, LogFault> {
        self.node(0, index).map(LeafHash)
    }

    /// Makes the proof of an entry in the tree of the view's size.
    pub fn inclusion_proof(&self, index: u64) -> Result<InclusionProof, LogFault> {
        InclusionProof::make(index, self.size, &mut |level, index| self.node(level, index))
    }

    /// Makes the proof that the first `old` entries are the beginning of the view's.
    pub fn consistency_proof(&self, old: TreeSize) -> Result<ConsistencyProof, LogFault> {
        ConsistencyProof::make(old, self.size, &mut |level, index| self.node(level, index))
    }

    /// The hash of the perfect subtree of 2^`level` leaves with this number at its level.
    fn node(&self, level: u32, index: u64) -> Result<Hash, LogFault> {
        // The nearest level below that is stored, and the hashes there that make up this one.
        let (stored, above) = ((level / 8) as u8, level % 8);
        let first = index << above;
        let tile_index = first / u64::from(FULL_WIDTH);
        let tile = Tile::in_tree(self.size, stored, tile_index).ok_or_else(|| {
            LogFault::damaged("checkpoint", format!("the log has no entry {}", first + 1))
        })?;
        if !self.tiles.borrow().contains_key(&tile) {
            let hashes = read_tile(self.files, tile)?;
            self.tiles.borrow_mut().insert(tile, hashes);
        }
        let tiles = self.tiles.borrow();
        let start = (first % u64::from(FULL_WIDTH)) as usize;
        let hashes = tiles[&tile].get(start..start + (1 << above)).ok_or_else(|| {
            LogFault::damaged(&tile.path(), "it holds fewer hashes than the log's size needs")
        })?;
        Ok(Hash::of_perfect(hashes))
    }
}

/// The narrower tiles and bundles that lie beside the last ones of a log, from when it was shorter, and that are not
/// their beginnings: path and right bytes of each. Whoever has a head of that day reads them.
///
/// The tiles of the head were judged before. Of tiles that are full nobody reads a part.
pub(crate) fn damaged_parts(
    files: &dyn Files,
    size: TreeSize,
) -> Result<Vec<(String, Vec<u8>)>, LogFault> {
    let mut damaged = Vec::new();
    let mut compare = |path: &str, whole: &[&[u8]]| {
        let Some((folder, _)) = path.rsplit_once('/').filter(|(folder, _)| folder.ends_with(".p"))
        else {
            return Ok(());
        };
        // Nothing can be listed over the web.
        for name in files.list(folder).unwrap_or_default() {
            let Some(width) = parse_decimal(&name).and_then(|width| usize::try_from(width).ok())
            else {
                continue;
            };
            let Some(parts) = whole.get(..width).filter(|_| 0 < width && width < whole.len())
            else {
                continue;
            };
            let (path, right) = (format!("{folder}/{name}"), parts.concat());
            if read(files, &path)?.is_some_and(|found| found != right) {
                damaged.push((path, right));
            }
        }
        Ok(())
    };
    for level in 0..=MAX_LEVEL {
        let count = size >> (8 * u32::from(level));
        let Some(tile) = Tile::in_tree(size, level, count / u64::from(FULL_WIDTH)) else {
            continue;
        };
        let hashes = read_tile(files, tile)?;
        let parts: Vec<&[u8]> = hashes.iter().map(|hash| &hash.0[..]).collect();
        compare(&tile.path(), &parts)?;
    }
    if let Some(bundle) = Bundle::in_log(size, size / u64::from(FULL_WIDTH)) {
        let (found, bytes) = read_bundle(files, bundle)?;
        let mut rest = &bytes[..];
        let mut parts = Vec::new();
        for entry in found.decode(&bytes)? {
            let (part, behind) = rest.split_at(2 + entry.len());
            parts.push(part);
            rest = behind;
        }
        compare(&bundle.path(), &parts)?;
    }
    Ok(damaged)
}

/// Reads a tile, or the first hashes of the full tile that may have taken its place.
pub(crate) fn read_tile(files: &dyn Files, tile: Tile) -> Result<Vec<Hash>, LogFault> {
    let path = tile.path();
    let (bytes, width) = match read(files, &path)? {
        Some(bytes) => (bytes, tile.width),
        None => {
            let full = Tile { width: FULL_WIDTH, ..tile };
            match read(files, &full.path())? {
                Some(bytes) if tile.width < FULL_WIDTH => (bytes, FULL_WIDTH),
                _ => return Err(missing(files, &path)),
            }
        }
    };
    if bytes.len() != usize::from(width) * 32 {
        let why = format!("it is {} bytes long and not {}", bytes.len(), usize::from(width) * 32);
        return Err(LogFault::damaged(&path, why));
    }
    let (hashes, _) = bytes.as_chunks::<32>();
    if hashes.contains(&[0; 32]) {
        return Err(LogFault::damaged(&path, "it holds zero bytes in place of a hash"));
    }
    Ok(hashes.iter().take(usize::from(tile.width)).copied().map(Hash).collect())
}

/// Reads the bytes of a bundle, or those of the full bundle that may have taken its place;
/// says which of them it was.
pub(crate) fn read_bundle(
    files: &dyn Files,
    bundle: Bundle,
) -> Result<(Bundle, Vec<u8>), LogFault> {
    let path = bundle.path();
    if let Some(bytes) = read(files, &path)? {
        return Ok((bundle, bytes));
    }
    let full = Bundle { width: FULL_WIDTH, ..bundle };
    match read(files, &full.path())? {
        Some(bytes) => Ok((full, bytes)),
        None => Err(missing(files, &path)),
    }
}

fn read(files: &dyn Files, path: &str) -> Result<Option<Vec<u8>>, LogFault> {
    files.read(path).map_err(|error| LogFault::damaged(path, error.why))
}

/// Says that a file is missing; a cloud folder may have left a placeholder in its place.
fn missing(files: &dyn Files, path: &str) -> LogFault {
    let why = if is_put_away(files, path) { PUT_AWAY } else { "it is missing" };
    LogFault::missing(path, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_at_the_edges() {
        // (size, level, index) -> path
        for (size, level, index, path) in [
            (0, 0, 0, None),
            (1, 0, 0, Some("tile/0/000.p/1")),
            (1, 1, 0, None),
            (255, 0, 0, Some("tile/0/000.p/255")),
            (255, 1, 0, None),
            (256, 0, 0, Some("tile/0/000")),
            (256, 0, 1, None),
            (256, 1, 0, Some("tile/1/000.p/1")),
            (257, 0, 1, Some("tile/0/001.p/1")),
            (257, 1, 0, Some("tile/1/000.p/1")),
            (65_535, 0, 255, Some("tile/0/255.p/255")),
            (65_535, 1, 0, Some("tile/1/000.p/255")),
            (65_535, 2, 0, None),
            (65_536, 1, 0, Some("tile/1/000")),
            (65_536, 2, 0, Some("tile/2/000.p/1")),
            (65_537, 0, 256, Some("tile/0/256.p/1")),
            (65_537, 1, 0, Some("tile/1/000")),
            (65_537, 1, 1, None),
            (65_537, 2, 0, Some("tile/2/000.p/1")),
            (256_000_001, 0, 1_000_000, Some("tile/0/x001/x000/000.p/1")),
            (1 << 62, 0, 1_234_067, Some("tile/0/x001/x234/067")),
            (1 << 62, 7, 0, Some("tile/7/000.p/64")),
            (1 << 62, 8, 0, None),
        ] {
            let tile = Tile::in_tree(size, level, index);
            assert_eq!(tile.map(|tile| tile.path()).as_deref(), path, "{size} {level} {index}");
        }
        assert_eq!(Bundle::in_log(257, 1).unwrap().path(), "tile/entries/001.p/1");
        assert_eq!(Bundle::in_log(256, 1), None);
    }

    #[test]
    fn bundles_hold_what_their_name_says() {
        let entries = [&b"one"[..], b"", b"three"];
        let bytes = Bundle::encode(entries).unwrap();
        let bundle = Bundle { index: 0, width: 3 };
        assert_eq!(bundle.decode(&bytes).unwrap(), entries);
        assert!(bundle.decode(&bytes[..bytes.len() - 1]).is_err());
        assert!(Bundle { index: 0, width: 2 }.decode(&bytes).is_err());
        assert!(Bundle { index: 0, width: 4 }.decode(&bytes).is_err());
        assert!(Bundle::encode([&[0; 65_536][..]]).is_none());
    }
}
