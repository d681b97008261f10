//! Six words that make a passphrase.
//!
//! The words are those of the EFF's large list (7776 of them, made for dice: each is easy to
//! spell, none is rude), so six of them hold 77 bits. They are English; a person may always
//! choose a passphrase of her own instead.

use diceware_wordlists::EFF_LONG_WORDLIST;
use zeroize::Zeroizing;

use super::{CustodyError, Passphrase, draw};

/// How many words.
const WORDS: usize = 6;
/// How many numbers are drawn at once.
const DRAWN: usize = 32;

/// Words from random numbers; `None` if too few of them fall into the range in which every word is
/// equally likely, which does not happen in practice.
#[must_use]
pub fn six_words(random: &[u8; 2 * DRAWN]) -> Option<Passphrase> {
    let count = EFF_LONG_WORDLIST.len();
    let limit = (1 << 16) / count * count;
    let (pairs, _) = random.as_chunks::<2>();
    let numbers = pairs.iter().map(|pair| usize::from(u16::from_be_bytes(*pair)));
    let mut numbers = numbers.filter(|number| *number < limit);
    let mut text = String::with_capacity(64);
    for place in 0..WORDS {
        if place > 0 {
            text.push(' ');
        }
        text.push_str(EFF_LONG_WORDLIST[numbers.next()? % count]);
    }
    Some(Passphrase::new(text))
}

/// Draws six words.
///
/// # Errors
/// If this machine gives no random numbers.
pub fn draw_words() -> Result<Passphrase, CustodyError> {
    loop {
        let mut random = Zeroizing::new([0; 2 * DRAWN]);
        draw(random.as_mut_slice())?;
        if let Some(words) = six_words(&random) {
            return Ok(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_enough_and_has_each_word_once() {
        let mut words = EFF_LONG_WORDLIST.to_vec();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 7776);
        assert!((words.len() as f64).log2() * WORDS as f64 > 64.0);
        assert!(words.iter().all(|word| !word.contains(' ')));
    }

    #[test]
    fn every_word_is_equally_likely() {
        let mut random = [0xff; 64];
        assert!(six_words(&random).is_none(), "numbers above the limit are not used");
        random[..14].copy_from_slice(&[0, 0, 0, 1, 0xff, 0xff, 0x1e, 0x60, 0, 0, 0, 0, 0, 0]);
        let words = six_words(&random).expect("six words");
        let expected = [0, 1, 0, 0, 0, 0].map(|index| EFF_LONG_WORDLIST[index]).join(" ");
        assert_eq!(words.reveal(), expected);
        assert!(draw_words().expect("random numbers").expect_strong().is_ok());
    }
}
