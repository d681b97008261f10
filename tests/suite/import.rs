//! `import`: tables to source files, and a report of everything else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use selvedge::diag::Diagnostics;
use selvedge::import::{self, Class, Existing, Kind, Options, Report, Writing};
use selvedge::read::{self, Changed, Memory};
use selvedge::{check, diag};

/// A JPEG as far as its first bytes tell; the import copies it as it is.
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a photograph";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a photograph";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(name)
}

/// A site with nothing in it, and a folder of photographs beside it.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new(site_toml: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("site")).expect("made");
        fs::create_dir_all(folder.path().join("pictures/ordner")).expect("made");
        let shop = Self { folder };
        shop.write("site/site.toml", site_toml.as_bytes());
        shop.write("pictures/ordner/becher.jpg", JPEG);
        shop.write("pictures/detail.jpg", JPEG);
        shop.write("pictures/schale.png", PNG);
        shop.write("pictures/niemand.jpg", JPEG);
        shop
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path("site").join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn options(&self, files: &[PathBuf]) -> Options {
        let mut options = Options::new(files.to_vec(), self.path("site"));
        options.images = vec![self.path("pictures")];
        options
    }

    fn own_columns(&self) -> Options {
        let mut options = self.options(&[fixture("own-columns.csv"), fixture("bilder-mehr.csv")]);
        options.map = Some(fixture("own-columns.toml"));
        options
    }

    /// All files of the site with their bytes.
    fn snapshot(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("site")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("listed") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("read");
                    files.push((path, bytes));
                }
            }
        }
        files.sort();
        files
    }

    /// What `check` says about the site: the codes of its errors.
    fn errors(&self) -> Vec<String> {
        errors(&self.path("site"))
    }
}

fn errors(site: &Path) -> Vec<String> {
    let draft = read::load(site, &mut Memory::default(), Changed::All).expect("a site");
    let outcome = check::check(draft);
    let show = |found: &Diagnostics| {
        found
            .sorted(&outcome.sources)
            .into_iter()
            .filter(|d| d.severity == diag::Severity::Error)
            .map(|d| diag::report::to_text(d, &outcome.sources, diag::report::Colour::Never))
            .collect()
    };
    show(&outcome.diagnostics)
}

fn import(options: &Options) -> Report {
    import::csv(options).unwrap_or_else(|error| panic!("{error}"))
}

/// The findings of a kind: line, column, value.
fn found(report: &Report, kind: Kind) -> Vec<(usize, String, String)> {
    report
        .findings
        .iter()
        .filter(|finding| finding.kind == kind)
        .map(|f| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            (f.line.unwrap_or(0), text(&f.column), text(&f.value))
        })
        .collect()
}

fn rows(expected: &[(usize, &str, &str)]) -> Vec<(usize, String, String)> {
    expected.iter().map(|(l, c, v)| (*l, (*c).to_owned(), (*v).to_owned())).collect()
}

const SITE: &str = "name = \"Ton\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n";

#[test]
fn a_table_with_columns_of_its_own_becomes_files_that_a_maker_would_write() {
    let shop = Shop::new(SITE);
    let report = import(&shop.own_columns());
    assert_eq!(
        shop.text("products/grosser-becher/index.md"),
        "+++\n\
         name = \"Großer Becher\"\n\
         description = \"Ein Becher für alles\"\n\
         price = \"1234.50 EUR\"\n\
         stock = 3\n\
         one_of_a_kind = true\n\
         kind = \"ceramic\"\n\
         category = \"Cups\"\n\
         colour = [\"Blau\", \"Weiß\"]\n\
         materials = [\"Ton\", \"Asche\"]\n\
         made_by = \"Ana vom Tal\"\n\
         weight_g = 350\n\
         sku = \"B-1\"\n\
         date = 2026-05-01\n\
         photos = [{ file = \"becher.jpg\", alt = \"Ein blauer Becher\" }, \"detail.jpg\"]\n\
         +++\n\n\
         Dick & warm.\n\n- Hält lange\n- Spülfest\n\n\
         ## Details\n\n- **Height:** 12 cm\n- **Glaze:** Asche, Salz\n"
    );
    assert_eq!(
        fs::read(shop.path("site/products/grosser-becher/becher.jpg")).expect("copied"),
        JPEG
    );
    let second = shop.text("products/kleiner-becher-b-2/index.md");
    for part in [
        "price = \"12.50 EUR\"\nstock = 0\n",
        "# the table says Gramm \"abc\", which was not understood\n",
        "# the table says Unikat \"vielleicht\", which was not understood\n",
        "Nur ein \\*Wort\\* mit Stern",
    ] {
        assert!(second.contains(part), "{part} in\n{second}");
    }
    assert!(shop.text("products/kleiner-becher-b-3/index.md").contains("price = \"on request\"\n"));
    assert!(shop.text("products/schale/index.md").contains("Zeile eins\\\nZeile zwei\n"));
    assert!(
        shop.text("products/schale/index.md").contains(
            "photos = [{ file = \"schale.png\", alt = \"Eine Schale\" }, \"becher.jpg\"]\n"
        )
    );
    assert_eq!(
        shop.text("collections/new-in.md"),
        "+++\nname = \"New in\"\nproducts = [\"grosser-becher\"]\n+++\n"
    );
    assert_eq!(shop.text("producers/ana-vom-tal.md"), "+++\nname = \"Ana vom Tal\"\n+++\n");
    assert_eq!(report.written.len(), 4);
    assert_eq!(shop.errors(), Vec::<String>::new(), "{}", report.to_text());
}

#[test]
fn everything_else_is_reported_with_line_and_column() {
    let shop = Shop::new(SITE);
    let report = import(&shop.own_columns());
    assert_eq!(
        found(&report, Kind::ValueNotUnderstood),
        rows(&[
            (5, "Unikat", "vielleicht"),
            (5, "Gramm", "abc"),
            (5, "Seit", "gestern"),
            (6, "Lager", ">10"),
            (6, "Gramm", "0"),
        ]),
        "{}",
        report.to_text()
    );
    assert_eq!(found(&report, Kind::PhotoMissing), rows(&[(5, "Bilder", "fehlt.jpg")]));
    let left_out: Vec<usize> =
        found(&report, Kind::RowLeftOut).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(
        left_out,
        [5, 8, 7],
        "a photo without number, an article twice, a row without a name"
    );
    assert_eq!(found(&report, Kind::JoinWithoutProduct), rows(&[(4, "", "B-9")]));
    assert_eq!(found(&report, Kind::ColumnNotUsed), rows(&[(0, "Extra", "")]));
    assert_eq!(found(&report, Kind::ColumnLeftOut), rows(&[(0, "Internal note", "")]));
    assert_eq!(found(&report, Kind::MarkupRemoved), rows(&[(3, "Text", "<script>")]));
    assert_eq!(found(&report, Kind::PathShortened), rows(&[(3, "Regal", "Alles")]));
    assert_eq!(found(&report, Kind::TermLeftOut), rows(&[(6, "Regal", "Alles")]));
    assert_eq!(found(&report, Kind::IdChanged).len(), 2);
    let unused: Vec<&str> = report
        .findings
        .iter()
        .filter(|f| f.kind == Kind::PhotoNotUsed)
        .filter_map(|f| f.file.rsplit('/').next())
        .collect();
    assert_eq!(unused, ["niemand.jpg"]);
    assert!(report.has_problems());
    let json = report.to_json();
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(report.findings.len()));
}

#[test]
fn the_usual_names_of_columns_need_no_map() {
    let shop = Shop::new(SITE);
    let report = import(&shop.options(&[fixture("usual-names.csv")]));
    let text = shop.text("products/red-shawl/index.md");
    for part in [
        "name = \"Red shawl\"\n",
        "stock = 2\ncategory = \"Shawls\"\ncolour = [\"Red\", \"Blue\"]\nsku = \"S-1\"\n",
        "photos = [\"becher.jpg\", \"schale.png\"]\n",
        "\n\nWarm, **soft** wool.\n",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    // The site's currency is no dollar, so this is no price of its own.
    assert!(!text.contains("price ="), "{text}");
    assert_eq!(found(&report, Kind::NoCurrency), rows(&[(2, "Price", "$34")]));
    assert_eq!(found(&report, Kind::ColumnNotUsed), rows(&[(0, "Vendor code", "")]));
    // What a spreadsheet would run is a text like any other.
    let formula = shop.text("products/1-1/index.md");
    assert!(formula.contains("name = \"=1+1\"\n"), "{formula}");
    assert!(formula.contains("=HYPERLINK("), "{formula}");
}

#[test]
fn a_second_import_changes_nothing() {
    let shop = Shop::new(SITE);
    let first = import(&shop.own_columns());
    let before = shop.snapshot();
    let second = import(&shop.own_columns());
    assert_eq!(shop.snapshot(), before);
    assert_eq!((second.written.len(), second.unchanged.len()), (0, first.written.len()));
    // Another folder gets the same bytes.
    let other = Shop::new(SITE);
    import(&other.own_columns());
    let contents = |shop: &Shop| {
        let root = shop.path("site");
        let inside = shop.snapshot().into_iter();
        inside
            .map(|(path, bytes)| (path.strip_prefix(&root).expect("inside").to_owned(), bytes))
            .collect::<Vec<_>>()
    };
    assert_eq!(contents(&shop), contents(&other));
}

#[test]
fn what_the_maker_changed_is_kept() {
    let shop = Shop::new(SITE);
    import(&shop.own_columns());
    let path = "site/products/schale/index.md";
    let changed = shop
        .text("products/schale/index.md")
        .replace("price = \"7.00 EUR\"", "price = \"9.00 EUR\" # the clay is dearer")
        .replace("+++\n\n", "care = \"By hand\"\n+++\n\n");
    shop.write(path, changed.as_bytes());
    // She also gave it a better address.
    fs::rename(shop.path("site/products/schale"), shop.path("site/products/bowl"))
        .expect("renamed");
    let before = shop.snapshot();
    let report = import(&shop.own_columns());
    assert_eq!(shop.snapshot(), before);
    let kept: Vec<&str> = report.kept.iter().map(|product| product.id.as_str()).collect();
    assert_eq!(kept, ["bowl"]);
    assert_eq!(found(&report, Kind::ExistingKept).len(), 1, "{}", report.to_text());

    let mut replace = shop.own_columns();
    replace.existing = Existing::Replace;
    replace.writing = Writing::DryRun;
    let dry = import(&replace);
    assert_eq!((dry.replaced.len(), shop.snapshot()), (1, before));
    replace.writing = Writing::Write;
    let report = import(&replace);
    assert_eq!(report.replaced.len(), 1);
    let text = shop.text("products/bowl/index.md");
    assert!(text.contains("price = \"7.00 EUR\" # the clay is dearer\n"), "{text}");
    assert!(text.contains("care = \"By hand\"\n"), "{text}");
    assert!(import(&replace).replaced.is_empty(), "the second time there is nothing to do");
}

#[test]
fn texts_in_another_language_go_beside_the_products() {
    let shop = Shop::new(&format!("languages = [\"de\", \"en\"]\n{SITE}"));
    import(&shop.own_columns());
    let table =
        "SKU,Title,Description,Price,Materials\nB-1,Big cup,<p>Thick</p>,9,clay\nX-1,Jug,,,\n";
    shop.write("en.csv", table.as_bytes());
    let mut options = shop.options(&[shop.path("en.csv")]);
    options.language = Some("en".to_owned());
    let report = import(&options);
    assert_eq!(
        shop.text("products/grosser-becher/index.en.md"),
        "+++\nname = \"Big cup\"\nmaterials = \"clay\"\n+++\n\nThick\n"
    );
    assert_eq!(found(&report, Kind::RowLeftOut), rows(&[(3, "", "X-1")]));
    assert_eq!(shop.errors(), Vec::<String>::new());
    options.language = Some("fr".to_owned());
    let error = import::csv(&options).expect_err("no such language").to_string();
    assert!(error.contains("this site has no language \"fr\""), "{error}");
}

#[test]
fn makers_whose_names_give_one_id_stay_apart_and_one_spelled_twice_is_one() {
    let shop = Shop::new(SITE);
    let table = "Handle,Title,Vendor,Variant Price\na,A,Ana Perez,5\nb,B,Ana Pérez,5\nc,C,ANA PEREZ,5\nd,D,Bo,5\n";
    shop.write("table.csv", table.as_bytes());
    shop.write("site/producers/bo.md", b"+++\nname = \"Bo of the hills\"\n+++\n");
    let report = import::shopify(&shop.options(&[shop.path("table.csv")])).expect("imported");
    let makers = ["a", "b", "c", "d"].map(|id| {
        let text = shop.text(&format!("products/{id}/index.md"));
        text.lines().find(|line| line.starts_with("made_by")).map(str::to_owned)
    });
    let expected = ["ANA PEREZ", "Ana Pérez", "ANA PEREZ", "bo"];
    assert_eq!(makers, expected.map(|name| Some(format!("made_by = \"{name}\""))));
    // That it was the id alone that said who it is, is said.
    let by_id = |report: &Report| {
        let of = report.findings.iter().filter(|f| f.kind == Kind::MakerById);
        of.map(|f| (f.file.clone(), f.value.clone(), f.message.clone())).collect::<Vec<_>>()
    };
    let said = "taken for the maker \"Bo of the hills\", who has this id".to_owned();
    assert_eq!(by_id(&report), [("producers/bo".to_owned(), Some("Bo".to_owned()), said)]);
    assert_eq!(shop.text("producers/ana-perez-2.md"), "+++\nname = \"Ana Pérez\"\n+++\n");
    assert_eq!(shop.errors(), Vec::<String>::new());
    let again = import::shopify(&shop.options(&[shop.path("table.csv")])).expect("imported");
    assert!(again.written.is_empty(), "{}", again.to_text());
    assert!(!shop.path("site/producers/ana-perez-3.md").exists());
    // Whoever writes the id, or the name of the file, means her.
    let table = "Handle,Title,Vendor,Variant Price\ne,E,bo,5\nf,F,BO OF THE HILLS,5\n";
    shop.write("table.csv", table.as_bytes());
    let meant = import::shopify(&shop.options(&[shop.path("table.csv")])).expect("imported");
    assert_eq!((by_id(&meant), meant.written.len()), (vec![], 2));
}

#[test]
fn mistakes_in_the_map_are_shown_with_their_line() {
    let shop = Shop::new(SITE);
    shop.write("map.toml", b"[columns]\nname = \"Title\"\nprise = \"Price\"\n");
    let mut options = shop.options(&[fixture("usual-names.csv")]);
    options.map = Some(shop.path("map.toml"));
    let error = import::csv(&options).expect_err("a mistake");
    assert!(error.map_problems().is_some());
    let words = error.to_string();
    assert!(words.contains("map.toml:3:1") && words.contains("`price`"), "{words}");
    assert_eq!(shop.snapshot().len(), 1, "nothing was written");
}

#[test]
fn a_folder_without_a_site_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options::new(vec![fixture("usual-names.csv")], folder.path().to_owned());
    assert!(import::csv(&options).is_err());
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
}

/// Reads a `.jsonl` file of hostile cases.
fn cases(name: &str) -> Vec<serde_json::Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/csv").join(name);
    let text = fs::read_to_string(path).expect("read");
    text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect()
}

#[test]
fn hostile_tables_are_read_as_text_or_refused() {
    for case in cases("files.jsonl") {
        let id = case["id"].as_str().expect("an id");
        let bytes = data_encoding::BASE64
            .decode(case["b64"].as_str().expect("bytes").as_bytes())
            .expect("base64");
        let shop = Shop::new(SITE);
        shop.write("table.csv", &bytes);
        shop.write("secret.key", b"secret");
        let report = import(&shop.options(&[shop.path("table.csv")]));
        let problems: Vec<_> =
            report.findings.iter().filter(|f| f.kind.class() == Class::NotUnderstood).collect();
        let notes = report.count(Class::Note);
        let text = report.to_text();
        match case["expect"].as_str().expect("a verdict") {
            "ok" | "ok-as-text" => {
                assert!(!report.written.is_empty(), "{id}: {text}");
                if id != "s-html" {
                    assert!(problems.is_empty(), "{id}: {text}");
                }
            }
            "ok-empty" => assert!(problems.is_empty() && report.written.is_empty(), "{id}: {text}"),
            "error" => assert!(!problems.is_empty(), "{id}: {text}"),
            "error-with-line" => {
                let has_line = report
                    .findings
                    .iter()
                    .any(|f| f.line.is_some() && f.kind.class() != Class::NotUsed);
                assert!(has_line && (!problems.is_empty() || notes > 0), "{id}: {text}");
            }
            "ok-or-clear-error" => {
                assert!(!report.written.is_empty() || !problems.is_empty(), "{id}: {text}");
            }
            other => panic!("{id}: an unknown verdict {other}"),
        }
        assert_eq!(shop.errors(), Vec::<String>::new(), "{id}: {text}");
        for (path, bytes) in shop.snapshot() {
            assert_ne!(bytes, b"secret", "{id}: {}", path.display());
        }
    }
}

#[test]
fn formulas_are_text() {
    for case in cases("formula-cells.jsonl") {
        let written = case["text"].as_str().expect("a text");
        let shop = Shop::new(SITE);
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(["name", "price", "description"]).expect("written");
        table.write_record([&format!("Cup {written}"), "5", written]).expect("written");
        shop.write("table.csv", &table.into_inner().expect("flushed"));
        let report = import(&shop.options(&[shop.path("table.csv")]));
        assert_eq!(report.written.len(), 1, "{case}");
        assert_eq!(shop.errors(), Vec::<String>::new(), "{case}");
        let plain = format!("Cup {written}").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(report.written[0].name, plain.replace('\r', ""), "{case}");
    }
}

const TWO_LANGUAGES: &str = "name = \"Loom\"\ncurrency = \"EUR\"\nlanguages = [\"en\", \"es\"]\n[order]\nemail = \"a@shop.example\"\n";

/// A shop of two languages, with the pictures that the exports name.
fn two_languages(pictures: &[&str]) -> Shop {
    let shop = Shop::new(TWO_LANGUAGES);
    for name in pictures {
        shop.write(&format!("pictures/{name}"), JPEG);
    }
    shop
}

fn lines(report: &Report, kind: Kind) -> Vec<(usize, String)> {
    found(report, kind).into_iter().map(|(line, column, _)| (line, column)).collect()
}

fn at(expected: &[(usize, &str)]) -> Vec<(usize, String)> {
    expected.iter().map(|(line, column)| (*line, (*column).to_owned())).collect()
}

#[test]
fn a_shop_leaves_shopify_with_its_variants() {
    // A browser's names of files: with and without what stands behind the question mark.
    let shop =
        two_languages(&["shawl-red.jpg", "shawl-blue.jpg?v=17", "shawl-fringe.jpg", "cup.jpg"]);
    let report = import::shopify(&shop.options(&[fixture("shopify.csv")])).expect("imported");
    assert_eq!(
        shop.text("products/valley-shawl/index.md"),
        "+++\n\
         name = \"Valley shawl\"\n\
         description = \"A warm shawl from the upper valley.\"\n\
         price = \"68.00 - 84.50 EUR\"\n\
         category = \"Shawls\"\n\
         theme = [\"handwoven\", \"wool\", '\"gift\"']\n\
         colour = [\"Red\", \"blue\"]\n\
         made_by = \"Weavers of the Upper Valley\"\n\
         care = \"By hand, cold\"\n\
         weight_g = 350\n\
         photos = [\n  \
           { file = \"shawl-red.jpg\", alt = \"A red shawl over a chair\" },\n  \
           { file = \"shawl-blue.jpg\", alt = \"The shawl in blue\" },\n  \
           \"shawl-fringe.jpg\",\n\
         ]\n\
         \n[[options]]\nname = \"Size\"\nvalues = [\"S\", \"L\"]\n\
         \n[[options]]\nname = \"Colour\"\nvalues = [\"Red\", \"Blue\"]\n\
         \n[[variants]]\nof = [\"S\", \"Red\"]\nprice = \"68.00 EUR\"\nstock = 3\nsku = \"VS-S-R\"\nphoto = \"shawl-red.jpg\"\n\
         \n[[variants]]\nof = [\"S\", \"Blue\"]\nprice = \"68.00 EUR\"\nstock = 0\nsku = \"VS-S-B\"\nphoto = \"shawl-blue.jpg\"\n\
         \n[[variants]]\nof = [\"L\", \"Red\"]\nprice = \"84.50 EUR\"\nstock = 1\nsku = \"VS-L-R\"\nphoto = \"shawl-red.jpg\"\n\
         \n[[variants]]\nof = [\"L\", \"Blue\"]\nprice = \"84.50 EUR\"\nstock = 2\nsku = \"VS-L-B\"\nphoto = \"shawl-blue.jpg\"\n\
         +++\n\n\
         Woven on a **backstrap loom**, with a hem that says \"here I end\".\n\n\
         - **Warp:** wool\n- **Weft:** alpaca & wool\n\n\
         Wash it as told here, or [read more](https://care.example/wool).\n\n\
         - **Fringe:** 12 cm\n"
    );
    // No options, fewer than none, and more to come.
    let cup = shop.text("products/clay-cup/index.md");
    for part in [
        "price = \"12.00 EUR\"\nstock = 0\nmade_to_order = true\ncategory = \"Cups\"\n",
        "weight_g = 340\nsku = \"CUP-1\"\ngtin = \"4006381333931\"\n",
        "photos = [{ file = \"cup.jpg\", alt = 'A cup, \"half full\"' }]\n",
    ] {
        assert!(cup.contains(part), "{part} in\n{cup}");
    }
    // A formula is a name like any other, and one size is no choice.
    let poncho = shop.text("products/poncho/index.md");
    assert!(
        poncho.contains("name = '=HYPERLINK(\"https://evil.example/\",\"Poncho\")'\n"),
        "{poncho}"
    );
    assert!(
        poncho.ends_with("+++\n\n- **Size:** One size\n") && !poncho.contains("stock"),
        "{poncho}"
    );
    for hidden in ["old-bowl", "gift-card"] {
        let text = shop.text(&format!("products/{hidden}/index.md"));
        assert!(text.contains("\nhide = true\n"), "{text}");
    }
    assert_eq!(report.written.len(), 5);
    assert_eq!(shop.errors(), Vec::<String>::new(), "{}", report.to_text());
}

#[test]
fn what_shopify_says_and_has_no_place_is_listed() {
    let shop = two_languages(&["shawl-red.jpg", "shawl-blue.jpg", "shawl-fringe.jpg", "cup.jpg"]);
    let report = import::shopify(&shop.options(&[fixture("shopify.csv")])).expect("imported");
    assert_eq!(
        lines(&report, Kind::ValueNotUnderstood),
        at(&[
            (8, "Story (product.metafields.custom.story)"),
            (15, "Variant Grams"),
            (15, "Variant Price"),
            (15, "Variant Inventory Qty"),
        ]),
    );
    assert_eq!(lines(&report, Kind::RowLeftOut), at(&[(18, ""), (19, "")]));
    assert_eq!(lines(&report, Kind::PhotoMissing), at(&[(13, "Image Src")]));
    assert_eq!(
        report.missing_addresses(),
        ["https://cdn.shop.example/s/files/1/0001/products/cup-missing.jpg"]
    );
    assert_eq!(lines(&report, Kind::Hidden), at(&[(15, ""), (16, "")]));
    assert_eq!(lines(&report, Kind::Adjusted), at(&[(12, "Variant Inventory Qty")]));
    let columns: Vec<String> =
        lines(&report, Kind::ColumnNotUsed).into_iter().map(|(_, column)| column).collect();
    assert_eq!(
        columns,
        [
            "Product Category",
            "Variant Compare At Price",
            "SEO Title",
            "Google Shopping / Google Product Category",
            "Product rating (product.metafields.reviews.rating)",
            "Cost per item",
            "Included / Valley",
            "Price / Valley",
        ]
    );
    let removed: Vec<String> =
        found(&report, Kind::MarkupRemoved).into_iter().map(|(.., what)| what).collect();
    assert_eq!(
        removed,
        ["<iframe>", "<script>", "a link that leads nowhere from here (/pages/care)"]
    );
}

#[test]
fn shopifys_new_names_of_columns_are_known_too() {
    let shop =
        Shop::new("name = \"Gốm\"\nlanguages = [\"vi\"]\n[order]\nemail = \"a@shop.example\"\n");
    shop.write("pictures/chen tra.jpg", JPEG);
    let mut options = shop.options(&[fixture("shopify-new-names.csv")]);
    options.currency = selvedge::model::Currency::from_code("VND");
    let report = import::shopify(&options).expect("imported");
    let cup = shop.text("products/chen-tra-men-ngoc/index.md");
    for part in [
        "name = \"Chén trà men ngọc\"\ndescription = \"Men ngọc, nung củi.\"\nprice = \"250000 - 320000 VND\"\n",
        "photos = [{ file = \"chen-tra.jpg\", alt = \"Một chén trà\" }]\n",
        "[[options]]\nname = \"Cỡ\"\nvalues = [\"Nhỏ\", \"Lớn\"]\n",
        "of = [\"Lớn\"]\nprice = \"320000 VND\"\nstock = 2\nweight_g = 220\nsku = \"CT-2\"\n",
        "\n- Cao 7 cm\n- Rửa tay\n",
    ] {
        assert!(cup.contains(part), "{part} in\n{cup}");
    }
    assert!(!cup.contains("made_by"), "the vendor is the shop itself: {cup}");
    assert!(shop.text("products/am-tra/index.md").contains("\nhide = true\n"));
    assert!(!report.has_problems(), "{}", report.to_text());
    assert_eq!(shop.errors(), Vec::<String>::new());
    // Without a currency anywhere the number is kept, and it is said.
    let shop = Shop::new("name = \"Gốm\"\n[order]\nemail = \"a@shop.example\"\n");
    let report =
        import::shopify(&shop.options(&[fixture("shopify-new-names.csv")])).expect("imported");
    assert_eq!(found(&report, Kind::NoCurrency).len(), 3);
    assert!(shop.text("products/am-tra/index.md").contains("price = \"900000.00\"\n"));
}

#[test]
fn a_shop_leaves_woocommerce_with_its_variations() {
    let shop =
        two_languages(&["2024/05/blanket.jpg", "2024/05/scarf.jpg", "2024/05/scarf-madder.jpg"]);
    let report =
        import::woocommerce(&shop.options(&[fixture("woocommerce.csv")])).expect("imported");
    assert_eq!(
        shop.text("products/field-blanket/index.md"),
        "+++\n\
         name = \"Field blanket\"\n\
         description = \"Thick as felt.\"\n\
         price = \"95.00 EUR\"\n\
         stock = 5\n\
         maximum_order = 1\n\
         category = [\"Blankets\", \"Gifts, large\"]\n\
         theme = [\"wool\", \"winter\"]\n\
         materials = [\"Wool\", \"Cotton, brushed\"]\n\
         made_by = \"Mill\"\n\
         size = \"200 × 140 cm\"\n\
         weight_g = 1250\n\
         sku = \"BLK-1\"\n\
         gtin = \"4006381333931\"\n\
         photos = [\"blanket.jpg\"]\n\
         related = [\"scarf\"]\n\
         +++\n\n\
         First line\\\nsecond line\n\n**Wash** cold.\n\nLast.\n"
    );
    assert_eq!(
        shop.text("products/field-blanket/index.es.md"),
        "+++\nname = \"Manta de campo\"\ndescription = \"Gruesa como fieltro.\"\n+++\n\nLavar en frío.\n"
    );
    let scarf = shop.text("products/scarf/index.md");
    for part in [
        "description = \"A scarf in two colours.\"\nprice = \"30.00 - 35.50 EUR\"\ncategory = \"Scarves\"\ncolour = [\"Madder\", \"Indigo\"]\nweight_g = 200\n",
        "photos = [\"scarf.jpg\", \"scarf-madder.jpg\"]\n",
        // The variation that says no length stands for both.
        "of = [\"Madder\", \"Short\"]\nprice = \"30.00 EUR\"\nstock = 2\nsku = \"SCARF-M\"\nphoto = \"scarf-madder.jpg\"\n",
        "of = [\"Madder\", \"Long\"]\nprice = \"30.00 EUR\"\n",
        "of = [\"Indigo\", \"Short\"]\nprice = \"35.50 EUR\"\nstock = 0\n",
        "of = [\"Indigo\", \"Long\"]\nprice = \"35.50 EUR\"\nstock = 1\nsku = \"SCARF-I-L\"\nhide = true\n",
    ] {
        assert!(scarf.contains(part), "{part} in\n{scarf}");
    }
    // The sign that the export put before a minus is gone.
    let set = shop.text("products/15-degrees-set/index.md");
    assert!(set.contains("name = \"-15 degrees set\"\n"), "{set}");
    assert!(set.contains("related = [\"field-blanket\", \"scarf\"]\n"), "{set}");
    for hidden in ["book-about-wool", "pattern", "socks"] {
        let text = shop.text(&format!("products/{hidden}/index.md"));
        assert!(text.contains("\nhide = true\n"), "{text}");
    }
    assert_eq!(shop.errors(), Vec::<String>::new(), "{}", report.to_text());
}

#[test]
fn what_woocommerce_says_and_has_no_place_is_listed() {
    let shop = two_languages(&["2024/05/blanket.jpg"]);
    let report =
        import::woocommerce(&shop.options(&[fixture("woocommerce.csv")])).expect("imported");
    assert_eq!(
        lines(&report, Kind::RowLeftOut),
        at(&[(13, ""), (8, ""), (14, "")]),
        "an ID twice, a variation without a parent, a row without a name"
    );
    assert_eq!(
        lines(&report, Kind::ValueNotUnderstood),
        at(&[
            (12, "Weight (kg)"),
            (12, "GTIN, UPC, EAN, or ISBN"),
            (12, "Regular price"),
            (12, "Stock"),
            (2, ""),
        ]),
        "{}",
        report.to_text()
    );
    let columns: Vec<String> =
        lines(&report, Kind::ColumnNotUsed).into_iter().map(|(_, column)| column).collect();
    assert_eq!(
        columns,
        [
            "Purchase note",
            "Sale price",
            "Shipping class",
            "External URL",
            "Button text",
            "Download 1 name",
            "Download 1 URL",
            "Meta: _plugin_secret",
            "Warehouse shelf",
        ]
    );
    assert_eq!(lines(&report, Kind::TextDiffers), at(&[(6, "Description")]));
    assert_eq!(found(&report, Kind::Hidden).len(), 3);
    assert_eq!(report.missing_addresses().len(), 4);
}

#[test]
fn woocommerce_is_understood_in_the_language_of_whoever_exports() {
    let shop = Shop::new(SITE);
    let report =
        import::woocommerce(&shop.options(&[fixture("woocommerce-de.csv")])).expect("imported");
    let bowl = shop.text("products/schussel/index.md");
    for part in [
        "price = \"39.90 - 1249.50 EUR\"\n",
        "size = \"22,5 × 22,5 × 9 cm\"\nweight_g = 900\n",
        "of = [\"Weiß\"]\nprice = \"1249.50 EUR\"\nstock = 1\nsku = \"SCH-W\"\n",
    ] {
        assert!(bowl.contains(part), "{part} in\n{bowl}");
    }
    assert!(!report.has_problems(), "{}", report.to_text());
    let tables = [
        (
            "ID,Tipo,SKU,Nombre,Publicado,Descripción,¿Existencias?,Inventario,Peso (kg),Precio normal,Categorías,Superior,Nombre del atributo 1,Valor(es) del atributo 1\n\
             1,variable,T,Taza,1,Una taza.,1,,\"0,3\",,\"Casa > Tazas\",,Tamaño,\"Chica, Grande\"\n\
             2,variation,T-C,Taza,1,,1,4,,\"12,50\",,id:1,Tamaño,Chica\n\
             3,variation,T-G,Taza,1,,0,,,\"15\",,T,Tamaño,Grande\n",
            "taza",
            "values = [\"Chica\", \"Grande\"]\n",
        ),
        (
            "ID;Type;UGS;Nom;Publié;Description;En stock ?;Stock;Poids (kg);Tarif régulier;Catégories;Parent;Nom de l’attribut 1;Valeur(s) de l’attribut 1\n\
             1;variable;T;Tasse;1;Une tasse.;1;;0,3;;Maison > Tasses;;Taille;Petite, Grande\n\
             2;variation;T-P;Tasse;1;;1;4;;12,50;;id:1;Taille;Petite\n\
             3;variation;T-G;Tasse;1;;0;;;15;;T;Taille;Grande\n",
            "tasse",
            "values = [\"Petite\", \"Grande\"]\n",
        ),
    ];
    for (table, id, values) in tables {
        let shop = Shop::new(SITE);
        shop.write("export.csv", table.as_bytes());
        let report =
            import::woocommerce(&shop.options(&[shop.path("export.csv")])).expect("imported");
        let text = shop.text(&format!("products/{id}/index.md"));
        for part in [
            "price = \"12.50 - 15.00 EUR\"\n",
            "weight_g = 300\n",
            values,
            "price = \"12.50 EUR\"\nstock = 4\n",
            "price = \"15.00 EUR\"\nstock = 0\n",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(!report.has_problems(), "{}", report.to_text());
    }
    // Any other language: what to do is said.
    let shop = Shop::new(SITE);
    shop.write("export.csv", "Tunnus,Tyyppi,Nimi\n1,simple,Kuppi\n".as_bytes());
    let report = import::woocommerce(&shop.options(&[shop.path("export.csv")])).expect("imported");
    let finding = report.findings.iter().find(|f| f.kind == Kind::TableNotRead).expect("refused");
    assert!(
        finding.hint.as_ref().is_some_and(|hint| hint.contains("choose English")),
        "{finding:?}"
    );
}

#[test]
fn a_map_of_paths_reads_any_json() {
    let shop = two_languages(&["tea-bowl.jpg"]);
    let mut options = shop.options(&[fixture("pottery.json")]);
    options.map = Some(fixture("pottery.toml"));
    let report = import::json(&options).expect("imported");
    assert_eq!(
        shop.text("products/tea-bowl/index.md"),
        "+++\n\
         name = \"Tea bowl\"\n\
         price = \"19.90 - 24.90 EUR\"\n\
         kind = \"ceramic\"\n\
         theme = [\"tea\", \"ash, glazed\"]\n\
         date = 2026-05-01\n\
         photos = [{ file = \"tea-bowl.jpg\", alt = \"A bowl\" }]\n\
         \n[[options]]\nname = \"Size\"\nvalues = [\"Small\", \"Large\"]\n\
         \n[[options]]\nname = \"Glaze\"\nvalues = [\"Ash\", \"Iron\"]\n\
         \n[[variants]]\nof = [\"Small\", \"Ash\"]\nprice = \"19.90 EUR\"\nstock = 3\nweight_g = 180\nsku = \"TB-S-A\"\n\
         \n[[variants]]\nof = [\"Large\", \"Ash\"]\nprice = \"24.90 EUR\"\nstock = 0\nweight_g = 260\nsku = \"TB-L-A\"\n\
         \n[[variants]]\nof = [\"Large\", \"Iron\"]\nprice = \"24.90 EUR\"\nstock = 4\nweight_g = 260\nsku = \"TB-L-I\"\n\
         +++\n\nFor tea.\n"
    );
    assert_eq!(
        shop.text("products/tea-bowl/index.es.md"),
        "+++\nname = \"Cuenco de té\"\n+++\n\nPara té.\n"
    );
    let jar = shop.text("products/moon-jar/index.md");
    assert!(
        jar.contains("price = \"250000 VND\"\n") && jar.ends_with("\nWhite and *round*.\n"),
        "{jar}"
    );
    assert!(shop.text("products/jug/index.md").contains("\nhide = true\n"));
    assert_eq!(
        lines(&report, Kind::ValueNotUnderstood),
        at(&[(91, "price.amount"), (116, "title.en"), (130, "gtin"), (130, "html.en")]),
        "{}",
        report.to_text()
    );
    assert_eq!(lines(&report, Kind::RowLeftOut), at(&[(116, "")]));
    assert_eq!(lines(&report, Kind::PhotoMissing), at(&[(11, "pictures[*].src")]));
    assert_eq!(lines(&report, Kind::ColumnNotUsed), at(&[(0, "seo.title")]));
    assert_eq!(lines(&report, Kind::ColumnLeftOut), at(&[(0, "id")]));
    assert_eq!(lines(&report, Kind::TableNotProducts), at(&[(147, "orders"), (2, "shop")]));
    assert_eq!(shop.errors(), Vec::<String>::new(), "{}", report.to_text());
    // The addresses of buyers in the file are nobody's business.
    for (path, bytes) in shop.snapshot() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("buyer@example.org"), "{}", path.display());
    }
}

#[test]
fn json_needs_a_map_without_mistakes() {
    let shop = Shop::new(SITE);
    let mut options = shop.options(&[fixture("pottery.json")]);
    let error = import::json(&options).expect_err("no map").to_string();
    assert!(error.contains("--map"), "{error}");
    shop.write("map.toml", b"[tables]\nproducts = \"$.items[\"\n[columns]\nname = \"n\"\n");
    options.map = Some(shop.path("map.toml"));
    let words = import::json(&options).expect_err("a mistake").to_string();
    assert!(
        words.contains("map.toml:2:") && words.contains("this path is not understood"),
        "{words}"
    );
}

/// Reads what another shop gave out.
type WayIn = fn(&Options) -> Result<Report, import::ImportError>;

/// Every way in, with a file that it knows.
fn ways_in() -> Vec<(&'static str, WayIn, Option<&'static str>)> {
    vec![
        ("shopify.csv", import::shopify, None),
        ("woocommerce.csv", import::woocommerce, None),
        ("pottery.json", import::json, Some("pottery.toml")),
    ]
}

#[test]
fn a_second_import_of_any_shop_changes_nothing() {
    for (file, import, map) in ways_in() {
        let shop =
            two_languages(&["shawl-red.jpg", "cup.jpg", "2024/05/scarf.jpg", "tea-bowl.jpg"]);
        let mut options = shop.options(&[fixture(file)]);
        options.map = map.map(fixture);
        let first = import(&options).expect("imported");
        let before = shop.snapshot();
        let second = import(&options).expect("imported");
        assert_eq!(shop.snapshot(), before, "{file}");
        assert_eq!(second.written.len(), 0, "{file}: {}", second.to_text());
        assert!(second.unchanged.len() >= first.written.len(), "{file}: {}", second.to_text());
        options.existing = Existing::Replace;
        let third = import(&options).expect("imported");
        assert_eq!((third.replaced.len(), shop.snapshot()), (0, before), "{file}");
    }
}

#[test]
fn variants_are_brought_up_to_date_and_the_makers_words_stay() {
    let shop = two_languages(&["tea-bowl.jpg"]);
    let mut options = shop.options(&[fixture("pottery.json")]);
    options.map = Some(fixture("pottery.toml"));
    import::json(&options).expect("imported");
    let path = "site/products/tea-bowl/index.md";
    let text = shop
        .text("products/tea-bowl/index.md")
        .replace("name = \"Size\"\n", "name = { en = \"Size\", es = \"Tamaño\" }\n")
        .replace("stock = 3\n", "stock = 1 # sold two at the fair\nlead_time_days = 9\n")
        .replace(
            "[[variants]]\nof = [\"Large\", \"Iron\"]",
            "# the dark one\n[[variants]]\nof = [\"Large\", \"Iron\"]",
        )
        + "";
    let gone = "\n[[variants]]\nof = [\"Small\", \"Iron\"]\nstock = 7\n+++\n";
    shop.write(path, text.replacen("+++\n\nFor tea", &format!("{gone}\nFor tea"), 1).as_bytes());
    options.existing = Existing::Replace;
    let report = import::json(&options).expect("imported");
    let text = shop.text("products/tea-bowl/index.md");
    for part in [
        "name = { en = \"Size\", es = \"Tamaño\" }\n",
        "stock = 3 # sold two at the fair\nlead_time_days = 9\n",
        "# the dark one\n[[variants]]\nof = [\"Large\", \"Iron\"]\n",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let gone: Vec<String> =
        found(&report, Kind::VariantsGone).into_iter().map(|(.., of)| of).collect();
    assert_eq!(gone, ["Small / Iron"]);
    assert!(!text.contains("stock = 7"), "{text}");
    let report = import::json(&options).expect("imported");
    assert_eq!(report.replaced.len(), 0, "{}", report.to_text());
}

#[test]
fn hostile_files_do_nothing_in_any_format() {
    for case in cases("files.jsonl") {
        let id = case["id"].as_str().expect("an id");
        let bytes = data_encoding::BASE64
            .decode(case["b64"].as_str().expect("bytes").as_bytes())
            .expect("base64");
        for (_, import, map) in ways_in() {
            let shop = Shop::new(SITE);
            shop.write("table.csv", &bytes);
            let mut options = shop.options(&[shop.path("table.csv")]);
            options.map = map.map(fixture);
            let report = import(&options).expect("imported");
            // None of them is such an export, so nothing is made of it and it is said.
            let is_said = report.findings.iter().any(|f| {
                matches!(f.kind, Kind::TableNotRead | Kind::TableNotProducts | Kind::RowLeftOut)
            });
            assert!(is_said && report.written.is_empty(), "{id}: {}", report.to_text());
            assert_eq!(shop.snapshot().len(), 1, "{id}");
        }
    }
    for case in cases("formula-cells.jsonl") {
        let written = case["text"].as_str().expect("a text");
        let table = |header: &[&str], row: &[&str]| {
            let mut table = csv::Writer::from_writer(Vec::new());
            table.write_record(header).expect("written");
            table.write_record(row).expect("written");
            table.into_inner().expect("flushed")
        };
        let name = format!("Cup {written}");
        let shop = Shop::new(SITE);
        let header = [
            "Handle",
            "Title",
            "Body (HTML)",
            "Vendor",
            "Tags",
            "Variant SKU",
            "Variant Price",
            "Image Src",
        ];
        let row = ["../../cup", &name, written, written, written, written, "5", written];
        shop.write("table.csv", &table(&header, &row));
        let report = import::shopify(&shop.options(&[shop.path("table.csv")])).expect("imported");
        assert_eq!((report.written.len(), report.written[0].id.as_str()), (1, "cup"), "{case}");
        assert_eq!(shop.errors(), Vec::<String>::new(), "{case}");
        let shop = Shop::new(SITE);
        let header = [
            "ID",
            "Type",
            "SKU",
            "Name",
            "Description",
            "Regular price",
            "Tags",
            "Images",
            "Parent",
        ];
        let row = ["1", "simple", written, &name, written, "5", written, written, written];
        shop.write("table.csv", &table(&header, &row));
        let report =
            import::woocommerce(&shop.options(&[shop.path("table.csv")])).expect("imported");
        assert_eq!(report.written.len(), 1, "{case}: {}", report.to_text());
        assert_eq!(shop.errors(), Vec::<String>::new(), "{case}");
    }
}

#[test]
fn json_that_is_none_is_refused_with_its_line() {
    for (text, line) in [
        ("", 1),
        ("[1,", 1),
        ("{\n\"a\": tru\n}", 2),
        ("name,price\nCup,12\n", 1),
        (&"[".repeat(200_000), 1),
    ] {
        let shop = Shop::new(SITE);
        shop.write("shop.json", text.as_bytes());
        let mut options = shop.options(&[shop.path("shop.json")]);
        options.map = Some(fixture("pottery.toml"));
        let report = import::json(&options).expect("imported");
        let finding =
            report.findings.iter().find(|f| f.kind == Kind::TableNotRead).expect("refused");
        // A text that is empty has no line.
        assert!(finding.line.is_none_or(|found| found == line), "{finding:?}");
        assert!(report.written.is_empty());
    }
}

/// The demonstration shop of Saleor (BSD-3-Clause). It is not kept in this project for its size, so the test
/// runs only where it stands beside it.
#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn a_shop_of_many_tables_is_imported_by_a_map() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/realdata/saleor-demo");
    if !real.is_dir() {
        eprintln!("SKIPPED: ../shared/realdata/saleor-demo is not here");
        return;
    }
    let shop = Shop::new(
        "name = \"Demo\"\nlists = [\"category\", \"material\"]\n[order]\nemail = \"a@shop.example\"\n",
    );
    let mut options = Options::new(vec![real.join("populatedb_data.json")], shop.path("site"));
    options.images = vec![real.join("images")];
    options.map = Some(fixture("saleor.toml"));
    let report = import::json(&options).expect("imported");
    let text = report.to_text();
    assert_eq!(shop.errors(), Vec::<String>::new(), "{text}");
    assert_eq!(report.written.len(), 32, "{text}");
    let problems: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|f| f.kind.class() == Class::NotUnderstood)
        .map(|f| f.kind.name())
        .collect();
    assert_eq!(problems.into_iter().collect::<Vec<_>>(), ["photo-missing"], "{text}");
    // 48 photographs, of which 18 are here under the other names.
    assert_eq!((report.photos_copied, found(&report, Kind::PhotoMissing).len()), (18, 30));
    let tables: Vec<String> =
        found(&report, Kind::TableNotProducts).into_iter().map(|(_, path, _)| path).collect();
    assert!(tables.contains(&"[*] (menu.menuitem)".to_owned()), "{tables:?}");
    let variants: usize = report
        .written
        .iter()
        .map(|product| {
            let text = shop.text(&format!("products/{}/index.md", product.id));
            assert!(text.contains(" USD\"\n") && !text.contains('<'), "{text}");
            text.matches("[[variants]]").count().max(1)
        })
        .sum();
    assert_eq!(variants, 73, "every variant of the file is here");
    let shoes = shop.text("products/white-plimsolls/index.md");
    for part in [
        "price = \"80.00 USD\"\ncategory = \"Sneakers\"\n",
        "photos = [\"saleor-white-plimsolls-2.png\", \"saleor-white-plimsolls-1.png\"]\n",
        "[[options]]\nname = \"Shoe size\"\nvalues = [\"39\", \"40\", \"41\", \"42\", \"43\", \"44\", \"45\"]\n",
        "of = [\"39\"]\nstock = 500\nsku = \"918223582\"\n",
        // What the description says stands there only.
        "+++\n\nPE now stands for pretty elegant.\n\n- **Brand:** Saleor Loom\n",
    ] {
        assert!(shoes.contains(part), "{part} in\n{shoes}");
    }
    assert!(shop.text("collections/summer-picks.md").contains("products = ["));
    // The other channel is two words of the map.
    let map = fs::read_to_string(fixture("saleor.toml")).expect("read");
    let map = map
        .replace("channel == 1", "channel == 2")
        .replace("currency = \"USD\"", "currency = \"PLN\"");
    shop.write("pln.toml", map.as_bytes());
    options.map = Some(shop.path("pln.toml"));
    options.existing = Existing::Replace;
    import::json(&options).expect("imported");
    assert!(shop.text("products/white-plimsolls/index.md").contains("price = \"240.00 PLN\"\n"));
}

/// The real shop. Its licence (OSL/AFL) keeps it out of this project, so the test runs only where
/// it stands beside it.
#[test]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn a_real_catalogue_is_imported_whole() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/realdata/magento-gear");
    if !real.is_dir() {
        eprintln!(
            "SKIPPED: ../shared/realdata/magento-gear is not here (its licence keeps it out)"
        );
        return;
    }
    let shop = Shop::new(
        "name = \"Gear\"\ncurrency = \"USD\"\n\
         lists = [\"category\", \"theme\", \"colour\", \"material\"]\n\
         [order]\nemail = \"a@shop.example\"\n",
    );
    let mut files: Vec<PathBuf> = fs::read_dir(real.join("csv"))
        .expect("listed")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut options = Options::new(files, shop.path("site"));
    options.images = vec![real.join("images")];
    options.map = Some(fixture("magento-gear.toml"));
    let report = import(&options);
    let text = report.to_text();
    assert_eq!(shop.errors(), Vec::<String>::new(), "{text}");
    // 14 bags, 9 things for fitness, 9 watches, one ball in 9 forms, one strap in 3 lengths.
    assert_eq!(report.written.len(), 34, "{text}");
    let not_products: Vec<&str> = report
        .findings
        .iter()
        .filter(|f| f.kind == Kind::TableNotProducts)
        .filter_map(|f| f.file.rsplit('/').next())
        .collect();
    assert_eq!(not_products, ["products_reviews.csv", "tablerate.csv"], "{text}");
    let problems: Vec<_> =
        report.findings.iter().filter(|f| f.kind.class() == Class::NotUnderstood).collect();
    assert!(problems.is_empty(), "{problems:?}");
    let unused: BTreeSet<String> =
        found(&report, Kind::ColumnNotUsed).into_iter().map(|(_, column, _)| column).collect();
    assert_eq!(unused.into_iter().collect::<Vec<_>>(), ["sale", "special_price"]);
    for product in &report.written {
        assert!(product.photos > 0, "{product:?}");
        let text = shop.text(&format!("products/{}/index.md", product.id));
        assert!(!text.contains('<') && !text.contains("&trade;"), "{text}");
        assert!(text.contains(" USD\"\n") && text.contains("\ncategory = \""), "{text}");
    }
    // The first sentence became the description, and stands there only.
    let bag = shop.text("products/joust-duffle-bag/index.md");
    assert_eq!(bag.matches("can't be beat").count(), 1, "{bag}");
    assert!(bag.contains("+++\n\nBig enough to haul"), "{bag}");
    let ball = shop.text("products/sprite-stasis-ball/index.md");
    for part in [
        "name = \"Sprite Stasis Ball\"\n",
        "price = \"23.00 - 32.00 USD\"\n",
        "colour = [\"Gray\", \"Red\", \"Blue\"]\n",
        "[[options]]\nname = \"Size\"\nvalues = [\"55 cm\", \"65 cm\", \"75 cm\"]\n",
        "of = [\"75 cm\", \"Blue\"]\nprice = \"32.00 USD\"\nstock = 100\nsku = \"24-WG083-blue\"\n",
    ] {
        assert!(ball.contains(part), "{part} in\n{ball}");
    }
    assert!(shop.text("collections/erin-recommends.md").contains("strive-shoulder-pack"));
}

#[test]
fn a_variant_without_a_price_is_not_sold_at_the_price_of_another() {
    let shop =
        Shop::new("name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n");
    shop.write(
        "table.csv",
        b"Handle,Title,Option1 Name,Option1 Value,Variant Price\n\
          shirt,Shirt,Size,S,\nshirt,,,M,9.00\nshirt,,,L,\"about 5\"\n",
    );
    let report = import::shopify(&shop.options(&[shop.path("table.csv")])).expect("a report");
    let told: Vec<String> =
        found(&report, Kind::Adjusted).into_iter().map(|(.., value)| value).collect();
    assert_eq!(told, ["Shirt: S", "Shirt: L"]);
    let text = shop.text("products/shirt/index.md");
    assert_eq!(text.matches("price = \"on request\"").count(), 2, "{text}");
    let site = check::load(&shop.path("site")).expect("a site").site.expect("a site");
    let variants = &site.products[0].variants;
    let amounts: Vec<Option<u64>> =
        variants.iter().map(|variant| variant.price.lowest().map(|money| money.minor)).collect();
    assert_eq!(amounts, [None, Some(900), None]);
}

#[test]
fn what_says_in_an_unknown_way_whether_it_is_published_is_hidden() {
    for (published, visibility, is_hidden) in [
        ("1", "visible", false),
        ("1", "Catalog", false),
        ("draft", "visible", true),
        ("1", "versteckt", true),
        ("0", "visible", true),
    ] {
        let shop =
            Shop::new("name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n");
        let table = format!(
            "ID,Type,SKU,Name,Published,Visibility in catalog,Regular price\n1,simple,A1,Bowl,{published},{visibility},9.00\n"
        );
        shop.write("table.csv", table.as_bytes());
        import::woocommerce(&shop.options(&[shop.path("table.csv")])).expect("a report");
        let text = shop.text("products/bowl/index.md");
        assert_eq!(text.contains("hide = true"), is_hidden, "{published}, {visibility}: {text}");
    }
}

#[test]
fn a_title_without_words_is_replaced_by_the_handle_and_told() {
    let shop =
        Shop::new("name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n");
    shop.write(
        "table.csv",
        b"Handle,Title,Option1 Name,Option1 Value,Variant Price\nsmall-bowl,\"<div id=\"\"43\"\"></div>\",,,5.00\n",
    );
    let report = import::shopify(&shop.options(&[shop.path("table.csv")])).expect("a report");
    assert!(shop.text("products/small-bowl/index.md").contains("name = \"small bowl\"\n"));
    let told: Vec<String> =
        found(&report, Kind::Adjusted).into_iter().map(|(.., value)| value).collect();
    assert_eq!(told, ["small-bowl"]);
}
