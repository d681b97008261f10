//! Judges a file that opens leaves of a sealed design to one party (RECORD-FORMAT §3).
//!
//! Nobody signs such a file: it holds as far as it leads to the root that a SealedDesign was signed with, and the things
//! beside it are those that were sealed. So it is judged with the record, which is looked for in the folder where it lies:
//! in a site, in a pack, or loose.

use jiff::Timestamp;

use super::folder::{record_file, told_alone};
use super::pack::{is_pack, pack};
use super::report::{Axis, Finding, Report, State};
use super::trust::Trust;
use crate::provenance::files::Files;
use crate::provenance::log::RecordId;
use crate::provenance::record::{Sha256Digest, SignedRecord};
use crate::provenance::seal::{Commitment, Item, LeafKind, OpeningFile};

/// How the name of such a file ends.
pub const ENDING: &str = ".opening.json";

/// Judges an opening, with the record that it opens and the opened things where they lie in the same folder.
///
/// The state is the record's, as far as the opening leads to it.
pub fn opening(
    target: &str,
    bytes: &[u8],
    files: &dyn Files,
    trust: &Trust,
    now: Option<Timestamp>,
) -> Report {
    let (axis, check) = (Axis::Bytes, "opening");
    let file = match OpeningFile::parse(bytes) {
        Ok(file) => file,
        Err(fault) => {
            let findings = vec![Finding::invalid(axis, check, fault.to_string())];
            return Report { findings, ..Report::about(target.to_owned()) };
        }
    };
    let items = file.items().expect("they were checked as it was read");
    let count = items.len();
    let why = format!("{count} of {} leaves lead to the root that it names", file.commitment.n);
    let mut found = vec![Finding::valid(axis, check, why)];
    let (report, of_record) = judge_record(&file, files, trust, now);
    found.push(of_record);
    found.extend(items.iter().filter_map(|item| judge_item(item, files)));
    let report = report.unwrap_or_else(|| Report {
        // Without its record nothing is known of who sealed it.
        state: State::CannotCheckNow,
        ..Report::about(target.to_owned())
    });
    let is_wrong = |finding: &Finding| finding.verdict == super::report::Verdict::Invalid;
    let is_altered = found.iter().any(is_wrong);
    let holding: Vec<Finding> =
        found.iter().filter(|it| it.verdict == super::report::Verdict::Valid).cloned().collect();
    let mut report = told_alone(report, &found);
    report.findings.extend(holding);
    if is_altered {
        report.state = State::Altered;
    }
    Report { target: target.to_owned(), ..report }
}

/// Finds the record that was sealed, and compares it with what the opening says of it.
fn judge_record(
    file: &OpeningFile,
    files: &dyn Files,
    trust: &Trust,
    now: Option<Timestamp>,
) -> (Option<Report>, Finding) {
    let (axis, check) = (Axis::Bytes, "opening-record");
    let id = RecordId::from_bytes(file.digest.0);
    let short = id.short();
    let places = [format!("records/{short}.json"), format!("{short}.json")];
    let there = places.iter().find_map(|path| Some((path, files.read(path).ok().flatten()?)));
    let Some((path, bytes)) = there else {
        let why = format!(
            "the record of the seal, {short}.json, does not lie beside it; put this file into a copy of the site, or into a pack of \
             that record"
        );
        return (None, Finding::not_checked(axis, check, why));
    };
    let commitment = SignedRecord::parse(&bytes).ok().filter(|it| it.id() == id).and_then(|it| {
        let record = it.record();
        let statement = record.subject.as_statement()?;
        Commitment::from_members(&record.issuer.to_string(), &record.uuid, &statement.members)
    });
    if commitment.as_ref() != Some(&file.commitment) {
        let why = format!("{path} is not the record that this opens");
        return (None, Finding::invalid(axis, check, why));
    }
    let report = match is_pack(files) {
        true => {
            let report = pack("", files, trust, now);
            let name = format!("{short}.json");
            let found = report.records.into_iter().find(|it| it.target == name);
            found.map(|found| told_alone(found, &report.findings))
        }
        false => record_file(path, files, trust, now).ok().map(|(report, _)| report),
    };
    (report, Finding::valid(axis, check, format!("it opens {path}, whose root it leads to")))
}

/// Whether a thing that was opened lies beside the opening as it was sealed; nothing is said of the leaves that hide how
/// many others there are.
fn judge_item(item: &Item, files: &dyn Files) -> Option<Finding> {
    let (axis, check) = (Axis::Bytes, "opening-files");
    if item.kind == LeafKind::Dummy {
        return None;
    }
    let is_plain = item.name.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !item.name.contains(['\\', ':']);
    let digest = item.sha256;
    let names = [item.name.clone(), digest.to_string()];
    let found = is_plain
        .then(|| names.iter().find_map(|name| Some((name, files.read(name).ok().flatten()?))))
        .flatten();
    Some(match found {
        None => Finding::not_checked(
            axis,
            check,
            format!(
                "{} was sealed with the digest {digest}, and does not lie beside this file",
                item.name
            ),
        ),
        Some((name, bytes)) if Sha256Digest::of(&bytes) == digest => {
            Finding::valid(axis, check, format!("{name} is what was sealed"))
        }
        Some((name, _)) => Finding::invalid(axis, check, format!("{name} is not what was sealed")),
    })
}
