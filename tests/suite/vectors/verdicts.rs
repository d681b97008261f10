//! What we say of each case that the browser is asked about too, kept as a file: the two must
//! agree, and a change of verdict is a change of a file that somebody reads.

use std::fmt::Write as _;
use std::fs;

use selvedge::provenance::key::verify_strict;

use super::credentials::refused_by;
use super::keys;
use super::{base64, jsonl, path, string, text};

/// One line a case: its id, and the first check that refuses it or `accept`.
#[test]
#[allow(clippy::disallowed_methods, reason = "accepting is asked for by the environment")]
fn verdicts_are_those_on_file() {
    let mut found = String::from("{\n");
    for case in keys::all() {
        let holds = verify_strict(&case.key, &case.message, &case.signature);
        let verdict = if holds { "accept" } else { "reject" };
        let _ = writeln!(found, "  {:?}: {verdict:?},", format!("ed25519/{}", case.id));
    }
    let tampered = jsonl("hostile/vc/tampered.jsonl");
    for (at, case) in tampered.iter().enumerate() {
        let verdict = refused_by(&base64(string(case, "b64"))).unwrap_or("accept");
        let comma = if at + 1 < tampered.len() { "," } else { "" };
        let _ = writeln!(found, "  {:?}: {verdict:?}{comma}", format!("vc/{}", string(case, "id")));
    }
    found.push_str("}\n");
    if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
        fs::write(path("vectors/verdicts.json"), &found).expect("the verdicts can be written");
    }
    // Not as one assertion: the file has two thousand lines.
    let expected = text("vectors/verdicts.json");
    let differs = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert_eq!(differs, None);
    assert_eq!(found.len(), expected.len());
}
