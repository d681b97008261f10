//! Loads a folder with everything that its pages are made from.
//!
//! This is where the halves meet on their way to `render`: the checked site, its photographs, its
//! theme, and what was signed. Commands that need the whole use this one function, so that `check`
//! reports exactly what `build` would stumble over.
//!
//! A [`Workshop`] keeps what was loaded, so that the preview reads only what changed; nothing in
//! it is ever taken for true without the bytes that it was made from having the same hash, or the
//! operating system having said that the file did not change.

mod vouched;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::check::{self, Site};
use crate::custody::leak::Watch;
use crate::diag::{Diagnostic, Diagnostics, Place, Severity, Sources, Span, codes};
use crate::evidence::{self, Disk, Evidence};
use crate::media::{self, Cache, Darkroom, Drawing, Job, Limits, Settings};
use crate::model::{Audience, Date, ThemeName};
use crate::provenance::badge;
use crate::provenance::files::Files as _;
use crate::provenance::record::{Photograph, Sha256Digest};
use crate::read::{self, Changed, Document, Draft, Item, MemberFolder, Memory, Tree};
use crate::render::{self, PhotoBytes, PhotoFormat, Photos, RenderError, Route, Routes};
use crate::theme::{self, Own, Theme, ThemeError};
use crate::verify::Trust;

/// A site with all that its pages are made from.
#[derive(Debug)]
pub struct Assembled {
    /// The checked site; `None` if `site.toml` itself cannot be used.
    pub site: Option<Site>,
    /// Its photographs.
    pub photos: Arc<Photos>,
    /// Its theme: the built-in one with the site's own files in place of some.
    pub theme: Arc<Theme>,
    /// What was signed, verified again.
    pub evidence: Arc<Evidence>,
    /// The folder, for what is published byte for byte.
    pub signed: Disk,
    /// Everything that was found, in texts, photographs and records.
    pub diagnostics: Diagnostics,
    /// The files, for showing the diagnostics.
    pub sources: Sources,
    /// What the paths of the files of members begin with of whom nothing is taken in, because a secret stands in one.
    pub left_out: Vec<String>,
}

impl Assembled {
    /// What the site's own templates cannot be filled in with: each fault once, with a page that has it. Looked for only where
    /// there are such templates, since those that come along fill in whatever a site has.
    #[must_use]
    pub fn page_faults(&self, at: Timestamp) -> Vec<Diagnostic> {
        let Some(site) = self.site.as_ref().filter(|_| self.theme.has_own_templates()) else {
            return Vec::new();
        };
        let inputs = render::Inputs {
            site,
            evidence: &self.evidence,
            signed: &self.signed,
            photos: &self.photos,
            theme: &self.theme,
            at,
            links: render::LinkStyle::Pretty,
        };
        let routes = Routes::new(inputs);
        let is_page = |route: &Route| {
            matches!(
                route,
                Route::Page(..) | Route::Missing(_) | Route::Record(_) | Route::Tombstone(_)
            )
        };
        let pages: Vec<_> = routes.iter().filter(|(_, route)| is_page(route)).collect();
        let failed: Vec<(String, String)> = pages
            .into_par_iter()
            .filter_map(|(path, route)| match routes.bytes_of(path.as_str(), route) {
                Err(RenderError::Template(path, why)) => Some((why, path)),
                _ => None,
            })
            .collect();
        let first: BTreeMap<String, String> = failed.into_iter().rev().collect();
        let told = first.into_iter().map(|(why, path)| {
            let place = Place::Path("theme".to_owned());
            let words = format!("{why} (the page {path})");
            Diagnostic::new(Severity::Error, codes::BAD_THEME, place, words)
                .hint("docs/THEMES.md says what each template is given")
        });
        told.collect()
    }
}

/// Why a folder could not be loaded at all.
#[derive(Debug)]
pub enum LoadError {
    /// There is no site in it, or it cannot be looked into.
    Read(read::ReadError),
    /// A file of the site's own theme is wrong.
    Theme(ThemeError),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Theme(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {}

/// How much to prepare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Look at each photograph; make its derivatives when they are asked for.
    OnDemand,
    /// Make all derivatives now, each photograph decoded once.
    Everything,
}

/// Loads one folder, again and again if wished.
#[derive(Debug)]
pub struct Workshop {
    root: PathBuf,
    audience: Audience,
    /// The day that counts as today, if any does.
    day: Option<Date>,
    /// The time to judge at whom others delegated, if that is to be known.
    at: Option<Timestamp>,
    memory: Memory,
    darkroom: Arc<Darkroom>,
    looked_at: HashMap<String, Looked>,
    /// The record masters of photographs whose files have not changed, by path; nothing for what is no photograph.
    masters: HashMap<String, Option<Photograph>>,
    /// The recordings whose files have not changed, by path.
    heard: HashMap<String, render::Sound>,
    /// Whether it is asked what single products are after a change.
    is_following: bool,
    /// What that needs of the folder as it was loaded last.
    loaded: Option<Loaded>,
}

/// The files of a folder as they were loaded, before anything was hidden.
#[derive(Debug)]
struct Loaded {
    shop: Arc<Document>,
    /// By id.
    products: Vec<Item>,
    tree: Tree,
}

/// What is known of a photograph whose file has not changed.
#[derive(Clone, Debug)]
struct Looked {
    picture: Picture,
    /// Whether a picture for link previews is made of it.
    is_previewed: bool,
    lints: Vec<media::Lint>,
}

#[derive(Clone, Debug)]
enum Picture {
    Photo(media::Photo, media::Appearance),
    /// A drawing without its bytes: its digest, name and size.
    Drawing {
        digest: [u8; 32],
        name: String,
        width_px: u32,
        height_px: u32,
    },
}

impl Looked {
    fn digest(&self) -> [u8; 32] {
        match &self.picture {
            Picture::Photo(photo, _) => photo.digest,
            Picture::Drawing { digest, .. } => *digest,
        }
    }
}

/// Forgets a file that changed, or what lies below a folder that did.
fn forget<T>(known: &mut HashMap<String, T>, path: &str) {
    if known.remove(path).is_none() {
        let below = format!("{path}/");
        known.retain(|known, _| !known.starts_with(&below));
    }
}

/// Where derivatives are kept, below the site's folder.
const CACHE: &str = ".selvedge/cache/photos";

/// Where the derivatives for an audience are kept.
fn cache_path(audience: Audience) -> String {
    match audience {
        Audience::Public => CACHE.to_owned(),
        other => format!("{CACHE}-{}", other.name()),
    }
}

/// The longest file of a site's own theme, in bytes.
const MAX_THEME_FILE: u64 = 1 << 20;
/// The longest font, in bytes.
const MAX_FONT_FILE: u64 = 1 << 20;

/// Loads a site's folder once, looking at everything and preparing nothing.
///
/// # Errors
/// If there is no site in the folder, or its own theme is wrong.
pub fn load(root: &Path) -> Result<Assembled, LoadError> {
    Workshop::new(root).load(Changed::All, Depth::OnDemand, &|_, _| {})
}

/// The same as it is on a day of UTC, with what is in its season then.
///
/// # Errors
/// If there is no site in the folder, or its own theme is wrong.
pub fn load_on(root: &Path, day: Date) -> Result<Assembled, LoadError> {
    Workshop::new(root).on(day).load(Changed::All, Depth::OnDemand, &|_, _| {})
}

impl Workshop {
    /// For one folder, and for everybody; nothing is read yet.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self::for_audience(root, Audience::Public)
    }

    /// For one folder, and for whoever may see it. Photographs are kept apart by audience, so that the
    /// finished ones of the public site are never more than that.
    #[must_use]
    pub fn for_audience(root: &Path, audience: Audience) -> Self {
        let cache = Cache::in_site(root, &cache_path(audience));
        let darkroom = Darkroom::new(Settings::default(), Limits::default(), cache);
        Self {
            root: root.to_owned(),
            audience,
            day: None,
            at: None,
            memory: Memory::default(),
            darkroom: Arc::new(darkroom),
            looked_at: HashMap::new(),
            masters: HashMap::new(),
            heard: HashMap::new(),
            is_following: false,
            loaded: None,
        }
    }

    /// Keeps what [`Workshop::retell`] needs from now on.
    #[must_use]
    pub fn following(mut self) -> Self {
        self.is_following = true;
        self
    }

    /// Loads the folder as it is on a day of UTC; without one, what comes and goes is not there.
    #[must_use]
    pub fn on(mut self, day: Date) -> Self {
        self.day = Some(day);
        self
    }

    /// Loads the folder as it is at a time: on its day of UTC, and with those whom others delegated then.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.at = Some(time);
        self.on(jiff::tz::Offset::UTC.to_datetime(time).date())
    }

    /// Loads the folder. `progress` is told how many photographs are done, of how many.
    ///
    /// # Errors
    /// If there is no site in the folder, or its own theme is wrong.
    pub fn load(
        &mut self,
        changed: Changed<'_>,
        depth: Depth,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Assembled, LoadError> {
        match changed {
            Changed::All => {
                self.looked_at.clear();
                self.masters.clear();
                self.heard.clear();
            }
            Changed::Paths(paths) => {
                for path in paths {
                    forget(&mut self.looked_at, path);
                    forget(&mut self.masters, path);
                    forget(&mut self.heard, path);
                }
            }
        }
        let mut draft =
            read::load(&self.root, &mut self.memory, changed).map_err(LoadError::Read)?;
        let left_out = without_secrets(&mut draft);
        let mut tree = draft.tree.clone();
        let own_files = draft.tree.clone();
        let of_members: Vec<String> =
            draft.members.iter().map(|member| member.prefix.clone()).collect();
        let members = draft.members.iter().filter_map(|member| member.draft.as_ref());
        tree.join(members.map(|draft| &draft.tree));
        self.loaded = self.is_following.then(|| Loaded {
            shop: Arc::clone(&draft.site),
            products: draft.products.clone(),
            tree: tree.clone(),
        });
        let check::Outcome { site, mut diagnostics, mut sources } =
            check::check_as(draft, self.audience, self.day);
        let own = own_theme(&self.root, &mut diagnostics);
        diagnostics.extend(own_words(&own, &mut sources));
        let name = site.as_ref().and_then(|site| site.theme);
        let theme = match Theme::load(name, &own) {
            Ok(theme) => theme,
            Err(_) => {
                diagnostics.extend(theme_faults(name, &own, &mut sources));
                // What else is wrong is told with it.
                Theme::load(name, &Own::default()).map_err(LoadError::Theme)?
            }
        };
        let photos = match &site {
            Some(site) => {
                let photos = self.photos(site, &tree, depth, progress, &mut diagnostics);
                photos.with_sounds(self.sounds(site, &tree, &mut diagnostics))
            }
            None => Photos::none(),
        };
        if let Some(trouble) = self.darkroom.cache_trouble() {
            diagnostics.push(
                Diagnostic::new(
                    Severity::Warning,
                    codes::FILE_UNREADABLE,
                    Place::Path(cache_path(self.audience)),
                    format!("finished photographs cannot be kept for next time ({trouble})"),
                )
                .hint("every build makes them anew until this folder can be written"),
            );
        }
        let signed = Disk::at(&self.root);
        // Whom the site believes is a matter for `verify`; its pages state what it signed itself.
        let trust = evidence::load_trust(&self.root).unwrap_or_else(|error| {
            let place = Place::Path("trust.toml".to_owned());
            let words = error.to_string();
            diagnostics.push(
                Diagnostic::new(Severity::Warning, codes::RECORD_PROBLEM, place, words)
                    .hint("until it is mended this site believes nobody"),
            );
            Trust::nobody()
        });
        let evidence = Evidence::of(&signed, &trust, None);
        let evidence = evidence.beside(evidence::neighbours(&self.root, &trust));
        let evidence = match (&site, self.at) {
            (Some(site), Some(at)) => {
                let name = site.name.original();
                let delegates = evidence::delegates(&self.root, &evidence, name, at);
                evidence.with_delegates(delegates)
            }
            _ => evidence,
        };
        diagnostics.extend(evidence.problems());
        let wanted = evidence.bound_documents();
        let evidence = match &site {
            Some(site) if !wanted.is_empty() => {
                evidence.with_documents(documents(&wanted, site, &own_files, &of_members, &signed))
            }
            _ => evidence,
        };
        if let Some(site) = &site {
            let hidden = site.hidden_photos.iter().map(String::as_str);
            self.make_masters(evidence.compared_photos(site).chain(hidden));
            let master = |path: &str| self.masters.get(path).cloned().flatten();
            diagnostics
                .extend(evidence::change_diagnostics(site, &evidence.changes(site, &master)));
            diagnostics.extend(still_signed(site, &evidence, &signed, &master));
            let in_texts = render::text_pictures(site);
            diagnostics.extend(vouched::claims(site, &evidence, &in_texts, self.day));
        }
        let (photos, theme, evidence) = (Arc::new(photos), Arc::new(theme), Arc::new(evidence));
        Ok(Assembled { site, photos, theme, evidence, signed, diagnostics, sources, left_out })
    }

    /// The site after a change to one file of a product, if nothing else can differ and nothing is wrong
    /// with it; of `last`, which was loaded before, it takes all the rest, and what was found then. The next
    /// [`Workshop::load`] has that file already.
    pub fn retell(&mut self, last: &Assembled, changed: &[String]) -> Option<Assembled> {
        let [path] = changed else { return None };
        let name = path.strip_prefix("products/")?.strip_suffix(".md")?;
        let id = name.split(['/', '.']).next()?;
        let loaded = self.loaded.as_mut()?;
        let at = loaded.products.binary_search_by(|item| item.id.as_str().cmp(id)).ok()?;
        let before = loaded.products[at].clone();
        let (was, is) = self.memory.read_again(&self.root, path)?;
        let mut now = before.clone();
        let translations = now.translations.iter_mut().map(|(_, document)| document);
        let mut documents = std::iter::once(&mut now.document).chain(translations);
        *documents.find(|document| Arc::ptr_eq(document, &was))? = is;
        let sources = self.memory.sources();
        let site = last.site.as_ref()?;
        let (retold, ix) = check::retell(site, &loaded.shop, &loaded.tree, &before, &now, sources)?;
        // A photograph in a text that was not there before has not been looked at yet.
        let is_seen = |path: &String| last.photos.photo(path).is_some();
        if !render::pictures_of(&retold, ix).iter().all(is_seen) {
            return None;
        }
        // Nor heard.
        let audio = retold.product(ix).audio.as_ref();
        if audio.is_some_and(|audio| last.photos.sound(&audio.path).is_none()) {
            return None;
        }
        loaded.products[at] = now;
        Some(Assembled {
            site: Some(retold),
            photos: Arc::clone(&last.photos),
            theme: Arc::clone(&last.theme),
            evidence: Arc::clone(&last.evidence),
            signed: last.signed.clone(),
            diagnostics: last.diagnostics.clone(),
            sources: sources.clone(),
            left_out: last.left_out.clone(),
        })
    }

    /// Makes the record masters of photographs that are not known yet, each decoded once.
    fn make_masters<'s>(&mut self, paths: impl Iterator<Item = &'s str>) {
        let unknown: BTreeSet<&str> =
            paths.filter(|path| !self.masters.contains_key(*path)).collect();
        let made: Vec<(String, Option<Photograph>)> = unknown
            .into_par_iter()
            .map(|path| {
                let bytes = read_photo(&self.root.join(path)).ok();
                let master = bytes.and_then(|bytes| self.darkroom.master(&bytes).ok());
                (path.to_owned(), master.as_ref().map(evidence::photograph))
            })
            .collect();
        self.masters.extend(made);
    }

    /// Forgets what the texts of the folder were read as, for whoever does not load it again soon: the next time reads
    /// all of them.
    pub fn forget_texts(&mut self) {
        // Taking ten thousand of them apart takes a while, and nobody waits for it.
        let memory = std::mem::take(&mut self.memory);
        rayon::spawn(move || drop(memory));
    }

    fn photos(
        &mut self,
        site: &Site,
        tree: &Tree,
        depth: Depth,
        progress: &(dyn Fn(usize, usize) + Sync),
        diagnostics: &mut Diagnostics,
    ) -> Photos {
        let in_texts = render::text_pictures(site);
        for picture in &in_texts {
            let is_there = picture.path.as_ref().is_some_and(|path| tree.contains(path));
            if let Some(path) =
                picture.path.as_ref().filter(|path| site.withheld_photos.contains(*path))
            {
                diagnostics.push(
                    Diagnostic::warning(
                        codes::STILL_SHOWN,
                        picture.span,
                        format!("the picture \"{path}\" belongs to something that is not shown, so it is not shown here"),
                    )
                    .hint("to show it all the same, lay it beside this file"),
                );
                continue;
            }
            if picture.path.as_ref().is_some_and(|path| tree.is_hidden(path)) {
                continue;
            }
            if !is_there {
                let words = match &picture.path {
                    Some(path) => format!("the picture \"{path}\" is not in the folder"),
                    None => "a picture from elsewhere is not shown".to_owned(),
                };
                diagnostics.push(
                    Diagnostic::warning(codes::MISSING_PHOTO, picture.span, words)
                        .hint("put it beside this file, and write ![what it shows](name.jpg)"),
                );
            } else if !picture.has_words {
                let words = "a picture in the text has no words for people who cannot see it";
                diagnostics.push(
                    Diagnostic::warning(codes::NO_ALT_TEXT, picture.span, words)
                        .label("write for example ![red shawl over a chair](shawl.jpg)"),
                );
            }
        }
        let mut paths = render::photo_paths(site, &in_texts);
        paths.retain(|path| tree.contains(path) && !site.withheld_photos.contains(path));
        // Previews have absolute addresses, so a site without one needs none.
        let previewed = if site.base_url.is_some() || depth == Depth::OnDemand {
            render::preview_paths(site)
        } else {
            BTreeSet::new()
        };
        let total = paths.len();
        let done = std::sync::atomic::AtomicUsize::new(0);
        let looked: Vec<Result<Looked, Diagnostic>> = paths
            .par_iter()
            .with_max_len(1)
            .map(|path| {
                let is_previewed = previewed.contains(path.as_str());
                let looked = match (self.looked_at.get(path), depth) {
                    (Some(looked), Depth::OnDemand) => {
                        Ok(Looked { is_previewed, ..looked.clone() })
                    }
                    _ => self.look(path, depth, is_previewed),
                };
                progress(1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed), total);
                looked
            })
            .collect();
        let mut taken_off = Hidden::load(&self.root, &site.hidden_photos);
        let mut by_path = BTreeMap::new();
        let mut originals = HashMap::new();
        for (path, looked) in paths.into_iter().zip(looked) {
            let looked = match looked {
                Ok(looked) => looked,
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    continue;
                }
            };
            let warn = |words: String, hint: &str| {
                let place = Place::Path(path.clone());
                Diagnostic::new(Severity::Warning, codes::WEAK_PHOTO, place, words).hint(hint)
            };
            if let Some(hidden) = taken_off.by_digest.get(&looked.digest()) {
                // Its derivatives are in no plan any more, so the cache drops them too.
                self.looked_at.remove(&path);
                if *hidden == path {
                    continue;
                }
                diagnostics.push(warn(
                    format!("this is the same photograph as {hidden}, which is hidden, so it is hidden too"),
                    "take it out of the folder if nobody needs it any more",
                ));
                continue;
            }
            if let Picture::Photo(_, appearance) = &looked.picture
                && let Some(hidden) = taken_off.copy(self, appearance)
            {
                diagnostics.push(warn(
                    format!("this photograph looks like {hidden}, which is hidden"),
                    "if it shows the same, hide it too: hide_photos = [\"…\"] in the file that uses it",
                ));
            }
            for lint in &looked.lints {
                diagnostics.push(warn(lint.to_string(), lint.hint()));
            }
            by_path.insert(path.clone(), self.published(&looked));
            originals.insert(path.clone(), looked.picture.clone());
            self.looked_at.insert(path, looked);
        }
        self.looked_at.retain(|path, _| by_path.contains_key(path));
        diagnostics.extend(self.copies(site));
        let bytes =
            FromDisk { root: self.root.clone(), darkroom: Arc::clone(&self.darkroom), originals };
        Photos::new(by_path, Box::new(bytes))
    }

    /// The recordings of a site, each read once and written without its metadata when it is asked for.
    fn sounds(
        &mut self,
        site: &Site,
        tree: &Tree,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<String, render::Sound> {
        let paths = site.sound_paths().into_iter().filter(|path| tree.contains(path));
        let paths: Vec<&str> = paths.collect();
        let heard: Vec<Result<render::Sound, Diagnostic>> = paths
            .par_iter()
            .map(|path| match self.heard.get(*path) {
                Some(sound) => Ok(sound.clone()),
                None => listen(&self.root, path, site.member_of(path).is_some()),
            })
            .collect();
        let mut found = BTreeMap::new();
        for (path, sound) in paths.into_iter().zip(heard) {
            match sound {
                Ok(sound) => {
                    found.insert(path.to_owned(), sound);
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        self.heard = found.iter().map(|(path, sound)| (path.clone(), sound.clone())).collect();
        found
    }

    /// Names the photographs that one product or design shows twice.
    fn copies(&self, site: &Site) -> Vec<Diagnostic> {
        let products = site.products.iter().map(|product| &product.photos);
        let all = products.chain(site.designs.iter().map(|design| &design.photos));
        let mut found = Vec::new();
        for photos in all.filter(|photos| photos.len() > 1) {
            // A page shows a few dozen at most; beyond that nobody compares.
            let seen: Vec<(&str, &Looked)> = photos
                .iter()
                .take(32)
                .filter_map(|photo| Some((photo.path.as_str(), self.looked_at.get(&photo.path)?)))
                .collect();
            for (at, (path, looked)) in seen.iter().enumerate() {
                let same = seen[..at].iter().find(|(earlier, other)| {
                    let is_copy = match (&looked.picture, &other.picture) {
                        (Picture::Photo(_, one), Picture::Photo(_, two)) => one.is_copy_of(two),
                        _ => false,
                    };
                    earlier != path && (is_copy || looked.digest() == other.digest())
                });
                if let Some((earlier, _)) = same {
                    let name = earlier.rsplit('/').next().unwrap_or(earlier);
                    found.push(
                        Diagnostic::new(
                            Severity::Warning,
                            codes::WEAK_PHOTO,
                            Place::Path((*path).to_owned()),
                            format!("the photo shows nearly the same as {name}, beside it"),
                        )
                        .hint("keep the better one, and show another side or a detail instead"),
                    );
                }
            }
        }
        found
    }

    /// Reads one photograph, and makes its derivatives if wished.
    fn look(&self, path: &str, depth: Depth, is_previewed: bool) -> Result<Looked, Diagnostic> {
        let bad = |error: media::PhotoError| {
            let place = Place::Path(path.to_owned());
            Diagnostic::new(Severity::Warning, codes::BAD_PHOTO, place, error.to_string())
                .hint(error.hint())
                .hint("the site is built without it")
        };
        let read = || read_photo(&self.root.join(path));
        let input =
            read().map_err(|error| bad(media::PhotoError::Unreadable(error.to_string())))?;
        if badge::is_badge(&input) {
            let place = Place::Path(path.to_owned());
            let words = "this picture is a badge: it carries a signed record, so no page shows it as a photograph";
            return Err(Diagnostic::new(Severity::Warning, codes::BAD_PHOTO, place, words)
                .hint("what the register has in force shows its badge by itself, and only where it applies")
                .hint("the site is built without it; show the thing itself here"));
        }
        if media::is_drawing(&input) {
            let drawing = media::rebuild(&input, &Limits::default()).map_err(bad)?;
            // In the site's own folder this stops the build; a member's drawing is left out.
            let is_members = path.starts_with("../") || path.starts_with("members/");
            if is_members && Watch::default().ready().find(&drawing.bytes).is_some() {
                let words = "a private key stands in a member's drawing";
                let place = Place::Path(path.to_owned());
                return Err(Diagnostic::new(Severity::Warning, codes::MEMBER_FOLDER, place, words)
                    .hint("the site is built without it; tell her that the key is lost"));
            }
            let lints = drawing.lints();
            let Drawing { digest, name, width_px, height_px, .. } = drawing;
            let picture = Picture::Drawing { digest, name, width_px, height_px };
            return Ok(Looked { picture, is_previewed: false, lints });
        }
        let photo = self.darkroom.probe(&input).map_err(bad)?;
        let wanted = match depth {
            Depth::Everything => self.wanted(&photo, is_previewed),
            Depth::OnDemand => Vec::new(),
        };
        let developed = self.darkroom.develop(&photo, &wanted, || Ok(input)).map_err(bad)?;
        let mut lints = photo.lints();
        lints.extend(developed.appearance.lints());
        let picture = Picture::Photo(photo, developed.appearance);
        Ok(Looked { picture, is_previewed, lints })
    }

    /// Everything that is published of a photograph.
    fn wanted(&self, photo: &media::Photo, is_previewed: bool) -> Vec<media::Rendition> {
        let mut wanted = self.darkroom.plan(photo);
        wanted.extend(is_previewed.then(|| self.darkroom.card(photo)));
        wanted
    }

    fn published(&self, looked: &Looked) -> render::Photo {
        let (photo, appearance) = match &looked.picture {
            Picture::Photo(photo, appearance) => (photo, appearance),
            Picture::Drawing { name, width_px, height_px, .. } => {
                let (width_px, height_px) = (*width_px, *height_px);
                let name = name.clone();
                let format = PhotoFormat::Svg;
                let only = render::Rendition { name, format, width_px, height_px };
                return render::Photo {
                    width_px,
                    height_px,
                    colour: None,
                    renditions: vec![only],
                    preview: None,
                };
            }
        };
        let published = |made: media::Rendition| render::Rendition {
            name: made.name,
            format: match made.encoding {
                media::Encoding::Jpeg => PhotoFormat::Jpeg,
                media::Encoding::Webp => PhotoFormat::WebP,
            },
            width_px: made.width_px,
            height_px: made.height_px,
        };
        render::Photo {
            width_px: photo.width_px,
            height_px: photo.height_px,
            colour: Some(appearance.average),
            renditions: self.darkroom.plan(photo).into_iter().map(published).collect(),
            preview: looked.is_previewed.then(|| published(self.darkroom.card(photo))),
        }
    }

    /// Removes derivatives from the cache that no page uses any more.
    ///
    /// # Errors
    /// If the cache cannot be looked into.
    pub fn prune(&self) -> io::Result<usize> {
        let jobs: Vec<Job> = self
            .looked_at
            .values()
            .filter_map(|looked| match &looked.picture {
                Picture::Photo(photo, _) => Some(Job {
                    photo: photo.clone(),
                    wanted: self.wanted(photo, looked.is_previewed),
                }),
                Picture::Drawing { .. } => None,
            })
            .collect();
        self.darkroom.prune(&jobs)
    }
}

/// The photographs that are hidden, by content: a copy under another name is hidden as well.
struct Hidden {
    by_digest: BTreeMap<[u8; 32], String>,
    /// Those that can be compared by what they show; looked at when first needed.
    files: Vec<(String, Vec<u8>)>,
    appearances: Option<Vec<(String, media::Appearance)>>,
}

impl Hidden {
    fn load(root: &Path, paths: &[String]) -> Self {
        let read = |path: &String| Some((path.clone(), read_photo(&root.join(path)).ok()?));
        let files: Vec<(String, Vec<u8>)> = paths.iter().filter_map(read).collect();
        let digest = |bytes: &[u8]| -> [u8; 32] { Sha256::digest(bytes).into() };
        let by_digest = files.iter().map(|(path, bytes)| (digest(bytes), path.clone())).collect();
        Self { by_digest, files, appearances: None }
    }

    /// The hidden photograph that shows the same, in another size perhaps.
    fn copy(&mut self, workshop: &Workshop, appearance: &media::Appearance) -> Option<&str> {
        let all = self.appearances.get_or_insert_with(|| {
            // Without the cache, in which nothing of what is hidden may stay.
            let room = Darkroom::new(workshop.darkroom.settings().clone(), Limits::default(), None);
            let look = |(path, bytes): &(String, Vec<u8>)| {
                let photo = room.probe(bytes).ok()?;
                let appearance = room.appearance(&photo, || Ok(bytes.clone())).ok()?;
                Some((path.clone(), appearance))
            };
            self.files.iter().filter_map(look).collect()
        });
        all.iter().find(|(_, other)| appearance.is_copy_of(other)).map(|(path, _)| path.as_str())
    }
}

/// The longest document of criteria that is shown, in bytes.
const MAX_DOCUMENT: usize = 1 << 20;

/// Folders whose files are pages of things, and no rules.
const OF_THINGS: [&str; 4] = ["products/", "producers/", "designs/", "collections/"];

/// Where the documents with these digests lie: texts of the site's own folder, none of a member's, none that is hidden or
/// for some people only, and none in which a hidden name stands.
fn documents(
    wanted: &BTreeSet<Sha256Digest>,
    site: &Site,
    files: &Tree,
    of_members: &[String],
    signed: &Disk,
) -> BTreeMap<Sha256Digest, String> {
    // What was left out of the site is none of its pages.
    let pages: BTreeSet<&str> = site
        .pages
        .iter()
        .flat_map(|page| page.body.entries())
        .map(|(_, span)| site.sources.path(span.file))
        .collect();
    let may_be = |path: &&str| {
        let path = *path;
        let is_text = path.ends_with(".md") || path.ends_with(".txt");
        let is_of_things = OF_THINGS.iter().any(|folder| path.starts_with(folder));
        let is_members = of_members.iter().any(|prefix| path.starts_with(prefix.as_str()));
        let is_off = files.is_hidden(path) || path.starts_with("pages/") && !pages.contains(path);
        is_text && !is_of_things && !is_members && !is_off
    };
    let mut found = BTreeMap::new();
    for path in files.paths().filter(may_be) {
        let Ok(Some(bytes)) = signed.read(path) else { continue };
        let digest = Sha256Digest::of(&bytes);
        if bytes.len() > MAX_DOCUMENT || !wanted.contains(&digest) || found.contains_key(&digest) {
            continue;
        }
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if !site.hidden_names.iter().any(|name| text.contains(&name.to_lowercase())) {
            found.insert(digest, path.to_owned());
        }
    }
    found
}

/// Names what is hidden on the pages and stands in a record, which is published as it was signed.
fn still_signed(
    site: &Site,
    evidence: &Evidence,
    signed: &Disk,
    master: &dyn Fn(&str) -> Option<Photograph>,
) -> Vec<Diagnostic> {
    if site.hidden_names.is_empty() && site.hidden_photos.is_empty() {
        return Vec::new();
    }
    let masters: Vec<(&str, Sha256Digest)> = site
        .hidden_photos
        .iter()
        .filter_map(|path| Some((path.as_str(), master(path)?.sha256)))
        .collect();
    let mut found = Vec::new();
    for record in evidence.records() {
        let short = record.id().short();
        let source = format!("records/{short}.json");
        let mut warn = |words: String| {
            let place = Place::Path(source.clone());
            found.push(
                Diagnostic::new(Severity::Warning, codes::STILL_SHOWN, place, words)
                    .hint("a record is published as it was signed")
                    .hint(format!("to take it back: selvedge record withdraw {short}")),
            );
        };
        for photograph in record.record().photographs() {
            let is_it = |(_, digest): &&(&str, Sha256Digest)| *digest == photograph.sha256;
            if let Some((path, _)) = masters.iter().find(is_it) {
                warn(format!("the photograph {path} is hidden, but this record shows it"));
            }
        }
        let bytes = signed.read(&source).ok().flatten().unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for name in &site.hidden_names {
            if text.contains(&name.to_lowercase()) {
                warn("a name that is hidden stands in this record".to_owned());
                break;
            }
        }
    }
    found
}

/// Makes derivatives from the files in the site's folder, through the cache.
#[derive(Debug)]
struct FromDisk {
    root: PathBuf,
    darkroom: Arc<Darkroom>,
    originals: HashMap<String, Picture>,
}

impl PhotoBytes for FromDisk {
    fn bytes(&self, path: &str, name: &str) -> Result<Vec<u8>, String> {
        if !self.originals.contains_key(path) {
            let input = read_sound(&self.root.join(path)).map_err(|error| error.to_string())?;
            let sound = media::bare_sound(&input).map_err(|error| error.to_string())?;
            return match sound.name == name {
                true => Ok(sound.bytes),
                false => Err("the file changed while the site was made".to_owned()),
            };
        }
        let picture =
            self.originals.get(path).ok_or_else(|| format!("there is no photograph {path}"))?;
        let photo = match picture {
            Picture::Photo(photo, _) => photo,
            Picture::Drawing { name: planned, .. } => {
                let input = read_photo(&self.root.join(path)).map_err(|error| error.to_string())?;
                let drawing = media::rebuild(&input, &Limits::default())
                    .map_err(|error| error.to_string())?;
                if drawing.name != *planned || planned != name {
                    return Err(media::PhotoError::Changed.to_string());
                }
                return Ok(drawing.bytes);
            }
        };
        let mut all = self.darkroom.plan(photo);
        all.push(self.darkroom.card(photo));
        let wanted = all
            .iter()
            .find(|rendition| rendition.name == name)
            .ok_or_else(|| format!("{path} has no form called {name}"))?;
        let load = || read_photo(&self.root.join(path));
        self.darkroom.develop_one(photo, wanted, load).map_err(|error| error.to_string())
    }
}

/// Leaves out members in whose texts a private key stands: a site with one is not built, and no member's folder stops that of
/// all. Gives what the paths of their files begin with.
fn without_secrets(draft: &mut Draft) -> Vec<String> {
    if draft.members.iter().all(|member| member.draft.is_none()) {
        return Vec::new();
    }
    let scanner = Watch::default().ready();
    let files: Vec<(&str, &str)> = draft.sources.files().collect();
    let found: Vec<&str> = files
        .into_par_iter()
        .filter(|(path, _)| draft.members.iter().any(|member| is_of(member, path)))
        .filter(|(_, text)| scanner.find(text.as_bytes()).is_some())
        .map(|(path, _)| path)
        .collect();
    let found: Vec<String> = found.into_iter().map(str::to_owned).collect();
    let mut left_out = Vec::new();
    for member in &mut draft.members {
        let Some(path) = found.iter().find(|path| is_of(member, path)) else { continue };
        draft.diagnostics.push(
            Diagnostic::new(
                Severity::Warning,
                codes::MEMBER_FOLDER,
                Place::Path(path.clone()),
                "a private key stands in a member's text, so nothing of hers is shown",
            )
            .hint("tell her at once: whoever has this file has the key, so she needs another one"),
        );
        member.draft = None;
        left_out.push(member.prefix.clone());
    }
    left_out
}

fn is_of(member: &MemberFolder, path: &str) -> bool {
    member.draft.is_some() && path.starts_with(&member.prefix)
}

/// Looks at a recording. In a member's folder, which is a stranger's, what is wrong stops nothing.
fn listen(root: &Path, path: &str, is_members: bool) -> Result<render::Sound, Diagnostic> {
    let severity = if is_members { Severity::Warning } else { Severity::Error };
    let bad = |words: String| {
        Diagnostic::new(severity, codes::BAD_SOUND, Place::Path(path.to_owned()), words)
    };
    let input = read_sound(&root.join(path))
        .map_err(|error| bad(format!("this recording cannot be read ({error})")))?;
    let sound =
        media::bare_sound(&input).map_err(|error| bad(error.to_string()).hint(error.hint()))?;
    if is_members && Watch::default().ready().find(&sound.bytes).is_some() {
        return Err(bad("a private key stands in a member's recording".to_owned())
            .hint("the site is built without it; tell her that the key is lost"));
    }
    Ok(render::Sound {
        name: sound.name,
        media_type: sound.media_type,
        len_bytes: sound.bytes.len() as u64,
        seconds: sound.seconds,
    })
}

/// Reads a recording, but not more than one may have.
fn read_sound(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(media::MAX_SOUND_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a photograph, but not more than one may have.
fn read_photo(path: &Path) -> io::Result<Vec<u8>> {
    let limit = Limits::default().max_bytes + 1;
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The theme of a site with its own files and words, for whatever is made beside its pages.
///
/// # Errors
/// If a file of the theme is wrong.
pub fn theme_of(root: &Path, site: &Site) -> Result<Theme, theme::ThemeError> {
    Theme::load(site.theme, &own_theme(root, &mut Diagnostics::default()))
}

/// The files of the site's folder `theme/`, by their path in it, and the fonts of `fonts/` and
/// `theme/fonts/`; a text that cannot be read is not there.
fn own_theme(root: &Path, diagnostics: &mut Diagnostics) -> Own {
    let mut own = Own::default();
    let files = |folder: &str| -> Vec<(String, PathBuf, u64)> {
        // A link to another place is told of where the folder is listed.
        let top = folder.split('/').next().unwrap_or(folder);
        if root.join(top).is_symlink() {
            return Vec::new();
        }
        let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
        let files = entries.flatten().filter_map(|entry| {
            let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((entry.file_name().into_string().ok()?, entry.path(), facts.len()))
        });
        files.collect()
    };
    for (folder, prefix) in [("theme", ""), ("theme/words", "words/")] {
        for (name, path, bytes) in files(folder) {
            let is_theme = [".html", ".css", ".toml"].iter().any(|ending| name.ends_with(ending));
            if is_theme
                && bytes <= MAX_THEME_FILE
                && let Ok(text) = fs::read_to_string(path)
            {
                own.files.insert(format!("{prefix}{name}"), text);
            }
        }
    }
    for folder in ["theme/fonts", "fonts"] {
        // Fonts come with their licence, and with notes about where they are from.
        let is_note = |name: &str| [".txt", ".md"].iter().any(|ending| name.ends_with(ending));
        for (name, path, bytes) in files(folder).into_iter().filter(|(name, ..)| !is_note(name)) {
            match read_font(&name, &path, bytes) {
                Ok((stem, font)) => {
                    own.fonts.insert(stem, font);
                }
                Err(words) => diagnostics.push(
                    Diagnostic::new(
                        Severity::Warning,
                        codes::BAD_FONT,
                        Place::Path(format!("{folder}/{name}")),
                        words,
                    )
                    .hint("the site is built without it"),
                ),
            }
        }
    }
    own
}

/// What is wrong in the site's own theme so that it cannot be used.
fn theme_faults(name: Option<ThemeName>, own: &Own, sources: &mut Sources) -> Vec<Diagnostic> {
    let faults = Theme::faults(name, own).into_iter();
    faults.map(|fault| theme_fault(&fault, own, sources)).collect()
}

fn theme_fault(fault: &ThemeError, own: &Own, sources: &mut Sources) -> Diagnostic {
    let place = fault.place().and_then(|place| Some((place, own.files.get(&place.file)?)));
    let found = match place {
        Some((place, text)) => {
            let file = sources.add(format!("theme/{}", place.file), text.as_str());
            let start = text.floor_char_boundary(place.bytes.start);
            let end = text.floor_char_boundary(place.bytes.end.max(start));
            Diagnostic::error(codes::BAD_THEME, Span::new(file, start..end), fault.message())
        }
        None => {
            let place = Place::Path("theme".to_owned());
            Diagnostic::new(Severity::Error, codes::BAD_THEME, place, fault.to_string())
        }
    };
    found
        .hint("docs/THEMES.md says what a template may hold and what it is given")
        .hint("without this file in the folder theme the page is made as the theme has it")
}

/// What is wrong with the plural forms in the site's own files of words.
fn own_words(own: &Own, sources: &mut Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, text) in &own.files {
        let tag = name.strip_prefix("words/").and_then(|name| name.strip_suffix(".toml"));
        let problems = tag.map_or_else(Vec::new, |tag| theme::form_problems(tag, text));
        if problems.is_empty() {
            continue;
        }
        let file = sources.add(format!("theme/{name}"), text.as_str());
        found.extend(problems.into_iter().map(|problem| {
            let span = Span::new(file, problem.at);
            Diagnostic::warning(codes::PLURAL_FORM, span, problem.words).label(problem.advice)
        }));
    }
    found
}

/// Reads a font, and gives it with its name.
fn read_font(name: &str, path: &Path, bytes: u64) -> Result<(String, Vec<u8>), String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let stem = name.strip_suffix(".woff2").ok_or("fonts are WOFF2 files: name.woff2");
    let stem = stem.map_err(str::to_owned)?;
    if stem.is_empty() || !stem.chars().all(is_plain) {
        return Err("the name of a font has only the letters a to z, digits and hyphens".to_owned());
    }
    if bytes > MAX_FONT_FILE {
        return Err(
            "this font is far too large for a page; leave out the letters that nobody needs"
                .to_owned(),
        );
    }
    let font = fs::read(path).map_err(|error| format!("this font cannot be read ({error})"))?;
    if !font.starts_with(b"wOF2") {
        return Err("this is not a WOFF2 file, whatever its name says".to_owned());
    }
    Ok((stem.to_owned(), font))
}
