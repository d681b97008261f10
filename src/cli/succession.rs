//! `keys rotate`, `keys compromised`, `keys recover`, `keys move`: a new version of a site's identity.
//!
//! Each is signed by the key on the master key sheet, which is typed, and, for an association, by two guardians, whose sheets
//! are typed too. A new master key sheet comes with it: the old one is used up. The order is: the waiting keys, the
//! new sheet, the history of keys, the keys in their places, the register. A run that was interrupted goes on where it was.

use std::path::{Path, PathBuf};

use crate::attest::identity::{self, Change, Succession};
use crate::attest::{self, Keys, Places, Prepared, Register, SiteLookup};
use crate::custody::setup::{self, Profile, SetupState};
use crate::custody::sheet::{self, Kind, SheetFolder};
use crate::custody::{KeyFolder, Passphrase, Randomness, Role, SecretKey, Seed};
use crate::provenance::did::DidWeb;
use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::log::Head;
use crate::provenance::note::KeyName;
use crate::provenance::record::{Record, Subject, Uuid};
use crate::provenance::webvh::{History, Witnesses};
use crate::verify::witness::Heads;
use crate::verify::{Identity, Trust};
use crate::write::RealDisk;

use super::keys::{KeyPlace, PaperSource, PhraseSource, Vault, fill, named_issuer};
use super::own;
use super::{Ended, Failed, Moment, Outcome, console};

/// What all four have in common.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) place: KeyPlace,
    #[command(flatten)]
    pub(super) phrase: PhraseSource,
    #[command(flatten)]
    pub(super) paper: PaperSource,
    /// Where to put the new master key sheet to print: outside the site
    #[arg(long, value_name = "DIR")]
    sheets: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

/// Which act it is.
#[derive(Clone, Copy)]
pub(super) enum Act<'a> {
    /// New working keys, in honour.
    Rotate,
    /// The record key may be in other hands since then.
    Compromised(jiff::Timestamp),
    /// The working keys are gone; the address may be another.
    Recover,
    /// The site moves to the address in site.toml.
    Move,
    /// The register goes on under another name, after two versions of it that neighbours saw.
    GoOn(&'a GoOn<'a>),
}

/// How a register goes on under another name.
pub(super) struct GoOn<'a> {
    /// The name.
    pub(super) origin: KeyName,
    /// What both versions have in common.
    pub(super) common: Head,
    /// Lays out the register anew with its new key.
    pub(super) begin: &'a dyn Fn(&SecretKey) -> Result<(), Failed>,
}

pub(super) fn run(args: &Common, act: Act<'_>) -> Outcome {
    let moment = Moment::of(args.at.as_deref())?;
    let at = moment.at;
    let root = args.place.root();
    if matches!(act, Act::Recover) && identity::adopt_published(&root, &RealDisk)? {
        console::say("the identity was taken from this copy of the published site");
    }
    if let Some(home) = own::home(&root) {
        return match act {
            Act::Recover => own::recover(args, &home),
            _ => Err(own::cannot_be_replaced(&home)),
        };
    }
    let (base, name, language) = named_issuer(&root)?;
    let Some(known) = identity::load(&root)? else {
        return Err(Failed(
            "this site has no identity yet; make it with `selvedge keys new`".to_owned(),
        ));
    };
    let moves = known.base != base;
    if moves && !matches!(act, Act::Recover | Act::Move) {
        return Err(Failed(format!(
            "this site's identity is bound to {}, and base_url says {}; `selvedge keys move` takes it along",
            known.base.base_url(),
            base.base_url()
        )));
    }
    if !moves && matches!(act, Act::Move) {
        return Err(Failed(
            "base_url is where the identity is already; set the new address in site.toml first"
                .to_owned(),
        ));
    }
    let vault = args.place.vault(&root, &base)?;
    let home = match moves && matches!(act, Act::Move) {
        // The keys lie under the old address.
        true => args.place.vault(&root, &known.base)?,
        false => vault,
    };
    settle(&home.folder, &known)?;
    let Some(sheets) = &args.sheets else {
        return Err(Failed(
            "a new master key sheet comes with this; say with --sheets DIR where to put it"
                .to_owned(),
        ));
    };
    let sheets = SheetFolder::admit(sheets, &root)?;
    let passphrase = args.phrase.read(matches!(act, Act::Recover))?;
    passphrase.expect_strong()?;
    // What the old keys began they finish, before they are the old ones; nothing is changed if the clock is wrong.
    moment.expect_right(attest::compare_clock(attest::last_signed(&root), at)?)?;
    if !matches!(act, Act::Recover | Act::GoOn(_)) {
        finish_with_the_old_keys(&root, &home, &known, &passphrase, act, at)?;
    }
    // The register has to hold before a new history is signed: afterwards the old sheet is spent.
    let head = match act {
        Act::GoOn(how) => how.common,
        _ => identity::head(Places { site: &root, heads: &home.heads }, &known)?,
    };
    let renew = renewed(&home.folder, act, &passphrase)?;
    let typed = Typed::read(args, &known)?;

    // Waiting keys, with the new sheet before anything is signed.
    let address = base.authority_and_path();
    let mut succession = Succession { base: Some(base.clone()), ..Succession::default() };
    for role in &renew {
        let public = prepare(&home.folder, *role, &passphrase, &address)?;
        match role {
            Role::Record => succession.record = Some(public),
            _ => succession.log = Some(public),
        }
    }
    if let Act::Compromised(since) = act {
        let cut = cut(&root, &known, head, since)?;
        console::say(&match cut.size {
            0 => "No neighbour saw the register before that time, so that every record of the old key is of unknown time now."
                .to_owned(),
            size => format!("The first {size} entries were seen by neighbours before that time, and stay as they are."),
        });
        succession.stolen = Some((cut, since));
    }
    if let Act::GoOn(how) = act {
        succession.origin = Some(how.origin.clone());
    }
    let document = identity::succeed(&known, head, &succession)?;
    let next = Seed::draw()?;
    let made = at.strftime("%Y-%m-%d").to_string();
    let about = sheet::About {
        name: &name,
        address: &base.base_url(),
        made: &made,
        contacts: &[],
        language: &language,
    };
    if let Act::Compromised(since) = act
        && let Some(state) = home.folder.state()?
    {
        // So that the next run knows it, if this one breaks off before it is announced.
        home.folder.store_state(&RealDisk, &SetupState { stolen_since: Some(since), ..state })?;
    }
    if let Act::GoOn(how) = act {
        (how.begin)(&home.folder.unlock_pending(Role::Log, &passphrase)?)?;
    }
    let page = sheet::render(Kind::Master, &next, &about);
    let file = sheets.store(&RealDisk, &Kind::Master.file_name(), &page)?;
    let next_key = next.to_key().verifier_key();
    let changed = identity::change(
        &root,
        &RealDisk,
        &known,
        &Change {
            document,
            update: &typed.master,
            next_key_hash: setup::next_key_hash(&next_key),
            guardians: typed.guardians.clone(),
            present: typed.present.iter().map(|key| key as &dyn Signer).collect(),
            time: at,
        },
    )
    .map_err(Failed::from);
    let finished = changed.and_then(|changed| {
        settle(&home.folder, &changed)?;
        note_sheet(&home.folder, &changed)?;
        announce(&root, &home, &base, &passphrase, &changed, act, at)
    });
    if let Err(Failed(why)) = finished {
        return Err(Failed(format!("{why}; {}", which_sheet_counts(&root, &known, &file))));
    }
    console::say(&format!(
        "Done. The old master key sheet is used up: print the new one, {}, and destroy the old. Backups of before hold the old keys: \
         make a new one, selvedge backup /media/stick/backup.age {}",
        file.display(),
        root.display()
    ));
    match act {
        Act::Compromised(_) => console::say(
            "Now look through `selvedge record list`: what is without effect and yours is signed again with `selvedge record reissue`.",
        ),
        Act::Move => {
            let now = args.place.vault(&root, &base)?;
            take_along(&home, &now)?;
        }
        _ => {}
    }
    Ok(Ended::Fine)
}

/// Says which master key sheet counts after a change that failed: the history of keys in the folder decides.
fn which_sheet_counts(root: &Path, before: &Identity, new_sheet: &Path) -> String {
    let new_sheet = new_sheet.display();
    let version =
        |known: &Identity| known.history.as_ref().map(|it| it.latest().version_id.clone());
    match identity::load(root) {
        Ok(Some(now)) if version(&now) == version(before) => format!(
            "nothing was changed: the old master key sheet still counts; the new one, {new_sheet}, opens nothing: destroy it, and \
             run the command again"
        ),
        _ => format!(
            "but the keys are changed already, and the old master key sheet is used up: print the new one, {new_sheet}, and \
             destroy the old; the register takes the change over with the next `selvedge log due {}`",
            root.display()
        ),
    }
}

/// The working keys that an act makes anew. Those that stay have to open now: afterwards the sheet is spent.
fn renewed(folder: &KeyFolder, act: Act<'_>, passphrase: &Passphrase) -> Result<Vec<Role>, Failed> {
    let there = folder.list()?;
    let is_there = |role: &Role| there.iter().any(|key| key.role == *role);
    let renew = match act {
        Act::Rotate | Act::Recover => vec![Role::Record, Role::Log],
        // Whoever has the keys may have taken them away, too.
        Act::Compromised(_) if !is_there(&Role::Log) => vec![Role::Record, Role::Log],
        Act::Compromised(_) => vec![Role::Record],
        Act::Move => Vec::new(),
        Act::GoOn(_) => vec![Role::Log],
    };
    for role in [Role::Record, Role::Log].into_iter().filter(|role| !renew.contains(role)) {
        if !is_there(&role) {
            return Err(Failed(format!(
                "there is no {} key in {}; if it is lost, `selvedge keys recover` makes new keys, also for a new address",
                role.name(),
                folder.path().display()
            )));
        }
        folder.unlock(role, passphrase)?;
    }
    Ok(renew)
}

/// Enters what was signed with the keys that are about to be replaced: afterwards it would count no more.
fn finish_with_the_old_keys(
    root: &Path,
    home: &Vault,
    known: &Identity,
    passphrase: &Passphrase,
    act: Act<'_>,
    at: jiff::Timestamp,
) -> Result<(), Failed> {
    let there = home.folder.list()?;
    let has = |role| there.iter().any(|key| key.role == role);
    if !has(Role::Record) || !has(Role::Log) {
        return Ok(());
    }
    let (record, log) = home.folder.unlock_both(passphrase)?;
    let places = Places { site: root, heads: &home.heads };
    let keys = Keys { record: &record, log: &log };
    let mut register = attest::open(places, known.base.clone(), keys, &RealDisk)?;
    super::acts::say_what_lay_there(&register)?;
    let waiting = register.held()?;
    if waiting > 0 && matches!(act, Act::Compromised(_)) {
        return Err(Failed(
            "records wait in private/held, signed with the key that may be in other hands; remove that folder, and sign them again \
             after this"
                .to_owned(),
        ));
    }
    complete_change(&mut register, home, known, &known.base, at)?;
    let entered = register.flush()?.len() as u64;
    if entered > 0 {
        console::say(&format!(
            "{} that waited are in the register now",
            super::log::entries(entered)
        ));
    }
    super::acts::say_kept_back(&register);
    Ok(())
}

/// Moves the folder of the keys along, to where the new address looks for it.
fn take_along(old: &Vault, new: &Vault) -> Result<(), Failed> {
    let (from, to) = (old.folder.path(), new.folder.path());
    if from == to {
        return Ok(());
    }
    // An empty folder may be there, made by a command that looked for keys.
    let is_free = !to.exists() || std::fs::remove_dir(to).is_ok();
    if is_free && std::fs::rename(from, to).is_ok() {
        console::say(&format!("The keys lie in {} now.", to.display()));
        return Ok(());
    }
    console::say(&format!(
        "The keys still lie in {}: move that folder to {}, or name it with --key-dir.",
        from.display(),
        to.display()
    ));
    Ok(())
}

/// The sheets that were typed.
struct Typed {
    master: SecretKey,
    guardians: Witnesses,
    present: Vec<SecretKey>,
}

impl Typed {
    /// Reads the master key sheet, and of an association's guardians as many as it needs.
    fn read(args: &Common, known: &Identity) -> Result<Self, Failed> {
        let history =
            known.history.as_ref().ok_or_else(|| Failed("there is no history of keys".into()))?;
        let latest = &history.latest().parameters;
        let guardians = latest.witness.clone();
        let needed = usize::try_from(guardians.threshold).unwrap_or_default();
        let expected = latest.next_key_hashes.first().map_or("", String::as_str);
        let mut sheets = args.paper.read_all()?.map(Vec::into_iter);
        let mut next = |title: &str| {
            match &mut sheets {
            Some(sheets) => {
                sheets.next().ok_or_else(|| Failed(format!("{title} was not given")))
            }
            None if console::is_interactive() => args.paper.ask(title),
            None => Err(Failed(
                "nobody can be asked for the sheets; give them with --typed-fd, an empty line between two"
                    .to_owned(),
            )),
        }
        };
        let master = setup::next_from_paper(&next("the master key sheet")?, expected)?.to_key();
        let mut present: Vec<SecretKey> = Vec::new();
        while present.len() < needed {
            let typed = next(&format!("a guardian's sheet ({} of {needed})", present.len() + 1))?;
            let (_, key) = setup::guardian_from_paper(&typed, &guardians.keys)?;
            if present.iter().any(|other| other.verifier_key() == key.verifier_key()) {
                return Err(Failed(
                    "one guardian's sheet was typed twice; another is needed".to_owned(),
                ));
            }
            present.push(key);
        }
        Ok(Self { master, guardians, present })
    }
}

/// Makes the key that will take the place of another; where there is none, the key itself.
fn prepare(
    folder: &KeyFolder,
    role: Role,
    passphrase: &Passphrase,
    address: &str,
) -> Result<VerifierKey, Failed> {
    let seed = Seed::draw()?;
    let random = Randomness::around(&seed)?;
    let comment = format!("selvedge {} key of {address}", role.name());
    let is_there = folder.list()?.iter().any(|key| key.role == role);
    let made = match is_there {
        true => folder.prepare_rotation(&RealDisk, role, &random, passphrase, &comment)?,
        false => folder.create(&RealDisk, role, &random, passphrase, &comment)?,
    };
    Ok(made.public)
}

/// Puts waiting keys in their places if the history of keys names them, and drops them if it does not; notes which master
/// key sheet counts now.
pub(super) fn settle(folder: &KeyFolder, known: &Identity) -> Result<(), Failed> {
    for role in [Role::Record, Role::Log] {
        let Some(waiting) = folder.pending(role)? else { continue };
        let is_named = match role {
            Role::Record => known.keys.first() == Some(&waiting.public),
            _ => *known.log_key.key() == waiting.public,
        };
        match is_named {
            true => drop(folder.finish_rotation(&RealDisk, role)?),
            false => folder.abandon_rotation(&RealDisk, role)?,
        }
    }
    match folder.state() {
        Ok(Some(_)) => note_sheet(folder, known),
        // Where nothing was noted, or nothing can be read, nothing depends on it.
        _ => Ok(()),
    }
}

/// Notes beside the keys which master key sheet counts, and who guards, where the history of keys says otherwise.
fn note_sheet(folder: &KeyFolder, known: &Identity) -> Result<(), Failed> {
    let Some(latest) = known.history.as_ref().map(History::latest) else { return Ok(()) };
    let Some(next_key_hash) = latest.parameters.next_key_hashes.first() else { return Ok(()) };
    let state = folder.state()?;
    if state.as_ref().is_some_and(|state| state.next_key_hash == *next_key_hash) {
        return Ok(());
    }
    let guardians = &latest.parameters.witness;
    let is_producer = guardians.keys.is_empty();
    let state = SetupState {
        profile: if is_producer { Profile::Producer } else { Profile::Association },
        made: latest.time,
        next_key_hash: next_key_hash.clone(),
        guardians: guardians.keys.iter().map(VerifierKey::to_multikey).collect(),
        threshold: usize::try_from(guardians.threshold).unwrap_or_default(),
        tested: None,
        stolen_since: state.and_then(|state| state.stolen_since),
        unfinished: false,
    };
    Ok(folder.store_state(&RealDisk, &state)?)
}

/// From which head on a stolen key counts no more: never below one that neighbours saw before the theft.
fn cut(root: &Path, known: &Identity, head: Head, since: jiff::Timestamp) -> Result<Head, Failed> {
    let disk = crate::evidence::Disk::at(root);
    let log = crate::provenance::files::Below { files: &disk, folder: "log" };
    let trust = match std::fs::read_to_string(root.join("trust.toml")) {
        Ok(text) => Trust::parse(&text).map_err(|error| Failed(format!("trust.toml: {error}")))?,
        Err(_) => Trust::nobody(),
    };
    let keys: Vec<_> = known.log_keys().collect();
    let heads = Heads::read_by(&log, &keys, head);
    Ok(heads.seen_before(&known.log_key, &trust, since).unwrap_or_else(Head::empty))
}

/// Enters the new version in the register, and announces it.
fn announce(
    root: &Path,
    home: &Vault,
    base: &DidWeb,
    passphrase: &Passphrase,
    after: &Identity,
    act: Act<'_>,
    at: jiff::Timestamp,
) -> Result<(), Failed> {
    let (record, log) = home.folder.unlock_both(passphrase)?;
    let places = Places { site: root, heads: &home.heads };
    let mut register =
        attest::open(places, base.clone(), Keys { record: &record, log: &log }, &RealDisk)?;
    super::acts::say_what_lay_there(&register)?;
    announce_changes(&mut register, home, after, base, at)?;
    super::acts::say_kept_back(&register);
    drop(register);
    // So that whoever runs it sees what is to be done about records of the old key.
    let records = SiteLookup::load(root);
    let void =
        records.records().filter(|signed| after.cuts.iter().any(|cut| cut.key == *signed.key()));
    if !matches!(act, Act::Rotate) && void.count() > 0 {
        console::say(
            "Records of the old key are in the register; `selvedge record list` says how each stands.",
        );
    }
    Ok(())
}

/// Signs what announces the changes of keys that the register does not tell yet. Gives how many records that were.
pub(super) fn announce_changes(
    register: &mut Register<'_>,
    home: &Vault,
    known: &Identity,
    base: &DidWeb,
    at: jiff::Timestamp,
) -> Result<usize, Failed> {
    let state = home.folder.state().ok().flatten();
    let since = state.as_ref().and_then(|state| state.stolen_since);
    let announcements = register.unannounced(since);
    let count = announcements.len();
    for statement in announcements {
        let mut random = [0; 16];
        fill(&mut random)?;
        let record = Record {
            uuid: Uuid::from_random(random),
            issuer: known.issuer.clone(),
            base: base.clone(),
            practice: false,
            valid_from: at,
            valid_until: None,
            position: None,
            reissues: None,
            subject: Subject::Statement(statement),
        };
        register.issue(&Prepared { record, masters: Vec::new(), people: Vec::new() }, at)?;
    }
    if let Some(state) = state.filter(|state| state.stolen_since.is_some()) {
        home.folder.store_state(&RealDisk, &SetupState { stolen_since: None, ..state })?;
    }
    Ok(count)
}

/// Completes the announcement of a change of keys that was broken off, and says so.
pub(super) fn complete_change(
    register: &mut Register<'_>,
    home: &Vault,
    known: &Identity,
    base: &DidWeb,
    at: jiff::Timestamp,
) -> Result<(), Failed> {
    if announce_changes(register, home, known, base, at)? > 0 {
        console::say(
            "A change of keys that was interrupted is complete now: the register announces it. The master key sheet that was made \
             with it counts, and the one before it is used up.",
        );
    }
    Ok(())
}
