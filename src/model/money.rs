//! Money in whole minor units with its ISO 4217 currency, and how each language writes it.

use std::fmt;

use fixed_decimal::Decimal;
use icu_decimal::{
    DecimalFormatter, DecimalFormatterPreferences, options::DecimalFormatterOptions,
};
use serde::Serialize;

use super::currency_pattern::Pattern;
use super::locale::{Direction, Locale};

/// A currency in use, by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    exponent: u8,
}

impl Currency {
    /// The currency of a code in capitals; `None` for codes without minor units (gold, funds, tests).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let found = iso_currency::Currency::from_code(code)?;
        let exponent = u8::try_from(found.exponent()?).ok()?;
        Some(Self { code: found.code(), exponent })
    }

    /// The code, for example `EUR`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many digits follow the decimal point: 2 for EUR, 0 for JPY.
    #[must_use]
    pub fn exponent(self) -> u8 {
        self.exponent
    }
}

/// An amount in whole minor units (cents) of a currency; never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in minor units, at most [`Money::MAX_MINOR`].
    pub minor: u64,
    /// The currency.
    pub currency: Currency,
}

/// Why a text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// It has other characters than digits and one decimal point.
    Form,
    /// It has more digits after the point than the currency has.
    Digits,
    /// It is larger than anything that is sold.
    Large,
}

impl Money {
    /// The largest amount: 2^53 − 1, which every JSON reader holds exactly.
    pub const MAX_MINOR: u64 = (1 << 53) - 1;

    /// So many times the amount; `None` if that is more than [`Money::MAX_MINOR`].
    #[must_use]
    pub fn times(self, count: u32) -> Option<Self> {
        let minor =
            self.minor.checked_mul(count.into()).filter(|minor| *minor <= Self::MAX_MINOR)?;
        Some(Self { minor, ..self })
    }

    /// Reads an amount in major units such as `240`, `240.5` or `240.00`.
    ///
    /// # Errors
    /// Says what the amount may not be.
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !is_digits(whole)
            || !is_digits(fraction)
            || (text.contains('.') && fraction.is_empty())
        {
            return Err(MoneyError::Form);
        }
        let exponent = usize::from(currency.exponent);
        if fraction.len() > exponent {
            return Err(MoneyError::Digits);
        }
        let padded = format!("{whole}{fraction:0<exponent$}");
        let minor: u64 = padded.parse().map_err(|_| MoneyError::Large)?;
        if minor > Self::MAX_MINOR {
            return Err(MoneyError::Large);
        }
        Ok(Self { minor, currency })
    }

    /// The amount in major units with all digits of the currency, as feeds and JSON-LD want it.
    #[must_use]
    pub fn to_major(self) -> String {
        let exponent = usize::from(self.currency.exponent);
        if exponent == 0 {
            return self.minor.to_string();
        }
        let digits = format!("{:0>width$}", self.minor, width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        format!("{whole}.{fraction}")
    }
}

/// What a product costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// One price.
    Fixed(Money),
    /// From, to.
    Range(PriceRange),
    /// Told when asked for.
    OnRequest,
}

/// A price that depends on size, make or number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRange {
    /// The lowest.
    pub low: Money,
    /// The highest, in the same currency.
    pub high: Money,
}

impl Price {
    /// The lowest amount, if one is told.
    #[must_use]
    pub fn lowest(self) -> Option<Money> {
        match self {
            Self::Fixed(money) => Some(money),
            Self::Range(range) => Some(range.low),
            Self::OnRequest => None,
        }
    }
}

/// Writes amounts as readers of one language expect; make one for each language and keep it.
pub struct MoneyFormatter {
    decimal: DecimalFormatter,
    pattern: Pattern,
    is_right_to_left: bool,
    language: String,
}

impl fmt::Debug for MoneyFormatter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MoneyFormatter({})", self.language)
    }
}

/// How a language writes amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MoneyStyle {
    /// The digits from zero to nine.
    pub digits: String,
    /// What stands before the minor units.
    pub decimal: String,
    /// What stands between groups of digits; empty if there are none.
    pub group: String,
    /// Digits in the last group, and in each before it.
    pub groups: [u8; 2],
    /// Digits that the first group needs before groups are made at all.
    pub least_grouped: u8,
    /// Where the sign of the currency stands: `before`, `before-spaced`, `after` or `after-spaced`.
    pub pattern: &'static str,
    /// Whether the amount is held together from right to left (U+2067 … U+2069): otherwise the two amounts of
    /// a range, each a number and a Latin sign, would change places within the text around them.
    pub is_right_to_left: bool,
}

const NO_BREAK_SPACE: char = '\u{a0}';

impl MoneyFormatter {
    /// A formatter for a language; languages without data of their own get the root form.
    #[must_use]
    pub fn new(locale: &Locale) -> Self {
        let preferences = DecimalFormatterPreferences::from(locale.id());
        let decimal = DecimalFormatter::try_new(preferences, DecimalFormatterOptions::default())
            .expect("decimal data is compiled in, with a root to fall back on");
        let pattern = Pattern::of(locale);
        let is_right_to_left = locale.direction() == Direction::RightToLeft;
        Self { decimal, pattern, is_right_to_left, language: locale.tag().to_owned() }
    }

    /// A number with at most `digits` digits after the point, given in units of the last of them; zeros at the
    /// end are left out.
    #[must_use]
    pub fn number(&self, units: u64, digits: u8) -> String {
        let mut value = Decimal::from(units);
        value.multiply_pow10(-i16::from(digits));
        value.trim_end();
        self.decimal.format(&value).to_string()
    }

    /// How amounts are written, for whoever has to do it without this formatter (a script of a page).
    #[must_use]
    pub fn style(&self) -> MoneyStyle {
        let digits: Vec<char> =
            (0..10).flat_map(|n| self.number(n, 0).chars().collect::<Vec<_>>()).collect();
        let between = |text: String| -> Vec<(usize, String)> {
            // What stands between digits, with the number of digits that follow.
            let is_digit = |c: &char| digits.contains(c);
            let mut out: Vec<(usize, String)> = Vec::new();
            let mut after = 0;
            let mut run = String::new();
            for c in text.chars().rev() {
                if is_digit(&c) {
                    if !run.is_empty() {
                        out.push((after, run.chars().rev().collect()));
                        run.clear();
                    }
                    after += 1;
                } else {
                    run.push(c);
                }
            }
            out
        };
        let long = between(self.number(1_111_111_111, 0));
        let first = long.first().map_or(0, |(at, _)| *at);
        let second = long.get(1).map_or(first, |(at, _)| at - first);
        let (first, second) = (u8::try_from(first), u8::try_from(second));
        let decimal = between(self.number(11, 1));
        // Some languages group only from five digits on.
        let groups_four = !between(self.number(1111, 0)).is_empty();
        MoneyStyle {
            digits: digits.into_iter().collect(),
            decimal: decimal.into_iter().next().map_or_else(|| ".".to_owned(), |(_, text)| text),
            group: long.into_iter().next().map_or_else(String::new, |(_, text)| text),
            groups: [first.unwrap_or(0), second.unwrap_or(0)],
            least_grouped: if groups_four { 1 } else { 2 },
            pattern: self.pattern.name(),
            is_right_to_left: self.is_right_to_left,
        }
    }

    /// One amount.
    #[must_use]
    pub fn format(&self, money: Money) -> String {
        let mut value = Decimal::from(money.minor);
        value.multiply_pow10(-i16::from(money.currency.exponent));
        // A whole amount needs no ",00": it reads better at arm's length.
        let is_whole = money.minor.is_multiple_of(10_u64.pow(u32::from(money.currency.exponent)));
        if is_whole {
            value.trim_end();
        } else {
            value.pad_end(-i16::from(money.currency.exponent));
        }
        let number = self.decimal.format(&value).to_string();
        let sign = sign(money.currency);
        let amount = match self.pattern {
            // A letter of a sign next to a digit needs a gap (CLDR `currencySpacing`).
            Pattern::Before if sign.ends_with(char::is_alphabetic) => {
                format!("{sign}{NO_BREAK_SPACE}{number}")
            }
            Pattern::Before => format!("{sign}{number}"),
            Pattern::BeforeSpaced => format!("{sign}{NO_BREAK_SPACE}{number}"),
            Pattern::After if !sign.starts_with(char::is_alphabetic) => format!("{number}{sign}"),
            Pattern::After | Pattern::AfterSpaced => format!("{number}{NO_BREAK_SPACE}{sign}"),
        };
        if self.is_right_to_left { format!("\u{2067}{amount}\u{2069}") } else { amount }
    }
}

impl Currency {
    /// The sign where it means one currency to every reader, else the code.
    #[must_use]
    pub fn sign(self) -> &'static str {
        sign(self)
    }
}

fn sign(currency: Currency) -> &'static str {
    match currency.code {
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        "VND" => "₫",
        "KRW" => "₩",
        "THB" => "฿",
        "PHP" => "₱",
        "UAH" => "₴",
        "NGN" => "₦",
        "ILS" => "₪",
        "BRL" => "R$",
        "USD" => "US$",
        "CAD" => "CA$",
        "AUD" => "A$",
        "NZD" => "NZ$",
        "MXN" => "MX$",
        "TWD" => "NT$",
        "HKD" => "HK$",
        code => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str, code: &str) -> Result<Money, MoneyError> {
        Money::parse_major(text, Currency::from_code(code).expect("a currency"))
    }

    #[test]
    fn amounts_are_read_exactly() {
        let table = [
            ("240", "EUR", Ok(24_000)),
            ("240.5", "EUR", Ok(24_050)),
            ("0.05", "EUR", Ok(5)),
            ("240.005", "EUR", Err(MoneyError::Digits)),
            ("1500", "JPY", Ok(1500)),
            ("1500.0", "JPY", Err(MoneyError::Digits)),
            ("1.234", "KWD", Ok(1234)),
            ("1,5", "EUR", Err(MoneyError::Form)),
            ("", "EUR", Err(MoneyError::Form)),
            (".5", "EUR", Err(MoneyError::Form)),
            ("5.", "EUR", Err(MoneyError::Form)),
            ("-5", "EUR", Err(MoneyError::Form)),
            ("90071992547409.91", "EUR", Ok(Money::MAX_MINOR)),
            ("90071992547409.92", "EUR", Err(MoneyError::Large)),
            ("99999999999999999999999", "EUR", Err(MoneyError::Large)),
        ];
        for (text, code, expected) in table {
            assert_eq!(money(text, code).map(|m| m.minor), expected, "{text} {code}");
        }
        assert!(Currency::from_code("XAU").is_none() && Currency::from_code("eur").is_none());
    }

    #[test]
    fn major_units_keep_all_digits() {
        for (text, code, expected) in [
            ("0.05", "EUR", "0.05"),
            ("12", "EUR", "12.00"),
            ("12", "JPY", "12"),
            ("1", "KWD", "1.000"),
        ] {
            assert_eq!(money(text, code).map(Money::to_major).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn numbers_drop_zeros_at_the_end() {
        let formatter = MoneyFormatter::new(&"es".parse().expect("a tag"));
        for (units, digits, expected) in
            [(125, 1, "12,5"), (120, 1, "12"), (1450, 3, "1,45"), (0, 1, "0"), (100, 0, "100")]
        {
            assert_eq!(formatter.number(units, digits), expected);
        }
    }

    #[test]
    fn the_style_of_a_language_is_told() {
        let table = [
            ("en", ("0123456789", ".", ",", [3, 3], 1, "before")),
            ("es", ("0123456789", ",", ".", [3, 3], 2, "after-spaced")),
            ("hi", ("0123456789", ".", ",", [3, 2], 1, "before")),
            ("fa", ("۰۱۲۳۴۵۶۷۸۹", "٫", "٬", [3, 3], 1, "before")),
            ("fr", ("0123456789", ",", "\u{202f}", [3, 3], 1, "after-spaced")),
        ];
        for (tag, (digits, decimal, group, groups, least_grouped, pattern)) in table {
            let formatter = MoneyFormatter::new(&tag.parse().expect("a tag"));
            let expected = MoneyStyle {
                digits: digits.to_owned(),
                decimal: decimal.to_owned(),
                group: group.to_owned(),
                groups,
                least_grouped,
                pattern,
                is_right_to_left: tag == "fa",
            };
            assert_eq!(formatter.style(), expected, "{tag}");
        }
    }

    #[test]
    fn each_language_writes_money_its_own_way() {
        let table = [
            ("en", "1234.50", "EUR", "€1,234.50"),
            ("en", "34", "USD", "US$34"),
            ("en", "34", "CHF", "CHF\u{a0}34"),
            ("es", "1234.50", "EUR", "1234,50\u{a0}€"),
            ("fr", "12345.50", "EUR", "12\u{202f}345,50\u{a0}€"),
            ("de", "1234.50", "EUR", "1.234,50\u{a0}€"),
            ("vi", "250000", "VND", "250.000\u{a0}₫"),
            ("pt-BR", "19.90", "BRL", "R$\u{a0}19,90"),
            ("pt-PT", "19.90", "EUR", "19,90\u{a0}€"),
            ("es-BO", "12.50", "BOB", "BOB\u{a0}12,50"),
            ("es-CL", "12500", "CLP", "CLP\u{a0}12.500"),
            ("es-MX", "12.50", "EUR", "€12.50"),
            ("km", "12.50", "EUR", "12.50€"),
            ("km", "12.50", "KHR", "12.50\u{a0}KHR"),
            ("ja", "1500", "JPY", "¥1,500"),
            // Held together, so that the amounts of a range stay where they belong.
            ("ar", "9.500", "TND", "\u{2067}9.500\u{a0}TND\u{2069}"),
            ("he", "34", "ILS", "\u{2067}34\u{a0}₪\u{2069}"),
        ];
        for (tag, amount, code, expected) in table {
            let formatter = MoneyFormatter::new(&tag.parse().expect("a tag"));
            let amount = money(amount, code).expect("an amount");
            assert_eq!(formatter.format(amount), expected, "{tag}");
        }
    }
}
