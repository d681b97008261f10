//! `log repair`: from two versions of a register to one.

use std::collections::BTreeSet;
use std::path::Path;

use crate::attest::private::Brought;
use crate::attest::repair::{
    Comparison, Repair, Side, begin_again, compare, is_unfinished, reappend, resume,
};
use crate::attest::withdraw::others;
use crate::attest::{self, Keys, Places, SiteLookup};
use crate::custody::SecretKey;
use crate::evidence::Disk;
use crate::fetch::Web;
use crate::provenance::did::DidWeb;
use crate::provenance::files::Files;
use crate::provenance::log::witness_protocol::published_folder;
use crate::provenance::log::{Checkpoint, Cosigned, Entry, RecordId};
use crate::provenance::note::{NoteKey, Signed};
use crate::provenance::record::SignedRecord;
use crate::verify::Trust;
use crate::write::RealDisk;

use super::super::keys::{Vault, issuer};
use super::super::succession::{self, Act, Common, GoOn};
use super::super::{Ended, Failed, Outcome, acts, console};
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
    // What neighbours saw and publish decides, whether it was collected yet or not.
    let (seen, unheard) = seen(&root, &log_key, &trust, web);
    for who in unheard {
        console::say(&format!(
            "{who}; if it saw a version, that one has to stay: better find out before you repair"
        ));
    }
    let found = compare(&Disk::at(&root), &*theirs, &log_key, &seen, &trust)?;
    console::say(&found.words());
    let plan = found.plan(log_key.name());
    if plan != Repair::Nothing {
        expect_unnamed(&root, &found, &*theirs)?;
    }
    let (keep, lost) = match plan {
        Repair::Nothing if is_unfinished(places, &log_key)? => {
            console::say("A repair that was interrupted is completed.");
            return enter(args, places, &vault, issuer);
        }
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
            let brought = bring_private(&root, &args.with, &found)?;
            let ended = succession::run(&args.common, Act::GoOn(&how))?;
            say_brought(brought);
            return Ok(ended);
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
    let brought = bring_private(&root, &args.with, &found)?;
    for left in reappend(places, &RealDisk, &log_key, &found, keep, &*theirs)? {
        console::say(&format!("this entry is no record, and has to be entered anew: {left}"));
    }
    enter_with(places, issuer, Keys { record: &record, log: &log })?;
    say_brought(brought);
    Ok(Ended::Fine)
}

/// Enters what a repair laid beside the register.
fn enter(args: &Args, places: Places<'_>, vault: &Vault, issuer: DidWeb) -> Outcome {
    let passphrase = args.common.phrase.read(false)?;
    let (record, log) = vault.folder.unlock_both(&passphrase)?;
    enter_with(places, issuer, Keys { record: &record, log: &log })?;
    Ok(Ended::Fine)
}

fn enter_with(places: Places<'_>, issuer: DidWeb, keys: Keys<'_>) -> Result<(), Failed> {
    let register = attest::open(places, issuer, keys, &RealDisk)?;
    acts::say_kept_back(&register);
    console::say(&format!("Done: {} appended.", super::entries(register.completed().len() as u64)));
    Ok(())
}

/// Brings what only the other folder keeps in private of the records that come; `None` if that folder is not at hand.
fn bring_private(root: &Path, with: &str, found: &Comparison) -> Result<Option<Brought>, Failed> {
    let other = Path::new(with);
    if !other.is_dir() {
        return Ok(None);
    }
    let had: BTreeSet<RecordId> = SiteLookup::load(root).records().map(SignedRecord::id).collect();
    let theirs = found.theirs.entries.iter().filter_map(|entry| match Entry::parse(entry) {
        Some(Entry::Record(id)) => Some(id),
        _ => None,
    });
    let come: Vec<RecordId> = theirs.filter(|id| !had.contains(id)).collect();
    Ok(Some(attest::private::bring_private(root, other, &come, &RealDisk)?))
}

/// Says what came along of what is private, and what else the other folder has alone.
fn say_brought(brought: Option<Brought>) {
    let Some(brought) = brought else {
        console::say(
            "What that copy keeps in private was not at hand: names kept apart, and what opens sealed designs, stay where they are.",
        );
        return;
    };
    if brought.count > 0 {
        console::say(&format!(
            "{} of names kept apart and of seals came along into private.",
            super::entries(brought.count as u64)
        ));
    }
    if !brought.left.is_empty() {
        console::say(&format!(
            "Only the other folder has these, and they were not taken over. Do not delete it before you have copied or done without \
             them:\n  {}",
            brought.left.join("\n  ")
        ));
    }
}

/// Refuses while a product names a design that leaves the site with a Withdrawal of the other version. A site that has
/// errors is built by nobody, and is not asked.
fn expect_unnamed(root: &Path, found: &Comparison, theirs: &dyn Files) -> Result<(), Failed> {
    let gone = found.taken_back(&Disk::at(root), theirs);
    if gone.is_empty() {
        return Ok(());
    }
    let Some(site) = crate::check::load(root).ok().and_then(|outcome| outcome.site) else {
        return Ok(());
    };
    let lookup = SiteLookup::load(root);
    for signed in lookup.records().filter(|signed| gone.contains(&signed.id())) {
        let Some(design) = signed.record().subject.as_design() else { continue };
        // Another record of the same design keeps it.
        let is_kept = others(lookup.records(), &design.slug, &signed.id())
            .any(|other| !gone.contains(&other));
        if !is_kept {
            acts::expect_unnamed(&site, &design.slug)?;
        }
    }
    Ok(())
}

/// What the witnesses of the trust list publish of this register, and whom nobody could ask.
fn seen(
    root: &Path,
    log_key: &NoteKey,
    trust: &Trust,
    web: Option<&dyn Web>,
) -> (Vec<Checkpoint>, Vec<String>) {
    let path = format!("witness/{}/checkpoint", published_folder(log_key.name()));
    let (mut all, mut unheard) = (Vec::new(), Vec::new());
    for witness in trust.witnesses() {
        let name = &witness.name;
        let Some(address) = &witness.address else {
            // A server of this sort cosigns what it is shown, and shows nothing itself.
            unheard.push(match &witness.server {
                Some(server) => format!(
                    "{name} runs a server ({server}) that nobody can ask which version it saw; ask the people of {name}, or \
                     write the address of their site beside it in trust.toml"
                ),
                None => format!(
                    "{name} could not be asked which version it saw: trust.toml gives no address of their site"
                ),
            });
            continue;
        };
        let answer = open(root, address, web)
            .and_then(|neighbour| neighbour.read(&path).map_err(Failed::from));
        let bytes = match answer {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(Failed(why)) => {
                unheard.push(format!("{name} could not be asked which version it saw ({why})"));
                continue;
            }
        };
        let found = Checkpoint::parse(&bytes).ok();
        let is_its = |found: &Checkpoint| {
            found.verify(log_key) == Signed::Valid
                && matches!(found.cosigned_by(&witness.key), Cosigned::At(_))
        };
        all.extend(found.filter(is_its));
    }
    (all, unheard)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::{Signer as _, TestSigner};
    use crate::provenance::log::{Head, LeafHash, RootHash, WitnessKey};
    use crate::provenance::note::KeyName;

    #[test]
    fn what_a_neighbour_saw_is_heard_before_it_was_collected() {
        let dir = tempfile::tempdir().expect("a folder");
        let (log, hers) = (TestSigner::from_seed([2; 32]), TestSigner::from_seed([41; 32]));
        let log_key =
            NoteKey::new(KeyName::parse("a.example/log").expect("a name"), log.verifier_key());
        let name = KeyName::parse("b.example/witness").expect("a name");
        let witness = WitnessKey::new(name.clone(), hers.verifier_key());
        let head = Head { size: 3, root: RootHash(LeafHash::of(b"x").0) };
        let mut seen_head = Checkpoint::sign(log_key.name(), head, &log);
        let at = "2026-11-02T00:00:00Z".parse().expect("a time");
        let line = seen_head.cosign(&name, at, &hers).expect("a cosignature");
        assert_eq!(seen_head.add(&line, &witness), Ok(true));
        let folder = dir.path().join("b/witness").join(published_folder(log_key.name()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let trust = |address: &str| {
            let text = format!(
                "quorum = 1\n[[witness]]\nname = \"B\"\nkey = \"{witness}\"\naddress = \"{address}\"\n"
            );
            Trust::parse(&text).expect("a trust list")
        };
        let heard = |trust: &Trust| seen(&dir.path().join("a"), &log_key, trust, None);
        let ask = |address: &str| heard(&trust(address)).0;
        std::fs::create_dir(dir.path().join("a")).expect("a folder");
        assert_eq!(ask("../b"), []);
        let text = seen_head.to_string();
        std::fs::write(folder.join("checkpoint"), &text).expect("a file");
        assert_eq!(ask("../b"), [seen_head]);
        assert_eq!(ask("../nowhere"), []);
        // Whoever could not be asked is named, and one who runs a server alone never can be.
        assert!(heard(&trust("../b")).1.is_empty());
        assert!(heard(&trust("../nowhere")).1[0].starts_with("B could not be asked"));
        for (line, words) in [
            ("server = \"https://b.example/add/\"\n", "B runs a server (https://b.example/add/)"),
            ("", "B could not be asked which version it saw: trust.toml gives no address"),
        ] {
            let text = format!("[[witness]]\nname = \"B\"\nkey = \"{witness}\"\n{line}");
            let (found, unheard) = heard(&Trust::parse(&text).expect("a trust list"));
            assert!(found.is_empty() && unheard[0].starts_with(words), "{unheard:?}");
        }
        std::fs::write(folder.join("checkpoint"), text.replace("\n3\n", "\n4\n")).expect("a file");
        assert_eq!(ask("../b"), []);
    }
}
