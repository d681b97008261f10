//! What was signed in a site's folder, loaded back and compared with the site as it is now.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use selvedge::check::{self, Site};
use selvedge::evidence::{self, Disk, Evidence};
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::files::{Below, Files};
use selvedge::provenance::key::{Signer, TestSigner};
use selvedge::provenance::log::{Checkpoint, Head, TlogProof, TreeView, append};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::record::{self, Record, Subject, Uuid};
use selvedge::provenance::{instant, sshsig};
use selvedge::verify::{State, Trust};

const NOW: &str = "2026-11-02T03:04:05Z";

fn put(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().expect("a folder")).expect("a folder");
    fs::write(full, bytes).expect("a file");
}

fn site(root: &Path) -> Site {
    check::load(root).expect("a readable folder").site.expect("a site")
}

fn keys() -> (TestSigner, TestSigner) {
    (TestSigner::from_seed([1; 32]), TestSigner::from_seed([2; 32]))
}

/// A shop with two designs, the first of them recorded.
fn shop(root: &Path) {
    put(
        root,
        "site.toml",
        "name = \"Orrin\"\nbase_url = \"https://brand.example/\"\nlanguages = [\"en\", \"fr\"]\n",
    );
    put(
        root,
        "designs/river-path/index.md",
        "+++\nname = { en = \"River path\", fr = \"Chemin\" }\n+++\nIts story.\n",
    );
    put(root, "designs/hill/index.md", "+++\nname = \"Hill\"\n+++\n");
    let (signer, log_signer) = keys();
    let issuer = DidWeb::from_base_url("https://brand.example/").expect("an address");
    let keys = [signer.verifier_key()];
    let log_key = NoteKey::new(
        KeyName::parse("brand.example/log").expect("a name"),
        log_signer.verifier_key(),
    );
    put(root, "identity/did.json", record::did_document(&issuer, &keys));
    put(root, "identity/allowed_signers", sshsig::allowed_signers(&issuer, &keys));
    put(root, "identity/log.vkey", format!("{log_key}\n"));
    put(root, "identity/context-v1.jsonld", record::CONTEXT);

    let site = site(root);
    let design = site.designs.iter().find(|design| design.id.as_str() == "river-path").expect("it");
    let now = instant::parse(NOW).expect("a time");
    let record = Record {
        uuid: Uuid::from_random([9; 16]),
        issuer: Did::Web(issuer.clone()),
        base: issuer.clone(),
        practice: true,
        valid_from: now,
        valid_until: None,
        position: None,
        reissues: None,
        subject: Subject::Design(Box::new(evidence::current(&site, design, &|_| None))),
    };
    let signed = record.sign(now, &signer).expect("a record");
    let disk = Disk::at(root);
    let log = Below { files: &disk, folder: "log" };
    let plan = append::plan(Head::empty(), &log, &[signed.entry().to_bytes()]).expect("a plan");
    for (path, bytes) in &plan.files {
        put(root, &format!("log/{path}"), bytes);
    }
    let checkpoint = Checkpoint::sign(log_key.name(), plan.head, &log_signer);
    put(root, "log/checkpoint", checkpoint.to_string());
    let path = TreeView::new(&log, 1).inclusion_proof(0).expect("a path");
    let proof = TlogProof { extra: None, index: 0, path, checkpoint };
    let short = signed.id().short();
    put(root, &format!("records/{short}.json"), signed.bytes());
    put(root, &format!("records/{short}.tlog-proof"), proof.to_string());
    let side = sshsig::sign(signed.bytes(), &sshsig::namespace(&issuer), &signer);
    put(root, &format!("records/{short}.sshsig"), side);
}

fn load(root: &Path) -> Evidence {
    Evidence::load(root, &Trust::nobody(), instant::parse("2027-01-01T00:00:00Z"))
}

#[test]
fn what_was_signed_is_stated_and_published() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let evidence = load(folder.path());
    assert_eq!(evidence.problems(), []);
    assert_eq!(evidence.state(), Some(State::Practice));
    assert_eq!(evidence.of_design("river-path").count(), 1);
    assert_eq!(evidence.of_design("hill").count(), 0);
    let published: BTreeMap<String, Vec<u8>> = evidence
        .public_files()
        .into_iter()
        .map(|file| {
            let bytes = Disk::at(folder.path()).read(&file.source).expect("readable");
            (file.published, bytes.expect("there"))
        })
        .collect();
    let built = Evidence::of(&published, &Trust::nobody(), None);
    assert_eq!(built.problems(), []);
    assert_eq!(built.records().count(), 1);
}

#[test]
fn a_design_that_was_changed_since_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(folder.path());
    let changes = |root: &Path| {
        let site = site(root);
        let changes = load(root).changes(&site, &|_| None);
        evidence::change_diagnostics(&site, &changes)
    };
    assert_eq!(changes(folder.path()), []);
    put(
        folder.path(),
        "designs/river-path/index.md",
        "+++\nname = \"River way\"\n+++\nAnother story.\n",
    );
    let found = changes(folder.path());
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].message,
        "River way was changed after its record was signed: its name, its story"
    );
}

#[test]
fn what_does_not_hold_is_reported_and_not_stated() {
    for (ending, what) in [(".json", "canonical"), (".tlog-proof", "line"), (".sshsig", "side")] {
        let folder = tempfile::tempdir().expect("a folder");
        shop(folder.path());
        let short = load(folder.path()).records().next().expect("a record").id().short();
        let path = folder.path().join(format!("records/{short}{ending}"));
        let mut bytes = fs::read(&path).expect("a file");
        bytes.push(b'\n');
        fs::write(&path, bytes).expect("written");
        let evidence = load(folder.path());
        assert_eq!(evidence.records().count(), 0, "{what}");
        assert!(!evidence.problems().is_empty(), "{what}");
    }
}

#[test]
fn a_site_without_records_has_no_problems() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "site.toml", "name = \"Orrin\"\n");
    let evidence = load(folder.path());
    assert_eq!(evidence.problems(), []);
    assert_eq!(evidence.public_files(), []);
    assert_eq!(evidence.state(), None);
}
