//! A key on paper: 32 bytes that a person can copy by hand and type in years later.
//!
//! A sheet holds four lines of sixteen symbols, in groups of four: eight bytes of the seed and
//! two of a check, in Crockford's base 32 (no I, L, O or U; what looks like 0 or 1 is read as
//! such; capital and small letters are the same). Symbols rather than words, because they are
//! the same in every language, and a line that is checked by itself says which line was copied
//! wrongly. The check is the start of SHA-256 over `selvedge.sheet/1`, the number of the line
//! and its bytes, so that a line in the wrong place fails as well; one wrong line in 65 536
//! passes it, and then the public key, which is compared in any case, is another.

use std::fmt;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use super::{CustodyError, SecretKey, draw};

/// Lines on a sheet.
pub const LINES: usize = 4;
/// Symbols of a line, without spaces.
const SYMBOLS: usize = 16;
/// Symbols of a group.
const GROUP: usize = 4;
/// Longest text that is looked at, in bytes.
const MAX_TEXT: usize = 4 << 10;

static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut rules = Specification::new();
    rules.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    rules.translate.from.push_str("abcdefghjkmnpqrstvwxyzIiLlOo");
    rules.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ111100");
    rules.encoding().expect("the alphabet is sound")
});

/// The 32 bytes from which a key is made; wiped when dropped.
#[derive(Clone)]
// In one place: each move of the bytes themselves would leave a copy behind.
pub struct Seed(Box<Zeroizing<[u8; 32]>>);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// What is wrong with a sheet that was typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetFault {
    /// There are not four lines of sixteen symbols.
    Lines {
        /// How many lines came.
        found: usize,
    },
    /// A line has not sixteen symbols.
    Length {
        /// The line, from 1.
        line: usize,
        /// How many symbols it has.
        found: usize,
    },
    /// A line has a sign that no sheet has.
    Sign {
        /// The line, from 1.
        line: usize,
        /// The sign's place, from 1, spaces not counted.
        place: usize,
    },
    /// A line is not as it was printed.
    Check {
        /// The line, from 1.
        line: usize,
    },
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines { found } => {
                write!(f, "a sheet has {LINES} lines of {SYMBOLS} signs; {found} came")
            }
            Self::Length { line, found } => {
                write!(f, "line {line} has {found} signs instead of {SYMBOLS}")
            }
            Self::Sign { line, place } => write!(
                f,
                "line {line} has a sign at place {place} that is on no sheet; there are digits and letters without U"
            ),
            Self::Check { line } => {
                write!(f, "line {line} is not as it was printed; compare it sign by sign")
            }
        }
    }
}

impl std::error::Error for SheetFault {}

impl Seed {
    /// Takes 32 random bytes.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(Box::new(bytes))
    }

    /// Draws a seed from the operating system.
    ///
    /// # Errors
    /// If this machine gives no random numbers.
    pub fn draw() -> Result<Self, CustodyError> {
        let mut bytes = Box::new(Zeroizing::new([0; 32]));
        draw(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// The key that grows from it, opened.
    #[must_use]
    pub fn to_key(&self) -> SecretKey {
        SecretKey::from_seed(&self.0)
    }

    /// The bytes, for a key file.
    pub(super) fn bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::clone(&self.0)
    }

    /// The lines of the sheet, in groups of four symbols.
    #[must_use]
    pub fn to_sheet_lines(&self) -> [Zeroizing<String>; LINES] {
        std::array::from_fn(|index| {
            let part: &[u8; 8] =
                self.0[index * 8..][..8].try_into().expect("four parts of eight bytes");
            let mut bytes = Zeroizing::new([0; 10]);
            bytes[..8].copy_from_slice(part);
            bytes[8..].copy_from_slice(&check(index, part));
            let mut plain = Zeroizing::new(CROCKFORD.encode(bytes.as_slice()));
            let mut line = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP));
            for (place, symbol) in plain.chars().enumerate() {
                if place > 0 && place % GROUP == 0 {
                    line.push(' ');
                }
                line.push(symbol);
            }
            plain.zeroize();
            line
        })
    }

    /// Reads what was typed from a sheet: four lines, or all symbols in a row.
    ///
    /// Spaces, hyphens and the number in front of a line do not matter, nor do capitals.
    ///
    /// # Errors
    /// Says which line is not as it was printed.
    pub fn from_sheet(text: &str) -> Result<Self, SheetFault> {
        if text.len() > MAX_TEXT {
            return Err(SheetFault::Lines { found: text.lines().count() });
        }
        let mut lines: Vec<Zeroizing<String>> =
            text.lines().map(symbols).filter(|line| !line.is_empty()).collect();
        if let [all] = lines.as_slice()
            && all.chars().count() == LINES * SYMBOLS
        {
            let all: Zeroizing<Vec<char>> = Zeroizing::new(all.chars().collect());
            lines = all.chunks(SYMBOLS).map(|line| Zeroizing::new(line.iter().collect())).collect();
        }
        if lines.len() != LINES {
            return Err(SheetFault::Lines { found: lines.len() });
        }
        let mut seed = Box::new(Zeroizing::new([0; 32]));
        for (index, text) in lines.iter().enumerate() {
            seed[index * 8..][..8].copy_from_slice(&*read_line(index, text)?);
        }
        Ok(Self(seed))
    }
}

/// Reads one typed line, so that a mistake can be mended before the next is typed.
///
/// # Errors
/// Says what is wrong with it. `index` counts from 0.
pub fn expect_line(index: usize, text: &str) -> Result<(), SheetFault> {
    read_line(index, &symbols(text)).map(drop)
}

/// The symbols of a line, without its number and what stands between groups.
fn symbols(line: &str) -> Zeroizing<String> {
    let line = line.trim();
    let numbered = |(number, rest): (&str, _)| {
        (number.chars().count() == 1 && number.chars().all(char::is_numeric)).then_some(rest)
    };
    let line = line.split_once([':', '.', ')']).and_then(numbered).unwrap_or(line);
    let mut out = Zeroizing::new(String::with_capacity(line.len()));
    // Digits of Arabic and Persian keyboards are the same numbers.
    out.extend(line.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '·')).map(
        |c| match c {
            '٠'..='٩' => char::from(b'0' + (u32::from(c) - 0x660) as u8),
            '۰'..='۹' => char::from(b'0' + (u32::from(c) - 0x6f0) as u8),
            c => c,
        },
    ));
    out
}

fn read_line(index: usize, text: &str) -> Result<Zeroizing<[u8; 8]>, SheetFault> {
    let line = index + 1;
    let found = text.chars().count();
    let odd = text.chars().position(|c| !is_symbol(c));
    if let Some(place) = odd {
        return Err(SheetFault::Sign { line, place: place + 1 });
    }
    if found != SYMBOLS {
        return Err(SheetFault::Length { line, found });
    }
    let parts = decode(text.as_bytes());
    match parts.filter(|(part, stated)| check(index, part) == *stated) {
        Some((part, _)) => Ok(part),
        None => Err(SheetFault::Check { line }),
    }
}

fn is_symbol(c: char) -> bool {
    c.is_ascii_alphanumeric() && !matches!(c, 'u' | 'U')
}

/// Whether sixteen bytes are a line of a sheet by their check, for each of its lines.
pub(super) fn lines_of(symbols: &[u8; SYMBOLS]) -> [bool; LINES] {
    // Four words of four letters stand in a row in many texts, so what is no line is told fast.
    if !symbols.iter().all(|byte| is_symbol(char::from(*byte))) {
        return [false; LINES];
    }
    let parts = decode(symbols);
    let is = |index| parts.as_ref().is_some_and(|(part, stated)| check(index, part) == *stated);
    std::array::from_fn(is)
}

/// The bytes of the seed in a line, and their check.
fn decode(symbols: &[u8]) -> Option<(Zeroizing<[u8; 8]>, [u8; 2])> {
    let bytes = Zeroizing::new(CROCKFORD.decode(symbols).ok()?);
    let (part, stated) = bytes.split_first_chunk::<8>()?;
    Some((Zeroizing::new(*part), stated.try_into().ok()?))
}

/// The check of one line.
fn check(index: usize, part: &[u8; 8]) -> [u8; 2] {
    let number = u8::try_from(index + 1).expect("a sheet has four lines");
    let hash = Sha256::new().chain_update(b"selvedge.sheet/1").chain_update([number]);
    let hash = hash.chain_update(part).finalize();
    [hash[0], hash[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> Seed {
        Seed::new(Zeroizing::new(std::array::from_fn(|i| (i * 37 + 11) as u8)))
    }

    fn sheet() -> String {
        seed().to_sheet_lines().iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_was_printed_is_read_however_it_is_typed() {
        let text = sheet();
        assert!(text.lines().all(|line| line.len() == 19 && !line.contains(['I', 'L', 'O', 'U'])));
        let numbered: Vec<String> =
            text.lines().enumerate().map(|(i, line)| format!(" {}. {line} ", i + 1)).collect();
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace(' ', ""),
            text.replace(' ', "-"),
            text.replace('\n', " "),
            text.replace('0', "o").replace('1', "l"),
            text.replace('0', "٠").replace('7', "۷"),
            numbered.join("\n\n"),
        ] {
            let read = Seed::from_sheet(&typed).expect("the sheet");
            assert_eq!(**read.0, **seed().0, "{typed}");
        }
    }

    #[test]
    fn one_wrong_sign_names_its_line() {
        let text = sheet();
        for (place, sign) in text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
            let line = text[..place].matches('\n').count() + 1;
            for other in ["A", "7", "U", "#"].into_iter().filter(|o| *o != sign.to_string()) {
                let mut typed = text.clone();
                typed.replace_range(place..=place, other);
                let fault = Seed::from_sheet(&typed).expect_err("a wrong sign");
                assert!(fault.to_string().starts_with(&format!("line {line} ")), "{fault}");
            }
        }
    }

    #[test]
    fn lines_that_are_missing_or_in_another_order_are_told() {
        let text = sheet();
        let lines: Vec<&str> = text.lines().collect();
        let swapped = [lines[1], lines[0], lines[2], lines[3]].join("\n");
        assert_eq!(Seed::from_sheet(&swapped).unwrap_err(), SheetFault::Check { line: 1 });
        let short = lines[..3].join("\n");
        assert_eq!(Seed::from_sheet(&short).unwrap_err(), SheetFault::Lines { found: 3 });
        let cut = format!("{}\n{}\n{}\n{}", lines[0], &lines[1][1..], lines[2], lines[3]);
        let fault = SheetFault::Length { line: 2, found: 15 };
        assert_eq!(Seed::from_sheet(&cut).unwrap_err(), fault);
        assert!(Seed::from_sheet(&"A".repeat(1 << 20)).is_err());
        assert!(Seed::from_sheet("").is_err());
        assert_eq!(format!("{:?}", seed()), "Seed(…)");
    }
}
