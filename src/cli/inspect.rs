//! `inspect` and `dump`: what a file or a stage holds, for those who work on the program.

use std::path::PathBuf;

use crate::provenance::credential::Credential;
use crate::provenance::log::{Checkpoint, TlogProof};
use crate::provenance::record::SignedRecord;
use crate::read::{self, Changed, Memory};
use crate::render::{Inputs, LinkStyle, Routes};

use super::{Ended, Failed, Outcome, console, day, now, site_folder};

/// Show what a record, a proof or a checkpoint holds, without judging it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge inspect my-shop/log/checkpoint")]
pub(super) struct Args {
    /// The file
    file: PathBuf,
}

/// Show what a stage of a build holds
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge dump routes my-shop")]
pub(super) struct DumpArgs {
    /// Which stage
    #[arg(value_enum)]
    stage: Stage,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Stage {
    /// What was read, nothing resolved
    Draft,
    /// What was checked
    Site,
    /// Every path of the output
    Routes,
}

pub(super) fn run(args: &Args) -> Outcome {
    let bytes = std::fs::read(&args.file)
        .map_err(|error| Failed(format!("cannot read {}: {error}", args.file.display())))?;
    if let Ok(signed) = SignedRecord::parse(&bytes) {
        console::print(&format!("{:#?}\nid {}\n", signed.record(), signed.id()));
    } else if let Ok(credential) = Credential::parse(&bytes) {
        console::print(&format!("a credential, but no record of ours\n{credential:#?}\n"));
    } else if let Ok(proof) = TlogProof::parse(&bytes) {
        console::print(&format!("{proof:#?}\n"));
    } else if let Ok(checkpoint) = Checkpoint::parse(&bytes) {
        console::print(&format!("{checkpoint:#?}\n"));
    } else {
        return Err(Failed(format!("{} is no record, proof or checkpoint", args.file.display())));
    }
    Ok(Ended::Fine)
}

pub(super) fn dump(args: &DumpArgs) -> Outcome {
    let root = site_folder(args.site.as_ref());
    match args.stage {
        Stage::Draft => {
            let draft = read::load(&root, &mut Memory::default(), Changed::All)?;
            console::print(&format!("{draft:#?}\n"));
        }
        Stage::Site => {
            let outcome = crate::check::load_on(&root, day(now(None)?))?;
            console::print(&format!("{:#?}\n", outcome.site));
        }
        Stage::Routes => {
            let loaded = crate::assemble::load_on(&root, day(now(None)?))?;
            let Some(site) = &loaded.site else { return Ok(Ended::Wrong) };
            let routes = Routes::new(Inputs {
                site,
                evidence: &loaded.evidence,
                signed: &loaded.signed,
                photos: &loaded.photos,
                theme: &loaded.theme,
                at: now(None)?,
                links: LinkStyle::Pretty,
            });
            for (path, route) in routes.iter() {
                console::print(&format!("{:<60} {route:?}\n", path.as_str()));
            }
        }
    }
    Ok(Ended::Fine)
}
