//! What a picture shows, as numbers that stay nearly the same when it is changed.
//!
//! Two ways, since each finds what the other does not:
//!
//! - **Hashes** of the whole picture and of overlapping parts of it: a hash of its low frequencies (DCT), of
//!   differences between neighbouring fields, across and down, and of fields against their median; each of the
//!   brightness and of the strength of edges. They are compared in eight positions (quarter turns, mirrored or not) and
//!   as a negative.
//! - **Marks**: corners of the drawing at several sizes, each with a code of 128 bits of how edges run around it. Codes of
//!   two pictures are paired, and count where one turn, size and shift brings many of them together. They find a
//!   motif that was cut out, leans a little or was photographed.
//!
//! Edges are taken from whichever colour changes most, without a sign, so that other colours change little. All of it is
//! computed from a small copy; nothing here can be turned back into the picture, but it tells what was in it, so it is
//! as public or private as the picture.

use std::sync::LazyLock;

use super::likeness::Position;

/// The longer side of the copy that is looked at, in pixels.
pub const LOOKED_AT_PX: u32 = 320;

/// The form of the bytes of [`Fingerprint::to_bytes`], and of how they are computed.
pub(super) const FORM: u8 = 1;

/// The most marks of a picture, from the finest size to the coarsest.
const MARKS: [usize; 6] = [70, 60, 40, 26, 14, 8];
/// How much smaller each size is than the one before.
pub(super) const STEP: f32 = std::f32::consts::SQRT_2;
/// Cells of a mark's code on a side, and the pixels of each.
const CELLS: usize = 4;
const CELL_PX: usize = 6;
/// Directions of edges that are told apart, over half a turn.
const DIRECTIONS: usize = 8;
/// A mark needs so many pixels around itself.
const MARGIN: usize = CELLS * CELL_PX / 2 + 1;
/// A mark is the strongest within so many pixels.
const APART: usize = 3;
/// Marks weaker than this share of the strongest are left out.
const WEAKEST: f32 = 0.015;
/// Below this nothing is a corner: noise and paper, in levels of brightness over two pixels.
const NOISE: f32 = 3.0;

/// Side of the copy of which the low frequencies are taken, and how many of those on a side.
const SQUARE: usize = 32;
const LOW: usize = 8;
/// Below this spread of brightness (in levels of 255) a part shows nothing to compare.
const PLAIN: f32 = 5.0;

/// Parts that are compared with another picture's whole: left, top and side, in eighths of the picture's sides.
const PARTS: [(usize, usize, usize); 15] = [
    (0, 0, 8),
    (0, 0, 6),
    (2, 0, 6),
    (0, 2, 6),
    (2, 2, 6),
    (1, 1, 6),
    (0, 0, 4),
    (2, 0, 4),
    (4, 0, 4),
    (0, 2, 4),
    (2, 2, 4),
    (4, 2, 4),
    (0, 4, 4),
    (2, 4, 4),
    (4, 4, 4),
];

/// What is kept of a picture to find others like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    pub(super) width_px: u16,
    pub(super) height_px: u16,
    /// Of each of [`PARTS`], nothing where it is plain.
    pub(super) parts: Vec<Option<Hashes>>,
    pub(super) marks: Vec<Mark>,
}

/// The hashes of one part: of its brightness, and of the strength of its edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hashes {
    brightness: [u64; 4],
    edges: [u64; 4],
}

/// A corner of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Place, in 64ths of a pixel of the copy.
    pub(super) x: u16,
    pub(super) y: u16,
    /// Which of the sizes, the finest first.
    pub(super) size: u8,
    /// How edges run around it.
    pub(super) code: u128,
}

impl Fingerprint {
    /// Looks at a picture: three bytes a pixel, sRGB, rows from the top. Nothing if it is too small or plain.
    ///
    /// The picture should be no larger than [`LOOKED_AT_PX`] on its longer side.
    pub fn of(rgb: &[u8], width: usize, height: usize) -> Option<Self> {
        Self::with_squares(rgb, width, height).map(|(fingerprint, _)| fingerprint)
    }

    /// The same with the squares of which the hashes were made, of each of [`PARTS`].
    pub(super) fn with_squares(
        rgb: &[u8],
        width: usize,
        height: usize,
    ) -> Option<(Self, Vec<Option<Squares>>)> {
        let fits = width.max(height) <= 2 * LOOKED_AT_PX as usize;
        if width.min(height) < SQUARE || rgb.len() != width * height * 3 || !fits {
            return None;
        }
        let mut colours: [Plane; 3] = std::array::from_fn(|channel| {
            let values = rgb.iter().skip(channel).step_by(3).map(|value| f32::from(*value));
            Plane { width, height, values: values.collect() }.blurred()
        });
        let brightness = Plane {
            width,
            height,
            values: (0..width * height)
                .map(|at| {
                    let [r, g, b] = [0, 1, 2].map(|channel: usize| colours[channel].values[at]);
                    0.299 * r + 0.587 * g + 0.114 * b
                })
                .collect(),
        };
        let mut edges = Edges::of(&colours);
        let planes = (Sums::of(&brightness), Sums::of(&edges.strength));
        let squares: Vec<_> = PARTS.iter().map(|part| Squares::of(&planes, *part)).collect();
        let parts: Vec<_> = squares.iter().map(|it| it.as_ref().map(Squares::hashes)).collect();
        let mut marks = Vec::new();
        let mut scale = 1.0;
        for (size, most) in MARKS.into_iter().enumerate() {
            if size > 0 {
                colours = colours.map(|colour| colour.blurred().shrunk());
                scale *= STEP;
                edges = Edges::of(&colours);
            }
            if edges.strength.width.min(edges.strength.height) < 2 * MARGIN + 4 {
                break;
            }
            edges.marks(size, scale, most, &mut marks);
        }
        if marks.is_empty() && parts.iter().all(Option::is_none) {
            return None;
        }
        let side = |px: usize| u16::try_from(px).unwrap_or(u16::MAX);
        Some((Self { width_px: side(width), height_px: side(height), parts, marks }, squares))
    }

    /// The bytes that are kept; [`Fingerprint::from_bytes`] reads them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![FORM];
        out.extend(self.width_px.to_le_bytes());
        out.extend(self.height_px.to_le_bytes());
        for part in &self.parts {
            out.push(u8::from(part.is_some()));
            let hashes = part.unwrap_or(Hashes { brightness: [0; 4], edges: [0; 4] });
            for hash in hashes.brightness.into_iter().chain(hashes.edges) {
                out.extend(hash.to_le_bytes());
            }
        }
        for mark in &self.marks {
            out.extend(mark.x.to_le_bytes());
            out.extend(mark.y.to_le_bytes());
            out.push(mark.size);
            out.extend(mark.code.to_le_bytes());
        }
        out
    }

    /// Reads what [`Fingerprint::to_bytes`] wrote; nothing if it is of another form or not whole.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        const PART: usize = 1 + 8 * 8;
        const MARK: usize = 2 + 2 + 1 + 16;
        let (head, rest) = bytes.split_at_checked(5)?;
        let (parts, marks) = rest.split_at_checked(PARTS.len() * PART)?;
        if head[0] != FORM || marks.len() % MARK != 0 || marks.len() / MARK > MARKS.iter().sum() {
            return None;
        }
        let short = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]);
        let part = |bytes: &[u8]| {
            let hash = |at: usize| {
                let bytes = bytes[1 + at * 8..].first_chunk().expect("a part has eight hashes");
                u64::from_le_bytes(*bytes)
            };
            let hashes =
                Hashes { brightness: [0, 1, 2, 3].map(hash), edges: [4, 5, 6, 7].map(hash) };
            (bytes[0] == 1).then_some(hashes)
        };
        let mark = |bytes: &[u8]| {
            let code = bytes[5..].first_chunk().expect("a mark ends with its code");
            Mark {
                x: short(bytes),
                y: short(&bytes[2..]),
                size: bytes[4].min(MARKS.len() as u8 - 1),
                code: u128::from_le_bytes(*code),
            }
        };
        Some(Self {
            width_px: short(&head[1..]),
            height_px: short(&head[3..]),
            parts: parts.chunks_exact(PART).map(part).collect(),
            marks: marks.chunks_exact(MARK).map(mark).collect(),
        })
    }
}

/// Numbers, one a pixel.
struct Plane {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Plane {
    /// Blurred by 1-2-1 across and down.
    fn blurred(&self) -> Self {
        let (width, height) = (self.width, self.height);
        let mut across = vec![0.0; width * height];
        for (row, out) in self.values.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
            for x in 0..width {
                let (left, right) = (row[x.saturating_sub(1)], row[(x + 1).min(width - 1)]);
                out[x] = (left + 2.0 * row[x] + right) / 4.0;
            }
        }
        let mut values = vec![0.0; width * height];
        for y in 0..height {
            let above = &across[y.saturating_sub(1) * width..][..width];
            let below = &across[(y + 1).min(height - 1) * width..][..width];
            let own = &across[y * width..][..width];
            for (x, out) in values[y * width..][..width].iter_mut().enumerate() {
                *out = (above[x] + 2.0 * own[x] + below[x]) / 4.0;
            }
        }
        Self { width, height, values }
    }

    /// One size smaller.
    fn shrunk(&self) -> Self {
        let smaller = |side: usize| ((side as f32 / STEP) as usize).max(1);
        let (width, height) = (smaller(self.width), smaller(self.height));
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                values.push(self.at((x as f32 + 0.5) * STEP - 0.5, (y as f32 + 0.5) * STEP - 0.5));
            }
        }
        Self { width, height, values }
    }

    /// Between the pixels.
    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (x0, y0) = ((x as usize).min(self.width - 1), (y as usize).min(self.height - 1));
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (right, down) = (x - x0 as f32, y - y0 as f32);
        let value = |x: usize, y: usize| self.values[y * self.width + x];
        let above = value(x0, y0) * (1.0 - right) + value(x1, y0) * right;
        let below = value(x0, y1) * (1.0 - right) + value(x1, y1) * right;
        above * (1.0 - down) + below * down
    }

    /// The mean of the five by five pixels around each.
    fn mean_around(&self) -> Self {
        self.blurred().blurred().blurred()
    }
}

/// Sums over all pixels above and to the left, for means of any field.
struct Sums {
    width: usize,
    height: usize,
    sums: Vec<f64>,
}

impl Sums {
    fn of(plane: &Plane) -> Self {
        let (width, height) = (plane.width, plane.height);
        let mut sums = vec![0.0; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = 0.0;
            for x in 0..width {
                row += f64::from(plane.values[y * width + x]);
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
            }
        }
        Self { width, height, sums }
    }

    /// The mean of a field, its sides between pixels brought to the nearest.
    fn mean(&self, left: f32, top: f32, right: f32, bottom: f32) -> f32 {
        let within = |side: f32, most: usize| (side.round().max(0.0) as usize).min(most);
        let (x0, y0) = (within(left, self.width - 1), within(top, self.height - 1));
        let (x1, y1) =
            (within(right, self.width).max(x0 + 1), within(bottom, self.height).max(y0 + 1));
        let at = |x: usize, y: usize| self.sums[y * (self.width + 1) + x];
        let sum = at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0);
        (sum / ((x1 - x0) * (y1 - y0)) as f64) as f32
    }
}

/// A part of a picture, brought to a square; its mean is 0.
type Square = [[f32; SQUARE]; SQUARE];

/// The brightness of a part and the strength of its edges, each with its spread.
pub(super) struct Squares {
    brightness: (Square, f32),
    edges: (Square, f32),
}

impl Squares {
    /// Nothing for a part that is plain.
    fn of((brightness, edges): &(Sums, Sums), part: (usize, usize, usize)) -> Option<Self> {
        let brightness = square(brightness, part);
        (brightness.1 >= PLAIN).then(|| Self { brightness, edges: square(edges, part) })
    }

    /// The hashes as they stand.
    fn hashes(&self) -> Hashes {
        let of = |(square, spread): &(Square, f32)| hashes(square, *spread);
        Hashes { brightness: of(&self.brightness), edges: of(&self.edges) }
    }

    /// The hashes in another position, and as a negative if wished.
    pub(super) fn hashes_in(&self, position: Position, is_negative: bool) -> Hashes {
        let turned = |(square, spread): &(Square, f32), sign: f32| {
            let last = SQUARE - 1;
            let from = |x: usize, y: usize| {
                let x = if position.flipped_x { last - x } else { x };
                let y = if position.flipped_y { last - y } else { y };
                sign * if position.transposed { square[x][y] } else { square[y][x] }
            };
            hashes(&std::array::from_fn(|y| std::array::from_fn(|x| from(x, y))), *spread)
        };
        let sign = if is_negative { -1.0 } else { 1.0 };
        Hashes { brightness: turned(&self.brightness, sign), edges: turned(&self.edges, 1.0) }
    }
}

impl Hashes {
    /// Of the hashes of brightness, and of those of edges: in how many bits they differ, and how many either has.
    pub(super) fn differences(&self, other: &Self) -> ((u32, u32), (u32, u32)) {
        let count = |one: &[u64; 4], two: &[u64; 4]| {
            let pairs = || one.iter().zip(two);
            let differ = pairs().map(|(a, b)| (a ^ b).count_ones()).sum();
            (differ, pairs().map(|(a, b)| (a | b).count_ones()).sum())
        };
        (count(&self.brightness, &other.brightness), count(&self.edges, &other.edges))
    }
}

impl Mark {
    /// The mark where it lies when a picture of this size is brought into a position.
    pub(super) fn in_position(self, position: Position, width_px: u16, height_px: u16) -> Self {
        let (mut x, mut y, mut width, mut height) = (self.x, self.y, width_px, height_px);
        if position.transposed {
            (x, y, width, height) = (y, x, height, width);
        }
        if position.flipped_x {
            x = (width.saturating_mul(64)).saturating_sub(x);
        }
        if position.flipped_y {
            y = (height.saturating_mul(64)).saturating_sub(y);
        }
        let mut code = 0;
        for at in 0..CELLS * CELLS * DIRECTIONS {
            if self.code >> bit(at) & 1 == 0 {
                continue;
            }
            let (mut direction, cell) = (at % DIRECTIONS, at / DIRECTIONS);
            let (mut column, mut row) = (cell % CELLS, cell / CELLS);
            if position.transposed {
                (column, row) = (row, column);
                direction = (DIRECTIONS + DIRECTIONS / 2 - direction) % DIRECTIONS;
            }
            if position.flipped_x {
                column = CELLS - 1 - column;
                direction = (DIRECTIONS - direction) % DIRECTIONS;
            }
            if position.flipped_y {
                row = CELLS - 1 - row;
                direction = (DIRECTIONS - direction) % DIRECTIONS;
            }
            code |= 1 << bit((row * CELLS + column) * DIRECTIONS + direction);
        }
        Self { x, y, code, ..self }
    }
}

fn square(sums: &Sums, (left, top, side): (usize, usize, usize)) -> (Square, f32) {
    let eighth = |part: usize, px: usize| part as f32 * px as f32 / 8.0;
    let (x, width) = (eighth(left, sums.width), eighth(side, sums.width) / SQUARE as f32);
    let (y, height) = (eighth(top, sums.height), eighth(side, sums.height) / SQUARE as f32);
    let mut square = [[0.0; SQUARE]; SQUARE];
    for (row, cells) in square.iter_mut().enumerate() {
        for (column, cell) in cells.iter_mut().enumerate() {
            let (left, top) = (x + column as f32 * width, y + row as f32 * height);
            *cell = sums.mean(left, top, left + width, top + height);
        }
    }
    let count = (SQUARE * SQUARE) as f32;
    let mean = square.iter().flatten().sum::<f32>() / count;
    square.iter_mut().flatten().for_each(|cell| *cell -= mean);
    let spread = (square.iter().flatten().map(|cell| cell * cell).sum::<f32>() / count).sqrt();
    (square, spread)
}

/// Differences smaller than this share of the spread count as none, so that noise on plain ground sets no bit.
const LITTLE: f32 = 0.08;

/// The four hashes of a square whose mean is 0: low frequencies, differences across and down, fields.
fn hashes(square: &Square, spread: f32) -> [u64; 4] {
    let little = spread * LITTLE;
    // Each field is four by four cells.
    let field = |x: usize, y: usize| {
        let rows = &square[y * 4..][..4];
        rows.iter().flat_map(|row| &row[x * 4..][..4]).sum::<f32>() / 16.0
    };
    let fields: [[f32; 8]; 8] = std::array::from_fn(|y| std::array::from_fn(|x| field(x, y)));
    // Differences go around, so that there are as many as fields, and the same ones in every position.
    let bits = |is_set: &dyn Fn(usize, usize) -> bool| {
        (0..64).fold(0_u64, |bits, at| bits | u64::from(is_set(at % 8, at / 8)) << at)
    };
    let low = low_frequencies(square);
    let frequencies = bits(&|x, y| (x, y) != (0, 0) && low[y][x] > little * 2.0);
    let across = bits(&|x, y| fields[y][(x + 1) % 8] > fields[y][x] + little);
    let down = bits(&|x, y| fields[(y + 1) % 8][x] > fields[y][x] + little);
    let mut sorted: Vec<f32> = fields.iter().flatten().copied().collect();
    sorted.sort_by(f32::total_cmp);
    let median = (sorted[31] + sorted[32]) / 2.0;
    let above = bits(&|x, y| fields[y][x] > median + little);
    [frequencies, across, down, above]
}

/// The first coefficients of the discrete cosine transform (DCT-II, orthonormal but for the size).
fn low_frequencies(square: &Square) -> [[f32; LOW]; LOW] {
    static WAVES: LazyLock<[[f32; SQUARE]; LOW]> = LazyLock::new(|| {
        std::array::from_fn(|k| {
            std::array::from_fn(|n| {
                let angle = std::f32::consts::PI * (n as f32 + 0.5) * k as f32 / SQUARE as f32;
                angle.cos() * (2.0 / SQUARE as f32).sqrt()
            })
        })
    });
    let wave = &*WAVES;
    let across: Vec<[f32; LOW]> = square
        .iter()
        .map(|row| wave.map(|wave| wave.iter().zip(row).map(|(a, b)| a * b).sum()))
        .collect();
    std::array::from_fn(|v| {
        std::array::from_fn(|u| across.iter().zip(&wave[v]).map(|(row, w)| row[u] * w).sum())
    })
}

/// Where edges are, how strong, and how they run.
struct Edges {
    /// The strength, its root taken: a faint edge is an edge.
    strength: Plane,
    /// Direction over half a turn, from 0 up to [`DIRECTIONS`].
    direction: Vec<f32>,
    /// How much of a corner each pixel is.
    corner: Plane,
}

impl Edges {
    fn of(colours: &[Plane; 3]) -> Self {
        let (width, height) = (colours[0].width, colours[0].height);
        let plane = |values| Plane { width, height, values };
        let mut strength = vec![0.0; width * height];
        let mut direction = vec![0.0; width * height];
        let mut tensor = [(); 3].map(|()| vec![0.0; width * height]);
        for y in 1..height - 1 {
            for x in 1..width - 1 {
                let at = y * width + x;
                let steps = colours.each_ref().map(|colour| {
                    let value = &colour.values;
                    (value[at + 1] - value[at - 1], value[at + width] - value[at - width])
                });
                let size = |(dx, dy): (f32, f32)| dx * dx + dy * dy;
                let strongest = |a: (f32, f32), b| if size(b) > size(a) { b } else { a };
                let (dx, dy) = steps.into_iter().reduce(strongest).expect("three colours");
                let root = size((dx, dy)).sqrt().sqrt();
                strength[at] = root;
                let turn = dy.atan2(dx) / std::f32::consts::PI;
                direction[at] = (turn + 1.0).rem_euclid(1.0) * DIRECTIONS as f32;
                // With the root of the strength, so that one strong edge does not drown the others.
                let weight = if root > 0.0 { 1.0 / root } else { 0.0 };
                let (dx, dy) = (dx * weight, dy * weight);
                tensor[0][at] = dx * dx;
                tensor[1][at] = dy * dy;
                tensor[2][at] = dx * dy;
            }
        }
        let [xx, yy, xy] = tensor.map(|values| plane(values).mean_around().values);
        let corner = (0..width * height).map(|at| {
            let (mean, half) = ((xx[at] + yy[at]) / 2.0, (xx[at] - yy[at]) / 2.0);
            mean - (half * half + xy[at] * xy[at]).sqrt()
        });
        let corner = plane(corner.collect());
        Self { strength: plane(strength), direction, corner }
    }

    /// Adds the strongest corners of this size.
    fn marks(&self, size: usize, scale: f32, most: usize, marks: &mut Vec<Mark>) {
        let (width, height) = (self.corner.width, self.corner.height);
        let value = |x: usize, y: usize| self.corner.values[y * width + x];
        let mut found = Vec::new();
        for y in MARGIN..height - MARGIN {
            for x in MARGIN..width - MARGIN {
                let own = value(x, y);
                if own < NOISE {
                    continue;
                }
                let is_highest = (y - APART..=y + APART).all(|other_y| {
                    (x - APART..=x + APART).all(|other_x| {
                        let other = value(other_x, other_y);
                        // Of equals the first.
                        other < own || (other == own && (other_y, other_x) >= (y, x))
                    })
                });
                if is_highest {
                    found.push((own, x, y));
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1).cmp(&(b.2, b.1))));
        let floor = found.first().map_or(0.0, |(strongest, ..)| strongest * WEAKEST);
        for (_, x, y) in found.into_iter().take_while(|(own, ..)| *own >= floor).take(most) {
            let place = |at: usize| (((at as f32 + 0.5) * scale) * 64.0) as u16;
            let code = self.code(x, y);
            marks.push(Mark { x: place(x), y: place(y), size: size as u8, code });
        }
    }

    /// How edges run around a pixel: a bit for each cell and direction that has more than its share.
    fn code(&self, x: usize, y: usize) -> u128 {
        const HALF: usize = CELLS * CELL_PX / 2;
        let width = self.strength.width;
        let mut cells = [[[0.0_f32; DIRECTIONS]; CELLS]; CELLS];
        // An odd number of pixels around the middle one, so that every position has the same.
        for row in 0..=2 * HALF {
            for column in 0..=2 * HALF {
                let at = (y + row - HALF) * width + x + column - HALF;
                let strength = self.strength.values[at];
                if strength <= 0.0 {
                    continue;
                }
                let direction = self.direction[at];
                let lower = direction as usize % DIRECTIONS;
                let upper = (lower + 1) % DIRECTIONS;
                let part = direction - direction.floor();
                for (cell_y, share_y) in shares(row) {
                    for (cell_x, share_x) in shares(column) {
                        let cell = &mut cells[cell_y][cell_x];
                        let strength = strength * share_x * share_y;
                        cell[lower] += strength * (1.0 - part);
                        cell[upper] += strength * part;
                    }
                }
            }
        }
        let all = cells.iter().flatten().flatten();
        let mean = all.clone().sum::<f32>() / (CELLS * CELLS * DIRECTIONS) as f32;
        all.enumerate().fold(0, |code, (at, value)| code | u128::from(*value > mean) << bit(at))
    }
}

/// The place in a code of a cell's direction. Neighbours are likely to be alike, so they are strewn over the code, and
/// each stretch of it tells of the whole patch.
fn bit(at: usize) -> usize {
    at * 37 % (CELLS * CELLS * DIRECTIONS)
}

/// The cells that a pixel of a patch counts for, with how much.
fn shares(at: usize) -> [(usize, f32); 2] {
    let place = at as f32 / CELL_PX as f32 - 0.5;
    let lower = place.floor();
    let part = place - lower;
    let cell = |place: f32| (place.max(0.0) as usize).min(CELLS - 1);
    let is_in = |place: f32| f32::from(u8::from((0.0..CELLS as f32).contains(&place)));
    [(cell(lower), (1.0 - part) * is_in(lower)), (cell(lower + 1.0), part * is_in(lower + 1.0))]
}
