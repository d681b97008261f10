//! What the register and the site say of what a complaint is about.

use crate::check::Site;
use crate::diag::report::visible;
use crate::evidence::Evidence;
use crate::provenance::brand::Number;
use crate::provenance::did::DidWeb;
use crate::provenance::kind::Kind;
use crate::provenance::log::RecordId;
use crate::tags::Ledger;
use crate::tags::find::{self, Found, ReadFault, Register};
use crate::verify::VerifiedRecord;
use crate::verify::fold::Condition;

use super::Complaint;

/// What a person named, as far as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The number of a tag.
    pub tag: Option<u64>,
    /// The record, by its short id: that of the tags if a number of theirs was named.
    pub record: Option<String>,
    /// A page of the site, by section and id.
    pub page: Option<String>,
}

/// What is known of it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What it is.
    pub subject: Subject,
    /// What the register says, a sentence a line.
    pub lines: Vec<String>,
}

/// Looks up what somebody named: the number of a record (`IDF6JDYS`), with the number of a tag behind it (`IDF6JDYS/17`),
/// an address or path of a page, the short number of a tag, a full identifier or an alias ([`find::read`]), or the number on a tag alone
/// (`17`, `17/100`, `17 of 100`). `tag` is the number of the
/// tag where it was said apart; `earlier` are the complaints that are there already.
pub fn look_up(
    evidence: &Evidence,
    site: Option<&Site>,
    base: Option<&str>,
    about: &str,
    tag: Option<u64>,
    earlier: &[Complaint],
) -> Told {
    let mut told = Told::default();
    let plain = about.trim();
    if let Some(read) = printed(evidence, site, base, plain) {
        of_number(evidence, read, tag, &mut told);
        reported_before(&mut told, plain, earlier);
        return told;
    }
    // Tags and pages of before the site moved have the address of then.
    let former = evidence.identity().map(|identity| identity.former.as_slice());
    let former: Vec<String> = former.into_iter().flatten().map(DidWeb::base_url).collect();
    let bases = base.into_iter().chain(former.iter().map(String::as_str));
    let below = |base: &str| plain.strip_prefix(base.trim_end_matches('/'));
    let path = bases.filter_map(below).min_by_key(|rest| rest.len()).unwrap_or(plain);
    let is_foreign = path.contains("://");
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    if is_foreign {
        told.lines.push(format!(
            "This address is not one of your site: somebody may have copied it: {}",
            visible(plain)
        ));
        told.subject.tag = tag;
        return told;
    }
    let path = path.trim_end_matches("index.html").trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').map(str::trim).filter(|part| !part.is_empty()).collect();
    let named = match parts.as_slice() {
        ["V", short, ..] => Some(*short),
        [short, ..] => Some(short.split_whitespace().next().unwrap_or_default()),
        [] => None,
    };
    let record = named.and_then(|named| found(evidence, named));
    let tag = tag.or_else(|| if record.is_some() { behind(path) } else { number(path) });
    told.subject.tag = tag;
    match (record, tag) {
        (Some(record), tag) => {
            let of_tags =
                tag.and_then(|tag| batches(evidence, Some(record), tag).into_iter().next());
            told.subject.record = Some(of_tags.unwrap_or(record).id().short().to_string());
            of_record(evidence, record, &mut told.lines);
            if let Some(tag) = tag {
                of_tag(evidence, Some(record), tag, &mut told.lines);
            }
        }
        (None, Some(tag)) => {
            let all = batches(evidence, None, tag);
            if let [only] = all.as_slice() {
                told.subject.record = Some(only.id().short().to_string());
            }
            of_tag(evidence, None, tag, &mut told.lines);
            if all.len() > 1 {
                told.lines.push(
                    "Several batches of tags have that number; name the record of the edition before it, as IDF6JDYS/17.".to_owned(),
                );
            }
        }
        (None, None) => of_page(evidence, site, base, &parts, &mut told),
    }
    reported_before(&mut told, plain, earlier);
    told
}

/// Adds which complaints of before are about the same.
fn reported_before(told: &mut Told, plain: &str, earlier: &[Complaint]) {
    let tag = told.subject.tag;
    let mut before = Vec::new();
    for complaint in earlier {
        let is_tag =
            tag.is_some() && complaint.tag == tag && complaint.record == told.subject.record;
        let is_record = tag.is_none()
            && told.subject.record.is_some()
            && complaint.record == told.subject.record;
        if is_tag || is_record || complaint.about.trim() == plain {
            before.push(complaint.number.to_string());
        }
    }
    if !before.is_empty() {
        told.lines.push(format!(
            "It was reported before: complaint {}. The same number on two pieces may be a copy.",
            before.join(", ")
        ));
    }
}

/// What was typed as a number of a register, with the ledger of this one; none if it is no such number.
struct Printed {
    ledger: Ledger,
    read: Result<Number, ReadFault>,
}

fn printed(
    evidence: &Evidence,
    site: Option<&Site>,
    base: Option<&str>,
    plain: &str,
) -> Option<Printed> {
    let ledger = evidence.folded().map_or_else(Ledger::default, |folded| {
        Ledger::new(evidence.records().map(VerifiedRecord::signed), folded)
    });
    let mut places = evidence.identity().map(find::places).unwrap_or_default();
    places.extend(
        base.map(|base| base.trim_start_matches("https://").trim_end_matches('/').to_owned()),
    );
    let brand = site.and_then(|site| site.brand.as_ref()).map(|brand| &brand.name);
    let read = find::read(plain, &Register::of(&ledger, brand, places));
    // Addresses of pages, and of other sites, are told of as such; and the id of a record goes before a number with a slip.
    let is_other = match &read {
        Ok(_) => false,
        Err(ReadFault::NotOne | ReadFault::OtherScope) => true,
        Err(ReadFault::OtherSite(_)) => plain.contains("://"),
        Err(ReadFault::Number(_)) => {
            let first = plain.split(['/', ' ']).next().unwrap_or_default();
            found(evidence, first).is_some()
        }
        Err(ReadFault::Identifier(_) | ReadFault::OtherRegister) => false,
    };
    (!is_other).then_some(Printed { ledger, read })
}

/// What the register says of a short number, an identifier or an alias.
fn of_number(evidence: &Evidence, printed: Printed, tag: Option<u64>, told: &mut Told) {
    told.subject.tag = tag;
    let Printed { ledger, read } = printed;
    let sentence = |words: String| {
        let mut letters = words.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        format!("{}{}.", first.unwrap_or_default(), letters.as_str())
    };
    if evidence.folded().is_none_or(|folded| folded.gap.is_some()) {
        told.lines.push(
            "The register here is not whole, so this number cannot be looked up. It is kept as it was told."
                .to_owned(),
        );
        return;
    }
    let number = match read {
        Ok(number) => number,
        Err(fault) => {
            told.lines.push(sentence(fault.to_string()));
            if let ReadFault::Number(_) | ReadFault::Identifier(_) = fault {
                told.lines.push(
                    "Compare it once more with the tag. What was told is kept as it was told."
                        .to_owned(),
                );
            }
            return;
        }
    };
    told.subject.tag = number.serial.or(tag);
    let found = match ledger.find(&number) {
        Ok(found) => found,
        Err(why) => {
            told.lines.push(sentence(why.to_string()));
            return;
        }
    };
    let id = found.id();
    told.subject.record = Some(id.short().to_string());
    let record = evidence.record(&id);
    match record {
        Some(record) => of_record(evidence, record, &mut told.lines),
        None => told.lines.push(format!("{} is a record whose content is not here.", id.short())),
    }
    let (Found::Edition(edition, serial), Some(record)) = (found, record) else { return };
    let Some(tag) = serial.or(tag) else { return };
    if let Some(batch) = ledger.batch_with(edition, tag) {
        told.subject.record = Some(batch.id.short().to_string());
    }
    of_tag(evidence, Some(record), tag, &mut told.lines);
}

fn found<'e>(evidence: &'e Evidence, letters: &str) -> Option<&'e VerifiedRecord> {
    let letters = letters.trim_end_matches(".json").to_ascii_uppercase();
    if letters.len() < 6 {
        return None;
    }
    let mut all =
        evidence.records().filter(|record| record.id().short().as_str().starts_with(&letters));
    match (all.next(), all.next()) {
        (Some(record), None) => Some(record),
        _ => None,
    }
}

/// The number behind a record: `IDF6JDYS/17`, `IDF6JDYS 017 of 100`.
fn behind(text: &str) -> Option<u64> {
    let rest = text.split_once(['/', ' ']).map(|(_, rest)| rest)?;
    let rest =
        rest.split_once('/').filter(|(short, _)| short.len() == 32).map_or(rest, |(_, rest)| rest);
    number(rest)
}

/// The number of a tag alone: `17`, `017/100`, `17 of 100`.
fn number(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches(['#', 'n', 'N', '°', 'º']).trim();
    let first: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text[first.len()..].trim();
    let is_whole = rest.is_empty()
        || rest.starts_with('/')
        || rest.starts_with("of ")
        || rest.starts_with("de ");
    first.parse().ok().filter(|number| *number > 0 && is_whole)
}

/// The batches of tags in which a number is, of an edition or batch if one is named.
fn batches<'e>(
    evidence: &'e Evidence,
    of: Option<&VerifiedRecord>,
    tag: u64,
) -> Vec<&'e VerifiedRecord> {
    let is_in = |record: &&VerifiedRecord| {
        let said = record.record();
        let Some(statement) = said.subject.as_statement().filter(|it| it.kind == Kind::TagBatch)
        else {
            return false;
        };
        let range = statement.count("first").zip(statement.count("last"));
        let is_of = of.is_none_or(|of| {
            of.id() == record.id()
                || statement.record("edition").is_some_and(|edition| edition.id == of.id())
        });
        is_of && range.is_some_and(|(first, last)| (first..=last).contains(&tag))
    };
    evidence.records().filter(is_in).collect()
}

fn of_record(evidence: &Evidence, record: &VerifiedRecord, lines: &mut Vec<String>) {
    let said = record.record();
    let short = record.id().short();
    let kind = said.subject.kind();
    let day = record.signed().created().strftime("%Y-%m-%d");
    let standing = evidence.standing(&record.id());
    let how = standing.map_or_else(
        || "of an unknown standing".to_owned(),
        |standing| standing.condition.in_words(),
    );
    let until = said.valid_until.map(|until| format!(", until {}", until.strftime("%Y-%m-%d")));
    lines.push(format!(
        "{short} is a record of the kind {kind}, signed on {day}; it is {how}{}.",
        until.unwrap_or_default()
    ));
    if standing.is_some_and(|it| it.is_disputed()) {
        lines.push("Somebody disputes it already.".to_owned());
    }
}

fn of_tag(evidence: &Evidence, of: Option<&VerifiedRecord>, tag: u64, lines: &mut Vec<String>) {
    let all = batches(evidence, of, tag);
    if all.is_empty() {
        lines.push(format!(
            "The register has no such number: no tag {tag} was ever announced{}.",
            match of {
                Some(of) => format!(" for {}", of.id().short()),
                None => String::new(),
            }
        ));
    }
    for batch in all {
        let short = batch.id().short();
        let standing = evidence.standing(&batch.id());
        let void = standing
            .into_iter()
            .flat_map(|it| &it.void_tags)
            .find(|(first, last, _)| (*first..=*last).contains(&tag));
        match (void, standing.map(|it| &it.condition)) {
            (Some((_, _, by)), _) => {
                lines.push(format!(
                    "Tag {tag} of {short} was made void by {}{}.",
                    by.short(),
                    reason(evidence, by)
                ));
            }
            (None, Some(Condition::InForce)) => {
                lines.push(format!("Tag {tag} is one of {short}, and is in force."))
            }
            (None, Some(other)) => {
                lines.push(format!("Tag {tag} is one of {short}, which is {}.", other.in_words()))
            }
            (None, None) => {}
        }
        for claimed in evidence.records() {
            let statement =
                claimed.record().subject.as_statement().filter(|it| it.kind == Kind::TagClaimed);
            let is_it = statement.is_some_and(|it| {
                it.count("serial") == Some(tag)
                    && it.record("batch").is_some_and(|it| it.id == batch.id())
            });
            if is_it {
                let on = statement.and_then(|it| it.word("claimedOn")).unwrap_or_default();
                lines.push(format!(
                    "Its check code was reported on {on} ({}).",
                    claimed.id().short()
                ));
            }
        }
    }
}

fn reason(evidence: &Evidence, by: &RecordId) -> String {
    let record = evidence.record(by);
    let code = record.and_then(|it| it.record().subject.as_statement()?.word("reasonCode"));
    code.map(|code| format!(": {code}")).unwrap_or_default()
}

fn of_page(
    evidence: &Evidence,
    site: Option<&Site>,
    base: Option<&str>,
    parts: &[&str],
    told: &mut Told,
) {
    let known = site.and_then(|site| {
        // An address may begin with a language.
        let parts = match parts {
            [first, rest @ ..] if site.locales.iter().any(|locale| locale.tag() == *first) => rest,
            parts => parts,
        };
        let [section, id, ..] = parts else { return None };
        let is_there = match *section {
            "products" => site.products.iter().any(|it| it.id.as_str() == *id),
            "designs" => site.designs.iter().any(|it| it.id.as_str() == *id),
            "producers" | "makers" => site.producers.iter().any(|it| it.id.as_str() == *id),
            "collections" => site.collections.iter().any(|it| it.id.as_str() == *id),
            _ => false,
        };
        is_there.then(|| format!("{section}/{id}"))
    });
    let Some(page) = known else {
        told.lines.push(
            "Neither the register nor the site knows it: there is no such number, record or page. What was told is kept as it was told."
                .to_owned(),
        );
        return;
    };
    told.lines.push(format!("It is the page {page} of your site."));
    if let Some(id) = page.strip_prefix("designs/")
        && let Some(record) = evidence.of_design(id).next()
    {
        told.subject.record = Some(record.id().short().to_string());
        of_record(evidence, record, &mut told.lines);
    }
    let address = base.map(|base| format!("{}/{page}/", base.trim_end_matches('/')));
    for record in evidence.records() {
        let statement =
            record.record().subject.as_statement().filter(|it| it.kind == Kind::Certification);
        let about = statement.and_then(|it| it.members.get("about")?.text("id"));
        if about.is_some() && about == address.as_deref() {
            told.subject.record = Some(record.id().short().to_string());
            of_record(evidence, record, &mut told.lines);
        }
    }
    told.subject.page = Some(page);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_stand_on_tags() {
        for (text, expected) in [
            ("17", Some(17)),
            ("017/100", Some(17)),
            ("17 of 100", Some(17)),
            ("n° 17", Some(17)),
            ("#4", Some(4)),
            ("0", None),
            ("17 shawls", None),
            ("shawl 17", None),
            ("99999999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        let short = "IDF6JDYSHFNT7M25QS4ZMDWLTRSQ7MCM";
        assert_eq!(behind(&format!("{short}/17")), Some(17));
        assert_eq!(behind(&format!("V/{short}/17")), Some(17));
        assert_eq!(behind("IDF6JDYS 017/100"), Some(17));
        assert_eq!(behind(short), None);
    }
}
