//! Photographs and recordings as pages need them: sizes and names known up front, bytes made when asked for.

use std::collections::BTreeMap;
use std::fmt;

/// The photographs of a site, by their path in its folder.
///
/// The names of the renditions must be unique and plain (letters, digits, `-`, `.`); pages ask for
/// `photos/<name>`.
pub struct Photos {
    by_path: BTreeMap<String, Photo>,
    sounds: BTreeMap<String, Sound>,
    bytes: Box<dyn PhotoBytes>,
}

impl fmt::Debug for Photos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Photos").field("photos", &self.by_path.len()).finish_non_exhaustive()
    }
}

/// Makes the bytes of a rendition. The same photograph or recording and name always give the same bytes.
pub trait PhotoBytes: Send + Sync {
    /// The bytes of the rendition `name` of the photograph, or of the recording, at `path` in the site's folder.
    ///
    /// # Errors
    /// If it cannot be read any more; in words for the maker.
    fn bytes(&self, path: &str, name: &str) -> Result<Vec<u8>, String>;
}

/// A recording, without what was told beside its sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Its file name below `sounds/`.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// How many bytes it has.
    pub len_bytes: u64,
    /// How long it is, in whole seconds.
    pub seconds: u32,
}

/// One photograph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Width in pixels, upright.
    pub width_px: u32,
    /// Height in pixels, upright.
    pub height_px: u32,
    /// Its mean colour, for the time of loading, if it is known.
    pub colour: Option<[u8; 3]>,
    /// What is published of it, widths rising: at least one JPEG, or one SVG alone.
    pub renditions: Vec<Rendition>,
    /// The picture that other sites show beside a link, a JPEG, if one can be made of it.
    pub preview: Option<Rendition>,
}

/// One file that is published of a photograph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Its file name below `photos/`.
    pub name: String,
    /// Its format.
    pub format: PhotoFormat,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

/// The formats of published photographs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhotoFormat {
    /// For every browser.
    Jpeg,
    /// Smaller, for nearly every browser.
    WebP,
    /// For pictures with see-through parts.
    Png,
    /// A drawing, as large as one likes; the only rendition of its photograph.
    Svg,
}

impl Photos {
    /// Photographs with a way of making their bytes.
    #[must_use]
    pub fn new(by_path: BTreeMap<String, Photo>, bytes: Box<dyn PhotoBytes>) -> Self {
        Self { by_path, sounds: BTreeMap::new(), bytes }
    }

    /// No photographs at all.
    #[must_use]
    pub fn none() -> Self {
        struct Nothing;
        impl PhotoBytes for Nothing {
            fn bytes(&self, path: &str, _: &str) -> Result<Vec<u8>, String> {
                Err(format!("there is no photograph {path}"))
            }
        }
        Self::new(BTreeMap::new(), Box::new(Nothing))
    }

    /// With recordings, by their path in the site's folder, whose bytes come from the same place.
    #[must_use]
    pub fn with_sounds(mut self, sounds: BTreeMap<String, Sound>) -> Self {
        self.sounds = sounds;
        self
    }

    /// The recording at a path in the site's folder; `None` if it could not be used.
    #[must_use]
    pub fn sound(&self, path: &str) -> Option<&Sound> {
        self.sounds.get(path)
    }

    /// Every recording with its path.
    pub fn sounds(&self) -> impl Iterator<Item = (&str, &Sound)> {
        self.sounds.iter().map(|(path, sound)| (path.as_str(), sound))
    }

    /// The photograph at a path in the site's folder; `None` if it could not be used.
    #[must_use]
    pub fn photo(&self, path: &str) -> Option<&Photo> {
        self.by_path.get(path)
    }

    /// Every photograph with its path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Photo)> {
        self.by_path.iter().map(|(path, photo)| (path.as_str(), photo))
    }

    /// The bytes of a rendition.
    ///
    /// # Errors
    /// If the photograph cannot be read any more.
    pub(super) fn bytes(&self, path: &str, name: &str) -> Result<Vec<u8>, String> {
        self.bytes.bytes(path, name)
    }
}
