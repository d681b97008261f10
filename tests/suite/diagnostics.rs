//! Each code has a folder in `tests/diagnostics` with a small site that earns it, and the exact
//! words that a person then reads. `SELVEDGE_ACCEPT=1 cargo test diagnostics` accepts new words.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use selvedge::assemble;
use selvedge::attest::SiteLookup;
use selvedge::attest::draft::{self, Writing};
use selvedge::complaint;
use selvedge::diag::report::{Colour, to_text};
use selvedge::diag::{Diagnostics, Sources, codes};
use selvedge::provenance::did::Did;
use selvedge::provenance::kind::Kind;
use selvedge::provenance::record::Uuid;

/// The day on which the small sites are checked.
const DAY: Date = Date::constant(2026, 11, 2);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

#[test]
fn every_code_is_earned_and_worded() {
    let accept = std::env::var_os("SELVEDGE_ACCEPT").is_some();
    let mut wrong = Vec::new();
    for (code, _) in codes::ALL {
        let case = folder().join(code.name());
        let site = case.join("site");
        if !site.is_dir() {
            wrong.push(format!("{code}: there is no folder {}", case.display()));
            continue;
        }
        if *code == codes::RECORD_FIELD {
            compare(&case, code.name(), &file_to_sign(&site), accept, &mut wrong);
            continue;
        }
        if *code == codes::OVERDUE_REPLY {
            compare(&case, code.name(), &late_answers(&site), accept, &mut wrong);
            continue;
        }
        let (words, found) = match assemble::load_on(&site, DAY) {
            Ok(loaded) => {
                let sorted = loaded.diagnostics.sorted(&loaded.sources);
                let found = sorted.iter().any(|d| d.code == *code);
                let texts: Vec<String> =
                    sorted.iter().map(|d| to_text(d, &loaded.sources, Colour::Never)).collect();
                (texts.join("\n"), found)
            }
            Err(error) => {
                let words = error.to_string().replace(&site.display().to_string(), "SITE");
                (format!("{words}\n"), *code == codes::SITE_FILE)
            }
        };
        if !found {
            wrong.push(format!("{code} is not among:\n{words}"));
        }
        compare(&case, code.name(), &words, accept, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

fn compare(case: &Path, code: &str, words: &str, accept: bool, wrong: &mut Vec<String>) {
    let path = case.join("expected.txt");
    if accept {
        fs::write(&path, words).expect("the expected words can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected != words {
        wrong.push(format!("{code} says:\n{words}\nexpected:\n{expected}"));
    }
}

/// What `check` says of complaints that wait.
fn late_answers(site: &Path) -> String {
    let mut sources = Sources::default();
    let found = complaint::overdue(site, DAY, &mut sources).expect("a folder of complaints");
    let mut late = Diagnostics::default();
    late.extend(found);
    let texts: Vec<String> =
        late.sorted(&sources).iter().map(|it| to_text(it, &sources, Colour::Never)).collect();
    texts.join("\n")
}

/// What is said of a file that should be signed.
fn file_to_sign(site: &Path) -> String {
    let mut sources = Sources::default();
    let text = fs::read_to_string(site.join("certification.toml")).expect("a file to sign");
    let file = sources.add("certification.toml", text);
    let lookup = SiteLookup::load(site);
    let issuer = Did::parse("did:web:shop.example").expect("a name");
    let record = Uuid::from_random([1; 16]);
    let writing = Writing { issuer: &issuer, record: &record, seed: &[2; 32] };
    let base = "https://shop.example/";
    let read = draft::read(Kind::Certification, &sources, &[file], "en", base, &lookup, writing);
    let problems = read.expect_err("it is full of mistakes");
    let sorted = problems.sorted(&sources);
    assert!(sorted.iter().all(|problem| problem.code == codes::RECORD_FIELD));
    let texts: Vec<String> =
        sorted.iter().map(|problem| to_text(problem, &sources, Colour::Never)).collect();
    texts.join("\n")
}
