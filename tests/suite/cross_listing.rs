//! Two associations list one design, or one delegates the other: each by its own keys, each believed only where its neighbour says so.

use std::process::Output;

use serde_json::Value;

use crate::support::{House, Server, said};

/// A site with keys of its own: its folder, what it publishes, and its keys are named after it.
fn found(house: &House, name: &str) {
    let site = |path: &str| format!("{name}/{path}");
    house.expect(0, &["new", name, "--yes"]);
    house.set_address(name, &format!("https://{name}.net/"));
    run(house, name, &["keys", "new", name, "--sheets", &format!("sheets-{name}")]);
    house.write(
        &site("designs/own.md"),
        format!("+++\nname = \"The {name}' own\"\n+++\nOf {name}.\n"),
    );
    run(house, name, &["record", "new", "own", name, "--yes"]);
}

/// Runs with the keys of a site, and expects that all goes well.
#[track_caller]
fn run(house: &House, name: &str, words: &[&str]) -> String {
    let output = try_it(house, name, words);
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    said(&output)
}

fn try_it(house: &House, name: &str, words: &[&str]) -> Output {
    house.run(&format!("keys-{name}"), &[words, &["--passphrase-fd", "3"]].concat(), "")
}

/// Runs and expects that it is refused with nothing signed; gives why.
#[track_caller]
fn refused(house: &House, name: &str, words: &[&str]) -> String {
    let before = house.files(name);
    let output = try_it(house, name, words);
    assert_eq!(output.status.code(), Some(2), "{words:?}: {}", said(&output));
    assert!(house.files(name) == before, "{}", said(&output));
    said(&output)
}

/// Builds a site anew.
fn publish(house: &House, name: &str) {
    run(house, name, &["log", "due", name]);
    house.expect(0, &["build", name, "--output", &format!("out-{name}")]);
}

fn did(house: &House, name: &str) -> String {
    let history = house.text(&format!("{name}/identity/did.jsonl"));
    let first: Value = serde_json::from_str(history.lines().next().unwrap()).unwrap();
    first["state"]["id"].as_str().unwrap().to_owned()
}

/// Has a site believe others, each by what it calls them and where they publish.
fn believe(house: &House, name: &str, others: &[(&str, &str, &str)]) {
    let entry = |(other, called, address): &(&str, &str, &str)| {
        let did = did(house, other);
        format!(
            "[[signer]]\nname = \"{called}\"\ndid = \"{did}\"\nkinds = [\"Design\", \"Attestation\"]\naddress = \"{address}\"\n"
        )
    };
    house.write(&format!("{name}/trust.toml"), others.iter().map(entry).collect::<String>());
}

/// The letters of the newest record of a kind.
fn newest(house: &House, name: &str, kind: &str) -> String {
    let list = house.expect(0, &["record", "list", name]);
    let line = list.lines().rfind(|line| line.contains(&format!(" {kind} "))).unwrap();
    line.split_whitespace().nth(1).unwrap().to_owned()
}

/// What a page says about another register; empty if it says nothing.
fn listings(house: &House, path: &str) -> String {
    let page = house.text(path);
    let part = page.split("<section class=\"listings\">").nth(1).unwrap_or_default();
    part.split("</section>").next().unwrap_or_default().to_owned()
}

const NAME: &str = "Canary eel knot";

/// Weavers whose design it is, and potters who list it.
fn two() -> (House, String) {
    let house = House::new();
    found(&house, "weavers");
    house.write(
        "weavers/designs/eel-knot.md",
        format!("+++\nname = \"{NAME}\"\nholder = \"The weavers\"\n+++\nOurs.\n"),
    );
    run(&house, "weavers", &["record", "new", "eel-knot", "weavers", "--yes"]);
    let design = newest(&house, "weavers", "Design");
    publish(&house, "weavers");
    found(&house, "potters");
    (house, design)
}

const WEAVERS: (&str, &str, &str) = ("weavers", "Weavers of the weir", "../out-weavers");
const POTTERS: (&str, &str, &str) = ("potters", "Potters of the coast", "../out-potters");

#[test]
fn each_says_what_the_other_signed_and_nobody_else_is_believed() {
    let (house, design) = two();
    // Nobody is listed whom one does not believe; what is missing is said so that it can be pasted.
    let list = ["record", "cross-list", "out-weavers/designs/eel-knot", "potters", "--yes"];
    let told = refused(&house, "potters", &list);
    assert!(told.contains("does not name whose register this is"), "{told}");
    assert!(told.contains(&format!("did = \"{}\"", did(&house, "weavers"))), "{told}");
    believe(&house, "potters", &[WEAVERS]);
    let told = run(&house, "potters", &list);
    for part in [NAME, "its record stays theirs", "listing = \""] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let listing = newest(&house, "potters", "Attestation");
    let record = house.text(&format!("potters/records/{listing}.json"));
    assert!(!record.contains(NAME), "a name that may be taken back is not signed: {record}");
    assert!(record.contains("\"relation\":\"lists\""), "{record}");
    for path in [&format!("out-weavers/V/{design}/"), &format!("out-weavers/records/{design}.json")]
    {
        let told = refused(&house, "potters", &["record", "cross-list", path, "potters", "--yes"]);
        assert!(
            told.contains(&format!("you list that design already: record {listing}")),
            "{told}"
        );
    }
    for (what, why) in [
        ("out-weavers/designs/none", "has no record of none"),
        ("out-weavers/products", "names no design"),
        ("nowhere/designs/eel-knot", "there is no register in ./nowhere"),
    ] {
        let told = refused(&house, "potters", &["record", "cross-list", what, "potters", "--yes"]);
        assert!(told.contains(why), "{told}");
    }
    // On the page of a design of the potters' own site, with words of theirs; it cannot be signed as theirs by a slip.
    house.write(
        "potters/designs/knot.md",
        format!("+++\nname = \"A knot\"\nlisting = \"{listing}\"\n+++\nWe paint it.\n"),
    );
    let told = refused(&house, "potters", &["record", "new", "knot", "potters", "--yes"]);
    assert!(told.contains("its record is in another register"), "{told}");
    publish(&house, "potters");
    for path in [
        format!("out-potters/V/{listing}/index.html"),
        "out-potters/designs/knot/index.html".to_owned(),
    ] {
        let told = listings(&house, &path);
        for part in [
            NAME,
            "whose record is by Weavers of the weir (weavers.net)",
            "potters.net says only that it lists the design",
            "was in force",
            &format!("href=\"https://weavers.net/V/{design}/\""),
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
    house.trust("out-potters/.well-known/did.jsonl");
    let (code, report) = house.verify("out-potters");
    assert_eq!(code, Some(0), "{report}");

    // The weavers do not know the potters: their page says nothing of them.
    let page = format!("out-weavers/V/{design}/index.html");
    publish(&house, "weavers");
    assert_eq!(listings(&house, &page), "");
    let of_listing = house.text(&format!("out-potters/V/{listing}/index.html"));
    assert!(of_listing.contains("<h1>A design of another register</h1>"), "{of_listing}");
    // A third lists it too. The weavers believe the potters alone.
    found(&house, "smiths");
    believe(&house, "smiths", &[WEAVERS]);
    let list = ["record", "cross-list", "out-weavers/designs/eel-knot", "smiths", "--yes"];
    run(&house, "smiths", &list);
    publish(&house, "smiths");
    believe(&house, "weavers", &[POTTERS]);
    publish(&house, "weavers");
    for page in [page.as_str(), "out-weavers/designs/eel-knot/index.html"] {
        let told = listings(&house, page);
        for part in [
            "Potters of the coast (potters.net) lists this design too, under its number D2 ",
            "the record is by weavers.net",
            &format!("href=\"https://potters.net/V/{listing}/\""),
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(!told.contains("smiths"), "{told}");
    }
    assert_eq!(listings(&house, "out-weavers/designs/own/index.html"), "");

    // The other way round, as equals.
    let back = ["record", "cross-list", "out-potters/designs/own", "weavers", "--yes"];
    run(&house, "weavers", &back);
    publish(&house, "weavers");
    publish(&house, "potters");
    let told = listings(&house, "out-potters/designs/own/index.html");
    assert!(told.contains("Weavers of the weir (weavers.net) lists this design too"), "{told}");
}

#[test]
fn a_listing_that_ended_is_told_no_more_and_a_design_that_fell_is_said_to_have_fallen() {
    let (house, design) = two();
    believe(&house, "potters", &[WEAVERS]);
    let list = ["record", "cross-list", "out-weavers/designs/eel-knot", "potters", "--yes"];
    run(&house, "potters", &list);
    let listing = newest(&house, "potters", "Attestation");
    house.write(
        "potters/designs/knot.md",
        format!("+++\nname = \"A knot\"\nlisting = \"{listing}\"\n+++\nWe paint it.\n"),
    );
    publish(&house, "potters");
    believe(&house, "weavers", &[POTTERS]);
    publish(&house, "weavers");
    let page = format!("out-weavers/V/{design}/index.html");
    assert!(listings(&house, &page).contains("lists this design too"));

    // The potters stop. Nobody says it any more; their own record says that it is over.
    let end = ["record", "end", &listing, "potters", "--yes", "--set", "reason=We paint fish now."];
    run(&house, "potters", &end);
    publish(&house, "potters");
    publish(&house, "weavers");
    assert_eq!(listings(&house, &page), "");
    assert_eq!(listings(&house, "out-potters/designs/knot/index.html"), "");
    assert!(
        house.text(&format!("out-potters/V/{listing}/index.html")).contains("We paint fish now.")
    );
    run(&house, "potters", &list);
    let listing = newest(&house, "potters", "Attestation");
    house.write(
        "potters/designs/knot.md",
        format!("+++\nname = \"A knot\"\nlisting = \"{listing}\"\n+++\nWe paint it.\n"),
    );

    // The weavers put it on hold, and then take it back: the potters' pages say so, without its name.
    let pages = [
        format!("out-potters/V/{listing}/index.html"),
        "out-potters/designs/knot/index.html".to_owned(),
    ];
    let suspend =
        ["record", "suspend", &design, "weavers", "--yes", "--set", "reason=We look into it."];
    run(&house, "weavers", &suspend);
    publish(&house, "weavers");
    publish(&house, "potters");
    for page in &pages {
        let told = listings(&house, page);
        assert!(
            told.contains("does not stand any more. On hold: Weavers of the weir (weavers.net)"),
            "{told}"
        );
    }
    assert_eq!(listings(&house, &page), "", "what does not hold is nobody's to list");
    let withdraw =
        ["record", "withdraw", &design, "weavers", "--yes", "--set", "reason_code=holder's wish"];
    run(&house, "weavers", &withdraw);
    publish(&house, "weavers");
    publish(&house, "potters");
    for page in &pages {
        let told = listings(&house, page);
        assert!(
            told.contains("does not stand any more. Withdrawn: Weavers of the weir (weavers.net)"),
            "{told}"
        );
        assert!(told.contains(&format!("https://weavers.net/V/{design}/")), "{told}");
    }
    for (path, bytes) in house.files("out-potters") {
        assert!(!String::from_utf8_lossy(&bytes).contains(NAME), "{}", path.display());
    }
    found(&house, "smiths");
    believe(&house, "smiths", &[WEAVERS]);
    let path = format!("out-weavers/V/{design}/");
    let told = refused(&house, "smiths", &["record", "cross-list", &path, "smiths", "--yes"]);
    assert!(told.contains("is withdrawn, so it is not listed"), "{told}");
}

#[test]
fn a_register_on_the_web_is_kept_and_judged_again_and_forgets_what_was_taken_back() {
    let (house, design) = two();
    let server = Server::of(house.path("out-weavers"), |_, bytes| bytes);
    let address = format!("{}/", server.address);
    believe(&house, "potters", &[("weavers", "Weavers of the weir", &address)]);
    let what = format!("{address}designs/eel-knot/");
    run(&house, "potters", &["record", "cross-list", &what, "potters", "--yes"]);
    let listing = newest(&house, "potters", "Attestation");
    let page = format!("out-potters/V/{listing}/index.html");
    // Pages are made without asking anybody.
    let asked = server.asked.load(std::sync::atomic::Ordering::Relaxed);
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    assert_eq!(server.asked.load(std::sync::atomic::Ordering::Relaxed), asked);
    assert!(listings(&house, &page).contains("was in force"), "{}", listings(&house, &page));
    let kept = || {
        let files = house.files("potters/.selvedge/neighbours");
        files
            .into_iter()
            .filter(|(path, _)| path.to_str().unwrap().contains(&design))
            .collect::<Vec<_>>()
    };
    assert!(!kept().is_empty());
    assert!(!house.files("out-potters").keys().any(|path| path.starts_with("neighbours")));
    // A copy that was bent has no word.
    let (path, bytes) =
        kept().into_iter().find(|(path, _)| path.extension().unwrap() == "json").unwrap();
    let bent = String::from_utf8(bytes).unwrap().replace("The weavers", "The potters");
    house.write(&format!("potters/.selvedge/neighbours/{}", path.display()), bent);
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    let told = listings(&house, &page);
    assert!(told.contains("not at hand here") && !told.contains("was in force"), "{told}");
    // Looked at again it is whole; and what was taken back is gone from the copy.
    let told = run(&house, "potters", &["log", "due", "potters"]);
    assert!(told.contains("Weavers of the weir: their register is at hand"), "{told}");
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    assert!(listings(&house, &page).contains("was in force"));
    let withdraw =
        ["record", "withdraw", &design, "weavers", "--yes", "--set", "reason_code=mourning"];
    run(&house, "weavers", &withdraw);
    publish(&house, "weavers");
    run(&house, "potters", &["log", "due", "potters"]);
    assert_eq!(kept(), []);
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    let told = listings(&house, &page);
    assert!(told.contains("Withdrawn: Weavers of the weir") && !told.contains(NAME), "{told}");
}

#[test]
fn who_delegated_an_association_is_told_as_long_as_that_body_says_so() {
    let house = House::new();
    found(&house, "weavers");
    found(&house, "potters");
    house.write("charter.toml", "name = \"The potters\"\nbrand_kind = \"association\"\n");
    run(&house, "potters", &["record", "charter", "charter.toml", "potters", "--yes"]);
    let certify = |claim: &str| {
        house.write(
            "one.toml",
            format!(
                "about = \"https://potters.net/designs/own/\"\nuntil = \"2096-12-31\"\n[[claim]]\n\
                 claim_type = \"technique\"\nvalue = \"{claim}\"\nmethod = \"peer visit\"\n"
            ),
        );
        run(&house, "potters", &["record", "certify", "one.toml", "potters", "--yes"]);
    };
    publish(&house, "weavers");
    publish(&house, "potters");
    let charter = || house.text("out-potters/charter/index.html");
    let alone = "knows of no body above this association";
    assert!(charter().contains(alone) && charter().contains("it declares itself"), "{}", charter());

    // Delegated for certifications: that is told where the list believes the body for it, and of nothing else.
    house.write(
        "delegate.toml",
        format!(
            "delegate = {{ id = \"{}\", name = \"The potters\" }}\nmay = [\"Certification\"]\nscope = \"Clay of the coast\"\n\
             until = \"2097-12-31\"\n",
            did(&house, "potters")
        ),
    );
    run(&house, "weavers", &["record", "delegate", "delegate.toml", "weavers", "--yes"]);
    certify("Thrown by hand");
    publish(&house, "weavers");
    believe(&house, "potters", &[WEAVERS]);
    publish(&house, "potters");
    assert!(charter().contains(alone), "not believed for Delegation: {}", charter());
    let list = house.text("potters/trust.toml");
    house.write("potters/trust.toml", list.replace("\"Attestation\"", "\"Delegation\""));
    publish(&house, "potters");
    let page = charter();
    let told = "Weavers of the weir (weavers.net) delegated to this association, until";
    for part in [told, "2097", ": Certification; ", "Clay of the coast."] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains(alone), "{page}");
    let design = || house.text("out-potters/designs/own/index.html");
    let by = "By delegation of Weavers of the weir (weavers.net), until";
    assert!(design().contains("Thrown by hand") && design().contains(by), "{}", design());
    // It is nobody else's: the weavers' own pages say nothing of it, nor those of whom they did not delegate.
    found(&house, "smiths");
    run(&house, "smiths", &["record", "charter", "charter.toml", "smiths", "--yes"]);
    believe(&house, "smiths", &[WEAVERS]);
    let list = house.text("smiths/trust.toml");
    house.write("smiths/trust.toml", list.replace("\"Attestation\"", "\"Delegation\""));
    publish(&house, "smiths");
    assert!(house.text("out-smiths/charter/index.html").contains(alone));
    // When its term is over, and once it is taken back there and looked at again, it is told no more.
    house.expect(0, &["build", "potters", "--output", "later", "--at", "2098-01-01T00:00:00Z"]);
    assert!(house.text("later/charter/index.html").contains(alone));
    let delegation = newest(&house, "weavers", "Delegation");
    let revoke =
        ["record", "revoke", &delegation, "weavers", "--yes", "--set", "reason=They left."];
    run(&house, "weavers", &revoke);
    publish(&house, "weavers");
    publish(&house, "potters");
    assert!(charter().contains(alone) && !charter().contains(told), "{}", charter());
    assert!(design().contains("Thrown by hand") && !design().contains(by), "{}", design());
}

/// Whom the page that checks believes besides the site itself and its list: name, kinds, by whom, until when, and as of when.
fn delegates(house: &House, out: &str) -> Vec<Value> {
    let page = house.text(&format!("{out}/verify/index.html"));
    let data = page.split("id=\"verify-data\">").nth(1).expect("data");
    let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).expect("JSON");
    let signers = data["list"]["signers"].as_array().expect("signers");
    signers.iter().filter(|signer| !signer["delegated"].is_null()).cloned().collect()
}

#[test]
fn the_page_that_checks_believes_whom_the_bodies_of_its_list_delegated_as_of_a_day() {
    let house = House::new();
    for name in ["weavers", "potters", "smiths"] {
        found(&house, name);
    }
    let delegate = |kind: &str, until: &str, more: &[&str]| {
        house.write(
            "delegate.toml",
            format!(
                "delegate = {{ id = \"{}\", name = \"Smiths of the hill\" }}\nmay = [\"{kind}\"]\nuntil = \"{until}\"\n",
                did(&house, "smiths")
            ),
        );
        let words = [&["record", "delegate", "delegate.toml", "weavers", "--yes"], more].concat();
        run(&house, "weavers", &words);
    };
    delegate("Design", "2097-12-31", &[]);
    delegate("Notice", "2097-12-31", &["--practice"]);
    publish(&house, "weavers");
    believe(&house, "potters", &[WEAVERS]);
    publish(&house, "potters");
    assert!(delegates(&house, "out-potters").is_empty(), "they are not believed for Delegation");
    let list = house.text("potters/trust.toml");
    let for_delegation = list.replace("\"Attestation\"", "\"Delegation\"");
    house.write("potters/trust.toml", &for_delegation);
    publish(&house, "potters");
    let told = delegates(&house, "out-potters");
    assert_eq!(told.len(), 1, "not for practice: {told:?}");
    let smiths = &told[0];
    assert_eq!(smiths["name"], "Smiths of the hill");
    assert_eq!(smiths["did"], did(&house, "smiths"));
    assert_eq!(smiths["kinds"], serde_json::json!(["Design"]));
    assert_eq!(smiths["delegated"]["by"], serde_json::json!(["Weavers of the weir"]));
    assert_eq!(smiths["delegated"]["until"], "2097-12-31T23:59:59Z");
    // From when the Delegation was signed, and as of the newest that its register says.
    let day = |what: &str| smiths["delegated"][what].as_str().unwrap()[..10].to_owned();
    assert!(day("from") <= day("asOf") && day("asOf").starts_with("20"), "{smiths}");
    let page = house.text("out-potters/verify/index.html");
    let told = "Delegated by Weavers of the weir, until <time datetime=\"2097-12-31\">";
    assert!(page.contains(told), "{page}");
    assert!(!page.contains("out-weavers"), "no address of the list is published");
    // Whoever delegated believes her as well; a site that lists neither does not.
    let own = delegates(&house, "out-weavers");
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0]["did"], smiths["did"]);
    publish(&house, "smiths");
    assert!(delegates(&house, "out-smiths").is_empty());
    // A second one holds for its own kinds and dates.
    delegate("Label", "2096-12-31", &[]);
    publish(&house, "weavers");
    publish(&house, "potters");
    let two = delegates(&house, "out-potters");
    let labels = two.iter().find(|it| it["kinds"] == serde_json::json!(["Label"]));
    assert_eq!(two.len(), 2);
    assert_eq!(labels.unwrap()["delegated"]["until"], "2096-12-31T23:59:59Z");
    // Once it is over or taken back, or where no register is at hand, nobody is.
    house.expect(0, &["build", "potters", "--output", "later", "--at", "2098-01-01T00:00:00Z"]);
    assert!(delegates(&house, "later").is_empty());
    house.write("potters/trust.toml", for_delegation.replace("out-weavers", "nowhere"));
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    assert!(delegates(&house, "out-potters").is_empty());

    // Of a register on the web, the day of the copy is what counts.
    let server = Server::of(house.path("out-weavers"), |_, bytes| bytes);
    let address = format!("{}/", server.address);
    house.write("potters/trust.toml", for_delegation.replace("../out-weavers", &address));
    run(&house, "potters", &["log", "due", "potters"]);
    let kept = house.files("potters/.selvedge/neighbours");
    let (path, bytes) = kept.iter().find(|(path, _)| path.ends_with("as-of")).expect("a day");
    let when = String::from_utf8(bytes.clone()).unwrap().trim_end().to_owned();
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    let by_copy = delegates(&house, "out-potters");
    assert_eq!((by_copy.len(), &by_copy[0]["delegated"]["asOf"]), (2, &Value::from(when)));
    // One that says nothing of when it was made has the time of its newest record.
    house.write(&format!("potters/.selvedge/neighbours/{}", path.display()), "yesterday\n");
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    let as_of = delegates(&house, "out-potters")[0]["delegated"]["asOf"].clone();
    assert!(as_of.as_str().is_some_and(|it| it.starts_with("20") && it.ends_with('Z')), "{as_of}");

    let delegation = newest(&house, "weavers", "Delegation");
    for number in [delegation, {
        let list = house.expect(0, &["record", "list", "weavers"]);
        let mut all = list.lines().filter(|line| line.contains(" Delegation "));
        all.next().unwrap().split_whitespace().nth(1).unwrap().to_owned()
    }] {
        let revoke =
            ["record", "revoke", &number, "weavers", "--yes", "--set", "reason=They left."];
        run(&house, "weavers", &revoke);
    }
    publish(&house, "weavers");
    house.expect(0, &["build", "potters", "--output", "out-potters"]);
    assert_eq!(delegates(&house, "out-potters").len(), 2, "the copy is what it was");
    publish(&house, "potters");
    assert!(delegates(&house, "out-potters").is_empty(), "taken back");
}
