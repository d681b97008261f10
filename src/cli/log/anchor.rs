//! `log anchor`: have the newest checkpoint dated by others.

use std::fs;
use std::path::{Path, PathBuf};

use crate::attest::anchor::{self, Anchored, Authority, Nonce, Outcome as Came};
use crate::fetch::{RealWeb, Web};
use crate::provenance::timestamp::ots::BlockHeader;
use crate::provenance::timestamp::rfc3161::{
    CERTIFICATE, Certificates, Policy, REVOCATION_LIST, parse_pem,
};
use crate::verify::Trust;
use crate::write::RealDisk;

use super::super::keys::fill;
use super::super::{Ended, Failed, Outcome, console, site_folder};

/// Have the register's newest seal dated by time-stamp authorities and calendars that you name
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge log anchor my-shop --tsa https://time.example/tsr --tsa-root time-root.pem\n  selvedge log anchor my-shop --upgrade --ots https://calendar.example"
)]
pub(super) struct Args {
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// Address of a time-stamp authority (RFC 3161); may be given several times
    #[arg(long, value_name = "URL", requires = "tsa_root")]
    tsa: Vec<String>,
    /// Certificates of these authorities, in PEM: their roots, and those between
    #[arg(long, value_name = "FILE")]
    tsa_root: Vec<PathBuf>,
    /// Lists of revoked certificates, kept beside the time-stamp
    #[arg(long, value_name = "FILE")]
    tsa_crl: Vec<PathBuf>,
    /// Ask for a time-stamp under this policy only, for example 1.3.6.1.4.1.4146.2.3
    #[arg(long, value_name = "OID")]
    tsa_policy: Option<String>,
    /// Address of an OpenTimestamps calendar; may be given several times
    #[arg(long, value_name = "URL")]
    ots: Vec<String>,
    /// Ask these calendars for the blocks that they promised before
    #[arg(long)]
    upgrade: bool,
    /// Keep the header of a Bitcoin block beside its proof: number and 160 hex characters
    #[arg(long, value_name = "HEIGHT=HEX", requires = "upgrade")]
    block_header: Vec<String>,
    /// Judge servers by the certificates in this file alone
    #[arg(long, value_name = "FILE")]
    tls_root: Option<PathBuf>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    /// What `log due` asks for.
    pub(super) fn of(site: &Path, tsa: &[String], tsa_root: &[PathBuf], ots: &[String]) -> Self {
        Self {
            site: Some(site.to_owned()),
            tsa: tsa.to_vec(),
            tsa_root: tsa_root.to_vec(),
            tsa_crl: Vec::new(),
            tsa_policy: None,
            ots: ots.to_vec(),
            upgrade: false,
            block_header: Vec::new(),
            tls_root: None,
            json: false,
        }
    }
}

/// Asks the authorities and calendars of a trust list that have an address: first for the blocks that calendars promised
/// before, then to date the newest head.
pub(super) fn run_listed(root: &Path, trust: &Trust, web: &dyn Web) -> Outcome {
    let authorities: Vec<_> = trust
        .time()
        .authorities
        .iter()
        .filter_map(|listed| {
            let mut certificates = Certificates::default();
            certificates.add(listed.roots.clone());
            let address = listed.address.clone()?;
            Some(Authority { address, certificates, policy: listed.policy })
        })
        .collect();
    let calendars = &trust.time().calendars;
    for address in authorities.iter().map(|it| &it.address).chain(calendars) {
        anchor::admit(address)?;
    }
    let mut done = Vec::new();
    if !calendars.is_empty() {
        done.extend(anchor::upgrade(root, &RealDisk, web, calendars, &[])?);
    }
    done.push(ask(root, web, &authorities, calendars)?);
    tell(&done, false);
    Ok(if done.iter().all(Anchored::is_complete) { Ended::Fine } else { Ended::Wrong })
}

/// Has the newest head dated.
fn ask(
    root: &Path,
    web: &dyn Web,
    authorities: &[Authority],
    calendars: &[String],
) -> Result<Anchored, Failed> {
    // One for each authority, and one for the calendars.
    let mut nonces = Vec::new();
    for _ in 0..=authorities.len() {
        let mut random = [0; 16];
        fill(&mut random)?;
        nonces.push(Nonce(random));
    }
    let mut nonces = nonces.into_iter();
    Ok(anchor::anchor(root, &RealDisk, web, authorities, calendars, &mut || {
        nonces.next().expect("one was drawn for each question")
    })?)
}

pub(super) fn run(args: &Args) -> Outcome {
    if args.tsa.is_empty() && args.ots.is_empty() && !args.upgrade {
        return Err(Failed(
            "nobody was named to ask; give --tsa with an authority's address, or --ots with a \
             calendar's"
                .to_owned(),
        ));
    }
    let root = site_folder(args.site.as_ref());
    let tls = args.tls_root.as_deref().map(read).transpose()?;
    let web = RealWeb::new(tls.as_deref()).map_err(|why| Failed(why.to_owned()))?;
    let certificates = certificates(args)?;
    let policy = match &args.tsa_policy {
        None => None,
        Some(policy) => Some(Policy::new(policy).map_err(|_| {
            Failed(format!("\"{policy}\" is not a policy; it has digits and dots only"))
        })?),
    };
    for address in args.tsa.iter().chain(&args.ots) {
        anchor::admit(address)?;
    }
    let authorities: Vec<_> = args
        .tsa
        .iter()
        .map(|address| Authority {
            address: address.clone(),
            certificates: certificates.clone(),
            policy,
        })
        .collect();
    let mut done = Vec::new();
    if args.upgrade {
        let headers: Vec<_> =
            args.block_header.iter().map(|text| header(text)).collect::<Result<_, _>>()?;
        done.extend(anchor::upgrade(&root, &RealDisk, &web, &args.ots, &headers)?);
    }
    let calendars: &[String] = if args.upgrade { &[] } else { &args.ots };
    if !authorities.is_empty() || !calendars.is_empty() {
        done.push(ask(&root, &web, &authorities, calendars)?);
    }
    tell(&done, args.json);
    Ok(if done.iter().all(Anchored::is_complete) { Ended::Fine } else { Ended::Wrong })
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| {
        Failed(format!("cannot read {}: {}", path.display(), crate::write::plain_words(&error)))
    })
}

/// What the files given hold: a certificate that names itself as its issuer is a root.
fn certificates(args: &Args) -> Result<Certificates, Failed> {
    let mut all = Certificates::default();
    let parse = |path: &PathBuf, label| {
        parse_pem(&read(path)?, label)
            .ok_or_else(|| Failed(format!("{} holds no {label} in PEM", path.display())))
    };
    for path in &args.tsa_root {
        all.add(parse(path, CERTIFICATE)?);
    }
    for path in &args.tsa_crl {
        all.lists.extend(parse(path, REVOCATION_LIST)?);
    }
    Ok(all)
}

fn header(text: &str) -> Result<(u64, BlockHeader), Failed> {
    let parsed = text.split_once('=').and_then(|(height, hex)| {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
        Some((height.parse().ok()?, BlockHeader::from_bytes(&bytes)?))
    });
    parsed.ok_or_else(|| {
        Failed("--block-header is the block's number, = and 160 hex characters".to_owned())
    })
}

fn tell(done: &[Anchored], json: bool) {
    if json {
        let heads: Vec<_> = done
            .iter()
            .map(|head| {
                let asked: Vec<_> = head
                    .asked
                    .iter()
                    .map(|asking| serde_json::json!({"who": asking.who, "outcome": code(&asking.outcome), "words": words(&asking.outcome)}))
                    .collect();
                serde_json::json!({"folder": head.folder, "asked": asked})
            })
            .collect();
        return console::json(&serde_json::Value::Array(heads));
    }
    for head in done {
        for asking in &head.asked {
            console::say(&format!("{}: {}: {}", head.folder, asking.who, words(&asking.outcome)));
        }
    }
}

fn code(outcome: &Came) -> &'static str {
    match outcome {
        Came::Stamped { .. } => "stamped",
        Came::Promised => "promised",
        Came::InBlock { .. } => "in-block",
        Came::StillPending => "still-pending",
        Came::HeaderStored { .. } => "header-stored",
        Came::AlreadyThere => "already-there",
        Came::NotAsked => "not-asked",
        Came::Refused(_) => "refused",
    }
}

fn words(outcome: &Came) -> String {
    match outcome {
        Came::Stamped { at, renew_before } => format!(
            "everything in the register existed no later than {at}, they say; have it dated anew before {renew_before}"
        ),
        Came::Promised => "promised; ask again tomorrow with --upgrade".to_owned(),
        Came::InBlock { height } => format!("it is in Bitcoin block {height}"),
        Came::StillPending => "not in a block yet; ask again tomorrow".to_owned(),
        Came::HeaderStored { height } => format!("the header of block {height} is kept"),
        Came::AlreadyThere => "done before".to_owned(),
        Came::NotAsked => "not asked; name it with --ots to ask it".to_owned(),
        Came::Refused(why) => format!("nothing was kept: {why}"),
    }
}
