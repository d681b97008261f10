//! Who cares for a design, as the register tells it: what a Transfer may do, and who it is now.
//!
//! What one person or one family holds may pass to a successor. What a community holds stays the community's: only who cares for
//! it in its name may change, and only with a Consent that the register holds (RECORD-FORMAT §2.11). The record of the design
//! stays as it was signed; nothing here is about who owns anything in law.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::model::HolderKind;
use crate::provenance::json::Value;
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::log::RecordId;
use crate::provenance::record::Record;
use crate::verify::VerifiedRecord;
use crate::verify::fold::Condition;

/// Why something is not passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is about a design, and says that it is about a piece.
    Design,
    /// It is about a piece, and says that it is about a design.
    Piece,
    /// What it is about is not in the register, or not in force any more.
    Gone(RecordId),
    /// The holders have to agree first. `None`: the record does not say who holds it.
    Consent(Option<&'static str>),
    /// The Consent that it names is in force no more, or was not yet.
    ConsentOver(RecordId),
    /// The Consent that it names is about something else.
    ConsentElsewhere(RecordId),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ask = "enter their agreement first (selvedge record fields consent > consent.toml), and name it in this record: \
                   consent = \"IDF6JDYS\"";
        match self {
            Self::Design => f.write_str(
                "it is about a design, which is not handed on as a piece is; who cares for it may change: transfer_kind = \
                 \"custodian succession\"",
            ),
            Self::Piece => f.write_str("it is about a piece: transfer_kind = \"item\""),
            Self::Gone(id) => write!(
                f,
                "{} is not in force in your register, so it cannot be passed on; `selvedge record list` shows what is",
                id.short()
            ),
            Self::Consent(Some(kind)) => write!(
                f,
                "the record says of this design that its holder is: {kind}. So it stays theirs; only who cares for it in their name may \
                 change, and they have to agree: {ask}"
            ),
            Self::Consent(None) => write!(
                f,
                "the record does not tell whose this design is, so that whoever holds it has to agree: {ask}"
            ),
            Self::ConsentOver(id) => write!(
                f,
                "the agreement {} is not in force, so nobody can lean on it; {ask}",
                id.short()
            ),
            Self::ConsentElsewhere(id) => {
                write!(f, "the agreement {} is about something else; {ask}", id.short())
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// Whether somebody has to agree before the custodian of a design changes, by the word that its record has for the holder; a record
/// without one is its signer's, who signs the Transfer too.
fn needs_consent(holder_kind: Option<&str>) -> Option<&'static str> {
    let kind = HolderKind::ALL.into_iter().find(|(_, name)| Some(*name) == holder_kind);
    match (kind, holder_kind) {
        (None, None) | (Some((HolderKind::Individual | HolderKind::Family, _)), _) => None,
        (Some((_, name)), _) => Some(name),
        // Somebody else's word, which we do not know.
        (None, Some(_)) => Some(HolderKind::Unknown.name()),
    }
}

/// Every record of the design that a record states; that record alone, if it states none.
fn line(evidence: &Evidence, id: &RecordId) -> BTreeSet<RecordId> {
    let slug = evidence.record(id).and_then(|it| Some(&it.record().subject.as_design()?.slug));
    let all = slug.into_iter().flat_map(|slug| evidence.of_design(slug).map(VerifiedRecord::id));
    all.chain([*id]).collect()
}

fn is_in_force(evidence: &Evidence, id: &RecordId) -> bool {
    evidence.standing(id).is_some_and(|it| it.condition == Condition::InForce)
}

/// Says whether a Transfer may be signed at a time, by what the register holds. A record of another kind may.
///
/// # Errors
/// Why not.
pub fn check(evidence: &Evidence, transfer: &Record, at: Timestamp) -> Result<(), Refusal> {
    let said = transfer.subject.as_statement().filter(|it| it.kind == Kind::Transfer);
    let Some((said, about)) = said.and_then(|it| Some((it, it.record("about")?))) else {
        return Ok(());
    };
    let target = evidence.record(&about.id).filter(|_| is_in_force(evidence, &about.id));
    let target = target.ok_or(Refusal::Gone(about.id))?;
    rules(evidence, said, target, at)
}

/// The same, whatever became of what it is about since.
fn rules(
    evidence: &Evidence,
    said: &Statement,
    target: &VerifiedRecord,
    at: Timestamp,
) -> Result<(), Refusal> {
    let (target, id) = (target.record(), target.id());
    let is_piece = target.subject.kind() == Kind::Item;
    match (is_piece, said.word("transferKind")) {
        (true, Some("item")) => return Ok(()),
        (true, _) => return Err(Refusal::Piece),
        (false, Some("item")) => return Err(Refusal::Design),
        _ => {}
    }
    let needed = match target.subject.as_design() {
        Some(design) => match needs_consent(design.holder_kind.as_deref()) {
            None => return Ok(()),
            kind => kind,
        },
        None => None,
    };
    let consent = said.record("consent").ok_or(Refusal::Consent(needed))?.id;
    expect_consent(evidence, consent, &line(evidence, &id), at)
}

/// Whether a Consent holds at a time, and is about one of these records.
fn expect_consent(
    evidence: &Evidence,
    consent: RecordId,
    about: &BTreeSet<RecordId>,
    at: Timestamp,
) -> Result<(), Refusal> {
    let found = evidence.record(&consent).filter(|_| is_in_force(evidence, &consent));
    let found = found.ok_or(Refusal::ConsentOver(consent))?.record();
    if found.valid_from > at || found.valid_until.is_some_and(|until| until < at) {
        return Err(Refusal::ConsentOver(consent));
    }
    let is_about =
        |it: &Statement| it.references().iter().any(|(named, _)| about.contains(&named.id));
    let said = found.subject.as_statement().filter(|it| it.kind == Kind::Consent && is_about(it));
    said.map(|_| ()).ok_or(Refusal::ConsentElsewhere(consent))
}

/// Who cares for the design of a record now, and the Transfer that says so: the last that its register's owner signed, that is in
/// force and that may stand. `None` if it never passed on.
pub fn now<'e>(
    evidence: &'e Evidence,
    design: &VerifiedRecord,
) -> Option<(&'e VerifiedRecord, &'e Value)> {
    let owner = &evidence.identity()?.issuer;
    let about = line(evidence, &design.id());
    let transfers = evidence.records().filter(|record| {
        let said = record.record();
        let statement = said.subject.as_statement().filter(|it| it.kind == Kind::Transfer);
        let Some(statement) = statement else { return false };
        let target = statement.record("about").filter(|it| about.contains(&it.id));
        let Some(target) = target.and_then(|it| evidence.record(&it.id)) else { return false };
        said.practice == design.record().practice
            && said.issuer.same_issuer(owner)
            && is_in_force(evidence, &record.id())
            && rules(evidence, statement, target, record.signed().created()).is_ok()
    });
    let last = transfers.last()?;
    Some((last, last.record().subject.as_statement()?.members.get("party")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_more_than_one_family_holds_needs_their_consent() {
        for (kind, needed) in [
            (None, None),
            (Some("individual"), None),
            (Some("family"), None),
            (Some("clan"), Some("clan")),
            (Some("community"), Some("community")),
            (Some("communities"), Some("communities")),
            (Some("unknown"), Some("unknown")),
            (Some("guild"), Some("unknown")),
        ] {
            assert_eq!(needs_consent(kind), needed, "{kind:?}");
        }
    }
}
