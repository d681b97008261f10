//! Selvedge: one folder of Markdown, TOML and photographs becomes a storefront, and the
//! designs in it become dated records that anybody can check without us.
//!
//! ```text
//!     files -read-> Draft -check-> Site      records, log -evidence-> Evidence
//!                                   |                                    |
//!          theme, media ------------+-----> render -> Routes -write-> folder
//!     Site + keys -custody, attest-> new records      folder + trust -verify-> Report
//! ```
//!
//! From the bottom up; a module uses only those above it in this list:
//!
//! - [`diag`]: source text, spans and diagnostics: saying what is wrong, and where.
//! - [`provenance`]: formats and cryptography as pure functions on bytes.
//! - [`verify`]: judges records and published folders from their bytes and a set of trusted keys.
//! - [`write`]: puts bytes on disk, durably; a crash leaves the old state or the new one.
//! - [`fetch`]: asks addresses that a person named: https, or loopback; bounded.
//! - [`model`]: the vocabulary of a storefront as checked data; no I/O, no HTML.
//! - [`read`]: disk to `Draft`; TOML and Markdown parsed, every value with its span.
//! - [`check`]: consumes a `Draft`; returns a `Site`, or every problem found.
//! - [`import`]: foreign exports to source files that `read` accepts.
//! - [`starter`]: a new site's folder, with examples to replace.
//! - [`media`]: photographs to derivatives, cached by the hash of input and settings.
//! - [`evidence`]: loads what was signed from the site's folder, and verifies it.
//! - [`tags`]: editions and their tags as the register tells them; what may be issued, what does not add up.
//! - [`custodian`]: who cares for a design, as the register tells it; what a Transfer may do.
//! - [`pack`]: the evidence of one record as a folder for somebody else.
//! - [`custody`]: key files and passphrases; nothing else reads a secret.
//! - [`attest`]: a design to a signed and logged record; the only user of `custody`.
//! - [`complaint`]: what somebody told an association, kept for itself.
//! - [`theme`]: templates and static files, and the view types that a theme may rely on.
//! - [`render`]: `Site` + `Evidence` + theme to `Routes`.
//! - [`similar`]: designs that look or are called alike, in every register at hand; a reason to look, never a verdict.
//! - [`inventory`]: what is made where, how much, how ready, as makers state it; who can deliver by a day.
//! - [`assess`]: how ready a product is, by the checklist of a report; private.
//! - [`archive`]: `Routes` to one ZIP file that is sent to somebody.
//! - [`assemble`]: loads a folder with everything that its pages are made from.
//! - [`publish`]: the routes to a folder, a git branch or object storage; sends what differs, refuses secrets.
//! - [`serve`]: the live preview: makes the route that is asked for.
//! - [`cli`]: one file a command: arguments to option structs, results to words and exit codes.
//!
//! `docs/ARCHITECTURE.md` tells the same at length, with what is absent on purpose.

pub mod diag;

pub mod provenance;

pub mod verify;

pub mod write;

pub mod fetch;

pub mod model;

pub mod read;

pub mod check;

pub mod import;

pub mod starter;

pub mod media;

pub mod evidence;

pub mod tags;

pub mod custodian;

pub mod pack;

pub mod custody;

pub mod attest;

pub mod complaint;

pub mod theme;

pub mod render;

pub mod similar;

pub mod inventory;

pub mod assess;

pub mod archive;

pub mod assemble;

pub mod publish;

pub mod serve;

pub mod cli;
