//! Sealing a design: nothing of it shows, whatever the disk does, and its leaves open later.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use data_encoding::{BASE64, HEXLOWER};
use selvedge::attest::seal::{self, Backup, Request, SealError, Sealed};
use selvedge::attest::{self, Keys, Places, Prepared};
use selvedge::check::{self, Site};
use selvedge::evidence::Evidence;
use selvedge::model::{Locale, SiteKind};
use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::instant;
use selvedge::provenance::key::TestSigner;
use selvedge::provenance::kind::{Kind, Statement};
use selvedge::provenance::record::{LangText, Record, Sha256Digest, Subject, Texts, Uuid};
use selvedge::provenance::seal::{Commitment, LeafKind, OpeningFile};
use selvedge::starter::{self, Answers};
use selvedge::verify::Trust;
use selvedge::write::{Disk, RealDisk, Stop, StoppingDisk};

const SLUG: &str = "quetzal-ladder";
const TITLE: &str = "Quetzal ladder of the upper weavers";
const STORY: &str = "Grandmother counted nineteen threads.";
const NOTE: &[u8] = b"warp: 19 ends, counted from the left\n";
const SEED: [u8; 32] = [0x5e; 32];
const FOLDER: [u8; 8] = [0xab; 8];
const NOW: &str = "2026-11-02T03:04:05Z";

/// A site from the starter with one more design, which is to be sealed.
struct Shop {
    dir: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(shop.dir.path().join("stick")).unwrap();
        let answers = Answers {
            kind: SiteKind::Shop,
            languages: ["en", "fr"].map(|tag| tag.parse::<Locale>().unwrap()).to_vec(),
            ..Answers::defaults("Orrin")
        };
        for file in starter::files(&answers) {
            shop.put(&file.path, &file.bytes);
        }
        let site = fs::read_to_string(shop.site().join("site.toml")).unwrap();
        if !site.lines().any(|line| line.starts_with("base_url")) {
            shop.put(
                "site.toml",
                format!("base_url = \"https://brand.example/\"\n{site}").as_bytes(),
            );
        }
        let picture = picture();
        let end = picture.len() - 2;
        let comment = [b"\xff\xfe\x00\x0fsecret camera"[..].to_vec(), picture[2..end].to_vec()];
        let photo = [&picture[..2], &comment[0], &comment[1], b"\xff\xd9"].concat();
        shop.put(&format!("designs/{SLUG}/crown-detail.jpg"), &photo);
        shop.put(&format!("designs/{SLUG}/draft-notes.txt"), NOTE);
        let page = format!(
            "+++\nname = \"{TITLE}\"\n[[photos]]\nfile = \"crown-detail.jpg\"\nalt = \"The crown\"\n+++\n{STORY}\n"
        );
        shop.put(&format!("designs/{SLUG}/index.md"), page.as_bytes());
        shop
    }

    /// The same without the picture, which takes most of the time.
    fn without_picture() -> Self {
        let shop = Self::new();
        fs::remove_file(shop.site().join(format!("designs/{SLUG}/crown-detail.jpg"))).unwrap();
        let page = format!("+++\nname = \"{TITLE}\"\n+++\n{STORY}\n");
        shop.put(&format!("designs/{SLUG}/index.md"), page.as_bytes());
        shop
    }

    fn site(&self) -> PathBuf {
        self.dir.path().join("site")
    }

    fn stick(&self) -> PathBuf {
        self.dir.path().join("stick")
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.site().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn checked(&self) -> Site {
        let outcome = check::load(&self.site()).unwrap();
        let found: Vec<String> =
            outcome.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
        outcome.site.unwrap_or_else(|| panic!("{found:?}"))
    }

    fn seal_with(&self, disk: &dyn Disk, to: &Path) -> Result<(Sealed, Backup), SealError> {
        let site = self.checked();
        let design = site.designs.iter().find(|design| design.id.as_str() == SLUG).unwrap();
        let root = self.site();
        seal::seal(
            &Request {
                site: &site,
                design,
                root: &root,
                evidence: &Evidence::load(&root, &Trust::nobody(), None),
                outputs: &[root.join("public")],
                issuer: "did:web:brand.example",
                base: "https://brand.example/",
                record: &Uuid::from_random([9; 16]),
                seed: &SEED,
                folder: FOLDER,
                backup_to: to,
            },
            disk,
        )
    }

    fn seal(&self) -> Result<(Sealed, Backup), SealError> {
        self.seal_with(&RealDisk, &self.stick())
    }

    fn refusal(&self) -> String {
        let why = self.seal().unwrap_err().to_string();
        assert!(self.site().join("designs").join(SLUG).is_dir(), "{why}");
        assert!(!self.site().join(seal::FOLDER).exists(), "{why}");
        why
    }

    fn git(&self, words: &[&str]) -> Output {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@brand.example", "-C"])
            .arg(self.site())
            .args(words)
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?} {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn build(&self) {
        let output = Command::new(env!("CARGO_BIN_EXE_selvedge"))
            .arg("build")
            .arg(self.site())
            .env_remove("SOURCE_DATE_EPOCH")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A picture that the starter does not have.
fn picture() -> Vec<u8> {
    let path = "sites/hazel-shore/products/waffle-bath-cloth/waffle-cloths.jpg";
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every file below a folder, but nothing below `private/`.
fn public_files(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().unwrap() != "private" {
                public_files(&path, found);
            }
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Everything that may not show: raw, in hex and in base64.
fn secrets(shop: &Shop, sealed: &Sealed) -> Vec<Vec<u8>> {
    let mut digests: Vec<Vec<u8>> = vec![SEED.to_vec()];
    let mut secrets: Vec<Vec<u8>> =
        [SLUG, TITLE, STORY, "crown-detail", "draft-notes", "The crown", "secret camera"]
            .map(|text| text.as_bytes().to_vec())
            .to_vec();
    secrets.push(NOTE.to_vec());
    let picture = picture();
    secrets.extend([2, 3].map(|part| picture[picture.len() / part..][..32].to_vec()));
    secrets.push(HEXLOWER.encode(&FOLDER).into_bytes());
    let all: Vec<usize> = (0..sealed.seal.n()).collect();
    for leaf in sealed.seal.open(&all).unwrap() {
        digests.push(BASE64.decode(leaf.opening.text("salt").unwrap().as_bytes()).unwrap());
        let digest = HEXLOWER.decode(leaf.opening.text("sha256").unwrap().as_bytes()).unwrap();
        // Dummies have thirty-two zeros, which are no secret.
        if digest != [0; 32] {
            digests.push(digest);
        }
    }
    let design = shop.site().join(seal::FOLDER).join(&sealed.folder).join("design");
    for name in ["index.md", "crown-detail.jpg", "draft-notes.txt"] {
        digests.push(Sha256Digest::of(&fs::read(design.join(name)).unwrap()).0.to_vec());
    }
    for digest in digests {
        secrets.push(HEXLOWER.encode(&digest).into_bytes());
        secrets.push(BASE64.encode(&digest).trim_end_matches('=').as_bytes().to_vec());
        secrets.push(data_encoding::BASE64URL_NOPAD.encode(&digest).into_bytes());
        secrets.push(digest);
    }
    secrets
}

/// Signs the record of a sealed design, for practice.
fn sign(shop: &Shop, sealed: &Sealed) {
    let base = DidWeb::parse("did:web:brand.example").unwrap();
    let now = instant::parse(NOW).unwrap();
    let record = Record {
        uuid: Uuid::from_random([9; 16]),
        issuer: Did::Web(base.clone()),
        base: base.clone(),
        practice: true,
        valid_from: now,
        valid_until: None,
        position: None,
        reissues: None,
        subject: Subject::Statement(Statement {
            kind: Kind::SealedDesign,
            members: sealed.seal.members(None),
        }),
    };
    let [record_key, log_key] = [1, 2].map(|seed| TestSigner::from_seed([seed; 32]));
    let keys = Keys { record: &record_key, log: &log_key };
    let (site, heads) = (shop.site(), shop.dir.path().join("heads"));
    let mut register =
        attest::open(Places { site: &site, heads: &heads }, base, keys, &RealDisk).unwrap();
    register.issue(&Prepared { record, masters: Vec::new(), people: Vec::new() }, now).unwrap();
}

#[test]
fn nothing_of_a_sealed_design_shows() {
    let shop = Shop::new();
    shop.git(&["init", "-q"]);
    // Everything else was committed before.
    fs::rename(shop.site().join("designs").join(SLUG), shop.dir.path().join("aside")).unwrap();
    shop.git(&["add", "-A"]);
    shop.git(&["commit", "-q", "-m", "before"]);
    fs::rename(shop.dir.path().join("aside"), shop.site().join("designs").join(SLUG)).unwrap();

    let (sealed, backup) = shop.seal().unwrap();
    assert!(backup.path.starts_with(shop.stick().canonicalize().unwrap()));
    sign(&shop, &sealed);
    shop.build();
    shop.git(&["add", "-A"]);
    shop.git(&["commit", "-q", "-m", "after"]);
    assert!(seal::tracked(&shop.site()).unwrap().is_empty());

    let mut files = Vec::new();
    public_files(&shop.site(), &mut files);
    // Git packs its objects: what is in them is read through git.
    let objects = shop.git(&["cat-file", "--batch-all-objects", "--batch"]).stdout;
    files.push((PathBuf::from("git objects"), objects));
    assert!(files.iter().any(|(path, _)| path.ends_with("public/index.html")));
    let root = sealed.seal.root().0.to_string();
    assert!(files.iter().any(|(_, bytes)| holds(bytes, root.as_bytes())), "the root is public");
    let secrets = secrets(&shop, &sealed);
    for (path, bytes) in &files {
        let name = path.strip_prefix(shop.site()).unwrap_or(path).display().to_string();
        for secret in &secrets {
            assert!(!holds(bytes, secret), "{name}: {}", String::from_utf8_lossy(secret));
            assert!(!holds(name.as_bytes(), secret), "{name}");
        }
    }
    // The same search finds it where it is: it would have found a leak.
    let mut kept = Vec::new();
    public_files(&shop.site().join("private/sealed"), &mut kept);
    assert!(kept.iter().any(|(_, bytes)| holds(bytes, TITLE.as_bytes())));
}

#[test]
fn private_is_never_read() {
    let shop = Shop::new();
    shop.seal().unwrap();
    shop.build();
    let mut before = Vec::new();
    public_files(&shop.site().join("public"), &mut before);
    let mut cache = Vec::new();
    public_files(&shop.site().join(".selvedge"), &mut cache);
    // Files that would be refused if anybody read them.
    shop.put("private/site.toml", b"not = [toml");
    shop.put("private/designs/x/index.md", b"+++\nbroken");
    shop.put("private/x.jpg", b"no picture");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere", shop.site().join("private/link")).unwrap();
    let outcome = check::load(&shop.site()).unwrap();
    assert!(!outcome.diagnostics.has_errors());
    shop.build();
    for (folder, old) in [("public", before), (".selvedge", cache)] {
        let mut now = Vec::new();
        public_files(&shop.site().join(folder), &mut now);
        let names = |files: &[(PathBuf, Vec<u8>)]| {
            files.iter().map(|(path, _)| path.clone()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(names(&old), names(&now), "{folder}");
    }
}

#[test]
fn what_is_no_secret_is_not_sealed() {
    let shop = Shop::new();
    shop.git(&["init", "-q"]);
    shop.git(&["add", &format!("designs/{SLUG}/draft-notes.txt")]);
    assert!(shop.refusal().contains("git tracks"));
    // Taken out again, git still has the contents.
    shop.git(&["rm", "-q", "--cached", &format!("designs/{SLUG}/draft-notes.txt")]);
    assert!(shop.refusal().contains("git has kept the contents"));

    let shop = Shop::new();
    shop.git(&["init", "-q"]);
    shop.git(&["add", "-A"]);
    shop.git(&["commit", "-q", "-m", "all"]);
    shop.git(&["rm", "-q", "-r", "--cached", &format!("designs/{SLUG}")]);
    shop.git(&["commit", "-q", "-m", "less"]);
    assert!(shop.refusal().contains("git had it before"));

    let shop = Shop::new();
    shop.git(&["init", "-q"]);
    shop.put(".gitignore", b"private\n!private\n");
    assert!(shop.refusal().contains("would not ignore"));

    let shop = Shop::new();
    shop.build();
    assert!(shop.refusal().contains("may be public"));

    #[cfg(unix)]
    {
        let shop = Shop::new();
        let link = shop.site().join(format!("designs/{SLUG}/link.txt"));
        std::os::unix::fs::symlink("index.md", link).unwrap();
        assert!(shop.refusal().contains("is a link"));
    }
}

#[test]
fn the_copy_of_the_opening_lies_elsewhere() {
    let shop = Shop::new();
    for place in [shop.site(), shop.site().join("designs"), shop.dir.path().join("none")] {
        shop.seal_with(&RealDisk, &place).unwrap_err();
        assert!(shop.site().join("designs").join(SLUG).is_dir());
    }
    let (sealed, backup) = shop.seal().unwrap();
    let kept = shop.site().join(seal::FOLDER).join(&sealed.folder).join("seal.json");
    assert_eq!(fs::read(&backup.path).unwrap(), fs::read(kept).unwrap());
    let paper = sealed.paper().join("\n");
    assert!(paper.contains("seed 1 of 2: 5e5e 5e5e") && paper.contains("crown-detail.jpg"));
    let ignored = fs::read_to_string(shop.site().join(".gitignore")).unwrap();
    assert_eq!(ignored.matches("private").count(), 1, "{ignored}");
}

#[test]
fn leaves_open_to_all_or_to_one_party() {
    let shop = Shop::new();
    let (sealed, _) = shop.seal().unwrap();
    let loaded = seal::load(&shop.site(), &sealed.folder).unwrap();
    assert_eq!(loaded.seal, sealed.seal);
    assert_eq!(sealed.seal.n(), 16);
    let of_kind = |kind| {
        sealed.seal.items().find(|(_, item)| item.kind == kind).map(|(index, _)| index).unwrap()
    };
    let photograph = of_kind(LeafKind::Photograph);
    let disclosed = seal::open(&shop.site(), &loaded, &[photograph]).unwrap();
    assert_eq!((disclosed.masters.len(), disclosed.others.len()), (1, 0));
    assert!(!holds(&disclosed.masters[0].bytes, b"secret camera"));

    // A stranger has the record's members and the openings, no more.
    let title: Texts = vec![LangText { language: "en".into(), text: "A weave".into() }];
    let members = sealed.seal.members(Some(&title));
    let public =
        Commitment::from_members("did:web:brand.example", &Uuid::from_random([9; 16]), &members)
            .unwrap();
    assert_eq!(public.verify(&disclosed.leaves[0]).unwrap().name, "crown-detail.jpg");

    let words = [of_kind(LeafKind::Statement), of_kind(LeafKind::Story), of_kind(LeafKind::File)];
    let file = shop.dir.path().join("for-the-museum.opening.json");
    let digest = Sha256Digest::of(b"record");
    let given =
        seal::open_for_party(&shop.site(), &loaded, &words, digest, &file, &RealDisk).unwrap();
    let read = OpeningFile::parse(&fs::read(&file).unwrap()).unwrap();
    assert_eq!((read.commitment.clone(), read.digest), (public, digest));
    for (item, bytes) in &given.others {
        assert_eq!(read.matching(bytes).unwrap(), std::slice::from_ref(item));
    }
    assert!(holds(&given.others[0].1, TITLE.as_bytes()));
    assert!(holds(&given.others[1].1, STORY.as_bytes()));
    assert_eq!(given.others[2].1, NOTE);
    let inside = shop.site().join("pages/x.opening.json");
    seal::open_for_party(&shop.site(), &loaded, &words, digest, &inside, &RealDisk).unwrap_err();

    let leaf = shop.site().join(seal::FOLDER).join(&sealed.folder).join("leaves");
    fs::write(leaf.join(given.others[2].0.sha256.to_string()), b"x").unwrap();
    assert!(seal::open(&shop.site(), &loaded, &words[2..]).is_err());
}

#[test]
fn a_crash_leaves_the_design_or_its_seal() {
    let steps = {
        let shop = Shop::without_picture();
        let disk = StoppingDisk::new(usize::MAX, Stop::Crash);
        shop.seal_with(&disk, &shop.stick()).unwrap();
        disk.steps()
    };
    for step in 0..steps {
        for (stop, names) in [(Stop::Crash, false), (Stop::Crash, true), (Stop::Error(28), false)] {
            let shop = Shop::without_picture();
            let disk = StoppingDisk::new(step, stop);
            let result = shop.seal_with(&disk, &shop.stick());
            disk.lose_unsynced(names);
            assert!(result.is_err(), "step {step}");
            seal::complete(&shop.site(), &RealDisk).unwrap();
            let is_there = shop.site().join("designs").join(SLUG).join("index.md").is_file();
            let folders = seal::folders(&shop.site()).unwrap();
            assert_eq!(is_there, folders.is_empty(), "step {step} {stop:?}");
            match folders.first() {
                None => drop(shop.seal().unwrap_or_else(|error| panic!("step {step}: {error}"))),
                Some(folder) => {
                    let sealed = seal::load(&shop.site(), folder).unwrap();
                    let all: Vec<usize> = (0..sealed.seal.n()).collect();
                    seal::open(&shop.site(), &sealed, &all).unwrap();
                }
            }
        }
    }
}
