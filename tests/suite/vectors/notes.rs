//! Signed notes and their keys.

use selvedge::provenance::note::{NoteKey, Signed, SignedNote};

use super::{array, bytes, json, string, text};

#[test]
fn the_example_of_the_standard() {
    let key = NoteKey::parse(text("vectors/signed-note/example.vkey").trim()).unwrap();
    let stored = bytes("vectors/signed-note/example.note");
    let note = SignedNote::parse(&stored).unwrap();
    assert_eq!(note.verify(&key), Signed::Valid);
    assert_eq!(note.to_string().as_bytes(), stored);
    // Any altered byte.
    for at in 0..stored.len() {
        for flip in [1, 0x20, 0x80] {
            let mut altered = stored.clone();
            altered[at] ^= flip;
            let holds =
                SignedNote::parse(&altered).is_ok_and(|note| note.verify(&key) == Signed::Valid);
            assert!(!holds, "byte {at} ^ {flip}");
        }
    }
}

#[test]
fn keys_of_the_go_project() {
    for case in array(&json("vectors/signed-note/gomod-vkeys.json")) {
        let vkey = string(case, "vkey");
        let parsed = NoteKey::parse(vkey);
        assert_eq!(parsed.is_some(), string(case, "expect") == "valid", "{vkey}");
        if let Some(key) = parsed {
            assert_eq!(key.to_string(), vkey);
        }
    }
}
