//! What is for dealers or members is in no byte of the public site, and in the file that is made for them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use super::support::{House, mp3};

/// A small picture of one colour: no two of these have the same bytes in any form.
pub(super) fn photo(red: u8, green: u8) -> Vec<u8> {
    use jpeg_encoder::{ColorType, Encoder};
    let mut bytes = Vec::new();
    let rgb: Vec<u8> = (0..640 * 480)
        .flat_map(|at| [red, green, u8::try_from((at * 7 + at / 640) % 251).unwrap()])
        .collect();
    Encoder::new(&mut bytes, 90).encode(&rgb, 640, 480, ColorType::Rgb).unwrap();
    bytes
}

/// Words that stand in what is not for everybody. Each is one word, so that no escape or fold of a page parts it.
const FOR_DEALERS: [&str; 13] = [
    "canarynotewholesale",
    "canarynoteshop",
    "canaryplace",
    "canarybasis",
    "canarytradename",
    "canarytradebody",
    "canarytradeid",
    "canarytradesku",
    "canarycollection",
    "canarypage",
    "canaryterm",
    "canarymaker",
    "941360",
];
const FOR_MEMBERS: [&str; 2] = ["canarymembername", "canarymemberbody"];

fn shop(house: &House) {
    let product =
        |more: &str| format!("+++\nprice = \"20.00\"\ncategory = \"Things\"\n{more}+++\n");
    for (path, text) in [
        (
            "site/site.toml",
            "name = \"Shop\"\nbase_url = \"https://shop.example/\"\ncurrency = \"EUR\"\nfeatured = [\"canarytradeid\", \"open\"]\n\
             [order]\nemail = \"a@shop.example\"\n\
             [wholesale]\nnote = \"canarynoteshop\"\ncredit_days = 61\n"
                .to_owned(),
        ),
        (
            "site/products/open/index.md",
            product(
                "name = \"Open\"\nhs = \"941360\"\nhandicraft_basis = \"canarybasis\"\npacked_cm = [30, 20, 10]\nrelated = [\"canarytradeid\"]\nmade_by = \"ana\"\n\
                 [wholesale]\nbreaks = [{ from = 17, price = \"13.37\" }]\nminimum = 17\nincoterm = \"FCA canaryplace\"\nnote = \"canarynotewholesale\"\n",
            ) + "See [it](../canarytradeid/index.md).\n",
        ),
        (
            "site/products/canarytradeid/index.md",
            product("name = \"canarytradename\"\nsku = \"canarytradesku\"\naudience = \"trade\"\ntheme = \"canaryterm\"\nmade_by = \"canarymaker\"\n")
                + "canarytradebody\n",
        ),
        (
            "site/products/members/index.md",
            product("name = \"canarymembername\"\naudience = \"members\"\n") + "canarymemberbody\n",
        ),
        (
            "site/collections/some.md",
            "+++\nname = \"canarycollection\"\naudience = \"trade\"\nproducts = [\"open\", \"canarytradeid\"]\n+++\n".to_owned(),
        ),
        (
            "site/pages/dealers.md",
            "+++\nname = \"canarypage\"\naudience = \"trade\"\nmenu = true\n+++\n![x](photos/only.jpg)\n".to_owned(),
        ),
        ("site/producers/ana.md", "+++\nname = \"Ana\"\n+++\n".to_owned()),
        (
            "site/producers/canarymaker.md",
            "+++\nname = \"canarymaker\"\naudience = \"trade\"\n+++\n".to_owned(),
        ),
    ] {
        house.write(path, text);
    }
    house.write("site/products/open/open.jpg", photo(200, 40));
    house.write("site/products/canarytradeid/canaryphoto.jpg", photo(40, 200));
    house.write("site/products/members/canaryphoto.jpg", photo(90, 90));
    house.write("site/photos/only.jpg", photo(10, 60));
}

fn has(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Every file by its path; the path is searched too.
fn offenders(files: &BTreeMap<PathBuf, Vec<u8>>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files {
        let name = path.to_string_lossy();
        for word in words {
            if has(bytes, word) || has(name.as_bytes(), word) {
                found.push(format!("{word} in {name}"));
            }
        }
    }
    found
}

fn unzip(house: &House, path: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(File::open(house.path(path)).unwrap()).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (PathBuf::from(entry.name().unwrap().into_owned()), bytes)
        })
        .collect()
}

/// The photographs among the files.
fn photos(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<&Vec<u8>> {
    let is_photo = |path: &&PathBuf| path.to_string_lossy().contains("photos/");
    files.iter().filter(|(path, _)| is_photo(path)).map(|(_, bytes)| bytes).collect()
}

#[test]
fn what_a_thing_costs_its_maker_is_in_no_byte_that_anybody_gets() {
    let house = House::new();
    shop(&house);
    let file = "site/products/open/index.md";
    let text = house.text(file);
    house.write(file, text.replace("name = \"Open\"", "name = \"Open\"\ncost = \"7319.53\""));
    let told = house.expect(0, &["check", "site"]);
    assert!(told.contains("low-price") && told.contains("costs 7319.53 EUR"), "{told}");
    house.expect(0, &["build", "site", "-o", "public"]);
    house.expect(0, &["build", "site", "--audience", "trade", "-o", "trade.zip"]);
    house.expect(0, &["build", "site", "--audience", "members", "-o", "members.zip"]);
    let words = ["7319.53", "7319,53", "7,319.53", "7.319,53", "731953", "low-price"];
    for files in [
        house.files("public"),
        house.files("site/.selvedge"),
        unzip(&house, "trade.zip"),
        unzip(&house, "members.zip"),
    ] {
        assert!(!files.is_empty());
        assert_eq!(offenders(&files, &words), [""; 0]);
    }
}

#[test]
fn nothing_for_dealers_or_members_is_in_the_public_site() {
    let house = House::new();
    shop(&house);
    house.expect(0, &["build", "site", "-o", "before", "--at", "2026-11-02T00:00:00Z"]);
    house.expect(0, &["build", "site", "--audience", "trade", "--at", "2026-11-02T00:00:00Z"]);
    house.expect(0, &["build", "site", "--audience", "members", "-o", "members.zip"]);
    // Again, with what the other builds left behind.
    house.expect(0, &["build", "site", "-o", "public", "--at", "2026-11-02T00:00:00Z"]);

    let public = house.files("public");
    assert_eq!(public, house.files("before"), "other builds change nothing");
    let words: Vec<&str> = FOR_DEALERS.iter().chain(&FOR_MEMBERS).copied().collect();
    assert_eq!(offenders(&public, &words), [""; 0]);
    // The number of a price break, the days of credit, and the name of a photograph.
    assert_eq!(offenders(&public, &["13.37", "13,37", "canaryphoto", "wholesale"]), [""; 0]);
    let cache = house.files("site/.selvedge/cache/photos");
    assert_eq!(offenders(&cache, &words), [""; 0]);
    assert!(!public.is_empty() && !cache.is_empty());
    for feed in
        ["atom.xml", "feed.json", "google-merchant.xml", "meta-catalogue.csv", "products.json"]
    {
        let bytes = &public[&PathBuf::from(feed)];
        assert!(has(bytes, "Open"), "what everybody may see is in {feed}");
        assert!(!has(bytes, "canary"), "{feed}");
    }

    let trade = unzip(&house, "site/private/for-trade.zip");
    let members = unzip(&house, "members.zip");
    let lacking = |files: &BTreeMap<PathBuf, Vec<u8>>, words: &[&'static str]| -> Vec<&str> {
        words.iter().copied().filter(|word| offenders(files, &[word]).is_empty()).collect()
    };
    // A note of the product stands in place of the shop's.
    let told: Vec<&str> =
        FOR_DEALERS.iter().copied().filter(|word| *word != "canaryterm").collect();
    assert_eq!(lacking(&trade, &told), [""; 0], "dealers are told all of it");
    assert_eq!(offenders(&trade, &FOR_MEMBERS), [""; 0]);
    assert_eq!(lacking(&members, &FOR_MEMBERS), [""; 0]);
    assert_eq!(offenders(&members, &FOR_DEALERS), [""; 0]);
    assert!(!offenders(&trade, &["13.37"]).is_empty());

    // Photographs by their bytes: what only others may see is in no file of the public site or its cache.
    let own: Vec<&Vec<u8>> = photos(&public);
    let theirs: Vec<&Vec<u8>> =
        photos(&trade).into_iter().chain(photos(&members)).filter(|b| !own.contains(b)).collect();
    assert!(theirs.len() >= 3, "three photographs are not for everybody, and {}", theirs.len());
    for bytes in theirs {
        assert!(!public.values().any(|other| other == bytes));
        assert!(!cache.values().any(|other| other == bytes));
    }
}

#[test]
fn the_file_for_dealers_takes_no_others_place_and_lies_nowhere_that_is_published() {
    let house = House::new();
    shop(&house);
    house.expect(0, &["build", "site", "-o", "web"]);
    house.write("letter.odt", "Dear Ana");
    house.expect(0, &["build", "site", "--audience", "members", "-o", "members.zip"]);
    let standing = || {
        let mut sources = house.files("site");
        sources.retain(|path, _| !path.starts_with(".selvedge"));
        (sources, house.files("web"), house.read("members.zip"))
    };
    let before = standing();
    for target in [
        "site/site.toml",
        "site/for-dealers.zip",
        "web/for-dealers.zip",
        "letter.odt",
        "members.zip",
        "web",
    ] {
        let told = house.expect(2, &["build", "site", "--audience", "trade", "-o", target]);
        assert!(told.contains("choose another with -o"), "{target}: {told}");
    }
    assert!(standing() == before && house.text("letter.odt") == "Dear Ana");
    // Where it goes by itself, and its own again.
    for target in ["site/private/for-trade.zip", "new/for-dealers.zip", "new/for-dealers.zip"] {
        house.expect(0, &["build", "site", "--audience", "trade", "-o", target]);
    }
}

#[test]
fn a_recording_goes_where_its_product_goes() {
    let house = House::new();
    shop(&house);
    for (id, audience, number) in [("t", "trade", 101), ("m", "members", 102)] {
        house.write(
            &format!("site/products/{id}/index.md"),
            format!("+++\nname = \"Told\"\nprice = \"2\"\naudience = \"{audience}\"\naudio = \"a.mp3\"\n+++\nIts story.\n"),
        );
        house.write(&format!("site/products/{id}/a.mp3"), mp3(number, "canarytitle"));
    }
    house.expect(0, &["build", "site", "-o", "public"]);
    house.expect(0, &["build", "site", "--audience", "trade", "-o", "trade.zip"]);
    house.expect(0, &["build", "site", "--audience", "members", "-o", "members.zip"]);
    let has_sound = |files: &BTreeMap<PathBuf, Vec<u8>>, number: u8| {
        files.values().any(|bytes| bytes.windows(200).any(|w| w.iter().all(|b| *b == number)))
    };
    for (files, heard) in [
        (house.files("public"), [false, false]),
        (house.files("site/.selvedge"), [false, false]),
        (unzip(&house, "trade.zip"), [true, false]),
        (unzip(&house, "members.zip"), [false, true]),
    ] {
        assert_eq!([101, 102].map(|number| has_sound(&files, number)), heard);
        assert_eq!(offenders(&files, &["canarytitle"]), [""; 0]);
    }
    assert!(!house.path("public/sounds").exists());
}

#[test]
fn the_file_for_dealers_is_the_same_every_time_and_opens_from_a_folder() {
    let house = House::new();
    shop(&house);
    let at = "2026-11-02T00:00:00Z";
    for (target, threads) in [("a.zip", "1"), ("b.zip", "3")] {
        let words = ["build", "site", "--audience", "trade", "-o", target, "--at", at];
        house.expect(0, &[&words[..], &["--threads", threads]].concat());
    }
    assert_eq!(house.read("a.zip"), house.read("b.zip"));
    let files = unzip(&house, "a.zip");
    let home = &files[&PathBuf::from("shop-trade/index.html")];
    assert!(has(home, "noindex") && has(home, "products/canarytradeid/index.html\""));
    for feed in ["sitemap.xml", "atom.xml", "products.json", "meta-catalogue.csv"] {
        let path = PathBuf::from("shop-trade").join(feed);
        assert!(!files.contains_key(&path), "{feed} would hold addresses that do not exist");
    }
    assert!(files.keys().all(|path| path.starts_with("shop-trade")));
}
