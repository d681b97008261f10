//! `log check`: what a register amounts to, in plain words.

use crate::attest::repair::{self, Repair};
use crate::evidence::Disk;
use crate::fetch::Web;
use crate::provenance::files::{Below, Files as _};
use crate::provenance::instant;
use crate::provenance::log::Checkpoint;
use crate::provenance::note::Signed;
use crate::verify::Verdict;
use crate::verify::log::{LogState, audit};
use crate::verify::witness::{Heads, Sightings};

use super::super::keys::{KeyPlace, issuer};
use super::super::{Ended, Outcome, console, now};
use super::{TrustFile, entries, log_key, open};

/// Check the register: whether it is whole, only grew, and who saw it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge log check my-shop\n  \
    selvedge log check my-shop --with ../my-shop-from-the-stick\n\n\
    A register is the list of what was signed. A page seal is the signature over all its entries so far. \
    Neighbour associations that watch it cosign its page seals.")]
pub(super) struct Args {
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    trust: TrustFile,
    /// Compare with another copy of the site
    #[arg(long, value_name = "FOLDER")]
    with: Option<String>,
    /// The time to judge at, for example 2026-05-01T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &Args, web: Option<&dyn Web>) -> Outcome {
    let root = args.place.root();
    let trust = args.trust.read(&root)?;
    let log_key = log_key(&root)?;
    let at = now(args.at.as_deref())?;
    let site = Disk::at(&root);
    let log = Below { files: &site, folder: "log" };
    let vault = issuer(&root).and_then(|issuer| args.place.vault(&root, &issuer)).ok();
    let remembered = vault.and_then(|vault| {
        let places = crate::attest::Places { site: &root, heads: &vault.heads };
        crate::attest::remembered_head(places, &log_key)
    });
    let judged = audit(&log, Some(&log_key), remembered.as_ref(), &mut |_, _| ());
    let mut ended = Ended::Fine;
    let mut say = |is_fine: bool, words: String| {
        console::print(&format!("{words}\n"));
        if !is_fine {
            ended = Ended::Wrong;
        }
    };
    let Some(head) = judged.head() else {
        let words = match judged.state {
            LogState::Absent => "There is no register yet.".to_owned(),
            LogState::Damaged => format!(
                "The register is damaged: {}. Restore the folder log from a copy, or wait until it is synced.",
                judged.why
            ),
            LogState::Fork => format!(
                "There are two versions of the register: {}. Keep both; `selvedge log check --with` compares them.",
                judged.why
            ),
            LogState::Rollback => format!(
                "The register is older than the one that this machine saw: {}. Wait until it is synced, or restore it.",
                judged.why
            ),
            _ => format!("The register does not hold: {}.", judged.why),
        };
        say(false, words);
        return Ok(ended);
    };
    let memory = match remembered {
        Some(_) => "it grew out of what this machine remembers",
        None => "this machine remembers nothing of it",
    };
    say(
        true,
        format!("The register has {}, all under its page seal; {memory}.", entries(head.size)),
    );

    let heads = Heads::read(&log, &log_key, head);
    if let Some(finding) = &heads.finding
        && finding.verdict != Verdict::Valid
    {
        say(false, format!("The kept page seals: {}.", finding.reason));
    }
    let sightings = heads.sightings(&log_key, &trust, Some(at));
    for (name, size) in &sightings.broken {
        let size = entries(*size);
        say(
            false,
            format!("The page seal of {size} names {name}, whose seal on it does not hold."),
        );
    }
    say(true, seen(&heads, &sightings, head.size));
    for fork in site.list("log/forks")? {
        let bytes = site.read(&format!("log/forks/{fork}/checkpoint"))?.unwrap_or_default();
        if let Ok(found) = Checkpoint::parse(&bytes)
            && found.verify(&log_key) == Signed::Valid
        {
            let size = found.head().size;
            say(
                true,
                format!(
                    "There were two versions of the register once; the page seal of one ({}) is kept in log/forks/{fork}.",
                    entries(size)
                ),
            );
        }
    }
    for neighbour in site.list("witness")? {
        let kept = site.list(&format!("witness/{neighbour}/fork")).unwrap_or_default();
        for path in kept.iter().map(|fork| format!("witness/{neighbour}/fork/{fork}/checkpoint")) {
            let bytes = site.read(&path)?.unwrap_or_default();
            if let Ok(found) = Checkpoint::parse(&bytes) {
                say(
                    true,
                    format!(
                        "The register {} was once shorter than what you saw before, or another version; a page seal of it ({}) is kept in {path}.",
                        found.origin(),
                        entries(found.head().size)
                    ),
                );
            }
        }
    }
    if let Some(other) = &args.with {
        let theirs = open(std::path::Path::new("."), other, web)?;
        let found = repair::compare(&site, &*theirs, &log_key, &[], &trust)?;
        let alone = |branch: &repair::Branch| entries(branch.entries.len() as u64);
        let (here, there) = (alone(&found.ours), alone(&found.theirs));
        let is_one = found.theirs.entries.is_empty() || found.ours.entries.is_empty();
        let is_mended = found.plan(log_key.name()) == Repair::Nothing;
        say(
            is_one || is_mended,
            match (found.ours.entries.is_empty(), found.theirs.entries.is_empty()) {
                (true, true) => "Both copies are the same.".to_owned(),
                (false, true) => format!("The other copy is older: {here} only here."),
                (true, false) => format!("The other copy is newer: {there} only there."),
                _ if is_mended => {
                    "The other copy is of the version that was given up; all its entries are here."
                        .to_owned()
                }
                _ => format!("{}`selvedge log repair` makes one of them.", found.words()),
            },
        );
    }
    Ok(ended)
}

/// Who saw the newest entry, or how far they came.
fn seen(heads: &Heads, sightings: &Sightings, size: u64) -> String {
    let Some(first) = Some(sightings.of(0)).filter(|first| !first.by.is_empty()) else {
        return "No neighbour association of your trust list has seen it: its dates are your word alone."
            .to_owned();
    };
    let mut words = String::new();
    for name in first.by.iter().map(|by| &by.name) {
        // The furthest that this neighbour saw: sizes of kept heads, the largest first.
        let far = heads.kept.iter().rev().find_map(|head| {
            let last = head.head().size.checked_sub(1)?;
            sightings.of(last).by.into_iter().find(|by| by.name == *name)
        });
        if let Some(far) = far {
            words.push_str(&format!(
                "{name} saw {} of {}, on {}. ",
                far.size,
                entries(size),
                instant::format(far.time)
            ));
        }
    }
    words.push_str(match first.since {
        Some(_) => "That is as many neighbours as your trust list asks for.",
        None => "That is fewer neighbours than your trust list asks for.",
    });
    words
}
