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

/// The least contrast of what is no text but must be seen: edges of fields, focus rings.
pub const SHAPE_CONTRAST: f64 = 3.0;

/// What a palette is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Colours {
    /// Links and buttons.
    pub accent: Rgb,
    /// The ground, light and dark.
    pub grounds: [Rgb; 2],
    /// The ground of what is set apart; none: a breath of the accent.
    pub second: Option<Rgb>,
}

/// The colours of one appearance (light or dark).
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Behind everything.
    pub ground: Rgb,
    /// Behind what stands apart.
    pub raised: Rgb,
    /// Fine lines that only divide.
    pub line: Rgb,
    /// Edges of fields and of what can be chosen.
    pub edge: Rgb,
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
    /// The ground of what is set apart: bands, panels.
    pub second: Rgb,
    /// Text on it.
    pub on_second: Rgb,
    /// Text of less weight on it.
    pub quiet_on_second: Rgb,
    /// Links and edges on it.
    pub accent_on_second: Rgb,
}

/// Contrast that every ground has with black or with white, so that text on it can have shades.
const GROUND_CONTRAST: f64 = 13.0;

impl Palette {
    /// Both appearances. Each pair of text and ground that pages use has at least [`TEXT_CONTRAST`],
    /// whatever the colours.
    #[must_use]
    pub fn both(colours: Colours) -> [Self; 2] {
        colours.grounds.map(|ground| Self::new(colours, ground))
    }

    /// Light and dark ground from one: the other has its hue.
    #[must_use]
    pub fn grounds_from(ground: Rgb) -> [Rgb; 2] {
        if is_dark(ground) {
            return [ground, ground];
        }
        let (hue, saturation, _) = ground.to_hsl();
        [ground, Rgb::from_hsl(hue, saturation.min(0.1), 0.085)]
    }

    fn new(colours: Colours, ground: Rgb) -> Self {
        let is_dark = is_dark(ground);
        let (end, far) = if is_dark { (WHITE, BLACK) } else { (BLACK, WHITE) };
        // A breath of the accent in the neutrals makes one family of them.
        let ground = ground.mix(colours.accent, 0.012);
        let ground = towards(ground, far, |ground| ground.contrast(end) >= GROUND_CONTRAST);
        let raised = if is_dark { ground.mix(WHITE, 0.045) } else { ground.mix(WHITE, 0.6) };
        let second = match colours.second {
            None => ground.mix(colours.accent, if is_dark { 0.16 } else { 0.075 }),
            Some(second) if is_dark => {
                let (hue, saturation, lightness) = second.to_hsl();
                Rgb::from_hsl(hue, saturation.min(0.5), lightness.min(0.17))
            }
            Some(second) => second,
        };
        let second = towards(second, second_end(second), |second| {
            second.contrast(WHITE).max(second.contrast(BLACK)) >= 6.5
        });
        let ink = end.mix(ground, 0.1).mix(colours.accent, 0.02);
        let hardest = if ground.contrast(ink) < raised.contrast(ink) { ground } else { raised };
        let accent = colours.accent.readable_on(hardest, TEXT_CONTRAST + 0.3);
        let on_accent = if accent.contrast(WHITE) >= accent.contrast(BLACK) {
            WHITE
        } else {
            Rgb(0x14, 0x12, 0x11)
        };
        let on_second = ink.readable_on(second, TEXT_CONTRAST + 1.5);
        Self {
            ground,
            raised,
            line: ink.mix(ground, 0.84),
            edge: ink.mix(ground, 0.5).readable_on(hardest, SHAPE_CONTRAST + 0.2),
            ink,
            quiet: ink.mix(ground, 0.32).readable_on(hardest, TEXT_CONTRAST + 0.5),
            accent,
            on_accent,
            accent_strong: accent.mix(end, 0.18),
            second,
            on_second,
            quiet_on_second: on_second.mix(second, 0.24).readable_on(second, TEXT_CONTRAST + 0.3),
            accent_on_second: colours.accent.readable_on(second, TEXT_CONTRAST + 0.3),
        }
    }
}

/// Whether text on a ground is light.
fn is_dark(ground: Rgb) -> bool {
    ground.contrast(WHITE) > ground.contrast(BLACK)
}

/// To which side a ground moves that stands in the middle.
fn second_end(ground: Rgb) -> Rgb {
    if is_dark(ground) { BLACK } else { WHITE }
}

/// The colour that is nearest to the first on the way to the second and is good enough.
fn towards(from: Rgb, end: Rgb, is_enough: impl Fn(Rgb) -> bool) -> Rgb {
    let steps = (0..=50).map(|step| from.mix(end, f64::from(step) / 50.0));
    steps.into_iter().find(|colour| is_enough(*colour)).unwrap_or(end)
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

    const LIGHT: Rgb = Rgb(0xfb, 0xfa, 0xf8);
    const DARK: Rgb = Rgb(0x17, 0x16, 0x15);

    /// Colours all around the wheel, pale, full and dark, and the corners of the cube.
    fn many() -> Vec<Rgb> {
        let mut all = Vec::new();
        for byte in 0..8_u8 {
            let channel = |bit: u8| if byte & bit == 0 { 0 } else { 255 };
            all.push(Rgb(channel(1), channel(2), channel(4)));
        }
        for grey in [16, 64, 100, 118, 128, 150, 200, 240] {
            all.push(Rgb(grey, grey, grey));
        }
        for hue in (0..360).step_by(20) {
            for (saturation, lightness) in
                [(0.9, 0.5), (0.35, 0.35), (0.6, 0.2), (0.5, 0.65), (0.7, 0.92)]
            {
                all.push(Rgb::from_hsl(f64::from(hue), saturation, lightness));
            }
        }
        all
    }

    fn assert_readable(colours: Colours) {
        for palette in Palette::both(colours) {
            let pairs = [
                ("ink", palette.ink, palette.ground, TEXT_CONTRAST),
                ("ink on raised", palette.ink, palette.raised, TEXT_CONTRAST),
                ("quiet", palette.quiet, palette.ground, TEXT_CONTRAST),
                ("quiet on raised", palette.quiet, palette.raised, TEXT_CONTRAST),
                ("accent", palette.accent, palette.ground, TEXT_CONTRAST),
                ("accent on raised", palette.accent, palette.raised, TEXT_CONTRAST),
                ("button", palette.on_accent, palette.accent, TEXT_CONTRAST),
                ("button under pointer", palette.on_accent, palette.accent_strong, TEXT_CONTRAST),
                ("on second", palette.on_second, palette.second, TEXT_CONTRAST),
                ("quiet on second", palette.quiet_on_second, palette.second, TEXT_CONTRAST),
                ("accent on second", palette.accent_on_second, palette.second, TEXT_CONTRAST),
                ("edge", palette.edge, palette.ground, SHAPE_CONTRAST),
                ("edge on raised", palette.edge, palette.raised, SHAPE_CONTRAST),
            ];
            for (name, text, ground, least) in pairs {
                let contrast = text.contrast(ground);
                assert!(contrast >= least, "{colours:?} {name}: {contrast}");
            }
        }
    }

    #[test]
    fn text_can_be_read_whatever_the_accent() {
        for accent in many() {
            assert_readable(Colours { accent, grounds: [LIGHT, DARK], second: None });
        }
    }

    #[test]
    fn text_can_be_read_whatever_the_grounds() {
        for (at, ground) in many().into_iter().enumerate() {
            let all = many();
            for step in [1, 17, 43, 71] {
                let accent = all[(at * 7 + step) % all.len()];
                let grounds = Palette::grounds_from(ground);
                assert_readable(Colours { accent, grounds, second: None });
                let second = Some(all[(at * 5 + step) % all.len()]);
                assert_readable(Colours { accent, grounds, second });
                assert_readable(Colours { accent, grounds: [LIGHT, DARK], second: Some(ground) });
            }
        }
    }

    #[test]
    fn a_ground_stays_near_what_was_chosen() {
        for hex in ["#fbfaf8", "#f4e9d8", "#ffffff", "#1b1613", "#e8f0ea"] {
            let ground = Rgb::parse(hex).expect("hex");
            let grounds = Palette::grounds_from(ground);
            let accent = Rgb(0x8a, 0x3b, 0x2a);
            let [light, dark] = Palette::both(Colours { accent, grounds, second: None });
            let far = |a: u8, b: u8| a.abs_diff(b) > 4;
            let (is, was) = (light.ground, ground);
            assert!(!far(is.0, was.0) && !far(is.1, was.1) && !far(is.2, was.2), "{hex} {is:?}");
            assert!(is_dark(dark.ground), "{hex}");
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
