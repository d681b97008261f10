//! Each code has a folder in `tests/diagnostics` with a small site that earns it, and the exact
//! words that a person then reads. `SELVEDGE_ACCEPT=1 cargo test diagnostics` accepts new words.

use std::fs;
use std::path::{Path, PathBuf};

use selvedge::assemble;
use selvedge::diag::codes;
use selvedge::diag::report::{Colour, to_text};

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
        let (words, found) = match assemble::load(&site) {
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
        let expected_path = case.join("expected.txt");
        if accept {
            fs::write(&expected_path, &words).expect("the expected words can be written");
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if expected != words {
            wrong.push(format!("{code} says:\n{words}\nexpected:\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}
