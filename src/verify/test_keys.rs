//! Keys that are for trying out: those of the folder `keys/` of this repository, which the program carries.
//!
//! Anybody may have their secret halves. So a verifier who did not ask for tests believes none of them, whatever a trust
//! list or a paper says, and one who did is told in each answer.

use std::collections::BTreeSet;

use super::identity::Identity;
use super::trust::Trust;
use crate::provenance::key::VerifierKey;

/// The keys, one a line: the multikey, a space, and where it is from.
const KEYS: &str = include_str!("../../keys/test-keys.txt");

/// The signers of the examples.
const SIGNERS: &str = include_str!("../../keys/trust.toml");

/// Keys that are for trying out, and whether they are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestKeys {
    keys: BTreeSet<VerifierKey>,
    /// Whether the verifier asked for tests.
    pub(super) are_believed: bool,
}

impl TestKeys {
    fn carried(are_believed: bool) -> Self {
        let keys = all().map(|key| {
            VerifierKey::from_multikey(key).expect("each line of test-keys.txt is a key")
        });
        Self { keys: keys.collect(), are_believed }
    }

    /// Whether a key is one of them.
    pub(super) fn has(&self, key: &VerifierKey) -> bool {
        self.keys.contains(key)
    }

    /// Whether a history of keys names one of them: whoever has that one may speak for the issuer.
    pub(super) fn has_any_of(&self, identity: &Identity) -> bool {
        let history = identity.history.iter().flat_map(|history| history.versions());
        let updates = history.flat_map(|version| &version.parameters.update_keys);
        let records = identity.keys.iter().chain(identity.versions.values().flatten());
        let logs = identity.log_keys().map(|log| log.key());
        { updates.chain(records).chain(logs) }.any(|key| self.has(key))
    }
}

/// The keys that are for trying out, as multikeys.
pub fn all() -> impl Iterator<Item = &'static str> {
    KEYS.lines().map(|line| line.split(' ').next().unwrap_or_default())
}

/// Makes a list believe test keys, and the signers of the examples.
pub fn believe(trust: &mut Trust) {
    for signer in Trust::parse(SIGNERS).expect("keys/trust.toml is a trust list").signers() {
        trust.add(signer.clone());
    }
    trust.set_test_keys(TestKeys::carried(true));
}

/// Makes a list believe no test key, whatever it says; gives the names of witnesses that it loses by that.
pub fn refuse(trust: &mut Trust) -> Vec<String> {
    trust.set_test_keys(TestKeys::carried(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::{Signer as _, TestSigner};

    #[test]
    fn the_keys_that_are_carried_can_be_read() {
        let keys = TestKeys::carried(false);
        for seed in [0, 1, 2, 9, 255] {
            assert!(keys.has(&TestSigner::from_seed([seed; 32]).verifier_key()), "{seed}");
        }
        let mut seed = [1; 32];
        seed[31] = 2;
        assert!(!keys.has(&TestSigner::from_seed(seed).verifier_key()));
        let mut trust = Trust::nobody();
        believe(&mut trust);
        assert!(!trust.is_empty());
    }
}
