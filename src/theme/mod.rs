//! Templates and static files, words of the interface, and the view types that a theme may rely on.
//!
//! A theme is a folder of templates, style sheets and a file `theme.toml` with a few choices. What all
//! themes share lies beside them, and a site's own folder `theme/` may replace any file of both.
//!
//! Guarantees: templates are compiled once; a name that ends in `.html` is escaped; the same look
//! gives the same style sheet. [`view`] is the contract between `render` and the templates, and
//! `docs/THEMES.md` tells it to designers.

pub mod colour;
mod filter;
pub mod script;
mod typeface;
pub mod view;
pub mod weave;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Range;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

pub use words::{FormProblem, Words, form_problems};

use crate::diag::nearest;
use crate::model::{Locale, Look, Scheme, ThemeName, Typeface};
use colour::{Colours, Palette, Rgb};
use script::Script;
pub use weave::Edge;

macro_rules! files {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../themes/", $folder, "/", $name)))),*]
    };
}

/// What all themes share: the head and parts of pages, the ground of every style sheet, and the pages of
/// records.
const SHARED: &[(&str, &str)] = files![
    "shared":
    "common.css",
    "find.css",
    "finder.css",
    "finder.html",
    "goods.html",
    "head.html",
    "list.css",
    "order-parts.html",
    "order.css",
    "order.html",
    "parts.html",
    "print.css",
    "record-text.html",
    "record.css",
    "record.html",
    "search.html",
    "tombstone-text.html",
    "verify.css",
    "verify.html",
];

/// The parts of the scripts of the pages; a site's own lie in `theme/script/`.
const SCRIPTS: &[(&str, &str)] = &[
    ("script/brand.js", include_str!("../../themes/script/brand.js")),
    ("script/carried.js", include_str!("../../themes/script/carried.js")),
    ("script/code.js", include_str!("../../themes/script/code.js")),
    ("script/finder.js", include_str!("../../themes/script/finder.js")),
    ("script/list.js", include_str!("../../themes/script/list.js")),
    ("script/money.js", include_str!("../../themes/script/money.js")),
    ("script/number.js", include_str!("../../themes/script/number.js")),
    ("script/order.js", include_str!("../../themes/script/order.js")),
    ("script/search.js", include_str!("../../themes/script/search.js")),
    ("script/tags.js", include_str!("../../themes/script/tags.js")),
    ("script/vendor/pbkdf2.js", include_str!("../../themes/script/vendor/pbkdf2.js")),
    ("script/vendor/qrcode.js", include_str!("../../themes/script/vendor/qrcode.js")),
    ("script/verify.js", include_str!("../../themes/script/verify.js")),
    ("script/words.js", include_str!("../../themes/script/words.js")),
];

const DAYLIGHT: &[(&str, &str)] = files![
    "daylight":
    "base.html",
    "card.html",
    "design.html",
    "foot.html",
    "free.html",
    "home.html",
    "listing.html",
    "missing.html",
    "producer.html",
    "product.html",
    "style.css",
    "terms.html",
    "theme.toml",
    "top.html",
];

const HEARTH: &[(&str, &str)] = files![
    "hearth":
    "base.html",
    "card.html",
    "design.html",
    "foot.html",
    "free.html",
    "home.html",
    "listing.html",
    "missing.html",
    "producer.html",
    "product.html",
    "style.css",
    "terms.html",
    "theme.toml",
    "top.html",
];

/// The templates that every theme has.
pub const TEMPLATES: [&str; 15] = [
    "home.html",
    "product.html",
    "listing.html",
    "terms.html",
    "producer.html",
    "design.html",
    "free.html",
    "missing.html",
    "record.html",
    "record-text.html",
    "tombstone-text.html",
    "card.html",
    "search.html",
    "order.html",
    "verify.html",
];

/// What a site brings along itself.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// The files of its folder `theme/`, by their path in it.
    pub files: BTreeMap<String, String>,
    /// Its fonts, WOFF2 files, by their name without the ending.
    pub fonts: BTreeMap<String, Vec<u8>>,
}

/// The few choices of a theme: its file `theme.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// For a site's own theme: the theme whose files it takes where it has none; `none`: only what all
    /// themes share.
    base: Option<String>,
    /// The faces of headings, if `[look]` names none.
    headings: Option<String>,
    /// The faces of text, likewise.
    text: Option<String>,
    /// The ground in light.
    ground: Option<String>,
    /// The ground in the dark.
    ground_dark: Option<String>,
}

/// A script of the pages; each is one file, made of parts that a theme may override one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientScript {
    /// Search and facets.
    Search,
    /// The buyer's list on every page: how many are on it, and adding to it.
    List,
    /// The page of the list.
    Order,
    /// Codes to pay with.
    Code,
    /// The tags of an edition: what is known of one, and comparing check codes.
    Tags,
    /// The page where records and numbers are checked; the verifier itself goes before it, and is no theme's.
    Verify,
}

impl ClientScript {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Search, Self::List, Self::Order, Self::Code, Self::Tags, Self::Verify];

    /// Its parts in the folder `themes/`, in the order in which they run.
    fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Search => {
                &["script/number.js", "script/words.js", "script/search.js", "script/finder.js"]
            }
            Self::List => &["script/number.js", "script/list.js"],
            Self::Order => &["script/money.js", "script/order.js"],
            Self::Code => &["script/vendor/qrcode.js", "script/code.js"],
            Self::Tags => &["script/vendor/pbkdf2.js", "script/tags.js"],
            Self::Verify => &["script/brand.js", "script/carried.js", "script/verify.js"],
        }
    }
}

/// A theme, ready for use.
pub struct Theme {
    tera: tera::Tera,
    files: BTreeMap<String, String>,
    has_own_templates: bool,
    fonts: BTreeMap<String, Vec<u8>>,
    headings: Typeface,
    text: Typeface,
    grounds: [Rgb; 2],
}

impl fmt::Debug for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Theme").finish_non_exhaustive()
    }
}

/// What a theme says of itself.
const MANIFEST: &str = "theme.toml";

/// A file of the theme that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeError {
    /// What is wrong, in a sentence.
    message: String,
    place: Option<ThemePlace>,
}

/// Where in a theme something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemePlace {
    /// The file, by its path in the folder `theme`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The bytes of the file.
    pub bytes: Range<usize>,
}

impl ThemeError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None }
    }

    fn at(file: &str, text: &str, bytes: Range<usize>, message: impl Into<String>) -> Self {
        let line = 1 + text.get(..bytes.start).unwrap_or_default().matches('\n').count();
        let place = ThemePlace { file: file.to_owned(), line, bytes };
        Self { message: message.into(), place: Some(place) }
    }

    /// For a value of the site's own `theme.toml`.
    fn in_manifest(own: &Own, value: &str, message: String) -> Self {
        let text = own.files.get(MANIFEST).map_or("", String::as_str);
        let quoted = format!("\"{value}\"");
        match text.find(&quoted) {
            Some(at) => Self::at(MANIFEST, text, at..at + quoted.len(), message),
            None => Self::new(format!("theme/{MANIFEST}: {message}")),
        }
    }

    fn of_template(error: &tera::Error) -> Self {
        let (tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report)) =
            error.kind()
        else {
            return Self::new(one_line(&error.to_string()));
        };
        let span = report.span();
        Self {
            message: one_line(report.message()),
            place: Some(ThemePlace {
                file: report.filename().to_owned(),
                line: span.start_line,
                bytes: span.range.clone(),
            }),
        }
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is wrong, if it is at a place.
    #[must_use]
    pub fn place(&self) -> Option<&ThemePlace> {
        self.place.as_ref()
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ThemePlace { file, line, .. }) = &self.place {
            write!(f, "theme/{file}, line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ThemeError {}

/// What the style sheet needs to know of a shop.
#[derive(Clone, Debug)]
pub struct Style {
    /// The style sheet.
    pub css: String,
    /// What pages need besides on which things are searched or narrowed down, before it.
    pub finder_css: String,
    /// What the page of the buyer's list needs besides, before it.
    pub list_css: String,
    /// What the page where things are checked needs besides, before it.
    pub verify_css: String,
    /// The style sheet of a record page, which stands alone.
    pub record_css: String,
    /// The picture for the browser's tab.
    pub icon_svg: String,
    /// The woven edge, for what is drawn elsewhere.
    pub edge: Edge,
    /// Its appearances, as `color-scheme` names them: `light`, `dark`, or `light dark` as the device wishes.
    pub scheme: &'static str,
    /// Grounds of the page, light and dark.
    pub grounds: [String; 2],
    /// The fonts that the style sheet names.
    pub fonts: Vec<FontFile>,
}

/// A font as it is published, beside the style sheet.
#[derive(Clone, Debug)]
pub struct FontFile {
    /// The file's name, after its content.
    pub name: String,
    /// The bytes, WOFF2.
    pub bytes: Cow<'static, [u8]>,
    /// Whether it is needed to show the first lines of a page in this language.
    first_in: First,
}

/// The pages that need a font at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// All.
    All,
    /// Those in a language that is written in Latin letters.
    Latin,
    /// Those in Vietnamese.
    Vietnamese,
    /// None: it is loaded for the character that needs it.
    Never,
}

impl FontFile {
    fn new(bytes: impl Into<Cow<'static, [u8]>>, first_in: First) -> Self {
        let bytes = bytes.into();
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let name = format!("{}.woff2", data_encoding::HEXLOWER.encode(&digest[..6]));
        Self { name, bytes, first_in }
    }

    /// Whether pages in a language ask for it before the style sheet does, so that no text changes its
    /// shape while it is read.
    #[must_use]
    pub fn is_first_in(&self, locale: &Locale) -> bool {
        match self.first_in {
            First::All => true,
            First::Never => false,
            First::Latin => Script::of(locale).is_none(),
            First::Vietnamese => locale.language() == "vi",
        }
    }
}

impl Theme {
    /// Everything that is wrong in the site's own files, where [`Theme::load`] tells the first.
    #[must_use]
    pub fn faults(name: Option<ThemeName>, own: &Own) -> Vec<ThemeError> {
        let Err(first) = Self::load(name, own) else { return Vec::new() };
        let is_usable = |text: &&String| manifest(text).is_ok();
        let chosen = own.files.get(MANIFEST).filter(is_usable);
        let of_file = |(file, text): (&String, &String)| {
            let chosen = chosen.map(|text| (MANIFEST.to_owned(), text.clone()));
            let mut alone = Own { files: chosen.into_iter().collect(), fonts: own.fonts.clone() };
            alone.files.insert(file.clone(), text.clone());
            let error = Self::load(name, &alone).err()?;
            error.place.as_ref().is_some_and(|place| place.file == *file).then_some(error)
        };
        let mut found: Vec<ThemeError> = own.files.iter().filter_map(of_file).collect();
        // It may be wrong only beside the others.
        if !found.contains(&first) {
            found.push(first);
        }
        found
    }

    /// A built-in theme (none: the one that the site's own theme is based on, else Daylight), with the
    /// site's own files in place of those of the same name, for example `product.html`, `style.css` or
    /// `words/es.toml`.
    ///
    /// # Errors
    /// Names the file that is wrong, and where.
    pub fn load(name: Option<ThemeName>, own: &Own) -> Result<Self, ThemeError> {
        let chosen = own.files.get(MANIFEST).map(|text| manifest(text));
        let chosen = chosen.transpose()?.unwrap_or_default();
        let base = match (name, chosen.base.as_deref()) {
            (Some(name), _) => Some(name),
            (None, None) => Some(ThemeName::default()),
            (None, Some("none")) => None,
            (None, Some(base)) => Some(based_on(base, own)?),
        };
        let theme = match base {
            Some(ThemeName::Daylight) => DAYLIGHT,
            Some(ThemeName::Hearth) => HEARTH,
            None => &[],
        };
        let built_in = SHARED.iter().chain(SCRIPTS).chain(theme);
        let mut files: BTreeMap<String, String> =
            built_in.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let usual = files.get(MANIFEST).map(|text| manifest(text)).transpose()?;
        let usual = usual.unwrap_or_default();
        files.extend(own.files.iter().map(|(name, text)| (name.clone(), text.clone())));
        if let Some(missing) = TEMPLATES.iter().find(|name| !files.contains_key(**name)) {
            return Err(ThemeError::new(format!(
                "the folder theme has no {missing}; write one, or take those of a theme that comes along: base = \"daylight\" in theme/theme.toml"
            )));
        }
        let mut tera = tera::Tera::new();
        tera.register_filter("phrase", filter::phrase);
        let templates = files.iter().filter(|(name, _)| name.ends_with(".html"));
        tera.add_raw_templates(templates.map(|(name, text)| (name.as_str(), text.as_str())))
            .map_err(|error| ThemeError::of_template(&error))?;
        for (name, text) in &files {
            if let Some(tag) = name.strip_prefix("words/").and_then(|n| n.strip_suffix(".toml")) {
                Words::load(tag, Some(text))
                    .map_err(|error| ThemeError::at(name, text, error.at.clone(), error.message))?;
            }
        }
        let face = |chosen: Option<&String>, usual: Option<&String>, field: &str, default| {
            chosen.or(usual).map_or(Ok(default), |name| face(name, field, own))
        };
        let ground = |chosen: Option<&String>, usual: Option<&String>, default: Rgb| {
            chosen.or(usual).map_or(Ok(default), |hex| {
                Rgb::parse(hex).ok_or_else(|| {
                    let words = format!("\"{hex}\" is not a colour; write for example \"#fbfaf8\"");
                    ThemeError::in_manifest(own, hex, words)
                })
            })
        };
        Ok(Self {
            headings: face(
                chosen.headings.as_ref(),
                usual.headings.as_ref(),
                "headings",
                Typeface::Serif,
            )?,
            text: face(chosen.text.as_ref(), usual.text.as_ref(), "text", Typeface::Sans)?,
            grounds: [
                ground(chosen.ground.as_ref(), usual.ground.as_ref(), colour::WHITE)?,
                ground(
                    chosen.ground_dark.as_ref(),
                    usual.ground_dark.as_ref(),
                    Rgb(0x17, 0x16, 0x15),
                )?,
            ],
            tera,
            files,
            has_own_templates: own.files.keys().any(|name| name.ends_with(".html")),
            fonts: own.fonts.clone(),
        })
    }

    /// The words of the interface in a language.
    #[must_use]
    pub fn words(&self, tag: &str) -> Words {
        let own = self.files.get(&format!("words/{tag}.toml"));
        Words::load(tag, own.map(String::as_str))
            .expect("own words were read when the theme was loaded")
    }

    /// Whether some of its templates are the site's own.
    #[must_use]
    pub fn has_own_templates(&self) -> bool {
        self.has_own_templates
    }

    /// The fonts of the site and of its own theme, WOFF2 files.
    pub fn own_fonts(&self) -> impl Iterator<Item = &[u8]> {
        self.fonts.values().map(Vec::as_slice)
    }

    /// The style of a shop from its name and look, its languages, and the scripts with a font of ours
    /// that its texts use.
    #[must_use]
    pub fn style(
        &self,
        name: &str,
        look: &Look,
        locales: &[Locale],
        scripts: &[&'static Script],
    ) -> Style {
        let rgb = |hex: &Option<String>| hex.as_deref().and_then(Rgb::parse);
        let accent = rgb(&look.accent).unwrap_or_else(|| accent_of(name));
        let own_grounds = rgb(&look.ground).map(Palette::grounds_from);
        let is_always_dark = own_grounds.is_some_and(|grounds| grounds[0] == grounds[1]);
        let palettes = Palette::both(Colours {
            accent,
            grounds: own_grounds.unwrap_or(self.grounds),
            second: rgb(&look.second),
        });
        let [light, dark] = &palettes;
        let edge = Edge::new(name, look, accent);
        let (scheme, first, other) = match look.scheme {
            _ if is_always_dark => ("dark", dark, None),
            Scheme::Dark => ("dark", dark, None),
            Scheme::Light => ("light", light, None),
            Scheme::Auto => ("light dark", light, Some(dark)),
        };
        let faces = typeface::Faces {
            headings: look.headings.as_ref().unwrap_or(&self.headings),
            text: look.text.as_ref().unwrap_or(&self.text),
        };
        let mut values = format!(
            ":root{{color-scheme:{scheme};--edge:{};--edge-across:{};{}}}",
            data_url(&edge.tile_svg()),
            data_url(&edge.tile_across_svg()),
            colour_values(first),
        );
        if let Some(other) = other {
            let _ = write!(
                values,
                "@media(prefers-color-scheme:dark){{:root{{{}}}}}",
                colour_values(other)
            );
        }
        values.push_str(&faces.css(locales));
        let (font_css, fonts) = typeface::fonts(faces, &self.fonts, scripts);
        let file = |name: &str| squeeze(self.files.get(name).map_or("", String::as_str));
        let sheets = ["common.css", "find.css", "order.css", "style.css", "extra.css", "print.css"]
            .map(file)
            .concat();
        let shown = |palette: &Palette| palette.ground.hex();
        Style {
            css: format!("{font_css}{values}{sheets}{}", grounds_css()),
            finder_css: file("finder.css"),
            list_css: file("list.css"),
            verify_css: file("verify.css"),
            record_css: format!("{values}{}", file("record.css")),
            icon_svg: edge.icon_svg(),
            edge,
            scheme,
            grounds: [shown(first), shown(other.unwrap_or(first))],
            fonts,
        }
    }

    /// A script as it is published: its parts one after the other, without comments of whole lines.
    #[must_use]
    pub fn script(&self, script: ClientScript) -> String {
        let parts = script.parts().iter().filter_map(|part| self.files.get(*part));
        parts.map(|text| squeeze_script(text)).collect()
    }

    /// Whether it has a file, such as `foot.html`.
    #[must_use]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Makes a page from a template. `room` is how many bytes it has about, so that it is not moved while it grows.
    ///
    /// # Errors
    /// If a template uses what is not there; names the template and the place.
    pub(crate) fn render(
        &self,
        template: &str,
        context: &tera::Context,
        room: usize,
    ) -> Result<String, ThemeError> {
        let mut out = Vec::with_capacity(room);
        self.tera
            .render_to(template, context, &mut out)
            .map_err(|error| ThemeError::of_template(&error))?;
        String::from_utf8(out).map_err(|error| ThemeError::new(format!("{template}: {error}")))
    }
}

fn manifest(text: &str) -> Result<Manifest, ThemeError> {
    toml::from_str(text).map_err(|error| {
        ThemeError::at(MANIFEST, text, error.span().unwrap_or_default(), error.message())
    })
}

fn based_on(base: &str, own: &Own) -> Result<ThemeName, ThemeError> {
    let found = ThemeName::ALL.iter().find(|(_, name)| *name == base).map(|(theme, _)| *theme);
    found.ok_or_else(|| {
        let names = ThemeName::ALL.map(|(_, name)| name);
        let near = nearest(base, names)
            .map_or_else(String::new, |near| format!(": did you mean \"{near}\"?"));
        let words = format!(
            "there is no theme called \"{base}\"{near} Known are {}, and \"none\"",
            names.join(", ")
        );
        ThemeError::in_manifest(own, base, words)
    })
}

fn face(name: &str, field: &str, own: &Own) -> Result<Typeface, ThemeError> {
    if own.fonts.contains_key(name) {
        return Ok(Typeface::Own(name.to_owned()));
    }
    Typeface::built_in(name).ok_or_else(|| {
        let known: Vec<&str> = Typeface::BUILT_IN.iter().map(|(_, name)| *name).collect();
        let words = format!(
            "{field} cannot be \"{name}\"; it is one of {}, or the name of a font in fonts/ or theme/fonts/",
            known.join(", ")
        );
        ThemeError::in_manifest(own, name, words)
    })
}

/// A calm colour from a name, for a shop that chose none.
fn accent_of(name: &str) -> Rgb {
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    Rgb::from_hsl(f64::from(digest[31]) * 360.0 / 256.0, 0.42, 0.34)
}

fn colour_values(palette: &Palette) -> String {
    const AMBER: Rgb = Rgb(0xb2, 0x6b, 0x00);
    const BRICK: Rgb = Rgb(0xa8, 0x37, 0x2b);
    let all = [
        ("ground", palette.ground),
        ("raised", palette.raised),
        ("line", palette.line),
        ("field", palette.edge),
        ("ink", palette.ink),
        ("quiet", palette.quiet),
        ("accent", palette.accent),
        ("on-accent", palette.on_accent),
        ("accent-strong", palette.accent_strong),
        ("second", palette.second),
        ("on-second", palette.on_second),
        ("quiet-on-second", palette.quiet_on_second),
        ("accent-on-second", palette.accent_on_second),
        ("warn", AMBER.readable_on(palette.ground, colour::SHAPE_CONTRAST)),
        ("stop", BRICK.readable_on(palette.ground, colour::SHAPE_CONTRAST)),
    ];
    let mut out = String::new();
    for (at, (name, colour)) in all.iter().enumerate() {
        let _ = write!(out, "{}--{name}:{}", if at > 0 { ";" } else { "" }, colour.hex());
    }
    out
}

fn data_url(svg: &str) -> String {
    let escaped =
        svg.replace('%', "%25").replace('#', "%23").replace('<', "%3C").replace('>', "%3E");
    format!("url(\"data:image/svg+xml,{escaped}\")")
}

/// Takes comments and white space that says nothing out of a style sheet.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find("*/").map_or("", |end| &rest[at + end + 2..]);
    }
    out.push_str(rest);
    let joined = out.lines().map(str::trim).filter(|line| !line.is_empty()).fold(
        String::new(),
        |mut all, line| {
            // A line that goes on (a list of selectors or values) needs its space.
            if all.ends_with(|c: char| !"{};,".contains(c)) && !all.is_empty() {
                all.push(' ');
            }
            all.push_str(line);
            all
        },
    );
    // Between quotes every space counts; beside these signs none does.
    let mut lean = String::with_capacity(joined.len());
    let (mut quote, mut is_escaped) = (None, false);
    for c in joined.chars() {
        if quote.is_none() {
            if c == ' ' && lean.ends_with(['{', '}', ';', ',', ':']) {
                continue;
            }
            let end = lean.trim_end_matches(' ');
            if "{};,".contains(c) && !end.ends_with('\\') {
                lean.truncate(end.len());
            }
        }
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && (c == '"' || c == '\'') {
            quote = Some(c);
        }
        lean.push(c);
    }
    lean
}

/// Takes lines that are comments and the white space of indentation out of a script; `/*!` names a licence and stays. The scripts have no
/// text that goes over several lines.
fn squeeze_script(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let kept = lines.filter(|line| {
        !line.is_empty()
            && (line.starts_with("/*!")
                || !["//", "/*", "*"].iter().any(|sign| line.starts_with(sign)))
    });
    kept.flat_map(|line| [line, "\n"]).collect()
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
    let light = nearest_level(&LIGHTS, (red + 2 * green + blue) / 4);
    let warmth = nearest_level(&WARMTHS, red - blue);
    format!("p{light}{warmth}")
}

fn nearest_level(levels: &[i16], value: i16) -> usize {
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
        assert_eq!(squeeze(css), ".a,.b{margin:0 1px;}.c{x:y}");
        // What stands between quotes, around operators and in selectors keeps its space.
        let css = ".a :is(b, c) > d\\ { content: ' ; \\' , \"' \"{ : }\"; width: calc(1px + 2px) !important }";
        let lean =
            ".a :is(b,c) > d\\ {content:' ; \\' , \"' \"{ : }\";width:calc(1px + 2px) !important}";
        assert_eq!(squeeze(css), lean);
        assert_eq!(squeeze(lean), lean);
    }

    #[test]
    fn a_file_of_the_site_replaces_one_of_the_theme() {
        let own = |name: &str, text: &str| Own {
            files: BTreeMap::from([(name.to_owned(), text.to_owned())]),
            ..Own::default()
        };
        let theme = Theme::load(None, &own("missing.html", "{{ w.home }} <b>")).expect("a theme");
        let mut context = tera::Context::new();
        context.insert_value("w", theme.words("en").value().clone());
        assert_eq!(theme.render("missing.html", &context, 0).expect("a page"), "Home <b>");
        let broken = own("missing.html", "{% if %}");
        let error = Theme::load(None, &broken).expect_err("no theme").to_string();
        assert!(error.starts_with("theme/missing.html, line 1: "), "{error}");
        let mut several = own("missing.html", "{% if %}");
        several.files.insert("home.html".to_owned(), "\n{% endblock %}".to_owned());
        several.files.insert("words/pl.toml".to_owned(), "home = 3".to_owned());
        let all = Theme::faults(None, &several);
        let places: Vec<_> = all.iter().filter_map(ThemeError::place).collect();
        let places: Vec<_> = places.iter().map(|place| (place.file.as_str(), place.line)).collect();
        assert_eq!(places, [("home.html", 2), ("missing.html", 1), ("words/pl.toml", 1)]);
        assert_eq!(Theme::faults(None, &own("missing.html", "fine")), []);
        for (manifest, expected) in [
            ("base = \"harth\"", "did you mean \"hearth\"?"),
            ("base = \"none\"", "the folder theme has no home.html"),
            ("\nbasis = \"hearth\"", "theme/theme.toml, line 2"),
            ("headings = \"comic\"", "headings cannot be \"comic\""),
            ("ground = \"red\"", "theme/theme.toml, line 1: \"red\" is not a colour"),
        ] {
            let error = Theme::load(None, &own("theme.toml", manifest)).expect_err("no theme");
            assert!(error.to_string().contains(expected), "{manifest}: {error}");
        }
        let based = Theme::load(None, &own("theme.toml", "base = \"hearth\"")).expect("a theme");
        assert_eq!(based.headings, Typeface::Fraunces);
        let chosen = own("theme.toml", "base = \"none\"");
        assert!(Theme::load(Some(ThemeName::Hearth), &chosen).is_ok(), "site.toml decides");
    }

    fn style(look: &Look, locales: &[&str], texts: &[&str]) -> Style {
        let theme = Theme::load(None, &Own::default()).expect("a theme");
        let locales: Vec<Locale> = locales.iter().map(|tag| tag.parse().expect("a tag")).collect();
        let scripts = script::with_font(&locales, texts.iter().copied());
        theme.style("Shop", look, &locales, &scripts)
    }

    #[test]
    fn a_shop_in_latin_letters_pays_nothing_for_other_scripts() {
        let plain = style(&Look::default(), &["en", "es"], &[]);
        assert!(!plain.css.contains("@font-face") && !plain.css.contains(":lang(es)"));
        assert_eq!(plain.fonts.len(), 0);
        let cherokee = style(&Look::default(), &["en", "chr"], &[]);
        assert!(cherokee.css.contains("unicode-range:U+13A0-13FF,U+AB70-ABBF"));
        assert!(cherokee.css.contains(":lang(chr){--display:"));
        assert_eq!(cherokee.fonts.len(), 1);
        assert!(cherokee.css.contains(&cherokee.fonts[0].name));
    }

    #[test]
    fn the_scheme_is_the_maker_s_to_choose() {
        let of = |scheme, ground: Option<&str>| {
            let look = Look { scheme, ground: ground.map(str::to_owned), ..Look::default() };
            style(&look, &["en"], &[]).css
        };
        assert!(of(Scheme::Auto, None).contains("color-scheme:light dark"));
        assert!(of(Scheme::Auto, None).contains("@media(prefers-color-scheme:dark)"));
        for (scheme, ground) in
            [(Scheme::Light, None), (Scheme::Dark, None), (Scheme::Auto, Some("#201812"))]
        {
            assert!(!of(scheme, ground).contains("prefers-color-scheme"), "{scheme:?} {ground:?}");
        }
        assert!(of(Scheme::Auto, Some("#201812")).contains("color-scheme:dark;"));
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
