//! Evidence packs: one record in a folder, for whoever has neither the site nor the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use selvedge::evidence::{Disk, Evidence};
use selvedge::pack::{self, Maker, Packed};
use selvedge::provenance::instant;
use selvedge::provenance::kind::Kind;
use selvedge::verify::{self, Axis, Finding, Report, State, Trust, Verdict};

use crate::support::{House, said};

type Files = BTreeMap<String, Vec<u8>>;

const TWO_RIVERS: &str = "sites/two-rivers";

fn two_rivers() -> (Evidence, Trust) {
    let trust = Trust::parse(&fs::read_to_string("sites/two-rivers/trust.toml").unwrap()).unwrap();
    (Evidence::load(Path::new(TWO_RIVERS), &Trust::nobody(), None), trust)
}

fn packed(evidence: &Evidence, packed: &Packed<'_>) -> Files {
    let page = Some(b"<!doctype html><title>as the site shows it</title>".to_vec());
    let maker = Maker { name: "Two Rivers Makers" };
    pack::files(evidence, &Disk::at(TWO_RIVERS), packed, maker, page).unwrap()
}

fn judge(files: &Files, trust: &Trust) -> Report {
    verify::pack("it", files, trust, instant::parse("2026-12-01T00:00:00Z"))
}

fn findings(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().chain(report.records.iter().flat_map(|record| &record.findings))
}

/// Bends each file of a pack in several places, and takes each away: it is noticed, and named.
fn every_piece_counts(files: &Files, trust: &Trust) {
    let whole = judge(files, trust);
    for (path, bytes) in files {
        let is_words = path.starts_with("README.") || path.starts_with("V/");
        let is_named = |report: &Report| {
            findings(report).any(|finding| {
                finding.verdict != Verdict::Valid && finding.reason.contains(path.as_str())
            })
        };
        for at in (0..bytes.len()).step_by(bytes.len() / 7 + 1) {
            let mut bent = files.clone();
            bent.get_mut(path).unwrap()[at] ^= 1;
            let report = judge(&bent, trust);
            if path == "SHA256SUMS" {
                // What it says of some file is no longer so.
                assert_ne!(report.findings, whole.findings, "{at}");
                continue;
            }
            assert!(is_named(&report), "{path} at {at}: {report:?}");
            match is_words {
                true => assert_eq!(report.state, whole.state, "{path}: words prove nothing"),
                false => assert_eq!(report.state, State::Altered, "{path} at {at}: {report:?}"),
            }
        }
        let mut less = files.clone();
        less.remove(path);
        assert!(verify::is_pack(&less), "{path}");
        let report = judge(&less, trust);
        assert!(is_named(&report), "{path} is gone: {report:?}");
        if !is_words {
            let is_open = |finding: &&Finding| finding.check == "pack-files";
            let listed = report.findings.iter().find(is_open).unwrap();
            assert_eq!(listed.verdict, Verdict::NotChecked, "{path}");
            assert_ne!(report.state, State::RecordIntact, "{path}");
        }
    }
}

#[test]
fn every_record_can_be_packed_and_every_piece_of_a_pack_counts() {
    let (evidence, trust) = two_rivers();
    assert!(evidence.records().count() > 10);
    for record in evidence.records() {
        let found = pack::find(&evidence, record.id().short().as_str());
        if record.record().subject.kind() == Kind::Snapshot {
            assert!(found.unwrap_err().to_string().contains("status list"));
            continue;
        }
        assert_eq!(found.unwrap().id(), record.id());
        let files = packed(&evidence, &Packed::Stated(record));
        assert_eq!(files, packed(&evidence, &Packed::Stated(record)), "the same bytes again");
        let report = judge(&files, &trust);
        let wrong =
            |finding: &&Finding| finding.axis == Axis::Bytes && finding.verdict == Verdict::Invalid;
        assert_eq!(findings(&report).find(wrong), None);
        let text = String::from_utf8(files["README.txt"].clone()).unwrap();
        assert!(text.starts_with("FOR PRACTICE: "), "all of Two Rivers is");
        assert!(text.contains("(did:webvh:"), "{text}");
        // Only what is published of this one record.
        let own = record.id().short().to_string();
        let bodies = files.keys().filter(|path| path.ends_with(".json"));
        let bodies: Vec<_> = { bodies }.filter(|path| path.starts_with("records/")).collect();
        assert!(bodies.iter().any(|path| path.contains(&own)) && bodies.len() <= 3, "{bodies:?}");
        assert!(files.keys().all(|path| !path.contains("private") && !path.contains("tile")));
    }
    let design = evidence.of_design("eel-knot").next().unwrap();
    let files = packed(&evidence, &Packed::Stated(design));
    assert!(files.keys().any(|path| path.starts_with("records/files/")), "its photographs");
    // An examiner who types no command reads what it says, in both languages, with the pictures and three dates apart.
    let page = String::from_utf8(files["README.html"].clone()).unwrap();
    let begins = page.find("What the record says").unwrap();
    assert!(begins < page.find("<h2>1. Is everything here?").unwrap());
    let picture = page.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(files.contains_key(picture), "{picture}");
    for part in [
        "Eel knot (en)",
        "(es)",
        "Held by",
        "Said to date from",
        "Signed on",
        "Existed no later than",
    ] {
        assert!(page[begins..].contains(part), "{part}: {page}");
    }
    let seen = page.split("<dt>Existed no later than</dt><dd><span>").nth(1).unwrap();
    assert!(seen.starts_with("2026-11-"), "{}", &seen[..80]);
    assert!(files.keys().any(|path| path.ends_with(".tsr")), "its time-stamps");
    every_piece_counts(&files, &trust);
}

#[test]
fn a_pack_says_at_once_what_the_register_says_against_its_record() {
    let (evidence, _) = two_rivers();
    let opening = |record: &verify::VerifiedRecord| {
        let files = packed(&evidence, &Packed::Stated(record));
        let text = String::from_utf8(files["README.txt"].clone()).unwrap();
        text.split("What the record says").next().unwrap().to_owned()
    };
    let disputed = opening(evidence.of_design("two-waters").next().unwrap());
    assert!(disputed.contains("It is disputed, and that is not settled: record "), "{disputed}");
    assert!(
        disputed.contains("In short: the record existed no later than 2026-11-07"),
        "{disputed}"
    );
    let alone = opening(evidence.of_design("eel-knot").next().unwrap());
    assert!(!alone.contains("disputed") && !alone.contains("The register says"), "{alone}");
    let suspended = evidence.records().find(|record| {
        evidence.standing(&record.id()).is_some_and(|it| it.condition.in_words() == "suspended")
    });
    let suspended = opening(suspended.unwrap());
    assert!(suspended.contains("The register says that it is suspended."), "{suspended}");
}

#[test]
fn a_pack_dates_its_record_by_the_kept_heads_that_a_proof_leads_to() {
    let (evidence, trust) = two_rivers();
    let design = evidence.of_design("eel-knot").next().unwrap();
    let files = packed(&evidence, &Packed::Stated(design));
    let by = |files: &Files, trust: &Trust| {
        let report = judge(files, trust);
        let dated = report.records[0].finding("existed-by").unwrap();
        (dated.verdict, dated.reason.to_string(), report.finding("log-heads").cloned())
    };
    let (verdict, why, heads) = by(&files, &trust);
    assert_eq!(verdict, Verdict::Valid);
    assert!(why.contains("existed no later than 2026-11-07T10:00:00Z; seen by "), "{why}");
    assert_eq!(heads.unwrap().verdict, Verdict::Valid);
    // The folder says the same of it, having all tiles.
    let folder = verify::folder("", &Disk::at(TWO_RIVERS), &trust, None, None).report;
    let same = folder.records.iter().find(|it| it.record == Some(design.id().to_string()));
    assert_eq!(same.unwrap().finding("existed-by").unwrap().reason, why);

    // By the authority alone, which dated the later head.
    let text = fs::read_to_string("sites/two-rivers/trust.toml").unwrap();
    let (_, authority) = text.split_once("[[tsa]]").unwrap();
    let authority = Trust::parse(&format!("[[tsa]]{authority}")).unwrap();
    let (verdict, why, _) = by(&files, &authority);
    assert_eq!(verdict, Verdict::Valid);
    assert!(why.contains("dated by Office of time-stamps"), "{why}");
    assert_eq!(by(&files, &Trust::nobody()).0, Verdict::NotChecked);

    // Without its proof a head dates nothing, even if the list of files was written anew.
    let proofs = |files: &Files| -> Vec<String> {
        let is_proof =
            |path: &&String| path.starts_with("log/heads/") && path.ends_with(".tlog-proof");
        files.keys().filter(is_proof).cloned().collect()
    };
    let mut bare = files.clone();
    let all = proofs(&files);
    assert!(all.len() > 1);
    all.iter().for_each(|path| _ = bare.remove(path));
    assert_eq!(by(&bare, &trust).0, Verdict::NotChecked);
    // One record's proof dates no other.
    let other = evidence.records().find(|record| record.id() != design.id()).unwrap();
    let foreign = packed(&evidence, &Packed::Stated(other));
    let mut swapped = files.clone();
    for (path, from) in all.iter().zip(proofs(&foreign)) {
        swapped.insert(path.clone(), foreign[&from].clone());
    }
    let (verdict, _, heads) = by(&swapped, &trust);
    assert_eq!(verdict, Verdict::NotChecked);
    assert_eq!(heads.unwrap().verdict, Verdict::Invalid);
}

#[test]
fn the_pack_of_a_withdrawn_record_holds_what_says_so_and_no_content() {
    let (evidence, trust) = two_rivers();
    let (id, _, by) = evidence.withdrawn().next().expect("Two Rivers withdrew one");
    let found = pack::find(&evidence, id.short().as_str()).unwrap();
    assert!(matches!(found, Packed::Gone { .. }));
    let files = packed(&evidence, &found);
    let short = id.short().to_string();
    let of_it: Vec<_> = files.keys().filter(|path| path.contains(&short)).collect();
    assert_eq!(of_it, [&format!("V/{short}/index.html")]);
    assert!(files.contains_key(&format!("records/{}.json", by.id().short())));
    let report = judge(&files, &trust);
    let gone = report.records.iter().find(|it| it.target == format!("{short}.json")).unwrap();
    assert_eq!(gone.state, State::Withdrawn);
    every_piece_counts(&files, &trust);
}

#[test]
fn nothing_is_packed_from_a_register_that_does_not_hold() {
    let house = House::new();
    house.copy(TWO_RIVERS, "site");
    let good = house.files("site");
    let size = house.text("site/log/checkpoint").lines().nth(1).unwrap().to_owned();
    let token = good.keys().find(|path| path.to_str().unwrap().ends_with(".tsr")).unwrap();
    let head = token.with_file_name("checkpoint").to_str().unwrap().to_owned();
    for (path, why) in [
        (&*format!("log/tile/0/000.p/{size}"), "register"),
        ("log/checkpoint", "register"),
        (&*head, ""),
        ("identity/did.jsonl", "identity"),
    ] {
        let bytes = &good[Path::new(path)];
        let mut bent = bytes.clone();
        let at = bytes.len() / 2;
        bent[at] ^= 1;
        house.write(&format!("site/{path}"), &bent);
        let site = house.path("site");
        let evidence = Evidence::load(&site, &Trust::nobody(), None);
        let maker = Maker { name: "Two Rivers Makers" };
        let made = evidence.of_design("eel-knot").next().map(|record| {
            let packed = Packed::Stated(record);
            pack::files(&evidence, &Disk::at(&site), &packed, maker, None)
        });
        match made {
            // What does not hold is not even found.
            None => assert!(pack::find(&evidence, "designs/eel-knot").is_err()),
            // A kept head that is none dates nothing, and is left out.
            Some(Ok(files)) if why.is_empty() => assert!(!files.contains_key(path)),
            Some(made) => {
                let error = made.unwrap_err().to_string();
                assert!(error.contains(why), "{path}: {error}");
            }
        }
        house.write(&format!("site/{path}"), bytes);
    }
}

#[test]
fn a_pack_shows_no_name_that_may_be_erased() {
    let house = House::new();
    house.copy(TWO_RIVERS, "site");
    let people = house.files("site/records/people");
    let opening: serde_json::Value =
        serde_json::from_slice(people.values().next().expect("one who consented")).unwrap();
    let (name, uuid) = (&opening["name"][0]["@value"], opening["record"].as_str().unwrap());
    let name = name.as_str().unwrap();
    let holds = |bytes: &[u8], text: &str| String::from_utf8_lossy(bytes).contains(text);
    let records = house.files("site/records");
    let is_it = |path: &Path, bytes: &[u8]| {
        path.to_str().unwrap().ends_with(".json")
            && holds(bytes, &format!("\"id\":\"{uuid}\",\"issuer\""))
    };
    let record = records.iter().find(|(path, bytes)| is_it(path, bytes)).unwrap().0;
    let number = record.to_str().unwrap().strip_suffix(".json").unwrap();
    house.expect(0, &["build", "site", "--output", "out"]);
    let page = format!("V/{number}/index.html");
    assert!(holds(&house.read(&format!("out/{page}")), name), "the site shows it");
    house.expect(0, &["pack", number, "site", "--to", "pack"]);
    let files = house.files("pack");
    assert!(files.contains_key(Path::new(&page)));
    for (path, bytes) in files {
        let salt = opening["salt"].as_str().unwrap();
        assert!(!holds(&bytes, name) && !holds(&bytes, salt), "{}", path.display());
        assert!(!holds(&bytes, "\"people\":["), "{}", path.display());
    }
}

#[test]
fn a_record_is_found_by_what_people_have_of_it() {
    let (evidence, _) = two_rivers();
    let design = evidence.of_design("eel-knot").next().unwrap();
    let short = design.id().short().to_string();
    for name in [
        short.clone(),
        short.to_lowercase(),
        format!("{} {}-{}", &short[..8], &short[8..16], &short[16..]),
        short[..8].to_owned(),
        design.id().to_string(),
        "designs/eel-knot".to_owned(),
    ] {
        assert_eq!(pack::find(&evidence, &name).unwrap().id(), design.id(), "{name}");
    }
    for (name, why) in [
        ("", "too short"),
        ("YRL3", "too short"),
        ("designs/nothing", "no record"),
        ("AAAAAAAA", "no record of this site"),
    ] {
        let error = pack::find(&evidence, name).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_pack_of_a_record_that_is_meant_is_intact_for_who_knows_the_fingerprint() {
    let house = House::new();
    house.write(
        "site/site.toml",
        "name = \"Quiet Looms\"\nbase_url = \"https://quiet-looms.net/\"\nlanguages = [\"en\"]\n",
    );
    house.write("site/designs/plain/index.md", "+++\nname = \"Plain\"\n+++\nTwo over two.\n");
    house.write("site/private/notes.txt", "nobody else's");
    house.sign(&["keys", "new", "site", "--sheets", "sheets"]);
    house.sign(&["record", "new", "plain", "site", "--yes"]);
    house.sign(&["log", "due", "site"]);
    let spoken = house.expect(0, &["pack", "designs/plain", "site", "--to", "packs/plain"]);
    let (_, fingerprint) = spoken.split_once("SHA256:").unwrap();
    let fingerprint = format!("SHA256:{}", fingerprint.split_whitespace().next().unwrap());
    house.trust("site/identity/did.jsonl");
    let (code, report) = house.verify("packs/plain");
    assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{report}");
    let known = ["verify", "packs/plain", "--fingerprint", &fingerprint];
    assert!(house.run("nobody", &known, "").status.success());
    let stranger = house.run("nobody", &["verify", "packs/plain"], "");
    assert_eq!(stranger.status.code(), Some(1));
    assert!(said(&stranger).contains("unknown signer"), "{}", said(&stranger));

    let files: Files = { house.files("packs/plain").into_iter() }
        .map(|(path, bytes)| (path.to_str().unwrap().to_owned(), bytes))
        .collect();
    let trust = Trust::parse(&house.text("trust.toml")).unwrap();
    let text = String::from_utf8(files["README.txt"].clone()).unwrap();
    assert!(text.starts_with("This folder comes from Quiet Looms, https://quiet-looms.net/ ("));
    assert!(text.contains(&fingerprint));
    assert!(!files.values().any(|bytes| bytes.windows(13).any(|it| it == b"nobody else's")));
    // Judged now: the lists hold for months.
    let now = jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap();
    let whole = verify::pack("", &files, &trust, Some(now));
    assert_eq!(whole.state, State::RecordIntact);
    for path in files.keys().filter(|path| !path.starts_with("README") && !path.starts_with("V/")) {
        let mut less = files.clone();
        less.remove(path);
        let report = verify::pack("", &less, &trust, Some(now));
        assert_ne!(report.state, State::RecordIntact, "{path}");
    }
    // A record in a pack is judged with what is packed beside it, and so is its page.
    let is_record = |path: &&String| path.starts_with("V/");
    let short = files.keys().find(is_record).unwrap()[2..34].to_owned();
    let (code, report) = house.verify(&format!("packs/plain/records/{short}.json"));
    assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{report}");
    let (code, _) = house.verify(&format!("packs/plain/V/{short}/index.html"));
    assert_eq!(code, Some(0));

    // The same record by its file gives the same pack; nothing is written over, nor into the site.
    let file = format!("site/records/{short}.json");
    house.expect(0, &["pack", &file, "site", "--to", "packs/again"]);
    assert_eq!(house.files("packs/again"), house.files("packs/plain"));
    let said = house.expect(2, &["pack", &file, "site", "--to", "packs/again"]);
    assert!(said.contains("give the name of a new folder"), "{said}");
    let said = house.expect(2, &["pack", &file, "site", "--to", "site/pack"]);
    assert!(said.contains("in the folder of the site"), "{said}");
    assert!(!house.path("site/pack").exists());
    let said = house.expect(2, &["pack", "ZZZZZZZZ", "site", "--to", "packs/none"]);
    assert!(said.contains("no record of this site"), "{said}");
}
