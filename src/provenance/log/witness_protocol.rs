//! The protocol of witness servers (C2SP tlog-witness 1.0.0), without the network.
//!
//! A log sends its new checkpoint with a proof that it grew out of the size at which the witness
//! knows it; the witness answers with its cosignature, or with the size to start from. Here are
//! the bytes of both sides, and the decision of a witness as a pure function: what to answer, and
//! what to remember, durably, before the answer goes out.

use std::fmt;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::cosignature::{Cosignature, MAX_LINES, parse_lines};
use super::{Checkpoint, ConsistencyProof, Hash, Head, TreeSize, parse_decimal};
use crate::provenance::key::Signer;
use crate::provenance::note::{KeyName, NoteKey, Signed};

/// Most lines of a proof, as the standard says.
const MAX_HASHES: usize = 63;

/// Largest request that is read, in bytes.
pub const MAX_REQUEST: usize = 128 * 1024;

/// Where requests go, below the witness's submission address.
pub const PATH: &str = "add-checkpoint";

/// Content type of an answer that tells a size.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// Where a witness publishes what it cosigned of a log, below its monitoring address: the folder
/// of that log, which holds the file `checkpoint`.
pub fn published_folder(origin: &KeyName) -> String {
    HEXLOWER.encode(&Sha256::digest(origin.as_str()))
}

/// A request that a head be cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size at which the witness knows the log.
    pub old: TreeSize,
    /// That the tree of that size is the beginning of the new one.
    pub proof: ConsistencyProof,
    /// The new head, with the log's signature.
    pub checkpoint: Checkpoint,
}

impl AddCheckpoint {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(body: &[u8]) -> Result<Self, &'static str> {
        if body.len() > MAX_REQUEST {
            return Err("it is too long");
        }
        let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8 text")?;
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or("no empty line stands before the checkpoint")?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| parse_decimal(line.strip_prefix("old ")?))
            .ok_or("its first line names no old size")?;
        let hashes: Vec<Hash> = lines
            .take(MAX_HASHES + 1)
            .map(|line| Hash::parse(line).ok_or("a line of its consistency proof is no hash"))
            .collect::<Result<_, _>>()?;
        if hashes.len() > MAX_HASHES {
            return Err("its consistency proof is too long");
        }
        let checkpoint = Checkpoint::parse(checkpoint.as_bytes())?;
        Ok(Self { old, proof: ConsistencyProof(hashes), checkpoint })
    }
}

/// Writes the body of the request.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.0.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// What a witness answered, as a log reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// These cosignatures, none judged yet.
    Cosigned(Vec<Cosignature>),
    /// The witness knows the log at another size.
    KnowsSize(TreeSize),
    /// The witness refuses; why, in our words for its code.
    Refused(u16, &'static str),
    /// The answer cannot be understood.
    Unclear(u16, &'static str),
}

impl Reply {
    /// Reads an answer. Nothing of a refusal's text is taken over: it is a stranger's.
    pub fn parse(status: u16, content_type: &str, body: &[u8]) -> Self {
        if body.len() > MAX_LINES {
            return Self::Unclear(status, "the answer is too long");
        }
        let text = std::str::from_utf8(body).ok();
        match status {
            200 => match text.ok_or("the answer is not UTF-8 text").and_then(parse_lines) {
                Ok(lines) => Self::Cosigned(lines),
                Err(why) => Self::Unclear(status, why),
            },
            409 if content_type.split(';').next().unwrap_or("").trim() == SIZE_TYPE => {
                match text.and_then(|text| parse_decimal(text.strip_suffix('\n')?)) {
                    Some(size) => Self::KnowsSize(size),
                    None => Self::Unclear(status, "the answer names no size"),
                }
            }
            400 => Self::Refused(status, "it did not understand the request"),
            403 => Self::Refused(status, "it does not know the key of this register"),
            404 => Self::Refused(status, "it does not know this register"),
            409 => Self::Refused(status, "it knows another version of the register of this size"),
            422 => Self::Refused(status, "it found the page seal to contradict the one it knows"),
            429 | 503 => Self::Refused(status, "it is busy; try again later"),
            _ => Self::Unclear(status, "no witness answers with this code"),
        }
    }
}

/// An answer of a witness, to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The body, which ends in a newline.
    pub body: String,
}

impl Response {
    fn refuse(status: u16, why: impl fmt::Display) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: format!("{why}\n") }
    }

    fn size(size: TreeSize) -> Self {
        Self { status: 409, content_type: SIZE_TYPE, body: format!("{size}\n") }
    }
}

/// What a witness answers, and what it has to remember first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub response: Response,
    /// The head to be remembered, durably, before the answer goes out; none if it refuses.
    pub remember: Option<Checkpoint>,
}

/// A witness: a name, and a key that is used for nothing else.
pub struct Witness<'a> {
    /// Its name.
    pub name: &'a KeyName,
    /// Its key.
    pub signer: &'a dyn Signer,
}

impl Witness<'_> {
    /// Decides on a request.
    ///
    /// `logs` are the keys that are known, `last` gives the last head that was cosigned of a log
    /// (that of an empty log if none was). Whoever calls lets no second request of the same log
    /// in between asking `last` and remembering.
    pub fn decide(
        &self,
        request: &[u8],
        logs: &[NoteKey],
        last: &dyn Fn(&KeyName) -> Head,
        now: Timestamp,
    ) -> Decision {
        match self.judge(request, logs, last, now) {
            Ok((checkpoint, cosignature)) => Decision {
                response: Response {
                    status: 200,
                    content_type: "text/plain; charset=utf-8",
                    body: format!("{}\n", cosignature.to_line()),
                },
                remember: Some(checkpoint),
            },
            Err(response) => Decision { response, remember: None },
        }
    }

    fn judge(
        &self,
        request: &[u8],
        logs: &[NoteKey],
        last: &dyn Fn(&KeyName) -> Head,
        now: Timestamp,
    ) -> Result<(Checkpoint, Cosignature), Response> {
        let AddCheckpoint { old, proof, checkpoint } =
            AddCheckpoint::parse(request).map_err(|why| Response::refuse(400, why))?;
        let mut known = logs.iter().filter(|key| key.name() == checkpoint.origin()).peekable();
        if known.peek().is_none() {
            return Err(Response::refuse(404, "unknown log"));
        }
        let Some(key) = known.find(|key| checkpoint.verify(key) == Signed::Valid) else {
            return Err(Response::refuse(403, "invalid signature"));
        };
        let (seen, head) = (last(checkpoint.origin()), checkpoint.head());
        if old > head.size {
            return Err(Response::refuse(400, "the old size is larger than the checkpoint's"));
        }
        if old != seen.size || (old == head.size && seen.root != head.root) {
            return Err(Response::size(seen.size));
        }
        if !proof.verify(seen.size, seen.root, head.size, head.root) {
            return Err(Response::refuse(422, "the consistency proof does not hold"));
        }
        let checkpoint = checkpoint.signed_by(key);
        let cosignature = checkpoint
            .cosign(self.name, now, self.signer)
            .ok_or_else(|| Response::refuse(500, "the clock of the witness is off"))?;
        Ok((checkpoint, cosignature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;
    use crate::provenance::log::cosignature::{Cosigned, WitnessKey};
    use crate::provenance::log::{TreeView, append};
    use std::collections::BTreeMap;

    type Log = BTreeMap<String, Vec<u8>>;

    fn name(text: &str) -> KeyName {
        KeyName::parse(text).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn grow(log: &mut Log, old: Head, entries: &[&[u8]]) -> Head {
        let entries: Vec<_> = entries.iter().map(|entry| entry.to_vec()).collect();
        let plan = append::plan(old, log, &entries).unwrap();
        log.extend(plan.files);
        plan.head
    }

    fn ask(signer: &TestSigner, body: &str, logs: &[NoteKey], last: Head) -> Decision {
        let witness = Witness { name: &name("w.example/witness"), signer };
        witness.decide(body.as_bytes(), logs, &|_| last, now())
    }

    #[test]
    fn a_witness_follows_a_log_and_refuses_a_fork() {
        let (log_signer, signer) = (TestSigner::from_seed([1; 32]), TestSigner::from_seed([2; 32]));
        let origin = name("a.example/log");
        let logs = [NoteKey::new(origin.clone(), log_signer.verifier_key())];
        let key = WitnessKey::new(name("w.example/witness"), signer.verifier_key());
        let mut log = Log::new();
        let three = grow(&mut log, Head::empty(), &[b"1", b"2", b"3"]);
        let mut fork = log.clone();
        let five = grow(&mut log, three, &[b"4", b"5"]);
        let other = grow(&mut fork, three, &[b"4", b"six"]);

        let request = |old, files: &Log, head: Head| AddCheckpoint {
            old,
            proof: TreeView::new(files, head.size).consistency_proof(old).unwrap(),
            checkpoint: Checkpoint::sign(&origin, head, &log_signer),
        };
        let first = request(0, &log, three);
        assert_eq!(AddCheckpoint::parse(first.to_string().as_bytes()), Ok(first.clone()));
        let decision = ask(&signer, &first.to_string(), &logs, Head::empty());
        assert_eq!(decision.response.status, 200);
        let reply = Reply::parse(200, "text/plain", decision.response.body.as_bytes());
        let Reply::Cosigned(lines) = reply else { panic!("{reply:?}") };
        let mut head = decision.remember.unwrap();
        head.add(&lines[0], &key).unwrap();
        assert_eq!(head.cosigned_by(&key), Cosigned::At(now()));

        let decision = ask(&signer, &request(3, &log, five).to_string(), &logs, three);
        assert_eq!(decision.response.status, 200);
        // From a size that it does not know, it tells the one that it knows.
        let decision = ask(&signer, &request(0, &log, five).to_string(), &logs, three);
        let Response { status, content_type, body } = decision.response;
        assert_eq!(Reply::parse(status, content_type, body.as_bytes()), Reply::KnowsSize(3));
        // The fork: at the same size, and beyond.
        let decision = ask(&signer, &request(5, &fork, other).to_string(), &logs, five);
        assert_eq!((decision.response.status, decision.remember), (409, None));
        let beyond = grow(&mut fork, other, &[b"7"]);
        let decision = ask(&signer, &request(5, &fork, beyond).to_string(), &logs, five);
        assert_eq!((decision.response.status, decision.remember), (422, None));
        // Back to a smaller size.
        let decision = ask(&signer, &request(3, &log, three).to_string(), &logs, five);
        assert_eq!((decision.response.status, decision.remember), (409, None));
        let mut odd = request(3, &log, three);
        odd.old = 5;
        assert_eq!(ask(&signer, &odd.to_string(), &logs, five).response.status, 400);
        // Unknown name, unknown key.
        assert_eq!(ask(&signer, &first.to_string(), &[], Head::empty()).response.status, 404);
        let logs = [NoteKey::new(origin.clone(), signer.verifier_key())];
        assert_eq!(ask(&signer, &first.to_string(), &logs, Head::empty()).response.status, 403);
    }

    #[test]
    fn malformed_requests_and_answers_are_refused() {
        let log = TestSigner::from_seed([1; 32]);
        let checkpoint = Checkpoint::sign(&name("a.example/log"), Head::empty(), &log).to_string();
        let hash = "A".repeat(43) + "=\n";
        for head in [
            "".to_owned(),
            "old 0".to_owned(),
            "old 00\n\n".to_owned(),
            "old +1\n\n".to_owned(),
            "old -1\n\n".to_owned(),
            "old\n\n".to_owned(),
            "old 1\nAAAA\n\n".to_owned(),
            "old 1\r\n\r\n".to_owned(),
            format!("old 1\n{}\n", hash.repeat(64)),
            "old 99999999999999999999\n\n".to_owned(),
        ] {
            let body = format!("{head}{checkpoint}");
            assert!(AddCheckpoint::parse(body.as_bytes()).is_err(), "{head}");
        }
        assert!(AddCheckpoint::parse(format!("old 0\n\n{checkpoint}").as_bytes()).is_ok());
        assert!(AddCheckpoint::parse(&vec![b'o'; MAX_REQUEST + 1]).is_err());
        assert!(AddCheckpoint::parse(b"old 0\n\n\xff").is_err());

        for (status, kind, body) in [
            (200, "", &b""[..]),
            (200, "", b"fine\n"),
            (200, "", b"\xe2\x80\x94 a AAAAAAA="),
            (200, "", b"\xff\n"),
            (409, SIZE_TYPE, b"12"),
            (409, SIZE_TYPE, b"012\n"),
            (409, SIZE_TYPE, b""),
            (302, "", b""),
        ] {
            let reply = Reply::parse(status, kind, body);
            assert!(matches!(reply, Reply::Unclear(..)), "{status} {body:?}: {reply:?}");
        }
        assert_eq!(Reply::parse(409, "text/x.tlog.size; a=b", b"12\n"), Reply::KnowsSize(12));
        for status in [400, 403, 404, 409, 422, 429, 503] {
            assert!(matches!(Reply::parse(status, "text/plain", b"x"), Reply::Refused(..)));
        }
    }
}
