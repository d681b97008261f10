//! Pictures whose words or names say that something is certified, where nothing in force says so.
//!
//! What is certified shows its badge by itself. A picture that is called "certified" looks like one and proves nothing.
//! Cautious on purpose: only words that mean little else count, only in what stands for a picture, none in a text that
//! denies it or says by whom, and none where the register has a certification in force for the thing.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization as _;

use crate::check::Site;
use crate::diag::{Diagnostic, Place, Severity, Span, codes};
use crate::evidence::Evidence;
use crate::model::{Date, DesignIx, PhotoRef, ProducerIx, Prose};
use crate::provenance::kind::Kind;
use crate::render::TextPicture;
use crate::verify::fold::Condition;

/// Words that claim, in small letters and, as in names of files, without marks too.
const CLAIMS: &[&str] = &[
    // English
    "certified",
    "authentic",
    "authenticity",
    // Spanish
    "certificado",
    "certificada",
    "certificados",
    "certificadas",
    "auténtico",
    "auténtica",
    "auténticos",
    "auténticas",
    "autenticidad",
    "autentico",
    "autentica",
    // French
    "certifié",
    "certifiée",
    "certifiés",
    "certifiées",
    "certifie",
    "certifiee",
    "authentique",
    "authentiques",
    "authenticité",
    "authenticite",
    // Arabic
    "معتمد",
    "معتمدة",
    "موثق",
    "موثقة",
    "أصيل",
    "أصيلة",
];

/// Vietnamese writes syllables apart: "to certify", "genuine goods".
const PAIRS: &[[&str; 2]] =
    &[["chứng", "nhận"], ["chính", "hãng"], ["chung", "nhan"], ["chinh", "hang"]];

/// Words that deny it.
const DENIALS: &[&str] = &[
    "not", "no", "never", "non", "without", "sin", "ni", "pas", "sans", "không", "chưa", "لا",
    "ليس", "غير", "بدون",
];

/// Words behind which somebody is named who says so.
const SAYERS: &[&str] = &["by", "por", "par", "bởi", "من", "لدى"];

/// The article of Arabic and what is written together with it.
const ARTICLES: &[&str] = &["وال", "بال", "لل", "ال"];

/// What a text claims, in its own words, if it claims something and says by nobody.
fn claim(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphabetic() && !is_mark(letter))
        .filter(|word| !word.is_empty())
        .collect();
    let small: Vec<String> =
        words.iter().map(|word| word.to_lowercase().nfc().collect::<String>()).collect();
    let bare = |word: &String| -> String {
        let cut = ARTICLES.iter().find_map(|article| word.strip_prefix(article));
        cut.unwrap_or(word).to_owned()
    };
    for at in 0..small.len() {
        let is_single =
            CLAIMS.contains(&small[at].as_str()) || CLAIMS.contains(&bare(&small[at]).as_str());
        let is_pair = small
            .get(at + 1)
            .is_some_and(|next| PAIRS.contains(&[small[at].as_str(), next.as_str()]));
        if !is_single && !is_pair {
            continue;
        }
        let before = &small[at.saturating_sub(4)..at];
        let behind = small.get(at + 1..(at + 5).min(small.len())).unwrap_or_default();
        let has = |words: &[String], list: &[&str]| {
            words.iter().any(|word| list.contains(&word.as_str()))
        };
        if has(before, DENIALS) || has(behind, SAYERS) {
            continue;
        }
        let length = if is_pair { 2 } else { 1 };
        return Some(words[at..at + length].join(" "));
    }
    None
}

fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// What the register has in force for things of this site.
struct InForce<'s> {
    site: &'s Site,
    evidence: &'s Evidence,
    /// Addresses and names of what is certified, or is a member.
    of: BTreeSet<String>,
}

impl<'s> InForce<'s> {
    fn new(site: &'s Site, evidence: &'s Evidence, day: Option<Date>) -> Self {
        let own = evidence.identity().map(|identity| &identity.issuer);
        let day = day.map(|day| day.to_string());
        let holds = evidence.records().filter_map(|record| {
            let said = record.record();
            let statement = said.subject.as_statement()?;
            let member = match statement.kind {
                Kind::Certification => "about",
                Kind::Accreditation => "member",
                _ => return None,
            };
            let is_in_force = evidence
                .standing(&record.id())
                .is_some_and(|standing| standing.condition == Condition::InForce);
            let until = said.valid_until.map(|until| until.strftime("%Y-%m-%d").to_string());
            let is_over = until.is_some_and(|until| day.as_ref().is_some_and(|day| until < *day));
            let is_own = own.is_some_and(|own| own.same_issuer(&said.issuer));
            let counts = is_own && is_in_force && !is_over && !said.practice;
            statement.members.get(member)?.text("id").filter(|_| counts).map(str::to_owned)
        });
        Self { site, evidence, of: holds.collect() }
    }

    fn page(&self, path: &str) -> bool {
        let base = self.site.base_url.as_ref();
        base.is_some_and(|base| self.of.contains(&format!("{base}{path}/")))
    }

    fn design(&self, ix: DesignIx) -> bool {
        let id = &self.site.design(ix).id;
        let mut records = self.evidence.of_design(id.as_str());
        self.page(&format!("designs/{id}"))
            || records.any(|record| self.of.contains(&record.record().uuid.to_urn()))
    }

    fn producer(&self, ix: ProducerIx) -> bool {
        self.page(&format!("makers/{}", self.site.producer(ix).id))
    }
}

/// Warns of pictures that are called certified where nothing in force says so. `day` is what counts as today.
pub(super) fn claims(
    site: &Site,
    evidence: &Evidence,
    in_texts: &[TextPicture],
    day: Option<Date>,
) -> Vec<Diagnostic> {
    let in_force = InForce::new(site, evidence, day);
    let mut found = Vec::new();
    // In a table many texts stand in one file.
    let mut vouched: BTreeMap<Span, bool> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut see = |photos: &[&PhotoRef], bodies: &Prose, is_vouched: bool| {
        for (_, span) in bodies.entries() {
            vouched.insert(span, is_vouched);
        }
        for photo in photos.iter().filter(|_| !is_vouched) {
            let alts = photo.alt.iter().flat_map(|alt| alt.entries()).map(|(_, text)| text);
            let name = photo.path.rsplit('/').next().unwrap_or_default();
            let name = name.split('.').next().unwrap_or_default();
            let said = alts
                .map(|alt| (alt, true))
                .chain([(name, false)])
                .find_map(|(text, is_alt)| Some((claim(text)?, is_alt)));
            if let Some((word, is_alt)) = said
                && told.insert(photo.path.clone())
            {
                let place = Place::Path(photo.path.clone());
                found.push(warning(place, &word, if is_alt { "words" } else { "name" }));
            }
        }
    };
    for product in &site.products {
        let photos: Vec<&PhotoRef> = product.photos.iter().collect();
        let is_vouched = in_force.page(&format!("products/{}", product.id))
            || product.made_by.iter().any(|ix| in_force.producer(*ix))
            || product.designs.iter().any(|ix| in_force.design(*ix));
        see(&photos, &product.body, is_vouched);
    }
    for (at, producer) in site.producers.iter().enumerate() {
        let photos: Vec<&PhotoRef> = producer.photo.iter().collect();
        see(&photos, &producer.body, in_force.producer(ProducerIx::of(at)));
    }
    for (at, design) in site.designs.iter().enumerate() {
        let photos: Vec<&PhotoRef> = design.photos.iter().collect();
        see(&photos, &design.body, in_force.design(DesignIx::of(at)));
    }
    // A page of the shop's own may speak of whatever the register has in force.
    let is_any = !in_force.of.is_empty();
    for collection in &site.collections {
        let photos: Vec<&PhotoRef> = collection.photo.iter().collect();
        see(&photos, &collection.body, is_any);
    }
    let cover: Vec<&PhotoRef> = site.cover.iter().collect();
    see(&cover, &Prose::default(), is_any);
    for picture in in_texts {
        let before = Span::new(picture.span.file, picture.span.range().start..usize::MAX);
        let text = vouched.range(..=before).next_back();
        let text = text.filter(|(text, _)| {
            text.file == picture.span.file && picture.span.range().end <= text.range().end
        });
        if text.map_or(is_any, |(_, is_vouched)| *is_vouched) {
            continue;
        }
        let text = site.sources.slice(picture.span);
        let (words, rest) = text.split_once("](").unwrap_or((text, ""));
        let name = rest.split([')', ' ']).next().unwrap_or_default();
        let name =
            name.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        let said = claim(words).map(|word| (word, "words"));
        if let Some((word, what)) = said.or_else(|| Some((claim(name)?, "name"))) {
            found.push(warning(Place::Span(picture.span), &word, what));
        }
    }
    found
}

fn warning(place: Place, word: &str, what: &str) -> Diagnostic {
    let words = format!(
        "the {what} of this picture say \"{word}\", and nothing in the register that is in force says so of it",
    );
    let words = if what == "name" { words.replace("picture say", "picture says") } else { words };
    Diagnostic::new(Severity::Warning, codes::UNVOUCHED_CLAIM, place, words)
        .hint("say what can be seen; what is certified shows its badge by itself, and only where it applies")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_heard_in_five_languages() {
        for (text, word) in [
            ("The certified shawl", "certified"),
            ("AUTHENTIC piece", "AUTHENTIC"),
            ("authentic-seal", "authentic"),
            ("Chal auténtico", "auténtico"),
            ("Pieza certificada de lana", "certificada"),
            ("Un châle certifie\u{301}", "certifie\u{301}"),
            ("tissage authentique", "authentique"),
            ("Khăn được chứng nhận", "chứng nhận"),
            ("khan_chung_nhan", "chung nhan"),
            ("منسوج معتمد", "معتمد"),
            ("القطعة الأصيلة", "الأصيلة"),
        ] {
            assert_eq!(claim(text).as_deref(), Some(word), "{text}");
        }
    }

    #[test]
    fn what_claims_nothing_or_says_by_whom_is_left_alone() {
        for text in [
            "A shawl over a chair",
            "This is not certified",
            "Wool, certified organic by the Hill Farmers",
            "Laine certifiée par les éleveurs",
            "Lana certificada por la cooperativa",
            "Len không được chứng nhận",
            "Ana holds her certificate",
            "غير معتمد",
            "verification",
            "",
        ] {
            assert_eq!(claim(text), None, "{text}");
        }
    }
}
