use super::*;
use crate::model::LocaleIx;
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
        .filter(|list| !list.terms.is_empty())
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
        product.materials.iter().map(|m| m.name.entries().map(|(_, t)| t).collect()).collect();
    assert_eq!(materials, [vec!["wool", "lana"], vec!["madder"]]);
    let bodies: Vec<&str> = product.body.entries().map(|(_, span)| site.markdown(span)).collect();
    assert_eq!(bodies, ["Warm.", "Cálido."]);
    let found: Vec<&str> = codes_of(&outcome).into_iter().map(|(code, _)| code).collect();
    for needed in ["bad-language", "unknown-field", "not-translated"] {
        assert!(found.contains(&needed), "{needed} in {found:?}");
    }
}

#[test]
fn what_is_not_translated_is_listed_field_by_field() {
    let outcome = site(&[
        (
            "site.toml",
            "name = \"Shop\"\nlanguages = [\"en\", \"es\"]\ncurrency = \"EUR\"\ntagline = \"Things\"\n[order]\nemail = \"a@b.example\"\n\
             [[shipping.zones]]\nname = { en = \"Here\", es = \"Aquí\" }\ncountries = [\"PE\"]\nprice = \"1\"\n",
        ),
        (
            "products/a/index.md",
            "+++\nname = { en = \"Shawl\", es = \"Chal\" }\nprice = \"4\"\nmaterials = [\"wool\", \"madder\"]\ncategory = \"Shawls\"\nmade_by = \"ana\"\n\
             [[options]]\nname = { en = \"Size\", es = \"Talla\" }\nvalues = [\"small\"]\n+++\nWarm.\n",
        ),
        ("products/a/index.es.md", "+++\nmaterials = [\"lana\"]\n+++\n"),
        ("producers/ana.md", "+++\nname = \"Ana\"\nplace = \"The coast\"\n+++\n"),
        (
            "collections/fair.md",
            "+++\nname = { en = \"Fair\", es = \"Feria\" }\nplace = \"The square\"\nproducts = [\"a\"]\n+++\n",
        ),
    ]);
    let site = outcome.site.as_ref().expect("a site");
    let found: Vec<String> = untranslated(site, LocaleIx(1))
        .iter()
        .map(|one| format!("{}: {}", one.thing, one.field))
        .collect();
    assert_eq!(
        found,
        [
            "site.toml: tagline",
            "products/a: options 1 values 1",
            "products/a: materials 2",
            "products/a: text",
            "producers/ana: place",
            "collections/fair: place",
            "site.toml: terms.category.shawls name",
        ]
    );
    assert_eq!(untranslated(site, LocaleIx::FIRST), []);
    let notice = outcome.diagnostics.iter().find(|d| d.code.name() == "not-translated");
    let notice = notice.expect("a notice");
    assert_eq!(notice.message, "7 texts are not translated into es");
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
        ("pages/order.md", "+++\nname = \"How to order\"\n+++\n"),
        ("pages/order.es.md", "+++\nname = \"Cómo pedir\"\n+++\n"),
        ("pages/search.md", "+++\nname = \"What we look for\"\n+++\n"),
        ("pages/about.md", "+++\nname = \"About\"\n+++\n"),
    ]);
    let refused: Vec<String> = codes_of(&outcome)
        .into_iter()
        .filter_map(|(code, words)| (code == "bad-file-name").then_some(words))
        .collect();
    let words = |id| format!("a page cannot be called \"{id}\": the shop itself uses that address");
    assert_eq!(refused, ["order", "products", "search"].map(words));
    assert!(outcome.diagnostics.has_errors());
    assert_eq!(outcome.site.expect("a site").pages.len(), 1);
}

#[test]
fn a_smallest_order_that_nobody_can_place_is_named() {
    let too_few = |least: u32, ready: u32| {
        format!(
            "smallest-order: nobody can order the product \"a\": at least {least} are needed, and there are {ready}"
        )
    };
    let of = |variants: &str| format!("minimum_order = 10\n{AXES}{variants}");
    let row = |of: &str, more: &str| format!("[[variants]]\nof = [{of}]\n{more}\n");
    let (one, two) = ("\"S\", \"Green\"", "\"M\", \"Red\"");
    let table = [
        (
            "minimum_order = 10\nmaximum_order = 5".to_owned(),
            vec!["smallest-order: the smallest order of the product \"a\" is 10, and the largest is 5".to_owned()],
        ),
        ("minimum_order = 10\nmaximum_order = 10".to_owned(), vec![]),
        ("minimum_order = 10\nstock = 9".to_owned(), vec![too_few(10, 9)]),
        ("minimum_order = 10\nstock = 10".to_owned(), vec![]),
        ("minimum_order = 2\none_of_a_kind = true".to_owned(), vec![too_few(2, 1)]),
        ("minimum_order = 10\nstock = 9\nmade_to_order = true".to_owned(), vec![]),
        ("minimum_order = 10\nmade_to_order = true".to_owned(), vec![]),
        ("minimum_order = 10\nstock = 0".to_owned(), vec![]),
        ("minimum_order = 10".to_owned(), vec![]),
        (of(&(row(one, "stock = 4") + &row(two, "stock = 5"))), vec![too_few(10, 9)]),
        (of(&(row(one, "stock = 4") + &row(two, "stock = 6"))), vec![]),
        (of(&(row(one, "stock = 4") + &row(two, "made_to_order = true"))), vec![]),
    ];
    for (text, expected) in table {
        let outcome = shop(&format!("price = \"20\"\n{text}"));
        assert_eq!(complaints(&outcome), expected, "{text}");
        let is_wrong = text.contains("maximum_order = 5");
        assert_eq!(outcome.diagnostics.has_errors(), is_wrong, "{text}");
        assert_eq!(product(&outcome).minimum_order.is_none(), is_wrong, "a page traps nobody");
    }
}

#[test]
fn where_everything_can_be_paid_online_nobody_is_told_that_nobody_can_order() {
    let bare = "name = \"Shop\"\ncurrency = \"EUR\"\n";
    let paid =
        "+++\nname = \"A\"\nprice = \"4\"\nphotos = []\npay = \"https://pay.example/a\"\n+++\n";
    let asked = paid.replace("\"4\"", "\"on request\"");
    let plain = "+++\nname = \"B\"\nprice = \"4\"\nphotos = []\n+++\n";
    let complaint = "no-order-channel: nobody can order from this site yet";
    for (files, expected) in [
        (vec![("products/a.md", paid)], vec![]),
        (vec![("products/a.md", paid), ("products/b.md", plain)], vec![complaint]),
        // What it costs is told when somebody asks, and nobody can.
        (vec![("products/a.md", asked.as_str())], vec![complaint]),
    ] {
        let all: Vec<(&str, &str)> = [("site.toml", bare)].into_iter().chain(files).collect();
        assert_eq!(complaints(&site(&all)), expected, "{all:?}");
    }
}

#[test]
fn the_file_of_a_recording_may_be_called_by_a_hidden_name() {
    let text = format!("{SITE}[[hidden_names]]\nname = \"Rosa Canaria\"\n");
    let outcome = site(&[
        ("site.toml", &text),
        (
            "products/a/index.md",
            "+++\nname = \"A\"\nprice = \"4\"\nphotos = []\naudio = \"rosa-canaria.mp3\"\n+++\nTold.\n",
        ),
        ("products/a/rosa-canaria.mp3", ""),
    ]);
    let lost: Vec<String> =
        complaints(&outcome).into_iter().filter(|words| words.contains("rosa-canaria")).collect();
    assert_eq!(lost, [""; 0]);
    assert!(outcome.site.expect("a site").products[0].audio.is_some());
}

/// The holder of an account cannot be called otherwise, and her name may not be shown.
#[test]
fn a_way_to_pay_that_holds_a_hidden_name_is_left_out() {
    use crate::model::Account;
    let ways = "[[order.pay]]\nkind = \"sepa\"\niban = \"DE75512108001245126199\"\nholder = \"Rosa Canaria\"\n\
        [[order.pay]]\nkind = \"pix\"\nkey = \"a@shop.example\"\nholder = \"ROSA  CANARIA\"\ncity = \"BELEM\"\n\
        [[order.pay]]\nkind = \"link\"\nname = \"To Rosa Canaria\"\nurl = \"https://pay.example/shop\"\n\
        [[order.pay]]\nkind = \"link\"\nurl = \"https://pay.example/rosa-canaria\"\n";
    for called in ["", "called = \"our aunt\"\n"] {
        let text = format!("{SITE}{ways}[[hidden_names]]\nname = \"Rosa Canária\"\n{called}");
        let own = "+++\nname = \"Ana\"\nwhatsapp = \"+51 900 000 000\"\n[[pay]]\nkind = \"sepa\"\niban = \"DE75512108001245126199\"\nholder = \"Rosa Canaria\"\n+++\n";
        let product = "+++\nname = \"A\"\nprice = \"4\"\nphotos = []\nmade_by = \"ana\"\npay = \"https://pay.example/~rosa.canaria/a\"\n+++\n";
        let outcome =
            site(&[("site.toml", &text), ("producers/ana.md", own), ("products/a.md", product)]);
        let left_out =
            "hidden-name: this way to pay holds a name that is hidden, so it is left out";
        let mut expected = vec![left_out; 5];
        if called.is_empty() {
            expected.push(
                "hidden-name: a name that is hidden was taken out here, and \"…\" stands for it",
            );
        }
        let mut found = complaints(&outcome);
        found.sort_by_key(|words| !words.contains("way to pay"));
        assert_eq!(found, expected);
        let lines: Vec<&str> = outcome
            .diagnostics
            .iter()
            .filter(|found| found.message.contains("way to pay"))
            .map(|found| match found.place {
                crate::diag::Place::Span(span) => outcome.sources.slice(span),
                _ => "",
            })
            .collect();
        assert!(lines.contains(&"\"Rosa Canaria\""), "it is said where: {lines:?}");
        let site = outcome.site.expect("a site");
        let told: Vec<(&str, &Account)> = site
            .order
            .pay
            .iter()
            .map(|pay| (pay.name.as_ref().map_or("", Text::original), &pay.to))
            .collect();
        let name = if called.is_empty() { "To …" } else { "To our aunt" };
        assert_eq!(told, [(name, &Account::Link("https://pay.example/shop".to_owned()))]);
        assert!(site.producers[0].pay.is_empty());
        assert_eq!(site.products[0].pay, None);
    }
}

#[test]
fn where_a_site_goes_does_not_change_with_a_hidden_name() {
    let text = format!("{SITE}[publish]\nto = \"git:rosa\"\n[[hidden_names]]\nname = \"Rosa\"\n");
    let outcome = site(&[("site.toml", &text)]);
    assert_eq!(complaints(&outcome), [""; 0]);
    let to = outcome.site.expect("a site").publish.to;
    assert_eq!(to.map(|to| to.to_string()).as_deref(), Some("git:rosa"));
}

#[test]
fn the_home_page_shows_by_itself_what_can_be_seen_and_had() {
    let plain = "+++\nname = \"N\"\nprice = \"1\"\n+++\n";
    let gone = "+++\nname = \"N\"\nprice = \"1\"\nstock = 0\n+++\n";
    let outcome = site(&[
        ("site.toml", "name = \"S\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@s.example\"\n"),
        ("products/a.md", plain),
        ("products/b.md", gone),
        ("products/b.jpg", ""),
        ("products/c.md", plain),
        ("products/c.jpg", ""),
    ]);
    let site = outcome.site.expect("a site");
    let ids: Vec<&str> = site.featured.iter().map(|ix| site.product(*ix).id.as_str()).collect();
    assert_eq!(ids, ["c", "a", "b"]);
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

fn shop(product: &str) -> Outcome {
    let text = format!("+++\nname = \"A\"\nphotos = []\n{product}\n+++\n");
    site(&[("site.toml", SITE), ("products/a/index.md", &text), ("products/a/green.jpg", "")])
}

fn product(outcome: &Outcome) -> &crate::model::Product {
    &outcome.site.as_ref().expect("a site").products[0]
}

fn complaints(outcome: &Outcome) -> Vec<String> {
    let quiet = ["no-photo", "no-alt-text", "no-price"];
    codes_of(outcome)
        .into_iter()
        .filter(|(code, _)| !quiet.contains(code))
        .map(|(code, message)| format!("{code}: {message}"))
        .collect()
}

const AXES: &str = "[[options]]\nname = \"Size\"\nvalues = [\"S\", \"M\"]\n[[options]]\nname = { en = \"Colour\" }\nvalues = [\"Green\", \"Red\"]\n";

#[test]
fn without_variants_every_combination_exists_as_the_product_is() {
    let outcome = shop(&format!("price = \"20\"\nstock = 2\n{AXES}"));
    assert_eq!(complaints(&outcome), [""; 0]);
    let product = product(&outcome);
    let ids: Vec<&str> = product.variants.iter().map(|v| v.id.as_str()).collect();
    assert_eq!(ids, ["s-green", "s-red", "m-green", "m-red"]);
    let values: Vec<&str> = product.variants[1].values(product).map(Text::original).collect();
    assert_eq!(values, ["S", "Red"]);
    assert!(product.variants.iter().all(|v| v.price == product.price));
    assert_eq!(product.variant("m-red").map(|v| v.of.clone()), Some(vec![1, 1]));
}

#[test]
fn listed_variants_alone_exist_and_say_what_differs() {
    use crate::model::{Availability, Price};
    let outcome = shop(&format!(
        "price = \"20\"\nweight_g = 300\n{AXES}\
         [[variants]]\nof = [\"S\", \"Green\"]\nstock = 2\nphoto = \"green.jpg\"\nsku = \"SG\"\n\
         [[variants]]\nof = [\"M\", \"Red\"]\nprice = \"24.50\"\nmade_to_order = true\nweight_g = 400\n\
         [[variants]]\nof = [\"M\", \"Green\"]\nstock = 0\n\
         [[variants]]\nof = [\"S\", \"Red\"]\nhide = true\n"
    ));
    assert_eq!(complaints(&outcome), [""; 0]);
    let product = product(&outcome);
    let found: Vec<(&str, Option<u64>, Availability, Option<u32>)> = product
        .variants
        .iter()
        .map(|v| {
            let weight = product.parcel_weight_g(Some(v));
            (v.id.as_str(), v.price.lowest().map(|m| m.minor), v.availability, weight)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("s-green", Some(2000), Availability::InStock(2), Some(300)),
            ("m-red", Some(2450), Availability::MadeToOrder, Some(400)),
            ("m-green", Some(2000), Availability::SoldOut, Some(300)),
        ]
    );
    let Price::Range(range) = product.price else { panic!("{:?}", product.price) };
    assert_eq!((range.low.minor, range.high.minor), (2000, 2450));
    assert_eq!(product.availability, Availability::InStock(2));
    assert!(product.is_made_to_order);
    assert_eq!(product.variants[0].photo, Some(0));
    assert_eq!(product.photos[0].path, "products/a/green.jpg");
}

#[test]
fn the_photograph_of_a_hidden_variant_goes_with_it() {
    let text = "+++\nname = \"A\"\nprice = \"4\"\n[[options]]\nname = \"Colour\"\nvalues = [\"Green\", \"Red\"]\n\
        [[variants]]\nof = [\"Green\"]\nphoto = \"green.jpg\"\nhide = true\n[[variants]]\nof = [\"Red\"]\n+++\n";
    let outcome = site(&[
        ("site.toml", SITE),
        ("products/a/index.md", text),
        ("products/a/green.jpg", ""),
        ("products/a/red.jpg", ""),
    ]);
    let site = outcome.site.expect("a site");
    assert_eq!(site.photo_paths(), ["products/a/red.jpg"]);
}

#[test]
fn what_is_wrong_with_variants_is_said() {
    let table = [
        (
            "[[variants]]\nof = [\"S\"]",
            "bad-variant: variant 1 of the product \"a\" has no value for \"Colour\"",
        ),
        ("[[variants]]\nof = [\"S\", \"Gren\"]", "bad-variant: \"Gren\" is no value of \"Colour\""),
        (
            "[[variants]]\nof = [\"S\", \"Red\", \"x\"]",
            "bad-variant: there are 2 options, and this is one value more",
        ),
        (
            "[[variants]]\nof = [\"S\", \"Red\"]\n[[variants]]\nof = [\"S\", \"Red\"]",
            "bad-variant: the variant \"S, Red\" is listed twice",
        ),
        (
            "[[variants]]\nof = [\"S\", \"Red\"]\nphoto = \"gren.jpg\"",
            "missing-photo: the photograph \"gren.jpg\" is not in the folder",
        ),
        (
            "[[variants]]\nof = [\"S\", \"Red\"]\nprice = \"4 USD\"\n[[variants]]\nof = [\"M\", \"Red\"]",
            "bad-variant: one variant has a price in USD, another in EUR",
        ),
    ];
    for (variants, expected) in table {
        let outcome = shop(&format!("price = \"20\"\n{AXES}{variants}\n"));
        assert_eq!(complaints(&outcome), [expected], "{variants}");
    }
    let many = |n: usize| (0..n).map(|n| format!("\"v{n}\"")).collect::<Vec<_>>().join(", ");
    let axis = |n: usize| format!("[[options]]\nname = \"X\"\nvalues = [{}]\n", many(n));
    let outcome = shop(&format!("price = \"20\"\n{}{}", axis(20), axis(10)));
    assert_eq!(complaints(&outcome), [""; 0]);
    assert_eq!(product(&outcome).variants.len(), 200);
    let outcome = shop(&format!("price = \"20\"\n{}{}", axis(67), axis(3)));
    assert_eq!(
        complaints(&outcome),
        [
            "bad-option: the options of the product \"a\" make 201 combinations; at most 200 can be shown"
        ]
    );
    let outcome = shop("price = \"20\"\n[[variants]]\nof = [\"S\"]\n");
    assert_eq!(
        complaints(&outcome),
        ["bad-variant: the product \"a\" has variants, and no options that tell them apart"]
    );
}

#[test]
fn options_are_translated_in_place_or_in_a_file_beside() {
    let outcome = site(&[
        ("site.toml", "name = \"Shop\"\nlanguages = [\"en\", \"es\", \"fr\"]\n"),
        (
            "products/a/index.md",
            "+++\nname = \"A\"\nprice = \"on request\"\n[[options]]\nname = { en = \"Size\", fr = \"Taille\" }\n\
             values = { en = [\"small\", \"large\"], fr = [\"petit\", \"grand\"] }\n\
             [[variants]]\nof = [\"petit\"]\n+++\n",
        ),
        (
            "products/a/index.es.md",
            "+++\nname = \"A\"\n[[options]]\nname = \"Talla\"\nvalues = [\"chico\", \"grande\"]\n+++\n",
        ),
    ]);
    let product = product(&outcome);
    let all = |text: &Text| text.entries().map(|(_, t)| t.to_owned()).collect::<Vec<_>>();
    assert_eq!(all(&product.options[0].name), ["Size", "Talla", "Taille"]);
    assert_eq!(all(&product.options[0].values[1]), ["large", "grande", "grand"]);
    assert_eq!(product.variants.len(), 1);
    assert!(!outcome.diagnostics.has_errors(), "{:?}", codes_of(&outcome));
}

#[test]
fn words_for_the_photograph_of_a_variant_are_looked_through_too() {
    let product = "+++\nname = \"A\"\nprice = \"4\"\nphotos = [\"a.jpg\"]\n\
        [[options]]\nname = \"Size\"\nvalues = [\"S\", \"L\"]\n\
        [[variants]]\nof = [\"S\"]\nphoto = \"a.jpg\"\nphoto_alt = \"A little girl wears the shawl\"\n\
        [[variants]]\nof = [\"L\"]\nphoto = \"a.jpg\"\nphoto_alt = \"The shawl, larger\"\n+++\n";
    let outcome = site(&[
        ("site.toml", SITE),
        ("products/a/index.md", product),
        ("products/a/a.jpg", "not read here"),
    ]);
    let found: Vec<_> =
        outcome.diagnostics.iter().filter(|one| one.code == codes::PRIVATE_FACT).collect();
    assert_eq!(found.len(), 1, "{:?}", complaints(&outcome));
    let crate::diag::Place::Span(span) = found[0].place else { panic!("a place in a file") };
    assert!(outcome.sources.slice(span).contains("girl"));
}

#[test]
fn a_destination_with_an_unsettled_flag_cannot_be_ordered_to() {
    use crate::model::{Country, Reach};
    let zones = "[shipping]\nfrom = \"PE\"\n\
        [[shipping.zones]]\nname = \"Home\"\ncountries = [\"PE\"]\nprice = \"1\"\n\
        [[shipping.zones]]\nname = \"Europe\"\ncountries = [\"EU\", \"NO\"]\nprice = \"9\"\n\
        [[shipping.zones]]\nname = \"World\"\ncountries = [\"*\"]\nprice = \"20\"\n";
    let product = "+++\nname = \"A\"\nprice = \"4\"\nphotos = []\n\
        materials = [\"wool\", { name = \"feather\", flags = [\"bird\"], permits = [{ to = [\"EU\"] }], not_to = [\"FR\"] }]\n+++\n";
    let outcome = site(&[("site.toml", &format!("{SITE}{zones}")), ("products/a.md", product)]);
    assert_eq!(
        complaints(&outcome),
        [
            "unresolved-material: \"A\" cannot be ordered to parts of \"Europe\", \"World\": nobody said that feather may go there (bird)"
        ]
    );
    let site = outcome.site.expect("a site");
    let product = &site.products[0];
    let country = |code| Country::parse(code).expect("a country");
    assert!(product.may_go_to(country("PE"), &site.shipping).is_ok());
    assert!(product.may_go_to(country("DE"), &site.shipping).is_ok());
    assert!(product.may_go_to(country("FR"), &site.shipping).is_err());
    assert!(product.may_go_to(country("NO"), &site.shipping).is_err());
    assert!(product.may_go_to(country("JP"), &site.shipping).is_err());
    let reach: Vec<Reach> =
        site.shipping.zones.iter().map(|zone| site.shipping.reach(zone, product)).collect();
    assert_eq!(
        reach,
        [Reach::Everywhere, Reach::Except(vec![country("FR"), country("NO")]), Reach::Nowhere]
    );
}

#[test]
fn a_table_that_is_not_the_table_of_products_is_not_passed_over_in_silence() {
    let outcome = site(&[
        ("site.toml", SITE),
        ("products.csv", "name,price\nBowl,4\n"),
        ("Products.CSV", "name,price\nJar,4\n"),
        ("products/more.CSV", "name,price\nCup,4\n"),
        // What lies beside a product, or elsewhere, is hers.
        ("products/a/index.md", "+++\nname = \"A\"\nprice = \"4\"\n+++\n"),
        ("products/a/threads.csv", "a,b\n"),
        ("notes/products.csv", "a,b\n"),
    ]);
    let told: Vec<(String, &str)> = outcome
        .diagnostics
        .iter()
        .filter(|one| one.code == codes::UNKNOWN_FILE)
        .map(|one| (format!("{:?}", one.place), one.hints[1].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "Path(\"Products.CSV\")".to_owned(),
                "or make a file of each row: in the folder of the site run selvedge import csv Products.CSV, and take the table out"
            ),
            (
                "Path(\"products/more.CSV\")".to_owned(),
                "or make a file of each row: in the folder of the site run selvedge import csv products/more.CSV, and take the table out"
            ),
        ]
    );
    let site = outcome.site.expect("a site");
    let ids: Vec<&str> = site.products.iter().map(|product| product.id.as_str()).collect();
    assert_eq!(ids, ["a", "bowl"]);
}

/// What was found in the table, by line and column, with what to do.
fn in_table(outcome: &Outcome) -> Vec<String> {
    let told = outcome.diagnostics.sorted(&outcome.sources).into_iter().filter_map(|one| {
        let crate::diag::Place::Span(span) = one.place else { return None };
        let (line, column) = outcome.sources.line_column(span.file, span.range().start);
        let path = outcome.sources.path(span.file);
        let advice = std::iter::once(&one.label).chain(&one.hints).find(|words| !words.is_empty());
        let advice = advice.map_or("", |words| words.as_str());
        path.ends_with("products.csv")
            .then(|| format!("{line}:{column} {}: {} ({advice})", one.code, one.message))
    });
    told.collect()
}

#[test]
fn all_that_is_wrong_in_a_table_is_told_at_its_cells() {
    let outcome = site(&[
        (
            "site.toml",
            "name = \"Shop\"\ncurrency = \"EUR\"\nlanguages = [\"en\", \"es\"]\n[order]\nemail = \"a@shop.example\"\n",
        ),
        (
            "products.csv",
            "name,prise,price,stock,hide,date,photos,made_by,options,name.fr,id\n\
             Bowl,4,1.234,many,no,5/1/26,bowl.jpg,Ana,x,Bol,\n\
             \"Red\nshawl\",,abc,,perhaps,,,,,,\n\
             ,,4,,,,,,,,\n\
             Cup,,4,,,,,,,,bowl\n\
             Jar,,$4,,,,,,,,Big Jar\n\
             Pot,,4,1,,,,,,,pot\n\
             Tub, round,,4,1,,,,,,,,more\n",
        ),
        ("products/pot.md", "+++\nname = \"Pot\"\nprice = \"5\"\n+++\n"),
    ]);
    let found = in_table(&outcome);
    let errors: Vec<&str> = found
        .iter()
        .map(String::as_str)
        .filter(|one| !one.contains("no-photo") && !one.contains("not-translated"))
        .collect();
    assert_eq!(
        errors,
        [
            "1:6 unknown-field: the table has a column \"prise\", which is not known; nothing in it is used (did you mean `price`?)",
            "1:49 unknown-field: the table has a column \"options\", which is not known; nothing in it is used (a table has no room for it: make this product a file of its own, products/<id>.md)",
            "1:57 bad-language: this site has no language \"fr\", so this column is not shown (to add it, write in site.toml: languages = [\"en\", \"es\", \"fr\"])",
            "2:8 bad-price: this may be thousands or a fraction (write both digits of the fraction, for example 1234.00 or 1.23)",
            "2:14 bad-value: `stock` of the product \"bowl\" is \"many\", which it cannot be (write for example 12 into the column `stock`)",
            "2:22 bad-date: `date` is not a day of the calendar (write for example 2026-05-01 into the column `date`)",
            "2:29 missing-photo: the photograph \"bowl.jpg\" is not in the folder (put it into the folder products/, or write its path from the top of the site's folder)",
            "2:38 unknown-name: there is no maker \"Ana\" (make a file producers/ana.md with a line name = \"…\", or take the name out)",
            "4:8 bad-price: this price is not understood (write for example 240.00 EUR into the column `price`)",
            "4:13 bad-value: `hide` of the product \"red-shawl\" is \"perhaps\", which it cannot be (write yes or no)",
            "5:1 missing-field: this row of the table has no name (write what the product is called into the column `name`, or take the row out)",
            "6:1 duplicate: there are two things with the id \"bowl\" (give one of the two rows another id, in the column `id`, or take it out)",
            "7:1 bad-file-name: the product \"Big Jar\" needs a name of small letters, digits and hyphens (write for example big-jar into the column `id`)",
            "8:1 duplicate: there are two things with the id \"pot\" (one is a file and one a row: take the row out of the table, or give one of them another id)",
            "9:24 bad-table: this row has more cells than the 11 columns of the table (so the row is left out)",
        ]
    );
    // What says whether it is hidden in a way that is not understood is hidden.
    let site = outcome.site.expect("a site");
    assert!(site.products.iter().all(|product| product.id.as_str() != "red-shawl"));
}

#[test]
fn what_may_be_meant_to_hide_hides() {
    let shown = |outcome: &Outcome| -> Vec<String> {
        let site = outcome.site.as_ref().expect("a site");
        site.products.iter().map(|product| product.id.to_string()).collect()
    };
    let codes = |outcome: &Outcome| -> Vec<&'static str> {
        codes_of(outcome).into_iter().map(|(code, _)| code).collect()
    };
    // Two columns that hide, names that are like one, and one in a language.
    for (header, is_used) in [
        ("hide,Hide", false),
        ("hide,hides", false),
        ("hide,hide.en", false),
        ("hide,audiences", false),
        ("id,oculto", true),
        ("id,Versteckt", true),
        ("id,Hide?", true),
    ] {
        let table = format!("name,price,{header}\nOpen,4.00,,\nSecret,4.00,,yes\n");
        let outcome = site(&[("site.toml", SITE), ("products.csv", &table)]);
        assert_eq!(shown(&outcome), ["open"], "{header}");
        assert_eq!(outcome.diagnostics.has_errors(), !is_used, "{header}");
    }
    // A file that is hidden and a row, or file, of the same id.
    for other in ["products/red/index.md", "products.csv"] {
        let text = match other {
            "products.csv" => "id,name,price\nred,Red,4.00\n",
            _ => "+++\nname = \"Red\"\nprice = \"4.00\"\n+++\n",
        };
        let hidden = "+++\nname = \"Red\"\nprice = \"4.00\"\nhide = true\n+++\n";
        let outcome = site(&[("site.toml", SITE), ("products/red.md", hidden), (other, text)]);
        assert_eq!(shown(&outcome), [""; 0], "{other}");
        assert!(codes(&outcome).contains(&"duplicate"), "{other}: {:?}", codes(&outcome));
    }
    // Who is hidden in a way that is not understood is in no text either, and nobody's supplier.
    for hide in ["hide = true", "hide = \"perhaps\"", "audience = \"trade\""] {
        let ana = format!("+++\nname = \"Anabel Lopez\"\n{hide}\n+++\n");
        let outcome = site(&[
            ("site.toml", SITE),
            ("producers/ana.md", &ana),
            (
                "products.csv",
                "name,price,supplied_by,text\nA,4.00,ana,Made by Anabel Lopez.\nB,4.00,Anabel Lopez,\n",
            ),
        ]);
        let made = outcome.site.as_ref().expect("a site");
        let told: Vec<&str> = made
            .products
            .iter()
            .flat_map(|product| &product.supplied_by)
            .map(|supplier| supplier.name.original())
            .filter(|name| *name != "…")
            .collect();
        assert_eq!(told, [""; 0], "{hide}");
        if !hide.starts_with("audience") {
            let story = made.products[0].body.entries().next().expect("a story").1;
            assert_eq!(made.markdown(story), "Made by ….", "{hide}");
        }
    }
}

#[test]
fn words_for_a_photograph_stay_with_it_when_another_is_hidden_or_missing() {
    let outcome = site(&[
        ("site.toml", SITE),
        (
            "products.csv",
            "id,name,price,photos,photo_alt,hide_photos\n\
             one,One,4.00,a.jpg; b.jpg; c.jpg,words of a | words of b | words of c,a.jpg\n\
             two,Two,4.00,nope.jpg; c.jpg,words of none | words of c,\n\
             three,Three,4.00,b.jpg; c.jpg,| words of c,\n",
        ),
        ("products/a.jpg", ""),
        ("products/b.jpg", ""),
        ("products/c.jpg", ""),
    ]);
    let made = outcome.site.expect("a site");
    let told = |id: &str| -> Vec<(String, Option<String>)> {
        let product = made.products.iter().find(|p| p.id.as_str() == id).expect("a product");
        let words = |photo: &PhotoRef| photo.alt.as_ref().map(|alt| alt.original().to_owned());
        product.photos.iter().map(|photo| (photo.path.clone(), words(photo))).collect()
    };
    let with =
        |file: &str, alt: Option<&str>| (format!("products/{file}.jpg"), alt.map(str::to_owned));
    assert_eq!(told("one"), [with("b", Some("words of b")), with("c", Some("words of c"))]);
    assert_eq!(told("two"), [with("c", Some("words of c"))]);
    assert_eq!(told("three"), [with("b", None), with("c", Some("words of c"))]);
}

#[test]
fn a_long_row_is_told_once_and_a_thousand_is_not_one() {
    let outcome = site(&[
        ("site.toml", SITE),
        (
            "products.csv",
            "name,price,stock,date\nCup,4.00,1,13.05.2026,a,b,c\nJar,4.00,2.000,13/05/2026\nPot,4.00,3,01/05/2026\n",
        ),
        ("productos.csv", "name\n"),
        ("Products.xlsx", "PK"),
        ("prices.csv", "name\n"),
    ]);
    let found = in_table(&outcome);
    let wanted = ["2:23 bad-table", "3:10 bad-value", "4:12 bad-date"];
    let told: Vec<&String> = found.iter().filter(|one| !one.contains("no-photo")).collect();
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for (one, start) in told.iter().zip(wanted) {
        assert!(one.starts_with(start), "{one}");
    }
    let unread: Vec<(&str, String)> =
        codes_of(&outcome).into_iter().filter(|(code, _)| *code == "unknown-file").collect();
    assert_eq!(unread.len(), 2, "{unread:?}");
    let made = outcome.site.expect("a site");
    assert_eq!(made.products[0].date.map(|day| day.to_string()).as_deref(), Some("2026-05-13"));
}

#[test]
fn what_is_wrong_after_a_hidden_name_is_told_at_its_own_line() {
    let outcome = site(&[
        ("site.toml", &format!("{SITE}[[hidden_names]]\nname = \"Canaryname\"\n")),
        (
            "products.csv",
            "name,price,text\nA,4.00,\nB,4.00,\nC,4.00,\"Woven by Canaryname.\n\nCall +49 170 1234567.\"\n",
        ),
    ]);
    let found = in_table(&outcome);
    let phone: Vec<&String> = found.iter().filter(|one| one.contains("phone number")).collect();
    assert_eq!(phone.len(), 1, "{found:?}");
    assert!(phone[0].starts_with("6:7 "), "{phone:?}");
}

#[test]
fn a_row_is_what_a_file_is() {
    let shop = "name = \"Shop\"\ncurrency = \"EUR\"\nlanguages = [\"en\", \"es\"]\n[order]\nemail = \"a@shop.example\"\n";
    let maker = ("producers/ana.md", "+++\nname = \"Ana\"\n+++\n");
    let table = site(&[
        ("site.toml", shop),
        maker,
        (
            "products.csv",
            "\u{feff}sep=;\r\nname;name.es;Precio;qty;made by;category;materials;materials.es;photos;photo_alt;photo_alt.es;text;text (es);weight (g);\
             lead time days;blackout;packed_cm;alcohol_percent;allergens;accept;date;kind;food_safe;not_to;hide_photos\r\n\
             Red shawl;Chal rojo;\"1.234,50 €\";3;Ana;Shawls;wool, madder;lana, rubia;a.jpg|photos/b.jpg;over a chair|its edge;sobre una silla|su borde;\
             \"Woven by *hand*.\r\n\r\nIn two weeks.\";Tejido.;2 300;14;7, 2026-12-24..2027-01-06;30 x 20 x 10;4,5 %;none;children;2026-05-01;Textile;yes;AU;c.jpg\r\n",
        ),
        ("products/a.jpg", ""),
        ("products/c.jpg", ""),
        ("photos/b.jpg", ""),
    ]);
    let file = site(&[
        ("site.toml", shop),
        maker,
        (
            "products/red-shawl.md",
            "+++\nname.en = \"Red shawl\"\nname.es = \"Chal rojo\"\nprice = \"1234.50 EUR\"\nstock = 3\nmade_by = \"Ana\"\ncategory = \"Shawls\"\n\
             materials.en = [\"wool\", \"madder\"]\nmaterials.es = [\"lana\", \"rubia\"]\n\
             photos = [{ file = \"a.jpg\", alt.en = \"over a chair\", alt.es = \"sobre una silla\" }, { file = \"photos/b.jpg\", alt.en = \"its edge\", alt.es = \"su borde\" }]\n\
             weight_g = 2300\nlead_time_days = 14\nblackout = [7, \"2026-12-24..2027-01-06\"]\npacked_cm = [30, 20, 10]\nalcohol_percent = \"4.5\"\nallergens = []\n\
             accept = [\"children\"]\ndate = 2026-05-01\nkind = \"textile\"\nfood_safe = true\nnot_to = [\"AU\"]\nhide_photos = [\"c.jpg\"]\n+++\nWoven by *hand*.\n\nIn two weeks.\n",
        ),
        ("products/red-shawl.es.md", "Tejido.\n"),
        ("products/a.jpg", ""),
        ("products/c.jpg", ""),
        ("photos/b.jpg", ""),
    ]);
    // A category has no place for a translation in either.
    assert_eq!(codes_of(&table), codes_of(&file));
    assert_eq!(codes_of(&table).len(), 1, "{:?}", codes_of(&table));
    let told = |outcome: &Outcome| {
        let site = outcome.site.as_ref().expect("a site");
        let [product] = &site.products[..] else { panic!("{:?}", site.products) };
        let stories: Vec<_> = product
            .body
            .entries()
            .map(|(locale, span)| (locale, site.markdown(span).to_owned()))
            .collect();
        let mut product = Product::clone(product);
        product.body = crate::model::Prose::default();
        product.place = Span::file_start(crate::diag::Sources::default().next_id());
        (product, stories)
    };
    assert_eq!(told(&table), told(&file));
}

#[test]
fn a_row_may_have_its_translation_in_a_file() {
    let outcome = site(&[
        ("site.toml", &format!("languages = [\"en\", \"es\"]\n{SITE}")),
        ("products.csv", "name,price,photo_alt\nBowl,4,a bowl\n"),
        (
            "products/bowl.es.md",
            "+++\nname = \"Cuenco\"\nphoto_alt = [\"un cuenco\"]\n+++\nDe barro.\n",
        ),
        ("products/bowl.jpg", ""),
        ("products/cup.es.md", "De vidrio.\n"),
    ]);
    let codes: Vec<&str> = codes_of(&outcome).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["translation-without-original"]);
    let site = outcome.site.expect("a site");
    let product = &site.products[0];
    assert_eq!(product.name.shown(LocaleIx(1)).value, "Cuenco");
    let alt = product.photos[0].alt.as_ref().expect("words");
    assert_eq!(alt.shown(LocaleIx(1)).value, "un cuenco");
    let body: Vec<_> =
        product.body.entries().map(|(locale, span)| (locale, site.markdown(span))).collect();
    assert_eq!(body, [(LocaleIx(1), "De barro.")]);
}

#[test]
fn the_table_in_the_documents_is_a_shop() {
    let document = include_str!("../../docs/SITE-FORMAT.md");
    let table = document.split("```csv\n").nth(1).expect("a table");
    let table = table.split("```").next().expect("its end");
    let outcome = site(&[
        ("site.toml", &format!("languages = [\"en\", \"es\"]\n{SITE}")),
        ("products.csv", table),
        ("products/red.jpg", ""),
        ("products/bowl-1.jpg", ""),
        ("products/bowl-2.jpg", ""),
    ]);
    assert_eq!(in_table(&outcome), [""; 0]);
    let site = outcome.site.expect("a site");
    let told: Vec<(&str, usize)> =
        site.products.iter().map(|it| (it.id.as_str(), it.photos.len())).collect();
    assert_eq!(told, [("bowl-small", 2), ("red-shawl", 1)]);
}

#[test]
fn rows_come_and_go_and_are_for_some_as_files_are() {
    let files = [
        (
            "site.toml",
            "name = \"Shop\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n[[hidden_names]]\nname = \"Rosa\"\ncalled = \"our aunt\"\n",
        ),
        (
            "products.csv",
            "name,price,hide,audience,shown_from,season,text\n\
             Bowl,4,,,,,\"Rosa made it.\n\nIn May.\"\n\
             Cup,4,yes,,,,\n\
             Jar,4,,Trade,,,\n\
             Pot,4,,,2026-06-01,,\n\
             Mug,4,,,,12-01 to 02-28,\n\
             Rosa's jug,4,,,,,\n\
             Tub,4,,dealer,,,\n",
        ),
    ];
    let ids = |audience, day: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            std::fs::write(folder.path().join(path), text).expect("a file");
        }
        let day = day.parse().expect("a day");
        let site = load_as(folder.path(), audience, day).expect("a site").site.expect("a site");
        let bowl = site.products.iter().find(|product| product.id.as_str() == "bowl");
        let body = bowl.expect("the bowl").body.entries().next().expect("a text").1;
        assert_eq!(site.markdown(body), "our aunt made it.\n\nIn May.");
        site.products.iter().map(|product| product.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(Audience::Public, "2026-05-01"), ["bowl"]);
    assert_eq!(ids(Audience::Trade, "2026-05-01"), ["bowl", "jar"]);
    assert_eq!(ids(Audience::Public, "2026-12-05"), ["bowl", "mug", "pot"]);
}

#[test]
fn whose_table_it_is_says_what_a_row_may_tell() {
    let outcome = site(&[
        ("site.toml", SITE),
        (
            "products.csv",
            "name,price,text,accept\n\
             Bowl,4,\"Come to 12 Mill Lane.\",\n\
             Cup,4,\"Come to 12 Mill Lane.\",street-address\n\
             Jar,4,\"Soft.\nCome to 12 Mill Lane.\",\n",
        ),
    ]);
    let told: Vec<String> =
        in_table(&outcome).into_iter().filter(|one| one.contains("private-fact")).collect();
    let lines: Vec<&str> = told.iter().filter_map(|one| one.split(' ').next()).collect();
    assert_eq!(lines, ["2:16", "5:9"], "{told:?}");
    let hints = outcome.diagnostics.iter().flat_map(|one| &one.hints);
    assert!(
        hints.into_iter().any(
            |hint| hint.ends_with("write into the column `accept` of this row: street-address")
        )
    );
}

#[test]
fn ten_thousand_rows_are_each_told_of_at_their_lines() {
    use std::fmt::Write as _;
    let mut table = String::from("name,price,text\n");
    for at in 0..10_000 {
        let _ = writeln!(table, "Bowl {at},4,\"Rosa made {at}.\n\nTwice.\"");
    }
    let outcome = site(&[
        ("site.toml", &format!("{SITE}[[hidden_names]]\nname = \"Rosa\"\n")),
        ("products.csv", &table),
    ]);
    // Every row lacks a photograph and says a name that is hidden: each is told with its line.
    assert_eq!(in_table(&outcome).len(), 20_000);
    assert_eq!(outcome.site.expect("a site").products.len(), 10_000);
}

#[test]
fn a_price_that_is_edited_in_the_table_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    write("site.toml", SITE);
    write("products.csv", "name,price\nBowl,4\nCup,5\n");
    let mut memory = Memory::default();
    let mut prices = |changed: Changed<'_>| {
        let draft = read::load(folder.path(), &mut memory, changed).expect("a site");
        let site = check(draft).site.expect("a site");
        site.products
            .iter()
            .map(|product| product.price.lowest().map(|it| it.minor))
            .collect::<Vec<_>>()
    };
    assert_eq!(prices(Changed::All), [Some(400), Some(500)]);
    write("products.csv", "name,price\nBowl,7\nCup,5\n");
    assert_eq!(prices(Changed::Paths(&[])), [Some(400), Some(500)], "nobody said that it changed");
    assert_eq!(prices(Changed::Paths(&["products.csv".to_owned()])), [Some(700), Some(500)]);
    std::fs::remove_file(folder.path().join("products.csv")).expect("removed");
    assert_eq!(prices(Changed::Paths(&["products.csv".to_owned()])), []);
}

#[test]
fn a_recording_is_found_has_words_and_is_missed_if_no_file_names_it() {
    let outcome = site(&[
        ("site.toml", SITE),
        ("products/a/index.md", "+++\nname = \"A\"\nprice = \"4\"\naudio = \"tale.mp3\"\n+++\n"),
        ("products/a/tale.mp3", ""),
        ("products/a/other.M4A", ""),
        ("products/b.md", "+++\nname = \"B\"\nprice = \"4\"\naudio = \"tael.mp3\"\n+++\nTold.\n"),
        ("products/tale.mp3", ""),
        // What is hidden is not missed.
        (
            "products/c/index.md",
            "+++\nname = \"C\"\nprice = \"4\"\nhide = true\naudio = \"c.ogg\"\n+++\nTold.\n",
        ),
        ("products/c/c.ogg", ""),
        (
            "designs/d/index.md",
            "+++\nname = \"D\"\naudio = \"d.opus\"\naudio_text = \"It is old\"\n+++\n",
        ),
        ("designs/d/d.opus", ""),
        ("producers/ana.md", "+++\nname = \"Ana\"\naudio = \"ana.opus\"\n+++\nShe tells.\n"),
        (
            "producers/bo.md",
            "+++\nname = \"Bo\"\nhide = [\"photo\"]\naudio = \"ana.opus\"\n+++\nHe tells.\n",
        ),
        (
            "producers/cy.md",
            "+++\nname = \"Cy\"\naudio = \"ana.opus\"\n[protocol]\nmourning_until = 2020-01-01\n+++\nShe told.\n",
        ),
        ("producers/ana.opus", ""),
    ]);
    let mut found: Vec<String> =
        codes_of(&outcome).into_iter().map(|(code, words)| format!("{code}: {words}")).collect();
    found.retain(|one| !one.starts_with("no-photo") && !one.starts_with("comes-and-goes"));
    assert_eq!(
        found,
        [
            "no-alt-text: the recording of the product \"a\" has no words for people who cannot hear it",
            "unknown-file: no page plays this recording",
            "bad-sound: the recording \"tael.mp3\" is not in the folder",
            "unknown-file: no page plays this recording",
        ]
    );
    let site = outcome.site.expect("a site");
    assert_eq!(
        site.sound_paths(),
        ["designs/d/d.opus", "producers/ana.opus", "products/a/tale.mp3"]
    );
    let heard: Vec<&str> = site
        .producers
        .iter()
        .filter(|one| one.audio.is_some())
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(heard, ["ana"], "the voice of somebody who is hidden, or mourned, is not heard");
}

#[test]
fn without_zones_an_unsettled_flag_is_warned_of_and_has_to_be_asked_about() {
    let shop = |permits: &str, more: &str| {
        let product = format!(
            "+++\nname = \"Comb\"\nprice = \"4\"\nphotos = []\n\
             materials = [{{ name = \"tusk\", flags = [\"ivory\"]{permits} }}]\n+++\n"
        );
        site(&[("site.toml", &format!("{SITE}{more}")), ("products/a.md", &product)])
    };
    let warned = "unresolved-material: \"Comb\" can only be asked for: the shop does not say where it sends to, and nobody said that tusk may go everywhere (ivory)";
    for (permits, more) in
        [("", ""), (", permits = [{ to = [\"EU\"] }]", ""), ("", "[shipping]\nfrom = \"PE\"\n")]
    {
        let outcome = shop(permits, more);
        assert_eq!(complaints(&outcome), [warned], "{permits}{more}");
        let site = outcome.site.expect("a site");
        assert!(site.products[0].to_ask_about(&site.shipping, None).is_some());
    }
    // Settled everywhere, or in a shop that asks for the destination, it can be ordered.
    let settled = shop(", permits = [{ to = [\"*\"] }]", "");
    assert_eq!(complaints(&settled), [""; 0]);
    let asked =
        shop("", "[[shipping.zones]]\nname = \"All\"\ncountries = [\"*\"]\nprice = \"1\"\n");
    let site = asked.site.expect("a site");
    assert!(site.products[0].to_ask_about(&site.shipping, None).is_none());
}

#[test]
fn what_is_not_for_sale_goes_nowhere() {
    let outcome = shop("price = \"20\"\nstage = \"prototype\"");
    let product = product(&outcome);
    assert!(!product.is_for_sale());
    let peru = crate::model::Country::parse("PE").expect("a country");
    assert_eq!(
        product.may_go_to(peru, &crate::model::Shipping::default()),
        Err(crate::model::Why::NotForSale)
    );
}

#[test]
fn zones_with_mistakes_are_named() {
    let zone = |rest: &str| format!("{SITE}[[shipping.zones]]\nname = \"Z\"\n{rest}\n");
    let two = |a: &str, b: &str| format!("{}[[shipping.zones]]\nname = \"Y\"\n{b}\n", zone(a));
    let table: [(String, &str); 10] = [
        (zone("countries = [\"DE\"]"), "bad-zone: the zone \"Z\" has no price"),
        (zone("price = \"5\""), "bad-zone: the zone \"Z\" has no countries"),
        (
            zone("countries = [\"Germany\"]\nprice = \"5\""),
            "bad-country: \"Germany\" is not the code of a country",
        ),
        (
            two(
                "countries = [\"DE\"]\nprice = \"5\"",
                "countries = [\"AT\", \"DE\"]\nprice = \"6\"",
            ),
            "bad-zone: DE is in two zones, so a parcel there has two prices",
        ),
        (
            two("countries = [\"*\"]\nprice = \"5\"", "countries = [\"*\"]\nprice = \"6\""),
            "bad-zone: two zones are for everywhere else",
        ),
        (
            zone(
                "countries = [\"*\"]\nrates = [{ to_g = 500, price = \"5\" }, { to_g = 500, price = \"6\" }]",
            ),
            "bad-rate: this weight is not above the one before it, 500 g",
        ),
        (
            zone(
                "countries = [\"*\"]\nrates = [{ to_g = 500, price = \"5\" }, { to_g = 600, price = \"4\" }]",
            ),
            "bad-rate: a heavier parcel costs less here than a lighter one",
        ),
        (
            zone("countries = [\"*\"]\nprice = \"5\"\ndays = [6, 3]"),
            "bad-zone: the days on the way are two whole numbers, the smaller one first",
        ),
        (
            zone("pickup = true\ncountries = [\"DE\"]"),
            "bad-zone: nothing is sent in the zone \"Z\": the buyer fetches it",
        ),
        (
            zone("countries = [\"*\"]\nprice = \"5\"\nrates = [{ to_g = 500, price = \"5\" }]"),
            "bad-zone: the zone \"Z\" has one price and prices by weight",
        ),
    ];
    for (text, expected) in table {
        let outcome = site(&[("site.toml", &text)]);
        assert_eq!(complaints(&outcome), [expected], "{text}");
    }
    let (de, eu) = ("countries = [\"DE\"]\nprice = \"5\"", "countries = [\"EU\"]\nprice = \"6\"");
    for (text, at) in [(two(de, eu), 1), (two(eu, de), 0)] {
        let outcome = site(&[("site.toml", &text)]);
        assert_eq!(complaints(&outcome), [""; 0], "the others of the EU are no second price");
        let shipping = outcome.site.expect("a site").shipping;
        assert_eq!(shipping.countries(&shipping.zones[at]).len(), 26);
    }
}

#[test]
fn shared_shipments_are_read_and_what_is_wrong_with_them_is_named() {
    let pooled = |rest: &str| format!("{SITE}[[shipping.pooled]]\nname = \"Crate\"\n{rest}\n");
    let where_and_when = "country = \"DE\"\ncloses = 2026-12-05\n";
    let table: [(String, &[&str]); 8] = [
        (
            pooled("cost = \"9\"\nfull_g = 10"),
            &[
                "missing-field: shared shipment 1 has no closes",
                "missing-field: shared shipment 1 has no country",
            ],
        ),
        (pooled(where_and_when), &["bad-zone: the shared shipment \"Crate\" has no price"]),
        (
            pooled(&format!("{where_and_when}cost = \"9\"")),
            &["missing-field: shared shipment 1 has no full_g"],
        ),
        (
            pooled(&format!("{where_and_when}full_g = 9")),
            &["missing-field: shared shipment 1 has no cost"],
        ),
        (
            pooled(&format!("{where_and_when}cost = \"9\"\nfull_g = 9\nprice = \"1\"")),
            &["bad-zone: an order pays its part of the cost, or a price of its own"],
        ),
        (
            pooled(&format!("{where_and_when}price = \"9\"\nmakers = [\"nobody\"]")),
            &["unknown-name: there is no maker \"nobody\""],
        ),
        (
            pooled(&format!("{where_and_when}price = \"9\"\nfree_from = \"9\"")),
            &[
                "unknown-field: shared shipment 1 has a field `free_from`, which is not known; it was not used",
            ],
        ),
        (
            pooled("country = \"Germany\"\ncloses = \"soon\"\nprice = \"9\""),
            &[
                "bad-country: \"Germany\" is not the code of a country",
                "bad-date: `closes` is not a day of the calendar",
            ],
        ),
    ];
    for (text, expected) in table {
        let outcome = site(&[("site.toml", &text)]);
        assert_eq!(complaints(&outcome), *expected, "{text}");
    }

    let later = "[[shipping.pooled]]\nname = \"Later\"\ncountry = \"US\"\ncloses = 2027-01-01\nprice = \"4.00\"\n";
    let sooner = format!(
        "[[shipping.pooled]]\nname = \"Sooner\"\n{where_and_when}cost = \"180.00\"\nfull_g = 30000\nmakers = [\"ana\", \"hidden\"]\ndays = [9, 12]\nfetch_at = \"the hall\"\n"
    );
    let outcome = site(&[
        ("site.toml", &format!("{SITE}{later}{sooner}")),
        ("producers/ana.md", "+++\nname = \"Ana\"\n+++\n"),
        ("producers/bo.md", "+++\nname = \"Bo\"\n+++\n"),
        ("producers/hidden.md", "+++\nname = \"Cy\"\nhide = true\n+++\n"),
        ("products/a.md", "+++\nname = \"A\"\nprice = \"1\"\nmade_by = \"ana\"\n+++\n"),
        ("products/b.md", "+++\nname = \"B\"\nprice = \"1\"\nmade_by = \"bo\"\n+++\n"),
        ("products/c.md", "+++\nname = \"C\"\nprice = \"1\"\n+++\n"),
    ]);
    let made = outcome.site.expect("a site");
    let [first, second] = &made.shipping.pooled[..] else { panic!("{:?}", made.shipping.pooled) };
    assert_eq!((first.name.original(), second.name.original()), ("Sooner", "Later"));
    let taken = |pooled: &crate::model::Pooled| -> Vec<bool> {
        made.products.iter().map(|product| pooled.takes(product)).collect()
    };
    assert_eq!(taken(first), [true, false, true]);
    assert_eq!(taken(second), [true; 3]);
    assert!(first.is_open(first.closes) && !first.is_open(second.closes));
    // A name is that of an own maker, even if a member's is called so too; nobody takes part if nobody is named.
    let outcome =
        site(&[("site.toml", &pooled(&format!("{where_and_when}price = \"9\"\nmakers = []")))]);
    assert_eq!(complaints(&outcome), ["bad-zone: nobody's goods go along"]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("site.toml"),
        pooled(&format!("{where_and_when}price = \"9\"")),
    )
    .expect("a file");
    for (day, expected) in [
        ("2026-12-05", vec![]),
        (
            "2026-12-06",
            vec!["bad-zone: the shared shipment \"Crate\" is closed, so nothing offers it"],
        ),
    ] {
        let outcome =
            load_as(folder.path(), crate::model::Audience::Public, day.parse().expect("a day"))
                .expect("a site");
        assert_eq!(complaints(&outcome), expected, "{day}");
    }
    assert!(made.shipping.has_places(first.closes));
    assert!(!made.shipping.has_places(second.closes.tomorrow().expect("a day")));
}

#[test]
fn what_is_for_dealers_is_in_no_other_site() {
    use crate::model::Audience;
    let folder = tempfile::tempdir().expect("a folder");
    let files = [
        ("site.toml", format!("{SITE}[wholesale]\ncredit_days = 30\n")),
        (
            "products/a.md",
            "+++\nname = \"A\"\nprice = \"20\"\nphotos = []\nhs = \"630291\"\n[wholesale]\nbreaks = [{ from = 10, price = \"15\" }]\nincoterm = \"FCA Lima\"\n+++\n".to_owned(),
        ),
        ("products/t.md", "+++\nname = \"T\"\nprice = \"20\"\nphotos = []\naudience = \"trade\"\nrelated = [\"nothing\"]\n+++\n".to_owned()),
        ("products/m.md", "+++\nname = \"M\"\nprice = \"20\"\nphotos = []\naudience = \"members\"\n+++\n".to_owned()),
        ("products/x.md", "+++\nname = \"X\"\nprice = \"20\"\nphotos = []\naudience = \"tade\"\n+++\n".to_owned()),
        ("collections/c.md", "+++\nname = \"C\"\nproducts = [\"a\", \"t\", \"m\", \"x\"]\n+++\n".to_owned()),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    for (audience, expected) in [
        (Audience::Public, &["a"][..]),
        (Audience::Trade, &["a", "t"]),
        (Audience::Members, &["a", "m"]),
    ] {
        let draft =
            read::load(folder.path(), &mut Memory::default(), Changed::All).expect("a site");
        let outcome = check_for(draft, audience);
        assert_eq!(
            complaints(&outcome),
            [
                "unknown-name: there is no product \"nothing\"",
                "bad-audience: nobody is called the audience \"tade\"",
            ],
            "{audience:?}: everything is checked for everybody"
        );
        let site = outcome.site.expect("a site");
        let ids: Vec<&str> = site.products.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, expected, "{audience:?}");
        assert_eq!(site.collections[0].products.len(), expected.len());
        let trade = site.products[0].trade.as_ref();
        assert_eq!(trade.is_some(), audience == Audience::Trade);
        if let Some(trade) = trade {
            assert_eq!(trade.hs.as_deref(), Some("630291"));
            assert_eq!((trade.credit_days, trade.breaks.len()), (Some(30), 1));
        }
    }
}

#[test]
fn what_dealers_are_told_is_checked_for_everybody() {
    let table = [
        (
            "breaks = [{ from = 10, price = \"15\" }, { from = 10, price = \"14\" }]",
            "bad-wholesale: this is not more than the 10 before it",
        ),
        (
            "breaks = [{ from = 10, price = \"15\" }, { from = 20, price = \"16\" }]",
            "bad-wholesale: a piece costs more here although more are ordered",
        ),
        (
            "breaks = [{ from = 10, price = \"25\" }]",
            "bad-wholesale: a dealer pays more here than a buyer of one piece",
        ),
        (
            "breaks = [{ from = 10, price = \"15\" }]\nminimum = 20",
            "bad-wholesale: there is a price from 10, and the smallest order is 20",
        ),
        (
            "incoterm = \"FCA\"",
            "bad-incoterm: this Incoterm names no place, so nobody knows up to where you pay",
        ),
        ("incoterm = \"FIS Halifax\"", "bad-incoterm: FIS is not one of Incoterms 2020"),
    ];
    for (wholesale, expected) in table {
        let outcome = shop(&format!("price = \"20\"\n[wholesale]\n{wholesale}"));
        assert_eq!(complaints(&outcome), [expected], "{wholesale}");
        assert!(product(&outcome).trade.is_none());
    }
}

#[test]
fn kinds_say_what_they_ought_to() {
    use crate::model::{Allergen, KnownAllergen};
    let table = [
        (
            "kind = \"food\"\nshelf_life_days = 9\nnet_quantity = \"1 kg\"",
            "kind-statement: the product \"a\" does not say what is in it, which allergens are in it",
        ),
        (
            "kind = \"leather\"",
            "kind-statement: the product \"a\" does not say of which animal or plant it is",
        ),
        (
            "kind = \"textile\"\nfibres = [{ name = \"wool\", percent = 80 }, { name = \"linen\", percent = 10 }]",
            "bad-fibres: the fibres of the product \"a\" add up to 90 percent",
        ),
        (
            "kind = \"book\"\ntext_languages = [\"es\"]\nisbn = \"9780306406158\"",
            "bad-isbn: this is not the number of a book: its last digit does not fit the others",
        ),
        (
            "alcohol_percent = 12.55",
            "bad-value: `alcohol_percent` is a number from 0 to 100, with at most one digit after the point",
        ),
        (
            "packed_cm = [30, 20]",
            "bad-value: `packed_cm` is length, width and height in whole centimetres",
        ),
        (
            "materials = [{ name = \"bark\", flags = [\"wild-plnt\"] }]",
            "bad-material: there is no flag \"wild-plnt\" for a material",
        ),
        (
            "blackout = [\"July\"]",
            "bad-blackout: this is neither a month nor a time between two dates",
        ),
    ];
    for (text, expected) in table {
        let outcome = shop(&format!("price = \"20\"\n{text}"));
        assert_eq!(complaints(&outcome), [expected], "{text}");
    }
    let outcome = shop(
        "price = \"4\"\nkind = \"food\"\ningredients = \"honey\"\nallergens = [\"Milk\", \"pollen\"]\nnet_quantity = \"250 g\"\nbest_before = 2027-03-01\nalcohol_percent = 12.5\n[nutrition]\nenergy_kj = 1300\nsugars = 82",
    );
    assert_eq!(complaints(&outcome), [""; 0]);
    let particulars = &product(&outcome).particulars;
    assert_eq!(
        particulars.allergens,
        Some(vec![
            Allergen::Known(KnownAllergen::Milk),
            Allergen::Other(Text::new(crate::model::LocaleIx::FIRST, "pollen"))
        ])
    );
    assert_eq!(particulars.alcohol_permille, Some(125));
    assert_eq!(
        particulars.nutrition.map(|n| (n.energy_kj, n.sugars)),
        Some((Some(1300), Some(820)))
    );
    let outcome = shop(
        "price = \"4\"\nkind = \"food\"\ningredients = \"x\"\nallergens = []\nnet_quantity = \"1\"\nshelf_life_days = 3",
    );
    assert_eq!(complaints(&outcome), [""; 0], "an empty list is a statement");
    assert_eq!(product(&outcome).particulars.allergens, Some(Vec::new()));
}

#[test]
fn where_a_site_is_published_is_understood_or_refused() {
    let with = |publish: &str| site(&[("site.toml", &format!("{SITE}[publish]\n{publish}\n"))]);
    let outcome = with(
        "to = \"s3://shop/a\"\nendpoint = \"https://storage.example\"\nregion = \"auto\"\nheaders = true\nfull_links = true",
    );
    assert!(!outcome.diagnostics.has_errors(), "{:?}", codes_of(&outcome));
    let publish = outcome.site.expect("a site").publish;
    assert_eq!(publish.to.map(|to| to.to_string()).as_deref(), Some("s3://shop/a"));
    assert_eq!(publish.endpoint.as_deref(), Some("https://storage.example"));
    assert!(publish.headers && publish.full_links && !publish.forget_history);
    for (written, code) in [
        ("to = \"ftp://host.example\"", "bad-value"),
        ("to = \"git:a b\"", "bad-value"),
        ("endpoint = \"http://storage.example\"", "bad-address"),
        ("headers = \"yes\"", "bad-value"),
    ] {
        let found = codes_of(&with(written));
        assert!(found.iter().any(|(found, _)| *found == code), "{written}: {found:?}");
    }
}

#[test]
fn a_brand_is_what_can_stand_in_a_printed_number() {
    let of = |brand: &str| {
        let text = format!("{SITE}[brand]\n{brand}\n");
        let outcome = site(&[("site.toml", &text)]);
        let found = outcome.site.as_ref().and_then(|site| site.brand.clone());
        (found.map(|brand| brand.name.to_string()), codes_of(&outcome))
    };
    let (found, problems) =
        of("code = \"loom\"\nscope = \"zz-nor\"\nsecond_address = \"https://mirror.example/\"");
    assert_eq!(found.as_deref(), Some("LOOM ZZ-NOR"));
    assert!(problems.is_empty(), "{problems:?}");
    for (brand, part) in [
        ("code = \"L\"\nscope = \"ZZ\"", "two to twelve letters"),
        ("code = \"DI\"\nscope = \"ZZ\"", "read as the number of a design"),
        ("code = \"LOOM\"\nscope = \"ZZ-EI\"", "read as the number of a design"),
        ("code = \"LOOM\"\nscope = \"Z_Z\"", "one to four groups"),
        ("code = \"LOOM\"\nscope = \"ZZ-OI\"", "taken for digits"),
        ("code = \"LOOM\"", "scope"),
        ("scope = \"ZZ\"", "code"),
        ("code = \"LOOM\"\nscope = \"ZZ\"\nsecond_address = \"mirror\"", "https://"),
        ("code = \"LOOM\"\nscope = \"ZZ\"\ncolour = \"red\"", "colour"),
    ] {
        let (_, problems) = of(brand);
        assert!(problems.iter().any(|(_, words)| words.contains(part)), "{brand}: {problems:?}");
    }
    let (found, problems) = of("code = \"LOOM\"\nscope = \"ZZ-OI\"");
    assert_eq!((found, problems.len()), (None, 1));
}
