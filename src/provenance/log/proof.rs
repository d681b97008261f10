//! `.tlog-proof` files (C2SP tlog-proof): an entry's way to a signed head, in one small text.

use std::fmt;

use super::merkle::{Hash, InclusionProof, LeafHash};
use super::{Checkpoint, parse_decimal};
use crate::provenance::base64;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Most hashes that a path can have in a tree of at most 2^63 leaves.
const MAX_HASHES: usize = 63;

/// A proof of inclusion, with the checkpoint that it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes beside the proof that nothing vouches for, in base64; this program writes none.
    pub extra: Option<String>,
    /// The entry's index.
    pub index: u64,
    /// The path from the entry's leaf to the root.
    pub path: InclusionProof,
    /// The signed head.
    pub checkpoint: Checkpoint,
}

impl TlogProof {
    /// Reads a proof; says what is wrong with it if it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text")?;
        let (proof, checkpoint) =
            text.split_once("\n\n").ok_or("no empty line stands before its checkpoint")?;
        let mut lines = proof.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err("its first line is not that of a tlog-proof, version 1");
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| line["extra ".len()..].to_owned());
        if extra.as_ref().is_some_and(|e| base64::decode(e).is_none()) {
            return Err("its extra line is malformed");
        }
        let index = lines
            .next()
            .and_then(|line| parse_decimal(line.strip_prefix("index ")?))
            .ok_or("it names no index")?;
        let hashes: Vec<Hash> = lines
            .take(MAX_HASHES + 1)
            .map(|line| Hash::parse(line).ok_or("a line of its path is no hash"))
            .collect::<Result<_, _>>()?;
        if hashes.len() > MAX_HASHES {
            return Err("its path is too long");
        }
        let checkpoint = Checkpoint::parse(checkpoint.as_bytes())?;
        Ok(Self { extra, index, path: InclusionProof(hashes), checkpoint })
    }

    /// Says whether the path leads from this leaf to the checkpoint's root. Who signed the
    /// checkpoint is another question.
    pub fn leads_from(&self, leaf: LeafHash) -> bool {
        let head = self.checkpoint.head();
        self.path.verify(self.index, leaf, head.size, head.root)
    }
}

/// Writes the proof as it is stored.
impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {extra}")?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.0.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
