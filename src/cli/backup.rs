//! `backup`: one encrypted file with the site, its keys and the head that was seen last.

use std::path::PathBuf;

use crate::attest;
use crate::custody::backup::{self, Sources};
use crate::write::RealDisk;

use super::keys::{KeyPlace, PhraseSource, issuer};
use super::own;
use super::{Ended, Failed, Outcome, console, now};

/// Put the site, its private folder and its keys into one encrypted file
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The passphrase is that of the keys. The tool age opens the file as well.\n\nExample:\n  selvedge backup /media/stick/my-shop.age my-shop"
)]
pub(super) struct Args {
    /// The new file
    to: PathBuf,
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    phrase: PhraseSource,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &Args) -> Outcome {
    let now = now(args.at.as_deref())?;
    let root = args.place.root();
    let issuer = issuer(&root)?;
    let vault = args.place.vault(&root, &issuer)?;
    let keys = vault.folder.list()?;
    if keys.is_empty() && (attest::identity::load(&root)?.is_some() || own::home(&root).is_some()) {
        return Err(Failed(format!(
            "the keys of this site are not in {}, and a backup without them brings no name back; say with --key-dir where they lie",
            vault.folder.path().display()
        )));
    }
    let passphrase = args.phrase.read(keys.is_empty())?;
    // One passphrase for keys and backup: there is one thing to keep.
    for key in &keys {
        vault.folder.unlock(key.role, &passphrase)?;
    }
    let address = issuer.authority_and_path();
    let sources =
        Sources { site: &root, keys: &vault.folder, heads: &vault.heads, address: &address };
    let made = backup::create(&args.to, sources, &passphrase, now, &RealDisk)?;
    for name in &made.skipped {
        console::say(&format!("left out, because it is a link or no file: {name}"));
    }
    console::say(&format!(
        "{} files are in {}, and were read back. Keep it in another house than this computer. The master key sheet is not in it.",
        made.files,
        args.to.display()
    ));
    if vault.folder.state()?.is_some_and(|state| state.is_drill_due(now)) {
        console::say("Seven days have passed: test the sheet now with `selvedge keys drill`.");
    }
    Ok(Ended::Fine)
}
