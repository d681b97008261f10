//! To a branch of a git repository, as the hosts of Pages read it.
//!
//! The program `git` does the work, as it alone knows the person's keys, helpers and settings; no crate pushes with them. What
//! it is asked for is plumbing: `ls-tree` for what is there, `fast-import` for one commit of what differs, `push`. So the
//! person's working tree, index, branches and stash are not looked at or touched; all that appears in her repository are
//! objects and the reference `refs/selvedge/publish/BRANCH`. Where the address is not a remote of the site's own repository,
//! a bare one in `.selvedge` takes its place.
//!
//! Each publication is one commit on top of what the remote has, so that nothing is ever pushed by force; unless the history is to
//! be forgotten, where the branch is replaced by one commit, if it still is what was seen. Files of others in the branch
//! (`CNAME`, a pipeline) stay.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use data_encoding::HEXLOWER;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::manifest::{self, Listed, Manifest};
use super::{
    Counter, Goods, Item, Options, Progress, PublishError, Published, Secrets, Step, Stock,
    expect_lasting, in_order, sent,
};
use crate::write::{MANIFEST, SitePath};

/// Asks a host of Pages not to put the files through Jekyll, which would leave `.well-known` out.
const NO_JEKYLL: &str = ".nojekyll";
/// Where a repository of our own lies, below the site's folder.
const OWN: &str = ".selvedge/publish.git";
/// Files that a host or its owner puts into a branch of pages: no sign that it is for something else.
const OF_HOSTS: [&str; 12] = [
    ".nojekyll",
    "CNAME",
    "README.md",
    "README",
    "LICENSE",
    "_config.yml",
    ".gitattributes",
    ".gitignore",
    ".gitlab-ci.yml",
    ".domains",
    "_redirects",
    "_headers",
];

/// The mode of an ordinary file.
const PLAIN: &str = "100644";

/// How a repository names objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectFormat {
    Sha1,
    Sha256,
}

/// The name of an object, in hex.
pub(super) type ObjectId = String;

impl ObjectFormat {
    /// The name of a file with these bytes: the digest of `blob`, their length, a zero and them (git's objects).
    pub(super) fn blob(self, bytes: &[u8]) -> ObjectId {
        let head = format!("blob {}\0", bytes.len());
        match self {
            Self::Sha1 => {
                HEXLOWER.encode(&Sha1::new().chain_update(head).chain_update(bytes).finalize())
            }
            Self::Sha256 => {
                HEXLOWER.encode(&Sha256::new().chain_update(head).chain_update(bytes).finalize())
            }
        }
    }
}

/// A repository in which commits are made, and where they go.
struct Repository<'a> {
    dir: PathBuf,
    /// From where addresses of remotes are told that are ways on this disk: the top of the working tree.
    top: PathBuf,
    remote: OsString,
    branch: &'a str,
    may_ask: bool,
}

/// What the branch holds.
#[derive(Default)]
struct Tip {
    commit: Option<String>,
    /// Object and mode, by path.
    files: BTreeMap<String, (ObjectId, String)>,
}

pub(super) fn publish(
    mut goods: Goods<'_>,
    secrets: &Secrets,
    (remote, branch): (&str, &str),
    options: Options<'_>,
    progress: Progress<'_>,
) -> Result<Published, PublishError> {
    let repository = Repository::open(remote, branch, options)?;
    let format = repository.object_format()?;
    goods.add(NO_JEKYLL, Vec::new());
    let Stock(items) = Stock::take(&goods, secrets, Some(format), progress)?;
    let tip = repository.tip(options)?;
    let known = repository.manifest(&tip)?;
    if known.is_none() {
        refuse_other_use(&tip, &items, branch, options)?;
    }
    let known = known.unwrap_or_default();

    let blob = |item: &Item| item.blob.clone().unwrap_or_default();
    let mut sendings = Vec::new();
    let mut foreign = Vec::new();
    for item in &items {
        match tip.files.get(item.path.as_str()) {
            Some((there, mode)) if *there == blob(item) && mode == PLAIN => {}
            Some(_) => {
                let is_hosts = OF_HOSTS.contains(&item.path.as_str());
                if !known.contains_key(&item.path) && !is_hosts {
                    foreign.push(item.path.clone());
                }
                sendings.push((item, false));
            }
            None => sendings.push((item, true)),
        }
    }
    if !foreign.is_empty() && !options.replace {
        return Err(PublishError::Foreign(foreign));
    }
    let mut removed = Vec::new();
    let mut kept = Vec::new();
    for (path, listed) in &known {
        let is_gone = items.binary_search_by(|item| item.path.cmp(path)).is_err();
        let Some((there, _)) = tip.files.get(path.as_str()).filter(|_| is_gone) else { continue };
        match listed {
            Listed::Sent(facts) if !repository.has_bytes(there, facts)? => kept.push(path.clone()),
            _ => removed.push(path.clone()),
        }
    }
    expect_lasting(&removed, &items, options)?;
    let sendings = in_order(sendings);
    let done = Published {
        sent: sent(&sendings),
        removed,
        unchanged: items.len() - sendings.len(),
        kept,
        has_forgotten: options.forget_history && repository.has_past(&tip)?,
    };
    let list: Manifest =
        items.iter().map(|item| (item.path.clone(), Listed::Sent(item.facts))).collect();
    let list = manifest::write(&list).into_bytes();
    let is_listed = tip.files.get(MANIFEST).is_some_and(|(there, _)| *there == format.blob(&list));
    if options.is_trial || (done.is_nothing() && is_listed && !done.has_forgotten) {
        return Ok(done);
    }
    let commit =
        repository.commit(&goods, &tip, (&sendings, &done.removed, &list), options, progress)?;
    repository.push(&commit, &tip, options, sendings.len())?;
    Ok(done)
}

/// A branch that holds something else than pages is not taken for one.
fn refuse_other_use(
    tip: &Tip,
    items: &[Item],
    branch: &str,
    options: Options<'_>,
) -> Result<(), PublishError> {
    let pages: BTreeSet<&str> = items.iter().map(|item| item.path.as_str()).collect();
    let other = tip
        .files
        .keys()
        .find(|path| !OF_HOSTS.contains(&path.as_str()) && !pages.contains(path.as_str()));
    match other {
        Some(path) if !options.replace => Err(PublishError::Place(format!(
            "the branch {branch} holds other things (for example {path}); give a branch of its own, for example gh-pages, or add \
             --replace if the site may go among them"
        ))),
        _ => Ok(()),
    }
}

impl<'a> Repository<'a> {
    fn open(remote: &str, branch: &'a str, options: Options<'_>) -> Result<Self, PublishError> {
        let mut own = git(options.may_ask);
        own.arg("-C").arg(options.source).args([
            "rev-parse",
            "--absolute-git-dir",
            "--show-toplevel",
        ]);
        let found = run(own, None)?;
        let said = String::from_utf8_lossy(&found.stdout).into_owned();
        if let (true, Some((dir, top))) = (found.status.success(), said.trim_end().split_once('\n'))
        {
            let this = Self {
                dir: dir.into(),
                top: top.into(),
                remote: remote.into(),
                branch,
                may_ask: options.may_ask,
            };
            if this.ask(&["remote", "get-url", remote])?.is_some() {
                this.refuse_checked_out(options.source)?;
                return Ok(this);
            }
        }
        if is_name(remote) {
            return Err(PublishError::Place(format!(
                "the folder {} is in no git repository that has a remote called {remote}; give the address of the repository, as in \
                 --to git:https://host.example/me/shop.git#{branch}",
                options.source.display()
            )));
        }
        // A folder is meant from where the person is.
        let is_address = remote.contains("://") || remote.contains(':');
        let remote = match is_address {
            true => OsString::from(remote),
            false => options.from.join(remote).into_os_string(),
        };
        let dir = options.source.join(OWN);
        let top = options.source.to_owned();
        let this = Self { dir, top, remote, branch, may_ask: options.may_ask };
        let mut init = git(options.may_ask);
        init.args(["init", "--quiet", "--bare"]).arg(&this.dir);
        expect(run(init, None)?, "a repository for the commits could not be made")?;
        Ok(this)
    }

    /// The branch on which the person works is not one for pages.
    fn refuse_checked_out(&self, source: &Path) -> Result<(), PublishError> {
        let mut head = git(self.may_ask);
        head.arg("-C").arg(source).args(["symbolic-ref", "--quiet", "--short", "HEAD"]);
        let head = run(head, None)?;
        if head.status.success() && line(&head.stdout) == self.branch {
            return Err(PublishError::Place(format!(
                "{} is the branch on which you work; give one for the pages alone, for example git:gh-pages",
                self.branch
            )));
        }
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = git(self.may_ask);
        command.arg("-C").arg(&self.top).arg("--git-dir").arg(&self.dir);
        command
    }

    /// What a command printed; nothing if it failed.
    fn ask(&self, words: &[&str]) -> Result<Option<Vec<u8>>, PublishError> {
        let mut command = self.command();
        command.args(words);
        let output = run(command, None)?;
        Ok(output.status.success().then_some(output.stdout))
    }

    fn object_format(&self) -> Result<ObjectFormat, PublishError> {
        let said = self.ask(&["rev-parse", "--show-object-format"])?;
        match said.as_deref().map(line).as_deref() {
            Some("sha256") => Ok(ObjectFormat::Sha256),
            _ => Ok(ObjectFormat::Sha1),
        }
    }

    /// What the remote's branch holds now.
    fn tip(&self, options: Options<'_>) -> Result<Tip, PublishError> {
        let whole = format!("refs/heads/{}", self.branch);
        let mut list = self.command();
        list.args(["ls-remote", "--quiet"]).arg(&self.remote).arg(&whole);
        let listed = expect(run(list, None)?, "the repository could not be asked")?;
        let commit = String::from_utf8_lossy(&listed).lines().find_map(|found| {
            let (id, name) = found.split_once('\t')?;
            (name == whole && is_object(id)).then(|| id.to_owned())
        });
        let Some(commit) = commit else { return Ok(Tip::default()) };
        if self.ask(&["cat-file", "-e", &format!("{commit}^{{commit}}")])?.is_none() {
            let mut fetch = self.command();
            fetch.args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]);
            // What came before is no concern of a branch that forgets it.
            if options.forget_history && self.dir.ends_with(OWN) {
                fetch.arg("--depth=1");
            }
            fetch.arg(&self.remote).arg(format!("+{whole}:{}", self.reference()));
            expect(run(fetch, None)?, "what the branch holds could not be fetched")?;
        }
        let mut tree = self.command();
        tree.args(["ls-tree", "-r", "-z", "--full-tree", &commit]);
        let tree = expect(run(tree, None)?, "what the branch holds could not be read")?;
        let files = tree.split(|byte| *byte == 0).filter_map(|entry| {
            let entry = String::from_utf8_lossy(entry);
            let (facts, path) = entry.split_once('\t')?;
            let mut facts = facts.split(' ');
            let mode = facts.next()?.to_owned();
            let id = facts.nth(1)?.to_owned();
            Some((path.to_owned(), (id, mode)))
        });
        Ok(Tip { commit: Some(commit), files: files.collect() })
    }

    /// Whether the branch holds earlier states. The commit itself tells, also where what it names was not fetched.
    fn has_past(&self, tip: &Tip) -> Result<bool, PublishError> {
        let Some(commit) = &tip.commit else { return Ok(false) };
        let bytes = self.ask(&["cat-file", "commit", commit])?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().take_while(|line| !line.is_empty()).any(|line| line.starts_with("parent ")))
    }

    fn manifest(&self, tip: &Tip) -> Result<Option<Manifest>, PublishError> {
        let Some((id, _)) = tip.files.get(MANIFEST) else { return Ok(None) };
        let bytes = self.ask(&["cat-file", "blob", id])?;
        Ok(bytes.as_deref().and_then(manifest::parse))
    }

    /// Whether an object still has the bytes that we sent.
    fn has_bytes(&self, id: &str, facts: &manifest::Facts) -> Result<bool, PublishError> {
        let bytes = self.ask(&["cat-file", "blob", id])?;
        Ok(bytes.is_some_and(|bytes| super::facts(&bytes) == *facts))
    }

    fn reference(&self) -> String {
        format!("refs/selvedge/publish/{}", self.branch)
    }

    /// Makes the commit, streaming what differs into `git fast-import`; gives its name.
    fn commit(
        &self,
        goods: &Goods<'_>,
        tip: &Tip,
        (sendings, removed, list): (&[(&Item, bool)], &[SitePath], &[u8]),
        options: Options<'_>,
        progress: Progress<'_>,
    ) -> Result<String, PublishError> {
        let mut head = format!("commit {}\n", self.reference());
        let when = options.at.as_second();
        let _ = writeln!(head, "committer {} {when} +0000", self.committer(options)?);
        let message = format!(
            "Publish {}\n\n{} files sent, {} removed\n",
            options.name,
            sendings.len(),
            removed.len()
        );
        let _ = writeln!(head, "data {}\n{message}", message.len());
        match &tip.commit {
            Some(tip) if !options.forget_history => {
                let _ = writeln!(head, "from {tip}");
            }
            _ => {
                // From nothing, whatever an earlier attempt left under that name.
                head.insert_str(0, &format!("reset {}\n\n", self.reference()));
            }
        }
        let counter = Counter::new(sendings.len(), progress, Step::Sending);
        let gone: BTreeSet<&str> = removed.iter().map(SitePath::as_str).collect();
        let sending: BTreeSet<&str> = sendings.iter().map(|(item, _)| item.path.as_str()).collect();
        let mut import = self.command();
        import.args(["fast-import", "--quiet", "--force", "--date-format=raw"]);
        let mut trouble = None;
        let output = run(
            import,
            Some(&mut |pipe| {
                let mut out = BufWriter::new(pipe);
                out.write_all(head.as_bytes())?;
                // What goes may stand where a folder comes, so it goes first.
                for path in removed {
                    writeln!(out, "D {}", quoted(path.as_str()))?;
                }
                if options.forget_history {
                    let stays = tip.files.iter().filter(|(path, _)| {
                        !gone.contains(path.as_str())
                            && !sending.contains(path.as_str())
                            && *path != MANIFEST
                    });
                    for (path, (id, mode)) in stays {
                        writeln!(out, "M {mode} {id} {}", quoted(path))?;
                    }
                }
                for (item, _) in sendings {
                    let bytes = match goods.bytes_of(item) {
                        Ok(bytes) => bytes,
                        Err(error) => {
                            trouble = Some(error);
                            // Closed without `done`, nothing of it counts.
                            return Err(io::ErrorKind::InvalidData.into());
                        }
                    };
                    put(&mut out, item.path.as_str(), &bytes)?;
                    counter.step();
                }
                put(&mut out, MANIFEST, list)?;
                out.write_all(b"\n")?;
                out.flush()
            }),
        )?;
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        expect(output, "the commit could not be made")?;
        let made = self.ask(&["rev-parse", "--verify", "--quiet", &self.reference()])?;
        made.map(|made| line(&made))
            .filter(|made| is_object(made))
            .ok_or_else(|| PublishError::Place("the commit could not be made".to_owned()))
    }

    /// Whom the repository itself says to commit; else the site. Whose computer it is, and what that is called, is nobody's
    /// business: a shop may be of somebody who must not be found.
    fn committer(&self, options: Options<'_>) -> Result<String, PublishError> {
        let here = |name| ["config", "--local", name];
        let said = |name| Ok::<_, PublishError>(self.ask(&here(name))?.map(|it| line(&it)));
        let (name, email) = match (said("user.name")?, said("user.email")?) {
            (Some(name), Some(email)) if !name.is_empty() => (name, email),
            _ => (options.name.to_owned(), String::new()),
        };
        let plain = |text: &str| text.replace(['<', '>', '\n', '\r', '\0'], "");
        Ok(format!("{} <{}>", plain(&name).trim(), plain(&email).trim()))
    }

    fn push(
        &self,
        commit: &str,
        tip: &Tip,
        options: Options<'_>,
        files: usize,
    ) -> Result<(), PublishError> {
        let whole = format!("refs/heads/{}", self.branch);
        let mut push = self.command();
        push.args(["push", "--quiet"]);
        if options.forget_history {
            // Only over what was seen.
            push.arg(format!(
                "--force-with-lease={whole}:{}",
                tip.commit.as_deref().unwrap_or_default()
            ));
        }
        push.arg(&self.remote).arg(format!("{commit}:{whole}"));
        let output = run(push, None)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let why = if said.contains("[rejected]") || said.contains("stale info") {
            "somebody else published to the branch a moment ago".to_owned()
        } else {
            in_words("the branch could not be pushed", &said)
        };
        Err(PublishError::Broken { sent: 0, of: files, why })
    }
}

fn put(out: &mut impl io::Write, path: &str, bytes: &[u8]) -> io::Result<()> {
    writeln!(out, "M {PLAIN} inline {}\ndata {}", quoted(path), bytes.len())?;
    out.write_all(bytes)?;
    out.write_all(b"\n")
}

/// A path as `fast-import` takes it.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// Whether it is a name of a remote rather than an address.
fn is_name(remote: &str) -> bool {
    !remote.contains(['/', '\\', ':', '.'])
}

fn is_object(id: &str) -> bool {
    matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

/// The program, cut off from what a hook of another repository would tell it, and from transports that run programs.
fn git(may_ask: bool) -> Command {
    let mut command = Command::new("git");
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_QUARANTINE_PATH",
    ] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").env("GIT_ALLOW_PROTOCOL", "https:ssh:file");
    if !may_ask {
        command.env("GIT_TERMINAL_PROMPT", "0");
    }
    command
}

/// The files of a folder that git keeps, by their paths below it; none if it lies in no repository, or git is not there.
#[must_use]
pub fn tracked_files(folder: &Path) -> Vec<PathBuf> {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    if !whole.ancestors().any(|above| above.join(".git").exists()) {
        return Vec::new();
    }
    let mut command = git(false);
    command.arg("-C").arg(&whole).args(["ls-files", "-z", "--cached"]);
    let Ok(output) = run(command, None) else { return Vec::new() };
    if !output.status.success() {
        return Vec::new();
    }
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.filter_map(|name| Some(PathBuf::from(std::str::from_utf8(name).ok()?))).collect()
}

/// What writes to a program's input.
type Feed<'f> = &'f mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>;

/// Runs it to its end.
fn run(mut command: Command, feed: Option<Feed<'_>>) -> Result<Output, PublishError> {
    let failed = |error: io::Error| {
        PublishError::Place(match error.kind() {
            io::ErrorKind::NotFound => {
                "the program git is not on this computer; install it (https://git-scm.com), or publish to a folder".to_owned()
            }
            _ => format!("git could not be run: {error}"),
        })
    };
    command.stdin(if feed.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let (Some(feed), Some(mut pipe)) = (feed, child.stdin.take()) {
        // One that ended before it read all says why itself.
        let _ = feed(&mut pipe);
    }
    child.wait_with_output().map_err(failed)
}

fn expect(output: Output, what: &str) -> Result<Vec<u8>, PublishError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(PublishError::Place(in_words(what, &String::from_utf8_lossy(&output.stderr))))
}

/// What git says often, and what it means.
const ANSWERS: [(&str, &str); 7] = [
    ("Could not resolve host", "there is no such host, or no network"),
    ("Repository not found", "there is no repository of that address, or it is not for you"),
    ("does not appear to be a git repository", "there is no repository of that address"),
    ("Permission denied", "the host does not know your key; does `ssh` to it work?"),
    (
        "could not read Username",
        "the host wants a name and a password or token; push once by hand, so that git keeps them",
    ),
    ("Authentication failed", "the host refuses the password or token"),
    ("protected branch", "the host protects this branch; give another, or change that there"),
];

fn in_words(what: &str, said: &str) -> String {
    if let Some((_, words)) = ANSWERS.iter().find(|(mark, _)| said.contains(mark)) {
        return format!("{what}: {words}");
    }
    let first = said.lines().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    let first = first.or_else(|| said.lines().next()).unwrap_or("git did not say why");
    format!("{what}; git says: {}", first.chars().take(300).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_named_as_git_names_them() {
        // `printf hello | git hash-object --stdin`, in repositories of both formats.
        assert_eq!(ObjectFormat::Sha1.blob(b"hello"), "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0");
        assert_eq!(ObjectFormat::Sha1.blob(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(
            ObjectFormat::Sha256.blob(b""),
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
        );
    }

    #[test]
    fn paths_are_quoted_for_the_stream() {
        assert_eq!(quoted("photos/a b.jpg"), "\"photos/a b.jpg\"");
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
        assert!(is_name("origin") && !is_name("../x") && !is_name("git@host:me/x"));
    }
}
