//! The commands as a person runs them: exit codes, what is written, what is left alone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const AT: &str = "2026-11-02T03:04:05Z";
/// The same in seconds of Unix time.
const EPOCH: &str = "1793588645";
const PHRASE: &str = "seven quiet looms by the door";

fn selvedge() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
    command.env_remove("SELVEDGE_KEYS").env_remove("SOURCE_DATE_EPOCH");
    command
}

fn run(words: &[&str]) -> Output {
    selvedge().args(words).output().expect("the command starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs and expects an exit code.
#[track_caller]
fn expect(exit: i32, words: &[&str]) -> String {
    let output = run(words);
    assert_eq!(code(&output), exit, "{words:?}: {}", text(&output));
    text(&output)
}

/// Runs with a passphrase on its standard input, named by descriptor 0.
fn with_passphrase(words: &[&str], passphrase: &str) -> Output {
    let mut file = tempfile::tempfile().expect("a file");
    writeln!(file, "{passphrase}").expect("written");
    std::io::Seek::rewind(&mut file).expect("rewound");
    selvedge().args(words).args(["--passphrase-fd", "0"]).stdin(file).output().expect("it starts")
}

/// Path and hash of every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                let hash = format!("{:x?}", Sha256::digest(&bytes));
                found.insert(path.strip_prefix(folder).expect("below").to_owned(), hash);
            }
        }
    }
    found
}

struct Shop {
    home: TempDir,
}

impl Shop {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        expect(0, &["new", &home.path().join("shop").display().to_string(), "--yes"]);
        Self { home }
    }

    fn path(&self, inside: &str) -> String {
        self.home.path().join(inside).display().to_string()
    }

    fn write(&self, inside: &str, bytes: &str) {
        let path = self.home.path().join("shop").join(inside);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, bytes).expect("a file");
    }

    fn record(&self) -> Output {
        with_passphrase(
            &[
                "record",
                "new",
                "grey-check",
                &self.path("shop"),
                "--practice",
                "--yes",
                "--at",
                AT,
                "--key-dir",
                &self.path("keys"),
            ],
            PHRASE,
        )
    }

    fn keys(&self) {
        let made = with_passphrase(
            &[
                "keys",
                "new",
                &self.path("shop"),
                "--key-dir",
                &self.path("keys"),
                "--sheets",
                &self.path("sheets"),
                "--at",
                AT,
            ],
            PHRASE,
        );
        assert_eq!(code(&made), 0, "{}", text(&made));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_anywhere() {
    let shop = Shop::new();
    shop.keys();
    assert_eq!(code(&shop.record()), 0);
    let mut first = None;
    let surroundings = [
        ("UTC", "C", "1"),
        ("Asia/Kathmandu", "tr_TR.UTF-8", "2"),
        ("America/St_Johns", "ar_EG.UTF-8", "7"),
    ];
    for (number, (zone, locale, threads)) in surroundings.into_iter().enumerate() {
        let copy = shop
            .home
            .path()
            .join(format!("copy {number}"))
            .join("deeper".repeat(number))
            .join("shop");
        fs::create_dir_all(copy.parent().expect("a parent")).expect("folders");
        let copied =
            Command::new("cp").args(["-r"]).arg(shop.home.path().join("shop")).arg(&copy).status();
        assert!(copied.expect("cp").success());
        // The time is said by either of both.
        let mut command = selvedge();
        match number {
            0 => command.env("SOURCE_DATE_EPOCH", EPOCH).args(["build"]),
            _ => command.args(["build", "--at", AT]),
        };
        let output = command
            .arg(&copy)
            .args(["--threads", threads])
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .env("LANG", locale)
            .output()
            .expect("it starts");
        assert_eq!(code(&output), 0, "{}", text(&output));
        let built = files(&copy.join("public"));
        assert!(built.len() > 20);
        let expected = first.get_or_insert_with(|| built.clone());
        assert_eq!(&built, expected, "{zone} {locale} {threads}");
    }
}

#[test]
fn a_broken_file_leaves_what_was_built_and_signed_as_it_was() {
    let shop = Shop::new();
    shop.keys();
    assert_eq!(code(&shop.record()), 0);
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    let before = files(shop.home.path());
    shop.write("products/broken/index.md", "+++\nname = Broken\n+++\n");
    shop.write("products/half/index.md", "+++\nname = \"Half\"\nprice = 4.5\n+++\n");
    let said = expect(1, &["build", &shop.path("shop"), "--at", AT]);
    assert!(
        said.contains("products/broken/index.md:2") && said.contains("products/half/index.md:3"),
        "{said}"
    );
    assert_eq!(code(&shop.record()), 1, "nothing is signed while there are errors");
    let mut after = files(shop.home.path());
    after.retain(|path, _| {
        !path.starts_with("shop/products/broken") && !path.starts_with("shop/products/half")
    });
    assert_eq!(after, before);

    expect(1, &["build", &shop.path("shop"), "--at", AT, "--skip-broken"]);
    assert!(!shop.home.path().join("shop/public/products/broken").exists());
    assert!(shop.home.path().join("shop/public/products/half/index.html").exists());
}

#[test]
fn an_edit_changes_the_pages_that_show_it_and_no_other_file() {
    let shop = Shop::new();
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    let out = shop.home.path().join("shop/public");
    let before = files(&out);
    let path = shop.home.path().join("shop/products/small-bowl/index.md");
    let old = fs::read_to_string(&path).expect("a file");
    fs::write(&path, old.replace("Every bowl", "Each bowl")).expect("written");
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    let changed: Vec<PathBuf> = files(&out)
        .into_iter()
        .filter(|(path, hash)| before.get(path) != Some(hash))
        .map(|(path, _)| path)
        .collect();
    let shown = [
        ".selvedge-manifest",
        "atom.xml",
        "feed.json",
        "products/small-bowl/index.html",
        "products.json",
        "search/en/w0.js",
        "search/en.js",
    ];
    assert_eq!(changed, shown.map(PathBuf::from));

    fs::remove_dir_all(shop.home.path().join("shop/products/small-bowl")).expect("removed");
    fs::write(out.join("mine.txt"), "mine").expect("written");
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    assert!(!out.join("products/small-bowl").exists(), "pages of what is gone are gone");
    assert!(out.join("mine.txt").exists(), "what we did not write stays");
}

#[test]
fn what_is_hidden_is_in_no_byte_of_the_output() {
    let shop = Shop::new();
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    let path = shop.home.path().join("shop/products/small-bowl/index.md");
    let old = fs::read_to_string(&path).expect("a file");
    fs::write(&path, old.replacen("+++\n", "+++\nhide = true\n", 1)).expect("written");
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    for file in files(&shop.home.path().join("shop/public")).keys() {
        let bytes = fs::read(shop.home.path().join("shop/public").join(file)).expect("a file");
        let is_there =
            bytes.windows(10).any(|window| window == b"Small bowl" || window == b"small-bowl");
        assert!(!is_there, "{}", file.display());
    }
}

#[test]
fn any_changed_byte_of_what_was_signed_is_noticed_and_named() {
    let shop = Shop::new();
    shop.keys();
    assert_eq!(code(&shop.record()), 0);
    expect(0, &["build", &shop.path("shop"), "-o", &shop.path("built"), "--at", AT]);
    for folder in ["shop", "built"] {
        let report = run(&["verify", &shop.path(folder), "--json", "--at", AT]);
        assert_eq!(code(&report), 1, "a practice record is never intact");
        assert!(String::from_utf8_lossy(&report.stdout).contains("\"state\": \"practice\""));
        let root = shop.home.path().join(folder);
        let head = fs::read_to_string(root.join("log/checkpoint")).expect("a head");
        let width = head.lines().nth(1).expect("a size");
        for (path, _) in files(&root) {
            let is_signed = ["records", "log"].iter().any(|top| path.starts_with(top));
            // Tiles of an earlier size are read by nobody any more.
            let is_old =
                path.to_string_lossy().rsplit_once(".p/").is_some_and(|(_, it)| it != width);
            // It says which files may be asked for, and nobody signs it.
            let is_list = path.ends_with("log/heads/list");
            if !is_signed || is_old || is_list {
                continue;
            }
            let whole = fs::read(root.join(&path)).expect("a file");
            let mut bent = whole.clone();
            let middle = bent.len() / 2;
            bent[middle] ^= 1;
            fs::write(root.join(&path), &bent).expect("written");
            let report = run(&["verify", &root.display().to_string(), "--at", AT]);
            assert_eq!(code(&report), 1);
            let said = text(&report);
            assert!(
                said.contains("altered") || said.contains("DOES NOT HOLD  log"),
                "{folder}/{}: {said}",
                path.display()
            );
            fs::write(root.join(&path), &whole).expect("written");
        }
    }
}

#[test]
fn an_altered_record_is_stated_on_no_page() {
    let shop = Shop::new();
    shop.keys();
    assert_eq!(code(&shop.record()), 0);
    let records = shop.home.path().join("shop/records");
    let record = fs::read_dir(&records)
        .expect("records")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|ending| ending == "json"))
        .expect("a record");
    let text = fs::read_to_string(&record).expect("a record").replace("plain weave", "fancy weave");
    fs::write(&record, text).expect("written");
    let said = expect(0, &["build", &shop.path("shop"), "--at", AT]);
    assert!(said.contains("record-problem"), "{said}");
    let out = shop.home.path().join("shop/public");
    assert!(!out.join("V").exists());
    let page = fs::read_to_string(out.join("designs/grey-check/index.html")).expect("a page");
    assert!(!page.contains("V/"), "no link to a record page");
}

#[test]
fn keys_and_passphrases_are_nowhere_but_in_their_folder() {
    let shop = Shop::new();
    shop.keys();
    let signed = shop.record();
    expect(0, &["build", &shop.path("shop"), "--at", AT]);
    let mut seen = text(&signed).into_bytes();
    for path in files(&shop.home.path().join("shop")).keys() {
        seen.extend(fs::read(shop.home.path().join("shop").join(path)).expect("a file"));
    }
    for secret in [PHRASE.as_bytes(), b"OPENSSH PRIVATE KEY"] {
        assert!(!seen.windows(secret.len()).any(|window| window == secret));
    }
    let wrong = with_passphrase(
        &[
            "record",
            "new",
            "grey-check",
            &shop.path("shop"),
            "--practice",
            "--yes",
            "--key-dir",
            &shop.path("keys"),
        ],
        "not the phrase",
    );
    assert_eq!(code(&wrong), 2, "{}", text(&wrong));
    assert!(!text(&wrong).contains("not the phrase"));
    let inside = with_passphrase(
        &[
            "keys",
            "new",
            &shop.path("shop"),
            "--key-dir",
            &shop.path("shop/private/keys"),
            "--sheets",
            &shop.path("sheets"),
        ],
        PHRASE,
    );
    assert_eq!(code(&inside), 2);
    assert!(!shop.home.path().join("shop/private").exists());
    let again = with_passphrase(
        &[
            "keys",
            "new",
            &shop.path("shop"),
            "--key-dir",
            &shop.path("keys"),
            "--sheets",
            &shop.path("sheets"),
        ],
        PHRASE,
    );
    assert_eq!(code(&again), 2, "keys are never overwritten");
}

#[test]
fn a_clock_behind_the_last_entry_signs_nothing() {
    let shop = Shop::new();
    shop.keys();
    assert_eq!(code(&shop.record()), 0);
    let before = files(shop.home.path());
    for (at, words) in
        [("2001-01-01T00:00:00Z", "before the last entry"), ("2099-01-01T00:00:00Z", "clock")]
    {
        let output = with_passphrase(
            &[
                "record",
                "new",
                "grey-check",
                &shop.path("shop"),
                "--practice",
                "--at",
                at,
                "--key-dir",
                &shop.path("keys"),
            ],
            PHRASE,
        );
        // Without --yes and without a terminal nobody can agree to anything.
        assert_eq!(code(&output), 2, "{words}: {}", text(&output));
    }
    let output = with_passphrase(
        &[
            "record",
            "new",
            "grey-check",
            &shop.path("shop"),
            "--practice",
            "--yes",
            "--at",
            "2001-01-01T00:00:00Z",
            "--key-dir",
            &shop.path("keys"),
        ],
        PHRASE,
    );
    assert_eq!(code(&output), 2);
    assert!(text(&output).contains("before the last entry"), "{}", text(&output));
    assert_eq!(files(shop.home.path()), before);
}

#[test]
fn what_cannot_run_says_why_and_exits_with_2() {
    let home = tempfile::tempdir().expect("a folder");
    let nowhere = home.path().join("nowhere").display().to_string();
    File::create(home.path().join("file")).expect("a file");
    let here = home.path().display().to_string();
    for words in [
        vec!["check", &nowhere],
        vec!["build", &nowhere],
        vec!["verify", &nowhere],
        vec!["explain", "no-such-code"],
        vec!["new", &here],
        vec!["new", "x", "--lang", "english-please-now"],
        vec!["build", "--at", "yesterday"],
        vec!["frobnicate"],
    ] {
        let output = run(&words);
        assert_eq!(code(&output), 2, "{words:?}: {}", text(&output));
        assert!(!text(&output).contains("panicked"), "{words:?}");
    }
    assert!(expect(0, &["explain", "bad-price"]).contains("in quotes"));
    assert!(expect(0, &["--help"]).contains("selvedge new my-shop"));
    for shell in ["bash", "fish", "zsh"] {
        assert!(expect(0, &["completions", shell]).len() > 500);
    }
    assert!(expect(0, &["man"]).contains(".TH"));
}

/// Runs a command and watches its memory; returns what it said and its largest resident size in kB.
#[cfg(target_os = "linux")]
fn watched(words: &[&str]) -> (Output, u64) {
    let child = selvedge()
        .args(words)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let watcher = std::thread::spawn(move || {
        let mut largest = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(size) =
                line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
            else {
                break;
            };
            largest = largest.max(size);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        largest
    });
    let output = child.wait_with_output().expect("it ends");
    (output, watcher.join().expect("the watcher ends"))
}

#[cfg(target_os = "linux")]
#[test]
fn hostile_photographs_leak_nothing_and_the_rest_is_built() {
    let shop = Shop::new();
    shop.keys();
    let hostile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/image");
    let mut photos = Vec::new();
    for folder in ["own", "image-rs"] {
        for entry in fs::read_dir(hostile.join(folder)).expect("cases") {
            photos.push(entry.expect("an entry").path());
        }
    }
    photos.sort();
    for (number, photo) in photos.iter().enumerate() {
        let name = photo.file_name().expect("a name").to_string_lossy().into_owned();
        shop.write(
            &format!("products/case-{number}/index.md"),
            "+++\nname = \"Case\"\nprice = \"1.00\"\n+++\n",
        );
        let to = shop.home.path().join(format!("shop/products/case-{number}/{name}"));
        fs::copy(photo, to).expect("copied");
    }
    // A record's photographs are published as they are but for their metadata.
    for (number, name) in
        ["gps-exif.jpg", "gps-xmp.jpg", "comment.jpg", "gps-exif.png", "gps-exif.webp"]
            .iter()
            .enumerate()
    {
        let to = shop.home.path().join(format!("shop/designs/grey-check/leak-{number}-{name}"));
        fs::copy(hostile.join("own").join(name), to).expect("copied");
    }
    let design = shop.home.path().join("shop/designs/grey-check/index.md");
    let fields: String = fs::read_to_string(&design)
        .expect("a design")
        .lines()
        .filter(|line| !line.starts_with("photos"))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&design, fields).expect("written");
    let signed = shop.record();
    assert_eq!(code(&signed), 0, "{}", text(&signed));

    let (output, peak_kb) =
        watched(&["build", &shop.path("shop"), "-o", &shop.path("built"), "--at", AT]);
    let said = text(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.contains("bad-photo") && said.contains("bomb-30000x30000-1bit.png"), "{said}");
    assert!(peak_kb < 512_000, "{peak_kb} kB");
    let built = shop.home.path().join("built");
    for number in 0..photos.len() {
        assert!(
            built.join(format!("products/case-{number}/index.html")).is_file(),
            "page {number}"
        );
    }
    let mut forbidden: Vec<String> = Vec::new();
    for line in fs::read_to_string(hostile.join("leaks.jsonl")).expect("leaks").lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let strings = case["output_must_not_contain"].as_array().expect("a list").clone();
        forbidden.extend(strings.iter().filter_map(|s| s.as_str()).map(str::to_owned));
    }
    assert!(forbidden.len() > 5);
    for path in files(&built).keys() {
        let bytes = fs::read(built.join(path)).expect("a file");
        for leak in &forbidden {
            let is_there = bytes.windows(leak.len()).any(|window| window == leak.as_bytes());
            assert!(!is_there, "{leak} in {}", path.display());
        }
    }
}
