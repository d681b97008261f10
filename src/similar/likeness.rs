//! How alike two pictures are, by their fingerprints.
//!
//! Hashes answer first; marks are paired where those find nothing, or only a part. What comes out is a reason to
//! look, and no measure of who took what from whom.

use super::picture::{Fingerprint, Hashes, Mark, STEP};

/// One of the eight positions of a picture: exchanged sides first, then mirrored across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub(super) transposed: bool,
    pub(super) flipped_x: bool,
    pub(super) flipped_y: bool,
}

impl Position {
    /// All eight, as it stands first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..8).map(|n| Self {
            transposed: n & 4 != 0,
            flipped_x: n & 2 != 0,
            flipped_y: n & 1 != 0,
        })
    }

    /// Whether it lies otherwise than it stands.
    pub fn is_turned(self) -> bool {
        self.transposed || (self.flipped_x && self.flipped_y)
    }

    /// Whether it is a mirror image.
    pub fn is_mirrored(self) -> bool {
        self.transposed ^ self.flipped_x ^ self.flipped_y
    }
}

/// How two pictures are alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    /// What of which was found in which.
    pub extent: Extent,
    /// How the one that is asked about lies in the other.
    pub position: Position,
    /// Whether light and dark have changed places.
    pub is_negative: bool,
    /// How near: 0 is the least that is told, 1 is no difference that can be seen here.
    pub nearness: f32,
}

/// What of a picture was found in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// All of it is all of the other.
    Whole,
    /// The one that is asked about is a part of the other.
    Within,
    /// The other is a part of the one that is asked about.
    Around,
    /// Something in one is something in the other.
    Motif,
}

/// What comparing asks for; measured in docs/SIMILAR.md.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds {
    /// The most in which hashes of whole pictures differ: a share of the bits that either has.
    pub whole: Shares,
    /// The same of a whole picture and a part of another.
    pub part: Shares,
    /// The most of 128 bits in which codes of marks differ that make a guess.
    pub code: u32,
    /// The same where the guess says that they lie at one place.
    pub partner: u32,
    /// The fewest places that have to come together.
    pub places: usize,
    /// The least share of the places of the smaller one that have to.
    pub share: f32,
}

/// Shares of bits, from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    /// Of the hashes of brightness.
    pub brightness: f32,
    /// Of those of edges.
    pub edges: f32,
    /// Of both together.
    pub both: f32,
}

impl Thresholds {
    /// Those that the program uses.
    pub const CHOSEN: Self = Self {
        whole: Shares { brightness: 0.24, edges: 0.28, both: 0.32 },
        part: Shares { brightness: 0.12, edges: 0.15, both: 0.22 },
        code: 22,
        partner: 26,
        places: 10,
        share: 0.5,
    };
}

/// Hashes with fewer bits than this say too little to be compared: a plain ground with one stripe.
const FEWEST_BITS: u32 = 24;

impl Shares {
    /// How near these hashes are: 1 where they are the same, 0 and less where they differ too much.
    fn nearness(&self, one: &Hashes, two: &Hashes) -> f32 {
        let (brightness, edges) = one.differences(two);
        let both = (brightness.0 + edges.0, brightness.1 + edges.1);
        let near = |(differ, set): (u32, u32), most: f32| match set {
            0..FEWEST_BITS => 0.0,
            _ => 1.0 - differ as f32 / set as f32 / most,
        };
        near(brightness, self.brightness).max(near(edges, self.edges)).max(near(both, self.both))
    }
}

/// A picture that is asked about: its fingerprint in every position.
pub struct Query {
    width_px: u16,
    height_px: u16,
    variants: Vec<Variant>,
    marks: Vec<Turned>,
}

/// The marks in one position.
struct Turned {
    position: Position,
    marks: Vec<Mark>,
    /// Which stretches of 16 bits their codes have, one table for each of the eight places. Codes that differ in few bits
    /// share one nearly always, so that the others need not be compared.
    stretches: Vec<u64>,
}

impl Turned {
    fn new(position: Position, marks: Vec<Mark>) -> Self {
        let mut stretches = vec![0_u64; 8 << 10];
        for mark in &marks {
            for at in stretches_of(mark.code) {
                stretches[at / 64] |= 1 << (at % 64);
            }
        }
        Self { position, marks, stretches }
    }

    /// Whether some mark has a stretch of this code.
    fn may_have(&self, code: u128) -> bool {
        stretches_of(code).any(|at| self.stretches[at / 64] >> (at % 64) & 1 == 1)
    }
}

/// The eight stretches of a code, each with its place.
fn stretches_of(code: u128) -> impl Iterator<Item = usize> {
    (0..8).map(move |place| place << 16 | usize::from((code >> (16 * place)) as u16))
}

/// The hashes in one position.
struct Variant {
    position: Position,
    is_negative: bool,
    parts: Vec<Option<Hashes>>,
}

impl Query {
    /// Looks at a picture as [`Fingerprint::of`] does.
    pub fn of(rgb: &[u8], width: usize, height: usize) -> Option<Self> {
        let (fingerprint, squares) = Fingerprint::with_squares(rgb, width, height)?;
        let (width_px, height_px) = (fingerprint.width_px, fingerprint.height_px);
        let variants = Position::all().flat_map(|position| {
            [false, true].map(|is_negative| Variant {
                position,
                is_negative,
                parts: { squares.iter() }
                    .map(|it| it.as_ref().map(|it| it.hashes_in(position, is_negative)))
                    .collect(),
            })
        });
        let marks = Position::all().map(|position| {
            let turned = |mark: &Mark| mark.in_position(position, width_px, height_px);
            Turned::new(position, fingerprint.marks.iter().map(turned).collect())
        });
        Some(Self { width_px, height_px, variants: variants.collect(), marks: marks.collect() })
    }

    /// Compares hashes only: quick.
    pub fn compare_hashes(&self, other: &Fingerprint, asked: &Thresholds) -> Option<Likeness> {
        let mut best: Option<Likeness> = None;
        for variant in &self.variants {
            let whole = |parts: &[Option<Hashes>]| parts.first().copied().flatten();
            let mut see = |extent: Extent, one: Hashes, two: Hashes| {
                let most = if extent == Extent::Whole { &asked.whole } else { &asked.part };
                let nearness = most.nearness(&one, &two);
                let is_better = best.as_ref().is_none_or(|best| {
                    (nearness, std::cmp::Reverse(extent))
                        > (best.nearness, std::cmp::Reverse(best.extent))
                });
                if nearness > 0.0 && is_better {
                    let (position, is_negative) = (variant.position, variant.is_negative);
                    best = Some(Likeness { extent, position, is_negative, nearness });
                }
            };
            if let Some(one) = whole(&variant.parts) {
                for (at, two) in other.parts.iter().enumerate() {
                    let extent = if at == 0 { Extent::Whole } else { Extent::Within };
                    if let Some(two) = two {
                        see(extent, one, *two);
                    }
                }
            }
            if let Some(two) = whole(&other.parts) {
                for one in variant.parts.iter().skip(1).flatten() {
                    see(Extent::Around, *one, two);
                }
            }
        }
        best
    }

    /// How many marks of another picture may have a partner here, in the position with the most: quick, for choosing
    /// which pictures [`Query::compare_marks`] is asked about.
    pub fn promise(&self, other: &Fingerprint) -> usize {
        let count =
            |turned: &Turned| other.marks.iter().filter(|mark| turned.may_have(mark.code)).count();
        self.marks.iter().map(count).max().unwrap_or(0)
    }

    /// Pairs marks.
    pub fn compare_marks(&self, other: &Fingerprint, asked: &Thresholds) -> Option<Likeness> {
        let mut guesses: Vec<(usize, Turn, &Turned)> = Vec::new();
        for turned in &self.marks {
            let own = guess(turned, other, asked);
            guesses.extend(own.into_iter().map(|(count, turn)| (count, turn, turned)));
        }
        guesses.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
        let ground = Ground::of(&other.marks);
        let fits = guesses.iter().take(GUESSES).map(|(_, turn, turned)| {
            let size = match turned.position.transposed {
                true => (self.height_px, self.width_px),
                false => (self.width_px, self.height_px),
            };
            (fit(turned, size, turn, other, &ground, asked), turned.position)
        });
        let (fit, position) = fits
            .filter(|(fit, _)| fit.places >= asked.places && fit.share >= asked.share)
            .max_by(|(a, _), (b, _)| {
                (a.places as f32 * a.share).total_cmp(&(b.places as f32 * b.share))
            })?;
        Some(Likeness {
            extent: fit.extent,
            position,
            is_negative: false,
            nearness: ((fit.share - asked.share) / (1.0 - asked.share)).clamp(0.0, 1.0),
        })
    }
}

/// Marks that one turn, size and shift brings together.
#[derive(Clone, Copy, Debug)]
struct Fit {
    extent: Extent,
    places: usize,
    share: f32,
}

/// The most pairs of one mark, and of all.
const PAIRS_OF_ONE: usize = 6;
const PAIRS: usize = 160;
/// How many pairs are taken for the first of two that make a guess, and with how many others each.
const FIRSTS: usize = 60;
const SECONDS: usize = 3;
/// How many guesses, those that bring the most pairs together, are looked at closely.
const GUESSES: usize = 16;
/// How often a guess is made finer by all that it brings together.
const REFINED: usize = 3;
/// Two marks have to be so far apart to tell a turn and a size, in pixels of the copy.
const FAR_PX: f32 = 28.0;
/// The most that a picture leans beyond quarter turns, as the sine.
const LEAN: f32 = 0.28;
/// The most that one picture is larger than the other.
const LARGER: f32 = 5.0;
/// Places closer than this, in pixels of the copy, are one.
const PLACE_PX: f32 = 10.0;

/// A place in a copy, in pixels.
type At = (f32, f32);

/// A pair of marks: where it is asked about, where it was found.
#[derive(Clone, Copy)]
struct Pair {
    differs: u32,
    from: (f32, f32),
    to: (f32, f32),
    /// By how many sizes the one that was found is larger.
    larger: f32,
}

/// How one picture is brought over another: x to a·x + b·y + dx, y to c·x + d·y + dy. A guess is a turn, a size and a
/// shift; what is refined may be slanted a little, as in a photograph from the side.
#[derive(Clone, Copy)]
struct Turn {
    a: f32,
    b: f32,
    c: f32,
    d: f32,
    dx: f32,
    dy: f32,
}

impl Turn {
    /// The one that brings two pairs together; nothing if it leans, grows or contradicts the sizes too much.
    fn of(one: &Pair, two: &Pair) -> Option<Self> {
        let (ux, uy) = (two.from.0 - one.from.0, two.from.1 - one.from.1);
        let (vx, vy) = (two.to.0 - one.to.0, two.to.1 - one.to.1);
        let far = ux * ux + uy * uy;
        if far < FAR_PX * FAR_PX {
            return None;
        }
        let (a, b) = ((ux * vx + uy * vy) / far, (ux * vy - uy * vx) / far);
        let size = (a * a + b * b).sqrt();
        let stated = STEP.powf(one.larger);
        let is_likely = (1.0 / LARGER..=LARGER).contains(&size)
            && a > 0.0
            && b.abs() <= LEAN * size
            && (0.66..=1.5).contains(&(size / stated));
        is_likely.then(|| Self {
            a,
            b: -b,
            c: b,
            d: a,
            dx: one.to.0 - a * one.from.0 + b * one.from.1,
            dy: one.to.1 - b * one.from.0 - a * one.from.1,
        })
    }

    /// The one that brings these places together best (least squares), if it is not slanted or stretched much.
    fn refined(pairs: &[(At, At)]) -> Option<Self> {
        let count = pairs.len() as f32;
        let mean = |of: &dyn Fn(&(At, At)) -> At| {
            let sum = pairs.iter().map(of).fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
            (sum.0 / count, sum.1 / count)
        };
        let (from, to) = (mean(&|pair| pair.0), mean(&|pair| pair.1));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        let (mut ux, mut uy, mut vx, mut vy) = (0.0, 0.0, 0.0, 0.0);
        for (one, two) in pairs {
            let (x, y) = (one.0 - from.0, one.1 - from.1);
            let (u, v) = (two.0 - to.0, two.1 - to.1);
            (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
            (ux, uy, vx, vy) = (ux + u * x, uy + u * y, vx + v * x, vy + v * y);
        }
        let spread = xx * yy - xy * xy;
        // All on one line say nothing of what is across it.
        if spread < 0.01 * (xx + yy) * (xx + yy) {
            return None;
        }
        let (a, b) = ((ux * yy - uy * xy) / spread, (uy * xx - ux * xy) / spread);
        let (c, d) = ((vx * yy - vy * xy) / spread, (vy * xx - vx * xy) / spread);
        let dx = to.0 - a * from.0 - b * from.1;
        let dy = to.1 - c * from.0 - d * from.1;
        let turn = Self { a, b, c, d, dx, dy };
        let size = turn.size();
        let is_likely = (1.0 / LARGER..=LARGER).contains(&size)
            && (0.7..=1.43).contains(&(a / d))
            && b.abs().max(c.abs()) <= 1.3 * LEAN * size;
        is_likely.then_some(turn)
    }

    fn size(&self) -> f32 {
        (self.a * self.d - self.b * self.c).max(0.0).sqrt()
    }

    fn apply(&self, (x, y): (f32, f32)) -> (f32, f32) {
        (self.a * x + self.b * y + self.dx, self.c * x + self.d * y + self.dy)
    }

    /// Where a place of the other picture was.
    fn undo(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let area = self.a * self.d - self.b * self.c;
        let (x, y) = (x - self.dx, y - self.dy);
        ((self.d * x - self.b * y) / area, (self.a * y - self.c * x) / area)
    }

    fn brings(&self, from: (f32, f32), to: (f32, f32)) -> bool {
        let (x, y) = self.apply(from);
        let (off_x, off_y) = (x - to.0, y - to.1);
        let near = 4.0 + 2.5 * self.size().min(2.0);
        off_x * off_x + off_y * off_y <= near * near
    }
}

fn place(mark: &Mark) -> (f32, f32) {
    (f32::from(mark.x) / 64.0, f32::from(mark.y) / 64.0)
}

/// How many different places these are.
fn places(points: impl Iterator<Item = (f32, f32)>) -> usize {
    let cell = |at: f32| (at / PLACE_PX) as u16;
    let mut cells: Vec<(u16, u16)> = points.map(|(x, y)| (cell(x), cell(y))).collect();
    cells.sort_unstable();
    cells.dedup();
    cells.len()
}

fn pairs(turned: &Turned, other: &Fingerprint, asked: &Thresholds) -> Vec<Pair> {
    let found: Vec<&Mark> = other.marks.iter().filter(|mark| turned.may_have(mark.code)).collect();
    if found.len() < asked.places {
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut own: Vec<(u32, usize)> = Vec::new();
    for mark in &turned.marks {
        own.clear();
        for (at, found) in found.iter().enumerate() {
            let differs = (mark.code ^ found.code).count_ones();
            if differs <= asked.code {
                own.push((differs, at));
            }
        }
        own.sort_unstable();
        all.extend(own.iter().take(PAIRS_OF_ONE).map(|(differs, at)| {
            let found = found[*at];
            let larger = f32::from(found.size) - f32::from(mark.size);
            Pair { differs: *differs, from: place(mark), to: place(found), larger }
        }));
    }
    all.sort_by_key(|pair| pair.differs);
    all.truncate(PAIRS);
    all
}

/// Turns, sizes and shifts that may bring the pictures together, each with how many pairs it does.
fn guess(turned: &Turned, other: &Fingerprint, asked: &Thresholds) -> Vec<(usize, Turn)> {
    let pairs = pairs(turned, other, asked);
    let mut guesses: Vec<(usize, Turn)> = Vec::new();
    for (first, one) in pairs.iter().enumerate().take(FIRSTS) {
        let others = pairs[first + 1..].iter().chain(&pairs[..first]);
        for turn in others.filter_map(|two| Turn::of(one, two)).take(SECONDS) {
            let count = pairs.iter().filter(|pair| turn.brings(pair.from, pair.to)).count();
            guesses.push((count, turn));
        }
    }
    guesses.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    guesses.truncate(GUESSES);
    guesses
}

/// Pairs of places that a turn brings together.
fn together(
    turned: &Turned,
    turn: &Turn,
    ground: &Ground<'_>,
    asked: &Thresholds,
) -> Vec<(At, At)> {
    let larger = turn.size().log(STEP);
    let partner = |mark: &Mark| {
        let from = place(mark);
        let partner = ground.around(turn.apply(from)).find(|other| {
            let stated = f32::from(other.size) - f32::from(mark.size);
            turn.brings(from, place(other))
                && (stated - larger).abs() <= 1.1
                && (mark.code ^ other.code).count_ones() <= asked.partner
        });
        partner.map(|partner| (from, place(partner)))
    };
    turned.marks.iter().filter_map(partner).collect()
}

/// How well a guess brings the places of two pictures together.
fn fit(
    turned: &Turned,
    size: (u16, u16),
    turn: &Turn,
    other: &Fingerprint,
    ground: &Ground<'_>,
    asked: &Thresholds,
) -> Fit {
    let sides = |(width, height): (u16, u16)| (f32::from(width), f32::from(height));
    let (own, found) = (sides(size), sides((other.width_px, other.height_px)));
    let mut turn = *turn;
    let mut pairs = together(turned, &turn, ground, asked);
    for _ in 0..REFINED {
        let Some(finer) = Turn::refined(&pairs) else { break };
        let more = together(turned, &finer, ground, asked);
        if more.len() <= pairs.len() {
            break;
        }
        (turn, pairs) = (finer, more);
    }
    let turn = &turn;
    let count =
        places(pairs.iter().map(|pair| pair.0)).min(places(pairs.iter().map(|pair| pair.1)));
    // What could have come together: marks that lie where the other picture is, too.
    let is_in = |(x, y): (f32, f32), (width, height): (f32, f32)| {
        (0.0..width).contains(&x) && (0.0..height).contains(&y)
    };
    let here = places(turned.marks.iter().map(place).filter(|at| is_in(turn.apply(*at), found)));
    let there = places(other.marks.iter().map(place).filter(|at| is_in(turn.undo(*at), own)));
    let share = count as f32 / here.min(there).max(1) as f32;
    Fit { extent: extent(turn, own, found), places: count, share }
}

/// The marks of a picture, by where they lie.
struct Ground<'a> {
    fields: Vec<Vec<&'a Mark>>,
}

/// Side of a field, in pixels, and fields on a side of the largest copy.
const FIELD_PX: f32 = 16.0;
const FIELDS: usize = 40;

impl<'a> Ground<'a> {
    fn of(marks: &'a [Mark]) -> Self {
        let mut fields = vec![Vec::new(); FIELDS * FIELDS];
        for mark in marks {
            let (x, y) = place(mark);
            let field = |at: f32| ((at / FIELD_PX) as usize).min(FIELDS - 1);
            fields[field(y) * FIELDS + field(x)].push(mark);
        }
        Self { fields }
    }

    /// The marks within a field of a place.
    fn around(&self, (x, y): (f32, f32)) -> impl Iterator<Item = &'a Mark> {
        let near = |at: f32| {
            let field = (at / FIELD_PX).floor().clamp(-2.0, FIELDS as f32 + 1.0) as isize;
            let within = |field: isize| field.clamp(0, FIELDS as isize - 1) as usize;
            // Nothing far outside.
            let end = if field < -1 || field > FIELDS as isize { 0 } else { within(field + 1) + 1 };
            within(field - 1)..end
        };
        let (columns, rows) = (near(x), near(y));
        rows.flat_map(move |row| columns.clone().map(move |column| row * FIELDS + column))
            .flat_map(|field| self.fields[field].iter().copied())
    }
}

/// What of which lies in which.
fn extent(turn: &Turn, own: (f32, f32), found: (f32, f32)) -> Extent {
    // The share of a picture that the other covers, by a grid of places.
    let covered =
        |size: (f32, f32), other: (f32, f32), brought: &dyn Fn((f32, f32)) -> (f32, f32)| {
            let grid = (0..64).map(|at| ((at % 8) as f32 + 0.5, (at / 8) as f32 + 0.5));
            let inside = grid.filter(|(x, y)| {
                let (x, y) = brought((x * size.0 / 8.0, y * size.1 / 8.0));
                (0.0..other.0).contains(&x) && (0.0..other.1).contains(&y)
            });
            inside.count()
        };
    let here = covered(own, found, &|at| turn.apply(at));
    let there = covered(found, own, &|at| turn.undo(at));
    match (here >= 52, there >= 52) {
        (true, true) => Extent::Whole,
        (true, false) => Extent::Within,
        (false, true) => Extent::Around,
        (false, false) => Extent::Motif,
    }
}
