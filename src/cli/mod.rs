//! One file a command: arguments to option structs, results to words and exit codes.
//!
//! Only this module prints, reads the clock or the environment. Each command is a thin face on
//! a library call, so that another front end can do the same. Exit codes: 0 fine, 1 the site has
//! errors or a proof does not hold, 2 could not run.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "this is the module that talks to the person and to the operating system"
)]

mod acts;
mod assess;
mod audit;
mod backup;
mod build;
mod certify;
mod check;
mod complaint;
mod console;
mod crosslist;
mod explain;
mod exports;
mod handover;
mod import;
mod inspect;
mod inventory;
mod keys;
mod log;
mod names;
mod new;
mod own;
mod pack;
mod publish;
mod record;
mod restore;
mod secrets;
mod serve;
mod similar;
mod succession;
mod tags;
mod verify;
mod verify_number;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::provenance::instant;
use clap::{CommandFactory as _, Parser, Subcommand};

/// One folder of Markdown, TOML and photographs becomes a storefront, and its designs become
/// dated records that anybody can check.
#[derive(Debug, Parser)]
#[command(name = "selvedge", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Begin with:\n  selvedge new my-shop\n  selvedge serve my-shop")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Check(check::Args),
    Build(build::Args),
    Serve(serve::Args),
    Publish(publish::Args),
    Import(import::Args),
    Keys(keys::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Handover(handover::Args),
    Record(record::Args),
    Tags(tags::Args),
    Audit(audit::Args),
    Certify(certify::Args),
    Complaint(complaint::Args),
    Log(log::Args),
    Pack(pack::Args),
    Similar(similar::Args),
    Inventory(inventory::Args),
    Assess(assess::Args),
    Verify(verify::Args),
    Explain(explain::Args),
    Inspect(inspect::Args),
    Dump(inspect::DumpArgs),
    /// Print a script that completes commands in your shell
    #[command(
        after_help = "Example:\n  selvedge completions bash > ~/.local/share/bash-completion/completions/selvedge"
    )]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  selvedge man | man -l -")]
    Man,
}

impl Command {
    /// Whether keys, passphrases or what opens a seal may come into memory.
    fn may_open_keys(&self) -> bool {
        match self {
            Self::Keys(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Handover(_)
            | Self::Record(_)
            | Self::Tags(_)
            | Self::Certify(_)
            | Self::Complaint(_)
            | Self::Log(_)
            | Self::Publish(_) => true,
            Self::New(_)
            | Self::Check(_)
            | Self::Build(_)
            | Self::Serve(_)
            | Self::Import(_)
            | Self::Audit(_)
            | Self::Pack(_)
            | Self::Similar(_)
            | Self::Inventory(_)
            | Self::Assess(_)
            | Self::Verify(_)
            | Self::Explain(_)
            | Self::Inspect(_)
            | Self::Dump(_)
            | Self::Completions { .. }
            | Self::Man => false,
        }
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// All is well.
    Fine,
    /// The site has errors, or a proof does not hold.
    Wrong,
}

/// Why a command could not do its work; the text is for the person.
#[derive(Debug)]
struct Failed(String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(deeper) = cause {
            let words = deeper.to_string();
            if !text.contains(&words) {
                text.push_str(": ");
                text.push_str(&words);
            }
            cause = deeper.source();
        }
        Self(text)
    }
}

/// What every command returns.
type Outcome = Result<Ended, Failed>;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // Tests open keys by the hundred; the program that people use does not look at this.
    #[cfg(debug_assertions)]
    if let Some(rounds) = std::env::var("SELVEDGE_TEST_ROUNDS").ok().and_then(|n| n.parse().ok()) {
        crate::custody::make_weak_files_for_tests(rounds);
    }
    if cli.command.may_open_keys() {
        crate::custody::guard::keep_memory_private();
    }
    let outcome = match cli.command {
        Command::New(args) => new::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Handover(args) => handover::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Tags(args) => tags::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Certify(args) => certify::run(&args),
        Command::Complaint(args) => complaint::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Pack(args) => pack::run(&args),
        Command::Similar(args) => similar::run(&args),
        Command::Inventory(args) => inventory::run(&args),
        Command::Assess(args) => assess::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Dump(args) => inspect::dump(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "selvedge", &mut std::io::stdout());
            Ok(Ended::Fine)
        }
        Command::Man => manual(),
    };
    match outcome {
        Ok(Ended::Fine) => ExitCode::SUCCESS,
        Ok(Ended::Wrong) => ExitCode::from(1),
        Err(Failed(words)) => {
            console::failure(&words);
            ExitCode::from(2)
        }
    }
}

fn manual() -> Outcome {
    let mut out = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut out)?;
    for command in Cli::command().get_subcommands() {
        clap_mangen::Man::new(command.clone()).render_description_section(&mut out)?;
    }
    console::print(&String::from_utf8_lossy(&out));
    Ok(Ended::Fine)
}

/// The folder of a site, from an optional argument.
fn site_folder(argument: Option<&PathBuf>) -> PathBuf {
    argument.cloned().unwrap_or_else(|| PathBuf::from("."))
}

/// Whom `--audience` names; everybody without it.
fn audience_named(wanted: Option<&str>) -> crate::model::Audience {
    let all = crate::model::Audience::ALL;
    let named = all.iter().find(|(_, name)| Some(*name) == wanted);
    named.map_or(crate::model::Audience::Public, |(audience, _)| *audience)
}

/// The day of UTC that a time falls on; what comes and goes by date is judged by it.
fn day(at: jiff::Timestamp) -> crate::model::Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// What counts as now.
#[derive(Clone, Copy, Debug)]
struct Moment {
    at: jiff::Timestamp,
    /// Whether the person said it with `--at`: then nobody asks her whether the clock is right.
    is_stated: bool,
}

impl Moment {
    /// The instant of [`now`], to the second, which is what records hold.
    fn of(at: Option<&str>) -> Result<Self, Failed> {
        let time = jiff::Timestamp::from_second(now(at)?.as_second())?;
        Ok(Self { at: time, is_stated: at.is_some() })
    }

    /// Asks whether a clock is right that is far ahead of what was last signed. `--yes` is no answer to that: it was said
    /// before anybody knew.
    fn expect_right(self, clock: crate::attest::Clock) -> Result<(), Failed> {
        let crate::attest::Clock::Jump { last } = clock else { return Ok(()) };
        if self.is_stated {
            return Ok(());
        }
        let (at, last) = (instant::format(self.at), instant::format(last));
        if !console::is_interactive() {
            return Err(Failed(format!(
                "this machine's clock says {at}, and what was signed last is of {last}. Nobody can be asked whether that is right, so \
                 nothing was signed: set the clock; or, if it is right, say so with --at {at}"
            )));
        }
        let words = format!(
            "This machine's clock says {at}; what was signed last is of {last}. Is the clock right? (yes or no)"
        );
        match console::ask(&words, "no").to_lowercase().as_str() {
            "yes" | "y" => Ok(()),
            _ => Err(Failed("nothing was signed; set the clock first".to_owned())),
        }
    }
}

/// The instant that counts as now: `--at`, else `SOURCE_DATE_EPOCH`, else the clock.
fn now(at: Option<&str>) -> Result<jiff::Timestamp, Failed> {
    if let Some(at) = at {
        return at.parse().map_err(|_| {
            Failed(format!("\"{at}\" is not a time; write for example --at 2026-05-01T12:00:00Z"))
        });
    }
    if let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") {
        return seconds
            .parse()
            .ok()
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
            .ok_or_else(|| Failed("SOURCE_DATE_EPOCH is not a number of seconds".to_owned()));
    }
    let clock = std::time::SystemTime::now();
    jiff::Timestamp::try_from(clock)
        .map_err(|_| Failed("this machine's clock is far off".to_owned()))
}
