//! How ready a product is, by the checklist of a report: counting points, and saying what is odd about them.
//!
//! The checklist is Appendix 4 of APEC publication 208-SM-01.1 (2008): 44 questions in six blocks, a yes is one point. Its
//! scoring is kept to the letter, with its quirks, which are told beside every result that they touch; what is not answered
//! makes a range. [`Profile::Adjusted`] is ours, and named so. Private: nothing here is in any page or feed.
//!
//! `checklist` holds it as data, `folder` what the files of a site answer by themselves, `file` what a person answers.
//! Counting is pure; only `file` touches the disk.

mod checklist;
mod file;
mod folder;
#[cfg(test)]
mod tests;

pub use checklist::{
    BLOCKS, Band, Block, CRITERIA, Criterion, GATE_ABOVE, QUESTIONS, QUIRKS, Quirk, SOURCE, Seen,
    Wording, wording,
};
pub use file::{Said, load, path, prepare};
pub use folder::{Costs, Finding, Known, criteria, questions};

use std::collections::BTreeMap;

/// What is answered to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One point.
    Yes,
    /// No point.
    No,
    /// It cannot be asked of this product: no point to the letter, left out of the sum in the adjusted profile.
    NotApplicable,
}

impl Answer {
    /// Every answer with its name in files.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Yes, "yes"), (Self::No, "no"), (Self::NotApplicable, "not applicable")];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// The answers by the number of the question, 1 to 44; what is not in it is not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(pub BTreeMap<u8, Answer>);

impl Answers {
    /// The answer to a question.
    #[must_use]
    pub fn of(&self, number: u8) -> Option<Answer> {
        self.0.get(&number).copied()
    }
}

/// How points are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// As the report says.
    #[default]
    Literal,
    /// Ours: what does not apply is taken out of the maximum, and the limits between bands move along.
    Adjusted,
}

/// Points of a block, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// If all that is open is no.
    pub low: u8,
    /// If all that is open is yes.
    pub high: u8,
    /// The most that can be reached.
    pub maximum: u8,
}

/// Whether blocks count that ask for more than 6 in A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// They do.
    Open,
    /// They do not.
    Shut,
    /// It depends on what is not answered.
    Unsure,
}

/// What came out of a block.
#[derive(Debug)]
pub struct Outcome {
    /// The block.
    pub block: &'static Block,
    /// Its points.
    pub score: Score,
    /// Whether it counts; open for a block without a gate.
    pub gate: Gate,
    /// What it can mean, from the lowest; none if it does not count or nothing of it applies.
    pub bands: Vec<&'static Band>,
    /// The questions that nobody answered.
    pub unanswered: Vec<u8>,
}

/// What came out.
#[derive(Debug)]
pub struct Assessment {
    /// Each block in its order.
    pub outcomes: Vec<Outcome>,
    /// What is odd about the checklist and touches this result.
    pub quirks: Vec<&'static Quirk>,
}

/// Counts.
#[must_use]
pub fn assess(answers: &Answers, profile: Profile, has_service: bool) -> Assessment {
    let scores = BLOCKS.each_ref().map(|block| score(block, answers, profile));
    let gate = gate(scores[0]);
    let outcomes = BLOCKS.iter().zip(scores).map(|(block, score)| {
        let gate = if block.is_gated { gate } else { Gate::Open };
        let (first, last) = block.questions;
        Outcome {
            block,
            score,
            gate,
            bands: if gate == Gate::Shut { Vec::new() } else { bands(block, score) },
            unanswered: (first..=last).filter(|number| answers.of(*number).is_none()).collect(),
        }
    });
    let outcomes = outcomes.collect();
    let seen = Seen { answers, scores, gate, has_service };
    let quirks = QUIRKS.iter().filter(|quirk| (quirk.touches)(&seen)).collect();
    Assessment { outcomes, quirks }
}

fn score(block: &Block, answers: &Answers, profile: Profile) -> Score {
    let mut score = Score { maximum: block.maximum(), ..Score::default() };
    for number in block.questions.0..=block.questions.1 {
        if profile == Profile::Adjusted && is_left_out(number, answers) {
            score.maximum -= 1;
            continue;
        }
        match answers.of(number) {
            Some(Answer::Yes) => {
                score.low += 1;
                score.high += 1;
            }
            None => score.high += 1,
            Some(Answer::No | Answer::NotApplicable) => {}
        }
    }
    score
}

/// What the adjusted profile takes out of the maximum: what somebody said does not apply; what is no weakness if it is
/// answered with no (q6, q7, q8); and of two answers that exclude each other (q5) the one that is not yes.
fn is_left_out(number: u8, answers: &Answers) -> bool {
    let is = |number, answer| answers.of(number) == Some(answer);
    is(number, Answer::NotApplicable)
        || (matches!(number, 18 | 21 | 22 | 35 | 42) && is(number, Answer::No))
        || (number == 14 && is(15, Answer::Yes) && !is(14, Answer::Yes))
        || (number == 15 && is(14, Answer::Yes) && !is(15, Answer::Yes))
}

/// Whether A is above 6 of 12, or above the same share of what applies.
fn gate(a: Score) -> Gate {
    let whole = BLOCKS[0].maximum();
    let is_above = |points: u8| points * whole > GATE_ABOVE * a.maximum;
    match (is_above(a.low), is_above(a.high)) {
        (true, _) => Gate::Open,
        (false, true) => Gate::Unsure,
        (false, false) => Gate::Shut,
    }
}

/// The bands of all scores that are possible, from the lowest.
fn bands(block: &'static Block, score: Score) -> Vec<&'static Band> {
    let whole = block.maximum();
    let mut all: Vec<&'static Band> = Vec::new();
    for points in score.low..=score.high {
        let fits = |band: &&'static Band| points * whole >= band.least * score.maximum;
        if score.maximum > 0
            && let Some(band) = block.bands.iter().find(fits)
            && all.last().is_none_or(|last| *last != band)
        {
            all.push(band);
        }
    }
    all
}
