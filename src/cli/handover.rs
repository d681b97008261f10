//! `handover`: the sheet for whoever carries a site on.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::attest::{certify, identity};
use crate::custody::handover::{self, About, Handover};
use crate::custody::sheet::SheetFolder;
use crate::evidence::{Disk, Evidence};
use crate::provenance::record::{Texts, texts_from_value};
use crate::verify::Trust;
use crate::write::RealDisk;

use super::keys::{KeyPlace, named_issuer};
use super::{Ended, Failed, Outcome, console, day, now};

/// How many days before it is due a renewal is told.
const SOON_DAYS: i64 = 60;

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
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
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
    let at = now(args.at.as_deref())?;
    let keys = vault.folder.list()?;
    let facts: Vec<(String, String)> =
        keys.into_iter().map(|key| (key.role.name().to_owned(), key.fingerprint)).collect();
    let known = identity::load(&root)?;
    let guardians = known.as_ref().and_then(|known| {
        let witness = &known.history.as_ref()?.latest().parameters.witness;
        (!witness.is_empty()).then_some((witness.threshold, witness.keys.len()))
    });
    let evidence = Evidence::of(&Disk::at(&root), &Trust::nobody(), Some(at));
    let charter = known.as_ref().and_then(|known| {
        let charter = certify::charter(&evidence, &known.issuer, false, at).ok()?;
        charter.record().subject.as_statement()?.members.get("successor")
    });
    let successor = charter.and_then(texts_from_value).and_then(|texts| said(&texts, &language));
    let address = issuer.base_url();
    let about = About {
        name: &name,
        address: &address,
        successor: successor.as_deref(),
        guardians,
        facts: &facts,
    };
    let page = handover::render(&handover, &about, &language);
    let sheets = SheetFolder::admit(&args.sheets, &root)?;
    let file = sheets.store(&RealDisk, "hand-over-sheet.html", &page)?;
    console::say(&format!("The sheet is {}; print it. Nothing on it is secret.", file.display()));
    let soon = day(at).checked_add(jiff::Span::new().days(SOON_DAYS)).unwrap_or(day(at));
    for (is_name, written) in handover.due(soon) {
        let what = if is_name { "name of the site" } else { "hosting" };
        let written = crate::diag::report::visible(written);
        console::say(&match written.parse::<crate::model::Date>() {
            Ok(by) if by < day(at) => {
                format!("ATTENTION: the {what} was to be renewed by {by}; see to it today")
            }
            Ok(by) => format!("the {what} is to be renewed by {by}: do it now"),
            Err(_) => format!(
                "\"{written}\" in private/handover.toml is not a day, so nobody is reminded; write for example \"2027-03-01\""
            ),
        });
    }
    Ok(Ended::Fine)
}

/// A text of a record in a language, else in the one that it was written in.
fn said(texts: &Texts, language: &str) -> Option<String> {
    let same = texts.iter().find(|text| text.language.eq_ignore_ascii_case(language));
    same.or(texts.first()).map(|text| text.text.clone())
}
