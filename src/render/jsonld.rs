//! Structured data for search engines (schema.org as JSON-LD, after Google's rules for merchant
//! listings, breadcrumbs and organisations).

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::model::{Availability, Country, Money, PaidBy, Price, Returns};

/// JSON that can stand in a script element: nothing in it ends the element or begins a comment.
pub(super) fn script(value: &impl Serialize) -> String {
    const SPECIAL: [char; 5] = ['<', '>', '&', '\u{2028}', '\u{2029}'];
    let text = serde_json::to_string(value).expect("values and structures of ours are JSON");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(SPECIAL) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let special = from.chars().next().unwrap_or_default();
        let _ = write!(out, "\\u{:04x}", u32::from(special));
        rest = &from[special.len_utf8()..];
    }
    out.push_str(rest);
    out
}

/// What is said about a product, or about one of its variants.
#[derive(Debug, Default)]
pub(super) struct ProductFacts<'a> {
    pub(super) name: String,
    pub(super) description: Option<&'a str>,
    pub(super) url: Option<String>,
    pub(super) images: Vec<String>,
    pub(super) sku: Option<String>,
    pub(super) gtin: Option<&'a str>,
    pub(super) isbn: Option<&'a str>,
    pub(super) shop: &'a str,
    /// Who sells it, if that is not the shop.
    pub(super) seller: Option<&'a str>,
    pub(super) makers: Vec<&'a str>,
    pub(super) material: Option<String>,
    pub(super) colour: Option<String>,
    pub(super) size: Option<String>,
    pub(super) pattern: Option<String>,
    /// What else was chosen: names and values.
    pub(super) others: Vec<(&'a str, &'a str)>,
    pub(super) category: Option<&'a str>,
    pub(super) weight_g: Option<u32>,
    /// What is asked for it; `None` for what cannot be ordered or costs what is told when asked.
    pub(super) offer: Option<OfferFacts>,
}

/// What is asked for a product.
#[derive(Debug)]
pub(super) struct OfferFacts {
    pub(super) price: Price,
    pub(super) availability: Availability,
    /// Ready `OfferShippingDetails`, whole or as references to ones that stand in the same document.
    pub(super) shipping: Vec<Value>,
    /// Whether it is taken back, and in which countries that is said, if the shop says so.
    pub(super) returns: Option<(Returns, Vec<Country>)>,
    /// How many offers there are between the lowest and the highest price.
    pub(super) count: usize,
}

/// What is said about a product with variants.
#[derive(Debug)]
pub(super) struct GroupFacts<'a> {
    pub(super) id: String,
    /// The properties by which its variants differ, as schema.org names them.
    pub(super) varies_by: Vec<&'static str>,
    pub(super) variants: Vec<ProductFacts<'a>>,
}

/// A product with its offer (Google: merchant listing).
pub(super) fn product(facts: &ProductFacts<'_>) -> Value {
    let mut out = Map::new();
    out.insert("@context".into(), json!("https://schema.org"));
    fill(&mut out, "Product", facts);
    brand(&mut out, facts);
    Value::Object(out)
}

/// A product that is chosen in variants, each with its own offer (Google: product variants).
pub(super) fn product_group(facts: &ProductFacts<'_>, group: &GroupFacts<'_>) -> Value {
    let mut out = Map::new();
    out.insert("@context".into(), json!("https://schema.org"));
    fill(&mut out, "ProductGroup", facts);
    brand(&mut out, facts);
    out.insert("productGroupID".into(), json!(group.id));
    if !group.varies_by.is_empty() {
        let properties = group.varies_by.iter().map(|name| format!("https://schema.org/{name}"));
        out.insert("variesBy".into(), properties.collect());
    }
    let variants = group.variants.iter().map(|facts| {
        let mut out = Map::new();
        fill(&mut out, "Product", facts);
        Value::Object(out)
    });
    out.insert("hasVariant".into(), variants.collect());
    Value::Object(out)
}

fn fill(out: &mut Map<String, Value>, kind: &str, facts: &ProductFacts<'_>) {
    out.insert("@type".into(), json!(kind));
    out.insert("name".into(), json!(facts.name));
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.into(), value);
        }
    };
    set("description", facts.description.map(|text| json!(text)));
    set("url", facts.url.as_ref().map(|url| json!(url)));
    set("image", (!facts.images.is_empty()).then(|| json!(facts.images)));
    set("sku", facts.sku.as_ref().map(|sku| json!(sku)));
    set("gtin", facts.gtin.map(|gtin| json!(gtin)));
    set("isbn", facts.isbn.map(|isbn| json!(isbn)));
    set("category", facts.category.map(|name| json!(name)));
    set("material", facts.material.as_ref().map(|text| json!(text)));
    set("color", facts.colour.as_ref().map(|text| json!(text)));
    set("size", facts.size.as_ref().map(|text| json!(text)));
    set("pattern", facts.pattern.as_ref().map(|text| json!(text)));
    let others = facts
        .others
        .iter()
        .map(|(name, value)| json!({"@type": "PropertyValue", "name": name, "value": value}));
    set("additionalProperty", one_or_many(others.collect()));
    set(
        "weight",
        facts
            .weight_g
            .map(|grams| json!({"@type": "QuantitativeValue", "value": grams, "unitCode": "GRM"})),
    );
    set("offers", facts.offer.as_ref().and_then(|told| offer(facts, told)));
}

fn brand(out: &mut Map<String, Value>, facts: &ProductFacts<'_>) {
    out.insert("brand".into(), json!({"@type": "Brand", "name": facts.shop}));
    let makers: Vec<Value> =
        facts.makers.iter().map(|name| json!({"@type": "Organization", "name": name})).collect();
    if let Some(makers) = one_or_many(makers) {
        out.insert("manufacturer".into(), makers);
    }
}

fn one_or_many(mut values: Vec<Value>) -> Option<Value> {
    match values.len() {
        0 => None,
        1 => values.pop(),
        _ => Some(Value::Array(values)),
    }
}

fn offer(facts: &ProductFacts<'_>, told: &OfferFacts) -> Option<Value> {
    let mut out = Map::new();
    match told.price {
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
            out.insert("offerCount".into(), json!(told.count));
        }
    }
    let state = match told.availability {
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
    out.insert(
        "seller".into(),
        json!({"@type": "Organization", "name": facts.seller.unwrap_or(facts.shop)}),
    );
    if !told.shipping.is_empty() {
        out.insert("shippingDetails".into(), json!(told.shipping));
    }
    if let Some((returns, countries)) = &told.returns {
        out.insert("hasMerchantReturnPolicy".into(), return_policy(*returns, countries));
    }
    Some(Value::Object(out))
}

fn return_policy(returns: Returns, countries: &[Country]) -> Value {
    let codes: Vec<&str> = countries.iter().map(|country| country.code()).collect();
    if returns.days == 0 {
        return json!({
            "@type": "MerchantReturnPolicy",
            "applicableCountry": codes,
            "returnPolicyCategory": "https://schema.org/MerchantReturnNotPermitted",
        });
    }
    let fees = match returns.paid_by {
        PaidBy::Buyer => "ReturnFeesCustomerResponsibility",
        PaidBy::Shop => "FreeReturn",
    };
    json!({
        "@type": "MerchantReturnPolicy",
        "applicableCountry": codes,
        "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": returns.days,
        "returnMethod": "https://schema.org/ReturnByMail",
        "returnFees": format!("https://schema.org/{fees}"),
    })
}

/// What it costs to send something to some countries, and how long it takes: days until it is sent, if that
/// is known, and days on the way, each from and to.
pub(super) fn shipping(
    id: Option<&str>,
    countries: &[Country],
    price: Money,
    handling: Option<(u32, u32)>,
    transit: (u32, u32),
) -> Value {
    let days = |(from, to): (u32, u32)| json!({"@type": "QuantitativeValue", "minValue": from, "maxValue": to, "unitCode": "DAY"});
    let regions: Vec<Value> = countries
        .iter()
        .map(|country| json!({"@type": "DefinedRegion", "addressCountry": country.code()}))
        .collect();
    let mut time = Map::new();
    time.insert("@type".into(), json!("ShippingDeliveryTime"));
    if let Some(handling) = handling {
        time.insert("handlingTime".into(), days(handling));
    }
    time.insert("transitTime".into(), days(transit));
    let mut out = Map::new();
    out.insert("@type".into(), json!("OfferShippingDetails"));
    if let Some(id) = id {
        out.insert("@id".into(), json!(id));
    }
    out.insert(
        "shippingRate".into(),
        json!({"@type": "MonetaryAmount", "value": price.to_major(), "currency": price.currency.code()}),
    );
    out.insert("shippingDestination".into(), json!(regions));
    out.insert("deliveryTime".into(), Value::Object(time));
    Value::Object(out)
}

/// The way from the home page: names with absolute addresses. It stands on every page, so it is written without a tree.
#[derive(Debug, Serialize)]
pub(super) struct Breadcrumbs {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "itemListElement")]
    items: Vec<ListItem>,
}

#[derive(Debug, Serialize)]
struct ListItem {
    #[serde(rename = "@type")]
    kind: &'static str,
    item: String,
    name: String,
    position: usize,
}

impl Breadcrumbs {
    pub(super) fn new(steps: Vec<(String, String)>) -> Self {
        let items = (1..).zip(steps);
        let items = items.map(|(position, (name, item))| ListItem {
            kind: "ListItem",
            item,
            name,
            position,
        });
        Self { context: "https://schema.org", kind: "BreadcrumbList", items: items.collect() }
    }
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
    use crate::model::{Currency, PriceRange};

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

    fn facts(price: Price, availability: Availability) -> ProductFacts<'static> {
        ProductFacts {
            name: "Shawl".to_owned(),
            shop: "Shop",
            offer: Some(OfferFacts {
                price,
                availability,
                shipping: Vec::new(),
                returns: None,
                count: 2,
            }),
            ..ProductFacts::default()
        }
    }

    #[test]
    fn offers_follow_the_price() {
        let fixed = product(&facts(Price::Fixed(euros(24_050)), Availability::InStock(2)));
        assert_eq!(fixed["offers"]["price"], "240.50");
        assert_eq!(fixed["offers"]["priceCurrency"], "EUR");
        assert_eq!(fixed["offers"]["availability"], "https://schema.org/InStock");
        assert!(fixed["offers"].get("shippingDetails").is_none());
        let range = PriceRange { low: euros(2000), high: euros(3500) };
        let range = product(&facts(Price::Range(range), Availability::Unstated));
        assert_eq!(range["offers"]["@type"], "AggregateOffer");
        assert_eq!(range["offers"]["lowPrice"], "20.00");
        assert_eq!(range["offers"]["offerCount"], 2);
        let asked = product(&facts(Price::OnRequest, Availability::Unstated));
        assert!(asked.get("offers").is_none());
    }

    #[test]
    fn each_variant_has_its_own_offer_and_the_group_has_none() {
        let group = GroupFacts {
            id: "shawl".to_owned(),
            varies_by: vec!["size"],
            variants: vec![ProductFacts {
                size: Some("S".to_owned()),
                others: vec![("Fringe", "long")],
                ..facts(Price::Fixed(euros(1200)), Availability::MadeToOrder)
            }],
        };
        let whole = ProductFacts { offer: None, ..facts(Price::OnRequest, Availability::Unstated) };
        let data = product_group(&whole, &group);
        assert_eq!(data["@type"], "ProductGroup");
        assert_eq!(data["variesBy"], json!(["https://schema.org/size"]));
        assert!(data.get("offers").is_none());
        assert_eq!(data["hasVariant"][0]["offers"]["price"], "12.00");
        assert_eq!(data["hasVariant"][0]["additionalProperty"]["value"], "long");
        assert!(data["hasVariant"][0].get("@context").is_none());
    }

    #[test]
    fn what_is_taken_back_is_told_as_the_shop_says_it() {
        let countries = vec![Country::parse("DE").expect("a country")];
        for (returns, expected) in [
            (Returns { days: 0, paid_by: PaidBy::Buyer }, [json!(null), json!(null)]),
            (
                Returns { days: 14, paid_by: PaidBy::Shop },
                [json!(14), json!("https://schema.org/FreeReturn")],
            ),
            (
                Returns { days: 30, paid_by: PaidBy::Buyer },
                [json!(30), json!("https://schema.org/ReturnFeesCustomerResponsibility")],
            ),
        ] {
            let policy = return_policy(returns, &countries);
            assert_eq!(policy["merchantReturnDays"], expected[0], "{returns:?}");
            assert_eq!(policy["returnFees"], expected[1], "{returns:?}");
            assert_eq!(policy["applicableCountry"], json!(["DE"]));
        }
    }

    #[test]
    fn shipping_names_each_country_and_the_days() {
        let countries = ["DE", "AT"].map(|code| Country::parse(code).expect("a country"));
        let data = shipping(Some("#a"), &countries, euros(0), Some((0, 5)), (3, 6));
        assert_eq!(data["shippingRate"]["value"], "0.00");
        assert_eq!(data["shippingDestination"][1]["addressCountry"], "AT");
        assert_eq!(data["deliveryTime"]["handlingTime"]["maxValue"], 5);
        assert_eq!(data["deliveryTime"]["transitTime"]["minValue"], 3);
    }
}
