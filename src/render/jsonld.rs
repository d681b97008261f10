//! Structured data for search engines (schema.org as JSON-LD, after Google's rules for merchant
//! listings, breadcrumbs and organisations).

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Map, Value, json};

use crate::model::{Availability, Country, Money, PaidBy, Price, Returns};

/// JSON that can stand in a script element: nothing in it ends the element or begins a comment.
pub(super) fn script(value: &impl Serialize) -> String {
    let mut out = Vec::with_capacity(512);
    let mut writer = serde_json::Serializer::with_formatter(&mut out, InScript);
    value.serialize(&mut writer).expect("values and structures of ours are JSON");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// Writes the signs of HTML, and the line ends that JavaScript has besides, as escapes. Only texts have any.
struct InScript;

impl Formatter for InScript {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // The last is the first byte of U+2028 and U+2029.
        let may_be_special = |byte: &u8| matches!(byte, b'<' | b'>' | b'&' | 0xe2);
        let mut from = 0;
        let mut at = 0;
        while let Some(next) = fragment.as_bytes()[at..].iter().position(may_be_special) {
            at += next;
            let sign = fragment[at..].chars().next().unwrap_or_default();
            if matches!(sign, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
                writer.write_all(&fragment.as_bytes()[from..at])?;
                write!(writer, "\\u{:04x}", u32::from(sign))?;
                from = at + sign.len_utf8();
            }
            at += sign.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[from..])
    }
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
pub(super) fn product<'f>(facts: &'f ProductFacts<'_>) -> ProductData<'f> {
    ProductData { context: Some(CONTEXT), ..ProductData::new("Product", facts) }.branded(facts)
}

/// A product that is chosen in variants, each with its own offer (Google: product variants).
pub(super) fn product_group<'f>(
    facts: &'f ProductFacts<'_>,
    group: &'f GroupFacts<'_>,
) -> ProductData<'f> {
    let varies_by = group.varies_by.iter().map(|name| format!("https://schema.org/{name}"));
    ProductData {
        context: Some(CONTEXT),
        group: Some(&group.id),
        varies_by: varies_by.collect(),
        variants: group.variants.iter().map(|one| ProductData::new("Product", one)).collect(),
        ..ProductData::new("ProductGroup", facts)
    }
    .branded(facts)
}

const CONTEXT: &str = "https://schema.org";

/// A product, a group of variants or one of these. It stands on every page of a product, so it is written without a tree.
#[derive(Debug, Serialize)]
pub(super) struct ProductData<'f> {
    #[serde(rename = "@context", skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'f str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    image: &'f [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gtin: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    isbn: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    material: Option<&'f str>,
    #[serde(rename = "color", skip_serializing_if = "Option::is_none")]
    colour: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'f str>,
    #[serde(rename = "additionalProperty", skip_serializing_if = "OneOrMany::is_none")]
    others: OneOrMany<Property<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<Quantity>,
    #[serde(rename = "productGroupID", skip_serializing_if = "Option::is_none")]
    group: Option<&'f str>,
    #[serde(rename = "variesBy", skip_serializing_if = "Vec::is_empty")]
    varies_by: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<Named<'f>>,
    #[serde(skip_serializing_if = "OneOrMany::is_none")]
    manufacturer: OneOrMany<Named<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offers: Option<Offer<'f>>,
    #[serde(rename = "hasVariant", skip_serializing_if = "Vec::is_empty")]
    variants: Vec<ProductData<'f>>,
}

/// A single thing is told as itself, several as a list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn of(mut all: Vec<T>) -> Self {
        match all.pop() {
            Some(one) if all.is_empty() => Self::One(one),
            last => {
                all.extend(last);
                Self::Many(all)
            }
        }
    }

    fn is_none(&self) -> bool {
        matches!(self, Self::Many(all) if all.is_empty())
    }
}

#[derive(Debug, Serialize)]
struct Named<'f> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'f str,
}

#[derive(Debug, Serialize)]
struct Property<'f> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'f str,
    value: &'f str,
}

#[derive(Debug, Serialize)]
struct Quantity {
    #[serde(rename = "@type")]
    kind: &'static str,
    value: u32,
    #[serde(rename = "unitCode")]
    unit: &'static str,
}

#[derive(Debug, Serialize)]
struct Offer<'f> {
    #[serde(flatten)]
    price: PriceData,
    #[serde(rename = "priceCurrency")]
    currency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability: Option<&'static str>,
    #[serde(rename = "itemCondition")]
    condition: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'f str>,
    seller: Named<'f>,
    #[serde(rename = "shippingDetails", skip_serializing_if = "<[Value]>::is_empty")]
    shipping: &'f [Value],
    #[serde(rename = "hasMerchantReturnPolicy", skip_serializing_if = "Option::is_none")]
    returns: Option<Value>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
enum PriceData {
    #[serde(rename = "Offer")]
    Fixed { price: String },
    #[serde(rename = "AggregateOffer", rename_all = "camelCase")]
    Range { low_price: String, high_price: String, offer_count: usize },
}

impl<'f> ProductData<'f> {
    fn new(kind: &'static str, facts: &'f ProductFacts<'_>) -> Self {
        let others = facts.others.iter();
        let others = others.map(|(name, value)| Property { kind: "PropertyValue", name, value });
        Self {
            context: None,
            kind,
            name: &facts.name,
            description: facts.description,
            url: facts.url.as_deref(),
            image: &facts.images,
            sku: facts.sku.as_deref(),
            gtin: facts.gtin,
            isbn: facts.isbn,
            category: facts.category,
            material: facts.material.as_deref(),
            colour: facts.colour.as_deref(),
            size: facts.size.as_deref(),
            pattern: facts.pattern.as_deref(),
            others: OneOrMany::of(others.collect()),
            weight: facts.weight_g.map(|value| Quantity {
                kind: "QuantitativeValue",
                value,
                unit: "GRM",
            }),
            group: None,
            varies_by: Vec::new(),
            brand: None,
            manufacturer: OneOrMany::Many(Vec::new()),
            offers: facts.offer.as_ref().and_then(|told| Offer::new(facts, told)),
            variants: Vec::new(),
        }
    }

    /// With the shop as its brand, and who made it.
    fn branded(self, facts: &'f ProductFacts<'_>) -> Self {
        let makers = facts.makers.iter().map(|name| Named { kind: "Organization", name });
        Self {
            brand: Some(Named { kind: "Brand", name: facts.shop }),
            manufacturer: OneOrMany::of(makers.collect()),
            ..self
        }
    }
}

impl<'f> Offer<'f> {
    fn new(facts: &'f ProductFacts<'_>, told: &'f OfferFacts) -> Option<Self> {
        let (price, currency) = match told.price {
            Price::OnRequest => return None,
            Price::Fixed(money) => (PriceData::Fixed { price: money.to_major() }, money.currency),
            Price::Range(range) => {
                let (low_price, high_price) = (range.low.to_major(), range.high.to_major());
                let price = PriceData::Range { low_price, high_price, offer_count: told.count };
                (price, range.low.currency)
            }
        };
        let returns = told.returns.as_ref();
        Some(Self {
            price,
            currency: currency.code(),
            availability: match told.availability {
                Availability::InStock(_) => Some("https://schema.org/InStock"),
                Availability::SoldOut => Some("https://schema.org/SoldOut"),
                Availability::MadeToOrder => Some("https://schema.org/MadeToOrder"),
                Availability::OneOfAKind => Some("https://schema.org/LimitedAvailability"),
                Availability::Unstated => None,
            },
            condition: "https://schema.org/NewCondition",
            url: facts.url.as_deref(),
            seller: Named { kind: "Organization", name: facts.seller.unwrap_or(facts.shop) },
            shipping: &told.shipping,
            returns: returns.map(|(returns, countries)| return_policy(*returns, countries)),
        })
    }
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
        let text = "€</script><!--<script>&\u{2028}–\u{2029}";
        let written = script(&json!({"a": text}));
        assert_eq!(
            written,
            r#"{"a":"€\u003c/script\u003e\u003c!--\u003cscript\u003e\u0026\u2028–\u2029"}"#
        );
        let back: Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(back["a"], text);
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

    fn data(facts: &ProductFacts<'_>) -> Value {
        serde_json::to_value(product(facts)).expect("JSON")
    }

    #[test]
    fn one_maker_is_told_as_herself_and_two_as_a_list() {
        for (makers, expected) in [
            (vec![], Value::Null),
            (vec!["Ana"], json!({"@type": "Organization", "name": "Ana"})),
            (
                vec!["Ana", "Bea"],
                json!([{"@type": "Organization", "name": "Ana"}, {"@type": "Organization", "name": "Bea"}]),
            ),
        ] {
            let facts = ProductFacts { makers, ..facts(Price::OnRequest, Availability::Unstated) };
            assert_eq!(data(&facts)["manufacturer"], expected);
        }
    }

    #[test]
    fn offers_follow_the_price() {
        let fixed = data(&facts(Price::Fixed(euros(24_050)), Availability::InStock(2)));
        assert_eq!(fixed["offers"]["price"], "240.50");
        assert_eq!(fixed["offers"]["priceCurrency"], "EUR");
        assert_eq!(fixed["offers"]["availability"], "https://schema.org/InStock");
        assert!(fixed["offers"].get("shippingDetails").is_none());
        let range = PriceRange { low: euros(2000), high: euros(3500) };
        let range = data(&facts(Price::Range(range), Availability::Unstated));
        assert_eq!(range["offers"]["@type"], "AggregateOffer");
        assert_eq!(range["offers"]["lowPrice"], "20.00");
        assert_eq!(range["offers"]["offerCount"], 2);
        let asked = data(&facts(Price::OnRequest, Availability::Unstated));
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
        let data = serde_json::to_value(product_group(&whole, &group)).expect("JSON");
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
