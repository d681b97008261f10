//! Complaints: what somebody told an association about a thing, kept for itself, with what was done about it.
//!
//! Each has a folder of its own, `private/complaints/<number>`, with `complaint.toml` and at most one photograph, from
//! which place, time and camera were taken out. The folder `private` is in no output, git ignores it, and publishing
//! refuses its bytes; this module sees to the second before it writes ([`keep_private_out`]). What others may read, a record
//! that makes a tag void, suspends or disputes, is written here in neutral words, and [`Complaint::betrays`] keeps out of
//! it who complained.
//!
//! A file is a person's: what she writes into it beside what commands write, comments and fields of her own, stays.

mod register;
mod words;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

use crate::attest::{AttestError, keep_private_out};
use crate::check::told_in;
use crate::diag::{Diagnostic, Sources, Span, codes};
use crate::media::{Limits, PhotoError, strip_metadata_master};
use crate::write::{self, Disk, FolderLock, Mode};

pub use register::{Subject, Told, look_up};
pub use words::{days_in, dispute_toml, suspend_toml, void_tag_toml};

/// Where complaints are kept, below the site's folder.
pub const FOLDER: &str = "private/complaints";

/// After how many days somebody is owed an answer where nobody says otherwise.
pub const REPLY_DAYS: u32 = 14;

/// The file of a complaint, in its folder.
const FILE: &str = "complaint.toml";

/// Longest file in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Longest text that is taken, in characters.
pub const MAX_TEXT: usize = 20_000;

/// How far a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody answered yet.
    Open,
    /// Somebody answered.
    Answered,
    /// It is over.
    Closed,
}

impl State {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Open, "open"), (Self::Answered, "answered"), (Self::Closed, "closed")];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }
}

/// What an association did about a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It answered, and did no more.
    Answer,
    /// It made a tag void.
    VoidTag,
    /// It put a record on hold.
    Suspend,
    /// It entered a dispute in the register.
    Dispute,
    /// It closed the complaint.
    Close,
}

impl Act {
    /// What can follow an answer, by the names that people type.
    pub const NEXT: [(Self, &'static str); 4] = [
        (Self::Answer, "answer"),
        (Self::VoidTag, "void-tag"),
        (Self::Suspend, "suspend"),
        (Self::Dispute, "dispute"),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Close => "close",
            other => Self::NEXT.iter().find(|(act, _)| *act == other).map_or("", |(_, name)| name),
        }
    }
}

/// One complaint, as its file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Its number.
    pub number: u32,
    /// What it is about, as it was told: the number on a tag, a record, the address of a page.
    pub about: String,
    /// The number of the tag.
    pub tag: Option<u64>,
    /// The record that was found, by its short id.
    pub record: Option<String>,
    /// Who complains; private.
    pub name: String,
    /// How to reach that person; private.
    pub reach: String,
    /// What she says; private.
    pub says: String,
    /// The day it came.
    pub came: Date,
    /// By when she is owed an answer.
    pub reply_by: Date,
    /// How far it is.
    pub state: State,
    /// Its photograph, in its folder.
    pub photo: Option<String>,
    /// Where `reply_by` stands in the file.
    reply_by_at: Range<usize>,
    /// The text of its file.
    text: String,
}

/// What is known of a complaint when it comes.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// What it is about.
    pub about: String,
    /// The number of the tag.
    pub tag: Option<u64>,
    /// The record that was found, by its short id.
    pub record: Option<String>,
    /// Who complains.
    pub name: String,
    /// How to reach that person.
    pub reach: String,
    /// What she says.
    pub says: String,
    /// The file of her photograph.
    pub photo: Option<PathBuf>,
}

/// Something that was done about a complaint.
#[derive(Clone, Debug)]
pub struct Step {
    /// What.
    pub act: Act,
    /// When.
    pub on: Date,
    /// What was said.
    pub text: String,
    /// The record that was signed for it, by its short id.
    pub record: Option<String>,
}

/// Why nothing could be done with a complaint; in words for the person.
#[derive(Debug)]
pub enum ComplaintError {
    /// There is none of that number.
    Unknown(u32),
    /// The file is not what it should be.
    File {
        /// Its path below the site's folder.
        path: String,
        /// What is wrong, and what to write.
        why: String,
    },
    /// Something that was given cannot be kept.
    Given(String),
    /// The photograph cannot be kept.
    Photo(PathBuf, PhotoError),
    /// The folder `private` would be given away, or the disk failed.
    Keeping(AttestError),
    /// The disk failed.
    Disk(write::Error),
}

impl fmt::Display for ComplaintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(number) => {
                write!(
                    f,
                    "there is no complaint {number}; `selvedge complaint list --all` shows them"
                )
            }
            Self::File { path, why } => write!(f, "{path}: {why}"),
            Self::Given(why) => f.write_str(why),
            Self::Photo(path, error) => {
                write!(
                    f,
                    "the photograph {} cannot be kept: {error}; {}",
                    path.display(),
                    error.hint()
                )
            }
            Self::Keeping(error) => error.fmt(f),
            Self::Disk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ComplaintError {}

impl From<write::Error> for ComplaintError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<AttestError> for ComplaintError {
    fn from(error: AttestError) -> Self {
        Self::Keeping(error)
    }
}

impl Complaint {
    /// The path of its file below the site's folder.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}/{}/{FILE}", self.number)
    }

    /// Whether somebody waits for an answer that she should have by now.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state == State::Open && self.reply_by < today
    }

    /// The text of its file, and where in it the day of the answer stands, to point at it.
    #[must_use]
    pub fn source(&self) -> (&str, Range<usize>) {
        (&self.text, self.reply_by_at.clone())
    }

    /// What of the complaint stands in words that are to be public, and must not; `None` if nothing does.
    #[must_use]
    pub fn betrays(&self, words: &str) -> Option<&'static str> {
        let fold =
            |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let public = fold(words);
        let name = fold(&self.name);
        if name.chars().count() >= 2 && has_words(&public, &name) {
            return Some("the name of whoever complained");
        }
        let reach = fold(&self.reach);
        let number = digits(&reach);
        // With or without the code of the country.
        let tail = &number[number.len().saturating_sub(8)..];
        let is_number = tail.len() >= 6 && digits(&public).contains(tail);
        if reach.chars().count() >= 4 && public.contains(&reach) || is_number {
            return Some("how to reach whoever complained");
        }
        let sentences = self.says.split(['.', '!', '?', '\n', '؟', '。']).map(fold);
        if sentences.filter(|it| it.chars().count() >= 16).any(|it| public.contains(&it)) {
            return Some("the words of whoever complained");
        }
        let told = told_in(words);
        let is_personal =
            ["phone-number", "email-address", "street-address", "identity-number", "bank-details"];
        told.iter()
            .any(|kind| is_personal.contains(kind))
            .then_some("how somebody can be reached or found")
    }

    fn parse(number: u32, text: String) -> Result<Self, String> {
        let document = toml_edit::Document::parse(text.as_str()).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text[..at.min(text.len())].lines().count().max(1);
            format!("line {line} is not understood; fields are written as name = \"value\", one to a line")
        })?;
        let table = document.as_table();
        let string =
            |name: &str| table.get(name).and_then(Item::as_str).unwrap_or_default().to_owned();
        let day = |name: &str| -> Result<Date, String> {
            let item = table.get(name).ok_or_else(|| {
                format!("the field {name} is missing; write for example {name} = 2026-05-01")
            })?;
            let said = match (item.as_datetime(), item.as_str()) {
                (Some(date), _) => date.to_string(),
                (None, Some(text)) => text.to_owned(),
                (None, None) => String::new(),
            };
            said.parse()
                .map_err(|_| format!("{name} is not a day; write for example {name} = 2026-05-01"))
        };
        let state = string("state");
        let state = State::ALL.iter().find(|(_, name)| *name == state).map(|(state, _)| *state);
        let from = table.get("from").and_then(Item::as_table_like);
        let of_from = |name: &str| {
            from.and_then(|it| it.get(name)).and_then(Item::as_str).unwrap_or_default().to_owned()
        };
        let reply_by_at = table.get("reply_by").and_then(Item::span).unwrap_or(0..0);
        Ok(Self {
            number,
            about: string("about"),
            tag: table
                .get("tag")
                .and_then(Item::as_integer)
                .and_then(|tag| u64::try_from(tag).ok()),
            record: Some(string("record")).filter(|it| !it.is_empty()),
            name: of_from("name"),
            reach: of_from("reach"),
            says: string("says"),
            came: day("came")?,
            reply_by: day("reply_by")?,
            state: state.ok_or("state is \"open\", \"answered\" or \"closed\"")?,
            photo: Some(string("photo")).filter(|it| !it.is_empty()),
            reply_by_at,
            text: text.clone(),
        })
    }
}

/// Whether a text has these words, not as a part of others.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
    })
}

/// The numbers of the folders that are there, in order.
fn numbers(root: &Path) -> Result<Vec<u32>, ComplaintError> {
    let folder = root.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(FOLDER, &error)),
    };
    let mut numbers: Vec<u32> =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn unreadable(path: &str, error: &io::Error) -> ComplaintError {
    let why = format!("it cannot be read: {}", write::plain_words(error));
    ComplaintError::File { path: path.to_owned(), why }
}

/// One complaint.
///
/// # Errors
/// If there is none of that number, or its file is not understood.
pub fn load(root: &Path, number: u32) -> Result<Complaint, ComplaintError> {
    let path = format!("{FOLDER}/{number}/{FILE}");
    let mut text = String::new();
    match File::open(root.join(&path)) {
        Ok(file) => {
            let read = file.take(MAX_FILE + 1).read_to_string(&mut text);
            read.map_err(|error| unreadable(&path, &error))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ComplaintError::Unknown(number));
        }
        Err(error) => return Err(unreadable(&path, &error)),
    }
    if text.len() as u64 > MAX_FILE {
        return Err(ComplaintError::File { path, why: "it is far too long".to_owned() });
    }
    Complaint::parse(number, text).map_err(|why| ComplaintError::File { path, why })
}

/// Every complaint by its number, and why one cannot be read. A folder without a file is one that was not finished.
///
/// # Errors
/// If the folder cannot be read.
pub fn all(root: &Path) -> Result<Vec<Result<Complaint, ComplaintError>>, ComplaintError> {
    let all = numbers(root)?.into_iter().map(|number| load(root, number));
    Ok(all.filter(|one| !matches!(one, Err(ComplaintError::Unknown(_)))).collect())
}

/// Warns of complaints whose answer is late, at the line that says by when it was owed; their files are added to the
/// sources. Those that are not understood are told, too.
///
/// # Errors
/// If the folder cannot be read.
pub fn overdue(
    root: &Path,
    today: Date,
    sources: &mut Sources,
) -> Result<Vec<Diagnostic>, ComplaintError> {
    let mut found = Vec::new();
    for one in all(root)? {
        match one {
            Ok(complaint) if complaint.is_overdue(today) => {
                let (text, at) = complaint.source();
                let file = sources.add(complaint.path(), text);
                let message =
                    format!("somebody waits for an answer to complaint {}", complaint.number);
                let problem =
                    Diagnostic::warning(codes::OVERDUE_REPLY, Span::new(file, at), message)
                        .label(format!("it was owed by {}", complaint.reply_by))
                        .hint(format!(
                            "when you answered: selvedge complaint answer {} --text \"…\"",
                            complaint.number
                        ));
                found.push(problem);
            }
            Ok(_) => {}
            Err(error) => {
                let path = match &error {
                    ComplaintError::File { path, .. } => path.clone(),
                    _ => FOLDER.to_owned(),
                };
                let file = sources.add(path, String::new());
                let message = format!(
                    "this complaint is not understood, so nobody can tell whether an answer is late: {error}"
                );
                found.push(Diagnostic::warning(
                    codes::OVERDUE_REPLY,
                    Span::file_start(file),
                    message,
                ));
            }
        }
    }
    Ok(found)
}

/// Keeps a complaint, durably, where nobody else reads it; gives its number.
///
/// # Errors
/// If git would give the folder away, a text is too long, the photograph cannot be used, or the disk fails. Then no
/// complaint is there.
pub fn file(
    root: &Path,
    new: &New,
    came: Date,
    reply_by: Date,
    disk: &dyn Disk,
) -> Result<Complaint, ComplaintError> {
    for (what, text) in [
        ("what it is about", &new.about),
        ("what she says", &new.says),
        ("her name", &new.name),
        ("how to reach her", &new.reach),
    ] {
        if text.chars().count() > MAX_TEXT {
            return Err(ComplaintError::Given(format!(
                "{what} is longer than {MAX_TEXT} letters; keep what matters"
            )));
        }
    }
    if new.about.trim().is_empty() {
        return Err(ComplaintError::Given(
            "say what it is about: the number on the tag, a record, or the address of a page"
                .to_owned(),
        ));
    }
    let photo = new.photo.as_deref().map(photograph).transpose()?;
    keep_private_out(root, disk)?;
    for folder in ["private", FOLDER] {
        write::create_folders(disk, &root.join(folder), Mode::Secret)?;
    }
    let _lock = FolderLock::take(&root.join(FOLDER), "keeping a complaint in")?;
    let number = numbers(root)?.last().map_or(1, |last| last.saturating_add(1));
    let folder = root.join(FOLDER).join(number.to_string());
    write::create_folders(disk, &folder, Mode::Secret)?;
    let mut document = DocumentMut::new();
    document["about"] = toml_edit::value(new.about.trim());
    if let Some(tag) = new.tag.and_then(|tag| i64::try_from(tag).ok()) {
        document["tag"] = toml_edit::value(tag);
    }
    if let Some(record) = &new.record {
        document["record"] = toml_edit::value(record.as_str());
    }
    document["came"] = day(came);
    document["reply_by"] = day(reply_by);
    document["state"] = toml_edit::value(State::Open.name());
    document["says"] = toml_edit::value(new.says.trim());
    if let Some((name, bytes, orientation)) = &photo {
        write::replace(disk, &folder.join(name), bytes, Mode::Secret)?;
        document["photo"] = toml_edit::value(name.as_str());
        if *orientation != 1 {
            document["photo_orientation"] = toml_edit::value(i64::from(*orientation));
        }
    }
    let mut from = Table::new();
    from["name"] = toml_edit::value(new.name.trim());
    from["reach"] = toml_edit::value(new.reach.trim());
    document["from"] = Item::Table(from);
    let text = format!(
        "# Complaint {number}. Nothing of this folder is ever published. Notes of your own may stand here; they stay.\n{document}"
    );
    // The file comes last: without it there is no complaint.
    write::replace(disk, &folder.join(FILE), text.as_bytes(), Mode::Secret)?;
    load(root, number)
}

/// The copy of a photograph that is kept, its name, and how it is turned (1 to 8, as EXIF has it).
fn photograph(path: &Path) -> Result<(String, Vec<u8>, u8), ComplaintError> {
    let limits = Limits::default();
    let wrong = |error| ComplaintError::Photo(path.to_owned(), error);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limits.max_bytes + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(PhotoError::Unreadable(write::plain_words(&error))))?;
    let master = strip_metadata_master(&bytes, &limits).map_err(wrong)?;
    Ok((format!("photo.{}", master.extension), master.bytes, master.orientation.as_exif()))
}

fn day(day: Date) -> Item {
    let date = day.to_string().parse::<toml_edit::Datetime>();
    date.map_or_else(|_| toml_edit::value(day.to_string()), toml_edit::value)
}

/// Notes in a complaint's file what was done, and how far it is now; all else in it stays as it was written.
///
/// # Errors
/// If there is none of that number, its file is not understood, or the disk fails.
pub fn note(
    root: &Path,
    number: u32,
    step: &Step,
    state: State,
    disk: &dyn Disk,
) -> Result<Complaint, ComplaintError> {
    if step.text.chars().count() > MAX_TEXT {
        return Err(ComplaintError::Given(format!(
            "this is longer than {MAX_TEXT} letters; keep what matters"
        )));
    }
    let _lock =
        FolderLock::take(&root.join(FOLDER), "keeping a complaint in").map_err(|error| {
            if root.join(FOLDER).is_dir() { error.into() } else { ComplaintError::Unknown(number) }
        })?;
    let old = load(root, number)?;
    let path = old.path();
    let broken = |why: &str| ComplaintError::File { path: path.clone(), why: why.to_owned() };
    let mut document: DocumentMut = old.text.parse().map_err(|_| broken("it is not understood"))?;
    let mut table = Table::new();
    table["on"] = day(step.on);
    table["did"] = toml_edit::value(step.act.name());
    if !step.text.trim().is_empty() {
        table["text"] = toml_edit::value(step.text.trim());
    }
    if let Some(record) = &step.record {
        table["record"] = toml_edit::value(record.as_str());
    }
    let steps = document.entry("step").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(steps) = steps.as_array_of_tables_mut() else {
        return Err(broken("`step` is written by the program; call your own field otherwise"));
    };
    steps.push(table);
    if let Some(item) = document.get_mut("state").and_then(Item::as_value_mut) {
        let decor = item.decor().clone();
        *item = state.name().into();
        *item.decor_mut() = decor;
    }
    write::replace(disk, &root.join(&path), document.to_string().as_bytes(), Mode::Secret)?;
    load(root, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint() -> Complaint {
        let text = "about = \"17\"\ncame = 2026-05-01\nreply_by = 2026-05-15\nstate = \"open\"\n\
                    says = \"The knot came loose after a day. Is this real?\"\n[from]\nname = \"Ida Weir\"\nreach = \"+44 20 7946 0018\"\n";
        Complaint::parse(1, text.to_owned()).expect("a complaint")
    }

    #[test]
    fn nothing_of_whoever_complained_gets_into_public_words() {
        let it = complaint();
        for (words, what) in [
            ("Told by ida  WEIR of the south.", Some("the name of whoever complained")),
            ("Call 020 7946 0018, or 442079460018.", Some("how to reach whoever complained")),
            (
                "Somebody says: the knot came loose after a day",
                Some("the words of whoever complained"),
            ),
            (
                "Write to someone@else.example about it.",
                Some("how somebody can be reached or found"),
            ),
            ("A complaint about number 17 is being looked into.", None),
            ("Idaweir", None),
        ] {
            assert_eq!(it.betrays(words), what, "{words}");
        }
    }

    #[test]
    fn a_reply_is_late_from_the_day_after() {
        let it = complaint();
        assert!(!it.is_overdue(Date::constant(2026, 5, 15)));
        assert!(it.is_overdue(Date::constant(2026, 5, 16)));
        let answered = Complaint { state: State::Answered, ..it.clone() };
        assert!(!answered.is_overdue(Date::constant(2027, 1, 1)));
        let (text, at) = it.source();
        assert_eq!(&text[at], "2026-05-15");
    }

    #[test]
    fn a_file_that_is_not_understood_says_what_to_write() {
        for (text, part) in [
            ("about = ", "line 1 is not understood"),
            ("about = \"x\"\n", "the field came is missing"),
            ("came = 2026-05-01\nreply_by = \"soon\"\nstate = \"open\"", "reply_by is not a day"),
            ("came = 2026-05-01\nreply_by = 2026-05-02\nstate = \"opened\"", "state is \"open\""),
        ] {
            let why = Complaint::parse(1, text.to_owned()).expect_err(text);
            assert!(why.contains(part), "{why}");
        }
    }
}
