//! Whoever has no register of her own: `keys` and `record` in a folder whose site.toml has a part [register].
//!
//! She signs with one key, which is her name, for the register of her association. What she signs lies in
//! private/signed until she gives it away.

use std::path::Path;

use crate::attest::{self, Prepared, SiteLookup};
use crate::custody::own::OwnKey;
use crate::custody::setup::Drill;
use crate::custody::sheet::{self, SheetFolder};
use crate::custody::{KeyFacts, Role, SecretKey};
use crate::model::HomeRegister;
use crate::provenance::did::{Did, DidWeb};
use crate::provenance::key::{Signer as _, VerifierKey};
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::log::RecordId;
use crate::provenance::record::SignedRecord;
use crate::write::{self, Mode, RealDisk};

use super::acts::{Desk, Done, Pen, confirmed, tell};
use super::keys::{New, PaperSource, PhraseSource, Vault, named_issuer, say_printed};
use super::record::Args;
use super::succession::Common;
use super::{Ended, Failed, Moment, Outcome, console, now};

/// The register of an association in which the records of a folder are kept; `None` if it keeps one of its own, or
/// cannot be read.
pub(super) fn home(root: &Path) -> Option<HomeRegister> {
    crate::check::load(root).ok()?.site?.register
}

/// The address of that register, on which everything hangs that is signed for it.
pub(super) fn base(home: &HomeRegister, practice: bool) -> Result<DidWeb, Failed> {
    let url = &home.address;
    if url.is_example() && !practice {
        return Err(Failed(format!(
            "{url} is an example that nobody can own; write the address of your association under [register] in site.toml, \
             or try it with --practice"
        )));
    }
    DidWeb::from_base_url(url.as_str())
        .ok_or_else(|| Failed(format!("{url} cannot be the address of a register")))
}

/// The name under which she signs.
pub(super) fn name(home: &HomeRegister) -> Result<Did, Failed> {
    home.signs_as.as_deref().and_then(Did::parse).ok_or_else(|| {
        Failed("there is no key of yours yet; `selvedge keys new` makes it".to_owned())
    })
}

fn key_of(home: &HomeRegister) -> Result<VerifierKey, Failed> {
    match name(home)? {
        Did::Key(key) => Ok(key),
        _ => Err(Failed("signs_as in site.toml is not the name of a key".to_owned())),
    }
}

/// `keys new`: one key, one sheet, and the name in site.toml.
pub(super) fn make_key(args: &New, home: &HomeRegister) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = args.place.root();
    if args.is_for_association() {
        return Err(Failed(
            "a folder with [register] signs for the register of another; take that part out of site.toml for one of its own"
                .to_owned(),
        ));
    }
    if let Some(old) = &home.signs_as {
        return Err(Failed(format!(
            "this folder signs as {old} already, and a key is never replaced in silence. If it is lost, and so is its sheet: take \
             the line signs_as out of site.toml, make a new key, and have your association accredit the new name with \
             former_party = {{ id = \"{old}\" }}"
        )));
    }
    let (_, title, language) = named_issuer(&root)?;
    let sheets = SheetFolder::admit(&args.sheets, &root)?;
    let passphrase = args.phrase.read(true)?;
    passphrase.expect_strong()?;
    let key = OwnKey::draw()?;
    let did = Did::Key(key.public()).to_string();
    let page = sheet::render(
        sheet::Kind::Own,
        key.seed(),
        &sheet::About {
            name: &title,
            address: home.address.as_str(),
            made: &at.strftime("%Y-%m-%d").to_string(),
            contacts: &args.contact,
            language: &language,
        },
    );
    let file = sheets.store(&RealDisk, &sheet::Kind::Own.file_name(), &page)?;
    console::say(&format!(
        "Print this sheet; it is one page, and may be copied by hand instead:\n  {}",
        file.display()
    ));
    let drill = match type_back(&args.paper, &key.public()) {
        Ok(drill) => drill,
        Err(Failed(why)) => {
            // A sheet without a key would only be taken for another.
            sheets.wipe(&RealDisk)?;
            return Err(Failed(format!(
                "{why}; no key was made, and the file of the sheet was removed: destroy what was printed, and begin again"
            )));
        }
    };
    let vault = args.place.own_vault(&root, &key.public())?;
    let made = key.store(&vault.folder, &RealDisk, &passphrase, at, drill)?;
    note_name(&root, &did)?;
    tell_key(&made);
    console::say(&format!(
        "You sign as\n  {did}\nGive this name to your association, which enters you as a member by it. It stands in site.toml.\n\
         When the sheet is printed, remove its file: selvedge keys wipe {} {}",
        args.sheets.display(),
        root.display()
    ));
    if drill == Drill::Later {
        console::say(&format!(
            "Within seven days, test that the sheet is right: selvedge keys drill {}",
            root.display()
        ));
    }
    Ok(Ended::Fine)
}

fn tell_key(key: &KeyFacts) {
    console::say(&format!("{:<8}{}  {}", key.role.name(), key.fingerprint, key.path.display()));
}

/// Has the sheet typed back, if somebody types.
fn type_back(paper: &PaperSource, key: &VerifierKey) -> Result<Drill, Failed> {
    let Some(sheets) = paper.read_all()? else { return Ok(Drill::Later) };
    OwnKey::from_sheet(sheets.first().map_or("", |sheet| sheet.as_str()), Some(key))?;
    Ok(Drill::Done)
}

/// Writes her name into site.toml, and leaves the rest of it as she wrote it.
fn note_name(root: &Path, did: &str) -> Result<(), Failed> {
    let path = root.join("site.toml");
    let text = std::fs::read_to_string(&path)?;
    let mut document: toml_edit::DocumentMut = text.parse()?;
    document["register"]["signs_as"] = toml_edit::value(did);
    write::replace(&RealDisk, &path, document.to_string().as_bytes(), Mode::Public)?;
    Ok(())
}

/// `keys drill`: the key opens, and the sheet is right.
pub(super) fn drill(
    vault: &Vault,
    home: &HomeRegister,
    phrase: &PhraseSource,
    paper: &PaperSource,
    at: jiff::Timestamp,
) -> Outcome {
    let passphrase = phrase.read(false)?;
    vault.folder.unlock(Role::Record, &passphrase)?;
    OwnKey::from_sheet(&typed(paper)?, Some(&key_of(home)?))?;
    vault.folder.note_tested(&RealDisk, at)?;
    console::say("The key opens, and the sheet is right. Put it back where it is kept.");
    Ok(Ended::Fine)
}

fn typed(paper: &PaperSource) -> Result<zeroize::Zeroizing<String>, Failed> {
    match paper.read_all()? {
        Some(mut sheets) if !sheets.is_empty() => Ok(sheets.swap_remove(0)),
        _ if console::is_interactive() => paper.ask("your key sheet"),
        _ => Err(Failed("nobody can be asked for the sheet; give it with --typed-fd".to_owned())),
    }
}

/// `keys recover`: the key file again, from the sheet.
pub(super) fn recover(args: &Common, home: &HomeRegister) -> Outcome {
    let at = now(args.at.as_deref())?;
    let root = args.place.root();
    // Where her name is lost with the rest, the sheet tells it.
    let expected = home.signs_as.is_some().then(|| key_of(home)).transpose()?;
    let key = OwnKey::from_sheet(&typed(&args.paper)?, expected.as_ref())?;
    let vault = args.place.own_vault(&root, &key.public())?;
    let passphrase = args.phrase.read(vault.folder.list()?.is_empty())?;
    let made = key.store(&vault.folder, &RealDisk, &passphrase, at, Drill::Done)?;
    if expected.is_none() {
        note_name(&root, &Did::Key(key.public()).to_string())?;
    }
    tell_key(&made);
    console::say(
        "The key is here again, and the sheet stays the right one: put it back where it is kept.",
    );
    Ok(Ended::Fine)
}

/// `keys sheet`: her sheet once more, from one that is typed.
pub(super) fn print_again(
    root: &Path,
    home: &HomeRegister,
    paper: &PaperSource,
    sheets: &Path,
    contacts: &[String],
) -> Outcome {
    let (_, title, language) = named_issuer(root)?;
    let expected = key_of(home)?;
    let sheets = SheetFolder::admit(sheets, root)?;
    let key = OwnKey::from_sheet(&typed(paper)?, Some(&expected))?;
    let about = sheet::About {
        name: &title,
        address: home.address.as_str(),
        // The day stands on the sheet that was typed.
        made: "",
        contacts,
        language: &language,
    };
    let page = sheet::render(sheet::Kind::Own, key.seed(), &about);
    let file = sheets.store(&RealDisk, &sheet::Kind::Own.file_name(), &page)?;
    say_printed(&file, root);
    Ok(Ended::Fine)
}

/// Why her key cannot be replaced as that of an address can.
pub(super) fn cannot_be_replaced(home: &HomeRegister) -> Failed {
    let old = home.signs_as.as_deref().unwrap_or("did:key:…");
    Failed(format!(
        "your name is your key, and another key is another name. If the key may be in other hands, take the line signs_as out of \
         site.toml, make a new key with `selvedge keys new`, and have your association accredit the new name with \
         former_party = {{ id = \"{old}\" }}; from then on the old key counts no more, and what you signed with it is yours \
         under the new one."
    ))
}

/// A key of one's own, which signs for the register of another.
struct OwnPen<'a> {
    root: &'a Path,
    key: SecretKey,
}

impl Pen for OwnPen<'_> {
    fn issue(&mut self, prepared: &Prepared, at: jiff::Timestamp) -> Result<Done, Failed> {
        let (signed, folder) = attest::member::sign(self.root, &RealDisk, prepared, at, &self.key)?;
        Ok(Done::Given(signed.id(), folder, None))
    }
}

/// Opens her key after showing in words what will be done, and does it.
pub(super) fn with_pen(
    desk: &Desk,
    args: &Args,
    words: &str,
    act: impl FnOnce(&mut dyn Pen) -> Result<Done, Failed>,
) -> Outcome {
    let Did::Key(key) = &desk.issuer else {
        return Err(Failed("signs_as in site.toml is not the name of a key".to_owned()));
    };
    if args.hold {
        return Err(Failed(
            "what you sign waits with you anyway, until you give it to your association; leave out --hold".to_owned(),
        ));
    }
    let vault = args.place.own_vault(&desk.root, key)?;
    if !confirmed(args, words)? {
        return Ok(Ended::Fine);
    }
    let passphrase = args.phrase.read(false)?;
    let key = vault.folder.unlock(Role::Record, &passphrase)?;
    let moment = Moment { at: desk.at, is_stated: args.at.is_some() };
    moment.expect_right(attest::member::clock(&desk.root, &key.verifier_key(), desk.at)?)?;
    let done = act(&mut OwnPen { root: &desk.root, key })?;
    if vault.folder.state()?.is_some_and(|state| state.is_drill_due(desk.at)) {
        console::say(&format!(
            "It is time to test your key sheet: selvedge keys drill {}",
            desk.root.display()
        ));
    }
    tell(args, &done)
}

/// Signs for the register of the association, after showing in words what.
pub(super) fn sign(desk: &Desk, args: &Args, prepared: &Prepared, words: &str) -> Outcome {
    with_pen(desk, args, words, |pen| {
        // What is withdrawn is on no page of her own any more; her association takes it from its own.
        let lookup = SiteLookup::load(&desk.root);
        let statements = lookup.records().filter_map(|it| it.record().subject.as_statement());
        let withdrawals = statements.filter(|it| it.kind == Kind::Withdrawal);
        let gone: Vec<_> = withdrawals.filter_map(Statement::target).map(|it| it.id).collect();
        let signed_at =
            |id: &RecordId| lookup.records().find(|it| it.id() == *id).map(SignedRecord::created);
        let target = prepared.record.subject.as_statement().and_then(Statement::target);
        let since = target.and_then(|target| signed_at(&target.id));
        // A newer record of the same design keeps it.
        let kept = desk.keep_back(prepared, |id| !gone.contains(id) && signed_at(id) > since)?;
        match (pen.issue(prepared, desk.at), kept) {
            (Ok(Done::Given(id, folder, _)), Some(kept)) => {
                Ok(Done::Given(id, folder, Some(kept.place().to_owned())))
            }
            (Err(error), Some(kept)) => {
                kept.undo(&RealDisk)?;
                Err(error)
            }
            (done, _) => done,
        }
    })
}
