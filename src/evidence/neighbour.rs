//! The registers of those whom a site's trust list believes, as far as they are at hand.
//!
//! What a page says of a neighbour's records is judged here as anybody would judge it, by this site's own trust list: a
//! neighbour who is not on it has no word. Where they publish is what the list says, a folder; of a site on the web `log due`
//! keeps a copy, which is judged again whenever it is loaded.

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Disk, Evidence, is_against_register};
use crate::provenance::did::Did;
use crate::provenance::files::Files as _;
use crate::provenance::instant;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::verify::fold::{Folded, Standing};
use crate::verify::trust::TrustedSigner;
use crate::verify::{
    self, FolderAudit, Identity, State, Trust, VerifiedRecord, delegation, test_keys,
};

/// Where copies of neighbours' registers are kept, below the site's folder.
const KEPT: &str = ".selvedge/neighbours";

/// The file in a copy that says when it was made: an instant as records write it, and a newline.
pub const AS_OF: &str = "as-of";

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
    folder: PathBuf,
    /// Where they publish, as the trust list says it.
    address: String,
}

/// Somebody who is believed because a signer of the trust list delegated her, as far as registers at hand tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegate {
    /// Who, for what, from when until when and by whom: [`TrustedSigner::delegated`] is there.
    pub signer: TrustedSigner,
    /// As of when that is known: the oldest of the registers that lead to her. A Delegation may have been taken back since.
    pub as_of: Timestamp,
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
        let audit = verify::folder("", &Disk::at(&folder), trust, None, None);
        let is_theirs =
            audit.identity.as_ref().is_some_and(|it| it.issuer.same_issuer(&signer.did));
        let is_whole = audit.folded.as_ref().is_some_and(|folded| folded.gap.is_none())
            && !audit.report.findings.iter().any(is_against_register);
        if is_theirs && is_whole {
            let (name, address) = (signer.name.clone(), address.clone());
            found.push(Neighbour { name, audit, folder, address });
        }
    }
    found
}

/// Whom the site itself and the signers of its trust list delegated (RECORD-FORMAT §9.1), as their registers at hand had it at a time,
/// in the order in which they are found. The site is called `name`; test keys delegate nobody.
#[must_use]
pub fn delegates(root: &Path, evidence: &Evidence, name: &str, at: Timestamp) -> Vec<Delegate> {
    // Most sites have no Delegation at hand, and nothing is judged again for those.
    let gives = |own: &Did, records: &[VerifiedRecord]| {
        records
            .iter()
            .map(VerifiedRecord::record)
            .any(|said| said.subject.kind() == Kind::Delegation && said.issuer.same_issuer(own))
    };
    let registers = evidence.neighbours.iter();
    let registers: Vec<&Neighbour> =
        registers.filter(|it| gives(&it.identity().issuer, &it.audit.records)).collect();
    let own = evidence.identity().map(|own| &own.issuer);
    let own = own.filter(|own| evidence.is_register_whole() && gives(own, &evidence.audit.records));
    if registers.is_empty() && own.is_none() {
        return Vec::new();
    }
    let mut trust = evidence.trust().clone();
    let listed = trust.signers().len();
    for signer in own.into_iter().flat_map(|_| evidence.own_signers(name)) {
        trust.add(TrustedSigner { address: Some(OWN.to_owned()), ..signer });
    }
    test_keys::refuse(&mut trust);
    delegation::extend(&mut trust, Some(at), &|address, judge| {
        if address == OWN {
            judge(&Disk::at(root));
            return Ok(());
        }
        let found = registers.iter().find(|it| it.address == address);
        judge(&Disk::at(
            &found.ok_or("their register is not at hand, or delegates nobody")?.folder,
        ));
        Ok(())
    });
    let as_of = |did: &Did| {
        let found = registers.iter().find(|it| it.identity().issuer.same_issuer(did));
        // Whatever is no neighbour's is the site's own, which is as it is now.
        found.and_then(|it| it.as_of()).map_or(at, |known| known.min(at))
    };
    let added = trust.signers()[listed..].iter();
    added
        .filter_map(|signer| {
            let chain = &signer.delegated.as_ref()?.chain;
            // What nobody gave on is no reason to name her.
            signer.kinds.as_ref().filter(|kinds| !kinds.is_empty())?;
            let as_of = chain.iter().map(|it| as_of(&it.did)).min()?;
            Some(Delegate { signer: signer.clone(), as_of })
        })
        .collect()
}

/// Where the site itself is, from its folder.
const OWN: &str = "";

impl Neighbour {
    /// As of when the register is known: when the copy was made; or, where nothing says that, by the newest time that
    /// its own records have.
    pub fn as_of(&self) -> Option<Timestamp> {
        let made = Disk::at(&self.folder).read(AS_OF).ok().flatten();
        let made = made.filter(|_| self.address.contains("://"));
        let made =
            made.and_then(|text| instant::parse(std::str::from_utf8(&text).ok()?.trim_end()));
        let signed = self.audit.records.iter().map(|record| record.signed().created());
        made.or_else(|| signed.max())
    }

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
