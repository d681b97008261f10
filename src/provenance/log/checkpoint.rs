//! Checkpoints (C2SP tlog-checkpoint): the signed size and root of a log.

use std::fmt;

use super::{RootHash, TreeSize, merkle::Hash, parse_decimal};
use crate::provenance::key::Signer;
use crate::provenance::note::{KeyName, NoteKey, Signed, SignedNote};

/// Size and root of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: TreeSize,
    /// Hash of the tree.
    pub root: RootHash,
}

impl Head {
    /// The head of a log without entries.
    pub fn empty() -> Self {
        Self { size: 0, root: RootHash::empty() }
    }
}

/// A signed head of a named log. Signatures are not judged until [`Checkpoint::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: KeyName,
    head: Head,
    pub(super) note: SignedNote,
}

impl Checkpoint {
    /// Signs a head under the log's name.
    pub fn sign(origin: &KeyName, head: Head, signer: &dyn Signer) -> Self {
        let text = format!("{origin}\n{}\n{}\n", head.size, head.root.0);
        Self { origin: origin.clone(), head, note: SignedNote::sign(text, origin, signer) }
    }

    /// Reads a checkpoint. Extension lines are allowed, and mean nothing here.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let note = SignedNote::parse(bytes)?;
        let mut lines = note.text().strip_suffix('\n').unwrap_or(note.text()).split('\n');
        let origin = lines.next().and_then(KeyName::parse).ok_or("its first line names no log")?;
        let size = lines.next().and_then(parse_decimal).ok_or("its second line is no size")?;
        let root = lines.next().and_then(Hash::parse).ok_or("its third line is no root hash")?;
        if lines.any(str::is_empty) {
            return Err("an empty line stands within it");
        }
        let root = RootHash(root);
        if size == 0 && root != RootHash::empty() {
            return Err("it names a root for an empty log");
        }
        Ok(Self { origin, head: Head { size, root }, note })
    }

    /// The name of the log.
    pub fn origin(&self) -> &KeyName {
        &self.origin
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The text that is signed: name, size, root, and extension lines if there are any.
    pub fn text(&self) -> &str {
        self.note.text()
    }

    /// The same with the signature lines of one key only: what others added is left out.
    pub fn signed_by(&self, key: &NoteKey) -> Self {
        let mut alone = self.clone();
        let id = key.id();
        alone.note.retain(|line| line.name == *key.name() && line.key_id == id);
        alone
    }

    /// Says whether the log's key signed this. A key of another name than the origin never did.
    pub fn verify(&self, key: &NoteKey) -> Signed {
        if *key.name() == self.origin { self.note.verify(key) } else { Signed::Absent }
    }
}

/// Writes the checkpoint as it is stored.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
