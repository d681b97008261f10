//! A language that the program does not know, brought along by a volunteer as one file of words.

use serde_json::Value;

use crate::support::House;

const SITE: &str = "name = \"Shop\"\nlanguages = [\"en\", \"qaa\"]\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n";
/// `qaa` is free for anybody's use (ISO 639-2), and so nobody's language.
const WORDS: &str = "\
home = \"Ovu\"
products = \"Kasilo\"
count_products = \"{count} kasi\"
search = \"Melu\"
in_stock_count = { other = \"{count} mel ovu\" }
country_DE = \"Almani\"
";

fn house() -> House {
    let house = House::new();
    house.write("shop/site.toml", SITE);
    house.write("shop/theme/words/qaa.toml", WORDS);
    for (id, name) in [("bowl", "Bowl"), ("cloth", "Cloth")] {
        let product = format!(
            "+++\nname = {{ en = \"{name}\", qaa = \"{name}o\" }}\nprice = \"5.00\"\nstock = 1\ncategory = \"Things\"\n+++\n"
        );
        house.write(&format!("shop/products/{id}.md"), product);
    }
    house
}

#[test]
fn a_site_is_built_in_a_language_of_which_only_some_words_are_there() {
    let house = house();
    house.expect(0, &["build", "shop", "-o", "public", "--at", "2026-11-27T00:00:00Z"]);
    let page = house.text("public/qaa/products/index.html");
    for part in ["lang=\"qaa\"", ">Kasilo</h1>", "2 kasi", ">Ovu</a>", "Bowlo"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    // What is not there is English: words, forms, and the way to count with them.
    for part in ["Search the shop", ">About</a>"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let product = house.text("public/qaa/products/bowl/index.html");
    assert!(product.contains("1 mel ovu"), "{product}");
    assert!(product.contains("&quot;one&quot;:&quot;{count} piece on the list&quot;"), "{product}");
    assert!(
        product.contains("&quot;lang&quot;:&quot;en&quot;"),
        "its script counts in English too"
    );
    let search = house.text("public/search/qaa.js");
    assert!(search.contains("\"Melu\"") || search.contains("{count} kasi"), "{search}");
}

#[test]
fn what_is_still_english_is_listed_as_it_can_be_pasted() {
    let house = house();
    let said = house.expect(0, &["check", "shop", "--untranslated"]);
    assert!(said.contains("write in theme/words/qaa.toml"), "{said}");
    let days = "days = { one = \"{count} day\", other = \"{count} days\" }";
    assert!(said.contains(days), "{said}");
    let said = house.expect(0, &["check", "shop", "--untranslated", "--json"]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let language = &said["languages"][0];
    assert_eq!(language["write_words_in"], "theme/words/qaa.toml");
    let missing = language["missing_words"].as_array().expect("a list");
    let names: Vec<&str> = missing.iter().filter_map(|word| word["name"].as_str()).collect();
    assert!(names.contains(&"days") && names.contains(&"menu"), "{names:?}");
    for there in ["home", "products", "count_products", "search", "in_stock_count"] {
        assert!(!names.contains(&there), "{there}");
    }
    // What was pasted and translated is not missed any more.
    house.write("shop/theme/words/qaa.toml", format!("{WORDS}{days}\n"));
    let said = house.expect(0, &["check", "shop", "--untranslated"]);
    assert!(!said.contains(days), "{said}");
}

#[test]
fn what_only_dealers_or_members_read_is_to_be_translated_too() {
    let house = House::new();
    let note = "[wholesale]\nnote = \"Boxes come back\"\n";
    house.write("shop/site.toml", format!("{}{note}", SITE.replace("qaa", "es")));
    let product = |more: &str| {
        format!("+++\nname = {{ en = \"A\", es = \"A\" }}\nprice = \"5.00\"\n{more}+++\n")
    };
    house.write("shop/products/a.md", product("handicraft_basis = \"Woven by hand\"\n"));
    let dealers =
        "audience = \"trade\"\ncare = \"Wash cold\"\n[wholesale]\nnote = \"Pallets only\"\n";
    house.write("shop/products/b.md", product(dealers));
    house.write("shop/products/c.md", product("audience = \"members\"\nsize = \"Large\"\n"));
    let said = house.expect(0, &["check", "shop", "--untranslated", "--json"]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let missing = said["languages"][0]["missing_texts"].as_array().expect("a list");
    let found: Vec<String> = missing
        .iter()
        .map(|one| {
            format!("{} {} {}", one["thing"], one["field"], one["original"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        found,
        [
            "site.toml wholesale note Boxes come back",
            "products/a handicraft_basis Woven by hand",
            "products/b care Wash cold",
            "products/b wholesale note Pallets only",
            "products/c size Large",
        ]
    );
    let said = house.expect(0, &["check", "shop", "--untranslated"]);
    assert!(said.contains("es: 5 texts of 4 things"), "{said}");
}

#[test]
fn a_form_that_the_language_needs_is_asked_for_and_the_site_is_built_meanwhile() {
    let house = house();
    house.write("shop/site.toml", SITE.replace("qaa", "pl"));
    house.write(
        "shop/theme/words/pl.toml",
        "days = { one = \"{count} dzień\", other = \"{count} dnia\" }\n",
    );
    let said = house.expect(0, &["check", "shop"]);
    for part in ["warning[plural-form]", "theme/words/pl.toml:1:1", "`few`", "for 2", "`many`"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    house.expect(0, &["build", "shop", "-o", "public", "--at", "2026-11-27T00:00:00Z"]);
    house.write("shop/theme/words/pl.toml", "home = \"Start\"\ndays = 5\n");
    let said = house.expect(1, &["check", "shop"]);
    assert!(said.contains("`days` is a text in quotes"), "{said}");
    assert!(said.contains("theme/words/pl.toml:2:8"), "{said}");
}

#[test]
fn a_template_that_cannot_be_filled_in_is_told_with_its_line_and_nothing_is_built() {
    let house = house();
    house.expect(0, &["build", "shop", "-o", "public", "--at", "2026-11-27T00:00:00Z"]);
    let before = house.read("public/products/bowl/index.html");
    let template = "{% extends \"base.html\" %}\n{% block main %}\n{{ it.nmae }}{% endblock %}\n";
    house.write("shop/theme/product.html", template);
    house.write("shop/products/bowl.md", "+++\nname = \"Bowl\"\nprice = \"6.00\"\nstok = 1\n+++\n");
    let said = house.expect(1, &["check", "shop"]);
    for part in ["error[bad-theme]: theme/product.html, line 3: ", "`nmae`", "did you mean `stock`"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(said.matches("[bad-theme]").count(), 1, "each fault once: {said}");
    let said = house.expect(1, &["build", "shop", "-o", "public", "--quiet"]);
    assert!(said.contains("theme/product.html, line 3: "), "{said}");
    assert_eq!(house.read("public/products/bowl/index.html"), before);
}
