//! How wide text is, where its lines break, and whether the fonts that come along can draw it.
//!
//! An SVG is set in whatever faces a device has, so widths are those of faces that run wide, shaped as they would be
//! drawn (Arabic letters join); what is still near the edge is held to its width by the drawing. Lines break where
//! Unicode lets them (UAX #14), and within a word only if it is wider than a line by itself. Letters that no font here
//! has are reckoned wide.

use std::sync::{Arc, LazyLock};

use harfrust::{FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{GraphemeClusterSegmenter, LineSegmenter};
use resvg::usvg::fontdb;
use skrifa::MetadataProvider as _;
use unicode_normalization::char::is_combining_mark;

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

struct Font {
    bytes: &'static [u8],
    font: FontRef<'static>,
    data: ShaperData,
}

impl Font {
    fn new(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("the fonts that come along are fonts");
        let data = ShaperData::new(&font);
        Self { bytes, font, data }
    }

    fn has(&self, letter: char) -> bool {
        self.font.charmap().map(letter).is_some()
    }

    /// The width of a text that it has all letters of, in ems.
    fn width(&self, text: &str) -> f64 {
        let shaper = self.data.shaper(&self.font).build();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = shaper.shape(buffer, ShapeOptions::new());
        let all: i64 = shaped.glyph_positions().iter().map(|it| i64::from(it.x_advance)).sum();
        all as f64 / f64::from(shaper.units_per_em().max(1))
    }
}

static SERIF: LazyLock<Font> =
    LazyLock::new(|| Font::new(include_bytes!("../../../themes/fonts/badge-serif.ttf")));
static SANS: LazyLock<Font> =
    LazyLock::new(|| Font::new(include_bytes!("../../../themes/fonts/badge-sans.ttf")));
static ARABIC: LazyLock<Font> =
    LazyLock::new(|| Font::new(include_bytes!("../../../themes/fonts/badge-arabic.ttf")));

/// The fonts that come along, for drawing.
pub(super) static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for font in [&*SANS, &*SERIF, &*ARABIC] {
        fonts.load_font_data(font.bytes.to_vec());
    }
    Arc::new(fonts)
});

fn fonts(face: Face) -> [&'static Font; 2] {
    match face {
        Face::Serif => [&SERIF, &ARABIC],
        Face::Sans => [&SANS, &ARABIC],
    }
}

/// Joins and marks of direction, which take no room and no font has to have.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// A letter of the text that no font here has, if there is one.
pub(super) fn missing(text: &str) -> Option<char> {
    let has = |letter: char| [&*SANS, &*SERIF, &*ARABIC].iter().any(|font| font.has(letter));
    // One face may lack what the other has; drawing takes letters from any.
    text.chars().find(|letter| !is_unseen(*letter) && !has(*letter))
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

/// How wide a text is on one line, in ems.
pub(super) fn width(text: &str, face: Face) -> f64 {
    let fonts = fonts(face);
    let mut all = 0.0;
    let mut run = String::new();
    let mut of: Option<usize> = None;
    for letter in text.chars().filter(|letter| !is_unseen(*letter)) {
        let same = of.filter(|at| fonts[*at].has(letter));
        let found = same.or_else(|| fonts.iter().position(|font| font.has(letter)));
        if found != of {
            all += of.map_or(0.0, |at| fonts[at].width(&run));
            run.clear();
            of = found;
        }
        match found {
            Some(_) => run.push(letter),
            None => all += guess(letter),
        }
    }
    all + of.map_or(0.0, |at| fonts[at].width(&run))
}

/// The lines of a text in a size, none wider than `room`.
pub(super) fn lines(text: &str, face: Face, size: f64, room: f64) -> Vec<Line> {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.char_indices().nth(MAX_LETTERS).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let mut lines: Vec<Line> = Vec::new();
    let mut line = Line { text: String::new(), width: 0.0 };
    let segmenter = LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default());
    let mut from = 0;
    for to in segmenter.segment_str(text).filter(|at| *at > 0) {
        for part in fitting(&text[from..to], face, size, room) {
            let longer = format!("{}{part}", line.text);
            let wide = width(longer.trim_end(), face) * size;
            if wide <= room || line.text.is_empty() {
                line = Line { text: longer, width: wide };
            } else {
                lines.push(std::mem::replace(
                    &mut line,
                    Line { text: part.to_owned(), width: width(part.trim_end(), face) * size },
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
fn fitting(text: &str, face: Face, size: f64, room: f64) -> Vec<&str> {
    if width(text.trim_end(), face) * size <= room {
        return vec![text];
    }
    let mut pieces = Vec::new();
    let (mut from, mut last) = (0, 0);
    for at in GraphemeClusterSegmenter::new().segment_str(text) {
        if last > from && width(&text[from..at], face) * size > room {
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
            let wide = width(&text, face) * size;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, room: f64) -> Vec<String> {
        let lines = lines(text, Face::Sans, 10.0, room);
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
            assert_eq!(missing(text), None, "{text}");
        }
        assert_eq!(missing("Hand ᏣᎳᎩ"), Some('Ꮳ'));
        assert_eq!(missing("手"), Some('手'));
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_that_fits() {
        let long = "woven by hand in our valley from the wool of our own sheep ".repeat(4);
        let all = lines(&long, Face::Serif, 10.0, 100.0);
        let cut = at_most(all.clone(), 2, Face::Serif, 10.0, 100.0);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].text.ends_with('…') && cut[1].width <= 100.0, "{cut:?}");
        assert_eq!(at_most(all.clone(), all.len(), Face::Serif, 10.0, 100.0), all);
    }
}
