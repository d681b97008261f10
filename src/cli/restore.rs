//! `restore`: the site and its keys back from a backup; or a drill that changes nothing.

use std::path::{Path, PathBuf};

use crate::custody::backup::{self, Compared, Elsewhere, Staged};
use crate::evidence::Disk;
use crate::provenance::did::DidWeb;
use crate::write::{self, RealDisk};

use super::keys::{KeyDir, PhraseSource, Vault};
use super::{Ended, Failed, Outcome, console};

/// Bring a site and its keys back from a backup
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge restore /media/stick/my-shop.age my-shop --published ~/downloaded-site\n  selvedge restore /media/stick/my-shop.age --check"
)]
pub(super) struct Args {
    /// The backup
    from: PathBuf,
    /// The new folder of the site
    #[arg(required_unless_present = "check")]
    to: Option<PathBuf>,
    #[command(flatten)]
    key_dir: KeyDir,
    #[command(flatten)]
    phrase: PhraseSource,
    /// A copy of the published site, or of a witness's, to compare the register with; may be
    /// given several times
    #[arg(long, value_name = "FOLDER")]
    published: Vec<PathBuf>,
    /// Leave the keys in it where they are: whoever carries the site on makes her own with `selvedge keys recover`
    #[arg(long)]
    without_keys: bool,
    /// Only test that the backup and the keys in it open; nothing is written
    #[arg(long, conflicts_with_all = ["to", "published", "without_keys"])]
    check: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let passphrase = args.phrase.read(false)?;
    let Some(to) = args.to.as_ref().filter(|_| !args.check) else {
        let checked = backup::check(&args.from, &passphrase, &passphrase)?;
        let keys: Vec<&str> = checked.keys.iter().map(|role| role.name()).collect();
        console::say(&format!(
            "The backup of {} from {} is whole: {} files; keys that open: {}.",
            checked.about.address,
            checked.about.made,
            checked.files,
            if keys.is_empty() { "none".to_owned() } else { keys.join(", ") }
        ));
        if keys.is_empty() {
            console::say(
                "There are no keys in it: it brings texts and records back, and nobody could sign.",
            );
            return Ok(Ended::Wrong);
        }
        return Ok(Ended::Fine);
    };
    let staging = write::temporary_name(to);
    if to.symlink_metadata().is_ok() {
        if backup::complete(&staging, &RealDisk)? {
            console::say(&format!(
                "{} was restored before, and what that run left behind is gone now.",
                to.display()
            ));
            return Ok(Ended::Fine);
        }
        return Err(Failed(format!(
            "{} is there already; a backup is restored to a new folder only",
            to.display()
        )));
    }
    let staged = backup::open(&args.from, &passphrase, &staging, &RealDisk)?;
    let restored = place(args, &staged, to).and_then(|(vault, compared)| {
        let keys = (!args.without_keys).then_some(&vault.folder);
        staged.settle(&compared, to, keys, &vault.heads, &RealDisk)?;
        Ok((vault, compared))
    });
    // The backup itself is still there; no opened copy stays behind.
    staged.discard(&RealDisk)?;
    let (vault, compared) = restored?;
    let here = to.display();
    console::say(&match args.without_keys {
        false => format!("The site is in {here}, its keys in {}.", vault.folder.path().display()),
        true => format!(
            "The site is in {here}. Its keys stayed in the backup; make new ones with the master key sheet: selvedge keys recover {here} \
             --sheets ~/sheets",
        ),
    });
    if compared.is_behind() {
        console::say(
            "The register in the backup is older than one that was seen since. Copy the folders log and records of the published site over it; \
             until then nothing is signed.",
        );
        return Ok(Ended::Wrong);
    }
    if args.published.is_empty() && !args.without_keys {
        console::say(
            "Before you sign, compare with the published site: a record that was signed after this backup would otherwise be contradicted.",
        );
    }
    Ok(Ended::Fine)
}

/// Where the keys go, and how the registers compare.
fn place(args: &Args, staged: &Staged, to: &Path) -> Result<(Vault, Compared), Failed> {
    let address = &staged.about().address;
    let issuer = DidWeb::from_base_url(&format!("https://{address}/"))
        .ok_or_else(|| Failed(format!("the backup names no address: {address}")))?;
    let vault = args.key_dir.vault(&staged.site(), to, &issuer)?;
    let disks: Vec<(String, Disk)> =
        args.published.iter().map(|path| (path.display().to_string(), Disk::at(path))).collect();
    for path in &args.published {
        if !path.is_dir() {
            return Err(Failed(format!("{} is no folder", path.display())));
        }
    }
    let elsewhere: Vec<Elsewhere<'_>> =
        disks.iter().map(|(name, files)| Elsewhere { name, files }).collect();
    let compared = staged.compare(&vault.heads, &elsewhere)?;
    Ok((vault, compared))
}
