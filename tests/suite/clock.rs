//! A clock that ran ahead is led back by a correction, bounded by what others say of the time.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use selvedge::attest::AttestError;
use selvedge::evidence::Disk;
use selvedge::provenance::did::{Did, DidWebvh};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::kind::Kind;
use selvedge::provenance::log::{Checkpoint, WitnessKey};
use selvedge::provenance::note::KeyName;
use selvedge::provenance::record::{Record, Subject, Uuid};
use selvedge::verify::{self, Finding, Trust, Verdict};

use super::identity::{Association, key, plain_design, signer, statement};
use super::kept_page::published;
use crate::support::{House, said};

fn day(text: &str) -> Timestamp {
    instant::parse(&format!("{text}T00:00:00Z")).expect("a day")
}

fn correction(first_wrong: u32, wrong: Timestamp) -> Subject {
    let reason = Value::from([("@language", "en".into()), ("@value", "An empty battery.".into())]);
    statement(
        Kind::ClockCorrection,
        [
            ("firstWrong", Value::Number(f64::from(first_wrong))),
            ("wrongTime", instant::format(wrong).into()),
            ("reason", vec![reason].into()),
        ],
    )
}

/// Keeps the newest head with a neighbour's cosignature of a day; gives a trust list with her.
fn seen(brand: &Association, did: &DidWebvh, at: Timestamp) -> Trust {
    let mut head = brand.head();
    let name = KeyName::parse("neighbour.example/witness").expect("a name");
    let witness = WitnessKey::new(name.clone(), key(41));
    let line = head.cosign(&name, at, &signer(41)).expect("a cosignature");
    assert_eq!(head.add(&line, &witness), Ok(true));
    let kept = brand.site().join(format!("log/heads/{}", head.head().size));
    fs::create_dir_all(&kept).expect("a folder");
    fs::write(kept.join("checkpoint"), head.to_string()).expect("a head");
    Trust::parse(&format!(
        "[[witness]]\nname = \"Neighbour\"\nkey = \"{witness}\"\n[[signer]]\nname = \"Brand\"\ndid = \"{did}\"\n"
    ))
    .expect("a trust list")
}

fn rules(brand: &Association, trust: &Trust) -> Finding {
    let now = Some(day("2030-01-01"));
    let report = verify::folder("", &Disk::at(brand.site()), trust, None, now).report;
    report.finding("log-rules").expect("a finding").clone()
}

#[test]
fn a_correction_is_not_set_before_what_others_saw() {
    let (mut brand, did) = Association::begin();
    brand.design("river-path");
    let trust = seen(&brand, &did, day("2026-03-10"));
    brand.now = day("2027-03-01");
    brand.design("ahead");
    let wrong = brand.now;
    let correct = |brand: &mut Association, trust: &Trust, first: u32, at: &str| {
        brand.now = day(at);
        brand.sign_heeding(trust, correction(first, wrong))
    };
    let refused = |answer: Result<_, AttestError>| match answer {
        Err(AttestError::Rule(why)) => why,
        other => panic!("{other:?}"),
    };
    let why = refused(correct(&mut brand, &trust, 2, "2026-03-05"));
    assert!(why.contains("Neighbour had this register before them on 2026-03-10"), "{why}");
    let why = refused(correct(&mut brand, &trust, 9, "2026-03-12"));
    assert!(why.contains("the register has 3 entries"), "{why}");
    let size = brand.head().head().size;
    assert_eq!(size, 3, "nothing was signed");
    // With the right time it is, and what follows is signed by the right clock.
    correct(&mut brand, &trust, 2, "2026-03-12").expect("a record");
    brand.design("right");
    assert_eq!(rules(&brand, &trust).verdict, Verdict::Valid);
    // A head from before it that a neighbour cosigns late accuses nobody.
    let (mut brand, did) = Association::begin();
    brand.design("river-path");
    let trust = seen(&brand, &did, day("2026-03-30"));
    brand.now = day("2027-03-01");
    brand.design("ahead");
    brand.now = day("2026-03-12");
    brand.sign(correction(2, wrong)).expect("a record");
    assert_eq!(rules(&brand, &trust).verdict, Verdict::Valid);
}

#[test]
fn the_command_hears_the_neighbours_of_the_sites_trust_list() {
    let house = published();
    let mut head = Checkpoint::parse(&house.read("site/log/checkpoint")).expect("a head");
    let name = KeyName::parse("neighbour.example/witness").expect("a name");
    let witness = WitnessKey::new(name.clone(), key(41));
    let line = head.cosign(&name, day("2027-06-01"), &signer(41)).expect("a cosignature");
    assert_eq!(head.add(&line, &witness), Ok(true));
    let kept = format!("site/log/heads/{}/checkpoint", head.head().size);
    house.write(&kept, head.to_string());
    let list = format!("[[witness]]\nname = \"Neighbour\"\nkey = \"{witness}\"\n");
    house.write("site/trust.toml", list);
    let file = "first_wrong = 1\nwrong_time = \"2028-01-01T00:00:00Z\"\nreason = { en = \"An empty battery.\" }\n";
    house.write("clock.toml", file);
    let correct = |at: &str| {
        let words = ["record", "clock", "clock.toml", "site", "--yes", "--at", at];
        let output = house.run("keys", &[&words[..], &["--passphrase-fd", "3"]].concat(), "");
        (output.status.code(), said(&output))
    };
    let (code, words) = correct("2027-05-01T00:00:00Z");
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("Neighbour had this register before them on 2027-06-01"), "{words}");
    let (code, words) = correct("2027-07-01T00:00:00Z");
    assert_eq!(code, Some(0), "{words}");
}

#[test]
fn a_correction_that_is_still_ahead_is_found_by_who_trusts_those_that_saw_it() {
    let (mut brand, did) = Association::begin();
    brand.design("river-path");
    brand.now = day("2029-03-01");
    brand.design("ahead");
    let wrong = brand.now;
    brand.now = day("2027-03-01");
    let corrected = brand.sign(correction(2, wrong)).expect("a record");
    let trust = seen(&brand, &did, day("2026-04-01"));
    let found = rules(&brand, &trust);
    assert_eq!(found.verdict, Verdict::Invalid, "{found:?}");
    let words = "entry 4 says that the clock is right now, at 2027-03-01T01:00:00Z, but it existed no later than 2026-04-01";
    assert!(found.reason.contains(words), "{found:?}");
    // Who trusts no neighbour has nothing to compare with, and one that was taken back sets nothing right.
    let nobody = format!("[[signer]]\nname = \"Brand\"\ndid = \"{did}\"\n");
    let nobody = Trust::parse(&nobody).expect("a trust list");
    assert_eq!(rules(&brand, &nobody).verdict, Verdict::Valid);
    brand.status(&corrected, "revoked").expect("a record");
    assert_eq!(rules(&brand, &trust).verdict, Verdict::Valid);
    // Clocks may differ by some minutes.
    let (mut brand, did) = Association::begin();
    brand.now = day("2027-03-01");
    brand.design("ahead");
    brand.now = day("2026-05-01");
    brand.sign(correction(1, wrong)).expect("a record");
    let trust = seen(&brand, &did, brand.now - SignedDuration::from_mins(30));
    assert_eq!(rules(&brand, &trust).verdict, Verdict::Valid);
}

#[test]
fn a_correction_that_was_broken_off_is_entered_by_the_next_run() {
    let (mut brand, _) = Association::begin();
    brand.now = day("2027-03-01");
    brand.design("ahead");
    let wrong = brand.now;
    brand.now = day("2026-05-01");
    let record = Record {
        uuid: Uuid::from_random([200; 16]),
        issuer: brand.identity().issuer,
        base: brand.base.clone(),
        practice: false,
        valid_from: brand.now,
        valid_until: None,
        position: Some(brand.head().head().size),
        reissues: None,
        subject: correction(1, wrong),
    };
    assert!(matches!(record.issuer, Did::Webvh(_)));
    let signed = record.sign(brand.now, &signer(brand.record)).expect("a record");
    let path = brand.site().join(format!("records/{}.json", signed.id().short()));
    fs::write(path, signed.bytes()).expect("written");
    brand.sign(plain_design("right")).expect("the correction is entered, and the design behind it");
    assert_eq!(brand.head().head().size, 4);
}

/// Commands that sign, in a register where each has something to do; what is typed for the one that needs a sheet.
fn signing(house: &House) -> Vec<(Vec<&'static str>, String)> {
    let sheet = house.sheet("sheets", "master-key-sheet");
    let new = vec!["record", "new", "river-step", "site", "--yes"];
    let clock = vec!["record", "clock", "clock.toml", "site", "--yes"];
    let rotate = vec!["keys", "rotate", "site", "--sheets", "sheets-two", "--typed-fd", "0"];
    let mut all = vec![new, clock, vec!["log", "due", "site"]];
    let mut typed: Vec<_> = all.drain(..).map(|words| (words, String::new())).collect();
    typed.push((rotate, sheet));
    typed
}

/// Every file of the site's folder but for what is only remembered.
fn kept(house: &House) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut files = house.files("site");
    files.retain(|path, _| !path.starts_with(".selvedge/cache"));
    files
}

#[test]
fn a_clock_far_ahead_is_believed_by_no_command_that_signs() {
    let house = published();
    house.copy(house.path("site/designs/eel-knot"), "site/designs/river-step");
    let file = "first_wrong = 1\nwrong_time = \"2028-01-01T00:00:00Z\"\nreason = { en = \"An empty battery.\" }\n";
    house.write("clock.toml", file);
    let before = (kept(&house), house.files("keys"));
    for (words, typed) in signing(&house) {
        let output = house.run_by_clock("2099-01-01T00:00:00Z", &words, &typed);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
        assert!(told.contains("Nobody can be asked whether that is right"), "{words:?}: {told}");
        assert!(told.contains("--at 2099-01-01T00:00:00Z"), "{words:?}: {told}");
        assert_eq!((kept(&house), house.files("keys")), before, "{words:?}");
        assert!(!house.path("sheets-two").exists(), "{words:?}: the old sheet is still the sheet");
    }
}

#[test]
fn a_clock_that_runs_behind_signs_nothing() {
    let house = published();
    house.copy(house.path("site/designs/eel-knot"), "site/designs/river-step");
    let before = (kept(&house), house.files("keys"));
    for (words, typed) in signing(&house) {
        // A correction is what a clock that runs behind may be right about; and nothing is due in 2001.
        if words[1] == "clock" || words[1] == "due" {
            continue;
        }
        let output = house.run_by_clock("2001-01-01T00:00:00Z", &words, &typed);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
        assert_eq!((kept(&house), house.files("keys")), before, "{words:?}");
    }
}

#[test]
fn after_a_correction_keys_are_replaced_by_the_right_clock() {
    let house = published();
    house.copy(house.path("site/designs/eel-knot"), "site/designs/river-step");
    // A year that was said to be right, and was not.
    house.sign(&["record", "new", "river-step", "site", "--yes", "--at", "2098-01-01T00:00:00Z"]);
    let rotate = ["keys", "rotate", "site", "--sheets", "sheets-two", "--typed-fd", "0"];
    let sheet = house.sheet("sheets", "master-key-sheet");
    let now = "2027-03-01T00:00:00Z";
    let refused = house.run_by_clock(now, &rotate, &sheet);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    let wrong = Checkpoint::parse(&house.read("site/log/checkpoint")).expect("a head").head().size;
    let file = format!(
        "first_wrong = {}\nwrong_time = \"2098-01-01T00:00:00Z\"\nreason = {{ en = \"An empty battery.\" }}\n",
        wrong - 1
    );
    house.write("clock.toml", file);
    let clock = ["record", "clock", "clock.toml", "site", "--yes"];
    let corrected = house.run_by_clock(now, &clock, "");
    assert_eq!(corrected.status.code(), Some(0), "{}", said(&corrected));
    let done = house.run_by_clock(now, &rotate, &sheet);
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    let again = house.run_by_clock("2027-03-02T00:00:00Z", &["log", "due", "site"], "");
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    let told = house.expect(0, &["log", "check", "site"]);
    assert!(!told.contains("2098"), "{told}");
}
