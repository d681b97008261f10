//! How each script is set: faces that devices have, room between the lines, and the fonts that come
//! with the program for scripts that many devices lack.
//!
//! Faces of the device come first in every stack. A browser loads a font of ours only for a character
//! that none of those before it has, and `unicode-range` keeps it from asking for anything else.
//! Which script a language is written in follows CLDR's likely subtags.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::Locale;

/// A script and how it is set.
#[derive(Debug)]
pub struct Script {
    /// ISO 15924 code.
    pub code: &'static str,
    /// Languages that are written in it if their tag names no script.
    languages: &'static [&'static str],
    /// Faces without serifs, after the device's own.
    sans: &'static str,
    /// Faces with serifs, or what stands for them in that script.
    serif: &'static str,
    /// Line height of text, in hundredths.
    leading: u16,
    /// Line height of headings, in hundredths.
    heading_leading: u16,
    /// First and last characters of its blocks; only for scripts with a font of ours.
    pub ranges: &'static [(u32, u32)],
    /// Name and bytes of the font that comes along, a WOFF2 file.
    pub font: Option<(&'static str, &'static [u8])>,
}

macro_rules! script {
    ($code:literal, $languages:expr, $sans:literal, $serif:literal, $leading:literal, $heading:literal) => {
        Script {
            code: $code,
            languages: &$languages,
            sans: $sans,
            serif: $serif,
            leading: $leading,
            heading_leading: $heading,
            ranges: &[],
            font: None,
        }
    };
    ($code:literal, $languages:expr, $sans:literal, $serif:literal, $leading:literal, $heading:literal, $ranges:expr, $font:literal) => {
        Script {
            code: $code,
            languages: &$languages,
            sans: $sans,
            serif: $serif,
            leading: $leading,
            heading_leading: $heading,
            ranges: &$ranges,
            font: Some(($font, include_bytes!(concat!("../../themes/fonts/", $font, ".woff2")))),
        }
    };
}

/// Scripts that need other faces, other room, or a font. Latin, Greek and Cyrillic need none of it.
#[rustfmt::skip]
pub static SCRIPTS: &[Script] = &[
    script!("Arab", ["ar", "ckb", "fa", "ps", "sd", "ug"],
        "\"SF Arabic\",\"Geeza Pro\",\"Noto Sans Arabic\",\"Noto Naskh Arabic\"",
        "\"Noto Naskh Arabic\",\"Geeza Pro\",\"Traditional Arabic\",\"Sakkal Majalla\"", 180, 145),
    script!("Aran", ["ks", "ur"],
        "\"Noto Nastaliq Urdu\",\"Urdu Typesetting\",\"Geeza Pro\",\"Noto Naskh Arabic\"",
        "\"Noto Nastaliq Urdu\",\"Urdu Typesetting\",\"Geeza Pro\",\"Noto Naskh Arabic\"", 210, 190),
    script!("Hebr", ["he", "yi"],
        "\"Arial Hebrew\",\"Noto Sans Hebrew\"",
        "\"Noto Serif Hebrew\",\"New Peninim MT\",\"Frank Ruehl CLM\",David", 165, 130),
    script!("Thaa", ["dv"], "\"MV Boli\",\"Noto Sans Thaana\"", "\"MV Boli\",\"Noto Sans Thaana\"", 180, 150),
    script!("Deva", ["bho", "brx", "doi", "hi", "kok", "mai", "mr", "ne", "sa"],
        "\"Kohinoor Devanagari\",\"Nirmala UI\",\"Noto Sans Devanagari\"",
        "\"Noto Serif Devanagari\",\"ITF Devanagari\",\"Kohinoor Devanagari\",\"Nirmala UI\"", 175, 140),
    script!("Beng", ["as", "bn", "mni"],
        "\"Kohinoor Bangla\",\"Nirmala UI\",\"Noto Sans Bengali\"",
        "\"Noto Serif Bengali\",\"Bangla MN\",\"Nirmala UI\"", 175, 140),
    script!("Gujr", ["gu"], "\"Kohinoor Gujarati\",\"Nirmala UI\",\"Noto Sans Gujarati\"",
        "\"Noto Serif Gujarati\",\"Gujarati MT\",\"Nirmala UI\"", 170, 140),
    script!("Guru", ["pa"], "\"Gurmukhi MN\",\"Nirmala UI\",\"Noto Sans Gurmukhi\"",
        "\"Noto Serif Gurmukhi\",\"Gurmukhi MN\",\"Nirmala UI\"", 170, 140),
    script!("Orya", ["or"], "\"Oriya MN\",\"Nirmala UI\",\"Noto Sans Oriya\"",
        "\"Noto Serif Oriya\",\"Oriya MN\",\"Nirmala UI\"", 170, 140),
    script!("Taml", ["ta"], "\"Tamil MN\",\"Nirmala UI\",\"Noto Sans Tamil\"",
        "\"Noto Serif Tamil\",\"Tamil MN\",\"Nirmala UI\"", 170, 140),
    script!("Telu", ["te"], "\"Kohinoor Telugu\",\"Nirmala UI\",\"Noto Sans Telugu\"",
        "\"Noto Serif Telugu\",\"Telugu MN\",\"Nirmala UI\"", 180, 150),
    script!("Knda", ["kn"], "\"Kannada MN\",\"Nirmala UI\",\"Noto Sans Kannada\"",
        "\"Noto Serif Kannada\",\"Kannada MN\",\"Nirmala UI\"", 180, 150),
    script!("Mlym", ["ml"], "\"Malayalam MN\",\"Nirmala UI\",\"Noto Sans Malayalam\"",
        "\"Noto Serif Malayalam\",\"Malayalam MN\",\"Nirmala UI\"", 175, 145),
    script!("Sinh", ["si"], "\"Sinhala MN\",\"Nirmala UI\",\"Noto Sans Sinhala\"",
        "\"Noto Serif Sinhala\",\"Sinhala MN\",\"Nirmala UI\"", 175, 145),
    script!("Thai", ["th"],
        "Thonburi,\"Leelawadee UI\",\"Noto Sans Thai\"",
        "\"Noto Serif Thai\",\"Noto Looped Thai\",Thonburi,\"Leelawadee UI\"", 175, 145),
    script!("Laoo", ["lo"], "\"Lao Sangam MN\",\"Leelawadee UI\",\"Noto Sans Lao\"",
        "\"Noto Serif Lao\",\"Lao MN\",\"Leelawadee UI\"", 175, 145),
    script!("Khmr", ["km"], "\"Khmer Sangam MN\",\"Leelawadee UI\",\"Noto Sans Khmer\"",
        "\"Noto Serif Khmer\",\"Khmer MN\",\"Leelawadee UI\"", 190, 160),
    script!("Mymr", ["mnw", "my", "shn"], "\"Myanmar Sangam MN\",\"Myanmar Text\",\"Noto Sans Myanmar\"",
        "\"Noto Serif Myanmar\",\"Myanmar MN\",\"Myanmar Text\"", 195, 165),
    script!("Tibt", ["bo", "dz"], "Kailasa,\"Microsoft Himalaya\",\"Noto Serif Tibetan\"",
        "\"Noto Serif Tibetan\",Kailasa,\"Microsoft Himalaya\"", 180, 150),
    script!("Ethi", ["am", "byn", "gez", "ti", "tig"],
        "Kefa,Ebrima,\"Noto Sans Ethiopic\"",
        "\"Noto Serif Ethiopic\",Kefa,Nyala,Ebrima", 175, 140),
    script!("Armn", ["hy"], "Mshtakan,\"Noto Sans Armenian\"", "\"Noto Serif Armenian\",Mshtakan,Sylfaen", 165, 125),
    script!("Geor", ["ka"], "Helvetica,\"Noto Sans Georgian\"", "\"Noto Serif Georgian\",Sylfaen", 165, 125),
    script!("Jpan", ["ja"],
        "\"Hiragino Sans\",\"Yu Gothic\",\"Noto Sans CJK JP\",\"Noto Sans JP\"",
        "\"Hiragino Mincho ProN\",\"Yu Mincho\",\"Noto Serif CJK JP\",\"Noto Serif JP\"", 180, 140),
    script!("Kore", ["ko"],
        "\"Apple SD Gothic Neo\",\"Malgun Gothic\",\"Noto Sans CJK KR\",\"Noto Sans KR\"",
        "AppleMyungjo,Batang,\"Noto Serif CJK KR\",\"Noto Serif KR\"", 175, 140),
    script!("Hant", ["yue", "zh-HK", "zh-MO", "zh-TW"],
        "\"PingFang TC\",\"Microsoft JhengHei\",\"Noto Sans CJK TC\",\"Noto Sans TC\"",
        "\"Songti TC\",PMingLiU,\"Noto Serif CJK TC\",\"Noto Serif TC\"", 175, 140),
    script!("Hans", ["zh"],
        "\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",\"Noto Sans SC\"",
        "\"Songti SC\",SimSun,\"Noto Serif CJK SC\",\"Noto Serif SC\"", 175, 140),
    script!("Adlm", [], "\"Noto Sans Adlam\"", "\"Noto Sans Adlam\"", 180, 150, [(0x1E900, 0x1E95F)], "adlam"),
    script!("Bali", [], "\"Noto Sans Balinese\"", "\"Noto Serif Balinese\"", 200, 170, [(0x1B00, 0x1B7F)], "balinese"),
    script!("Cans", ["cr", "crj", "crl", "csw", "iu", "nsk"],
        "\"Euphemia UCAS\",Gadugi,\"Noto Sans Canadian Aboriginal\"",
        "\"Euphemia UCAS\",Gadugi,\"Noto Sans Canadian Aboriginal\"", 170, 135,
        [(0x1400, 0x167F), (0x18B0, 0x18FF)], "syllabics"),
    script!("Cham", ["cjm"], "\"Noto Sans Cham\"", "\"Noto Sans Cham\"", 185, 155, [(0xAA00, 0xAA5F)], "cham"),
    script!("Cher", ["chr"],
        "\"Plantagenet Cherokee\",Gadugi,\"Noto Sans Cherokee\"",
        "\"Plantagenet Cherokee\",Gadugi,\"Noto Sans Cherokee\"", 170, 135,
        [(0x13A0, 0x13FF), (0xAB70, 0xABBF)], "cherokee"),
    script!("Java", [], "\"Noto Sans Javanese\",\"Javanese Text\"", "\"Noto Sans Javanese\",\"Javanese Text\"",
        205, 175, [(0xA980, 0xA9DF)], "javanese"),
    script!("Lisu", ["lis"], "\"Noto Sans Lisu\"", "\"Noto Sans Lisu\"", 170, 135, [(0xA4D0, 0xA4FF)], "lisu"),
    script!("Mtei", [], "\"Noto Sans Meetei Mayek\"", "\"Noto Sans Meetei Mayek\"", 180, 150,
        [(0xAAE0, 0xAAFF), (0xABC0, 0xABFF)], "meetei"),
    script!("Nkoo", ["nqo"], "Ebrima,\"Noto Sans NKo\"", "Ebrima,\"Noto Sans NKo\"", 180, 150,
        [(0x07C0, 0x07FF)], "nko"),
    script!("Olck", ["sat"], "\"Noto Sans Ol Chiki\",\"Nirmala UI\"", "\"Noto Sans Ol Chiki\",\"Nirmala UI\"",
        170, 140, [(0x1C50, 0x1C7F)], "olchiki"),
    script!("Osge", ["osa"], "Gadugi,\"Noto Sans Osage\"", "Gadugi,\"Noto Sans Osage\"", 170, 135,
        [(0x104B0, 0x104FF)], "osage"),
    script!("Sund", [], "\"Noto Sans Sundanese\"", "\"Noto Sans Sundanese\"", 185, 155,
        [(0x1B80, 0x1BBF), (0x1CC0, 0x1CCF)], "sundanese"),
    script!("Tavt", ["blt"], "\"Noto Sans Tai Viet\"", "\"Noto Sans Tai Viet\"", 185, 155, [(0xAA80, 0xAADF)], "taiviet"),
    script!("Tfng", ["shi", "zgh"], "Ebrima,\"Noto Sans Tifinagh\"", "Ebrima,\"Noto Sans Tifinagh\"", 170, 135,
        [(0x2D30, 0x2D7F)], "tifinagh"),
    script!("Vaii", ["vai"], "Ebrima,\"Noto Sans Vai\"", "Ebrima,\"Noto Sans Vai\"", 175, 140, [(0xA500, 0xA63F)], "vai"),
];

impl Script {
    /// The script that a language is written in, if it needs anything of its own: that of its tag,
    /// else the one that is usual for language and region, else for the language.
    #[must_use]
    pub fn of(locale: &Locale) -> Option<&'static Self> {
        let id = locale.id();
        if let Some(script) = id.script {
            let code = script.as_str();
            return SCRIPTS.iter().find(|known| known.code == code);
        }
        let with_region = id.region.map(|region| format!("{}-{region}", locale.language()));
        let is_of = |tag: &str| SCRIPTS.iter().find(|script| script.languages.contains(&tag));
        with_region.as_deref().and_then(is_of).or_else(|| is_of(locale.language()))
    }

    /// The family name of the font that comes along.
    #[must_use]
    pub fn family(&self) -> Option<String> {
        self.font.map(|(name, _)| format!("selvedge-{name}"))
    }

    /// The font that comes along: a WOFF2 file.
    #[must_use]
    pub fn font(&self) -> Option<&'static [u8]> {
        self.font.map(|(_, bytes)| bytes)
    }

    /// Its characters, as `unicode-range` wants them.
    #[must_use]
    pub fn unicode_range(&self) -> String {
        let mut out = String::new();
        for (at, (first, last)) in self.ranges.iter().enumerate() {
            let _ = write!(out, "{}U+{first:X}-{last:X}", if at > 0 { "," } else { "" });
        }
        out
    }

    /// Faces for text, the device's own first.
    #[must_use]
    pub fn stack(&self, has_serifs: bool) -> String {
        let own = self.family().map_or_else(String::new, |family| format!("{family},"));
        if has_serifs {
            format!("{},{own}serif", self.serif)
        } else {
            format!("system-ui,{},{own}sans-serif", self.sans)
        }
    }

    /// What else a language in this script needs: room, and none of the ways in which Latin is set apart
    /// (spaced letters and a large first one tear joined ones apart; slanted letters are no emphasis
    /// outside Latin, Greek and Cyrillic).
    #[must_use]
    pub fn setting(&self) -> String {
        let hundredths = |value: u16| format!("{}.{:02}", value / 100, value % 100);
        format!(
            "--leading:{};--heading-leading:{};--track:0;--slant:normal;--drop:none",
            hundredths(self.leading),
            hundredths(self.heading_leading)
        )
    }
}

/// The scripts with a font of ours that are written on a site: those of its languages, and those of any
/// text of its files, in the order of [`SCRIPTS`].
#[must_use]
pub fn with_font<'a>(
    locales: &[Locale],
    texts: impl Iterator<Item = &'a str>,
) -> Vec<&'static Script> {
    let of_locales = locales.iter().filter_map(Script::of).map(|script| script.code);
    let mut found: BTreeSet<&str> = of_locales.collect();
    let mut blocks: Vec<(u32, u32, &str)> = Vec::new();
    for script in SCRIPTS {
        blocks.extend(script.ranges.iter().map(|(first, last)| (*first, *last, script.code)));
    }
    blocks.sort_unstable();
    // Most files hold no character beyond the European ones, and a look at their bytes says so: many at a time.
    let highest = |bytes: &[u8]| bytes.iter().fold(0, |highest: u8, byte| highest.max(*byte));
    let is_beyond = |text: &&str| text.as_bytes().chunks(256).any(|bytes| highest(bytes) >= 0xDF);
    for text in texts.filter(is_beyond) {
        for c in text.chars().map(u32::from).filter(|c| *c >= 0x07C0) {
            let after = blocks.partition_point(|(first, ..)| *first <= c);
            let near = after.checked_sub(1).map(|at| blocks[at]);
            if let Some((.., code)) = near.filter(|(_, last, _)| c <= *last) {
                found.insert(code);
            }
        }
    }
    SCRIPTS.iter().filter(|script| script.font.is_some() && found.contains(script.code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(tag: &str) -> Locale {
        tag.parse().expect("a tag")
    }

    #[test]
    fn a_language_is_set_in_its_script() {
        let table = [
            ("en", None),
            ("vi", None),
            ("ar", Some("Arab")),
            ("ur", Some("Aran")),
            ("ar-Latn", None),
            ("az-Arab", Some("Arab")),
            ("iu", Some("Cans")),
            ("iu-Latn", None),
            ("chr", Some("Cher")),
            ("osa", Some("Osge")),
            ("nqo", Some("Nkoo")),
            ("zgh", Some("Tfng")),
            ("ff", None),
            ("ff-Adlm", Some("Adlm")),
            ("vai", Some("Vaii")),
            ("am", Some("Ethi")),
            ("zh", Some("Hans")),
            ("zh-TW", Some("Hant")),
            ("zh-Hant", Some("Hant")),
            ("hi", Some("Deva")),
        ];
        for (tag, expected) in table {
            assert_eq!(Script::of(&locale(tag)).map(|script| script.code), expected, "{tag}");
        }
    }

    #[test]
    fn a_font_goes_along_only_where_its_script_is_written() {
        let codes = |locales: &[&str], texts: &[&str]| -> Vec<&str> {
            let locales: Vec<Locale> = locales.iter().map(|tag| locale(tag)).collect();
            with_font(&locales, texts.iter().copied()).iter().map(|script| script.code).collect()
        };
        assert_eq!(codes(&["en", "ar", "hi"], &["Šál, đẹp, متجر, हिन्दी, 店"]), Vec::<&str>::new());
        assert_eq!(codes(&["chr"], &[]), ["Cher"]);
        assert_eq!(codes(&["en"], &["plain", "the word ᓄᓇ, and ⵣ"]), ["Cans", "Tfng"]);
        assert_eq!(codes(&["en"], &["𞤀𞤁 ߒ ꔀ 𐒰"]), ["Adlm", "Nkoo", "Osge", "Vaii"]);
    }

    #[test]
    fn fonts_are_small_woff2_files_whose_ranges_do_not_overlap() {
        let mut all: Vec<(u32, u32)> = Vec::new();
        for script in SCRIPTS {
            assert_eq!(script.font.is_some(), !script.ranges.is_empty(), "{}", script.code);
            if let Some(font) = script.font() {
                assert!(font.starts_with(b"wOF2") && font.len() < 40_000, "{}", script.code);
            }
            all.extend(script.ranges);
        }
        all.sort_unstable();
        for pair in all.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:x?}");
        }
    }

    #[test]
    fn joined_scripts_are_neither_spaced_nor_slanted() {
        let arabic = Script::of(&locale("ar")).expect("a script");
        assert!(arabic.setting().contains("--track:0;--slant:normal;--drop:none"));
        assert!(
            arabic.stack(true).ends_with(",serif") && arabic.stack(false).starts_with("system-ui,")
        );
        let cherokee = Script::of(&locale("chr")).expect("a script");
        assert!(cherokee.stack(false).ends_with(",selvedge-cherokee,sans-serif"));
        assert_eq!(cherokee.unicode_range(), "U+13A0-13FF,U+AB70-ABBF");
    }
}
