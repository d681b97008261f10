//! People who have no register of their own: a member who signs for that of her association, and those who have to agree
//! before a sealed design is opened.

use serde_json::Value;

use crate::support::{House, said};

const ASSOCIATION: &str = "https://grey-mill.net/";

/// An association with keys and an address of its own.
fn association() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", ASSOCIATION);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house
}

/// Runs a command with the keys of one person, and expects an exit code; gives what it said.
#[track_caller]
fn by(house: &House, who: &str, exit: i32, words: &[&str], typed: &str) -> String {
    let keys = format!("{who}-keys");
    let output = house.run(&keys, &[words, &["--passphrase-fd", "3"]].concat(), typed);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(exit), "{words:?}: {said}");
    said
}

/// A person's folder: three lines, and a key. Gives her name.
fn person(house: &House, who: &str) -> String {
    house.write(
        &format!("{who}/site.toml"),
        format!(
            "name = \"{who}\" # as people call her\n\n[register]\naddress = \"{ASSOCIATION}\"\n"
        ),
    );
    new_key(house, who, "sheets")
}

fn new_key(house: &House, who: &str, sheets: &str) -> String {
    let sheets = format!("{who}-{sheets}");
    by(house, who, 0, &["keys", "new", who, "--sheets", &sheets], "");
    let text = house.text(&format!("{who}/site.toml"));
    assert!(text.contains("# as people call her"), "what she wrote stays: {text}");
    let line = text.lines().find(|line| line.starts_with("signs_as")).expect("her name");
    line.split('"').nth(1).expect("a name").to_owned()
}

/// The only folder of what somebody signed that was not there before.
fn signed(house: &House, who: &str, known: &mut Vec<String>) -> String {
    let folders = std::fs::read_dir(house.path(&format!("{who}/private/signed"))).unwrap();
    let mut names: Vec<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !known.contains(name));
    assert_eq!(names.len(), 1, "{names:?}");
    known.push(names[0].clone());
    format!("{who}/private/signed/{}", names[0])
}

fn short(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap()
}

fn accredit(house: &House, name: &str, former: Option<&str>) -> String {
    let former =
        former.map_or(String::new(), |old| format!("former_party = {{ id = \"{old}\" }}\n"));
    house.write(
        "accreditation.toml",
        format!("member = {{ id = \"{name}\", name = \"Ana\" }}\nbasis = \"peers\"\nuntil = \"2099-12-31\"\n{former}"),
    );
    house.sign(&["record", "accredit", "accreditation.toml", "shop", "--yes"])
}

fn state_of(house: &House, record: &str) -> String {
    let (_, report) = house.verify("shop/public");
    let records = report["records"].as_array().unwrap();
    let is_it = |report: &&Value| report["target"] == format!("{record}.json");
    records.iter().find(is_it).map_or("gone".into(), |it| it["state"].as_str().unwrap().into())
}

fn publish(house: &House) {
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop"]);
    house.trust("shop/identity/did.jsonl");
}

#[test]
fn a_member_signs_at_home_and_goes_on_under_a_new_key_after_a_loss() {
    let house = association();
    let old = person(&house, "ana");
    house.copy(house.path("shop/designs/grey-check"), "ana/designs/reed-and-rain");
    let mut known = Vec::new();
    let new = ["record", "new", "reed-and-rain", "ana", "--yes"];
    let told = by(&house, "ana", 0, &new, "");
    assert!(told.contains("give it the folder"), "{told}");
    let first = signed(&house, "ana", &mut known);

    // Nobody enters what she signed before she is a member, and nothing of it stays.
    let add = |folder: &str| ["record", "add", folder, "shop", "--yes"].map(str::to_owned);
    let add = |exit: i32, folder: &str| {
        let words = add(folder);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        house.expect(exit, &[&words[..], &["--passphrase-fd", "3"]].concat())
    };
    house.sign(&["log", "due", "shop"]);
    let before = house.files("shop");
    assert!(add(2, &first).contains("is for the owner of this log to sign"));
    assert!(house.files("shop") == before);
    // Times have seconds: in the same one she would have been a member when she signed.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    accredit(&house, &old, None);
    assert!(add(2, &first).contains("is to be signed again"));
    by(&house, "ana", 0, &new, "");
    let first = signed(&house, "ana", &mut known);
    // A photograph that did not come along is missed, and one that was changed.
    let photo = house.files(&first).into_keys().find(|path| path.starts_with("files")).unwrap();
    let photo = format!("{first}/{}", photo.display());
    let bytes = house.read(&photo);
    std::fs::remove_file(house.path(&photo)).unwrap();
    assert!(add(2, &first).contains("cannot be read"));
    // It is a stranger's folder: no link leads out of it, and nothing in it is waited for.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(house.path("phrase"), house.path(&photo)).unwrap();
        assert!(add(2, &first).contains("links are not followed"));
        std::fs::remove_file(house.path(&photo)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(house.path(&photo)).status().unwrap();
        assert!(made.success() && add(2, &first).contains("it is not a file"));
        std::fs::remove_file(house.path(&photo)).unwrap();
        std::fs::create_dir(house.path("odd")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", house.path("odd/record.json")).unwrap();
        assert!(add(2, "odd").contains("links are not followed"));
    }
    house.write(&photo, b"another");
    assert!(add(2, &first).contains("is not there, or is another"));
    house.write(&photo, &bytes);
    add(0, &first);
    publish(&house);
    assert_eq!(state_of(&house, short(&first)), "record-intact");
    let page = house.text(&format!("shop/public/V/{}/index.html", short(&first)));
    assert!(page.contains(&format!("Ana ({}…", &old[8..16])), "whose words it is");

    // A pack of it says who let her in.
    house.expect(0, &["pack", short(&first), "shop", "--to", "evidence"]);
    let (code, report) = house.verify("evidence");
    assert_eq!((code, report["state"].as_str()), (Some(0), Some("record-intact")), "{report}");

    // Alone, with its proof, history and lists, it tells its status: its place is that of its entry.
    let kept = format!("shop/public/V/{}/index.html", short(&first));
    let (code, report) = house.verify(&kept);
    let status = report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "status");
    assert_eq!(status.unwrap()["verdict"], "valid", "{code:?} {report}");

    // A name of another: the register has that design already.
    house.copy(house.path("shop/designs/grey-check"), "ana/designs/grey-check");
    by(&house, "ana", 0, &["record", "new", "grey-check", "ana", "--yes"], "");
    let clash = signed(&house, "ana", &mut known);
    assert!(add(2, &clash).contains("has a design called grey-check already"));

    // What a name that is a key cannot do.
    for act in ["rotate", "move"] {
        let words = ["keys", act, "ana", "--sheets", "more"];
        assert!(by(&house, "ana", 2, &words, "").contains("former_party"), "{act}");
    }
    assert!(by(&house, "ana", 2, &["keys", "new", "ana", "--sheets", "more"], "").contains(&old));

    // The laptop is gone; a finder signs with the old key. Ana makes a new one and is accredited again.
    house.copy(house.path("ana"), "finder");
    house.copy(house.path("ana-keys"), "finder-keys");
    std::fs::remove_dir_all(house.path("ana-keys")).unwrap();
    let text = house.text("ana/site.toml");
    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("signs_as")).collect();
    house.write("ana/site.toml", without.join("\n") + "\n");
    let name = new_key(&house, "ana", "new-sheets");
    assert_ne!(name, old);
    let told = accredit(&house, &name, Some(&old));
    assert!(told.contains(&old), "what is signed is shown: {told}");
    let mut found = known.clone();
    house.copy(house.path("shop/designs/grey-check"), "finder/designs/copied");
    by(&house, "finder", 0, &["record", "new", "copied", "finder", "--yes"], "");
    let theft = signed(&house, "finder", &mut found);
    assert!(add(2, &theft).contains("signed with a key that its owner had lost"));
    // She takes back what she signed under the old key.
    let words =
        ["record", "withdraw", short(&first), "ana", "--yes", "--set", "reason_code=safety"];
    by(&house, "ana", 0, &words, "");
    assert!(!house.path("ana/designs/reed-and-rain").exists());
    let withdrawal = signed(&house, "ana", &mut known);
    add(0, &withdrawal);
    publish(&house);
    assert_eq!(state_of(&house, short(&first)), "gone");
    assert!(!house.path(&format!("shop/records/{}.json", short(&first))).exists());
    let list = house.expect(0, &["record", "list", "shop"]);
    assert!(list.contains(&format!("{}  ", short(&first))) && list.contains("withdrawn"), "{list}");
    assert!(!list.contains("without effect"), "{list}");
    // Whoever believes the association believes what it lets a member do.
    let (code, report) = house.verify("shop/public");
    assert_eq!((code, report["state"].as_str()), (Some(0), Some("record-intact")), "{report}");
}

#[test]
fn the_only_key_of_a_person_comes_back_from_its_sheet() {
    let house = association();
    let name = person(&house, "ana");
    let sheet = house.sheet("ana-sheets", "my-key-sheet");
    let typed = |act: &'static str| ["keys", act, "ana", "--typed-fd", "0"];
    by(&house, "ana", 0, &typed("drill"), &sheet);
    std::fs::remove_dir_all(house.path("ana-keys")).unwrap();
    let wrong = sheet.replacen(sheet.chars().nth(8).unwrap(), "X", 1);
    by(&house, "ana", 2, &typed("recover"), &wrong);
    assert!(!house.path("ana-keys/record").exists());
    // Her name is told by the sheet, where site.toml was lost too.
    let text = house.text("ana/site.toml");
    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("signs_as")).collect();
    house.write("ana/site.toml", without.join("\n") + "\n");
    by(&house, "ana", 0, &typed("recover"), &sheet);
    assert!(house.text("ana/site.toml").contains(&name));
    let list = house.run("ana-keys", &["keys", "list", "ana", "--json"], "");
    assert!(said(&list).contains(&name), "{}", said(&list));
    // It goes into a backup, and comes back from there, too.
    by(&house, "ana", 0, &["backup", "ana.age", "ana"], "");
    std::fs::remove_dir_all(house.path("ana-keys")).unwrap();
    by(&house, "ana", 0, &["restore", "ana.age", "ana-again"], "");
    assert!(house.path("ana-keys/record").exists());
    house.expect(0, &["keys", "wipe", "ana-sheets", "ana"]);
    assert!(!house.path("ana-sheets/my-key-sheet.html").exists());
}

#[test]
fn a_sealed_design_stays_closed_until_those_agree_whom_its_record_names() {
    let house = association();
    let [bea, cal, dot] = ["bea", "cal", "dot"].map(|who| person(&house, who));
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.write("shop/designs/mill-race/notes.txt", "The ninth thread turns back.\n");
    std::fs::create_dir(house.path("stick")).unwrap();
    let openers = |need: usize| {
        format!("openers={{ threshold = {need}, party = [\"{bea}\", \"{cal}\", \"{dot}\"] }}")
    };
    let seal = ["record", "seal", "mill-race", "shop", "--yes", "--backup", "stick", "--set"];
    let never = house.expect(1, &[&seal[..], &[&openers(4), "--passphrase-fd", "3"]].concat());
    assert!(never.contains("4 have to agree before it is opened, and only 3"), "{never}");
    house.sign(&[&seal[..], &[&openers(2)]].concat());
    let list = house.expect(0, &["record", "list", "shop"]);
    let number = list.split_whitespace().find(|word| word.len() == 32).unwrap().to_owned();
    let listed = house.sign(&["record", "disclose", &number, "shop"]);
    let notes = listed.lines().find(|line| line.contains("notes.txt")).expect("a file");
    let leaf = notes.split_whitespace().next().unwrap();
    let told = house.sign(&["record", "disclose", &number, "shop", "--leaf", leaf, "--yes"]);
    assert!(told.contains("0 of the 2 agreements"), "{told}");
    assert!(told.contains("file notes.txt: private/sealed/"), "{told}");

    // Nothing of it is public, whatever else is signed and published meanwhile.
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    publish(&house);
    let is_open = || {
        let list = house.expect(0, &["record", "list", "shop"]);
        let shows = |bytes: &Vec<u8>| bytes.windows(9).any(|window| window == b"notes.txt");
        let files = house.files("shop");
        let public = files.iter().filter(|(path, _)| !path.starts_with("private"));
        (list.contains("Disclosure"), public.filter(|(_, bytes)| shows(bytes)).count() > 0)
    };
    assert_eq!(is_open(), (false, false));
    let held = house.files("shop/private/held");
    let act = held.keys().find(|path| path.to_string_lossy().ends_with(".json")).unwrap();
    let act = format!("shop/private/held/{}", act.display());

    // Each reads what she agrees to, and signs; one who was not asked changes nothing.
    person(&house, "eve");
    let agree = |who: &str| {
        let words = ["record", "attest", &act, who, "--yes", "--set", "relation=approves"];
        let told = by(&house, who, 0, &words, "");
        assert!(told.contains("Disclosure"), "{told}");
        let folder = signed(&house, who, &mut Vec::new());
        house.sign(&["record", "add", &folder, "shop", "--yes"])
    };
    assert!(agree("eve").contains("0 of the 2"));
    assert!(agree("bea").contains("1 of the 2"));
    publish(&house);
    assert_eq!(is_open(), (false, false));
    agree("dot");
    assert_eq!(is_open(), (true, true));
    assert!(!house.path("shop/private/held").exists());
    publish(&house);
    let list = house.expect(0, &["record", "list", "shop"]);
    assert!(!list.contains("proposed") && !list.contains("without effect"), "{list}");
    // The words of those who agreed are theirs, and take nothing from the association's register.
    let (code, report) = house.verify("shop/public");
    assert_eq!((code, report["state"].as_str()), (Some(0), Some("record-intact")), "{report}");
}

#[test]
fn a_communitys_label_and_a_notice_stand_on_the_page_of_the_design() {
    let house = association();
    let people = person(&house, "people");
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let list = || house.expect(0, &["record", "list", "shop"]);
    let newest = |kind: &str| {
        let list = list();
        let line = list.lines().rfind(|line| line.contains(&format!(" {kind} "))).expect(kind);
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    let design = newest("Design");
    house.write(
        "label.toml",
        "label_code = \"tka\"\nname = { en = \"Attribution\", es = \"Atribución\" }\n\
         text = { es = \"Digan de quién es.\", en = \"Say whose it is.\" }\n\
         applied_by = { name = \"Those of the <mill>\" }\n\
         hub_project = \"6d1f-canary\"\nhub_label = \"0b2e-canary\"\n",
    );
    let about = format!("about=shop/records/{design}.json");
    let mut known = Vec::new();
    let mut label = || {
        let words = ["record", "label", "label.toml", "people", "--yes", "--set", &about];
        by(&house, "people", 0, &words, "");
        signed(&house, "people", &mut known)
    };
    // Nobody said yet that she may, and membership would not do.
    let early = label();
    let told = house.expect(2, &["record", "add", &early, "shop", "--yes", "--passphrase-fd", "3"]);
    assert!(told.contains("fields delegate") && told.contains("may = [\"Label\"]"), "{told}");
    house.write(
        "delegation.toml",
        format!(
            "delegate = {{ id = \"{people}\", name = \"The people of the mill\" }}\nmay = [\"Label\"]\nuntil = \"2099-12-31\"\n"
        ),
    );
    house.sign(&["record", "delegate", "delegation.toml", "shop", "--yes"]);
    let folder = label();
    let label = short(&folder).to_owned();
    house.sign(&["record", "add", &folder, "shop", "--yes"]);
    // The association's own: of the record, of the page by its address, and of another design.
    for (about, text) in [
        ("designs/grey-check", "Not for church."),
        ("https://grey-mill.net/designs/grey-check/", "Ask before you sell it."),
        ("https://grey-mill.net/designs/another/", "Of something else."),
    ] {
        house.write(
            "notice.toml",
            format!("about = \"{about}\"\ntext = \"{text}\"\nnotice_code = \"bcn\"\nuntil = \"2098-12-31\"\n"),
        );
        house.sign(&["record", "notice", "notice.toml", "shop", "--yes"]);
    }
    let notice = newest("Notice");
    publish(&house);
    let page = || {
        let page = house.text("shop/public/designs/grey-check/index.html");
        let part = page.split("<section class=\"words\"").nth(1).unwrap_or_default();
        part.split("</section>").next().unwrap_or_default().to_owned()
    };
    let told = page();
    for part in [
        "Labels and notices",
        "Community label: Attribution",
        "tka",
        "Say whose it is.",
        "A label that Those of the &lt;mill&gt; gives. The people of the mill (z6Mk",
        &format!("/V/{label}/\""),
        "Not for church.",
        "Ask before you sell it.",
        "A notice that grey-mill.net gives",
        "It holds until",
        "bcn",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    for part in ["Digan", "something else", &notice] {
        assert!(!told.contains(part), "{part} in {told}");
    }
    let record = house.text(&format!("shop/public/V/{design}/index.html"));
    for part in ["Community label: Attribution", "Say whose it is.", "Not for church."] {
        assert!(record.contains(part), "{part} in {record}");
    }
    let own = house.text(&format!("shop/public/V/{label}/index.html"));
    assert!(own.contains("6d1f-canary") && own.contains("0b2e-canary"), "{own}");
    let delegation = newest("Delegation");
    let delegation = house.text(&format!("shop/public/V/{delegation}/index.html"));
    let named = delegation.matches(">The people of the mill").count();
    assert_eq!(named, 1, "the delegate is named once: {delegation}");
    // On hold it is on the page no more, nor is what has run out.
    house.sign(&["record", "suspend", &label, "shop", "--yes", "--set", "reason=We ask them."]);
    publish(&house);
    assert!(!page().contains("Say whose it is.") && page().contains("Not for church."));
    house.expect(0, &["build", "shop", "--at", "2099-01-15T00:00:00Z"]);
    assert_eq!(page(), "");
}
