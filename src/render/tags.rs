//! The tags of an edition on its record page, and the published check codes beside it.
//!
//! The page says what was announced, issued, made void and reported, in a few sentences however many tags there are. Its script
//! (`themes/script/tags.js`) tells of the one tag whose number the address has behind `#`, and compares check codes: for that it
//! loads one shard of 1,024 fingerprints, and only when it is asked to.

use std::collections::BTreeMap;

use data_encoding::BASE64;

use super::link::LinkStyle;
use super::speaker::Speaker;
use super::{ClientScript, Routes, jsonld, record};
use crate::evidence::Evidence;
use crate::provenance::brand::Number;
use crate::provenance::kind::Kind;
use crate::provenance::log::{RecordId, RootHash};
use crate::tags::codes::{self, Published, SHARD};
use crate::tags::{Batch, Edition, Ledger, joined, total};
use crate::theme::view;
use crate::verify::VerifiedRecord;
use crate::verify::fold::Condition;

/// The most ranges that a sentence names.
const RANGES: usize = 20;
/// The most records of one sort that a page lists as words of others; the rest is told in sentences.
pub(super) const LISTED: usize = 24;

/// The words that the script needs.
const WORDS: [&str; 20] = [
    "tags_here_issued",
    "tags_here_never",
    "tags_here_void",
    "tags_here_slip",
    "tags_here_item",
    "code_explain",
    "code_serial",
    "code_code",
    "code_compare",
    "code_loading",
    "code_slip",
    "code_length",
    "code_serial_needed",
    "code_fits",
    "code_used",
    "code_unknown",
    "code_failed",
    "code_altered",
    "code_title",
    "code_ask",
];

/// Editions and tags, and what is published of check codes.
pub(super) struct Tags {
    pub(super) ledger: Ledger,
    /// By place of the batch.
    published: BTreeMap<usize, Published>,
}

/// A published file of check codes: which batch, and which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodesFile {
    batch: u32,
    shard: u32,
}

impl Tags {
    /// Reads the ledger of a site, and the check codes that are what was signed.
    pub(super) fn new(evidence: &Evidence, signed: &dyn crate::provenance::files::Files) -> Self {
        let ledger = evidence.folded().filter(|_| evidence.is_register_whole());
        let ledger = ledger.map_or_else(Ledger::default, |folded| {
            Ledger::new(evidence.records().map(VerifiedRecord::signed), folded)
        });
        let kept = |root: RootHash| signed.read(&codes::path(root)).ok().flatten();
        let published = ledger.batches.iter().enumerate().filter_map(|(at, batch)| {
            let root = batch.codes_root?;
            let found = Published::of(kept(root)?)?;
            (found.root() == root && found.len() == batch.count()).then_some((at, found))
        });
        let published = published.collect();
        Self { ledger, published }
    }

    /// Whether any page needs the script.
    pub(super) fn has_script(&self) -> bool {
        !self.ledger.editions.is_empty()
    }

    /// The files of check codes, with their paths: below the page of the edition.
    pub(super) fn files(&self) -> impl Iterator<Item = (String, CodesFile)> {
        self.published.iter().flat_map(|(at, published)| {
            let batch = &self.ledger.batches[*at];
            let name = u32::try_from(*at).expect("fewer than 2^32 batches");
            (0..u32::try_from(published.shards()).expect("a million tags at most")).map(
                move |shard| {
                    let path = format!("{}{}-{shard}.js", codes_dir(batch), batch.id.short());
                    (path, CodesFile { batch: name, shard })
                },
            )
        })
    }

    /// The text of such a file.
    pub(super) fn text(&self, file: CodesFile) -> String {
        let at = file.batch as usize;
        let (Some(batch), Some(published)) = (self.ledger.batches.get(at), self.published.get(&at))
        else {
            return String::new();
        };
        let Some(shard) = published.shard(u64::from(file.shard)) else { return String::new() };
        let first = batch.first + u64::from(file.shard) * SHARD as u64;
        let serials = first..first + SHARD as u64;
        let mut reported: BTreeMap<u64, &str> = BTreeMap::new();
        for claim in batch.claims.iter().filter(|claim| serials.contains(&claim.serial)) {
            reported.entry(claim.serial).or_insert(&claim.on);
        }
        let reported: Vec<serde_json::Value> =
            reported.into_iter().map(|(serial, on)| serde_json::json!([serial, on])).collect();
        let path: Vec<String> = shard.path.0.iter().map(ToString::to_string).collect();
        let told = serde_json::json!({
            "batch": batch.id.short().as_str(),
            "index": shard.index,
            "hashes": BASE64.encode(shard.hashes),
            "path": path,
            "reported": reported,
        });
        format!("selvedgeCodes({});\n", jsonld::script(&told))
    }
}

/// Where the files of a batch's check codes are published.
fn codes_dir(batch: &Batch) -> String {
    format!("{}codes/", record::dir(&batch.edition))
}

/// The edition that a record page is about: that of the record itself.
fn edition<'r>(routes: &'r Routes<'_>, record: &VerifiedRecord) -> Option<&'r Edition> {
    let kind = record.record().subject.kind();
    (kind == Kind::Edition).then(|| routes.tags().ledger.edition(&record.id()))?
}

/// What the script of an edition's page knows, as JSON, and the script; none on other pages.
pub(super) fn script(
    speaker: &Speaker<'_, '_>,
    record: &VerifiedRecord,
) -> Option<(String, view::Script)> {
    let routes = speaker.routes;
    let edition = edition(routes, record)?;
    let ledger = &routes.tags().ledger;
    let number = number(routes, edition);
    let before = Number { serial: None, maximum: None, ..number.clone() }.to_string();
    let plain: String = before.chars().filter(char::is_ascii_alphanumeric).collect();
    let links = routes.inputs.links;
    let batch = |(at, batch): (usize, &Batch)| {
        let has_codes = routes.tags().published.contains_key(&at);
        serde_json::json!({
            "id": batch.id.short().as_str(),
            "first": batch.first,
            "last": batch.last,
            "on": batch.created.strftime("%Y-%m-%d").to_string(),
            "issuer": batch.issuer.to_string(),
            "edition": batch.edition.to_string(),
            "codes": batch.codes_root.filter(|_| has_codes).map(|root| root.0.to_string()),
            "src": has_codes.then(|| speaker.linker.file(&codes_dir(batch))),
            // A report changes the file; an older one must not answer.
            "version": (has_codes && links == LinkStyle::Pretty).then(|| batch.claims.len().to_string()),
        })
    };
    let batches = edition.batches.iter().map(|&at| (at, &ledger.batches[at]));
    let batches: Vec<serde_json::Value> =
        batches.filter(|(_, it)| it.practice == edition.practice).map(batch).collect();
    let void = ledger.batches_of(edition).flat_map(|batch| &batch.void).map(|void| {
        serde_json::json!({
            "first": void.first, "last": void.last, "reason": void.reason,
            "on": void.at.strftime("%Y-%m-%d").to_string(),
        })
    });
    let void: Vec<serde_json::Value> = void.collect();
    let items: BTreeMap<String, String> = ledger
        .items_of(edition)
        .filter_map(|item| Some((item.serial?.to_string(), speaker.href(&item.id)?)))
        .collect();
    let data = serde_json::json!({
        // Of all but the last character, which is that of the number without a piece.
        "before": &plain[..plain.len() - 1],
        "maximum": edition.maximum.map_or_else(String::new, |maximum| maximum.to_string()),
        "told": told_on(routes),
        "batches": batches,
        "void": void,
        "items": items,
    });
    let (file, _) = &routes.scripts[ClientScript::Tags as usize];
    let script = view::Script {
        src: speaker.linker.file(&file.path),
        integrity: (links == LinkStyle::Pretty).then(|| file.integrity.clone()),
    };
    Some((jsonld::script(&data), script))
}

fn number(routes: &Routes<'_>, edition: &Edition) -> Number {
    let brand = routes.inputs.site.brand.as_ref().map(|brand| &brand.name);
    routes.tags().ledger.number(edition, None, brand)
}

/// The day up to which reports are in the register: that of what was signed last.
fn told_on(routes: &Routes<'_>) -> String {
    let last = routes.inputs.evidence.records().map(|record| record.signed().created()).max();
    last.map_or_else(String::new, |at| at.strftime("%Y-%m-%d").to_string())
}

/// What a record page says of tags, in one language; none on pages of other kinds.
pub(super) fn text(speaker: &Speaker<'_, '_>, record: &VerifiedRecord) -> Option<view::TagsText> {
    let routes = speaker.routes;
    let ledger = &routes.tags().ledger;
    if record.record().subject.kind() == Kind::TagBatch {
        let batch = ledger.batch(&record.id())?;
        let mut sentences = void_sentences(speaker, [batch].into_iter());
        sentences.extend(report_sentences(speaker, [batch].into_iter()));
        let is_told = !sentences.is_empty();
        return is_told.then(|| view::TagsText { sentences, ..view::TagsText::default() });
    }
    let edition = edition(routes, record)?;
    let batches = || ledger.batches_of(edition);
    let mut sentences = vec![match edition.maximum {
        Some(maximum) => count(speaker, "tags_maximum", maximum, &[]),
        None => speaker.word("tags_open"),
    }];
    let issued = ledger.issued(edition);
    sentences.push(match total(&issued) {
        0 => speaker.word("tags_none"),
        all => count(speaker, "tags_issued", all, &[("ranges", &ranges(speaker, &issued))]),
    });
    sentences.extend(void_sentences(speaker, batches()));
    let has_codes = edition.batches.iter().any(|at| routes.tags().published.contains_key(at));
    let reports = report_sentences(speaker, batches());
    if reports.is_empty() && has_codes {
        let day = speaker.civil(&told_on(routes));
        sentences.push(speaker.say("tags_no_reports", &[("date", &day)]));
    }
    sentences.extend(reports);
    let mut words: BTreeMap<String, String> =
        WORDS.iter().map(|name| ((*name).to_owned(), speaker.word(name))).collect();
    for reason in ["lost", "stolen", "damaged", "unused"] {
        words.insert(format!("reason_{reason}"), speaker.choice(reason).text);
    }
    let contact = complaints(speaker);
    Some(view::TagsText {
        number: Some(number(routes, edition).to_string()),
        sentences,
        contact,
        has_codes,
        script_words: Some(serde_json::to_string(&words).expect("words are JSON")),
    })
}

/// Where the newest charter in force says that complaints go.
fn complaints(speaker: &Speaker<'_, '_>) -> Option<view::Phrase> {
    let evidence = speaker.routes.inputs.evidence;
    let is_in_force =
        |id: &RecordId| evidence.standing(id).is_some_and(|it| it.condition == Condition::InForce);
    let charter = evidence
        .records()
        .filter(|it| it.record().subject.kind() == Kind::Charter && is_in_force(&it.id()))
        .last()?;
    let said = charter.record().subject.as_statement()?.members.get("complaints")?;
    speaker.phrase(&crate::provenance::record::texts_from_value(said)?)
}

fn count(speaker: &Speaker<'_, '_>, word: &str, number: u64, values: &[(&str, &str)]) -> String {
    let written = speaker.number(number);
    let all: Vec<(&str, &str)> =
        [("count", written.as_str())].into_iter().chain(values.iter().copied()).collect();
    speaker.say_of(number, word, &all)
}

/// Ranges as the language writes numbers, the first few of them.
fn ranges(speaker: &Speaker<'_, '_>, all: &[(u64, u64)]) -> String {
    let told = all.iter().take(RANGES).map(|(first, last)| match first == last {
        true => speaker.number(*first),
        false => format!("{}–{}", speaker.number(*first), speaker.number(*last)),
    });
    let told = told.collect::<Vec<_>>().join(", ");
    match all.len() > RANGES {
        true => speaker.say("tags_more_ranges", &[("ranges", &told)]),
        false => told,
    }
}

fn void_sentences<'a>(
    speaker: &Speaker<'_, '_>,
    batches: impl Iterator<Item = &'a Batch>,
) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
    for void in batches.flat_map(|batch| &batch.void) {
        by_reason.entry(&void.reason).or_default().push((void.first, void.last));
    }
    let sentence = |(reason, all): (&str, Vec<(u64, u64)>)| {
        let all = joined(all.into_iter());
        let (reason, told) = (speaker.choice(reason).text, ranges(speaker, &all));
        count(speaker, "tags_void", total(&all), &[("reason", &reason), ("ranges", &told)])
    };
    by_reason.into_iter().map(sentence).collect()
}

fn report_sentences<'a>(
    speaker: &Speaker<'_, '_>,
    batches: impl Iterator<Item = &'a Batch>,
) -> Vec<String> {
    let mut times: BTreeMap<u64, u64> = BTreeMap::new();
    for batch in batches {
        for claim in batch.claims.iter().filter(|claim| batch.has(claim.serial)) {
            *times.entry(claim.serial).or_default() += 1;
        }
    }
    let mut sentences = Vec::new();
    if !times.is_empty() {
        sentences.push(count(speaker, "tags_reported", times.len() as u64, &[]));
    }
    let again = joined(times.iter().filter(|(_, times)| **times > 1).map(|(it, _)| (*it, *it)));
    if !again.is_empty() {
        let told = ranges(speaker, &again);
        sentences.push(count(speaker, "tags_reported_again", total(&again), &[("ranges", &told)]));
    }
    sentences
}

/// The kinds of which a page lists the newest few, because there may be very many.
pub(super) fn is_many(kind: Kind) -> bool {
    matches!(kind, Kind::TagBatch | Kind::TagVoid | Kind::TagClaimed | Kind::Item)
}
