//! The tags of an edition on its record page, and the published check codes beside it.
//!
//! The page says what was announced, issued, made void and reported, in a few sentences however many tags there are. Its script
//! (`themes/script/tags.js`) tells of the one tag whose number the address has behind `#`, and compares check codes: for that it
//! loads one shard of 1,024 fingerprints, and only when it is asked to.

use std::collections::BTreeMap;

use data_encoding::BASE64;

use super::link::LinkStyle;
use super::speaker::{Speaker, here};
use super::{ClientScript, Routes, jsonld, record};
use crate::evidence::Evidence;
use crate::model::Locale;
use crate::provenance::brand::Number;
use crate::provenance::kind::Kind;
use crate::provenance::log::{RecordId, RootHash};
use crate::tags::codes::{self, Published, SHARD};
use crate::tags::{Batch, Edition, Ledger, joined, total};
use crate::theme::{Words, view};
use crate::verify::VerifiedRecord;
use crate::verify::fold::Condition;

/// The most ranges that a sentence names.
const RANGES: usize = 20;
/// The most records of one sort that a page lists as words of others; the rest is told in sentences.
pub(super) const LISTED: usize = 24;

/// The words that the script needs.
const WORDS: [&str; 18] = [
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
    // A batch that was put on hold or taken back takes all its tags along.
    let whole = ledger.batches_of(edition).filter_map(|batch| {
        let reason = batch.out_of_force()?;
        Some(serde_json::json!({
            "first": batch.first, "last": batch.last, "reason": reason, "on": told_on(routes),
        }))
    });
    let void: Vec<serde_json::Value> = whole.chain(void).collect();
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
        let sentences = sentences.into_iter().map(here).collect();
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
    let contact = complaints(speaker);
    Some(view::TagsText {
        number: Some(number(routes, edition).to_string()),
        sentences: sentences.into_iter().map(here).collect(),
        contact,
        has_codes,
        has_script: true,
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

/// The words of the script in the languages of a site, as JSON by language tag. They stand in the script, so that the page stays small.
pub(super) fn script_words<'a>(words: impl Iterator<Item = (&'a Locale, &'a Words)>) -> String {
    let of = |(locale, words): (&Locale, &Words)| {
        let mut told: BTreeMap<String, String> =
            WORDS.iter().map(|name| ((*name).to_owned(), words.get(name).to_owned())).collect();
        for reason in ["lost", "stolen", "damaged", "unused", "suspended", "revoked", "ended"] {
            let word = words.get(&format!("choice_{reason}")).to_owned();
            told.insert(format!("reason_{reason}"), word);
        }
        (locale.tag().to_owned(), told)
    };
    jsonld::script(&words.map(of).collect::<BTreeMap<_, _>>())
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
    for batch in batches {
        if let Some(reason) = batch.out_of_force() {
            by_reason.entry(reason).or_default().push((batch.first, batch.last));
            continue;
        }
        for void in &batch.void {
            by_reason.entry(&void.reason).or_default().push((void.first, void.last));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::brand::Brand;
    use crate::provenance::did::Did;
    use crate::tags::codes::Code;
    use crate::tags::{Claim, VoidTags};
    use sha2::{Digest as _, Sha256};

    const ISSUER: &str = "did:web:brand.example";

    fn id(text: &str) -> RecordId {
        RecordId::of(text.as_bytes())
    }

    /// A batch of 1,025 tags with codes that everybody may know, in two files.
    fn batch() -> (Tags, Vec<Code>) {
        let mut next = [7; 32];
        let fill = |bytes: &mut [u8]| {
            for part in bytes.chunks_mut(32) {
                next = Sha256::digest(next).into();
                part.copy_from_slice(&next[..part.len()]);
            }
            Ok::<(), ()>(())
        };
        let codes = codes::draw(1025, fill).expect("bytes");
        let edition = id("an edition");
        let published = Published::make(&codes, ISSUER, &edition, 1, &|_| {});
        let claim =
            |serial, on: &str| Claim { id: id(on), serial, on: on.to_owned(), duplicate_of: None };
        let batch = Batch {
            id: id("a batch"),
            records: vec![id("a batch")],
            edition,
            first: 1,
            last: 1025,
            codes_root: Some(published.root()),
            issuer: Did::parse(ISSUER).expect("a name"),
            created: "2026-03-01T00:00:00Z".parse().expect("a time"),
            condition: Condition::InForce,
            practice: false,
            void: vec![VoidTags {
                first: 30,
                last: 31,
                reason: "lost".to_owned(),
                by: id("void"),
                at: "2026-04-01T00:00:00Z".parse().expect("a time"),
            }],
            claims: vec![claim(17, "2026-05-01"), claim(17, "2026-06-01")],
        };
        let mut ledger = Ledger::default();
        ledger.batches.push(batch);
        (Tags { ledger, published: [(0, published)].into() }, codes)
    }

    /// What the script of the page is given and should answer, for tests of it.
    #[test]
    fn check_codes_are_published_as_the_vectors_say() {
        let (tags, codes) = batch();
        let batch = &tags.ledger.batches[0];
        let shards: Vec<serde_json::Value> = tags
            .files()
            .map(|(path, file)| {
                assert!(path.starts_with(&codes_dir(batch)) && path.ends_with(".js"), "{path}");
                let text = tags.text(file);
                let inside =
                    text.strip_prefix("selvedgeCodes(").and_then(|it| it.strip_suffix(");\n"));
                serde_json::from_str(inside.expect("one call")).expect("JSON")
            })
            .collect();
        assert_eq!(shards.len(), 2);
        let brand = Brand::new("LOOM", "ZZ-NOR").expect("a brand");
        let number = |serial| Number {
            brand: Some(brand.clone()),
            design: Some(42),
            edition: Some(2),
            serial: Some(serial),
            maximum: Some(2000),
        };
        let printed = |serial: usize| codes[serial - 1].printed().to_string();
        let slip = |code: String| {
            let other = if code.starts_with('7') { "8" } else { "7" };
            [other, &code[1..]].concat()
        };
        let case = |serial: usize, typed: String, says: &str| serde_json::json!({ "serial": serial, "typed": typed, "says": says });
        let mut used = case(17, printed(17), "code_used");
        used["on"] = "2026-05-01".into();
        let vectors = serde_json::json!({
            "about": "Check codes (RECORD-FORMAT §2.10): what a page knows of a batch, the files that it loads, and what is said of a typed code. \
                      The codes are no secret.",
            "data": {
                "before": "LOOMZZNORD42E2",
                "maximum": "2000",
                "told": "2026-07-01",
                "batches": [{
                    "id": batch.id.short().as_str(), "first": 1, "last": 1025, "on": "2026-03-01",
                    "issuer": ISSUER, "edition": batch.edition.to_string(),
                    "codes": batch.codes_root.expect("a root").0.to_string(), "src": "codes/",
                }],
                "void": [{ "first": 30, "last": 31, "reason": "lost", "on": "2026-04-01" }],
                "items": {},
            },
            "shards": shards,
            "fragments": [
                { "fragment": format!("#{}", number(17).fragment().expect("a piece")), "serial": 17, "fits": true },
                { "fragment": format!("#{}", number(1025).fragment().expect("a piece").to_lowercase()), "serial": 1025, "fits": true },
                { "fragment": "#0018".to_owned() + &number(17).check().to_string(), "serial": 18, "fits": false },
                { "fragment": "#text-en" },
                { "fragment": "" },
            ],
            "cases": [
                case(1, printed(1), "code_fits"),
                case(1, printed(1).to_lowercase().replace('0', "o").replace('1', "i").replace('-', " "), "code_fits"),
                case(1024, printed(1024), "code_fits"),
                case(1025, printed(1025), "code_fits"),
                used,
                case(30, printed(30), "code_fits"),
                case(2, printed(1), "code_unknown"),
                case(1025, printed(1024), "code_unknown"),
                case(1, slip(printed(1)), "code_slip"),
                case(1, "7K3M".to_owned(), "code_length"),
                case(1026, printed(1), "tags_here_never"),
            ],
        });
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/own/check-codes.json");
        let made = format!("{}\n", serde_json::to_string(&vectors).expect("JSON"));
        if std::option_env!("SELVEDGE_ACCEPT").is_some() {
            std::fs::write(path, &made).expect("the vectors are written");
            return;
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(made == kept, "run the tests with SELVEDGE_ACCEPT=1 to write the vectors anew");
    }

    #[test]
    fn a_batch_that_is_not_in_force_takes_its_tags_along() {
        let (tags, _) = batch();
        let mut batch = tags.ledger.batches[0].clone();
        assert_eq!(batch.out_of_force(), None);
        let by = batch.id;
        for (condition, reason) in [
            (Condition::Suspended(by), "suspended"),
            (Condition::Revoked(by), "revoked"),
            (Condition::Ended(by), "ended"),
        ] {
            batch.condition = condition;
            assert_eq!(batch.out_of_force(), Some(reason));
        }
    }

    #[test]
    fn every_word_of_the_script_is_there() {
        let theme =
            crate::theme::Theme::load(None, &crate::theme::Own::default()).expect("a theme");
        for language in ["en", "es", "fr", "vi", "ar"] {
            let words = theme.words(language);
            for name in WORDS {
                assert!(words.find(name).is_some(), "{language}: {name}");
            }
        }
    }
}
