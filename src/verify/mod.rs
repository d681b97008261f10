//! Judges records, proofs and published folders from their bytes, a set of trusted keys and a time.
//!
//! The judge is pure: it opens nothing, fetches nothing, reads no clock, and knows nothing of
//! storefronts. It answers with one [`Finding`] for each check of the tables below, on four
//! axes, and with one [`State`] in words. A proof that does not hold is a finding, not an
//! error. A check that could not be made is [`Verdict::NotChecked`], never silence.
//!
//! # Checks of one record, in this order
//!
//! The checks up to `subject` stand on each other: after the first that is `Invalid`, those
//! behind it are `NotChecked`. `credential` makes those marked C alone: the layer that is W3C
//! Data Integrity with nothing of our own. The script of the record page makes the checks
//! marked B with the same codes in the same order.
//!
//! | axis | code | marks | what is `Valid` |
//! |---|---|---|---|
//! | bytes | `json` | C B | at most a mebibyte of strict JSON: UTF-8, no byte order mark, one object and nothing behind it, no name twice, no lone surrogate, nesting at most 64, no integer beyond 2^53 - 1, no number that overflows |
//! | bytes | `proof-present` | C B | there is a member `proof`, and it is not `null` |
//! | bytes | `proof-form` | C B | `proof` is one object (no array) whose members are exactly `type` = `DataIntegrityProof`, `cryptosuite` = `eddsa-jcs-2022`, `created`, `verificationMethod`, `proofPurpose` = `assertionMethod`, `@context`, `proofValue`; all but `@context` are strings |
//! | bytes | `proof-context` | C B | the document's `@context` equals the proof's |
//! | bytes | `method` | C B | `verificationMethod` is a `did:key` or `did:web` name, `#`, and the multikey of a canonically encoded Ed25519 key of large order; for `did:key` both name the same key |
//! | bytes | `issuer` | C B | `issuer` (a string, or an object with a string `id`) is the name before the `#` |
//! | bytes | `dates` | C B | `created`, and `validFrom` and `validUntil` where present, are `YYYY-MM-DDThh:mm:ssZ` and days of the calendar |
//! | bytes | `signature` | C B | `proofValue` is `z` and base58btc of 64 bytes, which are the key's strict Ed25519 signature over SHA-256(JCS(proof without `proofValue`)) and SHA-256(JCS(document without `proof`)), one behind the other |
//! | bytes | `profile` | B | no `null`; every number is an integer of at most 2^53 - 1 in size |
//! | bytes | `canonical` | B | the file's bytes are exactly JCS of what they hold |
//! | bytes | `envelope` | B | members, `@context`, `id`, `type` and `relatedResource` are as in RECORD-FORMAT §2; the context's digest is the fixed one |
//! | bytes | `subject` | B | `credentialSubject` has the members of its kind, each of its type |
//! | bytes | `file-name` | | the file is named after the record's short id |
//! | bytes | `masters` | | every file that the record speaks of is at hand and has the digest that was signed |
//! | bytes | `side-signature` | | the `.sshsig` beside the record is the same key's, in the issuer's namespace, over the same bytes |
//! | bytes | `inclusion` | B | the `.tlog-proof` leads from this record's entry to the root in the checkpoint that it carries |
//! | bytes | `checkpoint` | B | that checkpoint is signed by the log key that is known (from the folder, else from trust) |
//! | signer | `practice` | B | the record is not marked as practice |
//! | signer | `signer` | | the trust list names the issuer, with this key, for this kind |
//! | signer | `key-in-force` | B | the issuer's history of keys names the key (a `did:web` or `did:key` name has none) |
//! | signer | `log-signer` | | the trust list names the log key for this issuer |
//! | signer | `site` | | the record's issuer is the one whose identity the folder publishes |
//! | status | `status` | B | its state can be told: the issuer's whole log was read with every body or tombstone, or both its status lists are at hand, authentic and not over |
//! | status | `in-effect` | B | it was its signer's to make, with a key that was the issuer's at its place in the log |
//! | status | `not-revoked` | B | nothing revokes it: no entry of the log, and no authentic status list |
//! | status | `not-withdrawn` | B | no entry takes its content back |
//! | status | `not-superseded` | B | no entry takes its place |
//! | status | `not-suspended` | B | nothing puts it on hold |
//! | status | `not-ended` | B | no entry ends it |
//! | status | `agreed` | B | where its kind is an act of several, enough of them agreed |
//! | status | `snapshot` | B | the status lists at hand are current, and agree with the log where that was read |
//! | time | `valid-from` | C B | the time of judging is not before `validFrom`, nor before `created` |
//! | time | `valid-until` | C B | the time of judging is not after `validUntil`, if there is one |
//! | time | `existed-by` | | somebody other than the signer vouches for a latest time of existence |
//!
//! # Checks of a folder
//!
//! | axis | code | what is `Valid` |
//! |---|---|---|
//! | bytes | `identity` | the history of keys (`did.jsonl`, `did-witness.json`) holds, each version with the guardians of the one before; `did.json`, `allowed_signers`, `log.vkey` and the context file follow from it (for practice, `did.json` may stand alone) |
//! | bytes | `log-head` | `log/checkpoint` is a checkpoint of the log that `log.vkey` names, signed by its key |
//! | bytes | `log-tiles` | the tiles hash up to the root in the checkpoint |
//! | bytes | `log-entries` | every entry bundle is at hand, well formed, and hashes to the tiles |
//! | bytes | `log-heads` | the heads kept in `log/heads` are signed by the log's key and are beginnings of this log; left out where none is kept |
//! | bytes | `log-bodies` | every entry's record is at hand (or was withdrawn) and of a known kind, no `id` occurs twice, and no record stands beside the log |
//! | bytes | `log-identity` | the log holds every version of the issuer's history of keys, in order, and no other |
//! | signer | `people` | each file in `records/people` opens a party of a record here; left out where there is none. It changes no state: nobody signs what stands there |
//! | status | `log-rules` | every entry was its signer's to make; one that was not changes nothing |
//! | status | `log-lists` | each status list in the log says what the fold says at its own size, and is of a head of this log |
//!
//! A folder is *altered* if one of these on the bytes axis is `Invalid`, *not signed* if it has no record, and else
//! as bad as the worst of its records; one of these that is `NotChecked`, or on the status axis `Invalid`, counts as
//! *cannot check now*, but for a `log-heads` that is `NotChecked`.
//!
//! # Checks of a pack
//!
//! `identity` as above, then these; a pack has no tiles, and each of its records is judged as one that was met alone.
//!
//! | axis | code | what is `Valid` |
//! |---|---|---|
//! | bytes | `pack-files` | every file that `SHA256SUMS` lists is at hand, with that digest |
//! | bytes | `pack-words` | never: the instructions and the page for people prove nothing |
//! | bytes | `log-heads` | each kept head is signed by the log's key, and a proof leads to it from a record; left out where none is kept |
//! | bytes | `pack-lists` | each status list is signed, and in the log |
//!
//! Its state is told as a folder's, and neither a `pack-words` nor a `log-heads` that is `NotChecked` counts.
//!
//! # From findings to a state
//!
//! The first that applies:
//!
//! 1. *altered*: a check on the bytes axis other than `proof-present` is `Invalid`.
//! 2. *not signed*: `proof-present` is `Invalid`.
//! 3. *practice*: `practice` is `Invalid`.
//! 4. *unknown signer*: `signer` is not `Valid`, or `log-signer` is `Invalid`.
//! 5. *wrong site*: `site` is `Invalid`.
//! 6. *revoked*: `key-in-force`, `in-effect` or `not-revoked` is `Invalid`; *withdrawn*, *superseded*,
//!    *suspended*: `not-…` is `Invalid`.
//! 7. *expired*: `not-ended` or `valid-until` is `Invalid`; *not yet in force*: `valid-from` is
//!    `Invalid`; *proposed*: `agreed` is `Invalid`.
//! 8. *cannot check now*: any other check is `NotChecked`, but for `file-name`,
//!    `side-signature`, `site` and `snapshot` where there is nothing to compare with, and `existed-by`; or
//!    `snapshot` is `Invalid`.
//! 9. *record intact*.
//!
//! Beside the state a report says whether a dispute is open (`isDisputed`).

pub mod delegation;
pub mod fold;
pub mod folder;
pub mod identity;
pub mod log;
pub mod opening;
pub mod pack;
pub mod page;
pub mod people;
pub mod record;
mod report;
pub mod test_keys;
pub mod time;
pub mod trust;
pub mod witness;

pub use folder::{FolderAudit, fold_entries, folder, record_file, told_alone};
pub use identity::Identity;
pub use log::{LogAudit, LogState};
pub use opening::opening;
pub use pack::{is_pack, pack};
pub use page::{PageFault, badge, evidence_of, page, page_with_photographs};
pub use people::People;
pub use record::{Exhibit, Status, VerifiedRecord, credential, proof, record};
pub use report::{Axis, Finding, Report, State, StatusAsOf, Verdict};
pub use time::{HeadEvidence, TimeEvidence, TimeKind, TimeTrust, head_evidence};
pub use trust::Trust;

#[cfg(test)]
mod tests;
