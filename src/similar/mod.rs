//! Finds designs that look or are called alike, in every register at hand: a reason to look, never a verdict.
//!
//! A design that is asked about is compared with those of [`register`]s by its words ([`words`]) and by its pictures
//! ([`picture`], [`likeness`]). What is near is listed, best first, with the reason in plain words; [`page`] shows the
//! pictures side by side. `docs/SIMILAR.md` has how much is found and how much of it is chance, measured by
//! `benches/similar.rs`.
//!
//! What this module guarantees:
//! - Only public things are looked at. Nothing of sealed designs or of what is hidden or for a few is kept.
//! - Fingerprints tell what a picture shows, so none enters a record or a page. Those of record masters, which are public
//!   for ever, are kept below `.selvedge/cache` ([`Remembered`]), where nothing is published from; [`forget`] empties it.
//! - Strangers' folders are bounded, and a broken picture in one is named and passed over.

pub mod likeness;
pub mod page;
pub mod picture;
pub mod register;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::media::{Cache, Darkroom, Glance, Limits, Orientation, Settings};
use crate::provenance::record::Sha256Digest;
use likeness::{Extent, Likeness, Query, Thresholds};
use picture::{Fingerprint, LOOKED_AT_PX};
use register::{Design, Picture, Register};
use words::{SharedWords, Words};

/// Where fingerprints of record masters are kept, below the site's folder.
pub const CACHE: &str = ".selvedge/cache/similar";
/// Where the page lies that was made last, below the site's folder.
pub const PAGE: &str = ".selvedge/similar.html";

/// The most designs that are listed.
const MOST_LISTED: usize = 24;
/// The most pictures whose marks are paired for one picture that is asked about.
const MOST_PAIRED: usize = 320;
/// The fewest marks that may have a partner, for pairing at all.
const LEAST_PROMISE: usize = 8;
/// The most pictures that are asked about.
const MOST_ASKED: usize = 8;
/// The most things that are said to have been passed over.
const MOST_PASSED: usize = 12;
/// A word of names and motifs that more designs than this have, and more than one in so many, is common.
const COMMON: (usize, usize) = (4, 12);

/// What is asked about.
pub struct Asked {
    /// Its words; none for a picture alone.
    pub words: Words,
    /// Its pictures, each with its name for the screen.
    pub pictures: Vec<(String, Glance)>,
}

/// Designs to look at, the nearest first.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The designs.
    pub near: Vec<Near>,
    /// How many designs were compared.
    pub compared: usize,
    /// How many pictures were compared.
    pub pictures: usize,
    /// Pictures that were left for another time, so that this one stays quick.
    pub left: usize,
    /// More designs that were near, but are not listed.
    pub more: usize,
    /// What was passed over, in words.
    pub passed: Vec<String>,
}

/// A design to look at.
#[derive(Clone, Debug)]
pub struct Near {
    /// The design.
    pub design: Design,
    /// Pictures that are near.
    pub picture: Option<NearPicture>,
    /// Words that are shared.
    pub words: Option<SharedWords>,
}

/// Two pictures to look at.
#[derive(Clone, Debug)]
pub struct NearPicture {
    /// Which of the pictures that are asked about, from 0.
    pub asked: usize,
    /// The picture that was found.
    pub found: Picture,
    /// How they are alike.
    pub likeness: Likeness,
}

impl Likeness {
    /// The reason to look, in plain words.
    pub fn reason(&self) -> String {
        let mut words = match self.extent {
            Extent::Whole => "looks like the same picture",
            Extent::Within => "looks like yours is a part of this picture",
            Extent::Around => "looks like this is a part of yours",
            Extent::Motif => "something in both looks the same",
        }
        .to_owned();
        match (self.position.is_turned(), self.position.is_mirrored()) {
            (true, true) => words.push_str(", turned and mirrored"),
            (true, false) => words.push_str(", turned"),
            (false, true) => words.push_str(", mirrored"),
            (false, false) => {}
        }
        if self.is_negative {
            words.push_str(", light and dark exchanged");
        }
        let near = match self.nearness {
            0.66.. => "hardly any difference",
            0.33.. => "some difference",
            _ => "a faint likeness",
        };
        format!("{words} ({near})")
    }
}

impl Near {
    /// The reasons to look: the picture first.
    pub fn reasons(&self) -> Vec<String> {
        let picture = self.picture.iter().map(|picture| picture.likeness.reason());
        picture.chain(self.words.iter().map(SharedWords::reason)).collect()
    }

    /// What comes first is what looks most alike, then what shares most words.
    fn order(&self) -> (bool, u32, u32) {
        let picture = self.picture.as_ref().map(|it| it.likeness);
        let nearness = picture.map_or(0, |it| (it.nearness * 1000.0) as u32);
        let is_whole = picture.is_some_and(|it| it.extent == Extent::Whole);
        let words = self.words.as_ref().map_or(0, |words| words.weight);
        (picture.is_some(), nearness + if is_whole { 300 } else { 0 } + words * 10, words)
    }
}

/// The fingerprints of record masters that were looked at before.
pub struct Remembered {
    cache: Option<Cache>,
    used: Mutex<BTreeSet<String>>,
}

impl Remembered {
    /// Those of a site's folder.
    pub fn of(root: &Path) -> Self {
        let cache = Cache::in_site(root, CACHE);
        Self { cache, used: Mutex::default() }
    }

    /// Remembers nothing.
    pub fn nothing() -> Self {
        Self { cache: None, used: Mutex::default() }
    }

    /// A name that tells neither the picture nor, without it, its digest.
    fn name(digest: &Sha256Digest, orientation: u8) -> String {
        let digest = Sha256::new()
            .chain_update("selvedge likeness\0")
            .chain_update([picture::FORM, orientation])
            .chain_update(digest.0)
            .finalize();
        format!("{}-likeness", data_encoding::HEXLOWER.encode(&digest[..16]))
    }

    fn load(&self, name: &str) -> Option<Option<Fingerprint>> {
        let bytes = self.cache.as_ref()?.load(name)?;
        if let Ok(mut used) = self.used.lock() {
            used.insert(name.to_owned());
        }
        // An empty entry: there is nothing in this picture to compare.
        if bytes.is_empty() {
            return Some(None);
        }
        Fingerprint::from_bytes(&bytes).map(Some)
    }

    fn store(&self, name: &str, fingerprint: Option<&Fingerprint>) {
        let bytes = fingerprint.map_or_else(Vec::new, Fingerprint::to_bytes);
        if let Some(cache) = &self.cache
            && cache.store(name, &bytes).is_ok()
            && let Ok(mut used) = self.used.lock()
        {
            used.insert(name.to_owned());
        }
    }

    /// Removes what was not used since: of designs that are withdrawn, or of registers that are not at hand any more.
    pub fn prune(&self) {
        if let (Some(cache), Ok(used)) = (&self.cache, self.used.lock()) {
            // What stays for once does no harm, and goes the next time.
            let _ = cache.prune(&used);
        }
    }
}

/// Removes every fingerprint and the page that was made last, as when something is sealed or taken back.
pub fn forget(root: &Path) {
    // What a link leads to is somebody else's.
    if root.join(".selvedge").is_symlink() {
        return;
    }
    // They are made anew when they are needed.
    let _ = std::fs::remove_dir_all(root.join(CACHE));
    let _ = std::fs::remove_file(root.join(PAGE));
}

/// A small copy to ask about.
///
/// # Errors
/// If it is no photograph that can be used.
pub fn glance(input: &[u8], orientation: Option<u8>) -> Result<Glance, crate::media::PhotoError> {
    let shown = orientation.and_then(|it| Orientation::from_exif(u32::from(it)));
    Glance::of(input, shown, page::SHOWN_PX, &Limits::default())
}

/// The part of a copy that is looked at.
fn looked_at(glance: &Glance) -> (Vec<u8>, usize, usize) {
    let small = glance.within(LOOKED_AT_PX);
    (small.rgb, small.width_px as usize, small.height_px as usize)
}

/// Looks for designs near the one that is asked about. `registers` are those that the designs speak of by number;
/// `most_new` is how many pictures are looked at that are not remembered, all if `None`. `progress` is told how many
/// pictures are done, of how many.
pub fn search(
    asked: &Asked,
    designs: &[Design],
    registers: &[Register<'_>],
    remembered: &Remembered,
    most_new: Option<usize>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Found {
    let mut found = Found { compared: designs.len(), ..Found::default() };
    let pictures: Vec<(usize, &Picture)> = if asked.pictures.is_empty() {
        Vec::new()
    } else {
        let of = |(at, design): (usize, &'_ Design)| -> Vec<(usize, usize)> {
            (0..design.pictures.len()).map(|picture| (at, picture)).collect()
        };
        let all = designs.iter().enumerate().flat_map(of);
        all.map(|(at, picture)| (at, &designs[at].pictures[picture])).collect()
    };
    let looker = Looker {
        registers,
        remembered,
        darkroom: Darkroom::new(Settings::default(), Limits::default(), None),
        left: AtomicUsize::new(most_new.unwrap_or(usize::MAX)),
        skipped: AtomicUsize::new(0),
        passed: Mutex::default(),
    };
    let done = AtomicUsize::new(0);
    let prints: Vec<Option<Fingerprint>> = pictures
        .par_iter()
        .with_max_len(1)
        .map(|(at, picture)| {
            let fingerprint = looker.look(designs[*at].register, picture);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, pictures.len());
            fingerprint
        })
        .collect();
    found.pictures = prints.iter().flatten().count();
    found.left = looker.skipped.into_inner();
    let mut passed = looker.passed.into_inner().unwrap_or_default();
    passed.sort();
    found.passed = in_short(passed);
    let mut near: BTreeMap<usize, Near> = BTreeMap::new();
    let at = |design: usize| Near { design: designs[design].clone(), picture: None, words: None };
    for (number, (_, glance)) in asked.pictures.iter().enumerate().take(MOST_ASKED) {
        let (rgb, width, height) = looked_at(glance);
        let Some(query) = Query::of(&rgb, width, height) else { continue };
        for (picture, likeness) in compare(&query, &prints) {
            let (design, picture) = pictures[picture];
            let place = near.entry(design).or_insert_with(|| at(design));
            let is_nearer = place
                .picture
                .as_ref()
                .is_none_or(|other| likeness.nearness > other.likeness.nearness);
            if is_nearer {
                let found = picture.clone();
                place.picture = Some(NearPicture { asked: number, found, likeness });
            }
        }
    }
    let common = common_words(designs);
    let is_common = |word: &str| common.contains(word);
    for (design, other) in designs.iter().enumerate() {
        if let Some(words) = asked.words.shared(&other.words, &is_common) {
            near.entry(design).or_insert_with(|| at(design)).words = Some(words);
        }
    }
    let mut near: Vec<Near> = near.into_values().collect();
    near.sort_by_key(|near| std::cmp::Reverse(near.order()));
    found.more = near.len().saturating_sub(MOST_LISTED);
    near.truncate(MOST_LISTED);
    found.near = near;
    found
}

/// The pictures that are near one, by their numbers.
fn compare(query: &Query, prints: &[Option<Fingerprint>]) -> Vec<(usize, Likeness)> {
    let asked = Thresholds::CHOSEN;
    let quick: Vec<(usize, Option<Likeness>, usize)> = prints
        .par_iter()
        .enumerate()
        .filter_map(|(at, print)| {
            let print = print.as_ref()?;
            Some((at, query.compare_hashes(print, &asked), query.promise(print)))
        })
        .collect();
    let mut paired: Vec<(usize, usize)> = quick
        .iter()
        .filter(|(_, likeness, promise)| likeness.is_none() && *promise >= LEAST_PROMISE)
        .map(|(at, _, promise)| (*at, *promise))
        .collect();
    paired.sort_by_key(|(at, promise)| (std::cmp::Reverse(*promise), *at));
    paired.truncate(MOST_PAIRED);
    let by_marks = paired
        .par_iter()
        .filter_map(|(at, _)| Some((*at, query.compare_marks(prints[*at].as_ref()?, &asked)?)));
    let by_marks: Vec<(usize, Likeness)> = by_marks.collect();
    let by_hashes = quick.into_iter().filter_map(|(at, likeness, _)| Some((at, likeness?)));
    by_hashes.chain(by_marks).collect()
}

/// The words of names and motifs that many designs have.
fn common_words(designs: &[Design]) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in designs.iter().flat_map(|design| design.words.firsts()) {
        *counts.entry(word).or_default() += 1;
    }
    let is_common = |count: usize| count > COMMON.0 && count * COMMON.1 > designs.len();
    let common = counts.into_iter().filter(|(_, count)| is_common(*count));
    common.map(|(word, _)| word.to_owned()).collect()
}

/// At most so many lines, and how many more.
pub fn in_short(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > MOST_PASSED {
        let more = lines.len() - MOST_PASSED;
        lines.truncate(MOST_PASSED);
        lines.push(format!("and {more} more"));
    }
    lines
}

/// Looks at pictures of registers.
struct Looker<'a> {
    registers: &'a [Register<'a>],
    remembered: &'a Remembered,
    darkroom: Darkroom,
    /// How many more may be looked at that are not remembered.
    left: AtomicUsize,
    skipped: AtomicUsize,
    passed: Mutex<Vec<String>>,
}

impl Looker<'_> {
    fn look(&self, register: usize, picture: &Picture) -> Option<Fingerprint> {
        let name = picture
            .digest
            .map(|digest| Remembered::name(&digest, picture.orientation.unwrap_or(1)));
        if let Some(known) = name.as_ref().and_then(|name| self.remembered.load(name)) {
            return known;
        }
        let takes = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, takes).is_err() {
            self.skipped.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        match self.read(register, picture) {
            Ok(glance) => {
                let (rgb, width, height) = looked_at(&glance);
                let fingerprint = Fingerprint::of(&rgb, width, height);
                if let Some(name) = &name {
                    self.remembered.store(name, fingerprint.as_ref());
                }
                fingerprint
            }
            Err(why) => {
                let register = &self.registers[register].name;
                if let Ok(mut passed) = self.passed.lock() {
                    passed.push(format!("{register}: {}: {why}", picture.path));
                }
                None
            }
        }
    }

    fn read(&self, register: usize, picture: &Picture) -> Result<Glance, String> {
        let bytes = bytes_of(&self.registers[register], picture)?;
        if crate::media::is_drawing(&bytes) {
            return Err("a drawing (SVG) is compared by its words only".to_owned());
        }
        let shown = picture.orientation.and_then(|it| Orientation::from_exif(u32::from(it)));
        self.darkroom.glance(&bytes, shown, LOOKED_AT_PX).map_err(|error| error.to_string())
    }
}

/// The bytes of a picture, which are those that its record names.
fn bytes_of(register: &Register<'_>, picture: &Picture) -> Result<Vec<u8>, String> {
    let bytes = register.files.read(&picture.path).map_err(|error| error.why)?;
    let bytes = bytes.ok_or("it is not there")?;
    if picture.digest.is_some_and(|digest| Sha256Digest::of(&bytes) != digest) {
        return Err("it is not the picture that the record names".to_owned());
    }
    Ok(bytes)
}

/// A copy of a picture that was found, to show it; `None` if it cannot be had any more.
pub fn shown(register: &Register<'_>, picture: &Picture) -> Option<Glance> {
    glance(&bytes_of(register, picture).ok()?, picture.orientation).ok()
}
