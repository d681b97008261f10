//! The table of products that Shopify exports.
//!
//! Rows with one handle are a product: the first says its texts, each may say a variant, a
//! photograph, or both. Columns are those of <https://help.shopify.com/en/manual/products/import-export/using-csv>,
//! under the names of before and after the change of 2025; the handle becomes the product's id, so that
//! addresses stay alike and an import can be done again.

use std::collections::HashMap;

use super::cells::{self, Habit, PriceStyle};
use super::csv::{left_out, load_tables, looks_like, row_words};
use super::export::{self, Known, Sheet, Use};
use super::items::{Columns, Item, RowReader, Wish};
use super::map::{Field, Source};
use super::place::{self, Layout};
use super::report::{Finding, Kind, Report, TableRead, TableUse, counted};
use super::site::Ground;
use super::table::{Row, Table};
use super::variants::{self, Axis, Variant};
use super::{Cause, ImportError, Options, richtext};

const PRICE_OF_MARKET: &str = "a price for one market; a page here has one price";
const TAX: &str = "taxes are between you and the buyer";
const GOOGLE: &str = "what Google needs is made from the other fields";

const fn own(key: &'static str, names: &'static [&'static str]) -> Known {
    Known { key, names, used_as: Use::Own, usual: &[] }
}

const fn product(field: Field, key: &'static str, names: &'static [&'static str]) -> Known {
    Known { key, names, used_as: Use::Product(field), usual: &[] }
}

const fn variant(field: Field, key: &'static str, names: &'static [&'static str]) -> Known {
    Known { key, names, used_as: Use::Variant(field), usual: &[] }
}

const fn not(
    names: &'static [&'static str],
    why: &'static str,
    usual: &'static [&'static str],
) -> Known {
    Known { key: "", names, used_as: Use::Not(why), usual }
}

const COLUMNS: &[Known] = &[
    own("handle", &["handle", "url handle"]),
    product(Field::Name, "title", &["title"]),
    product(Field::Text, "body", &["body (html)", "body html", "body", "description"]),
    own("vendor", &["vendor"]),
    own(
        "product category",
        &["product category", "standard product type", "standardized product type"],
    ),
    own("type", &["type", "custom product type", "product type"]),
    own("tags", &["tags"]),
    own("published", &["published", "published on online store"]),
    own("status", &["status"]),
    own("option1 name", &["option1 name"]),
    own("option1 value", &["option1 value"]),
    own("option2 name", &["option2 name"]),
    own("option2 value", &["option2 value"]),
    own("option3 name", &["option3 name"]),
    own("option3 value", &["option3 value"]),
    not(
        &["option1 linked to", "option2 linked to", "option3 linked to"],
        "a link inside Shopify",
        &[],
    ),
    variant(Field::Sku, "sku", &["variant sku", "sku"]),
    variant(Field::WeightG, "grams", &["variant grams", "weight value (grams)", "weight value"]),
    own("tracker", &["variant inventory tracker", "inventory tracker"]),
    own("qty", &["variant inventory qty", "inventory quantity"]),
    own("policy", &["variant inventory policy", "continue selling when out of stock"]),
    variant(Field::Price, "price", &["variant price", "price"]),
    variant(Field::Gtin, "barcode", &["variant barcode", "barcode"]),
    own("image", &["image src", "product image url"]),
    own("position", &["image position"]),
    own("alt", &["image alt text"]),
    own("variant image", &["variant image", "variant image url"]),
    own("gift", &["gift card"]),
    own("seo description", &["seo description"]),
    product(Field::Collection, "collection", &["collection", "custom collections"]),
    not(
        &["variant compare at price", "compare-at price", "compare at price"],
        "a price that was crossed out beside the real one",
        &[],
    ),
    not(
        &["cost per item", "variant cost"],
        "what a thing costs you is nobody else's business",
        &[],
    ),
    not(&["variant fulfillment service", "fulfillment service"], "", &["manual"]),
    not(&["variant requires shipping", "requires shipping"], "", &["true"]),
    not(&["variant taxable", "charge tax"], TAX, &["true"]),
    not(&["variant tax code", "tax code"], TAX, &[]),
    not(&["variant weight unit", "weight unit for display"], "", &["g", "kg", "lb", "oz"]),
    not(&["seo title"], "the title of a page is the name of the product", &[]),
    not(
        &[
            "unit price total measure",
            "unit price total measure unit",
            "unit price base measure",
            "unit price base measure unit",
        ],
        "prices by weight or volume are not shown yet",
        &[],
    ),
    not(
        &["google shopping / condition", "google shopping / custom product"],
        GOOGLE,
        &["new", "true", "false"],
    ),
];

/// A column of a metafield: `Care (product.metafields.custom.care)`.
#[derive(Debug)]
struct Metafield {
    label: String,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Field(Field),
    Fact,
    Nowhere(&'static str),
}

fn metafield(header: &str) -> Option<Metafield> {
    let (label, path) = header.rsplit_once('(')?;
    let path = path.trim_end_matches(')').trim();
    let place = match path.strip_prefix("product.metafields.") {
        None if path.starts_with("variant.metafields.") => {
            Place::Nowhere("a metafield of variants has no place here")
        }
        None => return None,
        Some("shopify.color-pattern") => Place::Field(Field::Colour),
        Some(
            "shopify.material"
            | "shopify.fabric"
            | "shopify.jewelry-material"
            | "custom.material"
            | "custom.materials",
        ) => Place::Field(Field::Materials),
        Some(
            "shopify.care-instructions"
            | "descriptors.care_guide"
            | "custom.care"
            | "custom.care_instructions"
            | "custom.care_guide",
        ) => Place::Field(Field::Care),
        Some("custom.ingredients" | "shopify.ingredient-category") => {
            Place::Field(Field::Ingredients)
        }
        Some(path) if path.starts_with("reviews.") => {
            Place::Nowhere("reviews cannot be checked by whoever reads them")
        }
        Some(path) if path.starts_with("shopify--") => {
            Place::Nowhere("advice that Shopify computed")
        }
        Some(path) if path.starts_with("mm-google-shopping.") => Place::Nowhere(GOOGLE),
        Some(_) => Place::Fact,
    };
    Some(Metafield { label: label.trim().to_owned(), place })
}

/// What a column is that belongs to a market or another program.
fn foreign(header: &str) -> Option<&'static str> {
    let folded = header.trim().to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| folded.starts_with(word));
    if starts(&["included / ", "price / ", "compare at price / ", "compare-at price / "]) {
        return Some(PRICE_OF_MARKET);
    }
    starts(&["google shopping / "]).then_some(GOOGLE)
}

/// Imports Shopify's tables of products into a site.
///
/// # Errors
/// If there is no site, a file or folder cannot be used, or the disk fails. What is wrong in the
/// tables is no error: it is in the report, and the rest is imported.
pub fn shopify(options: &Options) -> Result<Report, ImportError> {
    if options.files.is_empty() {
        return Err(ImportError(Cause::NoFiles));
    }
    let ground = Ground::open(options, None)?;
    let mut report = Report::default();
    let known = |header: &str| export::knows(COLUMNS, header);
    let mut tables = load_tables(&options.files, &known, &mut report)?;
    for table in &mut tables {
        plain_metafields(table, &mut report);
    }
    // Shopify writes a point, whatever the language of the shop.
    let style =
        PriceStyle { currency: options.currency.or(ground.site.currency), decimal: Some('.') };
    let mut read = Products::default();
    for table in &tables {
        let mut sheet = Sheet::of(table, COLUMNS);
        let is_products = sheet.has("handle") && sheet.has("title") && sheet.has("price");
        report.tables.push(TableRead {
            file: table.file.clone(),
            used_as: if is_products { TableUse::Products } else { TableUse::NotProducts },
            rows: table.rows.len(),
            encoding: table.encoding,
            separator: table.separator,
        });
        if is_products {
            read.table(&mut sheet, style, &mut report);
        } else {
            not_products(table, &mut report);
        }
    }
    let Products { mut items, makers, .. } = read;
    export::set_makers(&mut items, &makers, "Vendor", &ground.site, &mut report);
    let layout = Layout { has_first_sentence: true, facts_heading: None };
    place::into_site(options, &ground, items, layout, report)
}

fn not_products(table: &Table, report: &mut Report) {
    let has = |name: &str| table.column(name).is_some();
    let words = if has("Handle") && (has("On hand") || has("Location") || has("Available")) {
        "this is Shopify's table of stock by place; the table of products says the stock too"
    } else if has("Default content") && has("Translated content") {
        "this is Shopify's table of translations; it does not say which product is meant"
    } else if let Some(what) = looks_like(table) {
        let words = format!("this looks like {what}, so nothing of it was used");
        report.push(Finding::new(Kind::TableNotProducts, table.file.clone(), words));
        return;
    } else {
        let columns = table.headers.join(", ");
        let words = format!(
            "Shopify's table of products has the columns Handle (or URL handle), Title and Variant Price (or Price), and this one has {columns}"
        );
        report.push(
            Finding::new(Kind::TableNotRead, table.file.clone(), words)
                .hint("in Shopify choose Products, then Export, and \"Plain CSV file\"; for other tables there is selvedge import csv"),
        );
        return;
    };
    report.push(Finding::new(Kind::TableNotProducts, table.file.clone(), words));
}

/// Metafields hold JSON; what of it is words becomes just them.
fn plain_metafields(table: &mut Table, report: &mut Report) {
    for at in 0..table.headers.len() {
        let column = table.column_name(at);
        let Some(Metafield { place: Place::Field(_) | Place::Fact, .. }) = metafield(&column)
        else {
            continue;
        };
        for row in &mut table.rows {
            let Some(cell) = row.cells.get_mut(at).filter(|cell| !cell.text.is_empty()) else {
                continue;
            };
            let Some(words) = richtext::metafield(&cell.text) else {
                let words =
                    "this points to something else in Shopify, and the table does not say what";
                report.push(
                    Finding::new(Kind::ValueNotUnderstood, table.file.clone(), words)
                        .line(cell.line)
                        .column(column.clone())
                        .value(cell.text.clone()),
                );
                cell.text.clear();
                continue;
            };
            cell.text = words;
        }
    }
}

/// What the tables say so far.
#[derive(Default)]
struct Products {
    items: Vec<Item>,
    makers: Vec<Option<String>>,
    /// File and line of each handle.
    seen: HashMap<String, (String, usize)>,
}

/// The columns of one table, ready to read rows with.
struct Readers<'a> {
    sheet: &'a Sheet<'a>,
    of_product: Columns<'a>,
    of_variant: Columns<'a>,
    of_tags: Source,
    of_type: Source,
    of_category: Source,
}

impl Products {
    fn table(&mut self, sheet: &mut Sheet<'_>, style: PriceStyle, report: &mut Report) {
        let mut product_fields = sheet.fields(COLUMNS, |used_as| match used_as {
            Use::Product(field) => Some(field),
            _ => None,
        });
        let variant_fields: Vec<(Field, Vec<Source>)> = sheet
            .fields(COLUMNS, |used_as| match used_as {
                Use::Variant(field) => Some(field),
                _ => None,
            })
            .into_iter()
            .map(|(field, mut sources)| {
                for source in sources.iter_mut().filter(|_| field == Field::WeightG) {
                    source.grams = Some(1.0);
                }
                (field, sources)
            })
            .collect();
        let mut facts = Vec::new();
        let mut nowhere = Vec::new();
        sheet.take_unknown(|at, header| {
            if let Some(why) = foreign(header) {
                nowhere.push((at, why));
                return true;
            }
            let Some(found) = metafield(header) else { return false };
            let mut source = Source::known(header);
            source.separators = Some(vec!["\n".to_owned(), "; ".to_owned()]);
            match found.place {
                Place::Nowhere(why) => nowhere.push((at, why)),
                Place::Fact => facts.push((found.label, source)),
                Place::Field(field) => {
                    match product_fields.iter_mut().find(|(known, _)| *known == field) {
                        Some((_, sources)) => sources.push(source),
                        None => product_fields.push((field, vec![source])),
                    }
                }
            }
            true
        });
        for (at, why) in nowhere {
            sheet.leave(at, why);
        }
        product_fields.sort_by_key(|(field, _)| *field);
        let table = sheet.table;
        let whole = |separators: &[&str], levels: &str| {
            let mut source = Source::known("");
            source.separators = Some(separators.iter().map(|s| (*s).to_owned()).collect());
            source.levels = Some(levels.to_owned());
            source
        };
        let readers = Readers {
            sheet,
            of_product: Columns::of(table, &product_fields, &facts, style),
            of_variant: Columns::of(table, &variant_fields, &[], style),
            of_tags: whole(&[","], "\u{1f}"),
            of_type: whole(&["\n"], "\u{1f}"),
            of_category: whole(&["\n"], " > "),
        };
        for (handle, rows) in by_handle(sheet, report) {
            if let Some((file, line)) = self.seen.get(&handle) {
                let words = format!("this handle stands in {file} line {line} already");
                for row in rows {
                    let words = format!("{words}; the row says {}", row_words(row));
                    report.push(left_out(table, row, words).value(handle.clone()));
                }
                continue;
            }
            self.seen.insert(handle.clone(), (table.file.clone(), rows[0].line));
            let Some(first) = rows.iter().find(|row| !sheet.text(row, "title").is_empty()).copied()
            else {
                for row in rows {
                    let words =
                        format!("no row with this handle has a title; it says {}", row_words(row));
                    report.push(left_out(table, row, words).value(handle.clone()));
                }
                continue;
            };
            let vendor = sheet.text(first, "vendor");
            self.makers.push((!vendor.is_empty()).then(|| vendor.to_owned()));
            let item = readers.product(&handle, first, &rows, report);
            self.items.push(item);
        }
        // Shopify's own shelf stands in only where the shop has none.
        let unused = table.rows.iter().filter(|row| {
            !sheet.text(row, "type").is_empty() && !sheet.text(row, "product category").is_empty()
        });
        let unused: Vec<&Row> = unused.collect();
        if let (Some(at), Some(first)) = (sheet.at("product category"), unused.first()) {
            let words = format!(
                "the type was taken instead; {}: \"{}\"",
                counted(unused.len(), "cell", "cells"),
                sheet.text(first, "product category")
            );
            report.push(
                Finding::new(Kind::ColumnNotUsed, table.file.clone(), words)
                    .column(table.column_name(at)),
            );
        }
        sheet.report_unused(report);
    }
}

/// Rows with one handle, in the order of the first of each.
fn by_handle<'t>(sheet: &Sheet<'t>, report: &mut Report) -> Vec<(String, Vec<&'t Row>)> {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for row in &sheet.table.rows {
        let handle = sheet.text(row, "handle");
        let title = sheet.text(row, "title");
        if handle.is_empty() && title.is_empty() {
            let words = format!(
                "this row has no handle, so it belongs to no product; it says {}",
                row_words(row)
            );
            report.push(left_out(sheet.table, row, words));
            continue;
        }
        let handle = if handle.is_empty() { title } else { handle };
        match at.get(handle) {
            Some(at) => groups[*at].1.push(row),
            None => {
                at.insert(handle, groups.len());
                groups.push((handle.to_owned(), vec![row]));
            }
        }
    }
    groups
}

impl Readers<'_> {
    fn product(&self, handle: &str, first: &Row, rows: &[&Row], report: &mut Report) -> Item {
        let sheet = self.sheet;
        let table = sheet.table;
        let mut reader = RowReader::new(table, first, &self.of_product, report);
        let mut item = reader.item();
        item.id = Some(handle.to_owned());
        item.keys.push(handle.to_owned());
        let mut list = |key: &str, source: &Source| {
            let (Some(at), Some(cell)) = (sheet.at(key), sheet.cell(first, key)) else {
                return Vec::new();
            };
            reader.entries(at, cell, source, Habit::Paths, &mut item.remarks)
        };
        let tags = list("tags", &self.of_tags);
        let mut shelves = list("type", &self.of_type);
        if shelves.is_empty() {
            shelves = list("product category", &self.of_category);
            shelves.retain(|shelf| shelf != "Uncategorized");
        }
        if !tags.is_empty() {
            item.lists.insert(Field::Theme, tags);
        }
        if !shelves.is_empty() {
            item.lists.insert(Field::Category, shelves);
        }
        if let (Some(at), Some(cell)) =
            (sheet.at("seo description"), sheet.cell(first, "seo description"))
        {
            let cell = cell.clone();
            let words = reader.words(at, &cell, Field::Description);
            if !words.is_empty() {
                item.lines.insert(Field::Description, words);
            }
        }
        if item.name.trim().is_empty() {
            item.name = handle.replace(['-', '_'], " ");
            let words = "the title has no words, so the handle stands for it";
            report.push(
                Finding::new(Kind::Adjusted, sheet.table.file.clone(), words)
                    .line(first.line)
                    .value(handle.to_owned()),
            );
        }
        self.hide(first, &mut item, report);
        self.photos(rows, &mut item, report);
        self.variants(first, rows, &mut item, report);
        item
    }

    /// Drafts and what is archived or kept from the shop are hidden here too.
    fn hide(&self, first: &Row, item: &mut Item, report: &mut Report) {
        let sheet = self.sheet;
        let status = sheet.text(first, "status").to_lowercase();
        let published = cells::yes_no(sheet.text(first, "published"));
        let is_gift = cells::yes_no(sheet.text(first, "gift")) == Some(true);
        let why = match status.as_str() {
            "draft" => "it is a draft",
            "archived" => "it is archived",
            "unlisted" => "it is not on the lists of the shop",
            _ if is_gift => "a gift card needs a shop that counts what is left on it",
            _ if published == Some(false) => "it is not published",
            "" | "active" => return,
            _ => {
                if let Some(cell) = sheet.cell(first, "status") {
                    report.push(
                        Finding::new(
                            Kind::ValueNotUnderstood,
                            sheet.table.file.clone(),
                            "this is none of active, draft, archived, unlisted; the product came in hidden",
                        )
                        .line(cell.line)
                        .column("Status")
                        .value(cell.text.clone()),
                    );
                }
                item.flags.insert(Field::Hide);
                return;
            }
        };
        item.flags.insert(Field::Hide);
        report.push(
            Finding::new(Kind::Hidden, sheet.table.file.clone(), why)
                .line(first.line)
                .value(item.name.clone()),
        );
    }

    /// Photographs in the order of their positions.
    fn photos(&self, rows: &[&Row], item: &mut Item, report: &mut Report) {
        let sheet = self.sheet;
        let mut photos: Vec<(u64, Wish)> = Vec::new();
        for row in rows {
            let Some(cell) = sheet.cell(row, "image") else {
                if let Some(cell) = sheet.cell(row, "alt") {
                    report.push(
                        Finding::new(
                            Kind::ValueNotUnderstood,
                            sheet.table.file.clone(),
                            "there is no photograph that these words belong to",
                        )
                        .line(cell.line)
                        .column("Image Alt Text")
                        .value(cell.text.clone()),
                    );
                }
                continue;
            };
            let position = cells::number(sheet.text(row, "position")).unwrap_or(u64::MAX);
            let alt = sheet.text(row, "alt");
            photos.push((position, self.wish(row, "image", cell.text.clone(), alt)));
        }
        photos.sort_by_key(|(position, _)| *position);
        item.photos.extend(photos.into_iter().map(|(_, wish)| wish));
    }

    fn wish(&self, row: &Row, key: &str, written: String, alt: &str) -> Wish {
        let table = self.sheet.table;
        Wish {
            written,
            alt: (!alt.is_empty()).then(|| alt.split_whitespace().collect::<Vec<_>>().join(" ")),
            file: table.file.clone(),
            line: self.sheet.cell(row, key).map_or(row.line, |cell| cell.line),
            column: self.sheet.at(key).map_or_else(String::new, |at| table.column_name(at)),
        }
    }

    fn variants(&self, first: &Row, rows: &[&Row], item: &mut Item, report: &mut Report) {
        const NAMES: [&str; 3] = ["option1 name", "option2 name", "option3 name"];
        const VALUES: [&str; 3] = ["option1 value", "option2 value", "option3 value"];
        let sheet = self.sheet;
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let axes: Vec<Axis> = NAMES
            .iter()
            .zip(VALUES)
            .map(|(name, value)| {
                let said =
                    rows.iter().map(|row| sheet.text(row, name)).find(|name| !name.is_empty());
                let is_default = sheet.text(first, value) == "Default Title";
                let name = said.filter(|_| !is_default).map(plain).unwrap_or_default();
                Axis { name, values: Vec::new() }
            })
            .collect();
        let is_variant = |row: &&&Row| {
            ["option1 value", "sku", "price", "barcode"]
                .iter()
                .any(|key| !sheet.text(row, key).is_empty())
        };
        let mut variants = Vec::new();
        for row in rows.iter().filter(is_variant) {
            let mut said = RowReader::new(sheet.table, row, &self.of_variant, report).item();
            self.stock(row, &mut said, report);
            if let Some(cell) = sheet.cell(row, "variant image") {
                said.photos.push(self.wish(row, "variant image", cell.text.clone(), ""));
            }
            let of =
                VALUES
                    .iter()
                    .zip(&axes)
                    .map(|(key, axis)| {
                        if axis.name.is_empty() {
                            String::new()
                        } else {
                            plain(sheet.text(row, key))
                        }
                    })
                    .collect();
            variants.push(Variant { of, said });
        }
        variants::give(item, axes, variants, report);
    }

    /// How many there are: nothing if the shop does not count, and never less than none.
    fn stock(&self, row: &Row, said: &mut Item, report: &mut Report) {
        let sheet = self.sheet;
        let goes_on = cells::yes_no(sheet.text(row, "policy")) == Some(true);
        let is_counted = !sheet.text(row, "tracker").is_empty() || !sheet.has("tracker");
        let Some(cell) = sheet.cell(row, "qty").filter(|_| is_counted) else { return };
        let finding = |kind, words: &str| {
            Finding::new(kind, sheet.table.file.clone(), words)
                .line(cell.line)
                .column(sheet.at("qty").map_or_else(String::new, |at| sheet.table.column_name(at)))
                .value(cell.text.clone())
        };
        let Some(count) = cells::count(&cell.text) else {
            report.push(finding(Kind::ValueNotUnderstood, "this is not a number of things"));
            return;
        };
        if count < 0 {
            report.push(finding(
                Kind::Adjusted,
                "more were sold than there were; this was read as none",
            ));
        }
        said.numbers.insert(Field::Stock, count.max(0).unsigned_abs());
        if goes_on {
            said.flags.insert(Field::MadeToOrder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_header_is_known_once() {
        let mut seen = std::collections::BTreeSet::new();
        for name in COLUMNS.iter().flat_map(|known| known.names) {
            assert!(seen.insert(*name), "{name}");
            assert!(export::knows(COLUMNS, name), "{name}");
        }
    }

    #[test]
    fn metafields_go_where_they_belong() {
        for (header, expected) in [
            ("Color (product.metafields.shopify.color-pattern)", Some(Place::Field(Field::Colour))),
            (
                "Care guide (product.metafields.descriptors.care_guide)",
                Some(Place::Field(Field::Care)),
            ),
            ("Height (product.metafields.custom.height)", Some(Place::Fact)),
            ("Variant Price", None),
            ("Weight value (grams)", None),
        ] {
            assert_eq!(metafield(header).map(|found| found.place), expected, "{header}");
        }
        let rating =
            metafield("Product rating (product.metafields.reviews.rating)").map(|m| m.place);
        assert!(matches!(rating, Some(Place::Nowhere(_))));
        assert_eq!(foreign("Price / International"), Some(PRICE_OF_MARKET));
        assert_eq!(foreign("Price"), None);
    }
}
