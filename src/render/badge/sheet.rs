//! Badges to print: several of one record to a page, to cut out for a stall or for packages.
//!
//! Each is the badge as it is drawn for print, with its code, and below it until when it may be used, its address in letters that can be
//! read at any size, and what helps on the day on which the domain is lost: a second address and the fingerprint of the key. One file, nothing
//! from elsewhere, no script; it fits on A4 and Letter. The same record gives the same bytes.

use std::fmt::Write as _;

use data_encoding::BASE64;

use super::{Form, draw};
use crate::model::LocaleIx;
use crate::provenance::log::RecordId;
use crate::provenance::sshsig;
use crate::render::link::Linker;
use crate::render::markdown::escape;
use crate::render::speaker::{Speaker, here};
use crate::render::{Routes, direction, qr, record};

/// The most pages of one sheet.
pub const MAX_PAGES: usize = 50;

/// How large a printed badge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetSize {
    /// 56 mm wide, for packages: fifteen to a page.
    Small,
    /// 80 mm wide, for cards: eight to a page.
    Medium,
    /// 172 mm wide, for a stall: two to a page.
    Large,
}

impl SheetSize {
    /// Every size.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// How many are on a page.
    #[must_use]
    pub fn on_page(self) -> usize {
        match self {
            Self::Small => 15,
            Self::Medium => 8,
            Self::Large => 2,
        }
    }
}

/// A page of A4 has 190 by 277 mm within its margins, one of Letter 196 by 259 mm: 186 by 252 mm and a line above fit on both.
const STYLE: &str = "@page{margin:10mm}
*{box-sizing:border-box}
html{color:#000;background:#fff;font:5.5pt/1.2 \"Noto Sans\",\"Noto Naskh Arabic\",\"Noto Sans Arabic\",system-ui,sans-serif}
body{margin:0 auto;width:186mm}
h1{font-size:14pt;margin:6mm 0 2mm}
.screen p{font-size:10pt;max-width:65ch}
.head{font-size:8pt;margin:0;height:5mm}
.page{break-after:page}
.grid{display:grid}
.cell{break-inside:avoid;overflow:hidden;outline:.2mm dashed #777;outline-offset:-.1mm;padding-top:2mm}
.cell img{display:block;margin:0 auto .6mm}
.cell p{margin:0 auto;overflow-wrap:anywhere}
.until{font-weight:700}
.where span{display:block}
.key{font-family:\"Noto Sans Mono\",\"DejaVu Sans Mono\",Consolas,monospace;font-size:.85em;text-align:start}
.small .grid{grid-template-columns:repeat(3,62mm)}
.small .cell{height:50.4mm;font-size:4.6pt}
.small img,.small .cell p{width:56mm}
.small img{height:35mm}
.medium .grid{grid-template-columns:repeat(2,93mm)}
.medium .cell{height:63mm;font-size:5.2pt}
.medium img,.medium .cell p{width:80mm}
.medium img{height:50mm}
.large .grid{grid-template-columns:186mm}
.large .cell{height:126mm;font-size:8pt}
.large img,.large .cell p{width:172mm}
.large img{height:107.5mm}
@media print{.screen{display:none}.page:last-child{break-after:auto}}
";

/// What a sheet is made of, each a plain text in the language of the sheet.
struct Parts<'s> {
    lang: &'s str,
    dir: &'s str,
    title: &'s str,
    print: &'s str,
    until: &'s str,
    places: &'s [String],
    key: &'s str,
    /// What the picture says.
    alt: &'s str,
    svg: &'s str,
}

impl Routes<'_> {
    /// Badges of a record to print, as a page of its own in one language; `second` is another address at which the record is found. `None` if the
    /// register does not vouch for anything by this record now: then there is no badge of it.
    #[must_use]
    pub fn badge_sheet(
        &self,
        id: &RecordId,
        locale: LocaleIx,
        size: SheetSize,
        pages: usize,
        second: Option<&str>,
    ) -> Option<String> {
        let found = self.register.stated(id)?;
        let linker = Linker::new("", self.inputs.links);
        let speaker = Speaker { routes: self, linker: &linker, ix: locale };
        speaker.vouch(found)?;
        let said = speaker.badge(found);
        let base = record::place(self.inputs.evidence, found.record()).base_url();
        let code = qr::modules(&qr::address(&base, id.short().as_str()));
        let svg =
            draw::svg(&said, Form::Print, &self.style.edge, code.as_ref(), self.badge_fonts());
        let until = found.record().valid_until.map(|until| speaker.date(until))?;
        let date = [("date", until.as_str())];
        let plain = |word: &str, values: &[(&str, &str)]| here(speaker.say(word, values)).text;
        let mut places = vec![plain("tag_look", &[("address", &said.address)])];
        let second = second.map(|url| url.trim_start_matches("https://").trim_end_matches('/'));
        places.extend(second.map(|second| plain("tag_second", &[("address", second)])));
        let key = sshsig::fingerprint(found.signed().key());
        let parts = Parts {
            lang: speaker.locale().tag(),
            dir: direction(speaker.locale().direction()),
            title: &plain("badge_sheet", &[("name", &said.association.text)]),
            print: &plain("badge_sheet_print", &date),
            until: &plain("badge_sheet_until", &date),
            places: &places,
            key: &plain("tag_key", &[("key", &key)]),
            alt: &said.title,
            svg: &svg,
        };
        Some(html(&parts, size, pages.clamp(1, MAX_PAGES)))
    }
}

fn html(parts: &Parts<'_>, size: SheetSize, pages: usize) -> String {
    let Parts { lang, dir, .. } = parts;
    let title = escape(parts.title);
    let mut cell = format!(
        "<div class=\"cell\"><img src=\"data:image/svg+xml;base64,{}\" alt=\"{}\">\n<p class=\"until\">{}</p>\n<p class=\"where\">",
        BASE64.encode(parts.svg.as_bytes()),
        escape(parts.alt),
        escape(parts.until),
    );
    for place in parts.places {
        let _ = write!(cell, "<span>{}</span>", escape(place));
    }
    let _ = writeln!(cell, "</p>\n<p class=\"key\">{}</p></div>", escape(parts.key));
    let page = format!(
        "<section class=\"page\">\n<p class=\"head\">{}</p>\n<div class=\"grid\">\n{}</div>\n</section>\n",
        escape(parts.until),
        cell.repeat(size.on_page()),
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body class=\"{}\">\n\
         <div class=\"screen\"><h1>{title}</h1>\n<p>{}</p></div>\n{}</body>\n</html>\n",
        size.name(),
        escape(parts.print),
        page.repeat(pages),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_as_many_badges_as_fit_and_nothing_from_elsewhere() {
        let places = ["Look <here>".to_owned(), "Or here".to_owned()];
        let parts = Parts {
            lang: "en",
            dir: "ltr",
            title: "Badges & more",
            print: "Print",
            until: "Until 2028",
            places: &places,
            key: "Key: SHA256:abc",
            alt: "\"They\" say",
            svg: "<svg/>",
        };
        for size in SheetSize::ALL {
            let page = html(&parts, size, 2);
            let count = 2 * size.on_page();
            assert_eq!(page.matches("<img ").count(), count, "{size:?}");
            assert_eq!(page.matches("data:image/svg+xml;base64,PHN2Zy8+\"").count(), count);
            assert_eq!(
                page.matches("Until 2028").count(),
                count + 2,
                "on each, and above each page"
            );
            assert_eq!(page.matches("<section class=\"page\">").count(), 2);
            assert!(page.contains(&format!("<body class=\"{}\">", size.name())));
            assert!(page.contains("Look &lt;here&gt;") && page.contains("Badges &amp; more"));
            assert!(page.contains("alt=\"&quot;They&quot; say\""), "{page}");
            assert!(
                !page.contains("http://")
                    && !page.contains("https://")
                    && !page.contains("<script")
            );
        }
    }

    #[test]
    fn what_is_on_a_page_fits_on_a4_and_on_letter() {
        // Width of a cell, its height, how many beside each other, in tenths of a millimetre; as the style has them.
        for (size, width, height, columns) in [
            (SheetSize::Small, 620, 504, 3),
            (SheetSize::Medium, 930, 630, 2),
            (SheetSize::Large, 1860, 1260, 1),
        ] {
            let name = size.name();
            let millimetres = |tenths: usize| match tenths % 10 {
                0 => format!("{}mm", tenths / 10),
                rest => format!("{}.{rest}mm", tenths / 10),
            };
            assert!(STYLE.contains(&format!(".{name} .cell{{height:{}", millimetres(height))));
            let rows = size.on_page() / columns;
            assert_eq!(rows * columns, size.on_page());
            assert!(width * columns <= 1900 && height * rows + 50 <= 2590, "{size:?}");
        }
    }
}
