//! `build`: the site, into a folder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use rayon::prelude::*;

use crate::archive::{self, ArchiveError};
use crate::assemble::{Depth, Workshop};
use crate::custody::leak::{Scanner, Watch};
use crate::evidence::may_not_leave;
use crate::model::{Audience, BaseUrl};
use crate::read::Changed;
use crate::render::{Inputs, LinkStyle, RenderError, Route, Routes};
use crate::write::{Output, RealDisk, SitePath, Surroundings};

use super::keys::KeyDir;
use super::log::due::left_by_build;
use super::{Ended, Failed, Outcome, audience_named, console, now, secrets, site_folder};

/// Make the site: pages, photographs and records in a folder that any host can serve
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge build my-shop\n  selvedge build my-shop -o /media/usb/shop --offline\n  selvedge build my-shop --audience trade -o for-dealers.zip"
)]
pub(super) struct Args {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// Where to put it [default: `public` in the site's folder; with --audience a ZIP file in its `private`]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Make a ZIP file to send: the site with what is for dealers (trade) or for members too
    #[arg(long, value_name = "WHO", value_parser = ["public", "trade", "members"])]
    audience: Option<String>,
    /// Show another address on the pages, for a trial at another place; identity does not change
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Write links so that the site opens from a folder or a USB stick
    #[arg(long)]
    offline: bool,
    /// Leave out what has errors and build the rest; the exit code is still 1
    #[arg(long)]
    skip_broken: bool,
    /// Take away pages of records that were built before, although printed codes lead to them: after practice
    #[arg(long)]
    drop_records: bool,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How many threads to use [default: one for each processor]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
    /// Print how long each part took
    #[arg(long)]
    timings: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    if let Some(threads) = args.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build_global()?;
    }
    let mut clock = Timings::start(args.timings);
    let at = now(args.at.as_deref())?;
    let root = site_folder(args.site.as_ref());
    let audience = audience_named(args.audience.as_deref());
    let mut workshop = Workshop::for_audience(&root, audience).at(at);
    let mut progress = console::Progress::new("photographs", args.quiet || args.json);
    let mut loaded = workshop
        .load(Changed::All, Depth::Everything, &|done, total| progress.step(done, total))?;
    progress.end();
    workshop.forget_texts();
    clock.lap("read, check, photographs");
    let has_errors = loaded.diagnostics.has_errors();
    if args.json {
        // Printed at the end, with the rest.
    } else if args.quiet {
        console::errors(&loaded.diagnostics, &loaded.sources);
    } else {
        console::diagnostics_in_short(&loaded.diagnostics, &loaded.sources);
    }
    let report = |written: Option<&crate::write::Written>| {
        if args.json {
            console::json(&serde_json::json!({
                "diagnostics": console::diagnostics_json(&loaded.diagnostics, &loaded.sources),
                "written": written.map(|w| w.written),
                "unchanged": written.map(|w| w.unchanged),
                "removed": written.map(|w| w.removed),
            }));
        }
    };
    if loaded.site.is_none() || (has_errors && !args.skip_broken) {
        report(None);
        console::say("nothing was built, and what was built before is as it was");
        return Ok(Ended::Wrong);
    }
    let Some(site) = &mut loaded.site else { return Ok(Ended::Wrong) };
    if let Some(url) = &args.base_url {
        let parsed = BaseUrl::parse(url).map_err(|_| {
            Failed(format!(
                "\"{url}\" is not an address for a site; write for example https://shop.example/"
            ))
        })?;
        site.base_url = Some(parsed);
    }
    let to_send = audience != Audience::Public;
    if to_send {
        // Its pages are at no address; what they say would not be found at the public one.
        site.base_url = None;
    }
    let mut watch = Watch::default();
    secrets::know_keys(&mut watch, &root, site, &KeyDir::of_environment());
    let inputs = Inputs {
        site,
        evidence: &loaded.evidence,
        signed: &loaded.signed,
        photos: &loaded.photos,
        theme: &loaded.theme,
        at,
        links: if args.offline || to_send { LinkStyle::Files } else { LinkStyle::Pretty },
    };
    let scanner = watch.ready();
    let (routes, mut found) = rayon::join(
        || {
            let routes = Routes::new(inputs);
            // Counting them lays them out.
            let _ = routes.len();
            routes
        },
        || secrets::in_texts(&root, &loaded.sources, &loaded.left_out, &scanner),
    );
    found.extend(secrets::in_tracked_files(&root, &scanner));
    clock.lap("routes laid out, texts and what git keeps looked through");
    if !args.quiet && !args.json && !to_send {
        for (path, letter) in routes.badges_without_png() {
            console::say(&format!(
                "{path} has no PNG beside it: no font at hand can draw \"{letter}\"; the SVG has it all, and a font with this letter, laid into \
                 the folder fonts/ as WOFF2, draws the PNG too"
            ));
        }
    }
    let refused = |found: &[secrets::Place]| {
        let why = secrets::in_words("built", found);
        if args.json {
            console::json(&serde_json::json!({ "refused": why }));
        }
        console::failure(&why);
        Ok(Ended::Wrong)
    };
    if !found.is_empty() {
        return refused(&found);
    }
    if to_send {
        let default = || root.join("private").join(format!("for-{}.zip", audience.name()));
        let target = args.output.clone().unwrap_or_else(default);
        let packed = match archive::store(&routes, audience, &root, &target, &scanner) {
            Err(ArchiveError::Secrets(found)) => return refused(&found),
            packed => packed?,
        };
        clock.lap("pages made and packed");
        if args.json {
            console::json(&serde_json::json!({
                "diagnostics": console::diagnostics_json(&loaded.diagnostics, &loaded.sources),
                "archive": target.display().to_string(),
                "files": packed.files,
                "bytes": packed.bytes,
            }));
        } else if !args.quiet {
            console::say(&format!(
                "{} is made: {} files, {} kB; it is for {} alone, so send it to nobody else",
                target.display(),
                packed.files,
                packed.bytes.div_ceil(1000),
                if audience == Audience::Trade { "dealers" } else { "members" },
            ));
        }
        clock.end();
        return Ok(if has_errors { Ended::Wrong } else { Ended::Fine });
    }
    let target = args.output.clone().unwrap_or_else(|| root.join("public"));
    let how = How {
        source: &root,
        scanner: &scanner,
        are_texts_plain: secrets::are_plain(&loaded.sources),
        may_drop: args.drop_records,
    };
    let written = match write(&routes, &target, &how)? {
        Ok(written) => written,
        Err(Refused::Secrets(found)) => return refused(&found),
        Err(Refused::Template(why)) => {
            if args.json {
                console::json(&serde_json::json!({ "refused": why }));
            }
            console::failure(&why);
            return Ok(Ended::Wrong);
        }
    };
    clock.lap("pages made and written");
    if let Err(error) = workshop.prune() {
        let why = crate::write::plain_words(&error);
        console::say(&format!("old photographs could not be cleared from the cache: {why}"));
    }
    clock.lap("cache cleared");
    report(Some(&written));
    if !args.quiet && !args.json {
        say_written(&written, &target);
        if let Some(left) = left_by_build(&root, &loaded.evidence, at) {
            console::say(&left);
        }
    }
    drop(routes);
    // The program ends here. Taking ten thousand products apart piece by piece is a twentieth of its time.
    std::mem::forget((loaded, workshop));
    clock.end();
    Ok(if has_errors { Ended::Wrong } else { Ended::Fine })
}

/// After so many files the disk is told to begin.
const SETTLE_AFTER: usize = 4096;

/// Why a site that could be loaded was not put down.
enum Refused {
    /// Secrets stand in it.
    Secrets(Vec<secrets::Place>),
    /// A template of its own cannot be filled in.
    Template(String),
}

/// How a site is put down.
struct How<'a> {
    /// The site's folder.
    source: &'a Path,
    scanner: &'a Scanner,
    /// Whether a page holds nothing that the texts, which were looked through, do not say letter by letter.
    are_texts_plain: bool,
    /// Whether pages of records may be taken away.
    may_drop: bool,
}

/// Makes every route on all threads, looks it through for secrets unless it is made from plain texts alone, and puts it down. With
/// secrets, also in what others laid into the folder, or a template that cannot be filled in, nothing is changed.
fn write(
    routes: &Routes<'_>,
    target: &Path,
    how: &How<'_>,
) -> Result<Result<crate::write::Written, Refused>, Failed> {
    let home = std::env::home_dir();
    let around = Surroundings { source: how.source, home: home.as_deref() };
    let output = Output::open(&RealDisk, target, around)?;
    // What is made from all products takes long, so it does not wait for the end, where one thread would
    // be alone with it.
    let all = routes.iter().map(|(path, route)| (path.as_str(), route));
    let (long, short): (Vec<_>, Vec<_>) = all.partition(|(_, route)| route.is_of_all());
    let put = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let template = Mutex::new(None);
    let made = std::thread::scope(|scope| -> Result<(), Failed> {
        let (sender, receiver) = mpsc::sync_channel::<()>(1);
        // The disk works while pages are made. A small site is soon done.
        let settling = scope.spawn(|| receiver.into_iter().try_for_each(|()| output.settle()));
        let make = |(path, route): &(&str, Route)| -> Result<(), Failed> {
            let bytes = routes.bytes_of(path, *route).inspect_err(|error| {
                if matches!(error, RenderError::Template(..)) {
                    template.lock().expect("nobody panics").get_or_insert(error.to_string());
                }
            })?;
            // What is made anew of the dots of a photograph holds nothing else of its file.
            let is_anew = matches!(route, Route::Photo(_)) && !path.ends_with(".svg");
            let is_told = route.is_of_texts() && how.are_texts_plain;
            let leak = if is_anew || is_told { None } else { how.scanner.find(&bytes) };
            if let Some(leak) = leak {
                found.lock().expect("nobody panics").push(((*path).to_owned(), leak));
                return Ok(());
            }
            output.put(&SitePath::new(path)?, &bytes)?;
            if (put.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(SETTLE_AFTER) {
                // If it is still busy with what was before, the next time does.
                let _ = sender.try_send(());
            }
            Ok(())
        };
        let all_of = |routes: &[(&str, Route)]| routes.par_iter().try_for_each(make);
        let (long, short) = rayon::join(|| all_of(&long), || all_of(&short));
        drop(sender);
        let settled = settling.join().expect("it does not panic");
        long.and(short)?;
        Ok(settled?)
    });
    if let Some(why) = template.into_inner().expect("nobody panics") {
        return Ok(Err(Refused::Template(why)));
    }
    made?;
    let mut found = found.into_inner().expect("nobody panics");
    found.extend(secrets::in_files_of_others(target, &output.of_others()?, how.scanner));
    if !found.is_empty() {
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        return Ok(Err(Refused::Secrets(found)));
    }
    let leaving = output.leaving();
    let lasting = may_not_leave(leaving.iter().map(String::as_str), &|path| routes.has(path));
    if let Some(lasting) = lasting.filter(|_| !how.may_drop) {
        return Err(Failed(lasting.to_string()));
    }
    Ok(Ok(output.finish()?))
}

fn say_written(written: &crate::write::Written, target: &Path) {
    let mut words = format!(
        "{} is built: {} files written, {} as they were",
        target.display(),
        written.written,
        written.unchanged
    );
    if written.removed > 0 {
        words.push_str(&format!(", {} removed", written.removed));
    }
    console::say(&words);
    for path in &written.kept {
        console::say(&format!(
            "  {} is no longer part of the site, but somebody changed it, so it was left there",
            path.as_str()
        ));
    }
}

/// Prints how long each part took, if asked to.
struct Timings {
    last: Instant,
    first: Instant,
    is_on: bool,
}

impl Timings {
    fn start(is_on: bool) -> Self {
        let now = Instant::now();
        Self { last: now, first: now, is_on }
    }

    fn lap(&mut self, what: &str) {
        if self.is_on {
            console::say(&format!("{:>8.1} ms  {what}", self.last.elapsed().as_secs_f64() * 1e3));
        }
        self.last = Instant::now();
    }

    fn end(&self) {
        if self.is_on {
            console::say(&format!("{:>8.1} ms  in all", self.first.elapsed().as_secs_f64() * 1e3));
        }
    }
}
