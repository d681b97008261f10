//! The one gate for names of published files.
//!
//! A site is copied to other people's computers, sticks and servers, so a name that one of
//! them reads in another way (a device of Windows, a leading dot, a look-alike of `..`) is
//! refused everywhere. The rule is on names that we make, not on what people call their own
//! photographs.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The longest part between two slashes, in bytes; file systems stop at 255, and temporary
/// names and suffixes of sync tools need room.
const PART_BYTES: usize = 200;
/// The longest whole path, in bytes.
const PATH_BYTES: usize = 900;
/// The deepest path, in parts.
const PARTS: usize = 32;

/// The path of a published file below the site's root: `/`-separated, relative, never empty.
///
/// Holding one means that the name is the same file, and only one, on every usual file system
/// and in every address, apart from clashes of upper and lower case between two of them (see
/// [`first_clash`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SitePath(Arc<str>);

/// Why a name was not admitted; completes "the name … ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    name: String,
    reason: &'static str,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name \"{}\" {}", self.name.escape_debug(), self.reason)
    }
}

impl std::error::Error for PathError {}

impl SitePath {
    /// Admits a path such as `products/red-shawl/index.html`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it. Nothing is repaired: two different names never become one.
    pub fn new(path: &str) -> Result<Self, PathError> {
        match fault(path) {
            None => Ok(Self(path.into())),
            Some(reason) => {
                let name = path.chars().take(120).collect();
                Err(PathError { name, reason })
            }
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the file stands when the site's root is `root`.
    pub fn below(&self, root: &Path) -> PathBuf {
        let mut path = root.to_owned();
        path.extend(self.0.split('/'));
        path
    }

    /// The folders that the path goes through, outermost first, as text.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// Two paths with the same key are one file where case does not count.
    pub fn fold_key(&self) -> String {
        if self.0.is_ascii() {
            self.0.to_ascii_lowercase()
        } else {
            // Upper first: it unites what several file systems unite (ß and ss, ſ and s).
            self.0.to_uppercase().to_lowercase().nfc().collect()
        }
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for SitePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for SitePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The first two of several paths that would be one file on a disk where case does not count,
/// or where one is a file and the other goes through it as through a folder.
pub fn first_clash<'p>(
    paths: impl IntoIterator<Item = &'p SitePath>,
) -> Option<(&'p SitePath, &'p SitePath)> {
    let mut files: HashMap<String, &SitePath> = HashMap::new();
    let mut all = Vec::new();
    for path in paths {
        if let Some(earlier) = files.insert(path.fold_key(), path) {
            return Some((earlier, path));
        }
        all.push(path);
    }
    for path in all {
        let key = path.fold_key();
        for (at, _) in key.match_indices('/') {
            if let Some(file) = files.get(&key[..at]) {
                return Some((file, path));
            }
        }
    }
    None
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.len() > PATH_BYTES {
        return Some("is too long");
    }
    if path.starts_with('/') || path.contains("//") || path.ends_with('/') {
        return Some("has a slash at its start or end, or two together");
    }
    if path.split('/').count() > PARTS {
        return Some("goes through too many folders");
    }
    path.split('/').enumerate().find_map(|(depth, part)| part_fault(part, depth))
}

/// Files that begin with a dot and are published all the same.
const DOTTED: [&str; 2] = [".well-known", ".nojekyll"];

fn part_fault(part: &str, depth: usize) -> Option<&'static str> {
    if part.len() > PART_BYTES {
        return Some("is too long");
    }
    if !part.is_ascii() {
        if !is_nfc(part) {
            return Some("is written with characters that some disks rewrite (not NFC)");
        }
        if part.chars().any(is_invisible) {
            return Some("has invisible characters");
        }
        // Full-width dots and slashes, superscript digits: what some systems fold to the plain
        // ones. The plain form must be admitted too.
        let compatible: String = part.nfkc().collect();
        if compatible != part {
            if compatible.contains('/') {
                return Some("has characters that look like a slash");
            }
            if let Some(reason) = part_fault_plain(&compatible, depth) {
                return Some(reason);
            }
        }
    }
    part_fault_plain(part, depth)
}

fn part_fault_plain(part: &str, depth: usize) -> Option<&'static str> {
    if part.chars().any(char::is_control) {
        return Some("has control characters");
    }
    if part.contains(['\\', ':', '*', '?', '"', '<', '>', '|', '%', '#']) {
        return Some("has one of the characters \\ : * ? \" < > | % #");
    }
    if part == "." || part == ".." {
        return Some("leads out of its folder");
    }
    if part.starts_with('.') && !(depth == 0 && DOTTED.contains(&part)) {
        return Some("begins with a dot");
    }
    if part.ends_with('.') || part.ends_with(' ') || part.starts_with(' ') {
        return Some("begins or ends with a space, or ends with a dot");
    }
    if part.starts_with('-') || part.starts_with('~') {
        return Some("begins with a hyphen or a tilde");
    }
    let stem = part.split('.').next().unwrap_or(part).trim_end();
    if is_device(stem) {
        return Some("is the name of a device on Windows");
    }
    None
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_uppercase();
    if matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let mut chars =
        stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).unwrap_or("").chars();
    matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Formats, direction marks, fillers and what stands for nothing: characters by which two
/// names that look the same can differ. (Joiners belong to some scripts, but not to our file
/// names, which are transliterated or left as letters.)
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn ordinary_paths_are_admitted() {
        for text in [
            "index.html",
            "products/red-shawl/index.html",
            "V/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567/index.html",
            ".well-known/did.json",
            ".nojekyll",
            "photos/a (1).jpg",
            "café/index.html",
            "店/index.html",
            "log/tile/0/x001/234.p/5",
            "file.jpg.html",
            "console/index.html",
            "com10/x",
            "😀.html",
        ] {
            assert_eq!(path(text).as_str(), text);
        }
    }

    #[test]
    fn names_that_some_system_reads_otherwise_are_refused() {
        for text in [
            "",
            "/",
            "/x",
            "x/",
            "a//b",
            ".",
            "..",
            "../x",
            "a/../../x",
            "a/./b",
            "...",
            "C:\\x",
            "C:x",
            "..\\x",
            "\\\\host\\share\\x",
            "//host/share",
            "%2e%2e/x",
            "a\0b",
            "CON",
            "nul.txt",
            "COM1",
            "LPT9.md",
            "aux",
            "con.d/x",
            "COM¹",
            "a.",
            "a ",
            " a",
            "a:b",
            "a*b",
            "a?b",
            "a|b",
            "a<b>",
            "\"",
            "\n",
            "-rf",
            "--help",
            ".git/config",
            ".git",
            ".htaccess",
            "a/.well-known/x",
            "cafe\u{301}",
            "\u{202e}gpj.exe",
            "a\u{200b}b",
            "\u{2025}/x",
            "\u{ff0e}\u{ff0e}/x",
            "a\u{ff0f}b",
            "~/x",
            "a#b",
            "nul .txt",
        ] {
            assert!(SitePath::new(text).is_err(), "{text:?} was admitted");
        }
        assert!(SitePath::new(&"x".repeat(201)).is_err());
        assert!(SitePath::new(&"x".repeat(200)).is_ok());
        assert!(SitePath::new(&vec!["x".repeat(180); 5].join("/")).is_err());
        assert!(SitePath::new(&vec!["x"; 33].join("/")).is_err());
    }

    #[test]
    fn every_hostile_name_is_refused_or_stays_below_the_root_as_one_file() {
        let cases = include_str!("../../tests/hostile/path/names.jsonl");
        let root = Path::new("/root-of-site");
        let mut refused = 0;
        for line in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = case["text"].as_str().unwrap();
            let Ok(path) = SitePath::new(text) else {
                refused += 1;
                continue;
            };
            assert_eq!(path.as_str(), text);
            let below = path.below(root);
            assert!(below.starts_with(root));
            assert!(
                below.components().all(|part| !matches!(part, std::path::Component::ParentDir)),
                "{text:?}"
            );
        }
        assert_eq!((cases.lines().count(), refused), (52, 44));
    }

    #[test]
    fn clashes_of_case_and_of_file_with_folder_are_found() {
        let clash = |paths: &[&str]| {
            let paths: Vec<_> = paths.iter().map(|text| path(text)).collect();
            first_clash(&paths).map(|(a, b)| (a.to_string(), b.to_string()))
        };
        assert_eq!(clash(&["a/b", "a/c", "ab"]), None);
        assert!(clash(&["CAFE", "x", "cafe"]).is_some());
        assert!(clash(&["CAFÉ/x", "café/x"]).is_some());
        assert!(clash(&["straße", "STRASSE"]).is_some());
        assert!(clash(&["a/b", "A"]).is_some());
        assert!(clash(&["a", "a/b/c"]).is_some());
        assert!(clash(&["a", "a"]).is_some());
    }

    #[test]
    fn folders_are_listed_from_the_outside_in() {
        assert_eq!(path("a/b/c").folders().collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(path("a").folders().count(), 0);
    }
}
