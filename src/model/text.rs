//! Text that knows its languages.

use super::locale::LocaleIx;
use crate::diag::Span;

/// A short text in one or more languages of the site.
///
/// Holds at least one language; the languages are those of the site, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    entries: Vec<(LocaleIx, Box<str>)>,
}

/// A text as a page in some language shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<T> {
    /// The text.
    pub value: T,
    /// The language that it is in.
    pub locale: LocaleIx,
    /// Whether that is the language of the page; if not, the page says so.
    pub is_translated: bool,
}

impl Text {
    /// A text in one language.
    pub fn new(locale: LocaleIx, text: impl Into<Box<str>>) -> Self {
        Self { entries: vec![(locale, text.into())] }
    }

    /// A text in several languages; `None` if there is none. Of two in one language the first counts.
    #[must_use]
    pub fn from_entries(mut entries: Vec<(LocaleIx, Box<str>)>) -> Option<Self> {
        entries.sort_by_key(|(locale, _)| *locale);
        entries.dedup_by_key(|(locale, _)| *locale);
        (!entries.is_empty()).then_some(Self { entries })
    }

    /// The text for a page in `locale`: that language, else the site's first that there is.
    #[must_use]
    pub fn shown(&self, locale: LocaleIx) -> Shown<&str> {
        let entry = self.entries.iter().find(|(l, _)| *l == locale);
        let (found, text) = entry.unwrap_or(&self.entries[0]);
        Shown { value: text, locale: *found, is_translated: *found == locale }
    }

    /// The text in the site's first language, or the first that there is.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.entries[0].1
    }

    /// Every language with its text, in the order of the site's languages.
    pub fn entries(&self) -> impl Iterator<Item = (LocaleIx, &str)> {
        self.entries.iter().map(|(locale, text)| (*locale, &**text))
    }

    /// Tells whether it exists in `locale`.
    #[must_use]
    pub fn has(&self, locale: LocaleIx) -> bool {
        self.entries.iter().any(|(l, _)| *l == locale)
    }
}

/// A long text (Markdown), in no, one or more languages, as places in the site's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    entries: Vec<(LocaleIx, Span)>,
}

impl Prose {
    /// A text from its languages; of two in one language the first counts.
    #[must_use]
    pub fn from_entries(mut entries: Vec<(LocaleIx, Span)>) -> Self {
        entries.sort_by_key(|(locale, _)| *locale);
        entries.dedup_by_key(|(locale, _)| *locale);
        Self { entries }
    }

    /// The text for a page in `locale`: that language, else the site's first that there is.
    #[must_use]
    pub fn shown(&self, locale: LocaleIx) -> Option<Shown<Span>> {
        let entry = self.entries.iter().find(|(l, _)| *l == locale).or(self.entries.first())?;
        Some(Shown { value: entry.1, locale: entry.0, is_translated: entry.0 == locale })
    }

    /// Every language with its place, in the order of the site's languages.
    pub fn entries(&self) -> impl Iterator<Item = (LocaleIx, Span)> {
        self.entries.iter().copied()
    }

    /// Tells whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_translation_is_visible() {
        let text =
            Text::from_entries(vec![(LocaleIx(1), "chal".into()), (LocaleIx(0), "shawl".into())])
                .expect("two entries");
        assert_eq!(text.original(), "shawl");
        assert_eq!(
            text.shown(LocaleIx(1)),
            Shown { value: "chal", locale: LocaleIx(1), is_translated: true }
        );
        assert_eq!(
            text.shown(LocaleIx(2)),
            Shown { value: "shawl", locale: LocaleIx(0), is_translated: false }
        );
    }
}
