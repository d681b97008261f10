//! `publish`: the site to where people find it.

use std::collections::BTreeMap;

use crate::assemble::{Depth, Workshop};
use crate::custody::leak::Watch;
use crate::model::{BaseUrl, Publish, Target};
use crate::publish::{
    self, Account, Goods, Options, PublishError, Published, Secrets, Step, private_files,
};
use crate::read::Changed;
use crate::render::{Inputs, LinkStyle, Routes};

use super::keys::{KeyPlace, PhraseSource};
use super::log::due::{Left, before_publishing};
use super::{Ended, Failed, Moment, Outcome, console, day, now, secrets};

/// Put the site where people find it: a folder, a git branch, or object storage; sends only what changed
#[derive(Debug, clap::Args)]
#[command(after_help = "Where to, also as `to` below [publish] in site.toml:\n  \
    git:gh-pages                      a branch of the repository that the site lies in, pushed to its remote `origin`\n  \
    git:https://host/me/shop.git#pages  a branch of another repository\n  \
    s3://bucket, gs://bucket, az://container   object storage; keys come from the environment (AWS_…, GOOGLE_…, AZURE_…)\n  \
    ../shop-public                    a folder\n\n\
    What is due in the register is done first. docs/PUBLISHING.md has the steps for each host.\n\n\
    Example:\n  selvedge publish my-shop --to git:gh-pages\n  \
    selvedge publish my-shop --to s3://my-shop --endpoint https://storage.example --dry-run")]
pub(super) struct Args {
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    phrase: PhraseSource,
    /// Where to [default: `to` below [publish] in site.toml]
    #[arg(long, value_name = "TARGET")]
    to: Option<String>,
    /// The address of a host that speaks S3, such as R2, MinIO or Backblaze [default: the cloud's own]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The region of the bucket, where the host asks for one
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Say what would be sent and removed, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Overwrite files of the same names that Selvedge did not put there
    #[arg(long)]
    replace: bool,
    /// Take away pages of records that were published before, although printed codes lead to them: after practice
    #[arg(long)]
    drop_records: bool,
    /// Leave alone what is due in the register
    #[arg(long)]
    skip_register: bool,
    /// Show another address on the pages, for a trial at another place; identity does not change
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = args.place.root();
    // Before anybody is asked for a passphrase: a site with errors is not published.
    let checked = crate::check::load_on(&root, day(at))?;
    if checked.site.is_none() || checked.diagnostics.has_errors() {
        console::errors(&checked.diagnostics, &checked.sources);
        return refused(args, &console::diagnostics_json(&checked.diagnostics, &checked.sources));
    }
    let settings = checked.site.map(|site| site.publish).unwrap_or_default();
    let target = target(args, &settings)?;
    let account = account(args, &settings);

    let mut watch = Watch::default();
    let left = match args.skip_register {
        true => Left::default(),
        false => before_publishing(
            &args.place,
            &args.phrase,
            Moment::of(args.at.as_deref())?,
            args.dry_run,
            &mut watch,
        )?,
    };
    for (name, value) in account.secrets() {
        watch.know_text(name, value);
    }

    let mut workshop = Workshop::new(&root).at(at);
    let mut progress = console::Progress::new("photographs", args.quiet || args.json);
    let mut loaded = workshop
        .load(Changed::All, Depth::Everything, &|done, total| progress.step(done, total))?;
    progress.end();
    let diagnostics = console::diagnostics_json(&loaded.diagnostics, &loaded.sources);
    if args.quiet || args.json {
        console::errors(&loaded.diagnostics, &loaded.sources);
    } else {
        console::diagnostics_in_short(&loaded.diagnostics, &loaded.sources);
    }
    let Some(site) = loaded.site.as_mut().filter(|_| !loaded.diagnostics.has_errors()) else {
        return refused(args, &diagnostics);
    };
    if let Some(url) = &args.base_url {
        site.base_url = Some(BaseUrl::parse(url).map_err(|_| {
            Failed(format!(
                "\"{url}\" is not an address for a site; write for example https://shop.example/"
            ))
        })?);
    }
    if site.base_url.is_none() && !matches!(target, Target::Folder(_)) {
        return Err(Failed(
            "the site does not know its address: add to site.toml a line such as base_url = \"https://shop.example/\"".to_owned(),
        ));
    }
    secrets::know_keys(&mut watch, &root, site, &args.place.dir);
    let inputs = Inputs {
        site,
        evidence: &loaded.evidence,
        signed: &loaded.signed,
        photos: &loaded.photos,
        theme: &loaded.theme,
        at,
        links: if settings.full_links { LinkStyle::Files } else { LinkStyle::Pretty },
    };
    let routes = Routes::new(inputs);
    let mut goods = Goods::of(&routes)?;
    if settings.headers {
        goods = goods.with_headers_file();
    }
    let secrets = Secrets { scanner: watch.ready(), private: private_files(&root) };
    let tracked = secrets::in_tracked_files(&root, &secrets.scanner);
    if !tracked.is_empty() {
        return kept_back(args, &target, &secrets::in_words("sent", &tracked));
    }
    let home = std::env::home_dir();
    let source = std::path::absolute(&root)?;
    let from = match &args.to {
        Some(_) => std::env::current_dir()?,
        // What site.toml says counts from where it lies.
        None => source.clone(),
    };
    let options = Options {
        is_trial: args.dry_run,
        replace: args.replace,
        drop_records: args.drop_records,
        forget_history: settings.forget_history,
        at,
        name: site.name.original(),
        source: &source,
        home: home.as_deref(),
        from: &from,
        may_ask: console::is_interactive(),
    };
    let lines = console::Steps::new(args.quiet || args.json);
    let tell = |step: Step, done: usize, total: usize| {
        let what = match step {
            Step::Looking => "pages and photographs looked through",
            Step::Asking => "files asked for",
            Step::Sending => "files sent",
            Step::Removing => "files removed",
        };
        lines.step(what, done, total);
    };
    let done = publish::publish(goods, &secrets, &target, &account, options, &tell);
    lines.end();
    if let Err(error) = workshop.prune() {
        let why = crate::write::plain_words(&error);
        console::say(&format!("old photographs could not be cleared from the cache: {why}"));
    }
    match done {
        Ok(done) => {
            if args.json {
                console::json(&report(args, &target, &done, &left, &diagnostics));
            } else if !args.quiet {
                say(args, &target, &done);
            }
            for words in &left.0 {
                console::say(words);
            }
            Ok(Ended::Fine)
        }
        Err(error @ PublishError::Secrets(_)) => kept_back(args, &target, &error.to_string()),
        Err(error) => Err(Failed(error.to_string())),
    }
}

fn kept_back(args: &Args, target: &Target, why: &str) -> Outcome {
    if args.json {
        console::json(&serde_json::json!({ "to": target.to_string(), "refused": why }));
    }
    console::failure(why);
    Ok(Ended::Wrong)
}

fn refused(args: &Args, diagnostics: &serde_json::Value) -> Outcome {
    if args.json {
        console::json(
            &serde_json::json!({ "refused": "the site has errors", "diagnostics": diagnostics }),
        );
    }
    console::say(
        "nothing was published, because the site has errors; `selvedge check` shows them all",
    );
    Ok(Ended::Wrong)
}

fn target(args: &Args, settings: &Publish) -> Result<Target, Failed> {
    match (&args.to, &settings.to) {
        (Some(text), _) => Target::parse(text)
            .map_err(|why| Failed(format!("--to {text}: {why}; {}", Target::EXAMPLES))),
        (None, Some(target)) => Ok(target.clone()),
        (None, None) => Err(Failed(format!(
            "where to? Say it with --to, or in site.toml as `to` below [publish]; {}",
            Target::EXAMPLES
        ))),
    }
}

/// Settings of site.toml count only where the target is that of site.toml or the command says no other.
fn account(args: &Args, settings: &Publish) -> Account {
    let own = args.to.is_none();
    let stated = |given: &Option<String>, written: &Option<String>| {
        given.clone().or_else(|| written.clone().filter(|_| own))
    };
    let all: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| Account::takes(name))
        .collect();
    Account {
        endpoint: stated(&args.endpoint, &settings.endpoint),
        region: stated(&args.region, &settings.region),
        settings: all,
    }
}

fn say(args: &Args, target: &Target, done: &Published) {
    if args.dry_run {
        for sent in &done.sent {
            console::print(&format!(
                "{} {} ({})\n",
                if sent.is_new { "new     " } else { "changed " },
                sent.path,
                size(sent.len_bytes)
            ));
        }
        for path in &done.removed {
            console::print(&format!("gone     {path}\n"));
        }
    }
    let (sent, removed) = match args.dry_run {
        true => ("would be sent", "would be removed"),
        false => ("sent", "removed"),
    };
    if done.is_nothing() {
        console::say(&format!("{target} has everything already: {} files", done.unchanged));
    } else {
        let mut words = format!(
            "{target}: {} files {sent} ({}), {} as they were",
            done.sent.len(),
            size(done.len_bytes()),
            done.unchanged
        );
        if !done.removed.is_empty() {
            words.push_str(&format!(", {} {removed}", done.removed.len()));
        }
        console::say(&words);
    }
    if done.has_forgotten {
        console::say(match args.dry_run {
            true => "its earlier states would be forgotten",
            false => {
                "its earlier states are no longer in the branch; a host may keep them for a while: ask it"
            }
        });
    }
    for path in &done.kept {
        console::say(&format!(
            "  {path} is no longer part of the site, but somebody changed it, so it was left there"
        ));
    }
}

fn report(
    args: &Args,
    target: &Target,
    done: &Published,
    left: &Left,
    diagnostics: &serde_json::Value,
) -> serde_json::Value {
    let paths = |paths: &[crate::write::SitePath]| {
        paths.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let sent: Vec<_> = done
        .sent
        .iter()
        .map(|sent| {
            serde_json::json!({ "path": sent.path.as_str(), "bytes": sent.len_bytes, "new": sent.is_new })
        })
        .collect();
    serde_json::json!({
        "to": target.to_string(),
        "dry_run": args.dry_run,
        "sent": sent,
        "removed": paths(&done.removed),
        "unchanged": done.unchanged,
        "kept": paths(&done.kept),
        "register": left.0,
        "diagnostics": diagnostics,
    })
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
