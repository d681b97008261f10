//! What a person meets after a run that broke off, and in a folder of which files are damaged or missing: by the command.

use std::fs;

use crate::support::House;

/// A shop with an address of its own, keys, and its example design signed.
fn shop() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
    house.sign(&["log", "due", "shop"]);
    house
}

#[test]
fn keys_whose_making_broke_off_are_gone_on_with() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    assert!(!house.text("keys/setup.toml").contains("unfinished"));
    let again = ["keys", "new", "shop", "--passphrase-fd", "3", "--sheets"];
    let with = |folder| [&again[..], &[folder]].concat();
    assert!(house.expect(2, &with("more")).contains("never overwritten"));

    // As it stands when the run ends before the name is begun.
    fs::remove_dir_all(house.path("shop/identity")).unwrap();
    let state = format!("{}unfinished = true\n", house.text("keys/setup.toml"));
    house.write("keys/setup.toml", state);
    let record = house.read("keys/record");
    // The sheet of that run may be on paper by now; it is not overwritten, and what to do is said.
    let said = house.expect(2, &with("sheets"));
    assert!(said.contains("give another folder with --sheets"), "{said}");
    house.expect(0, &with("more"));
    assert_eq!(house.read("keys/record"), record);
    let sheet = house.sheet("more", "master-key-sheet");
    let drill = ["keys", "drill", "shop", "--passphrase-fd", "3", "--typed-fd", "0"];
    assert_eq!(house.run("keys", &drill, &sheet).status.code(), Some(0));
    let old = house.sheet("sheets", "master-key-sheet");
    assert_ne!(house.run("keys", &drill, &old).status.code(), Some(0));
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
}

#[test]
fn a_history_of_keys_that_is_missing_is_said_and_no_other_is_begun() {
    let house = shop();
    let history = house.read("shop/identity/did.jsonl");
    fs::remove_file(house.path("shop/identity/did.jsonl")).unwrap();
    let before = house.files("shop");
    for words in [
        &["record", "new", "grey-check", "shop", "--yes"][..],
        &["record", "new", "grey-check", "shop", "--yes", "--practice"],
    ] {
        let said = house.expect(2, &[words, &["--passphrase-fd", "3"]].concat());
        assert!(said.contains("identity/did.jsonl is missing"), "{words:?}: {said}");
    }
    assert!(house.files("shop") == before);
    let said = house.expect(1, &["verify", "shop"]);
    assert!(said.contains("did.jsonl is missing"), "{said}");
    house.write("shop/identity/did.jsonl", history);
    house.sign(&["record", "new", "grey-check", "shop", "--yes"]);
}

#[test]
fn what_an_interrupted_restoring_left_is_cleared_by_the_next() {
    let house = shop();
    house.sign(&["backup", "shop.age", "shop"]);
    let restore = ["restore", "shop.age", "back", "--key-dir", "keys2"];
    // Broken off while the backup was unpacked.
    house.write(".back.selvedge-tmp/site/half", "of a file");
    house.sign(&restore);
    assert!(!house.path(".back.selvedge-tmp").exists());
    assert!(!house.path("back/half").exists());
    assert!(house.files("back") == house.files("shop"));
    // Broken off at the end, while the opened copy was removed.
    house.write(".back.selvedge-tmp/keys/record", "a key");
    let said = house.sign(&restore);
    assert!(said.contains("was restored before"), "{said}");
    assert!(!house.path(".back.selvedge-tmp").exists());
    let said = house.expect(2, &[&restore[..], &["--passphrase-fd", "3"]].concat());
    assert!(said.contains("is there already"), "{said}");
}

#[test]
fn damage_beside_what_is_judged_is_named_and_mended_by_the_next_signing() {
    let house = shop();
    let part = "shop/log/tile/0/000.p/2";
    let whole = house.read(part);
    house.write(part, &whole[..whole.len() / 2]);
    let said = house.expect(1, &["verify", "shop"]);
    assert!(said.contains("log/tile/0/000.p/2"), "{said}");
    let bundle = "shop/log/tile/entries/000.p/2";
    let entries = house.read(bundle);
    house.write(bundle, [&entries[..], b"x"].concat());
    assert!(house.expect(1, &["verify", "shop"]).contains("log/tile/entries/000.p/2"));
    house.sign(&["log", "due", "shop"]);
    assert_eq!((house.read(part), house.read(bundle)), (whole, entries));
    assert!(!house.expect(1, &["verify", "shop"]).contains("DOES NOT HOLD"));
}

#[test]
fn a_published_status_list_that_is_none_of_the_registers_is_named() {
    let house = shop();
    house.expect(0, &["build", "shop", "-o", "public"]);
    let said = house.expect(1, &["verify", "public"]);
    assert!(!said.contains("DOES NOT HOLD"), "{said}");
    let list = fs::read_dir(house.path("public/status")).unwrap().next().unwrap().unwrap();
    let name = format!("public/status/{}", list.file_name().to_str().unwrap());
    let text = house.text(&name).replacen("\"issuer\"", "\"Issuer\"", 1);
    house.write(&name, text);
    let said = house.expect(1, &["verify", "public"]);
    assert!(said.contains(name.strip_prefix("public/").unwrap()), "{said}");
}

#[test]
fn every_record_that_is_missing_is_named() {
    let house = shop();
    let records = fs::read_dir(house.path("shop/records")).unwrap();
    let names = records.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let bodies: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
    assert!(bodies.len() > 1);
    for name in &bodies {
        fs::remove_file(house.path(&format!("shop/records/{name}"))).unwrap();
    }
    let said = house.expect(1, &["verify", "shop"]);
    assert!(bodies.iter().all(|name| said.contains(name)), "{said}");
}

#[test]
fn a_sealing_that_was_interrupted_says_how_it_is_completed() {
    let house = shop();
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.write("stick/.keep", "");
    let seal = ["record", "seal", "mill-race", "shop", "--yes", "--backup", "stick"];
    house.sign(&seal);
    let said = house.expect(2, &[&seal[..], &["--passphrase-fd", "3"]].concat());
    assert!(said.contains("is sealed already") && said.contains("selvedge log due"), "{said}");
}
