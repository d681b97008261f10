//! Reporters: diagnostics to text for a terminal, or to JSON for a program.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::{Diagnostic, Place, Severity, Sources, Span};

/// Whether to colour the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// ANSI colours, for a terminal.
    Always,
}

impl Colour {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Never => text.to_owned(),
            Self::Always => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// Shows one diagnostic with its line, as in `docs/ARCHITECTURE.md`.
///
/// Control characters and marks that turn the reading direction are shown by their code points,
/// so that a file cannot write to the terminal what it likes.
#[must_use]
pub fn to_text(diagnostic: &Diagnostic, sources: &Sources, colour: Colour) -> String {
    let (word, code) = match diagnostic.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
    };
    let mut out = format!(
        "{}: {}\n",
        colour.paint(code, &format!("{word}[{}]", diagnostic.code)),
        colour.paint("1", &visible(&diagnostic.message))
    );
    match &diagnostic.place {
        Place::Span(span) => excerpt(&mut out, sources, *span, &diagnostic.label, colour),
        Place::Path(path) => {
            let _ = writeln!(out, "  --> {}", visible(path));
            if !diagnostic.label.is_empty() {
                let _ = writeln!(out, "      {}", visible(&diagnostic.label));
            }
        }
        Place::Site => {}
    }
    for (span, words) in &diagnostic.related {
        excerpt(&mut out, sources, *span, words, colour);
    }
    for hint in &diagnostic.hints {
        let _ = writeln!(out, "{}: {}", colour.paint("36", "hint"), visible(hint));
    }
    out
}

/// The most warnings with one code that are told one by one where the work itself is what was asked for.
pub const TOLD_OF_A_KIND: usize = 20;

/// What to tell of a sorted list where a person asked for something else: every error, the first
/// [`TOLD_OF_A_KIND`] warnings with each code, and a line for each code that tells how many more there are.
#[must_use]
pub fn in_short<'d>(sorted: &[&'d Diagnostic]) -> (Vec<&'d Diagnostic>, Vec<String>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told = Vec::new();
    for diagnostic in sorted {
        let count = counts.entry(diagnostic.code.name()).or_default();
        if diagnostic.severity == Severity::Error {
            told.push(*diagnostic);
            continue;
        }
        *count += 1;
        if *count <= TOLD_OF_A_KIND {
            told.push(*diagnostic);
        }
    }
    let more = counts.into_iter().filter(|(_, count)| *count > TOLD_OF_A_KIND);
    let more = more.map(|(code, count)| {
        let left = count - TOLD_OF_A_KIND;
        format!("and {left} more of warning[{code}]; `selvedge check` tells all of them")
    });
    (told, more.collect())
}

fn excerpt(out: &mut String, sources: &Sources, span: Span, label: &str, colour: Colour) {
    let (line, column) = sources.line_column(span.file, span.range().start);
    let _ = writeln!(out, "  --> {}:{line}:{column}", visible(sources.path(span.file)));
    let Some(content) = sources.line(span.file, line) else { return };
    let width = content.chars().count();
    let spanned = sources.slice(span).lines().next().unwrap_or("").chars().count();
    let length = spanned.min((width + 1).saturating_sub(column)).max(1);
    // A long line is shown as the part around the place, so that it stays on the screen.
    let from = if width > 160 { column.saturating_sub(40).max(1) } else { 1 };
    let shown: String = content.chars().skip(from - 1).take(160).map(cell).collect();
    let number = line.to_string();
    let _ = writeln!(out, "{number} | {shown}");
    let _ = writeln!(
        out,
        "{} | {}{} {}",
        " ".repeat(number.len()),
        " ".repeat(column - from),
        colour.paint("1;31", &"^".repeat(length.min(160))),
        visible(label)
    );
    while out.ends_with(" \n") {
        out.truncate(out.len() - 2);
        out.push('\n');
    }
}

fn cell(c: char) -> char {
    if c == '\t' {
        ' '
    } else if is_unsafe_on_screen(c) {
        '\u{fffd}'
    } else {
        c
    }
}

fn is_unsafe_on_screen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with control characters and direction marks written as code points.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe_on_screen(c) {
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// As [`visible`], for a text of several lines.
#[must_use]
pub fn visible_lines(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => visible(line) + "\n",
            None => visible(line),
        })
        .collect()
}

/// One diagnostic as a program reads it; the names are stable.
#[derive(Debug, Serialize)]
pub struct JsonDiagnostic<'a> {
    severity: &'static str,
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<[usize; 2]>,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    hints: &'a [String],
}

/// Turns a diagnostic into its form for programs.
#[must_use]
pub fn to_json<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> JsonDiagnostic<'a> {
    let (file, position, bytes) = match &diagnostic.place {
        Place::Span(span) => (
            Some(sources.path(span.file)),
            Some(sources.line_column(span.file, span.range().start)),
            Some([span.range().start, span.range().end]),
        ),
        Place::Path(path) => (Some(path.as_str()), None, None),
        Place::Site => (None, None, None),
    };
    JsonDiagnostic {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: diagnostic.code.name(),
        message: &diagnostic.message,
        file,
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        bytes,
        label: &diagnostic.label,
        hints: &diagnostic.hints,
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes;
    use super::*;

    #[test]
    fn a_diagnostic_shows_line_underline_and_hint() {
        let mut sources = Sources::default();
        let file =
            sources.add("products/chair/index.md", "+++\nname = \"Chair\"\nprice = 240\n+++\n");
        let diagnostic = Diagnostic::error(
            codes::PRICE_WITHOUT_CURRENCY,
            Span::new(file, 27..30),
            "the price of \"Chair\" has no currency",
        )
        .label("write for example \"240.00 EUR\"")
        .hint("to use one currency everywhere, set `currency` in site.toml");
        assert_eq!(
            to_text(&diagnostic, &sources, Colour::Never),
            "error[price-without-currency]: the price of \"Chair\" has no currency\n  \
             --> products/chair/index.md:3:9\n\
             3 | price = 240\n  |         ^^^ write for example \"240.00 EUR\"\n\
             hint: to use one currency everywhere, set `currency` in site.toml\n"
        );
    }

    #[test]
    fn a_file_cannot_write_to_the_terminal() {
        let mut sources = Sources::default();
        let file = sources.add("a.md", "x = \"\u{1b}[2J\u{202e}\"\n");
        let diagnostic =
            Diagnostic::error(codes::TOML_SYNTAX, Span::new(file, 0..3), "bad \u{1b}[31m");
        let text = to_text(&diagnostic, &sources, Colour::Never);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }
}
