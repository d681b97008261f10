//! The stories of products as HTML.
//!
//! A story is shown by the page of its product and by the list for programs, and its words go into the search. A build
//! makes all three, so what one of them read is kept for the others, and let go with the last: a story is read once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::link::Linker;
use super::markdown::{self, Parsed};
use super::page::{Place, UP, UP_SIGN};
use super::{LinkStyle, Routes};
use crate::check::Site;
use crate::model::{LocaleIx, ProductIx};

/// So many stories are kept at most; what is beyond that is read anew.
const MOST_KEPT: usize = 1 << 14;

/// Those of one language.
pub(super) struct Stories {
    states: Vec<Mutex<State>>,
    kept: AtomicUsize,
}

#[derive(Default)]
enum State {
    #[default]
    Unread,
    Kept(Kept),
    /// All have had it.
    Given,
}

/// What somebody will still ask for.
#[derive(Default)]
struct Kept {
    /// Its HTML, in which [`UP`] stands for the way to the root, and how many files show it.
    html: Option<(Box<str>, u8)>,
    /// Its words for the search.
    words: Option<Box<str>>,
}

impl Stories {
    pub(super) fn new(site: &Site) -> Self {
        let states = site.products.iter().map(|_| Mutex::default());
        Self { states: states.collect(), kept: AtomicUsize::new(0) }
    }

    fn state(&self, ix: ProductIx) -> MutexGuard<'_, State> {
        self.states[ix.at()].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is kept, if anything is.
    fn take<T>(&self, ix: ProductIx, take: impl FnOnce(&mut Kept) -> Option<T>) -> Option<T> {
        let mut state = self.state(ix);
        let State::Kept(kept) = &mut *state else { return None };
        let taken = take(kept);
        if kept.html.is_none() && kept.words.is_none() {
            *state = State::Given;
            self.kept.fetch_sub(1, Ordering::Relaxed);
        }
        taken
    }

    /// Keeps of a story that was read for the first time what the others will ask for.
    fn keep(&self, ix: ProductIx, kept: impl FnOnce() -> Kept) {
        let mut state = self.state(ix);
        if matches!(*state, State::Unread) && self.kept.load(Ordering::Relaxed) < MOST_KEPT {
            *state = State::Kept(kept());
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Kept {
    fn html(&mut self) -> Option<Box<str>> {
        match &mut self.html {
            Some((html, left @ 2..)) => {
                *left -= 1;
                Some(html.clone())
            }
            last => last.take().map(|(html, _)| html),
        }
    }
}

/// The files that show a story: the page, and the list for programs if there is one.
fn files(routes: &Routes<'_>) -> u8 {
    // Beside a folder for a stick, the links of the list are of another kind.
    let is_shared = routes.inputs.links == LinkStyle::Pretty;
    1 + u8::from(is_shared && routes.inputs.site.base_url.is_some())
}

/// The story of a product in a language, for a place whose links begin in its own way; empty if it has none.
pub(super) fn html(place: &Place<'_, '_>, ix: ProductIx) -> String {
    let Some((from, markdown)) = source(place.routes, place.locale, ix) else {
        return String::new();
    };
    if place.linker.style() != place.routes.inputs.links || markdown.contains(UP_SIGN) {
        return markdown::to_html(markdown, from, place);
    }
    let stories = &place.parts.stories;
    let marked = stories.take(ix, Kept::html).map_or_else(
        || {
            let parsed = Parsed::new(markdown);
            let words = parsed.words();
            let html = parsed.into_html(from, &place.marked());
            stories.keep(ix, || {
                let left = files(place.routes) - 1;
                let html = (left > 0).then(|| (html.as_str().into(), left));
                Kept { html, words: Some(words.into()) }
            });
            html
        },
        String::from,
    );
    if marked.contains(UP_SIGN) { marked.replace(UP, place.linker.up()) } else { marked }
}

/// The words of a product's story in a language, for the search.
pub(super) fn words(routes: &Routes<'_>, locale: LocaleIx, ix: ProductIx) -> String {
    let Some((from, markdown)) = source(routes, locale, ix) else { return String::new() };
    let parts = routes.parts(locale);
    if let Some(words) = parts.stories.take(ix, |kept| kept.words.take()) {
        return words.into();
    }
    let parsed = Parsed::new(markdown);
    let words = parsed.words();
    if !markdown.contains(UP_SIGN) {
        let linker = Linker::marked(UP, routes.inputs.links);
        let place = Place { routes, site: routes.inputs.site, locale, parts, linker };
        let html = parsed.into_html(from, &place);
        parts.stories.keep(ix, || Kept { html: Some((html.into(), files(routes))), words: None });
    }
    words
}

/// The file in which a story stands, and the story.
fn source<'a>(routes: &Routes<'a>, locale: LocaleIx, ix: ProductIx) -> Option<(&'a str, &'a str)> {
    let site = routes.inputs.site;
    let span = site.product(ix).body.shown(locale)?.value;
    Some((site.sources.path(span.file), site.markdown(span)))
}
