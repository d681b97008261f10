//! A table that is imported: its rows as `read` finds them, and what is odd about them as findings.

use super::report::{Finding, Kind, Report};
use crate::read::rows::{self, Problem, ProblemKind};
pub(super) use crate::read::rows::{MAX_TABLE_BYTES, fold};

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

/// Reads a table. `None` if nothing can be made of it; the report says why.
///
/// `known` tells whether a header is one that the import knows, to find the separator.
pub(super) fn parse(
    file: &str,
    bytes: &[u8],
    known: &dyn Fn(&str) -> bool,
    report: &mut Report,
) -> Option<Table> {
    let sheet = match rows::parse(bytes, known) {
        Ok(sheet) => sheet,
        Err(problems) => {
            problems.into_iter().for_each(|problem| report.push(finding(file, problem)));
            return None;
        }
    };
    let said = |cell: &rows::Cell| sheet.said(cell).to_owned();
    let table = Table {
        file: file.to_owned(),
        separator: sheet.separator,
        encoding: sheet.encoding,
        headers: sheet.headers.iter().map(said).collect(),
        rows: sheet
            .rows
            .iter()
            .map(|row| Row {
                line: row.line,
                cells: row
                    .cells
                    .iter()
                    .map(|cell| Cell { text: said(cell), line: cell.line() })
                    .collect(),
            })
            .collect(),
    };
    sheet.problems.into_iter().for_each(|problem| report.push(finding(file, problem)));
    Some(table)
}

/// The text of a file, whatever its encoding; `None` if it is no text, and the report says so.
pub(super) fn decode(file: &str, bytes: &[u8], report: &mut Report) -> Option<String> {
    match rows::decode(bytes) {
        Ok((text, _, guessed)) => {
            guessed.into_iter().for_each(|problem| report.push(finding(file, problem)));
            Some(text)
        }
        Err(problem) => {
            report.push(finding(file, problem));
            None
        }
    }
}

/// What the report says of something that is odd about a table.
fn finding(file: &str, problem: Problem) -> Finding {
    let Problem { kind, words, line, range: _, value } = problem;
    let of = match kind {
        ProblemKind::NotText | ProblemKind::Empty | ProblemKind::NotTable => Kind::TableNotRead,
        ProblemKind::Encoding => Kind::Encoding,
        ProblemKind::SameName | ProblemKind::LongRow | ProblemKind::OddCharacter => {
            Kind::ValueNotUnderstood
        }
        ProblemKind::ShortRow => Kind::RowShort,
        ProblemKind::OpenQuote => Kind::RowLeftOut,
    };
    let mut finding = Finding::new(of, file, words);
    if let Some(line) = line {
        finding = finding.line(line);
    }
    if let Some(value) = value {
        finding = match kind {
            ProblemKind::SameName => finding.column(value),
            _ => finding.value(value),
        };
    }
    match kind {
        ProblemKind::NotText => finding.hint("save the table again as \"CSV UTF-8\""),
        ProblemKind::OpenQuote => {
            finding.hint("put a quotation mark at the end of that cell, or take the first one out")
        }
        _ => finding,
    }
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
