//! Finding the photographs that a table names, below the folders that the person named.
//!
//! A name is only ever looked up among the files that were found by walking those folders, so
//! no cell can lead out of them; links are not followed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::report::{Finding, Kind, Report};
use crate::model::Slug;

/// Endings of files that are taken for pictures while looking.
const ENDINGS: [&str; 12] =
    ["jpg", "jpeg", "jpe", "png", "webp", "heic", "heif", "avif", "gif", "tif", "tiff", "bmp"];
const MAX_FILES: usize = 500_000;
const MAX_DEPTH: usize = 16;
/// Longest photograph in bytes.
const MAX_PHOTO_BYTES: u64 = 256 << 20;

/// The pictures below some folders.
#[derive(Debug, Default)]
pub(super) struct Photos {
    files: Vec<PhotoFile>,
    /// Positions in `files` by folded file name.
    by_name: BTreeMap<String, Vec<usize>>,
    used: BTreeSet<usize>,
}

#[derive(Debug)]
struct PhotoFile {
    path: PathBuf,
    /// As the person named the folder, and the path below it.
    shown: String,
    /// Folded parts of the path below the folder.
    parts: Vec<String>,
}

/// What a name in a table led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    Found { at: usize, others: usize },
    Missing(&'static str),
}

impl Photos {
    /// Lists the pictures below the folders; what cannot be listed is reported.
    pub(super) fn find(folders: &[PathBuf], report: &mut Report) -> Self {
        let mut photos = Self::default();
        let mut seen = BTreeSet::new();
        for folder in folders {
            photos.walk(folder, &mut seen, report);
        }
        for (at, file) in photos.files.iter().enumerate() {
            let name = file.parts.last().cloned().unwrap_or_default();
            photos.by_name.entry(name).or_default().push(at);
        }
        photos
    }

    fn walk(&mut self, root: &Path, seen: &mut BTreeSet<PathBuf>, report: &mut Report) {
        let mut folders = vec![(root.to_owned(), Vec::<String>::new())];
        let mut found = Vec::new();
        while let Some((folder, parts)) = folders.pop() {
            let entries =
                fs::read_dir(&folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
            let entries = match entries {
                Ok(entries) => entries,
                Err(error) => {
                    let words = format!("this folder cannot be opened ({error})");
                    report.push(Finding::new(
                        Kind::PhotoMissing,
                        folder.display().to_string(),
                        words,
                    ));
                    continue;
                }
            };
            for entry in entries {
                let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string())
                else {
                    continue;
                };
                if name.starts_with('.') {
                    continue;
                }
                let mut parts = parts.clone();
                parts.push(without_query(&name).to_owned());
                if kind.is_dir() && parts.len() < MAX_DEPTH {
                    folders.push((entry.path(), parts));
                } else if kind.is_file() && has_ending(&parts) {
                    found.push((entry.path(), parts));
                }
                if found.len() >= MAX_FILES {
                    let words = format!(
                        "more than {MAX_FILES} pictures lie here; the others were not looked at"
                    );
                    report.push(Finding::new(
                        Kind::PhotoMissing,
                        root.display().to_string(),
                        words,
                    ));
                    folders.clear();
                    break;
                }
            }
        }
        found.sort();
        for (path, parts) in found {
            // A folder may be named twice, or lie in another that is named.
            if !seen.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
                continue;
            }
            let shown = path.display().to_string();
            let parts = parts.iter().map(|part| part.to_lowercase()).collect();
            self.files.push(PhotoFile { path, shown, parts });
        }
    }

    /// Looks a name up: the file whose path ends like it in most parts.
    pub(super) fn look_up(&mut self, written: &str) -> Lookup {
        let is_address = written.contains("://");
        let plain = if is_address {
            let end = written.find(['?', '#']).unwrap_or(written.len());
            percent_encoding::percent_decode_str(&written[..end]).decode_utf8_lossy().into_owned()
        } else {
            written.to_owned()
        };
        let parts: Vec<String> = plain
            .split(['/', '\\'])
            .filter(|part| !part.is_empty() && *part != ".")
            .map(str::to_lowercase)
            .collect();
        if !is_address && parts.iter().any(|part| part == "..") {
            return Lookup::Missing("this leads out of the folder of the photographs");
        }
        let missing = if is_address {
            "this photograph is on the internet, and nothing is fetched from there; save it into the folder of the photographs"
        } else {
            "no such photograph is in the folders"
        };
        let Some(found) = parts.last().and_then(|name| self.by_name.get(name)) else {
            return Lookup::Missing(missing);
        };
        let alike = |at: usize| {
            let ours = self.files[at].parts.iter().rev();
            ours.zip(parts.iter().rev()).take_while(|(a, b)| a == b).count()
        };
        let most = found.iter().map(|at| alike(*at)).max().unwrap_or(0);
        let mut best = found.iter().copied().filter(|at| alike(*at) == most);
        let Some(at) = best.next() else { return Lookup::Missing(missing) };
        let others = best.count();
        self.used.insert(at);
        Lookup::Found { at, others }
    }

    /// The path of a photograph as it is shown.
    pub(super) fn shown(&self, at: usize) -> &str {
        &self.files[at].shown
    }

    /// The bytes of a photograph and the name it gets, or why a page cannot show it.
    pub(super) fn load(&self, at: usize) -> Result<(String, Vec<u8>), String> {
        let file = &self.files[at];
        let mut bytes = Vec::new();
        fs::File::open(&file.path)
            .and_then(|open| open.take(MAX_PHOTO_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|error| format!("this file cannot be read ({error})"))?;
        if bytes.len() as u64 > MAX_PHOTO_BYTES {
            return Err("this file is larger than any photograph".to_owned());
        }
        // Names lie more often than first bytes; whether the rest holds is `media`'s to say.
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        let ending = if starts(b"\xff\xd8\xff") {
            "jpg"
        } else if starts(b"\x89PNG\r\n\x1a\n") {
            "png"
        } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            "webp"
        } else if bytes.get(4..8) == Some(b"ftyp") {
            let words =
                "browsers cannot show this kind of photograph (HEIC or AVIF); save it as JPEG";
            return Err(words.to_owned());
        } else {
            return Err("this is not a JPEG, PNG or WebP photograph".to_owned());
        };
        let name = file.parts.last().map_or("", String::as_str);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Ok((format!("{}.{ending}", Slug::from_name(stem)), bytes))
    }

    /// The photographs that no look-up has found.
    pub(super) fn unused(&self) -> impl Iterator<Item = &str> {
        let is_unused = |at: &usize| !self.used.contains(at);
        (0..self.files.len()).filter(is_unused).map(|at| self.files[at].shown.as_str())
    }
}

fn has_ending(parts: &[String]) -> bool {
    parts.last().is_some_and(|name| is_picture(name))
}

fn is_picture(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// The name of a file that a program saved under its whole address: `cup.jpg?v=17` is `cup.jpg`.
fn without_query(name: &str) -> &str {
    let cut = name.split(['?', '@']).next().unwrap_or(name);
    if !is_picture(name) && is_picture(cut) { cut } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n rest";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, bytes).expect("written");
        }
        folder
    }

    #[test]
    fn a_photograph_is_found_by_the_end_of_its_path() {
        let folder = folder(&[
            ("media/m/b/cup.jpg", PNG),
            ("media/w/b/cup.jpg", PNG),
            ("media/Tall Jug.JPG", PNG),
            ("media/pot.jpg?v=17", PNG),
            ("notes.txt", b"x"),
        ]);
        let mut report = Report::default();
        let mut photos = Photos::find(&[folder.path().to_owned()], &mut report);
        let end = |photos: &Photos, lookup: Lookup| match lookup {
            Lookup::Found { at, others } => {
                let shown = photos.shown(at).replace('\\', "/");
                let base = folder.path().display().to_string().replace('\\', "/");
                Ok((shown[base.len() + 1..].to_owned(), others))
            }
            Lookup::Missing(words) => Err(words.split(',').next().unwrap_or_default().to_owned()),
        };
        let table = [
            ("/w/b/cup.jpg", Ok(("media/w/b/cup.jpg", 0))),
            ("cup.jpg", Ok(("media/m/b/cup.jpg", 1))),
            ("C:\\Users\\x\\m\\b\\CUP.JPG", Ok(("media/m/b/cup.jpg", 0))),
            ("https://shop.example/files/Tall%20Jug.jpg?v=1", Ok(("media/Tall Jug.JPG", 0))),
            ("https://shop.example/pot.jpg?v=17", Ok(("media/pot.jpg?v=17", 0))),
            ("jug.jpg", Err("no such photograph is in the folders")),
            ("notes.txt", Err("no such photograph is in the folders")),
            ("../m/b/cup.jpg", Err("this leads out of the folder of the photographs")),
            ("https://shop.example/x.jpg", Err("this photograph is on the internet")),
            ("", Err("no such photograph is in the folders")),
        ];
        for (written, expected) in table {
            let found = photos.look_up(written);
            let expected =
                expected.map(|(path, others)| (path.to_owned(), others)).map_err(str::to_owned);
            assert_eq!(end(&photos, found), expected, "{written}");
        }
        assert_eq!(photos.unused().count(), 0);
        let Lookup::Found { at, .. } = photos.look_up("tall jug.jpg") else { panic!("not found") };
        assert_eq!(photos.load(at).map(|(name, _)| name).as_deref(), Ok("tall-jug.png"));
    }

    #[test]
    fn what_is_no_photograph_is_refused() {
        let folder =
            folder(&[("a.jpg", b"GIF89a"), ("b.jpg", b""), ("c.heic", b"\0\0\0\x18ftypheic")]);
        let mut photos = Photos::find(&[folder.path().to_owned()], &mut Report::default());
        for name in ["a.jpg", "b.jpg", "c.heic"] {
            let Lookup::Found { at, .. } = photos.look_up(name) else { panic!("not found") };
            assert!(photos.load(at).is_err(), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outside = folder(&[("secret.jpg", PNG)]);
        let inside = folder(&[("a.jpg", PNG)]);
        std::os::unix::fs::symlink(outside.path(), inside.path().join("more")).expect("a link");
        std::os::unix::fs::symlink(outside.path().join("secret.jpg"), inside.path().join("s.jpg"))
            .expect("a link");
        let photos = Photos::find(&[inside.path().to_owned()], &mut Report::default());
        assert_eq!(photos.files.len(), 1);
    }
}
