//! `record export-badge`: a certification or a membership as an Open Badge.

use crate::attest::{self, SiteLookup, export};
use crate::custody::Role;
use crate::evidence::Evidence;
use crate::verify::Trust;
use crate::write::{FolderLock, RealDisk};

use super::acts::{self, Desk};
use super::record::Args;
use super::{Ended, Failed, Outcome, console};

/// Signs the Open Badge of a record and lays it beside the record.
pub(super) fn badge(args: &Args) -> Outcome {
    let Some(what) = args.what.as_deref() else {
        return Err(Failed(
            "say of which record, by the first letters of its number; `selvedge record list my-shop` shows them: selvedge record \
             export-badge IDF6JDYS my-shop"
                .to_owned(),
        ));
    };
    if args.practice || args.hold {
        let option = if args.practice { "--practice" } else { "--hold" };
        return Err(Failed(format!(
            "an Open Badge is made at once, of a record that is in force; leave out {option}"
        )));
    }
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    desk.expect_register()?;
    let lookup = SiteLookup::load(&desk.root);
    let id = lookup.signed(what).map_err(Failed)?.id();
    let evidence = Evidence::load(&desk.root, &Trust::nobody(), Some(desk.at));
    let record = export::badge_record(&evidence, &id, desk.at)?;
    let words = format!(
        "{}\nYou sign the same once more as an Open Badge, for programs that read those. It enters nothing in the register; \
         `selvedge build` puts it into the badges of this record as long as the record is in force.\n",
        acts::words_of(record.signed())
    );
    let vault = args.place.vault(&desk.root, &desk.base)?;
    if !acts::confirmed(args, &words)? {
        return Ok(Ended::Fine);
    }
    let _lock = FolderLock::take(&desk.root, "making a badge in")?;
    let path = {
        // Wiped at once: the key is open then.
        let key = vault.folder.unlock(Role::Record, &args.phrase.read(false)?)?;
        attest::export::open_badge(&desk.root, &evidence, &id, desk.at, &key, &RealDisk)?
    };
    if args.json {
        console::json(&serde_json::json!({
            "id": id.to_string(), "shortId": id.short().as_str(), "file": path,
        }));
    } else {
        console::say(&format!(
            "Signed: {path}\nThe next `selvedge build` puts it into the badges of this record, and publishes it beside the record."
        ));
    }
    Ok(Ended::Fine)
}
