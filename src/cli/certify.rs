//! `certify`: a member is accredited and what she makes is certified, in one sitting.
//!
//! It asks who, what and how it was checked; all else comes from the charter in force and from her pages. Everything can
//! be given as options, so that it runs without a terminal.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::attest::certify::{
    self, CLAIMS, Checked, Claim, Criteria, METHODS, Member, Membership, What,
};
use crate::attest::{Issued, Prepared, Register, SiteLookup};
use crate::check::Site;
use crate::diag::report::visible;
use crate::diag::{Sources, nearest};
use crate::evidence::{Disk, Evidence};
use crate::model::Producer;
use crate::provenance::did::Did;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::openbadge;
use crate::provenance::record::Texts;
use crate::verify::Trust;
use crate::verify::fold::Condition;

use super::acts::Desk;
use super::keys::{KeyDir, KeyPlace, PhraseSource, fill};
use super::record::{self, read_statement};
use super::{Ended, Failed, Outcome, console, day, exports, similar};

/// Certify a member: that she is one, and what she makes, in one sitting
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  selvedge certify ana my-association\n  \
    selvedge certify ana products/valley-shawl my-association --claims made-by,made-in,technique --method \"peer visit\" --panel 3\n  \
    selvedge certify ana my-association --what all --claims made-by --method inspection --method material=laboratory --on 2026-05-01 --yes\n\n\
    The rules come from the charter in force, the term too: two years, or what the criteria admit (a line term_months = 24 at the top \
    of their document). What is claimed comes from her pages. Running it again signs nothing twice.")]
pub(super) struct Args {
    /// Who: the id of her file in producers/, or her name; without it the makers are listed
    member: Option<String>,
    /// What of hers: all, products/NAME, designs/NAME, an edition; a folder at the end is the site [default: this folder]
    #[arg(value_name = "WHAT|SITE")]
    rest: Vec<String>,
    /// The same as WHAT; may be repeated
    #[arg(long, value_name = "WHAT")]
    what: Vec<String>,
    /// Which claims, with commas between: made-by, made-in, technique, material, designed-by, sold-by, payment
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    claims: Vec<String>,
    /// A claim in words of your own, for example --claim technique="twined by hand"; may be repeated
    #[arg(long, value_name = "CLAIM=WORDS")]
    claim: Vec<String>,
    /// How it was checked: self, "peer visit", sample, photo, laboratory or inspection; material=laboratory is for one claim
    #[arg(long, value_name = "METHOD")]
    method: Vec<String>,
    /// When it was checked [default: today]
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// How many people checked it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    panel: Option<u32>,
    /// How many pieces were looked at
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Until when it holds [default: two years, or what the criteria admit]
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Which criteria, if the charter has several
    #[arg(long, value_name = "NAME")]
    criteria: Option<String>,
    /// On whose word she is a member [default: by the method]
    #[arg(long, value_name = "WORD", value_parser = ["community confirms", "peers", "panel", "self"])]
    basis: Option<String>,
    /// The name of her key, did:key:z6Mk…, if she signs herself [default: signs_as in her file]
    #[arg(long, value_name = "DID")]
    key: Option<String>,
    /// Keep her name apart from what is signed, so that it can be erased one day
    #[arg(long)]
    apart: bool,
    #[command(flatten)]
    dir: KeyDir,
    #[command(flatten)]
    phrase: PhraseSource,
    /// Sign for practice: the records say that they prove nothing
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

impl Args {
    /// The site, the member, and the words for what is certified. A folder with a site is the site, also where nobody is named.
    fn site_member_and_whats(&self) -> (Option<PathBuf>, Option<String>, Vec<String>) {
        let is_site = |word: &String| Path::new(word).join("site.toml").is_file();
        let mut words: Vec<String> = self.member.iter().chain(&self.rest).cloned().collect();
        let site = words.pop_if(|last| is_site(last)).map(PathBuf::from);
        let member = (!words.is_empty()).then(|| words.remove(0));
        words.extend(self.what.iter().cloned());
        (site, member, words)
    }
}

/// What is about to be signed in one sitting.
struct Sitting<'a> {
    /// Each record, and what it says in a word.
    records: Vec<(String, Prepared)>,
    /// What else to know before it is signed.
    notes: String,
    member: &'a Member<'a>,
    criteria: &'a Criteria,
    evidence: &'a Evidence,
}

pub(super) fn run(args: &Args) -> Outcome {
    let (site, named, whats) = args.site_member_and_whats();
    let place = KeyPlace { site, dir: args.dir.clone() };
    let record_args =
        record::Args::for_act(place, &args.phrase, args.practice, args.yes, args.at.as_ref());
    let Some(desk) = Desk::open(&record_args)? else { return Ok(Ended::Wrong) };
    desk.expect_register()?;
    let evidence = Evidence::of(&Disk::at(&desk.root), &Trust::nobody(), Some(desk.at));
    let base = desk.base.base_url();
    let is_asked = named.is_none() && whats.is_empty() && !desk.site().producers.is_empty();
    if is_asked {
        let next = overview(args, &desk, &evidence)?;
        if !console::is_interactive() {
            console::say(&format!("Certify one with: {next}"));
            return Ok(Ended::Fine);
        }
    }
    let named = match (is_asked, named) {
        (true, None) => Some(console::ask("Who is certified?", "")),
        (_, named) => named,
    };
    let producer = who(desk.site(), named.as_deref())?;
    let charter = certify::charter(&evidence, &desk.issuer, args.practice, desk.at)?;
    let wanted = match &args.criteria {
        Some(criteria) => Some(criteria.clone()),
        None => {
            chosen_criteria(charter.record().subject.as_statement().map(|it| it.list("criteria")))
        }
    };
    let criteria = certify::criteria(charter, wanted.as_deref(), &desk.root)?;
    let key = match &args.key {
        None => None,
        Some(name) => match Did::parse(name) {
            Some(did @ Did::Key(_)) => Some(did),
            _ => {
                return Err(Failed(format!(
                    "\"{name}\" is not the name of a key; it begins with did:key:z6Mk, as `selvedge keys new` prints it for her"
                )));
            }
        },
    };
    let member = Member::of(producer, &base, key, &desk.root)?;
    let name = producer.name.original();
    let membership = certify::membership(&evidence, &desk.issuer, args.practice, &member, desk.at);
    if let Membership::Suspended(record) = membership {
        let short = record.id().short();
        return Err(Failed(format!(
            "that {name} is a member is suspended (record {short}), so nothing of hers is certified now; take it from hold first: \
             selvedge record reinstate {short} --set reason=\"…\""
        )));
    }
    let today = day(desk.at);
    let until = certify::until(&criteria, today, args.until)?;
    let whats = asked_whats(whats)?;
    let whats: Vec<What<'_>> = whats
        .iter()
        .map(|word| certify::what(desk.site(), &member, &evidence, word))
        .collect::<Result<_, _>>()?;
    if args.apart && member.key.is_none() && whats.iter().any(|what| matches!(what, What::All)) {
        return Err(Failed(format!(
            "the address of her page would tell the name {name}, which you want to keep apart; say which of her products: --what products/…"
        )));
    }
    let claims: Vec<Vec<Claim>> = whats
        .iter()
        .map(|what| asked_claims(args, &desk, &member, what))
        .collect::<Result<_, _>>()?;
    let checked = asked_method(args, today)?;

    let lookup = SiteLookup::load(&desk.root);
    let mut records = Vec::new();
    let mut notes = String::new();
    match membership {
        Membership::InForce(record) => {
            let ends = record.record().valid_until.map(day);
            notes.push_str(&format!(
                "{name} is a member already (record {}{}).\n",
                record.id().short(),
                ends.map(|ends| format!(", until {ends}")).unwrap_or_default()
            ));
            if let Some(ends) = ends.filter(|ends| *ends < until) {
                notes.push_str(&format!(
                    "Her membership ends on {ends}, before this certification; certify her again then.\n"
                ));
            }
        }
        Membership::Proposed(record, have, need) => notes.push_str(&format!(
            "That {name} is a member is signed and waits: {have} of {need} agreed (record {}).\n",
            record.id().short()
        )),
        Membership::Suspended(_) => {}
        Membership::None => {
            let basis = args.basis.as_deref().unwrap_or_else(|| checked.basis());
            let text = certify::accreditation_toml(
                desk.site(),
                &member,
                &criteria,
                basis,
                until,
                args.apart,
            );
            let Some(prepared) = read(&desk, args, &lookup, Kind::Accreditation, text)? else {
                return Ok(Ended::Wrong);
            };
            records.push((format!("that {name} is a member"), prepared));
        }
    }
    for (what, claims) in whats.iter().zip(&claims) {
        let text = certify::certification_toml(
            desk.site(),
            &member,
            &base,
            what,
            claims,
            &criteria,
            &checked,
            until,
            args.apart,
        );
        let Some(prepared) = read(&desk, args, &lookup, Kind::Certification, text)? else {
            return Ok(Ended::Wrong);
        };
        let called = called(what, name);
        match certify::said_already(&evidence, &desk.issuer, &prepared, desk.at) {
            Some(record) => notes.push_str(&format!(
                "What you want to say of {called} is certified already (record {}{}).\n",
                record.id().short(),
                record
                    .record()
                    .valid_until
                    .map(|it| format!(", until {}", day(it)))
                    .unwrap_or_default()
            )),
            None => records.push((format!("what you checked of {called}"), prepared)),
        }
    }
    if records.is_empty() {
        console::say(&format!("{notes}There is nothing left to sign."));
        if args.json {
            console::json(&serde_json::json!([]));
        }
        return Ok(Ended::Fine);
    }
    for (_, prepared) in &records {
        if !similar::before_signing(&record_args, desk.site(), &desk.root, prepared, &lookup)? {
            return Ok(Ended::Fine);
        }
    }
    let sitting =
        Sitting { records, notes, member: &member, criteria: &criteria, evidence: &evidence };
    sign(args, &desk, &record_args, &sitting)
}

/// The maker who is meant: by the id of her file, her name, or the first word of either where only one begins so.
/// Lists the makers: who is a member and what of hers is certified, until when. Answers what to type to certify one, if it can
/// the first of whom nothing is.
fn overview(args: &Args, desk: &Desk, evidence: &Evidence) -> Result<String, Failed> {
    let (site, base) = (desk.site(), desk.base.base_url());
    let all: Vec<_> =
        certify::certifications(evidence, &desk.issuer, args.practice, desk.at).collect();
    let mut told = BTreeSet::new();
    let mut free = None;
    let until = |record: &crate::verify::VerifiedRecord| {
        let until = record.record().valid_until;
        until.map(|until| format!(", until {}", day(until))).unwrap_or_default()
    };
    let row = |record: &crate::verify::VerifiedRecord, condition: &Condition| {
        let statement = record.record().subject.as_statement();
        let claims = statement.map(|it| it.list("claim")).unwrap_or_default();
        let mut words: Vec<&str> = Vec::new();
        for kind in claims.iter().filter_map(|claim| claim.text("claimType")) {
            let known = CLAIMS.iter().find(|(name, ..)| *name == kind);
            let word = known.map_or(kind, |(_, _, word)| word);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let how = match condition {
            Condition::Suspended(_) => " (on hold)".to_owned(),
            Condition::Proposed { have, need } => format!(" (waits: {have} of {need} agreed)"),
            _ => String::new(),
        };
        format!(
            "      {}: {}{}{how}, record {}\n",
            visible(&certify::certified(record).unwrap_or_default()),
            visible(&words.join(", ")),
            until(record),
            record.id().short()
        )
    };
    let mut out = "The makers are:\n".to_owned();
    for producer in &site.producers {
        let member = Member::of(producer, &base, None, &desk.root)?;
        let standing = certify::membership(evidence, &desk.issuer, args.practice, &member, desk.at);
        let is = match standing {
            Membership::InForce(record) => format!("a member{}", until(record)),
            Membership::Proposed(_, have, need) => {
                format!("a member as soon as all agreed: {have} of {need} have")
            }
            Membership::Suspended(record) => format!("a member{}, on hold", until(record)),
            Membership::None => "not a member yet".to_owned(),
        };
        out.push_str(&format!(
            "  {:<24}{}: {is}\n",
            visible(producer.id.as_str()),
            visible(producer.name.original())
        ));
        let hers = all.iter().filter(|(it, _)| certify::is_of(it, &member, site, evidence));
        let mut rows = String::new();
        for (record, standing) in hers {
            told.insert(record.id());
            rows.push_str(&row(record, &standing.condition));
        }
        if rows.is_empty() {
            free = free.or(Some(producer.id.as_str()));
            rows.push_str("      nothing of hers is certified\n");
        }
        out.push_str(&rows);
    }
    let mut others = all.iter().filter(|(record, _)| !told.contains(&record.id())).peekable();
    if others.peek().is_some() {
        out.push_str("Certified besides:\n");
        out.extend(others.map(|(record, standing)| row(record, &standing.condition)));
    }
    console::say(out.trim_end());
    let (folder, _, _) = args.site_member_and_whats();
    let folder = folder.map(|folder| format!(" {}", folder.display())).unwrap_or_default();
    let id = free.unwrap_or(site.producers[0].id.as_str());
    Ok(format!("selvedge certify {id}{folder}"))
}

fn who<'s>(site: &'s Site, wanted: Option<&str>) -> Result<&'s Producer, Failed> {
    let producers = &site.producers;
    if producers.is_empty() {
        return Err(Failed(
            "there is nobody to certify: no maker has a file in producers/; bring them in with `selvedge import people members.csv`, or \
             write producers/<id>.md"
                .to_owned(),
        ));
    }
    let list = || {
        let row = |it: &Producer| {
            format!("  {:<24}{}", visible(it.id.as_str()), visible(it.name.original()))
        };
        let rows: Vec<String> = producers.iter().map(row).collect();
        console::say(&format!("The makers are:\n{}", rows.join("\n")));
    };
    let wanted = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => {
            list();
            if !console::is_interactive() {
                return Err(Failed("say who is certified".to_owned()));
            }
            console::ask("Who is certified?", "")
        }
    };
    let id = wanted.trim().trim_start_matches("producers/").trim_end_matches(".md");
    let folded = id.to_lowercase();
    let names = |it: &Producer| -> Vec<String> {
        let names = it.name.entries().map(|(_, name)| name.to_lowercase());
        std::iter::once(it.id.as_str().to_owned()).chain(names).collect()
    };
    let is_called = |it: &&Producer| names(it).contains(&folded);
    let begins = |it: &&Producer| {
        let is_first = |name: &String| {
            let rest = name.strip_prefix(&folded);
            !folded.is_empty() && rest.is_some_and(|rest| rest.starts_with(['-', ' ']))
        };
        names(it).iter().any(is_first)
    };
    let mut found: Vec<&Producer> = producers.iter().filter(is_called).collect();
    if found.is_empty() {
        found = producers.iter().filter(begins).collect();
    }
    match found.as_slice() {
        [producer] => Ok(producer),
        [] => {
            let known = producers.iter().flat_map(|it| [it.id.as_str(), it.name.original()]);
            let near = nearest(id, known).map(|near| format!("; did you mean \"{near}\"?"));
            if near.is_none() {
                list();
            }
            Err(Failed(format!("there is no maker \"{id}\"{}", near.unwrap_or_default())))
        }
        _ => {
            list();
            Err(Failed(format!(
                "several makers are called \"{id}\"; say which by the id of her file"
            )))
        }
    }
}

/// Which of several criteria, on a terminal; elsewhere it has to be said.
fn chosen_criteria(all: Option<&[crate::provenance::json::Value]>) -> Option<String> {
    let name = |it: &crate::provenance::json::Value| {
        let names: Texts = crate::provenance::record::texts_from_value(it.member("name")?)?;
        Some(names.first()?.text.clone())
    };
    let mut names: Vec<String> = all.unwrap_or_default().iter().filter_map(name).collect();
    names.dedup();
    if names.len() < 2 || !console::is_interactive() {
        return None;
    }
    console::say(&format!("Your charter has these criteria: {}", names.join(", ")));
    Some(console::ask("By which of them?", names.last().map_or("", String::as_str)))
}

fn asked_whats(mut whats: Vec<String>) -> Result<Vec<String>, Failed> {
    if whats.is_empty() {
        if !console::is_interactive() {
            return Err(Failed(
                "say what of hers is certified: all, products/NAME, designs/NAME or an edition, for example --what all".to_owned(),
            ));
        }
        let said = console::ask(
            "What of hers? (all, products/NAME, designs/NAME, an edition; commas between)",
            "all",
        );
        whats =
            said.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
    }
    let mut seen = std::collections::BTreeSet::new();
    whats.retain(|what| seen.insert(what.clone()));
    Ok(whats)
}

fn called(what: &What<'_>, name: &str) -> String {
    match what {
        What::All => format!("all that {name} makes"),
        What::Product(product) => format!("products/{}", product.id),
        What::Design(design) => format!("designs/{}", design.id),
        What::Edition(short) => format!("the edition {short}"),
    }
}

/// The type of a claim by what a person calls it.
fn claim_kind(word: &str) -> Result<&'static str, Failed> {
    let plain = word.trim().to_lowercase().replace([' ', '_'], "-");
    let found =
        CLAIMS.iter().find(|(kind, written, _)| *written == plain || kind.to_lowercase() == plain);
    found.map(|(kind, ..)| *kind).ok_or_else(|| {
        let near = nearest(&plain, CLAIMS.iter().map(|(_, written, _)| *written));
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_else(|| {
            format!("; there are {}", CLAIMS.map(|(_, written, _)| written).join(", "))
        });
        Failed(format!("there is no claim \"{}\"{near}", word.trim()))
    })
}

/// Which claims are certified of a thing: those that are said, or on a terminal those that are agreed to.
fn asked_claims(
    args: &Args,
    desk: &Desk,
    member: &Member<'_>,
    what: &What<'_>,
) -> Result<Vec<Claim>, Failed> {
    let site = desk.site();
    let mut known = certify::claims(site, member, what);
    if args.apart {
        known.retain(|claim| claim.kind != "madeBy");
    }
    let mut own = Vec::new();
    for one in &args.claim {
        let Some((kind, words)) = one.split_once('=').filter(|(_, words)| !words.trim().is_empty())
        else {
            return Err(Failed(format!(
                "--claim {one} has no words; write for example --claim technique=\"twined by hand\""
            )));
        };
        let language = site.locales.first().map_or("en", |locale| locale.tag()).to_owned();
        own.push(Claim {
            kind: claim_kind(kind)?,
            value: vec![(language, words.trim().to_owned())],
        });
    }
    let shown = |claims: &[Claim]| {
        let lines = claims.iter().map(|it| format!("  {:<20}{}", it.words(), it.text()));
        lines.collect::<Vec<_>>().join("\n")
    };
    let name = member.producer.name.original();
    if !args.claims.is_empty() {
        let mut chosen = Vec::new();
        for word in &args.claims {
            let kind = claim_kind(word)?;
            let of_kind: Vec<Claim> = known.iter().filter(|it| it.kind == kind).cloned().collect();
            if of_kind.is_empty() && !own.iter().any(|it| it.kind == kind) {
                let (_, written, words) =
                    CLAIMS.iter().find(|(it, ..)| *it == kind).copied().unwrap_or_default();
                return Err(Failed(format!(
                    "nothing on her pages says \"{words}\" of {}; write it there, or say it here: --claim {written}=\"…\"",
                    called(what, name)
                )));
            }
            chosen.extend(
                of_kind.into_iter().filter(|it| !own.iter().any(|own| own.kind == it.kind)),
            );
        }
        chosen.extend(own);
        return Ok(chosen);
    }
    if console::is_interactive() && own.is_empty() {
        console::say(&format!("Her pages say of {}:\n{}", called(what, name), shown(&known)));
        known.retain(|claim| {
            let words =
                format!("Did you check \"{}: {}\"? (yes or no)", claim.words(), claim.text());
            matches!(console::ask(&words, "no").to_lowercase().as_str(), "yes" | "y")
        });
        own = known;
    }
    if own.is_empty() {
        return Err(Failed(format!(
            "say which claims you checked, for example --claims made-by,made-in; her pages say of {}:\n{}",
            called(what, name),
            shown(&certify::claims(site, member, what))
        )));
    }
    Ok(own)
}

/// How it was checked.
fn asked_method(args: &Args, today: Date) -> Result<Checked, Failed> {
    let method_of = |word: &str| {
        let plain = word.trim().to_lowercase().replace(['-', '_'], " ");
        match METHODS.iter().find(|known| **known == plain) {
            Some(method) => Ok((*method).to_owned()),
            None => {
                let near =
                    nearest(&plain, METHODS).map(|near| format!("; did you mean \"{near}\"?"));
                Err(Failed(format!(
                    "\"{}\" is no way of checking{}",
                    word.trim(),
                    near.unwrap_or_else(|| format!("; there are {}", METHODS.join(", ")))
                )))
            }
        }
    };
    let mut method = None;
    let mut methods = Vec::new();
    for one in &args.method {
        match one.split_once('=') {
            Some((kind, word)) => methods.push((claim_kind(kind)?, method_of(word)?)),
            None if method.is_some() => {
                return Err(Failed(format!(
                    "two ways of checking are given for all claims; say for which one is, for example --method material={one}"
                )));
            }
            None => method = Some(method_of(one)?),
        }
    }
    let method = match method {
        Some(method) => method,
        None if console::is_interactive() => {
            method_of(&console::ask(&format!("How was it checked? ({})", METHODS.join(", ")), ""))?
        }
        None => {
            return Err(Failed(format!(
                "say how it was checked: --method with one of {}",
                METHODS.join(", ")
            )));
        }
    };
    let on = match args.on {
        Some(on) => on,
        None if console::is_interactive() => {
            let said = console::ask("When was it checked?", &today.to_string());
            said.parse().map_err(|_| {
                Failed(format!("\"{said}\" is not a day; write for example 2026-05-01"))
            })?
        }
        None => today,
    };
    if on > today {
        return Err(Failed(format!(
            "{on} is not here yet; say when it was checked, with --on {today} or earlier"
        )));
    }
    let panel = match args.panel {
        None if console::is_interactive() && method != "self" => {
            let said = console::ask("How many people checked it?", "1");
            let count = said.parse().ok().filter(|count| (1..=1000).contains(count));
            Some(count.ok_or_else(|| Failed(format!("\"{said}\" is not a number of people")))?)
        }
        panel => panel,
    };
    Ok(Checked { method, methods, on, panel, sample: args.sample })
}

/// A statement of which the text was put together here.
fn read(
    desk: &Desk,
    args: &Args,
    lookup: &SiteLookup<'_>,
    kind: Kind,
    text: String,
) -> Result<Option<Prepared>, Failed> {
    let mut sources = Sources::default();
    let file = sources.add("what is to be signed", text);
    let mut random = [0; 16];
    fill(&mut random)?;
    read_statement(kind, &sources, &[file], desk, args.practice, lookup, random)
}

/// One record of a sitting, as it was entered.
struct Entered {
    name: String,
    kind: Kind,
    issued: Issued,
    condition: Option<Condition>,
}

fn sign(args: &Args, desk: &Desk, record_args: &record::Args, sitting: &Sitting<'_>) -> Outcome {
    let criteria = sitting.criteria;
    let mut words = format!(
        "{}By the criteria \"{}\", version {}, as your charter has them ({}).\n",
        sitting.notes,
        criteria.title(),
        criteria.version,
        criteria.path
    );
    if sitting.records.len() > 1 {
        words.push_str(&format!("You sign {} records in this sitting.\n", sitting.records.len()));
    }
    for (_, prepared) in &sitting.records {
        words.push('\n');
        words.push_str(&prepared.words(desk.at));
    }
    let mut badges = Vec::new();
    let entered = desk.in_register(record_args, &words, |register| {
        let (names, prepared) = still_missing(desk, register, sitting);
        let (issued, stopped) = certify::issue_each(register, &prepared, desk.at);
        let entered: Vec<Entered> = issued
            .into_iter()
            .zip(names.iter().zip(&prepared))
            .map(|(issued, (name, prepared))| Entered {
                name: name.clone(),
                kind: prepared.record.subject.kind(),
                condition: register.standing(&issued.id).map(|it| it.condition.clone()),
                issued,
            })
            .collect();
        let ids: Vec<RecordId> = entered.iter().map(|it| it.issued.id).collect();
        badges = exports::beside(register, &ids, desk.at);
        let Some(error) = stopped else { return Ok(entered) };
        let Failed(why) = error.into();
        if entered.is_empty() {
            return Err(Failed(why));
        }
        let done: Vec<String> = entered
            .iter()
            .map(|it| format!("{} (record {})", it.name, it.issued.id.short()))
            .collect();
        Err(Failed(format!(
            "{why}. Signed and entered are: {}. Not signed are: {}. Run the same command again: it signs what is missing, and nothing \
             twice",
            done.join("; "),
            names[entered.len()..].join("; ")
        )))
    })?;
    let Some(entered) = entered else { return Ok(Ended::Fine) };
    if args.json {
        let all = entered.iter().map(|it| {
            let own = openbadge::path(&it.issued.id);
            let badge = badges.iter().filter(move |badge| **badge == own);
            serde_json::json!({
                "id": it.issued.id.to_string(),
                "shortId": it.issued.id.short().as_str(),
                "kind": it.kind.name(),
                "index": it.issued.index,
                "files": it.issued.files.iter().chain(badge).collect::<Vec<_>>(),
                "isProposed": matches!(it.condition, Some(Condition::Proposed { .. })),
            })
        });
        console::json(&all.collect());
        return Ok(Ended::Fine);
    }
    for it in &entered {
        let short = it.issued.id.short();
        console::say(&format!(
            "Signed and entered in the register as number {}: {}. The record is records/{short}.json.",
            it.issued.index + 1,
            it.name
        ));
        if let Some(Condition::Proposed { have, need }) = it.condition {
            console::say(&format!("  {}", waits(&short.to_string(), have, need)));
        }
    }
    exports::say(&badges);
    console::say("`selvedge build` puts it on its pages.");
    Ok(Ended::Fine)
}

/// What is still to be signed once the register is open, which completes what an earlier run had begun.
fn still_missing(
    desk: &Desk,
    register: &Register<'_>,
    sitting: &Sitting<'_>,
) -> (Vec<String>, Vec<Prepared>) {
    let lookup = SiteLookup::load(&desk.root);
    let mut left = (Vec::new(), Vec::new());
    for (name, prepared) in &sitting.records {
        match certify::begun_before(
            &lookup,
            register,
            sitting.evidence,
            sitting.member,
            prepared,
            desk.at,
        ) {
            Some(id) => console::say(&format!(
                "An earlier run had begun to sign {name}; that is complete now (record {}), and is not signed again.",
                id.short()
            )),
            None => {
                left.0.push(name.clone());
                left.1.push(prepared.clone());
            }
        }
    }
    left
}

/// What an act of several waits for.
pub(super) fn waits(short: &str, have: u64, need: u64) -> String {
    format!(
        "It takes effect when {need} signatories agreed, and {have} did. Each of them signs: selvedge record attest \
         records/{short}.json HER-FOLDER --set relation=approves, and you enter what comes of it: selvedge record add FOLDER"
    )
}
