//! The terms for dealers: `[wholesale]`, and what only customs and carriers ask for.

use crate::diag::{Diagnostic, codes, nearest};
use crate::model::{Currency, DeliveryTerms, INCOTERMS_2020, Price, PriceBreak, Trade};
use crate::read::Value;

use super::fields::Fields;
use super::{items, price};

/// The terms that the whole shop has, from `[wholesale]` in `site.toml`.
pub(super) fn of_shop(fields: &mut Fields<'_>) -> Trade {
    let mut trade = Trade::default();
    if let Some(mut group) = fields.sub("wholesale", "the part [wholesale]".to_owned()) {
        terms(&mut group, &mut trade);
        fields.absorb(group);
    }
    trade
}

/// The terms of a product; what it does not say is as in `shop`.
pub(super) fn of_product(
    fields: &mut Fields<'_>,
    shop: &Trade,
    retail: Option<Price>,
    currency: Option<Currency>,
) -> Trade {
    let mut trade = shop.clone();
    if let Some(mut group) = fields.sub("wholesale", format!("the wholesale of {}", fields.what()))
    {
        terms(&mut group, &mut trade);
        trade.breaks = breaks(&mut group, retail, currency);
        if let (Some(minimum), Some(first)) = (trade.minimum, trade.breaks.first())
            && group.has("minimum")
            && first.from < minimum
        {
            group.report(
                Diagnostic::error(
                    codes::BAD_WHOLESALE,
                    group.place("minimum"),
                    format!(
                        "there is a price from {}, and the smallest order is {minimum}",
                        first.from
                    ),
                )
                .label(format!("write minimum = {}, or begin the prices at {minimum}", first.from)),
            );
        }
        fields.absorb(group);
    }
    trade.hs = items::digits(fields, "hs", &[6]);
    trade.handicraft_basis = fields.text("handicraft_basis");
    trade.packed_cm = packed_cm(fields);
    trade
}

fn terms(group: &mut Fields<'_>, trade: &mut Trade) {
    trade.minimum = group.number("minimum", 1..=10_000_000).or(trade.minimum);
    trade.credit_days = group.number("credit_days", 0..=3650).or(trade.credit_days);
    trade.private_label = group.said_flag("private_label").or(trade.private_label);
    trade.lead_time_days = group.number("lead_time_days", 0..=3650).or(trade.lead_time_days);
    trade.terms = delivery(group).or_else(|| trade.terms.take());
    trade.note = group.text("note").or_else(|| trade.note.take());
}

fn delivery(group: &mut Fields<'_>) -> Option<DeliveryTerms> {
    let written = group.string("incoterm")?;
    let Some(terms) = DeliveryTerms::parse(&written.value) else {
        let code = written.value.trim().to_uppercase();
        let is_code = INCOTERMS_2020.contains(&code.as_str());
        let words = if is_code {
            "this Incoterm names no place, so nobody knows up to where you pay"
        } else {
            "this is not a trade term with its place"
        };
        let label = if is_code { format!("{code} Lima") } else { "FCA Lima".to_owned() };
        group.report(
            Diagnostic::error(codes::BAD_INCOTERM, written.span, words)
                .label(format!("write for example incoterm = \"{label}\"")),
        );
        return None;
    };
    if !terms.is_incoterm {
        let words = format!("{} is not one of Incoterms 2020", terms.code);
        let diagnostic = Diagnostic::warning(codes::BAD_INCOTERM, written.span, words)
            .hint(format!("they are: {}", INCOTERMS_2020.join(", ")));
        group.report(match nearest(&terms.code, INCOTERMS_2020) {
            Some(near) => diagnostic.label(format!("did you mean \"{near} {}\"?", terms.place)),
            None => diagnostic.label("if you and the buyer mean it, say in `note` who pays what"),
        });
    }
    Some(terms)
}

fn breaks(
    group: &mut Fields<'_>,
    retail: Option<Price>,
    currency: Option<Currency>,
) -> Vec<PriceBreak> {
    let example = "[{ from = 10, price = \"18.00\" }]";
    let mut breaks: Vec<PriceBreak> = Vec::new();
    for mut sub in group.subs("breaks", example, |n| format!("wholesale price {n}")) {
        let from = sub.number("from", 1..=10_000_000);
        if from.is_none() {
            sub.missing("from", "from = 10");
        }
        let price = price::amount_of(&mut sub, "price", currency);
        if price.is_none() {
            sub.missing("price", "price = \"18.00\"");
        }
        if let (Some(from), Some(price)) = (from, price) {
            let last = breaks.last().copied();
            let problem = |name: &str, words: String| {
                Diagnostic::error(codes::BAD_WHOLESALE, sub.place(name), words)
            };
            let found = match last {
                Some(last) if from <= last.from => Some(
                    problem("from", format!("this is not more than the {} before it", last.from))
                        .label("put them in order, the smallest number first"),
                ),
                Some(last) if price.currency != last.price.currency => Some(problem(
                    "price",
                    "the wholesale prices of one product are in one currency".to_owned(),
                )),
                Some(last) if price.minor > last.price.minor => Some(
                    problem(
                        "price",
                        "a piece costs more here although more are ordered".to_owned(),
                    )
                    .label("the price of each is lower the more are ordered"),
                ),
                _ => None,
            };
            let is_dear = retail.and_then(Price::lowest).is_some_and(|lowest| {
                lowest.currency == price.currency && price.minor > lowest.minor
            });
            match found {
                Some(diagnostic) => sub.report(diagnostic),
                None => {
                    if is_dear {
                        sub.report(
                            Diagnostic::warning(
                                codes::BAD_WHOLESALE,
                                sub.place("price"),
                                "a dealer pays more here than a buyer of one piece",
                            )
                            .label("is this right?"),
                        );
                    }
                    breaks.push(PriceBreak { from, price });
                }
            }
        }
        group.absorb(sub);
    }
    breaks
}

fn packed_cm(fields: &mut Fields<'_>) -> Option<[u32; 3]> {
    let written = fields.value("packed_cm")?;
    let number = |value: &Value| match value {
        Value::Integer(n) => u32::try_from(*n).ok().filter(|n| (1..=10_000).contains(n)),
        _ => None,
    };
    let size = match &written.value {
        Value::Array(items) => {
            let sides: Option<Vec<u32>> = items.iter().map(|item| number(&item.value)).collect();
            sides.and_then(|sides| <[u32; 3]>::try_from(sides).ok())
        }
        _ => None,
    };
    if size.is_none() {
        fields.report(
            Diagnostic::error(
                codes::BAD_VALUE,
                written.span,
                "`packed_cm` is length, width and height in whole centimetres",
            )
            .label("write for example packed_cm = [30, 20, 10]"),
        );
    }
    size
}
