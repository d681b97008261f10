//! What secrets are wrapped in: other ways of writing bytes, packed files, texts of two bytes a sign.

use std::io::Read;

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, Encoding, HEXLOWER_PERMISSIVE};
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use zeroize::Zeroizing;

use super::{Leak, Scanner};
use crate::custody::{Seed, seed};

/// How deep one thing may be packed in another.
const DEPTH: usize = 3;
/// How much is unpacked of one file, in bytes.
const UNPACKED: u64 = 32 << 20;
/// Longest text that is read as bytes, in signs.
const LONGEST: usize = 8 << 20;
/// Shortest line that the next may go on.
const LINE: usize = 16;
/// Signs of 32 bytes in base64, in hexadecimal, in base32.
const IN_BASE64: usize = 43;
const IN_HEX: usize = 64;
const IN_BASE32: usize = 52;
/// In a file of so many bytes that is no text, a seed may stand anywhere.
const SHORT: usize = 1 << 10;
/// What is shorter holds nothing that has to be unwrapped again.
const WORTH: usize = 16;

/// How much may still be unpacked.
pub(super) struct Room {
    depth: usize,
    left: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { depth: DEPTH, left: UNPACKED }
    }
}

impl Room {
    /// Looks into what was inside something.
    pub(super) fn deeper<T>(&mut self, look: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth = self.depth.checked_sub(1)?;
        let found = look(self);
        self.depth += 1;
        found
    }

    fn read(&mut self, from: impl Read) -> Option<Zeroizing<Vec<u8>>> {
        let mut inside = Zeroizing::new(Vec::new());
        // What is broken off is looked at as far as it goes.
        let _ = from.take(self.left).read_to_end(&mut inside);
        self.left -= inside.len() as u64;
        (!inside.is_empty()).then_some(inside)
    }
}

/// In what something is packed.
#[derive(Clone, Copy)]
pub(super) enum Wrap {
    Gzip,
    ZipEntry,
    PngText,
}

/// By which bytes it begins.
pub(super) const WRAPS: [(&[u8], Wrap); 5] = [
    (b"\x1f\x8b\x08", Wrap::Gzip),
    (b"PK\x03\x04", Wrap::ZipEntry),
    (b"zTXt", Wrap::PngText),
    (b"iTXt", Wrap::PngText),
    (b"iCCP", Wrap::PngText),
];

impl Wrap {
    /// What is inside, if it is what it seems.
    pub(super) fn open(
        self,
        bytes: &[u8],
        at: usize,
        room: &mut Room,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if room.depth == 0 || room.left == 0 {
            return None;
        }
        let bytes = &bytes[at..];
        match self {
            Self::Gzip => room.read(GzDecoder::new(bytes)),
            // APPNOTE 4.3.7; the length may be told behind the entry only, but what is packed ends by itself.
            Self::ZipEntry => {
                let two = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
                let four = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
                let begin = 30 + usize::from(two(26)?) + usize::from(two(28)?);
                let data = bytes.get(begin..)?;
                match two(8)? {
                    8 => room.read(DeflateDecoder::new(data)),
                    // As it stands it was looked at with the rest; a seed alone is told by its ends.
                    0 => room.read(data.get(..usize::try_from(four(18)?).ok()?)?),
                    _ => None,
                }
            }
            // A chunk: keyword, zero, method, then what zlib packed; iTXt has two more texts before it.
            Self::PngText => {
                let end =
                    |from: usize| Some(from + bytes.get(from..)?.iter().position(|b| *b == 0)? + 1);
                let begin = match &bytes[..4] {
                    b"iTXt" => end(end(end(4)? + 2)?)?,
                    _ => end(4)? + 1,
                };
                room.read(ZlibDecoder::new(bytes.get(begin..)?))
            }
        }
    }
}

/// Whether some bytes begin with a form of a secret, whatever breaks its lines: white space, an escaped line end, a tag.
pub(super) fn is_spread(bytes: &[u8], form: &[u8]) -> bool {
    if bytes.starts_with(form) {
        return true;
    }
    if !form.is_ascii() {
        return false;
    }
    let mut at = 0;
    for sign in form {
        // Two breaks in a row at most: what is further apart is no text any more.
        for _ in 0..2 {
            match break_len(&bytes[at.min(bytes.len())..]) {
                0 => break,
                len => at += len,
            }
        }
        if bytes.get(at) != Some(sign) {
            return false;
        }
        at += 1;
    }
    true
}

/// How long the break of a line is that some bytes begin with; 0 if it is none.
fn break_len(bytes: &[u8]) -> usize {
    match bytes {
        [b'\\', b'r', b'\\', b'n', ..] => 4,
        [b'\\', b'n', ..] => 2,
        [b'<', rest @ ..] => {
            rest.iter().take(64).position(|byte| *byte == b'>').map_or(0, |at| at + 2)
        }
        _ => bytes.iter().take(64).take_while(|byte| byte.is_ascii_whitespace()).count(),
    }
}

/// The bytes that keys are written in, in whatever code: letters, digits, and the signs of both base64 alphabets.
const SIGNS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        let sign = byte as u8;
        table[byte] = sign.is_ascii_alphanumeric() || matches!(sign, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    table
};

fn is_sign(byte: u8) -> bool {
    SIGNS[usize::from(byte)]
}

/// How many signs some bytes begin with.
fn signs(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !is_sign(*byte)).unwrap_or(bytes.len())
}

impl Scanner {
    fn leak(&self, seed: &[u8], at: usize) -> Option<Leak> {
        let seed = seed.try_into().ok()?;
        self.publics.owner(seed).map(|what| Leak { what: what.to_owned(), at })
    }

    /// A seed as it is: at the ends of a file, or anywhere in a short one that is no text.
    pub(super) fn find_seed(&self, bytes: &[u8]) -> Option<Leak> {
        if self.publics.is_empty() || bytes.len() < 32 {
            return None;
        }
        let last = bytes.len() - 32;
        if bytes.len() <= SHORT && std::str::from_utf8(bytes).is_err() {
            return (0..=last).find_map(|at| self.leak(&bytes[at..at + 32], at));
        }
        let ends = [0, 32.min(last), last.saturating_sub(32), last];
        let is_raw = |at: &usize| !bytes[*at..*at + 32].is_ascii();
        ends.into_iter().filter(is_raw).find_map(|at| self.leak(&bytes[at..at + 32], at))
    }

    /// What is written in signs: seeds, sheets, and what is wrapped in base64 or hexadecimal.
    pub(super) fn find_in_texts(&self, bytes: &[u8], room: &mut Room) -> Option<Leak> {
        let mut sheet = Sheet::default();
        // Up to where signs that stand apart were read: a table of numbers is gone through once, not from each of them.
        let mut spread_end = 0;
        let mut at = 0;
        while let Some(gap) = bytes[at..].iter().position(|byte| is_sign(*byte)) {
            at += gap;
            let start = at;
            let len = signs(&bytes[at..]);
            at += len;
            if matches!(len, 4 | 19) && sheet.has_line(&bytes[start..]) {
                return Some(Leak { what: "a key sheet".to_owned(), at: start });
            }
            if (len == 2 || len == 4) && start >= spread_end && begins_hex(&bytes[start..]) {
                let (spread, read) = spread_hex(&bytes[start..]);
                spread_end = start + read;
                if spread.len() >= IN_HEX
                    && let Some(found) = self.find_in_text(&spread, room)
                {
                    return Some(Leak { at: start, ..found });
                }
            }
            if len < LINE {
                continue;
            }
            let mut text = Zeroizing::new(bytes[start..at].to_vec());
            // The lines of one text, each about as long as the one before.
            let mut line = len;
            while line >= LINE && text.len() < LONGEST {
                let gap = break_len(&bytes[at..]);
                let next = signs(&bytes[at + gap..]);
                if gap == 0 || next == 0 || next > line {
                    break;
                }
                at += gap;
                text.extend_from_slice(&bytes[at..at + next]);
                at += next;
                line = if next < line { 0 } else { next };
            }
            if text.len() >= IN_BASE64
                && let Some(found) = self.find_in_text(&text, room)
            {
                return Some(Leak { at: start, ..found });
            }
        }
        None
    }

    /// What some signs in a row are.
    fn find_in_text(&self, text: &[u8], room: &mut Room) -> Option<Leak> {
        let text = &text[..text.len().min(LONGEST)];
        if text.len() == seed::LINES * 16
            && std::str::from_utf8(text).is_ok_and(|text| Seed::from_sheet(text).is_ok())
        {
            return Some(Leak { what: "a key sheet".to_owned(), at: 0 });
        }
        if !self.publics.is_empty()
            && let Some(leak) = self.find_written_seed(text)
        {
            return Some(leak);
        }
        if text.len() < IN_BASE64 + 1 || room.depth == 0 {
            return None;
        }
        let inside = match text.iter().all(u8::is_ascii_hexdigit) {
            true => decode(&HEXLOWER_PERMISSIVE, &text[..text.len() & !1]),
            false => decode_base64(text),
        };
        let inside = inside.filter(|inside| inside.len() >= WORTH)?;
        room.deeper(|room| self.find_inside(&inside, room))
            .map(|leak| Leak { what: format!("{}, written in other signs", leak.what), ..leak })
    }

    /// A seed, alone or with its public half behind it.
    fn find_written_seed(&self, text: &[u8]) -> Option<Leak> {
        let of = |seed: &Zeroizing<Vec<u8>>| match seed.as_slice() {
            [0x80, 0x26, seed @ ..] if seed.len() == 32 => self.leak(seed, 0),
            seed => self.leak(seed.get(..32)?, 0),
        };
        for run in text.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| run.len() >= IN_HEX) {
            let last = run.len() - IN_HEX;
            let places: Vec<usize> = match last {
                0..=128 => (0..=last).collect(),
                _ => vec![0, last],
            };
            let found = places
                .into_iter()
                .find_map(|at| of(&decode(&HEXLOWER_PERMISSIVE, &run[at..at + IN_HEX])?));
            if found.is_some() {
                return found;
            }
        }
        // It may be stuck to a word before it, or have one behind.
        let ends = [&text[..IN_BASE64], &text[text.len() - IN_BASE64..]];
        let found = ends.into_iter().find_map(|part| of(&decode_base64(part)?));
        let whole = || of(&decode_base64(text).filter(|bytes| bytes.len() <= 96)?);
        let in_32 = || {
            let part = text.get(..IN_BASE32).filter(|_| text.len() <= IN_BASE32 + 8)?;
            of(&decode(&BASE32_NOPAD, &Zeroizing::new(part.to_ascii_uppercase()))?)
        };
        // 32 bytes are 43 or 44 signs mostly, a Multikey 47 or 48 behind a z; other signs may be stuck to them.
        let in_58 = || {
            let plain = text.strip_prefix(b"z").filter(|_| text.len() > 46).unwrap_or(text);
            let lens = [plain.len(), 43, 44, 47, 48].into_iter();
            let parts = lens.filter_map(|len| plain.get(..len).filter(|_| plain.len() <= 56));
            parts
                .into_iter()
                .find_map(|part| of(&bs58::decode(part).into_vec().map(Zeroizing::new).ok()?))
        };
        found.or_else(whole).or_else(in_32).or_else(in_58)
    }

    /// Text of two bytes a sign, as the signs that have one.
    pub(super) fn find_in_utf16(&self, bytes: &[u8], room: &mut Room) -> Option<Leak> {
        // Every sign of such a text has a zero.
        if !bytes.contains(&0) {
            return None;
        }
        let is_plain = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
        let mut at = 0;
        while at + 1 < bytes.len() {
            if bytes[at + 1] != 0 || !is_plain(bytes[at]) {
                at += 1;
                continue;
            }
            let pairs = bytes[at..].chunks_exact(2);
            let signs =
                pairs.take_while(|pair| is_plain(pair[0]) && pair[1] == 0).map(|pair| pair[0]);
            let mut text: Zeroizing<Vec<u8>> = Zeroizing::new(signs.collect());
            let start = at;
            at += text.len() * 2;
            // With the high byte first, the zero of the last sign stands before it.
            text.extend(bytes.get(at).copied().filter(|byte| is_plain(*byte)));
            if text.len() >= WORTH
                && let Some(leak) = room.deeper(|room| self.find_inside(&text, room))
            {
                return Some(Leak { what: format!("{}, in UTF-16", leak.what), at: start });
            }
        }
        None
    }
}

fn decode(code: &Encoding, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    code.decode(text).ok().map(Zeroizing::new)
}

/// Base64 of either alphabet, as far as it is whole.
fn decode_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let is_url = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let code = if is_url { &BASE64URL_NOPAD } else { &BASE64_NOPAD };
    let mut whole = Zeroizing::new(text[..text.len() - usize::from(text.len() % 4 == 1)].to_vec());
    // Bits that are left over at the end may be anything.
    let kept = match whole.len() % 4 {
        2 => 0b11_0000,
        3 => 0b11_1100,
        _ => 0b11_1111,
    };
    if let Some(last) = whole.last_mut() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let more: &[u8; 2] = if is_url { b"-_" } else { b"+/" };
        let value = alphabet.iter().chain(more).position(|sign| sign == last)?;
        *last = *alphabet.iter().chain(more).nth(value & kept)?;
    }
    decode(code, &whole)
}

/// Whether the digits of a byte stand first, with `0x` before them or without.
fn begins_hex(bytes: &[u8]) -> bool {
    matches!(bytes, [b'0', b'x', ..])
        || bytes.first_chunk::<2>().is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
}

/// The hexadecimal digits of bytes that are written apart: `a1:b2`, `a1 b2`, `0xa1, 0xb2`; and how far they go.
fn spread_hex(bytes: &[u8]) -> (Zeroizing<Vec<u8>>, usize) {
    let mut digits = Zeroizing::new(Vec::new());
    let mut at = 0;
    loop {
        at += if matches!(bytes[at..], [b'0' | b'\\', b'x', ..]) { 2 } else { 0 };
        match bytes.get(at..at + 2) {
            Some(pair) if pair.iter().all(u8::is_ascii_hexdigit) => digits.extend_from_slice(pair),
            _ => return (digits, at),
        }
        at += 2;
        let gap = bytes[at..].iter().take(8);
        at += gap
            .take_while(|byte| matches!(byte, b':' | b',' | b' ' | b'-' | b'\n' | b'\r'))
            .count();
    }
}

/// Lines of a sheet that were found in a file, each right by its check.
#[derive(Default)]
struct Sheet([bool; seed::LINES]);

impl Sheet {
    /// Looks at four groups of four signs; true once all lines are there.
    fn has_line(&mut self, bytes: &[u8]) -> bool {
        let Some(line) = four_groups(bytes) else { return false };
        for (is_there, is_line) in self.0.iter_mut().zip(seed::lines_of(&line)) {
            *is_there |= is_line;
        }
        self.0.iter().all(|is_there| *is_there)
    }
}

/// Four groups of four signs, with hyphens, white space or tags in between: a sheet is a table.
fn four_groups(bytes: &[u8]) -> Option<Zeroizing<[u8; 16]>> {
    let mut places = [0; 4];
    let mut at = 0;
    for (group, place) in places.iter_mut().enumerate() {
        for _ in 0..if group > 0 { 6 } else { 0 } {
            match bytes.get(at)? {
                b'-' => at += 1,
                sign if sign.is_ascii_alphanumeric() => break,
                _ => at += break_len(&bytes[at..]),
            }
        }
        let signs = bytes.get(at..at + 4)?;
        if !signs.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        *place = at;
        at += 4;
        if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
    }
    // Most words of four letters have no other three behind them, so nothing is copied that has to be wiped before it is known.
    let mut line = Zeroizing::new([0; 16]);
    for (signs, at) in line.chunks_exact_mut(4).zip(places) {
        signs.copy_from_slice(&bytes[at..at + 4]);
    }
    Some(line)
}
