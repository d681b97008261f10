//! `log witness`: cosign what neighbours' registers hold.

use std::path::PathBuf;

use crate::attest::witness::{KEY_FILE, WitnessError, watch, witness_name};
use crate::attest::{self, Places};
use crate::custody::{Role, SecretKey};
use crate::fetch::Web;
use crate::provenance::instant;
use crate::provenance::note::KeyName;
use crate::verify::Trust;
use crate::write::RealDisk;

use super::super::keys::{KeyPlace, PhraseSource, issuer};
use super::super::{Ended, Failed, Moment, Outcome, console};
use super::{TrustFile, entries, open};

/// Watch neighbour associations' registers, and seal that they only grow
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge log witness my-shop --of ../potters")]
pub(super) struct Args {
    #[command(flatten)]
    place: KeyPlace,
    #[command(flatten)]
    phrase: PhraseSource,
    #[command(flatten)]
    trust: TrustFile,
    /// Whose register: the folder of a neighbour's site [default: every [[log]] of the trust list
    /// that has an address]
    #[arg(long, value_name = "FOLDER")]
    of: Vec<String>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(args: &Args, web: Option<&dyn Web>) -> Outcome {
    let root = args.place.root();
    let trust = args.trust.read(&root)?;
    let issuer = issuer(&root)?;
    let vault = args.place.vault(&root, &issuer)?;
    let name = witness_name(&issuer).ok_or_else(|| {
        Failed(format!("the address {} cannot name a witness", issuer.base_url()))
    })?;
    // A folder that is given counts from here, one of the list from the site.
    let neighbours: Vec<(String, PathBuf)> = match args.of.is_empty() {
        false => args.of.iter().map(|of| (of.clone(), PathBuf::from("."))).collect(),
        true => {
            let listed = trust.logs().iter().filter_map(|log| log.address.clone());
            listed.map(|address| (address, root.clone())).collect()
        }
    };
    if neighbours.is_empty() {
        return Err(Failed(
            "nobody is to be watched; say --of FOLDER, or give the [[log]] entries of the trust list an address"
                .to_owned(),
        ));
    }
    let moment = Moment::of(args.at.as_deref())?;
    let passphrase = args.phrase.read(false)?;
    let signer = vault.folder.unlock(Role::Witness, &passphrase)?;
    let places = Places { site: &root, heads: &vault.heads };
    watch_all(places, &name, &signer, &trust, neighbours, moment, web)
}

/// Watches each neighbour, whose address counts from a folder.
pub(super) fn watch_all(
    places: Places<'_>,
    name: &KeyName,
    signer: &SecretKey,
    trust: &Trust,
    neighbours: Vec<(String, PathBuf)>,
    moment: Moment,
    web: Option<&dyn Web>,
) -> Outcome {
    let at = moment.at;
    moment.expect_right(attest::witness::clock(places, &RealDisk, name, signer, at)?)?;
    let mut ended = Ended::Fine;
    for (address, from) in neighbours {
        let neighbour = match open(&from, &address, web) {
            Ok(neighbour) => neighbour,
            Err(Failed(why)) => {
                console::say(&format!("{address}: {why}"));
                ended = Ended::Wrong;
                continue;
            }
        };
        match watch(places, &RealDisk, name, signer, trust, &*neighbour, at) {
            Ok(watched) => {
                let seen = instant::format(watched.time);
                let (origin, size) = (&watched.origin, entries(watched.head.size));
                console::say(&match watched.is_new {
                    true => format!(
                        "{origin}: {size} sealed as seen on {seen}; publish the folder witness, so \
                         that they can collect it with the key in {KEY_FILE}"
                    ),
                    false => format!("{origin}: nothing new since {seen} ({size})"),
                });
            }
            // Without its memory or with a wrong clock this witness can seal for nobody.
            Err(error @ (WitnessError::LostMemory(_) | WitnessError::Disk(_))) => {
                return Err(error.into());
            }
            Err(error) => {
                console::say(&format!("{address}: {error}"));
                ended = Ended::Wrong;
            }
        }
    }
    Ok(ended)
}
