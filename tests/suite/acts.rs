//! Records by the command: what is refused before anything is signed, and sealed designs.

use crate::support::House;

/// A shop with an address of its own, and keys.
fn shop() -> House {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.set_address("shop", "https://grey-mill.net/");
    house.sign(&["keys", "new", "shop", "--sheets", "sheets"]);
    house
}

/// Signs, and expects that it is refused with nothing written.
#[track_caller]
fn refused(house: &House, exit: i32, words: &[&str]) -> String {
    let before = house.files("shop");
    let said = house.expect(exit, &[words, &["--passphrase-fd", "3"]].concat());
    assert!(house.files("shop") == before, "{said}");
    said
}

#[test]
fn a_charter_whose_acts_could_never_take_effect_is_refused() {
    let house = shop();
    let charter = |signatories: &str| {
        house.write(
            "charter.toml",
            format!(
                "name = \"The mill\"\nbrand_kind = \"association\"\nsignatory = [{signatories}]\n\
                 joint_act = [{{ kind = \"Status\", threshold = 2 }}]\n"
            ),
        );
    };
    let key = |name: &str| format!("{{ id = \"{name}\" }}");
    let [one, two] = [
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ]
    .map(key);
    let sign = ["record", "charter", "charter.toml", "shop", "--yes"];
    charter(&format!("{one}, {}", key("did:web:neighbour.example")));
    let said = refused(&house, 1, &sign);
    assert!(said.contains("2 have to agree, and only 1 of the signatories"), "{said}");
    assert!(said.contains("charter.toml:4"), "{said}");
    charter(&format!("{one}, {two}"));
    house.sign(&sign);
}

#[test]
fn a_sealed_design_opens_by_what_is_listed_and_to_whom_it_is_meant() {
    let house = shop();
    house.copy(house.path("shop/designs/grey-check"), "shop/designs/mill-race");
    std::fs::create_dir(house.path("stick")).unwrap();
    let seal = ["record", "seal", "mill-race", "shop", "--yes", "--backup", "stick"];
    house.sign(&seal);
    let list = house.expect(0, &["record", "list", "shop"]);
    let number = list.split_whitespace().find(|word| word.len() == 32).unwrap();
    let listed = house.sign(&["record", "disclose", number, "shop"]);
    let leaves: Vec<usize> =
        listed.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert!(!leaves.is_empty() && leaves.len() < 16, "{listed}");
    // A leaf that holds nothing stays closed, and so does one that is not there.
    for leaf in (0..17).filter(|leaf| !leaves.contains(leaf)).map(|leaf| leaf.to_string()) {
        let to = ["record", "disclose", number, "shop", "--leaf", &leaf, "--yes"];
        let said = refused(&house, 2, &to);
        assert!(said.contains(&format!("there is no leaf {leaf} to open")), "{said}");
    }
    let leaf = leaves[0].to_string();
    let to = ["record", "disclose", number, "shop", "--leaf", &leaf, "--yes", "--to"];
    let before = house.files("shop");
    house.sign(&[&to[..], &["buyer.opening.json"]].concat());
    assert!(house.files("shop") == before, "what is opened to one party is not published");
    assert!(house.text("buyer.opening.json").contains("selvedge.seal/1"));
    // To everybody: the opening is a record.
    house.sign(&to[..to.len() - 1]);
    assert!(house.expect(0, &["record", "list", "shop"]).contains("Disclosure"));
}
