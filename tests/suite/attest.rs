//! Signing a design survives whatever happens to the disk, and refuses what it must not build on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use selvedge::attest::{self, AttestError, Clock, Keys, Master, Places, Prepared};
use selvedge::evidence;
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::files::Below;
use selvedge::provenance::instant;
use selvedge::provenance::key::{Signer as _, TestSigner};
use selvedge::provenance::log::{Checkpoint, Head, append};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::provenance::record::{
    Design, LangText, Media, Photograph, Record, Sha256Digest, Subject, Uuid,
};
use selvedge::verify::trust::TrustedSigner;
use selvedge::verify::{self, LogState, State, Trust, Verdict};
use selvedge::write::{Disk, RealDisk, Stop, StoppingDisk};

/// A site's folder with the place of its remembered heads beside it.
struct Shop {
    dir: tempfile::TempDir,
    record: TestSigner,
    log: TestSigner,
    practice: bool,
}

impl Shop {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("site")).unwrap();
        let [record, log] = [1, 2].map(|seed| TestSigner::from_seed([seed; 32]));
        Self { dir, record, log, practice: false }
    }

    /// The same on another machine that knows as much.
    fn twin(&self) -> Self {
        let other = Self::new();
        copy(&self.site(), &other.site());
        copy(&self.heads(), &other.heads());
        other
    }

    fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }

    fn heads(&self) -> PathBuf {
        self.dir.path().join("heads")
    }

    fn issuer() -> DidWeb {
        DidWeb::parse("did:web:brand.example").unwrap()
    }

    fn log_key(&self) -> NoteKey {
        let origin = KeyName::parse("brand.example/log").unwrap();
        NoteKey::new(origin, self.log.verifier_key())
    }

    fn keys(&self) -> Keys<'_> {
        Keys { record: &self.record, log: &self.log }
    }

    fn prepared(&self, number: u8) -> Prepared {
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
            issuer: Did::Web(Self::issuer()),
            base: Self::issuer(),
            practice: self.practice,
            valid_from: at(number),
            valid_until: None,
            position: None,
            reissues: None,
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

    /// Opens the register and signs the design of that number, at its own time.
    fn sign(&self, disk: &dyn Disk, number: u8) -> Result<attest::Issued, AttestError> {
        let (site, heads) = (self.site(), self.heads());
        let places = Places { site: &site, heads: &heads };
        let mut register = attest::open(places, Self::issuer(), self.keys(), disk)?;
        register.issue(&self.prepared(number), at(number))
    }

    /// Opens the register without signing anything.
    fn mend(&self, disk: &dyn Disk) -> Result<usize, AttestError> {
        let (site, heads) = (self.site(), self.heads());
        let places = Places { site: &site, heads: &heads };
        attest::open(places, Self::issuer(), self.keys(), disk)
            .map(|register| register.completed().len())
    }

    fn log_state(&self) -> (LogState, u64) {
        let folder = evidence::Disk::at(self.site());
        let log = Below { files: &folder, folder: "log" };
        let audit = verify::log::audit(&log, Some(&self.log_key()), None, &mut |_, _| {});
        (audit.state, audit.head().map_or(0, |head| head.size))
    }

    fn trust(&self) -> Trust {
        let mut trust = Trust::nobody();
        trust.add(TrustedSigner {
            name: "Brand".to_owned(),
            did: Did::Web(Self::issuer()),
            fingerprint: Some(selvedge::provenance::sshsig::fingerprint(
                &self.record.verifier_key(),
            )),
            log: Some(self.log_key()),
            kinds: None,
            address: None,
            delegated: None,
        });
        trust
    }

    /// That everything in the folder holds, with so many records, all of them intact.
    fn expect_intact(&self, records: usize, context: &str) {
        let folder = evidence::Disk::at(self.site());
        let audit = verify::folder("site", &folder, &self.trust(), None, Some(at(200)));
        let bad: Vec<_> = audit
            .report
            .findings
            .iter()
            .chain(audit.report.records.iter().flat_map(|report| &report.findings))
            // Nobody outside vouches for a date yet; that is no fault.
            .filter(|finding| finding.verdict != Verdict::Valid)
            .filter(|finding| !["existed-by", "snapshot"].contains(&finding.check))
            .collect();
        assert!(bad.is_empty(), "{context}: {bad:#?}");
        assert_eq!(audit.report.state, State::RecordIntact, "{context}");
        assert_eq!(audit.records.len(), records, "{context}");
        for record in &audit.records {
            assert!(record.proof().is_some(), "{context}");
        }
        let strays = files(self.dir.path());
        let strays: Vec<_> = strays.keys().filter(|path| path.contains("selvedge-tmp")).collect();
        assert!(strays.is_empty(), "{context}: {strays:?}");
    }
}

/// A day of its own for each record.
fn at(number: u8) -> Timestamp {
    instant::parse("2026-11-01T00:00:00Z").unwrap()
        + SignedDuration::from_hours(24 * i64::from(number))
}

fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, into);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                into.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn signed_designs_are_whole_records_in_a_whole_register() {
    let shop = Shop::new();
    for number in 1..=3 {
        let issued = shop.sign(&RealDisk, number).unwrap();
        assert_eq!(issued.index, u64::from(number) - 1);
        for file in &issued.files {
            assert!(shop.site().join(file).is_file(), "{file}");
        }
        shop.expect_intact(usize::from(number), "signed");
    }
    assert!(fs::read_to_string(shop.site().join(".gitattributes")).unwrap().contains("records/"));
}

/// Stops signing at each mutating call in turn; what is there afterwards must always be a
/// valid register, and the next run must complete it.
fn stop_everywhere(before: u8, stop: fn() -> Stop, lose: Option<bool>) {
    let number = before + 1;
    for step in 0.. {
        let context = format!("{before} records before, step {step}, lost names {lose:?}");
        let shop = Shop::new();
        (1..=before).for_each(|number| drop(shop.sign(&RealDisk, number).unwrap()));
        let disk = StoppingDisk::new(step, stop());
        let done = shop.sign(&disk, number);
        if let Some(names) = lose {
            disk.lose_unsynced(names);
        }
        let reached = disk.steps() > step;
        if !reached {
            done.expect("no step failed");
            shop.expect_intact(usize::from(number), &context);
            assert!(step > 20, "only {step} steps");
            return;
        }
        let (state, size) = shop.log_state();
        // A first register has no head until it has its first entry.
        assert!(before == 0 || state == LogState::Ok, "{context}: {state:?} after {done:?}");
        assert!(size == u64::from(before) || size == u64::from(number), "{context}: {size}");
        // No head is in the folder, which may be published, before this machine remembers it.
        let places = Places { site: &shop.site(), heads: &shop.heads() };
        let seen = attest::remembered_head(places, &shop.log_key());
        let seen = seen.map_or(0, |head| head.head().size);
        assert!(size <= seen, "{context}: {size} entries are signed, {seen} remembered");
        // A crash of the recovery is recovered from too.
        drop(shop.mend(&StoppingDisk::new(step % 7, Stop::Crash)));
        shop.mend(&RealDisk).unwrap_or_else(|error| panic!("{context}: {error}"));
        let records = match shop.log_state() {
            (LogState::Ok, size) => size,
            (state, size) => {
                assert_eq!((state, size, before), (LogState::Absent, 0, 0), "{context}");
                0
            }
        };
        if records > 0 {
            shop.expect_intact(usize::try_from(records).unwrap(), &context);
        }
        // Life goes on, whether or not the interrupted record came into the register.
        let next = shop.sign(&RealDisk, 9).unwrap_or_else(|error| panic!("{context}: {error}"));
        assert_eq!(next.index, records, "{context}");
        shop.expect_intact(usize::try_from(records).unwrap() + 1, &context);
    }
}

#[test]
fn a_crash_at_any_step_of_the_first_signing_is_recovered_from() {
    stop_everywhere(0, || Stop::Crash, None);
}

#[test]
fn a_crash_at_any_step_of_a_later_signing_is_recovered_from() {
    stop_everywhere(2, || Stop::Crash, None);
}

#[test]
fn a_power_cut_that_loses_what_was_not_synced_is_recovered_from() {
    for names in [false, true] {
        stop_everywhere(0, || Stop::Crash, Some(names));
        stop_everywhere(1, || Stop::Crash, Some(names));
    }
}

#[test]
fn a_failing_disk_leaves_a_valid_register() {
    stop_everywhere(1, || Stop::Error(28), None);
    stop_everywhere(1, || Stop::Error(5), None);
}

/// Whoever sees that a command broke off runs it once more, and wants one record.
#[test]
fn the_same_command_after_a_crash_signs_no_second_record() {
    for stop in 0.. {
        let shop = Shop::new();
        shop.sign(&RealDisk, 1).unwrap();
        let disk = StoppingDisk::new(stop, Stop::Crash);
        if shop.sign(&disk, 2).is_ok() {
            assert!(stop > 20, "only {stop} steps");
            break;
        }
        let mut again = shop.prepared(2);
        again.record.uuid = Uuid::from_random([99; 16]);
        again.record.valid_from = at(3);
        let (site, heads) = (shop.site(), shop.heads());
        let places = Places { site: &site, heads: &heads };
        let mut register = attest::open(places, Shop::issuer(), shop.keys(), &RealDisk).unwrap();
        let issued = register.issue(&again, at(3)).unwrap();
        // Not so if the proof was all that was missing at its last step, the sync of its folder.
        let is_whole_already = disk.steps() == stop + 1 && issued.index == 2;
        assert!(issued.index == 1 || is_whole_already, "step {stop}: number {}", issued.index);
        // What is asked for once more within a run is signed.
        let mut third = shop.prepared(3);
        third.record.valid_from = at(4);
        assert_eq!(register.issue(&third, at(4)).unwrap().index, issued.index + 1);
        drop(register);
        shop.expect_intact(usize::try_from(shop.log_state().1).unwrap(), "afterwards");
    }
}

#[test]
fn a_failure_of_the_disk_is_said_in_words_and_ends_the_run() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    for (errno, words) in [(28, "disk is full"), (30, "not written to"), (122, "share of the disk")]
    {
        let (site, heads) = (shop.site(), shop.heads());
        let places = Places { site: &site, heads: &heads };
        let disk = StoppingDisk::new(3, Stop::Error(errno));
        let mut register = attest::open(places, Shop::issuer(), shop.keys(), &disk).unwrap();
        let error = register.issue(&shop.prepared(2), at(2)).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        // What is known of the disk is void now: this register signs nothing more.
        assert!(register.issue(&shop.prepared(3), at(3)).is_err());
        drop(register);
        shop.mend(&RealDisk).unwrap();
        shop.expect_intact(usize::try_from(shop.log_state().1).unwrap(), words);
    }
}

#[test]
fn a_run_that_finds_everything_in_order_writes_nothing() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    let before = files(shop.dir.path());
    let disk = StoppingDisk::new(usize::MAX, Stop::Crash);
    assert_eq!(shop.mend(&disk).unwrap(), 0);
    assert_eq!(disk.steps(), 0);
    assert_eq!(files(shop.dir.path()), before);
}

#[test]
fn a_register_that_became_shorter_is_not_signed_over() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    copy(&shop.site(), &shop.dir.path().join("copy"));
    shop.sign(&RealDisk, 2).unwrap();
    fs::remove_dir_all(shop.site()).unwrap();
    copy(&shop.dir.path().join("copy"), &shop.site());
    let before = files(&shop.site());
    let error = shop.sign(&RealDisk, 3).unwrap_err();
    assert!(matches!(error, AttestError::Rollback { .. }), "{error}");
    let words = error.to_string();
    assert!(words.contains("2 entries") && words.contains("1 entries"), "{words}");
    assert_eq!(files(&shop.site()), before);

    // The whole register gone: also a rollback, not a new beginning.
    fs::remove_dir_all(shop.site().join("log")).unwrap();
    assert!(matches!(shop.sign(&RealDisk, 3), Err(AttestError::Rollback { .. })));
    fs::remove_dir_all(shop.site().join("records")).unwrap();
    fs::remove_dir_all(shop.site().join("identity")).unwrap();
    assert!(matches!(shop.sign(&RealDisk, 3), Err(AttestError::Rollback { .. })));
}

#[test]
fn two_versions_of_the_register_are_found_and_both_named() {
    let one = Shop::new();
    one.sign(&RealDisk, 1).unwrap();
    let other = one.twin();
    one.sign(&RealDisk, 2).unwrap();
    other.sign(&RealDisk, 3).unwrap();
    other.sign(&RealDisk, 4).unwrap();
    let there = other.log_state();
    assert_eq!(there, (LogState::Ok, 3));
    // The synced folder brings the other machine's side; this one remembers its own.
    fs::remove_dir_all(one.site()).unwrap();
    copy(&other.site(), &one.site());
    let before = files(&one.site());
    let error = one.sign(&RealDisk, 5).unwrap_err();
    assert!(matches!(error, AttestError::Fork { .. }), "{error}");
    let words = error.to_string();
    assert!(words.contains("2 entries") && words.contains("3 entries"), "{words}");
    assert_eq!(files(&one.site()), before);
    // Also when both are of one length.
    other.sign(&RealDisk, 5).unwrap();
    one.sign(&RealDisk, 5).unwrap_err();
}

#[test]
fn a_second_head_beside_the_checkpoint_stops_the_signing() {
    for (name, append) in [
        ("log/checkpoint (conflicted copy 2026-11-01)", false),
        ("log/checkpoint.sync-conflict-20261101-101010-ABCDEFG", false),
        ("log/checkpoint", true),
    ] {
        let shop = Shop::new();
        shop.sign(&RealDisk, 1).unwrap();
        let mut bytes = fs::read(shop.site().join("log/checkpoint")).unwrap();
        if append {
            bytes = [b"<<<<<<< HEAD\n", &bytes[..], b"=======\n", &bytes, b">>>>>>> x\n"].concat();
        }
        fs::write(shop.site().join(name), bytes).unwrap();
        let error = shop.sign(&RealDisk, 2).unwrap_err().to_string();
        assert!(
            error.starts_with(name) && error.contains("selvedge log repair"),
            "{name}: {error}"
        );
    }
}

/// The sync brings the other machine's shorter side to the one that signed more.
#[test]
fn the_shorter_side_of_a_fork_is_not_overwritten_by_the_longer_one() {
    let one = Shop::new();
    one.sign(&RealDisk, 1).unwrap();
    let other = one.twin();
    one.sign(&RealDisk, 2).unwrap();
    one.sign(&RealDisk, 3).unwrap();
    other.sign(&RealDisk, 4).unwrap();
    for parts in [&["log/checkpoint"][..], &["log"], &["log", "records"], &["records"]] {
        let here = one.twin();
        for part in parts {
            let (from, to) = (other.site().join(part), here.site().join(part));
            match from.is_dir() {
                true => copy(&from, &to),
                false => fs::write(to, fs::read(from).unwrap()).unwrap(),
            }
        }
        let before = files(&here.site());
        let error = here.sign(&RealDisk, 5).unwrap_err();
        let is_fork = matches!(error, AttestError::Fork { .. });
        assert!(is_fork || parts == ["records"], "{parts:?}: {error}");
        assert_eq!(files(&here.site()), before, "{parts:?}");
    }
    // And where the own head is the copy that lost.
    let here = one.twin();
    fs::rename(here.site().join("log/checkpoint"), here.site().join("log/checkpoint (1)")).unwrap();
    fs::copy(other.site().join("log/checkpoint"), here.site().join("log/checkpoint")).unwrap();
    let before = files(&here.site());
    let error = here.sign(&RealDisk, 5).unwrap_err().to_string();
    assert!(error.contains("log/checkpoint (1)"), "{error}");
    assert_eq!(files(&here.site()), before);
}

#[test]
fn what_a_cloud_drive_put_away_stops_the_signing_and_is_named() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    let whole = files(&shop.site());
    let signed = |path: &&String| {
        ["log/", "records/", "identity/"].iter().any(|folder| path.starts_with(folder))
    };
    for path in whole.keys().filter(signed) {
        for heads in [true, false] {
            let here = Shop::new();
            copy(&shop.site(), &here.site());
            if heads {
                copy(&shop.heads(), &here.heads());
            }
            let (folder, name) = path.rsplit_once('/').unwrap();
            let away = here.site().join(folder).join(format!(".{name}.icloud"));
            fs::rename(here.site().join(path), away).unwrap();
            let before = files(&here.site());
            let error = here.sign(&RealDisk, 2).unwrap_err().to_string();
            let is_named = error.contains(path.as_str()) && error.contains("not downloaded yet");
            assert!(is_named, "{path}: {error}");
            assert_eq!(files(&here.site()), before, "{path}");
        }
    }
}

#[test]
fn no_register_is_begun_beside_records_of_one_that_is_missing() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    shop.sign(&RealDisk, 2).unwrap();
    // Another machine, to which only the records have come.
    let other = Shop::new();
    copy(&shop.site(), &other.site());
    fs::remove_dir_all(other.site().join("log")).unwrap();
    for path in files(&other.site()).into_keys().filter(|path| path.ends_with(".tlog-proof")) {
        fs::remove_file(other.site().join(path)).unwrap();
    }
    let before = files(&other.site());
    let error = other.sign(&RealDisk, 3).unwrap_err().to_string();
    assert!(error.contains("Wait until the folder is synced"), "{error}");
    assert_eq!(files(&other.site()), before);
    assert!(!other.heads().exists(), "nothing is remembered of it");
    copy(&shop.site(), &other.site());
    other.sign(&RealDisk, 3).unwrap();
    other.expect_intact(3, "after the rest came");
}

/// A sync tool may bring the records of another machine before its log.
#[test]
fn a_record_that_came_before_its_log_stops_the_signing() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    let other = Shop::new();
    copy(&shop.site(), &other.site());
    other.sign(&RealDisk, 2).unwrap();
    for name in fs::read_dir(other.site().join("records")).unwrap() {
        let name = name.unwrap().path();
        if name.is_file() {
            fs::copy(&name, shop.site().join("records").join(name.file_name().unwrap())).unwrap();
        }
    }
    let before = files(&shop.site());
    let error = shop.sign(&RealDisk, 3).unwrap_err().to_string();
    assert!(error.contains("Wait until the folder is synced"), "{error}");
    assert_eq!(files(&shop.site()), before);
    copy(&other.site(), &shop.site());
    shop.sign(&RealDisk, 3).unwrap();
    shop.expect_intact(3, "after the rest came");
}

#[test]
fn what_belongs_to_no_record_stops_nothing_and_is_told() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    let records = shop.site().join("records");
    let names =
        [".DS_Store", "Thumbs.db", "empty.json", "notes.json", "old", "old.json", "stranger.json"];
    for name in names {
        let path = records.join(name);
        match name {
            "old" | "old.json" => fs::create_dir(path).unwrap(),
            "empty.json" => fs::write(path, b"").unwrap(),
            _ => fs::write(path, b"{\"what\": \"to buy\"}").unwrap(),
        }
    }
    // A record that is in the register under its own name, too.
    let own = files(&records).into_iter().find(|(name, _)| name.len() == 37).unwrap();
    fs::write(records.join("kept.json"), &own.1).unwrap();
    shop.sign(&RealDisk, 2).unwrap();
    let (site, heads) = (shop.site(), shop.heads());
    let places = Places { site: &site, heads: &heads };
    let register = attest::open(places, Shop::issuer(), shop.keys(), &RealDisk).unwrap();
    let mut told = names.to_vec();
    told.insert(4, "kept.json");
    told.sort_unstable();
    assert_eq!(register.strays(), told);
}

#[test]
fn a_second_copy_of_a_record_stops_the_signing() {
    for copy in [
        "{} (conflicted copy 2026-11-01).json",
        "{}.sync-conflict-20261101-101010-ABCDEFG.json",
        "{} 2.json",
        "Copy of {}.json",
    ] {
        let shop = Shop::new();
        shop.sign(&RealDisk, 1).unwrap();
        let records = shop.site().join("records");
        let (name, bytes) = files(&records).into_iter().find(|(name, _)| name.len() == 37).unwrap();
        let copy = copy.replace("{}", name.strip_suffix(".json").unwrap());
        fs::write(records.join(&copy), bytes).unwrap();
        let why = shop.sign(&RealDisk, 2).unwrap_err().to_string();
        assert!(why.contains(&copy) && why.contains("selvedge log check"), "{why}");
        fs::remove_file(records.join(&copy)).unwrap();
        shop.sign(&RealDisk, 2).unwrap();
    }
    // A record that the register does not have, under another name.
    let [shop, other] = [(); 2].map(|()| Shop::new());
    shop.sign(&RealDisk, 1).unwrap();
    other.sign(&RealDisk, 2).unwrap();
    let theirs = other.site().join("records");
    let (name, bytes) = files(&theirs).into_iter().find(|(name, _)| name.len() == 37).unwrap();
    fs::write(shop.site().join("records/download.json"), bytes).unwrap();
    let why = shop.sign(&RealDisk, 3).unwrap_err().to_string();
    assert!(why.contains("download.json") && why.contains(&name), "{why}");
}

#[test]
fn any_damaged_file_of_the_register_stops_the_signing() {
    let shop = Shop::new();
    (1..=3).for_each(|number| drop(shop.sign(&RealDisk, number).unwrap()));
    let whole = files(&shop.site());
    let needed = |path: &str| {
        path.ends_with("checkpoint")
            || path.ends_with("000.p/3")
            || path.starts_with("identity/")
            || path.starts_with("records/") && path.ends_with(".json")
    };
    for (path, bytes) in whole.iter().filter(|(path, _)| needed(path)) {
        let on_disk = shop.site().join(path);
        let middle = bytes.len() / 2;
        let mut flipped = bytes.clone();
        flipped[middle] ^= 1;
        for damaged in [flipped, bytes[..middle].to_vec(), Vec::new()] {
            fs::write(&on_disk, &damaged).unwrap();
            assert!(shop.sign(&RealDisk, 4).is_err(), "{path}");
            assert_eq!(fs::read(&on_disk).unwrap(), damaged, "{path} was overwritten");
        }
        fs::write(&on_disk, bytes).unwrap();
    }
    assert_eq!(files(&shop.site()), whole);
    for path in whole.keys().filter(|path| needed(path) && path.starts_with("records/")) {
        fs::remove_file(shop.site().join(path)).unwrap();
        assert!(shop.sign(&RealDisk, 4).is_err(), "without {path}");
        fs::write(shop.site().join(path), &whole[path]).unwrap();
    }
    shop.sign(&RealDisk, 4).unwrap();
    shop.expect_intact(4, "mended by hand");
}

#[test]
fn what_can_be_made_again_from_the_register_is_made_again() {
    let shop = Shop::new();
    (1..=2).for_each(|number| drop(shop.sign(&RealDisk, number).unwrap()));
    let whole = files(&shop.site());
    for path in whole.keys() {
        if path.ends_with(".tlog-proof") || path.starts_with("identity/") {
            fs::remove_file(shop.site().join(path)).unwrap();
            shop.mend(&RealDisk).unwrap_or_else(|error| panic!("without {path}: {error}"));
            shop.expect_intact(2, path);
        }
    }
}

#[test]
fn other_keys_and_other_addresses_are_refused() {
    let mut shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    let before = files(shop.dir.path());
    let (site, heads) = (shop.site(), shop.heads());
    let places = Places { site: &site, heads: &heads };
    let elsewhere = DidWeb::parse("did:web:other.example").unwrap();
    assert!(attest::open(places, elsewhere, shop.keys(), &RealDisk).is_err());
    shop.record = TestSigner::from_seed([3; 32]);
    assert!(matches!(shop.sign(&RealDisk, 2), Err(AttestError::OtherIdentity(_))));
    shop.record = TestSigner::from_seed([1; 32]);
    shop.log = TestSigner::from_seed([4; 32]);
    assert!(matches!(shop.sign(&RealDisk, 2), Err(AttestError::OtherIdentity(_))));
    shop.log = TestSigner::from_seed([1; 32]);
    assert!(shop.sign(&RealDisk, 2).is_err(), "one key in two roles");
    assert_eq!(files(shop.dir.path()), before);
}

#[test]
fn one_key_in_two_roles_signs_nothing() {
    let mut shop = Shop::new();
    shop.log = TestSigner::from_seed([1; 32]);
    assert!(shop.sign(&RealDisk, 1).is_err());
    assert!(files(shop.dir.path()).is_empty());
}

#[test]
fn a_clock_that_ran_back_is_refused_and_one_that_jumped_is_asked_about() {
    let shop = Shop::new();
    shop.sign(&RealDisk, 2).unwrap();
    let before = files(shop.dir.path());
    assert!(matches!(shop.sign(&RealDisk, 1), Err(AttestError::ClockBehind { .. })));
    assert_eq!(files(shop.dir.path()), before);
    let (site, heads) = (shop.site(), shop.heads());
    let places = Places { site: &site, heads: &heads };
    let register = attest::open(places, Shop::issuer(), shop.keys(), &RealDisk).unwrap();
    let year = |text: &str| instant::parse(text).unwrap();
    assert!(register.clock(year("2001-01-01T00:00:00Z")).is_err());
    assert!(register.clock(at(2) - SignedDuration::from_hours(1)).is_err());
    assert_eq!(register.clock(at(3)).unwrap(), Clock::Fine);
    assert!(matches!(register.clock(year("2099-01-01T00:00:00Z")).unwrap(), Clock::Jump { .. }));
}

#[test]
fn two_runs_cannot_sign_at_once() {
    let shop = Shop::new();
    let (site, heads) = (shop.site(), shop.heads());
    let places = Places { site: &site, heads: &heads };
    let held = attest::open(places, Shop::issuer(), shop.keys(), &RealDisk).unwrap();
    let error = shop.sign(&RealDisk, 1).unwrap_err().to_string();
    assert!(error.contains("another run"), "{error}");
    drop(held);
    shop.sign(&RealDisk, 1).unwrap();
}

#[test]
fn a_foreign_register_of_the_same_name_is_not_continued() {
    // Well-formed tiles and a head signed by somebody else.
    let shop = Shop::new();
    shop.sign(&RealDisk, 1).unwrap();
    let forger = TestSigner::from_seed([9; 32]);
    let plan = append::plan(Head::empty(), &BTreeMap::new(), &[b"anything\n".to_vec()]).unwrap();
    for (path, bytes) in &plan.files {
        fs::write(shop.site().join("log").join(path), bytes).unwrap();
    }
    let forged = Checkpoint::sign(shop.log_key().name(), plan.head, &forger);
    fs::write(shop.site().join("log/checkpoint"), forged.to_string()).unwrap();
    assert!(shop.sign(&RealDisk, 2).is_err());
}

#[test]
fn what_is_signed_in_one_sitting_stops_where_the_disk_fails_and_says_what_is_done() {
    let mut seen = [false; 3];
    for stop in 0.. {
        let shop = Shop::new();
        shop.sign(&RealDisk, 1).expect("the first record");
        let (site, heads) = (shop.site(), shop.heads());
        let places = Places { site: &site, heads: &heads };
        let disk = StoppingDisk::new(stop, Stop::Crash);
        let sitting = [shop.prepared(2), shop.prepared(3)];
        let Ok(mut register) = attest::open(places, Shop::issuer(), shop.keys(), &disk) else {
            continue;
        };
        let (issued, stopped) = attest::certify::issue_each(&mut register, &sitting, at(4));
        seen[issued.len()] = true;
        assert_eq!(stopped.is_none(), issued.len() == 2, "at {stop}");
        drop(register);
        // What is said to be signed is in the register; the one that was begun may be completed by the next run.
        let mut register = attest::open(places, Shop::issuer(), shop.keys(), &RealDisk).unwrap();
        for one in &issued {
            assert!(register.holds(&one.id), "at {stop}");
        }
        let there = attest::SiteLookup::load(&site);
        let is_there = |one: &&Prepared| {
            there
                .records()
                .any(|it| it.record().uuid == one.record.uuid && register.holds(&it.id()))
        };
        let rest: Vec<Prepared> = sitting.iter().filter(|one| !is_there(one)).cloned().collect();
        assert!(
            rest.len() + issued.len() <= 2,
            "at {stop}: what is signed is not to be signed again"
        );
        let (_, stopped) = attest::certify::issue_each(&mut register, &rest, at(4));
        assert!(stopped.is_none(), "at {stop}: {stopped:?}");
        drop(register);
        shop.expect_intact(3, &format!("at {stop}"));
        if issued.len() == 2 {
            break;
        }
    }
    assert_eq!(seen, [true; 3], "it stopped before, between and behind the two");
}

#[test]
fn a_practice_record_is_logged_and_says_so() {
    let mut shop = Shop::new();
    shop.practice = true;
    shop.sign(&RealDisk, 1).unwrap();
    let folder = evidence::Disk::at(shop.site());
    let audit = verify::folder("site", &folder, &shop.trust(), None, Some(at(2)));
    assert_eq!(audit.report.state, State::Practice);
    assert_eq!(shop.log_state(), (LogState::Ok, 1));
}
