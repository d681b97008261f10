//! What a trade buyer needs to know, and nobody else is told.
//!
//! None of this is in a public [`Site`](crate::check::Site): `check` leaves it out unless the site is made for
//! the trade, so no later stage can let it slip.

use super::{Money, Text};

/// For whom a site is made, and who may see a thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// Everybody.
    #[default]
    Public,
    /// Shops and dealers, who are sent a file.
    Trade,
    /// Members of the association, who are sent a file.
    Members,
}

impl Audience {
    /// Every audience with its name in files.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Public, "public"), (Self::Trade, "trade"), (Self::Members, "members")];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Tells whether somebody of this audience may see a thing for `other`: what is public, and what is theirs.
    #[must_use]
    pub fn may_see(self, other: Self) -> bool {
        other == Self::Public || other == self
    }
}

/// The terms for shops and dealers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trade {
    /// Prices for a piece by how many are ordered, numbers rising.
    pub breaks: Vec<PriceBreak>,
    /// The fewest that a dealer can order.
    pub minimum: Option<u32>,
    /// Days until the bill is due.
    pub credit_days: Option<u32>,
    /// Whether it can be sold under the buyer's own name.
    pub private_label: Option<bool>,
    /// Days from a dealer's order to dispatch, if other than for one piece.
    pub lead_time_days: Option<u32>,
    /// Who pays and answers for what on the way.
    pub terms: Option<DeliveryTerms>,
    /// What else is agreed.
    pub note: Option<Text>,
    /// Customs code of the Harmonized System, six digits.
    pub hs: Option<String>,
    /// Why customs may take it for handmade.
    pub handicraft_basis: Option<Text>,
    /// Length, width and height of one piece packed, in centimetres.
    pub packed_cm: Option<[u32; 3]>,
}

/// The price of a piece when at least so many are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceBreak {
    /// The fewest pieces.
    pub from: u32,
    /// What each then costs.
    pub price: Money,
}

/// A trade term with the place that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryTerms {
    /// The term, three capital letters.
    pub code: String,
    /// The named place.
    pub place: String,
    /// Whether it is one of Incoterms 2020.
    pub is_incoterm: bool,
}

/// The eleven rules of Incoterms 2020 (ICC publication 723).
pub const INCOTERMS_2020: [&str; 11] =
    ["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"];

impl DeliveryTerms {
    /// Reads `FCA Lima`: three capital letters and a place. `None` if it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (code, place) = text.trim().split_once(char::is_whitespace)?;
        let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        let place = place.trim();
        let is_incoterm = INCOTERMS_2020.contains(&code);
        (is_code && !place.is_empty()).then(|| Self {
            code: code.to_owned(),
            place: place.to_owned(),
            is_incoterm,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_a_code_and_a_place() {
        let table = [
            ("FCA Lima", Some(("FCA", "Lima", true))),
            ("DDP  Hamburg, Germany", Some(("DDP", "Hamburg, Germany", true))),
            ("FIS Halifax", Some(("FIS", "Halifax", false))),
            ("FCA", None),
            ("FCA ", None),
            ("fca Lima", None),
            ("Lima", None),
            ("", None),
        ];
        for (text, expected) in table {
            let got = DeliveryTerms::parse(text);
            let got = got.as_ref().map(|t| (t.code.as_str(), t.place.as_str(), t.is_incoterm));
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn an_audience_sees_what_is_public_and_what_is_its_own() {
        use Audience::{Members, Public, Trade};
        for (who, what, expected) in [
            (Public, Public, true),
            (Public, Trade, false),
            (Public, Members, false),
            (Trade, Public, true),
            (Trade, Trade, true),
            (Trade, Members, false),
            (Members, Trade, false),
        ] {
            assert_eq!(who.may_see(what), expected, "{who:?} {what:?}");
        }
    }
}
