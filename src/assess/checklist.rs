//! The checklist as data: questions, blocks, bands, and what is odd about them.
//!
//! The numbers, blocks, highest scores, gates and bands are those of the report. Its questions are not copied: those whose
//! subject is known are asked in words of ours, the others by their number alone, for whoever has the report at hand.

use super::{Answer, Answers, Gate, Score};

/// Where the checklist is from.
pub const SOURCE: &str = "APEC publication 208-SM-01.1 (2008), Appendix 4";

/// How many questions it has.
pub const QUESTIONS: u8 = 44;

/// What this program knows of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// What it asks, in words of ours.
    Asks(&'static str),
    /// What it is about; how the report asks it is not known here.
    About(&'static str),
    /// Nothing: its text stands in the report only.
    Missing,
}

/// What the program knows of a question, 1 to 44.
#[must_use]
pub fn wording(number: u8) -> Wording {
    use Wording::{About, Asks, Missing};
    match number {
        2..=4 => {
            About("what it costs to make the product, beside its price (one of three questions)")
        }
        12 => About("the materials of the product"),
        13 => About("whether the product is viable: how many of it can be made"),
        14 => Asks("Is the product unique: does nobody else make it?"),
        15 => Asks("Do several others sell something like it?"),
        18 => Asks("Could you use help with packaging?"),
        21 => Asks("Does the product have an expiry date?"),
        22 => Asks("Does the product have to meet safety standards?"),
        24 | 25 => About("photographs and facts such as size and material (one of two questions)"),
        33 => Asks("Is there a story behind the product?"),
        34 => About("a list that ends in \"or other\" twice; read it in the report"),
        35 => Asks("Is the product food?"),
        38 => About("marks that the product carries"),
        41 => About("the languages of its label"),
        42 => Asks("Do parts of the product need to be looked at by an inspection agency?"),
        43 => About("delivery terms of trade, Incoterms"),
        _ => Missing,
    }
}

/// From which score on something is said.
#[derive(Debug, PartialEq, Eq)]
pub struct Band {
    /// The lowest score that has this meaning, of the whole block.
    pub least: u8,
    /// What it means, in words of ours; `None` where the report says nothing.
    pub meaning: Option<&'static str>,
}

/// Questions that are added up together.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Its letter.
    pub letter: char,
    /// What it is about.
    pub name: &'static str,
    /// Its first and its last question.
    pub questions: (u8, u8),
    /// Whether it counts only if block A comes out above 6.
    pub is_gated: bool,
    /// From the highest score down; the first that fits is meant, so the exact maximum wins where the report's bands overlap.
    pub bands: &'static [Band],
}

impl Block {
    /// The highest score.
    #[must_use]
    pub fn maximum(&self) -> u8 {
        self.questions.1 - self.questions.0 + 1
    }
}

const fn band(least: u8, meaning: &'static str) -> Band {
    Band { least, meaning: Some(meaning) }
}

const fn unsaid(least: u8) -> Band {
    Band { least, meaning: None }
}

const fn block(
    letter: char,
    name: &'static str,
    questions: (u8, u8),
    is_gated: bool,
    bands: &'static [Band],
) -> Block {
    Block { letter, name, questions, is_gated, bands }
}

const READY: [Band; 3] = [
    band(12, "ready for the next step"),
    band(6, "ready to grow; find the way of selling that suits it"),
    band(0, "may need more work first"),
];
const VIABLE: [Band; 2] = [unsaid(1), band(0, "may have to be made more viable first")];
const FACILITATOR: [Band; 3] = [
    band(10, "likely ready for the market"),
    band(5, "the answers help to find out how to go about it"),
    band(0, "working with a facilitator is the right way"),
];
const CATALOGUE: [Band; 3] = [
    band(11, "a catalogue is the right way"),
    band(5, "look into a catalogue"),
    band(0, "look closely at all ways of selling"),
];
const POLICY: [Band; 2] = [
    band(5, "measures of the government appear to help"),
    band(0, "find out what your local government offers, and use it"),
];
const EXPORT: [Band; 2] = [band(5, "likely ready for export"), unsaid(0)];

/// What block A has to come out above before C, D and F count.
pub const GATE_ABOVE: u8 = 6;

/// The blocks in their order.
pub static BLOCKS: [Block; 6] = [
    block('A', "is the product ready", (1, 12), false, &READY),
    block('B', "is it viable", (13, 13), false, &VIABLE),
    block('C', "selling through a facilitator", (14, 23), true, &FACILITATOR),
    block('D', "selling by a catalogue", (24, 34), true, &CATALOGUE),
    block('E', "help from public policy", (35, 39), false, &POLICY),
    block('F', "ready for export", (40, 44), true, &EXPORT),
];

/// What is looked at to tell whether something odd about the checklist touches a result.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The answers.
    pub answers: &'a Answers,
    /// The scores of the blocks in their order.
    pub scores: [Score; 6],
    /// Whether C, D and F count.
    pub gate: Gate,
    /// Whether a service or something taught is offered.
    pub has_service: bool,
}

impl Seen<'_> {
    fn is(&self, number: u8, answer: Answer) -> bool {
        self.answers.of(number) == Some(answer)
    }

    fn is_answered(&self, number: u8) -> bool {
        self.answers.of(number).is_some()
    }

    /// Whether C, D and F can count.
    fn may_count(&self) -> bool {
        self.gate != Gate::Shut
    }

    fn reaches(&self, block: usize, score: u8) -> bool {
        (self.scores[block].low..=self.scores[block].high).contains(&score)
    }
}

/// Something odd about the checklist.
pub struct Quirk {
    /// Its name, q1 to q12.
    pub id: &'static str,
    /// What is odd, in words for a person.
    pub words: &'static str,
    /// Whether a result is touched by it.
    pub touches: fn(&Seen<'_>) -> bool,
}

impl std::fmt::Debug for Quirk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// All that is odd about it.
pub static QUIRKS: [Quirk; 12] = [
    Quirk {
        id: "q1",
        words: "10 in C and 11 in D stand in two of the report's bands; here the exact maximum counts as the higher one.",
        touches: |seen| seen.may_count() && (seen.reaches(2, 10) || seen.reaches(3, 11)),
    },
    Quirk {
        id: "q2",
        words: "6 in A is \"ready to grow\", and yet not \"above 6\", so C, D and F say nothing.",
        touches: |seen| seen.reaches(0, GATE_ABOVE),
    },
    Quirk {
        id: "q3",
        words: "C and D run against each other: a low score in C, and a high one in D, means that this way is the right one.",
        touches: |seen| seen.may_count(),
    },
    Quirk {
        id: "q4",
        words: "Whoever comes to 6 or less in A is told nothing about a facilitator, and may need one most.",
        touches: |seen| seen.gate != Gate::Open,
    },
    Quirk {
        id: "q5",
        words: "Questions 14 and 15 cannot both be yes: what nobody else makes has no competitors. An honest C ends at 9 of 10.",
        touches: |seen| {
            let is_no = |number| seen.is_answered(number) && !seen.is(number, Answer::Yes);
            seen.may_count() && !(is_no(14) && is_no(15))
        },
    },
    Quirk {
        id: "q6",
        words: "Questions 18, 21 and 22 count needing help with packaging, an expiry date and safety rules as strengths; an \
                honest C of something that needs none of them ends at 6.",
        touches: |seen| {
            seen.may_count() && [18, 21, 22].iter().any(|number| seen.is_answered(*number))
        },
    },
    Quirk {
        id: "q7",
        words: "Question 35 asks whether it is food; what is not ends at 4 of 5 in E, however much the government helps.",
        touches: |seen| seen.is_answered(35) && !seen.is(35, Answer::Yes),
    },
    Quirk {
        id: "q8",
        words: "Question 42 asks for parts that an inspection agency has to see; what has none, cotton cloth for example, can \
                never be \"ready for export\".",
        touches: |seen| seen.may_count() && seen.is_answered(42) && !seen.is(42, Answer::Yes),
    },
    Quirk {
        id: "q9",
        words: "Question 34 ends in \"or other\" twice, and 43 names FIS, which is not an Incoterm.",
        touches: |seen| seen.may_count(),
    },
    Quirk {
        id: "q10",
        words: "The report does not say what an empty answer counts; here it is open, and the score is a range.",
        touches: |seen| (1..=QUESTIONS).any(|number| !seen.is_answered(number)),
    },
    Quirk {
        id: "q11",
        words: "In the text of the report the columns for yes and no end after question 24; the others are answered alike.",
        touches: |seen| (25..=QUESTIONS).any(|number| !seen.is_answered(number)),
    },
    Quirk {
        id: "q12",
        words: "The checklist is for products; the report says that services need one of their own, which it does not have.",
        touches: |seen| seen.has_service,
    },
];

/// One line of the report's minimum criteria (Part III B) for a way of selling, in words of ours.
#[derive(Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Its name in files, such as `a3`.
    pub id: &'static str,
    /// What is looked at.
    pub words: &'static str,
}

const fn criterion(id: &'static str, words: &'static str) -> Criterion {
    Criterion { id, words }
}

/// The minimum criteria A to D. D1 (who puts money in) is for no folder to answer, and is left out.
pub static CRITERIA: [Criterion; 22] = [
    criterion("a1", "can be sold dear and cheap: price tiers, several outlets"),
    criterion("a2", "any capacity will do, from part-time at home to a workshop: it is stated"),
    criterion("a3", "light: at most 2 kg as packed"),
    criterion("a4", "several ways in for buyers (the report's line is cut off)"),
    criterion("a5", "somebody in business backs it: buyers, sponsors"),
    criterion("a6", "little has to be invested, for example in tools"),
    criterion("a7", "no duties where it is to go (ask there; no program can promise it)"),
    criterion("b1", "the place is told, as a region"),
    criterion("b2", "traditional skill, culture or service: the technique is told"),
    criterion("b3", "tied to an association or another body"),
    criterion("b4", "mostly women work in it"),
    criterion("b5", "more can be made: how many a month and in how many days is told"),
    criterion("c1", "there is a next step from where it stands"),
    criterion("c2", "there is somebody to learn from"),
    criterion("c3", "it raises income"),
    criterion("c4", "it has an address that others can link to"),
    criterion("c5", "less paperwork than before"),
    criterion("c6", "knowledge about business is at hand"),
    criterion("d2", "income can be counted on"),
    criterion("d3", "money comes at once"),
    criterion("d4", "a buyer can complete a purchase: a price, and a way to order"),
    criterion("d5", "meant for years"),
];
