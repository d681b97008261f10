//! Sealed designs (PROVENANCE §1): a record holds the root of a tree and nothing else, and its
//! leaves are opened later, one by one, to everyone or to one party.
//!
//! A leaf is SHA-256(0x00 ‖ opening), where the opening is the canonical form of what the leaf
//! binds, with a salt of its own; the tree is that of RFC 6962. Leaves are padded with dummies
//! to one of three numbers, and all stand at places that follow from the seed, so that neither
//! the root nor the index of an opened leaf tells how many files there are. Whoever has the
//! seed of 32 bytes and the files has everything.
//!
//! - `salt_i = HMAC-SHA256(seed, "selvedge.seal/1 salt" ‖ u32 big-endian i)`
//! - the n places are ordered by `HMAC-SHA256(seed, "selvedge.seal/1 place" ‖ u32 big-endian i)`;
//!   the first item goes to the place with the smallest, and so on.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::convert::Infallible;
use std::fmt;

use super::base64;
use super::jcs;
use super::json::{self, Object, Value};
use super::log::{Hash, InclusionProof, LeafHash, RootHash, merkle};
use super::record::{self, Sha256Digest, Texts, Uuid};

/// What openings begin with, and what records name as `sealVersion`.
pub const VERSION: &str = "selvedge.seal/1";

/// What the file of openings for one party begins with.
pub const FILE_VERSION: &str = "selvedge.opening/1";

/// The numbers of leaves that a seal may have.
pub const SIZES: [usize; 3] = [16, 64, 256];

/// Longest file of openings that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// What sort of thing a leaf binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeafKind {
    /// The words of the design: the subject that its record would have had.
    Statement,
    /// A record master: a photograph without metadata.
    Photograph,
    /// The text of its story in one language.
    Story,
    /// Any other file, as it is.
    File,
    /// Nothing: it hides how many others there are.
    Dummy,
}

impl LeafKind {
    const ALL: [Self; 5] =
        [Self::Statement, Self::Photograph, Self::Story, Self::File, Self::Dummy];

    /// The word in openings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Photograph => "photograph",
            Self::Story => "story",
            Self::File => "file",
            Self::Dummy => "dummy",
        }
    }

    /// Reads the word in openings.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// What a leaf binds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// What sort of thing it is.
    pub kind: LeafKind,
    /// Its name: that of the file, `statement`, or the language of a story. Empty for a dummy.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Digest,
}

impl Item {
    /// The leaf that binds nothing.
    fn dummy() -> Self {
        Self {
            kind: LeafKind::Dummy,
            name: String::new(),
            media_type: "application/octet-stream".to_owned(),
            sha256: Sha256Digest([0; 32]),
        }
    }

    fn is_writable(&self) -> bool {
        let plain = |text: &str| text.len() <= 255 && !text.chars().any(char::is_control);
        if self.kind == LeafKind::Dummy {
            return *self == Self::dummy();
        }
        !self.name.is_empty()
            && plain(&self.name)
            && self.media_type.contains('/')
            && plain(&self.media_type)
    }
}

/// Why a seal cannot be made, or a leaf is not what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealFault {
    /// There are more than 256 things to seal.
    TooMany,
    /// There is nothing to seal.
    Nothing,
    /// A name or media type cannot be written.
    Unwritable,
    /// The opening does not have the form of one.
    Form,
    /// The opening is one of another record, issuer or size.
    OtherSeal,
    /// The opening is not in the sealed tree.
    NotInTree,
    /// There is no leaf with this index.
    NoSuchLeaf,
}

impl fmt::Display for SealFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => {
                "a seal holds at most 256 things; put some of the files into one archive"
            }
            Self::Nothing => "there is nothing to seal",
            Self::Unwritable => "a file has a name that cannot be sealed; rename it",
            Self::Form => "it does not have the form of an opening",
            Self::OtherSeal => "it opens another record, not this one",
            Self::NotInTree => "it is not what was sealed",
            Self::NoSuchLeaf => "the seal has no leaf of that number",
        })
    }
}

impl std::error::Error for SealFault {}

/// What is public of a seal: what a record binds and every leaf is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// The issuer of the record, as its `issuer` says.
    pub issuer: String,
    /// The record.
    pub record: Uuid,
    /// Number of leaves.
    pub n: usize,
    /// Root of the tree.
    pub root: RootHash,
}

impl Commitment {
    /// The members of a record's subject: `leafCount`, `root`, `sealVersion` and, where one is
    /// wished, `title`.
    pub fn members(&self, title: Option<&Texts>) -> Object {
        let mut members = Object::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("leafCount", Value::Number(self.n as f64));
        put("root", self.root.0.to_string().into());
        put("sealVersion", VERSION.into());
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            put("title", record::texts_to_value(title));
        }
        members
    }

    /// Reads `leafCount`, `root` and `sealVersion` of a record's subject.
    pub fn from_members(issuer: &str, record: &Uuid, members: &Object) -> Option<Self> {
        let n = SIZES.into_iter().find(|n| {
            matches!(members.get("leafCount"), Some(Value::Number(count)) if *count == *n as f64)
        })?;
        let root = RootHash(Hash::parse(members.get("root")?.as_str()?)?);
        let version = members.get("sealVersion")?.as_str()?;
        (version == VERSION).then(|| Self {
            issuer: issuer.to_owned(),
            record: record.clone(),
            n,
            root,
        })
    }

    /// Checks that a leaf was sealed, and says what it binds.
    ///
    /// # Errors
    /// If it has another form, belongs to another seal, or is not in the tree.
    pub fn verify(&self, leaf: &LeafOpening) -> Result<Item, SealFault> {
        let opening = Opening::from_value(&leaf.opening).ok_or(SealFault::Form)?;
        if opening.issuer != self.issuer || opening.record != self.record || opening.n != self.n {
            return Err(SealFault::OtherSeal);
        }
        let hash = LeafHash::of(&jcs::encode(&leaf.opening));
        match leaf.path.verify(opening.index as u64, hash, self.n as u64, self.root) {
            true => Ok(opening.item),
            false => Err(SealFault::NotInTree),
        }
    }
}

/// What is hashed for one leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opening {
    issuer: String,
    record: Uuid,
    index: usize,
    n: usize,
    salt: [u8; 32],
    item: Item,
}

impl Opening {
    fn to_value(&self) -> Value {
        Value::from([
            ("v", VERSION.into()),
            ("issuer", self.issuer.as_str().into()),
            ("record", self.record.to_urn().into()),
            ("index", Value::Number(self.index as f64)),
            ("n", Value::Number(self.n as f64)),
            ("salt", BASE64.encode(&self.salt).into()),
            ("kind", self.item.kind.name().into()),
            ("name", self.item.name.as_str().into()),
            ("mediaType", self.item.media_type.as_str().into()),
            ("sha256", self.item.sha256.to_string().into()),
        ])
    }

    fn from_value(value: &Value) -> Option<Self> {
        let n = whole(value.member("n")?).filter(|n| SIZES.contains(n))?;
        let opening = Self {
            issuer: value.text("issuer")?.to_owned(),
            record: Uuid::from_urn(value.text("record")?)?,
            index: whole(value.member("index")?).filter(|index| *index < n)?,
            n,
            salt: base64::decode(value.text("salt")?)?.try_into().ok()?,
            item: item_from_value(value)?,
        };
        (opening.item.is_writable() && opening.to_value() == *value).then_some(opening)
    }
}

fn whole(value: &Value) -> Option<usize> {
    match value {
        Value::Number(number) if number.fract() == 0.0 && (0.0..=256.0).contains(number) => {
            Some(*number as usize)
        }
        _ => None,
    }
}

/// Reads `kind`, `name`, `mediaType` and `sha256`.
fn item_from_value(value: &Value) -> Option<Item> {
    let digest = data_encoding::HEXLOWER.decode(value.text("sha256")?.as_bytes()).ok()?;
    Some(Item {
        kind: LeafKind::parse(value.text("kind")?)?,
        name: value.text("name")?.to_owned(),
        media_type: value.text("mediaType")?.to_owned(),
        sha256: Sha256Digest(digest.try_into().ok()?),
    })
}

/// One leaf that is opened: what was hashed, and its way to the root.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafOpening {
    /// What was hashed, before it is written canonically.
    pub opening: Value,
    /// Hashes from the leaf to the root.
    pub path: InclusionProof,
}

impl LeafOpening {
    /// The canonical bytes that were hashed.
    pub fn bytes(&self) -> Vec<u8> {
        jcs::encode(&self.opening)
    }

    /// Its place in the tree; `None` if it does not have the form of an opening.
    pub fn index(&self) -> Option<usize> {
        Opening::from_value(&self.opening).map(|opening| opening.index)
    }

    /// Writes `{index, opening, path}`, as records of a disclosure carry it.
    pub fn to_value(&self) -> Value {
        let index = self.opening.member("index").cloned().unwrap_or(Value::Null);
        let path = self.path.0.iter().map(|hash| hash.to_string().into());
        Value::from([
            ("index", index),
            ("opening", self.opening.clone()),
            ("path", path.collect::<Vec<_>>().into()),
        ])
    }

    /// Reads `{index, opening, path}`; `None` for anything that [`LeafOpening::to_value`] does
    /// not write.
    pub fn from_value(value: &Value) -> Option<Self> {
        let opening = value.member("opening")?.clone();
        Opening::from_value(&opening)?;
        let hashes = value.member("path")?.as_array()?;
        let path = hashes.iter().map(|hash| Hash::parse(hash.as_str()?));
        let leaf = Self { opening, path: InclusionProof(path.collect::<Option<_>>()?) };
        (leaf.to_value() == *value).then_some(leaf)
    }
}

/// A sealed tree with all that opens it. Secret as a whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Seal {
    commitment: Commitment,
    openings: Vec<Opening>,
    leaves: Vec<Hash>,
}

/// Says what is public only.
impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seal").field(&self.commitment).finish_non_exhaustive()
    }
}

impl Seal {
    /// Seals items for the record with this UUID.
    ///
    /// The same seed, record and items in the same order give the same tree; the seed must be
    /// random, secret and used for one record only.
    ///
    /// # Errors
    /// If there are none or more than 256 items, or one cannot be written.
    pub fn new(
        issuer: &str,
        record: &Uuid,
        seed: &[u8; 32],
        items: Vec<Item>,
    ) -> Result<Self, SealFault> {
        if items.is_empty() {
            return Err(SealFault::Nothing);
        }
        let n = SIZES.into_iter().find(|n| items.len() <= *n).ok_or(SealFault::TooMany)?;
        if items.iter().any(|item| item.kind == LeafKind::Dummy || !item.is_writable()) {
            return Err(SealFault::Unwritable);
        }
        let mut places: Vec<usize> = (0..n).collect();
        places.sort_by_cached_key(|place| derive(seed, "selvedge.seal/1 place", *place));
        let mut at_place: Vec<Item> = vec![Item::dummy(); n];
        for (item, place) in items.into_iter().zip(places) {
            at_place[place] = item;
        }
        let openings: Vec<Opening> = at_place
            .into_iter()
            .enumerate()
            .map(|(index, item)| Opening {
                issuer: issuer.to_owned(),
                record: record.clone(),
                index,
                n,
                salt: derive(seed, "selvedge.seal/1 salt", index),
                item,
            })
            .collect();
        let leaf = |opening: &Opening| LeafHash::of(&jcs::encode(&opening.to_value())).0;
        let leaves: Vec<Hash> = openings.iter().map(leaf).collect();
        let root = RootHash(Hash::of_perfect(&leaves));
        let commitment = Commitment { issuer: issuer.to_owned(), record: record.clone(), n, root };
        Ok(Self { commitment, openings, leaves })
    }

    /// What is public of it.
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// Number of leaves: 16, 64 or 256.
    pub fn n(&self) -> usize {
        self.commitment.n
    }

    /// Root of the tree.
    pub fn root(&self) -> RootHash {
        self.commitment.root
    }

    /// The members of a record's subject; see [`Commitment::members`].
    pub fn members(&self, title: Option<&Texts>) -> Object {
        self.commitment.members(title)
    }

    /// What is sealed, with the index of its leaf, in the order of the leaves; no dummies.
    pub fn items(&self) -> impl Iterator<Item = (usize, &Item)> {
        let all = self.openings.iter().map(|opening| (opening.index, &opening.item));
        all.filter(|(_, item)| item.kind != LeafKind::Dummy)
    }

    /// Opens the leaves with these indices, in their order.
    ///
    /// # Errors
    /// If there is no such leaf.
    pub fn open(&self, indices: &[usize]) -> Result<Vec<LeafOpening>, SealFault> {
        indices.iter().map(|index| self.open_one(*index)).collect()
    }

    fn open_one(&self, index: usize) -> Result<LeafOpening, SealFault> {
        let opening = self.openings.get(index).ok_or(SealFault::NoSuchLeaf)?;
        let mut node = |level: u32, number: u64| {
            let start = (number as usize) << level;
            Ok::<_, Infallible>(Hash::of_perfect(&self.leaves[start..start + (1 << level)]))
        };
        let Ok(path) =
            merkle::InclusionProof::make(index as u64, self.leaves.len() as u64, &mut node);
        Ok(LeafOpening { opening: opening.to_value(), path })
    }
}

/// HMAC-SHA256 of a label and a number under the seed.
fn derive(seed: &[u8; 32], label: &str, number: usize) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(seed).expect("HMAC takes keys of any length");
    mac.update(label.as_bytes());
    mac.update(&u32::try_from(number).expect("at most 256").to_be_bytes());
    mac.finalize().into_bytes().into()
}

/// A file of openings for one party, `*.opening.json`: leaves with the record that sealed them.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningFile {
    /// What the leaves are checked against. A reader compares it with the record itself: the
    /// file is signed by nobody.
    pub commitment: Commitment,
    /// SHA-256 of the record's file.
    pub digest: Sha256Digest,
    /// The leaves.
    pub opened: Vec<LeafOpening>,
}

impl OpeningFile {
    /// Writes the file, in canonical form.
    pub fn encode(&self) -> Vec<u8> {
        let record = Value::from([
            ("id", self.commitment.record.to_urn().into()),
            ("digestSRI", self.digest.to_sri().into()),
        ]);
        let opened: Vec<Value> = self.opened.iter().map(LeafOpening::to_value).collect();
        jcs::encode(&Value::from([
            ("v", FILE_VERSION.into()),
            ("issuer", self.commitment.issuer.as_str().into()),
            ("record", record),
            ("leafCount", Value::Number(self.commitment.n as f64)),
            ("root", self.commitment.root.0.to_string().into()),
            ("opened", opened.into()),
        ]))
    }

    /// Reads a file that [`OpeningFile::encode`] wrote, and checks each of its leaves against
    /// the root that it names. Line ends behind it, which mail programs add, are taken.
    ///
    /// # Errors
    /// If it has another form, or a leaf does not hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealFault> {
        let bytes = bytes.trim_ascii_end();
        if bytes.len() > MAX_FILE_BYTES {
            return Err(SealFault::Form);
        }
        let value = json::parse(bytes).map_err(|_| SealFault::Form)?;
        let file = Self::from_value(&value).ok_or(SealFault::Form)?;
        if file.encode() != bytes {
            return Err(SealFault::Form);
        }
        file.items()?;
        Ok(file)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let record = value.member("record")?;
        let n = whole(value.member("leafCount")?).filter(|n| SIZES.contains(n))?;
        let opened = value.member("opened")?.as_array()?;
        Some(Self {
            commitment: Commitment {
                issuer: value.text("issuer")?.to_owned(),
                record: Uuid::from_urn(record.text("id")?)?,
                n,
                root: RootHash(Hash::parse(value.text("root")?)?),
            },
            digest: Sha256Digest::from_sri(record.text("digestSRI")?)?,
            opened: opened.iter().map(LeafOpening::from_value).collect::<Option<_>>()?,
        })
    }

    /// What its leaves bind, each checked.
    ///
    /// # Errors
    /// The first that does not hold.
    pub fn items(&self) -> Result<Vec<Item>, SealFault> {
        self.opened.iter().map(|leaf| self.commitment.verify(leaf)).collect()
    }

    /// The items whose bytes these are.
    ///
    /// # Errors
    /// If a leaf does not hold.
    pub fn matching(&self, bytes: &[u8]) -> Result<Vec<Item>, SealFault> {
        let digest = Sha256Digest::of(bytes);
        let is_it = |item: &Item| item.kind != LeafKind::Dummy && item.sha256 == digest;
        Ok(self.items()?.into_iter().filter(is_it).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    const ISSUER: &str = "did:web:brand.example";
    const SEED: [u8; 32] = [7; 32];

    fn uuid() -> Uuid {
        Uuid::from_random([9; 16])
    }

    fn items(count: usize) -> Vec<Item> {
        let item = |number: usize| Item {
            kind: LeafKind::File,
            name: format!("{number}.txt"),
            media_type: "text/plain".to_owned(),
            sha256: Sha256Digest::of(number.to_string().as_bytes()),
        };
        (0..count).map(item).collect()
    }

    fn seal(count: usize) -> Seal {
        Seal::new(ISSUER, &uuid(), &SEED, items(count)).unwrap()
    }

    #[test]
    fn sizes_hide_the_number() {
        for (count, n) in [(1, 16), (16, 16), (17, 64), (64, 64), (65, 256), (256, 256)] {
            let seal = seal(count);
            assert_eq!(seal.n(), n);
            assert_eq!(seal.items().count(), count);
        }
        let fault = |items| Seal::new(ISSUER, &uuid(), &SEED, items).unwrap_err();
        assert_eq!(fault(items(257)), SealFault::TooMany);
        assert_eq!(fault(Vec::new()), SealFault::Nothing);
        assert_eq!(fault(vec![Item::dummy()]), SealFault::Unwritable);
        // A few files do not stand at the first places.
        assert_ne!(seal(3).items().map(|(index, _)| index).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn every_leaf_opens_and_no_altered_one() {
        for count in [3, 20, 100] {
            let seal = seal(count);
            let all: Vec<usize> = (0..seal.n()).collect();
            let mut found = Vec::new();
            for leaf in seal.open(&all).unwrap() {
                let read = LeafOpening::from_value(&leaf.to_value()).unwrap();
                assert_eq!(read, leaf);
                let item = seal.commitment().verify(&leaf).unwrap();
                if item.kind != LeafKind::Dummy {
                    found.push(item);
                }
                for name in ["salt", "name", "mediaType", "sha256", "index", "record", "issuer"] {
                    let mut altered = leaf.clone();
                    let Value::Object(members) = &mut altered.opening else { unreachable!() };
                    members.insert(name.to_owned(), "x".into());
                    assert!(seal.commitment().verify(&altered).is_err(), "{name}");
                }
                let mut altered = leaf;
                altered.path.0[0] = Hash([0; 32]);
                assert_eq!(seal.commitment().verify(&altered), Err(SealFault::NotInTree));
            }
            found.sort();
            let mut expected = items(count);
            expected.sort();
            assert_eq!(found, expected);
            assert_eq!(seal.open(&[seal.n()]), Err(SealFault::NoSuchLeaf));
        }
    }

    #[test]
    fn a_leaf_opens_its_own_record_only() {
        let leaf = seal(3).open(&[0]).unwrap().remove(0);
        let mut other = seal(3).commitment().clone();
        other.record = Uuid::from_random([8; 16]);
        assert_eq!(other.verify(&leaf), Err(SealFault::OtherSeal));
        let other = Seal::new(ISSUER, &uuid(), &[8; 32], items(3)).unwrap();
        assert_eq!(other.commitment().verify(&leaf), Err(SealFault::NotInTree));
    }

    /// The bytes of a leaf, written out once by hand: a change of the format shows here.
    #[test]
    fn the_bytes_are_those_of_the_format() {
        let seal = seal(1);
        let (index, _) = seal.items().next().unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&SEED).unwrap();
        mac.update(b"selvedge.seal/1 salt\0\0\0");
        mac.update(&[index as u8]);
        let salt = BASE64.encode(&mac.finalize().into_bytes());
        let digest = Sha256Digest::of(b"0");
        let text = format!(
            "{{\"index\":{index},\"issuer\":\"did:web:brand.example\",\"kind\":\"file\",\
             \"mediaType\":\"text/plain\",\"n\":16,\"name\":\"0.txt\",\
             \"record\":\"urn:uuid:09090909-0909-4909-8909-090909090909\",\"salt\":\"{salt}\",\
             \"sha256\":\"{digest}\",\"v\":\"selvedge.seal/1\"}}"
        );
        let leaf = seal.open(&[index]).unwrap().remove(0);
        assert_eq!(String::from_utf8(leaf.bytes()).unwrap(), text);
        let mut hash: [u8; 32] =
            Sha256::new().chain_update([0]).chain_update(text).finalize().into();
        for (level, sibling) in leaf.path.0.iter().enumerate() {
            let (left, right) =
                if index >> level & 1 == 0 { (hash, sibling.0) } else { (sibling.0, hash) };
            let node = Sha256::new().chain_update([1]).chain_update(left).chain_update(right);
            hash = node.finalize().into();
        }
        assert_eq!(RootHash(Hash(hash)), seal.root());
    }

    #[test]
    fn members_are_read_back() {
        let seal = seal(2);
        let title = vec![record::LangText { language: "en".into(), text: "A shawl".into() }];
        for title in [None, Some(&title)] {
            let members = seal.members(title);
            assert_eq!(members.len(), 3 + usize::from(title.is_some()));
            let read = Commitment::from_members(ISSUER, &uuid(), &members).unwrap();
            assert_eq!(&read, seal.commitment());
        }
        let mut members = seal.members(None);
        members.insert("leafCount".to_owned(), Value::Number(17.0));
        assert_eq!(Commitment::from_members(ISSUER, &uuid(), &members), None);
    }

    #[test]
    fn a_file_of_openings_is_strict() {
        let seal = seal(4);
        let indices: Vec<usize> = seal.items().map(|(index, _)| index).take(2).collect();
        let file = OpeningFile {
            commitment: seal.commitment().clone(),
            digest: Sha256Digest::of(b"the record"),
            opened: seal.open(&indices).unwrap(),
        };
        let bytes = file.encode();
        assert_eq!(OpeningFile::parse(&bytes), Ok(file.clone()));
        assert_eq!(OpeningFile::parse(&[&bytes[..], b"\r\n"].concat()), Ok(file.clone()));
        let name = file.items().unwrap()[0].name.clone();
        let number = name.trim_end_matches(".txt");
        assert_eq!(file.matching(number.as_bytes()).unwrap()[0].name, name);
        assert!(file.matching(b"other").unwrap().is_empty());
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            // The digest of the record is compared with the record, not here.
            let other = OpeningFile::parse(&altered);
            assert!(other.is_err() || other.unwrap().digest != file.digest, "byte {at}");
        }
    }

    #[test]
    fn nothing_secret_shows_in_debug_text() {
        let text = format!("{:?}", seal(1));
        assert!(
            !text.contains("0.txt") && !text.contains(&BASE64.encode(&seal(1).openings[0].salt))
        );
    }
}
