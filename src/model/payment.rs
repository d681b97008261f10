//! Ways to pay that need nobody in between: an address of the maker's payment service, or a code that the
//! buyer's bank reads.
//!
//! The texts of the codes are pure functions of an account, an amount and a reference:
//!
//! - EMVCo QR Code Specification for Payment Systems, merchant-presented mode: fields of a two-digit tag, a two-digit
//!   length in characters and a value, closed by a checksum (CRC-16 with polynomial 0x1021 and initial value 0xFFFF).
//!   VietQR (NAPAS), Pix (Banco Central do Brasil) and PromptPay (Bank of Thailand) are accounts in it.
//! - EPC069-12 of the European Payments Council, for SEPA credit transfers.

use crc::{CRC_16_IBM_3740, Crc};

use super::{Currency, Money, Text};

/// The EPC code holds at most so many bytes.
pub const EPC_MAX_BYTES: usize = 331;

/// A way to pay the whole order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What the maker calls it; else its kind says it.
    pub name: Option<Text>,
    /// Where the money goes.
    pub to: Account,
}

/// Where the money goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// An address of a payment service; `https`. May hold `{amount}`, `{minor}`, `{currency}` and `{reference}`.
    Link(String),
    /// A bank account in the area of the euro transfer, read by banks' programs from an EPC code.
    Sepa {
        /// The account number, checked, without spaces.
        iban: String,
        /// The bank's code; not needed inside the European Economic Area.
        bic: Option<String>,
        /// The holder, at most 70 characters.
        name: String,
    },
    /// An account of an EMVCo code.
    Emv(EmvAccount),
}

/// An account of an EMVCo code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmvAccount {
    /// A bank account or card in Vietnam.
    VietQr {
        /// The six digits of the bank (BIN).
        bank: String,
        /// Number of the account or card.
        number: String,
        /// Whether it is the number of a card.
        is_card: bool,
    },
    /// A key of the Brazilian instant payments.
    Pix {
        /// Telephone, e-mail, CPF, CNPJ or random key.
        key: String,
        /// The holder, at most 25 characters of ASCII.
        name: String,
        /// The holder's town, at most 15 characters of ASCII.
        city: String,
    },
    /// A mobile number in Thailand, in nine digits without the leading zero.
    PromptPayMobile(String),
    /// A citizen or tax number in Thailand, 13 digits.
    PromptPayId(String),
}

/// A text of an EMVCo code but for its amount, reference and checksum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmvParts {
    /// Whether field 01 tells if the code can be used again (11) or is made for one payment (12).
    pub tells_use: bool,
    /// The fields after that and before the amount.
    pub head: String,
    /// The fields between the amount and the reference.
    pub tail: String,
    /// The tag inside field 62 under which the reference stands, if it has a place.
    pub reference: Option<&'static str>,
    /// The reference of a code without one, if the field is needed.
    pub no_reference: Option<&'static str>,
}

impl EmvAccount {
    /// The currency of the account.
    #[must_use]
    pub fn currency(&self) -> Currency {
        let code = match self {
            Self::VietQr { .. } => "VND",
            Self::Pix { .. } => "BRL",
            Self::PromptPayMobile(_) | Self::PromptPayId(_) => "THB",
        };
        Currency::from_code(code).expect("a currency in use")
    }

    /// The parts that do not depend on the order.
    #[must_use]
    pub fn parts(&self) -> EmvParts {
        match self {
            Self::VietQr { bank, number, is_card } => {
                let to = field("00", bank) + &field("01", number);
                let service = if *is_card { "QRIBFTTC" } else { "QRIBFTTA" };
                let account = field("00", "A000000727") + &field("01", &to) + &field("02", service);
                EmvParts {
                    tells_use: true,
                    head: field("38", &account) + &field("53", "704"),
                    tail: field("58", "VN"),
                    reference: Some("08"),
                    no_reference: None,
                }
            }
            Self::Pix { key, name, city } => {
                let account = field("00", "br.gov.bcb.pix") + &field("01", key);
                EmvParts {
                    tells_use: false,
                    head: field("26", &account) + &field("52", "0000") + &field("53", "986"),
                    tail: field("58", "BR") + &field("59", name) + &field("60", city),
                    reference: Some("05"),
                    no_reference: Some("***"),
                }
            }
            Self::PromptPayMobile(_) | Self::PromptPayId(_) => {
                let to = match self {
                    Self::PromptPayId(id) => field("02", id),
                    Self::PromptPayMobile(number) => field("01", &format!("0066{number}")),
                    _ => unreachable!("the other accounts were looked at above"),
                };
                let account = field("00", "A000000677010111") + &to;
                EmvParts {
                    tells_use: true,
                    head: field("29", &account) + &field("58", "TH") + &field("53", "764"),
                    tail: String::new(),
                    reference: None,
                    no_reference: None,
                }
            }
        }
    }

    /// The text of the code. `reference` has letters and digits only, at most 25; where an account has no place for it,
    /// it is left out. An amount in another currency than the account's is left open.
    #[must_use]
    pub fn text(&self, amount: Option<Money>, reference: Option<&str>) -> String {
        let parts = self.parts();
        let amount = amount.filter(|amount| amount.currency == self.currency());
        let mut out = field("00", "01");
        if parts.tells_use {
            out.push_str(&field("01", if amount.is_some() { "12" } else { "11" }));
        }
        out.push_str(&parts.head);
        if let Some(amount) = amount {
            out.push_str(&field("54", &amount.to_major()));
        }
        out.push_str(&parts.tail);
        let reference = reference.filter(|_| parts.reference.is_some()).or(parts.no_reference);
        if let (Some(tag), Some(reference)) = (parts.reference, reference) {
            out.push_str(&field("62", &field(tag, reference)));
        }
        out.push_str("6304");
        let sum = checksum(&out);
        format!("{out}{sum:04X}")
    }
}

impl Account {
    /// The text of the code to scan; none for an address. `amount` and `reference` as for [`EmvAccount::text`]; an amount
    /// that is not in euros is left out of an EPC code.
    #[must_use]
    pub fn code(&self, amount: Option<Money>, reference: Option<&str>) -> Option<String> {
        match self {
            Self::Link(_) => None,
            Self::Emv(account) => Some(account.text(amount, reference)),
            Self::Sepa { iban, bic, name } => {
                let amount = amount.filter(|amount| amount.currency.code() == "EUR");
                let amount = amount.map_or_else(String::new, |m| format!("EUR{}", m.to_major()));
                let bic = bic.as_deref().unwrap_or_default();
                let lines = [
                    "BCD",
                    "002",
                    "1",
                    "SCT",
                    bic,
                    name,
                    iban,
                    &amount,
                    "",
                    "",
                    reference.unwrap_or_default(),
                ];
                // Lines at the end that say nothing are left out.
                Some(lines.join("\n").trim_end_matches('\n').to_owned())
            }
        }
    }
}

/// One field: tag, length in characters, value. Values have at most 99 characters; `check` sees to that.
fn field(tag: &str, value: &str) -> String {
    format!("{tag}{:02}{value}", value.chars().count())
}

/// CRC-16 with initial value 0xFFFF over the bytes of the text (often called CCITT-FALSE).
fn checksum(text: &str) -> u16 {
    const TABLE: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);
    TABLE.checksum(text.as_bytes())
}

/// Tells whether a text is a whole EMVCo code: fields that fill it, and a checksum that is right.
#[must_use]
pub fn is_emv(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    let mut last = String::new();
    while at < characters.len() {
        let head: String = characters.iter().skip(at).take(4).collect();
        if head.len() != 4 || !head.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let len: usize = head[2..].parse().expect("two digits");
        if characters.len() < at + 4 + len {
            return false;
        }
        last = head[..2].to_owned();
        at += 4 + len;
    }
    let Some((body, sum)) = text.len().checked_sub(4).and_then(|at| text.split_at_checked(at))
    else {
        return false;
    };
    last == "63" && sum == format!("{:04X}", checksum(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = include_str!("../../tests/vectors/payment-qr/cases.json");

    fn cases() -> serde_json::Value {
        serde_json::from_str(CASES).expect("JSON")
    }

    fn text(name: &str) -> String {
        let cases = cases();
        let case = cases["valid"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|case| case["name"].as_str().is_some_and(|own| own.starts_with(name)))
            .unwrap_or_else(|| panic!("no case {name}"));
        case["text"].as_str().expect("a text").to_owned()
    }

    fn money(text: &str, code: &str) -> Money {
        Money::parse_major(text, Currency::from_code(code).expect("a currency")).expect("money")
    }

    #[test]
    fn checksums_and_lengths_are_told_right_from_wrong() {
        for (list, expected) in [("valid", true), ("invalid", false)] {
            for case in cases()[list].as_array().expect("a list") {
                let text = case["text"].as_str().expect("a text");
                assert_eq!(is_emv(text), expected, "{}", case["name"]);
            }
        }
        for odd in ["", "6304", "6304A13", "00020163041D0", "é", "000201010211"] {
            assert!(!is_emv(odd), "{odd}");
        }
    }

    #[test]
    fn accounts_become_the_codes_of_the_standards() {
        let viet = EmvAccount::VietQr {
            bank: "970403".to_owned(),
            number: "0011012345678".to_owned(),
            is_card: false,
        };
        assert_eq!(viet.text(None, None), text("VietQR, static"));
        let amount = Some(money("180000", "VND"));
        assert_eq!(
            viet.text(amount, Some("x")).split("54061800005802VN").next(),
            text("VietQR, amount").split("54061800005802VN").next()
        );
        let pix = EmvAccount::Pix {
            key: "123e4567-e12b-12d1-a456-426655440000".to_owned(),
            name: "Fulano de Tal".to_owned(),
            city: "BRASILIA".to_owned(),
        };
        assert_eq!(pix.text(None, None), text("Pix"));
        let prompt = EmvAccount::PromptPayMobile("801234567".to_owned());
        assert_eq!(prompt.text(None, None), text("PromptPay, mobile 0801234567, no amount"));
        let amount = Some(money("4.22", "THB"));
        assert_eq!(prompt.text(amount, None), text("PromptPay, mobile 0801234567, 4.22"));
        // Another currency cannot be paid there: the amount stays open.
        assert_eq!(prompt.text(Some(money("4.22", "EUR")), None), prompt.text(None, None));
        for account in [viet, pix, prompt, EmvAccount::PromptPayId("1234567890123".to_owned())] {
            let amount = Money { minor: 12_300, currency: account.currency() };
            assert!(is_emv(&account.text(Some(amount), Some("K7M3QF"))), "{account:?}");
        }
    }

    #[test]
    fn a_purpose_stands_where_vietqr_has_it() {
        let viet = EmvAccount::VietQr {
            bank: "970403".to_owned(),
            number: "0011012345678".to_owned(),
            is_card: false,
        };
        let made = viet.text(Some(money("180000", "VND")), Some("thanh toan"));
        assert!(made.contains("62140810thanh toan6304"), "{made}");
    }

    #[test]
    fn a_euro_transfer_has_its_lines() {
        let account = Account::Sepa {
            iban: "BE72000000001616".to_owned(),
            bic: Some("BPOTBEB1".to_owned()),
            name: "Red Cross of Belgium".to_owned(),
        };
        assert_eq!(
            account.code(Some(money("99.99", "EUR")), Some("K7M-3QF")).as_deref(),
            Some(
                "BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR99.99\n\n\nK7M-3QF"
            )
        );
        assert_eq!(
            account.code(Some(money("99", "USD")), None).as_deref(),
            Some("BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616")
        );
        let link = Account::Link("https://pay.example/".to_owned());
        assert_eq!(link.code(None, None), None);
    }
}
