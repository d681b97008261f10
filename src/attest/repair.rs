//! Two versions of one register, and the way back to one.
//!
//! Two machines that both signed, or a copy that was carried on, leave two heads that do not
//! follow from each other. [`compare`] says what each version has beyond their common beginning;
//! [`Comparison::plan`] says what to do:
//!
//! - If witnesses cosigned at most one version, that one stays (else the longer one), and the
//!   records of the other are appended to it ([`reappend`], then [`super::open`]).
//! - If both were cosigned, neither can be taken back. Both heads are published and the
//!   register goes on under a new name with a new key, which the issuer's DID log announces
//!   ([`begin_again`]).
//!
//! Both heads are kept at `log/forks/<size>-<root>/checkpoint`, with what the version that was
//! given up had in `entries` beside its head, and no entry is lost in silence: a repair whose records
//! are not all at hand does not begin. The folder `log` is exchanged as a whole: a crash leaves
//! the old one, the new one, or a state that the next run completes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::witness::{WitnessError, put};
use super::{Places, remembered_path};
use crate::evidence::Disk as Folder;
use crate::provenance::files::{Below, Files};
use crate::provenance::key::Signer;
use crate::provenance::log::tile::{read_bundle, read_tile};
use crate::provenance::log::witness_protocol::published_folder;
use crate::provenance::log::{
    Bundle, Checkpoint, Cosigned, Entry, Head, RecordId, Tile, TlogProof, TreeSize, TreeView,
    WitnessKey, append, parse_decimal,
};
use crate::provenance::note::{KeyName, NoteKey, Signed};
use crate::provenance::record::SignedRecord;
use crate::verify::Trust;
use crate::verify::fold::Tombstone;
use crate::verify::log::{LogState, audit};
use crate::verify::witness::Heads;
use crate::write::{self, Disk, FolderLock, Mode};

/// Which version is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one in the site's folder.
    Ours,
    /// The other one.
    Theirs,
}

/// One version of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its head.
    pub checkpoint: Checkpoint,
    /// Its entries behind the common beginning, in order.
    pub entries: Vec<Vec<u8>>,
    /// Witnesses that cosigned a head of it that the other version does not have.
    pub seen_by: Vec<KeyName>,
}

/// Two versions of one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Their common beginning.
    pub common: Head,
    /// The version in the site's folder.
    pub ours: Branch,
    /// The other version.
    pub theirs: Branch,
}

/// What to do about two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The site's version holds all that the other has.
    Nothing,
    /// One version stays, and these entries of the other are appended to it.
    Reappend {
        /// The version that stays.
        keep: Side,
        /// What the other one has alone.
        entries: Vec<Vec<u8>>,
    },
    /// Both were cosigned: the register goes on under a new name, with a new key.
    NewOrigin {
        /// The new name.
        origin: KeyName,
    },
}

/// Compares the register in the site's folder with another copy of it.
///
/// `seen` are heads that witnesses publish of it, beside those that both copies keep themselves;
/// `trust` says whose cosignatures count.
///
/// # Errors
/// If either version does not hold in itself.
pub fn compare(
    ours: &dyn Files,
    theirs: &dyn Files,
    log_key: &NoteKey,
    seen: &[Checkpoint],
    trust: &Trust,
) -> Result<Comparison, WitnessError> {
    let (ours, theirs) =
        (Below { files: ours, folder: "log" }, Below { files: theirs, folder: "log" });
    let heads = [head(&ours, log_key)?, head(&theirs, log_key)?];
    let origin = log_key.name();
    let damaged = |fault| WitnessError::Register(origin.clone(), fault);
    let views =
        [TreeView::new(&ours, heads[0].head().size), TreeView::new(&theirs, heads[1].head().size)];
    for (view, head) in views.iter().zip(&heads) {
        view.expect_head(head.head()).map_err(damaged)?;
    }
    // Beginnings are equal up to some size and differ beyond it.
    let (mut equal, mut end) = (0, views[0].size().min(views[1].size()));
    while equal < end {
        let middle = equal + (end - equal).div_ceil(2);
        let roots = (views[0].root(middle), views[1].root(middle));
        match roots.0.map_err(damaged)? == roots.1.map_err(damaged)? {
            true => equal = middle,
            false => end = middle - 1,
        }
    }
    let common = Head { size: equal, root: views[0].root(equal).map_err(damaged)? };

    let mut cosigned: Vec<Checkpoint> = seen.to_vec();
    for (log, head) in [(&ours, &heads[0]), (&theirs, &heads[1])] {
        let kept = Heads::read(log, log_key, head.head());
        cosigned.extend(kept.kept.into_iter().chain(kept.contradicting));
    }
    cosigned.retain(|head| head.verify(log_key) == Signed::Valid && head.head().size > equal);
    let quorum = trust.quorum(log_key);
    let witnesses = quorum.as_ref().map_or(&[][..], |quorum| quorum.witnesses());
    let [ours_head, theirs_head] = heads;
    let branch = |log: &dyn Files, view: &TreeView<'_>, checkpoint: Checkpoint| {
        let entries = entries_from(log, log_key, equal)?;
        let belongs = |head: &&Checkpoint| {
            let Head { size, root } = head.head();
            size <= view.size() && view.root(size).is_ok_and(|found| found == root)
        };
        let of_it: Vec<&Checkpoint> = cosigned.iter().filter(belongs).collect();
        let saw = |key: &&WitnessKey| {
            of_it.iter().any(|head| matches!(head.cosigned_by(key), Cosigned::At(_)))
        };
        let seen_by = witnesses.iter().filter(saw).map(|key| key.name().clone()).collect();
        Ok::<_, WitnessError>(Branch { checkpoint, entries, seen_by })
    };
    Ok(Comparison {
        common,
        ours: branch(&ours, &views[0], ours_head)?,
        theirs: branch(&theirs, &views[1], theirs_head)?,
    })
}

fn head(log: &dyn Files, log_key: &NoteKey) -> Result<Checkpoint, WitnessError> {
    let bytes = log
        .read("checkpoint")?
        .ok_or_else(|| WitnessError::NoRegister("there is no register: log/checkpoint".into()))?;
    let found = Checkpoint::parse(&bytes)
        .map_err(|why| WitnessError::NoRegister(format!("log/checkpoint: {why}")))?;
    match found.verify(log_key) {
        Signed::Valid => Ok(found.signed_by(log_key)),
        _ => Err(WitnessError::NotSigned(log_key.name().clone())),
    }
}

/// The entries of a whole register that holds, from an index on.
fn entries_from(
    log: &dyn Files,
    log_key: &NoteKey,
    first: TreeSize,
) -> Result<Vec<Vec<u8>>, WitnessError> {
    let mut entries = Vec::new();
    let audit = audit(log, Some(log_key), None, &mut |index, entry| {
        if index >= first {
            entries.push(entry.to_vec());
        }
    });
    match audit.state {
        LogState::Ok => Ok(entries),
        _ => Err(WitnessError::Read(format!(
            "the register {} does not hold: {}",
            log_key.name(),
            audit.why
        ))),
    }
}

impl Comparison {
    /// What to do.
    pub fn plan(&self, origin: &KeyName) -> Repair {
        let (ours, theirs) = (&self.ours, &self.theirs);
        // Also after a repair, for a copy from before it.
        if self.lost(Side::Ours).is_empty() && theirs.seen_by.is_empty() {
            return Repair::Nothing;
        }
        let keep = match (ours.seen_by.is_empty(), theirs.seen_by.is_empty()) {
            (false, false) => return Repair::NewOrigin { origin: next_origin(origin) },
            (false, true) => Side::Ours,
            (true, false) => Side::Theirs,
            (true, true) if theirs.entries.len() > ours.entries.len() => Side::Theirs,
            (true, true) => Side::Ours,
        };
        Repair::Reappend { keep, entries: self.lost(keep) }
    }

    /// What the version that is given up has alone.
    fn lost(&self, keep: Side) -> Vec<Vec<u8>> {
        let (kept, given_up) = match keep {
            Side::Ours => (&self.ours, &self.theirs),
            Side::Theirs => (&self.theirs, &self.ours),
        };
        let there: BTreeSet<&Vec<u8>> = kept.entries.iter().collect();
        given_up.entries.iter().filter(|entry| !there.contains(entry)).cloned().collect()
    }

    /// The records that the other version took back, as far as its Withdrawals are at hand.
    #[must_use]
    pub fn taken_back(&self, ours: &dyn Files, theirs: &dyn Files) -> BTreeSet<RecordId> {
        let read = |files: &dyn Files, id: &RecordId| {
            let bytes = files.read(&format!("records/{}.json", id.short())).ok().flatten()?;
            (RecordId::of(&bytes) == *id).then_some(bytes)
        };
        let withdrawn = self.theirs.entries.iter().filter_map(|entry| {
            let id = record_of(entry)?;
            taken_back(&read(ours, &id).or_else(|| read(theirs, &id))?)
        });
        withdrawn.collect()
    }

    /// The comparison in plain words.
    pub fn words(&self) -> String {
        let side = |what: &str, branch: &Branch| {
            let seen = match branch.seen_by.len() {
                0 => "no neighbour has seen it".to_owned(),
                _ => {
                    let names: Vec<_> = branch.seen_by.iter().map(KeyName::as_str).collect();
                    format!("seen by {}", names.join(", "))
                }
            };
            let count = branch.entries.len();
            let entries = if count == 1 { "entry" } else { "entries" };
            format!("{what} has {count} {entries} of its own; {seen}")
        };
        let first = match self.common.size {
            0 => "no entry".to_owned(),
            1 => "their first entry".to_owned(),
            size => format!("their first {size} entries"),
        };
        format!(
            "Two versions of the register share {first}.\n{}\n{}\n",
            side("The one in this folder", &self.ours),
            side("The other one", &self.theirs)
        )
    }
}

/// The name under which a register goes on: `<name>/2`, then `<name>/3`.
pub fn next_origin(origin: &KeyName) -> KeyName {
    let text = origin.as_str();
    let numbered = text.rsplit_once('/').and_then(|(name, number)| {
        parse_decimal(number).filter(|&number| number >= 2).map(|number| (name, number))
    });
    let next = match numbered {
        Some((name, number)) => format!("{name}/{}", number + 1),
        None => format!("{text}/2"),
    };
    KeyName::parse(&next).expect("a slash and digits keep a name a name")
}

/// The records that a repair has still to append, whatever their time, and which place each has among
/// them: listed beside the heads in `log/forks`.
pub(super) fn lost_records(site: &dyn Files) -> BTreeMap<RecordId, usize> {
    let mut ids = BTreeMap::new();
    for fork in site.list("log/forks").unwrap_or_default() {
        let bytes = site.read(&format!("log/forks/{fork}/entries")).ok().flatten();
        let lines = bytes.unwrap_or_default();
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            if let Some(Entry::Record(id)) = Entry::parse(line) {
                let place = ids.len();
                ids.entry(id).or_insert(place);
            }
        }
    }
    ids
}

/// Lets one version stay and lays the records of the other beside it; the next
/// [`super::open`] appends them. Gives the entries that are no records, in words: whoever wrote
/// them writes them again. A record that the other version took back comes over with its Withdrawal: its entry, and
/// nothing else of it.
///
/// `theirs` is the other copy of the site. The head that this machine remembers becomes that of
/// the version that stays.
///
/// # Errors
/// If a record is not at hand: then nothing was changed.
pub fn reappend(
    places: Places<'_>,
    disk: &dyn Disk,
    log_key: &NoteKey,
    comparison: &Comparison,
    keep: Side,
    theirs: &dyn Files,
) -> Result<Vec<String>, WitnessError> {
    let _lock = FolderLock::take(places.site, "signing in")?;
    let exchange = Exchange { places, disk };
    exchange.finish()?;
    let lost = comparison.lost(keep);
    let needed: Vec<&Vec<u8>> = comparison.theirs.entries.iter().chain(&lost).collect();
    let copies = exchange.bring(&needed, theirs)?;
    let mut others: Vec<String> = needed
        .iter()
        .filter(|entry| record_of(entry).is_none())
        .map(|entry| String::from_utf8_lossy(entry).trim_end().to_owned())
        .collect();
    others.dedup();
    let (kept, given_up) = match keep {
        Side::Ours => (&comparison.ours, &comparison.theirs),
        Side::Theirs => (&comparison.theirs, &comparison.ours),
    };
    exchange.evidence("log/forks", [kept, given_up], &lost)?;
    for (path, bytes) in &copies {
        put(disk, &places.site.join(path), bytes, Mode::Public)?;
    }
    match keep {
        // What others vouch for in the other copy, where it is of this version too.
        Side::Ours => {
            let site = exchange.site();
            exchange.copy_heads(log_key, (theirs, false), &site, kept, "log")?;
        }
        Side::Theirs => {
            let log = Below { files: theirs, folder: "log" };
            exchange.copy_log(&log, &kept.checkpoint)?;
            exchange.copy_below(&["forks", "earlier"])?;
            exchange.copy_heads(log_key, (&exchange.site(), true), theirs, kept, NEXT)?;
            exchange.copy_heads(log_key, (theirs, false), theirs, kept, NEXT)?;
        }
    }
    let path = remembered_path(places, log_key);
    put(disk, &path, kept.checkpoint.to_string().as_bytes(), Mode::Secret)?;
    if keep == Side::Theirs {
        exchange.swap()?;
    }
    Ok(others)
}

/// Whether a repair broke off after its exchange, before every record of both versions was entered and proven; the next
/// [`super::open`] completes it.
///
/// # Errors
/// If the register does not hold.
pub fn is_unfinished(places: Places<'_>, log_key: &NoteKey) -> Result<bool, WitnessError> {
    let site = Folder::at(places.site);
    let logged = entries_from(&Below { files: &site, folder: "log" }, log_key, 0)?;
    let mut ids =
        logged.iter().filter_map(|entry| record_of(entry)).chain(lost_records(&site).into_keys());
    Ok(ids.any(|id| !places.site.join(format!("records/{}.tlog-proof", id.short())).exists()))
}

/// Completes an exchange of the folder `log` that a crash interrupted; harmless otherwise.
///
/// # Errors
/// If the disk fails, or another run holds the folder.
pub fn resume(places: Places<'_>, disk: &dyn Disk) -> Result<(), WitnessError> {
    let _lock = FolderLock::take(places.site, "signing in")?;
    Exchange { places, disk }.finish()
}

/// A register that goes on under a new name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BegunAgain {
    /// Its new name and key, for the file `log.vkey` and the DID log.
    pub key: NoteKey,
    /// Its first head.
    pub checkpoint: Checkpoint,
    /// The register before it: name and key.
    pub earlier: NoteKey,
    /// What both versions of that have in common, for the DID log.
    pub common: Head,
}

/// Begins the register again under a new name and key, with every entry of both versions.
///
/// The folder of the old one is kept as `log/earlier/<hex SHA-256(origin)>`, its cosigned heads
/// with it: they go on dating what they cover. `identity/log.vkey` becomes the new key's. What
/// the DID log has to say stands in the result.
///
/// # Errors
/// If a record is not at hand, or the new key is the old one: then nothing was changed.
pub fn begin_again(
    places: Places<'_>,
    disk: &dyn Disk,
    log_key: &NoteKey,
    comparison: &Comparison,
    theirs: &dyn Files,
    signer: &dyn Signer,
) -> Result<BegunAgain, WitnessError> {
    let _lock = FolderLock::take(places.site, "signing in")?;
    if signer.verifier_key() == *log_key.key() {
        return Err(WitnessError::SameKey);
    }
    let exchange = Exchange { places, disk };
    exchange.finish()?;
    let key = NoteKey::new(next_origin(log_key.name()), signer.verifier_key());
    let needed: Vec<&Vec<u8>> = comparison.theirs.entries.iter().collect();
    let copies = exchange.bring(&needed, theirs)?;
    let site = Folder::at(places.site);
    let old_log = Below { files: &site, folder: "log" };
    let mut entries = entries_from(&old_log, log_key, 0)?;
    let lost = comparison.lost(Side::Ours);
    entries.extend(lost.iter().cloned());
    exchange.evidence("log/forks", [&comparison.ours, &comparison.theirs], &lost)?;
    for (path, bytes) in &copies {
        put(disk, &places.site.join(path), bytes, Mode::Public)?;
    }

    let folder = published_folder(log_key.name());
    exchange.copy_tree("log", &format!("{NEXT}/earlier/{folder}"), &["earlier"])?;
    exchange.copy_below(&["earlier"])?;
    let nothing = BTreeMap::<String, Vec<u8>>::new();
    let damaged = |fault| WitnessError::Register(key.name().clone(), fault);
    let plan = append::plan(Head::empty(), &nothing, &entries).map_err(damaged)?;
    for (path, bytes) in &plan.files {
        put(disk, &places.site.join(NEXT).join(path), bytes, Mode::Public)?;
    }
    let checkpoint = Checkpoint::sign(key.name(), plan.head, signer);
    let next = places.site.join(NEXT);
    put(disk, &next.join("checkpoint"), checkpoint.to_string().as_bytes(), Mode::Public)?;
    let files: BTreeMap<String, Vec<u8>> = plan.files.into_iter().collect();
    let view = TreeView::new(&files, plan.head.size);
    for (index, entry) in (0..).zip(&entries) {
        if let Some(Entry::Record(id)) = Entry::parse(entry) {
            let path = view.inclusion_proof(index).map_err(damaged)?;
            let proof = TlogProof { extra: None, index, path, checkpoint: checkpoint.clone() };
            let path = places.site.join(format!("records/{}.tlog-proof", id.short()));
            put(disk, &path, proof.to_string().as_bytes(), Mode::Public)?;
        }
    }
    let path = remembered_path(places, &key);
    put(disk, &path, checkpoint.to_string().as_bytes(), Mode::Secret)?;
    let path = places.site.join("identity/log.vkey");
    put(disk, &path, format!("{key}\n").as_bytes(), Mode::Public)?;
    exchange.swap()?;
    Ok(BegunAgain { key, checkpoint, earlier: log_key.clone(), common: comparison.common })
}

/// The new folder `log` while it is being made, below the site's folder.
const NEXT: &str = "log.next";
/// The old folder `log` while it is being put away.
const WAS: &str = "log.was";

/// Exchanges the folder `log` as a whole.
struct Exchange<'a> {
    places: Places<'a>,
    disk: &'a dyn Disk,
}

impl Exchange<'_> {
    fn at(&self, path: &str) -> PathBuf {
        self.places.site.join(path)
    }

    fn site(&self) -> Folder {
        Folder::at(self.places.site)
    }

    /// Completes an exchange that a crash interrupted, or clears away one that did not begin.
    fn finish(&self) -> Result<(), WitnessError> {
        let (log, next, was) = (self.at("log"), self.at(NEXT), self.at(WAS));
        if was.exists() && !log.exists() {
            // Between the two renames: the new folder was whole before the first.
            let from = if next.exists() { &next } else { &was };
            self.rename(from, &log)?;
        }
        for left in [next, was] {
            if left.exists() {
                self.disk
                    .remove_tree(&left)
                    .map_err(|error| write::Error::failed("remove", &left, error))?;
            }
        }
        Ok(())
    }

    fn swap(&self) -> Result<(), WitnessError> {
        self.rename(&self.at("log"), &self.at(WAS))?;
        self.rename(&self.at(NEXT), &self.at("log"))?;
        self.finish()
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), WitnessError> {
        let failed = |error| write::Error::failed("put in place", to, error);
        self.disk.rename(from, to).map_err(failed)?;
        self.disk.sync_folder(self.places.site).map_err(failed)?;
        Ok(())
    }

    /// Finds the records of entries here or there, with the files that they speak of. Gives what has to be copied into
    /// the site's folder.
    ///
    /// A record that a Withdrawal among them names may be missing, in whole or in part.
    fn bring(
        &self,
        entries: &[&Vec<u8>],
        theirs: &dyn Files,
    ) -> Result<BTreeMap<String, Vec<u8>>, WitnessError> {
        let (mut copies, mut missing, mut gone) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
        for id in entries.iter().filter_map(|entry| record_of(entry)) {
            let path = format!("records/{}.json", id.short());
            let Some(body) = self.find(&path, &|it| RecordId::of(it) == id, theirs, &mut copies)?
            else {
                missing.push((id, path));
                continue;
            };
            gone.extend(taken_back(&body));
            for name in files_of(&body) {
                let digest = name.split('.').next().unwrap_or_default();
                let is_it = |bytes: &[u8]| HEXLOWER.encode(&Sha256::digest(bytes)) == digest;
                let path = format!("records/files/{name}");
                if self.find(&path, &is_it, theirs, &mut copies)?.is_none() {
                    missing.push((id, path));
                }
            }
            // The side signature was made with the record and is judged with it; it can be missing.
            self.find(&format!("records/{}.sshsig", id.short()), &|_| true, theirs, &mut copies)?;
        }
        match missing.into_iter().find(|(id, _)| !gone.contains(id)) {
            None => Ok(copies),
            Some((_, path)) => Err(WitnessError::Read(format!(
                "{path} is in one version of the register and lies in neither folder; nothing was changed"
            ))),
        }
    }

    /// Finds a file here or there, and notes it if it has to be copied; `None` if it is in neither folder.
    fn find(
        &self,
        path: &str,
        is_it: &dyn Fn(&[u8]) -> bool,
        theirs: &dyn Files,
        copies: &mut BTreeMap<String, Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, WitnessError> {
        if let Some(bytes) = self.site().read(path)?.filter(|bytes| is_it(bytes)) {
            return Ok(Some(bytes));
        }
        let there = theirs.read(path)?.filter(|bytes| is_it(bytes));
        if let Some(bytes) = &there {
            copies.insert(path.to_owned(), bytes.clone());
        }
        Ok(there)
    }

    /// Puts down both heads, and what the second version has alone beside its head.
    fn evidence(
        &self,
        folder: &str,
        branches: [&Branch; 2],
        lost: &[Vec<u8>],
    ) -> Result<(), WitnessError> {
        let heads = branches.map(|branch| &branch.checkpoint);
        let [_, path] = super::witness::keep_heads(self.places, self.disk, folder, heads)?;
        let path = self.at(&path).with_file_name("entries");
        put(self.disk, &path, &lost.concat(), Mode::Public)
    }

    /// Copies a whole register into the new folder, its head last.
    fn copy_log(&self, log: &dyn Files, head: &Checkpoint) -> Result<(), WitnessError> {
        let size = head.head().size;
        let next = self.at(NEXT);
        let damaged = |fault| WitnessError::Register(head.origin().clone(), fault);
        for index in 0.. {
            let Some(bundle) = Bundle::in_log(size, index) else { break };
            // A full bundle may stand in its place: then the first entries of that.
            let (found, bytes) = read_bundle(log, bundle).map_err(damaged)?;
            let entries = found.decode(&bytes).map_err(damaged)?;
            let bytes = Bundle::encode(entries.into_iter().take(usize::from(bundle.width)))
                .expect("what was read from a bundle fits into one");
            put(self.disk, &next.join(bundle.path()), &bytes, Mode::Public)?;
        }
        for level in 0..=u8::MAX {
            if Tile::in_tree(size, level, 0).is_none() {
                break;
            }
            for index in 0.. {
                let Some(tile) = Tile::in_tree(size, level, index) else { break };
                let hashes = read_tile(log, tile).map_err(damaged)?;
                let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
                put(self.disk, &next.join(tile.path()), &bytes, Mode::Public)?;
            }
        }
        put(self.disk, &next.join("checkpoint"), head.to_string().as_bytes(), Mode::Public)
    }

    /// Copies what stands in `log/heads` of one copy to the folder `log` that is being made: below
    /// `heads` if it is of the version that stays (its tiles are in `tiles`), else below `forks`.
    /// What is there already stays.
    fn copy_heads(
        &self,
        log_key: &NoteKey,
        (from, is_own): (&dyn Files, bool),
        tiles: &dyn Files,
        kept: &Branch,
        to: &str,
    ) -> Result<(), WitnessError> {
        let is_plain = |name: &String| {
            !name.starts_with('.')
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        };
        let log = Below { files: tiles, folder: "log" };
        let view = TreeView::new(&log, kept.checkpoint.head().size);
        // Over the web nothing can be listed; the heads are collected again then.
        for size in from.list("log/heads").unwrap_or_default().into_iter().filter(is_plain) {
            let folder = format!("log/heads/{size}");
            let bytes = from.read(&format!("{folder}/checkpoint")).ok().flatten();
            let found = bytes
                .and_then(|bytes| Checkpoint::parse(&bytes).ok())
                .filter(|found| found.verify(log_key) == Signed::Valid);
            let mut is_of_it = false;
            let target = match found.map(|found| found.head()) {
                Some(Head { size, root }) => {
                    is_of_it =
                        size <= view.size() && view.root(size).is_ok_and(|kept| kept == root);
                    match is_of_it {
                        true => format!("{to}/heads/{size}"),
                        false => format!("{to}/forks/{size}-{}", HEXLOWER.encode(&root.0.0)),
                    }
                }
                // Ours is not thrown away even if it cannot be read; a stranger's is.
                None if is_own => format!("{to}/forks/heads-{size}"),
                None => continue,
            };
            for name in from.list(&folder).unwrap_or_default().into_iter().filter(is_plain) {
                let path = format!("{target}/{name}");
                let bytes = from.read(&format!("{folder}/{name}")).ok().flatten();
                // In `forks` the head with its cosignatures takes the place of the bare one.
                let is_there = self.site().read(&path)?.is_some() && is_of_it;
                if let Some(bytes) = bytes.filter(|_| !is_there) {
                    put(self.disk, &self.at(&path), &bytes, Mode::Public)?;
                }
            }
        }
        Ok(())
    }

    /// Copies folders within `log` into the new folder.
    fn copy_below(&self, folders: &[&str]) -> Result<(), WitnessError> {
        folders.iter().try_for_each(|folder| {
            self.copy_tree(&format!("log/{folder}"), &format!("{NEXT}/{folder}"), &[])
        })
    }

    /// Copies a folder, without what is named in it; a missing one is fine.
    fn copy_tree(&self, from: &str, to: &str, without: &[&str]) -> Result<(), WitnessError> {
        for name in self.site().list(from)? {
            if without.contains(&name.as_str()) || name.starts_with('.') {
                continue;
            }
            let (from, to) = (format!("{from}/{name}"), format!("{to}/{name}"));
            match self.site().read(&from)? {
                Some(bytes) => put(self.disk, &self.at(&to), &bytes, Mode::Public)?,
                None => self.copy_tree(&from, &to, &[])?,
            }
        }
        Ok(())
    }
}

/// The record that an entry enters; `None` if it is another sort of entry.
fn record_of(entry: &[u8]) -> Option<RecordId> {
    match Entry::parse(entry)? {
        Entry::Record(id) => Some(id),
        _ => None,
    }
}

/// The record that a Withdrawal takes back; `None` if these are not the bytes of one.
fn taken_back(body: &[u8]) -> Option<RecordId> {
    let signed = SignedRecord::parse(body).ok()?;
    Tombstone::of(&signed).map(|gone| gone.target.id)
}

/// Names of the files in `records/files` that a record binds, whatever its kind.
fn files_of(body: &[u8]) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let resources = document["relatedResource"].as_array().map_or(&[][..], Vec::as_slice);
    let names = resources.iter().filter_map(|resource| {
        let (_, name) = resource["id"].as_str()?.rsplit_once("/records/files/")?;
        let is_plain =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        (is_plain && !name.starts_with('.')).then(|| name.to_owned())
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_registers_that_go_on() {
        for (name, next) in [
            ("a.example/log", "a.example/log/2"),
            ("a.example/log/2", "a.example/log/3"),
            ("a.example/log/9", "a.example/log/10"),
            ("a.example/2/log", "a.example/2/log/2"),
            ("a.example/log/1", "a.example/log/1/2"),
        ] {
            assert_eq!(next_origin(&KeyName::parse(name).unwrap()).as_str(), next);
        }
    }
}
