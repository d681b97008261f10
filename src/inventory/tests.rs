use std::fs;

use super::*;
use crate::check::{Site, check_as};
use crate::model::Date;
use crate::read::{self, Changed, Memory};

const SHOP: &str = "name = \"Guild\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n[shipping]\nfrom = \"PE\"\n\
    [[shipping.zones]]\nname = \"Home\"\ncountries = [\"PE\"]\nprice = \"3.00\"\n\
    [[shipping.zones]]\nname = \"Union\"\ncountries = [\"EU\"]\nprice = \"9.00\"\n";

/// A site on a day, whatever is wrong in it; each product has a photograph unless its text says that it has none.
fn site_for(audience: Audience, files: &[(&str, &str)]) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(&path, text).expect("a file");
        if path.parent().is_some_and(|folder| folder.ends_with("products"))
            && !text.contains("no picture")
        {
            fs::write(path.with_extension("jpg"), "").expect("a file");
        }
    }
    let draft = read::load(folder.path(), &mut Memory::default(), Changed::All).expect("a folder");
    let outcome = check_as(draft, audience, Some(day("2026-03-01")));
    let errors: Vec<_> = outcome.diagnostics.sorted(&outcome.sources);
    let errors = errors.iter().filter(|d| d.severity == crate::diag::Severity::Error);
    let errors: Vec<&str> = errors.map(|d| d.message.as_str()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    outcome.site.expect("a site")
}

fn site(files: &[(&str, &str)]) -> Site {
    site_for(Audience::Public, files)
}

fn product(fields: &str) -> String {
    format!("+++\nname = \"A thing\"\nprice = \"5.00\"\n{fields}\n+++\n")
}

fn maker(name: &str) -> String {
    format!("+++\nname = \"{name}\"\n+++\n")
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn ids<'a>(row: &'a Row<'_>) -> Vec<&'a str> {
    row.keys.iter().map(|key| key.id.as_str()).collect()
}

#[test]
fn what_can_be_made_is_counted_once() {
    let site = site(&[
        ("site.toml", SHOP),
        ("producers/ana.md", &maker("Ana")),
        ("producers/bea.md", &maker("Bea")),
        // In two regions.
        (
            "products/a.md",
            &product(
                "made_by = \"ana\"\nregion = [\"North\", \"South\"]\nkind = \"textile\"\nstock = 3\ncapacity_per_month = 20",
            ),
        ),
        // The same hands.
        (
            "products/b.md",
            &product(
                "made_by = \"ana\"\nregion = \"North\"\nkind = \"textile\"\ncapacity_per_month = 8",
            ),
        ),
        // A pool.
        (
            "products/c.md",
            &product(
                "region = \"South\"\nkind = \"basket\"\n[[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 30\n\
                 [[pool]]\nmade_by = \"bea\"\ncapacity_per_month = 10",
            ),
        ),
        (
            "products/d.md",
            &product(
                "made_by = \"bea\"\nkind = \"basket\"\nstage = \"sample\"\nstock = 9\ncapacity_per_month = 99",
            ),
        ),
    ]);
    let inventory = Inventory::of(&site);
    let rows = inventory.rows(&[ListKind::Region, ListKind::Kind]);
    let told: Vec<_> = rows
        .iter()
        .map(|row| (ids(row), row.products, row.shared, row.ready, row.per_month))
        .collect();
    let span = |least, most| Span { least, most };
    assert_eq!(
        told,
        [
            (vec!["north", "textile"], 2, 1, 3, span(20, 28)),
            (vec!["south", "basket"], 1, 0, 0, span(40, 40)),
            (vec!["south", "textile"], 1, 1, 3, span(20, 20)),
            // What is no more than a sample is not made yet.
            (vec!["", "basket"], 1, 0, 0, span(0, 0)),
        ]
    );
    let total = inventory.total();
    assert_eq!((total.products, total.for_sale, total.ready), (4, 3, 3));
    assert_eq!(total.makers.len(), 2);
    // Ana makes the pool's pieces, or one of her own; never all at once.
    assert_eq!(total.per_month, span(40, 68));
    let by_maker = inventory.rows(&[ListKind::Maker]);
    let told: Vec<_> = by_maker.iter().map(|row| (ids(row), row.per_month)).collect();
    assert_eq!(told, [(vec!["ana"], span(30, 58)), (vec!["bea"], span(10, 10))]);
    assert!(by_maker.iter().all(|row| row.makers.len() == 1));
}

#[test]
fn those_who_work_together_are_not_counted_as_each_alone_too() {
    let all: Vec<ProducerIx> = (0..4).map(ProducerIx).collect();
    let work = |makers: &[usize], pieces| Work {
        makers: makers.iter().map(|at| all[*at]).collect(),
        pieces,
    };
    let span = |works: Vec<Work>| {
        let mut hands = Hands::default();
        hands.add(works.into_iter());
        (hands.span().least, hands.span().most)
    };
    assert_eq!(span(vec![]), (0, 0));
    assert_eq!(span(vec![work(&[0], 5), work(&[0], 9), work(&[1], 2)]), (11, 16));
    assert_eq!(span(vec![work(&[0, 1], 10), work(&[0], 4), work(&[1], 3)]), (10, 17));
    assert_eq!(span(vec![work(&[0, 1], 10), work(&[0], 8), work(&[1], 7)]), (15, 25));
    assert_eq!(span(vec![work(&[0, 1], 10), work(&[2, 3], 4), work(&[1, 2], 6)]), (10, 20));
    assert_eq!(span(vec![work(&[], 6), work(&[], 5), work(&[3], 1)]), (7, 12));
}

#[test]
fn a_maker_of_a_pool_who_is_off_the_site_leaves_her_part_to_nobody() {
    let site = site(&[
        ("site.toml", SHOP),
        ("producers/ana.md", &maker("Ana")),
        ("producers/bea.md", "+++\nname = \"Bea\"\nhide = true\n+++\n"),
        (
            "products/c.md",
            &product(
                "[[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 30\n[[pool]]\nmade_by = \"bea\"\ncapacity_per_month = 10",
            ),
        ),
    ]);
    let inventory = Inventory::of(&site);
    let rows = inventory.rows(&[ListKind::Maker]);
    let told: Vec<_> = rows.iter().map(|row| (ids(row), row.per_month.most)).collect();
    assert_eq!(told, [(vec!["ana"], 30)]);
    assert_eq!(inventory.total().per_month.most, 40);
    for text in [
        inventory.rows_table(&[ListKind::Maker], &rows).csv(),
        inventory.products_table().csv(),
        inventory.products_json().to_string(),
    ] {
        assert!(text.contains("Ana") || text.contains("ana"), "{text}");
        assert!(!text.contains("Bea") && !text.contains("bea"), "{text}");
    }
}

#[test]
fn what_keeps_a_product_from_being_bought_is_named() {
    let files = [
        ("site.toml".to_owned(), SHOP.to_owned()),
        ("products/a.md".to_owned(), product("hs = \"620342\"\nstock = 1")),
        (
            "products/b.md".to_owned(),
            product("stage = \"prototype\" # no picture\nhs = \"620342\""),
        ),
        (
            "products/c.md".to_owned(),
            product("materials = [{ name = \"feather\", flags = [\"bird\"] }]\nstock = 0"),
        ),
        ("products/d.md".to_owned(), product("not_to = [\"*\"]")),
        ("products/e.md".to_owned(), "+++\nname = \"E\"\nprice = \"on request\"\n+++\n".to_owned()),
        ("products/f.md".to_owned(), product("not_to = [\"FR\"]")),
    ];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let lacks = |site: &Site| -> Vec<(String, Vec<Lack>)> {
        let inventory = Inventory::of(site);
        let facts = inventory.facts().iter();
        let mut all: Vec<_> =
            facts.map(|fact| (fact.product.id.as_str().to_owned(), fact.lacks.clone())).collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    };
    let public = site(&files);
    let expected = |code: &[Lack]| {
        let more = |own: &[Lack]| [own, code].concat();
        [
            ("a".to_owned(), vec![]),
            ("b".to_owned(), vec![Lack::Stage(Stage::Prototype), Lack::Photograph]),
            // At home it can be sold; so nothing is said of a code.
            ("c".to_owned(), vec![Lack::SoldOut, Lack::Papers]),
            ("d".to_owned(), vec![Lack::Zone]),
            ("e".to_owned(), more(&[Lack::Price])),
            ("f".to_owned(), more(&[])),
        ]
    };
    assert_eq!(lacks(&public), expected(&[]));
    assert_eq!(lacks(&site_for(Audience::Trade, &files)), expected(&[Lack::Code]));

    let inventory = Inventory::of(&public);
    let total = inventory.total();
    assert_eq!((total.home, total.abroad, total.nowhere, total.local), (4, 3, 1, 0));
    let zones: Vec<_> = total
        .zones
        .iter()
        .map(|(zone, count, is_whole)| (zone.name.original(), *count, *is_whole))
        .collect();
    assert_eq!(zones, [("Home", 4, true), ("Union", 3, false)]);
    assert_eq!(
        inventory.facts().iter().filter(|fact| fact.flags == [MaterialFlag::Bird]).count(),
        1
    );
    assert!(total.codes.is_empty(), "codes are for dealers");
    let text = inventory.products_table().csv() + &inventory.products_json().to_string();
    assert!(!text.contains("620342"), "{text}");
}

#[test]
fn what_is_hidden_or_for_others_is_not_counted() {
    let files = [
        ("site.toml", SHOP),
        (
            "producers/ana.md",
            "+++\nname = \"Ana\"\nphone = \"+1 202 555 0143\"\n+++\n12 Mill Lane\n",
        ),
        ("products/a.md", "+++\nname = \"Seen\"\nprice = \"5\"\ncapacity_per_month = 2\n+++\n"),
        (
            "products/b.md",
            "+++\nname = \"Unseen\"\nprice = \"5\"\nhide = true\ncapacity_per_month = 40\n+++\n",
        ),
        (
            "products/c.md",
            "+++\nname = \"Dealers\"\nprice = \"5\"\naudience = \"trade\"\ncapacity_per_month = 7\n+++\n",
        ),
    ];
    for (audience, products, per_month) in
        [(Audience::Public, 1, 2), (Audience::Members, 1, 2), (Audience::Trade, 2, 9)]
    {
        let site = site_for(audience, &files);
        let inventory = Inventory::of(&site);
        let total = inventory.total();
        assert_eq!((total.products, total.per_month.most), (products, per_month), "{audience:?}");
        let by = [ListKind::Maker];
        let wanted = Wanted { quantity: 1, from: day("2026-03-01"), until: day("2026-05-01") };
        let offers = inventory.offers(wanted, &by);
        let text = [
            inventory.rows_table(&by, &inventory.rows(&by)).csv(),
            inventory.products_table().csv(),
            inventory.offers_table(&offers).csv(),
            inventory.rows_json(&by, &inventory.rows(&by)).to_string(),
            inventory.products_json().to_string(),
            inventory.offers_json(&by, &offers).to_string(),
        ]
        .concat();
        assert!(text.contains("Seen") && text.contains("Ana"));
        assert_eq!(text.contains("Dealers"), audience == Audience::Trade);
        for word in ["Unseen", "Mill", "555"] {
            assert!(!text.contains(word), "{word} for {audience:?}: {text}");
        }
    }
}

#[test]
fn no_cell_is_a_formula_and_cells_are_read_back() {
    let site = site(&[
        ("site.toml", SHOP),
        ("producers/ana.md", "+++\nname = \"=HYPERLINK(1)\"\n+++\n"),
        (
            "products/a.md",
            "+++\nname = \"@SUM(1), \\\"two\\\"\"\nprice = \"5\"\nregion = \"+1-2\"\n+++\n",
        ),
    ]);
    let inventory = Inventory::of(&site);
    let by = [ListKind::Region];
    for table in [inventory.products_table(), inventory.rows_table(&by, &inventory.rows(&by))] {
        let text = table.csv();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> =
            reader.headers().expect("a head").iter().map(str::to_owned).collect();
        assert_eq!(columns, table.columns);
        let rows: Vec<csv::StringRecord> =
            reader.records().collect::<Result<_, _>>().expect("rows");
        assert_eq!(rows.len(), 1);
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '@', '+', '-']), "{cell}");
        }
        let read: Vec<&str> = rows[0].iter().collect();
        assert!(read.contains(&"'=HYPERLINK(1)") && read.contains(&"'+1-2"), "{read:?}");
        assert!(columns[0] == "region" || read.contains(&"'@SUM(1), \"two\""), "{read:?}");
    }
}

#[test]
fn choices_are_by_name_or_id_and_a_wrong_one_is_answered_with_the_nearest() {
    let site = site(&[
        ("site.toml", SHOP),
        ("producers/ana.md", &maker("Ana")),
        (
            "products/a.md",
            &product(
                "kind = \"textile\"\nregion = \"Upper Valley\"\nmaterials = [\"Lacquer\", \"wood\"]",
            ),
        ),
        ("products/b.md", &product("kind = \"basket\"\nregion = \"Upper Valley\"")),
        ("products/c.md", &product("kind = \"food\"\nregion = \"Coast\"")),
    ]);
    let kept = |filters: &[&str]| {
        let filters: Vec<Filter> =
            filters.iter().map(|text| Filter::parse(text).expect("a choice")).collect();
        let mut inventory = Inventory::of(&site);
        inventory.keep(&filters).map(|()| {
            let facts = inventory.facts().iter();
            let mut ids: Vec<&str> = facts.map(|fact| fact.product.id.as_str()).collect();
            ids.sort_unstable();
            ids.join(" ")
        })
    };
    for (filters, expected) in [
        (&["kind=textile"][..], "a"),
        (&["kind=textile", "kind=food"], "a c"),
        (&["region=upper-valley", "kind=basket"], "b"),
        (&["region=Upper Valley"], "a b"),
        (&["material=lacquer"], "a"),
        (&["region=Coast", "kind=basket"], ""),
        (&["maker=Ana"], "a b c"),
        (&[], "a b c"),
    ] {
        assert_eq!(kept(filters).as_deref(), Ok(expected), "{filters:?}");
    }
    let words = kept(&["kind=textil"]).expect_err("no such kind").to_string();
    assert_eq!(words, "no product has the kind \"textil\"; did you mean \"textile\"?");
    for wrong in ["textile", "kin=textile", "kind="] {
        assert!(Filter::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn months_are_whole_and_without_the_days_that_are_off() {
    let blackout = |times: &[&str]| crate::model::Blackout {
        times: times.iter().filter_map(|time| crate::model::BlackoutTime::parse(time)).collect(),
    };
    for (from, until, off, expected) in [
        ("2026-06-10", "2026-06-10", &[][..], 0),
        ("2026-06-10", "2026-07-09", &[], 0),
        ("2026-06-10", "2026-07-10", &[], 1),
        ("2026-06-10", "2026-06-01", &[], 0),
        ("2026-01-31", "2026-02-28", &[], 1),
        ("2026-02-15", "2026-03-15", &[], 1),
        ("2026-06-10", "2027-06-10", &[], 12),
        // A month of the year that is off is one less, wherever the count begins.
        ("2026-06-10", "2026-09-10", &["8"], 2),
        ("2026-06-01", "2026-09-01", &["8"], 2),
        ("2026-12-01", "2027-03-01", &["1"], 2),
        ("2026-06-10", "2026-10-10", &["7", "8"], 2),
        ("2026-08-01", "2026-09-01", &["8"], 0),
        ("2026-06-10", "2028-06-10", &["8"], 22),
        // Part of a month is taken off what is left over first.
        ("2026-11-01", "2027-02-15", &["2026-12-24..2027-01-06"], 3),
        ("2026-11-01", "2027-02-01", &["2026-12-24..2027-01-06"], 2),
        ("2026-06-10", "2026-09-10", &["2026-09-10..2026-12-01"], 3),
    ] {
        let off = blackout(off);
        let months = months_until(day(from), day(until), |day| off.covers(day));
        assert_eq!(months, expected, "{from} to {until} without {:?}", off.times);
    }
}

#[test]
fn who_can_deliver_is_reckoned_from_what_is_ready_and_what_can_be_made() {
    let shop = SHOP.replace("from = \"PE\"\n", "from = \"PE\"\nblackout = [12]\n");
    let site = site(&[
        ("site.toml", &shop),
        ("producers/ana.md", &maker("Ana")),
        ("producers/bea.md", &maker("Bea")),
        ("producers/cat.md", &maker("Cat")),
        // 10 + 6 months.
        (
            "products/a.md",
            &product("made_by = \"cat\"\nkind = \"textile\"\nstock = 10\ncapacity_per_month = 50"),
        ),
        // 45 days before, and without July: 3 months.
        (
            "products/b.md",
            &product(
                "kind = \"basket\"\nlead_time_days = 45\nblackout = [7]\n[[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 60\n\
                 [[pool]]\nmade_by = \"bea\"\ncapacity_per_month = 20",
            ),
        ),
        // The same hands.
        (
            "products/c.md",
            &product("made_by = \"ana\"\nkind = \"basket\"\ncapacity_per_month = 10"),
        ),
        (
            "products/d.md",
            &product(
                "made_by = \"bea\"\nkind = \"food\"\ncapacity_per_month = 900\nmaximum_order = 200",
            ),
        ),
        (
            "products/e.md",
            &product(
                "made_by = \"bea\"\nkind = \"food\"\ncapacity_per_month = 900\nminimum_order = 500",
            ),
        ),
        (
            "products/f.md",
            &product("made_by = \"bea\"\none_of_a_kind = true\ncapacity_per_month = 900"),
        ),
        (
            "products/g.md",
            &product("made_by = \"bea\"\nstage = \"idea\"\ncapacity_per_month = 900"),
        ),
        ("products/h.md", &product("made_by = \"bea\"\nkind = \"food\"")),
        // Ready, and not sent in time.
        (
            "products/i.md",
            &product(
                "made_by = \"bea\"\nkind = \"food\"\nstock = 4\nlead_time_days = 400\ncapacity_per_month = 1",
            ),
        ),
    ]);
    let inventory = Inventory::of(&site);
    let wanted = Wanted { quantity: 300, from: day("2026-04-01"), until: day("2026-10-01") };
    let offers = inventory.offers(wanted, &[ListKind::Kind]);
    let told: Vec<_> = offers
        .offers
        .iter()
        .map(|offer| {
            let id = offer.fact.product.id.as_str();
            (id, offer.is_enough, offer.ready, offer.months, offer.made)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("a", true, 10, 6, 300),
            ("e", false, 0, 6, 5400),
            ("b", false, 0, 3, 240),
            ("d", false, 0, 6, 200),
            ("c", false, 0, 6, 60),
            ("f", false, 1, 6, 0),
            ("h", false, 0, 6, 0),
            ("i", false, 0, 0, 0),
        ]
    );
    let by_id = |id: &str| {
        let mut all = offers.offers.iter();
        all.find(|offer| offer.fact.product.id.as_str() == id).expect("an offer")
    };
    assert_eq!(by_id("d").notes, [Note::Maximum(200)]);
    assert_eq!(by_id("e").notes, [Note::Minimum(500)]);
    assert_eq!(by_id("h").notes, [Note::NothingStated]);
    assert_eq!(by_id("i").notes, [Note::NotSent]);
    let parts: Vec<u64> = by_id("b").parts.iter().map(|part| part.pieces).collect();
    assert_eq!(parts, [180, 60]);
    assert_eq!(offers.not_for_sale, 1);
    // Ana makes the pool's baskets or her own.
    let baskets = offers.sums.iter().find(|sum| sum.keys[0].id == "basket").expect("a sum");
    assert_eq!((baskets.makers, baskets.products), (2, 2));
    assert_eq!(baskets.pieces, Span { least: 240, most: 300 });
    assert_eq!(offers.total.pieces, Span { least: 310 + 180 + 5400 + 1, most: 6211 });

    // Nobody sends in December.
    let wanted = Wanted { quantity: 5, from: day("2026-12-01"), until: day("2026-12-31") };
    let offers = inventory.offers(wanted, &[ListKind::Kind]);
    assert!(offers.offers.iter().all(|offer| offer.total() == 0));
}
