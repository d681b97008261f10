//! Links by which a product is ordered: the text is filled in, sending it is the buyer's own act.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::Channel;
use crate::theme::Words;
use crate::theme::view::OrderLink;

/// Everything but what RFC 3986 calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same for the address part of `mailto:`, where the sign stands as it is.
const ADDRESS: &AsciiSet = &ENCODED.remove(b'@');

/// What an order says.
#[derive(Clone, Debug, Default)]
pub(super) struct Message {
    /// What it is about, in a few words.
    pub(super) subject: String,
    /// The text.
    pub(super) body: String,
}

/// The links for the ways in the maker's order. `verb` names the words of the labels: `order`,
/// `reserve`, `ask` or `contact`.
pub(super) fn links(
    channels: &[Channel],
    message: Option<&Message>,
    verb: &str,
    words: &Words,
) -> Vec<OrderLink> {
    channels.iter().map(|channel| link(channel, message, verb, words)).collect()
}

/// The longest address that the program behind a channel is known to take whole, and the longest text message; as
/// `own.fits` in `themes/script/list.js`, which says where they come from, less what that script adds to a message.
fn fits_one(link: &OrderLink, body: &str) -> bool {
    const ADDED: usize = 200;
    const ADDED_TO_TEXT: usize = 40;
    let longest = match link.channel {
        "email" => 1900,
        "phone" => return true,
        _ => 2000,
    };
    let is_plain = body.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'));
    let longest_text = if is_plain { 1530 } else { 670 };
    let is_sent_in_parts = link.channel == "sms";
    link.href.len() + ADDED <= longest
        && (!is_sent_in_parts || body.encode_utf16().count() + ADDED_TO_TEXT <= longest_text)
}

/// Tells whether the programs behind all channels take a message whole.
pub(super) fn fits(links: &[OrderLink], message: &Message) -> bool {
    links.iter().all(|link| fits_one(link, &message.body))
}

/// A text of at most so many characters; one that is longer ends in "…".
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return text.into();
    }
    let head: String = text.chars().take(most - 1).collect();
    format!("{}…", head.trim_end()).into()
}

fn link(channel: &Channel, message: Option<&Message>, verb: &str, words: &Words) -> OrderLink {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let label = |by: &str| words.get(&format!("{verb}_by_{by}")).to_owned();
    match channel {
        Channel::WhatsApp(digits) => {
            let query = message.map_or_else(String::new, |m| format!("?text={}", encode(&m.body)));
            OrderLink {
                channel: "whatsapp",
                label: label("whatsapp"),
                address: format!("+{digits}"),
                href: format!("https://wa.me/{digits}{query}"),
            }
        }
        // `?&body=`: phones of either maker take it (RFC 5724 has `?body=`, older iOS wants `&body=`).
        Channel::Sms(number) => {
            let query = message.map_or_else(String::new, |m| format!("?&body={}", encode(&m.body)));
            OrderLink {
                channel: "sms",
                label: label("sms"),
                address: number.clone(),
                href: format!("sms:{number}{query}"),
            }
        }
        Channel::Email(address) => {
            // RFC 6068: lines end with %0D%0A.
            let query = message.map_or_else(String::new, |m| {
                let body = m.body.replace('\n', "\r\n");
                format!("?subject={}&body={}", encode(&m.subject), encode(&body))
            });
            OrderLink {
                channel: "email",
                label: label("email"),
                address: address.clone(),
                href: format!("mailto:{}{query}", utf8_percent_encode(address, ADDRESS)),
            }
        }
        Channel::Phone(number) => OrderLink {
            channel: "phone",
            label: label("phone"),
            address: number.clone(),
            href: format!("tel:{number}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn texts_are_filled_in_and_encoded() {
        let theme = Theme::load(None, &crate::theme::Own::default()).expect("a theme");
        let words = theme.words("en");
        let message = Message {
            subject: "Red & blue".to_owned(),
            body: "Šál \"x\"?\n2 + 2 = 4".to_owned(),
        };
        let channels = [
            Channel::WhatsApp("491700000000".to_owned()),
            Channel::Email("me+shop@host.example".to_owned()),
            Channel::Phone("+491700000000".to_owned()),
            Channel::Sms("+491700000000".to_owned()),
        ];
        let hrefs: Vec<String> =
            links(&channels, Some(&message), "order", &words).into_iter().map(|l| l.href).collect();
        assert_eq!(
            hrefs,
            [
                "https://wa.me/491700000000?text=%C5%A0%C3%A1l%20%22x%22%3F%0A2%20%2B%202%20%3D%204",
                "mailto:me%2Bshop@host.example?subject=Red%20%26%20blue&body=%C5%A0%C3%A1l%20%22x%22%3F%0D%0A2%20%2B%202%20%3D%204",
                "tel:+491700000000",
                "sms:+491700000000?&body=%C5%A0%C3%A1l%20%22x%22%3F%0A2%20%2B%202%20%3D%204",
            ]
        );
        let plain = links(&channels[..1], None, "contact", &words);
        assert_eq!(plain[0].href, "https://wa.me/491700000000");
    }
}
