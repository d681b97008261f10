//! What checking a record costs beside the bare signature check: 100,000 records of designs, one
//! signature each, on all cores. `cargo bench --bench records`; `RECORDS` sets another number.
//!
//! Bare is `verify_strict` of `ed25519-dalek` on keys, messages and signatures that lie ready in memory. A record is
//! read from the bytes of its file, with every check of its own bytes: strict JSON, form, dates,
//! signature, canonical form, envelope, subject. Beside them stands what no reader of any record can do without: the bare check
//! and SHA-256 of the file and of what the proof says, with nothing read. They take turns after every few thousand, so that what
//! else the machine does meets all of them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program that measures"
)]

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use rayon::prelude::*;
use selvedge::provenance::credential::{Credential, hash_data};
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::json::Value;
use selvedge::provenance::key::TestSigner;
use selvedge::provenance::record::{
    Design, LangText, Media, Photograph, Record, Sha256Digest, SignedRecord, Subject, Texts, Uuid,
};
use selvedge::provenance::{jcs, multibase};
use sha2::{Digest as _, Sha256};

/// Memory is handed out as in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each is measured.
const ROUNDS: usize = 15;

/// How many are done before it is the turn of the next.
const TURN: usize = 2_000;

/// Signers of the records, as a register has a handful in its life.
const SIGNERS: u8 = 4;

fn text(language: &str, text: String) -> LangText {
    LangText { language: language.to_owned(), text }
}

/// A design as an association enters it, in two languages with a photograph; or with as little as a record may have.
fn record(number: usize, issuer: &DidWeb, is_full: bool) -> Record {
    let both = |en: &str, es: &str| -> Texts {
        vec![text("en", format!("{en} {number}")), text("es", format!("{es} {number}"))]
    };
    let least = Design {
        slug: format!("river-border-{number}"),
        name: vec![text("en", format!("River border {number}"))],
        held_by: vec![text("en", "The weavers of the upper river".to_owned())],
        ..Design::default()
    };
    let full = Design {
        name: both("River border", "Orilla del río"),
        description: both(
            "A border of three waves and a step, woven in two colours along both edges of a shawl.",
            "Una orilla de tres ondas y un escalón, tejida en dos colores a los dos lados del chal.",
        ),
        designed_by: vec![text("en", "Handed down".to_owned())],
        technique: both(
            "Backstrap loom, supplementary weft",
            "Telar de cintura, trama suplementaria",
        ),
        place_of_origin: vec![text("en", "The upper river".to_owned())],
        photographs: vec![Photograph {
            sha256: Sha256Digest::of(&number.to_be_bytes()),
            media: Media::Jpeg,
            orientation: 1,
            description: both("The border, seen from the front", "La orilla, de frente"),
        }],
        ..least.clone()
    };
    let design = if is_full { full } else { least };
    let mut random = [0; 16];
    random.copy_from_slice(&Sha256Digest::of(&number.to_le_bytes()).0[..16]);
    Record {
        uuid: Uuid::from_random(random),
        issuer: Did::Web(issuer.clone()),
        base: issuer.clone(),
        practice: false,
        valid_from: Timestamp::from_second(1_790_000_000 + number as i64).expect("a time"),
        valid_until: None,
        position: Some(number as u64),
        reissues: None,
        subject: Subject::Design(Box::new(design)),
    }
}

/// What a bare check is given.
struct Bare {
    key: VerifyingKey,
    message: [u8; 64],
    signature: Signature,
    /// What the proof says, as it is hashed.
    config: Vec<u8>,
}

fn bare(signed: &SignedRecord) -> Bare {
    let mut credential = Credential::parse(signed.bytes()).expect("a credential");
    let value = credential.proof.remove("proofValue");
    let signature =
        value.as_ref().and_then(Value::as_str).and_then(multibase::decode).expect("a signature");
    Bare {
        key: VerifyingKey::from_bytes(credential.key.as_bytes()).expect("a key"),
        config: jcs::encode(&Value::Object(credential.proof.clone())),
        message: hash_data(&Value::Object(credential.proof), &Value::Object(credential.document)),
        signature: Signature::from_slice(&signature).expect("a signature"),
    }
}

/// How long each job took in each round for so many.
fn timed(count: usize, jobs: [&dyn Fn(Range<usize>); 4]) -> Vec<[Duration; 4]> {
    let round = |_| {
        let mut times = [Duration::ZERO; 4];
        for start in (0..count).step_by(TURN) {
            for (time, job) in times.iter_mut().zip(jobs) {
                let began = Instant::now();
                job(start..count.min(start + TURN));
                *time += began.elapsed();
            }
        }
        times
    };
    (0..ROUNDS).map(round).collect()
}

/// The lowest, the median and the highest.
fn spread(figures: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    [figures[0], figures[figures.len() / 2], figures[figures.len() - 1]]
}

fn main() {
    let count = std::env::var("RECORDS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let signers: Vec<TestSigner> =
        (0..SIGNERS).map(|n| TestSigner::from_seed([n + 1; 32])).collect();
    println!(
        "{count} records each, {} threads, {ROUNDS} rounds in turn",
        rayon::current_num_threads()
    );
    for is_full in [true, false] {
        measure(count, &signers, is_full);
    }
}

fn measure(count: usize, signers: &[TestSigner], is_full: bool) {
    let issuer = DidWeb::parse("did:web:upper-river.example").expect("a name");
    let now = Timestamp::from_second(1_795_000_000).expect("a time");
    let files: Vec<Vec<u8>> = (0..count)
        .into_par_iter()
        .map(|number: usize| {
            let signer = &signers[number % signers.len()];
            record(number, &issuer, is_full).sign(now, signer).expect("signed").bytes().to_vec()
        })
        .collect();
    let bares: Vec<Bare> = files
        .par_iter()
        .map(|bytes| bare(&SignedRecord::parse(bytes).expect("a record")))
        .collect();
    let size = files.iter().map(Vec::len).sum::<usize>() / files.len().max(1);
    println!("\nrecords of {size} bytes:\n");

    let ready = |range: Range<usize>| {
        bares[range]
            .par_iter()
            .for_each(|it| it.key.verify_strict(&it.message, &it.signature).expect("it holds"));
    };
    let from_bytes = |range: Range<usize>| {
        bares[range].par_iter().for_each(|it| {
            let key = VerifyingKey::from_bytes(black_box(it.key.as_bytes())).expect("a key");
            key.verify_strict(&it.message, &it.signature).expect("it holds");
        });
    };
    let records = |range: Range<usize>| {
        files[range]
            .par_iter()
            .for_each(|bytes| drop(black_box(SignedRecord::parse(bytes).expect("a record"))));
    };
    // What document and file have in common is hashed once: this is less than any reader hashes.
    let hashed = |range: Range<usize>| {
        bares[range.clone()].par_iter().zip(&files[range]).for_each(|(it, file)| {
            black_box((Sha256::digest(file), Sha256::digest(&it.config)));
            it.key.verify_strict(&it.message, &it.signature).expect("it holds");
        });
    };
    let rounds = timed(count, [&ready, &from_bytes, &records, &hashed]);
    println!("| what | s | a second | % of bare, keys ready | % of bare, keys from their bytes |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let names = [
        "bare `verify_strict`, keys ready",
        "bare, each key from its 32 bytes",
        "records, every check",
        "bare, keys ready, and SHA-256 of file and proof",
    ];
    let show = |[low, median, high]: [f64; 3]| format!("{median:.1} ({low:.1}–{high:.1})");
    for (job, name) in names.iter().enumerate() {
        let seconds = spread(rounds.iter().map(|times| times[job].as_secs_f64()));
        // Each round against itself: what slowed it down slowed all three.
        let of = |bare: usize| {
            spread(rounds.iter().map(|it| 100.0 * it[bare].as_secs_f64() / it[job].as_secs_f64()))
        };
        println!(
            "| {name} | {} | {:.0} | {} | {} |",
            show(seconds),
            count as f64 / seconds[1],
            show(of(0)),
            show(of(1)),
        );
    }
}
