//! Bytes to pixels, with every limit checked before memory is taken.
//!
//! The kind of file is told by its content, never by its name. Headers give the size first; a
//! picture over a limit is refused before its pixels are touched. A picture whose end is missing
//! is refused, because decoders fill the rest with grey. Decoders are other people's crates; a
//! panic in one is caught and means "damaged", so one hostile picture cannot stop a site.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sha2::{Digest, Sha256};
use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

use super::{Foreign, Format, Limits, Orientation, Photo, PhotoError};

/// Pixels in the order in which they are stored, not yet turned upright, not yet in sRGB.
pub(super) struct Raw {
    /// One byte a channel, rows from the top, no padding.
    pub(super) pixels: Vec<u8>,
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    pub(super) channels: Channels,
    /// The colour profile, if it speaks of these channels and is within the limit.
    pub(super) icc: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    Rgb,
}

/// Looks at the headers of a photograph.
///
/// Checks every limit and that the file is whole, without decoding a pixel. The digest is over
/// all bytes. Sizes are those after turning the picture upright.
pub fn probe(input: &[u8], limits: &Limits) -> Result<Photo, PhotoError> {
    let header = header(input, limits)?;
    let (width_px, height_px) = header.orientation.turned(header.width_px, header.height_px);
    Ok(Photo {
        digest: Sha256::digest(input).into(),
        width_px,
        height_px,
        len_bytes: input.len() as u64,
        format: header.format,
        orientation: header.orientation,
        print_colours: header.print_colours,
        decode_bytes: header.decode_bytes,
    })
}

struct Header {
    format: Format,
    width_px: u32,
    height_px: u32,
    orientation: Orientation,
    print_colours: bool,
    decode_bytes: u64,
}

fn header(input: &[u8], limits: &Limits) -> Result<Header, PhotoError> {
    if input.len() as u64 > limits.max_bytes {
        return Err(PhotoError::TooManyBytes {
            len_bytes: input.len() as u64,
            max_bytes: limits.max_bytes,
        });
    }
    let format = sniff(input)?;
    let header = guarded(|| match format {
        Format::Jpeg => jpeg_header(input),
        Format::Png => png_header(input),
        Format::Webp => webp_header(input),
    })?;
    let (width_px, height_px) = (header.width_px, header.height_px);
    if width_px == 0 || height_px == 0 {
        return Err(PhotoError::Damaged);
    }
    let pixels = u64::from(width_px) * u64::from(height_px);
    if width_px.max(height_px) > limits.max_side_px || pixels > limits.max_pixels {
        return Err(PhotoError::TooManyPixels { width_px, height_px });
    }
    if header.decode_bytes > limits.max_decode_bytes {
        return Err(PhotoError::TooHeavy { width_px, height_px });
    }
    if !is_whole(input, format) {
        return Err(PhotoError::Truncated);
    }
    Ok(header)
}

/// Decodes a photograph. The limits are checked again, before anything is allocated.
pub(super) fn decode(input: &[u8], limits: &Limits) -> Result<(Raw, Orientation), PhotoError> {
    let header = header(input, limits)?;
    let mut raw = guarded(|| match header.format {
        Format::Jpeg => jpeg_decode(input, &header),
        Format::Png => png_decode(input),
        Format::Webp => webp_decode(input),
    })?;
    raw.icc = raw.icc.filter(|icc| icc.len() <= limits.max_icc_bytes);
    Ok((raw, header.orientation))
}

/// Runs a decoder; a panic inside it means that the file is damaged.
fn guarded<T>(decode: impl FnOnce() -> Result<T, PhotoError>) -> Result<T, PhotoError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(PhotoError::Damaged))
}

/// Tells the kind of file from its first bytes.
pub(super) fn sniff(input: &[u8]) -> Result<Format, PhotoError> {
    let starts = |magic: &[u8]| input.starts_with(magic);
    let at =
        |offset: usize, magic: &[u8]| input.get(offset..).is_some_and(|b| b.starts_with(magic));
    if input.is_empty() {
        Err(PhotoError::Empty)
    } else if starts(b"\xff\xd8\xff") {
        Ok(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Ok(Format::Png)
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Ok(Format::Webp)
    } else {
        Err(foreign(input).map_or(PhotoError::NotAPhoto, PhotoError::Foreign))
    }
}

fn foreign(input: &[u8]) -> Option<Foreign> {
    if input.get(4..8) == Some(b"ftyp") {
        // ISO base media: the major brand, then a version, then the compatible brands.
        let brands = &input[8..input.len().min(64)];
        let has = |brand: &[u8]| brands.chunks(4).any(|b| b == brand);
        return Some(if has(b"avif") || has(b"avis") {
            Foreign::Avif
        } else if has(b"crx ") {
            Foreign::Raw
        } else if [&b"heic"[..], b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"]
            .into_iter()
            .any(has)
        {
            Foreign::Heic
        } else {
            Foreign::Film
        });
    }
    // Canon says so behind the TIFF header; Nikon, Sony and Adobe do not, so theirs count as TIFF.
    let is_canon = input.starts_with(b"II*\0") && input.get(8..10) == Some(b"CR");
    let others: [&[u8]; 4] = [b"IIRO", b"IIRS", b"IIU\0", b"FUJIFILMCCD-RAW"];
    if is_canon || others.iter().any(|magic| input.starts_with(magic)) {
        return Some(Foreign::Raw);
    }
    let magics: [(&[u8], Foreign); 9] = [
        (b"GIF87a", Foreign::Gif),
        (b"GIF89a", Foreign::Gif),
        (b"II*\0", Foreign::Tiff),
        (b"MM\0*", Foreign::Tiff),
        (b"BM", Foreign::Bmp),
        (b"%PDF-", Foreign::Pdf),
        (b"\xff\x0a", Foreign::JpegXl),
        (b"\0\0\0\x0cJXL ", Foreign::JpegXl),
        (b"\x1aE\xdf\xa3", Foreign::Film),
    ];
    if let Some((_, foreign)) = magics.iter().find(|(magic, _)| input.starts_with(magic)) {
        return Some(*foreign);
    }
    let start = String::from_utf8_lossy(&input[..input.len().min(512)]).to_ascii_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with('<') {
        None
    } else if start.contains("<svg") {
        Some(Foreign::Svg)
    } else if ["<html", "<!doctype html", "<body", "<script"].iter().any(|tag| start.contains(tag))
    {
        Some(Foreign::Html)
    } else {
        None
    }
}

/// Says whether the picture's own end is in the file. What follows it does not matter.
fn is_whole(input: &[u8], format: Format) -> bool {
    match format {
        Format::Jpeg => jpeg_end(input).is_some(),
        Format::Png => png_is_whole(input),
        Format::Webp => input
            .get(4..8)
            .and_then(|len| len.try_into().ok())
            .is_some_and(|len| u32::from_le_bytes(len) as usize + 8 <= input.len()),
    }
}

/// One step through a JPEG file after its first scan header.
pub(super) enum JpegPart {
    /// Entropy-coded data, with stuffed bytes and restart markers.
    Data(std::ops::Range<usize>),
    /// A marker segment between scans, marker and length included.
    Segment(u8, std::ops::Range<usize>),
    /// The end-of-image marker.
    End(std::ops::Range<usize>),
}

/// Walks from entropy-coded data at `offset` to the end of the image (ITU T.81, annex B).
///
/// Nothing for a file that ends before its image does.
pub(super) fn jpeg_tail(input: &[u8], offset: usize) -> Option<Vec<JpegPart>> {
    let mut parts = Vec::new();
    let mut start = offset;
    let mut at = offset;
    loop {
        at += input.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        let marker = *input.get(at + 1)?;
        match marker {
            0x00 | 0x01 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => {
                if start < at {
                    parts.push(JpegPart::Data(start..at));
                }
                if marker == 0xd9 {
                    parts.push(JpegPart::End(at..at + 2));
                    return Some(parts);
                }
                let len = u16::from_be_bytes(input.get(at + 2..at + 4)?.try_into().ok()?);
                let end = at + 2 + usize::from(len.max(2));
                input.get(at..end)?;
                parts.push(JpegPart::Segment(marker, at..end));
                (start, at) = (end, end);
            }
        }
    }
}

/// How many components the first scan holds: one, or all of them interleaved (ITU T.81, A.2 and B.2.3).
fn first_scan_components(input: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        match *input.get(at + 1)? {
            0xff => at += 1,
            0xda => return input.get(at + 4).copied(),
            _ => {
                let len = u16::from_be_bytes(input.get(at + 2..at + 4)?.try_into().ok()?);
                at += 2 + usize::from(len.max(2));
            }
        }
    }
}

/// The offset just after the end-of-image marker.
fn jpeg_end(input: &[u8]) -> Option<usize> {
    // The headers before the first scan have the same shape as what stands between scans.
    match jpeg_tail(input, 2)?.pop()? {
        JpegPart::End(range) => Some(range.end),
        _ => None,
    }
}

fn png_is_whole(input: &[u8]) -> bool {
    let mut at = 8_usize;
    while let Some(head) = input.get(at..at + 8) {
        let len = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(next) = at.checked_add(12).and_then(|n| n.checked_add(len)) else { return false };
        if &head[4..] == b"IEND" {
            return true;
        }
        at = next;
    }
    false
}

// --- JPEG ---

fn jpeg_options() -> DecoderOptions {
    DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
}

fn jpeg_error(error: zune_jpeg::errors::DecodeErrors) -> PhotoError {
    use zune_jpeg::errors::DecodeErrors::{ExhaustedData, IoErrors, SofError, Unsupported};
    match error {
        Unsupported(_) => PhotoError::RareJpeg,
        SofError(words) if words.contains("8-bit") => PhotoError::RareJpeg,
        ExhaustedData | IoErrors(_) => PhotoError::Truncated,
        _ => PhotoError::Damaged,
    }
}

fn jpeg_header(input: &[u8]) -> Result<Header, PhotoError> {
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(input), jpeg_options());
    decoder.decode_headers().map_err(jpeg_error)?;
    let info = decoder.info().ok_or(PhotoError::Damaged)?;
    let colours = decoder.input_colorspace().ok_or(PhotoError::Damaged)?;
    let pixels = u64::from(info.width) * u64::from(info.height);
    let components = u64::from(info.components.max(1));
    // The decoder makes wrong colours of some pictures whose colours stand one behind another, and says nothing.
    let is_apart = components > 1 && first_scan_components(input) == Some(1);
    if is_apart && !info.sof.is_progressive() {
        return Err(PhotoError::RareJpeg);
    }
    let out_channels = if components == 1 { 1 } else { 3 };
    // A progressive picture is held as two-byte coefficients of all components, full size at
    // worst, beside the pixels.
    let coefficients = if info.sof.is_progressive() { 2 * components } else { 0 };
    Ok(Header {
        format: Format::Jpeg,
        width_px: u32::from(info.width),
        height_px: u32::from(info.height),
        orientation: decoder.exif().map(|exif| orientation(exif)).unwrap_or_default(),
        print_colours: matches!(colours, ColorSpace::CMYK | ColorSpace::YCCK),
        decode_bytes: pixels * (out_channels + coefficients),
    })
}

fn jpeg_decode(input: &[u8], header: &Header) -> Result<Raw, PhotoError> {
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(input), jpeg_options());
    decoder.decode_headers().map_err(jpeg_error)?;
    let (out, channels) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, Channels::Grey),
        _ => (ColorSpace::RGB, Channels::Rgb),
    };
    // Profiles of printing inks say nothing about the RGB that the decoder makes of them.
    let icc = decoder.icc_profile().filter(|_| !header.print_colours);
    decoder.set_options(jpeg_options().jpeg_set_out_colorspace(out));
    let len = decoder.output_buffer_size().ok_or(PhotoError::Damaged)?;
    let mut pixels = vec![0; len];
    decoder.decode_into(&mut pixels).map_err(jpeg_error)?;
    Ok(Raw { pixels, width_px: header.width_px, height_px: header.height_px, channels, icc })
}

// --- PNG ---

/// Memory for what stands before the pixels: a profile, a palette, two rows.
const PNG_HEADER_BYTES: usize = 8 << 20;

fn png_reader(input: &[u8]) -> Result<png::Reader<Cursor<&[u8]>>, PhotoError> {
    let limits = png::Limits { bytes: PNG_HEADER_BYTES };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(input), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.read_info().map_err(png_error)
}

fn png_error(error: png::DecodingError) -> PhotoError {
    match error {
        png::DecodingError::IoError(_) => PhotoError::Truncated,
        _ => PhotoError::Damaged,
    }
}

fn png_header(input: &[u8]) -> Result<Header, PhotoError> {
    // The size comes first, so that an outsized picture is named before anything is unpacked.
    let mut decoder =
        png::Decoder::new_with_limits(Cursor::new(input), png::Limits { bytes: PNG_HEADER_BYTES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let (width_px, height_px) = decoder.read_header_info().map_err(png_error)?.size();
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let reader = decoder.read_info().map_err(png_error)?;
    let channels = reader.output_color_type().0.samples() as u64;
    let orientation = reader.info().exif_metadata.as_deref().map(orientation).unwrap_or_default();
    Ok(Header {
        format: Format::Png,
        width_px,
        height_px,
        orientation,
        print_colours: false,
        decode_bytes: u64::from(width_px) * u64::from(height_px) * channels,
    })
}

fn png_decode(input: &[u8]) -> Result<Raw, PhotoError> {
    let mut reader = png_reader(input)?;
    let len = reader.output_buffer_size().ok_or(PhotoError::Damaged)?;
    let mut pixels = vec![0; len];
    // Of an animation, the first frame.
    let frame = reader.next_frame(&mut pixels).map_err(png_error)?;
    let (width_px, height_px) = reader.info().size();
    if (frame.width, frame.height) != (width_px, height_px) {
        return Err(PhotoError::Damaged);
    }
    let channels = match frame.color_type {
        png::ColorType::Grayscale => Channels::Grey,
        png::ColorType::GrayscaleAlpha => {
            flatten::<2>(&mut pixels);
            Channels::Grey
        }
        png::ColorType::Rgb => Channels::Rgb,
        png::ColorType::Rgba => {
            flatten::<4>(&mut pixels);
            Channels::Rgb
        }
        png::ColorType::Indexed => return Err(PhotoError::Damaged),
    };
    let icc = reader.info().icc_profile.as_ref().map(|icc| icc.to_vec());
    Ok(Raw { pixels, width_px, height_px, channels, icc })
}

// --- WebP ---

fn webp_error(error: image_webp::DecodingError) -> PhotoError {
    match error {
        image_webp::DecodingError::IoError(_) => PhotoError::Truncated,
        _ => PhotoError::Damaged,
    }
}

fn webp_header(input: &[u8]) -> Result<Header, PhotoError> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(input)).map_err(webp_error)?;
    decoder.set_memory_limit(1 << 20);
    let (width_px, height_px) = decoder.dimensions();
    let exif = decoder.exif_metadata().ok().flatten().unwrap_or_default();
    // Planes or a canvas of their own stand beside the output.
    let bytes_a_pixel = if decoder.has_alpha() || decoder.is_animated() { 8 } else { 7 };
    Ok(Header {
        format: Format::Webp,
        width_px,
        height_px,
        orientation: orientation(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif)),
        print_colours: false,
        decode_bytes: u64::from(width_px) * u64::from(height_px) * bytes_a_pixel,
    })
}

fn webp_decode(input: &[u8]) -> Result<Raw, PhotoError> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(input)).map_err(webp_error)?;
    decoder.set_memory_limit(8 << 20);
    let (width_px, height_px) = decoder.dimensions();
    let icc = decoder.icc_profile().ok().flatten();
    let len = decoder.output_buffer_size().ok_or(PhotoError::Damaged)?;
    let mut pixels = vec![0; len];
    decoder.read_image(&mut pixels).map_err(webp_error)?;
    if decoder.has_alpha() {
        flatten::<4>(&mut pixels);
    }
    Ok(Raw { pixels, width_px, height_px, channels: Channels::Rgb, icc })
}

/// Lays pixels whose last of `N` channels is transparency on white, in place.
fn flatten<const N: usize>(pixels: &mut Vec<u8>) {
    let mut to = 0;
    for from in (0..pixels.len() / N * N).step_by(N) {
        let alpha = u32::from(pixels[from + N - 1]);
        for channel in 0..N - 1 {
            let colour = u32::from(pixels[from + channel]);
            pixels[to] = ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            to += 1;
        }
    }
    pixels.truncate(to);
}

/// Reads the orientation out of EXIF data; upright if there is none that makes sense.
fn orientation(exif: &[u8]) -> Orientation {
    // Directories may be large or wrong further on; the orientation stands in the first.
    exif::Reader::new()
        .continue_on_error(true)
        .read_raw(exif.to_vec())
        .or_else(|error| error.distill_partial_result(|_| ()))
        .ok()
        .and_then(|exif| {
            exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0)
        })
        .and_then(Orientation::from_exif)
        .unwrap_or_default()
}
