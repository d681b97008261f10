//! Open Badges of certifications and memberships: made when those are signed, and by `record export-badge`.

use jiff::Timestamp;

use crate::attest::{self, Register, SiteLookup, export};
use crate::custody::Role;
use crate::evidence::Evidence;
use crate::provenance::log::RecordId;
use crate::verify::Trust;
use crate::write::{FolderLock, RealDisk};

use super::acts::{self, Desk};
use super::record::Args;
use super::{Ended, Failed, Outcome, console};

/// Makes the Open Badges of what was just entered, while the keys are open; those of practice, or that wait for others, have
/// none. What was entered stays so whatever comes of it. Gives the files.
pub(super) fn beside(register: &Register<'_>, entered: &[RecordId], at: Timestamp) -> Vec<String> {
    let mut files = Vec::new();
    for (id, made) in register.open_badges(entered, at) {
        match made {
            Ok(path) => files.push(path),
            Err(error) => {
                let Failed(why) = error.into();
                console::say(&format!(
                    "The record {short} is entered, but its Open Badge could not be made: {why}. To make it: selvedge record export-badge \
                     {short}",
                    short = id.short()
                ));
            }
        }
    }
    files
}

/// That Open Badges were made, in a line; nothing if none was.
pub(super) fn say(files: &[String]) {
    match files {
        [] => {}
        [file] => console::say(&format!(
            "Its Open Badge, for programs that read those, is {file}; `selvedge build` puts it into its badges."
        )),
        files => console::say(&format!(
            "Their Open Badges, for programs that read those, are {}; `selvedge build` puts them into their badges.",
            files.join(", ")
        )),
    }
}

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
