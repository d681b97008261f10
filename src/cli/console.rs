//! Words to the terminal: what is asked for to standard output, everything about it to standard error.

use std::io::{IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use crate::custody::guard;
use crate::diag::report::{self, Colour, visible_lines};
use crate::diag::{Diagnostic, Diagnostics, Severity, Sources};

/// Whether standard error is a terminal that wants colours (`NO_COLOR` is respected).
fn colour() -> Colour {
    let wants = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wants && std::io::stderr().is_terminal() { Colour::Always } else { Colour::Never }
}

/// Prints what was asked for. A reader that went away (`| head`) is no failure.
pub(super) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Says something about the work.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says that a command could not run.
pub(super) fn failure(words: &str) {
    let label = match colour() {
        Colour::Always => "\u{1b}[1;31mcould not do this\u{1b}[0m",
        Colour::Never => "could not do this",
    };
    // A line that comes from outside cannot pass for one of ours.
    say(&format!("{label}: {}", visible_lines(&words.replace('\n', "\n  "))));
}

/// Shows diagnostics in the order of files, and a closing line.
pub(super) fn diagnostics(found: &Diagnostics, sources: &Sources) {
    let sorted = found.sorted(sources);
    tell(&sorted, &sorted, &[], sources);
}

/// The same with at most so many warnings of one kind, where something else than all of them was asked for.
pub(super) fn diagnostics_in_short(found: &Diagnostics, sources: &Sources) {
    let sorted = found.sorted(sources);
    let (told, more) = report::in_short(&sorted);
    tell(&sorted, &told, &more, sources);
}

/// Tells some of what was found, lines about the rest, and how much it is in all.
fn tell(all: &[&Diagnostic], told: &[&Diagnostic], more: &[String], sources: &Sources) {
    let colour = colour();
    let mut err = std::io::BufWriter::new(std::io::stderr().lock());
    for diagnostic in told {
        let _ = writeln!(err, "{}", report::to_text(diagnostic, sources, colour));
    }
    for line in more {
        let _ = writeln!(err, "{line}");
    }
    drop(err);
    let errors = all.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = all.len() - errors;
    let count = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    };
    if errors + warnings > 0 {
        say(&format!(
            "{}, {}; `selvedge explain CODE` tells more about one",
            count(errors, "error", "errors"),
            count(warnings, "warning", "warnings")
        ));
    }
}

/// Diagnostics as JSON, one array.
pub(super) fn diagnostics_json(found: &Diagnostics, sources: &Sources) -> serde_json::Value {
    let all: Vec<_> =
        found.sorted(sources).into_iter().map(|d| report::to_json(d, sources)).collect();
    serde_json::to_value(all).expect("diagnostics are plain data")
}

/// Prints one JSON value.
pub(super) fn json(value: &serde_json::Value) {
    print(&format!("{value:#}\n"));
}

/// Whether a person sits at the keyboard.
pub(super) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a question with a default, on a terminal only.
pub(super) fn ask(question: &str, default: &str) -> String {
    if !is_interactive() {
        return default.to_owned();
    }
    let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{question}{shown}: ");
    let _ = err.flush();
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line) {
        Ok(_) if !line.trim().is_empty() => line.trim().to_owned(),
        _ => default.to_owned(),
    }
}

/// Asks for what nobody else may have, on a terminal only; it is shown as it is typed.
pub(super) fn ask_secret(question: &str) -> Zeroizing<String> {
    if !is_interactive() {
        return Zeroizing::default();
    }
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{question}: ");
    let _ = err.flush();
    let read = guard::standard_input().and_then(|mut input| guard::read_line(&mut input, 4 << 10));
    read.map_or_else(|_| Zeroizing::default(), |line| Zeroizing::new(line.trim().to_owned()))
}

/// Shows errors only, for work that should be silent otherwise.
pub(super) fn errors(found: &Diagnostics, sources: &Sources) {
    let colour = colour();
    let mut err = std::io::stderr().lock();
    for diagnostic in found.sorted(sources) {
        if diagnostic.severity == Severity::Error {
            let _ = writeln!(err, "{}", report::to_text(diagnostic, sources, colour));
        }
    }
}

/// A line that counts on a terminal, and nothing elsewhere.
pub(super) struct Progress {
    what: &'static str,
    is_on: bool,
    began: std::time::Instant,
}

impl Progress {
    /// Counts `what`.
    pub(super) fn new(what: &'static str, is_quiet: bool) -> Self {
        let is_on = !is_quiet && std::io::stderr().is_terminal();
        Self { what, is_on, began: std::time::Instant::now() }
    }

    /// So many of so many are done. Short work shows nothing.
    pub(super) fn step(&self, done: usize, total: usize) {
        if self.is_on && self.began.elapsed().as_millis() > 500 {
            let _ = write!(std::io::stderr().lock(), "\r{done} of {total} {}", self.what);
        }
    }

    /// Clears the line.
    pub(super) fn end(&mut self) {
        if self.is_on && self.began.elapsed().as_millis() > 500 {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[2K");
        }
    }
}

/// A line that tells how far long work is, on a terminal, whatever is being done; for several threads.
pub(super) struct Steps {
    is_on: bool,
    began: std::time::Instant,
    /// When something was last shown, in milliseconds since the beginning.
    shown_ms: std::sync::atomic::AtomicU64,
}

impl Steps {
    pub(super) fn new(is_quiet: bool) -> Self {
        let is_on = !is_quiet && std::io::stderr().is_terminal();
        Self { is_on, began: std::time::Instant::now(), shown_ms: 0.into() }
    }

    /// So many of so many are done. Short work shows nothing, and no more than ten lines come in a second.
    pub(super) fn step(&self, what: &str, done: usize, total: usize) {
        use std::sync::atomic::Ordering;
        if !self.is_on {
            return;
        }
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let last = self.shown_ms.load(Ordering::Relaxed);
        let is_next = now > last.max(400) + 100
            && self
                .shown_ms
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_next {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[2K{done} of {total} {what}");
        }
    }

    /// Clears the line.
    pub(super) fn end(&self) {
        if self.shown_ms.load(std::sync::atomic::Ordering::Relaxed) > 0 {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[2K");
        }
    }
}
