//! A real identity from its first day: records, status lists, a key that is replaced, one that is stolen, a move.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use selvedge::attest::identity::{self, Beginning, Change};
use selvedge::attest::{self, AttestError, Entered, Keys, Places, Prepared};
use selvedge::evidence::Disk;
use selvedge::provenance::did::{Did, DidWeb, DidWebvh};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::key::{Signer, TestSigner, VerifierKey};
use selvedge::provenance::kind::{Kind, RecordRef, Statement};
use selvedge::provenance::log::{Checkpoint, WitnessKey};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::record::{Design, LangText, Record, SignedRecord, Subject, Uuid};
use selvedge::provenance::webvh::document::{
    EarlierRegister, IssuerDocument, KeyCut, RegisterService,
};
use selvedge::provenance::webvh::{Witnesses, key_hash};
use selvedge::verify::trust::TrustedSigner;
use selvedge::verify::{self, FolderAudit, Identity, State, Trust};
use selvedge::write::RealDisk;
use tempfile::TempDir;

pub(super) fn signer(seed: u8) -> TestSigner {
    TestSigner::from_seed([seed; 32])
}

pub(super) fn key(seed: u8) -> VerifierKey {
    signer(seed).verifier_key()
}

fn guardians() -> Witnesses {
    Witnesses { threshold: 2, keys: [31, 32, 33].map(key).to_vec() }
}

/// An association with its keys: by seed, so that a test can say which.
pub(super) struct Association {
    dir: TempDir,
    pub(super) base: DidWeb,
    pub(super) record: u8,
    pub(super) log: u8,
    pub(super) now: Timestamp,
    number: u8,
    heeded: Trust,
}

impl Association {
    pub(super) fn begin() -> (Self, DidWebvh) {
        Self::begin_at("did:web:brand.example", 1, 2)
    }

    /// An association at this place, with the keys of these seeds for records and log.
    pub(super) fn begin_at(place: &str, record: u8, log: u8) -> (Self, DidWebvh) {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(dir.path().join("site")).expect("a folder");
        let base = DidWeb::parse(place).expect("a name");
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().expect("a time");
        let new = Self { dir, base, record, log, now, number: 0, heeded: Trust::nobody() };
        let did = identity::begin(
            &new.site(),
            &RealDisk,
            &Beginning {
                base: &new.base,
                record: key(record),
                log: key(log),
                update: &signer(11),
                next_key_hash: key_hash(&key(12).to_multikey()),
                guardians: guardians(),
                present: vec![&signer(31), &signer(32)],
                time: now,
            },
        )
        .expect("an identity");
        (new, did)
    }

    pub(super) fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }

    pub(super) fn identity(&self) -> Identity {
        identity::load(&self.site()).expect("it is read").expect("an identity")
    }

    fn with_register<T>(
        &mut self,
        act: impl FnOnce(&mut attest::Register<'_>, Timestamp) -> Result<T, AttestError>,
    ) -> Result<T, AttestError> {
        self.now += jiff::SignedDuration::from_secs(3600);
        let (site, heads) = (self.site(), self.dir.path().join("heads"));
        let (record, log) = (signer(self.record), signer(self.log));
        let keys = Keys { record: &record, log: &log };
        let places = Places { site: &site, heads: &heads };
        let mut register = attest::open(places, self.base.clone(), keys, &RealDisk)?;
        register.heed(&self.heeded);
        act(&mut register, self.now)
    }

    pub(super) fn sign(&mut self, subject: Subject) -> Result<RecordRef, AttestError> {
        self.sign_with(subject, |_| {})
    }

    /// Signs a record after hearing what those of a trust list say of the time.
    pub(super) fn sign_heeding(
        &mut self,
        trust: &Trust,
        subject: Subject,
    ) -> Result<RecordRef, AttestError> {
        self.heeded = trust.clone();
        let signed = self.sign(subject);
        self.heeded = Trust::nobody();
        signed
    }

    /// Signs a record that differs from the usual in something.
    pub(super) fn sign_with(
        &mut self,
        subject: Subject,
        edit: impl FnOnce(&mut Record),
    ) -> Result<RecordRef, AttestError> {
        self.number += 1;
        let number = self.number;
        let issuer = self.identity().issuer;
        let base = self.base.clone();
        self.with_register(|register, now| {
            let kind = subject.kind();
            let needs_end = kind.rules().term == selvedge::provenance::kind::Term::Needed;
            let mut record = Record {
                uuid: Uuid::from_random([number; 16]),
                issuer,
                base,
                practice: false,
                valid_from: now,
                valid_until: needs_end.then(|| now + jiff::SignedDuration::from_hours(9000)),
                position: None,
                reissues: None,
                subject,
            };
            edit(&mut record);
            let uuid = record.uuid.clone();
            let issued = register
                .issue(&Prepared { record, masters: Vec::new(), people: Vec::new() }, now)?;
            Ok(RecordRef { uuid, id: issued.id })
        })
    }

    /// Enters what somebody else signed, with a `did:key` of hers.
    pub(super) fn admit(&mut self, seed: u8, subject: Subject) -> Result<RecordRef, AttestError> {
        self.number += 1;
        let (number, base) = (self.number, self.base.clone());
        self.with_register(|register, now| {
            let record = Record {
                uuid: Uuid::from_random([number; 16]),
                issuer: Did::Key(key(seed)),
                base,
                practice: false,
                valid_from: now,
                valid_until: None,
                position: None,
                reissues: None,
                subject,
            };
            let signed = record.sign(now, &signer(seed)).expect("a record");
            let uuid = signed.record().uuid.clone();
            match register.admit(&signed, &[])? {
                Entered::Now(issued) => Ok(RecordRef { uuid, id: issued.id }),
                Entered::Waits { .. } => panic!("nobody else is asked"),
            }
        })
    }

    pub(super) fn design(&mut self, slug: &str) -> RecordRef {
        self.sign(plain_design(slug)).expect("a record")
    }

    pub(super) fn status(
        &mut self,
        target: &RecordRef,
        state: &str,
    ) -> Result<RecordRef, AttestError> {
        let reason = Value::from([("@language", "en".into()), ("@value", "So decided.".into())]);
        self.sign(statement(
            Kind::Status,
            [
                ("target", target.to_value()),
                ("newState", state.into()),
                ("reason", vec![reason].into()),
            ],
        ))
    }

    pub(super) fn lists(&mut self) -> usize {
        let mut number = self.number;
        let signed = self
            .with_register(|register, now| {
                register.sign_lists(false, now, &mut || {
                    number += 100;
                    [number; 16]
                })
            })
            .expect("lists");
        signed.len()
    }

    /// Adds a version with the key that was announced.
    pub(super) fn change(&mut self, update: u8, next: u8, edit: impl FnOnce(&mut IssuerDocument)) {
        let known = self.identity();
        let history = known.history.as_ref().expect("a history");
        let mut document = IssuerDocument::parse(&history.latest().document).expect("ours");
        edit(&mut document);
        self.now += jiff::SignedDuration::from_secs(3600);
        identity::change(
            &self.site(),
            &RealDisk,
            &known,
            &Change {
                document,
                update: &signer(update),
                next_key_hash: key_hash(&key(next).to_multikey()),
                guardians: guardians(),
                present: vec![&signer(33), &signer(31)],
                time: self.now,
            },
        )
        .expect("a version");
    }

    fn audit(&self, did: &DidWebvh) -> FolderAudit {
        let mut trust = Trust::nobody();
        trust.add(TrustedSigner {
            name: "Brand".to_owned(),
            did: Did::Webvh(did.clone()),
            fingerprint: None,
            log: None,
            kinds: None,
            address: None,
            delegated: None,
        });
        let now = self.now + jiff::SignedDuration::from_secs(60);
        verify::folder("site", &Disk::at(self.site()), &trust, None, Some(now))
    }

    fn state(&self, did: &DidWebvh, record: &RecordRef) -> State {
        let audit = self.audit(did);
        let name = format!("{}.json", record.id.short());
        let report = audit.report.records.iter().find(|report| report.target == name);
        report.map_or(State::NotSigned, |report| report.state)
    }

    pub(super) fn head(&self) -> Checkpoint {
        let bytes = std::fs::read(self.site().join("log/checkpoint")).expect("a head");
        Checkpoint::parse(&bytes).expect("a head")
    }
}

pub(super) fn plain_design(slug: &str) -> Subject {
    let name = LangText { language: "en".to_owned(), text: slug.to_owned() };
    let design = Design { slug: slug.to_owned(), name: vec![name], ..Design::default() };
    Subject::Design(Box::new(design))
}

pub(super) fn statement<const N: usize>(kind: Kind, members: [(&str, Value); N]) -> Subject {
    let members = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Subject::Statement(Statement { kind, members })
}

#[test]
fn real_records_are_believed_by_the_name_alone() {
    let (mut brand, did) = Association::begin();
    let design = brand.design("river-path");
    let other = brand.design("two-waters");
    brand.status(&other, "suspended").expect("a record");
    assert_eq!(brand.lists(), 2, "both lists are due");
    assert_eq!(brand.lists(), 0, "and then none");
    let audit = brand.audit(&did);
    let bad: Vec<_> =
        audit.report.findings.iter().filter(|f| f.verdict != verify::Verdict::Valid).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert_eq!(brand.state(&did, &design), State::RecordIntact, "{}", audit.report.to_json());
    assert_eq!(brand.state(&did, &other), State::Suspended);
    brand.status(&other, "revoked").expect("a record");
    assert_eq!(brand.state(&did, &other), State::Revoked);
    assert_eq!(brand.lists(), 2, "both say otherwise now");
    assert_eq!(brand.state(&did, &other), State::Revoked);
    // Nobody is believed by default, nor by another name.
    let nobody =
        verify::folder("site", &Disk::at(brand.site()), &Trust::nobody(), None, Some(brand.now));
    assert_eq!(nobody.report.state, State::UnknownSigner);
}

#[test]
fn a_record_alone_is_told_by_its_status_lists() {
    let (mut brand, did) = Association::begin();
    let design = brand.design("river-path");
    let revoked = brand.design("two-waters");
    brand.status(&revoked, "revoked").expect("a record");
    brand.lists();
    let identity = brand.identity();
    let read = |id: &RecordRef, ending: &str| {
        std::fs::read(brand.site().join(format!("records/{}.{ending}", id.id.short())))
            .expect("a file")
    };
    let audit = brand.audit(&did);
    let lists: Vec<SignedRecord> = audit
        .folded
        .as_ref()
        .expect("a fold")
        .snapshots
        .iter()
        .map(|list| {
            audit.records.iter().find(|record| record.id() == list.id).expect("it").signed().clone()
        })
        .collect();
    let mut trust = Trust::nobody();
    trust.add(TrustedSigner {
        name: "Brand".to_owned(),
        did: Did::Webvh(did.clone()),
        fingerprint: None,
        log: None,
        kinds: None,
        address: None,
        delegated: None,
    });
    let judge = |record: &RecordRef, lists: &[SignedRecord], days: i64| {
        let (bytes, proof) = (read(record, "json"), read(record, "tlog-proof"));
        let exhibit = verify::Exhibit {
            bytes: &bytes,
            proof: Some(&proof),
            identity: Some(&identity),
            snapshots: lists,
            ..verify::Exhibit::default()
        };
        let now = brand.now + jiff::SignedDuration::from_hours(24 * days);
        verify::record(&exhibit, &trust, Some(now)).0.state
    };
    assert_eq!(judge(&design, &lists, 1), State::RecordIntact);
    assert_eq!(judge(&revoked, &lists, 1), State::Revoked);
    // It cannot fail open: with no list, with one list, with lists that are over.
    assert_eq!(judge(&design, &[], 1), State::CannotCheckNow);
    assert_eq!(judge(&design, &lists[..1], 1), State::CannotCheckNow);
    assert_eq!(judge(&design, &lists, 400), State::CannotCheckNow);
    // A revocation stays one, whatever the age of the list that says it.
    assert_eq!(judge(&revoked, &lists, 400), State::Revoked);
}

#[test]
fn a_key_is_replaced_in_honour() {
    let (mut brand, did) = Association::begin();
    let before = brand.design("river-path");
    brand.change(12, 13, |document| document.keys.insert(0, key(3)));
    assert!(matches!(brand.with_register(|_, _| Ok(())), Err(AttestError::OtherIdentity(_))));
    brand.record = 3;
    let after = brand.design("two-waters");
    assert_eq!(brand.state(&did, &before), State::RecordIntact);
    assert_eq!(brand.state(&did, &after), State::RecordIntact);
    assert_eq!(brand.audit(&did).report.state, State::RecordIntact);
}

#[test]
fn a_stolen_key_counts_no_more_from_the_cut_on() {
    let (mut brand, did) = Association::begin();
    let before = brand.design("river-path");
    let head = brand.head().head();
    let stolen = brand.design("made-by-a-thief");
    brand.change(12, 13, |document| {
        document.keys = vec![key(3)];
        document.register.cuts.push(KeyCut { key: key(1), size: head.size, root: head.root });
    });
    brand.record = 3;
    let again = brand.design("made-again");
    assert_eq!(brand.state(&did, &stolen), State::Revoked);
    assert_eq!(brand.state(&did, &again), State::RecordIntact);
    assert_eq!(brand.state(&did, &before), State::RecordIntact, "it stood before the cut");
    assert_eq!(brand.lists(), 2);
    let folder = brand.audit(&did);
    let list = folder.report.finding("log-lists").expect("a finding");
    assert_eq!(list.verdict, verify::Verdict::Valid, "{list:?}");
}

#[test]
fn what_neighbours_saw_before_a_theft_is_not_taken_back() {
    for is_honest in [true, false] {
        let (mut brand, did) = Association::begin();
        brand.design("river-path");
        let before = brand.head().head();
        brand.design("two-waters");
        // A neighbour saw both designs; the theft is said to be later.
        let mut seen = brand.head();
        let name = KeyName::parse("neighbour.example/witness").expect("a name");
        let witness = WitnessKey::new(name.clone(), key(41));
        let later = |minutes| brand.now + SignedDuration::from_mins(minutes);
        let line = seen.cosign(&name, later(1), &signer(41)).expect("a cosignature");
        assert_eq!(seen.add(&line, &witness), Ok(true));
        let since = later(2);
        let kept = brand.site().join(format!("log/heads/{}", seen.head().size));
        std::fs::create_dir_all(&kept).expect("a folder");
        std::fs::write(kept.join("checkpoint"), seen.to_string()).expect("a head");
        brand.design("made-by-a-thief");
        let cut = if is_honest { seen.head() } else { before };
        brand.change(12, 13, |document| {
            document.keys = vec![key(3)];
            document.register.cuts.push(KeyCut { key: key(1), size: cut.size, root: cut.root });
        });
        brand.record = 3;
        let version = brand.identity().history.expect("a history").latest().version_id.to_string();
        let head = Value::from([
            ("size", Value::Number(cut.size as f64)),
            ("root", cut.root.0.to_string().into()),
        ]);
        let announcement = [
            ("keyRole", "record".into()),
            ("formerKey", key(1).to_multikey().into()),
            ("newKey", key(3).to_multikey().into()),
            ("versionId", version.into()),
            ("compromisedFrom", instant::format(since).into()),
            ("cut", head),
        ];
        brand.sign(statement(Kind::KeyCompromise, announcement)).expect("a record");
        let text = format!(
            "quorum = 1\n[[witness]]\nname = \"Neighbour\"\nkey = \"{witness}\"\n\
             [[signer]]\nname = \"Brand\"\ndid = \"{did}\"\n"
        );
        let trust = Trust::parse(&text).expect("a trust list");
        let now = brand.now + SignedDuration::from_mins(1);
        let report = verify::folder("", &Disk::at(brand.site()), &trust, None, Some(now)).report;
        let rules = report.finding("log-rules").expect("a finding");
        assert_eq!(rules.verdict == verify::Verdict::Valid, is_honest, "{rules:?}");
        // For who trusts no witness there is nothing to compare with.
        let rules = brand.audit(&did).report.finding("log-rules").expect("a finding").clone();
        assert_eq!(rules.verdict, verify::Verdict::Valid, "{rules:?}");
    }
}

/// A brand that moved to another host with all keys new, and a record of before and of after.
pub(super) fn moved() -> ((Association, DidWebvh), RecordRef, RecordRef) {
    let (mut brand, did) = Association::begin();
    let before = brand.design("river-path");
    let web = DidWeb::parse("did:web:user.example:shop").expect("a name");
    let next = DidWebvh::new(did.scid(), web.clone()).expect("a name");
    let head = brand.head().head();
    brand.change(12, 13, |document| {
        document.former.insert(0, document.did.clone());
        document.did = next;
        // The laptop is gone: every key is new. The register keeps its name.
        document.keys = vec![key(3), key(1)];
        let old = document.register.log_key.clone();
        document.register = RegisterService {
            log_key: NoteKey::new(old.name().clone(), key(4)),
            cuts: Vec::new(),
            earlier: vec![EarlierRegister { log_key: old, size: head.size, root: head.root }],
        };
    });
    (brand.base, brand.record, brand.log) = (web, 3, 4);
    let after = brand.design("two-waters");
    ((brand, did), before, after)
}

#[test]
fn an_identity_moves_with_its_register_and_old_records_still_hold() {
    let ((brand, did), before, after) = moved();
    let audit = brand.audit(&did);
    assert_eq!(brand.state(&did, &before), State::RecordIntact, "{}", audit.report.to_json());
    assert_eq!(brand.state(&did, &after), State::RecordIntact);
    let issuer = audit.identity.expect("an identity").issuer;
    assert_eq!(issuer.to_string(), format!("did:webvh:{}:user.example:shop", did.scid()));
}

#[test]
fn what_breaks_a_rule_is_not_signed() {
    let (mut brand, _) = Association::begin();
    let design = brand.design("river-path");
    let ghost = RecordRef { uuid: Uuid::from_random([9; 16]), id: design.id };
    let refused = brand.status(&ghost, "revoked");
    assert!(matches!(refused, Err(AttestError::Rule(_))), "{refused:?}");
    // Nothing of it stays.
    assert_eq!(std::fs::read_dir(brand.site().join("records")).expect("it").count(), 3);
    brand.status(&design, "suspended").expect("the register goes on");
}

#[test]
fn one_key_has_one_role() {
    let dir = tempfile::tempdir().expect("a folder");
    let base = DidWeb::parse("did:web:brand.example").expect("a name");
    let begin = |record: u8, log: u8, guardian: u8| {
        identity::begin(
            dir.path(),
            &RealDisk,
            &Beginning {
                base: &base,
                record: key(record),
                log: key(log),
                update: &signer(11),
                next_key_hash: key_hash(&key(12).to_multikey()),
                guardians: Witnesses { threshold: 1, keys: vec![key(guardian)] },
                present: vec![&signer(guardian)],
                time: "2026-03-01T00:00:00Z".parse().expect("a time"),
            },
        )
    };
    for (record, log, guardian) in [(1, 1, 31), (11, 2, 31), (1, 2, 1), (1, 2, 11)] {
        assert!(begin(record, log, guardian).is_err(), "{record} {log} {guardian}");
    }
    assert!(begin(1, 2, 31).is_ok());
}
