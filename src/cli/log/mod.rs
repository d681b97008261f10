//! `log`: the register, and those who watch it.

mod anchor;
mod check;
mod collect;
pub(super) mod due;
mod repair;
mod witness;

use std::path::{Path, PathBuf};

use crate::evidence::Disk;
use crate::fetch::{RealWeb, Web, WebFiles};
use crate::provenance::files::Files;
use crate::provenance::note::NoteKey;
use crate::verify::Trust;

use super::{Failed, Outcome};

/// Watch over registers: your own, and those of neighbour associations
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge log check my-shop\n  selvedge log witness my-shop\n  \
    selvedge log collect my-shop"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Due(due::Args),
    Anchor(anchor::Args),
    Check(check::Args),
    Witness(witness::Args),
    Collect(collect::Args),
    Repair(repair::Args),
}

pub(super) fn run(args: &Args) -> Outcome {
    let web = RealWeb::new(None).map_err(|why| Failed(why.to_owned()))?;
    match &args.what {
        What::Due(args) => due::run(args, Some(&web)),
        What::Anchor(args) => anchor::run(args),
        What::Check(args) => check::run(args, Some(&web)),
        What::Witness(args) => witness::run(args, Some(&web)),
        What::Collect(args) => collect::run(args, Some(&web)),
        What::Repair(args) => repair::run(args, Some(&web)),
    }
}

/// The list of whom to believe.
#[derive(Clone, Debug, clap::Args)]
struct TrustFile {
    /// The list of neighbours and witnesses [default: trust.toml in the site's folder]
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

impl TrustFile {
    /// Reads the list; nobody is believed if there is none and none was named.
    fn read(&self, site: &Path) -> Result<Trust, Failed> {
        let path = self.trust.clone().unwrap_or_else(|| site.join("trust.toml"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if self.trust.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Trust::nobody());
            }
            Err(error) => {
                return Err(Failed(format!("cannot read {}: {error}", path.display())));
            }
        };
        Trust::parse(&text).map_err(|error| Failed(format!("{}: {error}", path.display())))
    }
}

/// A number of entries in words.
pub(super) fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        _ => format!("{count} entries"),
    }
}

/// Whether an address is one of the web.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// Opens a neighbour's site: what it publishes, or a folder, relative to `from`.
fn open<'a>(
    from: &Path,
    address: &str,
    web: Option<&'a dyn Web>,
) -> Result<Box<dyn Files + 'a>, Failed> {
    if is_web(address) {
        return match web {
            Some(web) => Ok(Box::new(WebFiles::at(web, address))),
            None => Err(Failed(format!(
                "{address} is on the web, and this command reads folders only: download the site's folders log, \
                 witness and identity, and give the folder that holds them"
            ))),
        };
    }
    let folder = from.join(address);
    if !folder.is_dir() {
        return Err(Failed(format!("there is no folder {}", folder.display())));
    }
    Ok(Box::new(Disk::at(folder)))
}

/// The name and key of a site's register, from its own identity files.
fn log_key(site: &Path) -> Result<NoteKey, Failed> {
    let bytes = Disk::at(site).read("identity/log.vkey")?;
    let bytes = bytes.ok_or_else(|| {
        Failed("this site has no register yet; it begins with the first record".to_owned())
    })?;
    std::str::from_utf8(&bytes).ok().and_then(|text| NoteKey::parse(text.trim_end())).ok_or_else(
        || Failed("identity/log.vkey cannot be read; restore it from a copy".to_owned()),
    )
}
