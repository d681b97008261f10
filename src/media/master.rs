//! The copy of a photograph that a record speaks of: the same pixels, without the metadata.
//!
//! The picture itself is not encoded anew, so nothing of it is lost; only the parts around it go.
//! A part is kept because decoding needs it, never because it is unknown. The orientation goes
//! with the rest of the metadata, and is told apart. The colour profile stays as numbers: its
//! texts, dates and serial numbers are taken out, and it is dropped if that would change colours.

use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageICC};
use moxcms::{ColorDateTime, ColorProfile, DataColorSpace, Layout, TransformOptions};
use sha2::{Digest, Sha256};

use super::decode::{Channels, JpegPart, decode, jpeg_tail};
use super::{Format, Limits, Orientation, Photo, PhotoError, probe};

/// A photograph without metadata, stored as it will be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Master {
    /// The file.
    pub bytes: Vec<u8>,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// Its media type, such as `image/jpeg`.
    pub media_type: &'static str,
    /// The ending for its name, without the point.
    pub extension: &'static str,
    /// How to turn it upright; the file itself no longer says so.
    pub orientation: Orientation,
    /// Width when upright.
    pub width_px: u32,
    /// Height when upright.
    pub height_px: u32,
}

/// Copies a photograph without its metadata, and without changing a pixel.
///
/// The result is decoded and compared before it is returned.
pub fn strip_metadata_master(input: &[u8], limits: &Limits) -> Result<Master, PhotoError> {
    let Photo { format, orientation, width_px, height_px, .. } = probe(input, limits)?;
    let Content { digest, icc, channels } = content(input, limits)?;
    let icc = icc.and_then(|icc| bare_profile(&icc, channels)).map(Bytes::from);
    let bytes = match format {
        Format::Jpeg => strip_jpeg(input, icc),
        Format::Png => strip_png(input, icc),
        Format::Webp => strip_webp(input, icc)?,
    }
    .ok_or(PhotoError::Damaged)?;
    if content(&bytes, limits)?.digest != digest {
        return Err(PhotoError::Damaged);
    }
    Ok(Master {
        digest: Sha256::digest(&bytes).into(),
        bytes,
        media_type: format.media_type(),
        extension: format.extension(),
        orientation,
        width_px,
        height_px,
    })
}

/// What a picture is made of.
struct Content {
    /// Over all pixels and their size.
    digest: [u8; 32],
    icc: Option<Vec<u8>>,
    channels: Channels,
}

fn content(input: &[u8], limits: &Limits) -> Result<Content, PhotoError> {
    let (raw, _) = decode(input, limits)?;
    let digest = Sha256::new()
        .chain_update(raw.width_px.to_be_bytes())
        .chain_update(raw.height_px.to_be_bytes())
        .chain_update(&raw.pixels)
        .finalize();
    Ok(Content { digest: digest.into(), icc: raw.icc, channels: raw.channels })
}

/// Segments that decoding needs, besides the Adobe one that tells the kind of colours.
fn is_needed(marker: u8) -> bool {
    matches!(
        marker,
        markers::SOF0
            ..=markers::SOF2
                | markers::DHT
                | markers::SOS
                | markers::DQT
                | markers::DNL
                | markers::DRI
    )
}

fn strip_jpeg(input: &[u8], icc: Option<Bytes>) -> Option<Vec<u8>> {
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(input)).ok()?;
    let scans = jpeg.segments().last().filter(|segment| segment.marker() == markers::SOS)?;
    // The library keeps all that follows the first scan header in one piece.
    let after_headers = input.len() - (scans.len_with_entropy() - scans.len());
    let kept: Vec<JpegSegment> = jpeg.segments().iter().filter_map(keep_jpeg_header).collect();
    *jpeg.segments_mut() = kept;
    jpeg.set_icc_profile(icc);

    let mut bytes = jpeg.encoder().bytes().to_vec();
    // The library ends what it takes for a picture without scans.
    bytes.truncate(bytes.strip_suffix(&[markers::P, markers::EOI])?.len());
    let mut is_in_scan = true;
    for part in jpeg_tail(input, after_headers)? {
        let range = match part {
            JpegPart::Segment(marker, range) => {
                is_in_scan = marker == markers::SOS;
                if !is_needed(marker) {
                    continue;
                }
                range
            }
            // Bytes that stand between segments but belong to no scan are nobody's.
            JpegPart::Data(range) if is_in_scan => range,
            JpegPart::Data(_) => continue,
            JpegPart::End(range) => range,
        };
        bytes.extend_from_slice(&input[range]);
    }
    Some(bytes)
}

fn keep_jpeg_header(segment: &JpegSegment) -> Option<JpegSegment> {
    let (marker, contents) = (segment.marker(), segment.contents());
    if marker == markers::APP0 && contents.starts_with(b"JFIF\0") && contents.len() >= 14 {
        // Without the thumbnail that may follow.
        let mut jfif = contents[..14].to_vec();
        jfif[12..].fill(0);
        Some(JpegSegment::new_with_contents(marker, jfif.into()))
    } else if marker == markers::APP14 && contents.starts_with(b"Adobe") && contents.len() >= 12 {
        Some(JpegSegment::new_with_contents(marker, contents.slice(..12)))
    } else if is_needed(marker) {
        // The scan header without the scans, which are copied part by part.
        Some(JpegSegment::new_with_contents(marker, contents.clone()))
    } else {
        None
    }
}

fn strip_png(input: &[u8], icc: Option<Bytes>) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(Bytes::copy_from_slice(input)).ok()?;
    let kept =
        [*b"IHDR", *b"PLTE", *b"IDAT", *b"IEND", *b"tRNS", *b"sRGB", *b"gAMA", *b"cHRM", *b"cICP"];
    png.chunks_mut().retain(|chunk| kept.contains(&chunk.kind()));
    png.set_icc_profile(icc);
    Some(png.encoder().bytes().to_vec())
}

fn strip_webp(input: &[u8], icc: Option<Bytes>) -> Result<Option<Vec<u8>>, PhotoError> {
    const EXTENDED: [u8; 4] = *b"VP8X";
    const TRANSPARENT: u8 = 0x10;
    const HAS_PROFILE: u8 = 0x20;
    const MOVING: u8 = 0x02;
    let Ok(mut webp) = WebP::from_bytes(Bytes::copy_from_slice(input)) else { return Ok(None) };
    let kept = [EXTENDED, *b"ALPH", *b"VP8 ", *b"VP8L"];
    webp.chunks_mut().retain(|chunk| kept.contains(&chunk.id()));
    webp.set_icc_profile(icc.clone());
    for chunk in webp.chunks_mut().iter_mut().filter(|chunk| chunk.id() == EXTENDED) {
        let Some(data) = chunk.content().data() else { return Ok(None) };
        let mut data = data.to_vec();
        let Some(flags) = data.first_mut() else { return Ok(None) };
        if *flags & MOVING != 0 {
            return Err(PhotoError::Moving);
        }
        *flags = (*flags & TRANSPARENT) | if icc.is_some() { HAS_PROFILE } else { 0 };
        *chunk = RiffChunk::new(EXTENDED, RiffContent::Data(data.into()));
    }
    Ok(Some(webp.encoder().bytes().to_vec()))
}

/// Stands in a profile where the date of its making has to stand.
const NO_DATE: ColorDateTime =
    ColorDateTime { year: 2000, month: 1, day_of_the_month: 1, hours: 0, minutes: 0, seconds: 0 };

/// The profile without texts, dates and names; nothing if it would no longer mean the same.
fn bare_profile(icc: &[u8], channels: Channels) -> Option<Vec<u8>> {
    std::panic::catch_unwind(|| {
        let (space, layout) = match channels {
            Channels::Grey => (DataColorSpace::Gray, Layout::Gray),
            Channels::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
        };
        let full = ColorProfile::new_from_slice(icc).ok()?;
        if full.color_space != space {
            return None;
        }
        let mut bare = full.clone();
        bare.copyright = None;
        bare.description = None;
        bare.device_manufacturer = None;
        bare.device_model = None;
        bare.char_target = None;
        bare.viewing_conditions = None;
        bare.viewing_conditions_description = None;
        bare.technology = None;
        bare.calibration_date = None;
        bare.measurement = None;
        bare.creation_date_time = NO_DATE;
        let bytes = bare.encode().ok()?;
        let again = ColorProfile::new_from_slice(&bytes).ok()?;
        let same = look(&full, layout)?
            .iter()
            .zip(&look(&again, layout)?)
            .all(|(a, b)| a.abs_diff(*b) <= 1);
        same.then_some(bytes)
    })
    .ok()
    .flatten()
}

/// What sample colours become in sRGB under a profile.
fn look(profile: &ColorProfile, layout: Layout) -> Option<Vec<u8>> {
    let transform = profile
        .create_transform_8bit(
            layout,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        .ok()?;
    let channels = if layout == Layout::Gray { Channels::Grey } else { Channels::Rgb };
    let sample = super::colour::sample(channels);
    let mut out = vec![0; if layout == Layout::Gray { sample.len() * 3 } else { sample.len() }];
    transform.transform(&sample, &mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture with these segments behind its first marker, and these bytes behind its end.
    fn jpeg(segments: &[(u8, &[u8])], behind: &[u8]) -> Vec<u8> {
        let rgb: Vec<u8> = (0..64 * 48 * 3).map(|at| (at * 7 % 251) as u8).collect();
        let mut plain = Vec::new();
        jpeg_encoder::Encoder::new(&mut plain, 90)
            .encode(&rgb, 64, 48, jpeg_encoder::ColorType::Rgb)
            .expect("a JPEG");
        let mut out = vec![0xff, 0xd8];
        for (marker, content) in segments {
            out.extend([0xff, *marker]);
            out.extend(u16::try_from(content.len() + 2).expect("short").to_be_bytes());
            out.extend(*content);
        }
        out.extend(&plain[2..]);
        out.extend(behind);
        out
    }

    #[test]
    fn whatever_stands_around_a_picture_it_can_be_recorded() {
        let second = jpeg(&[], b"");
        let plain = strip_metadata_master(&second, &Limits::default()).expect("plain").bytes;
        type Segments<'a> = &'a [(u8, &'a [u8])];
        let cases: [(&str, Segments<'_>, &[u8]); 9] = [
            ("a JFIF extension with a small picture", &[(0xe0, b"JFXX\0\x13\x01\x01CAN")], b""),
            ("a whole EXIF directory", &[(0xe1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x0c\0\0\0\x1a\0\0\0\x26MAKE-OF-CAM\0\0\0\0\0\0\0\0\0\0\0THUMB")], b""),
            ("broken EXIF", &[(0xe1, b"Exif\0\0MM\0*\0\0\0\x08\0\x09")], b""),
            ("XMP", &[(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>")], b""),
            ("a list of further pictures (MPF)", &[(0xe2, b"MPF\0MM\0*")], b""),
            ("IPTC", &[(0xed, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\0")], b""),
            ("other segments", &[(0xef, b"x"), (0xfe, b"words")], b""),
            ("words behind it", &[], b"words"),
            ("a second picture behind it, as phones write", &[], &second),
        ];
        let mut wrong = Vec::new();
        for (what, segments, behind) in cases {
            let input = jpeg(segments, behind);
            let made = strip_metadata_master(&input, &Limits::default()).map(|made| made.bytes);
            wrong
                .extend((made.as_ref() != Ok(&plain)).then(|| (what, made.map(|made| made.len()))));
        }
        assert_eq!(wrong, []);
    }
}
