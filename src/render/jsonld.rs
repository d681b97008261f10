//! Structured data for search engines (schema.org as JSON-LD, after Google's rules for merchant
//! listings, breadcrumbs and organisations).

use serde_json::{Map, Value, json};

use crate::model::{Availability, Price};

/// JSON that can stand in a script element: nothing in it ends the element or begins a comment.
pub(super) fn script(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

/// What is said about a product.
#[derive(Debug, Default)]
pub(super) struct ProductFacts<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) url: Option<String>,
    pub(super) images: Vec<String>,
    pub(super) sku: Option<&'a str>,
    pub(super) gtin: Option<&'a str>,
    pub(super) shop: &'a str,
    pub(super) makers: Vec<&'a str>,
    pub(super) materials: Vec<&'a str>,
    pub(super) category: Option<&'a str>,
    pub(super) weight_g: Option<u32>,
}

/// A product with its offer.
pub(super) fn product(facts: &ProductFacts<'_>, price: Price, availability: Availability) -> Value {
    let mut out = Map::new();
    out.insert("@context".into(), json!("https://schema.org"));
    out.insert("@type".into(), json!("Product"));
    out.insert("name".into(), json!(facts.name));
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.into(), value);
        }
    };
    set("description", facts.description.map(|text| json!(text)));
    set("url", facts.url.as_ref().map(|url| json!(url)));
    set("image", (!facts.images.is_empty()).then(|| json!(facts.images)));
    set("sku", facts.sku.map(|sku| json!(sku)));
    set("gtin", facts.gtin.map(|gtin| json!(gtin)));
    set("category", facts.category.map(|name| json!(name)));
    set("brand", Some(json!({"@type": "Brand", "name": facts.shop})));
    let makers: Vec<Value> =
        facts.makers.iter().map(|name| json!({"@type": "Organization", "name": name})).collect();
    set("manufacturer", one_or_many(makers));
    set("material", one_or_many(facts.materials.iter().map(|text| json!(text)).collect()));
    set(
        "weight",
        facts
            .weight_g
            .map(|grams| json!({"@type": "QuantitativeValue", "value": grams, "unitCode": "GRM"})),
    );
    set("offers", offer(facts, price, availability));
    Value::Object(out)
}

fn one_or_many(mut values: Vec<Value>) -> Option<Value> {
    match values.len() {
        0 => None,
        1 => values.pop(),
        _ => Some(Value::Array(values)),
    }
}

fn offer(facts: &ProductFacts<'_>, price: Price, availability: Availability) -> Option<Value> {
    let mut out = Map::new();
    match price {
        Price::OnRequest => return None,
        Price::Fixed(money) => {
            out.insert("@type".into(), json!("Offer"));
            out.insert("price".into(), json!(money.to_major()));
            out.insert("priceCurrency".into(), json!(money.currency.code()));
        }
        Price::Range(range) => {
            out.insert("@type".into(), json!("AggregateOffer"));
            out.insert("lowPrice".into(), json!(range.low.to_major()));
            out.insert("highPrice".into(), json!(range.high.to_major()));
            out.insert("priceCurrency".into(), json!(range.low.currency.code()));
        }
    }
    let state = match availability {
        Availability::InStock(_) => Some("InStock"),
        Availability::SoldOut => Some("SoldOut"),
        Availability::MadeToOrder => Some("MadeToOrder"),
        Availability::OneOfAKind => Some("LimitedAvailability"),
        Availability::Unstated => None,
    };
    if let Some(state) = state {
        out.insert("availability".into(), json!(format!("https://schema.org/{state}")));
    }
    out.insert("itemCondition".into(), json!("https://schema.org/NewCondition"));
    if let Some(url) = &facts.url {
        out.insert("url".into(), json!(url));
    }
    out.insert("seller".into(), json!({"@type": "Organization", "name": facts.shop}));
    Some(Value::Object(out))
}

/// The way from the home page: names with absolute addresses.
pub(super) fn breadcrumbs(steps: &[(String, String)]) -> Value {
    let items: Vec<Value> = steps
        .iter()
        .enumerate()
        .map(|(at, (name, url))| json!({"@type": "ListItem", "position": at + 1, "name": name, "item": url}))
        .collect();
    json!({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items})
}

/// The shop itself.
pub(super) fn organization(
    name: &str,
    description: Option<&str>,
    url: &str,
    image: Option<&str>,
) -> Value {
    let mut out = Map::new();
    out.insert("@context".into(), json!("https://schema.org"));
    out.insert("@type".into(), json!("Organization"));
    out.insert("name".into(), json!(name));
    out.insert("url".into(), json!(url));
    if let Some(text) = description {
        out.insert("description".into(), json!(text));
    }
    if let Some(image) = image {
        out.insert("image".into(), json!(image));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Money, PriceRange};

    fn euros(minor: u64) -> Money {
        Money { minor, currency: Currency::from_code("EUR").expect("a currency") }
    }

    #[test]
    fn nothing_in_a_script_element_ends_it() {
        let written = script(&json!({"a": "</script><!--<script>&\u{2028}"}));
        assert_eq!(
            written,
            r#"{"a":"\u003c/script\u003e\u003c!--\u003cscript\u003e\u0026\u2028"}"#
        );
        let back: Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(back["a"], "</script><!--<script>&\u{2028}");
    }

    #[test]
    fn offers_follow_the_price() {
        let facts = ProductFacts { name: "Shawl", shop: "Shop", ..ProductFacts::default() };
        let fixed = product(&facts, Price::Fixed(euros(24_050)), Availability::InStock(2));
        assert_eq!(fixed["offers"]["price"], "240.50");
        assert_eq!(fixed["offers"]["priceCurrency"], "EUR");
        assert_eq!(fixed["offers"]["availability"], "https://schema.org/InStock");
        let range = PriceRange { low: euros(2000), high: euros(3500) };
        let range = product(&facts, Price::Range(range), Availability::Unstated);
        assert_eq!(range["offers"]["@type"], "AggregateOffer");
        assert_eq!(range["offers"]["lowPrice"], "20.00");
        let asked = product(&facts, Price::OnRequest, Availability::Unstated);
        assert!(asked.get("offers").is_none());
    }
}
