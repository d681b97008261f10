//! The report's scoring at every edge, and each of its quirks.

use std::collections::BTreeMap;

use super::*;
use crate::diag::{Diagnostics, Place, Sources};

/// These questions are answered with yes, all others with no.
fn yes_to(numbers: impl IntoIterator<Item = u8>) -> Answers {
    let mut answers: BTreeMap<u8, Answer> = (1..=QUESTIONS).map(|it| (it, Answer::No)).collect();
    answers.extend(numbers.into_iter().map(|it| (it, Answer::Yes)));
    Answers(answers)
}

fn with(mut answers: Answers, number: u8, answer: Option<Answer>) -> Answers {
    match answer {
        Some(answer) => answers.0.insert(number, answer),
        None => answers.0.remove(&number),
    };
    answers
}

fn block(letter: char) -> usize {
    BLOCKS.iter().position(|block| block.letter == letter).expect("a block")
}

/// What so many points in a block mean, with A full.
fn meanings(letter: char, points: u8) -> Vec<Option<&'static str>> {
    let at = block(letter);
    let first = BLOCKS[at].questions.0;
    let others = if letter == 'A' { 0..0 } else { 1..13 };
    let answers = yes_to(others.chain(first..first + points));
    let assessment = assess(&answers, Profile::Literal, false);
    let outcome = &assessment.outcomes[at];
    assert_eq!((outcome.score.low, outcome.score.high), (points, points));
    outcome.bands.iter().map(|band| band.meaning).collect()
}

#[test]
fn the_blocks_are_those_of_the_report() {
    let all: Vec<_> =
        BLOCKS.iter().map(|it| (it.letter, it.questions, it.maximum(), it.is_gated)).collect();
    let expected = [
        ('A', (1, 12), 12, false),
        ('B', (13, 13), 1, false),
        ('C', (14, 23), 10, true),
        ('D', (24, 34), 11, true),
        ('E', (35, 39), 5, false),
        ('F', (40, 44), 5, true),
    ];
    assert_eq!(all, expected);
}

#[test]
fn every_band_begins_and_ends_where_the_report_says() {
    for (letter, points, begins) in [
        ('A', 12, "ready for the next step"),
        ('A', 11, "ready to grow"),
        ('A', 6, "ready to grow"),
        ('A', 5, "may need more work"),
        ('A', 0, "may need more work"),
        ('B', 0, "may have to be made more viable"),
        ('C', 10, "likely ready for the market"),
        ('C', 9, "the answers help"),
        ('C', 5, "the answers help"),
        ('C', 4, "working with a facilitator"),
        ('D', 11, "a catalogue is the right way"),
        ('D', 10, "look into"),
        ('D', 5, "look into"),
        ('D', 4, "look closely at all"),
        ('E', 5, "measures of the government"),
        ('E', 4, "find out what your local"),
        ('F', 5, "likely ready for export"),
    ] {
        let meanings = meanings(letter, points);
        let [Some(meaning)] = meanings[..] else { panic!("{letter} {points}: {meanings:?}") };
        assert!(meaning.starts_with(begins), "{letter} {points}: {meaning}");
    }
    // The report has no text for these.
    assert_eq!(meanings('B', 1), [None]);
    assert_eq!(meanings('F', 4), [None]);
}

#[test]
fn c_d_and_f_count_above_six_of_a() {
    let gates = |answers: &Answers| {
        let assessment = assess(answers, Profile::Literal, false);
        assessment
            .outcomes
            .iter()
            .map(|outcome| (outcome.gate, outcome.bands.len()))
            .collect::<Vec<_>>()
    };
    let (open, shut) = ((Gate::Open, 1), (Gate::Shut, 0));
    assert_eq!(gates(&yes_to(1..=7)), [open; 6]);
    assert_eq!(gates(&yes_to(1..=6)), [open, open, shut, shut, open, shut]);
    let unsure = with(yes_to(1..=6), 7, None);
    assert_eq!(gates(&unsure)[2], (Gate::Unsure, 1));
}

#[test]
fn what_is_not_answered_makes_a_range() {
    let nothing = assess(&Answers::default(), Profile::Literal, false);
    let a = &nothing.outcomes[0];
    assert_eq!(a.score, Score { low: 0, high: 12, maximum: 12 });
    assert_eq!((a.bands.len(), a.unanswered.len()), (3, 12));
    let one = assess(&with(yes_to(1..=11), 12, None), Profile::Literal, false);
    assert_eq!(one.outcomes[0].score, Score { low: 11, high: 12, maximum: 12 });
    assert_eq!(one.outcomes[0].bands.len(), 2);
    // Not applicable is no point to the letter, and is no open question.
    let none =
        assess(&with(yes_to(1..=11), 12, Some(Answer::NotApplicable)), Profile::Literal, false);
    assert_eq!(none.outcomes[0].score, Score { low: 11, high: 11, maximum: 12 });
}

#[test]
fn each_quirk_is_told_where_it_touches_the_result_and_nowhere_else() {
    let ready = || 1..=7_u8;
    let touched = |answers: &Answers, has_service| {
        let assessment = assess(answers, Profile::Literal, has_service);
        assessment.quirks.iter().map(|quirk| quirk.id).collect::<Vec<_>>()
    };
    let all_yes = yes_to(1..=QUESTIONS);
    let plain = yes_to(ready());
    let open = |number| with(plain.clone(), number, None);
    for (id, touching, other) in [
        ("q1", yes_to(ready().chain(24..=34)), plain.clone()),
        ("q2", yes_to(1..=6), plain.clone()),
        ("q3", plain.clone(), yes_to(1..=6)),
        ("q4", yes_to(1..=6), plain.clone()),
        ("q5", yes_to(ready().chain([14])), plain.clone()),
        ("q6", plain.clone(), Answers(ready().map(|it| (it, Answer::Yes)).collect())),
        ("q7", plain.clone(), all_yes.clone()),
        ("q8", plain.clone(), all_yes.clone()),
        ("q9", plain.clone(), yes_to(1..=6)),
        ("q10", open(3), plain.clone()),
        ("q11", open(25), open(24)),
    ] {
        assert!(touched(&touching, false).contains(&id), "{id} touches");
        assert!(!touched(&other, false).contains(&id), "{id} does not touch");
    }
    assert!(touched(&plain, true).contains(&"q12") && !touched(&plain, false).contains(&"q12"));
    // q10 also leaves the exact maximum open.
    assert!(touched(&with(yes_to(ready().chain(14..=22)), 23, None), false).contains(&"q1"));
    assert_eq!(QUIRKS.len(), 12);
}

#[test]
fn the_best_honest_answers_end_where_the_quirks_say() {
    // Something unique that needs no help with packaging, never goes bad, has no safety rules, is no food and has no parts to inspect.
    let honest = yes_to((1..=QUESTIONS).filter(|it| ![15, 18, 21, 22, 35, 42].contains(it)));
    let literal = assess(&honest, Profile::Literal, false);
    let scores: Vec<_> =
        literal.outcomes.iter().map(|it| (it.score.low, it.score.maximum)).collect();
    assert_eq!(scores, [(12, 12), (1, 1), (6, 10), (11, 11), (4, 5), (4, 5)]);
    let adjusted = assess(&honest, Profile::Adjusted, false);
    let scores: Vec<_> =
        adjusted.outcomes.iter().map(|it| (it.score.low, it.score.maximum)).collect();
    assert_eq!(scores, [(12, 12), (1, 1), (6, 6), (11, 11), (4, 4), (4, 4)]);
    assert!(
        adjusted.outcomes.iter().all(|it| it.bands.len() == 1 && *it.bands[0] == it.block.bands[0])
    );
}

#[test]
fn the_limits_move_along_with_what_does_not_apply() {
    // Half of A applies: more than 3 of 6 opens the gate, and 3 of 6 is where growing begins.
    let half = |yes: u8| {
        let mut answers = yes_to(1..=yes);
        answers.0.extend((7..=12).map(|it| (it, Answer::NotApplicable)));
        assess(&answers, Profile::Adjusted, false)
    };
    for (yes, gate, at) in
        [(2, Gate::Shut, 2), (3, Gate::Shut, 1), (4, Gate::Open, 1), (6, Gate::Open, 0)]
    {
        let assessment = half(yes);
        assert_eq!(assessment.outcomes[0].score.maximum, 6);
        assert_eq!(*assessment.outcomes[0].bands[0], BLOCKS[0].bands[at], "{yes}");
        assert_eq!(assessment.outcomes[2].gate, gate, "{yes}");
    }
    let none = Answers((1..=12).map(|it| (it, Answer::NotApplicable)).collect());
    let none = assess(&none, Profile::Adjusted, false);
    assert!(none.outcomes[0].bands.is_empty() && none.outcomes[2].gate == Gate::Shut);
}

#[test]
fn what_is_wrong_in_the_answers_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("private")).expect("private");
    let text = "count_me = \"yes\"\nq1 = \"Yes\"\nq2 = \"yse\"\nq3 = \"\"\nq4 = false\nq45 = \"no\"\na3 = \"not applicable\"\n";
    std::fs::write(folder.path().join("private/assess.toml"), text).expect("answers");
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let said =
        load(folder.path(), &path(None), "members/ana/", &mut sources, &mut found).expect("a file");
    assert!(said.may_be_counted);
    assert_eq!(said.answers.0, BTreeMap::from([(1, Answer::Yes), (4, Answer::No)]));
    assert_eq!(said.criteria, BTreeMap::from([("a3", Answer::NotApplicable)]));
    let told: Vec<_> = found
        .sorted(&sources)
        .into_iter()
        .map(|one| {
            let Place::Span(span) = one.place else { panic!("{one:?}") };
            let (line, _) = sources.line_column(span.file, span.range().start);
            (sources.path(span.file).to_owned(), line, one.label.clone())
        })
        .collect();
    let file = "members/ana/private/assess.toml".to_owned();
    let fix = "write for example q2 = \"yes\"".to_owned();
    assert_eq!(told[0], (file.clone(), 3, fix));
    assert_eq!((&told[1].0, told[1].1), (&file, 6));
    assert_eq!(told.len(), 2);
}
