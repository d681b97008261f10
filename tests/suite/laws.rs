//! Laws that hold for every value, not only for those of a table: what is encoded decodes to the same and has one spelling,
//! a log of any size proves every entry, an altered byte never passes.

use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;

use selvedge::custody::seed::Seed;
use selvedge::model::{Currency, Money, Slug};
use selvedge::provenance::key::{Signer as _, TestSigner, VerifierKey};
use selvedge::provenance::log::append::plan;
use selvedge::provenance::log::{
    Bundle, Checkpoint, Head, LeafHash, RecordId, RootHash, TlogProof, TreeView, WitnessKey,
};
use selvedge::provenance::multibase;
use selvedge::provenance::note::{KeyName, NoteKey, Signed, SignedNote};
use selvedge::provenance::record::{Sha256Digest, Uuid};
use selvedge::provenance::status::{Bits, LIST_BITS};
use zeroize::Zeroizing;

type Log = BTreeMap<String, Vec<u8>>;

fn origin() -> KeyName {
    KeyName::parse("brand.example/log").unwrap()
}

fn signer() -> TestSigner {
    TestSigner::from_seed([7; 32])
}

/// A log of so many entries, made in two steps.
fn log_of(first: usize, size: usize) -> (Log, Head, Head, Vec<Vec<u8>>) {
    let entries: Vec<Vec<u8>> = (0..size).map(|n| format!("entry {n}\n").into_bytes()).collect();
    let mut log = Log::new();
    let old = plan(Head::empty(), &log, &entries[..first]).unwrap();
    log.extend(old.files);
    let new = plan(old.head, &log, &entries[first..]).unwrap();
    log.extend(new.files);
    (log, old.head, new.head, entries)
}

fn spoil(bytes: &mut Vec<u8>, at: Index, byte: u8, way: u8) {
    let at = at.index(bytes.len());
    match way {
        0 => bytes[at] ^= byte.max(1),
        1 => bytes.insert(at, byte),
        2 => drop(bytes.remove(at)),
        _ => bytes.truncate(at),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_log_proves_every_entry_and_that_it_only_grew(size in 1usize..700, first in any::<Index>(), at in any::<Index>()) {
        let (log, old, new, entries) = log_of(first.index(size + 1), size);
        let view = TreeView::new(&log, new.size);
        prop_assert!(view.expect_head(new).is_ok());
        prop_assert!(view.expect_head(old).is_ok());
        let consistency = view.consistency_proof(old.size).unwrap();
        prop_assert!(consistency.verify(old.size, old.root, new.size, new.root));
        prop_assert!(old.size == 0 || !consistency.verify(old.size, RootHash::empty(), new.size, new.root));
        for index in [at.index(size), 0, size - 1] {
            let proof = view.inclusion_proof(index as u64).unwrap();
            let leaf = LeafHash::of(&entries[index]);
            prop_assert!(proof.verify(index as u64, leaf, new.size, new.root));
            prop_assert!(!proof.verify(index as u64 ^ 1, leaf, new.size, new.root));
            prop_assert!(!proof.verify(index as u64, LeafHash::of(b"other"), new.size, new.root));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A proof whose bytes are others is none, or proves another thing: not this entry under this key.
    #[test]
    fn an_altered_proof_proves_nothing(at in any::<Index>(), byte: u8, way in 0u8..4) {
        let (log, _, head, entries) = log_of(3, 9);
        let path = TreeView::new(&log, 9).inclusion_proof(5).unwrap();
        let checkpoint = Checkpoint::sign(&origin(), head, &signer());
        let proof = TlogProof { extra: None, index: 5, path, checkpoint };
        let key = NoteKey::new(origin(), signer().verifier_key());
        let holds = |proof: &TlogProof| {
            proof.leads_from(LeafHash::of(&entries[5])) && proof.checkpoint.verify(&key) == Signed::Valid
        };
        let mut bytes = proof.to_string().into_bytes();
        prop_assert!(holds(&TlogProof::parse(&bytes).unwrap()));
        spoil(&mut bytes, at, byte, way);
        if let Ok(other) = TlogProof::parse(&bytes) {
            prop_assert!(other.to_string().as_bytes() == bytes);
            prop_assert!(other == proof || !holds(&other));
        }
    }

    /// Notes have one spelling: base64 in the middle of which padding stands is no base64.
    #[test]
    fn an_altered_note_is_refused_or_not_signed(at in any::<Index>(), byte: u8, way in 0u8..4, twice: bool) {
        let checkpoint = Checkpoint::sign(&origin(), log_of(0, 4).2, &signer());
        let key = NoteKey::new(origin(), signer().verifier_key());
        let mut bytes = checkpoint.to_string().into_bytes();
        match twice {
            // The signature in two padded parts, as some libraries would take it.
            true => {
                let text = String::from_utf8(bytes).unwrap();
                let part = text.trim_end().rsplit(' ').next().unwrap();
                bytes = format!("{}{part}\n", text.trim_end()).into_bytes();
            }
            false => spoil(&mut bytes, at, byte, way),
        }
        if let Ok(note) = SignedNote::parse(&bytes) {
            prop_assert!(note.to_string().as_bytes() == bytes);
            prop_assert!(note.verify(&key) != Signed::Valid || bytes == checkpoint.to_string().as_bytes());
        }
    }

    #[test]
    fn bundles_are_read_as_they_were_written(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90), 1..40)) {
        let bytes = Bundle::encode(entries.iter().map(Vec::as_slice)).unwrap();
        let bundle = Bundle::in_log(entries.len() as u64, 0).unwrap();
        prop_assert_eq!(bundle.decode(&bytes).unwrap(), entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert!(bundle.decode(&bytes[..bytes.len() - 1]).is_err());
        prop_assert!(bundle.decode(&[&bytes[..], b"\0"].concat()).is_err());
    }

    #[test]
    fn ids_digests_and_keys_have_one_spelling(bytes: [u8; 32], random: [u8; 16], at in any::<Index>(), symbol in "[A-Za-z0-9+/=_-]") {
        let key = TestSigner::from_seed(bytes).verifier_key();
        let texts = [
            RecordId::from_bytes(bytes).to_string(),
            Sha256Digest(bytes).to_sri(),
            Uuid::from_random(random).to_urn(),
            key.to_multikey(),
            multibase::encode(&bytes),
            NoteKey::new(origin(), key).to_string(),
            WitnessKey::new(origin(), key).to_string(),
        ];
        let again = |text: &str| [
            RecordId::parse(text).map(|it| it.to_string()),
            Sha256Digest::from_sri(text).map(|it| it.to_sri()),
            Uuid::from_urn(text).map(|it| it.to_urn()),
            VerifierKey::from_multikey(text).map(|it| it.to_multikey()),
            multibase::decode(text).map(|it| multibase::encode(&it)),
            NoteKey::parse(text).map(|it| it.to_string()),
            WitnessKey::parse(text).map(|it| it.to_string()),
        ];
        for text in &texts {
            prop_assert!(again(text).contains(&Some(text.clone())));
            let mut other = text.clone();
            let place = at.index(other.len());
            other.replace_range(place..=place, &symbol);
            for read in again(&other).into_iter().flatten() {
                prop_assert_eq!(&read, &other);
            }
        }
    }

    #[test]
    fn a_seed_comes_back_from_its_sheet(bytes: [u8; 32], is_lower: bool) {
        let seed = Seed::new(Zeroizing::new(bytes));
        let mut typed = seed.to_sheet_lines().map(|line| line.to_string()).join("\n");
        if is_lower {
            typed = typed.to_lowercase().replace(' ', "");
        }
        let again = Seed::from_sheet(&typed).unwrap();
        prop_assert_eq!(again.to_key().verifier_key(), seed.to_key().verifier_key());
    }

    #[test]
    fn an_amount_is_written_as_it_is_read(minor in 0..=Money::MAX_MINOR, code in prop::sample::select(vec!["EUR", "JPY", "KWD"])) {
        let currency = Currency::from_code(code).unwrap();
        let money = Money { minor, currency };
        prop_assert_eq!(Money::parse_major(&money.to_major(), currency), Ok(money));
    }

    /// Ids are written into addresses and read again by the next import.
    #[test]
    fn an_id_of_a_name_is_an_id_and_its_own(name in "\\PC{0,140}", plain in "[a-z0-9 -]{0,140}") {
        for name in [name, plain] {
            let id = Slug::from_name(&name);
            prop_assert!(Slug::parse(id.as_str()).is_ok(), "{}", id);
            prop_assert_eq!(Slug::from_name(id.as_str()), id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_status_list_holds_the_bits_that_were_set(indices in prop::collection::btree_set(0..LIST_BITS, 0..40)) {
        let mut bits = Bits::new();
        for index in &indices {
            prop_assert!(bits.set(*index, true));
        }
        let again = Bits::decode(&bits.encode()).unwrap();
        prop_assert!(again.set_indices().eq(indices.iter().copied()));
        prop_assert_eq!(again.encode(), bits.encode());
    }
}
