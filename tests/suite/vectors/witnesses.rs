//! Cosignatures and witnesses of other implementations.

use jiff::Timestamp;
use selvedge::provenance::key::{TestSigner, VerifierKey};
use selvedge::provenance::log::cosignature::{Cosigned, WitnessKey};
use selvedge::provenance::log::policy::Quorum;
use selvedge::provenance::log::witness_protocol::{AddCheckpoint, Witness};
use selvedge::provenance::log::{Checkpoint, Head};
use selvedge::provenance::note::{KeyName, NoteKey, Signed};
use std::cell::Cell;

use proptest::prelude::*;
use selvedge::provenance::log::cosignature::parse_lines;
use selvedge::provenance::log::policy::Policy;
use selvedge::provenance::log::witness_protocol::Reply;

use super::{array, bytes, hex, json, string, text};

fn keys() -> Vec<WitnessKey> {
    let keys = text("vectors/tlog-tiles/gen300/witness.vkeys");
    keys.lines().map(|line| WitnessKey::parse(line).unwrap()).collect()
}

#[test]
fn cosignatures_of_a_python_implementation() {
    let stored = bytes("vectors/tlog-tiles/gen300/log/checkpoint");
    let checkpoint = Checkpoint::parse(&stored).unwrap();
    let keys = keys();
    let time = |seconds| Timestamp::from_second(seconds).unwrap();
    let seen: Vec<_> = keys.iter().map(|key| checkpoint.cosigned_by(key)).collect();
    assert_eq!(seen, [Cosigned::At(time(1_790_000_000)), Cosigned::At(time(1_790_000_001))]);
    let heads = [checkpoint.clone()];
    let quorum = Quorum::new(2, keys.clone()).unwrap();
    assert_eq!(quorum.met_at(&quorum.sightings(&heads, None)), Some(time(1_790_000_001)));
    let before = Some(time(1_790_000_000));
    assert_eq!(quorum.met_at(&quorum.sightings(&heads, before)), None);

    // What was taken apart and put together again are the same bytes.
    let log = NoteKey::parse(text("vectors/tlog-tiles/gen300/log.vkey").trim()).unwrap();
    let mut again = checkpoint.signed_by(&log);
    assert_eq!(again.verify(&log), Signed::Valid);
    assert_eq!(again.cosigned_by(&keys[0]), Cosigned::Absent);
    assert_eq!(again.merge(&checkpoint, &keys).unwrap().len(), 2);
    assert_eq!(again.to_string().as_bytes(), stored);
}

/// No byte can be altered without the log's or a witness's signature, or the form, going.
#[test]
fn any_altered_byte_of_a_cosigned_checkpoint_is_found() {
    let stored = bytes("vectors/tlog-tiles/gen300/log/checkpoint");
    let log = NoteKey::parse(text("vectors/tlog-tiles/gen300/log.vkey").trim()).unwrap();
    let keys = keys();
    for at in 0..stored.len() {
        for flip in [1, 0x20, 0x80] {
            let mut altered = stored.clone();
            altered[at] ^= flip;
            let holds = Checkpoint::parse(&altered).is_ok_and(|head| {
                head.verify(&log) == Signed::Valid
                    && keys.iter().all(|key| matches!(head.cosigned_by(key), Cosigned::At(_)))
            });
            assert!(!holds, "byte {at} ^ {flip}");
        }
    }
}

#[test]
fn requests_to_a_go_witness() {
    let file = json("vectors/tlog-witness/litewitness-add-checkpoint.json");
    let key: [u8; 32] = hex(string(&file, "log_public_key_hex")).try_into().unwrap();
    let key = VerifierKey::from_bytes(&key).unwrap();
    let name = KeyName::parse(string(&file, "witness_name")).unwrap();
    let signer = TestSigner::from_seed([5; 32]);
    let steps = array(&file["steps"]);
    let first = string(&steps[0], "request_body").as_bytes();
    let origin = AddCheckpoint::parse(first).unwrap().checkpoint.origin().clone();
    let logs = [NoteKey::new(origin, key)];
    let last = Cell::new(Head::empty());
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    for (number, step) in steps.iter().enumerate() {
        let witness = Witness { name: &name, signer: &signer };
        let request = string(step, "request_body");
        if let Ok(parsed) = AddCheckpoint::parse(request.as_bytes()) {
            assert_eq!(parsed.to_string(), request);
        }
        let decision = witness.decide(request.as_bytes(), &logs, &|_| last.get(), now);
        let words = step["body_contains"].as_str().unwrap_or("");
        let (expected, words) = match words {
            // That implementation answered 403; the standard says 404.
            "unknown log" => (404, words),
            // Its altered signature ends in base64 with bits behind the last byte: for us that
            // is no signature line at all.
            "invalid signature" => (400, "a signature line is malformed"),
            _ => (step["expect_status"].as_u64().unwrap(), words),
        };
        let response = decision.response;
        assert_eq!(u64::from(response.status), expected, "step {number}: {}", response.body);
        assert!(response.body.contains(words), "step {number}: {}", response.body);
        assert_eq!(decision.remember.is_some(), expected == 200);
        if let Some(checkpoint) = decision.remember {
            last.set(checkpoint.head());
        }
    }
    assert_eq!(last.get().size, 5);
}

/// Whatever comes in is read or refused, and what is read is written back the same.
fn read_all(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = parse_lines(&text);
    let _ = Policy::parse(&text).map(|policy| policy.is_met(&|_| true));
    for (status, kind) in [(200, ""), (409, "text/x.tlog.size"), (422, "")] {
        let _ = Reply::parse(status, kind, bytes);
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
    }
    if let Ok(checkpoint) = Checkpoint::parse(bytes) {
        assert_eq!(checkpoint.to_string().as_bytes(), bytes);
        let _ = checkpoint.cosignatures();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn hostile_bytes_are_refused_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_all(&bytes);
    }

    #[test]
    fn spoilt_texts_are_refused_without_harm(
        which in 0usize..3,
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..6),
    ) {
        let file = json("vectors/tlog-witness/litewitness-add-checkpoint.json");
        let mut bytes = match which {
            0 => string(&file["steps"][5], "request_body").as_bytes().to_vec(),
            1 => bytes("vectors/tlog-tiles/gen300/log/checkpoint"),
            _ => {
                let log = NoteKey::parse(text("vectors/tlog-tiles/gen300/log.vkey").trim()).unwrap();
                Quorum::new(2, keys()).unwrap().to_policy(&log).into_bytes()
            }
        };
        for (at, byte, way) in spoils {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            match way {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at),
            }
        }
        read_all(&bytes);
    }
}
