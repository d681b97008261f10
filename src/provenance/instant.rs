//! The one form of date and time that records carry: `2026-11-02T03:04:05Z`.
//!
//! VC 2.0 allows more spellings of an instant (offsets, fractions, lower case). Records use
//! none of them, so that the same instant has the same bytes and sorts as text.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads `YYYY-MM-DDThh:mm:ssZ`, a real date of the calendar; `None` for all else.
pub fn parse(text: &str) -> Option<Timestamp> {
    let shape = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, &form)| match form {
            b'd' => byte.is_ascii_digit(),
            form => byte == form,
        });
    if !fits {
        return None;
    }
    let number = |from: usize, to: usize| {
        text.as_bytes()[from..to].iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'))
    };
    let small = |from: usize| number(from, from + 2) as i8;
    // A leap second is no second of this calendar.
    let at = DateTime::new(number(0, 4), small(5), small(8), small(11), small(14), small(17), 0);
    Offset::UTC.to_timestamp(at.ok()?).ok()
}

/// Writes an instant; what is below a second is cut off.
pub fn format(at: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(at);
    // Years of records have four digits; `parse` takes no others.
    let (year, month, day) = (at.year(), at.month(), at.day());
    if !(0..=9999).contains(&year) {
        return at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    }
    let mut text = *b"0000-00-00T00:00:00Z";
    let mut put = |place: usize, number: i16| {
        text[place] = b'0' + (number / 10 % 10) as u8;
        text[place + 1] = b'0' + (number % 10) as u8;
    };
    put(0, year / 100);
    put(2, year);
    put(5, month.into());
    put(8, day.into());
    put(11, at.hour().into());
    put(14, at.minute().into());
    put(17, at.second().into());
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_spelling_only() {
        let text = "2026-11-02T03:04:05Z";
        assert_eq!(format(parse(text).unwrap()), text);
        for text in [
            "",
            "2026-11-02",
            "2026-11-02T03:04:05",
            "2026-11-02t03:04:05z",
            "2026-11-02 03:04:05Z",
            "2026-11-02T03:04:05.0Z",
            "2026-11-02T03:04:05+00:00",
            "2026-02-30T03:04:05Z",
            "2025-02-29T03:04:05Z",
            "2026-13-02T03:04:05Z",
            "2026-11-02T24:00:00Z",
            "2026-11-02T23:60:00Z",
            "2016-12-31T23:59:60Z",
            "+026-11-02T03:04:05Z",
            "２026-11-02T03:04:0Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_the_general_reader_does(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z",
        ) {
            // That one takes a leap second for the second before.
            let read = text.parse().ok().filter(|_| &text[17..19] != "60");
            prop_assert_eq!(parse(&text), read);
        }
    }
}
