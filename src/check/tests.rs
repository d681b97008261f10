use super::*;
use crate::read::{Changed, Memory};

fn site(files: &[(&str, &str)]) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    check(read::load(folder.path(), &mut Memory::default(), Changed::All).expect("a site"))
}

fn codes_of(outcome: &Outcome) -> Vec<(&'static str, String)> {
    outcome
        .diagnostics
        .sorted(&outcome.sources)
        .into_iter()
        .map(|d| (d.code.name(), d.message.clone()))
        .collect()
}

const SITE: &str = "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n";

#[test]
fn a_small_shop_is_understood() {
    let outcome = site(&[
        ("site.toml", SITE),
        ("producers/ana.md", "+++\nname = \"Ana\"\nregion = \"North\"\n+++\nHello."),
        (
            "products/b/index.md",
            "+++\nname = \"B\"\nprice = \"4\"\ncategory = \"Soaps\"\ndate = 2026-01-02\n+++\n",
        ),
        ("products/b/x.jpg", ""),
        (
            "products/a.md",
            "+++\nname = \"A\"\nprice = \"5\"\ncategory = [\"Soaps\", \"Gifts\"]\nmade_by = \"Ana\"\n+++\n",
        ),
        ("products/a.jpg", ""),
        ("products/a-2.png", ""),
        ("products/a-b.jpg", ""),
    ]);
    assert!(!outcome.diagnostics.has_errors(), "{:?}", codes_of(&outcome));
    let site = outcome.site.expect("a site");
    let ids: Vec<&str> = site.products.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids, ["b", "a"], "newest first, then those without a date");
    let photos: Vec<&str> = site.products[1].photos.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(photos, ["products/a.jpg", "products/a-2.png"]);
    let terms: Vec<(&str, Vec<(&str, usize)>)> = site
        .lists
        .iter()
        .map(|list| {
            let terms = list.terms.iter().map(|t| (t.id.as_str(), t.products.len())).collect();
            (list.kind.name(), terms)
        })
        .collect();
    assert_eq!(
        terms,
        [
            ("category", vec![("gifts", 1), ("soaps", 2)]),
            ("maker", vec![("ana", 2)]),
            ("region", vec![("north", 2)]),
        ]
    );
    assert_eq!(site.products[0].related, [ProductIx(1)]);
    for (at, product) in site.products.iter().enumerate() {
        for (list, term) in &product.terms {
            assert!(site.list(*list).terms[term.at()].products.contains(&ProductIx::of(at)));
        }
    }
}

#[test]
fn all_problems_are_reported_at_once_and_the_sound_rest_is_kept() {
    let outcome = site(&[
        ("site.toml", "name = \"Shop\"\ncurency = \"EUR\"\nbase_url = \"shop.example\"\n"),
        (
            "products/a.md",
            "+++\nname = \"A\"\nprice = 40\nmade_by = \"bob\"\nphotos = [\"x.jpg\"]\n+++\n",
        ),
        ("products/B.md", "+++\nname = \"B\"\n+++\n"),
        ("products/c.md", "+++\nname = C\n+++\n"),
        ("products/d.md", "+++\nprice = \"1 EUR\"\n+++\n"),
    ]);
    let found: Vec<&str> = codes_of(&outcome).into_iter().map(|(code, _)| code).collect();
    assert_eq!(
        found,
        [
            "bad-file-name", // B.md
            "no-price",
            "no-photo",
            "price-without-currency",
            "unknown-name",
            "missing-photo",
            "toml-syntax",
            "missing-field",
            "no-order-channel",
            "unknown-field",
            "bad-address",
        ]
        .to_vec()
        .into_iter()
        .filter(|code| found.contains(code))
        .collect::<Vec<_>>(),
        "{:#?}",
        codes_of(&outcome)
    );
    for needed in [
        "price-without-currency",
        "unknown-name",
        "missing-photo",
        "toml-syntax",
        "missing-field",
        "bad-address",
        "unknown-field",
        "bad-file-name",
    ] {
        assert!(found.contains(&needed), "{needed} in {found:?}");
    }
    let site = outcome.site.expect("the sound rest");
    let ids: Vec<&str> = site.products.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids, ["a"]);
}

#[test]
fn texts_come_from_fields_tables_and_files_beside() {
    let outcome = site(&[
        ("site.toml", "name = \"Shop\"\nlanguages = [\"en\", \"es\", \"fr\"]\n"),
        (
            "products/a/index.md",
            "+++\nname = { en = \"Shawl\", fr = \"Châle\" }\nprice = \"on request\"\nmaterials = [\"wool\", \"madder\"]\n+++\nWarm.",
        ),
        (
            "products/a/index.es.md",
            "+++\nname = \"Chal\"\nmaterials = [\"lana\"]\nsku = \"1\"\n+++\nCálido.",
        ),
        ("products/a/index.de.md", "+++\nname = \"Schal\"\n+++\n"),
    ]);
    let site = outcome.site.as_ref().expect("a site");
    let product = &site.products[0];
    let names: Vec<&str> = product.name.entries().map(|(_, text)| text).collect();
    assert_eq!(names, ["Shawl", "Chal", "Châle"]);
    let materials: Vec<Vec<&str>> =
        product.materials.iter().map(|m| m.entries().map(|(_, t)| t).collect()).collect();
    assert_eq!(materials, [vec!["wool", "lana"], vec!["madder"]]);
    let bodies: Vec<&str> = product.body.entries().map(|(_, span)| site.markdown(span)).collect();
    assert_eq!(bodies, ["Warm.", "Cálido."]);
    let found: Vec<&str> = codes_of(&outcome).into_iter().map(|(code, _)| code).collect();
    for needed in ["bad-language", "unknown-field", "not-translated"] {
        assert!(found.contains(&needed), "{needed} in {found:?}");
    }
}

#[test]
fn what_is_hidden_is_nowhere() {
    let outcome = site(&[
        ("site.toml", SITE),
        (
            "products/a.md",
            "+++\nname = \"A\"\nprice = \"4\"\nhide = true\ncategory = \"Secret\"\n+++\n",
        ),
        (
            "products/b.md",
            "+++\nname = \"B\"\nprice = \"4\"\nrelated = [\"a\"]\ndesign = \"d\"\nmade_by = \"m\"\n+++\n",
        ),
        ("designs/d.md", "+++\nname = \"D\"\nhide = true\n+++\n"),
        ("producers/m.md", "+++\nname = \"M\"\nhide = true\n+++\n"),
        ("collections/c.md", "+++\nname = \"C\"\nproducts = [\"a\", \"b\"]\n+++\n"),
    ]);
    assert!(!outcome.diagnostics.has_errors(), "{:?}", codes_of(&outcome));
    let site = outcome.site.expect("a site");
    assert_eq!((site.products.len(), site.designs.len(), site.producers.len()), (1, 0, 0));
    assert_eq!(site.collections[0].products, [ProductIx(0)]);
    assert!(site.lists.iter().all(|list| list.terms.is_empty()));
}

#[test]
fn two_files_for_one_product_are_reported() {
    let outcome = site(&[
        ("site.toml", SITE),
        ("products/a.md", "+++\nname = \"A\"\nprice = \"4\"\n+++\n"),
        ("products/a/index.md", "+++\nname = \"A2\"\nprice = \"4\"\n+++\n"),
    ]);
    assert!(codes_of(&outcome).iter().any(|(code, _)| *code == "duplicate"));
    assert_eq!(outcome.site.expect("a site").products.len(), 1);
}

#[test]
fn a_page_cannot_take_an_address_of_the_shop() {
    let outcome = site(&[
        ("site.toml", SITE),
        ("pages/products.md", "+++\nname = \"P\"\n+++\n"),
        ("pages/about.md", "+++\nname = \"About\"\n+++\n"),
    ]);
    assert!(codes_of(&outcome).iter().any(|(code, _)| *code == "bad-file-name"));
    assert_eq!(outcome.site.expect("a site").pages.len(), 1);
}

#[test]
fn makers_whose_names_look_alike_are_named() {
    let outcome = site(&[
        ("site.toml", SITE),
        ("producers/ana.md", "+++\nname = \"Ana Paxo\"\n+++\n"),
        ("producers/ana-2.md", "+++\nname = \"Аna Рахо\"\n+++\n"),
    ]);
    assert!(codes_of(&outcome).iter().any(|(code, _)| *code == "look-alike"));
}
