//! What the judge answers: findings, a state, and their stable JSON form.

use serde::Serialize;
use std::borrow::Cow;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// Are these the bytes that were signed and logged?
    Bytes,
    /// Who signed, and does the verifier believe them?
    Signer,
    /// Does the signer still stand by it?
    Status,
    /// Is it in force, and since when is it known?
    Time,
}

/// The outcome of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The check was made, and holds.
    Valid,
    /// The check was made, and does not hold.
    Invalid,
    /// The check could not be made; the reason says what was missing.
    NotChecked,
}

/// The outcome of one check, with its reason in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What the check is about.
    pub axis: Axis,
    /// The stable code of the check, as in the tables of [`crate::verify`].
    pub check: &'static str,
    /// The outcome.
    pub verdict: Verdict,
    /// Why, in words for a person; never empty.
    pub reason: Cow<'static, str>,
}

/// What the findings amount to, in the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The bytes are not those that were signed, or not in the form that records have.
    Altered,
    /// There is no signature.
    NotSigned,
    /// Signed for trying out; proves nothing.
    Practice,
    /// Signed by somebody whom the verifier was not told to believe.
    UnknownSigner,
    /// Signed by somebody else than the site that shows it.
    WrongSite,
    /// The issuer took it back for ever.
    Revoked,
    /// The issuer removed its content.
    Withdrawn,
    /// A later record stands in its place.
    Superseded,
    /// The issuer put it on hold.
    Suspended,
    /// Its term is over.
    Expired,
    /// Its term has not begun.
    NotYetInForce,
    /// Others whom it needs have not agreed yet.
    Proposed,
    /// Something that has to be checked could not be.
    CannotCheckNow,
    /// Everything that has to be checked was, and holds.
    RecordIntact,
}

impl State {
    /// The state in words, as it is shown to people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::NotSigned => "not signed",
            Self::Practice => "practice",
            Self::UnknownSigner => "unknown signer",
            Self::WrongSite => "wrong site",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
            Self::Superseded => "superseded",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::NotYetInForce => "not yet in force",
            Self::Proposed => "proposed",
            Self::CannotCheckNow => "cannot check now",
            Self::RecordIntact => "record intact",
        }
    }

    /// One sentence on what the state means for whoever asked.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Altered => "These are not the bytes that were signed and logged.",
            Self::NotSigned => "Nobody signed this.",
            Self::Practice => "This was signed for trying out. It proves nothing.",
            Self::UnknownSigner => "The signer is not in the trust list that was used.",
            Self::WrongSite => "It was signed by somebody else than this site.",
            Self::Revoked => "The issuer took it back for ever.",
            Self::Withdrawn => "The issuer removed its content.",
            Self::Superseded => "A later record stands in its place.",
            Self::Suspended => "The issuer put it on hold.",
            Self::Expired => "Its term is over.",
            Self::NotYetInForce => "Its term has not begun.",
            Self::Proposed => "Others whom it needs have not agreed yet.",
            Self::CannotCheckNow => "Something that has to be checked could not be.",
            Self::RecordIntact => {
                "Signed by a signer of the trust list, logged, and unchanged since. \
                 Does not show who made it first."
            }
        }
    }
}

/// The head of the issuer's log up to which status was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusAsOf {
    /// Name of the log.
    pub origin: String,
    /// Number of entries that were read.
    pub size: u64,
    /// Root of the tree of that size, in base64.
    pub root: String,
}

/// The judgement on one record, one proof or one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What was judged, as its path or name was given.
    pub target: String,
    /// What the findings amount to.
    pub state: State,
    /// The record id (SHA-256 of the bytes, in hex), if the target is one record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The head up to which status was judged; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_as_of: Option<StatusAsOf>,
    /// Whether a dispute about it is open; told beside the state.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_disputed: bool,
    /// Whether it is somebody else's words in a register, which are that person's and take nothing from its owner's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_word_of_another: bool,
    /// One finding for each check, in the order of the tables.
    pub findings: Vec<Finding>,
    /// The judgements on the records in a folder, by short id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Report>,
}

impl Report {
    /// A report without findings yet: *altered*, until something better is found.
    pub(crate) fn about(target: String) -> Self {
        Self {
            target,
            state: State::Altered,
            record: None,
            status_as_of: None,
            is_disputed: false,
            is_word_of_another: false,
            findings: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Whether it counts for the state of the folder that it is in: words of others whom nobody knows do not.
    pub fn counts(&self) -> bool {
        !self.is_word_of_another || self.state != State::UnknownSigner
    }

    /// The finding of a check, if it belongs to what was judged.
    pub fn finding(&self, check: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.check == check)
    }

    /// The report as JSON of stable names, two spaces deep, with a final newline.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .expect("a report holds only strings, numbers and lists");
        text.push('\n');
        text
    }
}

impl Finding {
    pub(crate) fn valid(
        axis: Axis,
        check: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { axis, check, verdict: Verdict::Valid, reason: reason.into() }
    }

    pub(crate) fn invalid(
        axis: Axis,
        check: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { axis, check, verdict: Verdict::Invalid, reason: reason.into() }
    }

    pub(crate) fn not_checked(
        axis: Axis,
        check: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { axis, check, verdict: Verdict::NotChecked, reason: reason.into() }
    }
}

impl State {
    /// What the findings on one record amount to, by the precedence of [`crate::verify`].
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let verdict = |check: &str| {
            findings.iter().find(|finding| finding.check == check).map(|finding| finding.verdict)
        };
        let is_invalid = |check: &str| verdict(check) == Some(Verdict::Invalid);
        let altered = |finding: &Finding| {
            finding.axis == Axis::Bytes
                && finding.verdict == Verdict::Invalid
                && finding.check != "proof-present"
        };
        let may_be_missing = ["file-name", "side-signature", "site", "snapshot", "existed-by"];
        let missing = |finding: &Finding| {
            finding.verdict == Verdict::NotChecked && !may_be_missing.contains(&finding.check)
        };
        if findings.iter().any(altered) {
            Self::Altered
        } else if is_invalid("proof-present") {
            Self::NotSigned
        } else if is_invalid("practice") {
            Self::Practice
        } else if verdict("signer") != Some(Verdict::Valid) || is_invalid("log-signer") {
            Self::UnknownSigner
        } else if is_invalid("site") {
            Self::WrongSite
        } else if is_invalid("key-in-force") || is_invalid("in-effect") || is_invalid("not-revoked")
        {
            Self::Revoked
        } else if is_invalid("not-withdrawn") {
            Self::Withdrawn
        } else if is_invalid("not-superseded") {
            Self::Superseded
        } else if is_invalid("not-suspended") {
            Self::Suspended
        } else if is_invalid("not-ended") || is_invalid("valid-until") {
            Self::Expired
        } else if is_invalid("valid-from") {
            Self::NotYetInForce
        } else if is_invalid("agreed") {
            Self::Proposed
        } else if findings.iter().any(missing) || is_invalid("snapshot") {
            Self::CannotCheckNow
        } else {
            Self::RecordIntact
        }
    }
}
