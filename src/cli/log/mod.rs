//! `log`: what is done about the register as a whole.

mod anchor;

use super::Outcome;

/// Have the register dated by others
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge log anchor my-shop --tsa https://time.example/tsr --tsa-root time-root.pem"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Anchor(anchor::Args),
}

pub(super) fn run(args: &Args) -> Outcome {
    match &args.what {
        What::Anchor(args) => anchor::run(args),
    }
}
