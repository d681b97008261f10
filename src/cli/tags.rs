//! `tags`: number the pieces of an edition, print what hangs on them, and say which tags count no more.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::attest::{self, Prepared, SiteLookup};
use crate::custody::leak::CODES_MARK;
use crate::custody::tag_codes;
use crate::evidence::{Disk, Evidence};
use crate::model::LocaleIx;
use crate::provenance::files::Files as _;
use crate::provenance::identifier::{Identifier, Root};
use crate::provenance::json::{Object, Value};
use crate::provenance::kind::{Kind, RecordRef, Statement};
use crate::provenance::log::{RecordId, RootHash};
use crate::provenance::record::{LangText, SignedRecord, Subject, Texts, texts_to_value};
use crate::provenance::sshsig;
use crate::render::tag_sheet::{self, About, TAGS, Tag};
use crate::render::{Inputs, LinkStyle, MAX_PAGES, Routes, SheetSize};
use crate::tags::codes::{self, Code, Published};
use crate::tags::issue::{self, Plan};
use crate::tags::{Batch, Edition, Ledger, first_text, range_words, total};
use crate::verify::Trust;
use crate::write::{self, Mode, RealDisk};

use super::acts::Desk;
use super::keys::{KeyPlace, PhraseSource, fill};
use super::{Ended, Failed, Outcome, console, now, record, site_folder};

/// Number the pieces of an edition: issue tags, print them, make lost ones void, note reported codes
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge tags issue IDF6JDYS my-association --count 100
  selvedge tags sheet 7QZ4XK2M my-association --range 41-50
  selvedge tags badges IDF6JDYS my-association --size small
  selvedge tags void 7QZ4XK2M my-association --range 17-30 --reason lost
  selvedge tags list my-association")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Give the next numbers of an edition to tags, in a signed record, and write the sheet to print
    Issue(Issue),
    /// Write a sheet again, with the same numbers and codes
    Sheet(Sheet),
    /// Write badges of a certification to print and cut out, for a stall or for packages
    Badges(Badges),
    /// Say that tags count no more: lost, stolen, damaged or unused
    Void(Void),
    /// Note that somebody reported the check code of a tag
    Claimed(Claimed),
    /// Show the editions, their tags, and what is left
    List {
        /// The folder of the site [default: this folder]
        site: Option<PathBuf>,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
}

/// How a record is signed.
#[derive(Clone, Debug, clap::Args)]
struct Signing {
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
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Issue {
    /// The edition, by the letters of its record
    edition: String,
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    signing: Signing,
    /// How many tags
    #[arg(long, value_name = "N")]
    count: u64,
    /// Give each a check code, to be covered by a scratch label
    #[arg(long)]
    codes: bool,
    /// Of what sort the tags are, for example "sewn in, red"
    #[arg(long, value_name = "TEXT")]
    style: Option<String>,
    /// Where the sheet goes [default: private/tags in the site's folder]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Sheet {
    /// The batch or the edition, by the letters of its record
    batch: String,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// Only these numbers, for example 41-50
    #[arg(long, value_name = "N-M", value_parser = range)]
    range: Option<(u64, u64)>,
    /// Write a table for a printing house instead of pages
    #[arg(long)]
    csv: bool,
    /// Where it goes [default: private/tags in the site's folder]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Badges {
    /// The certification or membership, by the letters of its record
    record: String,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// How large: small for packages, medium for cards, large for a stall
    #[arg(long, value_parser = SheetSize::ALL.map(SheetSize::name), default_value = "medium")]
    size: String,
    /// In which language of the site, for example es [default: its first]
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// How many pages
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=MAX_PAGES as i64))]
    pages: u16,
    /// Where it goes [default: private/tags in the site's folder]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Void {
    /// The batch or the edition, by the letters of its record
    batch: String,
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    signing: Signing,
    /// Which numbers, for example 17-30; may be repeated
    #[arg(long, value_name = "N-M", value_parser = range, required = true)]
    range: Vec<(u64, u64)>,
    /// Why
    #[arg(long, value_parser = ["lost", "stolen", "damaged", "unused"])]
    reason: String,
}

#[derive(Debug, clap::Args)]
struct Claimed {
    /// The batch or the edition, by the letters of its record
    batch: String,
    /// The number of the tag
    serial: u64,
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    signing: Signing,
    /// The code that was reported; it is compared first
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// How the report came, for example "by letter"
    #[arg(long, value_name = "TEXT")]
    how: Option<String>,
    /// On which day [default: today]
    #[arg(long, value_name = "DATE")]
    on: Option<jiff::civil::Date>,
}

/// One number, or a first and a last.
fn range(text: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
    let (first, last) = text.split_once(['-', '–']).unwrap_or((text, text));
    number(first)
        .zip(number(last))
        .ok_or_else(|| "write one number, or a first and a last as 17-30".to_owned())
}

pub(super) fn run(args: &Args) -> Outcome {
    match &args.what {
        What::Issue(args) => issue_tags(args),
        What::Sheet(args) => sheet(args),
        What::Badges(args) => badges(args),
        What::Void(args) => void(args),
        What::Claimed(args) => claimed(args),
        What::List { site, json } => list(&site_folder(site.as_ref()), *json),
    }
}

/// The same as `record` takes it, so that a record of tags is signed as any other.
fn as_record(verb: &str, place: &KeyPlace, signing: &Signing) -> record::Args {
    let (yes, at) = (signing.yes, signing.at.as_ref());
    // What came of it is told here.
    let args = record::Args::for_act(place.clone(), &signing.phrase, signing.practice, yes, at);
    record::Args { verb: verb.to_owned(), ..args }
}

/// What was signed in a folder, and the ledger of it.
struct Books {
    evidence: Evidence,
    ledger: Ledger,
}

impl Books {
    fn open(root: &Path) -> Self {
        let evidence = Evidence::of(&Disk::at(root), &Trust::nobody(), None);
        let ledger = evidence.folded().map_or_else(Ledger::default, |folded| {
            Ledger::new(evidence.records().map(|record| record.signed()), folded)
        });
        Self { evidence, ledger }
    }

    fn signed(&self, id: &RecordId) -> Option<&SignedRecord> {
        self.evidence.record(id).map(|record| record.signed())
    }

    fn reference(&self, id: &RecordId) -> Result<RecordRef, Failed> {
        let signed = self.signed(id);
        let signed =
            signed.ok_or_else(|| Failed("the record is not in the register".to_owned()))?;
        Ok(RecordRef { uuid: signed.record().uuid.clone(), id: *id })
    }

    /// The batch of a record that somebody named: itself, or of an edition the one that has these numbers.
    fn batch(
        &self,
        root: &Path,
        name: &str,
        numbers: &[(u64, u64)],
    ) -> Result<(&Batch, &Edition), Failed> {
        let lookup = SiteLookup::load(root);
        let signed = lookup.signed(name).map_err(Failed)?;
        let kind = signed.record().subject.kind();
        if let Some(edition) = self.ledger.edition(&signed.id()) {
            return Ok((self.batch_of(edition, name, numbers)?, edition));
        }
        if kind != Kind::TagBatch {
            return Err(Failed(format!(
                "{name} is a record of the kind {kind}, and no batch of tags; `selvedge tags list` shows the batches"
            )));
        }
        let batch = self.ledger.batch(&signed.id());
        let batch = batch.ok_or_else(|| {
            Failed(format!(
                "the batch {name} has no effect in the register; `selvedge record list` tells why"
            ))
        })?;
        let edition = self.ledger.edition(&batch.edition);
        let edition = edition.ok_or_else(|| {
            Failed(format!("the edition of the batch {name} is not in the register"))
        })?;
        Ok((batch, edition))
    }

    /// The one batch of an edition in which all these numbers are.
    fn batch_of<'a>(
        &'a self,
        edition: &'a Edition,
        name: &str,
        numbers: &[(u64, u64)],
    ) -> Result<&'a Batch, Failed> {
        let ledger = &self.ledger;
        let is_one = edition.batches.len() == 1;
        let has_all = |batch: &&Batch| {
            (is_one || !numbers.is_empty())
                && numbers.iter().all(|(first, last)| batch.has(*first) && batch.has(*last))
        };
        if let Some(batch) = ledger.batches_of(edition).find(has_all) {
            return Ok(batch);
        }
        let known: Vec<String> = ledger
            .batches_of(edition)
            .map(|it| format!("{} {}", it.id.short(), range_words(&[(it.first, it.last)])))
            .collect();
        Err(Failed(match known.as_slice() {
            [] => format!("no number of the edition {name} has a tag yet"),
            known => format!(
                "the numbers of the edition {name} are in several batches, or beyond them; say it once for each that is meant: {}",
                known.join(", ")
            ),
        }))
    }
}

/// Opens what signs tags, which is the register's owner alone.
fn desk(args: &record::Args) -> Result<Option<Desk>, Failed> {
    let Some(desk) = Desk::open(args)? else { return Ok(None) };
    if desk.site().register.is_some() {
        return Err(Failed(
            "this folder signs for the register of an association, and tags are for that association to issue: ask it for them"
                .to_owned(),
        ));
    }
    Ok(Some(desk))
}

/// Refuses a record about tags that cannot stand beside those that there are.
pub(super) fn expect_in_bounds(desk: &Desk, prepared: &Prepared) -> Result<(), Failed> {
    let Some(statement) = prepared.record.subject.as_statement() else { return Ok(()) };
    if let (Kind::Edition, Some(before)) = (statement.kind, &prepared.record.reissues) {
        return expect_no_growth(desk, statement, &before.id);
    }
    if !matches!(statement.kind, Kind::TagBatch | Kind::TagVoid | Kind::TagClaimed | Kind::Item)
        || prepared.record.reissues.is_some()
    {
        return Ok(());
    }
    let books = Books::open(&desk.root);
    let ledger = &books.ledger;
    let count = |name| statement.count(name).unwrap_or_default();
    let refuse = |why: &dyn std::fmt::Display| Failed(format!("nothing was signed: {why}"));
    match statement.kind {
        Kind::TagBatch => {
            let Some(edition) = statement.record("edition") else { return Ok(()) };
            let (first, last) = (count("first"), count("last"));
            expect_none_waits(&desk.root, &edition.id)?;
            issue::check(ledger, &edition.id, first, last, desk.at).map_err(|why| refuse(&why))?;
        }
        Kind::TagVoid => {
            let Some(batch) = statement.target().and_then(|it| ledger.batch(&it.id)) else {
                return Ok(());
            };
            let number = |range: &Value, name| range.member(name)?.as_count();
            let ranges: Vec<(u64, u64)> = statement
                .list("range")
                .iter()
                .filter_map(|range| number(range, "first").zip(number(range, "last")))
                .collect();
            issue::void(batch, &ranges).map_err(|why| refuse(&why))?;
        }
        Kind::TagClaimed => {
            let Some(batch) = statement.record("batch").and_then(|it| ledger.batch(&it.id)) else {
                return Ok(());
            };
            let serial = count("serial");
            if !batch.has(serial) {
                let why = format!(
                    "this batch has the numbers {}–{}, and no tag {serial}",
                    batch.first, batch.last
                );
                return Err(refuse(&why));
            }
            if let (Some(first), None) =
                (batch.first_claim(serial), statement.record("duplicateOf"))
            {
                let short = first.id.short();
                let why = format!(
                    "the code of tag {serial} was reported before, on {}; say so in this record: duplicate_of = \"{short}\"",
                    first.on
                );
                return Err(refuse(&why));
            }
        }
        _ => {
            let edition = statement.record("edition");
            if let (Some(edition), Some(serial)) = (edition, statement.count("serial")) {
                issue::expect_item(ledger, &edition.id, serial).map_err(|why| refuse(&why))?;
            }
        }
    }
    Ok(())
}

/// Refuses to announce more of an edition than before: buyers were told how many there would be.
fn expect_no_growth(desk: &Desk, again: &Statement, before: &RecordId) -> Result<(), Failed> {
    let books = Books::open(&desk.root);
    let Some(maximum) = books.ledger.edition(before).and_then(|edition| edition.maximum) else {
        return Ok(());
    };
    match again.count("maximum") {
        Some(now) if now <= maximum => Ok(()),
        None if again.word("editionKind") == Some("unique") => Ok(()),
        _ => Err(Failed(format!(
            "nothing was signed: this edition was announced with {maximum} pieces at most, and that cannot grow; write maximum = {maximum} \
             or less, or announce another edition"
        ))),
    }
}

/// Refuses while other tags of the edition wait to be entered: their numbers would be given twice.
fn expect_none_waits(root: &Path, edition: &RecordId) -> Result<(), Failed> {
    let disk = Disk::at(root);
    let is_of_it = |name: &String| {
        let bytes = disk.read(&format!("private/held/{name}")).ok().flatten();
        let signed = bytes.and_then(|bytes| SignedRecord::parse(&bytes).ok());
        signed.is_some_and(|signed| {
            let statement = signed.record().subject.as_statement();
            let statement = statement.filter(|it| it.kind == Kind::TagBatch);
            statement.and_then(|it| it.record("edition")).is_some_and(|it| it.id == *edition)
        })
    };
    match disk.list("private/held").unwrap_or_default().iter().any(is_of_it) {
        true => Err(Failed(
            "other tags of this edition wait in private/held, and their numbers are taken: enter them first with `selvedge log due`"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

fn issue_tags(args: &Issue) -> Outcome {
    let as_record = as_record("tags", &args.place, &args.signing);
    let Some(desk) = desk(&as_record)? else { return Ok(Ended::Wrong) };
    let root = desk.root.clone();
    let lookup = SiteLookup::load(&root);
    let signed = lookup.signed(&args.edition).map_err(Failed)?;
    let kind = signed.record().subject.kind();
    if kind != Kind::Edition {
        return Err(Failed(format!(
            "{} is a record of the kind {kind}, and no edition; `selvedge record edition` announces one",
            args.edition
        )));
    }
    if signed.record().practice != args.signing.practice {
        return Err(Failed(match args.signing.practice {
            true => "the edition was announced in earnest, and tags for practice would take its numbers; leave out --practice",
            false => "the edition is for practice, and so are its tags: add --practice",
        }
        .to_owned()));
    }
    let edition = RecordRef { uuid: signed.record().uuid.clone(), id: signed.id() };
    let books = Books::open(&root);
    // An edition that was announced again goes on under its newest record.
    let edition = match books.ledger.edition(&edition.id) {
        Some(known) if known.id != edition.id => books.reference(&known.id)?,
        _ => edition,
    };
    expect_none_waits(&root, &edition.id)?;
    let plan = issue::plan(&books.ledger, &edition.id, args.count, desk.at)
        .map_err(|why| Failed(format!("nothing was issued: {why}")))?;
    let root_of_codes = args
        .codes
        .then(|| make_codes(&root, &desk.issuer.to_string(), &edition.id, &plan))
        .transpose()?;
    let mut members: Object = [
        ("edition".to_owned(), edition.to_value()),
        ("first".to_owned(), count_value(plan.first)),
        ("last".to_owned(), count_value(plan.last)),
    ]
    .into();
    if let Some(root) = root_of_codes {
        members.insert("codesRoot".to_owned(), root.0.to_string().into());
    }
    if let Some(style) = &args.style {
        members.insert("tagStyle".to_owned(), text_value(&desk, style));
    }
    let subject = Subject::Statement(Statement { kind: Kind::TagBatch, members });
    let record = desk.record(&as_record, subject)?;
    let uuid = record.uuid.clone();
    let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
    let ended = desk.sign(&as_record, &prepared, &plan_words(&books, &edition.id, &plan));
    let after = Books::open(&root);
    let found = after.evidence.records().find(|record| record.record().uuid == uuid);
    let Some(found) = found.map(|record| record.id()) else {
        if let Some(codes_root) = root_of_codes {
            tag_codes::forget(&root, &RealDisk, &edition.id, plan.first, plan.last)?;
            let path = root.join(codes::path(codes_root));
            if path.exists() {
                write::remove_file(&RealDisk, &path)?;
            }
        }
        return ended;
    };
    ended?;
    let batch = after.ledger.batch(&found);
    let batch =
        batch.ok_or_else(|| Failed("the batch has no effect in the register".to_owned()))?;
    let is_small = args.count <= TAGS;
    let sheets = match is_small {
        true => write_sheets(
            desk.site(),
            &after,
            &root,
            batch,
            None,
            false,
            args.to.as_deref(),
            desk.at,
        )?,
        false => Vec::new(),
    };
    let short = found.short();
    if args.signing.json {
        console::json(&serde_json::json!({
            "id": found.to_string(), "shortId": short.as_str(), "first": plan.first, "last": plan.last,
            "codes": args.codes, "sheets": sheets,
        }));
        return Ok(Ended::Fine);
    }
    console::say(&format!(
        "The numbers {}–{} have tags now, in batch {short}.",
        plan.first, plan.last
    ));
    let here = root.display();
    match is_small {
        true => say_sheets(&sheets, args.codes),
        false => console::say(&format!(
            "So many are printed in parts: selvedge tags sheet {short} {here} --range {}-{}, or as a table for a printing house: selvedge \
             tags sheet {short} {here} --csv",
            plan.first,
            plan.first + TAGS - 1
        )),
    }
    Ok(Ended::Fine)
}

/// What is issued and what is left after it, for whoever signs.
fn plan_words(books: &Books, edition: &RecordId, plan: &Plan) -> String {
    let Some(edition) = books.ledger.edition(edition) else { return String::new() };
    let mut words = format!(
        "\nThese are {} tags of \"{}\"",
        plan.last - plan.first + 1,
        first_text(&edition.name)
    );
    match edition.maximum {
        Some(maximum) => words.push_str(&format!(
            ", which was announced with {maximum} pieces at most; {} numbers are left after them.\n",
            maximum.saturating_sub(plan.last)
        )),
        None => words.push_str(", for which no maximum was announced.\n"),
    }
    for quota in &plan.quotas {
        words.push_str(&format!(
            "{} may have {} tags {}; {} were left before these, until {}.\n",
            quota.member,
            quota.count,
            quota.period_words(),
            quota.left(),
            quota.last_day()
        ));
    }
    words
}

/// Draws the codes and keeps them, unless they were drawn before and not signed; gives the root over what is published of them.
fn make_codes(
    root: &Path,
    issuer: &str,
    edition: &RecordId,
    plan: &Plan,
) -> Result<RootHash, Failed> {
    attest::private::keep_out_of_git(root, &RealDisk)?;
    let count = plan.last - plan.first + 1;
    let codes = match tag_codes::load(root, edition, plan.first, plan.last)? {
        Some(codes) => codes,
        None => {
            let codes = codes::draw(count, fill)?;
            tag_codes::store(root, &RealDisk, edition, plan.first, &codes)?;
            codes
        }
    };
    let published = publish_codes(&codes, issuer, edition, plan.first);
    store_published(root, &published)?;
    Ok(published.root())
}

fn publish_codes(codes: &[Code], issuer: &str, edition: &RecordId, first: u64) -> Published {
    let steps = console::Steps::new(false);
    let (done, all) = (AtomicUsize::new(0), codes.len());
    let published = Published::make(codes, issuer, edition, first, &|more| {
        let before = done.fetch_add(more, Ordering::Relaxed);
        steps.step("check codes", before + more, all);
    });
    steps.end();
    published
}

fn store_published(root: &Path, published: &Published) -> Result<(), Failed> {
    let path = root.join(codes::path(published.root()));
    let folder = path.parent().unwrap_or(root);
    write::create_folders(&RealDisk, folder, Mode::Public)?;
    Ok(write::replace(&RealDisk, &path, published.bytes(), Mode::Public)?)
}

fn count_value(count: u64) -> Value {
    #[allow(clippy::cast_precision_loss, reason = "numbers of tags are far below 2^53")]
    Value::Number(count as f64)
}

/// A text in the first language of the site.
fn text_value(desk: &Desk, text: &str) -> Value {
    let language = desk.site().locales.first().map_or("en", |locale| locale.tag()).to_owned();
    texts_to_value(&vec![LangText { language, text: text.to_owned() }])
}

fn sheet(args: &Sheet) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = site_folder(args.site.as_ref());
    let outcome = crate::check::load_on(&root, super::day(at))?;
    let Some(site) = &outcome.site else {
        console::diagnostics(&outcome.diagnostics, &outcome.sources);
        return Ok(Ended::Wrong);
    };
    let books = Books::open(&root);
    let (batch, _) = books.batch(&root, &args.batch, args.range.as_slice())?;
    let files =
        write_sheets(site, &books, &root, batch, args.range, args.csv, args.to.as_deref(), at)?;
    say_sheets(&files, batch.codes_root.is_some());
    Ok(Ended::Fine)
}

/// Writes badges of what the register vouches for, to print.
fn badges(args: &Badges) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = site_folder(args.site.as_ref());
    let loaded = crate::assemble::load_on(&root, super::day(at))?;
    let Some(site) = &loaded.site else {
        console::diagnostics_in_short(&loaded.diagnostics, &loaded.sources);
        return Ok(Ended::Wrong);
    };
    let locale = match &args.language {
        None => LocaleIx::FIRST,
        Some(tag) => {
            let same = |ix: &LocaleIx| site.locale(*ix).tag().eq_ignore_ascii_case(tag);
            site.locale_ixs().find(same).ok_or_else(|| {
                let all: Vec<&str> = site.locales.iter().map(|it| it.tag()).collect();
                Failed(format!(
                    "this site is not in the language \"{tag}\"; it has {}",
                    all.join(", ")
                ))
            })?
        }
    };
    let id = SiteLookup::load(&root).signed(&args.record).map_err(Failed)?.id();
    let found = attest::export::badge_record(&loaded.evidence, &id, at)?;
    let base_url = loaded.evidence.identity().map_or_else(String::new, |it| it.base.base_url());
    let second = second_address(site, &loaded.evidence, &base_url);
    let routes = Routes::new(Inputs {
        site,
        evidence: &loaded.evidence,
        signed: &loaded.signed,
        photos: &loaded.photos,
        theme: &loaded.theme,
        at,
        links: LinkStyle::Pretty,
    });
    let size = SheetSize::ALL.into_iter().find(|size| size.name() == args.size);
    let size = size.unwrap_or(SheetSize::Medium);
    let pages = usize::from(args.pages);
    let page = routes.badge_sheet(&id, locale, size, pages, second.as_deref()).ok_or_else(|| {
        Failed("this record does not hold now, so there is no badge of it; `selvedge record list` shows how it stands".to_owned())
    })?;
    let folder = match &args.to {
        Some(folder) => expect_outside(folder, &root)?,
        None => {
            attest::private::keep_out_of_git(&root, &RealDisk)?;
            root.join(tag_codes::FOLDER)
        }
    };
    write::create_folders(&RealDisk, &folder, Mode::Secret)?;
    let short = id.short();
    let name = format!("badges-{short}-{}-{}.html", site.locale(locale).tag(), size.name());
    let file = folder.join(name);
    write::replace(&RealDisk, &file, page.as_bytes(), Mode::Secret)?;
    let until = found.record().valid_until.map(|until| super::day(until).to_string());
    console::say(&format!(
        "To print: {}. These {} badges may be used until {}; what is printed cannot be taken back, so count them, and collect them if the \
         certification is suspended or ends before.",
        file.display(),
        pages * size.on_page(),
        until.unwrap_or_default()
    ));
    Ok(Ended::Fine)
}

fn say_sheets(files: &[PathBuf], has_codes: bool) {
    let [first, more @ ..] = files else { return };
    let more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    console::say(&format!(
        "To print: {}{more}. If the printer jams, print the same pages again: the numbers stay the same.",
        first.display()
    ));
    if has_codes {
        console::say(
            "The pages hold the check codes, which nobody else may see: remove the files once they are printed.",
        );
    }
}

/// Writes the tags of a batch as pages, or as a table.
#[allow(clippy::too_many_arguments, reason = "each is one thing that a sheet follows from")]
fn write_sheets(
    site: &crate::check::Site,
    books: &Books,
    root: &Path,
    batch: &Batch,
    range: Option<(u64, u64)>,
    is_table: bool,
    to: Option<&Path>,
    at: Timestamp,
) -> Result<Vec<PathBuf>, Failed> {
    let edition = books.ledger.edition(&batch.edition);
    let edition = edition.ok_or_else(|| Failed("the edition is not in the register".to_owned()))?;
    let (first, last) = range.unwrap_or((batch.first, batch.last));
    if first > last || !batch.has(first) || !batch.has(last) {
        return Err(Failed(format!(
            "this batch has the numbers {}–{}; write for example --range {}-{}",
            batch.first,
            batch.last,
            batch.first,
            batch.last.min(batch.first.saturating_add(9))
        )));
    }
    let codes = kept_codes(root, batch)?;
    let folder = match to {
        Some(folder) => expect_outside(folder, root)?,
        None => {
            attest::private::keep_out_of_git(root, &RealDisk)?;
            root.join(tag_codes::FOLDER).join(batch.edition.short().as_str())
        }
    };
    write::create_folders(&RealDisk, &folder, Mode::Secret)?;
    let locale = &site.locales[0];
    let theme = crate::assemble::theme_of(root, site)?;
    let words = theme.words(locale.tag());
    let facts = SheetFacts::of(site, books, batch, edition, at);
    let brand = site.brand.as_ref().map(|brand| &brand.name);
    let charter = books.ledger.charter_letters();
    let tag = |serial: u64| {
        let number = books.ledger.number(edition, Some(serial), brand);
        let at = usize::try_from(serial - batch.first).unwrap_or_default();
        Tag {
            serial,
            number: number.to_string(),
            alias: charter.clone().map(|it| Identifier::of(Root::Charter(it), &number).to_string()),
            fragment: number.fragment().unwrap_or_default(),
            code: codes.as_ref().map(|codes| codes[at].printed()),
            is_void: batch.void_at(serial).is_some(),
        }
    };
    let mut files = Vec::new();
    let step = if is_table { u64::MAX } else { TAGS };
    let mut begin = first;
    while begin <= last {
        let end = begin.saturating_add(step - 1).min(last);
        let tags: Vec<Tag> = (begin..=end).map(tag).collect();
        let about = facts.about();
        let (ending, text) = match is_table {
            true => ("csv", tag_sheet::table(&about, &tags)),
            false => ("html", tag_sheet::sheet(&about, &tags, &words, locale, CODES_MARK)),
        };
        let path = folder.join(format!("tags-{begin}-{end}.{ending}"));
        write::replace(&RealDisk, &path, text.as_bytes(), Mode::Secret)?;
        files.push(path);
        begin = end + 1;
    }
    Ok(files)
}

/// A folder for what is printed: outside the site's, or below its private/, so that it is never published.
fn expect_outside(folder: &Path, root: &Path) -> Result<PathBuf, Failed> {
    let absolute = std::path::absolute(folder)?;
    let above = absolute.ancestors().find_map(|above| std::fs::canonicalize(above).ok());
    let site = std::fs::canonicalize(root)?;
    let is_inside = above.is_some_and(|above| above.starts_with(&site));
    if is_inside && !absolute.components().any(|part| part.as_os_str() == "private") {
        return Err(Failed(format!(
            "{} lies in the folder of the site, which is published; give a place outside, for example --to ~/tags, or leave out --to",
            folder.display()
        )));
    }
    Ok(absolute)
}

/// The codes of a batch as they were drawn, if it has some; refused if they are not those that were signed.
fn kept_codes(root: &Path, batch: &Batch) -> Result<Option<Vec<Code>>, Failed> {
    let Some(codes_root) = batch.codes_root else { return Ok(None) };
    let codes = tag_codes::load(root, &batch.edition, batch.first, batch.last)?;
    let codes = codes.ok_or_else(|| {
        Failed(format!(
            "the check codes of this batch are not on this machine ({}); restore them from a backup of the one that issued it",
            tag_codes::path(&batch.edition, batch.first, batch.last).display()
        ))
    })?;
    let issuer = batch.issuer.to_string();
    let known =
        Disk::at(root).read(&codes::path(codes_root)).ok().flatten().and_then(Published::of);
    let fits = match known.filter(|known| known.root() == codes_root) {
        // A few of them tell whether they are those.
        Some(known) => [0, codes.len() / 2, codes.len() - 1].iter().all(|&at| {
            let hash = codes[at].hash(&issuer, &batch.edition, batch.first + at as u64);
            known.bytes().get(at * codes::HASH..(at + 1) * codes::HASH) == Some(&hash[..])
        }),
        // What is published of them was lost, and is made again.
        None => {
            let made = publish_codes(&codes, &issuer, &batch.edition, batch.first);
            let fits = made.root() == codes_root;
            if fits {
                store_published(root, &made)?;
            }
            fits
        }
    };
    match fits {
        true => Ok(Some(codes)),
        false => Err(Failed(
            "the check codes on this machine are not those that were signed with this batch; restore them from a backup".to_owned(),
        )),
    }
}

/// What stands on every tag of a batch.
struct SheetFacts {
    name: String,
    edition: String,
    base_url: String,
    record: crate::provenance::log::ShortId,
    second: Option<String>,
    fingerprint: String,
    claims: Option<(Vec<(String, String)>, Timestamp)>,
    is_practice: bool,
}

impl SheetFacts {
    fn of(
        site: &crate::check::Site,
        books: &Books,
        batch: &Batch,
        edition: &Edition,
        at: Timestamp,
    ) -> Self {
        let language = site.locales[0].language();
        let told = |texts: &Texts| {
            let same = texts.iter().find(|text| text.language.split('-').next() == Some(language));
            same.or(texts.first()).map(|text| text.text.clone()).unwrap_or_default()
        };
        // What the tag says stays the same when it is printed again, until the site moves: then nobody would find it at the old address.
        let signed = books.signed(&batch.records[0]);
        let base_url = books.evidence.identity().map(|own| own.base.base_url());
        let base_url = base_url.unwrap_or_default();
        let in_force = books.ledger.certifications_of(edition).filter(|it| it.span.holds_at(at));
        let claims = in_force.last().and_then(|it| {
            let claims = it.claims.iter().map(|(sort, text)| (sort.clone(), told(text)));
            Some((claims.collect(), it.span.until?))
        });
        let second = second_address(site, &books.evidence, &base_url);
        Self {
            name: site.name.original().to_owned(),
            edition: told(&edition.name),
            record: batch.edition.short(),
            second,
            fingerprint: signed.map_or_else(String::new, |it| sshsig::fingerprint(it.key())),
            claims,
            is_practice: batch.practice,
            base_url,
        }
    }

    fn about(&self) -> About<'_> {
        About {
            name: &self.name,
            edition: &self.edition,
            base_url: &self.base_url,
            record: self.record.clone(),
            second: self.second.as_deref(),
            fingerprint: &self.fingerprint,
            claims: self.claims.clone(),
            is_practice: self.is_practice,
        }
    }
}

/// Another address at which a register is found: as the site says, else one of another host that its charter names.
fn second_address(
    site: &crate::check::Site,
    evidence: &Evidence,
    base_url: &str,
) -> Option<String> {
    let host = |url: &str| {
        let rest = url.trim_start_matches("https://");
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    let written = site.brand.as_ref().and_then(|brand| brand.second_address.as_ref());
    written
        .map(|url| url.as_str().to_owned())
        .or_else(|| charter_sites(evidence).into_iter().find(|url| host(url) != host(base_url)))
}

/// The sites that the newest charter in force names.
fn charter_sites(evidence: &Evidence) -> Vec<String> {
    let charters = evidence.records().filter(|record| {
        let is_in_force = evidence
            .standing(&record.id())
            .is_some_and(|it| it.condition == crate::verify::fold::Condition::InForce);
        record.record().subject.kind() == Kind::Charter && is_in_force
    });
    let newest = charters.last().and_then(|record| record.record().subject.as_statement());
    let sites = newest.map(|charter| charter.list("site")).unwrap_or_default();
    sites.iter().filter_map(|url| url.as_str().map(str::to_owned)).collect()
}

fn void(args: &Void) -> Outcome {
    let as_record = as_record("void-tags", &args.place, &args.signing);
    let Some(desk) = desk(&as_record)? else { return Ok(Ended::Wrong) };
    let books = Books::open(&desk.root);
    let (batch, _) = books.batch(&desk.root, &args.batch, &args.range)?;
    let ranges = issue::void(batch, &args.range).map_err(|why| Failed(why.to_string()))?;
    let asked = crate::tags::joined(args.range.iter().copied());
    if total(&ranges) < total(&asked) {
        console::say(&format!(
            "Some of these are void already; this is about {}.",
            range_words(&ranges)
        ));
    }
    let values: Vec<Value> = ranges
        .iter()
        .map(|(first, last)| {
            Value::from([("first", count_value(*first)), ("last", count_value(*last))])
        })
        .collect();
    let members: Object = [
        ("target".to_owned(), books.reference(&batch.id)?.to_value()),
        ("range".to_owned(), values.into()),
        ("reasonCode".to_owned(), args.reason.as_str().into()),
    ]
    .into();
    let subject = Subject::Statement(Statement { kind: Kind::TagVoid, members });
    let record = desk.record(&as_record, subject)?;
    let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
    let json = args.signing.json;
    let ended = desk.sign(&record::Args { json, ..as_record }, &prepared, "")?;
    let known = batch.claims.iter().filter(|claim| {
        ranges.iter().any(|(first, last)| (*first..=*last).contains(&claim.serial))
    });
    for claim in known {
        console::say(&format!(
            "The check code of tag {} was reported on {}: somebody may have a piece with it.",
            claim.serial, claim.on
        ));
    }
    Ok(ended)
}

fn claimed(args: &Claimed) -> Outcome {
    let as_record = as_record("claim-tag", &args.place, &args.signing);
    let Some(desk) = desk(&as_record)? else { return Ok(Ended::Wrong) };
    let books = Books::open(&desk.root);
    let serial = args.serial;
    let (batch, _) = books.batch(&desk.root, &args.batch, &[(serial, serial)])?;
    if let Some(code) = &args.code {
        expect_code(&desk.root, batch, serial, &Zeroizing::new(code.clone()))?;
    }
    let on = args.on.unwrap_or_else(|| super::day(desk.at));
    let mut members: Object = [
        ("batch".to_owned(), books.reference(&batch.id)?.to_value()),
        ("serial".to_owned(), count_value(serial)),
        ("claimedOn".to_owned(), on.to_string().into()),
    ]
    .into();
    if let Some(how) = &args.how {
        members.insert("how".to_owned(), text_value(&desk, how));
    }
    let first = batch.first_claim(serial);
    if let Some(first) = first {
        members.insert("duplicateOf".to_owned(), books.reference(&first.id)?.to_value());
        console::say(&format!(
            "ATTENTION: the code of tag {serial} was reported before, on {}. This is report number {}: there may be a copy of the tag. \
             Ask both people for a photograph of the piece and of the tag; if the tag was copied, make it void: selvedge tags void {} \
             --range {serial} --reason stolen",
            first.on,
            batch.claims.iter().filter(|claim| claim.serial == serial).count() + 1,
            batch.id.short()
        ));
    }
    if let Some(void) = batch.void_at(serial) {
        console::say(&format!(
            "ATTENTION: tag {serial} counts no more since {} ({}): whoever has it has a tag that should not be about.",
            void.at.strftime("%Y-%m-%d"),
            void.reason
        ));
    }
    let subject = Subject::Statement(Statement { kind: Kind::TagClaimed, members });
    let record = desk.record(&as_record, subject)?;
    let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
    let json = args.signing.json;
    desk.sign(&record::Args { json, ..as_record }, &prepared, "")
}

/// Refuses to note a report with a code that is not the tag's: a slip of the pen must not accuse anybody.
fn expect_code(root: &Path, batch: &Batch, serial: u64, typed: &str) -> Result<(), Failed> {
    let code = Code::parse(typed).map_err(|fault| Failed(format!("nothing was noted: {fault}")))?;
    let Some(codes_root) = batch.codes_root else {
        return Err(Failed("the tags of this batch have no check codes".to_owned()));
    };
    if !batch.has(serial) {
        return Err(Failed(format!(
            "this batch has the numbers {}–{}, and no tag {serial}",
            batch.first, batch.last
        )));
    }
    let published = Disk::at(root).read(&codes::path(codes_root)).ok().flatten();
    let published = published.and_then(Published::of).filter(|it| it.root() == codes_root);
    let published = published.ok_or_else(|| {
        Failed(format!(
            "{} is not what was signed; restore it from a backup",
            codes::path(codes_root)
        ))
    })?;
    let at = usize::try_from(serial - batch.first).unwrap_or(usize::MAX) * codes::HASH;
    let hash = code.hash(&batch.issuer.to_string(), &batch.edition, serial);
    match published.bytes().get(at..at + codes::HASH) == Some(&hash[..]) {
        true => Ok(()),
        false => Err(Failed(format!(
            "this is not the code of tag {serial}; nothing was noted. Ask whoever reported it to look at both again"
        ))),
    }
}

fn list(root: &Path, json: bool) -> Outcome {
    let site = crate::check::load(root)?.site;
    let books = Books::open(root);
    let ledger = &books.ledger;
    let brand = site.as_ref().and_then(|site| site.brand.as_ref()).map(|brand| &brand.name);
    if json {
        let batch = |batch: &Batch| {
            serde_json::json!({
                "shortId": batch.id.short().as_str(), "first": batch.first, "last": batch.last,
                "issued": crate::provenance::instant::format(batch.created),
                "codes": batch.codes_root.is_some(),
                "void": batch.void.iter().map(|it| serde_json::json!({
                    "first": it.first, "last": it.last, "reason": it.reason,
                })).collect::<Vec<_>>(),
                "reports": batch.claims.len(),
            })
        };
        let all: Vec<serde_json::Value> = ledger
            .editions
            .iter()
            .map(|edition| {
                serde_json::json!({
                    "shortId": edition.id.short().as_str(),
                    "name": first_text(&edition.name),
                    "number": ledger.number(edition, None, brand).to_string(),
                    "maximum": edition.maximum,
                    "issued": total(&ledger.issued(edition)),
                    "void": total(&ledger.void(edition)),
                    "practice": edition.practice,
                    "batches": ledger.batches_of(edition).map(batch).collect::<Vec<_>>(),
                })
            })
            .collect();
        console::json(&all.into());
        return Ok(Ended::Fine);
    }
    if ledger.editions.is_empty() {
        console::say("no edition was announced yet; `selvedge record edition` does it");
        return Ok(Ended::Fine);
    }
    for edition in &ledger.editions {
        let issued = total(&ledger.issued(edition));
        let left = match edition.maximum {
            Some(maximum) => format!("{issued} of at most {maximum} have tags"),
            None => format!("{issued} have tags, no maximum"),
        };
        let practice = if edition.practice { ", for practice" } else { "" };
        console::print(&format!(
            "{}  {}  {}: {left}{practice}\n",
            edition.id.short(),
            ledger.number(edition, None, brand),
            crate::diag::report::visible(first_text(&edition.name)),
        ));
        for batch in ledger.batches_of(edition) {
            let void = crate::tags::joined(batch.void.iter().map(|it| (it.first, it.last)));
            let mut line = format!(
                "    {}  {}  {}–{}",
                batch.id.short(),
                batch.created.strftime("%Y-%m-%d"),
                batch.first,
                batch.last
            );
            if batch.codes_root.is_some() {
                line.push_str(", with check codes");
            }
            if batch.out_of_force().is_some() {
                line.push_str(&format!(", {}", batch.condition.in_words()));
            }
            if !void.is_empty() {
                line.push_str(&format!(", void: {}", range_words(&void)));
            }
            if !batch.claims.is_empty() {
                line.push_str(&format!(", {} reports", batch.claims.len()));
            }
            console::print(&format!("{line}\n"));
        }
    }
    Ok(Ended::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_one_number_or_two() {
        for (text, expected) in [
            ("17", Some((17, 17))),
            ("17-30", Some((17, 30))),
            ("17–30", Some((17, 30))),
            (" 3 - 4 ", Some((3, 4))),
            ("30-17", Some((30, 17))),
            ("0-4", None),
            ("a-b", None),
            ("", None),
        ] {
            assert_eq!(range(text).ok(), expected, "{text}");
        }
    }
}
