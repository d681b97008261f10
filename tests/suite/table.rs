//! Products in one table, `products.csv`, are the products that files would be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::audience::photo;
use super::support::House;

const SHOP: &str = "name = \"Shop\"\nbase_url = \"https://shop.example/\"\ncurrency = \"EUR\"\nlanguages = [\"en\", \"es\"]\n\
    [order]\nemail = \"a@shop.example\"\n[[hidden_names]]\nname = \"Canaryname\"\ncalled = { en = \"our aunt\", es = \"nuestra tía\" }\n";

const TABLE: &str = "name,name.es,Price,qty,category,materials,materials.es,photos,photo_alt,photo_alt.es,text,text.es,date,hide,audience,id,accept\r\n\
    Red shawl,Chal rojo,\"34,50 €\",3,Shawls,\"wool, madder\",\"lana, rubia\",photos/red.jpg,red shawl over a chair,chal rojo,\"Woven by *Canaryname*.\r\n\r\n\
    Two weeks | of work.\",Tejido por *Canaryname*.,2026-05-01,,,,\r\n\
    \"Bowl, small\",Cuenco,12,made to order,Bowls,clay,barro,,,,,,2026-04-01,no,,bowl,\r\n\
    Canaryhidden,Canaryhidden,9,1,Canaryshelf,,,canaryphoto.jpg,,,canarystory,,,yes,,,\r\n\
    Canarytrade,Canarytrade,8,,Bowls,,,,,,canarytradestory,,,,trade,dealers-only,\r\n";

const FILES: [(&str, &str); 6] = [
    (
        "products/red-shawl.md",
        "+++\nname = { en = \"Red shawl\", es = \"Chal rojo\" }\nprice = \"34.50\"\nstock = 3\ncategory = \"Shawls\"\nmaterials = { en = [\"wool\", \"madder\"], es = [\"lana\", \"rubia\"] }\n\
         photos = [{ file = \"photos/red.jpg\", alt = { en = \"red shawl over a chair\", es = \"chal rojo\" } }]\ndate = 2026-05-01\n+++\nWoven by *Canaryname*.\n\nTwo weeks | of work.\n",
    ),
    ("products/red-shawl.es.md", "Tejido por *Canaryname*.\n"),
    (
        "products/bowl/index.md",
        "+++\nname = { en = \"Bowl, small\", es = \"Cuenco\" }\nprice = \"12\"\nmade_to_order = true\ncategory = \"Bowls\"\nmaterials = { en = [\"clay\"], es = [\"barro\"] }\ndate = 2026-04-01\n+++\n",
    ),
    (
        "products/canaryhidden.md",
        "+++\nname = \"Canaryhidden\"\nprice = \"9\"\nstock = 1\ncategory = \"Canaryshelf\"\nphotos = [\"canaryphoto.jpg\"]\nhide = true\n+++\ncanarystory\n",
    ),
    (
        "products/dealers-only.md",
        "+++\nname = \"Canarytrade\"\nprice = \"8\"\ncategory = \"Bowls\"\naudience = \"trade\"\n+++\ncanarytradestory\n",
    ),
    ("pages/about.md", "+++\nname = { en = \"About\", es = \"Nosotras\" }\n+++\nWe weave.\n"),
];

fn lay(house: &House, site: &str) {
    house.write(&format!("{site}/site.toml"), SHOP);
    house.write(&format!("{site}/pages/about.md"), FILES[5].1);
    house.write(&format!("{site}/photos/red.jpg"), photo(200, 40));
    house.write(&format!("{site}/products/bowl/one.jpg"), photo(40, 200));
    house.write(&format!("{site}/products/canaryphoto.jpg"), photo(90, 90));
}

fn build(house: &House, site: &str, to: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    house.expect(0, &["build", site, "-o", to, "--at", "2026-05-02T12:00:00Z"]);
    house.files(to)
}

fn holding(files: &BTreeMap<PathBuf, Vec<u8>>, word: &str) -> Vec<String> {
    let has = |bytes: &[u8]| {
        bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    let holds =
        |(path, bytes): &(&PathBuf, &Vec<u8>)| has(bytes) || has(path.to_string_lossy().as_bytes());
    files.iter().filter(holds).map(|(path, _)| path.display().to_string()).collect()
}

#[test]
fn a_shop_of_one_table_is_the_shop_of_its_files() {
    let house = House::new();
    lay(&house, "table");
    house.write("table/products.csv", TABLE);
    lay(&house, "files");
    for (path, text) in FILES {
        house.write(&format!("files/{path}"), text);
    }
    let (table, files) = (build(&house, "table", "one"), build(&house, "files", "other"));
    for path in [
        "products/red-shawl/index.html",
        "es/products/red-shawl/index.html",
        "products/bowl/index.html",
        "category/shawls/index.html",
        "search/es.js",
        "sitemap.xml",
    ] {
        assert!(table.contains_key(Path::new(path)), "{path}");
    }
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&table), names(&files));
    for (path, bytes) in &table {
        assert!(files[path] == *bytes, "{} is another file", path.display());
    }
    for word in ["canary", "dealers-only"] {
        assert_eq!(holding(&table, word), [""; 0], "{word}");
        assert_eq!(holding(&house.files("table/.selvedge"), word), [""; 0], "{word}");
    }
    assert!(!holding(&table, "our aunt").is_empty() && !holding(&table, "nuestra t").is_empty());
    house.expect(0, &["build", "table", "--audience", "trade", "-o", "trade.zip"]);
    assert!(house.read("trade.zip").windows(12).any(|part| part == b"dealers-only"));
}

#[test]
fn what_is_wrong_in_a_table_is_told_at_once_with_its_lines() {
    let house = House::new();
    house.write("site/site.toml", SHOP);
    house.write(
        "site/products.csv",
        "name,price,stock,made_by\nBowl,4 Taler,many,Ana\n\"Cup\nof clay\",5,1,Berta\nBowl,4,,\n",
    );
    let told = house.expect(1, &["build", "site", "-o", "public"]);
    for place in [
        "products.csv:2:6",
        "products.csv:2:14",
        "products.csv:2:19",
        "products.csv:4:13",
        "products.csv:5:1",
    ] {
        assert!(told.contains(place), "{place} in {told}");
    }
    assert!(told.contains("the first one") && !told.contains("products.csv:1:"), "{told}");
}

#[test]
fn a_member_may_have_a_table() {
    let house = House::new();
    house.write("site/site.toml", SHOP);
    house.write(
        "site/members.toml",
        "[[member]]\nfolder = \"members/ana\"\n\n[[member]]\nfolder = \"members/eve\"\n",
    );
    for (name, table) in [
        (
            "ana",
            "id,name,price,photos,hide\nred,Red shawl,34,photos/a.jpg,\nblue,Canaryblue,3,,yes\n",
        ),
        ("eve", "name,price\nred,\"4\nBowl,5\n"),
    ] {
        let folder = format!("site/members/{name}");
        house.write(
            &format!("{folder}/site.toml"),
            format!("name = \"{name}\"\ncurrency = \"PEN\"\n[maker]\nname = \"{name}\"\n"),
        );
        house.write(&format!("{folder}/products.csv"), table);
    }
    house.write("site/members/ana/photos/a.jpg", photo(1, 2));
    let told = house.expect(0, &["check", "site"]);
    assert!(
        told.contains("warning[bad-table]") && told.contains("members/eve/products.csv:2:"),
        "{told}"
    );
    let files = build(&house, "site", "public");
    let page =
        String::from_utf8_lossy(&files[Path::new("products/ana-red/index.html")]).into_owned();
    assert!(page.contains("Red shawl") && page.contains("photos/"), "{page}");
    assert_eq!(holding(&files, "canaryblue"), [""; 0]);
}

#[test]
fn the_way_out_of_a_table_makes_files_of_its_rows() {
    let house = House::new();
    lay(&house, "site");
    // What the columns of an import have.
    let table = "id,name,description,Price,qty,photos,photo_alt,text\n\
        red-one,Red shawl,Of wool.,\"34,50 €\",3,photos/red.jpg,red shawl over a chair,\"Woven *by hand*.\n\nIn May.\"\n\
        ,Bowl,,12,0,,,\n";
    house.write("site/products.csv", table);
    let before = build(&house, "site", "before");
    let told = house.expect(0, &["import", "csv", "site/products.csv", "site"]);
    assert!(told.contains("take the table out of the folder"), "{told}");
    assert!(house.path("site/products/red-one.md").exists());
    assert!(house.path("site/products/bowl/index.md").exists(), "its photographs lie there");
    let told = house.expect(1, &["check", "site"]);
    assert!(
        told.contains("take the row out of the table") && told.contains("products.csv:2:1\n"),
        "{told}"
    );
    std::fs::remove_file(house.path("site/products.csv")).unwrap();
    let after = build(&house, "site", "after");
    for path in ["products/red-one/index.html", "products/bowl/index.html", "search/en.js"] {
        assert!(before[Path::new(path)] == after[Path::new(path)], "{path}");
    }
}

#[test]
fn the_way_out_of_a_table_shows_nothing_that_the_table_hid() {
    let house = House::new();
    house.write("site/site.toml", SHOP);
    house.write(
        "site/products.csv",
        "name,price,audience,shown_from,hide_photos,not_to,hide\nCanarytrade,4.00,trade,,,,\n\
         Canarylater,4.00,,2099-01-01,,,\nCanaryphoto,4.00,,,a.jpg,,\nCanarybound,4.00,,,,US,\n\
         Canaryhidden,4.00,,,,,yes\nCanaryperhaps,4.00,,,,,perhaps\nOpen,4.00,,,,,no\n",
    );
    let told = house.expect(1, &["import", "csv", "site/products.csv", "site"]);
    std::fs::remove_file(house.path("site/products.csv")).unwrap();
    // Of one cell it says that it was not understood.
    for rule in ["audience", "shown_from", "hide_photos", "not_to", "hide"] {
        assert!(told.contains(&format!("takes no `{rule}` over")), "{rule}: {told}");
    }
    for (path, bytes) in build(&house, "site", "public") {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("canary"), "{}", path.display());
    }
    assert!(house.path("public/products/open/index.html").exists());
}

#[test]
fn an_import_leaves_the_rows_of_the_table_alone() {
    let house = House::new();
    house.write("site/site.toml", SHOP);
    house.write("site/products.csv", "name,sku,price\nBowl,B1,4\n");
    house.write("other.csv", "name,sku,price\nBowl,B1,5\nCup,C1,6\n");
    let told = house.expect(0, &["import", "csv", "other.csv", "site"]);
    assert!(told.contains("bowl is a row of this table"), "{told}");
    assert!(!house.path("site/products/bowl").exists() && house.path("site/products/cup").exists());
    let told = house.expect(0, &["check", "site", "--untranslated"]);
    assert!(told.contains("products.csv:2"), "{told}");
}
