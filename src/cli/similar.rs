//! `similar`: designs that look or are called alike, in every register at hand; and the same before a record is signed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::attest::{Prepared, SiteLookup};
use crate::check::Site;
use crate::diag::nearest;
use crate::diag::report::visible;
use crate::evidence::Disk;
use crate::fetch::{PublishedSite, RealWeb};
use crate::provenance::did::Did;
use crate::provenance::files::Files;
use crate::provenance::kind::Kind;
use crate::provenance::record::{SignedRecord, Subject};
use crate::similar::page::{self, Row};
use crate::similar::register::{self, Design, Register};
use crate::similar::words::Words;
use crate::similar::{self, Asked, Found, Remembered};
use crate::write::{self, Mode, RealDisk};

use super::{Ended, Failed, Outcome, console, day, now, site_folder};

/// Look for designs that look or are called alike, in every register at hand: please look, never a verdict
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge similar river-path my-shop
  selvedge similar photo-from-the-market.jpg my-shop --register ../potters --register https://guild.example/
  selvedge similar river-path my-shop --show ~/look.html

What is found looks or is called alike, by shapes and words alone. It says nothing of who made what, and finding nothing
does not show that there is nothing.")]
pub(super) struct Args {
    /// The id of a design of the site, or the file of a picture (JPEG, PNG, WebP)
    what: String,
    /// The folder of the site [default: this folder]
    site: Option<PathBuf>,
    /// Another register to look in: a folder, or the address of a site; may be repeated. Folders that trust.toml names are looked
    /// in anyway
    #[arg(long, value_name = "FOLDER_OR_ADDRESS")]
    register: Vec<String>,
    /// Write the page that shows the pictures side by side to this file
    #[arg(long, value_name = "FILE.html")]
    show: Option<PathBuf>,
    /// Judge servers by the certificates in this file alone
    #[arg(long, value_name = "FILE")]
    tls_root: Option<PathBuf>,
    /// The time that counts as now, for example 2026-05-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

/// Before something is signed no more new pictures are looked at than take some seconds; the next time goes on.
const NEW_BEFORE_SIGNING: usize = 120;
/// The most registers at hand.
const MAX_REGISTERS: usize = 64;

pub(super) fn run(args: &Args) -> Outcome {
    let root = site_folder(args.site.as_ref());
    let outcome = crate::check::load_on(&root, day(now(args.at.as_deref())?))?;
    let Some(site) = &outcome.site else {
        console::diagnostics(&outcome.diagnostics, &outcome.sources);
        return Ok(Ended::Wrong);
    };
    let roots = args.tls_root.as_ref().map(std::fs::read).transpose()?;
    let web = RealWeb::new(roots.as_deref()).map_err(|why| Failed(why.to_owned()))?;
    let mut place = Place::open(&root, site)?;
    for named in &args.register {
        place.add(named, &web)?;
    }
    let question = match site.designs.iter().find(|design| design.id.as_str() == design_id(args)) {
        Some(design) => place.about_design(design.id.as_str())?,
        None => about_picture(args, &root, site)?,
    };
    let mut progress = console::Progress::new("pictures", args.json);
    let answer = place.search(&question, None, &|done, total| progress.step(done, total));
    progress.end();
    let shown = match (&args.show, answer.found.near.is_empty()) {
        (Some(path), _) => Some(place.show(&question, &answer, path)?),
        (None, false) if console::is_interactive() && !args.json => {
            Some(place.show(&question, &answer, &root.join(similar::PAGE))?)
        }
        (None, _) => None,
    };
    if args.json {
        console::json(&to_json(&place, &question, &answer));
        return Ok(Ended::Fine);
    }
    console::print(&words(&place, &question, &answer));
    let found = &answer.found;
    if found.near.is_empty() {
        console::say(&format!(
            "nothing near {} was found among {} designs with {} pictures. That does not show that there is nothing",
            visible(&question.name),
            found.compared,
            found.pictures
        ));
    }
    for note in &answer.notes {
        console::say(&visible(note));
    }
    if let Some(path) = shown {
        console::say(&format!("side by side, for you alone: {}", path.display()));
    }
    Ok(Ended::Fine)
}

/// The id that was meant, written as `designs/NAME` or `NAME`.
fn design_id(args: &Args) -> &str {
    let what = args.what.trim_end_matches('/');
    what.strip_prefix("designs/").unwrap_or(what)
}

/// What is asked about, and what is left out because it is the same design.
struct Question {
    /// For the screen.
    name: String,
    asked: Asked,
    own: Option<(String, Vec<Did>)>,
    /// The record that it is.
    record: Option<String>,
    notes: Vec<String>,
}

/// The picture of a file.
fn about_picture(args: &Args, root: &Path, site: &Site) -> Result<Question, Failed> {
    let path = Path::new(&args.what);
    if !path.is_file() {
        let known = site.designs.iter().map(|design| design.id.as_str());
        let near =
            nearest(design_id(args), known).map(|near| format!("; did you mean \"{near}\"?"));
        return Err(Failed(format!(
            "there is neither a design \"{}\" nor a picture of that name{}",
            args.what,
            near.unwrap_or_default()
        )));
    }
    // Nothing of what is kept back may come into a page or a cache.
    let private = std::fs::canonicalize(root.join("private"));
    if let (Ok(private), Ok(file)) = (private, std::fs::canonicalize(path))
        && file.starts_with(private)
    {
        return Err(Failed(format!(
            "{} lies in private/, and nothing of what is kept back there is compared",
            path.display()
        )));
    }
    let bytes = read_picture(path)?;
    let glance = similar::glance(&bytes, None)
        .map_err(|error| Failed(format!("{}: {error}; {}", path.display(), error.hint())))?;
    Ok(Question {
        name: args.what.clone(),
        asked: Asked { words: Words::default(), pictures: vec![(args.what.clone(), glance)] },
        own: None,
        record: None,
        notes: Vec::new(),
    })
}

fn read_picture(path: &Path) -> Result<Vec<u8>, Failed> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let most = crate::media::Limits::default().max_bytes + 1;
    std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(
        |error| Failed(format!("cannot read {}: {}", path.display(), write::plain_words(&error))),
    )?;
    Ok(bytes)
}

/// A site with every register at hand.
struct Place<'a> {
    root: PathBuf,
    site: &'a Site,
    files: Vec<(String, Box<dyn Files + 'a>)>,
    designs: Vec<Design>,
    notes: Vec<String>,
    /// Folders that are among them already.
    known: BTreeSet<PathBuf>,
}

/// What was found, with what there is to say about the search.
struct Answer {
    found: Found,
    notes: Vec<String>,
}

impl<'a> Place<'a> {
    /// The site's own designs and records, and the folders that its trust list names.
    fn open(root: &Path, site: &'a Site) -> Result<Self, Failed> {
        let disk = Disk::at(root);
        let mut passed = Vec::new();
        let designs = register::own_designs(site, &disk, &mut passed);
        let mut place = Self {
            root: root.to_owned(),
            site,
            files: vec![("this site".to_owned(), Box::new(disk))],
            designs,
            notes: similar::in_short(passed),
            known: std::fs::canonicalize(root).into_iter().collect(),
        };
        // A trust list that cannot be read is told by the commands that believe it.
        let trust = crate::evidence::load_trust(root).unwrap_or_default();
        let signers = trust.signers().iter().map(|it| (&it.name, &it.address));
        let logs = trust.logs().iter().map(|it| (&it.name, &it.address));
        let witnesses = trust.witnesses().iter().map(|it| (&it.name, &it.address));
        let mut away: BTreeSet<&str> = BTreeSet::new();
        for (name, address) in signers.chain(logs).chain(witnesses) {
            let Some(address) = address else { continue };
            match address.contains("://") {
                true => {
                    away.insert(address);
                }
                false => place.add_folder(name, &root.join(address)),
            }
        }
        if !away.is_empty() {
            let all: Vec<&str> = away.into_iter().collect();
            place.notes.push(format!(
                "not looked in, as they are on the web: {}; --register ADDRESS of `selvedge similar` asks one",
                all.join(", ")
            ));
        }
        Ok(place)
    }

    /// A register that was named: a folder or an address.
    fn add(&mut self, named: &str, web: &'a RealWeb) -> Result<(), Failed> {
        if named.contains("://") {
            crate::fetch::admit(named)?;
            let site = PublishedSite::at(web, named);
            let mut passed = Vec::new();
            let designs = register::recorded_designs(self.files.len(), &site, &mut passed);
            if let Some(failure) = site.failure() {
                return Err(failure.into());
            }
            if designs.is_empty() {
                self.notes.push(format!("{named} has no record of a design"));
            }
            self.take(named.to_owned(), Box::new(site), designs, passed);
            return Ok(());
        }
        let folder = Path::new(named);
        if !folder.is_dir() {
            return Err(Failed(format!(
                "there is no folder {named}; --register takes the folder of a site, or an address that starts with https://"
            )));
        }
        self.add_folder(named, folder);
        Ok(())
    }

    fn add_folder(&mut self, name: &str, folder: &Path) {
        let Ok(real) = std::fs::canonicalize(folder) else {
            self.notes.push(format!("{name}: there is no folder {}", folder.display()));
            return;
        };
        if !self.known.insert(real) {
            return;
        }
        let disk = Disk::at(folder);
        let mut passed = Vec::new();
        let designs = register::recorded_designs(self.files.len(), &disk, &mut passed);
        self.take(name.to_owned(), Box::new(disk), designs, passed);
    }

    fn take(
        &mut self,
        name: String,
        files: Box<dyn Files + 'a>,
        designs: Vec<Design>,
        passed: Vec<String>,
    ) {
        if self.files.len() > MAX_REGISTERS {
            self.notes.push(format!("{name}: not looked in; {MAX_REGISTERS} registers are enough"));
            return;
        }
        self.designs.extend(designs);
        let passed = similar::in_short(passed);
        self.notes.extend(passed.into_iter().map(|why| format!("{name}: {why}")));
        self.files.push((name, files));
    }

    fn registers(&self) -> Vec<Register<'_>> {
        let all = self.files.iter();
        all.map(|(name, files)| Register { name: name.clone(), files: &**files }).collect()
    }

    /// The names under which this site signs.
    fn names(&self) -> Vec<Did> {
        let own = self.site.base_url.as_ref();
        let web = own.and_then(|url| crate::provenance::did::DidWeb::from_base_url(url.as_str()));
        let member = self.site.register.as_ref().and_then(|home| home.signs_as.as_deref());
        let signed =
            self.designs.iter().filter(|it| it.register == 0 && it.place.starts_with("designs/"));
        web.map(Did::Web)
            .into_iter()
            .chain(member.and_then(Did::parse))
            .chain(signed.filter_map(|design| design.issuer.clone()))
            .collect()
    }

    /// A design of the site.
    fn about_design(&self, id: &str) -> Result<Question, Failed> {
        let place = format!("designs/{id}");
        let design = self.designs.iter().find(|it| it.register == 0 && it.place == place);
        let design = design.ok_or_else(|| Failed(format!("there is no design \"{id}\"")))?;
        Ok(self.about(design, place, id))
    }

    fn about(&self, design: &Design, name: String, slug: &str) -> Question {
        let mut notes = Vec::new();
        let mut pictures = Vec::new();
        for picture in &design.pictures {
            let read = self.files[0].1.read(&picture.path);
            let bytes = read.map_err(|error| error.why).map(Option::unwrap_or_default);
            let copy = bytes.and_then(|bytes| {
                similar::glance(&bytes, picture.orientation).map_err(|error| error.to_string())
            });
            match copy {
                Ok(copy) => pictures.push((picture.path.clone(), copy)),
                Err(why) => notes.push(format!("{}: {why}", picture.path)),
            }
        }
        Question {
            name,
            asked: Asked { words: design.words.clone(), pictures },
            own: Some((slug.to_owned(), self.names())),
            record: None,
            notes,
        }
    }

    fn search(
        &self,
        question: &Question,
        most_new: Option<usize>,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Answer {
        // The same design under another roof is no news: its own folder, its record, and copies of that.
        let is_same = |design: &Design| {
            let by_record = question.record.as_ref().is_some_and(|record| *record == design.place);
            let by_name = question.own.as_ref().is_some_and(|(slug, names)| {
                let is_own = match &design.issuer {
                    Some(issuer) => names.iter().any(|name| name.same_issuer(issuer)),
                    None => design.register == 0,
                };
                design.slug == *slug
                    && (is_own || design.register == 0 && design.place.starts_with("designs/"))
            });
            by_record || by_name
        };
        let others: Vec<Design> = self.designs.iter().filter(|it| !is_same(it)).cloned().collect();
        let remembered = Remembered::of(&self.root);
        let registers = self.registers();
        let asked = &question.asked;
        let found = similar::search(asked, &others, &registers, &remembered, most_new, progress);
        if most_new.is_none() && !question.asked.pictures.is_empty() {
            remembered.prune();
        }
        let mut notes: Vec<String> = self.notes.clone();
        notes.extend(question.notes.iter().cloned());
        notes.extend(found.passed.iter().map(|why| format!("passed over: {why}")));
        if found.left > 0 {
            notes.push(format!(
                "{} pictures were not looked at yet, so that this stays quick; `selvedge similar` looks at all",
                found.left
            ));
        }
        if found.more > 0 {
            notes.push(format!("{} more are near, and not listed", found.more));
        }
        Answer { found, notes }
    }

    /// Writes the page.
    fn show(&self, question: &Question, answer: &Answer, path: &Path) -> Result<PathBuf, Failed> {
        let registers = self.registers();
        let rows = answer.found.near.iter().map(|near| {
            let register = &registers[near.design.register];
            let picture = near.picture.as_ref().map(|picture| &picture.found);
            let picture = picture.or(near.design.pictures.first());
            let picture = picture.and_then(|picture| similar::shown(register, picture));
            Row { near, register: &register.name, picture }
        });
        let rows: Vec<Row<'_>> = rows.collect();
        let html = page::page(&question.name, &question.asked.pictures, &rows, &answer.notes);
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            write::create_folders(&RealDisk, folder, Mode::Public)?;
        }
        write::replace(&RealDisk, path, html.as_bytes(), Mode::Secret)?;
        Ok(path.to_owned())
    }

    fn name_of(&self, design: &Design) -> &str {
        &self.files[design.register].0
    }
}

/// What was found, the nearest first, with the paths of both pictures.
fn words(place: &Place<'_>, question: &Question, answer: &Answer) -> String {
    let mut out = String::new();
    for near in &answer.found.near {
        let design = &near.design;
        out.push_str(&format!(
            "please look: {} ({}: {})\n",
            visible(&design.title),
            visible(place.name_of(design)),
            visible(&design.place)
        ));
        for reason in near.reasons() {
            out.push_str(&format!("    {}\n", visible(&reason)));
        }
        if let Some(picture) = &near.picture {
            out.push_str(&format!(
                "    {} beside {}\n",
                visible(&question.asked.pictures[picture.asked].0),
                visible(&picture.found.path)
            ));
        }
    }
    out
}

fn to_json(place: &Place<'_>, question: &Question, answer: &Answer) -> serde_json::Value {
    let near = answer.found.near.iter().map(|near| {
        let picture = near.picture.as_ref().map(|picture| {
            serde_json::json!({
                "yours": question.asked.pictures[picture.asked].0,
                "theirs": picture.found.path,
                "reason": picture.likeness.reason(),
            })
        });
        let words = near
            .words
            .as_ref()
            .map(|words| serde_json::json!({"shared": words.words, "reason": words.reason()}));
        serde_json::json!({
            "register": place.name_of(&near.design),
            "design": near.design.place,
            "title": near.design.title,
            "picture": picture,
            "words": words,
        })
    });
    serde_json::json!({
        "about": question.name,
        "pleaseLook": near.collect::<Vec<_>>(),
        "designsCompared": answer.found.compared,
        "picturesCompared": answer.found.pictures,
        "notes": answer.notes,
    })
}

/// Before a Design or the Certification of one is signed: says what is near, and asks whether to go on where somebody can
/// be asked. Gives what was found for `--json`, and whether to go on.
pub(super) fn before_signing(
    args: &super::record::Args,
    site: &Site,
    root: &Path,
    prepared: &Prepared,
    lookup: &SiteLookup<'_>,
) -> Result<bool, Failed> {
    let place = Place::open(root, site)?;
    let Some(question) = about_prepared(&place, prepared, lookup) else { return Ok(true) };
    let answer = place.search(&question, Some(NEW_BEFORE_SIGNING), &|_, _| {});
    if args.json {
        let _ = args.near.set(to_json(&place, &question, &answer));
    }
    if answer.found.near.is_empty() {
        return Ok(true);
    }
    console::say(&format!(
        "Please look at these before you sign. They look or are called alike, by shapes and words alone; that is no verdict, and \
         many patterns are shared by many:\n{}",
        words(&place, &question, &answer).trim_end()
    ));
    for note in &answer.notes {
        console::say(&visible(note));
    }
    if args.yes || !console::is_interactive() {
        return Ok(true);
    }
    let page = place.show(&question, &answer, &root.join(similar::PAGE))?;
    console::say(&format!("side by side, for you alone: {}", page.display()));
    match console::ask("Have you looked, and do you want to go on? (yes or no)", "no")
        .to_lowercase()
        .as_str()
    {
        "yes" | "y" => Ok(true),
        _ => {
            console::say("nothing was signed");
            Ok(false)
        }
    }
}

/// What a record that is to be signed would be near: a design, or the one that a Certification is about.
fn about_prepared(
    place: &Place<'_>,
    prepared: &Prepared,
    lookup: &SiteLookup<'_>,
) -> Option<Question> {
    match &prepared.record.subject {
        Subject::Design(design) => {
            let pictures = prepared.masters.iter().map(|master| {
                let copy = similar::glance(&master.bytes, Some(master.photograph.orientation));
                Some((master.source.clone(), copy.ok()?))
            });
            let mut names = place.names();
            names.push(prepared.record.issuer.clone());
            Some(Question {
                name: format!("designs/{}", design.slug),
                asked: Asked { words: Words::of(design), pictures: pictures.flatten().collect() },
                own: Some((design.slug.clone(), names)),
                record: None,
                notes: Vec::new(),
            })
        }
        Subject::Statement(statement) if statement.kind == Kind::Certification => {
            let (about, _) = statement.references().into_iter().next()?;
            let signed: &SignedRecord = lookup.records().find(|it| it.id() == about.id)?;
            let design = register::design_of(signed)?;
            let mut question = place.about(&design, design.place.clone(), &design.slug);
            question.own = Some((design.slug.clone(), vec![signed.record().issuer.clone()]));
            question.record = Some(design.place.clone());
            Some(question)
        }
        Subject::Statement(_) => None,
    }
}
