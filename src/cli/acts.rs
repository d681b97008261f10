//! What the verbs of `record` do: how a register is opened for one act, and the acts that are more than a statement.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::attest::certify;
use crate::attest::draft::Writing;
use crate::attest::seal::{Request, Sealed};
use crate::attest::withdraw::{KeptBack, others};
use crate::attest::{self, Entered, Issued, Keys, Places, Prepared, Register, SiteLookup};
use crate::check::Site;
use crate::custodian;
use crate::diag::report::{visible, visible_lines};
use crate::diag::{Sources, nearest};
use crate::evidence::{Disk, Evidence};
use crate::model::{Design, HomeRegister};
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::files::Files as _;
use crate::provenance::json::{Object, Value};
use crate::provenance::kind::{Kind, RecordRef, Statement};
use crate::provenance::log::RecordId;
use crate::provenance::record::{Record, Sha256Digest, SignedRecord, Subject, Uuid};
use crate::provenance::seal::{Item, LeafOpening};
use crate::verify::fold::Condition;
use crate::write::RealDisk;

use super::exports;
use super::keys::fill;
use super::own;
use super::record::{Args, settings};
use super::{Ended, Failed, Moment, Outcome, console, day, now};

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
    /// Others have to agree before it is entered.
    Waits {
        /// The record.
        id: RecordId,
        /// What they have to agree to.
        act: RecordId,
        have: u64,
        need: u64,
    },
    /// A record for the register of somebody else lies in that folder, and a design may have gone with it.
    Given(RecordId, PathBuf, Option<PathBuf>),
}

impl From<Entered> for Done {
    fn from(entered: Entered) -> Self {
        match entered {
            Entered::Now(issued) => Self::Issued(issued),
            Entered::Waits { id, act, have, need } => Self::Waits { id, act, have, need },
        }
    }
}

/// What signs: the register of this site, or a key of one's own for another's.
pub(super) trait Pen {
    /// Signs a record.
    fn issue(&mut self, prepared: &Prepared, at: Timestamp) -> Result<Done, Failed>;
}

impl Pen for Register<'_> {
    fn issue(&mut self, prepared: &Prepared, at: Timestamp) -> Result<Done, Failed> {
        Ok(Done::Issued(Register::issue(self, prepared, at)?))
    }
}

/// The site, and who signs for it.
pub(super) struct Desk {
    pub(super) outcome: crate::check::Outcome,
    pub(super) root: PathBuf,
    pub(super) base: DidWeb,
    pub(super) issuer: Did,
    pub(super) at: Timestamp,
    /// The register of an association for which it signs; `None` if it keeps its own.
    home: Option<HomeRegister>,
}

impl Desk {
    /// Reads the site; `None` if it has errors, which are told.
    pub(super) fn open(args: &Args) -> Result<Option<Self>, Failed> {
        // Records hold whole seconds.
        let at = Timestamp::from_second(now(args.at.as_deref())?.as_second())?;
        let root = args.place.root();
        let outcome = crate::check::load_on(&root, day(at))?;
        let Some(site) = outcome.site.as_ref().filter(|_| !outcome.diagnostics.has_errors()) else {
            console::diagnostics(&outcome.diagnostics, &outcome.sources);
            console::say("nothing was signed: mend the errors first");
            return Ok(None);
        };
        let home = site.register.clone();
        let (base, issuer) = match &home {
            Some(home) => (own::base(home, args.practice)?, own::name(home)?),
            None => {
                let base = attest::issuer(site, args.practice)?;
                let issuer = attest::signing_name(&root, &base, args.practice)?;
                (base, issuer)
            }
        };
        Ok(Some(Self { outcome, root, base, issuer, at, home }))
    }

    /// The site, which a desk has.
    pub(super) fn site(&self) -> &crate::check::Site {
        self.outcome.site.as_ref().expect("a desk has a site")
    }

    /// In whose name it signs, for the screen.
    fn signs_as(&self) -> String {
        let base = self.base.base_url();
        match self.home {
            Some(_) => format!("{}, for the register of {base}", self.issuer),
            None => base,
        }
    }

    /// An envelope in its name around a subject.
    pub(super) fn record(&self, args: &Args, subject: Subject) -> Result<Record, Failed> {
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
    pub(super) fn sign(&self, args: &Args, prepared: &Prepared, about: &str) -> Outcome {
        let words = prepared.words(self.at) + about;
        super::tags::expect_in_bounds(self, prepared)?;
        self.expect_theirs_to_pass_on(prepared)?;
        self.expect_theirs_to_label(prepared)?;
        if self.home.is_some() {
            return own::sign(self, args, prepared, &words);
        }
        let kind = prepared.record.subject.kind();
        if kind == Kind::Withdrawal {
            return self.withdraw(args, prepared, &words);
        }
        let reissued = prepared.record.reissues.as_ref().map(|old| old.id);
        self.with_register(args, &words, |register| {
            // Somebody else may have signed since it was looked at.
            super::tags::expect_in_bounds(self, prepared)?;
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
                // What opens a sealed design, and agreements to that, wait until they are enough.
                false if kind == Kind::Disclosure || register.is_asked_for(prepared)? => {
                    register.disclose(prepared, self.at)?.into()
                }
                false => {
                    let mut issued = register.issue(prepared, self.at)?;
                    issued.files.extend(exports::beside(register, &[issued.id], self.at));
                    Done::Issued(issued)
                }
            })
        })
    }

    /// Refuses to pass on what is not one person's to give.
    fn expect_theirs_to_pass_on(&self, prepared: &Prepared) -> Result<(), Failed> {
        if prepared.record.subject.kind() != Kind::Transfer || prepared.record.reissues.is_some() {
            return Ok(());
        }
        let evidence =
            Evidence::of(&Disk::at(&self.root), &crate::verify::Trust::nobody(), Some(self.at));
        custodian::check(&evidence, &prepared.record, self.at)
            .map_err(|why| Failed(format!("nothing was signed: {why}")))
    }

    /// Refuses a community's label from whoever does not speak for one. What a member signs with her own key is hers to say;
    /// whether it enters the register is for its owner.
    fn expect_theirs_to_label(&self, prepared: &Prepared) -> Result<(), Failed> {
        if prepared.record.subject.kind() != Kind::Label || self.home.is_some() {
            return Ok(());
        }
        let evidence =
            Evidence::of(&Disk::at(&self.root), &crate::verify::Trust::nobody(), Some(self.at));
        let charter =
            certify::charter(&evidence, &self.issuer, prepared.record.practice, self.at).ok();
        let kind = charter.and_then(|it| it.record().subject.as_statement()?.word("brandKind"));
        let words = match kind {
            Some("people" | "community") => return Ok(()),
            Some("association") => "your charter says that you are an association",
            Some(_) => "your charter says that you act for a region or an economy",
            None => "no charter in force says that you speak for one",
        };
        Err(Failed(format!(
            "nothing was signed: a label is a community's to give, and {words}. The community signs it with its own key, and you enter \
             it: selvedge record add FOLDER. What you want to tell readers yourself is a notice: selvedge record fields notice"
        )))
    }

    /// The design that a Withdrawal takes along, and the record that it takes back; `None` if there is none. `holds` tells
    /// whether another record of the same design keeps it.
    fn design_of(
        &self,
        prepared: &Prepared,
        holds: impl Fn(&RecordId) -> bool,
    ) -> Result<Option<(&Design, RecordId)>, Failed> {
        let statement = prepared.record.subject.as_statement();
        let statement = statement.filter(|statement| statement.kind == Kind::Withdrawal);
        let Some(target) = statement.and_then(Statement::target) else { return Ok(None) };
        let lookup = SiteLookup::load(&self.root);
        let signed = lookup.records().find(|signed| signed.id() == target.id);
        let slug = signed.and_then(|signed| Some(&signed.record().subject.as_design()?.slug));
        let mut designs = self.site().designs.iter();
        let Some(design) = slug.and_then(|slug| designs.find(|it| it.id.as_str() == slug)) else {
            return Ok(None);
        };
        let slug = design.id.as_str();
        if others(lookup.records(), slug, &target.id).any(|other| holds(&other)) {
            return Ok(None);
        }
        expect_unnamed(self.site(), slug)?;
        Ok(Some((design, target.id)))
    }

    /// Takes the design of a record that is withdrawn out of the site.
    pub(super) fn keep_back(
        &self,
        prepared: &Prepared,
        holds: impl Fn(&RecordId) -> bool,
    ) -> Result<Option<KeptBack>, Failed> {
        let found = self.design_of(prepared, holds)?;
        let kept = found.map(|(design, target)| {
            KeptBack::design(&self.root, design.id.as_str(), &target, &RealDisk)
        });
        Ok(kept.transpose()?)
    }

    /// Takes a record back, and with it the design that the site would go on showing.
    fn withdraw(&self, args: &Args, prepared: &Prepared, words: &str) -> Outcome {
        let target = prepared.record.subject.as_statement().and_then(Statement::target);
        self.with_register(args, words, |register| {
            let kept = self.keep_back(prepared, |id| register.holds(id))?;
            match (register.issue(prepared, self.at), kept) {
                // An act of several may still wait for the others: then all stays as it is.
                (Ok(issued), Some(kept)) if !is_gone(register, &target) => {
                    kept.undo(&RealDisk)?;
                    Ok(Done::Issued(issued))
                }
                (Ok(issued), _) if !is_gone(register, &target) => Ok(Done::Issued(issued)),
                (Ok(issued), kept) => {
                    crate::similar::forget(&self.root);
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

    /// Opens what signs after showing in words what will be done, and does it.
    fn with_pen(
        &self,
        args: &Args,
        words: &str,
        act: impl FnOnce(&mut dyn Pen) -> Result<Done, Failed>,
    ) -> Outcome {
        match self.home {
            Some(_) => own::with_pen(self, args, words, act),
            None => self.with_register(args, words, |register| act(register)),
        }
    }

    /// Refuses what only somebody can do who keeps a register.
    pub(super) fn expect_register(&self) -> Result<(), Failed> {
        if self.home.is_some() {
            return Err(Failed(format!(
                "this folder signs for the register of {}, and keeps none; that is for your association to do",
                self.base.base_url()
            )));
        }
        Ok(())
    }

    /// Opens the register after showing in words what will be done, and does it.
    fn with_register(
        &self,
        args: &Args,
        words: &str,
        act: impl FnOnce(&mut Register<'_>) -> Result<Done, Failed>,
    ) -> Outcome {
        match self.in_register(args, words, act)? {
            Some(done) => tell(args, &done),
            None => Ok(Ended::Fine),
        }
    }

    /// The same for whoever tells herself what came of it; `None` if it was not agreed to.
    pub(super) fn in_register<T>(
        &self,
        args: &Args,
        words: &str,
        act: impl FnOnce(&mut Register<'_>) -> Result<T, Failed>,
    ) -> Result<Option<T>, Failed> {
        self.expect_register()?;
        let at = self.at;
        let vault = args.place.vault(&self.root, &self.base)?;
        if !confirmed(args, words)? {
            return Ok(None);
        }
        let known = attest::identity::load(&self.root)?;
        if let Some(known) = &known {
            super::succession::settle(&vault.folder, known)?;
        }
        // Wiped at once: the keys are open then.
        let (record, log) = vault.folder.unlock_both(&args.phrase.read(false)?)?;
        let places = Places { site: &self.root, heads: &vault.heads };
        let keys = Keys { record: &record, log: &log };
        let mut register = attest::open(places, self.base.clone(), keys, &RealDisk)?;
        say_what_lay_there(&register)?;
        // Sealing is about to do it itself.
        if args.verb != "seal" {
            tend_seals(&self.root, &register)?;
        }
        if args.verb == "clock" {
            let trust = crate::evidence::load_trust(&self.root)
                .map_err(|error| Failed(format!("trust.toml: {error}")))?;
            register.heed(&trust);
        }
        let moment = Moment { at, is_stated: args.at.is_some() };
        match register.clock(at) {
            Ok(clock) => moment.expect_right(clock)?,
            // That is what a correction is for; one by a clock that is far ahead, too, would be wrong.
            Err(attest::AttestError::ClockBehind { .. }) if args.verb == "clock" => {}
            Err(error) => return Err(error.into()),
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
        Ok(Some(done))
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
    for kept in register.taken_out() {
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
pub(super) fn confirmed(args: &Args, words: &str) -> Result<bool, Failed> {
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

/// Prints what was written, and what looks or is called like it.
fn json(args: &Args, mut value: serde_json::Value) {
    if let (Some(near), Some(members)) = (args.near.get(), value.as_object_mut()) {
        members.insert("similar".to_owned(), near.clone());
    }
    console::json(&value);
}

pub(super) fn tell(args: &Args, done: &Done) -> Outcome {
    match done {
        Done::Issued(issued) | Done::Withdrawn(issued, _) if args.json => json(
            args,
            serde_json::json!({
                "id": issued.id.to_string(),
                "shortId": issued.id.short().as_str(),
                "index": issued.index,
                "files": issued.files,
            }),
        ),
        Done::Issued(issued) => {
            say_entered(issued, if args.verb == "add" { "Entered" } else { "Signed and entered" });
            let badges = issued.files.iter().filter(|path| path.ends_with(".openbadge.jwt"));
            exports::say(&badges.cloned().collect::<Vec<_>>());
        }
        Done::Withdrawn(issued, place) => {
            say_entered(issued, "Signed and entered");
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
        Done::Held(id) if args.json => json(
            args,
            serde_json::json!({
                "id": id.to_string(), "shortId": id.short().as_str(), "held": true,
            }),
        ),
        Done::Held(id) => console::say(&format!(
            "Signed. {} waits in private/held, and is entered with the next `selvedge log due`.",
            id.short()
        )),
        Done::Waits { id, act, have, need } if args.json => json(
            args,
            serde_json::json!({
                "id": id.to_string(), "shortId": id.short().as_str(), "held": true,
                "act": act.to_string(), "have": have, "need": need,
            }),
        ),
        Done::Waits { id, act, have, need } if id != act => console::say(&format!(
            "It is kept beside what it is about. {have} of the {need} agreements are here now: each of those who are asked counts \
             once, under the name that the record gives; the last agreement opens it.",
        )),
        Done::Waits { act, have, need, .. } => console::say(&format!(
            "{have} of the {need} agreements that it takes are here, so it is kept back, in private/held, and nothing is open. \
             Give those who have to agree the file of that folder whose name has {act} in it; each signs\n  \
             selvedge record attest FILE HER-FOLDER --set relation=approves\nand gives you what comes of it, which you enter with: \
             selvedge record add FOLDER\nThe last agreement opens it.",
            act = act.short(),
        )),
        Done::Given(id, folder, _) if args.json => json(
            args,
            serde_json::json!({
                "id": id.to_string(), "shortId": id.short().as_str(), "folder": folder,
            }),
        ),
        Done::Given(_, folder, design) => {
            console::say(&format!(
                "Signed. It counts once it is in the register of your association: give it the folder\n  {folder}\n\
                 There it is entered with: selvedge record add {folder}",
                folder = folder.display(),
            ));
            if let Some(design) = design {
                console::say(&format!("The design itself went to {}.", design.display()));
            }
        }
        Done::Opened(path) => console::say(&format!(
            "{} opens those leaves; give it to her together with the files, and with a pack of the record. In the folder of the pack, with \
             the files beside it, it is checked by: selvedge verify {}",
            path.display(),
            path.file_name().unwrap_or_default().to_string_lossy()
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

fn say_entered(issued: &Issued, done: &str) {
    console::say(&format!(
        "{done} in the register as number {}. The record is records/{}.json; `selvedge build` puts it on its page.",
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
        let folders = attest::seal::folders(&desk.root)?;
        let sealed = |folder: &String| {
            attest::seal::load(&desk.root, folder).is_ok_and(|sealed| sealed.slug == wanted)
        };
        if let Some(folder) = folders.into_iter().find(sealed) {
            return Err(Failed(format!(
                "the design \"{wanted}\" is sealed already: it lies in private/sealed/{folder}, and its record is signed. If that was \
                 interrupted, this completes it: selvedge log due {}",
                desk.root.display()
            )));
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
    let Some(public) = public_parts(&desk, args)? else { return Ok(Ended::Wrong) };
    let mut folder = [0; 8];
    let mut seed = Zeroizing::new([0; 32]);
    fill(&mut folder)?;
    fill(&mut *seed)?;
    let disk = crate::evidence::Disk::at(&desk.root);
    let evidence = Evidence::of(&disk, &crate::verify::Trust::nobody(), Some(desk.at));
    let base_url = desk.base.base_url();
    let words = format!(
        "You are about to seal the design \"{wanted}\", as {}:\n  \
         a fingerprint of all its files is entered in the register; the folder designs/{wanted} moves to private/\n  \
         a copy of what opens it goes to {}\n{}\n{}\nWithout that copy, or the folder in private/, nobody can ever open it.\n",
        desk.signs_as(),
        backup_to.display(),
        public_words(&public),
        Kind::SealedDesign.rules().meaning,
    );
    let issuer = desk.issuer.to_string();
    let outputs = [desk.root.join("public")];
    desk.with_pen(args, &words, |pen| {
        attest::seal::complete(&desk.root, &RealDisk)?;
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
        // What was kept to compare its pictures goes before they do.
        crate::similar::forget(&desk.root);
        let (sealed, backup) = attest::seal::seal(&request, &RealDisk)?;
        if backup.is_same_disk {
            console::say(&format!(
                "The copy {} lies on the same disk as the site: copy it to a stick as well.",
                backup.path.display()
            ));
        }
        let mut members = sealed.seal.members(None);
        members.extend(public);
        record.subject = Subject::Statement(Statement { kind: Kind::SealedDesign, members });
        let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
        pen.issue(&prepared, desk.at)
    })
}

/// Signs the record of a design that was sealed and moved before, when something interrupted it.
fn finish_seal(desk: &Desk, args: &Args, sealed: Sealed) -> Outcome {
    let Some(public) = public_parts(desk, args)? else { return Ok(Ended::Wrong) };
    let words = format!(
        "The design \"{}\" was sealed before, as {}, and its record was not signed: that is done now.\n{}\n{}\n",
        sealed.slug,
        desk.signs_as(),
        public_words(&public),
        Kind::SealedDesign.rules().meaning,
    );
    desk.with_pen(args, &words, |pen| {
        attest::seal::complete(&desk.root, &RealDisk)?;
        let mut members = sealed.seal.members(None);
        members.extend(public);
        let subject = Subject::Statement(Statement { kind: Kind::SealedDesign, members });
        let uuid = sealed.seal.commitment().record.clone();
        let record = Record { uuid, ..desk.record(args, subject)? };
        let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
        pen.issue(&prepared, desk.at)
    })
}

/// What will be public of a sealed design, for the screen.
fn public_words(public: &Object) -> String {
    if public.is_empty() {
        return "  Nothing else of it is public, not even a title.\n".to_owned();
    }
    let statement = Statement { kind: Kind::SealedDesign, members: public.clone() };
    let mut words = "  This will be public, for ever:\n".to_owned();
    for (label, texts) in statement.lines() {
        for text in texts {
            words.push_str(&format!("    {label:<20}{}\n", text.text));
        }
    }
    words
}

/// What is to be public of a sealed design, as `--set` gives it: a title, who has to agree before it is opened. `None` if
/// something is wrong with it, which is told.
fn public_parts(desk: &Desk, args: &Args) -> Result<Option<Object>, Failed> {
    let mut sources = Sources::default();
    let file = sources.add("this command", settings(args)?);
    let language = desk.site().locales.first().map_or("en", |locale| locale.tag());
    let lookup = SiteLookup::load(&desk.root);
    let base = desk.base.base_url();
    // No party stands in a seal, so that nothing is salted.
    let nobody = Uuid::from_random([0; 16]);
    let writing = Writing { issuer: &desk.issuer, record: &nobody, seed: &[0; 32] };
    match attest::draft::read_of_seal(&sources, file, language, &base, &lookup, writing) {
        Ok(members) => Ok(Some(members)),
        Err(problems) => {
            console::diagnostics(&problems, &sources);
            console::say("nothing was sealed: mend the errors first");
            Ok(None)
        }
    }
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
        let needs = openers_words(signed);
        let words = format!(
            "You are about to open {} leaves to one party, with the file {}.\nWhoever has that file can show them to others.\n{needs}",
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
    let about = texts_words(&sealed.folder, &opened.others) + &shown_words(&sealed);
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
    let prepared = Prepared { record, masters: opened.masters, people: Vec::new() };
    desk.sign(args, &prepared, &about)
}

/// That of texts only the fingerprint goes out, and which files they are; nothing where none is opened.
fn texts_words(folder: &str, texts: &[(Item, Vec<u8>)]) -> String {
    if texts.is_empty() {
        return String::new();
    }
    let mut words =
        "\nOf what is no photograph only the fingerprint is published. Who has to read it gets the file:\n"
            .to_owned();
    for (item, _) in texts {
        let (kind, name) = (item.kind.name(), &item.name);
        words.push_str(&format!(
            "  {kind} {name}: private/sealed/{folder}/leaves/{}\n",
            item.sha256
        ));
    }
    words
}

/// How an opened design comes back among those that the site shows.
fn shown_words(sealed: &Sealed) -> String {
    format!(
        "\nThe site has no page of the design because of this. To have one, copy private/sealed/{}/design to designs/{}.\n",
        sealed.folder, sealed.slug
    )
}

/// What the record of a seal says of who has to agree before it is opened; nothing if it says none.
fn openers_words(sealed: &SignedRecord) -> String {
    let statement = sealed.record().subject.as_statement();
    let openers = statement.and_then(|it| it.members.get("openers"));
    let need = openers.and_then(|it| it.member("threshold")).and_then(Value::as_count);
    let who = openers.and_then(|it| it.member("party")).and_then(Value::as_array);
    let (Some(need), Some(who)) = (need, who) else { return String::new() };
    let mut words = format!(
        "\nThe record promises that {need} of these agree before it is opened, and this file opens it without a word of theirs in \
         the register. Go on only if they agreed:\n"
    );
    for did in who.iter().filter_map(Value::as_str) {
        words.push_str(&format!("  {did}\n"));
    }
    words
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
    let mut prepared = Prepared { record, masters, people: Vec::new() };
    let mut seed = Zeroizing::new([0; 32]);
    fill(&mut *seed)?;
    let people = attest::people::of(&desk.root, said)?;
    attest::people::bind_again(&mut prepared, &people, &seed);
    desk.sign(args, &prepared, "")
}

/// `record add`: enters what somebody else signed.
pub(super) fn add(args: &Args) -> Outcome {
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    let path = record_file(Path::new(named(args, "their-record.json")?))?;
    // A stranger's folder: no link leads out of it, nothing in it is waited for, and all of it is bounded.
    let folder = Disk::at(path.parent().unwrap_or(Path::new("")));
    let read = |inside: &str| {
        let shown = path.with_file_name(inside).display().to_string();
        match folder.read(inside) {
            Ok(Some(bytes)) => Ok((shown, bytes)),
            Ok(None) => Err(Failed(format!("{shown} cannot be read: there is no such file"))),
            Err(error) => Err(Failed(format!("{shown} cannot be read: {}", error.why))),
        }
    };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (_, bytes) = read(name)?;
    let signed = SignedRecord::parse(&bytes).map_err(|fault| {
        Failed(format!("{} is not a signed record: {}", path.display(), fault.why))
    })?;
    // Her photographs came with it, each named by its digest.
    let mut masters = Vec::new();
    for photograph in signed.record().photographs() {
        let inside = photograph.path();
        let inside = inside.trim_start_matches("records/");
        let (source, bytes) = read(inside)?;
        masters.push(attest::Master { photograph, bytes, source });
    }
    if let Subject::Design(design) = &signed.record().subject {
        expect_free_name(&desk, &signed, &design.slug)?;
    }
    let words = format!(
        "{}\nYou enter these words in your register; they stay that person's.\n",
        words_of(&signed)
    );
    // What waited for this agreement may be in force with it.
    let statement = signed.record().subject.as_statement();
    let agreement = statement.filter(|it| it.word("relation") == Some("approves"));
    let agreed: Vec<RecordId> = agreement
        .map(|it| it.references().into_iter().map(|(reference, _)| reference.id).collect())
        .unwrap_or_default();
    desk.with_register(args, &words, |register| {
        let waited: Vec<RecordId> =
            agreed.iter().copied().filter(|id| !register.holds(id)).collect();
        let entered = register.admit(&signed, &masters)?;
        Ok(match entered {
            Entered::Now(mut issued) => {
                issued.files.extend(exports::beside(register, &waited, desk.at));
                Done::Issued(issued)
            }
            waits => waits.into(),
        })
    })
}

/// The file of a record: the one that is named, or the one in the folder that is.
fn record_file(given: &Path) -> Result<PathBuf, Failed> {
    if !given.is_dir() {
        return Ok(given.to_owned());
    }
    let found = std::fs::read_dir(given)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    match found.collect::<Vec<_>>().as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Failed(format!("there is no record in {}", given.display()))),
        _ => Err(Failed(format!(
            "there are several records in {}; name the file that is meant",
            given.display()
        ))),
    }
}

/// Pages tell designs apart by their address, so two people cannot have one.
fn expect_free_name(desk: &Desk, signed: &SignedRecord, slug: &str) -> Result<(), Failed> {
    let lookup = SiteLookup::load(&desk.root);
    let of_it = lookup.records().filter(|other| {
        other.record().subject.as_design().is_some_and(|design| design.slug == slug)
    });
    let (hers, others): (Vec<_>, Vec<_>) =
        of_it.partition(|other| other.record().issuer.same_issuer(&signed.record().issuer));
    let is_here = desk.site().designs.iter().any(|design| design.id.as_str() == slug);
    if !others.is_empty() || is_here && hers.is_empty() {
        return Err(Failed(format!(
            "your register has a design called {slug} already, of somebody else; ask her to call its folder otherwise, for example \
             designs/{slug}-2, and to sign it again"
        )));
    }
    Ok(())
}

/// Who said what, and when, in words for the screen.
pub(super) fn words_of(signed: &SignedRecord) -> String {
    let said = signed.record();
    let day = signed.created().strftime("%Y-%m-%d");
    let mut words = format!("{} said, on {day}:\n", said.issuer);
    words.push_str(&format!("  {:<22}{}\n", "Kind", said.subject.kind()));
    let mut line = |label: &str, text: &str| words.push_str(&format!("  {label:<22}{text}\n"));
    match &said.subject {
        Subject::Design(design) => {
            let texts = [
                ("Design", &design.name),
                ("In short", &design.description),
                ("Held by", &design.held_by),
                ("Designed by", &design.designed_by),
                ("Said to date from", &design.said_to_date_from),
            ];
            for (label, texts) in texts {
                texts.iter().for_each(|text| line(label, &text.text));
            }
            let count = said.photographs().len();
            if count > 0 {
                line("Photographs", &count.to_string());
            }
        }
        Subject::Statement(statement) => {
            for (label, texts) in statement.lines() {
                texts.iter().for_each(|text| line(&label, &text.text));
            }
        }
    }
    // A stranger's words must not be able to rewrite what stands on the screen.
    visible_lines(&words)
}
