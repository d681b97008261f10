//! News as Atom (RFC 4287).
//!
//! The id of an entry is the address of its page: it stays as long as the page does.

use std::fmt::Write as _;

use super::super::Page;
use super::super::page::Place;
use super::news::{self, Item};
use super::xml::{element, escape};
use super::{Feed, address};

pub(super) fn text(place: &Place<'_, '_>) -> String {
    let site = place.site;
    let items = news::items(place);
    let own = address(place, place.locale, Feed::Atom);
    let lang = |locale| escape(site.locale(locale).tag());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        lang(place.locale)
    );
    element(&mut out, "id", &own);
    element(&mut out, "title", place.shop_name());
    if let Some(tagline) = &site.tagline {
        element(&mut out, "subtitle", place.text(tagline));
    }
    element(&mut out, "updated", &news::instant(news::updated(&items)));
    link(&mut out, "self", "application/atom+xml", &own, None);
    link(&mut out, "alternate", "text/html", &place.href(Page::Home), None);
    for other in site.locale_ixs().filter(|other| *other != place.locale) {
        let url = address(place, other, Feed::Atom);
        link(&mut out, "alternate", "application/atom+xml", &url, Some(site.locale(other).tag()));
    }
    out.push_str("<author>\n");
    element(&mut out, "name", place.shop_name());
    element(&mut out, "uri", &place.href(Page::Home));
    out.push_str("</author>\n");
    element(&mut out, "generator", "Selvedge");
    for item in &items {
        entry(&mut out, place, item);
    }
    out.push_str("</feed>\n");
    out
}

fn entry(out: &mut String, place: &Place<'_, '_>, item: &Item<'_>) {
    out.push_str("<entry>\n");
    element(out, "id", &item.url);
    let name = escape(place.text(&item.product.name));
    let lang = (item.name_locale != place.locale)
        .then(|| format!(" xml:lang=\"{}\"", escape(place.site.locale(item.name_locale).tag())));
    let _ = writeln!(out, "<title{}>{name}</title>", lang.unwrap_or_default());
    let day = news::instant(item.updated);
    if item.date.is_some() {
        element(out, "published", &day);
    }
    element(out, "updated", &day);
    link(out, "alternate", "text/html", &item.url, None);
    for (name, url) in &item.makers {
        out.push_str("<author>\n");
        element(out, "name", name);
        element(out, "uri", url);
        out.push_str("</author>\n");
    }
    for tag in &item.tags {
        let _ = writeln!(out, "<category term=\"{}\"/>", escape(tag));
    }
    let _ = writeln!(out, "<content type=\"html\">{}</content>", escape(&item.html));
    out.push_str("</entry>\n");
}

fn link(out: &mut String, rel: &str, mime: &str, href: &str, lang: Option<&str>) {
    let lang = lang.map_or_else(String::new, |lang| format!(" hreflang=\"{}\"", escape(lang)));
    let _ = writeln!(out, "<link rel=\"{rel}\" type=\"{mime}\"{lang} href=\"{}\"/>", escape(href));
}
