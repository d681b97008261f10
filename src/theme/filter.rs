//! Filters of ours for templates.

use tera::value::{Key, Map, Value};
use tera::{Kwargs, State, TeraResult, escape_html};

/// A [`Phrase`](super::view::Phrase) as HTML: escaped, its days as `time` elements, and told apart if it is not in the
/// language of the page. It stands in nearly every line of a page, which is why it is no component.
pub(super) fn phrase(phrase: &Map, _: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let mut out = Vec::with_capacity(128);
    write_phrase(phrase, &mut out)?;
    Ok(Value::safe_string(&String::from_utf8(out)?))
}

fn write_phrase(phrase: &Map, out: &mut Vec<u8>) -> TeraResult<()> {
    let text = text_of(phrase, "text").unwrap_or_default();
    let parts = phrase.get(&Key::Str("parts")).and_then(Value::as_array).unwrap_or_default();
    let lang = text_of(phrase, "lang");
    if let Some(lang) = lang {
        out.extend_from_slice(b"<span lang=\"");
        escape_html(lang, out)?;
        out.extend_from_slice(b"\" dir=\"");
        escape_html(text_of(phrase, "dir").unwrap_or_default(), out)?;
        out.extend_from_slice(b"\">");
        escape_html(text, out)?;
        out.extend_from_slice(b"</span>");
    } else if parts.is_empty() {
        escape_html(text, out)?;
    }
    for part in parts.iter().filter(|_| lang.is_none()).filter_map(Value::as_map) {
        if text_of(part, "lang").is_some() {
            write_phrase(part, out)?;
            continue;
        }
        let day = text_of(part, "datetime");
        if let Some(day) = day {
            out.extend_from_slice(b"<time datetime=\"");
            escape_html(day, out)?;
            out.extend_from_slice(b"\">");
        }
        escape_html(text_of(part, "text").unwrap_or_default(), out)?;
        if day.is_some() {
            out.extend_from_slice(b"</time>");
        }
    }
    Ok(())
}

fn text_of<'m>(map: &'m Map, key: &'static str) -> Option<&'m str> {
    map.get(&Key::Str(key)).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PART_MARKS;
    use crate::theme::view::Phrase;

    fn written(phrase: &Phrase) -> String {
        let mut out = Vec::new();
        let value = Value::from_serializable(phrase);
        write_phrase(value.as_map().expect("a map"), &mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_phrase_is_escaped_and_tells_its_language_and_its_days() {
        let [start, between, end] = PART_MARKS;
        let foreign = Phrase {
            text: "<b>\"chal\"".to_owned(),
            lang: Some("qu".to_owned()),
            dir: Some("ltr"),
            parts: Vec::new(),
        };
        let table = [
            (Phrase::here("Tom & Ana"), "Tom &amp; Ana"),
            (
                Phrase::here(format!("({})", foreign.clone().within())),
                "(<span lang=\"qu\" dir=\"ltr\">&lt;b&gt;&quot;chal&quot;</span>)",
            ),
            (Phrase::here(Phrase::here("here").within()), "here"),
            (foreign, "<span lang=\"qu\" dir=\"ltr\">&lt;b&gt;&quot;chal&quot;</span>"),
            (
                Phrase::here(format!("sent by {start}2026-12-10{between}10 <Dec>{end}.")),
                "sent by <time datetime=\"2026-12-10\">10 &lt;Dec&gt;</time>.",
            ),
            (Phrase::default(), ""),
        ];
        for (phrase, expected) in table {
            assert_eq!(written(&phrase), expected, "{phrase:?}");
        }
    }
}
