//! The command as people run it: folders of their own, a passphrase, and what they type.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

const PHRASE: &str = "seven quiet looms by the water";

/// A folder in which everything happens; paths are relative to it.
pub(super) struct House {
    home: TempDir,
}

impl House {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("phrase"), PHRASE).unwrap();
        Self { home }
    }

    pub(super) fn path(&self, inside: &str) -> PathBuf {
        self.home.path().join(inside)
    }

    pub(super) fn read(&self, inside: &str) -> Vec<u8> {
        fs::read(self.path(inside)).unwrap_or_else(|error| panic!("{inside}: {error}"))
    }

    pub(super) fn text(&self, inside: &str) -> String {
        String::from_utf8(self.read(inside)).unwrap()
    }

    pub(super) fn write(&self, inside: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Starts a command with the keys in one folder; the passphrase comes by descriptor 3.
    pub(super) fn start(&self, keys: &str, words: &[&str]) -> Child {
        self.command(keys, words).spawn().unwrap()
    }

    fn command(&self, keys: &str, words: &[&str]) -> Command {
        // A shell opens the third descriptor.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$0" "$@" 3<phrase"#, env!("CARGO_BIN_EXE_selvedge")])
            .args(words)
            .current_dir(self.home.path())
            .env("SELVEDGE_KEYS", self.path(keys))
            .env_remove("SOURCE_DATE_EPOCH")
            // Passphrases are hashed by the hundred here.
            .env("SELVEDGE_TEST_ROUNDS", "4")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command as people do, with key files that protect keys; the passphrase is at hand.
    pub(super) fn run_in_earnest(&self, words: &[&str]) -> Output {
        let mut command = self.command("keys", &[words, &["--passphrase-fd", "3"]].concat());
        command.env_remove("SELVEDGE_TEST_ROUNDS").output().unwrap()
    }

    /// Runs a command on a machine whose clock says something else, with the passphrase at hand.
    pub(super) fn run_by_clock(&self, clock: &str, words: &[&str], typed: &str) -> Output {
        let clock: Timestamp = clock.parse().unwrap();
        let mut command = self.command("keys", &[words, &["--passphrase-fd", "3"]].concat());
        let mut child =
            command.env("SOURCE_DATE_EPOCH", clock.as_second().to_string()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs a command; `typed` comes by descriptor 0.
    pub(super) fn run(&self, keys: &str, words: &[&str], typed: &str) -> Output {
        let mut child = self.start(keys, words);
        // A command that reads nothing may be over before.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Runs a command and expects an exit code; gives what it said.
    #[track_caller]
    pub(super) fn expect(&self, exit: i32, words: &[&str]) -> String {
        let output = self.run("keys", words, "");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {said}");
        said
    }

    /// Runs a command that signs.
    #[track_caller]
    pub(super) fn sign(&self, words: &[&str]) -> String {
        self.expect(0, &[words, &["--passphrase-fd", "3"]].concat())
    }

    /// Copies a folder.
    pub(super) fn copy(&self, from: impl AsRef<Path>, to: &str) {
        copy(from.as_ref(), &self.path(to));
    }

    /// Every file of a folder, by its path in it.
    pub(super) fn files(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let folder = self.path(folder);
        let mut found = BTreeMap::new();
        let mut open = vec![folder.clone()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(&next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(&folder).unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        found
    }

    /// What a person types who reads the four lines of a sheet.
    pub(super) fn sheet(&self, folder: &str, name: &str) -> String {
        let page = self.text(&format!("{folder}/{name}.html"));
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

    /// Gives a site an address of its own.
    pub(super) fn set_address(&self, site: &str, address: &str) {
        let path = format!("{site}/site.toml");
        let text = self.text(&path);
        let lines = text.lines().map(|line| match line.starts_with("base_url") {
            true => format!("base_url = \"{address}\"\n"),
            false => format!("{line}\n"),
        });
        self.write(&path, lines.collect::<String>());
    }

    /// Writes a trust list that names the issuer of a published site.
    pub(super) fn trust(&self, history: &str) {
        let history = self.text(history);
        let first: Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
        let name = first["state"]["id"].as_str().unwrap();
        self.write("trust.toml", format!("[[signer]]\nname = \"The makers\"\ndid = \"{name}\"\n"));
    }

    /// Verifies for somebody who believes the trust list; gives the exit code and the report.
    #[track_caller]
    pub(super) fn verify(&self, target: &str) -> (Option<i32>, Value) {
        let words = ["verify", target, "--trust", "trust.toml", "--json"];
        let output = self.run("nobody", &words, "");
        let report = serde_json::from_slice(&output.stdout);
        (output.status.code(), report.unwrap_or_else(|_| panic!("{}", said(&output))))
    }
}

/// All that a command said.
pub(super) fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part)).concat()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A folder on a port of this machine, for as long as it is kept.
pub(super) struct Server {
    /// Its address, with no slash at its end.
    pub(super) address: String,
    /// How many questions were answered.
    pub(super) asked: Arc<AtomicUsize>,
}

impl Server {
    /// Serves a folder; what `bend` gives takes the place of a file's bytes.
    pub(super) fn of(
        folder: PathBuf,
        bend: impl Fn(&str, Option<Vec<u8>>) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        Self::answering(folder, move |path, bytes| match bend(path, bytes) {
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", Vec::new()),
        })
    }

    /// Serves a folder; what `answer` gives, a status and a body, takes the place of a file.
    pub(super) fn answering(
        folder: PathBuf,
        answer: impl Fn(&str, Option<Vec<u8>>) -> (&'static str, Vec<u8>) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut question = String::new();
                let mut reader = BufReader::new(&mut stream);
                if reader.read_line(&mut question).is_err() {
                    continue;
                }
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|size| size > 2) {
                    line.clear();
                }
                counter.fetch_add(1, Ordering::Relaxed);
                let path = question.split(' ').nth(1).unwrap_or("/").trim_start_matches('/');
                let (status, body) = answer(path, fs::read(folder.join(path)).ok());
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            }
        });
        Self { address, asked }
    }
}

/// An MP3 of some seconds of silence, different for each `number`, with a title before it and behind it.
pub(super) fn mp3(number: u8, words: &str) -> Vec<u8> {
    let len = u8::try_from(words.len() + 11).unwrap();
    let mut out = vec![b'I', b'D', b'3', 3, 0, 0, 0, 0, 0, len];
    out.extend(b"TIT2\0\0\0");
    out.extend([len - 10, 0, 0, 0]);
    out.extend(words.bytes());
    let mut frame = vec![0xff, 0xfb, 0x90, 0x64];
    frame.resize(417, number);
    out.extend(frame.repeat(100));
    out.extend(format!("TAG{words:\0<125}").bytes());
    out
}
