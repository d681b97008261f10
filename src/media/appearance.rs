//! What a picture looks like at a glance: its colour while it loads, and whether it was a bad shot.

use serde::{Deserialize, Serialize};

use super::Photo;
use super::colour::to_srgb;
use super::decode::Raw;
use super::develop::shrink;

/// The longer side of the small copy that is looked at. Independent of all settings.
const GLANCE_PX: u32 = 512;

/// Facts about the pixels, measured on a small copy.
///
/// They depend on nothing but the photograph, so a page is the same whether they were measured
/// now or came from the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// Mean red, green and blue: the colour to show until the picture is there.
    pub average: [u8; 3],
    /// Mean brightness.
    mean_luma: u8,
    /// Brightness that nineteen of twenty pixels do not exceed.
    bright_luma: u8,
    /// Variance of brightness.
    contrast: u32,
    /// Variance of the Laplacian of brightness: how much fine detail there is.
    detail: u32,
}

/// Something to tell the maker about a usable photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lint {
    /// Its long side is below 800 pixels.
    TooSmall {
        /// The longer side.
        long_side_px: u32,
    },
    /// Nearly all of it is dark.
    Dark,
    /// Nothing in it is sharp.
    Blurred,
    /// It is stored in printing inks, and its colours may look wrong on a screen.
    PrintColours,
}

impl std::fmt::Display for Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooSmall { long_side_px } => {
                write!(f, "the photo is only {long_side_px} pixels on its long side")
            }
            Self::Dark => write!(f, "the photo is very dark"),
            Self::Blurred => write!(f, "the photo looks blurred"),
            Self::PrintColours => write!(f, "the photo is stored in colours for printing"),
        }
    }
}

impl Lint {
    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::TooSmall { .. } => {
                "use the file that the camera made, not one that came through a chat program"
            }
            Self::Dark => "take it again by a window or outdoors in the shade",
            Self::Blurred => {
                "take it again with the phone held still, and tap on the thing to focus"
            }
            Self::PrintColours => "open it in a picture program and save it as an sRGB JPEG",
        }
    }
}

impl Photo {
    /// What can be said of a photograph by its headers alone.
    pub fn lints(&self) -> Vec<Lint> {
        let long_side_px = self.width_px.max(self.height_px);
        let mut lints = Vec::new();
        if long_side_px < 800 {
            lints.push(Lint::TooSmall { long_side_px });
        }
        if self.print_colours {
            lints.push(Lint::PrintColours);
        }
        lints
    }
}

impl Appearance {
    /// What can be said of the pixels. Cautious: a picture of plain cloth is not called blurred.
    pub fn lints(&self) -> Vec<Lint> {
        let mut lints = Vec::new();
        if self.mean_luma < 32 && self.bright_luma < 96 {
            lints.push(Lint::Dark);
        } else if self.detail < 10 && self.contrast > 300 {
            lints.push(Lint::Blurred);
        }
        lints
    }

    /// The average colour as `#rrggbb`.
    pub fn average_hex(&self) -> String {
        let [r, g, b] = self.average;
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// Looks at a decoded picture.
    pub(super) fn of(raw: &Raw) -> Self {
        let longest = raw.width_px.max(raw.height_px);
        let scaled = |side: u32| {
            let scaled = u64::from(side) * u64::from(GLANCE_PX) / u64::from(longest);
            (scaled as u32).clamp(1, side)
        };
        let (width_px, height_px) = if longest > GLANCE_PX {
            (scaled(raw.width_px), scaled(raw.height_px))
        } else {
            (raw.width_px, raw.height_px)
        };
        let small = shrink(raw, width_px, height_px);
        let rgb = to_srgb(small, raw.channels, raw.icc.as_deref());
        Self::measure(&rgb, width_px as usize, height_px as usize)
    }

    fn measure(rgb: &[u8], width: usize, height: usize) -> Self {
        let count = (width * height) as u64;
        let mut sums = [0_u64; 3];
        let mut histogram = [0_u64; 256];
        let mut luma = Vec::with_capacity(width * height);
        for pixel in rgb.chunks_exact(3) {
            let [r, g, b] = [u32::from(pixel[0]), u32::from(pixel[1]), u32::from(pixel[2])];
            for (sum, channel) in sums.iter_mut().zip([r, g, b]) {
                *sum += u64::from(channel);
            }
            let y = ((r * 54 + g * 183 + b * 19 + 128) >> 8) as u8;
            histogram[usize::from(y)] += 1;
            luma.push(y);
        }
        let mut seen = 0;
        let bright = histogram.iter().position(|n| {
            seen += n;
            seen * 20 >= count * 19
        });
        let (mean, contrast) = moments(luma.iter().map(|y| i64::from(*y)));
        let at = |x: usize, y: usize| i64::from(luma[y * width + x]);
        let inner = |side: usize| 1..side.max(2) - 1;
        let (_, detail) = moments(inner(height).flat_map(|y| {
            inner(width).map(move |x| {
                4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1)
            })
        }));
        Self {
            average: sums.map(|sum| ((sum + count / 2) / count) as u8),
            mean_luma: mean as u8,
            bright_luma: bright.unwrap_or(255) as u8,
            contrast,
            detail,
        }
    }
}

/// Mean and variance, in whole numbers.
fn moments(values: impl Iterator<Item = i64>) -> (i64, u32) {
    let (mut count, mut sum, mut squares) = (0, 0, 0);
    for value in values {
        count += 1;
        sum += value;
        squares += value * value;
    }
    if count == 0 {
        return (0, 0);
    }
    (sum / count, ((squares - sum * sum / count) / count) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(luma: impl Fn(usize, usize) -> u8) -> Appearance {
        let rgb: Vec<u8> = (0..200 * 100).flat_map(|n| [luma(n % 200, n / 200); 3]).collect();
        Appearance::measure(&rgb, 200, 100)
    }

    #[test]
    fn the_average_is_the_average() {
        let rgb = [255, 0, 0, 0, 0, 255];
        assert_eq!(Appearance::measure(&rgb, 2, 1).average, [128, 0, 128]);
        assert_eq!(Appearance::measure(&rgb, 2, 1).average_hex(), "#800080");
        assert_eq!(Appearance::measure(&[9, 8, 7], 1, 1).average, [9, 8, 7]);
    }

    #[test]
    fn lints_are_cautious() {
        let checkered = picture(|x, y| if (x / 4 + y / 4) % 2 == 0 { 220 } else { 60 });
        assert_eq!(checkered.lints(), []);
        let plain = picture(|_, _| 180);
        assert_eq!(plain.lints(), []);
        let night = picture(|x, _| (x % 40) as u8);
        assert_eq!(night.lints(), [Lint::Dark]);
        let smooth = picture(|x, _| (40 + x) as u8);
        assert_eq!(smooth.lints(), [Lint::Blurred]);
        let lamp = picture(|x, _| if x < 30 { 250 } else { 5 });
        assert_eq!(lamp.lints(), [], "a bright thing before a dark wall is no dark photo");
    }
}
