//! The log: an append-only list of record ids as a Merkle tree in static files.
//!
//! Implements RFC 6962 hashing and proofs (verification as RFC 9162 §2.1.3 and §2.1.4 write it),
//! C2SP tlog-checkpoint 1.0.0, tlog-tiles 0.1.0, tlog-proof, tlog-cosignature 1.0.1, tlog-policy and
//! tlog-witness 1.0.0. All of it is pure: readers get
//! [`Files`](super::files::Files), the [append planner](append::plan) answers which bytes are to
//! be written where and in which order, and `attest` writes them.
//!
//! The arithmetic of paths and tiles is ours, on the hashes of `sha2`: it is what this program
//! exists for, it is small, and the crates that have it (`tlog_tiles`) bring older generations
//! of the same cryptography and no planner. Vectors of three other implementations hold it.

pub mod append;
mod checkpoint;
pub mod cosignature;
mod entry;
pub mod head_list;
pub mod merkle;
pub mod policy;
mod proof;
pub mod tile;
pub mod witness_protocol;

pub use checkpoint::{Checkpoint, Head};
pub use cosignature::{Cosignature, Cosigned, WitnessKey};
pub use entry::{Entry, RecordId, ShortId};
pub use merkle::{ConsistencyProof, Hash, InclusionProof, LeafHash, RootHash};
pub use proof::TlogProof;
pub use tile::{Bundle, Tile, TreeView};

use crate::provenance::note::KeyName;

/// Number of entries in a log, and so the number of leaves of its tree.
pub type TreeSize = u64;

/// Largest size of a log: 2^63 - 1, as other implementations count.
pub const MAX_SIZE: TreeSize = i64::MAX as u64;

/// Reads a decimal number in its one spelling: no sign, no leading zero.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let has_one_spelling = text == "0" || text.starts_with(|first| matches!(first, '1'..='9'));
    text.parse().ok().filter(|number| has_one_spelling && *number <= MAX_SIZE)
}

/// The address that the name of a log or witness begins with: without `/log` and the number under
/// which a log went on, or without `/witness`.
pub fn origin_base(name: &KeyName) -> &str {
    let name = name.as_str();
    let unnumbered = match name.rsplit_once('/') {
        Some((before, number)) if parse_decimal(number).is_some() => before,
        _ => name,
    };
    let of_log = unnumbered.strip_suffix("/log");
    of_log.or_else(|| name.strip_suffix("/witness")).unwrap_or(name)
}

/// Something about a log's files that keeps it from being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFault {
    /// What it amounts to.
    pub kind: FaultKind,
    /// The file at fault, relative to the log's folder.
    pub path: String,
    /// What is wrong with it, in plain words.
    pub why: String,
}

/// What a fault amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A file is not at hand: lost, or not synced yet. Nothing is known against it.
    Missing,
    /// A file is cut or malformed: lost writes, a half sync. Restoring it helps.
    Damaged,
    /// A well-formed file does not belong to the signed head.
    Tampered,
}

impl LogFault {
    pub(crate) fn damaged(path: &str, why: impl Into<String>) -> Self {
        Self { kind: FaultKind::Damaged, path: path.to_owned(), why: why.into() }
    }

    pub(crate) fn missing(path: &str, why: impl Into<String>) -> Self {
        Self { kind: FaultKind::Missing, path: path.to_owned(), why: why.into() }
    }

    pub(crate) fn tampered(path: &str, why: impl Into<String>) -> Self {
        Self { kind: FaultKind::Tampered, path: path.to_owned(), why: why.into() }
    }
}

impl std::fmt::Display for LogFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "log/{}: {}", self.path, self.why)
    }
}

impl std::error::Error for LogFault {}
