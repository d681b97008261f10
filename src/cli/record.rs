//! `record`: sign records of every kind.
//!
//! One grammar for all: a verb, what it is about, the site. What it is about is the id of a design for `new`, else a TOML
//! file with the fields of the kind, or the record that the act changes, with the other fields as `--set`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use jiff::Timestamp;

use crate::attest::{self, Clock, Keys, Places, Prepared, SiteLookup};
use crate::check::Site;
use crate::diag::{Sources, nearest};
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::kind::{self, Kind};
use crate::provenance::record::LangText;
use crate::verify::fold::Condition;
use crate::write::RealDisk;

use super::keys::{KeyPlace, PhraseSource, Vault, fill};
use super::{Ended, Failed, Outcome, console, now};

/// Sign records: of designs, and of everything that is said about them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge record new river-steps my-shop
  selvedge record fields certify > certification.toml
  selvedge record certify certification.toml my-shop
  selvedge record revoke IDF6JDYS my-shop --set reason=\"It was copied from another record.\"
  selvedge record list my-shop")]
pub(super) struct Args {
    /// What to do; `fields` prints a file to fill in, `list` shows the register
    #[arg(value_parser = verbs(), hide_possible_values = false)]
    verb: String,
    /// A design's id for `new`; else a TOML file, or the record that is changed, by the letters of its file
    what: Option<String>,
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    phrase: PhraseSource,
    /// A field of the record, for example --set reason="It was an error."; may be repeated
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Sign for practice: the record says that it proves nothing
    #[arg(long)]
    practice: bool,
    /// Do not ask before signing
    #[arg(long)]
    yes: bool,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

/// Acts on a record's status, each a word of its own.
const STATUS_VERBS: [(&str, &str, &str); 4] = [
    ("suspend", "suspended", "put a record on hold"),
    ("reinstate", "reinstated", "take a record from hold"),
    ("revoke", "revoked", "take a record back for ever"),
    ("end", "ended", "end a record's term now"),
];

fn verbs() -> clap::builder::PossibleValuesParser {
    let kinds = kind::RULES
        .iter()
        .filter_map(|rules| Some(PossibleValue::new(rules.verb?).help(rules.meaning)));
    let acts = STATUS_VERBS.iter().map(|(verb, _, help)| PossibleValue::new(*verb).help(*help));
    let others = [
        PossibleValue::new("fields").help("print a file with every field of a kind, to fill in"),
        PossibleValue::new("list").help("show the register: every record, and how it stands"),
    ];
    clap::builder::PossibleValuesParser::new(kinds.chain(acts).chain(others).collect::<Vec<_>>())
}

/// What whoever signs agrees to, kept in the record.
const DISCLOSURE: &str = "Signed in the knowledge that publishing a design may end its novelty where somebody wants to register it.";

pub(super) fn run(args: &Args) -> Outcome {
    match args.verb.as_str() {
        "fields" => fields(args),
        "list" => list(args),
        _ => sign(args),
    }
}

/// The kind of a verb, with the state that it sets if it is an act on a status.
fn kind_of(verb: &str) -> Option<(Kind, Option<&'static str>)> {
    if let Some((_, state, _)) = STATUS_VERBS.iter().find(|(name, ..)| *name == verb) {
        return Some((Kind::Status, Some(state)));
    }
    kind::RULES.iter().find(|rules| rules.verb == Some(verb)).map(|rules| (rules.kind, None))
}

fn fields(args: &Args) -> Outcome {
    let wanted = args.what.as_deref().unwrap_or_default();
    let found = kind_of(wanted).map(|(kind, _)| kind).or_else(|| Kind::parse(wanted));
    let Some(kind) = found.filter(|kind| *kind != Kind::Design) else {
        let verbs = kind::RULES.iter().filter_map(|rules| rules.verb);
        let near = nearest(wanted, verbs).map(|near| format!("; did you mean \"{near}\"?"));
        return Err(Failed(format!(
            "there is no such kind of file: \"{wanted}\"{}",
            near.unwrap_or_else(|| "; write for example `selvedge record fields certify`".into())
        )));
    };
    console::print(&attest::draft::template(kind));
    Ok(Ended::Fine)
}

fn list(args: &Args) -> Outcome {
    // With `list` there is nothing to name, so the first argument is the site.
    let root = match &args.what {
        Some(site) => PathBuf::from(site),
        None => args.place.root(),
    };
    let at = now(args.at.as_deref())?;
    let disk = crate::evidence::Disk::at(&root);
    let audit = crate::verify::folder("", &disk, &crate::verify::Trust::nobody(), None, Some(at));
    let Some(folded) = &audit.folded else {
        console::say("there is no register in this folder yet");
        return Ok(Ended::Fine);
    };
    let mut rows: Vec<_> = folded.standings.iter().collect();
    rows.sort_by_key(|(_, standing)| standing.index);
    if args.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(id, standing)| {
                serde_json::json!({
                    "index": standing.index,
                    "id": id.to_string(),
                    "shortId": id.short().as_str(),
                    "kind": standing.kind.name(),
                    "issuer": standing.issuer.to_string(),
                    "signed": crate::provenance::instant::format(standing.created),
                    "condition": condition(&standing.condition),
                    "isDisputed": standing.is_disputed(),
                })
            })
            .collect();
        console::json(&rows.into());
        return Ok(Ended::Fine);
    }
    for (id, standing) in rows {
        let disputed = if standing.is_disputed() { ", disputed" } else { "" };
        console::print(&format!(
            "{:>5}  {}  {}  {:<16} {}{disputed}\n",
            standing.index + 1,
            id.short(),
            standing.created.strftime("%Y-%m-%d"),
            standing.kind.name(),
            condition(&standing.condition),
        ));
    }
    Ok(Ended::Fine)
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::InForce => "in force".to_owned(),
        Condition::Proposed { have, need } => format!("proposed: {have} of {need} agreed"),
        Condition::Suspended(_) => "suspended".to_owned(),
        Condition::Ended(_) => "ended".to_owned(),
        Condition::Superseded(by) => format!("superseded by {}", by.short()),
        Condition::Withdrawn(_) => "withdrawn".to_owned(),
        Condition::Revoked(_) => "revoked".to_owned(),
        Condition::Void(why) => format!("without effect: {why}"),
    }
}

fn sign(args: &Args) -> Outcome {
    let (kind, state) = kind_of(&args.verb).expect("clap admits verbs of the table only");
    let Some(what) = args.what.as_deref() else {
        return Err(Failed(match kind {
            Kind::Design => {
                "say which design: `selvedge record new river-steps my-shop`".to_owned()
            }
            _ => format!(
                "say what to sign: a file as `selvedge record fields {}` prints it, or the record that is changed",
                args.verb
            ),
        }));
    };
    // Records hold whole seconds.
    let at = Timestamp::from_second(now(args.at.as_deref())?.as_second())?;
    let root = args.place.root();
    let outcome = crate::check::load(&root)?;
    let Some(site) = outcome.site.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else {
        console::diagnostics(&outcome.diagnostics, &outcome.sources);
        console::say("nothing was signed: mend the errors first");
        return Ok(Ended::Wrong);
    };
    let base = attest::issuer(site, args.practice)?;
    let vault = args.place.vault(&root, &base)?;
    let mut random = [0; 16];
    fill(&mut random)?;
    let issuer = attest::signing_name(&root, &base, args.practice)?;
    let prepared = match kind {
        Kind::Design => design(args, site, &root, issuer, at, random)?,
        kind => match statement(args, kind, state, what, site, &root, (issuer, &base), at, random)?
        {
            Some(prepared) => prepared,
            None => return Ok(Ended::Wrong),
        },
    };
    issue(args, &vault, base, &prepared, at)
}

fn design(
    args: &Args,
    site: &Site,
    root: &std::path::Path,
    issuer: Did,
    at: Timestamp,
    random: [u8; 16],
) -> Result<Prepared, Failed> {
    let wanted = args.what.as_deref().unwrap_or_default();
    let Some(design) = site.designs.iter().find(|design| design.id.as_str() == wanted) else {
        let known = site.designs.iter().map(|design| design.id.as_str());
        let near = nearest(wanted, known).map(|near| format!("; did you mean \"{near}\"?"));
        let near = near.unwrap_or_default();
        return Err(Failed(format!("there is no design \"{wanted}\"{near}")));
    };
    let mut prepared = attest::prepare(site, design, root, issuer, args.practice, at, random)?;
    prepared.accept_disclosure(vec![LangText {
        language: "en".to_owned(),
        text: DISCLOSURE.to_owned(),
    }]);
    if crate::evidence::Disk::at(root).is_empty_of("records") {
        console::say(&format!(
            "This would be the first record that you publish. Publishing a design may end its novelty where somebody wants to \
             register it, and cannot be undone. If you want the date now and the design kept back, seal it first:\n  \
             selvedge record seal {wanted} {}\n",
            root.display()
        ));
    }
    Ok(prepared)
}

#[allow(clippy::too_many_arguments, reason = "what one act needs, each from another place")]
fn statement(
    args: &Args,
    kind: Kind,
    state: Option<&'static str>,
    what: &str,
    site: &Site,
    root: &std::path::Path,
    (issuer, base): (Did, &DidWeb),
    at: Timestamp,
    random: [u8; 16],
) -> Result<Option<Prepared>, Failed> {
    let lookup = SiteLookup::load(root);
    let mut sources = Sources::default();
    let is_file = what.ends_with(".toml");
    let (path, mut text) = match is_file {
        true => (
            what.to_owned(),
            std::fs::read_to_string(what).map_err(|error| {
                Failed(format!("{what} cannot be read: {}", crate::write::plain_words(&error)))
            })?,
        ),
        false => {
            let member = if kind.field("target").is_some() { "target" } else { "about" };
            ("this command".to_owned(), format!("{member} = {}\n", toml_text(what)))
        }
    };
    if let Some(state) = state {
        text.push_str(&format!("new_state = \"{state}\"\n"));
    }
    for setting in &args.set {
        let Some((name, value)) = setting.split_once('=') else {
            return Err(Failed(format!(
                "--set {setting} has no value; write for example --set reason=\"It was an error.\""
            )));
        };
        let is_toml = value.starts_with(['"', '[', '{', '\''])
            || value.parse::<i64>().is_ok()
            || matches!(value, "true" | "false");
        let value = if is_toml { value.to_owned() } else { toml_text(value) };
        text.push_str(&format!("{name} = {value}\n"));
    }
    if kind == Kind::Withdrawal {
        attest::draft::complete_withdrawal(&mut text, &lookup);
    }
    let file = sources.add(path, text);
    let language = site.locales.first().map_or("en", |locale| locale.tag());
    match attest::draft::read(kind, &sources, file, language, &base.base_url(), &lookup) {
        Ok(written) => Ok(Some(attest::prepare_statement(
            written,
            issuer,
            base.clone(),
            args.practice,
            at,
            random,
        ))),
        Err(problems) => {
            console::diagnostics(&problems, &sources);
            console::say("nothing was signed: mend the errors first");
            Ok(None)
        }
    }
}

/// A text as TOML writes it.
fn toml_text(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

fn issue(args: &Args, vault: &Vault, base: DidWeb, prepared: &Prepared, at: Timestamp) -> Outcome {
    let root = args.place.root();
    console::say(&prepared.words(at));
    if !args.yes {
        if !console::is_interactive() {
            return Err(Failed(
                "nobody can be asked whether to sign this; say --yes if it is right".to_owned(),
            ));
        }
        if !matches!(
            console::ask("Sign this? (yes or no)", "no").to_lowercase().as_str(),
            "yes" | "y"
        ) {
            console::say("nothing was signed");
            return Ok(Ended::Fine);
        }
    }
    let passphrase = args.phrase.read(false)?;
    let (record, log) = vault.folder.unlock_both(&passphrase)?;
    let places = Places { site: &root, heads: &vault.heads };
    let mut register = attest::open(places, base, Keys { record: &record, log: &log }, &RealDisk)?;
    for id in register.completed() {
        console::say(&format!(
            "a signing that was interrupted is complete now: records/{}.json",
            id.short()
        ));
    }
    if let Clock::Jump { last } = register.clock(at)? {
        let words = format!(
            "This machine's clock says {at}; the last entry is of {last}. Is the clock right? (yes or no)"
        );
        let is_right =
            args.yes || matches!(console::ask(&words, "no").to_lowercase().as_str(), "yes" | "y");
        if !is_right {
            console::say("nothing was signed; set the clock first");
            return Ok(Ended::Wrong);
        }
    }
    let issued = register.issue(prepared, at)?;
    if args.json {
        console::json(&serde_json::json!({
            "id": data_encoding::HEXLOWER.encode(issued.id.as_bytes()),
            "shortId": issued.id.short().as_str(),
            "index": issued.index,
            "files": issued.files,
        }));
    } else {
        console::say(&format!(
            "Signed and entered in the register as number {}. The record is records/{}.json; `selvedge build` puts it on its page.",
            issued.index + 1,
            issued.id.short()
        ));
        if prepared.record.subject.kind() == Kind::Withdrawal {
            console::say(
                "What it held is gone from this folder; its number and date stay. The history of git, and copies that others \
                 made, stay too: this cannot take them back.",
            );
        }
    }
    Ok(Ended::Fine)
}
