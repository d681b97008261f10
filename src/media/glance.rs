//! A small copy of a picture in memory: to look at it, or to show it beside another.

use super::colour::to_srgb;
use super::decode::{Channels, Raw, decode};
use super::develop::shrink;
use super::{Limits, Orientation, PhotoError};

/// An upright copy in sRGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// Three bytes a pixel, rows from the top.
    pub rgb: Vec<u8>,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

/// The quality of a copy that is shown.
const QUALITY: u8 = 78;

impl Glance {
    /// Makes a copy of at most `side_px` pixels (from 1 to 4096) on its longer side; nothing is enlarged. `shown` takes the
    /// place of how the file itself says that it is turned.
    ///
    /// # Errors
    /// If it is no photograph that can be used.
    pub fn of(
        input: &[u8],
        shown: Option<Orientation>,
        side_px: u32,
        limits: &Limits,
    ) -> Result<Self, PhotoError> {
        let (raw, own) = decode(input, limits)?;
        let longest = raw.width_px.max(raw.height_px);
        let side_px = side_px.clamp(1, 4096).min(longest);
        let scaled = |side: u32| {
            let scaled = u64::from(side) * u64::from(side_px) / u64::from(longest);
            (scaled as u32).clamp(1, side)
        };
        let (width_px, height_px) = (scaled(raw.width_px), scaled(raw.height_px));
        let small = shrink(&raw, width_px, height_px);
        let rgb = to_srgb(small, raw.channels, raw.icc.as_deref());
        let orientation = shown.unwrap_or(own);
        let rgb = orientation.apply(rgb, width_px, height_px);
        let (width_px, height_px) = orientation.turned(width_px, height_px);
        Ok(Self { rgb, width_px, height_px })
    }

    /// A copy of the copy, of at most `side_px` pixels on its longer side.
    #[must_use]
    pub fn within(&self, side_px: u32) -> Self {
        let longest = self.width_px.max(self.height_px).max(1);
        if longest <= side_px {
            return self.clone();
        }
        let scaled = |side: u32| {
            let scaled = u64::from(side) * u64::from(side_px) / u64::from(longest);
            (scaled as u32).clamp(1, side)
        };
        let (width_px, height_px) = (scaled(self.width_px), scaled(self.height_px));
        let raw = Raw {
            pixels: self.rgb.clone(),
            width_px: self.width_px,
            height_px: self.height_px,
            channels: Channels::Rgb,
            icc: None,
        };
        Self { rgb: shrink(&raw, width_px, height_px), width_px, height_px }
    }

    /// The copy as JPEG.
    pub fn to_jpeg(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let side = |px: u32| u16::try_from(px).expect("a copy has at most 4096 pixels");
        jpeg_encoder::Encoder::new(&mut bytes, QUALITY)
            .encode(
                &self.rgb,
                side(self.width_px),
                side(self.height_px),
                jpeg_encoder::ColorType::Rgb,
            )
            .expect("memory takes all that is written");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_upright_and_never_larger() {
        // Left half dark, right half light; 60 × 30.
        let rgb: Vec<u8> =
            (0..60 * 30).flat_map(|at| [if at % 60 < 30 { 20 } else { 220 }; 3]).collect();
        let mut input = Vec::new();
        jpeg_encoder::Encoder::new(&mut input, 90)
            .encode(&rgb, 60, 30, jpeg_encoder::ColorType::Rgb)
            .expect("a JPEG");
        let limits = Limits::default();
        let plain = Glance::of(&input, None, 20, &limits).expect("a picture");
        assert_eq!((plain.width_px, plain.height_px, plain.rgb.len()), (20, 10, 600));
        assert!(plain.rgb[0] < 60 && plain.rgb[19 * 3] > 180);
        let turned = Orientation::from_exif(6);
        let turned = Glance::of(&input, turned, 400, &limits).expect("a picture");
        assert_eq!((turned.width_px, turned.height_px), (30, 60));
        assert!(turned.rgb[0] < 60 && turned.rgb[59 * 30 * 3] > 180);
        let again = Glance::of(&turned.to_jpeg(), None, 400, &limits).expect("a picture");
        assert_eq!((again.width_px, again.height_px), (30, 60));
        assert!(Glance::of(&input[..300], None, 20, &limits).is_err());
    }
}
