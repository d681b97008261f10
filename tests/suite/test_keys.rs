//! The folder `keys/`: which keys are for trying out, and that nobody believes them who did not ask for that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use selvedge::evidence::Disk;
use selvedge::provenance::key::VerifierKey;
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::sshsig;
use selvedge::verify::{self, Trust};
use serde_json::Value;

use super::identity::key;
use super::record_format::example;

fn root(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// The public keys of an example site: whatever speaks for it, and the neighbours that it names.
fn keys_of_site() -> (String, BTreeSet<VerifierKey>) {
    let site = root("sites/two-rivers");
    let (identity, _) = verify::identity::judge(&Disk::at(&site), None);
    let identity = identity.expect("the site has an identity");
    let history = identity.history.as_ref().expect("with a history");
    let mut keys: BTreeSet<VerifierKey> = identity.keys.iter().copied().collect();
    keys.extend(identity.log_keys().map(|log| *log.key()));
    for version in history.versions() {
        keys.extend(version.parameters.update_keys.iter().copied());
        keys.extend(version.parameters.witness.keys.iter().copied());
    }
    let trust = fs::read_to_string(site.join("trust.toml")).expect("its trust list");
    let trust = Trust::parse(&trust).expect("its trust list");
    keys.extend(trust.witnesses().iter().map(|witness| *witness.key.key()));
    (identity.issuer.to_string(), keys)
}

/// Both files of the folder, as they have to be.
fn due() -> BTreeMap<&'static str, String> {
    let (two_rivers, own) = keys_of_site();
    let mut lines: Vec<String> =
        (0..=255).map(|seed: u8| format!("{} 32 bytes {seed:#04x}\n", key(seed))).collect();
    lines.extend(own.iter().map(|key| format!("{key} sites/two-rivers\n")));
    let history: Value = serde_json::from_str(example("real did.jsonl").trim()).expect("JSON");
    let brand = history["state"]["id"].as_str().expect("a name");
    let log = NoteKey::new(KeyName::parse("brand.example/log").expect("a name"), key(2));
    let list = format!(
        "# For trying out only: anybody may have the secret halves of these keys. README.md tells more.

[[signer]]
name = \"Two Rivers Makers (invented, with test keys)\"
did = \"{two_rivers}\"

[[signer]]
name = \"Weavers of the Orrin valley (invented, with test keys)\"
did = \"{brand}\"

[[signer]]
name = \"Weavers of the Orrin valley, for practice (invented, with test keys)\"
did = \"did:web:brand.example\"
key = \"{}\"
log = \"{log}\"
",
        key(1)
    );
    [("keys/test-keys.txt", lines.concat()), ("keys/trust.toml", list)].into()
}

#[test]
fn the_folder_keys_names_every_key_of_the_examples() {
    for (path, text) in due() {
        if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
            fs::write(root(path), &text).expect("written");
        }
        let kept = fs::read_to_string(root(path)).expect("a file");
        assert_eq!(kept, text, "{path}; SELVEDGE_ACCEPT=1 writes it anew");
    }
}

fn run(words: &[&str]) -> (Option<i32>, Output) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_selvedge")).args(words).output().expect("it runs");
    (output.status.code(), output)
}

/// The state and what is found of the signer, of the report or its first record.
fn signer(output: &Output) -> (String, String) {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let about = report["records"].as_array().map_or(&report, |records| &records[0]);
    let findings = about["findings"].as_array().expect("findings");
    let found = findings.iter().find(|it| it["check"] == "signer").expect("it");
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    (word(&report["state"]), word(&found["reason"]))
}

const REFUSED: &str =
    "this is a test key, whose secret half anybody may have; only --test believes it";
const BELIEVED: &str = "this is a test key, whose secret half anybody may have: it proves nothing";

#[test]
fn test_keys_are_believed_only_by_who_asks_for_tests() {
    let case = root("tests/matrix/in-force");
    let told: Value =
        serde_json::from_slice(&fs::read(case.join("case.json")).expect("it")).expect("JSON");
    let at = told["at"].as_str().expect("a time");
    let site = case.join("site");
    let record = site.join("records").join(told["record"].as_str().expect("a file"));
    let trust = case.join("trust.toml");
    let [site, record, trust] = [&site, &record, &trust].map(|path| path.to_str().expect("a path"));
    let print = sshsig::fingerprint(&key(1));
    for target in [site, record] {
        for believing in [&["--trust", trust][..], &["--fingerprint", &print]] {
            let words = [&["verify", target, "--at", at, "--json"][..], believing].concat();
            let (code, output) = run(&words);
            let (state, reason) = signer(&output);
            assert_eq!((code, &*state), (Some(1), "unknown-signer"), "{words:?}");
            assert_eq!(reason, REFUSED);
            let (code, output) = run(&[&words[..], &["--test"]].concat());
            let (state, reason) = signer(&output);
            assert_eq!((code, &*state), (Some(0), "record-intact"), "{words:?}");
            assert!(reason.ends_with(BELIEVED), "{reason}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("this answer proves nothing"), "{said}");
        }
    }
    // Whoever asks for tests needs no list for the examples: these are of practice, by a signer of the folder keys.
    let example = root("sites/two-rivers");
    let example = example.to_str().expect("a path");
    for (more, why) in [(&[][..], "nobody is believed"), (&["--test"], BELIEVED)] {
        let (code, output) = run(&[&["verify", example, "--json"], more].concat());
        let (state, reason) = signer(&output);
        assert_eq!((code, &*state), (Some(1), "practice"));
        assert!(reason.contains(why), "{reason}");
    }
}

#[test]
fn neither_a_page_nor_a_witness_with_test_keys_counts() {
    let list = |more: &str| {
        let mut trust = Trust::parse(more).expect("a list");
        let lost = verify::test_keys::refuse(&mut trust);
        (trust, lost)
    };
    let witness = example("witness.vkey");
    let text = format!("[[witness]]\nname = \"Potters\"\nkey = \"{}\"\n", witness.trim_end());
    let (trust, lost) = list(&text);
    assert_eq!((trust.witnesses().len(), lost), (0, vec!["Potters".to_owned()]));
    // A page of an issuer for whom a test key speaks: the evidence of the worked example.
    let text = |name: &str| example(name).as_bytes().to_vec();
    let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    let record = example("real record").trim_end().as_bytes();
    let evidence = serde_json::json!({
        "record": base64(record),
        "didLog": base64(&text("real did.jsonl")),
        "didWitness": base64(&text("real did-witness.json")),
        "proof": example("real proof"),
    });
    let html = format!(
        "<!doctype html><script type=\"application/json\" id=\"selvedge-evidence\">{evidence}</script>"
    );
    let history: Value = serde_json::from_str(example("real did.jsonl").trim()).expect("JSON");
    let name = history["state"]["id"].as_str().expect("a name");
    let entry = format!("[[signer]]\nname = \"Orrin\"\ndid = \"{name}\"\n");
    let judge = |trust: &Trust| {
        let report = verify::page("it", html.as_bytes(), trust, None).expect("a page");
        report.finding("signer").expect("it").reason.to_string()
    };
    assert_eq!(judge(&list(&entry).0), REFUSED);
    let mut trust = Trust::nobody();
    verify::test_keys::believe(&mut trust);
    assert!(judge(&trust).ends_with(BELIEVED), "{}", judge(&trust));
}
