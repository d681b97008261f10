//! did:webvh: logs of five implementations, the attacks that an audit of them found, and our own.

use jiff::Timestamp;
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::jcs;
use selvedge::provenance::json::{self, Value};
use selvedge::provenance::key::{Signer, TestSigner, VerifierKey};
use selvedge::provenance::log::{Hash, RootHash};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::webvh::document::{IssuerDocument, RegisterService};
use selvedge::provenance::webvh::write::{self, Keys, Made};
use selvedge::provenance::webvh::{History, HistoryFault, Witnesses, key_hash};

const FOLDER: &str = "vectors/did-webvh";

fn now() -> Option<Timestamp> {
    Some("2026-11-26T00:00:00Z".parse().expect("a time"))
}

fn resolve(folder: &str) -> Result<History, HistoryFault> {
    let log = super::bytes(&format!("{folder}/did.jsonl"));
    let witness = super::path(&format!("{folder}/did-witness.json"));
    let witness = std::fs::read(witness).ok();
    History::parse(&log, witness.as_deref(), now())
}

/// Logs that their makers resolve or publish, and that the standard refuses: version 2 changes the witnesses, and not
/// enough of those before it signed it.
const REFUSED: [&str; 4] = ["java", "java-eecc", "python", "ts"];

#[test]
fn logs_of_five_implementations_resolve() {
    let mut count = 0;
    for case in super::names(FOLDER) {
        if case.starts_with("negative-") || case == "python-logs" || case.contains('.') {
            continue;
        }
        for maker in super::names(&format!("{FOLDER}/{case}")) {
            if maker.contains('.') {
                continue;
            }
            let folder = format!("{FOLDER}/{case}/{maker}");
            let found = resolve(&folder);
            if case == "witness-update" && REFUSED.contains(&&maker[..]) {
                assert_eq!(found.expect_err("too few witnesses").check, "witness", "{maker}");
                continue;
            }
            let history = found.unwrap_or_else(|fault| panic!("{case}/{maker}: {fault:?}"));
            let expected = super::json(&format!("{folder}/resolutionResult.json"));
            let metadata = &expected["didDocumentMetadata"];
            let latest = history.latest();
            if let Some(version) = metadata["versionId"].as_str() {
                assert_eq!(latest.version_id.as_str(), version, "{case}/{maker}");
            }
            let deactivated = metadata["deactivated"].as_bool().unwrap_or(false);
            assert_eq!(history.is_deactivated(), deactivated, "{case}/{maker}");
            // Some answer with services of their own beside the document, or leave it out at its end.
            let document = &expected["didDocument"];
            for name in ["id", "verificationMethod", "authentication", "assertionMethod"] {
                let ours = latest.document.member(name).map(jcs::encode);
                let theirs = document.get(name).map(|value| {
                    let text = serde_json::to_vec(value).expect("JSON");
                    jcs::encode(&json::parse(&text).expect("JSON"))
                });
                if !deactivated {
                    assert_eq!(ours, theirs, "{case}/{maker}: {name}");
                }
            }
            count += 1;
        }
    }
    assert!(count >= 45, "{count} logs");
}

#[test]
fn attacks_that_broke_others_are_refused() {
    for (case, check) in [
        ("cross-did-witness-replay", "witness"),
        ("did-key-body-fragment-mismatch", "proof"),
        ("duplicate-witness-ids", "parameters"),
        ("portable-scid-swap", "did"),
        ("pre-rotation-omit-updatekeys", "parameters"),
        ("scid-mismatch-genesis", "did"),
        ("unknown-method-version", "parameters"),
        ("versiontime-future", "time"),
        ("versiontime-non-monotonic", "time"),
        ("wrong-cryptosuite", "proof"),
        ("zero-witness-threshold", "parameters"),
    ] {
        let fault = resolve(&format!("{FOLDER}/negative-{case}/ts")).expect_err(case);
        assert_eq!(fault.check, check, "{case}: {fault}");
    }
    let mut names = 0;
    for case in super::names(FOLDER).iter().filter(|name| name.starts_with("negative-")) {
        let script = super::text(&format!("{FOLDER}/{case}/script.yaml"));
        for line in script.lines().filter_map(|line| line.trim().strip_prefix("did: ")) {
            assert_eq!(Did::parse(line.trim_matches('"')), None, "{line}");
            names += 1;
        }
    }
    assert!(names >= 8, "{names} names");
}

#[test]
fn short_and_broken_logs_of_the_python_implementation() {
    for (case, expected) in [
        ("invalid-json", Err("form")),
        ("invalid-method", Err("scid")),
        ("invalid-scid", Err("scid")),
        ("missing-proof", Err("proof")),
        ("missing-witness", Err("witness")),
    ] {
        let found = resolve(&format!("{FOLDER}/python-logs/{case}"));
        let found = found.map(|history| history.versions().len()).map_err(|fault| fault.check);
        assert_eq!(found, expected, "{case}");
    }
    let found = resolve(&format!("{FOLDER}/python-logs/short"));
    assert_eq!(found.map(|history| history.versions().len()), Ok(2));
}

// From here on: logs that we make, with keys that everybody may have.

fn signer(seed: u8) -> TestSigner {
    TestSigner::from_seed([seed; 32])
}

fn key(seed: u8) -> VerifierKey {
    signer(seed).verifier_key()
}

fn at(day: u8) -> Timestamp {
    format!("2026-03-{day:02}T00:00:00Z").parse().expect("a time")
}

fn keys(current: u8, next: u8) -> Keys {
    Keys {
        update_keys: vec![key(current)],
        next_key_hashes: vec![key_hash(&key(next).to_multikey())],
    }
}

fn document(did: &selvedge::provenance::did::DidWebvh, record: u8) -> IssuerDocument {
    let origin = KeyName::parse("brand.example/log").expect("a name");
    IssuerDocument {
        did: did.clone(),
        former: Vec::new(),
        keys: vec![key(record)],
        register: RegisterService {
            log_key: NoteKey::new(origin, key(2)),
            cuts: Vec::new(),
            earlier: Vec::new(),
        },
    }
}

fn guardians() -> Witnesses {
    Witnesses { threshold: 2, keys: [31, 32, 33].map(key).to_vec() }
}

/// A log of three versions: made, a record key rotated, moved; with the proofs of two of three guardians.
fn own() -> (String, Vec<u8>) {
    let web = DidWeb::parse("did:web:brand.example").expect("a name");
    let (did, first) = write::first(
        &web,
        &keys(11, 12),
        &guardians(),
        &|did| document(did, 1).to_value(),
        at(1),
        &signer(11),
    )
    .expect("a first version");
    let mut log = first.line.clone();
    let mut witness = Vec::new();
    let sign = |witness: &mut Vec<u8>, made: &Made, day: u8| {
        for guardian in [31, 33] {
            *witness = write::add_witness(witness, &made.version_id, at(day), &signer(guardian))
                .expect("proofs");
        }
    };
    sign(&mut witness, &first, 1);
    let history = History::parse(log.as_bytes(), Some(&witness), now()).expect("a history");
    let mut changed = document(&did, 3);
    changed.keys.push(key(1));
    let second = write::next(
        history.latest(),
        &keys(12, 13),
        &guardians(),
        changed.to_value(),
        at(2),
        &signer(12),
    );
    log.push_str(&second.line);
    sign(&mut witness, &second, 2);
    let history = History::parse(log.as_bytes(), Some(&witness), now()).expect("a history");
    let moved = selvedge::provenance::did::DidWebvh::new(
        did.scid(),
        DidWeb::parse("did:web:user.example:shop").expect("a name"),
    )
    .expect("a name");
    let mut there = document(&moved, 3);
    there.keys.push(key(1));
    there.former.push(did);
    let third = write::next(
        history.latest(),
        &keys(13, 14),
        &guardians(),
        there.to_value(),
        at(3),
        &signer(13),
    );
    log.push_str(&third.line);
    sign(&mut witness, &third, 3);
    (log, witness)
}

#[test]
fn our_own_logs_hold_and_are_kept_for_other_resolvers() {
    let (log, witness) = own();
    let history = History::parse(log.as_bytes(), Some(&witness), now()).expect("a history");
    assert_eq!(history.versions().len(), 3);
    assert!(history.latest().witnessed_by.len() == 2);
    let document = IssuerDocument::parse(&history.latest().document).expect("our document");
    assert_eq!(document.keys, [key(3), key(1)]);
    assert_eq!(document.former.len(), 1);
    let [one, two] = [&history.versions()[0].did, history.did()].map(|did| Did::Webvh(did.clone()));
    assert!(one != two && one.same_issuer(&two));

    let mut stolen = history.clone();
    let thief = stolen_rotation(&mut stolen);
    let unwitnessed = {
        let made = write::next(
            history.latest(),
            &keys(14, 15),
            &guardians(),
            document.to_value(),
            at(4),
            &signer(14),
        );
        format!("{log}{}", made.line)
    };
    for (name, bytes) in [
        ("did.jsonl", log.as_bytes()),
        ("did-witness.json", witness.as_slice()),
        ("stolen.jsonl", format!("{log}{thief}").as_bytes()),
        ("unwitnessed.jsonl", unwitnessed.as_bytes()),
    ] {
        let path = super::path(&format!("vectors/own/did-webvh/{name}"));
        if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, bytes).expect("the log is written");
        } else {
            assert!(std::fs::read(&path).is_ok_and(|kept| kept == bytes), "{name}");
        }
    }
    // A thief of the update key cannot rotate: the next key was announced, and she does not have it.
    let refused = History::parse(format!("{log}{thief}").as_bytes(), Some(&witness), now());
    assert_eq!(refused.expect_err("a thief").check, "parameters");
    let refused = History::parse(unwitnessed.as_bytes(), Some(&witness), now());
    assert_eq!(refused.expect_err("no guardian signed").check, "witness");
}

/// What a thief of the update key that signed last would append.
fn stolen_rotation(history: &mut History) -> String {
    let before = history.latest();
    let made = write::next(
        before,
        &keys(13, 99),
        &before.parameters.witness,
        before.document.clone(),
        at(4),
        &signer(13),
    );
    made.line
}

#[test]
fn documents_have_one_form() {
    let (log, witness) = own();
    let history = History::parse(log.as_bytes(), Some(&witness), now()).expect("a history");
    let value = &history.latest().document;
    let mut document = IssuerDocument::parse(value).expect("our document");
    document.register.cuts.push(selvedge::provenance::webvh::document::KeyCut {
        key: key(21),
        size: 12,
        root: RootHash(Hash([7; 32])),
    });
    assert_eq!(IssuerDocument::parse(&document.to_value()), Some(document.clone()));
    let Value::Object(mut members) = document.to_value() else { unreachable!() };
    members.insert("extra".to_owned(), "x".into());
    assert_eq!(IssuerDocument::parse(&Value::Object(members)), None);
    let mut stolen = document.clone();
    stolen.keys.push(key(21));
    assert_eq!(IssuerDocument::parse(&stolen.to_value()), None, "a stolen key that still signs");
    document.keys = vec![key(2)];
    assert_eq!(IssuerDocument::parse(&document.to_value()), None, "one key in two roles");
}

#[test]
fn any_altered_byte_of_a_log_is_found() {
    let (log, witness) = own();
    let mut found = 0;
    for at in (0..log.len()).step_by(7) {
        let mut bytes = log.clone().into_bytes();
        bytes[at] ^= 1;
        match History::parse(&bytes, Some(&witness), now()) {
            Err(_) => found += 1,
            // White space between entries and the like may differ; what is read may not.
            Ok(history) => {
                let same = History::parse(log.as_bytes(), Some(&witness), now()).expect("it");
                assert_eq!(history, same, "byte {at}");
            }
        }
    }
    assert!(found > 500);
    assert!(json::parse(&witness).is_ok());
}
