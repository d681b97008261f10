//! The part `[shipping]` of a site, and the times in which nothing is made or sent.

use std::collections::BTreeMap;

use crate::diag::{Diagnostic, Span, Spanned, codes};
use crate::model::{
    Area, Blackout, BlackoutTime, Country, Currency, Date, Destination, LastShip, PaidBy, Pooled,
    ProducerIx, Rate, Returns, Shipping, Tariff, Text, Zone,
};
use crate::read::Value;

use super::fields::Fields;
use super::{places, price};

/// The most shared shipments at a time.
const POOLED_MAX: usize = 20;

/// `[shipping]`, and whose goods go along with each shared shipment, as names.
#[derive(Default)]
pub(super) struct ShippingDraft {
    shipping: Shipping,
    /// For each of the shared shipments; `None` if everybody's go along.
    makers: Vec<Option<Vec<Spanned<String>>>>,
}

impl ShippingDraft {
    /// Looks up the makers of shared shipments. One that is hidden or not there takes no part.
    pub(super) fn resolve(
        self,
        mut find: impl FnMut(&Spanned<String>) -> Option<ProducerIx>,
    ) -> Shipping {
        let Self { mut shipping, makers } = self;
        for (pooled, names) in shipping.pooled.iter_mut().zip(makers) {
            pooled.makers = names.map(|names| names.iter().filter_map(&mut find).collect());
        }
        shipping.pooled.sort_by_key(|pooled| pooled.closes);
        shipping
    }
}

/// Reads `[shipping]`.
///
/// With a day, shared shipments that are over on it are named.
pub(super) fn shipping(
    fields: &mut Fields<'_>,
    currency: Option<Currency>,
    day: Option<Date>,
) -> ShippingDraft {
    let Some(mut group) = fields.sub("shipping", "the part [shipping]".to_owned()) else {
        return ShippingDraft::default();
    };
    let note = group.text("note");
    let from = places::country(&mut group, "from");
    let packing_g = group.number("packing_g", 0..=1_000_000).unwrap_or(0);
    let blackout = blackout(&mut group);
    let returns = returns(&mut group);
    let subs =
        group.subs("zones", "[{ name = \"Here\", countries = [\"PE\"], price = \"5.00\" }]", |n| {
            format!("zone {n}")
        });
    let mut written: Vec<(Fields<'_>, Vec<Spanned<Destination>>)> = subs
        .into_iter()
        .map(|mut sub| {
            let countries = places::destinations(&mut sub, "countries");
            (sub, countries)
        })
        .collect();
    let claims = Claims::of(&mut written);
    let mut zones = Vec::new();
    for (at, (mut sub, written)) in written.into_iter().enumerate() {
        zones.extend(zone(&mut sub, currency, &written, &claims.countries[at]));
        group.absorb(sub);
    }
    let (mut pooled, mut makers) = (Vec::new(), Vec::new());
    let example = "[{ name = \"Winter crate to Berlin\", country = \"DE\", closes = 2026-12-05, cost = \"180.00\", full_g = 30000 }]";
    for mut sub in group.subs("pooled", example, |n| format!("shared shipment {n}")) {
        let found = shared_shipment(&mut sub, currency, day);
        if pooled.len() == POOLED_MAX {
            let words = format!("there are more than {POOLED_MAX} shared shipments");
            sub.report(
                Diagnostic::error(codes::TOO_LARGE, sub.whole(), words)
                    .hint("take those out that are over"),
            );
        } else if let Some((shipment, whose)) = found {
            pooled.push(shipment);
            makers.push(whose);
        }
        group.absorb(sub);
    }
    fields.absorb(group);
    let shipping = Shipping { note, from, packing_g, blackout, returns, zones, pooled };
    ShippingDraft { shipping, makers }
}

/// Reads one of `[[shipping.pooled]]`, and the names of the makers whose goods go along.
fn shared_shipment(
    sub: &mut Fields<'_>,
    currency: Option<Currency>,
    day: Option<Date>,
) -> Option<(Pooled, Option<Vec<Spanned<String>>>)> {
    let name = sub.text("name");
    if name.is_none() {
        sub.missing("name", "name = \"Winter crate to Berlin\"");
    }
    let country = places::country(sub, "country");
    if country.is_none() && !sub.has("country") {
        sub.missing("country", "country = \"DE\"");
    }
    let closes = sub.date("closes");
    if closes.is_none() && !sub.has("closes") {
        sub.missing("closes", "closes = 2026-12-05");
    }
    let fetch_at = sub.text("fetch_at");
    let tariff = shared_tariff(sub, currency, name.as_ref());
    let days = days(sub);
    let makers = sub.has("makers").then(|| sub.names("makers"));
    if makers.as_ref().is_some_and(Vec::is_empty) {
        sub.report(
            Diagnostic::error(codes::BAD_ZONE, sub.place("makers"), "nobody's goods go along")
                .label("write the ids of makers, or take this line out: then everybody's do"),
        );
    }
    if let (Some(name), Some(closes), Some(day)) = (&name, closes, day)
        && closes < day
    {
        let words =
            format!("the shared shipment \"{}\" is closed, so nothing offers it", name.original());
        sub.report(
            Diagnostic::warning(codes::BAD_ZONE, sub.place("closes"), words).label(
                "take it out, or write the day until which orders go along with the next one",
            ),
        );
    }
    let pooled = Pooled {
        name: name?,
        country: country?,
        closes: closes?,
        fetch_at,
        tariff: tariff?,
        days,
        makers: None,
    };
    Some((pooled, makers))
}

/// What an order pays that goes along: its part of `cost`, or what `price` or `rates` say.
fn shared_tariff(
    sub: &mut Fields<'_>,
    currency: Option<Currency>,
    name: Option<&Text>,
) -> Option<Tariff> {
    let cost = price::amount_of(sub, "cost", currency);
    let full_g = sub.number("full_g", 1..=100_000_000);
    let what = name.map_or_else(
        || sub.what().to_owned(),
        |name| format!("the shared shipment \"{}\"", name.original()),
    );
    if !["cost", "full_g", "price", "rates"].into_iter().any(|name| sub.has(name)) {
        sub.report(
            Diagnostic::error(codes::BAD_ZONE, sub.whole(), format!("{what} has no price"))
                .hint("write cost = \"180.00\" and full_g = 30000, of which each order pays its part by weight; or price = \"5.00\", or rates = [{ to_g = 1000, price = \"4.90\" }]"),
        );
        return None;
    }
    if !sub.has("cost") && !sub.has("full_g") {
        return tariff(sub, currency, false, &what);
    }
    if let Some(other) = ["price", "rates"].into_iter().find(|other| sub.has(other)) {
        let _ = sub.value("price");
        let _ = rates(sub, currency);
        sub.report(
            Diagnostic::error(
                codes::BAD_ZONE,
                sub.place(other),
                "an order pays its part of the cost, or a price of its own",
            )
            .label("keep this, or cost and full_g"),
        );
    }
    if cost.is_none() && !sub.has("cost") {
        sub.missing("cost", "cost = \"180.00\"");
    }
    if full_g.is_none() && !sub.has("full_g") {
        sub.missing("full_g", "full_g = 30000");
    }
    Some(Tariff::Shared { cost: cost?, full_g: full_g? })
}

/// Whether things are taken back; the days have to be said.
fn returns(group: &mut Fields<'_>) -> Option<Returns> {
    let mut sub = group.sub("returns", "`returns` of the part [shipping]".to_owned())?;
    let has_days = sub.has("days");
    let days = sub.number("days", 0..=3650);
    if !has_days {
        sub.missing("days", "days = 14");
    }
    let paid_by = sub.choice("paid_by", &PaidBy::ALL).unwrap_or_default();
    group.absorb(sub);
    Some(Returns { days: days?, paid_by })
}

/// Which zone has which countries: one that is named by its own letters is in that zone; `EU` has the rest of the Union.
struct Claims {
    countries: Vec<Vec<Country>>,
}

impl Claims {
    fn of(zones: &mut [(Fields<'_>, Vec<Spanned<Destination>>)]) -> Self {
        let mut countries: Vec<Vec<Country>> = vec![Vec::new(); zones.len()];
        let mut taken: BTreeMap<Country, Span> = BTreeMap::new();
        let mut elsewhere: Option<Span> = None;
        let mut union: Option<Span> = None;
        let twice = |sub: &mut Fields<'_>, span, first, words: String, label: &str| {
            let diagnostic = Diagnostic::error(codes::BAD_ZONE, span, words);
            sub.report(diagnostic.related(first, "it is here already").label(label));
        };
        for (at, (sub, written)) in zones.iter_mut().enumerate() {
            for destination in written.iter() {
                let span = destination.span;
                match destination.value {
                    Destination::Country(country) => match taken.get(&country) {
                        Some(first) => {
                            let words = format!(
                                "{country} is in two zones, so a parcel there has two prices"
                            );
                            twice(sub, span, *first, words, "take it out of one of them");
                        }
                        None => {
                            taken.insert(country, span);
                            countries[at].push(country);
                        }
                    },
                    Destination::EuropeanUnion => match union {
                        Some(first) => {
                            let words = "the European Union is in two zones".to_owned();
                            twice(sub, span, first, words, "take it out of one of them");
                        }
                        None => union = Some(span),
                    },
                    Destination::Everywhere => match elsewhere {
                        Some(first) => {
                            let words = "two zones are for everywhere else".to_owned();
                            twice(sub, span, first, words, "name the countries of one of them");
                        }
                        None => elsewhere = Some(span),
                    },
                }
            }
        }
        for (at, (_, written)) in zones.iter().enumerate() {
            let is_union = |d: &Spanned<Destination>| {
                d.value == Destination::EuropeanUnion && Some(d.span) == union
            };
            if written.iter().any(is_union) {
                let rest = Country::all().filter(|c| c.is_in_eu() && !taken.contains_key(c));
                countries[at].extend(rest);
            }
            countries[at].sort_unstable();
        }
        Self { countries }
    }
}

fn zone(
    sub: &mut Fields<'_>,
    currency: Option<Currency>,
    written: &[Spanned<Destination>],
    countries: &[Country],
) -> Option<Zone> {
    let name = sub.text("name");
    if name.is_none() {
        sub.missing("name", "name = \"Germany and Austria\"");
    }
    let is_pickup = sub.flag("pickup");
    let area = area(sub, is_pickup, name.as_ref(), written, countries);
    let what = called(name.as_ref(), sub);
    let tariff = tariff(sub, currency, is_pickup, &what);
    let free_from = price::amount_of(sub, "free_from", currency).filter(|_| !is_pickup);
    let days = days(sub);
    let last_ship = last_ship(sub);
    Some(Zone { name: name?, area: area?, tariff: tariff?, free_from, days, last_ship })
}

fn called(name: Option<&Text>, sub: &Fields<'_>) -> String {
    name.map_or_else(|| sub.what().to_owned(), |name| format!("the zone \"{}\"", name.original()))
}

fn area(
    sub: &mut Fields<'_>,
    is_pickup: bool,
    name: Option<&Text>,
    written: &[Spanned<Destination>],
    countries: &[Country],
) -> Option<Area> {
    let what = called(name, sub);
    if is_pickup {
        if sub.has("countries") {
            sub.report(
                Diagnostic::error(
                    codes::BAD_ZONE,
                    sub.place("countries"),
                    format!("nothing is sent in {what}: the buyer fetches it"),
                )
                .label("take the countries out, or pickup = true"),
            );
        }
        return Some(Area::Pickup);
    }
    let is_elsewhere = written.iter().any(|d| d.value == Destination::Everywhere);
    if is_elsewhere && written.len() > 1 {
        sub.report(
            Diagnostic::error(
                codes::BAD_ZONE,
                sub.place("countries"),
                format!("{what} is for everywhere else and names countries too"),
            )
            .label("write countries = [\"*\"], or the countries alone"),
        );
    }
    if is_elsewhere {
        return Some(Area::Elsewhere);
    }
    if written.is_empty() && !sub.has("countries") {
        sub.report(
            Diagnostic::error(codes::BAD_ZONE, sub.whole(), format!("{what} has no countries"))
                .hint("write for example countries = [\"DE\", \"AT\"]; [\"*\"] is everywhere else, and pickup = true where the buyer comes"),
        );
    }
    (!countries.is_empty()).then(|| Area::Countries(countries.to_vec()))
}

fn tariff(
    sub: &mut Fields<'_>,
    currency: Option<Currency>,
    is_pickup: bool,
    what: &str,
) -> Option<Tariff> {
    let is_asked = matches!(
        sub.value("price").map(|value| &value.value),
        Some(Value::String(text)) if text.trim().eq_ignore_ascii_case("on request")
    );
    let flat = if is_asked { None } else { price::amount_of(sub, "price", currency) };
    let rates = rates(sub, currency);
    if is_pickup {
        if sub.has("price") || sub.has("rates") {
            let place = if sub.has("price") { sub.place("price") } else { sub.place("rates") };
            sub.report(
                Diagnostic::error(
                    codes::BAD_ZONE,
                    place,
                    format!("in {what} nothing is sent, so it has no price"),
                )
                .label("take this line out"),
            );
        }
        return Some(Tariff::Fetched);
    }
    if sub.has("price") && sub.has("rates") {
        sub.report(
            Diagnostic::error(
                codes::BAD_ZONE,
                sub.place("rates"),
                format!("{what} has one price and prices by weight"),
            )
            .label("keep price or rates"),
        );
    }
    if !sub.has("price") && !sub.has("rates") {
        sub.report(
            Diagnostic::error(codes::BAD_ZONE, sub.whole(), format!("{what} has no price"))
                .hint("write price = \"5.00\", or rates = [{ to_g = 1000, price = \"4.90\" }], or price = \"on request\""),
        );
    }
    match flat {
        _ if is_asked => Some(Tariff::OnRequest),
        Some(money) => Some(Tariff::Flat(money)),
        None if rates.is_empty() => None,
        None => Some(Tariff::ByWeight(rates)),
    }
}

fn rates(sub: &mut Fields<'_>, currency: Option<Currency>) -> Vec<Rate> {
    let what = sub.what().to_owned();
    let example = "[{ to_g = 1000, price = \"4.90\" }]";
    let mut rates: Vec<Rate> = Vec::new();
    for mut rate in sub.subs("rates", example, |n| format!("rate {n} of {what}")) {
        let to_g = rate.number("to_g", 1..=100_000_000);
        if to_g.is_none() {
            rate.missing("to_g", "to_g = 1000");
        }
        let price = price::amount_of(&mut rate, "price", currency);
        if price.is_none() {
            rate.missing("price", "price = \"4.90\"");
        }
        if let (Some(to_g), Some(price)) = (to_g, price) {
            let problem = match rates.last() {
                Some(last) if to_g <= last.to_g => Some((
                    Diagnostic::error(
                        codes::BAD_RATE,
                        rate.place("to_g"),
                        format!("this weight is not above the one before it, {} g", last.to_g),
                    )
                    .label("put the rates in order, the lightest first"),
                    true,
                )),
                Some(last) if price.currency != last.price.currency => Some((
                    Diagnostic::error(
                        codes::BAD_RATE,
                        rate.place("price"),
                        "the rates of one zone are in one currency",
                    ),
                    true,
                )),
                Some(last) if price.minor < last.price.minor => Some((
                    Diagnostic::warning(
                        codes::BAD_RATE,
                        rate.place("price"),
                        "a heavier parcel costs less here than a lighter one",
                    )
                    .label("is this right?"),
                    false,
                )),
                _ => None,
            };
            let is_wrong = problem.as_ref().is_some_and(|(_, is_wrong)| *is_wrong);
            if let Some((diagnostic, _)) = problem {
                rate.report(diagnostic);
            }
            if !is_wrong {
                rates.push(Rate { to_g, price });
            }
        }
        sub.absorb(rate);
    }
    rates
}

fn days(sub: &mut Fields<'_>) -> Option<(u32, u32)> {
    let written = sub.value("days")?;
    let number = |value: &Value| match value {
        Value::Integer(n) => u32::try_from(*n).ok().filter(|n| *n <= 1000),
        _ => None,
    };
    let days = match &written.value {
        Value::Array(items) => match items.as_slice() {
            [from, to] => number(&from.value).zip(number(&to.value)).filter(|(a, b)| a <= b),
            [one] => number(&one.value).map(|n| (n, n)),
            _ => None,
        },
        single => number(single).map(|n| (n, n)),
    };
    if days.is_none() {
        sub.report(
            Diagnostic::error(
                codes::BAD_ZONE,
                written.span,
                "the days on the way are two whole numbers, the smaller one first",
            )
            .label("write for example days = [3, 6]"),
        );
    }
    days
}

fn last_ship(sub: &mut Fields<'_>) -> Vec<LastShip> {
    let example = "[{ name = \"Midwinter\", date = 2026-12-10 }]";
    let mut found = Vec::new();
    for mut last in sub.subs("last_ship", example, |_| "this last day".to_owned()) {
        let name = last.text("name");
        if name.is_none() {
            last.missing("name", "name = \"Midwinter\"");
        }
        let date = last.date("date");
        if date.is_none() {
            last.missing("date", "date = 2026-12-10");
        }
        if let (Some(name), Some(date)) = (name, date) {
            found.push(LastShip { name, date });
        }
        sub.absorb(last);
    }
    found.sort_by_key(|last| last.date);
    found
}

/// Reads `blackout`: months of every year as numbers, and dates or two dates with `..` between.
pub(super) fn blackout(fields: &mut Fields<'_>) -> Blackout {
    let Some(written) = fields.value("blackout") else { return Blackout::default() };
    let items = match &written.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(written),
    };
    let mut times = Vec::new();
    for item in items {
        let time = match &item.value {
            Value::Integer(number) => BlackoutTime::parse(&number.to_string()),
            Value::String(text) | Value::Date(text) => BlackoutTime::parse(text.trim()),
            _ => None,
        };
        match time {
            Some(time) if times.contains(&time) => {}
            Some(time) => times.push(time),
            None => fields.report(
                Diagnostic::error(
                    codes::BAD_BLACKOUT,
                    item.span,
                    "this is neither a month nor a time between two dates",
                )
                .label("write for example 12 for every December, or \"2026-12-24..2027-01-06\""),
            ),
        }
    }
    Blackout { times }
}
