//! What the page of a product says of it, and what it costs to send things.

use std::borrow::Cow;

use super::super::order::{self, Message};
use super::{Page, PhotoRef, Place, view};
use crate::model::{
    Allergen, Area, Audience, Availability, BlackoutTime, Channel, Country, Date, Destination,
    Locale, Money, Nutrition, PaidBy, Pooled, Price, ProducerIx, Product, Quote, Reach, Returns,
    Shipping, Stage, Supplier, Tariff, Variant, Zone,
};
use crate::theme::view::Phrase;

/// A list of choices with more entries than this has no pictures.
const PICTURED_CHOICES: usize = 24;

impl Place<'_, '_> {
    // ---- choosing and ordering ----

    /// The ways to order a product, or a variant of it, with the text filled in. Names that would make an address longer
    /// than its program takes are cut.
    pub(super) fn order_links(
        &self,
        product: &Product,
        variant: Option<&Variant>,
        channels: &[Channel],
        verb: &str,
        url: Option<&str>,
    ) -> Vec<view::OrderLink> {
        /// How many characters of each name are told, as long as it does not fit.
        const ROOM: [usize; 4] = [usize::MAX, 80, 40, 20];
        let words = &self.parts.words;
        let told = |room| {
            let message = self.order_message(product, variant, verb, url, room);
            (order::links(channels, Some(&message), verb, words), message)
        };
        let mut all = ROOM.into_iter().map(told);
        let fitting = all.find(|(links, message)| order::fits(links, message));
        fitting.unwrap_or_else(|| told(ROOM[ROOM.len() - 1])).0
    }

    /// The text of an order: what is asked for, its number, choice, price and quantity, and the address of its page.
    /// The script of the page knows these lines, and puts in their place what is chosen there.
    fn order_message(
        &self,
        product: &Product,
        variant: Option<&Variant>,
        verb: &str,
        url: Option<&str>,
        room: usize,
    ) -> Message {
        let told = |text| order::shortened(self.text(text), room);
        let name = told(&product.name);
        let number = order::shortened(number(product, variant), room);
        let mut body = format!("{}\n{name} ({number})", self.word(&format!("{verb}_hello")));
        let mut line = |text: &str| {
            body.push('\n');
            body.push_str(text);
        };
        for (at, option) in product.options.iter().enumerate() {
            let value = variant.and_then(|variant| variant.of.get(at));
            // Without a choice the buyer fills in what stands open.
            let value = value.map_or(Cow::from("…"), |at| told(&option.values[usize::from(*at)]));
            line(&self.labelled(&told(&option.name), &value));
        }
        let price = variant.map_or(product.price, |variant| variant.price);
        if let Some(price) = self.price(price).filter(|_| price != Price::OnRequest) {
            line(&price);
        }
        let availability = variant.map_or(product.availability, |variant| variant.availability);
        if product.is_for_sale() && availability != Availability::SoldOut {
            let least = self.number(product.minimum_order.unwrap_or(1));
            line(&self.labelled(self.word("quantity"), &least));
        }
        if let Some(url) = url {
            line(url);
        }
        let subject = self.parts.words.fill(&format!("{verb}_subject"), &[("name", &name)]);
        Message { subject, body }
    }

    /// What a buyer chooses, each combination with its link.
    pub(super) fn choices(
        &self,
        product: &Product,
        channels: &[Channel],
        verb: &'static str,
        url: Option<&str>,
    ) -> Option<view::Choices> {
        if product.variants.is_empty() {
            return None;
        }
        let first = product.variants.first()?;
        let prices_differ = product.variants.iter().any(|v| v.price != first.price);
        let can_be_had_alike = product
            .variants
            .iter()
            .all(|v| v.availability == first.availability && first.photo.is_none());
        let is_short = product.variants.len() <= PICTURED_CHOICES;
        // A telephone takes no text, so it is the same for every choice and stands above.
        let channel: Vec<Channel> = channels
            .iter()
            .filter(|channel| !matches!(channel, Channel::Phone(_)))
            .take(1)
            .cloned()
            .collect();
        let rows = product.variants.iter().map(|variant| {
            let verb = match (verb, variant.availability, variant.price) {
                ("ask", ..) | (_, Availability::SoldOut, _) | (_, _, Price::OnRequest) => "ask",
                (_, Availability::OneOfAKind, _) => "reserve",
                _ => "order",
            };
            let values: Vec<Phrase> =
                variant.values(product).map(|text| self.phrase(text)).collect();
            let mut links = self.order_links(product, Some(variant), &channel, verb, url);
            let spoken: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
            let short = self.word(&format!("{verb}_this")).to_owned();
            let order = links.pop().map(|link| view::OrderLink { label: short.clone(), ..link });
            let photo = variant.photo.filter(|_| is_short);
            let photo = photo.and_then(|at| product.photos.get(at as usize));
            view::Choice {
                id: variant.id.to_string(),
                label: self.labelled(&short, &spoken.join(self.word("list_comma"))),
                values,
                price: prices_differ.then(|| self.price(variant.price)).flatten(),
                availability: self.stock(variant.availability).filter(|_| !can_be_had_alike),
                is_sold_out: variant.availability == Availability::SoldOut,
                photo: photo.and_then(|photo: &PhotoRef| self.picture(photo)),
                order,
            }
        });
        let texts = product.options.iter();
        let mut texts =
            texts.flat_map(|option| std::iter::once(&option.name).chain(&option.values));
        Some(view::Choices {
            names: product.options.iter().map(|option| self.phrase(&option.name)).collect(),
            rows: rows.collect(),
            is_untranslated: texts.any(|text| !text.has(self.locale)),
        })
    }

    /// How far a product has come that is not for sale yet.
    pub(super) fn stage(&self, product: &Product) -> Option<String> {
        let word = match product.stage {
            Stage::Idea => "stage_idea",
            Stage::Prototype => "stage_prototype",
            Stage::Sample => "stage_sample",
            Stage::Tested => "stage_tested",
            Stage::ForSale => return None,
        };
        Some(self.word(word).to_owned())
    }

    fn stock(&self, availability: Availability) -> Option<String> {
        /// More than this many ready ones need no number.
        const FEW: u32 = 5;
        Some(match availability {
            Availability::InStock(count @ 1..=FEW) => {
                self.counted("in_stock_count", "count", count)
            }
            Availability::InStock(_) => self.word("in_stock").to_owned(),
            Availability::SoldOut => self.word("sold_out").to_owned(),
            Availability::MadeToOrder => self.word("made_to_order").to_owned(),
            Availability::OneOfAKind => self.word("only_one").to_owned(),
            Availability::Unstated => return None,
        })
    }

    /// Whether and how soon a product can be had, in sentences.
    pub(super) fn availability(&self, product: &Product) -> Vec<Phrase> {
        let mut out: Vec<String> = Vec::new();
        if !product.is_for_sale() {
            return Vec::new();
        }
        let is_sold_out = product.availability == Availability::SoldOut;
        out.extend(self.stock(product.availability));
        let is_ready = matches!(product.availability, Availability::InStock(_));
        // With variants each row says it of itself.
        if is_ready && product.is_made_to_order && product.variants.is_empty() {
            out.push(self.word("made_to_order").to_owned());
        }
        if let Some(days) = product.lead_time_days.filter(|_| !is_sold_out) {
            out.push(self.counted("lead_time", "days", days));
        }
        let own = product.blackout.from(self.today());
        let shops = self.site.shipping.blackout.from(self.today());
        out.extend(self.away(own.chain(shops)));
        out.iter().map(|line| self.phrase_here(line)).collect()
    }

    pub(super) fn today(&self) -> Date {
        self.routes.today()
    }

    fn away(&self, times: impl Iterator<Item = BlackoutTime>) -> Option<String> {
        let words = &self.parts.words;
        let dates = &self.parts.dates;
        let range = |from: &str, to: &str| words.fill("date_range", &[("from", from), ("to", to)]);
        let (mut months, mut days) = (Vec::new(), Vec::new());
        for time in times {
            match time {
                BlackoutTime::Month(month) => months.push(month),
                BlackoutTime::Days(from, to) if from == to => days.push(dates.marked(from)),
                BlackoutTime::Days(from, to) => {
                    days.push(range(&dates.marked(from), &dates.marked(to)));
                }
            }
        }
        let mut said: Vec<String> = Vec::new();
        for (from, to) in in_a_row(&months) {
            let (first, last) = (dates.month(from), dates.month(to));
            said.push(if from == to { first } else { range(&first, &last) });
        }
        if !said.is_empty() {
            let months = said.join(self.word("list_comma"));
            said = vec![words.fill("every_year", &[("month", &months)])];
        }
        for time in days {
            if !said.contains(&time) {
                said.push(time);
            }
        }
        let times = said.join(self.word("list_comma"));
        (!said.is_empty()).then(|| words.fill("away", &[("times", &times)]))
    }

    // ---- what is known about it ----

    /// What is known about a product, in the order in which buyers ask.
    pub(super) fn product_facts(&self, product: &Product) -> Vec<view::Fact> {
        let told = &*product.particulars;
        let words = &self.parts.words;
        let money = &self.parts.money;
        let counted = |word: &str, count: u32| self.counted(word, "count", count);
        let mut out = Vec::new();
        let materials: Vec<Phrase> =
            product.materials.iter().map(|m| self.phrase(&m.name)).collect();
        self.values(&mut out, "materials", materials);
        let fibres = told.fibres.iter().map(|fibre| {
            let name = self.phrase(&fibre.name);
            let percent = money.number(fibre.percent.into(), 0);
            let values = [("percent", percent.as_str()), ("name", name.text.as_str())];
            Phrase { text: words.fill("fibre", &values), ..name }
        });
        self.values(&mut out, "fibres", fibres.collect());
        let species = told.species.iter().map(|species| {
            let name = self.phrase(&species.name);
            match &species.latin {
                Some(latin) => Phrase { text: format!("{} ({latin})", name.text), ..name },
                None => name,
            }
        });
        self.values(&mut out, "species", species.collect());
        self.fact(&mut out, "tanning", told.tanning.as_ref());
        self.fact(&mut out, "metal", told.metal.as_ref());
        self.plain(&mut out, "hallmark", told.hallmark.clone());
        self.fact(&mut out, "stones", told.stones.as_ref());
        self.fact(&mut out, "technique", product.technique.as_ref());
        self.fact(&mut out, "size", product.size.as_ref());
        self.fact(&mut out, "net_quantity", told.net_quantity.as_ref());
        let weight = self.weights(product).filter(|_| product.is_sent());
        self.plain(&mut out, "weight", weight);
        self.fact(&mut out, "ingredients", told.ingredients.as_ref());
        if let Some(allergens) = &told.allergens {
            self.values(&mut out, "allergens", self.allergens(allergens));
        }
        let alcohol = told.alcohol_permille.map(|tenths| money.number(tenths.into(), 1));
        self.plain(
            &mut out,
            "alcohol",
            alcohol.map(|count| words.fill("alcohol_volume", &[("count", &count)])),
        );
        if let Some(nutrition) = &told.nutrition {
            self.values(&mut out, "nutrition", self.nutrition(nutrition));
        }
        self.plain(&mut out, "keeps", told.shelf_life_days.map(|days| counted("days", days)));
        self.plain(
            &mut out,
            "best_before",
            told.best_before.map(|day| self.parts.dates.marked(day)),
        );
        self.plain(&mut out, "pao", told.pao_months.map(|months| counted("months", months)));
        self.fact(&mut out, "storage", told.storage.as_ref());
        self.plain(&mut out, "batch", told.batch.clone());
        let food_safe = told.food_safe.map(|is| if is { "food_safe_yes" } else { "food_safe_no" });
        self.plain(&mut out, "food_safe", food_safe.map(|word| self.word(word).to_owned()));
        self.plain(&mut out, "age", told.age_from_years.map(|years| counted("age_from", years)));
        self.fact(&mut out, "warnings", told.warnings.as_ref());
        self.fact(&mut out, "responsible_person", told.responsible_person.as_ref());
        let languages = told.text_languages.iter().map(|tag| {
            let name = tag.parse::<Locale>().map(|locale| locale.own_name().to_owned());
            self.phrase_here(&name.unwrap_or_else(|_| tag.clone()))
        });
        self.values(&mut out, "text_languages", languages.collect());
        self.plain(&mut out, "page_count", told.pages.map(|pages| self.number(pages)));
        self.plain(&mut out, "isbn", told.isbn.clone());
        self.fact(&mut out, "duration", told.duration.as_ref());
        self.fact(&mut out, "place", told.place.as_ref());
        self.fact(&mut out, "care", product.care.as_ref());
        self.suppliers(&mut out, product);
        self.fact(&mut out, "payment_to_maker", product.payment_to_maker.as_ref());
        let monthly = product.capacity_per_month;
        self.plain(&mut out, "capacity", monthly.map(|count| counted("per_month", count)));
        let pool = product.pool.iter().map(|share| {
            let name = self.text(&self.site.producer(share.maker).name);
            self.phrase_here(&self.labelled(name, &counted("per_month", share.per_month)))
        });
        self.values(&mut out, "pool", pool.collect());
        let minimum = product.minimum_order.filter(|n| *n > 1);
        self.plain(&mut out, "minimum_order", minimum.map(|n| self.number(n)));
        self.plain(&mut out, "maximum_order", product.maximum_order.map(|n| self.number(n)));
        self.plain(&mut out, "sku", product.sku.clone());
        out
    }

    /// What one piece weighs; with variants from the lightest to the heaviest.
    fn weights(&self, product: &Product) -> Option<String> {
        let of = |variant: &Variant| variant.weight_g.or(product.weight_g);
        let of_each: Vec<u32> = product.variants.iter().filter_map(of).collect();
        // What some weigh says nothing of the others.
        if of_each.len() < product.variants.len() {
            return None;
        }
        let lightest = of_each.iter().min().copied().or(product.weight_g)?;
        let heaviest = of_each.into_iter().max().unwrap_or(lightest);
        let span = if lightest == heaviest {
            self.number(lightest)
        } else {
            format!("{}–\u{2060}{}", self.number(lightest), self.number(heaviest))
        };
        Some(self.grams(&span))
    }

    /// An amount in grams, which no line is broken in.
    fn grams(&self, count: &str) -> String {
        self.parts.words.fill("grams", &[("count", count)]).replace(' ', "\u{a0}")
    }

    fn plain(&self, out: &mut Vec<view::Fact>, word: &str, value: Option<String>) {
        if let Some(value) = value {
            let values = vec![self.phrase_here(&value).into()];
            out.push(view::Fact::new(self.word(word).to_owned(), values));
        }
    }

    fn values(&self, out: &mut Vec<view::Fact>, word: &str, values: Vec<Phrase>) {
        if !values.is_empty() {
            let values = values.into_iter().map(view::Said::from).collect();
            out.push(view::Fact::new(self.word(word).to_owned(), values));
        }
    }

    /// From whom the maker has what she works with; whoever has a page here is named as she is called there.
    fn suppliers(&self, out: &mut Vec<view::Fact>, product: &Product) {
        let said = |supplier: &Supplier| match supplier.producer {
            Some(ix) => {
                let href = Some(self.href(Page::Producer(ix, 1)));
                view::Said { href, ..self.phrase(&self.site.producer(ix).name).into() }
            }
            None => self.phrase(&supplier.name).into(),
        };
        let values: Vec<view::Said> = product.supplied_by.iter().map(said).collect();
        if !values.is_empty() {
            out.push(view::Fact::new(self.word("supplied_by").to_owned(), values));
        }
    }

    fn allergens(&self, allergens: &[Allergen]) -> Vec<Phrase> {
        if allergens.is_empty() {
            return vec![self.phrase_here(self.word("allergens_none"))];
        }
        let one = |allergen: &Allergen| match allergen {
            Allergen::Known(known) => {
                self.phrase_here(self.word(&format!("allergen_{}", known.name())))
            }
            Allergen::Other(text) => self.phrase(text),
        };
        allergens.iter().map(one).collect()
    }

    fn nutrition(&self, nutrition: &Nutrition) -> Vec<Phrase> {
        let money = &self.parts.money;
        let mut out = Vec::new();
        let is_right_to_left = self.parts.direction == "rtl";
        let energy: Vec<String> = [(nutrition.energy_kj, "kJ"), (nutrition.energy_kcal, "kcal")]
            .into_iter()
            .filter_map(|(amount, unit)| {
                let text = amount.map(|n| format!("{}\u{a0}{unit}", money.number(n.into(), 0)))?;
                // Units in Latin letters would be torn from their numbers in a line from right to left.
                Some(if is_right_to_left { format!("\u{2068}{text}\u{2069}") } else { text })
            })
            .collect();
        if !energy.is_empty() {
            let text = format!("{} {}", self.word("nutrition_energy"), energy.join(" / "));
            out.push(self.phrase_here(&text));
        }
        for (word, amount) in [
            ("nutrition_fat", nutrition.fat),
            ("nutrition_saturates", nutrition.saturates),
            ("nutrition_carbohydrate", nutrition.carbohydrate),
            ("nutrition_sugars", nutrition.sugars),
            ("nutrition_fibre", nutrition.fibre),
            ("nutrition_protein", nutrition.protein),
            ("nutrition_salt", nutrition.salt),
        ] {
            if let Some(tenths) = amount {
                let grams = money.number(tenths.into(), 1);
                let amount = self.grams(&grams);
                out.push(self.phrase_here(&format!("{} {amount}", self.word(word))));
            }
        }
        out
    }

    /// The materials that a border may stop, with what the maker says of their way.
    pub(super) fn borders(&self, product: &Product) -> Vec<view::BorderMaterial> {
        let words = &self.parts.words;
        let asked = product
            .materials
            .iter()
            .filter(|material| material.origin.is_some() || material.is_restricted());
        let line = |material: &crate::model::Material| {
            let mut notes: Vec<String> = material
                .flags
                .iter()
                .map(|flag| {
                    self.word(&format!("flag_{}", flag.name().replace('-', "_"))).to_owned()
                })
                .collect();
            for permit in &material.permits {
                let places = self.destinations(&permit.to);
                let goes = words.fill("may_go_to", &[("places", &places)]);
                notes.push(match &permit.says {
                    Some(says) => format!("{goes} ({})", self.phrase(says).within()),
                    None => goes,
                });
            }
            if !material.not_to.is_empty() {
                let places = self.destinations(&material.not_to);
                notes.push(words.fill("not_sent_to", &[("places", &places)]));
            }
            if !material.flags.is_empty() && material.permits.is_empty() {
                notes.push(self.word("may_go_nowhere").to_owned());
            }
            view::BorderMaterial {
                name: self.phrase(&material.name),
                origin: material.origin.as_ref().map(|origin| {
                    let origin = self.phrase(origin);
                    let text = words.fill("material_from", &[("place", &origin.text)]);
                    Phrase { text, ..origin }
                }),
                notes: notes.iter().map(|note| self.phrase_here(note)).collect(),
            }
        };
        asked.map(line).collect()
    }

    fn destinations(&self, destinations: &[Destination]) -> String {
        let name = |destination: &Destination| match destination {
            Destination::Everywhere => self.word("everywhere").to_owned(),
            other => self.parts.words.country(other.code()).to_owned(),
        };
        destinations.iter().map(name).collect::<Vec<_>>().join(self.word("list_comma"))
    }

    // ---- shipping ----

    /// Where a product is sent, and what its smallest order costs to send.
    pub(super) fn product_shipping(&self, product: &Product) -> Option<view::ShippingBox> {
        let shipping = &self.site.shipping;
        if !shipping.has_places(self.today()) || !product.is_sent() || !product.is_for_sale() {
            return None;
        }
        let pooled = self.open_pooled().filter(|pooled| {
            pooled.takes(product) && product.may_go_to(pooled.country, shipping).is_ok()
        });
        let pooled = pooled.map(|pooled| {
            let quote = |weight: Option<u32>| {
                pooled.tariff.quote(weight.map(|g| g.saturating_add(shipping.packing_g)))
            };
            let price = self.price_to_send(product, quote);
            self.pooled_line(pooled, vec![view::ZonePrice { parcel: None, price }])
        });
        let zones = shipping.zones.iter().map(|zone| {
            let words = &self.parts.words;
            let reach = shipping.reach(zone, product);
            let stop = match &reach {
                Reach::Everywhere => None,
                Reach::Nowhere => Some(self.word("not_sent_here").to_owned()),
                Reach::Except(countries) => {
                    Some(words.fill("not_sent_to", &[("places", &self.countries(countries))]))
                }
                Reach::Only(countries) => {
                    Some(words.fill("only_sent_to", &[("places", &self.countries(countries))]))
                }
            };
            let is_sent = reach != Reach::Nowhere;
            let goods = product.price.lowest();
            let goods = goods.and_then(|one| one.times(product.least_pieces()));
            let quote = |weight| shipping.quote(zone, weight, goods);
            let price = is_sent.then(|| self.price_to_send(product, quote));
            view::ZoneLine {
                name: self.phrase(&zone.name),
                countries: None,
                prices: price
                    .map(|price| view::ZonePrice { parcel: None, price })
                    .into_iter()
                    .collect(),
                notes: if is_sent { self.zone_notes(zone) } else { Vec::new() },
                stop,
            }
        });
        Some(view::ShippingBox {
            from: None,
            note: None,
            zones: zones.chain(pooled).collect(),
            away: None,
            weights: None,
            returns: None,
            href: self.routes.shipping().map(|page| self.href(page)),
        })
    }

    /// What the smallest order, mostly one piece, costs to send, in words; "from" if its variants weigh differently. `quote` tells it of a weight.
    fn price_to_send(&self, product: &Product, quote: impl Fn(Option<u32>) -> Quote) -> String {
        let mut weights: Vec<Option<u32>> =
            product.variants.iter().map(|variant| product.least_parcel_g(Some(variant))).collect();
        if weights.is_empty() {
            weights.push(product.least_parcel_g(None));
        }
        let lightest = quote(weights.iter().flatten().min().copied());
        let unknown = weights.iter().any(Option::is_none);
        let heaviest = if unknown { None } else { weights.iter().flatten().max().copied() };
        let differs = quote(heaviest) != lightest;
        match lightest {
            Quote::Price(Money { minor: 0, .. }) => self.word("ship_free").to_owned(),
            Quote::Price(price) if differs => {
                let price = self.parts.money.format(price);
                self.parts.words.fill("price_from", &[("price", &price)])
            }
            Quote::Price(price) => self.parts.money.format(price),
            Quote::OnRequest | Quote::WeightUnknown => self.word("ship_asked").to_owned(),
            Quote::Fetched => self.word("ship_fetched").to_owned(),
            Quote::TooHeavy { .. } => self.word("ship_too_heavy").to_owned(),
        }
    }

    /// How long a parcel takes.
    pub(super) fn days_on_the_way(&self, from: u32, to: u32) -> String {
        if from == to {
            return self.counted("ship_days", "days", to);
        }
        let (first, last) = (self.number(from), self.number(to));
        let values = [("from", first.as_str()), ("to", last.as_str())];
        self.parts.words.count("ship_days_range", to.into(), &values)
    }

    fn zone_notes(&self, zone: &Zone) -> Vec<Phrase> {
        let words = &self.parts.words;
        let mut notes = Vec::new();
        if let Some(from) = zone.free_from {
            let price = self.parts.money.format(from);
            notes.push(words.fill("ship_free_from", &[("price", &price)]));
        }
        if let Some((from, to)) = zone.days {
            notes.push(self.days_on_the_way(from, to));
        }
        let today = self.today();
        for last in zone.last_ship.iter().filter(|last| last.date >= today) {
            let date = self.parts.dates.marked(last.date);
            let name = self.phrase(&last.name).within();
            notes.push(words.fill("last_ship", &[("name", &name), ("date", &date)]));
        }
        notes.iter().map(|note| self.phrase_here(note)).collect()
    }

    /// The shared shipments that orders of today go along with.
    pub(in crate::render) fn open_pooled(&self) -> impl Iterator<Item = &Pooled> {
        let today = self.today();
        self.site.shipping.pooled.iter().filter(move |pooled| pooled.is_open(today))
    }

    fn pooled_line(&self, pooled: &Pooled, prices: Vec<view::ZonePrice>) -> view::ZoneLine {
        let country = self.parts.words.country(pooled.country.code()).to_owned();
        let notes = self.pooled_notes(pooled).into_iter();
        view::ZoneLine {
            name: self.phrase(&pooled.name),
            countries: Some(country).filter(|country| country != self.text(&pooled.name)),
            prices,
            notes: notes.map(|note| self.phrase_here(&note)).collect(),
            stop: None,
        }
    }

    /// What is to be said of a shared shipment besides its price; days and texts of other languages are marked.
    pub(super) fn pooled_notes(&self, pooled: &Pooled) -> Vec<String> {
        let words = &self.parts.words;
        let date = self.parts.dates.marked(pooled.closes);
        let mut notes = vec![
            self.word("pooled_how").to_owned(),
            words.fill("pooled_closes", &[("date", &date)]),
        ];
        if let Some(makers) = &pooled.makers {
            let name = |ix: &ProducerIx| self.phrase(&self.site.producer(*ix).name).within();
            let names: Vec<String> = makers.iter().map(name).collect();
            let names = names.join(self.word("list_comma"));
            notes.push(
                words.fill("label_value", &[("label", self.word("makers")), ("value", &names)]),
            );
        }
        if let Some(place) = &pooled.fetch_at {
            let place = self.phrase(place).within();
            notes.push(words.fill("order_fetch", &[("name", &place)]));
        }
        notes.extend(pooled.days.map(|(from, to)| self.days_on_the_way(from, to)));
        notes
    }

    /// Names of countries; all of the European Union are named together.
    fn countries(&self, countries: &[Country]) -> String {
        let words = &self.parts.words;
        let union: Vec<Country> = Country::all().filter(|country| country.is_in_eu()).collect();
        let is_union_whole = union.iter().all(|country| countries.contains(country));
        let mut names: Vec<&str> = Vec::new();
        if is_union_whole {
            names.push(words.country("EU"));
        }
        let all = self.routes.in_order(self.locale).countries.iter();
        let others = all
            .filter(|country| countries.contains(country))
            .filter(|country| !(is_union_whole && country.is_in_eu()));
        names.extend(others.map(|country| words.country(country.code())));
        names.join(self.word("list_comma"))
    }

    /// Every zone with every price.
    pub(super) fn shipping_costs(&self) -> view::ShippingBox {
        let shipping = &self.site.shipping;
        let words = &self.parts.words;
        let zones = shipping.zones.iter().map(|zone| view::ZoneLine {
            name: self.phrase(&zone.name),
            countries: match &zone.area {
                Area::Countries(countries) => Some(self.countries(countries)),
                Area::Elsewhere => Some(self.word("everywhere_else").to_owned()),
                Area::Pickup => None,
            }
            .filter(|countries| countries != self.text(&zone.name)),
            prices: self.prices_to_send(&zone.tariff),
            notes: self.zone_notes(zone),
            stop: None,
        });
        let pooled = self.open_pooled().map(|pooled| {
            let prices = self.prices_to_send(&pooled.tariff);
            self.pooled_line(pooled, prices)
        });
        let tariffs = shipping.zones.iter().map(|zone| &zone.tariff);
        let goes_by_weight = tariffs
            .chain(self.open_pooled().map(|pooled| &pooled.tariff))
            .any(|tariff| matches!(tariff, Tariff::ByWeight(_) | Tariff::Shared { .. }));
        view::ShippingBox {
            from: shipping.from.map(|country| {
                words.fill("shipping_from", &[("country", words.country(country.code()))])
            }),
            note: self.phrase_of(shipping.note.as_ref()),
            zones: zones.chain(pooled).collect(),
            away: self
                .away(shipping.blackout.from(self.today()))
                .map(|text| self.phrase_here(&text)),
            weights: goes_by_weight.then(|| self.word("shipping_weights").to_owned()),
            returns: shipping.returns.map(|returns| self.returns(returns)),
            href: None,
        }
    }

    fn prices_to_send(&self, tariff: &Tariff) -> Vec<view::ZonePrice> {
        let one = |price: String| vec![view::ZonePrice { parcel: None, price }];
        let amount = |money: Money| match money.minor {
            0 => self.word("ship_free").to_owned(),
            _ => self.parts.money.format(money),
        };
        match tariff {
            Tariff::Flat(money) => vec![view::ZonePrice {
                parcel: Some(self.word("ship_every").to_owned()),
                price: amount(*money),
            }],
            Tariff::Shared { cost, full_g } => {
                let weight = self.weight(*full_g);
                vec![view::ZonePrice {
                    parcel: Some(self.parts.words.fill("ship_shared", &[("weight", &weight)])),
                    price: amount(*cost),
                }]
            }
            Tariff::OnRequest => one(self.word("ship_asked").to_owned()),
            Tariff::Fetched => one(self.word("ship_fetched").to_owned()),
            Tariff::ByWeight(rates) => rates
                .iter()
                .map(|rate| {
                    let weight = self.weight(rate.to_g);
                    view::ZonePrice {
                        parcel: Some(self.parts.words.fill("ship_up_to", &[("weight", &weight)])),
                        price: amount(rate.price),
                    }
                })
                .collect(),
        }
    }

    /// A weight in grams, or in kilograms from one on.
    fn weight(&self, grams: u32) -> String {
        let (digits, word) = if grams < 1000 { (0, "grams") } else { (3, "kilograms") };
        let count = self.parts.money.number(grams.into(), digits);
        self.parts.words.fill(word, &[("count", &count)]).replace(' ', "\u{a0}")
    }

    /// The page of all costs, where the maker wrote none.
    pub(super) fn shipping_page(&self, depth: usize) -> Result<String, String> {
        self.generated(depth, Page::Shipping, "shipping", |it| view::Free {
            shipping: Some(self.shipping_costs()),
            ..it
        })
    }

    /// A page that a maker may write herself, where she did not: called by a word, which names its section too.
    pub(super) fn generated(
        &self,
        depth: usize,
        page: Page,
        word: &str,
        tell: impl FnOnce(view::Free) -> view::Free,
    ) -> Result<String, String> {
        let name = self.word(word).to_owned();
        let it = tell(view::Free {
            name: self.phrase_here(&name),
            description: None,
            body: None,
            makers: Vec::new(),
            photo: None,
            contact: Vec::new(),
            shipping: None,
            privacy: Vec::new(),
            charter: None,
        });
        let of = [("shop", self.shop_name())];
        let description = self.parts.words.fill(&format!("describe_{word}"), &of);
        let mut head = self.head("free", Some(page), &self.title(&name), Some(description));
        head.section = word.to_owned();
        self.fill("free.html", head, &it, Some(depth))
    }

    fn returns(&self, returns: Returns) -> String {
        if returns.days == 0 {
            return self.word("returns_none").to_owned();
        }
        let days = self.counted("returns_days", "days", returns.days);
        let paid = match returns.paid_by {
            PaidBy::Buyer => self.word("returns_paid_by_buyer"),
            PaidBy::Shop => self.word("returns_paid_by_shop"),
        };
        format!("{days} {paid}")
    }

    // ---- for dealers ----

    /// Whom the pages are for, if not for everybody.
    pub(super) fn audience_notice(&self) -> Option<Phrase> {
        let word = match self.site.audience {
            Audience::Public => return None,
            Audience::Trade => "for_dealers_notice",
            Audience::Members => "for_members_notice",
        };
        let date = self.parts.dates.marked(self.today());
        Some(self.phrase_here(&self.parts.words.fill(word, &[("date", &date)])))
    }

    /// The terms for dealers; none in a site for anybody else, which has none.
    pub(super) fn trade_facts(&self, product: &Product) -> Vec<view::Fact> {
        let mut out = Vec::new();
        let Some(trade) = &product.trade else { return out };
        let words = &self.parts.words;
        let days = |count: u32| self.counted("days", "count", count);
        let breaks = trade.breaks.iter().map(|step| {
            let price = self.parts.money.format(step.price);
            let values = [("count", self.number(step.from)), ("price", price)];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            self.phrase_here(&words.fill("wholesale_break", &values))
        });
        self.values(&mut out, "wholesale_price", breaks.collect());
        self.plain(&mut out, "wholesale_minimum", trade.minimum.map(|n| self.number(n)));
        let lead = trade.lead_time_days.or(product.lead_time_days);
        self.plain(&mut out, "wholesale_lead_time", lead.map(days));
        let monthly = product.capacity_per_month;
        let monthly = monthly.map(|n| self.counted("per_month", "count", n));
        self.plain(&mut out, "capacity", monthly);
        self.plain(&mut out, "credit_days", trade.credit_days.map(days));
        let label = trade.private_label.map(|is| if is { "yes" } else { "no" });
        self.plain(&mut out, "private_label", label.map(|word| self.word(word).to_owned()));
        let terms = trade.terms.as_ref().map(|terms| {
            let said = format!("{} {}", terms.code, terms.place);
            if terms.is_incoterm { words.fill("incoterm", &[("terms", &said)]) } else { said }
        });
        self.plain(&mut out, "delivery_terms", terms);
        self.plain(&mut out, "hs", trade.hs.clone());
        self.fact(&mut out, "handicraft_basis", trade.handicraft_basis.as_ref());
        let packed = trade.packed_cm.map(|[length, width, height]| {
            let [length, width, height] = [length, width, height].map(|side| self.number(side));
            let size = format!("{length} × {width} × {height}");
            words.fill("centimetres", &[("size", &size)])
        });
        self.plain(&mut out, "packed_size", packed);
        let weight = product.packed_weight_g.map(|grams| self.weight(grams));
        self.plain(&mut out, "packed_weight", weight);
        self.fact(&mut out, "wholesale_note", trade.note.as_ref());
        out
    }
}

/// The number by which an order names a product, or a variant of it.
pub(super) fn number<'p>(product: &'p Product, variant: Option<&'p Variant>) -> &'p str {
    let own = variant.and_then(|variant| variant.sku.as_deref());
    own.or(product.sku.as_deref()).unwrap_or(product.id.as_str())
}

/// The words of the links by which a product is asked for.
pub(super) fn verb(product: &Product, shipping: &Shipping, day: Date) -> &'static str {
    let is_stuck = || {
        let goes_along = |pooled: &Pooled| {
            pooled.is_open(day)
                && pooled.takes(product)
                && product.may_go_to(pooled.country, shipping).is_ok()
        };
        match shipping.has_places(day) {
            false => product.to_ask_about(shipping, Some(day)).is_some(),
            true => {
                product.is_sent()
                    && !shipping.pooled.iter().any(goes_along)
                    && shipping
                        .zones
                        .iter()
                        .all(|zone| shipping.reach(zone, product) == Reach::Nowhere)
            }
        }
    };
    match (product.availability, product.price) {
        (Availability::SoldOut, _) | (_, Price::OnRequest) => "ask",
        _ if !product.is_for_sale() || product.is_too_few() || is_stuck() => "ask",
        (Availability::OneOfAKind, _) => "reserve",
        _ => "order",
    }
}

/// The months of a list as runs from one to another, over the new year too; a run of one has it twice.
fn in_a_row(months: &[u8]) -> Vec<(u8, u8)> {
    let (before, after) = (|month: u8| (month + 10) % 12 + 1, |month: u8| month % 12 + 1);
    let is_first = |month: &u8| months.contains(month) && !months.contains(&before(*month));
    let last = |first: u8| {
        let mut month = first;
        while months.contains(&after(month)) {
            month = after(month);
        }
        month
    };
    let runs: Vec<(u8, u8)> = (1..=12).filter(is_first).map(|first| (first, last(first))).collect();
    if runs.is_empty() && !months.is_empty() { vec![(1, 12)] } else { runs }
}

#[cfg(test)]
mod tests {
    use super::in_a_row;

    #[test]
    fn months_of_every_year_are_told_as_runs() {
        for (months, runs) in [
            (&[][..], &[][..]),
            (&[7], &[(7, 7)]),
            (&[6, 5, 6], &[(5, 6)]),
            (&[5, 6, 10], &[(5, 6), (10, 10)]),
            (&[1, 11, 12], &[(11, 1)]),
            (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], &[(1, 12)]),
        ] {
            assert_eq!(in_a_row(months), runs, "{months:?}");
        }
    }
}
