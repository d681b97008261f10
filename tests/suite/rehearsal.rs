//! The day on which it counts: the laptop is gone, and an association's brand comes up again on another host.
//!
//! Everything here is done by the command, with what people would have in their hands: a stick with the shop's texts and
//! photographs, the site as it is published, the master key sheet, and two of the three guardians.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::Value;
use tempfile::TempDir;

const PHRASE: &str = "seven quiet looms by the water";
const OLD: &str = "https://grey-mill.net/";
const NEW: &str = "https://makers.host.net/grey-mill/";

struct House {
    home: TempDir,
}

impl House {
    fn path(&self, inside: &str) -> PathBuf {
        self.home.path().join(inside)
    }

    /// Runs a command with the keys of one computer; `typed` is what people type from their sheets.
    fn run(&self, keys: &str, words: &[&str], typed: &str) -> Output {
        let mut child = self.start(keys, words);
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn start(&self, keys: &str, words: &[&str]) -> std::process::Child {
        let phrase = self.path("phrase");
        fs::write(&phrase, PHRASE).unwrap();
        // A shell opens the third descriptor.
        Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<"$PHRASE""#, env!("CARGO_BIN_EXE_selvedge")])
            .args(words)
            .current_dir(self.home.path())
            .env("PHRASE", phrase)
            .env("SELVEDGE_KEYS", self.path(keys))
            .env_remove("SOURCE_DATE_EPOCH")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    #[track_caller]
    fn expect(&self, exit: i32, keys: &str, words: &[&str], typed: &str) -> String {
        let output = self.run(keys, words, typed);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {said}");
        said
    }

    /// The keys of an association: its sheets are printed, and typed back before keys are made.
    fn found(&self) {
        let words = ["keys", "new", "shop", "--profile", "association", "--sheets", "sheets"];
        let descriptors = ["--passphrase-fd", "3", "--typed-fd", "0"];
        let mut child = self.start("keys", &[&words[..], &descriptors].concat());
        let printed = ["master-key-sheet", "guardian-envelope-1", "guardian-envelope-2"];
        let since = Instant::now();
        while !fs::read_to_string(self.path("sheets/guardian-envelope-3.html"))
            .is_ok_and(|page| page.contains("</html>"))
        {
            assert!(since.elapsed() < Duration::from_secs(60), "no sheets were printed");
            thread::sleep(Duration::from_millis(20));
        }
        let typed = printed.map(|name| self.sheet("sheets", name)).join("\n\n");
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }

    /// What a person types who reads the four lines of a sheet.
    fn sheet(&self, folder: &str, name: &str) -> String {
        let page = fs::read_to_string(self.path(folder).join(format!("{name}.html"))).unwrap();
        let rows = page.split("<tr><th scope=\"row\">").skip(1);
        let lines: Vec<String> = rows
            .map(|row| {
                let cells = row.split("</tr>").next().unwrap().split("<td>").skip(1);
                cells.map(|cell| cell.replace("</td>", "")).collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(lines.len(), 4, "{name}");
        lines.join("\n")
    }

    fn set_address(&self, site: &str, address: &str) {
        let path = self.path(site).join("site.toml");
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| match line.starts_with("base_url") {
            true => format!("base_url = \"{address}\"\n"),
            false => format!("{line}\n"),
        });
        fs::write(&path, lines.collect::<String>()).unwrap();
    }

    /// Verifies a folder for somebody who trusts one name; gives the reports of the records.
    #[track_caller]
    fn verify(&self, folder: &str, exit: i32) -> Vec<Value> {
        let words = ["verify", folder, "--trust", "trust.toml", "--json"];
        let output = self.run("nobody", &words, "");
        assert_eq!(output.status.code(), Some(exit), "{}", said(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["records"].as_array().unwrap().clone()
    }
}

fn said(output: &Output) -> String {
    let parts = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part));
    parts.concat()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// Every file of a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn two_guardians_and_a_sheet_bring_the_brand_up_on_another_host_and_old_badges_answer() {
    let house = House { home: tempfile::tempdir().unwrap() };
    house.expect(0, "keys", &["new", "shop", "--yes"], "");
    house.set_address("shop", OLD);
    // The texts and photographs, on a stick.
    copy(&house.path("shop"), &house.path("stick"));
    house.found();

    let new = ["record", "new", "grey-check", "shop", "--yes", "--passphrase-fd", "3"];
    house.expect(0, "keys", &new, "");
    house.expect(0, "keys", &["log", "due", "shop", "--passphrase-fd", "3"], "");
    house.expect(0, "keys", &["build", "shop", "--output", "published"], "");
    let history = fs::read_to_string(house.path("published/.well-known/did.jsonl")).unwrap();
    let first: Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
    let name = first["state"]["id"].as_str().unwrap();
    fs::write(
        house.path("trust.toml"),
        format!("[[signer]]\nname = \"Grey mill\"\ndid = \"{name}\"\n"),
    )
    .unwrap();
    let before = house.verify("published", 0);
    // What the badge on her goods leads to: the page of the one design.
    let pages: Vec<_> = fs::read_dir(house.path("published/V")).unwrap().collect();
    let [page] = pages.as_slice() else { panic!("one design, one page: {pages:?}") };
    let badge = page.as_ref().unwrap().file_name().into_string().unwrap();
    assert!(before.iter().any(|report| {
        report["target"].as_str().unwrap().contains(&badge) && report["state"] == "record-intact"
    }));

    // The laptop is gone. A thief has it, with its keys.
    fs::rename(house.path("shop"), house.path("stolen-shop")).unwrap();
    fs::rename(house.path("keys"), house.path("stolen-keys")).unwrap();

    // Another laptop, another host: the stick, and what the old host still shows or somebody kept.
    copy(&house.path("stick"), &house.path("again"));
    house.set_address("again", NEW);
    for part in [".well-known", "log", "records"] {
        copy(&house.path("published").join(part), &house.path("again").join(part));
    }
    let sheet = |name| house.sheet("sheets", name);
    let [master, one, three] =
        ["master-key-sheet", "guardian-envelope-1", "guardian-envelope-3"].map(sheet);
    let recover = [
        "keys",
        "recover",
        "again",
        "--sheets",
        "sheets-again",
        "--passphrase-fd",
        "3",
        "--typed-fd",
        "0",
    ];
    let untouched = files(&house.path("again"));
    for too_few in [
        master.clone(),
        [&*master, &one].join("\n\n"),
        [&*master, &one, &one].join("\n\n"),
        [&*one, &three].join("\n\n"),
        [&*three, &one, &three].join("\n\n"),
    ] {
        house.expect(2, "keys-again", &recover, &too_few);
        // The history of keys lies where it is signed, as it was published; nothing else changed.
        let mut now = files(&house.path("again"));
        for name in ["did.jsonl", "did-witness.json"] {
            let adopted = now.remove(&Path::new("identity").join(name));
            assert_eq!(adopted, untouched.get(&Path::new(".well-known").join(name)).cloned());
        }
        let all = now.keys().chain(untouched.keys());
        let changed: Vec<_> = all.filter(|path| now.get(*path) != untouched.get(*path)).collect();
        assert!(changed.is_empty(), "{changed:?}");
        assert!(!house.path("sheets-again/master-key-sheet.html").exists());
    }
    house.expect(0, "keys-again", &recover, &[&*master, &one, &three].join("\n\n"));

    // She goes on: a record more, and the site at its new address.
    fs::create_dir_all(house.path("again/designs/mill-race")).unwrap();
    let design = fs::read_to_string(house.path("again/designs/grey-check/index.md")).unwrap();
    fs::write(house.path("again/designs/mill-race/index.md"), design).unwrap();
    for entry in fs::read_dir(house.path("again/designs/grey-check")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "index.md" {
            let to = house.path("again/designs/mill-race").join(entry.file_name());
            fs::copy(entry.path(), to).unwrap();
        }
    }
    let new = ["record", "new", "mill-race", "again", "--yes", "--passphrase-fd", "3"];
    house.expect(0, "keys-again", &new, "");
    house.expect(0, "keys-again", &["log", "due", "again", "--passphrase-fd", "3"], "");
    house.expect(0, "keys-again", &["build", "again", "--output", "published-again"], "");

    // The old badge answers, for somebody who knows only the name of the first day.
    let after = house.verify("published-again", 0);
    let about = |badge: &str| {
        let is_it = |report: &&Value| report["target"].as_str().unwrap().contains(badge);
        after.iter().find(is_it).unwrap().clone()
    };
    assert_eq!(about(&badge)["state"], "record-intact", "{}", about(&badge));
    let intact = after.iter().filter(|report| report["state"] == "record-intact");
    assert!(intact.count() > before.len(), "the new records hold, too");
    let record = format!("records/{badge}.json");
    assert_eq!(
        fs::read(house.path("published").join(&record)).unwrap(),
        fs::read(house.path("published-again").join(&record)).unwrap(),
    );
    let page = house.path("published-again/V").join(&badge).join("index.html");
    // Her phone checks the record and the whole history of keys, which are in the page.
    let page = fs::read_to_string(page).unwrap();
    for path in [record.as_str(), "did.jsonl"] {
        let bytes = fs::read(house.path("published-again").join(path)).unwrap();
        assert!(page.contains(&BASE64.encode(&bytes)), "{path}");
    }

    // The thief signs on in the old folder; beside the new history nobody believes it.
    let forged = house.path("stolen-shop/designs/mill-race");
    copy(&house.path("again/designs/mill-race"), &forged);
    let new = ["record", "new", "mill-race", "stolen-shop", "--yes", "--passphrase-fd", "3"];
    house.expect(0, "stolen-keys", &new, "");
    let due = ["log", "due", "stolen-shop", "--passphrase-fd", "3"];
    house.expect(0, "stolen-keys", &due, "");
    house.expect(0, "stolen-keys", &["build", "stolen-shop", "--output", "forged"], "");
    let has = |path: &Path| house.path("published").join(path).exists();
    let theirs = files(&house.path("forged/records"));
    let forged: Vec<_> = theirs
        .keys()
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .filter(|path| !has(&Path::new("records").join(path)))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(!forged.is_empty());
    // Laid alone into the published site; and as a whole forged site, with the true history of keys.
    for name in &forged {
        for file in theirs.keys().filter(|path| path.to_str().unwrap().starts_with(name)) {
            let to = house.path("published-again/records").join(file);
            fs::write(to, &theirs[file]).unwrap();
        }
    }
    for name in ["did.jsonl", "did-witness.json", "did.json"] {
        let from = house.path("published-again").join(name);
        fs::copy(from, house.path("forged/.well-known").join(name)).unwrap();
    }
    for site in ["published-again", "forged"] {
        let reports = house.verify(site, 1);
        for name in &forged {
            let is_it =
                |report: &&Value| report["target"].as_str().unwrap().contains(name.as_str());
            let report = reports.iter().find(is_it).unwrap();
            assert_ne!(report["state"], "record-intact", "{site}: {report}");
        }
    }
}
