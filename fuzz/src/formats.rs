//! Records, notes, logs, names and evidence of time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;

use selvedge::provenance::badge::{bake, unbake};
use selvedge::provenance::brand::{self, Brand};
use selvedge::provenance::credential::Credential;
use selvedge::provenance::did::{self, Did, DidWeb, DidWebvh};
use selvedge::provenance::files::{Files, ReadError};
use selvedge::provenance::identifier;
use selvedge::provenance::json::{self, Value};
use selvedge::provenance::key::{Signer as _, TestSigner, VerifierKey, verify_strict};
use selvedge::provenance::kind::{self, Kind, Statement};
use selvedge::provenance::log::cosignature::{self, WitnessKey};
use selvedge::provenance::log::policy::Policy;
use selvedge::provenance::log::witness_protocol::{AddCheckpoint, Reply};
use selvedge::provenance::log::{
    Bundle, Checkpoint, Entry, RecordId, ShortId, TlogProof, TreeView,
};
use selvedge::provenance::log::{LeafHash, RootHash, Tile, append, head_list};
use selvedge::provenance::note::{KeyName, NoteKey, SignedNote};
use selvedge::provenance::record::{
    Record, Sha256Digest, SignedRecord, Subject, Uuid, parse_did_document,
};
use selvedge::provenance::status::{Bits, Snapshot, parse_credential_status, parse_list_url};
use selvedge::provenance::timestamp::ots::{self, BlockHash, BlockHeader, Proof};
use selvedge::provenance::timestamp::rfc3161::{self, Asked, Certificates, Token};
use selvedge::provenance::webvh::{History, VersionId};
use selvedge::provenance::{instant, jcs, multibase, openbadge, person, seal, sshsig};
use selvedge::verify;

/// A time at which all is judged.
pub fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().expect("an instant")
}

static SIGNER: LazyLock<TestSigner> = LazyLock::new(|| TestSigner::from_seed([7; 32]));

/// JSON: what is read has one canonical form, and that form is read as the same.
pub fn json(data: &[u8]) {
    let Ok(value) = json::parse(data) else { return };
    let canonical = jcs::encode(&value);
    // Whole numbers beyond 2^53 have a canonical form, and are refused when read: they are not exact.
    match json::parse(&canonical) {
        Ok(again) => assert_eq!(jcs::encode(&again), canonical),
        Err(_) => assert!(json::profile(&value).is_err()),
    }
}

/// Signed notes and the keys that are named in them.
pub fn note(data: &[u8]) {
    if let Ok(note) = SignedNote::parse(data) {
        assert_eq!(note.to_string().as_bytes(), data);
        let key = NoteKey::new(note_name(), SIGNER.verifier_key());
        let _ = note.verify(&key);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.lines() {
        if let Some(key) = NoteKey::parse(line) {
            assert_eq!(key.to_string(), line);
            if let Ok(note) = SignedNote::parse(data) {
                let _ = note.verify(&key);
            }
        }
        if let Some(key) = WitnessKey::parse(line) {
            assert_eq!(key.to_string(), line);
        }
    }
}

fn note_name() -> KeyName {
    KeyName::parse("brand.example/log").expect("a name")
}

/// Checkpoints with their cosignatures: one spelling, and a signed one is read back.
pub fn checkpoint(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(lines) = cosignature::parse_lines(text)
    {
        for line in &lines {
            assert_eq!(cosignature::Cosignature::from_line(&line.to_line()).as_ref(), Some(line));
        }
    }
    let Ok(mut found) = Checkpoint::parse(data) else { return };
    assert_eq!(found.to_string().as_bytes(), data);
    let key = NoteKey::new(found.origin().clone(), SIGNER.verifier_key());
    let signed = Checkpoint::sign(found.origin(), found.head(), &*SIGNER);
    assert_eq!(Checkpoint::parse(signed.to_string().as_bytes()).as_ref(), Ok(&signed));
    let _ = (found.verify(&key), found.signed_by(&key));
    let witness = WitnessKey::new(note_name(), SIGNER.verifier_key());
    let made = found.cosign(witness.name(), now(), &*SIGNER).expect("a time of this century");
    if found.add(&made, &witness).is_ok() {
        assert_eq!(Checkpoint::parse(found.to_string().as_bytes()).as_ref(), Ok(&found));
    }
}

/// What witnesses are asked and answer, policies, lists of kept heads.
pub fn witness(data: &[u8]) {
    if let Ok(request) = AddCheckpoint::parse(data) {
        assert_eq!(request.to_string().as_bytes(), data);
    }
    for (status, kind) in [(200, ""), (409, "text/x.tlog.size"), (422, ""), (500, "")] {
        let _ = Reply::parse(status, kind, data);
    }
    if let Ok(policy) = Policy::parse(&String::from_utf8_lossy(data)) {
        let (all, none) = (policy.is_met(&|_| true), policy.is_met(&|_| false));
        assert!(all || !none, "more cosignatures never meet less");
    }
    if let Ok(paths) = head_list::parse(data) {
        assert_eq!(head_list::parse(head_list::write(paths.iter().copied()).as_bytes()), Ok(paths));
    }
}

/// Proofs that an entry is in a log.
pub fn proof(data: &[u8]) {
    if let Ok(proof) = TlogProof::parse(data) {
        assert_eq!(proof.to_string().as_bytes(), data);
        let _ = proof.leads_from(LeafHash::of(data));
    }
    let _ = verify::record::proof("x", data, &verify::trust::Trust::nobody()).to_json();
}

/// A log's folder in which every file has the same bytes.
struct OneFile(Vec<u8>);

impl Files for OneFile {
    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(Some(self.0.clone()))
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Ok(vec!["5".to_owned()])
    }
}

/// Tiles and bundles: the first eight bytes are the size of the log, the others stand in its tiles.
pub fn tiles(data: &[u8]) {
    let Some((size, rest)) = data.split_first_chunk::<8>() else { return };
    let Some((index, bytes)) = rest.split_first_chunk::<8>() else { return };
    let (size, index) = (u64::from_be_bytes(*size), u64::from_be_bytes(*index));
    let one = OneFile(bytes.to_vec());
    if let Some(bundle) = Bundle::in_log(size, index) {
        let _ = bundle.path();
        if let Ok(entries) = bundle.decode(bytes) {
            assert_eq!(entries.len(), usize::from(bundle.width));
            assert_eq!(Bundle::encode(entries.iter().copied()).as_deref(), Some(bytes));
            for entry in &entries {
                if let Some(read) = Entry::parse(entry) {
                    assert_eq!(&read.to_bytes(), entry);
                }
            }
            // A log of these entries proves each, and its head is that of its tiles.
            if size == u64::from(bundle.width) {
                whole(&entries.iter().map(|entry| entry.to_vec()).collect::<Vec<_>>());
            }
        }
    }
    for level in 0..8 {
        let _ = Tile::in_tree(size, level, index).map(|tile| tile.path());
    }
    // Sizes up to 2^63 are legal; whatever stands in the tiles, few are asked for.
    let size = size & (i64::MAX as u64);
    let view = TreeView::new(&one, size);
    let root = view.root(size);
    if index < size {
        let (leaf, proof) = (view.leaf(index), view.inclusion_proof(index));
        if let (Ok(root), Ok(leaf), Ok(proof)) = (&root, leaf, proof) {
            assert!(proof.verify(index, leaf, size, *root) || size > 256);
        }
        let _ = view.consistency_proof(index);
    }
}

fn whole(entries: &[Vec<u8>]) {
    let empty: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let plan = append::plan(selvedge::provenance::log::Head::empty(), &empty, entries);
    let plan = plan.expect("entries of a bundle fit a log");
    let log: BTreeMap<String, Vec<u8>> = plan.files.into_iter().collect();
    let view = TreeView::new(&log, plan.head.size);
    view.expect_head(plan.head).expect("the tiles lead to the head");
    for (index, entry) in (0..).zip(entries) {
        let proof = view.inclusion_proof(index).expect("the tiles are there");
        assert!(proof.verify(index, LeafHash::of(entry), plan.head.size, plan.head.root));
        assert!(!proof.verify(index, LeafHash::of(entry), plan.head.size, RootHash::empty()));
    }
}

/// Names, numbers and times in one line.
pub fn names(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    macro_rules! same {
        ($($parsed:expr),* $(,)?) => {$(
            if let Some(value) = $parsed {
                assert_eq!(value.to_string(), text);
            }
        )*};
    }
    same!(
        KeyName::parse(text),
        NoteKey::parse(text),
        RecordId::parse(text),
        ShortId::parse(text),
        Did::parse(text),
        DidWeb::parse(text),
        DidWebvh::parse(text),
        VersionId::parse(text),
        VerifierKey::from_multikey(text),
        person::Commitment::parse(text),
    );
    // People copy it from where blocks are shown.
    if let Some(hash) = BlockHash::parse(text) {
        assert_eq!(hash.to_string(), text.to_ascii_lowercase());
    }
    if let Some(id) = Uuid::from_urn(text) {
        assert_eq!(id.to_urn(), text);
    }
    if let Some(digest) = Sha256Digest::from_sri(text) {
        assert_eq!(digest.to_sri(), text);
    }
    if let Some(bytes) = multibase::decode(text) {
        assert_eq!(multibase::encode(&bytes), text);
    }
    if let Some(at) = instant::parse(text) {
        assert_eq!(instant::format(at), text);
    }
    if let Some((did, key)) = did::parse_verification_method(text) {
        assert_eq!(did.verification_method(&key), text);
    }
    if let Some(web) = DidWeb::from_base_url(text) {
        assert_eq!(DidWeb::from_base_url(&web.base_url()).as_ref(), Some(&web));
        assert_eq!(DidWeb::parse(&web.to_string()).as_ref(), Some(&web));
    }
    let _ = parse_list_url("https://brand.example/", text);
}

/// Records: what is taken is canonical; the same content signed anew is the same record.
pub fn record(data: &[u8]) {
    // The quick way takes nothing that the long one refuses, and reads the same.
    let read = SignedRecord::parse(data);
    assert_eq!(read, SignedRecord::parse_step_by_step(data));
    if let Ok(signed) = read {
        assert_eq!(signed.bytes(), data);
        assert_eq!(jcs::encode(&json::parse(data).expect("it was read")), data);
    }
    let _ = verify::record::credential(data, Some(now())).to_json();
    // The signature of altered bytes does not hold, so that little lies behind it: sign them.
    let Ok(Value::Object(mut document)) = json::parse(data) else { return };
    document.remove("proof");
    let named = document.get("issuer").and_then(Value::as_str).and_then(Did::parse);
    let issuer = named.unwrap_or(Did::Key(SIGNER.verifier_key()));
    let issuer = match issuer {
        Did::Key(_) => Did::Key(SIGNER.verifier_key()),
        other => other,
    };
    document.insert("issuer".to_owned(), issuer.to_string().into());
    let bytes = jcs::encode(&Value::Object(Credential::sign(document, &issuer, now(), &*SIGNER)));
    let read = SignedRecord::parse(&bytes);
    assert_eq!(read, SignedRecord::parse_step_by_step(&bytes));
    let Ok(signed) = read else { return };
    assert_eq!(signed.bytes(), bytes);
    let again =
        signed.record().sign(signed.created(), &*SIGNER).expect("what was read can be written");
    assert_eq!(again.bytes(), bytes);
    let exhibit = verify::record::Exhibit { bytes: &bytes, ..Default::default() };
    let (report, _) =
        verify::record::record(&exhibit, &verify::trust::Trust::nobody(), Some(now()));
    assert_ne!(report.state, verify::State::RecordIntact, "nobody is believed");
    let _ = report.to_json();
}

/// Histories of keys, with what their witnesses signed.
pub fn did_log(data: &[u8]) {
    let at = data.windows(7).position(|window| window == b"\n=====\n");
    let (log, witness) = match at {
        Some(at) => (&data[..at], Some(&data[at + 7..])),
        None => (data, None),
    };
    for now in [None, Some(now())] {
        if let Ok(history) = History::parse(log, witness, now) {
            assert!(!history.versions().is_empty());
            assert_eq!(History::parse(log, witness, now).as_ref(), Ok(&history));
        }
    }
}

/// DID documents, status lists, openings: JSON of one spelling.
pub fn documents(data: &[u8]) {
    let _ = parse_did_document(data);
    if let Ok(opening) = person::Opening::parse(data) {
        assert_eq!(opening.encode(), data.trim_ascii_end());
    }
    if let Ok(file) = seal::OpeningFile::parse(data) {
        assert_eq!(file.encode(), data.trim_ascii_end());
    }
    let Ok(value) = json::parse(data) else { return };
    let base = "https://brand.example/";
    if let Some(position) = parse_credential_status(base, &value) {
        assert!(position < 1 << 53);
    }
    for base in [base, "https://two-rivers.example/"] {
        if let Some(snapshot) = Snapshot::from_value(base, &value) {
            assert_eq!(
                Snapshot::from_value(base, &snapshot.to_value(base)).as_ref(),
                Some(&snapshot)
            );
        }
    }
    let subject = value.member("credentialSubject").unwrap_or(&value);
    if let Some(members) = subject.as_object() {
        for kind in Kind::all() {
            if kind::check(kind, members, base).is_ok() {
                let statement = Statement { kind, members: members.clone() };
                let _ = (statement.lines(), statement.references(), statement.commitments());
                let _ = (statement.target(), statement.photographs(base), statement.named_people());
            }
        }
    }
}

/// Packed lists of bits.
pub fn status_list(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bits) = Bits::decode(text) {
        assert_eq!(Bits::decode(&bits.encode()).as_ref(), Ok(&bits));
        assert!(bits.set_indices().all(|at| bits.get(at) == Some(true)));
    }
}

/// Side signatures and bare signatures.
pub fn side_signature(data: &[u8]) {
    let _ = sshsig::verify(data, b"message", "record.v1@brand.example", &SIGNER.verifier_key());
    if let Some((key, rest)) = data.split_first_chunk::<32>()
        && let Some((signature, message)) = rest.split_first_chunk::<64>()
    {
        let _ = verify_strict(key, message, signature);
    }
}

/// What somebody types from a tag or copies from an address: what was read is written, and read as the same.
pub fn identifier(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(it) = identifier::parse(text)
        && text.len() < 300
    {
        // A host without a point is known for one by its scheme.
        let scheme = if it.root.host().is_some() { "https://" } else { "" };
        assert_eq!(identifier::parse(&format!("{scheme}{it}")), Ok(it));
    }
    let own = Brand::new("LOOM", "ZZ-NOR").expect("a brand");
    for expected in [None, Some(&own)] {
        // Without a piece the maximum is not printed.
        if let Ok(number) = brand::parse(text, expected)
            && number.serial.is_some()
        {
            assert_eq!(brand::parse(&number.to_string(), expected), Ok(number));
        }
    }
}

/// A record that has Open Badges: a certification of nothing in particular.
static CERTIFICATION: LazyLock<SignedRecord> = LazyLock::new(|| {
    let texts = |text: &str| {
        Value::from(vec![Value::from([("@language", "en".into()), ("@value", text.into())])])
    };
    let claim = Value::from([
        ("claimType", "technique".into()),
        ("value", texts("Woven by hand")),
        ("method", "peer visit".into()),
    ]);
    let about =
        Value::from([("id", "https://brand.example/products/red/".into()), ("name", texts("Red"))]);
    let members = [("about", about), ("claim", vec![claim].into())];
    let members = members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
    let record = Record {
        uuid: Uuid::from_random([3; 16]),
        issuer: Did::parse("did:web:brand.example").expect("a name"),
        base: DidWeb::parse("did:web:brand.example").expect("a name"),
        practice: false,
        valid_from: now(),
        valid_until: instant::parse("2028-12-31T00:00:00Z"),
        position: Some(5),
        reissues: None,
        subject: Subject::Statement(Statement { kind: Kind::Certification, members }),
    };
    record.sign(now(), &*SIGNER).expect("a record")
});

/// Open Badges of a record: as they come, and with what they say signed by its key, of which only what this program writes holds.
pub fn open_badge(data: &[u8]) {
    let keys = [SIGNER.verifier_key()];
    let own = openbadge::issue(&CERTIFICATION, None, "The weavers", &*SIGNER).expect("a badge");
    if let Ok(token) = std::str::from_utf8(data) {
        let held = openbadge::check(token, &CERTIFICATION, None, &keys).is_ok();
        assert!(!held || token.split('.').count() == 3);
    }
    // A stranger's words behind our key.
    let head = own.split('.').next().expect("a head");
    let body = data_encoding::BASE64URL_NOPAD.encode(data);
    let signature = SIGNER.sign(format!("{head}.{body}").as_bytes());
    let signature = data_encoding::BASE64URL_NOPAD.encode(&signature);
    let token = format!("{head}.{body}.{signature}");
    if openbadge::check(&token, &CERTIFICATION, None, &keys).is_ok() {
        let name = json::parse(data).expect("it was read");
        let name = name.member("issuer").and_then(|issuer| issuer.text("name").map(str::to_owned));
        let made = openbadge::issue(&CERTIFICATION, None, &name.unwrap_or_default(), &*SIGNER);
        assert_eq!(made, Some(token));
    }
}

/// Pictures that carry a record: what is put in comes out.
pub fn badge(data: &[u8]) {
    let _ = unbake(data);
    let evidence = "{\"v\":\"x\"}";
    if let Ok(made) = bake(data, evidence) {
        assert_eq!(unbake(&made).as_deref(), Ok(evidence));
        assert!(made.len() <= data.len() + 4096);
        assert!(bake(&made, evidence).is_err(), "a picture carries one record");
    }
}

/// Tokens of time-stamp authorities, their questions and certificates.
pub fn tsa(data: &[u8]) {
    let _ = rfc3161::parse_query(data);
    for label in [rfc3161::CERTIFICATE, rfc3161::REVOCATION_LIST] {
        if let Some(ders) = rfc3161::parse_pem(data, label) {
            let pem = rfc3161::to_pem(&ders, label);
            assert_eq!(rfc3161::parse_pem(pem.as_bytes(), label).as_ref(), Some(&ders));
            let mut certificates = Certificates::default();
            certificates.add(ders);
        }
    }
    let mut alone = Certificates::default();
    alone.add(vec![data.to_vec()]);
    let Ok(token) = Token::parse(data) else { return };
    let mut certificates = Certificates::default();
    certificates.add(token.certificates().to_vec());
    certificates.lists = vec![data.to_vec()];
    let asked = Asked { nonce: None, policy: None };
    for message in [&b"hello"[..], b"", data] {
        let _ = token.verify(message, &asked, &certificates);
    }
    // Certificates are put in order, once.
    let bytes = token.to_bytes();
    assert_eq!(bytes.len(), data.len());
    let again = Token::parse(&bytes).expect("the same token");
    assert_eq!(again.to_bytes(), bytes);
    assert_eq!(again.claimed(), token.claimed());
}

/// OpenTimestamps proofs, answers of calendars, block headers.
pub fn ots(data: &[u8]) {
    let _ = ots::Timestamp::parse(data, b"message");
    if let Ok(proof) = Proof::parse(data) {
        let bytes = proof.to_bytes();
        let again = Proof::parse(&bytes).expect("what is written is read");
        assert_eq!(again.to_bytes(), bytes);
        let mut all = proof.attestations();
        let mut same = again.attestations();
        all.sort_by_key(|one| format!("{one:?}"));
        same.sort_by_key(|one| format!("{one:?}"));
        assert_eq!(all, same);
        let header = data.get(..80).and_then(BlockHeader::from_bytes);
        for attested in all {
            let _ = ots::bitcoin_evidence(7, attested.message.as_deref(), header.as_slice(), &[]);
        }
        let _ = (proof.is_of(data), proof.digest());
    }
}
