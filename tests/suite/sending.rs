//! What it costs to send a thing, as its page, search engines and cards tell it.

use crate::support::House;

#[test]
fn what_it_costs_to_send_counts_the_smallest_order_and_a_card_names_all_makers() {
    let house = House::new();
    house.write(
        "shop/site.toml",
        "name = \"Shop\"\nbase_url = \"https://shop.example/\"\ncurrency = \"EUR\"\n[order]\nemail = \"a@shop.example\"\n\
         [shipping]\nfrom = \"DE\"\npacking_g = 150\n[[shipping.zones]]\nname = \"Home\"\ncountries = [\"DE\"]\ndays = [2, 3]\n\
         rates = [{ to_g = 1000, price = \"4.90\" }, { to_g = 5000, price = \"8.90\" }]\n",
    );
    for maker in ["Ana", "Bo"] {
        house.write(
            &format!("shop/producers/{maker}.md").to_lowercase(),
            format!("+++\nname = \"{maker}\"\n+++\n"),
        );
    }
    house.write(
        "shop/products/soap.md",
        "+++\nname = \"Soap\"\nprice = \"10.00\"\npacked_weight_g = 850\nminimum_order = 2\nstock = 9\nmade_by = [\"ana\", \"bo\"]\n\
         photos = []\n[[options]]\nname = \"Size\"\nvalues = [\"S\", \"M\"]\n[[variants]]\nof = \"S\"\nweight_g = 800\n[[variants]]\nof = \"M\"\n+++\n",
    );
    house.expect(0, &["build", "shop", "-o", "public", "--at", "2026-11-27T00:00:00Z"]);
    let page = house.text("public/products/soap/index.html");
    assert!(page.contains("€8.90") && !page.contains("€4.90"), "{page}");
    assert!(page.contains("\"value\":\"8.90\"") || page.contains("\"8.90\""), "{page}");
    assert!(!page.contains("800\u{a0}g"), "what one weighs says nothing of the other: {page}");
    assert!(house.text("public/products/index.html").contains("Ana, Bo"));
}
