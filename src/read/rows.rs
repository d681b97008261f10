//! The bytes of a table to rows of cells with their lines, whatever program saved it.
//!
//! What is kept of a table is a text in which every cell stands without its quotation marks, on the
//! same lines as in the file. So a cell is one range of it, however many lines it has, and whoever
//! points at a cell points at the line on which the person wrote it.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Longest table in bytes.
pub(crate) const MAX_TABLE_BYTES: u64 = 64 << 20;
/// More columns than any table of products has.
const MAX_COLUMNS: usize = 2000;

/// A table as it was read.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The whole of it without quotation marks around cells, with `\n` at the ends of lines.
    pub(crate) text: String,
    pub(crate) separator: char,
    pub(crate) encoding: &'static str,
    pub(crate) headers: Vec<Cell>,
    /// The rows below the headers, without blank ones.
    pub(crate) rows: Vec<Row>,
    /// What was odd about it, in the order in which it was noticed.
    pub(crate) problems: Vec<Problem>,
}

/// One row; cells beyond its end are empty.
#[derive(Debug)]
pub(crate) struct Row {
    /// The line on which it begins, counted from 1.
    pub(crate) line: usize,
    /// Where it begins in the text.
    pub(crate) start: usize,
    pub(crate) cells: Vec<Cell>,
}

/// The place of one cell, without white space at its ends.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    start: u32,
    end: u32,
    /// The line of its first word.
    line: u32,
}

impl Cell {
    /// Its range in the text of the sheet; both ends are those of characters.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The line of its first word, counted from 1.
    pub(crate) fn line(&self) -> usize {
        self.line as usize
    }
}

impl Sheet {
    /// What a cell says.
    pub(crate) fn said(&self, cell: &Cell) -> &str {
        &self.text[cell.range()]
    }
}

/// Something that is odd about a table, and where.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: ProblemKind,
    /// What is wrong, in one sentence.
    pub(crate) words: String,
    pub(crate) line: Option<usize>,
    /// Where in the text of the sheet it is; the beginning if there is no sheet.
    pub(crate) range: Range<usize>,
    /// What stands there, if that helps.
    pub(crate) value: Option<String>,
}

/// What sort of thing is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// It is no text.
    NotText,
    /// There is nothing in it.
    Empty,
    /// It has far too many columns.
    NotTable,
    /// Its encoding was guessed; `value` has a word by which to tell whether rightly.
    Encoding,
    /// Two columns have one name; `value` is that.
    SameName,
    /// There is more in a row than there are columns.
    LongRow,
    /// There is less in a row than there are columns.
    ShortRow,
    /// A character was taken out.
    OddCharacter,
    /// A quotation mark is never closed.
    OpenQuote,
}

impl Problem {
    fn new(kind: ProblemKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), line: None, range: 0..0, value: None }
    }

    fn at(mut self, line: usize, range: Range<usize>) -> Self {
        self.line = Some(line);
        self.range = range;
        self
    }

    fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// Names of columns are compared like this.
pub(crate) fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Reads a table; if nothing can be made of it, what is wrong with it.
///
/// `known` tells whether a header is one that the caller knows, to find the separator.
pub(crate) fn parse(bytes: &[u8], known: &dyn Fn(&str) -> bool) -> Result<Sheet, Vec<Problem>> {
    let (text, encoding, guessed) = decode(bytes).map_err(|problem| vec![problem])?;
    let mut problems = Vec::from_iter(guessed);
    // One line end for all, inside cells too, so that lines can be counted.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (before, rest, named) = separator_line(&text);
    if rest.trim().is_empty() {
        problems.push(Problem::new(ProblemKind::Empty, "this file is empty"));
        return Err(problems);
    }
    let separator = named.unwrap_or_else(|| guess_separator(rest, known));
    let mut laid = Laid { text: before.to_owned(), ..Laid::default() };
    laid.records(rest, 1 + before.matches('\n').count(), separator, &mut problems);
    let Laid { text, rows, .. } = laid;
    let mut rows = rows.into_iter();
    let Some(headers) = rows.next() else { return Err(problems) };
    if headers.cells.len() > MAX_COLUMNS {
        let words = format!("this table has {} columns, far too many", headers.cells.len());
        problems.push(Problem::new(ProblemKind::NotTable, words));
        return Err(problems);
    }
    let mut sheet =
        Sheet { text, separator, encoding, headers: headers.cells, rows: Vec::new(), problems };
    sheet.same_names();
    sheet.rows = rows.filter(|row| row.cells.iter().any(|cell| cell.start < cell.end)).collect();
    sheet.widths();
    if let Some(word) = sheet.problems.iter_mut().find(|one| one.kind == ProblemKind::Encoding)
        && let Some(value) = word.value.as_deref().filter(|value| !value.is_empty())
        && let Some(at) = sheet.text.find(value)
    {
        word.range = at..at + value.len();
    }
    Ok(sheet)
}

impl Sheet {
    fn same_names(&mut self) {
        let names: Vec<String> = self.headers.iter().map(|cell| fold(self.said(cell))).collect();
        let mut seen = std::collections::HashMap::new();
        for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let first = *seen.entry(name).or_insert(at);
            if first == at {
                continue;
            }
            let words = format!(
                "columns {} and {} have the same name; only the first is used",
                first + 1,
                at + 1
            );
            let cell = &self.headers[at];
            let problem = Problem::new(ProblemKind::SameName, words).at(cell.line(), cell.range());
            self.problems.push(problem.value(self.text[cell.range()].to_owned()));
        }
    }

    fn widths(&mut self) {
        let width = self.headers.len();
        let mut problems = Vec::new();
        for row in &self.rows {
            // Once for a row, however long it is.
            if let Some(cell) = row.cells.iter().skip(width).find(|cell| cell.start < cell.end) {
                let words =
                    format!("this row has more cells than the {width} columns of the table");
                let problem = Problem::new(ProblemKind::LongRow, words).at(row.line, cell.range());
                problems.push(problem.value(self.said(cell)));
            }
            if row.cells.len() < width {
                let words = format!(
                    "this row has only {} of {width} cells; the others are taken as empty",
                    row.cells.len()
                );
                let place = row.start..row.start;
                problems.push(Problem::new(ProblemKind::ShortRow, words).at(row.line, place));
            }
        }
        self.problems.append(&mut problems);
    }
}

/// The text of a file, whatever its encoding, and the name of that, with what is to be said of it; else why it is no text.
pub(crate) fn decode(bytes: &[u8]) -> Result<(String, &'static str, Option<Problem>), Problem> {
    let (encoding, is_marked) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding, true),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, false),
        None => (WINDOWS_1252, false),
    };
    let nuls = bytes.iter().filter(|byte| **byte == 0).count();
    if !is_marked && nuls * 10 > bytes.len() {
        let words = "this is not text, or text in an encoding that does not say its name";
        return Err(Problem::new(ProblemKind::NotText, words));
    }
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    if had_errors {
        let words = format!("some characters of this file are not {}", encoding.name());
        return Err(Problem::new(ProblemKind::NotText, words));
    }
    let guessed = (encoding != UTF_8).then(|| {
        let line = text.lines().position(|line| !line.is_ascii()).map_or(1, |at| at + 1);
        let sample: String = text
            .split(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';' | '"'))
            .find(|word| !word.is_ascii())
            .unwrap_or_default()
            .chars()
            .take(40)
            .collect();
        let words = format!(
            "this file is not UTF-8, so it was read as {}; see whether the first such word is right",
            encoding.name()
        );
        Problem::new(ProblemKind::Encoding, words).at(line, 0..0).value(sample)
    });
    Ok((text.into_owned(), encoding.name(), guessed))
}

/// Excel writes the separator into a first line of its own: that line, the rest, and what it says.
fn separator_line(text: &str) -> (&str, &str, Option<char>) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let mut chars = rest.chars();
        if let (Some(separator @ (',' | ';' | '\t' | '|')), Some('\n')) =
            (chars.next(), chars.next())
        {
            let rest = chars.as_str();
            return (&text[..text.len() - rest.len()], rest, Some(separator));
        }
    }
    ("", text, None)
}

/// The separator under which most headers are known and most rows have as many cells as the first.
fn guess_separator(text: &str, known: &dyn Fn(&str) -> bool) -> char {
    let score = |separator: char| {
        let mut reader = reader(text, separator);
        let mut widths = Vec::new();
        let mut known_headers = 0;
        for record in reader.byte_records().take(30).flatten() {
            if widths.is_empty() {
                known_headers =
                    record.iter().filter(|cell| known(&String::from_utf8_lossy(cell))).count();
            }
            widths.push(record.len());
        }
        let width = widths.first().copied().unwrap_or(0);
        let even = widths.iter().filter(|w| **w == width && width > 1).count();
        (known_headers, even, width)
    };
    let mut best = (',', score(','));
    for separator in [';', '\t'] {
        let found = score(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

fn reader(text: &str, separator: char) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .from_reader(text.as_bytes())
}

/// Stands after the last row; if it does not come out as a row of its own, a quote was not closed.
const AFTER_LAST: &str = "\u{1}after the last row\u{1}";

/// The text of a sheet while it is written.
#[derive(Default)]
struct Laid {
    text: String,
    /// The line that is written on, counted from 1.
    line: usize,
    rows: Vec<Row>,
}

impl Laid {
    /// Lays out all rows of a text that begins on a line.
    fn records(
        &mut self,
        text: &str,
        first_line: usize,
        separator: char,
        problems: &mut Vec<Problem>,
    ) {
        let guarded = format!("{text}\n{AFTER_LAST}\n");
        let mut lines = LineCounter { text: &guarded, at: 0, line: first_line };
        self.line = first_line;
        for record in reader(&guarded, separator).into_byte_records() {
            // Reading from memory, flexible and as bytes, has no way to fail.
            let Ok(record) = record else { break };
            let offset = record.position().map_or(0, ::csv::Position::byte);
            let line = lines.line_of(usize::try_from(offset).unwrap_or(usize::MAX));
            if record.iter().eq([AFTER_LAST.as_bytes()]) {
                return;
            }
            if record.iter().any(|cell| String::from_utf8_lossy(cell).contains(AFTER_LAST)) {
                break;
            }
            self.go_to(line);
            let start = self.text.len();
            let mut cells = Vec::with_capacity(record.len());
            for (at, cell) in record.iter().enumerate() {
                if at > 0 {
                    self.text.push(separator);
                }
                cells.push(self.cell(&String::from_utf8_lossy(cell), problems));
            }
            self.rows.push(Row { line, start, cells });
        }
        let line = lines.line;
        self.go_to(line);
        let start = self.text.len();
        // What is lost is kept as it stands, so that it can be pointed at.
        self.text.push_str(text.get(lines.at..).unwrap_or_default());
        let first = self.text[start..].lines().next().unwrap_or_default().len();
        let words = "a quotation mark in the row that begins here is never closed, so this row and all after it are lost";
        problems.push(
            Problem::new(ProblemKind::OpenQuote, words).at(line, start..start + first.min(60)),
        );
    }

    /// Begins a line; an earlier one than that which is written on does not occur.
    fn go_to(&mut self, line: usize) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            self.line += 1;
        }
        while self.line < line {
            self.text.push('\n');
            self.line += 1;
        }
    }

    /// Writes a cell without what no text has, and says if there was such.
    fn cell(&mut self, written: &str, problems: &mut Vec<Problem>) -> Cell {
        let from = self.text.len();
        let odd = written.chars().find(|c| is_odd(*c));
        match odd {
            Some(_) => self.text.extend(written.chars().filter(|c| !is_odd(*c))),
            None => self.text.push_str(written),
        }
        let whole = &self.text[from..];
        let is_filler = |c: char| c.is_whitespace() || c == '\u{feff}';
        // A line end before the first word belongs to no word.
        let lead = whole.len() - whole.trim_start_matches(is_filler).len();
        let len = whole.trim_matches(is_filler).len();
        let line = self.line + whole[..lead].matches('\n').count();
        self.line += whole.matches('\n').count();
        let range = from + lead..from + lead + len;
        if let Some(odd) = odd {
            let words =
                format!("a character that cannot be seen (U+{:04X}) was taken out", u32::from(odd));
            let problem = Problem::new(ProblemKind::OddCharacter, words);
            problems.push(problem.at(line, range.clone()).value(written));
        }
        // A table has at most 64 megabytes, and no character becomes more than three bytes.
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Cell { start: small(range.start), end: small(range.end), line: small(line) }
    }
}

/// Counts line ends as the rows go by.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    /// The line of the first text at or after an offset; offsets only grow.
    fn line_of(&mut self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && (self.at < offset || bytes[self.at] == b'\n') {
            self.line += usize::from(bytes[self.at] == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Tells whether a character is none of a text. Marks that turn the reading direction make a text say something else than
/// it shows.
fn is_odd(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(bytes: &[u8]) -> Sheet {
        parse(bytes, &|name| matches!(name, "name" | "price")).expect("a table")
    }

    fn cells(sheet: &Sheet) -> Vec<Vec<(&str, usize)>> {
        let row = |row: &Row| row.cells.iter().map(|c| (sheet.said(c), c.line())).collect();
        sheet.rows.iter().map(row).collect()
    }

    #[test]
    fn every_cell_is_one_range_on_the_lines_of_the_file() {
        let text = "sep=;\r\nname;price;text\r\n\r\n\"Red \"\"shawl\"\"\";\"\r\n12\";\"One.\r\n\r\n Two; three.\r\n\"\r\nCup;3;\r\n";
        let sheet = sheet(text.as_bytes());
        assert_eq!(
            cells(&sheet),
            [
                vec![("Red \"shawl\"", 4), ("12", 5), ("One.\n\n Two; three.", 5)],
                vec![("Cup", 9), ("3", 9), ("", 9)],
            ]
        );
        // The same lines, without the quotation marks.
        let line = |at: usize| sheet.text.lines().nth(at - 1).expect("a line");
        assert_eq!((line(1), line(4), line(9)), ("sep=;", "Red \"shawl\";", "Cup;3;"));
        assert_eq!((sheet.rows[0].line, sheet.rows[1].line), (4, 9));
        assert_eq!(&sheet.text[sheet.rows[1].start..], "Cup;3;");
    }

    #[test]
    fn an_unclosed_quote_is_pointed_at_and_costs_only_what_follows() {
        let sheet = sheet(b"name,price\n\nBowl,13\n\"Cup,12\nPot,1\n");
        assert_eq!(cells(&sheet), [[("Bowl", 3), ("13", 3)]]);
        let [problem] = &sheet.problems[..] else { panic!("{:?}", sheet.problems) };
        assert_eq!((problem.kind, problem.line), (ProblemKind::OpenQuote, Some(4)));
        assert_eq!(&sheet.text[problem.range.clone()], "\"Cup,12");
    }

    #[test]
    fn what_cannot_be_seen_is_taken_out_and_moves_no_other_cell() {
        let sheet = sheet("name,price\nC\u{202e}\0up,\u{7}12\nBowl,é\n".as_bytes());
        assert_eq!(cells(&sheet), [[("Cup", 2), ("12", 2)], [("Bowl", 3), ("é", 3)]]);
        assert_eq!(sheet.problems.len(), 2);
        assert!(sheet.problems.iter().all(|one| one.kind == ProblemKind::OddCharacter));
    }
}
