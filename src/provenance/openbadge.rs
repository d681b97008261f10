//! Open Badges: a certification or a membership as an `OpenBadgeCredential` (1EdTech Open Badges 3.0, final of 2024-05),
//! for programs that know those and not our records.
//!
//! It is an export: signed by the same key, it names its record by address and digest, says nothing that the record does
//! not say, and is never judged as our record. It is secured as a compact JWT (Open Badges 3.0 §8.2, VC-JOSE-COSE §3.1.1,
//! RFC 8037 `EdDSA`), the one form that all its verifiers take. Its issuer stands under the `did:web` name, which those
//! programs can resolve; the name with the history of keys stands beside it.
//!
//! What a token says follows from the record and the name of the issuer alone, so [`check`] makes it again and compares:
//! one that differs by a byte is not ours.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;

use super::did::{Did, parse_verification_method};
use super::json::{self, Object, Value};
use super::key::{Signer, VerifierKey};
use super::kind::{Kind, Statement};
use super::log::RecordId;
use super::record::{LangText, SignedRecord, Texts, texts_from_value};
use super::{instant, jcs, status};

/// Contexts of an `OpenBadgeCredential` (Open Badges 3.0 §B.1), in order.
const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];

/// What stands before a claim, by its sort: its `claimType`, and the words in the languages of [`LANGUAGES`]. Of other sorts the text
/// tells enough.
const SORTS: [(&str, [&str; 5]); 6] = [
    ("designedBy", ["designed by", "diseñado por", "dessiné par", "người thiết kế", "صمّمه"]),
    ("madeBy", ["made by", "hecho por", "fait par", "người làm", "صنعه"]),
    ("madeIn", ["made in", "hecho en", "fait à", "nơi làm", "صُنع في"]),
    ("soldBy", ["sold by", "vendido por", "vendu par", "người bán", "يبيعه"]),
    ("material", ["material", "material", "matière", "chất liệu", "المادة"]),
    ("payment", ["payment", "pago", "paiement", "thanh toán", "الدفع"]),
];

/// The languages of [`SORTS`]; in any other the words are English.
const LANGUAGES: [&str; 5] = ["en", "es", "fr", "vi", "ar"];

/// What stands before the text of a claim, as the pages of records tell it: before a name "made by", before what is listed
/// "material:". None where the text describes how a thing is made, or says the same itself.
pub(crate) fn sort_label(sort: &str, text: &LangText) -> Option<String> {
    let words = SORTS.iter().find(|(name, _)| *name == sort).map(|(_, words)| words)?;
    let language = text.language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let at = LANGUAGES.iter().position(|it| *it == language).unwrap_or_default();
    let word = words[at];
    if text.text.to_lowercase().starts_with(&word.to_lowercase()) {
        return None;
    }
    Some(match (sort, LANGUAGES[at]) {
        ("material" | "payment", "fr") => format!("{word} :"),
        ("material" | "payment", _) => format!("{word}:"),
        _ => word.to_owned(),
    })
}

/// Where the Open Badge of a record lies, below the site's folder and its address.
pub fn path(id: &RecordId) -> String {
    format!("records/{}.openbadge.jwt", id.short())
}

/// Whether records of a kind can be exported so.
pub fn is_of_kind(kind: Kind) -> bool {
    matches!(kind, Kind::Certification | Kind::Accreditation)
}

/// Why a token is not the Open Badge of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenBadgeFault {
    /// It is no token, or not one as this program writes it.
    NotReadable,
    /// Its signature is by no key of the issuer, or it was altered.
    Altered,
    /// It is the issuer's, and says something else than the record does now that it is written.
    SaysOtherwise,
}

impl fmt::Display for OpenBadgeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotReadable => "this Open Badge cannot be read",
            Self::Altered => "this Open Badge was altered, or is signed by no key of this site",
            Self::SaysOtherwise => {
                "this Open Badge says something else than its record, or was made for another"
            }
        })
    }
}

impl std::error::Error for OpenBadgeFault {}

/// Makes the Open Badge of a record. `index` is its entry in the log, `issuer` what the issuer calls itself.
///
/// `None` if the record is of a kind that has none.
pub fn issue(
    record: &SignedRecord,
    index: Option<u64>,
    issuer: &str,
    signer: &dyn Signer,
) -> Option<String> {
    let payload = payload(record, index, issuer)?;
    let head = header(record, &signer.verifier_key());
    let signed = signing_input(&head, &payload);
    let signature = BASE64URL_NOPAD.encode(&signer.sign(signed.as_bytes()));
    Some(format!("{signed}.{signature}"))
}

/// Checks that a token is the Open Badge of a record under one of these keys.
///
/// # Errors
/// If it is not.
pub fn check(
    token: &str,
    record: &SignedRecord,
    index: Option<u64>,
    keys: &[VerifierKey],
) -> Result<(), OpenBadgeFault> {
    let unreadable = OpenBadgeFault::NotReadable;
    let parts: Vec<&str> = token.split('.').collect();
    let [head, body, signature] = parts[..] else { return Err(unreadable) };
    let decoded = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| unreadable);
    let (head_bytes, body_bytes, signature) = (decoded(head)?, decoded(body)?, decoded(signature)?);
    let read = |bytes: &[u8]| json::parse(bytes).map_err(|_| unreadable);
    let (head_said, said) = (read(&head_bytes)?, read(&body_bytes)?);
    let method = head_said.text("kid").and_then(parse_verification_method);
    let (_, key) = method.ok_or(unreadable)?;
    let is_signed =
        keys.contains(&key) && key.verify_strict(format!("{head}.{body}").as_bytes(), &signature);
    if !is_signed {
        return Err(OpenBadgeFault::Altered);
    }
    let name = said.member("issuer").and_then(|issuer| issuer.text("name")).unwrap_or_default();
    let is_same = header(record, &key) == head_bytes
        && payload(record, index, name).is_some_and(|made| made == body_bytes);
    if is_same { Ok(()) } else { Err(OpenBadgeFault::SaysOtherwise) }
}

fn signing_input(head: &[u8], payload: &[u8]) -> String {
    format!("{}.{}", BASE64URL_NOPAD.encode(head), BASE64URL_NOPAD.encode(payload))
}

/// The issuer's name that others can resolve.
fn web_name(record: &SignedRecord) -> Did {
    Did::Web(record.record().base.clone())
}

fn header(record: &SignedRecord, key: &VerifierKey) -> Vec<u8> {
    let issuer = web_name(record);
    jcs::encode(&Value::from([
        ("alg", "EdDSA".into()),
        ("cty", "vc".into()),
        ("iss", issuer.to_string().into()),
        ("kid", issuer.verification_method(key).into()),
        ("typ", "vc+jwt".into()),
    ]))
}

/// A list of one word, as `type` members are.
fn typed(name: &str) -> Value {
    vec![Value::from(name)].into()
}

fn payload(record: &SignedRecord, index: Option<u64>, issuer_name: &str) -> Option<Vec<u8>> {
    let said = record.record();
    let statement = said.subject.as_statement().filter(|it| is_of_kind(it.kind))?;
    let base = said.base.base_url();
    let short = record.id().short();
    let page = format!("{base}V/{short}/");
    let file = format!("{base}records/{short}.json");
    let own = format!("{base}{}", path(&record.id()));
    let issuer = web_name(record);
    let (what, subject) = match statement.kind {
        Kind::Accreditation => (member_name(statement)?, id_of(statement, "member")),
        _ => (claim(statement)?, id_of(statement, "about")),
    };
    // Somebody whose name is kept apart has no address: the record's own page stands for her.
    let subject = subject.unwrap_or_else(|| format!("{page}#subject"));
    let profile = {
        let mut profile = members([
            ("id", issuer.to_string().into()),
            ("type", typed("Profile")),
            ("name", issuer_name.into()),
            ("url", base.clone().into()),
        ]);
        if said.issuer != issuer {
            let other = Value::from([
                ("type", "IdentifierEntry".into()),
                ("identifier", said.issuer.to_string().into()),
                ("identifierType", "ext:did".into()),
            ]);
            profile.insert("otherIdentifier".to_owned(), vec![other].into());
        }
        Value::Object(profile)
    };
    let mut achievement = members([
        ("id", page.clone().into()),
        ("type", typed("Achievement")),
        (
            "achievementType",
            match statement.kind {
                Kind::Accreditation => "Membership",
                _ => "Certification",
            }
            .into(),
        ),
        ("name", what.text.clone().into()),
        ("description", description(statement, &what, issuer_name).into()),
        (
            "criteria",
            Value::from([("id", page.clone().into()), ("narrative", how(statement).into())]),
        ),
    ]);
    if !what.language.is_empty() {
        achievement.insert("inLanguage".to_owned(), what.language.clone().into());
    }
    let evidence = Value::from([
        ("id", page.into()),
        ("type", typed("Evidence")),
        ("name", "The signed record, and how it stands".into()),
        ("narrative", format!("This badge is made of the record sha256 {}.", record.id()).into()),
    ]);
    let mut out = members([
        ("@context", CONTEXTS.map(Value::from).to_vec().into()),
        ("id", own.clone().into()),
        ("type", ["VerifiableCredential", "OpenBadgeCredential"].map(Value::from).to_vec().into()),
        ("issuer", profile),
        ("name", what.text.into()),
        ("validFrom", instant::format(said.valid_from).into()),
        (
            "credentialSubject",
            Value::from([
                ("id", subject.clone().into()),
                ("type", typed("AchievementSubject")),
                ("achievement", Value::Object(achievement)),
            ]),
        ),
        ("evidence", vec![evidence].into()),
        (
            "relatedResource",
            vec![Value::from([
                ("id", file.into()),
                ("mediaType", "application/vc".into()),
                ("digestSRI", super::record::Sha256Digest::of(record.bytes()).to_sri().into()),
            ])]
            .into(),
        ),
        // The claims of JWT (RFC 7519 §4.1) that Open Badges asks for.
        ("iss", issuer.to_string().into()),
        ("jti", own.into()),
        ("sub", subject.into()),
        ("nbf", seconds(said.valid_from)),
    ]);
    if let Some(until) = said.valid_until {
        out.insert("validUntil".to_owned(), instant::format(until).into());
        out.insert("exp".to_owned(), seconds(until));
    }
    if let Some(position) = said.list_position(index) {
        let entry = status::credential_status(&base, position);
        out.insert("credentialStatus".to_owned(), entry);
    }
    Some(jcs::encode(&Value::Object(out)))
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn seconds(at: jiff::Timestamp) -> Value {
    // Years up to 9999 are far below 2^53 seconds.
    Value::Number(at.as_second() as f64)
}

/// A text in the language that it was written in.
fn first(texts: Option<Texts>) -> Option<LangText> {
    texts?.into_iter().next()
}

fn name_of(value: &Value) -> Option<LangText> {
    first(value.member("name").and_then(texts_from_value))
}

fn member_name(statement: &Statement) -> Option<LangText> {
    let member = statement.members.get("member")?;
    let apart = || LangText { language: String::new(), text: "A member".to_owned() };
    let id = || Some(LangText { language: String::new(), text: member.text("id")?.to_owned() });
    Some(name_of(member).or_else(id).unwrap_or_else(apart))
}

fn claim(statement: &Statement) -> Option<LangText> {
    let told = |claim: &Value| {
        let text = first(claim.member("value").and_then(texts_from_value))?;
        let label = sort_label(claim.text("claimType").unwrap_or_default(), &text);
        let told = label.map(|label| format!("{label} {}", text.text));
        Some(LangText { text: told.unwrap_or(text.text), ..text })
    };
    let mut texts = statement.list("claim").iter().filter_map(told);
    let mut all = texts.next()?;
    for more in texts {
        all.text = format!("{}; {}", all.text, more.text);
    }
    Some(all)
}

fn id_of(statement: &Statement, member: &str) -> Option<String> {
    statement.members.get(member)?.text("id").map(str::to_owned)
}

/// In words, for programs that show nothing else: who says what of whom.
fn description(statement: &Statement, what: &LangText, issuer: &str) -> String {
    match statement.kind {
        Kind::Accreditation => format!("{issuer} says that {} is a member.", what.text),
        _ => {
            let about = statement.members.get("about").and_then(name_of);
            let about = about.map(|name| format!(" of {}", name.text)).unwrap_or_default();
            format!("{issuer} says{about}: {}.", what.text.trim_end_matches('.'))
        }
    }
}

/// How it was checked, and by which rules.
fn how(statement: &Statement) -> String {
    let mut ways: Vec<&str> = Vec::new();
    for claim in statement.list("claim") {
        ways.extend(claim.text("method").filter(|method| !ways.contains(method)));
    }
    ways.extend(statement.word("basis"));
    let mut out = format!("How it was checked: {}.", ways.join(", "));
    if let Some(criteria) = statement.members.get("criteria")
        && let (Some(name), Some(version)) = (name_of(criteria), criteria.text("version"))
    {
        out.push_str(&format!(" By the rules \"{}\", version {version}.", name.text));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::key::TestSigner;
    use crate::provenance::record::tests::{at, sample};
    use crate::provenance::record::{Record, Subject, Uuid};

    fn texts(text: &str) -> Value {
        vec![Value::from([("@language", "en".into()), ("@value", text.into())])].into()
    }

    fn signed(kind: Kind, said: Vec<(&str, Value)>) -> SignedRecord {
        let members = said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let record = Record {
            uuid: Uuid::from_random([3; 16]),
            valid_until: Some(at("2028-12-31T00:00:00Z")),
            position: Some(5),
            subject: Subject::Statement(Statement { kind, members }),
            ..sample()
        };
        record.sign(at("2026-11-02T03:04:05Z"), &key()).expect("a record")
    }

    fn key() -> TestSigner {
        TestSigner::from_seed([1; 32])
    }

    fn certification(claim: &str) -> SignedRecord {
        let claim = Value::from([
            ("claimType", "technique".into()),
            ("value", texts(claim)),
            ("method", "peer visit".into()),
        ]);
        let about = Value::from([
            ("id", "https://brand.example/products/red/".into()),
            ("name", texts("Red shawl")),
        ]);
        signed(Kind::Certification, vec![("about", about), ("claim", vec![claim].into())])
    }

    fn said(token: &str) -> Value {
        let body = token.split('.').nth(1).expect("a body");
        json::parse(&BASE64URL_NOPAD.decode(body.as_bytes()).expect("base64")).expect("JSON")
    }

    #[test]
    fn an_open_badge_says_what_its_record_says_and_names_it() {
        let record = certification("Woven by hand");
        let token = issue(&record, None, "The weavers", &key()).expect("a badge");
        let keys = [key().verifier_key()];
        assert_eq!(check(&token, &record, None, &keys), Ok(()));
        let it = said(&token);
        let short = record.id().short();
        assert_eq!(it.member("issuer").unwrap().text("name"), Some("The weavers"));
        let subject = it.member("credentialSubject").unwrap();
        assert_eq!(subject.text("id"), Some("https://brand.example/products/red/"));
        assert_eq!(it.text("sub"), subject.text("id"));
        assert_eq!(it.text("iss"), it.member("issuer").unwrap().text("id"));
        assert_eq!(subject.member("achievement").unwrap().text("name"), Some("Woven by hand"));
        assert_eq!(it.text("validUntil"), Some("2028-12-31T00:00:00Z"));
        assert_eq!(it.member("exp").unwrap().as_count(), Some(1_861_833_600));
        let evidence = &it.member("evidence").unwrap().as_array().unwrap()[0];
        assert!(evidence.text("id").unwrap().ends_with(&format!("/V/{short}/")));
        let related = &it.member("relatedResource").unwrap().as_array().unwrap()[0];
        let digest = super::super::record::Sha256Digest::of(record.bytes()).to_sri();
        assert_eq!(related.text("digestSRI"), Some(&*digest));
        assert_eq!(it.member("credentialStatus").unwrap().as_array().map(<[_]>::len), Some(2));
        // A member whose name is kept apart has none here either.
        let apart = Value::from([("commitment", format!("{}=", "A".repeat(43)).into())]);
        let member =
            signed(Kind::Accreditation, vec![("member", apart), ("basis", "peers".into())]);
        let token = issue(&member, None, "x", &key()).expect("a badge");
        assert!(said(&token).text("sub").unwrap().ends_with("/#subject"));
        assert_eq!(check(&token, &member, None, &keys), Ok(()));
    }

    #[test]
    fn each_claim_is_told_with_its_sort() {
        let claim = |(sort, language, text): (&str, &str, &str)| {
            let value = Value::from([("@language", language.into()), ("@value", text.into())]);
            Value::from([
                ("claimType", sort.into()),
                ("value", vec![value].into()),
                ("method", "peer visit".into()),
            ])
        };
        for (claims, name) in [
            (
                vec![("madeBy", "en", "Ilde Marrowin"), ("madeIn", "en-GB", "Upper Ostrel")],
                "made by Ilde Marrowin; made in Upper Ostrel",
            ),
            (
                vec![("madeBy", "es", "Ilde"), ("material", "fr", "Lin")],
                "hecho por Ilde; matière : Lin",
            ),
            (
                vec![("madeBy", "en", "Made by her"), ("technique", "en", "Twill")],
                "Made by her; Twill",
            ),
            (vec![("soldBy", "qu", "Ilde")], "sold by Ilde"),
        ] {
            let claims: Vec<Value> = claims.into_iter().map(claim).collect();
            let about = Value::from([("id", "https://brand.example/products/red/".into())]);
            let record =
                signed(Kind::Certification, vec![("about", about), ("claim", claims.into())]);
            let token = issue(&record, None, "The weavers", &key()).expect("a badge");
            let it = said(&token);
            let achievement =
                it.member("credentialSubject").unwrap().member("achievement").unwrap();
            assert_eq!((achievement.text("name"), it.text("name")), (Some(name), Some(name)));
            assert_eq!(check(&token, &record, None, &[key().verifier_key()]), Ok(()));
        }
    }

    #[test]
    fn what_was_altered_or_is_of_another_is_refused() {
        let (record, other) = (certification("Woven by hand"), certification("Knitted"));
        let keys = [key().verifier_key()];
        let token = issue(&record, None, "The weavers", &key()).expect("a badge");
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bytes).expect("text");
            assert!(check(&bent, &record, None, &keys).is_err(), "{at}");
        }
        assert_eq!(check(&token, &other, None, &keys), Err(OpenBadgeFault::SaysOtherwise));
        assert_eq!(check(&token, &record, None, &[]), Err(OpenBadgeFault::Altered));
        let stranger = TestSigner::from_seed([9; 32]);
        let theirs = issue(&record, None, "The weavers", &stranger).expect("a badge");
        assert_eq!(check(&theirs, &record, None, &keys), Err(OpenBadgeFault::Altered));
        for bad in ["", ".", "..", "a.b", "a.b.c.d", "e30.e30.", &token[..40]] {
            assert!(check(bad, &record, None, &keys).is_err(), "{bad}");
        }
        let design = sample().sign(at("2026-11-02T03:04:05Z"), &key()).expect("a record");
        assert_eq!(issue(&design, None, "x", &key()), None);
        assert_eq!(check(&token, &design, None, &keys), Err(OpenBadgeFault::SaysOtherwise));
    }
}
