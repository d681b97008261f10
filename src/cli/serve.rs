//! `serve`: the live preview.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::assemble::{Assembled, Depth, Workshop};
use crate::diag::report::{Colour, in_short, to_text};
use crate::model::Audience;
use crate::read::Changed;
use crate::render::{Inputs, LinkStyle, RenderError, Routes};
use crate::serve::{self, Options, Pages, Problems};

use super::{Ended, Outcome, audience_named, console, now, site_folder};

/// Show the site in your browser while you work on it; it follows every change
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge serve my-shop\n  selvedge serve my-shop --audience trade"
)]
pub(super) struct Args {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// The port on this machine
    #[arg(long, default_value_t = 4600)]
    port: u16,
    /// Show what dealers (trade) or members get too; nobody but this machine sees it
    #[arg(long, value_name = "WHO", value_parser = ["public", "trade", "members"])]
    audience: Option<String>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = site_folder(args.site.as_ref());
    let audience = audience_named(args.audience.as_deref());
    let workshop = Workshop::for_audience(&root, audience).at(at).following();
    let mut following = Following { workshop, at, last: None };
    // A folder that holds no site is said at once, not in the browser.
    let mut first = Some(following.load(Changed::All)?);
    let load: serve::Load = Box::new(move |changed, show| {
        if let Some(first) = first.take() {
            return show(first);
        }
        following.follow(changed, show);
    });
    let options = Options { folder: root.clone(), port: args.port };
    serve::run(&options, load, |url| {
        console::say(&format!("the site is at {url}\nChange its files and look; end with Ctrl-C."));
    })?;
    Ok(Ended::Fine)
}

/// The folder as it changes.
struct Following {
    workshop: Workshop,
    at: jiff::Timestamp,
    /// What was loaded last, and what was to be said of it.
    last: Option<(Arc<Assembled>, Problems)>,
}

impl Following {
    /// Shows what became of the folder: what one product says now at once if that is all, and then
    /// what all of it is, unless that is the same.
    fn follow(&mut self, changed: &[String], show: &mut dyn FnMut(Arc<dyn Pages>)) {
        let quick = self.last.as_ref().and_then(|(last, problems)| {
            let retold = Arc::new(self.workshop.retell(last, changed)?);
            show(showing(&retold, self.at, problems.clone()));
            Some((retold, problems.clone()))
        });
        let changed = match (&quick, changed) {
            (Some(_), _) => Changed::Paths(&[]),
            (None, []) => Changed::All,
            (None, paths) => Changed::Paths(paths),
        };
        match self.load(changed) {
            Ok(loaded) => {
                let is_shown = quick
                    .zip(self.last.as_ref())
                    .is_some_and(|(quick, last)| quick.0.site == last.0.site && quick.1 == last.1);
                if !is_shown {
                    show(loaded);
                }
            }
            Err(words) => {
                self.last = None;
                show(Arc::new(Unreadable(words.0)));
            }
        }
    }

    fn load(&mut self, changed: Changed<'_>) -> Result<Arc<dyn Pages>, super::Failed> {
        let mut progress = console::Progress::new("photographs", false);
        let loaded =
            self.workshop.load(changed, Depth::OnDemand, &|done, total| progress.step(done, total));
        progress.end();
        let mut loaded = loaded?;
        console::diagnostics_in_short(&loaded.diagnostics, &loaded.sources);
        if let Some(site) = &mut loaded.site
            && site.audience != Audience::Public
        {
            // As in the file that is sent to them: its pages are at no address.
            site.base_url = None;
        }
        let problems = problems(&loaded);
        let loaded = Arc::new(loaded);
        let pages = showing(&loaded, self.at, problems.clone());
        self.last = Some((loaded, problems));
        Ok(pages)
    }
}

/// What is wrong, for the note on every page.
fn problems(loaded: &Assembled) -> Problems {
    let sorted = loaded.diagnostics.sorted(&loaded.sources);
    let (told, more) = in_short(&sorted);
    let mut texts: Vec<String> =
        told.into_iter().map(|d| to_text(d, &loaded.sources, Colour::Never)).collect();
    texts.extend(more);
    Problems { has_errors: loaded.diagnostics.has_errors(), texts: texts.join("\n") }
}

/// One loaded state, on threads of its own that end when nobody asks any more.
///
/// Routes borrow what they are made from, so a thread owns both and answers questions.
struct Showing {
    ask: Sender<Question>,
    problems: Problems,
    base_path: String,
    beside: Vec<String>,
}

type Answer = Option<Result<Vec<u8>, String>>;

struct Question {
    path: String,
    answer: Sender<Answer>,
}

/// How many pages or photographs are made at the same time.
const MAKERS: usize = 4;

fn showing(loaded: &Arc<Assembled>, at: jiff::Timestamp, problems: Problems) -> Arc<dyn Pages> {
    let Some(site) = &loaded.site else { return Arc::new(Unreadable(problems.texts)) };
    let base_path =
        site.base_url.as_ref().map_or_else(|| "/".to_owned(), |url| url.path().to_owned());
    let (ask, questions) = channel();
    let members = site.members.iter().map(|member| member.prefix.clone());
    let beside = members.filter(|prefix| prefix.starts_with("../")).collect();
    let loaded = Arc::clone(loaded);
    std::thread::spawn(move || answer(&loaded, at, questions));
    Arc::new(Showing { ask, problems, base_path, beside })
}

fn answer(loaded: &Assembled, at: jiff::Timestamp, questions: Receiver<Question>) {
    let Some(site) = &loaded.site else { return };
    let routes = Routes::new(Inputs {
        site,
        evidence: &loaded.evidence,
        signed: &loaded.signed,
        photos: &loaded.photos,
        theme: &loaded.theme,
        at,
        links: LinkStyle::Pretty,
    });
    let questions = Mutex::new(questions);
    std::thread::scope(|scope| {
        for _ in 0..MAKERS {
            scope.spawn(|| {
                loop {
                    let next = questions.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(Question { path, answer }) = next else { return };
                    let made = match routes.bytes(&path) {
                        Ok(bytes) => Some(Ok(bytes)),
                        Err(RenderError::NoSuchPath(_)) => None,
                        Err(error) => Some(Err(error.to_string())),
                    };
                    // A browser that went away does not wait for the answer.
                    let _ = answer.send(made);
                }
            });
        }
    });
}

impl Pages for Showing {
    fn bytes(&self, path: &str) -> Answer {
        let (answer, made) = channel();
        let question = Question { path: path.to_owned(), answer };
        let gone = || Some(Err("the preview is being made anew; load the page again".to_owned()));
        if self.ask.send(question).is_err() {
            return gone();
        }
        made.recv().unwrap_or_else(|_| gone())
    }

    fn not_found(&self) -> Vec<u8> {
        match self.bytes("404.html") {
            Some(Ok(bytes)) => bytes,
            _ => b"<!doctype html><title>404</title><body><p>There is no such page.</p></body>"
                .to_vec(),
        }
    }

    fn problems(&self) -> Problems {
        self.problems.clone()
    }

    fn folders_beside(&self) -> Vec<String> {
        self.beside.clone()
    }

    fn base_path(&self) -> String {
        self.base_path.clone()
    }
}

/// Shown while `site.toml` cannot be used.
struct Unreadable(String);

impl Pages for Unreadable {
    fn bytes(&self, path: &str) -> Answer {
        (Path::new(path) == Path::new("index.html")).then(|| Ok(self.not_found()))
    }

    fn not_found(&self) -> Vec<u8> {
        b"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not yet</title><body><h1>This site cannot be shown yet</h1></body>"
            .to_vec()
    }

    fn problems(&self) -> Problems {
        Problems { has_errors: true, texts: self.0.clone() }
    }

    fn base_path(&self) -> String {
        "/".to_owned()
    }
}
