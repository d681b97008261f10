//! What can be wrong with a photograph, in a maker's words.

use std::fmt;

/// A kind of file that is recognised and refused, so that the advice can fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// HEIC or HEIF: what iPhones make unless told otherwise.
    Heic,
    /// AVIF.
    Avif,
    /// GIF.
    Gif,
    /// TIFF.
    Tiff,
    /// What a camera keeps before it makes a picture: CR2, CR3, NEF, ARW, DNG, ORF, RW2, RAF.
    Raw,
    /// BMP.
    Bmp,
    /// SVG or another drawing in XML.
    Svg,
    /// JPEG XL.
    JpegXl,
    /// A film: MP4, MOV.
    Film,
    /// A PDF document.
    Pdf,
    /// A web page.
    Html,
}

impl Foreign {
    fn name(self) -> &'static str {
        match self {
            Self::Heic => "a HEIC photo",
            Self::Avif => "an AVIF picture",
            Self::Gif => "a GIF picture",
            Self::Tiff => "a TIFF picture, or a raw one from a camera",
            Self::Raw => "a raw picture from a camera",
            Self::Bmp => "a BMP picture",
            Self::Svg => "an SVG drawing",
            Self::JpegXl => "a JPEG XL picture",
            Self::Film => "a film",
            Self::Pdf => "a PDF document",
            Self::Html => "a web page",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Heic => {
                "for the next photos set the phone to JPEG (iPhone: Settings, Camera, Formats, \"Most \
                 Compatible\"; Samsung: camera settings, \"High efficiency pictures\" off); to turn this \
                 one into a JPEG send it to yourself by mail, or open it on a Mac in Preview or on \
                 Windows in Photos and save it as JPEG"
            }
            Self::Raw => {
                "set the camera to save JPEG too, or open this file in the camera's own program and \
                 save it as a JPEG"
            }
            Self::Svg => "save the drawing as a PNG at least 1600 pixels wide",
            Self::Film => "use a still picture from it, saved as a JPEG",
            Self::Pdf => "save the page as a JPEG",
            Self::Html => "open the page, save the picture in it, and use that file",
            Self::Avif | Self::Gif | Self::Tiff | Self::Bmp | Self::JpegXl => {
                "open it in a picture program and save it as a JPEG"
            }
        }
    }
}

/// Why a photograph cannot be used.
///
/// `Display` is one sentence on what is wrong; [`hint`](Self::hint) is one on what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoError {
    /// The file has no bytes.
    Empty,
    /// Nothing that is known as a picture.
    NotAPhoto,
    /// A known kind of file that is not taken.
    Foreign(Foreign),
    /// More bytes than [`Limits::max_bytes`](super::Limits::max_bytes).
    TooManyBytes {
        /// Size of the file.
        len_bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// More pixels, or a longer side, than [`Limits`](super::Limits) allows.
    TooManyPixels {
        /// Width as stored.
        width_px: u32,
        /// Height as stored.
        height_px: u32,
    },
    /// Decoding would take more memory than [`Limits::max_decode_bytes`](super::Limits).
    TooHeavy {
        /// Width as stored.
        width_px: u32,
        /// Height as stored.
        height_px: u32,
    },
    /// The file ends before the picture does.
    Truncated,
    /// The file is broken.
    Damaged,
    /// A kind of JPEG that cannot be read: lossless, arithmetic, 12 bit, or with each colour in a scan of its own and yet not
    /// progressive.
    RareJpeg,
    /// An animation where a still picture is needed.
    Moving,
    /// A drawing that cannot be shown; why, in words.
    Drawing(&'static str),
    /// The bytes are not those that were looked at before: the file changed meanwhile.
    Changed,
    /// The file could not be read.
    Unreadable(String),
}

impl PhotoError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Empty | Self::Truncated => {
                "copy the photo from the camera or phone again; the copy did not finish".into()
            }
            Self::NotAPhoto => "use a JPEG, PNG or WebP file".into(),
            Self::Foreign(foreign) => foreign.hint().into(),
            Self::TooManyBytes { .. } | Self::TooManyPixels { .. } | Self::TooHeavy { .. } => {
                "make the photo smaller; 4000 pixels on the long side is plenty".into()
            }
            Self::Damaged => {
                "copy the photo again, or open it in a picture program and save it as a JPEG".into()
            }
            Self::RareJpeg => "open it in a picture program and save it as an ordinary JPEG".into(),
            Self::Moving => "save one frame of it as a JPEG".into(),
            Self::Drawing(_) => {
                "save it again as plain SVG, or as a PNG at least 1600 pixels wide".into()
            }
            Self::Changed => "run the command again".into(),
            Self::Unreadable(_) => "look whether the file is there and may be read".into(),
        }
    }
}

impl fmt::Display for PhotoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the photo is empty"),
            Self::NotAPhoto => write!(f, "this file is not a photo"),
            Self::Foreign(foreign) => write!(
                f,
                "this file is {}, which shops on the web cannot use; it must be JPEG, PNG or WebP",
                foreign.name()
            ),
            Self::TooManyBytes { len_bytes, max_bytes } => write!(
                f,
                "the photo has {} MB, more than the {} MB allowed",
                len_bytes.div_ceil(1 << 20),
                max_bytes >> 20
            ),
            Self::TooManyPixels { width_px, height_px } => {
                write!(f, "the photo has {width_px} × {height_px} pixels, more than can be handled")
            }
            Self::TooHeavy { width_px, height_px } => write!(
                f,
                "the photo has {width_px} × {height_px} pixels, stored in a way that takes too \
                 much memory to open"
            ),
            Self::Truncated => write!(f, "the photo is cut short: its end is missing"),
            Self::Damaged => write!(f, "the photo is damaged and cannot be opened"),
            Self::RareJpeg => {
                write!(f, "the photo is a rare kind of JPEG that cannot be used here")
            }
            Self::Moving => write!(f, "the picture moves; a still one is needed here"),
            Self::Drawing(why) => write!(f, "the drawing cannot be shown: {why}"),
            Self::Changed => write!(f, "the photo was changed while the site was being made"),
            Self::Unreadable(why) => write!(f, "the photo cannot be read: {why}"),
        }
    }
}

impl std::error::Error for PhotoError {}
