//! What writing a site of 10,000 pages of 10 KB costs: cold, unchanged, with one page changed, and
//! how much of the cold build is the sync. `cargo bench --bench write`; set `TMPDIR` to choose
//! the disk.

use std::fs;
use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rayon::prelude::*;
use selvedge::write::{Output, RealDisk, SitePath, Surroundings, Written};

const PAGES: usize = 10_000;

fn pages() -> Vec<(SitePath, Vec<u8>)> {
    (0..PAGES)
        .map(|n| {
            let path = SitePath::new(&format!("products/product-{n:05}/index.html"));
            let line = format!("<p>This is the page of product {n}, and it says so again.</p>\n");
            (path.expect("a path"), line.repeat(10_240 / line.len() + 1).into_bytes())
        })
        .collect()
}

fn build(root: &Path, pages: &[(SitePath, Vec<u8>)]) -> Written {
    let around = Surroundings { source: &root.join("source"), home: None };
    let output = Output::open(&RealDisk, &root.join("public"), around).expect("an output");
    pages.par_iter().try_for_each(|(path, bytes)| output.put(path, bytes)).expect("written");
    output.finish().expect("finished")
}

/// The same files without any of our care, for comparison.
fn plain(root: &Path, pages: &[(SitePath, Vec<u8>)]) {
    pages.par_iter().for_each(|(path, bytes)| {
        let path = path.below(&root.join("plain"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, bytes).expect("written");
    });
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("source")).expect("created");
    folder
}

fn write(c: &mut Criterion) {
    let pages = pages();
    let mut changed = pages.clone();
    changed[PAGES / 2].1.extend_from_slice(b"<p>One more line.</p>\n");
    let mut group = c.benchmark_group("write 10,000 pages");
    group.sample_size(10);
    group.bench_function("plain files, nothing synced", |b| {
        b.iter_batched(folder, |dir| (plain(dir.path(), &pages), dir), BatchSize::PerIteration);
    });
    group.bench_function("cold", |b| {
        b.iter_batched(folder, |dir| (build(dir.path(), &pages), dir), BatchSize::PerIteration);
    });
    let dir = folder();
    build(dir.path(), &pages);
    group.bench_function("unchanged", |b| b.iter(|| build(dir.path(), &pages)));
    let mut turn = false;
    group.bench_function("one page changed", |b| {
        b.iter(|| {
            turn = !turn;
            let written = build(dir.path(), if turn { &changed } else { &pages });
            assert_eq!(written.written, 1);
        });
    });
    group.finish();
}

criterion_group!(benches, write);
criterion_main!(benches);
