//! What pages say of signed records, and the record pages themselves.
//!
//! Everything here comes from a [`VerifiedRecord`]; words of the site's files never stand where
//! words of a record stand. The record page is one file that needs no other: its text is complete
//! without script, and its script (`themes/check`) judges the embedded record again.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::link::Linker;
use super::page::plain;
use super::{Page, Routes, direction, jsonld, qr};
use crate::evidence;
use crate::model::{Locale, LocaleIx};
use crate::provenance::record::{Design, LangText, Texts};
use crate::provenance::sshsig;
use crate::theme::Words;
use crate::theme::view::{self, Fact, Phrase};
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

/// The words of the script.
const STRINGS: [(&str, &str); 5] = [
    ("en", include_str!("../../themes/check/strings.en.json")),
    ("es", include_str!("../../themes/check/strings.es.json")),
    ("fr", include_str!("../../themes/check/strings.fr.json")),
    ("vi", include_str!("../../themes/check/strings.vi.json")),
    ("ar", include_str!("../../themes/check/strings.ar.json")),
];

/// The address of a record page.
pub(super) fn dir(record: &VerifiedRecord) -> String {
    format!("V/{}/", record.id().short())
}

/// What a design's page says of its records, the newest first.
pub(super) fn boxes(
    routes: &Routes<'_>,
    design: &crate::model::Design,
    words: &Words,
    linker: &Linker,
) -> Vec<view::RecordBox> {
    let records = routes.inputs.evidence.of_design(design.id.as_str());
    records
        .filter_map(|record| Some((record, record.record().subject.as_design()?)))
        .enumerate()
        .map(|(at, (record, signed))| {
            // Only the newest record speaks of the design as it is. The masters' own digests are
            // compared by whoever holds the photographs; here it is about the texts.
            let now = evidence::statement(routes.inputs.site, design, signed.photographs.clone());
            let is_edited = at == 0 && !evidence::differences(signed, &now).is_empty();
            let address =
                qr::address(&record.record().base.base_url(), &record.id().short().to_string());
            view::RecordBox {
                is_practice: record.record().practice,
                is_edited,
                sentence: words.get("record_only_maker").to_owned(),
                signer: signer(record),
                signed_on: day(record.signed().created()),
                not_later_than: None,
                id: record.id().to_string(),
                entry: entry(record, words),
                href: linker.page(&dir(record)),
                qr_svg: qr::svg(&address, words.get("record_code")),
                address,
            }
        })
        .collect()
}

/// The name under which it was signed: the address that the issuer's identity hangs on.
fn signer(record: &VerifiedRecord) -> String {
    record.record().base.authority_and_path()
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn entry(record: &VerifiedRecord, words: &Words) -> Option<String> {
    let proof = record.proof()?;
    let (number, size) = ((proof.index + 1).to_string(), proof.checkpoint.head().size.to_string());
    Some(words.fill("record_entry", &[("number", &number), ("size", &size)]))
}

/// Makes a record page.
pub(super) fn html(routes: &Routes<'_>, record: &VerifiedRecord) -> Result<String, String> {
    let site = routes.inputs.site;
    let linker = Linker::new(&dir(record), routes.inputs.links);
    let design = record.record().subject.as_design().cloned().unwrap_or_default();
    let design = &design;
    let mut texts_html = String::new();
    for ix in site.locale_ixs() {
        let in_language = Language { routes, record, design, linker: &linker, ix };
        texts_html.push_str(&in_language.html()?);
    }
    let script = SCRIPT.concat();
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
    let words = &routes.parts(LocaleIx::FIRST).words;
    let name =
        pick(&design.name, site.locale(LocaleIx::FIRST)).map_or(design.slug.as_str(), |t| &t.text);
    let it = view::RecordPage {
        title: words.fill("record_title", &[("name", &plain(name))]),
        lang: site.locale(LocaleIx::FIRST).tag().to_owned(),
        dir: direction(site.locale(LocaleIx::FIRST).direction()),
        csp: format!(
            "default-src 'none'; img-src 'self' data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
            csp_hash(style),
            csp_hash(&script),
        ),
        style_html: style.clone(),
        script_html: script,
        evidence_html: embedded(routes, record),
        strings_html: strings(routes),
        languages: if site.locales.len() > 1 { languages.collect() } else { Vec::new() },
        texts_html,
        home: linker.page(""),
        shop: plain(site.name.original()),
    };
    let mut context = tera::Context::new();
    context.insert("it", &it);
    context.insert_value("w", words.value().clone());
    routes.inputs.theme.render("record.html", &context).map_err(|error| error.to_string())
}

/// `'sha256-…'` of an inline element's exact content.
pub(super) fn csp_hash(content: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(content.as_bytes())))
}

/// The evidence, as the script wants it.
fn embedded(routes: &Routes<'_>, record: &VerifiedRecord) -> String {
    let read = |path: &str| routes.inputs.signed.read(path).ok().flatten();
    let text = |path: &str| read(path).and_then(|bytes| String::from_utf8(bytes).ok());
    let short = record.id().short();
    let mut out = serde_json::Map::new();
    out.insert("record".into(), BASE64.encode(record.signed().bytes()).into());
    if let Some(identity) = read("identity/did.json") {
        out.insert("identity".into(), BASE64.encode(&identity).into());
    }
    for (name, path) in
        [("didLog", "identity/did.jsonl"), ("didWitness", "identity/did-witness.json")]
    {
        if let Some(bytes) = read(path) {
            out.insert(name.into(), BASE64.encode(&bytes).into());
        }
    }
    if let Some(proof) = text(&format!("records/{short}.tlog-proof")) {
        out.insert("proof".into(), proof.into());
    }
    if let Some(log) = text("identity/log.vkey") {
        out.insert("log".into(), log.into());
    }
    jsonld::script(&out.into())
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
    jsonld::script(&out.into())
}

/// The words around the script for a language, with the language that they are in.
fn check_words(locale: &Locale) -> (&'static str, BTreeMap<String, String>) {
    let found = STRINGS.iter().find(|(language, _)| *language == locale.language());
    let (language, text) = found.unwrap_or(&STRINGS[0]);
    (language, serde_json::from_str(text).expect("the words of the check are JSON"))
}

fn anchor(locale: &Locale) -> String {
    format!("text-{}", locale.tag().to_ascii_lowercase())
}

/// The text of a record in one language: the same, its first part, or the one it was written in.
fn pick<'t>(texts: &'t Texts, locale: &Locale) -> Option<&'t LangText> {
    let same = |t: &&LangText| t.language.eq_ignore_ascii_case(locale.tag());
    let near = |t: &&LangText| t.language.split('-').next() == Some(locale.language());
    texts.iter().find(same).or_else(|| texts.iter().find(near)).or(texts.first())
}

/// A record page's text in one language.
struct Language<'r, 'a> {
    routes: &'r Routes<'a>,
    record: &'r VerifiedRecord,
    design: &'r Design,
    linker: &'r Linker,
    ix: LocaleIx,
}

impl Language<'_, '_> {
    fn locale(&self) -> &Locale {
        self.routes.inputs.site.locale(self.ix)
    }

    fn words(&self) -> &Words {
        &self.routes.parts(self.ix).words
    }

    fn phrase(&self, texts: &Texts) -> Option<Phrase> {
        let text = pick(texts, self.locale())?;
        let is_same = text.language.eq_ignore_ascii_case(self.locale().tag());
        let other: Option<Locale> = if is_same { None } else { text.language.parse().ok() };
        Some(Phrase {
            text: plain(&text.text),
            lang: other.as_ref().map(|locale| locale.tag().to_owned()),
            dir: other.as_ref().map(|locale| direction(locale.direction())),
        })
    }

    fn fact(&self, out: &mut Vec<Fact>, word: &str, texts: &Texts) {
        self.facts(out, word, std::slice::from_ref(texts));
    }

    fn facts(&self, out: &mut Vec<Fact>, word: &str, all: &[Texts]) {
        let values: Vec<Phrase> = all.iter().filter_map(|texts| self.phrase(texts)).collect();
        if !values.is_empty() {
            out.push(Fact { label: self.words().get(word).to_owned(), values });
        }
    }

    fn html(&self) -> Result<String, String> {
        let (record, design, words) = (self.record, self.design, self.words());
        let signer = signer(record);
        let name = self.phrase(&design.name);
        let name_text = name.as_ref().map_or(design.slug.as_str(), |name| &name.text);
        let mut whose = Vec::new();
        self.fact(&mut whose, "holder", &design.held_by);
        self.fact(&mut whose, "designed_by", &design.designed_by);
        self.fact(&mut whose, "place", &design.place_of_origin);
        self.fact(&mut whose, "attribution", &design.attribution);
        self.fact(&mut whose, "not_claimed", &design.not_claimed);
        self.fact(&mut whose, "also_used_by", &design.also_used_by);
        let mut made = Vec::new();
        self.facts(&mut made, "motifs", &design.motifs);
        self.fact(&mut made, "technique", &design.technique);
        self.facts(&mut made, "materials", &design.materials);
        self.fact(&mut made, "record_disclosure", &design.disclosure_note);
        let status = record.report().finding("status").filter(|f| f.verdict == Verdict::Valid);
        let status = status.and(record.report().status_as_of.as_ref()).map(|as_of| {
            let (size, date) = (as_of.size.to_string(), day(self.routes.inputs.at));
            words.fill("record_status_text", &[("size", &size), ("date", &date)])
        });
        let short = record.id().short().to_string();
        let file = |ending: &str| format!("{short}.{ending}");
        let issuer = &record.record().base;
        let names =
            [("record", file("json")), ("sshsig", file("sshsig")), ("proof", file("tlog-proof"))];
        let (check_lang, mut check) = check_words(self.locale());
        for text in check.values_mut() {
            for (name, value) in &names {
                *text = text.replace(&format!("{{{name}}}"), value);
            }
        }
        let pick_check = |name: &str| check.get(name).cloned().unwrap_or_default();
        let it = view::RecordText {
            anchor: anchor(self.locale()),
            lang: self.locale().tag().to_owned(),
            dir: direction(self.locale().direction()),
            is_practice: record.record().practice,
            sentence: words.get("record_only_maker").to_owned(),
            about: words.fill("record_about", &[("signer", &signer), ("name", name_text)]),
            name: name.unwrap_or_else(|| Phrase {
                text: design.slug.clone(),
                lang: None,
                dir: None,
            }),
            description: self.phrase(&design.description),
            photos: self.photos(),
            says_who: words.fill("record_says_who", &[("signer", &signer)]),
            whose,
            made,
            stories: design
                .stories
                .iter()
                .map(|story| {
                    let digest = story.sha256.to_string();
                    (
                        story.language.clone(),
                        words.fill("record_story_text", &[("digest", &digest)]),
                    )
                })
                .map(|(language, text)| view::Story { language, text })
                .collect(),
            design_page: self.design_page(),
            said_to_date_from: self.phrase(&design.said_to_date_from),
            signed_on: day(record.signed().created()),
            not_later_than: None,
            entry: entry(record, words),
            status,
            signer: signer.clone(),
            served: words.fill(
                "record_served",
                &[("address", &format!("{}{}", issuer.base_url(), dir(record)))],
            ),
            id: record.id().to_string(),
            short_id: short.clone(),
            fingerprint: sshsig::fingerprint(record.signed().key()),
            record_href: self.linker.file(&format!("records/{}", file("json"))),
            side_href: self
                .side_signature()
                .then(|| self.linker.file(&format!("records/{}", file("sshsig")))),
            proof_href: self.linker.file(&format!("records/{}", file("tlog-proof"))),
            signers_href: self.linker.file("allowed_signers"),
            check_lang: (check_lang != self.locale().language()).then(|| check_lang.to_owned()),
            check_waiting: pick_check("waiting"),
            check_title: pick_check("elsewhere.title"),
            check_files: pick_check("elsewhere.files"),
            check_command: pick_check("elsewhere.command"),
            check_ssh: pick_check("elsewhere.ssh"),
            check_other: pick_check("elsewhere.other"),
            check_fingerprint: pick_check("elsewhere.fingerprint"),
            command: format!("selvedge verify {}", file("json")),
            ssh_command: format!(
                "ssh-keygen -Y verify -f allowed_signers -I {} -n {} -s {} < {}",
                sshsig::principal(issuer),
                sshsig::namespace(issuer),
                file("sshsig"),
                file("json"),
            ),
        };
        let mut context = tera::Context::new();
        context.insert("it", &it);
        context.insert_value("w", words.value().clone());
        let theme = self.routes.inputs.theme;
        theme.render("record-text.html", &context).map_err(|error| error.to_string())
    }

    fn side_signature(&self) -> bool {
        let finding = self.record.report().finding("side-signature");
        finding.is_some_and(|finding| finding.verdict == Verdict::Valid)
    }

    /// The masters, if they are at hand and what was signed.
    fn photos(&self) -> Vec<view::Master> {
        let finding = self.record.report().finding("masters");
        if !finding.is_some_and(|finding| finding.verdict == Verdict::Valid) {
            return Vec::new();
        }
        let photographs = self.design.photographs.iter();
        photographs
            .map(|photo| {
                let alt = self.phrase(&photo.description);
                view::Master {
                    href: self.linker.file(&photo.path()),
                    alt: alt.as_ref().map_or_else(String::new, |alt| alt.text.clone()),
                    alt_lang: alt.and_then(|alt| alt.lang),
                    orientation: photo.orientation,
                    digest: HEXLOWER.encode(&photo.sha256.0),
                }
            })
            .collect()
    }

    fn design_page(&self) -> Option<String> {
        let site = self.routes.inputs.site;
        let at = site.designs.binary_search_by(|d| d.id.as_str().cmp(&self.design.slug)).ok()?;
        let page = Page::Design(crate::model::DesignIx::of(at));
        Some(self.linker.page(&self.routes.dir(self.ix, page)))
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
    fn a_text_is_picked_by_language() {
        let texts: Texts = [("es", "manta"), ("en", "blanket"), ("pt-BR", "cobertor")]
            .map(|(language, text)| LangText { language: language.into(), text: text.into() })
            .into();
        for (tag, expected) in
            [("en", "blanket"), ("en-GB", "blanket"), ("pt", "cobertor"), ("fr", "manta")]
        {
            let locale: Locale = tag.parse().expect("a tag");
            assert_eq!(pick(&texts, &locale).map(|t| t.text.as_str()), Some(expected), "{tag}");
        }
        assert_eq!(pick(&Texts::new(), &"en".parse().expect("a tag")), None);
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
            ] {
                assert!(words.contains_key(name), "{language}: {name}");
            }
        }
    }
}
