//! Colours from one or two values, with contrast guaranteed by computation (WCAG 2.2, 1.4.3).

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// The least contrast of text with its ground.
pub const TEXT_CONTRAST: f64 = 4.5;

impl Rgb {
    /// Reads `#rrggbb` or `#rgb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#')?;
        let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        let digit = |at: usize| u8::from_str_radix(hex.get(at..=at)?, 16).ok().map(|d| d * 17);
        if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        match hex.len() {
            6 => Some(Self(byte(0)?, byte(2)?, byte(4)?)),
            3 => Some(Self(digit(0)?, digit(1)?, digit(2)?)),
            _ => None,
        }
    }

    /// `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// A colour by hue (degrees), saturation and lightness (0 to 1).
    #[must_use]
    pub fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let chroma = (1.0 - (2.0 * lightness - 1.0).abs()) * saturation;
        let channel = |n: f64| {
            let k = (n + hue / 30.0) % 12.0;
            let value = lightness - chroma / 2.0 * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
            to_byte(value)
        };
        Self(channel(0.0), channel(8.0), channel(4.0))
    }

    /// This colour with `share` (0 to 1) of another.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let one =
            |a: u8, b: u8| to_byte((f64::from(a) + (f64::from(b) - f64::from(a)) * share) / 255.0);
        Self(one(self.0, other.0), one(self.1, other.1), one(self.2, other.2))
    }

    /// Relative luminance, 0 to 1.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast with another colour, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The nearest lighter or darker colour of the same hue that has at least `wanted` contrast
    /// with `ground`.
    #[must_use]
    pub fn readable_on(self, ground: Self, wanted: f64) -> Self {
        let to_white = ground.contrast(WHITE) > ground.contrast(BLACK);
        let (hue, saturation, lightness) = self.to_hsl();
        let end = if to_white { 1.0 } else { 0.0 };
        std::iter::once(self)
            .chain((1..=200).map(|step| {
                let towards = lightness + (end - lightness) * f64::from(step) / 200.0;
                Self::from_hsl(hue, saturation, towards)
            }))
            .find(|colour| colour.contrast(ground) >= wanted)
            .unwrap_or(if to_white { WHITE } else { BLACK })
    }

    /// Hue (degrees), saturation and lightness (0 to 1).
    fn to_hsl(self) -> (f64, f64, f64) {
        let [r, g, b] = [self.0, self.1, self.2].map(|byte| f64::from(byte) / 255.0);
        let (high, low) = (r.max(g).max(b), r.min(g).min(b));
        let (lightness, chroma) = (f64::midpoint(high, low), high - low);
        if chroma == 0.0 {
            return (0.0, 0.0, lightness);
        }
        let saturation = chroma / (1.0 - (2.0 * lightness - 1.0).abs());
        let hue = if r >= g && r >= b {
            ((g - b) / chroma).rem_euclid(6.0)
        } else if g >= b {
            (b - r) / chroma + 2.0
        } else {
            (r - g) / chroma + 4.0
        };
        (hue * 60.0, saturation, lightness)
    }
}

fn to_byte(value: f64) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=255"
    )]
    let byte = (value * 255.0).round().clamp(0.0, 255.0) as u8;
    byte
}

/// Black.
pub const BLACK: Rgb = Rgb(0, 0, 0);
/// White.
pub const WHITE: Rgb = Rgb(255, 255, 255);

/// The colours of one appearance (light or dark).
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Behind everything.
    pub ground: Rgb,
    /// Behind what stands apart.
    pub raised: Rgb,
    /// Fine lines.
    pub line: Rgb,
    /// Text.
    pub ink: Rgb,
    /// Text of less weight.
    pub quiet: Rgb,
    /// Links, and the ground of the one button.
    pub accent: Rgb,
    /// Text on the button.
    pub on_accent: Rgb,
    /// The button under the pointer.
    pub accent_strong: Rgb,
}

impl Palette {
    /// Both appearances from one colour.
    #[must_use]
    pub fn both(accent: Rgb) -> [Self; 2] {
        let light = Self::new(accent, Rgb(0xfb, 0xfa, 0xf8), WHITE, Rgb(0x1f, 0x1c, 0x1a), BLACK);
        let dark = Self::new(
            accent,
            Rgb(0x17, 0x16, 0x15),
            Rgb(0x20, 0x1f, 0x1d),
            Rgb(0xee, 0xea, 0xe4),
            WHITE,
        );
        [light, dark]
    }

    fn new(accent: Rgb, ground: Rgb, raised: Rgb, ink: Rgb, end: Rgb) -> Self {
        // A breath of the accent in the neutrals makes one family of them.
        let ground = ground.mix(accent, 0.012);
        let raised = raised.mix(accent, 0.008);
        let hardest = if ground.contrast(ink) < raised.contrast(ink) { ground } else { raised };
        let accent = accent.readable_on(hardest, TEXT_CONTRAST + 0.3);
        let on_accent = if accent.contrast(WHITE) >= accent.contrast(BLACK) {
            WHITE
        } else {
            Rgb(0x14, 0x12, 0x11)
        };
        let quiet = ink.mix(ground, 0.32).readable_on(hardest, TEXT_CONTRAST + 0.5);
        let accent_strong = accent.mix(end, 0.18);
        Self {
            ground,
            raised,
            line: ink.mix(ground, 0.84),
            ink,
            quiet,
            accent,
            on_accent,
            accent_strong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let table = [
            ("#ffffff", "#000000", 21.0),
            ("#777777", "#ffffff", 4.48),
            ("#0000ff", "#ffffff", 8.59),
            ("#ff0000", "#ffffff", 4.0),
            ("#abc", "#aabbcc", 1.0),
        ];
        for (a, b, expected) in table {
            let (a, b) = (Rgb::parse(a).expect("hex"), Rgb::parse(b).expect("hex"));
            assert!((a.contrast(b) - expected).abs() < 0.01, "{a:?} {b:?}: {}", a.contrast(b));
        }
        for wrong in ["", "abc", "#12", "#12345g", "#1234567", "#ééé"] {
            assert_eq!(Rgb::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn text_can_be_read_whatever_the_accent() {
        let mut accents: Vec<Rgb> =
            ["#000000", "#ffffff", "#ffff00", "#808080", "#8a3b2a", "#0000ff", "#00ff00"]
                .iter()
                .map(|hex| Rgb::parse(hex).expect("hex"))
                .collect();
        accents.extend((0..36).map(|at| Rgb::from_hsl(f64::from(at) * 10.0, 0.7, 0.5)));
        for accent in accents {
            for palette in Palette::both(accent) {
                let pairs = [
                    ("ink", palette.ink, palette.ground),
                    ("ink on raised", palette.ink, palette.raised),
                    ("quiet", palette.quiet, palette.ground),
                    ("quiet on raised", palette.quiet, palette.raised),
                    ("accent", palette.accent, palette.ground),
                    ("accent on raised", palette.accent, palette.raised),
                    ("button", palette.on_accent, palette.accent),
                    ("button under pointer", palette.on_accent, palette.accent_strong),
                ];
                for (name, text, ground) in pairs {
                    let contrast = text.contrast(ground);
                    assert!(contrast >= TEXT_CONTRAST, "{accent:?} {name}: {contrast}");
                }
            }
        }
    }

    #[test]
    fn hues_are_hues() {
        for (hue, expected) in
            [(0.0, Rgb(255, 0, 0)), (120.0, Rgb(0, 255, 0)), (240.0, Rgb(0, 0, 255))]
        {
            assert_eq!(Rgb::from_hsl(hue, 1.0, 0.5), expected, "{hue}");
        }
        for colour in
            [Rgb(0x8a, 0x3b, 0x2a), Rgb(1, 2, 3), Rgb(9, 200, 130), WHITE, Rgb(77, 77, 77)]
        {
            let (hue, saturation, lightness) = colour.to_hsl();
            assert_eq!(Rgb::from_hsl(hue, saturation, lightness), colour);
        }
    }
}
