//! `log check`: what a register amounts to, in plain words.

use crate::attest::repair::{self, Repair};
use crate::evidence::Disk;
use crate::fetch::Web;
use crate::provenance::files::{Below, Files as _};
use crate::provenance::instant;
use crate::provenance::log::Checkpoint;
use crate::provenance::note::{NoteKey, Signed};
use crate::verify::log::{LogState, audit};
use crate::verify::witness::{Heads, Sightings};
use crate::verify::{Axis, Finding, StatusAsOf, Trust, Verdict};

use super::super::keys::{KeyPlace, issuer};
use super::super::{Ended, Failed, Outcome, console, now};
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
    /// Print what is found as JSON
    #[arg(long)]
    json: bool,
}

/// What was found of a register. In JSON the names are those of the reports of `verify`.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    target: String,
    /// What it amounts to: `ok`, or what is wrong with it.
    state: &'static str,
    /// Why, in words.
    reason: String,
    /// Its newest head, if it can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_as_of: Option<StatusAsOf>,
    /// Whether this machine remembers a head of it, out of which it grew.
    is_remembered: bool,
    findings: Vec<Finding>,
    /// How far each neighbour of the trust list saw it.
    seen_by: Vec<Seen>,
    /// How many of them have to have seen an entry.
    quorum: usize,
    /// Heads of versions of this register that were given up.
    forks: Vec<Fork>,
    /// Heads of neighbours' registers of which there were two versions.
    neighbour_forks: Vec<Fork>,
    /// What differs in the other copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<Difference>,
}

/// A neighbour's last sight of the register.
#[derive(serde::Serialize)]
struct Seen {
    name: String,
    size: u64,
    time: String,
}

/// A head that is kept of two versions.
#[derive(serde::Serialize)]
struct Fork {
    file: String,
    origin: String,
    size: u64,
}

/// How another copy of the register differs.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    only_here: usize,
    only_there: usize,
    /// Whether nothing is left to repair.
    is_mended: bool,
    #[serde(skip)]
    words: String,
}

pub(super) fn run(args: &Args, web: Option<&dyn Web>) -> Outcome {
    let found = examine(args, web)?;
    match args.json {
        true => console::json(&serde_json::to_value(&found).expect("words and numbers")),
        false => console::print(&found.words()),
    }
    Ok(if found.is_fine() { Ended::Fine } else { Ended::Wrong })
}

fn examine(args: &Args, web: Option<&dyn Web>) -> Result<Found, Failed> {
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
    let head = judged.head();
    let mut found = Found {
        target: root.display().to_string(),
        state: code(judged.state),
        reason: judged.why,
        status_as_of: head.map(|head| StatusAsOf {
            origin: log_key.name().to_string(),
            size: head.size,
            root: head.root.0.to_string(),
        }),
        is_remembered: remembered.is_some(),
        findings: judged.findings,
        seen_by: Vec::new(),
        quorum: 0,
        forks: Vec::new(),
        neighbour_forks: Vec::new(),
        with: None,
    };
    let Some(head) = head else { return Ok(found) };

    let heads = Heads::read(&log, &log_key, head);
    found.findings.extend(heads.finding.clone());
    let sightings = heads.sightings(&log_key, &trust, Some(at));
    for (name, size) in &sightings.broken {
        let size = entries(*size);
        let why = format!("the page seal of {size} names {name}, whose seal on it does not hold");
        found.findings.push(Finding::invalid(Axis::Time, "seen-by", why));
    }
    found.quorum = sightings.of(0).threshold;
    found.seen_by = seen(&heads, &sightings);
    found.forks = forks(&site, "log/forks", Some(&log_key))?;
    for neighbour in site.list("witness")? {
        found.neighbour_forks.extend(forks(&site, &format!("witness/{neighbour}/fork"), None)?);
    }
    if let Some(other) = &args.with {
        found.with = Some(compare(&site, other, &log_key, &trust, web)?);
    }
    Ok(found)
}

/// The heads that are kept of two versions, below a folder; those of one register, if its key is given.
fn forks(site: &Disk, folder: &str, key: Option<&NoteKey>) -> Result<Vec<Fork>, Failed> {
    let mut found = Vec::new();
    for name in site.list(folder)? {
        let file = format!("{folder}/{name}/checkpoint");
        let bytes = site.read(&file)?.unwrap_or_default();
        let Ok(head) = Checkpoint::parse(&bytes) else { continue };
        if key.is_none_or(|key| head.verify(key) == Signed::Valid) {
            let (origin, size) = (head.origin().to_string(), head.head().size);
            found.push(Fork { file, origin, size });
        }
    }
    Ok(found)
}

/// How another copy differs, in numbers and in words.
fn compare(
    site: &Disk,
    other: &str,
    log_key: &NoteKey,
    trust: &Trust,
    web: Option<&dyn Web>,
) -> Result<Difference, Failed> {
    let theirs = open(std::path::Path::new("."), other, web)?;
    let found = repair::compare(site, &*theirs, log_key, &[], trust)?;
    let (only_here, only_there) = (found.ours.entries.len(), found.theirs.entries.len());
    let (here, there) = (entries(only_here as u64), entries(only_there as u64));
    let is_mended = found.plan(log_key.name()) == Repair::Nothing;
    let words = match (only_here, only_there) {
        (0, 0) => "Both copies are the same.".to_owned(),
        (_, 0) => format!("The other copy is older: {here} only here."),
        (0, _) => format!("The other copy is newer: {there} only there."),
        _ if is_mended => {
            "The other copy is of the version that was given up; all its entries are here."
                .to_owned()
        }
        _ => format!("{}`selvedge log repair` makes one of them.", found.words()),
    };
    let is_mended = is_mended || only_here == 0 || only_there == 0;
    Ok(Difference { only_here, only_there, is_mended, words })
}

/// The name of a state for programs.
fn code(state: LogState) -> &'static str {
    match state {
        LogState::Ok => "ok",
        LogState::Absent => "absent",
        LogState::Damaged => "damaged",
        LogState::Tampered => "tampered",
        LogState::Untrusted => "untrusted",
        LogState::Fork => "fork",
        LogState::Rollback => "rollback",
    }
}

impl Found {
    /// Whether there is nothing to do.
    fn is_fine(&self) -> bool {
        self.status_as_of.is_some()
            && self.findings.iter().all(|finding| finding.verdict == Verdict::Valid)
            && self.with.as_ref().is_none_or(|with| with.is_mended)
    }

    /// The same for a person.
    fn words(&self) -> String {
        let why = &self.reason;
        let Some(head) = &self.status_as_of else {
            return match self.state {
                "absent" => "There is no register yet.\n".to_owned(),
                "damaged" => format!(
                    "The register is damaged: {why}. Restore the folder log from a copy, or wait until it is synced.\n"
                ),
                "fork" => format!(
                    "There are two versions of the register: {why}. Keep both; `selvedge log check --with` compares them.\n"
                ),
                "rollback" => format!(
                    "The register is older than the one that this machine saw: {why}. Wait until it is synced, or restore it.\n"
                ),
                _ => format!("The register does not hold: {why}.\n"),
            };
        };
        let memory = match self.is_remembered {
            true => "it grew out of what this machine remembers",
            false => "this machine remembers nothing of it",
        };
        let mut lines = vec![format!(
            "The register has {}, all under its page seal; {memory}.",
            entries(head.size)
        )];
        for finding in self.findings.iter().filter(|it| it.verdict != Verdict::Valid) {
            lines.push(match finding.check {
                "log-heads" => format!("The kept page seals: {}.", finding.reason),
                _ => format!("{}.", capital(&finding.reason)),
            });
        }
        lines.push(self.words_of_neighbours(head.size));
        for fork in &self.forks {
            let folder = fork.file.trim_end_matches("/checkpoint");
            lines.push(format!(
                "There were two versions of the register once; the page seal of one ({}) is kept in {folder}.",
                entries(fork.size)
            ));
        }
        for fork in &self.neighbour_forks {
            lines.push(format!(
                "The register {} was once shorter than what you saw before, or another version; a page seal of it ({}) is kept in {}.",
                fork.origin,
                entries(fork.size),
                fork.file
            ));
        }
        lines.extend(self.with.iter().map(|with| with.words.clone()));
        lines.join("\n") + "\n"
    }

    /// Who saw the newest entry, or how far they came.
    fn words_of_neighbours(&self, size: u64) -> String {
        if self.seen_by.is_empty() {
            return "No neighbour association of your trust list has seen it: its dates are your word alone."
                .to_owned();
        }
        let each = |seen: &Seen| {
            let Seen { name, size: saw, time } = seen;
            format!("{name} saw {saw} of {}, on {time}. ", entries(size))
        };
        let mut words: String = self.seen_by.iter().map(each).collect();
        words.push_str(match self.seen_by.len() >= self.quorum {
            true => "That is as many neighbours as your trust list asks for.",
            false => "That is fewer neighbours than your trust list asks for.",
        });
        words
    }
}

/// How far each neighbour of the trust list saw the register.
fn seen(heads: &Heads, sightings: &Sightings) -> Vec<Seen> {
    let first = sightings.of(0).by;
    let far = first.iter().filter_map(|by| {
        // The furthest that this neighbour saw: sizes of kept heads, the largest first.
        heads.kept.iter().rev().find_map(|head| {
            let last = head.head().size.checked_sub(1)?;
            sightings.of(last).by.into_iter().find(|it| it.name == by.name)
        })
    });
    far.map(|it| Seen { name: it.name, size: it.size, time: instant::format(it.time) }).collect()
}

/// A sentence from a reason.
fn capital(reason: &str) -> String {
    let mut letters = reason.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
