//! The registers of those whom a site's trust list believes, as far as they are at hand.
//!
//! What a page says of a neighbour's records is judged here as anybody would judge it, by this site's own trust list: a
//! neighbour who is not on it has no word. Where they publish is what the list says, a folder; of a site on the web `log due`
//! keeps a copy, which is judged again whenever it is loaded.

use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{Disk, is_against_register};
use crate::provenance::did::Did;
use crate::provenance::log::RecordId;
use crate::verify::fold::{Folded, Standing};
use crate::verify::{self, FolderAudit, Identity, State, Trust, VerifiedRecord};

/// Where copies of neighbours' registers are kept, below the site's folder.
const KEPT: &str = ".selvedge/neighbours";

/// Where the copy of somebody's register is kept, below the site's folder.
#[must_use]
pub fn kept_folder(did: &Did) -> String {
    // What a name is made of is somebody else's choice.
    let digest = Sha256::digest(did.to_string());
    format!("{KEPT}/{}", HEXLOWER.encode(&digest[..16]))
}

/// A register of somebody whom the site believes, judged by its trust list.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// What the trust list calls them.
    pub name: String,
    audit: FolderAudit,
}

/// The registers of the signers of a trust list that are at hand, in the order of the list. One that cannot tell how its records stand
/// is left out, and so is one that is not the signer's.
#[must_use]
pub fn neighbours(root: &Path, trust: &Trust) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    for signer in trust.signers().iter().filter(|signer| signer.delegated.is_none()) {
        let Some(address) = &signer.address else { continue };
        let folder = match address.contains("://") {
            true => root.join(kept_folder(&signer.did)),
            false => root.join(address),
        };
        let is_known = |it: &Neighbour| it.identity().issuer.same_issuer(&signer.did);
        if !folder.is_dir() || found.iter().any(is_known) {
            continue;
        }
        let audit = verify::folder("", &Disk::at(folder), trust, None, None);
        let is_theirs =
            audit.identity.as_ref().is_some_and(|it| it.issuer.same_issuer(&signer.did));
        let is_whole = audit.folded.as_ref().is_some_and(|folded| folded.gap.is_none())
            && !audit.report.findings.iter().any(is_against_register);
        if is_theirs && is_whole {
            found.push(Neighbour { name: signer.name.clone(), audit });
        }
    }
    found
}

impl Neighbour {
    /// Whose register it is.
    ///
    /// # Panics
    /// Never: [`neighbours`] takes none without.
    pub fn identity(&self) -> &Identity {
        self.audit.identity.as_ref().expect("a neighbour has an identity")
    }

    /// The fold over it.
    ///
    /// # Panics
    /// Never: [`neighbours`] takes none without.
    pub fn folded(&self) -> &Folded {
        self.audit.folded.as_ref().expect("the register of a neighbour can be told")
    }

    /// The records in it whose signers the trust list believes for their kind, in no order.
    pub fn records(&self) -> impl Iterator<Item = &VerifiedRecord> {
        self.audit.records.iter().filter(|record| {
            // What comes of its term is for whoever knows the time; all else is judged.
            record.state() > State::WrongSite
                && self.standing(&record.id()).is_some()
                && record.proof().is_some()
        })
    }

    /// A record of it that is believed.
    pub fn record(&self, id: &RecordId) -> Option<&VerifiedRecord> {
        self.records().find(|record| record.id() == *id)
    }

    /// How a record stands in it.
    pub fn standing(&self, id: &RecordId) -> Option<&Standing> {
        self.folded().standings.get(id)
    }
}
