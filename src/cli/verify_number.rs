//! `verify` of what somebody typed: a short number, a full identifier, an alias or the number of a record is looked up, and its record
//! judged; a name is looked for among the makers of the site, as on the page where things are checked (`themes/script/verify.js`).

use std::path::Path;

use super::verify::{Judged, tls_roots, web_address, whole};
use super::{Failed, console};
use crate::check::Site;
use crate::diag::report::visible;
use crate::evidence::Disk;
use crate::fetch::{PublishedSite, RealWeb};
use crate::model::Producer;
use crate::provenance::brand::{Brand, Number};
use crate::provenance::files::Files as _;
use crate::provenance::identifier::{self, Identifier, Root};
use crate::provenance::log::ShortId;
use crate::provenance::record::{SignedRecord, texts_from_value};
use crate::render::search::fold;
use crate::tags::find::{self, Found, ReadFault, Register};
use crate::tags::{Edition, Ledger, first_text};
use crate::verify::{self, Axis, Finding, FolderAudit, Report, State, Trust};

/// The judgement on what a number is of, or on what is known of a maker, if the target is words: it is no file, and looks like no path and no
/// address of another sort.
///
/// # Errors
/// If it is a number, and there is no register here in which it could be looked up.
pub(super) fn judge(
    target: &Path,
    tls_root: Option<&Path>,
    trust: &Trust,
    at: Option<jiff::Timestamp>,
) -> Result<Option<Judged>, Failed> {
    let Some(typed) = target.to_str().filter(|_| !target.exists()) else { return Ok(None) };
    let brand = brand_here();
    let unplaced = Register { brand: brand.clone(), ..Register::default() };
    let meant = find::read(typed, &unplaced);
    if meant == Err(ReadFault::NotOne) {
        return if is_words(typed) {
            words(typed, brand.as_ref(), trust, at).map(Some)
        } else {
            Ok(None)
        };
    }
    if is_page(typed) {
        return Ok(None);
    }
    let files = Disk::at(".");
    let is_here = files.read("log/checkpoint").ok().flatten().is_some();
    let audit = is_here.then(|| verify::folder(typed, &files, trust, None, at));
    let ledger = audit.as_ref().and_then(ledger_of);
    let register = audit.as_ref().zip(ledger.as_ref()).map(|(audit, ledger)| {
        let places = audit.identity.as_ref().map(find::places).unwrap_or_default();
        Register::of(ledger, brand.as_ref(), places)
    });
    let read = register.as_ref().map(|register| find::read(typed, register));
    // An address with its scheme was named, and may be asked.
    if let Some(address) = web_address(target)
        && matches!(read, None | Some(Err(ReadFault::OtherSite(_))))
    {
        return of_web(&address, tls_root, trust, at).map(Some);
    }
    let (Some(audit), Some(ledger), Some(read)) = (audit, ledger, read) else {
        let begins = match (is_here, &meant) {
            (true, _) => "the register here cannot be read, or not all of it is here, so no number can be looked up; selvedge verify . tells why".to_owned(),
            (false, Err(fault @ (ReadFault::Number(_) | ReadFault::Identifier(_)))) => {
                return Ok(Some(unknown(typed, fault.to_string())));
            }
            (false, _) => format!(
                "there is no file {}, and to look it up as a number there has to be a register: go to the folder of the site whose number it is, \
                 or give the address of the record's page",
                visible(typed)
            ),
        };
        return Err(Failed(begins));
    };
    match read {
        Ok(number) => Ok(Some(told(typed, &number, &ledger, &audit))),
        Err(fault) => {
            let mut why = fault.to_string();
            if let ReadFault::OtherSite(_) = fault {
                let plain = typed.trim().trim_start_matches('/');
                why.push_str(&format!(": selvedge verify https://{plain}"));
            }
            Ok(Some(unknown(typed, why)))
        }
    }
}

/// The most letters that are taken for words, and the most makers whose names are said to be near.
const LONGEST: usize = 200;
const MOST_NEAR: usize = 5;

/// Whether it is words and no path: without slash, and without the ending of a file.
fn is_words(typed: &str) -> bool {
    let typed = typed.trim();
    let is_end_of_number = is_end_of_number(typed);
    let is_path = typed.contains(['/', '\\', '\0', ':']) || typed.starts_with(['.', '~']);
    let ending = typed.rsplit_once('.').map(|(_, ending)| ending);
    let has_ending = ending.is_some_and(|it| {
        !it.is_empty() && it.len() <= 12 && it.bytes().all(|it| it.is_ascii_alphanumeric())
    });
    let is_long = typed.chars().count() > LONGEST;
    !typed.is_empty() && !is_long && (is_end_of_number || !is_path && !has_ending)
}

/// Whether it is the number of a piece alone, as somebody reads it out.
fn is_end_of_number(typed: &str) -> bool {
    typed.contains(|it: char| it.is_ascii_digit())
        && typed.chars().all(|it| it.is_ascii_digit() || it == '/' || it == ' ')
}

/// A name as names are compared: without marks, capitals and signs.
fn plain_name(name: &str) -> String {
    let folded = fold::fold(name);
    let words = folded.split(|it: char| !it.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// What is known here of words that are no whole number: a record by its number, what a number lacks, or a maker by her name.
fn words(
    typed: &str,
    brand: Option<&Brand>,
    trust: &Trust,
    at: Option<jiff::Timestamp>,
) -> Result<Judged, Failed> {
    let typed = typed.trim();
    let lean: String =
        typed.chars().filter(|it| !it.is_whitespace() && !"-.:_".contains(*it)).collect();
    let lean = lean.to_ascii_uppercase();
    let files = Disk::at(".");
    let is_here = files.read("log/checkpoint").ok().flatten().is_some();
    let audit = is_here.then(|| verify::folder(typed, &files, trust, None, at));
    let is_record = ShortId::parse(&lean).is_some();
    if is_record && let Some(audit) = &audit {
        return Ok(of_record(typed, &lean, audit));
    }
    let site = Path::new("site.toml").is_file().then(|| crate::check::load(Path::new(".")));
    let site = site.and_then(|loaded| loaded.ok()?.site);
    let maker = site.as_ref().and_then(|site| called(typed, site));
    if let Some(maker) = maker {
        return Ok(of_maker(typed, maker, audit.as_ref()));
    }
    if let Some(why) = lacking(typed, &lean, brand) {
        return Ok(unknown(typed, why));
    }
    match site {
        Some(site) if !is_record => {
            Ok(Judged::without_record(typed.to_owned(), "unknown maker", no_maker(typed, &site)))
        }
        _ => Err(Failed(format!(
            "there is nothing at {}; to look it up as a number or the name of a maker, go to the folder of the site whose it is",
            visible(typed)
        ))),
    }
}

/// The judgement on the record with a number.
fn of_record(typed: &str, short: &str, audit: &FolderAudit) -> Judged {
    let target = format!("{short}.json");
    let gone = audit.gone();
    let found = audit.report.records.iter().chain(&gone).find(|it| it.target == target);
    match found {
        Some(report) => verify::told_alone(report.clone(), &audit.report.findings).into(),
        None => unknown(typed, format!("no such number: this register has no record {short}")),
    }
}

/// What is missing or wrong in words that were meant as a number; `None` if they were not.
fn lacking(typed: &str, lean: &str, brand: Option<&Brand>) -> Option<String> {
    let whole = match brand {
        Some(brand) => Number {
            brand: Some(brand.clone()),
            design: Some(42),
            edition: Some(2),
            serial: Some(17),
            maximum: Some(100),
        }
        .to_string(),
        None => "LOOM ZZ-NOR D42 E2 017/100 K".to_owned(),
    };
    let look = format!("type it as it stands on the tag, with its spaces, for example {whole}");
    if is_end_of_number(typed) {
        return Some(format!("this is only the end of a number; {look}"));
    }
    // A name has no digits, or blanks between its words.
    let has_digit = lean.bytes().any(|it| it.is_ascii_digit());
    let is_plain = lean.bytes().all(|it| it.is_ascii_alphanumeric());
    if is_plain
        && (24..=44).contains(&lean.len())
        && (has_digit || !typed.contains(char::is_whitespace))
    {
        let strange: std::collections::BTreeSet<char> =
            lean.chars().filter(|it| matches!(it, '0' | '1' | '8' | '9')).collect();
        let strange: Vec<String> = strange.iter().map(char::to_string).collect();
        return Some(match strange.as_slice() {
            [] => format!("a record's number has 32 letters and digits; this has {}", lean.len()),
            strange => format!(
                "a record's number has no {}: it is made of the letters A to Z and the digits 2 to 7",
                strange.join(" ")
            ),
        });
    }
    let upper = typed.to_ascii_uppercase();
    let parts = upper.split(|it: char| it.is_whitespace() || "-,·".contains(it));
    let parts: Vec<&str> = parts.filter(|it| !it.is_empty()).collect();
    let is_numbered = |part: &&str| {
        let rest = part.strip_prefix(['D', 'E']);
        rest.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    };
    let first = parts.iter().position(&is_numbered)?;
    let mut missing = match first {
        0 => vec!["the name of the brand", "the letters of the region"],
        1 => vec!["the letters of the region"],
        _ => Vec::new(),
    };
    // A piece stands behind the design and the edition, and before a stroke.
    let rest = &parts[first..];
    if rest.iter().any(|part| part.bytes().all(|it| it.is_ascii_digit())) {
        missing.push("the number after the stroke");
    }
    if rest
        .last()
        .is_some_and(|last| is_numbered(last) || last.bytes().all(|it| it.is_ascii_digit()))
    {
        missing.push("the last character");
    }
    Some(match missing.as_slice() {
        [] => format!("no such number; {look}"),
        [one] => format!("no such number: {one} is missing; {look}"),
        [all @ .., last] => {
            format!("no such number: {} and {last} are missing; {look}", all.join(", "))
        }
    })
}

/// What a maker is called, in each language, and by her file, as names are compared.
fn names(maker: &Producer) -> Vec<String> {
    let names = maker.name.entries().map(|(_, name)| plain_name(name));
    names.chain([maker.id.as_str().to_owned()]).collect()
}

/// The maker with a name.
fn called<'s>(typed: &str, site: &'s Site) -> Option<&'s Producer> {
    let sought = plain_name(typed);
    site.producers.iter().find(|it| !sought.is_empty() && names(it).contains(&sought))
}

/// That nobody is called so, with those whose names are near.
fn no_maker(typed: &str, site: &Site) -> String {
    let sought = plain_name(typed);
    let most = sought.chars().count().div_ceil(3);
    let rank = |it: &Producer| {
        let of = |name: String| {
            let is_part = sought.chars().count() > 2
                && (name.contains(&sought) || !name.is_empty() && sought.contains(&name));
            if is_part { 0 } else { strsim::damerau_levenshtein(&name, &sought) }
        };
        names(it).into_iter().map(of).min().unwrap_or(usize::MAX)
    };
    let mut near: Vec<(usize, &str)> =
        site.producers.iter().map(|it| (rank(it), it.name.original())).collect();
    near.retain(|(rank, _)| *rank <= most);
    near.sort_unstable();
    near.dedup();
    let near: Vec<String> =
        near.into_iter().take(MOST_NEAR).map(|(_, name)| format!("\"{name}\"")).collect();
    let more = match near.as_slice() {
        [] => "; if it is a number, type it as it stands on the tag, with its spaces".to_owned(),
        near => format!("; did you mean {}?", near.join(" or ")),
    };
    format!("no such maker: nobody called \"{typed}\" is on this site, and no file here is{more}")
}

/// What the register says of a maker of the site: all records of hers that still say something, else how they ended.
fn of_maker(typed: &str, maker: &Producer, audit: Option<&FolderAudit>) -> Judged {
    let (name, path) = (maker.name.original(), format!("makers/{}/", maker.id));
    let is_hers = |record: &&verify::VerifiedRecord| {
        let said = record.record();
        let members = said.subject.as_statement().map(|it| &it.members);
        let named = members.and_then(|it| it.get("member").or_else(|| it.get("about")));
        named.and_then(|it| it.text("id")).is_some_and(|id| {
            maker.signs_as.as_deref() == Some(id) || said.path_of(id) == Some(path.as_str())
        })
    };
    let shorts: Vec<String> = audit
        .iter()
        .flat_map(|audit| audit.records.iter().filter(is_hers))
        .map(|record| format!("{}.json", record.id().short()))
        .collect();
    let all = audit.iter().flat_map(|audit| {
        let hers = audit.report.records.iter().filter(|it| shorts.contains(&it.target));
        hers.map(|it| verify::told_alone(it.clone(), &audit.report.findings))
    });
    let mut all: Vec<Report> = all.collect();
    let is_over = |it: &Report| {
        (State::Revoked..=State::Superseded).contains(&it.state) || it.state == State::Expired
    };
    if all.iter().any(|it| !is_over(it)) {
        all.retain(|it| !is_over(it));
    }
    let Some(state) = all.iter().map(|it| it.state).min() else {
        let why = format!(
            "{name} is a maker of this site, {path}; no record in the register is about her"
        );
        return Judged::without_record(typed.to_owned(), "no record", why);
    };
    console::say(&format!(
        "{} is a maker of this site, {path}; these records are about her",
        visible(name)
    ));
    Report { state, records: all, ..Report::about(typed.to_owned()) }.into()
}

/// Code and scope that the site of this folder writes in its site.toml, if they can stand in a number.
fn brand_here() -> Option<Brand> {
    let site: toml::Table = std::fs::read_to_string("site.toml").ok()?.parse().ok()?;
    let brand = site.get("brand")?.as_table()?;
    Brand::new(brand.get("code")?.as_str()?, brand.get("scope")?.as_str()?).ok()
}

/// Whether it is the address of a page that sites have, such as `…/designs/d-1/`: no scope is called so.
fn is_page(typed: &str) -> bool {
    let Ok(Identifier { root: Root::Address(root), .. }) = identifier::parse(typed) else {
        return false;
    };
    let last = root.rsplit('/').next().unwrap_or_default();
    ["products", "designs", "makers", "collections"].contains(&last)
}

/// The ledger of a register that has all its records; with one missing, numbers could be others' than they seem.
fn ledger_of(audit: &FolderAudit) -> Option<Ledger> {
    let folded = audit.folded.as_ref().filter(|folded| folded.gap.is_none())?;
    Some(Ledger::new(audit.records.iter().map(|record| record.signed()), folded))
}

/// What an identifier on the web is of: its register lies at the address without the groups of the scope, of which there are one to four.
fn of_web(
    address: &str,
    tls_root: Option<&Path>,
    trust: &Trust,
    at: Option<jiff::Timestamp>,
) -> Result<Judged, Failed> {
    let Ok(Identifier { root: Root::Address(root), number }) = identifier::parse(address) else {
        return Ok(unknown(address, ReadFault::NotOne.to_string()));
    };
    let web =
        RealWeb::new(tls_roots(tls_root)?.as_deref()).map_err(|why| Failed(why.to_owned()))?;
    let scheme = address.split("://").next().unwrap_or("https");
    // Capitals in a path count.
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let root = rest.get(..root.len()).unwrap_or(&root);
    let parts: Vec<&str> = root.split('/').collect();
    for groups in 1..=4.min(parts.len() - 1) {
        let base = format!("{scheme}://{}", parts[..parts.len() - groups].join("/"));
        let site = PublishedSite::at(&web, &base);
        if site.read("log/checkpoint")?.is_none() {
            continue;
        }
        let audit = whole(&site, &base, || verify::folder(address, &site, trust, None, at))?;
        let ledger = ledger_of(&audit).ok_or_else(|| {
            Failed(format!(
                "the register at {base} cannot be read, or not all of it is there; selvedge verify {base} tells why"
            ))
        })?;
        return Ok(told(address, &number, &ledger, &audit));
    }
    Err(Failed(format!(
        "{address} looks like the identifier of a design or an edition, and no register was found above it; give the address of a site, or \
         of a record's page"
    )))
}

fn unknown(typed: &str, why: String) -> Judged {
    Judged::unknown(typed.trim().to_owned(), why)
}

/// Names the record of a number, and judges it.
fn told(typed: &str, number: &Number, ledger: &Ledger, audit: &FolderAudit) -> Judged {
    let found = match ledger.find(number) {
        Ok(found) => found,
        Err(why) => return unknown(typed, why.to_string()),
    };
    let id = found.id();
    let target = format!("{}.json", id.short());
    let gone = audit.gone();
    let report = audit.report.records.iter().chain(&gone).find(|it| it.target == target);
    let Some(report) = report else {
        return unknown(typed, format!("its record {} is not at hand", id.short()));
    };
    let printed = match &found {
        Found::Design(_) => number.to_string(),
        Found::Edition(edition, serial) => {
            ledger.number(edition, *serial, number.brand.as_ref()).to_string()
        }
    };
    let signed = audit.records.iter().find(|record| record.id() == id).map(|it| it.signed());
    console::say(&format!(
        "{printed} is {} {}: record {}{}",
        of_what(&found),
        signed.map_or_else(|| "whose content is not at hand".to_owned(), named),
        id.short(),
        signed.map_or_else(String::new, |signed| format!(", signed as {}", signed.record().issuer)),
    ));
    let mut report = verify::told_alone(report.clone(), &audit.report.findings);
    if let Found::Edition(edition, Some(serial)) = found {
        report.findings.push(of_tag(ledger, edition, serial));
    }
    Report { target: printed, ..report }.into()
}

fn of_what(found: &Found<'_>) -> String {
    match found {
        Found::Design(_) => "the design".to_owned(),
        Found::Edition(_, None) => "the edition".to_owned(),
        Found::Edition(_, Some(serial)) => format!("number {serial} of the edition"),
    }
}

/// What a record calls its thing.
fn named(signed: &SignedRecord) -> String {
    let subject = &signed.record().subject;
    let name = match (subject.as_design(), subject.as_statement()) {
        (Some(design), _) => Some(design.name.clone()),
        (None, Some(statement)) => statement.members.get("name").and_then(texts_from_value),
        (None, None) => None,
    };
    let name = name.as_ref().map(|name| first_text(name)).filter(|name| !name.is_empty());
    match name {
        Some(name) => format!("\"{}\"", visible(name)),
        None => "without a name that can be shown".to_owned(),
    }
}

/// Whether a tag with a number was issued, and still counts. That a tag looks so shows nothing of the piece.
fn of_tag(ledger: &Ledger, edition: &Edition, serial: u64) -> Finding {
    let (axis, check) = (Axis::Status, "tag");
    let Some(batch) = ledger.batch_with(edition, serial) else {
        return Finding::invalid(
            axis,
            check,
            format!("no tag with the number {serial} was ever issued for this edition"),
        );
    };
    if let Some(void) = batch.void_at(serial) {
        let day = void.at.strftime("%Y-%m-%d");
        return Finding::invalid(
            axis,
            check,
            format!("tag {serial} counts no more since {day}: {}", void.reason),
        );
    }
    if !matches!(batch.condition, verify::fold::Condition::InForce) {
        let how = batch.condition.in_words();
        return Finding::invalid(
            axis,
            check,
            format!("the tags with the number {serial} are {how}"),
        );
    }
    let day = batch.created.strftime("%Y-%m-%d");
    Finding::valid(
        axis,
        check,
        format!("tag {serial} was issued on {day}; a copied tag has the same number"),
    )
}
