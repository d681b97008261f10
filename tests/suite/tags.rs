//! Editions and tags: what is issued, refused, made void, reported and printed again, and what an audit names.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use selvedge::provenance::brand::Brand;
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::key::TestSigner;
use selvedge::provenance::kind::{Kind, RecordRef, Statement, Term};
use selvedge::provenance::log::{Hash, InclusionProof, RecordId, RootHash};
use selvedge::provenance::record::{Record, SignedRecord, Subject, Uuid};
use selvedge::tags::audit::{self, Capacity};
use selvedge::tags::codes::{Code, Shard};
use selvedge::tags::{Ledger, issue};
use selvedge::verify::fold::{Fold, Item, Owner};
use serde_json::Value as Json;

use crate::support::{House, said};

/// An association with an address of its own, keys and a brand.
fn house() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    let site = house.text("shop/site.toml");
    house.write(
        "shop/site.toml",
        format!("{site}\n[brand]\ncode = \"LOOM\"\nscope = \"ZZ-NOR\"\nsecond_address = \"https://grey-mill.example/\"\n"),
    );
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house
}

/// Signs a record from a file; gives the letters of it.
#[track_caller]
fn sign(house: &House, verb: &str, text: &str, more: &[&str]) -> String {
    house.write("it.toml", text);
    let words = [&["record", verb, "it.toml", "shop", "--yes", "--json"], more].concat();
    let said = house.sign(&words);
    short_id(&said)
}

/// The short id in the JSON that a command printed.
#[track_caller]
fn short_id(said: &str) -> String {
    let rest = said.split("\"shortId\": \"").nth(1).unwrap_or_else(|| panic!("{said}"));
    rest[..32].to_owned()
}

const EDITION: &str = "name = \"River shawls\"\nedition_kind = \"limited\"\nmaximum = 30\n";

/// Does something that signs, and expects that it is refused with nothing written.
#[track_caller]
fn refused(house: &House, words: &[&str]) -> String {
    let before = house.files("shop");
    let said = house.expect(2, &[words, &["--passphrase-fd", "3"]].concat());
    assert!(house.files("shop") == before, "{said}");
    said
}

#[test]
fn an_edition_never_has_more_tags_than_were_announced() {
    let house = house();
    let edition = sign(&house, "edition", EDITION, &[]);
    let issue = |count: &str| {
        ["tags", "issue", &edition, "shop", "--yes", "--json", "--count", count]
            .map(str::to_owned)
            .to_vec()
    };
    let words = |words: &[String]| words.iter().map(String::clone).collect::<Vec<_>>();
    let run = |given: Vec<String>| {
        let given = words(&given);
        house.sign(&given.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let refuse =
        |given: Vec<String>| refused(&house, &given.iter().map(String::as_str).collect::<Vec<_>>());
    let first = run(issue("10"));
    assert!(first.contains("\"first\": 1") && first.contains("\"last\": 10"), "{first}");
    let said = refuse(issue("21"));
    assert!(
        said.contains("30 pieces at most, and 10 numbers are taken: 20 are left, not 21"),
        "{said}"
    );
    assert!(refuse(issue("0")).contains("say how many tags"));
    let second = run(issue("20"));
    assert!(second.contains("\"first\": 11") && second.contains("\"last\": 30"), "{second}");
    assert!(refuse(issue("1")).contains("all their numbers have tags"), "all are gone");
    // By hand it is refused as well.
    for (range, why) in [
        ("first = 31\nlast = 31\n", "announced with 30 pieces at most"),
        ("first = 5\nlast = 6\n", "the numbers 5–6 have tags already"),
        ("first = 9\nlast = 4\n", "the last number comes before the first"),
    ] {
        house.write("batch.toml", format!("edition = \"{edition}\"\n{range}"));
        let said = refused(&house, &["record", "tags", "batch.toml", "shop", "--yes"]);
        assert!(said.contains(why), "{said}");
    }
    // Nor can it grow when it is announced again.
    house.write("it.toml", EDITION.replace("30", "40") + &format!("reissues = \"{edition}\"\n"));
    let said = refused(&house, &["record", "edition", "it.toml", "shop", "--yes"]);
    assert!(said.contains("with 30 pieces at most, and that cannot grow"), "{said}");
    let list = house.expect(0, &["tags", "list", "shop"]);
    assert!(
        list.contains("LOOM ZZ-NOR E1 ") && list.contains("30 of at most 30 have tags"),
        "{list}"
    );
    let said = house.expect(0, &["audit", "shop"]);
    assert!(said.contains("All of it adds up"), "{said}");
}

#[test]
fn a_hundred_thousand_tags_are_one_record_and_the_page_of_their_edition_stays_small() {
    let house = house();
    let edition = sign(&house, "edition", &EDITION.replace("30", "300000"), &[]);
    let began = std::time::Instant::now();
    let issue = ["tags", "issue", &edition, "shop", "--yes", "--count", "100000"];
    house.sign(&issue);
    // Less than a second on a slow machine; the bound is for one that does ten other things.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let void =
        ["tags", "void", &edition, "shop", "--yes", "--range", "2000-2999", "--reason", "lost"];
    house.sign(&void);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop"]);
    let page = house.read(&format!("shop/public/V/{edition}/index.html"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &page).unwrap();
    let packed = packed.finish().unwrap().len();
    assert!(packed < 100_000, "{packed} bytes");
    let said = house.expect(0, &["audit", "shop"]);
    assert!(said.contains("All of it adds up"), "{said}");
}

#[test]
fn a_jammed_sheet_is_printed_again_with_the_same_numbers_and_codes() {
    let house = house();
    let certified = |edition: &str| {
        format!(
            "about = \"{edition}\"\nclaim = [{{ claim_type = \"madeBy\", value = \"woven by hand at the mill\", method = \"peer visit\" }}]\nuntil = \"2126-12-31\"\n"
        )
    };
    let edition = sign(&house, "edition", EDITION, &[]);
    sign(&house, "certify", &certified(&edition), &[]);
    let issued = house
        .sign(&["tags", "issue", &edition, "shop", "--yes", "--json", "--count", "12", "--codes"]);
    let batch = short_id(&issued);
    let path = format!("shop/private/tags/{edition}/tags-1-12.html");
    let sheet = house.text(&path);
    for part in [
        "LOOM ZZ-NOR E1 07/30 ",
        "woven by hand at the mill",
        "grey-mill.net",
        "grey-mill.example",
        "SHA256:",
    ] {
        assert!(sheet.contains(part), "{part}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for file in house.files("shop/private/tags").keys() {
            let path = house.path("shop/private/tags").join(file);
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
    std::fs::remove_file(house.path(&path)).unwrap();
    house.expect(0, &["tags", "sheet", &batch, "shop"]);
    assert!(house.text(&path) == sheet, "the same bytes");
    house.expect(0, &["tags", "sheet", &batch, "shop", "--range", "3-4", "--to", "printer"]);
    let two = house.text("printer/tags-3-4.html");
    let number = |serial: u32| format!("{serial:02}/30 ");
    assert!(two.contains(&number(3)) && two.contains(&number(4)) && !two.contains(&number(5)));
    house.expect(0, &["tags", "sheet", &batch, "shop", "--csv", "--to", "printer"]);
    let table = house.text("printer/tags-1-12.csv");
    let codes: Vec<&str> =
        table.lines().skip(1).map(|line| line.split(',').nth(3).unwrap()).collect();
    assert_eq!(codes.len(), 12);
    for code in &codes {
        assert!(Code::parse(code).is_ok() && sheet.contains(code), "{code}");
    }
    // Never where it would be published, and no numbers that the batch has not.
    let said = house.expect(2, &["tags", "sheet", &batch, "shop", "--to", "shop/pages"]);
    assert!(said.contains("lies in the folder of the site"), "{said}");
    let said = house.expect(2, &["tags", "sheet", &batch, "shop", "--range", "12-13"]);
    assert!(said.contains("this batch has the numbers 1–12"), "{said}");
    codes_are_in_no_output(&house, &edition, &codes);
    // Codes of another run are not printed for those that were signed.
    let kept = format!("shop/private/tags/{edition}/1-12.codes");
    let text = house.text(&kept);
    let second = text.lines().nth(1).unwrap().to_owned();
    house.write(&kept, text.replacen(&second, "0000000000ZZ", 1));
    let said = house.expect(2, &["tags", "sheet", &batch, "shop"]);
    assert!(said.contains("are not those that were signed"), "{said}");
    std::fs::remove_file(house.path(&kept)).unwrap();
    let said = house.expect(2, &["tags", "sheet", &batch, "shop"]);
    assert!(said.contains("restore them from a backup"), "{said}");
}

/// What is published are fingerprints in a tree whose root is signed.
fn codes_are_in_no_output(house: &House, edition: &str, codes: &[&str]) {
    house.expect(0, &["build", "shop"]);
    let files = house.files("shop/public");
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        for code in codes {
            let plain = code.replace('-', "");
            for form in [*code, plain.as_str(), &plain[..12]] {
                assert!(!text.contains(form), "{}", path.display());
            }
        }
    }
    let page = house.text(&format!("shop/public/V/{edition}/index.html"));
    for part in [
        "12 tags were issued: numbers 1–12.",
        "30 pieces were announced at most.",
        "No check code was reported before",
        "LOOM ZZ-NOR E1 ",
        "data-selvedge-code",
        "Without script this page cannot compare codes.",
        "&#39; &#39;self&#39;; connect-src",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let data =
        page.split("id=\"selvedge-tags\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Json = serde_json::from_str(data).unwrap();
    let batch = &data["batches"][0];
    let root = RootHash(Hash::parse(batch["codes"].as_str().unwrap()).unwrap());
    let inside = format!("V/{edition}/codes/{}-0.js", batch["id"].as_str().unwrap());
    let shard = house.text(&format!("shop/public/{inside}"));
    let shard = shard.trim().strip_prefix("selvedgeCodes(").unwrap().strip_suffix(");").unwrap();
    let shard: Json = serde_json::from_str(shard).unwrap();
    let hashes = BASE64.decode(shard["hashes"].as_str().unwrap().as_bytes()).unwrap();
    let shard = Shard { index: 0, of: 1, hashes: &hashes, path: InclusionProof(Vec::new()) };
    assert!(shard.belongs_to(root));
    // A code is found by whoever has it and its number, and by nothing else.
    let issuer = batch["issuer"].as_str().unwrap();
    let id =
        selvedge::provenance::log::RecordId::parse(batch["edition"].as_str().unwrap()).unwrap();
    for (at, code) in codes.iter().enumerate() {
        let code = Code::parse(code).unwrap();
        assert_eq!(code.hash(issuer, &id, at as u64 + 1), hashes[at * 16..at * 16 + 16]);
        assert_ne!(code.hash(issuer, &id, at as u64 + 2), hashes[at * 16..at * 16 + 16]);
    }
}

#[test]
fn lost_tags_are_made_void_and_pieces_keep_to_those_that_count() {
    let house = house();
    let edition = sign(&house, "edition", EDITION, &[]);
    let issued =
        house.sign(&["tags", "issue", &edition, "shop", "--yes", "--json", "--count", "10"]);
    let batch = short_id(&issued);
    let void = |range: &'static str| {
        vec!["tags", "void", batch.as_str(), "shop", "--yes", "--reason", "lost", "--range", range]
    };
    let said = refused(&house, &void("9-12"));
    assert!(
        said.contains("11–12 was never issued in this batch, which has the numbers 1–10"),
        "{said}"
    );
    let said = refused(&house, &void("8-5"));
    assert!(said.contains("write --range 5-8"), "{said}");
    house.sign(&void("5-8"));
    // Whoever knows the edition only says that; its batches are told where it has several.
    let by_edition = |range: &'static str| {
        let named = ["tags", "void", edition.as_str(), "shop", "--yes", "--reason", "lost"];
        [&named[..], &["--range", range]].concat()
    };
    assert!(refused(&house, &by_edition("6")).contains("void already"));
    assert!(refused(&house, &void("6")).contains("void already"));
    // What is void already is left out.
    let said = house.sign(&void("7-9"));
    assert!(said.contains("this is about 9"), "{said}");
    let item =
        |serial: u32| format!("name = \"A shawl\"\nedition = \"{edition}\"\nserial = {serial}\n");
    for (serial, why) in
        [(6, "tag 6 counts no more (lost"), (11, "no tag 11 of this edition was issued")]
    {
        house.write("it.toml", item(serial));
        let said = refused(&house, &["record", "item", "it.toml", "shop", "--yes"]);
        assert!(said.contains(why), "{said}");
    }
    sign(&house, "item", &item(2), &[]);
    house.write("it.toml", item(2));
    let said = refused(&house, &["record", "item", "it.toml", "shop", "--yes"]);
    assert!(said.contains("that of another piece already"), "{said}");
    house.expect(0, &["audit", "shop"]);
    house.expect(0, &["build", "shop"]);
    let page = house.text(&format!("shop/public/V/{edition}/index.html"));
    assert!(page.contains("5 tags count no more (lost): numbers 5–9."), "{page}");
    assert!(page.contains("\"reason\":\"lost\""), "{page}");
    let sheet = house.text(&format!("shop/private/tags/{edition}/tags-1-10.html"));
    house.expect(0, &["tags", "sheet", &batch, "shop"]);
    let again = house.text(&format!("shop/private/tags/{edition}/tags-1-10.html"));
    assert_eq!(sheet.matches("<svg").count(), 10);
    assert_eq!(again.matches("<svg").count(), 5, "void tags are not printed");
}

#[test]
fn the_page_of_an_edition_begins_with_who_vouches_and_shows_what_to_compare() {
    let house = house();
    let alone = sign(&house, "edition", EDITION, &[]);
    house.expect(0, &["build", "shop"]);
    let page = house.text(&format!("shop/public/V/{alone}/index.html"));
    assert!(page.contains("opens this same page. Compare it with what stands below."), "{page}");

    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let text =
        format!("about = \"products/checked-cloth\"\ndesign = [\"designs/grey-check\"]\n{EDITION}");
    let edition = sign(&house, "edition", &text, &[]);
    let claims = |about: &str| {
        format!(
            "about = \"{about}\"\nuntil = \"2999-12-31\"\n\
             claim = [{{ claim_type = \"madeBy\", value = \"Made by Ana\", method = \"peer visit\" }}]\n"
        )
    };
    let certified = sign(&house, "certify", &claims(&edition), &[]);
    house.sign(&["tags", "issue", &edition, "shop", "--yes", "--count", "5", "--codes"]);
    let build = || {
        house.expect(0, &["build", "shop"]);
        let page = house.text(&format!("shop/public/V/{edition}/index.html"));
        assert!(!page.contains(selvedge::model::PART_MARKS), "{page}");
        page
    };
    let path = "shop/products/checked-cloth/index.md";
    let product = house.text(path);
    house.write(
        path,
        product.replacen("price =", "payment_to_maker = \"Two thirds of the price\"\nprice =", 1),
    );
    let page = build();
    let of_design = page.split("<h2>Design: Grey check").nth(1).expect("whose design it is");
    let of_design = of_design.split("<h2>").next().unwrap();
    for part in [
        "Held by",
        "What the maker gets",
        "Two thirds of the price",
        "/designs/grey-check/\">The design on this site",
    ] {
        assert!(of_design.contains(part), "{part} in {of_design}");
    }
    let verdicts: Vec<&str> = page.split("<p class=\"verdict\">").skip(1).collect();
    assert!(verdicts[0].contains("Made by Ana"), "{}", verdicts[0]);
    let before_the_name = page.split("<h1>").next().unwrap();
    assert!(before_the_name.contains("visit by peers") && before_the_name.contains(&certified));
    assert!(page.contains("Compare it with the photograph."));
    let picture = page.split("<div class=\"masters\">").nth(1).expect("a photograph");
    assert!(
        picture.split("</figure>").next().unwrap().contains(">Design: Grey check"),
        "{picture}"
    );
    assert!(page.contains("https://grey-mill.net/products/checked-cloth/"), "{page}");

    // What is paused vouches for nothing, and the page of what is paused says only that.
    house.sign(&["record", "suspend", &certified, "shop", "--yes", "--set", "reason=\"We look.\""]);
    let page = build();
    let above = page.split("<h1>").next().unwrap();
    assert!(above.contains("On hold:") && !above.contains("says “"), "{above}");
    house.sign(&["record", "reinstate", &certified, "shop", "--yes", "--set", "reason=\"It is.\""]);
    assert!(build().split("<h1>").next().unwrap().contains("Made by Ana"));
    house.sign(&["record", "suspend", &edition, "shop", "--yes", "--set", "reason=\"We look.\""]);
    assert!(!build().split("<h1>").next().unwrap().contains("Made by Ana"));
}

#[test]
fn a_copied_code_is_noticed_at_the_second_report() {
    let house = house();
    let edition = sign(&house, "edition", EDITION, &[]);
    let issued = house
        .sign(&["tags", "issue", &edition, "shop", "--yes", "--json", "--count", "5", "--codes"]);
    let batch = short_id(&issued);
    house.expect(0, &["tags", "sheet", &batch, "shop", "--csv", "--to", "printer"]);
    let table = house.text("printer/tags-1-5.csv");
    let codes: Vec<&str> =
        table.lines().skip(1).map(|line| line.split(',').nth(3).unwrap()).collect();
    let report = |serial: &'static str, code: &'static str| {
        vec![
            "tags",
            "claimed",
            batch.as_str(),
            serial,
            "shop",
            "--yes",
            "--json",
            "--code",
            code,
            "--how",
            "by letter",
        ]
    };
    // A slip of the pen, or the code of another tag, accuses nobody.
    let code: &'static str = Box::leak(codes[2].to_owned().into_boxed_str());
    let slip: &'static str = Box::leak(
        format!("{}{}", if code.starts_with('7') { "8" } else { "7" }, &code[1..]).into_boxed_str(),
    );
    assert!(refused(&house, &report("3", slip)).contains("look at the code again"));
    assert!(refused(&house, &report("4", code)).contains("this is not the code of tag 4"));
    assert!(refused(&house, &report("9", code)).contains("no tag 9"));
    let first = house.sign(&report("3", code));
    assert!(!first.contains("ATTENTION"), "{first}");
    let first = short_id(&first);
    house.expect(0, &["audit", "shop"]);
    // By hand it has to be said as well.
    house.write(
        "it.toml",
        format!("batch = \"{batch}\"\nserial = 3\nclaimed_on = \"2026-05-05\"\n"),
    );
    let by_hand = refused(&house, &["record", "claim-tag", "it.toml", "shop", "--yes"]);
    assert!(by_hand.contains(&format!("duplicate_of = \"{first}\"")), "{by_hand}");
    let second = house.sign(&report("3", code));
    assert!(second.contains("ATTENTION: the code of tag 3 was reported before"), "{second}");
    let record = house.text(&format!("shop/records/{}.json", short_id(&second)));
    assert!(record.contains("duplicateOf"), "{record}");
    let audit = house.run("keys", &["audit", "shop", "--json"], "");
    assert_eq!(audit.status.code(), Some(1), "{}", said(&audit));
    let found: Json = serde_json::from_slice(&audit.stdout).unwrap();
    assert_eq!(found["faults"][0]["code"], "reported-twice");
    house.expect(0, &["build", "shop"]);
    let page = house.text(&format!("shop/public/V/{edition}/index.html"));
    for part in [
        "The check code of 1 tag was reported as used.",
        "That of 1 tag was reported more than once: there may be a copy of it, number 3.",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let shard = house.text(&format!("shop/public/V/{edition}/codes/{batch}-0.js"));
    assert!(shard.contains("\"reported\":[[3,\""), "{shard}");
    // What is published of the codes is held against what was signed.
    let kept = house.files("shop/records/codes");
    let (name, bytes) = kept.iter().next().unwrap();
    let mut bent = bytes.clone();
    bent[0] ^= 1;
    house.write(&format!("shop/records/codes/{}", name.display()), &bent);
    let said = house.expect(1, &["audit", "shop"]);
    assert!(said.contains("codes-altered"), "{said}");
    house.expect(0, &["build", "shop"]);
    assert!(!house.path(&format!("shop/public/V/{edition}/codes")).exists(), "it is not published");
    std::fs::remove_file(house.path("shop/records/codes").join(name)).unwrap();
    assert!(house.expect(1, &["audit", "shop"]).contains("codes-missing"));
    // It is made again from the codes themselves.
    house.expect(0, &["tags", "sheet", &batch, "shop"]);
    assert_eq!(house.files("shop/records/codes"), kept);
}

#[test]
fn a_member_never_has_more_tags_than_her_quota() {
    let house = house();
    let at = |day: &str| ["--at".to_owned(), format!("{day}T12:00:00Z")];
    let with = |words: &[&str], day: &str| {
        let at = at(day);
        let all: Vec<String> = words.iter().map(|word| (*word).to_owned()).chain(at).collect();
        all
    };
    let accredit = "member = { name = \"Ana of the weir\" }\nbasis = \"peers\"\nuntil = \"2126-12-31\"\ntag_quota = { count = 12, period = \"month\" }\n";
    let made = "name = \"Ana's bowls\"\nedition_kind = \"open\"\nmaker = [{ party = { name = \"Ana of the weir\" }, share = \"100 %\" }]\n";
    // All of it lies within the term of the accreditation.
    let first = at("2100-03-02");
    sign(&house, "accredit", accredit, &[&first[0], &first[1]]);
    let edition = sign(&house, "edition", made, &[&first[0], &first[1]]);
    let issue = |count: &str, day: &str| {
        with(&["tags", "issue", &edition, "shop", "--yes", "--json", "--count", count], day)
    };
    let run =
        |words: Vec<String>| house.sign(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let no =
        |words: Vec<String>| refused(&house, &words.iter().map(String::as_str).collect::<Vec<_>>());
    run(issue("8", "2100-03-03"));
    let said = no(issue("5", "2100-03-20"));
    let left =
        "Ana of the weir may have 12 tags a month, and had 8: 4 are left until 2100-03-31, not 5";
    assert!(said.contains(left), "{said}");
    run(issue("4", "2100-03-20"));
    assert!(no(issue("1", "2100-03-31")).contains("0 are left until 2100-03-31"));
    let next = run(issue("12", "2100-04-01"));
    assert!(next.contains("\"first\": 13"), "{next}");
    house.expect(0, &["audit", "shop"]);
}

// ---- an audit of what somebody else wrote ----

/// A register that keeps no rules.
struct Books {
    entries: Vec<SignedRecord>,
    now: Timestamp,
}

fn base() -> DidWeb {
    DidWeb::parse("did:web:brand.example").expect("a name")
}

fn text(words: &str) -> Value {
    vec![Value::from([("@language", "en".into()), ("@value", words.into())])].into()
}

fn number(value: u64) -> Value {
    Value::Number(value as f64)
}

impl Books {
    fn new() -> Self {
        Self { entries: Vec::new(), now: instant::parse("2026-03-01T00:00:00Z").expect("a time") }
    }

    fn sign(&mut self, kind: Kind, members: Vec<(&str, Value)>) -> RecordRef {
        self.sign_with(kind, members, |_| {})
    }

    fn sign_with(
        &mut self,
        kind: Kind,
        members: Vec<(&str, Value)>,
        change: impl FnOnce(&mut Record),
    ) -> RecordRef {
        self.now += SignedDuration::from_secs(60);
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut uuid = [0; 16];
        uuid[..8].copy_from_slice(&(self.entries.len() as u64 + 1).to_be_bytes());
        let mut record = Record {
            uuid: Uuid::from_random(uuid),
            issuer: Did::Web(base()),
            base: base(),
            practice: false,
            valid_from: self.now,
            valid_until: None,
            position: Some(self.entries.len() as u64),
            reissues: None,
            subject: Subject::Statement(Statement { kind, members }),
        };
        if kind.rules().term == Term::Needed {
            record.valid_until = Some(self.now + SignedDuration::from_hours(24 * 365));
        }
        change(&mut record);
        let signed = record.sign(self.now, &TestSigner::from_seed([1; 32]));
        let signed = signed.unwrap_or_else(|| panic!("{kind} does not read back"));
        let reference = RecordRef { uuid: signed.record().uuid.clone(), id: signed.id() };
        self.entries.push(signed);
        reference
    }

    fn edition(&mut self, maximum: u64, more: Vec<(&str, Value)>) -> RecordRef {
        let mut members = vec![
            ("name", text("Shawls")),
            ("editionKind", "limited".into()),
            ("maximum", number(maximum)),
        ];
        members.extend(more);
        self.sign(Kind::Edition, members)
    }

    fn tags(&mut self, edition: &RecordRef, first: u64, last: u64) -> RecordRef {
        self.sign(
            Kind::TagBatch,
            vec![("edition", edition.to_value()), ("first", number(first)), ("last", number(last))],
        )
    }

    fn void(&mut self, batch: &RecordRef, first: u64, last: u64) {
        let range = Value::from([("first", number(first)), ("last", number(last))]);
        self.sign(
            Kind::TagVoid,
            vec![
                ("target", batch.to_value()),
                ("range", vec![range].into()),
                ("reasonCode", "lost".into()),
            ],
        );
    }

    fn item(&mut self, edition: &RecordRef, serial: u64) {
        self.sign(
            Kind::Item,
            vec![
                ("name", text("A shawl")),
                ("edition", edition.to_value()),
                ("serial", number(serial)),
            ],
        );
    }

    fn report(&mut self, batch: &RecordRef, serial: u64) {
        self.sign(
            Kind::TagClaimed,
            vec![
                ("batch", batch.to_value()),
                ("serial", number(serial)),
                ("claimedOn", "2026-05-01".into()),
            ],
        );
    }

    fn status(&mut self, target: &RecordRef, state: &str) {
        self.sign(
            Kind::Status,
            vec![
                ("target", target.to_value()),
                ("newState", state.into()),
                ("reason", text("So.")),
            ],
        );
    }

    fn ledger(&self) -> Ledger {
        let owner = Owner { issuer: Did::Web(base()), versions: BTreeMap::new(), cuts: Vec::new() };
        let mut fold = Fold::new(owner);
        self.entries.iter().for_each(|signed| fold.push(Item::Record(signed)));
        Ledger::new(&self.entries, &fold.finish_all())
    }

    /// The names of what does not add up.
    #[track_caller]
    fn faults(&self, per_month: Option<u64>) -> Vec<&'static str> {
        let capacity = |_: &selvedge::tags::Edition| {
            let products = BTreeSet::from(["shawl".to_owned()]);
            Some(Capacity { per_month: per_month?, products })
        };
        let found = audit::audit(&self.ledger(), &capacity);
        for fault in &found {
            assert!(audit::CODES.iter().any(|(code, _)| *code == fault.code), "{fault:?}");
            assert!(!fault.words.is_empty() && !fault.words.ends_with('.'));
        }
        found.into_iter().map(|fault| fault.code).collect()
    }
}

#[test]
fn an_audit_names_each_thing_that_does_not_add_up() {
    type Write = fn(&mut Books) -> Option<u64>;
    let cases: Vec<(&str, Write, &[&str])> = vec![
        (
            "all is well",
            |it| {
                let edition = it.edition(30, vec![]);
                let batch = it.tags(&edition, 1, 10);
                it.tags(&edition, 11, 30);
                it.void(&batch, 3, 4);
                it.item(&edition, 1);
                it.report(&batch, 1);
                None
            },
            &[],
        ),
        (
            "numbers beyond",
            |it| {
                let edition = it.edition(30, vec![]);
                it.tags(&edition, 21, 40);
                None
            },
            &["beyond-maximum"],
        ),
        (
            "more than announced",
            |it| {
                let edition = it.edition(30, vec![]);
                it.tags(&edition, 1, 30);
                it.tags(&edition, 31, 40);
                None
            },
            &["beyond-maximum", "more-than-maximum"],
        ),
        (
            "the same numbers twice",
            |it| {
                let edition = it.edition(30, vec![]);
                it.tags(&edition, 1, 10);
                it.tags(&edition, 8, 12);
                None
            },
            &["overlap"],
        ),
        (
            "a range that is none",
            |it| {
                let edition = it.edition(30, vec![]);
                it.tags(&edition, 9, 3);
                None
            },
            &["empty-range"],
        ),
        (
            "an edition that is not there",
            |it| {
                let elsewhere = Books::new().edition(7, vec![]);
                it.tags(&elsewhere, 1, 3);
                None
            },
            &["unknown-edition"],
        ),
        (
            "a maximum that grew",
            |it| {
                let edition = it.edition(10, vec![]);
                it.tags(&edition, 1, 10);
                let again = edition.clone();
                it.sign_with(
                    Kind::Edition,
                    vec![
                        ("name", text("Shawls")),
                        ("editionKind", "limited".into()),
                        ("maximum", number(20)),
                    ],
                    |record| record.reissues = Some(again),
                );
                None
            },
            &["maximum-raised"],
        ),
        (
            "a limited edition without a maximum",
            |it| {
                let edition = it.sign(
                    Kind::Edition,
                    vec![("name", text("Shawls")), ("editionKind", "limited".into())],
                );
                it.tags(&edition, 1, 10);
                None
            },
            &["no-maximum"],
        ),
        (
            "after the edition's term",
            |it| {
                let edition = it.sign_with(
                    Kind::Edition,
                    vec![("name", text("Shawls")), ("editionKind", "open".into())],
                    |record| {
                        record.valid_until = Some(record.valid_from + SignedDuration::from_hours(1))
                    },
                );
                it.tags(&edition, 1, 3);
                it.now += SignedDuration::from_hours(2);
                it.tags(&edition, 4, 5);
                None
            },
            &["outside-edition"],
        ),
        (
            "after the edition was revoked",
            |it| {
                let edition = it.edition(30, vec![]);
                it.tags(&edition, 1, 3);
                it.status(&edition, "revoked");
                it.tags(&edition, 4, 5);
                None
            },
            &["outside-edition"],
        ),
        (
            "after the certification",
            |it| {
                let edition = it.edition(30, vec![]);
                let claim = Value::from([
                    ("claimType", "madeBy".into()),
                    ("value", text("by hand")),
                    ("method", "sample".into()),
                ]);
                let about = Value::from([
                    ("id", edition.uuid.to_urn().into()),
                    ("digestSRI", edition.to_value().text("digestSRI").unwrap().into()),
                ]);
                it.sign_with(
                    Kind::Certification,
                    vec![("about", about), ("claim", vec![claim].into())],
                    |record| {
                        record.valid_until = Some(record.valid_from + SignedDuration::from_hours(1))
                    },
                );
                it.tags(&edition, 1, 3);
                it.now += SignedDuration::from_hours(2);
                it.tags(&edition, 4, 5);
                None
            },
            &["outside-certification"],
        ),
        (
            "void what was never issued",
            |it| {
                let edition = it.edition(30, vec![]);
                let batch = it.tags(&edition, 1, 10);
                it.void(&batch, 9, 12);
                None
            },
            &["void-unissued"],
        ),
        (
            "pieces without a tag that counts",
            |it| {
                let edition = it.edition(30, vec![]);
                let batch = it.tags(&edition, 1, 10);
                it.void(&batch, 3, 3);
                it.item(&edition, 3);
                it.item(&edition, 11);
                it.item(&edition, 5);
                it.item(&edition, 5);
                None
            },
            &["item-void", "item-unissued", "item-twice"],
        ),
        (
            "reports",
            |it| {
                let edition = it.edition(30, vec![]);
                let batch = it.tags(&edition, 1, 10);
                it.void(&batch, 3, 3);
                it.report(&batch, 3);
                it.report(&batch, 5);
                it.report(&batch, 5);
                it.report(&batch, 99);
                None
            },
            &["reported-void", "reported-twice", "reported-unissued"],
        ),
        (
            "more than a quota",
            |it| {
                let ana = Value::from([("name", text("Ana"))]);
                let quota = Value::from([("count", number(5)), ("period", "year".into())]);
                it.sign(
                    Kind::Accreditation,
                    vec![("member", ana.clone()), ("basis", "peers".into()), ("tagQuota", quota)],
                );
                let maker = Value::from([("party", ana), ("share", "100 %".into())]);
                let edition = it.edition(30, vec![("maker", vec![maker].into())]);
                it.tags(&edition, 1, 5);
                it.tags(&edition, 6, 6);
                None
            },
            &["over-quota"],
        ),
        (
            "more than can be made",
            |it| {
                let days = vec![("madeFrom", "2026-03-01".into()), ("madeTo", "2026-03-31".into())];
                let edition = it.edition(100, days);
                it.tags(&edition, 1, 60);
                Some(40)
            },
            &["over-capacity"],
        ),
        (
            "two editions of the same products",
            |it| {
                for _ in 0..2 {
                    let days =
                        vec![("madeFrom", "2026-03-01".into()), ("madeTo", "2026-03-31".into())];
                    let edition = it.edition(100, days);
                    it.tags(&edition, 1, 30);
                }
                Some(40)
            },
            &["over-capacity"],
        ),
        (
            "as many as can be made",
            |it| {
                let days = vec![("madeFrom", "2026-03-01".into()), ("madeTo", "2026-05-31".into())];
                let edition = it.edition(200, days);
                it.tags(&edition, 1, 120);
                Some(40)
            },
            &[],
        ),
    ];
    for (name, write, expected) in cases {
        let mut books = Books::new();
        let capacity = write(&mut books);
        let mut found = books.faults(capacity);
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn numbers_follow_from_the_register_alone() {
    let mut books = Books::new();
    let sealed = |books: &mut Books| {
        books.sign(
            Kind::SealedDesign,
            vec![
                ("sealVersion", "selvedge.seal/1".into()),
                ("leafCount", number(16)),
                ("root", BASE64.encode(&[7; 32]).into()),
            ],
        )
    };
    let (one, two) = (sealed(&mut books), sealed(&mut books));
    let of = |books: &mut Books, design: &RecordRef| {
        books.edition(100, vec![("design", vec![design.to_value()].into())])
    };
    let first = of(&mut books, &two);
    let other = of(&mut books, &one);
    let second = of(&mut books, &two);
    let alone = books.edition(9, vec![]);
    let again = first.clone();
    let design = two.to_value();
    let renewed = books.sign_with(
        Kind::Edition,
        vec![
            ("name", text("Shawls")),
            ("editionKind", "limited".into()),
            ("maximum", number(100)),
            ("design", vec![design].into()),
        ],
        |record| record.reissues = Some(again),
    );
    let third = of(&mut books, &two);
    let ledger = books.ledger();
    let brand = Brand::new("LOOM", "ZZ-NOR").expect("a brand");
    let printed = |it: &RecordRef, serial| {
        let edition = ledger.edition(&it.id).expect("an edition");
        let number = ledger.number(edition, Some(serial), Some(&brand)).to_string();
        number.rsplit_once(' ').expect("a check character").0.to_owned()
    };
    assert_eq!(printed(&first, 17), "LOOM ZZ-NOR D2 E1 017/100");
    assert_eq!(
        printed(&renewed, 17),
        "LOOM ZZ-NOR D2 E1 017/100",
        "what is said again keeps its number"
    );
    assert_eq!(printed(&other, 1), "LOOM ZZ-NOR D1 E1 001/100");
    assert_eq!(printed(&second, 1), "LOOM ZZ-NOR D2 E2 001/100");
    assert_eq!(printed(&third, 1), "LOOM ZZ-NOR D2 E3 001/100");
    assert_eq!(printed(&alone, 3), "LOOM ZZ-NOR E1 3/9");
    // The next numbers go on under the record of now.
    let plan = issue::plan(&ledger, &first.id, 5, books.now + SignedDuration::from_secs(60));
    assert!(matches!(plan, Ok(plan) if (plan.first, plan.last) == (1, 5)));
}

#[test]
fn a_design_of_another_register_that_is_listed_has_a_number_like_ones_own() {
    let mut books = Books::new();
    let theirs =
        |seed: u8| RecordRef { uuid: Uuid::from_random([seed; 16]), id: RecordId::of(&[seed]) };
    let sealed = |books: &mut Books| {
        books.sign(
            Kind::SealedDesign,
            vec![
                ("sealVersion", "selvedge.seal/1".into()),
                ("leafCount", number(16)),
                ("root", BASE64.encode(&[7; 32]).into()),
            ],
        )
    };
    let attest = |books: &mut Books, about: &RecordRef, relation: &str| {
        books.sign(
            Kind::Attestation,
            vec![("about", about.to_value()), ("relation", relation.into())],
        )
    };
    let first = sealed(&mut books);
    attest(&mut books, &theirs(1), "saw");
    let listing = attest(&mut books, &theirs(1), "lists");
    let last = sealed(&mut books);
    let of = |design: &RecordRef| vec![("design", vec![design.to_value()].into())];
    let edition = books.edition(10, of(&theirs(1)));
    let stray = books.edition(10, of(&theirs(2)));
    let own = books.edition(10, of(&last));
    // It keeps its number when it is over, and so does what comes after it.
    books.status(&listing, "ended");
    let ledger = books.ledger();
    let numbers: Vec<u64> =
        [first, listing, last].iter().map(|it| ledger.designs[&it.id]).collect();
    assert_eq!((numbers.as_slice(), ledger.designs.len()), (&[1, 2, 3][..], 3));
    let of = |edition: &RecordRef| {
        let edition = ledger.edition(&edition.id).expect("an edition");
        (edition.design, edition.number)
    };
    assert_eq!([of(&edition), of(&stray), of(&own)], [(Some(2), 1), (None, 1), (Some(3), 1)]);
}
