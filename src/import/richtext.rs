//! Rich text that programs keep as JSON, by way of HTML: EditorJS, and Shopify's metafields.

use std::fmt::Write as _;

use serde_json::Value;

/// Deepest lists that are taken apart.
const MAX_DEPTH: usize = 24;

/// The blocks of EditorJS (<https://editorjs.io/saving-data/>) as HTML, with the kinds of those that
/// are not known. `None` if it is something else.
pub(super) fn editorjs(value: &Value) -> Option<(String, Vec<String>)> {
    let blocks = value.get("blocks")?.as_array()?;
    let mut html = String::new();
    let mut unknown = Vec::new();
    for block in blocks {
        let kind = block.get("type").and_then(Value::as_str).unwrap_or_default();
        let data = block.get("data").unwrap_or(&Value::Null);
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let _ = match kind {
            "paragraph" => write!(html, "<p>{}</p>", text("text")),
            "header" => {
                // The page has its own heading of the first level.
                let level = data.get("level").and_then(Value::as_u64).unwrap_or(2).clamp(2, 6);
                write!(html, "<h{level}>{}</h{level}>", text("text"))
            }
            "list" | "nestedlist" | "checklist" => {
                let is_ordered = text("style") == "ordered";
                list(data.get("items"), is_ordered, &mut html, 0);
                Ok(())
            }
            "quote" => {
                let caption = text("caption");
                let cite =
                    if caption.is_empty() { String::new() } else { format!("<p>{caption}</p>") };
                write!(html, "<blockquote><p>{}</p>{cite}</blockquote>", text("text"))
            }
            "warning" => write!(html, "<p><b>{}</b> {}</p>", text("title"), text("message")),
            "delimiter" => write!(html, "<hr>"),
            "code" => write!(html, "<pre><code>{}</code></pre>", escape(text("code"))),
            "raw" => write!(html, "{}", text("html")),
            "table" => {
                table(data, &mut html);
                Ok(())
            }
            "image" | "simpleimage" => {
                let file =
                    data.get("file").and_then(|file| file.get("url")).and_then(Value::as_str);
                let url = file.unwrap_or_else(|| text("url"));
                write!(html, "<img src=\"{}\"><p>{}</p>", escape(url), text("caption"))
            }
            other => {
                unknown.push(other.to_owned());
                Ok(())
            }
        };
    }
    Some((html, unknown))
}

fn list(items: Option<&Value>, is_ordered: bool, html: &mut String, depth: usize) {
    let Some(items) = items.and_then(Value::as_array).filter(|items| !items.is_empty()) else {
        return;
    };
    if depth > MAX_DEPTH {
        return;
    }
    let tag = if is_ordered { "ol" } else { "ul" };
    let _ = write!(html, "<{tag}>");
    for item in items {
        let words = ["content", "text"].iter().find_map(|name| item.get(name)?.as_str());
        let _ = write!(html, "<li>{}", item.as_str().or(words).unwrap_or_default());
        list(item.get("items"), is_ordered, html, depth + 1);
        html.push_str("</li>");
    }
    let _ = write!(html, "</{tag}>");
}

fn table(data: &Value, html: &mut String) {
    let has_headings = data.get("withHeadings").and_then(Value::as_bool).unwrap_or(true);
    html.push_str("<table>");
    for (at, row) in data.get("content").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let cell = if at == 0 && has_headings { "th" } else { "td" };
        html.push_str("<tr>");
        for words in row.as_array().into_iter().flatten() {
            let _ = write!(html, "<{cell}>{}</{cell}>", words.as_str().unwrap_or_default());
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The words of a Shopify metafield: plain text, or JSON that holds a list, a measure or rich text;
/// one entry a line. `None` if it only points to something else.
pub(super) fn metafield(text: &str) -> Option<String> {
    if text.starts_with("gid://") {
        return None;
    }
    let is_json = text.starts_with(['[', '{']);
    let Some(value) = is_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten() else {
        return Some(text.to_owned());
    };
    let mut lines = Vec::new();
    words(&value, &mut lines, 0);
    let lines: Vec<String> =
        lines.into_iter().filter(|line| !line.is_empty() && !line.starts_with("gid://")).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn words(value: &Value, lines: &mut Vec<String>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::String(text) => lines.push(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Value::Number(number) => lines.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| words(value, lines, depth + 1)),
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
            let children = fields.get("children").and_then(Value::as_array);
            match (fields.get("value"), fields.get("unit").and_then(Value::as_str), children) {
                (Some(number), Some(unit), _) => {
                    let number = number.to_string();
                    let number = number.strip_suffix(".0").unwrap_or(&number);
                    lines.push(format!("{number} {}", short(unit)));
                }
                (_, _, Some(children)) if matches!(kind, "paragraph" | "heading" | "list-item") => {
                    let mut inside = Vec::new();
                    children.iter().for_each(|child| words(child, &mut inside, depth + 1));
                    lines.push(inside.join(" "));
                }
                (_, _, Some(children)) => {
                    children.iter().for_each(|child| words(child, lines, depth + 1));
                }
                (Some(text), ..) => words(text, lines, depth + 1),
                _ => {}
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// A unit as people write it.
fn short(unit: &str) -> String {
    let lower = unit.to_lowercase();
    let known = [
        ("millimeters", "mm"),
        ("centimeters", "cm"),
        ("meters", "m"),
        ("inches", "in"),
        ("feet", "ft"),
        ("grams", "g"),
        ("kilograms", "kg"),
        ("ounces", "oz"),
        ("pounds", "lb"),
        ("milliliters", "ml"),
        ("centiliters", "cl"),
        ("liters", "l"),
    ];
    known
        .iter()
        .find(|(long, _)| *long == lower)
        .map_or(lower.clone(), |(_, short)| (*short).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_become_html() {
        let value = json!({"blocks": [
            {"type": "header", "data": {"text": "Care", "level": 1}},
            {"type": "paragraph", "data": {"text": "By <b>hand</b>"}},
            {"type": "list", "data": {"style": "unordered", "items": ["One", {"content": "Two", "items": [{"content": "Deep"}]}]}},
            {"type": "quote", "data": {"text": "Soft", "caption": "Ana"}},
            {"type": "table", "data": {"content": [["A", "B"], ["1", "2"]]}},
            {"type": "code", "data": {"code": "a < b"}},
            {"type": "carousel", "data": {}},
        ]});
        let (html, unknown) = editorjs(&value).expect("blocks");
        assert_eq!(
            html,
            "<h2>Care</h2><p>By <b>hand</b></p><ul><li>One</li><li>Two<ul><li>Deep</li></ul></li></ul>\
             <blockquote><p>Soft</p><p>Ana</p></blockquote>\
             <table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>\
             <pre><code>a &lt; b</code></pre>"
        );
        assert_eq!(unknown, ["carousel"]);
        assert_eq!(editorjs(&json!({"time": 1})), None);
        assert_eq!(editorjs(&json!("text")), None);
    }

    #[test]
    fn metafields_become_words() {
        for (text, expected) in [
            ("Red; blue", Some("Red; blue")),
            ("[\"Red\", \"Sky  blue\"]", Some("Red\nSky blue")),
            ("{\"value\": 12.5, \"unit\": \"CENTIMETERS\"}", Some("12.5 cm")),
            (
                "{\"type\":\"root\",\"children\":[{\"type\":\"paragraph\",\"children\":[{\"type\":\"text\",\"value\":\"Wash\"},{\"type\":\"text\",\"value\":\"cold\",\"bold\":true}]}]}",
                Some("Wash cold"),
            ),
            ("[a bracket", Some("[a bracket")),
            ("gid://shopify/Metaobject/1", None),
            ("[\"gid://shopify/Metaobject/1\"]", None),
        ] {
            assert_eq!(metafield(text).as_deref(), expected, "{text}");
        }
    }
}
