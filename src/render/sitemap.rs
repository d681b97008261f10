//! What search engines are told: every page with its other languages (sitemaps.org 0.9 with
//! `xhtml:link`), and that they may read all of it.

use std::fmt::Write as _;

use super::markdown::escape;
use super::{Page, Routes};
use crate::model::{Date, ProductIx};

/// The most addresses in one file (the protocol's own limit).
const MAX_URLS: usize = 50_000;
/// The most alternates in one file: with them the limit of 50 MB is nearer than that of addresses.
const MAX_LINKS: usize = 250_000;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const XMLNS: &str = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"";

fn urls_per_file(languages: usize) -> usize {
    if languages < 2 { MAX_URLS } else { (MAX_LINKS / (languages + 1)).min(MAX_URLS) }
}

/// The pages that search engines may list.
fn listed(routes: &Routes<'_>) -> impl Iterator<Item = Page> {
    routes.pages().into_iter().filter(|page| !matches!(page, Page::Search | Page::Order))
}

/// How many parts the map has; 0 if one file holds it all.
pub(super) fn parts(routes: &Routes<'_>) -> u32 {
    parts_of(listed(routes).count() * routes.languages.len(), urls_per_file(routes.languages.len()))
}

fn parts_of(urls: usize, per_file: usize) -> u32 {
    if urls <= per_file {
        return 0;
    }
    u32::try_from(urls.div_ceil(per_file)).expect("fewer than 2^32 parts")
}

/// The whole map, or the index of its parts.
pub(super) fn index(routes: &Routes<'_>) -> String {
    if routes.layout().sitemap_parts == 0 {
        return urls(routes, 0, usize::MAX);
    }
    let mut out = format!("{HEAD}<sitemapindex {XMLNS}>\n");
    for part in 1..=routes.layout().sitemap_parts {
        let url = absolute(routes, &format!("sitemap-{part}.xml"));
        let _ = writeln!(out, "<sitemap><loc>{}</loc></sitemap>", escape(&url));
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// A part of the map.
pub(super) fn part(routes: &Routes<'_>, part: u32) -> String {
    let per_file = urls_per_file(routes.languages.len());
    urls(routes, part as usize * per_file, per_file)
}

fn urls(routes: &Routes<'_>, from: usize, count: usize) -> String {
    let site = routes.inputs.site;
    let many = site.locales.len() > 1;
    let xhtml = if many { " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\"" } else { "" };
    let mut out = format!("{HEAD}<urlset {XMLNS}{xhtml}>\n");
    let all = listed(routes).flat_map(|page| site.locale_ixs().map(move |locale| (page, locale)));
    for (page, locale) in all.skip(from).take(count) {
        let loc = absolute(routes, &routes.dir(locale, page));
        let _ = write!(out, "<url><loc>{}</loc>", escape(&loc));
        if let Some(day) = last_changed(routes, page) {
            let _ = write!(out, "<lastmod>{day}</lastmod>");
        }
        if many {
            for (lang, url) in alternates(routes, page) {
                let _ = write!(
                    out,
                    "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{}\"/>",
                    escape(&lang),
                    escape(&url)
                );
            }
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    out
}

/// The day of the newest thing on a page, if it is known. It comes from what the maker wrote, never from the
/// clock, so that the same site gives the same map.
fn last_changed(routes: &Routes<'_>, page: Page) -> Option<Date> {
    let site = routes.inputs.site;
    // Lists of products have the newest first.
    let first = |products: &[ProductIx]| site.product(*products.first()?).date;
    match page {
        Page::Home | Page::Products(_) => site.products.first()?.date,
        Page::Product(ix) => site.product(ix).date,
        Page::Design(ix, _) => site.design(ix).date,
        Page::Term(list, term, _) => first(&site.list(list).terms[term.at()].products),
        Page::Producer(ix, _) => first(&site.producer(ix).products),
        _ => None,
    }
}

/// A page in every language with its absolute address, and the one for everybody else.
pub(super) fn alternates(routes: &Routes<'_>, page: Page) -> Vec<(String, String)> {
    let site = routes.inputs.site;
    let mut out: Vec<(String, String)> = site
        .locale_ixs()
        .map(|ix| (site.locale(ix).tag().to_owned(), absolute(routes, &routes.dir(ix, page))))
        .collect();
    let first = out[0].1.clone();
    out.push(("x-default".to_owned(), first));
    out
}

fn absolute(routes: &Routes<'_>, path: &str) -> String {
    routes.inputs.site.base_url.as_ref().map_or_else(|| path.to_owned(), |base| base.join(path))
}

/// `robots.txt`.
pub(super) fn robots(routes: &Routes<'_>) -> String {
    let mut out = "User-agent: *\nAllow: /\n".to_owned();
    if routes.inputs.site.base_url.is_some() {
        let _ = writeln!(out, "\nSitemap: {}", absolute(routes, "sitemap.xml"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_map_is_parted() {
        for (urls, expected) in [(0, 0), (50_000, 0), (50_001, 2), (100_000, 2), (100_001, 3)] {
            assert_eq!(parts_of(urls, urls_per_file(1)), expected, "{urls}");
        }
        assert_eq!(urls_per_file(1), 50_000);
        assert!(urls_per_file(2) <= 50_000 && urls_per_file(9) == 25_000);
    }
}
