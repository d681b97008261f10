//! The buyer's list: what its page is given, what the script needs to know, and how a product gets onto it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::super::basket::{self, PriceData};
use super::super::link::Linker;
use super::super::{jsonld, qr};
use super::{ClientScript, Page, Place, goods, plain, view};
use crate::model::{
    Account, Area, Availability, Channel, Country, Currency, Date, LocaleIx, Money, MoneyStyle,
    Payment, PhotoRef, Pooled, Price, ProducerIx, Product, ProductIx, Shipping, Stop, Tariff, Text,
    Variant, Why, Zone,
};
use crate::render::Routes;
use crate::theme::view::Phrase;

/// The narrowest rendition that is sharp at the size of a line.
const LINE_PX: u32 = 200;

/// A product, or a choice of it, as the script of the list knows it. Fields that say nothing are left out.
#[derive(Serialize)]
pub(in crate::render) struct GoodsData {
    name: Json,
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<Json>,
    /// Whose order it belongs to; none: the shop's.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Whether nothing of it is sent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    service: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<u32>,
    /// What all choices of it together may not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_together: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pay: Option<String>,
    /// Where it may not go: why, and the countries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stops: Vec<StopData>,
    /// The shared shipments with which it does not go along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    apart: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Json>,
    /// Makers of a pool, each with how many she can make in a month.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pool: Vec<(Json, u32)>,
    /// Each choice by its id; without options one with an empty id.
    choices: BTreeMap<String, ChoiceData>,
}

#[derive(Serialize)]
struct ChoiceData {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    of: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// Whether the number is that of the choice alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    own: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<PriceData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<u32>,
    verb: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<String>,
}

#[derive(Serialize)]
struct StopData {
    why: String,
    /// Two letters each; `except`: all but these.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    except: Option<String>,
}

/// Whom orders go to, and how.
#[derive(Serialize)]
pub(in crate::render) struct RecipientData {
    name: Json,
    channels: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pay: Vec<Json>,
}

/// What the list needs to know of a product.
pub(in crate::render) fn goods_data(
    routes: &Routes<'_>,
    locale: LocaleIx,
    ix: ProductIx,
) -> GoodsData {
    place(routes, locale).goods_data(ix)
}

/// What the list needs to know of a maker who takes orders herself.
pub(in crate::render) fn recipient_data(
    routes: &Routes<'_>,
    locale: LocaleIx,
    ix: ProducerIx,
) -> RecipientData {
    let producer = routes.inputs.site.producer(ix);
    place(routes, locale).recipient(&producer.name, &producer.channels, &producer.pay)
}

/// A place whose links begin at the root of the site, wherever that is.
fn place<'r, 'a>(routes: &'r Routes<'a>, locale: LocaleIx) -> Place<'r, 'a> {
    let linker = Linker::marked("", routes.inputs.links);
    Place { routes, site: routes.inputs.site, locale, parts: routes.parts(locale), linker }
}

fn choice_verb(product_verb: &'static str, variant: &Variant) -> &'static str {
    match (product_verb, variant.availability, variant.price) {
        ("ask", ..) | (_, Availability::SoldOut, _) | (_, _, Price::OnRequest) => "ask",
        (_, Availability::OneOfAKind, _) => "reserve",
        _ => "order",
    }
}

/// Tells whether a product can stand on a list at all. The list of a shop without zones asks nobody for the destination.
fn can_be_listed(product: &Product, shipping: &Shipping, day: Date) -> bool {
    product.is_for_sale()
        && product.availability != Availability::SoldOut
        && product.to_ask_about(shipping, Some(day)).is_none()
        && !product.is_too_few()
}

impl Place<'_, '_> {
    /// A text; with its language where that is not the language of the page.
    fn json_text(&self, text: &Text) -> Json {
        phrase_json(&self.phrase(text))
    }

    fn goods_data(&self, ix: ProductIx) -> GoodsData {
        let site = self.site;
        let product = site.product(ix);
        let verb = goods::verb(product, &site.shipping, self.today());
        let photo = |photo: Option<&PhotoRef>| photo.and_then(|photo| self.line_photo(photo));
        let first = product.photos.first();
        let mut choices = BTreeMap::new();
        if product.variants.is_empty() {
            let choice = ChoiceData {
                of: Vec::new(),
                number: product.sku.clone(),
                own: false,
                price: PriceData::of(product.price),
                weight: product.parcel_weight_g(None),
                most: product.availability.most(product.is_made_to_order),
                verb,
                photo: photo(first),
            };
            choices.insert(String::new(), choice);
        }
        for variant in &product.variants {
            let own = variant.photo.and_then(|at| product.photos.get(at as usize));
            let choice = ChoiceData {
                of: variant.values(product).map(|text| self.json_text(text)).collect(),
                number: variant.sku.clone().or_else(|| product.sku.clone()),
                own: variant.sku.is_some(),
                price: PriceData::of(variant.price),
                weight: product.parcel_weight_g(Some(variant)),
                most: variant.availability.most(variant.is_made_to_order),
                verb: choice_verb(verb, variant),
                photo: photo(own.or(first)),
            };
            choices.insert(variant.id.to_string(), choice);
        }
        let to = basket::recipient(site, product);
        GoodsData {
            name: self.json_text(&product.name),
            href: self.href(Page::Product(ix)),
            maker: site
                .has_several_makers()
                .then(|| product.made_by.first().map(|ix| &site.producer(*ix).name))
                .flatten()
                .map(|name| self.json_text(name)),
            to: to.map(|ix| site.producer(ix).id.to_string()),
            service: !product.is_sent(),
            least: product.minimum_order.filter(|least| *least > 1),
            most_together: product.maximum_order,
            pay: product.pay.clone(),
            stops: self.stops(product),
            apart: self
                .pooled_by_key()
                .filter(|(_, pooled)| product.is_sent() && !pooled.takes(product))
                .map(|(key, _)| key)
                .collect(),
            options: product.options.iter().map(|option| self.json_text(&option.name)).collect(),
            pool: product
                .pool
                .iter()
                .map(|share| (self.json_text(&site.producer(share.maker).name), share.per_month))
                .collect(),
            choices,
        }
    }

    /// Where a product may not go, by reason.
    fn stops(&self, product: &Product) -> Vec<StopData> {
        if !product.is_for_sale() {
            let why = self.word("not_for_sale").to_owned();
            return vec![StopData { why, to: None, except: Some(String::new()) }];
        }
        // No border sees a service.
        if !product.is_restricted() || !product.is_sent() {
            return Vec::new();
        }
        let mut by_reason: Vec<(String, Vec<Country>)> = Vec::new();
        let mut total = 0;
        for country in Country::all() {
            total += 1;
            let Err(why) = product.may_go_to(country, &self.site.shipping) else { continue };
            let why = self.reason(&why);
            match by_reason.iter_mut().find(|(own, _)| *own == why) {
                Some((_, countries)) => countries.push(country),
                None => by_reason.push((why, vec![country])),
            }
        }
        let codes = |countries: &mut dyn Iterator<Item = Country>| {
            countries.map(Country::code).collect::<Vec<_>>().join(" ")
        };
        let stop = |(why, countries): (String, Vec<Country>)| {
            if countries.len() * 2 > total {
                let mut others = Country::all().filter(|country| !countries.contains(country));
                return StopData { why, to: None, except: Some(codes(&mut others)) };
            }
            StopData { why, to: Some(codes(&mut countries.into_iter())), except: None }
        };
        by_reason.into_iter().map(stop).collect()
    }

    /// Why a product may not go somewhere, in words.
    fn reason(&self, why: &Why<'_>) -> String {
        match why {
            Why::NotForSale => self.word("not_for_sale").to_owned(),
            Why::NotTo => self.word("not_sent_here").to_owned(),
            Why::Material(material, Stop::NotTo) => self.text(&material.name).to_owned(),
            Why::Material(material, Stop::Unresolved(flag)) => {
                let flag = self.word(&format!("flag_{}", flag.name().replace('-', "_"))).to_owned();
                format!("{} ({flag})", self.text(&material.name))
            }
        }
    }

    fn line_photo(&self, photo: &PhotoRef) -> Option<String> {
        let found = self.routes.inputs.photos.photo(&photo.path)?;
        let sharp = found.renditions.iter().filter(|r| r.width_px.min(r.height_px) >= LINE_PX);
        let best = sharp.min_by_key(|r| r.width_px).or(found.renditions.last())?;
        Some(format!("photos/{}", best.name))
    }

    fn recipient(&self, name: &Text, channels: &[Channel], pay: &[Payment]) -> RecipientData {
        let channel = |channel: &Channel| {
            let (Channel::WhatsApp(address)
            | Channel::Sms(address)
            | Channel::Email(address)
            | Channel::Phone(address)) = channel;
            json!({"kind": channel.name(), "address": address})
        };
        RecipientData {
            name: self.json_text(name),
            channels: channels.iter().map(channel).collect(),
            pay: pay.iter().map(|pay| self.payment_json(pay)).collect(),
        }
    }

    fn payment_name(&self, payment: &Payment) -> Phrase {
        let word = match &payment.to {
            Account::Link(_) => "pay_link",
            Account::Sepa { .. } => "pay_sepa",
            Account::Emv(account) => match account.currency().code() {
                "VND" => "pay_vietqr",
                "BRL" => "pay_pix",
                _ => "pay_promptpay",
            },
        };
        match &payment.name {
            Some(name) => self.phrase(name),
            None => self.phrase_here(self.word(word)),
        }
    }

    fn payment_json(&self, payment: &Payment) -> Json {
        let name = phrase_json(&self.payment_name(payment));
        match &payment.to {
            Account::Link(url) => json!({"kind": "link", "name": name, "url": url}),
            Account::Sepa { iban, bic, name: holder } => json!({
                "kind": "epc", "name": name, "currency": "EUR", "iban": iban, "holder": holder,
                "bic": bic.as_deref().unwrap_or_default(),
            }),
            Account::Emv(account) => {
                let parts = account.parts();
                json!({
                    "kind": "emv", "name": name, "currency": account.currency().code(),
                    "tells": parts.tells_use, "head": parts.head, "tail": parts.tail, "tag": parts.reference,
                    "empty": parts.no_reference,
                })
            }
        }
    }

    fn zone_json(&self, zone: &Zone) -> Json {
        let words = &self.parts.words;
        let mut out = json!({"name": self.json_text(&zone.name)});
        match &zone.area {
            Area::Countries(countries) => {
                let codes: Vec<&str> = countries.iter().map(|country| country.code()).collect();
                out["countries"] = json!(codes);
            }
            Area::Elsewhere => out["elsewhere"] = json!(true),
            Area::Pickup => out["pickup"] = json!(true),
        }
        tell_tariff(&mut out, &zone.tariff);
        if let Some(from) = zone.free_from {
            out["free_from"] = json!([from.minor, from.currency.code()]);
            let price = self.parts.money.format(from);
            out["free"] = json!(words.fill("ship_free_from", &[("price", &price)]));
        }
        if let Some((from, to)) = zone.days {
            out["days"] = json!(self.days_on_the_way(from, to));
        }
        let last: Vec<Json> = zone
            .last_ship
            .iter()
            .map(|last| {
                let date = self.parts.dates.marked(last.date);
                let name = self.phrase(&last.name).within();
                let says = words.fill("last_ship", &[("name", &name), ("date", &date)]);
                json!([last.date.to_string(), said_json(&says)])
            })
            .collect();
        if !last.is_empty() {
            out["last"] = json!(last);
        }
        out
    }

    /// The shared shipments that are open, each with what the list calls it: its closing day, its country and a digest of its
    /// name, so that no list that was kept means another one.
    fn pooled_by_key(&self) -> impl Iterator<Item = (String, &Pooled)> {
        self.open_pooled().map(|pooled| {
            let day = pooled.closes.to_string().replace('-', "");
            let digest = basket::key(pooled.name.original());
            (format!("!{day}{}{}", pooled.country.code(), &digest[..6]), pooled)
        })
    }

    fn pooled_json(&self, key: &str, pooled: &Pooled) -> Json {
        let mut out = json!({
            "key": key,
            "name": self.json_text(&pooled.name),
            "country": pooled.country.code(),
            "closes": pooled.closes.to_string(),
            "date": self.parts.dates.day(pooled.closes),
            "notes": self.pooled_notes(pooled).iter().map(|note| said_json(note)).collect::<Vec<_>>(),
        });
        tell_tariff(&mut out, &pooled.tariff);
        out
    }

    /// Everything that the script of the page needs and no product says.
    fn order_data(&self) -> Json {
        let site = self.site;
        let shipping = &site.shipping;
        let has_rest = shipping.zones.iter().any(|zone| zone.area == Area::Elsewhere);
        let listed: BTreeSet<Country> =
            shipping.zones.iter().flat_map(|zone| shipping.countries(zone)).collect();
        let words = &self.parts.words;
        let all = self.routes.in_order(self.locale).countries.iter().copied();
        let countries: Vec<[&str; 2]> = all
            .filter(|country| has_rest || listed.contains(country))
            .map(|country| [country.code(), words.country(country.code())])
            .collect();
        let mut currencies: BTreeMap<&str, (u8, &str)> = BTreeMap::new();
        let mut add = |currency: Currency| {
            currencies.insert(currency.code(), (currency.exponent(), currency.sign()));
        };
        let prices = site.products.iter().flat_map(|product| {
            product.variants.iter().map(|variant| variant.price).chain([product.price])
        });
        prices.filter_map(|price| price.lowest()).for_each(|money: Money| add(money.currency));
        let tariffs = shipping.zones.iter().map(|zone| &zone.tariff);
        for tariff in tariffs.chain(self.open_pooled().map(|pooled| &pooled.tariff)) {
            match tariff {
                Tariff::Flat(price) => add(price.currency),
                Tariff::ByWeight(rates) => rates.iter().for_each(|rate| add(rate.price.currency)),
                Tariff::Shared { cost, .. } => add(cost.currency),
                Tariff::OnRequest | Tariff::Fetched => {}
            }
        }
        let pooled: Vec<Json> =
            self.pooled_by_key().map(|(key, pooled)| self.pooled_json(&key, pooled)).collect();
        let said: BTreeMap<&str, Json> =
            WORDS.iter().map(|name| (*name, words.for_script(name))).collect();
        json!({
            "up": self.linker.up(),
            "lang": site.locale(self.locale).tag(),
            "buckets": basket::buckets(site),
            "version": self.routes.basket_version(self.locale),
            "money": self.parts.money.style(),
            "currencies": currencies,
            "packing": shipping.packing_g,
            "zones": shipping.zones.iter().map(|zone| self.zone_json(zone)).collect::<Vec<_>>(),
            "pooled": pooled,
            "countries": countries,
            "shop": self.recipient(&site.name, &site.order.channels, &site.order.pay),
            "words": said,
        })
    }

    /// The page of the list.
    pub(super) fn order_page(&self, depth: usize) -> Result<String, String> {
        let site = self.site;
        let codes = site.order.pay.iter().filter_map(|payment| {
            let text = payment.to.code(None, None)?;
            let name = self.payment_name(payment);
            Some(view::PayCode { svg: qr::code(&text, &name.text)?, name })
        });
        let it = view::OrderPage {
            trail: self.trail(&[]),
            products_href: self.href(Page::Products(1)),
            contact: self.contact(),
            note: self.phrase_of(site.order.note.as_ref()),
            codes: codes.collect(),
            shipping_href: self.routes.shipping().map(|page| self.href(page)),
            data_html: jsonld::script(&self.order_data()),
        };
        let description = self.parts.words.fill("describe_order", &[("shop", self.shop_name())]);
        let title = self.title(self.word("my_list"));
        let mut head = self.head("my-list", Some(Page::Order), &title, Some(description));
        head.section = "order".to_owned();
        self.add_sheet(&mut head, &self.routes.list_css);
        let has_code = |pay: &[Payment]| pay.iter().any(|p| !matches!(p.to, Account::Link(_)));
        if has_code(&site.order.pay) || site.producers.iter().any(|p| has_code(&p.pay)) {
            self.add_script(&mut head, ClientScript::Code);
        }
        self.add_script(&mut head, ClientScript::Order);
        self.fill("order.html", head, &it, Some(depth))
    }

    /// How a product gets onto the list; none if it cannot be ordered.
    pub(super) fn add_to_list(&self, product: &Product) -> Option<view::AddToList> {
        let site = self.site;
        if !can_be_listed(product, &site.shipping, self.today())
            || basket::channels(site, product).is_empty()
        {
            return None;
        }
        let together = product.maximum_order;
        let capped = |own: Option<u32>| match (own, together) {
            (Some(own), Some(all)) => Some(own.min(all)),
            (own, all) => own.or(all),
        };
        // The photographs of the page in their order: those that could be made.
        let photos = product.photos.iter().filter(|photo| self.picture(photo).is_some());
        let shown: Vec<&str> = photos.map(|photo| &*photo.path).collect();
        let choices: Vec<Json> = product
            .variants
            .iter()
            .map(|variant| {
                let most = capped(variant.availability.most(variant.is_made_to_order));
                let photo = variant
                    .photo
                    .and_then(|at| product.photos.get(at as usize))
                    .and_then(|own| shown.iter().position(|path| *path == own.path));
                let id = variant.id.as_str();
                match (photo, &variant.sku) {
                    (photo, Some(sku)) => json!([id, variant.of, most, photo, sku]),
                    (Some(photo), None) => json!([id, variant.of, most, photo]),
                    (None, None) => json!([id, variant.of, most]),
                }
            })
            .collect();
        let own = product.availability.most(product.is_made_to_order);
        let least = product.minimum_order.unwrap_or(1);
        let has_numbers = product.variants.iter().any(|variant| variant.sku.is_some());
        Some(view::AddToList {
            product: product.id.to_string(),
            number: has_numbers.then(|| goods::number(product, None).to_owned()),
            options: product
                .options
                .iter()
                .map(|option| view::ListOption {
                    name: self.phrase(&option.name),
                    values: option.values.iter().map(|value| self.phrase(value)).collect(),
                })
                .collect(),
            choices: Json::from(choices).to_string(),
            least,
            most: if product.variants.is_empty() { capped(own) } else { together },
        })
    }

    /// Where the list is, and the name under which the browser keeps it.
    pub(super) fn list_link(&self) -> Option<view::ListLink> {
        let site = self.site;
        if !basket::is_open(site) {
            return None;
        }
        // Two shops at one host, or two folders on a stick, do not share a list.
        let id = site
            .base_url
            .as_ref()
            .map_or_else(|| site.name.original().to_owned(), |base| base.join(""));
        Some(view::ListLink {
            href: self.href(Page::Order),
            key: basket::key(&id),
            words: self.list_words().to_string(),
        })
    }

    /// What the script in the head of every page says. Every page carries it, so what is as in English is left out: the
    /// script knows that.
    fn list_words(&self) -> Json {
        let words = &self.parts.words;
        let mut said = json!({"pieces": words.for_script("list_pieces")});
        let labelled = words.get("label_value");
        if labelled != "{label}: {value}" {
            said["labelled"] = json!(labelled);
        }
        let MoneyStyle { digits, group, groups, least_grouped, .. } = self.parts.money.style();
        let is_plain = digits == "0123456789" && group == "," && groups == [3, 3];
        if !is_plain || least_grouped != 1 {
            said["style"] = json!({
                "digits": digits, "group": group, "groups": groups, "least_grouped": least_grouped,
            });
        }
        said
    }
}

/// What sending costs, as `own.quote` of `themes/script/money.js` takes it.
fn tell_tariff(out: &mut Json, tariff: &Tariff) {
    match tariff {
        Tariff::Flat(price) => {
            out["price"] = json!(price.minor);
            out["currency"] = json!(price.currency.code());
        }
        Tariff::ByWeight(rates) => {
            let currency = rates.first().map(|rate| rate.price.currency.code());
            let rates: Vec<[u64; 2]> =
                rates.iter().map(|rate| [rate.to_g.into(), rate.price.minor]).collect();
            out["rates"] = json!(rates);
            out["currency"] = json!(currency);
        }
        Tariff::Shared { cost, full_g } => {
            out["share"] = json!([cost.minor, full_g]);
            out["currency"] = json!(cost.currency.code());
        }
        Tariff::OnRequest => out["asked"] = json!(true),
        Tariff::Fetched => {}
    }
}

/// A sentence in which days and texts of other languages are marked: a text, or a list of its parts, those that are plain
/// as texts.
fn said_json(marked: &str) -> Json {
    let said = Phrase::here(plain(marked));
    if said.parts.is_empty() {
        return json!(said.text);
    }
    let part = |part: &view::Part| match (&part.datetime, &part.lang) {
        (Some(day), _) => json!({"text": part.text, "datetime": day}),
        (None, Some(lang)) => json!({"text": part.text, "lang": lang, "dir": part.dir}),
        (None, None) => json!(part.text),
    };
    said.parts.iter().map(part).collect()
}

fn phrase_json(phrase: &Phrase) -> Json {
    match (&phrase.lang, phrase.dir) {
        (Some(lang), Some(dir)) => json!([phrase.text, lang, dir]),
        _ => json!(phrase.text),
    }
}

/// The words that the script shows or writes into the order.
const WORDS: [&str; 70] = [
    "reserve_hello",
    "ask_hello",
    "pay_online",
    "list_empty",
    "quantity",
    "remove",
    "remove_this",
    "each_piece",
    "sold_out",
    "price_on_request",
    "price_range",
    "gone_from_shop",
    "only_so_many",
    "at_least_so_many",
    "choice_gone",
    "made_by",
    "list_comma",
    "label_value",
    "order_hello",
    "order_for",
    "list_subject",
    "order_reference",
    "order_parcel",
    "order_goods",
    "order_shipping",
    "order_total",
    "pool_split",
    "total_and_more",
    "order_destination",
    "choose_destination",
    "order_fetch",
    "not_sent_anywhere",
    "stopped_piece",
    "stopped_advice",
    "parcel_weight",
    "weight_unknown",
    "ship_free",
    "ship_asked",
    "ship_fetched",
    "ship_too_heavy",
    "grams",
    "kilograms",
    "order_note",
    "order_by_whatsapp",
    "order_by_sms",
    "order_by_email",
    "order_by_phone",
    "message_part",
    "message_parts",
    "order_short",
    "copy_text",
    "copied",
    "copy_yourself",
    "phone_say",
    "pay_heading",
    "pay_amount",
    "pay_open",
    "pay_scan",
    "pay_after",
    "pay_copy",
    "orders_many",
    "orders_pooled",
    "order_pooled",
    "not_pooled",
    "pooled_waits",
    "list_pieces",
    "list_loading",
    "list_failed",
    "list_kept_here",
    "list_not_kept",
];
