//! Badges of a built site: there while a certification is in force, judged by their record, exported as Open Badges, and
//! not to be imitated by content.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::kept_page::published;
use crate::support::{House, said};

/// The number of the certificate that is in force.
fn number(house: &House) -> String {
    let records = house.files("site/records");
    let is_it = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("By a member");
    let (path, _) = records.iter().find(|(_, bytes)| is_it(bytes)).unwrap();
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn badges(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<&str> {
    let paths = files.keys().filter_map(|path| path.to_str());
    paths.filter(|path| path.starts_with("badges/")).collect()
}

#[test]
fn a_badge_is_there_while_it_holds_and_only_where_it_applies() {
    let house = published();
    let number = number(&house);
    let files = house.files("out");
    let all = badges(&files);
    assert!(!all.is_empty() && all.len().is_multiple_of(6), "{all:?}");
    assert!(all.iter().all(|path| path.starts_with(&format!("badges/{number}/"))), "{all:?}");
    let pages = files.iter().filter(|(path, _)| path.extension().is_some_and(|it| it == "html"));
    let shown: Vec<&str> = pages
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("badges/"))
        .filter_map(|(path, _)| path.to_str())
        .collect();
    assert!(
        !shown.is_empty() && shown.iter().all(|path| path.ends_with("designs/eel-knot/index.html")),
        "{shown:?}"
    );
    let page = house.text("out/designs/eel-knot/index.html");
    assert!(page.contains(&format!("../../badges/{number}/en-light.svg")), "{page}");
    assert!(
        page.contains("media=\"(prefers-color-scheme:dark)\"") && page.contains("loading=\"lazy\"")
    );
    // Built when it is over, nothing of it is left.
    house.expect(0, &["build", "site", "--output", "out", "--at", "2097-02-01T00:00:00Z"]);
    let files = house.files("out");
    assert_eq!(badges(&files), [""; 0]);
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("badges/") && !text.contains("openbadge"), "{}", path.display());
    }
}

#[test]
fn a_badge_is_judged_by_the_record_that_it_carries() {
    let house = published();
    let folder = format!("out/badges/{}", number(&house));
    for name in ["en-light.svg", "en-light.png", "es-dark.svg", "en-print.png"] {
        let path = format!("{folder}/{name}");
        let (code, report) = house.verify(&path);
        assert_eq!(
            (code, &report["state"]),
            (Some(0), &"record-intact".into()),
            "{name}: {report}"
        );
        // Saved anew without what it carries it is nothing; bent, it is altered.
        if name.ends_with(".svg") {
            let svg = house.text(&path);
            let bent = svg.replacen("\"record\":\"eyJ", "\"record\":\"eyK", 1);
            assert_ne!(bent, svg);
            house.write("bent.svg", bent);
            let (code, report) = house.verify("bent.svg");
            assert_eq!((code, &report["state"]), (Some(1), &"altered".into()));
        }
    }
    let (code, report) = {
        let words = [
            "verify",
            &format!("{folder}/en-light.svg"),
            "--trust",
            "trust.toml",
            "--json",
            "--at",
            "2097-02-01T00:00:00Z",
        ];
        let output = house.run("nobody", &words, "");
        (output.status.code(), serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap())
    };
    assert_eq!((code, &report["state"]), (Some(1), &"expired".into()));
}

#[test]
fn an_open_badge_is_baked_into_the_badges_while_it_says_what_its_record_says() {
    let house = published();
    let number = number(&house);
    let export = ["record", "export-badge", &number[..8], "site", "--yes"];
    let file = format!("site/records/{number}.openbadge.jwt");
    // It was made when the record was signed, and is made again when it is asked for.
    let token = house.text(&file);
    std::fs::remove_file(house.path(&file)).unwrap();
    let words = house.sign(&export);
    assert!(words.contains(&format!("records/{number}.openbadge.jwt")), "{words}");
    assert_eq!(house.text(&file), token);
    // Signing the same twice gives the same.
    house.sign(&export);
    assert_eq!(house.text(&file), token);
    // It is in nobody's way.
    house.expect(0, &["build", "site", "--output", "out"]);
    assert_eq!(house.text(&format!("out/records/{number}.openbadge.jwt")), token.trim_end());
    let svg = house.text(&format!("out/badges/{number}/en-dark.svg"));
    let element = format!("<openbadges:credential verify=\"{}\"/>", token.trim_end());
    let start = svg.split_once('>').unwrap();
    assert!(start.0.contains("xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\""), "{svg}");
    assert!(start.1.starts_with(&element), "{svg}");
    let png = house.read(&format!("out/badges/{number}/en-light.png"));
    let chunk = [b"iTXtopenbadgecredential\0\0\0\0\0", token.trim_end().as_bytes()].concat();
    assert!(png.windows(chunk.len()).any(|part| part == chunk));
    let (code, report) = house.verify(&format!("out/badges/{number}/en-light.png"));
    assert_eq!((code, &report["state"]), (Some(0), &"record-intact".into()));
    house.sign(&["log", "due", "site"]);
    // Altered, it is named and left out.
    let bent = token.replacen('.', ".e", 1);
    house.write(&file, bent);
    let words = house.expect(0, &["build", "site", "--output", "out"]);
    assert!(words.contains("Open Badge") && words.contains("export-badge"), "{words}");
    let svg = house.text(&format!("out/badges/{number}/en-dark.svg"));
    assert!(!svg.contains("openbadges"), "{svg}");
    assert!(!house.path(&format!("out/records/{number}.openbadge.jwt")).exists());
    // Of what is not in force, or is no certification, none is made.
    for (path, bytes) in house.files("site/records") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let other = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|ending| ending != "json") || other == number {
            continue;
        }
        let words = house.expect(2, &["record", "export-badge", &other, "site", "--yes"]);
        let why = if text.contains("By another") {
            "not in force"
        } else {
            "certification or of a membership"
        };
        assert!(words.contains(why), "{words}");
        let is_there = house.path(&format!("site/records/{other}.openbadge.jwt")).exists();
        assert_eq!(is_there, text.contains("By another"), "{text}");
    }
}

#[test]
fn a_sheet_of_badges_is_printed_while_the_record_holds_and_says_until_when() {
    let house = published();
    let number = number(&house);
    let sheet = |more: &[&str]| {
        let words = ["tags", "badges", &number, "site", "--to", "printer"];
        house.run("keys", &[&words[..], more].concat(), "")
    };
    let done = sheet(&[]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(said(&done).contains("These 8 badges may be used until 2096-"), "{}", said(&done));
    let path = format!("printer/badges-{number}-en-medium.html");
    let page = house.text(&path);
    assert_eq!(page.matches("<img ").count(), 8);
    for part in
        ["To be used until", "2096", "Look here: ", &format!("/V/{number}/"), "Key: SHA256:"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    // The picture is the one that the site has for print, but for what that carries to be judged by.
    let at = page.split("base64,").nth(1).unwrap().split('"').next().unwrap();
    let picture = data_encoding::BASE64.decode(at.as_bytes()).unwrap();
    let picture = String::from_utf8(picture).unwrap();
    let built = house.text(&format!("out/badges/{number}/en-print.svg"));
    let drawing = |svg: &str| svg.split_once("<title>").unwrap().1.to_owned();
    assert_eq!(drawing(&picture), drawing(&built));
    assert!(!picture.contains("selvedge-evidence"));
    let links = ["src=\"http", "href=", "<script", "url(http"];
    assert!(links.iter().all(|link| !page.contains(link)), "nothing from elsewhere");
    // The same again, byte for byte; others in other sizes and languages.
    sheet(&[]);
    assert!(house.text(&path) == page);
    let done = sheet(&["--size", "small", "--language", "es", "--pages", "3"]);
    assert!(said(&done).contains("These 45 badges"), "{}", said(&done));
    let spanish = house.text(&format!("printer/badges-{number}-es-small.html"));
    assert!(spanish.contains("lang=\"es\"") && spanish.contains("Para usar hasta el"));
    let wrong = sheet(&["--language", "fr"]);
    assert!(said(&wrong).contains("is not in the language \"fr\""), "{}", said(&wrong));
    let inside = house.run("keys", &["tags", "badges", &number, "site", "--to", "site/pages"], "");
    assert!(said(&inside).contains("lies in the folder of the site"), "{}", said(&inside));

    // None of what does not hold now: over, on hold, or no certification at all.
    let over = sheet(&["--at", "2097-02-01T00:00:00Z"]);
    assert_eq!(over.status.code(), Some(2), "{}", said(&over));
    assert!(said(&over).contains("not in force"), "{}", said(&over));
    std::fs::remove_dir_all(house.path("printer")).unwrap();
    house.sign(&[
        "record",
        "suspend",
        &number,
        "site",
        "--yes",
        "--set",
        "reason=We look into it.",
    ]);
    let held = sheet(&[]);
    assert_eq!(held.status.code(), Some(2), "{}", said(&held));
    assert!(said(&held).contains("not in force"), "{}", said(&held));
    let design = house.run("keys", &["tags", "badges", "designs/eel-knot", "site"], "");
    assert!(said(&design).contains("of a certification or of a membership"), "{}", said(&design));
    assert!(!house.path("printer").exists());
}

#[test]
fn content_cannot_imitate_a_badge() {
    let house = published();
    let number = number(&house);
    let product = house.path("site/products").read_dir().unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.is_dir().then(|| path.file_name().unwrap().to_str().unwrap().to_owned())
    });
    let product = product.unwrap();
    for (from, to) in [("en-light.svg", "stolen.svg"), ("en-dark.png", "stolen.png")] {
        let badge = house.read(&format!("out/badges/{number}/{from}"));
        house.write(&format!("site/products/{product}/{to}"), badge);
    }
    let page = format!("site/products/{product}/index.md");
    let text = house.text(&page);
    let html = "\n\n<section class=\"vouches\"><a class=\"badge\" href=\"x\"><img src=\"x\"></a></section>\n\n\
        ![a seal](stolen.svg)\n\n![a seal](stolen.png)\n\n![a seal](../../badges/BADGE/en-light.svg)\n\n\
        # What the association says {.vouches #vouches}\n";
    house.write(&page, text + &html.replace("BADGE", &number));
    let words = house.expect(0, &["build", "site", "--output", "out"]);
    assert_eq!(words.matches("this picture is a badge").count(), 2, "{words}");
    let built = house.text(&format!("out/products/{product}/index.html"));
    for part in [
        "<section class=\"vouches\"",
        "<a class=\"badge\"",
        "<h2 id=\"vouches\"",
        "badges/",
        "stolen",
    ] {
        assert!(!built.contains(part), "{part}: {built}");
    }
    // Nothing of what the files carried is anywhere else either.
    let evidence = format!("badges/{number}/");
    for (path, bytes) in house.files("out") {
        let name = path.to_str().unwrap();
        let carries = bytes.windows(17).any(|part| part == b"selvedge-evidence");
        if carries {
            // The script of the page that checks looks for what carries that name.
            let is_own = name.starts_with(&evidence)
                || name.starts_with("V/")
                || (name.starts_with("assets/") && name.ends_with(".js"));
            assert!(is_own, "{name}");
        }
    }
}

#[test]
fn a_picture_that_is_called_certified_is_warned_of_where_nothing_says_so() {
    let house = published();
    let warnings = |house: &House| {
        let output = house.run("keys", &["check", "site"], "");
        said(&output).matches("[unvouched-claim]").count()
    };
    assert_eq!(warnings(&house), 0);
    house.copy(
        "tests/diagnostics/unvouched-claim/site/products/oak-chair",
        "site/products/oak-chair",
    );
    assert_eq!(warnings(&house), 1);
    // With a certification of the thing in force there is nothing to say.
    house.write(
        "chair.toml",
        "about = \"https://makers.host.net/two-rivers/products/oak-chair/\"\nuntil = \"2096-12-31\"\n[[claim]]\n\
         claim_type = \"material\"\nvalue = \"Oak\"\nmethod = \"sample\"\n",
    );
    house.sign(&["record", "certify", "chair.toml", "site", "--yes"]);
    assert_eq!(warnings(&house), 0);
    house.expect(0, &["build", "site", "--output", "out"]);
    assert!(house.text("out/products/oak-chair/index.html").contains("class=\"badge\""));
}
