//! What lies in the site's folder: names only, links not followed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostic, Diagnostics, Place, Severity, codes};
use crate::provenance::files::{PUT_AWAY, put_away};

use super::ReadError;

/// More files than any shop has; a folder beyond it is not read further.
const MAX_FILES: usize = 2_000_000;
/// How deep folders may lie in each other.
const MAX_DEPTH: usize = 8;

/// The files of a site's folder that may matter, by their path with `/`, in order.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What all its paths begin with: empty for the site's own, the member's folder with its closing slash for hers.
    root: String,
    paths: Vec<String>,
    /// Photographs that are off the site: they count as not there, and naming one is no mistake.
    hidden: BTreeSet<String>,
}

impl Tree {
    /// What all its paths begin with; empty, or with a closing slash.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Tells whether a file lies at that path.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.lies(path) && !self.hidden.contains(path)
    }

    /// Tells whether a file lies at that path, hidden or not.
    fn lies(&self, path: &str) -> bool {
        self.paths.binary_search_by(|p| p.as_str().cmp(path)).is_ok()
    }

    /// Takes a file off the site; tells whether it lies there at all.
    pub(crate) fn hide(&mut self, path: &str) -> bool {
        let lies = self.lies(path);
        if lies {
            self.hidden.insert(path.to_owned());
        }
        lies
    }

    /// Tells whether a file lies there and is off the site.
    #[must_use]
    pub fn is_hidden(&self, path: &str) -> bool {
        self.hidden.contains(path)
    }

    /// The files that are off the site, in order.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(String::as_str)
    }

    /// All files below a folder (with its closing `/`), in order.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let from = self.paths.partition_point(|p| p.as_str() < folder);
        let below = self.paths[from..].iter().take_while(move |p| p.starts_with(folder));
        below.filter(|path| !self.hidden.contains(*path)).map(String::as_str)
    }

    /// Adds the files of other folders.
    pub(crate) fn join<'t>(&mut self, others: impl Iterator<Item = &'t Self>) {
        for other in others {
            self.paths.extend(other.paths.iter().cloned());
            self.hidden.extend(other.hidden.iter().cloned());
        }
        self.paths.sort_unstable();
    }

    /// All files.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }
}

/// Folders at the top that are not source: written by commands, private, output, or members' own sites.
const SKIPPED: [&str; 10] = [
    "private",
    "members",
    "records",
    "log",
    "identity",
    "witness",
    "public",
    "theme",
    "node_modules",
    "target",
];

/// Folders at the top that are read, written and cleared by their names, and so never through a link.
const NEVER_LINKED: [&str; 3] = [".selvedge", "theme", "fonts"];

/// Lists the folder of the site itself. Names that cannot be used are reported and left out.
pub(super) fn scan(root: &Path, diagnostics: &mut Diagnostics) -> Result<Tree, ReadError> {
    scan_below(root, "", MAX_FILES, diagnostics)
}

/// Lists a folder whose files have the prefix (empty, or with a closing slash) before their paths; no more of them
/// than `most`.
pub(super) fn scan_below(
    root: &Path,
    prefix: &str,
    most: usize,
    diagnostics: &mut Diagnostics,
) -> Result<Tree, ReadError> {
    let top = prefix;
    let mut paths = Vec::new();
    let mut folders: Vec<(PathBuf, String, usize)> = vec![(root.to_owned(), prefix.to_owned(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        let listing = match fs::read_dir(&folder) {
            Ok(listing) => listing,
            Err(error) if depth == 0 => return Err(ReadError::list(&folder, error)),
            Err(error) => {
                diagnostics.push(unusable(
                    codes::FILE_UNREADABLE,
                    prefix.trim_end_matches('/'),
                    &format!("this folder cannot be opened ({error})"),
                ));
                continue;
            }
        };
        for entry in listing {
            let entry = entry.map_err(|error| ReadError::list(&folder, error))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let shown = format!("{prefix}{}", name.to_string_lossy());
                let words = "the name of this file is not readable text, so it was left out";
                diagnostics.push(unusable(codes::BAD_FILE_NAME, &shown, words));
                continue;
            };
            let is_top = depth == 0 && top.is_empty();
            if is_top && NEVER_LINKED.contains(&name) && entry.path().is_symlink() {
                let words = "this is a link to another place, where files of somebody else would be read, written or removed";
                let place = Place::Path(name.to_owned());
                let link = Diagnostic::new(Severity::Error, codes::BAD_FILE_NAME, place, words);
                diagnostics.push(link.hint("remove the link, and put the folder itself here"));
                continue;
            }
            if let Some(name) = put_away(name) {
                diagnostics.push(Diagnostic::new(
                    Severity::Error,
                    codes::FILE_UNREADABLE,
                    Place::Path(format!("{prefix}{name}")),
                    PUT_AWAY,
                ));
                continue;
            }
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(|error| ReadError::list(&entry.path(), error))?;
            if kind.is_symlink() {
                let words = "this is a link to another place; links are not followed";
                diagnostics.push(unusable(codes::BAD_FILE_NAME, &path, words));
            } else if kind.is_dir() {
                if depth == 0 && SKIPPED.contains(&name) {
                    continue;
                }
                if depth + 1 >= MAX_DEPTH {
                    let words = "folders lie too deep in each other here; this one was left out";
                    diagnostics.push(unusable(codes::TOO_LARGE, &path, words));
                    continue;
                }
                folders.push((entry.path(), format!("{path}/"), depth + 1));
            } else if kind.is_file() {
                if name.chars().any(char::is_control) || name.contains('\\') {
                    let words =
                        "the name of this file has characters that no file on a web site can have";
                    diagnostics.push(unusable(codes::BAD_FILE_NAME, &path, words));
                    continue;
                }
                if paths.len() == most {
                    let words = "there are more files here than can be read";
                    diagnostics.push(unusable(codes::TOO_LARGE, &path, words));
                    return Ok(sorted(paths, top));
                }
                paths.push(path);
            } else {
                let words = "this is neither a file nor a folder, so it was left out";
                diagnostics.push(unusable(codes::BAD_FILE_NAME, &path, words));
            }
        }
    }
    Ok(sorted(paths, top))
}

fn sorted(mut paths: Vec<String>, root: &str) -> Tree {
    paths.sort_unstable();
    Tree { root: root.to_owned(), paths, hidden: BTreeSet::new() }
}

fn unusable(code: codes::Code, path: &str, words: &str) -> Diagnostic {
    Diagnostic::new(Severity::Warning, code, Place::Path(path.to_owned()), words)
}
