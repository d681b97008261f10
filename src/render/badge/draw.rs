//! The drawing of a badge: a card with the woven edge, the claim, who stands behind it, and the code of its record.
//!
//! All that is said is text; only the edge and the code are shapes. A card is always [`WIDTH`] by [`HEIGHT`]: what is long
//! is set smaller, and what is longer still is cut with an ellipsis, while `desc` has all of it. Where a language runs
//! from right to left the card does. Each line stands isolated (UAX #9), so that no program has to know in which direction
//! the card runs.

use std::fmt::Write as _;

use super::letters::{Face, Fonts, Line};
use crate::render::markdown::escape;
use crate::render::qr::Modules;
use crate::theme::Edge;
use crate::theme::view::Phrase;

/// Width of the card, in the units of the drawing.
pub(super) const WIDTH: f64 = 640.0;
/// Height of the card.
pub(super) const HEIGHT: f64 = 400.0;

const EDGE: f64 = Edge::WIDTH as f64;
/// From the edge, and from the other side, to the text.
const SIDE: f64 = 30.0;
const TOP: f64 = 30.0;
const FOOT: f64 = 28.0;
/// Between what is claimed and the facts below it.
const BETWEEN: f64 = 18.0;
/// Between the facts and the code.
const GUTTER: f64 = 22.0;
/// The widest that a code is drawn.
const CODE: f64 = 148.0;
/// A line that is wider than this part of its room is held to its width, whatever face a device sets it in.
const HELD: f64 = 0.78;

/// In which colours a badge is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// One colour on white.
    Print,
}

impl Form {
    pub(super) const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Print];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Print => "print",
        }
    }
}

/// What a badge says in one language.
#[derive(Clone, Debug)]
pub(in crate::render) struct Said {
    /// The language's tag.
    pub(in crate::render) lang: String,
    /// Whether the card runs from right to left.
    pub(in crate::render) is_rtl: bool,
    /// What the association calls itself.
    pub(in crate::render) association: Phrase,
    /// What is claimed, or who is a member.
    pub(in crate::render) claims: Vec<Phrase>,
    /// What the claims are about.
    pub(in crate::render) about: Option<Phrase>,
    /// Who says so, until when.
    pub(in crate::render) says: String,
    /// How it was checked, and by which rules.
    pub(in crate::render) how: Vec<String>,
    /// That it is disputed.
    pub(in crate::render) dispute: Option<String>,
    /// That a picture proves nothing.
    pub(in crate::render) ask: String,
    /// The address of the record page, without its scheme.
    pub(in crate::render) address: String,
    /// The whole in one sentence.
    pub(in crate::render) title: String,
}

impl Said {
    /// Every text that stands on the card.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let phrases = [&self.association].into_iter().chain(&self.claims).chain(&self.about);
        let others = self.how.iter().chain(&self.dispute).chain([&self.says, &self.ask]);
        phrases
            .map(|phrase| phrase.text.as_str())
            .chain(others.map(String::as_str))
            .chain([self.address.as_str()])
    }
}

struct Inks {
    ground: &'static str,
    frame: &'static str,
    text: &'static str,
    quiet: &'static str,
}

impl Inks {
    fn of(form: Form) -> Self {
        let (ground, frame, text, quiet) = match form {
            Form::Light => ("#fffdf9", "#d9d2c6", "#211d18", "#5f574c"),
            Form::Dark => ("#1c1916", "#4a433a", "#f2ece2", "#b9af9f"),
            Form::Print => ("#fff", "#000", "#000", "#000"),
        };
        Self { ground, frame, text, quiet }
    }
}

/// A text of the card, as it is to be set.
struct Part<'s> {
    text: &'s str,
    face: Face,
    size: f64,
    /// The most lines that it gets where there is too little room.
    most: usize,
    is_quiet: bool,
    is_rtl: bool,
    lang: Option<&'s str>,
    /// Room above it, but for the first.
    above: f64,
}

/// A text with its lines.
struct Set<'s> {
    part: Part<'s>,
    lines: Vec<Line>,
    leading: f64,
}

impl<'s> Set<'s> {
    fn new(fonts: &Fonts, part: Part<'s>, room: f64) -> Self {
        let lines = fonts.lines(part.text, part.face, part.size, room);
        let leading = part.size * leading(part.text);
        Self { part, lines, leading }
    }

    fn height(&self) -> f64 {
        self.lines.len() as f64 * self.leading
    }

    fn cut(&mut self, fonts: &Fonts, most: usize, room: f64) {
        let lines = std::mem::take(&mut self.lines);
        self.lines = fonts.at_most(lines, most, self.part.face, self.part.size, room);
    }
}

fn height(all: &[Set<'_>]) -> f64 {
    let gaps: f64 = all.iter().skip(1).map(|set| set.part.above).sum();
    gaps + all.iter().map(Set::height).sum::<f64>()
}

/// Height of a line, in its size. Marks above and below letters, and joined scripts, need more room than Latin.
fn leading(text: &str) -> f64 {
    let needs = |letter: char| match letter {
        '\u{1ea0}'..='\u{1eff}' => 1,
        '\u{590}'..='\u{1cff}' | '\u{a4d0}'..='\u{abff}' | '\u{fb1d}'..='\u{fdff}' => 2,
        _ => 0,
    };
    match text.chars().map(needs).max() {
        Some(2) => 1.55,
        Some(1) => 1.38,
        _ => 1.28,
    }
}

/// The smaller a step, the more fits: sizes of the claim, and of all else by their usual ones.
const STEPS: [(f64, f64); 7] = [
    (33.0, 1.0),
    (29.0, 1.0),
    (26.0, 0.97),
    (23.0, 0.94),
    (20.5, 0.91),
    (18.5, 0.88),
    (17.0, 0.85),
];

/// The card as an SVG file. Without a code if the address is too long for one.
pub(super) fn svg(
    said: &Said,
    form: Form,
    edge: &Edge,
    code: Option<&Modules>,
    fonts: &Fonts,
) -> String {
    write(said, form, edge, code, fonts, true)
}

/// The same to be made into pixels: the cloth stands there whole, since a pattern is ten times as slow to draw.
pub(super) fn svg_for_pixels(
    said: &Said,
    form: Form,
    edge: &Edge,
    code: Option<&Modules>,
    fonts: &Fonts,
) -> String {
    write(said, form, edge, code, fonts, false)
}

fn write(
    said: &Said,
    form: Form,
    edge: &Edge,
    code: Option<&Modules>,
    fonts: &Fonts,
    is_tiled: bool,
) -> String {
    let inks = Inks::of(form);
    let unit = code.map_or(0.0, |code| (CODE / code.side as f64).floor().max(1.0));
    let side = code.map_or(0.0, |code| unit * code.side as f64);
    let room = WIDTH - EDGE - 2.0 * SIDE;
    let beside = room - if code.is_some() { side + GUTTER } else { 0.0 };
    let (upper, lower) = lay_out(fonts, said, room, beside, side);
    let (start, end) = match said.is_rtl {
        false => (EDGE + SIDE, WIDTH - SIDE),
        true => (WIDTH - EDGE - SIDE, SIDE),
    };
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{}\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\">",
        escape(&said.lang)
    );
    let whole: Vec<&str> = said.texts().collect();
    let _ = write!(
        out,
        "<title>{}</title><desc>{}</desc>",
        escape(&clean(&said.title)),
        escape(&clean(&whole.join("\n")))
    );
    let (edge_width, repeat) = (Edge::WIDTH, Edge::REPEAT);
    let high = if is_tiled { repeat } else { HEIGHT as usize };
    let cloth = match form {
        Form::Print => edge.print_svg(inks.text, high),
        _ => edge.cloth_svg(high),
    };
    let at = if said.is_rtl { WIDTH - EDGE } else { 0.0 };
    let (pattern, strip) = match is_tiled {
        true => (
            format!(
                "<pattern id=\"cloth\" x=\"{at}\" width=\"{edge_width}\" height=\"{repeat}\" patternUnits=\"userSpaceOnUse\">{cloth}</pattern>"
            ),
            format!(
                "<rect x=\"{at}\" width=\"{edge_width}\" height=\"{HEIGHT}\" fill=\"url(#cloth)\" shape-rendering=\"crispEdges\"/>"
            ),
        ),
        false => (
            String::new(),
            format!(
                "<g transform=\"translate({at} 0)\" shape-rendering=\"crispEdges\">{cloth}</g>"
            ),
        ),
    };
    let _ = write!(
        out,
        "<defs><clipPath id=\"card\"><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"12\"/></clipPath>\
         {pattern}</defs>\
         <g clip-path=\"url(#card)\"><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{}\"/>\
         {strip}</g>\
         <rect x=\".75\" y=\".75\" width=\"{}\" height=\"{}\" rx=\"11.25\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
        inks.ground,
        WIDTH - 1.5,
        HEIGHT - 1.5,
        inks.frame,
    );
    let foot = height(&lower).max(side);
    let middle = HEIGHT - FOOT - foot;
    let _ = write!(
        out,
        "<path d=\"M{start} {:.1}H{end}\" stroke=\"{}\"/>",
        middle - BETWEEN / 2.0 - 1.0,
        inks.frame
    );
    write_all(&mut out, &upper, TOP, start, room, said.is_rtl, &inks);
    let below = HEIGHT - FOOT - height(&lower);
    write_all(&mut out, &lower, below, start, beside, said.is_rtl, &inks);
    if let Some(code) = code {
        let left = if said.is_rtl { end } else { end - side };
        let top = HEIGHT - FOOT - side;
        let _ = write!(
            out,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{side}\" height=\"{side}\" rx=\"4\" fill=\"#fff\"/>\
             <path transform=\"translate({left} {top}) scale({unit})\" d=\"{}\" shape-rendering=\"crispEdges\"/>",
            code.path
        );
    }
    out.push_str("</svg>\n");
    out
}

/// The texts above and below, in the largest sizes that fit.
fn lay_out<'s>(
    fonts: &Fonts,
    said: &'s Said,
    room: f64,
    beside: f64,
    code: f64,
) -> (Vec<Set<'s>>, Vec<Set<'s>>) {
    let free = HEIGHT - TOP - FOOT - BETWEEN;
    let is_too_high =
        |upper: &[Set<'_>], lower: &[Set<'_>]| height(upper) + height(lower).max(code) > free;
    let mut found = None;
    for (claim, scale) in STEPS {
        let upper =
            upper(said, claim, scale).map(|part| Set::new(fonts, part, room)).collect::<Vec<_>>();
        let lower =
            lower(said, scale).map(|part| Set::new(fonts, part, beside)).collect::<Vec<_>>();
        let is_done = !is_too_high(&upper, &lower);
        found = Some((upper, lower));
        if is_done {
            break;
        }
    }
    let (mut upper, mut lower) = found.expect("there are steps");
    if is_too_high(&upper, &lower) {
        for set in upper.iter_mut().filter(|set| set.part.face == Face::Sans) {
            set.cut(fonts, set.part.most, room);
        }
        for set in &mut lower {
            set.cut(fonts, set.part.most, beside);
        }
    }
    // What is claimed gets all the room that is left, each claim its share.
    while is_too_high(&upper, &lower) {
        let longest = upper
            .iter_mut()
            .filter(|set| set.part.face == Face::Serif)
            .max_by_key(|set| set.lines.len());
        match longest {
            Some(set) if set.lines.len() > 1 => set.cut(fonts, set.lines.len() - 1, room),
            // Dozens of claims: the last ones stand in `desc` alone.
            _ => match upper.iter().rposition(|set| set.part.face == Face::Serif) {
                Some(at) if at > 1 => {
                    upper.remove(at);
                }
                _ => break,
            },
        }
    }
    (upper, lower)
}

fn phrase<'s>(phrase: &'s Phrase, said: &Said) -> Part<'s> {
    Part {
        text: &phrase.text,
        face: Face::Sans,
        size: 0.0,
        most: 2,
        is_quiet: false,
        is_rtl: phrase.dir.map_or(said.is_rtl, |dir| dir == "rtl"),
        lang: phrase.lang.as_deref(),
        above: 0.0,
    }
}

/// What is claimed, and of what.
fn upper(said: &Said, claim: f64, scale: f64) -> impl Iterator<Item = Part<'_>> {
    let name = Part { size: 16.0 * scale, is_quiet: true, ..phrase(&said.association, said) };
    let claims = said.claims.iter().map(move |text| Part {
        face: Face::Serif,
        size: claim,
        above: claim * 0.35,
        ..phrase(text, said)
    });
    let about = said.about.iter().map(move |text| Part {
        size: 17.0 * scale,
        above: 7.0,
        ..phrase(text, said)
    });
    [name].into_iter().chain(claims).chain(about)
}

/// Who stands behind it, how it was checked, and where to ask.
fn lower(said: &Said, scale: f64) -> impl Iterator<Item = Part<'_>> {
    let made = move |text, size: f64, most, is_quiet, above| Part {
        text,
        face: Face::Sans,
        size: size * scale,
        most,
        is_quiet,
        is_rtl: said.is_rtl,
        lang: None,
        above,
    };
    let dispute = said.dispute.iter().map(move |text| made(text.as_str(), 15.0, 3, false, 0.0));
    let says = made(said.says.as_str(), 16.0, 3, false, 6.0);
    let how = said.how.iter().map(move |text| made(text.as_str(), 13.5, 2, true, 3.0));
    let ask = made(said.ask.as_str(), 12.5, 2, true, 7.0);
    let address = Part { is_rtl: false, ..made(said.address.as_str(), 12.5, 3, false, 3.0) };
    dispute.chain([says]).chain(how).chain([ask, address])
}

/// Writes texts from `top` down, at the side where the card begins.
fn write_all(
    out: &mut String,
    all: &[Set<'_>],
    top: f64,
    start: f64,
    room: f64,
    is_rtl: bool,
    inks: &Inks,
) {
    let mut y = top;
    for (number, set) in all.iter().enumerate() {
        let Part { face, size, is_quiet, lang, .. } = &set.part;
        y += if number > 0 { set.part.above } else { 0.0 };
        let families = match face {
            Face::Serif => {
                "'Noto Serif','Noto Naskh Arabic',Georgia,Cambria,'Times New Roman',serif"
            }
            Face::Sans => {
                "'Noto Sans','Noto Naskh Arabic','Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
            }
        };
        let _ = write!(
            out,
            "<g font-family=\"{families}\" font-size=\"{size:.1}\" fill=\"{}\"{}{}>",
            if *is_quiet { inks.quiet } else { inks.text },
            if is_rtl { " text-anchor=\"end\"" } else { "" },
            lang.map_or_else(String::new, |lang| format!(" xml:lang=\"{}\"", escape(lang))),
        );
        for line in &set.lines {
            // The baseline of a line stands a little below its middle.
            let baseline = y + set.leading / 2.0 + size * 0.35;
            let held = match line.width > HELD * room {
                true => {
                    format!(" textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\"", line.width)
                }
                false => String::new(),
            };
            // RLI or LRI, and PDI.
            let mark = if set.part.is_rtl { '\u{2067}' } else { '\u{2066}' };
            let text = escape(&clean(&line.text));
            let _ = write!(
                out,
                "<text x=\"{start}\" y=\"{baseline:.1}\"{held}>{mark}{text}\u{2069}</text>"
            );
            y += set.leading;
        }
        out.push_str("</g>");
    }
}

/// A text without what XML may not hold, and with each isolate that it opens closed.
fn clean(text: &str) -> String {
    let mut open = 0_usize;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{2066}'..='\u{2068}' => open += 1,
            '\u{2069}' if open == 0 => continue,
            '\u{2069}' => open -= 1,
            // Overrides and embeddings could turn what follows around.
            '\u{202a}'..='\u{202e}' => continue,
            '\n' => {}
            _ if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => continue,
            _ => {}
        }
        out.push(letter);
    }
    out.extend(std::iter::repeat_n('\u{2069}', open));
    out
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::super::raster;
    use super::*;
    use crate::model::Look;
    use crate::render::qr;

    fn fonts() -> Fonts {
        Fonts::new(std::iter::empty())
    }

    fn words(text: &str) -> Phrase {
        Phrase { text: text.to_owned(), lang: None, dir: None, parts: Vec::new() }
    }

    fn said(lang: &str, claim: &str) -> Said {
        Said {
            lang: lang.to_owned(),
            is_rtl: lang == "ar",
            association: words("Weavers of the valley"),
            claims: vec![words(claim)],
            about: Some(words("Red shawl")),
            says: "house.example says this, until 31 December 2028.".to_owned(),
            how: vec!["How it was checked: peer visit.".to_owned()],
            dispute: None,
            ask: "A picture can be copied. The address tells whether this still holds:".to_owned(),
            address: "house.example/V/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567/".to_owned(),
            title: format!("house.example says “{claim}”, until 31 December 2028."),
        }
    }

    fn drawn(said: &Said, form: Form) -> String {
        let edge = Edge::new("Weavers", &Look::default(), crate::theme::colour::WHITE);
        let address = format!("HTTPS://{}", said.address.to_uppercase().trim_end_matches('/'));
        svg(said, form, &edge, qr::modules(&address).as_ref(), &fonts())
    }

    /// A line's place, size, whether it ends there, and its text.
    type Drawn = (f64, f64, f64, bool, String);

    /// Every line; and what `desc` says. Fails if the file is not XML.
    fn lines_of(svg: &str) -> (Vec<Drawn>, String) {
        let mut reader = Reader::from_str(svg);
        let (mut lines, mut desc) = (Vec::new(), String::new());
        let (mut size, mut is_end, mut open) = (0.0, false, None);
        let mut name = String::new();
        loop {
            match reader.read_event().expect("XML") {
                Event::Start(tag) => {
                    let value = |wanted: &str| {
                        let mut all = tag.attributes().flatten();
                        let found = all.find(|it| it.key.as_ref() == wanted)?;
                        Some(found.value.to_string())
                    };
                    let number = |wanted| value(wanted).and_then(|text| text.parse::<f64>().ok());
                    size = number("font-size").unwrap_or(size);
                    name = tag.name().as_ref().to_owned();
                    match &*name {
                        "g" => is_end = value("text-anchor").as_deref() == Some("end"),
                        "text" => {
                            open = Some((number("x").unwrap(), number("y").unwrap(), String::new()))
                        }
                        _ => {}
                    }
                }
                Event::Text(text) => match &mut open {
                    Some((.., line)) => line.push_str(&text),
                    None if name == "desc" => desc.push_str(&text),
                    None => {}
                },
                Event::GeneralRef(_) => {
                    if let Some((.., line)) = &mut open {
                        line.push('&');
                    }
                }
                Event::End(tag) if tag.name().as_ref() == "text" => {
                    let (x, y, line) = open.take().expect("it began");
                    lines.push((x, y, size, is_end, line));
                }
                Event::Eof => return (lines, desc),
                _ => {}
            }
        }
    }

    #[test]
    fn whatever_is_said_stands_within_the_card() {
        let long = "Woven by hand on a back-strap loom in our valley, of the wool of our own sheep, dyed with plants that grow here ";
        let texts: Vec<(&str, String)> = vec![
            ("en", "Woven by hand".into()),
            ("en", long.repeat(9)),
            ("en", "Handwovenandhandspunandhanddyedwithoutanyspaceatall".repeat(6)),
            ("en", "W".repeat(4000)),
            ("vi", "Dệt bằng tay trên khung cửi đeo lưng ở thung lũng của chúng tôi, từ lông cừu nhà nuôi. ".repeat(3)),
            ("ar", "منسوج باليد على نول الظهر في وادينا من صوف أغنامنا ومصبوغ بنباتات تنمو هنا ".repeat(4)),
            ("th", "ทอด้วยมือบนกี่เอวในหุบเขาของเราจากขนแกะของเราเอง".repeat(5)),
            ("zh", "用腰机在我们的山谷里手工织成。".repeat(20)),
            ("en", "a\u{0}b\u{202e}c\u{2067} <script>&amp;".into()),
        ];
        for (lang, text) in texts {
            let mut said = said(lang, &text);
            said.association =
                words(&format!("{} of the valley", "Weavers and spinners ".repeat(6)));
            said.dispute = Some("A dispute about this is open since 1 May 2026.".repeat(3));
            said.how.push(format!("By the rules “{}”, version 2.", text));
            for form in Form::ALL {
                let (lines, desc) = lines_of(&drawn(&said, form));
                assert!(lines.len() > 5, "{lines:?}");
                let mut last = 0.0;
                for (x, y, size, is_end, line) in &lines {
                    let face =
                        fonts().width(line, Face::Sans).max(fonts().width(line, Face::Serif));
                    let wide = face * size;
                    let (from, to) = if *is_end { (x - wide, *x) } else { (*x, x + wide) };
                    assert!(from >= 24.0 && to <= WIDTH - 14.0, "{lang} {from} {to} {line}");
                    assert!(*y > 20.0 && *y < HEIGHT - 10.0, "{lang} {y} {line}");
                    assert!(*y > last, "{lang}: {line} lies over another");
                    assert!(!line.contains(['\u{0}', '\u{202e}']), "{line:?}");
                    let opened =
                        line.chars().filter(|c| matches!(c, '\u{2066}'..='\u{2068}')).count();
                    assert_eq!(opened, line.matches('\u{2069}').count(), "{line:?}");
                    last = *y;
                }
                if !text.contains('<') {
                    assert!(desc.contains(text.trim()), "{desc}");
                }
            }
        }
    }

    #[test]
    fn the_card_runs_as_its_language_does() {
        let (english, _) = lines_of(&drawn(&said("en", "Woven by hand"), Form::Light));
        assert!(english.iter().all(|(x, .., is_end, _)| *x == EDGE + SIDE && !is_end));
        let (arabic, _) = lines_of(&drawn(&said("ar", "منسوج باليد"), Form::Light));
        assert!(arabic.iter().all(|(x, .., is_end, _)| *x == WIDTH - EDGE - SIDE && *is_end));
        let line = |text: &str| arabic.iter().find(|line| line.4.contains(text)).unwrap().4.clone();
        assert!(line("باليد").starts_with('\u{2067}'));
        // An address never runs from right to left.
        assert!(line("house.example/V/").starts_with('\u{2066}'));
    }

    #[test]
    fn each_form_has_its_inks_and_no_more() {
        let said = said("en", "Woven by hand");
        let [light, dark, print] = Form::ALL.map(|form| drawn(&said, form));
        assert!(light != dark && light.contains("#fffdf9") && dark.contains("#1c1916"));
        for colour in print.match_indices('#').map(|(at, _)| &print[at..]) {
            let is_ink =
                ["#000", "#fff", "#card", "#cloth"].iter().any(|ink| colour.starts_with(ink));
            assert!(is_ink, "{}", &colour[..12]);
        }
        for svg in [&light, &dark, &print] {
            // Nothing is asked for, and nothing runs.
            for word in ["href", "<style", "<script", "@import", "<image", "onload"] {
                assert!(!svg.contains(word), "{word}");
            }
            assert_eq!(svg.matches("http").count(), 1, "{svg}");
        }
    }

    fn pixels(png: &[u8]) -> Vec<u8> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (1280, 800));
        pixels
    }

    #[test]
    fn the_cloth_looks_the_same_drawn_whole() {
        let edge = Edge::new("Weavers", &Look::default(), crate::theme::colour::WHITE);
        for lang in ["en", "ar"] {
            for form in Form::ALL {
                let said = said(lang, "Woven by hand");
                let tiled = raster::png(&svg(&said, form, &edge, None, &fonts()), &fonts());
                let whole =
                    raster::png(&svg_for_pixels(&said, form, &edge, None, &fonts()), &fonts());
                let (tiled, whole) = (pixels(&tiled.unwrap()), pixels(&whole.unwrap()));
                let apart: u64 =
                    tiled.iter().zip(&whole).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
                assert!(apart / tiled.len() as u64 == 0, "{lang} {form:?}: {apart}");
            }
        }
    }

    #[test]
    fn a_drawing_as_png_shows_the_letters() {
        for (lang, text) in [
            ("en", "Woven by hand"),
            ("ar", "منسوج باليد"),
            ("vi", "Dệt tay"),
            // Letters whose font is packed for pages; one word each is drawn, not a box for each letter.
            ("chr", "ᎠᎴᏂᏙᎲ ᎤᎵᎮᎵᏍᏗ"),
            ("cr", "ᐁᑯᓯ ᒥᓯᐁ ᑲᑭᔭᐤ"),
        ] {
            let of = |claim: &str| {
                let png = raster::png(&drawn(&said(lang, claim), Form::Print), &fonts())
                    .expect("a picture");
                pixels(&png).chunks(4).filter(|pixel| pixel[0] < 128 && pixel[3] > 128).count()
            };
            let (empty, full) = (of("."), of(text));
            assert!(full > empty + 1000, "{lang}: {empty} {full}");
        }
    }
}
