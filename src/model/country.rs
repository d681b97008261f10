//! Countries, and the places that a parcel may be said to go to.
//!
//! Codes are those of ISO 3166-1 alpha-2, as the Debian package `iso-codes` 4.18 lists them. `EU` is no
//! country; it stands for the 27 members of the customs union that read goods as one territory.

use std::fmt;

/// A country: one of the 249 codes of ISO 3166-1 alpha-2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(u8);

impl Country {
    /// Reads a code such as `DE`, in capital letters.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let at = CODES.binary_search(&code).ok()?;
        u8::try_from(at).ok().map(Self)
    }

    /// The code.
    #[must_use]
    pub fn code(self) -> &'static str {
        CODES[usize::from(self.0)]
    }

    /// Every country, in the order of codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CODES.len()).filter_map(|at| u8::try_from(at).ok().map(Self))
    }

    /// Tells whether it is a member of the European Union.
    #[must_use]
    pub fn is_in_eu(self) -> bool {
        EU.binary_search(&self.code()).is_ok()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Where something may go, or may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// One country.
    Country(Country),
    /// Every member of the European Union: `EU`.
    EuropeanUnion,
    /// Everywhere: `*`.
    Everywhere,
}

impl Destination {
    /// Reads `DE`, `EU` or `*`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "*" => Some(Self::Everywhere),
            "EU" => Some(Self::EuropeanUnion),
            code => Country::parse(code).map(Self::Country),
        }
    }

    /// Tells whether a country is meant.
    #[must_use]
    pub fn covers(self, country: Country) -> bool {
        match self {
            Self::Country(one) => one == country,
            Self::EuropeanUnion => country.is_in_eu(),
            Self::Everywhere => true,
        }
    }

    /// The code as it is written in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Country(country) => country.code(),
            Self::EuropeanUnion => "EU",
            Self::Everywhere => "*",
        }
    }
}

/// The members of the European Union (since 1 February 2020), in order.
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Every code, in order.
#[rustfmt::skip]
const CODES: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX",
    "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ",
    "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK",
    "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM",
    "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR",
    "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
    "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
    "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
    "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV",
    "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ",
    "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI",
    "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
    "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC",
    "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
    "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR",
    "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_read_back() {
        assert!(CODES.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(EU.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Country::all().count(), CODES.len());
        for country in Country::all() {
            assert_eq!(Country::parse(country.code()), Some(country));
        }
        assert_eq!(Country::all().filter(|country| country.is_in_eu()).count(), EU.len());
        for wrong in ["", "de", "UK", "EU", "*", "DEU", "ZZ"] {
            assert_eq!(Country::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_destination_covers_its_countries() {
        let de = Country::parse("DE").expect("a country");
        let no = Country::parse("NO").expect("a country");
        for (text, covers_de, covers_no) in
            [("DE", true, false), ("EU", true, false), ("*", true, true), ("NO", false, true)]
        {
            let destination = Destination::parse(text).expect("a destination");
            assert_eq!(destination.covers(de), covers_de, "{text}");
            assert_eq!(destination.covers(no), covers_no, "{text}");
            assert_eq!(destination.code(), text);
        }
        assert_eq!(Destination::parse("UK"), None);
    }
}
