//! The register as pages speak of it: which records have a page, and who speaks of which.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use data_encoding::BASE64;

use crate::evidence::{Evidence, Neighbour};
use crate::model::BaseUrl;
use crate::provenance::did::Did;
use crate::provenance::files::Files;
use crate::provenance::json::Value;
use crate::provenance::kind::Kind;
use crate::provenance::log::{Bundle, Entry, RecordId};
use crate::provenance::record::{Texts, texts_from_value};
use crate::verify::VerifiedRecord;
use crate::verify::fold::{Condition, Standing};

/// The most bytes of entries and bodies that a record page in one language embeds, so that it
/// stays below 60 KB compressed. Each language takes its share of the page.
const MAX_BODIES: usize = 24 << 10;

/// A record whose content was taken back.
#[derive(Clone, Copy)]
pub(super) struct Gone<'a> {
    /// SHA-256 of its file.
    pub(super) id: RecordId,
    /// What the log still says of it.
    pub(super) standing: &'a Standing,
    /// The Withdrawal.
    pub(super) by: &'a VerifiedRecord,
}

/// Where a record has its page.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    /// It is stated.
    Stated(&'a VerifiedRecord),
    /// Its content was taken back.
    Gone(Gone<'a>),
}

/// The whole register, for the script of a record page.
pub(super) struct Whole {
    /// Every entry of the log, each with its newline.
    pub(super) entries: String,
    /// The bytes of each record in base64, in the order of the log; none where it was taken back.
    pub(super) bodies: Vec<Option<String>>,
}

/// Which records have a page, and who speaks of which.
pub(super) struct Register<'a> {
    evidence: &'a Evidence,
    max_bodies: usize,
    pages: Vec<&'a VerifiedRecord>,
    gone: Vec<Gone<'a>>,
    by_id: BTreeMap<RecordId, usize>,
    gone_by_id: BTreeMap<RecordId, usize>,
    about: BTreeMap<RecordId, Vec<usize>>,
    members: Vec<(Did, Texts)>,
    /// What speaks of a thing by its address: certifications, memberships of makers, labels and notices. What is below the site's address when it
    /// was signed has its path there, from `/`.
    of_things: BTreeMap<String, Vec<usize>>,
    charter: Option<usize>,
    /// The charter that lists addresses of this register, if one does.
    with_sites: Option<&'a VerifiedRecord>,
    /// What neighbours delegated to whose register this is, as far as their own registers have it in force.
    delegations: Vec<(&'a Neighbour, &'a VerifiedRecord)>,
    whole: OnceLock<Option<Whole>>,
}

impl<'a> Register<'a> {
    /// Sorts out the records of a site in that many languages. Status lists have no page, only their file.
    pub(super) fn new(evidence: &'a Evidence, languages: usize) -> Self {
        let is_shown = |record: &&VerifiedRecord| record.record().subject.kind() != Kind::Snapshot;
        let pages: Vec<&VerifiedRecord> = evidence.records().filter(is_shown).collect();
        let gone: Vec<Gone<'_>> =
            evidence.withdrawn().map(|(id, standing, by)| Gone { id, standing, by }).collect();
        let by_id = pages.iter().enumerate().map(|(at, record)| (record.id(), at)).collect();
        let gone_by_id = gone.iter().enumerate().map(|(at, gone)| (gone.id, at)).collect();
        let mut about: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
        let mut members = Vec::new();
        let mut of_things: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut charter = None;
        for (at, record) in pages.iter().enumerate() {
            let said = record.record();
            let statement = said.subject.as_statement();
            let named = statement.map(|statement| statement.references()).unwrap_or_default();
            let mut named: Vec<RecordId> =
                named.into_iter().map(|(reference, _)| reference.id).collect();
            named.extend(said.reissues.as_ref().map(|reference| reference.id));
            named.sort_unstable();
            named.dedup();
            for id in named {
                about.entry(id).or_default().push(at);
            }
            let is_in_force = evidence
                .standing(&record.id())
                .is_some_and(|standing| standing.condition == Condition::InForce);
            let member = statement
                .filter(|_| is_in_force)
                .and_then(|statement| match statement.kind {
                    Kind::Accreditation => statement.members.get("member"),
                    Kind::Delegation => statement.members.get("delegate"),
                    _ => None,
                })
                .and_then(|party| Some((Did::parse(party.text("id")?)?, party_name(party)?)));
            members.extend(member);
            if let Some(statement) = statement.filter(|_| is_in_force) {
                let of = match statement.kind {
                    Kind::Certification | Kind::Label | Kind::Notice => {
                        statement.members.get("about")
                    }
                    Kind::Accreditation => statement.members.get("member"),
                    Kind::Charter => {
                        charter = Some(at);
                        None
                    }
                    _ => None,
                };
                if let Some(address) = of.and_then(|of| of.text("id")) {
                    let path = said.path_of(address).map(|path| format!("/{path}"));
                    let thing = path.unwrap_or_else(|| address.to_owned());
                    of_things.entry(thing).or_default().push(at);
                }
            }
        }
        // A page believes a charter by the history of keys that it holds, and needs none for the address that the record names.
        let base =
            evidence.identity().filter(|it| it.history.is_some()).map(|it| it.base.base_url());
        let is_elsewhere = |site: &BaseUrl| base.as_ref().is_some_and(|base| site.as_str() != base);
        let with_sites = evidence.charter().filter(|_| evidence.sites().iter().any(is_elsewhere));
        let delegations = delegations(evidence);
        let whole = OnceLock::new();
        let max_bodies = MAX_BODIES / languages.max(1);
        Self {
            evidence,
            max_bodies,
            pages,
            gone,
            by_id,
            gone_by_id,
            about,
            members,
            of_things,
            charter,
            with_sites,
            delegations,
            whole,
        }
    }

    /// The records that have a page, in the order of the log.
    pub(super) fn pages(&self) -> &[&'a VerifiedRecord] {
        &self.pages
    }

    /// The records whose content was taken back.
    pub(super) fn gone(&self) -> &[Gone<'a>] {
        &self.gone
    }

    /// A record that has a page.
    pub(super) fn find(&self, id: &RecordId) -> Option<Found<'a>> {
        let stated = self.by_id.get(id).map(|&at| Found::Stated(self.pages[at]));
        stated.or_else(|| self.gone_by_id.get(id).map(|&at| Found::Gone(self.gone[at])))
    }

    /// A record that is stated.
    pub(super) fn stated(&self, id: &RecordId) -> Option<&'a VerifiedRecord> {
        self.by_id.get(id).map(|&at| self.pages[at])
    }

    /// The records that name a record, in the order of the log, without those that are void.
    pub(super) fn about(&self, id: &RecordId) -> impl Iterator<Item = &'a VerifiedRecord> {
        let naming = self.about.get(id).into_iter().flatten().map(|&at| self.pages[at]);
        naming.filter(|record| !matches!(self.condition(record), Some(Condition::Void(_))))
    }

    /// How a record stands.
    pub(super) fn standing(&self, record: &VerifiedRecord) -> Option<&'a Standing> {
        self.evidence.standing(&record.id())
    }

    fn condition(&self, record: &VerifiedRecord) -> Option<&'a Condition> {
        self.standing(record).map(|standing| &standing.condition)
    }

    /// Whether a record holds, as far as the log says.
    pub(super) fn is_in_force(&self, record: &VerifiedRecord) -> bool {
        self.condition(record) == Some(&Condition::InForce)
    }

    /// The name that a member of the association, or somebody whom it delegated, has in its register.
    pub(super) fn member(&self, did: &Did) -> Option<&Texts> {
        let found = self.members.iter().rev().find(|(member, _)| member.same_issuer(did));
        found.map(|(_, name)| name)
    }

    /// The certifications, memberships, labels and notices that the register has in force for a thing, by its path on the site from
    /// `/`, or by its address elsewhere, in the order of the log.
    pub(super) fn of_thing(&self, thing: &str) -> impl Iterator<Item = &'a VerifiedRecord> {
        self.of_things.get(thing).into_iter().flatten().map(|&at| self.pages[at])
    }

    /// What neighbours delegated to whose register this is, whatever the time; each with whose register has it.
    pub(super) fn delegations(&self) -> &[(&'a Neighbour, &'a VerifiedRecord)] {
        &self.delegations
    }

    /// The association's rules that are in force: the last ones that it signed.
    pub(super) fn charter(&self) -> Option<&'a VerifiedRecord> {
        self.charter.map(|at| self.pages[at])
    }

    /// The charter in force by which this register has addresses of its own besides the first, if there is one.
    pub(super) fn charter_with_sites(&self) -> Option<&'a VerifiedRecord> {
        self.with_sites
    }

    /// Every entry with its body, if all of it is small enough to stand in a page.
    pub(super) fn whole(&self, signed: &(dyn Files + Sync)) -> Option<&Whole> {
        self.whole.get_or_init(|| self.gather(signed)).as_ref()
    }

    fn gather(&self, signed: &dyn Files) -> Option<Whole> {
        let folded = self.evidence.folded().filter(|folded| folded.gap.is_none())?;
        let size = self.evidence.log().head()?.size;
        let mut bodies_size = 0;
        let by_id: BTreeMap<RecordId, &VerifiedRecord> = self
            .evidence
            .records()
            .inspect(|record| bodies_size += record.signed().bytes().len())
            .map(|record| (record.id(), record))
            .collect();
        // An entry is about 80 bytes.
        if bodies_size + 80 * usize::try_from(size).ok()? > self.max_bodies {
            return None;
        }
        let (mut entries, mut bodies) = (String::new(), Vec::new());
        for bundle in (0..).map_while(|index| Bundle::in_log(size, index)) {
            let bytes = signed.read(&format!("log/{}", bundle.path())).ok()??;
            for entry in bundle.decode(&bytes).ok()? {
                if let Entry::Record(id) = Entry::parse(entry)? {
                    let is_gone = folded.standings.get(&id).is_some_and(|standing| {
                        matches!(standing.condition, Condition::Withdrawn(_))
                    });
                    bodies.push(match by_id.get(&id) {
                        _ if is_gone => None,
                        Some(record) => Some(BASE64.encode(record.signed().bytes())),
                        None => return None,
                    });
                }
                entries.push_str(std::str::from_utf8(entry).ok()?);
            }
        }
        Some(Whole { entries, bodies })
    }
}

/// The Delegations to the owner of a register, each in the register of the neighbour that signed it: a register admits no
/// Delegation of another's.
fn delegations(evidence: &Evidence) -> Vec<(&Neighbour, &VerifiedRecord)> {
    let Some(own) = evidence.identity().map(|identity| &identity.issuer) else { return Vec::new() };
    let is_to_us = |record: &&VerifiedRecord| {
        let statement = record.record().subject.as_statement();
        let delegation = statement.filter(|it| it.kind == Kind::Delegation);
        let to = delegation.and_then(|it| Did::parse(it.members.get("delegate")?.text("id")?));
        // An address alone binds no key, so that it names nobody (RECORD-FORMAT §9.1).
        to.is_some_and(|to| !matches!(to, Did::Web(_)) && to.same_issuer(own))
    };
    let others = evidence.neighbours().iter();
    let others = others.filter(|neighbour| !neighbour.identity().issuer.same_issuer(own));
    let all = others.flat_map(|neighbour| {
        let found = neighbour.records().filter(is_to_us);
        found.map(move |record| (neighbour, record))
    });
    let mut all: Vec<_> = all.collect();
    // In the order of the trust list, and within a register in that of its log.
    all.sort_by_key(|(neighbour, record)| {
        let place = evidence.neighbours().iter().position(|it| std::ptr::eq(it, *neighbour));
        (place, neighbour.standing(&record.id()).map(|standing| standing.index))
    });
    all
}

/// The name of a party or thing, if it has one.
pub(super) fn party_name(value: &Value) -> Option<Texts> {
    value.member("name").and_then(texts_from_value)
}
