//! `publish` to folders and to branches of git repositories: what goes there, what is left alone, what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::House;

const AT: &str = "2026-11-02T03:04:05Z";

/// A site in a folder of its own.
struct Place {
    home: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { home: tempfile::tempdir().unwrap() };
        let made = place.selvedge(&["new", "site"]);
        assert!(made.status.success(), "{}", said(&made));
        place
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.home.path().join(inside)
    }

    fn read(&self, inside: &str) -> String {
        let path = self.path(inside);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{inside}: {error}"))
    }

    fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn edit(&self, inside: &str, from: &str, to: &str) {
        let text = self.read(inside);
        assert!(text.contains(from), "{inside} has {from}");
        self.write(inside, &text.replace(from, to));
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_selvedge"));
        command.args(words).current_dir(self.home.path());
        command.env("HOME", self.home.path()).env("XDG_DATA_HOME", self.path("data"));
        for name in ["SELVEDGE_KEYS", "SOURCE_DATE_EPOCH", "AWS_ACCESS_KEY_ID"] {
            command.env_remove(name);
        }
        command
    }

    fn selvedge(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Publishes, and gives the report.
    #[track_caller]
    fn publish(&self, words: &[&str]) -> Value {
        let all = [&["publish", "site", "--at", AT, "--json"], words].concat();
        let output = self.selvedge(&all);
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Publishes in vain; gives the words.
    #[track_caller]
    fn refused(&self, exit: i32, words: &[&str]) -> String {
        let all = [&["publish", "site", "--at", AT], words].concat();
        let output = self.selvedge(&all);
        assert_eq!(output.status.code(), Some(exit), "{}", said(&output));
        said(&output)
    }

    /// What `build` makes, by path.
    fn built(&self) -> BTreeMap<String, Vec<u8>> {
        let built = self.selvedge(&["build", "site", "-o", "built", "--at", AT, "--quiet"]);
        assert!(built.status.success(), "{}", said(&built));
        let mut files = files(&self.path("built"));
        files.retain(|path, _| !path.starts_with(".selvedge"));
        files
    }

    fn git(&self, folder: &str, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Ana", "-c", "user.email=ana@potters.example"]).args(words);
        // `status` and `diff` would write what they learnt of dates into the index.
        git.env("GIT_OPTIONAL_LOCKS", "0");
        git.current_dir(self.path(folder)).env("HOME", self.home.path());
        let output = git.output().unwrap();
        assert!(output.status.success(), "git {words:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A repository around the site, and a bare one that it pushes to.
    fn with_repository() -> Self {
        let place = Self::new();
        place.git(".", &["init", "--quiet", "--bare", "-b", "main", "remote.git"]);
        place.git("site", &["init", "--quiet", "-b", "main"]);
        place.git("site", &["remote", "add", "origin", "../remote.git"]);
        place.git("site", &["add", "."]);
        place.git("site", &["commit", "--quiet", "-m", "The shop"]);
        place.git("site", &["push", "--quiet", "origin", "main"]);
        place
    }

    /// What a branch of the remote holds, by path.
    fn branch(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let to = self.path("checkout");
        let _ = fs::remove_dir_all(&to);
        self.git(".", &["clone", "--quiet", "-b", name, "remote.git", "checkout"]);
        let mut files = files(&to);
        files.retain(|path, _| !path.starts_with(".git/"));
        files
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part)).concat()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn paths(report: &Value, what: &str) -> Vec<String> {
    let one = |it: &Value| it["path"].as_str().or(it.as_str()).unwrap().to_owned();
    report[what].as_array().unwrap().iter().map(one).collect()
}

const PRODUCT: &str = "site/products/checked-cloth/index.md";

#[test]
fn a_folder_gets_what_build_makes_and_then_only_what_changed() {
    let place = Place::new();
    let trial = place.publish(&["--to", "shown", "--dry-run"]);
    assert!(!place.path("shown").exists(), "a trial writes nothing");
    let first = place.publish(&["--to", "shown"]);
    assert_eq!(trial["sent"], first["sent"]);
    let mut shown = files(&place.path("shown"));
    assert!(shown.remove(".selvedge-manifest").is_some());
    assert_eq!(shown, place.built());
    // What hosts are told to keep for ever is named by its bytes, each file of it.
    for path in
        shown.keys().filter(|path| path.starts_with("assets/") || path.starts_with("photos/"))
    {
        let kept = selvedge::publish::cache_control(path);
        assert_eq!(kept, "public, max-age=31536000, immutable", "{path}");
    }

    let again = place.publish(&["--to", "shown"]);
    assert!(paths(&again, "sent").is_empty());
    assert_eq!(again["unchanged"].as_u64().unwrap() as usize, shown.len());

    place.write("shown/CNAME", "potters.example");
    place.edit(PRODUCT, "48.00", "51.00");
    place.edit(
        "site/site.toml",
        "[order]",
        "[publish]\nto = \"../shown\"\nheaders = true\n\n[order]",
    );
    let trial = place.publish(&["--dry-run"]);
    let report = place.publish(&[]);
    assert_eq!(trial["sent"], report["sent"], "the place in site.toml counts from the site");
    let sent = paths(&report, "sent");
    assert!(sent.contains(&"products/checked-cloth/index.html".to_owned()), "{sent:?}");
    assert!(!sent.iter().any(|path| path.starts_with("photos/")), "{sent:?}");
    let headers = place.read("shown/_headers");
    assert!(headers.contains("/photos/*\n  Cache-Control: public, max-age=31536000, immutable\n"));
    assert_eq!(place.read("shown/CNAME"), "potters.example");

    place.edit(PRODUCT, "+++\n", "+++\nhide = true\n");
    let report = place.publish(&[]);
    assert!(paths(&report, "removed").contains(&"products/checked-cloth/index.html".to_owned()));
    assert!(!place.path("shown/products/checked-cloth").exists());
}

#[test]
fn a_branch_gets_the_site_and_nothing_of_the_persons_work_is_touched() {
    let place = Place::with_repository();
    // One change staged, one not, one file that git does not know.
    place.edit(PRODUCT, "48.00", "49.00");
    place.git("site", &["add", "."]);
    place.edit(PRODUCT, "49.00", "50.00");
    place.write("site/pages/new.md", "+++\nname = \"New\"\n+++\nNew.\n");
    let state = || {
        let index = fs::read(place.path("site/.git/index")).unwrap();
        let words = [
            "status --porcelain -b",
            "diff",
            "diff --cached",
            "branch",
            "stash list",
            "rev-parse HEAD",
        ];
        let words = words.map(|words| place.git("site", &words.split(' ').collect::<Vec<_>>()));
        (index, words, fs::read(place.path(PRODUCT)).unwrap())
    };
    let before = state();

    let trial = place.publish(&["--to", "git:gh-pages", "--dry-run"]);
    assert!(place.git("remote.git", &["branch"]).contains("main"));
    assert!(!place.git("remote.git", &["branch"]).contains("gh-pages"), "a trial pushes nothing");
    let first = place.publish(&["--to", "git:gh-pages"]);
    assert_eq!(trial["sent"], first["sent"]);
    assert_eq!(state(), before);

    let mut shown = place.branch("gh-pages");
    assert!(shown.remove(".selvedge-manifest").is_some());
    assert_eq!(shown.remove(".nojekyll"), Some(Vec::new()));
    assert_eq!(shown, place.built());
    assert!(String::from_utf8_lossy(&shown["products/checked-cloth/index.html"]).contains("50.00"));

    // Nothing changed: no commit.
    let again = place.publish(&["--to", "git:gh-pages"]);
    assert!(paths(&again, "sent").is_empty());
    assert_eq!(place.git("remote.git", &["rev-list", "--count", "gh-pages"]), "1");
    // Who commits is whom the repository names, else the site; no name of the machine or of its user appears.
    let author = place.git("remote.git", &["log", "-1", "--format=%cn <%ce> %ct", "gh-pages"]);
    assert_eq!(author, "site <> 1793588645");
}

#[test]
fn the_next_publication_is_one_commit_on_top_and_what_others_put_there_stays() {
    let place = Place::with_repository();
    place.publish(&["--to", "git:gh-pages"]);
    // As the host does when a domain is set in its settings.
    place.branch("gh-pages");
    place.write("checkout/CNAME", "potters.example\n");
    place.git("checkout", &["add", "CNAME"]);
    place.git("checkout", &["commit", "--quiet", "-m", "Create CNAME"]);
    place.git("checkout", &["push", "--quiet"]);

    place.edit(PRODUCT, "48.00", "52.00");
    place.write("site/pages/other.md", "+++\nname = \"Other\"\n+++\nOther.\n");
    place.publish(&["--to", "git:gh-pages"]);
    fs::remove_file(place.path("site/pages/other.md")).unwrap();
    let report = place.publish(&["--to", "git:gh-pages"]);
    assert_eq!(paths(&report, "removed"), ["other/index.html"]);
    let mut shown = place.branch("gh-pages");
    assert_eq!(shown.remove("CNAME").as_deref(), Some(&b"potters.example\n"[..]));
    assert!(!shown.contains_key("other/index.html"));
    assert_eq!(place.git("remote.git", &["rev-list", "--count", "gh-pages"]), "4");
    assert_eq!(place.git("remote.git", &["rev-list", "--min-parents=2", "gh-pages"]), "", "linear");

    // The history may be given up: one commit, with what others put there.
    place.edit("site/site.toml", "[order]", "[publish]\nforget_history = true\n\n[order]");
    place.edit(PRODUCT, "52.00", "53.00");
    place.publish(&["--to", "git:gh-pages"]);
    assert_eq!(place.git("remote.git", &["rev-list", "--count", "gh-pages"]), "1");
    let mut shown = place.branch("gh-pages");
    assert!(shown.remove("CNAME").is_some());
    shown.retain(|path, _| !path.starts_with("."));
    assert_eq!(shown, place.built());
}

#[test]
fn history_is_given_up_also_when_nothing_else_changed() {
    let place = Place::with_repository();
    place.publish(&["--to", "git:gh-pages"]);
    place.edit(PRODUCT, "48.00", "52.00");
    place.publish(&["--to", "git:gh-pages"]);
    assert_eq!(place.git("remote.git", &["rev-list", "--count", "gh-pages"]), "2");
    place.edit("site/site.toml", "[order]", "[publish]\nforget_history = true\n\n[order]");
    let report = place.publish(&["--to", "git:gh-pages"]);
    assert!(paths(&report, "sent").is_empty());
    assert_eq!(place.git("remote.git", &["rev-list", "--count", "gh-pages"]), "1");
    let before = place.git("remote.git", &["rev-parse", "gh-pages"]);
    place.publish(&["--to", "git:gh-pages"]);
    assert_eq!(
        place.git("remote.git", &["rev-parse", "gh-pages"]),
        before,
        "nothing is left to do"
    );
}

#[test]
fn a_commit_does_not_name_whose_computer_it_is() {
    let place = Place::with_repository();
    let private = "[user]\nname = Ana Torres\nemail = ana@home.example\n";
    std::fs::write(place.home.path().join(".gitconfig"), private).unwrap();
    place.publish(&["--to", "git:gh-pages"]);
    let who =
        || place.git("remote.git", &["log", "-1", "--format=%cn <%ce>, %an <%ae>", "gh-pages"]);
    assert_eq!(who(), "site <>, site <>");
    // What is set in the repository itself is meant for it.
    place.git("site", &["config", "user.name", "Grey loom"]);
    place.git("site", &["config", "user.email", "name@shop.example"]);
    place.edit(PRODUCT, "48.00", "52.00");
    place.publish(&["--to", "git:gh-pages"]);
    assert_eq!(who(), "Grey loom <name@shop.example>, Grey loom <name@shop.example>");
}

#[test]
fn a_site_in_no_repository_goes_to_the_address_of_one() {
    let place = Place::new();
    place.git(".", &["init", "--quiet", "--bare", "-b", "main", "remote.git"]);
    let words = place.refused(2, &["--to", "git:pages"]);
    assert!(words.contains("give the address of the repository"), "{words}");
    place.publish(&["--to", "git:remote.git#pages"]);
    place.edit(PRODUCT, "48.00", "54.00");
    let report = place.publish(&["--to", "git:remote.git#pages"]);
    assert!(!paths(&report, "sent").is_empty());
    let shown = place.branch("pages");
    assert!(String::from_utf8_lossy(&shown["products/checked-cloth/index.html"]).contains("54.00"));
    assert!(!place.path("site/.git").exists());
    let words = place.refused(2, &["--to", "git:absent.git#pages"]);
    assert!(words.contains("there is no repository of that address"), "{words}");
}

#[test]
fn a_branch_for_something_else_is_not_taken_for_pages() {
    let place = Place::with_repository();
    let words = place.refused(2, &["--to", "git:main"]);
    assert!(words.contains("the branch on which you work"), "{words}");
    place.git("site", &["push", "--quiet", "origin", "main:drafts"]);
    let words = place.refused(2, &["--to", "git:drafts"]);
    assert!(words.contains("the branch drafts holds other things"), "{words}");
    assert!(words.contains("git:gh-pages") || words.contains("gh-pages"), "{words}");
    let before = place.git("remote.git", &["rev-parse", "drafts"]);
    place.publish(&["--to", "git:drafts", "--replace"]);
    assert_ne!(place.git("remote.git", &["rev-parse", "drafts"]), before);
    assert!(place.branch("drafts").contains_key("site.toml"), "what others put there stays");
}

#[test]
fn inside_a_hook_git_still_writes_where_it_should() {
    let place = Place::with_repository();
    let index = place.path("site/.git/index");
    let before = fs::read(&index).unwrap();
    let mut command = place.command(&["publish", "site", "--to", "git:gh-pages", "--at", AT]);
    command.env("GIT_DIR", place.path("remote.git")).env("GIT_INDEX_FILE", &index);
    command.env("GIT_WORK_TREE", place.home.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(fs::read(&index).unwrap(), before);
    assert!(place.branch("gh-pages").contains_key("index.html"));
}

#[test]
fn without_git_or_a_place_plain_words_say_what_to_do() {
    let place = Place::new();
    let mut command = place.command(&["publish", "site", "--to", "git:gh-pages", "--at", AT]);
    let output = command.env("PATH", place.path("nothing")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("the program git is not on this computer"), "{}", said(&output));
    let words = place.refused(2, &[]);
    assert!(words.contains("where to?") && words.contains("git:gh-pages"), "{words}");
    let words = place.refused(2, &["--to", "ftp://host.example/"]);
    assert!(words.contains("nothing can be published to an address of this kind"), "{words}");
    place.write("full/notes.txt", "mine");
    for trial in [&["--to", "full"][..], &["--to", "full", "--dry-run"]] {
        let words = place.refused(2, trial);
        assert!(words.contains("holds files that selvedge did not make"), "{words}");
    }
    let words = place.refused(2, &["--to", "gs://shop"]);
    assert!(words.contains("GOOGLE_SERVICE_ACCOUNT"), "{words}");
    let words = place.refused(2, &["--to", "az://shop"]);
    assert!(words.contains("AZURE_STORAGE_ACCOUNT_NAME"), "{words}");
}

#[test]
fn what_lies_in_the_private_folder_is_in_no_byte_that_is_published() {
    let place = Place::new();
    let canary = "canary-of-the-private-folder";
    for path in
        ["costs.csv", "held/x.json", "sealed/a/index.md", "index.md", "products/secret/index.md"]
    {
        place.write(
            &format!("site/private/{path}"),
            &format!("+++\nname = \"{canary}\"\n+++\n{canary}\n"),
        );
    }
    let photo = fs::read(place.path("site/products/checked-cloth/cloth.jpg")).unwrap();
    fs::write(place.path("site/private/face.jpg"), &photo).unwrap();
    // A text that names private files gets nothing of them.
    place.edit(
        "site/producers/maker.md",
        "Tell how",
        "![x](../private/face.jpg) [y](../private/costs.csv)\n\nTell how",
    );
    let output = place.selvedge(&["publish", "site", "--to", "shown", "--at", AT]);
    if output.status.success() {
        for (path, bytes) in files(&place.path("shown")) {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(canary), "{path}");
            assert!(!text.contains("private/costs") || path.ends_with(".html"), "{path}");
        }
    } else {
        assert!(!place.path("shown").exists());
    }
}

#[test]
fn a_secret_in_a_text_keeps_the_whole_site_back() {
    let place = Place::new();
    place.write(
        "site/pages/keys.md",
        "+++\nname = \"Keys\"\n+++\n-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n",
    );
    place.write("site/pages/two.md", "+++\nname = \"Two\"\n+++\nAGE-SECRET-KEY-1QQPQYSZQ\n");
    let words = place.refused(1, &["--to", "shown"]);
    assert!(words.contains("keys/index.html: a private key"), "{words}");
    assert!(words.contains("two/index.html: a secret key of age"), "all at once: {words}");
    assert!(!place.path("shown").exists());
}

#[test]
fn what_is_due_in_the_register_is_done_before_the_site_goes_out() {
    let house = House::new();
    house.expect(0, &["new", "shop"]);
    house.set_address("shop", "https://grey-mill.net/");
    // A site with no register has nothing due, and nobody is asked.
    let said = house.expect(0, &["publish", "shop", "--to", "shown"]);
    assert!(!said.contains("register"), "{said}");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes", "--hold"]);

    // Nobody can be asked: it is told, and the shop is published all the same.
    let said = house.expect(0, &["publish", "shop", "--to", "shown"]);
    assert!(said.contains("1 record that waits is to be entered in the register"), "{said}");
    assert!(said.contains("--passphrase-fd"), "{said}");
    assert!(!house.path("shown/V").exists());
    let output = house.run("elsewhere", &["publish", "shop", "--to", "shown"], "");
    let said = crate::support::said(&output);
    assert!(
        output.status.success() && said.contains("the keys are not on this computer"),
        "{said}"
    );
    let output =
        house.run("keys", &["publish", "shop", "--to", "shown", "--skip-register", "--quiet"], "");
    assert_eq!(crate::support::said(&output), "");

    // A trial signs nothing.
    let before = (house.files("shop/log"), house.files("shop/private"));
    let said = house.sign(&["publish", "shop", "--to", "shown", "--dry-run"]);
    assert!(said.contains("would be done first"), "{said}");
    assert!((house.files("shop/log"), house.files("shop/private")) == before);

    // A neighbour who does not answer keeps nobody back.
    house.write("shop/trust.toml", "[[calendar]]\naddress = \"http://127.0.0.1:9/\"\n");
    let said = house.sign(&["publish", "shop", "--to", "shown"]);
    assert!(said.contains("were renewed"), "{said}");
    assert!(said.contains("the register could not be dated by all"), "{said}");
    assert!(house.path("shown/log/checkpoint").exists());
    let records = house.files("shown/records");
    assert!(records.keys().any(|path| path.to_str().unwrap().ends_with(".tlog-proof")));
    // And then nothing is due, so that nobody is asked again.
    let said = house.expect(0, &["publish", "shop", "--to", "shown"]);
    assert!(!said.contains("passphrase"), "{said}");
    house.trust("shop/identity/did.jsonl");
    let (code, report) = house.verify("shown");
    assert_eq!(code, Some(0), "{report}");
}
