//! `record`: sign a dated design record.

use jiff::Timestamp;

use crate::attest::{self, Clock, Keys, Places};
use crate::diag::nearest;
use crate::provenance::record::LangText;
use crate::write::RealDisk;

use super::keys::{KeyPlace, PhraseSource, fill};
use super::{Ended, Failed, Outcome, console, now};

/// Sign dated design records
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge record new river-steps my-shop --practice")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Sign a record of a design, after showing in words what will be signed
    New(New),
}

#[derive(Debug, clap::Args)]
struct New {
    /// The id of the design: the name of its folder in designs/
    design: String,
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    phrase: PhraseSource,
    /// Sign for practice: the record says that it proves nothing. The only kind so far
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

/// What whoever signs agrees to, kept in the record.
const DISCLOSURE: &str = "Signed in the knowledge that publishing a design may end its novelty where somebody wants to register it.";

pub(super) fn run(args: &Args) -> Outcome {
    let What::New(args) = &args.what;
    new(args)
}

fn new(args: &New) -> Outcome {
    if !args.practice {
        console::say(
            "records are signed for practice as long as keys cannot be recovered: signing with --practice",
        );
    }
    // Records hold whole seconds.
    let at = now(args.at.as_deref())?;
    let at = Timestamp::from_second(at.as_second())?;
    let root = args.place.root();
    let outcome = crate::check::load(&root)?;
    let Some(site) = outcome.site.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else {
        console::diagnostics(&outcome.diagnostics, &outcome.sources);
        console::say("nothing was signed: mend the errors first");
        return Ok(Ended::Wrong);
    };
    let Some(design) = site.designs.iter().find(|design| design.id.as_str() == args.design) else {
        let known = site.designs.iter().map(|design| design.id.as_str());
        let near = nearest(&args.design, known).map(|near| format!("; did you mean \"{near}\"?"));
        return Err(Failed(format!(
            "there is no design \"{}\"{}",
            args.design,
            near.unwrap_or_default()
        )));
    };
    let issuer = attest::issuer(site, true)?;
    let vault = args.place.vault(&root, &issuer)?;
    let mut random = [0; 16];
    fill(&mut random)?;
    let mut prepared = attest::prepare(site, design, &root, true, at, random)?;
    prepared.accept_disclosure(vec![LangText {
        language: "en".to_owned(),
        text: DISCLOSURE.to_owned(),
    }]);
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
    let mut register =
        attest::open(places, issuer, Keys { record: &record, log: &log }, &RealDisk)?;
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
    let issued = register.issue(&prepared, at)?;
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
    }
    Ok(Ended::Fine)
}
