//! What a record would say of a design as it stands now, and how that differs from one signed.

use crate::check::Site;
use crate::media::{self, Limits, PhotoError};
use crate::model::{self, PhotoRef};
use crate::provenance::record::{Design, LangText, Media, Photograph, Sha256Digest, Story, Texts};

/// What a record says of a design: its texts in every language, the digest of its story, and
/// these masters of its photographs.
///
/// The disclosure note is empty: whoever signs adds it.
pub fn statement(site: &Site, design: &model::Design, photographs: Vec<Photograph>) -> Design {
    let texts =
        |text: &Option<model::Text>| text.as_ref().map_or(Texts::new(), |t| in_all(site, t));
    let lists = |list: &[model::Text]| list.iter().map(|text| in_all(site, text)).collect();
    let story = |(locale, span)| Story {
        language: site.locale(locale).tag().to_owned(),
        sha256: Sha256Digest::of(site.markdown(span).as_bytes()),
    };
    Design {
        slug: design.id.as_str().to_owned(),
        name: in_all(site, &design.name),
        description: texts(&design.description),
        held_by: texts(&design.holder),
        holder_kind: design.holder_kind.map(|kind| kind.name().to_owned()),
        designed_by: texts(&design.designed_by),
        design_kind: design.kind.clone(),
        technique: texts(&design.technique),
        materials: lists(&design.materials),
        motifs: lists(&design.motifs),
        place_of_origin: texts(&design.place),
        said_to_date_from: texts(&design.said_to_date_from),
        attribution: texts(&design.attribution),
        not_claimed: texts(&design.not_claimed),
        also_used_by: texts(&design.also_used_by),
        disclosure_note: Texts::new(),
        stories: design.body.entries().map(story).collect(),
        photographs,
    }
}

/// The record master of a photograph: what a record says of it, and its bytes without metadata.
///
/// # Errors
/// If the file is no photograph that can be used.
pub fn master(
    site: &Site,
    photo: &PhotoRef,
    bytes: &[u8],
) -> Result<(Photograph, Vec<u8>), PhotoError> {
    let (photograph, bytes) = bare_master(bytes)?;
    Ok((described(site, photo, photograph), bytes))
}

/// The record master of a photograph of which nothing is said.
///
/// # Errors
/// If the file is no photograph that can be used.
pub fn bare_master(bytes: &[u8]) -> Result<(Photograph, Vec<u8>), PhotoError> {
    let stripped = media::strip_metadata_master(bytes, &Limits::default())?;
    Ok((photograph(&stripped), stripped.bytes))
}

/// What a record says of a master of which nothing is said.
pub fn photograph(master: &media::Master) -> Photograph {
    let media = Media::ALL.into_iter().find(|media| media.extension() == master.extension);
    Photograph {
        sha256: Sha256Digest(master.digest),
        media: media.unwrap_or(Media::Jpeg),
        orientation: master.orientation.as_exif(),
        description: Texts::new(),
    }
}

/// What a record would say of a design now. `master` gives the record master of the photograph at a path below the
/// site's folder, as [`photograph`] tells it; those that cannot be used are left out; one that stands there twice is
/// said once.
pub fn current(
    site: &Site,
    design: &model::Design,
    master: &dyn Fn(&str) -> Option<Photograph>,
) -> Design {
    let mut photographs: Vec<Photograph> = Vec::new();
    for photo in &design.photos {
        if let Some(photograph) = master(&photo.path)
            && photographs.iter().all(|earlier| earlier.sha256 != photograph.sha256)
        {
            photographs.push(described(site, photo, photograph));
        }
    }
    statement(site, design, photographs)
}

/// A master with what the maker says of the photograph.
fn described(site: &Site, photo: &PhotoRef, photograph: Photograph) -> Photograph {
    let description = photo.alt.as_ref().map_or(Texts::new(), |alt| in_all(site, alt));
    Photograph { description, ..photograph }
}

/// A text in every language that it has, the site's first language first.
pub(crate) fn in_all(site: &Site, text: &model::Text) -> Texts {
    text.entries()
        .map(|(locale, text)| LangText {
            language: site.locale(locale).tag().to_owned(),
            text: text.to_owned(),
        })
        .collect()
}

/// The parts, in words, in which a design differs from what was signed of it; empty if it does
/// not. The disclosure note is about the signing, and is left out.
pub fn differences(signed: &Design, now: &Design) -> Vec<&'static str> {
    [
        ("its name", signed.name != now.name),
        ("its description", signed.description != now.description),
        ("its holder", signed.held_by != now.held_by || signed.holder_kind != now.holder_kind),
        ("who designed it", signed.designed_by != now.designed_by),
        ("its kind", signed.design_kind != now.design_kind),
        ("its technique", signed.technique != now.technique),
        ("its materials", signed.materials != now.materials),
        ("its motifs", signed.motifs != now.motifs),
        ("where it comes from", signed.place_of_origin != now.place_of_origin),
        ("since when it is said to exist", signed.said_to_date_from != now.said_to_date_from),
        ("how its holder is named", signed.attribution != now.attribution),
        ("what is not claimed", signed.not_claimed != now.not_claimed),
        ("who else uses it", signed.also_used_by != now.also_used_by),
        ("its story", signed.stories != now.stories),
        ("its photographs", signed.photographs != now.photographs),
    ]
    .into_iter()
    .filter_map(|(part, differs)| differs.then_some(part))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::record::tests::{sample, text};

    #[test]
    fn each_part_that_was_edited_is_named() {
        let signed = sample().subject.as_design().unwrap().clone();
        assert_eq!(differences(&signed, &signed), [""; 0]);
        let mut now = signed.clone();
        now.disclosure_note.clear();
        assert_eq!(differences(&signed, &now), [""; 0]);
        now.name.push(text("es", "Camino del río"));
        now.photographs[0].orientation = 1;
        assert_eq!(differences(&signed, &now), ["its name", "its photographs"]);
    }
}
