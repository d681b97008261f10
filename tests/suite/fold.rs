//! How records stand: the fold over a log, case by case.
//!
//! The cases are written here, signed with keys that everybody may have, and kept in
//! `tests/vectors/own/fold.json` with what is expected of each, so that a second implementation (the script of the
//! record page is one) can be held to the same answers. `SELVEDGE_ACCEPT=1 cargo test fold` writes them anew.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::json::{Object, Value};
use selvedge::provenance::key::{Signer, TestSigner, VerifierKey};
use selvedge::provenance::kind::{Kind, RecordRef, Statement};
use selvedge::provenance::log::RootHash;
use selvedge::provenance::record::{
    Design, LangText, Record, Sha256Digest, SignedRecord, Subject, Uuid,
};
use selvedge::provenance::seal::{Item as SealedItem, LeafKind, LeafOpening, Seal};
use selvedge::provenance::status::{Bits, Purpose};
use selvedge::provenance::{instant, multibase};
use selvedge::verify::fold::{Condition, Cut, Fold, Folded, Item, Owner, Tombstone};
use serde_json::{Value as Json, json};

const BASE: &str = "did:web:brand.example";

fn base() -> DidWeb {
    DidWeb::parse(BASE).expect("a name")
}

fn signer(seed: u8) -> TestSigner {
    TestSigner::from_seed([seed; 32])
}

fn person(seed: u8) -> Did {
    Did::Key(signer(seed).verifier_key())
}

fn text(words: &str) -> Value {
    vec![Value::from([("@language", "en".into()), ("@value", words.into())])].into()
}

/// One entry of a case.
enum Entry {
    Record(SignedRecord),
    Gone(SignedRecord),
    Did(&'static str),
    Unknown,
}

/// A log that is being written.
struct Case {
    name: &'static str,
    owner: Owner,
    entries: Vec<Entry>,
    now: Timestamp,
    names: BTreeMap<String, &'static str>,
}

impl Case {
    fn new(name: &'static str) -> Self {
        let owner = Owner { issuer: Did::Web(base()), versions: BTreeMap::new(), cuts: Vec::new() };
        let now = instant::parse("2026-03-01T00:00:00Z").expect("a time");
        Self { name, owner, entries: Vec::new(), now, names: BTreeMap::new() }
    }

    /// The id of the record that will be signed next.
    fn next_uuid(&self) -> Uuid {
        let mut uuid = [self.entries.len() as u8; 16];
        uuid[0] =
            self.name.bytes().fold(7, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(byte));
        Uuid::from_random(uuid)
    }

    /// Signs a record and enters it.
    fn sign(
        &mut self,
        name: &'static str,
        seed: u8,
        issuer: Did,
        subject: Subject,
        change: impl FnOnce(&mut Record),
    ) -> RecordRef {
        self.now += SignedDuration::from_secs(60);
        let mut record = Record {
            uuid: self.next_uuid(),
            issuer,
            base: base(),
            practice: false,
            valid_from: self.now,
            valid_until: None,
            position: Some(self.entries.len() as u64),
            reissues: None,
            subject,
        };
        if record.subject.kind().rules().term == selvedge::provenance::kind::Term::Needed {
            record.valid_until = Some(self.now + SignedDuration::from_hours(24 * 365));
        }
        change(&mut record);
        let signed = record.sign(self.now, &signer(seed)).unwrap_or_else(|| {
            panic!("{}: {name} does not read back: {:?}", self.name, record.subject)
        });
        let reference = RecordRef { uuid: signed.record().uuid.clone(), id: signed.id() };
        self.names.insert(signed.id().to_string(), name);
        self.entries.push(Entry::Record(signed));
        reference
    }

    fn own(&mut self, name: &'static str, kind: Kind, members: Vec<(&str, Value)>) -> RecordRef {
        let issuer = self.owner.issuer.clone();
        self.sign(name, 1, issuer, statement(kind, members), |_| {})
    }

    fn by(
        &mut self,
        seed: u8,
        name: &'static str,
        kind: Kind,
        members: Vec<(&str, Value)>,
    ) -> RecordRef {
        self.sign(name, seed, person(seed), statement(kind, members), |_| {})
    }

    fn design(&mut self, name: &'static str) -> RecordRef {
        let issuer = self.owner.issuer.clone();
        self.sign(name, 1, issuer, design(name), |_| {})
    }

    fn status(&mut self, name: &'static str, target: &RecordRef, state: &str) -> RecordRef {
        self.own(
            name,
            Kind::Status,
            vec![
                ("target", target.to_value()),
                ("newState", state.into()),
                ("reason", text("So it was decided.")),
            ],
        )
    }

    fn withdraw(&mut self, name: &'static str, target: &RecordRef) -> RecordRef {
        let old = self.find(target).expect("the record");
        let (kind, created) = (old.record().subject.kind(), old.created());
        let position = old.record().position.expect("a place");
        self.own(
            name,
            Kind::Withdrawal,
            vec![
                ("target", target.to_value()),
                ("targetKind", kind.name().into()),
                ("targetSigned", instant::format(created).into()),
                ("targetPosition", Value::Number(position as f64)),
                ("reasonCode", "holder's wish".into()),
            ],
        )
    }

    fn find(&self, target: &RecordRef) -> Option<&SignedRecord> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Record(signed) | Entry::Gone(signed) if signed.id() == target.id => Some(signed),
            _ => None,
        })
    }

    /// Takes the body of a record away.
    fn lose(&mut self, target: &RecordRef) {
        for entry in &mut self.entries {
            if let Entry::Record(signed) = entry
                && signed.id() == target.id
            {
                *entry = Entry::Gone(signed.clone());
            }
        }
    }

    fn fold(&self) -> Folded {
        let tombstones: Vec<Tombstone> = self
            .entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Record(signed) => Tombstone::of(signed),
                _ => None,
            })
            .collect();
        let mut fold = Fold::new(self.owner.clone());
        for entry in &self.entries {
            let item = match entry {
                Entry::Record(signed) => Item::Record(signed),
                Entry::Gone(signed) => tombstones
                    .iter()
                    .find(|gone| gone.target.id == signed.id())
                    .map_or(Item::Missing(signed.id()), Item::Tombstone),
                Entry::Did(version) => Item::Did(version),
                Entry::Unknown => Item::Unknown,
            };
            fold.push(item);
        }
        fold.finish_all()
    }

    /// The case and its answer as JSON.
    fn to_json(&self) -> Json {
        let folded = self.fold();
        let entries: Vec<Json> = self
            .entries
            .iter()
            .map(|entry| match entry {
                Entry::Record(signed) => {
                    json!({"record": String::from_utf8_lossy(signed.bytes())})
                }
                Entry::Gone(signed) => json!({"missing": signed.id().to_string()}),
                Entry::Did(version) => json!({"did": version}),
                Entry::Unknown => json!({"unknown": true}),
            })
            .collect();
        let name_of = |id: &str| self.names.get(id).copied().unwrap_or("?");
        let mut standings = serde_json::Map::new();
        for (id, standing) in &folded.standings {
            let id = id.to_string();
            let (condition, by) = condition(&standing.condition);
            let mut value = json!({"condition": condition});
            if let Some(by) = by {
                value["by"] = name_of(&by).into();
            }
            if let Condition::Proposed { have, need } = standing.condition {
                value["have"] = have.into();
                value["need"] = need.into();
            }
            if standing.is_disputed() {
                value["disputed"] = true.into();
            }
            if !standing.words.is_empty() {
                let words: Vec<&str> =
                    standing.words.iter().map(|id| name_of(&id.to_string())).collect();
                value["words"] = words.into();
            }
            if !standing.void_tags.is_empty() {
                let ranges: Vec<Json> =
                    standing.void_tags.iter().map(|(a, b, _)| json!([a, b])).collect();
                value["voidTags"] = ranges.into();
            }
            if !standing.corrections.is_empty() {
                value["corrections"] = standing.corrections.len().into();
            }
            if !standing.disclosures.is_empty() {
                value["disclosures"] = standing.disclosures.len().into();
            }
            standings.insert(name_of(&id).to_owned(), value);
        }
        let versions: BTreeMap<&str, Vec<String>> = self
            .owner
            .versions
            .iter()
            .map(|(version, keys)| {
                (&**version, keys.iter().map(VerifierKey::to_multikey).collect())
            })
            .collect();
        let cuts: Vec<Json> = self
            .owner
            .cuts
            .iter()
            .map(|cut| json!({"key": cut.key.to_multikey(), "size": cut.size}))
            .collect();
        let breaches: Vec<Json> =
            folded.breaches.iter().map(|breach| json!([breach.index, breach.why])).collect();
        let snapshots: Vec<Json> = folded
            .snapshots
            .iter()
            .map(|snapshot| {
                json!({"index": snapshot.index, "purpose": snapshot.purpose.name(), "list": snapshot.list,
                       "size": snapshot.size, "contradictions": snapshot.contradictions})
            })
            .collect();
        json!({
            "name": self.name,
            "owner": self.owner.issuer.to_string(),
            "versions": versions,
            "cuts": cuts,
            "entries": entries,
            "names": self.names,
            "expected": {
                "standings": standings,
                "breaches": breaches,
                "gap": folded.gap,
                "snapshots": snapshots,
                "revoked": folded.bits_at(Purpose::Revocation, 0, u64::MAX),
                "suspended": folded.bits_at(Purpose::Suspension, 0, u64::MAX),
            },
        })
    }
}

fn condition(condition: &Condition) -> (&'static str, Option<String>) {
    match condition {
        Condition::InForce => ("in-force", None),
        Condition::Proposed { .. } => ("proposed", None),
        Condition::Suspended(by) => ("suspended", Some(by.to_string())),
        Condition::Ended(by) => ("ended", Some(by.to_string())),
        Condition::Superseded(by) => ("superseded", Some(by.to_string())),
        Condition::Withdrawn(by) => ("withdrawn", Some(by.to_string())),
        Condition::Revoked(by) => ("revoked", Some(by.to_string())),
        Condition::Void(_) => ("void", None),
    }
}

fn statement(kind: Kind, members: Vec<(&str, Value)>) -> Subject {
    let members: Object =
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Subject::Statement(Statement { kind, members })
}

fn design(name: &str) -> Subject {
    let name = LangText { language: "en".to_owned(), text: name.to_owned() };
    Subject::Design(Box::new(Design {
        slug: "river-path".to_owned(),
        name: vec![name],
        ..Design::default()
    }))
}

fn party(did: &Did) -> Value {
    Value::from([("id", did.to_string().into())])
}

/// Acts of a kind that need so many.
fn joint_act(kind: Kind, threshold: u32) -> Value {
    let need = Value::Number(f64::from(threshold));
    vec![Value::from([("kind", kind.name().into()), ("threshold", need)])].into()
}

/// Every case, in the order of the file.
#[allow(clippy::too_many_lines, reason = "a list of cases")]
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();

    let mut case = Case::new("a design that nothing speaks of is in force");
    case.design("design");
    cases.push(case);

    let mut case = Case::new("suspended, reinstated, revoked, and then nothing more");
    let design = case.design("design");
    case.status("pause", &design, "suspended");
    case.status("again", &design, "reinstated");
    case.status("revoke", &design, "revoked");
    case.status("late", &design, "reinstated");
    let other = case.design("other");
    case.status("hold", &other, "suspended");
    let third = case.design("third");
    case.status("over", &third, "ended");
    cases.push(case);

    let mut case = Case::new("a stranger changes nothing");
    let design = case.design("design");
    case.by(
        9,
        "status",
        Kind::Status,
        vec![
            ("target", design.to_value()),
            ("newState", "revoked".into()),
            ("reason", text("I say so.")),
        ],
    );
    case.by(9, "notice", Kind::Notice, vec![("about", design.to_value()), ("text", text("Mine."))]);
    cases.push(case);

    let mut case = Case::new("what is changed must stand before, with its own id");
    let ghost = RecordRef {
        uuid: Uuid::from_random([1; 16]),
        id: selvedge::provenance::log::RecordId::of(b"ghost"),
    };
    case.status("early", &ghost, "revoked");
    let design = case.design("design");
    let other = RecordRef { uuid: Uuid::from_random([2; 16]), id: design.id };
    case.status("wrong-id", &other, "revoked");
    cases.push(case);

    let mut case = Case::new("withdrawn, with its body and without");
    let with = case.design("with");
    case.withdraw("withdraw-with", &with);
    let without = case.design("without");
    case.by(
        8,
        "dispute",
        Kind::Dispute,
        vec![
            ("target", without.to_value()),
            ("ground", "prior use".into()),
            ("statement", text("We had it before.")),
        ],
    );
    case.withdraw("withdraw-without", &without);
    case.lose(&without);
    cases.push(case);

    let mut case = Case::new("a body that is missing without a tombstone leaves a gap");
    let design = case.design("design");
    case.design("other");
    case.lose(&design);
    cases.push(case);

    let mut case = Case::new("an entry that is not known leaves a gap");
    case.design("design");
    case.entries.push(Entry::Unknown);
    cases.push(case);

    let mut case = Case::new("corrected in words, and replaced");
    let design = case.design("design");
    case.own(
        "correction",
        Kind::Correction,
        vec![
            ("target", design.to_value()),
            ("member", "placeOfOrigin".into()),
            ("reason", text("The valley was misspelt.")),
        ],
    );
    let better = case.design("better");
    case.own(
        "replacement",
        Kind::Correction,
        vec![
            ("target", design.to_value()),
            ("reason", text("Written anew.")),
            ("replacement", better.to_value()),
        ],
    );
    cases.push(case);

    let mut case = Case::new("disputed until it is settled");
    let design = case.design("design");
    let dispute = case.by(
        8,
        "dispute",
        Kind::Dispute,
        vec![
            ("target", design.to_value()),
            ("ground", "wrong holder".into()),
            ("statement", text("It is our grandmother's.")),
        ],
    );
    let open = case.design("still-disputed");
    case.by(
        8,
        "open",
        Kind::Dispute,
        vec![("target", open.to_value()), ("ground", "error".into()), ("statement", text("No."))],
    );
    case.own(
        "outcome",
        Kind::DisputeOutcome,
        vec![
            ("target", dispute.to_value()),
            ("outcome", "settled".into()),
            ("text", text("Both are named now.")),
        ],
    );
    cases.push(case);

    let mut case = Case::new("an act of several waits until enough agree");
    let signatories: Vec<Value> = [5, 6, 7].iter().map(|&seed| party(&person(seed))).collect();
    case.own(
        "charter",
        Kind::Charter,
        vec![
            ("name", text("Weavers of the Orrin valley")),
            ("brandKind", "association".into()),
            ("signatory", signatories.into()),
            ("jointAct", joint_act(Kind::Status, 2)),
        ],
    );
    let design = case.design("design");
    let act = case.status("act", &design, "revoked");
    let approve = |case: &mut Case, seed: u8, name: &'static str, act: &RecordRef| {
        case.by(
            seed,
            name,
            Kind::Attestation,
            vec![("about", act.to_value()), ("relation", "approves".into())],
        )
    };
    approve(&mut case, 9, "stranger", &act);
    approve(&mut case, 5, "first", &act);
    approve(&mut case, 5, "first-again", &act);
    let other = case.design("other");
    let waiting = case.status("waiting", &other, "suspended");
    approve(&mut case, 6, "second", &act);
    approve(&mut case, 7, "one-of-two", &waiting);
    cases.push(case);

    let mut case = Case::new("agreements that come late undo nothing");
    case.own(
        "charter",
        Kind::Charter,
        vec![
            ("name", text("Weavers of the Orrin valley")),
            ("brandKind", "association".into()),
            ("signatory", vec![party(&person(5)), party(&person(6)), party(&person(7))].into()),
            ("jointAct", joint_act(Kind::Design, 2)),
        ],
    );
    let taken_back = case.design("taken-back");
    let replaced = case.design("replaced");
    let again = Some(replaced.clone());
    let issuer = case.owner.issuer.clone();
    let new = case.sign("new", 1, issuer, design_of("replaced"), |record| record.reissues = again);
    for (name, seed) in [("new-first", 5), ("new-second", 6)] {
        approve(&mut case, seed, name, &new);
    }
    case.status("revoked", &taken_back, "revoked");
    for (name, seed, act) in [
        ("late", 5, &taken_back),
        ("later", 6, &taken_back),
        ("too-late", 5, &replaced),
        ("far-too-late", 7, &replaced),
    ] {
        approve(&mut case, seed, name, act);
    }
    cases.push(case);

    let mut case = Case::new("nobody but the owner chooses a place in the status lists");
    let design = case.design("design");
    let about = || {
        statement(Kind::Attestation, vec![("about", design.to_value()), ("relation", "saw".into())])
    };
    let place_of_another = |record: &mut Record| record.position = Some(0);
    let far_away = |record: &mut Record| record.position = Some(1 << 40);
    let word = case.sign("word", 8, person(8), about(), place_of_another);
    case.sign("far", 8, person(8), about(), far_away);
    case.status("revoke", &word, "revoked");
    cases.push(case);

    let mut case = Case::new("names whose keys nobody knows agree to nothing");
    let web = DidWeb::parse("did:web:neighbour.example").expect("a name");
    let neighbour = Did::Web(web.clone());
    let hers = |record: &mut Record| record.base = web.clone();
    case.own(
        "charter",
        Kind::Charter,
        vec![
            ("name", text("Weavers of the Orrin valley")),
            ("brandKind", "association".into()),
            ("signatory", vec![party(&neighbour), party(&person(6))].into()),
            ("jointAct", joint_act(Kind::Status, 1)),
        ],
    );
    let design = case.design("design");
    let act = case.status("act", &design, "revoked");
    let agreement = || {
        let members = vec![("about", act.to_value()), ("relation", "approves".into())];
        statement(Kind::Attestation, members)
    };
    case.sign("in-her-name", 12, neighbour.clone(), agreement(), hers);
    let members = vec![("member", party(&neighbour)), ("basis", "peers".into())];
    case.own("accreditation", Kind::Accreditation, members);
    case.sign("design-in-her-name", 12, neighbour.clone(), design_of("hers"), hers);
    let members = vec![("delegate", party(&neighbour)), ("may", vec![Value::from("Label")].into())];
    case.own("delegation", Kind::Delegation, members);
    let label = || {
        let members = vec![
            ("about", design.to_value()),
            ("appliedBy", party(&neighbour)),
            ("labelCode", "tka".into()),
        ];
        statement(Kind::Label, members)
    };
    case.sign("label-in-her-name", 12, neighbour.clone(), label(), hers);
    // What one key said in such a name, another may not take back or say again.
    let dispute = statement(
        Kind::Dispute,
        vec![
            ("target", design.to_value()),
            ("ground", "wrong holder".into()),
            ("statement", text("It is ours.")),
        ],
    );
    let dispute = case.sign("dispute", 13, neighbour.clone(), dispute, hers);
    let again = statement(
        Kind::Dispute,
        vec![
            ("target", design.to_value()),
            ("ground", "wrong holder".into()),
            ("statement", text("It is theirs.")),
        ],
    );
    let reissues = Some(dispute.clone());
    case.sign("another-key", 12, neighbour.clone(), again, |record| {
        hers(record);
        record.reissues = reissues;
    });
    let again = statement(
        Kind::Dispute,
        vec![
            ("target", design.to_value()),
            ("ground", "wrong holder".into()),
            ("statement", text("It is still ours.")),
        ],
    );
    case.sign("same-key", 13, neighbour, again, |record| {
        hers(record);
        record.reissues = Some(dispute);
    });
    cases.push(case);

    let mut case = Case::new("what says an earlier record again waits with its act");
    let old = case.design("old");
    let charter = |case: &mut Case, kind: Kind| {
        case.own(
            "charter",
            Kind::Charter,
            vec![
                ("name", text("Weavers of the Orrin valley")),
                ("brandKind", "association".into()),
                ("signatory", vec![party(&person(5))].into()),
                ("jointAct", joint_act(kind, 1)),
            ],
        )
    };
    charter(&mut case, Kind::Design);
    let issuer = case.owner.issuer.clone();
    let reissues = Some(old.clone());
    case.sign("waits", 1, issuer.clone(), design_of("old"), |record| record.reissues = reissues);
    let again =
        case.sign("agreed", 1, issuer, design_of("old"), |record| record.reissues = Some(old));
    approve(&mut case, 5, "approval", &again);
    cases.push(case);

    let mut case = Case::new("whoever signs for the owner waits for the others, too");
    let design = case.design("design");
    charter(&mut case, Kind::Status);
    case.own(
        "delegation",
        Kind::Delegation,
        vec![("delegate", party(&person(4))), ("may", vec![Value::from("Status")].into())],
    );
    let act = case.by(
        4,
        "act",
        Kind::Status,
        vec![
            ("target", design.to_value()),
            ("newState", "suspended".into()),
            ("reason", text("While we look.")),
        ],
    );
    let other = case.by(
        4,
        "waits",
        Kind::Status,
        vec![
            ("target", design.to_value()),
            ("newState", "revoked".into()),
            ("reason", text("For good.")),
        ],
    );
    assert_ne!(act, other);
    approve(&mut case, 5, "approval", &act);
    cases.push(case);

    let mut case = Case::new("what is signed for practice changes nothing that is meant");
    let design = case.design("design");
    let issuer = case.owner.issuer.clone();
    let practised =
        case.sign("practised", 1, issuer.clone(), design_of("trial"), |it| it.practice = true);
    for (name, target) in [("revokes-what-is-meant", &design), ("revokes-practice", &practised)] {
        let members = vec![
            ("target", target.to_value()),
            ("newState", "revoked".into()),
            ("reason", text("To try it out.")),
        ];
        let revoke = statement(Kind::Status, members);
        case.sign(name, 1, issuer.clone(), revoke, |record| record.practice = true);
    }
    let reissues = Some(design.clone());
    case.sign("says-again", 1, issuer.clone(), design_of("design"), |record| {
        record.practice = true;
        record.reissues = reissues;
    });
    let members = vec![("about", design.to_value()), ("relation", "saw".into())];
    let word = statement(Kind::Attestation, members);
    case.sign("word", 1, issuer.clone(), word, |record| record.practice = true);
    let members = vec![("member", party(&person(3))), ("basis", "peers".into())];
    let accreditation = statement(Kind::Accreditation, members);
    case.sign("accreditation", 1, issuer.clone(), accreditation, |it| it.practice = true);
    case.sign("member-means-it", 3, person(3), design_of("hers"), |_| {});
    case.sign("member-practises", 3, person(3), design_of("hers"), |it| it.practice = true);
    let members = vec![
        ("name", text("Weavers of the Orrin valley")),
        ("brandKind", "association".into()),
        ("signatory", vec![party(&person(5))].into()),
        ("jointAct", joint_act(Kind::Status, 1)),
    ];
    let of_practice = statement(Kind::Charter, members);
    case.sign("charter", 1, issuer, of_practice, |record| record.practice = true);
    case.status("meant", &design, "suspended");
    cases.push(case);

    let mut case = Case::new("a status that changes nothing is without effect");
    let design = case.design("design");
    case.status("not-on-hold", &design, "reinstated");
    case.status("hold", &design, "suspended");
    case.status("hold-again", &design, "suspended");
    case.status("end", &design, "ended");
    case.status("too-late", &design, "reinstated");
    case.status("revoke", &design, "revoked");
    case.status("revoke-again", &design, "revoked");
    charter(&mut case, Kind::Design);
    let proposed = case.design("proposed");
    case.status("hold-proposed", &proposed, "suspended");
    approve(&mut case, 5, "approval", &proposed);
    cases.push(case);

    let mut case = Case::new("an accreditation that is over makes no member");
    let accreditation = statement(
        Kind::Accreditation,
        vec![("member", party(&person(3))), ("basis", "peers".into())],
    );
    let issuer = case.owner.issuer.clone();
    case.sign("accreditation", 1, issuer, accreditation, |record| {
        record.valid_until = Some(record.valid_from + SignedDuration::from_secs(90));
    });
    case.sign("in-time", 3, person(3), design_of("hers"), |_| {});
    case.sign("too-late", 3, person(3), design_of("hers too"), |_| {});
    cases.push(case);

    let mut case =
        Case::new("before a theft that nobody dated from outside all is of unknown time");
    case.owner.versions = [
        ("1-a".to_owned(), vec![signer(1).verifier_key()]),
        ("2-b".to_owned(), vec![signer(11).verifier_key()]),
    ]
    .into();
    case.owner.cuts = vec![Cut { key: signer(1).verifier_key(), size: 0, root: RootHash::empty() }];
    case.entries.push(Entry::Did("1-a"));
    case.design("old");
    case.entries.push(Entry::Did("2-b"));
    let issuer = case.owner.issuer.clone();
    case.sign("new", 11, issuer, design_of("new"), |_| {});
    cases.push(case);

    let mut case = Case::new("the first withdrawal in the log tells what is gone");
    let design = case.design("design");
    case.withdraw("first", &design);
    let members = vec![
        ("target", design.to_value()),
        ("targetKind", "Item".into()),
        ("targetSigned", "2026-01-01T00:00:00Z".into()),
        ("reasonCode", "safety".into()),
    ];
    case.own("second", Kind::Withdrawal, members);
    case.lose(&design);
    cases.push(case);

    let mut case = Case::new("a delegate acts within her right and term");
    let design = case.design("design");
    let delegation = case.own(
        "delegation",
        Kind::Delegation,
        vec![
            ("delegate", party(&person(4))),
            ("may", vec![Value::from("Status"), "Certification".into()].into()),
        ],
    );
    case.by(
        4,
        "status",
        Kind::Status,
        vec![
            ("target", design.to_value()),
            ("newState", "suspended".into()),
            ("reason", text("While we look.")),
        ],
    );
    case.by(
        4,
        "label",
        Kind::Label,
        vec![
            ("about", design.to_value()),
            ("appliedBy", party(&person(4))),
            ("labelCode", "tka".into()),
        ],
    );
    case.status("no-more", &delegation, "revoked");
    case.by(
        4,
        "late",
        Kind::Status,
        vec![
            ("target", design.to_value()),
            ("newState", "revoked".into()),
            ("reason", text("Too late.")),
        ],
    );
    cases.push(case);

    let mut case = Case::new("what a delegate took back was its owner's");
    let design = case.design("design");
    case.own(
        "delegation",
        Kind::Delegation,
        vec![("delegate", party(&person(4))), ("may", vec![Value::from("Withdrawal")].into())],
    );
    let signed = instant::format(case.find(&design).expect("the record").created());
    let owner = case.owner.issuer.clone();
    case.by(
        4,
        "withdrawal",
        Kind::Withdrawal,
        vec![
            ("target", design.to_value()),
            ("targetKind", "Design".into()),
            ("targetSigned", signed.into()),
            ("targetPosition", Value::Number(0.0)),
            ("saidBy", party(&owner)),
            ("reasonCode", "legal".into()),
        ],
    );
    case.lose(&design);
    cases.push(case);

    let mut case = Case::new("a member signs her own designs in the log of her association");
    case.own(
        "accreditation",
        Kind::Accreditation,
        vec![("member", party(&person(3))), ("basis", "peers".into())],
    );
    let own = case.sign("own", 3, person(3), design_of("hers"), |_| {});
    case.by(
        3,
        "too-much",
        Kind::Accreditation,
        vec![("member", party(&person(2))), ("basis", "self".into())],
    );
    case.sign("stranger", 2, person(2), design_of("his"), |_| {});
    case.by(
        3,
        "withdrawn-by-herself",
        Kind::Withdrawal,
        vec![
            ("target", own.to_value()),
            ("targetKind", "Design".into()),
            ("targetSigned", "2026-03-01T00:02:00Z".into()),
            ("targetPosition", Value::Number(1.0)),
            ("reasonCode", "safety".into()),
        ],
    );
    cases.push(case);

    let mut case = Case::new("a member who lost her key goes on under another");
    let member = |seed| ("member", party(&person(seed)));
    let basis = ("basis", Value::from("peers"));
    let former = |seed| ("formerParty", party(&person(seed)));
    let withdraw = |case: &mut Case, seed, name, target: &RecordRef| {
        let old = case.find(target).expect("the record");
        let signed = instant::format(old.created());
        let members = vec![
            ("target", target.to_value()),
            ("targetKind", "Design".into()),
            ("targetSigned", signed.into()),
            ("saidBy", party(&old.record().issuer)),
            ("reasonCode", "holder's wish".into()),
        ];
        case.by(seed, name, Kind::Withdrawal, members)
    };
    case.own("accreditation", Kind::Accreditation, vec![member(3), basis.clone()]);
    // Whoever signs in another's log does not know her place: then it is that of the entry.
    let placeless = |record: &mut Record| record.position = None;
    let first = case.sign("first", 3, person(3), design_of("hers"), placeless);
    let second = case.sign("second", 3, person(3), design_of("hers too"), placeless);
    case.own("other", Kind::Accreditation, vec![member(4), basis.clone()]);
    withdraw(&mut case, 2, "not-hers-yet", &second);
    case.own("not-of-a-member", Kind::Accreditation, vec![member(2), former(9), basis.clone()]);
    case.own("name-of-another", Kind::Accreditation, vec![member(4), former(3), basis.clone()]);
    case.own("follows", Kind::Accreditation, vec![member(2), former(3), basis.clone()]);
    case.sign("new", 2, person(2), design_of("new"), placeless);
    withdraw(&mut case, 2, "hers-now", &first);
    case.sign("finder", 3, person(3), design_of("found key"), placeless);
    withdraw(&mut case, 3, "by-the-finder", &second);
    case.own("not-again", Kind::Accreditation, vec![member(3), basis.clone()]);
    case.own("back", Kind::Accreditation, vec![member(3), former(2), basis.clone()]);
    case.sign("back-again", 3, person(3), design_of("found again"), placeless);
    case.sign("no-more", 2, person(2), design_of("not found"), placeless);
    let reissues = Some(second.clone());
    let again = design_of("hers too");
    case.sign("says-again", 3, person(3), again, |record| record.reissues = reissues);
    case.lose(&first);
    cases.push(case);

    let mut case = Case::new("a name that was given wrongly is taken back with its accreditation");
    case.own("accreditation", Kind::Accreditation, vec![member(3), basis.clone()]);
    let hers = case.sign("hers", 3, person(3), design_of("hers"), placeless);
    let wrong = case.own("wrong", Kind::Accreditation, vec![member(2), former(3), basis.clone()]);
    case.sign("kept-out", 3, person(3), design_of("kept out"), placeless);
    case.status("taken-back", &wrong, "revoked");
    withdraw(&mut case, 2, "not-hers", &hers);
    case.sign("stranger", 2, person(2), design_of("a stranger's"), placeless);
    case.sign("again", 3, person(3), design_of("again"), placeless);
    withdraw(&mut case, 3, "by-herself", &hers);
    case.own("rightly", Kind::Accreditation, vec![member(4), former(3), basis]);
    case.sign("rightly-hers", 4, person(4), design_of("rightly"), placeless);
    cases.push(case);

    let mut case = Case::new("a sealed design is opened when those agree whom its record names");
    let item = |name: &str| SealedItem {
        kind: LeafKind::File,
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        sha256: Sha256Digest::of(name.as_bytes()),
    };
    let openers = |need: f64, seeds: &[u8]| {
        let who = seeds.iter().map(|seed| Value::from(person(*seed).to_string().as_str()));
        let who: Vec<Value> = who.collect();
        Value::from([("threshold", Value::Number(need)), ("party", who.into())])
    };
    let issuer = case.owner.issuer.clone();
    let seal_for = |case: &mut Case, name: &'static str, seed: u8, who: &Did, openers: Value| {
        let issuer = who.to_string();
        let made = Seal::new(&issuer, &case.next_uuid(), &[seed; 32], vec![item(name)]);
        let made = made.expect("a seal");
        let mut members = made.members(None);
        members.insert("openers".to_owned(), openers);
        let subject = Subject::Statement(Statement { kind: Kind::SealedDesign, members });
        let place = made.items().map(|(index, _)| index).next().expect("its place");
        let leaf = made.open(&[place]).expect("its leaf")[0].to_value();
        (case.sign(name, seed, who.clone(), subject, |_| {}), leaf)
    };
    let disclose = |case: &mut Case, seed, who: &Did, name, sealed: &RecordRef, leaf: &Value| {
        let members = vec![("target", sealed.to_value()), ("opened", vec![leaf.clone()].into())];
        case.sign(name, seed, who.clone(), statement(Kind::Disclosure, members), |_| {})
    };
    let (sealed, leaf) = seal_for(&mut case, "sealed", 1, &issuer, openers(2.0, &[5, 6, 7]));
    let opened = disclose(&mut case, 1, &issuer, "opened", &sealed, &leaf);
    let waits = disclose(&mut case, 1, &issuer, "waits", &sealed, &leaf);
    disclose(&mut case, 8, &person(8), "by-a-stranger", &sealed, &leaf);
    approve(&mut case, 8, "not-asked", &opened);
    approve(&mut case, 5, "first", &opened);
    approve(&mut case, 5, "first-again", &opened);
    approve(&mut case, 7, "second", &opened);
    approve(&mut case, 6, "one-of-two", &waits);
    case.own(
        "charter",
        Kind::Charter,
        vec![
            ("name", text("Weavers of the Orrin valley")),
            ("brandKind", "association".into()),
            ("signatory", vec![party(&person(5)), party(&person(9))].into()),
            ("jointAct", joint_act(Kind::Disclosure, 1)),
        ],
    );
    // Both have to agree, the charter's and the seal's; one person may stand in both.
    let both = disclose(&mut case, 1, &issuer, "both", &sealed, &leaf);
    approve(&mut case, 6, "of-the-seal", &both);
    approve(&mut case, 7, "of-the-seal-too", &both);
    approve(&mut case, 5, "of-the-charter", &both);
    let once = disclose(&mut case, 1, &issuer, "once", &sealed, &leaf);
    approve(&mut case, 5, "for-both", &once);
    approve(&mut case, 6, "last", &once);
    // A member's seal keeps its own rule, whoever's charter it is.
    case.own(
        "accreditation",
        Kind::Accreditation,
        vec![("member", party(&person(3))), ("basis", "peers".into())],
    );
    let (hers, leaf) = seal_for(&mut case, "hers", 3, &person(3), openers(1.0, &[6]));
    let hers = disclose(&mut case, 3, &person(3), "by-herself", &hers, &leaf);
    approve(&mut case, 6, "agreed", &hers);
    cases.push(case);

    let mut case = Case::new("a stolen key counts no more from the cut on, unless affirmed");
    case.owner.versions = [
        ("1-a".to_owned(), vec![signer(1).verifier_key()]),
        ("2-b".to_owned(), vec![signer(11).verifier_key()]),
    ]
    .into();
    case.owner.cuts = vec![Cut { key: signer(1).verifier_key(), size: 2, root: RootHash::empty() }];
    case.entries.push(Entry::Did("1-a"));
    case.design("before");
    case.design("thief");
    let mine = case.design("mine");
    case.entries.push(Entry::Did("2-b"));
    let issuer = case.owner.issuer.clone();
    let affirm = statement(
        Kind::Attestation,
        vec![("about", mine.to_value()), ("relation", "affirms".into())],
    );
    case.sign("affirm", 11, issuer.clone(), affirm, |_| {});
    case.sign("new", 11, issuer, design_of("new"), |_| {});
    case.design("old-key-again");
    cases.push(case);

    let mut case = Case::new("a record that says an earlier one again takes its place");
    let old = case.design("old");
    let again = old.clone();
    let issuer = case.owner.issuer.clone();
    case.sign("new", 1, issuer.clone(), design_of("old"), |record| record.reissues = Some(again));
    let theirs = case.by(
        8,
        "theirs",
        Kind::Attestation,
        vec![("about", old.to_value()), ("relation", "saw".into())],
    );
    case.sign("grab", 1, issuer, design_of("grab"), |record| record.reissues = Some(theirs));
    cases.push(case);

    let mut case = Case::new("licences end, seals open, tags become void");
    let design = case.design("design");
    let licence = case.own(
        "licence",
        Kind::Licence,
        vec![
            ("design", vec![design.to_value()].into()),
            ("licensee", Value::from([("name", text("A mill"))])),
            ("use", vec![text("Scarves")].into()),
        ],
    );
    case.own(
        "ended",
        Kind::LicenceEnded,
        vec![("target", licence.to_value()), ("reason", text("Its term was not kept."))],
    );
    let issuer = case.owner.issuer.clone();
    let seal = |uuid: &Uuid, issuer: &Did| {
        let item = SealedItem {
            kind: LeafKind::Photograph,
            name: "knot.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            sha256: Sha256Digest::of(b"knot"),
        };
        Seal::new(&issuer.to_string(), uuid, &[7; 32], vec![item]).expect("a seal")
    };
    let made = seal(&case.next_uuid(), &issuer);
    let subject =
        Subject::Statement(Statement { kind: Kind::SealedDesign, members: made.members(None) });
    let sealed = case.sign("sealed", 1, issuer.clone(), subject, |_| {});
    let places: Vec<usize> = made.items().map(|(index, _)| index).collect();
    let leaves = made.open(&places).expect("its leaf");
    let opened: Vec<Value> = leaves.iter().map(LeafOpening::to_value).collect();
    let other = seal(&Uuid::from_random([3; 16]), &issuer);
    let foreign = other.open(&[0]).expect("a leaf")[0].to_value();
    for (name, opened) in [("disclosure", opened), ("not-of-it", vec![foreign])] {
        let members = vec![("target", sealed.to_value()), ("opened", opened.into())];
        case.own(name, Kind::Disclosure, members);
    }
    let edition = case.own(
        "edition",
        Kind::Edition,
        vec![
            ("name", text("River scarf")),
            ("editionKind", "limited".into()),
            ("maximum", Value::Number(100.0)),
        ],
    );
    let tags = case.own(
        "tags",
        Kind::TagBatch,
        vec![
            ("edition", edition.to_value()),
            ("first", Value::Number(1.0)),
            ("last", Value::Number(100.0)),
        ],
    );
    case.own(
        "void",
        Kind::TagVoid,
        vec![
            ("target", tags.to_value()),
            (
                "range",
                vec![Value::from([("first", Value::Number(10.0)), ("last", Value::Number(12.0))])]
                    .into(),
            ),
            ("reasonCode", "lost".into()),
        ],
    );
    case.own(
        "wrong-kind",
        Kind::LicenceEnded,
        vec![("target", edition.to_value()), ("reason", text("No."))],
    );
    cases.push(case);

    let mut case = Case::new("a clock that ran ahead is led back by its correction only");
    case.design("design");
    case.now = instant::parse("2027-03-01T00:00:00Z").expect("a time");
    case.design("ahead");
    case.now = instant::parse("2026-03-02T00:00:00Z").expect("a time");
    case.design("back");
    case.now = instant::parse("2027-04-01T00:00:00Z").expect("a time");
    case.design("ahead-again");
    case.now = instant::parse("2026-03-03T00:00:00Z").expect("a time");
    case.own(
        "correction",
        Kind::ClockCorrection,
        vec![
            ("firstWrong", Value::Number(3.0)),
            ("wrongTime", "2027-04-01T00:01:00Z".into()),
            ("reason", text("The battery of the clock was empty.")),
        ],
    );
    case.design("right");
    cases.push(case);

    let mut case = Case::new("status lists are compared with the fold at their own size");
    let design = case.design("design");
    case.status("revoke", &design, "revoked");
    let snapshot = |case: &mut Case, name: &'static str, size: u64, places: &[u64]| {
        let mut bits = Bits::new();
        assert!(places.iter().all(|place| bits.set(*place, true)));
        let list = bits.encode();
        let subject = statement(
            Kind::Snapshot,
            vec![
                ("id", "https://brand.example/status/revocation-0.json#list".into()),
                ("type", "BitstringStatusList".into()),
                ("statusPurpose", "revocation".into()),
                ("encodedList", list.as_str().into()),
                (
                    "log",
                    Value::from([
                        ("origin", "brand.example/log".into()),
                        ("size", Value::Number(size as f64)),
                        ("root", data_encoding::BASE64.encode(&[0; 32]).as_str().into()),
                    ]),
                ),
            ],
        );
        let issuer = case.owner.issuer.clone();
        case.sign(name, 1, issuer, subject, |record| record.position = None);
    };
    snapshot(&mut case, "true", 2, &[0]);
    snapshot(&mut case, "true-of-before", 1, &[]);
    snapshot(&mut case, "hides", 2, &[]);
    snapshot(&mut case, "accuses", 2, &[0, 5]);
    snapshot(&mut case, "too-new", 9, &[0]);
    cases.push(case);

    cases
}

fn design_of(name: &str) -> Subject {
    design(name)
}

#[test]
fn every_case_has_its_answer() {
    let made: Vec<Json> = cases().iter().map(Case::to_json).collect();
    let made = serde_json::to_string_pretty(&made).expect("JSON") + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/own/fold.json");
    if std::env::var_os("SELVEDGE_ACCEPT").is_some() {
        std::fs::write(path, &made).expect("the cases are written");
        return;
    }
    let kept = std::fs::read_to_string(path).expect("the cases");
    assert!(made == kept, "the answers changed; read the diff after SELVEDGE_ACCEPT=1");
}

#[test]
fn multikeys_in_the_cases_are_keys() {
    assert!(multibase::decode(&signer(1).verifier_key().to_multikey()).is_some());
}
