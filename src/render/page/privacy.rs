//! What the page about privacy says. Only what is so on every site that is made here, and on this one.

use std::collections::BTreeSet;

use super::super::{basket, verify};
use super::{Page, Place, view};
use crate::model::{Channel, Payment};

impl Place<'_, '_> {
    /// The page about privacy, where the maker wrote none.
    pub(super) fn privacy_page(&self, depth: usize) -> Result<String, String> {
        self.generated(depth, Page::Privacy, "privacy", |it| view::Free {
            contact: self.contact(),
            privacy: self.privacy(),
            ..it
        })
    }

    /// What is learned of a reader, by occasion: each only where the site has that occasion.
    pub(super) fn privacy(&self) -> Vec<view::PrivacyPart> {
        let part = |name: &str, texts: Vec<String>| view::PrivacyPart {
            name: self.word(name).to_owned(),
            texts,
        };
        let say = |word: &str| self.word(word).to_owned();
        let mut out = vec![part(
            "privacy_reading",
            vec![say("privacy_reading_text"), say("privacy_host_text")],
        )];
        if basket::is_open(self.site) {
            out.push(part("privacy_list", vec![say("privacy_list_text")]));
        }
        let ordering = self.privacy_of_orders();
        if !ordering.is_empty() {
            out.push(part("privacy_order", ordering));
        }
        if verify::is_there(self.routes) {
            out.push(part("privacy_verify", vec![say("privacy_verify_text")]));
        }
        out
    }

    /// What an order holds, where it goes, and who carries it; nothing if nobody can be reached.
    fn privacy_of_orders(&self) -> Vec<String> {
        let site = self.site;
        let words = &self.parts.words;
        let own = site.producers.iter().map(|maker| &maker.channels);
        let own = own.filter(|channels| !channels.is_empty());
        let takes_own = own.clone().next().is_some();
        // Each way once, in the order in which it is met first: the shop's own order goes before.
        let mut met = BTreeSet::new();
        let all = std::iter::once(&site.order.channels).chain(own).flatten().map(Channel::name);
        let ways: Vec<&str> =
            all.filter(|name| met.insert(*name)).map(|name| self.way_name(name)).collect();
        if ways.is_empty() {
            return Vec::new();
        }
        let ways = ways.join(self.word("list_comma"));
        let mut out = vec![words.fill("privacy_order_text", &[("shop", self.shop_name())])];
        if takes_own {
            out.push(self.word("privacy_makers_text").to_owned());
        }
        out.push(words.fill("privacy_ways_text", &[("ways", &ways)]));
        let can_be_paid = |pay: &[Payment]| !pay.is_empty();
        if can_be_paid(&site.order.pay)
            || site.producers.iter().any(|maker| can_be_paid(&maker.pay))
            || site.products.iter().any(|product| product.pay.is_some())
        {
            out.push(self.word("privacy_pay_text").to_owned());
        }
        out
    }

    /// What a way to reach somebody is called.
    fn way_name(&self, channel: &str) -> &str {
        self.word(match channel {
            "whatsapp" => "contact_by_whatsapp",
            "sms" => "contact_by_sms",
            "email" => "contact_by_email",
            _ => "contact_by_phone",
        })
    }
}
