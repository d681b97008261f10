//! `verify` of a number: a short number, a full identifier or an alias is looked up, and its record judged.

use std::path::Path;

use super::verify::{Judged, tls_roots, web_address, whole};
use super::{Failed, console};
use crate::diag::report::visible;
use crate::evidence::Disk;
use crate::fetch::{PublishedSite, RealWeb};
use crate::provenance::brand::{Brand, Number};
use crate::provenance::files::Files as _;
use crate::provenance::identifier::{self, Identifier, Root};
use crate::provenance::record::{SignedRecord, texts_from_value};
use crate::tags::find::{self, Found, ReadFault, Register};
use crate::tags::{Edition, Ledger, first_text};
use crate::verify::{self, Axis, Finding, FolderAudit, Report, Trust};

/// The judgement on what a number is of, if the target is one: it is no file, and looks like no address of another sort.
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
    if meant == Err(ReadFault::NotOne) || is_page(typed) {
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
