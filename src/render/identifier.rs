//! Full identifiers on pages, and as addresses: `<scope>/d-42/e2/` is a small page that leads to the page of the record.
//!
//! Only a site with a brand has them. Such a page says in words where it leads, needs no script, and takes no address that
//! something else of the site has.

use std::fmt::Write as _;

use super::link::Linker;
use super::markdown::escape;
use super::speaker::Speaker;
use super::{Route, Routes, SitePath, direction, record};
use crate::model::LocaleIx;
use crate::provenance::brand::{Brand, Number};
use crate::provenance::identifier::{Identifier, Root, scope_path};
use crate::provenance::log::RecordId;
use crate::theme::view;

/// An address that leads to a record.
pub(super) struct Door {
    /// The address, with a closing slash.
    dir: String,
    record: RecordId,
    number: Number,
}

fn brand<'r>(routes: &Routes<'r>) -> Option<&'r Brand> {
    routes.inputs.site.brand.as_ref().map(|brand| &brand.name)
}

/// What full identifiers of this register begin with: that of the register's own address, else of the site's.
fn root(routes: &Routes<'_>) -> Option<Root> {
    let brand = brand(routes)?;
    let register = routes.inputs.evidence.identity().map(|own| own.base.authority_and_path());
    let place = register.or_else(|| {
        let url = routes.inputs.site.base_url.as_ref()?.as_str();
        Some(url.trim_start_matches("https://").trim_end_matches('/').to_owned())
    })?;
    Some(Root::at(&place, brand))
}

/// What a record is called in print and in links; none if it is neither a design nor an edition, or has no other name than its own.
pub(super) fn numbers(routes: &Routes<'_>, id: &RecordId) -> Option<view::Numbers> {
    let ledger = &routes.tags().ledger;
    let brand = brand(routes);
    let number = ledger.number_of(id, brand)?;
    let numbers = view::Numbers {
        short: brand.map(|_| number.to_string()),
        identifier: root(routes).map(|root| Identifier::of(root, &number).to_string()),
        alias: ledger
            .charter_letters()
            .map(|letters| Identifier::of(Root::Charter(letters), &number).to_string()),
    };
    (numbers.short.is_some() || numbers.alias.is_some()).then_some(numbers)
}

/// Every such address whose record has a page, in the order of the register.
pub(super) fn doors(routes: &Routes<'_>) -> Vec<Door> {
    let Some(brand) = brand(routes) else { return Vec::new() };
    let ledger = &routes.tags().ledger;
    let root = Root::Address(scope_path(brand));
    let designs = (1..=ledger.design_count()).filter_map(|number| ledger.design(number));
    let editions = ledger.editions.iter().map(|edition| edition.id);
    let door = |record: RecordId| {
        let number = ledger.number_of(&record, Some(brand))?;
        let dir = format!("{}/", Identifier::of(root.clone(), &number));
        routes.register.find(&record).map(|_| Door { dir, record, number })
    };
    designs.chain(editions).filter_map(door).collect()
}

impl Door {
    /// Takes its address, unless something else of the site has it or is a file where a folder would have to be.
    pub(super) fn path_beside(
        &self,
        map: &std::collections::BTreeMap<SitePath, Route>,
    ) -> Option<SitePath> {
        let path = SitePath::page(&self.dir);
        let above = self.dir.match_indices('/').map(|(at, _)| SitePath::file(&self.dir[..at]));
        let is_free = !map.contains_key(&path) && !{ above }.any(|file| map.contains_key(&file));
        is_free.then_some(path)
    }
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem}h1{font-size:1.25rem}h1,p{overflow-wrap:anywhere}";

/// Makes the page.
pub(super) fn html(routes: &Routes<'_>, door: &Door) -> String {
    let linker = Linker::new(&door.dir, routes.inputs.links);
    let site = routes.inputs.site;
    let name = root(routes).map_or_else(
        || door.number.to_string(),
        |root| Identifier::of(root, &door.number).to_string(),
    );
    let record = record::dir(&door.record);
    let href = escape(&linker.page(&record));
    let first = site.locale(LocaleIx::FIRST);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src {}; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta http-equiv=\"refresh\" content=\"0; url={href}\">\n",
        first.tag(),
        direction(first.direction()),
        record::csp_hash(STYLE),
        escape(&name),
    );
    if let Some(base) = &site.base_url {
        let _ = writeln!(out, "<link rel=\"canonical\" href=\"{}\">", escape(&base.join(&record)));
    }
    let _ = write!(
        out,
        "<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1><bdi dir=\"ltr\">{}</bdi></h1>\n",
        escape(&name)
    );
    for ix in site.locale_ixs() {
        let locale = site.locale(ix);
        let speaker = Speaker { routes, linker: &linker, ix };
        let shop = super::page::plain(site.name.shown(ix).value);
        let _ = writeln!(
            out,
            "<p lang=\"{}\" dir=\"{}\">{} <a href=\"{href}\">{}</a></p>",
            locale.tag(),
            direction(locale.direction()),
            escape(&speaker.say("identifier_leads", &[("name", &shop)])),
            escape(&speaker.word("record_open")),
        );
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}
