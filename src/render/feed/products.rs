//! Everything that is public about the shop, its makers, designs and products, in all languages, for directories and
//! associations. The form is our own; docs/FEEDS.md describes it.
//!
//! Texts are objects by language tag, with the languages that exist. Lists that are empty and facts that are not known are left
//! out. All of it is written as it is told, so no tree of it is ever held.

use serde::Serialize;

use super::super::page::Place;
use super::super::{Page, order};
use crate::model::{
    Allergen, Area, Availability, Blackout, BlackoutTime, Channel, Date, Design, DesignIx,
    Destination, ListKind, Material, Money, Nutrition, PaidBy, Permit, PhotoRef, Pooled, Price,
    Producer, ProducerIx, Product, ProductIx, ProductOption, Prose, Returns, Shipping, Stage,
    Tariff, Text, Variant, Zone,
};

/// Grows when a reader of the form before could misread it.
const VERSION: u32 = 1;

/// After so many products the length of the whole is known well enough.
const SAMPLE: usize = 64;

pub(super) fn text(place: &Place<'_, '_>) -> String {
    let site = place.site;
    let teller = Teller { place };
    let mut out = Vec::new();
    out.extend_from_slice(b"{\n\"selvedge_products\": ");
    json(&mut out, VERSION);
    out.extend_from_slice(b",\n\"shop\": ");
    teller.shop(&mut out);
    list(&mut out, "makers", site.producers.len(), |out, at| teller.maker(out, ProducerIx::of(at)));
    list(&mut out, "designs", site.designs.len(), |out, at| teller.design(out, DesignIx::of(at)));
    list(&mut out, "products", site.products.len(), |out, at| {
        teller.product(out, ProductIx::of(at));
    });
    out.extend_from_slice(b"\n}\n");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// One of the lists, each thing of it on a line.
fn list(out: &mut Vec<u8>, name: &str, count: usize, tell: impl Fn(&mut Vec<u8>, usize)) {
    out.extend_from_slice(b",\n");
    let start = out.len();
    json(out, name);
    out.extend_from_slice(b": [");
    for at in 0..count {
        if at == SAMPLE {
            // A list of ten thousand is asked for once, not moved again and again while it grows.
            out.reserve((out.len() - start) / SAMPLE * (count - at) * 9 / 8);
        }
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        tell(out, at);
    }
    out.push(b']');
}

fn json(out: &mut Vec<u8>, value: impl Serialize) {
    serde_json::to_writer(out, &value).expect("memory takes all, and names are texts");
}

fn array<T>(
    out: &mut Vec<u8>,
    things: impl IntoIterator<Item = T>,
    mut tell: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (at, thing) in things.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        tell(out, thing);
    }
    out.push(b']');
}

fn object(out: &mut Vec<u8>, tell: impl FnOnce(&mut Facts<'_>)) {
    out.push(b'{');
    tell(&mut Facts { out, is_first: true });
    out.push(b'}');
}

/// The inside of an object, which leaves out what is not known.
struct Facts<'o> {
    out: &'o mut Vec<u8>,
    is_first: bool,
}

impl Facts<'_> {
    /// A fact as it is told, unless that is nothing.
    fn tell(&mut self, name: &str, tell: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        let before = self.out.len();
        let was_first = self.is_first;
        self.name(name);
        let value = self.out.len();
        tell(self.out);
        if matches!(&self.out[value..], b"null" | b"[]" | b"{}") {
            self.out.truncate(before);
            self.is_first = was_first;
        }
        self
    }

    /// A fact of which an empty list says something, too.
    fn tell_even_if_empty(&mut self, name: &str, tell: impl FnOnce(&mut Vec<u8>)) {
        self.name(name);
        tell(self.out);
    }

    fn put(&mut self, name: &str, value: impl Serialize) -> &mut Self {
        self.tell(name, |out| json(out, value))
    }

    /// Names are names of fields and tags of languages, in which nothing has to be escaped.
    fn name(&mut self, name: &str) {
        let begin: &[u8] = if std::mem::take(&mut self.is_first) { b"\"" } else { b",\"" };
        self.out.extend_from_slice(begin);
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}

#[derive(Clone, Copy)]
struct Teller<'p, 'r, 'a> {
    place: &'p Place<'r, 'a>,
}

impl Teller<'_, '_, '_> {
    fn shop(self, out: &mut Vec<u8>) {
        let site = self.place.site;
        let tags: Vec<&str> = site.locales.iter().map(|locale| locale.tag()).collect();
        object(out, |facts| {
            facts
                .tell("name", |out| self.text(out, &site.name))
                .tell("tagline", |out| self.some(out, site.tagline.as_ref()))
                .tell("description", |out| self.some(out, site.description.as_ref()))
                .tell("url", |out| self.addresses(out, Page::Home))
                .put("languages", tags)
                .put("currency", site.currency.map(|currency| currency.code()))
                .tell("photo", |out| self.photo(out, site.cover.as_ref()))
                .tell("contact", |out| self.contact(out, &site.order.channels))
                .tell("order_note", |out| self.some(out, site.order.note.as_ref()))
                .tell("shipping", |out| self.shipping(out, &site.shipping));
        });
    }

    fn contact(self, out: &mut Vec<u8>, channels: &[Channel]) {
        let links = order::links(channels, None, "contact", &self.place.parts.words);
        array(out, links, |out, link| {
            object(out, |facts| {
                facts.put("channel", link.channel).put("address", link.address);
            });
        });
    }

    fn shipping(self, out: &mut Vec<u8>, shipping: &Shipping) {
        object(out, |facts| {
            facts
                .put("from", shipping.from.map(|country| country.code()))
                .put("packing_g", (shipping.packing_g > 0).then_some(shipping.packing_g))
                .tell("zones", |out| array(out, &shipping.zones, |out, zone| self.zone(out, zone)))
                .tell("pooled", |out| {
                    array(out, self.place.open_pooled(), |out, pooled| self.pooled(out, pooled));
                })
                .tell("blackout", |out| blackout(out, &shipping.blackout))
                .tell("returns", |out| returns(out, shipping.returns))
                .tell("note", |out| self.some(out, shipping.note.as_ref()));
        });
    }

    fn pooled(self, out: &mut Vec<u8>, pooled: &Pooled) {
        object(out, |facts| {
            facts
                .tell("name", |out| self.text(out, &pooled.name))
                .put("country", pooled.country.code())
                .put("closes", day(pooled.closes))
                .tell("fetch_at", |out| self.some(out, pooled.fetch_at.as_ref()));
            tariff(facts, &pooled.tariff);
            let makers = pooled.makers.as_ref().map(|makers| {
                let ids = makers.iter().map(|ix| self.place.site.producer(*ix).id.as_str());
                ids.collect::<Vec<_>>()
            });
            facts.put("days", pooled.days).put("makers", makers);
        });
    }

    fn zone(self, out: &mut Vec<u8>, zone: &Zone) {
        object(out, |facts| {
            facts.tell("name", |out| self.text(out, &zone.name));
            match &zone.area {
                Area::Countries(countries) => facts.tell("countries", |out| {
                    codes(out, countries.iter().map(|country| country.code()));
                }),
                Area::Elsewhere => facts.put("countries", ["*"]),
                Area::Pickup => facts.put("pickup", true),
            };
            tariff(facts, &zone.tariff);
            if let Some(from) = zone.free_from {
                facts.tell("free_from", |out| money(out, from));
            }
            facts.put("days", zone.days).tell("last_ship", |out| {
                array(out, &zone.last_ship, |out, last| {
                    object(out, |facts| {
                        facts.tell("name", |out| self.text(out, &last.name));
                        facts.put("date", day(last.date));
                    });
                });
            });
        });
    }

    fn maker(self, out: &mut Vec<u8>, ix: ProducerIx) {
        let maker: &Producer = self.place.site.producer(ix);
        object(out, |facts| {
            facts
                .put("id", maker.id.as_str())
                .tell("url", |out| self.addresses(out, Page::Producer(ix, 1)))
                .tell("name", |out| self.text(out, &maker.name))
                .tell("description", |out| self.some(out, maker.description.as_ref()))
                .tell("place", |out| self.some(out, maker.place.as_ref()))
                .tell("people", |out| self.some(out, maker.people.as_ref()))
                .tell("crafts", |out| self.texts(out, &maker.crafts))
                .tell("speaks", |out| self.texts(out, &maker.speaks))
                .tell("photo", |out| self.photo(out, maker.photo.as_ref()))
                .tell("contact", |out| self.contact(out, &maker.channels))
                .tell("story_html", |out| self.prose(out, &maker.body));
        });
    }

    fn design(self, out: &mut Vec<u8>, ix: DesignIx) {
        let design: &Design = self.place.site.design(ix);
        object(out, |facts| {
            facts
                .put("id", design.id.as_str())
                .tell("url", |out| self.addresses(out, Page::Design(ix, 1)))
                .tell("name", |out| self.text(out, &design.name))
                .tell("description", |out| self.some(out, design.description.as_ref()))
                .tell("holder", |out| self.some(out, design.holder.as_ref()))
                .put("holder_kind", design.holder_kind.map(|kind| kind.name()))
                .tell("designed_by", |out| self.some(out, design.designed_by.as_ref()))
                .put("kind", &design.kind)
                .tell("technique", |out| self.some(out, design.technique.as_ref()))
                .tell("materials", |out| self.texts(out, &design.materials))
                .tell("motifs", |out| self.texts(out, &design.motifs))
                .tell("place", |out| self.some(out, design.place.as_ref()))
                .tell("said_to_date_from", |out| self.some(out, design.said_to_date_from.as_ref()))
                .tell("attribution", |out| self.some(out, design.attribution.as_ref()))
                .tell("not_claimed", |out| self.some(out, design.not_claimed.as_ref()))
                .tell("also_used_by", |out| self.some(out, design.also_used_by.as_ref()))
                .put("date", design.date.map(day))
                .tell("photos", |out| self.photos(out, &design.photos))
                .tell("story_html", |out| self.prose(out, &design.body));
        });
    }

    fn product(self, out: &mut Vec<u8>, ix: ProductIx) {
        let site = self.place.site;
        let product: &Product = site.product(ix);
        object(out, |facts| {
            facts
                .put("id", product.id.as_str())
                .tell("url", |out| self.addresses(out, Page::Product(ix)))
                .tell("name", |out| self.text(out, &product.name))
                .tell("description", |out| self.some(out, product.description.as_ref()))
                .tell("price", |out| price(out, product.price))
                .tell("availability", |out| availability(out, product.availability))
                .put(
                    "stage",
                    Stage::ALL
                        .iter()
                        .find_map(|(stage, name)| (*stage == product.stage).then_some(*name)),
                )
                .put("made_to_order", product.is_made_to_order.then_some(true))
                .tell("options", |out| {
                    array(out, &product.options, |out, option| self.option(out, option));
                })
                .tell("variants", |out| {
                    array(out, &product.variants, |out, one| self.variant(out, product, one));
                })
                .tell("photos", |out| self.photos(out, &product.photos))
                .tell("makers", |out| {
                    codes(out, product.made_by.iter().map(|ix| site.producer(*ix).id.as_str()));
                })
                .tell("supplied_by", |out| {
                    array(out, &product.supplied_by, |out, supplier| {
                        let maker = supplier.producer.map(|ix| site.producer(ix).id.as_str());
                        object(out, |facts| {
                            facts.tell("name", |out| self.text(out, &supplier.name));
                            facts.put("maker", maker);
                        });
                    });
                })
                .tell("designs", |out| {
                    codes(out, product.designs.iter().map(|ix| site.design(*ix).id.as_str()));
                })
                .tell("lists", |out| self.lists(out, product))
                .put("kind", product.kind.map(|kind| kind.name()))
                .put("lead_time_days", product.lead_time_days)
                .put("capacity_per_month", product.capacity_per_month)
                .put("minimum_order", product.minimum_order)
                .put("maximum_order", product.maximum_order)
                .tell("blackout", |out| blackout(out, &product.blackout))
                .tell("materials", |out| {
                    array(out, &product.materials, |out, material| self.material(out, material));
                })
                .tell("not_to", |out| places(out, &product.not_to))
                .tell("technique", |out| self.some(out, product.technique.as_ref()))
                .tell("size", |out| self.some(out, product.size.as_ref()))
                .tell("care", |out| self.some(out, product.care.as_ref()))
                .put("weight_g", product.weight_g)
                .put("packed_weight_g", product.packed_weight_g)
                .put("sku", &product.sku)
                .put("gtin", &product.gtin)
                .put("pay", &product.pay)
                .put("google_category", &product.google_category)
                .tell("payment_to_maker", |out| self.some(out, product.payment_to_maker.as_ref()))
                .put("date", product.date.map(day));
            self.particulars(facts, product);
            facts.tell("story_html", |out| {
                self.by_language(out, &product.body, |place| Some(place.story(ix)?.html));
            });
        });
    }

    /// The terms of a product by the kind of their list; makers are told by themselves.
    fn lists(self, out: &mut Vec<u8>, product: &Product) {
        let site = self.place.site;
        object(out, |facts| {
            for list in site.lists.iter().filter(|list| list.kind != ListKind::Maker) {
                let terms = product.terms.iter();
                let terms = terms.filter(|(ix, _)| site.list(*ix).kind == list.kind);
                facts.tell(list.kind.name(), |out| {
                    array(out, terms, |out, (_, term)| {
                        let term = &list.terms[term.at()];
                        object(out, |facts| {
                            facts.put("id", term.id.as_str());
                            facts.tell("name", |out| self.text(out, &term.name));
                        });
                    });
                });
            }
        });
    }

    /// The facts of the kinds, by the names of their fields in the files of the site.
    fn particulars(self, facts: &mut Facts<'_>, product: &Product) {
        let told = &*product.particulars;
        if let Some(allergens) = &told.allergens {
            // An empty list says something here: there is none of it.
            facts.tell_even_if_empty("allergens", |out| {
                array(out, allergens, |out, allergen| match allergen {
                    Allergen::Known(known) => json(out, known.name()),
                    Allergen::Other(text) => self.text(out, text),
                });
            });
        }
        facts
            .tell("ingredients", |out| self.some(out, told.ingredients.as_ref()))
            .tell("net_quantity", |out| self.some(out, told.net_quantity.as_ref()))
            .put("shelf_life_days", told.shelf_life_days)
            .put("best_before", told.best_before.map(day))
            .put("batch", &told.batch)
            .tell("storage", |out| self.some(out, told.storage.as_ref()));
        if let Some(values) = &told.nutrition {
            facts.tell("nutrition", |out| nutrition(out, values));
        }
        facts
            .put("alcohol_percent", tenths(told.alcohol_permille))
            .put("pao_months", told.pao_months)
            .tell("responsible_person", |out| self.some(out, told.responsible_person.as_ref()))
            .tell("warnings", |out| self.some(out, told.warnings.as_ref()))
            .tell("fibres", |out| {
                array(out, &told.fibres, |out, fibre| {
                    object(out, |facts| {
                        facts.tell("name", |out| self.text(out, &fibre.name));
                        facts.put("percent", fibre.percent);
                    });
                });
            })
            .tell("species", |out| {
                array(out, &told.species, |out, species| {
                    object(out, |facts| {
                        facts.tell("name", |out| self.text(out, &species.name));
                        facts.put("latin", &species.latin);
                    });
                });
            })
            .tell("tanning", |out| self.some(out, told.tanning.as_ref()))
            .tell("metal", |out| self.some(out, told.metal.as_ref()))
            .put("hallmark", &told.hallmark)
            .tell("stones", |out| self.some(out, told.stones.as_ref()))
            .put("food_safe", told.food_safe)
            .put("age_from", told.age_from_years)
            .put("isbn", &told.isbn)
            .put("pages", told.pages)
            .put("text_languages", &told.text_languages)
            .tell("duration", |out| self.some(out, told.duration.as_ref()))
            .tell("place", |out| self.some(out, told.place.as_ref()));
    }

    fn option(self, out: &mut Vec<u8>, option: &ProductOption) {
        object(out, |facts| {
            facts
                .tell("name", |out| self.text(out, &option.name))
                .tell("values", |out| self.texts(out, &option.values));
        });
    }

    fn variant(self, out: &mut Vec<u8>, product: &Product, variant: &Variant) {
        object(out, |facts| {
            facts
                .put("id", variant.id.as_str())
                .put("of", &variant.of)
                .tell("price", |out| price(out, variant.price))
                .tell("availability", |out| availability(out, variant.availability))
                .put("made_to_order", variant.is_made_to_order.then_some(true))
                .tell("photo", |out| {
                    let photo = variant.photo.and_then(|at| product.photos.get(at as usize));
                    self.photo(out, photo);
                })
                .put("sku", &variant.sku)
                .put("gtin", &variant.gtin)
                .put("weight_g", variant.weight_g);
        });
    }

    fn material(self, out: &mut Vec<u8>, material: &Material) {
        object(out, |facts| {
            facts
                .tell("name", |out| self.text(out, &material.name))
                .tell("origin", |out| self.some(out, material.origin.as_ref()))
                .tell("flags", |out| codes(out, material.flags.iter().map(|flag| flag.name())))
                .tell("permits", |out| {
                    array(out, &material.permits, |out, permit| self.permit(out, permit));
                })
                .tell("not_to", |out| places(out, &material.not_to));
        });
    }

    fn permit(self, out: &mut Vec<u8>, permit: &Permit) {
        object(out, |facts| {
            facts
                .tell("flags", |out| codes(out, permit.flags.iter().map(|flag| flag.name())))
                .tell("to", |out| places(out, &permit.to))
                .tell("says", |out| self.some(out, permit.says.as_ref()));
        });
    }

    /// A text by language.
    fn text(self, out: &mut Vec<u8>, text: &Text) {
        object(out, |facts| {
            for (locale, text) in text.entries() {
                facts.put(self.place.site.locale(locale).tag(), text);
            }
        });
    }

    fn some(self, out: &mut Vec<u8>, text: Option<&Text>) {
        match text {
            Some(text) => self.text(out, text),
            None => json(out, ()),
        }
    }

    fn texts(self, out: &mut Vec<u8>, texts: &[Text]) {
        array(out, texts, |out, text| self.text(out, text));
    }

    /// A story by language, as HTML with whole addresses.
    fn prose(self, out: &mut Vec<u8>, prose: &Prose) {
        self.by_language(out, prose, |place| Some(place.prose(prose)?.html));
    }

    /// HTML in each language in which a story is written.
    fn by_language(
        self,
        out: &mut Vec<u8>,
        prose: &Prose,
        html: impl Fn(&Place<'_, '_>) -> Option<String>,
    ) {
        object(out, |facts| {
            for (locale, _) in prose.entries() {
                let place = Place::elsewhere(self.place.routes, locale);
                facts.put(
                    self.place.site.locale(locale).tag(),
                    place.and_then(|place| html(&place)),
                );
            }
        });
    }

    /// The addresses of a page by language.
    fn addresses(self, out: &mut Vec<u8>, page: Page) {
        let site = self.place.site;
        object(out, |facts| {
            for locale in site.locale_ixs() {
                let url = self.place.linker.page(&self.place.routes.dir(locale, page));
                facts.put(site.locale(locale).tag(), url);
            }
        });
    }

    fn photo(self, out: &mut Vec<u8>, photo: Option<&PhotoRef>) {
        match photo.zip(self.place.absolute_photo(photo)) {
            Some((photo, url)) => object(out, |facts| {
                facts.put("url", url);
                facts.tell("alt", |out| self.some(out, photo.alt.as_ref()));
            }),
            None => json(out, ()),
        }
    }

    fn photos(self, out: &mut Vec<u8>, photos: &[PhotoRef]) {
        let there = photos.iter().filter(|photo| self.place.absolute_photo(Some(photo)).is_some());
        array(out, there, |out, photo| self.photo(out, Some(photo)));
    }
}

fn money(out: &mut Vec<u8>, money: Money) {
    object(out, |facts| {
        facts.put("amount", money.to_major()).put("currency", money.currency.code());
    });
}

fn price(out: &mut Vec<u8>, price: Price) {
    match price {
        Price::Fixed(amount) => money(out, amount),
        Price::Range(range) => object(out, |facts| {
            facts
                .put("from", range.low.to_major())
                .put("to", range.high.to_major())
                .put("currency", range.low.currency.code());
        }),
        Price::OnRequest => json(out, "on request"),
    }
}

fn availability(out: &mut Vec<u8>, availability: Availability) {
    let (state, count) = match availability {
        Availability::InStock(count) => (Some("in stock"), Some(count)),
        Availability::SoldOut => (Some("sold out"), None),
        Availability::MadeToOrder => (Some("made to order"), None),
        Availability::OneOfAKind => (Some("one of a kind"), None),
        Availability::Unstated => (None, None),
    };
    object(out, |facts| {
        facts.put("state", state).put("count", count);
    });
}

/// Grams of a hundred as fractions.
fn nutrition(out: &mut Vec<u8>, values: &Nutrition) {
    object(out, |facts| {
        facts
            .put("energy_kj", values.energy_kj)
            .put("energy_kcal", values.energy_kcal)
            .put("fat", tenths(values.fat))
            .put("saturates", tenths(values.saturates))
            .put("carbohydrate", tenths(values.carbohydrate))
            .put("sugars", tenths(values.sugars))
            .put("fibre", tenths(values.fibre))
            .put("protein", tenths(values.protein))
            .put("salt", tenths(values.salt));
    });
}

fn tenths(amount: Option<u32>) -> Option<f64> {
    amount.map(|n| f64::from(n) / 10.0)
}

fn day(date: Date) -> String {
    date.to_string()
}

fn codes<'c>(out: &mut Vec<u8>, codes: impl Iterator<Item = &'c str>) {
    array(out, codes, json);
}

fn places(out: &mut Vec<u8>, places: &[Destination]) {
    codes(out, places.iter().map(|place| place.code()));
}

fn returns(out: &mut Vec<u8>, returns: Option<Returns>) {
    let Some(returns) = returns else { return json(out, ()) };
    let paid_by = PaidBy::ALL.iter().find(|(who, _)| *who == returns.paid_by);
    object(out, |facts| {
        facts.put("days", returns.days).put("paid_by", paid_by.map(|(_, name)| *name));
    });
}

/// What it costs to send something.
fn tariff(facts: &mut Facts<'_>, tariff: &Tariff) {
    match tariff {
        Tariff::Flat(price) => facts.tell("price", |out| money(out, *price)),
        Tariff::ByWeight(rates) => facts.tell("rates", |out| {
            array(out, rates, |out, rate| {
                object(out, |facts| {
                    facts.put("to_g", rate.to_g);
                    facts.tell("price", |out| money(out, rate.price));
                });
            });
        }),
        Tariff::Shared { cost, full_g } => {
            facts.tell("cost", |out| money(out, *cost)).put("full_g", *full_g)
        }
        Tariff::OnRequest => facts.put("price", "on request"),
        Tariff::Fetched => facts,
    };
}

/// Months of every year as numbers, days as two dates.
fn blackout(out: &mut Vec<u8>, blackout: &Blackout) {
    array(out, &blackout.times, |out, time| match time {
        BlackoutTime::Month(month) => json(out, month),
        BlackoutTime::Days(from, to) => json(out, [day(*from), day(*to)]),
    });
}
