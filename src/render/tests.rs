//! Whole sites, small ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;
use crate::verify::Trust;

/// A site with what its pages are made from.
struct Small {
    site: Site,
    evidence: Evidence,
    folder: BTreeMap<String, Vec<u8>>,
    photos: Photos,
    theme: Theme,
}

/// Photographs whose bytes are their names.
struct Named;

impl PhotoBytes for Named {
    fn bytes(&self, path: &str, name: &str) -> Result<Vec<u8>, String> {
        Ok(format!("{path} {name}").into_bytes())
    }
}

impl Small {
    fn new(files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let outcome = crate::check::load(root.path()).expect("a readable folder");
        let folder = BTreeMap::new();
        let photo = Photo {
            width_px: 1600,
            height_px: 1200,
            colour: None,
            renditions: [
                (400, PhotoFormat::Jpeg),
                (400, PhotoFormat::WebP),
                (1600, PhotoFormat::Jpeg),
            ]
            .map(|(width_px, format)| Rendition {
                name: format!(
                    "p-{width_px}.{}",
                    if format == PhotoFormat::WebP { "webp" } else { "jpg" }
                ),
                format,
                width_px,
                height_px: width_px * 3 / 4,
            })
            .into(),
            preview: Some(Rendition {
                name: "p-card.jpg".to_owned(),
                format: PhotoFormat::Jpeg,
                width_px: 1200,
                height_px: 630,
            }),
        };
        Self {
            site: outcome.site.expect("a site"),
            evidence: Evidence::of(&folder, &Trust::nobody(), None),
            folder,
            photos: Photos::new(
                BTreeMap::from([("products/red/a.jpg".to_owned(), photo)]),
                Box::new(Named),
            ),
            theme: Theme::load(None, &crate::theme::Own::default()).expect("a theme"),
        }
    }

    fn routes(&self, links: LinkStyle) -> Routes<'_> {
        Routes::new(Inputs {
            site: &self.site,
            evidence: &self.evidence,
            signed: &self.folder,
            photos: &self.photos,
            theme: &self.theme,
            at: "2026-11-02T03:04:05Z".parse().expect("an instant"),
            links,
        })
    }

    fn text(&self, path: &str) -> String {
        let bytes = self.routes(LinkStyle::Pretty).bytes(path).expect("a page");
        String::from_utf8(bytes).expect("UTF-8")
    }
}

fn shop() -> Small {
    Small::new(&[
        (
            "site.toml",
            "name = { en = \"Shop\", ar = \"متجر\" }\nbase_url = \"https://shop.example/x/\"\nlanguages = [\"en\", \"ar\"]\ncurrency = \"EUR\"\n[order]\nchannels = [\"whatsapp\", \"email\"]\nwhatsapp = \"+49 170 0000000\"\nemail = \"a@shop.example\"\n",
        ),
        (
            "products/red/index.md",
            "+++\nname = \"Red </script><b>\"\nprice = \"24.50\"\nphotos = [{ file = \"a.jpg\", alt = \"A \\\"red\\\" one\" }]\ncategory = \"Shawls\"\nmade_by = \"ana\"\nsku = \"R-1\"\n+++\nThe *story*. See [Ana](../../producers/ana.md) and ![it](a.jpg).\n",
        ),
        ("products/red/a.jpg", "not read here"),
        ("producers/ana.md", "+++\nname = \"Ana\"\nplace = \"The coast\"\n+++\nHer story.\n"),
        ("designs/wave/index.md", "+++\nname = \"Wave\"\n+++\n"),
        ("pages/care.md", "+++\nname = \"Care\"\nmenu = true\n+++\nText.\n"),
    ])
}

#[test]
fn every_page_has_its_path_in_every_language() {
    let small = shop();
    let routes = small.routes(LinkStyle::Pretty);
    let paths: Vec<&str> = routes.iter().map(|(path, _)| path.as_str()).collect();
    for page in [
        "index.html",
        "products/index.html",
        "products/red/index.html",
        "category/index.html",
        "category/shawls/index.html",
        "makers/index.html",
        "makers/ana/index.html",
        "designs/index.html",
        "designs/wave/index.html",
        "care/index.html",
        "about/index.html",
    ] {
        assert!(paths.contains(&page), "{page}");
        assert!(paths.contains(&format!("ar/{page}").as_str()), "ar/{page}");
    }
    for file in ["404.html", "robots.txt", "sitemap.xml", "photos/p-400.webp"] {
        assert!(paths.contains(&file), "{file}");
    }
    for (path, _) in routes.iter() {
        routes.bytes(path.as_str()).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(routes.bytes("photos/p-400.jpg").expect("bytes"), b"products/red/a.jpg p-400.jpg");
    assert!(routes.bytes("nowhere").is_err());
}

/// Whatever page joins those of the shop, a text of the maker's cannot stand in its place unseen.
#[test]
fn no_page_of_the_maker_s_own_takes_an_address_that_the_shop_makes() {
    // Those that she may write herself.
    const HERS: [&str; 5] = ["about", "charter", "shipping", "privacy", "care"];
    let site = "name = \"Shop\"\nkind = \"association\"\nbase_url = \"https://shop.example/\"\nlanguages = [\"en\", \"es\"]\ncurrency = \"EUR\"\n\
        [order]\nemail = \"a@shop.example\"\n[[shipping.zones]]\nname = \"World\"\ncountries = [\"*\"]\nprice = \"9.50\"\n";
    let product = "+++\nname = \"Red\"\nprice = \"4\"\nkind = \"textile\"\ncategory = \"A\"\nregion = \"A\"\ncolour = \"A\"\nmaterial = \"A\"\ntheme = \"A\"\nmade_by = \"ana\"\n+++\n";
    let mut files = vec![
        ("site.toml".to_owned(), site),
        ("products/red.md".to_owned(), product),
        ("producers/ana.md".to_owned(), "+++\nname = \"Ana\"\n+++\n"),
        ("designs/wave.md".to_owned(), "+++\nname = \"Wave\"\n+++\n"),
        ("collections/feast.md".to_owned(), "+++\nname = \"Feast\"\nproducts = [\"red\"]\n+++\n"),
        ("pages/care.md".to_owned(), "+++\nname = \"Care\"\n+++\n"),
    ];
    let of = |files: &[(String, &str)]| {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        Small::new(&files)
    };
    let small = of(&files);
    let routes = small.routes(LinkStyle::Pretty);
    let mut firsts: Vec<String> = routes
        .iter()
        .filter_map(|(path, _)| path.as_str().split_once('/').map(|(first, _)| first.to_owned()))
        .filter(|first| !HERS.contains(&first.as_str()))
        .collect();
    firsts.dedup();
    for needed in ["category", "es", "makers", "order", "products", "search", "verify"] {
        assert!(firsts.iter().any(|first| first == needed), "{needed} in {firsts:?}");
    }
    let has_page = |id: &str| routes.route(&format!("{id}/index.html")).is_some();
    for id in firsts.iter().filter(|id| has_page(id)) {
        files.push((format!("pages/{id}.md"), "+++\nname = \"Mine\"\n+++\n"));
    }
    let asked = files.len();
    assert!(asked > 15, "{files:?}");
    let pages = of(&files).site.pages;
    let ids: Vec<&str> = pages.iter().map(|page| page.id.as_str()).collect();
    assert_eq!(ids, ["care"], "each of the others is refused");
}

#[test]
fn headings_promise_only_what_the_maker_said() {
    let site = "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n";
    let of = |site: &str, more: &str| {
        Small::new(&[
            ("site.toml", site),
            ("products/a.md", &format!("+++\nname = \"A\"\nprice = \"5\"\n{more}+++\n")),
            ("products/b.md", "+++\nname = \"B\"\nprice = \"5\"\n+++\n"),
        ])
    };
    let plain = of(site, "");
    let home = plain.text("index.html");
    assert!(home.contains(">From the shop</h2>") && !home.contains("Just made"), "{home}");
    assert!(plain.text("products/a/index.html").contains(">More from the shop</h2>"));
    let dated = of(site, "date = 2026-10-01\nrelated = [\"b\"]\n");
    assert!(dated.text("index.html").contains(">Just made</h2>"));
    assert!(dated.text("products/a/index.html").contains(">Goes well with it</h2>"));
    let chosen = of(&format!("featured = [\"a\"]\n{site}"), "date = 2026-10-01\n");
    assert!(chosen.text("index.html").contains(">From the shop</h2>"));
}

#[test]
fn tiles_beside_each_other_show_different_photographs_where_they_can() {
    let site = "name = \"Shop\"\ncurrency = \"EUR\"\nlists = [\"material\"]\n[order]\nemail = \"a@shop.example\"\n";
    let product = |name: &str, of: &str| {
        format!(
            "+++\nname = \"{name}\"\nprice = \"5\"\nphotos = [\"a.jpg\"]\nmaterial = {of}\n+++\n"
        )
    };
    let mut small = Small::new(&[
        ("site.toml", site),
        ("products/bag/index.md", &product("Bag", "[\"Cotton\", \"Linen\", \"Wool\"]")),
        ("products/bag/a.jpg", ""),
        ("products/rug/index.md", &product("Rug", "[\"Linen\", \"Wool\"]")),
        ("products/rug/a.jpg", ""),
    ]);
    let photo = small.photos.photo("products/red/a.jpg").expect("a photograph").clone();
    let photos = ["bag", "rug"].map(|id| {
        let mut photo = photo.clone();
        for each in &mut photo.renditions {
            each.name = format!("{id}-{}", each.name);
        }
        (format!("products/{id}/a.jpg"), photo)
    });
    small.photos = Photos::new(BTreeMap::from(photos), Box::new(Named));
    let page = small.text("material/index.html");
    let shown: Vec<&str> = page
        .split("<li class=\"tile\">")
        .skip(1)
        .map(|tile| if tile.contains("bag-p-") { "bag" } else { "rug" })
        .collect();
    assert_eq!(shown, ["bag", "rug", "bag"], "{page}");
}

#[test]
fn a_large_first_letter_needs_a_paragraph_of_several_lines() {
    let long = "word ".repeat(30);
    let page = |text: &str| {
        let product = format!("+++\nname = \"A\"\nprice = \"5\"\n+++\n{text}\n");
        let site = "name = \"Shop\"\n[order]\nemail = \"a@shop.example\"\n";
        Small::new(&[("site.toml", site), ("products/a.md", &product)])
            .text("products/a/index.html")
    };
    let opens = |text: &str| page(text).contains("class=\"prose opens\"");
    assert!(opens(&format!("*A* {long}")));
    assert!(!opens(&format!("A short one.\n\n{long}")));
    assert!(!opens(&format!("[A](https://{}.example/)", "long".repeat(40))), "tags are no letters");
    assert!(!opens(&format!("- {long}")));
}

#[test]
fn a_product_page_says_what_is_known_and_nothing_runs() {
    let small = shop();
    let page = small.text("products/red/index.html");
    let has = |part: &str| assert!(page.contains(part), "{part} in {page}");
    has("<html lang=\"en\" dir=\"ltr\">");
    has("<h1>Red &lt;/script&gt;&lt;b&gt;</h1>");
    has("€24.50");
    has("alt=\"A &quot;red&quot; one\"");
    has("href=\"../../makers/ana/\"");
    has("<link rel=\"canonical\" href=\"https://shop.example/x/products/red/\">");
    has(
        "<link rel=\"alternate\" hreflang=\"ar\" href=\"https://shop.example/x/ar/products/red/\">",
    );
    has(
        "https://wa.me/491700000000?text=Hello%2C%20I%20would%20like%20to%20order%3A%0ARed%20%3C%2Fscript%3E%3Cb%3E%20%28R-1%29%0A%E2%82%AC24.50%0AQuantity%3A%201%0Ahttps%3A%2F%2Fshop.example%2Fx%2Fproducts%2Fred%2F",
    );
    has("<em>story</em>");
    // Scripts of the pages themselves are files of the site; what stands in the page is data.
    let (files, scripts): (Vec<&str>, Vec<&str>) =
        page.split("<script").skip(1).partition(|script| script.starts_with(" defer src=\"../"));
    assert!(files.iter().all(|file| file.contains("integrity=")));
    for script in &scripts {
        let data = script.strip_prefix(" type=\"application/ld+json\">").expect("only data");
        let data = data.split("</script>").next().expect("an end");
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        if data["@type"] == "Product" {
            assert_eq!(data["name"], "Red </script><b>");
            assert_eq!(data["offers"]["price"], "24.50");
            assert_eq!(data["image"][0], "https://shop.example/x/photos/p-1600.jpg");
        }
    }
    assert_eq!(scripts.len(), 2);
    assert!(!page.contains(" style=") && !page.contains(" onload"));
}

#[test]
fn what_is_not_translated_says_so() {
    let small = shop();
    let page = small.text("ar/products/red/index.html");
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(page.contains("<span lang=\"en\" dir=\"ltr\">Red "), "{page}");
    assert!(page.contains("لم يُترجم بعد"));
    // What is translated has no mark.
    assert!(page.contains(">متجر</a>"));
}

#[test]
fn the_page_about_privacy_says_only_what_is_so_on_the_site() {
    let site = "name = \"Shop\"\ncurrency = \"EUR\"\nlanguages = [\"en\", \"ar\"]\n";
    let product = ("products/a.md", "+++\nname = \"A\"\nprice = \"5\"\nmade_by = \"ana\"\n+++\n");
    let of = |more: &str, maker: &str, own: Option<&str>| {
        let (site, maker) = (format!("{site}{more}"), format!("+++\nname = \"Ana\"\n{maker}+++\n"));
        let mut files = vec![("site.toml", site.as_str()), product, ("producers/ana.md", &maker)];
        files.extend(own.map(|text| ("pages/privacy.md", text)));
        Small::new(&files)
    };
    let main = |page: String| {
        let main = page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next());
        main.expect("a main part").to_owned()
    };
    let quiet = main(of("", "", None).text("privacy/index.html"));
    assert!(quiet.contains("sets no cookies") && quiet.contains("may keep a log"), "{quiet}");
    for absent in ["your list", "An order is", "at your bank", "Some makers", "check a record"] {
        assert!(!quiet.contains(absent), "{absent} in {quiet}");
    }
    let order = "[order]\nchannels = [\"email\", \"sms\"]\nsms = \"+49 170 0000000\"\nemail = \"a@shop.example\"\n";
    let pay = "[[order.pay]]\nkind = \"link\"\nurl = \"https://pay.example/\"\n";
    let open = of(&format!("{order}{pay}"), "whatsapp = \"+51 900 000 000\"\n", None);
    let told = main(open.text("privacy/index.html"));
    for said in [
        "kept in your own browser",
        "It goes to Shop.",
        "You choose the way: E-mail, Text message, WhatsApp.",
        "Some makers take their orders themselves",
        "You pay at your bank",
        "a@shop.example",
    ] {
        assert!(told.contains(said), "{said} in {told}");
    }
    assert!(open.text("ar/privacy/index.html").contains("لا يضع هذا الموقع"));
    let foot = open.text("products/a/index.html");
    assert!(foot.contains("<li><a href=\"../../privacy/\">Privacy</a></li>"), "{foot}");
    let written = of(order, "", Some("+++\nname = \"What we keep\"\n+++\nWe keep a book.\n"));
    let own = main(written.text("privacy/index.html"));
    let (hers, ours) = own.split_once("We keep a book.").expect("her text");
    assert!(hers.contains(">What we keep</h1>") && ours.contains("sets no cookies"), "{own}");
    let home = written.text("index.html");
    assert_eq!(home.matches("href=\"./privacy/\"").count(), 1, "{home}");
}

#[test]
fn what_has_to_be_asked_about_cannot_be_put_on_the_list() {
    let page = |more: &str| {
        let product = format!(
            "+++\nname = \"Comb\"\nprice = \"4\"\npay = \"https://pay.example/comb\"\nmaterials = [{{ name = \"tusk\", flags = [\"ivory\"]{more} }}]\n+++\n"
        );
        let site = "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n";
        let small = Small::new(&[("site.toml", site), ("products/comb.md", &product)]);
        (small.text("products/comb/index.html"), small.text("goods/en/0.js"))
    };
    let (asked, goods) = page("");
    assert!(asked.contains(">Ask by e-mail</a>"), "{asked}");
    assert!(!asked.contains("Order by e-mail") && !asked.contains("data-add"), "{asked}");
    assert!(!asked.contains("pay.example") && goods.contains("\"verb\":\"ask\""), "{goods}");
    let (settled, goods) = page(", permits = [{ to = [\"*\"] }]");
    assert!(settled.contains(">Order by e-mail</a>") && settled.contains("data-add"), "{settled}");
    assert!(goods.contains("\"verb\":\"order\""), "{goods}");
}

/// The pages that links of pages lead to, from the home page on, and those that are there but not reached.
fn reached(small: &Small) -> (BTreeSet<String>, Vec<String>) {
    let routes = small.routes(LinkStyle::Pretty);
    let mut seen = BTreeSet::from([String::new()]);
    let mut open = vec![String::new()];
    while let Some(dir) = open.pop() {
        let page = small.text(&format!("{dir}index.html"));
        for link in page.split("<a ").skip(1) {
            let href = link.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
            let href = href.expect("an address").split(['#', '?']).next().expect("a part");
            let Some(first) = href.strip_prefix("./").or(Some(href)).filter(|h| !h.contains(':'))
            else {
                continue;
            };
            let mut at: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
            let mut rest = first;
            while let Some(inner) = rest.strip_prefix("../") {
                at.pop().unwrap_or_else(|| panic!("{href} leaves the site from {dir}"));
                rest = inner;
            }
            let up: String = at.iter().map(|part| format!("{part}/")).collect();
            let to = format!("{up}{rest}");
            if to.ends_with(".jpg") || to.ends_with(".webp") {
                continue;
            }
            assert!(routes.route(&format!("{to}index.html")).is_some(), "{href} in {dir}");
            if seen.insert(to.clone()) {
                open.push(to);
            }
        }
    }
    let all = routes.iter().filter(|(_, route)| matches!(route, Route::Page(..)));
    let dirs = all.map(|(path, _)| path.as_str().trim_end_matches("index.html").to_owned());
    let lost = dirs.filter(|dir| !seen.contains(dir)).collect();
    (seen, lost)
}

#[test]
fn links_lead_to_every_collection_and_to_all_that_carries_a_design() {
    let mut files = vec![
        (
            "site.toml".to_owned(),
            "name = \"Shop\"\nlanguages = [\"en\", \"es\"]\ncurrency = \"EUR\"\n".to_owned(),
        ),
        ("designs/wave.md".to_owned(), "+++\nname = \"Wave\"\n+++\n".to_owned()),
    ];
    for at in 0..25 {
        let design = "+++\nname = \"Thing\"\nprice = \"1\"\ndesign = \"wave\"\n+++\n";
        files.push((format!("products/t{at:02}.md"), design.to_owned()));
    }
    for at in 0..12 {
        let text = format!("+++\nname = \"Choice {at}\"\nproducts = [\"t{at:02}\"]\n+++\n");
        files.push((format!("collections/c{at:02}.md"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let small = Small::new(&files);
    let (seen, lost) = reached(&small);
    // A form leads to the search.
    assert_eq!(lost, ["es/search/", "search/"]);
    for page in ["collections/", "collections/c11/", "designs/wave/page/2/", "es/collections/"] {
        assert!(seen.contains(page), "{page}");
    }
    let shop = small.text("products/index.html");
    assert!(shop.contains("<p><a href=\"../collections/\">"), "from the facet: {shop}");
    assert!(
        small
            .text("es/index.html")
            .contains("<a href=\"../es/collections/\">Todas las colecciones</a>")
    );
    let later = small.text("designs/wave/page/2/index.html");
    assert!(later.contains("<h1>Wave</h1>") && later.contains("products/t24/"), "{later}");
    assert_eq!(later.matches("class=\"card\"").count(), 1, "{later}");
    assert!(later.contains("href=\"../../../../designs/wave/\""));
    let none = Small::new(&[("site.toml", "name = \"Shop\"\n")]);
    assert!(none.routes(LinkStyle::Pretty).route("collections/index.html").is_none());
}

#[test]
fn a_recording_is_played_on_demand_and_only_where_it_is() {
    let product = |text: &str| {
        format!(
            "+++\nname = \"A\"\nprice = \"1\"\naudio = \"story.mp3\"\naudio_text = \"I wove it <at night>\"\n+++\n{text}"
        )
    };
    let mut small = Small::new(&[
        ("site.toml", "name = \"Shop\"\nlanguages = [\"en\", \"ar\"]\ncurrency = \"EUR\"\n"),
        ("products/a/index.md", &product("")),
        ("products/a/story.mp3", ""),
        ("products/b.md", "+++\nname = \"B\"\nprice = \"1\"\n+++\n"),
        ("producers/ana.md", "+++\nname = \"Ana\"\naudio = \"ana.opus\"\n+++\nHer story.\n"),
        ("producers/ana.opus", ""),
        (
            "designs/wave.md",
            "+++\nname = \"Wave\"\naudio = \"producers/ana.opus\"\n+++\nIts story.\n",
        ),
    ]);
    let sound = |name: &str, media_type, len_bytes, seconds| Sound {
        name: name.to_owned(),
        media_type,
        len_bytes,
        seconds,
    };
    let sounds = BTreeMap::from([
        ("products/a/story.mp3".to_owned(), sound("ab12.mp3", "audio/mpeg", 1_300_000, 61)),
        ("producers/ana.opus".to_owned(), sound("cd34.opus", "audio/ogg", 10, 1)),
    ]);
    small.photos = Photos::new(BTreeMap::new(), Box::new(Named)).with_sounds(sounds);
    let page = small.text("products/a/index.html");
    for said in [
        "media-src &#39;self&#39;; img-src",
        "<audio controls preload=\"none\"><source src=\"../../sounds/ab12.mp3\" type=\"audio/mpeg\">",
        "<span class=\"quiet\">2 minutes, 1.3\u{a0}MB to load</span>",
        "<p>I wove it &lt;at night&gt;</p>",
    ] {
        let page = page.replace('\'', "&#39;").replace("&#x27;", "&#39;");
        assert!(page.contains(said), "{said} in {page}");
    }
    let arabic = small.text("ar/products/a/index.html");
    assert!(arabic.contains("<span lang=\"en\" dir=\"ltr\">I wove it"), "{arabic}");
    for (path, file) in [("makers/ana", "cd34.opus"), ("designs/wave", "cd34.opus")] {
        let page = small.text(&format!("{path}/index.html"));
        assert!(page.contains(&format!("../../sounds/{file}\" type=\"audio/ogg\"")), "{page}");
        assert!(page.contains("1 minute, 0.1\u{a0}MB") && !page.contains("<details>"), "{page}");
    }
    let other = small.text("products/b/index.html");
    assert!(!other.contains("media-src") && !other.contains("<audio"), "{other}");
    let routes = small.routes(LinkStyle::Pretty);
    assert_eq!(routes.bytes("sounds/ab12.mp3").expect("bytes"), b"products/a/story.mp3 ab12.mp3");
}

#[test]
fn whatever_is_not_translated_tells_its_language_and_says_so_where_it_stands_by_itself() {
    let small = full();
    let page = small.text("es/products/red/index.html");
    let mark = "<small class=\"untranslated\">Aún sin traducir</small>";
    let foreign = |text: &str| format!("<span lang=\"en\" dir=\"ltr\">{text}</span>");
    for (said, what) in [
        // One mark for all values of a fact.
        (format!("{}, {} {mark}</dd>", foreign("wool"), foreign("feather")), "a fact"),
        (format!("({}) {mark}</p>", foreign("a paper")), "what a permit says"),
        (format!("<p>{} {mark}</p>", foreign("de: the marsh")), "an origin"),
        (format!("<dt>{} {mark}", foreign("Europe")), "a zone"),
        (format!("<p class=\"quiet\">{}: ", foreign("Midwinter")), "a last day"),
    ] {
        assert!(page.contains(&said), "{what}: {said} in {page}");
    }
    // The options have their translations.
    let choose =
        page.split("<h2 id=\"choose\">").nth(1).and_then(|rest| rest.split("</h2>").next());
    assert!(!choose.expect("a choice").contains(mark));
    assert!(!small.text("products/red/index.html").contains("untranslated"));
    let fair = Small::new(&[
        ("site.toml", "name = \"Shop\"\nlanguages = [\"en\", \"es\"]\ncurrency = \"EUR\"\n"),
        (
            "products/a.md",
            "+++\nname = { en = \"A\", es = \"A\" }\nprice = \"1\"\n[[options]]\nname = { en = \"Size\", es = \"Talla\" }\nvalues = [\"small\", \"large\"]\n+++\n",
        ),
        (
            "collections/fair.md",
            "+++\nname = { en = \"Fair\", es = \"Feria\" }\nfrom = 2026-12-01\nuntil = 2026-12-02\nplace = \"The square\"\nproducts = [\"a\"]\n+++\n",
        ),
        (
            "designs/wave.md",
            "+++\nname = { en = \"Wave\", es = \"Ola\" }\nholder = \"The village\"\n+++\n",
        ),
    ]);
    let place = foreign("The square");
    let event = fair.text("es/collections/fair/index.html");
    assert!(event.contains(&format!("{place} {mark}</p>")), "{event}");
    assert!(fair.text("es/index.html").contains(&place), "on the tile, where no mark is");
    assert!(fair.text("es/designs/index.html").contains(&foreign("The village")));
    let product = fair.text("es/products/a/index.html");
    assert!(product.contains(&format!("{mark}</h2>")), "the values of an option: {product}");
}

#[test]
fn every_type_of_page_is_one_that_the_browser_tests_look_at() {
    // The names are those of `TYPES` there. A new kind of page does not compile here before it has one.
    const LOOKED_AT: &str = include_str!("../../tests/browser/sites.mjs");
    let name = |page: Page| match page {
        Page::Home => "home",
        Page::Products(1) => "all products",
        Page::Products(_) => "all products, a later page",
        Page::Product(_) => "product",
        Page::Terms(_) => "index of a list",
        Page::Term(..) => "products of a term",
        Page::Producers => "makers",
        Page::Producer(..) => "maker",
        Page::Designs => "designs",
        Page::Design(..) => "design",
        Page::Collections => "collections",
        Page::Collection(..) => "collection",
        Page::Free(_) => "a page of the maker's own",
        Page::About => "about",
        Page::Charter => "charter",
        Page::Shipping => "shipping",
        Page::Privacy => "privacy",
        Page::Search => "search",
        Page::Order => "order list",
        Page::Verify => "where records are checked",
    };
    let all = [
        Page::Home,
        Page::Products(1),
        Page::Products(2),
        Page::Product(ProductIx(0)),
        Page::Terms(ListIx(0)),
        Page::Term(ListIx(0), TermIx(0), 1),
        Page::Producers,
        Page::Producer(ProducerIx(0), 1),
        Page::Designs,
        Page::Design(DesignIx(0), 1),
        Page::Collections,
        Page::Collection(CollectionIx(0), 1),
        Page::Free(PageIx(0)),
        Page::About,
        Page::Charter,
        Page::Shipping,
        Page::Privacy,
        Page::Search,
        Page::Order,
        Page::Verify,
    ];
    let named = all.map(name);
    let apart = ["record", "what stays of a record that was taken back", "no such page"];
    for name in named.iter().chain(&apart) {
        assert!(LOOKED_AT.contains(&format!("\n  \"{name}\": /")), "{name}");
    }
}

#[test]
fn links_and_style_fit_a_folder_on_a_stick() {
    let small = shop();
    let routes = small.routes(LinkStyle::Files);
    let page =
        String::from_utf8(routes.bytes("products/red/index.html").expect("a page")).expect("UTF-8");
    assert!(page.contains("href=\"../../makers/ana/index.html\""));
    assert!(!page.contains("integrity="));
    let served = small.text("products/red/index.html");
    let order = small.text("order/index.html");
    let sheets = [
        (Asset::Css, [true, true, true]),
        (Asset::ListCss, [false, true, false]),
        (Asset::FinderCss, [false, false, true]),
    ];
    let search = small.text("search/index.html");
    for (asset, needs) in sheets {
        let (css, _) =
            routes.iter().find(|(_, route)| *route == Route::Asset(asset)).expect("a style sheet");
        let digest = Sha256::digest(routes.bytes(css.as_str()).expect("bytes"));
        let integrity = format!("integrity=\"sha256-{}\"", data_encoding::BASE64.encode(&digest));
        let pages = [&served, &order, &search];
        assert_eq!(pages.map(|page| page.contains(&integrity)), needs, "{asset:?}");
    }
    let last = order.rfind("rel=\"stylesheet\"").expect("style sheets");
    let main = routes.css.path.as_str();
    assert!(
        order[last..].lines().next().expect("a line").contains(main),
        "all pages' sheet has the last word"
    );
}

#[test]
fn the_same_site_gives_the_same_bytes() {
    let (one, two) = (shop(), shop());
    let (a, b) = (one.routes(LinkStyle::Pretty), two.routes(LinkStyle::Pretty));
    let paths: Vec<String> = a.iter().map(|(path, _)| path.as_str().to_owned()).collect();
    // The other one backwards: the order in which pages are made must not matter.
    let mut backwards: Vec<Vec<u8>> =
        paths.iter().rev().map(|path| b.bytes(path).expect("bytes")).collect();
    backwards.reverse();
    for (path, other) in paths.iter().zip(backwards) {
        assert_eq!(a.bytes(path).expect("bytes"), other, "{path}");
    }
}

/// The page, the list for programs and the search share what the first of them reads.
#[test]
fn a_story_is_the_same_whoever_asks_for_it_first() {
    let small = shop();
    for links in [LinkStyle::Pretty, LinkStyle::Files] {
        let named = |start: &str| {
            let routes = small.routes(links);
            let found = routes.iter().map(|(path, _)| path.as_str().to_owned());
            found.filter(|path| path.starts_with(start)).collect::<Vec<_>>()
        };
        let mut asked = named("products/red/");
        asked.extend(named("products.json"));
        asked.extend(named("search/"));
        let of = |order: &[String]| -> BTreeMap<String, Vec<u8>> {
            let routes = small.routes(links);
            let bytes = |path: &String| routes.bytes(path).expect("a file");
            order.iter().map(|path| (path.clone(), bytes(path))).collect()
        };
        let forwards = of(&asked);
        assert!(asked.len() > 3 && forwards.values().all(|bytes| !bytes.is_empty()), "{asked:?}");
        asked.reverse();
        assert_eq!(of(&asked), forwards);
        // Who asks once more gets it again.
        let again: Vec<String> = asked.iter().chain(&asked).cloned().collect();
        assert_eq!(of(&again), forwards);
    }
}

#[test]
fn a_list_has_pages_of_twenty_four() {
    for count in [0, 1, 24, 25, 48, 49] {
        let mut table = String::from("name = \"Shop\"\nlists = [\"category\"]\n");
        let _ = writeln!(table, "currency = \"EUR\"");
        let products: Vec<(String, String)> = (0..count)
            .map(|at| {
                let text =
                    format!("+++\nname = \"Thing {at}\"\nprice = \"1\"\ncategory = \"All\"\n+++\n");
                (format!("products/thing-{at}.md"), text)
            })
            .collect();
        let mut files = vec![("site.toml", table.as_str())];
        files.extend(products.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let small = Small::new(&files);
        let routes = small.routes(LinkStyle::Pretty);
        let mut shown = 0;
        for (path, _) in routes.iter().filter(|(path, _)| {
            path.as_str() == "products/index.html" || path.as_str().starts_with("products/page/")
        }) {
            let page =
                String::from_utf8(routes.bytes(path.as_str()).expect("a page")).expect("UTF-8");
            let cards = page.matches("class=\"card\"").count();
            assert!(cards <= 24, "{cards} on {}", path.as_str());
            shown += cards;
        }
        assert_eq!(shown, count);
        let last = count.div_ceil(24).max(1);
        assert_eq!(routes.route(&format!("products/page/{last}/index.html")).is_some(), last > 1);
        assert!(routes.route(&format!("products/page/{}/index.html", last + 1)).is_none());
        assert_eq!(routes.route("category/all/page/2/index.html").is_some(), count > 24);
    }
}

#[test]
fn the_map_names_every_page_once_with_its_languages() {
    let small = shop();
    let map = small.text("sitemap.xml");
    assert_eq!(map.matches("<loc>https://shop.example/x/products/red/</loc>").count(), 1);
    assert_eq!(map.matches("<loc>https://shop.example/x/ar/products/red/</loc>").count(), 1);
    assert!(map.contains("hreflang=\"x-default\" href=\"https://shop.example/x/products/red/\""));
    assert!(!map.contains("404"));
    assert!(small.text("robots.txt").contains("Sitemap: https://shop.example/x/sitemap.xml"));
}

#[test]
fn feeds_are_the_same_at_any_time_and_named_by_every_page() {
    let small = shop();
    let routes = small.routes(LinkStyle::Pretty);
    let later = Routes::new(Inputs {
        at: "2031-01-01T00:00:00Z".parse().expect("an instant"),
        ..routes.inputs
    });
    let mut seen = 0;
    for (path, route) in routes.iter() {
        if matches!(route, Route::Feed(..) | Route::Sitemap | Route::Robots) {
            let bytes = routes.bytes(path.as_str()).expect("a feed");
            assert_eq!(bytes, later.bytes(path.as_str()).expect("a feed"), "{}", path.as_str());
            let text = String::from_utf8(bytes).expect("UTF-8");
            let at = text.find("=&quot;..").or_else(|| text.find("=\\\"..").or(text.find('\u{1}')));
            assert_eq!(at, None, "{}: addresses are whole", path.as_str());
            seen += 1;
        }
    }
    assert_eq!(seen, 2 * 4 + 1 + 2);
    let page = small.text("ar/products/red/index.html");
    assert!(page.contains("type=\"application/atom+xml\""));
    assert!(page.contains("href=\"../../../ar/atom.xml\""));
    assert!(page.contains(
        "<meta property=\"og:image\" content=\"https://shop.example/x/photos/p-card.jpg\">"
    ));
    assert!(page.contains("<meta property=\"og:image:height\" content=\"630\">"));
}

#[test]
fn a_site_without_an_address_has_no_feeds_and_no_pictures_for_links() {
    let small = Small::new(&[
        ("site.toml", "name = \"Shop\"\ncurrency = \"EUR\"\n"),
        (
            "products/red/index.md",
            "+++\nname = \"Red\"\nprice = \"4\"\nphotos = [\"a.jpg\"]\n+++\n",
        ),
        ("products/red/a.jpg", "not read here"),
    ]);
    let routes = small.routes(LinkStyle::Pretty);
    assert!(!routes.iter().any(|(_, route)| matches!(route, Route::Feed(..))));
    assert_eq!(routes.route("photos/p-card.jpg"), None);
    let page = small.text("products/red/index.html");
    assert!(!page.contains("atom.xml") && !page.contains("og:image"));
}

#[test]
fn a_feed_of_news_holds_the_newest_fifty() {
    let products: Vec<(String, String)> = (0..53)
        .map(|n| {
            let date =
                if n == 0 { String::new() } else { format!("date = 2026-01-01\nsku = \"{n}\"\n") };
            (
                format!("products/p{n:02}.md"),
                format!("+++\nname = \"P{n}\"\nprice = \"1\"\n{date}+++\n"),
            )
        })
        .collect();
    let mut files: Vec<(&str, &str)> =
        products.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push((
        "site.toml",
        "name = \"Shop\"\nbase_url = \"https://shop.example/\"\ncurrency = \"EUR\"\n",
    ));
    let small = Small::new(&files);
    let atom = small.text("atom.xml");
    assert_eq!(atom.matches("<entry>").count(), 50);
    assert!(!atom.contains("/products/p00/"), "what has no day is not new");
    let feed: serde_json::Value = serde_json::from_str(&small.text("feed.json")).expect("JSON");
    assert_eq!(feed["items"].as_array().map(Vec::len), Some(50));
    let all: serde_json::Value = serde_json::from_str(&small.text("products.json")).expect("JSON");
    assert_eq!(all["products"].as_array().map(Vec::len), Some(53));
}

#[test]
fn a_missing_page_links_from_any_address() {
    let small = shop();
    let page = small.text("404.html");
    assert!(page.contains("href=\"/x/assets/") && page.contains("href=\"/x/\""));
    // One file answers for all languages, so it speaks all of them.
    let (first, second) =
        page.split_once("<header class=\"heading\" lang=\"ar\" dir=\"rtl\">").expect("Arabic");
    assert!(first.contains("<h1>This page is not here</h1>"), "{page}");
    assert!(second.contains("<h2>هذه الصفحة ليست هنا</h2>"), "{page}");
    assert!(second.contains("href=\"/x/ar/\" hreflang=\"ar\""), "{page}");
    let arabic = small.text("ar/404.html");
    assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">"), "{arabic}");
    assert!(arabic.contains("<h1>هذه الصفحة ليست هنا</h1>") && !arabic.contains("<h2>This"));
    assert!(arabic.contains("class=\"button\" href=\"/x/ar/\""), "{arabic}");
    for page in [page, arabic] {
        assert!(!page.contains("=\"./") && !page.contains("=\"../"), "{page}");
        assert!(!page.contains("noindex"));
    }
    // Words that were borrowed from English are not said twice.
    let borrowed = Small::new(&[("site.toml", "name = \"Shop\"\nlanguages = [\"en\", \"qu\"]\n")]);
    assert_eq!(borrowed.text("404.html").matches("This page is not here</h").count(), 1);
}

fn full() -> Small {
    Small::new(&[
        (
            "site.toml",
            "name = \"Shop\"\nbase_url = \"https://shop.example/\"\nlanguages = [\"en\", \"es\"]\ncurrency = \"EUR\"\n\
             [order]\nchannels = [\"whatsapp\"]\nwhatsapp = \"+49 170 0000000\"\n\
             [shipping]\nfrom = \"PE\"\npacking_g = 100\nblackout = [7, \"2026-12-24..2027-01-06\", \"2026-10\"]\n\
             [[shipping.zones]]\nname = \"Home\"\ncountries = [\"PE\"]\nrates = [{ to_g = 400, price = \"3.00\" }, { to_g = 2000, price = \"6.00\" }]\nfree_from = \"90\"\n\
             [[shipping.zones]]\nname = \"Europe\"\ncountries = [\"EU\"]\nprice = \"9.50\"\ndays = [6, 9]\n\
             last_ship = [{ name = \"Midwinter\", date = 2026-12-01 }, { name = \"Harvest\", date = 2026-09-01 }]\n\
             [[shipping.zones]]\nname = \"World\"\ncountries = [\"*\"]\nprice = \"on request\"\n\
             [[shipping.zones]]\nname = \"Workshop\"\npickup = true\n",
        ),
        (
            "products/red/index.md",
            "+++\nname = \"Red\"\nprice = \"24.50\"\nphotos = [\"a.jpg\"]\nweight_g = 300\nsku = \"R\"\nstock = 3\nkind = \"food\"\n\
             allergens = [\"milk\", \"pollen\"]\nalcohol_percent = \"12.5\"\n\
             materials = [\"wool\", { name = \"feather\", origin = \"the marsh\", flags = [\"bird\"], permits = [{ to = [\"EU\"], says = \"a paper\" }] }]\n\
             [nutrition]\nenergy_kj = 1372\nfat = \"0.5\"\n\
             [[options]]\nname = { en = \"Size\", es = \"Talla\" }\nvalues = { en = [\"small\", \"large\"], es = [\"chica\", \"grande\"] }\n\
             [[variants]]\nof = [\"small\"]\nphoto = \"a.jpg\"\n\
             [[variants]]\nof = [\"large\"]\nprice = \"31.00\"\nstock = 0\nweight_g = 900\n+++\n",
        ),
        ("products/red/a.jpg", "not read here"),
        ("products/idea.md", "+++\nname = \"Idea\"\nprice = \"4\"\nstage = \"prototype\"\n+++\n"),
    ])
}

#[test]
fn a_choice_is_a_list_that_orders_without_script() {
    let page = full().text("products/red/index.html");
    let row = |id: &str| {
        let from = page.split(&format!("<li id=\"v-{id}\"")).nth(1).expect("a row");
        from.split("</li>").next().expect("an end").to_owned()
    };
    let small = row("small");
    for part in ["€24.50", "3 ready to send", "p-400.jpg", ">Order</a>", "Size%3A%20small"] {
        assert!(small.contains(part), "{part} in {small}");
    }
    let large = row("large");
    for part in ["€31", "Sold out", "aria-label=\"Ask: large\"", "class=\"gone\""] {
        assert!(large.contains(part), "{part} in {large}");
    }
    assert!(page.contains("€24.50 – €31"), "the price runs from the lowest to the highest");
    // The script finds the photograph of a choice by its place among those of the page.
    let data = "[[&quot;small&quot;,[0],3,0],[&quot;large&quot;,[1],0]]";
    assert!(page.contains(&format!("data-choices=\"{data}\"")), "{page}");
    let spanish = full().text("es/products/red/index.html");
    assert!(
        spanish.contains("Talla%3A%20grande") && spanish.contains("aria-label=\"Pedir: chica\"")
    );
}

/// The texts of the messages that a page offers, by the ways to send them.
fn messages(page: &str) -> Vec<(&'static str, String, String)> {
    let ways = [("whatsapp", "https://wa.me/"), ("sms", "sms:"), ("email", "mailto:")];
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs
        .filter_map(|href| {
            let (way, _) = ways.iter().find(|(_, start)| href.starts_with(start))?;
            let href = href.replace("&amp;", "&");
            let body = href.rsplit_once("text=").or_else(|| href.rsplit_once("body="))?.1;
            let text = percent_encoding::percent_decode_str(body).decode_utf8().expect("UTF-8");
            Some((*way, text.replace('\r', ""), href.clone()))
        })
        .collect()
}

#[test]
fn an_order_without_script_says_how_many_and_which() {
    let small = Small::new(&[
        (
            "site.toml",
            "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nwhatsapp = \"+49 170 0000000\"\nemail = \"a@shop.example\"\n",
        ),
        ("products/ribbon.md", "+++\nname = \"Ribbon\"\nprice = \"1\"\nminimum_order = 10\n+++\n"),
        (
            "products/bowl.md",
            "+++\nname = \"Bowl\"\nprice = \"5\"\nsku = \"B\"\n[[options]]\nname = \"Size\"\nvalues = [\"S\", \"L\"]\n\
             [[variants]]\nof = [\"S\"]\nsku = \"B-S\"\n[[variants]]\nof = [\"L\"]\nstock = 0\n+++\n",
        ),
        ("products/gone.md", "+++\nname = \"Gone\"\nprice = \"1\"\nstock = 0\n+++\n"),
    ]);
    let of = |id: &str| {
        let all = messages(&small.text(&format!("products/{id}/index.html")));
        all.into_iter().map(|(_, text, _)| text).collect::<Vec<_>>()
    };
    let order = "Hello, I would like to order:";
    let ask = "Hello, I have a question about:";
    assert_eq!(
        of("ribbon"),
        [(); 2].map(|()| format!("{order}\nRibbon (ribbon)\n€1\nQuantity: 10"))
    );
    let bowl = of("bowl");
    assert_eq!(
        bowl,
        [
            format!("{order}\nBowl (B-S)\nSize: S\n€5\nQuantity: 1"),
            format!("{ask}\nBowl (B)\nSize: L\n€5"),
            format!("{order}\nBowl (B)\nSize: …\n€5\nQuantity: 1"),
            format!("{order}\nBowl (B)\nSize: …\n€5\nQuantity: 1"),
        ]
    );
    assert_eq!(of("gone"), [(); 2].map(|()| format!("{ask}\nGone (gone)\n€1")));
    // The script knows the numbers that the messages name.
    let page = small.text("products/bowl/index.html");
    let data = "[[&quot;s&quot;,[0],null,null,&quot;B-S&quot;],[&quot;l&quot;,[1],0]]";
    assert!(page.contains("data-number=\"B\""), "{page}");
    assert!(page.contains(&format!("data-choices=\"{data}\"")), "{page}");
}

#[test]
fn a_message_about_something_with_a_long_name_is_one_that_its_program_takes() {
    let long = "شال طويل جدا من صوف الجبال ".repeat(30);
    let option = format!("[[options]]\nname = \"{long}\"\nvalues = [\"{long} 1\", \"{long} 2\"]\n");
    let product = format!(
        "+++\nname = \"{long}\"\nprice = \"5\"\nsku = \"{}\"\n{option}+++\n",
        "9".repeat(900)
    );
    let small = Small::new(&[
        (
            "site.toml",
            "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nwhatsapp = \"+49 170 0000000\"\nsms = \"+49 170 0000000\"\nemail = \"a@shop.example\"\n",
        ),
        ("products/a.md", &product),
    ]);
    let all = messages(&small.text("products/a/index.html"));
    assert_eq!(all.len(), 5, "two choices by the first way, the whole by three");
    for (way, text, href) in all {
        let longest = if way == "email" { 1900 } else { 2000 };
        assert!(
            href.len() <= longest && text.encode_utf16().count() <= 670,
            "{way}: {}",
            href.len()
        );
        assert!(
            text.contains("شال طويل") && text.contains("…") && text.contains("Quantity: 1"),
            "{text}"
        );
    }
}

#[test]
fn what_there_is_too_little_of_for_an_order_is_asked_about() {
    let small = Small::new(&[
        ("site.toml", "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n"),
        (
            "products/few.md",
            "+++\nname = \"Few\"\nprice = \"1\"\nminimum_order = 10\nstock = 3\npay = \"https://pay.example/few\"\n+++\n",
        ),
        (
            "products/enough.md",
            "+++\nname = \"Enough\"\nprice = \"1\"\nminimum_order = 10\nstock = 10\n+++\n",
        ),
        (
            "products/made.md",
            "+++\nname = \"Made\"\nprice = \"1\"\nminimum_order = 10\nstock = 3\nmade_to_order = true\n+++\n",
        ),
    ]);
    for (id, is_ordered) in [("few", false), ("enough", true), ("made", true)] {
        let page = small.text(&format!("products/{id}/index.html"));
        assert_eq!(page.contains("data-add="), is_ordered, "{id}");
        assert_eq!(page.contains("Order by e-mail"), is_ordered, "{id}");
        assert_eq!(page.contains("Ask by e-mail"), !is_ordered, "{id}");
        assert_eq!(page.contains("https://schema.org/SoldOut"), !is_ordered, "{id}");
        assert!(!page.contains("pay.example"), "{id}");
    }
}

#[test]
fn a_link_to_pay_is_a_way_to_buy_by_itself() {
    let product = "+++\nname = \"Bowl\"\nprice = \"5\"\npay = \"https://pay.example/bowl\"\n+++\n";
    let page = |site: &str| {
        Small::new(&[("site.toml", site), ("products/bowl.md", product)])
            .text("products/bowl/index.html")
    };
    let alone = page("name = \"Shop\"\ncurrency = \"EUR\"\n");
    let button = "<a class=\"button\" href=\"https://pay.example/bowl\">Pay online</a>";
    assert!(alone.contains(button), "{alone}");
    assert!(!alone.contains("data-add") && !alone.contains("data-list"), "nobody reads a list");
    // Where orders are taken they come first.
    let beside = page("name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n");
    assert!(beside.contains("<a href=\"https://pay.example/bowl\">Pay online</a>"), "{beside}");
}

#[test]
fn nothing_of_a_service_is_sent() {
    let site = "name = \"Shop\"\nbase_url = \"https://shop.example/\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n\
        [shipping]\nfrom = \"PE\"\nreturns = { days = 14 }\n[[shipping.zones]]\nname = \"Home\"\ncountries = [\"PE\"]\nprice = \"5\"\ndays = [1, 2]\n";
    let product = |kind: &str| {
        format!(
            "+++\nname = \"It\"\nprice = \"30\"\nweight_g = 5\nkind = \"{kind}\"\nmaterials = [{{ name = \"bark\", flags = [\"wild-plant\"], not_to = [\"PE\"] }}]\n+++\n"
        )
    };
    for (kind, is_sent) in [("service", false), ("textile", true)] {
        let small = Small::new(&[("site.toml", site), ("products/it.md", &product(kind))]);
        let page = small.text("products/it/index.html");
        // A material that no border sees stops nothing.
        assert_eq!(page.contains("Order by e-mail"), !is_sent, "{kind}");
        let goods = small.text("goods/en/0.js");
        assert_eq!(goods.contains("\"service\":true"), !is_sent, "{goods}");
        assert_eq!(goods.contains("\"stops\""), is_sent, "{goods}");
        let plain = product(kind)
            .replace("not_to", "permits = [{ to = [\"PE\"] }], not_to")
            .replace("not_to = [\"PE\"]", "not_to = [\"US\"]");
        let small = Small::new(&[("site.toml", site), ("products/it.md", &plain)]);
        let page = small.text("products/it/index.html");
        for part in ["shippingDetails", "hasMerchantReturnPolicy", "\"weight\""] {
            assert_eq!(page.contains(part), is_sent, "{kind}: {part}");
        }
        assert!(page.contains("\"offers\""));
    }
}

#[test]
fn what_several_makers_make_is_ordered_from_the_first_who_takes_orders_where_the_shop_does_not() {
    let of = |order: &str, makers: [&str; 3]| {
        let [ana, bo, cy] = makers.map(|own| format!("+++\nname = \"M\"\n{own}+++\n"));
        let site = format!("name = \"Shop\"\ncurrency = \"EUR\"\n{order}");
        let small = Small::new(&[
            ("site.toml", &site),
            ("producers/ana.md", &ana),
            ("producers/bo.md", &bo),
            ("producers/cy.md", &cy),
            (
                "products/rug.md",
                "+++\nname = \"Rug\"\nprice = \"5\"\nmade_by = [\"bo\", \"ana\"]\n+++\n",
            ),
            ("products/mat.md", "+++\nname = \"Mat\"\nprice = \"5\"\nmade_by = \"cy\"\n+++\n"),
        ]);
        let of = |id: &str| {
            let page = small.text(&format!("products/{id}/index.html"));
            let hrefs = messages(&page).into_iter().map(|(_, _, href)| href);
            let to: Vec<String> =
                hrefs.map(|href| href[..href.find('?').expect("a text")].to_owned()).collect();
            (to, page.contains("data-add"))
        };
        let goods = small
            .routes(LinkStyle::Pretty)
            .bytes("goods/en/0.js")
            .map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
        (of("rug"), of("mat"), goods.unwrap_or_default())
    };
    let (ana, bo) = ("whatsapp = \"+51 900 000 001\"\n", "whatsapp = \"+51 900 000 002\"\n");
    let to = |address: &str| (vec![address.to_owned()], true);
    // Nobody reads an order of what cannot be asked for anywhere, so it goes on no list.
    let nobody = (Vec::new(), false);
    let (rug, mat, goods) = of("", [ana, bo, ""]);
    assert_eq!((rug, &mat), (to("https://wa.me/51900000002"), &nobody));
    assert!(goods.contains("\"to\":\"bo\"") && goods.contains("\"makers\":{\"bo\""), "{goods}");
    assert_eq!(of("", [ana, "", ""]).0, to("https://wa.me/51900000001"));
    assert_eq!(of("", ["", "", ""]).0, nobody);
    let shop = "[order]\nemail = \"a@shop.example\"\n";
    let (rug, mat, goods) = of(shop, [ana, bo, ""]);
    assert_eq!((rug, mat), (to("mailto:a@shop.example"), to("mailto:a@shop.example")));
    assert!(!goods.contains("\"to\""), "{goods}");
}

#[test]
fn a_product_says_what_it_costs_to_send_and_where_it_may_go() {
    let page = full().text("products/red/index.html");
    let zone = |name: &str| {
        let from = page.split(&format!("<dt>{name}")).nth(1).expect("a zone");
        from.split("</div>").next().expect("an end").to_owned()
    };
    // 300 g and the packing are just within the first rate; the large one is not.
    assert!(zone("Home").contains("from €3") && zone("Home").contains("free from €90"));
    let europe = zone("Europe");
    assert!(europe.contains("€9.50") && europe.contains("6–9 days"), "{europe}");
    assert!(
        europe.contains(
            "Midwinter: sent by <time datetime=\"2026-12-01\">December 1, 2026</time> at the latest"
        ),
        "{europe}"
    );
    assert!(!europe.contains("Harvest"), "what is over is not said: {europe}");
    assert!(zone("World").contains("not sent there") && !zone("World").contains("told when"));
    assert!(zone("Workshop").contains("you fetch it yourself"));
    for part in ["of a bird", "May go to: European Union (a paper)", "from: the marsh"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains(
        "Nothing is made or sent: July, every year, <time datetime=\"2026-12-24\">December 24, 2026</time> – \
         <time datetime=\"2027-01-06\">January 6, 2027</time>"
    ));
    assert!(!page.contains("October"));
}

#[test]
fn the_page_of_shipping_has_every_price() {
    let small = full();
    let page = small.text("shipping/index.html");
    for part in [
        "up to 400\u{a0}g",
        "up to 2\u{a0}kg",
        "€6",
        "European Union",
        "all other countries",
        "Sent from: Peru",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let home = small.text("es/index.html");
    assert!(home.contains("es/shipping/\">Envíos"));
    assert!(small.text("es/shipping/index.html").contains("todos los demás países"));
    let none = shop();
    assert!(none.routes(LinkStyle::Pretty).route("shipping/index.html").is_none());
}

#[test]
fn the_makers_own_page_of_shipping_has_the_prices_below() {
    let site = "name = \"Shop\"\ncurrency = \"EUR\"\n[[shipping.zones]]\nname = \"World\"\ncountries = [\"*\"]\nprice = \"9.50\"\n";
    let small = Small::new(&[
        ("site.toml", site),
        ("pages/shipping.md", "+++\nname = \"Postage\"\n+++\nOn Tuesdays.\n"),
    ]);
    let page = small.text("shipping/index.html");
    assert!(
        page.contains("On Tuesdays.") && page.contains("€9.50") && page.contains("every parcel")
    );
}

#[test]
fn kinds_say_their_own_things_in_the_language_of_the_page() {
    let page = full().text("es/products/red/index.html");
    for part in ["leche", "pollen", "12,5 % vol.", "energía 1372\u{a0}kJ", "grasas 0,5\u{a0}g"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn what_is_not_for_sale_is_asked_about_and_not_offered() {
    let small = full();
    let page = small.text("products/idea/index.html");
    assert!(page.contains("A prototype, not for sale yet") && page.contains("Ask by WhatsApp"));
    assert!(
        !page.contains("Order by")
            && !page.contains("\"offers\"")
            && !page.contains("id=\"shipping\"")
    );
    assert!(small.text("products/index.html").contains("Not for sale yet"));
}

/// A shop with so many products that its list can be chosen from.
fn large() -> Small {
    let mut files = vec![
        (
            "site.toml".to_owned(),
            "name = \"Shop\"\nlanguages = [\"en\", \"vi\"]\ncurrency = \"EUR\"\n".to_owned(),
        ),
        ("producers/ana.md".to_owned(), "+++\nname = \"Ana\"\n+++\n".to_owned()),
        ("products/hid.md".to_owned(), "+++\nname = \"Hidden\"\nhide = true\n+++\n".to_owned()),
    ];
    for at in 0..40 {
        let category = ["Bowls", "Cups"][at % 2];
        let text = format!(
            "+++\nname = \"Thing {at}\"\nprice = \"{at}.50\"\nmade_by = \"ana\"\ncategory = \"{category}\"\nstock = {at}\n+++\nStory word{at}.\n"
        );
        files.push((format!("products/t{at:02}.md"), text));
    }
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Small::new(&files)
}

#[test]
fn the_search_has_files_in_each_language_that_name_what_they_need() {
    let small = large();
    let routes = small.routes(LinkStyle::Pretty);
    let paths: Vec<&str> = routes.iter().map(|(path, _)| path.as_str()).collect();
    for tag in ["en", "vi"] {
        let root = small.text(&format!("search/{tag}.js"));
        let mut digests = 0;
        for file in ["c0", "c1", "w0"] {
            let path = format!("search/{tag}/{file}.js");
            assert!(paths.contains(&path.as_str()), "{path}");
            let digest: [u8; 32] = Sha256::digest(small.text(&path)).into();
            assert!(root.contains(&data_encoding::HEXLOWER.encode(&digest[..4])), "{path}");
            digests += 1;
        }
        assert_eq!(digests, 3);
        assert!(!paths.contains(&format!("search/{tag}/c2.js").as_str()));
    }
    let stick = small.routes(LinkStyle::Files).bytes("search/en.js").expect("a file");
    let stick = String::from_utf8(stick).expect("UTF-8");
    assert!(stick.contains("\"cards\":[\"\",\"\"]"), "no digests where addresses have no query");
    for (path, route) in routes.iter() {
        if matches!(route, Route::Search(_)) {
            let text = small.text(path.as_str());
            assert!(text.starts_with("selvedge.put(\"") && text.ends_with(");\n"), "{path:?}");
            assert!(!text.contains("Hidden") && !text.contains("hid/"), "{path:?}");
        }
    }
}

#[test]
fn cards_of_the_search_are_those_of_the_lists() {
    let small = large();
    let list = small.text("products/index.html");
    let cards = small.text("search/en/c0.js");
    let value = cards.strip_prefix("selvedge.put(\"en/c0\",").and_then(|c| c.strip_suffix(");\n"));
    let cards: Vec<String> = serde_json::from_str(value.expect("a call")).expect("texts");
    assert_eq!(cards.len(), 32);
    for card in &cards[..PAGE_SIZE] {
        assert!(list.contains(&card.replace('\u{1}', "../")), "{card}");
    }
}

#[test]
fn a_page_allows_scripts_only_if_it_has_one() {
    let small = large();
    for links in [LinkStyle::Pretty, LinkStyle::Files] {
        let routes = small.routes(links);
        let mut with = Vec::new();
        for (path, route) in routes.iter() {
            let Route::Page(LocaleIx::FIRST, _) = route else { continue };
            let html =
                String::from_utf8(routes.bytes(path.as_str()).expect("a page")).expect("UTF-8");
            let html = html.replace("&#39;", "'").replace("&#x27;", "'");
            let has = html.contains("<script defer src=");
            assert_eq!(has, html.contains("script-src 'self';"), "{path:?}");
            assert_eq!(
                has && links == LinkStyle::Pretty,
                html.contains(".js\" integrity="),
                "{path:?}"
            );
            if has {
                with.push(path.as_str().to_owned());
            }
        }
        assert_eq!(
            with,
            ["products/index.html", "products/page/2/index.html", "search/index.html"]
        );
        let html = routes.bytes("search/index.html").expect("a page");
        let html =
            String::from_utf8(html).expect("UTF-8").replace("&#39;", "'").replace("&#x27;", "'");
        let script = html.split("src=\"../").nth(1).and_then(|rest| rest.split('"').next());
        assert!(routes.bytes(script.expect("a script")).is_ok());
        let form = if links == LinkStyle::Files {
            "form-action 'self' file:\""
        } else {
            "form-action 'self'\""
        };
        assert!(html.contains(form), "{html}");
    }
}

#[test]
fn the_page_of_the_search_is_in_no_map_for_search_engines() {
    let small = shop();
    assert!(!small.text("search/index.html").contains("noindex"));
    let map = small.text("sitemap.xml");
    assert!(map.contains("/products/") && !map.contains("/search/"));
}

#[test]
fn the_list_finds_each_product_once_and_nothing_hidden() {
    let mut files = vec![
        (
            "site.toml".to_owned(),
            "name = \"Shop\"\nbase_url = \"https://shop.example/\"\nlanguages = [\"en\", \"vi\"]\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n".to_owned(),
        ),
        ("producers/ana.md".to_owned(), "+++\nname = \"Ana\"\nphone = \"+51 900 000 000\"\n+++\n".to_owned()),
        ("producers/bo.md".to_owned(), "+++\nname = \"Bo\"\n+++\n".to_owned()),
        ("products/hid.md".to_owned(), "+++\nname = \"Hidden\"\nhide = true\n+++\n".to_owned()),
    ];
    for at in 0..60 {
        let maker = if at == 7 { "ana" } else { "bo" };
        let text =
            format!("+++\nname = \"Thing {at}\"\nprice = \"2.50\"\nmade_by = \"{maker}\"\n+++\n");
        files.push((format!("products/t{at:02}.md"), text));
    }
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let small = Small::new(&files);
    let routes = small.routes(LinkStyle::Pretty);
    for tag in ["en", "vi"] {
        let mut ids = Vec::new();
        let mut makers = Vec::new();
        for number in 0..3 {
            let text = small.text(&format!("goods/{tag}/{number}.js"));
            let head = format!("selvedge.goods({number},");
            let data = text.strip_prefix(&head).and_then(|text| text.strip_suffix(");\n"));
            let data: serde_json::Value =
                serde_json::from_str(data.expect("a call")).expect("JSON");
            ids.extend(data["products"].as_object().expect("products").keys().cloned());
            makers.extend(data["makers"].as_object().expect("makers").keys().cloned());
        }
        ids.sort();
        let all: Vec<String> = (0..60).map(|at| format!("t{at:02}")).collect();
        assert_eq!(ids, all);
        // Only who takes orders herself is named there.
        assert_eq!(makers, ["ana"]);
        assert!(routes.route(&format!("goods/{tag}/3.js")).is_none());
    }
    let page = small.text("order/index.html");
    assert!(!page.contains("noindex") && page.contains("\"buckets\":3"));
    assert!(!small.text("sitemap.xml").contains("/order/"));
    let closed = large();
    assert!(closed.routes(LinkStyle::Pretty).route("order/index.html").is_none());
    assert!(!closed.text("index.html").contains("data-list"));
}

#[test]
fn lists_stand_in_the_order_of_the_page_s_language() {
    let product = |name: &str, maker: &str| {
        format!(
            "+++\nname = \"{name}\"\nprice = \"1\"\ncategory = \"{maker} category\"\nmade_by = \"{maker}\"\n+++\n"
        )
    };
    let makers = [("a", "Zorn"), ("b", "Öman"), ("c", "Ahl"), ("d", "Åberg")];
    let mut files = vec![(
        "site.toml".to_owned(),
        "name = \"Shop\"\nlanguages = [\"en\", \"sv\"]\ncurrency = \"EUR\"\n".to_owned(),
    )];
    for (id, name) in makers {
        files.push((format!("producers/{id}.md"), format!("+++\nname = \"{name}\"\n+++\n")));
        files.push((format!("products/{id}.md"), product(name, name)));
        files.push((format!("designs/{id}.md"), format!("+++\nname = \"{name}\"\n+++\n")));
        files.push((
            format!("collections/{id}.md"),
            format!("+++\nname = \"{name}\"\nproducts = [\"{id}\"]\n+++\n"),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let small = Small::new(&files);
    let names = |path: &str, after: &str| {
        let page = small.text(path);
        let main = page.split("<main").nth(1).expect("a main part").to_owned();
        let list = main.split(after).nth(1).unwrap_or_else(|| panic!("{after} in {main}"));
        let mut found: Vec<(usize, &str)> = makers
            .iter()
            .filter_map(|(_, name)| Some((list.find(&format!(">{name}"))?, *name)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    for (prefix, expected) in
        [("", ["Åberg", "Ahl", "Öman", "Zorn"]), ("sv/", ["Ahl", "Zorn", "Åberg", "Öman"])]
    {
        for path in ["makers", "category", "designs"] {
            assert_eq!(
                names(&format!("{prefix}{path}/index.html"), "<h1"),
                expected,
                "{prefix}{path}"
            );
        }
    }
}

#[test]
fn counts_take_the_plural_form_of_the_page_s_language() {
    let product = |category: &str| {
        format!(
            "+++\nname = \"Thing\"\nprice = \"1\"\nstock = 2\nlead_time_days = 1\ncategory = \"{category}\"\n+++\n"
        )
    };
    let mut files = vec![(
        "site.toml".to_owned(),
        "name = \"Shop\"\nlanguages = [\"en\", \"ar\", \"fa\"]\ncurrency = \"EUR\"\n".to_owned(),
    )];
    for (category, count) in [("one", 1), ("two", 2), ("three", 3), ("eleven", 11), ("more", 1101)]
    {
        for at in 0..count {
            files.push((format!("products/{category}-{at}.md"), product(category)));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let small = Small::new(&files);
    for (prefix, said) in [
        ("", ["1 work", "2 works", "3 works", "11 works", "1,101 works"]),
        ("ar/", ["قطعة واحدة", "قطعتان", "3 قطع", "11 قطعة", "1,101 قطعة"]),
        ("fa/", ["۱ work", "۲ works", "۳ works", "۱۱ works", "۱٬۱۰۱ works"]),
    ] {
        for (category, said) in ["one", "two", "three", "eleven", "more"].iter().zip(said) {
            let page = small.text(&format!("{prefix}category/{category}/index.html"));
            assert!(page.contains(&format!(">{said}<")), "{said} in {page}");
        }
    }
    let page = small.text("ar/products/one-0/index.html");
    for part in ["قطعتان جاهزتان للإرسال", "يغادر الورشة خلال يوم واحد"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    let pages = small.text("fa/category/more/page/2/index.html");
    assert!(pages.contains(">۳</a>") && pages.contains("Page ۲ of ۴۶"), "{pages}");
}

#[test]
fn whoever_supplies_a_maker_is_linked_if_she_has_a_page() {
    let site = Small::new(&[
        ("site.toml", "name = \"Shop\"\ncurrency = \"EUR\"\n"),
        ("producers/ana.md", "+++\nname = \"Ana of the hills\"\n+++\n"),
        ("producers/bo.md", "+++\nname = \"Bo\"\n+++\n"),
        (
            "products/bowl.md",
            "+++\nname = \"Bowl\"\nprice = \"3.00\"\nmade_by = \"bo\"\nsupplied_by = [\"ana\", \"Bo\", \"the clay pit\"]\n+++\n",
        ),
    ]);
    let page = site.text("products/bowl/index.html");
    for expected in [
        "<a href=\"../../makers/ana/\">Ana of the hills</a>",
        "<a href=\"../../makers/bo/\">Bo</a>",
        ", the clay pit</dd>",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
}
