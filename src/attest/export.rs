//! Exports of a record: the same words under the same key in a form that other programs know. They lie beside the record,
//! name it, and enter nothing in the register.

use std::path::Path;

use jiff::Timestamp;

use super::AttestError;
use crate::evidence::Evidence;
use crate::provenance::key::Signer;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::provenance::openbadge;
use crate::provenance::record::texts_from_value;
use crate::verify::VerifiedRecord;
use crate::verify::fold::Condition;
use crate::write::{self, Disk, Mode};

/// What the issuer of a register calls itself: by its charter that is in force, else by its address.
fn issuer_name(evidence: &Evidence, of: &VerifiedRecord) -> String {
    let is_in_force = |record: &&VerifiedRecord| {
        let standing = evidence.standing(&record.id());
        record.record().subject.kind() == Kind::Charter
            && record.record().issuer.same_issuer(&of.record().issuer)
            && standing.is_some_and(|standing| standing.condition == Condition::InForce)
    };
    let charter = evidence.records().filter(is_in_force).last();
    let name = charter
        .and_then(|charter| charter.record().subject.as_statement()?.members.get("name"))
        .and_then(texts_from_value)
        .and_then(|texts| texts.into_iter().next());
    name.map_or_else(|| of.record().base.authority_and_path(), |name| name.text)
}

/// The record that an Open Badge can be made of.
///
/// # Errors
/// If it is none of this register, of another kind, for practice, or not in force at `at`.
pub fn badge_record<'e>(
    evidence: &'e Evidence,
    id: &RecordId,
    at: Timestamp,
) -> Result<&'e VerifiedRecord, AttestError> {
    let rule = |why: &str| Err(AttestError::Rule(why.to_owned()));
    let Some(record) = evidence.record(id) else {
        return rule(
            "this record is not in the register, or does not hold; `selvedge check` says why",
        );
    };
    let said = record.record();
    let own = evidence.identity().map(|identity| &identity.issuer);
    if !openbadge::is_of_kind(said.subject.kind()) {
        return rule(
            "an Open Badge is made of a certification or of a membership; `selvedge record list` shows them",
        );
    }
    if !own.is_some_and(|own| own.same_issuer(&said.issuer)) {
        return rule("somebody else signed this record, so the badge is hers to make");
    }
    if said.practice {
        return rule(
            "this record was signed for practice and proves nothing, so there is no badge of it",
        );
    }
    let standing = evidence.standing(id).map(|standing| &standing.condition);
    let is_over = said.valid_until.is_some_and(|until| until < at);
    if !evidence.is_register_whole() || standing != Some(&Condition::InForce) || is_over {
        return rule(
            "this record is not in force, so there is no badge of it; `selvedge record list` shows how it stands",
        );
    }
    Ok(record)
}

/// Signs the Open Badge of a record and puts it beside the record, in place of an earlier one. Gives its path below the
/// site's folder.
///
/// # Errors
/// As [`badge_record`]; if the key is not one of the issuer's, or the disk fails.
pub fn open_badge(
    site: &Path,
    evidence: &Evidence,
    id: &RecordId,
    at: Timestamp,
    signer: &dyn Signer,
    disk: &dyn Disk,
) -> Result<String, AttestError> {
    let record = badge_record(evidence, id, at)?;
    let keys = evidence.identity().map_or(&[][..], |identity| &identity.keys);
    if !keys.contains(&signer.verifier_key()) {
        return Err(AttestError::OtherIdentity(
            "the record key that lies here is not one of this site's; nothing was signed"
                .to_owned(),
        ));
    }
    let index = record.proof().map(|proof| proof.index);
    let name = issuer_name(evidence, record);
    let token = openbadge::issue(record.signed(), index, &name, signer);
    let token = token.ok_or(AttestError::Unwritable)?;
    let path = openbadge::path(id);
    write::replace(disk, &site.join(&path), format!("{token}\n").as_bytes(), Mode::Public)?;
    Ok(path)
}
