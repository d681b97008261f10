//! Faces of headings and text as a style sheet names them, and the fonts that have to be loaded for it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::script::Script;
use super::{First, FontFile};
use crate::model::{Locale, Typeface};

/// What headings and text are set in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faces<'a> {
    pub(super) headings: &'a Typeface,
    pub(super) text: &'a Typeface,
}

const SERIF: &str = "\"Iowan Old Style\",\"Palatino Linotype\",Palatino,\"URW Palladio L\",P052,\"Noto Serif\",Georgia,serif";
/// Faces that lack the marks of Vietnamese would borrow them letter by letter.
const SERIF_WITH_MARKS: &str = "\"Palatino Linotype\",\"Noto Serif\",\"Times New Roman\",serif";
const SANS: &str =
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Ubuntu,Cantarell,sans-serif";
const HUMANIST: &str = "Optima,Candara,\"Gill Sans Nova\",\"Noto Sans\",\"DejaVu Sans\",sans-serif";
const SLAB: &str =
    "Rockwell,\"Rockwell Nova\",\"Roboto Slab\",\"Noto Serif\",\"DejaVu Serif\",serif";

/// The display face that comes with the program, in parts: bytes, characters, and who needs it first.
const FRAUNCES: [(&[u8], &str, First); 3] = [
    (
        include_bytes!("../../themes/fonts/fraunces-latin.woff2"),
        "U+0-FF,U+131,U+152-153,U+2BB-2BC,U+2C6,U+2DA,U+2DC,U+2000-206F,U+20AC,U+2122,U+2212",
        First::Latin,
    ),
    (
        include_bytes!("../../themes/fonts/fraunces-latin-ext.woff2"),
        "U+100-101,U+104-10F,U+112-127,U+12A-130,U+132-151,U+154-167,U+16A-19F,U+1A2-1AE,U+1B1-24F,U+1E00-1E9F",
        First::Never,
    ),
    (
        include_bytes!("../../themes/fonts/fraunces-vietnamese.woff2"),
        "U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+300-301,U+303,U+309,U+323,U+1EA0-1EF9,U+20AB",
        First::Vietnamese,
    ),
];

impl Faces<'_> {
    /// The custom properties `--display` and `--text`, and how each language of the site that needs it
    /// is set. A site in Latin letters alone gets one rule.
    pub(super) fn css(self, locales: &[Locale]) -> String {
        const USUAL: &str =
            "--leading:1.6;--heading-leading:1.14;--track:1;--slant:italic;--drop:inline-start";
        let stacks = |script: Option<&Script>, has_marks: bool| {
            let stack = |face| stack(face, script, has_marks);
            format!("--display:{};--text:{}", stack(self.headings), stack(self.text))
        };
        let mut out = format!(":root{{{};{USUAL}}}", stacks(None, false));
        let needs_rule = |locale: &Locale| Script::of(locale).is_some() || has_marks(locale);
        if locales.iter().any(needs_rule) {
            for locale in locales {
                let script = Script::of(locale);
                let setting = script.map_or_else(|| USUAL.to_owned(), Script::setting);
                let stacks = stacks(script, has_marks(locale));
                let _ = write!(out, ":lang({}){{{stacks};{setting}}}", locale.tag());
            }
        }
        out
    }
}

fn has_marks(locale: &Locale) -> bool {
    locale.language() == "vi"
}

fn stack(face: &Typeface, script: Option<&Script>, has_marks: bool) -> String {
    let own = match face {
        Typeface::Own(name) => format!("\"{name}\","),
        Typeface::Fraunces => "selvedge-fraunces,".to_owned(),
        _ => String::new(),
    };
    let has_serifs = matches!(face, Typeface::Serif | Typeface::Slab | Typeface::Fraunces);
    let rest = match (script, face) {
        (Some(script), _) => script.stack(has_serifs),
        (None, Typeface::Serif | Typeface::Fraunces) if has_marks => SERIF_WITH_MARKS.to_owned(),
        (None, Typeface::Serif | Typeface::Fraunces) => SERIF.to_owned(),
        (None, Typeface::Sans | Typeface::Own(_)) => SANS.to_owned(),
        (None, Typeface::Humanist) => HUMANIST.to_owned(),
        (None, Typeface::Slab) => SLAB.to_owned(),
    };
    own + &rest
}

/// The rules that name fonts, and the fonts: those that the faces need, those of the site, and those for
/// the scripts of its texts.
pub(super) fn fonts(
    faces: Faces<'_>,
    own: &BTreeMap<String, Vec<u8>>,
    scripts: &[&'static Script],
) -> (String, Vec<FontFile>) {
    let mut css = String::new();
    let mut files = Vec::new();
    let is_used = |face: &Typeface| faces.headings == face || faces.text == face;
    let mut add = |rule: String, file: FontFile| {
        let _ = write!(css, "@font-face{{src:url({}) format(\"woff2\");{rule}}}", file.name);
        if !files.iter().any(|known: &FontFile| known.name == file.name) {
            files.push(file);
        }
    };
    if is_used(&Typeface::Fraunces) {
        for (bytes, range, first) in FRAUNCES {
            // A page asks for it with its first bytes. What comes too late is for the next page: no
            // heading changes its width while it is read.
            let rule = format!(
                "font-family:selvedge-fraunces;font-weight:400 700;font-display:optional;unicode-range:{range}"
            );
            add(rule, FontFile::new(bytes, first));
        }
    }
    for (name, bytes) in own {
        // `brand-bold-italic.woff2` is the bold italic of `brand`.
        let (stem, is_italic) = cut(name, "-italic");
        let (family, is_bold) = cut(stem, "-bold");
        let weight = if is_bold { "700" } else { "400 600" };
        let style = if is_italic { ";font-style:italic" } else { "" };
        let face = Typeface::Own(family.to_owned());
        let first = if is_used(&face) && family == name { First::All } else { First::Never };
        let rule =
            format!("font-family:\"{family}\";font-weight:{weight}{style};font-display:swap");
        add(rule, FontFile::new(bytes.clone(), first));
    }
    for script in scripts {
        if let (Some(family), Some(bytes)) = (script.family(), script.font()) {
            let range = script.unicode_range();
            // Without it there are only empty boxes, so it is shown whenever it comes.
            let rule = format!("font-family:{family};font-display:swap;unicode-range:{range}");
            add(rule, FontFile::new(bytes, First::Never));
        }
    }
    (css, files)
}

fn cut<'a>(name: &'a str, ending: &str) -> (&'a str, bool) {
    name.strip_suffix(ending).map_or((name, false), |stem| (stem, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_of_the_site_has_its_name_weight_and_slope() {
        let own: BTreeMap<String, Vec<u8>> =
            ["brand", "brand-bold", "brand-bold-italic"].map(|n| (n.to_owned(), n.into())).into();
        let brand = Typeface::Own("brand".to_owned());
        let faces = Faces { headings: &brand, text: &Typeface::Sans };
        let (css, files) = fonts(faces, &own, &[]);
        assert!(css.contains("font-family:\"brand\";font-weight:400 600;font-display"), "{css}");
        assert!(css.contains("font-family:\"brand\";font-weight:700;font-style:italic"), "{css}");
        let english: Locale = "en".parse().expect("a tag");
        let first: Vec<bool> = files.iter().map(|file| file.is_first_in(&english)).collect();
        assert_eq!(first, [true, false, false]);
        assert!(faces.css(&[]).starts_with(":root{--display:\"brand\",system-ui"));
    }

    #[test]
    fn each_page_asks_first_for_the_letters_of_its_language() {
        let faces = Faces { headings: &Typeface::Fraunces, text: &Typeface::Serif };
        let (_, files) = fonts(faces, &BTreeMap::new(), &[]);
        for (tag, expected) in [("en", 1), ("vi", 2), ("ar", 0), ("chr", 0)] {
            let locale: Locale = tag.parse().expect("a tag");
            let count = files.iter().filter(|file| file.is_first_in(&locale)).count();
            assert_eq!(count, expected, "{tag}");
        }
    }

    #[test]
    fn languages_get_rules_only_where_one_needs_them() {
        let faces = Faces { headings: &Typeface::Serif, text: &Typeface::Sans };
        let of = |tags: &[&str]| {
            let all: Vec<Locale> = tags.iter().map(|tag| tag.parse().expect("a tag")).collect();
            faces.css(&all)
        };
        assert!(!of(&["en", "fr"]).contains(":lang"));
        let mixed = of(&["ar", "en"]);
        assert!(mixed.contains(":lang(ar){--display:\"Noto Naskh Arabic\""), "{mixed}");
        assert!(mixed.contains(":lang(en){--display:\"Iowan Old Style\""), "{mixed}");
        assert!(of(&["vi"]).contains(":lang(vi){--display:\"Palatino Linotype\",\"Noto Serif\""));
    }
}
