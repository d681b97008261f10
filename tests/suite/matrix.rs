//! The matrix: published folders, each with the question that is asked of it and the answer that is due.
//!
//! `tests/matrix/<case>` holds; `tests/matrix/<case>_fail` does not, and `case.json` names the finding that says why.
//! The runners know nothing of how a case was made, so that other implementations can use the same folders:
//! `tests/matrix/README.md` is for them. Here the library and the command answer; the script of the record page
//! answers in `tests/browser/matrix.test.mjs`. `SELVEDGE_ACCEPT=1 cargo test matrix` writes the cases anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use selvedge::evidence::Disk;
use selvedge::fetch::{Answer, FetchError, PublishedSite, Web};
use selvedge::provenance::did::{Did, DidWebvh};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::kind::{Kind, RecordRef};
use selvedge::provenance::log::{Checkpoint, Head, LeafHash, RootHash, WitnessKey, head_list};
use selvedge::provenance::note::KeyName;
use selvedge::provenance::webvh::document::KeyCut;
use selvedge::verify::{self, Finding, Report, Trust, Verdict};
use serde_json::{Value as Json, json};

use super::identity::{Association, key, plain_design, signer, statement};

fn matrix() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix")
}

/// The files of a folder, by path.
type Folder = BTreeMap<String, Vec<u8>>;

/// A case that is being made.
struct Case {
    name: &'static str,
    about: &'static str,
    files: Folder,
    record: RecordRef,
    trusted: String,
    /// The key of a neighbour whose cosignatures count.
    witness: Option<String>,
    base_url: String,
    at: Timestamp,
    /// The finding that says why it fails.
    fails: Option<&'static str>,
}

fn read_folder(root: &Path) -> Folder {
    let mut files = Folder::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(root).expect("it lies in it");
                let name = below.to_str().expect("a name").replace('\\', "/");
                files.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

/// The files that a site publishes of its register: of partial tiles the newest.
fn published(brand: &Association) -> Folder {
    let size = brand.head().head().size;
    let is_old_tile =
        |path: &str| path.rsplit_once(".p/").is_some_and(|(_, width)| width.parse() != Ok(size));
    let mut files = read_folder(&brand.site());
    files.retain(|path, _| !path.starts_with('.') && !is_old_tile(path));
    files
}

/// Takes a word of a file for another of the same length.
fn reword(files: &mut Folder, path: &str, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let text = String::from_utf8(files[path].clone()).expect("text");
    assert!(text.contains(from), "{path} says nothing of {from}");
    files.insert(path.to_owned(), text.replace(from, to).into_bytes());
}

fn words(text: &str) -> Value {
    vec![Value::from([("@language", "en".into()), ("@value", text.into())])].into()
}

fn withdraw(brand: &mut Association, target: &RecordRef, position: f64) -> RecordRef {
    let created = brand.now;
    brand
        .sign(statement(
            Kind::Withdrawal,
            [
                ("target", target.to_value()),
                ("targetKind", "Design".into()),
                ("targetSigned", instant::format(created).into()),
                ("targetPosition", Value::Number(position)),
                ("reasonCode", "holder's wish".into()),
            ],
        ))
        .expect("a record")
}

struct Maker {
    cases: Vec<Case>,
}

impl Maker {
    /// Keeps a case as the brand's folder stands now.
    fn keep(
        &mut self,
        (brand, did): &(Association, DidWebvh),
        name: &'static str,
        about: &'static str,
        record: &RecordRef,
        fails: Option<&'static str>,
    ) -> &mut Case {
        assert_eq!(name.ends_with("_fail"), fails.is_some(), "{name}");
        self.cases.push(Case {
            name,
            about,
            files: published(brand),
            record: record.clone(),
            trusted: did.to_string(),
            witness: None,
            base_url: brand.base.base_url(),
            at: brand.now + SignedDuration::from_secs(60),
            fails,
        });
        self.cases.last_mut().expect("it was pushed")
    }
}

/// Every case. Names are made up; the keys are test keys that everybody may have.
#[allow(clippy::too_many_lines, reason = "a list of cases")]
fn cases() -> Vec<Case> {
    let mut all = Maker { cases: Vec::new() };
    let path_of =
        |record: &RecordRef, ending: &str| format!("records/{}.{ending}", record.id.short());

    // One record, and everything that can be done to its folder.
    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    let other = brand.0.design("two-waters");
    brand.0.lists();
    all.keep(&brand, "in-force", "A design that nothing speaks of.", &design, None);
    let (json, proof, side) =
        (path_of(&design, "json"), path_of(&design, "tlog-proof"), path_of(&design, "sshsig"));
    let case = all.keep(
        &brand,
        "word-changed_fail",
        "One word of the record was changed.",
        &design,
        Some("signature"),
    );
    reword(&mut case.files, &json, "\"river-path\"", "\"river-bath\"");
    let case = all.keep(
        &brand,
        "line-end-added_fail",
        "A line end was added to the record.",
        &design,
        Some("canonical"),
    );
    case.files.get_mut(&json).expect("it").push(b'\n');
    let case = all.keep(
        &brand,
        "proof-of-another_fail",
        "The proof of another record lies beside it.",
        &design,
        Some("inclusion"),
    );
    case.files.insert(proof.clone(), case.files[&path_of(&other, "tlog-proof")].clone());
    let case = all.keep(
        &brand,
        "proof-not-readable_fail",
        "The proof from the log is no proof.",
        &design,
        Some("inclusion"),
    );
    case.files.insert(proof.clone(), b"c2sp.org/tlog-proof@v2\n".to_vec());
    let case = all.keep(
        &brand,
        "side-signature-of-another_fail",
        "The side signature is another record's.",
        &design,
        Some("side-signature"),
    );
    case.files.insert(side, case.files[&path_of(&other, "sshsig")].clone());
    let case = all.keep(
        &brand,
        "history-changed_fail",
        "A time in the history of keys was changed.",
        &design,
        Some("identity"),
    );
    reword(
        &mut case.files,
        "identity/did.jsonl",
        "\"versionTime\":\"2026-",
        "\"versionTime\":\"2025-",
    );
    let case = all.keep(
        &brand,
        "guardians-missing_fail",
        "The guardians' signatures are missing.",
        &design,
        Some("identity"),
    );
    case.files.remove("identity/did-witness.json");
    let case = all.keep(
        &brand,
        "head-changed_fail",
        "The head of the log was changed.",
        &design,
        Some("log-head"),
    );
    reword(&mut case.files, "log/checkpoint", "brand.example/log\n", "brand.exumple/log\n");
    let size = brand.0.head().head().size;
    let entries = format!("log/tile/entries/000.p/{size}");
    let case = all.keep(
        &brand,
        "entry-changed_fail",
        "An entry of the log was changed.",
        &design,
        Some("log-entries"),
    );
    reword(&mut case.files, &entries, "selvedge.record/1", "selvedge.record/2");
    let case = all.keep(
        &brand,
        "entries-missing_fail",
        "The entries of the log are missing.",
        &design,
        Some("log-entries"),
    );
    case.files.remove(&entries);
    let case = all.keep(
        &brand,
        "body-missing_fail",
        "Another record is missing, and nothing says why.",
        &design,
        Some("log-bodies"),
    );
    case.files.remove(&path_of(&other, "json"));
    let case = all.keep(
        &brand,
        "record-beside-the-log_fail",
        "A record lies in the folder that is not in the log.",
        &other,
        Some("log-bodies"),
    );
    let (stray, _) = (Association::begin(), ());
    let mut stray = stray;
    let strange =
        stray.0.sign_with(super::identity::plain_design("hill"), |_| {}).expect("a record");
    let name = path_of(&strange, "json");
    case.files.insert(name.clone(), published(&stray.0)[&name].clone());
    let case = all.keep(
        &brand,
        "another-brand-is-trusted_fail",
        "The trust list names another brand.",
        &design,
        Some("signer"),
    );
    let unknown = "did:webvh:QmT3rnFkvT3P6wkvZYvtuJzKtE5EswcHNeL2svL4aPC9og:brand.example";
    case.trusted = unknown.to_owned();
    let case = all.keep(
        &brand,
        "signed-tomorrow_fail",
        "It is judged at a time before it was signed.",
        &design,
        Some("valid-from"),
    );
    case.at = instant::parse("2026-03-01T00:30:00Z").expect("a time");
    let case = all.keep(
        &brand,
        "lists-over_fail",
        "The status lists are over, so that the log may have been cut off long ago.",
        &design,
        Some("status"),
    );
    case.at += SignedDuration::from_hours(24 * 400);

    // What later records do to it.
    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    let hold = brand.0.status(&design, "suspended").expect("a record");
    all.keep(
        &brand,
        "suspended_fail",
        "A later record puts it on hold.",
        &design,
        Some("not-suspended"),
    );
    all.keep(
        &brand,
        "status-record",
        "The record that puts another on hold is itself in force.",
        &hold,
        None,
    );
    brand.0.status(&design, "reinstated").expect("a record");
    all.keep(&brand, "reinstated", "It was put on hold, and taken up again.", &design, None);
    brand.0.status(&design, "revoked").expect("a record");
    all.keep(&brand, "revoked_fail", "A later record revokes it.", &design, Some("not-revoked"));
    let case = all.keep(
        &brand,
        "revocation-hidden_fail",
        "The record that revokes it was left out.",
        &design,
        Some("log-bodies"),
    );
    let size = brand.0.head().head().size;
    let last = case
        .files
        .keys()
        .filter(|path| path.ends_with(".json") && path.starts_with("records/"))
        .find(|path| {
            String::from_utf8_lossy(&case.files[*path]).contains("\"newState\":\"revoked\"")
        })
        .cloned()
        .expect("the revocation");
    assert!(size > 4);
    case.files.remove(&last);
    brand.0.lists();
    let case = all.keep(
        &brand,
        "revocation-hidden-from-lists_fail",
        "The record that revokes it was left out; a status list still says so.",
        &design,
        Some("not-revoked"),
    );
    case.files.remove(&last);

    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    let body = published(&brand.0)[&path_of(&design, "json")].clone();
    let taken_back = withdraw(&mut brand.0, &design, 1.0);
    all.keep(
        &brand,
        "taken-back",
        "It takes the content of another record back.",
        &taken_back,
        None,
    );
    let about = "Its content was taken back; somebody kept a copy.";
    let case = all.keep(&brand, "withdrawn_fail", about, &design, Some("not-withdrawn"));
    case.files.insert(path_of(&design, "json"), body);

    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    let better = brand.0.design("river-way");
    let replaces = [
        ("target", design.to_value()),
        ("reason", words("Written anew.")),
        ("replacement", better.to_value()),
    ];
    brand.0.sign(statement(Kind::Correction, replaces)).expect("a record");
    all.keep(
        &brand,
        "superseded_fail",
        "Another record took its place.",
        &design,
        Some("not-superseded"),
    );
    all.keep(&brand, "replacement", "It took the place of another.", &better, None);

    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    brand.0.status(&design, "ended").expect("a record");
    all.keep(&brand, "ended_fail", "A later record ends it.", &design, Some("not-ended"));

    let mut brand = Association::begin();
    let term = brand
        .0
        .sign_with(super::identity::plain_design("for-a-year"), |record| {
            record.valid_until = instant::parse("2027-03-01T00:00:00Z");
        })
        .expect("a record");
    all.keep(&brand, "within-its-term", "It has an end, which has not come.", &term, None);
    let case = all.keep(
        &brand,
        "expired_fail",
        "It has an end, which has passed.",
        &term,
        Some("valid-until"),
    );
    case.at = instant::parse("2027-03-01T00:00:01Z").expect("a time");

    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    let ground = [
        ("target", design.to_value()),
        ("ground", "prior use".into()),
        ("statement", words("We had it before.")),
    ];
    brand.0.sign(statement(Kind::Dispute, ground)).expect("a record");
    all.keep(
        &brand,
        "disputed",
        "A dispute over it is open; it stands until that is settled.",
        &design,
        None,
    );

    // Keys.
    let mut brand = Association::begin();
    let before = brand.0.design("river-path");
    brand.0.change(12, 13, |document| document.keys.insert(0, key(3)));
    brand.0.record = 3;
    let after = brand.0.design("two-waters");
    all.keep(
        &brand,
        "before-the-new-key",
        "The key was replaced in honour after it was signed.",
        &before,
        None,
    );
    all.keep(&brand, "by-the-new-key", "It was signed by the new key.", &after, None);
    let case = all.keep(
        &brand,
        "new-key-without-guardians_fail",
        "The new key was announced by the brand alone.",
        &after,
        Some("identity"),
    );
    let first = read_folder(&Association::begin().0.site());
    case.files
        .insert("identity/did-witness.json".to_owned(), first["identity/did-witness.json"].clone());

    let mut brand = Association::begin();
    let before = brand.0.design("river-path");
    let head = brand.0.head().head();
    let stolen = brand.0.design("made-by-a-thief");
    brand.0.change(12, 13, |document| {
        document.keys = vec![key(3)];
        document.register.cuts.push(KeyCut { key: key(1), size: head.size, root: head.root });
    });
    brand.0.record = 3;
    brand.0.design("made-again");
    all.keep(&brand, "before-the-theft", "Its key was stolen later.", &before, None);
    all.keep(
        &brand,
        "by-a-thief_fail",
        "It was signed with a key after that was stolen.",
        &stolen,
        Some("in-effect"),
    );

    // The log goes on with the new key; the history of keys is the one of before.
    let old = read_folder(&Association::begin().0.site());
    let case = all.keep(
        &brand,
        "history-rolled-back_fail",
        "The site shows its history of keys as it was before the theft.",
        &stolen,
        Some("log-identity"),
    );
    case.files.retain(|path, _| !path.starts_with("identity/"));
    case.files.extend(old.into_iter().filter(|(path, _)| path.starts_with("identity/")));

    // Others saw the register.
    let mut brand = Association::begin();
    let design = brand.0.design("river-path");
    let mut seen = brand.0.head();
    let name = KeyName::parse("neighbour.example/witness").expect("a name");
    let witness = WitnessKey::new(name.clone(), key(41));
    let at = brand.0.now + SignedDuration::from_secs(60);
    let line = seen.cosign(&name, at, &signer(41)).expect("a cosignature");
    assert_eq!(seen.add(&line, &witness), Ok(true));
    let kept = format!("log/heads/{}/checkpoint", seen.head().size);
    brand.0.design("two-waters");
    brand.0.lists();
    let case =
        all.keep(&brand, "seen-by-a-neighbour", "A neighbour saw its register.", &design, None);
    case.files.insert(kept.clone(), seen.to_string().into_bytes());
    case.witness = Some(witness.to_string());
    let case = all.keep(
        &brand,
        "another-head-seen_fail",
        "The log's key signed another head of the same size, which a neighbour saw.",
        &design,
        Some("log-heads"),
    );
    let root = RootHash(LeafHash::of(b"another").0);
    let head = Head { size: seen.head().size, root };
    let mut other = Checkpoint::sign(seen.origin(), head, &signer(2));
    let line = other.cosign(&name, at, &signer(41)).expect("a cosignature");
    assert_eq!(other.add(&line, &witness), Ok(true));
    case.files.insert(kept, other.to_string().into_bytes());
    case.witness = Some(witness.to_string());

    // Others sign in the register.
    let mut brand = Association::begin();
    let person = |seed: u8| Did::Key(key(seed)).to_string();
    let party = |seed: u8| Value::from([("id", person(seed).into())]);
    let members = [("member", party(52)), ("basis", "peers".into())];
    brand.0.sign(statement(Kind::Accreditation, members)).expect("a record");
    let hers = brand.0.admit(52, plain_design("reed-and-rain")).expect("a record");
    let may = vec![Value::from("Label")];
    let members = [("delegate", party(53)), ("may", may.into())];
    brand.0.sign(statement(Kind::Delegation, members)).expect("a record");
    let label = [("about", hers.to_value()), ("appliedBy", party(53)), ("labelCode", "tka".into())];
    let label = brand.0.admit(53, statement(Kind::Label, label)).expect("a record");
    let word = [("about", hers.to_value()), ("relation", "saw".into())];
    let word = brand.0.admit(54, statement(Kind::Attestation, word)).expect("a record");
    brand.0.lists();
    all.keep(
        &brand,
        "by-a-member",
        "A member signed it, in the register of her association.",
        &hers,
        None,
    );
    all.keep(
        &brand,
        "by-a-delegate",
        "Somebody signed it who may sign such records.",
        &label,
        None,
    );
    let about = "Somebody speaks of another's record, whom the asker does not know.";
    all.keep(&brand, "by-a-stranger_fail", about, &word, Some("signer"));
    let case = all.keep(
        &brand,
        "delegation-left-out_fail",
        "The record that lets her sign was left out.",
        &label,
        Some("log-bodies"),
    );
    let is_delegation = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("\"Delegation\"");
    case.files.retain(|path, bytes| !path.ends_with(".json") || !is_delegation(bytes));

    // Acts of several.
    let mut brand = Association::begin();
    let act = Value::from([("kind", "Design".into()), ("threshold", Value::Number(1.0))]);
    let charter = [
        ("name", words("Weavers of the Orrin valley")),
        ("brandKind", "association".into()),
        ("signatory", vec![party(51)].into()),
        ("jointAct", vec![act].into()),
    ];
    brand.0.sign(statement(Kind::Charter, charter)).expect("a record");
    let waits = brand.0.design("river-path");
    let agreed = brand.0.design("two-waters");
    let approval = [("about", agreed.to_value()), ("relation", "approves".into())];
    brand.0.admit(51, statement(Kind::Attestation, approval)).expect("a record");
    brand.0.lists();
    all.keep(&brand, "proposed_fail", "Who has to agree did not.", &waits, Some("agreed"));
    all.keep(&brand, "agreed", "Who has to agree did.", &agreed, None);

    let moved = super::identity::moved();
    let (brand, before, after) = (&moved.0, &moved.1, &moved.2);
    all.keep(
        brand,
        "before-the-move",
        "The brand moved to another host after it was signed.",
        before,
        None,
    );
    all.keep(brand, "after-the-move", "It was signed at the new host.", after, None);
    all.cases
}

/// The question and the answer of a case, as its file says.
struct Kept {
    name: String,
    at: String,
    record: String,
    state: String,
    fails: Option<String>,
    findings: Vec<(String, String)>,
}

fn kept() -> Vec<Kept> {
    let mut found = Vec::new();
    for entry in fs::read_dir(matrix()).expect("the matrix is in the repository") {
        let entry = entry.expect("an entry");
        if !entry.path().is_dir() {
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let case = fs::read(entry.path().join("case.json")).expect("a case says what it is");
        let case: Json = serde_json::from_slice(&case).expect("it is JSON");
        let text = |member: &str| case[member].as_str().map(str::to_owned);
        let findings = case["findings"].as_array().expect("a list").iter();
        let pair = |finding: &Json| {
            let at = |n: usize| finding[n].as_str().expect("a word").to_owned();
            (at(0), at(1))
        };
        found.push(Kept {
            at: text("at").expect("a time"),
            record: text("record").expect("a record"),
            state: text("state").expect("a state"),
            fails: text("fails"),
            findings: findings.map(pair).collect(),
            name,
        });
    }
    assert!(found.len() > 30, "{} cases", found.len());
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Invalid => "invalid",
        Verdict::NotChecked => "not-checked",
    }
}

/// The findings of a folder and of one of its records, and the state of that record, or else of the folder.
fn answer(folder: &Report, record: &str) -> (String, Vec<(String, String)>) {
    let record = folder.records.iter().find(|report| report.target == record);
    let findings = folder.findings.iter().chain(record.into_iter().flat_map(|r| &r.findings));
    let pair = |finding: &Finding| (finding.check.to_owned(), word(finding.verdict).to_owned());
    // A folder is as bad as the worst of its records; a case asks of one, and of the folder's own checks.
    let folders_own = [verify::State::Altered, verify::State::CannotCheckNow];
    let state = match record {
        Some(record) if record.state != verify::State::RecordIntact => record.state,
        Some(record) if !folders_own.contains(&folder.state) => record.state,
        _ => folder.state,
    };
    (state_code(state), findings.map(pair).collect())
}

fn state_code(state: verify::State) -> String {
    serde_json::to_value(state).expect("a word").as_str().expect("a word").to_owned()
}

fn library_answer(
    site: &Path,
    trust: &str,
    at: &str,
    record: &str,
) -> (String, Vec<(String, String)>) {
    let trust = Trust::parse(trust).expect("a trust list");
    let audit = verify::folder("site", &Disk::at(site), &trust, None, instant::parse(at));
    answer(&audit.report, record)
}

fn trust_list(did: &str, witness: Option<&str>) -> String {
    let mut text = format!("[[signer]]\nname = \"Brand\"\ndid = \"{did}\"\n");
    if let Some(key) = witness {
        text.push_str(&format!("\n[[witness]]\nname = \"Neighbour\"\nkey = \"{key}\"\n"));
    }
    text
}

fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("written");
}

/// The files of a case, with the answer that the library gives.
fn lay_out(case: &Case, root: &Path) {
    for (path, bytes) in &case.files {
        write(root, &format!("site/{path}"), bytes);
    }
    let (trust, at) =
        (trust_list(&case.trusted, case.witness.as_deref()), instant::format(case.at));
    write(root, "trust.toml", trust.as_bytes());
    let record = format!("{}.json", case.record.id.short());
    let (state, findings) = library_answer(&root.join("site"), &trust, &at, &record);
    let mut told = json!({
        "about": case.about, "base_url": case.base_url, "at": at, "record": record, "state": state, "findings": findings,
    });
    if let Some(fails) = case.fails {
        told["fails"] = fails.into();
    }
    let told = serde_json::to_string_pretty(&told).expect("JSON") + "\n";
    write(root, "case.json", told.as_bytes());
}

#[test]
fn cases_are_made_as_they_are_kept() {
    let accept = std::env::var_os("SELVEDGE_ACCEPT").is_some();
    for case in cases() {
        let kept = matrix().join(case.name);
        if accept {
            let _ = fs::remove_dir_all(&kept);
            lay_out(&case, &kept);
            continue;
        }
        let made = tempfile::tempdir().expect("a folder");
        lay_out(&case, made.path());
        let (made, kept) = (read_folder(made.path()), read_folder(&kept));
        let differs: Vec<&String> = made
            .iter()
            .filter(|(path, bytes)| kept.get(*path) != Some(bytes))
            .map(|(path, _)| path)
            .collect();
        assert!(differs.is_empty(), "{}: {differs:?}", case.name);
        assert_eq!(made.len(), kept.len(), "{}", case.name);
    }
}

#[test]
fn the_library_answers_as_the_matrix_says() {
    for case in kept() {
        let root = matrix().join(&case.name);
        let trust = fs::read_to_string(root.join("trust.toml")).expect("a trust list");
        let (state, findings) = library_answer(&root.join("site"), &trust, &case.at, &case.record);
        assert_eq!((&state, &findings), (&case.state, &case.findings), "{}", case.name);
        let refused: Vec<&String> = findings
            .iter()
            .filter(|(_, verdict)| verdict == "invalid")
            .map(|(check, _)| check)
            .collect();
        // What fails is not intact, by the finding that is named. What holds is, and no finding says otherwise.
        match &case.fails {
            Some(why) => {
                assert_ne!(state, "record-intact", "{}", case.name);
                let is_named =
                    findings.iter().any(|(check, verdict)| check == why && verdict != "valid");
                assert!(is_named, "{}: {findings:?}", case.name);
            }
            None => {
                assert_eq!(state, "record-intact", "{}: {findings:?}", case.name);
                assert!(refused.is_empty(), "{}: {refused:?}", case.name);
            }
        }
    }
}

/// The site of a case as a server has it, with the list of kept heads that `build` adds.
pub(super) fn served(case: &str) -> Folder {
    let mut files = read_folder(&matrix().join(case).join("site"));
    let kept = files.keys().filter_map(|path| path.strip_prefix("log/heads/"));
    let list = head_list::write(kept);
    files.insert(head_list::PATH.to_owned(), list.into_bytes());
    files
}

struct Served(Folder);

impl Web for Served {
    fn get(&self, address: &str, _: usize) -> Result<Answer, FetchError> {
        let path = address.strip_prefix("https://a.example/").expect("the address that was given");
        let body = self.0.get(path).cloned();
        let status = if body.is_some() { 200 } else { 404 };
        Ok(Answer { status, content_type: None, body: body.unwrap_or_default() })
    }

    fn post(&self, _: &str, _: &str, _: &[u8], _: usize) -> Result<Answer, FetchError> {
        panic!("nobody posts")
    }
}

#[test]
fn a_site_on_the_web_is_answered_as_its_folder_is() {
    for case in kept() {
        // Which records there are is known by the entries alone.
        let is_blind = BY_THE_ENTRIES.contains(&&*case.name);
        let trust = matrix().join(&case.name).join("trust.toml");
        let trust = Trust::parse(&fs::read_to_string(trust).expect("a trust list")).expect("it");
        let web = Served(served(&case.name));
        let site = PublishedSite::at(&web, "https://a.example");
        let audit = verify::folder("site", &site, &trust, None, instant::parse(&case.at));
        assert_eq!(site.failure(), None, "{}", case.name);
        let found = answer(&audit.report, &case.record);
        match is_blind {
            true => assert_ne!(found.1, case.findings, "{}", case.name),
            false => assert_eq!(found, (case.state, case.findings), "{}", case.name),
        }
    }
}

/// Cases of records that nobody outside finds.
const BY_THE_ENTRIES: [&str; 3] =
    ["record-beside-the-log_fail", "entries-missing_fail", "entry-changed_fail"];

#[test]
fn the_command_answers_as_the_matrix_says() {
    for case in kept() {
        let root = matrix().join(&case.name);
        let run = |target: &Path| {
            let out = Command::new(env!("CARGO_BIN_EXE_selvedge"))
                .arg("verify")
                .arg(target)
                .arg("--trust")
                .arg(root.join("trust.toml"))
                .args(["--at", &case.at, "--json", "--test"])
                .output()
                .expect("the program runs");
            let report: Json = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| {
                panic!("{}: {}", case.name, String::from_utf8_lossy(&out.stderr))
            });
            (out.status.code(), report)
        };
        let pairs = |report: &Json| -> Vec<(String, String)> {
            let findings = report["findings"].as_array().expect("a list").iter();
            let text = |value: &Json| value.as_str().expect("a word").to_owned();
            findings.map(|f| (text(&f["check"]), text(&f["verdict"]))).collect()
        };
        let (code, folder) = run(&root.join("site"));
        let records = folder["records"].as_array().expect("a list");
        let record = records.iter().find(|report| report["target"] == case.record.as_str());
        let mut found = pairs(&folder);
        found.extend(record.map(pairs).unwrap_or_default());
        assert_eq!(found, case.findings, "{}", case.name);
        // Words of others take nothing from the register that they stand in.
        let is_word = record.is_some_and(|record| record["isWordOfAnother"] == true);
        if case.fails.is_some() && !is_word {
            assert_eq!(code, Some(1), "{}", case.name);
        }
        // The record by its file, in the folder where it lies, is judged alike; what does not hold of the folder goes with it.
        let file = root.join("site/records").join(&case.record);
        let (code, alone) = run(&file);
        let (of_record, mut told) = (record.map(&pairs).unwrap_or_default(), pairs(&alone));
        let around = told.split_off(of_record.len());
        assert_eq!(told, of_record, "{}", case.name);
        let mut of_folder = pairs(&folder);
        of_folder.retain(|(_, verdict)| verdict != "valid");
        assert!(around.iter().all(|pair| of_folder.contains(pair)), "{}: {around:?}", case.name);
        if case.fails.is_some() {
            assert_eq!(code, Some(1), "{}: whoever asks for one record learns no more", case.name);
        } else {
            assert_eq!(
                (code, alone["state"].as_str()),
                (Some(0), Some("record-intact")),
                "{}",
                case.name
            );
        }
    }
}
