//! In which order files go up, and what a host is told of each.

use crate::render::{Page, Route, SearchFile};

/// When a file is sent: whatever a page leads to is there before the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    /// What pages are made of: styles, scripts, photographs; signed files; the tiles of the register.
    Parts,
    /// The head of the register, which speaks of the tiles.
    Register,
    /// Pages about one thing.
    Pages,
    /// Lists of them.
    Lists,
    /// Where people and machines come in: home pages, feeds, maps of the site.
    Doors,
}

impl Wave {
    /// Every wave in its order.
    pub const ALL: [Self; 5] = [Self::Parts, Self::Register, Self::Pages, Self::Lists, Self::Doors];
}

/// Where a file of the site belongs. A route that is not known here is judged by its path: what is not a page and lies deeper
/// than the root is a part of pages.
#[must_use]
pub fn wave(path: &str, route: Option<Route>) -> Wave {
    match route {
        Some(Route::Page(_, page)) => match page {
            Page::Home => Wave::Doors,
            Page::Product(_)
            | Page::Design(_, 1)
            | Page::Free(_)
            | Page::About
            | Page::Charter
            | Page::Privacy => Wave::Pages,
            // A maker's page lists her products, a collection its choice, a later page of a design what carries it.
            _ => Wave::Lists,
        },
        Some(Route::Missing(_)) => Wave::Doors,
        Some(Route::Record(_) | Route::Tombstone(_) | Route::Identifier(_)) => Wave::Pages,
        Some(
            Route::Asset(_)
            | Route::Photo(_)
            | Route::Sound(_)
            | Route::Badge(_)
            | Route::OpenBadge(_)
            | Route::Document(_)
            | Route::Codes(_),
        ) => Wave::Parts,
        Some(Route::Signed(_)) if is_head(path) => Wave::Register,
        Some(Route::Signed(_)) => Wave::Parts,
        Some(Route::HeadList) => Wave::Register,
        // What the page looks things up in where records are checked.
        Some(Route::Verify(_)) => Wave::Pages,
        // What the page of the order list looks up; that page is a list and comes after.
        Some(Route::Goods(_)) => Wave::Pages,
        // What is found leads to pages; where a search begins names its other files.
        Some(Route::Search(SearchFile::Root(_))) => Wave::Doors,
        Some(Route::Search(_)) => Wave::Lists,
        _ if path.ends_with(".html") && path.contains('/') => Wave::Pages,
        _ if is_part(path) => Wave::Parts,
        _ => Wave::Doors,
    }
}

fn is_head(path: &str) -> bool {
    path == "log/checkpoint" || path.ends_with("/checkpoint") || path == "log/heads/list"
}

fn is_part(path: &str) -> bool {
    const FOLDERS: [&str; 7] =
        ["assets/", "photos/", "sounds/", "fonts/", "records/", "identity/", ".well-known/"];
    FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// For ever: the name of the file changes when its bytes do.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Kept, and asked for again each time: a changed price is seen at once, and an unchanged page costs one short answer.
const ASK_AGAIN: &str = "no-cache";

/// What browsers and hosts between may keep, for the header `Cache-Control`.
///
/// Styles, scripts, photographs and recordings carry a digest of their bytes in their names; a full tile of the register never changes
/// (C2SP tlog-tiles). All else is asked for again.
#[must_use]
pub fn cache_control(path: &str) -> &'static str {
    let is_full_tile = path.starts_with("log/tile/") && !path.contains(".p/");
    if is_full_tile || is_named_by_bytes(path) { FOR_EVER } else { ASK_AGAIN }
}

/// Whether a file's name begins with a digest of its bytes, as those of styles, scripts, photographs and recordings do.
fn is_named_by_bytes(path: &str) -> bool {
    let name =
        ["assets/", "photos/", "sounds/"].iter().find_map(|folder| path.strip_prefix(folder));
    let Some(name) = name else { return false };
    let digest = name.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    digest >= 12 && name.as_bytes().get(digest).is_some_and(|byte| matches!(byte, b'.' | b'-'))
}

/// The file `_headers`, from which Netlify, Cloudflare Pages and the like take their headers.
pub(super) const HEADERS_PATH: &str = "_headers";

/// What stands in it. The hosts give the rest right by themselves.
pub(super) fn headers_file() -> String {
    let mut text = String::new();
    for (path, name, value) in [
        ("/assets/*", "Cache-Control", FOR_EVER),
        ("/photos/*", "Cache-Control", FOR_EVER),
        ("/sounds/*", "Cache-Control", FOR_EVER),
        ("/log/checkpoint", "Content-Type", "text/plain; charset=utf-8"),
        ("/log/heads/*", "Content-Type", "text/plain; charset=utf-8"),
        ("/log/tile/*", "Content-Type", "application/octet-stream"),
    ] {
        text.push_str(&format!("{path}\n  {name}: {value}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LocaleIx, ProductIx};
    use crate::render::VerifyFile;

    #[test]
    fn a_page_comes_after_its_parts_and_before_what_leads_to_it() {
        let page = |page| Some(Route::Page(LocaleIx::FIRST, page));
        for (path, route, expected) in [
            ("photos/5feceb66ffc86f38d952-800.webp", Some(Route::Photo(0)), Wave::Parts),
            ("records/A.json", Some(Route::Signed(0)), Wave::Parts),
            ("log/tile/0/000", Some(Route::Signed(0)), Wave::Parts),
            ("log/checkpoint", Some(Route::Signed(0)), Wave::Register),
            ("log/heads/list", Some(Route::HeadList), Wave::Register),
            ("products/a/index.html", page(Page::Product(ProductIx::of(0))), Wave::Pages),
            ("V/A/index.html", Some(Route::Record(0)), Wave::Pages),
            ("products/index.html", page(Page::Products(1)), Wave::Lists),
            ("verify/site.js", Some(Route::Verify(VerifyFile::Site)), Wave::Pages),
            ("verify/index.html", page(Page::Verify), Wave::Lists),
            ("index.html", page(Page::Home), Wave::Doors),
            ("es/index.html", page(Page::Home), Wave::Doors),
            ("404.html", Some(Route::Missing(LocaleIx::FIRST)), Wave::Doors),
            ("es/404.html", Some(Route::Missing(LocaleIx(1))), Wave::Doors),
            ("sitemap.xml", Some(Route::Sitemap), Wave::Doors),
            ("assets/ab12.js", None, Wave::Parts),
            (
                "search/en/c0.js",
                Some(Route::Search(SearchFile::Cards(LocaleIx::FIRST, 0))),
                Wave::Lists,
            ),
            ("search/en.js", Some(Route::Search(SearchFile::Root(LocaleIx::FIRST))), Wave::Doors),
            ("feed.json", None, Wave::Doors),
            ("order/index.html", None, Wave::Pages),
            (".nojekyll", None, Wave::Doors),
        ] {
            assert_eq!(wave(path, route), expected, "{path}");
        }
    }

    #[test]
    fn what_is_named_by_its_bytes_is_kept_for_ever_and_nothing_else() {
        for path in [
            "assets/0123456789ab.css",
            "photos/5feceb66ffc86f38d952-800.webp",
            "photos/5feceb66ffc86f38d952-card.jpg",
            "sounds/5feceb66ffc86f38d952.opus",
            "log/tile/0/000",
            "log/tile/entries/x001/234",
        ] {
            assert_eq!(cache_control(path), FOR_EVER, "{path}");
        }
        for path in [
            "index.html",
            "assets/style.css",
            "assets/badfeed.css",
            "photos/shawl.jpg",
            "log/checkpoint",
            "log/tile/0/000.p/5",
            "records/files/x.jpg",
            "sitemap.xml",
        ] {
            assert_eq!(cache_control(path), ASK_AGAIN, "{path}");
        }
    }
}
