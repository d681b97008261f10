//! What the verbs of `record` do: how a register is opened for one act, and the acts that are more than a statement.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::attest::seal::{Request, Sealed};
use crate::attest::withdraw::{KeptBack, others};
use crate::attest::{self, Clock, Issued, Keys, Places, Prepared, Register, SiteLookup};
use crate::check::Site;
use crate::diag::nearest;
use crate::diag::report::{visible, visible_lines};
use crate::evidence::Evidence;
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::json::{Object, Value};
use crate::provenance::kind::{Kind, RecordRef, Statement};
use crate::provenance::log::RecordId;
use crate::provenance::record::{Record, Sha256Digest, SignedRecord, Subject, Uuid};
use crate::provenance::seal::LeafOpening;
use crate::verify::fold::Condition;
use crate::write::RealDisk;

use super::keys::fill;
use super::record::Args;
use super::{Ended, Failed, Outcome, console, now};

/// What came of an act.
pub(super) enum Done {
    /// A record is in the register.
    Issued(Issued),
    /// A Withdrawal is in the register, and a design went with it, to that folder.
    Withdrawn(Issued, Option<PathBuf>),
    /// A record waits.
    Held(RecordId),
    /// A file opens leaves to one party.
    Opened(PathBuf),
}

/// The site, and who signs for it.
pub(super) struct Desk {
    pub(super) outcome: crate::check::Outcome,
    pub(super) root: PathBuf,
    pub(super) base: DidWeb,
    pub(super) issuer: Did,
    pub(super) at: Timestamp,
}

impl Desk {
    /// Reads the site; `None` if it has errors, which are told.
    pub(super) fn open(args: &Args) -> Result<Option<Self>, Failed> {
        // Records hold whole seconds.
        let at = Timestamp::from_second(now(args.at.as_deref())?.as_second())?;
        let root = args.place.root();
        let outcome = crate::check::load(&root)?;
        let Some(site) = outcome.site.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else {
            console::diagnostics(&outcome.diagnostics, &outcome.sources);
            console::say("nothing was signed: mend the errors first");
            return Ok(None);
        };
        let base = attest::issuer(site, args.practice)?;
        let issuer = attest::signing_name(&root, &base, args.practice)?;
        Ok(Some(Self { outcome, root, base, issuer, at }))
    }

    /// The site, which a desk has.
    pub(super) fn site(&self) -> &crate::check::Site {
        self.outcome.site.as_ref().expect("a desk has a site")
    }

    fn record(&self, args: &Args, subject: Subject) -> Result<Record, Failed> {
        let mut random = [0; 16];
        fill(&mut random)?;
        Ok(Record {
            uuid: Uuid::from_random(random),
            issuer: self.issuer.clone(),
            base: self.base.clone(),
            practice: args.practice,
            valid_from: self.at,
            valid_until: None,
            position: None,
            reissues: None,
            subject,
        })
    }

    /// Signs what is prepared, after showing it in words.
    pub(super) fn sign(&self, args: &Args, prepared: &Prepared) -> Outcome {
        let words = prepared.words(self.at);
        if prepared.record.subject.kind() == Kind::Withdrawal {
            return self.withdraw(args, prepared, &words);
        }
        let reissued = prepared.record.reissues.as_ref().map(|old| old.id);
        self.with_register(args, &words, |register| {
            // The rules allow it; but then two records in force would say the same.
            let standing = reissued.and_then(|old| register.standing(&old));
            if let Some(Condition::Superseded(by)) = standing.map(|standing| &standing.condition) {
                return Err(Failed(format!(
                    "{} stands in its place already; what you want to sign again is that one",
                    by.short()
                )));
            }
            Ok(match args.hold {
                true => Done::Held(register.hold(prepared, self.at)?),
                false => Done::Issued(register.issue(prepared, self.at)?),
            })
        })
    }

    /// Takes a record back, and with it the design that the site would go on showing.
    fn withdraw(&self, args: &Args, prepared: &Prepared, words: &str) -> Outcome {
        let target = prepared.record.subject.as_statement().and_then(Statement::target);
        let lookup = SiteLookup::load(&self.root);
        let signed = target
            .as_ref()
            .and_then(|target| lookup.records().find(|signed| signed.id() == target.id));
        let design = signed.and_then(|signed| {
            let slug = &signed.record().subject.as_design()?.slug;
            self.site().designs.iter().find(|design| design.id.as_str() == slug)
        });
        let others: Vec<RecordId> = match (design, &target) {
            (Some(design), Some(target)) => {
                others(lookup.records(), design.id.as_str(), &target.id).collect()
            }
            _ => Vec::new(),
        };
        self.with_register(args, words, |register| {
            // A newer record of the same design keeps it.
            let goes = design.filter(|_| !others.iter().any(|other| register.holds(other)));
            let kept = match (goes, &target) {
                (Some(design), Some(target)) => {
                    let slug = design.id.as_str();
                    expect_unnamed(self.site(), slug)?;
                    Some(KeptBack::design(&self.root, slug, &target.id, &RealDisk)?)
                }
                _ => None,
            };
            match (register.issue(prepared, self.at), kept) {
                // An act of several may still wait for the others: then all stays as it is.
                (Ok(issued), Some(kept)) if !is_gone(register, &target) => {
                    kept.undo(&RealDisk)?;
                    Ok(Done::Issued(issued))
                }
                (Ok(issued), _) if !is_gone(register, &target) => Ok(Done::Issued(issued)),
                (Ok(issued), kept) => {
                    Ok(Done::Withdrawn(issued, kept.map(|kept| kept.place().to_owned())))
                }
                (Err(error), kept) => {
                    if let Some(kept) = kept {
                        kept.undo(&RealDisk)?;
                    }
                    Err(error.into())
                }
            }
        })
    }

    /// Opens the register after showing in words what will be done, and does it.
    fn with_register(
        &self,
        args: &Args,
        words: &str,
        act: impl FnOnce(&mut Register<'_>) -> Result<Done, Failed>,
    ) -> Outcome {
        let at = self.at;
        let vault = args.place.vault(&self.root, &self.base)?;
        if !confirmed(args, words)? {
            return Ok(Ended::Fine);
        }
        let known = attest::identity::load(&self.root)?;
        if let Some(known) = &known {
            super::succession::settle(&vault.folder, known)?;
        }
        let passphrase = args.phrase.read(false)?;
        let (record, log) = vault.folder.unlock_both(&passphrase)?;
        let places = Places { site: &self.root, heads: &vault.heads };
        let keys = Keys { record: &record, log: &log };
        let mut register = attest::open(places, self.base.clone(), keys, &RealDisk)?;
        say_what_lay_there(&register)?;
        match args.verb.as_str() {
            // It is about to finish one itself.
            "seal" => drop(attest::seal::complete(&self.root, &RealDisk)?),
            _ => tend_seals(&self.root, &register)?,
        }
        if args.verb != "clock"
            && let Clock::Jump { last } = register.clock(at)?
        {
            let words = format!(
                "This machine's clock says {at}; the last entry is of {last}. Is the clock right? (yes or no)"
            );
            if !args.yes && !is_yes(&words) {
                console::say("nothing was signed; set the clock first");
                return Ok(Ended::Wrong);
            }
        }
        if let Some(known) = &known {
            super::succession::complete_change(&mut register, &vault, known, &self.base, at)?;
        }
        let done = act(&mut register)?;
        say_kept_back(&register);
        drop(register);
        if vault.folder.state()?.is_some_and(|state| state.is_drill_due(at)) {
            console::say(
                "It is time to test your backup and the master key sheet: selvedge keys drill",
            );
        }
        tell(args, &done)
    }
}

/// Refuses while a product names a design that is to leave the site.
pub(super) fn expect_unnamed(site: &Site, slug: &str) -> Result<(), Failed> {
    let naming = site
        .designs
        .iter()
        .filter(|design| design.id.as_str() == slug)
        .flat_map(|design| &design.products)
        .map(|product| site.products[product.at()].id.as_str())
        .next();
    match naming {
        None => Ok(()),
        Some(product) => Err(Failed(format!(
            "products/{product} names designs/{slug}, and would go on showing it; take it out of `design` there first"
        ))),
    }
}

/// Says which designs left the site with Withdrawals that were signed before.
pub(super) fn say_kept_back(register: &Register<'_>) {
    for kept in register.kept_back() {
        console::say(&format!(
            "the record of designs/{slug} was taken back: the design itself went to {place}, and is on no page any more. Put it back \
             into designs/ only if it is to be shown. Take it out of `design` in every product that names it, then build and \
             publish the site again.",
            slug = kept.slug(),
            place = kept.place().display()
        ));
    }
}

/// Whether a record was taken back.
fn is_gone(register: &Register<'_>, target: &Option<RecordRef>) -> bool {
    let standing = target.as_ref().and_then(|target| register.standing(&target.id));
    standing.is_some_and(|standing| matches!(standing.condition, Condition::Withdrawn(_)))
}

fn is_yes(words: &str) -> bool {
    matches!(console::ask(words, "no").to_lowercase().as_str(), "yes" | "y")
}

/// Shows what will be done, and asks; true if it is to be done.
fn confirmed(args: &Args, words: &str) -> Result<bool, Failed> {
    console::say(words);
    if args.yes {
        return Ok(true);
    }
    if !console::is_interactive() {
        return Err(Failed(
            "nobody can be asked whether to sign this; say --yes if it is right".to_owned(),
        ));
    }
    let is_right = is_yes("Sign this? (yes or no)");
    if !is_right {
        console::say("nothing was signed");
    }
    Ok(is_right)
}

fn tell(args: &Args, done: &Done) -> Outcome {
    match done {
        Done::Issued(issued) | Done::Withdrawn(issued, _) if args.json => {
            console::json(&serde_json::json!({
                "id": issued.id.to_string(),
                "shortId": issued.id.short().as_str(),
                "index": issued.index,
                "files": issued.files,
            }))
        }
        Done::Issued(issued) => say_entered(issued),
        Done::Withdrawn(issued, place) => {
            say_entered(issued);
            let design = place.as_ref().map_or_else(String::new, |place| {
                format!(
                    " The design itself went to {}, and is on no page any more; put it back into designs/ only if it is to be shown.",
                    place.display()
                )
            });
            console::say(&format!(
                "What the record held is gone from records/; its number and date stay.{design}\n\
                 Now build and publish the site again: until then the old pages show it. The history of git, and copies that \
                 others made, stay: this cannot take them back."
            ));
        }
        Done::Held(id) if args.json => console::json(&serde_json::json!({
            "id": id.to_string(), "shortId": id.short().as_str(), "held": true,
        })),
        Done::Held(id) => console::say(&format!(
            "Signed. {} waits in private/held, and is entered with the next `selvedge log due`.",
            id.short()
        )),
        Done::Opened(path) => console::say(&format!(
            "{} opens those leaves; give it to her together with the files.",
            path.display()
        )),
    }
    Ok(Ended::Fine)
}

/// Moves designs that were sealed and are still on the site, and names what is left to do about sealed designs. Nothing of it
/// keeps other records from being signed. The register has to be open: nobody else then moves a design.
pub(super) fn tend_seals(root: &Path, _: &Register<'_>) -> Result<(), Failed> {
    for slug in attest::seal::complete(root, &RealDisk)? {
        console::say(&format!(
            "the design \"{slug}\" was sealed, and sealing was interrupted: designs/{slug} went to private/ now. If you built the site \
             since, do not publish that: build it again first"
        ));
    }
    let unfinished = attest::seal::unfinished(root, &SiteLookup::load(root))?;
    for why in unfinished.damaged {
        console::say(&format!("what opens a sealed design is damaged: {why}"));
    }
    for sealed in unfinished.unsigned {
        console::say(&format!(
            "the design \"{slug}\" was sealed, and its record is not signed yet: selvedge record seal {slug} {}",
            root.display(),
            slug = sealed.slug,
        ));
    }
    Ok(())
}

/// Says what an opened register found beside itself.
pub(super) fn say_what_lay_there(register: &Register<'_>) -> Result<(), Failed> {
    for id in register.completed() {
        let short = id.short();
        console::say(&format!(
            "a signing that was interrupted is complete now: records/{short}.json"
        ));
    }
    for id in register.foreign() {
        let short = id.short();
        console::say(&format!(
            "records/{short}.json was signed by somebody else, and is not in the register: nothing was done with it. Move it out \
             of that folder; to enter it after that: selvedge record add FILE"
        ));
    }
    if !register.strays().is_empty() {
        console::say(&format!(
            "the folder records holds what belongs to no record: {}. It does no harm, and nothing was done with it; what you \
             put there yourself can be moved out",
            register.strays().iter().map(|name| visible(name)).collect::<Vec<_>>().join(", ")
        ));
    }
    for id in register.stale()? {
        console::say(&format!(
            "the record {} waits in private/held, and its key was replaced before it was entered: it would have no effect, and was \
             left where it is. Sign it again, and remove it from that folder",
            id.short()
        ));
    }
    Ok(())
}

fn say_entered(issued: &Issued) {
    console::say(&format!(
        "Signed and entered in the register as number {}. The record is records/{}.json; `selvedge build` puts it on its page.",
        issued.index + 1,
        issued.id.short()
    ));
}

/// `record seal`: a fingerprint is entered, the design is kept back.
pub(super) fn seal(args: &Args) -> Outcome {
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    let wanted = args.what.as_deref().unwrap_or_default();
    let site = desk.site();
    let design = site.designs.iter().find(|design| design.id.as_str() == wanted);
    let unfinished = attest::seal::unfinished(&desk.root, &SiteLookup::load(&desk.root))?;
    let goes_on = |sealed: &Sealed| {
        sealed.slug == wanted && (design.is_none() || attest::seal::is_in_place(&desk.root, sealed))
    };
    if let Some(sealed) = unfinished.unsigned.into_iter().find(goes_on) {
        return finish_seal(&desk, args, sealed);
    }
    let Some(design) = design else {
        if let [why, ..] = unfinished.damaged.as_slice() {
            return Err(Failed(format!("there is no design \"{wanted}\" on the site; {why}")));
        }
        let known = site.designs.iter().map(|design| design.id.as_str());
        let near = nearest(wanted, known).map(|near| format!("; did you mean \"{near}\"?"));
        let near = near
            .unwrap_or_else(|| "; write `selvedge record seal DESIGN SITE --backup DIR`".into());
        return Err(Failed(format!("there is no design \"{wanted}\"{near}")));
    };
    let Some(backup_to) = &args.backup else {
        return Err(Failed(
            "say where the copy of what opens the seal goes, best a stick that you keep elsewhere: --backup DIR"
                .to_owned(),
        ));
    };
    let title = title(args, site.locales.first().map_or("en", |locale| locale.tag()))?;
    let mut folder = [0; 8];
    let mut seed = Zeroizing::new([0; 32]);
    fill(&mut folder)?;
    fill(&mut *seed)?;
    let disk = crate::evidence::Disk::at(&desk.root);
    let evidence = Evidence::of(&disk, &crate::verify::Trust::nobody(), Some(desk.at));
    let base_url = desk.base.base_url();
    let words = format!(
        "You are about to seal the design \"{wanted}\", as {base_url}:\n  \
         a fingerprint of all its files is entered in the register; the folder designs/{wanted} moves to private/\n  \
         a copy of what opens it goes to {}\n\n{}\nWithout that copy, or the folder in private/, nobody can ever open it.\n",
        backup_to.display(),
        Kind::SealedDesign.rules().meaning,
    );
    let issuer = desk.issuer.to_string();
    let outputs = [desk.root.join("public")];
    desk.with_register(args, &words, |register| {
        let stand_in = Statement { kind: Kind::SealedDesign, members: Object::new() };
        let mut record = desk.record(args, Subject::Statement(stand_in))?;
        let request = Request {
            site,
            design,
            root: &desk.root,
            evidence: &evidence,
            outputs: &outputs,
            issuer: &issuer,
            base: &base_url,
            record: &record.uuid,
            seed: &seed,
            folder,
            backup_to,
        };
        let (sealed, backup) = attest::seal::seal(&request, &RealDisk)?;
        if backup.is_same_disk {
            console::say(&format!(
                "The copy {} lies on the same disk as the site: copy it to a stick as well.",
                backup.path.display()
            ));
        }
        let mut members = sealed.seal.members(None);
        if let Some(title) = title {
            members.insert("title".to_owned(), title);
        }
        record.subject = Subject::Statement(Statement { kind: Kind::SealedDesign, members });
        let prepared = Prepared { record, masters: Vec::new() };
        Ok(Done::Issued(register.issue(&prepared, desk.at)?))
    })
}

/// Signs the record of a design that was sealed and moved before, when something interrupted it.
fn finish_seal(desk: &Desk, args: &Args, sealed: Sealed) -> Outcome {
    let language = desk.site().locales.first().map_or("en", |locale| locale.tag());
    let title = title(args, language)?;
    let words = format!(
        "The design \"{}\" was sealed before, as {}, and its record was not signed: that is done now.\n\n{}\n",
        sealed.slug,
        desk.base.base_url(),
        Kind::SealedDesign.rules().meaning,
    );
    desk.with_register(args, &words, |register| {
        let mut members = sealed.seal.members(None);
        if let Some(title) = title {
            members.insert("title".to_owned(), title);
        }
        let subject = Subject::Statement(Statement { kind: Kind::SealedDesign, members });
        let uuid = sealed.seal.commitment().record.clone();
        let record = Record { uuid, ..desk.record(args, subject)? };
        Ok(Done::Issued(register.issue(&Prepared { record, masters: Vec::new() }, desk.at)?))
    })
}

/// The public title of a sealed design, if one was given with `--set title=…`.
fn title(args: &Args, language: &str) -> Result<Option<Value>, Failed> {
    if let Some(other) = args.set.iter().find(|setting| !setting.starts_with("title=")) {
        return Err(Failed(format!("of a seal only title=… may be public, and not {other}")));
    }
    let given = args.set.iter().find_map(|setting| setting.strip_prefix("title="));
    Ok(given.map(|text| {
        let text = text.trim_matches('"');
        vec![Value::from([("@language", language.into()), ("@value", text.into())])].into()
    }))
}

/// What an act is about.
fn named<'a>(args: &'a Args, example: &str) -> Result<&'a str, Failed> {
    args.what.as_deref().ok_or_else(|| {
        Failed(format!("say which: `selvedge record {} {example} my-shop`", args.verb))
    })
}

/// `record disclose`: opens leaves of a sealed design, to everybody or to one party.
pub(super) fn disclose(args: &Args) -> Outcome {
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    let lookup = SiteLookup::load(&desk.root);
    let signed = lookup.signed(named(args, "IDF6JDYS")?).map_err(Failed)?;
    let mut found = None;
    let mut damaged = None;
    for folder in attest::seal::folders(&desk.root)? {
        match attest::seal::load(&desk.root, &folder) {
            Ok(sealed) if sealed.seal.commitment().record == signed.record().uuid => {
                found = Some(sealed);
            }
            Ok(_) => {}
            Err(why) => damaged = Some(why),
        }
    }
    let Some(sealed) = found else {
        return Err(match damaged {
            Some(why) => why.into(),
            None => Failed(
                "what opens this record is not in private/sealed; restore it from the copy that was made when it was sealed"
                    .to_owned(),
            ),
        });
    };
    if args.leaf.is_empty() {
        for (index, item) in sealed.seal.items() {
            console::print(&format!("{index:>4}  {:<10} {}\n", item.kind.name(), item.name));
        }
        console::say("Open some of these with --leaf N, repeated; nothing was opened.");
        return Ok(Ended::Fine);
    }
    // The leaves that hold nothing hide how many others there are; opening one would tell.
    let is_listed = |leaf: &&usize| sealed.seal.items().any(|(index, _)| index == **leaf);
    if let Some(leaf) = args.leaf.iter().find(|leaf| !is_listed(leaf)) {
        return Err(Failed(format!(
            "there is no leaf {leaf} to open; `selvedge record disclose` without --leaf lists them"
        )));
    }
    if let Some(to) = &args.to {
        let words = format!(
            "You are about to open {} leaves to one party, with the file {}.\nWhoever has that file can show them to others.\n",
            args.leaf.len(),
            to.display(),
        );
        if !confirmed(args, &words)? {
            return Ok(Ended::Fine);
        }
        let digest = Sha256Digest(*signed.id().as_bytes());
        attest::seal::open_for_party(&desk.root, &sealed, &args.leaf, digest, to, &RealDisk)?;
        return tell(args, &Done::Opened(to.clone()));
    }
    let opened = attest::seal::open(&desk.root, &sealed, &args.leaf)?;
    let reference = RecordRef { uuid: signed.record().uuid.clone(), id: signed.id() };
    let leaves: Vec<Value> = opened.leaves.iter().map(LeafOpening::to_value).collect();
    let mut members: Object =
        [("target".to_owned(), reference.to_value()), ("opened".to_owned(), leaves.into())].into();
    if !opened.masters.is_empty() {
        let base = desk.base.base_url();
        let photographs = opened.masters.iter().map(|master| master.photograph.to_value(&base));
        members.insert("photograph".to_owned(), photographs.collect::<Vec<_>>().into());
    }
    let subject = Subject::Statement(Statement { kind: Kind::Disclosure, members });
    let record = desk.record(args, subject)?;
    desk.sign(args, &Prepared { record, masters: opened.masters })
}

/// `record reissue`: the same again, signed with the key of now.
pub(super) fn reissue(args: &Args) -> Outcome {
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    let lookup = SiteLookup::load(&desk.root);
    let old = lookup.signed(named(args, "IDF6JDYS")?).map_err(Failed)?;
    let said = old.record();
    if said.base != desk.base {
        return Err(Failed(format!(
            "this record hangs on {}, where the site was before; write it anew for {}",
            said.base.base_url(),
            desk.base.base_url()
        )));
    }
    let mut masters = Vec::new();
    for photograph in said.photographs() {
        let path = photograph.path();
        let bytes = std::fs::read(desk.root.join(&path)).map_err(|error| {
            Failed(format!("{path} cannot be read: {}", crate::write::plain_words(&error)))
        })?;
        masters.push(attest::Master { photograph, bytes, source: path });
    }
    let new = desk.record(args, said.subject.clone())?;
    let record = Record {
        valid_from: said.valid_from,
        valid_until: said.valid_until,
        reissues: Some(RecordRef { uuid: said.uuid.clone(), id: old.id() }),
        ..new
    };
    desk.sign(args, &Prepared { record, masters })
}

/// `record add`: enters what somebody else signed.
pub(super) fn add(args: &Args) -> Outcome {
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    let path = named(args, "their-record.json")?;
    let bytes = std::fs::read(path).map_err(|error| {
        Failed(format!("{path} cannot be read: {}", crate::write::plain_words(&error)))
    })?;
    let signed = SignedRecord::parse(&bytes)
        .map_err(|fault| Failed(format!("{path} is not a signed record: {}", fault.why)))?;
    let said = signed.record();
    let day = signed.created().strftime("%Y-%m-%d");
    let mut words = format!("{} said, on {day}:\n", said.issuer);
    for (label, texts) in said.subject.as_statement().map(Statement::lines).unwrap_or_default() {
        for text in texts {
            words.push_str(&format!("  {label:<22}{}\n", text.text));
        }
    }
    words.push_str("\nYou enter these words in your register; they stay that person's.\n");
    // A stranger's words must not be able to rewrite what stands on the screen.
    let words = visible_lines(&words);
    desk.with_register(args, &words, |register| Ok(Done::Issued(register.admit(&signed)?)))
}
