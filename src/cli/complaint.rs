//! `complaint`: what somebody told us about a thing, kept for ourselves, and what we do about it.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::attest::{SiteLookup, certify};
use crate::complaint::{self, Act, Complaint, New, State, Step};
use crate::diag::report::visible;
use crate::diag::{Sources, nearest};
use crate::evidence::{Disk, Evidence};
use crate::provenance::kind::{Form, Kind};
use crate::provenance::log::RecordId;
use crate::provenance::record::texts_from_value;
use crate::verify::Trust;
use crate::verify::fold::Condition;
use crate::write::RealDisk;

use super::acts::{Desk, words_of};
use super::certify::waits;
use super::keys::{KeyDir, KeyPlace, PhraseSource, fill};
use super::record::{self, read_statement};
use super::{Ended, Failed, Outcome, console, day, now, site_folder};

/// Keep what somebody complains of, answer it, and act on it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge complaint new my-association --about IDF6JDYS/17 --says \"The knot came loose.\" --photo knot.jpg
  selvedge complaint list my-association
  selvedge complaint answer 3 my-association --text \"We asked the maker.\" --then suspend
  selvedge complaint close 3 my-association --outcome \"It was a copy; the tag is void.\"

Complaints lie in private/complaints and are never published. What you sign because of one (a tag made void, a record on hold, a
dispute) says nothing of who complained, and is shown to you before.")]
pub(super) struct Args {
    #[command(subcommand)]
    act: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Keep a complaint, and see what the register says of what it is about
    New(NewArgs),
    /// Keep what you answered, and make a tag void, put a record on hold, or open a dispute
    Answer(AnswerArgs),
    /// Keep how it ended
    Close(CloseArgs),
    /// List them, those first that wait for an answer
    List(ListArgs),
}

#[derive(Debug, clap::Args)]
struct NewArgs {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// What it is about: a record (IDF6JDYS), a tag of it (IDF6JDYS/17), the number on a tag (17/100), or the address of a page
    #[arg(long, value_name = "WHAT")]
    about: Option<String>,
    /// The number on the tag, if it is not said with --about
    #[arg(long, value_name = "N")]
    tag: Option<u64>,
    /// Who complains
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// How to reach that person
    #[arg(long, value_name = "HOW")]
    reach: Option<String>,
    /// What she says
    #[arg(long, value_name = "WORDS")]
    says: Option<String>,
    /// A photograph; a copy without place, time and camera is kept
    #[arg(long, value_name = "FILE")]
    photo: Option<PathBuf>,
    /// The day it came [default: today]
    #[arg(long, value_name = "DAY")]
    came: Option<Date>,
    /// By when she is owed an answer [default: what your charter promises, else 14 days]
    #[arg(long, value_name = "DAY")]
    reply_by: Option<Date>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct AnswerArgs {
    /// The number of the complaint
    number: u32,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// What you answered
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// What you do besides: answer (nothing), void-tag, suspend or dispute
    #[arg(long, value_name = "ACT", value_parser = ["answer", "void-tag", "suspend", "dispute"])]
    then: Option<String>,
    /// The record that is acted on, if it is another than the complaint names
    #[arg(long, value_name = "RECORD")]
    record: Option<String>,
    /// For void-tag: lost, stolen, damaged or unused
    #[arg(long, value_name = "WORD")]
    reason: Option<String>,
    /// For dispute: prior use, wrong holder, no consent, misuse, harmful, error or imitation
    #[arg(long, value_name = "WORD")]
    ground: Option<String>,
    /// For suspend and dispute: public words of your own, in place of neutral ones
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// The day you answered [default: today]
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    #[command(flatten)]
    dir: KeyDir,
    #[command(flatten)]
    phrase: PhraseSource,
    /// Sign for practice: the record says that it proves nothing
    #[arg(long)]
    practice: bool,
    /// Do not ask before signing
    #[arg(long)]
    yes: bool,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct CloseArgs {
    /// The number of the complaint
    number: u32,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// How it ended
    #[arg(long, value_name = "WORDS")]
    outcome: Option<String>,
    /// The day it was closed [default: today]
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// Those that are closed, too
    #[arg(long)]
    all: bool,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the list as JSON; who complained is not in it
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    match &args.act {
        What::New(args) => new(args),
        What::Answer(args) => answer(args),
        What::Close(args) => close(args),
        What::List(args) => list(args),
    }
}

/// The folder of the site as it stands in a command that is shown.
fn behind(site: Option<&PathBuf>) -> String {
    site.map(|site| format!(" {}", site.display())).unwrap_or_default()
}

/// What was given, or is asked for on a terminal.
fn given(said: Option<&String>, question: &str) -> String {
    match said {
        Some(said) => said.clone(),
        None => console::ask(question, ""),
    }
}

fn new(args: &NewArgs) -> Outcome {
    let root = site_folder(args.site.as_ref());
    let at = now(args.at.as_deref())?;
    let today = day(at);
    let outcome = crate::check::load_on(&root, today)?;
    let site = outcome.site.as_ref();
    let evidence = Evidence::of(&Disk::at(&root), &Trust::nobody(), Some(at));
    let about = given(
        args.about.as_ref(),
        "What is it about? (a record, a number on a tag, the address of a page)",
    );
    let about = match (about.trim().is_empty(), args.tag) {
        (true, Some(tag)) => tag.to_string(),
        (true, None) => {
            return Err(Failed(
                "say what it is about: --about with a record, the number on a tag, or the address of a page".to_owned(),
            ));
        }
        (false, _) => about,
    };
    let says = given(args.says.as_ref(), "What does she say?");
    if says.trim().is_empty() {
        return Err(Failed("say what the complaint is: --says \"…\"".to_owned()));
    }
    let came = args.came.unwrap_or(today);
    if came > today {
        return Err(Failed(format!(
            "{came} is not here yet; say when the complaint came, with --came {today} or earlier"
        )));
    }
    let (days, promised) = reply_days(&evidence, at);
    let reply_by = match args.reply_by {
        Some(day) => day,
        None => came
            .checked_add(jiff::Span::new().days(i64::from(days)))
            .map_err(|_| Failed("that day is too far away".to_owned()))?,
    };
    if reply_by < came {
        return Err(Failed(format!("{reply_by} is before the day on which it came, {came}")));
    }
    let earlier: Vec<Complaint> =
        complaint::all(&root)?.into_iter().filter_map(Result::ok).collect();
    let base = site.and_then(|site| site.base_url.as_ref()).map(|url| url.as_str().to_owned());
    let told = complaint::look_up(&evidence, site, base.as_deref(), &about, args.tag, &earlier);
    let new = New {
        about,
        tag: told.subject.tag,
        record: told.subject.record.clone(),
        name: given(args.from.as_ref(), "Who complains? (kept for yourself)"),
        reach: given(args.reach.as_ref(), "How can she be reached? (kept for yourself)"),
        says,
        photo: args.photo.clone(),
    };
    let kept = complaint::file(&root, &new, came, reply_by, &RealDisk)?;
    for line in &told.lines {
        console::print(&format!("{}\n", visible(line)));
    }
    console::say(&format!(
        "Kept as complaint {}, in {}. Nothing of it is published.\nShe is owed an answer by {}{}. When you answered: selvedge complaint answer {}{}",
        kept.number,
        kept.path(),
        kept.reply_by,
        if promised && args.reply_by.is_none() { ", as your charter promises" } else { "" },
        kept.number,
        behind(args.site.as_ref()),
    ));
    Ok(Ended::Fine)
}

/// How many days an answer may take, and whether the charter says so.
fn reply_days(evidence: &Evidence, at: jiff::Timestamp) -> (u32, bool) {
    let charter = evidence
        .identity()
        .and_then(|identity| certify::charter(evidence, &identity.issuer, false, at).ok());
    let words = charter.and_then(|charter| {
        texts_from_value(charter.record().subject.as_statement()?.members.get("complaints")?)
    });
    let days = words.iter().flatten().find_map(|text| complaint::days_in(&text.text));
    (days.unwrap_or(complaint::REPLY_DAYS), days.is_some())
}

/// A complaint that is not closed.
fn open(root: &std::path::Path, number: u32) -> Result<Complaint, Failed> {
    let complaint = complaint::load(root, number)?;
    if complaint.state == State::Closed {
        return Err(Failed(format!(
            "complaint {number} is closed; if there is more, keep it as a new one: selvedge complaint new"
        )));
    }
    Ok(complaint)
}

fn answer(args: &AnswerArgs) -> Outcome {
    let root = site_folder(args.site.as_ref());
    let today = day(now(args.at.as_deref())?);
    let complaint = open(&root, args.number)?;
    let on = args.on.unwrap_or(today);
    if on > today || on < complaint.came {
        return Err(Failed(format!(
            "{on} is not a day on which this was answered: it came on {}, and today is {today}",
            complaint.came
        )));
    }
    let text = given(args.text.as_ref(), "What did you answer?");
    if text.trim().is_empty() {
        return Err(Failed("say what you answered: --text \"…\"".to_owned()));
    }
    let act = next_act(args, &complaint)?;
    let record = match act {
        Act::Answer | Act::Close => None,
        act => match sign(args, act, &complaint)? {
            Signed::Record(record) => Some(record),
            Signed::Wrong => return Ok(Ended::Wrong),
            Signed::Declined => {
                console::say(
                    "The answer was not kept either; run the command again when you know what to do.",
                );
                return Ok(Ended::Fine);
            }
        },
    };
    let step = Step { act, on, text, record: record.map(|id| id.short().to_string()) };
    complaint::note(&root, args.number, &step, State::Answered, &RealDisk)?;
    console::say(&format!(
        "What you answered is kept with complaint {number}. When it is over: selvedge complaint close {number}{}",
        behind(args.site.as_ref()),
        number = args.number
    ));
    Ok(Ended::Fine)
}

/// What is done besides the answer: said, or chosen on a terminal.
fn next_act(args: &AnswerArgs, complaint: &Complaint) -> Result<Act, Failed> {
    let named = |word: &str| Act::NEXT.iter().find(|(_, name)| *name == word).map(|(act, _)| *act);
    if let Some(then) = &args.then {
        return Ok(named(then).unwrap_or(Act::Answer));
    }
    if !console::is_interactive() {
        return Ok(Act::Answer);
    }
    let about = complaint.record.as_deref().map_or_else(String::new, |record| format!(" {record}"));
    let tag = complaint.tag.map_or_else(|| "the tag".to_owned(), |tag| format!("tag {tag}"));
    console::say(&format!(
        "What else do you do?\n  answer     nothing more\n  void-tag   make {tag} void, in the register\n  \
         suspend    put the record{about} on hold\n  dispute    enter in the register that it is disputed"
    ));
    let said = console::ask("Which?", "answer");
    named(&said).ok_or_else(|| {
        let near = nearest(&said, Act::NEXT.iter().map(|(_, name)| *name));
        Failed(format!(
            "there is no \"{said}\" here{}",
            near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
        ))
    })
}

/// One of the words that a field of a kind may hold: said, or asked for on a terminal.
fn chosen(kind: Kind, field: &str, option: &str, said: Option<&String>) -> Result<String, Failed> {
    let words: &[&str] = match kind.field(field).map(|field| &field.form) {
        Some(Form::Choice(words)) => words,
        _ => &[],
    };
    let list = words.join(", ");
    let said = match said {
        Some(said) => said.clone(),
        None if console::is_interactive() => console::ask(&format!("Why? ({list})"), ""),
        None => return Err(Failed(format!("say why, with {option} and one of {list}"))),
    };
    match words.iter().find(|word| said.trim().eq_ignore_ascii_case(word)) {
        Some(word) => Ok((*word).to_owned()),
        None => {
            let near = nearest(said.trim(), words.iter().copied());
            Err(Failed(format!(
                "\"{}\" cannot be said here{}; there are {list}",
                said.trim(),
                near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
            )))
        }
    }
}

/// What came of an act.
enum Signed {
    /// The record, also one that was signed before.
    Record(RecordId),
    /// It was not agreed to.
    Declined,
    /// The site has errors, which are told.
    Wrong,
}

/// Signs what follows from a complaint, through the same code as `record`.
fn sign(args: &AnswerArgs, act: Act, complaint: &Complaint) -> Result<Signed, Failed> {
    let record_args = record::Args::for_act(
        KeyPlace { site: args.site.clone(), dir: args.dir.clone() },
        &args.phrase,
        args.practice,
        args.yes,
        args.at.as_ref(),
    );
    let Some(desk) = Desk::open(&record_args)? else { return Ok(Signed::Wrong) };
    desk.expect_register()?;
    let lookup = SiteLookup::load(&desk.root);
    let target = args.record.as_deref().or(complaint.record.as_deref()).ok_or_else(|| {
        Failed("this complaint names no record that could be acted on; say which with --record, as `selvedge record list` shows them".to_owned())
    })?;
    let signed = lookup.signed(target).map_err(Failed)?;
    let short = signed.id().short().to_string();
    let languages: Vec<String> = desk.site().locales.iter().map(|it| it.tag().to_owned()).collect();
    let own = args.words.as_deref();
    let (kind, text) = match act {
        Act::VoidTag => {
            let tag = complaint.tag.ok_or_else(|| {
                Failed("this complaint names no number of a tag, so none can be made void; `complaint new` with IDF6JDYS/17 keeps one".to_owned())
            })?;
            if signed.record().subject.kind() != Kind::TagBatch {
                return Err(Failed(format!(
                    "{short} is a record of the kind {}; a tag is made void in the batch that announced it: say which with --record",
                    signed.record().subject.kind()
                )));
            }
            let range = signed
                .record()
                .subject
                .as_statement()
                .and_then(|it| it.count("first").zip(it.count("last")));
            if let Some((first, last)) =
                range.filter(|(first, last)| !(*first..=*last).contains(&tag))
            {
                return Err(Failed(format!(
                    "tag {tag} is not one of {short}, which has {first} to {last}"
                )));
            }
            let reason = chosen(Kind::TagVoid, "reasonCode", "--reason", args.reason.as_ref())?;
            (Kind::TagVoid, complaint::void_tag_toml(&short, tag, &reason))
        }
        Act::Suspend => (Kind::Status, complaint::suspend_toml(&short, own, &languages)),
        _ => {
            let ground = chosen(Kind::Dispute, "ground", "--ground", args.ground.as_ref())?;
            (Kind::Dispute, complaint::dispute_toml(&short, &ground, own, &languages))
        }
    };
    // Whatever way it came in, nothing of whoever complained is signed.
    if let Some(what) = complaint.betrays(own.unwrap_or_default()) {
        return Err(Failed(format!(
            "these words would be public for ever, and tell {what}; say it without: --words \"…\", or leave that out for neutral words"
        )));
    }
    let mut sources = Sources::default();
    let file = sources.add("what is to be signed", text);
    let mut random = [0; 16];
    fill(&mut random)?;
    let Some(prepared) =
        read_statement(kind, &sources, &[file], &desk, args.practice, &lookup, random)?
    else {
        return Ok(Signed::Wrong);
    };
    let evidence = Evidence::of(&Disk::at(&desk.root), &Trust::nobody(), Some(desk.at));
    if let Some(before) = done_before(&evidence, act, complaint, signed.id()) {
        console::say(&format!("That was signed before, as {}; it is noted now.", before.short()));
        return Ok(Signed::Record(before));
    }
    let words = format!(
        "{}\nIt is about what was said before:\n{}",
        prepared.words(desk.at),
        words_of(signed)
    );
    let issued = desk.in_register(&record_args, &words, |register| {
        let issued = register.issue(&prepared, desk.at)?;
        let condition = register.standing(&issued.id).map(|it| it.condition.clone());
        Ok((issued, condition))
    })?;
    let Some((issued, condition)) = issued else { return Ok(Signed::Declined) };
    let number = issued.id.short().to_string();
    console::say(&format!(
        "Signed and entered in the register as number {}. The record is records/{number}.json; `selvedge build` puts it on its page.",
        issued.index + 1
    ));
    if let Some(Condition::Proposed { have, need }) = condition {
        console::say(&waits(&number, have, need));
    }
    Ok(Signed::Record(issued.id))
}

/// The record that did the same already, as after a run that broke off before its complaint's file was written.
fn done_before(
    evidence: &Evidence,
    act: Act,
    complaint: &Complaint,
    target: RecordId,
) -> Option<RecordId> {
    let standing = evidence.standing(&target)?;
    match act {
        Act::VoidTag => {
            let tag = complaint.tag?;
            let void =
                standing.void_tags.iter().find(|(first, last, _)| (*first..=*last).contains(&tag));
            void.map(|(.., by)| *by)
        }
        Act::Suspend => match &standing.condition {
            Condition::Suspended(by) => Some(*by),
            _ => None,
        },
        _ => {
            // Somebody else's dispute is hers; only one in our own name is this act.
            let issuer = &evidence.identity()?.issuer;
            let open = standing.disputes.iter().filter(|(_, outcome)| outcome.is_none());
            open.map(|(id, _)| *id).find(|id| {
                evidence.standing(id).is_some_and(|dispute| dispute.issuer.same_issuer(issuer))
            })
        }
    }
}

fn close(args: &CloseArgs) -> Outcome {
    let root = site_folder(args.site.as_ref());
    let today = day(now(args.at.as_deref())?);
    let complaint = open(&root, args.number)?;
    let text = given(args.outcome.as_ref(), "How did it end?");
    if text.trim().is_empty() {
        return Err(Failed("say how it ended: --outcome \"…\"".to_owned()));
    }
    let on = args.on.unwrap_or(today);
    if on > today || on < complaint.came {
        return Err(Failed(format!(
            "{on} is not a day on which this was closed: it came on {}, and today is {today}",
            complaint.came
        )));
    }
    let step = Step { act: Act::Close, on, text, record: None };
    complaint::note(&root, args.number, &step, State::Closed, &RealDisk)?;
    console::say(&format!("Complaint {} is closed.", args.number));
    if complaint.state == State::Open {
        console::say("Nobody answered it, as far as its file tells.");
    }
    Ok(Ended::Fine)
}

fn list(args: &ListArgs) -> Outcome {
    let root = site_folder(args.site.as_ref());
    if !root.join("site.toml").is_file() {
        return Err(Failed(format!(
            "there is no site in {}: it has no file site.toml",
            root.display()
        )));
    }
    let today = day(now(args.at.as_deref())?);
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for one in complaint::all(&root)? {
        match one {
            Ok(complaint) if args.all || complaint.state != State::Closed => rows.push(complaint),
            Ok(_) => {}
            Err(error) => broken.push(error.to_string()),
        }
    }
    rows.sort_by_key(|it| (it.state as u8, it.reply_by, it.number));
    if args.json {
        let all = rows.iter().map(|it| {
            serde_json::json!({
                "number": it.number,
                "state": it.state.name(),
                "about": it.about,
                "record": it.record,
                "tag": it.tag,
                "came": it.came.to_string(),
                "replyBy": it.reply_by.to_string(),
                "isOverdue": it.is_overdue(today),
            })
        });
        console::json(&all.collect());
    } else {
        for it in &rows {
            let late = if it.is_overdue(today) { "  the answer is overdue" } else { "" };
            console::print(&format!(
                "{:>4}  {:<9} came {}  answer by {}  {}{late}\n",
                it.number,
                it.state.name(),
                it.came,
                it.reply_by,
                visible(&it.about)
            ));
        }
        if rows.is_empty() {
            console::say(if args.all {
                "there is no complaint"
            } else {
                "no complaint waits; --all shows those that are closed"
            });
        }
    }
    for why in &broken {
        console::say(&visible(why));
    }
    Ok(if broken.is_empty() { Ended::Fine } else { Ended::Wrong })
}
