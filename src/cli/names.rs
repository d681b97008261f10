//! `record names`, `show-name`, `hide-name`, `erase-name`: names that are kept apart from what is signed.
//!
//! None of them signs, so none asks for a passphrase; what is shown or erased for good is asked about.

use std::path::{Path, PathBuf};

use crate::attest::SiteLookup;
use crate::attest::people::{self, Person};
use crate::diag::report::visible;
use crate::provenance::log::ShortId;
use crate::provenance::person;
use crate::provenance::record::{SignedRecord, Texts};
use crate::write::{FolderLock, RealDisk};

use super::record::Args;
use super::{Ended, Failed, Outcome, console};

/// A name that was chosen, with its record if there is one here.
struct Chosen {
    person: Person,
    record: Option<ShortId>,
}

/// `record names`: which names are kept apart, and whether pages show them.
pub(super) fn list(args: &Args) -> Outcome {
    // There is nothing to name, so the first argument is the site.
    let root = args.what.as_ref().map_or_else(|| args.place.root(), PathBuf::from);
    let lookup = SiteLookup::load(&root);
    let mut left = people::all(&root)?;
    let mut rows = Vec::new();
    for signed in lookup.records() {
        let record = signed.record();
        for (at, commitment) in person::commitments(record).into_iter().enumerate() {
            let is_it = |person: &Person| {
                person.opening.commitment() == commitment && person.opening.opens(record)
            };
            let found = left.iter().position(is_it).map(|place| left.remove(place));
            rows.push((Some(signed.id().short()), at + 1, commitment.path(), found));
        }
    }
    rows.extend(left.into_iter().map(|it| (None, 1, it.opening.commitment().path(), Some(it))));
    let state = |person: &Option<Person>| match person {
        Some(person) if person.is_shown => "shown",
        Some(_) => "kept",
        None => "not at hand",
    };
    let name = |person: &Option<Person>| person.as_ref().map(|it| first(&it.opening.name));
    if args.json {
        let row = |(record, number, path, person): &(Option<ShortId>, usize, String, _)| {
            serde_json::json!({
                "record": record.as_ref().map(ShortId::as_str),
                "number": number,
                "file": path,
                "state": state(person),
                "name": name(person),
            })
        };
        console::json(&rows.iter().map(row).collect());
        return Ok(Ended::Fine);
    }
    if rows.is_empty() {
        console::say("no name is kept apart in this register");
    }
    for (record, number, path, person) in &rows {
        let of = record.as_ref().map_or_else(
            || format!("of no record in the register, {path}"),
            |record| format!("{record}  {number:>2}"),
        );
        let name = name(person).unwrap_or_else(|| "erased, or lost".to_owned());
        console::print(&format!("{of}  {:<11}  {}\n", state(person), visible(&name)));
    }
    Ok(Ended::Fine)
}

/// `record show-name`: the next build shows it.
pub(super) fn show(args: &Args) -> Outcome {
    let root = args.place.root();
    let _lock = FolderLock::take(&root, "changing the names in")?;
    let Some(chosen) = choose(args, &root)? else { return Ok(Ended::Fine) };
    let opening = &chosen.person.opening;
    let Some(record) = &chosen.record else {
        return Err(Failed(
            "this name belongs to no record of the register, so no page can show it".to_owned(),
        ));
    };
    if chosen.person.is_shown {
        console::say("it is shown already; `selvedge build` puts it on its page");
        return Ok(Ended::Fine);
    }
    let words = format!(
        "You are about to show the name {} on the page of {record}.\nIt will be published, unsigned, as {}. You can take it from \
         your site again; copies that others made cannot be taken back. Ask the person first.\n",
        quoted(&opening.name),
        opening.commitment().path(),
    );
    if !agreed(args, &words, "Show it?", "show a name")? {
        return Ok(Ended::Fine);
    }
    people::show(&root, opening, &RealDisk)?;
    console::say("The next `selvedge build` shows it.");
    Ok(Ended::Fine)
}

/// `record hide-name`: the next build shows it no more; it stays kept.
pub(super) fn hide(args: &Args) -> Outcome {
    let root = args.place.root();
    let _lock = FolderLock::take(&root, "changing the names in")?;
    let Some(chosen) = choose(args, &root)? else { return Ok(Ended::Fine) };
    if !chosen.person.is_shown {
        console::say("it is not shown");
        return Ok(Ended::Fine);
    }
    people::hide(&root, &chosen.person.opening, &RealDisk)?;
    console::say(&format!(
        "The name is kept in {} only. Now build and publish the site again: until then the old page shows it. The history of \
         git, and copies that others made, stay.",
        people::FOLDER
    ));
    Ok(Ended::Fine)
}

/// `record erase-name`: nobody can tell any more who was meant.
pub(super) fn erase(args: &Args) -> Outcome {
    let root = args.place.root();
    let _lock = FolderLock::take(&root, "changing the names in")?;
    let Some(chosen) = choose(args, &root)? else { return Ok(Ended::Fine) };
    let opening = &chosen.person.opening;
    let of = chosen.record.as_ref().map_or_else(String::new, |record| format!(" of {record}"));
    let words = format!(
        "You are about to erase the name {}{of} for good: after that nobody, you included, can show who was meant. The record \
         itself stays as it was signed.\n",
        quoted(&opening.name),
    );
    if !agreed(args, &words, "Erase it?", "erase a name")? {
        return Ok(Ended::Fine);
    }
    people::erase(&root, &opening.commitment(), &RealDisk)?;
    console::say(
        "Erased. Now build and publish the site again: until then the old page shows it, if it ever did. What is left is for you \
         to erase: the file in which you wrote the name, and backups from before. The history of git, and copies that others \
         made, stay.",
    );
    let lookup = SiteLookup::load(&root);
    for other in people::all(&root)? {
        if other.opening.name.iter().any(|text| opening.name.contains(text)) {
            let what = record_of(&lookup, &other).map_or_else(
                || other.opening.commitment().path(),
                |signed| signed.id().short().to_string(),
            );
            console::say(&format!(
                "The same name is kept apart in another place: selvedge record erase-name {what} {}",
                root.display()
            ));
        }
    }
    Ok(Ended::Fine)
}

/// The name that is meant; none if there are several and no number, and then they are listed.
fn choose(args: &Args, root: &Path) -> Result<Option<Chosen>, Failed> {
    let Some(what) = args.what.as_deref() else {
        return Err(Failed(format!(
            "say of which record: `selvedge record {} IDF6JDYS my-shop`; `selvedge record names my-shop` lists them",
            args.verb
        )));
    };
    let lookup = SiteLookup::load(root);
    if let Some((_, file)) = what.rsplit_once("people/") {
        let found = people::all(root)?.into_iter();
        let is_it = |person: &Person| person.opening.commitment().file_name() == file;
        let person = found.into_iter().find(is_it).ok_or_else(|| {
            Failed(format!(
                "{what} holds no name that was kept apart; if nobody needs the file, remove it"
            ))
        })?;
        let record = record_of(&lookup, &person).map(|signed| signed.id().short());
        return Ok(Some(Chosen { person, record }));
    }
    let signed = lookup.signed(what).map_err(Failed)?;
    let record = Some(signed.id().short());
    let mut found = people::of(root, signed.record())?;
    let number = match (args.person, found.len()) {
        (_, 0) => return Err(Failed(nobody(signed))),
        (None, 1) => 1,
        (Some(number), _) => number,
        (None, _) => {
            for (at, person) in found.iter().enumerate() {
                console::print(&format!(
                    "{:>4}  {}\n",
                    at + 1,
                    visible(&first(&person.opening.name))
                ));
            }
            console::say(
                "It keeps several names apart: say which with --person N; nothing was done.",
            );
            return Ok(None);
        }
    };
    match number.checked_sub(1).filter(|at| *at < found.len()) {
        Some(at) => Ok(Some(Chosen { person: found.swap_remove(at), record })),
        None => Err(Failed(format!(
            "there is no name {number} in this record: it has {}",
            match found.len() {
                1 => "one".to_owned(),
                many => format!("1 to {many}"),
            }
        ))),
    }
}

/// Why a record has no name to choose.
fn nobody(signed: &SignedRecord) -> String {
    let short = signed.id().short();
    match person::commitments(signed.record()).is_empty() {
        true => format!("{short} keeps no name apart; what stands in its text stays there"),
        false => format!(
            "the name that {short} keeps apart is not at hand: it was erased, or {} was lost; a backup may have it",
            people::FOLDER
        ),
    }
}

fn record_of<'l>(lookup: &'l SiteLookup<'_>, person: &Person) -> Option<&'l SignedRecord> {
    lookup.records().find(|signed| person.opening.opens(signed.record()))
}

fn first(texts: &Texts) -> String {
    texts.first().map(|text| text.text.clone()).unwrap_or_default()
}

/// A name as it is shown in a question: what drives a terminal is made visible.
fn quoted(texts: &Texts) -> String {
    format!("\"{}\"", visible(&first(texts)))
}

/// Says what will be done, and asks.
fn agreed(args: &Args, words: &str, question: &str, what: &str) -> Result<bool, Failed> {
    console::say(words);
    if args.yes {
        return Ok(true);
    }
    if !console::is_interactive() {
        return Err(Failed(format!(
            "nobody can be asked whether to {what}; say --yes if it is right"
        )));
    }
    let answer = console::ask(&format!("{question} (yes or no)"), "no").to_lowercase();
    let is_right = matches!(answer.as_str(), "yes" | "y");
    if !is_right {
        console::say("nothing was changed");
    }
    Ok(is_right)
}
