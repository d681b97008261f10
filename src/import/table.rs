//! The bytes of a table to rows of cells with their lines, whatever program saved it.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::report::{Finding, Kind, Report};

/// Longest table in bytes.
pub(super) const MAX_TABLE_BYTES: u64 = 64 << 20;
/// More columns than any table of products has.
const MAX_COLUMNS: usize = 2000;

/// A table as it was read.
#[derive(Debug)]
pub(super) struct Table {
    /// How the person named the file.
    pub(super) file: String,
    pub(super) separator: char,
    pub(super) encoding: &'static str,
    /// The first row, trimmed.
    pub(super) headers: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One row; cells beyond its end are empty.
#[derive(Debug)]
pub(super) struct Row {
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
    pub(super) cells: Vec<Cell>,
}

/// One cell, trimmed, without control characters but line ends and tabs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) line: usize,
}

impl Row {
    /// The cell of a column if it says anything.
    pub(super) fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.get(column).filter(|cell| !cell.text.is_empty())
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.is_empty())
    }
}

impl Table {
    /// The column of a name, compared without case.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let exact = self.headers.iter().position(|header| header == name);
        let name = fold(name);
        exact.or_else(|| self.headers.iter().position(|header| fold(header) == name))
    }

    /// What a column is called in messages.
    pub(super) fn column_name(&self, column: usize) -> String {
        match self.headers.get(column).map(String::as_str) {
            Some("") | None => format!("column {} (no name)", column + 1),
            Some(name) => name.to_owned(),
        }
    }
}

/// Names of columns are compared like this.
pub(super) fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Reads a table. `None` if nothing can be made of it; the report says why.
///
/// `known` tells whether a header is one that the import knows, to find the separator.
pub(super) fn parse(
    file: &str,
    bytes: &[u8],
    known: &dyn Fn(&str) -> bool,
    report: &mut Report,
) -> Option<Table> {
    let (text, encoding) = decode(file, bytes, report)?;
    // One line end for all, inside cells too, so that lines can be counted.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (text, first_line, named) = separator_line(&text);
    if text.trim().is_empty() {
        report.push(Finding::new(Kind::TableNotRead, file, "this file is empty"));
        return None;
    }
    let separator = named.unwrap_or_else(|| guess_separator(text, known));
    let records = records(file, text, first_line, separator, report);
    let mut records = records.into_iter();
    let headers = records.next()?;
    if headers.cells.len() > MAX_COLUMNS {
        let words = format!("this table has {} columns, far too many", headers.cells.len());
        report.push(Finding::new(Kind::TableNotRead, file, words));
        return None;
    }
    let headers: Vec<String> = headers.cells.into_iter().map(|cell| cell.text).collect();
    let mut table = Table { file: file.to_owned(), separator, encoding, headers, rows: Vec::new() };
    for (at, header) in table.headers.iter().enumerate() {
        let folded = fold(header);
        let first = table.headers[..at].iter().position(|other| fold(other) == folded);
        if let Some(first) = first.filter(|_| !folded.is_empty()) {
            let words = format!(
                "columns {} and {} have the same name; only the first is used",
                first + 1,
                at + 1
            );
            report.push(
                Finding::new(Kind::ValueNotUnderstood, file, words).line(1).column(header.clone()),
            );
        }
    }
    table.rows = records.filter(|row| !row.is_blank()).collect();
    for row in &table.rows {
        let width = table.headers.len();
        for cell in row.cells.iter().skip(width).filter(|cell| !cell.text.is_empty()) {
            let words = format!("this row has more cells than the {width} columns of the table");
            report.push(
                Finding::new(Kind::ValueNotUnderstood, file, words)
                    .line(row.line)
                    .value(cell.text.clone()),
            );
        }
        if row.cells.len() < width {
            let words = format!(
                "this row has only {} of {width} cells; the others are taken as empty",
                row.cells.len()
            );
            report.push(Finding::new(Kind::RowShort, file, words).line(row.line));
        }
    }
    Some(table)
}

/// The text of a file, whatever its encoding, and the name of that; `None` if it is no text.
pub(super) fn decode(
    file: &str,
    bytes: &[u8],
    report: &mut Report,
) -> Option<(String, &'static str)> {
    let (encoding, is_marked) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding, true),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, false),
        None => (WINDOWS_1252, false),
    };
    let nuls = bytes.iter().filter(|byte| **byte == 0).count();
    if !is_marked && nuls * 10 > bytes.len() {
        let words = "this is not text, or text in an encoding that does not say its name";
        report.push(
            Finding::new(Kind::TableNotRead, file, words)
                .hint("save the table again as \"CSV UTF-8\""),
        );
        return None;
    }
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    if had_errors {
        let words = format!("some characters of this file are not {}", encoding.name());
        report.push(
            Finding::new(Kind::TableNotRead, file, words)
                .hint("save the table again as \"CSV UTF-8\""),
        );
        return None;
    }
    if encoding != UTF_8 {
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
        report.push(Finding::new(Kind::Encoding, file, words).line(line).value(sample));
    }
    Some((text.into_owned(), encoding.name()))
}

/// Excel writes the separator into a first line of its own.
fn separator_line(text: &str) -> (&str, usize, Option<char>) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let mut chars = rest.chars();
        if let (Some(separator @ (',' | ';' | '\t' | '|')), Some('\n')) =
            (chars.next(), chars.next())
        {
            return (chars.as_str(), 2, Some(separator));
        }
    }
    (text, 1, None)
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

fn records(
    file: &str,
    text: &str,
    first_line: usize,
    separator: char,
    report: &mut Report,
) -> Vec<Row> {
    let guarded = format!("{text}\n{AFTER_LAST}\n");
    let mut rows = Vec::new();
    let mut lines = LineCounter { text: &guarded, at: 0, line: first_line };
    for record in reader(&guarded, separator).into_byte_records() {
        // Reading from memory, flexible and as bytes, has no way to fail.
        let Ok(record) = record else { break };
        let offset = record.position().map_or(0, ::csv::Position::byte);
        let line = lines.line_of(usize::try_from(offset).unwrap_or(usize::MAX));
        if record.iter().eq([AFTER_LAST.as_bytes()]) {
            return rows;
        }
        if record.iter().any(|cell| String::from_utf8_lossy(cell).contains(AFTER_LAST)) {
            break;
        }
        let mut cells = Vec::with_capacity(record.len());
        let mut cell_line = line;
        for cell in &record {
            let text = String::from_utf8_lossy(cell);
            // A line end before the first word belongs to no word.
            let lead = text.len() - text.trim_start().len();
            let word_line = cell_line + text[..lead].matches('\n').count();
            cells.push(Cell { text: clean(file, &text, word_line, report), line: word_line });
            cell_line += text.matches('\n').count();
        }
        rows.push(Row { line, cells });
    }
    let line = lines.line;
    report.push(
        Finding::new(
            Kind::RowLeftOut,
            file,
            "a quotation mark in the row that begins here is never closed, so this row and all after it are lost",
        )
        .line(line)
        .hint("put a quotation mark at the end of that cell, or take the first one out"),
    );
    rows
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

/// Takes out what no text has, and says so.
fn clean(file: &str, text: &str, line: usize, report: &mut Report) -> String {
    // Marks that turn the reading direction make a text say something else than it shows.
    let is_odd = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}')
    };
    if let Some(odd) = text.chars().find(|c| is_odd(*c)) {
        let words =
            format!("a character that cannot be seen (U+{:04X}) was taken out", u32::from(odd));
        report.push(
            Finding::new(Kind::ValueNotUnderstood, file, words).line(line).value(text.to_owned()),
        );
    }
    let kept: String = text.chars().filter(|c| !is_odd(*c)).collect();
    kept.trim().trim_matches('\u{feff}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Option<Table>, Report) {
        let mut report = Report::default();
        let known = |name: &str| matches!(name, "name" | "price");
        let table = parse("a.csv", bytes, &known, &mut report);
        (table, report)
    }

    fn cells(table: &Table) -> Vec<Vec<&str>> {
        table
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect())
            .collect()
    }

    #[test]
    fn every_program_that_saves_tables_is_understood() {
        let utf16: Vec<u8> = std::iter::once(0xfeff_u16)
            .chain("name,price\nThéière,12\n".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let table: [&[u8]; 8] = [
            "name,price\nThéière,12\n".as_bytes(),
            "\u{feff}name,price\r\nThéière,12\r\n".as_bytes(),
            "name;price\nThéière;12\n".as_bytes(),
            "sep=;\nname;price\nThéière;12\n".as_bytes(),
            "name\tprice\nThéière\t12".as_bytes(),
            "name,price\rThéière,12\r".as_bytes(),
            b"name,price\nTh\xe9i\xe8re,12\n",
            &utf16,
        ];
        for bytes in table {
            let (table, _) = read(bytes);
            let table = table.expect("a table");
            assert_eq!(table.headers, ["name", "price"], "{bytes:?}");
            assert_eq!(cells(&table), [["Théière", "12"]], "{bytes:?}");
        }
    }

    #[test]
    fn a_guessed_encoding_is_said() {
        let (table, report) = read(b"name,price\nCup \x96 blue,\x8012\n");
        assert_eq!(cells(&table.expect("a table")), [["Cup – blue", "€12"]]);
        let finding = &report.findings[0];
        assert_eq!((finding.kind, finding.line), (Kind::Encoding, Some(2)));
        assert!(finding.message.contains("windows-1252"), "{}", finding.message);
    }

    #[test]
    fn cells_know_their_lines() {
        let text = "name,price\n\n\n\"Red\nshawl\",\"\n12\"\nCup,3\n";
        let (table, report) = read(text.as_bytes());
        let table = table.expect("a table");
        assert_eq!(cells(&table), [["Red\nshawl", "12"], ["Cup", "3"]]);
        assert_eq!((table.rows[0].line, table.rows[0].cells[1].line), (4, 6));
        assert_eq!(table.rows[1].line, 7);
        assert_eq!(report.findings.len(), 0);
    }

    #[test]
    fn an_unclosed_quote_costs_only_what_follows() {
        let (table, report) = read(b"name,price\nBowl,13\n\"Cup,12\nPot,1\n");
        assert_eq!(cells(&table.expect("a table")), [["Bowl", "13"]]);
        assert_eq!((report.findings[0].kind, report.findings[0].line), (Kind::RowLeftOut, Some(3)));
        // A quotation mark inside a cell opens nothing.
        let (table, report) = read(b"name,price\nCu\"p,1\n");
        assert_eq!(cells(&table.expect("a table")), [["Cu\"p", "1"]]);
        assert_eq!(report.findings.len(), 0);
    }

    #[test]
    fn rows_of_odd_length_are_reported() {
        let (table, report) = read(b"name,price\nCup\nBowl,13,extra\nPot,1,,\n");
        assert_eq!(table.expect("a table").rows.len(), 3);
        let found: Vec<_> = report.findings.iter().map(|f| (f.kind, f.line)).collect();
        assert_eq!(found, [(Kind::RowShort, Some(2)), (Kind::ValueNotUnderstood, Some(3))]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(read(b"").0.is_none());
        assert!(read(b"\n\n  \n").0.is_none());
        assert!(read(b"n\0a\0m\0e\0\n\0").0.is_none());
        let (table, report) = read(b"name,price\nC\0up,12\n");
        assert_eq!(cells(&table.expect("a table")), [["Cup", "12"]]);
        assert_eq!(report.findings[0].line, Some(2));
        assert!(read(b"name,price\n").0.expect("a table").rows.is_empty());
    }
}
