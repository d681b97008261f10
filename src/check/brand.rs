//! The part `[brand]` of site.toml: what tags and printed numbers begin with.

use super::address;
use super::fields::{Fields, Languages};
use crate::diag::{Diagnostic, codes};
use crate::model::Brand;
use crate::provenance::brand::{Brand as Name, BrandFault};

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
