//! How many changed pictures are found, and how many others are taken for them. `cargo bench --bench similar`.
//!
//! A register is drawn of invented patterns of twelve families; each base pattern is changed in every way of [`Change`], and
//! asked about. Thresholds were chosen by the base patterns from 1 on; those from [`REPORTED`] on were drawn for the first time
//! when they were fixed, and their figures are what docs/SIMILAR.md tells. A number as argument sets how many
//! bases of each family there are on either side (2), a second one how many other patterns (4).

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that measures")]

use std::time::Instant;

use rayon::prelude::*;
use selvedge::similar::likeness::{Query, Thresholds};
use selvedge::similar::picture::{Fingerprint, LOOKED_AT_PX};

#[path = "similar/patterns.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod patterns;

use patterns::{Change, FAMILIES, Picture, pattern};

/// The number of the first base pattern of each family whose figures are told.
const REPORTED: u64 = 11;

/// Sizes of the patterns, in pixels.
const SIZE: (usize, usize) = (480, 360);

fn read_jpeg(bytes: &[u8]) -> Vec<u8> {
    let bytes = zune_jpeg::zune_core::bytestream::ZCursor::new(bytes);
    zune_jpeg::JpegDecoder::new(bytes).decode().expect("a JPEG")
}

fn small(picture: &Picture) -> Picture {
    picture.within(LOOKED_AT_PX as usize)
}

/// What came of one question.
struct Answer {
    base: usize,
    change: usize,
    is_found: bool,
    /// Whether nothing was nearer than the right one.
    is_first: bool,
    wrong: usize,
}

fn main() {
    let mut numbers = std::env::args().filter_map(|word| word.parse::<u64>().ok());
    let (bases, others) = (numbers.next().unwrap_or(2), numbers.next().unwrap_or(4));
    let of = |first: u64, count: u64| {
        (0..FAMILIES.len()).flat_map(move |family| (0..count).map(move |n| (family, first + n)))
    };
    let bases: Vec<(usize, u64)> = of(1, bases).chain(of(REPORTED, bases)).collect();
    let register: Vec<(usize, u64)> = bases.iter().copied().chain(of(100, others)).collect();
    let began = Instant::now();
    let prints: Vec<Option<Fingerprint>> = register
        .par_iter()
        .map(|(family, number)| {
            let picture = small(&pattern(*family, *number, SIZE.0, SIZE.1));
            Fingerprint::of(&picture.rgb, picture.width, picture.height)
        })
        .collect();
    println!(
        "register of {} patterns drawn and looked at in {:?}",
        register.len(),
        began.elapsed()
    );

    let began = Instant::now();
    let asked = Thresholds::CHOSEN;
    let answers: Vec<Answer> = (0..bases.len() * Change::ALL.len())
        .into_par_iter()
        .with_max_len(1)
        .map(|question| {
            let (base, change) = (question / Change::ALL.len(), question % Change::ALL.len());
            let (family, number) = bases[base];
            let plain = pattern(family, number, SIZE.0, SIZE.1);
            let changed = small(&Change::ALL[change].0.apply(&plain, family, number));
            let query = Query::of(&changed.rgb, changed.width, changed.height);
            let near = |print: &Option<Fingerprint>| {
                let (query, print) = (query.as_ref()?, print.as_ref()?);
                let quick = query.compare_hashes(print, &asked);
                quick.or_else(|| query.compare_marks(print, &asked)).map(|it| it.nearness)
            };
            let found: Vec<Option<f32>> = prints.iter().map(near).collect();
            let own = found[base];
            let is_first = own.is_some_and(|own| found.iter().flatten().all(|other| *other <= own));
            let wrong = found.iter().flatten().count() - usize::from(own.is_some());
            Answer { base, change, is_found: own.is_some(), is_first, wrong }
        })
        .collect();
    println!("{} questions in {:?}\n", answers.len(), began.elapsed());

    let row = |name: &str, of: &dyn Fn(&Answer) -> bool| {
        let mut cells = Vec::new();
        for is_reported in [false, true] {
            let is_in =
                |answer: &&Answer| (bases[answer.base].1 >= REPORTED) == is_reported && of(answer);
            let all: Vec<&Answer> = answers.iter().filter(is_in).collect();
            let share = |count: usize| 100 * count / all.len().max(1);
            let wrong: usize = all.iter().map(|answer| answer.wrong).sum();
            cells.push(format!(
                "{} % | {} % | {:.1}",
                share(all.iter().filter(|answer| answer.is_found).count()),
                share(all.iter().filter(|answer| answer.is_first).count()),
                wrong as f32 / all.len().max(1) as f32
            ));
        }
        println!("| {name} | {} |", cells.join(" | "));
    };
    println!(
        "| change | chosen by: found | nearest | others | reported: found | nearest | others |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (at, (_, name)) in Change::ALL.iter().enumerate() {
        row(name, &|answer| answer.change == at);
    }
    row("all changes", &|_| true);
    println!();
    for (at, name) in FAMILIES.iter().enumerate() {
        row(name, &|answer| bases[answer.base].0 == at);
    }
}
