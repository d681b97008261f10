//! An association gathers the folders of its members. Each is a stranger's: nothing in it changes another's pages or
//! stops the build.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::support::House;

const SITE: &str = "name = \"The weavers' house\"\nkind = \"association\"\nbase_url = \"https://house.example/\"\nlanguages = [\"en\", \"es\"]\n\
    currency = \"EUR\"\nlists = [\"category\", \"maker\", \"region\", \"material\"]\n[order]\nemail = \"office@house.example\"\n\
    [terms.category.cloth]\nname = { en = \"Cloth\", es = \"Tejidos\" }\n";

fn photo(red: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let rgb: Vec<u8> = (0..200_usize * 150)
        .flat_map(|at| [red, u8::try_from(at % 251).unwrap(), u8::try_from(at / 200).unwrap()])
        .collect();
    jpeg_encoder::Encoder::new(&mut bytes, 90)
        .encode(&rgb, 200, 150, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    bytes
}

fn product(name: &str, more: &str, text: &str) -> String {
    format!("+++\nname = \"{name}\"\nprice = \"20.00\"\n{more}+++\n{text}\n")
}

/// An association of its own house, Ana who works alone, and Berta's workshop of two.
fn association(house: &House) {
    for (path, text) in [
        ("site/site.toml", SITE.to_owned()),
        (
            "site/members.toml",
            "[[member]]\nfolder = \"members/ana\"\n\n[[member]]\nid = \"berta\"\nfolder = \"../berta-shop\"\ndesigns = [\"river\"]\n".to_owned(),
        ),
        ("site/designs/river.md", "+++\nname = \"River steps\"\n+++\nOurs.\n".to_owned()),
        ("site/members/ana/site.toml", "name = \"Ana's cloth\"\nbase_url = \"https://ana.example/\"\nlanguages = [\"es\"]\nhide_photos = [\"photos/daughter.jpg\"]\ncurrency = \"PEN\"\n\
            [order]\nwhatsapp = \"+51 900 000 001\"\n[maker]\nphoto = \"photos/loom.jpg\"\nphoto_alt = \"Her loom\"\nname = \"Ana del Valle\"\nregion = \"Valle Alto\"\n".to_owned()),
        ("site/members/ana/products/red.md", product("Chal rojo", "category = \"Cloth\"\n", "Véase [otro](blue/index.md). ![Hija](../photos/daughter.jpg)")),
        ("site/members/ana/products/blue/index.md", product("Chal azul", "category = \"cloth\"\nmaterial = \"Lana Fina\"\n", "![Azul](blue.jpg)")),
        ("site/members/ana/products/old.md", product("Canaryhidden", "hide = true\n", "canaryhidden")),
        ("site/members/ana/products/trade.md", product("Canarytrade", "audience = \"trade\"\n", "canarytrade")),
        ("site/members/ana/private/diary.md", "canaryprivate".to_owned()),
        ("berta-shop/site.toml", "name = \"Berta and Carla\"\ncurrency = \"EUR\"\n[order]\nemail = \"berta@shop.example\"\n".to_owned()),
        ("berta-shop/producers/berta.md", "+++\nname = \"Berta\"\n+++\n".to_owned()),
        ("berta-shop/producers/carla.md", "+++\nname = \"Carla\"\nemail = \"carla@shop.example\"\n+++\n".to_owned()),
        ("berta-shop/designs/moon.md", "+++\nname = \"Moon\"\n+++\nBerta's.\n".to_owned()),
        ("berta-shop/products/red.md", product("Red bag", "category = \"Bags\"\nmade_by = \"carla\"\ndesign = [\"river\", \"moon\"]\n", "Strong.")),
        ("berta-shop/products/cap.md", product("Cap", "made_by = [\"berta\", \"carla\"]\nrelated = [\"red\"]\n", "Warm.")),
    ] {
        house.write(path, text);
    }
    house.write("site/members/ana/products/blue/blue.jpg", photo(1));
    house.write("site/members/ana/photos/loom.jpg", photo(3));
    house.write("site/members/ana/photos/daughter.jpg", photo(4));
    house.write("site/members/ana/private/secret.jpg", photo(2));
}

/// What looks like a private key, and is none.
fn planted_key() -> String {
    format!(
        "-----BEGIN OPENSSH PRIVATE {0}-----\n{1}\n-----END OPENSSH PRIVATE {0}-----\n",
        "KEY",
        "A".repeat(64)
    )
}

#[test]
fn a_key_in_a_members_text_takes_her_out_and_stops_nothing() {
    let house = House::new();
    association(&house);
    let before = build(&house, "before");
    let text = product("Cap", "made_by = [\"berta\", \"carla\"]\n", &planted_key());
    house.write("berta-shop/products/cap.md", text);
    let (ok, words) = run(&house, &["build", "site", "-o", "out", "--at", "2026-05-01T12:00:00Z"]);
    assert!(ok && words.contains("a private key stands in a member's text"), "{words}");
    let after = house.files("out");
    assert!(after.keys().all(|path| !path.starts_with("products/berta-cap")));
    let red = std::path::Path::new("products/ana-red/index.html");
    assert!(before[red] == after[red]);
    // In the site's own texts it does.
    house.write("site/products/own.md", product("Own", "", &planted_key()));
    let (ok, words) = run(&house, &["build", "site", "-o", "out"]);
    assert!(!ok, "{words}");
}

/// Somebody who wants harm, and is a member too.
fn hostile_member(house: &House) {
    let list = house.text("site/members.toml");
    // She stands first, so that whatever is first come would be hers.
    house.write(
        "site/members.toml",
        format!("[[member]]\nid = \"eve\"\nfolder = \"members/eve\"\n\n{list}"),
    );
    for (path, text) in [
        ("site.toml", "name = \"Ana's cloth\"\nlanguages = [\"en\"]\ncurrency = \"EUR\"\nkind = 7\n[order]\nemail = \"eve@evil.example\"\n[look]\naccent = \"#ff0000\"\n".to_owned()),
        ("producers/ana.md", "+++\nname = \"Ana del Valle\"\nregion = \"VALLE ALTO\"\n+++\n\u{2d30}\u{2d31} letters of another script\n".to_owned()),
        ("producers/broken.md", "+++\nname = \"\n+++\n".to_owned()),
        ("products/a.md", product("Cheap", "category = \"CLOTH\"\nmaterial = \"LANA fina\"\nmade_by = \"berta\"\ndate = 2099-01-01\ndesign = \"river\"\n", "Buy at [mine](../../ana/products/red.md) ![x](../../ana/private/secret.jpg) ![y](../../../ana/private/secret.jpg) ![z](../drawing.svg) <script>alert(1)</script>")),
        ("products/b.md", product("Chal rojo", "category = \"Bags\"\nmade_by = \"ana\"\nrelated = [\"ana-red\"]\nprice = 3\n", "")),
        ("products/c.md", "+++\nname = [\n".to_owned()),
        ("drawing.svg", format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><text>{}</text></svg>", planted_key())),
        ("products/../products/UPPER.md", product("Upper", "", "")),
        ("theme/base.html", "evil theme".to_owned()),
        ("pages/charter.md", "+++\nname = \"Charter\"\nmenu = true\n+++\nevil page\n".to_owned()),
        ("members.toml", "[[member]]\nfolder = \"members/deeper\"\n".to_owned()),
        ("collections/all.md", "+++\nname = \"evil collection\"\n+++\n".to_owned()),
    ] {
        house.write(&format!("site/members/eve/{path}"), text);
    }
    for number in 0..60 {
        let name = format!("site/members/eve/products/flood-{number}.md");
        house.write(
            &name,
            product(
                &format!("Flood {number}"),
                "category = \"Cloth\"\ndate = 2098-01-01\n",
                "More.",
            ),
        );
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", house.path("site/members/eve/products/link.md"))
        .unwrap();
}

fn run(house: &House, words: &[&str]) -> (bool, String) {
    let output = house.run("keys", words, "");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn build(house: &House, to: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let (ok, words) = run(house, &["build", "site", "-o", to, "--at", "2026-05-01T12:00:00Z"]);
    assert!(ok, "{words}");
    house.files(to)
}

fn text<'f>(files: &'f BTreeMap<PathBuf, Vec<u8>>, path: &str) -> &'f str {
    let bytes = files.get(std::path::Path::new(path));
    std::str::from_utf8(bytes.unwrap_or_else(|| panic!("{path} is missing"))).unwrap()
}

#[test]
fn the_things_of_all_members_are_in_one_catalogue() {
    let house = House::new();
    association(&house);
    let files = build(&house, "out");
    let red = text(&files, "products/ana-red/index.html");
    // Her language, her money, her way to order; links between her things lead to them here.
    assert!(red.contains("lang=\"es\"") && red.contains("Chal rojo"), "{red}");
    assert!(red.contains("PEN") || red.contains("S/"), "{red}");
    assert!(red.contains("wa.me/51900000001"), "{red}");
    assert!(red.contains("products/ana-blue/\">otro"), "{red}");
    let seller = "\"seller\":{\"@type\":\"Organization\",\"name\":\"Ana del Valle\"}";
    assert!(red.contains(seller), "who sells it to search engines: {red}");
    assert!(text(&files, "products/ana-blue/index.html").contains("<picture"));
    let ana = text(&files, "makers/ana/index.html");
    assert!(ana.contains("Ana del Valle") && ana.contains("alt=\"Her loom\""), "{ana}");
    // What she hides of her own, named from the top of her folder, is not shown: of four pictures two are, and one preview.
    assert!(!red.contains("alt=\"Hija\""), "{red}");
    let pictures = files
        .keys()
        .filter(|path| path.starts_with("photos"))
        .filter(|path| path.extension().is_some_and(|end| end == "jpg"));
    assert_eq!(pictures.count(), 3, "{:?}", files.keys().collect::<Vec<_>>());
    let bag = text(&files, "products/berta-red/index.html");
    assert!(bag.contains("carla@shop.example") && bag.contains("../../designs/river/"), "{bag}");
    assert!(bag.contains("../../designs/berta-moon/"), "{bag}");
    let cap = text(&files, "products/berta-cap/index.html");
    assert!(cap.contains("products/berta-red/") && !cap.contains("products/ana-"), "{cap}");
    // One term, however it is written, with the association's own words where it has some.
    let cloth = text(&files, "category/cloth/index.html");
    assert!(cloth.contains("ana-red") && cloth.contains("ana-blue"), "{cloth}");
    assert!(text(&files, "es/category/cloth/index.html").contains("Tejidos"));
    assert!(text(&files, "material/lana-fina/index.html").contains("Lana fina"));
    assert!(text(&files, "region/valle-alto/index.html").contains("Valle alto"));
    assert!(text(&files, "products/index.html").contains("berta-cap"));
    for (path, bytes) in &files {
        let bytes = String::from_utf8_lossy(bytes).to_lowercase();
        for canary in ["canaryhidden", "canarytrade", "canaryprivate"] {
            assert!(!bytes.contains(canary), "{canary} in {}", path.display());
        }
    }
    // For dealers too, what another's folder keeps for dealers is hers to show.
    let (ok, words) = run(
        &house,
        &[
            "build",
            "site",
            "--audience",
            "trade",
            "-o",
            "trade.zip",
            "--at",
            "2026-05-01T12:00:00Z",
        ],
    );
    assert!(ok, "{words}");
}

#[test]
fn a_hostile_member_changes_no_byte_of_anothers_pages_and_does_not_stop_the_build() {
    let house = House::new();
    association(&house);
    let before = build(&house, "before");
    hostile_member(&house);
    let after = build(&house, "after");
    let is_anothers = |path: &&PathBuf| {
        let path = path.to_str().unwrap();
        let path = path.strip_prefix("es/").unwrap_or(path);
        ["products/ana-", "products/berta-", "makers/ana/", "makers/berta-", "designs/", "assets/"]
            .iter()
            .any(|start| path.starts_with(start))
    };
    let mut count = 0;
    for path in before.keys().filter(is_anothers) {
        let (one, other) = (&before[path], after.get(path));
        let other = other.unwrap_or_else(|| panic!("{} is gone", path.display()));
        if one != other {
            let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
            let lines = one.lines().zip(other.lines()).find(|(one, other)| one != other);
            panic!("{} changed: {lines:#?}", path.display());
        }
        count += 1;
    }
    assert!(count > 12, "{count}");
    // Hers is there, under her name; what lies in private folders is nowhere.
    let cheap = text(&after, "products/eve-a/index.html");
    assert!(!cheap.contains("<script>alert") && !cheap.contains("<picture"), "{cheap}");
    assert!(!cheap.contains("makers/berta") && !cheap.contains("designs/river"), "{cheap}");
    let secret = house.read("site/members/ana/private/secret.jpg");
    for (path, bytes) in &after {
        assert!(*bytes != secret, "{}", path.display());
        let words = String::from_utf8_lossy(bytes);
        assert!(
            !words.contains("evil theme")
                && !words.contains("evil page")
                && !words.contains("evil collection"),
            "{}",
            path.display()
        );
    }
    // Her flood does not fill the home page.
    let home = text(&after, "index.html");
    for id in ["ana-", "berta-"] {
        assert!(home.contains(&format!("products/{id}")), "{home}");
    }
    let (ok, words) = run(&house, &["check", "site"]);
    assert!(ok, "{words}");
    assert!(
        words.contains("looks like \"Ana del Valle\"") || words.contains("Ana del Valle"),
        "{words}"
    );
}

#[test]
fn a_list_of_members_that_is_wrong_says_how_to_mend_it() {
    let house = House::new();
    association(&house);
    for (list, expected) in [
        ("[[member]]\nid = \"ana\"\n", "has no folder"),
        ("[[member]]\nfolder = \"/etc\"\n", "cannot be"),
        ("[[member]]\nfolder = \"products\"\n", "cannot be"),
        ("[[member]]\nfolder = \"members/../..\"\n", "cannot be"),
        (
            "[[member]]\nfolder = \"members/ana\"\nid = \"Ana X\"\n",
            "write for example id = \"ana-x\"",
        ),
        (
            "[[member]]\nfolder = \"members/ana\"\n[[member]]\nid = \"ana-x\"\nfolder = \"../berta-shop\"\n",
            "begin alike",
        ),
        ("[[member]]\nfolder = \"members/ana\"\nscope = [\"all\"]\n", "nothing called \"all\""),
    ] {
        house.write("site/members.toml", list);
        let (ok, words) = run(&house, &["check", "site"]);
        assert!(!ok && words.contains(expected), "{list}: {words}");
        assert!(words.contains("members.toml"), "{list}: {words}");
    }
    // What is only not there yet stops nothing.
    for (list, expected) in [
        ("[[member]]\nfolder = \"members/nobody\"\n", "there is no site in the member's folder"),
        ("[[member]]\nfolder = \"members/ana\"\nhide = true\n", ""),
        (
            "[[member]]\nfolder = \"members/ana\"\ncolour = 1\n",
            "a field `colour`, which is not known",
        ),
    ] {
        house.write("site/members.toml", list);
        let (ok, words) = run(&house, &["check", "site"]);
        assert!(ok && words.contains(expected), "{list}: {words}");
    }
    house.write("site/members.toml", "[[member]]\nfolder = \"members/ana\"\n");
    house.write("site/site.toml", SITE.replace("[\"en\", \"es\"]", "[\"en\"]"));
    let (ok, words) = run(&house, &["check", "site"]);
    assert!(ok && words.contains("writes in a language that this site does not have"), "{words}");
}

#[test]
fn several_members_make_one_product_and_an_event_shows_what_it_is_for() {
    let house = House::new();
    association(&house);
    house.write(
        "site/products/gift.md",
        "+++\nname = \"Gift cloth\"\nprice = \"12.00\"\nmade_to_order = true\n\
         [[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 20\n\
         [[pool]]\nmade_by = \"berta-carla\"\ncapacity_per_month = 10\n+++\nOne cloth, two workshops.\n",
    );
    house.write(
        "site/collections/games.md",
        "+++\nname = \"For the games\"\nfrom = 2026-07-01\nuntil = 2026-07-12\nplace = \"the valley\"\n\
         products = [\"gift\", \"ana-red\"]\nwhere = { maker = \"berta-carla\" }\n+++\n",
    );
    let files = build(&house, "out");
    let gift = text(&files, "products/gift/index.html");
    for words in [
        "30",
        "Ana del Valle",
        "Carla",
        "office@house.example",
        "makers/ana/",
        "makers/berta-carla/",
    ] {
        assert!(gift.contains(words), "{words}: {gift}");
    }
    assert!(!gift.contains("wa.me/51900000001"), "what several make is ordered from all: {gift}");
    assert!(text(&files, "makers/ana/index.html").contains("products/gift/"));
    let goods: String = files
        .iter()
        .filter(|(path, _)| path.starts_with("goods/en"))
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    assert!(goods.contains("\"pool\":[[[\"Ana del Valle\""), "{goods}");
    let games = text(&files, "collections/games/index.html");
    for words in
        ["2026-07-01", "2026-07-12", "the valley", "products/gift/", "ana-red", "berta-red"]
    {
        assert!(games.contains(words), "{words}: {games}");
    }
    for (pool, expected) in [
        ("[[pool]]\nmade_by = \"ana\"\n", "has no capacity_per_month"),
        (
            "[[pool]]\nmade_by = \"nobody\"\ncapacity_per_month = 1\n",
            "there is no maker \"nobody\"",
        ),
        (
            "[[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 1\n[[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 2\n",
            "stands in this pool twice",
        ),
    ] {
        house.write(
            "site/products/gift.md",
            format!("+++\nname = \"Gift\"\nprice = \"1.00\"\n{pool}+++\n"),
        );
        let (ok, words) = run(&house, &["check", "site"]);
        assert!(!ok && words.contains(expected), "{pool}: {words}");
    }
    house.write("site/products/gift.md", product("Gift", "", ""));
    house.write(
        "site/collections/games.md",
        "+++\nname = \"Games\"\nfrom = 2026-07-12\nuntil = 2026-07-01\nproducts = [\"gift\"]\n+++\n",
    );
    let (ok, words) = run(&house, &["check", "site"]);
    assert!(!ok && words.contains("this ends before it begins"), "{words}");
}
