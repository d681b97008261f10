//! Accreditation and certification of a member in one sitting: what the register and the folder already tell, so that
//! nobody types it, least of all a digest.
//!
//! The charter in force names the criteria with the digest of their document; that document is found again in the site's
//! folder by its bytes. A document of Markdown may say in its fields for how long at most a certification under it holds,
//! `term_months = 24`. The claims come from the member's own pages.
//!
//! Nothing here signs but [`issue_each`].

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use toml_edit::{Array, DocumentMut, InlineTable, Value as Toml};

use super::{AttestError, Issued, Prepared, Register, SiteLookup, people};
use crate::check::Site;
use crate::evidence::Evidence;
use crate::model::{Design, LocaleIx, Producer, Product, Text};
use crate::provenance::did::Did;
use crate::provenance::json::Value;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::person::Opening;
use crate::provenance::record::{Record, Sha256Digest, SignedRecord, Texts, texts_from_value};
use crate::read::{self, Changed, Memory};
use crate::verify::VerifiedRecord;
use crate::verify::fold::{Condition, Standing};

/// For how long a certification holds where nobody says otherwise, in months.
pub const TERM_MONTHS: u32 = 24;

/// The longest term that criteria may state, in months.
const MAX_TERM_MONTHS: i64 = 1200;

/// Largest document of criteria, in bytes.
const MAX_DOCUMENT: u64 = 64 << 20;

/// Endings of files that are no documents.
const NO_DOCUMENT: [&str; 14] = [
    "jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "gif", "svg", "tif", "tiff", "woff2",
    "mp4", "mp3",
];

/// Why nobody can be certified, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifyError(String);

impl fmt::Display for CertifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CertifyError {}

fn refuse<T>(why: impl Into<String>) -> Result<T, CertifyError> {
    Err(CertifyError(why.into()))
}

/// The rules under which somebody is certified, as the charter binds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criteria {
    /// What they are called.
    pub name: Texts,
    /// Which version.
    pub version: String,
    /// Where their document lies in the site's folder.
    pub path: String,
    /// The digest that the charter binds, and that the document has.
    pub sha256: Sha256Digest,
    /// What the document is called, if the charter says so.
    document_name: Texts,
    /// For how long at most a certification under them holds, in months, if they say so.
    pub most_months: Option<u32>,
}

impl Criteria {
    /// What they are called, first language.
    pub fn title(&self) -> &str {
        first(&self.name)
    }

    /// For how long a certification holds where nobody says otherwise, in months.
    pub fn term_months(&self) -> u32 {
        self.most_months.map_or(TERM_MONTHS, |most| most.min(TERM_MONTHS))
    }

    fn to_toml(&self) -> Toml {
        let mut document = InlineTable::new();
        document.insert("file", self.path.as_str().into());
        if !self.document_name.is_empty() {
            document.insert("name", texts_toml(&self.document_name));
        }
        let mut table = InlineTable::new();
        table.insert("name", texts_toml(&self.name));
        table.insert("version", self.version.as_str().into());
        table.insert("document", Toml::InlineTable(document));
        Toml::InlineTable(table)
    }
}

fn first(texts: &Texts) -> &str {
    texts.first().map_or("", |text| text.text.as_str())
}

/// The charter in force of an issuer: the last that took effect and holds now.
///
/// # Errors
/// If there is none, with what there is instead.
pub fn charter<'e>(
    evidence: &'e Evidence,
    issuer: &Did,
    practice: bool,
    at: Timestamp,
) -> Result<&'e VerifiedRecord, CertifyError> {
    let of_ours = |record: &&VerifiedRecord| {
        let said = record.record();
        said.subject.kind() == Kind::Charter
            && said.issuer.same_issuer(issuer)
            && said.practice == practice
    };
    let mut last = None;
    let mut why = None;
    for record in evidence.records().filter(of_ours) {
        let said = record.record();
        let short = record.id().short();
        match evidence.standing(&record.id()).map(|standing| &standing.condition) {
            Some(Condition::InForce) if said.valid_until.is_some_and(|until| until <= at) => {
                why = Some(format!(
                    "your charter {short} ended on {}",
                    day(said.valid_until.unwrap_or(at))
                ));
            }
            Some(Condition::InForce) if said.valid_from > at => {
                why = Some(format!("your charter {short} holds from {}", day(said.valid_from)));
            }
            Some(Condition::InForce) => last = Some(record),
            Some(Condition::Proposed { have, need }) => {
                why = Some(format!("your charter {short} waits: {have} of {need} agreed to it"));
            }
            Some(Condition::Suspended(_)) => {
                why = Some(format!("your charter {short} is suspended"))
            }
            Some(Condition::Superseded(_)) => {}
            _ => why = Some(format!("your charter {short} is in force no more")),
        }
    }
    match (last, why) {
        (Some(charter), _) => Ok(charter),
        (None, Some(why)) => refuse(format!(
            "{why}, and nobody is certified without one; `selvedge record list` shows them all"
        )),
        (None, None) => refuse(
            "there is no charter yet, so there are no rules by which somebody could be certified; write and sign it first: \
             selvedge record fields charter > charter.toml, and then: selvedge record charter charter.toml my-association",
        ),
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The criteria that a charter has now, by name: of several versions the last that it names.
///
/// # Errors
/// If it has none, if several could be meant, or if the document with that digest is not in the site's folder.
pub fn criteria(
    charter: &VerifiedRecord,
    wanted: Option<&str>,
    root: &Path,
) -> Result<Criteria, CertifyError> {
    let statement = charter.record().subject.as_statement();
    let all: Vec<&Value> =
        statement.map(|it| it.list("criteria").iter().collect()).unwrap_or_default();
    // The last version of each name, in their order.
    let mut current: Vec<(String, &Value)> = Vec::new();
    for one in all {
        let name = one.member("name").and_then(texts_of).unwrap_or_default();
        let name = first(&name).to_owned();
        match current.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = one,
            None => current.push((name, one)),
        }
    }
    let short = charter.id().short();
    let names =
        || current.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let chosen = match (wanted, current.as_slice()) {
        (_, []) => {
            return refuse(format!(
                "your charter {short} names no criteria, so nobody could tell by which rules something was checked; sign a charter \
                 with them: criteria = [{{ name = \"…\", version = \"1\", document = {{ file = \"pages/criteria.md\" }} }}]"
            ));
        }
        (None, [(_, only)]) => *only,
        (None, _) => {
            return refuse(format!(
                "your charter has several criteria: {}; say which with --criteria",
                names()
            ));
        }
        (Some(wanted), current) => {
            let folded = wanted.to_lowercase();
            let found = current.iter().find(|(name, _)| name.to_lowercase() == folded);
            match found {
                Some((_, found)) => *found,
                None => {
                    return refuse(format!(
                        "your charter has no criteria \"{wanted}\"; it has {}",
                        names()
                    ));
                }
            }
        }
    };
    let name = chosen.member("name").and_then(texts_of).unwrap_or_default();
    let version = chosen.text("version").unwrap_or_default().to_owned();
    let document = chosen.member("document");
    let digest = document.and_then(|it| it.text("digestSRI")).and_then(Sha256Digest::from_sri);
    let Some(sha256) = digest else { return refuse("the charter's criteria have no digest") };
    let Some((path, bytes)) = find_document(root, sha256)? else {
        return refuse(format!(
            "the document of \"{}\", version {version}, that your charter {short} binds is nowhere in this folder: it was changed, or \
             moved out. Put it back as it was; or, if the rules changed, sign a charter that names the new version",
            first(&name)
        ));
    };
    let most_months = match path.ends_with(".md") {
        true => term_of(&bytes, &path)?,
        false => None,
    };
    let document_name =
        document.and_then(|it| it.member("name")).and_then(texts_of).unwrap_or_default();
    Ok(Criteria { name, version, path, sha256, document_name, most_months })
}

fn texts_of(value: &Value) -> Option<Texts> {
    texts_from_value(value)
}

/// The file of a site's folder with these bytes, by its path; images and what commands write are not looked at.
fn find_document(
    root: &Path,
    sha256: Sha256Digest,
) -> Result<Option<(String, Vec<u8>)>, CertifyError> {
    let draft = read::load(root, &mut Memory::default(), Changed::All)
        .map_err(|error| CertifyError(error.to_string()))?;
    let is_document = |path: &&str| {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        !ending.is_some_and(|ending| NO_DOCUMENT.contains(&ending.as_str()))
    };
    for path in draft.tree.paths().filter(is_document) {
        let mut bytes = Vec::new();
        let read = File::open(root.join(path))
            .and_then(|file| file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes));
        if read.is_ok() && bytes.len() as u64 <= MAX_DOCUMENT && Sha256Digest::of(&bytes) == sha256
        {
            return Ok(Some((path.to_owned(), bytes)));
        }
    }
    Ok(None)
}

/// The longest term that a document of criteria states.
fn term_of(bytes: &[u8], path: &str) -> Result<Option<u32>, CertifyError> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.trim_start_matches('\u{feff}').split_inclusive('\n');
    if lines.next().is_none_or(|line| line.trim_end() != "+++") {
        return Ok(None);
    }
    let front: String = lines.take_while(|line| line.trim_end() != "+++").collect();
    let Ok(fields) = front.parse::<DocumentMut>() else { return Ok(None) };
    let Some(term) = fields.get("term_months") else { return Ok(None) };
    match term.as_integer() {
        Some(months @ 1..=MAX_TERM_MONTHS) => Ok(u32::try_from(months).ok()),
        _ => refuse(format!(
            "term_months in {path} is for how many months at most a certification holds, a whole number: term_months = 24"
        )),
    }
}

/// Until when a certification holds that is given on a day.
///
/// # Errors
/// If the wish is not after that day, or beyond what the criteria admit.
pub fn until(criteria: &Criteria, today: Date, wanted: Option<Date>) -> Result<Date, CertifyError> {
    let after = |months: u32| {
        let span = jiff::Span::new().months(i64::from(months));
        today.checked_add(span).map_err(|_| CertifyError("that is too far away".to_owned()))
    };
    let last = criteria.most_months.map(after).transpose()?;
    let Some(wanted) = wanted else { return after(criteria.term_months()) };
    if wanted <= today {
        return refuse(format!(
            "{wanted} is not after today; a certification says until when it will hold"
        ));
    }
    match (last, criteria.most_months) {
        (Some(last), Some(months)) if wanted > last => refuse(format!(
            "{wanted} is longer than the criteria \"{}\", version {}, admit: {months} months, so {last} at most",
            criteria.title(),
            criteria.version
        )),
        _ => Ok(wanted),
    }
}

/// How a member stands in the register.
#[derive(Clone, Debug)]
pub enum Membership<'e> {
    /// Nothing holds that says she is a member.
    None,
    /// She is one.
    InForce(&'e VerifiedRecord),
    /// It is signed, and waits until others agree.
    Proposed(&'e VerifiedRecord, u64, u64),
    /// It is on hold.
    Suspended(&'e VerifiedRecord),
}

/// What is known of a member besides her file.
#[derive(Clone, Debug)]
pub struct Member<'s> {
    /// Her file.
    pub producer: &'s Producer,
    /// The name of her key, if she signs herself.
    pub key: Option<Did>,
    /// The address of her page.
    pub page: String,
    /// Names that are kept apart from records, by which she may be found.
    pub apart: Vec<Opening>,
}

impl<'s> Member<'s> {
    /// A member by her file; `key` is said by the person, else it is that of the file.
    ///
    /// # Errors
    /// If what is kept apart cannot be read.
    pub fn of(
        producer: &'s Producer,
        base: &str,
        key: Option<Did>,
        root: &Path,
    ) -> Result<Self, AttestError> {
        let key = key.or_else(|| producer.signs_as.as_deref().and_then(Did::parse));
        let apart = people::all(root)?.into_iter().map(|person| person.opening).collect();
        Ok(Self { producer, key, page: format!("{base}makers/{}/", producer.id), apart })
    }

    /// Her page, below the address of the site.
    fn path(&self) -> String {
        format!("makers/{}/", self.producer.id)
    }

    fn is_called(&self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        self.producer.name.entries().any(|(_, own)| own.trim().to_lowercase() == name)
    }

    /// Whether a party of a record is she: by her key, by her page, else by her name alone.
    fn is_named(&self, party: &Value, record: &Record) -> bool {
        if let Some(id) = party.text("id") {
            return match Did::parse(id) {
                Some(did) => match &self.key {
                    Some(key) => key.same_issuer(&did),
                    None => self.is_named_by(party, record),
                },
                // The site may have moved since.
                None => record.path_of(id) == Some(&self.path()),
            };
        }
        self.is_named_by(party, record)
    }

    fn is_named_by(&self, party: &Value, record: &Record) -> bool {
        let names = party.member("name").and_then(texts_of).unwrap_or_default();
        if names.iter().any(|name| self.is_called(&name.text)) {
            return true;
        }
        let commitment = party.text("commitment");
        commitment.is_some()
            && self.apart.iter().any(|opening| {
                commitment == Some(opening.commitment().to_string().as_str())
                    && opening.opens(record)
                    && opening.name.iter().any(|name| self.is_called(&name.text))
            })
    }
}

/// How a member stands, from the Accreditations of an issuer.
pub fn membership<'e>(
    evidence: &'e Evidence,
    issuer: &'e Did,
    practice: bool,
    member: &Member<'_>,
    at: Timestamp,
) -> Membership<'e> {
    let mut found = Membership::None;
    for (record, standing) in standings(evidence, Kind::Accreditation, issuer, practice) {
        let said = record.record();
        let party = said.subject.as_statement().and_then(|it| it.members.get("member"));
        if !party.is_some_and(|party| member.is_named(party, said)) {
            continue;
        }
        let is_over = said.valid_until.is_some_and(|until| until <= at);
        match &standing.condition {
            _ if is_over => {}
            // One that holds is enough, whatever else there is; but a pause of it counts.
            Condition::InForce => found = Membership::InForce(record),
            Condition::Suspended(_) => found = Membership::Suspended(record),
            Condition::Proposed { have, need } if matches!(found, Membership::None) => {
                found = Membership::Proposed(record, *have, *need);
            }
            _ => {}
        }
    }
    found
}

fn standings<'e>(
    evidence: &'e Evidence,
    kind: Kind,
    issuer: &'e Did,
    practice: bool,
) -> impl Iterator<Item = (&'e VerifiedRecord, &'e Standing)> {
    evidence
        .records()
        .filter(move |record| {
            let said = record.record();
            said.subject.kind() == kind
                && said.issuer.same_issuer(issuer)
                && said.practice == practice
        })
        .filter_map(|record| Some((record, evidence.standing(&record.id())?)))
}

/// A Certification that says the same already and holds at least as long.
pub fn said_already<'e>(
    evidence: &'e Evidence,
    issuer: &'e Did,
    prepared: &Prepared,
    at: Timestamp,
) -> Option<&'e VerifiedRecord> {
    let new = prepared.record.subject.as_statement()?;
    let about = |record: &Record| {
        let id = record.subject.as_statement()?.members.get("about")?.text("id")?;
        // The site may have moved in between.
        Some(record.path_of(id).map_or_else(|| id.to_owned(), |path| format!("/{path}")))
    };
    let same = |record: &VerifiedRecord| {
        let Some(old) = record.record().subject.as_statement() else { return false };
        about(record.record()) == about(&prepared.record)
            && ["claim", "criteria"]
                .iter()
                .all(|name| old.members.get(*name) == new.members.get(*name))
    };
    standings(evidence, Kind::Certification, issuer, prepared.record.practice)
        .filter(|(_, standing)| {
            matches!(standing.condition, Condition::InForce | Condition::Proposed { .. })
        })
        .filter(|(record, _)| record.record().valid_until > Some(at))
        .filter(|(record, _)| record.record().valid_until >= prepared.record.valid_until)
        .find(|(record, _)| same(record))
        .map(|(record, _)| record)
}

/// What an issuer's register certifies now, in its order: each Certification that is not over, and its standing.
pub fn certifications<'e>(
    evidence: &'e Evidence,
    issuer: &'e Did,
    practice: bool,
    at: Timestamp,
) -> impl Iterator<Item = (&'e VerifiedRecord, &'e Standing)> {
    standings(evidence, Kind::Certification, issuer, practice).filter(move |(record, standing)| {
        let is_over = record.record().valid_until.is_some_and(|until| until <= at);
        let is_open = matches!(
            standing.condition,
            Condition::InForce | Condition::Suspended(_) | Condition::Proposed { .. }
        );
        is_open && !is_over
    })
}

/// What a Certification is about, in a word: a path of the site without the slash at its end, or the short id of a record.
pub fn certified(record: &VerifiedRecord) -> Option<String> {
    let about = record.record().subject.as_statement()?.members.get("about")?;
    match about.text("digestSRI").and_then(Sha256Digest::from_sri) {
        Some(digest) => Some(RecordId::from_bytes(digest.0).short().to_string()),
        None => {
            let id = about.text("id")?;
            let path = record.record().path_of(id).unwrap_or(id);
            Some(path.trim_end_matches('/').to_owned())
        }
    }
}

/// Whether a Certification is about somebody, what she makes alone or with others, or an edition with her share.
pub fn is_of(
    record: &VerifiedRecord,
    member: &Member<'_>,
    site: &Site,
    evidence: &Evidence,
) -> bool {
    let said = record.record();
    let about = said.subject.as_statement().and_then(|it| it.members.get("about"));
    let Some(about) = about else { return false };
    if let Some(digest) = about.text("digestSRI").and_then(Sha256Digest::from_sri) {
        let edition = evidence.record(&RecordId::from_bytes(digest.0));
        return edition.is_some_and(|edition| {
            let makers = edition.record().subject.as_statement().map(|it| it.list("maker"));
            let mut parties = makers.unwrap_or_default().iter().filter_map(|it| it.member("party"));
            parties.any(|party| member.is_named(party, edition.record()))
        });
    }
    let product = certified(record).and_then(|path| {
        let id = path.strip_prefix("products/")?.to_owned();
        site.products.iter().find(|product| product.id.as_str() == id)
    });
    match product {
        Some(product) => {
            let mut makers = product.made_by.iter().map(|it| &site.producers[it.at()].id);
            makers.any(|id| *id == member.producer.id)
        }
        None => member.is_named(about, said),
    }
}

/// What a certification is about.
#[derive(Clone, Debug)]
pub enum What<'s> {
    /// All that she makes: her page stands for it.
    All,
    /// A product of hers.
    Product(&'s Product),
    /// A design, which has a record.
    Design(&'s Design),
    /// An edition, by its record.
    Edition(String),
}

/// What is meant by a word of the person: `all`, `products/shawl` or `shawl`, `designs/river-steps`, or the letters of an
/// Edition's record.
///
/// # Errors
/// If there is no such thing, or it is somebody else's.
pub fn what<'s>(
    site: &'s Site,
    member: &Member<'_>,
    evidence: &Evidence,
    word: &str,
) -> Result<What<'s>, CertifyError> {
    let plain = word.trim().trim_matches('/').trim_end_matches(".md").trim_end_matches("/index");
    if plain.eq_ignore_ascii_case("all") {
        return Ok(What::All);
    }
    let is_hers = |product: &Product| {
        product.made_by.iter().any(|maker| site.producers[maker.at()].id == member.producer.id)
    };
    let (section, id) = plain.split_once('/').unwrap_or(("", plain));
    if section != "designs"
        && let Some(product) = site.products.iter().find(|product| product.id.as_str() == id)
    {
        if !is_hers(product) {
            let makers: Vec<&str> =
                product.made_by.iter().map(|it| site.producers[it.at()].name.original()).collect();
            return refuse(format!(
                "products/{id} is not hers: it is made by {}",
                if makers.is_empty() {
                    "nobody who is named".to_owned()
                } else {
                    makers.join(", ")
                }
            ));
        }
        return Ok(What::Product(product));
    }
    if section != "products"
        && let Some(design) = site.designs.iter().find(|design| design.id.as_str() == id)
    {
        if evidence.of_design(id).next().is_none() {
            return refuse(format!(
                "designs/{id} has no record yet; sign it first: selvedge record new {id}"
            ));
        }
        return Ok(What::Design(design));
    }
    let letters = id.to_ascii_uppercase();
    if letters.len() >= 6 {
        let mut found =
            evidence.records().filter(|record| record.id().short().as_str().starts_with(&letters));
        if let (Some(record), None) = (found.next(), found.next()) {
            return match record.record().subject.kind() {
                Kind::Edition => Ok(What::Edition(record.id().short().to_string())),
                kind => refuse(format!(
                    "{} is a record of the kind {kind}, and no edition",
                    record.id().short()
                )),
            };
        }
    }
    let hers: BTreeSet<String> = site
        .products
        .iter()
        .filter(|product| is_hers(product))
        .map(|product| format!("products/{}", product.id))
        .chain(site.designs.iter().map(|design| format!("designs/{}", design.id)))
        .collect();
    let near = crate::diag::nearest(
        plain,
        hers.iter().flat_map(|path| [path.as_str(), path.split_once('/').map_or("", |it| it.1)]),
    );
    match near {
        Some(near) => refuse(format!("there is no \"{word}\"; did you mean \"{near}\"?")),
        None => refuse(format!(
            "there is no \"{word}\"; write all, or one of these: {}",
            if hers.is_empty() {
                "nothing of hers is in this folder".to_owned()
            } else {
                hers.into_iter().collect::<Vec<_>>().join(", ")
            }
        )),
    }
}

/// The claims that a certification can make, as records and as people write them.
pub const CLAIMS: [(&str, &str, &str); 8] = [
    ("madeBy", "made-by", "made by"),
    ("madeIn", "made-in", "made in"),
    ("technique", "technique", "technique"),
    ("material", "material", "material"),
    ("designedBy", "designed-by", "designed by"),
    ("soldBy", "sold-by", "sold by"),
    ("payment", "payment", "how she is paid"),
    ("collaboration", "collaboration", "made together with"),
];

/// How claims are checked, as records write it.
pub const METHODS: [&str; 6] =
    ["self", "peer visit", "sample", "photo", "laboratory", "inspection"];

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its type, as records write it.
    pub kind: &'static str,
    /// What it says, by language tag, the site's first language first.
    pub value: Vec<(String, String)>,
}

impl Claim {
    /// What people call its type.
    pub fn words(&self) -> &'static str {
        CLAIMS.iter().find(|(kind, ..)| *kind == self.kind).map_or("", |(_, _, words)| words)
    }

    /// What it says, in the first language.
    pub fn text(&self) -> &str {
        self.value.first().map_or("", |(_, text)| text.as_str())
    }
}

/// What her pages say of a thing, as claims that could be certified.
pub fn claims(site: &Site, member: &Member<'_>, what: &What<'_>) -> Vec<Claim> {
    let mut all = Vec::new();
    let mut add = |kind: &'static str, text: Option<&Text>| {
        let Some(text) = text else { return };
        let value: Vec<(String, String)> = text
            .entries()
            .map(|(locale, text)| (site.locale(locale).tag().to_owned(), text.to_owned()))
            .collect();
        all.push(Claim { kind, value });
    };
    let producer = member.producer;
    add("madeBy", Some(&producer.name).filter(|_| !matches!(what, What::Design(_))));
    let place = Some(producer.place.as_ref()).filter(|_| !matches!(what, What::Design(_)));
    add("madeIn", place.flatten());
    match what {
        What::All | What::Edition(_) => {
            producer.crafts.iter().for_each(|craft| add("technique", Some(craft)))
        }
        What::Product(product) => {
            match &product.technique {
                Some(technique) => add("technique", Some(technique)),
                None => producer.crafts.iter().for_each(|craft| add("technique", Some(craft))),
            }
            product.materials.iter().for_each(|material| add("material", Some(&material.name)));
            for design in site.designs.iter().filter(|design| {
                design.products.iter().any(|it| site.products[it.at()].id == product.id)
            }) {
                add("designedBy", design.designed_by.as_ref());
            }
        }
        What::Design(design) => {
            add("designedBy", design.designed_by.as_ref());
            add("technique", design.technique.as_ref());
            design.materials.iter().for_each(|material| add("material", Some(material)));
        }
    }
    if !matches!(what, What::Design(_)) {
        add("soldBy", Some(&site.name));
    }
    if let What::Product(product) = what {
        add("payment", product.payment_to_maker.as_ref());
    }
    all
}

/// How something was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// One of [`METHODS`], for all claims.
    pub method: String,
    /// Other methods, by type of claim.
    pub methods: Vec<(&'static str, String)>,
    /// When.
    pub on: Date,
    /// By how many people.
    pub panel: Option<u32>,
    /// How many pieces were looked at.
    pub sample: Option<u32>,
}

impl Checked {
    /// On whose word somebody is a member, as the method of checking tells it.
    pub fn basis(&self) -> &'static str {
        match (self.method.as_str(), self.panel) {
            ("self", _) => "self",
            (_, Some(2..)) => "panel",
            _ => "peers",
        }
    }
}

/// The fields of an Accreditation, as somebody would write them.
pub fn accreditation_toml(
    site: &Site,
    member: &Member<'_>,
    criteria: &Criteria,
    basis: &str,
    until: Date,
    is_apart: bool,
) -> String {
    let producer = member.producer;
    let mut document = DocumentMut::new();
    let mut party = InlineTable::new();
    party.insert("name", text_toml(site, &producer.name));
    if is_apart {
        party.insert("apart", true.into());
    }
    match (&member.key, is_apart) {
        (Some(key), _) => drop(party.insert("id", key.to_string().into())),
        // The address of her page would tell the name that is kept apart.
        (None, false) => drop(party.insert("id", member.page.as_str().into())),
        (None, true) => {}
    }
    document["member"] = toml_edit::value(Toml::InlineTable(party));
    let mut put = |name: &str, text: Option<&Text>| {
        if let Some(text) = text {
            document[name] = toml_edit::value(text_toml(site, text));
        }
    };
    put("people", producer.people.as_ref());
    put("place_of_origin", producer.place.as_ref());
    if !producer.crafts.is_empty() {
        let crafts: Array = producer.crafts.iter().map(|craft| text_toml(site, craft)).collect();
        document["craft"] = toml_edit::value(crafts);
    }
    document["basis"] = toml_edit::value(basis);
    document["criteria"] = toml_edit::value(criteria.to_toml());
    document["until"] = toml_edit::value(until.to_string());
    document.to_string()
}

/// The fields of a Certification, as somebody would write them.
#[allow(clippy::too_many_arguments, reason = "each is one thing that the record holds")]
pub fn certification_toml(
    site: &Site,
    member: &Member<'_>,
    base: &str,
    what: &What<'_>,
    claims: &[Claim],
    criteria: &Criteria,
    checked: &Checked,
    until: Date,
    is_apart: bool,
) -> String {
    let mut document = DocumentMut::new();
    let page = |path: String, name: &Text| {
        let mut thing = InlineTable::new();
        thing.insert("id", format!("{base}{path}/").into());
        thing.insert("name", text_toml(site, name));
        Toml::InlineTable(thing)
    };
    document["about"] = toml_edit::value(match what {
        // Her page's address would tell the name that is kept apart.
        What::All if is_apart => {
            let key = member.key.as_ref().map_or_else(|| member.page.clone(), Did::to_string);
            Toml::InlineTable([("id", Toml::from(key))].into_iter().collect())
        }
        What::All => page(format!("makers/{}", member.producer.id), &member.producer.name),
        What::Product(product) => page(format!("products/{}", product.id), &product.name),
        What::Design(design) => Toml::from(format!("designs/{}", design.id)),
        What::Edition(short) => Toml::from(short.as_str()),
    });
    let list: Array = claims
        .iter()
        .map(|claim| {
            let mut table = InlineTable::new();
            let own = checked.methods.iter().find(|(kind, _)| *kind == claim.kind);
            table.insert("claim_type", claim.kind.into());
            table.insert("value", languages_toml(&claim.value));
            table.insert(
                "method",
                own.map_or(&checked.method, |(_, method)| method).as_str().into(),
            );
            Toml::InlineTable(table)
        })
        .collect();
    document["claim"] = toml_edit::value(list);
    document["criteria"] = toml_edit::value(criteria.to_toml());
    document["assessed_on"] = toml_edit::value(checked.on.to_string());
    for (name, count) in [("panel_size", checked.panel), ("sample_size", checked.sample)] {
        if let Some(count) = count {
            document[name] = toml_edit::value(i64::from(count));
        }
    }
    document["until"] = toml_edit::value(until.to_string());
    document.to_string()
}

fn text_toml(site: &Site, text: &Text) -> Toml {
    let tag = |locale: LocaleIx| site.locale(locale).tag().to_owned();
    let entries: Vec<(String, String)> =
        text.entries().map(|(locale, text)| (tag(locale), text.to_owned())).collect();
    languages_toml(&entries)
}

fn texts_toml(texts: &Texts) -> Toml {
    let entries: Vec<(String, String)> =
        texts.iter().map(|text| (text.language.clone(), text.text.clone())).collect();
    languages_toml(&entries)
}

fn languages_toml(entries: &[(String, String)]) -> Toml {
    Toml::InlineTable(
        entries.iter().map(|(tag, text)| (tag.as_str(), Toml::from(text.as_str()))).collect(),
    )
}

/// A record that says the same as one which is about to be signed, and of which the evidence of before knew nothing: an earlier
/// run had begun it, and the opening of the register completed it.
pub fn begun_before(
    lookup: &SiteLookup<'_>,
    register: &Register<'_>,
    evidence: &Evidence,
    member: &Member<'_>,
    prepared: &Prepared,
    at: Timestamp,
) -> Option<RecordId> {
    let new = prepared.record.subject.as_statement()?;
    let is_same = |record: &Record| {
        let Some(old) = record.subject.as_statement().filter(|old| old.kind == new.kind) else {
            return false;
        };
        match new.kind {
            Kind::Accreditation => {
                old.members.get("member").is_some_and(|party| member.is_named(party, record))
            }
            _ => ["about", "claim", "criteria"]
                .iter()
                .all(|name| old.members.get(*name) == new.members.get(*name)),
        }
    };
    let holds = |id: &RecordId| {
        register.standing(id).is_some_and(|standing| {
            matches!(standing.condition, Condition::InForce | Condition::Proposed { .. })
        })
    };
    lookup
        .records()
        .filter(|signed| {
            let record = signed.record();
            record.practice == prepared.record.practice
                && record.issuer.same_issuer(&prepared.record.issuer)
                && record.valid_until > Some(at)
        })
        .find(|signed| {
            let id = signed.id();
            evidence.record(&id).is_none_or(|known| known.proof().is_none())
                && holds(&id)
                && is_same(signed.record())
        })
        .map(SignedRecord::id)
}

/// Signs and enters records one after the other; those that were entered, and why it stopped before the last, if it did.
pub fn issue_each(
    register: &mut Register<'_>,
    prepared: &[Prepared],
    at: Timestamp,
) -> (Vec<Issued>, Option<AttestError>) {
    let mut issued = Vec::new();
    for one in prepared {
        match register.issue(one, at) {
            Ok(entered) => issued.push(entered),
            Err(error) => return (issued, Some(error)),
        }
    }
    (issued, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criteria(most_months: Option<u32>) -> Criteria {
        Criteria {
            name: Vec::new(),
            version: "3".to_owned(),
            path: "pages/criteria.md".to_owned(),
            sha256: Sha256Digest([0; 32]),
            document_name: Vec::new(),
            most_months,
        }
    }

    #[test]
    fn a_term_is_two_years_unless_the_criteria_say_less() {
        let today = Date::constant(2026, 11, 28);
        let told =
            |most, wanted: Option<Date>| until(&criteria(most), today, wanted).map_err(|why| why.0);
        assert_eq!(told(None, None), Ok(Date::constant(2028, 11, 28)));
        assert_eq!(told(Some(36), None), Ok(Date::constant(2028, 11, 28)));
        assert_eq!(told(Some(12), None), Ok(Date::constant(2027, 11, 28)));
        assert_eq!(
            told(Some(36), Some(Date::constant(2029, 11, 28))),
            Ok(Date::constant(2029, 11, 28))
        );
        let far = told(Some(36), Some(Date::constant(2029, 11, 29))).unwrap_err();
        assert!(far.contains("36 months, so 2029-11-28 at most"), "{far}");
        assert!(told(None, Some(today)).unwrap_err().contains("not after today"));
        // The last day of a short month.
        let leap = Date::constant(2028, 2, 29);
        assert_eq!(until(&criteria(None), leap, None), Ok(Date::constant(2030, 2, 28)));
    }

    #[test]
    fn a_document_states_its_term_in_months_or_nothing() {
        let told = |text: &str| term_of(text.as_bytes(), "pages/criteria.md");
        assert_eq!(told("+++\nname = \"Rules\"\nterm_months = 36\n+++\nText"), Ok(Some(36)));
        assert_eq!(told("\u{feff}+++\r\nterm_months = 6\r\n+++\r\n"), Ok(Some(6)));
        assert_eq!(told("term_months = 36"), Ok(None));
        assert_eq!(told("+++\nname = \"Rules\"\n+++\nterm_months = 3"), Ok(None));
        for wrong in ["0", "-3", "1201", "\"two years\"", "2.5"] {
            assert!(told(&format!("+++\nterm_months = {wrong}\n+++\n")).is_err(), "{wrong}");
        }
    }
}
