//! Prices as people write them.

use crate::diag::{Diagnostic, Spanned, codes, nearest};
use crate::model::{Currency, Money, MoneyError, Price, PriceRange};
use crate::read::Value;
use crate::read::cells::{self, PriceProblem, PriceStyle};

use super::fields::Fields;

/// Reads `price` and `currency`: the price if one is said, and the currency of prices that name none.
pub(super) fn stated(
    fields: &mut Fields<'_>,
    other_currency: Option<Currency>,
) -> (Option<Price>, Option<Currency>) {
    let own = fields.string("currency");
    let currency = match &own {
        Some(code) => match Currency::from_code(&code.value) {
            Some(currency) => Some(currency),
            None => {
                fields.report(unknown_currency(code));
                // The rest of the price can still be judged by the shop's own.
                other_currency
            }
        },
        None => other_currency,
    };
    let price = fields.value("price").map(|written| one(fields, written, currency));
    if let Some(Price::Fixed(Money { minor: 0, .. })) = price {
        let words =
            format!("{} costs nothing, so whoever orders it gets it for nothing", fields.what());
        fields.report(
            Diagnostic::warning(codes::NO_PRICE, fields.place("price"), words)
                .label("write what it costs, or price = \"on request\""),
        );
    }
    // A price that names its currency names that of the variants too.
    let said = price.and_then(Price::lowest).map(|money| money.currency);
    (price, said.or(currency))
}

/// Says that a product has no price.
pub(super) fn missing(fields: &mut Fields<'_>) {
    let words = format!("{} says no price", fields.what());
    fields.report(
        Diagnostic::warning(codes::NO_PRICE, fields.whole(), words)
            .hint("write for example price = \"40.00 EUR\", or price = \"on request\""),
    );
}

/// One amount that is no range and is told, such as the price of a parcel.
pub(super) fn amount_of(
    fields: &mut Fields<'_>,
    name: &'static str,
    currency: Option<Currency>,
) -> Option<Money> {
    let written = fields.value(name)?;
    let before = fields.problems();
    match one(fields, written, currency) {
        Price::Fixed(money) => Some(money),
        Price::OnRequest if fields.problems() > before => None,
        Price::Range(_) | Price::OnRequest => {
            fields.report(
                Diagnostic::error(
                    codes::BAD_PRICE,
                    written.span,
                    format!("`{name}` is one amount of money"),
                )
                .label(format!("write for example {name} = \"5.00\"")),
            );
            None
        }
    }
}

/// Reads `cost`, what one piece costs its maker, and warns if the lowest price is below twice that. It is kept nowhere: no
/// page, feed or file of the site may tell it.
pub(super) fn cost(fields: &mut Fields<'_>, price: Option<Price>, currency: Option<Currency>) {
    let Some(written) = fields.value("cost") else { return };
    if let Value::Float(number) = &written.value {
        fields.report(
            Diagnostic::error(
                codes::BAD_PRICE,
                written.span,
                "what it costs stands in quotes, so that no cent is lost",
            )
            .label(format!("write cost = \"{number}\"")),
        );
        return;
    }
    let Some(cost) = amount_of(fields, "cost", currency) else { return };
    let Some(price) = price.and_then(Price::lowest) else { return };
    let Some(twice) = cost.minor.checked_mul(2).map(|minor| Money { minor, ..cost }) else {
        return;
    };
    if price.currency != cost.currency || price.minor >= twice.minor {
        return;
    }
    let told = |money: Money| format!("{} {}", money.to_major(), money.currency.code());
    let words = format!(
        "{} asks {} and costs {}; a shop that resells pays half",
        fields.what(),
        told(price),
        told(cost)
    );
    fields.report(
        Diagnostic::warning(codes::LOW_PRICE, written.span, words)
            .label(format!("twice that is {}", told(twice)))
            .hint(
                "ask that or more, or make it for less; if nobody resells it and the price is meant so, take `cost` out: it is \
                 for this sum alone, and published nowhere",
            ),
    );
}

/// A price as it is written; one that is not understood is reported, and stands as "on request".
pub(super) fn one(
    fields: &mut Fields<'_>,
    written: &Spanned<Value>,
    currency: Option<Currency>,
) -> Price {
    let what = fields.what().to_owned();
    let text = match &written.value {
        Value::String(text) => text.trim().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => {
            fields.report(
                Diagnostic::error(
                    codes::BAD_PRICE,
                    written.span,
                    "a price stands in quotes, so that no cent is lost",
                )
                .label(format!("write price = \"{number}\"")),
            );
            return Price::OnRequest;
        }
        _ => {
            fields.report(form(written));
            return Price::OnRequest;
        }
    };
    if text.eq_ignore_ascii_case("on request") {
        return Price::OnRequest;
    }
    match parse(&text, currency) {
        Ok(price) => price,
        Err(problem) => {
            let of_table = fields.is_row().then(|| in_cell(written, &text, currency));
            match of_table {
                Some(Ok(price)) => return price,
                Some(Err(Some(diagnostic))) => fields.report(diagnostic),
                Some(Err(None)) | None => fields.report(problem.explain(written, &what, &text)),
            }
            Price::OnRequest
        }
    }
}

/// A price as spreadsheets show it, such as `1.234,50 €`; else what is to be said of it, if that is something of its own.
fn in_cell(
    written: &Spanned<Value>,
    text: &str,
    currency: Option<Currency>,
) -> Result<Price, Option<Diagnostic>> {
    match cells::price(text, PriceStyle { currency, decimal: None }) {
        Ok(cells::Price::OnRequest) => Ok(Price::OnRequest),
        Ok(cells::Price::Amount(money)) => Ok(Price::Fixed(money)),
        Ok(cells::Price::Range(low, high)) => Ok(Price::Range(PriceRange { low, high })),
        Err(PriceProblem::Ambiguous) => Err(Some(
            Diagnostic::error(
                codes::BAD_PRICE,
                written.span,
                "this may be thousands or a fraction",
            )
            .label("write both digits of the fraction, for example 1234.00 or 1.23"),
        )),
        Err(PriceProblem::NoCurrency) if cells::has_bare_dollar(text) => Err(Some(
            Diagnostic::error(
                codes::PRICE_WITHOUT_CURRENCY,
                written.span,
                "several lands have a currency that is written $",
            )
            .label(format!("write for example {} USD", {
                let number = text.replace('$', "").trim().to_owned();
                let style = PriceStyle { currency: Currency::from_code("USD"), decimal: None };
                // Thousands and a fraction may look the same.
                if cells::price(&number, style).is_ok() { number } else { "34.00".to_owned() }
            })),
        )),
        Err(problem @ PriceProblem::Negative) => {
            Err(Some(Diagnostic::error(codes::BAD_PRICE, written.span, problem.words())))
        }
        Err(_) => Err(None),
    }
}

pub(super) fn unknown_currency(code: &Spanned<String>) -> Diagnostic {
    let common =
        ["EUR", "USD", "GBP", "CAD", "AUD", "MXN", "PEN", "CLP", "VND", "INR", "KES", "MAD"];
    let diagnostic = Diagnostic::error(
        codes::BAD_PRICE,
        code.span,
        format!("\"{}\" is not the code of a currency", code.value),
    );
    match nearest(&code.value.to_uppercase(), common) {
        Some(near) => diagnostic.label(format!("write for example \"{near}\"")),
        None => diagnostic.label("write three capital letters, for example \"EUR\""),
    }
}

/// An amount with as many digits as the currency has.
fn example(currency: Currency) -> String {
    Money { minor: 40 * 10_u64.pow(u32::from(currency.exponent())), currency }.to_major()
}

enum Problem {
    Form,
    NoCurrency,
    Currency(String),
    Amount(MoneyError, Currency),
    Order,
    Mixed,
}

fn parse(text: &str, site_currency: Option<Currency>) -> Result<Price, Problem> {
    // The dash may be any of those that phones and word processors make.
    let parts: Vec<&str> = text.split(['-', '–', '—']).map(str::trim).collect();
    let (low, high) = match parts[..] {
        [single] => (single, None),
        [low, high] => (low, Some(high)),
        _ => return Err(Problem::Form),
    };
    let (last_amount, last_currency) = amount(high.unwrap_or(low))?;
    let (first_amount, first_currency) = amount(low)?;
    if let (Some(a), Some(b)) = (first_currency, last_currency)
        && a != b
    {
        return Err(Problem::Mixed);
    }
    let currency = last_currency.or(first_currency).or(site_currency).ok_or(Problem::NoCurrency)?;
    let money = |text| Money::parse_major(text, currency).map_err(|e| Problem::Amount(e, currency));
    let low = money(first_amount)?;
    if high.is_none() {
        return Ok(Price::Fixed(low));
    }
    let high = money(last_amount)?;
    match low.minor.cmp(&high.minor) {
        std::cmp::Ordering::Less => Ok(Price::Range(PriceRange { low, high })),
        std::cmp::Ordering::Equal => Ok(Price::Fixed(low)),
        std::cmp::Ordering::Greater => Err(Problem::Order),
    }
}

/// Splits `240.00 EUR` into amount and currency.
fn amount(text: &str) -> Result<(&str, Option<Currency>), Problem> {
    let Some((amount, code)) = text.split_once(char::is_whitespace) else {
        return Ok((text, None));
    };
    let code = code.trim();
    match Currency::from_code(code) {
        Some(currency) => Ok((amount, Some(currency))),
        None if code.chars().all(char::is_alphabetic) => Err(Problem::Currency(code.to_owned())),
        None => Err(Problem::Form),
    }
}

fn form(written: &Spanned<Value>) -> Diagnostic {
    Diagnostic::error(codes::BAD_PRICE, written.span, "this price is not understood")
        .label("write for example price = \"240.00 EUR\"")
}

impl Problem {
    fn explain(self, written: &Spanned<Value>, what: &str, text: &str) -> Diagnostic {
        let error = |words: String| Diagnostic::error(codes::BAD_PRICE, written.span, words);
        match self {
            Self::Form | Self::Amount(MoneyError::Form, _) => {
                let with_point = text.replace(',', ".");
                let diagnostic = form(written);
                let euro = Currency::from_code("EUR");
                if text.contains(',') && parse(&with_point, euro).is_ok() {
                    return diagnostic
                        .hint(format!("with a point it is understood: price = \"{with_point}\""));
                }
                diagnostic
            }
            Self::NoCurrency => {
                let with_point = text.replace(',', ".");
                if parse(&with_point, Currency::from_code("EUR")).is_err() {
                    return form(written);
                }
                Diagnostic::error(
                    codes::PRICE_WITHOUT_CURRENCY,
                    written.span,
                    format!("the price of {what} has no currency"),
                )
                .label(format!("write for example \"{with_point} EUR\""))
                .hint("to use one currency everywhere, set `currency` in site.toml")
            }
            Self::Currency(code) => unknown_currency(&Spanned::new(code, written.span)),
            Self::Amount(MoneyError::Digits, currency) => error(format!(
                "a price in {} has {} digits after the point",
                currency.code(),
                currency.exponent()
            ))
            .label(format!("write for example price = \"{}\"", example(currency))),
            Self::Amount(MoneyError::Large, _) => {
                error("this price is larger than anything that is sold".into())
            }
            Self::Order => error("the first price of a range is the lower one".into()),
            Self::Mixed => error("a range of prices has one currency".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        let eur = Currency::from_code("EUR");
        let table = [
            ("240.00 EUR", None, Some((24_000, 24_000, "EUR"))),
            ("240", eur, Some((24_000, 24_000, "EUR"))),
            ("20 - 35.50", eur, Some((2_000, 3_550, "EUR"))),
            ("20–35 USD", eur, Some((2_000, 3_500, "USD"))),
            ("20 USD - 35 USD", None, Some((2_000, 3_500, "USD"))),
            ("20 - 20", eur, Some((2_000, 2_000, "EUR"))),
            ("20", None, None),
            ("20,00 EUR", None, None),
            ("35 - 20 EUR", None, None),
            ("20 USD - 35 EUR", None, None),
            ("20 Taler", None, None),
            ("€20", eur, None),
            ("-20", eur, None),
        ];
        for (text, currency, expected) in table {
            let got = parse(text, currency).ok().map(|price| match price {
                Price::Fixed(m) => (m.minor, m.minor, m.currency.code()),
                Price::Range(r) => (r.low.minor, r.high.minor, r.low.currency.code()),
                Price::OnRequest => (0, 0, ""),
            });
            assert_eq!(got, expected, "{text}");
        }
    }
}
