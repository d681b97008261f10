//! `docs/RECORD-FORMAT.md` against the code: its worked examples are what we make and are judged as it says, its
//! tables are those of the code. `SELVEDGE_ACCEPT=1 cargo test record_format` writes what follows from the code anew.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::files::Files;
use selvedge::provenance::json::Value;
use selvedge::provenance::key::{Signer, TestSigner};
use selvedge::provenance::kind::{self, By, Effect, Kind, RecordRef, Statement, Term};
use selvedge::provenance::log::{
    Checkpoint, Cosigned, Head, TlogProof, TreeView, WitnessKey, append,
};
use selvedge::provenance::note::{KeyName, NoteKey, Signed};
use selvedge::provenance::person;
use selvedge::provenance::record::{
    self, Design, LangText, Record, Sha256Digest, SignedRecord, Subject, Uuid,
};
use selvedge::provenance::seal::{Commitment, Item, LeafKind, OpeningFile, Seal};
use selvedge::provenance::status::{Bits, Purpose, Snapshot, list_path};
use selvedge::provenance::webvh::document::{IssuerDocument, RegisterService};
use selvedge::provenance::webvh::write::{self as entries, Keys};
use selvedge::provenance::webvh::{History, Witnesses, key_hash};
use selvedge::provenance::{instant, sshsig};
use selvedge::verify::{self, Exhibit, Identity, State, Trust, Verdict};
use sha2::{Digest as _, Sha256};

const THREATS: &str = include_str!("../../docs/THREAT-MODEL.md");
const DOCUMENT: &str = include_str!("../../docs/RECORD-FORMAT.md");

/// The line above the table of kinds.
const KINDS: &str = "| kind | signed by | end | effect | members |\n|---|---|---|---|---|\n";

/// Where the fenced block behind a line `Example: <name>` begins and ends.
fn place(document: &str, name: &str) -> std::ops::Range<usize> {
    let from = document.find(&format!("Example: {name}\n")).unwrap_or_else(|| panic!("{name}"));
    let open = from + document[from..].find("\n```").expect("a fenced block") + 4;
    let start = open + document[open..].find('\n').expect("a line that opens the block") + 1;
    start..start + document[start..].find("```").expect("the end of the block")
}

pub(super) fn example(name: &str) -> &'static str {
    &DOCUMENT[place(DOCUMENT, name)]
}

/// A block without the newline before its end: as a file that has none.
fn bare(name: &str) -> &'static str {
    example(name).trim_end_matches('\n')
}

fn signer(seed: u8) -> TestSigner {
    TestSigner::from_seed([seed; 32])
}

fn base() -> DidWeb {
    DidWeb::parse("did:web:brand.example").unwrap()
}

fn texts(all: &[(&str, &str)]) -> Vec<LangText> {
    let text = |&(language, text): &(&str, &str)| LangText {
        language: language.to_owned(),
        text: text.to_owned(),
    };
    all.iter().map(text).collect()
}

fn design() -> Subject {
    Subject::Design(Box::new(Design {
        slug: "river-path".to_owned(),
        name: texts(&[("en", "River path"), ("fr", "Chemin de la rivière")]),
        held_by: texts(&[("en", "Weavers of the Orrin valley")]),
        ..Design::default()
    }))
}

fn statement<const N: usize>(kind: Kind, members: [(&str, Value); N]) -> Subject {
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Subject::Statement(Statement { kind, members })
}

/// A log that is written entry by entry.
#[derive(Default)]
struct Log {
    files: BTreeMap<String, Vec<u8>>,
    head: Option<Head>,
}

impl Log {
    fn add(&mut self, entry: &[u8]) -> (u64, Checkpoint) {
        let old = self.head.unwrap_or_else(Head::empty);
        let plan = append::plan(old, &self.files, &[entry.to_vec()]).unwrap();
        self.files.extend(plan.files);
        self.head = Some(plan.head);
        let origin = KeyName::parse("brand.example/log").unwrap();
        (old.size, Checkpoint::sign(&origin, plan.head, &signer(2)))
    }

    fn prove(&self, index: u64, checkpoint: Checkpoint) -> TlogProof {
        let view = TreeView::new(&self.files, checkpoint.head().size);
        let path = view.inclusion_proof(index).unwrap();
        TlogProof { extra: None, index, path, checkpoint }
    }
}

type Blocks = Vec<(&'static str, String)>;

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The example for practice: a name without a history, and a log of one entry.
fn practice() -> (SignedRecord, Blocks) {
    let key = signer(1).verifier_key();
    let record = Record {
        uuid: Uuid::from_random([7; 16]),
        issuer: Did::Web(base()),
        base: base(),
        practice: true,
        valid_from: instant::parse("2026-11-02T03:04:05Z").unwrap(),
        valid_until: None,
        position: Some(0),
        reissues: None,
        subject: design(),
    };
    let signed = record.sign(record.valid_from, &signer(1)).unwrap();
    let mut log = Log::default();
    let (index, checkpoint) = log.add(&signed.entry().to_bytes());
    let log_key = NoteKey::new(checkpoint.origin().clone(), signer(2).verifier_key());
    let proof = log.prove(index, checkpoint.clone());
    let namespace = sshsig::namespace(&base());
    assert_eq!(log.files.list("tile/0/000.p").unwrap(), ["1"]);
    let blocks = vec![
        ("record", utf8(signed.bytes())),
        ("side signature", sshsig::sign(signed.bytes(), &namespace, &signer(1))),
        ("entry", utf8(&signed.entry().to_bytes())),
        ("checkpoint", checkpoint.to_string()),
        ("proof", proof.to_string()),
        ("did.json", utf8(&record::did_document(&base(), &[key]))),
        ("allowed_signers", sshsig::allowed_signers(&base(), &[key])),
        ("log.vkey", format!("{log_key}\n")),
        ("ids", format!("record id  {}\nshort id   {}\n", signed.id(), signed.id().short())),
    ];
    (signed, blocks)
}

/// The names of the blocks of the real example's records, in the order of its log.
const REAL: [(&str, &str); 4] = [
    ("real record", "real proof"),
    ("real status record", "real proof of the status record"),
    ("real list of revocations", "real proof of the list of revocations"),
    ("real list of suspensions", "real proof of the list of suspensions"),
];

/// The real example: a name with a history, a record that is suspended, and the lists that say so.
fn real() -> Blocks {
    let at = |minute: i64| {
        let begin = instant::parse("2026-11-02T03:00:00Z").unwrap();
        begin + jiff::SignedDuration::from_mins(minute)
    };
    let log_key =
        NoteKey::new(KeyName::parse("brand.example/log").unwrap(), signer(2).verifier_key());
    let guardians =
        Witnesses { threshold: 2, keys: [5, 6, 7].map(|seed| signer(seed).verifier_key()).into() };
    let keys = Keys {
        update_keys: vec![signer(3).verifier_key()],
        next_key_hashes: vec![key_hash(&signer(4).verifier_key().to_multikey())],
    };
    let document = |did: &_| {
        let register =
            RegisterService { log_key: log_key.clone(), cuts: Vec::new(), earlier: Vec::new() };
        let keys = vec![signer(1).verifier_key()];
        IssuerDocument { did: Clone::clone(did), former: Vec::new(), keys, register }.to_value()
    };
    let (did, made) =
        entries::first(&base(), &keys, &guardians, &document, at(0), &signer(3)).unwrap();
    let mut witness = Vec::new();
    for seed in [5, 6] {
        let add = entries::add_witness(&witness, &made.version_id, at(0), &signer(seed));
        witness = add.unwrap();
    }
    let mut log = Log::default();
    let mut listed = format!("selvedge.did/1 {}\n", made.version_id);
    log.add(listed.as_bytes());

    let mut blocks = Blocks::new();
    let mut number = 0;
    let issuer = Did::Webvh(did);
    let mut sign = |log: &mut Log, subject: Subject, until: Option<i64>, has_place: bool| {
        number += 1;
        let record = Record {
            uuid: Uuid::from_random([number; 16]),
            issuer: issuer.clone(),
            base: base(),
            practice: false,
            valid_from: at(number.into()),
            valid_until: until.map(at),
            position: has_place.then(|| log.head.unwrap().size),
            reissues: None,
            subject,
        };
        let signed = record.sign(record.valid_from, &signer(1)).unwrap();
        let (index, checkpoint) = log.add(&signed.entry().to_bytes());
        let (name, proof) = REAL[usize::from(number) - 1];
        blocks.push((name, utf8(signed.bytes())));
        blocks.push((proof, log.prove(index, checkpoint.clone()).to_string()));
        listed.push_str(&utf8(&signed.entry().to_bytes()));
        (RecordRef { uuid: signed.record().uuid.clone(), id: signed.id() }, index, checkpoint)
    };
    let (target, place, _) = sign(&mut log, design(), None, true);
    let why = [("@language", "en".into()), ("@value", "A second family says it is theirs.".into())];
    let suspended = statement(
        Kind::Status,
        [
            ("target", target.to_value()),
            ("newState", "suspended".into()),
            ("reason", vec![Value::from(why)].into()),
        ],
    );
    let (.., head) = sign(&mut log, suspended, None, true);
    let mut newest = head.clone();
    for purpose in Purpose::ALL {
        let mut bits = Bits::new();
        assert!(bits.set(place, purpose == Purpose::Suspension));
        let list = Snapshot::new(purpose, 0, bits, log_key.name().clone(), head.head());
        let Value::Object(members) = list.to_value(&base().base_url()) else { unreachable!() };
        let subject = Subject::Statement(Statement { kind: Kind::Snapshot, members });
        (.., newest) = sign(&mut log, subject, Some(60 * 24 * 120), false);
    }
    blocks.push(("real did.jsonl", made.line));
    blocks.push(("real did-witness.json", utf8(&witness)));
    blocks.push(("real entries", listed));
    let (vkey, cosigned) = cosigned(&newest.to_string());
    blocks.push(("witness.vkey", vkey));
    blocks.push(("real checkpoint, cosigned", cosigned));

    // A seal of one file, for a record that is not shown.
    let uuid = Uuid::from_random([8; 16]);
    let item = Item {
        kind: LeafKind::File,
        name: "knot.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        sha256: Sha256Digest::of(b"Over two, under one.\n"),
    };
    let seal = Seal::new(&issuer.to_string(), &uuid, &[8; 32], vec![item]).unwrap();
    let (index, _) = seal.items().next().unwrap();
    let file = OpeningFile {
        commitment: seal.commitment().clone(),
        digest: Sha256Digest::of(b"the record of this seal is not shown"),
        opened: seal.open(&[index]).unwrap(),
    };
    blocks.push(("opening file", utf8(&file.encode())));

    let apart = person::Opening {
        issuer: issuer.to_string(),
        record: Uuid::from_random([9; 16]),
        salt: [9; 32],
        name: texts(&[("es", "Ana Torres")]),
        detail: texts(&[("es", "tejedora del valle bajo")]),
    };
    blocks.push(("name kept apart", utf8(&apart.encode())));
    blocks.push(("commitment to a name", apart.commitment().to_string()));
    blocks
}

/// A witness's key and its line below a checkpoint, put together here by hand from the standard.
fn cosigned(checkpoint: &str) -> (String, String) {
    const TYPE: u8 = 0x04;
    let name = "witness.example/witness";
    let witness = signer(9);
    let public = [&[TYPE], &witness.verifier_key().as_bytes()[..]].concat();
    let id = Sha256::digest([name.as_bytes(), b"\n", &public].concat())[..4].to_vec();
    let seconds = instant::parse("2026-11-03T00:00:00Z").unwrap().as_second();
    let text = &checkpoint[..=checkpoint.find("\n\n").unwrap()];
    let message = format!("cosignature/v1\ntime {seconds}\n{text}");
    let time = u64::try_from(seconds).unwrap().to_be_bytes();
    let line = [&id[..], &time, &witness.sign(message.as_bytes())].concat();
    let hex = data_encoding::HEXLOWER.encode(&id);
    (
        format!("{name}+{hex}+{}\n", BASE64.encode(&public)),
        format!("{checkpoint}— {name} {}\n", BASE64.encode(&line)),
    )
}

/// Words of a name in camel case: `IssuerOfTarget` is "issuer of target".
fn words(name: impl std::fmt::Debug) -> String {
    kind::label(&format!("{name:?}")).trim_start().to_lowercase()
}

/// A form in the notation of the document.
fn form(value: &Value, plain: &mut BTreeSet<String>) -> String {
    if let Some(name) = value.as_str() {
        plain.insert(name.to_owned());
        return name.to_owned();
    }
    let names = |name: &str| -> Option<Vec<&str>> {
        value.member(name)?.as_array()?.iter().map(Value::as_str).collect()
    };
    if let Some(choices) = names("choice") {
        let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
        return quoted.join(" / ");
    }
    if let Some(kinds) = names("record") {
        return match kinds.is_empty() {
            true => "record".to_owned(),
            false => format!("record of {}", kinds.join(" / ")),
        };
    }
    if let Some(bounds) = value.member("count").and_then(Value::as_array) {
        let bounds: Vec<u64> = bounds.iter().filter_map(Value::as_count).collect();
        let most = if bounds[1] == (1 << 53) - 1 { String::new() } else { bounds[1].to_string() };
        return format!("{}..{most}", bounds[0]);
    }
    if let Some(inner) = value.member("list") {
        return format!("list of {}", form(inner, plain));
    }
    let fields = value.member("object").and_then(Value::as_array).expect("a form that is known");
    let fields: Vec<String> = fields.iter().map(|one| field(one, plain)).collect();
    format!("{{{}}}", fields.join(", "))
}

fn field(value: &Value, plain: &mut BTreeSet<String>) -> String {
    let [name, inner, need] = value.as_array().expect("name, form, need") else { unreachable!() };
    let mark = if *need == Value::Bool(true) { "" } else { "?" };
    format!("{}{mark}: {}", name.as_str().unwrap_or_default(), form(inner, plain))
}

/// The table of kinds in the notation of the document, and the plain forms in it.
fn kinds() -> (String, BTreeSet<String>) {
    let table = kind::table();
    let (mut text, mut plain) = (KINDS.to_owned(), BTreeSet::new());
    let is_common = |field: &&Value| {
        let name = field.as_array().and_then(|field| field[0].as_str());
        kind::COMMON.iter().any(|common| Some(common.name) == name)
    };
    for rules in kind::RULES {
        let row = table.member(rules.name).expect("a row");
        let fields = row.member("fields").and_then(Value::as_array).unwrap_or(&[]);
        let own: Vec<String> = fields
            .iter()
            .filter(|field| !is_common(field))
            .map(|one| field(one, &mut plain))
            .collect();
        let by = match rules.by {
            By::IssuerOfTarget => "issuer of target".to_owned(),
            by => words(by),
        };
        let end = match rules.term {
            Term::Never => "none".to_owned(),
            term => words(term),
        };
        let effect = match rules.effect {
            Effect::States => "–".to_owned(),
            effect => words(effect),
        };
        let members = match rules.kind {
            Kind::Design => "as above".to_owned(),
            _ => own.join("; "),
        };
        text.push_str(&format!("| `{}` | {by} | {end} | {effect} | {members} |\n", rules.name));
    }
    (text, plain)
}

/// The lines of a table in the document, from the line that begins so.
fn rows(begin: &str) -> Vec<&'static str> {
    let lines = DOCUMENT.lines().skip_while(|line| !line.starts_with(begin));
    lines.take_while(|line| line.starts_with('|')).collect()
}

#[test]
fn the_document_shows_what_we_make() {
    let (_, mut blocks) = practice();
    blocks.extend(real());
    let (table, _) = kinds();
    if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/RECORD-FORMAT.md");
        let mut document = std::fs::read_to_string(path).unwrap();
        for (name, text) in &blocks {
            let text = format!("{}\n", text.trim_end_matches('\n'));
            document.replace_range(place(&document, name), &text);
        }
        let start = document.find(KINDS).expect("the table of kinds");
        let length: usize = document[start..]
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('|'))
            .map(str::len)
            .sum();
        document.replace_range(start..start + length, &table);
        std::fs::write(path, document).unwrap();
        return;
    }
    for (name, text) in blocks {
        // A record has no final newline; the block that shows it has.
        let why = "SELVEDGE_ACCEPT=1 writes it anew";
        assert_eq!(bare(name), text.trim_end_matches('\n'), "{name}: {why}");
    }
    assert!(DOCUMENT.contains(&table), "the kinds: SELVEDGE_ACCEPT=1 writes them anew");
}

/// No form stands in the table of kinds that the table of forms does not explain.
#[test]
fn every_form_is_explained() {
    let (_, plain) = kinds();
    let explained = rows("| form | value |");
    for name in plain {
        let is_it = |line: &&&str| line.starts_with(&format!("| `{name}`"));
        assert!(explained.iter().any(|line| is_it(&line)), "{name}");
    }
}

#[test]
fn the_worked_example_is_judged() {
    let (signed, _) = practice();
    let name = format!("{}.json", signed.id().short());
    let key = NoteKey::parse(bare("log.vkey")).unwrap();
    let exhibit = Exhibit {
        name: Some(&name),
        bytes: bare("record").as_bytes(),
        proof: Some(example("proof").as_bytes()),
        side_signature: Some(example("side signature").as_bytes()),
        log_key: Some(&key),
        ..Exhibit::default()
    };
    let now = instant::parse("2027-01-01T00:00:00Z");
    let (report, _) = verify::record(&exhibit, &Trust::nobody(), now);
    assert_eq!(report.state, State::Practice, "{}", report.to_json());
}

/// The real example's blocks, put back where they came from, are a folder that holds.
#[test]
fn the_real_example_is_judged() {
    let now = instant::parse("2026-12-01T00:00:00Z");
    let (did_log, witness) = (example("real did.jsonl"), example("real did-witness.json"));
    let history = History::parse(did_log.as_bytes(), Some(witness.as_bytes()), now).unwrap();
    let identity = Identity::of_history(history).unwrap();
    let mut folder: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    folder.insert("identity/did.jsonl".to_owned(), did_log.into());
    folder.insert("identity/did-witness.json".to_owned(), witness.into());
    for (name, bytes) in identity.files() {
        folder.insert(format!("identity/{name}"), bytes);
    }
    let mut log = Log::default();
    for entry in example("real entries").split_inclusive('\n') {
        log.add(entry.as_bytes());
    }
    for (path, bytes) in log.files {
        folder.insert(format!("log/{path}"), bytes);
    }
    let head = Checkpoint::parse(example("real checkpoint, cosigned").as_bytes()).unwrap();
    assert_eq!(Some(head.head()), log.head);
    assert_eq!(head.verify(&identity.log_key), Signed::Valid);
    let witness = WitnessKey::parse(bare("witness.vkey")).unwrap();
    let seen = instant::parse("2026-11-03T00:00:00Z").unwrap();
    assert_eq!(head.cosigned_by(&witness), Cosigned::At(seen));
    let kept = format!("log/heads/{}/checkpoint", head.head().size);
    folder.insert(kept, example("real checkpoint, cosigned").into());
    folder.insert("log/checkpoint".to_owned(), example("real checkpoint, cosigned").into());
    let mut records = Vec::new();
    for (name, proof) in REAL {
        let signed = SignedRecord::parse(bare(name).as_bytes()).unwrap();
        let stem = format!("records/{}", signed.id().short());
        folder.insert(format!("{stem}.json"), signed.bytes().into());
        folder.insert(format!("{stem}.tlog-proof"), example(proof).into());
        records.push(signed);
    }
    let trust = format!(
        "[[signer]]\nname = \"Weavers\"\ndid = \"{}\"\n\
         [[witness]]\nname = \"Potters\"\nkey = \"{witness}\"\n",
        identity.issuer
    );
    let trust = Trust::parse(&trust).unwrap();
    let audit = verify::folder("", &folder, &trust, None, now);
    assert!(
        audit.report.findings.iter().all(|f| f.verdict == Verdict::Valid),
        "{:?}",
        audit.report
    );
    let state = |signed: &SignedRecord| {
        let name = format!("{}.json", signed.id().short());
        let report = audit.report.records.iter().find(|report| report.target == name);
        report.expect("its report").state
    };
    let is_dated = |report: &verify::Report| {
        report.finding("existed-by").is_some_and(|finding| finding.verdict == Verdict::Valid)
    };
    assert!(audit.report.records.iter().all(is_dated));
    let states: Vec<State> = records.iter().map(state).collect();
    let intact = State::RecordIntact;
    assert_eq!(states, [State::Suspended, intact, intact, intact], "{}", audit.report.to_json());

    // Met alone, the record is told by its lists.
    let exhibit = Exhibit {
        bytes: bare("real record").as_bytes(),
        proof: Some(example("real proof").as_bytes()),
        identity: Some(&identity),
        snapshots: &records[2..],
        ..Exhibit::default()
    };
    let (report, _) = verify::record(&exhibit, &trust, now);
    assert_eq!(report.state, State::Suspended, "{}", report.to_json());
    assert_eq!(list_path(Purpose::Suspension, 0), "status/suspension-0.json");
}

#[test]
fn the_opening_in_the_document_opens_its_seal() {
    let file = OpeningFile::parse(example("opening file").as_bytes()).unwrap();
    let Commitment { n, .. } = file.commitment;
    assert_eq!(n, 16);
    let found = file.matching(b"Over two, under one.\n").unwrap();
    assert_eq!(found[0].name, "knot.txt");
}

#[test]
fn the_name_kept_apart_in_the_document_is_what_it_commits_to() {
    let opening = person::Opening::parse(bare("name kept apart").as_bytes()).unwrap();
    assert_eq!(opening.name[0].text, "Ana Torres");
    // As the document says it, with nothing of ours.
    let hashed = format!("selvedge.person/1\n{}", bare("name kept apart"));
    let digest = BASE64.encode(&Sha256::digest(hashed));
    assert_eq!(digest, bare("commitment to a name"));
    assert_eq!(opening.commitment().to_string(), digest);
}

#[test]
fn the_trust_list_in_the_document_is_read() {
    for name in ["trust.toml", "trust.toml, umbrella", "trust.toml, time", "trust.toml, witnesses"]
    {
        Trust::parse(example(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn the_context_in_the_document_is_the_fixed_one() {
    assert!(DOCUMENT.contains(record::CONTEXT_SHA256));
}

/// The tables of checks in the document name the same codes in the same order as the judge.
#[test]
fn the_checks_in_the_document_are_those_of_the_judge() {
    let codes = |lines: &[&'static str]| -> Vec<&'static str> {
        lines[2..].iter().map(|line| line.split('`').nth(1).expect("a code")).collect()
    };
    let tables = rows("| axis | code | valid if |");
    let (report, _) =
        verify::record(&Exhibit { bytes: b"", ..Exhibit::default() }, &Trust::nobody(), None);
    let made: Vec<&str> = report.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(codes(&tables), made);

    // A folder with nothing in it has no kept heads and shows no names, so that these codes are not made.
    let nothing: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let audit = verify::folder("", &nothing, &Trust::nobody(), None, None);
    let made: Vec<&str> = audit.report.findings.iter().map(|finding| finding.check).collect();
    let listed = codes(&rows("| axis | code | valid if, for a folder |"));
    let listed: Vec<&str> =
        listed.into_iter().filter(|code| !["log-heads", "people"].contains(code)).collect();
    assert_eq!(listed, made);
}

/// The texts of the Rust files below a folder.
fn sources(folder: &std::path::Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// Every test that the threat model names is there.
#[test]
fn the_tests_that_the_threat_model_names_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    sources(&root.join("tests/suite"), &mut text);
    let mut found = 0;
    for title in ["## Threats and the tests", "## What schemes of makers met, and the tests"] {
        let rows = THREATS.split(title).nth(1).expect("the table of tests");
        let rows = rows.split("\n## ").next().expect("its end");
        for name in rows.split('`').skip(1).step_by(2) {
            let is_there = match name.starts_with("tests/") {
                true => root.join(name).exists(),
                false => text.contains(&format!("fn {name}(")),
            };
            assert!(is_there, "{name}");
            found += 1;
        }
    }
    assert!(found > 60, "{found}");
}
