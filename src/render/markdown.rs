//! Markdown to HTML that cannot do harm.
//!
//! Guarantees, whatever the text: HTML in it is shown as text; the output has no attribute but
//! `href` and `rel` on links, `start` on lists, and what pictures of the site need; links go to
//! `https`, `http`, `mailto`, `tel` or a page of the site; pictures come from the site's own
//! photographs; there is no `id`, no `style`, and no class of the theme's, so content can neither collide with a page nor
//! look like its record box.

use std::fmt::Write as _;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{
    Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
    html,
};

use crate::theme::view::Picture;

/// What a text needs to know of the site around it.
pub(super) trait Surroundings {
    /// The link to a page of the site; `None` if there is no such page. The path is from the root
    /// of the site's folder, without a leading slash.
    fn page(&self, path: &str) -> Option<String>;

    /// A photograph of the site by its path in the folder.
    fn photo(&self, path: &str) -> Option<Picture>;

    /// The folder out of which no link of a file leads: empty for the site's own files, with a closing slash for those
    /// of a member.
    fn root(&self, from: &str) -> &str;
}

/// Where the links of a file begin.
#[derive(Clone, Copy)]
struct Home<'a> {
    /// What they do not lead out of; empty, or with a closing slash.
    root: &'a str,
    /// The folder of the file, below the root.
    folder: &'a str,
}

impl<'a> Home<'a> {
    fn of(from: &'a str, root: &'a str) -> Self {
        let inside = from.strip_prefix(root).unwrap_or(from);
        Self { root, folder: inside.rsplit_once('/').map_or("", |(folder, _)| folder) }
    }
}

/// What a text consists of. It is read once, however much is made of it.
pub(super) struct Parsed<'t>(Vec<Event<'t>>);

impl<'t> Parsed<'t> {
    pub(super) fn new(markdown: &'t str) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut events = Vec::with_capacity(markdown.len() / 8);
        events.extend(Parser::new_ext(markdown, options));
        Self(events)
    }

    /// Its words, those of pictures too, as a page shows them: blocks and lines are parted by spaces.
    pub(super) fn words(&self) -> String {
        // A word may go on over emphasis and entities, so what touches is put together.
        let mut out = String::new();
        for event in &self.0 {
            match event {
                Event::Text(part)
                | Event::Code(part)
                | Event::Html(part)
                | Event::InlineHtml(part) => out.push_str(part),
                // Emphasis ends within a word at times, a block never does.
                Event::End(
                    TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link,
                ) => {}
                Event::SoftBreak | Event::HardBreak | Event::End(_) if !out.ends_with(' ') => {
                    out.push(' ');
                }
                _ => {}
            }
        }
        out
    }

    /// Its HTML; it stands in the file `from` (a path in the site's folder).
    pub(super) fn into_html(self, from: &str, around: &dyn Surroundings) -> String {
        let home = Home::of(from, around.root(from));
        let mut out = String::with_capacity(self.0.len() * 16);
        let shift = shift(&self.0);
        let events = self.0.into_iter();
        let cleaned = Cleaner { events, shift, home, around, closers: Vec::new() };
        html::push_html(&mut out, cleaned);
        out
    }
}

/// Renders a text that stands in the file `from` (a path in the site's folder).
pub(super) fn to_html(markdown: &str, from: &str, around: &dyn Surroundings) -> String {
    Parsed::new(markdown).into_html(from, around)
}

/// The words of a text without its marks, on one line.
pub(super) fn to_text(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => out.push(' '),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::TableCell
                | TagEnd::CodeBlock
                | TagEnd::HtmlBlock,
            ) => out.push(' '),
            _ => {}
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ")
}

/// A picture that a text shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its path in the site's folder; `None` if it lies elsewhere, so that no page shows it.
    pub(super) path: Option<String>,
    /// Where in the text it stands.
    pub(super) range: std::ops::Range<usize>,
    /// Whether there are words for people who cannot see it.
    pub(super) has_words: bool,
}

/// Every picture that a text names.
pub(super) fn pictures(markdown: &str, from: &str, root: &str) -> Vec<Shown> {
    // Most texts have no picture; looking for the sign is much cheaper than parsing.
    if !markdown.contains("![") {
        return Vec::new();
    }
    let home = Home::of(from, root);
    let mut found: Vec<Shown> = Vec::new();
    let mut depth = 0;
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                depth += 1;
                let path = match target(&dest_url, home) {
                    Some(Target::Inside(path)) => Some(path),
                    Some(Target::Outside(_)) | None => None,
                };
                found.push(Shown { path, range, has_words: false });
            }
            Event::End(TagEnd::Image) => depth -= 1,
            Event::Text(text) | Event::Code(text) if depth > 0 && !text.trim().is_empty() => {
                if let Some(last) = found.last_mut() {
                    last.has_words = true;
                }
            }
            _ => {}
        }
    }
    found
}

struct Cleaner<'a, I> {
    events: I,
    /// How many levels headings are moved.
    shift: i8,
    home: Home<'a>,
    around: &'a dyn Surroundings,
    /// What closes each open link; nothing if the link was left out.
    closers: Vec<&'static str>,
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for Cleaner<'a, I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let event = self.events.next()?;
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            // The HTML block itself would be nothing; its text is a paragraph.
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: self.below_title(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => {
                Event::End(TagEnd::Heading(self.below_title(level)))
            }
            Event::Start(Tag::CodeBlock(_)) => {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))
            }
            // Alignment would come out as a `style` attribute, which the policy forbids.
            Event::Start(Tag::Table(columns)) => {
                Event::Start(Tag::Table(vec![Alignment::None; columns.len()]))
            }
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let opening = self.link(link_type, &dest_url);
                self.closers.push(if opening.is_empty() { "" } else { "</a>" });
                Event::InlineHtml(opening.into())
            }
            Event::End(TagEnd::Link) => {
                Event::InlineHtml(CowStr::Borrowed(self.closers.pop().unwrap_or_default()))
            }
            Event::Start(Tag::Image { dest_url, .. }) => self.picture(&dest_url),
            other => other,
        })
    }
}

impl<'a, I: Iterator<Item = Event<'a>>> Cleaner<'a, I> {
    fn below_title(&self, level: HeadingLevel) -> HeadingLevel {
        match level as i8 + self.shift {
            ..=2 => HeadingLevel::H2,
            3 => HeadingLevel::H3,
            4 => HeadingLevel::H4,
            5 => HeadingLevel::H5,
            _ => HeadingLevel::H6,
        }
    }

    /// The opening of a link; empty if it may not be one.
    fn link(&self, link_type: LinkType, dest: &str) -> String {
        let dest = match link_type {
            LinkType::Email => format!("mailto:{dest}"),
            _ => dest.to_owned(),
        };
        match target(&dest, self.home) {
            Some(Target::Outside(url)) => {
                format!("<a href=\"{}\" rel=\"noopener noreferrer\">", escape(&url))
            }
            Some(Target::Inside(path)) => match self.around.page(&path) {
                Some(href) => format!("<a href=\"{}\">", escape(&href)),
                None => String::new(),
            },
            None => String::new(),
        }
    }

    /// Takes the events of a picture; gives the picture, or its words.
    fn picture(&mut self, dest: &str) -> Event<'a> {
        let mut words = String::new();
        let mut depth = 1;
        for event in self.events.by_ref() {
            match event {
                Event::Start(Tag::Image { .. }) => depth += 1,
                Event::End(TagEnd::Image) => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                    words.push_str(&text)
                }
                Event::SoftBreak | Event::HardBreak => words.push(' '),
                _ => {}
            }
        }
        let photo = match target(dest, self.home) {
            Some(Target::Inside(path)) => self.around.photo(&path),
            _ => None,
        };
        match photo {
            Some(photo) => Event::InlineHtml(picture_html(&photo, &words).into()),
            None => Event::Text(words.into()),
        }
    }
}

fn picture_html(photo: &Picture, words: &str) -> String {
    // The first as in the component `picture` of the themes.
    const SIZES: &str =
        "(max-width:40rem) and (min-resolution:2.5dppx) 55vw, (min-width:46rem) 42rem, 92vw";
    let mut out = String::from("<picture>");
    for source in &photo.sources {
        let _ = write!(
            out,
            "<source type=\"{}\" srcset=\"{}\" sizes=\"{SIZES}\">",
            source.mime,
            escape(&source.srcset)
        );
    }
    let _ = write!(
        out,
        "<img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\" loading=\"lazy\" decoding=\"async\"></picture>",
        escape(&photo.src),
        escape(words),
        photo.width,
        photo.height
    );
    out
}

/// How many levels the headings of a text are moved, so that its highest stands right below the title.
fn shift(events: &[Event<'_>]) -> i8 {
    let headings = events.iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level as i8),
        _ => None,
    });
    headings.min().map_or(0, |highest| 2 - highest)
}

/// Where a link goes.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// An address of an allowed scheme.
    Outside(String),
    /// A path from the root of the site's folder, without dots.
    Inside(String),
}

/// Judges where a link goes; `None` if it may not be followed.
fn target(dest: &str, home: Home<'_>) -> Option<Target> {
    let dest = dest.trim_matches(' ');
    // Browsers drop tabs and line breaks within addresses and take `\` for `/`.
    if dest.is_empty() || dest.contains(|c: char| c.is_control() || c == '\\' || c.is_whitespace())
    {
        return None;
    }
    let decoded = percent_decode_str(dest).decode_utf8().ok()?;
    match (scheme(dest), scheme(&decoded)) {
        (Some(scheme), Some(again)) if scheme == again => {
            let rest = &dest[scheme.len() + 1..];
            let is_web =
                scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
            let is_person =
                scheme.eq_ignore_ascii_case("mailto") || scheme.eq_ignore_ascii_case("tel");
            let has_host =
                rest.strip_prefix("//").is_some_and(|r| !r.starts_with('/') && !r.is_empty());
            ((is_web && has_host) || (is_person && !rest.is_empty() && !rest.starts_with('/')))
                .then(|| Target::Outside(dest.to_owned()))
        }
        (None, None) => inside(&decoded, home).map(Target::Inside),
        _ => None,
    }
}

/// What stands before the first colon, unless a path, query or fragment has begun.
fn scheme(url: &str) -> Option<&str> {
    let end = url.find([':', '/', '?', '#'])?;
    url[end..].starts_with(':').then(|| &url[..end])
}

/// The path in the site's folder that a relative link means. It stays below the root of the file's home.
fn inside(link: &str, home: Home<'_>) -> Option<String> {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty()
        || path.starts_with("//")
        || path.contains(|c: char| c.is_control() || c == '\\')
    {
        return None;
    }
    let mut parts: Vec<&str> =
        if path.starts_with('/') { Vec::new() } else { home.folder.split('/').collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    Some(format!("{}{}", home.root, parts.join("/")))
}

/// Escapes for text and attribute values.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Small;

    impl Surroundings for Small {
        fn root(&self, from: &str) -> &str {
            if from.starts_with("members/eve/") { "members/eve/" } else { "" }
        }

        fn page(&self, path: &str) -> Option<String> {
            (path == "products/red/index.md").then(|| "../red/".to_owned())
        }

        fn photo(&self, path: &str) -> Option<Picture> {
            (path == "products/red/a.jpg").then(|| Picture {
                src: "../../photos/a.jpg".to_owned(),
                full: "../../photos/a.jpg".to_owned(),
                srcset: String::new(),
                sources: Vec::new(),
                width: 4,
                height: 3,
                alt: String::new(),
                alt_lang: None,
                ground: String::new(),
                shape: "wide",
            })
        }
    }

    fn html(markdown: &str) -> String {
        to_html(markdown, "products/red/index.md", &Small)
    }

    #[test]
    fn the_words_of_a_text_are_what_a_page_shows() {
        let table = [
            ("A *story* of **wo**ol.", "A story of wool. "),
            ("# Care\n\nWash `cold`\nonly.", "Care Wash cold only. "),
            ("| a | b |\n| - | - |\n| c | d |", "a b c d "),
            ("- one\n- two", "one two "),
            ("[link](x.md) ![a shawl](a.jpg)", "link a shawl "),
            ("Tom &amp; <b>Ana</b>", "Tom & <b>Ana</b> "),
        ];
        for (source, expected) in table {
            assert_eq!(Parsed::new(source).words(), expected, "{source}");
        }
    }

    #[test]
    fn html_in_a_text_is_text() {
        let table = [
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("a <b>b</b>", "<p>a &lt;b&gt;b&lt;/b&gt;</p>\n"),
            ("# One", "<h2>One</h2>\n"),
            ("###### Six", "<h2>Six</h2>\n"),
            ("## A\n\n### B", "<h2>A</h2>\n<h3>B</h3>\n"),
            ("```js\nx\n```", "<pre><code>x\n</code></pre>\n"),
            ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"),
        ];
        for (markdown, expected) in table {
            assert_eq!(html(markdown), expected, "{markdown}");
        }
        let table = html("| a | b |\n|:-:|--:|\n| 1 | 2 |");
        assert!(table.contains("<td>1</td>") && !table.contains("style"), "{table}");
    }

    #[test]
    fn a_text_without_its_marks_keeps_its_words() {
        for (markdown, expected) in [
            ("# One\n\nTwo *three*\nfour.", "One Two three four."),
            ("- a\n- [b](https://x.example)\n\n![c](c.jpg)", "a b c"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
            ("a <b>c</b> & d", "a <b>c</b> & d"),
            ("", ""),
        ] {
            assert_eq!(to_text(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn links_go_where_they_may() {
        let table = [
            ("https://a.example/x?y=1#z", Some("https://a.example/x?y=1#z")),
            ("HTTPS://a.example", Some("HTTPS://a.example")),
            ("mailto:a@b.example", Some("mailto:a@b.example")),
            ("tel:+49170", Some("tel:+49170")),
            ("index.md", Some("../red/")),
            ("/products/red/index.md", Some("../red/")),
            ("../red/index.md#top", Some("../red/")),
            ("nowhere.md", None),
            ("../../../etc", None),
            ("#part", None),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("java&#x73;cript:alert(1)", None),
            ("javascript%3Aalert(1)", None),
            ("%6Aavascript:alert(1)", None),
            ("data:text/html,x", None),
            ("vbscript:x", None),
            ("//evil.example/x", None),
            ("https:evil.example", None),
            ("https:///evil.example", None),
            ("file:///etc/passwd", None),
            ("blob:https://x.example/1", None),
        ];
        for (dest, expected) in table {
            let expected = match expected {
                Some(href) if href.starts_with("..") => {
                    format!("<p><a href=\"{href}\">t</a></p>\n")
                }
                Some(href) => {
                    format!("<p><a href=\"{href}\" rel=\"noopener noreferrer\">t</a></p>\n")
                }
                None => "<p>t</p>\n".to_owned(),
            };
            assert_eq!(html(&format!("[t](<{dest}>)")), expected, "{dest}");
        }
    }

    #[test]
    fn pictures_are_the_sites_own_or_their_words() {
        let own = html("![A *red* one](a.jpg \"t\")");
        assert!(
            own.contains("<img src=\"../../photos/a.jpg\" alt=\"A red one\" width=\"4\""),
            "{own}"
        );
        assert_eq!(html("![words](https://evil.example/x.png)"), "<p>words</p>\n");
        assert_eq!(html("![<b>](//evil.example/x.png)"), "<p>&lt;b&gt;</p>\n");
        assert_eq!(html("![a ![b](c) d](x.png)"), "<p>a b d</p>\n");
        let text = "x ![a](a.jpg) ![](../b.jpg) ![*c*](https://x.example/c.jpg)";
        let shown: Vec<_> = pictures(text, "products/red/index.md", "")
            .into_iter()
            .map(|shown| (shown.path, text[shown.range].to_owned(), shown.has_words))
            .collect();
        assert_eq!(
            shown,
            [
                (Some("products/red/a.jpg".to_owned()), "![a](a.jpg)".to_owned(), true),
                (Some("products/b.jpg".to_owned()), "![](../b.jpg)".to_owned(), false),
                (None, "![*c*](https://x.example/c.jpg)".to_owned(), true),
            ]
        );
    }

    /// Every tag of the output, as it stands between `<` and `>`. Text never holds `<`: it is escaped.
    fn tags(html: &str) -> Vec<&str> {
        html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest)).collect()
    }

    fn is_harmless(tag: &str) -> bool {
        const BARE: [&str; 27] = [
            "p",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "li",
            "blockquote",
            "pre",
            "code",
            "em",
            "strong",
            "del",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "hr /",
            "br /",
            "picture",
            "a",
            "sup",
            "sub",
        ];
        if let Some(name) = tag.strip_prefix('/') {
            return BARE.contains(&name);
        }
        if let Some(rest) = tag.strip_prefix("a href=\"") {
            let Some((href, rest)) = rest.split_once('"') else { return false };
            let schemes = ["https://", "http://", "mailto:", "tel:", "../red/"];
            let lower = href.to_ascii_lowercase();
            return schemes.iter().any(|scheme| lower.starts_with(scheme))
                && (rest.is_empty() || rest == " rel=\"noopener noreferrer\"");
        }
        if let Some(start) = tag.strip_prefix("ol start=\"").and_then(|t| t.strip_suffix('"')) {
            return start.bytes().all(|b| b.is_ascii_digit());
        }
        BARE.contains(&tag) || tag.starts_with("img src=\"../../photos/a.jpg\" alt=\"")
    }

    #[test]
    fn hostile_texts_leave_only_harmless_tags() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
        let mut seen = 0;
        for file in [
            "markdown/own.jsonl",
            "html/dompurify.jsonl",
            "owasp-cc-by-sa/owasp-filter-evasion.jsonl",
            "url/schemes.jsonl",
            "text/naughty-strings.jsonl",
        ] {
            let cases = std::fs::read_to_string(root.join(file)).expect("the cases are there");
            for case in cases.lines() {
                let case: serde_json::Value = serde_json::from_str(case).expect("JSON");
                let Some(text) = case["text"].as_str() else { continue };
                let url = text.replace(['<', '>', '\n'], "");
                for markdown in [
                    text.to_owned(),
                    format!("# {text}"),
                    format!("[t](<{url}>)"),
                    format!("![t](<{url}>)"),
                    format!("[t]: {text}\n\n[t] <{url}> ![{text}](a.jpg)"),
                    format!("| a |\n|:-:|\n| {text} |"),
                    format!("- > {text}"),
                ] {
                    let out = html(&markdown);
                    for tag in tags(&out) {
                        assert!(is_harmless(tag), "{} ({file}): <{tag}> in {out}", case["id"]);
                    }
                    seen += 1;
                }
            }
        }
        assert!(seen > 2_000, "{seen}");
    }
}
