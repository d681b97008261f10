//! Pixels as lossy WebP keeps them: light for each pixel, colour for each two by two.
//!
//! The colours are those of ITU-R BT.601 in its limited range, which VP8 has (RFC 6386 §2 and §9.2), in fixed point with the
//! factors of libwebp (`src/dsp/yuv.h`). Only whole numbers are reckoned with, so that every machine has the same planes; given to
//! the encoder ready, they save it the way over a picture of four bytes a pixel.

use webpx::YuvPlanesRef;

/// One half, and 16 and 128, the lowest light and the middle of colour, in fixed point: of 16 bits for light, and of 18 for
/// colour, as that is the mean of four.
const LIGHT: u32 = (16 << 16) + (1 << 15);
const COLOUR: u32 = (128 << 18) + (1 << 17);

/// An upright picture of at least one pixel, taken apart.
pub(super) struct Planes {
    light: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
    width_px: u32,
    height_px: u32,
}

impl Planes {
    /// Takes a picture apart that has three bytes a pixel (red, green, blue), row by row.
    pub(super) fn of(pixels: &[u8], width_px: u32, height_px: u32) -> Self {
        let size = |width: u32, height: u32| width as usize * height as usize;
        let halves = size(width_px.div_ceil(2), height_px.div_ceil(2));
        let mut planes = Self {
            light: Vec::with_capacity(size(width_px, height_px)),
            blue: Vec::with_capacity(halves),
            red: Vec::with_capacity(halves),
            width_px,
            height_px,
        };
        let stride = size(width_px, 3);
        planes.light.extend(pixels.chunks_exact(3).map(light));
        for rows in pixels.chunks(2 * stride) {
            // Beyond an odd edge stands its last row, or column, once more.
            let (upper, lower) = match rows.split_at(stride) {
                (upper, []) => (upper, upper),
                both => both,
            };
            let (upper, lower) = (upper.chunks_exact(6), lower.chunks_exact(6));
            let (upper_edge, lower_edge) = (upper.remainder(), lower.remainder());
            for (upper, lower) in upper.zip(lower) {
                planes.push(|at| [upper[at], upper[at + 3], lower[at], lower[at + 3]]);
            }
            if !upper_edge.is_empty() {
                let at_edge = |at| [upper_edge[at], lower_edge[at]];
                planes.push(|at| {
                    let [upper, lower] = at_edge(at);
                    [upper, upper, lower, lower]
                });
            }
        }
        planes
    }

    /// Adds the colour of four pixels: `of` tells what each has of red (0), green (1) and blue (2).
    fn push(&mut self, of: impl Fn(usize) -> [u8; 4]) {
        let sum = |at| of(at).into_iter().map(u32::from).sum::<u32>();
        let (red, green, blue) = (sum(0), sum(1), sum(2));
        self.blue.push(colour(28_800 * blue, 9_719 * red + 19_081 * green));
        self.red.push(colour(28_800 * red, 24_116 * green + 4_684 * blue));
    }

    /// The planes as the encoder takes them.
    pub(super) fn view(&self) -> YuvPlanesRef<'_> {
        let half = self.width_px.div_ceil(2) as usize;
        YuvPlanesRef {
            y: &self.light,
            y_stride: self.width_px as usize,
            u: &self.blue,
            u_stride: half,
            v: &self.red,
            v_stride: half,
            a: None,
            a_stride: 0,
            width: self.width_px,
            height: self.height_px,
        }
    }
}

/// The light (Y) of a pixel, 16 to 235.
fn light(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [0, 1, 2].map(|at| u32::from(pixel[at]));
    // At most 236 << 16.
    let [_, light, ..] = (16_839 * red + 33_059 * green + 6_420 * blue + LIGHT).to_be_bytes();
    light
}

/// The colour (U or V) of four pixels, 16 to 240: how much more of one there is than of the others, each at most
/// 28,800 × 4 × 255.
fn colour(more: u32, less: u32) -> u8 {
    // Below 1 << 26, as the larger of the two is less than `COLOUR`.
    let [colour, ..] = ((COLOUR + more - less) << 6).to_be_bytes();
    colour
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_the_light_and_colour_of_bt_601() {
        // Of BT.601, limited range; rounded.
        for (pixel, expected) in [
            ([0, 0, 0], (16, 128, 128)),
            ([255, 255, 255], (235, 128, 128)),
            ([255, 0, 0], (82, 90, 240)),
            ([0, 255, 0], (145, 54, 34)),
            ([0, 0, 255], (41, 240, 110)),
            ([128, 128, 128], (126, 128, 128)),
        ] {
            let planes = Planes::of(&pixel.repeat(4), 2, 2);
            assert_eq!(planes.light, [expected.0; 4], "{pixel:?}");
            assert_eq!((&*planes.blue, &*planes.red), (&[expected.1][..], &[expected.2][..]));
        }
    }

    #[test]
    fn every_pixel_counts_once_and_edges_that_are_odd_twice() {
        for (width, height) in [(1, 1), (2, 1), (1, 2), (3, 2), (2, 3), (5, 3), (4, 4)] {
            let pixels: Vec<u8> = (0..width * height * 3)
                .map(|at| u8::try_from(at * 37 % 251).expect("small"))
                .collect();
            let planes = Planes::of(&pixels, width, height);
            let at = |x: u32, y: u32| {
                let (x, y) = (x.min(width - 1), y.min(height - 1));
                let from = ((y * width + x) * 3) as usize;
                [0, 1, 2].map(|channel| f64::from(pixels[from + channel]))
            };
            let (halves, rows) = (width.div_ceil(2), height.div_ceil(2));
            assert_eq!(planes.light.len(), (width * height) as usize);
            assert_eq!(planes.blue.len(), (halves * rows) as usize);
            assert_eq!(planes.red.len(), planes.blue.len());
            for y in 0..rows {
                for x in 0..halves {
                    let four =
                        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| at(2 * x + dx, 2 * y + dy));
                    let [r, g, b] = [0, 1, 2].map(|i| four.iter().map(|p| p[i]).sum::<f64>() / 4.0);
                    let place = (y * halves + x) as usize;
                    let near = |byte: u8, exact: f64| (f64::from(byte) - exact).abs() < 0.51;
                    assert!(near(planes.blue[place], 128.0 - 0.1483 * r - 0.2912 * g + 0.4395 * b));
                    assert!(near(planes.red[place], 128.0 + 0.4395 * r - 0.3680 * g - 0.0715 * b));
                }
            }
        }
    }

    #[test]
    fn no_colour_leaves_its_range() {
        let steps = [0_u8, 1, 127, 128, 254, 255];
        for red in steps {
            for green in steps {
                for blue in steps {
                    let planes = Planes::of(&[red, green, blue], 1, 1);
                    assert!((16..=235).contains(&planes.light[0]));
                    assert!((16..=240).contains(&planes.blue[0]), "{red} {green} {blue}");
                    assert!((16..=240).contains(&planes.red[0]), "{red} {green} {blue}");
                }
            }
        }
    }
}
