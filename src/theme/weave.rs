//! The woven edge: a narrow strip of cloth that is drawn from the shop's identity.
//!
//! A real selvedge carries threads that tell the mill. Widths and order of the stripes come from
//! the shop's name, colours and ground from `[look]`; what is not set comes from the name too. It is
//! ornament: anyone can copy it, and no page invites a comparison. Plain stripes and basic weaves
//! only: nobody's motif.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::colour::{Rgb, WHITE};
use crate::model::{Look, Weave};

/// The strip as one tile that repeats along its length (down the page).
#[derive(Clone, Debug)]
pub struct Edge {
    /// A colour for each warp thread, from the outer side to the inner.
    warps: Vec<Rgb>,
    weave: Weave,
}

/// Warp threads of the strip.
const WARPS: usize = 16;
/// Side of a crossing in the units of the drawing.
const CELL: usize = 2;
/// Picks after which a weave repeats; fits every weave here.
const PICKS: usize = 4;

impl Edge {
    /// The edge of a shop.
    #[must_use]
    pub fn new(name: &str, look: &Look, accent: Rgb) -> Self {
        let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
        let mut colours: Vec<Rgb> = look.stripes.iter().filter_map(|hex| Rgb::parse(hex)).collect();
        if colours.is_empty() {
            colours = family(accent, digest);
        }
        Self { warps: warps(&colours, digest), weave: look.weave }
    }

    /// One tile, stripes running down, [`WARPS`] × [`PICKS`] crossings.
    #[must_use]
    pub fn tile_svg(&self) -> String {
        self.svg(PICKS, None)
    }

    /// A tile whose stripes run across, for a strip along the top.
    #[must_use]
    pub fn tile_across_svg(&self) -> String {
        let (width, height) = (PICKS * CELL, WARPS * CELL);
        let turned = format!("<g transform='matrix(0 1 1 0 0 0)'>{}</g>", self.cloth(PICKS));
        wrap(width, height, "", &turned)
    }

    /// A square patch with round corners, for the browser's tab.
    #[must_use]
    pub fn icon_svg(&self) -> String {
        self.svg(WARPS, Some(6))
    }

    /// Width of the strip, in the units of the drawing.
    pub const WIDTH: usize = WARPS * CELL;
    /// After how many units down the strip it repeats.
    pub const REPEAT: usize = PICKS * CELL;

    /// The cloth to stand in a drawing that has more: stripes running down, [`Edge::WIDTH`] wide and at least as high as this,
    /// in the units of the drawing. A tile is [`Edge::REPEAT`] high.
    #[must_use]
    pub fn cloth_svg(&self, height: usize) -> String {
        self.cloth(height.div_ceil(CELL))
    }

    /// The same in one colour for print: stripes and weave are told by how much of the ground is covered.
    #[must_use]
    pub fn print_svg(&self, ink: &str, height: usize) -> String {
        let picks = height.div_ceil(CELL);
        let mut path = String::new();
        let mut at = 0;
        for (number, stripe) in self.warps.chunk_by(|a, b| a == b).enumerate() {
            for x in at..at + stripe.len() {
                for y in 0..picks {
                    let (left, top) = (x * CELL, y * CELL);
                    let is_covered = number.is_multiple_of(2);
                    let _ = match (is_covered, self.is_weft_over(x, y)) {
                        (true, false) => write!(path, "M{left} {top}h{CELL}v{CELL}h-{CELL}z"),
                        (false, true) => write!(path, "M{left} {top}h1v1h-1z"),
                        (true, true) => write!(path, "M{left} {top}h1v{CELL}h-1z"),
                        (false, false) => Ok(()),
                    };
                }
            }
            at += stripe.len();
        }
        format!("<path fill='{ink}' d='{path}'/>")
    }

    fn svg(&self, picks: usize, round: Option<usize>) -> String {
        let (width, height) = (WARPS * CELL, picks * CELL);
        let clip = round.map_or_else(String::new, |radius| {
            format!("<clipPath id='c'><rect width='{width}' height='{height}' rx='{radius}'/></clipPath>")
        });
        let body = if round.is_some() {
            format!("<g clip-path='url(#c)'>{}</g>", self.cloth(picks))
        } else {
            self.cloth(picks)
        };
        wrap(width, height, &clip, &body)
    }

    fn cloth(&self, picks: usize) -> String {
        let height = picks * CELL;
        let mut out = String::new();
        let mut at = 0;
        for stripe in self.warps.chunk_by(|a, b| a == b) {
            let width = stripe.len() * CELL;
            let _ = write!(
                out,
                "<path fill='{}' d='M{} 0h{width}v{height}h-{width}z'/>",
                stripe[0].hex(),
                at * CELL
            );
            at += stripe.len();
        }
        // Where the weft lies over the warp the cloth catches light; below it lies a shadow.
        let mut light = String::new();
        let mut shade = String::new();
        for x in 0..WARPS {
            for y in 0..picks {
                let (left, top) = (x * CELL, y * CELL);
                let path = if self.is_weft_over(x, y) { &mut light } else { &mut shade };
                let _ = write!(path, "M{left} {top}h{CELL}v{CELL}h-{CELL}z");
            }
        }
        let _ = write!(
            out,
            "<path fill='#fff' fill-opacity='.3' d='{light}'/><path fill-opacity='.08' d='{shade}'/>"
        );
        out
    }

    fn is_weft_over(&self, x: usize, y: usize) -> bool {
        match self.weave {
            Weave::Plain => (x + y).is_multiple_of(2),
            Weave::Twill => (x + y) % 4 < 2,
            Weave::Herringbone => {
                let along = if (x / 4).is_multiple_of(2) { x % 4 } else { 3 - x % 4 };
                (along + y) % 4 < 2
            }
        }
    }
}

fn wrap(width: usize, height: usize, defs: &str, body: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' shape-rendering='crispEdges'>{defs}{body}</svg>"
    )
}

/// Three colours that go with the accent.
fn family(accent: Rgb, digest: [u8; 32]) -> Vec<Rgb> {
    let hue = f64::from(digest[0]) * 360.0 / 256.0;
    let second = Rgb::from_hsl(hue, 0.34, 0.36);
    vec![accent, accent.mix(WHITE, 0.72), second]
}

/// Threads by stripes: widths of 1 to 4, never two neighbours alike.
fn warps(colours: &[Rgb], digest: [u8; 32]) -> Vec<Rgb> {
    let mut out: Vec<Rgb> = Vec::with_capacity(WARPS);
    let mut last = usize::MAX;
    for pair in digest[1..].chunks_exact(2).cycle() {
        let mut pick = usize::from(pair[0]) % colours.len();
        if pick == last {
            pick = (pick + 1) % colours.len();
        }
        last = pick;
        let width = [1, 1, 2, 2, 3, 4][usize::from(pair[1]) % 6];
        for _ in 0..width {
            out.push(colours[pick]);
            if out.len() == WARPS {
                return out;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_edge() {
        let accent = Rgb(0x8a, 0x3b, 0x2a);
        let edge = |name: &str, look: &Look| Edge::new(name, look, accent).tile_svg();
        let plain = Look::default();
        assert_eq!(edge("Hazel Shore", &plain), edge("Hazel Shore", &plain));
        assert_ne!(edge("Hazel Shore", &plain), edge("Hazel Store", &plain));
        let one = Look { stripes: vec!["#112233".to_owned()], ..Look::default() };
        assert!(edge("x", &one).contains("#112233"));
    }

    #[test]
    fn weaves_differ_without_colour() {
        let of = |weave| {
            let look = Look { stripes: vec!["#000000".into()], weave, ..Look::default() };
            Edge::new("x", &look, WHITE).tile_svg()
        };
        let (plain, twill, herringbone) =
            (of(Weave::Plain), of(Weave::Twill), of(Weave::Herringbone));
        assert!(plain != twill && twill != herringbone && plain != herringbone);
    }

    #[test]
    fn in_print_stripes_and_weaves_differ_in_one_colour() {
        let of = |name: &str, weave| {
            let look = Look { weave, ..Look::default() };
            Edge::new(name, &look, WHITE).print_svg("#000", Edge::REPEAT)
        };
        let one = of("Hazel Shore", Weave::Plain);
        assert!(one != of("Hazel Store", Weave::Plain) && one != of("Hazel Shore", Weave::Twill));
        assert_eq!(one.matches("fill").count(), 1);
    }
}
