//! A whole folder in memory, judged as it stands and with every part spoiled.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::provenance::did::Did;
use crate::provenance::key::{Signer, TestSigner};
use crate::provenance::log::{Checkpoint, Head, RecordId, TlogProof, TreeView, append};
use crate::provenance::note::{KeyName, NoteKey};
use crate::provenance::record::{self, Record, Sha256Digest, SignedRecord, Uuid};
use crate::provenance::{instant, sshsig};
use crate::verify::trust::TrustedSigner;

type Folder = BTreeMap<String, Vec<u8>>;

const PHOTO: &[u8] = b"photo";

fn at(text: &str) -> Timestamp {
    instant::parse(text).unwrap()
}

fn now() -> Option<Timestamp> {
    Some(at("2027-01-01T00:00:00Z"))
}

fn record_signer() -> TestSigner {
    TestSigner::from_seed([1; 32])
}

fn log_signer() -> TestSigner {
    TestSigner::from_seed([2; 32])
}

fn sample(n: u8, practice: bool) -> Record {
    let position = Some(u64::from(n));
    Record { uuid: Uuid::from_random([n; 16]), practice, position, ..record::tests::sample() }
}

fn issuer() -> Did {
    sample(0, false).issuer
}

fn log_key() -> NoteKey {
    NoteKey::new(KeyName::parse("brand.example/shop/log").unwrap(), log_signer().verifier_key())
}

fn trust() -> Trust {
    let mut trust = Trust::nobody();
    trust.add(TrustedSigner {
        name: "Orrin weavers".to_owned(),
        did: issuer(),
        fingerprint: Some(sshsig::fingerprint(&record_signer().verifier_key())),
        log: Some(log_key()),
        kinds: None,
        address: None,
        delegated: None,
    });
    trust
}

fn put(folder: &mut Folder, path: &str, bytes: impl AsRef<[u8]>) {
    folder.insert(path.to_owned(), bytes.as_ref().to_vec());
}

/// Signs and logs a record as `attest` does, but in memory.
fn attest(folder: &mut Folder, head: Head, record: &Record) -> (Head, SignedRecord) {
    let signed = record.sign(at("2026-11-02T03:04:05Z"), &record_signer()).unwrap();
    let log: Folder = folder
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("log/")?.to_owned(), bytes.clone())))
        .collect();
    let plan = append::plan(head, &log, &[signed.entry().to_bytes()]).unwrap();
    for (path, bytes) in plan.files {
        folder.insert(format!("log/{path}"), bytes);
    }
    let checkpoint = Checkpoint::sign(log_key().name(), plan.head, &log_signer());
    put(folder, "log/checkpoint", checkpoint.to_string());
    let log: Folder = folder
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("log/")?.to_owned(), bytes.clone())))
        .collect();
    let path = TreeView::new(&log, plan.head.size).inclusion_proof(head.size).unwrap();
    let proof = TlogProof { extra: None, index: head.size, path, checkpoint };
    let short = signed.id().short();
    put(folder, &format!("records/{short}.json"), signed.bytes());
    put(folder, &format!("records/{short}.tlog-proof"), proof.to_string());
    let namespace = sshsig::namespace(&sample(0, false).base);
    let side = sshsig::sign(signed.bytes(), &namespace, &record_signer());
    put(folder, &format!("records/{short}.sshsig"), side);
    (plan.head, signed)
}

fn site(practice: bool) -> (Folder, Vec<SignedRecord>) {
    let mut folder = Folder::new();
    let keys = [record_signer().verifier_key()];
    put(&mut folder, "identity/did.json", record::did_document(&sample(0, false).base, &keys));
    put(
        &mut folder,
        "identity/allowed_signers",
        sshsig::allowed_signers(&sample(0, false).base, &keys),
    );
    put(&mut folder, "identity/log.vkey", format!("{}\n", log_key()));
    put(&mut folder, "identity/context-v1.jsonld", record::CONTEXT);
    let photo = Sha256Digest::of(PHOTO);
    put(&mut folder, &format!("records/files/{photo}.jpg"), PHOTO);
    let mut head = Head::empty();
    let mut records = Vec::new();
    for n in 0..3 {
        let (next, signed) = attest(&mut folder, head, &sample(n, practice));
        head = next;
        records.push(signed);
    }
    (folder, records)
}

fn state(folder: &Folder) -> State {
    super::folder("site", folder, &trust(), None, now()).report.state
}

fn check(report: &Report, code: &str) -> Verdict {
    report.finding(code).unwrap().verdict
}

#[test]
fn a_whole_folder_is_intact_only_for_who_believes_its_signer() {
    let (files, records) = site(false);
    let audit = folder("site", &files, &trust(), None, now());
    assert_eq!(audit.report.state, State::RecordIntact, "{}", audit.report.to_json());
    assert_eq!(audit.records.len(), 3);
    assert_eq!(audit.report.status_as_of.as_ref().unwrap().size, 3);
    assert_eq!(audit.identity.unwrap().issuer, issuer());
    let by_nobody = folder("site", &files, &Trust::nobody(), None, now());
    assert_eq!(by_nobody.report.state, State::UnknownSigner);
    assert_eq!(by_nobody.records.len(), 3);

    let path = format!("records/{}.json", records[1].id().short());
    let (report, verified) = record_file(&path, &files, &trust(), now()).unwrap();
    assert_eq!((report.state, report.target), (State::RecordIntact, path));
    assert_eq!(verified.unwrap().id(), records[1].id());
}

#[test]
fn practice_is_never_intact() {
    assert_eq!(state(&site(true).0), State::Practice);
}

#[test]
fn a_published_folder_is_judged_alike() {
    let (files, _) = site(false);
    let built: Folder = files
        .into_iter()
        .map(|(path, bytes)| {
            let path = match path.as_str() {
                "identity/did.json" => "did.json".to_owned(),
                "identity/context-v1.jsonld" => record::CONTEXT_PATH.to_owned(),
                other => other.strip_prefix("identity/").unwrap_or(other).to_owned(),
            };
            (path, bytes)
        })
        .collect();
    assert_eq!(state(&built), State::RecordIntact);
}

#[test]
fn what_is_missing_is_said() {
    let (files, records) = site(false);
    let short = records[0].id().short();
    for (path, expected) in [
        (format!("records/{short}.json"), State::CannotCheckNow),
        (format!("records/{short}.tlog-proof"), State::CannotCheckNow),
        (format!("records/{short}.sshsig"), State::RecordIntact),
        (format!("records/files/{}.jpg", Sha256Digest::of(PHOTO)), State::CannotCheckNow),
        ("log/checkpoint".to_owned(), State::CannotCheckNow),
        ("log/tile/entries/000.p/3".to_owned(), State::CannotCheckNow),
        ("log/tile/entries/000.p/2".to_owned(), State::RecordIntact),
        ("log/tile/0/000.p/3".to_owned(), State::CannotCheckNow),
        ("identity/did.json".to_owned(), State::Altered),
        ("identity/log.vkey".to_owned(), State::Altered),
    ] {
        let mut less = files.clone();
        less.remove(&path).unwrap();
        assert_eq!(state(&less), expected, "{path}");
    }
    assert_eq!(state(&Folder::new()), State::NotSigned);
}

#[test]
fn each_state_can_be_reached() {
    let (files, records) = site(false);
    let signed = &records[0];
    let short = signed.id().short();
    let name = format!("{short}.json");
    let proof = &files[&format!("records/{short}.tlog-proof")];
    let masters = crate::provenance::files::Below { files: &files, folder: "records" };
    let status =
        StatusAsOf { origin: "brand.example/shop/log".to_owned(), size: 3, root: String::new() };
    let audit = folder("site", &files, &trust(), None, now());
    let standing = &audit.folded.as_ref().unwrap().standings[&signed.id()];
    let whole = Exhibit {
        name: Some(&name),
        bytes: signed.bytes(),
        proof: Some(proof),
        masters: Some(&masters),
        status: Status::Folded { as_of: &status, standing },
        ..Exhibit::default()
    };
    let judge = |exhibit: &Exhibit<'_>, trust: &Trust, now: &str| {
        record(exhibit, trust, Some(at(now))).0.state
    };
    let day = "2027-01-01T00:00:00Z";
    assert_eq!(judge(&whole, &trust(), day), State::RecordIntact);
    assert_eq!(judge(&whole, &Trust::nobody(), day), State::UnknownSigner);
    assert_eq!(judge(&whole, &trust(), "2026-11-01T23:00:00Z"), State::NotYetInForce);
    assert_eq!(judge(&whole, &trust(), "2036-11-01T00:00:01Z"), State::Expired);
    assert_eq!(record(&whole, &trust(), None).0.state, State::CannotCheckNow);
    let alone = Exhibit { status: Status::NoLog, ..whole };
    assert_eq!(judge(&alone, &trust(), day), State::CannotCheckNow);
    let elsewhere = Did::parse("did:web:other.example").unwrap();
    let elsewhere = Exhibit { site: Some(&elsewhere), ..whole };
    assert_eq!(judge(&elsewhere, &trust(), day), State::WrongSite);
    let renamed = Exhibit { name: Some("a.json"), ..whole };
    assert_eq!(judge(&renamed, &trust(), day), State::Altered);
    let unsigned = Exhibit { bytes: b"{}", ..whole };
    assert_eq!(judge(&unsigned, &trust(), day), State::NotSigned);

    let mut other_log = trust();
    let other =
        NoteKey::new(log_key().name().clone(), TestSigner::from_seed([9; 32]).verifier_key());
    other_log = Trust::parse("").map(|_| other_log).unwrap();
    let mut signer = other_log.signers()[0].clone();
    signer.log = Some(other);
    let mut list = Trust::nobody();
    list.add(signer.clone());
    // A stranger's log key: the proof's head is not signed by the one that is believed.
    assert_eq!(judge(&whole, &list, day), State::Altered);
    let key = log_key();
    let with_folder_key = Exhibit { log_key: Some(&key), ..whole };
    assert_eq!(judge(&with_folder_key, &list, day), State::UnknownSigner);
    signer.log = None;
    let mut list = Trust::nobody();
    list.add(signer.clone());
    assert_eq!(judge(&with_folder_key, &list, day), State::CannotCheckNow);
    signer.kinds = Some(vec!["Label".to_owned()]);
    signer.log = Some(log_key());
    let mut list = Trust::nobody();
    list.add(signer);
    assert_eq!(judge(&whole, &list, day), State::UnknownSigner);

    let mut paper = Trust::nobody();
    assert!(paper.add_fingerprint(&sshsig::fingerprint(&record_signer().verifier_key())));
    let (report, _) = record(&whole, &paper, now());
    assert_eq!(check(&report, "signer"), Verdict::Valid);
}

#[test]
fn all_findings_are_told_in_one_order() {
    let (files, records) = site(false);
    let codes = |report: &Report| -> Vec<&str> {
        report.findings.iter().map(|finding| finding.check).collect()
    };
    let path = format!("records/{}.json", records[0].id().short());
    let (whole, _) = record_file(&path, &files, &trust(), now()).unwrap();
    let spoiled = record(&Exhibit { bytes: b"[]", ..Exhibit::default() }, &trust(), now()).0;
    assert_eq!(codes(&whole), codes(&spoiled));
    // The table in the documentation is the same list.
    let table: Vec<&str> = include_str!("mod.rs")
        .lines()
        .skip_while(|line| !line.contains("| axis | code | marks |"))
        .skip(2)
        .map_while(|line| line.split('`').nth(1).filter(|_| line.starts_with("//! |")))
        .collect();
    assert_eq!(codes(&whole), table);
    assert!(whole.findings.iter().all(|finding| !finding.reason.is_empty()));
}

#[test]
fn a_proof_alone_says_only_that_its_head_is_signed() {
    let (files, records) = site(false);
    let bytes = &files[&format!("records/{}.tlog-proof", records[0].id().short())];
    let report = proof("x", bytes, &trust());
    assert_eq!(report.state, State::CannotCheckNow);
    assert_eq!(check(&report, "checkpoint"), Verdict::Valid);
    let mut spoiled = bytes.clone();
    let last = spoiled.len() - 10;
    spoiled[last] ^= 1;
    assert_eq!(proof("x", &spoiled, &trust()).state, State::Altered);
}

#[test]
fn one_id_occurs_once_in_a_log() {
    let (mut files, _) = site(false);
    let log: Folder = files
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("log/")?.to_owned(), bytes.clone())))
        .collect();
    let head = Checkpoint::parse(&log["checkpoint"]).unwrap().head();
    let again = Record { valid_until: None, ..sample(0, false) };
    attest(&mut files, head, &again);
    let audit = folder("site", &files, &trust(), None, now());
    assert_eq!(check(&audit.report, "log-bodies"), Verdict::Invalid);
    assert_eq!(audit.report.state, State::Altered);
}

#[test]
fn a_log_that_was_longer_or_other_is_no_longer_used() {
    let (files, _) = site(false);
    let other = Head { size: 2, root: Head::empty().root };
    let pin = |head| Checkpoint::sign(log_key().name(), head, &log_signer());
    let judge = |head| folder("site", &files, &trust(), Some(&pin(head)), now()).log.state;
    assert_eq!(judge(other), LogState::Fork);
    assert_eq!(judge(Head { size: 4, ..other }), LogState::Rollback);
    assert_eq!(judge(Head::empty()), LogState::Ok);
}

#[test]
fn a_record_states_its_design() {
    let (files, records) = site(false);
    let audit = folder("site", &files, &trust(), None, now());
    let stated = audit.records.iter().find(|stated| stated.id() == records[2].id()).unwrap();
    let design = stated.record().subject.as_design().unwrap();
    assert_eq!(design.slug, "river-path");
    assert_eq!(stated.proof().unwrap().index, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever single byte is altered in whatever file that the head needs, it is found.
    #[test]
    fn any_altered_byte_is_found(file in any::<prop::sample::Index>(),
                                 byte in any::<prop::sample::Index>(),
                                 flip in 1u8..=255) {
        static SITE: LazyLock<Folder> = LazyLock::new(|| site(false).0);
        let mut files = SITE.clone();
        // Tiles of earlier sizes are no part of what is judged.
        let paths: Vec<String> = files.keys()
            .filter(|path| !path.ends_with(".p/1") && !path.ends_with(".p/2"))
            .cloned().collect();
        let path = file.get(&paths);
        let bytes = files.get_mut(path).unwrap();
        let at = byte.index(bytes.len());
        bytes[at] ^= flip;
        let audit = folder("site", &files, &trust(), None, now());
        let found = std::iter::once(&audit.report).chain(&audit.report.records)
            .flat_map(|report| &report.findings)
            .any(|finding| finding.verdict == Verdict::Invalid);
        prop_assert!(found, "{path} byte {at} ^ {flip}");
        // A byte in the name of the proof leaves a record that nobody signed.
        prop_assert!(matches!(audit.report.state, State::Altered | State::NotSigned));
        prop_assert!(audit.records.iter().all(|stated| RecordId::of(stated.signed().bytes()) == stated.id()));
    }
}
