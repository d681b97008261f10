//! Designs that look or are called alike: found in every register at hand, and nothing kept of what is not public.

use std::path::Path;

use selvedge::media::Glance;
use selvedge::similar::likeness::{Extent, Query, Thresholds};
use selvedge::similar::picture::{Fingerprint, LOOKED_AT_PX};
use serde_json::Value;

use crate::support::{House, said};

#[path = "../../benches/similar/patterns.rs"]
#[allow(dead_code, reason = "the bench uses all of it")]
mod patterns;

use patterns::{Change, Picture, pattern, write_jpeg};

fn read_jpeg(bytes: &[u8]) -> Vec<u8> {
    let limits = selvedge::media::Limits::default();
    Glance::of(bytes, None, 4096, &limits).unwrap().rgb
}

const FIRST: &str = "https://grey-mill.net/";
const SECOND: &str = "https://lower-mill.net/";

/// A site with an address and keys of its own.
fn shop(house: &House, name: &str, address: &str) {
    house.expect(0, &["new", name, "--yes"]);
    house.set_address(name, address);
    let words =
        ["keys", "new", name, "--sheets", &format!("{name}-sheets"), "--passphrase-fd", "3"];
    let output = house.run(&format!("{name}-keys"), &words, "");
    assert!(output.status.success(), "{}", said(&output));
}

/// A design with one picture.
fn design(house: &House, shop: &str, slug: &str, name: &str, picture: &[u8]) {
    house.write(&format!("{shop}/designs/{slug}/index.md"), format!(
        "+++\nname = \"{name}\"\ntechnique = \"by hand\"\n[[photos]]\nfile = \"it.jpg\"\nalt = \"A cloth\"\n+++\nA story.\n"
    ));
    house.write(&format!("{shop}/designs/{slug}/it.jpg"), picture);
}

/// Signs in the name of a shop.
#[track_caller]
fn sign(house: &House, shop: &str, words: &[&str]) -> std::process::Output {
    let words = [words, &["--yes", "--passphrase-fd", "3"]].concat();
    let output = house.run(&format!("{shop}-keys"), &words, "");
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    output
}

fn drawn(family: usize, number: u64) -> Picture {
    pattern(family, number, 400, 300)
}

fn similar(house: &House, words: &[&str]) -> Value {
    let words = [&["similar"], words, &["--json"]].concat();
    let output = house.run("nobody", &words, "");
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The designs that are listed, as `register: design`.
fn listed(found: &Value) -> Vec<String> {
    let all = found["pleaseLook"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|near| format!("{}: {}", text(&near["register"]), text(&near["title"]))).collect()
}

/// Files below a folder, by path.
fn names(house: &House, folder: &str) -> Vec<String> {
    if !house.path(folder).is_dir() {
        return Vec::new();
    }
    house.files(folder).into_keys().map(|path| path.display().to_string()).collect()
}

#[test]
fn a_copied_design_is_found_before_it_is_signed_and_signing_goes_on() {
    let house = House::new();
    shop(&house, "mill", FIRST);
    let original = drawn(3, 1);
    design(&house, "mill", "nine-lozenges", "Nine lozenges", &write_jpeg(&original, 90));
    design(&house, "mill", "low-tide", "Low tide", &write_jpeg(&drawn(10, 2), 90));
    sign(&house, "mill", &["record", "new", "nine-lozenges", "mill"]);
    sign(&house, "mill", &["record", "new", "low-tide", "mill"]);

    shop(&house, "copy", SECOND);
    let stolen = original.quarter_turned().grey();
    design(&house, "copy", "our-own", "<b>Heritage</b>", &write_jpeg(&stolen, 60));
    // A folder that the trust list names is at hand; an address is not asked.
    house.write("copy/trust.toml", "[[signer]]\nname = \"The mill\"\ndid = \"did:web:grey-mill.net\"\nkey = \"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK\"\naddress = \"../mill\"\n");
    let found = similar(&house, &["our-own", "copy"]);
    assert_eq!(
        listed(&found).first().map(String::as_str),
        Some("The mill: Nine lozenges"),
        "{found}"
    );
    let near = &found["pleaseLook"][0];
    assert_eq!(near["picture"]["yours"], "designs/our-own/it.jpg");
    assert!(near["picture"]["theirs"].as_str().unwrap().starts_with("records/files/"));
    let reason = near["picture"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("looks like the same picture, turned"), "{reason}");
    assert!(!listed(&found).contains(&"The mill: Low tide".to_owned()), "{found}");

    // The page shows both, and holds everything itself.
    house.expect(0, &["similar", "our-own", "copy", "--show", "look.html"]);
    let page = house.text("look.html");
    assert!(page.matches("data:image/jpeg;base64,").count() >= 2);
    assert!(page.contains("&lt;b&gt;Heritage") || !page.contains("<b>Heritage"));
    assert!(page.contains("Please look") && page.contains("default-src 'none'"));
    for word in ["<script", "http://", "https://", "<b>"] {
        assert!(!page.contains(word), "{word}");
    }

    // Before it is signed the same is said; nobody can be asked here, so it goes on.
    let output = sign(&house, "copy", &["record", "new", "our-own", "copy", "--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["similar"]["pleaseLook"][0]["title"], "Nine lozenges");
    assert!(said(&output).contains("before you sign"), "{}", said(&output));
    // The same again is its own design, and the mill asks about its own with nothing near in its own register.
    let found = similar(&house, &["nine-lozenges", "mill"]);
    assert!(!listed(&found).contains(&"this site: Nine lozenges".to_owned()), "{found}");
    let found = similar(&house, &["nine-lozenges", "mill", "--register", "copy"]);
    assert_eq!(
        listed(&found).first().map(String::as_str),
        Some("copy: <b>Heritage</b>"),
        "{found}"
    );

    // A certification of the design says so, too.
    let record = answer["shortId"].as_str().unwrap();
    house.write("certify.toml", format!(
        "about = \"{record}\"\nuntil = \"2030-01-01\"\n[[claim]]\nclaim_type = \"technique\"\nvalue = \"woven by hand\"\nmethod = \"photo\"\n"
    ));
    let output = sign(&house, "copy", &["record", "certify", "certify.toml", "copy"]);
    assert!(said(&output).contains("Nine lozenges"), "{}", said(&output));

    // No fingerprint is published or stands in a record; what is kept lies in the cache alone.
    house.expect(0, &["build", "copy"]);
    let kept = names(&house, "copy/.selvedge/cache/similar");
    assert!(!kept.is_empty() && kept.iter().all(|name| name.ends_with("-likeness")), "{kept:?}");
    let prints: Vec<Vec<u8>> = house.files("copy/.selvedge/cache/similar").into_values().collect();
    for folder in ["copy/public", "copy/records", "copy/log", "copy/identity"] {
        for (path, bytes) in house.files(folder) {
            assert!(
                !path.display().to_string().contains("likeness"),
                "{folder}/{}",
                path.display()
            );
            for print in prints.iter().filter(|print| print.len() > 200) {
                let stretch = &print[100..132];
                assert!(!bytes.windows(32).any(|part| part == stretch), "{}", path.display());
            }
        }
    }
}

#[test]
fn nothing_is_kept_of_what_is_sealed_hidden_for_a_few_or_taken_back() {
    let house = House::new();
    shop(&house, "mill", FIRST);
    std::fs::create_dir(house.path("stick")).unwrap();
    let secret = write_jpeg(&drawn(3, 1), 90);
    design(&house, "mill", "kept-back", "Moth ladder", &secret);
    design(&house, "mill", "shown", "Low tide", &write_jpeg(&drawn(10, 2), 90));
    // Asked about before it is sealed: its picture is in no cache, since it is not signed.
    let page = ["similar", "kept-back", "mill", "--show", "mill/.selvedge/similar.html"];
    house.expect(0, &page);
    assert_eq!(names(&house, "mill/.selvedge/cache/similar"), [""; 0]);
    sign(
        &house,
        "mill",
        &["record", "seal", "kept-back", "mill", "--backup", "stick", "--set", "title=Moth ladder"],
    );
    assert!(!house.path("mill/.selvedge/similar.html").exists());
    sign(&house, "mill", &["record", "new", "shown", "mill"]);
    // A copy of it finds nothing, by picture or by word, in this folder or in another's register.
    house.write("copy.jpg", &secret);
    let found = similar(&house, &["copy.jpg", "mill"]);
    assert_eq!(listed(&found), [""; 0], "{found}");
    shop(&house, "other", SECOND);
    design(&house, "other", "moth", "Moth ladder", &secret);
    let found = similar(&house, &["moth", "other", "--register", "mill"]);
    assert_eq!(listed(&found), [""; 0], "{found}");
    assert!(!found.to_string().contains("SealedDesign"));
    // What lies in private/ is not compared at all.
    let sealed = house.files("mill/private").into_keys().find(|path| path.ends_with("it.jpg"));
    let sealed = format!("mill/private/{}", sealed.expect("the picture").display());
    let said = house.expect(2, &["similar", &sealed, "mill"]);
    assert!(said.contains("private/"), "{said}");

    // A design that is hidden is not looked at, nor one that was taken back.
    house.write("low.jpg", write_jpeg(&drawn(10, 2), 80));
    assert_eq!(listed(&similar(&house, &["low.jpg", "mill"])), ["this site: Low tide"]);
    assert_eq!(names(&house, "mill/.selvedge/cache/similar").len(), 1);
    let index = house.text("mill/designs/shown/index.md");
    let above = |field: &str| index.replacen("+++\n", &format!("+++\n{field}\n"), 1);
    let protocol = |rule: &str| {
        assert!(index.contains("+++\nA story."), "{index}");
        index.replacen("+++\nA story.", &format!("[protocol]\n{rule}\n+++\nA story."), 1)
    };
    // Nor one for dealers or members alone, nor one that is not shown at this time, though it was published once.
    for (why, changed) in [
        ("hidden", above("hide = true")),
        ("for dealers", above("audience = \"trade\"")),
        ("for members", above("audience = \"members\"")),
        ("shown later", protocol("shown_from = 2999-01-01")),
        ("shown no more", protocol("shown_until = 2001-01-01")),
        ("of a rule that cannot be read", protocol("season = [\"never\"]")),
    ] {
        house.write("mill/designs/shown/index.md", changed);
        assert_eq!(listed(&similar(&house, &["low.jpg", "mill"])), [""; 0], "{why}");
        let kept = names(&house, "mill/.selvedge/cache/similar");
        assert_eq!(kept, [""; 0], "{why}: what is not used goes");
        house.write("mill/designs/shown/index.md", &index);
        assert_eq!(
            listed(&similar(&house, &["low.jpg", "mill"])),
            ["this site: Low tide"],
            "{why}"
        );
        assert_eq!(names(&house, "mill/.selvedge/cache/similar").len(), 1, "{why}");
    }
    // One that was never public is asked about, and leaves nothing either.
    for (slug, field) in
        [("dealers", "audience = \"trade\""), ("members", "audience = \"members\"")]
    {
        design(&house, "mill", slug, "Lantern weir", &write_jpeg(&drawn(4, 7), 90));
        let path = format!("mill/designs/{slug}/index.md");
        let text = house.text(&path);
        house.write(&path, text.replacen("+++\n", &format!("+++\n{field}\n"), 1));
    }
    house.write("weir.jpg", write_jpeg(&drawn(4, 7), 80));
    assert_eq!(listed(&similar(&house, &["weir.jpg", "mill"])), [""; 0]);
    assert_eq!(names(&house, "mill/.selvedge/cache/similar").len(), 1, "of the shown design");
    sign(
        &house,
        "mill",
        &["record", "withdraw", "designs/shown", "mill", "--set", "reason_code=error"],
    );
    assert_eq!(names(&house, "mill/.selvedge/cache/similar"), [""; 0]);
    assert_eq!(listed(&similar(&house, &["low.jpg", "mill"])), [""; 0]);
}

#[test]
fn strangers_folders_are_read_with_care() {
    let house = House::new();
    shop(&house, "mill", FIRST);
    design(&house, "mill", "shown", "Eel knot", &write_jpeg(&drawn(10, 2), 90));
    sign(&house, "mill", &["record", "new", "shown", "mill"]);
    house.expect(0, &["new", "asks", "--yes"]);
    design(&house, "asks", "mine", "Knot of the eel", &write_jpeg(&drawn(10, 2), 70));
    // The picture that the record names is another one now, and things lie about that are no records.
    let files = names(&house, "mill/records/files");
    let master = files.iter().find(|name| name.ends_with(".jpg")).expect("a master");
    house.write(&format!("mill/records/files/{master}"), write_jpeg(&drawn(2, 2), 70));
    house.write("mill/records/\u{1b}[2Jx.json", "{}");
    house.write("mill/records/AAAA.json", vec![b' '; 2 << 20]);
    let found = similar(&house, &["mine", "asks", "--register", "mill"]);
    assert_eq!(listed(&found), ["mill: Eel knot"], "by its words: {found}");
    assert_eq!(found["pleaseLook"][0]["words"]["reason"], "same words: eel, Knot");
    assert_eq!(found["pleaseLook"][0]["picture"], Value::Null);
    let notes = found["notes"].to_string();
    assert!(notes.contains("not the picture that the record names"), "{notes}");
    assert!(notes.contains("too large") && notes.contains("no record"), "{notes}");
    let said = house.expect(0, &["similar", "mine", "asks", "--register", "mill"]);
    assert!(!said.contains('\u{1b}'), "{said:?}");
    // A link that leads out of the folder is not followed.
    #[cfg(unix)]
    {
        let path = house.path(&format!("mill/records/files/{master}"));
        std::fs::remove_file(&path).unwrap();
        house.write("outside.jpg", write_jpeg(&drawn(10, 2), 90));
        std::os::unix::fs::symlink(house.path("outside.jpg"), &path).unwrap();
        let found = similar(&house, &["mine", "asks", "--register", "mill"]);
        assert!(found["notes"].to_string().contains("link"), "{found}");
    }
    for (words, expected) in [
        (&["similar", "mien", "asks"][..], "did you mean \"mine\"?"),
        (&["similar", "mine", "asks", "--register", "nowhere"], "there is no folder nowhere"),
        (&["similar", "phrase", "asks"], "phrase"),
        (&["similar", "mine", "asks", "--register", "http://mill.example/"], "https://"),
    ] {
        let said = house.expect(2, words);
        assert!(said.contains(expected), "{said}");
    }
    assert!(Path::new(&house.path("asks")).exists());
}

/// A part of what `benches/similar.rs` measures; it has the whole.
#[test]
fn changed_pictures_are_found_and_others_are_not() {
    let small = |picture: &Picture| picture.within(LOOKED_AT_PX as usize);
    let bases = [(3, 1), (4, 2), (8, 3), (11, 1)];
    let others = [(0, 7), (1, 7), (6, 7), (10, 7)];
    let print = |&(family, number): &(usize, u64)| {
        let picture = small(&pattern(family, number, 480, 360));
        Fingerprint::of(&picture.rgb, picture.width, picture.height).unwrap()
    };
    let register: Vec<Fingerprint> = bases.iter().chain(&others).map(print).collect();
    for print in &register {
        assert_eq!(Fingerprint::from_bytes(&print.to_bytes()).as_ref(), Some(print));
    }
    let changes = [
        Change::Jpeg,
        Change::QuarterTurn,
        Change::Mirror,
        Change::Negative,
        Change::CropMost,
        Change::Lean,
    ];
    let asked = Thresholds::CHOSEN;
    let (mut found, mut wrong, mut all) = (0, 0, 0);
    for (base, &(family, number)) in bases.iter().enumerate() {
        let plain = pattern(family, number, 480, 360);
        for change in changes {
            let changed = small(&change.apply(&plain, family, number));
            let query = Query::of(&changed.rgb, changed.width, changed.height).unwrap();
            all += 1;
            for (at, print) in register.iter().enumerate() {
                let near = { query.compare_hashes(print, &asked) }
                    .or_else(|| query.compare_marks(print, &asked));
                match (near, at == base) {
                    (Some(likeness), true) => {
                        found += 1;
                        assert!(likeness.nearness > 0.0 || likeness.extent != Extent::Whole);
                    }
                    (Some(_), false) => wrong += 1,
                    (None, _) => {}
                }
            }
        }
    }
    assert!(found * 100 >= all * 85, "{found} of {all} found");
    assert!(
        wrong * 100 <= all * (register.len() - 1) * 6,
        "{wrong} false alarms in {all} questions"
    );
}
