//! Complaints: kept privately, answered, acted on; nothing of them in any public byte.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::certify::{association, charter};
use super::support::House;

const PRIVATE: [&str; 6] =
    ["Canaryname", "canaryreach", "Canarysays", "CANARYGPS", "Canaryanswer", "Canaryoutcome"];

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

fn offenders(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let of = |(path, bytes): (&PathBuf, &Vec<u8>)| {
        let words = PRIVATE.iter().filter(|word| holds(bytes, word));
        words.map(|word| format!("{word} in {}", path.display())).collect::<Vec<_>>()
    };
    files.iter().flat_map(of).collect()
}

/// A photograph with a place in its metadata.
fn photo() -> Vec<u8> {
    let plain = super::audience::photo(20, 120);
    let mut bytes = plain[..2].to_vec();
    let comment = b"CANARYGPS 12.0 34.0";
    bytes.extend([0xff, 0xfe, 0, u8::try_from(comment.len() + 2).unwrap()]);
    bytes.extend(comment);
    bytes.extend(&plain[2..]);
    bytes
}

/// The number of the newest record of a kind.
fn newest(house: &House, kind: &str) -> String {
    let list = house.expect(0, &["record", "list", "shop"]);
    let line =
        list.lines().rfind(|line| line.contains(kind)).unwrap_or_else(|| panic!("{kind}: {list}"));
    line.split_whitespace().nth(1).unwrap().to_owned()
}

/// An association with an edition of twenty tags, and its number.
fn with_tags() -> (House, String) {
    let house = association();
    charter(&house, "complaints = \"Write to hello@grey-mill.net; we answer within 10 days.\"\n");
    house.write(
        "edition.toml",
        "name = \"Twenty shawls\"\nedition_kind = \"limited\"\nmaximum = 20\n",
    );
    house.sign(&["record", "edition", "edition.toml", "shop", "--yes"]);
    let edition = newest(&house, "Edition");
    house.write("tags.toml", format!("edition = \"{edition}\"\nfirst = 1\nlast = 20\n"));
    house.sign(&["record", "tags", "tags.toml", "shop", "--yes"]);
    (house, edition)
}

const AT: &str = "2099-03-01T12:00:00Z";

#[test]
fn a_complaint_is_kept_where_nobody_else_reads_it_and_the_register_is_asked() {
    let (house, edition) = with_tags();
    house.write("knot.jpg", photo());
    let about = format!("{edition}/17");
    let words = [
        "complaint",
        "new",
        "shop",
        "--about",
        &about,
        "--from",
        "Ida Canaryname",
        "--reach",
        "+44 20 7946 0018 canaryreach",
        "--says",
        "Canarysays that the knot came loose.",
        "--photo",
        "knot.jpg",
        "--came",
        "2099-02-01",
        "--at",
        AT,
    ];
    let told = house.expect(0, &words);
    assert!(told.contains("is in force") && told.contains("Tag 17 is one of"), "{told}");
    assert!(told.contains("owed an answer by 2099-02-11, as your charter promises"), "{told}");
    let path = "shop/private/complaints/1/complaint.toml";
    let kept = house.text(path);
    assert!(
        kept.contains("tag = 17")
            && kept.contains("Ida Canaryname")
            && kept.contains("state = \"open\""),
        "{kept}"
    );
    assert!(kept.contains(&newest(&house, "TagBatch")), "the batch is what is acted on: {kept}");
    let picture = house.read("shop/private/complaints/1/photo.jpg");
    assert!(picture.len() > 1000 && !holds(&picture, "CANARYGPS"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for path in [path, "shop/private/complaints/1/photo.jpg"] {
            assert_eq!(
                std::fs::metadata(house.path(path)).unwrap().permissions().mode() & 0o077,
                0,
                "{path}"
            );
        }
    }
    // Reported again; a number that was never given; a page; somebody else's address; what nobody knows.
    let says = |about: &str| {
        house.expect(
            0,
            &["complaint", "new", "shop", "--about", about, "--says", "Canarysays", "--at", AT],
        )
    };
    assert!(says(&about).contains("reported before: complaint 1"));
    assert!(
        says("17/20").contains("reported before: complaint 1, 2"),
        "the number alone finds its only batch"
    );
    assert!(says(&format!("{edition}/21")).contains("no tag 21 was ever announced"));
    assert!(says("https://grey-mill.net/products/shawl/").contains("the page products/shawl"));
    assert!(says("https://grey-mi11.net/products/shawl/").contains("not one of your site"));
    assert!(says("a shawl from the market").contains("Neither the register nor the site knows it"));

    // No byte of it goes out, whichever way.
    house.sign(&["complaint", "answer", "1", "shop", "--text", "Canaryanswer", "--at", AT]);
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop", "-o", "public"]);
    house.expect(0, &["build", "shop", "-o", "offline", "--offline"]);
    house.expect(0, &["build", "shop", "--audience", "trade", "-o", "trade.zip"]);
    house.sign(&["publish", "shop", "--to", "published"]);
    for folder in ["public", "offline", "published"] {
        let files = house.files(folder);
        assert!(files.len() > 5, "{folder}");
        assert_eq!(offenders(&files), [""; 0], "{folder}");
        assert!(!files.values().any(|bytes| *bytes == picture), "{folder}");
    }
    let mut zip =
        zip::ZipArchive::new(std::fs::File::open(house.path("trade.zip")).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        files.insert(PathBuf::from(entry.name().unwrap().into_owned()), bytes);
    }
    assert!(files.len() > 5);
    assert_eq!(offenders(&files), [""; 0], "trade");
    // The pages say whom to tell.
    let page = house.text(&format!("public/V/{edition}/index.html"));
    assert!(page.contains("Whom to tell:") && page.contains("we answer within 10 days"), "{page}");
}

#[test]
fn what_follows_is_signed_in_neutral_words_and_noted_once() {
    let (house, edition) = with_tags();
    let batch = newest(&house, "TagBatch");
    let new = |about: &str| {
        let from = [
            "--from",
            "Ida Canaryname",
            "--reach",
            "+44 20 7946 0018",
            "--says",
            "Canarysays this is no shawl of yours.",
        ];
        house.expect(0, &[&["complaint", "new", "shop", "--about", about][..], &from].concat())
    };
    let answer = |exit: i32, number: &str, words: &[&str]| {
        let base = [
            "complaint",
            "answer",
            number,
            "shop",
            "--text",
            "Canaryanswer",
            "--yes",
            "--passphrase-fd",
            "3",
        ];
        house.expect(exit, &[&base[..], words].concat())
    };
    new(&format!("{edition}/17"));
    // Notes of one's own stay, at their places.
    let path = "shop/private/complaints/1/complaint.toml";
    let own = house.text(path).replace("state =", "# she called twice\nstate =")
        + "\n[mine]\nnote = \"blue box\"\n";
    house.write(path, own);

    // Refused with nothing signed and nothing noted.
    let before = house.files("shop");
    assert!(answer(2, "1", &["--then", "void-tag"]).contains("--reason and one of lost, stolen"));
    assert!(
        answer(2, "1", &["--then", "void-tag", "--reason", "stollen"])
            .contains("did you mean \"stolen\"?")
    );
    assert!(
        answer(2, "1", &["--then", "void-tag", "--reason", "lost", "--record", &edition])
            .contains("in the batch that announced it")
    );
    assert!(answer(2, "1", &["--then", "dispute"]).contains("--ground and one of prior use"));
    for (words, what) in [
        ("Ida Canaryname told us.", "the name"),
        ("Call 020 7946 0018.", "how to reach"),
        ("She: Canarysays this is no shawl of yours!", "the words"),
    ] {
        let told = answer(2, "1", &["--then", "suspend", "--words", words]);
        assert!(told.contains(what), "{told}");
    }
    assert!(answer(2, "9", &[]).contains("there is no complaint 9"));
    assert!(house.files("shop") == before);

    let told = answer(0, "1", &["--then", "void-tag", "--reason", "stolen"]);
    assert!(
        told.contains("these tags count no more") && told.contains("Signed and entered"),
        "{told}"
    );
    let void = newest(&house, "TagVoid");
    let kept = house.text(path);
    for part in [
        "# she called twice\n",
        "note = \"blue box\"",
        "did = \"void-tag\"",
        "text = \"Canaryanswer\"",
        &void,
        "state = \"answered\"",
    ] {
        assert!(kept.contains(part), "{part} in {kept}");
    }
    // The same again, as after a power cut before the file was written: noted, not signed.
    let signed = house.files("shop/records");
    assert!(
        answer(0, "1", &["--then", "void-tag", "--reason", "stolen"]).contains("was signed before")
    );
    assert!(house.files("shop/records") == signed);

    new(&edition);
    answer(0, "2", &["--then", "suspend"]);
    let list = house.expect(0, &["record", "list", "shop"]);
    let line = list.lines().find(|line| line.contains(&edition)).unwrap();
    assert!(line.contains("suspended"), "{list}");
    assert!(answer(0, "2", &["--then", "suspend"]).contains("was signed before"));
    answer(0, "2", &["--then", "dispute", "--ground", "imitation", "--record", &batch]);
    let list = house.expect(0, &["record", "list", "shop"]);
    assert!(list.lines().any(|line| line.contains(&batch) && line.contains("disputed")), "{list}");
    assert!(
        answer(0, "2", &["--then", "dispute", "--ground", "imitation", "--record", &batch])
            .contains("was signed before")
    );
    let files = house.files("shop/records");
    assert_eq!(offenders(&files), [""; 0]);
    assert!(
        files.values().any(|bytes| holds(bytes, "A complaint about this is being looked into."))
    );

    // Closed is closed.
    house.expect(0, &["complaint", "close", "2", "shop", "--outcome", "Canaryoutcome"]);
    assert!(answer(2, "2", &[]).contains("is closed"));
    assert!(
        house
            .expect(2, &["complaint", "close", "2", "shop", "--outcome", "x"])
            .contains("is closed")
    );
    let list = house.expect(0, &["complaint", "list", "shop"]);
    assert!(list.contains("answered") && !list.contains("closed"), "{list}");
    let list = house.expect(0, &["complaint", "list", "shop", "--all", "--json"]);
    assert!(list.contains("\"closed\"") && !list.contains("Canaryname"), "{list}");
}

#[test]
fn what_cannot_be_kept_leaves_nothing_and_late_answers_are_told() {
    let house = association();
    let new = |exit: i32, words: &[&str]| {
        house.expect(exit, &[&["complaint", "new", "shop", "--at", AT][..], words].concat())
    };
    let before = house.files("shop");
    assert!(new(2, &[]).contains("say what it is about"));
    assert!(new(2, &["--about", "17"]).contains("say what the complaint is"));
    assert!(
        new(2, &["--about", "17", "--says", "x", "--came", "2099-12-31"]).contains("not here yet")
    );
    assert!(
        new(2, &["--about", "17", "--says", "x", "--reply-by", "2001-01-01"])
            .contains("before the day")
    );
    assert!(
        new(2, &["--about", "17", "--says", &"x".repeat(20_001)])
            .contains("longer than 20000 letters")
    );
    house.write("not.jpg", b"GIF89a");
    let told = new(2, &["--about", "17", "--says", "x", "--photo", "not.jpg"]);
    assert!(told.contains("not.jpg cannot be kept") && told.contains("JPEG"), "{told}");
    assert!(new(2, &["--about", "17", "--says", "x", "--photo", "gone.jpg"]).contains("gone.jpg"));
    assert!(house.files("shop") == before);
    assert!(
        house
            .expect(2, &["complaint", "answer", "1", "shop", "--text", "x"])
            .contains("no complaint 1")
    );
    assert!(
        house
            .expect(2, &["complaint", "close", "1", "shop", "--outcome", "x"])
            .contains("no complaint 1")
    );
    assert!(house.expect(0, &["complaint", "list", "shop"]).contains("no complaint waits"));

    // Without a charter the site says whom to tell.
    let site = house.text("shop/site.toml");
    let name = site.lines().position(|line| line.starts_with("name")).unwrap();
    let mut lines: Vec<&str> = site.lines().collect();
    lines.insert(name, "complaints = \"Tell the weir keeper.\"");
    house.write("shop/site.toml", lines.join("\n") + "\n");
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    house.expect(0, &["build", "shop", "-o", "public"]);
    let short = newest(&house, "Design");
    let page = house.text(&format!("public/V/{short}/index.html"));
    assert!(page.contains("Whom to tell: Tell the weir keeper."), "{page}");

    // Fourteen days where no charter says otherwise; then `check` and `list` say so.
    let told = new(0, &["--about", "17", "--says", "Canarysays", "--came", "2099-02-01"]);
    assert!(told.contains("by 2099-02-15.") || told.contains("by 2099-02-15\n"), "{told}");
    let at = |day: &str| {
        let at = format!("{day}T12:00:00Z");
        let check = house.expect(0, &["check", "shop", "--at", &at]);
        let list = house.expect(0, &["complaint", "list", "shop", "--at", &at]);
        (check.contains("overdue-reply"), list.contains("overdue"))
    };
    assert_eq!(at("2099-02-15"), (false, false));
    assert_eq!(at("2099-02-16"), (true, true));
    let check = house.expect(0, &["check", "shop", "--at", AT]);
    assert!(
        check.contains("private/complaints/1/complaint.toml:") && !check.contains("Canarysays"),
        "{check}"
    );
    house.expect(0, &["complaint", "answer", "1", "shop", "--text", "x", "--at", AT]);
    assert_eq!(at("2099-03-01"), (false, false));
    // A file that somebody broke is told, and is not written over.
    house.write("shop/private/complaints/1/complaint.toml", "about = ");
    let told = house.expect(1, &["complaint", "list", "shop"]);
    assert!(told.contains("complaint.toml: line 1 is not understood"), "{told}");
    assert!(
        house.expect(2, &["complaint", "close", "1", "shop", "--outcome", "x"]).contains("line 1")
    );
    assert_eq!(house.text("shop/private/complaints/1/complaint.toml"), "about = ");
    // The next gets another number.
    new(0, &["--about", "18", "--says", "x"]);
    assert!(house.path("shop/private/complaints/2/complaint.toml").exists());
}
