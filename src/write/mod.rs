//! Puts bytes on disk, durably: a crash leaves the old state or the new one.
//!
//! Everything that this program changes on a disk goes through here, so that there is one
//! place to read about what survives a power cut, and one to inject failures into:
//!
//! - [`Disk`] is the short list of mutating calls; [`RealDisk`] makes them, [`StoppingDisk`]
//!   makes them until a chosen step, for tests of whatever writes.
//! - [`replace`] writes one file durably (temporary file in the same folder, write, fsync,
//!   rename, fsync of the folder). It needs no hard links and no `RENAME_NOREPLACE`, so it
//!   works on exFAT. An fsync that fails is final: the caller stops and does not try the same
//!   file again.
//! - [`Output`] writes a whole site: the folder appears whole or not at all.
//! - [`create_folder`] makes a new folder of files, whole or not at all.
//! - [`SitePath`] is the one gate for names of published files.
//! - [`FolderLock`] keeps a second process out while one signs or builds.
//!
//! It knows nothing of shops or records.

mod disk;
mod error;
mod folder;
mod lock;
mod output;
mod site_path;
mod stopping;

pub use disk::{
    Disk, Mode, RealDisk, clean_temporaries, create_folders, remove_file, replace,
    replace_streamed, temporary_name,
};
pub use error::{Error, plain_words};
pub use folder::create_folder;
pub use lock::FolderLock;
pub use output::{MANIFEST, Output, Surroundings, Survey, Written, lies_in, output_around};
pub use site_path::{PathError, SitePath, first_clash};
pub use stopping::{Stop, StoppingDisk};
