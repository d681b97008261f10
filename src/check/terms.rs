//! Lists and their terms: what products are sorted by.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::diag::{Diagnostic, codes};
use crate::model::{
    Collation, List, ListIx, ListKind, Locale, LocaleIx, ProducerIx, Product, ProductIx, Slug,
    Term, TermIx, Text,
};
use crate::read::Value;

use super::fields::{Fields, Languages};

/// The terms of each list, as they are found.
pub(super) struct Terms {
    lists: Vec<Building>,
}

struct Building {
    kind: ListKind,
    terms: Vec<Term>,
    by_id: BTreeMap<Slug, TermIx>,
    /// Ids of names, defined in `site.toml` or seen before.
    ids: HashMap<String, Slug>,
    defined: BTreeMap<Slug, (Text, Option<Text>)>,
}

impl Terms {
    /// Prepares the lists and reads `[terms]` of `site.toml`.
    pub(super) fn new(
        fields: &mut Fields<'_>,
        languages: Languages<'_>,
        kinds: &[ListKind],
    ) -> Self {
        let mut lists: Vec<Building> = kinds
            .iter()
            .map(|kind| Building {
                kind: *kind,
                terms: Vec::new(),
                by_id: BTreeMap::new(),
                ids: HashMap::new(),
                defined: BTreeMap::new(),
            })
            .collect();
        let Some((table, _)) = fields.group("terms") else { return Self { lists } };
        for (list_name, value) in table.entries() {
            let kind = ListKind::ALL.iter().find(|(_, word)| *word == list_name.value);
            let (Some((kind, _)), Value::Table(terms)) = (kind, &value.value) else {
                fields.report(
                    Diagnostic::warning(
                        codes::UNKNOWN_FIELD,
                        list_name.span,
                        format!(
                            "there is no list `{}` whose terms could be named",
                            list_name.value
                        ),
                    )
                    .hint("write for example [terms.category.shawls]"),
                );
                continue;
            };
            let Some(building) = lists.iter_mut().find(|list| list.kind == *kind) else { continue };
            for (id, value) in terms.entries() {
                let (Ok(slug), Value::Table(term)) = (Slug::parse(&id.value), &value.value) else {
                    fields.report(
                        Diagnostic::error(
                            codes::BAD_FILE_NAME,
                            id.span,
                            format!("\"{}\" is not an id", id.value),
                        )
                        .label(format!(
                            "write for example [terms.{}.{}]",
                            kind.name(),
                            Slug::from_name(&id.value)
                        )),
                    );
                    continue;
                };
                let mut group =
                    Fields::new(term, id.span, format!("the term \"{slug}\""), languages);
                let name = group.text("name");
                let description = group.text("description");
                if name.is_none() {
                    group.missing("name", "name = \"Shawls\"");
                }
                for diagnostic in group.finish() {
                    fields.report(diagnostic);
                }
                if let Some(name) = name {
                    for (_, text) in name.entries() {
                        building.ids.insert(text.to_owned(), slug.clone());
                    }
                    building.defined.insert(slug, (name, description));
                }
            }
        }
        Self { lists }
    }

    /// Lists a product under a term, by the term's name or id. Does nothing if there is no such list.
    pub(super) fn add(&mut self, product: &mut Product, kind: ListKind, name: &str) {
        let Some(at) = self.lists.iter().position(|list| list.kind == kind) else { return };
        let list = &mut self.lists[at];
        let slug = match list.ids.get(name) {
            Some(slug) => slug.clone(),
            None => {
                let slug = Slug::parse(name).unwrap_or_else(|_| Slug::from_name(name));
                list.ids.insert(name.to_owned(), slug.clone());
                slug
            }
        };
        let term = list.term(&slug, || Text::new(LocaleIx::FIRST, name));
        let entry = (ListIx::of(at), term);
        if !product.terms.contains(&entry) {
            product.terms.push(entry);
        }
    }

    /// Lists a member's product under a term. One that the association does not name is called by its words in small
    /// letters, the first one large, so that no member decides how another's term is written.
    pub(super) fn add_of_member(&mut self, product: &mut Product, kind: ListKind, name: &str) {
        let Some(at) = self.lists.iter().position(|list| list.kind == kind) else { return };
        let list = &mut self.lists[at];
        let (slug, shown) = match list.ids.get(name) {
            Some(slug) => (slug.clone(), String::new()),
            None => common_term(name),
        };
        let term = list.term(&slug, || Text::new(LocaleIx::FIRST, shown));
        let entry = (ListIx::of(at), term);
        if !product.terms.contains(&entry) {
            product.terms.push(entry);
        }
    }

    /// Lists a product under its maker.
    pub(super) fn add_maker(
        &mut self,
        product: &mut Product,
        maker: ProducerIx,
        id: &Slug,
        name: &Text,
    ) {
        let Some(at) = self.lists.iter().position(|list| list.kind == ListKind::Maker) else {
            return;
        };
        let list = &mut self.lists[at];
        let term = list.term(id, || name.clone());
        list.terms[term.at()].producer = Some(maker);
        let entry = (ListIx::of(at), term);
        if !product.terms.contains(&entry) {
            product.terms.push(entry);
        }
    }

    /// Fills in the products of each term, and puts the terms in order of their names in the site's first language.
    pub(super) fn into_lists(self, products: &mut [Arc<Product>], first: &Locale) -> Vec<List> {
        let mut lists: Vec<List> = self
            .lists
            .into_iter()
            .map(|list| List { kind: list.kind, terms: list.terms })
            .collect();
        for (at, product) in products.iter().enumerate() {
            for (list, term) in &product.terms {
                lists[list.at()].terms[term.at()].products.push(ProductIx::of(at));
            }
        }
        sort_by_name(&mut lists, products, &Collation::new(first));
        lists
    }
}

/// Id and name of a term that members use: both follow from its letters alone, whoever writes it first.
fn common_term(name: &str) -> (Slug, String) {
    let small = name.to_lowercase();
    let mut letters = small.chars();
    let shown = letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    let plain = Slug::from_name(&small);
    if plain.as_str().replace('-', " ") == small.replace('-', " ") {
        let words = plain.as_str().replace('-', " ");
        let mut letters = words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        return (plain, first.chain(letters).collect());
    }
    // Two names may have one id, so that of any but the plainest says which it is.
    let digest = <sha2::Sha256 as sha2::Digest>::digest(small.as_bytes());
    let tail = data_encoding::HEXLOWER.encode(&digest[..4]);
    let start: String = plain.as_str().chars().take(60).collect();
    let id = format!("{}-{tail}", start.trim_end_matches('-'));
    (Slug::parse(&id).unwrap_or(plain), shown)
}

impl Building {
    fn term(&mut self, slug: &Slug, name: impl FnOnce() -> Text) -> TermIx {
        if let Some(found) = self.by_id.get(slug) {
            return *found;
        }
        let (name, description) = match self.defined.get(slug) {
            Some((name, description)) => (name.clone(), description.clone()),
            None => (name(), None),
        };
        let ix = TermIx::of(self.terms.len());
        self.terms.push(Term {
            id: slug.clone(),
            name,
            description,
            producer: None,
            products: Vec::new(),
        });
        self.by_id.insert(slug.clone(), ix);
        ix
    }
}

/// Puts the terms of each list in order of their names and moves the products' indices along.
fn sort_by_name(lists: &mut [List], products: &mut [Arc<Product>], collation: &Collation) {
    let mut moved: Vec<Vec<TermIx>> = Vec::with_capacity(lists.len());
    for list in lists.iter_mut() {
        let mut order: Vec<usize> = (0..list.terms.len()).collect();
        order.sort_by(|one, other| {
            let (one, other) = (&list.terms[*one], &list.terms[*other]);
            let names = collation.compare(one.name.original(), other.name.original());
            names.then_with(|| one.id.cmp(&other.id))
        });
        let mut to = vec![TermIx(0); order.len()];
        for (new, old) in order.iter().enumerate() {
            to[*old] = TermIx::of(new);
        }
        let mut terms: Vec<Option<Term>> = list.terms.drain(..).map(Some).collect();
        list.terms = order.iter().map(|old| terms[*old].take().expect("each term once")).collect();
        moved.push(to);
    }
    for product in products {
        for (list, term) in &mut Arc::make_mut(product).terms {
            *term = moved[list.at()][term.at()];
        }
    }
}
