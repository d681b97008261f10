//! The part `[publish]` of site.toml.

use super::fields::{Fields, Languages};
use crate::diag::{Diagnostic, codes};
use crate::fetch;
use crate::model::{Publish, Target};

/// Where and how the site is published.
pub(super) fn publish(fields: &mut Fields<'_>, languages: Languages<'_>) -> Publish {
    let Some((table, span)) = fields.group("publish") else { return Publish::default() };
    let mut group = Fields::new(table, span, "the part [publish]".to_owned(), languages);
    let to = group.string("to").and_then(|written| match Target::parse(&written.value) {
        Ok(target) => Some(target),
        Err(why) => {
            group.report(
                Diagnostic::error(codes::BAD_VALUE, written.span, why.to_string())
                    .label("write for example to = \"git:gh-pages\"")
                    .hint(Target::EXAMPLES),
            );
            None
        }
    });
    let endpoint =
        group.string("endpoint").and_then(|written| match fetch::admit(&written.value) {
            Ok(_) => Some(written.value),
            Err(error) => {
                group.report(
                    Diagnostic::error(codes::BAD_ADDRESS, written.span, error.why)
                        .label("write for example endpoint = \"https://storage.example\""),
                );
                None
            }
        });
    let publish = Publish {
        to,
        endpoint,
        region: group.string("region").map(|written| written.value),
        headers: group.flag("headers"),
        full_links: group.flag("full_links"),
        forget_history: group.flag("forget_history"),
    };
    for diagnostic in group.finish() {
        fields.report(diagnostic);
    }
    publish
}
