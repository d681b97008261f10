//! Products to files of the site: their ids, photographs, makers, collections and translations.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::PathBuf;

use crate::model::Slug;
use crate::read::{Draft, Value};

use super::items::{self, Item};
use super::map::Field;
use super::photos::{Lookup, Photos};
use super::report::{self, Finding, Kind, Report};
use super::site::{Ground, Site};
use super::source::{Entry, Group, Merged, SourceFile};
use super::table::fold;
use super::{Existing, ImportError, Options, Writing, variants, write};

/// How the text of a product is made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout<'a> {
    /// The first sentence of the text becomes the description where there is none.
    pub(super) has_first_sentence: bool,
    /// Stands above the facts.
    pub(super) facts_heading: Option<&'a str>,
}

/// Writes products into the site, or their translations if they are not in its first language.
pub(super) fn into_site(
    options: &Options,
    ground: &Ground,
    products: Vec<Item>,
    layout: Layout<'_>,
    mut report: Report,
) -> Result<Report, ImportError> {
    let language = &ground.language;
    let photos = if language.is_first {
        let folders = if options.images.is_empty() {
            table_folders(&options.files)
        } else {
            options.images.clone()
        };
        Photos::find(&folders, &mut report)
    } else {
        Photos::default()
    };
    let (site, draft) = (&ground.site, &ground.draft);
    let is_own_table = ground.own_table.is_some();
    let mut import = Import { options, layout, site, draft, photos, is_own_table, report };
    if language.is_first {
        import.write_products(products)?;
    } else {
        import.write_translations(products, language.locale.tag())?;
    }
    if let Some(table) = ground.own_table.as_ref().filter(|_| !import.report.written.is_empty()) {
        let words = "each row that became a file is in both now; take the table out of the folder";
        import.report.push(Finding::new(Kind::TableStays, table, words));
    }
    Ok(import.report)
}

/// The folders in which the tables lie, each once.
pub(super) fn table_folders(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for file in files {
        let folder = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// What writing products needs at each step.
struct Import<'a> {
    options: &'a Options,
    layout: Layout<'a>,
    site: &'a Site,
    draft: &'a Draft,
    photos: Photos,
    /// Whether it is the site's own table that becomes files.
    is_own_table: bool,
    report: Report,
}

impl Import<'_> {
    fn write_products(&mut self, mut products: Vec<Item>) -> Result<(), ImportError> {
        let new_makers = self.name_makers(&mut products);
        let ids = self.ids(&products);
        let mut id_of: HashMap<&str, &str> = HashMap::new();
        for (item, target) in products.iter().zip(&ids) {
            for key in &item.keys {
                id_of.entry(key).or_insert(&target.id);
            }
        }
        let mut collections: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut in_lists: BTreeMap<Field, usize> = BTreeMap::new();
        for (item, id) in products.iter().zip(&ids) {
            for name in item.lists.get(&Field::Collection).into_iter().flatten() {
                collections.entry(name.clone()).or_default().push(id.id.clone());
            }
            for field in item.lists.keys() {
                *in_lists.entry(*field).or_default() += 1;
            }
            let mut related: Vec<String> = Vec::new();
            for key in &item.related {
                match id_of.get(key.as_str()) {
                    Some(other) if *other == id.id => {}
                    Some(other) if related.iter().any(|known| known == other) => {}
                    Some(other) => related.push((*other).to_owned()),
                    None => {
                        let words = "the product beside which it should stand is not in the tables";
                        self.report.push(
                            Finding::new(Kind::ValueNotUnderstood, item.file.clone(), words)
                                .line(item.line)
                                .value(key.clone()),
                        );
                    }
                }
            }
            self.write_product(item, id, related)?;
        }
        self.write_makers(&new_makers)?;
        self.write_collections(&collections)?;
        self.unused_photos();
        for (field, count) in in_lists {
            let name = field.name();
            let is_list = matches!(
                field,
                Field::Region | Field::Theme | Field::Colour | Field::Material | Field::Category
            );
            if is_list && !self.site.lists.iter().any(|list| list == name) {
                let lists: Vec<String> =
                    self.site.lists.iter().map(|list| format!("\"{list}\"")).collect();
                let count = report::counted(count, "product has", "products have");
                let words = format!("{count} a {name}, and the site shows no list by {name}");
                self.report.push(Finding::new(Kind::ListsHint, "site.toml", words).hint(format!(
                    "to show it, write in site.toml lists = [{}, \"{name}\"]",
                    lists.join(", ")
                )));
            }
        }
        Ok(())
    }

    /// The id of each product: that of the product which is there already, or from its name.
    fn ids(&mut self, products: &[Item]) -> Vec<Target> {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut targets: Vec<Option<Target>> = Vec::new();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for (at, item) in products.iter().enumerate() {
            let existing = self.existing(item);
            if let Some(existing) = existing.filter(|existing| seen.insert(*existing)) {
                let id = self.draft.products[existing].id.clone();
                taken.insert(id.to_lowercase());
                targets.push(Some(Target { id, existing: Some(existing) }));
                continue;
            }
            by_name.entry(plain_id(item)).or_default().push(at);
            targets.push(None);
        }
        for (at, item) in products.iter().enumerate() {
            if targets[at].is_some() {
                continue;
            }
            let plain = plain_id(item);
            let sku = item.lines.get(&Field::Sku);
            let is_alone = by_name.get(&plain).is_none_or(|alike| alike.len() == 1);
            // The same name and no other article number: the product that is there.
            let same = self.site.by_id.get(&plain).copied().filter(|existing| {
                let has_sku = self.draft.products[*existing].document.fields.get("sku").is_some();
                let has_sku = has_sku && item.id.is_none();
                is_alone && !(has_sku && sku.is_some()) && !taken.contains(&plain)
            });
            if let Some(existing) = same {
                taken.insert(plain.clone());
                let id = self.draft.products[existing].id.clone();
                targets[at] = Some(Target { id, existing: Some(existing) });
                continue;
            }
            let mut id = plain.clone();
            if let Some(sku) = sku.filter(|_| !is_alone || self.is_taken(&id, &taken)) {
                id = joined_id(&plain, Slug::from_name(sku).as_str());
            }
            let mut number = 1;
            let mut existing = None;
            while self.is_taken(&id, &taken) {
                // Without article numbers the second of two alike is again the second.
                if sku.is_none()
                    && !taken.contains(&id)
                    && let Some(there) = self.site.by_id.get(&id)
                    && self.draft.products[*there].document.fields.get("sku").is_none()
                {
                    existing = Some(*there);
                    break;
                }
                number += 1;
                id = joined_id(&plain, &number.to_string());
            }
            if id != plain {
                let words = format!("another product has this name, so this one is products/{id}");
                self.report.push(
                    Finding::new(Kind::IdChanged, item.file.clone(), words)
                        .line(item.line)
                        .value(item.name.clone()),
                );
            }
            taken.insert(id.clone());
            targets[at] = Some(Target { id, existing });
        }
        targets.into_iter().flatten().collect()
    }

    /// The product that is there already, by its article numbers: the product's, else a variant's.
    fn existing(&self, item: &Item) -> Option<usize> {
        let variants = item.variants.iter().map(|variant| &variant.said);
        let mut skus =
            std::iter::once(item).chain(variants).filter_map(|said| said.lines.get(&Field::Sku));
        skus.find_map(|sku| self.site.by_sku.get(sku)).copied()
    }

    fn is_taken(&self, id: &str, taken: &BTreeSet<String>) -> bool {
        taken.contains(id) || self.site.by_id.contains_key(id)
    }

    fn write_product(
        &mut self,
        item: &Item,
        target: &Target,
        related: Vec<String>,
    ) -> Result<(), ImportError> {
        let photos = match self.is_own_table {
            true => as_named(item),
            false => self.load_photos(item),
        };
        let mut source = self.source(item, &photos);
        if !related.is_empty() {
            source.fields.push(("related", Entry::Ids(related)));
        }
        let said = report::Product {
            id: target.id.clone(),
            name: item.name.clone(),
            sku: item.lines.get(&Field::Sku).cloned(),
            file: item.file.clone(),
            line: item.line,
            photos: photos.len(),
        };
        let without_words: Vec<&str> =
            photos.iter().filter(|p| p.alt.is_none()).map(|p| p.name.as_str()).collect();
        if !without_words.is_empty() {
            let path = format!("products/{}/index.md", target.id);
            self.report.push(Finding::new(
                Kind::AltMissing,
                path,
                format!("say what can be seen on {}", without_words.join(", ")),
            ));
        }
        let Some(existing) = target.existing else {
            let folder = self.options.site.join("products").join(&target.id);
            if self.is_own_table {
                // The photographs stay where the table found them, so the file lies where it finds them too.
                let inside = if folder.is_dir() { "/index" } else { "" };
                let path = format!("products/{}{inside}.md", target.id);
                if self.options.writing == Writing::Write {
                    write::file(&self.options.site, &path, source.to_text().as_bytes())?;
                }
                self.report.written.push(report::Product { photos: 0, ..said });
                return Ok(());
            }
            if fs::symlink_metadata(&folder).is_ok() {
                let words = format!(
                    "products/{} is there already, without a text; move it away",
                    target.id
                );
                self.report.push(
                    Finding::new(Kind::RowLeftOut, item.file.clone(), words)
                        .line(item.line)
                        .value(item.name.clone()),
                );
                return Ok(());
            }
            self.report.photos_copied += photos.len();
            if self.options.writing == Writing::Write {
                let mut files = vec![("index.md".to_owned(), source.to_text().into_bytes())];
                for (tag, texts) in &item.translations {
                    let text = self.translation(texts).to_text().into_bytes();
                    files.push((format!("index.{tag}.md"), text));
                }
                files.extend(photos.into_iter().map(|photo| (photo.name, photo.bytes)));
                write::folder(&self.options.site, "products", &target.id, &files)?;
            }
            self.report.written.push(said);
            return Ok(());
        };
        let there = &self.draft.products[existing];
        if there.document.is_row {
            let path = self.draft.sources.path(there.document.file);
            let words = format!(
                "{} is a row of this table, which is changed by hand alone; nothing was changed",
                target.id
            );
            self.report.push(Finding::new(Kind::ExistingKept, path, words));
            self.report.kept.push(said);
            return Ok(());
        }
        for (tag, texts) in &item.translations {
            self.write_translation(existing, texts, tag)?;
        }
        let there = &self.draft.products[existing];
        let path = self.draft.sources.path(there.document.file).to_owned();
        let old = self.draft.sources.text(there.document.file).to_owned();
        if old == source.to_text() {
            self.report.unchanged.push(said);
            return Ok(());
        }
        let keep = |import: &mut Self, words: &str, said| {
            import.report.push(Finding::new(Kind::ExistingKept, path.clone(), words));
            import.report.kept.push(said);
            Ok(())
        };
        if self.options.existing == Existing::Keep {
            return keep(self, "the table says something else; nothing was changed", said);
        }
        if !there.has_own_folder && !photos.is_empty() {
            let words = "this product has no folder of its own for the photographs; make it products/<id>/index.md";
            return keep(self, words, said);
        }
        let merged = source.merged_into(&old).filter(|_| !there.document.is_broken);
        let Some(Merged { text: merged, gone }) = merged else {
            return keep(
                self,
                "this file is not understood, so it cannot be brought up to date",
                said,
            );
        };
        let folder = self.options.site.join(&there.folder);
        let changed: Vec<&LoadedPhoto> = photos
            .iter()
            .filter(|photo| fs::read(folder.join(&photo.name)).ok().as_ref() != Some(&photo.bytes))
            .collect();
        if merged == old && changed.is_empty() {
            self.report.unchanged.push(said);
            return Ok(());
        }
        for of in gone {
            let words = "the table has this variant no longer";
            self.report.push(Finding::new(Kind::VariantsGone, path.clone(), words).value(of));
        }
        self.report.photos_copied += changed.len();
        if self.options.writing == Writing::Write {
            // First the photographs, so that the text never names one that is not there.
            for photo in changed {
                let path = format!("{}{}", there.folder, photo.name);
                write::file(&self.options.site, &path, &photo.bytes)?;
            }
            write::file(&self.options.site, &path, merged.as_bytes())?;
        }
        self.report.replaced.push(said);
        Ok(())
    }

    /// Finds and reads the photographs of a product, each once, with names of their own.
    fn load_photos(&mut self, item: &Item) -> Vec<LoadedPhoto> {
        let mut loaded: Vec<LoadedPhoto> = Vec::new();
        for wish in &item.photos {
            let finding = |kind, words: &str| {
                Finding::new(kind, wish.file.clone(), words)
                    .line(wish.line)
                    .column(wish.column.clone())
                    .value(wish.written.clone())
            };
            let at = match self.photos.look_up(&wish.written) {
                Lookup::Missing(words) => {
                    let mut finding = finding(Kind::PhotoMissing, words);
                    if self.options.images.is_empty() {
                        finding =
                            finding.hint("say in which folder the photographs are with --images");
                    }
                    self.report.push(finding);
                    continue;
                }
                Lookup::Found { at, others } => {
                    if others > 0 {
                        let words = format!(
                            "{} other files have this name; {} was used",
                            others,
                            self.photos.shown(at)
                        );
                        self.report.push(finding(Kind::PhotoAmbiguous, &words));
                    }
                    at
                }
            };
            if let Some(known) = loaded.iter_mut().find(|photo| photo.at == at) {
                if known.alt.is_none() {
                    known.alt.clone_from(&wish.alt);
                }
                known.written.push(wish.written.clone());
                continue;
            }
            match self.photos.load(at) {
                Err(words) => {
                    let shown = self.photos.shown(at).to_owned();
                    self.report.push(finding(Kind::PhotoUnusable, &format!("{words}: {shown}")));
                }
                Ok((name, bytes)) => {
                    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "jpg"));
                    let mut unique = name.clone();
                    let mut number = 1;
                    while loaded.iter().any(|photo| photo.name == unique) {
                        number += 1;
                        unique = format!("{stem}-{number}.{ending}");
                    }
                    let (alt, written) = (wish.alt.clone(), vec![wish.written.clone()]);
                    loaded.push(LoadedPhoto { at, name: unique, bytes, alt, written });
                }
            }
        }
        loaded
    }

    /// The file of a product.
    fn source(&self, item: &Item, photos: &[LoadedPhoto]) -> SourceFile {
        let mut fields = vec![("name", Entry::Text(item.name.clone()))];
        let mut text = item.text.as_str();
        let mut description = item.lines.get(&Field::Description).cloned();
        if description.is_none() && self.layout.has_first_sentence {
            description = items::first_sentence(text);
            // The page shows both, one after the other, so the sentence moves if it can.
            if let Some(rest) = description.as_deref().and_then(|said| items::after(text, said)) {
                text = rest;
            }
        }
        fields.extend(description.map(|text| ("description", Entry::Text(text))));
        for field in Field::ALL {
            let name = field.name();
            let entry = match field {
                Field::Name | Field::Description | Field::Collection => None,
                Field::Price => item.price.as_ref().map(|price| Entry::Text(price.to_field())),
                Field::Photos if !photos.is_empty() => Some(Entry::Photos(
                    photos.iter().map(|photo| (photo.name.clone(), photo.alt.clone())).collect(),
                )),
                Field::Date => item.lines.get(field).map(|date| Entry::Date(date.clone())),
                _ if item.flags.contains(field) => Some(Entry::True),
                _ => {
                    let line = item.lines.get(field).map(|line| Entry::Text(line.clone()));
                    let number = || item.numbers.get(field).map(|number| Entry::Number(*number));
                    let list = || item.lists.get(field).map(|list| Entry::List(list.clone()));
                    line.or_else(number).or_else(list)
                }
            };
            fields.extend(entry.map(|entry| (name, entry)));
        }
        let text = items::body(item, text, self.layout.facts_heading);
        SourceFile { fields, remarks: item.remarks.clone(), groups: groups(item, photos), text }
    }

    /// Writes each maker of the products as the site or the first product spells her. Answers those
    /// whom the site does not know yet, by id: two people whose names give the same id get two.
    fn name_makers(&mut self, products: &mut [Item]) -> BTreeMap<String, String> {
        let named = products.iter().filter_map(|item| item.lists.get(&Field::MadeBy)).flatten();
        let names: BTreeSet<String> = named.cloned().collect();
        let mut spelled = self.site.makers.clone();
        let mut new = BTreeMap::new();
        let mut written: HashMap<&str, String> = HashMap::new();
        for name in &names {
            let id = Slug::from_name(name);
            let known = spelled.get(&fold(name)).or_else(|| self.site.makers.get(id.as_str()));
            let spelling = known.cloned().unwrap_or_else(|| {
                let mut free = id.to_string();
                let mut number = 1;
                while new.contains_key(&free) || self.site.makers.contains_key(&free) {
                    number += 1;
                    free = format!("{id}-{number}");
                }
                new.insert(free, name.clone());
                name.clone()
            });
            let called = self.site.called.get(&spelling).filter(|_| *name != spelling);
            if let Some(called) = called.filter(|all| all.iter().all(|own| fold(own) != fold(name)))
            {
                let words = format!("taken for the maker \"{}\", who has this id", called[0]);
                let hint = format!(
                    "if it is somebody else, make a file for her in producers/ under another id, and \
                     name that in made_by of her products in place of \"{spelling}\""
                );
                self.report.push(
                    Finding::new(Kind::MakerById, format!("producers/{spelling}"), words)
                        .value(name.clone())
                        .hint(hint),
                );
            }
            spelled.insert(fold(name), spelling.clone());
            written.insert(name, spelling);
        }
        for item in products {
            if let Some(makers) = item.lists.get_mut(&Field::MadeBy) {
                let mut seen = BTreeSet::new();
                let each = std::mem::take(makers).into_iter();
                let each = each.map(|name| written.get(name.as_str()).cloned().unwrap_or(name));
                *makers = each.filter(|name| seen.insert(name.clone())).collect();
            }
        }
        new
    }

    /// Makers that the site does not know yet get a file with their name.
    fn write_makers(&mut self, makers: &BTreeMap<String, String>) -> Result<(), ImportError> {
        for (id, name) in makers {
            let source = SourceFile {
                fields: vec![("name", Entry::Text(name.clone()))],
                ..SourceFile::default()
            };
            self.write_other(&format!("producers/{id}.md"), &source.to_text())?;
        }
        Ok(())
    }

    fn write_collections(
        &mut self,
        collections: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), ImportError> {
        let mut written = BTreeSet::new();
        for (name, ids) in collections {
            let id = Slug::from_name(name);
            let mut ids = ids.clone();
            if !written.insert(id.clone()) {
                continue;
            }
            let there = self.draft.collections.iter().find(|item| item.id == id.as_str());
            if let Some(there) = there {
                let path = self.draft.sources.path(there.document.file).to_owned();
                let mut known = Vec::new();
                if let Some((_, list)) = there.document.fields.get("products")
                    && let Value::Array(list) = &list.value
                {
                    for entry in list {
                        if let Value::String(id) = &entry.value {
                            known.push(id.clone());
                        }
                    }
                }
                let new: Vec<String> = ids.into_iter().filter(|id| !known.contains(id)).collect();
                if new.is_empty() {
                    continue;
                }
                let old = self.draft.sources.text(there.document.file);
                known.extend(new.iter().cloned());
                let source = SourceFile {
                    fields: vec![("products", Entry::Ids(known))],
                    ..SourceFile::default()
                };
                let merged =
                    source.merged_into(old).filter(|_| self.options.existing == Existing::Replace);
                match merged {
                    Some(merged) => self.write_other(&path, &merged.text)?,
                    None => {
                        let words = format!("the tables also put {} into it", new.join(", "));
                        self.report.push(Finding::new(Kind::ExistingKept, path, words));
                    }
                }
                continue;
            }
            ids.dedup();
            let source = SourceFile {
                fields: vec![("name", Entry::Text(name.clone())), ("products", Entry::Ids(ids))],
                ..SourceFile::default()
            };
            self.write_other(&format!("collections/{id}.md"), &source.to_text())?;
        }
        Ok(())
    }

    fn write_other(&mut self, path: &str, text: &str) -> Result<(), ImportError> {
        if self.options.writing == Writing::Write {
            write::file(&self.options.site, path, text.as_bytes())?;
        }
        self.report.other_files.push(path.to_owned());
        Ok(())
    }

    fn unused_photos(&mut self) {
        if self.is_own_table {
            return;
        }
        let unused: Vec<String> = self.photos.unused().map(str::to_owned).collect();
        let has_copied = self.report.written.iter().any(|product| product.photos > 0);
        // The folder of a table may hold the whole camera; it was not named for its photographs.
        if self.options.images.is_empty() && !has_copied {
            return;
        }
        for path in unused {
            let words = "no row of the tables names it";
            self.report.push(Finding::new(Kind::PhotoNotUsed, path, words));
        }
    }

    /// Texts in another language, beside the products that have the same article numbers or ids.
    fn write_translations(&mut self, products: Vec<Item>, tag: &str) -> Result<(), ImportError> {
        for item in &products {
            let by_id = || self.site.by_id.get(&plain_id(item)).filter(|_| item.id.is_some());
            let there = self.existing(item).or_else(|| by_id().copied());
            match there {
                Some(there) => self.write_translation(there, item, tag)?,
                None => {
                    let sku = item.lines.get(&Field::Sku);
                    let words = "the site has no product with this article number, so this translation belongs to nothing";
                    self.report.push(
                        Finding::new(Kind::RowLeftOut, item.file.clone(), words)
                            .line(item.line)
                            .value(sku.cloned().unwrap_or_else(|| item.name.clone())),
                    );
                }
            }
        }
        Ok(())
    }

    /// The texts of a product in one language.
    fn translation(&self, item: &Item) -> SourceFile {
        const TEXTS: [Field; 7] = [
            Field::Description,
            Field::Materials,
            Field::Technique,
            Field::Size,
            Field::Care,
            Field::Ingredients,
            Field::Allergens,
        ];
        let mut source = self.source(item, &[]);
        source
            .fields
            .retain(|(name, _)| *name == "name" || TEXTS.iter().any(|field| field.name() == *name));
        source.remarks.clear();
        source.groups.clear();
        source
    }

    fn write_translation(
        &mut self,
        existing: usize,
        item: &Item,
        tag: &str,
    ) -> Result<(), ImportError> {
        let there = &self.draft.products[existing];
        let source = self.translation(item);
        let path = if there.has_own_folder {
            format!("{}index.{tag}.md", there.folder)
        } else {
            format!("products/{}.{tag}.md", there.id)
        };
        let said = report::Product {
            id: there.id.clone(),
            name: item.name.clone(),
            sku: item.lines.get(&Field::Sku).cloned(),
            file: item.file.clone(),
            line: item.line,
            photos: 0,
        };
        let text = source.to_text();
        let old = there.translations.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag));
        let Some((_, old)) = old else {
            if self.options.writing == Writing::Write {
                write::file(&self.options.site, &path, text.as_bytes())?;
            }
            self.report.written.push(said);
            return Ok(());
        };
        let path = self.draft.sources.path(old.file).to_owned();
        let is_broken = old.is_broken;
        let old = self.draft.sources.text(old.file);
        let merged = source.merged_into(old).filter(|_| !is_broken);
        match merged {
            _ if old == text => self.report.unchanged.push(said),
            Some(merged) if self.options.existing == Existing::Replace => {
                if merged.text == old {
                    self.report.unchanged.push(said);
                    return Ok(());
                }
                if self.options.writing == Writing::Write {
                    write::file(&self.options.site, &path, merged.text.as_bytes())?;
                }
                self.report.replaced.push(said);
            }
            _ => {
                let words = "the table says something else; nothing was changed";
                self.report.push(Finding::new(Kind::ExistingKept, path, words));
                self.report.kept.push(said);
            }
        }
        Ok(())
    }
}

/// Where a product goes.
struct Target {
    id: String,
    /// Position in the draft if it is there already.
    existing: Option<usize>,
}

/// The photographs of a row of the site's own table, which are there already.
fn as_named(item: &Item) -> Vec<LoadedPhoto> {
    let named = item.photos.iter().map(|wish| LoadedPhoto {
        at: 0,
        name: wish.written.clone(),
        bytes: Vec::new(),
        alt: wish.alt.clone(),
        written: Vec::new(),
    });
    named.collect()
}

/// A photograph of a product.
struct LoadedPhoto {
    /// Position among the photographs of the folders.
    at: usize,
    name: String,
    bytes: Vec<u8>,
    alt: Option<String>,
    /// As the tables name it.
    written: Vec<String>,
}

/// The options and variants of a product.
fn groups(item: &Item, photos: &[LoadedPhoto]) -> Vec<Group> {
    if item.options.is_empty() {
        return Vec::new();
    }
    let options = item.options.iter().map(|axis| {
        vec![("name", Entry::Text(axis.name.clone())), ("values", Entry::Ids(axis.values.clone()))]
    });
    let variants = item.variants.iter().map(|variant| {
        let said = &variant.said;
        let mut row = vec![("of", Entry::Ids(variant.of.clone()))];
        row.extend(said.price.as_ref().map(|price| ("price", Entry::Text(price.to_field()))));
        for field in Field::ALL.iter().filter(|field| variants::may_differ(**field)) {
            let line = said.lines.get(field).map(|line| Entry::Text(line.clone()));
            let number = || said.numbers.get(field).map(|number| Entry::Number(*number));
            let flag = || said.flags.contains(field).then_some(Entry::True);
            row.extend(line.or_else(number).or_else(flag).map(|entry| (field.name(), entry)));
        }
        let photo = said
            .photos
            .first()
            .and_then(|wish| photos.iter().find(|photo| photo.written.contains(&wish.written)));
        row.extend(photo.map(|photo| ("photo", Entry::Text(photo.name.clone()))));
        row
    });
    vec![
        Group { name: "options", key: "name", rows: options.collect() },
        Group { name: "variants", key: "of", rows: variants.collect() },
    ]
}

/// The id of a name; signs of trade say nothing in an address.
fn id_of_name(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| !matches!(c, '™' | '®' | '©' | '℠' | '\'' | '’')).collect();
    Slug::from_name(&plain).as_str().to_owned()
}

/// The id that a product would have if no other had it.
fn plain_id(item: &Item) -> String {
    item.id.as_deref().map_or_else(|| id_of_name(&item.name), id_of_name)
}

/// An id with something behind it, short enough for an id.
fn joined_id(plain: &str, tail: &str) -> String {
    let tail: String = tail.chars().take(40).collect();
    let head: String = plain.chars().take(99 - tail.len()).collect();
    format!("{}-{}", head.trim_end_matches('-'), tail.trim_matches('-'))
}
