//! A log of ten million entries on disk: what an append, a proof and a full check cost, and how that grows.
//! `ENTRIES=10000000 cargo bench --bench log`; without `ENTRIES` it ends at one million. `TMPDIR` chooses the disk (1.3 GB at ten million).
//!
//! The log is made by the planner that every signing uses, in appends of 65,536 entries. An append is of one entry and
//! durable: each tile and the checkpoint written aside, synced, renamed, the folder synced. A proof is made
//! from a folder that nothing was read of before, and verified. The full check reads
//! every tile and every entry, as `selvedge verify` does.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program that measures"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use selvedge::evidence::Disk as Folder;
use selvedge::provenance::key::{Signer as _, TestSigner};
use selvedge::provenance::log::append::{self, Plan};
use selvedge::provenance::log::{Checkpoint, Entry, Head, LeafHash, RecordId, TreeView};
use selvedge::provenance::note::{KeyName, NoteKey};
use selvedge::verify::LogState;
use selvedge::verify::log::audit;
use selvedge::write::{self, Mode, RealDisk};

/// Memory is handed out as in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Entries of one append while the log is made.
const BATCH: u64 = 65_536;

/// Appends and proofs that are measured at each size.
const TIMES: u64 = 200;

/// A log in a folder.
struct Log {
    root: PathBuf,
    head: Head,
    name: KeyName,
    signer: TestSigner,
}

fn entry(index: u64) -> Vec<u8> {
    Entry::Record(RecordId::of(&index.to_be_bytes())).to_bytes()
}

impl Log {
    fn new(root: PathBuf) -> Self {
        fs::create_dir_all(&root).expect("a folder");
        let name = KeyName::parse("upper-river.example/log").expect("a name");
        Self { root, head: Head::empty(), name, signer: TestSigner::from_seed([7; 32]) }
    }

    fn plan(&self, count: u64) -> Plan {
        let first = self.head.size;
        let entries: Vec<Vec<u8>> = (first..first + count).into_par_iter().map(entry).collect();
        append::plan(self.head, &Folder::at(&self.root), &entries).expect("a plan")
    }

    /// Adds entries, as fast as files can be written.
    fn grow(&mut self, size: u64) {
        while self.head.size < size {
            // To the next border first, so that no narrow tile is left behind.
            let to_border = BATCH - self.head.size % BATCH;
            let plan = self.plan(to_border.min(size - self.head.size));
            for (path, bytes) in &plan.files {
                let path = self.root.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, bytes).expect("written");
            }
            self.head = plan.head;
        }
        let checkpoint = Checkpoint::sign(&self.name, self.head, &self.signer);
        fs::write(self.root.join("checkpoint"), checkpoint.to_string()).expect("written");
    }

    /// Adds one entry, durably, in the order of a signing. Gives how long planning took, and all.
    fn append(&mut self) -> (Duration, Duration) {
        let began = Instant::now();
        let plan = self.plan(1);
        let planned = began.elapsed();
        let checkpoint = Checkpoint::sign(&self.name, plan.head, &self.signer);
        let files = plan.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        let text = checkpoint.to_string();
        for (path, bytes) in files.chain([("checkpoint", text.as_bytes())]) {
            let path = self.root.join(path);
            let folder = path.parent().unwrap_or(&path);
            write::create_folders(&RealDisk, folder, Mode::Public).expect("a folder");
            write::replace(&RealDisk, &path, bytes, Mode::Public).expect("written");
        }
        self.head = plan.head;
        (planned, began.elapsed())
    }

    /// Proves an entry to somebody who has the head alone.
    fn prove(&self, index: u64) -> (Duration, bool) {
        let began = Instant::now();
        let folder = Folder::at(&self.root);
        let proof = TreeView::new(&folder, self.head.size).inclusion_proof(index).expect("a proof");
        let holds =
            proof.verify(index, LeafHash::of(&entry(index)), self.head.size, self.head.root);
        (began.elapsed(), holds)
    }

    /// Proves that the log grew out of an earlier one.
    fn prove_growth(&self, old: u64) -> (Duration, bool) {
        let folder = Folder::at(&self.root);
        let root = TreeView::new(&folder, self.head.size).root(old).expect("a root");
        let began = Instant::now();
        let proof = TreeView::new(&folder, self.head.size).consistency_proof(old).expect("a proof");
        (began.elapsed(), proof.verify(old, root, self.head.size, self.head.root))
    }

    fn check(&self) -> Duration {
        let key = NoteKey::new(self.name.clone(), self.signer.verifier_key());
        let began = Instant::now();
        let mut count = 0;
        let found = audit(&Folder::at(&self.root), Some(&key), None, &mut |_, _| count += 1);
        assert_eq!((found.state, count), (LogState::Ok, self.head.size), "{}", found.why);
        began.elapsed()
    }
}

/// Median and highest of 200 times, in ms.
fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    format!("{:.2} ({:.2})", ms(times[times.len() / 2]), times.last().copied().map_or(0.0, ms))
}

/// The largest resident size since it was last reset, in MiB.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(f64::NAN, |kib| kib / 1024.0)
}

fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Bytes of the files below a folder.
fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => size_of(&entry.path()),
            _ => entry.metadata().map_or(0, |data| data.len()),
        })
        .sum()
}

fn main() {
    let largest: u64 =
        std::env::var("ENTRIES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let mut log = Log::new(folder.path().join("log"));
    println!(
        "| entries | append ms | of it planned ms | proof ms | proof of growth ms | full check s | entries a second | peak MiB | files MB |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for size in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
        if size > largest {
            break;
        }
        log.grow(size);
        let size = log.head.size;
        // Spread over the whole log by a step that is prime to its size.
        let spread = |n: u64| n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1) % size;
        let proofs: Vec<_> = (0..TIMES).map(|n| log.prove(spread(n))).collect();
        let growths: Vec<_> = (0..TIMES).map(|n| log.prove_growth(spread(n))).collect();
        assert!(proofs.iter().chain(&growths).all(|(_, holds)| *holds), "a proof does not hold");
        reset_peak();
        let check = log.check();
        let peak = peak();
        let appends: Vec<_> = (0..TIMES).map(|_| log.append()).collect();
        println!(
            "| {size} | {} | {} | {} | {} | {:.2} | {:.0} | {peak:.0} | {:.0} |",
            told(appends.iter().map(|(_, all)| *all).collect()),
            told(appends.iter().map(|(planned, _)| *planned).collect()),
            told(proofs.into_iter().map(|(time, _)| time).collect()),
            told(growths.into_iter().map(|(time, _)| time).collect()),
            check.as_secs_f64(),
            size as f64 / check.as_secs_f64(),
            size_of(&log.root) as f64 / 1e6,
        );
    }
}
