//! Associations that watch one another's registers, a fork that is caught, and the way back.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use jiff::{SignedDuration, Timestamp};
use selvedge::attest::collect::{Collected, collect, submit};
use selvedge::attest::repair::{self, Repair, Side};
use selvedge::attest::witness::{Watched, WitnessError, watch, witness_name};
use selvedge::attest::{self, AttestError, Keys, Master, Places, Prepared};
use selvedge::evidence::Disk;
use selvedge::fetch::{Answer, FetchError, Web, WebFiles};
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::files::{Below, Files};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::key::{Signer as _, TestSigner};
use selvedge::provenance::kind::{Kind, RecordRef};
use selvedge::provenance::log::witness_protocol::{Witness, published_folder};
use selvedge::provenance::log::{Checkpoint, Cosigned, Head, RecordId, WitnessKey};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::record::{
    Design, LangText, Media, Photograph, Record, Sha256Digest, Subject, Uuid,
};
use selvedge::verify::fold::Condition;
use selvedge::verify::log::{LogState, audit};
use selvedge::verify::trust::{TrustedLog, TrustedWitness};
use selvedge::verify::witness::Heads;
use selvedge::verify::{Trust, Verdict};
use selvedge::write::{RealDisk, Stop, StoppingDisk};

use super::identity::statement;

fn at(hours: i64) -> Timestamp {
    instant::parse("2026-11-02T00:00:00Z").unwrap() + SignedDuration::from_hours(hours)
}

/// An association: a site's folder, what it remembers beside it, and three keys.
struct House {
    dir: tempfile::TempDir,
    issuer: DidWeb,
    record: TestSigner,
    log: TestSigner,
    witness: TestSigner,
}

impl House {
    fn new(letter: char) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("site")).unwrap();
        let signer = |role: u8| {
            let mut seed = [role; 32];
            seed[0] = letter as u8;
            TestSigner::from_seed(seed)
        };
        Self {
            dir,
            issuer: DidWeb::parse(&format!("did:web:{letter}.example")).unwrap(),
            record: signer(1),
            log: signer(2),
            witness: signer(3),
        }
    }

    fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }

    fn heads(&self) -> PathBuf {
        self.dir.path().join("heads")
    }

    fn files(&self) -> Disk {
        Disk::at(self.site())
    }

    fn log_key(&self) -> NoteKey {
        let origin = format!("{}/log", self.issuer.authority_and_path());
        NoteKey::new(KeyName::parse(&origin).unwrap(), self.log.verifier_key())
    }

    fn witness_key(&self) -> WitnessKey {
        WitnessKey::new(witness_name(&self.issuer).unwrap(), self.witness.verifier_key())
    }

    fn as_witness(&self) -> TrustedWitness {
        let name = self.issuer.host().to_owned();
        TrustedWitness { name, key: self.witness_key(), address: None, server: None }
    }

    fn prepared(&self, number: u8, hours: i64) -> Prepared {
        let bytes = vec![number; 64];
        let photograph = Photograph {
            sha256: Sha256Digest::of(&bytes),
            media: Media::Png,
            orientation: 1,
            description: Vec::new(),
        };
        let name = LangText { language: "en".to_owned(), text: format!("Design {number}") };
        let record = Record {
            uuid: Uuid::from_random([number; 16]),
            issuer: Did::Web(self.issuer.clone()),
            base: self.issuer.clone(),
            position: None,
            reissues: None,
            practice: false,
            valid_from: at(hours),
            valid_until: None,
            subject: Subject::Design(Box::new(Design {
                slug: format!("design-{number}"),
                name: vec![name],
                photographs: vec![photograph.clone()],
                ..Design::default()
            })),
        };
        let source = format!("designs/design-{number}/a.png");
        Prepared { record, masters: vec![Master { photograph, bytes, source }], people: Vec::new() }
    }

    /// Signs a design as a machine that remembers its heads in `heads`.
    fn sign_with(
        &self,
        site: &Path,
        heads: &Path,
        number: u8,
        hours: i64,
    ) -> Result<u64, AttestError> {
        let keys = Keys { record: &self.record, log: &self.log };
        let places = Places { site, heads };
        let mut register = attest::open(places, self.issuer.clone(), keys, &RealDisk)?;
        register.issue(&self.prepared(number, hours), at(hours)).map(|issued| issued.index)
    }

    fn sign(&self, number: u8, hours: i64) -> u64 {
        self.sign_with(&self.site(), &self.heads(), number, hours).unwrap()
    }

    /// Watches another house's register, which it trusts.
    fn watch(&self, other: &House, hours: i64) -> Result<Watched, WitnessError> {
        self.watch_at(other, &other.files(), hours)
    }

    fn watch_at(
        &self,
        other: &House,
        files: &dyn Files,
        hours: i64,
    ) -> Result<Watched, WitnessError> {
        self.watch_with(&self.heads(), &self.witness, &[other.log_key()], files, hours)
    }

    fn watch_with(
        &self,
        heads: &Path,
        signer: &TestSigner,
        logs: &[NoteKey],
        files: &dyn Files,
        hours: i64,
    ) -> Result<Watched, WitnessError> {
        let site = self.site();
        let places = Places { site: &site, heads };
        let name = witness_name(&self.issuer).unwrap();
        let mut trust = Trust::nobody();
        for key in logs {
            trust.add_log(TrustedLog { name: "N".into(), key: key.clone(), address: None });
        }
        watch(places, &RealDisk, &name, signer, &trust, files, at(hours))
    }

    fn collect(&self, from: &House) -> Result<Option<Collected>, WitnessError> {
        self.collect_at(from, &from.files())
    }

    fn collect_at(
        &self,
        from: &House,
        files: &dyn Files,
    ) -> Result<Option<Collected>, WitnessError> {
        let (site, heads) = (self.site(), self.heads());
        let places = Places { site: &site, heads: &heads };
        collect(places, &RealDisk, &self.log_key(), &from.as_witness(), files)
    }

    fn head(&self) -> Head {
        let bytes = fs::read(self.site().join("log/checkpoint")).unwrap();
        Checkpoint::parse(&bytes).unwrap().head()
    }

    fn kept(&self) -> Heads {
        let files = self.files();
        let log = Below { files: &files, folder: "log" };
        Heads::read(&log, &self.log_key(), self.head())
    }

    /// A second machine with a copy of the site and of what is remembered.
    fn copied(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_tree(self.dir.path(), copy.path());
        copy
    }
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy_tree(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}

fn trust_in(witnesses: &[&House], threshold: u8) -> Trust {
    let mut text = format!("quorum = {threshold}\n");
    for house in witnesses {
        text.push_str(&format!(
            "[[witness]]\nname = \"{}\"\nkey = \"{}\"\n",
            house.issuer.host(),
            house.witness_key()
        ));
    }
    Trust::parse(&text).unwrap()
}

fn published(house: &House, origin: &NoteKey) -> PathBuf {
    house.site().join("witness").join(published_folder(origin.name()))
}

#[test]
fn three_associations_witness_one_another() {
    let houses = ['a', 'b', 'c'].map(House::new);
    for (number, house) in (1..).zip(&houses) {
        house.sign(number, 1);
        house.sign(number + 10, 2);
    }
    for (hours, one) in (10..).zip(&houses) {
        for other in houses.iter().filter(|other| other.issuer != one.issuer) {
            let watched = one.watch(other, hours).unwrap();
            assert!(watched.is_new);
            assert_eq!((watched.head, watched.time), (other.head(), at(hours)));
            // A second look at the same head changes nothing.
            let again = one.watch(other, hours + 5).unwrap();
            assert_eq!((again.is_new, again.time), (false, at(hours)));
        }
    }
    for one in &houses {
        for other in houses.iter().filter(|other| other.issuer != one.issuer) {
            let collected = one.collect(other).unwrap().unwrap();
            assert!(collected.is_new);
            assert!(!one.collect(other).unwrap().unwrap().is_new);
        }
    }
    let audit = |trust: &Trust| {
        selvedge::verify::folder("", &houses[0].files(), trust, None, Some(at(50))).report
    };
    let report = audit(&trust_in(&[&houses[1], &houses[2]], 2));
    assert_eq!(report.finding("log-heads").unwrap().verdict, Verdict::Valid);
    for record in &report.records {
        let finding = record.finding("existed-by").unwrap();
        assert_eq!(finding.verdict, Verdict::Valid);
        let words = "existed no later than 2026-11-02T12:00:00Z; seen by b.example, c.example";
        assert_eq!(finding.reason, words);
    }
    let report = audit(&Trust::nobody());
    assert_eq!(report.records[0].finding("existed-by").unwrap().verdict, Verdict::NotChecked);
    // A third entry is not covered; the other two are since both had seen them.
    let [a, b, c] = &houses;
    a.sign(21, 20);
    let kept = a.kept();
    assert_eq!(kept.finding.as_ref().unwrap().verdict, Verdict::Valid);
    let seen = kept.sightings(&a.log_key(), &trust_in(&[b, c], 2), None);
    assert_eq!(seen.of(1).since, Some(at(12)));
    assert_eq!(seen.of(1).by.len(), 2);
    assert_eq!(seen.of(2).since, None);
    // By itself A cannot vouch for A.
    assert_eq!(kept.sightings(&a.log_key(), &trust_in(&[a, b, c], 2), None).of(1).by.len(), 2);

    // The next round covers it, and both heads are kept.
    b.watch(a, 30).unwrap();
    assert_eq!(a.collect(b).unwrap().unwrap().head.size, 3);
    let seen = a.kept().sightings(&a.log_key(), &trust_in(&[b, c], 1), None);
    assert_eq!(seen.of(2).since, Some(at(30)));
    assert_eq!(seen.of(0).since, Some(at(11)));
    assert_eq!(a.kept().kept.len(), 2);
    // And the register is signed on as if nothing were there.
    assert_eq!(a.sign(22, 40), 3);
}

#[test]
fn a_witness_refuses_what_it_must_not_cosign() {
    let [a, b] = ['a', 'b'].map(House::new);
    let refused = |result: Result<Watched, WitnessError>, words: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(b.watch(&a, 1), "no register");
    a.sign(1, 1);
    let files = a.files();
    let watch =
        |logs: &[NoteKey], signer: &TestSigner| b.watch_with(&b.heads(), signer, logs, &files, 2);
    refused(watch(&[], &b.witness), "not in your trust list");
    let other = NoteKey::new(a.log_key().name().clone(), b.log.verifier_key());
    refused(watch(&[other], &b.witness), "not signed by the key");
    refused(watch(&[a.log_key()], &a.log), "watching others only");
    b.sign(7, 1);
    for own in [&b.log, &b.record] {
        refused(watch(&[a.log_key()], own), "watching others only");
    }
    assert!(!published(&b, &a.log_key()).exists());

    // A damaged register is no fork, and nothing is kept of it.
    let tile = a.site().join("log/tile/0/000.p/1");
    let bytes = fs::read(&tile).unwrap();
    fs::write(&tile, [7; 32]).unwrap();
    refused(b.watch(&a, 2), "does not hold together");
    fs::remove_file(&tile).unwrap();
    refused(b.watch(&a, 2), "does not hold together");
    fs::write(&tile, bytes).unwrap();
    b.watch(&a, 5).unwrap();

    // A clock that went back.
    a.sign(2, 3);
    refused(b.watch(&a, 4), "clock");
    let watched = b.watch(&a, 6).unwrap();
    assert_eq!(watched.head.size, 2);

    // An old copy.
    let copy = a.copied();
    a.sign(3, 7);
    b.watch(&a, 8).unwrap();
    let old = Disk::at(copy.path().join("site"));
    assert!(matches!(b.watch_at(&a, &old, 9), Err(WitnessError::Behind { .. })));
    assert_eq!(fs::read_dir(published(&b, &a.log_key()).join("fork")).unwrap().count(), 2);
}

#[test]
fn a_witness_that_lost_its_memory_retires_its_key() {
    let [a, b] = ['a', 'b'].map(House::new);
    a.sign(1, 1);
    b.watch(&a, 2).unwrap();
    a.collect(&b).unwrap();
    a.sign(2, 3);
    let empty = tempfile::tempdir().unwrap();
    let files = a.files();
    let again = |signer: &TestSigner| b.watch_with(empty.path(), signer, &[a.log_key()], &files, 4);
    assert!(matches!(again(&b.witness), Err(WitnessError::LostMemory(_))));
    // Even if its folder was lost as well: the neighbour has its cosignature.
    let folder = b.site().join("witness");
    let aside = b.dir.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    assert!(matches!(again(&b.witness), Err(WitnessError::LostMemory(_))));
    fs::rename(&aside, &folder).unwrap();
    // A new key goes on from what the old one published.
    let watched = again(&TestSigner::from_seed([99; 32])).unwrap();
    assert_eq!(watched.head.size, 2);
}

#[test]
fn a_crash_while_watching_leaves_nothing_that_is_published_and_not_remembered() {
    for lose_names in [false, true] {
        for stop in 0.. {
            let [a, b] = ['a', 'b'].map(House::new);
            a.sign(1, 1);
            let (site, heads) = (b.site(), b.heads());
            let places = Places { site: &site, heads: &heads };
            let mut trust = Trust::nobody();
            trust.add_log(TrustedLog { name: "A".into(), key: a.log_key(), address: None });
            let disk = StoppingDisk::new(stop, Stop::Crash);
            let name = witness_name(&b.issuer).unwrap();
            let run = watch(places, &disk, &name, &b.witness, &trust, &a.files(), at(2));
            disk.lose_unsynced(lose_names);
            b.watch(&a, 3).unwrap();
            assert_eq!(a.collect(&b).unwrap().unwrap().head.size, 1);
            if run.is_ok() {
                break;
            }
            assert!(stop < 40);
        }
    }
}

/// A and its copy on a second machine both sign; B saw one version.
#[test]
fn a_fork_is_caught_and_the_version_that_nobody_saw_is_appended_to_the_other() {
    for seen_is_ours in [true, false] {
        let [a, b] = ['a', 'b'].map(House::new);
        a.sign(1, 1);
        b.watch(&a, 2).unwrap();
        let copy = a.copied();
        let (copied, memory) = (copy.path().join("site"), copy.path().join("heads"));
        a.sign(2, 3);
        a.sign(3, 4);
        a.sign_with(&copied, &memory, 9, 5).unwrap();
        let theirs = Disk::at(&copied);
        let (ours_files, trust) = (a.files(), trust_in(&[&b], 1));
        let (seen, unseen): (&dyn Files, &dyn Files) =
            if seen_is_ours { (&ours_files, &theirs) } else { (&theirs, &ours_files) };
        b.watch_at(&a, seen, 6).unwrap();
        // A head of our version alone that somebody else, whom nobody lists, vouches for.
        let own = fs::read(a.site().join("log/checkpoint")).unwrap();
        fs::create_dir_all(a.site().join("log/heads/3")).unwrap();
        fs::write(a.site().join("log/heads/3/checkpoint"), &own).unwrap();
        fs::write(a.site().join("log/heads/3/checkpoint.tsr"), b"token").unwrap();

        // B catches it: one version is larger, the other not.
        let error = b.watch_at(&a, unseen, 7).unwrap_err();
        let words = error.to_string();
        match seen_is_ours {
            true => assert!(matches!(error, WitnessError::Behind { .. }), "{words}"),
            false => assert!(matches!(error, WitnessError::Fork { .. }), "{words}"),
        }
        let evidence = published(&b, &a.log_key()).join("fork");
        assert_eq!(fs::read_dir(&evidence).unwrap().count(), 2, "{words}");
        // A catches it when it collects, if B saw the other one.
        if !seen_is_ours {
            let error = a.collect(&b).unwrap_err();
            assert!(matches!(error, WitnessError::Fork { .. }), "{error}");
            assert_eq!(fs::read_dir(a.site().join("log/forks")).unwrap().count(), 2);
        }

        let seen = fs::read(published(&b, &a.log_key()).join("checkpoint")).unwrap();
        let seen = [Checkpoint::parse(&seen).unwrap()];
        let found = repair::compare(&a.files(), &theirs, &a.log_key(), &seen, &trust).unwrap();
        assert_eq!((found.common.size, found.ours.entries.len()), (1, 2));
        assert_eq!(found.theirs.entries.len(), 1);
        let origin = a.log_key().name().clone();
        let Repair::Reappend { keep, entries } = found.plan(&origin) else { panic!() };
        assert_eq!(keep, if seen_is_ours { Side::Ours } else { Side::Theirs });
        assert_eq!(entries.len(), if seen_is_ours { 1 } else { 2 });

        let (site, heads) = (a.site(), a.heads());
        let places = Places { site: &site, heads: &heads };
        let left =
            repair::reappend(places, &RealDisk, &a.log_key(), &found, keep, &theirs).unwrap();
        assert_eq!(left, [""; 0]);
        // Opening the register appends what lies beside it, older than its last entry or not.
        let keys = Keys { record: &a.record, log: &a.log };
        let register = attest::open(places, a.issuer.clone(), keys, &RealDisk).unwrap();
        assert_eq!(register.completed().len(), entries.len());
        drop(register);
        assert_eq!(a.sign(4, 8), 4);
        // B goes on with it, and nothing is lost.
        let watched = b.watch(&a, 9).unwrap();
        assert_eq!(watched.head.size, 5);
        assert_eq!(a.collect(&b).unwrap().unwrap().head.size, 5);
        assert_eq!(fs::read_dir(a.site().join("records")).unwrap().count(), 5 * 3 + 1);
        assert_eq!(fs::read_dir(a.site().join("log/forks")).unwrap().count(), 2);
        // What vouched for the version that was given up is kept as evidence, not as a head.
        assert_eq!(a.kept().finding.unwrap().verdict, Verdict::Valid);
        let has_token = |folder: &str| {
            files_below(&a.site().join(folder)).iter().any(|path| path.ends_with("checkpoint.tsr"))
        };
        assert_eq!((has_token("log/heads"), has_token("log/forks")), (seen_is_ours, !seen_is_ours));
        assert!(!a.site().join("log.was").exists() && !a.site().join("log.next").exists());
    }
}

impl House {
    /// Takes back a design on a machine that remembers its heads in `heads`. Gives the id of what is gone.
    fn withdraw_with(&self, site: &Path, heads: &Path, number: u8, hours: i64) -> RecordId {
        let lookup = attest::SiteLookup::load(site);
        let signed = lookup.signed(&format!("designs/design-{number}")).unwrap();
        let record = signed.record();
        let target = RecordRef { uuid: record.uuid.clone(), id: signed.id() };
        let members = [
            ("target", target.to_value()),
            ("targetKind", "Design".into()),
            ("targetSigned", instant::format(signed.created()).into()),
            ("targetPosition", Value::Number(record.position.unwrap() as f64)),
            ("reasonCode", "safety".into()),
        ];
        let mut withdrawal = self.prepared(100 + number, hours);
        withdrawal.masters.clear();
        withdrawal.record.subject = statement(Kind::Withdrawal, members);
        let keys = Keys { record: &self.record, log: &self.log };
        let places = Places { site, heads };
        let mut register = attest::open(places, self.issuer.clone(), keys, &RealDisk).unwrap();
        // Each version of the register has its own Withdrawal.
        withdrawal.record.uuid = Uuid::from_random([hours as u8; 16]);
        register.issue(&withdrawal, at(hours)).unwrap();
        target.id
    }
}

/// A record that one version took back has no body any more, whichever version stays.
#[test]
fn a_repair_takes_over_what_the_other_version_took_back() {
    let [sides, bools] = [[Side::Ours, Side::Theirs]; 2];
    for (keep, withdrew) in sides.iter().flat_map(|keep| bools.map(|withdrew| (*keep, withdrew))) {
        for is_common in [true, false] {
            let context = format!("{keep:?} stays, {withdrew:?} took back, of both: {is_common}");
            let a = House::new('a');
            a.sign(1, 1);
            let copy = a.copied();
            let ours = (a.site(), a.heads());
            let theirs = (copy.path().join("site"), copy.path().join("heads"));
            let (one, other) =
                if withdrew == Side::Ours { (&ours, &theirs) } else { (&theirs, &ours) };
            let number = if is_common { 1 } else { 2 };
            if !is_common {
                a.sign_with(&one.0, &one.1, 2, 3).unwrap();
            }
            // In the same second as what it takes back.
            let gone = a.withdraw_with(&one.0, &one.1, number, 3);
            let longer = if keep == Side::Ours { &ours } else { &theirs };
            for more in 0..3 {
                a.sign_with(&longer.0, &longer.1, 10 + more, 5 + i64::from(more)).unwrap();
            }
            a.sign_with(&other.0, &other.1, 20, 9).unwrap();

            let places = Places { site: &ours.0, heads: &ours.1 };
            let (files, key) = (Disk::at(&theirs.0), a.log_key());
            let found = repair::compare(&a.files(), &files, &key, &[], &Trust::nobody()).unwrap();
            let Repair::Reappend { keep: kept, entries } = found.plan(key.name()) else {
                panic!("{context}")
            };
            assert_eq!(kept, keep, "{context}");
            repair::reappend(places, &RealDisk, &key, &found, keep, &files)
                .unwrap_or_else(|error| panic!("{context}: {error}"));
            let keys = Keys { record: &a.record, log: &a.log };
            let register = attest::open(places, a.issuer.clone(), keys, &RealDisk)
                .unwrap_or_else(|error| panic!("{context}: {error}"));
            assert_eq!(register.completed().len(), entries.len(), "{context}");
            let standing = register.standing(&gone).unwrap();
            assert!(matches!(standing.condition, Condition::Withdrawn(_)), "{context}");
            drop(register);
            let count: u64 = if is_common { 6 } else { 7 };
            assert_eq!(a.sign(30, 20), count, "{context}");
            let audit = selvedge::verify::folder("", &a.files(), &Trust::nobody(), None, None);
            let folded = audit.folded.unwrap();
            assert_eq!((&folded.gap, folded.breaches.len()), (&None, 0), "{context}");
            assert_eq!(folded.standings.len() as u64, count + 1, "{context}");
            for finding in audit.report.records.iter().flat_map(|record| &record.findings) {
                assert_ne!(finding.verdict, Verdict::Invalid, "{context}: {finding:?}");
            }
            // Its words and its photograph are nowhere.
            let left = a.site().join(format!("records/{}.json", gone.short()));
            assert!(!left.exists(), "{context}");
            let picture = a.prepared(number, 0).masters.remove(0).photograph.path();
            assert!(!a.site().join(picture).exists(), "{context}");
        }
    }
}

/// Both versions took the same record back: the second Withdrawal is entered, too.
#[test]
fn a_repair_enters_acts_that_came_second() {
    let a = House::new('a');
    a.sign(1, 1);
    let copy = a.copied();
    let (copied, memory) = (copy.path().join("site"), copy.path().join("heads"));
    a.withdraw_with(&copied, &memory, 1, 3);
    let gone = a.withdraw_with(&a.site(), &a.heads(), 1, 4);
    a.sign(2, 5);
    let (site, heads, theirs) = (a.site(), a.heads(), Disk::at(&copied));
    let places = Places { site: &site, heads: &heads };
    let found = repair::compare(&a.files(), &theirs, &a.log_key(), &[], &Trust::nobody()).unwrap();
    repair::reappend(places, &RealDisk, &a.log_key(), &found, Side::Ours, &theirs).unwrap();
    let keys = Keys { record: &a.record, log: &a.log };
    let register = attest::open(places, a.issuer.clone(), keys, &RealDisk).unwrap();
    assert_eq!(register.completed().len(), 1);
    assert!(matches!(register.standing(&gone).unwrap().condition, Condition::Withdrawn(_)));
}

/// Bodies that no Withdrawal took back have to be at hand.
#[test]
fn a_repair_without_a_body_that_was_not_taken_back_does_not_begin() {
    let a = House::new('a');
    a.sign(1, 1);
    let copy = a.copied();
    let (copied, memory) = (copy.path().join("site"), copy.path().join("heads"));
    a.sign_with(&copied, &memory, 2, 3).unwrap();
    a.withdraw_with(&copied, &memory, 1, 4);
    a.sign(3, 5);
    let lookup = attest::SiteLookup::load(&copied);
    let id = lookup.signed("designs/design-2").unwrap().id();
    fs::remove_file(copied.join(format!("records/{}.json", id.short()))).unwrap();
    let (site, heads, theirs) = (a.site(), a.heads(), Disk::at(&copied));
    let places = Places { site: &site, heads: &heads };
    let found = repair::compare(&a.files(), &theirs, &a.log_key(), &[], &Trust::nobody()).unwrap();
    for side in [Side::Ours, Side::Theirs] {
        let refused = repair::reappend(places, &RealDisk, &a.log_key(), &found, side, &theirs);
        let why = refused.unwrap_err().to_string();
        assert!(why.contains(id.short().as_str()) && why.contains("nothing was changed"), "{why}");
        assert!(!site.join("log/forks").exists());
    }
}

/// Both versions were cosigned: the register goes on under another name.
#[test]
fn a_fork_that_both_sides_saw_goes_on_under_a_new_name() {
    let [a, b, c] = ['a', 'b', 'c'].map(House::new);
    a.sign(1, 1);
    let copy = a.copied();
    let (copied, memory) = (copy.path().join("site"), copy.path().join("heads"));
    a.sign(2, 3);
    a.sign_with(&copied, &memory, 9, 4).unwrap();
    let theirs = Disk::at(&copied);
    b.watch(&a, 5).unwrap();
    c.watch_at(&a, &theirs, 5).unwrap();
    a.collect(&b).unwrap();
    assert!(matches!(a.collect(&c), Err(WitnessError::Fork { .. })));
    assert!(matches!(b.watch_at(&a, &theirs, 6), Err(WitnessError::Fork { .. })));

    let seen = fs::read(published(&c, &a.log_key()).join("checkpoint")).unwrap();
    let seen = [Checkpoint::parse(&seen).unwrap()];
    let trust = trust_in(&[&b, &c], 1);
    let found = repair::compare(&a.files(), &theirs, &a.log_key(), &seen, &trust).unwrap();
    assert!(found.words().contains("seen by c.example/witness"), "{}", found.words());
    let origin = KeyName::parse("a.example/log/2").unwrap();
    assert_eq!(found.plan(a.log_key().name()), Repair::NewOrigin { origin: origin.clone() });

    let signer = TestSigner::from_seed([77; 32]);
    let (site, heads) = (a.site(), a.heads());
    let places = Places { site: &site, heads: &heads };
    let same = repair::begin_again(places, &RealDisk, &a.log_key(), &found, &theirs, &a.log);
    assert!(matches!(same, Err(WitnessError::SameKey)));
    let begun =
        repair::begin_again(places, &RealDisk, &a.log_key(), &found, &theirs, &signer).unwrap();
    assert_eq!(begun.key.name(), &origin);
    assert_eq!((begun.checkpoint.head().size, begun.common.size), (3, 1));

    // The register is whole under its new key, and is signed on.
    let files = a.files();
    let log = Below { files: &files, folder: "log" };
    assert_eq!(audit(&log, Some(&begun.key), None, &mut |_, _| ()).state, LogState::Ok);
    let keys = || Keys { record: &a.record, log: &signer };
    let mut register = attest::open(places, a.issuer.clone(), keys(), &RealDisk).unwrap();
    assert_eq!(register.issue(&a.prepared(4, 7), at(7)).unwrap().index, 3);
    drop(register);
    let identity = fs::read_to_string(site.join("identity/log.vkey")).unwrap();
    assert_eq!(identity.trim(), begun.key.to_string());
    let report = selvedge::verify::folder("site", &files, &Trust::nobody(), None, Some(at(9)));
    for finding in report.report.records.iter().flat_map(|record| &record.findings) {
        assert_ne!(finding.verdict, Verdict::Invalid, "{finding:?}");
    }
    assert_eq!(report.records.len(), 4);
    // Neighbours watch it anew under its new name; the old one stays with its cosigned heads.
    let watched =
        b.watch_with(&b.heads(), &b.witness, std::slice::from_ref(&begun.key), &files, 8).unwrap();
    assert_eq!((watched.head.size, watched.origin), (4, origin));
    let folder = format!("log/earlier/{}", published_folder(a.log_key().name()));
    let earlier = Below { files: &files, folder: &folder };
    let old = audit(&earlier, Some(&a.log_key()), None, &mut |_, _| ());
    assert_eq!(old.state, LogState::Ok, "{}", old.why);
    let kept = Heads::read(&earlier, &a.log_key(), old.head().unwrap());
    let seen = kept.sightings(&a.log_key(), &trust, None);
    assert_eq!(seen.of(0).since, Some(at(5)));
    assert_eq!(fs::read_dir(site.join(&folder).join("forks")).unwrap().count(), 2);
}

#[test]
fn a_crash_at_any_step_of_a_repair_is_completed_by_the_next_run() {
    for stop in (0..).step_by(3) {
        let [a, b] = ['a', 'b'].map(House::new);
        a.sign(1, 1);
        let copy = a.copied();
        let (copied, memory) = (copy.path().join("site"), copy.path().join("heads"));
        a.sign(2, 3);
        a.sign_with(&copied, &memory, 9, 5).unwrap();
        let theirs = Disk::at(&copied);
        b.watch_at(&a, &theirs, 6).unwrap();
        let seen = fs::read(published(&b, &a.log_key()).join("checkpoint")).unwrap();
        let seen = [Checkpoint::parse(&seen).unwrap()];
        let trust = trust_in(&[&b], 1);
        let (site, heads) = (a.site(), a.heads());
        let places = Places { site: &site, heads: &heads };
        let found = repair::compare(&a.files(), &theirs, &a.log_key(), &seen, &trust).unwrap();
        let key = a.log_key();
        let disk = StoppingDisk::new(stop, Stop::Crash);
        let run = repair::reappend(places, &disk, &key, &found, Side::Theirs, &theirs);
        disk.lose_unsynced(true);
        if run.is_err() {
            repair::resume(places, &RealDisk).unwrap();
            let again = repair::compare(&a.files(), &theirs, &key, &seen, &trust).unwrap();
            if let Repair::Reappend { keep, .. } = again.plan(key.name()) {
                repair::reappend(places, &RealDisk, &key, &again, keep, &theirs).unwrap();
            }
        }
        let keys = Keys { record: &a.record, log: &a.log };
        drop(attest::open(places, a.issuer.clone(), keys, &RealDisk).unwrap());
        assert_eq!(a.head().size, 3, "stopped at {stop}");
        assert!(b.watch(&a, 9).unwrap().is_new);
        if run.is_ok() {
            break;
        }
        assert!(stop < 300);
    }
}

#[test]
fn a_crash_while_beginning_again_is_completed_by_the_next_run() {
    for stop in (0..).step_by(4) {
        let [a, b, c] = ['a', 'b', 'c'].map(House::new);
        a.sign(1, 1);
        let copy = a.copied();
        let (copied, memory) = (copy.path().join("site"), copy.path().join("heads"));
        a.sign(2, 3);
        a.sign_with(&copied, &memory, 9, 4).unwrap();
        let theirs = Disk::at(&copied);
        b.watch(&a, 5).unwrap();
        a.collect(&b).unwrap();
        c.watch_at(&a, &theirs, 5).unwrap();
        let seen = fs::read(published(&c, &a.log_key()).join("checkpoint")).unwrap();
        let seen = [Checkpoint::parse(&seen).unwrap()];
        let (key, trust) = (a.log_key(), trust_in(&[&b, &c], 1));
        let found = repair::compare(&a.files(), &theirs, &key, &seen, &trust).unwrap();
        let signer = TestSigner::from_seed([77; 32]);
        let (site, heads) = (a.site(), a.heads());
        let places = Places { site: &site, heads: &heads };
        let disk = StoppingDisk::new(stop, Stop::Crash);
        let run = repair::begin_again(places, &disk, &key, &found, &theirs, &signer);
        disk.lose_unsynced(true);
        if run.is_err() {
            repair::resume(places, &RealDisk).unwrap();
            // Begun anew unless the new register is in place.
            if let Ok(found) = repair::compare(&a.files(), &theirs, &key, &seen, &trust) {
                repair::begin_again(places, &RealDisk, &key, &found, &theirs, &signer).unwrap();
            }
        }
        let keys = Keys { record: &a.record, log: &signer };
        let register = attest::open(places, a.issuer.clone(), keys, &RealDisk);
        drop(register.unwrap_or_else(|error| panic!("stopped at {stop}: {error}")));
        assert_eq!(a.head().size, 3, "stopped at {stop}");
        let report = selvedge::verify::folder("", &a.files(), &Trust::nobody(), None, None);
        assert_eq!(report.records.len(), 3);
        for finding in report.report.records.iter().flat_map(|record| &record.findings) {
            assert_ne!(finding.verdict, Verdict::Invalid, "stopped at {stop}: {finding:?}");
        }
        if run.is_ok() {
            break;
        }
        assert!(stop < 400);
    }
}

fn no_answer(url: &str, why: &str) -> FetchError {
    FetchError { address: url.to_owned(), why: why.to_owned() }
}

/// Plain HTTP over loopback; what the tests need of it.
struct Loopback;

impl Loopback {
    fn ask(url: &str, method: &str, body: &[u8]) -> Result<Answer, FetchError> {
        let rest = url.strip_prefix("http://").ok_or_else(|| no_answer(url, "no address"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let failed = |error: std::io::Error| no_answer(url, &error.to_string());
        let mut stream = TcpStream::connect(host).map_err(failed)?;
        let length = body.len();
        write!(stream, "{method} /{path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n")
            .and_then(|()| stream.write_all(body))
            .map_err(failed)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map_err(failed)?;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let kind = head.lines().find_map(|line| line.strip_prefix("Content-Type: "));
        let content_type = kind.map(str::to_owned);
        Ok(Answer { status, content_type, body: bytes[end + 4..].to_vec() })
    }
}

impl Web for Loopback {
    fn get(&self, url: &str, _: usize) -> Result<Answer, FetchError> {
        Self::ask(url, "GET", b"")
    }

    fn post(&self, url: &str, _: &str, body: &[u8], _: usize) -> Result<Answer, FetchError> {
        Self::ask(url, "POST", body)
    }
}

/// Answers requests on loopback until the process ends; gives the address.
fn serve(answer: impl Fn(&str, &[u8]) -> (u16, &'static str, Vec<u8>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
            let (path, body) = loop {
                let count = stream.read(&mut part).unwrap();
                bytes.extend_from_slice(&part[..count]);
                let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                    continue;
                };
                let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
                let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
                let length: usize = length.unwrap().parse().unwrap();
                if bytes.len() >= end + 4 + length {
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    break (path, bytes[end + 4..].to_vec());
                }
            };
            let (status, kind, body) = answer(&path, &body);
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n\r\n").unwrap();
            stream.write_all(&body).unwrap();
        }
    });
    address
}

/// What a witness server knows, shared with the test.
type Known = Arc<Mutex<BTreeMap<String, Head>>>;

/// A witness server for one log; gives its address and what it remembers.
fn witness_server(log: NoteKey, name: KeyName, seed: u8) -> (String, Known) {
    let known = Known::default();
    let shared = Arc::clone(&known);
    let address = serve(move |path, body| {
        assert_eq!(path, "/add-checkpoint");
        let mut known = shared.lock().unwrap();
        let last = |origin: &KeyName| known.get(origin.as_str()).copied().unwrap_or(Head::empty());
        let signer = TestSigner::from_seed([seed; 32]);
        let witness = Witness { name: &name, signer: &signer };
        let decision = witness.decide(body, std::slice::from_ref(&log), &last, at(50));
        if let Some(head) = decision.remember {
            known.insert(head.origin().to_string(), head.head());
        }
        let response = decision.response;
        (response.status, response.content_type, response.body.into_bytes())
    });
    (address, known)
}

#[test]
fn a_witness_server_is_asked_and_tells_the_size_that_it_knows() {
    let a = House::new('a');
    a.sign(1, 1);
    a.sign(2, 2);
    let name = KeyName::parse("w.example").unwrap();
    let (address, known) = witness_server(a.log_key(), name.clone(), 60);
    let key = WitnessKey::new(name, TestSigner::from_seed([60; 32]).verifier_key());
    let witness = TrustedWitness { name: "W".into(), key, address: None, server: None };
    let (site, heads) = (a.site(), a.heads());
    let ask = |heads: &Path, witness: &TrustedWitness| {
        let places = Places { site: &site, heads };
        submit(places, &RealDisk, &a.log_key(), witness, &address, &Loopback)
    };
    let first = ask(&heads, &witness).unwrap();
    assert!(first.is_new);
    assert_eq!((first.head.size, first.time), (2, at(50)));
    // Again: nothing new. Later: from the remembered size.
    assert!(!ask(&heads, &witness).unwrap().is_new);
    a.sign(3, 3);
    assert_eq!(ask(&heads, &witness).unwrap().head.size, 3);
    // Without the memory it is told the size, and asks again from there.
    a.sign(4, 4);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(ask(empty.path(), &witness).unwrap().head.size, 4);
    for size in [2, 3, 4] {
        let bytes = fs::read(site.join(format!("log/heads/{size}/checkpoint"))).unwrap();
        let kept = Checkpoint::parse(&bytes).unwrap();
        assert_eq!(kept.cosigned_by(&witness.key), Cosigned::At(at(50)), "{size}");
    }
    assert_eq!(a.kept().kept.len(), 3);

    // A server that knows more, another version, or has another key.
    let refused = |words: &str, witness: &TrustedWitness| {
        let error = ask(&heads, witness).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let origin = a.log_key().name().to_string();
    let knows = |head: Head| known.lock().unwrap().insert(origin.clone(), head);
    let own = a.head();
    knows(Head { size: 9, root: own.root });
    refused("old copy", &witness);
    knows(Head { size: 4, root: Head::empty().root });
    refused("two versions", &witness);
    knows(Head { size: 3, root: own.root });
    refused("contradict", &witness);
    knows(own);
    let stranger = TestSigner::from_seed([61; 32]).verifier_key();
    let stranger = WitnessKey::new(witness.key.name().clone(), stranger);
    refused("key in your trust list", &TrustedWitness { key: stranger, ..witness.clone() });
    ask(&heads, &witness).unwrap();
}

#[test]
fn neighbours_are_watched_and_collected_from_over_the_web() {
    let [a, b] = ['a', 'b'].map(House::new);
    a.sign(1, 1);
    let publish = |house: &House| {
        let site = house.site();
        serve(move |path, _| match fs::read(site.join(&path[1..])) {
            Ok(bytes) => (200, "application/octet-stream", bytes),
            Err(_) => (404, "text/plain", Vec::new()),
        })
    };
    let (at_a, at_b) = (publish(&a), publish(&b));
    assert_eq!(a.collect_at(&b, &WebFiles::at(&Loopback, &at_b)).unwrap(), None);
    b.watch_at(&a, &WebFiles::at(&Loopback, &at_a), 2).unwrap();
    let collected = a.collect_at(&b, &WebFiles::at(&Loopback, &at_b)).unwrap().unwrap();
    assert_eq!(collected.time, at(2));
    a.sign(2, 3);
    assert_eq!(b.watch_at(&a, &WebFiles::at(&Loopback, &at_a), 4).unwrap().head.size, 2);
}
