//! Neutral words for what is signed because of a complaint, in the languages of the site.

use toml_edit::{DocumentMut, InlineTable, Value};

/// What a record says that is on hold while a complaint is looked into.
const SUSPENDED: [(&str, &str); 5] = [
    ("en", "A complaint about this is being looked into."),
    ("es", "Se está examinando una queja sobre esto."),
    ("fr", "Une réclamation à ce sujet est à l’examen."),
    ("vi", "Một khiếu nại về việc này đang được xem xét."),
    ("ar", "تُدرَس شكوى بشأن هذا."),
];

/// What a dispute says that was opened because of a complaint.
const DISPUTED: [(&str, &str); 5] = [
    (
        "en",
        "Somebody told us that this is not as the record says. We are looking into it, and enter here what comes of it.",
    ),
    (
        "es",
        "Alguien nos dijo que esto no es como dice el registro. Lo estamos examinando y anotaremos aquí el resultado.",
    ),
    (
        "fr",
        "Quelqu’un nous a dit que ceci n’est pas comme le dit l’enregistrement. Nous l’examinons et noterons ici ce qu’il en est.",
    ),
    (
        "vi",
        "Có người báo rằng việc này không đúng như bản ghi nói. Chúng tôi đang xem xét và sẽ ghi kết quả ở đây.",
    ),
    ("ar", "أخبرنا أحدهم أنّ هذا ليس كما يقول السجلّ. نحن ننظر في الأمر وسنُثبت هنا ما ينتهي إليه."),
];

/// Words for days, behind a number.
const DAYS: [&str; 12] =
    ["days", "day", "días", "día", "dias", "jours", "jour", "ngày", "أيام", "أيّام", "يومًا", "يوم"];

/// How many days a text promises for an answer: the first number with the word for days behind it, from 1 to 365.
#[must_use]
pub fn days_in(text: &str) -> Option<u32> {
    let small = text.to_lowercase();
    let words: Vec<&str> = small
        .split(|c: char| {
            c.is_whitespace()
                || matches!(c, ',' | '.' | ';' | ':' | '(' | ')' | '\u{a0}' | '\u{202f}')
        })
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(2).find_map(|pair| {
        let [number, word] = pair else { return None };
        let digits: Option<String> = number
            .chars()
            .map(|c| c.to_digit(10).or_else(|| arabic(c)))
            .map(|it| it.map(|it| it.to_string()))
            .collect();
        let count: u32 = digits?.parse().ok()?;
        ((1..=365).contains(&count) && DAYS.contains(word)).then_some(count)
    })
}

/// A digit as it is written in Arabic.
fn arabic(c: char) -> Option<u32> {
    ('\u{660}'..='\u{669}').contains(&c).then(|| u32::from(c) - 0x660)
}

/// Words of one's own, else those of the table in the languages of the site.
fn texts(own: Option<&str>, table: &[(&str, &str)], languages: &[String]) -> Value {
    if let Some(own) = own {
        return own.into();
    }
    let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_lowercase();
    let mut texts = InlineTable::new();
    for tag in languages {
        if let Some((_, text)) = table.iter().find(|(known, _)| *known == language(tag)) {
            texts.insert(tag, (*text).into());
        }
    }
    if texts.is_empty() {
        texts.insert("en", table[0].1.into());
    }
    Value::InlineTable(texts)
}

/// The fields of a TagVoid for one number.
#[must_use]
pub fn void_tag_toml(batch: &str, tag: u64, reason_code: &str) -> String {
    let mut document = DocumentMut::new();
    document["target"] = toml_edit::value(batch);
    let number = i64::try_from(tag).unwrap_or(i64::MAX);
    let mut range = InlineTable::new();
    range.insert("first", number.into());
    range.insert("last", number.into());
    document["range"] = toml_edit::value(toml_edit::Array::from_iter([Value::InlineTable(range)]));
    document["reason_code"] = toml_edit::value(reason_code);
    document.to_string()
}

/// The fields of a Status that puts a record on hold; `own` are words of one's own.
#[must_use]
pub fn suspend_toml(target: &str, own: Option<&str>, languages: &[String]) -> String {
    let mut document = DocumentMut::new();
    document["target"] = toml_edit::value(target);
    document["new_state"] = toml_edit::value("suspended");
    document["reason"] = toml_edit::value(texts(own, &SUSPENDED, languages));
    document.to_string()
}

/// The fields of a Dispute; `own` are words of one's own.
#[must_use]
pub fn dispute_toml(target: &str, ground: &str, own: Option<&str>, languages: &[String]) -> String {
    let mut document = DocumentMut::new();
    document["target"] = toml_edit::value(target);
    document["ground"] = toml_edit::value(ground);
    document["statement"] = toml_edit::value(texts(own, &DISPUTED, languages));
    document.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_promises_days_only_if_it_says_so() {
        for (text, days) in [
            ("Write to us; we answer within 10 days.", Some(10)),
            ("Respondemos en 21 días", Some(21)),
            ("Nous répondons sous 7 jours ouvrés", Some(7)),
            ("Trả lời trong 5 ngày.", Some(5)),
            ("نجيب خلال ١٠ أيام", Some(10)),
            ("Call +51 900 000 000 on two days a week", None),
            ("within 4000 days", None),
            ("0 days", None),
            ("", None),
        ] {
            assert_eq!(days_in(text), days, "{text}");
        }
    }

    #[test]
    fn words_come_in_the_languages_of_the_site() {
        let both = suspend_toml(
            "IDF6JDYS",
            None,
            &["es".to_owned(), "pt-BR".to_owned(), "en-GB".to_owned()],
        );
        assert!(both.contains("es = \"Se") && both.contains("en-GB = \"A complaint"), "{both}");
        assert!(
            dispute_toml("X", "imitation", None, &["qu".to_owned()]).contains("en = \"Somebody")
        );
        assert!(suspend_toml("X", Some("Ours."), &[]).contains("reason = \"Ours.\""));
    }
}
