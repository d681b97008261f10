//! `record`: sign records of every kind.
//!
//! One grammar for all: a verb, what it is about, the site. What it is about is the id of a design for `new`, else a TOML
//! file with the fields of the kind, or the record that the act changes, with the other fields as `--set`.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use zeroize::Zeroizing;

use crate::attest::draft::Writing;
use crate::attest::{self, Prepared, SiteLookup};
use crate::diag::report::visible;
use crate::diag::{FileId, Sources, nearest};
use crate::provenance::kind::{self, Kind, RecordRef};
use crate::provenance::log::RecordId;
use crate::provenance::record::{LangText, Uuid};

use super::acts::{self, Desk};
use super::crosslist;
use super::exports;
use super::keys::{KeyPlace, PhraseSource, fill};
use super::names;
use super::similar;
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
    pub(super) verb: String,
    /// A design's id for `new`; else a TOML file, or the record that is changed, by the letters of its file
    pub(super) what: Option<String>,
    #[command(flatten)]
    pub(super) place: KeyPlace,
    #[command(flatten)]
    pub(super) phrase: PhraseSource,
    /// A field of the record, for example --set reason="It was an error."; may be repeated
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(super) set: Vec<String>,
    /// For `seal`: a folder outside the site's, best on a stick, for the copy of what opens the seal
    #[arg(long, value_name = "DIR")]
    pub(super) backup: Option<PathBuf>,
    /// For `disclose`: the number of a leaf to open, as `disclose` without any shows them; may be repeated
    #[arg(long, value_name = "N")]
    pub(super) leaf: Vec<usize>,
    /// For `disclose`: open to one party only, with this file for her; its name ends in .opening.json
    #[arg(long, value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
    /// For `show-name`, `hide-name` and `erase-name`: which name of a record that keeps several apart, by its number
    #[arg(long, value_name = "N")]
    pub(super) person: Option<usize>,
    /// Sign now, and enter it with what else waits at the next `log due`
    #[arg(long)]
    pub(super) hold: bool,
    /// Sign for practice: the record says that it proves nothing
    #[arg(long)]
    pub(super) practice: bool,
    /// Do not ask before signing
    #[arg(long)]
    pub(super) yes: bool,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Print what was written as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// What looks or is called like the design that is signed, for `--json`.
    #[arg(skip)]
    pub(super) near: std::cell::OnceCell<serde_json::Value>,
}

impl Args {
    /// Those of a command that signs a statement which it put together itself.
    pub(super) fn for_act(
        place: KeyPlace,
        phrase: &PhraseSource,
        practice: bool,
        yes: bool,
        at: Option<&String>,
    ) -> Self {
        Self {
            verb: String::new(),
            what: None,
            place,
            phrase: phrase.clone(),
            set: Vec::new(),
            backup: None,
            leaf: Vec::new(),
            to: None,
            person: None,
            hold: false,
            practice,
            yes,
            at: at.cloned(),
            json: false,
            near: std::cell::OnceCell::new(),
        }
    }
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
        PossibleValue::new("reissue").help("sign again what a stolen key signed, or what was lost"),
        PossibleValue::new("add")
            .help("enter what somebody else signed, from a file that you were given"),
        PossibleValue::new("cross-list")
            .help("list a design of another association too, by the address of its page or the path of its record"),
        PossibleValue::new("export-badge")
            .help("make an Open Badge of a certification or a membership, beside its record"),
        PossibleValue::new("fields").help("print a file with every field of a kind, to fill in"),
        PossibleValue::new("names").help("show which names are kept apart from what is signed"),
        PossibleValue::new("show-name").help("show a name that is kept apart on its record's page"),
        PossibleValue::new("hide-name").help("take such a name from the page, and keep it"),
        PossibleValue::new("erase-name")
            .help("erase such a name for good; the record stays as it was signed"),
        PossibleValue::new("list").help("show the register: every record, and how it stands"),
    ];
    clap::builder::PossibleValuesParser::new(kinds.chain(acts).chain(others).collect::<Vec<_>>())
}

/// What whoever signs agrees to, kept in the record.
const DISCLOSURE: &str = "Signed in the knowledge that publishing a design may end its novelty where somebody wants to register it.";

pub(super) fn run(args: &Args) -> Outcome {
    if args.hold && matches!(&*args.verb, "seal" | "add" | "withdraw") {
        return Err(Failed(format!(
            "`record {}` enters at once, and nothing of it can wait; leave out --hold",
            args.verb
        )));
    }
    match args.verb.as_str() {
        "fields" => fields(args),
        "list" => list(args),
        "names" => names::list(args),
        "show-name" => names::show(args),
        "hide-name" => names::hide(args),
        "erase-name" => names::erase(args),
        "seal" => acts::seal(args),
        "disclose" if !args.what.as_deref().unwrap_or_default().ends_with(".toml") => {
            acts::disclose(args)
        }
        "reissue" => acts::reissue(args),
        "add" => acts::add(args),
        "cross-list" => crosslist::run(args),
        "export-badge" => exports::badge(args),
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
    if found == Some(Kind::Design) {
        return Err(Failed(
            "a design is signed from its own folder, and needs no file: selvedge record new NAME-OF-THE-FOLDER my-shop".to_owned(),
        ));
    }
    let Some(kind) = found else {
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
    let lookup = SiteLookup::load(&root);
    let subjects: std::collections::BTreeMap<_, _> =
        lookup.records().map(|signed| (signed.id(), &signed.record().subject)).collect();
    let named = |id: &RecordId| subjects.get(id).and_then(|it| it.title());
    if args.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(id, standing)| {
                serde_json::json!({
                    "index": standing.index,
                    "name": named(id),
                    "id": id.to_string(),
                    "shortId": id.short().as_str(),
                    "kind": standing.kind.name(),
                    "issuer": standing.issuer.to_string(),
                    "signed": crate::provenance::instant::format(standing.created),
                    "condition": standing.condition.in_words(),
                    "isDisputed": standing.is_disputed(),
                })
            })
            .collect();
        console::json(&rows.into());
        return Ok(Ended::Fine);
    }
    for (id, standing) in rows {
        let disputed = if standing.is_disputed() { ", disputed" } else { "" };
        let name = named(id).map(|name| format!("  {}", visible(name)));
        console::print(&format!(
            "{:>5}  {}  {}  {:<16} {}{disputed}{}\n",
            standing.index + 1,
            id.short(),
            standing.created.strftime("%Y-%m-%d"),
            standing.kind.name(),
            standing.condition.in_words(),
            name.unwrap_or_default(),
        ));
    }
    Ok(Ended::Fine)
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
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    let mut random = [0; 16];
    fill(&mut random)?;
    let mut lookup = SiteLookup::load(&desk.root);
    let given = args.set.iter().filter_map(|setting| Some(setting.split_once('=')?.1));
    lookup.take_along(given.chain([what]));
    let prepared = match kind {
        Kind::Design => design(args, &desk, random)?,
        kind => match statement(args, kind, state, what, &desk, &lookup, random)? {
            Some(prepared) => prepared,
            None => return Ok(Ended::Wrong),
        },
    };
    if !similar::before_signing(args, desk.site(), &desk.root, &prepared, &lookup)? {
        return Ok(Ended::Fine);
    }
    desk.sign(args, &prepared, &said_before(&lookup, &prepared))
}

/// What the record says that this one is about, so that nobody agrees to what she has not read.
fn said_before(lookup: &SiteLookup<'_>, prepared: &Prepared) -> String {
    let statement = prepared.record.subject.as_statement();
    let names = |reference: &RecordRef| lookup.records().find(|it| it.id() == reference.id);
    let said = statement.filter(|it| it.kind != Kind::Snapshot).and_then(|it| {
        let (reference, _) = it.references().into_iter().next()?;
        names(&reference)
    });
    said.map_or_else(String::new, |said| {
        format!("\nIt is about what was said before:\n{}", acts::words_of(said))
    })
}

fn design(args: &Args, desk: &Desk, random: [u8; 16]) -> Result<Prepared, Failed> {
    let (site, root) = (desk.site(), &desk.root);
    let wanted = args.what.as_deref().unwrap_or_default();
    let Some(design) = site.designs.iter().find(|design| design.id.as_str() == wanted) else {
        let known = site.designs.iter().map(|design| design.id.as_str());
        let near = nearest(wanted, known).map(|near| format!("; did you mean \"{near}\"?"));
        let near = near.unwrap_or_default();
        return Err(Failed(format!("there is no design \"{wanted}\"{near}")));
    };
    if let Some(listing) = &design.listing {
        return Err(Failed(format!(
            "designs/{wanted} says that its record is in another register, which yours lists with {}; to enter it as one of yours take the line \
             `listing` out of its file",
            crate::diag::report::visible(listing)
        )));
    }
    let mut prepared = {
        let (issuer, base, practice) = (desk.issuer.clone(), desk.base.clone(), args.practice);
        attest::prepare(site, design, root, issuer, base, practice, desk.at, random)?
    };
    prepared.accept_disclosure(vec![LangText {
        language: "en".to_owned(),
        text: DISCLOSURE.to_owned(),
    }]);
    if SiteLookup::load(root).signed(&format!("designs/{wanted}")).is_err() {
        console::say(&format!(
            "This would be the first record of this design. Publishing a design may end its novelty where somebody wants to \
             register it, and cannot be undone. If you want the date now and the design kept back, seal it first:\n  \
             selvedge record seal {wanted} {} --backup /path/to/your/stick\n",
            root.display()
        ));
    }
    Ok(prepared)
}

fn statement(
    args: &Args,
    kind: Kind,
    state: Option<&'static str>,
    what: &str,
    desk: &Desk,
    lookup: &SiteLookup<'_>,
    random: [u8; 16],
) -> Result<Option<Prepared>, Failed> {
    let mut sources = Sources::default();
    let is_file = what.ends_with(".toml");
    let mut text = String::new();
    if !is_file {
        let member = if kind.field("target").is_some() { "target" } else { "about" };
        text = format!("{member} = {}\n", toml_text(what));
    }
    if let Some(state) = state {
        text.push_str(&format!("new_state = \"{state}\"\n"));
    }
    text.push_str(&settings(args)?);
    // What the command adds stands in a text of its own: behind the last heading of a file it would belong to that.
    let given = sources.add("this command", text);
    let mut files = vec![given];
    if is_file {
        let written = std::fs::read_to_string(what).map_err(|error| {
            Failed(format!("{what} cannot be read: {}", crate::write::plain_words(&error)))
        })?;
        files.insert(0, sources.add(what, written));
    }
    if kind == Kind::Withdrawal {
        let issuer = &desk.issuer;
        let lines = attest::draft::withdrawal_lines(&sources, &files, lookup, issuer);
        files.push(sources.add("this command", lines));
    }
    read_statement(kind, &sources, &files, desk, args.practice, lookup, random)
}

/// A statement from the texts in which it is written; `None` if something is wrong with them, which is told.
pub(super) fn read_statement(
    kind: Kind,
    sources: &Sources,
    files: &[FileId],
    desk: &Desk,
    practice: bool,
    lookup: &SiteLookup<'_>,
    random: [u8; 16],
) -> Result<Option<Prepared>, Failed> {
    let (site, base) = (desk.site(), &desk.base);
    let language = site.locales.first().map_or("en", |locale| locale.tag());
    let mut seed = Zeroizing::new([0; 32]);
    fill(&mut *seed)?;
    let uuid = Uuid::from_random(random);
    let writing = Writing { issuer: &desk.issuer, record: &uuid, seed: &seed };
    let url = base.base_url();
    match attest::draft::read(kind, sources, files, language, &url, lookup, writing) {
        Ok(written) => Ok(Some(attest::prepare_statement(
            written,
            desk.issuer.clone(),
            base.clone(),
            practice,
            desk.at,
            random,
        ))),
        Err(problems) => {
            console::diagnostics(&problems, sources);
            console::say("nothing was signed: mend the errors first");
            Ok(None)
        }
    }
}

/// What `--set` gives, as lines of TOML.
pub(super) fn settings(args: &Args) -> Result<String, Failed> {
    let mut text = String::new();
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
    Ok(text)
}

/// A text as TOML writes it.
fn toml_text(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}
