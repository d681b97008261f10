//! Templates and static files, words of the interface, and the view types that a theme may rely on.
//!
//! Guarantees: templates are compiled once; a name that ends in `.html` is escaped; the same look
//! gives the same style sheet. [`view`] is the contract between `render` and the templates.

pub mod colour;
pub mod view;
pub mod weave;
mod words;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

pub use words::Words;

use crate::model::Look;
use colour::{Palette, Rgb};
use weave::Edge;

macro_rules! files {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../themes/", $folder, "/", $name)))),*]
    };
}

/// What all themes share: parts of pages, and the pages of records.
const SHARED: &[(&str, &str)] = files![
    "shared":
    "parts.html",
    "record-text.html",
    "record.css",
    "record.html",
    "tombstone-text.html",
];

/// The files of the theme that a site has if it names none.
const DAYLIGHT: &[(&str, &str)] = files![
    "daylight":
    "base.html",
    "card.html",
    "design.html",
    "free.html",
    "goods.html",
    "home.html",
    "listing.html",
    "missing.html",
    "producer.html",
    "product.html",
    "style.css",
    "terms.html",
];

/// A theme, ready for use.
pub struct Theme {
    tera: tera::Tera,
    files: BTreeMap<String, String>,
}

impl fmt::Debug for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Theme").finish_non_exhaustive()
    }
}

/// A file of the theme that cannot be used.
#[derive(Debug)]
pub struct ThemeError {
    /// What is wrong, with the file's name.
    message: String,
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ThemeError {}

/// What the style sheet needs to know of a shop.
#[derive(Clone, Debug)]
pub struct Style {
    /// The style sheet.
    pub css: String,
    /// The style sheet of a record page, which stands alone.
    pub record_css: String,
    /// The picture for the browser's tab.
    pub icon_svg: String,
    /// Grounds of the page, light and dark.
    pub grounds: [String; 2],
}

impl Theme {
    /// The built-in theme, with files of the site in place of its own (by their path in the site's
    /// folder `theme/`, for example `product.html`, `style.css` or `words/es.toml`).
    ///
    /// # Errors
    /// Names the file that is wrong, and where.
    pub fn load(own: &BTreeMap<String, String>) -> Result<Self, ThemeError> {
        let mut files: BTreeMap<String, String> = SHARED
            .iter()
            .chain(DAYLIGHT)
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        files.extend(own.iter().map(|(name, text)| (name.clone(), text.clone())));
        let mut tera = tera::Tera::new();
        let templates = files.iter().filter(|(name, _)| name.ends_with(".html"));
        tera.add_raw_templates(templates.map(|(name, text)| (name.as_str(), text.as_str())))
            .map_err(|error| ThemeError {
                message: format!("the theme cannot be used: {error}"),
            })?;
        for (name, text) in &files {
            if let Some(tag) = name.strip_prefix("words/").and_then(|n| n.strip_suffix(".toml")) {
                Words::load(tag, Some(text))
                    .map_err(|error| ThemeError { message: format!("theme/{name}: {error}") })?;
            }
        }
        Ok(Self { tera, files })
    }

    /// The words of the interface in a language.
    #[must_use]
    pub fn words(&self, tag: &str) -> Words {
        let own = self.files.get(&format!("words/{tag}.toml"));
        Words::load(tag, own.map(String::as_str))
            .expect("own words were read when the theme was loaded")
    }

    /// The style of a shop from its name and look.
    #[must_use]
    pub fn style(&self, name: &str, look: &Look) -> Style {
        let accent = look.accent.as_deref().and_then(Rgb::parse).unwrap_or_else(|| accent_of(name));
        let palettes = Palette::both(accent);
        let edge = Edge::new(name, look, accent);
        let values = format!(
            ":root{{color-scheme:light dark;--edge:{};--edge-across:{};{}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}",
            data_url(&edge.tile_svg()),
            data_url(&edge.tile_across_svg()),
            values(&palettes[0]),
            values(&palettes[1]),
        );
        let file = |name: &str| self.files.get(name).map_or("", String::as_str);
        Style {
            css: format!("{values}{}{}", squeeze(file("style.css")), grounds_css()),
            record_css: format!("{values}{}", squeeze(file("record.css"))),
            icon_svg: edge.icon_svg(),
            grounds: [palettes[0].ground.hex(), palettes[1].ground.hex()],
        }
    }

    /// Makes a page from a template.
    ///
    /// # Errors
    /// If a template uses what is not there; names the template and the place.
    pub(crate) fn render(
        &self,
        template: &str,
        context: &tera::Context,
    ) -> Result<String, ThemeError> {
        self.tera.render(template, context).map_err(|error| ThemeError {
            message: format!("the template {template} cannot be filled in: {error}"),
        })
    }
}

/// A calm colour from a name, for a shop that chose none.
fn accent_of(name: &str) -> Rgb {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    Rgb::from_hsl(f64::from(digest[31]) * 360.0 / 256.0, 0.42, 0.34)
}

fn values(palette: &Palette) -> String {
    format!(
        "--ground:{};--raised:{};--line:{};--ink:{};--quiet:{};--accent:{};--on-accent:{};--accent-strong:{}",
        palette.ground.hex(),
        palette.raised.hex(),
        palette.line.hex(),
        palette.ink.hex(),
        palette.quiet.hex(),
        palette.accent.hex(),
        palette.on_accent.hex(),
        palette.accent_strong.hex(),
    )
}

fn data_url(svg: &str) -> String {
    let escaped =
        svg.replace('%', "%25").replace('#', "%23").replace('<', "%3C").replace('>', "%3E");
    format!("url(\"data:image/svg+xml,{escaped}\")")
}

/// Takes comments and the white space of indentation out of a style sheet.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find("*/").map_or("", |end| &rest[at + end + 2..]);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).fold(
        String::new(),
        |mut all, line| {
            // A line that goes on (a list of selectors or values) needs its space.
            if all.ends_with(|c: char| !"{};,".contains(c)) && !all.is_empty() {
                all.push(' ');
            }
            all.push_str(line);
            all
        },
    )
}

/// Lightness of the grounds of photographs.
const LIGHTS: [i16; 8] = [30, 60, 90, 120, 150, 178, 204, 230];
/// How much more red than blue they have: photographs differ from grey along this way above all.
const WARMTHS: [i16; 6] = [-36, -14, 0, 18, 40, 66];

/// The class for the ground of a photograph while it loads: the nearest of 48 quiet colours.
///
/// Classes rather than `style` attributes, so that the content security policy can forbid those.
#[must_use]
pub fn ground_class(colour: [u8; 3]) -> String {
    let [red, green, blue] = colour.map(i16::from);
    let light = nearest(&LIGHTS, (red + 2 * green + blue) / 4);
    let warmth = nearest(&WARMTHS, red - blue);
    format!("p{light}{warmth}")
}

fn nearest(levels: &[i16], value: i16) -> usize {
    let near = levels.iter().enumerate().min_by_key(|(_, level)| level.abs_diff(value));
    near.map_or(0, |(at, _)| at)
}

fn grounds_css() -> String {
    let mut out = String::new();
    for (l, light) in LIGHTS.iter().enumerate() {
        for (w, warmth) in WARMTHS.iter().enumerate() {
            let byte = |value: i16| u8::try_from(value.clamp(0, 255)).unwrap_or_default();
            let colour = Rgb(byte(light + warmth / 2), byte(*light), byte(light - warmth / 2));
            let _ = write!(out, ".p{l}{w}{{background:{}}}", colour.hex());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_is_squeezed_without_changing_it() {
        let css = "/* a */\n.a,\n.b {\n  margin: 0\n    1px;\n}\n\n.c { x: y }";
        assert_eq!(squeeze(css), ".a,.b {margin: 0 1px;}.c { x: y }");
    }

    #[test]
    fn a_file_of_the_site_replaces_one_of_the_theme() {
        let own = BTreeMap::from([("missing.html".to_owned(), "{{ w.home }} <b>".to_owned())]);
        let theme = Theme::load(&own).expect("a theme");
        let mut context = tera::Context::new();
        context.insert_value("w", theme.words("en").value().clone());
        assert_eq!(theme.render("missing.html", &context).expect("a page"), "Home <b>");
        let broken = BTreeMap::from([("missing.html".to_owned(), "{% if %}".to_owned())]);
        let error = Theme::load(&broken).expect_err("no theme").to_string();
        assert!(error.contains("missing.html"), "{error}");
    }

    #[test]
    fn grounds_are_near() {
        for (colour, class) in [
            ([0, 0, 0], "p02"),
            ([255, 255, 255], "p72"),
            ([140, 90, 60], "p25"),
            ([90, 95, 130], "p20"),
        ] {
            assert_eq!(ground_class(colour), class);
        }
    }
}
