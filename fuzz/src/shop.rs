//! Texts of a site, tables of other shops, names of files.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use selvedge::assemble::{Depth, Workshop};
use selvedge::diag::report::{Colour, to_text};
use selvedge::import::{self, Existing, Options};
use selvedge::model::{BaseUrl, Country, Currency, Destination, Locale, Money, Slug, Target};
use selvedge::read::Changed;
use selvedge::write::SitePath;

use crate::{repository, scratch, texts};

const SITE: &str = "name = \"Reed shop\"\nurl = \"https://reed.example/\"\ncurrency = \"EUR\"\n";
const PRODUCT: &str = "+++\nname = \"Cup\"\nprice = \"12.00\"\n+++\nA cup.\n";

/// Field by field: `site.toml`, a product, a maker, a design, a collection.
const PLACES: [&str; 5] = [
    "site.toml",
    "products/cup.md",
    "producers/ana.toml",
    "designs/reed.md",
    "collections/winter.md",
];

/// The texts of a site: every problem has a place, and what is sound can be checked.
pub fn front_matter(data: &[u8]) {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| site("front-matter"));
    let Some(parts) = texts::<5>(data) else { return };
    for (place, part) in PLACES.iter().zip(parts) {
        let usual = match *place {
            "site.toml" => Some(SITE),
            "products/cup.md" => Some(PRODUCT),
            _ => None,
        };
        match part.filter(|part| !part.is_empty()).or(usual) {
            Some(text) => put(&ROOT, place, text),
            None => drop(fs::remove_file(ROOT.join(place))),
        }
    }
    let day = "2026-06-01".parse().expect("a day");
    let outcome = selvedge::check::load_on(&ROOT, day).expect("there is a site.toml");
    for found in outcome.diagnostics.iter() {
        let text = to_text(found, &outcome.sources, Colour::Never);
        assert!(!text.contains('\u{1b}'), "what a stranger wrote moves no cursor");
    }
    let again = selvedge::check::load_on(&ROOT, day).expect("there is a site.toml");
    assert_eq!(format!("{:?}", again.site), format!("{:?}", outcome.site));
}

fn site(name: &str) -> PathBuf {
    let root = scratch(name);
    put(&root, "site.toml", SITE);
    root
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("it has a folder"))
        .expect("the scratch folder takes it");
    fs::write(path, text).expect("the scratch folder takes it");
}

/// A text to a page: nothing of it becomes an element that the page did not have, but those of Markdown.
pub fn markdown(data: &[u8]) {
    thread_local! {
        static SHOP: RefCell<(PathBuf, Workshop, usize)> = RefCell::new({
            let root = site("markdown");
            put(&root, "products/cup.md", PRODUCT);
            put(&root, "pages/about.md", "+++\ntitle = \"About\"\n+++\nNothing.\n");
            let mut shop = Workshop::new(&root);
            let page = page(&mut shop, Changed::All).expect("the page is there");
            (root, shop, page.matches("<script").count())
        });
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    SHOP.with_borrow_mut(|(root, shop, scripts)| {
        put(root, "pages/about.md", &format!("+++\ntitle = \"About\"\n+++\n{text}\n"));
        let changed = ["pages/about.md".to_owned()];
        let html = page(shop, Changed::Paths(&changed));
        shop.forget_texts();
        let Some(html) = html else { return };
        let lower = html.to_ascii_lowercase();
        assert_eq!(lower.matches("<script").count(), *scripts, "a text brings no script");
        // Within text a quotation mark is one; only what stands in a tag does anything.
        for tag in lower.split('<').filter_map(|piece| piece.split_once('>')).map(|(tag, _)| tag) {
            let is_foreign = ["iframe", "object", "embed"].iter().any(|name| tag.starts_with(name));
            let harm = [
                "href=\"javascript",
                "href=\"data:",
                "href=\"vbscript",
                "srcdoc=",
                " onerror=",
                " onload=",
            ];
            assert!(!is_foreign && !harm.iter().any(|harm| tag.contains(harm)), "{tag}");
        }
        assert!(html.len() < 200 * data.len() + 100_000, "no output grows without bound");
    });
}

fn page(shop: &mut Workshop, changed: Changed<'_>) -> Option<String> {
    let at = crate::formats::now();
    let made = shop.load(changed, Depth::OnDemand, &|_, _| ()).ok()?;
    let site = made.site.as_ref()?;
    let routes = selvedge::render::Routes::new(selvedge::render::Inputs {
        site,
        evidence: &made.evidence,
        signed: &made.signed,
        photos: &made.photos,
        theme: &made.theme,
        at,
        links: selvedge::render::LinkStyle::Pretty,
    });
    let bytes = routes.bytes("about/index.html").expect("the page is there");
    Some(String::from_utf8(bytes).expect("a page is text"))
}

/// A table of products in the folder of a site: every cell is a range of the text that is kept, on a line of the file, and
/// what is wrong has a place.
fn own_table(data: &[u8]) {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| site("own-table"));
    fs::write(ROOT.join("products.csv"), data).expect("the scratch folder takes it");
    let mut memory = selvedge::read::Memory::default();
    let draft =
        selvedge::read::load(&ROOT, &mut memory, Changed::All).expect("there is a site.toml");
    for item in &draft.products {
        let translations = item.translations.iter().map(|(_, document)| document);
        for document in std::iter::once(&item.document).chain(translations) {
            let text = draft.sources.text(document.file);
            let values = document.fields.entries().map(|(_, value)| value.span);
            for span in values.chain([document.start, document.body]) {
                assert!(text.get(span.range()).is_some(), "a place is one of whole characters");
            }
        }
    }
    let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").matches('\n').count();
    let kept = draft.sources.files().find(|(path, _)| *path == "products.csv");
    if let (Some((_, kept)), Ok(whole)) = (kept, std::str::from_utf8(data)) {
        assert!(lines(kept) <= lines(whole), "no line is added");
    }
    let outcome = selvedge::check::check_on(draft, Some("2026-06-01".parse().expect("a day")));
    for found in outcome.diagnostics.iter() {
        let text = to_text(found, &outcome.sources, Colour::Never);
        assert!(!text.contains('\u{1b}'), "what a stranger wrote moves no cursor");
    }
}

/// Tables of other shops, through all three readers of tables; and the table of a shop of one's own.
pub fn csv(data: &[u8]) {
    own_table(data);
    tables(data, "x.csv", None, &[import::csv, import::shopify, import::woocommerce]);
}

/// Tables with a map of columns: the map, then the table.
pub fn csv_map(data: &[u8]) {
    let Some([Some(map), Some(table)]) = texts::<2>(data) else { return };
    tables(table.as_bytes(), "x.csv", Some(map), &[import::csv]);
}

/// JSON with a map of paths: the map, then the JSON.
pub fn json_map(data: &[u8]) {
    let Some([Some(map), Some(table)]) = texts::<2>(data) else { return };
    tables(table.as_bytes(), "x.json", Some(map), &[import::json]);
}

/// JSON under a map that is sound.
pub fn json_table(data: &[u8]) {
    static MAP: LazyLock<String> = LazyLock::new(|| {
        fs::read_to_string(repository("tests/import/pottery.toml")).expect("a map")
    });
    tables(data, "x.json", Some(&MAP), &[import::json]);
}

type Import = fn(&Options) -> Result<import::Report, import::ImportError>;

/// Whatever is imported can be read: the files that are written have no mistake of form.
fn tables(data: &[u8], name: &str, map: Option<&str>, imports: &[Import]) {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| scratch("import"));
    let table = ROOT.join(name);
    fs::write(&table, data).expect("the scratch folder takes it");
    for import in imports {
        let site = ROOT.join("site");
        let _ = fs::remove_dir_all(&site);
        put(&site, "site.toml", SITE);
        let mut options = Options::new(vec![table.clone()], site.clone());
        options.existing = Existing::Keep;
        options.map = map.map(|map| {
            put(&ROOT, "map.toml", map);
            ROOT.join("map.toml")
        });
        let Ok(report) = import(&options) else { continue };
        let text = report.to_text();
        assert!(!text.contains('\u{1b}'), "what a stranger wrote moves no cursor");
        let _ = report.to_json();
        let mut memory = selvedge::read::Memory::default();
        let draft =
            selvedge::read::load(&site, &mut memory, Changed::All).expect("the site is there");
        for found in draft.diagnostics.iter() {
            assert!(
                found.severity != selvedge::diag::Severity::Error,
                "imported, and not readable: {}",
                to_text(found, &draft.sources, Colour::Never)
            );
        }
    }
}

/// What is written in one field: ids, addresses, amounts, places.
pub fn fields(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let slug = Slug::from_name(text);
    assert_eq!(Slug::parse(slug.as_str()).map(|it| it.to_string()).as_deref(), Ok(slug.as_str()));
    assert_eq!(Slug::from_name(slug.as_str()), slug, "a slug is its own slug");
    assert!(slug.as_str().len() <= 100);
    if let Ok(slug) = Slug::parse(text) {
        assert_eq!(slug.as_str(), text);
    }
    if let Ok(path) = SitePath::new(text) {
        assert_eq!(path.as_str(), text);
        let below = path.below(Path::new("/site"));
        assert!(
            below.starts_with("/site") && !below.components().any(|part| part.as_os_str() == "..")
        );
    }
    if let Ok(url) = BaseUrl::parse(text) {
        assert_eq!(
            BaseUrl::parse(url.as_str()).map(|it| it.to_string()).as_deref(),
            Ok(url.as_str())
        );
    }
    if let Ok(target) = Target::parse(text) {
        // What is shown is without a token that may stand in the address.
        let shown = Target::parse(&target.to_string()).expect("what is shown can be written");
        assert_eq!(shown.to_string(), target.to_string());
        assert_eq!(std::mem::discriminant(&shown), std::mem::discriminant(&target));
    }
    if let Some(country) = Country::parse(text) {
        assert_eq!(Country::parse(country.code()), Some(country));
    }
    let _ = Destination::parse(text);
    for code in ["EUR", "JPY", "KWD"] {
        let currency = Currency::from_code(code).expect("a currency");
        if let Ok(money) = Money::parse_major(text, currency) {
            assert_eq!(Money::parse_major(&money.to_major(), currency), Ok(money));
        }
    }
    if let Ok(locale) = text.parse::<Locale>() {
        assert_eq!(
            locale.tag().parse::<Locale>().map(|it| it.tag().to_owned()).as_deref(),
            Ok(locale.tag())
        );
    }
    let _ = selvedge::model::particulars::isbn(text);
    let _ = selvedge::model::payment::is_emv(text);
    let _ = selvedge::fetch::admit(text);
    let visible = selvedge::diag::report::visible(text);
    assert!(!visible.chars().any(char::is_control));
}
