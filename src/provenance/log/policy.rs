//! Whose cosignatures count, and how many of them: a quorum, and its C2SP tlog-policy file.
//!
//! Ours is the plain case of that format: so many of these witnesses. It is written so that other
//! verifiers can take it over, and read in its whole grammar, groups of groups included.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::cosignature::{Cosigned, WitnessKey};
use super::{Checkpoint, TreeSize};
use crate::provenance::note::NoteKey;

/// Most logs, witnesses and groups that are read of each.
const MAX_LINES: usize = 256;

/// Largest policy file that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// So many of these witnesses. No key stands in it twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    threshold: usize,
    witnesses: Vec<WitnessKey>,
}

/// When a witness saw a head, first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The witness.
    pub key: WitnessKey,
    /// The earliest time at which it cosigned one of the heads.
    pub time: Timestamp,
    /// The size of that head.
    pub size: TreeSize,
}

impl Quorum {
    /// Makes a quorum.
    ///
    /// # Errors
    /// If it could never be met, or a key stands in it twice: what is signed does not name the
    /// witness, so one key is one witness whatever its names.
    pub fn new(threshold: usize, witnesses: Vec<WitnessKey>) -> Result<Self, &'static str> {
        let mut keys: Vec<_> = witnesses.iter().map(WitnessKey::key).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("two witnesses have the same key; each has its own");
        }
        if threshold == 0 {
            return Err("a quorum needs at least one witness");
        }
        if threshold > witnesses.len() {
            return Err("the quorum is larger than the number of witnesses");
        }
        Ok(Self { threshold, witnesses })
    }

    /// How many are needed.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// Those who count.
    pub fn witnesses(&self) -> &[WitnessKey] {
        &self.witnesses
    }

    /// Who saw one of these heads, each once and at its earliest, in the order of the times.
    ///
    /// The heads are of one log, and consistent with each other; cosignatures that do not hold
    /// or are dated after `now` do not count.
    pub fn sightings(&self, heads: &[Checkpoint], now: Option<Timestamp>) -> Vec<Sighting> {
        let of = |key: &WitnessKey| {
            let seen = heads.iter().filter_map(|head| match head.cosigned_by(key) {
                Cosigned::At(time) if now.is_none_or(|now| time <= now) => {
                    Some(Sighting { key: key.clone(), time, size: head.head().size })
                }
                _ => None,
            });
            seen.min_by_key(|sighting| (sighting.time, sighting.size))
        };
        let mut found: Vec<_> = self.witnesses.iter().filter_map(of).collect();
        found.sort_by_key(|sighting| sighting.time);
        found
    }

    /// Since when enough witnesses have seen one of the heads: the time of the last that it took.
    pub fn met_at(&self, sightings: &[Sighting]) -> Option<Timestamp> {
        sightings.get(self.threshold - 1).map(|sighting| sighting.time)
    }

    /// Writes the policy file of one log under this quorum.
    pub fn to_policy(&self, log: &NoteKey) -> String {
        let mut text = format!("log {log}\n");
        let mut names = String::new();
        for (number, key) in (1..).zip(&self.witnesses) {
            text.push_str(&format!("witness w{number} {key}\n"));
            names.push_str(&format!(" w{number}"));
        }
        text.push_str(&format!("group witnesses {}{names}\nquorum witnesses\n", self.threshold));
        text
    }
}

/// A rule over witnesses, as a policy file can have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nobody has to cosign.
    Nobody,
    /// This witness, by its place in [`Policy::witnesses`].
    Witness(usize),
    /// So many of these.
    Group(usize, Vec<Rule>),
}

/// A policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The logs that are known; empty if they are known otherwise.
    pub logs: Vec<NoteKey>,
    /// The witnesses that are known.
    pub witnesses: Vec<WitnessKey>,
    /// Which of them have to cosign.
    pub quorum: Rule,
}

/// What is wrong with a policy file, and in which line, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The line; 0 for the whole file.
    pub line: usize,
    /// What is wrong.
    pub why: &'static str,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(self.why),
            line => write!(f, "line {line}: {}", self.why),
        }
    }
}

impl std::error::Error for PolicyError {}

impl Policy {
    /// Reads a policy file. Names are kept for the time of reading only; addresses are skipped.
    ///
    /// # Errors
    /// Says what is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut policy = Self { logs: Vec::new(), witnesses: Vec::new(), quorum: Rule::Nobody };
        let whole = |why| PolicyError { line: 0, why };
        if text.len() > MAX_BYTES {
            return Err(whole("it is too long"));
        }
        let lines = match text.strip_suffix('\n') {
            Some(lines) => lines,
            None if text.is_empty() => return Err(whole("it names no quorum")),
            None => return Err(whole("its last line breaks off")),
        };
        let mut named: BTreeMap<&str, (Rule, bool)> = BTreeMap::new();
        let mut quorum = None;
        for (number, line) in (1..).zip(lines.split('\n')) {
            policy
                .read_line(line, &mut named, &mut quorum)
                .map_err(|why| PolicyError { line: number, why })?;
        }
        policy.quorum = quorum.ok_or_else(|| whole("it names no quorum"))?;
        Ok(policy)
    }

    /// Reads one line; `named` holds each name with its rule and whether a group has it already.
    fn read_line<'a>(
        &mut self,
        line: &'a str,
        named: &mut BTreeMap<&'a str, (Rule, bool)>,
        quorum: &mut Option<Rule>,
    ) -> Result<(), &'static str> {
        if line.bytes().any(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
            return Err("it holds control characters");
        }
        let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        let keyword = words.next().unwrap_or("#");
        if keyword.starts_with('#') {
            return Ok(());
        }
        let first = words.next().ok_or("a word is missing")?;
        let mut define = |name: &'a str, rule| match named.insert(name, (rule, false)) {
            None if name != "none" && named.len() <= 2 * MAX_LINES => Ok(()),
            None => Err("the name cannot be used"),
            Some(_) => Err("the name is used twice"),
        };
        match keyword {
            "log" => {
                let key = NoteKey::parse(first).ok_or("the key of the log cannot be read")?;
                if self.logs.iter().any(|log| log.key() == key.key()) {
                    return Err("the key of the log stands twice");
                }
                self.logs.push(key);
                if words.nth(1).is_some() || self.logs.len() > MAX_LINES {
                    return Err("there is too much");
                }
            }
            "witness" => {
                let key = words
                    .next()
                    .and_then(WitnessKey::parse)
                    .ok_or("the key of the witness cannot be read")?;
                if self.witnesses.iter().any(|witness| witness.key() == key.key()) {
                    return Err("the key of the witness stands twice");
                }
                define(first, Rule::Witness(self.witnesses.len()))?;
                self.witnesses.push(key);
                if words.nth(1).is_some() || self.witnesses.len() > MAX_LINES {
                    return Err("there is too much");
                }
            }
            "group" => {
                let threshold = words.next().ok_or("a word is missing")?;
                let mut members = Vec::new();
                for name in words {
                    match named.get_mut(name) {
                        None => return Err("a member of the group is not named above"),
                        Some((_, true)) => return Err("a member of the group is in one already"),
                        Some((rule, taken)) => {
                            *taken = true;
                            members.push(rule.clone());
                        }
                    }
                }
                let threshold = match threshold {
                    "any" => Some(1),
                    "all" => Some(members.len()),
                    number => super::parse_decimal(number).and_then(|n| usize::try_from(n).ok()),
                };
                let threshold = threshold
                    .filter(|number| (1..=members.len()).contains(number))
                    .ok_or("the number of the group does not fit its members")?;
                if named.insert(first, (Rule::Group(threshold, members), false)).is_some()
                    || first == "none"
                    || named.len() > 2 * MAX_LINES
                {
                    return Err("the name cannot be used, or is used twice");
                }
            }
            "quorum" => {
                let rule = match first {
                    "none" => Rule::Nobody,
                    name => named.get(name).ok_or("the quorum is not named above")?.0.clone(),
                };
                if quorum.replace(rule).is_some() {
                    return Err("there are two quorums");
                }
                if words.next().is_some() {
                    return Err("there is too much");
                }
            }
            _ => return Err("it starts with none of log, witness, group and quorum"),
        }
        Ok(())
    }

    /// Says whether the witnesses for whom `cosigned` is true suffice.
    pub fn is_met(&self, cosigned: &dyn Fn(&WitnessKey) -> bool) -> bool {
        // A rule is at most as deep as the file has groups, each of which took a line.
        fn holds(rule: &Rule, policy: &Policy, cosigned: &dyn Fn(&WitnessKey) -> bool) -> bool {
            match rule {
                Rule::Nobody => true,
                Rule::Witness(place) => policy.witnesses.get(*place).is_some_and(cosigned),
                Rule::Group(threshold, members) => {
                    let count = members.iter().filter(|rule| holds(rule, policy, cosigned)).count();
                    count >= *threshold
                }
            }
        }
        holds(&self.quorum, self, cosigned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::{Signer, TestSigner};
    use crate::provenance::log::Head;
    use crate::provenance::note::KeyName;

    fn key(seed: u8, name: &str) -> (TestSigner, WitnessKey) {
        let signer = TestSigner::from_seed([seed; 32]);
        let key = WitnessKey::new(KeyName::parse(name).unwrap(), signer.verifier_key());
        (signer, key)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_quorum_counts_keys_once_and_at_their_earliest() {
        let ((one, a), (two, b), (_, c)) = (key(1, "a"), key(2, "b"), key(3, "c"));
        let (_, again) = key(1, "another-name");
        assert!(Quorum::new(1, vec![a.clone(), again]).is_err());
        assert!(Quorum::new(0, vec![a.clone()]).is_err());
        assert!(Quorum::new(2, vec![a.clone()]).is_err());
        let quorum = Quorum::new(2, vec![a.clone(), b.clone(), c]).unwrap();

        let log = TestSigner::from_seed([9; 32]);
        let origin = KeyName::parse("log.example/log").unwrap();
        let head = |size| {
            let root = crate::provenance::log::RootHash(crate::provenance::log::Hash([7; 32]));
            Checkpoint::sign(&origin, Head { size, root }, &log)
        };
        let mut heads = [head(5), head(9)];
        for (place, time, signer, key) in [(1, 50, &one, &a), (0, 70, &one, &a), (1, 90, &two, &b)]
        {
            let cosignature = heads[place].cosign(key.name(), at(time), signer).unwrap();
            heads[place].add(&cosignature, key).unwrap();
        }
        let seen = quorum.sightings(&heads, None);
        let times: Vec<_> = seen.iter().map(|s| (s.key.name().as_str(), s.time, s.size)).collect();
        assert_eq!(times, [("a", at(50), 9), ("b", at(90), 9)]);
        assert_eq!(quorum.met_at(&seen), Some(at(90)));
        // What is dated after now does not count yet.
        let seen = quorum.sightings(&heads, Some(at(89)));
        assert_eq!(quorum.met_at(&seen), None);

        let log = NoteKey::new(origin, log.verifier_key());
        let policy = Policy::parse(&quorum.to_policy(&log)).unwrap();
        assert_eq!(policy.logs, [log]);
        assert_eq!(policy.witnesses, quorum.witnesses());
        assert!(policy.is_met(&|key| *key == a || *key == b));
        assert!(!policy.is_met(&|key| *key == a));
    }

    #[test]
    fn policies_of_others() {
        let keys: Vec<_> = (1..=5).map(|seed| key(seed, "w").1).collect();
        let text = format!(
            "# two levels\n\n  witness X1 {}\twitness.example\nwitness X2 {}\nwitness X3 {}\n\
             group X 2 X1 X2 X3\nwitness Y1 {}\nwitness Y2 {}\ngroup Y any Y1 Y2\n\
             group both all X Y\nquorum both\n",
            keys[0], keys[1], keys[2], keys[3], keys[4]
        );
        let policy = Policy::parse(&text).unwrap();
        let met = |who: &[usize]| {
            policy.is_met(&|key| who.iter().any(|&place| keys[place].key() == key.key()))
        };
        assert!(met(&[0, 1, 4]) && met(&[0, 1, 2, 3, 4]));
        assert!(!met(&[0, 1]) && !met(&[0, 4]) && !met(&[]));
        assert!(Policy::parse("quorum none\n").unwrap().is_met(&|_| false));

        let witness = format!("witness a {}\n", keys[0]);
        for (text, why) in [
            ("".to_owned(), "no quorum"),
            ("quorum none".to_owned(), "breaks off"),
            ("quorum none\nquorum none\n".to_owned(), "two quorums"),
            ("quorum a\n".to_owned(), "not named above"),
            ("quorum none x\n".to_owned(), "too much"),
            ("quorum\n".to_owned(), "missing"),
            ("quorum none\r\n".to_owned(), "control"),
            ("cheese a\n".to_owned(), "none of log"),
            (format!("log {}\n", keys[0]), "key of the log"),
            (format!("{witness}{witness}"), "twice"),
            (format!("{witness}witness a {}\n", keys[1]), "twice"),
            (format!("witness none {}\n", keys[0]), "cannot be used"),
            (format!("{witness}group g 0 a\n"), "does not fit"),
            (format!("{witness}group g 2 a\n"), "does not fit"),
            (format!("{witness}group g 01 a\n"), "does not fit"),
            (format!("{witness}group g any\n"), "does not fit"),
            (format!("{witness}group g any a a\n"), "in one already"),
            (format!("{witness}group g any a\ngroup h any a\n"), "in one already"),
            (format!("{witness}group g any b\n"), "not named above"),
            (format!("{witness}group a any a\n"), "used twice"),
        ] {
            let error = Policy::parse(&text).unwrap_err();
            assert!(error.why.contains(why), "{text:?}: {error}");
        }
    }
}
