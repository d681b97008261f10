//! What a person answers, in a file of the folder `private`, which is in no output.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use toml_edit::DocumentMut;

use crate::attest::{AttestError, keep_private_out};
use crate::diag::{Diagnostic, Diagnostics, Place, Severity, Sources, Spanned, codes, nearest};
use crate::read::{self, Value};
use crate::write::{self, Disk, Mode};

use super::checklist::{CRITERIA, QUESTIONS, SOURCE, Wording, wording};
use super::{Answer, Answers};

/// Longest file in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Whether the association may count along, in its name in files.
const COUNT_ME: &str = "count_me";

/// What somebody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// To the questions.
    pub answers: Answers,
    /// To the minimum criteria, by their names in files.
    pub criteria: BTreeMap<&'static str, Answer>,
    /// Whether the association in whose list she stands may count these answers among others.
    pub may_be_counted: bool,
}

/// The path of the file below the site's folder: that of the shop, or of one maker by her id.
#[must_use]
pub fn path(maker: Option<&str>) -> String {
    match maker {
        None => "private/assess.toml".to_owned(),
        Some(id) => format!("private/assess/{id}.toml"),
    }
}

/// Reads what was answered; `None` if there is no file. What is wrong in it is told with its line, and `shown` is what the
/// path begins with in that.
pub fn load(
    root: &Path,
    path: &str,
    shown: &str,
    sources: &mut Sources,
    found: &mut Diagnostics,
) -> Option<Said> {
    let shown = format!("{shown}{path}");
    let text = match text(root, path) {
        Ok(text) => text?,
        Err(why) => {
            let words = format!("these answers cannot be read: {why}");
            let place = Place::Path(shown);
            found.push(Diagnostic::new(Severity::Error, codes::FILE_UNREADABLE, place, words));
            return None;
        }
    };
    let file = sources.add(shown, text);
    let (fields, _) = read::parse_fields(sources.text(file), 0, file, found);
    let mut said = Said::default();
    for (name, value) in fields.entries() {
        let number = name.value.strip_prefix('q').and_then(|digits| digits.parse::<u8>().ok());
        let number = number.filter(|number| (1..=QUESTIONS).contains(number));
        let criterion = CRITERIA.iter().find(|criterion| criterion.id == name.value);
        match (number, criterion) {
            (Some(number), _) => {
                said.answers.0.extend(answer(name, value, found).map(|answer| (number, answer)));
            }
            (_, Some(known)) => {
                said.criteria.extend(answer(name, value, found).map(|answer| (known.id, answer)));
            }
            _ if name.value == COUNT_ME => {
                said.may_be_counted = answer(name, value, found) == Some(Answer::Yes);
            }
            _ => found.push(unknown(name)),
        }
    }
    Some(said)
}

/// The text of a plain file of the folder itself; links are not followed.
fn text(root: &Path, path: &str) -> Result<Option<String>, String> {
    let mut place = root.to_owned();
    for part in path.split('/') {
        place.push(part);
        match fs::symlink_metadata(&place) {
            Ok(facts) if facts.is_symlink() => {
                return Err(format!("{part} is a link; put the file itself there"));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(write::plain_words(&error)),
        }
    }
    let mut text = String::new();
    let file = File::open(&place).map_err(|error| write::plain_words(&error))?;
    let read = file.take(MAX_FILE + 1).read_to_string(&mut text);
    read.map_err(|error| write::plain_words(&error))?;
    if text.len() as u64 > MAX_FILE {
        return Err("the file is far too long".to_owned());
    }
    Ok(Some(text))
}

/// An answer; an empty one is none.
fn answer(
    name: &Spanned<String>,
    value: &Spanned<Value>,
    found: &mut Diagnostics,
) -> Option<Answer> {
    let word = match &value.value {
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        Value::String(text) => text.trim().to_lowercase(),
        _ => "?".to_owned(),
    };
    let known = Answer::ALL.iter().find(|(_, name)| *name == word).map(|(answer, _)| *answer);
    if known.is_none() && !word.is_empty() {
        let name = &name.value;
        let all = Answer::ALL.map(|(_, name)| name);
        let near = nearest(&word, all).unwrap_or("yes");
        let words = format!("the answer `{name}` is \"yes\", \"no\" or \"not applicable\"");
        found.push(
            Diagnostic::error(codes::BAD_VALUE, value.span, words)
                .label(format!("write for example {name} = \"{near}\""))
                .hint(format!("what is not answered yet stays empty: {name} = \"\"")),
        );
    }
    known
}

fn unknown(name: &Spanned<String>) -> Diagnostic {
    let words = format!("there is no question `{}`, so this was not used", name.value);
    let numbers: Vec<String> = (1..=QUESTIONS).map(|number| format!("q{number}")).collect();
    let names = numbers.iter().map(String::as_str).chain(CRITERIA.iter().map(|it| it.id));
    let is_number = name.value.strip_prefix('q').is_some_and(|rest| rest.parse::<u64>().is_ok());
    let near = nearest(&name.value, names.chain([COUNT_ME])).filter(|_| !is_number);
    let diagnostic = Diagnostic::warning(codes::UNKNOWN_FIELD, name.span, words)
        .hint("the questions are q1 to q44, the criteria a1 to d5, and count_me");
    match near {
        Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

/// The comment above an answer in the file.
fn comment(number: u8) -> String {
    match wording(number) {
        Wording::Asks(words) => format!("{number}. {words}"),
        Wording::About(words) => format!("{number}. In the report; it is about {words}"),
        Wording::Missing => format!("{number}. In the report (its text is not in this program)"),
    }
}

/// Writes the file with every question, or adds to it those that are missing; what stands there stays. Gives how many were
/// added.
///
/// # Errors
/// If git would give the folder away, what is there is not understood, or the disk fails.
pub fn prepare(root: &Path, path: &str, disk: &dyn Disk) -> Result<usize, AttestError> {
    let read = |why: String| AttestError::Read(format!("{path}: {why}"));
    let old = text(root, path).map_err(read)?;
    let mut document: DocumentMut = old.clone().unwrap_or_default().parse().map_err(|_| {
        read("it is not understood; run the command without --new, it tells the line".to_owned())
    })?;
    let head = format!(
        "# Answers to the checklist of {SOURCE}. Private: it is published nowhere.\n\
         # Write \"yes\", \"no\" or \"not applicable\"; what is left empty counts as not answered. What your folder answers by\n\
         # itself need not be repeated; an answer here counts more. Where the text of a question is not given, take it\n\
         # from the report.\n\n\
         # May the association that has your folder count these answers, without your name?"
    );
    let questions = (1..=QUESTIONS).map(|number| (format!("q{number}"), comment(number)));
    let criteria = CRITERIA
        .iter()
        .map(|it| (it.id.to_owned(), format!("Minimum criteria, {}: {}", it.id, it.words)));
    let all = std::iter::once((COUNT_ME.to_owned(), head.trim_start_matches("# ").to_owned()));
    let mut added = 0;
    for (name, words) in all.chain(questions).chain(criteria) {
        if document.contains_key(&name) {
            continue;
        }
        document[&name] = toml_edit::value("");
        if let Some(mut key) = document.key_mut(&name) {
            let gap = if added == 0 && old.is_none() { "" } else { "\n" };
            key.leaf_decor_mut().set_prefix(format!("{gap}# {words}\n"));
        }
        added += 1;
    }
    if added > 0 {
        keep_private_out(root, disk)?;
        let place = root.join(path);
        let mut folder = root.to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        for part in &parts[..parts.len() - 1] {
            folder.push(part);
            write::create_folders(disk, &folder, Mode::Secret).map_err(AttestError::Disk)?;
        }
        write::replace(disk, &place, document.to_string().as_bytes(), Mode::Secret)
            .map_err(AttestError::Disk)?;
    }
    Ok(added)
}
