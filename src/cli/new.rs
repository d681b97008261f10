//! `new`: a site that builds and is pretty.

use std::fs;
use std::path::{Path, PathBuf};

use crate::check;
use crate::model::{Currency, Locale, SiteKind};
use crate::starter::{self, Answers};

use super::{Ended, Failed, Outcome, console};

/// Make a new site: a folder that builds, with examples to replace
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge new my-shop\n  selvedge new weavers --kind association --lang es,en"
)]
pub(super) struct Args {
    /// The folder to make
    path: PathBuf,
    /// What sort of site it is
    #[arg(long, value_enum, default_value = "shop")]
    kind: Kind,
    /// The languages of the site, the first one first, for example en,es
    #[arg(long, value_delimiter = ',', default_value = "en")]
    lang: Vec<String>,
    /// Ask nothing and take the defaults
    #[arg(long)]
    yes: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// One maker, or a few
    Shop,
    /// A body that gathers makers
    Association,
}

pub(super) fn run(args: &Args) -> Outcome {
    refuse_used_folder(&args.path)?;
    let folder_name = args.path.file_name().and_then(|name| name.to_str()).unwrap_or("my shop");
    let mut answers = Answers::defaults(&folder_name.replace(['-', '_'], " "));
    answers.kind = match args.kind {
        Kind::Shop => SiteKind::Shop,
        Kind::Association => SiteKind::Association,
    };
    answers.languages = args
        .lang
        .iter()
        .map(|tag| {
            tag.parse::<Locale>().map_err(|_| {
                Failed(format!(
                    "\"{tag}\" is not the tag of a language; write for example --lang en,es"
                ))
            })
        })
        .collect::<Result<_, _>>()?;
    if !args.yes && console::is_interactive() {
        answers.name = console::ask("What is it called?", &answers.name);
        loop {
            // What is no currency must not be offered again: an empty answer ends this.
            let asked = "In which money are your prices? (three letters)";
            let code = console::ask(asked, &answers.currency).to_uppercase();
            if Currency::from_code(&code).is_some() {
                answers.currency = code;
                break;
            }
            console::say("That is not the code of a currency. Examples: EUR, USD, PEN, VND.");
        }
        answers.whatsapp = ask_for(
            "WhatsApp number for orders, with + (may stay empty)",
            "",
            |text| check::telephone_digits(text).is_some(),
            "That cannot be called from everywhere: write it with + and the code of the country, for example +51 900 000 000.",
        );
        answers.email = ask_for(
            "E-mail address for orders",
            &answers.email,
            check::is_email,
            "That is no e-mail address; write for example ana@shop.example.",
        );
    }
    for file in starter::files(&answers) {
        let path = args.path.join(&file.path);
        let parent = path.parent().unwrap_or(&args.path);
        fs::create_dir_all(parent).map_err(|error| {
            Failed(format!("cannot make the folder {}: {error}", parent.display()))
        })?;
        fs::write(&path, &file.bytes)
            .map_err(|error| Failed(format!("cannot write {}: {error}", path.display())))?;
    }
    if answers.languages.first().is_some_and(|first| first.language() != "en") {
        console::say("The examples in it are in English: write your own words in their place.");
    }
    let shown = args.path.display();
    console::say(&format!(
        "{shown} is ready. See it with:\n  selvedge serve {}\nThen change the files in it; the browser follows.",
        quoted(&args.path)
    ));
    Ok(Ended::Fine)
}

/// Asks until the answer can be used; what is offered, and nothing where nothing is, always can.
fn ask_for(question: &str, usual: &str, is_good: impl Fn(&str) -> bool, why: &str) -> String {
    loop {
        let answer = console::ask(question, usual);
        if answer == usual || is_good(&answer) {
            return answer;
        }
        console::say(why);
    }
}

/// A path as it can be pasted into a command.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '\\' | '.' | '_' | '-' | ':');
    if text.chars().all(is_plain) { text } else { format!("\"{text}\"") }
}

fn refuse_used_folder(path: &Path) -> Result<(), Failed> {
    let mut entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failed(format!("cannot use {}: {error}", path.display()))),
    };
    if entries.next().is_some() {
        return Err(Failed(format!(
            "the folder {} is not empty; choose another name, so that nothing of yours is overwritten",
            path.display()
        )));
    }
    Ok(())
}
