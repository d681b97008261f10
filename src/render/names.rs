//! Everything that is listed by name, in the order in which readers of one language look for it.

use crate::check::Site;
use crate::model::{Collation, Country, ListIx, ListKind, LocaleIx, ProductKind, TermIx, Text};
use crate::theme::Words;

/// Positions in the site's lists, in the order of their names.
pub(super) struct Names {
    /// The terms of each list.
    terms: Vec<Vec<u32>>,
    /// For each term of each list its place in `terms`.
    ranks: Vec<Vec<u32>>,
    pub(super) makers: Vec<u32>,
    pub(super) designs: Vec<u32>,
    pub(super) collections: Vec<u32>,
    /// Every country.
    pub(super) countries: Vec<Country>,
}

impl Names {
    /// Sorts the names of a site as a language has them; kinds of product and countries by their words.
    pub(super) fn new(site: &Site, locale: LocaleIx, words: &Words) -> Self {
        let collation = Collation::new(site.locale(locale));
        let shown = |name: &'_ Text| name.shown(locale).value.to_owned();
        let order = |names: Vec<String>| collation.order(names.iter().map(String::as_str));
        let terms: Vec<Vec<u32>> = site
            .lists
            .iter()
            .map(|list| {
                let names = list.terms.iter().map(|term| {
                    let id = term.id.as_str();
                    let is_ours = list.kind == ListKind::Kind
                        && ProductKind::ALL.iter().any(|(_, name)| *name == id);
                    let word = words.find(&format!("kind_{id}")).filter(|_| is_ours);
                    word.map_or_else(|| shown(&term.name), str::to_owned)
                });
                order(names.collect())
            })
            .collect();
        let countries: Vec<Country> = Country::all().collect();
        let named = countries.iter().map(|country| words.country(country.code()));
        let countries = collation.order(named).into_iter().map(|at| countries[at as usize]);
        Self {
            ranks: terms.iter().map(|terms| ranks(terms)).collect(),
            terms,
            makers: order(site.producers.iter().map(|maker| shown(&maker.name)).collect()),
            designs: order(site.designs.iter().map(|design| shown(&design.name)).collect()),
            collections: order(site.collections.iter().map(|all| shown(&all.name)).collect()),
            countries: countries.collect(),
        }
    }

    /// The terms of a list in order.
    pub(super) fn terms(&self, list: ListIx) -> &[u32] {
        &self.terms[list.at()]
    }

    /// Where a term stands among those of its list.
    pub(super) fn rank(&self, list: ListIx, term: TermIx) -> u32 {
        self.ranks[list.at()][term.at()]
    }
}

/// The place of each position in an order.
fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, at) in (0..).zip(order) {
        ranks[*at as usize] = rank;
    }
    ranks
}
