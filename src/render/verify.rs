//! The page where records, badges and numbers are checked (`verify/`), and what its script knows of this site.
//!
//! Whom the page believes is what `trust.toml` says of public keys, the site's own identity, and whom those delegated by the
//! registers that were at hand; it stands in the page as
//! data. No address of the list is in it: that may be a folder of whoever keeps it. What else the script looks up are
//! classic scripts at fixed paths, for a call of `selvedge.register`, so that they load from `file://` too, and only when
//! they are asked for:
//!
//! | path | what |
//! | --- | --- |
//! | `verify/site.js` | the site's public identity, and the designs and editions of its register by their numbers |
//! | `verify/ids/<p>.js` | the records whose short id begins with `<p>` (`all`: every one), each with how it stands |
//! | `verify/makers/<tag>.js` | the makers by their names, in a language |
//!
//! Paths are known without making anything; `?v=` with a digest keeps two builds apart.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::speaker::Speaker;
use super::{LinkStyle, Page, Routes, jsonld, record, short};
use crate::check::Site;
use crate::model::{LocaleIx, ProducerIx, SiteKind};
use crate::provenance::did::DidWeb;
use crate::provenance::instant;
use crate::provenance::kind::Kind;
use crate::tags::Ledger;
use crate::verify::fold::{Condition, Standing};
use crate::verify::test_keys;
use crate::verify::trust::TrustedSigner;

/// The sorts of claims.
const CLAIMS: [&str; 7] =
    ["designedBy", "madeBy", "madeIn", "technique", "material", "soldBy", "payment"];

/// The letters of a short id, RFC 4648 base32.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Most records in one file of ids, about: each takes 33 bytes.
const RECORDS_IN_FILE: usize = 1000;

/// A file that the page looks things up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyFile {
    /// The site's identity, its designs and editions.
    Site,
    /// Records by the first letters of their short ids, the file with this number.
    Ids(u16),
    /// The makers by their names.
    Makers(LocaleIx),
}

/// Whether a site has the page: each association, and whoever has a register.
pub(super) fn is_there(routes: &Routes<'_>) -> bool {
    routes.inputs.site.kind == SiteKind::Association || !routes.register.pages().is_empty()
}

/// How many letters of a short id name its file.
fn depth(routes: &Routes<'_>) -> u32 {
    let records = routes.register.pages().len() + routes.register.gone().len();
    match records.div_ceil(RECORDS_IN_FILE) {
        0 | 1 => 0,
        2..=32 => 1,
        _ => 2,
    }
}

/// Every file with its path.
pub(super) fn files(routes: &Routes<'_>) -> Vec<(String, VerifyFile)> {
    if !is_there(routes) {
        return Vec::new();
    }
    let site = routes.inputs.site;
    let mut files = vec![("verify/site.js".to_owned(), VerifyFile::Site)];
    let depth = depth(routes);
    for number in 0..32_u16.pow(depth) {
        files.push((format!("verify/{}.js", ids_name(number, depth)), VerifyFile::Ids(number)));
    }
    for locale in site.locale_ixs() {
        let path = format!("verify/makers/{}.js", site.locale(locale).tag());
        files.push((path, VerifyFile::Makers(locale)));
    }
    files
}

/// The name of a file of ids; its letters are small, for disks that know no capitals.
fn ids_name(number: u16, depth: u32) -> String {
    let letter = |at: u32| LETTERS[usize::from(number / 32_u16.pow(depth - 1 - at) % 32)];
    let letters: String =
        (0..depth).map(|at| char::from(letter(at).to_ascii_lowercase())).collect();
    format!("ids/{}", if letters.is_empty() { "all" } else { &letters })
}

/// Makes a file.
pub(super) fn text(routes: &Routes<'_>, file: VerifyFile) -> String {
    let put = |name: &str, data: String| format!("selvedge.register(\"{name}\",{data});\n");
    match file {
        VerifyFile::Site => put("site", jsonld::script(&of_site(routes))),
        VerifyFile::Ids(number) => {
            let name = ids_name(number, depth(routes));
            let begins = name.strip_prefix("ids/").filter(|begins| *begins != "all");
            put(&name, jsonld::script(&ids(routes, &begins.unwrap_or_default().to_uppercase())))
        }
        VerifyFile::Makers(locale) => {
            let tag = routes.inputs.site.locale(locale).tag();
            put(&format!("makers/{tag}"), jsonld::script(&makers(routes, locale)))
        }
    }
}

/// What tells the files of one build from those of another.
fn version<'r>(routes: &'r Routes<'_>) -> &'r str {
    routes.verify_version.get_or_init(|| {
        let mut digest = Sha256::new();
        for (path, file) in files(routes) {
            digest.update(path.as_bytes());
            digest.update(text(routes, file).as_bytes());
        }
        short(&digest.finalize().into())
    })
}

/// The records whose short id begins so, one after the other: the id, and a letter for how it stands, as a capital if
/// its signer was admitted by the owner of the register. What is in force and disputed has a letter of its own.
fn ids(routes: &Routes<'_>, begins: &str) -> String {
    let pages = routes.register.pages().iter().map(|record| record.id());
    let gone = routes.register.gone().iter().map(|gone| gone.id);
    let evidence = routes.inputs.evidence;
    let is_told = evidence.folded().is_some_and(|folded| folded.gap.is_none());
    let mut all: Vec<(String, char)> = pages
        .chain(gone)
        .map(|id| (id.short().to_string(), standing_letter(evidence.standing(&id), is_told)))
        .filter(|(id, _)| id.starts_with(begins))
        .collect();
    all.sort_unstable();
    all.into_iter().flat_map(|(id, letter)| [id, letter.to_string()]).collect()
}

fn standing_letter(standing: Option<&Standing>, is_told: bool) -> char {
    let is_disputed = standing.is_some_and(Standing::is_disputed);
    let letter = match standing.map(|standing| &standing.condition) {
        Some(Condition::InForce) if is_told && is_disputed => 'd',
        Some(Condition::InForce) if is_told => 'i',
        None | Some(Condition::InForce) => 'u',
        Some(Condition::Void(_)) => 'v',
        Some(Condition::Revoked(_)) => 'r',
        Some(Condition::Withdrawn(_)) => 'w',
        Some(Condition::Superseded(_)) => 's',
        Some(Condition::Suspended(_)) => 'h',
        Some(Condition::Ended(_)) => 'e',
        Some(Condition::Proposed { .. }) => 'p',
    };
    let is_admitted = standing.is_some_and(|standing| standing.admitted_by.is_some());
    if is_admitted { letter.to_ascii_uppercase() } else { letter }
}

// ---- what the site knows ----

#[derive(Serialize)]
struct OfSite {
    /// Its public identity, as a record page embeds it.
    evidence: BTreeMap<&'static str, String>,
    /// The design with number n is at n - 1.
    designs: Vec<Numbered>,
    /// The editions of no design.
    loose: Vec<Option<Edition>>,
}

/// A design with its editions: the edition with number n is at n - 1.
#[derive(Serialize)]
struct Numbered {
    id: String,
    editions: Vec<Option<Edition>>,
}

#[derive(Serialize)]
struct Edition {
    id: String,
    /// How many pieces it announced at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<u64>,
    /// The numbers that have tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(u64, u64)>,
    /// The numbers among them whose tags count no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    void: Vec<(u64, u64)>,
}

fn of_site(routes: &Routes<'_>) -> OfSite {
    let signed = routes.inputs.signed;
    let read = |path: &str| signed.read(path).ok().flatten();
    let mut evidence = BTreeMap::new();
    for (member, path) in [
        ("identity", "identity/did.json"),
        ("didLog", "identity/did.jsonl"),
        ("didWitness", "identity/did-witness.json"),
    ] {
        evidence.extend(read(path).map(|bytes| (member, BASE64.encode(&bytes))));
    }
    let log = read("identity/log.vkey").and_then(|bytes| String::from_utf8(bytes).ok());
    evidence.extend(log.map(|log| ("log", log)));
    let Numbers { designs, loose } = Numbers::of(&routes.tags().ledger);
    OfSite { evidence, designs, loose }
}

/// Designs and editions by their place in the log: the n-th design is D*n*, the n-th edition of it E*n*. What is said again
/// keeps the number of what it says again.
#[derive(Default)]
struct Numbers {
    designs: Vec<Numbered>,
    loose: Vec<Option<Edition>>,
}

impl Numbers {
    /// As the ledger of the register has them.
    fn of(ledger: &Ledger) -> Self {
        let mut editions: BTreeMap<(Option<u64>, u64), Edition> = BTreeMap::new();
        for edition in &ledger.editions {
            let id = edition.id.short().to_string();
            let (tags, void) = (ledger.issued(edition), ledger.out_of_force(edition));
            let told = Edition { id, maximum: edition.maximum, tags, void };
            editions.insert((edition.design, edition.number), told);
        }
        let mut numbers = Self::default();
        for id in (1..=ledger.design_count()).filter_map(|number| ledger.design(number)) {
            let id = id.short().to_string();
            numbers.designs.push(Numbered { id, editions: Vec::new() });
        }
        for ((design, number), edition) in editions {
            let at = design.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
            let list = match at.and_then(|at| numbers.designs.get_mut(at)) {
                Some(design) => &mut design.editions,
                None => &mut numbers.loose,
            };
            let Some(at) = usize::try_from(number).ok().and_then(|it| it.checked_sub(1)) else {
                continue;
            };
            // What is only proposed has its place, and is not told.
            while list.len() <= at {
                list.push(None);
            }
            list[at] = Some(edition);
        }
        numbers
    }
}

/// The makers: every name that they have here, the one in the language first, and the way to their page.
fn makers(routes: &Routes<'_>, locale: LocaleIx) -> Vec<(Vec<String>, String)> {
    let site = routes.inputs.site;
    let of = |ix: ProducerIx| {
        let name = &site.producer(ix).name;
        let mut names: Vec<String> = vec![super::page::plain(name.shown(locale).value)];
        for other in site.locale_ixs() {
            let other = super::page::plain(name.shown(other).value);
            if !names.contains(&other) {
                names.push(other);
            }
        }
        let dir = routes.dir(locale, Page::Producer(ix, 1));
        (names, with_file(routes, dir))
    };
    (0..site.producers.len()).map(|at| of(ProducerIx::of(at))).collect()
}

/// The way to a page from the root of the site.
fn with_file(routes: &Routes<'_>, dir: String) -> String {
    match routes.inputs.links {
        LinkStyle::Pretty => dir,
        LinkStyle::Files => format!("{dir}index.html"),
    }
}

// ---- whom the page believes ----

/// A signer whom the page believes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signer {
    /// What the site calls them.
    pub(super) name: String,
    /// Their name in records.
    pub(super) did: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    /// The kinds of record that they are believed for; all if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kinds: Option<Vec<String>>,
    /// By whose Delegation they are believed, if the list itself does not name them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delegated: Option<Delegated>,
}

/// By whose Delegation a signer is believed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delegated {
    /// What the site calls those who delegated: a signer of the list first, then whom each delegated.
    pub(super) by: Vec<String>,
    /// The earliest `created` of a record for which it counts.
    from: String,
    /// The latest.
    until: String,
    /// As of when that is known.
    as_of: String,
    #[serde(skip)]
    pub(super) days: [Timestamp; 2],
}

#[derive(Serialize)]
struct Witness {
    name: String,
    vkey: String,
}

/// The list, as `themes/check/trust.js` takes it.
#[derive(Serialize)]
struct List {
    own: Option<String>,
    signers: Vec<Signer>,
    witnesses: Vec<Witness>,
    quorum: usize,
}

/// Whom the page believes: the site itself, whom its trust list names, then whom those delegated.
pub(super) fn signers(routes: &Routes<'_>) -> Vec<Signer> {
    let evidence = routes.inputs.evidence;
    let own = evidence.own_signers(&super::page::plain(routes.inputs.site.name.original()));
    let listed = own.iter().chain(evidence.trust().signers()).map(|it| signer(it, None));
    let delegates = evidence.delegates().iter();
    listed.chain(delegates.map(|it| signer(&it.signer, Some(it.as_of)))).collect()
}

fn signer(signer: &TrustedSigner, as_of: Option<Timestamp>) -> Signer {
    let delegated = signer.delegated.as_ref().zip(as_of).map(|(it, as_of)| Delegated {
        by: it.chain.iter().map(|by| super::page::plain(&by.name)).collect(),
        from: instant::format(it.from),
        until: instant::format(it.until),
        as_of: instant::format(as_of),
        days: [it.until, as_of],
    });
    Signer {
        name: super::page::plain(&signer.name),
        did: signer.did.to_string(),
        fingerprint: signer.fingerprint.clone(),
        log: signer.log.as_ref().map(ToString::to_string),
        kinds: signer.kinds.clone(),
        delegated,
    }
}

fn list(routes: &Routes<'_>) -> List {
    let evidence = routes.inputs.evidence;
    let witnesses = evidence.witnesses().iter();
    List {
        own: evidence.identity().map(|own| own.issuer.to_string()),
        signers: signers(routes),
        witnesses: witnesses
            .map(|one| Witness { name: super::page::plain(&one.name), vkey: one.key.to_string() })
            .collect(),
        quorum: evidence.trust().threshold(),
    }
}

// ---- the page's data ----

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    up: &'a str,
    /// What stands behind the address of a page: nothing, or `index.html`.
    file: &'static str,
    lang: &'a str,
    dir: &'static str,
    /// The addresses that the site's records name: where it is, and where it was.
    bases: Vec<String>,
    /// The addresses besides that its signed charter lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sites: Vec<String>,
    depth: u32,
    version: &'a str,
    list: List,
    kinds: BTreeMap<&'static str, String>,
    /// What stands before a claim, by its sort.
    claims: BTreeMap<&'static str, String>,
    strings: &'a BTreeMap<String, String>,
    /// What printed numbers of this site begin with, if that is known.
    brand: Option<Brand>,
    /// The letters of its first charter, by which aliases name its register.
    #[serde(skip_serializing_if = "Option::is_none")]
    charter: Option<String>,
}

#[derive(Serialize)]
struct Brand {
    code: String,
    scope: String,
}

/// The data of the page in the language of the speaker.
pub(super) fn data(
    routes: &Routes<'_>,
    locale: LocaleIx,
    up: &str,
    speaker: &Speaker<'_, '_>,
) -> String {
    let site = routes.inputs.site;
    let (lang, strings) = record::verify_words(site.locale(locale));
    let own = routes.inputs.evidence.identity();
    let bases = own.into_iter().flat_map(|own| std::iter::once(&own.base).chain(&own.former));
    let bases: Vec<String> = bases.map(DidWeb::base_url).collect();
    let listed = routes.inputs.evidence.sites().into_iter().map(|site| site.as_str().to_owned());
    let sites = listed.filter(|site| !bases.contains(site)).collect();
    let data = Data {
        up,
        file: if routes.inputs.links == LinkStyle::Files { "index.html" } else { "" },
        lang,
        dir: if lang == site.locale(locale).language() {
            super::direction(site.locale(locale).direction())
        } else {
            "ltr"
        },
        bases,
        sites,
        depth: depth(routes),
        version: version(routes),
        list: list(routes),
        kinds: Kind::all().map(|it| (it.name(), speaker.kind(it).text)).collect(),
        claims: CLAIMS
            .iter()
            .filter_map(|sort| Some((*sort, speaker.words().claim_label(sort, "")?)))
            .collect(),
        strings: &strings,
        brand: brand(site),
        charter: routes.tags().ledger.charter_letters().map(|it| it.as_str().to_owned()),
    };
    jsonld::script(&data)
}

/// What printed numbers begin with. Without it a number of any brand is looked up here.
fn brand(site: &Site) -> Option<Brand> {
    let name = &site.brand.as_ref()?.name;
    Some(Brand { code: name.code().to_owned(), scope: name.scope() })
}

/// The last letters of the keys that are for trying out, as the script has them.
pub(super) fn test_keys() -> String {
    let endings: Vec<&str> = test_keys::all().map(|key| &key[key.len() - 8..]).collect();
    serde_json::to_string(&endings).expect("texts are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_ids_are_named_by_the_letters_that_they_are_about() {
        for (number, depth, name) in [
            (0, 0, "ids/all"),
            (0, 1, "ids/a"),
            (31, 1, "ids/7"),
            (0, 2, "ids/aa"),
            (33, 2, "ids/bb"),
            (1023, 2, "ids/77"),
        ] {
            assert_eq!(ids_name(number, depth), name);
        }
        let all: std::collections::BTreeSet<String> =
            (0..1024).map(|number| ids_name(number, 2)).collect();
        assert_eq!(all.len(), 1024);
    }

    #[test]
    fn the_script_knows_each_key_that_is_for_trying_out() {
        let endings: Vec<String> = serde_json::from_str(&test_keys()).expect("JSON");
        assert!(endings.len() > 200 && endings.iter().all(|it| it.len() == 8));
        let seventh = crate::provenance::key::TestSigner::from_seed([7; 32]);
        let key = crate::provenance::key::Signer::verifier_key(&seventh).to_string();
        assert!(endings.iter().any(|ending| key.ends_with(ending)));
    }
}
