//! Which secrets are looked for before a site is built or published, and where besides its pages.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::attest::{self, identity};
use crate::check::Site;
use crate::custody::leak::{Leak, Scanner, Watch};
use crate::diag::Sources;
use crate::publish::tracked_files;

use super::keys::KeyDir;

/// A file up to so long is looked through whole, in bytes; of a longer one its two ends.
const WHOLE: u64 = 8 << 20;
/// How much of each end, in bytes.
const END: u64 = 1 << 20;

/// Where a secret is, and what it is.
pub(super) type Place = (String, Leak);

/// Has all keys looked for that the site's identity names or that lie in its folder of keys. No passphrase is needed: what
/// grows from a seed tells it.
pub(super) fn know_keys(watch: &mut Watch, root: &Path, site: &Site, dir: &KeyDir) {
    if let Ok(Some(known)) = identity::load(root) {
        for key in &known.keys {
            watch.know_public("the record key", key);
        }
        for key in known.log_keys() {
            watch.know_public("the log key", key.key());
        }
        for version in known.history.iter().flat_map(|history| history.versions()) {
            let now = &version.parameters;
            for key in &now.update_keys {
                watch.know_public("the update key", key);
            }
            for hash in &now.next_key_hashes {
                watch.know_hash("the master key", hash);
            }
            for key in &now.witness.keys {
                watch.know_public("the key of a guardian", key);
            }
        }
    }
    let own = site.register.as_ref().and_then(|home| home.signs_as.as_deref());
    let own = own.and_then(|did| did.strip_prefix("did:key:").map(str::to_owned));
    let name = own.or_else(|| Some(KeyDir::name_of(&attest::issuer(site, true).ok()?)));
    let Some(vault) = name.and_then(|name| dir.named_vault(root, &name).ok()) else { return };
    vault.folder.watch(watch);
    for key in vault.folder.list().unwrap_or_default() {
        watch.know_public(&format!("the {} key", key.role.name()), &key.public);
    }
}

/// Secrets in the texts of a site and in the files of its own theme. Pages, lists and feeds consist of these, so that not each
/// of ten thousand pages is looked through for what one file says. What lies below a prefix in `left_out` is in no page.
pub(super) fn in_texts(
    root: &Path,
    sources: &Sources,
    left_out: &[String],
    scanner: &Scanner,
) -> Vec<Place> {
    let is_in = |path: &str| !left_out.iter().any(|prefix| path.starts_with(prefix.as_str()));
    let texts = sources.files().filter(|(path, _)| is_in(path));
    let texts = texts.collect::<Vec<_>>().into_par_iter();
    let texts =
        texts.filter_map(|(path, text)| Some((path.to_owned(), scanner.find(text.as_bytes())?)));
    let mut found: Vec<Place> = texts.collect();
    for path in files_below(root, Path::new(THEME)) {
        let leak = std::fs::read(root.join(&path)).ok().and_then(|bytes| scanner.find(&bytes));
        let path = path.display().to_string();
        if let Some(leak) = leak.filter(|_| found.iter().all(|(known, _)| *known != path)) {
            found.push((path, leak));
        }
    }
    found
}

/// Whether the texts say all letters as they stand, so that what is in a page is in them: no escape of TOML or Markdown and no
/// character reference of HTML.
pub(super) fn are_plain(sources: &Sources) -> bool {
    let mut texts = sources.files().map(|(_, text)| text.as_bytes());
    texts.all(|text| memchr::memchr2(b'\\', b'&', text).is_none())
}

/// Secrets in files that somebody else put into the output.
pub(super) fn in_files_of_others(target: &Path, paths: &[String], scanner: &Scanner) -> Vec<Place> {
    let found = paths.par_iter().filter_map(|path| {
        let path = target.join(path);
        // What cannot be read cannot be published either.
        let leak = ends(&path).ok()?.iter().find_map(|part| scanner.find(part))?;
        Some((path.display().to_string(), leak))
    });
    found.collect()
}

/// The folder of a site's own theme.
const THEME: &str = "theme";

/// The files below a folder of `root`, links aside; none if there is no such folder.
fn files_below(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = folder.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_below(root, &path)),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

/// Secrets in what git keeps of a site's folder: it is pushed and copied with the rest.
pub(super) fn in_tracked_files(root: &Path, scanner: &Scanner) -> Vec<Place> {
    let found = tracked_files(root).into_par_iter().filter_map(|path| {
        // What cannot be read is not there, or no file.
        let leak = ends(&root.join(&path)).ok()?.iter().find_map(|part| scanner.find(part))?;
        Some((format!("{} (kept in git)", path.display()), leak))
    });
    found.collect()
}

/// A file whole, or the two ends of a long one.
fn ends(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let facts = std::fs::symlink_metadata(path)?;
    if !facts.is_file() {
        return Ok(Vec::new());
    }
    if facts.len() <= WHOLE {
        return Ok(vec![std::fs::read(path)?]);
    }
    let mut file = File::open(path)?;
    let (mut first, mut last) = (Vec::new(), Vec::new());
    file.by_ref().take(END).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(facts.len() - END))?;
    file.take(END).read_to_end(&mut last)?;
    Ok(vec![first, last])
}

/// What is said when something was found.
pub(super) fn in_words(what_was_not_done: &str, found: &[Place]) -> String {
    let lines = found.iter().map(|(path, leak)| format!("\n  {path}: {leak}"));
    format!(
        "nothing was {what_was_not_done}, because there is what nobody else may have:{}\nTake it out where it stands. If anybody may \
         have seen a key, it is hers too: make new ones with `selvedge keys rotate`",
        lines.collect::<String>()
    )
}
