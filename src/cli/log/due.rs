//! `log due`: everything about the register that is due, in one go; what `publish` runs first.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::attest::due::{Due, due};
use crate::attest::witness::witness_name;
use crate::attest::{self, Keys, Places};
use crate::attest::{identity, neighbour};
use crate::custody::leak::Watch;
use crate::custody::{Passphrase, Role};
use crate::evidence::{Disk, Evidence};
use crate::fetch::{PublishedSite, RealWeb, Web};
use crate::provenance::did::DidWeb;
use crate::verify::Trust;
use crate::write::RealDisk;

use super::super::keys::{KeyPlace, PhraseSource, Vault, fill, issuer};
use super::super::{Ended, Failed, Moment, Outcome, console, succession};
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
    let moment = Moment::of(args.at.as_deref())?;
    let base = issuer(&root)?;
    let vault = args.place.vault(&root, &base)?;
    let passphrase = sign(&root, &vault, &base, &args.phrase, moment, None)?;
    let mut ended = Ended::Fine;
    let trust = args.trust.read(&root)?;
    if has_neighbours(&trust) {
        let asked = collect::Args { place: args.place.clone(), trust: args.trust.clone() };
        if collect::run(&asked, web)? == Ended::Wrong {
            ended = Ended::Wrong;
        }
    }
    if seal_neighbours((&root, &vault, &base), &trust, &passphrase, moment, web)? == Ended::Wrong {
        ended = Ended::Wrong;
    }
    if keep_registers(&root, &trust, moment, web) == Ended::Wrong {
        ended = Ended::Wrong;
    }
    if has_clocks(&trust) {
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

/// Keeps a copy of each register on the web whose owner the trust list believes, for what pages say of it.
fn keep_registers(root: &Path, trust: &Trust, moment: Moment, web: Option<&dyn Web>) -> Ended {
    let mut ended = Ended::Fine;
    for signer in trust.signers() {
        let (Some(address), Some(web)) =
            (signer.address.as_deref().filter(|it| super::is_web(it)), web)
        else {
            continue;
        };
        let site = PublishedSite::at(web, address);
        let kept = neighbour::keep(root, &RealDisk, &signer.did, &site, moment.at);
        let name = crate::diag::report::visible(&signer.name);
        console::say(&match (kept, site.failure()) {
            (Ok(count), None) => {
                format!("{name}: their register is at hand, {}", super::entries(count as u64))
            }
            (Err(error), _) => {
                ended = Ended::Wrong;
                format!("{name}: their register is not at hand: {error}")
            }
            (_, Some(error)) => {
                ended = Ended::Wrong;
                format!("{name}: their register is not at hand: {error}")
            }
        });
    }
    ended
}

/// What only the keys can do: enters what waits, and renews the lists. The opened keys are looked for in what is published.
fn sign(
    root: &Path,
    vault: &Vault,
    base: &DidWeb,
    phrase: &PhraseSource,
    moment: Moment,
    watch: Option<&mut Watch>,
) -> Result<Passphrase, Failed> {
    let at = moment.at;
    let known = identity::load(root)?;
    if let Some(known) = &known {
        succession::settle(&vault.folder, known)?;
    }
    let passphrase = phrase.read(false)?;
    let (record, log) = vault.folder.unlock_both(&passphrase)?;
    if let Some(watch) = watch {
        watch.know_key("the record key", &record);
        watch.know_key("the log key", &log);
    }
    let places = Places { site: root, heads: &vault.heads };
    let mut register =
        attest::open(places, base.clone(), Keys { record: &record, log: &log }, &RealDisk)?;
    crate::cli::acts::say_what_lay_there(&register)?;
    crate::cli::acts::tend_seals(root, &register)?;
    // A clock that is behind keeps nobody from entering what was signed; it signs nothing.
    if let Ok(clock) = register.clock(at) {
        moment.expect_right(clock)?;
    }
    if let Some(known) = &known {
        succession::complete_change(&mut register, vault, known, base, at)?;
    }
    let entered = register.flush()?;
    let badges = crate::cli::exports::beside(&register, &entered, at);
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
    crate::cli::exports::say(&badges);
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
    Ok(passphrase)
}

/// An association that keeps a witness key seals its neighbours' registers on the way.
fn seal_neighbours(
    (root, vault, base): (&Path, &Vault, &DidWeb),
    trust: &Trust,
    passphrase: &Passphrase,
    moment: Moment,
    web: Option<&dyn Web>,
) -> Outcome {
    let places = Places { site: root, heads: &vault.heads };
    let watched =
        trust.logs().iter().filter_map(|log| Some((log.address.clone()?, root.to_owned())));
    let watched: Vec<(String, PathBuf)> = watched.collect();
    let has_key = vault.folder.list()?.iter().any(|key| key.role == Role::Witness);
    match witness_name(base).filter(|_| has_key && !watched.is_empty()) {
        Some(name) => {
            let signer = vault.folder.unlock(Role::Witness, passphrase)?;
            witness::watch_all(places, &name, &signer, trust, watched, moment, web)
        }
        None => Ok(Ended::Fine),
    }
}

fn has_neighbours(trust: &Trust) -> bool {
    trust.witnesses().iter().any(|one| one.address.is_some() || one.server.is_some())
}

fn has_clocks(trust: &Trust) -> bool {
    let time = trust.time();
    time.authorities.iter().any(|it| it.address.is_some()) || !time.calendars.is_empty()
}

/// What was not done before publishing, and why; words for the person.
#[derive(Debug, Default)]
pub(in crate::cli) struct Left(pub(in crate::cli) Vec<String>);

/// Does what is due before a site is published, as far as it can be done here and now. Neither a neighbour who does not answer nor keys
/// that lie elsewhere keep anybody from publishing: what was left is told. `is_trial` only tells.
///
/// `watch` learns what the keys look like that are at hand.
pub(in crate::cli) fn before_publishing(
    place: &KeyPlace,
    phrase: &PhraseSource,
    moment: Moment,
    is_trial: bool,
    watch: &mut Watch,
) -> Result<Left, Failed> {
    let root = place.root();
    let mut left = Vec::new();
    let evidence = Evidence::of(&Disk::at(&root), &Trust::nobody(), None);
    if evidence.identity().is_none() && identity::load(&root)?.is_none() {
        // Keys may be there all the same.
        if let Ok(vault) = issuer(&root).and_then(|base| place.vault(&root, &base)) {
            vault.folder.watch(watch);
        }
        return Ok(Left::default());
    }
    let due = due(&root, &evidence, moment.at)?;
    drop(evidence);
    let base = issuer(&root)?;
    let vault = place.vault(&root, &base);
    let vault = vault.ok().filter(|vault| vault.folder.list().is_ok_and(|keys| !keys.is_empty()));
    if let Some(vault) = &vault {
        vault.folder.watch(watch);
    }
    let can_ask = phrase.is_given() || console::is_interactive();
    let mut passphrase = None;
    match &vault {
        _ if due.is_nothing() && !phrase.is_given() => {}
        _ if is_trial => left.push(format!("{} would be done first", in_words(due))),
        Some(vault) if can_ask => {
            if !phrase.is_given() {
                console::say(&format!("before this is published, {} to be done", in_words(due)));
            }
            passphrase = Some(sign(&root, vault, &base, phrase, moment, Some(watch))?);
        }
        Some(_) => left.push(format!(
            "{} left, because nobody could be asked for the passphrase; give it with --passphrase-fd, or run: selvedge log due {}",
            in_words(due),
            root.display()
        )),
        None => left.push(format!(
            "{} left, because the keys are not on this computer; where they are, run: selvedge log due",
            in_words(due)
        )),
    }
    if is_trial {
        return Ok(Left(left));
    }
    let trust_file = TrustFile { trust: None };
    let trust = match trust_file.read(&root) {
        Ok(trust) => trust,
        Err(Failed(why)) => {
            left.push(why);
            return Ok(Left(left));
        }
    };
    let real = RealWeb::new(None).map_err(|why| Failed(why.to_owned()))?;
    let web: &dyn Web = &real;
    let mut tell = |outcome: Outcome, what: &str| match outcome {
        Ok(Ended::Fine) => {}
        Ok(Ended::Wrong) => left.push(format!("{what}, as said above")),
        Err(Failed(why)) => left.push(format!("{what}: {why}")),
    };
    if has_neighbours(&trust) && vault.is_some() {
        let asked = collect::Args { place: place.clone(), trust: trust_file };
        tell(collect::run(&asked, Some(web)), "not every neighbour's seal could be collected");
    }
    if let (Some(passphrase), Some(vault)) = (&passphrase, &vault) {
        let done = seal_neighbours((&root, vault, &base), &trust, passphrase, moment, Some(web));
        tell(done, "not every neighbour's register could be sealed");
    }
    tell(
        Ok(keep_registers(&root, &trust, moment, Some(web))),
        "not every register could be looked at whose owner trust.toml believes",
    );
    if has_clocks(&trust) {
        tell(anchor::run_listed(&root, &trust, web), "the register could not be dated by all");
    }
    Ok(Left(left))
}

/// What a build leaves undone in the register, with the command that does it; nothing where nothing is due.
pub(in crate::cli) fn left_by_build(
    root: &Path,
    evidence: &Evidence,
    at: Timestamp,
) -> Option<String> {
    let due = due(root, evidence, at).ok().filter(|due| !due.is_nothing())?;
    let folder = root.display();
    Some(format!(
        "{}; until then verify/ may say \"Cannot check now\" of what holds: selvedge log due {folder}",
        in_words(due)
    ))
}

fn in_words(due: Due) -> String {
    let records = match due.records {
        0 => None,
        1 => Some("1 record that waits is to be entered in the register".to_owned()),
        many => Some(format!("{many} records that wait are to be entered in the register")),
    };
    let lists = (due.lists > 0).then(|| "the lists of what holds are to be renewed".to_owned());
    let all: Vec<String> = records.into_iter().chain(lists).collect();
    if all.is_empty() { "what is due in the register is".to_owned() } else { all.join(", and ") }
}
