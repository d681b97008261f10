//! One private page that shows pictures side by side, under "please look".
//!
//! It holds everything itself: small copies of the pictures as data, one style, no script and no address. It is for whoever
//! asked, and lies where nothing is published from.

use std::fmt::Write as _;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use super::Near;
use crate::media::Glance;

/// The longer side of a picture on the page, in pixels.
pub const SHOWN_PX: u32 = 640;

/// What the page shows of one design that is near.
pub struct Row<'a> {
    /// The design and the reasons.
    pub near: &'a Near,
    /// The register that it stands in.
    pub register: &'a str,
    /// Its picture.
    pub picture: Option<Glance>,
}

const STYLE: &str = "body{font:1.05rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;\
background:#faf8f4;color:#222}\
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:0}\
.note{max-width:44rem}\
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem;border-top:2px solid #b9ac98;padding:1.2rem 0}\
.pair>p,.pair>h2{grid-column:1/-1;margin:0}\
figure{margin:0}img{max-width:100%;height:auto;display:block;background:#fff}\
figcaption{font-size:.9rem;overflow-wrap:anywhere}\
@media (max-width:34rem){.pair{grid-template-columns:1fr}}\
@media (prefers-color-scheme:dark){body{background:#1d1b18;color:#eee}}";

/// Writes the page. `asked` is what is asked about, `pictures` are its pictures with their names.
pub fn page(
    asked: &str,
    pictures: &[(String, Glance)],
    rows: &[Row<'_>],
    notes: &[String],
) -> String {
    let style = BASE64.encode(&Sha256::digest(STYLE));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'sha256-{style}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Please look: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Please look: {title}</h1>\n\
         <p class=\"note\">On the left is what was asked about, on the right what a program found near it. It compares shapes and \
         words; it does not know who made what, when, or with whose leave. Look at each pair, and ask the people whom it \
         concerns. Many patterns are shared by many.</p>\n<p class=\"note\">This page is for you alone. It holds copies of other \
         people's pictures: do not publish it.</p>\n",
        title = escape(asked),
    );
    if rows.is_empty() {
        out.push_str("<p>Nothing near was found. That does not show that there is nothing.</p>\n");
    }
    for row in rows {
        let near = row.near;
        let _ = writeln!(
            out,
            "<section class=\"pair\">\n<h2><bdi>{}</bdi></h2>\n<p>{}</p>",
            escape(&near.design.title),
            escape(&near.reasons().join("; "))
        );
        let own = near.picture.as_ref().map_or(0, |picture| picture.asked);
        figure(&mut out, pictures.get(own).map(|(_, glance)| glance), "yours", || {
            pictures.get(own).map_or_else(|| asked.to_owned(), |(name, _)| name.clone())
        });
        let path =
            { near.picture.as_ref() }.map_or(&near.design.place, |picture| &picture.found.path);
        figure(&mut out, row.picture.as_ref(), "found", || {
            format!("{}: {} ({path})", row.register, near.design.place)
        });
        out.push_str("</section>\n");
    }
    for note in notes {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(note));
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn figure(out: &mut String, picture: Option<&Glance>, alt: &str, caption: impl Fn() -> String) {
    out.push_str("<figure>");
    if let Some(picture) = picture {
        let shown = picture.within(SHOWN_PX);
        let _ = write!(
            out,
            "<img width=\"{}\" height=\"{}\" alt=\"{alt}\" src=\"data:image/jpeg;base64,{}\">",
            shown.width_px,
            shown.height_px,
            BASE64.encode(&shown.to_jpeg())
        );
    }
    let _ = writeln!(out, "<figcaption><bdi>{}</bdi></figcaption></figure>", escape(&caption()));
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
