//! Loads what was signed from the site's folder, and verifies it again.
//!
//! Everything goes through the judge: [`Evidence`] holds the records that may be stated, and the
//! report on all others. It refuses nothing: a build states what holds, and says what does not.
//!
//! A design whose texts or photographs were changed after its record was signed shows the signed
//! text and a warning; [`statement`] says what the design would state if it were signed now.

mod disk;
mod lasting;
mod neighbour;
mod statement;

use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::check::Site;
use crate::diag::{Diagnostic, Place, Severity, codes};
use crate::model::BaseUrl;
use crate::provenance::did::Did;
use crate::provenance::files::{Below, Files};
use crate::provenance::kind::Kind;
use crate::provenance::log::{
    Bundle, Checkpoint, Cosigned, RecordId, Tile, TlogProof, TreeView, head_list, parse_decimal,
};
use crate::provenance::note::Signed;
use crate::provenance::openbadge::{self, OpenBadgeFault};
use crate::provenance::person::{Commitment, Opening};
use crate::provenance::record::{Design, Photograph, Sha256Digest};
use crate::provenance::webvh::Version;
use crate::provenance::{sshsig, status};
use crate::verify::fold::{Condition, Folded, Standing};
use crate::verify::identity::published_path;
use crate::verify::trust::{TrustError, TrustedSigner, TrustedWitness};
use crate::verify::{self, FolderAudit, Identity, LogAudit, Report, State, Trust, VerifiedRecord};

pub use disk::Disk;
pub use lasting::{Leaving, may_not_leave};
pub use neighbour::{AS_OF, Delegate, Neighbour, delegates, kept_folder, neighbours};
pub use statement::{bare_master, current, differences, master, photograph, statement};

/// What was signed in a site, verified.
#[derive(Clone, Debug)]
pub struct Evidence {
    audit: FolderAudit,
    /// Records that pages may state, by their place in the log.
    stated: Vec<usize>,
    by_id: HashMap<RecordId, usize>,
    by_design: BTreeMap<String, Vec<usize>>,
    watched: Vec<String>,
    /// Whom the site believes.
    trust: Trust,
    /// The registers of those whom it believes, as far as they are at hand.
    neighbours: Vec<Neighbour>,
    /// Whom those, and the site itself, delegated.
    delegates: Vec<Delegate>,
    /// The Open Badges beside records that pages may state, and what is wrong with others.
    open_badges: BTreeMap<RecordId, Result<String, OpenBadgeFault>>,
    /// Where documents that a charter binds lie in the site's folder, by the digests of their bytes.
    documents: BTreeMap<Sha256Digest, String>,
}

/// Most files that are published of what others vouch for.
const MAX_WATCHED: usize = 100_000;

/// What stands beside the log's own files: heads that others vouch for, what is kept of two
/// versions and of earlier names, and neighbours' heads that this site cosigned.
fn watched(files: &dyn Files) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<(String, usize)> =
        ["log/heads", "log/forks", "log/earlier", "witness"].map(|f| (f.to_owned(), 0)).into();
    while let Some((folder, depth)) = folders.pop() {
        for name in files.list(&folder).unwrap_or_default() {
            let is_plain = !name.starts_with('.')
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
            if !is_plain || found.len() + folders.len() >= MAX_WATCHED {
                continue;
            }
            let path = format!("{folder}/{name}");
            match files.read(&path) {
                // The list is made of what is published, so that it never tells of other files.
                Ok(Some(_)) if path == head_list::PATH => {}
                Ok(Some(_)) => found.push(path),
                Ok(None) if depth < 12 => folders.push((path, depth + 1)),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// Largest Open Badge that is read, in bytes; those of this program have a few thousand.
const MAX_OPEN_BADGE: usize = 256 << 10;

/// The Open Badges beside records, each judged by its record and the site's keys.
fn open_badges(
    files: &dyn Files,
    audit: &FolderAudit,
    stated: &[usize],
) -> BTreeMap<RecordId, Result<String, OpenBadgeFault>> {
    let Some(identity) = &audit.identity else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for record in stated.iter().map(|&at| &audit.records[at]) {
        if !openbadge::is_of_kind(record.record().subject.kind()) {
            continue;
        }
        let Ok(Some(bytes)) = files.read(&openbadge::path(&record.id())) else { continue };
        let index = record.proof().map(|proof| proof.index);
        let text = String::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_OPEN_BADGE);
        let checked = text.ok_or(OpenBadgeFault::NotReadable).and_then(|text| {
            let token = text.trim_end().to_owned();
            openbadge::check(&token, record.signed(), index, &identity.keys).map(|()| token)
        });
        found.insert(record.id(), checked);
    }
    found
}

/// A file that is published as it stands, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicFile {
    /// Path below the address of the site.
    pub published: String,
    /// Path below the site's folder.
    pub source: String,
}

impl Evidence {
    /// Loads and verifies what a site's folder holds. `now` is the time to judge at.
    pub fn load(root: &Path, trust: &Trust, now: Option<Timestamp>) -> Self {
        Self::of(&Disk::at(root), trust, now)
    }

    /// Verifies what a folder holds.
    pub fn of(files: &dyn Files, trust: &Trust, now: Option<Timestamp>) -> Self {
        let audit = verify::folder("", files, trust, None, now);
        let mut by_design: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut stated = Vec::new();
        for (at, record) in audit.records.iter().enumerate() {
            let is_in_log = audit
                .folded
                .as_ref()
                .is_some_and(|folded| folded.standings.contains_key(&record.id()));
            let is_own = audit.identity.as_ref().is_some_and(|identity| {
                identity.issuer.same_issuer(&record.record().issuer) || is_in_log
            });
            let is_gone = audit
                .folded
                .as_ref()
                .and_then(|folded| folded.standings.get(&record.id()))
                .is_some_and(|standing| matches!(standing.condition, Condition::Withdrawn(_)));
            // What was taken back is stated nowhere, even if its file still lies there.
            if !is_own || is_gone || record.proof().is_none() {
                continue;
            }
            stated.push(at);
            if let Some(design) = record.record().subject.as_design() {
                by_design.entry(design.slug.clone()).or_default().push(at);
            }
        }
        let index = |at: &usize| audit.records[*at].proof().map(|proof| proof.index);
        stated.sort_by_key(index);
        for records in by_design.values_mut() {
            // The newest entry of the log first.
            records.sort_by_key(|at| std::cmp::Reverse(index(at)));
        }
        let open_badges = open_badges(files, &audit, &stated);
        let by_id = stated.iter().map(|&at| (audit.records[at].id(), at)).collect();
        Self {
            audit,
            stated,
            by_id,
            by_design,
            watched: watched(files),
            trust: trust.clone(),
            neighbours: Vec::new(),
            delegates: Vec::new(),
            open_badges,
            documents: BTreeMap::new(),
        }
    }

    /// The same beside the registers of neighbours.
    #[must_use]
    pub fn beside(self, neighbours: Vec<Neighbour>) -> Self {
        Self { neighbours, ..self }
    }

    /// The same with those whom the site and its neighbours delegated.
    #[must_use]
    pub fn with_delegates(self, delegates: Vec<Delegate>) -> Self {
        Self { delegates, ..self }
    }

    /// The same with the documents of [`Evidence::bound_documents`] that are at hand and may be published: where each lies
    /// in the site's folder.
    #[must_use]
    pub fn with_documents(self, documents: BTreeMap<Sha256Digest, String>) -> Self {
        Self { documents, ..self }
    }

    /// The digests of the criteria that the charter in force binds: the last one.
    pub fn bound_documents(&self) -> BTreeSet<Sha256Digest> {
        let is_in_force = |record: &&VerifiedRecord| {
            let standing = self.standing(&record.id());
            standing.is_some_and(|it| it.condition == Condition::InForce)
        };
        let statements = self.records().filter(is_in_force).filter_map(|record| {
            record.record().subject.as_statement().filter(|it| it.kind == Kind::Charter)
        });
        let criteria = statements.last().map(|charter| charter.list("criteria"));
        criteria
            .into_iter()
            .flatten()
            .filter_map(|one| one.member("document")?.text("digestSRI"))
            .filter_map(Sha256Digest::from_sri)
            .collect()
    }

    /// Where the document with a digest lies in the site's folder, if it may be published. Its bytes may have changed since.
    pub fn document(&self, digest: &Sha256Digest) -> Option<&str> {
        self.documents.get(digest).map(String::as_str)
    }

    /// Every document that may be published, by its digest, with where it lies.
    pub fn documents(&self) -> impl Iterator<Item = (&Sha256Digest, &str)> {
        self.documents.iter().map(|(digest, path)| (digest, path.as_str()))
    }

    /// The registers of those whom the site's trust list believes, as far as they are at hand.
    pub fn neighbours(&self) -> &[Neighbour] {
        &self.neighbours
    }

    /// Whom the site itself and the signers of its trust list delegated, as their registers at hand had it when this was loaded;
    /// nobody if it was loaded at no time.
    pub fn delegates(&self) -> &[Delegate] {
        &self.delegates
    }

    /// The site itself as a signer, if it has keys: under `name`, once for each key where its name binds none.
    pub fn own_signers(&self, name: &str) -> Vec<TrustedSigner> {
        let Some(own) = self.identity() else { return Vec::new() };
        let signer = |fingerprint| TrustedSigner {
            name: name.to_owned(),
            did: own.issuer.clone(),
            fingerprint,
            log: Some(own.log_key.clone()),
            kinds: None,
            address: None,
            delegated: None,
        };
        match own.issuer {
            // An address alone binds no key.
            Did::Web(_) => {
                own.keys.iter().map(|key| signer(Some(sshsig::fingerprint(key)))).collect()
            }
            _ => vec![signer(None)],
        }
    }

    /// The Open Badge that was exported of a record that pages may state, if there is one that says what the record says
    /// under a key of the site's. Whether the record is in force is another matter.
    pub fn open_badge(&self, id: &RecordId) -> Option<&str> {
        self.open_badges.get(id)?.as_deref().ok()
    }

    /// The neighbours whom the site's trust list names as witnesses.
    pub fn witnesses(&self) -> &[TrustedWitness] {
        self.trust.witnesses()
    }

    /// Whom the site's trust list believes.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The sizes of the kept heads that cover a record, the smallest first.
    pub fn heads_over(&self, record: &VerifiedRecord, signed: &dyn Files) -> Vec<u64> {
        let (Some(head), Some(proof)) = (self.log().head(), record.proof()) else {
            return Vec::new();
        };
        let names = signed.list("log/heads").unwrap_or_default();
        let mut sizes: Vec<u64> = names.iter().filter_map(|name| parse_decimal(name)).collect();
        sizes.retain(|size| (proof.index + 1..=head.size).contains(size));
        sizes.sort_unstable();
        sizes
    }

    /// A kept head, if it is one of this log; one that lies there by accident dates nothing.
    fn kept_head(&self, size: u64, signed: &dyn Files) -> Option<Checkpoint> {
        let bytes = signed.read(&format!("log/heads/{size}/checkpoint")).ok().flatten()?;
        let found = Checkpoint::parse(&bytes).ok().filter(|it| it.head().size == size)?;
        let is_own = self.identity()?.log_keys().any(|key| found.verify(key) == Signed::Valid);
        let log = Below { files: signed, folder: "log" };
        let has_root = TreeView::new(&log, size).root(size).is_ok_and(|it| it == found.head().root);
        (is_own && has_root).then_some(found)
    }

    /// A proof from a record to a kept head, if that is one of this log.
    pub fn head_proof(
        &self,
        record: &VerifiedRecord,
        size: u64,
        signed: &dyn Files,
    ) -> Option<TlogProof> {
        let (index, checkpoint) = (record.proof()?.index, self.kept_head(size, signed)?);
        let log = Below { files: signed, folder: "log" };
        let path = TreeView::new(&log, size).inclusion_proof(index).ok()?;
        Some(TlogProof { extra: None, index, path, checkpoint })
    }

    /// Proofs from a record to the heads that others vouch for and that cover it: to the earliest, which dates it, the
    /// earliest that somebody cosigned, and the newest. The earliest first.
    pub fn head_proofs(&self, record: &VerifiedRecord, signed: &dyn Files) -> Vec<TlogProof> {
        let sizes = self.heads_over(record, signed);
        let kept = |size: &&u64| self.kept_head(**size, signed).is_some();
        let is_cosigned = |size: &&u64| {
            let found = self.kept_head(**size, signed);
            let mut keys = self.witnesses().iter().map(|witness| &witness.key);
            found.is_some_and(|it| keys.any(|key| matches!(it.cosigned_by(key), Cosigned::At(_))))
        };
        let chosen: BTreeSet<u64> = [
            sizes.iter().find(kept),
            sizes.iter().find(is_cosigned),
            sizes.iter().rev().find(kept),
        ]
        .into_iter()
        .flatten()
        .copied()
        .collect();
        chosen.into_iter().filter_map(|size| self.head_proof(record, size, signed)).collect()
    }

    /// How a record stands in the log.
    pub fn standing(&self, id: &RecordId) -> Option<&Standing> {
        self.audit.folded.as_ref()?.standings.get(id)
    }

    /// A name that is shown of a record that pages may state, if the opening of this commitment is at hand.
    pub fn person(&self, record: &RecordId, commitment: &Commitment) -> Option<&Opening> {
        let found = self.audit.people.opened.get(&(*record, *commitment))?;
        self.record(record).map(|_| found)
    }

    /// The names that are shown of a record that pages may state.
    pub fn people(&self, record: &VerifiedRecord) -> impl Iterator<Item = &Opening> {
        self.audit.people.of(record.id())
    }

    /// The fold over the log, if it could be used.
    pub fn folded(&self) -> Option<&Folded> {
        self.audit.folded.as_ref()
    }

    /// A record that pages may state, by its id.
    pub fn record(&self, id: &RecordId) -> Option<&VerifiedRecord> {
        self.by_id.get(id).map(|&at| &self.audit.records[at])
    }

    /// The records whose content was taken back, with the record that says so.
    pub fn withdrawn(&self) -> impl Iterator<Item = (RecordId, &Standing, &VerifiedRecord)> {
        let standings = self.audit.folded.iter().flat_map(|folded| &folded.standings);
        standings.filter_map(|(id, standing)| match standing.condition {
            Condition::Withdrawn(by) => Some((*id, standing, self.record(&by)?)),
            _ => None,
        })
    }

    /// The records that pages may state: whole, and in this site's log; in the order of the log.
    pub fn records(&self) -> impl Iterator<Item = &VerifiedRecord> {
        self.stated.iter().map(|&at| &self.audit.records[at])
    }

    /// The records that speak of a design, the newest first.
    pub fn of_design(&self, slug: &str) -> impl Iterator<Item = &VerifiedRecord> {
        self.by_design.get(slug).into_iter().flatten().map(|&at| &self.audit.records[at])
    }

    /// Whose folder it is; `None` as long as there are no keys.
    pub fn identity(&self) -> Option<&Identity> {
        self.audit.identity.as_ref()
    }

    /// Whether the register can tell how its records stand: identity, log, kept heads and bodies do not contradict one
    /// another.
    pub fn is_register_whole(&self) -> bool {
        !self.report().findings.iter().any(is_against_register)
    }

    /// The judgement on the log.
    pub fn log(&self) -> &LogAudit {
        &self.audit.log
    }

    /// The judge's whole report.
    pub fn report(&self) -> &Report {
        &self.audit.report
    }

    /// The register owner's own charter that is in force now, and not for practice: the last one, if there are several.
    pub fn charter(&self) -> Option<&VerifiedRecord> {
        let owner = self.identity()?;
        if self.folded()?.gap.is_some() {
            return None;
        }
        let is_now = |record: &VerifiedRecord| {
            let terms = ["valid-from", "valid-until"].map(|term| record.report().finding(term));
            terms.into_iter().flatten().all(|term| term.verdict != verify::Verdict::Invalid)
        };
        let of_owner = |record: &&VerifiedRecord| {
            let said = record.record();
            let standing = self.standing(&record.id());
            said.subject.kind() == Kind::Charter
                && !said.practice
                && said.issuer.same_issuer(&owner.issuer)
                && standing.is_some_and(|it| it.condition == Condition::InForce)
                && is_now(record)
        };
        self.records().filter(of_owner).last()
    }

    /// The addresses that the register's owner lists as its own (domains and mirrors), in its charter that is in force. Only
    /// what is signed counts: a setting of the site names nothing here, nor does anybody else's charter, or one for practice.
    pub fn sites(&self) -> Vec<BaseUrl> {
        let charter = self.charter().and_then(|charter| charter.record().subject.as_statement());
        let listed = charter.map_or(&[][..], |charter| charter.list("site"));
        // An address that is no place of a site, such as one with a question mark, is a person's to read alone.
        listed.iter().filter_map(|url| BaseUrl::parse(url.as_str()?).ok()).collect()
    }

    /// Every file that the site publishes of its evidence, by published path: identity, the log
    /// up to its head with what others vouch for, what it watches of others, and each stated record with its side signature, proof and masters.
    pub fn public_files(&self) -> Vec<PublicFile> {
        let mut files = Vec::new();
        let mut put = |published: &str, source: String| {
            files.push(PublicFile { published: published.to_owned(), source });
        };
        let Some(identity) = self.identity() else {
            return files;
        };
        let mut names = vec!["did.json", "context-v1.jsonld", "allowed_signers", "log.vkey"];
        if let Some(history) = &identity.history {
            names.push("did.jsonl");
            let is_watched = |version: &Version| !version.parameters.witness.is_empty();
            if history.versions().iter().any(is_watched) {
                names.push("did-witness.json");
            }
        }
        for name in names {
            put(&published_path(identity, name), format!("identity/{name}"));
        }
        for path in &self.watched {
            put(path, path.clone());
        }
        if let Some(head) = self.audit.log.head() {
            let mut paths = vec!["checkpoint".to_owned()];
            for level in 0..8 {
                let tiles = (0..).map_while(|index| Tile::in_tree(head.size, level, index));
                paths.extend(tiles.map(|tile| tile.path()));
            }
            let bundles = (0..).map_while(|index| Bundle::in_log(head.size, index));
            paths.extend(bundles.map(|bundle| bundle.path()));
            for path in paths {
                let path = format!("log/{path}");
                put(&path, path.clone());
            }
        }
        for record in self.records() {
            let stem = format!("records/{}", record.id().short());
            let mut paths: Vec<String> = vec![format!("{stem}.json"), format!("{stem}.tlog-proof")];
            let side = record.report().finding("side-signature");
            if side.is_some_and(|finding| finding.verdict == verify::Verdict::Valid) {
                paths.push(format!("{stem}.sshsig"));
            }
            let masters = record.report().finding("masters");
            if masters.is_some_and(|finding| finding.verdict == verify::Verdict::Valid) {
                paths.extend(record.record().photographs().iter().map(Photograph::path));
            }
            paths.extend(self.people(record).map(|opening| opening.commitment().path()));
            for path in paths {
                put(&path, path.clone());
            }
        }
        // The newest status list of each sort, where its address says.
        for (path, snapshot) in self.status_lists() {
            put(&path, format!("records/{}.json", snapshot.short()));
        }
        files.sort();
        files.dedup();
        files
    }

    /// The list of the kept heads that are published, for readers who cannot list a folder; nothing without a log that
    /// holds. It stands at [`head_list::PATH`].
    pub fn head_list(&self) -> Option<String> {
        self.identity()?;
        self.audit.log.head()?;
        let below = |path: &'_ String| path.strip_prefix("log/heads/").map(str::to_owned);
        let kept: Vec<String> = self.watched.iter().filter_map(below).collect();
        Some(head_list::write(kept.iter().map(String::as_str)))
    }

    /// The newest status list of each sort: the path of its address, and its record.
    pub fn status_lists(&self) -> BTreeMap<String, RecordId> {
        let snapshots = self.audit.folded.iter().flat_map(|folded| &folded.snapshots);
        snapshots
            .filter(|snapshot| snapshot.contradictions.is_empty())
            .map(|snapshot| (status::list_path(snapshot.purpose, snapshot.list), snapshot.id))
            .collect()
    }

    /// What is wrong with what was signed, for the maker.
    ///
    /// Whom the site's own trust list names is no matter here: she signed it herself.
    pub fn problems(&self) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let report = self.report();
        if report.records.is_empty()
            && self.identity().is_none()
            && report.findings.iter().all(is_not_invalid)
        {
            return problems;
        }
        for finding in &report.findings {
            // What a missing record keeps from being told is told once, of the record.
            let follows = finding.axis == verify::Axis::Status
                && finding.verdict == verify::Verdict::NotChecked;
            // Each file of them is named below.
            let is_told = follows || finding.check == "people";
            if finding.verdict != verify::Verdict::Valid && !is_unread(finding) && !is_told {
                let place = match finding.check {
                    "identity" => "identity",
                    "log-bodies" => "records",
                    _ => "log",
                };
                let hint = match finding.check {
                    _ if is_against_register(finding) => NO_STATE,
                    "identity" | "log-head" | "log-tiles" | "log-entries" | "log-bodies" => {
                        NO_STATE
                    }
                    // What was changed of the keys is entered by the next command that signs.
                    "log-identity" if finding.verdict == verify::Verdict::NotChecked => {
                        "`selvedge log due SITE` enters it; if it was entered before, this copy of the folder is old: restore a newer one"
                    }
                    "log-rules" => "what that entry meant to change is as it was",
                    _ => "restore it from a copy, signed files are never edited",
                };
                problems.push(problem(place, &finding.reason, hint));
            }
        }
        let stated: Vec<String> =
            self.records().map(|record| format!("{}.json", record.id().short())).collect();
        for record in report.records.iter().filter(|record| !stated.contains(&record.target)) {
            let why = record
                .findings
                .iter()
                .find(|finding| {
                    finding.verdict == verify::Verdict::Invalid && finding.check != "practice"
                })
                .or_else(|| record.finding("inclusion"))
                .map_or("it cannot be checked", |finding| &finding.reason);
            problems.push(problem(&format!("records/{}", record.target), why, NOT_STATED));
        }
        for (path, why) in &self.audit.people.strays {
            problems.push(problem(path, why, NOT_SHOWN));
        }
        let ids: BTreeSet<RecordId> = self.records().map(VerifiedRecord::id).collect();
        let unstated = self.audit.people.opened.keys().filter(|(id, _)| !ids.contains(id));
        for (_, commitment) in unstated {
            problems.push(problem(&commitment.path(), "no page states its record", NOT_SHOWN));
        }
        // Of what does not hold none can be made anew, and none is published.
        let holds = |id: &RecordId| {
            let is_over = |record: &VerifiedRecord| {
                let term = record.report().finding("valid-until");
                term.is_some_and(|term| term.verdict == verify::Verdict::Invalid)
            };
            self.standing(id).is_some_and(|it| it.condition == Condition::InForce)
                && !self.record(id).is_some_and(is_over)
        };
        for (id, checked) in self.open_badges.iter().filter(|(id, _)| holds(id)) {
            if let Err(fault) = checked {
                let path = openbadge::path(id);
                let hint = format!(
                    "badges are made without it; make it anew: selvedge record export-badge {}",
                    id.short()
                );
                let place = Place::Path(path);
                problems.push(
                    Diagnostic::new(
                        Severity::Warning,
                        codes::RECORD_PROBLEM,
                        place,
                        fault.to_string(),
                    )
                    .hint(hint),
                );
            }
        }
        for record in self.records() {
            let missing = record.report().finding("masters");
            if let Some(finding) = missing.filter(|f| f.verdict != verify::Verdict::Valid) {
                let path = format!("records/{}.json", record.id().short());
                problems.push(problem(&path, &finding.reason, NOT_STATED));
            }
        }
        problems
    }

    /// What the newest record of a design says otherwise than the design does now; empty if they
    /// agree, `None` if no record speaks of it.
    pub fn edited(&self, now: &Design) -> Option<Vec<&'static str>> {
        let record = self.of_design(&now.slug).next()?;
        Some(differences(record.record().subject.as_design()?, now))
    }

    /// The designs whose newest record says otherwise than their files do now, by id, with the
    /// parts that differ, in words. `master` gives the record master of the photograph at a path below the site's
    /// folder, as [`photograph`] tells it; it is asked for those of [`Evidence::compared_photos`].
    pub fn changes(
        &self,
        site: &Site,
        master: &dyn Fn(&str) -> Option<Photograph>,
    ) -> BTreeMap<String, Vec<&'static str>> {
        self.recorded_designs(site)
            .filter_map(|design| {
                let parts = self.edited(&current(site, design, master))?;
                (!parts.is_empty()).then(|| (design.id.as_str().to_owned(), parts))
            })
            .collect()
    }

    fn recorded_designs<'s>(
        &self,
        site: &'s Site,
    ) -> impl Iterator<Item = &'s crate::model::Design> {
        site.designs.iter().filter(|design| self.by_design.contains_key(design.id.as_str()))
    }

    /// The photographs that are compared with what was signed, by their paths below the site's folder.
    pub fn compared_photos<'s>(&self, site: &'s Site) -> impl Iterator<Item = &'s str> {
        self.recorded_designs(site)
            .flat_map(|design| design.photos.iter().map(|photo| photo.path.as_str()))
    }

    /// The worst state among the stated records, if there are any.
    pub fn state(&self) -> Option<State> {
        self.records().map(VerifiedRecord::state).min()
    }
}

fn is_not_invalid(finding: &verify::Finding) -> bool {
    finding.verdict != verify::Verdict::Invalid
}

/// Whether a finding only repeats that an earlier one does not hold.
fn is_unread(finding: &verify::Finding) -> bool {
    finding.verdict == verify::Verdict::NotChecked
        && matches!(
            &*finding.reason,
            "there is no log" | "the head does not hold" | "the log cannot be used"
        )
}

/// Whether a finding on the folder says that the register was altered, or has two versions.
fn is_against_register(finding: &verify::Finding) -> bool {
    finding.axis == verify::Axis::Bytes && finding.verdict == verify::Verdict::Invalid
}

/// What follows from a register that cannot tell.
const NO_STATE: &str = "until it is mended no page says of a record that it is in force; restore it from a copy, signed files are \
     never edited";

/// What follows from a record that cannot be used.
const NOT_STATED: &str =
    "pages state nothing from it; restore it from a copy, signed files are never edited";

/// What follows from a file that opens no name.
const NOT_SHOWN: &str = "no page shows it, and it is not published; take it out of that folder, and show a name with \
     `selvedge record show-name` only";

fn problem(path: &str, why: &str, hint: &'static str) -> Diagnostic {
    let place = Place::Path(path.to_owned());
    Diagnostic::new(Severity::Warning, codes::RECORD_PROBLEM, place, why.to_owned()).hint(hint)
}

/// Says of each changed design, at its file, what differs from what was signed.
pub fn change_diagnostics(
    site: &Site,
    changes: &BTreeMap<String, Vec<&'static str>>,
) -> Vec<Diagnostic> {
    let of = |design: &crate::model::Design| {
        let parts = changes.get(design.id.as_str())?;
        let place = Place::Path(site.sources.path(design.file).to_owned());
        let words = format!(
            "{} was changed after its record was signed: {}",
            design.name.original(),
            parts.join(", ")
        );
        let hint = "the page shows what was signed, and says so; to sign it as it is now, \
                    use `selvedge record new` again";
        let diagnostic = Diagnostic::new(Severity::Warning, codes::RECORD_CHANGED, place, words);
        Some(diagnostic.hint(hint))
    };
    site.designs.iter().filter_map(of).collect()
}

/// Reads the trust list of a site's folder; nobody is believed if there is none.
pub fn load_trust(root: &Path) -> Result<Trust, TrustError> {
    let unreadable = |why: String| TrustError { span: None, why };
    match Disk::at(root).read("trust.toml").map_err(|error| unreadable(error.to_string()))? {
        None => Ok(Trust::nobody()),
        Some(bytes) => {
            let text = String::from_utf8(bytes)
                .map_err(|_| unreadable("the trust list is not UTF-8 text".to_owned()))?;
            Trust::parse(&text)
        }
    }
}
