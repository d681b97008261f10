//! `verify`: judge a record, a proof, a site's folder or a built site.

use std::path::{Path, PathBuf};

use crate::evidence::Disk;
use crate::provenance::files::Files as _;
use crate::verify::{self, Report, State, Trust, Verdict};

use super::{Ended, Failed, Outcome, console, now};

/// Check what was signed: a record, a proof from the log, a site's folder or a built site
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge verify my-shop/public --trust trust.toml\n  \
    selvedge verify record.json --fingerprint SHA256:…\n\n\
    Exit code 0 only if every record is intact and signed by somebody whom you trust.")]
pub(super) struct Args {
    /// A record (.json), a proof (.tlog-proof) or a folder
    target: PathBuf,
    /// Whom to believe: a trust list. Without it nobody is believed
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Believe the record key with this fingerprint, for example from paper
    #[arg(long, value_name = "SHA256:…")]
    fingerprint: Vec<String>,
    /// The time to judge at, for example 2026-05-01T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let at = Some(now(args.at.as_deref())?);
    let mut trust = match &args.trust {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failed(format!("cannot read {}: {error}", path.display())))?;
            Trust::parse(&text).map_err(|error| Failed(format!("{}: {error}", path.display())))?
        }
        None => Trust::nobody(),
    };
    for fingerprint in &args.fingerprint {
        if !trust.add_fingerprint(fingerprint) {
            return Err(Failed(format!(
                "\"{fingerprint}\" is not a fingerprint; it begins with SHA256: as ssh-keygen -l shows it"
            )));
        }
    }
    let report = judge(&args.target, &trust, at)?;
    if args.json {
        console::print(&report.to_json());
    } else {
        console::print(&words(&report, 0));
    }
    let is_intact = |report: &Report| report.state == State::RecordIntact;
    let fine = is_intact(&report) && report.records.iter().all(is_intact);
    Ok(if fine { Ended::Fine } else { Ended::Wrong })
}

fn judge(target: &Path, trust: &Trust, at: Option<jiff::Timestamp>) -> Result<Report, Failed> {
    let name = target.display().to_string();
    if target.is_dir() {
        return Ok(verify::folder(&name, &Disk::at(target), trust, None, at).report);
    }
    let (files, path) = Disk::around(target);
    if path.ends_with(".tlog-proof") {
        let bytes = files.read(&path)?.ok_or_else(|| Failed(format!("there is no file {name}")))?;
        return Ok(verify::proof(&name, &bytes, trust));
    }
    if !target.exists() {
        return Err(Failed(format!("there is nothing at {name}")));
    }
    let (report, _) = verify::record_file(&path, &files, trust, at)?;
    Ok(report)
}

/// The report in words: the state first, then each finding.
fn words(report: &Report, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    let mut out = format!("{pad}{}: {}\n", report.target, report.state.words());
    out.push_str(&format!("{pad}  {}\n", report.state.meaning()));
    for finding in &report.findings {
        let verdict = match finding.verdict {
            Verdict::Valid => "holds        ",
            Verdict::Invalid => "DOES NOT HOLD",
            Verdict::NotChecked => "not checked  ",
        };
        out.push_str(&format!("{pad}  {verdict}  {:<15}{}\n", finding.check, finding.reason));
    }
    for record in &report.records {
        out.push('\n');
        out.push_str(&words(record, depth + 1));
    }
    crate::diag::report::visible_lines(&out)
}
