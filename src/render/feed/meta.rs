//! The catalogue of Meta as CSV, after its reference of catalogue fields
//! (<https://developers.facebook.com/docs/commerce-platform/catalog/fields>).
//!
//! The first line names the columns. Cells that a spreadsheet would take for a formula begin with an apostrophe, as the
//! file is often opened in one before it is given away.

use super::super::page::Place;
use super::goods::{self, Good};
use super::merchant::money;
use crate::model::{Availability, ProductIx};

const COLUMNS: [&str; 18] = [
    "id",
    "title",
    "description",
    "availability",
    "condition",
    "price",
    "link",
    "image_link",
    "brand",
    "additional_image_link",
    "item_group_id",
    "google_product_category",
    "product_type",
    "size",
    "color",
    "material",
    "pattern",
    "gtin",
];

pub(super) fn text(place: &Place<'_, '_>) -> String {
    let mut out =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut write = |cells: &[String]| out.write_record(cells).expect("memory takes all of it");
    write(&COLUMNS.map(str::to_owned));
    for at in 0..place.site.products.len() {
        for good in goods::rows(place, ProductIx::of(at)) {
            write(&cells(&good, place.shop_name()).map(|cell| guarded(&cell)));
        }
    }
    let bytes = out.into_inner().expect("memory takes all of it");
    String::from_utf8(bytes).expect("all cells are text")
}

fn cells(good: &Good<'_>, shop: &str) -> [String; COLUMNS.len()] {
    let some = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [
        good.id.clone(),
        good.title.clone(),
        good.description.clone(),
        availability(good.availability).to_owned(),
        "new".to_owned(),
        money(good.price),
        good.link.clone(),
        good.image.clone(),
        shop.to_owned(),
        good.more_images.join(","),
        some(good.group.as_deref()),
        some(good.product.google_category.as_deref()),
        some(good.product_type.as_deref()),
        some(good.size.as_deref()),
        some(good.colour.as_deref()),
        some(good.material.as_deref()),
        some(good.pattern.as_deref()),
        some(good.gtin),
    ]
}

fn availability(availability: Availability) -> &'static str {
    match availability {
        Availability::SoldOut => "out of stock",
        Availability::MadeToOrder => "available for order",
        Availability::InStock(_) | Availability::OneOfAKind | Availability::Unstated => "in stock",
    }
}

/// A cell that no spreadsheet takes for a formula. Plain numbers stay as they are.
pub(crate) fn guarded(cell: &str) -> String {
    // Spreadsheets pass over white space and take the wide forms of the signs for the same.
    let first = cell.trim_start_matches([' ', '\u{a0}', '\u{3000}']).chars().next();
    let is_sign = first.is_some_and(|c| {
        matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%')
            || matches!(c, '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    });
    let number = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_sign && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+2", "'=1+2"),
            ("+SUM(A1)", "'+SUM(A1)"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            (" =1", "' =1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("-12.50", "-12.50"),
            ("+3", "+3"),
            ("12.00 EUR", "12.00 EUR"),
            ("Shawl = warm", "Shawl = warm"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), expected, "{cell:?}");
        }
    }
}
