//! Which way up a picture is stored (EXIF 2.32, tag 0x0112).

/// The EXIF orientation, 1 to 8: how the stored picture is turned to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Orientation(u8);

impl Default for Orientation {
    fn default() -> Self {
        Self(1)
    }
}

impl Orientation {
    /// Takes the value of the EXIF field; nothing for values that have no meaning.
    pub fn from_exif(value: u32) -> Option<Self> {
        (1..=8).contains(&value).then_some(Self(value as u8))
    }

    /// The value of the EXIF field, 1 to 8.
    pub fn as_exif(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    pub(super) fn is_sideways(self) -> bool {
        self.0 >= 5
    }

    /// A size with width and height exchanged if the picture lies on its side.
    pub(super) fn turned(self, width_px: u32, height_px: u32) -> (u32, u32) {
        if self.is_sideways() { (height_px, width_px) } else { (width_px, height_px) }
    }

    /// Turns a picture of three-byte pixels upright; its size changes as by `turned`.
    pub(super) fn apply(self, pixels: Vec<u8>, width_px: u32, height_px: u32) -> Vec<u8> {
        if self.0 == 1 {
            return pixels;
        }
        let (width, height) = (width_px as usize, height_px as usize);
        let (out_width, out_height) = self.turned(width_px, height_px);
        let mut out = Vec::with_capacity(pixels.len());
        for y in 0..out_height as usize {
            for x in 0..out_width as usize {
                let (from_x, from_y) = match self.0 {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                let from = (from_y * width + from_x) * 3;
                out.extend_from_slice(&pixels[from..from + 3]);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_orientation_brings_the_marked_corner_where_exif_says() {
        // A picture of 3 × 2: the pixels are numbered as stored.
        let stored: Vec<u8> = (0..6).flat_map(|n| [n; 3]).collect();
        let upright = [
            [0, 1, 2, 3, 4, 5],
            [2, 1, 0, 5, 4, 3],
            [5, 4, 3, 2, 1, 0],
            [3, 4, 5, 0, 1, 2],
            [0, 3, 1, 4, 2, 5],
            [3, 0, 4, 1, 5, 2],
            [5, 2, 4, 1, 3, 0],
            [2, 5, 1, 4, 0, 3],
        ];
        for (value, expected) in (1..).zip(upright) {
            let orientation = Orientation::from_exif(value).expect("1 to 8 are known");
            let turned = orientation.apply(stored.clone(), 3, 2);
            let numbers: Vec<u8> = turned.chunks(3).map(|pixel| pixel[0]).collect();
            assert_eq!(numbers, expected, "orientation {value}");
        }
        assert_eq!(Orientation::from_exif(0), None);
        assert_eq!(Orientation::from_exif(9), None);
    }
}
