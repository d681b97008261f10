//! What a picture looks like at a glance: its colour while it loads, and whether it was a bad shot.

use serde::{Deserialize, Serialize};

use super::colour::to_srgb;
use super::decode::Raw;
use super::develop::shrink;
use super::{LeftOut, Photo};

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
    /// Brightness that one of fifty pixels does not reach.
    dark_luma: u8,
    /// Brightness that only one of fifty pixels exceeds.
    light_luma: u8,
    /// The strength (Laplacian of brightness) that only two of a thousand pixels exceed: how sharp
    /// the sharpest edges are. A plain ground has none, so it says nothing against a picture.
    edge: u16,
    /// Where it grows brighter from left to right, on a grid of 16 by 16: the same for copies of
    /// another size or quality.
    look: [u64; 4],
}

/// Below this no edge is sharp. Of 160 photographs of goods, on plain grounds too, the softest in
/// focus has 26; blurred by four thousandths of their width they have 5 to 15.
const SHARP_EDGE: u16 = 16;
/// With less between dark and light there are no edges to judge by.
const JUDGED_RANGE: u8 = 24;
/// With less between dark and light a photograph looks like fog; those of goods have 70 and more.
const FLAT_RANGE: u8 = 30;
/// Less than this comes from no camera.
const BLANK_RANGE: u8 = 4;
/// Two pictures whose looks differ in no more of 256 places are copies of each other.
const COPY_PLACES: u32 = 8;

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
    /// Dark and light hardly differ.
    Flat,
    /// Nothing in it is sharp.
    Blurred,
    /// It is stored in printing inks, and its colours may look wrong on a screen.
    PrintColours,
    /// Parts of a drawing are not shown.
    PartsLeftOut(LeftOut),
}

impl std::fmt::Display for Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooSmall { long_side_px } => {
                write!(f, "the photo is only {long_side_px} pixels on its long side")
            }
            Self::Dark => write!(f, "the photo is very dark"),
            Self::Flat => write!(f, "the photo is pale: dark and light hardly differ in it"),
            Self::Blurred => write!(f, "the photo looks blurred"),
            Self::PartsLeftOut(left_out) => {
                write!(f, "parts of the drawing are not shown: {}", left_out.words())
            }
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
            Self::Flat => "wipe the lens and take it again with the light from one side",
            Self::PartsLeftOut(_) => {
                "in the drawing program turn letters into paths and save as plain SVG, or save it as a \
                 PNG at least 1600 pixels wide"
            }
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
        let range = self.light_luma.saturating_sub(self.dark_luma);
        if self.mean_luma < 36 && self.bright_luma < 96 {
            lints.push(Lint::Dark);
        } else if (BLANK_RANGE..FLAT_RANGE).contains(&range) {
            lints.push(Lint::Flat);
        }
        if lints.is_empty() && range >= JUDGED_RANGE && self.edge < SHARP_EDGE {
            lints.push(Lint::Blurred);
        }
        lints
    }

    /// Tells whether two photographs show the same, in another size or quality perhaps.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let places: u32 =
            self.look.iter().zip(&other.look).map(|(a, b)| (a ^ b).count_ones()).sum();
        let near = |a: &u8, b: &u8| a.abs_diff(*b) <= 6;
        places <= COPY_PLACES
            && self.average.iter().zip(&other.average).all(|(a, b)| near(a, b))
            && near(&self.dark_luma, &other.dark_luma)
            && near(&self.light_luma, &other.light_luma)
            // On a blank picture the places say nothing.
            && self.light_luma - self.dark_luma.min(self.light_luma) >= JUDGED_RANGE
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
        // The brightness below which that share of the pixels lies.
        let below = |thousandths: u64| {
            let mut seen = 0;
            let found = histogram.iter().position(|n| {
                seen += n;
                seen * 1000 >= count * thousandths
            });
            found.unwrap_or(255) as u8
        };
        let total: u64 = histogram.iter().zip(0_u64..).map(|(n, value)| n * value).sum();
        Self {
            average: sums.map(|sum| ((sum + count / 2) / count) as u8),
            mean_luma: (total / count) as u8,
            bright_luma: below(950),
            dark_luma: below(20),
            light_luma: below(980),
            edge: edge(&luma, width, height),
            look: look(&luma, width, height),
        }
    }
}

/// The strength that only two of a thousand places exceed.
fn edge(luma: &[u8], width: usize, height: usize) -> u16 {
    let at = |x: usize, y: usize| i32::from(luma[y * width + x]);
    let mut histogram = [0_u64; 1021];
    let mut count = 0;
    for y in 1..height.max(2) - 1 {
        for x in 1..width.max(2) - 1 {
            let laplacian =
                4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
            histogram[laplacian.unsigned_abs() as usize] += 1;
            count += 1;
        }
    }
    let mut seen = 0;
    let found = histogram.iter().position(|n| {
        seen += n;
        seen * 1000 >= count * 998
    });
    found.unwrap_or(0) as u16
}

/// Compares the means of neighbouring fields of a grid, row by row.
fn look(luma: &[u8], width: usize, height: usize) -> [u64; 4] {
    const ROWS: usize = 16;
    const COLUMNS: usize = 17;
    let edge_of = |part: usize, parts: usize, side: usize| part * side / parts;
    let mean = |column: usize, row: usize| {
        let (x0, y0) = (edge_of(column, COLUMNS, width), edge_of(row, ROWS, height));
        let x1 = edge_of(column + 1, COLUMNS, width).clamp(x0 + 1, width.max(x0 + 1)).min(width);
        let y1 = edge_of(row + 1, ROWS, height).clamp(y0 + 1, height.max(y0 + 1)).min(height);
        let (mut sum, mut count) = (0_u64, 0_u64);
        for y in y0..y1 {
            for x in x0..x1 {
                sum += u64::from(luma[y * width + x]);
                count += 1;
            }
        }
        sum * 16 / count.max(1)
    };
    let mut bits = [0_u64; 4];
    for row in 0..ROWS {
        for column in 0..ROWS {
            // A little more, so that noise on a plain ground sets no bit.
            if mean(column + 1, row) > mean(column, row) + 16 {
                let place = row * ROWS + column;
                bits[place / 64] |= 1 << (place % 64);
            }
        }
    }
    bits
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
    fn copies_are_told_from_other_pictures() {
        let stripes = |x: usize, y: usize| (60 + (x / 20 * 67 + y / 13 * 91) % 160) as u8;
        let one = picture(stripes);
        let rgb: Vec<u8> =
            (0..400 * 200).flat_map(|n| [stripes(n % 400 / 2, n / 400 / 2) ^ 1; 3]).collect();
        assert!(one.is_copy_of(&Appearance::measure(&rgb, 400, 200)), "twice as large, with noise");
        assert!(!one.is_copy_of(&picture(|x, y| stripes(199 - x, y))), "turned over");
        assert!(!picture(|_, _| 90).is_copy_of(&picture(|_, _| 91)), "nothing to compare");
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
        let fog = picture(|x, y| 170 + ((x + y) % 20) as u8);
        assert_eq!(fog.lints(), [Lint::Flat]);
        let soap =
            picture(|x, y| if x.abs_diff(100) < 40 && y.abs_diff(50) < 20 { 150 } else { 230 });
        assert_eq!(soap.lints(), [], "a smooth thing on a plain ground is not blurred");
        let lamp = picture(|x, _| if x < 30 { 250 } else { 5 });
        assert_eq!(lamp.lints(), [], "a bright thing before a dark wall is no dark photo");
    }
}
