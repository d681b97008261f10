//! The designs of the registers at hand.
//!
//! Only what is public is read: designs that stand on the public site, and Design records with the masters that they
//! name. A SealedDesign has no picture here, and nothing of it is kept; what `private/` holds is never opened. Designs
//! that were withdrawn, or are hidden or for dealers only now, are left out.
//!
//! Other registers are strangers' folders: what they hold is bounded, read through [`Files`], and passed over with a word
//! where it is broken. Nothing is judged here; whether a record holds, `selvedge verify` says.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::words::Words;
use crate::check::Site;
use crate::evidence;
use crate::media::{Limits, strip_metadata_master};
use crate::provenance::did::Did;
use crate::provenance::files::Files;
use crate::provenance::log::RecordId;
use crate::provenance::record::{Photograph, Sha256Digest, SignedRecord};
use crate::verify::fold::Tombstone;

/// The most records that are read of one register.
const MAX_RECORDS: usize = 20_000;
/// The most pictures that are looked at of one design.
pub(super) const MAX_PICTURES: usize = 16;
/// Largest record, in bytes.
const MAX_RECORD: usize = 1 << 20;

/// A register at hand: a name for the screen, and its folder.
pub struct Register<'a> {
    /// How the person names it: a folder, an address, or what the trust list calls it.
    pub name: String,
    /// Its files.
    pub files: &'a dyn Files,
}

/// A design of a register.
#[derive(Clone, Debug)]
pub struct Design {
    /// Which of the registers, from 0.
    pub register: usize,
    /// Where it stands there: `designs/eel-knot` or `records/IDF6JDYS….json`.
    pub place: String,
    /// Its id in its site.
    pub slug: String,
    /// Who signed its record; `None` if there is none yet.
    pub issuer: Option<Did>,
    /// What it is called, in its first language.
    pub title: String,
    /// Its words.
    pub words: Words,
    /// Its pictures.
    pub pictures: Vec<Picture>,
}

/// A picture of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Path below the register's folder.
    pub path: String,
    /// EXIF orientation of a record master, 1 to 8; `None` if the file says so itself.
    pub orientation: Option<u8>,
    /// The digest of a record master: what was published for ever may be remembered by it.
    pub digest: Option<Sha256Digest>,
}

impl Picture {
    pub(super) fn of(photograph: &Photograph) -> Self {
        Self {
            path: photograph.path(),
            orientation: Some(photograph.orientation),
            digest: Some(photograph.sha256),
        }
    }
}

/// The designs of a site's folder: those that stand on the public site, and those that its register has besides. `passed`
/// is told what was passed over.
pub fn own_designs(site: &Site, files: &dyn Files, passed: &mut Vec<String>) -> Vec<Design> {
    let mut recorded: BTreeMap<String, Design> = BTreeMap::new();
    let mut others = Vec::new();
    let hidden = hidden_masters(site, files);
    let is_on_site = |slug: &str| site.designs.iter().any(|design| design.id.as_str() == slug);
    for mut design in recorded_designs(0, files, passed) {
        design.pictures.retain(|picture| picture.digest.is_none_or(|it| !hidden.contains(&it)));
        // A folder that is there and not on the public site is hidden, or for a few: its record is not looked at either.
        let is_own = is_on_site(&design.slug)
            || files.list(&format!("designs/{}", design.slug)).is_ok_and(|it| it.is_empty());
        // Members' records may have the same id.
        let is_members = matches!(design.issuer, Some(Did::Key(_)));
        match () {
            () if is_members => others.push(design),
            () if !is_own => {}
            () if is_on_site(&design.slug) => {
                recorded.insert(design.slug.clone(), design);
            }
            () => others.push(design),
        }
    }
    let mut all: Vec<Design> = { site.designs.iter() }
        .map(|design| {
            let slug = design.id.as_str().to_owned();
            let said = evidence::statement(site, design, Vec::new());
            let signed = recorded.remove(&slug);
            let mut words = Words::of(&said);
            // What was signed is looked at as it was signed: it is the same picture, and can be remembered.
            let (issuer, pictures) = match signed {
                Some(signed) if !signed.pictures.is_empty() => {
                    words.join(signed.words);
                    (signed.issuer, signed.pictures)
                }
                _ => {
                    let picture = |photo: &crate::model::PhotoRef| Picture {
                        path: photo.path.clone(),
                        orientation: None,
                        digest: None,
                    };
                    (None, design.photos.iter().map(picture).take(MAX_PICTURES).collect())
                }
            };
            Design {
                register: 0,
                place: format!("designs/{slug}"),
                slug,
                issuer,
                title: design.name.original().to_owned(),
                words,
                pictures,
            }
        })
        .collect();
    all.extend(others);
    all
}

/// The digests of record masters of photographs that are hidden now.
fn hidden_masters(site: &Site, files: &dyn Files) -> BTreeSet<Sha256Digest> {
    let master = |path: &String| {
        let bytes = files.read(path).ok().flatten()?;
        let master = strip_metadata_master(&bytes, &Limits::default()).ok()?;
        Some(Sha256Digest(master.digest))
    };
    site.hidden_photos.iter().filter_map(master).collect()
}

/// The designs of a register, by its Design records: of several of one design the newest, and none that was withdrawn.
pub fn recorded_designs(
    register: usize,
    files: &dyn Files,
    passed: &mut Vec<String>,
) -> Vec<Design> {
    let names = match files.list("records") {
        Ok(names) => names,
        Err(error) => {
            passed.push(error.to_string());
            return Vec::new();
        }
    };
    let names: Vec<&String> = names.iter().filter(|name| name.ends_with(".json")).collect();
    if names.len() > MAX_RECORDS {
        passed.push(format!("only {MAX_RECORDS} of its {} records are looked at", names.len()));
    }
    let mut newest: BTreeMap<(String, String), SignedRecord> = BTreeMap::new();
    let mut withdrawn: BTreeSet<RecordId> = BTreeSet::new();
    let read = |name: &&String| -> Result<Option<SignedRecord>, String> {
        let path = format!("records/{name}");
        let bytes = files.read(&path).map_err(|error| error.to_string())?;
        let Some(bytes) = bytes else { return Ok(None) };
        if bytes.len() > MAX_RECORD {
            return Err(format!("{path}: it is far too large for a record"));
        }
        let signed = SignedRecord::parse(&bytes);
        signed.map(Some).map_err(|_| format!("{path}: it is no record, or was altered"))
    };
    let few = &names[..names.len().min(MAX_RECORDS)];
    let read: Vec<_> = few.par_iter().map(read).collect();
    for signed in read {
        let signed = match signed {
            Ok(Some(signed)) => signed,
            Ok(None) => continue,
            Err(why) => {
                passed.push(why);
                continue;
            }
        };
        if let Some(gone) = Tombstone::of(&signed) {
            withdrawn.insert(gone.target.id);
        }
        let Some(design) = signed.record().subject.as_design() else { continue };
        let key = (signed.record().issuer.to_string(), design.slug.clone());
        let is_newer = newest.get(&key).is_none_or(|other| other.created() <= signed.created());
        if is_newer {
            newest.insert(key, signed);
        }
    }
    newest.retain(|_, signed| !withdrawn.contains(&signed.id()));
    { newest.into_values() }
        .filter_map(|signed| design_of(&signed))
        .map(|design| Design { register, ..design })
        .collect()
}

/// A design that has a record, to ask about it; `None` for a record of another kind.
pub fn design_of(signed: &SignedRecord) -> Option<Design> {
    let design = signed.record().subject.as_design()?;
    Some(Design {
        register: 0,
        place: format!("records/{}.json", signed.id().short()),
        slug: design.slug.clone(),
        issuer: Some(signed.record().issuer.clone()),
        title: design.name.first().map_or(String::new(), |name| name.text.clone()),
        words: Words::of(design),
        pictures: design.photographs.iter().map(Picture::of).take(MAX_PICTURES).collect(),
    })
}
