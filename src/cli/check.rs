//! `check`: all problems at once, or what still has to be translated.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::check::{self, Original, Site, Untranslated, untranslated};
use crate::diag::Span;
use crate::diag::report::visible;
use crate::model::{Audience, LocaleIx};
use crate::theme::{Theme, Words};

use super::{Ended, Outcome, console, day, now, site_folder};

/// Find everything that is wrong, and say how to mend it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  selvedge check my-shop\n  selvedge check my-shop --untranslated"
)]
pub(super) struct Args {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// List the texts that are still to be translated, by language, instead
    #[arg(long)]
    untranslated: bool,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let loaded =
        crate::assemble::load_on(&site_folder(args.site.as_ref()), day(now(args.at.as_deref())?))?;
    if args.untranslated {
        let Some(site) = &loaded.site else {
            console::diagnostics(&loaded.diagnostics, &loaded.sources);
            return Ok(Ended::Wrong);
        };
        // What is for dealers or members only is to be translated too.
        let root = site_folder(args.site.as_ref());
        let mut others = Vec::new();
        for audience in [Audience::Trade, Audience::Members] {
            others.extend(check::load_as(&root, audience, day(now(args.at.as_deref())?))?.site);
        }
        let sites: Vec<&Site> = std::iter::once(site).chain(&others).collect();
        let all: Vec<Language<'_>> = site
            .locale_ixs()
            .map(|locale| Language::of(&sites, &loaded.theme, locale))
            // Of the first language only words of pages can be missing.
            .filter(|language| {
                language.tag != site.locale(LocaleIx::FIRST).tag()
                    || !language.words.borrowed().is_empty()
            })
            .collect();
        if args.json {
            let all: Vec<Value> = all.iter().map(Language::json).collect();
            console::json(&json!({ "languages": all }));
        } else if all.is_empty() {
            console::say(&format!(
                "the site has one language, {}; add others to `languages` in site.toml",
                site.locale(LocaleIx::FIRST)
            ));
        } else {
            for language in &all {
                console::print(&language.table());
            }
        }
        return Ok(Ended::Fine);
    }
    let root = site_folder(args.site.as_ref());
    let mut loaded = loaded;
    let at = now(args.at.as_deref())?;
    let today = day(at);
    let faults = loaded.page_faults(at);
    loaded.diagnostics.extend(faults);
    loaded.diagnostics.extend(crate::complaint::overdue(&root, today, &mut loaded.sources)?);
    if args.json {
        console::json(&console::diagnostics_json(&loaded.diagnostics, &loaded.sources));
    } else {
        console::diagnostics(&loaded.diagnostics, &loaded.sources);
        if loaded.diagnostics.is_empty() {
            console::say("nothing to mend");
        }
    }
    Ok(if loaded.diagnostics.has_errors() { Ended::Wrong } else { Ended::Fine })
}

/// What one language lacks.
struct Language<'a> {
    tag: &'a str,
    /// Each with the site that has it.
    texts: Vec<(&'a Site, Untranslated<'a>)>,
    words: Words,
}

impl<'a> Language<'a> {
    /// From the same folder as each audience sees it, everybody first.
    fn of(sites: &[&'a Site], theme: &Theme, locale: LocaleIx) -> Self {
        let tag = sites[0].locale(locale).tag();
        let mut told = BTreeSet::new();
        let mut texts = Vec::new();
        for site in sites {
            let found = untranslated(site, locale).into_iter();
            let new = found.filter(|one| told.insert((one.thing.clone(), one.field.clone())));
            texts.extend(new.map(|one| (*site, one)));
        }
        Self { tag, texts, words: theme.words(tag) }
    }

    fn things(&self) -> usize {
        self.texts.iter().map(|(_, one)| one.thing.as_str()).collect::<BTreeSet<_>>().len()
    }

    /// The file for a text in this language: beside its thing, or the same file for `site.toml`.
    fn write_in(&self, site: &Site, one: &Untranslated<'_>) -> String {
        let file = path(site, one);
        match file.strip_suffix(".md") {
            Some(stem) => format!("{stem}.{}.md", self.tag),
            None => file.to_owned(),
        }
    }

    fn words_file(&self) -> String {
        format!("theme/words/{}.toml", self.tag)
    }

    fn json(&self) -> Value {
        let texts = self.texts.iter().map(|(site, one)| {
            json!({
                "thing": one.thing,
                "field": one.field,
                "file": path(site, one),
                "line": line(site, one),
                "write_in": self.write_in(site, one),
                "language": site.locale(one.from).tag(),
                "original": original(site, one),
            })
        });
        let words = self.words.borrowed().iter();
        let words =
            words.map(|name| json!({"name": name, "original": self.words.for_script(name)}));
        json!({
            "language": self.tag,
            "texts": self.texts.len(),
            "things": self.things(),
            "words": self.words.borrowed().len(),
            "missing_texts": texts.collect::<Vec<Value>>(),
            "missing_words": words.collect::<Vec<Value>>(),
            "write_words_in": self.words_file(),
        })
    }

    /// A table for a person: by file, what stands where and what it says.
    fn table(&self) -> String {
        /// Characters of a text that are shown.
        const SHOWN: usize = 60;
        let count = |number: usize, one: &str, many: &str| match number {
            1 => format!("1 {one}"),
            number => format!("{number} {many}"),
        };
        let words = self.words.borrowed();
        if self.texts.is_empty() && words.is_empty() {
            return format!("{}: everything is translated\n", self.tag);
        }
        let mut out = format!(
            "{}: {} of {}, {} of the interface\n",
            self.tag,
            count(self.texts.len(), "text", "texts"),
            count(self.things(), "thing", "things"),
            count(words.len(), "word", "words"),
        );
        let wide = self.texts.iter().map(|(_, one)| one.field.chars().count()).max().unwrap_or(0);
        let mut before = None;
        for (site, one) in &self.texts {
            let target = self.write_in(site, one);
            if before.as_ref() != Some(&target) {
                let _ = writeln!(out, "  write in {}", visible(&target));
                before = Some(target);
            }
            let place = match line(site, one) {
                Some(line) => format!("{}:{line}", path(site, one)),
                None => path(site, one).to_owned(),
            };
            let text = shortened(&original(site, one), SHOWN);
            let _ =
                writeln!(out, "    {:wide$}  {}  ({})", one.field, visible(&text), visible(&place));
        }
        if !words.is_empty() {
            let _ = writeln!(out, "  write in {}", self.words_file());
            for name in words {
                let _ = writeln!(out, "    {name} = {}", self.words.in_file(name));
            }
        }
        out
    }
}

fn path<'s>(site: &'s Site, one: &Untranslated<'_>) -> &'s str {
    one.place.map_or("site.toml", |place| site.sources.path(place.file))
}

/// What is to be translated, on one line.
fn original(site: &Site, one: &Untranslated<'_>) -> String {
    match one.original {
        Original::Line(text) => text.to_owned(),
        Original::Story(span) => {
            site.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

/// The line on which a text begins, if it stands in its file as it is shown.
fn line(site: &Site, one: &Untranslated<'_>) -> Option<usize> {
    let Span { file, .. } = one.place?;
    let start = match one.original {
        Original::Line(text) => {
            // In quotes it is the field, and no part of another.
            let source = site.sources.text(file);
            // In a row of a table nothing stands in quotes, and what is before it is another's.
            let row = one.place.map_or(0, |place| place.range().start);
            if row > 0 {
                let at = source.get(row..).and_then(|rest| rest.find(text)).unwrap_or(0);
                return Some(site.sources.line_column(file, row + at).0);
            }
            source.find(&format!("\"{text}\"")).or_else(|| source.find(text))?
        }
        Original::Story(span) => {
            let blank = site.sources.slice(span);
            span.range().start + (blank.len() - blank.trim_start().len())
        }
    };
    Some(site.sources.line_column(file, start).0)
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}
