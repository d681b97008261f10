//! What was published for ever is not taken away because a file is missing, and where keys, sheets and folders may lie.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::support::{House, said};

const ADDRESS: &str = "https://grey-mill.net/";

/// A shop with a record of a design, and its site built and published to a folder.
fn published(house: &House) -> String {
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", ADDRESS);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    house.sign(&["record", "new", "mill-race", "shop", "--yes"]);
    house.expect(0, &["build", "shop", "-o", "web"]);
    let to = house.path("there").display().to_string();
    house.expect(0, &["publish", "shop", "--to", &to, "--skip-register"]);
    let pages = house.files("web/V").into_keys();
    let page = pages.map(|path| path.display().to_string()).find(|it| it.ends_with("/index.html"));
    page.unwrap().trim_end_matches("/index.html").to_owned()
}

fn standing(house: &House) -> [BTreeMap<PathBuf, Vec<u8>>; 2] {
    [house.files("web"), house.files("there")]
}

#[test]
fn a_page_that_a_code_leads_to_does_not_go_because_a_file_is_missing() {
    let house = House::new();
    let id = published(&house);
    let before = standing(&house);
    house.copy(house.path("shop"), "whole");
    let record = format!("records/{id}.json");
    let to = house.path("there").display().to_string();
    let build = ["build", "shop", "-o", "web"];
    let publish = ["publish", "shop", "--skip-register", "--to", &to];
    let away = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap();
        let to = house.path(&format!("shop/{folder}/.{name}.icloud"));
        fs::rename(house.path(&format!("shop/{path}")), to).unwrap();
    };
    let spoils: [(&str, &dyn Fn()); 6] = [
        ("the record", &|| fs::remove_file(house.path(&format!("shop/{record}"))).unwrap()),
        ("the record, put away", &|| away(&record)),
        ("a damaged record", &|| house.write(&format!("shop/{record}"), "{}")),
        ("the log", &|| fs::remove_dir_all(house.path("shop/log")).unwrap()),
        ("the head, put away", &|| away("log/checkpoint")),
        ("all that was signed", &|| {
            for folder in ["log", "records", "identity"] {
                fs::remove_dir_all(house.path(&format!("shop/{folder}"))).unwrap();
            }
        }),
    ];
    for (what, spoil) in spoils {
        fs::remove_dir_all(house.path("shop")).unwrap();
        house.copy(house.path("whole"), "shop");
        spoil();
        for words in [&build[..], &publish[..], &[&publish[..], &["--dry-run"]].concat()] {
            let told = house.expect(2, words);
            // A record whose proof is at hand has its page without the log.
            let is_named = match what.starts_with("the log") || what.starts_with("the head") {
                true => told.contains("log/checkpoint"),
                false => told.contains(&format!("V/{id}/index.html")) && told.contains(&record),
            };
            assert!(is_named && told.contains("Wait until the folder is synced"), "{what}: {told}");
            assert!(standing(&house) == before, "{what}: {words:?}");
        }
        // Another folder has nothing that could go.
        house.expect(0, &["build", "shop", "-o", "elsewhere"]);
        fs::remove_dir_all(house.path("elsewhere")).unwrap();
    }
    // Somebody means it.
    for words in [&build[..], &publish[..]] {
        house.expect(0, &[words, &["--drop-records"]].concat());
    }
    for folder in ["web", "there"] {
        assert!(!house.path(&format!("{folder}/V/{id}")).exists(), "{folder}");
    }
}

#[test]
fn a_page_that_says_what_was_taken_back_stays_without_the_record() {
    let house = House::new();
    let id = published(&house);
    house.sign(&["record", "withdraw", &id, "shop", "--yes", "--set", "reason_code=safety"]);
    house.expect(0, &["build", "shop", "-o", "web"]);
    assert!(house.path(&format!("web/V/{id}/index.html")).is_file());
    assert!(!house.path(&format!("web/records/{id}.json")).exists());
}

#[test]
fn a_text_that_a_cloud_drive_put_away_keeps_its_page_where_it_is() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.expect(0, &["build", "shop", "-o", "web"]);
    let before = house.files("web");
    let product = house.files("shop/products").into_keys().find(|path| path.ends_with("index.md"));
    let product = format!("products/{}", product.unwrap().display());
    let away = product.replace("index.md", ".index.md.icloud");
    fs::rename(house.path(&format!("shop/{product}")), house.path(&format!("shop/{away}")))
        .unwrap();
    let told = house.expect(1, &["build", "shop", "-o", "web"]);
    assert!(told.contains(&product) && told.contains("not downloaded yet"), "{told}");
    assert!(house.files("web") == before);
}

#[test]
fn keys_and_sheets_do_not_lie_in_a_site_that_was_built() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", ADDRESS);
    house.expect(0, &["build", "shop", "-o", "web"]);
    let before = house.files("web");
    let keys = house.path("web/keys").display().to_string();
    for rest in [&["--sheets", "sheets", "--key-dir", &keys][..], &["--sheets", "web/sheets"]] {
        let words = [&["keys", "new", "shop", "--passphrase-fd", "3"][..], rest].concat();
        let told = house.expect(2, &words);
        assert!(told.contains("is a site that was built, and is published"), "{told}");
    }
    assert!(house.files("web") == before && !house.path("sheets").exists());
}

#[cfg(unix)]
#[test]
fn whichever_command_finds_a_key_open_to_others_closes_it_and_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    published(&house);
    let key = house.path("keys/log");
    let to = house.path("there").display().to_string();
    let runs: [&[&str]; 5] = [
        &["build", "shop", "-o", "web"],
        &["publish", "shop", "--to", &to, "--skip-register"],
        &["log", "due", "shop", "--passphrase-fd", "3"],
        &["backup", "copy.age", "shop", "--passphrase-fd", "3"],
        &["keys", "list", "shop"],
    ];
    for words in runs {
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        let told = house.expect(0, words);
        assert_eq!(
            told.matches("others on this machine could read").count(),
            1,
            "{words:?}: {told}"
        );
        assert!(told.contains(&key.display().to_string()), "{words:?}: {told}");
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "{words:?}");
        fs::remove_file(house.path("copy.age")).ok();
        let told = house.expect(0, words);
        assert!(!told.contains("could read"), "{words:?}: {told}");
    }
}

#[cfg(unix)]
#[test]
fn a_strangers_folder_has_no_links_where_files_are_written_and_removed() {
    use std::os::unix::fs::symlink;
    let house = House::new();
    for (folder, inside) in
        [(".selvedge", "cache/photos/ab/x"), ("theme", "base.html"), ("fonts", "a.woff2")]
    {
        let shop = format!("shop{folder}");
        house.expect(0, &["new", &shop, "--yes"]);
        let victim = format!("victim{folder}");
        house.write(&format!("{victim}/{inside}"), "hers");
        house.write(&format!("{victim}/cache/similar/y"), "hers");
        fs::remove_dir_all(house.path(&format!("{shop}/{folder}"))).ok();
        symlink(house.path(&victim), house.path(&format!("{shop}/{folder}"))).unwrap();
        let before = house.files(&victim);
        for words in [
            &["build", &*shop, "-o", "web"][..],
            &["check", &shop],
            &["build", &shop, "-o", "web", "--skip-broken"],
        ] {
            let told = house.run("keys", words, "");
            assert_eq!(told.status.code(), Some(1), "{words:?}: {}", said(&told));
            let words = said(&told);
            assert!(words.contains(folder) && words.contains("remove the link"), "{words}");
            assert!(house.files(&victim) == before, "{folder}");
        }
    }
}
