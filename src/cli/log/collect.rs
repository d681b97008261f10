//! `log collect`: fetch what witnesses say of this register.

use crate::attest::Places;
use crate::attest::collect::{collect, submit};
use crate::fetch::Web;
use crate::provenance::instant;
use crate::write::RealDisk;

use super::super::keys::{KeyPlace, issuer};
use super::super::{Ended, Failed, Outcome, console};
use super::{TrustFile, entries, log_key, open};

/// Collect the page seals of your register that neighbour associations cosigned
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  selvedge log collect my-shop")]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) place: KeyPlace,
    #[command(flatten)]
    pub(super) trust: TrustFile,
}

pub(super) fn run(args: &Args, web: Option<&dyn Web>) -> Outcome {
    let root = args.place.root();
    let trust = args.trust.read(&root)?;
    let log_key = log_key(&root)?;
    let vault = args.place.vault(&root, &issuer(&root)?)?;
    let places = Places { site: &root, heads: &vault.heads };
    let mut ended = Ended::Fine;
    let mut asked = 0;
    for witness in trust.witnesses() {
        let name = &witness.name;
        let found = match (&witness.server, &witness.address, web) {
            (Some(server), _, Some(web)) => {
                submit(places, &RealDisk, &log_key, witness, server, web)
                    .map(Some)
                    .map_err(Failed::from)
            }
            (_, Some(address), _) => open(&root, address, web).and_then(|neighbour| {
                collect(places, &RealDisk, &log_key, witness, &*neighbour).map_err(Failed::from)
            }),
            (Some(server), None, None) => {
                Err(Failed(format!("{server} is on the web, and this command reads folders only")))
            }
            (None, None, _) => continue,
        };
        asked += 1;
        console::say(&match found {
            Ok(None) => format!("{name} has not watched this register yet"),
            Ok(Some(found)) => format!(
                "{name} saw {} on {}{}",
                entries(found.head.size),
                instant::format(found.time),
                if found.is_new { "; kept in log/heads" } else { "; nothing new" }
            ),
            Err(Failed(why)) => {
                ended = Ended::Wrong;
                format!("{name}: {why}")
            }
        });
    }
    if asked == 0 {
        return Err(Failed(
            "nobody can be asked; give the [[witness]] entries of the trust list an address"
                .to_owned(),
        ));
    }
    Ok(ended)
}
