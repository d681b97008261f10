//! Numbers that somebody types: short numbers, full identifiers and aliases are looked up, shown and lead to pages.

use std::process::{Command, Output};

use selvedge::provenance::identifier::CharterLetters;
use selvedge::provenance::log::RecordId;
use serde_json::Value;

use super::certify::{WITH_CRITERIA, association, charter as charter_with_criteria};
use super::support::{House, Server, said};

/// A brand with a charter, a design with an edition of thirty, ten of which have tags; the letters of design and edition.
fn house() -> (House, String, String) {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    let site = house.text("shop/site.toml");
    house
        .write("shop/site.toml", format!("{site}\n[brand]\ncode = \"LOOM\"\nscope = \"ZZ-NOR\"\n"));
    house.write("shop/designs/steps.md", "+++\nname = \"River steps\"\n+++\n");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    let sign = |verb: &str, text: &str| {
        house.write("it.toml", text);
        short_id(&house.sign(&["record", verb, "it.toml", "shop", "--yes", "--json"]))
    };
    let charter = "name = \"The mill\"\nbrand_kind = \"association\"\n";
    sign("charter", charter);
    let design = short_id(&house.sign(&["record", "new", "steps", "shop", "--yes", "--json"]));
    let edition = sign(
        "edition",
        "name = \"Steps of the year\"\ndesign = [\"designs/steps\"]\nedition_kind = \"limited\"\nmaximum = 30\n",
    );
    let issue = ["tags", "issue", &edition, "shop", "--yes", "--json", "--count", "10"];
    let batch = short_id(&house.sign(&issue));
    house.sign(&["tags", "void", &batch, "shop", "--yes", "--reason", "lost", "--range", "3"]);
    (house, design, edition)
}

#[track_caller]
fn short_id(said: &str) -> String {
    let rest = said.split("\"shortId\": \"").nth(1).unwrap_or_else(|| panic!("{said}"));
    rest[..32].to_owned()
}

/// Runs a command inside a folder of the house.
fn inside(house: &House, folder: &str, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_selvedge"))
        .args(words)
        .current_dir(house.path(folder))
        .output()
        .unwrap()
}

/// Looks a number up in a folder; gives the exit code, the report, and what was said beside it.
#[track_caller]
fn look_up(house: &House, folder: &str, typed: &str) -> (Option<i32>, Value, String) {
    let trust = house.path("trust.toml");
    let trust = trust.to_str().unwrap();
    let output = inside(house, folder, &["verify", typed, "--trust", trust, "--json"]);
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|_| panic!("{typed}: {}", said(&output)));
    (output.status.code(), report, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The letters of the only charter.
fn charter(house: &House) -> CharterLetters {
    let files = house.files("shop/records");
    let is_charter = |bytes: &&Vec<u8>| String::from_utf8_lossy(bytes).contains("\"Charter\"");
    let found: Vec<&Vec<u8>> = files.values().filter(is_charter).collect();
    assert_eq!(found.len(), 1);
    CharterLetters::of(&RecordId::of(found[0]))
}

#[test]
fn a_typed_number_finds_its_record_and_its_page() {
    let (house, design, edition) = house();
    house.trust("shop/identity/did.jsonl");
    house.expect(0, &["build", "shop", "-o", "public", "--quiet"]);
    let key = charter(&house);
    let list = house.expect(0, &["tags", "list", "shop", "--json"]);
    let list: Value = serde_json::from_str(&list).unwrap();
    let of_edition = list[0]["number"].as_str().unwrap();
    assert!(of_edition.starts_with("LOOM ZZ-NOR D1 E1 "), "{of_edition}");
    let sheet = house
        .files(&format!("shop/private/tags/{edition}"))
        .into_values()
        .find_map(|bytes| String::from_utf8(bytes).ok().filter(|it| it.contains("<svg")))
        .expect("a sheet");
    assert!(sheet.contains(&format!("key:{key}/d-1/e1/02<")), "the alias is on the tag");
    let printed = sheet.split("LOOM ZZ-NOR D1 E1 02/30 ").nth(1).expect("a number");
    let piece = format!("LOOM ZZ-NOR D1 E1 02/30 {}", &printed[..1]);

    for folder in ["shop", "public"] {
        for (typed, record, says) in [
            (piece.clone(), &edition, "number 2 of the edition \"Steps of the year\""),
            (piece.to_lowercase().replace(' ', "-"), &edition, "number 2 of the edition"),
            (of_edition.to_owned(), &edition, "is the edition \"Steps of the year\""),
            (format!("key:{key}/d-1/e1/2"), &edition, "number 2 of the edition"),
            (
                format!("KEY:{}/D-1", key.as_str().to_uppercase()),
                &design,
                "the design \"River steps\"",
            ),
        ] {
            let (code, report, beside) = look_up(&house, folder, &typed);
            assert_eq!(report["state"], "record-intact", "{folder} {typed}: {report} {beside}");
            assert_eq!(code, Some(0), "{folder} {typed}: {report}");
            assert!(beside.contains(says) && beside.contains(record.as_str()), "{typed}: {beside}");
            assert!(beside.contains("signed as did:webvh:"), "{beside}");
        }
    }
    // With its scope, which the site of the folder says.
    for typed in ["https://grey-mill.net/zz/nor/d-1/e1/002/", "grey-mill.net/ZZ/nor/d1/e1"] {
        let (code, report, beside) = look_up(&house, "shop", typed);
        assert_eq!(code, Some(0), "{typed}: {report} {beside}");
        assert!(beside.contains(&edition), "{beside}");
    }

    // A tag that counts no more, and one that never was.
    let (code, report, _) = look_up(&house, "shop", &format!("key:{key}/d-1/e1/3"));
    let tag = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|it| it["check"] == "tag").expect("a finding on the tag")
    };
    assert_eq!((code, &tag(&report)["verdict"]), (Some(1), &"invalid".into()), "{report}");
    assert!(tag(&report)["reason"].as_str().unwrap().contains("lost"), "{report}");
    let (code, report, _) = look_up(&house, "shop", &format!("key:{key}/d-1/e1/30"));
    assert_eq!(code, Some(1), "{report}");
    assert!(tag(&report)["reason"].as_str().unwrap().contains("ever issued"), "{report}");

    // Slips of the pen, numbers that there are not, and those of others.
    for (typed, why) in [
        (piece.replace("D1", "D2"), "the design, after D, looks wrong"),
        (format!("key:{key}/d-7"), "no design D7; it has one design, D1"),
        (format!("key:{key}/d-1/e4"), "no edition E4; it has one edition, E1"),
        (format!("key:{key}/e1"), "no edition E1 without a design; it has no such edition"),
        (format!("key:{key}/d-1/e1/31"), "30 pieces at most"),
        (format!("key:{}/d-1", "a".repeat(16)), "another register"),
        (format!("key:{}/d-1", "a".repeat(15)), "this has 15"),
        ("grey-mill.net/zz/sud/d-1".to_owned(), "of another brand"),
        ("mill.example/zz/nor/d-1".to_owned(), "selvedge verify https://mill.example/zz/nor/d-1"),
    ] {
        let (code, report, beside) = look_up(&house, "shop", &typed);
        assert_eq!((code, &report["state"]), (Some(1), &"unknown-number".into()), "{typed}");
        assert!(report["reason"].as_str().unwrap().contains(why), "{typed}: {report} {beside}");
    }
    // A file goes before a number, and what is neither is told as before.
    std::fs::write(house.path("shop").join("D1 E1 2"), "{}").unwrap();
    let (_, report, _) = look_up(&house, "shop", "D1 E1 2");
    assert_eq!((&report["target"], &report["state"]), (&"D1 E1 2".into(), &"not-signed".into()));
    let nothing = inside(&house, "shop", &["verify", "no-such.json"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(said(&nothing).contains("there is nothing at no-such.json"), "{}", said(&nothing));
    let nowhere = inside(&house, "sheets", &["verify", &format!("key:{key}/d-1")]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(said(&nowhere).contains("folder of the site"), "{}", said(&nowhere));
}

#[test]
fn words_are_a_number_with_something_missing_or_a_maker() {
    let house = association();
    charter_with_criteria(&house, WITH_CRITERIA);
    let site = house.text("shop/site.toml");
    house
        .write("shop/site.toml", format!("{site}\n[brand]\ncode = \"LOOM\"\nscope = \"ZZ-NOR\"\n"));
    let certify =
        ["certify", "ana", "all", "shop", "--claims", "made-by", "--method", "sample", "--yes"];
    house.sign(&certify);
    house.trust("shop/identity/did.jsonl");
    for (typed, state, why) in [
        ("Nobody Anywhere", "unknown-maker", "no such maker: nobody called \"Nobody Anywhere\""),
        ("Anna of the mil", "unknown-maker", "did you mean \"Ana of the mill\"?"),
        ("Luzz", "unknown-maker", "did you mean \"Luz\"?"),
        ("LUZ", "no-record", "Luz is a maker of this site, makers/luz/"),
        (
            "LOOM D1 E1 17",
            "unknown-number",
            "the letters of the region, the number after the stroke and the last character are missing",
        ),
        (
            "rivers d1",
            "unknown-number",
            "the letters of the region and the last character are missing",
        ),
        ("rivers d1", "unknown-number", "for example LOOM ZZ-NOR D42 E2 017/100 "),
        ("17/100", "unknown-number", "only the end of a number"),
        ("IDF6JDYSHFNT7M25QS4ZMDWLTRSQ7MCM", "unknown-number", "has no record IDF6JDYS"),
        ("IDF6 JDYS HFNT 7M25 QS4Z MDWL TRSQ 7MC", "unknown-number", "this has 31"),
        ("IDF6JDYSHFNT7M25QS4ZMDWLTRSQ7MC0", "unknown-number", "has no 0"),
    ] {
        let (code, report, beside) = look_up(&house, "shop", typed);
        assert_eq!((code, &report["state"]), (Some(1), &state.into()), "{typed}: {report}");
        assert!(report["reason"].as_str().unwrap().contains(why), "{typed}: {report} {beside}");
    }
    // What the register has of a maker is judged, and a record by its number.
    let (code, report, beside) = look_up(&house, "shop", "ANA of the  mill");
    assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{report} {beside}");
    let records = report["records"].as_array().unwrap();
    assert!(records.len() == 2 && beside.contains("makers/ana/"), "{report} {beside}");
    let number = records[0]["target"].as_str().unwrap().strip_suffix(".json").unwrap();
    let (code, report, _) = look_up(&house, "shop", &format!("{} {}", &number[..8], &number[8..]));
    assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{report}");
    // Paths and addresses are none of that, nor are words where nothing could be looked up.
    for (folder, typed) in [
        ("shop", "no-such.json"),
        ("shop", "no/such"),
        ("shop", "./no"),
        ("sheets", "Nobody Anywhere"),
    ] {
        let output = inside(&house, folder, &["verify", typed]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("there is nothing at"), "{}", said(&output));
    }
}

#[test]
fn an_identifier_is_an_address_that_leads_to_the_record() {
    let (house, design, edition) = house();
    let key = charter(&house);
    house.expect(0, &["build", "shop", "-o", "public", "--quiet"]);
    house.expect(0, &["build", "shop", "-o", "stick", "--offline", "--quiet"]);
    for (path, up, short) in
        [("zz/nor/d-1", "../../../", &design), ("zz/nor/d-1/e1", "../../../../", &edition)]
    {
        for (folder, end) in [("public", ""), ("stick", "index.html")] {
            let page = house.text(&format!("{folder}/{path}/index.html"));
            let href = format!("{up}V/{short}/{end}");
            assert!(page.contains(&format!("content=\"0; url={href}\"")), "{page}");
            assert!(page.contains(&format!("<a href=\"{href}\">")), "{page}");
            assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{page}");
            assert!(
                page.contains(&format!("<h1><bdi dir=\"ltr\">grey-mill.net/{path}<")),
                "{page}"
            );
            let canonical =
                format!("<link rel=\"canonical\" href=\"https://grey-mill.net/V/{short}/\">");
            assert!(page.contains(&canonical), "{page}");
            assert!(page.len() < 2500 && !page.contains("<script"), "{}", page.len());
        }
        let record = house.text(&format!("public/V/{short}/index.html"));
        let thing = path.trim_start_matches("zz/nor/");
        assert!(
            record.contains(&format!("<code>grey-mill.net/{path}</code>")),
            "the record says it"
        );
        assert!(record.contains(&format!("<code>key:{key}/{thing}</code>")), "and the alias");
        assert!(record.contains("<code>LOOM ZZ-NOR D1 "), "and the short number");
    }
    assert!(!house.text("public/sitemap.xml").contains("zz/nor"));
    let data = house.text("public/verify/index.html");
    assert!(data.contains(&format!("\"charter\":\"{}\"", key.as_str())));

    // Without a brand there are no such addresses, and a page of the site's own keeps its place.
    let site = house.text("shop/site.toml");
    house.write("shop/site.toml", site.split("[brand]").next().unwrap());
    house.expect(0, &["build", "shop", "-o", "without", "--quiet"]);
    assert!(!house.path("without/zz").exists());
    house.write(
        "shop/pages/d-1.md",
        "+++\nname = \"Our first loom\"\n+++\nIt stands in the shed.\n",
    );
    house.write("shop/pages/d-1.es.md", "+++\n+++\nEstá en el cobertizo.\n");
    let site = site.replace("ZZ-NOR", "ES");
    let languages = site.lines().find(|line| line.starts_with("languages"));
    let site = match languages {
        Some(line) => site.replace(line, "languages = [\"en\", \"es\"]"),
        None => format!("languages = [\"en\", \"es\"]\n{site}"),
    };
    house.write("shop/site.toml", site);
    let told = house.expect(0, &["check", "shop"]);
    assert!(told.contains("taken-address") && told.contains("es/d-1/"), "{told}");
    house.expect(0, &["build", "shop", "-o", "spanish", "--quiet"]);
    assert!(house.text("spanish/es/d-1/index.html").contains("cobertizo"));
    assert!(house.text("spanish/es/d-1/e1/index.html").contains("http-equiv=\"refresh\""));
}

#[test]
fn an_identifier_with_its_scheme_is_asked_of_the_web() {
    let (house, design, edition) = house();
    house.trust("shop/identity/did.jsonl");
    house.expect(0, &["build", "shop", "-o", "web/shop", "--quiet"]);
    let web = Server::of(house.path("web"), |_, bytes| bytes);
    for (thing, record) in [("d-1/", &design), ("d-1/e1/2", &edition)] {
        // The register lies below the host: which part is its place and which the scope shows by asking.
        let address = format!("{}/shop/zz/nor/{thing}", web.address);
        let (code, report, beside) = look_up(&house, "sheets", &address);
        assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()), "{report}");
        assert!(beside.contains(record.as_str()), "{beside}");
    }
    let (code, report, _) = look_up(&house, "sheets", &format!("{}/shop/zz/d-9", web.address));
    assert_eq!((code, &report["state"]), (Some(1), &"unknown-number".into()), "{report}");
    let nothing = format!("{}/elsewhere/zz/d-1", web.address);
    let nothing = inside(&house, "sheets", &["verify", &nothing]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(said(&nothing).contains("no register was found above it"), "{}", said(&nothing));
}

#[test]
fn a_complaint_is_about_what_a_tag_says() {
    let (house, _, edition) = house();
    let key = charter(&house);
    let about = |about: &str| {
        house.expect(0, &["complaint", "new", "shop", "--about", about, "--says", "It is loose."])
    };
    let batch = house.expect(0, &["tags", "list", "shop", "--json"]);
    let batch: Value = serde_json::from_str(&batch).unwrap();
    let batch = batch[0]["batches"][0]["shortId"].as_str().unwrap().to_owned();
    let told = about(&format!("key:{key}/d-1/e1/2"));
    assert!(told.contains(&edition) && told.contains("Tag 2 is one of"), "{told}");
    let kept = house.text("shop/private/complaints/1/complaint.toml");
    assert!(kept.contains("tag = 2") && kept.contains(&batch), "{kept}");
    let told = about("https://grey-mill.net/zz/nor/d-1/e1/02");
    assert!(told.contains("reported before: complaint 1"), "{told}");
    let told = about("https://grey-mill.net/zz/nor/d-1/e1/03");
    assert!(told.contains("made void"), "{told}");
    let told = about("LOOM ZZ-NOR D1 E1 02/30 !");
    assert!(told.contains("Neither the register nor the site knows it"), "{told}");
    let told = about("LOOM ZZ-NOR D4 E1 02/30 0");
    assert!(told.contains("looks wrong") && told.contains("Compare it once more"), "{told}");
    let told = about(&format!("key:{key}/d-9"));
    assert!(told.contains("No such number: this register has no design D9"), "{told}");
    let told = about("https://mill.example/zz/nor/d-1");
    assert!(told.contains("is not one of your site"), "{told}");
}
