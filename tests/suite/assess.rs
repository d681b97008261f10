//! The command `assess`: what the folder answers, what a person answers, and that nobody else gets it.

use std::path::Path;

use serde_json::Value;

use super::support::House;

const AT: [&str; 2] = ["--at", "2026-11-02T03:04:05Z"];

fn copied(site: &str) -> House {
    let house = House::new();
    house.copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("sites").join(site), "shop");
    house
}

#[track_caller]
fn ask(house: &House, exit: i32, words: &[&str]) -> String {
    house.expect(exit, &[&["assess", "shop"], words, &AT].concat())
}

fn json(house: &House, words: &[&str]) -> Value {
    let output = house.run("keys", &[&["assess", "shop", "--json"], words, &AT].concat(), "");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn question(told: &Value, number: usize) -> (Option<&str>, Option<&str>) {
    let one = &told["questions"][number - 1];
    assert_eq!(one["number"], number);
    (one["answer"].as_str(), one["from"].as_str())
}

#[test]
fn the_folder_answers_in_part_and_the_person_counts_more() {
    let house = copied("hazel-shore");
    let before = house.files("shop");
    let told = json(&house, &[]);
    assert_eq!(house.files("shop"), before, "nothing is written");
    assert_eq!(question(&told, 13), (Some("yes"), Some("folder")));
    assert_eq!(question(&told, 35), (Some("no"), Some("folder")), "it sells no food");
    assert_eq!(question(&told, 1), (None, None));
    assert_eq!(told["blocks"][0]["counts"], "yes");
    assert!(told["blocks"][0]["low"].as_u64() < told["blocks"][0]["high"].as_u64());

    ask(&house, 0, &["--new"]);
    let file = "shop/private/assess.toml";
    let text = house.text(file);
    assert!(text.contains("208-SM-01.1") && text.contains("q44 = \"\""), "{text}");
    // Empty answers change nothing; her own count more; comments stay.
    assert_eq!(json(&house, &[]), told);
    let text = text
        .replace("q1 = \"\"", "q1 = \"yes\" # as Ida said")
        .replace("q13 = \"\"", "q13 = \"no\"")
        .replace("q44 = \"\"\n", "");
    house.write(file, &text);
    let told = json(&house, &[]);
    assert_eq!(question(&told, 1), (Some("yes"), Some("person")));
    assert_eq!(question(&told, 13), (Some("no"), Some("person")));
    let said = ask(&house, 0, &["--new"]);
    assert!(said.starts_with("1 line to fill in"), "{said}");
    let again = house.text(file);
    assert!(again.contains("# as Ida said") && again.contains("q44 = \"\""), "{again}");
    assert!(ask(&house, 0, &["--new"]).contains("every question already"));
}

#[test]
fn words_say_what_is_whose() {
    let house = copied("hazel-shore");
    let text = ask(&house, 0, &["--criteria"]);
    for words in [
        "208-SM-01.1",
        "text of 25 questions is not in this program",
        "not answered: 1",
        "a3",
        "Nothing of this is published",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("Adjusted"));
    let text = ask(&house, 0, &["--adjusted"]);
    assert!(text.contains("our way of counting and not the report's"), "{text}");
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let house = copied("hazel-shore");
    house.write("shop/private/assess.toml", "q1 = \"yes\"\nq2 = \"perhaps\"\nq99 = \"no\"\n");
    let said = ask(&house, 1, &[]);
    for words in
        ["private/assess.toml:2:6", "write for example q2 = \"yes\"", "private/assess.toml:3:1"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = ask(&house, 2, &["--maker", "nobody"]);
    assert!(said.contains("there is no maker \"nobody\""), "{said}");
}

#[test]
fn answers_are_in_no_output() {
    let house = House::new();
    house.write("shop/site.toml", "name = \"Weir\"\ncurrency = \"EUR\"\n");
    house.write("shop/products/shawl.md", "+++\nname = \"Shawl\"\nprice = \"40.00\"\n+++\n");
    house.write("shop/private/assess.toml", "q1 = \"yes\" # marmalade-on-the-sill\n");
    house.write("shop/private/assess/ida.toml", "q1 = \"yes\" # marmalade-on-the-sill\n");
    house.expect(0, &["build", "shop", "-o", "out", AT[0], AT[1]]);
    let files = house.files("out");
    assert!(files.contains_key(Path::new("products/shawl/index.html")));
    for (path, bytes) in files {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("marmalade-on-the-sill"), "{}", path.display());
        assert!(!path.to_string_lossy().contains("assess"), "{}", path.display());
    }
}

#[test]
fn an_association_gets_counts_without_names_from_five_on() {
    let house = copied("two-rivers");
    let answers = "count_me = \"yes\"\nq1 = \"yes\"\nq18 = \"yes\"\n";
    for maker in ["ilde-marrowin", "sanna-perrell", "tobin-hask"] {
        house.write(&format!("shop/private/assess/{maker}.toml"), answers);
    }
    house.write("shop/members/orrin/private/assess.toml", "q1 = \"yes\"\n");
    let told = json(&house, &["--members"]);
    assert_eq!((&told["everybody"], &told["counted"]), (&4.into(), &3.into()));
    assert_eq!(
        told["not_counted"],
        serde_json::json!(["orrin"]),
        "she did not say that she may be counted"
    );
    assert!(told["blocks"].is_null() && told["questions"].is_null());
    let text = ask(&house, 0, &["--members"]);
    assert!(text.contains("Counts are told from 5 on") && text.contains("orrin"), "{text}");

    house.write("shop/members/orrin/private/assess.toml", answers);
    house.write("shop/producers/ana.md", "+++\nname = \"Ana\"\n+++\n");
    house.write("shop/private/assess/ana.toml", answers);
    let told = json(&house, &["--members"]);
    assert_eq!((&told["counted"], &told["questions"][17]["yes"]), (&5.into(), &5.into()));
    let blocks = told["blocks"].as_array().expect("counts");
    for block in blocks {
        let counts = block["results"].as_object().expect("results").values();
        assert_eq!(counts.filter_map(Value::as_u64).sum::<u64>(), 5, "{block}");
    }
    let text = ask(&house, 0, &["--members"]);
    assert!(text.contains("5 could use help with packaging"), "{text}");
    for name in ["orrin", "ana", "tobin"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    // What is wrong in her folder stops nothing here.
    house.write(
        "shop/members/orrin/private/assess.toml",
        "count_me = \"yes\"\nq1 = \"ja\"\nq2 = \"no\"\n",
    );
    let text = ask(&house, 0, &["--members"]);
    assert!(text.contains("members/orrin/private/assess.toml:2"), "{text}");
}
