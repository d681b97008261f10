//! What the command `inventory` prints and writes; what it counts is tested beside the code.

use std::path::Path;

use serde_json::Value;

use super::support::House;

/// An association with a member, at a fixed time.
fn guild() -> House {
    let house = House::new();
    house.copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("sites/two-rivers"), "guild");
    house
}

const AT: [&str; 2] = ["--at", "2026-11-02T03:04:05Z"];

fn ask(house: &House, words: &[&str]) -> String {
    let output = house.run("keys", &[&["inventory", "guild"], words, &AT].concat(), "");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let columns = owned(reader.headers().unwrap());
    let rows = reader.records().map(|record| owned(&record.unwrap())).collect();
    (columns, rows)
}

#[test]
fn an_association_and_its_members_are_counted_by_region_and_kind() {
    let house = guild();
    let before = house.files("guild");
    let (columns, rows) = table(&ask(&house, &["--csv"]));
    assert_eq!(columns[..4], ["region", "region_id", "kind", "kind_id"]);
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let baskets = rows
        .iter()
        .find(|row| row[at("region_id")] == "lower-danvel" && row[at("kind_id")] == "basket")
        .expect("baskets from the lower Danvel");
    assert_eq!(baskets[at("region")], "Lower Danvel");
    assert_eq!((&*baskets[at("makers")], &*baskets[at("maker_names")]), ("1", "Tobin Hask"));
    // Two baskets of six and of two a month, by the same hands.
    assert_eq!((&*baskets[at("per_month_least")], &*baskets[at("per_month_most")]), ("6", "8"));
    assert_eq!(baskets[at("customs_codes")], "", "codes are for dealers");

    // As many products as the site has, a member's with them.
    let told: Value = serde_json::from_str(&ask(&house, &["--json", "--products"])).unwrap();
    let products = told["products"].as_array().unwrap();
    assert!(products.iter().any(|one| one["id"] == "orrin-heather-honey"));
    let told: Value = serde_json::from_str(&ask(&house, &["--json"])).unwrap();
    assert_eq!(told["total"]["products"], products.len());
    assert_eq!(told["rows"].as_array().unwrap().len(), rows.len());
    let bowl = products.iter().find(|one| one["id"] == "coiled-bread-bowl").unwrap();
    assert_eq!(bowl["zones"][0]["name"], "European Union");
    assert!(bowl["customs_code"].is_null());
    assert_eq!(house.files("guild"), before, "nothing is written");
}

#[test]
fn dealers_are_told_customs_codes() {
    let house = guild();
    let (columns, rows) = table(&ask(&house, &["--csv", "--products", "--audience", "trade"]));
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let bowl = rows.iter().find(|row| row[at("id")] == "coiled-bread-bowl").unwrap();
    assert_eq!(bowl[at("customs_code")], "460219");
    assert!(bowl[at("address")].ends_with("/products/coiled-bread-bowl/"));
}

#[test]
fn words_say_who_states_what() {
    let house = guild();
    let text = ask(&house, &[]);
    for words in ["Upper Ostrel", "textile", "European Union", "nobody has counted it"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = ask(&house, &["--quantity", "20", "--by-date", "2027-03-02"]);
    for words in ["20 pieces by 2027-03-02", "enough", "no promise"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = ask(&house, &["--quantity", "100000", "--by-date", "2027-03-02"]);
    assert!(text.starts_with("No product alone comes to 100000 pieces"), "{text}");
}

#[test]
fn a_file_is_written_once_and_in_the_form_of_its_name() {
    let house = guild();
    let words = ["inventory", "guild", "-o", "out.csv", "--where", "kind=basket", AT[0], AT[1]];
    house.expect(0, &words);
    let (_, rows) = table(&house.text("out.csv"));
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row[2] == "basket"));
    let said = house.expect(2, &words);
    assert!(said.contains("stays as it is"), "{said}");
}

#[test]
fn what_cannot_be_answered_is_said() {
    let house = guild();
    for (words, said) in [
        (&["--where", "kind=baskt"][..], "did you mean \"basket\"?"),
        (&["--where", "basket"], "write for example kind=textile"),
        (&["--quantity", "3", "--by-date", "october"], "--by-date 2026-10-01"),
        (&["--quantity", "3", "--by-date", "2026-10-01"], "is over"),
        (&["--quantity", "3", "--by-date", "2056-10-01"], "10 years ahead"),
        (&["--quantity", "3"], "--by-date"),
        (&["--by", "weight"], "write one of"),
        (&["--by", "theme"], "the shop has no list by theme"),
    ] {
        let told = house.expect(2, &[&["inventory", "guild"], words, &AT].concat());
        assert!(told.contains(said), "{words:?}: {told}");
    }
}
