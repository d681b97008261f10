//! What others say about when a log had a size: the files in `log/heads/<size>/`.
//!
//! For each kept head: is it signed by the log's key, and which tokens and proofs beside it date
//! its bytes? Whether the head belongs to the log (a consistency proof to the newest one) is the
//! caller's to judge, as is what an entry gains from it: everything below the head's size existed
//! no later than the earliest [`TimeEvidence`] that is `Valid`. An upper bound is never sharpened.
//!
//! | file | what it is |
//! |---|---|
//! | `checkpoint` | the bytes that were dated; lines of cosignatures may have come behind them since |
//! | `checkpoint.<name>.tsr` | the answer of an authority (RFC 3161) |
//! | `checkpoint.<name>.tsq` | the query that it answers, with nonce and policy |
//! | `tsa/<name>.pem` | the chain of its certificates at that time, the root last |
//! | `tsa/<name>.crl` | lists of revoked certificates at that time, in PEM |
//! | `checkpoint.ots` | an OpenTimestamps proof |
//! | `block-<height>.header` | the 80 bytes of a block that the proof leads to |
//!
//! Certificates beside a token lead to a root, but none of them is believed because it lies
//! there: roots come from the trust list alone, as do blocks.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::report::{Axis, Finding, Verdict};
use crate::provenance::files::{Files, ReadError};
use crate::provenance::log::{Checkpoint, Head};
use crate::provenance::note::{NoteKey, Signed};
use crate::provenance::timestamp::ots::{
    self, Attestation, BitcoinEvidence, BlockHash, BlockHeader, TrustedBlock,
};
use crate::provenance::timestamp::rfc3161::{self, Asked, Certificates, Policy, Token};

/// Most heads that are read: the earliest ones, which date the most.
const MAX_HEADS: usize = 10_000;

/// Most files that are looked at beside one head.
const MAX_FILES: usize = 64;

/// Authorities and blocks that a verifier believes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeTrust {
    /// Time-stamp authorities.
    pub authorities: Vec<TrustedAuthority>,
    /// Blocks of the Bitcoin chain.
    pub blocks: Vec<TrustedBlock>,
    /// Headers of such blocks, where they were given whole.
    pub headers: Vec<BlockHeader>,
    /// Addresses of OpenTimestamps calendars that are asked; nobody's word is believed for them.
    pub calendars: Vec<String>,
}

/// A time-stamp authority: whoever a chain from its root certifies for time-stamping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedAuthority {
    /// What the verifier calls it.
    pub name: String,
    /// Its roots, in DER.
    pub roots: Vec<Vec<u8>>,
    /// The policy that its tokens must have, if only one is believed.
    pub policy: Option<Policy>,
    /// Where it is asked, by whoever has a register of her own dated.
    pub address: Option<String>,
}

/// An entry `[[tsa]]` of a trust list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TsaEntry {
    name: String,
    root: String,
    policy: Option<String>,
    address: Option<String>,
}

/// An entry `[[calendar]]` of a trust list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarEntry {
    pub(super) address: String,
}

/// An entry `[[bitcoin]]` of a trust list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BitcoinEntry {
    height: u64,
    hash: Option<String>,
    header: Option<String>,
}

impl TimeTrust {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.authorities.is_empty() && self.blocks.is_empty()
    }

    pub(super) fn add_authority(&mut self, entry: TsaEntry) -> Result<(), String> {
        let roots = rfc3161::parse_pem(entry.root.as_bytes(), rfc3161::CERTIFICATE).ok_or(
            "root is the text of the authority's root certificate: between ''' and ''', from \
             -----BEGIN CERTIFICATE----- to the line with END",
        )?;
        let policy =
            match entry.policy {
                None => None,
                Some(policy) => Some(Policy::new(&policy).map_err(
                    |_| "policy is digits and dots, for example \"1.3.6.1.4.1.4146.2.3\"",
                )?),
            };
        let TsaEntry { name, address, .. } = entry;
        self.authorities.push(TrustedAuthority { name, roots, policy, address });
        Ok(())
    }

    pub(super) fn add_block(&mut self, entry: &BitcoinEntry) -> Result<(), String> {
        let form = "a [[bitcoin]] block has height, and hash (64 characters, as block lists show it) \
                    or header (160 characters)";
        let hex = |text: &str| data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok();
        let header = match &entry.header {
            None => None,
            Some(text) => {
                Some(hex(text).and_then(|bytes| BlockHeader::from_bytes(&bytes)).ok_or(form)?)
            }
        };
        let hash = match &entry.hash {
            None => None,
            Some(text) => Some(BlockHash::parse(text).ok_or(form)?),
        };
        let hash = match (hash, header.map(|header| header.hash())) {
            (Some(hash), Some(of)) if hash != of => {
                return Err("hash and header do not belong together".to_owned());
            }
            (Some(hash), _) | (None, Some(hash)) => hash,
            (None, None) => return Err(form.to_owned()),
        };
        self.blocks.push(TrustedBlock { height: entry.height, hash });
        self.headers.extend(header);
        Ok(())
    }
}

/// One kept head, and what dates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadEvidence {
    /// The folder that it stands in, `log/heads/<size>`.
    pub folder: String,
    /// The checkpoint; `None` if it is missing, malformed or of another size.
    pub checkpoint: Option<Checkpoint>,
    /// Whether the log's key signed it.
    pub finding: Finding,
    /// Tokens and proofs beside it, in the order of their names.
    pub evidence: Vec<TimeEvidence>,
}

impl HeadEvidence {
    /// The head, if the log's key signed it.
    pub fn head(&self) -> Option<Head> {
        let checkpoint = self.checkpoint.as_ref()?;
        (self.finding.verdict == Verdict::Valid).then(|| checkpoint.head())
    }

    /// The earliest time by which somebody whom the verifier trusts had seen this head.
    pub fn no_later_than(&self) -> Option<Timestamp> {
        self.head()?;
        let valid = self.evidence.iter().filter(|each| each.finding.verdict == Verdict::Valid);
        valid.filter_map(|each| each.at).min()
    }
}

/// One piece of evidence about a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeEvidence {
    /// The file that it was read from.
    pub file: String,
    /// Who says it.
    pub kind: TimeKind,
    /// The latest time that it allows for; only worth something if the finding is `Valid`.
    pub at: Option<Timestamp>,
    /// Whether it holds, and is believed.
    pub finding: Finding,
}

/// Who dates a head.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeKind {
    /// A time-stamp authority.
    Tsa {
        /// What the trust list calls it, else the name in its certificate, else that of the file.
        name: String,
        /// The time that its token states, judged or not.
        stated: Option<Timestamp>,
        /// How far the true time may be from it.
        accuracy: Option<SignedDuration>,
        /// The policy of its token.
        policy: Option<Policy>,
        /// Until when the certificates hold: stamp anew before.
        renew_before: Option<Timestamp>,
    },
    /// A block of the Bitcoin chain.
    Bitcoin {
        /// Its number.
        height: u64,
        /// What is known about it.
        state: BitcoinEvidence,
    },
    /// A calendar that promised a block.
    Calendar {
        /// Its address.
        address: String,
    },
    /// Something that this program does not know or cannot read.
    Other,
}

impl TimeEvidence {
    /// The earliest time at which it can have been given, so that whoever has it knows that it is not earlier now; `None`
    /// if it does not hold, or is not believed.
    pub fn not_before(&self) -> Option<Timestamp> {
        if self.finding.verdict != Verdict::Valid {
            return None;
        }
        match &self.kind {
            TimeKind::Tsa { stated, accuracy, .. } => {
                (*stated)?.checked_sub(accuracy.unwrap_or_default()).ok()
            }
            // What is told is the block's time and as much as it may lie before the true one.
            TimeKind::Bitcoin { .. } => self.at?.checked_sub(BLOCK_ACCURACY * 2).ok(),
            _ => None,
        }
    }
}

fn finding(verdict: Verdict, reason: impl Into<Cow<'static, str>>) -> Finding {
    Finding { axis: Axis::Time, check: "existed-by", verdict, reason: reason.into() }
}

/// Reads the heads that are kept in a site's or publication's `log/heads/`, the smallest first.
///
/// Without a log key no head is believed. A file that cannot be read is a finding where it
/// stands; only the list itself can fail.
///
/// # Errors
/// If `log/heads` cannot be listed.
pub fn head_evidence(
    files: &dyn Files,
    log_key: Option<&NoteKey>,
    trust: &TimeTrust,
) -> Result<Vec<HeadEvidence>, ReadError> {
    let mut sizes: Vec<u64> = files
        .list("log/heads")?
        .iter()
        .filter_map(|name| name.parse().ok().filter(|size: &u64| size.to_string() == *name))
        .collect();
    sizes.sort_unstable();
    sizes.truncate(MAX_HEADS);
    Ok(sizes.into_iter().map(|size| head(files, size, log_key, trust)).collect())
}

fn head(
    files: &dyn Files,
    size: u64,
    log_key: Option<&NoteKey>,
    trust: &TimeTrust,
) -> HeadEvidence {
    let folder = format!("log/heads/{size}");
    let absent = |reason: String| HeadEvidence {
        folder: folder.clone(),
        checkpoint: None,
        finding: finding(Verdict::NotChecked, reason),
        evidence: Vec::new(),
    };
    let bytes = match files.read(&format!("{folder}/checkpoint")) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return absent(format!("{folder}/checkpoint is missing")),
        Err(error) => return absent(error.to_string()),
    };
    let checkpoint = match Checkpoint::parse(&bytes) {
        Ok(checkpoint) if checkpoint.head().size == size => checkpoint,
        Ok(_) => return absent(format!("{folder}/checkpoint is of another size")),
        Err(why) => return absent(format!("{folder}/checkpoint: {why}")),
    };
    let signed = match log_key.map(|key| checkpoint.verify(key)) {
        Some(Signed::Valid) => finding(Verdict::Valid, "the log's key signed this head"),
        Some(Signed::Invalid) => {
            finding(Verdict::Invalid, "the signature of the log's key on this head is wrong")
        }
        Some(Signed::Absent) => finding(Verdict::Invalid, "another key signed this head"),
        None => finding(Verdict::NotChecked, "the log's key is not known"),
    };
    let mut evidence = Vec::new();
    let forms = dated_forms(&bytes);
    match files.list(&folder) {
        Err(error) => {
            evidence.push(other(&folder, finding(Verdict::NotChecked, error.to_string())))
        }
        Ok(names) => {
            for name in names.iter().take(MAX_FILES) {
                if let Some(name) = token_name(name) {
                    evidence.push(token(files, &folder, name, &forms, trust));
                } else if name == "checkpoint.ots" {
                    proof(files, &folder, &names, &forms, trust, &mut evidence);
                }
            }
        }
    }
    HeadEvidence { folder, checkpoint: Some(checkpoint), finding: signed, evidence }
}

/// The name in `checkpoint.<name>.tsr`.
fn token_name(file: &str) -> Option<&str> {
    let name = file.strip_prefix("checkpoint.")?.strip_suffix(".tsr")?;
    (!name.is_empty()).then_some(name)
}

/// The bytes that may have been dated: the file, and the file before lines of cosignatures came
/// behind it.
pub(crate) fn dated_forms(bytes: &[u8]) -> Vec<&[u8]> {
    let text = bytes.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
    let ends = (text..bytes.len()).filter(|&at| bytes[at] == b'\n');
    let mut forms: Vec<&[u8]> = ends.map(|at| &bytes[..=at]).collect();
    forms.reverse();
    forms
}

fn other(file: &str, finding: Finding) -> TimeEvidence {
    TimeEvidence { file: file.to_owned(), kind: TimeKind::Other, at: None, finding }
}

fn read(files: &dyn Files, path: &str) -> Result<Option<Vec<u8>>, Finding> {
    files.read(path).map_err(|error| finding(Verdict::NotChecked, error.to_string()))
}

fn token(
    files: &dyn Files,
    folder: &str,
    name: &str,
    forms: &[&[u8]],
    trust: &TimeTrust,
) -> TimeEvidence {
    let file = format!("{folder}/checkpoint.{name}.tsr");
    let beside = |path: String| read(files, &path).map(Option::unwrap_or_default);
    let all = (|| {
        Ok((
            beside(file.clone())?,
            beside(format!("{folder}/checkpoint.{name}.tsq"))?,
            beside(format!("{folder}/tsa/{name}.pem"))?,
            beside(format!("{folder}/tsa/{name}.crl"))?,
        ))
    })();
    let (response, query, pem, crl) = match all {
        Ok(all) => all,
        Err(finding) => return other(&file, finding),
    };
    let token = match Token::parse(&response) {
        Ok(token) => token,
        Err(fault) => return other(&file, finding(Verdict::Invalid, fault.to_string())),
    };
    let unknown = |name: String| TimeKind::Tsa {
        name,
        stated: Some(token.claimed()),
        accuracy: None,
        policy: None,
        renew_before: None,
    };
    let asked = rfc3161::parse_query(&query);
    let others = rfc3161::parse_pem(&pem, rfc3161::CERTIFICATE).unwrap_or_default();
    let lists = rfc3161::parse_pem(&crl, rfc3161::REVOCATION_LIST).unwrap_or_default();
    let judge = |roots: &[Vec<u8>], policy: Option<Policy>| {
        let certificates =
            Certificates { roots: roots.to_vec(), others: others.clone(), lists: lists.clone() };
        let nonce = asked.as_ref().map(|(nonce, _)| &nonce[..]);
        let policy = policy.or(asked.as_ref().and_then(|(_, policy)| *policy));
        let asked = Asked { nonce, policy };
        let mut fault = rfc3161::Fault::OtherBytes;
        for form in forms {
            match token.verify(form, &asked, &certificates) {
                Err(rfc3161::Fault::OtherBytes) => (),
                Err(other) => {
                    fault = other;
                    break;
                }
                Ok(stamp) => return Ok(stamp),
            }
        }
        Err(fault)
    };
    let mut fault = None;
    for authority in &trust.authorities {
        match judge(&authority.roots, authority.policy) {
            Ok(stamp) => {
                let looked_up = match stamp.looked_up {
                    0 => "; no list of revoked certificates is at hand",
                    _ => "",
                };
                return TimeEvidence {
                    file,
                    at: Some(stamp.no_later_than()),
                    finding: finding(
                        Verdict::Valid,
                        format!("{} vouches for {}{looked_up}", authority.name, stamp.at),
                    ),
                    kind: TimeKind::Tsa {
                        name: authority.name.clone(),
                        stated: Some(stamp.at),
                        accuracy: stamp.accuracy,
                        policy: Some(stamp.policy),
                        renew_before: Some(stamp.renew_before),
                    },
                };
            }
            Err(rfc3161::Fault::Untrusted) => (),
            Err(other) => fault = Some(other),
        }
    }
    let is_not_listed = |fault: &rfc3161::Fault| {
        matches!(fault, rfc3161::Fault::Untrusted | rfc3161::Fault::OtherPolicy)
    };
    // Nobody whom the verifier listed: does it hold at all, by what lies beside it?
    let fault = fault.filter(|fault| !is_not_listed(fault)).or_else(|| {
        let roots: Vec<_> = others.iter().chain(token.certificates()).cloned().collect();
        judge(&roots, None).err().filter(|fault| !is_not_listed(fault))
    });
    let (verdict, reason) = match fault {
        Some(rfc3161::Fault::NoCertificate) => {
            (Verdict::NotChecked, rfc3161::Fault::NoCertificate.to_string())
        }
        Some(fault) => (Verdict::Invalid, fault.to_string()),
        None => (Verdict::NotChecked, "its authority is not in the trust list".to_owned()),
    };
    TimeEvidence {
        file,
        kind: unknown(name.to_owned()),
        at: None,
        finding: finding(verdict, reason),
    }
}

fn proof(
    files: &dyn Files,
    folder: &str,
    names: &[String],
    forms: &[&[u8]],
    trust: &TimeTrust,
    evidence: &mut Vec<TimeEvidence>,
) {
    let file = format!("{folder}/checkpoint.ots");
    let bytes = match read(files, &file) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(finding) => return evidence.push(other(&file, finding)),
    };
    let proof = match ots::Proof::parse(&bytes) {
        Ok(proof) => proof,
        Err(fault) => {
            return evidence.push(other(&file, finding(Verdict::Invalid, fault.to_string())));
        }
    };
    if !forms.iter().any(|form| proof.is_of(form)) {
        let reason = "it dates other bytes";
        return evidence.push(other(&file, finding(Verdict::Invalid, reason)));
    }
    let mut headers = trust.headers.clone();
    let stored =
        names.iter().filter(|name| name.starts_with("block-") && name.ends_with(".header"));
    for name in stored.take(MAX_FILES) {
        if let Ok(Some(bytes)) = read(files, &format!("{folder}/{name}")) {
            headers.extend(BlockHeader::from_bytes(&bytes));
        }
    }
    for attested in proof.attestations().into_iter().take(MAX_FILES) {
        let (kind, at, finding) = match attested.by {
            Attestation::Pending { address } => {
                let reason =
                    "a calendar promised a block; ask it again with `log anchor --upgrade`";
                (TimeKind::Calendar { address }, None, finding(Verdict::NotChecked, reason))
            }
            Attestation::Other { .. } => {
                let reason = "an attestation of a kind that this program does not know";
                (TimeKind::Other, None, finding(Verdict::NotChecked, reason))
            }
            Attestation::Bitcoin { height } => {
                let message = attested.message.as_deref();
                let state = ots::bitcoin_evidence(height, message, &headers, &trust.blocks);
                let (at, finding) = block(height, state);
                (TimeKind::Bitcoin { height, state }, at, finding)
            }
        };
        evidence.push(TimeEvidence { file: file.clone(), kind, at, finding });
    }
}

/// How far the time of a block may lie before the true one (the network's rule is two hours).
const BLOCK_ACCURACY: SignedDuration = SignedDuration::from_hours(2);

fn block(height: u64, state: BitcoinEvidence) -> (Option<Timestamp>, Finding) {
    let unproven = |reason: String| (None, finding(Verdict::NotChecked, reason));
    match state {
        BitcoinEvidence::NotComputed => {
            unproven("it has an operation that this program does not compute".to_owned())
        }
        BitcoinEvidence::NoHeader => {
            unproven(format!("the header of Bitcoin block {height} is not at hand"))
        }
        BitcoinEvidence::HeaderMatches { hash, .. } => unproven(format!(
            "the header beside it fits, but anybody can write one: look up whether Bitcoin block {height} is {hash}"
        )),
        BitcoinEvidence::Contradicted => (
            None,
            finding(Verdict::Invalid, format!("Bitcoin block {height} holds something else")),
        ),
        BitcoinEvidence::Trusted { time, .. } => (
            Some(time.saturating_add(BLOCK_ACCURACY).unwrap_or(time)),
            finding(Verdict::Valid, format!("Bitcoin block {height} of {time} holds it")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Trust;

    #[test]
    fn listed_authorities_and_blocks_are_read_or_refused_in_words() {
        let header = "07".repeat(80);
        let of = BlockHeader::from_bytes(&[7; 80]).unwrap();
        let hash = of.hash();
        for text in [
            format!("[[bitcoin]]\nheight = 5\nheader = \"{header}\"\n"),
            format!("[[bitcoin]]\nheight = 5\nheader = \"{header}\"\nhash = \"{hash}\"\n"),
            format!("[[bitcoin]]\nheight = 5\nhash = \"{hash}\"\n"),
        ] {
            let trust = Trust::parse(&text).unwrap();
            assert_eq!(trust.time().blocks, [TrustedBlock { height: 5, hash }]);
        }
        let root = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";
        let tsa = format!("[[tsa]]\nname = \"A\"\nroot = \"\"\"{root}\"\"\"\n");
        let trust = Trust::parse(&format!("{tsa}policy = \"1.2.3\"\n")).unwrap();
        assert_eq!(trust.time().authorities[0].roots, [vec![0x30, 0x00]]);
        for (text, why) in [
            ("[[bitcoin]]\nheight = 5\n".to_owned(), "hash"),
            ("[[bitcoin]]\nheight = 5\nhash = \"00\"\n".to_owned(), "64 characters"),
            (
                format!(
                    "[[bitcoin]]\nheight = 5\nheader = \"{header}\"\nhash = \"{header:.64}\"\n"
                ),
                "do not belong together",
            ),
            ("[[bitcoin]]\nhash = \"00\"\n".to_owned(), "cannot be understood"),
            ("[[tsa]]\nname = \"A\"\nroot = \"root.pem\"\n".to_owned(), "BEGIN CERTIFICATE"),
            (format!("{tsa}policy = \"any\"\n"), "digits and dots"),
        ] {
            let error = Trust::parse(&text).unwrap_err();
            assert!(error.why.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn whoever_has_evidence_knows_that_it_is_not_earlier_now() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let stated = at("2026-05-01T12:00:00Z");
        let tsa = |accuracy| TimeKind::Tsa {
            name: "A".to_owned(),
            stated: Some(stated),
            accuracy,
            policy: None,
            renew_before: None,
        };
        let hash = BlockHeader::from_bytes(&[7; 80]).unwrap().hash();
        let state = BitcoinEvidence::Trusted { time: stated, hash };
        let minute = SignedDuration::from_mins(1);
        for (kind, not_before) in [
            (tsa(None), Some(stated)),
            (tsa(Some(minute)), Some(stated - minute)),
            (TimeKind::Bitcoin { height: 5, state }, Some(at("2026-05-01T10:00:00Z"))),
            (TimeKind::Calendar { address: String::new() }, None),
        ] {
            let at = match kind {
                TimeKind::Bitcoin { .. } => block(5, state).0,
                _ => Some(stated),
            };
            let file = String::new();
            let mut evidence =
                TimeEvidence { file, kind, at, finding: finding(Verdict::Valid, "it holds") };
            assert_eq!(evidence.not_before(), not_before);
            evidence.finding.verdict = Verdict::NotChecked;
            assert_eq!(evidence.not_before(), None);
        }
    }

    #[test]
    fn cosignatures_that_came_later_are_cut_off() {
        let forms = dated_forms(b"a\n\nb\n\none\ntwo\n");
        assert_eq!(forms, [&b"a\n\nb\n\none\ntwo\n"[..], b"a\n\nb\n\none\n"]);
        assert!(dated_forms(b"").is_empty());
        assert_eq!(dated_forms(b"a\n"), [b"a\n"]);
    }
}
