//! Key files, sheets of paper, backups, the search for secrets.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use selvedge::custody::backup;
use selvedge::custody::handover::Handover;
use selvedge::custody::leak::{Scanner, Watch};
use selvedge::custody::seed::{Seed, expect_line};
use selvedge::custody::{KeyFolder, Passphrase, Role};
use selvedge::provenance::key::Signer as _;

use crate::scratch;

/// Key files: the public half is read without the passphrase.
pub fn key_file(data: &[u8]) {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| scratch("keys"));
    fs::write(FOLDER.join(Role::Record.name()), data).expect("the scratch folder takes it");
    let keys = KeyFolder::admit(&FOLDER, &scratch("site")).expect("it lies outside the site");
    if let Ok(facts) = keys.facts(Role::Record) {
        assert!(facts.fingerprint.starts_with("SHA256:"));
    }
    let _ = keys.list();
    let mut watch = Watch::default();
    keys.watch(&mut watch);
    watch.know_key_file("a key", data);
    let _ = watch.ready().find(data);
}

/// What is typed from a sheet: a seed that was read is printed in lines that give it again.
pub fn sheet(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for (index, line) in text.lines().take(4).enumerate() {
        let _ = expect_line(index, line);
    }
    if let Ok(seed) = Seed::from_sheet(text) {
        let lines = seed.to_sheet_lines();
        let typed = lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n");
        let again = Seed::from_sheet(&typed).expect("what is printed can be typed");
        assert_eq!(again.to_key().verifier_key(), seed.to_key().verifier_key());
    }
    if let Some(bytes) = data.first_chunk::<32>() {
        let seed = Seed::new(zeroize::Zeroizing::new(*bytes));
        let typed = seed.to_sheet_lines().iter().map(|line| line.to_string()).collect::<String>();
        let again = Seed::from_sheet(&typed).expect("what is printed can be typed in a row");
        assert_eq!(again.to_key().verifier_key(), seed.to_key().verifier_key());
    }
}

/// Backups: the age file, the archive within, and the lists beside it.
pub fn backup(data: &[u8]) {
    static FILE: LazyLock<PathBuf> = LazyLock::new(|| scratch("backup").join("x.age"));
    fs::write(&*FILE, data).expect("the scratch folder takes it");
    let passphrase = Passphrase::new("correct horse battery staple".to_owned());
    let _ = backup::check(&FILE, &passphrase, &passphrase);
    // The same bytes as the archive within, since nobody gets there without the passphrase.
    fs::write(&*FILE, encrypted(data)).expect("the scratch folder takes it");
    let _ = backup::check(&FILE, &passphrase, &passphrase);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Handover::parse(text);
    }
    fs::write(scratch("backup").join("setup.toml"), data).expect("the scratch folder takes it");
    let keys = KeyFolder::admit(&scratch("backup"), &scratch("site")).expect("it lies outside");
    let _ = keys.state();
}

fn encrypted(data: &[u8]) -> Vec<u8> {
    let passphrase = "correct horse battery staple".to_owned();
    let mut recipient = age::scrypt::Recipient::new(passphrase.into());
    recipient.set_work_factor(1);
    let recipients = std::iter::once(&recipient as _);
    let encryptor = age::Encryptor::with_recipients(recipients).expect("one recipient");
    let mut out = Vec::new();
    let mut writer = encryptor.wrap_output(&mut out).expect("a vector takes it");
    writer.write_all(data).expect("a vector takes it");
    writer.finish().expect("a vector takes it");
    out
}

/// The search for secrets in what is published: it never fails, and finds what it was told wherever it stands.
pub fn leak(data: &[u8]) {
    static SEED: LazyLock<Seed> = LazyLock::new(|| Seed::new(zeroize::Zeroizing::new([0x5a; 32])));
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
        let mut watch = Watch::default();
        watch.know_key("the key", &SEED.to_key());
        watch.ready()
    });
    let _ = SCANNER.find(data);
    let half = data.len() / 2;
    for secret in [&[0x5a; 32][..], data_hex().as_bytes()] {
        let around = [&data[..half], secret, &data[half..]].concat();
        assert!(SCANNER.find(&around).is_some());
    }
}

fn data_hex() -> String {
    "5a".repeat(32)
}
