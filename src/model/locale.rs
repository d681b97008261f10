//! Languages, by BCP 47 (RFC 5646) tag.

use std::fmt;
use std::str::FromStr;

use icu_locale_core::LanguageIdentifier;

/// A position in the languages of the site; 0 is the first language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocaleIx(pub u8);

impl LocaleIx {
    /// The site's first language.
    pub const FIRST: Self = Self(0);

    /// The index as the position in the site's languages.
    #[must_use]
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// A language with script, region and variants where they matter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Locale {
    id: LanguageIdentifier,
    tag: String,
}

/// A language tag that is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocaleError;

/// The direction in which a script is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Locale {
    /// The tag in its canonical form, for example `pt-BR`.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The identifier that ICU4X takes.
    #[must_use]
    pub fn id(&self) -> &LanguageIdentifier {
        &self.id
    }

    /// The language without script and region, for example `pt`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.tag.split('-').next().unwrap_or("und")
    }

    /// The direction of its script: that of the tag, else the language's usual one
    /// (CLDR `layout/orientation/characterOrder`).
    #[must_use]
    pub fn direction(&self) -> Direction {
        const SCRIPTS: [&str; 11] = [
            "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr", "Yezi", "Aran",
        ];
        const LANGUAGES: [&str; 17] = [
            "ar", "arc", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "ps", "rhg", "sd",
            "syr", "ug", "ur", "yi",
        ];
        let is_right_to_left = match self.id.script {
            Some(script) => SCRIPTS.contains(&script.as_str()),
            None => LANGUAGES.contains(&self.language()),
        };
        if is_right_to_left { Direction::RightToLeft } else { Direction::LeftToRight }
    }

    /// The language's name for itself, for the menu of languages; the tag if not known here.
    #[must_use]
    pub fn own_name(&self) -> &str {
        const NAMES: [(&str, &str); 54] = [
            ("am", "አማርኛ"),
            ("ar", "العربية"),
            ("ay", "Aymar aru"),
            ("bn", "বাংলা"),
            ("chr", "ᏣᎳᎩ"),
            ("cs", "Čeština"),
            ("de", "Deutsch"),
            ("el", "Ελληνικά"),
            ("en", "English"),
            ("es", "Español"),
            ("fa", "فارسی"),
            ("fi", "Suomi"),
            ("fr", "Français"),
            ("gn", "Avañe’ẽ"),
            ("gu", "ગુજરાતી"),
            ("haw", "ʻŌlelo Hawaiʻi"),
            ("he", "עברית"),
            ("hi", "हिन्दी"),
            ("hy", "Հայերեն"),
            ("id", "Bahasa Indonesia"),
            ("it", "Italiano"),
            ("iu", "ᐃᓄᒃᑎᑐᑦ"),
            ("ja", "日本語"),
            ("ka", "ქართული"),
            ("km", "ខ្មែរ"),
            ("ko", "한국어"),
            ("lo", "ລາວ"),
            ("mi", "Te reo Māori"),
            ("mr", "मराठी"),
            ("my", "မြန်မာ"),
            ("ne", "नेपाली"),
            ("nl", "Nederlands"),
            ("no", "Norsk"),
            ("nqo", "ߒߞߏ"),
            ("osa", "𐓏𐓘𐓻𐓘𐓻𐓟"),
            ("pl", "Polski"),
            ("pt", "Português"),
            ("qu", "Runasimi"),
            ("ru", "Русский"),
            ("sat", "ᱥᱟᱱᱛᱟᱲᱤ"),
            ("se", "Davvisámegiella"),
            ("sv", "Svenska"),
            ("sw", "Kiswahili"),
            ("ta", "தமிழ்"),
            ("te", "తెలుగు"),
            ("th", "ไทย"),
            ("ti", "ትግርኛ"),
            ("tr", "Türkçe"),
            ("uk", "Українська"),
            ("ur", "اردو"),
            ("vai", "ꕙꔤ"),
            ("vi", "Tiếng Việt"),
            ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"),
            ("zh", "中文"),
        ];
        let known = NAMES.iter().find(|(language, _)| *language == self.tag);
        known
            .or_else(|| NAMES.iter().find(|(language, _)| *language == self.language()))
            .map_or(&self.tag, |(_, name)| *name)
    }
}

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(tag: &str) -> Result<Self, LocaleError> {
        // Underscores are no BCP 47; `und` names no language.
        if tag.contains('_') || tag.eq_ignore_ascii_case("und") {
            return Err(LocaleError);
        }
        let id = LanguageIdentifier::try_from_str(tag).map_err(|_| LocaleError)?;
        let tag = id.to_string();
        Ok(Self { id, tag })
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_strictly_and_written_canonically() {
        let table = [
            ("en", Some("en")),
            ("pt-br", Some("pt-BR")),
            ("sr-latn", Some("sr-Latn")),
            ("zh-Hant-TW", Some("zh-Hant-TW")),
            ("", None),
            ("en_GB", None),
            ("und", None),
            ("english", None),
            ("e", None),
            ("../en", None),
        ];
        for (tag, expected) in table {
            let parsed: Result<Locale, _> = tag.parse();
            assert_eq!(parsed.as_ref().ok().map(Locale::tag), expected, "{tag:?}");
        }
    }

    #[test]
    fn direction_follows_the_script() {
        let table =
            [("ar", true), ("he", true), ("ur-Latn", false), ("en", false), ("az-Arab", true)];
        for (tag, expected) in table {
            let locale: Locale = tag.parse().expect("a tag");
            assert_eq!(locale.direction() == Direction::RightToLeft, expected, "{tag}");
        }
    }
}
