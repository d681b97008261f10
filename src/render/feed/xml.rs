//! Writing XML: text that can stand in any place of a document.

/// Escapes for text and attribute values, and leaves out what XML 1.0 cannot hold (§2.2).
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push('\n'),
            c if c.is_control() => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds `<name>text</name>` and a line break.
pub(super) fn element(out: &mut String, name: &str, text: &str) {
    for part in ["<", name, ">", &escape(text), "</", name, ">\n"] {
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        for (text, expected) in [
            ("a < b & c > \"d\" 'e'", "a &lt; b &amp; c &gt; &quot;d&quot; &#39;e&#39;"),
            ("]]>", "]]&gt;"),
            ("a\u{0}b\u{8}c\u{b}d\u{1b}\u{7f}\u{85}", "a b c d   "),
            ("line\r\nnext\tcell", "line\n\nnext\tcell"),
            ("\u{fffe}x\u{ffff}\u{10ffff}", "x\u{10ffff}"),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }
}
