//! News as JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use serde_json::{Map, Value, json};

use super::super::Page;
use super::super::page::Place;
use super::{Feed, address, news};

pub(super) fn text(place: &Place<'_, '_>) -> String {
    let site = place.site;
    let tag = |locale| json!(site.locale(locale).tag());
    let items: Vec<Value> = news::items(place)
        .iter()
        .map(|item| {
            let mut out = Map::new();
            out.insert("id".into(), json!(item.url));
            out.insert("url".into(), json!(item.url));
            out.insert("title".into(), json!(place.text(&item.product.name)));
            out.insert("content_html".into(), json!(item.html));
            if let Some(text) = &item.product.description {
                out.insert("summary".into(), json!(place.text(text)));
            }
            if let Some(url) = &item.image {
                out.insert("image".into(), json!(url));
            }
            if let Some(date) = item.date {
                out.insert("date_published".into(), json!(news::instant(date)));
            }
            if !item.makers.is_empty() {
                let authors =
                    item.makers.iter().map(|(name, url)| json!({"name": name, "url": url}));
                out.insert("authors".into(), authors.collect());
            }
            if !item.tags.is_empty() {
                out.insert("tags".into(), json!(item.tags));
            }
            if item.name_locale != place.locale {
                out.insert("language".into(), tag(item.name_locale));
            }
            Value::Object(out)
        })
        .collect();
    let home = place.href(Page::Home);
    let mut out = Map::new();
    out.insert("version".into(), json!("https://jsonfeed.org/version/1.1"));
    out.insert("title".into(), json!(place.shop_name()));
    out.insert("home_page_url".into(), json!(home));
    out.insert("feed_url".into(), json!(address(place, place.locale, Feed::JsonFeed)));
    if let Some(text) = site.description.as_ref().or(site.tagline.as_ref()) {
        out.insert("description".into(), json!(place.text(text)));
    }
    out.insert("language".into(), tag(place.locale));
    out.insert("authors".into(), json!([{"name": place.shop_name(), "url": home}]));
    out.insert("items".into(), Value::Array(items));
    format!("{}\n", Value::Object(out))
}
