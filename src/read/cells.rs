//! What single cells of a table mean: prices, numbers, yes and no, lists.

use crate::model::{Currency, Money};

/// What a price cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Price {
    OnRequest,
    Amount(Money),
    Range(Money, Money),
}

/// Why a cell is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PriceProblem {
    /// It is none of the forms of a price.
    Form,
    Negative,
    /// `1.234` may be a thousand or a little more than one.
    Ambiguous,
    /// More digits than the currency has.
    Digits,
    Large,
    Order,
    /// No currency anywhere.
    NoCurrency,
}

impl PriceProblem {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Form => "this is not a price",
            Self::Negative => "a price is not less than nothing",
            Self::Ambiguous => {
                "this may be thousands or a fraction; write decimal = \".\" or decimal = \",\" in the map"
            }
            Self::Digits => "this has more digits after the point than the currency has",
            Self::Large => "this is more than anything costs",
            Self::Order => "the first price of a range is the lower one",
            Self::NoCurrency => "this price has no currency",
        }
    }
}

/// What the table as a whole says about prices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PriceStyle {
    pub(crate) currency: Option<Currency>,
    pub(crate) decimal: Option<char>,
}

const ON_REQUEST: [&str; 12] = [
    "on request",
    "price on request",
    "ask",
    "poa",
    "auf anfrage",
    "preis auf anfrage",
    "sur demande",
    "prix sur demande",
    "a consultar",
    "consultar",
    "sob consulta",
    "su richiesta",
];
const FREE: [&str; 6] = ["free", "gratis", "gratuit", "gratuito", "kostenlos", "for free"];

/// Signs that mean one currency; dollars, pounds and crowns of several lands are told by the map.
const SIGNS: [(&str, &str); 29] = [
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("MX$", "MXN"),
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("R$", "BRL"),
    ("S/.", "PEN"),
    ("S/", "PEN"),
    ("Bs.", "BOB"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₫", "VND"),
    ("₩", "KRW"),
    ("฿", "THB"),
    ("₱", "PHP"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₽", "RUB"),
    ("₵", "GHS"),
    ("₡", "CRC"),
    ("zł", "PLN"),
    ("Fr.", "CHF"),
];
/// Lands that write `$`.
const DOLLARS: [&str; 14] = [
    "USD", "CAD", "AUD", "NZD", "MXN", "HKD", "TWD", "SGD", "ARS", "CLP", "COP", "UYU", "DOP",
    "FJD",
];

/// Reads a price as people write it.
pub(crate) fn price(text: &str, style: PriceStyle) -> Result<Price, PriceProblem> {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if ON_REQUEST.contains(&words.as_str()) {
        return Ok(Price::OnRequest);
    }
    if FREE.contains(&words.as_str()) {
        let currency = style.currency.ok_or(PriceProblem::NoCurrency)?;
        return Ok(Price::Amount(Money { minor: 0, currency }));
    }
    if text.trim_start().starts_with(['-', '−']) {
        return Err(PriceProblem::Negative);
    }
    let parts: Vec<&str> = text.split(['-', '–', '—']).map(str::trim).collect();
    match parts[..] {
        [single] => Ok(Price::Amount(amount(single, style)?)),
        // "12,-" is twelve and nothing.
        [single, ""] => Ok(Price::Amount(amount(single.trim_end_matches([',', '.']), style)?)),
        [low, high] => {
            // The currency may stand at either end.
            let (_, at_low) = take_currency(low, None);
            let (_, at_high) = take_currency(high, None);
            let style = PriceStyle { currency: at_high.or(at_low).or(style.currency), ..style };
            let (low, high) = (amount(low, style)?, amount(high, style)?);
            if low.currency != high.currency {
                return Err(PriceProblem::Form);
            }
            match low.minor.cmp(&high.minor) {
                std::cmp::Ordering::Less => Ok(Price::Range(low, high)),
                std::cmp::Ordering::Equal => Ok(Price::Amount(low)),
                std::cmp::Ordering::Greater => Err(PriceProblem::Order),
            }
        }
        _ => Err(PriceProblem::Form),
    }
}

fn amount(text: &str, style: PriceStyle) -> Result<Money, PriceProblem> {
    let (number, own) = take_currency(text, style.currency);
    let number: String =
        number.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return Err(PriceProblem::Form);
    }
    // The sign of a dollar is no other currency.
    let expected = style.currency.filter(|_| !has_bare_dollar(text));
    let currency = own.or(expected).ok_or(PriceProblem::NoCurrency)?;
    let plain = plain_number(&number, currency.exponent(), style.decimal)?;
    Money::parse_major(&plain, currency).map_err(|error| match error {
        crate::model::MoneyError::Form => PriceProblem::Form,
        crate::model::MoneyError::Digits => PriceProblem::Digits,
        crate::model::MoneyError::Large => PriceProblem::Large,
    })
}

/// Splits the sign or code of a currency off a text. `$` is the expected currency if that is a dollar.
fn take_currency(text: &str, expected: Option<Currency>) -> (&str, Option<Currency>) {
    let text = text.trim();
    for (sign, code) in SIGNS {
        let rest = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign));
        if let Some(rest) = rest {
            return (rest.trim(), Currency::from_code(code));
        }
    }
    if let Some(rest) = text.strip_prefix('$').or_else(|| text.strip_suffix('$')) {
        let dollar = expected.filter(|currency| DOLLARS.contains(&currency.code()));
        return (rest.trim(), dollar);
    }
    if let Some((code, rest)) = text.split_at_checked(3)
        && let Some(currency) = Currency::from_code(&code.to_ascii_uppercase())
    {
        return (rest.trim(), Some(currency));
    }
    if let Some((rest, code)) = text.len().checked_sub(3).and_then(|at| text.split_at_checked(at))
        && let Some(currency) = Currency::from_code(&code.to_ascii_uppercase())
    {
        return (rest.trim(), Some(currency));
    }
    (text, None)
}

/// Tells whether a price is written with a sign that several currencies share.
pub(crate) fn has_bare_dollar(text: &str) -> bool {
    let is_other = SIGNS.iter().any(|(sign, _)| sign.contains('$') && text.contains(sign));
    text.contains('$') && !is_other
}

/// A number with at most one `.` before the fraction, and no other separators.
fn plain_number(number: &str, exponent: u8, decimal: Option<char>) -> Result<String, PriceProblem> {
    let decimal = match decimal {
        Some(sign) => Some(sign),
        None => decimal_sign(number, exponent)?,
    };
    let Some(sign) = decimal else { return ungrouped(number) };
    let (whole, fraction) = number.rsplit_once(sign).unwrap_or((number, ""));
    if fraction.contains([',', '.']) {
        return Err(PriceProblem::Form);
    }
    let whole = ungrouped(whole)?;
    // Shops store four digits after the point; zeros say nothing.
    let mut fraction = fraction.to_owned();
    while fraction.len() > usize::from(exponent) && fraction.ends_with('0') {
        fraction.pop();
    }
    if fraction.is_empty() { Ok(whole) } else { Ok(format!("{whole}.{fraction}")) }
}

/// Which sign begins the fraction; `None` if there is no fraction.
fn decimal_sign(number: &str, exponent: u8) -> Result<Option<char>, PriceProblem> {
    let Some(at) = number.rfind([',', '.']) else { return Ok(None) };
    let sign = if number[at..].starts_with(',') { ',' } else { '.' };
    let other = if sign == ',' { '.' } else { ',' };
    let digits_after = number.len() - at - 1;
    if number.contains(other) {
        // The last of two different signs begins the fraction.
        return Ok(Some(sign));
    }
    if number.matches(sign).count() > 1 || (exponent == 0 && digits_after == 3) {
        return Ok(None);
    }
    if digits_after == 3 && exponent != 3 && !number.starts_with('0') {
        return Err(PriceProblem::Ambiguous);
    }
    Ok(Some(sign))
}

/// Takes out the signs between groups of three digits.
fn ungrouped(number: &str) -> Result<String, PriceProblem> {
    let groups: Vec<&str> = number.split([',', '.']).collect();
    let are_threes = groups[1..].iter().all(|group| group.len() == 3);
    let is_first_short = groups.len() == 1 || (1..=3).contains(&groups[0].len());
    if !are_threes || !is_first_short {
        return Err(PriceProblem::Form);
    }
    Ok(groups.concat())
}

/// The decimal sign that a column of prices shows without doubt.
pub(crate) fn decimal_of<'a>(cells: impl Iterator<Item = &'a str>) -> Option<char> {
    let mut found = None;
    for cell in cells {
        let number: String =
            cell.chars().filter(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
        let Some(at) = number.rfind([',', '.']) else { continue };
        let sign = if number[at..].starts_with(',') { ',' } else { '.' };
        let other = if sign == ',' { '.' } else { ',' };
        let is_single = number.matches(sign).count() == 1;
        let is_clear = is_single && (number.len() - at - 1 != 3 || number.contains(other));
        if !is_clear {
            continue;
        }
        match found {
            None => found = Some(sign),
            Some(known) if known == sign => {}
            // A column that does both says nothing.
            Some(_) => return None,
        }
    }
    found
}

/// What a stock cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stock {
    Count(u64),
    MadeToOrder,
}

/// Reads how many there are.
pub(crate) fn stock(text: &str) -> Option<Stock> {
    match text.to_lowercase().as_str() {
        "sold out" | "out of stock" | "outofstock" | "none" | "agotado" | "ausverkauft"
        | "épuisé" => Some(Stock::Count(0)),
        "made to order" | "on order" | "por encargo" | "auf bestellung" | "sur commande" => {
            Some(Stock::MadeToOrder)
        }
        _ => number(text).map(Stock::Count),
    }
}

/// Reads a whole number; zeros after a point say nothing, unless they are three, which may mean thousands.
pub(crate) fn number(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_nothing =
        |zeros: &str| !matches!(zeros.len(), 0 | 3) && zeros.bytes().all(|b| b == b'0');
    let whole = match plain.split_once('.') {
        Some((whole, zeros)) if is_nothing(zeros) => whole,
        Some(_) => return None,
        None => plain.as_str(),
    };
    let is_digits = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    if is_digits { whole.parse().ok().filter(|number| *number <= 10_000_000) } else { None }
}

/// Reads a weight in units of so many grams, to whole grams.
pub(crate) fn grams(text: &str, per_unit: f64) -> Option<u64> {
    let plain = text.trim().replace(',', ".");
    let is_number = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') && plain.len() <= 12;
    let weight = plain.parse::<f64>().ok().filter(|_| is_number)? * per_unit;
    // At most ten tonnes, and not less than nothing: the cast is exact.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
    (weight <= 10_000_000.0).then_some(weight.round() as u64)
}

/// Reads a whole number that may be less than nothing, as shops count what they owe.
pub(crate) fn count(text: &str) -> Option<i64> {
    let (sign, digits) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.trim()),
    };
    number(digits).and_then(|number| i64::try_from(number).ok()).map(|number| sign * number)
}

/// Reads yes or no.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "x" | "✓" | "✔" | "sí" | "si" | "oui" | "ja" | "on"
        | "sim" | "active" | "continue" => Some(true),
        "0" | "no" | "n" | "false" | "-" | "non" | "nein" | "off" | "não" => Some(false),
        _ => None,
    }
}

/// How a list without a word in the map is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// At line ends, `;`, `|` and `,`.
    Words,
    /// At line ends, `;` and `|`, with paths such as `Gear/Bags`.
    Paths,
    /// Photographs: at line ends, `;`, `|` and `,`, but slashes are part of the name.
    Files,
    /// Sentences: at line ends and `|` only.
    Sentences,
}

impl Habit {
    /// What stands between entries.
    pub(crate) fn separators(self) -> &'static [&'static str] {
        match self {
            Self::Words | Self::Files => &["\n", ";", "|", ","],
            Self::Paths => &["\n", ";", "|"],
            Self::Sentences => &["\n", "|"],
        }
    }
}

/// Reads a date; a time after it says nothing to a shop.
pub(crate) fn date(text: &str) -> Option<String> {
    let day = text.split(['T', ' ']).next()?;
    let date: jiff::civil::Date = day.parse().ok()?;
    Some(date.to_string())
}

/// A day as spreadsheets show it, in the form of files: `2026-5-1`, `1.5.2026`, and with strokes what can only be one day,
/// such as `13/05/2026`.
pub(crate) fn local_date(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let numbers = |separator| {
        let parts: Vec<i16> =
            text.split(separator).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        <[i16; 3]>::try_from(parts).ok()
    };
    let day = |year: i16, month: i16, day: i16| {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        let is_written_out = (1000..=9999).contains(&year);
        jiff::civil::Date::new(year, month, day).ok().filter(|_| is_written_out)
    };
    let found = if let Some([year, month, of_month]) = numbers('-') {
        day(year, month, of_month)
    } else if let Some([of_month, month, year]) = numbers('.') {
        day(year, month, of_month)
    } else if let Some([first, second, year]) = numbers('/') {
        match (day(year, second, first), day(year, first, second)) {
            (Some(one), Some(other)) if one != other => None,
            (one, other) => one.or(other),
        }
    } else {
        None
    };
    found.map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(code: &str) -> PriceStyle {
        PriceStyle { currency: Currency::from_code(code), decimal: None }
    }

    fn shown(text: &str, style: PriceStyle) -> Result<String, PriceProblem> {
        let money = |money: Money| format!("{} {}", money.to_major(), money.currency.code());
        price(text, style).map(|price| match price {
            Price::OnRequest => "on request".to_owned(),
            Price::Amount(amount) => money(amount),
            Price::Range(low, high) => format!("{} - {}", money(low), money(high)),
        })
    }

    #[test]
    fn prices_are_read_as_people_write_them() {
        let table = [
            ("34", "USD", "34.00 USD"),
            ("$34", "USD", "34.00 USD"),
            ("34.0000", "USD", "34.00 USD"),
            ("1.234,50 €", "USD", "1234.50 EUR"),
            ("1,234.50", "USD", "1234.50 USD"),
            ("12,50", "EUR", "12.50 EUR"),
            ("12,5", "EUR", "12.50 EUR"),
            ("EUR 12", "USD", "12.00 EUR"),
            ("12 chf", "USD", "12.00 CHF"),
            ("1'234.50", "CHF", "1234.50 CHF"),
            ("1 234,50 €", "", "1234.50 EUR"),
            ("250.000 ₫", "", "250000 VND"),
            ("1,500", "JPY", "1500 JPY"),
            ("1.234.567,00", "EUR", "1234567.00 EUR"),
            ("1.500", "KWD", "1.500 KWD"),
            ("20 - 35 EUR", "", "20.00 EUR - 35.00 EUR"),
            ("€20–€35", "", "20.00 EUR - 35.00 EUR"),
            ("12,-", "EUR", "12.00 EUR"),
            ("S/ 45.90", "", "45.90 PEN"),
            ("free", "EUR", "0.00 EUR"),
            ("Auf  Anfrage", "", "on request"),
        ];
        for (text, code, expected) in table {
            assert_eq!(shown(text, style(code)).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_told_why() {
        let table = [
            ("abc", PriceProblem::Form),
            ("NaN", PriceProblem::Form),
            ("1e9999", PriceProblem::Form),
            ("from 20", PriceProblem::Form),
            ("=1+1", PriceProblem::Form),
            ("1,23,4", PriceProblem::Form),
            ("-1", PriceProblem::Negative),
            ("1.234", PriceProblem::Ambiguous),
            ("12.345678", PriceProblem::Digits),
            ("99999999999999999999", PriceProblem::Large),
            ("35 - 20", PriceProblem::Order),
            ("", PriceProblem::Form),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text, style("EUR")), Err(expected), "{text}");
        }
        assert_eq!(shown("34", style("")), Err(PriceProblem::NoCurrency));
        assert_eq!(shown("$34", style("")), Err(PriceProblem::NoCurrency));
        assert_eq!(shown("$34", style("EUR")), Err(PriceProblem::NoCurrency));
        let comma = PriceStyle { decimal: Some(','), ..style("EUR") };
        assert_eq!(shown("1.234", comma).as_deref(), Ok("1234.00 EUR"));
        let point = PriceStyle { decimal: Some('.'), ..style("EUR") };
        assert_eq!(shown("1.230", point).as_deref(), Ok("1.23 EUR"));
    }

    #[test]
    fn a_column_tells_its_decimal_sign() {
        assert_eq!(decimal_of(["1.234", "12,50"].into_iter()), Some(','));
        assert_eq!(decimal_of(["1,234", "34.0000"].into_iter()), Some('.'));
        assert_eq!(decimal_of(["1,5", "1.5"].into_iter()), None);
        assert_eq!(decimal_of(["1.234", "5"].into_iter()), None);
    }

    #[test]
    fn numbers_and_answers() {
        for (text, expected) in [
            ("100", Some(Stock::Count(100))),
            ("12.0000", Some(Stock::Count(12))),
            ("12.0", Some(Stock::Count(12))),
            // Two thousand, or two.
            ("2.000", None),
            ("2,000", None),
            ("Sold out", Some(Stock::Count(0))),
            ("made to order", Some(Stock::MadeToOrder)),
            (">10", None),
            ("-3", None),
            ("1.5", None),
            ("99999999999", None),
        ] {
            assert_eq!(stock(text), expected, "{text}");
        }
        assert_eq!((yes_no("Yes"), yes_no("0"), yes_no("maybe")), (Some(true), Some(false), None));
        assert_eq!(date("2026-05-01T10:00:00Z").as_deref(), Some("2026-05-01"));
        assert_eq!(date("2026-02-30"), None);
        for (text, expected) in [
            ("2026-5-1", Some("2026-05-01")),
            ("1.5.2026", Some("2026-05-01")),
            ("15. 05. 2026", Some("2026-05-15")),
            ("13/05/2026", Some("2026-05-13")),
            ("05/13/2026", Some("2026-05-13")),
            ("05/05/2026", Some("2026-05-05")),
            // The first of May, or the fifth of January.
            ("01/05/2026", None),
            ("31/02/2026", None),
            ("1.5.26", None),
            ("-1-5-1", None),
            ("99999-1-1", None),
            ("1.5.2026.", Some("2026-05-01")),
            ("soon", None),
        ] {
            assert_eq!(local_date(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn weights_and_counts() {
        for (text, per_unit, expected) in [
            ("340.0", 1.0, Some(340)),
            ("0,35", 1000.0, Some(350)),
            ("1.5", 453.592_37, Some(680)),
            ("0", 1.0, Some(0)),
            ("1e3", 1.0, None),
            ("inf", 1.0, None),
            ("-1", 1.0, None),
            ("99999999", 1000.0, None),
            ("1.2.3", 1.0, None),
        ] {
            assert_eq!(grams(text, per_unit), expected, "{text}");
        }
        assert_eq!(
            (count("-3"), count("4.0"), count("--4"), count("x")),
            (Some(-3), Some(4), None, None)
        );
    }
}
