//! What is due in a register, told from the site's folder alone: without keys, and without changing anything.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use super::{AttestError, hold, identity, lists_due, read};
use crate::evidence::{Disk as Folder, Evidence};
use crate::provenance::files::Files as _;
use crate::provenance::log::RecordId;
use crate::provenance::record::SignedRecord;

/// What only the keys of the site can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Records that wait to be entered, or whose signing was interrupted.
    pub records: usize,
    /// Lists of what holds that are missing, old, or say otherwise than the register.
    pub lists: usize,
}

impl Due {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// Looks what is due at a moment. A site without a name of its own has nothing.
///
/// # Errors
/// If what waits cannot be read.
pub fn due(site: &Path, evidence: &Evidence, now: Timestamp) -> Result<Due, AttestError> {
    let known = identity::load(site)?;
    if known.is_none() && evidence.identity().is_none() {
        return Ok(Due::default());
    }
    // Before the first record there is nothing to fold.
    let folded = evidence.folded();
    let standings = folded.map(|folded| &folded.standings);
    let folder = Folder::at(site);
    let is_entered = |id: &RecordId| standings.is_some_and(|them| them.contains_key(id));
    let mut records = hold::held(&folder)?.iter().filter(|id| !is_entered(id)).count();
    // Beside the register: of this site's key only, as what others signed is entered when somebody asks for it.
    let names = folder.list("records").map_err(|error| AttestError::Read(error.to_string()))?;
    let entered = standings.into_iter().flatten().map(|(id, _)| id.short().to_string());
    let shorts: BTreeSet<String> = entered.collect();
    for name in names {
        let Some(short) = name.strip_suffix(".json").filter(|short| !shorts.contains(*short))
        else {
            continue;
        };
        let bytes = read(&folder, &format!("records/{short}.json"))?.unwrap_or_default();
        let Ok(signed) = SignedRecord::parse(&bytes) else { continue };
        let is_own = known.as_ref().is_some_and(|known| known.keys.contains(signed.key()));
        if is_own && !is_entered(&signed.id()) {
            records += 1;
        }
    }
    let lists = folded.map_or(0, |folded| lists_due(folded, now).len());
    Ok(Due { records, lists })
}
