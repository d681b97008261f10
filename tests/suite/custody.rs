//! Key files: others' tools read ours, and a stranger's costs nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use selvedge::custody::{CustodyError, KeyFolder, Passphrase, Randomness, Role};
use selvedge::provenance::key::{Signer as _, TestSigner};
use selvedge::provenance::sshsig;
use selvedge::write::{RealDisk, Stop, StoppingDisk};

use crate::support::{House, said};

const PHRASE: &str = "seven quiet looms";

fn phrase() -> Passphrase {
    Passphrase::new(PHRASE.to_owned())
}

fn random(byte: u8) -> Randomness {
    Randomness { seed: [byte; 32].into(), salt: [byte; 16], check: 7 }
}

fn folder(home: &Path) -> KeyFolder {
    KeyFolder::admit(&home.join("keys"), &home.join("site")).unwrap()
}

/// Runs ssh-keygen; nothing if it is not installed.
fn ssh_keygen(arguments: &[&str]) -> Option<(bool, String)> {
    match Command::new("ssh-keygen").args(arguments).output() {
        Ok(output) => Some((output.status.success(), String::from_utf8(output.stdout).unwrap())),
        Err(error) => {
            eprintln!("skipped: ssh-keygen does not run here ({error})");
            None
        }
    }
}

#[test]
fn ssh_keygen_reads_our_key_files_with_their_passphrase_only() {
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    let made = keys.create(&RealDisk, Role::Record, &random(1), &phrase(), "a comment").unwrap();
    let path = made.path.to_str().unwrap();
    let Some((opened, public)) = ssh_keygen(&["-y", "-P", PHRASE, "-f", path]) else { return };
    assert!(opened);
    let line = sshsig::public_key_line(&made.public);
    assert!(public.starts_with(&line), "{public} is not {line}");
    assert!(fs::read_to_string(made.path.with_extension("pub")).unwrap().starts_with(&line));
    let (opened, _) = ssh_keygen(&["-y", "-P", "another passphrase", "-f", path]).unwrap();
    assert!(!opened);
    let (_, shown) = ssh_keygen(&["-l", "-f", &format!("{path}.pub")]).unwrap();
    assert!(shown.contains(&made.fingerprint), "{shown}");
}

#[test]
fn a_key_that_ssh_keygen_protected_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    fs::create_dir_all(keys.path()).unwrap();
    let path = keys.path().join("log");
    let path = path.to_str().unwrap();
    let new = ["-q", "-t", "ed25519", "-a", "100", "-N", PHRASE, "-C", "", "-f", path];
    let Some((made, _)) = ssh_keygen(&new) else { return };
    assert!(made);
    let opened = keys.unlock(Role::Log, &phrase()).unwrap();
    assert_eq!(opened.verifier_key(), keys.facts(Role::Log).unwrap().public);

    // Too few rounds, no passphrase, another kind of key: refused, with what to do.
    for (new, words) in [
        (["-t", "ed25519", "-a", "16", "-N", PHRASE], "-a 100"),
        (["-t", "ed25519", "-a", "100", "-N", ""], "no passphrase"),
        (["-t", "ecdsa", "-a", "100", "-N", PHRASE], ""),
    ] {
        fs::remove_file(path).unwrap();
        let (made, _) = ssh_keygen(&[&["-q", "-C", "", "-f", path][..], &new].concat()).unwrap();
        assert!(made);
        let error = keys.unlock(Role::Log, &phrase()).unwrap_err();
        assert!(matches!(error, CustodyError::Unusable(..)), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        fs::remove_file(format!("{path}.pub")).unwrap();
    }
}

/// An OpenSSH key file with the fields that a stranger could choose.
struct Crafted<'a> {
    cipher: &'a str,
    kdf: &'a str,
    salt_len: u32,
    salt: &'a [u8],
    rounds: u32,
    keys: u32,
    secret_len: u32,
}

const SOUND: Crafted<'_> = Crafted {
    cipher: "aes256-ctr",
    kdf: "bcrypt",
    salt_len: 16,
    salt: &[1; 16],
    rounds: 100,
    keys: 1,
    secret_len: 160,
};

impl Crafted<'_> {
    fn pem(&self) -> String {
        fn string(into: &mut Vec<u8>, bytes: &[u8]) {
            into.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
            into.extend(bytes);
        }
        let mut options = self.salt_len.to_be_bytes().to_vec();
        options.extend(self.salt);
        options.extend(self.rounds.to_be_bytes());
        let mut public = Vec::new();
        string(&mut public, b"ssh-ed25519");
        string(&mut public, TestSigner::from_seed([5; 32]).verifier_key().as_bytes());
        let mut key = b"openssh-key-v1\0".to_vec();
        string(&mut key, self.cipher.as_bytes());
        string(&mut key, self.kdf.as_bytes());
        string(&mut key, &options);
        key.extend(self.keys.to_be_bytes());
        string(&mut key, &public);
        key.extend(self.secret_len.to_be_bytes());
        key.extend([9; 160]);
        let text = BASE64.encode(&key);
        let lines: Vec<&str> =
            text.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let body = lines.join("\n");
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n")
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the bound under test is one of time")]
fn crafted_key_files_are_refused_at_once() {
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    fs::create_dir_all(keys.path()).unwrap();
    let long = vec![1; 4096];
    let mut cases: Vec<(String, Vec<u8>)> = [
        ("rounds, all", Crafted { rounds: u32::MAX, ..SOUND }),
        ("rounds, many", Crafted { rounds: 5_000, ..SOUND }),
        ("rounds, none", Crafted { rounds: 0, ..SOUND }),
        ("salt, long", Crafted { salt: &long, salt_len: 4096, ..SOUND }),
        ("salt, length a lie", Crafted { salt_len: u32::MAX, ..SOUND }),
        ("no salt", Crafted { salt: &[], salt_len: 0, ..SOUND }),
        ("keys, none", Crafted { keys: 0, ..SOUND }),
        ("keys, all", Crafted { keys: u32::MAX, ..SOUND }),
        ("secret, length a lie", Crafted { secret_len: u32::MAX, ..SOUND }),
        ("cipher, unknown", Crafted { cipher: "rot13", ..SOUND }),
        ("cipher, none", Crafted { cipher: "none", ..SOUND }),
        ("derivation, unknown", Crafted { kdf: "scrypt", ..SOUND }),
        ("derivation, none", Crafted { kdf: "none", ..SOUND }),
    ]
    .into_iter()
    .map(|(name, crafted)| (name.to_owned(), crafted.pem().into_bytes()))
    .collect();
    let sound = SOUND.pem();
    for cut in (0..sound.len()).step_by(7) {
        cases.push((format!("cut at {cut}"), sound.as_bytes()[..cut].to_vec()));
    }
    cases.push(("a megabyte".to_owned(), vec![b'A'; 1 << 20]));
    cases.push(("not text".to_owned(), vec![0xff; 1000]));
    let start = Instant::now();
    for (name, bytes) in &cases {
        fs::write(keys.path().join("record"), bytes).unwrap();
        for error in [
            keys.facts(Role::Record).map(drop).unwrap_err(),
            keys.unlock(Role::Record, &phrase()).map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, CustodyError::Unusable(..)), "{name}: {error}");
        }
    }
    let each = start.elapsed() / u32::try_from(cases.len()).unwrap();
    assert!(each < Duration::from_millis(100), "{each:?} a file");
}

#[test]
fn the_costliest_key_file_that_is_taken_costs_two_seconds_at_most() {
    // Counted in rounds, for tests share their machine: 256 take less than two seconds of one
    // slow core.
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    fs::create_dir_all(keys.path()).unwrap();
    for (rounds, is_taken) in [(99, false), (100, true), (256, true), (257, false)] {
        fs::write(keys.path().join("log"), Crafted { rounds, ..SOUND }.pem()).unwrap();
        assert_eq!(keys.facts(Role::Log).is_ok(), is_taken, "{rounds} rounds");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    fs::create_dir_all(keys.path().join("record")).unwrap();
    assert!(keys.facts(Role::Record).is_err());
    let pipe = keys.path().join("log");
    let Ok(made) = Command::new("mkfifo").arg(&pipe).status() else { return };
    assert!(made.success());
    assert!(matches!(keys.facts(Role::Log), Err(CustodyError::Unusable(..))));
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    let made = keys.create(&RealDisk, Role::Log, &random(1), &phrase(), "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&made.path), mode(keys.path())), (0o600, 0o700));
    assert!(keys.close_to_others().is_empty());
    fs::set_permissions(&made.path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(keys.close_to_others(), std::slice::from_ref(&made.path));
    assert_eq!(mode(&made.path), 0o600);
    assert!(keys.close_to_others().is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_the_keys_into_the_site_or_into_git() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let site = home.path().join("site");
    fs::create_dir_all(site.join("private")).unwrap();
    fs::create_dir_all(home.path().join("repo/deep")).unwrap();
    // A worktree's .git is a file.
    fs::write(home.path().join("repo/.git"), "gitdir: elsewhere").unwrap();
    symlink(site.join("private"), home.path().join("link")).unwrap();
    symlink(&site, home.path().join("site-link")).unwrap();
    symlink(home.path().join("repo/deep"), home.path().join("repo-link")).unwrap();
    for path in ["link", "link/keys", "site-link/keys", "repo-link", "repo-link/a/b", "repo/deep"] {
        let refused = KeyFolder::admit(&home.path().join(path), &site).unwrap_err();
        assert!(matches!(refused, CustodyError::Exposed(_)), "{path}");
    }
    let through_link = home.path().join("site-link");
    assert!(KeyFolder::admit(&site.join("keys"), &through_link).is_err());
}

#[test]
fn a_failing_disk_never_leaves_half_a_key() {
    // At writing, renaming and syncing the key, and at writing its public half: each try costs
    // the derivation of the passphrase once.
    for step in [2, 3, 4, 5] {
        let home = tempfile::tempdir().unwrap();
        let keys = folder(home.path());
        let disk = StoppingDisk::new(step, Stop::Crash);
        keys.create(&disk, Role::Record, &random(1), &phrase(), "").unwrap_err();
        assert_eq!(disk.steps(), step + 1);
        disk.lose_unsynced(true);
        match keys.facts(Role::Record) {
            Ok(_) => assert!(step > 2),
            Err(CustodyError::Missing(..)) => assert!(step < 5),
            Err(error) => panic!("at {step}: {error}"),
        }
    }
}

#[test]
fn errors_and_debug_output_hold_no_secret() {
    let home = tempfile::tempdir().unwrap();
    let keys = folder(home.path());
    keys.create(&RealDisk, Role::Log, &random(0x41), &phrase(), "").unwrap();
    let opened = keys.unlock(Role::Log, &phrase()).unwrap();
    let wrong = Passphrase::new("a wrong passphrase".to_owned());
    let error = keys.unlock(Role::Log, &wrong).map(drop).unwrap_err();
    let all = format!("{opened:?} {:?} {error:?} {error} {keys:?}", phrase());
    for secret in [PHRASE, "wrong passphrase is", "AAAAAAAA", "65, 65"] {
        assert!(!all.contains(secret), "{all}");
    }
}

mod laptop {
    //! A laptop is gone: what the backup and the sheet bring back, and what they refuse.

    use std::fs;
    use std::path::{Path, PathBuf};

    use jiff::{SignedDuration, Timestamp};
    use selvedge::custody::backup::{self, BackupError, Elsewhere, Sources};
    use selvedge::custody::setup::{self, Drill, Profile, Setup, SetupState};
    use selvedge::custody::{KeyFolder, Passphrase, Role, Seed};
    use selvedge::evidence::Disk as Folder;
    use selvedge::provenance::files::Below;
    use selvedge::provenance::key::{Signer as _, TestSigner};
    use selvedge::provenance::log::{Checkpoint, Head, LeafHash, RecordId, RootHash, append};
    use selvedge::provenance::note::{KeyName, NoteKey};
    use selvedge::write::RealDisk;

    use super::{folder, phrase};

    const ADDRESS: &str = "brand.example";
    const AT: Timestamp = Timestamp::constant(1_790_000_000, 0);

    /// A home with a site, keys and a register.
    struct Home {
        home: tempfile::TempDir,
        keys: KeyFolder,
        key: NoteKey,
        sheet: String,
    }

    impl Home {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            let site = home.path().join("site");
            fs::create_dir_all(site.join("identity")).unwrap();
            fs::create_dir_all(site.join("private/seals")).unwrap();
            fs::create_dir_all(site.join("public")).unwrap();
            fs::create_dir_all(site.join(".git")).unwrap();
            fs::write(site.join(".git/config"), "[core]").unwrap();
            fs::write(site.join("site.toml"), "name = \"Brand\"").unwrap();
            fs::write(site.join("private/seals/one"), "a seal").unwrap();
            fs::write(site.join("public/.selvedge-manifest"), "selvedge manifest 1").unwrap();
            fs::write(site.join("public/index.html"), "built").unwrap();
            let long = format!("products/{}/index.md", "vải-".repeat(40));
            fs::create_dir_all(site.join(&long).parent().unwrap()).unwrap();
            fs::write(site.join(&long), "a long name").unwrap();
            let keys = folder(home.path());
            let mut byte = 0;
            let setup = Setup::of(Profile::Producer, &mut || {
                byte += 1;
                Ok(Seed::new([byte; 32].into()))
            })
            .unwrap();
            let lines = setup.sheets()[0].1.to_sheet_lines();
            let sheet = lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n");
            let made = setup.store(&keys, &RealDisk, &phrase(), ADDRESS, AT, Drill::Later).unwrap();
            let origin = KeyName::parse(&format!("{ADDRESS}/log")).unwrap();
            let key = NoteKey::new(origin, made.log.verifier_key());
            fs::write(site.join("identity/log.vkey"), format!("{key}\n")).unwrap();
            let new = Self { home, keys, key, sheet };
            new.grow(&new.site(), &["one", "two"], true);
            new
        }

        fn site(&self) -> PathBuf {
            self.home.path().join("site")
        }

        /// Appends entries to the register in a folder.
        fn grow(&self, site: &Path, entries: &[&str], is_remembered: bool) {
            let log = self.keys.unlock(Role::Log, &phrase()).unwrap();
            let old = fs::read(site.join("log/checkpoint"))
                .map_or(Head::empty(), |bytes| Checkpoint::parse(&bytes).unwrap().head());
            let files = Folder::at(site);
            let entries: Vec<Vec<u8>> =
                entries.iter().map(|entry| entry.as_bytes().to_vec()).collect();
            let below = Below { files: &files, folder: "log" };
            let plan = append::plan(old, &below, &entries).unwrap();
            for (path, bytes) in &plan.files {
                let path = site.join("log").join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            let checkpoint = Checkpoint::sign(self.key.name(), plan.head, &log).to_string();
            fs::write(site.join("log/checkpoint"), &checkpoint).unwrap();
            if is_remembered {
                let path = remembered(&self.home.path().join("heads"), &self.key);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, checkpoint).unwrap();
            }
        }

        fn backup(&self, name: &str) -> PathBuf {
            let to = self.home.path().join(name);
            let heads = self.home.path().join("heads");
            let site = self.site();
            let sources =
                Sources { site: &site, keys: &self.keys, heads: &heads, address: ADDRESS };
            backup::create(&to, sources, &phrase(), AT, &RealDisk).unwrap();
            to
        }
    }

    fn remembered(heads: &Path, key: &NoteKey) -> PathBuf {
        let id = RecordId::of(key.to_string().as_bytes());
        heads.join(data_encoding::HEXLOWER.encode(id.as_bytes())).join("checkpoint")
    }

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }

    #[test]
    fn everything_comes_back_on_another_machine() {
        let old = Home::new();
        let file = old.backup("brand.age");
        let next = old.keys.state().unwrap().unwrap().next_key_hash;
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
        let checked = backup::check(&file, &phrase(), &phrase()).unwrap();
        assert_eq!(checked.keys.len(), 3);
        assert_eq!((checked.about.address.as_str(), checked.about.made), (ADDRESS, AT));

        // Nothing is left but the file, the passphrase and the sheet.
        let new = tempfile::tempdir().unwrap();
        let heads = new.path().join("data/heads");
        let to = new.path().join("shop");
        let keys = KeyFolder::admit(&new.path().join("data/keys"), &to).unwrap();
        let staging = new.path().join("staging");
        let staged = backup::open(&file, &phrase(), &staging, &RealDisk).unwrap();
        let published = Folder::at(old.site());
        let elsewhere = [Elsewhere { name: "the published site", files: &published }];
        let compared = staged.compare(&heads, &elsewhere).unwrap();
        assert!(!compared.is_behind());
        staged.settle(&compared, &to, Some(&keys), &heads, &RealDisk).unwrap();
        staged.discard(&RealDisk).unwrap();
        assert!(!staging.exists());
        assert_eq!(fs::read_to_string(to.join("private/seals/one")).unwrap(), "a seal");
        assert!(to.join(format!("products/{}/index.md", "vải-".repeat(40))).is_file());
        assert!(!to.join(".git").exists() && !to.join("public").exists());
        assert_eq!(
            fs::read(remembered(&heads, &old.key)).unwrap(),
            fs::read(old.site().join("log/checkpoint")).unwrap()
        );
        for role in Profile::Producer.roles() {
            let before = old.keys.facts(*role).unwrap();
            assert_eq!(keys.unlock(*role, &phrase()).unwrap().verifier_key(), before.public);
        }
        assert_eq!(keys.state().unwrap(), old.keys.state().unwrap());
        setup::next_from_paper(&old.sheet, &next).unwrap();
        // A second time there is something in the way, and it stays.
        let again = backup::open(&file, &phrase(), &staging, &RealDisk).unwrap();
        let refused = again.settle(&compared, &to, Some(&keys), &heads, &RealDisk).unwrap_err();
        assert!(matches!(refused, BackupError::Exists(_)));
    }

    #[test]
    fn what_a_witness_remembers_of_others_comes_back_and_is_never_made_older() {
        let home = Home::new();
        let heads = home.home.path().join("heads");
        let neighbour = NoteKey::new(
            KeyName::parse("neighbour.example/log").unwrap(),
            TestSigner::from_seed([9; 32]).verifier_key(),
        );
        // Where `log witness` keeps it: by the key that cosigns, and by the register.
        let memory = |heads: &Path| {
            heads.join("witness").join("ab".repeat(32)).join("cd".repeat(32)).join("checkpoint")
        };
        let remember = |heads: &Path, size: u64| {
            let root = RootHash(LeafHash::of(&size.to_le_bytes()).0);
            let head = Head { size, root };
            let seen = Checkpoint::sign(neighbour.name(), head, &TestSigner::from_seed([9; 32]));
            let path = memory(heads);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, seen.to_string()).unwrap();
        };
        let size_of = |heads: &Path| {
            let bytes = fs::read(memory(heads)).unwrap();
            Checkpoint::parse(&bytes).unwrap().head().size
        };
        remember(&heads, 5);
        let file = home.backup("brand.age");
        // A new machine; one that saw more since; one that saw less.
        for (known, after) in [(None, 5), (Some(7), 7), (Some(3), 5)] {
            let new = tempfile::tempdir().unwrap();
            let (to, heads) = (new.path().join("shop"), new.path().join("data/heads"));
            if let Some(size) = known {
                remember(&heads, size);
            }
            let keys = KeyFolder::admit(&new.path().join("data/keys"), &to).unwrap();
            let staged =
                backup::open(&file, &phrase(), &new.path().join("staging"), &RealDisk).unwrap();
            let compared = staged.compare(&heads, &[]).unwrap();
            staged.settle(&compared, &to, Some(&keys), &heads, &RealDisk).unwrap();
            assert_eq!(size_of(&heads), after, "{known:?}");
            assert!(!keys.path().join("heads").exists());
        }
    }

    #[test]
    fn a_site_comes_back_beside_its_keys_that_were_tested_since() {
        let home = Home::new();
        let file = home.backup("brand.age");
        let tested = SetupState {
            tested: Some(AT + SignedDuration::from_hours(9)),
            ..home.keys.state().unwrap().unwrap()
        };
        home.keys.store_state(&RealDisk, &tested).unwrap();
        fs::remove_dir_all(home.site()).unwrap();
        let heads = home.home.path().join("data/heads");
        let restore = || {
            let staged =
                backup::open(&file, &phrase(), &home.home.path().join("staging"), &RealDisk)
                    .unwrap();
            let compared = staged.compare(&heads, &[]).unwrap();
            let settled =
                staged.settle(&compared, &home.site(), Some(&home.keys), &heads, &RealDisk);
            staged.discard(&RealDisk).unwrap();
            settled
        };
        restore().unwrap();
        assert!(home.site().join("log/checkpoint").exists());
        // The day of the test is not lost.
        assert_eq!(home.keys.state().unwrap(), Some(tested.clone()));
        // Keys of another setup are never taken for these.
        fs::remove_dir_all(home.site()).unwrap();
        let other = SetupState { next_key_hash: "QmOther".to_owned(), ..tested };
        home.keys.store_state(&RealDisk, &other).unwrap();
        assert!(matches!(restore(), Err(BackupError::Exists(_))));
        assert!(!home.site().exists());
    }

    #[test]
    fn an_old_backup_says_so_and_a_second_history_is_refused() {
        let home = Home::new();
        let file = home.backup("old.age");
        let published = home.home.path().join("published");
        copy(&home.site(), &published);
        let forked = home.home.path().join("forked");
        copy(&home.site(), &forked);
        fs::remove_dir_all(forked.join("log")).unwrap();
        home.grow(&published, &["three"], false);
        home.grow(&forked, &["one", "another", "three"], false);

        let new = tempfile::tempdir().unwrap();
        let heads = new.path().join("heads");
        let staged =
            backup::open(&file, &phrase(), &new.path().join("staging"), &RealDisk).unwrap();
        let at = |path: &Path| Folder::at(path);
        let compare = |path: &Path| {
            let files = at(path);
            staged.compare(&heads, &[Elsewhere { name: "there", files: &files }])
        };
        let behind = compare(&published).unwrap();
        assert!(behind.is_behind());
        assert_eq!(behind.newest.unwrap().head().size, 3);
        assert!(matches!(compare(&forked), Err(BackupError::Fork { .. })));
        // Somebody else's register is not ours to compare.
        assert!(!compare(&new.path().join("nothing")).unwrap().is_behind());
        // What this machine saw later counts as well.
        let path = remembered(&heads, &home.key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(published.join("log/checkpoint"), path).unwrap();
        assert!(staged.compare(&heads, &[]).unwrap().is_behind());
    }

    #[test]
    fn what_was_altered_or_cut_off_or_is_anothers_is_refused() {
        let home = Home::new();
        let file = home.backup("brand.age");
        let staging = home.home.path().join("staging");
        let other = Passphrase::new("another passphrase".to_owned());
        let refused = backup::open(&file, &other, &staging, &RealDisk).unwrap_err();
        assert!(matches!(refused, BackupError::WrongPassphrase));
        assert!(!format!("{refused} {refused:?}").contains("another"));
        let bytes = fs::read(&file).unwrap();
        for place in [bytes.len() / 2, bytes.len() - 1] {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            fs::write(&file, &altered).unwrap();
            let refused = backup::open(&file, &phrase(), &staging, &RealDisk).unwrap_err();
            assert!(matches!(refused, BackupError::Damaged(_)), "{place}: {refused}");
            assert!(!staging.exists());
        }
        fs::write(&file, &bytes[..bytes.len() - 20]).unwrap();
        assert!(backup::open(&file, &phrase(), &staging, &RealDisk).is_err());
        fs::write(&file, "no backup").unwrap();
        assert!(matches!(
            backup::open(&file, &phrase(), &staging, &RealDisk),
            Err(BackupError::Damaged(_))
        ));
        assert!(!staging.exists());
        // Into the site, into git, or over a file: no.
        let heads = home.home.path().join("heads");
        let site = home.site();
        let sources = Sources { site: &site, keys: &home.keys, heads: &heads, address: ADDRESS };
        for to in [site.join("x.age"), file] {
            backup::create(&to, sources, &phrase(), AT, &RealDisk).unwrap_err();
        }
    }

    /// A backup with these entries after `about.toml`, made by a stranger.
    fn crafted(to: &Path, entries: &[(&str, tar::EntryType)]) {
        let mut recipient = age::scrypt::Recipient::new(super::PHRASE.to_owned().into());
        recipient.set_work_factor(4);
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
        let file = fs::File::create(to).unwrap();
        let mut archive = tar::Builder::new(encryptor.wrap_output(file).unwrap());
        let about = format!("version = 1\naddress = \"{ADDRESS}\"\nmade = \"{AT}\"\n");
        for (name, kind) in [("about.toml", tar::EntryType::Regular)].iter().chain(entries) {
            let text = if *name == "about.toml" { about.as_str() } else { "x" };
            let mut header = tar::Header::new_gnu();
            // Written by hand: the library would not take such a name.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_link_name("/etc/passwd").unwrap();
            header.set_size(text.len() as u64);
            header.set_cksum();
            archive.append(&header, text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap();
    }

    #[test]
    fn a_strangers_backup_that_costs_too_much_to_open_is_refused_before_any_work() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("b.age");
        let staging = home.path().join("staging");
        // The head of an age file (age-encryption.org/v1): what scrypt costs stands in it as a power of two.
        for factor in ["19", "30", "63"] {
            let head = format!(
                "age-encryption.org/v1\n-> scrypt {salt} {factor}\n{key}\n--- {mac}\n",
                salt = "A".repeat(22),
                key = "A".repeat(43),
                mac = "A".repeat(43),
            );
            fs::write(&file, [head.as_bytes(), &[0; 64]].concat()).unwrap();
            let refused = backup::open(&file, &phrase(), &staging, &RealDisk).unwrap_err();
            assert!(refused.to_string().contains("costs far more"), "{factor}: {refused}");
            assert!(!staging.exists());
        }
    }

    #[test]
    fn a_strangers_backup_reaches_nothing_outside_its_folder() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("b.age");
        let staging = home.path().join("deep/staging");
        let regular = tar::EntryType::Regular;
        for (name, kind) in [
            ("../escaped", regular),
            ("site/../../escaped", regular),
            ("/tmp/escaped", regular),
            ("site//escaped", regular),
            ("site/./escaped", regular),
            ("site/a\\escaped", regular),
            ("site/c:escaped", regular),
            ("elsewhere/escaped", regular),
            ("site", regular),
            ("site/link", tar::EntryType::Symlink),
            ("site/link", tar::EntryType::Link),
            ("site/pipe", tar::EntryType::Fifo),
            ("site/dir", tar::EntryType::Directory),
            ("site/pax", tar::EntryType::XHeader),
        ] {
            crafted(&file, &[("site/ok", regular), (name, kind)]);
            let refused = backup::open(&file, &phrase(), &staging, &RealDisk).unwrap_err();
            assert!(matches!(refused, BackupError::Refused(..)), "{name}: {refused}");
            assert!(!staging.exists() && !home.path().join("escaped").exists(), "{name}");
        }
        // The same name twice.
        crafted(&file, &[("site/ok", regular), ("site/ok", regular)]);
        assert!(backup::open(&file, &phrase(), &staging, &RealDisk).is_err());
        crafted(&file, &[("site/ok", regular)]);
        backup::open(&file, &phrase(), &staging, &RealDisk).unwrap();
    }
}

/// Tests hash passphrases a few times only. What people run does not, and does not take such a file.
#[test]
fn in_earnest_a_passphrase_is_hashed_a_hundred_times() {
    let shop = || {
        let house = House::new();
        house.expect(0, &["new", "shop", "--yes"]);
        house.set_address("shop", "https://makers.host.net/");
        house
    };
    let new = ["keys", "new", "shop", "--sheets", "sheets"];
    let sign = ["record", "new", "grey-check", "shop", "--yes"];
    let house = shop();
    for words in [&new[..], &sign] {
        let done = house.run_in_earnest(words);
        assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    }
    // The release does not know of the setting, and makes no weak file.
    if cfg!(debug_assertions) {
        let house = shop();
        house.sign(&new);
        let refused = house.run_in_earnest(&sign);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains("hashed too few times"), "{}", said(&refused));
    }
}
