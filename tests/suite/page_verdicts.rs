//! The verdicts of the command on other people's cases, and on records of ours bent in every
//! place and signed again, kept in `tests/vectors/page-verdicts.json`. The browser tests run the script
//! of the record page on the same cases and compare, finding by finding.
//! `SELVEDGE_ACCEPT=1 cargo test page_verdicts` accepts new ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use selvedge::provenance::credential::Credential;
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::json::{Object, Value};
use selvedge::provenance::key::{Signer as _, TestSigner, verify_strict};
use selvedge::provenance::log::{Checkpoint, Head, RecordId, TlogProof, TreeView, append};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::record::{
    Design, LangText, Media, Photograph, Record, Sha256Digest, Story, Subject, Uuid,
};
use selvedge::provenance::{instant, jcs};
use selvedge::verify::{self, Exhibit, Report, Trust, Verdict};
use serde_json::{Value as Json, json};

/// The checks that the page makes too.
const ON_THE_PAGE: [&str; 29] = [
    "json",
    "proof-present",
    "proof-form",
    "proof-context",
    "method",
    "issuer",
    "dates",
    "signature",
    "profile",
    "canonical",
    "envelope",
    "subject",
    "inclusion",
    "checkpoint",
    "practice",
    "signer",
    "key-in-force",
    "status",
    "in-effect",
    "not-revoked",
    "not-withdrawn",
    "not-superseded",
    "not-suspended",
    "not-ended",
    "agreed",
    "snapshot",
    "valid-from",
    "valid-until",
    "existed-by",
];

const NOW: &str = "2026-11-23T00:00:00Z";

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn text(path: &str) -> String {
    fs::read_to_string(tests().join(path)).expect("the vectors are in the repository")
}

fn lines(path: &str) -> Vec<Json> {
    let read = |line: &str| serde_json::from_str(line).expect("a line is one JSON object");
    text(path).lines().filter(|line| !line.is_empty()).map(read).collect()
}

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).expect("vectors are in hex")
}

fn member<'a>(case: &'a Json, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_default()
}

/// One letter for each case of a file, in its order: `V` accepted, `x` refused.
fn letters(cases: impl IntoIterator<Item = (Vec<u8>, Vec<u8>, Vec<u8>)>) -> String {
    let letter = |(key, message, signature): (Vec<u8>, Vec<u8>, Vec<u8>)| {
        if verify_strict(&key, &message, &signature) { 'V' } else { 'x' }
    };
    cases.into_iter().map(letter).collect()
}

fn signatures() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in ["cctv-ed25519", "mutated", "speccheck", "wycheproof-ed25519"] {
        let path = format!("hostile/signature/{name}.jsonl");
        let cases = lines(&path).into_iter().map(|case| {
            let message = match case["msg_text"].as_str() {
                Some(text) => text.as_bytes().to_vec(),
                None => hex(member(&case, "msg")),
            };
            (hex(member(&case, "pub")), message, hex(member(&case, "sig")))
        });
        found.insert(path.clone(), letters(cases));
    }
    let whole = |path: &str| -> Json { serde_json::from_str(&text(path)).expect("it is JSON") };
    let fields = [
        ("vectors/ed25519/rfc8032.json", "publicKey", "signature"),
        ("vectors/ed25519/speccheck_cases.json", "pub_key", "signature"),
        ("vectors/ed25519/speccheck_cases.more.json", "pub_key", "signature"),
    ];
    for (path, key, signature) in fields {
        let cases = whole(path);
        let cases = cases.as_array().expect("it is a list").iter();
        let read =
            |c: &Json| (hex(member(c, key)), hex(member(c, "message")), hex(member(c, signature)));
        found.insert(path.to_owned(), letters(cases.map(read)));
    }
    for name in ["wycheproof_ed25519_test", "wycheproof_ed25519_test.more"] {
        let path = format!("vectors/ed25519/{name}.json");
        let mut cases = Vec::new();
        for group in whole(&path)["testGroups"].as_array().expect("it has groups") {
            let key = hex(member(&group["publicKey"], "pk"));
            for case in group["tests"].as_array().expect("a group has tests") {
                cases.push((key.clone(), hex(member(case, "msg")), hex(member(case, "sig"))));
            }
        }
        found.insert(path, letters(cases));
    }
    for name in ["first400", "401-600"] {
        let path = format!("vectors/ed25519/sign.input.{name}.txt");
        let text = text(&path);
        let cases = text.lines().filter(|line| !line.is_empty()).map(|line| {
            let parts: Vec<&str> = line.split(':').collect();
            (hex(parts[1]), hex(parts[2]), hex(&parts[3][..128]))
        });
        found.insert(path.clone(), letters(cases));
    }
    found
}

/// The findings of these checks, as `[check, verdict]`.
fn findings(report: &Report) -> Vec<Json> {
    let word = |verdict| match verdict {
        Verdict::Valid => "valid",
        Verdict::Invalid => "invalid",
        Verdict::NotChecked => "not-checked",
    };
    let on_the_page = |check: &&str| report.finding(check).is_some();
    ON_THE_PAGE
        .iter()
        .filter(|check| on_the_page(check))
        .map(|check| json!([check, word(report.finding(check).expect("filtered").verdict)]))
        .collect()
}

fn credentials() -> BTreeMap<String, Vec<Json>> {
    let now = instant::parse(NOW);
    let mut found = BTreeMap::new();
    for case in lines("hostile/vc/tampered.jsonl") {
        let bytes = BASE64.decode(member(&case, "b64").as_bytes()).expect("cases are base64");
        found.insert(member(&case, "id").to_owned(), findings(&verify::credential(&bytes, now)));
    }
    let whole = fs::read(tests().join("hostile/vc/eddsa-jcs-2022/signedJCS.json"));
    let report = verify::credential(&whole.expect("it is in the repository"), now);
    found.insert("eddsa-jcs-2022/signedJCS.json".to_owned(), findings(&report));
    found
}

fn record_signer() -> TestSigner {
    TestSigner::from_seed([1; 32])
}

fn words(text: &str) -> Vec<LangText> {
    vec![LangText { language: "en".to_owned(), text: text.to_owned() }]
}

/// A record with every member; makers and places are made up.
fn record() -> Record {
    Record {
        uuid: Uuid::from_random([9; 16]),
        issuer: Did::parse("did:web:brand.example:shop").expect("it is a name"),
        base: DidWeb::parse("did:web:brand.example:shop").expect("it is a name"),
        practice: false,
        valid_from: instant::parse("2026-01-01T00:00:00Z").expect("it is a time"),
        valid_until: instant::parse("2036-01-01T00:00:00Z"),
        position: Some(0),
        reissues: None,
        subject: Subject::Design(Box::new(Design {
            slug: "river-path".to_owned(),
            name: words("River path"),
            description: words("A stepped line."),
            held_by: words("The weavers of Orrin"),
            holder_kind: Some("community".to_owned()),
            designed_by: words("Ama Orrin"),
            design_kind: Some("textile".to_owned()),
            technique: words("Backstrap loom"),
            materials: vec![words("Cotton")],
            motifs: vec![words("river")],
            place_of_origin: words("Orrin valley"),
            said_to_date_from: words("my grandmother\u{2019}s time"),
            attribution: words("Weavers of the Orrin valley"),
            not_claimed: words("the stepped line by itself"),
            also_used_by: words("the Sella valley"),
            disclosure_note: words("We know that publishing ends novelty."),
            stories: vec![Story { language: "en".to_owned(), sha256: Sha256Digest::of(b"story") }],
            photographs: vec![Photograph {
                sha256: Sha256Digest::of(b"photograph"),
                media: Media::Jpeg,
                orientation: 1,
                description: words("Stripes"),
            }],
        })),
    }
}

/// A step into a value: a member's name or an element's number.
#[derive(Clone)]
enum Step {
    Name(String),
    Index(usize),
}

/// Every place in a value, outermost first.
fn places(value: &Value, here: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    found.push(here.clone());
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                here.push(Step::Index(at));
                places(item, here, found);
                here.pop();
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                here.push(Step::Name(name.clone()));
                places(value, here, found);
                here.pop();
            }
        }
        _ => (),
    }
}

fn find<'a>(value: &'a mut Value, place: &[Step]) -> &'a mut Value {
    place.iter().fold(value, |value, step| match (value, step) {
        (Value::Object(members), Step::Name(name)) => members.get_mut(name).expect("it is there"),
        (Value::Array(items), Step::Index(at)) => &mut items[*at],
        _ => unreachable!("places are made from the value"),
    })
}

/// What is done to a place; `None` if it cannot be done there.
fn bend(document: &Value, place: &[Step], how: &str) -> Option<Value> {
    let mut bent = document.clone();
    match how {
        "remove" | "again" => {
            let (last, parent) = place.split_last()?;
            match (find(&mut bent, parent), last, how) {
                (Value::Object(members), Step::Name(name), "remove") => drop(members.remove(name)),
                (Value::Array(items), Step::Index(at), "remove") => drop(items.remove(*at)),
                (Value::Array(items), Step::Index(at), "again") => items.push(items[*at].clone()),
                _ => return None,
            }
        }
        "add" => match find(&mut bent, place) {
            Value::Object(members) => drop(members.insert("extra".to_owned(), "x".into())),
            _ => return None,
        },
        "longer" => match find(&mut bent, place) {
            Value::String(text) => text.push('x'),
            _ => return None,
        },
        how => {
            *find(&mut bent, place) = match how {
                "text" => "x".into(),
                "empty" => "".into(),
                "number" => Value::Number(7.0),
                "float" => Value::Number(1.5),
                "null" => Value::Null,
                "list" => Value::Array(Vec::new()),
                "object" => Value::Object(Object::new()),
                _ => unreachable!("a way that is not known"),
            }
        }
    }
    Some(bent)
}

const WAYS: [&str; 11] = [
    "remove", "again", "add", "longer", "text", "empty", "number", "float", "null", "list",
    "object",
];

/// Signs a document as it is, whatever it holds.
fn sign(document: Value) -> Option<Vec<u8>> {
    let Value::Object(members) = document else { return None };
    let issuer = Did::parse("did:web:brand.example:shop")?;
    let created = instant::parse("2026-02-03T04:05:06Z")?;
    let signed = Credential::sign(members, &issuer, created, &record_signer());
    Some(jcs::encode(&Value::Object(signed)))
}

fn log_key() -> NoteKey {
    let name = KeyName::parse("brand.example/shop/log").expect("it is a name");
    NoteKey::new(name, TestSigner::from_seed([2; 32]).verifier_key())
}

fn proof(bytes: &[u8]) -> String {
    let entries: Vec<Vec<u8>> = [b"first".as_slice(), bytes, b"third"]
        .iter()
        .map(|bytes| selvedge::provenance::log::Entry::Record(RecordId::of(bytes)).to_bytes())
        .collect();
    let empty: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let plan = append::plan(Head::empty(), &empty, &entries).expect("an empty log can grow");
    let log: BTreeMap<String, Vec<u8>> = plan.files.into_iter().collect();
    let path = TreeView::new(&log, plan.head.size).inclusion_proof(1).expect("it is in the log");
    let signer = TestSigner::from_seed([2; 32]);
    let checkpoint = Checkpoint::sign(log_key().name(), plan.head, &signer);
    TlogProof { extra: None, index: 1, path, checkpoint }.to_string()
}

fn records() -> Json {
    let now = instant::parse(NOW);
    let document = Value::Object(record().to_document().unwrap());
    let log_key = log_key();
    let judge = |bytes: &[u8], proof: &str| {
        let exhibit = Exhibit {
            bytes,
            proof: Some(proof.as_bytes()),
            log_key: Some(&log_key),
            ..Exhibit::default()
        };
        findings(&verify::record(&exhibit, &Trust::nobody(), now).0)
    };
    let whole = sign(document.clone()).expect("it is an object");
    let whole_proof = proof(&whole);

    let mut all = Vec::new();
    places(&document, &mut Vec::new(), &mut all);
    let mut bent = Vec::new();
    for place in &all {
        for how in WAYS {
            let Some(bytes) = bend(&document, place, how).and_then(sign) else { continue };
            let steps: Vec<Json> = place
                .iter()
                .map(|step| match step {
                    Step::Name(name) => json!(name),
                    Step::Index(at) => json!(at),
                })
                .collect();
            let digest = HEXLOWER.encode(&RecordId::of(&bytes).as_bytes()[..8]);
            let refused: Vec<Json> = judge(&bytes, &proof(&bytes))
                .into_iter()
                .filter(|finding| finding[1] == "invalid")
                .map(|finding| finding[0].clone())
                .collect();
            bent.push(json!([steps, how, digest, refused]));
        }
    }
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("records are UTF-8");
    let lines = |proof: &str| -> Vec<Json> {
        // Each line of the proof left out, and each doubled.
        let lines: Vec<&str> = proof.split_inclusive('\n').collect();
        (0..lines.len() * 2)
            .map(|n| {
                let (at, twice) = (n / 2, n % 2 == 1);
                let pick = |(i, line): (usize, &&str)| {
                    if i != at {
                        (*line).to_owned()
                    } else if twice {
                        line.repeat(2)
                    } else {
                        String::new()
                    }
                };
                let spoiled: String = lines.iter().enumerate().map(pick).collect();
                json!([spoiled, judge(&whole, &spoiled)])
            })
            .collect()
    };
    json!({
        "document": serde_json::from_slice::<Json>(&jcs::encode(&document)).expect("it is JSON"),
        "record": text(&whole),
        "proof": whole_proof,
        "log": log_key.to_string(),
        "findings": judge(&whole, &whole_proof),
        "bent": bent,
        "proofs": lines(&whole_proof),
    })
}

#[test]
fn verdicts_are_those_that_the_browser_tests_compare_with() {
    let found = json!({
        "now": NOW,
        "signatures": signatures(),
        "credentials": credentials(),
        "records": records(),
    });
    let whole = found["records"]["findings"].as_array().expect("it is a list");
    assert!(whole.iter().all(|finding| finding[1] != "invalid"), "{whole:?}");

    let path = tests().join("vectors/page-verdicts.json");
    // One line for each part: small, and a change shows where it is.
    let mut lines = Vec::new();
    for part in ["now", "signatures", "credentials", "records"] {
        match &found[part] {
            Json::Object(members) => {
                let each: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{}:{value}", json!(name)))
                    .collect();
                lines.push(format!("{}:{{\n{}\n}}", json!(part), each.join(",\n")));
            }
            value => lines.push(format!("{}:{value}", json!(part))),
        }
    }
    let words = format!("{{\n{}\n}}\n", lines.join(",\n"));
    if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
        fs::write(&path, &words).expect("the verdicts can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == words,
        "tests/vectors/page-verdicts.json does not hold the verdicts of now"
    );
}
