//! Everything that is public about the shop, its makers, designs and products, in all languages, for directories and
//! associations. The form is our own; docs/FEEDS.md describes it.
//!
//! Texts are objects by language tag, with the languages that exist. Lists that are empty and facts that are not known are left
//! out. Each product is written by itself, so the whole list is never held as a tree.

use serde_json::{Map, Value, json};

use super::super::page::Place;
use super::super::{Page, order};
use crate::model::{
    Allergen, Area, Availability, Blackout, BlackoutTime, Channel, Date, Design, DesignIx,
    Destination, Material, Money, PaidBy, PhotoRef, Price, Producer, ProducerIx, Product,
    ProductIx, ProductOption, Prose, Returns, Shipping, Stage, Tariff, Text, Variant,
};

/// Grows when a reader of the form before could misread it.
const VERSION: u32 = 1;

/// After so many products the length of the whole is known well enough.
const SAMPLE: usize = 64;

pub(super) fn text(place: &Place<'_, '_>) -> String {
    let site = place.site;
    let teller = Teller { place };
    let mut out = b"{\n".to_vec();
    for (name, value) in [("selvedge_products", json!(VERSION)), ("shop", teller.shop())] {
        out.extend_from_slice(format!("{}: {value},\n", json!(name)).as_bytes());
    }
    list(&mut out, "makers", (0..site.producers.len()).map(|at| teller.maker(ProducerIx::of(at))));
    out.extend_from_slice(b",\n");
    list(&mut out, "designs", (0..site.designs.len()).map(|at| teller.design(DesignIx::of(at))));
    out.extend_from_slice(b",\n");
    list(
        &mut out,
        "products",
        (0..site.products.len()).map(|at| teller.product(ProductIx::of(at))),
    );
    out.extend_from_slice(b"\n}\n");
    String::from_utf8(out).expect("JSON is UTF-8")
}

fn list(out: &mut Vec<u8>, name: &str, values: impl ExactSizeIterator<Item = Value>) {
    let start = out.len();
    let count = values.len();
    out.extend_from_slice(format!("{}: [", json!(name)).as_bytes());
    for (at, value) in values.enumerate() {
        if at == SAMPLE {
            // A list of ten thousand is asked for once, not moved again and again while it grows.
            out.reserve((out.len() - start) / SAMPLE * (count - at) * 9 / 8);
        }
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut *out, &value).expect("values are JSON");
    }
    out.push(b']');
}

/// An object that leaves out what is not known.
#[derive(Default)]
struct Facts(Map<String, Value>);

impl Facts {
    fn put(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        let value = value.into();
        let is_nothing = match &value {
            Value::Null => true,
            Value::Array(values) => values.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        if !is_nothing {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn done(&mut self) -> Value {
        Value::Object(std::mem::take(&mut self.0))
    }
}

struct Teller<'p, 'r, 'a> {
    place: &'p Place<'r, 'a>,
}

impl Teller<'_, '_, '_> {
    fn shop(&self) -> Value {
        let site = self.place.site;
        let tags: Vec<&str> = site.locales.iter().map(|locale| locale.tag()).collect();
        Facts::default()
            .put("name", self.text(&site.name))
            .put("tagline", self.some(site.tagline.as_ref()))
            .put("description", self.some(site.description.as_ref()))
            .put("url", self.addresses(Page::Home))
            .put("languages", json!(tags))
            .put("currency", json!(site.currency.map(|currency| currency.code())))
            .put("photo", self.photo(site.cover.as_ref()))
            .put("contact", self.contact(&site.order.channels))
            .put("order_note", self.some(site.order.note.as_ref()))
            .put("shipping", self.shipping(&site.shipping))
            .done()
    }

    fn contact(&self, channels: &[Channel]) -> Value {
        let links = order::links(channels, None, "contact", &self.place.parts.words);
        links.iter().map(|link| json!({"channel": link.channel, "address": link.address})).collect()
    }

    fn shipping(&self, shipping: &Shipping) -> Value {
        let zones = shipping.zones.iter().map(|zone| {
            let mut facts = Facts::default();
            facts.put("name", self.text(&zone.name));
            match &zone.area {
                Area::Countries(countries) => {
                    facts.put("countries", codes(countries.iter().map(|country| country.code())));
                }
                Area::Elsewhere => {
                    facts.put("countries", json!(["*"]));
                }
                Area::Pickup => {
                    facts.put("pickup", true);
                }
            }
            match &zone.tariff {
                Tariff::Flat(price) => {
                    facts.put("price", money(*price));
                }
                Tariff::ByWeight(rates) => {
                    let rate = rates
                        .iter()
                        .map(|rate| json!({"to_g": rate.to_g, "price": money(rate.price)}));
                    facts.put("rates", rate.collect::<Vec<Value>>());
                }
                Tariff::OnRequest => {
                    facts.put("price", "on request");
                }
                Tariff::Fetched => {}
            }
            let last = zone.last_ship.iter();
            let last =
                last.map(|last| json!({"name": self.text(&last.name), "date": day(last.date)}));
            facts
                .put("free_from", zone.free_from.map_or(Value::Null, money))
                .put("days", zone.days.map_or(Value::Null, |(from, to)| json!([from, to])))
                .put("last_ship", last.collect::<Vec<Value>>())
                .done()
        });
        Facts::default()
            .put("from", json!(shipping.from.map(|country| country.code())))
            .put("packing_g", (shipping.packing_g > 0).then_some(shipping.packing_g))
            .put("zones", zones.collect::<Vec<Value>>())
            .put("blackout", blackout(&shipping.blackout))
            .put("returns", shipping.returns.map_or(Value::Null, returns))
            .put("note", self.some(shipping.note.as_ref()))
            .done()
    }

    fn maker(&self, ix: ProducerIx) -> Value {
        let maker: &Producer = self.place.site.producer(ix);
        Facts::default()
            .put("id", maker.id.as_str())
            .put("url", self.addresses(Page::Producer(ix, 1)))
            .put("name", self.text(&maker.name))
            .put("description", self.some(maker.description.as_ref()))
            .put("place", self.some(maker.place.as_ref()))
            .put("people", self.some(maker.people.as_ref()))
            .put("crafts", self.texts(&maker.crafts))
            .put("speaks", self.texts(&maker.speaks))
            .put("photo", self.photo(maker.photo.as_ref()))
            .put("contact", self.contact(&maker.channels))
            .put("story_html", self.prose(&maker.body))
            .done()
    }

    fn design(&self, ix: DesignIx) -> Value {
        let design: &Design = self.place.site.design(ix);
        Facts::default()
            .put("id", design.id.as_str())
            .put("url", self.addresses(Page::Design(ix)))
            .put("name", self.text(&design.name))
            .put("description", self.some(design.description.as_ref()))
            .put("holder", self.some(design.holder.as_ref()))
            .put("holder_kind", json!(design.holder_kind.map(|kind| kind.name())))
            .put("designed_by", self.some(design.designed_by.as_ref()))
            .put("kind", json!(design.kind))
            .put("technique", self.some(design.technique.as_ref()))
            .put("materials", self.texts(&design.materials))
            .put("motifs", self.texts(&design.motifs))
            .put("place", self.some(design.place.as_ref()))
            .put("said_to_date_from", self.some(design.said_to_date_from.as_ref()))
            .put("attribution", self.some(design.attribution.as_ref()))
            .put("not_claimed", self.some(design.not_claimed.as_ref()))
            .put("also_used_by", self.some(design.also_used_by.as_ref()))
            .put("date", design.date.map(day))
            .put("photos", self.photos(&design.photos))
            .put("story_html", self.prose(&design.body))
            .done()
    }

    fn product(&self, ix: ProductIx) -> Value {
        let site = self.place.site;
        let product: &Product = site.product(ix);
        let makers = product.made_by.iter().map(|ix| json!(site.producer(*ix).id.as_str()));
        let designs = product.designs.iter().map(|ix| json!(site.design(*ix).id.as_str()));
        let supplied = product.supplied_by.iter().map(|supplier| {
            let maker = supplier.producer.map(|ix| site.producer(ix).id.as_str());
            Facts::default()
                .put("name", self.text(&supplier.name))
                .put("maker", json!(maker))
                .done()
        });
        let mut lists = Facts::default();
        for list in &site.lists {
            let terms = product.terms.iter().filter(|(ix, _)| site.list(*ix).kind == list.kind);
            let terms =
                terms.filter(|_| list.kind != crate::model::ListKind::Maker).map(|(_, term)| {
                    let term = &list.terms[term.at()];
                    json!({"id": term.id.as_str(), "name": self.text(&term.name)})
                });
            lists.put(list.kind.name(), terms.collect::<Vec<Value>>());
        }
        let stage = Stage::ALL.iter().find(|(stage, _)| *stage == product.stage);
        let mut facts = Facts::default();
        facts
            .put("id", product.id.as_str())
            .put("url", self.addresses(Page::Product(ix)))
            .put("name", self.text(&product.name))
            .put("description", self.some(product.description.as_ref()))
            .put("price", price(product.price))
            .put("availability", availability(product.availability))
            .put("stage", json!(stage.map(|(_, name)| *name)))
            .put("made_to_order", product.is_made_to_order.then_some(true))
            .put("options", product.options.iter().map(|o| self.option(o)).collect::<Vec<Value>>())
            .put(
                "variants",
                product.variants.iter().map(|v| self.variant(product, v)).collect::<Vec<Value>>(),
            )
            .put("photos", self.photos(&product.photos))
            .put("makers", makers.collect::<Vec<Value>>())
            .put("supplied_by", supplied.collect::<Vec<Value>>())
            .put("designs", designs.collect::<Vec<Value>>())
            .put("lists", lists.done())
            .put("kind", json!(product.kind.map(|kind| kind.name())))
            .put("lead_time_days", product.lead_time_days)
            .put("capacity_per_month", product.capacity_per_month)
            .put("minimum_order", product.minimum_order)
            .put("maximum_order", product.maximum_order)
            .put("blackout", blackout(&product.blackout))
            .put(
                "materials",
                product.materials.iter().map(|m| self.material(m)).collect::<Vec<Value>>(),
            )
            .put("not_to", places(&product.not_to))
            .put("technique", self.some(product.technique.as_ref()))
            .put("size", self.some(product.size.as_ref()))
            .put("care", self.some(product.care.as_ref()))
            .put("weight_g", product.weight_g)
            .put("packed_weight_g", product.packed_weight_g)
            .put("sku", product.sku.as_deref())
            .put("gtin", product.gtin.as_deref())
            .put("pay", product.pay.as_deref())
            .put("google_category", product.google_category.as_deref())
            .put("payment_to_maker", self.some(product.payment_to_maker.as_ref()))
            .put("date", product.date.map(day));
        self.particulars(&mut facts, product);
        let story = product.body.entries().filter_map(|(locale, _)| {
            let place = Place::elsewhere(self.place.routes, locale)?;
            Some((site.locale(locale).tag().to_owned(), Value::from(place.story(ix)?.html)))
        });
        facts.put("story_html", Value::Object(story.collect())).done()
    }

    /// The facts of the kinds, by the names of their fields in the files of the site.
    fn particulars(&self, facts: &mut Facts, product: &Product) {
        let told = &*product.particulars;
        let allergens = told.allergens.as_ref().map(|all| {
            let one = all.iter().map(|allergen| match allergen {
                Allergen::Known(known) => json!(known.name()),
                Allergen::Other(text) => self.text(text),
            });
            one.collect::<Vec<Value>>()
        });
        // An empty list says something here: there is none of it.
        if let Some(allergens) = allergens {
            facts.0.insert("allergens".to_owned(), Value::Array(allergens));
        }
        let tenths = |amount: Option<u32>| amount.map(|n| f64::from(n) / 10.0);
        let nutrition = told.nutrition.map(|n| {
            Facts::default()
                .put("energy_kj", n.energy_kj)
                .put("energy_kcal", n.energy_kcal)
                .put("fat", tenths(n.fat))
                .put("saturates", tenths(n.saturates))
                .put("carbohydrate", tenths(n.carbohydrate))
                .put("sugars", tenths(n.sugars))
                .put("fibre", tenths(n.fibre))
                .put("protein", tenths(n.protein))
                .put("salt", tenths(n.salt))
                .done()
        });
        let fibres = told.fibres.iter();
        let fibres = fibres.map(|f| json!({"name": self.text(&f.name), "percent": f.percent}));
        let species = told.species.iter().map(|species| {
            let latin = species.latin.as_deref();
            Facts::default().put("name", self.text(&species.name)).put("latin", latin).done()
        });
        facts
            .put("ingredients", self.some(told.ingredients.as_ref()))
            .put("net_quantity", self.some(told.net_quantity.as_ref()))
            .put("shelf_life_days", told.shelf_life_days)
            .put("best_before", told.best_before.map(day))
            .put("batch", told.batch.as_deref())
            .put("storage", self.some(told.storage.as_ref()))
            .put("nutrition", nutrition.unwrap_or_default())
            .put("alcohol_percent", tenths(told.alcohol_permille))
            .put("pao_months", told.pao_months)
            .put("responsible_person", self.some(told.responsible_person.as_ref()))
            .put("warnings", self.some(told.warnings.as_ref()))
            .put("fibres", fibres.collect::<Vec<Value>>())
            .put("species", species.collect::<Vec<Value>>())
            .put("tanning", self.some(told.tanning.as_ref()))
            .put("metal", self.some(told.metal.as_ref()))
            .put("hallmark", told.hallmark.as_deref())
            .put("stones", self.some(told.stones.as_ref()))
            .put("food_safe", told.food_safe)
            .put("age_from", told.age_from_years)
            .put("isbn", told.isbn.as_deref())
            .put("pages", told.pages)
            .put("text_languages", json!(told.text_languages))
            .put("duration", self.some(told.duration.as_ref()))
            .put("place", self.some(told.place.as_ref()));
    }

    fn option(&self, option: &ProductOption) -> Value {
        json!({"name": self.text(&option.name), "values": self.texts(&option.values)})
    }

    fn variant(&self, product: &Product, variant: &Variant) -> Value {
        Facts::default()
            .put("id", variant.id.as_str())
            .put("of", variant.of.iter().map(|at| json!(at)).collect::<Vec<Value>>())
            .put("price", price(variant.price))
            .put("availability", availability(variant.availability))
            .put("made_to_order", variant.is_made_to_order.then_some(true))
            .put("photo", self.photo(variant.photo.and_then(|at| product.photos.get(at as usize))))
            .put("sku", variant.sku.as_deref())
            .put("gtin", variant.gtin.as_deref())
            .put("weight_g", variant.weight_g)
            .done()
    }

    fn material(&self, material: &Material) -> Value {
        let permits = material.permits.iter().map(|permit| {
            Facts::default()
                .put("flags", codes(permit.flags.iter().map(|flag| flag.name())))
                .put("to", places(&permit.to))
                .put("says", self.some(permit.says.as_ref()))
                .done()
        });
        Facts::default()
            .put("name", self.text(&material.name))
            .put("origin", self.some(material.origin.as_ref()))
            .put("flags", codes(material.flags.iter().map(|flag| flag.name())))
            .put("permits", permits.collect::<Vec<Value>>())
            .put("not_to", places(&material.not_to))
            .done()
    }

    /// A text by language.
    fn text(&self, text: &Text) -> Value {
        let entries = text.entries();
        let entries = entries.map(|(locale, text)| {
            (self.place.site.locale(locale).tag().to_owned(), Value::from(text))
        });
        Value::Object(entries.collect())
    }

    fn some(&self, text: Option<&Text>) -> Value {
        text.map_or(Value::Null, |text| self.text(text))
    }

    fn texts(&self, texts: &[Text]) -> Value {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// A story by language, as HTML with whole addresses.
    fn prose(&self, prose: &Prose) -> Value {
        let entries = prose.entries().filter_map(|(locale, _)| {
            let place = Place::elsewhere(self.place.routes, locale)?;
            Some((
                self.place.site.locale(locale).tag().to_owned(),
                Value::from(place.prose(prose)?.html),
            ))
        });
        Value::Object(entries.collect())
    }

    /// The addresses of a page by language.
    fn addresses(&self, page: Page) -> Value {
        let site = self.place.site;
        let entries = site.locale_ixs().map(|locale| {
            let url = self.place.linker.page(&self.place.routes.dir(locale, page));
            (site.locale(locale).tag().to_owned(), Value::from(url))
        });
        Value::Object(entries.collect())
    }

    fn photo(&self, photo: Option<&PhotoRef>) -> Value {
        let Some((photo, url)) = photo.zip(self.place.absolute_photo(photo)) else {
            return Value::Null;
        };
        Facts::default().put("url", url).put("alt", self.some(photo.alt.as_ref())).done()
    }

    fn photos(&self, photos: &[PhotoRef]) -> Value {
        photos
            .iter()
            .map(|photo| self.photo(Some(photo)))
            .filter(|photo| !photo.is_null())
            .collect()
    }
}

fn money(money: Money) -> Value {
    json!({"amount": money.to_major(), "currency": money.currency.code()})
}

fn price(price: Price) -> Value {
    match price {
        Price::Fixed(amount) => money(amount),
        Price::Range(range) => json!({
            "from": range.low.to_major(),
            "to": range.high.to_major(),
            "currency": range.low.currency.code(),
        }),
        Price::OnRequest => json!("on request"),
    }
}

fn availability(availability: Availability) -> Value {
    match availability {
        Availability::InStock(count) => json!({"state": "in stock", "count": count}),
        Availability::SoldOut => json!({"state": "sold out"}),
        Availability::MadeToOrder => json!({"state": "made to order"}),
        Availability::OneOfAKind => json!({"state": "one of a kind"}),
        Availability::Unstated => Value::Null,
    }
}

fn day(date: Date) -> String {
    date.to_string()
}

fn codes<'c>(codes: impl Iterator<Item = &'c str>) -> Value {
    codes.map(Value::from).collect()
}

fn places(places: &[Destination]) -> Value {
    codes(places.iter().map(|place| place.code()))
}

fn returns(returns: Returns) -> Value {
    let paid_by = PaidBy::ALL.iter().find(|(who, _)| *who == returns.paid_by);
    json!({"days": returns.days, "paid_by": paid_by.map(|(_, name)| *name)})
}

/// Months of every year as numbers, days as two dates.
fn blackout(blackout: &Blackout) -> Value {
    let times = blackout.times.iter();
    let times = times.map(|time| match time {
        BlackoutTime::Month(month) => json!(month),
        BlackoutTime::Days(from, to) => json!([day(*from), day(*to)]),
    });
    times.collect()
}
