//! What the import needs to know of the site that it writes into.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::PathBuf;

use crate::model::{Currency, Locale};
use crate::read::{self, Changed, Draft, Memory, Value};

use super::table::fold;
use super::{Cause, ImportError, Options};

/// The site as it stands before the import, and the language of the texts that come.
pub(super) struct Ground {
    pub(super) draft: Draft,
    pub(super) site: Site,
    pub(super) language: Language,
    /// How the site's own table of products is named, if that is what comes.
    pub(super) own_table: Option<String>,
}

impl Ground {
    /// Reads the site; `language` is what a map says, if the person said nothing.
    pub(super) fn open(options: &Options, language: Option<&str>) -> Result<Self, ImportError> {
        let mut draft = read::load(&options.site, &mut Memory::default(), Changed::All)
            .map_err(|error| ImportError(Cause::Site(error)))?;
        let own_table = own_table(options);
        if own_table.is_some() {
            // Its rows are what becomes files, and nothing that is there already.
            draft.products.retain(|item| !item.document.is_row);
        }
        let site = Site::of(&draft);
        let language = site.language(options.language.as_deref().or(language))?;
        Ok(Self { draft, site, language, own_table })
    }
}

/// The table of products that the site itself is made from, if it is among the files.
fn own_table(options: &Options) -> Option<String> {
    let own = fs::canonicalize(options.site.join(read::TABLE)).ok()?;
    let is_own = |path: &&PathBuf| fs::canonicalize(path).is_ok_and(|path| path == own);
    options.files.iter().find(is_own).map(|path| path.display().to_string())
}

/// What the import needs to know of the site.
pub(super) struct Site {
    pub(super) languages: Vec<String>,
    pub(super) currency: Option<Currency>,
    pub(super) lists: Vec<String>,
    /// Position in the draft's products by article number.
    pub(super) by_sku: HashMap<String, usize>,
    /// Position in the draft's products by id in small letters.
    pub(super) by_id: HashMap<String, usize>,
    /// Whether all is made by the maker whom site.toml names.
    pub(super) has_one_maker: bool,
    /// What the shop is called, in each language, folded.
    pub(super) names: BTreeSet<String>,
    /// Names and ids of makers as they are written, by what they are when folded.
    pub(super) makers: BTreeMap<String, String>,
    /// How each maker is called in her file, by id; nobody whose file has no name.
    pub(super) called: BTreeMap<String, Vec<String>>,
}

/// The language of the tables' texts.
pub(super) struct Language {
    pub(super) locale: Locale,
    /// Whether it is the site's first, in which products are written.
    pub(super) is_first: bool,
}

impl Site {
    pub(super) fn of(draft: &Draft) -> Self {
        let fields = &draft.site.fields;
        let strings = |name: &str| -> Vec<String> {
            match fields.get(name).map(|(_, value)| &value.value) {
                Some(Value::String(text)) => vec![text.clone()],
                Some(Value::Array(items)) => items
                    .iter()
                    .filter_map(|item| match &item.value {
                        Value::String(text) => Some(text.clone()),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            }
        };
        let mut languages = strings("languages");
        if languages.is_empty() {
            languages.push("en".to_owned());
        }
        let mut lists = strings("lists");
        if lists.is_empty() {
            lists = ["category", "maker", "region"].map(str::to_owned).to_vec();
        }
        let mut by_sku = HashMap::new();
        let mut by_id = HashMap::new();
        for (at, item) in draft.products.iter().enumerate() {
            by_id.entry(item.id.to_lowercase()).or_insert(at);
            for sku in skus(&item.document.fields) {
                by_sku.entry(sku).or_insert(at);
            }
        }
        let mut names: BTreeSet<String> = strings("name").iter().map(|name| fold(name)).collect();
        if let Some(Value::Table(texts)) = fields.get("name").map(|(_, value)| &value.value) {
            names.extend(texts.entries().filter_map(|(_, text)| match &text.value {
                Value::String(text) => Some(fold(text)),
                _ => None,
            }));
        }
        let mut makers = BTreeMap::new();
        let mut add_names = |table: &read::Table| {
            for name in ["id", "name", "title"] {
                match table.get(name).map(|(_, value)| &value.value) {
                    Some(Value::String(text)) => {
                        makers.entry(fold(text)).or_insert_with(|| text.clone());
                    }
                    Some(Value::Table(texts)) => {
                        for (_, text) in texts.entries() {
                            if let Value::String(text) = &text.value {
                                makers.entry(fold(text)).or_insert_with(|| text.clone());
                            }
                        }
                    }
                    _ => {}
                }
            }
        };
        for item in &draft.producers {
            add_names(&item.document.fields);
        }
        let mut has_one_maker = false;
        if let Some(Value::Table(maker)) = fields.get("maker").map(|(_, value)| &value.value) {
            add_names(maker);
            has_one_maker = true;
        }
        let mut called = BTreeMap::new();
        for item in &draft.producers {
            let fields = &item.document.fields;
            let names =
                ["name", "title"].map(|field| fields.get(field).map(|(_, text)| &text.value));
            let mut texts = Vec::new();
            for name in names.into_iter().flatten() {
                match name {
                    Value::String(text) => texts.push(text.clone()),
                    Value::Table(each) => {
                        texts.extend(each.entries().filter_map(|(_, text)| match &text.value {
                            Value::String(text) => Some(text.clone()),
                            _ => None,
                        }))
                    }
                    _ => {}
                }
            }
            if !texts.is_empty() {
                called.insert(item.id.clone(), texts);
            }
            makers.entry(fold(&item.id)).or_insert_with(|| item.id.clone());
        }
        let currency = strings("currency").first().and_then(|code| Currency::from_code(code));
        Self { languages, currency, lists, by_sku, by_id, has_one_maker, names, makers, called }
    }

    pub(super) fn language(&self, asked: Option<&str>) -> Result<Language, ImportError> {
        let at = match asked {
            None => 0,
            Some(tag) => {
                self.languages.iter().position(|known| known.eq_ignore_ascii_case(tag)).ok_or_else(
                    || {
                        let languages = self.languages.clone();
                        ImportError(Cause::Language { asked: tag.to_owned(), languages })
                    },
                )?
            }
        };
        let english = || "en".parse().expect("a language");
        let locale = self.languages[at].parse().unwrap_or_else(|_| english());
        Ok(Language { locale, is_first: at == 0 })
    }
}

/// The article numbers of a product: its own, and those of its variants.
fn skus(fields: &read::Table) -> Vec<String> {
    let own = |fields: &read::Table| match fields.get("sku").map(|(_, value)| &value.value) {
        Some(Value::String(sku)) => Some(sku.trim().to_owned()),
        _ => None,
    };
    let mut skus: Vec<String> = own(fields).into_iter().collect();
    if let Some(Value::Array(variants)) = fields.get("variants").map(|(_, value)| &value.value) {
        skus.extend(variants.iter().filter_map(|variant| match &variant.value {
            Value::Table(variant) => own(variant),
            _ => None,
        }));
    }
    skus
}
