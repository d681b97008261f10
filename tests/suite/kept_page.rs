//! The page of a record, kept as a file: judged by the evidence that it carries, and by nothing else.

use std::fs;
use std::sync::OnceLock;

use data_encoding::BASE64;
use selvedge::assemble::{Depth, Workshop};
use selvedge::read::Changed;
use selvedge::verify::{PageFault, State, Trust, page};
use serde_json::Value;

use crate::support::House;

const ADDRESS: &str = "https://makers.host.net/two-rivers/";

/// An association's site with a design, a certificate of it, and a certificate that was revoked.
///
/// It is made once, and copied for each test.
pub(super) fn published() -> House {
    static MADE: OnceLock<House> = OnceLock::new();
    let house = House::new();
    house.copy(MADE.get_or_init(make).path(""), ".");
    house
}

fn make() -> House {
    let house = House::new();
    house.copy("sites/two-rivers", "site");
    for signed in ["records", "log", "identity"] {
        fs::remove_dir_all(house.path("site").join(signed)).unwrap();
    }
    let _ = fs::remove_file(house.path("site/trust.toml"));
    house.set_address("site", ADDRESS);
    let certificate = "about = \"designs/eel-knot\"\nuntil = \"2096-12-31\"\n[[claim]]\nclaim_type = \"madeBy\"\n\
        value = { en = \"By a member\", es = \"Por una socia\" }\nmethod = \"peer visit\"\n";
    house.write("first.toml", certificate);
    house.write("second.toml", certificate.replace("a member", "another"));
    house.sign(&["keys", "new", "site", "--sheets", "sheets"]);
    house.sign(&["record", "new", "eel-knot", "site", "--yes"]);
    house.sign(&["record", "certify", "first.toml", "site", "--yes"]);
    house.sign(&["record", "certify", "second.toml", "site", "--yes"]);
    let records = house.files("site/records");
    let is_second = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("By another");
    let second = records.iter().find(|(_, bytes)| is_second(bytes)).unwrap().0;
    let number = second.to_str().unwrap().strip_suffix(".json").unwrap();
    house.sign(&["record", "revoke", number, "site", "--set", "reason=a test", "--yes"]);
    house.sign(&["log", "due", "site"]);
    house.expect(0, &["build", "site", "--output", "out"]);
    house.trust("site/identity/did.jsonl");
    house
}

#[test]
fn a_kept_page_is_judged_by_its_evidence_as_the_folder_judges_the_record() {
    let house = published();
    let trust = Trust::parse(&house.text("trust.toml")).unwrap();
    let (_, folder) = house.verify("out");
    let mut states = Vec::new();
    for entry in fs::read_dir(house.path("out/V")).unwrap() {
        let number = entry.unwrap().file_name().into_string().unwrap();
        let there = format!("out/V/{number}/index.html");
        let html = house.read(&there);
        house.write("kept.html", &html);
        let records = folder["records"].as_array().unwrap();
        let is_it = |report: &&Value| report["target"] == format!("{number}.json");
        let by_folder = records.iter().find(is_it).unwrap();
        // Where it is published, its files are at hand.
        let (code, by_site) = house.verify(&there);
        assert_eq!(by_site["findings"], by_folder["findings"]);
        assert_eq!(code, Some(i32::from(by_folder["state"] != "record-intact")));
        // Alone, it says the same of all that is in it.
        let (code, alone) = house.verify("kept.html");
        let all = |report: &Value| report["findings"].as_array().unwrap().clone();
        let differing: Vec<_> = all(&alone)
            .into_iter()
            .zip(all(by_folder))
            // A register that is too large for a page is told by the status lists in it.
            .filter(|(one, other)| match one["axis"] == "status" {
                true => one["verdict"] != other["verdict"],
                false => one != other,
            })
            .map(|(one, _)| one["check"].as_str().unwrap().to_owned())
            .filter(|check| !["masters", "side-signature", "site"].contains(&check.as_str()))
            .collect();
        assert!(differing.is_empty(), "{number}: {differing:?} {alone}");
        let record = house.read(&format!("out/records/{number}.json"));
        let has_photographs = String::from_utf8_lossy(&record).contains("/records/files/");
        let expected = match by_folder["state"].as_str().unwrap() {
            "record-intact" if has_photographs => "cannot-check-now",
            state => state,
        };
        assert_eq!(alone["state"], expected, "{alone}");
        assert_eq!(code, Some(i32::from(expected != "record-intact")));
        states.push(expected.to_owned());
        if has_photographs {
            // As a browser saves a page, with its pictures in a folder beside it; a picture that was changed is none.
            for (path, bytes) in house.files("out/records/files") {
                house.write(&format!("kept_files/{}", path.display()), &bytes);
            }
            assert_eq!(house.verify("kept.html").1["state"], by_folder["state"]);
            for path in house.files("kept_files").keys() {
                house.write(&format!("kept_files/{}", path.display()), b"another");
            }
            assert_eq!(house.verify("kept.html").1["state"], expected);
        }

        // Whoever is not believed is not believed on a page either.
        let nobody = page("it", &html, &Trust::nobody(), None).unwrap();
        assert_eq!(nobody.state, State::UnknownSigner);
        // A bent record is altered, wherever it is bent.
        let text = String::from_utf8(html).unwrap();
        for at in (0..record.len()).step_by(97) {
            let mut bent = record.clone();
            bent[at] ^= 1;
            let own = format!("\"record\":\"{}\"", BASE64.encode(&record));
            assert!(text.contains(&own));
            let forged = text.replace(&own, &format!("\"record\":\"{}\"", BASE64.encode(&bent)));
            let report = page("it", forged.as_bytes(), &trust, None).unwrap();
            assert!(
                matches!(report.state, State::Altered | State::NotSigned | State::UnknownSigner),
                "{at}: {:?}",
                report.state
            );
        }
    }
    states.sort();
    // The design, its two certificates, and what revokes one of them.
    assert_eq!(states, ["cannot-check-now", "record-intact", "record-intact", "revoked"]);
}

#[test]
fn what_is_no_page_of_a_record_is_refused_with_its_reason() {
    let judge = |html: &str| page("it", html.as_bytes(), &Trust::nobody(), None).map(|it| it.state);
    let script = |json: &str| {
        format!(
            "<!doctype html><script type=\"application/json\" id=\"selvedge-evidence\">{json}</script>"
        )
    };
    for html in
        ["", "<p>hello", "{}", "<title><script id=\"selvedge-evidence\">{}</script></title>"]
    {
        assert_eq!(judge(html), Err(PageFault::NoEvidence), "{html}");
    }
    assert_eq!(page("it", &[0xff], &Trust::nobody(), None).err(), Some(PageFault::NoEvidence));
    assert_eq!(judge(&script("{}").repeat(2)), Err(PageFault::Several));
    for json in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"record":1}"#,
        r#"{"record":"%"}"#,
        r#"{"record":"e30=","record":"e30="}"#,
    ] {
        assert!(matches!(judge(&script(json)), Err(PageFault::NotReadable(_))), "{json}");
    }
    assert_eq!(judge(&script(r#"{"record":"e30="}"#)), Ok(State::NotSigned));
    // Nesting costs nothing.
    let deep = "<div>".repeat(2_000_000);
    assert_eq!(judge(&deep), Err(PageFault::NoEvidence));
}

#[test]
fn a_photograph_that_is_replaced_while_the_preview_runs_is_not_the_signed_one() {
    let house = published();
    let designs = house.files("site/designs/eel-knot");
    let is_photo = |path: &&std::path::PathBuf| path.extension().is_some_and(|it| it == "jpg");
    let photo = designs.keys().find(is_photo).expect("a photograph").display().to_string();
    let own = house.read(&format!("site/designs/eel-knot/{photo}"));
    let products = house.files("site/products");
    let another = products
        .iter()
        .find(|(path, bytes)| is_photo(path) && **bytes != own)
        .expect("another photograph")
        .1;
    let mut workshop = Workshop::new(&house.path("site"));
    let mut is_told = |changed: Changed<'_>| {
        let loaded = workshop.load(changed, Depth::OnDemand, &|_, _| {}).expect("it is loaded");
        loaded.diagnostics.iter().any(|found| format!("{found:?}").contains("its photographs"))
    };
    assert!(!is_told(Changed::All));
    let path = format!("designs/eel-knot/{photo}");
    house.write(&format!("site/{path}"), another);
    assert!(is_told(Changed::Paths(std::slice::from_ref(&path))));
    house.write(&format!("site/{path}"), own);
    assert!(!is_told(Changed::Paths(&[path])));
}
