//! Names that are kept apart from what is signed: kept, shown, hidden, erased, and never believed unasked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use selvedge::attest::{self, Keys, Places, Prepared, people};
use selvedge::evidence::{Disk as Folder, Evidence};
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::instant;
use selvedge::provenance::key::TestSigner;
use selvedge::provenance::kind::Kind;
use selvedge::provenance::person::{self, Opening};
use selvedge::provenance::record::{LangText, Record, SignedRecord, Uuid};
use selvedge::verify::{Trust, Verdict};
use selvedge::write::{RealDisk, Stop, StoppingDisk};

use super::identity::statement;
use crate::support::House;

const NAME: &str = "Ana Torres";
const CONSENT: &str = "about = \"https://grey-mill.net/\"\nscope = \"to show her pattern\"\nconsent_method = \"spoken\"\n";

/// A shop with an address of its own, and keys.
fn shop() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house
}

/// Signs a record of this kind, from these lines; gives its number and what was said.
fn sign(house: &House, verb: &str, lines: &str) -> (String, String) {
    house.write("it.toml", lines);
    let said = house.sign(&["record", verb, "it.toml", "shop", "--yes"]);
    let (_, rest) = said.split_once("The record is records/").unwrap_or_else(|| panic!("{said}"));
    (rest[..32].to_owned(), said)
}

fn consent(house: &House, party: &str) -> (String, String) {
    sign(house, "consent", &format!("{CONSENT}party = {party}\n"))
}

fn apart(house: &House) -> String {
    consent(
        house,
        &format!("{{ name = \"{NAME}\", detail = \"of the lower mill\", apart = true }}"),
    )
    .0
}

/// The files of a folder in which a text stands.
fn holding(house: &House, folder: &str, text: &str) -> Vec<PathBuf> {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    // Openings stand in pages in base64.
    let coded = |bytes: &[u8]| {
        let words = String::from_utf8_lossy(bytes).into_owned();
        words.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c))).any(|word| {
            let decoded = data_encoding::BASE64.decode(word.as_bytes());
            word.len() > 40 && decoded.is_ok_and(|bytes| holds(&bytes))
        })
    };
    let files = house.files(folder).into_iter();
    files.filter(|(_, bytes)| holds(bytes) || coded(bytes)).map(|(path, _)| path).collect()
}

fn page(house: &House, number: &str) -> String {
    house.text(&format!("shop/public/V/{number}/index.html"))
}

/// The one file of a folder.
fn only(house: &House, folder: &str) -> String {
    let mut files = house.files(folder).into_keys();
    let one = files.next().unwrap_or_else(|| panic!("{folder} is empty"));
    assert!(files.next().is_none());
    one.to_string_lossy().into_owned()
}

/// The record's files and the register: what no name touches.
fn signed(house: &House) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = house.files("shop");
    let is_signed = |path: &Path| {
        let is_name = path.starts_with("records/people");
        (path.starts_with("records") && !is_name) || path.starts_with("log")
    };
    files.retain(|path, _| is_signed(path));
    files
}

#[test]
fn a_name_kept_apart_stands_in_no_public_byte_until_it_is_shown() {
    let house = shop();
    let (number, said) = consent(
        &house,
        &format!("{{ name = \"{NAME}\", detail = \"of the mill\", apart = true }}"),
    );
    assert!(
        said.contains("Kept apart: Ana Torres. The name stays out of what is signed"),
        "{said}"
    );
    assert!(said.contains("of the mill") && !said.contains("will stand in the signed text"));
    house.expect(0, &["build", "shop"]);
    let file = only(&house, "shop/private/people");
    let kept = PathBuf::from("private/people").join(&file);
    assert_eq!(holding(&house, "shop", NAME), [kept]);
    assert!(page(&house, &number).contains("somebody who is named apart"));
    assert!(house.text("shop/.gitignore").contains("/private/"));
    let listed = house.expect(0, &["record", "names", "shop"]);
    assert!(listed.contains(&format!("{number}   1  kept         {NAME}")), "{listed}");

    let show = ["record", "show-name", &number, "shop"];
    let said = house.expect(2, &show);
    assert!(
        said.contains("nobody can be asked") && said.contains("copies that others made"),
        "{said}"
    );
    assert!(!house.path("shop/records/people").exists());
    let before = signed(&house);
    house.expect(0, &[&show[..], &["--yes"]].concat());
    house.expect(0, &["build", "shop"]);
    assert!(signed(&house) == before);
    let shown = house.read(&format!("shop/public/records/people/{file}"));
    assert!(shown == house.read(&format!("shop/private/people/{file}")));
    assert_eq!(Opening::parse(&shown).unwrap().commitment().file_name(), file);
    let words = "Ana Torres, of the lower mill (kept apart from the signed text; matches it)";
    assert!(page(&house, &number).contains(&words.replace("lower ", "")));
    let listed = house.expect(0, &["record", "names", "shop"]);
    assert!(listed.contains("  shown  "), "{listed}");

    // What is published is judged with it.
    house.trust("shop/public/.well-known/did.jsonl");
    let (exit, report) = house.verify("shop/public");
    assert_eq!(exit, Some(0), "{report:#}");
    let of = |report: &serde_json::Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|finding| finding["check"] == "people")
    };
    assert_eq!(of(&report).unwrap()["verdict"], "valid");

    house.expect(0, &["record", "hide-name", &number, "shop"]);
    house.expect(0, &["build", "shop"]);
    assert!(holding(&house, "shop/public", NAME).is_empty());
    assert!(of(&house.verify("shop/public").1).is_none());
    house.expect(0, &[&show[..], &["--yes"]].concat());
}

#[test]
fn an_erased_name_leaves_the_record_as_it_was_and_no_byte_of_itself() {
    let house = shop();
    let number = apart(&house);
    let again = apart(&house);
    for number in [&number, &again] {
        house.expect(0, &["record", "show-name", number, "shop", "--yes"]);
    }
    house.expect(0, &["build", "shop"]);
    house.trust("shop/public/.well-known/did.jsonl");
    let list = house.expect(0, &["record", "list", "shop"]);
    let before = signed(&house);
    assert!(holding(&house, "shop/public", NAME).len() >= 4);

    let erase = ["record", "erase-name", &number, "shop"];
    let said = house.expect(2, &erase);
    assert!(said.contains("for good") && said.contains("nobody can be asked"), "{said}");
    assert!(signed(&house) == before && house.files("shop/private/people").len() == 2);
    let said = house.expect(0, &[&erase[..], &["--yes"]].concat());
    assert!(said.contains("history of git") && said.contains("backups from before"), "{said}");
    // The same person stands in another record: erasing one of them only would be a half.
    assert!(said.contains(&format!("record erase-name {again} shop")), "{said}");
    house.expect(0, &["record", "erase-name", &again, "shop", "--yes"]);
    house.expect(0, &["build", "shop"]);
    let left = holding(&house, "shop", NAME);
    assert!(left.is_empty(), "{left:?}");
    assert!(signed(&house) == before);
    assert_eq!(house.expect(0, &["record", "list", "shop"]), list);
    assert!(page(&house, &number).contains("somebody who is named apart"));
    assert_eq!(house.verify("shop/public").0, Some(0));
    house.expect(0, &["check", "shop"]);
    let said = house.expect(2, &["record", "show-name", &number, "shop", "--yes"]);
    assert!(said.contains("it was erased"), "{said}");
    assert!(house.expect(0, &["record", "names", "shop"]).contains("not at hand"));
    // Life goes on.
    apart(&house);
}

#[test]
fn a_swapped_altered_or_foreign_opening_is_shown_nowhere_and_named() {
    let house = shop();
    let (number, other) = (apart(&house), apart(&house));
    for number in [&number, &other] {
        house.expect(0, &["record", "show-name", number, "shop", "--yes"]);
    }
    house.expect(0, &["build", "shop"]);
    house.trust("shop/public/.well-known/did.jsonl");
    house.copy(house.path("shop/public"), "copy");
    let of = |number: &str| {
        let signed =
            SignedRecord::parse(&house.read(&format!("shop/records/{number}.json"))).unwrap();
        format!("records/people/{}", person::commitments(signed.record())[0].file_name())
    };
    let [path, foreign] = [of(&number), of(&other)];
    let own = house.read(&format!("shop/{path}"));
    let altered = String::from_utf8(own.clone()).unwrap().replace(NAME, "Eva Torres").into_bytes();
    let theirs = house.read(&format!("shop/{foreign}"));
    for (what, bytes, why) in [
        ("swapped name", altered, "not named after what it holds"),
        ("opening of another record", theirs, "not named after what it holds"),
        ("other bytes", [&own[..], b"\n"].concat(), "not those that were kept"),
        ("no opening", b"{\"name\":\"Eva Torres\"}".to_vec(), "does not have the form"),
    ] {
        house.write(&format!("shop/{path}"), &bytes);
        house.write(&format!("copy/{path}"), &bytes);
        let said = house.expect(0, &["check", "shop"]);
        assert!(said.contains(&path) && said.contains(why), "{what}: {said}");
        // A stranger's copy of what is published.
        let (exit, report) = house.verify("copy");
        assert_eq!(exit, Some(0), "{what}: {report:#}");
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["check"] == "people").unwrap();
        assert_eq!(finding["verdict"], "invalid", "{what}");
        assert!(finding["reason"].as_str().unwrap().contains(&path), "{what}: {finding}");
        let said = house.expect(0, &["build", "shop"]);
        assert!(said.contains(&path), "{what}: {said}");
        let shown = page(&house, &number);
        assert!(shown.contains("somebody who is named apart"), "{what}");
        assert!(!shown.contains("Torres"), "{what}");
        assert!(holding(&house, "shop/public", "Eva Torres").is_empty(), "{what}");
        assert!(!house.path(&format!("shop/public/{path}")).exists(), "{what}");
        assert!(page(&house, &other).contains(NAME), "{what}");
    }
    // A whole opening that belongs to no record here.
    fs::remove_file(house.path(&format!("shop/{path}"))).unwrap();
    let stranger = Opening { salt: [1; 32], ..Opening::parse(&own).unwrap() };
    let path = stranger.commitment().path();
    house.write(&format!("shop/{path}"), stranger.encode());
    let said = house.expect(0, &["check", "shop"]);
    assert!(said.contains("no record of this folder keeps this name apart"), "{said}");
    house.expect(0, &["build", "shop"]);
    assert!(!page(&house, &number).contains("Torres"));
    let said = house.expect(2, &["record", "show-name", &path, "shop", "--yes"]);
    assert!(said.contains("belongs to no record of the register"), "{said}");
    house.expect(0, &["record", "erase-name", &path, "shop", "--yes"]);
    assert!(!house.path(&format!("shop/{path}")).exists());
}

#[test]
fn a_word_too_few_never_lets_a_name_into_what_is_signed() {
    let house = shop();
    for (party, why) in [
        ("{ name = \"Ana\", aprt = true }", "there is no field \"aprt\""),
        ("{ name = \"Ana\", apart = \"yes\" }", "apart is true or false"),
        ("{ id = \"https://a.example/\", apart = true }", "no name that could be kept apart"),
        ("{ en = \"Ana\", apart = true }", "there is no field \"en\""),
        ("{ name = \"\", apart = true }", "a text should stand here"),
        ("{ name = \"Ana\", detail = \"of the mill\" }", "beside a name that is kept apart only"),
        (
            "{ name = \"Ana\", commitment = \"AAAA\", apart = true }",
            "what stands for a name is worked out",
        ),
    ] {
        house.write("it.toml", format!("{CONSENT}party = {party}\n"));
        let before = house.files("shop");
        let words = ["record", "consent", "it.toml", "shop", "--yes", "--passphrase-fd", "3"];
        let said = house.expect(1, &words);
        assert!(said.contains(why), "{party}: {said}");
        assert!(house.files("shop") == before, "{party}");
    }
    // A name that is signed is said to stand for ever, with the way to keep it apart.
    let (_, said) = consent(&house, "{ name = \"The lower mill\" }");
    assert!(said.contains("will stand in the signed text for ever: The lower mill"), "{said}");
    assert!(said.contains("{ name = \"The lower mill\", apart = true }"), "{said}");
    let fields = house.expect(0, &["record", "fields", "consent"]);
    assert!(fields.contains("apart = true"), "{fields}");
}

#[test]
fn each_place_of_a_party_can_be_kept_apart_and_is_told_from_the_others() {
    let house = shop();
    let (number, _) = sign(
        &house,
        "edition",
        "name = \"Shawls\"\nedition_kind = \"open\"\nmaker = [\n\
         { party = { name = \"Ana Torres\", apart = true }, share = \"2/3\" },\n\
         { party = { id = \"https://weaver.example/\", name = { en = \"Bea Torres\" }, apart = true }, share = \"1/3\" },\n]\n",
    );
    let said = house.expect(0, &["record", "show-name", &number, "shop", "--yes"]);
    assert!(said.contains("1  Ana Torres") && said.contains("2  Bea Torres"), "{said}");
    assert!(said.contains("nothing was done"), "{said}");
    let show = ["record", "show-name", &number, "shop", "--yes", "--person"];
    house.expect(2, &[&show[..], &["3"]].concat());
    house.expect(0, &[&show[..], &["2"]].concat());
    house.expect(0, &["build", "shop"]);
    let page = page(&house, &number);
    assert!(page.contains("Bea Torres (kept apart") && !page.contains("Ana Torres"));
    assert!(page.contains("https://weaver.example/"));
}

#[test]
fn what_is_signed_again_names_the_same_person_by_an_opening_of_its_own() {
    let house = shop();
    let number = apart(&house);
    house.expect(0, &["record", "show-name", &number, "shop", "--yes"]);
    let erased = apart(&house);
    house.expect(0, &["record", "erase-name", &erased, "shop", "--yes"]);
    let again = |number: &str| {
        let said = house.sign(&["record", "reissue", number, "shop", "--yes"]);
        said.split_once("The record is records/").unwrap().1[..32].to_owned()
    };
    let (new, nobody) = (again(&number), again(&erased));
    let commitment = |number: &str| {
        let bytes = house.read(&format!("shop/records/{number}.json"));
        person::commitments(SignedRecord::parse(&bytes).unwrap().record())[0]
    };
    assert_ne!(commitment(&new), commitment(&number));
    assert_eq!(commitment(&nobody), commitment(&erased));
    let said = house.expect(2, &["record", "show-name", &nobody, "shop", "--yes"]);
    assert!(said.contains("it was erased"), "{said}");
    // The earlier one stays shown; the new one is not shown before that is asked for.
    house.expect(0, &["build", "shop"]);
    assert!(page(&house, &number).contains(NAME) && !page(&house, &new).contains(NAME));
    house.expect(0, &["record", "show-name", &new, "shop", "--yes"]);
    house.expect(0, &["build", "shop"]);
    assert!(page(&house, &new).contains(NAME));
}

#[test]
fn a_withdrawal_takes_the_names_of_its_record_along() {
    let house = shop();
    let maker = format!("name = \"Shawl\"\nmaker = {{ name = \"{NAME}\", apart = true }}\n");
    let (number, _) = sign(&house, "item", &maker);
    house.expect(0, &["record", "show-name", &number, "shop", "--yes"]);
    let (kept, _) = consent(&house, "{ name = \"Bea Torres\", apart = true }");
    house.expect(0, &["build", "shop"]);
    let withdraw = ["record", "withdraw", &number, "shop", "--yes", "--set", "reason_code=other"];
    house.sign(&withdraw);
    house.expect(0, &["build", "shop"]);
    let left = holding(&house, "shop", NAME);
    assert!(left.is_empty(), "{left:?}");
    house.expect(0, &["record", "show-name", &kept, "shop", "--yes"]);
    house.expect(0, &["check", "shop"]);
}

#[test]
fn a_record_that_waits_keeps_its_name_meanwhile() {
    let house = shop();
    let party = format!("party = {{ name = \"{NAME}\", apart = true }}\n");
    house.write("it.toml", format!("{CONSENT}{party}"));
    house.sign(&["record", "consent", "it.toml", "shop", "--yes", "--hold"]);
    only(&house, "shop/private/people");
    house.sign(&["log", "due", "shop"]);
    let listed = house.expect(0, &["record", "names", "shop"]);
    assert!(listed.contains("kept") && !listed.contains("of no record"), "{listed}");
}

/// A consent by somebody named apart, ready to be signed.
fn prepared() -> Prepared {
    let uuid = Uuid::from_random([5; 16]);
    let issuer = Did::parse("did:web:brand.example").unwrap();
    let words = |text: &str| vec![LangText { language: "en".to_owned(), text: text.to_owned() }];
    let opening = Opening {
        issuer: issuer.to_string(),
        record: uuid.clone(),
        salt: person::salt(&[6; 32], 0),
        name: words(NAME),
        detail: Vec::new(),
    };
    let text = |text: &str| {
        let text = [("@language", "en".into()), ("@value", text.into())];
        vec![selvedge::provenance::json::Value::from(text)].into()
    };
    let party = [("commitment", opening.commitment().to_string().into())];
    let about = [("id", "https://brand.example/".into())];
    let subject = statement(
        Kind::Consent,
        [
            ("about", selvedge::provenance::json::Value::from(about)),
            ("party", selvedge::provenance::json::Value::from(party)),
            ("scope", text("to show it")),
            ("consentMethod", "spoken".into()),
        ],
    );
    let record = Record {
        uuid,
        issuer,
        base: DidWeb::parse("did:web:brand.example").unwrap(),
        practice: false,
        valid_from: instant::parse("2026-03-01T00:00:00Z").unwrap(),
        valid_until: None,
        position: None,
        reissues: None,
        subject,
    };
    Prepared { record, masters: Vec::new(), people: vec![opening] }
}

#[test]
fn a_crash_at_any_step_leaves_no_record_without_its_name() {
    let [record, log] = [1, 2].map(|seed| TestSigner::from_seed([seed; 32]));
    let base = DidWeb::parse("did:web:brand.example").unwrap();
    let it = prepared();
    let now = it.record.valid_from;
    for step in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let (site, heads) = (dir.path().join("site"), dir.path().join("heads"));
        fs::create_dir(&site).unwrap();
        let places = Places { site: &site, heads: &heads };
        let disk = StoppingDisk::new(step, Stop::Crash);
        let keys = || Keys { record: &record, log: &log };
        let done = attest::open(places, base.clone(), keys(), &disk)
            .and_then(|mut register| register.issue(&it, now));
        disk.lose_unsynced(true);
        let is_over = disk.steps() <= step;
        let mended = attest::open(places, base.clone(), keys(), &RealDisk).unwrap();
        drop(mended);
        let evidence = Evidence::of(&Folder::at(&site), &Trust::nobody(), None);
        let finding = evidence.report().finding("log-bodies").unwrap();
        let mut records = evidence.records();
        let found = records.next();
        if let Some(signed) = found {
            assert_eq!(finding.verdict, Verdict::Valid, "step {step}");
            let names = people::of(&site, signed.record()).unwrap();
            assert_eq!(names.len(), 1, "step {step}: a record without its name");
            assert_eq!(names[0].opening, it.people[0]);
        }
        if is_over {
            done.unwrap();
            assert!(found.is_some() && step > 20, "only {step} steps");
            return;
        }
    }
}

#[test]
fn a_name_of_another_record_is_not_signed_with_this_one() {
    let dir = tempfile::tempdir().unwrap();
    let (site, heads) = (dir.path().join("site"), dir.path().join("heads"));
    fs::create_dir(&site).unwrap();
    let [record, log] = [1, 2].map(|seed| TestSigner::from_seed([seed; 32]));
    let base = DidWeb::parse("did:web:brand.example").unwrap();
    let places = Places { site: &site, heads: &heads };
    let keys = Keys { record: &record, log: &log };
    let mut register = attest::open(places, base, keys, &RealDisk).unwrap();
    let mut it = prepared();
    it.people[0].record = Uuid::from_random([7; 16]);
    let now = it.record.valid_from;
    assert!(register.issue(&it, now).is_err());
    assert!(!site.join("private/people").exists());
}
