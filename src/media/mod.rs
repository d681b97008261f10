//! Photographs to derivatives and to record masters; pure but for the cache's own folder.
//!
//! The course of one photograph: [`probe`] looks at its headers and says what it is, or in a
//! maker's words why it cannot be used. [`plan`] names the files that will be made of it, with
//! their sizes, before any of them exists, so that pages can be written first. [`Darkroom`] makes
//! them: decoded once, brought to sRGB, turned upright, scaled down step by step, each step
//! encoded as WebP and JPEG. [`strip_metadata_master`] makes the copy that a record speaks of.
//! Drawings (SVG) go another way: [`rebuild`] writes them anew from what is harmless; and recordings, which [`bare_sound`] copies without what is told beside the sound.
//!
//! What this module guarantees:
//! - Limits are checked on the headers, before memory is taken for what they announce.
//! - No metadata of the input reaches an output: derivatives are pixels encoded anew.
//! - The same bytes and settings give the same bytes and the same names, at any number of threads.
//! - A name holds a digest of input, settings and [`ENCODER`]; a file of that name never changes.
//! - Photographs are decoded at the same time only as far as a memory budget allows.
//! - What comes back from the cache is checked against its digest, and made anew if it is broken.
//!
//! Transparency is laid on white. Of animations the first frame is shown. Printing colours (CMYK)
//! are converted without their profile; [`Lint::PrintColours`] says so. Photographs in Adobe RGB
//! that say so only in EXIF, without a profile, are taken as sRGB, as browsers do.

mod appearance;
mod cache;
mod colour;
mod darkroom;
mod decode;
mod develop;
mod drawing;
mod error;
mod glance;
mod master;
mod orientation;
mod planes;
mod sound;

pub use appearance::{Appearance, Lint};
pub use cache::Cache;
pub use darkroom::{Darkroom, Developed, Job};
pub use decode::probe;
pub use drawing::{Drawing, LeftOut, is_drawing, rebuild};
pub use error::{Foreign, PhotoError};
pub use glance::Glance;
pub use master::{Master, strip_metadata_master};
pub use orientation::Orientation;
pub use sound::{MAX_SOUND_BYTES, Sound, SoundError, bare_sound};

use sha2::{Digest, Sha256};

/// What makes the bytes of derivatives; part of every name, so that a new encoder gives new names.
///
/// A test holds it against `Cargo.lock`. The number in front counts changes of our own.
pub const ENCODER: &str = "4 zune-jpeg 0.5.15, png 0.18.1, image-webp 0.2.4, moxcms 0.9.2, \
                           fast_image_resize 6.1.0, libwebp-sys 0.14.4, webpx 0.4.1, jpeg-encoder 0.7.1";

/// The longest side of a derivative, in pixels; WebP cannot have more than 16,383.
const MAX_RENDITION_SIDE_PX: u32 = 8_192;

/// Width and height of the picture that other sites show beside a link.
const CARD_PX: (u32, u32) = (1200, 630);

/// What a photograph may cost before it is decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file.
    pub max_bytes: u64,
    /// Width times height.
    pub max_pixels: u64,
    /// The longer side.
    pub max_side_px: u32,
    /// Size of a colour profile; a larger one is ignored.
    pub max_icc_bytes: usize,
    /// Memory that decoding needs at worst, by the headers.
    pub max_decode_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_pixels: 60_000_000,
            max_side_px: 30_000,
            max_icc_bytes: 4 << 20,
            max_decode_bytes: 400_000_000,
        }
    }
}

/// How derivatives are made. Any change gives all of them new names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Widths in pixels, in any order. A photograph is never enlarged: widths above its own are
    /// replaced by its own.
    pub widths: Vec<u32>,
    /// Quality of WebP, 0 to 100.
    pub webp_quality: u8,
    /// The widest picture that phones take, in pixels. A WebP up to this width that has more than
    /// [`Settings::phone_bytes`] is made at lower qualities until it fits, or at the lowest that looks well.
    pub phone_width: u32,
    /// Bytes of a WebP that is `phone_width` wide; narrower ones have as much less.
    pub phone_bytes: u32,
    /// Effort of WebP, 0 (fast) to 6 (small).
    pub webp_method: u8,
    /// Quality of JPEG, 1 to 100.
    pub jpeg_quality: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            widths: vec![400, 800, 1600],
            webp_quality: 75,
            // What a page of a product may weigh on a phone, less the page itself.
            phone_width: 800,
            phone_bytes: 64_000,
            webp_method: 4,
            jpeg_quality: 75,
        }
    }
}

impl Settings {
    /// One text for one way of making derivatives.
    fn canonical(&self) -> String {
        let mut widths = self.widths.clone();
        widths.sort_unstable();
        widths.dedup();
        format!(
            "{ENCODER}; widths {widths:?}; webp {} method {} to {} px {} bytes; jpeg {}",
            self.webp_quality,
            self.webp_method,
            self.phone_width,
            self.phone_bytes,
            self.jpeg_quality
        )
    }
}

/// The kinds of file that are taken as photographs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG, any depth; of an animation the first frame.
    Png,
    /// WebP, lossy or lossless; of an animation the first frame.
    Webp,
}

impl Format {
    /// The media type, such as `image/jpeg`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// The ending of file names, without the point.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// What the headers of a usable photograph say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// SHA-256 of all bytes of the file.
    pub digest: [u8; 32],
    /// Width when upright.
    pub width_px: u32,
    /// Height when upright.
    pub height_px: u32,
    /// Size of the file.
    pub len_bytes: u64,
    /// What the content is, whatever the file is called.
    pub format: Format,
    /// How the stored picture is turned to stand upright.
    pub orientation: Orientation,
    /// Whether it is stored in printing inks (CMYK) rather than light.
    pub print_colours: bool,
    /// Memory that decoding takes at worst.
    decode_bytes: u64,
}

/// What a derivative shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The whole picture.
    Scaled,
    /// 1200 × 630 or that shape, for link previews: cut from the middle, or whole on a ground.
    Card,
}

/// How a derivative is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// Lossy WebP.
    Webp,
    /// Progressive JPEG.
    Jpeg,
}

impl Encoding {
    /// The media type, as in the `type` of a `source` element.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Webp => "image/webp",
            Self::Jpeg => "image/jpeg",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Webp => "webp",
            Self::Jpeg => "jpg",
        }
    }
}

/// A file that can be made of a photograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// What it shows.
    pub kind: Kind,
    /// How it is encoded.
    pub encoding: Encoding,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Its file name, such as `5feceb66ffc86f38d952-800.webp`: names for other bytes differ.
    pub name: String,
}

/// Lists the derivatives of a photograph: rising in width, WebP before JPEG at each.
///
/// There is always at least one width. A photograph narrower than the widest asked for also
/// comes in its own width, unless one of the others is nearly that.
pub fn plan(photo: &Photo, settings: &Settings) -> Vec<Rendition> {
    let stem = stem(photo, settings);
    let mut renditions = Vec::new();
    for width_px in widths(photo, settings) {
        let height_px = height_at(photo, width_px);
        for encoding in [Encoding::Webp, Encoding::Jpeg] {
            let name = format!("{stem}-{width_px}.{}", encoding.extension());
            renditions.push(Rendition { kind: Kind::Scaled, encoding, width_px, height_px, name });
        }
    }
    renditions
}

/// Describes the JPEG for link previews: 1200 × 630, or that shape if the photograph is smaller.
///
/// A photograph that is nearly of that shape is cut; one that would lose more than a third stands whole on
/// a ground of the colour of its edges, as most photographs of things do that are square or tall.
pub fn card(photo: &Photo, settings: &Settings) -> Rendition {
    let width = base_width(photo, settings);
    let height = height_at(photo, width);
    let (width_px, height_px) =
        if card_is_cut(width, height) { cut(width, height) } else { canvas(width, height) };
    let stem = stem(photo, settings);
    Rendition {
        kind: Kind::Card,
        encoding: Encoding::Jpeg,
        width_px,
        height_px,
        name: format!("{stem}-card.jpg"),
    }
}

/// Tells whether a card is cut from a picture of this size: only if two thirds of it stay.
fn card_is_cut(width_px: u32, height_px: u32) -> bool {
    let (width, height) = (u64::from(width_px), u64::from(height_px));
    let (card_width, card_height) = (u64::from(CARD_PX.0), u64::from(CARD_PX.1));
    let kept = width.min(height * card_width / card_height)
        * height.min((width * card_height / card_width).max(1));
    kept * 3 >= width * height * 2
}

/// The largest box of the shape of a card within a picture, then no more than the card.
fn cut(width_px: u32, height_px: u32) -> (u32, u32) {
    let (width, height) = (u64::from(width_px), u64::from(height_px));
    let (card_width, card_height) = (u64::from(CARD_PX.0), u64::from(CARD_PX.1));
    let width = width.min(height * card_width / card_height).min(card_width).max(1);
    (width as u32, (width * card_height / card_width).clamp(1, height) as u32)
}

/// The smallest box of the shape of a card around a picture, then no more than the card.
fn canvas(width_px: u32, height_px: u32) -> (u32, u32) {
    let (width, height) = (u64::from(width_px), u64::from(height_px));
    let (card_width, card_height) = (u64::from(CARD_PX.0), u64::from(CARD_PX.1));
    let width = width.max(height * card_width / card_height).min(card_width);
    (width as u32, (width * card_height / card_width).max(1) as u32)
}

/// The size of a picture that stands whole in a box, never enlarged.
fn within(picture: (u32, u32), around: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(picture.0), u64::from(picture.1));
    let (most_width, most_height) = (u64::from(around.0), u64::from(around.1));
    if width <= most_width && height <= most_height {
        picture
    } else if width * most_height >= height * most_width {
        (around.0, ((most_width * height + width / 2) / width).clamp(1, most_height) as u32)
    } else {
        (((most_height * width + height / 2) / height).clamp(1, most_width) as u32, around.1)
    }
}

/// The widths of a photograph's derivatives, rising.
fn widths(photo: &Photo, settings: &Settings) -> Vec<u32> {
    // A very tall picture is narrower still when its height is brought within bounds.
    let longest = u64::from(photo.width_px.max(photo.height_px));
    let own = u64::from(photo.width_px) * u64::from(MAX_RENDITION_SIDE_PX) / longest;
    let own = (own as u32).clamp(1, photo.width_px);
    let mut widths: Vec<u32> =
        settings.widths.iter().copied().filter(|width| (1..=own).contains(width)).collect();
    widths.sort_unstable();
    widths.dedup();
    let is_capped = widths.len() < settings.widths.len();
    let nearly_own = widths.last().is_some_and(|last| u64::from(own) * 10 <= u64::from(*last) * 11);
    if widths.is_empty() || (is_capped && !nearly_own && settings.widths.iter().any(|w| *w > own)) {
        widths.push(own);
    }
    widths
}

/// The width of the first step, from which all others are made.
fn base_width(photo: &Photo, settings: &Settings) -> u32 {
    widths(photo, settings).last().copied().expect("there is always a width")
}

/// The height that keeps the proportions at this width, as far as a file can hold it.
fn height_at(photo: &Photo, width_px: u32) -> u32 {
    let (width, height) = (u64::from(photo.width_px), u64::from(photo.height_px));
    let height_px = (u64::from(width_px) * height + width / 2) / width;
    height_px.clamp(1, u64::from(MAX_RENDITION_SIDE_PX)) as u32
}

/// The first part of names: 80 bits over input, settings and encoder.
fn stem(photo: &Photo, settings: &Settings) -> String {
    let digest = Sha256::new()
        .chain_update("selvedge rendition\0")
        .chain_update(photo.digest)
        .chain_update(settings.canonical())
        .finalize();
    data_encoding::HEXLOWER.encode(&digest[..10])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(width_px: u32, height_px: u32) -> Photo {
        Photo {
            digest: [7; 32],
            width_px,
            height_px,
            len_bytes: 1,
            format: Format::Jpeg,
            orientation: Orientation::default(),
            print_colours: false,
            decode_bytes: 1,
        }
    }

    fn settings(widths: &[u32]) -> Settings {
        Settings { widths: widths.to_vec(), ..Settings::default() }
    }

    #[test]
    fn widths_never_enlarge() {
        let cases: [(u32, u32, &[u32], &[u32]); 11] = [
            (4000, 3000, &[400, 800, 1600], &[400, 800, 1600]),
            (4000, 3000, &[1600, 400, 400], &[400, 1600]),
            (1600, 1200, &[400, 800, 1600], &[400, 800, 1600]),
            (1599, 1200, &[400, 800, 1600], &[400, 800, 1599]),
            (1000, 1000, &[400, 800, 1600], &[400, 800, 1000]),
            (850, 1000, &[400, 800, 1600], &[400, 800]),
            (300, 200, &[400, 800, 1600], &[300]),
            (1, 1, &[400], &[1]),
            (1, 30_000, &[400], &[1]),
            (200, 30_000, &[400], &[54]),
            (4000, 3000, &[], &[4000]),
        ];
        for (width, height, asked, expected) in cases {
            let photo = photo(width, height);
            assert_eq!(widths(&photo, &settings(asked)), expected, "{width} × {height}");
            for rendition in plan(&photo, &settings(asked)) {
                assert!(rendition.width_px <= width && rendition.height_px <= height.max(1));
                assert!(rendition.height_px <= MAX_RENDITION_SIDE_PX, "{rendition:?}");
            }
        }
    }

    #[test]
    fn cards_keep_their_shape_and_never_enlarge() {
        for (size, expected, is_cut) in [
            ((4000, 3000), (1200, 630), true),
            ((4000, 2200), (1200, 630), true),
            ((1000, 600), (1000, 525), true),
            ((3000, 4000), (1200, 630), false),
            ((1000, 1000), (1200, 630), false),
            ((300, 400), (761, 399), false),
            ((3000, 300), (1200, 630), false),
            ((1, 1), (1, 1), true),
            ((2, 3000), (1200, 630), false),
        ] {
            let photo = photo(size.0, size.1);
            let settings = settings(&[400, 800, 1600]);
            let card = card(&photo, &settings);
            assert_eq!((card.width_px, card.height_px), expected, "{size:?}");
            let base = base_width(&photo, &settings);
            assert_eq!(card_is_cut(base, height_at(&photo, base)), is_cut, "{size:?}");
        }
        for (picture, around, expected) in [
            ((1600, 1600), (1200, 630), (630, 630)),
            ((1600, 160), (1200, 630), (1200, 120)),
            ((300, 400), (761, 399), (299, 399)),
            ((2, 3000), (1200, 630), (1, 630)),
            ((100, 100), (1200, 630), (100, 100)),
        ] {
            assert_eq!(within(picture, around), expected, "{picture:?} in {around:?}");
        }
    }

    #[test]
    fn names_tell_input_and_settings_apart() {
        let (one, mut other) = (photo(1000, 800), photo(1000, 800));
        other.digest[31] ^= 1;
        let normal = Settings::default();
        let finer = Settings { jpeg_quality: 90, ..normal.clone() };
        let name = |photo: &Photo, settings: &Settings| plan(photo, settings)[0].name.clone();
        assert_ne!(name(&one, &normal), name(&other, &normal));
        assert_ne!(name(&one, &normal), name(&one, &finer));
        let shuffled = Settings { widths: vec![1600, 400, 800, 400], ..normal.clone() };
        assert_eq!(name(&one, &normal), name(&one, &shuffled));
        assert!(name(&one, &normal).ends_with("-400.webp"));
    }

    #[test]
    fn encoder_names_the_versions_that_are_locked() {
        let lock = include_str!("../../Cargo.lock");
        let (_, crates) = ENCODER.split_once(' ').expect("a number, then crates");
        for entry in crates.split(", ") {
            let (name, version) = entry.trim().split_once(' ').expect("name and version");
            let wanted = format!("name = \"{name}\"\nversion = \"{version}\"");
            assert!(lock.contains(&wanted), "{entry} is not what Cargo.lock says: change ENCODER");
        }
    }
}
