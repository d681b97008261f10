//! The words of a design, made comparable, and which of them two designs share.
//!
//! Texts in all languages are folded and cut as those of the search are ([`crate::render`] has the one table). Names and
//! motifs count first; technique, kind, materials and description only beside them. Words that many designs of the
//! registers at hand have ("shawl" among shawls) tell nothing by themselves. A word counts as the same with one letter more,
//! less or other, and with letters of another script that look the same.

use std::collections::{BTreeMap, BTreeSet};

use unicode_security::confusable_detection::skeleton;

use crate::provenance::record::{Design, Texts};
use crate::render::search::fold;

/// The most words that are kept of one design, of each sort.
const MOST: usize = 600;
/// The most letters that are read of one text.
const MOST_TEXT: usize = 20_000;
/// Words shorter than this may differ in no letter.
const SPELLED_ALIKE: usize = 6;

/// Words that say nothing of a design, in the languages of the interface; folded.
const SMALL: &[&str] = &[
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "its", "of", "on", "or",
    "our", "that", "the", "their", "this", "to", "two", "with", "al", "con", "como", "de", "del",
    "desde", "el", "en", "es", "la", "las", "los", "mi", "o", "para", "por", "que", "se", "sin",
    "su", "sus", "un", "una", "y", "au", "aux", "avec", "ce", "cette", "dans", "des", "du", "est",
    "et", "l", "le", "les", "ou", "par", "pour", "qui", "sans", "son", "sur", "une", "cac", "cho",
    "co", "cua", "duoc", "la", "mot", "nhung", "o", "tren", "tu", "va", "voi", "الى", "ان", "او",
    "في", "علي", "عن", "من", "مع", "هذا", "هذه", "و", "design", "pattern", "motif", "diseno",
    "patron", "motivo", "dessin", "hoa", "tiet", "van",
];

/// The words of a design.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Whole names, each as its words one behind the other.
    names: BTreeSet<String>,
    /// Words of names and motifs, with how they were first written.
    first: BTreeMap<String, String>,
    /// What those look like, whatever script each letter is of (UTS 39).
    looks: BTreeSet<String>,
    /// Words of all else.
    second: BTreeSet<String>,
}

/// The words that two designs share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedWords {
    /// Whether they are called the same, in some language.
    pub is_same_name: bool,
    /// The words of names and motifs, as the one that is asked about has them.
    pub words: Vec<String>,
    /// How much that is: more is nearer.
    pub weight: u32,
}

impl SharedWords {
    /// The reason to look, in plain words.
    pub fn reason(&self) -> String {
        let words = self.words.join(", ");
        match self.is_same_name {
            true => format!("the same name: {words}"),
            false => format!("same words: {words}"),
        }
    }
}

impl Words {
    /// The words of a design.
    pub fn of(design: &Design) -> Self {
        let mut words = Self::default();
        for text in &design.name {
            words.name(&text.text);
        }
        for texts in &design.motifs {
            texts.iter().for_each(|text| words.first(&text.text));
        }
        let kind = design.design_kind.iter().map(String::as_str);
        let others: [&Texts; 2] = [&design.technique, &design.description];
        let texts = others.into_iter().chain(&design.materials).flatten();
        for text in texts.map(|text| text.text.as_str()).chain(kind) {
            words.second(text);
        }
        words
    }

    /// Takes a name in.
    pub fn name(&mut self, text: &str) {
        let mut name = Vec::new();
        cut(text, |word, _| name.push(word.to_owned()));
        if !name.is_empty() && self.names.len() < MOST {
            self.names.insert(name.join(" "));
        }
        self.first(text);
    }

    fn first(&mut self, text: &str) {
        let (first, looks) = (&mut self.first, &mut self.looks);
        cut(text, |word, written| {
            if first.len() < MOST {
                looks.insert(skeleton(word).collect());
                first.entry(word.to_owned()).or_insert_with(|| written.to_owned());
            }
        });
    }

    fn second(&mut self, text: &str) {
        let second = &mut self.second;
        cut(text, |word, _| {
            if second.len() < MOST {
                second.insert(word.to_owned());
            }
        });
    }

    /// Takes the words of the same design from elsewhere in.
    pub fn join(&mut self, other: Self) {
        self.names.extend(other.names);
        for (word, written) in other.first {
            self.first.entry(word).or_insert(written);
        }
        self.looks.extend(other.looks);
        self.second.extend(other.second);
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The words that count first.
    pub(super) fn firsts(&self) -> impl Iterator<Item = &str> {
        self.first.keys().map(String::as_str)
    }

    /// What another design shares with this one, if it is a reason to look. `is_common` tells words that many have.
    pub fn shared(&self, other: &Self, is_common: &dyn Fn(&str) -> bool) -> Option<SharedWords> {
        let is_same_name = self.names.iter().any(|name| other.names.contains(name));
        let mut words = Vec::new();
        let mut telling = 0;
        for (word, written) in &self.first {
            let is_there = other.first.contains_key(word)
                || other.looks.contains(&skeleton(word).collect::<String>())
                || other.first.keys().any(|found| is_spelled_alike(word, found));
            if is_there {
                words.push(written.clone());
                telling += u32::from(!is_common(word));
            }
        }
        let beside = self.second.iter().filter(|word| {
            !is_common(word) && (other.second.contains(*word) || other.first.contains_key(*word))
        });
        let beside = u32::try_from(beside.count()).unwrap_or(u32::MAX);
        // One word is enough where it is half of what either is about.
        let fewest = self.first.len().min(other.first.len());
        let is_reason =
            is_same_name || telling >= 2 || (telling == 1 && (fewest <= 2 || beside >= 3));
        let weight = telling * 4 + beside.min(8) + if is_same_name { 20 } else { 0 };
        is_reason.then_some(SharedWords { is_same_name, words, weight })
    }
}

/// Cuts a text into folded words, each with how it was written as far as that can be told.
fn cut(text: &str, mut found: impl FnMut(&str, &str)) {
    let end = text.char_indices().nth(MOST_TEXT).map_or(text.len(), |(at, _)| at);
    for piece in text[..end].split_whitespace() {
        let written = piece.trim_matches(|c: char| !c.is_alphanumeric());
        fold::words(piece, |word| {
            if word.chars().any(char::is_alphabetic) && !SMALL.contains(&word) {
                // A piece that is one word shows as it was written.
                let whole = fold::fold(written);
                found(word, if whole == word { written } else { word });
            }
        });
    }
}

/// Whether two words differ in one letter only.
fn is_spelled_alike(one: &str, two: &str) -> bool {
    let (long, short) = (one.len().max(two.len()), one.len().min(two.len()));
    // One letter leaves the first or the last as it is; most words are told apart by that.
    short >= SPELLED_ALIKE
        && long - short <= 4
        && (one.chars().next() == two.chars().next() || one.chars().last() == two.chars().last())
        && strsim::damerau_levenshtein(one, two) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::record::LangText;

    fn texts(all: &[(&str, &str)]) -> Texts {
        { all.iter() }
            .map(|(language, text)| LangText {
                language: (*language).to_owned(),
                text: (*text).to_owned(),
            })
            .collect()
    }

    fn words(name: &[(&str, &str)], motifs: &[&[(&str, &str)]], technique: &str) -> Words {
        Words::of(&Design {
            name: texts(name),
            motifs: motifs.iter().map(|motif| texts(motif)).collect(),
            technique: texts(&[("en", technique)]),
            ..Design::default()
        })
    }

    #[test]
    fn what_is_shared_is_told_across_languages_accents_and_spellings() {
        let eel = words(
            &[("en", "Eel knot"), ("es", "Nudo de anguila")],
            &[&[("en", "knot"), ("es", "nudo")]],
            "three rods",
        );
        let rare = |_: &str| false;
        let reason = |other: &Words| eel.shared(other, &rare).map(|shared| shared.reason());
        let other = words(&[("es", "El nudo de la ANGUÍLA")], &[], "");
        assert_eq!(reason(&other).as_deref(), Some("the same name: anguila, Nudo"));
        let other = words(&[("en", "Knot of the great eel")], &[], "");
        assert_eq!(reason(&other).as_deref(), Some("same words: Eel, knot"));
        let other = words(&[("es", "Angila y nudos")], &[&[("es", "anguilla")]], "");
        assert_eq!(reason(&other).as_deref(), None, "one word among several is chance");
        let other = words(&[("es", "Nudo anguilla")], &[], "");
        assert_eq!(reason(&other).as_deref(), Some("same words: anguila, Nudo"));
        // Cyrillic letters that look Latin.
        let other = words(&[("en", "\u{0435}\u{0435}l kn\u{043e}t")], &[], "");
        assert_eq!(reason(&other).as_deref(), Some("same words: Eel, knot"));
        let other = words(&[("en", "The pattern of the moon")], &[], "three rods");
        assert_eq!(reason(&other), None);
    }

    #[test]
    fn words_that_many_have_tell_nothing_by_themselves() {
        let one = words(&[("en", "River shawl")], &[], "");
        let two = words(&[("en", "Mountain shawl")], &[], "");
        assert!(one.shared(&two, &|_| false).is_some());
        assert_eq!(one.shared(&two, &|word| word == "shawl"), None);
        let same = words(&[("en", "Shawl, river")], &[], "");
        assert!(one.shared(&same, &|word| word == "shawl").is_some_and(|it| !it.is_same_name));
    }

    #[test]
    fn texts_without_spaces_are_compared_too() {
        let one = words(&[("ja", "川の結び目")], &[], "");
        let two = words(&[("ja", "大きな川の結び目")], &[], "");
        assert!(one.shared(&two, &|_| false).is_some());
    }
}
