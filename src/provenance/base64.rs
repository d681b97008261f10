//! Base64 (RFC 4648 §4) with its padding, read strictly: one text for each byte string.

use data_encoding::BASE64;

/// Reads base64; `None` for any other text than the one that encoding the bytes gives.
///
/// The crate takes padded texts one behind the other for one text (`AA==AA==`), as no other reader of notes or browser
/// does: padding within is refused here.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if digits.contains('=') {
        return None;
    }
    BASE64.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_stands_at_the_end_only() {
        for (text, expected) in [
            ("", Some(&b""[..])),
            ("AA==", Some(b"\0")),
            ("AAA=", Some(b"\0\0")),
            ("AAAA", Some(b"\0\0\0")),
            ("AA==AA==", None),
            ("AAA=AAAA", None),
            ("AAAAAA==AAAA", None),
            ("AA=", None),
            ("AA", None),
            ("AB==", None),
            ("A===", None),
            ("AA== ", None),
            ("AA==\n", None),
            ("AA__", None),
        ] {
            assert_eq!(decode(text).as_deref(), expected, "{text:?}");
        }
    }
}
