//! `assess`: how ready a product is, by the checklist of a report, from the folder and what a person answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::assess::{
    self, Answer, Answers, Assessment, BLOCKS, Band, CRITERIA, Costs, Finding, Gate, Known,
    Outcome as BlockOutcome, Profile, QUESTIONS, SOURCE, Said, Wording, wording,
};
use crate::check::{Site, check_as};
use crate::diag::report::visible;
use crate::diag::{Diagnostics, Severity, Sources};
use crate::evidence::{self, Evidence};
use crate::model::{Audience, Date};
use crate::provenance::kind::Kind;
use crate::read::{self, Changed, Memory};
use crate::verify::Trust;
use crate::verify::fold::Condition;
use crate::write::RealDisk;

use super::{Ended, Failed, Outcome, console, day, now, site_folder};

/// Tell how ready a product is: a checklist that your folder answers in part, and you the rest; private
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge assess my-shop --new            writes private/assess.toml with every question, to fill in
  selvedge assess my-shop
  selvedge assess my-association --maker ana --new
  selvedge assess my-association --members who is ready, in counts only

The checklist is Appendix 4 of APEC publication 208-SM-01.1 (2008): 44 questions, scored as the report says, odd as that is
in places, which is told. The text of 25 of them is not in this program: answer those from a copy of the report.
Nothing of it is published.

Exit code 0: told. 1: the answers have errors. 2: it could not be read.")]
pub(super) struct Args {
    /// The folder of a site [default: this folder]
    site: Option<PathBuf>,
    /// Write the file with every question, or add those that are missing; your answers stay
    #[arg(long, conflicts_with_all = ["members", "json"])]
    new: bool,
    /// Only what this maker makes, with answers of her own in private/assess/ID.toml
    #[arg(long, value_name = "ID", conflicts_with = "members")]
    maker: Option<String>,
    /// Count over the members and makers of an association who have answers, and name those who have none
    #[arg(long)]
    members: bool,
    /// Our way of counting beside the report's: what does not apply is taken out of the maximum
    #[arg(long)]
    adjusted: bool,
    /// Tell the report's minimum criteria one by one
    #[arg(long, conflicts_with = "members")]
    criteria: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// From how many on answers are told as counts: of fewer one could guess whose they are.
const FEWEST: usize = 5;

/// A folder as it was read, for its own eyes.
struct Folder {
    site: Site,
    costs: Costs,
    is_certified: bool,
}

/// What is known of one shop or maker.
struct Told {
    products: usize,
    costs: (usize, usize),
    has_service: bool,
    found: Vec<Finding<u8>>,
    criteria: Vec<Finding<&'static str>>,
    said: Said,
    has_file: bool,
    answers: Answers,
}

pub(super) fn run(args: &Args) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = site_folder(args.site.as_ref());
    let profile = if args.adjusted { Profile::Adjusted } else { Profile::Literal };
    let folder = open(&root, day(at), Some(at))?;
    let maker = args.maker.as_deref();
    if let Some(id) = maker
        && !folder.site.producers.iter().any(|maker| maker.id.as_str() == id)
    {
        let all = folder.site.producers.iter().map(|maker| maker.id.as_str());
        let all: Vec<&str> = all.collect();
        return Err(Failed(format!(
            "there is no maker \"{id}\" here; there are: {}",
            all.join(", ")
        )));
    }
    let path = assess::path(maker);
    if args.new {
        let added = assess::prepare(&root, &path, &RealDisk)?;
        let place = root.join(&path);
        console::say(&match added {
            0 => format!("{} has every question already", place.display()),
            1 => format!("1 line to fill in added to {}, which is private", place.display()),
            _ => format!("{added} lines to fill in added to {}, which is private", place.display()),
        });
        return Ok(Ended::Fine);
    }
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    if args.members {
        return members(args, &root, &folder, profile, day(at));
    }
    let said = assess::load(&root, &path, "", &mut sources, &mut found);
    console::diagnostics(&found, &sources);
    let has_file = said.is_some();
    let told = Told { has_file, ..told(&folder, maker, said.unwrap_or_default()) };
    let assessment = assess::assess(&told.answers, profile, told.has_service);
    if args.json {
        console::json(&as_json(&told, &assessment, profile));
    } else {
        let name = maker.map_or_else(|| visible(folder.site.name.original()), str::to_owned);
        console::print(&in_words(&name, &path, &told, &assessment, args));
    }
    Ok(if found.has_errors() { Ended::Wrong } else { Ended::Fine })
}

/// Reads a folder as its owner sees it, terms for dealers and costs with it.
fn open(root: &Path, today: Date, at: Option<jiff::Timestamp>) -> Result<Folder, Failed> {
    let draft = read::load(root, &mut Memory::default(), Changed::All)?;
    let mut costs = Costs::told(&draft);
    let outcome = check_as(draft, Audience::Trade, Some(today));
    costs.judged(&outcome.diagnostics);
    let Some(site) = outcome.site else {
        console::errors(&outcome.diagnostics, &outcome.sources);
        return Err(Failed("site.toml cannot be used; mend it first".to_owned()));
    };
    Ok(Folder { site, costs, is_certified: is_certified(root, at) })
}

/// Whether the folder's register has a certification in force.
fn is_certified(root: &Path, at: Option<jiff::Timestamp>) -> bool {
    if !root.join("records").is_dir() {
        return false;
    }
    let trust = evidence::load_trust(root).unwrap_or_else(|_| Trust::nobody());
    let evidence = Evidence::load(root, &trust, at);
    evidence.records().any(|record| {
        let said = record.record();
        let is_one = said.subject.as_statement().is_some_and(|it| it.kind == Kind::Certification);
        let standing = evidence.standing(&record.id());
        let is_over = said.valid_until.is_some_and(|until| at.is_some_and(|at| until < at));
        is_one
            && !said.practice
            && !is_over
            && standing.is_some_and(|standing| standing.condition == Condition::InForce)
    })
}

fn told(folder: &Folder, maker: Option<&str>, said: Said) -> Told {
    let site = &folder.site;
    let maker =
        maker.and_then(|id| site.producers.iter().position(|maker| maker.id.as_str() == id));
    let maker = maker.map(crate::model::ProducerIx::of);
    let known = Known::of(site, maker, &folder.costs, folder.is_certified && maker.is_none());
    let found = assess::questions(&known);
    let mut answers = said.answers.clone();
    for one in &found {
        if let Some(answer) = one.answer {
            answers.0.entry(one.of).or_insert(answer);
        }
    }
    Told {
        products: known.products(),
        costs: known.costs(),
        has_service: known.has_service(),
        criteria: assess::criteria(&known),
        found,
        said,
        has_file: true,
        answers,
    }
}

/// 1, 3, 4, 5 as "1, 3 to 5".
fn numbers(all: &[u8]) -> String {
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for number in all {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(first, last): &(u8, u8)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} to {last}"),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

fn meaning(band: &Band) -> &'static str {
    band.meaning.unwrap_or("the report says nothing about this score")
}

fn result(outcome: &BlockOutcome) -> String {
    if outcome.gate == Gate::Shut {
        return "no result: it counts only if A comes out above 6".to_owned();
    }
    let all: Vec<&str> = outcome.bands.iter().map(|band| meaning(band)).collect();
    let words = match all.as_slice() {
        [] => "nothing of it applies".to_owned(),
        [one] => (*one).to_owned(),
        several if several.len() == outcome.block.bands.len() => {
            "open: too little is answered to say anything".to_owned()
        }
        several => format!("open: {}", several.join(" / ")),
    };
    match outcome.gate {
        Gate::Unsure => format!("{words} (and only if A comes out above 6)"),
        _ => words,
    }
}

/// What stands above every result, so that nobody takes our words for the report's.
fn head(profile: Profile) -> String {
    let missing = (1..=QUESTIONS).filter(|number| wording(*number) == Wording::Missing).count();
    let mut out = format!(
        "The checklist is that of {SOURCE}: {QUESTIONS} questions, a yes is one point. What a score means is said in\n\
         words of ours. The text of {missing} questions is not in this program; they are answered from a copy of the report.\n"
    );
    if profile == Profile::Adjusted {
        out.push_str(
            "Adjusted: this is our way of counting and not the report's. What does not apply is taken out of the maximum.\n",
        );
    }
    out
}

fn in_words(name: &str, path: &str, told: &Told, assessment: &Assessment, args: &Args) -> String {
    let profile = if args.adjusted { Profile::Adjusted } else { Profile::Literal };
    let own = told.said.answers.0.len();
    let mut out = format!("How ready is {name}?\n\n{}\n", head(profile));
    let _ = writeln!(
        out,
        "Answered: {} of {QUESTIONS}, {own} by you in {path}, {} by the folder.\n",
        told.answers.0.len(),
        told.answers.0.len() - own,
    );
    for outcome in &assessment.outcomes {
        let score = outcome.score;
        let points = match score.low == score.high {
            true => score.low.to_string(),
            false => format!("{} to {}", score.low, score.high),
        };
        let block = outcome.block;
        let _ = writeln!(out, "{}  {}: {points} of {}", block.letter, block.name, score.maximum);
        let _ = writeln!(out, "     {}", result(outcome));
        if !outcome.unanswered.is_empty() {
            let _ = writeln!(out, "     not answered: {}", numbers(&outcome.unanswered));
        }
    }
    if !told.found.is_empty() {
        out.push_str("\nWhat the folder says (look whether it fits the question in the report; your own answer counts more):\n");
        for one in &told.found {
            let answer = match (told.said.answers.of(one.of), one.answer) {
                (Some(own), _) => format!("you: {}", own.name()),
                (None, Some(answer)) => answer.name().to_owned(),
                (None, None) => "open".to_owned(),
            };
            let _ = writeln!(out, "  {:>2}  {answer}: {}", one.of, one.because);
        }
    }
    out.push_str("\nWhat is odd about the report's checklist, where it touches these answers:\n");
    for quirk in &assessment.quirks {
        let _ = writeln!(out, "  {}", quirk.words);
    }
    let (costs, low) = told.costs;
    let _ = match costs {
        0 => writeln!(
            out,
            "\nCost sheet: no product says what it costs to make (`cost`, which is published nowhere)."
        ),
        _ => writeln!(
            out,
            "\nCost sheet: `cost` is told for {costs} of {} products; of {low} the price is below twice that.",
            told.products
        ),
    };
    let criteria = criteria(told);
    let met = criteria.iter().filter(|(_, answer, _)| *answer == Some(Answer::Yes)).count();
    let open = criteria.iter().filter(|(_, answer, _)| answer.is_none()).count();
    let _ = writeln!(
        out,
        "Minimum criteria for a way of selling (Part III B of the report): {met} of {} met, {open} not answered.",
        criteria.len()
    );
    if args.criteria {
        for ((id, answer, because), known) in criteria.iter().zip(&CRITERIA) {
            let answer = answer.map_or("open", Answer::name);
            // Of a yes the criterion itself says enough.
            let is_told = because.is_empty() || answer == "yes";
            let because = if is_told { String::new() } else { format!(" (the folder: {because})") };
            let _ = writeln!(out, "  {id}  {answer}: {}{because}", known.words);
        }
    } else {
        out.push_str("`--criteria` tells them one by one.\n");
    }
    if !told.has_file {
        out.push_str("To answer the rest, write the file with all questions first: add --new.\n");
    }
    out.push_str("Nothing of this is published, and no score stops anything.\n");
    out
}

/// Each criterion with its answer and why, in their order.
fn criteria(told: &Told) -> Vec<(&'static str, Option<Answer>, String)> {
    let one = |id: &'static str| {
        let found = told.criteria.iter().find(|finding| finding.of == id);
        let because = found.map_or_else(String::new, |finding| finding.because.clone());
        let own = told.said.criteria.get(id).copied();
        (id, own.or(found.and_then(|finding| finding.answer)), because)
    };
    CRITERIA.iter().map(|criterion| one(criterion.id)).collect()
}

fn profile_name(profile: Profile) -> &'static str {
    match profile {
        Profile::Literal => "literal",
        Profile::Adjusted => "adjusted",
    }
}

fn as_json(told: &Told, assessment: &Assessment, profile: Profile) -> Value {
    let blocks = assessment.outcomes.iter().map(|outcome| {
        let meanings: Vec<_> = outcome.bands.iter().map(|band| band.meaning).collect();
        json!({
            "block": outcome.block.letter.to_string(), "name": outcome.block.name,
            "low": outcome.score.low, "high": outcome.score.high, "maximum": outcome.score.maximum,
            "counts": match outcome.gate { Gate::Open => "yes", Gate::Shut => "no", Gate::Unsure => "open" },
            "meanings": meanings, "unanswered": outcome.unanswered,
        })
    });
    let answers = (1..=QUESTIONS).map(|number| {
        let found = told.found.iter().find(|finding| finding.of == number);
        let is_own = told.said.answers.of(number).is_some();
        let answer = told.answers.of(number);
        let (text, is_known) = match wording(number) {
            Wording::Asks(words) => (Some(words), "asks"),
            Wording::About(words) => (Some(words), "about"),
            Wording::Missing => (None, "missing"),
        };
        json!({
            "number": number, "wording": is_known, "text": text, "answer": answer.map(Answer::name),
            "from": answer.map(|_| if is_own { "person" } else { "folder" }),
            "folder_says": found.map(|finding| finding.because.as_str()),
        })
    });
    let quirks =
        assessment.quirks.iter().map(|quirk| json!({ "id": quirk.id, "text": quirk.words }));
    let criteria = criteria(told).into_iter().map(|(id, answer, because)| {
        json!({ "id": id, "answer": answer.map(Answer::name), "folder_says": because })
    });
    json!({
        "source": SOURCE, "profile": profile_name(profile),
        "blocks": blocks.collect::<Vec<_>>(), "questions": answers.collect::<Vec<_>>(),
        "quirks": quirks.collect::<Vec<_>>(), "criteria": criteria.collect::<Vec<_>>(),
        "cost": { "products": told.products, "told": told.costs.0, "below_twice": told.costs.1 },
    })
}

/// Counts over everybody of an association who has answers.
fn members(args: &Args, root: &Path, folder: &Folder, profile: Profile, today: Date) -> Outcome {
    let site = &folder.site;
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let mut counted: Vec<Told> = Vec::new();
    let mut silent: Vec<String> = Vec::new();
    for maker in site.producers.iter().filter(|maker| maker.member.is_none()) {
        let id = maker.id.as_str();
        match assess::load(root, &assess::path(Some(id)), "", &mut sources, &mut found) {
            Some(said) if is_answered(&said) => counted.push(told(folder, Some(id), said)),
            _ => silent.push(id.to_owned()),
        }
    }
    let is_own_wrong = found.has_errors();
    let mut theirs = Diagnostics::default();
    for member in &site.members {
        let place = root.join(&member.prefix);
        let path = assess::path(None);
        let said = assess::load(&place, &path, &member.prefix, &mut sources, &mut theirs);
        match said.filter(|said| said.may_be_counted && is_answered(said)) {
            // Her register is not asked: what it holds is not hers alone.
            Some(said) => match open(&place, today, None) {
                Ok(own) => counted.push(told(&Folder { is_certified: false, ..own }, None, said)),
                Err(_) => silent.push(member.id.as_str().to_owned()),
            },
            None => silent.push(member.id.as_str().to_owned()),
        }
    }
    // What is wrong in a member's folder stops nothing here.
    found.extend(
        theirs
            .into_iter()
            .map(|one| crate::diag::Diagnostic { severity: Severity::Warning, ..one }),
    );
    console::diagnostics(&found, &sources);
    let everybody = counted.len() + silent.len();
    if everybody == 0 {
        return Err(Failed("this site has no makers and no members".to_owned()));
    }
    let assessed: Vec<Assessment> = counted
        .iter()
        .map(|told| assess::assess(&told.answers, profile, told.has_service))
        .collect();
    let results: Vec<BTreeMap<String, usize>> = (0..BLOCKS.len())
        .map(|at| {
            let mut counts = BTreeMap::new();
            for assessment in &assessed {
                *counts.entry(result(&assessment.outcomes[at])).or_insert(0) += 1;
            }
            counts
        })
        .collect();
    let answered = |number: u8, answer: Answer| {
        counted.iter().filter(|told| told.answers.of(number) == Some(answer)).count()
    };
    let is_told = counted.len() >= FEWEST;
    if args.json {
        let blocks = BLOCKS.iter().zip(&results).map(|(block, counts)| {
            json!({ "block": block.letter.to_string(), "name": block.name, "results": counts })
        });
        let questions = (1..=QUESTIONS).map(|number| {
            let count = |answer| answered(number, answer);
            json!({ "number": number, "yes": count(Answer::Yes), "no": count(Answer::No), "not_applicable": count(Answer::NotApplicable) })
        });
        console::json(&json!({
            "source": SOURCE, "profile": profile_name(profile), "everybody": everybody, "counted": counted.len(), "fewest": FEWEST,
            "not_counted": silent,
            "blocks": is_told.then(|| blocks.collect::<Vec<_>>()), "questions": is_told.then(|| questions.collect::<Vec<_>>()),
        }));
    } else {
        let mut out = format!("Who is ready?\n\n{}\n", head(profile));
        let _ = writeln!(
            out,
            "{} of {everybody} makers and members have answers that may be counted.",
            counted.len()
        );
        if is_told {
            for (block, counts) in BLOCKS.iter().zip(&results) {
                let _ = writeln!(out, "{}  {}", block.letter, block.name);
                for (words, count) in counts {
                    let _ = writeln!(out, "  {count:>4}  {words}");
                }
            }
            let _ = writeln!(
                out,
                "{} could use help with packaging (question 18).",
                answered(18, Answer::Yes)
            );
            let mut quirks: Vec<&str> =
                assessed.iter().flat_map(|one| &one.quirks).map(|quirk| quirk.words).collect();
            quirks.sort_unstable();
            quirks.dedup();
            out.push_str(
                "\nWhat is odd about the checklist and touches one of these results or more:\n",
            );
            for words in quirks {
                let _ = writeln!(out, "  {words}");
            }
        } else {
            let _ = writeln!(
                out,
                "Counts are told from {FEWEST} on: of fewer one could guess whose answers they are."
            );
        }
        if !silent.is_empty() {
            let _ = writeln!(out, "\nNo answers, or not to be counted: {}.", silent.join(", "));
            out.push_str("A maker of this folder answers with --maker ID --new; a member in her own folder, with count_me = \"yes\".\n");
        }
        out.push_str("Counts only, and private: nothing of this is published.\n");
        console::print(&out);
    }
    Ok(if is_own_wrong { Ended::Wrong } else { Ended::Fine })
}

/// Whether somebody answered anything.
fn is_answered(said: &Said) -> bool {
    !said.answers.0.is_empty()
}
