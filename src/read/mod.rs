//! Disk to [`Draft`]: TOML, Markdown and the table of products parsed, every value with its span, nothing resolved yet.
//!
//! Guarantees: only files below the site's folder are opened, links are not followed, what is
//! larger than a person writes is named and left out, and every mistake is a
//! [`Diagnostic`](crate::diag::Diagnostic) at its place. The order of the file system does not
//! show: everything is in order of path.
//!
//! A [`Memory`] keeps what was read, so that the preview reads only what changed.

pub(crate) mod cells;
pub(crate) mod columns;
pub(crate) mod fields;
mod products;
pub(crate) mod rows;
mod tree;

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use rayon::prelude::*;

pub(crate) use fields::parse as parse_fields;
pub use fields::{Table, Value};
pub use tree::Tree;

use products::Goods;
pub(crate) use products::{HIDING, TABLE};
use rows::{MAX_TABLE_BYTES, Sheet};

use crate::diag::{
    Diagnostic, Diagnostics, FileId, Place, Severity, Sources, Span, Spanned, codes, nearest,
};

/// Longest text file in bytes; a book has about a million.
const MAX_TEXT_BYTES: u64 = 2 << 20;

/// What the person wrote; references are names, nothing is checked against anything else.
#[derive(Debug)]
pub struct Draft {
    /// Every text file that was read.
    pub sources: Sources,
    /// The names of all files.
    pub tree: Tree,
    /// `site.toml`.
    pub site: Arc<Document>,
    /// `producers/`.
    pub producers: Vec<Item>,
    /// `products/` and the rows of `products.csv`, in order of id.
    pub products: Vec<Item>,
    /// `designs/`.
    pub designs: Vec<Item>,
    /// `collections/`.
    pub collections: Vec<Item>,
    /// `pages/`.
    pub pages: Vec<Item>,
    /// `members.toml`, if there is one.
    pub member_list: Option<Arc<Document>>,
    /// The folders that it names, in its order.
    pub members: Vec<MemberFolder>,
    /// What was wrong already while reading.
    pub diagnostics: Diagnostics,
}

/// The folder of a member, which is a site of her own and a stranger's here.
#[derive(Debug)]
pub struct MemberFolder {
    /// The field `folder` that names it.
    pub folder: Spanned<String>,
    /// What its files' paths begin with, with a closing slash.
    pub prefix: String,
    /// What she wrote, without sources (those are in the draft of the whole) and members of her own; `None` if it cannot
    /// be looked into or is no site, which is reported.
    pub draft: Option<Box<Draft>>,
}

/// One thing of the site: its file or row, and the translations beside it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id as the file or folder is named, or its row says; not checked yet.
    pub id: String,
    /// The folder in which its photographs lie, with its closing `/`.
    pub folder: String,
    /// Whether the folder is its own.
    pub has_own_folder: bool,
    /// Its file or row.
    pub document: Arc<Document>,
    /// Language tag (not checked yet) and file of each translation, or what other columns of the row say.
    pub translations: Vec<(String, Arc<Document>)>,
}

/// One text file, or one row of a table: its fields and its text.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// Where it begins: the very beginning of its file, or of its row. What the row says in another language begins at the
    /// header of a column that is in it.
    pub start: Span,
    /// Whether it is a row.
    pub is_row: bool,
    /// Its fields.
    pub fields: Table,
    /// Its Markdown, without white space at the ends; empty for a TOML file.
    pub body: Span,
    /// Whether some of it could not be understood, so that missing fields mean nothing.
    pub is_broken: bool,
}

impl Document {
    /// A file that is text alone.
    fn text(file: FileId, body: Span) -> Self {
        let start = Span::file_start(file);
        Self { file, start, is_row: false, fields: Table::default(), body, is_broken: false }
    }
}

/// The folder could not be read at all.
#[derive(Debug)]
pub struct ReadError {
    path: PathBuf,
    cause: ReadCause,
}

#[derive(Debug)]
enum ReadCause {
    List(io::Error),
    NoSite,
}

impl ReadError {
    fn list(path: &Path, cause: io::Error) -> Self {
        Self { path: path.to_owned(), cause: ReadCause::List(cause) }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.cause {
            ReadCause::List(error) => write!(f, "cannot look into the folder {path}: {error}"),
            ReadCause::NoSite => write!(
                f,
                "there is no site in {path}: it has no file site.toml; `selvedge new my-shop` makes a site"
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// What was read before, by path.
#[derive(Debug, Default)]
pub struct Memory {
    sources: Sources,
    files: HashMap<String, Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    document: Option<Arc<Document>>,
    /// The products of a table.
    goods: Vec<Goods>,
    diagnostics: Vec<Diagnostic>,
}

impl Kept {
    fn document(document: Document, found: Diagnostics) -> Self {
        let document = Some(Arc::new(document));
        Self { document, goods: Vec::new(), diagnostics: found.into_iter().collect() }
    }

    fn nothing(diagnostics: Vec<Diagnostic>) -> Self {
        Self { document: None, goods: Vec::new(), diagnostics }
    }
}

impl Memory {
    /// Reads one file again that was read before, and gives what it held then and what it holds now.
    ///
    /// `None`, with nothing changed, if it was not read before, cannot be read, or has or had a problem; then only
    /// [`load`] tells what is to be said about it. Otherwise a later [`load`] need not be told of the change.
    pub fn read_again(
        &mut self,
        root: &Path,
        path: &str,
    ) -> Option<(Arc<Document>, Arc<Document>)> {
        let known = self.files.get(path).filter(|kept| kept.diagnostics.is_empty())?;
        let before = known.document.clone()?;
        let text = read_text(root, path).ok()?;
        let mut found = Diagnostics::default();
        let file = self.sources.next_id();
        let document = Arc::new(parse(path, file, &text, &mut found));
        if !found.is_empty() {
            return None;
        }
        self.sources.add(path, text);
        let kept = Kept { document: Some(Arc::clone(&document)), ..Kept::nothing(Vec::new()) };
        self.files.insert(path.to_owned(), kept);
        Some((before, document))
    }

    /// The texts that were read.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What a file held when it was read; `None` if it was not, or could not be.
    #[must_use]
    pub fn document(&self, path: &str) -> Option<&Arc<Document>> {
        self.files.get(path)?.document.as_ref()
    }
}

/// What must be read again although it was read before.
#[derive(Clone, Copy, Debug)]
pub enum Changed<'a> {
    /// Everything.
    All,
    /// These files and what lies in these folders, by their paths below the site's folder; new files are always read.
    Paths(&'a [String]),
}

/// Reads a site's folder.
///
/// # Errors
/// Only if the folder cannot be looked into or holds no `site.toml`; everything else is a
/// diagnostic of the draft.
pub fn load(root: &Path, memory: &mut Memory, changed: Changed<'_>) -> Result<Draft, ReadError> {
    let mut diagnostics = Diagnostics::default();
    let tree = tree::scan(root, &mut diagnostics)?;
    if !tree.contains("site.toml") {
        return Err(ReadError { path: root.to_owned(), cause: ReadCause::NoSite });
    }
    match changed {
        Changed::All => *memory = Memory::default(),
        Changed::Paths(paths) => {
            for path in paths {
                // Of a folder that was moved or replaced, only the folder is named.
                if memory.files.remove(path).is_none() {
                    let below = format!("{path}/");
                    memory.files.retain(|known, _| !known.starts_with(&below));
                }
            }
        }
    }
    let plan = Plan::new(&tree, "", &mut diagnostics);
    read_missing(root, memory, plan.text_files());
    let member_list = tree.contains(MEMBER_LIST).then(|| {
        read_missing(root, memory, std::iter::once(MEMBER_LIST));
        memory.document(MEMBER_LIST).cloned()
    });
    let member_list = member_list.flatten();
    let folders = member_list.as_deref().map(member_folders).unwrap_or_default();
    let planned: Vec<PlannedMember> = folders
        .into_iter()
        .map(|folder| plan_member(root, memory, folder, &mut diagnostics))
        .collect();
    if let Some(kept) = memory.files.get(MEMBER_LIST).filter(|_| tree.contains(MEMBER_LIST)) {
        diagnostics.extend(kept.diagnostics.iter().cloned());
    }
    let mut sources = memory.sources.clone();
    let members = planned
        .into_iter()
        .map(|PlannedMember { folder, prefix, plan }| {
            let draft = plan
                .map(|(plan, tree, found)| plan.into_draft(memory, &mut sources, found, &tree))
                .map(Box::new);
            MemberFolder { folder, prefix, draft }
        })
        .collect();
    let mut draft = plan.into_draft(memory, &mut sources, diagnostics, &tree);
    draft.sources = sources;
    draft.member_list = member_list;
    draft.members = members;
    Ok(draft)
}

/// Who belongs to an association, and where their folders are.
const MEMBER_LIST: &str = "members.toml";

/// The most members of an association.
const MAX_MEMBERS: usize = 5_000;
/// More files than the folder of any member has.
const MAX_MEMBER_FILES: usize = 20_000;
/// The most bytes of texts that are read of a member's folder.
const MAX_MEMBER_TEXT: u64 = 64 << 20;

/// The folders that a list of members names; what is wrong with it otherwise is for `check` to say.
fn member_folders(list: &Document) -> Vec<Spanned<String>> {
    let Some((_, entries)) = list.fields.get("member") else { return Vec::new() };
    let entries = match &entries.value {
        Value::Array(entries) => entries.as_slice(),
        _ => std::slice::from_ref(entries),
    };
    let folder = |entry: &Spanned<Value>| match &entry.value {
        Value::Table(table) => match table.get("folder") {
            Some((_, Spanned { value: Value::String(folder), span })) => {
                Some(Spanned::new(folder.clone(), *span))
            }
            _ => None,
        },
        _ => None,
    };
    entries.iter().filter_map(folder).take(MAX_MEMBERS).collect()
}

/// What stands before the paths of a member's files, if her folder may lie there: below `members/`, or beside the site.
fn member_prefix(folder: &str) -> Option<String> {
    let is_plain = !folder.starts_with('/')
        && !folder.chars().any(|c| c.is_control() || matches!(c, '\\' | ':'))
        && !folder.trim_end_matches('/').is_empty();
    let mut parts = folder.trim_end_matches('/').split('/').peekable();
    let mut ups = 0;
    while parts.next_if_eq(&"..").is_some() {
        ups += 1;
    }
    let rest: Vec<&str> = parts.collect();
    let is_named = rest.iter().all(|part| !part.is_empty() && !part.starts_with('.'));
    // Elsewhere in the site's own folder it would be read twice.
    let is_apart = (ups > 0 && !rest.is_empty()) || (rest.len() > 1 && rest[0] == "members");
    (is_plain && is_named && is_apart).then(|| format!("{}/", folder.trim_end_matches('/')))
}

/// What is known of a member's folder when all its texts were read.
struct PlannedMember {
    folder: Spanned<String>,
    prefix: String,
    plan: Option<(Plan, Tree, Diagnostics)>,
}

/// Reads the texts of one member's folder, as far as a stranger's folder is read at all.
fn plan_member(
    root: &Path,
    memory: &mut Memory,
    folder: Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> PlannedMember {
    let Some(prefix) = member_prefix(&folder.value) else {
        let words = format!("the folder of a member cannot be \"{}\"", folder.value);
        diagnostics.push(Diagnostic::error(codes::MEMBER_FOLDER, folder.span, words).label(
            "write for example folder = \"members/ana\", or \"../ana\" for one beside this site",
        ));
        return PlannedMember { folder, prefix: String::new(), plan: None };
    };
    let mut found = Diagnostics::default();
    let scanned =
        tree::scan_below(&root.join(&folder.value), &prefix, MAX_MEMBER_FILES, &mut found);
    let is_site = |tree: &Tree| tree.contains(&format!("{prefix}site.toml"));
    let Some(tree) = scanned.ok().filter(is_site) else {
        let words = format!("there is no site in the member's folder {}", folder.value);
        diagnostics.push(
            Diagnostic::new(Severity::Warning, codes::MEMBER_FOLDER, Place::Span(folder.span), words)
                .hint("it holds her site.toml, products and photographs; until it is there nothing of hers is shown"),
        );
        return PlannedMember { folder, prefix, plan: None };
    };
    let plan = Plan::new(&tree, &prefix, &mut found);
    let mut bytes = 0;
    let mut is_whole = true;
    let readable: Vec<&str> = plan
        .text_files()
        .filter(|path| {
            bytes += root.join(path).metadata().map_or(0, |facts| facts.len());
            let fits = bytes <= MAX_MEMBER_TEXT;
            is_whole &= fits;
            fits
        })
        .collect();
    read_missing(root, memory, readable.into_iter());
    if !is_whole {
        let words = format!("the texts in {} are far more than a shop has", folder.value);
        found.push(
            Diagnostic::new(Severity::Warning, codes::TOO_LARGE, Place::Span(folder.span), words)
                .hint("only the first 64 megabytes of them were read"),
        );
    }
    PlannedMember { folder, prefix, plan: Some((plan, tree, found)) }
}

/// The text of a file, and what it consists of if it is a table.
type Given = (String, Option<Sheet>);

/// Reads and parses the files that are not known yet.
fn read_missing<'p>(root: &Path, memory: &mut Memory, paths: impl Iterator<Item = &'p str>) {
    let mut missing: Vec<&str> = paths.filter(|path| !memory.files.contains_key(*path)).collect();
    missing.sort_unstable();
    // Texts are read in parallel and numbered in order of path, so that ids do not depend on timing.
    let texts: Vec<Result<Given, Vec<Diagnostic>>> = missing
        .par_iter()
        .map(|path| match is_products_table(path) {
            true => read_table(root, path).map(|(text, sheet)| (text, Some(sheet))),
            false => read_text(root, path).map(|text| (text, None)).map_err(|one| vec![one]),
        })
        .collect();
    let mut to_parse = Vec::with_capacity(texts.len());
    for (path, text) in missing.iter().zip(texts) {
        match text {
            Ok((text, sheet)) => to_parse.push((*path, memory.sources.add(*path, text), sheet)),
            Err(found) => {
                memory.files.insert((*path).to_owned(), Kept::nothing(found));
            }
        }
    }
    let sources = &memory.sources;
    let parsed: Vec<Kept> = to_parse
        .par_iter()
        .map(|(path, file, sheet)| {
            let mut found = Diagnostics::default();
            let text = sources.text(*file);
            match sheet {
                None => Kept::document(parse(path, *file, text, &mut found), found),
                Some(sheet) => {
                    let goods = products::read(path, *file, sheet, text, &mut found);
                    Kept { goods, ..Kept::nothing(found.into_iter().collect()) }
                }
            }
        })
        .collect();
    for ((path, ..), kept) in to_parse.into_iter().zip(parsed) {
        memory.files.insert(path.to_owned(), kept);
    }
}

fn problem(path: &str, code: codes::Code, words: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, Place::Path(path.to_owned()), words)
}

/// The bytes of a file, at most one more than `most`.
fn read_bytes(root: &Path, path: &str, most: u64) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |error: io::Error| {
        problem(path, codes::FILE_UNREADABLE, format!("this file cannot be read ({error})"))
    };
    let file = File::open(root.join(path)).map_err(unreadable)?;
    // With room for its end, a file is read in one go.
    let len = file.metadata().map_or(0, |facts| facts.len().min(most));
    let mut bytes = Vec::with_capacity(usize::try_from(len + 1).unwrap_or(0));
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn read_text(root: &Path, path: &str) -> Result<String, Diagnostic> {
    let bytes = read_bytes(root, path, MAX_TEXT_BYTES)?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        let words = "this text is longer than 2 megabytes, far more than a page can show";
        return Err(
            problem(path, codes::TOO_LARGE, words).hint("split it, or take it out of the folder")
        );
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|b| **b == b'\n').count() + 1;
        problem(
            path,
            codes::FILE_UNREADABLE,
            format!("this file is not UTF-8 text (first seen on line {line})"),
        )
        .hint("in your editor choose \"save as\" and the encoding UTF-8")
    })
}

/// The table of products, whatever program saved it: its text as it is kept, and its rows.
fn read_table(root: &Path, path: &str) -> Result<(String, Sheet), Vec<Diagnostic>> {
    let bytes = read_bytes(root, path, MAX_TABLE_BYTES).map_err(|one| vec![one])?;
    if bytes.len() as u64 > MAX_TABLE_BYTES {
        let words = format!("this table is larger than {} megabytes", MAX_TABLE_BYTES >> 20);
        return Err(vec![problem(path, codes::TOO_LARGE, words)]);
    }
    let mut sheet = rows::parse(&bytes, &products::is_column).map_err(|problems| {
        problems.into_iter().map(|one| products::no_table(path, one)).collect::<Vec<_>>()
    })?;
    Ok((std::mem::take(&mut sheet.text), sheet))
}

/// Tells whether a path is that of the table of products, of the site or of a member.
fn is_products_table(path: &str) -> bool {
    path.rsplit('/').next() == Some(products::TABLE)
}

/// Splits a file into fields and text.
fn parse(path: &str, file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Document {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if path.ends_with(".toml") {
        let (fields, is_broken) = fields::parse(&text[start..], start, file, diagnostics);
        let end = Span::new(file, text.len()..text.len());
        return Document { fields, is_broken, ..Document::text(file, end) };
    }
    let Some(after_fence) = fence(&text[start..]) else {
        let body = trimmed(text, start, file);
        if let Some(wrong) = unfenced(&text[body.range()], body) {
            diagnostics.push(wrong);
            return Document { is_broken: true, ..Document::text(file, body) };
        }
        return Document::text(file, body);
    };
    let front = start + after_fence;
    let mut at = front;
    for line in text[front..].split_inclusive('\n') {
        if line.trim_end() == "+++" {
            let (fields, is_broken) = fields::parse(&text[front..at], front, file, diagnostics);
            let body = trimmed(text, at + line.len(), file);
            return Document { fields, is_broken, ..Document::text(file, body) };
        }
        at += line.len();
    }
    diagnostics.push(
        Diagnostic::error(
            codes::FRONT_MATTER,
            Span::new(file, start..start + 3),
            "the fields at the top of this file have no end",
        )
        .label("write a second line +++ after the last field"),
    );
    Document { is_broken: true, ..Document::text(file, trimmed(text, text.len(), file)) }
}

/// Tells of fields at the top of a file that do not stand between two lines `+++`.
fn unfenced(text: &str, place: Span) -> Option<Diagnostic> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.next()?;
    let at = Span::new(place.file, place.range().start..place.range().start + first.len());
    let named = |line: &str, sign: char| {
        line.split_once(sign).is_some_and(|(name, _)| is_name(name.trim_end()))
    };
    if first == "---" && lines.next().is_some_and(|line| named(line, ':')) {
        let words = "the fields of this file stand between lines ---, as other programs have them";
        let label = "write +++ instead of both lines ---, and each field as name = \"…\"";
        return Some(Diagnostic::error(codes::FRONT_MATTER, at, words).label(label));
    }
    let value = first.split_once('=').map(|(_, value)| value.trim_start())?;
    let is_value = value.starts_with(['"', '\'', '[', '{', '“', '„', '«'])
        || value.starts_with(|c: char| c.is_ascii_digit())
        || matches!(value.trim(), "true" | "false");
    (named(first, '=') && is_value).then(|| {
        let words = "the fields of this file do not stand between two lines +++";
        let label = "write a line +++ above this one, and another below the last field";
        Diagnostic::error(codes::FRONT_MATTER, at, words).label(label)
    })
}

/// The length of an opening `+++` line, if the text begins with one.
fn fence(text: &str) -> Option<usize> {
    let line = text.split_inclusive('\n').next()?;
    (line.trim_end() == "+++").then_some(line.len())
}

fn trimmed(text: &str, from: usize, file: FileId) -> Span {
    let body = &text[from..];
    let lead = body.len() - body.trim_start_matches(['\n', '\r', ' ', '\t']).len();
    // Spaces before the first word may be an indented code block, so only whole lines go.
    let lead = body[..lead].rfind('\n').map_or(0, |at| at + 1);
    let end = body.trim_end().len().max(lead);
    Span::new(file, from + lead..from + end)
}

/// Which files are which.
struct Plan {
    /// The path of `site.toml`.
    site: String,
    /// The path of the table of products, if there is one.
    table: Option<String>,
    /// Translations of products, of whose id there is no file: id, language tag and path. It may be that of a row.
    beside_rows: Vec<(String, String, String)>,
    sections: [Vec<Planned>; 5],
}

struct Planned {
    id: String,
    folder: String,
    has_own_folder: bool,
    path: String,
    translations: Vec<(String, String)>,
}

const SECTIONS: [&str; 5] = ["producers", "products", "designs", "collections", "pages"];

impl Plan {
    fn new(tree: &Tree, prefix: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut sections: [Vec<Planned>; 5] = Default::default();
        let products = format!("{prefix}products/");
        let table = format!("{prefix}{}", products::TABLE);
        let table = Some(table).filter(|table| tree.contains(table));
        let mut beside_rows = Vec::new();
        for (section, items) in SECTIONS.iter().zip(&mut sections) {
            let folder = format!("{prefix}{section}/");
            let mut translations: Vec<(String, String, String)> = Vec::new();
            for path in tree.below(&folder) {
                let inside = &path[folder.len()..];
                let Some(stem) = inside.strip_suffix(".md") else {
                    diagnostics.extend(wrong_ending(path, inside));
                    continue;
                };
                let (owner, name) =
                    stem.rsplit_once('/').map_or((None, stem), |(o, n)| (Some(o), n));
                let (base, tag) = name.split_once('.').map_or((name, None), |(b, t)| (b, Some(t)));
                let (id, item_folder, has_own_folder) = match owner {
                    Some(owner) if !owner.contains('/') && base == "index" => {
                        (owner.to_owned(), format!("{folder}{owner}/"), true)
                    }
                    None => (base.to_owned(), folder.clone(), false),
                    Some(_) => {
                        diagnostics.push(unknown_file(path));
                        continue;
                    }
                };
                match tag {
                    Some(tag) => translations.push((id, tag.to_owned(), path.to_owned())),
                    None => items.push(Planned {
                        id,
                        folder: item_folder,
                        has_own_folder,
                        path: path.to_owned(),
                        translations: Vec::new(),
                    }),
                }
            }
            items.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
            for (id, tag, path) in translations {
                let at = items.partition_point(|item| item.id < id);
                match items.get_mut(at) {
                    Some(item) if item.id == id => item.translations.push((tag, path)),
                    _ if table.is_some() && *section == "products" => {
                        beside_rows.push((id, tag, path));
                    }
                    _ => diagnostics.push(without_original(&tag, &path)),
                }
            }
        }
        let mut told: Vec<&str> = Vec::new();
        for path in tree.below(prefix) {
            let Some((name, inside)) = path[prefix.len()..].split_once('/') else { continue };
            let is_text = inside.to_ascii_lowercase().ends_with(".md");
            if !is_text || SECTIONS.contains(&name) || told.contains(&name) {
                continue;
            }
            if let Some(near) = nearest(name, SECTIONS) {
                told.push(name);
                diagnostics.push(wrong_folder(&format!("{prefix}{name}"), near));
            }
        }
        let at_top = tree.below(prefix).filter(|path| {
            let name = &path[prefix.len()..];
            Some(*path) != table.as_deref()
                && is_table(name)
                && name.to_lowercase().starts_with("produ")
        });
        let tables = tree.below(&products).filter(|path| is_table(&path[products.len()..]));
        diagnostics.extend(at_top.chain(tables).map(|path| unread_table(path, prefix)));
        Self { site: format!("{prefix}site.toml"), table, beside_rows, sections }
    }

    fn text_files(&self) -> impl Iterator<Item = &str> {
        let items = self.sections.iter().flatten().flat_map(|item| {
            let translations = item.translations.iter().map(|(_, path)| path.as_str());
            std::iter::once(item.path.as_str()).chain(translations)
        });
        let beside_rows = self.beside_rows.iter().map(|(.., path)| path.as_str());
        let lone = std::iter::once(self.site.as_str()).chain(self.table.as_deref());
        lone.chain(items).chain(beside_rows)
    }

    /// The draft without its sources; texts that could not be read are empty ones, which are added to `sources`.
    fn into_draft(
        self,
        memory: &Memory,
        sources: &mut Sources,
        mut diagnostics: Diagnostics,
        tree: &Tree,
    ) -> Draft {
        let empty = |sources: &mut Sources, path: &str| {
            let file = sources.add(path, "");
            let nothing = Document::text(file, Span::file_start(file));
            Arc::new(Document { is_broken: true, ..nothing })
        };
        // What was too much to read is not there.
        for kept in self.text_files().filter_map(|path| memory.files.get(path)) {
            diagnostics.extend(kept.diagnostics.iter().cloned());
        }
        let mut document =
            |path: &str| memory.document(path).cloned().unwrap_or_else(|| empty(sources, path));
        let site = document(&self.site);
        let [producers, mut products, designs, collections, pages]: [Vec<Item>; 5] =
            self.sections.map(|items| {
                items
                    .into_iter()
                    .map(|item| Item {
                        document: document(&item.path),
                        translations: item
                            .translations
                            .into_iter()
                            .map(|(tag, path)| (tag, document(&path)))
                            .collect(),
                        id: item.id,
                        folder: item.folder,
                        has_own_folder: item.has_own_folder,
                    })
                    .collect()
            });
        let table = self.table.and_then(|table| memory.files.get(&table));
        if let Some(kept) = table.filter(|kept| !kept.goods.is_empty()) {
            products.extend(kept.goods.iter().map(|goods| goods.to_item(tree)));
            // Of a file and a row with one id the file is the first.
            products.sort_by(|a, b| a.id.cmp(&b.id));
        }
        for (id, tag, path) in self.beside_rows {
            let at = products.partition_point(|item| item.id < id);
            match products.get_mut(at).filter(|item| item.id == id) {
                Some(row) => row.translations.push((tag, document(&path))),
                None => diagnostics.push(without_original(&tag, &path)),
            }
        }
        Draft {
            sources: Sources::default(),
            tree: tree.clone(),
            site,
            producers,
            products,
            designs,
            collections,
            pages,
            member_list: None,
            members: Vec::new(),
            diagnostics,
        }
    }
}

fn without_original(tag: &str, path: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Warning,
        codes::TRANSLATION_WITHOUT_ORIGINAL,
        Place::Path(path.to_owned()),
        "this translation has nothing that it translates, so it was not used",
    )
    .hint(format!("make the file {}", path.replace(&format!(".{tag}.md"), ".md")))
}

fn unknown_file(path: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Warning,
        codes::UNKNOWN_FILE,
        Place::Path(path.to_owned()),
        "a text file lies where none is expected, so it was not used",
    )
    .hint("the text of a product is products/<id>.md, or products/<id>/index.md")
}

/// Endings that programs give to texts.
const TEXT_ENDINGS: [&str; 7] = ["txt", "text", "markdown", "mdown", "docx", "odt", "rtf"];

/// Tells of a file that is meant for the text of a thing, but for its ending.
fn wrong_ending(path: &str, inside: &str) -> Option<Diagnostic> {
    let name = inside.rsplit('/').next().unwrap_or_default();
    let small = name.to_ascii_lowercase();
    let (stem, ending) = small.rsplit_once('.')?;
    let is_text = ending == "md"
        || TEXT_ENDINGS.contains(&ending)
            && (stem.ends_with(".md") || stem == "index" || !inside.contains('/'));
    if !is_text || ["license", "licence", "credits", "copying", "ofl"].contains(&stem) {
        return None;
    }
    let stem = &name[..stem.len()];
    let stem = if small.ends_with(".txt") { stem.trim_end_matches(".md") } else { stem };
    let found = Diagnostic::new(
        Severity::Warning,
        codes::UNKNOWN_FILE,
        Place::Path(path.to_owned()),
        format!("this file does not end with .md, so nothing in it is on the site ({name})"),
    );
    let right = format!("{}{stem}.md", &path[..path.len() - name.len()]);
    Some(match ["docx", "odt", "rtf"].contains(&ending) {
        true => found.hint(format!("save its text as plain text, under the name {right}")),
        false => found.hint(format!(
            "call it {right}; Windows hides endings: in its file window switch on \"File name extensions\""
        )),
    })
}

fn wrong_folder(path: &str, near: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Warning,
        codes::UNKNOWN_FILE,
        Place::Path(path.to_owned()),
        "nothing in this folder is on the site",
    )
    .hint(format!("did you mean {near}? Then call it so, in small letters"))
}

/// Endings of tables, the one that is read first.
const TABLE_ENDINGS: [&str; 6] = ["csv", "tsv", "xlsx", "xls", "ods", "numbers"];

/// Tells whether a file beside products, not beside one of them, is a table.
fn is_table(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !name.contains('/') && TABLE_ENDINGS.contains(&ending)
}

/// Products are read from one table.
fn unread_table(path: &str, prefix: &str) -> Diagnostic {
    let name = &path[prefix.len()..];
    let table = products::TABLE;
    let diagnostic = Diagnostic::new(
        Severity::Warning,
        codes::UNKNOWN_FILE,
        Place::Path(path.to_owned()),
        "products are not read from this table, so nothing in it is on the site",
    );
    if !name.to_ascii_lowercase().ends_with(TABLE_ENDINGS[0]) {
        return diagnostic.hint(format!(
            "in your spreadsheet program save it as CSV (UTF-8), under the name {table}, beside site.toml"
        ));
    }
    diagnostic.hint(format!("the one table of products is {table}, beside site.toml: move this one there, or its rows into it"))
    .hint(format!("or make a file of each row: in the folder of the site run selvedge import csv {name}, and take the table out"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> (Document, Sources, Diagnostics) {
        let mut sources = Sources::default();
        let file = sources.add("products/a.md", text);
        let mut diagnostics = Diagnostics::default();
        let document = parse("products/a.md", file, text, &mut diagnostics);
        (document, sources, diagnostics)
    }

    #[test]
    fn fields_and_text_are_told_apart() {
        for text in [
            "+++\nname = \"A\"\n+++\n\nHello.\n",
            "+++\r\nname = \"A\"\r\n+++\r\n\r\nHello.\r\n",
            "\u{feff}+++\nname = \"A\"\n+++\nHello.",
            "+++\nname = \"A\"\n+++ \n\n\nHello.  \n\n",
        ] {
            let (document, sources, diagnostics) = document(text);
            assert!(diagnostics.is_empty(), "{text:?}");
            let (_, name) = document.fields.get("name").expect("a name");
            assert_eq!(sources.slice(name.span), "\"A\"", "{text:?}");
            assert_eq!(sources.slice(document.body), "Hello.", "{text:?}");
        }
    }

    #[test]
    fn fields_without_an_end_are_reported() {
        let (document, _, diagnostics) = document("+++\nname = \"A\"\nHello.\n");
        assert!(document.is_broken);
        assert_eq!(diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [codes::FRONT_MATTER]);
    }

    #[test]
    fn a_file_may_be_all_text_or_empty() {
        let (text, sources, _) = document("Only words.\n");
        assert!(text.fields.is_empty());
        assert_eq!(sources.slice(text.body), "Only words.");
        let (nothing, sources, _) = document("");
        assert_eq!(sources.slice(nothing.body), "");
    }
}
