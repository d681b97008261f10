//! Ways to pay: `[[order.pay]]` of the shop, `[[pay]]` of a maker, `pay` of a product.

use crate::diag::{Diagnostic, Spanned, codes, nearest};
use crate::model::{Account, EmvAccount, Payment};

use super::fields::Fields;
use iban::IbanLike as _;

/// Kinds of payment as they are written.
#[derive(Clone, Copy)]
enum Kind {
    Link,
    Sepa,
    VietQr,
    Pix,
    PromptPay,
}

const KINDS: [(Kind, &str); 5] = [
    (Kind::Link, "link"),
    (Kind::Sepa, "sepa"),
    (Kind::VietQr, "vietqr"),
    (Kind::Pix, "pix"),
    (Kind::PromptPay, "promptpay"),
];

const EXAMPLE: &str = "[{ kind = \"link\", url = \"https://pay.example/shop\" }]";

/// Reads the list `pay`.
pub(super) fn payments(fields: &mut Fields<'_>) -> Vec<Payment> {
    let subs = fields.subs("pay", EXAMPLE, |n| format!("way to pay {n}"));
    let mut payments = Vec::new();
    for mut sub in subs {
        let name = sub.text("name");
        if let Some(to) = account(&mut sub) {
            payments.push(Payment { name, to });
        }
        fields.absorb(sub);
    }
    payments
}

fn account(sub: &mut Fields<'_>) -> Option<Account> {
    if !sub.has("kind") {
        sub.missing("kind", "kind = \"link\"");
        return None;
    }
    match sub.choice("kind", &KINDS)? {
        Kind::Link => {
            sub.missing("url", "url = \"https://pay.example/shop\"");
            link(sub, "url").map(Account::Link)
        }
        Kind::Sepa => {
            let iban = iban(sub);
            let bic = held(sub, "bic", "bic = \"ABCDEFGH\"", false, |bic| {
                matches!(bic.len(), 8 | 11)
                    && bic.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            });
            let name = held(sub, "holder", "holder = \"Ana Pérez\"", true, |name| {
                (1..=70).contains(&name.chars().count())
            });
            Some(Account::Sepa { iban: iban?, bic, name: name? })
        }
        Kind::VietQr => {
            let bank =
                held(sub, "bank", "bank = \"970436\", the six digits of the bank", true, |bank| {
                    bank.len() == 6 && digits(bank)
                });
            let card = sub.has("card");
            let field = if card { "card" } else { "account" };
            let number = held(sub, field, "account = \"0011012345678\"", true, |number| {
                (1..=19).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_alphanumeric())
            });
            Some(Account::Emv(EmvAccount::VietQr { bank: bank?, number: number?, is_card: card }))
        }
        Kind::Pix => {
            let key = held(sub, "key", "key = \"name@shop.example\"", true, |key| {
                (1..=77).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
            });
            let plain = |most: usize| {
                move |text: &str| {
                    (1..=most).contains(&text.len())
                        && text.bytes().all(|b| matches!(b, b' '..=b'~'))
                }
            };
            let holder = held(
                sub,
                "holder",
                "holder = \"Maria Souza\", without accents, at most 25 letters",
                true,
                plain(25),
            );
            let city = held(
                sub,
                "city",
                "city = \"BELEM\", without accents, at most 15 letters",
                true,
                plain(15),
            );
            Some(Account::Emv(EmvAccount::Pix { key: key?, name: holder?, city: city? }))
        }
        Kind::PromptPay => {
            if sub.has("id") {
                let id = held(sub, "id", "id = \"1234567890123\", 13 digits", true, |id| {
                    id.len() == 13 && digits(id)
                });
                return Some(Account::Emv(EmvAccount::PromptPayId(id?)));
            }
            let phone = held(sub, "phone", "phone = \"0801234567\"", true, |phone| {
                let local = phone.strip_prefix('0').or_else(|| phone.strip_prefix("+66"));
                local.is_some_and(|rest| rest.len() == 9 && digits(rest))
            })?;
            let local = phone.strip_prefix("+66").or_else(|| phone.strip_prefix('0'))?.to_owned();
            Some(Account::Emv(EmvAccount::PromptPayMobile(local)))
        }
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// A text without spaces around it that has to fit a form.
fn held(
    sub: &mut Fields<'_>,
    field: &'static str,
    example: &str,
    is_needed: bool,
    fits: impl Fn(&str) -> bool,
) -> Option<String> {
    let Some(written) = sub.string(field) else {
        if is_needed {
            sub.missing(field, example);
        }
        return None;
    };
    let Spanned { value, span } = written;
    let value = value.trim();
    if fits(value) {
        return Some(value.to_owned());
    }
    let words = format!("the {field} does not have the form that this way to pay needs");
    sub.report(
        Diagnostic::error(codes::BAD_PAYMENT, span, words)
            .label(format!("write for example {example}")),
    );
    None
}

fn iban(sub: &mut Fields<'_>) -> Option<String> {
    let Some(written) = sub.string("iban") else {
        sub.missing("iban", "iban = \"DE75512108001245126199\"");
        return None;
    };
    let plain: String = written.value.chars().filter(|c| !c.is_whitespace()).collect();
    match plain.to_ascii_uppercase().parse::<iban::Iban>() {
        Ok(iban) => Some(iban.electronic_str().to_owned()),
        Err(_) => {
            sub.report(
                Diagnostic::error(
                    codes::BAD_PAYMENT,
                    written.span,
                    "this is not the number of a bank account (IBAN)",
                )
                .label("a digit is wrong or missing: copy it from a statement of the bank"),
            );
            None
        }
    }
}

/// What is filled into an address to pay at.
const GAPS: [&str; 4] = ["amount", "minor", "currency", "reference"];

/// A name in curly brackets that is none of [`GAPS`].
fn unknown_gap(url: &str) -> Option<String> {
    let names = url.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    names.map(|(name, _)| name).find(|name| !GAPS.contains(name)).map(str::to_owned)
}

/// An address to pay at.
pub(super) fn link(fields: &mut Fields<'_>, field: &'static str) -> Option<String> {
    let written = fields.string(field)?;
    let rest = written.value.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain =
        written.value.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`|".contains(&b));
    if host.contains('.') && !host.starts_with('.') && !host.contains('@') && is_plain {
        let Some(odd) = unknown_gap(&written.value) else { return Some(written.value) };
        let diagnostic = Diagnostic::error(
            codes::BAD_PAYMENT,
            written.span,
            format!("nothing is filled in for {{{odd}}}, so buyers would come to a wrong address"),
        );
        fields.report(match nearest(&odd, GAPS) {
            Some(near) => diagnostic.label(format!("did you mean {{{near}}}?")),
            None => diagnostic.label("filled in are {amount}, {minor}, {currency} and {reference}"),
        });
        return None;
    }
    fields.report(
        Diagnostic::error(
            codes::BAD_PAYMENT,
            written.span,
            "this is not an address to pay at: it begins with https:// and has no spaces",
        )
        .label(format!("write for example {field} = \"https://pay.example/shop\"")),
    );
    None
}
