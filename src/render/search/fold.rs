//! Words made comparable: the same folding here, for the index, and in the browser, for what is typed.
//!
//! A text goes through compatibility decomposition (NFKD), lower case, the tables below and
//! composition (NFC); then it is cut into words. The script of the page (`themes/script/words.js`)
//! does the same with the same tables, which [`script_table`] hands to it, so there is one table.
//! `tests/vectors/own/search-words.json` holds both to each other.
//!
//! Writing without spaces (Thai, Chinese, Japanese and others) is cut into overlapping pairs.

use std::fmt::Write as _;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Marks that readers leave out: accents, Hebrew points, Arabic vowel signs and tatweel, nuktas.
/// Signs without which another word would be read (vowels of Thai and of Indic scripts) stay.
const MARKS: &[(u32, u32)] = &[
    (0x0300, 0x036f),
    (0x0483, 0x0487),
    (0x0591, 0x05bd),
    (0x05bf, 0x05bf),
    (0x05c1, 0x05c2),
    (0x05c4, 0x05c5),
    (0x05c7, 0x05c7),
    (0x0610, 0x061a),
    (0x0640, 0x0640),
    (0x064b, 0x065f),
    (0x0670, 0x0670),
    (0x06d6, 0x06dc),
    (0x06df, 0x06e4),
    (0x06e7, 0x06e8),
    (0x06ea, 0x06ed),
    (0x08d3, 0x08e1),
    (0x08e3, 0x08ff),
    (0x093c, 0x093c),
    (0x09bc, 0x09bc),
    (0x0a3c, 0x0a3c),
    (0x1ab0, 0x1aff),
    (0x1dc0, 0x1dff),
];

/// Letters that no decomposition takes apart, with what people type in their place.
const LETTERS: &[(char, &str)] = &[
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ł', "l"),
    ('ø', "o"),
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ı', "i"),
    ('ȷ', "j"),
    ('ħ', "h"),
    ('ŋ', "ng"),
    ('ŧ', "t"),
    ('ĸ', "k"),
    ('ƀ', "b"),
    ('ɓ', "b"),
    ('ƈ', "c"),
    ('ȼ', "c"),
    ('ɖ', "d"),
    ('ɗ', "d"),
    ('ə', "e"),
    ('ǝ', "e"),
    ('ɛ', "e"),
    ('ɇ', "e"),
    ('ƒ', "f"),
    ('ǥ', "g"),
    ('ɠ', "g"),
    ('ɣ', "g"),
    ('ɨ', "i"),
    ('ɩ', "i"),
    ('ɉ', "j"),
    ('ƙ', "k"),
    ('ƚ', "l"),
    ('ɫ', "l"),
    ('ɲ', "n"),
    ('ƞ', "n"),
    ('ɔ', "o"),
    ('ɵ', "o"),
    ('ƥ', "p"),
    ('ɍ', "r"),
    ('ʃ', "sh"),
    ('ƭ', "t"),
    ('ʈ', "t"),
    ('ⱦ', "t"),
    ('ʉ', "u"),
    ('ʊ', "u"),
    ('ʋ', "v"),
    ('ƴ', "y"),
    ('ɏ', "y"),
    ('ƶ', "z"),
    ('ʒ', "z"),
    ('ς', "σ"),
    // Arabic: carriers of hamza come apart before this; what is left are other shapes of one letter.
    ('ٱ', "ا"),
    ('ى', "ي"),
    ('ة', "ه"),
    ('ک', "ك"),
    ('ی', "ي"),
    ('ې', "ي"),
    ('ھ', "ه"),
    ('ہ', "ه"),
    ('ە', "ه"),
    // Ukrainian and Belarusian beside Russian on one keyboard.
    ('ґ', "г"),
];

/// The zeros of digits that are written otherwise than 0 to 9; nine more follow each.
const ZEROS: &[u32] = &[
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0e50, 0x0ed0,
    0x1040, 0x17e0,
];

/// Katakana that have the same sign in hiragana, and how far that lies before them.
const KATAKANA: (u32, u32, u32) = (0x30a1, 0x30f6, 0x60);

/// Scripts that put no space between words.
const UNSPACED: &[(u32, u32)] = &[
    (0x0e00, 0x0e7f),
    (0x0e80, 0x0eff),
    (0x1000, 0x109f),
    (0x1780, 0x17ff),
    (0x1950, 0x19df),
    (0x1a20, 0x1aaf),
    (0x3005, 0x3007),
    (0x3040, 0x30ff),
    (0x31f0, 0x31ff),
    (0x3400, 0x4dbf),
    (0x4e00, 0x9fff),
    (0x2_0000, 0x3_ffff),
];

/// What stands within a word or between two: a word with it is found with, without and by its parts.
const JOINERS: &[char] = &[
    '\'', '-', '\u{2b9}', '\u{2bb}', '\u{2bc}', '\u{2bd}', '\u{55a}', '\u{5f3}', '\u{2010}',
    '\u{2018}', '\u{2019}', '\u{201b}', '\u{a78c}',
];

/// Arabic article with what is written together with it; the word is found without it, too.
const ARTICLES: &[&str] = &["وال", "بال", "كال", "فال", "ال", "لل"];
/// So many letters have to follow an article.
const AFTER_ARTICLE: usize = 3;

/// The most letters of a word that count.
const LONGEST: usize = 32;

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    ranges.iter().any(|(low, high)| (*low..=*high).contains(&u32::from(c)))
}

/// A text in the form in which texts are compared.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_ascii() {
            plain.push(c);
        } else if within(MARKS, c) {
        } else if let Some((_, letters)) = LETTERS.iter().find(|(letter, _)| *letter == c) {
            plain.push_str(letters);
        } else if let Some(zero) =
            ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&c.into()))
        {
            plain.extend(char::from_digit(u32::from(c) - zero, 10));
        } else if (KATAKANA.0..=KATAKANA.1).contains(&c.into()) {
            plain.extend(char::from_u32(u32::from(c) - KATAKANA.2));
        } else {
            plain.push(c);
        }
    }
    plain.nfc().collect()
}

/// The words of a text as the index holds them, in order, repetitions included.
pub(crate) fn words(text: &str, mut found: impl FnMut(&str)) {
    // What is not ASCII is left as it is here, and folded with the piece that it stands in.
    let small = text.to_ascii_lowercase();
    let bytes = small.as_bytes();
    let mut at = 0;
    // Nothing composes over a space, and most pieces are plain letters that fold fast.
    while at < bytes.len() {
        let start = at;
        at += letters(&bytes[at..]);
        // Most are a word and a space, or a point between them.
        let end = at;
        at += usize::from(matches!(bytes.get(at), Some(b'.' | b',')));
        if bytes.get(at).is_none_or(u8::is_ascii_whitespace) {
            if end > start {
                found(&small[start..end.min(start + LONGEST)]);
            }
            at += 1;
            continue;
        }
        at = start;
        // Of the joiners two are ASCII.
        let mut is_plain = true;
        while at < bytes.len() && !bytes[at].is_ascii_whitespace() {
            is_plain &= bytes[at].is_ascii() && !matches!(bytes[at], b'\'' | b'-');
            at += 1;
        }
        if is_plain {
            plain_words(&small[start..at], &mut found);
        } else {
            let mut cut = Cut {
                found: &mut found,
                parts: Vec::new(),
                run: String::new(),
                pair: Pair::default(),
            };
            fold(&text[start..at]).chars().for_each(|c| cut.take(c));
            cut.end();
        }
        at += 1;
    }
}

/// How many letters and digits of English some bytes begin with.
fn letters(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len())
}

/// The words of small letters of English.
fn plain_words(piece: &str, found: &mut impl FnMut(&str)) {
    let mut at = 0;
    while at < piece.len() {
        let end = at + letters(&piece.as_bytes()[at..]);
        if end > at {
            found(&piece[at..end.min(at + LONGEST)]);
        }
        at = end + 1;
    }
}

/// Cuts folded text into words.
struct Cut<'f> {
    found: &'f mut dyn FnMut(&str),
    /// Parts of a word that a joiner ended.
    parts: Vec<String>,
    /// The part that is being read.
    run: String,
    pair: Pair,
}

/// The last two signs of writing without spaces.
#[derive(Default)]
struct Pair {
    before: String,
    last: String,
}

impl Cut<'_> {
    fn take(&mut self, c: char) {
        let is_joiner = JOINERS.contains(&c);
        let is_word = !is_joiner && (c.is_alphanumeric() || is_combining_mark(c));
        if is_word && !self.pair.last.is_empty() && is_combining_mark(c) {
            self.pair.last.push(c);
        } else if is_word && within(UNSPACED, c) {
            self.end_spaced();
            self.end_pair();
            self.pair.before = std::mem::take(&mut self.pair.last);
            self.pair.last.push(c);
        } else if is_word {
            self.end_unspaced();
            self.run.push(c);
        } else if is_joiner && !self.run.is_empty() {
            self.parts.push(std::mem::take(&mut self.run));
        } else {
            self.end();
        }
    }

    fn end(&mut self) {
        self.end_spaced();
        self.end_unspaced();
    }

    fn end_spaced(&mut self) {
        if !self.run.is_empty() {
            self.parts.push(std::mem::take(&mut self.run));
        }
        match self.parts.as_slice() {
            [] => return,
            [one] => spaced(one, self.found),
            several => {
                for part in several {
                    spaced(part, self.found);
                }
                spaced(&several.concat(), self.found);
            }
        }
        self.parts.clear();
    }

    /// Tells the pair that is complete.
    fn end_pair(&mut self) {
        if !self.pair.before.is_empty() {
            self.pair.before.push_str(&self.pair.last);
            (self.found)(&self.pair.before);
        }
    }

    /// Tells the last pair and the last sign by itself, so that each sign begins some word.
    fn end_unspaced(&mut self) {
        self.end_pair();
        if !self.pair.last.is_empty() {
            (self.found)(&self.pair.last);
        }
        self.pair = Pair::default();
    }
}

/// A word of a script with spaces, and without its Arabic article.
fn spaced(word: &str, found: &mut dyn FnMut(&str)) {
    let end = word.char_indices().nth(LONGEST).map_or(word.len(), |(at, _)| at);
    let word = &word[..end];
    found(word);
    if !word.is_ascii()
        && let Some(rest) = ARTICLES.iter().find_map(|article| word.strip_prefix(article))
        && rest.chars().count() >= AFTER_ARTICLE
    {
        found(rest);
    }
}

/// The tables as a JavaScript object.
pub(in crate::render) fn script_table() -> String {
    let ranges = |ranges: &[(u32, u32)]| {
        let all: Vec<String> = ranges.iter().map(|(low, high)| format!("[{low},{high}]")).collect();
        format!("[{}]", all.join(","))
    };
    let text = |value: &str| serde_json::Value::from(value).to_string();
    let mut letters = String::new();
    for (letter, plain) in LETTERS {
        let comma = if letters.is_empty() { "" } else { "," };
        let _ = write!(letters, "{comma}{}:{}", text(&letter.to_string()), text(plain));
    }
    let articles: Vec<String> = ARTICLES.iter().map(|article| text(article)).collect();
    format!(
        "{{marks:{},letters:{{{letters}}},zeros:{ZEROS:?},katakana:[{},{},{}],unspaced:{},joiners:{},articles:[{}],afterArticle:{AFTER_ARTICLE},longest:{LONGEST}}}",
        ranges(MARKS),
        KATAKANA.0,
        KATAKANA.1,
        KATAKANA.2,
        ranges(UNSPACED),
        text(&JOINERS.iter().collect::<String>()),
        articles.join(","),
    )
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        words(text, |word| out.push(word.to_owned()));
        out
    }

    #[test]
    fn what_people_type_and_what_is_written_fold_to_the_same() {
        let table = [
            ("Đặng Thị Lò", "dang thi lo"),
            ("Łódź, ØRSTED, STRAẞE, Straße", "lodz, orsted, strasse, strasse"),
            ("Æbleskive œuvre Ísafjörður Þór", "aebleskive oeuvre isafjordur thor"),
            ("İstanbul ISPARTA ışık", "istanbul isparta isik"),
            ("ŋandi Ʒ ə", "ngandi z e"),
            ("Ёлка, ґанок", "елка, ганок"),
            ("ΟΔΥΣΣΕΎΣ ὁδός", "οδυσσευσ οδοσ"),
            ("أَكْلٌ إلى آلة ٱسم مؤمن", "اكل الي اله اسم مومن"),
            ("شــــال مدرسة", "شال مدرسه"),
            ("کتاب یک ۱۲۳ ٤٥", "كتاب يك 123 45"),
            ("שָׁלוֹם", "שלום"),
            ("カゴ ｶｺﾞ かご ガラス", "かご かご かご がらす"),
            ("Ｓｈａｗｌ ﬁne ½", "shawl fine 1⁄2"),
            ("ผ้าไหม", "ผ้าไหม"),
            ("한국 매듭", "한국 매듭"),
            ("क़लम", "कलम"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(fold(text), expected.nfc().collect::<String>(), "{text}");
        }
    }

    #[test]
    fn texts_are_cut_into_words() {
        let table: [(&str, &[&str]); 13] = [
            ("Red shawl, 2 m!", &["red", "shawl", "2", "m"]),
            ("ch’ullu", &["ch", "ullu", "chullu"]),
            ("T-shirt l'eau", &["t", "shirt", "tshirt", "l", "eau", "leau"]),
            ("- a -b c- --d", &["a", "b", "c", "d"]),
            ("竹籠", &["竹籠", "籠"]),
            ("竹", &["竹"]),
            ("手編みカゴ2個", &["手編", "編み", "みか", "かご", "ご", "2", "個"]),
            ("ผ้า", &["ผ้า", "า"]),
            ("الشال وال", &["الشال", "شال", "وال"]),
            ("والسلال", &["والسلال", "سلال"]),
            ("ʻōlelo Hawaiʻi", &["olelo", "hawai", "i", "hawaii"]),
            ("a\u{301}\u{301}b", &["ab"]),
            (" ,;", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(cut(text), expected, "{text}");
        }
        let long = "x".repeat(100);
        assert_eq!(cut(&long), ["x".repeat(LONGEST)]);
    }

    #[test]
    fn folding_twice_is_folding_once() {
        for c in ('\0'..='\u{ffff}').chain('\u{1f000}'..='\u{2ffff}') {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    /// Blocks in which every character is folded and cut in Rust and in the browser; what they hold
    /// has not changed since Unicode 15.
    const BLOCKS: [(u32, u32); 15] = [
        (0x0000, 0x024f),
        (0x0250, 0x036f),
        (0x0370, 0x0527),
        (0x0531, 0x0556),
        (0x0559, 0x058a),
        (0x0591, 0x05c7),
        (0x05d0, 0x05f4),
        (0x0600, 0x06ff),
        (0x0900, 0x0b52),
        (0x0b55, 0x0dff),
        (0x0e00, 0x0eff),
        (0x1000, 0x109f),
        (0x1e00, 0x1fff),
        (0x3000, 0x318e),
        (0xfb00, 0xffdc),
    ];

    /// The vector that the test of the script reads.
    #[test]
    fn the_vector_for_the_script_is_that_of_this_folding() {
        const TEXTS: [&str; 24] = [
            "Red shawl, 2 m!",
            "Đặng Thị Lò dệt thổ cẩm",
            "Łódź Ørsted Straße STRAẞE œuvre",
            "İstanbul ışık ΟΔΥΣΣΕΎΣ Ёлка ґанок",
            "أَكْلٌ إلى آلة ٱسم مؤمن",
            "الشال والسلال للنساء شــــال ٤٥",
            "کتاب یک ۱۲۳",
            "שָׁלוֹם ג׳ינס",
            "手編みカゴ2個 ｶｺﾞ 竹籠 竹",
            "ผ้าไหมมัดหมี่",
            "한국 매듭 가방",
            "क़लम हस्तनिर्मित शॉल",
            "ch’ullu Hawaiʻi T-shirt l'eau a-b-c --d",
            "ﬁne ½ Ⅷ ㎏ ™ №5",
            "𠮷野 𝒜 👩🏽‍🌾 e\u{301}",
            "ជ្រៃ ຜ້າ ပိတ်",
            "ᏣᎳᎩ ꭰ ⵜⴰⵎⴰⵣⵉⵖⵜ",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "  \u{200b} \u{feff} \u{a0} ",
            "Ñandutí güipil pāua tītī",
            "ǅ ŉ ĳ ſ ẛ",
            "ⓐⓑ ²³ ①",
            "ゞ ー 々 〆 ヶ月",
            "",
        ];
        let mut digest = Sha256::new();
        let mut counted = 0;
        for c in BLOCKS.iter().flat_map(|(low, high)| (*low..=*high).filter_map(char::from_u32)) {
            digest.update(format!(
                "{}\n{}\n",
                fold(&c.to_string()),
                cut(&format!("a{c}b")).join(" ")
            ));
            counted += 1;
        }
        let texts: Vec<serde_json::Value> = TEXTS
            .iter()
            .map(|text| serde_json::json!({ "text": text, "folded": fold(text), "words": cut(text) }))
            .collect();
        let vector = serde_json::json!({
            "about": "Each text folded and cut into words; `sha256` is over `fold(c)`, a line end, the words of `a`+c+`b` with spaces between, a line end, for each character c of the blocks.",
            "blocks": BLOCKS,
            "characters": counted,
            "sha256": data_encoding::HEXLOWER.encode(&digest.finalize()),
            "texts": texts,
        });
        let expected = format!("{}\n", serde_json::to_string_pretty(&vector).expect("JSON"));
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/vectors/own/search-words.json");
        #[expect(clippy::disallowed_methods, reason = "asks whether to accept the new vector")]
        if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
            std::fs::write(&path, &expected).expect("a file");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "SELVEDGE_ACCEPT=1 accepts this; read the difference");
    }
}
