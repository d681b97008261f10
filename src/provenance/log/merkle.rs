//! Hashes and proofs of RFC 6962 trees.
//!
//! A leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right). Making proofs needs a
//! way to get the hash of any perfect subtree ([`super::TreeView`]); verifying needs nothing.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use std::fmt;

use super::TreeSize;
use crate::provenance::base64;

/// A SHA-256 hash of a tree. Shown in base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Reads 44 characters of base64.
    pub fn parse(text: &str) -> Option<Self> {
        base64::decode(text)?.try_into().ok().map(Self)
    }

    /// The hash of two hashes side by side.
    pub fn node(left: Self, right: Self) -> Self {
        let hash = Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0);
        Self(hash.finalize().into())
    }

    /// The root of a perfect tree over 2^n hashes.
    pub(crate) fn of_perfect(hashes: &[Self]) -> Self {
        debug_assert!(hashes.len().is_power_of_two());
        match hashes {
            [hash] => *hash,
            hashes => {
                let (left, right) = hashes.split_at(hashes.len() / 2);
                Self::node(Self::of_perfect(left), Self::of_perfect(right))
            }
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hash of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafHash(pub Hash);

impl LeafHash {
    /// The leaf of an entry's bytes.
    pub fn of(entry: &[u8]) -> Self {
        Self(Hash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into()))
    }
}

/// The hash of a whole tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootHash(pub Hash);

impl RootHash {
    /// The root of a tree without leaves.
    pub fn empty() -> Self {
        Self(Hash(Sha256::digest([]).into()))
    }
}

/// The largest power of two below `size`, which is at least 2: where RFC 6962 splits a tree.
fn split(size: TreeSize) -> TreeSize {
    1 << (size - 1).ilog2()
}

/// Gives the hash of the perfect subtree of 2^`level` leaves with this number at its level.
pub(crate) type NodeOf<'a, E> = &'a mut dyn FnMut(u32, u64) -> Result<Hash, E>;

/// The hash over the leaves from `start` up to `end` (exclusive, not equal).
///
/// `start` is a multiple of every perfect subtree that the range is cut into, as it is for all
/// ranges that RFC 6962 forms.
pub(crate) fn range_hash<E>(start: u64, end: u64, node: NodeOf<'_, E>) -> Result<Hash, E> {
    let size = end - start;
    if size.is_power_of_two() {
        let level = size.ilog2();
        return node(level, start >> level);
    }
    let middle = start + split(size);
    let left = range_hash(start, middle, node)?;
    Ok(Hash::node(left, range_hash(middle, end, node)?))
}

/// The root of the first `size` leaves.
pub(crate) fn root<E>(size: TreeSize, node: NodeOf<'_, E>) -> Result<RootHash, E> {
    match size {
        0 => Ok(RootHash::empty()),
        size => range_hash(0, size, node).map(RootHash),
    }
}

/// Hashes that lead from a leaf to a root, leaf's neighbour first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof(pub Vec<Hash>);

impl InclusionProof {
    /// Makes the proof of a leaf in the tree of `size` leaves; `index` is below `size`.
    pub(crate) fn make<E>(index: u64, size: TreeSize, node: NodeOf<'_, E>) -> Result<Self, E> {
        let (mut start, mut end) = (0, size);
        let mut hashes = Vec::new();
        // From the root down; the proof is read from the leaf up.
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                hashes.push(range_hash(middle, end, node)?);
                end = middle;
            } else {
                hashes.push(range_hash(start, middle, node)?);
                start = middle;
            }
        }
        hashes.reverse();
        Ok(Self(hashes))
    }

    /// Says whether the leaf with this index is in the tree of that size and root.
    pub fn verify(&self, index: u64, leaf: LeafHash, size: TreeSize, root: RootHash) -> bool {
        if index >= size {
            return false;
        }
        // RFC 9162 §2.1.3.2.
        let (mut first, mut last) = (index, size - 1);
        let mut hash = leaf.0;
        for &sibling in &self.0 {
            if last == 0 {
                return false;
            }
            if first & 1 == 1 || first == last {
                hash = Hash::node(sibling, hash);
                while first & 1 == 0 && first != 0 {
                    first >>= 1;
                    last >>= 1;
                }
            } else {
                hash = Hash::node(hash, sibling);
            }
            first >>= 1;
            last >>= 1;
        }
        last == 0 && hash == root.0
    }
}

/// Hashes that show one tree to be the beginning of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof(pub Vec<Hash>);

impl ConsistencyProof {
    /// Makes the proof that the first `old` leaves are the beginning of the first `new`;
    /// `old` is at most `new`. Empty where there is nothing to prove.
    pub(crate) fn make<E>(old: TreeSize, new: TreeSize, node: NodeOf<'_, E>) -> Result<Self, E> {
        let mut hashes = Vec::new();
        if old == 0 || old == new {
            return Ok(Self(hashes));
        }
        // RFC 6962 §2.1.2; `known` while the verifier has the old subtree's hash already.
        let (mut start, mut end, mut known) = (0, new, true);
        while old != end {
            let middle = start + split(end - start);
            if old <= middle {
                hashes.push(range_hash(middle, end, node)?);
                end = middle;
            } else {
                hashes.push(range_hash(start, middle, node)?);
                start = middle;
                known = false;
            }
        }
        if !known {
            hashes.push(range_hash(start, end, node)?);
        }
        hashes.reverse();
        Ok(Self(hashes))
    }

    /// Says whether the old tree is the beginning of the new one.
    ///
    /// Every tree begins with the empty one; that needs an empty proof, and the empty root.
    pub fn verify(
        &self,
        old: TreeSize,
        old_root: RootHash,
        new: TreeSize,
        new_root: RootHash,
    ) -> bool {
        if old > new {
            return false;
        }
        if old == new {
            return self.0.is_empty() && old_root == new_root;
        }
        if old == 0 {
            return self.0.is_empty() && old_root == RootHash::empty();
        }
        // RFC 9162 §2.1.4.2.
        let mut rest = self.0.iter().copied();
        let start = if old.is_power_of_two() { Some(old_root.0) } else { rest.next() };
        let Some(start) = start else {
            return false;
        };
        let shift = (old - 1).trailing_ones();
        let (mut first, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
        let (mut old_hash, mut new_hash) = (start, start);
        for sibling in rest {
            if last == 0 {
                return false;
            }
            if first & 1 == 1 || first == last {
                old_hash = Hash::node(sibling, old_hash);
                new_hash = Hash::node(sibling, new_hash);
                while first & 1 == 0 && first != 0 {
                    first >>= 1;
                    last >>= 1;
                }
            } else {
                new_hash = Hash::node(new_hash, sibling);
            }
            first >>= 1;
            last >>= 1;
        }
        last == 0 && old_hash == old_root.0 && new_hash == new_root.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| LeafHash::of(&i.to_be_bytes()).0).collect()
    }

    fn node_of(leaves: &[Hash]) -> impl FnMut(u32, u64) -> Result<Hash, ()> {
        |level, index| {
            let width = 1 << level;
            let start = index as usize * width;
            Ok(Hash::of_perfect(&leaves[start..start + width]))
        }
    }

    #[test]
    fn a_tree_proves_every_leaf_and_no_other() {
        for size in 1..=70 {
            let leaves = leaves(size);
            let root = root(size, &mut node_of(&leaves)).unwrap();
            for index in 0..size {
                let proof = InclusionProof::make(index, size, &mut node_of(&leaves)).unwrap();
                let leaf = LeafHash(leaves[index as usize]);
                assert!(proof.verify(index, leaf, size, root), "{index} of {size}");
                assert!(!proof.verify((index + 1) % (size + 1), leaf, size, root));
                assert!(!proof.verify(index, LeafHash::of(b"other"), size, root));
            }
        }
    }

    #[test]
    fn every_size_is_consistent_with_every_later_one() {
        let leaves = leaves(70);
        let root_of = |size| root(size, &mut node_of(&leaves)).unwrap();
        for new in 0..=70 {
            for old in 0..=new {
                let proof = ConsistencyProof::make(old, new, &mut node_of(&leaves)).unwrap();
                assert!(proof.verify(old, root_of(old), new, root_of(new)), "{old} {new}");
                if old > 0 && old < new {
                    assert!(!proof.verify(old, root_of(old - 1), new, root_of(new)));
                    assert!(!proof.verify(old, root_of(old), new, root_of(new - 1)));
                }
            }
        }
    }
}
