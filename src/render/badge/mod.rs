//! Badges: pictures of what the register vouches for, as SVG and PNG, in each language and three forms.
//!
//! A badge is made of a certification or a membership of the site's own register as long as it is in force, and of
//! nothing else: what is taken back, on hold or over has none at the next build. It carries its record with the evidence
//! (RECORD-FORMAT §11.1), so that whoever meets the picture alone can have it judged; what it shows is nobody's
//! signature, and says so. Beside the evidence it carries the Open Badge that was exported of the record, if one was.
//!
//! As PNG there are only badges all of whose letters a font at hand has (one that comes along, or one of the site's own): [`missing`] tells which do not.

mod draw;
mod letters;
mod raster;
mod sheet;

use draw::Form;
pub(super) use draw::Said;
pub(super) use letters::Fonts;
pub use sheet::{MAX_PAGES, SheetSize};

use super::link::Linker;
use super::speaker::Speaker;
use super::{Routes, qr, record};
use crate::model::LocaleIx;
use crate::provenance::badge;
use crate::provenance::log::RecordId;
use crate::theme::view;
use crate::verify::VerifiedRecord;

/// One file of a badge.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadgeFile {
    /// Its record, by its place among those that have a page.
    record: usize,
    locale: LocaleIx,
    form: Form,
    is_png: bool,
}

/// Where a badge stands, without its ending.
fn stem(routes: &Routes<'_>, id: &RecordId, locale: LocaleIx, form: Form) -> String {
    let tag = routes.inputs.site.locale(locale).tag();
    format!("badges/{}/{tag}-{}", id.short(), form.name())
}

/// The records that have badges, by their places among those that have a page. None without an address: the code
/// on a badge leads to one.
pub(super) fn records(routes: &Routes<'_>) -> Vec<usize> {
    if routes.inputs.site.base_url.is_none() {
        return Vec::new();
    }
    let linker = Linker::new("", routes.inputs.links);
    let speaker = Speaker { routes, linker: &linker, ix: LocaleIx::FIRST };
    let all = routes.register.pages().iter().enumerate();
    all.filter(|(_, record)| speaker.vouch(record).is_some()).map(|(at, _)| at).collect()
}

/// Every file of these records' badges, by its path.
pub(super) fn files(routes: &Routes<'_>, records: &[usize]) -> Vec<(String, BadgeFile)> {
    let mut files = Vec::new();
    for &at in records {
        let record = routes.register.pages()[at];
        for locale in routes.inputs.site.locale_ixs() {
            let can_png = missing_in(routes, &said(routes, record, locale)).is_none();
            for form in Form::ALL {
                let stem = stem(routes, &record.id(), locale, form);
                let file = BadgeFile { record: at, locale, form, is_png: false };
                files.push((format!("{stem}.svg"), file));
                if can_png {
                    files.push((format!("{stem}.png"), BadgeFile { is_png: true, ..file }));
                }
            }
        }
    }
    files
}

/// The badges that are there as SVG only, each by its path, with a letter that no font for drawing has.
pub(super) fn missing(routes: &Routes<'_>, records: &[usize]) -> Vec<(String, char)> {
    let mut found = Vec::new();
    for &at in records {
        let record = routes.register.pages()[at];
        for locale in routes.inputs.site.locale_ixs() {
            if let Some(letter) = missing_in(routes, &said(routes, record, locale)) {
                let stem = stem(routes, &record.id(), locale, Form::Light);
                found.push((format!("{stem}.svg"), letter));
            }
        }
    }
    found
}

fn missing_in(routes: &Routes<'_>, said: &Said) -> Option<char> {
    said.texts().find_map(|text| routes.badge_fonts().missing(text))
}

fn said(routes: &Routes<'_>, record: &VerifiedRecord, locale: LocaleIx) -> Said {
    let linker = Linker::new("", routes.inputs.links);
    Speaker { routes, linker: &linker, ix: locale }.badge(record)
}

/// Makes a file of a badge.
pub(super) fn bytes(routes: &Routes<'_>, file: BadgeFile) -> Result<Vec<u8>, String> {
    let found = routes.register.pages()[file.record];
    let said = said(routes, found, file.locale);
    let base = record::place(routes.inputs.evidence, found.record()).base_url();
    let address = qr::address(&base, found.id().short().as_str());
    let code = qr::modules(&address);
    let fonts = routes.badge_fonts();
    let draw = if file.is_png { draw::svg_for_pixels } else { draw::svg };
    let svg = draw(&said, file.form, &routes.style.edge, code.as_ref(), fonts);
    let picture = if file.is_png { raster::png(&svg, fonts)? } else { svg.into_bytes() };
    let evidence = record::embedded(routes, found, false);
    let mut baked = badge::bake(&picture, &evidence).map_err(|fault| fault.to_string())?;
    if let Some(token) = routes.inputs.evidence.open_badge(&found.id()) {
        baked = badge::bake_credential(&baked, token).map_err(|fault| fault.to_string())?;
    }
    Ok(baked)
}

/// How a page shows the badge of a record that the register vouches for.
pub(super) fn shown(speaker: &Speaker<'_, '_>, id: &RecordId, sentence: &str) -> view::VouchBadge {
    let routes = speaker.routes;
    let href = |form| speaker.linker.file(&format!("{}.svg", stem(routes, id, speaker.ix, form)));
    let (src, dark) = match routes.style.scheme {
        "dark" => (href(Form::Dark), None),
        "light" => (href(Form::Light), None),
        _ => (href(Form::Light), Some(href(Form::Dark))),
    };
    view::VouchBadge {
        src,
        dark,
        width: draw::WIDTH as u32,
        height: draw::HEIGHT as u32,
        alt: speaker.say("badge_alt", &[("says", sentence)]),
    }
}
