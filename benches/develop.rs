//! Makes the derivatives of every photograph in a folder, once, with no cache: the work that
//! `benches/peers/photos.py` gives to others too.
//!
//! ```text
//! cargo bench --bench develop -- IN OUT [WEBP-QUALITY METHOD JPEG-QUALITY]
//! ```
//!
//! It prints the seconds that it took and the bytes of each format, as JSON.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that measures")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use selvedge::media::{Darkroom, Encoding, Job, Limits, Settings};

/// Memory is handed out as in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [from, to, quality @ ..] = words.as_slice() else {
        // `cargo bench` runs every benchmark; without folders there is nothing to do.
        println!("develop IN OUT [WEBP-QUALITY METHOD JPEG-QUALITY]");
        return;
    };
    let number = |at: usize| quality.get(at).and_then(|word| word.parse::<u8>().ok());
    let usual = Settings::default();
    let settings = Settings {
        webp_quality: number(0).unwrap_or(usual.webp_quality),
        webp_method: number(1).unwrap_or(usual.webp_method),
        jpeg_quality: number(2).unwrap_or(usual.jpeg_quality),
        // Like for like: the others know no limit.
        phone_bytes: u32::MAX,
        ..usual
    };
    let out = Path::new(to);
    std::fs::create_dir_all(out).expect("the folder for the output");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(from)
        .expect("the folder of photographs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jpg"))
        .collect();
    paths.sort();

    let start = Instant::now();
    let room = Darkroom::new(settings, Limits::default(), None);
    let jobs: Vec<Job> = paths
        .iter()
        .map(|path| {
            let photo = room.probe(&std::fs::read(path).expect("a photograph")).expect("usable");
            Job { wanted: room.plan(&photo), photo }
        })
        .collect();
    let (webp, jpeg) = (AtomicU64::new(0), AtomicU64::new(0));
    room.develop_all(
        &jobs,
        |at| std::fs::read(&paths[at]),
        |at, developed| {
            let stem = paths[at].file_stem().expect("a name").to_string_lossy();
            let files = developed.expect("developed").files;
            for (rendition, bytes) in jobs[at].wanted.iter().zip(files) {
                let (sum, ending) = match rendition.encoding {
                    Encoding::Webp => (&webp, "webp"),
                    Encoding::Jpeg => (&jpeg, "jpeg"),
                };
                sum.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                let name = format!("{stem}-{}.{ending}", rendition.width_px);
                std::fs::write(out.join(name), bytes).expect("written");
            }
        },
    );
    println!(
        "{{\"seconds\": {:.3}, \"photos\": {}, \"webp_bytes\": {}, \"jpeg_bytes\": {}}}",
        start.elapsed().as_secs_f64(),
        jobs.len(),
        webp.into_inner(),
        jpeg.into_inner()
    );
}
