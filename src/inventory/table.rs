//! An inventory for programs: a table as CSV (RFC 4180), and JSON. The forms are described in `docs/FEEDS.md`.
//!
//! Cells that a spreadsheet would take for a formula begin with an apostrophe, as in the catalogue of Meta.

use serde_json::{Value, json};

use super::{By, Fact, Inventory, Key, Lack, Offer, Offers, Row, Span, Sum};
use crate::model::{BlackoutTime, ListKind, Money, Price, Product, Stage};
use crate::render::guarded;

/// The version of the JSON; it grows when an older reader could misread it.
const FORM: u32 = 1;

/// Cells below the names of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, each with as many cells.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    fn new(columns: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Self {
        Self { columns, rows: rows.collect() }
    }

    /// The table as CSV: the first line names the columns, lines end with CR LF, no cell is a formula.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        out.write_record(&self.columns).expect("memory takes all of it");
        for row in &self.rows {
            let cells = row.iter().map(|cell| guarded(cell));
            out.write_record(cells).expect("memory takes all of it");
        }
        let bytes = out.into_inner().expect("memory takes all of it");
        String::from_utf8(bytes).expect("all cells are text")
    }
}

fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|name| (*name).to_owned()).collect()
}

/// Two columns for each thing that is grouped by: what it is called, and its id.
fn key_columns(by: &[By]) -> Vec<String> {
    by.iter().flat_map(|by| [by.name().to_owned(), format!("{}_id", by.name())]).collect()
}

fn key_cells(keys: &[Key]) -> Vec<String> {
    keys.iter().flat_map(|key| [key.name.clone(), key.id.clone()]).collect()
}

/// Several things in one cell.
fn joined<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join("; ")
}

fn said<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn price(product: &Product) -> String {
    let money = |money: Money| format!("{} {}", money.to_major(), money.currency.code());
    match product.price {
        Price::Fixed(one) => money(one),
        Price::Range(range) => format!("{} - {}", range.low.to_major(), money(range.high)),
        Price::OnRequest => "on request".to_owned(),
    }
}

fn stage(product: &Product) -> &'static str {
    let known = Stage::ALL.iter().find(|(stage, _)| *stage == product.stage);
    known.map_or("", |(_, name)| *name)
}

fn blackout(product: &Product) -> String {
    joined(product.blackout.times.iter().map(|time| match time {
        BlackoutTime::Month(month) => month.to_string(),
        BlackoutTime::Days(from, to) if from == to => from.to_string(),
        BlackoutTime::Days(from, to) => format!("{from}..{to}"),
    }))
}

fn code<'f>(fact: &Fact<'f>) -> Option<&'f str> {
    fact.product.trade.as_deref().and_then(|trade| trade.hs.as_deref())
}

impl Inventory<'_> {
    fn maker_names(&self, product: &Product) -> Vec<&str> {
        product.made_by.iter().map(|ix| self.site.producer(*ix).name.original()).collect()
    }

    fn key_names(&self, product: &Product, by: By) -> Vec<String> {
        let keys = self.keys(product, by).into_iter();
        keys.filter(|key| !key.id.is_empty()).map(|key| key.name).collect()
    }

    fn zones(fact: &Fact<'_>) -> Vec<String> {
        let zone = |(zone, is_whole): &(&crate::model::Zone, bool)| match is_whole {
            true => zone.name.original().to_owned(),
            false => format!("{} (part)", zone.name.original()),
        };
        fact.market.zones.iter().map(zone).collect()
    }

    /// The rows as a table: what they were grouped by, then the counts.
    #[must_use]
    pub fn rows_table(&self, by: &[By], rows: &[Row<'_>]) -> Table {
        let mut columns = key_columns(by);
        columns.extend(names(&[
            "makers",
            "maker_names",
            "products",
            "in_other_rows_too",
            "for_sale",
            "nothing_missing",
            "ready_pieces",
            "per_month_least",
            "per_month_most",
            "per_month_not_stated",
            "can_be_fetched",
            "to_own_country",
            "abroad",
            "nowhere",
            "zones",
            "customs_codes",
            "missing",
        ]));
        let cells = |row: &Row<'_>| {
            let makers = row.makers.iter().map(|ix| self.site.producer(*ix).name.original());
            let missing = row.lacks.iter().map(|(lack, count)| format!("{} {count}", lack.name()));
            let mut cells = key_cells(&row.keys);
            cells.extend([
                row.makers.len().to_string(),
                joined(makers),
                row.products.to_string(),
                row.shared.to_string(),
                row.for_sale.to_string(),
                row.complete.to_string(),
                row.ready.to_string(),
                row.per_month.least.to_string(),
                row.per_month.most.to_string(),
                row.unstated.to_string(),
                row.local.to_string(),
                self.site.shipping.from.map(|_| row.home.to_string()).unwrap_or_default(),
                row.abroad.to_string(),
                row.nowhere.to_string(),
                joined(row.zones.iter().map(|(zone, _, _)| zone.name.original())),
                joined(row.codes.iter()),
                joined(missing),
            ]);
            cells
        };
        Table::new(columns, rows.iter().map(cells))
    }

    /// Every product as a row.
    #[must_use]
    pub fn products_table(&self) -> Table {
        let columns = names(&[
            "id",
            "name",
            "makers",
            "region",
            "kind",
            "category",
            "material",
            "stage",
            "price",
            "ready_pieces",
            "per_month",
            "made_to_order",
            "lead_time_days",
            "minimum_order",
            "maximum_order",
            "blackout",
            "can_be_fetched",
            "to_own_country",
            "abroad",
            "zones",
            "customs_code",
            "missing",
            "open_papers",
            "address",
        ]);
        let cells = |fact: &Fact<'_>| {
            let product = fact.product;
            vec![
                product.id.as_str().to_owned(),
                product.name.original().to_owned(),
                joined(self.maker_names(product)),
                joined(self.key_names(product, ListKind::Region)),
                joined(self.key_names(product, ListKind::Kind)),
                joined(self.key_names(product, ListKind::Category)),
                joined(self.key_names(product, ListKind::Material)),
                stage(product).to_owned(),
                price(product),
                said(fact.ready),
                said(product.capacity_per_month),
                yes(product.is_made_to_order),
                said(product.lead_time_days),
                said(product.minimum_order),
                said(product.maximum_order),
                blackout(product),
                yes(fact.market.is_local),
                fact.market.is_home.map(yes).unwrap_or_default(),
                fact.market.is_abroad.map(yes).unwrap_or_default(),
                joined(Self::zones(fact)),
                said(code(fact)),
                joined(fact.lacks.iter().map(|lack| lack.name())),
                joined(fact.flags.iter().map(|flag| flag.name())),
                said(self.address(product)),
            ]
        };
        Table::new(columns, self.facts.iter().map(cells))
    }

    /// What can be had of each product by a day, as a table.
    #[must_use]
    pub fn offers_table(&self, offers: &Offers<'_, '_>) -> Table {
        let columns = names(&[
            "id",
            "name",
            "makers",
            "region",
            "kind",
            "quantity",
            "sent_by",
            "enough",
            "can_deliver",
            "ready_pieces",
            "months",
            "per_month",
            "lead_time_days",
            "shares",
            "notes",
            "missing",
            "address",
        ]);
        let cells = |offer: &Offer<'_, '_>| {
            let product = offer.fact.product;
            let shares = offer.parts.iter().map(|part| {
                format!("{}: {}", self.site.producer(part.maker).name.original(), part.pieces)
            });
            vec![
                product.id.as_str().to_owned(),
                product.name.original().to_owned(),
                joined(self.maker_names(product)),
                joined(self.key_names(product, ListKind::Region)),
                joined(self.key_names(product, ListKind::Kind)),
                offers.wanted.quantity.to_string(),
                offers.wanted.until.to_string(),
                yes(offer.is_enough),
                offer.total().to_string(),
                offer.ready.to_string(),
                offer.months.to_string(),
                said(offer.fact.per_month),
                said(product.lead_time_days),
                if offer.parts.len() > 1 { joined(shares) } else { String::new() },
                joined(offer.notes.iter().map(|note| note.words())),
                joined(offer.fact.lacks.iter().map(|lack| lack.name())),
                said(self.address(product)),
            ]
        };
        Table::new(columns, offers.offers.iter().map(cells))
    }

    /// The rows, and the sum in which each product counts once, as JSON.
    #[must_use]
    pub fn rows_json(&self, by: &[By], rows: &[Row<'_>]) -> Value {
        let rows: Vec<Value> = rows.iter().map(|row| self.row_json(by, row)).collect();
        json!({
            "selvedge_inventory": FORM,
            "audience": self.site.audience.name(),
            "by": by.iter().map(|by| by.name()).collect::<Vec<_>>(),
            "rows": rows,
            "total": self.row_json(&[], &self.total()),
        })
    }

    /// Every product, as JSON.
    #[must_use]
    pub fn products_json(&self) -> Value {
        let products: Vec<Value> = self.facts.iter().map(|fact| self.fact_json(fact)).collect();
        json!({
            "selvedge_inventory": FORM,
            "audience": self.site.audience.name(),
            "products": products,
        })
    }

    /// Who can deliver by a day, as JSON.
    #[must_use]
    pub fn offers_json(&self, by: &[By], offers: &Offers<'_, '_>) -> Value {
        let offer = |offer: &Offer<'_, '_>| {
            let part = |part: &super::Part| json!({"maker": self.site.producer(part.maker).id.as_str(), "pieces": part.pieces});
            json!({
                "product": self.fact_json(offer.fact),
                "enough": offer.is_enough,
                "can_deliver": offer.total(),
                "ready": offer.ready,
                "months": offer.months,
                "made": offer.made,
                "shares": offer.parts.iter().map(part).collect::<Vec<_>>(),
                "notes": offer.notes.iter().map(|note| note.words()).collect::<Vec<_>>(),
            })
        };
        let sum = |sum: &Sum, by: &[By]| {
            json!({
                "of": keys_json(by, &sum.keys),
                "makers": sum.makers,
                "products": sum.products,
                "pieces": span_json(sum.pieces),
            })
        };
        json!({
            "selvedge_inventory": FORM,
            "audience": self.site.audience.name(),
            "quantity": offers.wanted.quantity,
            "from": offers.wanted.from.to_string(),
            "sent_by": offers.wanted.until.to_string(),
            "offers": offers.offers.iter().map(offer).collect::<Vec<_>>(),
            "sums": offers.sums.iter().map(|one| sum(one, by)).collect::<Vec<_>>(),
            "total": sum(&offers.total, &[]),
            "not_for_sale": offers.not_for_sale,
        })
    }

    fn row_json(&self, by: &[By], row: &Row<'_>) -> Value {
        let makers = row.makers.iter().map(|ix| self.site.producer(*ix).id.as_str());
        let missing = row.lacks.iter().map(|(lack, count)| (lack.name().to_owned(), json!(count)));
        let zone = |(zone, count, is_whole): &(&crate::model::Zone, usize, bool)| json!({"name": zone.name.original(), "products": count, "whole": is_whole});
        json!({
            "of": keys_json(by, &row.keys),
            "makers": makers.collect::<Vec<_>>(),
            "products": row.products,
            "in_other_rows_too": row.shared,
            "for_sale": row.for_sale,
            "nothing_missing": row.complete,
            "ready_pieces": row.ready,
            "per_month": span_json(row.per_month),
            "per_month_not_stated": row.unstated,
            "can_be_fetched": row.local,
            "to_own_country": self.site.shipping.from.map(|_| row.home),
            "abroad": row.abroad,
            "nowhere": row.nowhere,
            "zones": row.zones.iter().map(zone).collect::<Vec<_>>(),
            "customs_codes": self.has_codes().then_some(&row.codes),
            "missing": missing.collect::<serde_json::Map<String, Value>>(),
        })
    }

    fn fact_json(&self, fact: &Fact<'_>) -> Value {
        let product = fact.product;
        let makers = product.made_by.iter().map(|ix| self.site.producer(*ix).id.as_str());
        let zone = |(zone, is_whole): &(&crate::model::Zone, bool)| json!({"name": zone.name.original(), "whole": is_whole});
        json!({
            "id": product.id.as_str(),
            "name": product.name.original(),
            "makers": makers.collect::<Vec<_>>(),
            "region": self.key_names(product, ListKind::Region),
            "kind": product.kind.map(crate::model::ProductKind::name),
            "category": self.key_names(product, ListKind::Category),
            "material": self.key_names(product, ListKind::Material),
            "stage": stage(product),
            "price": price(product),
            "ready_pieces": fact.ready,
            "per_month": product.capacity_per_month,
            "made_to_order": product.is_made_to_order,
            "lead_time_days": product.lead_time_days,
            "minimum_order": product.minimum_order,
            "maximum_order": product.maximum_order,
            "blackout": product.blackout.times.iter().map(|time| match time {
                BlackoutTime::Month(month) => json!(month),
                BlackoutTime::Days(from, to) => json!([from.to_string(), to.to_string()]),
            }).collect::<Vec<_>>(),
            "can_be_fetched": fact.market.is_local,
            "to_own_country": fact.market.is_home,
            "abroad": fact.market.is_abroad,
            "zones": fact.market.zones.iter().map(zone).collect::<Vec<_>>(),
            "customs_code": code(fact),
            "missing": fact.lacks.iter().map(|lack: &Lack| lack.name()).collect::<Vec<_>>(),
            "open_papers": fact.flags.iter().map(|flag| flag.name()).collect::<Vec<_>>(),
            "url": self.address(product),
        })
    }
}

/// What a row is of: for each thing the entry, or null if products do not say it.
fn keys_json(by: &[By], keys: &[Key]) -> Value {
    let one = |(by, key): (&By, &Key)| {
        let entry = json!({"id": key.id, "name": key.name});
        (by.name().to_owned(), if key.id.is_empty() { Value::Null } else { entry })
    };
    Value::Object(by.iter().zip(keys).map(one).collect())
}

fn span_json(span: Span) -> Value {
    json!({"least": span.least, "most": span.most})
}
