//! Judges a whole log: head, tiles, entries, and whether it grew out of what was seen before.

use std::collections::VecDeque;

use super::report::{Axis, Finding};
use crate::provenance::files::{Files, PUT_AWAY, is_put_away};
use crate::provenance::log::merkle::Hash;
use crate::provenance::log::tile::{FULL_WIDTH, damaged_parts, read_bundle, read_tile};
use crate::provenance::log::{
    Bundle, Checkpoint, FaultKind, Head, LeafHash, LogFault, Tile, TreeView,
};
use crate::provenance::note::{NoteKey, Signed};

/// What a log amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogState {
    /// Usable at the size of its checkpoint.
    Ok,
    /// There is no log.
    Absent,
    /// A file is missing, cut or malformed: restore it.
    Damaged,
    /// Tiles or entries do not belong to the signed head.
    Tampered,
    /// The head is not signed by the log's key.
    Untrusted,
    /// Two heads exist that cannot both be kept.
    Fork,
    /// It is shorter than it once was.
    Rollback,
}

/// The judgement on a log.
#[derive(Clone, Debug)]
pub struct LogAudit {
    /// What it amounts to.
    pub state: LogState,
    /// Why, in plain words.
    pub why: String,
    /// The signed head, where the log's key signed it.
    pub checkpoint: Option<Checkpoint>,
    /// The findings `log-head`, `log-tiles` and `log-entries`.
    pub findings: Vec<Finding>,
}

impl LogAudit {
    /// The head, if the log can be used at its size.
    pub fn head(&self) -> Option<Head> {
        match self.state {
            LogState::Ok => self.checkpoint.as_ref().map(Checkpoint::head),
            _ => None,
        }
    }
}

/// Reads a whole log and judges it: every tile, every entry, in one pass and little memory.
///
/// `key` is the log's; `pinned` a checkpoint of the same log that was seen before, and verified
/// then. `on_entry` gets each entry with its index, in order; what it got counts only if the log
/// turns out to be [`LogState::Ok`].
pub fn audit(
    log: &dyn Files,
    key: Option<&NoteKey>,
    pinned: Option<&Checkpoint>,
    on_entry: &mut dyn FnMut(u64, &[u8]),
) -> LogAudit {
    let (state, why, checkpoint) = judge_head(log, key);
    let mut audit = LogAudit { state, why, checkpoint, findings: Vec::new() };
    let unread = match audit.state {
        LogState::Absent => "there is no log",
        _ => "the head does not hold",
    };
    let Some(head) = audit.head() else {
        let why = audit.why.clone();
        let is_unknown = audit.state == LogState::Untrusted && key.is_none();
        let is_missing = matches!(log.read("checkpoint"), Ok(None));
        audit.findings = vec![
            match is_unknown || is_missing {
                true => Finding::not_checked(Axis::Bytes, "log-head", why),
                false => Finding::invalid(Axis::Bytes, "log-head", why),
            },
            Finding::not_checked(Axis::Bytes, "log-tiles", unread),
            Finding::not_checked(Axis::Bytes, "log-entries", unread),
        ];
        return audit;
    };
    let signed = format!("signed by the log's key, {} entries", head.size);
    let mut head_finding = Finding::valid(Axis::Bytes, "log-head", signed);

    let (tiles, entries) = walk(log, head, on_entry);
    for (check, outcome) in [("log-tiles", &tiles), ("log-entries", &entries)] {
        audit.findings.push(match outcome {
            Ok(()) => Finding::valid(Axis::Bytes, check, "all agree with the head"),
            Err(fault) if fault.kind == FaultKind::Missing => {
                Finding::not_checked(Axis::Bytes, check, fault.to_string())
            }
            Err(fault) => Finding::invalid(Axis::Bytes, check, fault.to_string()),
        });
    }
    if let Some(fault) = tiles.err().or(entries.err()) {
        audit.state = match fault.kind {
            FaultKind::Missing | FaultKind::Damaged => LogState::Damaged,
            FaultKind::Tampered => LogState::Tampered,
        };
        audit.why = fault.to_string();
    } else if let Some((state, why)) = pinned.and_then(|pinned| against_pinned(log, head, pinned)) {
        head_finding = Finding::invalid(Axis::Bytes, "log-head", why.clone());
        (audit.state, audit.why) = (state, why);
    }
    audit.findings.insert(0, head_finding);
    audit
}

/// Whether what lies in a log's folder from when it was shorter is the beginning of what is there now: findings if not.
///
/// No statement about a record rests on it, and the next signing makes it anew; but who has a head of that day reads it.
pub(super) fn judge_parts(log: &dyn Files, head: Head) -> Vec<Finding> {
    let damaged = damaged_parts(log, head.size).unwrap_or_default();
    let find = |check, is_of: fn(&str) -> bool| {
        let mut paths = damaged.iter().map(|(path, _)| path.as_str()).filter(|path| is_of(path));
        let first = paths.next()?;
        let more = match paths.count() {
            0 => String::new(),
            count => format!(", as {count} more"),
        };
        let why = format!("log/{first}: it is not the beginning of what the log has now{more}");
        Some(Finding::invalid(Axis::Bytes, check, why))
    };
    let is_bundle: fn(&str) -> bool = |path| path.starts_with("tile/entries/");
    let is_tile: fn(&str) -> bool = |path| !path.starts_with("tile/entries/");
    [find("log-tiles", is_tile), find("log-entries", is_bundle)].into_iter().flatten().collect()
}

fn judge_head(log: &dyn Files, key: Option<&NoteKey>) -> (LogState, String, Option<Checkpoint>) {
    let say = |state, why: &str| (state, why.to_owned(), None);
    let bytes = match log.read("checkpoint") {
        Err(error) => return say(LogState::Damaged, &error.to_string()),
        Ok(None) if is_put_away(log, "checkpoint") => {
            return say(LogState::Damaged, &format!("log/checkpoint: {PUT_AWAY}"));
        }
        Ok(None) => {
            return match log.read("tile/0/000").is_ok_and(|tile| tile.is_some())
                || log.list("tile").is_ok_and(|names| !names.is_empty())
            {
                true => say(LogState::Damaged, "log/checkpoint: it is missing"),
                false => say(LogState::Absent, "there is no log"),
            };
        }
        Ok(Some(bytes)) => bytes,
    };
    // Sync tools and git keep both sides of a conflict, each in its own way.
    if bytes.windows(8).any(|window| window == b"<<<<<<< ") {
        let why = "log/checkpoint: it holds both sides of a git merge: two heads exist";
        return say(LogState::Fork, why);
    }
    if let Some(why) = second_head(log) {
        return say(LogState::Fork, &why);
    }
    let checkpoint = match Checkpoint::parse(&bytes) {
        Ok(checkpoint) => checkpoint,
        Err(why) => return say(LogState::Damaged, &format!("log/checkpoint: {why}")),
    };
    let Some(key) = key else {
        return say(LogState::Untrusted, "the log's key is not known");
    };
    match checkpoint.verify(key) {
        Signed::Valid => (LogState::Ok, "it agrees with its head".to_owned(), Some(checkpoint)),
        _ if checkpoint.origin() != key.name() => {
            let why = format!("log/checkpoint: it is of another log, {}", checkpoint.origin());
            say(LogState::Untrusted, &why)
        }
        Signed::Absent => say(LogState::Untrusted, "log/checkpoint: the log's key did not sign it"),
        Signed::Invalid => {
            say(LogState::Tampered, "log/checkpoint: it was altered after it was signed")
        }
    }
}

/// Says of a second head beside the checkpoint, as sync tools leave it where two machines signed; `None` if there is none.
pub(crate) fn second_head(log: &dyn Files) -> Option<String> {
    let names = log.list("").ok()?;
    let twin = names.into_iter().find(|it| it.starts_with("checkpoint") && it != "checkpoint")?;
    Some(format!("log/{twin:.80}: a second head lies beside the checkpoint"))
}

/// Whether a log that is consistent in itself grew out of a head that was seen before.
fn against_pinned(log: &dyn Files, head: Head, pinned: &Checkpoint) -> Option<(LogState, String)> {
    let seen = pinned.head();
    if head.size < seen.size {
        let why = format!("it has {} entries, and had {} before", head.size, seen.size);
        return Some((LogState::Rollback, why));
    }
    match TreeView::new(log, head.size).root(seen.size) {
        Ok(root) if root == seen.root => None,
        Ok(_) => {
            let why = format!("its first {} entries are not those seen before", seen.size);
            Some((LogState::Fork, why))
        }
        Err(fault) => Some((LogState::Damaged, fault.to_string())),
    }
}

/// Reads all tiles and entries once, from the first to the last.
///
/// Each level keeps the hashes of the tile that is being filled from below; when that is full
/// it is compared with the stored tile, and its own hash goes one level up.
fn walk(
    log: &dyn Files,
    head: Head,
    on_entry: &mut dyn FnMut(u64, &[u8]),
) -> (Result<(), LogFault>, Result<(), LogFault>) {
    let full = u64::from(FULL_WIDTH);
    let mut entries = Ok(());
    let mut levels: Vec<(u64, Vec<Hash>)> = Vec::new();
    for index in 0..head.size.div_ceil(full) {
        let Some(tile) = Tile::in_tree(head.size, 0, index) else { break };
        let hashes = match read_tile(log, tile) {
            Ok(hashes) => hashes,
            Err(fault) => return (Err(fault), entries),
        };
        if entries.is_ok() {
            entries = walk_bundle(log, head, index, &hashes, on_entry);
        }
        if tile.width == FULL_WIDTH {
            let mut up = VecDeque::from([(0, Hash::of_perfect(&hashes))]);
            while let Some((level, hash)) = up.pop_front() {
                if levels.len() == level {
                    levels.push((0, Vec::new()));
                }
                let (number, open) = &mut levels[level];
                open.push(hash);
                if open.len() == usize::from(FULL_WIDTH) {
                    if let Err(fault) = compare_tile(log, head, level + 1, *number, open) {
                        return (Err(fault), entries);
                    }
                    up.push_back((level + 1, Hash::of_perfect(open)));
                    *number += 1;
                    open.clear();
                }
            }
        }
    }
    for (level, (number, open)) in levels.iter().enumerate() {
        if !open.is_empty()
            && let Err(fault) = compare_tile(log, head, level + 1, *number, open)
        {
            return (Err(fault), entries);
        }
    }
    (TreeView::new(log, head.size).expect_head(head), entries)
}

fn compare_tile(
    log: &dyn Files,
    head: Head,
    level: usize,
    number: u64,
    hashes: &[Hash],
) -> Result<(), LogFault> {
    let level = u8::try_from(level).unwrap_or(u8::MAX);
    let Some(tile) = Tile::in_tree(head.size, level, number) else {
        return Ok(());
    };
    match read_tile(log, tile)? == hashes {
        true => Ok(()),
        false => Err(LogFault::tampered(&tile.path(), "it does not follow from the tiles below")),
    }
}

/// Compares the entries of one bundle with the hashes of its tile.
fn walk_bundle(
    log: &dyn Files,
    head: Head,
    index: u64,
    hashes: &[Hash],
    on_entry: &mut dyn FnMut(u64, &[u8]),
) -> Result<(), LogFault> {
    let Some(bundle) = Bundle::in_log(head.size, index) else {
        return Ok(());
    };
    let (found, bytes) = read_bundle(log, bundle)?;
    let entries = found.decode(&bytes)?;
    for ((at, entry), hash) in (index * u64::from(FULL_WIDTH)..).zip(entries).zip(hashes) {
        if LeafHash::of(entry).0 != *hash {
            let why = format!("entry {} is not the one in the tree", at + 1);
            return Err(LogFault::tampered(&found.path(), why));
        }
        on_entry(at, entry);
    }
    Ok(())
}
