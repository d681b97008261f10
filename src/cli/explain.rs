//! `explain`: the long story of a code.

use crate::diag::{codes, nearest};

use super::{Ended, Failed, Outcome, console};

/// Tell more about one kind of problem
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge explain price-without-currency")]
pub(super) struct Args {
    /// The word in square brackets behind "error" or "warning"; without it all are listed
    code: Option<String>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let Some(name) = &args.code else {
        for (code, story) in codes::ALL {
            let first = story.split("\n\n").next().unwrap_or_default().replace('\n', " ");
            console::print(&format!("{code}\n    {first}\n"));
        }
        return Ok(Ended::Fine);
    };
    let name = name.trim_matches(['[', ']']);
    let Some(code) = codes::Code::named(name) else {
        let known = codes::ALL.iter().map(|(code, _)| code.name());
        let near = nearest(name, known).map(|near| format!("; did you mean \"{near}\"?"));
        return Err(Failed(format!(
            "there is no problem called \"{name}\"{}",
            near.unwrap_or_default()
        )));
    };
    console::print(&format!("{code}\n\n{}\n", code.story()));
    Ok(Ended::Fine)
}
