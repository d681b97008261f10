//! Seals a design: its folder leaves the site, and what stays is one hash.
//!
//! The steps, each durable before the next begins:
//!
//! 1. refusals: what was published, recorded, or given to git cannot be sealed any more;
//! 2. `.gitignore` names `private/`, and git agrees that it is ignored;
//! 3. the opening (seed and list) is written to a place outside the site's folder, and read back;
//! 4. `private/sealed/<16 random hex digits>/leaves/` gets the exact bytes of every leaf;
//! 5. `seal.json` beside it gets the opening;
//! 6. `designs/<slug>` is renamed to `design` beside it.
//!
//! A crash before step 5 leaves the design where it was, and copies that nobody needs; after it
//! [`complete`] makes the rename. The exact bytes are kept because stripping a photograph may
//! give other bytes in a later version. Signing the record is for whoever calls, afterwards: a
//! seal without a record has lost nothing. Whoever calls also holds the folder's lock, as an open
//! [`Register`](super::Register) does: so keys, clock and register are known to be good before
//! the design moves.
//!
//! Git is asked by running it, as the person's own git sees the folder; where there is a
//! repository and no git, nothing is sealed.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use super::{Master, unreadable};
use crate::check::Site;
use crate::evidence::{self, Evidence};
use crate::media::{self, Limits};
use crate::model;
use crate::provenance::base64;
use crate::provenance::jcs;
use crate::provenance::json::{self, Value};
use crate::provenance::log::{Hash, RootHash};
use crate::provenance::record::{self, Media, Photograph, Sha256Digest, Uuid};
use crate::provenance::seal::{Item, LeafKind, LeafOpening, OpeningFile, Seal, SealFault};
use crate::write::{self, Disk, MANIFEST, Mode, plain_words};

/// The folder of sealed designs below the site's.
pub const FOLDER: &str = "private/sealed";

const VERSION: &str = "selvedge.sealed/1";
const OPENING: &str = "seal.json";
const LEAVES: &str = "leaves";
const DESIGN: &str = "design";
/// A list of 256 items is far smaller.
const MAX_OPENING_BYTES: u64 = 1 << 20;
const MAX_FILES: usize = 1000;

/// What is to be sealed, and for which record.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The site as it stands.
    pub site: &'a Site,
    /// The design.
    pub design: &'a model::Design,
    /// The site's folder.
    pub root: &'a Path,
    /// What is recorded already.
    pub evidence: &'a Evidence,
    /// Folders that the site was built into.
    pub outputs: &'a [PathBuf],
    /// The issuer, as the record will name it.
    pub issuer: &'a str,
    /// The issuer's address, with its final slash.
    pub base: &'a str,
    /// The UUID that the record will have.
    pub record: &'a Uuid,
    /// 32 random bytes, for this seal only.
    pub seed: &'a [u8; 32],
    /// Eight random bytes, which name the folder.
    pub folder: [u8; 8],
    /// A folder outside the site's for the copy of the opening, best on another disk.
    pub backup_to: &'a Path,
}

/// A sealed design, as its folder keeps it. Secret as a whole.
pub struct Sealed {
    /// The name of its folder below [`FOLDER`].
    pub folder: String,
    /// The id that the design had.
    pub slug: String,
    /// The tree, with all that opens it.
    pub seal: Seal,
    /// What all salts come from.
    pub seed: Zeroizing<[u8; 32]>,
}

/// Says no secret.
impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Where the copy of the opening went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Whether it lies on the same disk as the site, as far as the system tells: then one broken
    /// disk takes both, and the person should be told.
    pub is_same_disk: bool,
}

/// Why a design was not sealed, or not opened.
#[derive(Debug)]
pub enum SealError {
    /// The disk failed.
    Disk(write::Error),
    /// A file could not be read or is not what was written.
    Read(String),
    /// It cannot be sealed, because it is no secret or would not stay one.
    Refused(String),
    /// The tree cannot be made, or a leaf does not hold.
    Fault(SealFault),
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Read(why) | Self::Refused(why) => f.write_str(why),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for SealError {}

impl From<write::Error> for SealError {
    fn from(error: write::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<SealFault> for SealError {
    fn from(fault: SealFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<super::AttestError> for SealError {
    fn from(error: super::AttestError) -> Self {
        Self::Read(error.to_string())
    }
}

/// A leaf with its bytes.
struct Leaf {
    item: Item,
    bytes: Vec<u8>,
}

/// Seals a design and moves its folder out of the site.
///
/// # Errors
/// If it is no secret any more (published, recorded, known to git, named by a product), if it
/// cannot be kept one, or if the disk fails. The design is then still in its place, unless the
/// disk failed at the last step; [`complete`] finishes that one.
pub fn seal(request: &Request<'_>, disk: &dyn Disk) -> Result<(Sealed, Backup), SealError> {
    let slug = request.design.id.as_str();
    let place = format!("designs/{slug}");
    let files = files_of(request.root, &place)?;
    expect_secret(request, &place, &files)?;
    let leaves = leaves(request, &place, &files)?;
    let items = leaves.iter().map(|leaf| leaf.item.clone()).collect();
    let seal = Seal::new(request.issuer, request.record, request.seed, items)?;
    let folder = HEXLOWER.encode(&request.folder);
    let sealed =
        Sealed { folder, slug: slug.to_owned(), seal, seed: Zeroizing::new(*request.seed) };

    ignore_private(request.root, disk)?;
    let opening = Zeroizing::new(sealed.encode(&leaves));
    let backup = back_up(request, &sealed.folder, &opening, disk)?;

    let target = request.root.join(FOLDER).join(&sealed.folder);
    if target.exists() {
        return Err(SealError::Refused(format!("{} is there already", target.display())));
    }
    write::create_folders(disk, &request.root.join("private"), Mode::Secret)?;
    write::create_folders(disk, &request.root.join(FOLDER), Mode::Secret)?;
    write::create_folders(disk, &target, Mode::Secret)?;
    write::create_folders(disk, &target.join(LEAVES), Mode::Secret)?;
    for leaf in &leaves {
        let path = target.join(LEAVES).join(leaf.item.sha256.to_string());
        write::replace(disk, &path, &leaf.bytes, Mode::Secret)?;
    }
    write::replace(disk, &target.join(OPENING), &opening, Mode::Secret)?;
    super::withdraw::forget_photographs(request.root, disk)?;
    if let Err(error) = move_away(request.root, &place, &target, disk) {
        if !target.join(DESIGN).exists() && request.root.join(&place).exists() {
            // Nothing was moved (another disk, perhaps): as if it had not begun.
            let _ = disk.remove_file(&target.join(OPENING));
            let _ = disk.remove_tree(&target);
        }
        return Err(error);
    }
    Ok((sealed, backup))
}

/// Finishes what a crash interrupted: moves designs whose seal is complete, and removes copies
/// of those whose seal is not. Gives the ids of the designs that were moved now. A damaged opening is passed over:
/// [`unfinished`] names it.
///
/// # Errors
/// If the disk fails.
pub fn complete(root: &Path, disk: &dyn Disk) -> Result<Vec<String>, SealError> {
    let mut moved = Vec::new();
    for folder in folders(root)? {
        let target = root.join(FOLDER).join(&folder);
        if target.join(DESIGN).exists() {
            continue;
        }
        if !target.join(OPENING).exists() {
            disk.remove_tree(&target).map_err(|e| write::Error::failed("remove", &target, e))?;
            continue;
        }
        let Ok(sealed) = load(root, &folder) else { continue };
        let place = format!("designs/{}", sealed.slug);
        if root.join(&place).exists() {
            move_away(root, &place, &target, disk)?;
            moved.push(sealed.slug);
        }
    }
    Ok(moved)
}

/// What is still to be done about sealed designs.
#[derive(Debug, Default)]
pub struct Unfinished {
    /// Those whose record was not signed: the signing was interrupted after the seal was made.
    pub unsigned: Vec<Sealed>,
    /// Openings that cannot be read or do not hold, each in words, with what to do.
    pub damaged: Vec<String>,
}

/// What is still to be done about sealed designs.
///
/// # Errors
/// If the folder cannot be listed.
pub fn unfinished(root: &Path, records: &super::SiteLookup<'_>) -> Result<Unfinished, SealError> {
    let mut found = Unfinished::default();
    for folder in folders(root)? {
        let sealed = match load(root, &folder) {
            Ok(sealed) => sealed,
            Err(why) => {
                found.damaged.push(why.to_string());
                continue;
            }
        };
        let uuid = sealed.seal.commitment().record.clone();
        if !records.records().any(|signed| signed.record().uuid == uuid) {
            found.unsigned.push(sealed);
        }
    }
    Ok(found)
}

/// Whether the folder of a sealed design is still where it was before.
#[must_use]
pub fn is_in_place(root: &Path, sealed: &Sealed) -> bool {
    !root.join(FOLDER).join(&sealed.folder).join(DESIGN).exists()
        && root.join("designs").join(&sealed.slug).exists()
}

/// The names of all folders of sealed designs, in order.
///
/// # Errors
/// If the folder cannot be read.
pub fn folders(root: &Path) -> Result<Vec<String>, SealError> {
    let entries = match fs::read_dir(root.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| unreadable(FOLDER, &error))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(FOLDER, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_folder_name(&name) && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn is_folder_name(name: &str) -> bool {
    name.len() == 16 && HEXLOWER.decode(name.as_bytes()).is_ok()
}

/// Loads a sealed design and makes its tree again.
///
/// # Errors
/// If the opening cannot be read, or does not give the root that it names.
pub fn load(root: &Path, folder: &str) -> Result<Sealed, SealError> {
    if !is_folder_name(folder) {
        return Err(SealError::Read(format!("{folder} is not the name of a sealed design")));
    }
    let path = format!("{FOLDER}/{folder}/{OPENING}");
    let remedy = format!(
        "put its copy in its place: cp /path/to/your/stick/selvedge-seal-{folder}.json {}",
        root.join(&path).display()
    );
    let too_long = fs::metadata(root.join(&path)).is_ok_and(|m| m.len() > MAX_OPENING_BYTES);
    let bytes = match too_long {
        true => return Err(SealError::Read(format!("{path} is too long; {remedy}"))),
        false => fs::read(root.join(&path))
            .map_err(|error| SealError::Read(format!("{}; {remedy}", unreadable(&path, &error))))?,
    };
    Sealed::decode(folder, &bytes)
        .ok_or_else(|| SealError::Read(format!("{path} was altered or damaged; {remedy}")))
}

impl Sealed {
    /// The opening, as `seal.json` and its backup keep it.
    fn encode(&self, leaves: &[Leaf]) -> Vec<u8> {
        let item = |leaf: &Leaf| {
            Value::from([
                ("kind", leaf.item.kind.name().into()),
                ("name", leaf.item.name.as_str().into()),
                ("mediaType", leaf.item.media_type.as_str().into()),
                ("sha256", leaf.item.sha256.to_string().into()),
            ])
        };
        let commitment = self.seal.commitment();
        jcs::encode(&Value::from([
            ("v", VERSION.into()),
            ("slug", self.slug.as_str().into()),
            ("issuer", commitment.issuer.as_str().into()),
            ("record", commitment.record.to_urn().into()),
            ("seed", BASE64.encode(&*self.seed).into()),
            ("root", commitment.root.0.to_string().into()),
            ("items", leaves.iter().map(item).collect::<Vec<_>>().into()),
        ]))
    }

    fn decode(folder: &str, bytes: &[u8]) -> Option<Self> {
        let value = json::parse(bytes).ok().filter(|value| value.text("v") == Some(VERSION))?;
        let slug = model::Slug::parse(value.text("slug")?).ok()?;
        let record = Uuid::from_urn(value.text("record")?)?;
        let seed = base64::decode(value.text("seed")?)?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.try_into().ok()?);
        let item = |value: &Value| {
            let digest = HEXLOWER.decode(value.text("sha256")?.as_bytes()).ok()?;
            Some(Item {
                kind: LeafKind::parse(value.text("kind")?)?,
                name: value.text("name")?.to_owned(),
                media_type: value.text("mediaType")?.to_owned(),
                sha256: Sha256Digest(digest.try_into().ok()?),
            })
        };
        let items = value.member("items")?.as_array()?.iter().map(item).collect::<Option<_>>()?;
        let seal = Seal::new(value.text("issuer")?, &record, &seed, items).ok()?;
        let root = RootHash(Hash::parse(value.text("root")?)?);
        (seal.root() == root).then(|| Self {
            folder: folder.to_owned(),
            slug: slug.as_str().to_owned(),
            seal,
            seed,
        })
    }

    /// What to write on paper: the record, the seed in groups of four hex digits, and the list.
    ///
    /// The seed and the files, in this order, give the tree again.
    #[must_use]
    pub fn paper(&self) -> Vec<String> {
        let commitment = self.seal.commitment();
        let mut lines = vec![
            format!("record {}", commitment.record.to_urn()),
            format!("issuer {}", commitment.issuer),
            format!("root {}", commitment.root.0),
        ];
        let hex = HEXLOWER.encode(&*self.seed);
        for (at, half) in [&hex[..32], &hex[32..]].into_iter().enumerate() {
            let groups: Vec<&str> = (0..8).map(|group| &half[group * 4..group * 4 + 4]).collect();
            lines.push(format!("seed {} of 2: {}", at + 1, groups.join(" ")));
        }
        for (index, item) in self.seal.items() {
            lines.push(format!("leaf {index}: {} {} {}", item.kind.name(), item.name, item.sha256));
        }
        lines
    }
}

/// Opened leaves, with the bytes that they bind.
#[derive(Clone, Debug)]
pub struct Disclosed {
    /// The leaves, in the order asked for.
    pub leaves: Vec<LeafOpening>,
    /// The photographs among them, ready to be published.
    pub masters: Vec<Master>,
    /// The other things among them, with their bytes; no dummies.
    pub others: Vec<(Item, Vec<u8>)>,
}

/// Opens leaves of a sealed design. Writes nothing.
///
/// # Errors
/// If there is no such leaf, or its bytes are lost or altered.
pub fn open(root: &Path, sealed: &Sealed, indices: &[usize]) -> Result<Disclosed, SealError> {
    let leaves = sealed.seal.open(indices)?;
    let mut disclosed = Disclosed { leaves, masters: Vec::new(), others: Vec::new() };
    for leaf in &disclosed.leaves {
        let item = sealed.seal.commitment().verify(leaf)?;
        if item.kind == LeafKind::Dummy {
            continue;
        }
        let path = format!("{FOLDER}/{}/{LEAVES}/{}", sealed.folder, item.sha256);
        let bytes = fs::read(root.join(&path)).map_err(|error| unreadable(&path, &error))?;
        if Sha256Digest::of(&bytes) != item.sha256 {
            return Err(SealError::Read(format!(
                "{path} is damaged; restore it from a copy of private/"
            )));
        }
        match master_of(&item, &bytes, format!("{FOLDER}/{}/{DESIGN}", sealed.folder)) {
            Some(master) => disclosed.masters.push(master),
            None => disclosed.others.push((item, bytes)),
        }
    }
    Ok(disclosed)
}

fn master_of(item: &Item, bytes: &[u8], folder: String) -> Option<Master> {
    if item.kind != LeafKind::Photograph {
        return None;
    }
    let media = Media::ALL.into_iter().find(|media| media.media_type() == item.media_type)?;
    // The master keeps the one word of metadata that tells which side is up.
    let orientation = media::strip_metadata_master(bytes, &Limits::default()).ok()?.orientation;
    let photograph = Photograph {
        sha256: item.sha256,
        media,
        orientation: orientation.as_exif(),
        description: record::Texts::new(),
    };
    let source = format!("{folder}/{}", item.name);
    Some(Master { photograph, bytes: bytes.to_vec(), source })
}

/// Opens leaves for one party: writes a file of openings, which she gets together with the files.
///
/// `digest` is that of the signed record. The file may not stand where it would be published.
///
/// # Errors
/// If a leaf cannot be opened, the place is inside the site's folder but not in `private/`, or
/// the disk fails.
pub fn open_for_party(
    root: &Path,
    sealed: &Sealed,
    indices: &[usize],
    digest: Sha256Digest,
    to: &Path,
    disk: &dyn Disk,
) -> Result<Disclosed, SealError> {
    let disclosed = open(root, sealed, indices)?;
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !name.ends_with(".opening.json") {
        return Err(SealError::Refused(
            "the name of the file must end in .opening.json".to_owned(),
        ));
    }
    let place = real(to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    let site = real(root)?;
    if place.starts_with(&site) && !place.starts_with(site.join("private")) {
        return Err(SealError::Refused(format!(
            "{} is in the site's folder, where it could be published; write it elsewhere",
            to.display()
        )));
    }
    let commitment = sealed.seal.commitment().clone();
    let file = OpeningFile { commitment, digest, opened: disclosed.leaves.clone() };
    write::replace(disk, to, &file.encode(), Mode::Secret)?;
    Ok(disclosed)
}

/// The files below `private/` that git tracks: each is an error, since git gives them away.
///
/// # Errors
/// If there is a repository and git cannot be run.
pub fn tracked(root: &Path) -> Result<Vec<String>, SealError> {
    match Git::around(root)? {
        None => Ok(Vec::new()),
        Some(git) => git.list(&["ls-files", "-z", "--cached", "--", "private"]),
    }
}

/// Refuses what is no secret any more.
fn expect_secret(request: &Request<'_>, place: &str, files: &[String]) -> Result<(), SealError> {
    let refuse = |why: String| Err(SealError::Refused(format!("{place} cannot be sealed: {why}")));
    let slug = request.design.id.as_str();
    if let Some(product) = request.design.products.first() {
        let id = request.site.products[product.at()].id.as_str();
        return refuse(format!(
            "products/{id} names it, and would show it; take it out of `design` there first"
        ));
    }
    if request.evidence.of_design(slug).next().is_some() {
        return refuse("it has a public record already".to_owned());
    }
    if let Some(photo) = request.design.photos.iter().find(|photo| !files.contains(&photo.path)) {
        return refuse(format!(
            "its photograph {} is not in its folder; put it there first",
            photo.path
        ));
    }
    for output in request.outputs {
        if was_built(output, place)? {
            return refuse(format!(
                "it is in {}, so it may be public; if that was never put on the internet, delete that folder and try \
                 again",
                output.display()
            ));
        }
    }
    let Some(git) = Git::around(request.root)? else { return Ok(()) };
    if let Some(file) = git.list(&["ls-files", "-z", "--cached", "--", place, "private"])?.first() {
        return refuse(format!("git tracks {file}, and gives it to everyone who gets the folder"));
    }
    if !git.list(&["log", "--all", "-1", "-z", "--format=%h", "--", place])?.is_empty() {
        return refuse("git had it before, and keeps all that it ever had".to_owned());
    }
    match git.known(request.root, files)? {
        Some(file) => refuse(format!("git has kept the contents of {file}")),
        None => Ok(()),
    }
}

/// Whether a folder that the site was built into has pages or files of this place.
fn was_built(output: &Path, place: &str) -> Result<bool, SealError> {
    if output.join(place).exists() {
        return Ok(true);
    }
    match fs::read_to_string(output.join(MANIFEST)) {
        Ok(manifest) => Ok(manifest.contains(&format!("{place}/"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unreadable(&output.join(MANIFEST).display().to_string(), &error).into()),
    }
}

/// The files in a design's folder, as paths below the site's, in order.
fn files_of(root: &Path, place: &str) -> Result<Vec<String>, SealError> {
    let mut files = Vec::new();
    let mut folders = vec![place.to_owned()];
    let is_real = fs::symlink_metadata(root.join(place)).is_ok_and(|found| found.is_dir());
    if !is_real {
        return Err(SealError::Refused(format!("{place} is not a folder of its own")));
    }
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root.join(&folder)).map_err(|e| unreadable(&folder, &e))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let name = entry.file_name().into_string().ok().filter(|n| !n.contains('\n'));
            let Some(name) = name else {
                return Err(SealError::Fault(SealFault::Unwritable));
            };
            let path = format!("{folder}/{name}");
            let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
            match () {
                () if kind.is_dir() => folders.push(path),
                () if kind.is_file() => files.push(path),
                () => {
                    return Err(SealError::Refused(format!(
                        "{path} is a link, and only leads to a file; put the file itself there"
                    )));
                }
            }
        }
        if files.len() > MAX_FILES {
            return Err(SealError::Fault(SealFault::TooMany));
        }
    }
    files.sort();
    Ok(files)
}

/// What the leaves bind: words, photographs without metadata, stories, other files.
fn leaves(request: &Request<'_>, place: &str, files: &[String]) -> Result<Vec<Leaf>, SealError> {
    let mut photographs = Vec::new();
    let mut leaves = Vec::new();
    let mut put = |kind, name: &str, media_type: &str, bytes: Vec<u8>| {
        let sha256 = Sha256Digest::of(&bytes);
        let item = Item { kind, name: name.to_owned(), media_type: media_type.to_owned(), sha256 };
        leaves.push(Leaf { item, bytes });
    };
    let mut masters = BTreeSet::new();
    for photo in &request.design.photos {
        let bytes = fs::read(request.root.join(&photo.path))
            .map_err(|error| unreadable(&photo.path, &error))?;
        let (photograph, bytes) = evidence::master(request.site, photo, &bytes).map_err(|why| {
            SealError::Refused(format!("the photograph {} cannot be sealed: {why}", photo.path))
        })?;
        if masters.insert(photo.path.as_str()) {
            let name = photo.path.strip_prefix(place).unwrap_or(&photo.path);
            let media_type = photograph.media.media_type();
            put(LeafKind::Photograph, name.trim_start_matches('/'), media_type, bytes);
        }
        if photographs.iter().all(|other: &Photograph| other.sha256 != photograph.sha256) {
            photographs.push(photograph);
        }
    }
    for (locale, span) in request.design.body.entries() {
        let language = request.site.locale(locale).tag();
        let text = request.site.markdown(span).as_bytes().to_vec();
        put(LeafKind::Story, language, "text/markdown", text);
    }
    for path in files {
        let name = path.strip_prefix(place).unwrap_or(path).trim_start_matches('/');
        let is_page = name.starts_with("index.") && name.ends_with(".md");
        if is_page || name.starts_with('.') || masters.contains(path.as_str()) {
            continue;
        }
        let bytes = fs::read(request.root.join(path)).map_err(|error| unreadable(path, &error))?;
        match media::strip_metadata_master(&bytes, &Limits::default()) {
            Ok(stripped) => {
                let media = Media::ALL.into_iter().find(|m| m.extension() == stripped.extension);
                let media_type = media.unwrap_or(Media::Jpeg).media_type();
                put(LeafKind::Photograph, name, media_type, stripped.bytes);
            }
            Err(_) => put(LeafKind::File, name, media_type(name), bytes),
        }
    }
    let statement = evidence::statement(request.site, request.design, photographs);
    let words = statement.to_canonical(request.base);
    put(LeafKind::Statement, "statement", "application/json", words);
    Ok(leaves)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "txt" => "text/plain",
        "md" => "text/markdown",
        "pdf" => "application/pdf",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Writes the opening outside the site's folder and reads it back.
fn back_up(
    request: &Request<'_>,
    folder: &str,
    opening: &[u8],
    disk: &dyn Disk,
) -> Result<Backup, SealError> {
    let (place, site) = (real(request.backup_to)?, real(request.root)?);
    if place.starts_with(&site) || request.outputs.iter().any(|out| is_below(&place, out)) {
        return Err(SealError::Refused(format!(
            "the copy of the opening must lie outside the site's folder, and {} is inside it; name a folder on another \
             disk or stick",
            request.backup_to.display()
        )));
    }
    let path = place.join(format!("selvedge-seal-{folder}.json"));
    write::replace(disk, &path, opening, Mode::Secret)?;
    let again = fs::read(&path).map_err(|error| unreadable(&path.display().to_string(), &error))?;
    if again != opening {
        return Err(SealError::Read(format!(
            "{} does not hold what was written; use another disk",
            path.display()
        )));
    }
    Ok(Backup { is_same_disk: is_same_disk(&place, &site), path })
}

fn is_below(place: &Path, folder: &Path) -> bool {
    folder.canonicalize().is_ok_and(|folder| place.starts_with(folder))
}

#[cfg(unix)]
fn is_same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::metadata(path).ok().map(|found| found.dev());
    device(one) == device(other)
}

/// Where the system does not tell, it is taken to be the same.
#[cfg(not(unix))]
fn is_same_disk(_: &Path, _: &Path) -> bool {
    true
}

fn real(path: &Path) -> Result<PathBuf, SealError> {
    path.canonicalize().map_err(|error| unreadable(&path.display().to_string(), &error).into())
}

/// Sees to it that git ignores `private/`.
pub(super) fn ignore_private(root: &Path, disk: &dyn Disk) -> Result<(), SealError> {
    const PATH: &str = ".gitignore";
    let mut text = match fs::read(root.join(PATH)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unreadable(PATH, &error).into()),
    };
    let is_it = |line: &[u8]| {
        [&b"/private/"[..], b"private/", b"/private", b"private"].contains(&line.trim_ascii())
    };
    if !text.split(|byte| *byte == b'\n').any(is_it) {
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(b"/private/\n");
        write::replace(disk, &root.join(PATH), &text, Mode::Public)?;
    }
    let Some(git) = Git::around(root)? else { return Ok(()) };
    match git.run(&["check-ignore", "-q", "--no-index", "private/sealed/x"], b"")? {
        Some(_) => Ok(()),
        None => Err(SealError::Refused(
            "git would not ignore private/; take the line that begins with ! and lets it in out of .gitignore".to_owned(),
        )),
    }
}

/// Moves the design's folder beside its seal.
fn move_away(root: &Path, place: &str, target: &Path, disk: &dyn Disk) -> Result<(), SealError> {
    let from = root.join(place);
    disk.rename(&from, &target.join(DESIGN))
        .map_err(|e| write::Error::failed("move into private/", &from, e))?;
    for folder in [target, &root.join("designs")] {
        disk.sync_folder(folder).map_err(|e| write::Error::failed("make durable", folder, e))?;
    }
    Ok(())
}

/// The repository that a site's folder is in.
struct Git {
    root: PathBuf,
}

impl Git {
    /// `None` if there is no repository around the folder.
    fn around(root: &Path) -> Result<Option<Self>, SealError> {
        let root = real(root)?;
        if !root.ancestors().any(|folder| folder.join(".git").exists()) {
            return Ok(None);
        }
        let git = Self { root };
        match git.run(&["rev-parse", "--git-dir"], b"")? {
            Some(_) => Ok(Some(git)),
            None => Err(SealError::Refused(
                "git does not answer for this folder, so nobody knows whether it has the files; see what `git status` says"
                    .to_owned(),
            )),
        }
    }

    /// Runs git; gives what it printed, or `None` if it ended with an error.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Option<Vec<u8>>, SealError> {
        let no_git = |error: io::Error| {
            SealError::Refused(format!(
                "the folder is kept with git, and git cannot be run to ask whether it has the files ({}); install it and \
                 try again",
                plain_words(&error)
            ))
        };
        let mut command = Command::new("git");
        // A folder from a stranger must not make git run programs that it names.
        command.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath="]);
        command.arg("-C").arg(&self.root).args(arguments);
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"] {
            command.env_remove(name);
        }
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(no_git)?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may end before it has read everything; its exit code tells.
            let _ = stdin.write_all(input);
        }
        let output = child.wait_with_output().map_err(no_git)?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// Runs git for a list of names with zero bytes between them.
    fn list(&self, arguments: &[&str]) -> Result<Vec<String>, SealError> {
        let literal = [&["--literal-pathspecs"], arguments].concat();
        let Some(output) = self.run(&literal, b"")? else {
            return Err(SealError::Refused(format!(
                "git {} fails in this folder, so nobody knows whether it has the files",
                arguments[0]
            )));
        };
        let names = output.split(|byte| *byte == 0).map(<[u8]>::trim_ascii);
        let names = names.filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// The first of these files whose contents git has, from whatever was ever added.
    fn known(&self, root: &Path, files: &[String]) -> Result<Option<String>, SealError> {
        let has_bytes = |file: &&String| fs::metadata(root.join(file)).is_ok_and(|m| m.len() > 0);
        for file in files.iter().filter(has_bytes) {
            for filters in
                [&["hash-object", "--no-filters", "--", file][..], &["hash-object", "--", file]]
            {
                let Some(id) = self.run(filters, b"")? else {
                    return Err(SealError::Refused(format!(
                        "git cannot tell whether it has the contents of {file}"
                    )));
                };
                let answer = self.run(&["cat-file", "--batch-check"], &id)?.unwrap_or_default();
                if !answer.trim_ascii_end().ends_with(b" missing") {
                    return Ok(Some(file.clone()));
                }
            }
        }
        Ok(None)
    }
}
