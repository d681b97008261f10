//! Invented patterns, drawn by code, and what can happen to a picture of one. For measuring and for tests.
//!
//! Nobody's designs: each is made of a few numbers from a counter. The same number gives the same pixels.

/// A picture of three bytes a pixel, rows from the top.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
}

/// Numbers that look random and are always the same (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to 1.
    pub(crate) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }
}

/// What a pattern is called; each is drawn in another way.
pub(crate) const FAMILIES: [&str; 12] = [
    "twill",
    "plaid",
    "stripes",
    "diamonds",
    "meander",
    "knot",
    "zigzag",
    "triangles",
    "steps",
    "hooks",
    "stars",
    "motif",
];

/// How many colours a pattern has.
pub(crate) const COLOURS: usize = 4;

/// Colours that can be told apart in grey, too.
pub(crate) fn palette(numbers: &mut Numbers) -> [[u8; 3]; COLOURS] {
    let mut levels = [28.0, 96.0, 165.0, 232.0];
    for at in (1..levels.len()).rev() {
        levels.swap(at, numbers.below(at + 1));
    }
    levels.map(|level: f32| {
        let tint = [0; 3].map(|_| numbers.between(-34.0, 34.0));
        tint.map(|tint| (level + tint).clamp(0.0, 255.0) as u8)
    })
}

/// A way of drawing: gives the colour of a place. Places are in units of the shorter side.
type Draw = Box<dyn Fn(f32, f32) -> usize>;

fn draw(family: usize, n: &mut Numbers) -> Draw {
    let cell = n.between(0.07, 0.2);
    match family {
        0 => {
            // Twill: threads over and under, with a step that turns from time to time.
            let (thread, over, colours) = (n.between(0.018, 0.035), 2 + n.below(3), n.below(3));
            let turns = 6 + n.below(14);
            let run: Vec<usize> = (0..16).map(|_| n.below(COLOURS)).collect();
            Box::new(move |x, y| {
                let (i, j) = ((x / thread) as usize, (y / thread) as usize);
                let step =
                    if (j / turns).is_multiple_of(2) { j % turns } else { turns - j % turns };
                let is_warp = (i + step) % (over * 2) < over;
                match (is_warp, colours) {
                    (true, 0) => run[i / 4 % 16],
                    (true, _) => run[i / 6 % 5],
                    (false, 1) => run[(j / 5 + 3) % 16],
                    (false, _) => 3,
                }
            })
        }
        1 => {
            let widths: Vec<f32> = (0..7).map(|_| n.between(0.02, 0.11)).collect();
            let colours: Vec<usize> = (0..7).map(|_| n.below(COLOURS)).collect();
            let total: f32 = widths.iter().sum();
            let band = move |at: f32| {
                let mut at = at.rem_euclid(total);
                for (width, colour) in widths.iter().zip(&colours) {
                    if at < *width {
                        return *colour;
                    }
                    at -= width;
                }
                colours[0]
            };
            let thread = 0.012;
            Box::new(move |x, y| {
                let is_warp = ((x / thread) as usize + (y / thread) as usize) % 4 < 2;
                if is_warp { band(x) } else { band(y) }
            })
        }
        2 => {
            let is_down = n.below(2) == 0;
            let widths: Vec<f32> = (0..23).map(|_| n.between(0.015, 0.1)).collect();
            let colours: Vec<usize> = (0..23).map(|_| n.below(COLOURS)).collect();
            Box::new(move |x, y| {
                let mut at = if is_down { x } else { y };
                for (width, colour) in widths.iter().zip(&colours) {
                    if at < *width {
                        return *colour;
                    }
                    at -= width;
                }
                0
            })
        }
        3 => {
            let (wide, high) = (cell * 1.6, cell * n.between(1.2, 2.6));
            let rings: Vec<usize> = (0..6).map(|_| n.below(COLOURS)).collect();
            let count = 3 + n.below(3);
            let middle = n.below(3);
            Box::new(move |x, y| {
                let shift =
                    if ((y / high) as usize) % 2 == 1 && middle == 1 { wide / 2.0 } else { 0.0 };
                let (u, v) = (((x + shift) / wide).fract() - 0.5, (y / high).fract() - 0.5);
                let far = (u.abs() + v.abs()) * 2.0;
                let ring = (far * count as f32) as usize;
                if middle == 2 && u.abs() < 0.06 && v.abs() < 0.06 { 3 } else { rings[ring.min(5)] }
            })
        }
        4 => {
            // A line that turns in on itself, on a grid; cells come from a rule.
            let side = 5 + 2 * n.below(3);
            let unit = cell * 1.7 / side as f32;
            let (line, ground, gap) = (n.below(2), 2 + n.below(2), 1 + n.below(3));
            let arms = n.below(4);
            Box::new(move |x, y| {
                let (i, j) = ((x / unit) as usize, (y / unit) as usize);
                let (column, row) = (i % (side + gap), j % (side + gap));
                let is_flipped = (i / (side + gap) + j / (side + gap)) % 2 == 1 && arms > 1;
                let column =
                    if is_flipped { side.saturating_sub(1).abs_diff(column) } else { column };
                let ring = column
                    .min(row)
                    .min(side.saturating_sub(1 + column.min(side - 1)))
                    .min(side.saturating_sub(1 + row.min(side - 1)));
                let is_cut = column == ring + 1 + arms % 2 && row < side / 2 && row > 0;
                let is_line = ring % 2 == 0 && column < side && row < side && !is_cut;
                if is_line { line } else { ground }
            })
        }
        5 => {
            // Ropes over and under: quarter circles on tiles that are turned by a rule.
            let tile = cell * 1.1;
            let wide = n.between(0.1, 0.17);
            let bits = n.next();
            let period = 2 + n.below(4);
            let (rope, edge, ground) = (n.below(2), 3, 2);
            Box::new(move |x, y| {
                let (i, j) = ((x / tile) as usize, (y / tile) as usize);
                let (mut u, v) = ((x / tile).fract(), (y / tile).fract());
                if bits >> ((i % period) + period * (j % period)) & 1 == 1 {
                    u = 1.0 - u;
                }
                let one = ((u * u + v * v).sqrt() - 0.5).abs();
                let two = (((1.0 - u) * (1.0 - u) + (1.0 - v) * (1.0 - v)).sqrt() - 0.5).abs();
                let off = one.min(two);
                if off < wide {
                    rope
                } else if off < wide + 0.06 {
                    edge
                } else {
                    ground
                }
            })
        }
        6 => {
            let (wide, high) = (cell * n.between(0.8, 2.0), cell * n.between(0.8, 2.2));
            let bands: Vec<(f32, usize)> =
                (0..5).map(|_| (n.between(0.2, 1.0), n.below(COLOURS))).collect();
            let total: f32 = bands.iter().map(|band| band.0).sum();
            let depth = n.between(0.4, 1.2);
            let is_stepped = n.below(2) == 0;
            Box::new(move |x, y| {
                let mut wave = ((x / wide).fract() - 0.5).abs() * 2.0;
                if is_stepped {
                    wave = (wave * 5.0).floor() / 5.0;
                }
                let mut at = (y / high + wave * depth).fract() * total;
                for (width, colour) in &bands {
                    if at < *width {
                        return *colour;
                    }
                    at -= width;
                }
                0
            })
        }
        7 => {
            let side = cell * 1.2;
            let bits = n.next();
            let period = 2 + n.below(3);
            let colours: Vec<usize> = (0..32).map(|_| n.below(COLOURS)).collect();
            Box::new(move |x, y| {
                let (i, j) = ((x / side) as usize, (y / side) as usize);
                let (u, v) = ((x / side).fract(), (y / side).fract());
                let at = (i % period) + period * (j % period);
                let is_upper = if bits >> at & 1 == 1 { u > v } else { u + v < 1.0 };
                colours[at * 2 % 32 + usize::from(is_upper)]
            })
        }
        8 => {
            // Stepped crosses and pyramids, on a grid of squares.
            let unit = cell / 6.0;
            let size = 9 + 2 * n.below(4);
            let rings: Vec<usize> = (0..8).map(|_| n.below(COLOURS)).collect();
            let (lean, shift) = (1 + n.below(3), n.below(2) * size / 2);
            Box::new(move |x, y| {
                let (i, j) = ((x / unit) as usize, (y / unit) as usize);
                let i = i + if (j / size) % 2 == 1 { shift } else { 0 };
                let (column, row) = ((i % size).abs_diff(size / 2), (j % size).abs_diff(size / 2));
                let far = (column / lean * lean + row) / 2;
                if column == 0 || row == 0 { rings[(far + 1) % 8] } else { rings[far % 8] }
            })
        }
        9 => {
            // Hooks: spirals in rows.
            let tile = cell * 1.8;
            let (turns, wide) = (n.between(1.3, 2.8), n.between(0.35, 0.6));
            let (line, ground, second) = (n.below(2), 2, 3);
            let is_mixed = n.below(2) == 0;
            Box::new(move |x, y| {
                let (i, j) = ((x / tile) as usize, (y / tile) as usize);
                let (mut u, v) = ((x / tile).fract() - 0.5, (y / tile).fract() - 0.5);
                if is_mixed && (i + j) % 2 == 1 {
                    u = -u;
                }
                let far = (u * u + v * v).sqrt() * 2.0;
                if far > 0.92 {
                    return if (i + j) % 3 == 0 { second } else { ground };
                }
                let turn = v.atan2(u) / std::f32::consts::TAU;
                if (far * turns * 1.5 + turn).rem_euclid(1.0) < wide { line } else { ground }
            })
        }
        10 => {
            let tile = cell * 1.7;
            let points = 4 + 2 * n.below(4);
            let (deep, whole) = (n.between(0.25, 0.6), n.between(0.55, 0.95));
            let rings: Vec<usize> = (0..4).map(|_| n.below(COLOURS)).collect();
            let ground = (rings[0] + 1 + n.below(3)) % COLOURS;
            let shift = n.below(2);
            Box::new(move |x, y| {
                let j = (y / tile) as usize;
                let x = x + if j % 2 == 1 && shift == 1 { tile / 2.0 } else { 0.0 };
                let (u, v) = ((x / tile).fract() - 0.5, (y / tile).fract() - 0.5);
                let turn = (v.atan2(u) / std::f32::consts::TAU * points as f32).rem_euclid(1.0);
                let edge = whole * (1.0 - deep * (turn - 0.5).abs() * 2.0);
                let far = (u * u + v * v).sqrt() * 2.0 / edge;
                if far >= 1.0 { ground } else { rings[(far * 3.0) as usize] }
            })
        }
        _ => {
            // A small drawing on a grid, mirrored, in rows between borders.
            let size = 7 + n.below(6);
            let cells: Vec<usize> = (0..size * size)
                .map(|_| if n.share() < 0.45 { 1 + n.below(3) } else { 0 })
                .collect();
            let unit = cell * 2.4 / size as f32 / 1.6;
            let gap = 1 + n.below(3);
            let is_mirrored = n.below(3) > 0;
            Box::new(move |x, y| {
                let (i, j) = ((x / unit) as usize, (y / unit) as usize);
                let (column, row) = (i % (2 * size + gap), j % (size + gap));
                if row >= size || column >= 2 * size {
                    return if row == size { 2 } else { 0 };
                }
                let column = match (column < size, is_mirrored) {
                    (true, _) => column,
                    (false, true) => 2 * size - 1 - column,
                    (false, false) => column - size,
                };
                cells[row * size + column]
            })
        }
    }
}

/// Draws pattern `number` of a family.
pub(crate) fn pattern(family: usize, number: u64, width: usize, height: usize) -> Picture {
    coloured(family, number, number, width, height)
}

/// The same pattern in other colours, if `colours` is another number.
pub(crate) fn coloured(
    family: usize,
    number: u64,
    colours: u64,
    width: usize,
    height: usize,
) -> Picture {
    let mut numbers = Numbers(number * 977 + family as u64 * 131_071 + 7);
    let draw = draw(family, &mut numbers);
    let palette = palette(&mut Numbers(colours * 31 + family as u64 + 5));
    let unit = width.min(height) as f32;
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let mut sum = [0_u32; 3];
            for (right, down) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let at = draw((x as f32 + right) / unit, (y as f32 + down) / unit);
                for (sum, value) in sum.iter_mut().zip(palette[at % COLOURS]) {
                    *sum += u32::from(value);
                }
            }
            rgb.extend(sum.map(|sum| (sum / 4) as u8));
        }
    }
    Picture { width, height, rgb }
}

impl Picture {
    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    fn from(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let rgb = (0..width * height).flat_map(|at| colour(at % width, at / width)).collect();
        Self { width, height, rgb }
    }

    /// Between the pixels; what lies outside has the colour of a table.
    fn between(&self, x: f32, y: f32) -> [u8; 3] {
        if x < 0.0 || y < 0.0 || x >= self.width as f32 - 1.0 || y >= self.height as f32 - 1.0 {
            return [126, 112, 98];
        }
        let (left, top) = (x as usize, y as usize);
        let (right, down) = (x - left as f32, y - top as f32);
        std::array::from_fn(|channel| {
            let value = |x: usize, y: usize| f32::from(self.at(x, y)[channel]);
            let above = value(left, top) * (1.0 - right) + value(left + 1, top) * right;
            let below = value(left, top + 1) * (1.0 - right) + value(left + 1, top + 1) * right;
            (above * (1.0 - down) + below * down) as u8
        })
    }

    /// Brought to another size by means of fields.
    pub(crate) fn scaled(&self, width: usize, height: usize) -> Self {
        let field = |at: usize, parts: usize, side: usize| {
            let from = at * side / parts;
            from..((at + 1) * side / parts).max(from + 1).min(side.max(from + 1))
        };
        Self::from(width, height, |x, y| {
            let mut sum = [0_usize; 3];
            let mut count = 0;
            for y in field(y, height, self.height) {
                for x in field(x, width, self.width) {
                    let colour = self.at(x.min(self.width - 1), y.min(self.height - 1));
                    sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += usize::from(value));
                    count += 1;
                }
            }
            sum.map(|sum| (sum / count) as u8)
        })
    }

    /// No larger than this on its longer side.
    pub(crate) fn within(&self, side: usize) -> Self {
        let longest = self.width.max(self.height);
        if longest <= side {
            return self.clone();
        }
        self.scaled((self.width * side / longest).max(1), (self.height * side / longest).max(1))
    }

    pub(crate) fn cropped(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        Self::from(width, height, |x, y| self.at(left + x, top + y))
    }

    pub(crate) fn quarter_turned(&self) -> Self {
        Self::from(self.height, self.width, |x, y| self.at(y, self.height - 1 - x))
    }

    pub(crate) fn half_turned(&self) -> Self {
        Self::from(self.width, self.height, |x, y| self.at(self.width - 1 - x, self.height - 1 - y))
    }

    pub(crate) fn mirrored(&self) -> Self {
        Self::from(self.width, self.height, |x, y| self.at(self.width - 1 - x, y))
    }

    pub(crate) fn grey(&self) -> Self {
        Self::from(self.width, self.height, |x, y| {
            let [r, g, b] = self.at(x, y).map(u32::from);
            [((r * 77 + g * 151 + b * 28) >> 8) as u8; 3]
        })
    }

    pub(crate) fn negative(&self) -> Self {
        Self::from(self.width, self.height, |x, y| self.at(x, y).map(|value| 255 - value))
    }

    /// Turned by some degrees, the corners cut off.
    pub(crate) fn leaning(&self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (mx, my) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let turned = Self::from(self.width, self.height, |x, y| {
            let (x, y) = (x as f32 - mx, y as f32 - my);
            self.between(cos * x - sin * y + mx, sin * x + cos * y + my)
        });
        let cut = (degrees.abs() / 60.0).min(0.3);
        let (left, top) = ((mx * cut) as usize, (my * cut) as usize);
        turned.cropped(left, top, self.width - 2 * left, self.height - 2 * top)
    }

    /// Blurred by fields of `side` pixels around each.
    pub(crate) fn blurred(&self, side: usize) -> Self {
        let half = side / 2;
        Self::from(self.width, self.height, |x, y| {
            let mut sum = [0_usize; 3];
            let mut count = 0;
            for y in y.saturating_sub(half)..=(y + half).min(self.height - 1) {
                for x in x.saturating_sub(half)..=(x + half).min(self.width - 1) {
                    sum.iter_mut()
                        .zip(self.at(x, y))
                        .for_each(|(sum, value)| *sum += usize::from(value));
                    count += 1;
                }
            }
            sum.map(|sum| (sum / count) as u8)
        })
    }

    pub(crate) fn noisy(&self, strength: f32, numbers: &mut Numbers) -> Self {
        let rgb = self.rgb.iter().map(|value| {
            let noise = numbers.share() + numbers.share() + numbers.share() - 1.5;
            (f32::from(*value) + noise * strength * 2.0).clamp(0.0, 255.0) as u8
        });
        Self { rgb: rgb.collect(), ..self.clone() }
    }

    /// As a telephone sees it from the side, on a table, by a window.
    pub(crate) fn photographed(&self, numbers: &mut Numbers) -> Self {
        let (width, height) = (self.width as f32, self.height as f32);
        let off = |numbers: &mut Numbers| numbers.between(0.02, 0.12);
        // The corners of the cloth in the photograph.
        let corners = [
            (off(numbers), off(numbers)),
            (1.0 - off(numbers), off(numbers)),
            (1.0 - off(numbers), 1.0 - off(numbers)),
            (off(numbers), 1.0 - off(numbers)),
        ];
        let back = square_to(corners);
        let (light_x, light_y) = (numbers.between(-0.5, 0.5), numbers.between(-0.4, 0.4));
        let warm = numbers.between(-0.08, 0.08);
        let seen = Self::from(self.width, self.height, |x, y| {
            let (u, v) = (x as f32 / width, y as f32 / height);
            let (s, t) = back(u, v);
            let colour = self.between(s * width, t * height);
            let light = 0.82 + light_x * (u - 0.5) + light_y * (v - 0.5);
            let tint = [1.0 + warm, 1.0, 1.0 - warm];
            std::array::from_fn(|channel| {
                (f32::from(colour[channel]) * light * tint[channel] + 12.0).clamp(0.0, 255.0) as u8
            })
        });
        seen.blurred(3).noisy(7.0, numbers)
    }
}

/// From places of a photograph to places of the flat thing, whose corners lie there (a homography).
fn square_to(corners: [(f32, f32); 4]) -> impl Fn(f32, f32) -> (f32, f32) {
    // Heckbert 1989, the square to a quadrilateral; undone by the adjugate.
    let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = corners;
    let (dx1, dx2, sx) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
    let (dy1, dy2, sy) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
    let below = dx1 * dy2 - dx2 * dy1;
    let (g, h) = ((sx * dy2 - dx2 * sy) / below, (dx1 * sy - sx * dy1) / below);
    let (a, b, c) = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0);
    let (d, e, f) = (y1 - y0 + g * y1, y3 - y0 + h * y3, y0);
    move |x, y| {
        let (u, v, w) = (
            (e - f * h) * x + (c * h - b) * y + (b * f - c * e),
            (f * g - d) * x + (a - c * g) * y + (c * d - a * f),
            (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d),
        );
        (u / w, v / w)
    }
}

/// What can happen to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    Smaller,
    Jpeg,
    Blur,
    Noise,
    Grey,
    Recoloured,
    Negative,
    QuarterTurn,
    HalfTurn,
    Mirror,
    TurnedMirrored,
    Lean,
    CropMost,
    CropHalf,
    CropThird,
    CropTurned,
    Photograph,
    PhotographTurned,
    PhotographOfPart,
    WithBorder,
}

impl Change {
    pub(crate) const ALL: [(Self, &'static str); 20] = [
        (Self::Smaller, "half the size"),
        (Self::Jpeg, "JPEG of quality 20"),
        (Self::Blur, "blurred"),
        (Self::Noise, "noise"),
        (Self::Grey, "grey"),
        (Self::Recoloured, "other colours"),
        (Self::Negative, "negative"),
        (Self::QuarterTurn, "a quarter turn"),
        (Self::HalfTurn, "half a turn"),
        (Self::Mirror, "mirrored"),
        (Self::TurnedMirrored, "turned and mirrored, other colours"),
        (Self::Lean, "leaning by 3 to 9 degrees"),
        (Self::CropMost, "cropped to four fifths of each side"),
        (Self::CropHalf, "cropped to half of each side"),
        (Self::CropThird, "cropped to a third of each side"),
        (Self::CropTurned, "cropped to half, a quarter turn, JPEG"),
        (Self::Photograph, "photographed from the side"),
        (Self::PhotographTurned, "photographed from the side, a quarter turn"),
        (Self::PhotographOfPart, "photograph of a part (six tenths)"),
        (Self::WithBorder, "on a wide ground"),
    ];

    /// Changes a picture of pattern `number`.
    pub(crate) fn apply(self, picture: &Picture, family: usize, number: u64) -> Picture {
        let mut numbers = Numbers(number * 7919 + family as u64 * 17 + self as u64);
        let (width, height) = (picture.width, picture.height);
        let mut cut = |picture: &Picture, share: f32| {
            let part = |side: usize| (side as f32 * share) as usize;
            let (wide, high) = (part(picture.width), part(picture.height));
            let left = numbers.below(picture.width - wide + 1);
            let top = numbers.below(picture.height - high + 1);
            picture.cropped(left, top, wide, high)
        };
        match self {
            Self::Smaller => picture.scaled(width / 2, height / 2),
            Self::Jpeg => jpeg(picture, 20),
            Self::Blur => picture.blurred(7),
            Self::Noise => picture.noisy(28.0, &mut numbers),
            Self::Grey => picture.grey(),
            Self::Recoloured => coloured(family, number, number + 5000, width, height),
            Self::Negative => picture.negative(),
            Self::QuarterTurn => picture.quarter_turned(),
            Self::HalfTurn => picture.half_turned(),
            Self::Mirror => picture.mirrored(),
            Self::TurnedMirrored => {
                coloured(family, number, number + 6000, width, height).quarter_turned().mirrored()
            }
            Self::Lean => {
                let lean = numbers.between(3.0, 9.0);
                picture.leaning(if numbers.below(2) == 0 { lean } else { -lean })
            }
            Self::CropMost => cut(picture, 0.8),
            Self::CropHalf => cut(picture, 0.5),
            Self::CropThird => cut(picture, 0.34),
            Self::CropTurned => jpeg(&cut(picture, 0.5).quarter_turned(), 50),
            Self::Photograph => jpeg(&picture.photographed(&mut numbers), 70),
            Self::PhotographTurned => {
                jpeg(&picture.quarter_turned().photographed(&mut numbers), 70)
            }
            Self::PhotographOfPart => {
                let part = cut(picture, 0.6);
                jpeg(&part.photographed(&mut numbers), 70)
            }
            Self::WithBorder => {
                let (left, top) = (width / 4, height / 5);
                Picture::from(width * 3 / 2, height * 7 / 5, |x, y| {
                    let is_in =
                        (left..left + width).contains(&x) && (top..top + height).contains(&y);
                    if is_in { picture.at(x - left, y - top) } else { [214, 208, 196] }
                })
            }
        }
    }
}

/// Written as JPEG and read again.
pub(crate) fn jpeg(picture: &Picture, quality: u8) -> Picture {
    let rgb = super::read_jpeg(&write_jpeg(picture, quality));
    Picture { rgb, ..picture.clone() }
}

/// Written as JPEG.
pub(crate) fn write_jpeg(picture: &Picture, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let side = |px: usize| u16::try_from(px).expect("a small picture");
    jpeg_encoder::Encoder::new(&mut bytes, quality)
        .encode(
            &picture.rgb,
            side(picture.width),
            side(picture.height),
            jpeg_encoder::ColorType::Rgb,
        )
        .expect("a JPEG");
    bytes
}
