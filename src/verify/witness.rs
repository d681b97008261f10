//! Who saw a register, and when: the cosigned heads that are kept in `log/heads`.
//!
//! A head that a witness cosigned shows that all its entries existed at the witness's time. It is
//! evidence for this register only if it is a beginning of it; a signed head that is not shows
//! that there are two versions of the register, whoever made the second.

use jiff::Timestamp;

use super::report::{Axis, Finding};
use super::time::{HeadEvidence, TimeKind, head_evidence};
use super::trust::{Trust, TrustedWitness};
use crate::provenance::files::{Below, Files};
use crate::provenance::log::policy::Sighting;
use crate::provenance::log::{
    Checkpoint, Cosigned, Head, LogFault, TreeSize, TreeView, parse_decimal,
};
use crate::provenance::note::{NoteKey, Signed};

/// Most kept heads that are read; the earliest are those that date.
const MAX_HEADS: usize = 4096;

/// The heads that a register keeps because somebody else vouches for them.
#[derive(Clone, Debug)]
pub struct Heads {
    /// Those that are beginnings of the register, the smallest first.
    pub kept: Vec<Checkpoint>,
    /// Heads that the log's key signed and that contradict the register.
    pub contradicting: Vec<Checkpoint>,
    /// The finding `log-heads`; absent if no head is kept.
    pub finding: Option<Finding>,
}

/// One trusted witness that saw an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessedBy {
    /// What the verifier calls the witness.
    pub name: String,
    /// When it first cosigned a head that covers the entry, by its clock.
    pub time: Timestamp,
    /// The size of that head.
    pub size: TreeSize,
}

/// Who saw an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// Each trusted witness that saw it, the earliest first.
    pub by: Vec<WitnessedBy>,
    /// How many are needed; 0 if the verifier lists no witness.
    pub threshold: usize,
    /// When enough of them had seen it: the entry existed no later than this.
    pub since: Option<Timestamp>,
}

impl Witnessed {
    /// The same as a finding on the time axis, code `existed-by`.
    pub fn finding(&self) -> Finding {
        let code = "existed-by";
        if self.threshold == 0 {
            return Finding::not_checked(Axis::Time, code, "the trust list names no witness");
        }
        let names: Vec<&str> = self.by.iter().map(|seen| seen.name.as_str()).collect();
        match self.since {
            Some(since) => {
                let since = crate::provenance::instant::format(since);
                let why = format!("existed no later than {since}; seen by {}", names.join(", "));
                Finding::valid(Axis::Time, code, why)
            }
            None if names.is_empty() => {
                Finding::not_checked(Axis::Time, code, "no trusted witness has seen it yet")
            }
            None => {
                let why = format!(
                    "seen by {} so far; the trust list asks for {}",
                    names.join(", "),
                    self.threshold
                );
                Finding::not_checked(Axis::Time, code, why)
            }
        }
    }
}

/// All that trusted witnesses saw of one register, ready to be asked for each entry.
#[derive(Clone, Debug)]
pub struct Sightings {
    /// Cosignatures that name a trusted witness and do not hold: who, and at which size.
    pub broken: Vec<(String, TreeSize)>,
    sightings: Vec<Sighting>,
    names: Vec<(crate::provenance::key::VerifierKey, String)>,
    threshold: usize,
}

impl Heads {
    /// Reads the kept heads of a register, and compares each with the judged `head`.
    ///
    /// `log` is the folder `log`, `key` its key, `head` its newest head that holds.
    pub fn read(log: &dyn Files, key: &NoteKey, head: Head) -> Self {
        Self::read_by(log, &[key], head)
    }

    /// The same for a register whose key was replaced: `keys` are all that it had.
    pub fn read_by(log: &dyn Files, keys: &[&NoteKey], head: Head) -> Self {
        let mut heads = Self { kept: Vec::new(), contradicting: Vec::new(), finding: None };
        let mut sizes: Vec<_> = match log.list("heads") {
            Ok(names) => names.iter().filter_map(|name| parse_decimal(name)).collect(),
            Err(error) => {
                let why = error.to_string();
                heads.finding = Some(Finding::not_checked(Axis::Bytes, "log-heads", why));
                return heads;
            }
        };
        sizes.sort_unstable();
        let (mut unread, mut count) = (None, 0);
        let view = TreeView::new(log, head.size);
        for size in sizes {
            let path = format!("heads/{size}/checkpoint");
            let bytes = match log.read(&path) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => continue,
                Err(error) => {
                    unread = Some(format!("log/{path}: {}", error.why));
                    continue;
                }
            };
            count += 1;
            if count > MAX_HEADS {
                unread = Some("there are too many kept heads".to_owned());
                break;
            }
            let judged = keys.iter().map(|key| judge(&bytes, size, key, &view));
            let judged = judged.reduce(|first, next| first.or(next));
            match judged.unwrap_or(Err("no key of the register is known".to_owned())) {
                Ok((kept, true)) => heads.kept.push(kept),
                Ok((other, false)) => heads.contradicting.push(other),
                Err(why) => unread = Some(format!("log/{path}: {why}")),
            }
        }
        heads.finding = match (heads.contradicting.first(), unread) {
            (Some(other), _) => {
                let size = other.head().size;
                let why = match size > head.size {
                    true => format!(
                        "the register has {} entries, and others hold a page seal of {size} that its key signed",
                        head.size
                    ),
                    false => format!(
                        "there are two versions of the register: the page seal of {size} entries in \
                         log/heads is not of this one, and its key signed both"
                    ),
                };
                Some(Finding::invalid(Axis::Bytes, "log-heads", why))
            }
            (None, Some(why)) => Some(Finding::not_checked(Axis::Bytes, "log-heads", why)),
            (None, None) if count > 0 => {
                let why = format!("{} kept page seals, all of this register", heads.kept.len());
                Some(Finding::valid(Axis::Bytes, "log-heads", why))
            }
            (None, None) => None,
        };
        heads
    }

    /// What the witnesses of a trust list saw; cosignatures dated after `now` do not count.
    pub fn sightings(&self, key: &NoteKey, trust: &Trust, now: Option<Timestamp>) -> Sightings {
        let witnesses = trust.witnesses();
        let names =
            witnesses.iter().map(|witness| (*witness.key.key(), witness.name.clone())).collect();
        let broken = self.kept.iter().flat_map(|head| {
            let is_broken =
                |witness: &&TrustedWitness| head.cosigned_by(&witness.key) == Cosigned::Invalid;
            let broken = witnesses.iter().filter(is_broken);
            broken.map(|witness| (witness.name.clone(), head.head().size))
        });
        let broken = broken.collect();
        let Some(quorum) = trust.quorum(key) else {
            return Sightings { broken, sightings: Vec::new(), names, threshold: 0 };
        };
        let each = |head: &Checkpoint| quorum.sightings(std::slice::from_ref(head), now);
        let mut sightings: Vec<_> = self.kept.iter().flat_map(each).collect();
        sightings.sort_by_key(|sighting| (sighting.time, sighting.size));
        Sightings { broken, sightings, names, threshold: quorum.threshold() }
    }
}

/// The latest time that anybody of a trust list had when they saw or stamped a kept head, and who that was.
///
/// Whoever has that evidence at hand knows that it is not earlier now, however many had to see an entry to date it.
/// `log` is the folder `log` of the site `files`; `keys` are all that signed its heads, the current one first.
pub fn latest_outside(
    files: &dyn Files,
    keys: &[&NoteKey],
    head: Head,
    trust: &Trust,
) -> Option<(Timestamp, String)> {
    let log = Below { files, folder: "log" };
    let heads = Heads::read_by(&log, keys, head);
    let seen = keys.first().and_then(|key| heads.sightings(key, trust, None).latest());
    let stamped = keys.iter().flat_map(|key| {
        let all = head_evidence(files, Some(key), trust.time()).unwrap_or_default();
        let is_kept = |found: &HeadEvidence| {
            found.head().is_some_and(|head| heads.kept.iter().any(|kept| kept.head() == head))
        };
        let all: Vec<_> =
            all.into_iter().filter(is_kept).flat_map(|found| found.evidence).collect();
        all.into_iter().filter_map(|evidence| {
            let who = match &evidence.kind {
                TimeKind::Tsa { name, .. } => name.clone(),
                TimeKind::Bitcoin { height, .. } => format!("block {height} of Bitcoin"),
                _ => return None,
            };
            Some((evidence.not_before()?, who))
        })
    });
    stamped.chain(seen).max()
}

impl Heads {
    /// The largest kept head that enough of the trusted witnesses had seen before a time.
    pub fn seen_before(&self, key: &NoteKey, trust: &Trust, time: Timestamp) -> Option<Head> {
        let sightings = self.sightings(key, trust, None);
        let is_seen = |head: &Head| {
            let last = head.size.checked_sub(1);
            let since = last.and_then(|last| sightings.of(last).since);
            since.is_some_and(|since| since < time)
        };
        self.kept.iter().map(Checkpoint::head).filter(is_seen).max_by_key(|head| head.size)
    }
}

/// How a log stands to a head that was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// It is at the same head.
    Same,
    /// It grew out of it.
    Grew,
    /// It is smaller than what was seen.
    Behind,
    /// It did not grow out of it: there are two versions.
    Forked,
}

/// Compares a log at a signed head with a head that was seen before.
///
/// # Errors
/// If files are missing, or do not lead to `head`: then nothing is known about the log's growth.
/// [`Growth::Forked`] is said only where the tiles prove it.
pub fn growth(log: &dyn Files, head: Head, seen: Head) -> Result<Growth, LogFault> {
    let view = TreeView::new(log, head.size);
    view.expect_head(head)?;
    if head.size < seen.size {
        return Ok(Growth::Behind);
    }
    // The hashes at the old edge count only if a proof binds them to the new root.
    let root = view.root(seen.size)?;
    if !view.consistency_proof(seen.size)?.verify(seen.size, root, head.size, head.root) {
        let why = format!("the tiles at size {} do not lead to its root", seen.size);
        return Err(LogFault::tampered("checkpoint", why));
    }
    Ok(match (root == seen.root, head.size == seen.size) {
        (false, _) => Growth::Forked,
        (true, true) => Growth::Same,
        (true, false) => Growth::Grew,
    })
}

/// A kept head, and whether it is a beginning of the register.
fn judge(
    bytes: &[u8],
    size: TreeSize,
    key: &NoteKey,
    view: &TreeView<'_>,
) -> Result<(Checkpoint, bool), String> {
    let found = Checkpoint::parse(bytes)?;
    if found.verify(key) != Signed::Valid {
        return Err("the register's key did not sign it".to_owned());
    }
    let head = found.head();
    if head.size != size {
        return Err(format!("it is of {} entries and lies in the folder of {size}", head.size));
    }
    if size > view.size() {
        return Ok((found, false));
    }
    let root = view.root(size).map_err(|fault| fault.to_string())?;
    Ok((found, root == head.root))
}

impl Sightings {
    /// The latest time at which one of them saw the register, and who that was.
    fn latest(&self) -> Option<(Timestamp, String)> {
        let last = self.sightings.iter().max_by_key(|sighting| sighting.time)?;
        let name = self.names.iter().find(|(key, _)| key == last.key.key());
        Some((last.time, name.map_or_else(String::new, |(_, name)| name.clone())))
    }

    /// Who saw the entry with this index.
    pub fn of(&self, index: u64) -> Witnessed {
        let mut by: Vec<WitnessedBy> = Vec::new();
        let mut seen = Vec::new();
        // In the order of time: the first of each witness is its earliest.
        for sighting in self.sightings.iter().filter(|sighting| sighting.size > index) {
            let key = *sighting.key.key();
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let name = self.names.iter().find(|(named, _)| *named == key);
            by.push(WitnessedBy {
                name: name.map_or_else(String::new, |(_, name)| name.clone()),
                time: sighting.time,
                size: sighting.size,
            });
        }
        let since = self
            .threshold
            .checked_sub(1)
            .and_then(|place| by.get(place))
            .map(|witnessed| witnessed.time);
        Witnessed { by, threshold: self.threshold, since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::{Signer, TestSigner};
    use crate::provenance::log::{WitnessKey, append};
    use crate::provenance::note::KeyName;
    use crate::verify::Verdict;
    use std::collections::BTreeMap;

    type Folder = BTreeMap<String, Vec<u8>>;

    struct World {
        log: Folder,
        signer: TestSigner,
        key: NoteKey,
        heads: Vec<Head>,
        trust: Trust,
        witnesses: Vec<(TestSigner, WitnessKey)>,
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// A register of six entries, two witnesses, both needed.
    fn world() -> World {
        let signer = TestSigner::from_seed([1; 32]);
        let key = NoteKey::new(KeyName::parse("a.example/log").unwrap(), signer.verifier_key());
        let (mut log, mut heads) = (Folder::new(), vec![Head::empty()]);
        for number in 0..6u8 {
            let plan = append::plan(heads[usize::from(number)], &log, &[vec![number]]).unwrap();
            log.extend(plan.files);
            heads.push(plan.head);
        }
        let witnesses: Vec<_> = [2, 3]
            .map(|seed| {
                let signer = TestSigner::from_seed([seed; 32]);
                let name = KeyName::parse(&format!("w{seed}.example/witness")).unwrap();
                let key = WitnessKey::new(name, signer.verifier_key());
                (signer, key)
            })
            .into();
        let mut text = "quorum = 2\n".to_owned();
        for (number, (_, key)) in witnesses.iter().enumerate() {
            text.push_str(&format!("[[witness]]\nname = \"W{number}\"\nkey = \"{key}\"\n"));
        }
        let trust = Trust::parse(&text).unwrap();
        World { log, signer, key, heads, trust, witnesses }
    }

    impl World {
        fn keep(&mut self, head: Head, seen: &[(usize, i64)]) {
            let mut checkpoint = Checkpoint::sign(self.key.name(), head, &self.signer);
            for &(witness, time) in seen {
                let (signer, key) = &self.witnesses[witness];
                let cosignature = checkpoint.cosign(key.name(), at(time), signer).unwrap();
                checkpoint.add(&cosignature, key).unwrap();
            }
            let path = format!("heads/{}/checkpoint", head.size);
            self.log.insert(path, checkpoint.to_string().into_bytes());
        }

        fn read(&self) -> Heads {
            Heads::read(&self.log, &self.key, self.heads[6])
        }
    }

    #[test]
    fn an_entry_is_dated_by_the_witness_that_completes_the_quorum() {
        let mut world = world();
        assert!(world.read().finding.is_none());
        world.keep(world.heads[2], &[(0, 500)]);
        world.keep(world.heads[4], &[(0, 700), (1, 600)]);
        world.keep(world.heads[5], &[(1, 900)]);
        let heads = world.read();
        assert_eq!(heads.finding.as_ref().unwrap().verdict, Verdict::Valid);
        let seen = heads.sightings(&world.key, &world.trust, None);
        for (index, since, count) in [
            (0, Some(at(600)), 2),
            (1, Some(at(600)), 2),
            (2, Some(at(700)), 2),
            (3, Some(at(700)), 2),
            (4, None, 1),
            (5, None, 0),
        ] {
            let found = seen.of(index);
            assert_eq!((found.since, found.by.len()), (since, count), "{index}");
            let valid = found.finding().verdict == Verdict::Valid;
            assert_eq!(valid, since.is_some());
        }
        assert_eq!(seen.of(0).by[0], WitnessedBy { name: "W0".into(), time: at(500), size: 2 });
        // At an earlier time of judging, later cosignatures say nothing.
        let seen = heads.sightings(&world.key, &world.trust, Some(at(650)));
        assert_eq!((seen.of(0).since, seen.of(2).since), (Some(at(600)), None));
        assert_eq!(seen.broken, []);
        // A cosignature that was altered dates nothing, and is named.
        let stored = String::from_utf8(world.log["heads/2/checkpoint"].clone()).unwrap();
        let (line, _) = stored.rsplit_once('=').unwrap();
        let (line, _) = line.trim_end_matches('=').split_at(stored.len() - 9);
        let altered = format!(
            "{line}{}",
            &stored[stored.len() - 9..].replace(|c| c != '=' && c != '\n', "A")
        );
        let mut world = world;
        world.log.insert("heads/2/checkpoint".to_owned(), altered.into_bytes());
        let seen = world.read().sightings(&world.key, &world.trust, None);
        assert_eq!(seen.broken, [("W0".to_owned(), 2)]);
        assert_eq!(seen.of(0).since, Some(at(700)));
        // Nobody is listed.
        let nobody = heads.sightings(&world.key, &Trust::nobody(), None).of(0);
        assert_eq!((nobody.threshold, nobody.since), (0, None));
    }

    #[test]
    fn heads_of_another_version_are_found_and_date_nothing() {
        let mut world = world();
        let other = Head { size: 3, root: world.heads[4].root };
        world.keep(other, &[(0, 500), (1, 500)]);
        let heads = world.read();
        let finding = heads.finding.as_ref().unwrap();
        assert_eq!(finding.verdict, Verdict::Invalid);
        assert!(finding.reason.contains("two versions"), "{}", finding.reason);
        assert_eq!(heads.contradicting.len(), 1);
        assert_eq!(heads.sightings(&world.key, &world.trust, None).of(0).since, None);

        // Beyond the end: the register is older than what others hold.
        let mut world = self::world();
        world.keep(Head { size: 7, root: world.heads[6].root }, &[(0, 500)]);
        assert_eq!(world.read().finding.unwrap().verdict, Verdict::Invalid);
    }

    #[test]
    fn what_lies_in_the_folder_of_heads_by_accident_accuses_nobody() {
        let mut world = world();
        world.keep(world.heads[2], &[(0, 500)]);
        let good = world.log["heads/2/checkpoint"].clone();
        for (path, bytes) in [
            ("heads/3/checkpoint", good.clone()),
            ("heads/3/checkpoint", b"\xff".to_vec()),
            ("heads/3/checkpoint", Vec::new()),
            ("heads/4/checkpoint", good[..good.len() / 2].to_vec()),
        ] {
            let mut odd = world.log.clone();
            odd.insert(path.to_owned(), bytes);
            let heads = Heads::read(&odd, &world.key, world.heads[6]);
            assert_eq!(heads.finding.unwrap().verdict, Verdict::NotChecked);
            assert_eq!(heads.kept.len(), 1);
        }
        world.log.insert("heads/03/checkpoint".to_owned(), good);
        world.log.insert("heads/notes.txt".to_owned(), Vec::new());
        assert_eq!(world.read().finding.unwrap().verdict, Verdict::Valid);
        // Signed by somebody else.
        let stranger = TestSigner::from_seed([8; 32]);
        let strange = Checkpoint::sign(world.key.name(), world.heads[4], &stranger).to_string();
        world.log.insert("heads/4/checkpoint".to_owned(), strange.into_bytes());
        assert_eq!(world.read().finding.unwrap().verdict, Verdict::NotChecked);
    }
}
