//! What a text tells about a person that a shop need not tell: where she lives, how to ring her at
//! night, whose children are on the picture, when nobody is at home.
//!
//! Everything found is a warning, and may be meant: a shop that people visit has a street. A line
//! `accept = ["street-address"]` in a file silences one kind of finding in it, deliberately, as does a cell of that column in its row. The
//! patterns are cautious: a lint that cries at every number is read by nobody. They know the five
//! languages of the interface, and are measured on the example sites (see the tests).
//!
//! In the same walk over all texts [`claims`](super::claims) looks through those of food and cosmetics.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use foldhash::fast::RandomState;
use iban::Iban;
use rayon::prelude::*;

use crate::diag::{Diagnostic, Diagnostics, Sources, Span, Spanned, codes};
use crate::read::{Document, Draft, Item, Table, Value};

/// The kinds of finding, by the names that `accept` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Street,
    Phone,
    Email,
    Coordinates,
    Children,
    Absence,
    Bank,
    Identity,
    HealthClaim,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Street, "street-address"),
        (Self::Phone, "phone-number"),
        (Self::Email, "email-address"),
        (Self::Coordinates, "coordinates"),
        (Self::Children, "children"),
        (Self::Absence, "absence"),
        (Self::Bank, "bank-details"),
        (Self::Identity, "identity-number"),
        (Self::HealthClaim, "health-claim"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// What is there, and what to do about it.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Street => (
                "this looks like a street address: everybody will know where to find you",
                "say the region or the nearest town instead; nobody needs a street to order",
            ),
            Self::Phone => (
                "this looks like a phone number that is not among the ways to order",
                "take it out, or put it under [order] in site.toml if buyers should use it",
            ),
            Self::Email => (
                "this is an e-mail address that is not among the ways to order",
                "take it out, or put it under [order] in site.toml if buyers should use it",
            ),
            Self::Coordinates => (
                "this leads to an exact place on the map",
                "say the region or the nearest town instead",
            ),
            Self::Children => (
                "this tells of a child: strangers will know the face, and perhaps the name, age or school",
                "use a picture without the child, or leave name, age and school out; ask her parents first",
            ),
            Self::Absence => (
                "this tells when nobody is at home",
                "write it afterwards, or say only that orders will be sent later",
            ),
            Self::Bank => (
                "this is the number of a bank account or card",
                "take it out; give it to the buyer when she has ordered",
            ),
            Self::Identity => (
                "this looks like the number of an identity paper",
                "take it out; nobody needs it to order",
            ),
            Self::HealthClaim => (
                "this says that it heals, or helps with an illness: that makes it a medicine by the law of most countries, and selling one needs a licence",
                "say what it is and how it is used, such as \"for dry skin\" or \"warming tea\"; knowledge of healing plants may be a people's own, so ask before it is told",
            ),
        }
    }

    fn code(self) -> codes::Code {
        if self == Self::HealthClaim { codes::HEALTH_CLAIM } else { codes::PRIVATE_FACT }
    }

    /// When it may be accepted, before the line that does so.
    fn when_meant(self) -> &'static str {
        if self == Self::HealthClaim {
            "if you may say so where you sell"
        } else {
            "if it is meant to be public"
        }
    }
}

/// The most findings of one kind that are told for one file, or one row of a table.
const TOLD_PER_FILE: usize = 3;

/// Looks through every text that a page shows.
pub(super) fn lint(draft: &Draft, found: &mut Diagnostics) {
    let sources = &draft.sources;
    let mut known = Known::default();
    known.take(&draft.site.fields);
    for item in &draft.producers {
        known.take(&item.document.fields);
    }
    let in_site = document_findings(&draft.site, &draft.site, sources, &known);
    found.extend(in_site);
    let Draft { producers, products, designs, collections, pages, .. } = draft;
    let items: Vec<&Item> =
        [producers, products, designs, collections, pages].into_iter().flatten().collect();
    let all: Vec<Vec<Diagnostic>> = items
        .par_iter()
        .filter(|item| !super::protocol::is_hidden(&item.document))
        .map(|item| {
            let translations = item.translations.iter().map(|(_, document)| document);
            std::iter::once(&item.document)
                .chain(translations)
                .flat_map(|document| document_findings(document, &item.document, sources, &known))
                .collect()
        })
        .collect();
    found.extend(all.into_iter().flatten());
}

/// The kinds of finding in one text, by the names that `accept` takes; nothing counts as given on purpose.
pub(crate) fn told_in(text: &str) -> Vec<&'static str> {
    let mut sources = Sources::default();
    let file = sources.add("", text);
    let known = Known::default();
    let mut findings = Findings {
        known: &known,
        sources: &sources,
        may_claim: false,
        found: Vec::new(),
        accepted: Vec::new(),
        wrong: Vec::new(),
    };
    findings.text(text, Place::Body, |range| Span::new(file, range));
    findings.found.iter().map(|(_, kind)| kind.name()).collect()
}

/// The ways of reaching people that the maker gives on purpose.
#[derive(Default)]
struct Known {
    digits: BTreeSet<String>,
    emails: BTreeSet<String>,
}

impl Known {
    fn take(&mut self, table: &Table) {
        for (key, value) in table.entries() {
            match (&value.value, key.value.as_str()) {
                (Value::String(text), "email") => {
                    self.emails.insert(text.to_lowercase());
                }
                (Value::String(text), "whatsapp" | "phone" | "sms") => {
                    self.digits.insert(digits_of(text));
                }
                (Value::Table(table), _) => self.take(table),
                _ => {}
            }
        }
    }

    /// The same number, with or without the code of the country.
    fn has_number(&self, digits: &str) -> bool {
        let bare = digits.trim_start_matches('0');
        self.digits
            .iter()
            .any(|known| known == digits || (bare.len() >= 6 && known.ends_with(bare)))
    }
}

/// Fields that hold no text, or what is given on purpose.
const NO_TEXT: [&str; 45] = [
    "batch",
    "brand",
    "isbn",
    "publish",
    "accept",
    "also_named",
    "audience",
    "audio",
    "base_url",
    "capacity_per_month",
    "channels",
    "colour",
    "countries",
    "currency",
    "date",
    "design",
    "email",
    "file",
    "from",
    "gtin",
    "hide",
    "hide_photos",
    "hidden_names",
    "hs",
    "iban",
    "id",
    "kind",
    "languages",
    "lists",
    "look",
    "made_by",
    // Which values a variant has: they stand among the options.
    "of",
    // Ways to be paid are meant for buyers.
    "pay",
    "phone",
    "photo",
    "price",
    "producer",
    "protocol",
    "register",
    "related",
    "signs_as",
    "sku",
    "sms",
    "theme",
    "whatsapp",
];

/// What may be told of one file or row. What is accepted stands in the file that is translated, too.
fn document_findings(
    document: &Document,
    original: &Document,
    sources: &Sources,
    known: &Known,
) -> Vec<Diagnostic> {
    let kind = original.fields.get("kind").map(|(_, value)| &value.value);
    let mut out = Findings {
        known,
        sources,
        may_claim: matches!(kind, Some(Value::String(kind)) if kind == "food" || kind == "cosmetic"),
        found: Vec::new(),
        accepted: Vec::new(),
        wrong: Vec::new(),
    };
    for fields in [&original.fields, &document.fields] {
        out.accept(fields);
    }
    out.table(&document.fields, false);
    let text = sources.slice(document.body);
    let start = document.body.range().start;
    out.text(text, Place::Body, |range| {
        Span::new(document.body.file, start + range.start..start + range.end)
    });
    out.captions(text, document.body);
    let Findings { mut found, wrong, .. } = out;
    found.sort();
    found.dedup();
    let mut diagnostics: Vec<Diagnostic> = wrong;
    let mut told: Vec<Kind> = Vec::new();
    for (span, kind) in found {
        if told.iter().filter(|earlier| **earlier == kind).count() >= TOLD_PER_FILE {
            continue;
        }
        told.push(kind);
        let (words, advice) = kind.words();
        let (meant, name) = (kind.when_meant(), kind.name());
        let accept = match document.is_row {
            true => format!("{meant}, write into the column `accept` of this row: {name}"),
            false => format!("{meant}, write at the top of this file: accept = [\"{name}\"]"),
        };
        diagnostics.push(Diagnostic::warning(kind.code(), span, words).hint(advice).hint(accept));
    }
    diagnostics
}

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Field,
    /// Words for a picture.
    Caption,
}

struct Findings<'a> {
    known: &'a Known,
    sources: &'a Sources,
    /// Whether it is a text of food or of a cosmetic, in which claims are looked for.
    may_claim: bool,
    found: Vec<(Span, Kind)>,
    accepted: Vec<Kind>,
    wrong: Vec<Diagnostic>,
}

impl Findings<'_> {
    fn accept(&mut self, fields: &Table) {
        let Some((_, value)) = fields.get("accept") else { return };
        let items = match &value.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for item in items {
            let named = match &item.value {
                Value::String(name) => Kind::ALL.iter().find(|(_, known)| known == name),
                _ => None,
            };
            match named {
                Some((kind, _)) => self.accepted.push(*kind),
                None => {
                    let names: Vec<&str> = Kind::ALL.iter().map(|(_, name)| *name).collect();
                    let wrong = Diagnostic::error(
                        codes::BAD_VALUE,
                        item.span,
                        "there is no finding of that name to accept",
                    )
                    .hint(format!("the findings are: {}", names.join(", ")));
                    if !self.wrong.contains(&wrong) {
                        self.wrong.push(wrong);
                    }
                }
            }
        }
    }

    fn table(&mut self, table: &Table, is_caption: bool) {
        for (key, value) in table.entries() {
            let key = key.value.as_str();
            if !NO_TEXT.contains(&key) {
                // What one has to be warned of is not claimed.
                let may_claim = self.may_claim;
                self.may_claim &= !matches!(key, "warnings" | "allergens");
                let is_caption = is_caption || matches!(key, "alt" | "photo_alt" | "caption");
                self.value(value, is_caption);
                self.may_claim = may_claim;
            }
        }
    }

    fn value(&mut self, value: &Spanned<Value>, is_caption: bool) {
        match &value.value {
            Value::String(text) => {
                let raw = self.sources.slice(value.span);
                let start = value.span.range().start;
                let file = value.span.file;
                // A text with signs written as \u… has its place as a whole.
                let place = |range: Range<usize>| match raw.find(&text[range.clone()]) {
                    Some(at) => Span::new(file, start + at..start + at + range.len()),
                    None => value.span,
                };
                self.text(text, if is_caption { Place::Caption } else { Place::Field }, place);
            }
            Value::Array(items) => items.iter().for_each(|item| self.value(item, is_caption)),
            Value::Table(table) => self.table(table, is_caption),
            _ => {}
        }
    }

    /// The words of pictures in Markdown: `![words](file)`.
    fn captions(&mut self, text: &str, body: Span) {
        let mut from = 0;
        while let Some(at) = text[from..].find('!').map(|at| from + at + 1) {
            if !text[at..].starts_with('[') {
                from = at;
                continue;
            }
            let at = at + 1;
            let Some(end) = text[at..].find("](").map(|end| at + end) else { break };
            let start = body.range().start + at;
            self.text(&text[at..end], Place::Caption, |range| {
                Span::new(body.file, start + range.start..start + range.end)
            });
            from = end;
        }
    }

    fn text(&mut self, text: &str, place: Place, span: impl Fn(Range<usize>) -> Span) {
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit())
            || (!text.is_ascii() && text.chars().any(|c| digit(c).is_some()));
        let is_caption = place == Place::Caption;
        let is_plain = !has_digit && !is_caption && !self.may_claim;
        if is_plain && !text.contains('@') && !text.contains("://") {
            return;
        }
        let mut found: Vec<(Range<usize>, Kind)> = Vec::new();
        links(text, &mut found);
        emails(text, self.known, &mut found);
        if has_digit || is_caption || self.may_claim {
            let mut small = String::new();
            // Captions and claims are told without any digit.
            let places =
                if is_caption || self.may_claim { whole(text) } else { around_digits(text) };
            let words = words(text, &places, &mut small);
            let words = words.as_slice();
            if self.may_claim {
                let claims = super::claims::claims(text, words).into_iter();
                found.extend(claims.map(|range| (range, Kind::HealthClaim)));
            }
            if has_digit {
                with_numbers(text, words, self.known, &mut found);
            }
            children(text, words, is_caption, &mut found);
        }
        let kept = found.into_iter().filter(|(_, kind)| !self.accepted.contains(kind));
        self.found.extend(kept.map(|(range, kind)| (span(range), kind)));
    }
}

/// What is told by a number, or has one.
fn with_numbers(
    text: &str,
    words: &[Word<'_>],
    known: &Known,
    found: &mut Vec<(Range<usize>, Kind)>,
) {
    bank(text, words, found);
    coordinates(text, found);
    identity(words, found);
    phones(text, words, known, found);
    streets(text, words, found);
    absences(text, words, found);
}

// --- words ---

/// A word or a number of a text.
#[derive(Debug)]
pub(super) struct Word<'a> {
    range: Range<usize>,
    /// In small letters; digits of other scripts as 0 to 9.
    small: &'a str,
    is_number: bool,
    /// Whether it begins with a capital letter, or with one of a script that has none.
    is_name: bool,
    marks: Marks,
}

/// What a word may mean to the patterns below. Each word is looked up once for all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Marks(u16);

impl Marks {
    const STREET_FIRST: Self = Self(1);
    const STREET_LAST: Self = Self(1 << 1);
    const CHILD: Self = Self(1 << 2);
    const SCHOOL: Self = Self(1 << 3);
    const PAIR: Self = Self(1 << 4);
    const AWAY: Self = Self(1 << 5);
    const WE: Self = Self(1 << 6);
    const MONTH: Self = Self(1 << 7);
    const SPAN: Self = Self(1 << 8);
    const PAPER: Self = Self(1 << 9);

    fn has(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }

    fn of(small: &str) -> Self {
        static KNOWN: LazyLock<HashMap<&str, Marks, RandomState>> = LazyLock::new(|| {
            let lists: [(&[&'static str], Marks); 9] = [
                (&STREET_FIRST, Marks::STREET_FIRST),
                (&STREET_LAST, Marks::STREET_LAST),
                (&CHILDREN, Marks::CHILD),
                (&SCHOOLS, Marks::SCHOOL),
                (&AWAY, Marks::AWAY),
                (&WE, Marks::WE),
                (&MONTHS, Marks::MONTH),
                (&SPANS, Marks::SPAN),
                (&PAPERS, Marks::PAPER),
            ];
            let mut known = HashMap::<&str, Marks, RandomState>::default();
            let pairs = PAIRS.iter().map(|(first, _, _)| (*first, Marks::PAIR));
            let single = lists.iter().flat_map(|(words, mark)| words.iter().map(|w| (*w, *mark)));
            for (word, mark) in single.chain(pairs) {
                known.entry(word).or_default().0 |= mark.0;
            }
            known
        });
        /// The lengths in bytes (to 31) of the known words that begin with each byte.
        static LENGTHS: LazyLock<[u32; 256]> = LazyLock::new(|| {
            let mut lengths = [0; 256];
            KNOWN
                .keys()
                .for_each(|word| lengths[usize::from(word.as_bytes()[0])] |= 1 << word.len());
            lengths
        });
        let may_be = small.bytes().next().is_some_and(|first| {
            small.len() < 32 && LENGTHS[usize::from(first)] >> small.len() & 1 == 1
        });
        if may_be { KNOWN.get(small).copied().unwrap_or_default() } else { Self::default() }
    }
}

impl Word<'_> {
    /// Its place in the text.
    pub(super) fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// In small letters.
    pub(super) fn small(&self) -> &str {
        self.small
    }
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '٠'..='٩' => char::from_digit(u32::from(c) - 0x0660, 10),
        '۰'..='۹' => char::from_digit(u32::from(c) - 0x06f0, 10),
        _ => None,
    }
}

fn digits_of(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

/// How many words before and behind a line with a digit are read with it: the patterns below look at fewer.
const REACH: usize = 12;

/// All of a text as its only part.
fn whole(text: &str) -> Vec<Range<usize>> {
    std::iter::once(0..text.len()).collect()
}

/// The parts of a text in which a pattern with a number can be found, in order: the lines with a digit, and the words next to them.
fn around_digits(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let has_digit = |line: &str| match line.is_ascii() {
        true => line.bytes().any(|byte| byte.is_ascii_digit()),
        false => line.chars().any(|c| digit(c).is_some()),
    };
    let mut start = 0;
    // What lies between the last line with a digit and this one.
    let mut between = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if has_digit(line) {
            let before = &text[between..start];
            let from = between + last_words(before);
            match places.last_mut() {
                Some(last) => {
                    last.end = between + first_words(before);
                    if last.end >= from {
                        last.end = end;
                    } else {
                        places.push(from..end);
                    }
                }
                None => places.push(from..end),
            }
            between = end;
        }
        start = end;
    }
    if let Some(last) = places.last_mut() {
        last.end = between + first_words(&text[between..]);
    }
    places
}

/// Where the first words of a text end, [`REACH`] of them or more.
fn first_words(text: &str) -> usize {
    let mut parts = text.split_whitespace().filter(|part| part.contains(char::is_alphanumeric));
    let last = parts.nth(REACH - 1);
    last.map_or(text.len(), |part| part.as_ptr().addr() - text.as_ptr().addr() + part.len())
}

/// Where the last words of a text begin, [`REACH`] of them or more.
fn last_words(text: &str) -> usize {
    let parts = text.split_whitespace().rev();
    let first = parts.filter(|part| part.contains(char::is_alphanumeric)).nth(REACH - 1);
    first.map_or(0, |part| part.as_ptr().addr() - text.as_ptr().addr())
}

/// The words of some parts of a text. Their small letters are put into `small`.
fn words<'a>(text: &str, places: &[Range<usize>], small: &'a mut String) -> Vec<Word<'a>> {
    if text.is_ascii() { ascii_words(text, places, small) } else { any_words(text, places, small) }
}

/// The same for a text of English letters, as most are: a word is as long as its small letters.
fn ascii_words<'a>(text: &str, places: &[Range<usize>], small: &'a mut String) -> Vec<Word<'a>> {
    for place in places {
        small.push_str(&text[place.clone()]);
    }
    small.make_ascii_lowercase();
    let small: &'a str = small;
    let mut found = Vec::with_capacity(small.len() / 5);
    let mut before = 0;
    for place in places {
        let bytes = &text.as_bytes()[..place.end];
        // How far a small letter stands before its own place.
        let shift = place.start - before;
        before += place.len();
        let mut at = place.start;
        while at < bytes.len() {
            let start = at;
            let mut is_number = true;
            while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
                is_number &= bytes[at].is_ascii_digit();
                at += 1;
            }
            if at > start {
                let word = &small[start - shift..at - shift];
                found.push(Word {
                    range: start..at,
                    small: word,
                    is_number,
                    is_name: bytes[start].is_ascii_uppercase(),
                    marks: Marks::of(word),
                });
            }
            at += 1;
        }
    }
    found
}

fn any_words<'a>(text: &str, places: &[Range<usize>], small: &'a mut String) -> Vec<Word<'a>> {
    struct Open {
        range: Range<usize>,
        small: Range<usize>,
        is_number: bool,
        is_name: bool,
    }
    let len = places.iter().map(Range::len).sum::<usize>();
    small.reserve(len);
    let mut found: Vec<Open> = Vec::with_capacity(len / 6);
    let mut is_open = false;
    let chars = places.iter().flat_map(|place| {
        // A part begins with a word of its own.
        let signs = text[place.clone()].char_indices();
        std::iter::once((place.start, ' ')).chain(signs.map(|(at, c)| (place.start + at, c)))
    });
    for (at, c) in chars {
        let is_part = if c.is_ascii() {
            c.is_ascii_alphanumeric()
        } else {
            c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
        };
        if !is_part {
            is_open = false;
            continue;
        }
        let number = digit(c);
        if !is_open {
            is_open = true;
            found.push(Open {
                range: at..at,
                small: small.len()..small.len(),
                is_number: true,
                is_name: c.is_alphabetic() && !c.is_lowercase(),
            });
        }
        match number {
            Some(digit) => small.push(digit),
            None if c.is_ascii() => small.push(c.to_ascii_lowercase()),
            None => small.extend(c.to_lowercase()),
        }
        let word = found.last_mut().expect("one is open");
        word.range.end = at + c.len_utf8();
        word.small.end = small.len();
        word.is_number &= number.is_some();
    }
    let small: &'a str = small;
    let words = found.into_iter().map(|Open { range, small: at, is_number, is_name }| {
        let small = &small[at];
        Word { range, small, is_number, is_name, marks: Marks::of(small) }
    });
    words.collect()
}

/// Tells whether two words next to each other stand in one breath: no sentence, line or column ends.
fn is_joined(text: &str, one: &Word<'_>, next: &Word<'_>) -> bool {
    let gap = &text[one.range.end..next.range.start];
    let ends = gap.contains(['\n', '!', '?', ';', '|', '؟', '*', '"', '“', '”', '(', ')'])
        // A point after a short word is an abbreviation.
        || (gap.contains('.') && (one.small.chars().count() > 4 || one.is_number));
    !ends && gap.len() <= 6
}

/// The words after a place, as long as they are in one breath.
fn following<'w, 'a>(text: &str, words: &'w [Word<'a>], at: usize) -> &'w [Word<'a>] {
    let mut end = at + 1;
    while end < words.len() && is_joined(text, &words[end - 1], &words[end]) {
        end += 1;
    }
    &words[at + 1..end]
}

/// Whether something is a number as houses have it, and no amount of anything.
fn is_house_number(text: &str, words: &[Word<'_>], at: usize) -> bool {
    const UNITS: [&str; 44] = [
        "g", "kg", "mg", "cm", "mm", "m", "km", "ml", "cl", "l", "oz", "lb", "x", "h", "min",
        "eur", "usd", "pen", "vnd", "mad", "gbp", "euros", "soles", "dong", "đồng", "percent",
        "years", "días", "days", "jours", "ngày", "años", "ans", "năm", "weeks", "semanas",
        "semaines", "tuần", "pieces", "hours", "persons", "km2", "inches", "px",
    ];
    let word = &words[at];
    let digits = word.small.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letters = word.small.len() - digits.len();
    let is_short = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_short || letters > 1 || digits.starts_with('0') {
        return false;
    }
    let before = text[..word.range.start].chars().next_back().unwrap_or(' ');
    let after = &text[word.range.end..];
    let is_amount = after.starts_with(['%', '°', '€', '$', '£', '²', '×'])
        || after.starts_with(" %")
        || after.starts_with(" €")
        || after.starts_with(" ×")
        || matches!(before, '$' | '€' | '£' | '.' | ',' | '×')
        // 1.50, 12:30, 3–5, 1/2
        || after.strip_prefix(['.', ',', ':', '–', '/'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let unit =
        words.get(at + 1).filter(|next| text[word.range.end..next.range.start].trim().is_empty());
    // A year is no house.
    let is_year = digits.len() == 4 && (1400..2100).contains(&digits.parse().unwrap_or(0));
    !is_amount && !is_year && !unit.is_some_and(|unit| UNITS.contains(&unit.small))
}

// --- streets ---

/// Words for a street that stand before its name.
const STREET_FIRST: [&str; 33] = [
    "calle",
    "avenida",
    "avda",
    "av",
    "jirón",
    "jiron",
    "jr",
    "pasaje",
    "psje",
    "carrera",
    "cra",
    "rue",
    "avenue",
    "boulevard",
    "bd",
    "blvd",
    "chemin",
    "impasse",
    "allée",
    "quai",
    "rua",
    "đường",
    "phố",
    "ngõ",
    "hẻm",
    "ngách",
    "thôn",
    "شارع",
    "الشارع",
    "زقاق",
    "زنقة",
    "درب",
    "via",
];
/// Words for a street that stand after its name.
const STREET_LAST: [&str; 19] = [
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "boulevard",
    "blvd",
    "crescent",
    "terrace",
    "close",
    "court",
    "row",
    "mews",
    "quay",
    "hill",
];
/// Endings of the names of streets in German, Dutch and the languages of the north.
const STREET_ENDS: [&str; 8] =
    ["straße", "strasse", "gasse", "platz", "straat", "gatan", "vägen", "veien"];

fn streets(text: &str, words: &[Word<'_>], found: &mut Vec<(Range<usize>, Kind)>) {
    for (at, word) in words.iter().enumerate() {
        let small = word.small;
        if word.marks.has(Marks::STREET_FIRST) {
            let after = following(text, words, at);
            let has_case = word.small.chars().any(|c| c.is_lowercase());
            let next_is_name = after.first().is_some_and(|next| next.is_name);
            // `rue 12`, `Calle 7`, `12 rue des Lilas`, `đường Lê Lợi, số 12`.
            let behind = (0..after.len().min(6))
                .find(|step| is_house_number(text, words, at + 1 + step))
                .filter(|step| *step == 0 || next_is_name || !has_case || is_small_link(&after[0]));
            let in_front = at > 0
                && is_joined(text, &words[at - 1], word)
                && is_house_number(text, words, at - 1)
                && after.iter().take(3).any(|next| next.is_name);
            // Words that mean other things too need a name right behind them.
            let is_loose =
                matches!(small, "đường" | "phố" | "thôn" | "via" | "av" | "درب" | "bd" | "jr");
            let fits = !is_loose || next_is_name;
            if let Some(step) = behind.filter(|_| fits) {
                found.push((word.range.start..after[step].range.end, Kind::Street));
            } else if in_front && fits {
                found.push((words[at - 1].range.start..after[0].range.end, Kind::Street));
            }
        } else if word.marks.has(Marks::STREET_LAST) && word.is_name {
            // A number, one to three names, and the word.
            let first = (at.saturating_sub(4)..at).find(|first| {
                is_house_number(text, words, *first)
                    && at - first >= 2
                    && words[first + 1..at].iter().all(|name| name.is_name && !name.is_number)
                    && (*first..at).all(|step| is_joined(text, &words[step], &words[step + 1]))
            });
            if let Some(first) = first {
                found.push((words[first].range.start..word.range.end, Kind::Street));
            }
        } else if word.is_name
            && STREET_ENDS.iter().any(|end| small.len() > end.len() && small.ends_with(end))
            && let Some(next) = following(text, words, at).first()
            && is_house_number(text, words, at + 1)
        {
            found.push((word.range.start..next.range.end, Kind::Street));
        }
    }
}

/// A small word between a street and its name.
fn is_small_link(word: &Word<'_>) -> bool {
    ["de", "del", "la", "las", "los", "el", "des", "du", "le", "les", "l", "d", "da", "do", "di"]
        .contains(&word.small)
}

// --- numbers to ring ---

const PHONE_WORDS: [&str; 21] = [
    "phone",
    "tel",
    "mobile",
    "cell",
    "whatsapp",
    "call",
    "ring",
    "teléfono",
    "telefono",
    "celular",
    "móvil",
    "llámame",
    "wsp",
    "téléphone",
    "portable",
    "thoại",
    "sđt",
    "zalo",
    "هاتف",
    "جوال",
    "واتساب",
];

fn phones(text: &str, words: &[Word<'_>], known: &Known, found: &mut Vec<(Range<usize>, Kind)>) {
    let mut at = 0;
    while at < words.len() {
        let first = at;
        at += 1;
        if !words[first].is_number {
            continue;
        }
        // Groups of digits with nothing but the usual signs between them.
        let mut last = first;
        while last + 1 < words.len() && words[last + 1].is_number && {
            let gap = &text[words[last].range.end..words[last + 1].range.start];
            gap.len() <= 3
                && gap
                    .chars()
                    .all(|c| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '‑'))
        } {
            last += 1;
        }
        at = last + 1;
        let range = words[first].range.start..words[last].range.end;
        if found.iter().any(|(other, _)| other.start < range.end && range.start < other.end) {
            continue;
        }
        let digits = digits_of(&text[range.clone()]);
        let before = text[..range.start].trim_end_matches(['(', ' ']);
        let is_international = before.ends_with('+') || digits.starts_with("00");
        let is_spoken_of = words[..first].iter().rev().take(3).any(|word| {
            PHONE_WORDS.iter().any(|known| {
                word.small == *known || (word.small.len() > 6 && word.small.ends_with(known))
            })
        }) && is_same_line(&text[..range.start], words, first);
        let looks_like_one =
            last > first && digits.starts_with('0') && !is_date(&words[first..=last]);
        let is_enough = match (is_international, is_spoken_of) {
            (true, _) => (8..=15).contains(&digits.len()),
            (_, true) => (6..=15).contains(&digits.len()) && !is_date(&words[first..=last]),
            _ => (9..=12).contains(&digits.len()) && looks_like_one,
        };
        let is_book =
            digits.len() == 13 && (digits.starts_with("978") || digits.starts_with("979"));
        if is_enough && !is_book && !known.has_number(&digits) {
            found.push((range, Kind::Phone));
        }
    }
}

/// Whether the word for a phone and the number stand on one line.
fn is_same_line(before: &str, words: &[Word<'_>], first: usize) -> bool {
    let from = words[first.saturating_sub(3)].range.start;
    !before[from..].contains('\n')
}

fn is_date(groups: &[Word<'_>]) -> bool {
    let lens: Vec<usize> = groups.iter().map(|group| group.small.len()).collect();
    matches!(lens[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4] | [1..=2, 1..=2, 2])
}

// --- addresses of other sorts ---

fn emails(text: &str, known: &Known, found: &mut Vec<(Range<usize>, Kind)>) {
    for (at, _) in text.match_indices('@') {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
        let start = text[..at]
            .rfind(|c| !is_part(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let end = text[at + 1..].find(|c| !is_part(c)).map_or(text.len(), |end| at + 1 + end);
        let end = at + 1 + text[at + 1..end].trim_end_matches('.').len();
        let (local, domain) = (&text[start..at], &text[at + 1..end]);
        let has_top = domain.rsplit_once('.').is_some_and(|(name, top)| {
            !name.is_empty() && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic())
        });
        if !local.is_empty() && has_top && !known.emails.contains(&text[start..end].to_lowercase())
        {
            found.push((start..end, Kind::Email));
        }
    }
}

/// Addresses of maps.
fn links(text: &str, found: &mut Vec<(Range<usize>, Kind)>) {
    const MAPS: [&str; 9] = [
        "maps.app.goo.gl",
        "goo.gl/maps",
        "google.com/maps",
        "maps.google.",
        "openstreetmap.org/",
        "osm.org/",
        "maps.apple.com",
        "waze.com/ul",
        "w3w.co/",
    ];
    static FINDER: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::new(MAPS).expect("nine short texts"));
    // Each of them has a point with a small letter right behind it, and most texts have none.
    if has_point_before(text, |byte| byte.is_ascii_lowercase()) {
        found.extend(FINDER.find_iter(text).map(|map| (map.range(), Kind::Coordinates)));
    }
}

/// Whether a point stands right before such a byte.
fn has_point_before(text: &str, is_such: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(2).any(|pair| pair[0] == b'.' && is_such(pair[1]))
}

/// Latitude and longitude with at least four digits behind the point (some ten metres), or in
/// degrees and minutes.
fn coordinates(text: &str, found: &mut Vec<(Range<usize>, Kind)>) {
    if has_point_before(text, |byte| byte.is_ascii_digit()) {
        decimal_coordinates(text, found);
    }
    // 13°31'30"S
    for (at, _) in text.match_indices('°') {
        let rest = text[at + '°'.len_utf8()..].trim_start();
        let minutes = rest.bytes().take_while(u8::is_ascii_digit).count();
        let sign = rest[minutes..].trim_start();
        if (1..=2).contains(&minutes) && sign.starts_with(['\'', '′', '’']) {
            let start = text[..at].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |before| {
                before + text[before..].chars().next().map_or(1, char::len_utf8)
            });
            found.push((start..at + '°'.len_utf8() + minutes, Kind::Coordinates));
            break;
        }
    }
}

fn decimal_coordinates(text: &str, found: &mut Vec<(Range<usize>, Kind)>) {
    // Numbers with a point, and what stands between them.
    let bytes = text.as_bytes();
    let mut last: Option<(Range<usize>, f64)> = None;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && (bytes[at].is_ascii_digit() || bytes[at] == b'.') {
            at += 1;
        }
        let number = text[start..at].trim_end_matches('.');
        let is_fine = number.split_once('.').is_some_and(|(whole, rest)| {
            whole.len() <= 3 && (4..=8).contains(&rest.len()) && !rest.contains('.')
        });
        let value = if is_fine { number.parse().ok() } else { None };
        let range = start..start + number.len();
        if let Some(longitude) = value.filter(|value: &f64| *value <= 180.0) {
            if let Some((first, latitude)) = &last
                && *latitude <= 90.0
                && text[first.end..range.start].len() <= 8
                && text[first.end..range.start].chars().all(|c| " ,;-−+°NSEWnsewOo".contains(c))
            {
                found.push((first.start..range.end, Kind::Coordinates));
                last = None;
                continue;
            }
            last = Some((range, longitude));
        } else {
            last = None;
        }
    }
}

// --- children ---

const CHILDREN: [&str; 62] = [
    "child",
    "children",
    "kid",
    "kids",
    "boy",
    "boys",
    "girl",
    "girls",
    "baby",
    "babies",
    "toddler",
    "son",
    "daughter",
    "grandson",
    "granddaughter",
    "grandchild",
    "grandchildren",
    "pupil",
    "pupils",
    "niño",
    "niña",
    "niños",
    "niñas",
    "bebé",
    "bebe",
    "hijo",
    "hija",
    "hijos",
    "hijas",
    "nieto",
    "nieta",
    "nietos",
    "nietas",
    "alumnos",
    "enfant",
    "enfants",
    "bébé",
    "fille",
    "fillette",
    "garçon",
    "fils",
    "filles",
    "garçons",
    "élèves",
    "petit-fils",
    "ecolier",
    "écolier",
    "écolière",
    "طفل",
    "طفلة",
    "أطفال",
    "الأطفال",
    "بنت",
    "بنات",
    "ولد",
    "أولاد",
    "رضيع",
    "ابنتي",
    "ابني",
    "حفيد",
    "حفيدة",
    "حفيدتي",
];
const SCHOOLS: [&str; 9] = [
    "school",
    "kindergarten",
    "escuela",
    "colegio",
    "école",
    "collège",
    "lycée",
    "مدرسة",
    "المدرسة",
];
/// Vietnamese words stand in two parts.
const PAIRS: [(&str, &str, bool); 9] = [
    ("trẻ", "em", true),
    ("em", "bé", true),
    ("con", "gái", true),
    ("con", "trai", true),
    ("cháu", "gái", true),
    ("cháu", "trai", true),
    ("bé", "gái", true),
    ("bé", "trai", true),
    ("trường", "học", false),
];
const YEARS_OLD: [&str; 7] = ["years", "year", "años", "ans", "tuổi", "سنوات", "سنة"];

fn children(
    text: &str,
    words: &[Word<'_>],
    is_caption: bool,
    found: &mut Vec<(Range<usize>, Kind)>,
) {
    for (at, word) in words.iter().enumerate() {
        let small = word.small;
        let next = words.get(at + 1);
        let pair = word.marks.has(Marks::PAIR)
            && next.is_some_and(|next| {
                PAIRS.iter().any(|(one, two, _)| small == *one && next.small == *two)
            });
        let is_child = word.marks.has(Marks::CHILD) || pair;
        if !is_child && !word.marks.has(Marks::SCHOOL) {
            continue;
        }
        // What is made for children, and children's things, show none.
        let before = at.checked_sub(1).map_or("", |before| words[before].small);
        let before_that = at.checked_sub(2).map_or("", |before| words[before].small);
        let for_words = ["for", "para", "pour", "cho", "de", "d"];
        let is_for = for_words.contains(&before)
            || (["a", "the", "los", "las", "un", "una", "les", "little", "small"]
                .contains(&before)
                && ["for", "para", "pour"].contains(&before_that));
        let rest = &text[word.range.end..];
        let is_theirs = rest.starts_with("'s") || rest.starts_with("’s") || rest.starts_with("s'");
        if is_for || is_theirs {
            continue;
        }
        let end =
            if pair { next.map_or(word.range.end, |next| next.range.end) } else { word.range.end };
        if is_caption {
            found.push((word.range.start..end, Kind::Children));
            continue;
        }
        // In other texts only with an age beside it.
        let near = at.saturating_sub(8)..(at + 9).min(words.len());
        let age = near.clone().find(|place| {
            let number = &words[*place];
            let is_age = number.is_number
                && number.small.parse().is_ok_and(|age: u32| (1..18).contains(&age));
            let unit = words.get(place + 1).map_or("", |next| next.small);
            let lead = place.checked_sub(1).map_or("", |before| words[before].small);
            let is_told =
                YEARS_OLD.contains(&unit) || matches!(lead, "aged" | "age" | "عمره" | "عمرها");
            // "for 5 years" is no age
            is_age
                && is_told
                && !matches!(lead, "for" | "since" | "desde" | "hace" | "depuis" | "pendant")
        });
        if is_child && age.is_some_and(|age| is_one_sentence(text, words, at, age)) {
            found.push((word.range.start..end, Kind::Children));
        }
    }
}

fn is_one_sentence(text: &str, words: &[Word<'_>], one: usize, other: usize) -> bool {
    let (first, last) = (one.min(other), one.max(other));
    let between = &text[words[first].range.end..words[last].range.start];
    !between.contains(['\n', '!', '?', '؟']) && !between.contains(". ")
}

// --- when nobody is at home ---

const AWAY: [&str; 35] = [
    "away",
    "closed",
    "fair",
    "market",
    "holiday",
    "holidays",
    "vacation",
    "travelling",
    "traveling",
    "fuera",
    "cerrado",
    "cerramos",
    "cerrada",
    "feria",
    "vacaciones",
    "viaje",
    "absents",
    "absente",
    "absent",
    "fermé",
    "fermée",
    "fermons",
    "foire",
    "salon",
    "vacances",
    "vắng",
    "nghỉ",
    "chợ",
    "معرض",
    "المعرض",
    "مغلق",
    "إجازة",
    "مسافرون",
    "السوق",
    "سوق",
];
const WE: [&str; 24] = [
    "we",
    "i",
    "i'm",
    "we're",
    "our",
    "my",
    "estamos",
    "estaremos",
    "estaré",
    "voy",
    "iremos",
    "vamos",
    "nous",
    "je",
    "serons",
    "serai",
    "chúng",
    "tôi",
    "mình",
    "سنكون",
    "نحن",
    "سأكون",
    "نكون",
    "سنسافر",
];
const MONTHS: [&str; 60] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "apr",
    "aug",
    "sept",
    "oct",
    "nov",
    "dec",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "setiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "tháng",
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "إبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
    "آب",
];
const SPANS: [&str; 16] = [
    "from", "until", "till", "to", "between", "del", "al", "hasta", "entre", "du", "au", "jusqu",
    "từ", "đến", "من", "إلى",
];

fn absences(text: &str, words: &[Word<'_>], found: &mut Vec<(Range<usize>, Kind)>) {
    let needed = [Marks::AWAY, Marks::WE, Marks::MONTH];
    if !needed.iter().all(|mark| words.iter().any(|word| word.marks.has(*mark))) {
        return;
    }
    // One sentence after the other.
    let mut first = 0;
    while first < words.len() {
        let mut last = first;
        while last + 1 < words.len() && is_one_sentence(text, words, last, last + 1) {
            last += 1;
        }
        let sentence = &words[first..=last];
        let says = |mark: Marks| sentence.iter().find(|word| word.marks.has(mark));
        // A day of a month: "3 May", "May 3", "3 de mayo", "ngày 3 tháng 5".
        let has_day = sentence.iter().enumerate().any(|(at, word)| {
            let near = at.saturating_sub(2)..(at + 3).min(sentence.len());
            word.marks.has(Marks::MONTH)
                && sentence[near].iter().any(|word| {
                    let digits = word.small.trim_end_matches(|c: char| c.is_ascii_lowercase());
                    digits.parse().is_ok_and(|day: u32| (1..=31).contains(&day))
                })
        });
        let is_span = says(Marks::SPAN).is_some()
            || text[sentence[0].range.start..words[last].range.end].contains(['–', '-']);
        if has_day
            && is_span
            && says(Marks::WE).is_some()
            && let Some(away) = says(Marks::AWAY)
        {
            found.push((away.range.clone(), Kind::Absence));
        }
        first = last + 1;
    }
}

// --- accounts and papers ---

/// Account numbers by ISO 13616 with their check digits, and card numbers by theirs (ISO/IEC 7812).
fn bank(text: &str, words: &[Word<'_>], found: &mut Vec<(Range<usize>, Kind)>) {
    for (at, word) in words.iter().enumerate() {
        let small = word.small.as_bytes();
        let is_start = small.len() >= 4
            && small[..2].iter().all(u8::is_ascii_lowercase)
            && small[2..4].iter().all(u8::is_ascii_digit);
        if is_start {
            let mut number = String::new();
            for (step, next) in words[at..].iter().enumerate().take(10) {
                let gap = match step {
                    0 => "",
                    _ => &text[words[at + step - 1].range.end..next.range.start],
                };
                if number.len() > 34 || !matches!(gap, "" | " " | "-" | "\u{a0}") {
                    break;
                }
                number.push_str(&next.small.to_uppercase());
                if number.len() >= 15 && number.parse::<Iban>().is_ok() {
                    found.push((word.range.start..next.range.end, Kind::Bank));
                    break;
                }
            }
        }
        let groups = words.get(at..at + 4).unwrap_or_default();
        let is_card = groups.len() == 4
            && groups.iter().all(|group| group.is_number && group.small.len() == 4)
            && passes_luhn(&groups.iter().map(|group| group.small).collect::<String>());
        if is_card {
            found.push((word.range.start..groups[3].range.end, Kind::Bank));
        }
    }
}

fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit - b'0');
            if at % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

const PAPERS: [&str; 13] = [
    "dni",
    "passport",
    "pasaporte",
    "passeport",
    "cédula",
    "cedula",
    "cccd",
    "cmnd",
    "ssn",
    "curp",
    "hộ",
    "الهوية",
    "جواز",
];

fn identity(words: &[Word<'_>], found: &mut Vec<(Range<usize>, Kind)>) {
    for (at, word) in words.iter().enumerate() {
        if !word.marks.has(Marks::PAPER) {
            continue;
        }
        let number = words[at + 1..].iter().take(4).find(|next| digits_of(next.small).len() >= 6);
        if let Some(number) = number {
            found.push((word.range.start..number.range.end, Kind::Identity));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, place: Place) -> Vec<&'static str> {
        found(text, place, false)
    }

    fn found(text: &str, place: Place, may_claim: bool) -> Vec<&'static str> {
        let mut sources = Sources::default();
        let file = sources.add("a.md", text);
        let known = Known {
            digits: ["51900000000".to_owned()].into(),
            emails: ["shop@shop.example".to_owned()].into(),
        };
        let mut out = Findings {
            known: &known,
            sources: &sources,
            may_claim,
            found: Vec::new(),
            accepted: Vec::new(),
            wrong: Vec::new(),
        };
        out.text(text, place, |range| Span::new(file, range));
        if place == Place::Body {
            out.captions(text, Span::new(file, 0..text.len()));
        }
        out.found.sort();
        out.found.dedup();
        out.found.iter().map(|(_, kind)| kind.name()).collect()
    }

    #[test]
    fn english_letters_are_cut_as_any_others() {
        for text in ["", " ", "Calle Lima 12, 3rd floor", "a1-B2 \t007\n(x)", "x"] {
            let (mut one, mut other) = (String::new(), String::new());
            let all = whole(text);
            let fast = ascii_words(text, &all, &mut one);
            let slow = any_words(text, &all, &mut other);
            assert_eq!(format!("{fast:?}"), format!("{slow:?}"), "{text}");
        }
    }

    /// What the patterns find in the words of the whole text.
    fn found_in_all(text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut small = String::new();
        let words = words(text, &whole(text), &mut small);
        let mut found = Vec::new();
        with_numbers(text, &words, &Known::default(), &mut found);
        children(text, &words, false, &mut found);
        found
    }

    #[test]
    fn words_far_from_any_digit_change_nothing() {
        let parts = [
            "\n",
            "\n",
            "\n\n",
            " ",
            " ",
            ". ",
            "- ",
            " – ",
            "DNI ",
            "phone ",
            "40123456",
            "7",
            "12",
            "May ",
            "from ",
            "we are away ",
            "our daughter ",
            "years old ",
            "Calle ",
            "Mill Lane ",
            "red thread on the loom ",
            "(tel) ",
            "đường ",
            "شارع ",
            "١٢ ",
            "Ñandú ",
            "555 0199",
            "hộ chiếu ",
            "DE89 3704 0044 0532 0130 00",
            "and so on it goes for long ",
        ];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut told = 0;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..40 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push_str(parts[(state >> 33) as usize % parts.len()]);
            }
            let places = around_digits(&text);
            assert!(
                places.iter().zip(places.iter().skip(1)).all(|(one, next)| one.end < next.start)
            );
            let mut small = String::new();
            let near = words(&text, &places, &mut small);
            let mut found = Vec::new();
            with_numbers(&text, &near, &Known::default(), &mut found);
            children(&text, &near, false, &mut found);
            assert_eq!(found, found_in_all(&text), "{text:?}");
            told += found.len();
        }
        assert!(told > 10_000, "{told}");
        let story = "Red thread.\n".repeat(40);
        assert!(around_digits(&story).is_empty());
        let with_a_size = format!("{story}40 cm\n{story}");
        assert!(around_digits(&with_a_size)[0].len() < 400);
    }

    #[test]
    fn private_facts_are_found_in_five_languages() {
        for (text, expected) in [
            ("Come to 12 Mill Lane, behind the church.", "street-address"),
            ("We live at 7b Old Harbour Road.", "street-address"),
            ("Estamos en la Calle Los Olivos 123, Puno.", "street-address"),
            ("Jr. Puno 456", "street-address"),
            ("Venez au 12, rue des Lilas à Lyon.", "street-address"),
            ("Số 12 đường Lê Lợi, Huế", "street-address"),
            ("12 phố Hàng Gai", "street-address"),
            ("شارع النخيل 15، مراكش", "street-address"),
            ("شارع الورد رقم ١٢", "street-address"),
            ("Werkstatt: Hauptstraße 5", "street-address"),
            ("Ring me: +44 7700 900123", "phone-number"),
            ("phone 555 0199", "phone-number"),
            ("Mi celular es 987 654 321.", "phone-number"),
            ("Tél : 06 12 34 56 78", "phone-number"),
            ("Gọi số điện thoại 0912345678", "phone-number"),
            ("هاتف: ٠٦١٢٣٤٥٦٧٨", "phone-number"),
            ("Write to ana@home.example.", "email-address"),
            ("The loom stands at -13.52264, -71.96734.", "coordinates"),
            ("13°31'30\"S", "coordinates"),
            ("[here](https://maps.app.goo.gl/abc)", "coordinates"),
            ("Our daughter Mina, 7 years old, helps.", "children"),
            ("Mi hija de 8 años teje.", "children"),
            ("We will be at the fair in Lima from 3 May to 9 May.", "absence"),
            ("Estaremos fuera del 3 al 9 de mayo.", "absence"),
            ("Nous serons absents du 3 au 9 mai.", "absence"),
            ("Chúng tôi đi vắng từ ngày 3 đến ngày 9 tháng 5.", "absence"),
            ("سنكون في المعرض من 3 إلى 9 مايو", "absence"),
            ("Pay to DE89 3704 0044 0532 0130 00.", "bank-details"),
            ("GB82WEST12345698765432", "bank-details"),
            ("Card 4111 1111 1111 1111", "bank-details"),
            ("DNI 40123456", "identity-number"),
        ] {
            assert_eq!(kinds(text, Place::Body), [expected], "{text}");
        }
        for text in [
            "a girl at the loom",
            "mi hija con el chal",
            "une fille devant la maison",
            "em bé với khăn",
            "طفلة تحمل سلة",
            "in front of Hillside School",
        ] {
            assert_eq!(kinds(text, Place::Caption), ["children"], "{text}");
            assert_eq!(kinds(text, Place::Field), [""; 0], "{text} in another text");
        }
        assert_eq!(kinds("![my son at the river](a.jpg)", Place::Body), ["children"]);
    }

    #[test]
    fn ordinary_texts_raise_nothing() {
        for text in [
            "Woven on 12 shafts; 40 × 60 cm, 300 g.",
            "200 g đường, 3 quả trứng",
            "Con đường dài 12 km",
            "From 3 May to 9 May the dye bath rests.",
            "Since 1987 on the road between the two rivers.",
            "Order at +51 900 000 000 or shop@shop.example.",
            "ISBN 978-3-16-148410-0, 240.00 EUR, 2026-05-01 to 2026-05-09",
            "In the main street of the town, by the market",
            "Sizes 36, 38, 40; wash at 30 °C",
            "10 000 000 threads, 1 200 000 knots",
            "An avenue of 12 trees",
            "A doll for children from 3 years",
            "my grandmother wove for 60 years",
            "rue, 12 g dried leaves",
            "HS 6214.20, EAN 4006381333931",
            "the 3 rivers of the High Road",
            "dyed 12 times. Street dress",
            "at 1.5500 and 2.75 units",
        ] {
            assert_eq!(kinds(text, Place::Body), [""; 0], "{text}");
        }
        for text in [
            "a children's book",
            "a doll for a girl",
            "girl's dress, red",
            "shawl on a chair",
            "una camisa para niños",
            "robe de fille",
        ] {
            assert_eq!(kinds(text, Place::Caption), [""; 0], "{text}");
        }
    }
    #[test]
    fn claims_of_healing_are_found_in_five_languages() {
        for text in [
            "A balm that heals tired hands.",
            "It helps with eczema.",
            "Anti-inflammatory, by an old recipe.",
            "This tea lowers cholesterol.",
            "Jabón curativo de romero",
            "Alivia el dolor de espalda.",
            "Cura las grietas de las manos.",
            "Ungüento cicatrizante",
            "Un baume qui cicatrise",
            "Miel contra la migran\u{303}a",
            "Cette tisane guérit le rhume.",
            "Un remède de ma grand-mère",
            "Trà giúp chữa bệnh",
            "Tốt cho người bị viêm khớp",
            "زيت يعالج الجلد",
            "عسل لتقوية المناعة",
        ] {
            assert_eq!(found(text, Place::Body, true), ["health-claim"], "{text}");
            assert_eq!(kinds(text, Place::Body), [""; 0], "{text}, of a shawl");
        }
        for text in [
            "Cured for six weeks on the shelf.",
            "Sweet treats for the table; air-cured ham",
            "It is a soap and not a medicine; it does not treat, cure or prevent any disease.",
            "No es un remedio ni cura nada.",
            "Mi padre cura los quesos en sal.",
            "Ce savon ne soigne pas les maladies.",
            "Sản phẩm này không phải là thuốc, không thay thế thuốc chữa bệnh.",
            "هذا ليس دواء ولا يشفي من الأمراض",
            "For dry skin, after washing. Warms on cold evenings.",
            "Jabón de romero, curado seis semanas",
        ] {
            assert_eq!(found(text, Place::Body, true), [""; 0], "{text}");
        }
    }
}
