//! Tags to print, as pages of HTML, and as a table for a printing house.
//!
//! Ten tags of 90 × 50 mm fit on a page of A4 and of Letter. Each has the brand, its number with the check character, what is claimed
//! by whom until when, a code with the address of the edition's page and the number behind `#`, and what helps on the day on which the
//! domain is lost: a second address, the fingerprint of the key, and below the code the alias by the register's first charter. One file, nothing from elsewhere, no script; the same tags give
//! the same bytes.

use std::fmt::Write as _;

use jiff::tz::Offset;
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::markdown::escape;
use super::{direction, qr};
use crate::model::{DateFormatter, Direction, Locale};
use crate::provenance::log::ShortId;
use crate::theme::Words;

/// The most tags of one file: a browser prints them in one go.
pub const TAGS: u64 = 1000;

/// What stands on every tag of a batch.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The brand or association.
    pub name: &'a str,
    /// What the edition is called.
    pub edition: &'a str,
    /// The base address of the register.
    pub base_url: &'a str,
    /// The record of the edition.
    pub record: ShortId,
    /// Another host under which it can be found.
    pub second: Option<&'a str>,
    /// The fingerprint of the key, as OpenSSH writes it.
    pub fingerprint: &'a str,
    /// What is claimed, each with its sort, and until when; none if no certification is in force.
    pub claims: Option<(Vec<(String, String)>, jiff::Timestamp)>,
    /// Whether it is for practice.
    pub is_practice: bool,
}

/// One tag.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its number.
    pub serial: u64,
    /// As it is printed, with the check character.
    pub number: String,
    /// What it is called without the domain, if the register has a charter.
    pub alias: Option<String>,
    /// What the address has behind `#`.
    pub fragment: String,
    /// The code under the scratch layer, if it has one.
    pub code: Option<Zeroizing<String>>,
    /// Whether it counts no more; then only that is printed.
    pub is_void: bool,
}

impl About<'_> {
    /// The address that a tag's code holds.
    #[must_use]
    pub fn address(&self, tag: &Tag) -> String {
        format!("{}#{}", qr::address(self.base_url, self.record.as_str()), tag.fragment)
    }
}

const STYLE: &str = "@page{margin:12mm}
*{box-sizing:border-box}
html{color:#000;background:#fff;font:8pt/1.25 \"Noto Sans\",\"Noto Sans Arabic\",system-ui,sans-serif}
body{margin:0 auto;width:180mm}
h1{font-size:14pt;margin:6mm 0 2mm}
.page{display:grid;grid-template-columns:90mm 90mm;break-after:page}
.tag{width:90mm;height:50mm;padding:4mm;display:grid;grid-template-columns:34mm 1fr;gap:3mm;break-inside:avoid;overflow:hidden;outline:.2mm dashed #777;outline-offset:-.1mm}
.tag svg{width:34mm;height:34mm;display:block}
.tag p{margin:0 0 .8mm;overflow-wrap:anywhere}
.name{font-weight:700;font-size:10pt}
.number{font:700 9.5pt/1.3 \"Noto Sans Mono\",\"DejaVu Sans Mono\",Consolas,monospace}
.number,.code{font-variant-numeric:slashed-zero}
.key,.code{font-family:\"Noto Sans Mono\",\"DejaVu Sans Mono\",Consolas,monospace}
.key{font-size:5.5pt}
.code{font-size:9pt;border:.2mm solid #000;padding:.6mm 1mm;display:inline-block;white-space:nowrap;margin-top:1mm}
.practice{font-weight:700}
.gone{display:block;color:#555}
bdi{unicode-bidi:isolate}
@media print{.screen{display:none}.page:last-child{break-after:auto}}
";

/// The tags as a page to print, in one language. `mark` stands in it if there are codes, so that it is known for what it is wherever
/// it may turn up.
#[must_use]
pub fn sheet(
    about: &About<'_>,
    tags: &[Tag],
    words: &Words,
    locale: &Locale,
    mark: &str,
) -> Zeroizing<String> {
    let has_codes = tags.iter().any(|tag| tag.code.is_some());
    let (first, last) =
        (tags.first().map_or(0, |it| it.serial), tags.last().map_or(0, |it| it.serial));
    let numbers = [("first", first.to_string()), ("last", last.to_string())];
    let title = words.fill(
        "tag_sheet",
        &[("first", &numbers[0].1), ("last", &numbers[1].1), ("name", about.edition)],
    );
    let common = common(about, words, locale);
    let inside: Vec<Zeroizing<String>> =
        tags.par_iter().map(|tag| one(about, tag, words, &common)).collect();
    let length = inside.iter().map(|tag| tag.len() + 64).sum::<usize>() + (8 << 10);
    // Never moved as it grows: a copy would stay behind.
    let mut out = Zeroizing::new(String::with_capacity(length));
    let title = escape(&title);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        locale.tag(),
        direction(locale.direction()),
    );
    if has_codes {
        let _ = writeln!(out, "<meta name=\"generator\" content=\"{}\">", escape(mark));
    }
    let _ = write!(
        out,
        "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<div class=\"screen\"><h1>{title}</h1>\n<p>{}</p>\n",
        escape(words.get("tag_sheet_print"))
    );
    if has_codes {
        let _ = writeln!(out, "<p><strong>{}</strong></p>", escape(words.get("tag_sheet_codes")));
    }
    out.push_str("</div>\n");
    for page in inside.chunks(10) {
        out.push_str("<section class=\"page\">\n");
        page.iter().for_each(|tag| out.push_str(tag));
        out.push_str("</section>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

/// What is the same on all tags, ready to stand there.
struct Common {
    head: String,
    foot: String,
}

fn common(about: &About<'_>, words: &Words, locale: &Locale) -> Common {
    let isolated = |text: &str| match locale.direction() {
        Direction::LeftToRight => text.to_owned(),
        Direction::RightToLeft => format!("\u{2068}{text}\u{2069}"),
    };
    let mut head = format!("<p class=\"name\"><bdi>{}</bdi></p>\n", escape(about.name));
    if about.is_practice {
        let _ = writeln!(head, "<p class=\"practice\">{}</p>", escape(words.get("tag_practice")));
    }
    let claim = about.claims.as_ref().map(|(claims, until)| {
        let claims: Vec<String> =
            claims.iter().map(|(sort, text)| words.claim(sort, text)).collect();
        let claim = &claims.join("; ");
        let day = Offset::UTC.to_datetime(*until).date();
        let values = [
            ("who", isolated(about.name)),
            ("claim", isolated(claim)),
            ("date", isolated(&DateFormatter::new(locale).day(day))),
        ];
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        words.fill("tag_says", &values)
    });
    let alone = || words.fill("record_state_only", &[("signer", &isolated(about.name))]);
    let claim = claim.unwrap_or_else(alone);
    let mut foot = format!("<p>{}</p>\n", escape(&claim));
    let plain = |url: &str| url.trim_start_matches("https://").trim_end_matches('/').to_owned();
    let mut line = |class: &str, word: &str, name: &str, text: &str| {
        let said = words.fill(word, &[(name, &isolated(text))]);
        let _ = writeln!(foot, "<p class=\"{class}\">{}</p>", escape(&said));
    };
    line("", "tag_look", "address", &plain(about.base_url));
    if let Some(second) = about.second {
        line("", "tag_second", "address", &plain(second));
    }
    line("key", "tag_key", "key", about.fingerprint);
    Common { head, foot }
}

fn one(about: &About<'_>, tag: &Tag, words: &Words, common: &Common) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(16 << 10));
    let number = escape(&tag.number);
    if tag.is_void {
        let _ = writeln!(
            out,
            "<div class=\"tag gone\"><p class=\"number\"><bdi dir=\"ltr\">{number}</bdi></p>\n<p>{}</p></div>",
            escape(words.get("tag_void"))
        );
        return out;
    }
    let code = qr::compact(&about.address(tag)).unwrap_or_default();
    let alias = tag.alias.as_deref().map_or_else(String::new, |alias| {
        format!("<p class=\"key\"><bdi dir=\"ltr\">{}</bdi></p>", escape(alias))
    });
    let _ = write!(
        out,
        "<div class=\"tag\"><div>{code}{alias}</div>\n<div>{}<p class=\"number\"><bdi dir=\"ltr\">{number}</bdi></p>\n{}",
        common.head, common.foot
    );
    if let Some(code) = &tag.code {
        let _ = writeln!(out, "<p class=\"code\"><bdi dir=\"ltr\">{}</bdi></p>", code.as_str());
    }
    out.push_str("</div></div>\n");
    out
}

/// The tags as a table (CSV, RFC 4180) for a printing house: number, short number, address, and the code if there is one. Tags that
/// count no more are left out.
#[must_use]
pub fn table(about: &About<'_>, tags: &[Tag]) -> Zeroizing<String> {
    let has_codes = tags.iter().any(|tag| tag.code.is_some());
    let mut out = Zeroizing::new(String::with_capacity(tags.len() * 160 + 64));
    out.push_str(if has_codes {
        "number,printed,address,code\r\n"
    } else {
        "number,printed,address\r\n"
    });
    for tag in tags.iter().filter(|tag| !tag.is_void) {
        let _ = write!(out, "{},{},{}", tag.serial, tag.number, about.address(tag));
        if let Some(code) = &tag.code {
            out.push(',');
            out.push_str(code);
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{Own, Theme};

    fn about() -> About<'static> {
        About {
            name: "<Hazel> Loom",
            edition: "Shawls & more",
            base_url: "https://loom.example/",
            record: ShortId::parse("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").expect("an id"),
            second: Some("https://mirror.example/"),
            fingerprint: "SHA256:abc",
            claims: Some((
                vec![
                    ("technique".to_owned(), "woven by hand".to_owned()),
                    ("madeBy".to_owned(), "Ana".to_owned()),
                ],
                "2028-01-31T00:00:00Z".parse().expect("a time"),
            )),
            is_practice: false,
        }
    }

    fn tag(serial: u64) -> Tag {
        Tag {
            serial,
            number: format!("LOOM ZZ D1 E1 {serial:02}/12 K"),
            alias: Some(format!("key:4oym-iquy-7qob-jgx3/d-1/e1/{serial:02}")),
            fragment: format!("{serial:02}K"),
            code: (serial == 3).then(|| Zeroizing::new("7K3M-9PQ2-XW4T-C".to_owned())),
            is_void: serial == 4,
        }
    }

    #[test]
    fn a_sheet_says_all_that_a_tag_needs_in_every_language() {
        let theme = Theme::load(None, &Own::default()).expect("a theme");
        for language in ["en", "es", "fr", "vi", "ar"] {
            let locale: Locale = language.parse().expect("a language");
            let tags: Vec<Tag> = (1..=12).map(tag).collect();
            let words = theme.words(language);
            let page = sheet(&about(), &tags, &words, &locale, "codes-mark");
            assert_eq!(*page, *sheet(&about(), &tags, &words, &locale, "codes-mark"));
            for part in [
                "&lt;Hazel&gt; Loom",
                "Shawls &amp; more",
                "LOOM ZZ D1 E1 03/12 K",
                "7K3M-9PQ2-XW4T-C",
                &format!("woven by hand; {}", words.claim("madeBy", "Ana")),
                "loom.example",
                "mirror.example",
                "SHA256:abc",
                "key:4oym-iquy-7qob-jgx3/d-1/e1/03<",
                "codes-mark",
            ] {
                assert!(page.contains(part), "{language}: {part}");
            }
            assert_eq!(page.matches("<svg").count(), 11, "void tags have no code");
            assert_eq!(page.matches("key:4oym").count(), 11);
            assert_eq!(page.matches("<section").count(), 2);
            assert!(!page.contains('{') || page.contains("@page{"), "{language}");
            assert!(!page.contains("{address}") && !page.contains("{date}"), "{language}");
            assert!(!page.contains("<script"));
        }
    }

    #[test]
    fn the_address_is_in_capitals_with_the_number_behind() {
        assert_eq!(
            about().address(&tag(7)),
            "HTTPS://LOOM.EXAMPLE/V/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567#07K"
        );
        let table = table(&about(), &[tag(2), tag(3), tag(4)]);
        assert_eq!(table.lines().count(), 3);
        assert!(table.ends_with("#03K,7K3M-9PQ2-XW4T-C\r\n"), "{}", *table);
    }
}
