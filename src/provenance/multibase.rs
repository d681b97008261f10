//! Multibase, of which records use one encoding only: `z`, base58btc.
//!
//! Other prefixes are refused and not converted: a signature or key has one spelling.

/// Longest text that is decoded, in characters: base58 takes quadratic time, and nothing that
/// records hold (keys of 34 bytes, signatures of 64) comes near it.
const MAX_CHARS: usize = 256;

/// Writes bytes as `z` and base58btc.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::from("z");
    text.push_str(&bs58::encode(bytes).into_string());
    text
}

/// Reads `z` and base58btc; `None` for any other prefix, alphabet or an unreasonable length.
///
/// Base58btc has one spelling for each byte string, leading zeros included, so that what
/// decodes also encodes back to the same text.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix('z').filter(|digits| digits.len() <= MAX_CHARS)?;
    bs58::decode(digits).into_vec().ok()
}

/// Reads `z` and base58btc of exactly 64 bytes, as a signature is: what [`decode`] reads, some ten times as fast.
pub fn decode_64(text: &str) -> Option<[u8; 64]> {
    let mut bytes = [0; 64];
    five8::decode_64(text.strip_prefix('z')?, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_leading_zeros() {
        for bytes in [&b""[..], b"\0", b"\0\0yes mani !", b"\xff"] {
            assert_eq!(decode(&encode(bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn other_encodings_and_long_text_are_refused() {
        for text in ["", "uAAAA", "m", "Z11", "z0", "zI", "zl", "z 1"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode(&format!("z{}", "2".repeat(100_000))), None);
    }

    /// What [`decode`] makes of a text, if it is 64 bytes.
    fn slowly(text: &str) -> Option<[u8; 64]> {
        decode(text)?.try_into().ok()
    }

    #[test]
    fn sixty_four_bytes_at_the_edges() {
        for bytes in [[0; 64], [0xff; 64], std::array::from_fn(|at| at as u8)] {
            let text = encode(&bytes);
            assert_eq!(decode_64(&text), Some(bytes));
            for other in [
                format!("{text}1"),
                format!("z1{}", &text[1..]),
                text[..text.len() - 1].to_owned(),
                format!("z{}", &text[2..]),
                text[1..].to_owned(),
            ] {
                assert_eq!(decode_64(&other), slowly(&other), "{other}");
            }
        }
        for digits in 0..300 {
            for digit in ["1", "z", "2", "l"] {
                let text = format!("z{}", digit.repeat(digits));
                assert_eq!(decode_64(&text), slowly(&text), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn both_decoders_agree(zeros in 0usize..66, bytes in any::<[u8; 32]>(), more in any::<[u8; 32]>()) {
            let mut all = [bytes, more].concat();
            all.iter_mut().take(zeros).for_each(|byte| *byte = 0);
            let text = encode(&all);
            prop_assert_eq!(decode_64(&text), Some(all.try_into().unwrap()));
        }

        #[test]
        fn both_decoders_agree_on_any_text(text in "z1{0,3}[1-9A-HJ-NP-Za-km-z]{80,90}|z[ -~]{0,90}|.{0,90}") {
            prop_assert_eq!(decode_64(&text), slowly(&text));
        }
    }
}
