//! The preview shows what one product says now before the whole folder is checked again, if that comes to the same.

use std::path::Path;

use selvedge::assemble::{Assembled, Depth, Workshop};
use selvedge::model::Date;
use selvedge::read::Changed;
use selvedge::render::{Inputs, LinkStyle, Routes};

use super::support::House;

const RUG: &str = "products/ford-rug/index.md";
const RUG_IN_SPANISH: &str = "products/ford-rug/index.es.md";

/// A copy of the example of the two rivers, without what was signed there.
fn two_rivers(house: &House) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sites/two-rivers");
    let mut folders = vec![from.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let inside = path.strip_prefix(&from).expect("inside").to_owned();
            if path.is_dir() {
                let is_signed =
                    ["identity", "log", "records"].iter().any(|name| inside.ends_with(name));
                folders.extend((!is_signed).then_some(path));
            } else {
                house.write(
                    &format!("site/{}", inside.display()),
                    std::fs::read(path).expect("a file"),
                );
            }
        }
    }
}

fn day() -> Date {
    "2026-05-01".parse().expect("a day")
}

fn load(workshop: &mut Workshop, changed: Changed<'_>) -> Assembled {
    workshop.load(changed, Depth::OnDemand, &|_, _| {}).expect("it is loaded")
}

/// Every path of the site with its bytes, but for photographs.
fn pages(loaded: &Assembled) -> Vec<(String, Vec<u8>)> {
    let routes = Routes::new(Inputs {
        site: loaded.site.as_ref().expect("a site"),
        evidence: &loaded.evidence,
        signed: &loaded.signed,
        photos: &loaded.photos,
        theme: &loaded.theme,
        at: "2026-05-01T12:00:00Z".parse().expect("a time"),
        links: LinkStyle::Pretty,
    });
    let texts = routes.iter().filter(|(_, route)| route.is_of_texts());
    let made = texts.map(|(path, route)| {
        // What is found by its path alone is what stands there.
        assert_eq!(routes.route(path.as_str()), Some(route), "{path:?}");
        (path.as_str().to_owned(), routes.bytes_of(path.as_str(), route).expect("a page"))
    });
    made.collect()
}

#[test]
fn a_change_to_one_product_is_told_as_the_whole_folder_would_tell_it() {
    let house = House::new();
    two_rivers(&house);
    let root = house.path("site");
    let mut workshop = Workshop::new(&root).on(day()).following();
    let mut last = load(&mut workshop, Changed::All);
    for (path, from, to) in [
        (RUG, "\nTell", "\nAnd a line. Tell"),
        (RUG, "\"220.00\"", "\"235.50\""),
        (RUG, "name = \"Ford rug\"", "name = \"Rug of the ford\""),
        (RUG, "Shake and air", "Shake"),
        (RUG, "weight_g = 2300", "weight_g = 2450"),
        (RUG, "capacity_per_month = 2", "capacity_per_month = 3"),
        (
            RUG,
            "of = [\"80 × 140 cm\", \"red\"]",
            "of = [\"80 × 140 cm\", \"red\"]\nprice = \"99.00\"",
        ),
        (RUG_IN_SPANISH, "Alfombra del Vado", "Alfombra"),
        (RUG_IN_SPANISH, "Se teje", "Así se teje"),
    ] {
        let text = String::from_utf8(house.read(&format!("site/{path}"))).expect("text");
        let changed = text.replacen(from, to, 1);
        let changed = if changed == text { format!("{text}\n{to}\n") } else { changed };
        house.write(&format!("site/{path}"), changed);
        let told = workshop.retell(&last, &[path.to_owned()]);
        let told = told.unwrap_or_else(|| panic!("{from} to {to} is one product's"));
        last = load(&mut workshop, Changed::Paths(&[]));
        assert!(told.site == last.site, "{from} to {to}");
    }
    let fresh = load(&mut Workshop::new(&root).on(day()), Changed::All);
    let (told, fresh) = (pages(&last), pages(&fresh));
    let page = |all: &[(String, Vec<u8>)]| {
        let found = all.iter().find(|(path, _)| path == "products/ford-rug/index.html");
        String::from_utf8(found.expect("its page").1.clone()).expect("text")
    };
    assert!(page(&told).contains("Rug of the ford") && page(&told).contains("235.50"));
    for (one, other) in told.iter().zip(&fresh) {
        assert!(one == other, "{} is another page than {}", one.0, other.0);
    }
    assert_eq!(told.len(), fresh.len());
}

#[test]
fn a_change_that_reaches_beyond_one_product_is_left_to_the_whole_check() {
    let house = House::new();
    two_rivers(&house);
    let mut workshop = Workshop::new(&house.path("site")).on(day()).following();
    let mut last = load(&mut workshop, Changed::All);
    let whole = String::from_utf8(house.read(&format!("site/{RUG}"))).expect("text");
    for (from, to) in [
        ("category = \"cloth\"", "category = \"rugs\""),
        ("made_by = \"ilde-marrowin\"", "made_by = \"nobody-here\""),
        ("colour = [\"green\", \"red\"]", "colour = [\"red\"]"),
        ("date = 2026-03-14", "date = 2026-03-15"),
        ("kind = \"textile\"", "kind = \"other\""),
        ("price = \"220.00\"", "price = \"a lot\""),
        ("price = \"220.00\"", "price = \"220.00\"\nhide = true"),
        ("price = \"220.00\"", "price = \"220.00\"\naudience = \"trade\""),
        ("price = \"220.00\"", "price = \"220.00\"\nrelated = [\"bread-basket\"]"),
        ("price = \"220.00\"", "price = 2\"20.00\""),
        ("made_to_order = true", "made_to_order = false\nstock = 0"),
        ("\n+++\n\n", "\n+++\n\n![a picture](another.jpg)\n\n"),
    ] {
        let changed = whole.replacen(from, to, 1);
        assert_ne!(changed, whole, "{from}");
        house.write(&format!("site/{RUG}"), changed);
        let told = workshop.retell(&last, &[RUG.to_owned()]);
        let all = load(&mut workshop, Changed::Paths(&[RUG.to_owned()]));
        assert!(told.is_none(), "{from} to {to}");
        house.write(&format!("site/{RUG}"), whole.as_str());
        last = load(&mut workshop, Changed::Paths(&[RUG.to_owned()]));
        drop(all);
    }
    // Nor is what is no product, or more than one file.
    for changed in [
        vec!["site.toml"],
        vec!["pages/about.md"],
        vec!["products/new.md"],
        vec![RUG, RUG_IN_SPANISH],
    ] {
        let changed: Vec<String> = changed.into_iter().map(str::to_owned).collect();
        assert!(workshop.retell(&last, &changed).is_none(), "{changed:?}");
    }
}
