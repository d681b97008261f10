//! The kinds of record, in one table: what each says, who may sign it, what it changes.
//!
//! A kind is a row of [`RULES`]. The row drives everything that a kind needs: reading a record
//! ([`check`]), reading the file in which a person wrote it ([`crate::attest`]), the words that
//! she reads before she signs, the fold over the log ([`crate::verify::fold`]), the script of a
//! record page and the tables of RECORD-FORMAT §2. So a new kind is a new row, and no code.
//!
//! [`Kind::Design`] has a type of its own
//! ([`crate::provenance::record::Design`]) because storefronts show it; its row holds no fields.

use std::fmt;

use super::base64;
use super::did::Did;
use super::instant;
use super::json::{Object, Value};
use super::key::VerifierKey;
use super::log::RecordId;
use super::person::Commitment;
use super::record::{LangText, Photograph, Sha256Digest, Texts, Uuid, texts_from_value};
use super::seal::LeafOpening;

/// A kind of record, as its `type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is told by its row of `RULES`")]
pub enum Kind {
    Charter,
    Delegation,
    Accreditation,
    Design,
    SealedDesign,
    Disclosure,
    Withdrawal,
    Consent,
    Certification,
    Edition,
    TagBatch,
    TagVoid,
    TagClaimed,
    Item,
    Licence,
    LicenceEnded,
    Transfer,
    Label,
    Notice,
    Dispute,
    DisputeOutcome,
    Status,
    KeyRotation,
    KeyCompromise,
    ClockCorrection,
    BenefitReport,
    Attestation,
    Correction,
    Snapshot,
}

/// Who may sign a record of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The issuer whose log it is.
    Issuer,
    /// Whoever issued the record that it changes, or somebody to whom a [`Kind::Delegation`] of that issuer
    /// gives this kind.
    IssuerOfTarget,
    /// Anybody: it is shown as that person's words and changes nothing by itself.
    Anybody,
}

/// Whether a record of a kind ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// It must say until when: nothing of this kind is for ever.
    Needed,
    /// It may say until when.
    Possible,
    /// It is an act of one moment, and says only when.
    Never,
}

/// What a record of a kind changes, once it is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it states.
    States,
    /// Suspends, reinstates, revokes or ends its target.
    ChangesStatus,
    /// Takes its target's content back; a tombstone stays.
    Withdraws,
    /// Corrects its target; with a replacement, that takes its place.
    Corrects,
    /// Lays a dispute over its target.
    Disputes,
    /// Ends the dispute that its target is.
    SettlesDispute,
    /// Ends the licence that its target is.
    EndsLicence,
    /// Opens leaves of its sealed target.
    Opens,
    /// Makes tags of its target void.
    VoidsTags,
    /// Counts for its target: an act of several, or words about it.
    Attests,
    /// Leads the clock back.
    CorrectsClock,
    /// Gives others the right to sign.
    Delegates,
    /// Says who must agree to which acts.
    Charters,
    /// Repeats the state of all records as a Bitstring Status List.
    Snapshots,
}

/// One member of a subject.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the record, in camel case.
    pub name: &'static str,
    /// What it may hold.
    pub form: Form,
    /// Whether it must be there.
    pub is_needed: bool,
}

/// What a member may hold.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A text in one or more languages.
    Text,
    /// One line of plain text of at most 200 characters, in no language.
    Word,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The name of a kind.
    KindName,
    /// A civil date, `YYYY-MM-DD`.
    Day,
    /// An instant, `YYYY-MM-DDThh:mm:ssZ`.
    Instant,
    /// A whole number within these bounds.
    Count(u64, u64),
    /// True or false.
    Flag,
    /// An amount: `{"amount": "12.50", "currency": "EUR"}`, in major units.
    Money,
    /// 32 bytes in base64.
    Hash,
    /// Bytes in base64.
    Bytes,
    /// An opened leaf of a sealed design: `{"index", "opening", "path"}` (RECORD-FORMAT §3).
    Leaf,
    /// A status list: `u` and base64url, as Bitstring Status List 1.0 writes it.
    StatusList,
    /// An Ed25519 key as multikey.
    Key,
    /// A DID.
    Did,
    /// An `https://` address.
    Address,
    /// A file that stays outside: `{"digestSRI", "mediaType"?, "name"?}`.
    Document,
    /// A published photograph, as in a design.
    Photograph,
    /// Another record, of one of these kinds (of any, if none is named): `{"id": "urn:uuid:…", "digestSRI"}`.
    Record(&'static [Kind]),
    /// A record, or what has an address or a DID: `{"id", "digestSRI"?, "name"?}`.
    Thing,
    /// Somebody: `{"id"?: DID or address, "name"?: text, "commitment"?: hash}`, one of them at least.
    Party,
    /// A non-empty list of one form.
    List(&'static Form),
    /// An object of these members.
    Object(&'static [Field]),
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The kind.
    pub kind: Kind,
    /// Its name in `type`.
    pub name: &'static str,
    /// What a person types after `record`; none where another command signs it.
    pub verb: Option<&'static str>,
    /// What signing one means, in one sentence for the person who signs.
    pub meaning: &'static str,
    /// Who may sign it.
    pub by: By,
    /// Whether it ends by itself.
    pub term: Term,
    /// What it changes.
    pub effect: Effect,
    /// Its members, besides [`COMMON`].
    pub fields: &'static [Field],
}

const fn need(name: &'static str, form: Form) -> Field {
    Field { name, form, is_needed: true }
}

const fn may(name: &'static str, form: Form) -> Field {
    Field { name, form, is_needed: false }
}

const MANY: u64 = 9_007_199_254_740_991;
const NUMBER: Form = Form::Count(1, MANY);
const ANY_RECORD: Form = Form::Record(&[]);
const DOCUMENTS: Form = Form::List(&Form::Document);
const PHOTOGRAPHS: Form = Form::List(&Form::Photograph);
const TEXTS: Form = Form::List(&Form::Text);
const RANGES: Form = Form::List(&Form::Object(&[need("first", NUMBER), need("last", NUMBER)]));
const CRITERIA: Form = Form::Object(&[
    need("name", Form::Text),
    need("version", Form::Word),
    need("document", Form::Document),
]);
const SHARES: Form =
    Form::List(&Form::Object(&[need("party", Form::Party), need("share", Form::Word)]));
/// How a claim was checked (DOMAIN §8, certification).
const METHOD: Form =
    Form::Choice(&["self", "peer visit", "sample", "photo", "laboratory", "inspection"]);
const CLAIMS: Form = Form::List(&Form::Object(&[
    need(
        "claimType",
        Form::Choice(&[
            "designedBy",
            "madeBy",
            "madeIn",
            "technique",
            "material",
            "soldBy",
            "payment",
            "collaboration",
        ]),
    ),
    need("value", Form::Text),
    may("saidBy", Form::Party),
    need("method", METHOD),
]));

/// Members that every kind but [`Kind::Design`] and [`Kind::Snapshot`] may have.
pub const COMMON: &[Field] = &[may("note", Form::Text), may("supportingDocument", DOCUMENTS)];

/// Every kind, in the order of [`Kind`].
pub const RULES: &[Rules] = &[
    Rules {
        kind: Kind::Charter,
        name: "Charter",
        verb: Some("charter"),
        meaning: "You state who you are as an association, and by which rules you act.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::Charters,
        fields: &[
            need("name", Form::Text),
            need(
                "brandKind",
                Form::Choice(&["economy", "region", "people", "community", "association"]),
            ),
            may("brandCode", Form::Word),
            may("scope", Form::Text),
            may("mark", TEXTS),
            may("criteria", Form::List(&CRITERIA)),
            may("site", Form::List(&Form::Address)),
            may("successor", Form::Text),
            may("complaints", Form::Text),
            may("customaryLaw", Form::Text),
            may("careStatement", Form::Text),
            may(
                "signatory",
                Form::List(&Form::Object(&[need("id", Form::Did), may("name", Form::Text)])),
            ),
            may(
                "jointAct",
                Form::List(&Form::Object(&[
                    need("kind", Form::KindName),
                    need("threshold", Form::Count(1, 100)),
                ])),
            ),
            may("noticeDays", Form::Count(1, 3650)),
        ],
    },
    Rules {
        kind: Kind::Delegation,
        name: "Delegation",
        verb: Some("delegate"),
        meaning: "You let somebody else sign these kinds of record for you.",
        by: By::Issuer,
        term: Term::Needed,
        effect: Effect::Delegates,
        fields: &[
            need("delegate", Form::Party),
            need("may", Form::List(&Form::KindName)),
            may("scope", Form::Text),
            may("limit", Form::Text),
        ],
    },
    Rules {
        kind: Kind::Accreditation,
        name: "Accreditation",
        verb: Some("accredit"),
        meaning: "You state that this maker is a member.",
        by: By::Issuer,
        term: Term::Needed,
        effect: Effect::States,
        fields: &[
            need("member", Form::Party),
            may("formerParty", Form::Party),
            may("memberKind", Form::Word),
            may("people", Form::Text),
            may("placeOfOrigin", Form::Text),
            may("craft", TEXTS),
            may("makersMark", Form::Text),
            need("basis", Form::Choice(&["community confirms", "peers", "panel", "self"])),
            may("criteria", CRITERIA),
            may(
                "tagQuota",
                Form::Object(&[
                    need("count", NUMBER),
                    need("period", Form::Choice(&["month", "year", "term"])),
                ]),
            ),
            may("condition", Form::Text),
        ],
    },
    Rules {
        kind: Kind::Design,
        name: "Design",
        verb: Some("new"),
        meaning: "You enter a design in your register and publish its pictures for ever.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[],
    },
    Rules {
        kind: Kind::SealedDesign,
        name: "SealedDesign",
        verb: Some("seal"),
        meaning: "You enter a fingerprint of a design in your register, and keep the design back.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("sealVersion", Form::Choice(&["selvedge.seal/1"])),
            need("leafCount", Form::Count(16, 256)),
            need("root", Form::Hash),
            may("title", Form::Text),
            may("heldBy", Form::Text),
            may("designKind", Form::Word),
            may(
                "openers",
                Form::Object(&[
                    need("threshold", Form::Count(1, 100)),
                    need("party", Form::List(&Form::Did)),
                ]),
            ),
            may("openWhen", Form::Text),
        ],
    },
    Rules {
        kind: Kind::Disclosure,
        name: "Disclosure",
        verb: Some("disclose"),
        meaning: "You open parts of a sealed design. What is opened to everybody cannot be closed again.",
        by: By::IssuerOfTarget,
        term: Term::Never,
        effect: Effect::Opens,
        fields: &[
            need("target", Form::Record(&[Kind::SealedDesign])),
            need("opened", Form::List(&Form::Leaf)),
            may("photograph", PHOTOGRAPHS),
            may("reason", Form::Text),
        ],
    },
    Rules {
        kind: Kind::Withdrawal,
        name: "Withdrawal",
        verb: Some("withdraw"),
        meaning: "You take the content of a record back. Its number and date stay; copies that others made stay too.",
        by: By::IssuerOfTarget,
        term: Term::Never,
        effect: Effect::Withdraws,
        fields: &[
            need(
                "target",
                Form::Record(&[Kind::Design, Kind::Disclosure, Kind::Item, Kind::Label]),
            ),
            need("targetKind", Form::KindName),
            need("targetSigned", Form::Instant),
            may("targetPosition", Form::Count(0, MANY)),
            may("targetReissues", ANY_RECORD),
            may("saidBy", Form::Party),
            need(
                "reasonCode",
                Form::Choice(&[
                    "holder's wish",
                    "error",
                    "mourning",
                    "safety",
                    "no consent",
                    "legal",
                    "other",
                ]),
            ),
        ],
    },
    Rules {
        kind: Kind::Consent,
        name: "Consent",
        verb: Some("consent"),
        meaning: "You state that somebody agreed, to what, and how.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("about", Form::Thing),
            need("party", Form::Party),
            need("scope", Form::Text),
            need("consentMethod", Form::Choice(&["meeting", "written", "spoken", "other"])),
            may("minutes", DOCUMENTS),
            may("revocable", Form::Flag),
        ],
    },
    Rules {
        kind: Kind::Certification,
        name: "Certification",
        verb: Some("certify"),
        meaning: "You state claims that you checked, how you checked them, and until when you stand by them.",
        by: By::Issuer,
        term: Term::Needed,
        effect: Effect::States,
        fields: &[
            need("about", Form::Thing),
            need("claim", CLAIMS),
            may("criteria", CRITERIA),
            may("tier", Form::Text),
            may("assessedOn", Form::Day),
            may("panelSize", Form::Count(1, 1000)),
            may("sampleSize", NUMBER),
        ],
    },
    Rules {
        kind: Kind::Edition,
        name: "Edition",
        verb: Some("edition"),
        meaning: "You announce how many of a thing there will be at most.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("name", Form::Text),
            may("about", Form::Thing),
            may("design", Form::List(&Form::Record(&[Kind::Design, Kind::SealedDesign]))),
            need("editionKind", Form::Choice(&["unique", "limited", "open", "batch"])),
            may("maximum", NUMBER),
            may("madeFrom", Form::Day),
            may("madeTo", Form::Day),
            may("maker", SHARES),
            may("material", TEXTS),
            may("lot", Form::Word),
            may("placeOfOrigin", Form::Text),
            may("certification", Form::List(&Form::Record(&[Kind::Certification]))),
            may("licence", Form::Record(&[Kind::Licence])),
        ],
    },
    Rules {
        kind: Kind::TagBatch,
        name: "TagBatch",
        verb: Some("tags"),
        meaning: "You state which numbers of an edition have tags.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::States,
        fields: &[
            need("edition", Form::Record(&[Kind::Edition])),
            need("first", NUMBER),
            need("last", NUMBER),
            may("codesRoot", Form::Hash),
            may("tagStyle", Form::Text),
            may("printedOn", Form::Day),
        ],
    },
    Rules {
        kind: Kind::TagVoid,
        name: "TagVoid",
        verb: Some("void-tags"),
        meaning: "You state that these tags count no more.",
        by: By::IssuerOfTarget,
        term: Term::Never,
        effect: Effect::VoidsTags,
        fields: &[
            need("target", Form::Record(&[Kind::TagBatch])),
            need("range", RANGES),
            need("reasonCode", Form::Choice(&["lost", "stolen", "damaged", "unused"])),
        ],
    },
    Rules {
        kind: Kind::TagClaimed,
        name: "TagClaimed",
        verb: Some("claim-tag"),
        meaning: "You state that somebody reported the check code of a tag.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::States,
        fields: &[
            need("batch", Form::Record(&[Kind::TagBatch])),
            need("serial", NUMBER),
            need("claimedOn", Form::Day),
            may("how", Form::Text),
            may("duplicateOf", Form::Record(&[Kind::TagClaimed])),
        ],
    },
    Rules {
        kind: Kind::Item,
        name: "Item",
        verb: Some("item"),
        meaning: "You describe one single piece, with its photograph.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("name", Form::Text),
            may("edition", Form::Record(&[Kind::Edition])),
            may("serial", NUMBER),
            may("photograph", PHOTOGRAPHS),
            may("maker", Form::Party),
            may("measure", Form::Text),
            may("material", TEXTS),
            may("technique", Form::Text),
            may("madeOn", Form::Day),
        ],
    },
    Rules {
        kind: Kind::Licence,
        name: "Licence",
        verb: Some("license"),
        meaning: "You permit somebody to use a design, within these bounds.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("design", Form::List(&Form::Record(&[Kind::Design, Kind::SealedDesign]))),
            need("licensee", Form::Party),
            need("use", TEXTS),
            may("excludedUse", TEXTS),
            may("territory", Form::Text),
            may("isExclusive", Form::Flag),
            may("maximum", NUMBER),
            may("royalty", Form::Text),
            may("split", SHARES),
            may("approval", Form::Text),
            may("attribution", Form::Text),
            may("sublicence", Form::Text),
            may("contract", Form::Document),
            may("law", Form::Text),
        ],
    },
    Rules {
        kind: Kind::LicenceEnded,
        name: "LicenceEnded",
        verb: Some("end-license"),
        meaning: "You state that a licence is over.",
        by: By::IssuerOfTarget,
        term: Term::Never,
        effect: Effect::EndsLicence,
        fields: &[
            need("target", Form::Record(&[Kind::Licence])),
            need("reason", Form::Text),
            may("sellOffUntil", Form::Day),
        ],
    },
    Rules {
        kind: Kind::Transfer,
        name: "Transfer",
        verb: Some("transfer"),
        meaning: "You state who has a piece, or who cares for a design, from now on. No price is ever part of it.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::States,
        fields: &[
            need("about", Form::Record(&[Kind::Design, Kind::SealedDesign, Kind::Item])),
            need("transferKind", Form::Choice(&["item", "custodian succession"])),
            may("formerParty", Form::Party),
            need("party", Form::Party),
            may("consent", Form::Record(&[Kind::Consent])),
        ],
    },
    Rules {
        kind: Kind::Label,
        name: "Label",
        verb: Some("label"),
        meaning: "You apply a community's own label. Labels are for communities to give.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("about", Form::Thing),
            need("appliedBy", Form::Party),
            need("labelCode", Form::Word),
            may("labelType", Form::Word),
            may("name", Form::Text),
            may("text", Form::Text),
            may("hubProject", Form::Word),
            may("hubLabel", Form::Word),
            may("source", Form::Document),
            may("audio", Form::Document),
            may("fetchedOn", Form::Day),
        ],
    },
    Rules {
        kind: Kind::Notice,
        name: "Notice",
        verb: Some("notice"),
        meaning: "You give readers a notice about something.",
        by: By::Issuer,
        term: Term::Possible,
        effect: Effect::States,
        fields: &[
            need("about", Form::Thing),
            need("text", Form::Text),
            may("noticeCode", Form::Word),
        ],
    },
    Rules {
        kind: Kind::Dispute,
        name: "Dispute",
        verb: Some("dispute"),
        meaning: "You enter in the register that somebody disputes a record. It stays visible, whatever comes of it.",
        by: By::Anybody,
        term: Term::Never,
        effect: Effect::Disputes,
        fields: &[
            need("target", ANY_RECORD),
            need(
                "ground",
                Form::Choice(&[
                    "prior use",
                    "wrong holder",
                    "no consent",
                    "misuse",
                    "harmful",
                    "error",
                    "imitation",
                ]),
            ),
            need("statement", Form::Text),
            may("party", Form::List(&Form::Party)),
            may("answer", Form::Text),
            may("remedy", Form::Text),
            may("forum", Form::Text),
        ],
    },
    Rules {
        kind: Kind::DisputeOutcome,
        name: "DisputeOutcome",
        verb: Some("settle"),
        meaning: "You state how a dispute ended, in the words of all sides.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::SettlesDispute,
        fields: &[
            need("target", Form::Record(&[Kind::Dispute])),
            need("outcome", Form::Choice(&["settled", "refused", "lapsed"])),
            may("text", Form::Text),
            may("forum", Form::Text),
            may("minorityStatement", Form::Text),
        ],
    },
    Rules {
        kind: Kind::Status,
        name: "Status",
        verb: Some("status"),
        meaning: "You suspend, reinstate, revoke or end a record. Revoking cannot be undone.",
        by: By::IssuerOfTarget,
        term: Term::Never,
        effect: Effect::ChangesStatus,
        fields: &[
            need("target", ANY_RECORD),
            need("newState", Form::Choice(&["suspended", "reinstated", "revoked", "ended"])),
            need("reason", Form::Text),
            may("reviewOn", Form::Day),
            may("appeal", Form::Text),
        ],
    },
    Rules {
        kind: Kind::KeyRotation,
        name: "KeyRotation",
        verb: None,
        meaning: "You announce that a new key signs from now on.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::States,
        fields: &[
            need("keyRole", Form::Choice(&["record", "log"])),
            need("formerKey", Form::Key),
            need("newKey", Form::Key),
            need("versionId", Form::Word),
        ],
    },
    Rules {
        kind: Kind::KeyCompromise,
        name: "KeyCompromise",
        verb: None,
        meaning: "You announce that a key may be in other hands, and since when.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::States,
        fields: &[
            need("keyRole", Form::Choice(&["record", "log"])),
            need("formerKey", Form::Key),
            need("newKey", Form::Key),
            need("versionId", Form::Word),
            may("compromisedFrom", Form::Instant),
            need(
                "cut",
                Form::Object(&[need("size", Form::Count(0, MANY)), need("root", Form::Hash)]),
            ),
        ],
    },
    Rules {
        kind: Kind::ClockCorrection,
        name: "ClockCorrection",
        verb: Some("clock"),
        meaning: "You state that the clock was wrong for some entries, and that it is right now.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::CorrectsClock,
        fields: &[
            need("firstWrong", Form::Count(0, MANY)),
            need("wrongTime", Form::Instant),
            need("reason", Form::Text),
        ],
    },
    Rules {
        kind: Kind::BenefitReport,
        name: "BenefitReport",
        verb: Some("report-benefit"),
        meaning: "You report what a licence brought, and how it was shared.",
        by: By::Issuer,
        term: Term::Never,
        effect: Effect::States,
        fields: &[
            need("licence", Form::Record(&[Kind::Licence])),
            need("periodFrom", Form::Day),
            need("periodTo", Form::Day),
            may("amount", Form::List(&Form::Money)),
            may("band", Form::Text),
            need("statement", Form::Text),
        ],
    },
    Rules {
        kind: Kind::Attestation,
        name: "Attestation",
        verb: Some("attest"),
        meaning: "You give your own word about something.",
        by: By::Anybody,
        term: Term::Possible,
        effect: Effect::Attests,
        fields: &[
            need("about", Form::Thing),
            need(
                "relation",
                Form::Choice(&[
                    "approves",
                    "affirms",
                    "confirms",
                    "made",
                    "saw",
                    "published",
                    "lists",
                ]),
            ),
            may("statement", Form::Text),
            may("seenAt", Form::Address),
            may("seenOn", Form::Day),
        ],
    },
    Rules {
        kind: Kind::Correction,
        name: "Correction",
        verb: Some("correct"),
        meaning: "You correct an earlier record. What it said stays in the register.",
        by: By::IssuerOfTarget,
        term: Term::Never,
        effect: Effect::Corrects,
        fields: &[
            need("target", ANY_RECORD),
            need("reason", Form::Text),
            may("member", Form::Word),
            may("formerText", Form::Text),
            may("text", Form::Text),
            may("replacement", ANY_RECORD),
        ],
    },
    Rules {
        kind: Kind::Snapshot,
        name: "BitstringStatusListCredential",
        verb: None,
        meaning: "You repeat which of your records are revoked or suspended, for programs that see one record alone.",
        by: By::Issuer,
        term: Term::Needed,
        effect: Effect::Snapshots,
        fields: &[
            need("id", Form::Address),
            need("type", Form::Choice(&["BitstringStatusList"])),
            need("statusPurpose", Form::Choice(&["revocation", "suspension"])),
            need("encodedList", Form::StatusList),
            need(
                "log",
                Form::Object(&[
                    need("origin", Form::Word),
                    need("size", Form::Count(0, MANY)),
                    need("root", Form::Hash),
                ]),
            ),
        ],
    },
];

/// The longest word.
const MAX_WORD: usize = 200;

impl Kind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.iter().map(|rules| rules.kind)
    }

    /// Its row of the table.
    pub fn rules(self) -> &'static Rules {
        &RULES[self as usize]
    }

    /// Its name, as `type` says it.
    pub fn name(self) -> &'static str {
        self.rules().name
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        RULES.iter().find(|rules| rules.name == name).map(|rules| rules.kind)
    }

    /// The member of that name.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// Its members: its own, then those that all have.
    pub fn fields(self) -> impl Iterator<Item = &'static Field> + Clone {
        let common: &[Field] = match self {
            Self::Design | Self::Snapshot => &[],
            _ => COMMON,
        };
        self.rules().fields.iter().chain(common)
    }

    /// Whether its content may be taken back.
    pub fn can_be_withdrawn(self) -> bool {
        matches!(self, Self::Design | Self::Disclosure | Self::Item | Self::Label)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A reference to another record, by its own id and the digest of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    /// Its `id`.
    pub uuid: Uuid,
    /// SHA-256 of its file.
    pub id: RecordId,
}

impl RecordRef {
    /// Reads `{"id": "urn:uuid:…", "digestSRI": "sha256-…"}`.
    pub fn from_value(value: &Value) -> Option<Self> {
        let members = value.as_object().filter(|members| members.len() == 2)?;
        let uuid = Uuid::from_urn(members.get("id")?.as_str()?)?;
        let digest = Sha256Digest::from_sri(members.get("digestSRI")?.as_str()?)?;
        Some(Self { uuid, id: RecordId::from_bytes(digest.0) })
    }

    /// Writes it.
    pub fn to_value(&self) -> Value {
        let digest = Sha256Digest(*self.id.as_bytes());
        Value::from([("id", self.uuid.to_urn().into()), ("digestSRI", digest.to_sri().into())])
    }
}

/// What a record of any kind but [`Kind::Design`] says: members that [`check`] admitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The kind.
    pub kind: Kind,
    /// The subject's members.
    pub members: Object,
}

impl Statement {
    /// The record that it changes, or speaks of.
    pub fn target(&self) -> Option<RecordRef> {
        self.record("target")
    }

    /// A member that is a reference to a record.
    pub fn record(&self, name: &str) -> Option<RecordRef> {
        RecordRef::from_value(self.members.get(name)?)
    }

    /// The design of another register that this says to be listed in the signer's catalogue too: an Attestation whose relation is
    /// `lists`, about a record. It says nothing of what that record says.
    pub fn listed(&self) -> Option<RecordRef> {
        let is_listing = self.kind == Kind::Attestation && self.word("relation") == Some("lists");
        let about = self.members.get("about").filter(|_| is_listing)?;
        let uuid = Uuid::from_urn(about.text("id")?)?;
        let digest = Sha256Digest::from_sri(about.text("digestSRI")?)?;
        Some(RecordRef { uuid, id: RecordId::from_bytes(digest.0) })
    }

    /// A member that is a word, a choice, a date or the like.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// A member that is a whole number.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.members.get(name)?.as_count()
    }

    /// A member that is a list; empty if it is not there.
    pub fn list(&self, name: &str) -> &[Value] {
        self.members.get(name).and_then(Value::as_array).unwrap_or(&[])
    }

    /// The photographs that it binds, in the order of the table.
    pub fn photographs(&self, base: &str) -> Vec<Photograph> {
        let mut found = Vec::new();
        self.visit(&mut |form, value| {
            if matches!(form, Form::Photograph) {
                found.extend(Photograph::from_value(value, base));
            }
        });
        found
    }

    /// Every record that it names, with the kinds that may stand there (any, if none is named).
    pub fn references(&self) -> Vec<(RecordRef, &'static [Kind])> {
        let mut found = Vec::new();
        self.visit(&mut |form, value| {
            let kinds = match form {
                Form::Record(kinds) => *kinds,
                Form::Thing => &[],
                _ => return,
            };
            let digest = value.text("digestSRI").and_then(Sha256Digest::from_sri);
            let uuid = value.text("id").and_then(Uuid::from_urn);
            if let (Some(uuid), Some(digest)) = (uuid, digest) {
                found.push((RecordRef { uuid, id: RecordId::from_bytes(digest.0) }, kinds));
            }
        });
        found
    }

    /// What it commits to of people who are named apart, in the order of the table.
    pub fn commitments(&self) -> Vec<Commitment> {
        let mut found = Vec::new();
        self.visit(&mut |form, value| {
            if matches!(form, Form::Party) {
                found.extend(value.text("commitment").and_then(Commitment::parse));
            }
        });
        found
    }

    /// The people whose names stand in it, in the order of the table.
    pub fn named_people(&self) -> Vec<Texts> {
        let mut found = Vec::new();
        self.visit(&mut |form, value| {
            if matches!(form, Form::Party) {
                found.extend(value.member("name").and_then(texts_from_value));
            }
        });
        found
    }

    /// Calls for each member and what is within it, in the order of the table.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'static Form, &'a Value)) {
        for field in self.kind.fields() {
            if let Some(value) = self.members.get(field.name) {
                visit(&field.form, value, see);
            }
        }
    }
}

impl Statement {
    /// What it says, line by line, for a person: a label and the text in its languages (an empty
    /// language where it is a date, a number or the like).
    pub fn lines(&self) -> Vec<(String, Texts)> {
        let mut lines = Vec::new();
        for field in self.kind.fields() {
            if let Some(value) = self.members.get(field.name) {
                add_lines(&label(field.name), &field.form, value, &mut lines);
            }
        }
        lines
    }
}

/// A member's name as words: `reasonCode` is "Reason code".
pub fn label(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        match words.is_empty() {
            true => words.push(letter.to_ascii_uppercase()),
            false => words.push(letter.to_ascii_lowercase()),
        }
    }
    words
}

fn add_lines(label_text: &str, form: &Form, value: &Value, lines: &mut Vec<(String, Texts)>) {
    let mut put = |text: String| {
        lines.push((label_text.to_owned(), vec![LangText { language: String::new(), text }]));
    };
    let named = |value: &Value| {
        value.member("name").and_then(texts_from_value).and_then(|texts| texts.into_iter().next())
    };
    match form {
        Form::Text => {
            if let Some(texts) = texts_from_value(value) {
                lines.push((label_text.to_owned(), texts));
            }
        }
        Form::List(inner) => {
            for value in value.as_array().unwrap_or(&[]) {
                add_lines(label_text, inner, value, lines);
            }
        }
        Form::Object(fields) => {
            for field in *fields {
                if let Some(value) = value.member(field.name) {
                    let inner = format!("{label_text}: {}", label(field.name).to_lowercase());
                    add_lines(&inner, &field.form, value, lines);
                }
            }
        }
        Form::Count(..) => put(value.as_count().unwrap_or_default().to_string()),
        Form::Flag => put(if *value == Value::Bool(true) { "yes" } else { "no" }.to_owned()),
        Form::Money => put(format!(
            "{} {}",
            value.text("amount").unwrap_or_default(),
            value.text("currency").unwrap_or_default()
        )),
        Form::Thing | Form::Party | Form::Document => {
            let id = value.text("id").or_else(|| value.text("digestSRI")).map(str::to_owned);
            let name = named(value).map(|name| name.text);
            let words: Vec<String> = name.into_iter().chain(id).collect();
            put(match words.is_empty() {
                true => "somebody who is named apart".to_owned(),
                false => words.join(", "),
            });
        }
        Form::Record(_) => put(RecordRef::from_value(value)
            .map_or_else(String::new, |found| format!("record {}", found.id.short()))),
        Form::Photograph => put(value.text("id").unwrap_or_default().to_owned()),
        Form::Leaf => {
            let opening = value.member("opening");
            let say =
                |name: &str| opening.and_then(|opening| opening.text(name)).unwrap_or_default();
            put(format!("{} {}", say("kind"), say("name")).trim_end().to_owned());
        }
        Form::Hash | Form::Bytes | Form::StatusList => {
            put(format!("{:.24}…", value.as_str().unwrap_or_default()));
        }
        Form::Word
        | Form::Choice(_)
        | Form::KindName
        | Form::Day
        | Form::Instant
        | Form::Key
        | Form::Did
        | Form::Address => put(value.as_str().unwrap_or_default().to_owned()),
    }
}

fn visit<'a>(form: &'static Form, value: &'a Value, see: &mut dyn FnMut(&'static Form, &'a Value)) {
    see(form, value);
    match form {
        Form::List(inner) => {
            for value in value.as_array().unwrap_or(&[]) {
                visit(inner, value, see);
            }
        }
        Form::Object(fields) => {
            for field in *fields {
                if let Some(value) = value.member(field.name) {
                    visit(&field.form, value, see);
                }
            }
        }
        _ => {}
    }
}

/// Checks the members of a subject: those of its kind, each of its form, none besides.
///
/// `base` is the address that published files hang on.
///
/// # Errors
/// The name of the first member that does not fit, with what it should be.
pub fn check(kind: Kind, members: &Object, base: &str) -> Result<(), String> {
    check_members(kind.fields(), members, base)
}

fn check_members<'f>(
    fields: impl Iterator<Item = &'f Field> + Clone,
    members: &Object,
    base: &str,
) -> Result<(), String> {
    if let Some(name) = members.keys().find(|name| !fields.clone().any(|f| f.name == **name)) {
        return Err(format!("{name:.40} is not a member of it"));
    }
    for field in fields {
        match members.get(field.name) {
            None if field.is_needed => return Err(format!("{} is missing", field.name)),
            None => {}
            Some(value) => check_form(&field.form, value, base)
                .map_err(|why| format!("{}: {why}", field.name))?,
        }
    }
    Ok(())
}

/// Checks one value.
///
/// # Errors
/// What it should be.
pub fn check_form(form: &Form, value: &Value, base: &str) -> Result<(), String> {
    let fits = match form {
        Form::Text => texts_from_value(value).is_some(),
        Form::Word => value.as_str().is_some_and(is_word),
        Form::Choice(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Form::KindName => value.as_str().and_then(Kind::parse).is_some(),
        Form::Day => value.as_str().is_some_and(is_day),
        Form::Instant => value.as_str().and_then(instant::parse).is_some(),
        Form::Count(least, most) => {
            value.as_count().is_some_and(|count| (*least..=*most).contains(&count))
        }
        Form::Flag => matches!(value, Value::Bool(_)),
        Form::Money => is_money(value),
        Form::Hash => value.as_str().and_then(bytes_of).is_some_and(|bytes| bytes.len() == 32),
        Form::Bytes => value.as_str().and_then(bytes_of).is_some_and(|bytes| !bytes.is_empty()),
        Form::StatusList => value.as_str().is_some_and(is_status_list),
        Form::Leaf => LeafOpening::from_value(value).is_some_and(|leaf| leaf.to_value() == *value),
        Form::Key => value.as_str().and_then(VerifierKey::from_multikey).is_some(),
        Form::Did => value.as_str().and_then(Did::parse).is_some(),
        Form::Address => value.as_str().is_some_and(is_address),
        Form::Document => is_document(value),
        Form::Photograph => Photograph::from_value(value, base)
            .is_some_and(|photograph| photograph.to_value(base) == *value),
        Form::Record(_) => RecordRef::from_value(value).is_some(),
        Form::Thing => is_thing(value),
        Form::Party => is_party(value),
        Form::List(inner) => {
            let values = value.as_array().filter(|values| !values.is_empty());
            let values = values.ok_or("it should be a list that is not empty")?;
            return values.iter().try_for_each(|value| check_form(inner, value, base));
        }
        Form::Object(fields) => {
            let members = value.as_object().ok_or("it should have members of its own")?;
            return check_members(fields.iter(), members, base);
        }
    };
    if fits { Ok(()) } else { Err(format!("it should be {}", form.words())) }
}

impl Form {
    /// What it holds, in words that follow "it should be".
    pub fn words(&self) -> String {
        match self {
            Self::Text => "a text with its language".to_owned(),
            Self::Word => "one line of at most 200 characters".to_owned(),
            Self::Choice(words) => format!("one of: {}", words.join(", ")),
            Self::KindName => "the name of a kind of record".to_owned(),
            Self::Day => "a date such as 2026-05-01".to_owned(),
            Self::Instant => "a time such as 2026-05-01T12:00:00Z".to_owned(),
            Self::Count(least, MANY) => format!("a whole number, {least} or more"),
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
            Self::Flag => "true or false".to_owned(),
            Self::Money => "an amount with its currency, such as 12.50 EUR".to_owned(),
            Self::Hash => "32 bytes in base64".to_owned(),
            Self::Bytes => "bytes in base64".to_owned(),
            Self::StatusList => "a status list".to_owned(),
            Self::Leaf => "an opened leaf of a sealed design".to_owned(),
            Self::Key => "a key that starts with z6Mk".to_owned(),
            Self::Did => "a name that starts with did:".to_owned(),
            Self::Address => "an address that starts with https://".to_owned(),
            Self::Document => "a document with its digest".to_owned(),
            Self::Photograph => "a photograph of the record".to_owned(),
            Self::Record([]) => "another record".to_owned(),
            Self::Record(kinds) => {
                let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                format!("a record of the kind {}", names.join(" or "))
            }
            Self::Thing => "a record, or an address".to_owned(),
            Self::Party => "a name, a did or an address of somebody".to_owned(),
            Self::List(inner) => format!("a list, each of it {}", inner.words()),
            Self::Object(fields) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                format!("a table with {}", names.join(", "))
            }
        }
    }
}

/// The table as JSON, for programs that check records without this one: by name of the kind `by`,
/// `term`, `effect` and `fields`, each a list of name, form and whether it is needed. A form is its name, or an
/// object `choice`, `count`, `record`, `list` or `object`.
pub fn table() -> Value {
    let fields = |fields: &mut dyn Iterator<Item = &Field>| -> Value {
        fields
            .map(|field| {
                let need = Value::Bool(field.is_needed);
                Value::from(vec![field.name.into(), form_to_value(&field.form), need])
            })
            .collect::<Vec<_>>()
            .into()
    };
    let row = |rules: &Rules| {
        let value = Value::from([
            ("by", format!("{:?}", rules.by).into()),
            ("term", format!("{:?}", rules.term).into()),
            ("effect", format!("{:?}", rules.effect).into()),
            ("fields", fields(&mut rules.kind.fields())),
        ]);
        (rules.name.to_owned(), value)
    };
    Value::Object(RULES.iter().map(row).collect())
}

fn form_to_value(form: &Form) -> Value {
    let words = |words: &[&str]| -> Value {
        words.iter().map(|word| Value::from(*word)).collect::<Vec<_>>().into()
    };
    let plain = match form {
        Form::Text => "text",
        Form::Word => "word",
        Form::KindName => "kind",
        Form::Day => "day",
        Form::Instant => "instant",
        Form::Flag => "flag",
        Form::Money => "money",
        Form::Hash => "hash",
        Form::Bytes => "bytes",
        Form::StatusList => "statusList",
        Form::Leaf => "leaf",
        Form::Key => "key",
        Form::Did => "did",
        Form::Address => "address",
        Form::Document => "document",
        Form::Photograph => "photograph",
        Form::Thing => "thing",
        Form::Party => "party",
        Form::Choice(choices) => return Value::from([("choice", words(choices))]),
        Form::Count(least, most) => {
            let bounds = vec![Value::Number(*least as f64), Value::Number(*most as f64)];
            return Value::from([("count", bounds.into())]);
        }
        Form::Record(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            return Value::from([("record", words(&names))]);
        }
        Form::List(inner) => return Value::from([("list", form_to_value(inner))]),
        Form::Object(fields) => {
            let fields = fields.iter().map(|field| {
                let need = Value::Bool(field.is_needed);
                Value::from(vec![field.name.into(), form_to_value(&field.form), need])
            });
            return Value::from([("object", fields.collect::<Vec<_>>().into())]);
        }
    };
    plain.into()
}

fn is_word(text: &str) -> bool {
    (1..=MAX_WORD).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok_and(|day| day.to_string() == text)
}

/// Whether a text is an address of the web as records name one.
pub(crate) fn is_address(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= 2000 && rest.bytes().all(|b| b.is_ascii_graphic())
    })
}

fn is_money(value: &Value) -> bool {
    let Some(members) = value.as_object().filter(|members| members.len() == 2) else {
        return false;
    };
    let amount = members.get("amount").and_then(Value::as_str).is_some_and(|amount| {
        let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let is_plain = whole == "0" || !whole.starts_with('0');
        digits(whole) && digits(part) && is_plain && whole.len() <= 15 && part.len() <= 4
    });
    let currency = members.get("currency").and_then(Value::as_str);
    amount && currency.is_some_and(|code| iso_currency::Currency::from_code(code).is_some())
}

/// Base64 with padding, in its one spelling.
pub(crate) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    base64::decode(text)
}

fn is_status_list(text: &str) -> bool {
    text.strip_prefix('u').is_some_and(|rest| {
        data_encoding::BASE64URL_NOPAD.decode(rest.as_bytes()).is_ok_and(|bytes| !bytes.is_empty())
    })
}

/// Members of an object, if there are no others than these.
fn only<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Object> {
    let members = value.as_object()?;
    members.keys().all(|name| names.contains(&&name[..])).then_some(members)
}

fn is_document(value: &Value) -> bool {
    let Some(members) = only(value, &["digestSRI", "mediaType", "name"]) else { return false };
    let digest = members.get("digestSRI").and_then(Value::as_str).and_then(Sha256Digest::from_sri);
    let media = members.get("mediaType").is_none_or(|media| media.as_str().is_some_and(is_word));
    let name = members.get("name").is_none_or(|name| texts_from_value(name).is_some());
    digest.is_some() && media && name
}

fn is_thing(value: &Value) -> bool {
    let Some(members) = only(value, &["id", "digestSRI", "name"]) else { return false };
    let name = members.get("name").is_none_or(|name| texts_from_value(name).is_some());
    let id = members.get("id").and_then(Value::as_str).unwrap_or_default();
    let fits = match members.get("digestSRI") {
        Some(digest) => {
            Uuid::from_urn(id).is_some()
                && digest.as_str().and_then(Sha256Digest::from_sri).is_some()
        }
        None => is_address(id) || Did::parse(id).is_some(),
    };
    name && fits
}

fn is_party(value: &Value) -> bool {
    let Some(members) = only(value, &["id", "name", "commitment"]) else { return false };
    let id = members
        .get("id")
        .is_none_or(|id| id.as_str().is_some_and(|id| is_address(id) || Did::parse(id).is_some()));
    let name = members.get("name").is_none_or(|name| texts_from_value(name).is_some());
    let commitment = members
        .get("commitment")
        .is_none_or(|hash| hash.as_str().and_then(bytes_of).is_some_and(|bytes| bytes.len() == 32));
    !members.is_empty() && id && name && commitment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (at, rules) in RULES.iter().enumerate() {
            assert_eq!(rules.kind as usize, at, "{}", rules.name);
            assert_eq!(Kind::parse(rules.name), Some(rules.kind));
            assert_eq!(rules.kind.rules().name, rules.name);
        }
        let verbs: Vec<&str> = RULES.iter().filter_map(|rules| rules.verb).collect();
        let distinct: std::collections::BTreeSet<&str> = verbs.iter().copied().collect();
        assert_eq!(distinct.len(), verbs.len());
    }

    #[test]
    fn the_script_of_the_page_has_the_same_table() {
        let made = crate::provenance::jcs::encode(&table());
        let kept = include_bytes!("../../themes/check/kinds.json");
        if std::option_env!("SELVEDGE_ACCEPT").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/themes/check/kinds.json"), &made)
                .expect("the table is written");
            return;
        }
        assert!(made == kept, "run the tests with SELVEDGE_ACCEPT=1 to write the table anew");
    }

    #[test]
    fn what_changes_another_record_names_it() {
        for rules in RULES {
            let needs_target = rules.by == By::IssuerOfTarget;
            let target = rules.fields.iter().find(|field| field.name == "target");
            if needs_target {
                assert!(target.is_some_and(|field| field.is_needed), "{}", rules.name);
            }
        }
    }

    #[test]
    fn values_have_one_form() {
        let base = "https://brand.example/";
        let text = |text: &str| Value::from(text);
        for (form, value, fits) in [
            (Form::Word, text("x"), true),
            (Form::Word, text(""), false),
            (Form::Word, text("a\nb"), false),
            (Form::Word, text("a\u{7}"), false),
            (Form::Day, text("2026-02-28"), true),
            (Form::Day, text("2026-02-30"), false),
            (Form::Day, text("2026-2-3"), false),
            (Form::Instant, text("2026-02-03T00:00:00Z"), true),
            (Form::Count(1, 3), Value::Number(3.0), true),
            (Form::Count(1, 3), Value::Number(4.0), false),
            (Form::Count(1, 3), Value::Number(1.5), false),
            (Form::Address, text("https://a.example/"), true),
            (Form::Address, text("http://a.example/"), false),
            (Form::Address, text("https://"), false),
            (Form::KindName, text("Design"), true),
            (Form::KindName, text("design"), false),
            (Form::Choice(&["a"]), text("b"), false),
            (Form::List(&Form::Word), Vec::new().into(), false),
            (
                Form::Money,
                Value::from([("amount", text("12.50")), ("currency", text("EUR"))]),
                true,
            ),
            (Form::Money, Value::from([("amount", text("012")), ("currency", text("EUR"))]), false),
            (Form::Money, Value::from([("amount", text("12")), ("currency", text("XXQ"))]), false),
            (Form::Party, Value::Object(Object::new()), false),
            (Form::Party, Value::from([("id", text("did:web:a.example"))]), true),
            (Form::Party, Value::from([("id", text("Ana"))]), false),
            (Form::Thing, Value::from([("id", text("https://a.example/x"))]), true),
            (Form::Thing, Value::from([("name", text("x"))]), false),
        ] {
            assert_eq!(check_form(&form, &value, base).is_ok(), fits, "{form:?} {value:?}");
        }
    }

    #[test]
    fn members_are_those_of_the_kind() {
        let base = "https://brand.example/";
        let reference = RecordRef { uuid: Uuid::from_random([1; 16]), id: RecordId::of(b"x") };
        let mut members: Object = [
            ("target".to_owned(), reference.to_value()),
            ("newState".to_owned(), "revoked".into()),
            (
                "reason".to_owned(),
                vec![Value::from([
                    ("@language", "en".into()),
                    ("@value", "It was copied.".into()),
                ])]
                .into(),
            ),
        ]
        .into();
        assert_eq!(check(Kind::Status, &members, base), Ok(()));
        let statement = Statement { kind: Kind::Status, members: members.clone() };
        assert_eq!(statement.target(), Some(reference.clone()));
        assert_eq!(statement.references(), [(reference, &[][..])]);
        let reason = members.remove("reason").unwrap();
        assert_eq!(check(Kind::Status, &members, base), Err("reason is missing".to_owned()));
        members.insert("reason".to_owned(), reason);
        members.insert("colour".to_owned(), "red".into());
        let error = check(Kind::Status, &members, base).unwrap_err();
        assert_eq!(error, "colour is not a member of it");
    }
}
