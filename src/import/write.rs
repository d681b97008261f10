//! Puts imported files into the site's folder: a product's folder whole or not at all.

use std::fs;
use std::path::Path;

use super::ImportError;

/// Makes the folder `section/id` with these files; nothing of that name is there yet.
///
/// The files are written into a folder beside it, which then gets the name. `read` does not see
/// folders that begin with a dot, so a crash leaves nothing that counts.
pub(super) fn folder(
    site: &Path,
    section: &str,
    id: &str,
    files: &[(String, Vec<u8>)],
) -> Result<(), ImportError> {
    let parent = section_folder(site, section)?;
    let staging = parent.join(format!(".import-{id}"));
    match fs::symlink_metadata(&staging) {
        Ok(left) if left.is_dir() => {
            fs::remove_dir_all(&staging).map_err(|e| {
                ImportError::io("remove what an earlier import left in", &staging, e)
            })?;
        }
        Ok(_) => {
            fs::remove_file(&staging).map_err(|e| {
                ImportError::io("remove what an earlier import left in", &staging, e)
            })?;
        }
        Err(_) => {}
    }
    fs::create_dir(&staging).map_err(|e| ImportError::io("make the folder", &staging, e))?;
    let written = files.iter().try_for_each(|(name, bytes)| {
        let path = staging.join(name);
        fs::write(&path, bytes).map_err(|e| ImportError::io("write", &path, e))
    });
    let target = parent.join(id);
    let placed = written.and_then(|()| {
        fs::rename(&staging, &target).map_err(|e| ImportError::io("put in place", &target, e))
    });
    if placed.is_err() {
        // A full disk should not stay full because of us; the next import removes it otherwise.
        let _ = fs::remove_dir_all(&staging);
    }
    placed
}

/// Writes one file below the site: its old bytes stay until all the new ones are there.
pub(super) fn file(site: &Path, path: &str, bytes: &[u8]) -> Result<(), ImportError> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = if folder.is_empty() { site.to_owned() } else { section_folder(site, folder)? };
    let target = folder.join(name);
    let temporary = folder.join(format!(".{name}.import"));
    fs::write(&temporary, bytes).map_err(|e| ImportError::io("write", &target, e))?;
    fs::rename(&temporary, &target).map_err(|e| {
        let _ = fs::remove_file(&temporary);
        ImportError::io("put in place", &target, e)
    })
}

/// A folder below the site, made if missing; links are not followed out of the site.
pub(super) fn section_folder(
    site: &Path,
    section: &str,
) -> Result<std::path::PathBuf, ImportError> {
    let mut folder = site.to_owned();
    for part in section.split('/') {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let error = std::io::Error::other("something that is not a folder has this name");
                return Err(ImportError::io("write into", &folder, error));
            }
            Err(_) => {
                fs::create_dir(&folder)
                    .map_err(|e| ImportError::io("make the folder", &folder, e))?;
            }
        }
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let site = tempfile::tempdir().expect("a folder");
        let files = [("index.md".to_owned(), b"x".to_vec())];
        // What a crash left does not matter.
        fs::create_dir_all(site.path().join("products/.import-cup")).expect("made");
        fs::write(site.path().join("products/.import-cup/old"), "x").expect("written");
        folder(site.path(), "products", "cup", &files).expect("written");
        let names = || {
            let mut names: Vec<_> = fs::read_dir(site.path().join("products"))
                .expect("listed")
                .map(|entry| entry.expect("an entry").file_name())
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(), ["cup"]);
        assert_eq!(fs::read_dir(site.path().join("products/cup")).expect("listed").count(), 1);
        let bad = [("index.md".to_owned(), b"x".to_vec()), ("no/such.jpg".to_owned(), Vec::new())];
        assert!(folder(site.path(), "products", "jug", &bad).is_err());
        assert_eq!(names(), ["cup"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_nowhere() {
        let site = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(outside.path(), site.path().join("products")).expect("a link");
        assert!(folder(site.path(), "products", "cup", &[]).is_err());
        assert!(file(site.path(), "products/cup/index.md", b"x").is_err());
        assert_eq!(fs::read_dir(outside.path()).expect("listed").count(), 0);
    }
}
