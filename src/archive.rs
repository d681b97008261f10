//! Routes to one ZIP file that is sent to somebody: for dealers, for members.
//!
//! The same routes give the same bytes: entries in order of path, all of one time, compressed by one
//! compressor in Rust. Pages are made in parallel, a bounded number at a time, and go straight to the file. Everything lies in
//! one folder, so that unpacking scatters nothing (APPNOTE 6.3.10; names are UTF-8).

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;

use rayon::prelude::*;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::custody::leak::{Leak, Scanner};
use crate::model::{Audience, Slug};
use crate::render::{RenderError, Routes};
use crate::write::{self, Mode, RealDisk};

/// Routes that are made before the next ones are begun.
const AT_ONCE: usize = 64;

/// What was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// How many files.
    pub files: usize,
    /// Length of the ZIP file in bytes.
    pub bytes: u64,
}

/// A site could not be packed.
#[derive(Debug)]
pub enum ArchiveError {
    /// A page could not be made.
    Render(RenderError),
    /// The file could not be written.
    Write(write::Error),
    /// It cannot lie there; the words say why.
    Place(String),
    /// There are secrets in it, in these files.
    Secrets(Vec<(String, Leak)>),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Render(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
            Self::Place(why) => f.write_str(why),
            Self::Secrets(found) => {
                f.write_str("nothing was packed, because there is what nobody else may have:")?;
                found.iter().try_for_each(|(path, leak)| write!(f, "\n  {path}: {leak}"))
            }
        }
    }
}

impl std::error::Error for ArchiveError {}

/// Packs every route into the file `target`, which only its owner can read; the folder is made if it is missing.
/// `source` is the site's folder.
///
/// # Errors
/// If the file would lie among the site's sources or in a published folder, or something else stands there; if a page cannot be made, holds a secret, or the disk fails; what was there before is then as it was.
pub fn store(
    routes: &Routes<'_>,
    audience: Audience,
    source: &Path,
    target: &Path,
    scanner: &Scanner,
) -> Result<Packed, ArchiveError> {
    admit(audience, source, target)?;
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        write::create_folders(&RealDisk, folder, Mode::Secret).map_err(ArchiveError::Write)?;
    }
    let mut other = None;
    let packed = write::replace_streamed(target, Mode::Secret, |file| {
        pack(routes, audience, file, scanner).map_err(|error| match error {
            PackError::Write(error) => error,
            PackError::Other(error) => {
                other = Some(error);
                io::Error::other("a page could not be packed")
            }
        })
    });
    match other {
        Some(error) => Err(error),
        None => packed.map_err(ArchiveError::Write),
    }
}

/// Refuses a place where the file would be published, or would take another's.
fn admit(audience: Audience, source: &Path, target: &Path) -> Result<(), ArchiveError> {
    let refused = |why: &str| {
        let place = target.display();
        Err(ArchiveError::Place(format!(
            "the ZIP file cannot be {place}: {why}; choose another with -o"
        )))
    };
    match target.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return refused(&write::plain_words(&error)),
        Ok(found) if found.is_file() && is_of_ours(target, audience) => {}
        Ok(_) => return refused("something else stands there"),
    }
    if let Some(output) = write::output_around(target).map_err(ArchiveError::Write)? {
        return refused(&format!(
            "{} is a site that was built, and is published",
            output.display()
        ));
    }
    let private = source.join("private");
    match write::lies_in(target, source) && !write::lies_in(target, &private) {
        true => refused(
            "in the site's folder private alone is for such files, where it goes without -o",
        ),
        false => Ok(()),
    }
}

/// Whether a file is a ZIP of an earlier run for the same people.
fn is_of_ours(path: &Path, audience: Audience) -> bool {
    let Ok(zip) = File::open(path).map_err(ZipError::from).and_then(ZipArchive::new) else {
        return false;
    };
    let of_audience = format!("-{}/", audience.name());
    let mut names = zip.file_names().peekable();
    names.peek().is_some() && names.all(|name| name.is_ok_and(|name| name.contains(&of_audience)))
}

enum PackError {
    Other(ArchiveError),
    Write(io::Error),
}

fn pack(
    routes: &Routes<'_>,
    audience: Audience,
    out: impl Write + Seek,
    scanner: &Scanner,
) -> Result<Packed, PackError> {
    let name = Slug::from_name(routes.shop_name());
    let folder = format!("{name}-{}", audience.name());
    let mut zip = ZipWriter::new(out);
    let paths: Vec<&str> = routes.iter().map(|(path, _)| path.as_str()).collect();
    for some in paths.chunks(AT_ONCE) {
        let make = |path: &&str| {
            let bytes = routes.bytes(path)?;
            let leak = scanner.find(&bytes);
            Ok((bytes, leak))
        };
        let made: Vec<Result<_, RenderError>> = some.par_iter().map(make).collect();
        for (path, made) in some.iter().zip(made) {
            let (bytes, leak) =
                made.map_err(|error| PackError::Other(ArchiveError::Render(error)))?;
            if let Some(leak) = leak {
                let found = vec![((*path).to_owned(), leak)];
                return Err(PackError::Other(ArchiveError::Secrets(found)));
            }
            let written = zip
                .start_file(format!("{folder}/{path}"), options(path))
                .map_err(io::Error::from)
                .and_then(|()| zip.write_all(&bytes));
            written.map_err(PackError::Write)?;
        }
    }
    let mut out = zip.finish().map_err(|error| PackError::Write(error.into()))?;
    let bytes = out.stream_position().map_err(PackError::Write)?;
    Ok(Packed { files: paths.len(), bytes })
}

/// Photographs are compressed already; the time is the earliest that the format knows, 1980-01-01.
fn options(path: &str) -> SimpleFileOptions {
    let is_photo = [".jpg", ".png", ".webp", ".avif"].iter().any(|ending| path.ends_with(ending));
    let method = if is_photo { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::DEFAULT)
        .system(System::Unix)
        .unix_permissions(0o644)
}
