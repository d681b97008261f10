//! Loads a folder with everything that its pages are made from.
//!
//! This is where the halves meet on their way to `render`: the checked site, its photographs, and
//! what was signed. Commands that need the whole use this one function, so that `check` reports
//! exactly what `build` would stumble over.

use std::path::Path;

use crate::check;
use crate::diag::{Diagnostics, Sources};
use crate::read::{self, Changed, Memory};

/// A site with all that belongs to it.
#[derive(Debug)]
pub struct Assembled {
    /// The checked site; `None` if `site.toml` itself cannot be used.
    pub site: Option<check::Site>,
    /// Everything that was found, in texts, photographs and records.
    pub diagnostics: Diagnostics,
    /// The files, for showing the diagnostics.
    pub sources: Sources,
}

/// What loading needs besides the folder.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// Loads a site's folder.
///
/// # Errors
/// If there is no site in the folder, or it cannot be looked into.
pub fn load(root: &Path, _options: &Options) -> Result<Assembled, read::ReadError> {
    let outcome = check::check(read::load(root, &mut Memory::default(), Changed::All)?);
    Ok(Assembled { site: outcome.site, diagnostics: outcome.diagnostics, sources: outcome.sources })
}
