//! How wide text is, where its lines break, and whether the fonts at hand can draw it: those that come along, and the site's own.
//!
//! An SVG is set in whatever faces a device has, so widths are those of faces that run wide, shaped as they would be
//! drawn (Arabic letters join); what is still near the edge is held to its width by the drawing. Lines break where
//! Unicode lets them (UAX #14), and within a word only if it is wider than a line by itself. Letters that no font here
//! has are reckoned wide.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, OnceLock};

use harfrust::{FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{GraphemeClusterSegmenter, LineSegmenter};
use resvg::usvg::fontdb;
use skrifa::MetadataProvider as _;
use unicode_normalization::char::is_combining_mark;

use crate::theme::script;

/// The two sorts of faces that a badge is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// For what is claimed.
    Serif,
    /// For all else.
    Sans,
}

/// A line of text and its width, in the unit of the size that it was broken for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) width: f64,
}

/// The most characters of one text that are set; nobody reads more on a badge.
const MAX_LETTERS: usize = 1200;

/// A font, as its TrueType bytes.
struct Font {
    bytes: Cow<'static, [u8]>,
    data: ShaperData,
}

impl Font {
    /// `None` if these bytes are no font.
    fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Option<Self> {
        let bytes = bytes.into();
        let data = ShaperData::new(&FontRef::new(&bytes).ok()?);
        Some(Self { bytes, data })
    }

    /// A font packed for the web (W3C WOFF 2.0); `None` if it is none.
    fn unpack(packed: &[u8]) -> Option<Self> {
        Self::new(wuff::decompress_woff2(packed).ok()?)
    }

    fn read(&self) -> FontRef<'_> {
        FontRef::new(&self.bytes).expect("it was read before")
    }

    fn has(&self, letter: char) -> bool {
        self.read().charmap().map(letter).is_some()
    }

    /// The width of a text that it has all letters of, in ems.
    fn width(&self, text: &str) -> f64 {
        let font = self.read();
        let shaper = self.data.shaper(&font).build();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = shaper.shape(buffer, ShapeOptions::new());
        let all: i64 = shaped.glyph_positions().iter().map(|it| i64::from(it.x_advance)).sum();
        all as f64 / f64::from(shaper.units_per_em().max(1))
    }
}

fn that_comes_along(bytes: &'static [u8]) -> Font {
    Font::new(bytes).expect("the fonts that come along are fonts")
}

static SERIF: LazyLock<Font> =
    LazyLock::new(|| that_comes_along(include_bytes!("../../../themes/fonts/badge-serif.ttf")));
static SANS: LazyLock<Font> =
    LazyLock::new(|| that_comes_along(include_bytes!("../../../themes/fonts/badge-sans.ttf")));
static ARABIC: LazyLock<Font> =
    LazyLock::new(|| that_comes_along(include_bytes!("../../../themes/fonts/badge-arabic.ttf")));

/// Those of the scripts that many devices have no font for, which pages bring along too.
static SCRIPTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let packed = script::SCRIPTS.iter().filter_map(|script| script.font);
    packed.map(|(_, bytes)| Font::unpack(bytes).expect("the fonts that come along")).collect()
});

/// What badges are measured by and drawn with: the fonts that come along, and the site's own for letters that these lack.
/// Nothing of the machine, so that a badge has the same bytes everywhere.
pub(in crate::render) struct Fonts {
    own: Vec<Font>,
    database: OnceLock<Arc<fontdb::Database>>,
}

impl Fonts {
    /// With the site's own fonts, WOFF2 files. What is none draws nothing.
    pub(in crate::render) fn new<'f>(own: impl Iterator<Item = &'f [u8]>) -> Self {
        Self { own: own.filter_map(Font::unpack).collect(), database: OnceLock::new() }
    }

    /// In the order in which a letter is looked for.
    fn of(&self, face: Face) -> impl Iterator<Item = &Font> {
        let first = match face {
            Face::Serif => &SERIF,
            Face::Sans => &SANS,
        };
        let first: [&LazyLock<Font>; 2] = [first, &ARABIC];
        // The others are unpacked only for a letter that these lack.
        let others = std::iter::once(&SCRIPTS).flat_map(|scripts| scripts.iter());
        first.into_iter().map(|font| &**font).chain(others).chain(&self.own)
    }

    /// The fonts for drawing.
    pub(super) fn database(&self) -> Arc<fontdb::Database> {
        let all = || {
            let mut fonts = fontdb::Database::new();
            for font in self.of(Face::Sans).chain([&*SERIF]) {
                fonts.load_font_data(font.bytes.to_vec());
            }
            Arc::new(fonts)
        };
        Arc::clone(self.database.get_or_init(all))
    }

    /// A letter of the text that no font has, if there is one.
    pub(super) fn missing(&self, text: &str) -> Option<char> {
        // One face may lack what the other has; drawing takes letters from any.
        let has = |letter: char| {
            let mut all = self.of(Face::Sans).chain([&*SERIF]);
            all.any(|font| font.has(letter))
        };
        text.chars().find(|letter| !is_unseen(*letter) && !has(*letter))
    }

    /// How wide a text is on one line, in ems.
    pub(super) fn width(&self, text: &str, face: Face) -> f64 {
        let mut all = 0.0;
        let mut run = String::new();
        let mut of: Option<&Font> = None;
        for letter in text.chars().filter(|letter| !is_unseen(*letter)) {
            let same = of.filter(|font| font.has(letter));
            let found = same.or_else(|| self.of(face).find(|font| font.has(letter)));
            let is_same = match (found, of) {
                (Some(found), Some(of)) => std::ptr::eq(found, of),
                (None, None) => true,
                _ => false,
            };
            if !is_same {
                all += of.map_or(0.0, |font| font.width(&run));
                run.clear();
                of = found;
            }
            match found {
                Some(_) => run.push(letter),
                None => all += guess(letter),
            }
        }
        all + of.map_or(0.0, |font| font.width(&run))
    }

    /// The lines of a text in a size, none wider than `room`.
    pub(super) fn lines(&self, text: &str, face: Face, size: f64, room: f64) -> Vec<Line> {
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let end = text.char_indices().nth(MAX_LETTERS).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let mut lines: Vec<Line> = Vec::new();
        let mut line = Line { text: String::new(), width: 0.0 };
        let segmenter = LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default());
        let mut from = 0;
        for to in segmenter.segment_str(text).filter(|at| *at > 0) {
            for part in self.fitting(&text[from..to], face, size, room) {
                let longer = format!("{}{part}", line.text);
                let wide = self.width(longer.trim_end(), face) * size;
                if wide <= room || line.text.is_empty() {
                    line = Line { text: longer, width: wide };
                } else {
                    lines.push(std::mem::replace(
                        &mut line,
                        Line {
                            text: part.to_owned(),
                            width: self.width(part.trim_end(), face) * size,
                        },
                    ));
                }
            }
            from = to;
        }
        if !line.text.trim().is_empty() {
            lines.push(line);
        }
        for line in &mut lines {
            line.text.truncate(line.text.trim_end().len());
        }
        lines
    }

    /// What may not be broken, in pieces that fit a line; one, but for what is wider than any line.
    fn fitting<'t>(&self, text: &'t str, face: Face, size: f64, room: f64) -> Vec<&'t str> {
        if self.width(text.trim_end(), face) * size <= room {
            return vec![text];
        }
        let mut pieces = Vec::new();
        let (mut from, mut last) = (0, 0);
        for at in GraphemeClusterSegmenter::new().segment_str(text) {
            if last > from && self.width(&text[from..at], face) * size > room {
                pieces.push(&text[from..last]);
                from = last;
            }
            last = at;
        }
        pieces.push(&text[from..]);
        pieces
    }

    /// The first of the lines, the last of them with an ellipsis if there were more. None is wider than `room`.
    pub(super) fn at_most(
        &self,
        mut lines: Vec<Line>,
        most: usize,
        face: Face,
        size: f64,
        room: f64,
    ) -> Vec<Line> {
        if lines.len() <= most {
            return lines;
        }
        lines.truncate(most.max(1));
        if let Some(last) = lines.last_mut() {
            loop {
                let text = format!("{}…", last.text.trim_end());
                let wide = self.width(&text, face) * size;
                if wide <= room || last.text.is_empty() {
                    *last = Line { text, width: wide };
                    break;
                }
                let ends: Vec<usize> =
                    GraphemeClusterSegmenter::new().segment_str(&last.text).collect();
                last.text.truncate(ends.iter().rev().nth(1).copied().unwrap_or_default());
            }
        }
        lines
    }
}

/// Joins and marks of direction, which take no room and no font has to have.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// How wide a letter of no font here is reckoned, in ems.
fn guess(letter: char) -> f64 {
    match letter {
        _ if is_combining_mark(letter) => 0.0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{3ffff}' => 1.05,
        _ => 0.8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Fonts {
        Fonts::new(std::iter::empty())
    }

    fn width(text: &str, face: Face) -> f64 {
        fonts().width(text, face)
    }

    fn texts(text: &str, room: f64) -> Vec<String> {
        let lines = fonts().lines(text, Face::Sans, 10.0, room);
        for line in &lines {
            assert!(line.width <= room, "{line:?}");
            assert!((line.width - width(&line.text, Face::Sans) * 10.0).abs() < 0.01, "{line:?}");
        }
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_break_where_they_may_and_none_is_too_wide() {
        assert_eq!(texts("woven by hand", 200.0), ["woven by hand"]);
        assert_eq!(texts("woven by hand", 40.0), ["woven", "by hand"]);
        assert_eq!(texts("  woven\n  by ", 200.0), ["woven by"]);
        assert_eq!(texts("", 40.0), [""; 0]);
        // A word that is wider than the line is broken, and nothing of it is lost.
        for text in [
            "Donaudampfschifffahrtsgesellschaftskapitän",
            "wwwwwwwwwwwwwwwwwwwww",
            "手織りの布は村の人たちの手で作られました",
            "ผ้าทอมือจากหมู่บ้านริมน้ำของเรา",
            "منسوجباليدفيوادينابخيوطمنالصوف",
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
        ] {
            let found = texts(text, 45.0);
            assert!(found.len() > 1, "{text}");
            assert_eq!(found.concat(), text);
            assert!(found.iter().all(|line| !line.starts_with('\u{301}')), "{found:?}");
        }
    }

    #[test]
    fn joined_letters_are_measured_as_they_join() {
        let apart: f64 = "نسيج".chars().map(|letter| width(&letter.to_string(), Face::Sans)).sum();
        assert!(width("نسيج", Face::Sans) < apart);
        assert_eq!(width("\u{2067}ab\u{2069}", Face::Sans), width("ab", Face::Sans));
        assert!(width("ế", Face::Sans) > 0.4 && width("ế", Face::Sans) < 0.7);
    }

    #[test]
    fn what_the_fonts_lack_is_told() {
        for text in
            ["Hand woven – “so”", "Dệt tay, đến 3/5", "يقول «نسج»، حتى ٣", "Ткань", "Ύφασμα"]
        {
            assert_eq!(fonts().missing(text), None, "{text}");
        }
        assert_eq!(fonts().missing("手"), Some('手'));
        assert_eq!(fonts().missing("ทอมือ"), Some('ท'));
    }

    #[test]
    fn every_script_that_brings_a_font_to_pages_can_stand_on_a_badge() {
        for script in script::SCRIPTS.iter().filter(|script| script.font.is_some()) {
            let letters = script.ranges.iter().flat_map(|(low, high)| *low..=*high);
            let letters = letters.filter_map(char::from_u32).filter(|it| it.is_alphabetic());
            let lacking = letters.clone().filter(|it| fonts().missing(&it.to_string()).is_some());
            let (lacking, all) = (lacking.count(), letters.count());
            assert!(all > 20 && lacking * 10 < all, "{}: {lacking} of {all}", script.code);
        }
    }

    #[test]
    fn a_font_of_the_site_draws_what_the_others_lack() {
        const THAI: &[u8] = include_bytes!("../../../tests/vectors/fonts/thai.woff2");
        let woven = "ทอด้วยมือ";
        let with = Fonts::new([THAI, b"no font", &THAI[..THAI.len() / 2]].into_iter());
        assert_eq!((fonts().missing(woven), with.missing(woven)), (Some('ท'), None));
        assert!(with.width(woven, Face::Sans) > 2.0);
        // Its marks take no room, and what a font that came along has is drawn with that one.
        assert_eq!(with.width("ด้", Face::Sans), with.width("ด", Face::Sans));
        assert_eq!(with.width("Woven", Face::Serif), fonts().width("Woven", Face::Serif));
        assert_eq!(with.own.len(), 1, "what is no font draws nothing");
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_that_fits() {
        let long = "woven by hand in our valley from the wool of our own sheep ".repeat(4);
        let all = fonts().lines(&long, Face::Serif, 10.0, 100.0);
        let cut = fonts().at_most(all.clone(), 2, Face::Serif, 10.0, 100.0);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].text.ends_with('…') && cut[1].width <= 100.0, "{cut:?}");
        assert_eq!(fonts().at_most(all.clone(), all.len(), Face::Serif, 10.0, 100.0), all);
    }
}
