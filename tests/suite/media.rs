//! Photographs: hostile ones, ones with metadata, and the ways a picture can be stored.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use selvedge::media::{
    Cache, Darkroom, Encoding, Foreign, Format, Job, Limits, Lint, Photo, PhotoError, Settings,
    card, plan, probe, strip_metadata_master,
};

// --- pictures made here ---

/// Pixels of a picture in which every place differs: a red ramp across, a green one down, and a
/// blue mark in the upper left.
fn ramp(width: usize, height: usize) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let mark = if x * 3 < width && y * 3 < height { 220 } else { 30 };
            rgb.extend([(x * 255 / width) as u8, (y * 255 / height) as u8, mark]);
        }
    }
    rgb
}

/// APP segments to put into a JPEG: number and content.
type Segments<'a> = &'a [(u8, &'a [u8])];

fn jpeg(
    rgb: &[u8],
    width: usize,
    height: usize,
    progressive: bool,
    segments: Segments<'_>,
) -> Vec<u8> {
    use jpeg_encoder::{ColorType, Encoder};
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 92);
    encoder.set_progressive(progressive);
    for (number, content) in segments {
        encoder.add_app_segment(*number, content.to_vec()).expect("a segment");
    }
    encoder.encode(rgb, width as u16, height as u16, ColorType::Rgb).expect("a JPEG");
    bytes
}

fn png(
    pixels: &[u8],
    width: usize,
    height: usize,
    colour: png::ColorType,
    depth: png::BitDepth,
    icc: Option<&[u8]>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(width as u32, height as u32);
    info.color_type = colour;
    info.bit_depth = depth;
    info.icc_profile = icc.map(|icc| icc.to_vec().into());
    let encoder = png::Encoder::with_info(&mut bytes, info).expect("a PNG");
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(pixels).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

fn png8(rgb: &[u8], width: usize, height: usize) -> Vec<u8> {
    png(rgb, width, height, png::ColorType::Rgb, png::BitDepth::Eight, None)
}

/// EXIF data that holds an orientation and a place.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend([0x01, 0x0f, 0, 2, 0, 0, 0, 12, 0, 0, 0, 38]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(b"SECRET-MAKE\0");
    [b"Exif\0\0", tiff.as_slice()].concat()
}

fn settings(widths: &[u32]) -> Settings {
    Settings { widths: widths.to_vec(), ..Settings::default() }
}

fn darkroom(widths: &[u32]) -> Darkroom {
    Darkroom::new(settings(widths), Limits::default(), None)
}

fn look(input: &[u8]) -> Result<Photo, PhotoError> {
    probe(input, &Limits::default())
}

/// Every derivative of a photograph, the card included.
fn all(darkroom: &Darkroom, input: &[u8]) -> Result<Vec<Vec<u8>>, PhotoError> {
    let photo = darkroom.probe(input)?;
    let mut wanted = darkroom.plan(&photo);
    wanted.push(darkroom.card(&photo));
    Ok(darkroom.develop(&photo, &wanted, || Ok(input.to_vec()))?.files)
}

/// One derivative, a JPEG at full size and quality, decoded again: width, height, pixels.
fn shown(input: &[u8]) -> (usize, usize, Vec<u8>) {
    let photo = look(input).expect("a photo");
    let settings = Settings { jpeg_quality: 100, ..settings(&[photo.width_px]) };
    let rendition = plan(&photo, &settings).pop().expect("a JPEG comes last");
    let darkroom = Darkroom::new(settings, Limits::default(), None);
    let bytes = darkroom.develop_one(&photo, &rendition, || Ok(input.to_vec())).expect("made");
    decode(&bytes)
}

/// Decodes a derivative.
fn decode(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    if bytes.starts_with(b"RIFF") {
        let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("WebP");
        let (width, height) = decoder.dimensions();
        let mut pixels = vec![0; decoder.output_buffer_size().expect("a size")];
        decoder.read_image(&mut pixels).expect("pixels");
        (width as usize, height as usize, pixels)
    } else {
        let mut decoder =
            zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(bytes));
        let pixels = decoder.decode().expect("JPEG");
        let (width, height) = decoder.dimensions().expect("a size");
        (width, height, pixels)
    }
}

/// The mean difference of a channel.
fn difference(one: &[u8], other: &[u8]) -> u64 {
    assert_eq!(one.len(), other.len());
    let sum: u64 = one.iter().zip(other).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum / one.len().max(1) as u64
}

fn assert_alike(one: &(usize, usize, Vec<u8>), other: &(usize, usize, Vec<u8>), what: &str) {
    assert_within(4, one, other, what);
}

fn assert_within(
    most: u64,
    one: &(usize, usize, Vec<u8>),
    other: &(usize, usize, Vec<u8>),
    what: &str,
) {
    assert_eq!((one.0, one.1), (other.0, other.1), "{what}: size");
    let difference = difference(&one.2, &other.2);
    assert!(difference <= most, "{what}: pixels differ by {difference} on average");
}

fn at(picture: &(usize, usize, Vec<u8>), x: usize, y: usize) -> [u8; 3] {
    let from = (y * picture.0 + x) * 3;
    picture.2[from..from + 3].try_into().expect("three bytes")
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

fn assert_colour(found: [u8; 3], expected: [u8; 3], what: &str) {
    let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4);
    assert!(near, "{what}: {found:?} is not nearly {expected:?}");
}

// --- the hostile folder ---

fn hostile() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/image")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// A folder beside a developer's checkout with data whose licence keeps it out of this one.
fn shared(topic: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(topic);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {topic} may not be copied into the project, and is not beside it");
    None
}

#[test]
fn each_hostile_picture_is_told_for_what_it_is() {
    use PhotoError::{Damaged, Empty, TooManyPixels, Truncated};
    let verdict = |name: &str| {
        let input = fs::read(hostile().join("own").join(name)).expect("a case");
        look(&input).map(|photo| (photo.width_px, photo.height_px))
    };
    let size = |width_px, height_px| Err(TooManyPixels { width_px, height_px });
    assert_eq!(verdict("html-as.jpg"), Err(PhotoError::Foreign(Foreign::Html)));
    assert_eq!(verdict("svg-as.png"), Err(PhotoError::Foreign(Foreign::Svg)));
    assert_eq!(verdict("gif-65535.gif"), Err(PhotoError::Foreign(Foreign::Gif)));
    assert_eq!(verdict("empty.jpg"), Err(Empty));
    assert_eq!(verdict("zero-width.png"), Err(Damaged));
    assert_eq!(verdict("truncated.jpg"), Err(Truncated));
    assert_eq!(verdict("nul-tail.jpg"), Err(Truncated));
    assert_eq!(verdict("bomb-30000x30000-1bit.png"), size(30_000, 30_000));
    assert_eq!(verdict("dims-65500.jpg"), size(65_500, 65_500));
    assert!(verdict("dims-max.png").is_err());
    for whole in ["comment.jpg", "icc-bomb-50mb.png", "text.png", "trailer.png"] {
        assert!(verdict(whole).is_ok(), "{whole}: {:?}", verdict(whole));
    }
    let name = "tiff-clusterfuzz-testcase-minimized-fuzzer_script_tiff-5026894169374720.tif";
    let input = fs::read(hostile().join("image-rs").join(name)).expect("a case");
    assert_eq!(look(&input), Err(PhotoError::Foreign(Foreign::Tiff)));
}

#[test]
fn words_for_makers_name_no_library_and_say_what_to_do() {
    let heic = look(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").expect_err("HEIC");
    assert_eq!(heic, PhotoError::Foreign(Foreign::Heic));
    assert!(heic.hint().contains("Most Compatible"), "{}", heic.hint());
    for (input, kind) in [
        (&b"\0\0\0\x1cftypavif\0\0\0\0avifmif1"[..], Foreign::Avif),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Foreign::Film),
        (b"GIF89a\x01\0\x01\0", Foreign::Gif),
        (b"BM\x36\0\0\0", Foreign::Bmp),
        (b"II*\0\x08\0\0\0", Foreign::Tiff),
        (b"\xff\x0a\0\0", Foreign::JpegXl),
        (b"%PDF-1.7", Foreign::Pdf),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", Foreign::Svg),
    ] {
        let error = look(input).expect_err("not a photo");
        assert_eq!(error, PhotoError::Foreign(kind));
        assert!(!error.hint().is_empty());
    }
    assert_eq!(look(b"just words"), Err(PhotoError::NotAPhoto));
}

/// Develops one file in a process of its own, which then says how much memory it took at most.
///
/// Run by `hostile_pictures_stay_within_memory_and_time` only.
#[test]
#[ignore = "a part of another test, which runs it in a process of its own"]
fn develop_one_file_and_report() {
    let Some(path) = std::env::var_os("SELVEDGE_TEST_PHOTO") else { return };
    let input = fs::read(path).expect("the file");
    let outcome = match all(&darkroom(&[400, 800, 1600]), &input) {
        Ok(files) => format!("made {}", files.len()),
        Err(error) => format!("refused: {error}"),
    };
    let master = strip_metadata_master(&input, &Limits::default()).is_ok();
    println!("\nREPORT {} {} {outcome}; master {master}", peak_kb(), busy_ms());
}

/// The most memory that this process has held; 0 where the system does not say.
fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// Time that this process was at work, whatever else the machine does; 0 where the system does
/// not say.
fn busy_ms() -> u64 {
    let mut busy_ns = 0;
    for thread in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let stat = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        busy_ns += stat.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or(0);
    }
    busy_ns / 1_000_000
}

#[test]
fn hostile_pictures_stay_within_memory_and_time() {
    let made_here = tempfile::tempdir().expect("a folder");
    let mut files = files_below(&hostile());
    files.retain(|path| path.extension().is_none_or(|ending| ending != "jsonl"));
    if let Some(folder) = shared("hostile/image/exif") {
        files.extend(files_below(&folder));
    }
    for (name, bytes) in heavy() {
        let path = made_here.path().join(name);
        fs::write(&path, bytes).expect("written");
        files.push(path);
    }
    for path in files {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "media::develop_one_file_and_report", "--ignored", "--nocapture"])
            .env("SELVEDGE_TEST_PHOTO", &path)
            .output()
            .expect("it runs");
        let words = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {words}", path.display());
        let report = words.lines().find_map(|line| line.strip_prefix("REPORT ")).expect("a report");
        let mut numbers = report.splitn(3, ' ');
        let mut number = || numbers.next().and_then(|n| n.parse::<u64>().ok()).expect("a number");
        let (peak_mb, busy_ms) = (number() / 1024, number());
        println!("{}: {peak_mb} MB, {busy_ms} ms, {report}", path.display());
        assert!(peak_mb < 512, "{} took {peak_mb} MB", path.display());
        assert!(busy_ms < 10_000, "{} took {busy_ms} ms", path.display());
    }
}

/// Pictures that are within every limit, and as costly as they can be made in few bytes.
///
/// A build for debugging decodes about fifty times slower than one for use, so it gets them at a
/// sixty-fourth of the size. `cargo test --release --test suite media` takes them in full.
fn heavy() -> Vec<(&'static str, Vec<u8>)> {
    use png::{BitDepth::*, ColorType::*};
    let part = if cfg!(debug_assertions) { 8 } else { 1 };
    let bomb = |width: usize, height: usize, colour, depth| {
        let (width, height) = (width / part, height / part);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().expect("a header");
        let row = vec![0; (width * colour.samples() * depth as usize).div_ceil(8)];
        let mut stream = writer.stream_writer().expect("a stream");
        for _ in 0..height {
            std::io::Write::write_all(&mut stream, &row).expect("a row");
        }
        stream.finish().expect("an end");
        writer.finish().expect("an end");
        bytes
    };
    vec![
        ("60-mpx-1-bit.png", bomb(7_740, 7_740, Grayscale, One)),
        ("60-mpx-rgba-16-bit.png", bomb(7_740, 7_740, Rgba, Sixteen)),
        ("wide.png", bomb(30_000, 1_999, Rgba, Eight)),
        ("tall.png", bomb(1_999, 30_000, Rgb, Eight)),
        ("60-mpx.jpg", grey_jpeg(7_744 / part, 7_744 / part, false)),
        ("44-mpx-progressive.jpg", grey_jpeg(6_656 / part, 6_656 / part, true)),
        ("60-mpx-progressive.jpg", grey_jpeg(7_744 / part, 7_744 / part, true)),
    ]
}

/// A JPEG whose header promises a large picture of three full components; its data ends early,
/// and what is missing costs as much memory as if it were there.
fn grey_jpeg(width: usize, height: usize, progressive: bool) -> Vec<u8> {
    let rgb = vec![128; 64 * 64 * 3];
    let mut bytes = jpeg(&rgb, 64, 64, progressive, &[]);
    let frame = if progressive { [0xff, 0xc2] } else { [0xff, 0xc0] };
    let at = bytes.windows(2).position(|window| window == frame).expect("a frame header");
    bytes[at + 5..at + 7].copy_from_slice(&(height as u16).to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&(width as u16).to_be_bytes());
    bytes
}

#[test]
fn nothing_private_is_in_any_output() {
    let cases = fs::read_to_string(hostile().join("leaks.jsonl")).expect("the list");
    let darkroom = darkroom(&[400, 800, 1600]);
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = case["file"].as_str().expect("a file name");
        let input = fs::read(hostile().join(name)).expect("a case");
        let mut outputs = all(&darkroom, &input).expect(name);
        let master = strip_metadata_master(&input, &Limits::default()).expect(name);
        if case["orientation"].is_string() {
            assert_eq!(master.orientation.as_exif(), 6, "{name}");
        }
        outputs.push(master.bytes);
        for word in case["output_must_not_contain"].as_array().expect("words") {
            let word = word.as_str().expect("a word").as_bytes();
            assert!(
                contains(&input, word) || name.ends_with(".png"),
                "{name} is a test of nothing"
            );
            for (number, output) in outputs.iter().enumerate() {
                assert!(!contains(output, word), "{name}: output {number} holds {word:?}");
            }
        }
        for (number, output) in outputs.iter().enumerate() {
            for trace in [&b"Exif"[..], b"eXIf", b"EXIF", b"XMP", b"GPS", b"http://ns.adobe"] {
                assert!(!contains(output, trace), "{name}: output {number} has metadata");
            }
        }
    }
}

// --- how pictures are stored ---

#[test]
fn every_orientation_is_shown_upright() {
    let (width, height) = (96, 64);
    let upright = ramp(width, height);
    let expected = shown(&png8(&upright, width, height));
    assert_colour(at(&expected, 5, 5), [13, 20, 220], "the mark is in the upper left");
    for orientation in 1..=8 {
        let (stored, stored_width, stored_height) = stored(&upright, width, height, orientation);
        let exif = exif(orientation);
        let photo = jpeg(&stored, stored_width, stored_height, false, &[(1, &exif)]);
        let facts = look(&photo).expect("a photo");
        assert_eq!((facts.width_px, facts.height_px), (96, 64), "orientation {orientation}");
        assert_eq!(facts.orientation.as_exif(), orientation);
        assert_alike(&shown(&photo), &expected, &format!("orientation {orientation}"));
        for output in all(&darkroom(&[40, 80]), &photo).expect("made") {
            assert!(!contains(&output, b"SECRET-MAKE"));
        }
    }
}

/// How a camera stores an upright picture that it marks with this orientation.
fn stored(rgb: &[u8], width: usize, height: usize, orientation: u8) -> (Vec<u8>, usize, usize) {
    let (stored_width, stored_height) =
        if orientation >= 5 { (height, width) } else { (width, height) };
    let mut out = vec![0; rgb.len()];
    for y in 0..height {
        for x in 0..width {
            // Where EXIF says that row 0 and column 0 of the stored picture are.
            let (to_x, to_y) = match orientation {
                1 => (x, y),
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, width - 1 - x),
                7 => (height - 1 - y, width - 1 - x),
                _ => (height - 1 - y, x),
            };
            let (from, to) = ((y * width + x) * 3, (to_y * stored_width + to_x) * 3);
            out[to..to + 3].copy_from_slice(&rgb[from..from + 3]);
        }
    }
    (out, stored_width, stored_height)
}

#[test]
fn cameras_agree_about_orientation() {
    let Some(folder) = shared("realdata/exif-photos/orientation") else { return };
    let shown: Vec<_> = files_below(&folder)
        .iter()
        .map(|path| {
            let input = fs::read(path).expect("a photo");
            let darkroom = darkroom(&[200]);
            let photo = darkroom.probe(&input).expect("a photo");
            let rendition = darkroom.plan(&photo).pop().expect("a JPEG");
            let bytes =
                darkroom.develop_one(&photo, &rendition, || Ok(input.clone())).expect("made");
            decode(&bytes)
        })
        .collect();
    assert_eq!(shown.len(), 8);
    for (number, other) in shown.iter().enumerate() {
        // The files were compressed once for each turn, so they differ in noise.
        assert_within(8, &shown[0], other, &format!("landscape {}", number + 1));
    }
}

#[test]
fn every_depth_and_kind_of_png_is_shown() {
    use png::{BitDepth::*, ColorType::*};
    let (width, height) = (32, 24);
    let rgb = ramp(width, height);
    let expected = shown(&png8(&rgb, width, height));

    let deep: Vec<u8> = rgb.iter().flat_map(|value| [*value, 0x80]).collect();
    assert_alike(&shown(&png(&deep, width, height, Rgb, Sixteen, None)), &expected, "16 bit");

    let rgba: Vec<u8> = rgb.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    assert_alike(&shown(&png(&rgba, width, height, Rgba, Eight, None)), &expected, "opaque");

    let clear = [10, 20, 30, 0].repeat(width * height);
    let white = shown(&png(&clear, width, height, Rgba, Eight, None));
    assert_colour(at(&white, 9, 9), [255; 3], "transparent is white");
    let half = [200, 0, 0, 128].repeat(width * height);
    let pink = shown(&png(&half, width, height, Rgba, Eight, None));
    assert_colour(at(&pink, 9, 9), [227, 127, 127], "half transparent");
    let grey = [100, 0].repeat(width * height);
    let faint = shown(&png(&grey, width, height, GrayscaleAlpha, Eight, None));
    assert_colour(at(&faint, 9, 9), [255; 3], "grey, transparent");

    let bits = vec![0b1111_0000; width / 8 * height];
    let stripes = shown(&png(&bits, width, height, Grayscale, One, None));
    assert_colour(at(&stripes, 1, 9), [255; 3], "one bit, set");
    assert_colour(at(&stripes, 6, 9), [0; 3], "one bit, not set");

    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
    encoder.set_color(Indexed);
    encoder.set_depth(Eight);
    encoder.set_palette(vec![250, 10, 10, 10, 10, 250]);
    encoder.set_trns(vec![255, 0]);
    let mut writer = encoder.write_header().expect("a header");
    let columns: Vec<u8> = (0..256).map(|n| u8::from(n % 16 >= 8)).collect();
    writer.write_image_data(&columns).expect("pixels");
    writer.finish().expect("an end");
    let palette = shown(&bytes);
    assert_colour(at(&palette, 2, 8), [250, 10, 10], "palette");
    assert_colour(at(&palette, 13, 8), [255; 3], "palette, transparent");
}

fn webp(encoder: webpx::Encoder<'_>) -> Vec<u8> {
    encoder.encode(webpx::Unstoppable).expect("encoded")
}

#[test]
fn webp_is_shown_lossy_and_lossless_and_transparent() {
    let (width, height) = (96, 64);
    let rgb = ramp(width, height);
    let expected = shown(&png8(&rgb, width, height));
    let (w, h) = (width as u32, height as u32);
    let opaque = || webpx::Encoder::new_rgb(&rgb, w, h);
    assert_alike(&shown(&webp(opaque().lossless(true))), &expected, "lossless");
    assert_alike(&shown(&webp(opaque().quality(95.0))), &expected, "lossy");
    let clear = [10, 20, 30, 0].repeat(width * height);
    let clear = webp(webpx::Encoder::new_rgba(&clear, w, h).quality(90.0));
    assert_colour(at(&shown(&clear), 9, 9), [255; 3], "transparent is white");
    assert_eq!(look(&clear).expect("a photo").format, Format::Webp);
}

#[test]
fn grey_and_printing_colours_are_shown() {
    use jpeg_encoder::{ColorType, Encoder};
    let mut grey = Vec::new();
    Encoder::new(&mut grey, 95).encode(&[90; 64 * 48], 64, 48, ColorType::Luma).expect("grey");
    assert_colour(at(&shown(&grey), 30, 30), [90; 3], "grey");
    // Full cyan, no other ink. The encoder inverts, as Adobe's programs do.
    let inks = [255, 0, 0, 0].repeat(64 * 48);
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut print = Vec::new();
        Encoder::new(&mut print, 95).encode(&inks, 64, 48, colour).expect("print");
        let photo = look(&print).expect("a photo");
        assert!(photo.print_colours && photo.lints().contains(&Lint::PrintColours));
        let found = at(&shown(&print), 30, 30);
        assert_colour(found, [0, 255, 255], &format!("{colour:?}"));
    }
}

#[test]
fn colours_are_brought_to_srgb() {
    use moxcms::ColorProfile;
    use png::{BitDepth::Eight, ColorType::*};
    let (width, height) = (64, 48);
    let flat = |colour: &[u8]| colour.repeat(width * height);
    let profile = |profile: ColorProfile| profile.encode().expect("a profile");
    let p3 = profile(ColorProfile::new_display_p3());
    let adobe = profile(ColorProfile::new_adobe_rgb());
    let srgb = profile(ColorProfile::new_srgb());
    let linear_grey = profile(ColorProfile::new_gray_with_gamma(1.0));

    let colour = |rgb: &[u8], icc: &[u8]| {
        at(&shown(&png(&flat(rgb), width, height, Rgb, Eight, Some(icc))), 30, 30)
    };
    // Values from the definitions of the colour spaces.
    assert_colour(colour(&[200, 100, 50], &p3), [213, 95, 31], "Display P3");
    assert_colour(colour(&[100, 150, 100], &adobe), [68, 151, 97], "Adobe RGB");
    assert_colour(colour(&[200, 100, 50], &srgb), [200, 100, 50], "sRGB");
    assert_colour(colour(&[200, 100, 50], b"no profile at all"), [200, 100, 50], "broken");
    // A profile for other channels says nothing.
    assert_colour(colour(&[200, 100, 50], &linear_grey), [200, 100, 50], "grey profile");
    let grey = png(&flat(&[55]), width, height, Grayscale, Eight, Some(&linear_grey));
    assert_colour(at(&shown(&grey), 30, 30), [128; 3], "linear grey");

    // A JPEG keeps its profile in numbered segments.
    let segment = [b"ICC_PROFILE\0\x01\x01", p3.as_slice()].concat();
    let photo = jpeg(&flat(&[200, 100, 50]), width, height, false, &[(2, &segment)]);
    assert_colour(at(&shown(&photo), 30, 30), [213, 95, 31], "Display P3 in a JPEG");
    let master = strip_metadata_master(&photo, &Limits::default()).expect("a master");
    assert_alike(&shown(&master.bytes), &shown(&photo), "the master keeps its colours");
}

/// The decoder makes wrong colours of some of these without a word (zune-image, issue 422).
#[test]
fn a_jpeg_with_each_colour_in_a_scan_of_its_own_is_refused_rather_than_shown_in_wrong_colours() {
    let encoded = |progressive, has_own_tables| {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.set_progressive(progressive);
        encoder.set_optimized_huffman_tables(has_own_tables);
        let colours = jpeg_encoder::ColorType::Rgb;
        encoder.encode(&ramp(64, 48), 64, 48, colours).expect("a JPEG");
        bytes
    };
    let apart = encoded(false, true);
    assert_eq!(look(&apart), Err(PhotoError::RareJpeg));
    // The bytes between markers may be filled up.
    let filled = [&apart[..2], &[0xff; 3], &apart[2..]].concat();
    assert_eq!(look(&filled), Err(PhotoError::RareJpeg));
    for (progressive, has_own_tables) in [(false, false), (true, false), (true, true)] {
        assert!(look(&encoded(progressive, has_own_tables)).is_ok());
    }
}

#[test]
fn the_end_of_a_file_may_not_be_missing() {
    let rgb = ramp(64, 64);
    let encoder = || webpx::Encoder::new_rgb(&rgb, 64, 64);
    for (what, whole) in [
        ("baseline", jpeg(&rgb, 64, 64, false, &[(1, &exif(1))])),
        ("progressive", jpeg(&rgb, 64, 64, true, &[])),
        ("png", png8(&rgb, 64, 64)),
        ("lossy webp", webp(encoder().quality(80.0))),
        ("lossless webp", webp(encoder().lossless(true))),
    ] {
        assert!(look(&whole).is_ok(), "{what}");
        for len in 0..whole.len() - 1 {
            // The last four bytes of a PNG are a checksum that nothing depends on.
            let is_whole = what == "png" && len >= whole.len() - 4;
            assert_eq!(look(&whole[..len]).is_ok(), is_whole, "{what}, {len} bytes");
        }
        let longer = [whole.as_slice(), b"and something that does not belong to it"].concat();
        assert!(look(&longer).is_ok(), "{what} with something after its end");
    }
}

#[test]
fn altered_bytes_never_stop_the_program() {
    let rgb = ramp(40, 30);
    let srgb = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let segment = [b"ICC_PROFILE\0\x01\x01", srgb.as_slice()].concat();
    let encoder = || webpx::Encoder::new_rgb(&rgb, 40, 30);
    let darkroom = darkroom(&[16, 32]);
    let mut seed = 7_u32;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    for whole in [
        jpeg(&rgb, 40, 30, false, &[(1, &exif(6)), (2, &segment)]),
        jpeg(&rgb, 40, 30, true, &[(1, &exif(8))]),
        png(&rgb, 40, 30, png::ColorType::Rgb, png::BitDepth::Eight, Some(&srgb)),
        webp(encoder().quality(80.0)),
        webp(encoder().lossless(true)),
    ] {
        for _ in 0..150 {
            let mut altered = whole.clone();
            for _ in 0..=random(3) {
                let place = random(altered.len());
                altered[place] = random(256) as u8;
            }
            let _ = all(&darkroom, &altered);
            let _ = strip_metadata_master(&altered, &Limits::default());
        }
    }
}

#[test]
fn limits_are_exact() {
    let photo = png8(&ramp(40, 30), 40, 30);
    let exact = Limits {
        max_bytes: photo.len() as u64,
        max_pixels: 40 * 30,
        max_side_px: 40,
        max_icc_bytes: 0,
        max_decode_bytes: 40 * 30 * 3,
    };
    assert!(probe(&photo, &exact).is_ok());
    let below = |change: fn(&mut Limits)| {
        let mut limits = exact.clone();
        change(&mut limits);
        probe(&photo, &limits).expect_err("over a limit")
    };
    let (width_px, height_px) = (40, 30);
    assert!(matches!(below(|l| l.max_bytes -= 1), PhotoError::TooManyBytes { .. }));
    let pixels = PhotoError::TooManyPixels { width_px, height_px };
    assert_eq!(below(|l| l.max_pixels -= 1), pixels);
    assert_eq!(below(|l| l.max_side_px -= 1), pixels);
    assert_eq!(below(|l| l.max_decode_bytes -= 1), PhotoError::TooHeavy { width_px, height_px });
}

// --- derivatives ---

#[test]
fn derivatives_are_what_the_plan_says() {
    let input = jpeg(&ramp(900, 600), 900, 600, false, &[]);
    let darkroom = darkroom(&[200, 400, 1600]);
    let photo = darkroom.probe(&input).expect("a photo");
    let mut wanted = darkroom.plan(&photo);
    let widths: Vec<u32> = wanted.iter().map(|rendition| rendition.width_px).collect();
    assert_eq!(widths, [200, 200, 400, 400, 900, 900]);
    wanted.push(card(&photo, darkroom.settings()));
    let developed = darkroom.develop(&photo, &wanted, || Ok(input.clone())).expect("made");
    let whole = decode(&developed.files[5]);
    for (rendition, bytes) in wanted.iter().zip(&developed.files) {
        let is_webp = bytes.starts_with(b"RIFF");
        assert_eq!(is_webp, rendition.encoding == Encoding::Webp, "{rendition:?}");
        let found = decode(bytes);
        assert_eq!((found.0 as u32, found.1 as u32), (rendition.width_px, rendition.height_px));
        if rendition.name.contains("card") {
            assert_eq!((found.0, found.1), (900, 472));
            // The middle: as much is gone above as below.
            assert_colour(at(&found, 700, 0), at(&whole, 700, 64), "top of the card");
            assert_colour(at(&found, 700, 471), at(&whole, 700, 535), "foot of the card");
        }
    }
}

#[test]
fn dense_pictures_that_phones_take_keep_their_limit() {
    // Spots of four pixels, each another: at 400 pixels every pixel, as of a close look at cloth.
    let (width, height) = (1600, 1200);
    let spot = |x: usize, y: usize| {
        let at = u32::try_from(y / 4 * width + x / 4).unwrap();
        let mixed = at.wrapping_mul(2_654_435_761) ^ at.wrapping_mul(40_503).rotate_left(13);
        [88, 116, 140, 168][(mixed.wrapping_mul(2_246_822_519) >> 30) as usize]
    };
    let pixels = (0..width * height).flat_map(|at| [spot(at % width, at / width); 3]);
    let dense = png8(&pixels.collect::<Vec<u8>>(), width, height);
    let calm = png8(&ramp(1600, 1200), 1600, 1200);
    let free = Settings { phone_bytes: u32::MAX, ..settings(&[400, 800, 1600]) };
    let room = |settings: Settings| Darkroom::new(settings, Limits::default(), None);
    let sizes = |room: &Darkroom, input: &[u8]| -> Vec<(u32, usize)> {
        let plan = room.plan(&room.probe(input).unwrap());
        let made = all(room, input).unwrap();
        let webp =
            plan.iter().zip(made).filter(|(rendition, _)| rendition.encoding == Encoding::Webp);
        webp.map(|(rendition, bytes)| (rendition.width_px, bytes.len())).collect()
    };
    let (limited, unlimited) = (darkroom(&[400, 800, 1600]), room(free));
    assert_eq!(sizes(&limited, &calm), sizes(&unlimited, &calm));
    for ((width, light), (_, heavy)) in
        sizes(&limited, &dense).into_iter().zip(sizes(&unlimited, &dense))
    {
        let most = usize::try_from(64_000 * width / 800).unwrap();
        match width {
            1600 => assert_eq!(light, heavy, "screens that take it have a fast line"),
            _ => assert!(light <= most && heavy > most, "{width} px: {light} of {heavy} bytes"),
        }
    }
}

#[test]
fn the_way_of_asking_changes_no_byte() {
    let inputs: Vec<Vec<u8>> =
        (0..6).map(|n| jpeg(&ramp(300 + n * 7, 200), 300 + n * 7, 200, n % 2 == 0, &[])).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let cached = || Some(Cache::new(folder.path().join("photos")));
    let room = |cache| Darkroom::new(settings(&[100, 200]), Limits::default(), cache);
    let jobs: Vec<Job> = inputs
        .iter()
        .map(|input| {
            let photo = look(input).expect("a photo");
            let mut wanted = plan(&photo, &settings(&[100, 200]));
            wanted.push(card(&photo, &settings(&[100, 200])));
            Job { photo, wanted }
        })
        .collect();
    let together = |threads: usize, cache| {
        let room = room(cache);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let results = std::sync::Mutex::new(vec![None; jobs.len()]);
        pool.install(|| {
            room.develop_all(
                &jobs,
                |number| Ok(inputs[number].clone()),
                |number, result| {
                    results.lock().expect("whole")[number] = Some(result.expect("made"));
                },
            );
        });
        assert_eq!(room.cache_trouble(), None);
        results.into_inner().expect("whole")
    };
    let expected = together(1, None);
    assert!(together(4, None) == expected, "four threads");
    assert!(together(4, cached()) == expected, "a cold cache");
    assert!(together(2, cached()) == expected, "a warm cache");

    let plain = room(None);
    let warm = room(cached());
    for (job, expected) in jobs.iter().zip(&expected) {
        let expected = expected.as_ref().expect("made");
        let input = &inputs[jobs.iter().position(|j| j.photo == job.photo).expect("there")];
        for (rendition, bytes) in job.wanted.iter().zip(&expected.files) {
            let one = plain.develop_one(&job.photo, rendition, || Ok(input.clone()));
            assert!(one.expect("made") == *bytes, "{} alone", rendition.name);
            let remembered = warm.develop_one(&job.photo, rendition, || panic!("it is cached"));
            assert!(remembered.expect("cached") == *bytes, "{} remembered", rendition.name);
        }
        let look = plain.appearance(&job.photo, || Ok(input.clone())).expect("seen");
        assert_eq!(look, expected.appearance);
        assert_eq!(warm.appearance(&job.photo, || panic!("it is cached")).expect("seen"), look);
    }

    // A broken entry is made anew, and what is no longer used goes.
    let broken = files_below(folder.path())
        .into_iter()
        .find(|path| path.to_string_lossy().contains("-200.webp"))
        .expect("an entry");
    fs::write(&broken, b"RIFF not what it was").expect("written");
    assert!(together(2, cached()) == expected, "a broken entry");
    assert_eq!(warm.prune(&jobs).expect("pruned"), 0);
    assert_eq!(warm.prune(&jobs[1..]).expect("pruned"), jobs[0].wanted.len() + 1);
    assert_eq!(files_below(folder.path()).len(), 5 * (jobs[0].wanted.len() + 1));
}

#[test]
fn other_bytes_than_those_looked_at_are_refused() {
    let (one, other) = (png8(&ramp(64, 64), 64, 64), png8(&ramp(64, 63), 64, 63));
    let darkroom = darkroom(&[32]);
    let photo = darkroom.probe(&one).expect("a photo");
    let wanted = darkroom.plan(&photo);
    let changed = darkroom.develop(&photo, &wanted, || Ok(other.clone()));
    assert_eq!(changed, Err(PhotoError::Changed));
    let gone = darkroom.develop(&photo, &wanted, || Err(std::io::Error::other("no such file")));
    assert_eq!(gone, Err(PhotoError::Unreadable("no such file".into())));
    // So are derivatives of another photograph.
    let foreign = darkroom.plan(&darkroom.probe(&other).expect("a photo"));
    let refused = darkroom.develop(&photo, &foreign, || Ok(one.clone()));
    assert_eq!(refused, Err(PhotoError::Changed));
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_only() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("photos"), "a file where the folder should be").expect("written");
    let cache = Cache::new(folder.path().join("photos"));
    let darkroom = Darkroom::new(settings(&[32]), Limits::default(), Some(cache));
    let input = png8(&ramp(64, 64), 64, 64);
    assert!(all(&darkroom, &input).is_ok());
    assert!(darkroom.cache_trouble().is_some());
}

/// The bytes of derivatives are the same on every machine. After a change of encoder, settings
/// or pipeline these digests are new, and `ENCODER` has to be too.
#[test]
fn derivatives_are_the_same_everywhere() {
    use sha2::{Digest, Sha256};
    let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let segment = [b"ICC_PROFILE\0\x01\x01", p3.as_slice()].concat();
    let photo = jpeg(&ramp(333, 222), 333, 222, false, &[(1, &exif(6)), (2, &segment)]);
    let digests: Vec<String> = all(&darkroom(&[100, 200]), &photo)
        .expect("made")
        .iter()
        .map(|bytes| data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)[..8]))
        .collect();
    assert_eq!(digests, PINNED);
}

const PINNED: [&str; 5] = [
    "b5804a980c544376",
    "fb111b8adcc613cf",
    "980e5e71a0262254",
    "8ff4734b17ecba05",
    "2a7ab817f420677c",
];

// --- masters ---

#[test]
fn a_master_keeps_pixels_and_nothing_else() {
    let rgb = ramp(96, 64);
    let mut named = moxcms::ColorProfile::new_display_p3();
    named.copyright = Some(moxcms::ProfileText::PlainString("SECRET-OWNER".into()));
    let icc = named.encode().expect("a profile");
    let icc_segment = [b"ICC_PROFILE\0\x01\x01", icc.as_slice()].concat();
    let thumbnail = [&b"JFXX\0\x10"[..], b"SECRET-THUMB"].concat();
    let exif = exif(6);
    let segments: Segments<'_> = &[
        (1, &exif),
        (1, b"http://ns.adobe.com/xap/1.0/\0<x>SECRET-XMP</x>"),
        (2, &icc_segment),
        (2, b"MPF\0SECRET-MPF"),
        (13, b"Photoshop 3.0\0SECRET-IPTC"),
        (11, &thumbnail),
        (15, b"SECRET-APP15"),
    ];
    for progressive in [false, true] {
        let mut input = jpeg(&rgb, 96, 64, progressive, segments);
        // A comment between the scans, and a film after the picture, as phones put there.
        let last_scan = input.windows(2).rposition(|w| w == [0xff, 0xda]).expect("a scan");
        let comment = b"\xff\xfe\0\x10SECRET-COMMENT";
        input.splice(last_scan..last_scan, comment.iter().copied());
        input.extend(b"SECRET-FILM");
        let master = strip_metadata_master(&input, &Limits::default()).expect("a master");
        assert!(contains(&input, b"SECRET"));
        assert!(!contains(&master.bytes, b"SECRET"), "progressive {progressive}");
        assert_eq!((master.media_type, master.extension), ("image/jpeg", "jpg"));
        assert_eq!((master.width_px, master.height_px), (64, 96));
        assert_eq!(master.orientation.as_exif(), 6);
        let again = strip_metadata_master(&master.bytes, &Limits::default()).expect("a master");
        assert_eq!(again.bytes, master.bytes, "nothing is left to take away");
        // Stored as it was: on its side, and in its own colours.
        let (one, other) = (shown(&master.bytes), look(&master.bytes).expect("a photo"));
        assert_eq!((one.0, one.1), (96, 64));
        assert_eq!(other.orientation.as_exif(), 1);
    }
}

#[test]
fn masters_of_png_and_webp_keep_their_pixels() {
    use img_parts::{Bytes, ImageEXIF, ImageICC, riff};
    let rgb = ramp(64, 48);
    let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");

    let mut picture = img_parts::png::Png::from_bytes(png8(&rgb, 64, 48).into()).expect("PNG");
    picture.set_icc_profile(Some(p3.clone().into()));
    picture.set_exif(Some(Bytes::from(exif(3)[6..].to_vec())));
    let text = img_parts::png::PngChunk::new(*b"tEXt", Bytes::from_static(b"Author\0SECRET"));
    picture.chunks_mut().insert(1, text);
    let mut input = picture.encoder().bytes().to_vec();
    input.extend(b"SECRET");
    let master = strip_metadata_master(&input, &Limits::default()).expect("a master");
    assert!(!contains(&master.bytes, b"SECRET") && !contains(&master.bytes, b"eXIf"));
    assert_eq!((master.media_type, master.orientation.as_exif()), ("image/png", 3));
    let upright = png(&rgb, 64, 48, png::ColorType::Rgb, png::BitDepth::Eight, Some(&p3));
    assert_alike(&shown(&master.bytes), &shown(&upright), "PNG");

    let opaque = || webpx::Encoder::new_rgb(&rgb, 64, 48);
    let rgba: Vec<u8> = rgb.chunks(3).flat_map(|p| [p[0], p[1], p[2], p[0]]).collect();
    let clear = webpx::Encoder::new_rgba(&rgba, 64, 48).quality(80.0);
    for encoder in [opaque().quality(80.0), opaque().lossless(true), clear] {
        let encoded = webp(encoder);
        let mut picture = img_parts::webp::WebP::from_bytes(encoded.into()).expect("WebP");
        picture.set_exif(Some(Bytes::from(exif(3)[6..].to_vec())));
        picture.set_icc_profile(Some(p3.clone().into()));
        for id in [*b"XMP ", *b"JUNK"] {
            let content = riff::RiffContent::Data(Bytes::from_static(b"SECRET"));
            picture.chunks_mut().push(riff::RiffChunk::new(id, content));
        }
        let input = picture.encoder().bytes().to_vec();
        let master = strip_metadata_master(&input, &Limits::default()).expect("a master");
        assert!(!contains(&master.bytes, b"SECRET") && !contains(&master.bytes, b"EXIF"));
        assert_eq!((master.media_type, master.orientation.as_exif()), ("image/webp", 3));
        assert_eq!(look(&master.bytes).expect("a photo").orientation.as_exif(), 1);
        let again = strip_metadata_master(&master.bytes, &Limits::default()).expect("a master");
        assert_eq!(again.bytes, master.bytes, "nothing is left to take away");
    }
}
