//! The worked example of `docs/RECORD-FORMAT.md`, made again and judged.

use std::collections::BTreeMap;

use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::files::Files;
use selvedge::provenance::key::{Signer, TestSigner};
use selvedge::provenance::log::{Checkpoint, Head, TlogProof, TreeView, append};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::record::{self, Design, LangText, Record, SignedRecord, Subject, Uuid};
use selvedge::provenance::{instant, sshsig};
use selvedge::verify::{self, Exhibit, State, Trust};

const DOCUMENT: &str = include_str!("../../docs/RECORD-FORMAT.md");

/// The fenced block behind a line `Example: <name>`.
fn example(name: &str) -> &'static str {
    let from = DOCUMENT.find(&format!("Example: {name}\n")).unwrap_or_else(|| panic!("{name}"));
    let block = DOCUMENT[from..].split("```").nth(1).expect("a fenced block");
    block.split_once('\n').expect("a line that opens the block").1
}

/// The example's files, by path.
fn made() -> (SignedRecord, BTreeMap<String, String>) {
    let signer = TestSigner::from_seed([1; 32]);
    let log_signer = TestSigner::from_seed([2; 32]);
    let issuer = DidWeb::parse("did:web:brand.example").unwrap();
    let text =
        |language: &str, text: &str| LangText { language: language.into(), text: text.into() };
    let record = Record {
        uuid: Uuid::from_random([7; 16]),
        issuer: Did::Web(issuer.clone()),
        base: issuer.clone(),
        practice: true,
        valid_from: instant::parse("2026-11-02T03:04:05Z").unwrap(),
        valid_until: None,
        position: Some(0),
        reissues: None,
        subject: Subject::Design(Box::new(Design {
            slug: "river-path".to_owned(),
            name: vec![text("en", "River path"), text("fr", "Chemin de la rivière")],
            held_by: vec![text("en", "Weavers of the Orrin valley")],
            ..Design::default()
        })),
    };
    let signed = record.sign(instant::parse("2026-11-02T03:04:05Z").unwrap(), &signer).unwrap();
    let origin = KeyName::parse("brand.example/log").unwrap();
    let log = BTreeMap::new();
    let plan = append::plan(Head::empty(), &log, &[signed.entry().to_bytes()]).unwrap();
    let log: BTreeMap<String, Vec<u8>> = plan.files.into_iter().collect();
    let checkpoint = Checkpoint::sign(&origin, plan.head, &log_signer);
    let path = TreeView::new(&log, 1).inclusion_proof(0).unwrap();
    let proof = TlogProof { extra: None, index: 0, path, checkpoint: checkpoint.clone() };
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let key = signer.verifier_key();
    let files = [
        ("record", utf8(signed.bytes())),
        ("side signature", sshsig::sign(signed.bytes(), &sshsig::namespace(&issuer), &signer)),
        ("entry", utf8(&signed.entry().to_bytes())),
        ("checkpoint", checkpoint.to_string()),
        ("proof", proof.to_string()),
        ("did.json", utf8(&record::did_document(&issuer, &[key]))),
        ("allowed_signers", sshsig::allowed_signers(&issuer, &[key])),
        ("log.vkey", format!("{}\n", NoteKey::new(origin, log_signer.verifier_key()))),
        ("ids", format!("record id  {}\nshort id   {}\n", signed.id(), signed.id().short())),
    ];
    assert_eq!(log.list("tile/0/000.p").unwrap(), ["1"]);
    (signed, files.map(|(name, text)| (name.to_owned(), text)).into())
}

#[test]
fn the_worked_example_is_what_we_make() {
    let (_, files) = made();
    for (name, text) in files {
        // A record has no final newline; the block that shows it has.
        assert_eq!(example(&name).trim_end_matches('\n'), text.trim_end_matches('\n'), "{name}");
    }
}

#[test]
fn the_worked_example_is_judged() {
    let bytes = example("record").trim_end_matches('\n').as_bytes();
    let (signed, _) = made();
    let name = format!("{}.json", signed.id().short());
    let key = NoteKey::parse(example("log.vkey").trim()).unwrap();
    let exhibit = Exhibit {
        name: Some(&name),
        bytes,
        proof: Some(example("proof").as_bytes()),
        side_signature: Some(example("side signature").as_bytes()),
        log_key: Some(&key),
        ..Exhibit::default()
    };
    let now = instant::parse("2027-01-01T00:00:00Z");
    let (report, _) = verify::record(&exhibit, &Trust::nobody(), now);
    assert_eq!(report.state, State::Practice, "{}", report.to_json());
}

#[test]
fn the_context_in_the_document_is_the_fixed_one() {
    assert!(DOCUMENT.contains(record::CONTEXT_SHA256));
}

/// The table of checks in the document names the same codes in the same order as the judge.
#[test]
fn the_checks_in_the_document_are_those_of_the_judge() {
    let (report, _) =
        verify::record(&Exhibit { bytes: b"", ..Exhibit::default() }, &Trust::nobody(), None);
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.check).collect();
    let listed: Vec<&str> = DOCUMENT
        .lines()
        .skip_while(|line| !line.starts_with("| axis | code |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('`').nth(1).expect("a code"))
        .collect();
    assert_eq!(listed, codes);
}
