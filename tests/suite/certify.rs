//! A member is accredited and what she makes certified in one sitting, by the charter in force.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::support::House;

const CRITERIA: &str =
    "+++\nname = \"Our rules\"\nterm_months = 36\n+++\nWoven on a frame by one person.\n";

/// An association with keys, two makers and no charter yet.
pub(super) fn association() -> House {
    let house = makers();
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house
}

/// The same without keys.
pub(super) fn makers() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    for folder in ["products", "producers", "collections"] {
        let _ = std::fs::remove_dir_all(house.path(&format!("shop/{folder}")));
    }
    let site = house.text("shop/site.toml");
    // What the starter says of one maker and of its examples.
    let site = site.split("\n[maker]").next().unwrap().to_owned();
    let lines: Vec<&str> = site.lines().filter(|line| !line.starts_with("featured")).collect();
    house.write("shop/site.toml", lines.join("\n") + "\n");
    house.set_address("shop", "https://grey-mill.net/");
    house.write(
        "shop/producers/ana.md",
        "+++\nname = \"Ana of the mill\"\nplace = \"Upper valley\"\npeople = \"Reed people\"\ncrafts = [\"weaving\", \"dyeing\"]\n+++\n",
    );
    house.write("shop/producers/luz.md", "+++\nname = \"Luz\"\n+++\n");
    for (id, by, more) in [
        (
            "shawl",
            "ana",
            "technique = \"twill\"\nmaterials = [\"wool\"]\npayment_to_maker = \"Two thirds\"\n",
        ),
        ("bowl", "luz", ""),
    ] {
        house.write(
            &format!("shop/products/{id}.md"),
            format!(
                "+++\nname = \"The {id}\"\nprice = \"20.00 EUR\"\nmade_by = \"{by}\"\n{more}+++\n"
            ),
        );
    }
    house.write("shop/pages/criteria.md", CRITERIA);
    house
}

pub(super) fn charter(house: &House, more: &str) {
    house.write(
        "charter.toml",
        format!("name = \"The mill\"\nbrand_kind = \"association\"\n{more}"),
    );
    house.sign(&["record", "charter", "charter.toml", "shop", "--yes"]);
}

pub(super) const WITH_CRITERIA: &str = "criteria = [{ name = \"Our rules\", version = \"3\", document = { file = \"pages/criteria.md\", name = \"The rules\" } }]\n";

const ALL: [&str; 9] = [
    "certify",
    "ana",
    "all",
    "shop",
    "--claims",
    "made-by,made-in,technique",
    "--method",
    "peer visit",
    "--yes",
];

/// The records of a kind, in the order of the register.
fn records(house: &House, kind: &str) -> Vec<Value> {
    let list = house.run("keys", &["record", "list", "shop", "--json"], "");
    let list: Value = serde_json::from_slice(&list.stdout).unwrap();
    let of_kind = list.as_array().unwrap().iter().filter(|it| it["kind"] == kind);
    of_kind
        .map(|it| {
            let path = format!("shop/records/{}.json", it["shortId"].as_str().unwrap());
            let mut record: Value = serde_json::from_slice(&house.read(&path)).unwrap();
            record["standing"] = it["condition"].clone();
            record["short"] = it["shortId"].clone();
            record
        })
        .collect()
}

/// Runs `certify`, and expects that it is refused with nothing written.
#[track_caller]
fn refused(house: &House, words: &[&str]) -> String {
    let before = house.files("shop");
    let told = house.expect(2, &[words, &["--passphrase-fd", "3"]].concat());
    assert!(house.files("shop") == before, "{told}");
    told
}

#[test]
fn one_sitting_signs_both_with_what_the_charter_binds_and_again_signs_nothing() {
    let house = association();
    assert!(refused(&house, &ALL).contains("there is no charter yet"));
    charter(&house, "");
    assert!(refused(&house, &ALL).contains("names no criteria"));
    charter(&house, WITH_CRITERIA);
    let told = house.sign(&ALL);
    for part in
        ["Our rules", "version 3", "You sign 2 records", "Ana of the mill", "weaving", "for ever"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    let accreditation = &records(&house, "Accreditation")[0];
    let member = &accreditation["credentialSubject"]["member"];
    assert_eq!(member["id"], "https://grey-mill.net/makers/ana/");
    assert_eq!(accreditation["credentialSubject"]["basis"], "peers");
    assert_eq!(accreditation["credentialSubject"]["placeOfOrigin"][0]["@value"], "Upper valley");
    let certification = &records(&house, "Certification")[0];
    let said = &certification["credentialSubject"];
    let digest = format!("sha256-{}", BASE64.encode(&Sha256::digest(CRITERIA)));
    assert_eq!(said["criteria"]["document"]["digestSRI"], digest.as_str());
    assert_eq!(said["criteria"]["version"], "3");
    assert_eq!(said["about"]["id"], "https://grey-mill.net/makers/ana/");
    let kinds: Vec<&str> = said["claim"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["claimType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["madeBy", "madeIn", "technique", "technique"]);
    assert!(said["claim"].as_array().unwrap().iter().all(|it| it["method"] == "peer visit"));
    // Two years, though the criteria admit three.
    let year = |text: &Value| text.as_str().unwrap()[..4].parse::<i32>().unwrap();
    for record in [accreditation, certification] {
        assert_eq!(year(&record["validUntil"]) - year(&record["validFrom"]), 2, "{record}");
        assert_eq!(record["standing"], "in force");
    }

    // Again: nothing to sign, nothing changed. Something else of hers: no second accreditation.
    let before = house.files("shop");
    let told = house.sign(&ALL);
    assert!(
        told.contains("is a member already") && told.contains("nothing left to sign"),
        "{told}"
    );
    assert!(house.files("shop") == before);
    let product = ["certify", "Ana of the mill", "--what", "products/shawl", "shop", "--yes"];
    let how = [
        "--claims",
        "made-by,material,payment",
        "--method",
        "inspection",
        "--method",
        "material=laboratory",
    ];
    let more = ["--panel", "3", "--on", "2026-01-05", "--claim", "technique=twill, twice fulled"];
    house.sign(&[&product[..], &how, &more].concat());
    assert_eq!(records(&house, "Accreditation").len(), 1);
    let said = &records(&house, "Certification")[1]["credentialSubject"];
    assert_eq!(said["about"]["id"], "https://grey-mill.net/products/shawl/");
    assert_eq!((&said["panelSize"], &said["assessedOn"]), (&3.into(), &"2026-01-05".into()));
    let claim = |kind: &str| {
        let all = said["claim"].as_array().unwrap();
        let found = all.iter().find(|it| it["claimType"] == kind).unwrap();
        (
            found["value"][0]["@value"].as_str().unwrap().to_owned(),
            found["method"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(claim("material"), ("wool".to_owned(), "laboratory".to_owned()));
    assert_eq!(claim("payment"), ("Two thirds".to_owned(), "inspection".to_owned()));
    assert_eq!(claim("technique").0, "twill, twice fulled");

    // It holds before the judge.
    house.sign(&["log", "due", "shop"]);
    house.expect(0, &["build", "shop"]);
    house.trust("shop/identity/did.jsonl");
    let (code, report) = house.verify("shop/public");
    assert_eq!((code, report["state"].as_str()), (Some(0), Some("record-intact")), "{report}");
}

#[test]
fn what_is_signed_has_its_open_badge_from_the_same_sitting() {
    let house = association();
    charter(&house, WITH_CRITERIA);
    let told = house.sign(&ALL);
    let short = |kind: &str| records(&house, kind)[0]["short"].as_str().unwrap().to_owned();
    let (member, certification) = (short("Accreditation"), short("Certification"));
    let file = |short: &str| format!("records/{short}.openbadge.jwt");
    for short in [&member, &certification] {
        assert!(told.contains(&file(short)), "{told}");
    }
    let name = |short: &str| {
        let token = house.text(&format!("shop/{}", file(short)));
        let body = BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
        let said: Value = serde_json::from_slice(&body).unwrap();
        said["credentialSubject"]["achievement"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name(&member), "Ana of the mill");
    assert_eq!(
        name(&certification),
        "made by Ana of the mill; made in Upper valley; weaving; dyeing"
    );
    let built = || {
        house.sign(&["log", "due", "shop"]);
        house.expect(0, &["build", "shop"]);
        let carries = |short: &str| {
            let picture = house.path(&format!("shop/public/badges/{short}/en-light.svg"));
            std::fs::read_to_string(picture).is_ok_and(|svg| svg.contains("<openbadges:credential"))
        };
        let is_there = |short: &str| house.path(&format!("shop/public/{}", file(short))).exists();
        assert_eq!((carries(&member), is_there(&member)), (true, true));
        (carries(&certification), is_there(&certification))
    };
    assert_eq!(built(), (true, true));
    // On hold there is none, and after that it is the same again.
    let change = |verb: &str, what: &str, why: &str| {
        house.sign(&["record", verb, what, "shop", "--yes", "--set", why])
    };
    let token = house.text(&format!("shop/{}", file(&certification)));
    change("suspend", &certification, "reason=We look into it.");
    assert_eq!(built(), (false, false));
    change("reinstate", &certification, "reason=It was nothing.");
    assert_eq!(built(), (true, true));
    assert_eq!(house.text(&format!("shop/{}", file(&certification))), token);
    // Signed again, the new record has its own, and the old one is out.
    let told = house.sign(&["record", "reissue", &certification, "shop", "--yes"]);
    let again = records(&house, "Certification")[1]["short"].as_str().unwrap().to_owned();
    assert!(told.contains(&file(&again)), "{told}");
    assert_eq!(name(&again), name(&certification));
    assert_eq!(built(), (false, false));
    assert!(house.path(&format!("shop/public/{}", file(&again))).exists());
    // Of practice there is none; of what waits there is one when it is entered.
    house.write(
        "held.toml",
        "about = \"https://grey-mill.net/products/bowl/\"\nuntil = \"2096-12-31\"\n[[claim]]\nclaim_type = \"madeBy\"\n\
         value = \"Luz\"\nmethod = \"sample\"\n",
    );
    let badges = || {
        let files = house.files("shop/records").into_keys();
        files.filter(|path| path.to_string_lossy().ends_with(".openbadge.jwt")).count()
    };
    assert_eq!(badges(), 3);
    house.sign(&["record", "certify", "held.toml", "shop", "--yes", "--practice"]);
    house.sign(&["record", "certify", "held.toml", "shop", "--yes", "--hold"]);
    assert_eq!(badges(), 3);
    let told = house.sign(&["log", "due", "shop"]);
    let held =
        records(&house, "Certification").pop().unwrap()["short"].as_str().unwrap().to_owned();
    assert!(told.contains(&file(&held)), "{told}");
    assert_eq!(name(&held), "made by Luz");
    assert_eq!(badges(), 4);
}

#[test]
fn each_refusal_says_what_to_do() {
    let house = association();
    charter(&house, WITH_CRITERIA);
    let with = |words: &[&str]| {
        let base = ["certify", "ana", "all", "shop", "--yes"];
        refused(&house, &[&base[..], words].concat())
    };
    let claims = ["--claims", "made-by"];
    let method = ["--method", "sample"];
    assert!(refused(&house, &["certify", "anna", "all", "shop"]).contains("did you mean \"ana\"?"));
    assert!(
        refused(&house, &["certify"]).contains("no site"),
        "nothing is certified outside of a site"
    );
    let list = house.run("keys", &["certify", "--what", "all"], "");
    assert_eq!(list.status.code(), Some(2));
    assert!(refused(&house, &["certify", "ana", "shop"]).contains("--what all"));
    assert!(with(&method).contains("say which claims") && with(&method).contains("Upper valley"));
    assert!(with(&claims).contains("say how it was checked"));
    assert!(with(&["--claims", "made-bye", "--method", "self"]).contains("did you mean made-by?"));
    assert!(with(&["--claims", "payment", "--method", "self"]).contains("nothing on her pages"));
    assert!(
        with(&[&claims[..], &["--method", "peervisit"]].concat())
            .contains("did you mean \"peer visit\"?")
    );
    let both = [&claims[..], &method].concat();
    assert!(with(&[&both[..], &["--on", "2099-01-01"]].concat()).contains("not here yet"));
    assert!(with(&[&both[..], &["--until", "2020-01-01"]].concat()).contains("not after today"));
    let far = with(&[&both[..], &["--until", "2099-01-01"]].concat());
    assert!(far.contains("36 months") && far.contains("at most"), "{far}");
    assert!(
        with(&[&both[..], &["--criteria", "Theirs"]].concat()).contains("it has \"Our rules\"")
    );
    assert!(with(&[&both[..], &["--key", "did:web:x.example"]].concat()).contains("did:key:z6Mk"));
    let other = |what: &str| {
        refused(&house, &[&["certify", "ana", what, "shop", "--yes"][..], &both].concat())
    };
    assert!(other("products/bowl").contains("made by Luz"));
    assert!(other("shaw").contains("did you mean \"shawl\"?"));
    assert!(other("designs/grey-check").contains("has no record yet"));

    // On hold: nothing of hers is certified until that is over.
    house.sign(&ALL);
    let short = records(&house, "Accreditation")[0]["short"].as_str().unwrap().to_owned();
    house.sign(&["record", "suspend", &short, "shop", "--yes", "--set", "reason=We look into it."]);
    let told = with(&both);
    assert!(
        told.contains("is suspended") && told.contains(&format!("record reinstate {short}")),
        "{told}"
    );
    house.sign(&[
        "record",
        "reinstate",
        &short,
        "shop",
        "--yes",
        "--set",
        "reason=It was nothing.",
    ]);
    house.sign(&[
        "certify", "ana", "shawl", "shop", "--yes", "--claims", "made-by", "--method", "self",
    ]);
    // Over: she is accredited anew.
    house.sign(&["record", "end", &short, "shop", "--yes", "--set", "reason=She left."]);
    house.sign(&[
        "certify", "ana", "shawl", "shop", "--yes", "--claims", "made-in", "--method", "self",
    ]);
    assert_eq!(records(&house, "Accreditation").len(), 2);

    // The rules were edited after the charter bound them.
    house.write("shop/pages/criteria.md", CRITERIA.replace("one person", "two people"));
    let told = with(&both);
    assert!(told.contains("nowhere in this folder") && told.contains("new version"), "{told}");
    house.write("shop/pages/criteria.md", CRITERIA);
    // A charter that is on hold is none.
    let charter = records(&house, "Charter")[0]["short"].as_str().unwrap().to_owned();
    house.sign(&["record", "suspend", &charter, "shop", "--yes", "--set", "reason=We meet first."]);
    assert!(with(&both).contains(&format!("your charter {charter} is suspended")));
}

#[test]
fn a_key_and_a_name_kept_apart_are_as_elsewhere() {
    let house = association();
    charter(&house, WITH_CRITERIA);
    let key = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    let text = house
        .text("shop/producers/luz.md")
        .replace("name =", &format!("signs_as = \"{key}\"\nname ="));
    house.write("shop/producers/luz.md", text);
    let luz =
        ["certify", "luz", "bowl", "shop", "--yes", "--claims", "made-by", "--method", "self"];
    house.sign(&luz);
    let member = records(&house, "Accreditation")[0]["credentialSubject"]["member"].clone();
    assert_eq!((&member["id"], &member["name"][0]["@value"]), (&key.into(), &"Luz".into()));
    assert!(house.sign(&luz).contains("nothing left to sign"));

    // Apart: her name and address stand in no signed byte; she is found again all the same.
    let ana = ["certify", "ana", "--apart", "shop", "--yes", "--method", "self"];
    let told = refused(&house, &[&ana[..], &["--what", "all", "--claims", "made-in"]].concat());
    assert!(told.contains("would tell the name"), "{told}");
    let what = ["--what", "shawl", "--claims", "material"];
    house.sign(&[&ana[..], &what].concat());
    let apart = &records(&house, "Accreditation")[1];
    assert!(apart["credentialSubject"]["member"]["commitment"].is_string());
    let hidden = house.files("shop/records").into_iter().filter(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        path.to_string_lossy().ends_with(".json")
            && (text.contains("Ana of the mill") || text.contains("makers/ana"))
    });
    assert_eq!(hidden.count(), 0);
    assert!(house.sign(&[&ana[..], &what].concat()).contains("nothing left to sign"));
    assert_eq!(records(&house, "Accreditation").len(), 2);
}

#[test]
fn where_several_have_to_agree_both_are_proposals_and_are_not_signed_twice() {
    let house = association();
    let keys = [
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ]
    .map(|key| format!("{{ id = \"{key}\" }}"));
    charter(
        &house,
        &format!(
            "{WITH_CRITERIA}signatory = [{}]\njoint_act = [{{ kind = \"Accreditation\", threshold = 2 }}, {{ kind = \"Certification\", threshold = 1 }}]\n",
            keys.join(", ")
        ),
    );
    let told = house.sign(&ALL);
    assert!(told.contains("takes effect when 2 signatories agreed, and 0 did"), "{told}");
    assert!(told.contains("record attest"), "{told}");
    let standing = |kind: &str| records(&house, kind)[0]["standing"].as_str().unwrap().to_owned();
    assert_eq!(standing("Accreditation"), "proposed: 0 of 2 agreed");
    assert_eq!(standing("Certification"), "proposed: 0 of 1 agreed");
    let before = house.files("shop");
    let told = house.sign(&ALL);
    assert!(told.contains("signed and waits: 0 of 2") && told.contains("nothing left"), "{told}");
    assert!(house.files("shop") == before);
}

#[test]
fn a_label_is_a_communitys_to_give() {
    let house = association();
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    let label = "about = \"designs/grey-check\"\nlabel_code = \"tka\"\n\
                 applied_by = { name = \"The people of the mill\" }\n";
    house.write("label.toml", label);
    let words = ["record", "label", "label.toml", "shop", "--yes"];
    let told = refused(&house, &words);
    assert!(told.contains("no charter in force says that you speak for one"), "{told}");
    charter(&house, "");
    let told = refused(&house, &words);
    assert!(told.contains("your charter says that you are an association"), "{told}");
    assert!(told.contains("selvedge record fields notice"), "{told}");
    house.write("rules.toml", "name = \"The people of the mill\"\nbrand_kind = \"people\"\n");
    house.sign(&["record", "charter", "rules.toml", "shop", "--yes"]);
    house.sign(&words);
    assert!(house.expect(0, &["record", "list", "shop"]).contains("Label"));
}

#[test]
fn the_page_of_the_rules_tells_each_thing_that_an_association_answers_with() {
    let house = association();
    house.write(
        "charter.toml",
        "name = \"Weavers of the mill\"\nbrand_kind = \"association\"\nbrand_code = \"MILL\"\nscope = \"Cloth of the upper valley\"\n\
         mark = [\"A mill wheel\"]\nsite = [\"https://grey-mill.net/\", \"https://mirror.grey-mill.net/\"]\n\
         criteria = [{ name = \"Our rules\", version = \"3\", document = { file = \"pages/criteria.md\" } }]\n\
         successor = \"The museum of the valley\"\ncomplaints = \"Ruan, complaints@grey-mill.net\"\n\
         care_statement = \"What is gathered here serves the weavers first.\"\n",
    );
    house.sign(&["record", "charter", "charter.toml", "shop", "--yes"]);
    house.expect(0, &["build", "shop"]);
    let told = house.text("shop/public/charter/index.html");
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(CRITERIA));
    for part in [
        "Weavers of the mill",
        "MILL",
        "Cloth of the upper valley",
        "A mill wheel",
        "Our rules",
        "Version 3",
        &digest,
        "https://grey-mill.net/",
        "https://mirror.grey-mill.net/",
        "The museum of the valley",
        "Ruan, complaints@grey-mill.net",
        "What is gathered here serves the weavers first.",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn the_page_of_the_rules_shows_the_text_that_was_signed_and_no_other() {
    let house = association();
    let rules = "First <b>rule</b>.\nIts next line.\n\nThe second rule.\n";
    house.write("shop/rules.txt", rules);
    let hidden = "+++\nname = \"Not yet\"\nhide = true\n+++\nKept for later.\n";
    house.write("shop/pages/later.md", hidden);
    charter(
        &house,
        "criteria = [\
         { name = \"Our rules\", version = \"3\", document = { file = \"pages/criteria.md\" } }, \
         { name = \"House rules\", version = \"1\", document = { file = \"rules.txt\" } }, \
         { name = \"Later\", version = \"1\", document = { file = \"pages/later.md\" } }]\n",
    );
    let hex = |bytes: &str| data_encoding::HEXLOWER.encode(&Sha256::digest(bytes));
    let file = |text: &str, ending: &str| format!("shop/public/documents/{}.{ending}", hex(text));
    let page = || {
        house.expect(0, &["build", "shop"]);
        house.text("shop/public/charter/index.html")
    };
    let told = page();
    for part in [
        "<p>First &lt;b&gt;rule&lt;/b&gt;.<br>",
        "Its next line.</p>",
        "<p>The second rule.</p>",
        "<p>Woven on a frame by one person.</p>",
        "House rules",
        "Version 3",
        "the text that was signed",
        &format!("sha256 {}", hex(rules)),
        &format!("href=\"../documents/{}.txt\" download", hex(rules)),
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    // The fields at the top are for the program; the file has them, byte for byte.
    assert!(!told.contains("term_months"), "{told}");
    assert_eq!(house.text(&file(rules, "txt")), rules);
    assert_eq!(house.text(&file(CRITERIA, "md")), CRITERIA);
    // What is hidden stays so, whoever signed its digest.
    assert!(!told.contains("Kept for later"), "{told}");
    assert!(!house.path(&file(hidden, "md")).exists());

    // With a letter changed it is another text, and what is private is nobody's to read.
    house.write("shop/rules.txt", rules.replace("second", "other"));
    house.write("shop/private/rules.txt", rules);
    let told = page();
    assert!(!told.contains("House rules</h2>") && !told.contains("The other rule"), "{told}");
    assert!(told.contains("<p>Woven on a frame by one person.</p>"), "{told}");
    assert!(!house.path(&file(rules, "txt")).exists());

    // A hidden name stands in no document either.
    house.write("shop/rules.txt", rules);
    assert!(page().contains("The second rule."));
    let site = house.text("shop/site.toml");
    house.write("shop/site.toml", site + "\n[[hidden_names]]\nname = \"Second\"\n");
    assert!(!page().contains("The second rule."));
    assert!(!house.path(&file(rules, "txt")).exists());
}

#[test]
fn without_a_name_it_lists_who_is_certified_for_what_and_until_when() {
    let house = association();
    let listed = || house.expect(0, &["certify", "shop"]);
    let told = listed();
    assert!(told.contains("Ana of the mill: not a member yet"), "{told}");
    assert!(told.contains("nothing of hers is certified"), "{told}");
    assert!(told.contains("selvedge certify ana shop"), "{told}");
    charter(&house, WITH_CRITERIA);
    let words = [
        "certify",
        "ana",
        "shawl",
        "shop",
        "--yes",
        "--claims",
        "made-by,technique",
        "--method",
        "self",
        "--until",
        "2099-01-01",
    ];
    assert!(refused(&house, &words).contains("36 months"));
    house.sign(&words[..9]);
    let until =
        records(&house, "Certification")[0]["validUntil"].as_str().unwrap()[..10].to_owned();
    let short = records(&house, "Certification")[0]["short"].as_str().unwrap().to_owned();
    let before = house.files("shop");
    let told = listed();
    assert!(house.files("shop") == before, "it signs nothing");
    assert!(told.contains(&format!("Ana of the mill: a member, until {until}")), "{told}");
    let row = format!("products/shawl: made by, technique, until {until}, record {short}");
    assert!(told.contains(&row), "{told}");
    // The next is she of whom nothing is certified.
    assert!(told.contains("Luz: not a member yet") && told.contains("selvedge certify luz shop"));
    house.sign(&["record", "suspend", &short, "shop", "--yes", "--set", "reason=We look into it."]);
    assert!(listed().contains(&format!("until {until} (on hold)")));
    house.sign(&[
        "record",
        "revoke",
        &short,
        "shop",
        "--yes",
        "--set",
        "reason=A machine wove it.",
    ]);
    assert!(!listed().contains(&short));
}
