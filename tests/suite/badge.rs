//! Badges: pictures that carry a record are judged as the page that carries the same evidence.

use std::fs;

use selvedge::provenance::badge::bake;
use selvedge::verify::evidence_of;

use crate::kept_page::published;
use crate::support::said;

const SVG: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9\"/></svg>";

fn png() -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = png::Encoder::new(&mut out, 2, 2);
    encoder.write_header().unwrap().write_image_data(&[0; 4]).unwrap();
    out
}

#[test]
fn a_badge_is_judged_as_the_page_that_carries_the_same_evidence() {
    let house = published();
    let (mut states, mut has_side) = (Vec::new(), 0);
    for entry in fs::read_dir(house.path("out/V")).unwrap() {
        let number = entry.unwrap().file_name().into_string().unwrap();
        let html = house.read(&format!("out/V/{number}/index.html"));
        house.write("kept.html", &html);
        let (code, by_page) = house.verify("kept.html");
        states.push(by_page["state"].as_str().unwrap().to_owned());
        let evidence = evidence_of(&html).unwrap();
        has_side += usize::from(evidence.contains("\"sideSignature\""));
        // By content: whatever the file is called.
        for (name, picture) in [("badge.png", png()), ("badge.dat", SVG.as_bytes().to_vec())] {
            house.write(name, bake(&picture, &evidence).unwrap());
            let (by_badge_code, by_badge) = house.verify(name);
            assert_eq!(by_badge_code, code);
            assert_eq!(by_badge["findings"], by_page["findings"]);
            assert_eq!(by_badge["state"], by_page["state"]);
            assert_eq!(by_badge["record"], by_page["record"]);
            let unsaid = house.run("nobody", &["verify", name, "--json"], "");
            assert_eq!(unsaid.status.code(), Some(1));
            assert!(said(&unsaid).contains("unknown-signer"));
            let before = ["verify", name, "--at", "2020-01-01T00:00:00Z", "--trust", "trust.toml"];
            let before = house.run("nobody", &before, "");
            assert_eq!(before.status.code(), Some(1), "{}", said(&before));
        }
        // A bent record in a badge is altered.
        let bent = evidence.replacen("\"record\":\"eyJ", "\"record\":\"eyK", 1);
        assert_ne!(bent, evidence);
        house.write("bent.svg", bake(SVG.as_bytes(), &bent).unwrap());
        let (code, report) = house.verify("bent.svg");
        assert_eq!((code, &report["state"]), (Some(1), &"altered".into()));
    }
    states.sort();
    assert_eq!(states, ["cannot-check-now", "record-intact", "record-intact", "revoked"]);
    assert_eq!(has_side, 4);
}

#[test]
fn a_picture_that_carries_no_record_says_what_else_to_ask_by() {
    let house = crate::support::House::new();
    for (name, picture) in [
        ("plain.png", png()),
        ("plain.svg", SVG.as_bytes().to_vec()),
        ("sent.jpg", b"\xff\xd8\xff\xe0 whatever".to_vec()),
    ] {
        house.write(name, picture);
        let words = house.expect(1, &["verify", name]);
        assert!(words.contains(&format!("{name}: not signed")), "{words}");
        assert!(words.contains("this picture carries no record"), "{words}");
        assert!(words.contains("selvedge verify https://"), "{words}");
    }
    let svg = |inside: &str| SVG.replace("<path", &format!("{inside}<path"));
    let one = "<metadata id=\"selvedge-evidence\">{}</metadata>";
    for (name, picture, why) in [
        ("twice.svg", svg(&one.repeat(2)), "carries evidence twice"),
        ("empty.svg", svg(one), "no record"),
        ("laughs.svg", format!("<!DOCTYPE svg [<!ENTITY a \"ha\">]>{SVG}"), "document type"),
        ("large.svg", svg(&" ".repeat(100 << 20)), "larger than any"),
    ] {
        house.write(name, picture);
        let words = house.expect(2, &["verify", name]);
        assert!(words.contains(why), "{words}");
    }
}
