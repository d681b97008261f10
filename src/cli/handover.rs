//! `handover`: the sheet for whoever carries a site on.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::custody::handover::{self, Handover};
use crate::custody::sheet::SheetFolder;
use crate::write::RealDisk;

use super::keys::{KeyPlace, named_issuer};
use super::{Ended, Failed, Outcome, console};

/// Make a sheet for whoever carries the site on: where things are, who helps, what to do
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What it says comes from private/handover.toml:\n\n  registrar = \"Names Ltd\"\n  registrar_renewal = \"2027-03-01\"\n  host = \"Host Ltd\"\n  host_renewal = \"2027-05-01\"\n  backup = \"with Ana, in the blue box\"\n  master_sheet = \"in the safe of the association\"\n\n  [[guardians]]\n  name = \"Ana\"\n  reach = \"+51 900 000 000\"\n\n  [[contacts]]\n  name = \"Luz\"\n\nExample:\n  selvedge handover ~/sheets my-shop"
)]
pub(super) struct Args {
    /// The folder for the sheet, outside the site
    sheets: PathBuf,
    #[command(flatten)]
    place: KeyPlace,
}

pub(super) fn run(args: &Args) -> Outcome {
    let root = args.place.root();
    let (issuer, name, language) = named_issuer(&root)?;
    let vault = args.place.vault(&root, &issuer)?;
    let path = root.join("private/handover.toml");
    let unreadable = |why: String| Failed(format!("{}: {why}", path.display()));
    let handover = match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            console::say(
                "there is no private/handover.toml, so the sheet has lines to write on; `selvedge handover --help` shows what it may say",
            );
            Handover::default()
        }
        Ok(found) if !found.is_file() || found.len() > handover::MAX_FILE => {
            return Err(unreadable("it is no such file".to_owned()));
        }
        _ => {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
            Handover::parse(&text).map_err(unreadable)?
        }
    };
    let keys = vault.folder.list()?;
    let facts: Vec<(String, String)> =
        keys.into_iter().map(|key| (key.role.name().to_owned(), key.fingerprint)).collect();
    let page = handover::render(&handover, &name, &issuer.base_url(), &facts, &language);
    let sheets = SheetFolder::admit(&args.sheets, &root)?;
    let file = sheets.store(&RealDisk, "hand-over-sheet.html", &page)?;
    console::say(&format!("The sheet is {}; print it. Nothing on it is secret.", file.display()));
    Ok(Ended::Fine)
}
