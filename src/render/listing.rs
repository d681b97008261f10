//! Designs that two registers list: what a page says of the other one.
//!
//! Two associations stand side by side, each with keys of its own. Whoever lists another's design says that it does, and no more; the
//! design's record stays the other's. So a page tells of a neighbour only what the neighbour signed, only if this site's trust list
//! names the neighbour, and only while it holds (RECORD-FORMAT §2.12).

use std::collections::BTreeSet;

use super::record;
use super::speaker::Speaker;
use crate::evidence::Neighbour;
use crate::provenance::brand::Number;
use crate::provenance::did::DidWeb;
use crate::provenance::log::RecordId;
use crate::tags::Ledger;
use crate::theme::view;
use crate::verify::VerifiedRecord;
use crate::verify::fold::Condition;

impl Speaker<'_, '_> {
    /// Who lists a design of this register too, one sentence each; nothing while the design's own record does not hold.
    pub(super) fn listed_by(&self, design: &VerifiedRecord) -> Vec<view::CrossListing> {
        let evidence = self.routes.inputs.evidence;
        let (said, at) = (design.record(), self.routes.inputs.at);
        let is_shown = !evidence.neighbours().is_empty()
            && said.subject.as_design().is_some()
            && !said.practice
            && self.state(design).key == "in-force";
        let Some(own) = evidence.identity().filter(|_| is_shown) else { return Vec::new() };
        // A listing of what this one says again is of the same design.
        let mut line = BTreeSet::from([design.id()]);
        let mut earlier = said.reissues.as_ref();
        while let Some(found) = earlier.filter(|it| line.insert(it.id)) {
            earlier = evidence.record(&found.id).and_then(|it| it.record().reissues.as_ref());
        }
        let tell = |neighbour: &Neighbour| {
            if neighbour.identity().issuer.same_issuer(&own.issuer) {
                return None;
            }
            let listing = neighbour.records().filter(|it| holds(neighbour, it, at)).filter(|it| {
                let statement = it.record().subject.as_statement();
                statement.and_then(|it| it.listed()).is_some_and(|it| line.contains(&it.id))
            });
            let listing =
                listing.max_by_key(|it| neighbour.standing(&it.id()).map(|it| it.index))?;
            let who = who(neighbour);
            let values = [
                ("who", who.as_str()),
                ("number", &number(neighbour, &listing.id())),
                ("date", &self.date(listing.signed().created())),
                ("signer", &self.signer(said)),
            ];
            Some(view::CrossListing {
                text: super::speaker::here(self.say("listing_by", &values)),
                state: None,
                href: Some(page(&listing.record().base, &listing.id())),
                link: self.word("listing_their_page"),
            })
        };
        evidence.neighbours().iter().filter_map(tell).collect()
    }

    /// Where the record of a design is that this register lists too, and how it stands there as far as is known here; `None` if
    /// the record is no listing.
    pub(super) fn listing(&self, listing: &VerifiedRecord) -> Option<view::CrossListing> {
        let said = listing.record();
        let statement = said.subject.as_statement()?;
        let design = statement.listed()?;
        let signer = self.signer(said);
        let seen_at = statement.word("seenAt").map(str::to_owned);
        let all = self.routes.inputs.evidence.neighbours().iter();
        let known = all.filter_map(|it| Some((it, it.standing(&design.id)?))).next();
        let Some((neighbour, standing)) = known else {
            // Where it was seen is the signer's own word; nothing else is known of it.
            let host = seen_at.as_deref().and_then(host);
            let who = host.unwrap_or_else(|| self.word("record_somebody"));
            let values = [("signer", signer.as_str()), ("who", &who)];
            return Some(view::CrossListing {
                text: super::speaker::here(self.say("listing_of", &values)),
                state: Some(super::speaker::here(self.word("listing_unknown"))),
                href: seen_at,
                link: self.word("listing_record"),
            });
        };
        let theirs = neighbour.record(&design.id);
        let who = who(neighbour);
        let name = theirs.and_then(|it| self.name(it.record())).map(|name| name.text);
        let mut values = vec![("signer", signer.as_str()), ("who", who.as_str())];
        values.extend(name.as_deref().map(|name| ("name", name)));
        let word = if name.is_some() { "listing_of_named" } else { "listing_of" };
        let state = self.fallen(neighbour, &standing.condition, theirs);
        Some(view::CrossListing {
            text: super::speaker::here(self.say(word, &values)),
            state: Some(match state {
                None => super::speaker::here(self.word("listing_stands")),
                Some(why) => super::speaker::here(self.say("listing_fallen", &[("state", &why)])),
            }),
            href: match theirs {
                Some(theirs) => Some(page(&theirs.record().base, &design.id)),
                None => Some(page(&neighbour.identity().base, &design.id)),
            },
            link: self.word("listing_record"),
        })
    }

    /// The listing of a design of the site, as its file names it; `None` if there is none that holds.
    pub(super) fn listing_of(&self, design: &crate::model::Design) -> Option<view::CrossListing> {
        let letters = design.listing.as_ref().filter(|_| design.member.is_none())?;
        let evidence = self.routes.inputs.evidence;
        let listing = find(evidence, letters)?;
        (self.state(listing).key == "in-force").then(|| self.listing(listing)).flatten()
    }

    /// Why a neighbour's record does not stand any more, in a sentence; `None` if it does.
    fn fallen(
        &self,
        neighbour: &Neighbour,
        condition: &Condition,
        theirs: Option<&VerifiedRecord>,
    ) -> Option<String> {
        let (word, by) = match condition {
            Condition::InForce => {
                let until = theirs?.record().valid_until?;
                let is_over = until < self.routes.inputs.at;
                return is_over
                    .then(|| self.say("record_state_expired", &[("date", &self.date(until))]));
            }
            Condition::Revoked(by) => ("record_state_revoked", by),
            Condition::Withdrawn(by) => ("record_state_withdrawn", by),
            Condition::Superseded(by) => ("record_state_superseded", by),
            Condition::Suspended(by) => ("record_state_suspended", by),
            Condition::Ended(by) => ("record_state_ended", by),
            Condition::Void(_) | Condition::Proposed { .. } => {
                return Some(self.word("record_state_void"));
            }
        };
        let cause = neighbour.standing(by);
        let date = cause.map_or_else(|| "?".to_owned(), |it| self.date(it.created));
        Some(self.say(word, &[("by", &who(neighbour)), ("date", &date)]))
    }
}

/// The listing in force that begins with these letters.
fn find<'e>(evidence: &'e crate::evidence::Evidence, letters: &str) -> Option<&'e VerifiedRecord> {
    let letters = letters.trim().to_ascii_uppercase();
    let is_it = |record: &&VerifiedRecord| {
        let statement = record.record().subject.as_statement();
        record.id().short().as_str().starts_with(&letters)
            && statement.is_some_and(|it| it.listed().is_some())
    };
    let mut all = evidence.records().filter(is_it);
    let found = all.next().filter(|_| letters.len() >= 6)?;
    all.next().is_none().then_some(found)
}

/// Whether a neighbour's own record holds at a time, in earnest.
pub(super) fn holds(neighbour: &Neighbour, record: &VerifiedRecord, at: jiff::Timestamp) -> bool {
    let said = record.record();
    let standing = neighbour.standing(&record.id());
    !said.practice
        && said.issuer.same_issuer(&neighbour.identity().issuer)
        && standing.is_some_and(|it| it.condition == Condition::InForce)
        && said.valid_from <= at
        && said.valid_until.is_none_or(|until| at <= until)
}

/// What the trust list calls a neighbour, with the address: a name alone is anybody's.
pub(super) fn who(neighbour: &Neighbour) -> String {
    let name = super::page::plain(&neighbour.name);
    format!("{name} ({})", neighbour.identity().base.authority_and_path())
}

/// The number that a neighbour has for a design that it lists, without the brand that stands before it.
fn number(neighbour: &Neighbour, id: &RecordId) -> String {
    let ledger = Ledger::new(neighbour.records().map(VerifiedRecord::signed), neighbour.folded());
    let design = ledger.designs.get(id).copied();
    let number = Number { brand: None, design, edition: None, serial: None, maximum: None };
    design.map_or_else(|| id.short().to_string(), |_| number.to_string())
}

/// The page of a record of somebody's register.
fn page(base: &DidWeb, id: &RecordId) -> String {
    format!("{}{}", base.base_url(), record::dir(id))
}

fn host(address: &str) -> Option<String> {
    let host = address.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| super::page::plain(host))
}
