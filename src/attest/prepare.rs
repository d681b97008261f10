//! What will be signed of a design, in bytes and in words.

use std::fmt;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;

use crate::check::Site;
use crate::evidence;
use crate::media::Limits;
use crate::model::Design;
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::kind::Statement;
use crate::provenance::person::Opening;
use crate::provenance::record::{self, LangText, Photograph, Record, Subject, Uuid};

/// A record that is ready to be signed, with the files that it speaks of.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What will be signed.
    pub record: Record,
    /// The copies of its photographs that will be published for ever.
    pub masters: Vec<Master>,
    /// The names that it keeps apart: they stay out of what is signed and published.
    pub people: Vec<Opening>,
}

/// A photograph without metadata, as the record speaks of it.
#[derive(Clone, Debug)]
pub struct Master {
    /// How the record names it.
    pub photograph: Photograph,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it was taken from, below the site's folder.
    pub source: String,
}

/// Why a design cannot be recorded.
#[derive(Debug)]
pub enum PrepareError {
    /// A photograph cannot be read or used.
    Photo(String, String),
    /// The site has no address, or one that nobody can own.
    Address(String),
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Photo(path, why) => write!(f, "the photograph {path} cannot be recorded: {why}"),
            Self::Address(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for PrepareError {}

/// Prepares a record of a design.
///
/// `name` is who signs, `base` the address that everything hangs on; `random` makes the record's own name. Reads the
/// design's photographs and strips them of all metadata without changing a pixel.
///
/// # Errors
/// If a photograph cannot be used.
#[allow(clippy::too_many_arguments, reason = "each is one thing that the record holds")]
pub fn prepare(
    site: &Site,
    design: &Design,
    root: &Path,
    name: Did,
    base: DidWeb,
    practice: bool,
    now: Timestamp,
    random: [u8; 16],
) -> Result<Prepared, PrepareError> {
    let mut masters: Vec<Master> = Vec::new();
    for photo in &design.photos {
        let problem = |why: String| PrepareError::Photo(photo.path.clone(), why);
        let mut bytes = Vec::new();
        File::open(root.join(&photo.path))
            .and_then(|file| file.take(Limits::default().max_bytes + 1).read_to_end(&mut bytes))
            .map_err(|error| problem(error.to_string()))?;
        let (photograph, bytes) =
            evidence::master(site, photo, &bytes).map_err(|error| problem(error.to_string()))?;
        if masters.iter().all(|master| master.photograph.sha256 != photograph.sha256) {
            masters.push(Master { photograph, bytes, source: photo.path.clone() });
        }
    }
    let photographs = masters.iter().map(|master| master.photograph.clone()).collect();
    let subject = evidence::statement(site, design, photographs);
    let record = Record {
        uuid: Uuid::from_random(random),
        issuer: name,
        base,
        practice,
        valid_from: now,
        valid_until: None,
        position: None,
        reissues: None,
        subject: Subject::Design(Box::new(subject)),
    };
    Ok(Prepared { record, masters, people: Vec::new() })
}

/// Prepares a record of any other kind, from what was written.
///
/// `base` is the address that everything hangs on.
pub fn prepare_statement(
    written: super::draft::Written,
    issuer: Did,
    base: DidWeb,
    practice: bool,
    now: Timestamp,
    random: [u8; 16],
) -> Prepared {
    let record = Record {
        uuid: Uuid::from_random(random),
        issuer,
        base,
        practice,
        valid_from: written.valid_from.unwrap_or(now),
        valid_until: written.valid_until,
        position: None,
        reissues: written.reissues,
        subject: Subject::Statement(written.statement),
    };
    Prepared { record, masters: written.masters, people: written.people }
}

/// The name of the issuer that a site's address gives.
///
/// # Errors
/// If there is no address; for anything but practice also if it is an example.
pub fn issuer(site: &Site, practice: bool) -> Result<DidWeb, PrepareError> {
    let url = site.base_url.as_ref().ok_or_else(|| {
        PrepareError::Address(
            "the site has no address yet, and records are bound to it; set base_url in site.toml first".to_owned(),
        )
    })?;
    if url.is_example() && !practice {
        return Err(PrepareError::Address(format!(
            "{url} is an example that nobody can own, and records are bound to the address; set base_url in site.toml, or try it with --practice"
        )));
    }
    DidWeb::from_base_url(url.as_str())
        .ok_or_else(|| PrepareError::Address(format!("{url} cannot be the address of an issuer")))
}

/// Whether a site's address is an example that nobody can own; true also where there is none.
///
/// # Errors
/// If the site's files cannot be read.
pub fn is_example(root: &Path) -> Result<bool, crate::read::ReadError> {
    let outcome = crate::check::load(root)?;
    let url = outcome.site.as_ref().and_then(|site| site.base_url.as_ref());
    Ok(url.is_none_or(|url| url.is_example()))
}

impl Prepared {
    /// What will be signed, in plain words, for the person to read before she agrees.
    #[must_use]
    pub fn words(&self, now: Timestamp) -> String {
        let mut out = String::new();
        let day = now.strftime("%Y-%m-%d");
        let base = self.record.base.base_url();
        let _ = match &self.record.issuer {
            name @ Did::Key(_) => {
                writeln!(out, "You are about to sign, as {name}, for the register of {base}:")
            }
            _ => writeln!(out, "You are about to sign, as {base}:"),
        };
        let mut line = |what: &str, texts: &[LangText]| {
            for (at, text) in texts.iter().enumerate() {
                let what = if at == 0 { what } else { "" };
                let language = match text.language.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", text.language),
                };
                let _ = writeln!(out, "  {what:<22}{}{language}", text.text);
            }
        };
        let design = match &self.record.subject {
            Subject::Design(design) => design,
            Subject::Statement(statement) => {
                for (label, texts) in statement.lines() {
                    line(&label, &texts);
                }
                for person in &self.people {
                    line("Named apart", &person.name);
                    line("", &person.detail);
                }
                let until = self.record.valid_until.map(|until| until.strftime("%Y-%m-%d"));
                if let Some(until) = until {
                    let _ = writeln!(out, "  {:<22}{until}", "Until");
                }
                let _ = writeln!(out, "  {:<22}{day} by this machine's clock", "Signed on");
                let meaning = statement.kind.rules().meaning;
                let _ = writeln!(
                    out,
                    "\n{meaning}\nIt will be published, and copies cannot be taken back."
                );
                self.add_people(statement, &mut out);
                self.add_practice(&mut out);
                return out;
            }
        };
        for (label, texts) in design.lines() {
            line(label, texts);
        }
        for story in &design.stories {
            let _ = writeln!(
                out,
                "  {:<22}its fingerprint only ({}), not the text itself",
                "Story", story.language
            );
        }
        for master in &self.masters {
            let _ = writeln!(
                out,
                "  {:<22}{} ({} kB, without place, time and camera)",
                "Photograph",
                master.source,
                master.bytes.len().div_ceil(1000)
            );
        }
        let _ = writeln!(out, "  {:<22}{day} by this machine's clock", "Signed on");
        out.push_str(
            "\nThis will be published, and copies cannot be taken back. A design that is public may no longer count as new \
             where somebody wants to register it.\nIt shows that you said this on that day. It does not show who made it \
             first, and it is not a right.\n",
        );
        self.add_practice(&mut out);
        out
    }

    /// Whether every name that is kept apart belongs to this record.
    pub(super) fn names_its_people(&self) -> bool {
        self.people.iter().all(|person| person.opens(&self.record))
    }

    /// Says which names will stand in the signed text for ever, and which can be erased.
    fn add_people(&self, statement: &Statement, out: &mut String) {
        let first = |texts: &record::Texts| texts.first().map(|text| text.text.clone());
        let apart: Vec<String> =
            self.people.iter().filter_map(|person| first(&person.name)).collect();
        if !apart.is_empty() {
            let _ = writeln!(
                out,
                "Kept apart: {}. The name stays out of what is signed; it can be erased later (`selvedge record \
                 erase-name`), and no page shows it until you say so (`selvedge record show-name`). The file in which you \
                 wrote it still holds it.",
                apart.join(", ")
            );
        }
        let named: Vec<String> = statement.named_people().iter().filter_map(first).collect();
        if let Some(one) = named.first() {
            let _ = writeln!(
                out,
                "These names will stand in the signed text for ever: {}. Whoever may want hers erased one day is better named \
                 apart: {{ name = {}, apart = true }}",
                named.join(", "),
                toml_edit::Value::from(one.as_str())
            );
        }
    }

    fn add_practice(&self, out: &mut String) {
        if self.record.practice {
            out.push_str("It is marked as practice: it proves nothing, and nobody's trust list accepts it.\n");
        }
    }
}

impl Prepared {
    /// Says that whoever signs knows what publishing a design may cost her.
    pub fn accept_disclosure(&mut self, note: record::Texts) {
        if let Subject::Design(design) = &mut self.record.subject {
            design.disclosure_note = note;
        }
    }
}
