//! `log due`: everything about the register that is due, in one go; what `publish` runs first.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::attest::identity;
use crate::attest::witness::witness_name;
use crate::attest::{self, Keys, Places};
use crate::custody::Role;
use crate::fetch::Web;
use crate::write::RealDisk;

use super::super::keys::{KeyPlace, PhraseSource, fill, issuer};
use super::super::{Ended, Failed, Outcome, console, now, succession};
use super::{TrustFile, anchor, collect, witness};

/// Do what is due in the register: enter what waits, renew the lists of what holds, ask the neighbours and clocks of trust.toml
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge log due my-shop\n  selvedge log due my-shop --tsa https://time.example/tsr --tsa-root time-root.pem"
)]
pub(super) struct Args {
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    phrase: PhraseSource,
    #[command(flatten)]
    trust: TrustFile,
    /// A time-stamp authority that dates the register (RFC 3161); may be repeated
    #[arg(long, value_name = "URL")]
    tsa: Vec<String>,
    /// The authority's certificates up to its root
    #[arg(long, value_name = "FILE", requires = "tsa")]
    tsa_root: Vec<PathBuf>,
    /// An OpenTimestamps calendar that dates the register; may be repeated
    #[arg(long, value_name = "URL")]
    ots: Vec<String>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &Args, web: Option<&dyn Web>) -> Outcome {
    let root = args.place.root();
    let at = Timestamp::from_second(now(args.at.as_deref())?.as_second())?;
    let base = issuer(&root)?;
    let vault = args.place.vault(&root, &base)?;
    let known = identity::load(&root)?;
    if let Some(known) = &known {
        succession::settle(&vault.folder, known)?;
    }
    let passphrase = args.phrase.read(false)?;
    let (record, log) = vault.folder.unlock_both(&passphrase)?;
    let places = Places { site: &root, heads: &vault.heads };
    let mut register =
        attest::open(places, base.clone(), Keys { record: &record, log: &log }, &RealDisk)?;
    crate::cli::acts::say_what_lay_there(&register)?;
    crate::cli::acts::tend_seals(&root, &register)?;
    if let Some(known) = &known {
        succession::complete_change(&mut register, &vault, known, &base, at)?;
    }
    let entered = register.flush()?;
    for asking in register.asking()? {
        console::say(&format!(
            "{} waits in private/held until those agree who have to, and opens nothing before",
            asking.id().short()
        ));
    }
    if !entered.is_empty() {
        console::say(&format!(
            "{} that waited are in the register now",
            super::entries(entered.len() as u64)
        ));
    }
    let mut failed = None;
    let lists = register.sign_lists(known.is_none(), at, &mut || {
        let mut random = [0; 16];
        if let Err(error) = fill(&mut random) {
            failed = Some(error);
        }
        random
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    crate::cli::acts::say_kept_back(&register);
    drop(register);
    console::say(match lists.len() {
        0 => "the lists of what holds are current",
        _ => "the lists of what holds were renewed",
    });
    let mut ended = Ended::Fine;
    let trust = args.trust.read(&root)?;
    if trust.witnesses().iter().any(|one| one.address.is_some() || one.server.is_some()) {
        let asked = collect::Args { place: args.place.clone(), trust: args.trust.clone() };
        if collect::run(&asked, web)? == Ended::Wrong {
            ended = Ended::Wrong;
        }
    }
    // An association that keeps a witness key seals its neighbours' registers on the way.
    let watched = trust.logs().iter().filter_map(|log| Some((log.address.clone()?, root.clone())));
    let watched: Vec<(String, PathBuf)> = watched.collect();
    let has_key = vault.folder.list()?.iter().any(|key| key.role == Role::Witness);
    if let Some(name) = witness_name(&base).filter(|_| has_key && !watched.is_empty()) {
        let signer = vault.folder.unlock(Role::Witness, &passphrase)?;
        if witness::watch_all(places, &name, &signer, &trust, watched, at, web)? == Ended::Wrong {
            ended = Ended::Wrong;
        }
    }
    let time = trust.time();
    let is_listed = time.authorities.iter().any(|it| it.address.is_some());
    if is_listed || !time.calendars.is_empty() {
        let Some(web) = web else {
            return Err(Failed("this command reads folders only; run it where it may ask".into()));
        };
        if anchor::run_listed(&root, &trust, web)? == Ended::Wrong {
            ended = Ended::Wrong;
        }
    }
    if !args.tsa.is_empty() || !args.ots.is_empty() {
        let asked = anchor::Args::of(&root, &args.tsa, &args.tsa_root, &args.ots);
        if anchor::run(&asked)? == Ended::Wrong {
            ended = Ended::Wrong;
        }
    }
    Ok(ended)
}
