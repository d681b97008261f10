//! `verify`: judge a record, a proof, a badge, a pack, a site's folder or a built site, or what a number is of.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::diag::report::{visible, visible_lines};
use crate::evidence::Disk;
use crate::fetch::{PublishedSite, RealWeb};
use crate::provenance::badge::Picture;
use crate::provenance::files::Files;
use crate::provenance::log::ShortId;
use crate::verify::{self, FolderAudit, Report, State, Trust, Verdict, delegation, test_keys};

use super::{Ended, Failed, Outcome, console, now, verify_number};

/// Check what was signed: a record, a badge, an evidence pack, a site's folder or a published site
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge verify my-shop/public --trust trust.toml\n  \
    selvedge verify record.json --fingerprint SHA256:…\n  \
    selvedge verify \"LOOM ZZ-NOR D42 E2 017/100 U\" --trust trust.toml\n\n\
    Exit code 0 only if every record is intact and signed by somebody whom you trust.")]
pub(super) struct Args {
    /// A record (.json), a proof (.tlog-proof), an opening of a sealed design (.opening.json), a record's page (.html), a badge (SVG or PNG), a pack, a folder, or the
    /// address of a site or of a record's page, as in a badge's code; in the folder of a site also a number as it stands on a tag, a full
    /// identifier or an alias, the number of a record, or the name of a maker
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
    /// Tell of each number in this file how it stands: one a line, or the first column of a table
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Judge servers by the certificates in this file alone
    #[arg(long, value_name = "FILE")]
    tls_root: Option<PathBuf>,
    /// Believe the test keys of the examples too: nothing is proved by them
    #[arg(long)]
    test: bool,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Largest page of a record or badge, in bytes: above any that `build` writes.
const MAX_PAGE: u64 = 32 << 20;

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
    if args.test {
        test_keys::believe(&mut trust);
        console::say("test keys are believed, so this answer proves nothing");
    } else {
        for witness in test_keys::refuse(&mut trust) {
            console::say(&format!(
                "{}: the key of this witness is a test key, so what it says does not count",
                visible(&witness)
            ));
        }
    }
    if trust.signers().iter().any(|signer| signer.address.is_some()) {
        let list = args.trust.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let roots = tls_roots(args.tls_root.as_deref())?;
        delegation::extend(&mut trust, at, &|address, judge| {
            open(list, address, roots.as_deref(), judge).map_err(|failed| failed.0)
        });
    }
    let number = verify_number::judge(&args.target, args.tls_root.as_deref(), &trust, at)?;
    let judged = match (number, web_address(&args.target)) {
        (Some(judged), _) => judged,
        (None, Some(address)) => judge_web(args, &address, &trust, at)?,
        (None, None) => judge(&args.target, &trust, at)?,
    };
    if let Some(file) = &args.list {
        return tell_each(file, &judged, args.json);
    }
    if let Numbers::Lacks(number, state, why) = &judged.numbers {
        let mut row = serde_json::json!({"target": number, "state": stable(state)});
        if let Some(why) = why {
            row["reason"] = why.as_str().into();
        }
        match args.json {
            true => console::json(&row),
            false => {
                let why = why.as_ref().map(|why| format!("  {why}\n")).unwrap_or_default();
                console::print(&visible_lines(&format!("{number}: {state}\n{why}")));
            }
        }
        return Ok(Ended::Wrong);
    }
    let report = judged.report;
    if args.json {
        console::print(&report.to_json());
    } else {
        console::print(&words(&report, 0));
    }
    let is_intact = |report: &Report| report.state == State::RecordIntact;
    let mut records = report.records.iter().filter(|record| record.counts());
    let is_void =
        report.findings.iter().any(|it| it.check == "tag" && it.verdict != Verdict::Valid);
    let fine = is_intact(&report) && !is_void && records.all(is_intact);
    Ok(if fine { Ended::Fine } else { Ended::Wrong })
}

/// A judgement, and what is left to say of records that were withdrawn from the folder that was judged.
pub(super) struct Judged {
    report: Report,
    gone: Vec<Report>,
    numbers: Numbers,
}

/// What a judgement can say of a number that it holds no record of.
enum Numbers {
    /// Nothing: it is of one record, or of a register that cannot be read.
    Nothing(&'static str),
    /// That the register has no such record.
    Known,
    /// The same, and this is what was asked for, what it is called instead of a state, and perhaps why.
    Lacks(String, &'static str, Option<String>),
}

impl Judged {
    /// That what was typed is the number of no record, and why.
    pub(super) fn unknown(typed: String, why: String) -> Self {
        Self::without_record(typed, UNKNOWN, why)
    }

    /// That there is no record of what was asked for, in a few words and a sentence.
    pub(super) fn without_record(typed: String, state: &'static str, why: String) -> Self {
        let numbers = Numbers::Lacks(typed, state, Some(why));
        Self { report: Report::about(String::new()), gone: Vec::new(), numbers }
    }
}

impl From<Report> for Judged {
    fn from(report: Report) -> Self {
        let numbers = Numbers::Nothing(
            "--list goes with a site's folder or the address of a site: those have all records",
        );
        Self { report, gone: Vec::new(), numbers }
    }
}

impl From<FolderAudit> for Judged {
    fn from(audit: FolderAudit) -> Self {
        let numbers = match audit.folded {
            Some(_) => Numbers::Known,
            None => Numbers::Nothing(
                "the register cannot be read, so no number can be looked up; the same command without --list tells why",
            ),
        };
        Self { gone: audit.gone(), report: audit.report, numbers }
    }
}

fn judge(target: &Path, trust: &Trust, at: Option<jiff::Timestamp>) -> Result<Judged, Failed> {
    let name = target.display().to_string();
    if target.is_dir() {
        let files = Disk::at(target);
        if verify::is_pack(&files) {
            return Ok(verify::pack(&name, &files, trust, at).into());
        }
        return Ok(verify::folder(&name, &files, trust, None, at).into());
    }
    if let Some(report) = in_pack(target, trust, at) {
        return Ok(report.into());
    }
    let (files, path) = Disk::around(target);
    if path.ends_with(".tlog-proof") {
        let bytes = files.read(&path)?.ok_or_else(|| Failed(format!("there is no file {name}")))?;
        return Ok(verify::proof(&name, &bytes, trust).into());
    }
    if !target.exists() {
        let folder =
            path.starts_with("records/").then(|| verify::folder("", &files, trust, None, at));
        let gone = folder.iter().flat_map(FolderAudit::gone);
        let is_it = |report: &Report| path == format!("records/{}", report.target);
        return { gone }
            .find(is_it)
            .map(|report| Report { target: name.clone(), ..report }.into())
            .ok_or_else(|| Failed(format!("there is nothing at {name}")));
    }
    if path.ends_with(".html") || path.ends_with(".htm") {
        return judge_page(target, trust, at).map(Judged::from);
    }
    if path.ends_with(verify::opening::ENDING) {
        let bytes = read_bounded(target)?;
        let folder = Disk::at(
            target.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")),
        );
        return Ok(verify::opening(&name, &bytes, &folder, trust, at).into());
    }
    if is_picture(target) {
        let picture = read_bounded(target)?;
        return verify::badge(&name, &picture, trust, at)
            .map(Judged::from)
            .map_err(|fault| Failed(format!("{name}: {fault}")));
    }
    let (report, _) = verify::record_file(&path, &files, trust, at)?;
    Ok(report.into())
}

/// The judgement on a record that lies in the folder `records` of a pack, with all that is packed beside it.
fn in_pack(target: &Path, trust: &Trust, at: Option<jiff::Timestamp>) -> Option<Report> {
    let name = target.file_name()?.to_str().filter(|name| name.ends_with(".json"))?;
    let folder = target.parent().filter(|it| it.file_name().is_some_and(|it| it == "records"))?;
    let root = folder.parent()?;
    let files = Disk::at(if root.as_os_str().is_empty() { Path::new(".") } else { root });
    if !verify::is_pack(&files) {
        return None;
    }
    let report = verify::pack("", &files, trust, at);
    let found = report.records.into_iter().find(|report| report.target == name)?;
    let found = verify::told_alone(found, &report.findings);
    Some(Report { target: target.display().to_string(), ..found })
}

/// Judges the record of a page: in the folder of the site where it stands in one, and else by the evidence in it.
fn judge_page(target: &Path, trust: &Trust, at: Option<jiff::Timestamp>) -> Result<Report, Failed> {
    let name = target.display().to_string();
    if let Some((root, id)) = published(target) {
        let files = Disk::at(root);
        if files.read("log/checkpoint")?.is_some() {
            let audit = verify::folder("", &files, trust, None, at);
            let mut all = audit.gone();
            all.extend(audit.report.records);
            let wanted = format!("{id}.json");
            if let Some(found) = all.into_iter().find(|report| report.target == wanted) {
                let found = verify::told_alone(found, &audit.report.findings);
                return Ok(Report { target: name, ..found });
            }
        }
    }
    let html = read_bounded(target)?;
    verify::page_with_photographs(&name, &html, &|photo| beside(target, photo), trust, at)
        .map_err(|fault| Failed(format!("{name}: {fault}")))
}

/// Files of this name where whoever keeps a page keeps its photographs: as they are published, beside it, or in the folder
/// into which a browser saves them.
fn beside(page: &Path, photo: &str) -> Vec<Vec<u8>> {
    let folder = page.parent().unwrap_or(Path::new("."));
    let stem = page.file_stem().unwrap_or_default().to_string_lossy();
    let saved = format!("{stem}_files");
    let places = [&*saved, "records/files", "../../records/files", "."];
    let paths = places.into_iter().map(|place| folder.join(place).join(photo));
    paths.filter_map(|path| read_bounded(&path).ok()).collect()
}

/// The bytes of a page or a badge.
fn read_bounded(target: &Path) -> Result<Vec<u8>, Failed> {
    let name = target.display();
    let size = std::fs::metadata(target).map_or(0, |about| about.len());
    if size > MAX_PAGE {
        return Err(Failed(format!("{name} is larger than any page of a record or badge")));
    }
    std::fs::read(target).map_err(|error| {
        Failed(format!("cannot read {name}: {}", crate::write::plain_words(&error)))
    })
}

/// Whether a file is a picture, by its content and not by its name; one that cannot be read is left to who reads it.
fn is_picture(target: &Path) -> bool {
    let mut first = Vec::new();
    std::fs::File::open(target)
        .and_then(|file| file.take(MAX_PAGE).read_to_end(&mut first))
        .is_ok_and(|_| Picture::of(&first).is_some())
}

/// The folder of the site and the record, if a page stands where sites publish it: `V/<id>/index.html`.
fn published(page: &Path) -> Option<(&Path, &str)> {
    let folder = page.parent().filter(|_| page.file_name().is_some_and(|it| it == "index.html"))?;
    let pages = folder.parent().filter(|pages| pages.file_name().is_some_and(|it| it == "V"))?;
    let id = folder.file_name()?.to_str().filter(|id| ShortId::parse(id).is_some())?;
    // A relative path may begin with V.
    let root = pages.parent()?;
    Some((if root.as_os_str().is_empty() { Path::new(".") } else { root }, id))
}

/// The target, if it is an address and not a path: what a badge's code holds is one in capitals.
pub(super) fn web_address(target: &Path) -> Option<String> {
    let text = target.to_str()?;
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    matches!(&*scheme, "https" | "http")
        .then(|| format!("{scheme}://{}{path}", host.to_ascii_lowercase()))
}

/// What is judged of a site on the web, if all of it could be asked for: an address that does not answer is no verdict
/// on a record, nor is one that answers in part.
pub(super) fn whole<T>(
    site: &PublishedSite<'_>,
    base: &str,
    judge: impl FnOnce() -> T,
) -> Result<T, Failed> {
    site.read("log/checkpoint")?.ok_or_else(|| {
        Failed(format!(
            "{base} publishes no register: it has no file log/checkpoint; give the address of a site, or of a record's page"
        ))
    })?;
    site.list("records")?;
    let judged = judge();
    match site.failure() {
        Some(failure) => Err(failure.into()),
        None => Ok(judged),
    }
}

/// The certificates by which servers are judged, if a file of them was named.
pub(super) fn tls_roots(path: Option<&Path>) -> Result<Option<Vec<u8>>, Failed> {
    let Some(path) = path else { return Ok(None) };
    std::fs::read(path).map(Some).map_err(|error| {
        Failed(format!("cannot read {}: {}", path.display(), crate::write::plain_words(&error)))
    })
}

/// Hands over the site at an address of a trust list: one on the web, or a folder beside the list.
fn open(
    list: &Path,
    address: &str,
    roots: Option<&[u8]>,
    judge: &mut dyn FnMut(&dyn Files),
) -> Result<(), Failed> {
    if let Some(address) = web_address(Path::new(address)) {
        let web = RealWeb::new(roots).map_err(|why| Failed(why.to_owned()))?;
        let site = PublishedSite::at(&web, &address);
        return whole(&site, &address, || judge(&site));
    }
    let folder = list.join(address);
    if !folder.is_dir() {
        return Err(Failed(format!("there is no folder {}", folder.display())));
    }
    judge(&Disk::at(folder));
    Ok(())
}

/// Judges a published site, or the one record that an address names.
fn judge_web(
    args: &Args,
    address: &str,
    trust: &Trust,
    at: Option<jiff::Timestamp>,
) -> Result<Judged, Failed> {
    let web = RealWeb::new(tls_roots(args.tls_root.as_deref())?.as_deref())
        .map_err(|why| Failed(why.to_owned()))?;
    let plain = address.split(['#', '?']).next().unwrap_or(address);
    let (base, record) = record_of(plain);
    let site = PublishedSite::at(&web, base);
    let audit = whole(&site, base, || verify::folder(address, &site, trust, None, at))?;
    let mut judged = Judged::from(audit);
    let Some(record) = record else { return Ok(judged) };
    let name = format!("{record}.json");
    let is_it = |report: &Report| report.target == name;
    if let Some(found) = judged.report.records.iter().chain(&judged.gone).find(|it| is_it(it)) {
        return Ok(verify::told_alone(found.clone(), &judged.report.findings).into());
    }
    // A register that cannot be read knows no number: what is wrong with it is told instead.
    if let Numbers::Known = judged.numbers {
        judged.numbers = Numbers::Lacks(record, UNKNOWN, None);
    }
    Ok(judged)
}

/// The site of an address, and the record that it names: `…/V/<id>/` or `…/records/<id>.json`.
pub(super) fn record_of(address: &str) -> (&str, Option<String>) {
    for (mark, ending) in [("/V/", ""), ("/v/", ""), ("/records/", ".json")] {
        if let Some((base, rest)) = address.rsplit_once(mark) {
            let id = rest.trim_end_matches("index.html").trim_end_matches('/');
            let id = id.strip_suffix(ending).unwrap_or(id).to_ascii_uppercase();
            if ShortId::parse(&id).is_some() {
                return (base, Some(id));
            }
        }
    }
    (address, None)
}

/// Says how each number of a list stands: one line for each, whatever stands there.
fn tell_each(file: &Path, judged: &Judged, json: bool) -> Outcome {
    if let Numbers::Nothing(why) = judged.numbers {
        return Err(Failed(why.to_owned()));
    }
    // Numbers are ASCII, whatever letters the rest of a table is written in.
    let bytes = std::fs::read(file).map_err(|error| {
        Failed(format!("cannot read {}: {}", file.display(), crate::write::plain_words(&error)))
    })?;
    let text = table(&bytes);
    let mut rows = Vec::new();
    let cells = text.lines().map(|line| line.split([',', ';', '\t']).next().unwrap_or_default());
    for (at, (line, cell)) in (1..).zip(text.lines().zip(cells)) {
        if line.trim().is_empty() {
            continue;
        }
        let number = cell.trim().trim_matches('"');
        let state = state_of(number, &judged.report, &judged.gone);
        // What stands above the numbers is no number.
        let is_heading = HEADINGS.contains(&&*number.to_lowercase());
        if at == 1 && state == UNKNOWN && is_heading {
            continue;
        }
        if state == UNKNOWN && !is_number(&plain(number)) {
            console::say(&format!(
                "line {at} of {}: \"{}\" is no number of a record; write for example IDF6JDYS, one a line",
                file.display(),
                visible(number)
            ));
        }
        rows.push((at, number.to_owned(), state));
    }
    if rows.is_empty() {
        return Err(Failed(format!("{} holds no number", file.display())));
    }
    let fine = rows.iter().all(|(.., state)| *state == State::RecordIntact.words());
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(line, number, state)| {
                serde_json::json!({"line": line, "number": number, "state": stable(state)})
            })
            .collect();
        console::json(&rows.into());
    } else {
        for (_, number, state) in rows {
            console::print(&visible_lines(&format!("{number},{state}\n")));
        }
    }
    Ok(if fine { Ended::Fine } else { Ended::Wrong })
}

/// The text of a table, as programs save them: UTF-8, UTF-16 with its mark, or a letter a byte.
fn table(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => match std::str::from_utf8(other) {
            Ok(text) => text.to_owned(),
            Err(_) => other.iter().copied().map(char::from).collect(),
        },
    }
}

/// The name for programs of a state in words, as in a report.
fn stable(words: &str) -> String {
    words.replace(' ', "-")
}

/// What may stand above a column of numbers, in small letters. Any other word is taken for a number that nobody knows,
/// rather than passed over.
const HEADINGS: [&str; 13] = [
    "number",
    "numbers",
    "no",
    "no.",
    "nr",
    "nr.",
    "id",
    "record",
    "code",
    "número",
    "numéro",
    "số",
    "الرقم",
];

/// What is said of a number that no record has.
const UNKNOWN: &str = "unknown number";

/// How a number stands, however it is written: in groups, with hyphens, in small letters, as a digest or an address.
fn state_of(number: &str, report: &Report, gone: &[Report]) -> &'static str {
    let written = plain(number);
    if !is_number(&written) {
        return UNKNOWN;
    }
    let letters = written.to_ascii_uppercase();
    let digest = written.to_ascii_lowercase();
    let mut found = report.records.iter().chain(gone).filter(|record| {
        record.target.starts_with(&letters) || record.record.as_deref() == Some(digest.as_str())
    });
    match (found.next(), found.next()) {
        (Some(record), None) => verify::told_alone(record.clone(), &report.findings).state.words(),
        (Some(_), Some(_)) => "several records begin so",
        (None, _) => UNKNOWN,
    }
}

/// What a number says, without how it is written.
fn plain(number: &str) -> String {
    let plain = number.split(['#', '?']).next().unwrap_or(number);
    let joined = || plain.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    record_of(plain).1.unwrap_or_else(joined)
}

/// Whether this could be the beginning of a record's number.
fn is_number(plain: &str) -> bool {
    plain.len() >= 6 && plain.bytes().all(|byte| byte.is_ascii_alphanumeric())
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
    visible_lines(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_badge_holds_is_an_address() {
        let number = "5J7P266YAXGGHU46T2GCECNKHMREGDKZ";
        for (target, address, base) in [
            ("HTTPS://MILL.EXAMPLE/V/", "https://mill.example/V/", "https://mill.example"),
            (
                "HTTPS://mill.example/Shop/V/",
                "https://mill.example/Shop/V/",
                "https://mill.example/Shop",
            ),
        ] {
            let target = format!("{target}{number}");
            let found = web_address(Path::new(&target)).expect("an address");
            assert_eq!(found, format!("{address}{number}"));
            assert_eq!(record_of(&found), (base, Some(number.to_owned())));
        }
        for path in ["V/x", "ftp://mill.example/", "https:/x", "shop", "C:\\shop"] {
            assert_eq!(web_address(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn a_page_where_sites_publish_it_leads_to_its_site() {
        let number = "5J7P266YAXGGHU46T2GCECNKHMREGDKZ";
        for (page, root) in [
            (format!("V/{number}/index.html"), "."),
            (format!("/a/b/V/{number}/index.html"), "/a/b"),
        ] {
            assert_eq!(published(Path::new(&page)), Some((Path::new(root), number)));
        }
        for page in ["index.html", "V/x/index.html", "V/index.html", "a.html"] {
            assert_eq!(published(Path::new(page)), None, "{page}");
        }
    }
}
