//! Recordings that no page plays.

use std::collections::BTreeSet;

use crate::diag::{Diagnostic, Diagnostics, Place, Severity, codes};
use crate::read::{Draft, Item, Table, Value};

use super::items::ending;

/// The endings of files that are recordings, whether a page can play them or not.
pub(super) const SOUND_ENDINGS: [&str; 12] =
    ["mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "aac", "amr", "3gp", "wma", "aiff"];

/// Names the recordings beside products, makers and designs that no file names. What is hidden, or for some people only, counts as
/// named: nobody has to take it out of the folder.
pub(super) fn unused(draft: &Draft, diagnostics: &mut Diagnostics) {
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut take = |fields: &Table, folder: &str| {
        if let Some((_, value)) = fields.get("audio")
            && let Value::String(file) = &value.value
        {
            named.extend([format!("{folder}{file}"), file.clone()]);
        }
    };
    let things = || draft.products.iter().chain(&draft.producers).chain(&draft.designs);
    for Item { document, translations, folder, .. } in things() {
        let translations = translations.iter().map(|(_, document)| document);
        for document in std::iter::once(document).chain(translations) {
            take(&document.fields, folder);
        }
    }
    if let Some((_, value)) = draft.site.fields.get("maker")
        && let Value::Table(maker) = &value.value
    {
        take(maker, "");
    }
    for section in ["products/", "producers/", "designs/"] {
        for path in draft.tree.below(section) {
            if !SOUND_ENDINGS.contains(&&*ending(path)) || named.contains(path) {
                continue;
            }
            let name = path.rsplit('/').next().unwrap_or(path);
            diagnostics.push(
                Diagnostic::new(
                    Severity::Warning,
                    codes::UNKNOWN_FILE,
                    Place::Path(path.to_owned()),
                    "no page plays this recording",
                )
                .hint(format!(
                    "in the file of the thing that it tells of, write audio = \"{name}\""
                )),
            );
        }
    }
}
