//! `keys`: make and list the keys of a site.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::attest;
use crate::custody::{KeyFolder, Passphrase, Randomness, Role};
use crate::provenance::did::DidWeb;
use crate::write::RealDisk;

use super::{Ended, Failed, Outcome, console, site_folder};

/// Make and list the keys that sign for a site; they never lie in its folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge keys new my-shop\n  selvedge keys list my-shop")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make the record key and the log key, under one passphrase
    New {
        #[command(flatten)]
        place: KeyPlace,
        #[command(flatten)]
        phrase: PhraseSource,
    },
    /// Show which keys there are, by their fingerprints
    List {
        #[command(flatten)]
        place: KeyPlace,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which site's keys, and where they lie.
#[derive(Debug, clap::Args)]
pub(super) struct KeyPlace {
    /// The folder of the site [default: this folder]
    pub(super) site: Option<PathBuf>,
    /// The folder of the keys [default: one for each address in your data folder]
    #[arg(long, value_name = "DIR", env = "SELVEDGE_KEYS")]
    key_dir: Option<PathBuf>,
}

/// Where the passphrase comes from.
#[derive(Debug, clap::Args)]
pub(super) struct PhraseSource {
    /// Read the passphrase from this open file descriptor instead of asking; for automation
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
}

impl PhraseSource {
    /// The passphrase, asked for without echo; twice if it is new.
    pub(super) fn read(&self, is_new: bool) -> Result<Passphrase, Failed> {
        if let Some(number) = self.passphrase_fd {
            return Ok(Passphrase::from_descriptor(number)?);
        }
        if !console::is_interactive() {
            return Err(Failed(
                "a passphrase is needed, and nobody can be asked; give it with --passphrase-fd"
                    .to_owned(),
            ));
        }
        let ask = |words: &str| {
            rpassword::prompt_password(words)
                .map(Zeroizing::new)
                .map_err(|error| Failed(format!("the passphrase could not be read: {error}")))
        };
        if !is_new {
            return Ok(Passphrase::new(ask("Passphrase: ")?.to_string()));
        }
        console::say(
            "Choose a passphrase: several words in a row are strong and easy to keep. Write it down on paper.",
        );
        let first = ask("New passphrase: ")?;
        if *first != *ask("The same again: ")? {
            return Err(Failed("the two were not the same; nothing was made".to_owned()));
        }
        Ok(Passphrase::new(first.to_string()))
    }
}

/// Keys and remembered heads of one issuer.
pub(super) struct Vault {
    pub(super) folder: KeyFolder,
    pub(super) heads: PathBuf,
}

impl KeyPlace {
    /// The folder of the site.
    pub(super) fn root(&self) -> PathBuf {
        site_folder(self.site.as_ref())
    }

    /// Where the keys of an issuer lie: outside the site, its output and git.
    pub(super) fn vault(&self, root: &Path, issuer: &DidWeb) -> Result<Vault, Failed> {
        let (keys, heads) = match &self.key_dir {
            Some(folder) => (folder.clone(), folder.join("heads")),
            None => {
                let data = data_folder()?;
                let name = issuer.authority_and_path().replace(['/', ':'], "_");
                (data.join("keys").join(name), data.join("heads"))
            }
        };
        let folder = KeyFolder::admit(&keys, root)?;
        Ok(Vault { folder, heads })
    }
}

/// The folder in which programs keep a person's data (XDG Base Directory).
fn data_folder() -> Result<PathBuf, Failed> {
    let set =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set("XDG_DATA_HOME")
        .or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))
        .ok_or_else(|| {
            Failed(
                "your home folder is not known; say with --key-dir where the keys lie".to_owned(),
            )
        })?;
    Ok(base.join("selvedge"))
}

/// The issuer that the site's address gives; example addresses are fine for keys.
pub(super) fn issuer(root: &Path) -> Result<DidWeb, Failed> {
    let outcome = crate::check::load(root)?;
    let Some(site) = &outcome.site else {
        console::errors(&outcome.diagnostics, &outcome.sources);
        return Err(Failed("site.toml has errors; `selvedge check` shows them all".to_owned()));
    };
    Ok(attest::issuer(site, true)?)
}

pub(super) fn run(args: &Args) -> Outcome {
    match &args.what {
        What::New { place, phrase } => new(place, phrase),
        What::List { place, json } => list(place, *json),
    }
}

fn new(place: &KeyPlace, phrase: &PhraseSource) -> Outcome {
    let root = place.root();
    let issuer = issuer(&root)?;
    let vault = place.vault(&root, &issuer)?;
    let there = vault.folder.list()?;
    if there.len() == Role::ALL.len() {
        return Err(Failed(format!(
            "{} has keys already; keys are never overwritten",
            vault.folder.path().display()
        )));
    }
    // An earlier run may have been interrupted between two keys; one passphrase is for both.
    let passphrase = phrase.read(there.is_empty())?;
    passphrase.expect_strong()?;
    for key in &there {
        vault.folder.unlock(key.role, &passphrase)?;
    }
    for role in Role::ALL.into_iter().filter(|role| there.iter().all(|key| key.role != *role)) {
        let comment = format!("selvedge {} key of {}", role.name(), issuer.authority_and_path());
        let made = vault.folder.create(&RealDisk, role, &random()?, &passphrase, &comment)?;
        console::say(&format!("{:<7}{}  {}", role.name(), made.fingerprint, made.path.display()));
    }
    console::say(&format!(
        "These keys sign for {}. Copy the folder to a stick that you keep elsewhere, and keep the passphrase on paper: \
         without both nobody can sign for this address again.",
        issuer.base_url()
    ));
    Ok(Ended::Fine)
}

fn random() -> Result<Randomness, Failed> {
    let mut seed = Zeroizing::new([0; 32]);
    let mut salt = [0; 16];
    let mut check = [0; 4];
    for bytes in [seed.as_mut_slice(), &mut salt, &mut check] {
        fill(bytes)?;
    }
    Ok(Randomness { seed, salt, check: u32::from_be_bytes(check) })
}

/// Draws random bytes from the operating system.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), Failed> {
    getrandom::fill(bytes)
        .map_err(|error| Failed(format!("this machine gives no random numbers: {error}")))
}

fn list(place: &KeyPlace, json: bool) -> Outcome {
    let root = place.root();
    let issuer = issuer(&root)?;
    let vault = place.vault(&root, &issuer)?;
    let keys = vault.folder.list()?;
    if json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "role": key.role.name(),
                    "fingerprint": key.fingerprint,
                    "multikey": key.public.to_multikey(),
                    "file": key.path,
                })
            })
            .collect();
        console::json(&serde_json::json!({ "issuer": issuer.to_string(), "keys": keys }));
        return Ok(Ended::Fine);
    }
    if keys.is_empty() {
        console::say(&format!(
            "there are no keys for {} in {}; `selvedge keys new` makes them",
            issuer.base_url(),
            vault.folder.path().display()
        ));
    }
    for key in keys {
        console::print(&format!(
            "{:<7}{}  {}\n",
            key.role.name(),
            key.fingerprint,
            key.path.display()
        ));
        if key.was_exposed {
            console::say(
                "  others on this machine could read this file; that right was taken away where the disk can",
            );
        }
    }
    Ok(Ended::Fine)
}
