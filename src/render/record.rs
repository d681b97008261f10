//! What pages say of signed records, and the record pages themselves.
//!
//! Everything here comes from a [`VerifiedRecord`] and from the fold over the register; words of
//! the site's files never stand where words of a record stand. The record page is one file that
//! needs no other (but for the comparing of check codes on the page of an edition, which asks for files beside it): its text is
//! complete without script, and its script (`themes/check`) judges the
//! embedded record again. Of a record that was taken back a page without its content stays.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest as _, Sha256};

use super::link::Linker;
use super::page::connect_rule;
use super::register::Gone;
use super::speaker::{Speaker, here};
use super::{Routes, direction, jsonld, qr, tags};
use crate::custodian;
use crate::evidence::{self, Evidence};
use crate::model::{Audience, Locale, LocaleIx};
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::files::Files;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::record::{Design, LangText, Record, Texts, texts_from_value};
use crate::provenance::sshsig;
use crate::provenance::status::{LIST_BITS, Purpose, list_path};
use crate::theme::view::{self, Fact, Phrase};
use crate::verify::fold::Condition;
use crate::verify::{Verdict, VerifiedRecord};

/// The script of a record page: the vendored curve, the table of kinds, the fold, then the check.
const SCRIPT: [&str; 6] = [
    include_str!("../../themes/check/vendor/noble.js"),
    "const KINDS=",
    include_str!("../../themes/check/kinds.json"),
    ";\n",
    include_str!("../../themes/check/fold.js"),
    include_str!("../../themes/check/check.js"),
];

/// What the page where things are checked adds to the script: whom a site believes.
const TRUST: &str = include_str!("../../themes/check/trust.js");

/// The script as pages hold it: without indentation and the lines that are comments alone, which each page would carry to each
/// reader. No text in it goes over several lines.
fn verifier() -> String {
    let whole = SCRIPT.concat();
    let lines = whole.split_inclusive('\n').map(|line| line.trim_start_matches(' '));
    lines.filter(|line| !line.starts_with("//")).collect()
}

/// The words of the script.
const STRINGS: [(&str, &str); 5] = [
    ("en", include_str!("../../themes/check/strings.en.json")),
    ("es", include_str!("../../themes/check/strings.es.json")),
    ("fr", include_str!("../../themes/check/strings.fr.json")),
    ("vi", include_str!("../../themes/check/strings.vi.json")),
    ("ar", include_str!("../../themes/check/strings.ar.json")),
];

/// The words of the page where things are checked: its own, and those that it says otherwise.
const VERIFY_STRINGS: [&str; 5] = [
    include_str!("../../themes/check/verify.en.json"),
    include_str!("../../themes/check/verify.es.json"),
    include_str!("../../themes/check/verify.fr.json"),
    include_str!("../../themes/check/verify.vi.json"),
    include_str!("../../themes/check/verify.ar.json"),
];

/// The most heads that a page embeds, and the most bytes of one.
const MAX_HEADS: usize = 4;
const MAX_HEAD: usize = 4 << 10;

/// The address of a record page.
pub(super) fn dir(id: &RecordId) -> String {
    format!("V/{}/", id.short())
}

/// The address that a record hangs on now: where its signer moved, if that is who owns this register. A key alone moves nowhere: whose
/// the register was is not its word.
pub(super) fn place<'r>(evidence: &'r Evidence, record: &'r Record) -> &'r DidWeb {
    let moved = evidence
        .identity()
        .filter(|own| own.issuer.same_issuer(&record.issuer) && own.former.contains(&record.base));
    moved.map_or(&record.base, |own| &own.base)
}

/// What a design's page says of its records, the newest first.
pub(super) fn boxes(
    routes: &Routes<'_>,
    design: &crate::model::Design,
    ix: LocaleIx,
    linker: &Linker,
) -> Vec<view::RecordBox> {
    let speaker = Speaker { routes, linker, ix };
    let records = routes.inputs.evidence.of_design(design.id.as_str());
    records
        .filter_map(|record| Some((record, record.record().subject.as_design()?)))
        .enumerate()
        .map(|(at, (record, signed))| {
            // Only the newest record speaks of the design as it is. The masters' own digests are
            // compared by whoever holds the photographs; here it is about the texts.
            let now = evidence::statement(routes.inputs.site, design, signed.photographs.clone());
            let is_edited = at == 0 && !evidence::differences(signed, &now).is_empty();
            let base = place(routes.inputs.evidence, record.record()).base_url();
            let address = qr::address(&base, &record.id().short().to_string());
            view::RecordBox {
                is_practice: record.record().practice,
                is_edited,
                state: speaker.state(record),
                disputed: speaker
                    .disputes(record)
                    .into_iter()
                    .find(|dispute| dispute.is_open)
                    .map(|dispute| dispute.sentence),
                signer: speaker.signer(record.record()),
                signed_on: here(speaker.date(record.signed().created())),
                not_later_than: speaker.existed_by(record),
                id: record.id().to_string(),
                entry: speaker.entry(record),
                href: linker.page(&dir(&record.id())),
                qr_svg: qr::svg(&address, &speaker.word("record_code")),
                address,
            }
        })
        .collect()
}

/// Makes a record page.
pub(super) fn html(routes: &Routes<'_>, record: &VerifiedRecord) -> Result<String, String> {
    let linker = Linker::new(&dir(&record.id()), routes.inputs.links);
    let in_language = |ix| {
        let speaker = Speaker { routes, linker: &linker, ix };
        let it = Told { speaker: &speaker, record }.text();
        speaker.fill("record-text.html", &it)
    };
    let first = Speaker { routes, linker: &linker, ix: LocaleIx::FIRST };
    let title = match record.record().subject.as_design() {
        Some(_) => {
            let name = first.name(record.record()).unwrap_or_else(|| here(""));
            first.say("record_title", &[("name", &name.text)])
        }
        None => first.title(record).text,
    };
    let evidence = embedded(routes, record, true);
    page(&first, title, Some(evidence), tags::script(&first, record), &in_language)
}

/// Makes the page of a record that was taken back: nothing of its content.
pub(super) fn tombstone_html(routes: &Routes<'_>, gone: &Gone<'_>) -> Result<String, String> {
    let linker = Linker::new(&dir(&gone.id), routes.inputs.links);
    let in_language = |ix| {
        let speaker = Speaker { routes, linker: &linker, ix };
        let it = tombstone(&speaker, gone);
        speaker.fill("tombstone-text.html", &it)
    };
    let first = Speaker { routes, linker: &linker, ix: LocaleIx::FIRST };
    page(&first, first.word("tombstone_title"), None, None, &in_language)
}

/// The page around the texts. Without evidence it needs no script.
fn page(
    first: &Speaker<'_, '_>,
    title: String,
    evidence: Option<String>,
    tags: Option<(String, view::Script)>,
    in_language: &dyn Fn(LocaleIx) -> Result<String, String>,
) -> Result<String, String> {
    let routes = first.routes;
    let site = routes.inputs.site;
    let mut texts_html = String::new();
    for ix in site.locale_ixs() {
        texts_html.push_str(&in_language(ix)?);
    }
    let script = evidence.as_ref().map(|_| verifier());
    let style = &routes.style.record_css;
    let languages = site.locale_ixs().map(|ix| {
        let locale = site.locale(ix);
        view::Language {
            name: locale.own_name().to_owned(),
            tag: locale.tag().to_owned(),
            dir: direction(locale.direction()),
            href: format!("#{}", anchor(locale)),
            is_current: ix == LocaleIx::FIRST,
        }
    });
    let it = view::RecordPage {
        title,
        lang: first.locale().tag().to_owned(),
        dir: direction(first.locale().direction()),
        is_indexed: site.audience == Audience::Public,
        csp: format!(
            "default-src 'none'; img-src 'self' data:; style-src {}; script-src {}{}; {}base-uri 'none'; form-action 'none'",
            csp_hash(style),
            script.as_deref().map_or_else(|| "'none'".to_owned(), csp_hash),
            // The script of tags lies beside the page, and so does what it loads when it is asked to.
            if tags.is_some() { " 'self'" } else { "" },
            connect_rule(routes.inputs.links),
        ),
        style_html: style.clone(),
        script_html: script,
        evidence_html: evidence,
        strings_html: strings(routes),
        languages: if site.locales.len() > 1 { languages.collect() } else { Vec::new() },
        texts_html,
        home: first.linker.page(""),
        shop: super::page::plain(site.name.original()),
        scripts: tags.iter().map(|(_, script)| script.clone()).collect(),
        tags_html: tags.map(|(data, _)| data),
    };
    first.fill("record.html", &it)
}

/// `'sha256-…'` of an inline element's exact content.
pub(super) fn csp_hash(content: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(content.as_bytes())))
}

/// The evidence, as the script wants it. `with_people`: with the names that are shown beside the record; what is given
/// away, and so cannot forget, has none.
pub(super) fn embedded(routes: &Routes<'_>, record: &VerifiedRecord, with_people: bool) -> String {
    let signed = routes.inputs.signed;
    let read = |path: &str| signed.read(path).ok().flatten();
    let text = |path: &str| read(path).and_then(|bytes| String::from_utf8(bytes).ok());
    let short = record.id().short();
    let mut out = serde_json::Map::new();
    out.insert("record".into(), BASE64.encode(record.signed().bytes()).into());
    if let Some(identity) = read("identity/did.json") {
        out.insert("identity".into(), BASE64.encode(&identity).into());
    }
    for (member, path) in
        [("didLog", "identity/did.jsonl"), ("didWitness", "identity/did-witness.json")]
    {
        if let Some(bytes) = read(path) {
            out.insert(member.into(), BASE64.encode(&bytes).into());
        }
    }
    let side = record.report().finding("side-signature");
    let has_side = side.is_some_and(|finding| finding.verdict == Verdict::Valid);
    for (member, path) in [
        ("proof", Some(format!("records/{short}.tlog-proof"))),
        ("sideSignature", has_side.then(|| format!("records/{short}.sshsig"))),
        ("log", Some("identity/log.vkey".to_owned())),
    ] {
        let Some(path) = path else { continue };
        if let Some(text) = text(&path) {
            out.insert(member.into(), text.into());
        }
    }
    let whole = routes.register.whole(signed);
    let heads = heads(signed, whole.is_some());
    if !heads.is_empty() {
        out.insert("heads".into(), heads.into());
    }
    let evidence = routes.inputs.evidence;
    let proofs = evidence.head_proofs(record, signed).into_iter();
    let proofs: Vec<serde_json::Value> = proofs.map(|proof| proof.to_string().into()).collect();
    if !proofs.is_empty() {
        out.insert("headProofs".into(), proofs.into());
    }
    let witnesses = evidence.witnesses().iter();
    let witnesses: Vec<serde_json::Value> = witnesses
        .map(|one| serde_json::json!({ "name": one.name, "vkey": one.key.to_string() }))
        .collect();
    if !witnesses.is_empty() {
        out.insert("witnesses".into(), witnesses.into());
    }
    let people: Vec<serde_json::Value> = routes
        .inputs
        .evidence
        .people(record)
        .filter(|_| with_people)
        .map(|opening| BASE64.encode(&opening.encode()).into())
        .collect();
    if !people.is_empty() {
        out.insert("people".into(), people.into());
    }
    let mut snapshots = snapshots(routes, record);
    if let Some(whole) = whole {
        out.insert("entries".into(), whole.entries.clone().into());
        let bodies: Vec<serde_json::Value> =
            whole.bodies.iter().map(|body| body.clone().into()).collect();
        out.insert("bodies".into(), bodies.into());
    } else if let Some(charter) = routes.register.charter_with_sites()
        && let Some(proof) = text(&format!("records/{}.tlog-proof", charter.id().short()))
    {
        let bytes = BASE64.encode(charter.signed().bytes());
        out.insert("charter".into(), serde_json::json!({ "record": bytes, "proof": proof }));
        let of_charter = self::snapshots(routes, charter);
        snapshots.extend(
            of_charter.into_iter().filter(|list| !snapshots.contains(list)).collect::<Vec<_>>(),
        );
    }
    if !snapshots.is_empty() {
        out.insert("snapshots".into(), snapshots.into());
    }
    jsonld::script(&out)
}

/// The newest heads that others vouch for, the smallest first; with the head of the log as it is
/// where the whole log is embedded.
fn heads(signed: &dyn Files, with_current: bool) -> Vec<String> {
    let text = |path: &str| {
        let bytes = signed.read(path).ok().flatten()?;
        (bytes.len() <= MAX_HEAD).then(|| String::from_utf8(bytes).ok())?
    };
    let names = signed.list("log/heads").unwrap_or_default();
    let mut sizes: Vec<u64> = names.iter().filter_map(|name| name.parse().ok()).collect();
    sizes.sort_unstable();
    let newest = sizes.len().saturating_sub(MAX_HEADS);
    let mut heads: Vec<String> = sizes[newest..]
        .iter()
        .filter_map(|size| text(&format!("log/heads/{size}/checkpoint")))
        .collect();
    heads.extend(text("log/checkpoint").filter(|_| with_current));
    heads
}

/// The newest status lists that cover a record, in base64.
fn snapshots(routes: &Routes<'_>, record: &VerifiedRecord) -> Vec<String> {
    let index = record.proof().map(|proof| proof.index);
    let Some(position) = record.record().list_position(index) else {
        return Vec::new();
    };
    let evidence = routes.inputs.evidence;
    let lists = evidence.status_lists();
    let covering = |purpose| lists.get(&list_path(purpose, position / LIST_BITS));
    Purpose::ALL
        .into_iter()
        .filter_map(covering)
        .filter_map(|id| evidence.record(id))
        .map(|snapshot| BASE64.encode(snapshot.signed().bytes()))
        .collect()
}

/// The words of the script in the site's languages, always with English.
fn strings(routes: &Routes<'_>) -> String {
    let spoken: Vec<&str> = routes.inputs.site.locales.iter().map(Locale::language).collect();
    let mut out = serde_json::Map::new();
    for (language, text) in STRINGS {
        if language == "en" || spoken.contains(&language) {
            let words = serde_json::from_str(text).expect("the words of the check are JSON");
            out.insert(language.into(), words);
        }
    }
    jsonld::script(&out)
}

/// The words around the script for a language, with the language that they are in.
fn check_words(locale: &Locale) -> (&'static str, BTreeMap<String, String>) {
    let found = STRINGS.iter().find(|(language, _)| *language == locale.language());
    let (language, text) = found.unwrap_or(&STRINGS[0]);
    (language, serde_json::from_str(text).expect("the words of the check are JSON"))
}

pub(super) fn anchor(locale: &Locale) -> String {
    format!("text-{}", locale.tag().to_ascii_lowercase())
}

/// The words of the page where things are checked, with the language that they are in.
pub(super) fn verify_words(locale: &Locale) -> (&'static str, BTreeMap<String, String>) {
    let (language, mut words) = check_words(locale);
    let at = STRINGS.iter().position(|(tag, _)| *tag == language).unwrap_or_default();
    let own: BTreeMap<String, String> =
        serde_json::from_str(VERIFY_STRINGS[at]).expect("the words of the check are JSON");
    words.extend(own);
    // Where the register itself is at hand, it is known what a list alone leaves open.
    let is_of_list = |name: &str| name.ends_with(".list-says-so") || name.ends_with("-by-list");
    let is_of_page =
        |name: &str| name.starts_with("elsewhere.") || ["waiting", "title"].contains(&name);
    words.retain(|name, _| !is_of_list(name) && !is_of_page(name));
    (language, words)
}

/// The verifier of the record page, unchanged, then whom a site believes, and the script of a page; nothing of it but
/// `window.selvedge` is seen outside.
pub(super) fn verifier_with(test_keys: &str, script: &str) -> String {
    let verifier = verifier();
    format!("(()=>{{\n{verifier}const TEST_KEYS={test_keys};\n{TRUST}{script}}})();\n")
}

/// Kinds that are about pieces which a reader may hold in her hands.
fn is_about_pieces(kind: Kind) -> bool {
    matches!(kind, Kind::Design | Kind::Edition | Kind::Item | Kind::TagBatch)
}

/// Kinds that are about a design, an edition or a piece, so that somebody could take them for a word on who made it first.
fn may_seem_first(kind: Kind) -> bool {
    use Kind::{
        Attestation, Certification, Consent, Design, Disclosure, Dispute, Edition, Item, Licence,
        SealedDesign, TagBatch, Transfer,
    };
    matches!(
        kind,
        Attestation
            | Certification
            | Consent
            | Design
            | Disclosure
            | Dispute
            | Edition
            | Item
            | Licence
            | SealedDesign
            | TagBatch
            | Transfer
    )
}

/// What stays of a record that was taken back.
fn tombstone(speaker: &Speaker<'_, '_>, gone: &Gone<'_>) -> view::TombstoneText {
    let locale = speaker.locale();
    let withdrawal = gone.by.record();
    let (withdrawn_by, withdrawn_on) =
        (speaker.signer(withdrawal), speaker.date(gone.by.signed().created()));
    let reason = withdrawal.subject.as_statement().and_then(|said| said.word("reasonCode"));
    let sentence =
        speaker.say("record_state_withdrawn", &[("by", &withdrawn_by), ("date", &withdrawn_on)]);
    let size = speaker.routes.inputs.evidence.folded().map_or(0, |folded| folded.size);
    let (number, size) = (speaker.number(gone.standing.index + 1), speaker.number(size));
    let withdrawal_page = speaker.href(&gone.by.id());
    view::TombstoneText {
        anchor: anchor(locale),
        lang: locale.tag().to_owned(),
        dir: direction(locale.direction()),
        state: view::RecordState {
            key: "withdrawn",
            before: here(sentence),
            ..view::RecordState::default()
        },
        kind: speaker.kind(gone.standing.kind),
        may_seem_first: may_seem_first(gone.standing.kind),
        reason: reason.map(|code| speaker.choice(code)),
        signer: speaker.issuer(&gone.standing.issuer),
        signed_on: here(speaker.date(gone.standing.created)),
        entry: speaker.say("record_entry", &[("number", &number), ("size", &size)]),
        withdrawn_by,
        withdrawn_on: here(withdrawn_on),
        id: gone.id.to_string(),
        short_id: gone.id.short().to_string(),
        href: withdrawal_page.clone(),
        others: speaker
            .others(&gone.id)
            .into_iter()
            .filter(|other| Some(&other.href) != withdrawal_page.as_ref())
            .collect(),
    }
}

/// A record page's text in one language.
struct Told<'r, 'a> {
    speaker: &'r Speaker<'r, 'a>,
    record: &'r VerifiedRecord,
}

impl Told<'_, '_> {
    fn fact(&self, out: &mut Vec<Fact>, word: &str, texts: &Texts) {
        self.facts(out, word, std::slice::from_ref(texts));
    }

    fn facts(&self, out: &mut Vec<Fact>, word: &str, all: &[Texts]) {
        let values: Vec<Phrase> =
            all.iter().filter_map(|texts| self.speaker.phrase(texts)).collect();
        if !values.is_empty() {
            let values = values.into_iter().map(view::Said::from).collect();
            out.push(Fact { label: self.speaker.word(word), values, is_untranslated: false });
        }
    }

    fn whose(&self, design: &Design) -> Vec<Fact> {
        let mut whose = Vec::new();
        let evidence = self.speaker.routes.inputs.evidence;
        self.fact(&mut whose, "holder", &design.held_by);
        if let Some((transfer, party)) = custodian::now(evidence, self.record) {
            let values = self.speaker.party(&transfer.id(), party).into_iter();
            let values: Vec<view::Said> = values.map(|value| value.text.into()).collect();
            let label = self.speaker.word("custodian");
            whose.push(Fact { label, values, is_untranslated: false });
        }
        self.fact(&mut whose, "designed_by", &design.designed_by);
        self.fact(&mut whose, "place", &design.place_of_origin);
        self.fact(&mut whose, "attribution", &design.attribution);
        self.fact(&mut whose, "not_claimed", &design.not_claimed);
        self.fact(&mut whose, "also_used_by", &design.also_used_by);
        whose
    }

    /// The designs of a piece or an edition: whose they are, what their makers get, and their pages.
    fn designs(&self) -> Vec<view::PieceDesign> {
        let speaker = self.speaker;
        if !is_about_pieces(self.record.record().subject.kind()) {
            return Vec::new();
        }
        let stated = speaker.designs_of(self.record).into_iter();
        let tell = |record: &VerifiedRecord| {
            let design = record.record().subject.as_design()?;
            let mut facts = Told { speaker, record }.whose(design);
            let paid = speaker.payments(&design.slug);
            if !paid.is_empty() {
                let label = speaker.word("payment_to_maker");
                facts.push(Fact { label, values: paid, is_untranslated: false });
            }
            let name = speaker.name(record.record())?;
            Some(view::PieceDesign { name, facts, href: speaker.design_page(&design.slug) })
        };
        stated.filter_map(|id| tell(speaker.routes.register.stated(&id)?)).collect()
    }

    fn made(&self, design: &Design) -> Vec<Fact> {
        let mut made = Vec::new();
        self.facts(&mut made, "motifs", &design.motifs);
        self.fact(&mut made, "technique", &design.technique);
        self.facts(&mut made, "materials", &design.materials);
        self.fact(&mut made, "record_disclosure", &design.disclosure_note);
        made
    }

    fn stories(&self, design: &Design) -> Vec<view::Story> {
        let tell = |story: &crate::provenance::record::Story| {
            let digest = story.sha256.to_string();
            let text = self.speaker.say("record_story_text", &[("digest", &digest)]);
            view::Story { language: story.language.clone(), text }
        };
        design.stories.iter().map(tell).collect()
    }

    /// What the page speaks of, in a sentence.
    fn about(&self, signer: &str) -> String {
        let (said, speaker) = (self.record.record(), self.speaker);
        if said.subject.as_design().is_some() {
            let name = speaker.name(said).map(|name| name.text).unwrap_or_default();
            return speaker.say("record_about", &[("signer", signer), ("name", &name)]);
        }
        let register = speaker.routes.inputs.evidence.identity();
        let register = register.map_or(&said.base, |identity| &identity.base).authority_and_path();
        let about =
            speaker.say("record_about_entry", &[("signer", signer), ("register", &register)]);
        match said.subject.kind() {
            Kind::SealedDesign => format!("{about} {}", speaker.word("record_about_sealed")),
            _ => about,
        }
    }

    /// Whom to tell if something is wrong: as the charter in force says, else the site.
    fn tell_whom(&self) -> Option<Phrase> {
        let (said, speaker) = (self.record.record(), self.speaker);
        let evidence = speaker.routes.inputs.evidence;
        let owner = &evidence.identity()?.issuer;
        let is_ours = |other: &&VerifiedRecord| {
            let other = other.record();
            // What was signed for practice speaks for nobody but on pages that say so themselves.
            other.subject.kind() == Kind::Charter
                && other.issuer.same_issuer(owner)
                && (!other.practice || said.practice)
        };
        let holds = |other: &&VerifiedRecord| {
            let standing = evidence.standing(&other.id());
            standing.is_some_and(|standing| standing.condition == Condition::InForce)
        };
        let charter = evidence.records().filter(is_ours).filter(holds).last();
        let words = charter
            .and_then(|charter| charter.record().subject.as_statement()?.members.get("complaints"));
        if let Some(texts) = words.and_then(texts_from_value) {
            return speaker.phrase(&texts);
        }
        let site = speaker.routes.inputs.site;
        let texts: Texts = site
            .complaints
            .as_ref()?
            .entries()
            .map(|(locale, text)| LangText {
                language: site.locale(locale).tag().to_owned(),
                text: text.to_owned(),
            })
            .collect();
        speaker.phrase(&texts)
    }

    fn reissues(&self) -> Option<view::RecordLink> {
        let earlier = self.record.record().reissues.as_ref()?;
        let href = self.speaker.href(&earlier.id)?;
        Some(view::RecordLink { text: here(earlier.id.short().to_string()), href })
    }

    fn text(&self) -> view::RecordText {
        let (record, speaker) = (self.record, self.speaker);
        let (said, locale) = (record.record(), speaker.locale());
        let linker = speaker.linker;
        let nothing = Design::default();
        let design = said.subject.as_design();
        let is_design = design.is_some();
        let design = design.unwrap_or(&nothing);
        let signer = speaker.signer(said);
        let kind = speaker.kind_of(said);
        let name = speaker.name(said);
        let short = record.id().short().to_string();
        let file = |ending: &str| format!("{short}.{ending}");
        let base = &said.base;
        let page = dir(&record.id());
        let now = place(speaker.routes.inputs.evidence, said);
        let (here_now, named) =
            (format!("{}{page}", now.base_url()), format!("{}{page}", base.base_url()));
        let names =
            [("record", file("json")), ("sshsig", file("sshsig")), ("proof", file("tlog-proof"))];
        let (check_lang, mut check) = check_words(locale);
        for text in check.values_mut() {
            for (name, value) in &names {
                *text = text.replace(&format!("{{{name}}}"), value);
            }
        }
        let pick_check = |name: &str| check.get(name).cloned().unwrap_or_default();
        let created = record.signed().created();
        let state = speaker.state(record);
        let is_vouched = state.key == "in-force" && is_about_pieces(said.subject.kind());
        view::RecordText {
            anchor: anchor(locale),
            lang: locale.tag().to_owned(),
            dir: direction(locale.direction()),
            is_practice: said.practice,
            state,
            vouches: if is_vouched { speaker.vouches_of(record) } else { Vec::new() },
            listings: match is_design {
                true => speaker.listed_by(record),
                false => speaker.listing(record).into_iter().collect(),
            },
            against: if is_about_pieces(said.subject.kind()) {
                speaker.against(record)
            } else {
                Vec::new()
            },
            disputes: speaker.disputes(record),
            about: self.about(&signer),
            kind: (name.is_some() && !is_design).then(|| kind.clone()),
            name: name.unwrap_or(kind),
            is_design,
            is_about_pieces: is_about_pieces(said.subject.kind()),
            may_seem_first: may_seem_first(said.subject.kind()),
            facts: said
                .subject
                .as_statement()
                .map(|s| speaker.facts(&record.id(), s))
                .unwrap_or_default(),
            holds_from: (said.valid_from != created).then(|| here(speaker.date(said.valid_from))),
            holds_until: said.valid_until.map(|until| here(speaker.date(until))),
            reissues: self.reissues(),
            tags: tags::text(speaker, record),
            numbers: super::identifier::numbers(speaker.routes, &record.id()),
            others: speaker.others(&record.id()),
            seen: speaker.seen(&record.id()),
            description: speaker.phrase(&design.description),
            photos: self.photos(),
            says_who: speaker.say(
                if speaker.is_alone(record) { "record_says_who" } else { "record_says_signer" },
                &[("signer", &signer)],
            ),
            whose: self.whose(design),
            made: self.made(design),
            designs: self.designs(),
            stories: self.stories(design),
            design_page: speaker.design_page(&design.slug),
            said_to_date_from: speaker.phrase(&design.said_to_date_from),
            signed_on: here(speaker.date(created)),
            not_later_than: speaker.existed_by(record),
            entry: speaker.entry(record),
            tell_whom: self.tell_whom(),
            served: match now == base {
                true => speaker.say("record_served", &[("address", &here_now)]),
                false => speaker.say(
                    "record_served_moved",
                    &[("named", named.as_str()), ("address", &here_now)],
                ),
            },
            signer,
            id: record.id().to_string(),
            short_id: short.clone(),
            fingerprint: sshsig::fingerprint(record.signed().key()),
            record_href: linker.file(&format!("records/{}", file("json"))),
            side_href: self
                .side_signature()
                .then(|| linker.file(&format!("records/{}", file("sshsig")))),
            proof_href: linker.file(&format!("records/{}", file("tlog-proof"))),
            signers_href: linker.file("allowed_signers"),
            check_lang: (check_lang != locale.language()).then(|| check_lang.to_owned()),
            check_waiting: pick_check("waiting"),
            check_title: pick_check("elsewhere.title"),
            check_files: pick_check("elsewhere.files"),
            check_command: pick_check("elsewhere.command"),
            check_ssh: pick_check("elsewhere.ssh"),
            check_other: pick_check("elsewhere.other"),
            check_page: pick_check("elsewhere.page"),
            check_fingerprint: pick_check("elsewhere.fingerprint"),
            command: format!("selvedge verify {here_now} --trust trust.toml"),
            ssh_command: format!(
                "ssh-keygen -Y verify -f allowed_signers -I {} -n {} -s {} < {}",
                sshsig::principal(base),
                sshsig::namespace(base),
                file("sshsig"),
                file("json"),
            ),
        }
    }

    /// Whether there is a side signature that the site's list of keys knows.
    fn side_signature(&self) -> bool {
        if matches!(self.record.record().issuer, Did::Key(_)) {
            return false;
        }
        let finding = self.record.report().finding("side-signature");
        finding.is_some_and(|finding| finding.verdict == Verdict::Valid)
    }

    /// The masters, if they are at hand and what was signed; of a record about pieces that has none, those of its design.
    fn photos(&self) -> Vec<view::Master> {
        let own = self.photos_of(self.record, None);
        if !own.is_empty() || !is_about_pieces(self.record.record().subject.kind()) {
            return own;
        }
        let speaker = self.speaker;
        let Some(shown) = speaker.pictured(self.record) else { return Vec::new() };
        let link = speaker
            .href(&shown.id())
            .map(|href| view::RecordLink { text: speaker.title(shown), href });
        self.photos_of(shown, link.as_ref())
    }

    fn photos_of(
        &self,
        record: &VerifiedRecord,
        of: Option<&view::RecordLink>,
    ) -> Vec<view::Master> {
        let finding = record.report().finding("masters");
        if !finding.is_some_and(|finding| finding.verdict == Verdict::Valid) {
            return Vec::new();
        }
        let photographs = record.record().photographs();
        photographs
            .iter()
            .map(|photo| {
                let alt = self.speaker.phrase(&photo.description);
                view::Master {
                    href: self.speaker.linker.file(&photo.path()),
                    alt: alt.as_ref().map_or_else(String::new, |alt| alt.text.clone()),
                    alt_lang: alt.and_then(|alt| alt.lang),
                    orientation: photo.orientation,
                    digest: HEXLOWER.encode(&photo.sha256.0),
                    of: of.cloned(),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_script_that_stands_there() {
        // The empty text's SHA-256, from outside.
        assert_eq!(csp_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    }

    #[test]
    fn no_part_of_the_script_ends_its_element() {
        for part in SCRIPT {
            assert!(!part.to_ascii_lowercase().contains("</script") && !part.contains("<!--"));
        }
    }

    #[test]
    fn every_language_has_the_same_words_of_the_page_that_checks() {
        let of =
            |text: &str| -> BTreeMap<String, String> { serde_json::from_str(text).expect("JSON") };
        let places = |text: &str| -> Vec<String> {
            let mut all: Vec<String> = { text.split('{').skip(1) }
                .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                .collect();
            all.sort();
            all
        };
        let first = of(VERIFY_STRINGS[0]);
        for ((language, _), text) in STRINGS.iter().zip(VERIFY_STRINGS) {
            let words = of(text);
            assert!(words.keys().eq(first.keys()), "{language}");
            for (name, text) in &words {
                assert_eq!(places(text), places(&first[name]), "{language}: {name}");
            }
            let (found, all) = verify_words(&language.parse().expect("a tag"));
            assert_eq!(found, *language);
            assert!(all.contains_key("signature.valid") && !all.contains_key("waiting"));
        }
    }

    #[test]
    fn every_language_of_the_check_has_the_words_around_it() {
        for (language, _) in STRINGS {
            let (found, words) = check_words(&language.parse().expect("a tag"));
            assert_eq!(found, language);
            for name in [
                "waiting",
                "elsewhere.title",
                "elsewhere.files",
                "elsewhere.command",
                "elsewhere.ssh",
                "elsewhere.page",
            ] {
                assert!(words.contains_key(name), "{language}: {name}");
            }
        }
    }
}
