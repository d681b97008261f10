//! Outside time for the newest checkpoint: time-stamp authorities and OpenTimestamps calendars.
//!
//! A head is kept in `log/heads/<size>/` with the exact bytes that are dated, before anybody is
//! asked. An answer is judged first and stored only if it holds; what is stored already and holds
//! is not asked for again. No key is used, and no secret sent: an authority sees a hash of public
//! bytes, a calendar a salted one. The files are those of [`crate::verify::time`].

use std::fmt;
use std::path::Path;

use jiff::Timestamp;

use crate::evidence::Disk as Folder;
use crate::fetch::{self, Web};
use crate::provenance::files::Files;
use crate::provenance::log::Checkpoint;
use crate::provenance::note::{NoteKey, Signed};
use crate::provenance::timestamp::ots::{self, Attestation, BlockHeader};
use crate::provenance::timestamp::rfc3161::{self, Asked, Certificates, Policy, Token};
use crate::write::{self, Disk, FolderLock, Mode};

/// Most bytes of an authority's answer that are taken.
const MAX_TOKEN: usize = 256 * 1024;

/// Most bytes of a calendar's answer that are taken.
const MAX_CALENDAR: usize = 64 * 1024;

/// Most questions to calendars in one run of [`upgrade`].
const MAX_QUESTIONS: usize = 256;

/// A time-stamp authority that is asked.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its address.
    pub address: String,
    /// The roots that its chain must lead to, with certificates between and revocation lists.
    pub certificates: Certificates,
    /// The policy that is asked for, if one is.
    pub policy: Option<Policy>,
}

/// Random bytes for one question each, drawn by the caller.
#[derive(Clone, Copy, Debug)]
pub struct Nonce(pub [u8; 16]);

/// Why a head was not anchored.
#[derive(Debug)]
pub enum AnchorError {
    /// The disk failed, or another run holds the folder.
    Disk(write::Error),
    /// The register has no checkpoint that can be dated.
    NoHead(String),
}

impl fmt::Display for AnchorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::NoHead(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for AnchorError {}

impl From<write::Error> for AnchorError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An authority vouches: the token's time, and when the certificates end.
    Stamped {
        /// The time that it states.
        at: Timestamp,
        /// Stamp anew before this.
        renew_before: Timestamp,
    },
    /// A calendar promised a block.
    Promised,
    /// A calendar gave the way to a block.
    InBlock {
        /// The block's number.
        height: u64,
    },
    /// The calendar has no block yet.
    StillPending,
    /// The header of a block that a proof leads to was stored.
    HeaderStored {
        /// The block's number.
        height: u64,
    },
    /// It was done before.
    AlreadyThere,
    /// A calendar that the proof names and nobody asked for.
    NotAsked,
    /// It did not work, or did not hold; nothing of it was stored.
    Refused(String),
}

/// What came of one question, and whom it went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The address that was asked, or the file that was given.
    pub who: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What was done about one head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// The folder of the head, below the site's.
    pub folder: String,
    /// One for each question, in order.
    pub asked: Vec<Asking>,
}

impl Anchored {
    /// Whether every question came to something.
    pub fn is_complete(&self) -> bool {
        !self.asked.iter().any(|asking| matches!(asking.outcome, Outcome::Refused(_)))
    }
}

/// The name of an authority's files, from its address: host, port and path in plain characters.
pub fn file_name(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let plain = bare.trim_end_matches('/').chars().map(|c| match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        'a'..='z' | '0'..='9' | '.' | '-' => c,
        _ => '_',
    });
    plain.take(100).collect()
}

struct Site<'a> {
    root: &'a Path,
    disk: &'a dyn Disk,
    folder: String,
}

impl Site<'_> {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), write::Error> {
        let path = self.root.join(&self.folder).join(name);
        if let Some(parent) = path.parent() {
            write::create_folders(self.disk, parent, Mode::Public)?;
        }
        write::replace(self.disk, &path, bytes, Mode::Public)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError> {
        Folder::at(self.root)
            .read(&format!("{}/{name}", self.folder))
            .map_err(|error| AnchorError::NoHead(error.to_string()))
    }
}

/// Has the newest checkpoint of a site dated.
///
/// `nonces` gives random bytes for each authority, in order, and one more for the calendars.
///
/// # Errors
/// If there is no checkpoint signed by the site's log key, or the disk fails. An authority or
/// calendar that does not answer rightly is an [`Outcome::Refused`], and the others are asked.
pub fn anchor(
    root: &Path,
    disk: &dyn Disk,
    web: &dyn Web,
    authorities: &[Authority],
    calendars: &[String],
    nonces: &mut dyn FnMut() -> Nonce,
) -> Result<Anchored, AnchorError> {
    let _lock = FolderLock::take(root, "signing in")?;
    let (site, bytes) = keep(root, disk)?;
    let mut asked = Vec::new();
    for authority in authorities {
        let outcome = stamp(&site, web, authority, &bytes, nonces())?;
        asked.push(Asking { who: authority.address.clone(), outcome });
    }
    if !calendars.is_empty() {
        begin(&site, web, calendars, &bytes, nonces(), &mut asked)?;
    }
    Ok(Anchored { folder: site.folder, asked })
}

/// Puts the newest checkpoint into its folder of `log/heads/`; gives the bytes that stand there.
fn keep<'a>(root: &'a Path, disk: &'a dyn Disk) -> Result<(Site<'a>, Vec<u8>), AnchorError> {
    let files = Folder::at(root);
    let read = |path: &str| {
        files
            .read(path)
            .map_err(|error| AnchorError::NoHead(error.to_string()))?
            .ok_or_else(|| AnchorError::NoHead(format!("{path} is missing: sign a record first")))
    };
    let key = read("identity/log.vkey")?;
    let key = std::str::from_utf8(&key)
        .ok()
        .and_then(|line| NoteKey::parse(line.trim_end()))
        .ok_or_else(|| AnchorError::NoHead("identity/log.vkey is not a log key".to_owned()))?;
    let own = |bytes: &[u8], path: &str| {
        let checkpoint = Checkpoint::parse(bytes)
            .map_err(|why| AnchorError::NoHead(format!("{path}: {why}")))?;
        match checkpoint.verify(&key) {
            Signed::Valid => Ok(checkpoint.head()),
            _ => Err(AnchorError::NoHead(format!("{path} is not signed by this site's log key"))),
        }
    };
    let bytes = read("log/checkpoint")?;
    let head = own(&bytes, "log/checkpoint")?;
    let site = Site { root, disk, folder: format!("log/heads/{}", head.size) };
    match site.read("checkpoint")? {
        // What was dated before stays, byte for byte.
        Some(kept) if own(&kept, &format!("{}/checkpoint", site.folder))? == head => {
            Ok((site, kept))
        }
        Some(_) => Err(AnchorError::NoHead(format!(
            "{}/checkpoint has the same size as log/checkpoint and another root: there are two \
             versions of the register",
            site.folder
        ))),
        None => {
            site.put("checkpoint", &bytes)?;
            Ok((site, bytes))
        }
    }
}

fn stamp(
    site: &Site<'_>,
    web: &dyn Web,
    authority: &Authority,
    bytes: &[u8],
    nonce: Nonce,
) -> Result<Outcome, AnchorError> {
    let name = file_name(&authority.address);
    let (token_file, query_file) =
        (format!("checkpoint.{name}.tsr"), format!("checkpoint.{name}.tsq"));
    if let (Some(stored), Some(query)) = (site.read(&token_file)?, site.read(&query_file)?)
        && let Some((nonce, policy)) = rfc3161::parse_query(&query)
    {
        let asked = Asked { nonce: Some(&nonce), policy: authority.policy.or(policy) };
        let holds = Token::parse(&stored)
            .and_then(|token| token.verify(bytes, &asked, &authority.certificates));
        if holds.is_ok() {
            return Ok(Outcome::AlreadyThere);
        }
    }
    let query = rfc3161::query(bytes, &nonce.0, authority.policy);
    let answer =
        match web.post(&authority.address, "application/timestamp-query", &query, MAX_TOKEN) {
            Ok(answer) if answer.status == 200 => answer,
            Ok(answer) => return Ok(Outcome::Refused(format!("it answered {}", answer.status))),
            Err(error) => return Ok(Outcome::Refused(error.why)),
        };
    let asked = Asked { nonce: Some(&nonce.0), policy: authority.policy };
    let judged = Token::parse(&answer.body).and_then(|token| {
        let stamp = token.verify(bytes, &asked, &authority.certificates)?;
        Ok((token, stamp))
    });
    let (token, stamp) = match judged {
        Ok(judged) => judged,
        Err(fault) => return Ok(Outcome::Refused(fault.to_string())),
    };
    // The token last: where it stands, what belongs to it stands too.
    site.put(
        &format!("tsa/{name}.pem"),
        rfc3161::to_pem(&stamp.chain, rfc3161::CERTIFICATE).as_bytes(),
    )?;
    if !authority.certificates.lists.is_empty() {
        let lists = rfc3161::to_pem(&authority.certificates.lists, rfc3161::REVOCATION_LIST);
        site.put(&format!("tsa/{name}.crl"), lists.as_bytes())?;
    }
    site.put(&query_file, &query)?;
    site.put(&token_file, &token.to_bytes())?;
    Ok(Outcome::Stamped { at: stamp.at, renew_before: stamp.renew_before })
}

fn begin(
    site: &Site<'_>,
    web: &dyn Web,
    calendars: &[String],
    bytes: &[u8],
    nonce: Nonce,
    asked: &mut Vec<Asking>,
) -> Result<(), AnchorError> {
    if let Some(stored) = site.read("checkpoint.ots")?
        && ots::Proof::parse(&stored).is_ok_and(|proof| proof.is_of(bytes))
    {
        let there = |who: &String| Asking { who: who.clone(), outcome: Outcome::AlreadyThere };
        asked.extend(calendars.iter().map(there));
        return Ok(());
    }
    let begun = ots::Begun::new(bytes, nonce.0);
    let mut answers = Vec::new();
    for calendar in calendars {
        let address = format!("{}/digest", calendar.trim_end_matches('/'));
        let content_type = "application/x-www-form-urlencoded";
        let outcome = match web.post(&address, content_type, begun.commitment(), MAX_CALENDAR) {
            Err(error) => Outcome::Refused(error.why),
            Ok(answer) if answer.status != 200 => {
                Outcome::Refused(format!("it answered {}", answer.status))
            }
            Ok(answer) => match ots::Timestamp::parse(&answer.body, begun.commitment()) {
                Err(fault) => Outcome::Refused(fault.to_string()),
                Ok(timestamp) => {
                    answers.push(timestamp);
                    Outcome::Promised
                }
            },
        };
        asked.push(Asking { who: calendar.clone(), outcome });
    }
    if let Some(proof) = begun.finish(answers) {
        // What cannot be read again is not stored.
        match ots::Proof::parse(&proof.to_bytes()) {
            Ok(_) => site.put("checkpoint.ots", &proof.to_bytes())?,
            Err(fault) => asked.push(Asking {
                who: "checkpoint.ots".to_owned(),
                outcome: Outcome::Refused(fault.to_string()),
            }),
        }
    }
    Ok(())
}

/// Asks calendars for the blocks that they promised, for every kept head, and stores headers.
///
/// Only the calendars given are asked, whatever a proof names. A header is stored if a proof
/// leads to its merkle root at that height.
///
/// # Errors
/// If the folder cannot be read or the disk fails.
pub fn upgrade(
    root: &Path,
    disk: &dyn Disk,
    web: &dyn Web,
    calendars: &[String],
    headers: &[(u64, BlockHeader)],
) -> Result<Vec<Anchored>, AnchorError> {
    let _lock = FolderLock::take(root, "signing in")?;
    let mut sizes: Vec<u64> = Folder::at(root)
        .list("log/heads")
        .map_err(|error| AnchorError::NoHead(error.to_string()))?
        .iter()
        .filter_map(|name| name.parse().ok().filter(|size: &u64| size.to_string() == *name))
        .collect();
    sizes.sort_unstable();
    let mut left = MAX_QUESTIONS;
    let mut done = Vec::new();
    for size in sizes {
        let site = Site { root, disk, folder: format!("log/heads/{size}") };
        let Some(stored) = site.read("checkpoint.ots")? else { continue };
        let mut asked = Vec::new();
        match ots::Proof::parse(&stored) {
            Ok(mut proof) => {
                ask_again(&site, web, calendars, &mut proof, &mut left, &mut asked)?;
                store_headers(&site, &proof, headers, &mut asked)?;
            }
            Err(fault) => asked.push(Asking {
                who: "checkpoint.ots".to_owned(),
                outcome: Outcome::Refused(fault.to_string()),
            }),
        }
        done.push(Anchored { folder: site.folder, asked });
    }
    Ok(done)
}

fn ask_again(
    site: &Site<'_>,
    web: &dyn Web,
    calendars: &[String],
    proof: &mut ots::Proof,
    left: &mut usize,
    asked: &mut Vec<Asking>,
) -> Result<(), AnchorError> {
    let all = proof.attestations();
    let is_in_block = |by: &Attestation| matches!(by, Attestation::Bitcoin { .. });
    // One block is enough: the proof is complete.
    if all.iter().any(|attested| is_in_block(&attested.by)) {
        return Ok(());
    }
    for attested in all {
        let (Attestation::Pending { address }, Some(message)) = (attested.by, attested.message)
        else {
            continue;
        };
        let outcome = 'asking: {
            let base = address.trim_end_matches('/');
            if !calendars.iter().any(|calendar| calendar.trim_end_matches('/') == base) {
                break 'asking Outcome::NotAsked;
            }
            if *left == 0 {
                break 'asking Outcome::Refused("too many questions for one run".to_owned());
            }
            *left -= 1;
            let hex = data_encoding::HEXLOWER.encode(&message);
            let answer = match web.get(&format!("{base}/timestamp/{hex}"), MAX_CALENDAR) {
                Err(error) => break 'asking Outcome::Refused(error.why),
                Ok(answer) if answer.status == 404 => break 'asking Outcome::StillPending,
                Ok(answer) if answer.status != 200 => {
                    break 'asking Outcome::Refused(format!("it answered {}", answer.status));
                }
                Ok(answer) => answer,
            };
            let mut merged = proof.clone();
            let fits = ots::Timestamp::parse(&answer.body, &message).and_then(|timestamp| {
                merged.merge(&timestamp)?;
                ots::Proof::parse(&merged.to_bytes())?;
                Ok(timestamp)
            });
            match fits {
                Err(fault) => Outcome::Refused(fault.to_string()),
                Ok(timestamp) => {
                    let block = timestamp.attestations().into_iter().find_map(|new| match new.by {
                        Attestation::Bitcoin { height } => Some(height),
                        _ => None,
                    });
                    match block {
                        None => Outcome::StillPending,
                        Some(height) => {
                            site.put("checkpoint.ots", &merged.to_bytes())?;
                            *proof = merged;
                            Outcome::InBlock { height }
                        }
                    }
                }
            }
        };
        asked.push(Asking { who: address, outcome });
    }
    Ok(())
}

fn store_headers(
    site: &Site<'_>,
    proof: &ots::Proof,
    headers: &[(u64, BlockHeader)],
    asked: &mut Vec<Asking>,
) -> Result<(), AnchorError> {
    for attested in proof.attestations() {
        let (Attestation::Bitcoin { height }, Some(message)) = (attested.by, attested.message)
        else {
            continue;
        };
        let fitting = headers.iter().find(|(at, _)| *at == height);
        let Some((_, header)) = fitting else { continue };
        let name = format!("block-{height}.header");
        let outcome = if header.merkle_root() != message {
            Outcome::Refused("the proof does not lead to this header".to_owned())
        } else if site.read(&name)?.as_deref() == Some(header.as_bytes()) {
            Outcome::AlreadyThere
        } else {
            site.put(&name, header.as_bytes())?;
            Outcome::HeaderStored { height }
        };
        asked.push(Asking { who: name, outcome });
    }
    Ok(())
}

/// Says whether an address may be asked at all, before anything is done.
///
/// # Errors
/// As [`fetch::admit`].
pub fn admit(address: &str) -> Result<(), fetch::FetchError> {
    fetch::admit(address).map(|_| ())
}
