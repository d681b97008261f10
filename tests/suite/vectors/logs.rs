//! Trees, tiles, proofs and whole logs of other implementations, and logs as crashes, sync tools
//! and forgers leave them.

use std::collections::BTreeMap;

use selvedge::evidence::Disk;
use selvedge::provenance::files::{Below, Files};
use selvedge::provenance::log::{
    Bundle, Checkpoint, ConsistencyProof, Hash, Head, InclusionProof, LeafHash, RootHash, Tile,
    TlogProof, TreeView, append,
};
use selvedge::provenance::note::{NoteKey, Signed};
use selvedge::verify::log::{LogState, audit};
use serde_json::Value;

use super::{array, base64, bytes, json, jsonl, path, string, text};

type Folder = BTreeMap<String, Vec<u8>>;

/// Hashes of a proof; `None` if one of them is none, which is a reason to refuse by itself.
fn hashes(list: &Value) -> Option<Vec<Hash>> {
    match list {
        Value::Null => Some(Vec::new()),
        list => array(list).iter().map(|hash| Hash::parse(hash.as_str()?)).collect(),
    }
}

fn root(case: &Value, name: &str) -> Option<RootHash> {
    Hash::parse(string(case, name)).map(RootHash)
}

/// Cases named `subtree…` are left out: proofs over a part of a tree, of a draft that none of our
/// formats uses.
fn is_whole_tree(case: &Value) -> bool {
    !string(case, "name").starts_with("subtree")
}

#[test]
fn proofs_of_inclusion() {
    let mut count = 0;
    for more in ["", ".more"] {
        let file = json(&format!("vectors/merkle/inclusion{more}.json"));
        for case in array(&file).iter().filter(|case| is_whole_tree(case)) {
            let holds = || {
                let proof = InclusionProof(hashes(&case["proof"])?);
                let leaf = LeafHash(Hash::parse(string(case, "leafHash"))?);
                let (index, size) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
                Some(proof.verify(index, leaf, size, root(case, "root")?))
            };
            let name = string(case, "name");
            assert_eq!(Some(!holds().unwrap_or(false)), case["wantErr"].as_bool(), "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 98);
}

#[test]
fn proofs_of_consistency() {
    let mut count = 0;
    for more in ["", ".more"] {
        let file = json(&format!("vectors/merkle/consistency{more}.json"));
        for case in array(&file).iter().filter(|case| is_whole_tree(case)) {
            // Accepted by its authors because two equal roots need no proof, though neither is a
            // hash ("dont care 2"); ours are hashes by type.
            if string(case, "name")
                == "consistency/additional/sizes-are-equal-one-and-proof-is-empty"
            {
                continue;
            }
            let holds = || {
                let proof = ConsistencyProof(hashes(&case["proof"])?);
                let (old, new) = (case["size1"].as_u64()?, case["size2"].as_u64()?);
                Some(proof.verify(old, root(case, "root1")?, new, root(case, "root2")?))
            };
            let name = string(case, "name");
            assert_eq!(Some(!holds().unwrap_or(false)), case["wantErr"].as_bool(), "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 97);
}

fn key(below: &str) -> NoteKey {
    NoteKey::parse(text(below).trim()).unwrap()
}

#[test]
fn proofs_of_a_python_implementation() {
    let key = key("vectors/tlog-tiles/gen300/log.vkey");
    for case in array(&json("vectors/tlog-tiles/gen300/cases.json")) {
        let why = case["why"].as_str().or(case["file"].as_str()).unwrap_or("consistency");
        let expected = case["valid"].as_bool();
        if string(case, "kind") == "consistency" {
            let holds = || {
                let proof = ConsistencyProof(hashes(&case["proof_base64"])?);
                let (old, new) = (case["old_size"].as_u64()?, case["new_size"].as_u64()?);
                let (before, after) =
                    (root(case, "old_root_base64")?, root(case, "new_root_base64")?);
                Some(proof.verify(old, before, new, after))
            };
            assert_eq!(holds(), expected, "{why}");
            continue;
        }
        let stored = match case["file"].as_str() {
            Some(name) => bytes(&format!("vectors/tlog-tiles/gen300/{name}")),
            None => string(case, "text").as_bytes().to_vec(),
        };
        let leaf = LeafHash::of(&base64(string(case, "leaf_base64")));
        let holds = TlogProof::parse(&stored).is_ok_and(|proof| {
            assert_eq!(proof.to_string().as_bytes(), stored, "{why}");
            proof.leads_from(leaf) && proof.checkpoint.verify(&key) == Signed::Valid
        });
        assert_eq!(Some(holds), expected, "{why}");
    }
}

/// Our proofs from their tiles are the bytes of theirs, and our tiles those of theirs.
#[test]
fn a_log_of_a_python_implementation_made_again() {
    let disk = Disk::at(path("vectors/tlog-tiles/gen300/log"));
    let key = key("vectors/tlog-tiles/gen300/log.vkey");
    let mut entries = Vec::new();
    let whole = audit(&disk, Some(&key), None, &mut |_, entry| entries.push(entry.to_vec()));
    assert_eq!(whole.state, LogState::Ok, "{}", whole.why);
    let head = whole.head().unwrap();
    assert_eq!((head.size, entries.len()), (300, 300));
    let view = TreeView::new(&disk, 300);
    for index in [0, 11, 42, 255, 256, 299] {
        let theirs =
            TlogProof::parse(&bytes(&format!("vectors/tlog-tiles/gen300/{index}.tlog-proof")));
        assert_eq!(view.inclusion_proof(index).unwrap(), theirs.unwrap().path);
    }
    let plan = append::plan(Head::empty(), &Folder::new(), &entries).unwrap();
    assert_eq!(plan.head, head);
    for (path, bytes) in plan.files {
        assert_eq!(disk.read(&path).unwrap(), Some(bytes), "{path}");
    }
}

#[test]
fn a_log_of_a_go_implementation_at_every_size() {
    let folder = "vectors/tlog-tiles/tessera-15";
    let disk = Disk::at(path(folder));
    let key = key(&format!("{folder}/log.vkey"));
    let mut ours = Folder::new();
    let mut head = Head::empty();
    for size in 0..=15 {
        let stored = bytes(&format!("{folder}/checkpoint.{size}"));
        let checkpoint = Checkpoint::parse(&stored).unwrap();
        assert_eq!(checkpoint.to_string().as_bytes(), stored);
        assert_eq!(checkpoint.verify(&key), Signed::Valid);
        assert_eq!(checkpoint.head(), head, "{size}");
        TreeView::new(&disk, size).expect_head(head).unwrap();
        if let Some(bundle) = Bundle::in_log(size + 1, 0).filter(|_| size < 15) {
            let theirs = disk.read(&bundle.path()).unwrap().unwrap();
            let entry = bundle.decode(&theirs).unwrap()[size as usize].to_vec();
            let plan = append::plan(head, &ours, &[entry]).unwrap();
            for (path, bytes) in &plan.files {
                assert_eq!(disk.read(path).unwrap().as_ref(), Some(bytes), "{path}");
            }
            ours.extend(plan.files);
            head = plan.head;
        }
    }
}

/// Every byte of head, tiles and entries counts.
#[test]
fn any_altered_byte_of_a_log_is_found() {
    let key = key("vectors/tlog-tiles/tessera-15/log.vkey");
    let mut log = Folder::new();
    for path in ["checkpoint", "tile/0/000.p/15", "tile/entries/000.p/15"] {
        log.insert(path.to_owned(), bytes(&format!("vectors/tlog-tiles/tessera-15/{path}")));
    }
    let state = |log: &Folder| audit(log, Some(&key), None, &mut |_, _| ()).state;
    assert_eq!(state(&log), LogState::Ok);
    for path in log.keys() {
        for at in 0..log[path].len() {
            let mut altered = log.clone();
            altered.get_mut(path).unwrap()[at] ^= 1 << (at % 8);
            assert_ne!(state(&altered), LogState::Ok, "{path} byte {at}");
        }
    }
}

/// States of a log's folder after crashes, half syncs, forks and forgeries.
#[test]
fn hostile_logs() {
    let mut count = 0;
    for case in jsonl("hostile/log/states.jsonl") {
        let id = string(&case, "id");
        let key = NoteKey::parse(string(&case, "vkey")).unwrap();
        let log: Folder = case["files"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, b64)| (path.clone(), base64(b64.as_str().unwrap())))
            .collect();
        let pinned = case["pinned_checkpoint_b64"]
            .as_str()
            .map(|b64| Checkpoint::parse(&base64(b64)).unwrap());
        let found = audit(&log, Some(&key), pinned.as_ref(), &mut |_, _| ());
        let expected = match string(&case, "expect") {
            "ok" | "warn" => LogState::Ok,
            "damaged" => LogState::Damaged,
            "tampered" => LogState::Tampered,
            "untrusted" => LogState::Untrusted,
            "fork" => LogState::Fork,
            "rollback" => LogState::Rollback,
            other => panic!("{other}"),
        };
        assert_eq!(found.state, expected, "{id}: {}", found.why);
        if expected == LogState::Damaged {
            // Says which file.
            assert!(found.why.starts_with("log/"), "{id}: {}", found.why);
        }
        if id == "s-log-icloud-placeholder" {
            assert!(found.why.contains("not downloaded yet"), "{}", found.why);
        }
        count += 1;
    }
    assert_eq!(count, 38);
}

/// The mirror's checkpoint is cosigned only, so no log key is at hand; its tiles are judged
/// against it.
#[test]
fn tiles_of_a_mirror() {
    let head = Checkpoint::parse(&bytes("vectors/tlog-tiles/sunlight-mirror-300/checkpoint"))
        .unwrap()
        .head();
    let folder = path("vectors/tlog-tiles/sunlight-mirror-300");
    TreeView::new(&Disk::at(&folder), 300).expect_head(head).unwrap();
    assert!(Tile::in_tree(300, 1, 0).is_some());
    let below = Disk::at(folder.parent().unwrap());
    let below = Below { files: &below, folder: "sunlight-mirror-300" };
    TreeView::new(&below, 300).expect_head(head).unwrap();
}
