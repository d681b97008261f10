//! Records by the command: what is refused before anything is signed, and sealed designs.

use selvedge::provenance::did::{Did, DidWeb};
use selvedge::provenance::instant;
use selvedge::provenance::json::Value;
use selvedge::provenance::kind::{Kind, RecordRef};
use selvedge::provenance::record::{Record, SignedRecord, Uuid};

use super::identity::{key, signer, statement};
use crate::support::{House, said};

/// A shop with an address of its own, and keys.
fn shop() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house
}

/// Signs, and expects that it is refused with nothing written.
#[track_caller]
fn refused(house: &House, exit: i32, words: &[&str]) -> String {
    let before = house.files("shop");
    let said = house.expect(exit, &[words, &["--passphrase-fd", "3"]].concat());
    assert!(house.files("shop") == before, "{said}");
    said
}

#[test]
fn a_charter_whose_acts_could_never_take_effect_is_refused() {
    let house = shop();
    let charter = |signatories: &str| {
        house.write(
            "charter.toml",
            format!(
                "name = \"The mill\"\nbrand_kind = \"association\"\nsignatory = [{signatories}]\n\
                 joint_act = [{{ kind = \"Status\", threshold = 2 }}]\n"
            ),
        );
    };
    let key = |name: &str| format!("{{ id = \"{name}\" }}");
    let [one, two] = [
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ]
    .map(key);
    let sign = ["record", "charter", "charter.toml", "shop", "--yes"];
    charter(&format!("{one}, {}", key("did:web:neighbour.example")));
    let said = refused(&house, 1, &sign);
    assert!(said.contains("2 have to agree, and only 1 of the signatories"), "{said}");
    assert!(said.contains("charter.toml:4"), "{said}");
    charter(&format!("{one}, {two}"));
    house.sign(&sign);
}

#[test]
fn a_sealed_design_opens_by_what_is_listed_and_to_whom_it_is_meant() {
    let house = shop();
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    std::fs::create_dir(house.path("stick")).unwrap();
    let seal = ["record", "seal", "mill-race", "shop", "--yes", "--backup", "stick"];
    house.sign(&seal);
    let list = house.expect(0, &["record", "list", "shop"]);
    let number = list.split_whitespace().find(|word| word.len() == 32).unwrap();
    let listed = house.sign(&["record", "disclose", number, "shop"]);
    let leaves: Vec<usize> =
        listed.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert!(!leaves.is_empty() && leaves.len() < 16, "{listed}");
    // A leaf that holds nothing stays closed, and so does one that is not there.
    for leaf in (0..17).filter(|leaf| !leaves.contains(leaf)).map(|leaf| leaf.to_string()) {
        let to = ["record", "disclose", number, "shop", "--leaf", &leaf, "--yes"];
        let said = refused(&house, 2, &to);
        assert!(said.contains(&format!("there is no leaf {leaf} to open")), "{said}");
    }
    let leaf = leaves[0].to_string();
    let to = ["record", "disclose", number, "shop", "--leaf", &leaf, "--yes", "--to"];
    let before = house.files("shop");
    house.sign(&[&to[..], &["buyer.opening.json"]].concat());
    assert!(house.files("shop") == before, "what is opened to one party is not published");
    assert!(house.text("buyer.opening.json").contains("selvedge.seal/1"));
    what_was_opened_to_a_buyer_is_judged_with_its_record(&house, number);
    // To everybody: the opening is a record.
    let told = house.sign(&to[..to.len() - 1]);
    assert!(told.contains("/design to designs/mill-race"), "{told}");
    // Which part is the first is drawn by lot.
    let is_photograph = told.contains("Opened                photograph");
    assert_ne!(told.contains("only the fingerprint is published"), is_photograph, "{told}");
    assert!(house.expect(0, &["record", "list", "shop"]).contains("Disclosure"));
}

/// The buyer has the opening, a pack of the record, and what was opened.
fn what_was_opened_to_a_buyer_is_judged_with_its_record(house: &House, number: &str) {
    house.sign(&["log", "due", "shop"]);
    house.trust("shop/identity/did.jsonl");
    house.expect(0, &["pack", number, "shop", "--to", "bought"]);
    let opening = house.text("buyer.opening.json");
    house.write("bought/buyer.opening.json", &opening);
    let asked = || {
        let (code, report) = house.verify("bought/buyer.opening.json");
        (code, report["state"].as_str().unwrap_or_default().to_owned())
    };
    // Without the thing nobody can tell whether it is what was sealed.
    assert_eq!(asked(), (Some(1), "cannot-check-now".to_owned()));
    let mut sealed = house.files("shop/private/sealed");
    sealed.retain(|path, _| path.components().any(|part| part.as_os_str() == "leaves"));
    let digest = opening.split("\"sha256\":\"").nth(1).unwrap()[..64].to_owned();
    let (_, thing) = sealed.iter().find(|(path, _)| path.ends_with(&digest)).expect("it");
    house.write(&format!("bought/{digest}"), thing);
    assert_eq!(asked(), (Some(0), "record-intact".to_owned()));
    house.write(&format!("bought/{digest}"), b"another");
    assert_eq!(asked(), (Some(1), "altered".to_owned()));
    house.write(&format!("bought/{digest}"), thing);
    let salt = opening.find("\"salt\":\"").expect("a salt") + 9;
    let other = if &opening[salt..=salt] == "A" { "B" } else { "A" };
    let bent = [&opening[..salt], other, &opening[salt + 1..]].concat();
    house.write("bought/buyer.opening.json", bent);
    assert_eq!(asked(), (Some(1), "altered".to_owned()));
    house.write("alone.opening.json", &opening);
    let (code, report) = house.verify("alone.opening.json");
    assert_eq!((code, report["state"].as_str()), (Some(1), Some("cannot-check-now")));
}

#[test]
fn a_withdrawn_design_is_gone_from_every_output_and_cache() {
    let house = shop();
    // A design of its own, with words and a photograph that stand nowhere else.
    let design = house.text("shop/designs/grey-check/index.md");
    house.copy("sites/two-rivers/designs/eel-knot", "shop/designs/mill-race");
    house.write(
        "shop/designs/mill-race/index.md",
        design
            .replace("name = \"", "name = \"Quernstone murmur ")
            .replace("cloth.jpg", "eel-knot.jpg")
            + "\nTold by the weir keeper's aunt.\n",
    );
    house.sign(&["record", "new", "mill-race", "shop", "--yes"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    house.expect(0, &["build", "shop"]);
    let words = ["Quernstone murmur", "weir keeper", "mill-race"];
    let shown = |folder: &str| {
        let files = house.files(folder);
        let holds = |bytes: &[u8], word: &str| {
            bytes.windows(word.len()).any(|window| window == word.as_bytes())
        };
        files
            .iter()
            .filter(|(path, bytes)| {
                words.iter().any(|word| {
                    holds(bytes, word) || holds(path.to_string_lossy().as_bytes(), word)
                })
            })
            .map(|(path, _)| path.clone())
            .collect::<Vec<_>>()
    };
    assert!(shown("shop/public").len() > 3);
    let pictures = |folder: &str| -> std::collections::BTreeSet<Vec<u8>> {
        let is_picture =
            |path: &std::path::Path| path.extension().is_some_and(|it| it == "jpg" || it == "webp");
        let all = house.files(folder).into_iter();
        all.filter(|(path, _)| is_picture(path)).map(|(_, bytes)| bytes).collect()
    };
    let before = (pictures("shop/public"), pictures("shop/.selvedge"));

    // A product that names the design would go on showing it.
    let withdraw = |design: &str| {
        ["record", "withdraw", design, "shop", "--yes", "--set", "reason_code=safety"]
            .map(str::to_owned)
    };
    let named = withdraw("designs/grey-check");
    let said = refused(&house, 2, &named.each_ref().map(|word| &**word));
    assert!(said.contains("take it out of `design` there first"), "{said}");
    let own = withdraw("designs/mill-race");
    let said = house.sign(&own.each_ref().map(|word| &**word));
    assert!(said.contains("private/withdrawn/mill-race-"), "{said}");
    assert!(!house.path("shop/designs/mill-race").exists());
    assert!(!house.path("shop/.selvedge/cache").exists());
    house.expect(0, &["build", "shop"]);
    let left = shown("shop/public");
    assert!(left.is_empty(), "{left:?}");
    assert!(shown("shop/records").is_empty() && shown("shop/.selvedge").is_empty());
    // Every picture that is left was there for something else, too.
    let after = (pictures("shop/public"), pictures("shop/.selvedge"));
    assert!(after.0.is_subset(&before.0) && after.0.len() < before.0.len());
    // What the maker wrote is not lost, and the register still tells the number.
    assert!(!shown("shop/private/withdrawn").is_empty());
    assert!(house.expect(0, &["record", "list", "shop"]).contains("withdrawn"));
    house.expect(0, &["check", "shop"]);
}

/// Another computer took a design back; here it is on the site until the two registers are one again.
#[test]
fn a_design_that_the_other_version_took_back_leaves_the_site_with_the_repair() {
    for is_ours_longer in [true, false] {
        let house = shop();
        house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
        house.copy(house.path("shop/designs/grey-check"), "shop/designs/weir");
        house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
        house.copy(house.path("shop"), "other");
        house.copy(house.path("keys"), "other-keys");
        let other = |words: &[&str]| {
            let words = [words, &["--passphrase-fd", "3"]].concat();
            let output = house.run("other-keys", &words, "");
            assert!(output.status.success(), "{}", said(&output));
        };
        let named = |site: &str| {
            let product = house.files(&format!("{site}/products"));
            let is_it = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("grey-check");
            let (path, bytes) = product.into_iter().find(|(_, bytes)| is_it(bytes)).unwrap();
            (format!("{site}/products/{}", path.display()), String::from_utf8(bytes).unwrap())
        };
        let unname = |site: &str| {
            let (path, text) = named(site);
            let lines = text.lines().filter(|line| !line.starts_with("design"));
            house.write(&path, lines.collect::<Vec<_>>().join("\n"));
        };
        unname("other");
        // One more here than there, or one fewer.
        other(&[
            "record",
            "withdraw",
            "designs/grey-check",
            "other",
            "--yes",
            "--set",
            "reason_code=safety",
        ]);
        match is_ours_longer {
            true => drop(house.sign(&["record", "new", "weir", "shop", "--yes"])),
            false => other(&["record", "new", "weir", "other", "--yes"]),
        }
        house.sign(&["record", "new", "mill-race", "shop", "--yes"]);

        let repair = ["log", "repair", "shop", "--with", "other", "--yes"];
        let (path, _) = named("shop");
        let refusal = refused(&house, 2, &repair);
        assert!(refusal.contains("take it out of `design` there first"), "{refusal}");
        assert!(
            path.contains(
                refusal.split_whitespace().find(|it| it.starts_with("products/")).unwrap()
            )
        );
        unname("shop");
        let told = house.sign(&repair);
        assert!(told.contains("private/withdrawn/grey-check-"), "{told}");
        assert!(!house.path("shop/designs/grey-check").exists());
        assert!(house.path("shop/designs/mill-race").exists());
        house.expect(0, &["check", "shop"]);
        house.expect(0, &["build", "shop"]);
        assert!(!house.path("shop/public/designs/grey-check").exists());
        let list = house.expect(0, &["record", "list", "shop"]);
        assert_eq!(list.matches("withdrawn").count(), 1, "{list}");
    }
}

#[test]
fn what_a_repair_brings_brings_what_it_keeps_in_private() {
    for is_ours_longer in [true, false] {
        let house = shop();
        house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
        house.copy(house.path("shop/designs/grey-check"), "shop/designs/weir");
        house.sign(&["log", "due", "shop"]);
        house.copy(house.path("shop"), "other");
        house.copy(house.path("keys"), "other-keys");
        std::fs::create_dir(house.path("stick")).unwrap();
        let other = |words: &[&str]| {
            let output = house.run("other-keys", &[words, &["--passphrase-fd", "3"]].concat(), "");
            assert!(output.status.success(), "{}", said(&output));
        };
        let consent = "about = \"https://grey-mill.net/designs/weir/\"\nscope = \"To show it.\"\nconsent_method = \"spoken\"\n\
                       party = { name = \"Nina Marrowin\", apart = true }\n";
        house.write("consent.toml", consent);
        other(&["record", "consent", "consent.toml", "other", "--yes"]);
        other(&["record", "seal", "weir", "other", "--yes", "--backup", "stick"]);
        house.sign(&["record", "new", "mill-race", "shop", "--yes"]);
        if is_ours_longer {
            house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
            house.sign(&["log", "due", "shop"]);
        }
        house.write("other/designs/only-there/index.md", "+++\nname = \"Only there\"\n+++\n");
        let told = house.sign(&["log", "repair", "shop", "--with", "other", "--yes"]);
        assert!(told.contains("Do not delete it") && told.contains("designs/only-there"), "{told}");
        // The name, and what opens the seal, are here now.
        let names = house.expect(0, &["record", "names", "shop"]);
        assert!(names.contains("Nina Marrowin"), "{names}");
        let list = house.expect(0, &["record", "list", "shop"]);
        let sealed = list.lines().find(|line| line.contains("SealedDesign")).expect("a seal");
        let number = sealed.split_whitespace().find(|word| word.len() == 32).unwrap();
        let leaves = house.sign(&["record", "disclose", number, "shop"]);
        assert!(leaves.contains("statement"), "{leaves}");
    }
}

#[test]
fn what_somebody_else_put_into_the_folder_is_not_entered_unasked() {
    let house = shop();
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let records = house.files("shop/records");
    let (_, design) =
        records.iter().find(|(path, _)| path.extension().is_some_and(|it| it == "json")).unwrap();
    let design = SignedRecord::parse(design).unwrap();
    let target = RecordRef { uuid: design.record().uuid.clone(), id: design.id() };
    let words = vec![Value::from([("@language", "en".into()), ("@value", "Buy pills.".into())])];
    let dispute = statement(
        Kind::Dispute,
        [
            ("target", target.to_value()),
            ("ground", "prior use".into()),
            ("statement", words.into()),
        ],
    );
    let status = statement(
        Kind::Status,
        [
            ("target", target.to_value()),
            ("newState", "revoked".into()),
            (
                "reason",
                vec![Value::from([("@language", "en".into()), ("@value", "No.".into())])].into(),
            ),
        ],
    );
    for (number, subject, base) in [
        (1, dispute.clone(), "did:web:grey-mill.net"),
        (2, status, "did:web:grey-mill.net"),
        (3, dispute, "did:web:elsewhere.net"),
    ] {
        let now = instant::parse("2026-03-01T00:00:00Z").unwrap();
        let record = Record {
            uuid: Uuid::from_random([number; 16]),
            issuer: Did::Key(key(61)),
            base: DidWeb::parse(base).unwrap(),
            practice: false,
            valid_from: now,
            valid_until: None,
            position: None,
            reissues: None,
            subject,
        };
        let theirs = record.sign(now, &signer(61)).unwrap();
        let path = format!("shop/records/{}.json", theirs.id().short());
        house.write(&path, theirs.bytes());
        let said = house.sign(&["log", "due", "shop"]);
        assert!(
            said.contains(&format!(
                "records/{}.json was signed by somebody else",
                theirs.id().short()
            )),
            "{said}"
        );
        let before = house.expect(0, &["record", "list", "shop"]);
        assert!(!before.contains(&theirs.id().short().to_string()), "{before}");
        std::fs::rename(house.path(&path), house.path("theirs.json")).unwrap();
        // Moved out, it can be asked for; what is not hers to say is refused.
        let add = ["record", "add", "theirs.json", "shop", "--yes"];
        match number {
            1 => drop(house.sign(&add)),
            3 => assert!(
                refused(&house, 2, &add).contains("it was signed for https://elsewhere.net/")
            ),
            _ => assert!(refused(&house, 2, &add).contains("somebody else issued")),
        }
    }
}

#[test]
fn a_seal_that_was_interrupted_is_named_and_goes_on() {
    let house = shop();
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.write("shop/designs/mill-race/index.md", "+++\nname = \"Mill race\"\n+++\n");
    std::fs::create_dir(house.path("stick")).unwrap();
    // As after a crash between the move of the design and its record: the register never had it.
    house.copy(house.path("shop"), "before");
    house.sign(&["record", "seal", "mill-race", "shop", "--yes", "--backup", "stick"]);
    house.copy(house.path("shop/private"), "before/private");
    std::fs::remove_dir_all(house.path("before/designs/mill-race")).unwrap();
    std::fs::remove_dir_all(house.path("keys/heads")).unwrap();
    let said = house.sign(&["log", "due", "before"]);
    assert!(said.contains("\"mill-race\" was sealed, and its record is not signed yet"), "{said}");
    house.sign(&["record", "seal", "mill-race", "before", "--yes"]);
    let list = house.expect(0, &["record", "list", "before"]);
    assert!(list.contains("SealedDesign"), "{list}");
    let number = list.lines().find(|line| line.contains("SealedDesign")).unwrap();
    let number = number.split_whitespace().nth(1).unwrap();
    assert!(house.sign(&["record", "disclose", number, "before"]).contains("statement"));
    assert!(!house.sign(&["log", "due", "before"]).contains("not signed yet"));
}

/// As after a crash once the opening was written, before the design was moved.
#[test]
fn a_sealed_design_that_is_still_on_the_site_goes_with_the_next_run() {
    let house = shop();
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.write("shop/designs/mill-race/index.md", "+++\nname = \"Mill race\"\n+++\n");
    std::fs::create_dir(house.path("stick")).unwrap();
    house.copy(house.path("shop"), "sealed");
    house.sign(&["record", "seal", "mill-race", "sealed", "--yes", "--backup", "stick"]);
    let [folder] = &std::fs::read_dir(house.path("sealed/private/sealed"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    let design = format!("private/sealed/{folder}/design");
    for by_name in [false, true] {
        let _ = std::fs::remove_dir_all(house.path("again"));
        let _ = std::fs::remove_dir_all(house.path("keys/heads"));
        house.copy(house.path("shop"), "again");
        house.copy(house.path("sealed/private"), "again/private");
        std::fs::remove_dir_all(house.path("again").join(&design)).unwrap();
        if !by_name {
            let said = house.sign(&["log", "due", "again"]);
            assert!(said.contains("designs/mill-race went to private/ now"), "{said}");
            assert!(said.contains("selvedge record seal mill-race again"), "{said}");
        }
        house.sign(&["record", "seal", "mill-race", "again", "--yes"]);
        assert!(house.path("again").join(&design).exists());
        assert!(!house.path("again/designs/mill-race").exists());
        let list = house.expect(0, &["record", "list", "again"]);
        assert_eq!(list.matches("SealedDesign").count(), 1, "{list}");
    }
}

#[test]
fn a_damaged_opening_is_named_and_other_records_are_signed() {
    let house = shop();
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    std::fs::create_dir(house.path("stick")).unwrap();
    house.sign(&["record", "seal", "mill-race", "shop", "--yes", "--backup", "stick"]);
    let list = house.expect(0, &["record", "list", "shop"]);
    let number = list.split_whitespace().find(|word| word.len() == 32).unwrap();
    let copy = std::fs::read_dir(house.path("stick")).unwrap().next().unwrap().unwrap();
    let copy = copy.file_name().into_string().unwrap();
    let folder = copy.strip_prefix("selvedge-seal-").unwrap().strip_suffix(".json").unwrap();
    let opening = format!("shop/private/sealed/{folder}/seal.json");
    let whole = house.read(&opening);
    for damaged in [&b""[..], b"{", &whole[1..]] {
        house.write(&opening, damaged);
        let said = house.sign(&["log", "due", "shop"]);
        let remedy = format!("cp /path/to/your/stick/{copy} {opening}");
        assert!(said.contains(&remedy), "{said}");
        let said = house.expect(2, &["record", "disclose", number, "shop"]);
        assert!(said.contains(&remedy), "{said}");
    }
    let said = house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    assert!(
        said.contains("what opens a sealed design is damaged") && said.contains("Signed"),
        "{said}"
    );
    std::fs::copy(house.path("stick").join(&copy), house.path(&opening)).unwrap();
    assert!(!house.sign(&["log", "due", "shop"]).contains("damaged"));
    assert!(house.sign(&["record", "disclose", number, "shop"]).contains("statement"));
}

/// The last heading of a file took in whatever the command added.
#[test]
fn what_the_command_adds_to_a_file_does_not_belong_to_its_last_heading() {
    let house = shop();
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let charter = "# Who we are.\nname = \"The mill\"\nbrand_kind = \"association\"\n\n# Who signs.\n[[signatory]]\n\
                   id = \"did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp\"\n";
    house.write("charter.toml", charter);
    let sign = ["record", "charter", "charter.toml", "shop", "--yes", "--set"];
    // The file's own lines keep their numbers in what is said about it.
    house.write("broken.toml", charter.replace("id =", "ident ="));
    let broken = [&["record", "charter", "broken.toml"], &sign[3..], &["name=The old mill"]];
    let said = refused(&house, 1, &broken.concat());
    assert!(said.contains("broken.toml:7"), "{said}");
    // What is given with the command counts.
    let said = house.sign(&[&sign[..], &["name=The old mill"]].concat());
    assert!(said.contains("The old mill") && said.contains("Signed"), "{said}");
    assert_eq!(house.text("charter.toml"), charter);
    let said = refused(&house, 1, &[&sign[..], &["nmae=\"The mill\""]].concat());
    assert!(said.contains("this command:1"), "{said}");

    for (verb, field, lines) in [
        (
            "suspend",
            "reason",
            "target = \"designs/grey-check\"\n[reason]\nen = \"We look into it.\"\n",
        ),
        (
            "withdraw",
            "note",
            "reason_code = \"safety\"\ntarget = \"designs/grey-check\"\n[note]\nen = \"We look into it.\"\n",
        ),
    ] {
        house.write("act.toml", lines);
        let path = "shop/products/checked-cloth/index.md";
        let product = house.text(path);
        house.write(path, product.replace("design = \"grey-check\"\n", ""));
        house.sign(&[
            "record",
            verb,
            "act.toml",
            "shop",
            "--yes",
            "--set",
            &format!("{field}.es=\"Lo miramos.\""),
        ]);
        let list = house.expect(0, &["record", "list", "shop"]);
        assert!(list.contains(if verb == "suspend" { "suspended" } else { "withdrawn" }), "{list}");
    }
    // Both languages of the reason stand in the record.
    let bodies = house.files("shop/records").into_values();
    let both = bodies.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let both =
        both.filter(|text| text.contains("Lo miramos.") && text.contains("We look into it."));
    assert_eq!(both.filter(|text| text.starts_with('{')).count(), 2);
}

#[test]
fn a_build_says_what_is_due_in_the_register_and_with_which_command() {
    let house = super::certify::association();
    let build = |words: &[&str]| house.expect(0, &[&["build", "shop"], words].concat());
    house.sign(&["log", "due", "shop"]);
    assert!(!build(&[]).contains("log due"), "all that was due is done");
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let told = build(&[]);
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("log due")).collect();
    assert_eq!(lines.len(), 1, "{told}");
    assert!(lines[0].contains("are to be renewed"), "{told}");
    assert!(lines[0].ends_with("selvedge log due shop"), "{told}");
    assert!(!build(&["--quiet"]).contains("log due"));
    house.sign(&["log", "due", "shop"]);
    assert!(!build(&[]).contains("log due"));
}

#[test]
fn a_licence_says_all_of_its_bounds_and_once_it_ended_until_when_stock_may_be_sold() {
    let house = shop();
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    house.write("shop/private/contract.txt", "Between the mill and the bag makers.\n");
    house.write(
        "licence.toml",
        "design = [\"designs/grey-check\"]\nlicensee = { name = \"The bag makers\" }\nuse = [\"On bags\", \"On belts\"]\n\
         excluded_use = [\"On shoes\"]\nterritory = \"Upper valley\"\nis_exclusive = false\nmaximum = 1234\n\
         royalty = \"A tenth of each price\"\nsplit = [{ party = { name = \"Ilde\" }, share = \"60 %\" }, { party = { name = \"Ruan\" }, share = \"40 %\" }]\n\
         approval = \"Each sample first\"\nattribution = \"Grey check of the mill\"\nsublicence = \"Not passed on\"\n\
         contract = { file = \"private/contract.txt\", name = \"The paper of May\" }\nlaw = \"That of the valley\"\nnote = \"Signed in May.\"\nuntil = \"2097-12-31\"\n",
    );
    house.sign(&["record", "license", "licence.toml", "shop", "--yes"]);
    let list = house.expect(0, &["record", "list", "shop"]);
    let line = list.lines().find(|line| line.contains(" Licence ")).expect("a licence");
    let licence = line.split_whitespace().nth(1).unwrap();
    let record = house.text(&format!("shop/records/{licence}.json"));
    for field in Kind::Licence.fields() {
        // A paper beside the contract is any record's.
        if field.name == "supportingDocument" {
            continue;
        }
        assert!(record.contains(&format!("\"{}\":", field.name)), "{} in {record}", field.name);
    }
    let page = || {
        house.sign(&["log", "due", "shop"]);
        house.expect(0, &["build", "shop"]);
        house.text(&format!("shop/public/V/{licence}/index.html"))
    };
    let told = page();
    for part in [
        "Grey check",
        "The bag makers",
        "On bags",
        "On belts",
        "On shoes",
        "Upper valley",
        "1,234",
        "A tenth of each price",
        "Ilde",
        "60 %",
        "Ruan",
        "40 %",
        "Each sample first",
        "Grey check of the mill",
        "Not passed on",
        "The paper of May",
        "That of the valley",
        "Signed in May.",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("Between the mill"), "the paper itself is nobody else's");
    let sold = "grey-mill.net lets what is left be sold off until";
    assert!(!told.contains(sold), "{told}");
    house.sign(&[
        "record",
        "end-license",
        licence,
        "shop",
        "--yes",
        "--set",
        "reason=They sold shoes.",
        "--set",
        "sell_off_until=2098-03-31",
    ]);
    let told = page();
    for part in ["data-state=\"ended\"", sold, "2098", "They sold shoes."] {
        assert!(told.contains(part), "{part} in {told}");
    }
}
