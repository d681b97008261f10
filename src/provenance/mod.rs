//! Formats and cryptography of records and logs, as pure functions on bytes.
//!
//! Nothing here knows of storefronts, disks, clocks or trust: bytes go in, typed values or
//! bytes come out. What is decoded is decoded strictly (one encoding for each value), what is
//! encoded is encoded canonically. Which standard each module implements stands at its top.
//!
//! - [`key`]: Ed25519 keys, strict signatures, multikeys.
//! - [`did`]: `did:key`, `did:web` and `did:webvh` names.
//! - [`webvh`]: the history of keys behind a `did:webvh` name.
//! - [`json`]: strict JSON, and the smaller profile that records keep to.
//! - [`jcs`]: the canonical form of JSON that is signed.
//! - [`multibase`]: base58btc as Data Integrity writes it.
//! - [`instant`]: the one form of date and time that records carry.
//! - [`note`]: signed notes, the form of checkpoints.
//! - [`log`]: the append-only log in tiles: hashes, proofs, checkpoints, the plan of an append.
//! - [`kind`]: the kinds of record, in one table: members, who signs, what it changes.
//! - [`credential`]: verifiable credentials with one Data Integrity proof.
//! - [`record`]: what our records say, and the documents of their issuers.
//! - [`person`]: names that are kept apart from what is signed, so that they can be erased.
//! - [`seal`]: designs of which only a tree's root is public, and their opening leaf by leaf.
//! - [`status`]: the Bitstring Status List, which others ask whether a record was revoked.
//! - [`brand`]: the printed short number of a brand, and its check character.
//! - [`identifier`]: its full form, and the alias that no domain can take along.
//! - [`badge`]: pictures that carry a record with its evidence.
//! - [`sshsig`]: the side signature that OpenSSH checks.
//! - [`timestamp`]: outside time: tokens of authorities, and OpenTimestamps proofs.
//! - [`files`]: how pure code reads a folder.

pub mod badge;
pub(crate) mod base64;
pub mod brand;
pub mod credential;
pub mod did;
pub mod files;
pub mod identifier;
pub mod instant;
pub mod jcs;
pub mod json;
pub mod key;
pub mod kind;
pub mod log;
pub mod multibase;
pub mod note;
pub mod openbadge;
pub mod person;
pub mod record;
pub mod seal;
pub mod sshsig;
pub mod status;
pub mod timestamp;
pub mod webvh;
mod wire;
