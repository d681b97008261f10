//! Collecting what witnesses say of one's own register, into `log/heads`.
//!
//! From neighbours that publish it, and from servers that are asked for it (C2SP tlog-witness).
//! Each cosigned head is kept for good with all its cosignatures at `log/heads/<size>/checkpoint`;
//! that the newest head is beyond them is fine. Nothing is kept that does not hold: the head is
//! signed by the register's own key, is a beginning of the register, and the cosignature is by
//! the witness that the trust list names.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

use super::Places;
use super::witness::{WitnessError, keep_heads, put, read_outside};
use crate::evidence::Disk as Folder;
use crate::fetch::Web;
use crate::provenance::files::{Below, Files};
use crate::provenance::log::cosignature::MAX_LINES;
use crate::provenance::log::witness_protocol::{AddCheckpoint, PATH, Reply, published_folder};
use crate::provenance::log::{
    Checkpoint, Cosigned, Head, TreeSize, TreeView, WitnessKey, parse_decimal,
};
use crate::provenance::note::{NoteKey, Signed};
use crate::verify::trust::TrustedWitness;
use crate::verify::witness::{Growth, growth};
use crate::write::{Disk, FolderLock, Mode};

/// Content type of a request to a witness server.
const TEXT: &str = "text/plain; charset=utf-8";

/// How often a server may tell another size before it is given up.
const MAX_TRIES: usize = 3;

/// What came of asking one witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// What the trust list calls the witness.
    pub witness: String,
    /// The head that it saw.
    pub head: Head,
    /// When, by its clock.
    pub time: jiff::Timestamp,
    /// Whether the cosignature is new here.
    pub is_new: bool,
}

/// Collects what a neighbour publishes of this register; `None` if that is nothing yet.
///
/// `log_key` is the register's own; `neighbour` is the neighbour's site, its folder or what it
/// publishes.
///
/// # Errors
/// If what it publishes does not hold, or shows that there are two versions of the register: then
/// both heads are kept below `log/forks/`.
pub fn collect(
    places: Places<'_>,
    disk: &dyn Disk,
    log_key: &NoteKey,
    witness: &TrustedWitness,
    neighbour: &dyn Files,
) -> Result<Option<Collected>, WitnessError> {
    let _lock = FolderLock::take(places.site, "signing in")?;
    let path = format!("witness/{}/checkpoint", published_folder(log_key.name()));
    let Some(bytes) = neighbour.read(&path)? else { return Ok(None) };
    let bad = |why: &str| WitnessError::Witness(witness.name.clone(), why.to_owned());
    let found = Checkpoint::parse(&bytes).map_err(bad)?;
    if found.verify(log_key) != Signed::Valid {
        return Err(bad("the page seal is not of this register"));
    }
    let Cosigned::At(time) = found.cosigned_by(&witness.key) else {
        return Err(bad("the page seal is not cosigned by the key in your trust list"));
    };
    let found = {
        let mut judged = found.signed_by(log_key);
        judged.merge(&found, std::slice::from_ref(&witness.key)).map_err(bad)?;
        judged
    };
    let own = own_head(places, log_key)?;
    let site = Folder::at(places.site);
    let log = Below { files: &site, folder: "log" };
    let fork = |kept| WitnessError::Fork {
        origin: log_key.name().clone(),
        seen: Box::new(found.head()),
        found: Box::new(own.head()),
        kept,
    };
    match growth(&log, own.head(), found.head()) {
        Ok(Growth::Same | Growth::Grew) => {}
        Ok(Growth::Forked) => {
            return Err(fork(keep_heads(places, disk, "log/forks", [&found, &own])?));
        }
        Ok(Growth::Behind) => {
            return Err(WitnessError::Behind {
                origin: log_key.name().clone(),
                seen: Box::new(found.head()),
                found: Box::new(own.head()),
            });
        }
        Err(fault) => return Err(WitnessError::Register(log_key.name().clone(), fault)),
    }
    let is_new = keep(places, disk, log_key, &found, &witness.key)?;
    Ok(Some(Collected { witness: witness.name.clone(), head: found.head(), time, is_new }))
}

/// Asks a witness server to cosign the newest head of this register.
///
/// `server` is the address of the witness for submissions. The size at which the witness knows
/// the register is remembered; where it knows another one, it says so and is asked again from there.
///
/// # Errors
/// If the server cannot be reached, refuses, or answers what does not hold.
pub fn submit(
    places: Places<'_>,
    disk: &dyn Disk,
    log_key: &NoteKey,
    witness: &TrustedWitness,
    server: &str,
    web: &dyn Web,
) -> Result<Collected, WitnessError> {
    let _lock = FolderLock::take(places.site, "signing in")?;
    let bad = |why: &str| WitnessError::Witness(witness.name.clone(), why.to_owned());
    let own = own_head(places, log_key)?;
    let head = own.head();
    let site = Folder::at(places.site);
    let log = Below { files: &site, folder: "log" };
    let view = TreeView::new(&log, head.size);
    let damaged = |fault| WitnessError::Register(log_key.name().clone(), fault);
    view.expect_head(head).map_err(damaged)?;

    let memory = size_memory(places, log_key, &witness.key);
    let mut old = remembered_size(&memory)?.filter(|&size| size <= head.size).unwrap_or(0);
    let url = format!("{}/{PATH}", server.trim_end_matches('/'));
    for _ in 0..MAX_TRIES {
        let proof = view.consistency_proof(old).map_err(damaged)?;
        let request = AddCheckpoint { old, proof, checkpoint: own.clone() }.to_string();
        let answer = web
            .post(&url, TEXT, request.as_bytes(), MAX_LINES)
            .map_err(|error| WitnessError::Read(format!("{}: {error}", witness.name)))?;
        let lines = match Reply::parse(
            answer.status,
            answer.content_type.as_deref().unwrap_or_default(),
            &answer.body,
        ) {
            Reply::Cosigned(lines) => lines,
            Reply::KnowsSize(size) if size > head.size => {
                return Err(bad(&format!(
                    "it knows the register with {size} entries, and here are {}: this folder is an old copy",
                    head.size
                )));
            }
            Reply::KnowsSize(size) if size == old => {
                return Err(bad(&format!(
                    "it knows another version of the register with {size} entries: there are two versions"
                )));
            }
            Reply::KnowsSize(size) => {
                old = size;
                continue;
            }
            Reply::Refused(status, why) | Reply::Unclear(status, why) => {
                return Err(bad(&format!("{why} (code {status})")));
            }
        };
        let mut found = own.clone();
        let mut time = None;
        for line in lines
            .iter()
            .filter(|line| line.name == *witness.key.name() && line.key_id == witness.key.id())
        {
            found.add(line, &witness.key).map_err(bad)?;
            time = Some(line.time);
        }
        let time = time.ok_or_else(|| bad("it did not sign with the key in your trust list"))?;
        let is_new = keep(places, disk, log_key, &found, &witness.key)?;
        put(disk, &memory, format!("{}\n", head.size).as_bytes(), Mode::Secret)?;
        return Ok(Collected { witness: witness.name.clone(), head, time, is_new });
    }
    Err(bad("it tells another size each time"))
}

/// The register's newest head, with the signature of its key alone.
fn own_head(places: Places<'_>, log_key: &NoteKey) -> Result<Checkpoint, WitnessError> {
    let path = "log/checkpoint";
    let bytes = Folder::at(places.site)
        .read(path)?
        .ok_or_else(|| WitnessError::NoRegister(format!("there is no register: {path}")))?;
    let own = Checkpoint::parse(&bytes)
        .map_err(|why| WitnessError::NoRegister(format!("{path}: {why}")))?;
    match own.verify(log_key) {
        Signed::Valid => Ok(own.signed_by(log_key)),
        _ => Err(WitnessError::NotSigned(log_key.name().clone())),
    }
}

/// Puts a cosignature that was judged into the kept head of its size.
fn keep(
    places: Places<'_>,
    disk: &dyn Disk,
    log_key: &NoteKey,
    found: &Checkpoint,
    key: &WitnessKey,
) -> Result<bool, WitnessError> {
    let path = format!("log/heads/{}/checkpoint", found.head().size);
    let unusable = |why: &str| WitnessError::Read(format!("{path}: {why}"));
    let mut kept = match Folder::at(places.site).read(&path)? {
        None => found.signed_by(log_key),
        Some(bytes) => Checkpoint::parse(&bytes).map_err(unusable)?,
    };
    if kept.verify(log_key) != Signed::Valid {
        return Err(unusable("it is not signed by this register's key"));
    }
    let new = kept.merge(found, std::slice::from_ref(key)).map_err(unusable)?;
    if new.is_empty() {
        return Ok(false);
    }
    put(disk, &places.site.join(&path), kept.to_string().as_bytes(), Mode::Public)?;
    Ok(true)
}

/// Where the size is remembered at which a server knows the register.
fn size_memory(places: Places<'_>, log_key: &NoteKey, key: &WitnessKey) -> PathBuf {
    let hex = |text: String| HEXLOWER.encode(&Sha256::digest(text));
    let servers = places.heads.join("servers");
    servers.join(hex(key.to_string())).join(hex(log_key.to_string())).join("size")
}

/// What is there and cannot be understood is as good as nothing: the server says the size again.
fn remembered_size(path: &std::path::Path) -> Result<Option<TreeSize>, WitnessError> {
    let bytes = read_outside(path)?;
    Ok(bytes.and_then(|bytes| parse_decimal(std::str::from_utf8(&bytes).ok()?.strip_suffix('\n')?)))
}
