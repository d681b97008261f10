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
        // The site's currency is no dollar, so the sign alone says nothing.
        "price = \"34.00\"\n",
        "stock = 2\ncategory = \"Shawls\"\ncolour = [\"Red\", \"Blue\"]\nsku = \"S-1\"\n",
        "photos = [\"becher.jpg\", \"schale.png\"]\n",
        "\n\nWarm, **soft** wool.\n",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
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
        "size = \"55 cm, 65 cm, 75 cm\"\n",
        "| 75 cm | Blue | US$32 | 24-WG083-blue |",
    ] {
        assert!(ball.contains(part), "{part} in\n{ball}");
    }
    assert!(shop.text("collections/erin-recommends.md").contains("strive-shoulder-pack"));
}
