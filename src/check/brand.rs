//! The part `[brand]` of site.toml: what tags and printed numbers begin with.

use super::fields::{Fields, Languages};
use super::{Site, address};
use crate::diag::{Diagnostic, Diagnostics, Span, codes};
use crate::model::{Brand, LocaleIx};
use crate::provenance::brand::{Brand as Name, BrandFault};
use crate::provenance::identifier::{self, scope_path};

/// The brand, if it has a code and a scope that can stand in a number.
pub(super) fn brand(fields: &mut Fields<'_>, languages: Languages<'_>) -> Option<Brand> {
    let (table, span) = fields.group("brand")?;
    let mut group = Fields::new(table, span, "the brand".to_owned(), languages);
    let code = group.string("code");
    if code.is_none() && !group.has("code") {
        group.missing("code", "code = \"LOOM\"");
    }
    let scope = group.string("scope");
    if scope.is_none() && !group.has("scope") {
        group.missing("scope", "scope = \"ZZ-NOR\"");
    }
    let second_address = address(&mut group, "second_address");
    let name = code.zip(scope).and_then(|(code, scope)| {
        let fault = match Name::new(&code.value, &scope.value) {
            Ok(name) => return Some(name),
            Err(fault) => fault,
        };
        // A code that is wrong is told before the scope, whichever of both it is.
        let is_of_code = match fault {
            BrandFault::Code => true,
            BrandFault::ReadsAsNumber => {
                Name::new(&code.value, "ZZ").err() == Some(BrandFault::ReadsAsNumber)
            }
            BrandFault::Scope | BrandFault::LooksLikeDigits => false,
        };
        let (span, example) = match is_of_code {
            true => (code.span, "write for example code = \"LOOM\""),
            false => (scope.span, "write for example scope = \"ZZ-NOR\""),
        };
        group.report(Diagnostic::error(codes::BAD_VALUE, span, fault.to_string()).label(example));
        None
    });
    for diagnostic in group.finish() {
        fields.report(diagnostic);
    }
    Some(Brand { name: name?, second_address })
}

/// Tells of pages that stand where the identifier of a design or an edition leads as an address: the pages stay.
pub(super) fn taken(site: &Site, diagnostics: &mut Diagnostics) {
    let Some(brand) = &site.brand else { return };
    let before = format!("x.example/{}", scope_path(&brand.name));
    let products = site.products.iter().map(|it| ("products/", it.id.as_str(), it.place));
    let makers =
        site.producers.iter().map(|it| ("makers/", it.id.as_str(), Span::file_start(it.file)));
    let designs =
        site.designs.iter().map(|it| ("designs/", it.id.as_str(), Span::file_start(it.file)));
    let collections = site
        .collections
        .iter()
        .map(|it| ("collections/", it.id.as_str(), Span::file_start(it.file)));
    let pages = site.pages.iter().map(|it| ("", it.id.as_str(), Span::file_start(it.file)));
    let all: Vec<(&str, &str, Span)> =
        products.chain(makers).chain(designs).chain(collections).chain(pages).collect();
    for ix in site.locale_ixs() {
        let language = match ix {
            LocaleIx::FIRST => String::new(),
            _ => format!("{}/", site.locale(ix).tag()),
        };
        for (folder, id, place) in &all {
            let address = format!("{language}{folder}{id}");
            let written = format!("x.example/{address}");
            let is_taken = identifier::parse(&written)
                .is_ok_and(|it| it.root.to_string() == before && it.to_string() == written);
            if !is_taken {
                continue;
            }
            let words = format!(
                "the page at {address}/ stands where the identifier of a design or an edition of your brand leads; the page stays, and the identifier \
                 leads to it and not to the record"
            );
            diagnostics.push(Diagnostic::warning(codes::TAKEN_ADDRESS, *place, words).hint(
                match place.range().start {
                    0 => "give the file another name, for example with a word more",
                    _ => "write another id into the column `id`, for example with a word more",
                },
            ));
        }
    }
}
