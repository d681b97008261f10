//! Source text, spans and diagnostics: saying what is wrong, and where.
//!
//! A person who does not program reads what comes out of here, so a [`Diagnostic`] names her
//! thing, says in one sentence what is wrong and in one what to do, and points at the line.
//! Nothing here prints: [`report`] turns diagnostics into text or JSON, `cli` prints it.
//!
//! Guarantees: spans are byte ranges in the whole file, front matter included; line and column
//! are counted from 1, columns in characters; a span that does not fit its file is clamped, so
//! that showing a mistake can never fail.

pub mod codes;
pub mod report;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use codes::Code;

/// Names one file of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

/// One file as it was read: its path below the site's folder, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below the site's folder, with `/` on every system.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// How many lines stand before it in the file that it is a part of.
    lines_before: usize,
    /// Where its lines begin.
    lines: LineStarts,
}

impl SourceFile {
    /// A file with its path below the site's folder.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), lines_before: 0, lines: LineStarts::default() }
    }

    /// A text that stands in the place of a part of a file, after so many of its lines.
    #[must_use]
    pub fn after(self, lines_before: usize) -> Self {
        Self { lines_before, ..self }
    }

    /// The byte offsets at which its lines begin.
    fn line_starts(&self) -> &[usize] {
        self.lines.0.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
        })
    }
}

/// Found when first asked for: a table has a place for each of ten thousand products.
#[derive(Debug, Default)]
struct LineStarts(OnceLock<Vec<usize>>);

/// The text tells all, whether somebody asked or not.
impl PartialEq for LineStarts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LineStarts {}

/// The files that were read, kept until the end so that any stage can point at a line.
///
/// Cloning is cheap: the texts are shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.add_shared(Arc::new(SourceFile::new(path, text)))
    }

    /// Adds a file that somebody else keeps too.
    pub fn add_shared(&mut self, file: Arc<SourceFile>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(file);
        id
    }

    /// The texts of all files.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.text.as_str())
    }

    /// All files: path below the site's folder, and text.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|file| (&*file.path, file.text.as_str()))
    }

    /// The id that the next added file will have.
    #[must_use]
    pub fn next_id(&self) -> FileId {
        FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"))
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// The path of a file below the site's folder.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].path
    }

    /// The text that a span covers.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let text = self.text(span.file);
        let range = clamp(text, span.range());
        &text[range]
    }

    /// Line and column of a byte offset, both counted from 1, columns in characters.
    #[must_use]
    pub fn line_column(&self, file: FileId, offset: usize) -> (usize, usize) {
        let text = self.text(file);
        let offset = floor_boundary(text, offset);
        let source = &self.files[file.0 as usize];
        let starts = source.line_starts();
        let line = starts.partition_point(|start| *start <= offset);
        let column = text[starts[line - 1]..offset].chars().count() + 1;
        (source.lines_before + line, column)
    }

    /// A line, counted from 1, without its end; `None` if the file has none such.
    #[must_use]
    pub fn line(&self, file: FileId, line: usize) -> Option<&str> {
        let source = &self.files[file.0 as usize];
        let at = line.checked_sub(source.lines_before + 1)?;
        let start = *source.line_starts().get(at)?;
        self.text(file)[start..].lines().next()
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let start = floor_boundary(text, range.start);
    let end = floor_boundary(text, range.end).max(start);
    start..end
}

/// A byte range in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    start: u32,
    end: u32,
}

impl Span {
    /// A span over `range` of `file`; offsets beyond 4 GiB are cut off.
    #[must_use]
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let cut = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: cut(range.start), end: cut(range.end) }
    }

    /// The very beginning of a file, for what concerns the file as a whole.
    #[must_use]
    pub fn file_start(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// The byte range.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a value and its place together.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }

    /// A borrowed view of the value.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned { value: &self.value, span: self.span }
    }
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The thing cannot be published as it is.
    Error,
    /// It is published, and the person can make it better.
    Warning,
}

/// One thing that is wrong in the site's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name in words, for `explain`.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where; `None` when it is about the folder as a whole.
    pub place: Place,
    /// What to write at that place, shown under the underlined text.
    pub label: String,
    /// What to do, each in one sentence.
    pub hints: Vec<String>,
    /// Other places that belong to it, each with its words ("first used here").
    pub related: Vec<(Span, String)>,
}

/// Where a [`Diagnostic`] points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A range of a text file that was read.
    Span(Span),
    /// A file or folder as a whole, by its path below the site's folder (a photograph, say).
    Path(String),
    /// The site as a whole.
    Site,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, Place::Span(span), message)
    }

    /// A warning at a place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, Place::Span(span), message)
    }

    /// A diagnostic of any severity and place.
    pub fn new(severity: Severity, code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            place,
            label: String::new(),
            hints: Vec::new(),
            related: Vec::new(),
        }
    }

    /// Says what to write at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a sentence on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related.push((span, words.into()));
        self
    }
}

/// All that was found, in the order of [`Diagnostics::sorted`] when shown.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(other);
    }

    /// Tells whether anything in it forbids publishing.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.severity == Severity::Error)
    }

    /// How many errors and how many warnings there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let errors = self.found.iter().filter(|d| d.severity == Severity::Error).count();
        (errors, self.found.len() - errors)
    }

    /// Everything in file order (by path, then by place), the same thing once.
    #[must_use]
    pub fn sorted(&self, sources: &Sources) -> Vec<&Diagnostic> {
        let path = |d: &Diagnostic| match &d.place {
            Place::Site => (String::new(), 0),
            Place::Path(path) => (path.clone(), 0),
            Place::Span(span) => (sources.path(span.file).to_owned(), span.range().start),
        };
        let mut keyed: Vec<_> = self.found.iter().map(|d| (path(d), d)).collect();
        keyed.sort_by(|(a, da), (b, db)| {
            a.cmp(b).then_with(|| da.severity.cmp(&db.severity)).then(da.message.cmp(&db.message))
        });
        keyed.dedup_by(|(a, da), (b, db)| a == b && da == db);
        keyed.into_iter().map(|(_, d)| d).collect()
    }

    /// The diagnostics as they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// Tells whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(found: I) -> Self {
        Self { found: found.into_iter().collect() }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// The known name that is nearest to a misspelt one, if any is near enough to suggest.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong_folded = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong_folded, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1))
        .min_by_key(|(distance, name)| (*distance, *name))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.md", "één\ntwee\n");
        let table =
            [(0, (1, 1)), (2, (1, 2)), (5, (1, 4)), (6, (2, 1)), (11, (3, 1)), (99, (3, 1))];
        for (offset, expected) in table {
            assert_eq!(sources.line_column(file, offset), expected, "offset {offset}");
        }
    }

    #[test]
    fn a_span_that_does_not_fit_is_clamped() {
        let mut sources = Sources::default();
        let file = sources.add("a.md", "é");
        assert_eq!(sources.slice(Span::new(file, 1..50)), "é");
        assert_eq!(sources.slice(Span::new(file, Range { start: 7, end: 3 })), "");
    }

    #[test]
    fn the_nearest_name_is_suggested_only_when_it_is_near() {
        let known = ["price", "photos", "made_by"];
        assert_eq!(nearest("prise", known), Some("price"));
        assert_eq!(nearest("Photo", known), Some("photos"));
        assert_eq!(nearest("weight", known), None);
    }
}
