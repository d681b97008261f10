//! Drawings (SVG 1.1 and 2), written anew from what is known to be harmless.
//!
//! A drawing can hold scripts, links, calls to other hosts, letters and whole pages. So nothing of
//! the file is copied: it is read into a tree of known elements with known attributes, each value
//! checked against a grammar of its own, and the tree is written out. What is not known is left
//! out, and [`Drawing::left_out`] says what a person would miss. Entities, document types, style
//! sheets, text, pictures and animation are among it. References stay inside the file, and the
//! number of parts that a browser has to draw with all references followed is bounded, so that a
//! small file cannot keep it busy.

use std::collections::{BTreeMap, HashMap};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use sha2::{Digest, Sha256};

use super::{Foreign, Limits, Lint, PhotoError};

/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 8 << 20;
/// The most parts, as written and again with all references followed.
const MAX_PARTS: usize = 50_000;
/// How deep parts may lie in each other or refer to each other.
const MAX_DEPTH: usize = 100;
/// The longer side of the picture that pages reserve room for, in pixels.
const LONG_SIDE_PX: f64 = 1600.0;
/// Counts changes of this module; part of every name.
const REBUILT: &str = "selvedge drawing 1\0";

/// A drawing as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// SHA-256 of the file that it was made from.
    pub digest: [u8; 32],
    /// The file, written anew.
    pub bytes: Vec<u8>,
    /// Its file name, such as `5feceb66ffc86f38d952.svg`: names for other bytes differ.
    pub name: String,
    /// Width in pixels that pages reserve; its longer side is 1,600.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// What could be seen in the original and is not shown.
    pub left_out: LeftOut,
}

/// What of a drawing is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Letters.
    pub letters: bool,
    /// Pictures inside the drawing.
    pub pictures: bool,
    /// Style sheets.
    pub styles: bool,
    /// Filters, movement, scripts, and what is not known.
    pub others: bool,
}

impl LeftOut {
    pub(super) fn words(self) -> String {
        let parts = [
            (self.letters, "letters"),
            (self.pictures, "pictures inside it"),
            (self.styles, "style sheets"),
            (self.others, "effects"),
        ];
        let words: Vec<&str> = parts.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        words.join(", ")
    }
}

impl Drawing {
    /// What to tell the maker.
    pub fn lints(&self) -> Vec<Lint> {
        let is_whole = self.left_out == LeftOut::default();
        if is_whole { Vec::new() } else { vec![Lint::PartsLeftOut(self.left_out)] }
    }
}

/// Tells whether a file is a drawing, whatever it is called.
pub fn is_drawing(input: &[u8]) -> bool {
    super::decode::sniff(input) == Err(PhotoError::Foreign(Foreign::Svg))
}

/// Writes a drawing anew.
///
/// # Errors
/// If it is too large, cannot be read, names no size, or shows nothing that may be shown.
pub fn rebuild(input: &[u8], limits: &Limits) -> Result<Drawing, PhotoError> {
    let max_bytes = MAX_BYTES.min(limits.max_bytes);
    if input.len() as u64 > max_bytes {
        return Err(PhotoError::TooManyBytes { len_bytes: input.len() as u64, max_bytes });
    }
    let text = std::str::from_utf8(input).map_err(|_| unusable("it is not UTF-8 text"))?;
    let mut tree = Tree::read(text.trim_start_matches('\u{feff}'))?;
    tree.follow_references()?;
    let (width, height) = tree.size()?;
    let scale = LONG_SIDE_PX / width.max(height);
    let side = |length: f64| ((length * scale).round() as u32).max(1);
    let (width_px, height_px) = (side(width), side(height));
    let root = &mut tree.nodes[0].attributes;
    root.entry("viewBox").or_insert_with(|| format!("0 0 {width} {height}"));
    root.insert("width", width_px.to_string());
    root.insert("height", height_px.to_string());
    let bytes = tree.write().into_bytes();
    let named = Sha256::new().chain_update(REBUILT).chain_update(&bytes).finalize();
    Ok(Drawing {
        digest: Sha256::digest(input).into(),
        name: format!("{}.svg", data_encoding::HEXLOWER.encode(&named[..10])),
        bytes,
        width_px,
        height_px,
        left_out: tree.left_out,
    })
}

fn unusable(why: &'static str) -> PhotoError {
    PhotoError::Drawing(why)
}

/// The elements that are kept; of these, those that show something by themselves.
const ELEMENTS: [(&str, bool); 18] = [
    ("svg", false),
    ("g", false),
    ("defs", false),
    ("symbol", false),
    ("use", true),
    ("path", true),
    ("rect", true),
    ("circle", true),
    ("ellipse", true),
    ("line", true),
    ("polyline", true),
    ("polygon", true),
    ("linearGradient", false),
    ("radialGradient", false),
    ("stop", false),
    ("clipPath", false),
    ("mask", false),
    ("pattern", false),
];

/// Elements that nobody sees, so that leaving them out needs no word.
const UNSEEN: [&str; 5] = ["title", "desc", "metadata", "namedview", "RDF"];

/// What a value may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grammar {
    /// Numbers with or without units, a list of them.
    Numbers,
    /// The data of a path.
    Path,
    /// Steps of a transformation.
    Transform,
    /// A colour, or a gradient or pattern of this file.
    Paint,
    /// Small words, such as `evenodd`.
    Words,
    /// A name of an element.
    Id,
    /// `url(#name)`, or `none`.
    Local,
}

/// Attributes that only position and shape use.
const GEOMETRY: [(&str, Grammar); 36] = [
    ("id", Grammar::Id),
    ("d", Grammar::Path),
    ("points", Grammar::Numbers),
    ("x", Grammar::Numbers),
    ("y", Grammar::Numbers),
    ("width", Grammar::Numbers),
    ("height", Grammar::Numbers),
    ("cx", Grammar::Numbers),
    ("cy", Grammar::Numbers),
    ("r", Grammar::Numbers),
    ("rx", Grammar::Numbers),
    ("ry", Grammar::Numbers),
    ("x1", Grammar::Numbers),
    ("y1", Grammar::Numbers),
    ("x2", Grammar::Numbers),
    ("y2", Grammar::Numbers),
    ("fx", Grammar::Numbers),
    ("fy", Grammar::Numbers),
    ("fr", Grammar::Numbers),
    ("offset", Grammar::Numbers),
    ("pathLength", Grammar::Numbers),
    ("viewBox", Grammar::Numbers),
    ("transform", Grammar::Transform),
    ("gradientTransform", Grammar::Transform),
    ("patternTransform", Grammar::Transform),
    ("preserveAspectRatio", Grammar::Words),
    ("gradientUnits", Grammar::Words),
    ("spreadMethod", Grammar::Words),
    ("patternUnits", Grammar::Words),
    ("patternContentUnits", Grammar::Words),
    ("clipPathUnits", Grammar::Words),
    ("maskUnits", Grammar::Words),
    ("maskContentUnits", Grammar::Words),
    ("refX", Grammar::Numbers),
    ("refY", Grammar::Numbers),
    ("version", Grammar::Numbers),
];

/// Attributes that may also stand in `style` (SVG 2, presentation attributes).
const PRESENTATION: [(&str, Grammar); 25] = [
    ("fill", Grammar::Paint),
    ("fill-opacity", Grammar::Numbers),
    ("fill-rule", Grammar::Words),
    ("stroke", Grammar::Paint),
    ("stroke-width", Grammar::Numbers),
    ("stroke-opacity", Grammar::Numbers),
    ("stroke-linecap", Grammar::Words),
    ("stroke-linejoin", Grammar::Words),
    ("stroke-miterlimit", Grammar::Numbers),
    ("stroke-dasharray", Grammar::Numbers),
    ("stroke-dashoffset", Grammar::Numbers),
    ("opacity", Grammar::Numbers),
    ("stop-color", Grammar::Paint),
    ("stop-opacity", Grammar::Numbers),
    ("color", Grammar::Paint),
    ("clip-path", Grammar::Local),
    ("clip-rule", Grammar::Words),
    ("mask", Grammar::Local),
    ("display", Grammar::Words),
    ("visibility", Grammar::Words),
    ("overflow", Grammar::Words),
    ("paint-order", Grammar::Words),
    ("vector-effect", Grammar::Words),
    ("shape-rendering", Grammar::Words),
    ("color-interpolation", Grammar::Words),
];

fn known(list: &[(&'static str, Grammar)], name: &str) -> Option<(&'static str, Grammar)> {
    list.iter().find(|(known, _)| *known == name).copied()
}

/// Tells whether a value is nothing but what its grammar allows.
fn fits(grammar: Grammar, value: &str) -> bool {
    let all = |allowed: fn(char) -> bool| value.chars().all(allowed);
    let is_measure = matches!(grammar, Grammar::Numbers | Grammar::Path | Grammar::Transform);
    if is_measure && !is_tame(value) {
        return false;
    }
    match grammar {
        Grammar::Numbers => {
            value == "none" || all(|c| c.is_ascii_digit() || " \t\r\n.,+-eE%pxtmcin".contains(c))
        }
        Grammar::Path => {
            all(|c| c.is_ascii_digit() || " \t\r\n.,+-eEMmLlHhVvCcSsQqTtAaZz".contains(c))
        }
        Grammar::Transform => value.split(')').all(|step| {
            let Some((name, numbers)) = step.split_once('(') else {
                return step.trim_matches([' ', ',', '\n', '\r', '\t']).is_empty();
            };
            let name = name.trim_matches([' ', ',', '\n', '\r', '\t']);
            let names = ["matrix", "translate", "scale", "rotate", "skewX", "skewY"];
            names.contains(&name) && fits(Grammar::Numbers, numbers)
        }),
        Grammar::Words => all(|c| c.is_ascii_alphabetic() || c == '-' || c == ' '),
        Grammar::Id => {
            value.len() <= 100
                && value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && all(|c| c.is_ascii_alphanumeric() || "_-.:".contains(c))
        }
        Grammar::Local => value == "none" || reference(value).is_some(),
        Grammar::Paint => {
            let value = match reference(value) {
                Some(id) => value.trim().trim_start_matches(&format!("url(#{id})")).trim(),
                None => value.trim(),
            };
            let inner = ["rgb(", "rgba(", "hsl(", "hsla("]
                .iter()
                .find_map(|start| value.strip_prefix(start)?.strip_suffix(')'));
            match inner {
                Some(inner) => {
                    inner.chars().all(|c| c.is_ascii_digit() || " .,%/-+deg".contains(c))
                }
                None => {
                    let hex = value.strip_prefix('#');
                    let is_hex = hex.is_some_and(|hex| hex.chars().all(|c| c.is_ascii_hexdigit()));
                    is_hex || value.chars().all(|c| c.is_ascii_alphabetic())
                }
            }
        }
    }
}

/// The name in `url(#name)`, with or without quotes around it; what follows is not looked at.
fn reference(value: &str) -> Option<&str> {
    let id = value.trim().strip_prefix("url(#")?.split_once(')')?.0;
    fits(Grammar::Id, id).then_some(id)
}

/// Tells whether no number in a value is beyond what a drawing needs: browsers may take very long
/// over numbers such as 1e308.
fn is_tame(value: &str) -> bool {
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'.' => {
                at += 1;
                while at < bytes.len() && bytes[at].is_ascii_digit() {
                    at += 1;
                }
            }
            b'0'..=b'9' => {
                let start = at;
                while at < bytes.len() && bytes[at].is_ascii_digit() {
                    at += 1;
                }
                if at - start > 7 {
                    return false;
                }
            }
            // The exponents that programs write are small and negative.
            b'e' | b'E' => {
                let rest = &value[at + 1..];
                let digits = rest.trim_start_matches(['+', '-']);
                let len = digits.bytes().take_while(u8::is_ascii_digit).count();
                let exponent: u32 = digits[..len].parse().unwrap_or(if len > 0 { 999 } else { 0 });
                if exponent > 30 || (exponent > 3 && !rest.starts_with('-')) {
                    return false;
                }
                at += 1 + rest.len() - digits.len() + len;
            }
            _ => at += 1,
        }
    }
    true
}

/// An element that is kept.
#[derive(Default)]
struct Node {
    name: &'static str,
    attributes: BTreeMap<&'static str, String>,
    /// The name that `href` refers to, in this file.
    target: Option<String>,
    children: Vec<usize>,
    shows: bool,
}

#[derive(Default)]
struct Tree {
    /// The first is the root.
    nodes: Vec<Node>,
    left_out: LeftOut,
}

impl Tree {
    fn read(text: &str) -> Result<Self, PhotoError> {
        let broken = || unusable("the file is cut short or damaged");
        let mut tree = Self::default();
        let mut reader = Reader::from_str(text);
        let mut open: Vec<usize> = Vec::new();
        // How many elements that are left out are open.
        let mut outside = 0_usize;
        let mut prefix: Option<String> = None;
        let mut parts = 0_usize;
        loop {
            match reader.read_event().map_err(|_| broken())? {
                Event::Start(tag) => {
                    parts += 1;
                    if open.len() + outside > MAX_DEPTH {
                        return Err(unusable("its parts lie too deep in each other"));
                    }
                    match outside {
                        0 => match tree.enter(&tag, &open, &mut prefix)? {
                            Some(node) => open.push(node),
                            None => outside = 1,
                        },
                        _ => outside += 1,
                    }
                }
                Event::Empty(tag) => {
                    parts += 1;
                    if outside == 0 {
                        tree.enter(&tag, &open, &mut prefix)?;
                    }
                }
                Event::End(_) if outside > 0 => outside -= 1,
                Event::End(_) => {
                    open.pop();
                }
                Event::Eof => break,
                // Text, comments, entities, the document type, instructions.
                _ => {}
            }
            if parts > MAX_PARTS {
                return Err(unusable("it has more parts than a page can show"));
            }
        }
        if !open.is_empty() || outside > 0 || tree.nodes.is_empty() {
            return Err(broken());
        }
        if !tree.nodes.iter().any(|node| node.shows) {
            return Err(unusable("nothing in it can be shown safely"));
        }
        Ok(tree)
    }

    /// Adds an element to the innermost open one, unless it is left out.
    fn enter(
        &mut self,
        tag: &BytesStart<'_>,
        open: &[usize],
        prefix: &mut Option<String>,
    ) -> Result<Option<usize>, PhotoError> {
        let broken = || unusable("the file is cut short or damaged");
        let qualified = tag.name();
        let qualified = qualified.as_ref();
        let (own_prefix, local) = qualified.split_once(':').unwrap_or(("", qualified));
        if self.nodes.is_empty() {
            if local != "svg" {
                return Err(broken());
            }
            *prefix = Some(own_prefix.to_owned());
        } else if open.is_empty() {
            // Beside the root.
            return Err(broken());
        }
        let is_ours = prefix.as_deref() == Some(own_prefix);
        // Links are groups that lead nowhere.
        let wanted = if local == "a" { "g" } else { local };
        let Some((name, shows)) =
            ELEMENTS.iter().find(|(name, _)| is_ours && *name == wanted).copied()
        else {
            match local {
                "text" | "tspan" | "textPath" => self.left_out.letters = true,
                "image" | "foreignObject" => self.left_out.pictures = true,
                "style" => self.left_out.styles = true,
                _ if !is_ours || UNSEEN.contains(&local) => {}
                _ => self.left_out.others = true,
            }
            return Ok(None);
        };
        let mut node = Node { name, shows, ..Node::default() };
        let mut styles = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| broken())?;
            let key = attribute.key.as_ref().to_owned();
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
            let value = value.trim().to_owned();
            if key == "href" || key == "xlink:href" {
                match value.strip_prefix('#').filter(|id| fits(Grammar::Id, id)) {
                    Some(id) if local != "a" => node.target = Some(id.to_owned()),
                    Some(_) => {}
                    None if local != "a" => self.left_out.others = true,
                    None => {}
                }
            } else if key == "style" {
                styles.extend(value.split(';').filter_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    let known = known(&PRESENTATION, name.trim())?;
                    Some((known, value.trim().to_owned()))
                }));
            } else if let Some((name, grammar)) =
                known(&GEOMETRY, &key).or_else(|| known(&PRESENTATION, &key))
                && fits(grammar, &value)
            {
                node.attributes.insert(name, value);
            }
        }
        for ((name, grammar), value) in styles {
            if fits(grammar, &value) {
                node.attributes.insert(name, value);
            }
        }
        if name == "use" && node.target.is_none() {
            return Ok(None);
        }
        self.nodes.push(node);
        let at = self.nodes.len() - 1;
        if let Some(parent) = open.last() {
            self.nodes[*parent].children.push(at);
        }
        Ok(Some(at))
    }

    /// Counts the parts with all references followed; refuses circles and what grows too large.
    fn follow_references(&self) -> Result<(), PhotoError> {
        let mut ids: HashMap<&str, usize> = HashMap::new();
        for (at, node) in self.nodes.iter().enumerate() {
            if let Some(id) = node.attributes.get("id") {
                ids.entry(id).or_insert(at);
            }
        }
        let mut weights = vec![Weight::Unknown; self.nodes.len()];
        self.weigh(0, 0, &ids, &mut weights).map(|_| ())
    }

    fn weigh(
        &self,
        at: usize,
        depth: usize,
        ids: &HashMap<&str, usize>,
        weights: &mut [Weight],
    ) -> Result<usize, PhotoError> {
        match weights[at] {
            Weight::Known(parts) => return Ok(parts),
            Weight::Open => return Err(unusable("a part of it refers to itself")),
            Weight::Unknown if depth > 2 * MAX_DEPTH => {
                return Err(unusable("its parts refer to each other too often"));
            }
            Weight::Unknown => weights[at] = Weight::Open,
        }
        let node = &self.nodes[at];
        let named = node.attributes.values().filter_map(|value| reference(value));
        let targets = named.chain(node.target.as_deref()).filter_map(|id| ids.get(id).copied());
        let mut parts = 1_usize;
        for next in node.children.iter().copied().chain(targets) {
            parts += self.weigh(next, depth + 1, ids, weights)?;
            if parts > MAX_PARTS {
                return Err(unusable("it has more parts than a page can show"));
            }
        }
        weights[at] = Weight::Known(parts);
        Ok(parts)
    }

    /// Width and height in units of the drawing.
    fn size(&self) -> Result<(f64, f64), PhotoError> {
        let root = &self.nodes[0].attributes;
        let sane = |length: &f64| length.is_finite() && (0.01..=1e6).contains(length);
        if let Some(view) = root.get("viewBox") {
            let numbers: Vec<f64> = view
                .split([' ', ',', '\t', '\n'])
                .filter(|part| !part.is_empty())
                .filter_map(|part| part.parse().ok())
                .collect();
            return match numbers[..] {
                [_, _, width, height] if sane(&width) && sane(&height) => Ok((width, height)),
                _ => Err(unusable("its size makes no sense")),
            };
        }
        let length = |name: &str| {
            let written = root.get(name)?;
            let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            digits.parse().ok().filter(sane)
        };
        length("width").zip(length("height")).ok_or(unusable("it does not say how large it is"))
    }

    fn write(&self) -> String {
        let mut out = String::new();
        self.write_node(0, &mut out);
        out.push('\n');
        out
    }

    fn write_node(&self, at: usize, out: &mut String) {
        let node = &self.nodes[at];
        out.push('<');
        out.push_str(node.name);
        if at == 0 {
            out.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
            if self.nodes.iter().any(|node| node.target.is_some()) {
                out.push_str(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
            }
        }
        for (name, value) in &node.attributes {
            out.push_str(&format!(" {name}=\"{}\"", quick_xml::escape::escape(value.as_str())));
        }
        if let Some(id) = &node.target {
            // Programs that print know only the older form.
            out.push_str(&format!(" xlink:href=\"#{id}\""));
        }
        if node.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &node.children {
            self.write_node(*child, out);
        }
        out.push_str(&format!("</{}>", node.name));
    }
}

#[derive(Clone, Copy)]
enum Weight {
    Unknown,
    Open,
    Known(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(inside: &str) -> String {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 10\">{inside}</svg>")
    }

    fn rebuilt(text: &str) -> Result<String, PhotoError> {
        let made = rebuild(text.as_bytes(), &Limits::default())?;
        Ok(String::from_utf8(made.bytes).expect("text"))
    }

    #[test]
    fn shapes_colours_and_local_references_stay() {
        let text = drawing(
            "<defs><linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"red\"/></linearGradient>\
             <path id=\"leaf\" d=\"M0 0l3-4.5e-1z\"/></defs>\
             <g transform=\"translate(2,3) rotate(45)\"><rect width=\"5\" height=\"4\" fill=\"url(#g)\"/>\
             <use href=\"#leaf\" x=\"3\"/><circle r=\"2\" style=\"fill:#a33;stroke: rgb(1, 2, 3)\"/></g>",
        );
        let out = rebuilt(&text).expect("a drawing");
        for part in [
            "viewBox=\"0 0 20 10\"",
            "width=\"1600\"",
            "height=\"800\"",
            "stop-color=\"red\"",
            "fill=\"url(#g)\"",
            "xlink:href=\"#leaf\"",
            "d=\"M0 0l3-4.5e-1z\"",
            "translate(2,3) rotate(45)",
            "fill=\"#a33\"",
            "stroke=\"rgb(1, 2, 3)\"",
        ] {
            assert!(out.contains(part), "{part} in {out}");
        }
        // What comes out goes in again unchanged.
        assert_eq!(rebuilt(&out).expect("a drawing"), out);
    }

    #[test]
    fn values_are_nothing_but_what_their_grammar_allows() {
        use Grammar::{Id, Local, Numbers, Paint, Path, Transform, Words};
        for (grammar, value, expected) in [
            (Numbers, "1.5px 3,4 50%", true),
            (Numbers, "url(#a)", false),
            (Numbers, "calc(1)", false),
            (Path, "M0,0 C1 2 3 4 5 6z", true),
            (Path, "M0,0\"/><script>", false),
            (Transform, "matrix(1 0 0 1 0 0)", true),
            (Transform, "url(x)", false),
            (Words, "evenodd", true),
            (Words, "a:b", false),
            (Id, "layer-1", true),
            (Id, "1a", false),
            (Local, "url(#clip)", true),
            (Local, "url(https://other.example/#a)", false),
            (Paint, "#a33", true),
            (Paint, "currentColor", true),
            (Paint, "url(#g) none", true),
            (Paint, "url(https://other.example/x#y)", false),
            (Paint, "url(#g) url(https://other.example)", false),
            (Paint, "rgba(1, 2, 3, .5)", true),
            (Paint, "expression(alert(1))", false),
        ] {
            assert_eq!(fits(grammar, value), expected, "{value}");
        }
        for (value, expected) in [
            ("0.30000000000000004", true),
            ("M1e-7 3", true),
            ("9999999", true),
            ("99999999", false),
            ("1e308", false),
            ("1e-999999999999", false),
        ] {
            assert_eq!(is_tame(value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_missed_is_told() {
        let text = drawing(
            "<title>t</title><text>abc</text><image href=\"data:,\"/><style>rect{}</style>\
             <filter/><rect width=\"1\" height=\"1\"/>",
        );
        let made = rebuild(text.as_bytes(), &Limits::default()).expect("a drawing");
        let all = LeftOut { letters: true, pictures: true, styles: true, others: true };
        assert_eq!(made.left_out, all);
        assert!(!String::from_utf8_lossy(&made.bytes).contains("abc"));
        let plain = drawing("<title>t</title><rect width=\"1\" height=\"1\"/>");
        let made = rebuild(plain.as_bytes(), &Limits::default()).expect("a drawing");
        assert_eq!(made.left_out, LeftOut::default());
    }

    #[test]
    fn references_may_not_multiply_or_go_in_circles() {
        let mut laughs = String::from("<defs><rect id=\"l0\" width=\"1\" height=\"1\"/>");
        for n in 1..12 {
            let again = format!("<use href=\"#l{}\"/>", n - 1).repeat(10);
            laughs.push_str(&format!("<g id=\"l{n}\">{again}</g>"));
        }
        laughs.push_str("</defs><use href=\"#l11\"/>");
        let why = |text: &str| rebuilt(&drawing(text)).expect_err("refused");
        assert_eq!(why(&laughs), unusable("it has more parts than a page can show"));
        let circle = "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>";
        assert_eq!(why(circle), unusable("a part of it refers to itself"));
        let chain: String = (0..20_000)
            .map(|n| format!("<g id=\"c{n}\"><use href=\"#c{}\"/></g>", n + 1))
            .collect();
        assert_eq!(why(&chain), unusable("its parts refer to each other too often"));
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        for (text, why) in [
            ("<svg viewBox=\"0 0 1 1\"><rect/>", "the file is cut short or damaged"),
            ("<svg viewBox=\"0 0 1 1\"></svg>", "nothing in it can be shown safely"),
            ("<svg><rect/></svg>", "it does not say how large it is"),
            ("<svg viewBox=\"0 0 0 1\"><rect/></svg>", "its size makes no sense"),
        ] {
            assert_eq!(rebuilt(text), Err(unusable(why)), "{text}");
        }
        let deep = format!("<svg viewBox=\"0 0 1 1\">{}", "<g>".repeat(100_000));
        assert_eq!(rebuilt(&deep), Err(unusable("its parts lie too deep in each other")));
    }
}
