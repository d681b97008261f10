//! Record pages of every kind and state, from a register made in memory.

use std::collections::BTreeMap;
use std::io::Write as _;

use jiff::Timestamp;

use super::*;
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::instant;
use crate::provenance::json::{Object, Value};
use crate::provenance::key::{Signer, TestSigner};
use crate::provenance::kind::{Kind, RecordRef, Statement};
use crate::provenance::log::{Checkpoint, Head, RecordId, TlogProof, TreeView, WitnessKey, append};
use crate::provenance::note::{KeyName, NoteKey};
use crate::provenance::record::{
    self as records, Design, LangText, Media, Photograph, Record, Sha256Digest, SignedRecord,
    Subject, Uuid,
};
use crate::provenance::seal::{Item, LeafKind, LeafOpening, Seal};
use crate::provenance::status::{Bits, Purpose};
use crate::verify::Trust;

const MASTER: &[u8] = b"the only picture of it";

fn at(text: &str) -> Timestamp {
    instant::parse(text).expect("a time")
}

fn base() -> DidWeb {
    DidWeb::from_base_url("https://weavers.example/").expect("an address")
}

fn brand() -> TestSigner {
    TestSigner::from_seed([1; 32])
}

fn person() -> TestSigner {
    TestSigner::from_seed([7; 32])
}

fn log_key() -> NoteKey {
    let key = TestSigner::from_seed([2; 32]).verifier_key();
    NoteKey::new(KeyName::parse("weavers.example/log").expect("a name"), key)
}

fn texts(text: &str) -> Vec<LangText> {
    vec![LangText { language: "en".to_owned(), text: text.to_owned() }]
}

fn words(text: &str) -> Value {
    vec![Value::from([("@language", "en".into()), ("@value", text.into())])].into()
}

/// A text in English and in Spanish.
fn both(english: &str, spanish: &str) -> Value {
    let tell =
        |tag: &str, text: &str| Value::from([("@language", tag.into()), ("@value", text.into())]);
    vec![tell("en", english), tell("es", spanish)].into()
}

fn to(signed: &SignedRecord) -> Value {
    let uuid = signed.record().uuid.clone();
    RecordRef { uuid, id: signed.id() }.to_value()
}

/// A register that is being written, as `attest` does, but in memory.
struct Writing {
    folder: BTreeMap<String, Vec<u8>>,
    head: Head,
    now: Timestamp,
}

impl Writing {
    fn new() -> Self {
        let mut folder = BTreeMap::new();
        let keys = [brand().verifier_key()];
        folder.insert("identity/did.json".to_owned(), records::did_document(&base(), &keys));
        let signers = crate::provenance::sshsig::allowed_signers(&base(), &keys);
        folder.insert("identity/allowed_signers".to_owned(), signers.into_bytes());
        folder.insert("identity/log.vkey".to_owned(), format!("{}\n", log_key()).into_bytes());
        folder.insert("identity/context-v1.jsonld".to_owned(), records::CONTEXT.to_vec());
        Self { folder, head: Head::empty(), now: at("2026-03-01T10:00:00Z") }
    }

    fn log(&self) -> BTreeMap<String, Vec<u8>> {
        let in_log = |(path, bytes): (&String, &Vec<u8>)| {
            Some((path.strip_prefix("log/")?.to_owned(), bytes.clone()))
        };
        self.folder.iter().filter_map(in_log).collect()
    }

    fn enter(&mut self, record: Record, signer: &TestSigner) -> SignedRecord {
        let signed = record.sign(self.now, signer).expect("a record");
        let plan = append::plan(self.head, &self.log(), &[signed.entry().to_bytes()]).expect("it");
        for (path, bytes) in plan.files {
            self.folder.insert(format!("log/{path}"), bytes);
        }
        let (index, log_signer) = (self.head.size, TestSigner::from_seed([2; 32]));
        self.head = plan.head;
        let checkpoint = Checkpoint::sign(log_key().name(), plan.head, &log_signer);
        self.folder.insert("log/checkpoint".to_owned(), checkpoint.to_string().into_bytes());
        let path = TreeView::new(&self.log(), plan.head.size).inclusion_proof(index).expect("it");
        let proof = TlogProof { extra: None, index, path, checkpoint };
        let short = signed.id().short();
        self.folder.insert(format!("records/{short}.json"), signed.bytes().to_vec());
        self.folder.insert(format!("records/{short}.tlog-proof"), proof.to_string().into_bytes());
        signed
    }

    fn record(&self, issuer: Did, until: Option<&str>, subject: Subject) -> Record {
        let size = u8::try_from(self.head.size).expect("a small log");
        Record {
            uuid: Uuid::from_random([size; 16]),
            issuer,
            base: base(),
            practice: false,
            valid_from: self.now,
            valid_until: until.map(at),
            position: (subject.kind() != Kind::Snapshot).then_some(self.head.size),
            reissues: None,
            subject,
        }
    }

    fn design(&mut self, slug: &str, name: &str, master: Option<&[u8]>) -> SignedRecord {
        let photograph = master.map(|bytes| {
            let sha256 = Sha256Digest::of(bytes);
            self.folder.insert(format!("records/files/{sha256}.jpg"), bytes.to_vec());
            Photograph {
                sha256,
                media: Media::Jpeg,
                orientation: 1,
                description: texts("The whole cloth, laid flat."),
            }
        });
        let design = Design {
            slug: slug.to_owned(),
            name: texts(name),
            held_by: texts("The weavers of the upper valley"),
            said_to_date_from: texts("the time of our great-grandmothers"),
            photographs: photograph.into_iter().collect(),
            ..Design::default()
        };
        let record = self.record(Did::Web(base()), None, Subject::Design(Box::new(design)));
        self.enter(record, &brand())
    }

    fn says(&mut self, kind: Kind, until: Option<&str>, said: &[(&str, Value)]) -> SignedRecord {
        let subject = statement(kind, said);
        let record = self.record(Did::Web(base()), until, subject);
        self.enter(record, &brand())
    }

    fn another_says(&mut self, kind: Kind, said: &[(&str, Value)]) -> SignedRecord {
        let subject = statement(kind, said);
        let record = self.record(Did::Key(person().verifier_key()), None, subject);
        self.enter(record, &person())
    }

    fn certification(&mut self, about: &SignedRecord, claim: &str, until: &str) -> SignedRecord {
        let claim = Value::from([
            ("claimType", "technique".into()),
            ("value", words(claim)),
            ("method", "peer visit".into()),
        ]);
        let said = [("about", to(about)), ("claim", vec![claim].into())];
        self.says(Kind::Certification, Some(until), &said)
    }

    fn change(&mut self, target: &SignedRecord, state: &str, reason: &str) {
        let said = [("target", to(target)), ("newState", state.into()), ("reason", words(reason))];
        self.says(Kind::Status, None, &said);
        self.now += jiff::SignedDuration::from_hours(24);
    }
}

fn statement(kind: Kind, said: &[(&str, Value)]) -> Subject {
    let members: Object =
        said.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Subject::Statement(Statement { kind, members })
}

/// The records of the register by what they are for.
struct Kept {
    ids: BTreeMap<&'static str, RecordId>,
    folder: BTreeMap<String, Vec<u8>>,
}

fn register() -> Kept {
    let mut it = Writing::new();
    let mut ids = BTreeMap::new();
    let river = it.design("river-path", "River path", Some(b"a picture"));
    ids.insert("disputed", river.id());
    let quiet = it.design("hill", "Hill", None);
    ids.insert("alone", quiet.id());
    let secret = it.design("night-song", "Night song", Some(MASTER));
    ids.insert("withdrawn", secret.id());
    it.now = at("2026-04-01T10:00:00Z");

    let until = "2028-12-31T00:00:00Z";
    let good = it.certification(&river, "Woven by hand on a back-strap loom", until);
    ids.insert("certified", good.id());
    for (name, state, reason) in [
        ("suspended", "suspended", "We are looking at it again."),
        ("revoked", "revoked", "A machine wove it."),
        ("ended", "ended", "The campaign is over."),
    ] {
        let certification = it.certification(&quiet, "Hand-spun yarn", until);
        ids.insert(name, certification.id());
        it.change(&certification, state, reason);
    }
    let over = it.certification(&quiet, "Dyed with plants", "2026-06-01T00:00:00Z");
    ids.insert("expired", over.id());
    let early = it.record(
        Did::Web(base()),
        None,
        statement(
            Kind::Notice,
            &[("about", to(&quiet)), ("text", words("Ask before you use it."))],
        ),
    );
    let early = Record { valid_from: at("2027-01-01T00:00:00Z"), ..early };
    ids.insert("not yet", it.enter(early, &brand()).id());
    let first = it.certification(&river, "Made in the vallley", until);
    let second = it.certification(&river, "Made in the valley", until);
    ids.insert("replaced", first.id());
    ids.insert("successor", second.id());
    let said = [
        ("target", to(&first)),
        ("reason", words("A letter too many.")),
        ("replacement", to(&second)),
    ];
    it.says(Kind::Correction, None, &said);

    let seen = [
        ("about", to(&river)),
        ("relation", "saw".into()),
        ("statement", words("It hung in our museum.")),
        ("seenAt", "https://museum.example/shawls".into()),
        ("seenOn", "2026-03-05".into()),
    ];
    ids.insert("word", it.another_says(Kind::Attestation, &seen).id());
    let dispute = [
        ("target", to(&river)),
        ("ground", "prior use".into()),
        ("statement", words("Our village wove it before.")),
        ("answer", words("We learnt it together.")),
        ("party", vec![Value::from([("name", words("The lower valley"))])].into()),
    ];
    let dispute = it.says(Kind::Dispute, None, &dispute);
    ids.insert("dispute", dispute.id());
    let withdrawal = [
        ("target", to(&secret)),
        ("targetKind", "Design".into()),
        ("targetSigned", instant::format(secret.created()).into()),
        ("targetPosition", Value::Number(2.0)),
        ("reasonCode", "holder's wish".into()),
    ];
    ids.insert("withdrawal", it.says(Kind::Withdrawal, None, &withdrawal).id());
    let short = secret.id().short();
    for path in [
        format!("records/{short}.json"),
        format!("records/{short}.tlog-proof"),
        format!("records/files/{}.jpg", Sha256Digest::of(MASTER)),
    ] {
        it.folder.remove(&path).expect("it was there");
    }

    let issuer = Did::Web(base());
    let sealed = it.record(issuer.clone(), None, statement(Kind::Charter, &[]));
    let item = Item {
        kind: LeafKind::Photograph,
        name: "shawl.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        sha256: Sha256Digest::of(b"a sealed picture"),
    };
    let seal = Seal::new(&issuer.to_string(), &sealed.uuid, &[5; 32], vec![item]).expect("a seal");
    let members = seal.members(Some(&texts("A shawl for a wedding")));
    let subject = Subject::Statement(Statement { kind: Kind::SealedDesign, members });
    let sealed = it.enter(Record { subject, ..sealed }, &brand());
    ids.insert("sealed", sealed.id());
    let (place, _) = seal.items().next().expect("a leaf");
    let opened = seal.open(&[place]).expect("it").iter().map(LeafOpening::to_value).collect();
    let said = [("target", to(&sealed)), ("opened", Value::Array(opened))];
    ids.insert("opened", it.says(Kind::Disclosure, None, &said).id());

    // A stranger's rules for the weavers have no effect.
    let rules = [
        ("name", words("The weavers")),
        ("brandKind", "people".into()),
        ("site", vec![Value::from("https://copy.example/")].into()),
    ];
    ids.insert("void", it.another_says(Kind::Charter, &rules).id());
    let signatory = Value::from([("id", Did::Key(person().verifier_key()).to_string().into())]);
    let joint = Value::from([("kind", "Edition".into()), ("threshold", Value::Number(1.0))]);
    let charter = [
        ("name", words("Weavers of the valley")),
        ("brandKind", "association".into()),
        (
            "site",
            ["https://weavers.example/", "https://mirror.example/shop", "https://o.example/?x="]
                .map(Value::from)
                .to_vec()
                .into(),
        ),
        ("signatory", vec![signatory].into()),
        ("jointAct", vec![joint].into()),
    ];
    ids.insert("charter", it.says(Kind::Charter, None, &charter).id());
    let edition = [
        ("name", words("Harvest shawls")),
        ("editionKind", "limited".into()),
        ("maximum", Value::Number(40.0)),
        ("design", vec![to(&river), to(&secret)].into()),
    ];
    ids.insert("proposed", it.says(Kind::Edition, None, &edition).id());

    let (size, root) = (it.head.size, it.head.root);
    for purpose in Purpose::ALL {
        let url = format!("https://weavers.example/status/{}-0.json#list", purpose.name());
        // Entries 2, 4 and so on: what was taken back, by the place of each in the log.
        let set: &[u64] = match purpose {
            Purpose::Revocation => &[2, 6, 8, 12, 20],
            Purpose::Suspension => &[4, 22],
        };
        let mut bits = Bits::new();
        assert!(set.iter().all(|&place| bits.set(place, true)));
        let list = [
            ("id", url.into()),
            ("type", "BitstringStatusList".into()),
            ("statusPurpose", purpose.name().into()),
            ("encodedList", bits.encode().into()),
            (
                "log",
                Value::from([
                    ("origin", "weavers.example/log".into()),
                    ("size", Value::Number(size as f64)),
                    ("root", root.0.to_string().into()),
                ]),
            ),
        ];
        let record = it.record(Did::Web(base()), Some(until), statement(Kind::Snapshot, &list));
        ids.insert(purpose.name(), it.enter(record, &brand()).id());
    }
    // Before it was signed nobody can have seen it; and the issuer's own word is no other's.
    let early =
        [("about", to(&river)), ("relation", "saw".into()), ("seenOn", "1998-05-04".into())];
    it.another_says(Kind::Attestation, &early);
    let own = [("about", to(&river)), ("relation", "saw".into()), ("seenOn", "2026-03-06".into())];
    it.says(Kind::Attestation, None, &own);
    settled_dispute(&mut it, &mut ids, &river);
    Kept { ids, folder: it.folder }
}

/// Adds a notice that was disputed until all sides had spoken.
fn settled_dispute(
    it: &mut Writing,
    ids: &mut BTreeMap<&'static str, RecordId>,
    about: &SignedRecord,
) {
    let notice = [("about", to(about)), ("text", words("The upper valley alone wove it."))];
    let notice = it.says(Kind::Notice, None, &notice);
    ids.insert("argued", notice.id());
    let party = Value::from([("name", words("The mill families"))]);
    let dispute = [
        ("target", to(&notice)),
        ("ground", "wrong holder".into()),
        ("statement", both("The mill wove it too.", "El molino también lo tejía.")),
        ("party", vec![party].into()),
        ("answer", both("We did not know that.", "No lo sabíamos.")),
        ("remedy", both("Name both valleys.", "Que se nombre a los dos valles.")),
    ];
    let dispute = it.says(Kind::Dispute, None, &dispute);
    ids.insert("argument", dispute.id());
    let outcome = [
        ("target", to(&dispute)),
        ("outcome", "settled".into()),
        ("text", both("Both valleys are named.", "Se nombra a los dos valles.")),
        (
            "minorityStatement",
            both("Two of us see only the mill in it.", "Dos de nosotros solo ven el molino."),
        ),
    ];
    ids.insert("agreement", it.says(Kind::DisputeOutcome, None, &outcome).id());
}

struct NoPhotos;

impl PhotoBytes for NoPhotos {
    fn bytes(&self, _: &str, _: &str) -> Result<Vec<u8>, String> {
        Err("there is none".to_owned())
    }
}

/// The weavers' site, built.
struct Built {
    ids: BTreeMap<&'static str, RecordId>,
    files: BTreeMap<String, Vec<u8>>,
}

fn build() -> Built {
    build_in("\"en\", \"es\", \"fr\", \"vi\", \"ar\"", register())
}

fn build_in(languages: &str, kept: Kept) -> Built {
    build_for(languages, kept, &Trust::nobody())
}

fn build_for(languages: &str, kept: Kept, trust: &Trust) -> Built {
    let table = format!(
        "name = \"Weavers\"\nbase_url = \"https://weavers.example/\"\nlanguages = [{languages}]\n"
    );
    let root = tempfile::tempdir().expect("a folder");
    for (path, text) in [
        ("site.toml", table.as_str()),
        ("designs/river-path/index.md", "+++\nname = \"River path\"\n+++\n"),
        ("designs/hill/index.md", "+++\nname = \"Hill\"\n+++\n"),
    ] {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let site = crate::check::load(root.path()).expect("a folder").site.expect("a site");
    let now = at("2026-11-26T12:00:00Z");
    let evidence = Evidence::of(&kept.folder, trust, Some(now));
    for finding in &evidence.report().findings {
        let is_expected = finding.check == "log-rules";
        assert!(is_expected || finding.verdict == crate::verify::Verdict::Valid, "{finding:?}");
    }
    let photos = Photos::new(BTreeMap::new(), Box::new(NoPhotos));
    let theme = Theme::load(None, &crate::theme::Own::default()).expect("a theme");
    let routes = Routes::new(Inputs {
        site: &site,
        evidence: &evidence,
        signed: &kept.folder,
        photos: &photos,
        theme: &theme,
        at: now,
        links: LinkStyle::Pretty,
    });
    let files = routes.iter().map(|(path, _)| {
        let bytes = routes.bytes(path.as_str()).unwrap_or_else(|error| panic!("{error}"));
        (path.as_str().to_owned(), bytes)
    });
    let files = files.collect();
    Built { ids: kept.ids, files }
}

impl Built {
    fn dir(&self, name: &str) -> String {
        format!("V/{}/", self.ids[name].short())
    }

    fn page(&self, name: &str) -> &str {
        let path = format!("{}index.html", self.dir(name));
        std::str::from_utf8(self.files.get(&path).expect(name)).expect("UTF-8")
    }

    /// The text of a page in one language.
    fn text(&self, name: &str, tag: &str) -> &str {
        let page = self.page(name);
        let start = page.find(&format!("<article id=\"text-{tag}\"")).expect("a text");
        &page[start..start + page[start..].find("</article>").expect("an end")]
    }

    fn evidence(&self, name: &str) -> serde_json::Value {
        let page = self.page(name);
        let start = page.find("id=\"selvedge-evidence\">").expect("evidence");
        let data = &page[start + "id=\"selvedge-evidence\">".len()..];
        let data = data.split("</script>").next().expect("an end");
        serde_json::from_str(data).expect("JSON")
    }
}

/// The text between the marks of days.
fn without_times(html: &str) -> String {
    let mut out = String::new();
    for part in html.replace("</time>", "").split("<time ") {
        out.push_str(if out.is_empty() { part } else { part.split_once('>').expect("an end").1 });
    }
    out
}

#[test]
fn every_day_is_written_in_the_language_and_marked_for_programs() {
    let built = build();
    for (tag, day) in [
        ("en", "April 2, 2026"),
        ("es", "2 de abril de 2026"),
        ("fr", "2 avril 2026"),
        ("vi", "2 tháng 4 2026"),
        ("ar", "2 أبريل 2026"),
    ] {
        for name in built.ids.keys() {
            if !built.files.contains_key(&format!("{}index.html", built.dir(name))) {
                continue;
            }
            let text = built.text(name, tag);
            // Days within addresses and digests are no days; what is quoted from a record stands as it was said.
            let shown = without_times(text).replace('>', "> ").replace('<', " <");
            let bare = shown.split_whitespace().find(|word| {
                let bytes = word.as_bytes();
                bytes.len() == 10
                    && bytes[4] == b'-'
                    && bytes[7] == b'-'
                    && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
            });
            assert_eq!(bare, None, "{name} {tag}: {text}");
        }
        let marked = format!("<time datetime=\"2026-04-02\">{day}</time>");
        assert!(built.text("revoked", tag).contains(&marked), "{tag}");
    }
}

#[test]
fn the_first_line_says_how_it_stands_and_who_says_so() {
    let built = build();
    for (name, key, sentence) in [
        ("alone", "in-force", "Only Weavers of the valley (weavers.example) says this."),
        (
            "disputed",
            "in-force",
            "Weavers of the valley (weavers.example) says this; others speak about it below.",
        ),
        (
            "certified",
            "in-force",
            "Weavers of the valley (weavers.example) says “Woven by hand on a back-strap loom”, until December 31, 2028.",
        ),
        ("suspended", "suspended", "On hold: weavers.example suspended it on April 1, 2026."),
        ("revoked", "revoked", "Taken back for ever: weavers.example revoked it on April 2, 2026."),
        ("ended", "ended", "Over: weavers.example ended it on April 3, 2026."),
        ("expired", "expired", "Over: it held until June 1, 2026."),
        ("not yet", "not-yet", "Not yet in force: it holds from January 1, 2027."),
        (
            "replaced",
            "superseded",
            "Replaced: weavers.example put another record in its place on April 4, 2026.",
        ),
        (
            "withdrawn",
            "withdrawn",
            "Withdrawn: weavers.example took its content back on April 4, 2026.",
        ),
        ("void", "void", "Without effect: this entry changes nothing and proves nothing."),
        ("proposed", "proposed", "Proposed: 0 of the 1 who must agree have agreed."),
    ] {
        let text = built.text(name, "en");
        let verdicts: Vec<String> = text
            .split("<p class=\"verdict\">")
            .skip(1)
            .map(|line| line.split("</p>").next().expect("its end"))
            .map(|line| without_times(line.rsplit("</span>").next().expect("a sentence")))
            .collect();
        // What the register vouches for of a thing stands before how its record stands.
        let vouched = verdicts.iter().take_while(|line| line.contains("says “")).count();
        let at = match name {
            "disputed" => vouched,
            // Both its designs stand before it.
            "proposed" => 2,
            _ => 0,
        };
        assert_eq!(verdicts[at], sentence, "{name}: {verdicts:?}");
        assert!(text.contains(&format!("<div class=\"state\" data-state=\"{key}\">")), "{name}");
        // The same, in each language, with no word left in English.
        for tag in ["es", "fr", "vi", "ar"] {
            let text = built.text(name, tag);
            assert!(text.contains(&format!("data-state=\"{key}\"")), "{name} {tag}");
            assert!(!without_times(text).contains(sentence), "{name} {tag}");
        }
    }
    let vouched = built.text("disputed", "en");
    let first = vouched.split("<p class=\"verdict\">").nth(1).expect("a first line");
    assert!(first.contains("says “Woven by hand on a back-strap loom”, until"), "{first}");
    assert!(!built.text("suspended", "en").contains("back-strap loom”, until"));
    let replaced = built.text("replaced", "en");
    assert!(replaced.contains(&format!("href=\"../../{}\"", built.dir("successor"))));
    assert!(built.text("suspended", "en").contains("We are looking at it again."));
}

#[test]
fn a_date_is_not_turned_around_by_the_words_beside_it() {
    let built = build();
    let text = built.text("revoked", "ar");
    assert!(
        text.contains("\u{2068}weavers.example\u{2069} في \u{2068}<time datetime=\"2026-04-02\">2 أبريل 2026</time>\u{2069}"),
        "{text}"
    );
    assert!(!built.text("revoked", "fr").contains('\u{2068}'));
}

#[test]
fn both_sides_of_a_dispute_are_heard() {
    let built = build();
    let text = built.text("disputed", "en");
    for part in [
        "data-state=\"disputed\"",
        "Dispute: used before",
        "Our village wove it before.",
        "We learnt it together.",
        "The lower valley",
        "It is not settled.",
        &format!("href=\"../../{}\"", built.dir("dispute")),
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_page_of_an_edition_and_of_a_piece_begins_with_what_stands_against_its_design() {
    let mut it = Writing::new();
    let river = it.design("river-path", "River path", None);
    let hill = it.design("hill", "Hill", None);
    let dispute = [
        ("target", to(&river)),
        ("ground", "prior use".into()),
        ("statement", words("Our village wove it before.")),
    ];
    let disputed = it.says(Kind::Dispute, None, &dispute);
    let edition = |designs: Vec<Value>| {
        vec![
            ("name", words("Harvest shawls")),
            ("editionKind", "limited".into()),
            ("maximum", Value::Number(40.0)),
            ("design", designs.into()),
        ]
    };
    let shawls = it.says(Kind::Edition, None, &edition(vec![to(&river), to(&hill)]));
    let piece = [("name", words("Shawl three")), ("edition", to(&shawls))];
    let piece = it.says(Kind::Item, None, &piece);
    let batch =
        [("edition", to(&shawls)), ("first", Value::Number(1.0)), ("last", Value::Number(3.0))];
    let batch = it.says(Kind::TagBatch, None, &batch);
    let quiet = it.says(Kind::Edition, None, &edition(vec![to(&hill)]));
    let certified = it.certification(&shawls, "Woven by hand", "2028-12-31T00:00:00Z");
    let ids = [("shawls", shawls.id()), ("piece", piece.id()), ("batch", batch.id())];
    let ids = ids.into_iter().chain([("quiet", quiet.id()), ("river", river.id())]).collect();
    let built = build_in("\"en\", \"fr\"", Kept { ids, folder: it.folder.clone() });
    for name in ["shawls", "piece", "batch"] {
        let text = without_times(built.text(name, "en"));
        let first = text.split("class=\"state\"").nth(1).expect("a first box");
        assert!(first.starts_with(" data-state=\"disputed\""), "{name}: {first}");
        assert!(first.contains("Its design: River path. Disputed: weavers.example"), "{first}");
        // One link leads to both sides.
        let sides = format!("href=\"../../{}#text-en-dispute-1\"", built.dir("river"));
        assert!(first.contains(&sides) && first.contains("Read both sides"), "{first}");
        assert!(!text.contains("Its design: Hill"), "{name}");
    }
    assert!(built.text("river", "en").contains("id=\"text-en-dispute-1\""));
    assert!(built.text("shawls", "fr").contains("Son dessin : River path. Contesté"));
    assert!(!built.text("quiet", "en").contains("Its design:"));

    // Over with the dispute, and then the design itself is on hold, and so is the edition.
    let outcome = [
        ("target", to(&disputed)),
        ("outcome", "refused".into()),
        ("text", words("Both villages wove it.")),
    ];
    it.says(Kind::DisputeOutcome, None, &outcome);
    it.change(&hill, "suspended", "We are looking at it again.");
    it.change(&shawls, "suspended", "The yarn is not what we said.");
    it.change(&certified, "suspended", "We ask again.");
    let dispute = [
        ("target", to(&batch)),
        ("ground", "imitation".into()),
        ("statement", words("I saw this number twice.")),
    ];
    it.says(Kind::Dispute, None, &dispute);
    let built = build_in("\"en\"", Kept { ids: built.ids, folder: it.folder });
    let quiet = without_times(built.text("quiet", "en"));
    assert!(quiet.contains("Its design: Hill. On hold: weavers.example"), "{quiet}");
    let shawls = without_times(built.text("shawls", "en"));
    let (above, _) = shawls.split_once("<h1>").expect("a heading");
    for part in
        [". On hold: weavers.example suspended it", "Batch of tags", "Disputed: weavers.example"]
    {
        assert!(above.contains(part), "{part} in {above}");
    }
    let piece = without_times(built.text("piece", "en"));
    assert!(piece.contains("Its edition: Harvest shawls. On hold:"), "{piece}");
    assert!(!piece.contains("Its design: River path"), "{piece}");
}

#[test]
fn a_settled_dispute_keeps_every_voice_and_tells_how_it_ended() {
    let built = build();
    let [english, spanish] = [
        [
            "A dispute that weavers.example entered on",
            "Dispute: wrong holder",
            "The mill families",
            "What is said against it",
            "The mill wove it too.",
            "The answer of the other side",
            "We did not know that.",
            "What is asked for",
            "Name both valleys.",
            "How it ended: <strong>settled</strong>",
            "In words",
            "Both valleys are named.",
            "Those who see it otherwise",
            "Two of us see only the mill in it.",
        ],
        [
            "Una disputa que weavers.example anotó el",
            "Disputa: titular equivocado",
            "The mill families",
            "Lo que se dice en contra",
            "El molino también lo tejía.",
            "La respuesta de la otra parte",
            "No lo sabíamos.",
            "Lo que se pide",
            "Que se nombre a los dos valles.",
            "Cómo terminó: <strong>resuelta</strong>",
            "En palabras",
            "Se nombra a los dos valles.",
            "Quienes lo ven de otro modo",
            "Dos de nosotros solo ven el molino.",
        ],
    ];
    for (tag, parts, other) in [("en", english, spanish), ("es", spanish, english)] {
        let text = built.text("argued", tag);
        assert!(text.contains("data-state=\"settled\""), "{text}");
        assert!(!text.contains("data-state=\"disputed\""), "{text}");
        // In the order in which people speak, and each in the language of the page.
        let mut rest = text;
        for part in parts {
            let at = rest.find(part).unwrap_or_else(|| panic!("{tag}: {part} in {rest}"));
            rest = &rest[at + part.len()..];
        }
        for part in other.iter().filter(|part| !parts.contains(part)) {
            assert!(!text.contains(part), "{tag}: {part} in {text}");
        }
        for name in ["argument", "agreement"] {
            assert!(text.contains(&format!("href=\"../../{}\"", built.dir(name))), "{tag} {name}");
        }
    }
    // A reader of a third language is told in what language the voices speak.
    let french = built.text("argued", "fr");
    for voice in
        ["The mill wove it too.", "We did not know that.", "Two of us see only the mill in it."]
    {
        let marked = format!("<blockquote lang=\"en\" dir=\"ltr\">{voice}</blockquote>");
        assert!(french.contains(&marked), "{marked} in {french}");
    }
}

#[test]
fn dates_stand_apart_and_never_show_who_was_first() {
    let built = build();
    let text = built.text("disputed", "en");
    for part in [
        "the time of our great-grandmothers",
        "<time datetime=\"2026-03-01\">",
        "no outside evidence yet",
        "<time datetime=\"2026-03-05\">",
        "https://museum.example/shawls",
        "It hung in our museum.",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for part in ["1998-05-04", "2026-03-06"] {
        assert!(!text.contains(&format!("<time datetime=\"{part}\">")), "{part} in {text}");
    }
    let is_about_a_thing = |name: &str| {
        // What stays of a design has no record beside it.
        if name == "withdrawn" {
            return true;
        }
        let page = built.evidence(name);
        let record = page["record"].as_str().map(|it| data_encoding::BASE64.decode(it.as_bytes()));
        let record: serde_json::Value =
            serde_json::from_slice(&record.expect("a record").expect("base64")).expect("JSON");
        let kind = record["type"][1].as_str().expect("a kind").to_owned();
        [
            "Attestation",
            "Certification",
            "Consent",
            "Design",
            "Disclosure",
            "Dispute",
            "Edition",
            "Item",
            "Licence",
            "SealedDesign",
            "TagBatch",
            "Transfer",
        ]
        .contains(&&*kind)
    };
    let mut told = [0, 0];
    for name in built.ids.keys().filter(|name| !matches!(**name, "revocation" | "suspension")) {
        let is_told = built.text(name, "en").contains("Does not show who made it first.");
        assert_eq!(is_told, is_about_a_thing(name), "{name}");
        told[usize::from(is_told)] += 1;
    }
    assert!(told.iter().all(|count| *count > 0), "{told:?}");
}

#[test]
fn a_date_from_outside_is_told_in_the_pages_words() {
    let root = tempfile::tempdir().expect("a folder");
    std::fs::write(root.path().join("site.toml"), "name = \"W\"\nlanguages = [\"fr\"]\n")
        .expect("a file");
    let site = crate::check::load(root.path()).expect("a folder").site.expect("a site");
    let folder = BTreeMap::new();
    let evidence = Evidence::of(&folder, &Trust::nobody(), None);
    let photos = Photos::new(BTreeMap::new(), Box::new(NoPhotos));
    let theme = Theme::load(None, &crate::theme::Own::default()).expect("a theme");
    let routes = Routes::new(Inputs {
        site: &site,
        evidence: &evidence,
        signed: &folder,
        photos: &photos,
        theme: &theme,
        at: at("2026-11-26T12:00:00Z"),
        links: LinkStyle::Pretty,
    });
    let linker = link::Linker::new("", LinkStyle::Pretty);
    let speaker = speaker::Speaker { routes: &routes, linker: &linker, ix: LocaleIx::FIRST };
    for (reason, text, lang) in [
        (
            "existed no later than 2026-04-01T00:00:00Z; dated by A",
            "1 avril 2026, daté par A",
            None,
        ),
        (
            "existed no later than 2026-04-01T00:00:00Z; seen by A, B",
            "1 avril 2026, vu par A, B",
            None,
        ),
        ("said another way", "said another way", Some("en")),
    ] {
        let told = speaker.dated(reason);
        assert_eq!((told.text.as_str(), told.lang.as_deref()), (text, lang));
    }
}

#[test]
fn every_kind_has_a_page_that_says_what_it_says() {
    let built = build();
    let charter = built.text("charter", "en");
    for part in ["Our rules", "Weavers of the valley", "How many must agree", "> Edition<"] {
        assert!(charter.contains(part), "{part} in {charter}");
    }
    let edition = built.text("proposed", "fr");
    for part in [
        "<span lang=\"en\" dir=\"ltr\">Harvest shawls</span>",
        ">40<",
        &format!("href=\"../../{}\"", built.dir("disputed")),
        &format!("href=\"../../{}\">Dessin (retiré)</a>", built.dir("withdrawn")),
    ] {
        assert!(edition.contains(part), "{part} in {edition}");
    }
    let opened = built.text("opened", "en");
    for part in ["shawl.jpg", "it was sealed in this record", "A shawl for a wedding"] {
        assert!(opened.contains(part), "{part} in {opened}");
    }
    let sealed = built.text("sealed", "en");
    assert!(sealed.contains("Opened parts</a>"), "{sealed}");
    assert!(sealed.contains("A design is kept back here"), "{sealed}");
    // Status lists are files; they have no page.
    for purpose in Purpose::ALL {
        let id = built.ids[purpose.name()];
        assert!(!built.files.contains_key(&format!("V/{}/index.html", id.short())));
        assert!(built.files.contains_key(&format!("records/{}.json", id.short())));
    }
}

#[test]
fn what_was_taken_back_is_nowhere() {
    let built = build();
    let tombstone = built.text("withdrawn", "en");
    for part in [
        "Copies that others made stay.",
        "wish of the holder",
        "2026-03-01",
        &*built.ids["withdrawn"].to_string(),
        &format!("href=\"../../{}\"", built.dir("withdrawal")),
    ] {
        assert!(tombstone.contains(part), "{part} in {tombstone}");
    }
    assert!(!built.page("withdrawn").contains("<script"));
    // Whoever looks for it finds that it was taken back, and no copy of before.
    assert!(!built.page("withdrawn").contains("noindex"));
    let digest = Sha256Digest::of(MASTER);
    let forbidden =
        ["Night song".to_owned(), "night-song".to_owned(), digest.to_string(), digest.to_sri()];
    for (path, bytes) in &built.files {
        for forbidden in &forbidden {
            let holds = bytes.windows(forbidden.len()).any(|part| part == forbidden.as_bytes());
            assert!(!holds && !path.contains(forbidden.as_str()), "{forbidden} in {path}");
        }
        // What is embedded is read as a program reads it.
        if path.starts_with("V/") {
            let page = std::str::from_utf8(bytes).expect("UTF-8");
            for word in page.split('"') {
                if let Ok(hidden) = data_encoding::BASE64.decode(word.as_bytes()) {
                    let hidden = String::from_utf8_lossy(&hidden);
                    assert!(!forbidden.iter().any(|it| hidden.contains(it.as_str())), "{path}");
                }
            }
        }
    }
}

#[test]
fn no_page_says_more_than_is_known() {
    let built = build();
    for (path, bytes) in built.files.iter().filter(|(path, _)| path.starts_with("V/")) {
        let page = std::str::from_utf8(bytes).expect("UTF-8");
        let text = page.split("<script").next().expect("a text").to_lowercase();
        for word in ["authentic", "genuine", "verified", "guarantee", "tamper", "{", "record_"] {
            let text = text.split("</style>").nth(1).expect("a body");
            assert!(!text.contains(word), "{word} in {path}");
        }
    }
}

#[test]
fn a_page_brings_the_register_along_while_it_is_small() {
    let built = build();
    let evidence = built.evidence("certified");
    let snapshots = evidence["snapshots"].as_array().expect("lists");
    assert_eq!(snapshots.len(), 2);
    // This register is too large to stand in each of its pages.
    assert_eq!(evidence.get("bodies"), None);

    let mut it = Writing::new();
    let gone = it.design("night-song", "Night song", None);
    let said = [
        ("target", to(&gone)),
        ("targetKind", "Design".into()),
        ("targetSigned", instant::format(gone.created()).into()),
        ("targetPosition", Value::Number(0.0)),
        ("reasonCode", "error".into()),
    ];
    let withdrawal = it.says(Kind::Withdrawal, None, &said);
    // Even if its file still lies there.
    let evidence = Evidence::of(&it.folder, &Trust::nobody(), Some(it.now));
    let register = register::Register::new(&evidence, 1);
    let whole = register.whole(&it.folder).expect("a small register");
    let second = data_encoding::BASE64.encode(withdrawal.bytes());
    assert_eq!(whole.bodies, [None, Some(second)]);
    let entry = |signed: &SignedRecord| format!("selvedge.record/1 sha256:{}", signed.id());
    assert_eq!(whole.entries, format!("{}\n{}\n", entry(&gone), entry(&withdrawal)));
    assert!(matches!(register.find(&gone.id()), Some(register::Found::Gone(_))));
}

#[test]
fn a_page_carries_proofs_to_the_heads_that_neighbours_saw() {
    let mut kept = register();
    let witness = TestSigner::from_seed([9; 32]);
    let name = KeyName::parse("tara.example/witness").expect("a name");
    let log_signer = TestSigner::from_seed([2; 32]);
    let log: BTreeMap<String, Vec<u8>> = kept
        .folder
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("log/")?.to_owned(), bytes.clone())))
        .collect();
    let current = Checkpoint::parse(&kept.folder["log/checkpoint"]).expect("a head").head();
    // One that somebody else stamped, and three that a neighbour saw.
    for (size, day) in [(2, None), (3, Some("02")), (5, Some("03")), (current.size, Some("30"))] {
        let root = TreeView::new(&log, current.size).root(size).expect("it");
        let mut head = Checkpoint::sign(log_key().name(), Head { size, root }, &log_signer);
        if let Some(day) = day {
            let time = at(&format!("2026-04-{day}T00:00:00Z"));
            let seen = head.cosign(&name, time, &witness).expect("a time");
            let key = WitnessKey::new(name.clone(), witness.verifier_key());
            head.add(&seen, &key).expect("it holds");
        }
        let path = format!("log/heads/{size}/checkpoint");
        kept.folder.insert(path, head.to_string().into_bytes());
    }
    let key = WitnessKey::new(name, witness.verifier_key());
    let trust = format!(
        "[[signer]]\nname = \"W\"\ndid = \"did:web:weavers.example\"\nkey = \"{}\"\nlog = \"{}\"\n\
         [[witness]]\nname = \"Tara weavers\"\nkey = \"{key}\"\n",
        brand().verifier_key(),
        log_key()
    );
    let trust = Trust::parse(&trust).expect("a trust list");
    let built = build_for("\"en\"", kept, &trust);
    let evidence = built.evidence("alone");
    assert_eq!(evidence.get("entries"), None, "this register is too large for its pages");
    assert_eq!(evidence["witnesses"][0]["name"], "Tara weavers");
    assert_eq!(evidence["witnesses"][0]["vkey"], key.to_string());
    let proofs = evidence["headProofs"].as_array().expect("proofs").iter();
    let sizes: Vec<u64> = proofs
        .map(|proof| {
            let proof =
                TlogProof::parse(proof.as_str().expect("text").as_bytes()).expect("a proof");
            assert_eq!(proof.index, 1);
            proof.checkpoint.head().size
        })
        .collect();
    assert_eq!(sizes, [2, 3, current.size], "the earliest, the earliest that is seen, the newest");
    // A page that somebody kept is dated by them, without the site.
    let now = at("2026-11-26T12:00:00Z");
    let report = crate::verify::page("page", built.page("alone").as_bytes(), &trust, Some(now));
    let report = report.expect("evidence");
    let dated = report.finding("existed-by").expect("a finding");
    assert!(dated.reason.contains("2026-04-02"), "{dated:?}");
    let nobody =
        crate::verify::page("page", built.page("alone").as_bytes(), &Trust::nobody(), None);
    let untold = nobody.expect("evidence");
    let untold = untold.finding("existed-by").expect("a finding");
    assert_eq!(untold.verdict, crate::verify::Verdict::NotChecked);
}

#[test]
fn a_page_stays_small() {
    let mut it = Writing::new();
    for number in 0..6 {
        it.design(&format!("shawl-{number}"), &format!("Shawl {number}"), None);
    }
    let few = Kept { ids: BTreeMap::new(), folder: it.folder };
    for (built, has_bodies) in
        [(build_in("\"en\", \"ar\"", few), true), (build_in("\"en\", \"ar\"", register()), false)]
    {
        for (path, bytes) in built.files.iter().filter(|(path, _)| path.starts_with("V/")) {
            let mut packed =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed.write_all(bytes).expect("it fits");
            let size = packed.finish().expect("it fits").len();
            assert!(size < 60 << 10, "{path}: {size}");
            let page = std::str::from_utf8(bytes).expect("UTF-8");
            assert_eq!(page.contains("\"bodies\":["), has_bodies, "{path} {size}");
        }
    }
}

#[test]
fn badges_are_made_of_what_is_in_force_and_of_nothing_else() {
    use crate::provenance::badge::unbake;
    let built = build();
    let badges = |name: &str| {
        let start = format!("badges/{}/", built.ids[name].short());
        built.files.keys().filter(|path| path.starts_with(&start)).count()
    };
    for name in ["certified", "successor"] {
        // Five languages, three forms, two sorts.
        assert_eq!(badges(name), 30, "{name}");
    }
    let all = built.files.keys().filter(|path| path.starts_with("badges/")).count();
    assert_eq!(all, 60);
    for form in ["light", "dark", "print"] {
        for ending in ["svg", "png"] {
            let path = format!("badges/{}/ar-{form}.{ending}", built.ids["certified"].short());
            let evidence = unbake(&built.files[&path]).expect("evidence");
            let said: serde_json::Value = serde_json::from_str(&evidence).expect("JSON");
            assert_eq!(said["record"], built.evidence("certified")["record"], "{path}");
            assert!(said.get("people").is_none());
        }
    }
    // The design's page shows what is said of its record, and another's does not.
    let page = |path: &str| String::from_utf8(built.files[path].clone()).expect("UTF-8");
    let river = page("fr/designs/river-path/index.html");
    let shown = format!("badges/{}/fr-", built.ids["certified"].short());
    assert!(river.contains(&format!("{shown}light.svg")), "{river}");
    assert!(river.contains(&format!("srcset=\"../../../{shown}dark.svg")), "{river}");
    assert!(river.contains("alt=\"Insigne : Weavers of the valley (weavers.example)"), "{river}");
    assert!(!page("fr/designs/hill/index.html").contains("badges/"));
    for (path, bytes) in &built.files {
        if path.ends_with(".html") {
            let text = String::from_utf8_lossy(bytes);
            for name in ["suspended", "revoked", "ended", "expired", "replaced"] {
                let badge = format!("badges/{}/", built.ids[name].short());
                assert!(!text.contains(&badge), "{path} {name}");
            }
        }
    }
}

/// The data of the page where things are checked, in a language.
fn data_of(built: &Built, prefix: &str) -> serde_json::Value {
    let page = std::str::from_utf8(&built.files[&format!("{prefix}verify/index.html")]);
    let page = page.expect("UTF-8");
    let (_, data) = page.split_once("id=\"verify-data\">").expect("data");
    let data = data.split("</script>").next().expect("an end");
    serde_json::from_str(data).expect("the data is JSON, whatever stands in the trust list")
}

/// What a data script of the page hands over.
fn register_script(built: &Built, name: &str) -> serde_json::Value {
    let text = std::str::from_utf8(&built.files[&format!("verify/{name}.js")]).expect("UTF-8");
    let data = text.strip_prefix(&format!("selvedge.register(\"{name}\","));
    serde_json::from_str(data.and_then(|it| it.strip_suffix(");\n")).expect("a call")).expect("it")
}

#[test]
fn the_page_that_checks_believes_the_site_and_its_trust_list_and_tells_no_more_of_it() {
    let potter = TestSigner::from_seed([77; 32]).verifier_key();
    let witness = TestSigner::from_seed([78; 32]).verifier_key();
    let hostile = "Potters </script><script>alert(1)</script> <!-- \\u2028 \u{2028}";
    let list = format!(
        "[[signer]]\nname = '''{hostile}'''\ndid = \"did:web:potters.example\"\nkey = \"{potter}\"\nkinds = [\"Design\"]\n\
         address = \"/home/somebody/secret-place\"\n[[witness]]\nname = \"Coast\"\nkey = \"{}\"\naddress = \"../secret-place\"\n\
         server = \"https://secret-place.example/\"\n",
        WitnessKey::new(KeyName::parse("coast.example/witness").expect("a name"), witness)
    );
    let trust = Trust::parse(&list).expect("a list");
    let built = build_for("\"en\", \"ar\"", register(), &trust);
    for prefix in ["", "ar/"] {
        let data = data_of(&built, prefix);
        let signers = data["list"]["signers"].as_array().expect("signers");
        // An address alone binds no key, so the site's own is pinned.
        assert_eq!(signers[0]["did"], "did:web:weavers.example");
        assert_eq!(signers[0]["fingerprint"], sshsig_of(&brand()));
        assert_eq!(signers[0]["log"], log_key().to_string());
        let potters: Vec<&str> =
            signers[1].as_object().expect("a signer").keys().map(String::as_str).collect();
        assert_eq!(potters, ["did", "fingerprint", "kinds", "name"]);
        assert!(signers[1]["name"].as_str().expect("a name").starts_with("Potters </script>"));
        assert_eq!(signers.len(), 2);
        assert_eq!(data["list"]["own"], "did:web:weavers.example");
        assert_eq!(data["list"]["witnesses"][0]["name"], "Coast");
        assert_eq!(data["list"]["quorum"], 1);
        assert_eq!(data["bases"], serde_json::json!(["https://weavers.example/"]));
        // Of the addresses of charters those of the register's own owner, as far as a site can be there.
        assert_eq!(data["sites"], serde_json::json!(["https://mirror.example/shop/"]));
        assert!(data["strings"]["state.record-intact"].as_str().is_some_and(|it| !it.is_empty()));
    }
    assert_eq!(data_of(&built, "ar/")["dir"], "rtl");
    for (path, bytes) in &built.files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("secret-place") && !text.contains("<script>alert"), "{path}");
    }
    let page = std::str::from_utf8(&built.files["verify/index.html"]).expect("UTF-8");
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).expect("a policy");
    let policy = policy.split('"').next().unwrap_or_default();
    assert!(
        policy.contains("script-src &#39;self&#39;;")
            || policy.contains("script-src &#x27;self&#x27;;")
    );
    assert!(!policy.contains("unsafe") && !policy.contains("blob:"), "{policy}");
    // All pages lead there.
    assert!(String::from_utf8_lossy(&built.files["index.html"]).contains("href=\"./verify/\""));
}

fn sshsig_of(signer: &TestSigner) -> String {
    crate::provenance::sshsig::fingerprint(&signer.verifier_key())
}

#[test]
fn the_page_that_checks_knows_every_record_and_how_it_stands() {
    let built = build_in("\"en\"", register());
    let ids = register_script(&built, "ids/all");
    let ids = ids.as_str().expect("a text");
    assert_eq!(ids.len() % 33, 0);
    for (name, letter) in [
        ("certified", 'i'),
        ("disputed", 'd'),
        ("argued", 'i'),
        ("suspended", 'h'),
        ("revoked", 'r'),
        ("ended", 'e'),
        ("withdrawn", 'w'),
        ("replaced", 's'),
        ("void", 'v'),
        ("proposed", 'p'),
    ] {
        let short = built.ids[name].short().to_string();
        let at = ids.find(&short).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(at % 33, 0);
        assert_eq!(ids[at + 32..].chars().next(), Some(letter), "{name}");
    }
    // The third design was taken back, and keeps its number; the fourth is sealed.
    let site = register_script(&built, "site");
    let short = |name: &str| serde_json::Value::from(built.ids[name].short().to_string());
    let designs = site["designs"].as_array().expect("designs");
    let numbered: Vec<&serde_json::Value> = designs.iter().map(|design| &design["id"]).collect();
    let expected = ["disputed", "alone", "withdrawn", "sealed"].map(short);
    assert_eq!(numbered, expected.iter().collect::<Vec<_>>());
    // What only is proposed has no number yet.
    assert_eq!(designs[0]["editions"], serde_json::json!([]));
    assert_eq!(site["loose"], serde_json::json!([]));
    assert!(site["evidence"]["identity"].as_str().is_some());
    // The addresses that it asks for name the build.
    let version = data_of(&built, "")["version"].as_str().expect("a version").to_owned();
    assert_eq!(version.len(), 12);
    assert_eq!(data_of(&build_in("\"en\"", register()), "")["version"], version);
}

#[test]
fn the_verifier_of_the_page_that_checks_is_that_of_the_record_page() {
    let built = build_in("\"en\"", register());
    let page = std::str::from_utf8(&built.files["verify/index.html"]).expect("UTF-8");
    let scripts: Vec<&str> = page.split("<script defer src=\"../").skip(1).collect();
    let path = scripts.last().and_then(|it| it.split('"').next()).expect("a script");
    let script = std::str::from_utf8(&built.files[path]).expect("UTF-8");
    let embedded = built.page("alone").rsplit("<script>").next().expect("a script");
    let embedded = embedded.split("</script>").next().expect("an end");
    assert!(script.contains(embedded), "byte for byte");
}
