//! `keys`: make, list and test the keys of a site, and the sheets of paper that belong to them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::attest;
use crate::attest::identity::Beginning;
use crate::custody::setup::NewKeys;
use crate::custody::setup::{self, Drill, Profile, Setup, SetupState};
use crate::custody::sheet::{self, SheetFolder};
use crate::custody::{KeyFolder, Passphrase, Seed, SheetFault, draw_words, seed};
use crate::model::SiteKind;
use crate::provenance::did::DidWeb;
use crate::provenance::key::{Signer, VerifierKey};
use crate::provenance::webvh::{History, Witnesses};
use crate::write::RealDisk;

use super::own;
use super::succession::{self, Act, Common};
use super::{Ended, Failed, Outcome, console, now, site_folder};

/// Make and list the keys that sign for a site; they never lie in its folder
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  selvedge keys new my-shop --sheets ~/sheets\n  selvedge keys list my-shop\n  selvedge keys drill my-shop"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make the keys, under one passphrase, and the sheets to print
    New(New),
    /// Show which keys there are, by their fingerprints
    List {
        #[command(flatten)]
        place: KeyPlace,
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Test that the keys open and that the master key sheet is right, by typing it
    Drill {
        #[command(flatten)]
        place: KeyPlace,
        #[command(flatten)]
        phrase: PhraseSource,
        #[command(flatten)]
        paper: PaperSource,
        /// The time that counts as now, for example 2026-05-01T12:00:00Z
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Replace the working keys by new ones, in honour; needs the master key sheet
    Rotate(Common),
    /// Say that the record key may be in other hands, and since when; needs the master key sheet
    Compromised {
        #[command(flatten)]
        common: Common,
        /// Since when, for example 2026-05-01 or 2026-05-01T12:00:00Z
        #[arg(long, value_name = "TIME")]
        since: String,
    },
    /// Make new working keys where the old are lost, at the address of site.toml; needs the master key sheet
    Recover(Common),
    /// Take the identity along to the address of site.toml; needs the master key sheet
    Move(Common),
    /// Print the master key sheet, or a guardian's envelope, once more: from one that you still have and type
    #[command(
        after_help = "What stands on a sheet stands nowhere else: from a lost one nobody can print another.\n\nExample:\n  selvedge keys sheet my-shop --sheets ~/sheets"
    )]
    Sheet {
        #[command(flatten)]
        place: KeyPlace,
        #[command(flatten)]
        paper: PaperSource,
        /// Where to put the sheet to print: outside the site, and only until it is printed
        #[arg(long, value_name = "DIR")]
        sheets: PathBuf,
        /// Whom to call, with a number; may be given several times
        #[arg(long, value_name = "PERSON")]
        contact: Vec<String>,
    },
    /// Overwrite and remove the files of the sheets, once they are printed
    Wipe {
        /// The folder of the sheets
        sheets: PathBuf,
        /// The folder of the site [default: this folder]
        site: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct New {
    #[command(flatten)]
    pub(super) place: KeyPlace,
    #[command(flatten)]
    pub(super) phrase: PhraseSource,
    #[command(flatten)]
    pub(super) paper: PaperSource,
    /// Who keeps the keys: one person, or several with three guardians
    #[arg(long, value_enum, default_value = "producer")]
    profile: ProfileName,
    /// Where to put the sheets to print: outside the site, and only until they are printed
    #[arg(long, value_name = "DIR")]
    pub(super) sheets: PathBuf,
    /// Whom the guardians call, with a number; may be given several times
    #[arg(long, value_name = "PERSON")]
    pub(super) contact: Vec<String>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

impl New {
    pub(super) fn is_for_association(&self) -> bool {
        matches!(self.profile, ProfileName::Association)
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ProfileName {
    Producer,
    Association,
}

/// Where the lines of paper sheets come from.
#[derive(Debug, clap::Args)]
pub(super) struct PaperSource {
    /// Read what stands on the sheets from this open file descriptor, an empty line between two;
    /// for automation
    #[arg(long, value_name = "N")]
    typed_fd: Option<u32>,
}

/// Longest text of all sheets together.
const MAX_TYPED: u64 = 16 << 10;

impl PaperSource {
    /// Whether somebody types sheets.
    fn is_given(&self) -> bool {
        self.typed_fd.is_some() || console::is_interactive()
    }

    /// The sheets in their order, from a descriptor.
    pub(super) fn read_all(&self) -> Result<Option<Vec<Zeroizing<String>>>, Failed> {
        let Some(number) = self.typed_fd else { return Ok(None) };
        // Never moved as it grows: a copy would stay behind.
        let mut text = Zeroizing::new(String::with_capacity(MAX_TYPED as usize + 1));
        File::open(format!("/dev/fd/{number}"))
            .and_then(|file| file.take(MAX_TYPED).read_to_string(&mut text))
            .map_err(|error| Failed(format!("the sheets could not be read: {error}")))?;
        Ok(Some(text.split("\n\n").map(|sheet| Zeroizing::new(sheet.to_owned())).collect()))
    }

    /// Asks for the lines of one sheet, each again until it is right.
    pub(super) fn ask(&self, title: &str) -> Result<Zeroizing<String>, Failed> {
        console::say(&format!(
            "Type the four lines of {title}. Spaces and capitals do not matter."
        ));
        let mut sheet = Zeroizing::new(String::with_capacity(256));
        for index in 0..seed::LINES {
            loop {
                let line = console::ask_secret(&format!("line {}", index + 1));
                if line.is_empty() {
                    return Err(Failed("nothing was typed".to_owned()));
                }
                match seed::expect_line(index, &line) {
                    Ok(()) => {
                        sheet.push_str(&line);
                        sheet.push('\n');
                        break;
                    }
                    Err(fault @ SheetFault::Lines { .. }) => return Err(Failed(fault.to_string())),
                    Err(fault) => console::say(&format!("{fault}; type it again")),
                }
            }
        }
        Ok(sheet)
    }
}

/// Which site's keys, and where they lie.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct KeyPlace {
    /// The folder of the site [default: this folder]
    pub(super) site: Option<PathBuf>,
    #[command(flatten)]
    pub(super) dir: KeyDir,
}

/// Where keys lie.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct KeyDir {
    /// The folder of the keys [default: one for each address in your data folder]
    #[arg(long, value_name = "DIR", env = "SELVEDGE_KEYS")]
    key_dir: Option<PathBuf>,
}

/// Where the passphrase comes from.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PhraseSource {
    /// Read the passphrase from this open file descriptor instead of asking; for automation
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
}

impl PhraseSource {
    /// Whether it comes by a descriptor, so that nobody is asked.
    pub(super) fn is_given(&self) -> bool {
        self.passphrase_fd.is_some()
    }

    /// The passphrase, asked for without echo; twice if it is new.
    pub(super) fn read(&self, is_new: bool) -> Result<Passphrase, Failed> {
        if let Some(number) = self.passphrase_fd {
            return Ok(Passphrase::from_descriptor(number)?);
        }
        if !console::is_interactive() {
            return Err(Failed(
                "a passphrase is needed, and nobody can be asked; give it with --passphrase-fd"
                    .to_owned(),
            ));
        }
        let ask = |words: &str| {
            rpassword::prompt_password(words)
                .map(Zeroizing::new)
                .map_err(|error| Failed(format!("the passphrase could not be read: {error}")))
        };
        if !is_new {
            return Ok(Passphrase::new(ask("Passphrase: ")?.to_string()));
        }
        let offered = draw_words()?;
        console::say(&format!(
            "A passphrase of six words was made for you:\n\n    {}\n\n\
             Write it down on paper, then type it. You may type one of your own instead.",
            offered.reveal()
        ));
        let first = ask("New passphrase: ")?;
        if *first != *ask("The same again: ")? {
            return Err(Failed("the two were not the same; nothing was made".to_owned()));
        }
        Ok(Passphrase::new(first.to_string()))
    }
}

/// Keys and remembered heads of one issuer.
pub(super) struct Vault {
    pub(super) folder: KeyFolder,
    pub(super) heads: PathBuf,
}

impl KeyPlace {
    /// The folder of the site.
    pub(super) fn root(&self) -> PathBuf {
        site_folder(self.site.as_ref())
    }

    /// Where the keys of an issuer lie.
    pub(super) fn vault(&self, root: &Path, issuer: &DidWeb) -> Result<Vault, Failed> {
        self.dir.vault(root, root, issuer)
    }

    /// Where the key of somebody lies who has no address of her own.
    pub(super) fn own_vault(&self, root: &Path, key: &VerifierKey) -> Result<Vault, Failed> {
        self.dir.named_vault(root, &key.to_multikey())
    }
}

impl KeyDir {
    /// Where the keys of an issuer lie: outside the site, its output and git. `site` holds the site.toml, `root` is where
    /// the site's folder is or will be.
    pub(super) fn vault(&self, site: &Path, root: &Path, issuer: &DidWeb) -> Result<Vault, Failed> {
        // A key without an address has a folder of its own, so that two people may share a computer.
        let own = own::home(site).and_then(|home| home.signs_as);
        let own = own.as_deref().and_then(|did| did.strip_prefix("did:key:"));
        self.named_vault(root, own.unwrap_or(&Self::name_of(issuer)))
    }

    /// What the folder of an issuer's keys is called.
    pub(super) fn name_of(issuer: &DidWeb) -> String {
        issuer.authority_and_path().replace(['/', ':'], "_")
    }

    /// As the surroundings of this process say, for commands that need no keys.
    pub(super) fn of_environment() -> Self {
        Self { key_dir: std::env::var_os("SELVEDGE_KEYS").map(PathBuf::from) }
    }

    pub(super) fn named_vault(&self, root: &Path, name: &str) -> Result<Vault, Failed> {
        let (keys, heads) = match &self.key_dir {
            Some(folder) => (folder.clone(), folder.join("heads")),
            None => {
                let data = data_folder()?;
                (data.join("keys").join(name), data.join("heads"))
            }
        };
        let folder = KeyFolder::admit(&keys, root)?;
        for path in folder.close_to_others() {
            console::say(&format!(
                "others on this machine could read {}; that right was taken away where the disk can. If somebody may have copied it, make new \
                 keys with `selvedge keys rotate`",
                path.display()
            ));
        }
        Ok(Vault { folder, heads })
    }
}

/// The folder in which programs keep a person's data (XDG Base Directory).
fn data_folder() -> Result<PathBuf, Failed> {
    let set =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = set("XDG_DATA_HOME")
        .or_else(|| std::env::home_dir().map(|home| home.join(".local/share")))
        .ok_or_else(|| {
            Failed(
                "your home folder is not known; say with --key-dir where the keys lie".to_owned(),
            )
        })?;
    Ok(base.join("selvedge"))
}

/// The issuer that the site's address gives; example addresses are fine for keys.
pub(super) fn issuer(root: &Path) -> Result<DidWeb, Failed> {
    Ok(named_issuer(root)?.0)
}

/// The issuer, what the site is called, and its first language.
pub(super) fn named_issuer(root: &Path) -> Result<(DidWeb, String, String), Failed> {
    let outcome = crate::check::load(root)?;
    let Some(site) = &outcome.site else {
        console::errors(&outcome.diagnostics, &outcome.sources);
        return Err(Failed("site.toml has errors; `selvedge check` shows them all".to_owned()));
    };
    let language = site.locales.first().map_or("en", |locale| locale.tag()).to_owned();
    let base = match &site.register {
        Some(home) => own::base(home, true)?,
        None => attest::issuer(site, true)?,
    };
    Ok((base, site.name.original().to_owned(), language))
}

pub(super) fn run(args: &Args) -> Outcome {
    match &args.what {
        What::New(args) => new(args),
        What::List { place, json } => list(place, *json),
        What::Drill { place, phrase, paper, at } => drill(place, phrase, paper, at.as_deref()),
        What::Rotate(common) => succession::run(common, Act::Rotate),
        What::Compromised { common, since } => {
            let whole =
                if since.len() == 10 { format!("{since}T00:00:00Z") } else { since.clone() };
            let since = whole.parse().map_err(|_| {
                Failed(format!("\"{since}\" is not a time; write for example --since 2026-05-01"))
            })?;
            succession::run(common, Act::Compromised(since))
        }
        What::Recover(common) => succession::run(common, Act::Recover),
        What::Move(common) => succession::run(common, Act::Move),
        What::Sheet { place, paper, sheets, contact } => print_again(place, paper, sheets, contact),
        What::Wipe { sheets, site } => wipe(sheets, &site_folder(site.as_ref())),
    }
}

fn new(args: &New) -> Outcome {
    let now = now(args.at.as_deref())?;
    let root = args.place.root();
    if let Some(home) = own::home(&root) {
        return own::make_key(args, &home);
    }
    let (issuer, name, language) = named_issuer(&root)?;
    let is_example = attest::is_example(&root)?;
    let is_association = is_association(&root);
    let vault = args.place.vault(&root, &issuer)?;
    let sheets = SheetFolder::admit(&args.sheets, &root)?;
    let profile = match args.profile {
        ProfileName::Producer => Profile::Producer,
        ProfileName::Association => Profile::Association,
    };
    let there = vault.folder.list()?;
    let has_name = attest::identity::load(&root)?.is_some();
    if there.is_empty() && has_name {
        return Err(Failed(format!(
            "this site has a name and keys already, and the keys are not in {}. Say with --key-dir where they lie; or bring them \
             back from a backup, with `selvedge restore BACKUP NEW-FOLDER`; or, where they are lost, make new ones by the master \
             key sheet: selvedge keys recover {} --sheets {}",
            vault.folder.path().display(),
            root.display(),
            args.sheets.display()
        )));
    }
    // A run that was interrupted before the name was begun is gone on with; its sheet counts no more.
    let is_done = |state: SetupState| has_name || !state.unfinished;
    if vault.folder.state()?.is_some_and(is_done) && there.len() >= profile.roles().len() {
        return Err(Failed(format!(
            "{} has keys already; keys are never overwritten",
            vault.folder.path().display()
        )));
    }
    if profile == Profile::Association && !args.paper.is_given() {
        return Err(Failed(
            "the sheets of an association are typed back before its keys are made, and nobody can be asked; give them with --typed-fd"
                .to_owned(),
        ));
    }
    let passphrase = args.phrase.read(there.is_empty())?;
    passphrase.expect_strong()?;
    // Before any sheet is printed, what is there must open.
    for key in &there {
        vault.folder.unlock(key.role, &passphrase)?;
    }
    let setup = Setup::draw(profile)?;
    let made = now.to_string().chars().take(10).collect::<String>();
    let about = sheet::About {
        name: &name,
        address: &issuer.base_url(),
        made: &made,
        contacts: &args.contact,
        language: &language,
    };
    let mut files = Vec::new();
    for (kind, seed) in setup.sheets() {
        let page = sheet::render(kind, seed, &about);
        files.push(sheets.store(&RealDisk, &kind.file_name(), &page)?);
    }
    console::say("Print these sheets; each is one page, and may be copied by hand instead:");
    for file in &files {
        console::say(&format!("  {}", file.display()));
    }
    let drill = match type_back(&args.paper, &setup, profile) {
        Ok(drill) => drill,
        Err(Failed(why)) => {
            // Sheets without keys would only be taken for others.
            sheets.wipe(&RealDisk)?;
            return Err(Failed(format!(
                "{why}; no keys were made, and the files of the sheets were removed: destroy what was printed, and begin again"
            )));
        }
    };
    let address = issuer.authority_and_path();
    let keys = setup.store(&vault.folder, &RealDisk, &passphrase, &address, now, drill)?;
    let name = begin(&root, &issuer, is_example, &keys, now)?;
    vault.folder.note_finished(&RealDisk)?;
    for key in &keys.files {
        console::say(&format!("{:<8}{}  {}", key.role.name(), key.fingerprint, key.path.display()));
    }
    console::say(&format!(
        "{name}When the sheets are printed, remove their files: selvedge keys wipe {} {site}\n\
         Then make a backup on a stick that you keep in another house: selvedge backup /media/stick/backup.age {site}",
        args.sheets.display(),
        site = root.display()
    ));
    if profile == Profile::Producer && is_association {
        console::say(
            "This site is an association's. With --profile association, three guardians keep an envelope each, and two of them bring \
             the name back; to have that, remove these keys and the folder identity before anything is signed, and make them anew.",
        );
    }
    if drill == Drill::Later {
        console::say(&format!(
            "Within seven days, test that it all works: selvedge keys drill {site}, and selvedge restore BACKUP --check",
            site = root.display()
        ));
    }
    Ok(Ended::Fine)
}

/// Whether a site is an association's.
fn is_association(root: &Path) -> bool {
    let site = crate::check::load(root).ok().and_then(|outcome| outcome.site);
    site.is_some_and(|site| site.kind == SiteKind::Association)
}

/// Begins the identity that the keys speak for; gives what to say of it.
fn begin(
    root: &Path,
    base: &DidWeb,
    is_example: bool,
    keys: &NewKeys,
    now: jiff::Timestamp,
) -> Result<String, Failed> {
    let threshold = if keys.guardians.is_empty() { 0 } else { setup::THRESHOLD as u64 };
    let present = keys.guardian_signers.iter().take(setup::THRESHOLD);
    let did = attest::identity::begin(
        root,
        &RealDisk,
        &Beginning {
            base,
            record: keys.record.verifier_key(),
            log: keys.log.verifier_key(),
            update: &keys.update,
            next_key_hash: setup::next_key_hash(&keys.next),
            guardians: Witnesses { threshold, keys: keys.guardians.clone() },
            present: present.map(|key| key as &dyn Signer).collect(),
            time: now,
        },
    )?;
    let base = base.base_url();
    Ok(match is_example {
        true => format!(
            "{base} is an example that nobody can own, so these keys sign for practice only. When the site has an address of its \
             own, set base_url, take the folders identity, log and records out, and make keys for it.\n"
        ),
        false => format!(
            "These keys sign for {base}, and everything that you sign is bound to that address:\n  {did}\n\
             Give this name to those who should believe your records: it stands for all your keys, also those to come.\n"
        ),
    })
}

/// Has the sheets typed back: an association's now, a producer's when she likes.
fn type_back(paper: &PaperSource, setup: &Setup, profile: Profile) -> Result<Drill, Failed> {
    // The master sheet and as many envelopes as bring the name back.
    let count = match profile {
        Profile::Producer | Profile::Member => 1,
        Profile::Association => 1 + setup::THRESHOLD,
    };
    if let Some(sheets) = paper.read_all()? {
        for index in 0..count {
            let typed = sheets.get(index).map_or("", |sheet| sheet.as_str());
            setup.expect_sheet(index, typed)?;
        }
        return Ok(Drill::Done);
    }
    if profile == Profile::Producer {
        return Ok(Drill::Later);
    }
    for index in 0..count {
        let title = match index {
            0 => "the master key sheet".to_owned(),
            number => format!("guardian's envelope {number}"),
        };
        while let Err(wrong) = setup.expect_sheet(index, &paper.ask(&title)?) {
            console::say(&wrong.to_string());
        }
        console::say("That is right.");
    }
    Ok(Drill::Done)
}

fn drill(
    place: &KeyPlace,
    phrase: &PhraseSource,
    paper: &PaperSource,
    at: Option<&str>,
) -> Outcome {
    let now = now(at)?;
    let root = place.root();
    let issuer = issuer(&root)?;
    let vault = place.vault(&root, &issuer)?;
    if let Some(home) = own::home(&root) {
        return own::drill(&vault, &home, phrase, paper, now);
    }
    let Some(state) = vault.folder.state()? else {
        return Err(Failed(
            "there is no sheet for these keys; `selvedge keys new` makes it".to_owned(),
        ));
    };
    let passphrase = phrase.read(false)?;
    for key in vault.folder.list()? {
        vault.folder.unlock(key.role, &passphrase)?;
    }
    let typed = match paper.read_all()? {
        Some(mut sheets) if !sheets.is_empty() => sheets.swap_remove(0),
        _ if console::is_interactive() => paper.ask("the master key sheet")?,
        _ => {
            return Err(Failed(
                "nobody can be asked for the sheet; give it with --typed-fd".to_owned(),
            ));
        }
    };
    setup::next_from_paper(&typed, &state.next_key_hash)?;
    vault.folder.note_tested(&RealDisk, now)?;
    console::say("The keys open, and the sheet is right. Put it back where it is kept.");
    Ok(Ended::Fine)
}

/// `keys sheet`: a fresh sheet from one that is typed, such as a copy by hand or a worn one.
fn print_again(
    place: &KeyPlace,
    paper: &PaperSource,
    sheets: &Path,
    contacts: &[String],
) -> Outcome {
    let root = place.root();
    if let Some(home) = own::home(&root) {
        return own::print_again(&root, &home, paper, sheets, contacts);
    }
    let (issuer, name, language) = named_issuer(&root)?;
    let known = attest::identity::load(&root)?;
    let Some(latest) = known.as_ref().and_then(|it| it.history.as_ref()).map(History::latest)
    else {
        return Err(Failed(
            "this site has no keys yet; `selvedge keys new` makes them, and the sheet".to_owned(),
        ));
    };
    let sheets = SheetFolder::admit(sheets, &root)?;
    let typed = match paper.read_all()? {
        Some(mut sheets) if !sheets.is_empty() => sheets.swap_remove(0),
        _ if console::is_interactive() => paper.ask("the sheet")?,
        _ => {
            return Err(Failed(
                "the key on a sheet stands on paper only, so that a sheet is printed again from one that you type; nobody can be \
                 asked for it: give it with --typed-fd. From a lost sheet nobody can print another: the keys on this computer go on \
                 to sign, and cannot be replaced any more; keep them and their backup well"
                    .to_owned(),
            ));
        }
    };
    let seed = Seed::from_sheet(&typed)?;
    let public = seed.to_key().verifier_key();
    let guardians = &latest.parameters.witness.keys;
    let expected = latest.parameters.next_key_hashes.first();
    let kind = match guardians.iter().position(|guardian| *guardian == public) {
        _ if expected == Some(&setup::next_key_hash(&public)) => sheet::Kind::Master,
        Some(place) => sheet::Kind::Guardian { number: place + 1, of: guardians.len() },
        None => {
            return Err(Failed(
                "this sheet was typed without a mistake, but it opens nothing now: it was replaced by a newer one, or is another \
                 site's. Look for the one with the latest date"
                    .to_owned(),
            ));
        }
    };
    let made = latest.time.strftime("%Y-%m-%d").to_string();
    let about = sheet::About {
        name: &name,
        address: &issuer.base_url(),
        made: &made,
        contacts,
        language: &language,
    };
    let page = sheet::render(kind, &seed, &about);
    let file = sheets.store(&RealDisk, &kind.file_name(), &page)?;
    say_printed(&file, &root);
    Ok(Ended::Fine)
}

/// Says what to do with the file of a sheet that was made once more.
pub(super) fn say_printed(file: &Path, root: &Path) {
    console::say(&format!(
        "Print {}, then remove its file: selvedge keys wipe {} {}",
        file.display(),
        file.parent().unwrap_or(file).display(),
        root.display()
    ));
}

fn wipe(sheets: &Path, site: &Path) -> Outcome {
    let gone = SheetFolder::admit(sheets, site)?.wipe(&RealDisk)?;
    for path in &gone {
        console::say(&format!("overwritten and removed: {}", path.display()));
    }
    if gone.is_empty() {
        console::say("there are no sheets in that folder");
    }
    Ok(Ended::Fine)
}

/// Draws random bytes from the operating system.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), Failed> {
    getrandom::fill(bytes)
        .map_err(|error| Failed(format!("this machine gives no random numbers: {error}")))
}

fn list(place: &KeyPlace, json: bool) -> Outcome {
    let root = place.root();
    let issuer = issuer(&root)?;
    let vault = place.vault(&root, &issuer)?;
    let keys = vault.folder.list()?;
    if json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "role": key.role.name(),
                    "fingerprint": key.fingerprint,
                    "multikey": key.public.to_multikey(),
                    "file": key.path,
                })
            })
            .collect();
        let name = own::home(&root).and_then(|home| home.signs_as);
        let name = name.unwrap_or_else(|| issuer.to_string());
        console::json(&serde_json::json!({ "issuer": name, "keys": keys }));
        return Ok(Ended::Fine);
    }
    if keys.is_empty() {
        console::say(&format!(
            "there are no keys for {} in {}; `selvedge keys new` makes them",
            issuer.base_url(),
            vault.folder.path().display()
        ));
    }
    for key in keys {
        console::print(&format!(
            "{:<8}{}  {}\n",
            key.role.name(),
            key.fingerprint,
            key.path.display()
        ));
    }
    Ok(Ended::Fine)
}
