//! Pixels to derivatives: scaled step by step, each step encoded.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use webpx::{Encoder, Unstoppable};

use super::colour::to_srgb;
use super::decode::{Channels, Raw, decode};
use super::planes::Planes;
use super::{
    Appearance, Encoding, Kind, Limits, Photo, PhotoError, Rendition, Settings, base_width, card,
    card_is_cut, height_at, plan, within,
};

/// An upright sRGB picture, three bytes a pixel.
struct Picture {
    pixels: Vec<u8>,
    width_px: u32,
    height_px: u32,
}

/// Makes the `wanted` derivatives, and looks at the picture too.
///
/// Each width is made from the next larger one of the plan, whether that one is wanted or not, so
/// the bytes of a derivative do not depend on which others are made with it.
///
/// Everything happens on the calling thread. That matters: a caller may hold a share of a memory
/// budget, and must not be given another photograph's work while it waits.
pub(super) fn develop(
    input: &[u8],
    photo: &Photo,
    settings: &Settings,
    limits: &Limits,
    wanted: &[Rendition],
) -> Result<(Vec<Vec<u8>>, Appearance), PhotoError> {
    let (raw, orientation) = decode(input, limits)?;
    if orientation.turned(raw.width_px, raw.height_px) != (photo.width_px, photo.height_px) {
        return Err(PhotoError::Changed);
    }
    let appearance = Appearance::of(&raw);
    let mut made: Vec<Option<Vec<u8>>> = vec![None; wanted.len()];
    if !wanted.is_empty() {
        let mut picture = base(raw, photo, settings);
        let mut encode_wanted = |picture: &Picture, rendition: &Rendition| {
            for (slot, _) in made.iter_mut().zip(wanted).filter(|(_, want)| *want == rendition) {
                *slot = Some(encode(picture, rendition.encoding, settings));
            }
        };
        let card = card(photo, settings);
        if wanted.contains(&card) {
            encode_wanted(&card_of(&picture, card.width_px, card.height_px), &card);
        }
        for rendition in plan(photo, settings).iter().rev() {
            if picture.width_px != rendition.width_px {
                picture = scale(&picture, rendition.width_px, rendition.height_px, Kind::Scaled);
            }
            encode_wanted(&picture, rendition);
        }
    }
    // What is left belongs to another photograph or to other settings.
    let made: Option<Vec<Vec<u8>>> = made.into_iter().collect();
    Ok((made.ok_or(PhotoError::Changed)?, appearance))
}

/// The first step: the largest size, in sRGB, upright. Frees the decoded picture.
///
/// Colours are converted after scaling, which is many times cheaper for a large photograph.
fn base(raw: Raw, photo: &Photo, settings: &Settings) -> Picture {
    let width_px = base_width(photo, settings);
    let height_px = height_at(photo, width_px);
    let (stored_width, stored_height) = photo.orientation.turned(width_px, height_px);
    let Raw { channels, .. } = raw;
    let (pixels, icc) = if (stored_width, stored_height) == (raw.width_px, raw.height_px) {
        (raw.pixels, raw.icc)
    } else {
        (shrink(&raw, stored_width, stored_height), raw.icc)
    };
    let pixels = to_srgb(pixels, channels, icc.as_deref());
    let pixels = photo.orientation.apply(pixels, stored_width, stored_height);
    Picture { pixels, width_px, height_px }
}

/// Scales decoded pixels as they are stored.
pub(super) fn shrink(raw: &Raw, width_px: u32, height_px: u32) -> Vec<u8> {
    let pixel = match raw.channels {
        Channels::Grey => PixelType::U8,
        Channels::Rgb => PixelType::U8x3,
    };
    resize(&raw.pixels, (raw.width_px, raw.height_px), (width_px, height_px), pixel, Kind::Scaled)
}

fn scale(picture: &Picture, width_px: u32, height_px: u32, kind: Kind) -> Picture {
    let from = (picture.width_px, picture.height_px);
    let pixels = resize(&picture.pixels, from, (width_px, height_px), PixelType::U8x3, kind);
    Picture { pixels, width_px, height_px }
}

/// The picture for link previews: cut to the shape, or whole on a ground of the mean colour of the edges
/// that the ground touches.
fn card_of(picture: &Picture, width_px: u32, height_px: u32) -> Picture {
    let own = (picture.width_px, picture.height_px);
    if card_is_cut(own.0, own.1) {
        return scale(picture, width_px, height_px, Kind::Card);
    }
    let (width, height) = within(own, (width_px, height_px));
    let small = scale(picture, width, height, Kind::Scaled);
    let ground = edge_colour(&small, width < width_px);
    let mut pixels = ground.repeat(width_px as usize * height_px as usize);
    let (left, top) = ((width_px - width) as usize / 2, (height_px - height) as usize / 2);
    let row_len = width as usize * 3;
    for (at, row) in small.pixels.chunks_exact(row_len).enumerate() {
        let start = ((top + at) * width_px as usize + left) * 3;
        pixels[start..start + row_len].copy_from_slice(row);
    }
    Picture { pixels, width_px, height_px }
}

/// The mean colour of the left and right edges of a picture, or of those above and below.
fn edge_colour(picture: &Picture, at_sides: bool) -> [u8; 3] {
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    let mut sums = [0_u64; 3];
    let mut count = 0_u64;
    let mut add = |x: usize, y: usize| {
        let at = (y * width + x) * 3;
        for (sum, value) in sums.iter_mut().zip(&picture.pixels[at..at + 3]) {
            *sum += u64::from(*value);
        }
        count += 1;
    };
    if at_sides {
        for y in 0..height {
            add(0, y);
            add(width - 1, y);
        }
    } else {
        for x in 0..width {
            add(x, 0);
            add(x, height - 1);
        }
    }
    sums.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX))
}

/// Scales by a Lanczos filter of three lobes, as most programs for photographs do.
fn resize(
    pixels: &[u8],
    from: (u32, u32),
    to: (u32, u32),
    pixel: PixelType,
    kind: Kind,
) -> Vec<u8> {
    let source = ImageRef::new(from.0, from.1, pixels, pixel).expect("pixels fill the size");
    let mut target = Image::new(to.0, to.1, pixel);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(false);
    let options = match kind {
        Kind::Scaled => options,
        Kind::Card => options.fit_into_destination(None),
    };
    Resizer::new().resize(&source, &mut target, &options).expect("both pictures are alike");
    target.into_vec()
}

fn encode(picture: &Picture, encoding: Encoding, settings: &Settings) -> Vec<u8> {
    match encoding {
        Encoding::Webp => encode_webp(picture, settings),
        Encoding::Jpeg => encode_jpeg(picture, settings),
    }
}

/// Qualities for pictures that weigh too much, falling. Where every spot has detail, as in cloth, eyes hardly
/// tell these from better ones; below the last they do.
const DENSE_QUALITIES: [u8; 5] = [50, 35, 25, 15, 10];
/// The effort that is worth its time for such a picture.
const DENSE_METHOD: u8 = 4;

fn encode_webp(picture: &Picture, settings: &Settings) -> Vec<u8> {
    let planes = Planes::of(&picture.pixels, picture.width_px, picture.height_px);
    let bytes = webp_at(&planes, settings.webp_quality.min(100), settings.webp_method);
    let Some(most) = phone_bytes(picture.width_px, settings).filter(|most| bytes.len() > *most)
    else {
        return bytes;
    };
    let method = DENSE_METHOD.max(settings.webp_method);
    let lower = DENSE_QUALITIES.into_iter().filter(|quality| *quality < settings.webp_quality);
    let mut lightest = bytes;
    for quality in lower {
        lightest = webp_at(&planes, quality, method);
        if lightest.len() <= most {
            break;
        }
    }
    lightest
}

/// The most bytes that a WebP of this width may have; `None` if phones do not take it.
fn phone_bytes(width_px: u32, settings: &Settings) -> Option<usize> {
    let (width, widest) = (u64::from(width_px), u64::from(settings.phone_width));
    let bytes = u64::from(settings.phone_bytes) * width / widest.max(1);
    (width <= widest).then(|| usize::try_from(bytes).unwrap_or(usize::MAX))
}

fn webp_at(planes: &Planes, quality: u8, method: u8) -> Vec<u8> {
    let encoder = Encoder::new_yuv(planes.view()).quality(f32::from(quality)).method(method.min(6));
    encoder.encode(Unstoppable).expect("sizes are within those of WebP")
}

fn encode_jpeg(picture: &Picture, settings: &Settings) -> Vec<u8> {
    use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, SamplingFactor};
    let mut bytes = Vec::with_capacity(picture.pixels.len() / 12);
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, settings.jpeg_quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    // The encoder's progressive files are an eighth larger and take longer. With tables of its own it would write each colour by
    // itself, which some readers get wrong; the usual tables cost 3 %.
    encoder.set_progressive(false);
    encoder.set_optimized_huffman_tables(false);
    let side = |px: u32| u16::try_from(px).expect("sizes are within those of JPEG");
    encoder
        .encode(&picture.pixels, side(picture.width_px), side(picture.height_px), ColorType::Rgb)
        .expect("memory takes all that is written");
    bytes
}
