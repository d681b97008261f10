//! Numbers and sorted words as text that a script takes apart fast and that compresses well.
//!
//! A number is a run of symbols: those of the first kind end it, those of the second go on. The
//! symbols are printable ASCII that needs no escape in a JavaScript string.

/// Symbols that end a number.
const LAST: u32 = 64;
/// Symbols after which it goes on.
const MORE: u32 = 27;

/// Adds a number.
pub(super) fn number(out: &mut String, value: u32) {
    let mut symbols = [value % LAST, 0, 0, 0, 0, 0, 0, 0];
    let mut count = 1;
    let mut rest = value / LAST;
    while rest > 0 {
        rest -= 1;
        symbols[count] = LAST + rest % MORE;
        rest /= MORE;
        count += 1;
    }
    out.extend(symbols[..count].iter().rev().map(|value| symbol(*value)));
}

/// The sign for a value below 91: from `#` on, leaving out the backslash.
fn symbol(value: u32) -> char {
    let code = value + 35;
    char::from_u32(if code < 92 { code } else { code + 1 }).expect("printable ASCII")
}

/// Adds a sorted list of positions: how many, the first, then how many are left out each time.
pub(super) fn positions(out: &mut String, list: &[u32]) {
    number(out, u32::try_from(list.len()).expect("fewer than 2^32"));
    let mut next = 0;
    for position in list {
        number(out, position - next);
        next = position + 1;
    }
}

/// Adds a word to a sorted list: how many UTF-16 units it shares with the word before, the rest, a space.
pub(super) fn word(out: &mut String, before: &str, word: &str) {
    /// A count below this is one symbol.
    const MOST: usize = 60;
    let mut shared_units = 0;
    let mut shared_bytes = 0;
    for (a, b) in before.chars().zip(word.chars()) {
        if a != b || shared_units + a.len_utf16() > MOST {
            break;
        }
        shared_units += a.len_utf16();
        shared_bytes += a.len_utf8();
    }
    number(out, u32::try_from(shared_units).expect("a small number"));
    out.push_str(&word[shared_bytes..]);
    out.push(' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads as the script does.
    fn numbers(text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        let mut value = 0;
        for c in text.chars() {
            let code = u32::from(c);
            let symbol = code - 35 - u32::from(code > 92);
            if symbol < LAST {
                out.push(value * LAST + symbol);
                value = 0;
            } else {
                value = value * MORE + symbol - LAST + 1;
            }
        }
        out
    }

    #[test]
    fn numbers_come_back() {
        let values = [0, 1, 63, 64, 65, 1791, 1792, 1793, 48_447, 48_448, 1_000_000, u32::MAX];
        let mut text = String::new();
        for value in values {
            number(&mut text, value);
        }
        assert_eq!(numbers(&text), values);
        assert!(text.chars().all(|c| ('#'..='~').contains(&c) && c != '\\'), "{text}");
        for (value, length) in [(63, 1), (64, 2), (1791, 2), (1792, 3)] {
            let mut text = String::new();
            number(&mut text, value);
            assert_eq!(text.len(), length, "{value}");
        }
    }

    #[test]
    fn positions_are_told_by_their_gaps() {
        let mut text = String::new();
        positions(&mut text, &[0, 1, 5, 100]);
        assert_eq!(numbers(&text), [4, 0, 0, 3, 94]);
    }

    #[test]
    fn words_share_their_beginnings() {
        let mut text = String::new();
        for (before, now) in [("", "red"), ("red", "reed"), ("reed", "𠮷野"), ("𠮷野", "𠮷家")]
        {
            word(&mut text, before, now);
        }
        assert_eq!(text, "#red %ed #𠮷野 %家 ");
    }
}
