//! `pack`: the evidence of one record as a folder for somebody else.

use std::path::{Path, PathBuf};

use crate::evidence::Evidence;
use crate::pack::{self, Maker, PackError, Packed, WithoutNames};
use crate::provenance::files::Files as _;
use crate::provenance::log::RecordId;
use crate::render::{Inputs, LinkStyle, Routes};
use crate::verify::Trust;
use crate::write::{RealDisk, create_folder};

use super::{Ended, Failed, Outcome, console, day, now, site_folder};

/// Make an evidence pack: one record with all that is needed to check it without this site or this program
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge pack designs/river-path my-shop --to ~/river-path-evidence\n  selvedge verify ~/river-path-evidence --trust trust.toml\n\n\
    The pack says in README.txt how to check it with other people's programs. Whoever gets it needs the fingerprint of your \
    key from elsewhere."
)]
pub(super) struct Args {
    /// The record: its file, its number or the first letters of it, or a design as designs/NAME
    record: String,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// The new folder for the pack, outside the site
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = site_folder(args.site.as_ref());
    let loaded = crate::assemble::load_on(&root, day(at))?;
    let Some(site) = &loaded.site else {
        console::diagnostics_in_short(&loaded.diagnostics, &loaded.sources);
        return Ok(Ended::Wrong);
    };
    // What is given away cannot forget: the page is made anew without the names that may be erased.
    let signed = WithoutNames(&loaded.signed);
    let trust = crate::evidence::load_trust(&root).unwrap_or_else(|_| Trust::nobody());
    let evidence = Evidence::of(&signed, &trust, None);
    let packed = find(&evidence, &args.record)?;
    refuse_inside(&args.to, &root)?;
    let routes = Routes::new(Inputs {
        site,
        evidence: &evidence,
        signed: &signed,
        photos: &loaded.photos,
        theme: &loaded.theme,
        at,
        links: LinkStyle::Files,
    });
    let page = format!("V/{}/index.html", packed.id().short());
    // Status lists have no page.
    let page = routes.route(&page).map(|_| routes.bytes(&page)).transpose()?;
    let maker = Maker { name: site.name.original() };
    let files = pack::files(&evidence, &signed, &packed, maker, page)?;
    create_folder(&RealDisk, &args.to, &files)?;
    say(&packed, &evidence, &args.to, files.len());
    Ok(Ended::Fine)
}

/// The record that was named: by the path of its file, if there is one.
fn find<'a>(evidence: &'a Evidence, name: &str) -> Result<Packed<'a>, Failed> {
    let path = Path::new(name);
    if path.is_file() {
        let (files, inside) = crate::evidence::Disk::around(path);
        let bytes = files.read(&inside)?.unwrap_or_default();
        return Ok(pack::find(evidence, &RecordId::of(&bytes).to_string())?);
    }
    // A path that is not here may be the number alone that was meant, as of a record whose content was taken back.
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let stem = stem.rsplit_once("records/").map_or(stem, |(_, stem)| stem);
    pack::find(evidence, stem).map_err(|error: PackError| error.into())
}

/// A pack within the site would be published with it, or be taken for a part of it.
fn refuse_inside(target: &Path, site: &Path) -> Result<(), Failed> {
    let absolute = std::path::absolute(target)?;
    let site = std::fs::canonicalize(site)?;
    let above = absolute.ancestors().skip(1).find_map(|above| std::fs::canonicalize(above).ok());
    match above.is_some_and(|above| above.starts_with(&site)) {
        true => Err(Failed(format!(
            "{} lies in the folder of the site; give a place outside, for example --to ~/evidence",
            target.display()
        ))),
        false => Ok(()),
    }
}

fn say(packed: &Packed<'_>, evidence: &Evidence, target: &Path, count: usize) {
    let short = packed.id().short();
    console::say(&format!(
        "{} holds the evidence of record {short}, {count} files. Whoever gets it begins with README.html.",
        target.display()
    ));
    if packed.record().record().practice {
        console::say("It is for practice, proves nothing, and says so on its first line.");
    }
    if let Packed::Gone { .. } = packed {
        console::say("Its content was taken back: the pack holds what says so, and no content.");
    }
    let lists = evidence.status_lists();
    if lists.is_empty() {
        console::say(
            "There is no status list yet, so the pack cannot tell that the record is in force: run `selvedge log due SITE` first.",
        );
    }
    console::say(&format!(
        "Give the fingerprint of your key by another way than the pack, for example on paper: {}",
        crate::provenance::sshsig::fingerprint(packed.record().signed().key())
    ));
}
