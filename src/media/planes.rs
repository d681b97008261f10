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
        let (width, half) = (width_px as usize, width_px.div_ceil(2) as usize);
        let mut light = vec![0; width * height_px as usize];
        let mut blue = vec![0; half * height_px.div_ceil(2) as usize];
        let mut red = blue.clone();
        for (light, pixel) in light.iter_mut().zip(pixels.as_chunks().0) {
            *light = light_of(*pixel);
        }
        let rows = pixels.chunks(2 * 3 * width);
        for ((rows, blue), red) in rows.zip(blue.chunks_mut(half)).zip(red.chunks_mut(half)) {
            // Beyond an odd edge stands its last row, or column, once more.
            let (upper, lower) = match rows.split_at(3 * width) {
                (upper, []) => (upper, upper),
                both => both,
            };
            let ((upper, upper_edge), (lower, lower_edge)) = (upper.as_chunks(), lower.as_chunks());
            let places = blue.iter_mut().zip(red.iter_mut());
            for (((blue, red), upper), lower) in places.zip(upper).zip(lower) {
                (*blue, *red) = colours_of(upper, lower);
            }
            if let (&[a, b, c], &[d, e, f]) = (upper_edge, lower_edge)
                && let (Some(blue), Some(red)) = (blue.last_mut(), red.last_mut())
            {
                (*blue, *red) = colours_of(&[a, b, c, a, b, c], &[d, e, f, d, e, f]);
            }
        }
        Self { light, blue, red, width_px, height_px }
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
fn light_of(pixel: [u8; 3]) -> u8 {
    let [red, green, blue] = pixel.map(u32::from);
    // At most 236 << 16.
    let [_, light, ..] = (16_839 * red + 33_059 * green + 6_420 * blue + LIGHT).to_be_bytes();
    light
}

/// The colours (U and V) of two pixels and the two below.
fn colours_of(upper: &[u8; 6], lower: &[u8; 6]) -> (u8, u8) {
    let sum = |at: usize| {
        u32::from(upper[at])
            + u32::from(upper[at + 3])
            + u32::from(lower[at])
            + u32::from(lower[at + 3])
    };
    let (red, green, blue) = (sum(0), sum(1), sum(2));
    (
        colour(28_800 * blue, 9_719 * red + 19_081 * green),
        colour(28_800 * red, 24_116 * green + 4_684 * blue),
    )
}

/// A colour of four pixels, 16 to 240: how much more of one there is than of the others, each at most
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
