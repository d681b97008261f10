//! `log repair`: from two versions of a register to one.

use crate::attest::repair::{Repair, Side, begin_again, compare, reappend, resume};
use crate::attest::{self, Keys, Places};
use crate::custody::SecretKey;
use crate::evidence::Disk;
use crate::fetch::Web;
use crate::write::RealDisk;

use super::super::keys::issuer;
use super::super::succession::{self, Act, Common, GoOn};
use super::super::{Ended, Failed, Outcome, console};
use super::{TrustFile, log_key, open};

/// Make one register of two versions that two machines signed; nothing is lost
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge log repair my-shop --with ../my-shop-from-the-stick")]
pub(super) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    trust: TrustFile,
    /// The folder of the site with the other version
    #[arg(long, value_name = "FOLDER")]
    with: String,
    /// Do not ask before repairing
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: &Args, web: Option<&dyn Web>) -> Outcome {
    let root = args.common.place.root();
    let trust = args.trust.read(&root)?;
    let issuer = issuer(&root)?;
    let vault = args.common.place.vault(&root, &issuer)?;
    let places = Places { site: &root, heads: &vault.heads };
    resume(places, &RealDisk)?;
    let log_key = log_key(&root)?;
    let theirs = open(std::path::Path::new("."), &args.with, web)?;
    let found = compare(&Disk::at(&root), &*theirs, &log_key, &[], &trust)?;
    console::say(&found.words());
    let (keep, lost) = match found.plan(log_key.name()) {
        Repair::Nothing => {
            console::say("This folder has all that the other one has: nothing is to be repaired.");
            return Ok(Ended::Fine);
        }
        Repair::NewOrigin { origin } => {
            console::say(&format!(
                "Neighbours have seen both versions, so neither can be taken back: the register goes on as {origin}, with a new \
                 log key that your identity announces. Both versions stay as evidence."
            ));
            if !is_agreed(args)? {
                return Ok(Ended::Fine);
            }
            let begin = |key: &SecretKey| {
                begin_again(places, &RealDisk, &log_key, &found, &*theirs, key)
                    .map(drop)
                    .map_err(Failed::from)
            };
            let how = GoOn { origin, common: found.common, begin: &begin };
            return succession::run(&args.common, Act::GoOn(&how));
        }
        Repair::Reappend { keep, entries } => (keep, super::entries(entries.len() as u64)),
    };
    console::say(&format!(
        "The version in {} stays, and what only the other has ({lost}) is appended to it. Both page seals are kept in \
         log/forks.",
        if keep == Side::Ours { "this folder" } else { "the other folder" }
    ));
    if !is_agreed(args)? {
        return Ok(Ended::Fine);
    }
    let passphrase = args.common.phrase.read(false)?;
    let (record, log) = vault.folder.unlock_both(&passphrase)?;
    for left in reappend(places, &RealDisk, &log_key, &found, keep, &*theirs)? {
        console::say(&format!("this entry is no record, and has to be entered anew: {left}"));
    }
    let keys = Keys { record: &record, log: &log };
    let register = attest::open(places, issuer, keys, &RealDisk)?;
    console::say(&format!("Done: {} appended.", super::entries(register.completed().len() as u64)));
    Ok(Ended::Fine)
}

/// Asks whether to repair.
fn is_agreed(args: &Args) -> Result<bool, Failed> {
    if args.yes {
        return Ok(true);
    }
    if !console::is_interactive() {
        return Err(Failed(
            "nobody can be asked whether to do this; say --yes if it is right".to_owned(),
        ));
    }
    let answer = console::ask("Do this? (yes or no)", "no").to_lowercase();
    let is_agreed = matches!(answer.as_str(), "yes" | "y");
    if !is_agreed {
        console::say("nothing was changed");
    }
    Ok(is_agreed)
}
