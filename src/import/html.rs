//! HTML in a cell to Markdown, or to plain words.
//!
//! The tree is built as browsers do it (html5ever), so that tags left open do no harm. Nothing of
//! a script, style or form comes through; what is taken out is named.

use std::collections::BTreeSet;
use std::rc::Rc;

use htmd::options::{BrStyle, BulletListMarker, Options};
use htmd::{HtmlToMarkdown, Node};
use html5ever::{LocalName, QualName, ns};
use markup5ever_rcdom::NodeData;

/// What came out of a cell, and what was taken out of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Converted {
    pub(super) text: String,
    /// Things taken out, in words for the report, each once.
    pub(super) removed: BTreeSet<String>,
}

/// Tags whose content is never text for a reader.
const SILENT: [&str; 20] = [
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math",
    "canvas", "video", "audio", "map", "form", "input", "button", "select", "textarea", "img",
    "picture",
];

/// Tags that Markdown says, or that may go without loss.
const UNDERSTOOD: [&str; 56] = [
    "html",
    "head",
    "body",
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "a",
    "blockquote",
    "hr",
    "pre",
    "code",
    "div",
    "span",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "section",
    "article",
    "small",
    "font",
    "center",
    "sup",
    "sub",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "address",
    "abbr",
    "wbr",
    "mark",
    "del",
    "s",
    "strike",
    "col",
    "colgroup",
    "header",
];

/// How deep elements may lie in each other; conversion goes as deep as they do.
const MAX_DEPTH: usize = 64;

/// More tags than any description has; building a tree takes the square of its depth.
const MAX_TAGS: usize = 6_000;

/// What is left of HTML that is no description at all: the text as it is written.
fn refused(html: &str) -> Option<Converted> {
    if html.matches('<').count() <= MAX_TAGS {
        return None;
    }
    let removed = BTreeSet::from([format!("nothing, because there are more than {MAX_TAGS} tags")]);
    Some(Converted { text: html.to_owned(), removed })
}

/// Tells whether a text is HTML: it has a tag that is one.
pub(super) fn is_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        let name: String =
            rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let is_closed = rest[name.len()..].contains('>');
        is_closed && (UNDERSTOOD.contains(&name.as_str()) || SILENT.contains(&name.as_str()))
    })
}

/// Tells whether a text has a character written by name or number, such as `&amp;`.
pub(super) fn has_entity(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| {
        let rest = &text[at + 1..];
        rest.find(';').is_some_and(|end| {
            let name = &rest[..end];
            (2..=32).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
        })
    })
}

/// HTML to Markdown.
pub(super) fn to_markdown(html: &str) -> Converted {
    if let Some(refused) = refused(html) {
        return refused;
    }
    let mut removed = BTreeSet::new();
    let converter = HtmlToMarkdown::builder()
        .options(Options {
            br_style: BrStyle::Backslash,
            bullet_list_marker: BulletListMarker::Dash,
            ul_bullet_spacing: 1,
            ol_number_spacing: 1,
            ..Options::default()
        })
        .scripting_enabled(false)
        .skip_tags(SILENT.to_vec())
        .build();
    // Building a tree from text in memory has no way to fail.
    let Ok(tree) = converter.html_to_tree(html) else { return Converted::default() };
    let depth = inspect(&tree, &mut removed);
    if depth > MAX_DEPTH {
        removed.insert("all layout, because tags lie too deep in each other".to_owned());
        return Converted { text: words(&tree), removed };
    }
    head_tables(&tree);
    let text = converter.tree_to_markdown(&tree);
    Converted { text: tidy(&text), removed }
}

fn tag(node: &Node) -> &str {
    match &node.data {
        NodeData::Element { name, .. } => &name.local,
        _ => "",
    }
}

fn element(tag: &str, children: Vec<Rc<Node>>) -> Rc<Node> {
    let node = Node::new(NodeData::Element {
        name: QualName::new(None, ns!(html), LocalName::from(tag)),
        attrs: Default::default(),
        template_contents: Default::default(),
        mathml_annotation_xml_integration_point: false,
    });
    for child in &children {
        child.parent.set(Some(Rc::downgrade(&node)));
    }
    node.children.replace(children);
    node
}

fn plain_text(text: &str) -> Rc<Node> {
    Node::new(NodeData::Text { contents: std::cell::RefCell::new(text.into()) })
}

/// Gives tables a head, which Markdown has no table without: names with values become a list, and of
/// other tables the first row is the head.
fn head_tables(tree: &Rc<Node>) {
    let mut open = vec![Rc::clone(tree)];
    while let Some(node) = open.pop() {
        let children: Vec<Rc<Node>> = node.children.borrow().iter().map(Rc::clone).collect();
        for child in &children {
            if tag(child) == "table" {
                head_table(&node, child);
            }
            open.push(Rc::clone(child));
        }
    }
}

fn head_table(parent: &Rc<Node>, table: &Rc<Node>) {
    let mut rows: Vec<(Rc<Node>, Rc<Node>)> = Vec::new();
    let mut has_head = false;
    let mut open = vec![Rc::clone(table)];
    while let Some(node) = open.pop() {
        for child in node.children.borrow().iter().rev() {
            match tag(child) {
                "th" | "thead" => has_head = true,
                "table" => {}
                _ => open.push(Rc::clone(child)),
            }
        }
        let mut inside = node.children.borrow().iter().map(Rc::clone).collect::<Vec<_>>();
        inside.retain(|child| tag(child) == "tr");
        rows.extend(inside.into_iter().map(|row| (Rc::clone(&node), row)));
    }
    let cells = |row: &Rc<Node>| -> Vec<Rc<Node>> {
        let children = row.children.borrow();
        children.iter().filter(|cell| tag(cell) == "td").map(Rc::clone).collect()
    };
    let widest = rows.iter().map(|(_, row)| cells(row).len()).max().unwrap_or(0);
    if has_head || widest < 2 {
        return;
    }
    if widest > 2 {
        let (holder, first) = &rows[0];
        holder.children.borrow_mut().retain(|child| !Rc::ptr_eq(child, first));
        let head = element("thead", vec![Rc::clone(first)]);
        head.parent.set(Some(Rc::downgrade(table)));
        table.children.borrow_mut().insert(0, head);
        return;
    }
    let items = rows
        .iter()
        .map(|(_, row)| {
            let cells = cells(row);
            let mut inside = Vec::new();
            if let [name, value] = &cells[..] {
                let name = name.children.take();
                let words = name.iter().map(words).collect::<Vec<_>>().join(" ");
                let words = words.trim().trim_end_matches(':');
                if !words.is_empty() {
                    inside.push(element("strong", vec![plain_text(&format!("{words}:"))]));
                    inside.push(plain_text(" "));
                }
                inside.extend(value.children.take());
            } else {
                inside.extend(cells.iter().flat_map(|cell| cell.children.take()));
            }
            element("li", inside)
        })
        .collect();
    let list = element("ul", items);
    list.parent.set(Some(Rc::downgrade(parent)));
    for child in parent.children.borrow_mut().iter_mut() {
        if Rc::ptr_eq(child, table) {
            *child = Rc::clone(&list);
        }
    }
}

/// Text with line breaks as they are to Markdown that shows just that.
pub(super) fn plain_to_markdown(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.split("\n\n") {
        let lines: Vec<String> = paragraph.trim().lines().map(|line| escape(line.trim())).collect();
        html.push_str("<p>");
        html.push_str(&lines.join("<br>"));
        html.push_str("</p>");
    }
    to_markdown(&html).text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The words of some HTML on one line; names and short texts have no layout.
pub(super) fn to_line(html: &str) -> Converted {
    if let Some(refused) = refused(html) {
        return refused;
    }
    let converter = HtmlToMarkdown::new();
    let mut removed = BTreeSet::new();
    let Ok(tree) = converter.html_to_tree(html) else { return Converted::default() };
    inspect(&tree, &mut removed);
    Converted { text: words(&tree), removed }
}

/// Characters written by name or number to themselves; everything else stays, `<` too.
pub(super) fn decode_entities(text: &str) -> String {
    to_line(&text.replace('<', "&lt;")).text
}

/// Names what conversion takes out, makes dead links plain, and measures the depth of the tree.
fn inspect(tree: &Rc<Node>, removed: &mut BTreeSet<String>) -> usize {
    let mut deepest = 0;
    let mut open = vec![(Rc::clone(tree), 0)];
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        let mut is_silent = false;
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let tag = name.local.to_lowercase();
            let value = |wanted: &str| {
                let attrs = attrs.borrow();
                let found = attrs.iter().find(|attr| &*attr.name.local == wanted);
                found.map(|attr| attr.value.trim().to_owned())
            };
            is_silent = SILENT.contains(&tag.as_str());
            if tag == "img" {
                let source = value("src").unwrap_or_default();
                removed.insert(format!("a picture inside the text ({source})"));
            } else if is_silent || !UNDERSTOOD.contains(&tag.as_str()) {
                removed.insert(format!("<{tag}>"));
            } else if tag == "a" {
                let target = value("href").unwrap_or_default();
                let is_kept = ["https://", "http://", "mailto:", "tel:"]
                    .iter()
                    .any(|scheme| target.to_ascii_lowercase().starts_with(scheme))
                    && !target.contains(char::is_whitespace);
                if !is_kept {
                    attrs.borrow_mut().retain(|attr| &*attr.name.local != "href");
                    if !target.is_empty() {
                        removed.insert(format!("a link that leads nowhere from here ({target})"));
                    }
                }
            }
        }
        if !is_silent {
            open.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
        }
    }
    deepest
}

/// The text of a tree on one line, without what is no text.
fn words(tree: &Rc<Node>) -> String {
    let mut out = String::new();
    let mut open = vec![Rc::clone(tree)];
    while let Some(node) = open.pop() {
        match &node.data {
            NodeData::Text { contents } => out.push_str(&contents.borrow()),
            NodeData::Element { name, .. } => {
                let tag = name.local.to_lowercase();
                if SILENT.contains(&tag.as_str()) {
                    continue;
                }
                let is_inline = matches!(
                    tag.as_str(),
                    "b" | "strong"
                        | "i"
                        | "em"
                        | "u"
                        | "span"
                        | "a"
                        | "sup"
                        | "sub"
                        | "font"
                        | "small"
                        | "code"
                        | "mark"
                        | "abbr"
                        | "del"
                        | "s"
                        | "strike"
                        | "wbr"
                );
                if !is_inline {
                    out.push(' ');
                }
            }
            _ => {}
        }
        open.extend(node.children.borrow().iter().rev().map(Rc::clone));
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No more than one blank line, none in lists, no space at ends of lines.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let is_second_blank = line.is_empty() && lines.last().is_none_or(|last| last.is_empty());
        if !is_second_blank {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_markdown_as_a_person_would_write_it() {
        let table = [
            ("<p>Soft.</p><ul><li>One.</li>\n<li>Two.</li></ul>", "Soft.\n\n- One.\n- Two."),
            // Tags that nobody closed.
            ("<p>Soft.<p>\n<ul>\n<li>One.\n<li>Two.\n</ul>", "Soft.\n\n- One.\n- Two."),
            ("<p>Soft.</p>\n<ul>\n<li>One.</li>\n<ul>", "Soft.\n\n- One."),
            ("A <b>bold</b> &amp; <i>quiet</i> cup&trade;", "A **bold** & *quiet* cup™"),
            ("<h2>Care</h2>Cold.<br>By hand.", "## Care\n\nCold.\\\nBy hand."),
            ("<ol><li>Wash</li><li>Dry</li></ol>", "1. Wash\n2. Dry"),
            ("<a href=\"https://example.org/a\">more</a>", "[more](https://example.org/a)"),
            ("<div>One</div><div>Two</div>", "One\n\nTwo"),
            ("5 * 3 &lt;b&gt;", "5 \\* 3 <b>"),
            (
                "<table><tr><td>Warp</td><td><b>wool</b></td></tr><tr><td> Weft: </td><td>silk &amp; wool</td></tr></table>",
                "- **Warp:** **wool**\n- **Weft:** silk & wool",
            ),
            (
                "<table><tbody><tr><td>S</td><td>M</td><td>L</td></tr><tr><td>1</td><td>2</td><td>3</td></tr></tbody></table>",
                "| S | M | L |\n| - | - | - |\n| 1 | 2 | 3 |",
            ),
            (
                "<table><tr><th>Size</th><th>cm</th></tr><tr><td>S</td><td>40</td></tr></table>",
                "| Size | cm |\n| ---- | -- |\n| S    | 40 |",
            ),
            ("<table><tr><td>One</td></tr><tr><td>Two</td></tr></table>", "One\n\nTwo"),
        ];
        for (html, expected) in table {
            let converted = to_markdown(html);
            assert!(converted.removed.is_empty(), "{html}: {:?}", converted.removed);
            assert_eq!(converted.text.replace("\\<", "<"), expected, "{html}");
        }
    }

    #[test]
    fn nothing_that_acts_comes_through_and_it_is_said() {
        let table = [
            ("<script>alert(1)</script>Cup", "Cup", "<script>"),
            ("<style>p{}</style>Cup", "Cup", "<style>"),
            ("Cup<noscript>old</noscript>", "Cup", "<noscript>"),
            ("<iframe src=x>y</iframe>Cup", "Cup", "<iframe>"),
            (
                "<a href=\"javascript:alert(1)\">Cup</a>",
                "Cup",
                "a link that leads nowhere from here (javascript:alert(1))",
            ),
            (
                "<a href=\"/shop/cup\">Cup</a>",
                "Cup",
                "a link that leads nowhere from here (/shop/cup)",
            ),
            (
                "Cup<img src=\"https://example.org/a.jpg\" onerror=x>",
                "Cup",
                "a picture inside the text (https://example.org/a.jpg)",
            ),
            ("<blink>Cup</blink>", "Cup", "<blink>"),
            ("<p onclick=x>Cup</p><form><input value=z></form>", "Cup", "<form>"),
        ];
        for (html, expected, removed) in table {
            let converted = to_markdown(html);
            assert_eq!(converted.text, expected, "{html}");
            assert!(converted.removed.contains(removed), "{html}: {:?}", converted.removed);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth| format!("{}Cup{}", "<div>".repeat(depth), "</div>".repeat(depth));
        let converted = to_markdown(&nested(2_000));
        assert_eq!(converted.text, "Cup");
        assert_eq!(converted.removed.len(), 1);
        assert_eq!(to_markdown(&nested(1_000_000)).removed.len(), 1);
    }

    #[test]
    fn only_tags_make_a_text_html() {
        for (text, expected) in [
            ("<p>Cup", true),
            ("a <BR/> b", true),
            ("</ul>", true),
            ("1 < 2 and 3 > 2", false),
            ("<3 cups", false),
            ("<Ana>", false),
            ("<p", false),
        ] {
            assert_eq!(is_html(text), expected, "{text}");
        }
        for (text, expected) in
            [("R&amp;D", true), ("&#8482;", true), ("R&D; x", false), ("a & b; c", false)]
        {
            assert_eq!(has_entity(text), expected, "{text}");
        }
        assert_eq!(decode_entities("Lumaflex&trade; <b>"), "Lumaflex™ <b>");
        assert_eq!(to_line("<p>Red <b>sh</b>awl</p><p>warm</p>").text, "Red shawl warm");
    }

    #[test]
    fn plain_text_shows_as_it_was_typed() {
        assert_eq!(
            plain_to_markdown("5 * 3 <b>\nnext\n\nlast").replace("\\<", "<"),
            "5 \\* 3 <b>\\\nnext\n\nlast"
        );
    }
}
