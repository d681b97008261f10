//! Tables of products to source files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostics, Sources};
use crate::model::{Currency, Locale, MoneyFormatter, Slug};
use crate::read::{self, Changed, Draft, Memory, Value};

use super::cells::PriceStyle;
use super::items::{self, Columns, Item, RowReader};
use super::map::{self, Field, Map, Source, fits};
use super::photos::{Lookup, Photos};
use super::report::{self, Finding, Kind, Report, TableRead, TableUse};
use super::source::{Entry, SourceFile};
use super::table::{self, MAX_TABLE_BYTES, Table, fold};
use super::{Cause, Existing, ImportError, Options, Writing, write};

/// Imports tables into a site.
///
/// # Errors
/// If there is no site, the column map or a folder cannot be used, or the disk fails. What is
/// wrong in the tables is no error: it is in the report, and the rest is imported.
pub fn csv(options: &Options) -> Result<Report, ImportError> {
    if options.files.is_empty() {
        return Err(ImportError(Cause::NoFiles));
    }
    let map = load_map(options.map.as_deref())?;
    let draft = read::load(&options.site, &mut Memory::default(), Changed::All)
        .map_err(|error| ImportError(Cause::Site(error)))?;
    let site = Site::of(&draft);
    let language = site.language(options.language.as_deref().or(map.language.as_deref()))?;
    let mut report = Report::default();
    let tables = load_tables(&options.files, &map, &mut report)?;
    let roles = roles(&tables, &map, &mut report);
    let style = PriceStyle { currency: map.currency.or(site.currency), decimal: map.decimal };
    let columns: Vec<Option<Columns<'_>>> = tables
        .iter()
        .zip(&roles)
        .map(|(table, role)| match role {
            Role::Products(fields) => Some(Columns::of(table, fields, &map.facts, style)),
            Role::Joined { fields, facts, .. } => Some(Columns::of(table, fields, facts, style)),
            Role::NotProducts => None,
        })
        .collect();
    unused_columns(&tables, &roles, &columns, &map, &mut report);
    let formatter = MoneyFormatter::new(&language.locale);
    let mut products = collect(&tables, &roles, &columns, &map, &formatter, &mut report);
    for item in &mut products {
        for (field, words) in &map.always {
            match field.shape() {
                map::Shape::List => {
                    item.lists.entry(*field).or_insert_with(|| vec![words.clone()]);
                }
                _ => {
                    item.lines.entry(*field).or_insert_with(|| words.clone());
                }
            }
        }
    }
    let folders = if options.images.is_empty() {
        table_folders(&options.files)
    } else {
        options.images.clone()
    };
    let photos =
        if language.is_first { Photos::find(&folders, &mut report) } else { Photos::default() };
    let mut import = Import { options, map: &map, site: &site, draft: &draft, photos, report };
    if language.is_first {
        import.write_products(products)?;
    } else {
        import.write_translations(products, language.locale.tag())?;
    }
    Ok(import.report)
}

/// What the import needs to know of the site.
struct Site {
    languages: Vec<String>,
    currency: Option<Currency>,
    lists: Vec<String>,
    /// Position in the draft's products by article number.
    by_sku: HashMap<String, usize>,
    /// Position in the draft's products by id in small letters.
    by_id: HashMap<String, usize>,
    /// Names and ids of makers, folded.
    makers: BTreeSet<String>,
}

/// The language of the tables' texts.
struct Language {
    locale: Locale,
    /// Whether it is the site's first, in which products are written.
    is_first: bool,
}

impl Site {
    fn of(draft: &Draft) -> Self {
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
            if let Some((_, sku)) = item.document.fields.get("sku")
                && let Value::String(sku) = &sku.value
            {
                by_sku.entry(sku.trim().to_owned()).or_insert(at);
            }
        }
        let mut makers = BTreeSet::new();
        let mut add_names = |table: &read::Table| {
            for name in ["id", "name", "title"] {
                match table.get(name).map(|(_, value)| &value.value) {
                    Some(Value::String(text)) => {
                        makers.insert(fold(text));
                    }
                    Some(Value::Table(texts)) => {
                        for (_, text) in texts.entries() {
                            if let Value::String(text) = &text.value {
                                makers.insert(fold(text));
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
        if let Some(Value::Table(maker)) = fields.get("maker").map(|(_, value)| &value.value) {
            add_names(maker);
        }
        makers.extend(draft.producers.iter().map(|item| fold(&item.id)));
        let currency = strings("currency").first().and_then(|code| Currency::from_code(code));
        Self { languages, currency, lists, by_sku, by_id, makers }
    }

    fn language(&self, asked: Option<&str>) -> Result<Language, ImportError> {
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

fn load_map(path: Option<&Path>) -> Result<Map, ImportError> {
    let Some(path) = path else { return Ok(Map { is_guess: true, ..Map::default() }) };
    let text = fs::read_to_string(path)
        .map_err(|error| ImportError::io("read the column map", path, error))?;
    let mut sources = Sources::default();
    let file = sources.add(path.display().to_string(), text);
    let mut diagnostics = Diagnostics::default();
    let map = map::parse(sources.text(file), file, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(ImportError(Cause::Map { diagnostics, sources }));
    }
    Ok(map)
}

fn load_tables(
    files: &[PathBuf],
    map: &Map,
    report: &mut Report,
) -> Result<Vec<Table>, ImportError> {
    let mut tables = Vec::new();
    for path in files {
        let file = fs::File::open(path).map_err(|e| ImportError::io("open", path, e))?;
        let mut bytes = Vec::new();
        file.take(MAX_TABLE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| ImportError::io("read", path, e))?;
        let shown = path.display().to_string();
        if bytes.len() as u64 > MAX_TABLE_BYTES {
            let words = format!("this table is larger than {} megabytes", MAX_TABLE_BYTES >> 20);
            report.push(Finding::new(Kind::TableNotRead, shown, words).hint("split it"));
            continue;
        }
        tables.extend(table::parse(&shown, &bytes, &|header| map.knows(header), report));
    }
    Ok(tables)
}

/// The folders in which the tables lie, each once.
fn table_folders(files: &[PathBuf]) -> Vec<PathBuf> {
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

/// What a table is for.
enum Role {
    Products(Vec<(Field, Vec<Source>)>),
    Joined { sku: usize, fields: Vec<(Field, Vec<Source>)>, facts: Vec<(String, Source)> },
    NotProducts,
}

fn file_name(table: &Table) -> &str {
    table.file.rsplit(['/', '\\']).next().unwrap_or(&table.file)
}

fn fits_any(patterns: &[String], table: &Table) -> bool {
    patterns.iter().any(|pattern| fits(pattern, file_name(table)))
}

fn roles(tables: &[Table], map: &Map, report: &mut Report) -> Vec<Role> {
    let mut roles = Vec::new();
    for table in tables {
        let role = role(table, map, report);
        let used_as = match role {
            Role::Products(_) => TableUse::Products,
            Role::Joined { .. } => TableUse::Joined,
            Role::NotProducts => TableUse::NotProducts,
        };
        report.tables.push(TableRead {
            file: table.file.clone(),
            used_as,
            rows: table.rows.len(),
            encoding: table.encoding,
            separator: table.separator,
        });
        roles.push(role);
    }
    roles
}

fn role(table: &Table, map: &Map, report: &mut Report) -> Role {
    if let Some(join) = map.joins.iter().find(|join| fits_any(&join.files, table)) {
        let Some(sku) = table.column(&join.sku) else {
            let words = format!("this table has no column \"{}\" for the article number", join.sku);
            report.push(Finding::new(Kind::ColumnMissing, table.file.clone(), words));
            return Role::NotProducts;
        };
        return Role::Joined { sku, fields: join.fields.clone(), facts: join.facts.clone() };
    }
    if map.is_guess {
        let fields = Map::guessed(&table.headers);
        let has = |field| fields.iter().any(|(known, _)| *known == field);
        let other = looks_like(table);
        if has(Field::Name) && other.is_none() {
            return Role::Products(fields);
        }
        let sku = map::sources(&fields, Field::Sku).first().cloned();
        if let (true, None, Some(sku)) = (has(Field::Photos), other, sku)
            && let Some(at) = table.column(&sku.column.value)
        {
            let fields = fields
                .into_iter()
                .filter(|(field, _)| matches!(field, Field::Photos | Field::PhotoAlt))
                .collect();
            return Role::Joined { sku: at, fields, facts: Vec::new() };
        }
        return not_products(table, "it has no column for the name of a product", report);
    }
    if !map.products.is_empty() {
        if fits_any(&map.products, table) {
            if column_of(table, map.sources(Field::Name)).is_some() {
                return Role::Products(map.fields.clone());
            }
            let words = "this table has no column for the name of a product";
            report.push(Finding::new(Kind::TableNotRead, table.file.clone(), words));
            return Role::NotProducts;
        }
        return not_products(table, "the map does not name it", report);
    }
    let has_name = column_of(table, map.sources(Field::Name)).is_some();
    if has_name && looks_like(table).is_none() {
        return Role::Products(map.fields.clone());
    }
    not_products(table, "it has no column for the name of a product", report)
}

fn column_of(table: &Table, sources: &[Source]) -> Option<usize> {
    sources.iter().find_map(|source| table.column(&source.column.value))
}

fn not_products(table: &Table, why: &str, report: &mut Report) -> Role {
    let columns = table.headers.join(", ");
    let words = match looks_like(table) {
        Some(what) => {
            format!("this looks like {what}, so nothing of it was used; its columns are {columns}")
        }
        None => format!("{why}, so nothing of it was used; its columns are {columns}"),
    };
    report.push(Finding::new(Kind::TableNotProducts, table.file.clone(), words));
    Role::NotProducts
}

/// What a table is that other programs export beside products, as far as its headers tell.
fn looks_like(table: &Table) -> Option<&'static str> {
    let has = |words: &[&str]| {
        table.headers.iter().any(|header| {
            let folded = fold(header);
            words.iter().any(|word| folded.split(['_', ' ', '-']).any(|part| part == *word))
        })
    };
    if has(&["review", "reviewer", "reviews"]) {
        return Some("reviews by customers");
    }
    if has(&["country", "zip", "postcode"])
        && has(&["rate", "subtotal", "price", "shipping"])
        && !has(&["name", "title"])
    {
        return Some("shipping rates");
    }
    if has(&["order"]) && has(&["customer", "billing", "total"]) {
        return Some("orders");
    }
    if has(&["email", "customer"]) && has(&["firstname", "lastname", "first", "last", "address"]) {
        return Some("customers");
    }
    None
}

/// Reports columns that nothing uses, and columns of the map that no table has.
fn unused_columns(
    tables: &[Table],
    roles: &[Role],
    columns: &[Option<Columns<'_>>],
    map: &Map,
    report: &mut Report,
) {
    let mut left_out_seen = BTreeSet::new();
    for ((table, role), columns) in tables.iter().zip(roles).zip(columns) {
        let Some(columns) = columns else { continue };
        let mut used: BTreeSet<usize> = columns.positions().collect();
        if let Role::Joined { sku, .. } = role {
            used.insert(*sku);
        }
        for together in together_of(map, table) {
            used.extend(table.column(&together.by));
            used.extend(together.choices.iter().filter_map(|(_, name)| table.column(name)));
        }
        for (at, header) in table.headers.iter().enumerate() {
            if used.contains(&at) {
                continue;
            }
            let is_left_out = map.leave_out.iter().any(|name| fold(name) == fold(header));
            // The second of two columns with one name was reported when the table was read.
            if table.column(header) != Some(at) && !header.is_empty() {
                continue;
            }
            let kind = if is_left_out {
                left_out_seen.insert(fold(header));
                Kind::ColumnLeftOut
            } else {
                Kind::ColumnNotUsed
            };
            let words = items::column_words(table, at);
            let mut finding =
                Finding::new(kind, table.file.clone(), words).column(table.column_name(at));
            if let Some(field) = map::usual_field(header).filter(|_| !is_left_out && !map.is_guess)
            {
                finding = finding.hint(format!(
                    "below [columns] you could write {} = \"{header}\"",
                    field.name()
                ));
            }
            report.push(finding);
        }
    }
    if map.is_guess {
        return;
    }
    let has = |name: &str| {
        tables
            .iter()
            .zip(roles)
            .any(|(table, role)| !matches!(role, Role::NotProducts) && table.column(name).is_some())
    };
    let named = map.fields.iter().flat_map(|(_, sources)| sources);
    let named = named.chain(map.facts.iter().map(|(_, source)| source));
    let joined = map.joins.iter().flat_map(|join| {
        let facts = join.facts.iter().map(|(_, source)| source);
        join.fields.iter().flat_map(|(_, sources)| sources).chain(facts)
    });
    let mut missing: Vec<&str> =
        named.chain(joined).map(|source| source.column.value.as_str()).collect();
    missing.extend(map.leave_out.iter().map(String::as_str));
    for together in &map.together {
        missing.push(&together.by);
        missing.extend(together.choices.iter().map(|(_, name)| name.as_str()));
    }
    let mut told = BTreeSet::new();
    for name in missing.into_iter().filter(|name| !has(name)) {
        if told.insert(fold(name)) {
            let words = "the map names this column, and no table has it";
            report.push(Finding::new(Kind::ColumnMissing, "", words).column(name));
        }
    }
}

fn together_of<'m>(map: &'m Map, table: &'m Table) -> impl Iterator<Item = &'m map::Together> {
    map.together
        .iter()
        .filter(move |together| together.files.is_empty() || fits_any(&together.files, table))
}

/// Rows that are one product, in the order of the tables.
struct Group {
    rows: Vec<Item>,
    by: String,
    /// Fields whose columns are choices of the buyer, and so may differ.
    choices: BTreeSet<Field>,
}

/// Reads all rows into products; variants taken together, joined rows added.
fn collect(
    tables: &[Table],
    roles: &[Role],
    columns: &[Option<Columns<'_>>],
    map: &Map,
    formatter: &MoneyFormatter,
    report: &mut Report,
) -> Vec<Item> {
    let mut joined = joined_rows(tables, roles, report);
    let mut known_skus: HashMap<&str, (&str, usize)> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of: HashMap<(usize, &str), usize> = HashMap::new();
    for ((table, role), own) in tables.iter().zip(roles).zip(columns) {
        let (Role::Products(_), Some(own)) = (role, own) else { continue };
        let together = map.together.iter().enumerate().find_map(|(at, together)| {
            let is_meant = together.files.is_empty() || fits_any(&together.files, table);
            let by = table.column(&together.by).filter(|_| is_meant)?;
            Some((at, together, by))
        });
        for row in &table.rows {
            let sku = own.first(Field::Sku, row);
            if let Some(sku) = sku {
                if let Some((file, line)) = known_skus.get(sku) {
                    let words = format!(
                        "this article number stands in {file} line {line} already; the row says {}",
                        row_words(row)
                    );
                    report.push(left_out(table, row, words).value(sku));
                    continue;
                }
                known_skus.insert(sku, (&table.file, row.line));
            }
            let mut item = RowReader::new(table, row, own, report).item();
            item.said = row_words(row);
            for (t, r) in sku.and_then(|sku| joined.remove(sku)).unwrap_or_default() {
                let Some(columns) = &columns[t] else { continue };
                let table = &tables[t];
                let row = &table.rows[r];
                RowReader::new(table, row, columns, report).add_to(&mut item);
            }
            let Some((at, together, by)) = together else {
                groups.push(Group {
                    rows: vec![item],
                    by: String::new(),
                    choices: BTreeSet::new(),
                });
                continue;
            };
            let prices: Vec<usize> = own.of_field(Field::Price).iter().map(|(at, _)| *at).collect();
            let mut choices = BTreeSet::new();
            for (label, name) in &together.choices {
                let Some(column) = table.column(name) else { continue };
                let is_of = |(_, columns): &&(Field, Vec<(usize, &Source)>)| {
                    columns.iter().any(|(at, _)| *at == column)
                };
                choices.extend(own.fields.iter().filter(is_of).map(|(field, _)| *field));
                item.choice_labels.push(label.clone());
                let price = item.price.as_ref().filter(|_| prices.contains(&column));
                let cell = match (price, row.cell(column)) {
                    (Some(price), _) => price.shown(formatter),
                    (None, Some(cell)) => cell.text.clone(),
                    (None, None) => String::new(),
                };
                let row = match item.choices.first_mut() {
                    Some(row) => row,
                    None => {
                        item.choices.push(Vec::new());
                        &mut item.choices[0]
                    }
                };
                row.push(cell);
            }
            let Some(by) = row.cell(by).map(|cell| cell.text.as_str()) else {
                groups.push(Group { rows: vec![item], by: String::new(), choices });
                continue;
            };
            match group_of.get(&(at, by)) {
                Some(group) => groups[*group].rows.push(item),
                None => {
                    group_of.insert((at, by), groups.len());
                    groups.push(Group { rows: vec![item], by: by.to_owned(), choices });
                }
            }
        }
    }
    // What is left belongs to no product; in the order of the tables.
    let mut left: Vec<(usize, usize, &str)> = joined
        .into_iter()
        .flat_map(|(sku, rows)| rows.into_iter().map(move |(t, r)| (t, r, sku)))
        .collect();
    left.sort_unstable();
    for (t, r, sku) in left {
        let table = &tables[t];
        let row = &table.rows[r];
        let words = format!(
            "no table of products has this article number; the row says {}",
            row_words(row)
        );
        report.push(
            Finding::new(Kind::JoinWithoutProduct, table.file.clone(), words)
                .line(row.line)
                .value(sku),
        );
    }
    let mut products = Vec::new();
    for group in groups {
        let whole = items::merge(group.rows, &group.by, &group.choices, report);
        if whole.name.is_empty() {
            let words = format!("this row has no name; it says {}", whole.said);
            report.push(Finding::new(Kind::RowLeftOut, whole.file.clone(), words).line(whole.line));
            continue;
        }
        products.push(whole);
    }
    products
}

/// Rows of joined tables by article number: positions of table and row.
fn joined_rows<'t>(
    tables: &'t [Table],
    roles: &[Role],
    report: &mut Report,
) -> HashMap<&'t str, Vec<(usize, usize)>> {
    let mut joined: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (t, (table, role)) in tables.iter().zip(roles).enumerate() {
        let Role::Joined { sku, .. } = role else { continue };
        for (r, row) in table.rows.iter().enumerate() {
            match row.cell(*sku) {
                Some(cell) => joined.entry(&cell.text).or_default().push((t, r)),
                None => {
                    let words =
                        format!("this row has no article number; it says {}", row_words(row));
                    report.push(left_out(table, row, words));
                }
            }
        }
    }
    joined
}

fn left_out(table: &Table, row: &table::Row, words: String) -> Finding {
    Finding::new(Kind::RowLeftOut, table.file.clone(), words).line(row.line)
}

/// What a row says, so that nothing of it is lost.
fn row_words(row: &table::Row) -> String {
    let cells: Vec<String> = row
        .cells
        .iter()
        .map(|cell| cell.text.as_str())
        .filter(|cell| !cell.is_empty())
        .map(|cell| {
            let line = cell.split_whitespace().collect::<Vec<_>>().join(" ");
            let cut: String = line.chars().take(60).collect();
            format!("\"{cut}{}\"", if cut.len() < line.len() { "…" } else { "" })
        })
        .collect();
    if cells.is_empty() { "nothing else".to_owned() } else { cells.join(", ") }
}

/// The second half: products to files.
struct Import<'a> {
    options: &'a Options,
    map: &'a Map,
    site: &'a Site,
    draft: &'a Draft,
    photos: Photos,
    report: Report,
}

impl Import<'_> {
    fn write_products(&mut self, products: Vec<Item>) -> Result<(), ImportError> {
        let ids = self.ids(&products);
        let mut collections: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut makers: BTreeSet<String> = BTreeSet::new();
        let mut in_lists: BTreeMap<Field, usize> = BTreeMap::new();
        for (item, id) in products.iter().zip(&ids) {
            for name in item.lists.get(&Field::Collection).into_iter().flatten() {
                collections.entry(name.clone()).or_default().push(id.id.clone());
            }
            makers.extend(item.lists.get(&Field::MadeBy).into_iter().flatten().cloned());
            for field in item.lists.keys() {
                *in_lists.entry(*field).or_default() += 1;
            }
            self.write_product(item, id)?;
        }
        self.write_makers(&makers)?;
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
        for (at, item) in products.iter().enumerate() {
            let sku = item.lines.get(&Field::Sku);
            let existing = sku.and_then(|sku| self.site.by_sku.get(sku)).copied();
            if let Some(existing) = existing {
                let id = self.draft.products[existing].id.clone();
                taken.insert(id.to_lowercase());
                targets.push(Some(Target { id, existing: Some(existing) }));
                continue;
            }
            by_name.entry(id_of_name(&item.name)).or_default().push(at);
            targets.push(None);
        }
        for (at, item) in products.iter().enumerate() {
            if targets[at].is_some() {
                continue;
            }
            let plain = id_of_name(&item.name);
            let sku = item.lines.get(&Field::Sku);
            let is_alone = by_name.get(&plain).is_none_or(|alike| alike.len() == 1);
            // The same name and no other article number: the product that is there.
            let same = self.site.by_id.get(&plain).copied().filter(|existing| {
                let has_sku = self.draft.products[*existing].document.fields.get("sku").is_some();
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

    fn is_taken(&self, id: &str, taken: &BTreeSet<String>) -> bool {
        taken.contains(id) || self.site.by_id.contains_key(id)
    }

    fn write_product(&mut self, item: &Item, target: &Target) -> Result<(), ImportError> {
        let photos = self.load_photos(item);
        let source = self.source(item, &photos);
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
                files.extend(photos.into_iter().map(|photo| (photo.name, photo.bytes)));
                write::folder(&self.options.site, "products", &target.id, &files)?;
            }
            self.report.written.push(said);
            return Ok(());
        };
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
        let Some(merged) = source.merged_into(&old).filter(|_| !there.document.is_broken) else {
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
                    loaded.push(LoadedPhoto { at, name: unique, bytes, alt: wish.alt.clone() });
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
        if description.is_none() && self.map.has_first_sentence {
            description = items::first_sentence(text);
            // The page shows both, one after the other, so the sentence moves if it can.
            if let Some(rest) = description.as_deref().and_then(|said| text.strip_prefix(said)) {
                text = rest.trim_start();
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
        let text = items::body(item, text, self.map.facts_heading.as_deref());
        SourceFile { fields, remarks: item.remarks.clone(), text }
    }

    /// Makers that the site does not know yet get a file with their name.
    fn write_makers(&mut self, makers: &BTreeSet<String>) -> Result<(), ImportError> {
        let mut written = BTreeSet::new();
        for name in makers {
            let id = Slug::from_name(name);
            let is_known =
                self.site.makers.contains(&fold(name)) || self.site.makers.contains(id.as_str());
            if is_known || !written.insert(id.clone()) {
                continue;
            }
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
                    Some(merged) => self.write_other(&path, &merged)?,
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

    /// Texts in another language, beside the products that have the same article numbers.
    fn write_translations(&mut self, products: Vec<Item>, tag: &str) -> Result<(), ImportError> {
        const TEXTS: [Field; 7] = [
            Field::Description,
            Field::Materials,
            Field::Technique,
            Field::Size,
            Field::Care,
            Field::Ingredients,
            Field::Allergens,
        ];
        for item in &products {
            let sku = item.lines.get(&Field::Sku);
            let there = sku.and_then(|sku| self.site.by_sku.get(sku));
            let Some(there) = there.map(|at| &self.draft.products[*at]) else {
                let words = "the site has no product with this article number, so this translation belongs to nothing";
                self.report.push(
                    Finding::new(Kind::RowLeftOut, item.file.clone(), words)
                        .line(item.line)
                        .value(sku.cloned().unwrap_or_else(|| item.name.clone())),
                );
                continue;
            };
            let mut source = self.source(item, &[]);
            source.fields.retain(|(name, _)| {
                *name == "name" || TEXTS.iter().any(|field| field.name() == *name)
            });
            source.remarks.clear();
            let path = if there.has_own_folder {
                format!("{}index.{tag}.md", there.folder)
            } else {
                format!("products/{}.{tag}.md", there.id)
            };
            let said = report::Product {
                id: there.id.clone(),
                name: item.name.clone(),
                sku: sku.cloned(),
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
                continue;
            };
            let path = self.draft.sources.path(old.file).to_owned();
            let is_broken = old.is_broken;
            let old = self.draft.sources.text(old.file);
            let merged = source.merged_into(old).filter(|_| !is_broken);
            match merged {
                _ if old == text => self.report.unchanged.push(said),
                Some(merged) if self.options.existing == Existing::Replace => {
                    if self.options.writing == Writing::Write {
                        write::file(&self.options.site, &path, merged.as_bytes())?;
                    }
                    self.report.replaced.push(said);
                }
                _ => {
                    let words = "the table says something else; nothing was changed";
                    self.report.push(Finding::new(Kind::ExistingKept, path, words));
                    self.report.kept.push(said);
                }
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

/// A photograph of a product.
struct LoadedPhoto {
    /// Position among the photographs of the folders.
    at: usize,
    name: String,
    bytes: Vec<u8>,
    alt: Option<String>,
}

/// The id of a name; signs of trade say nothing in an address.
fn id_of_name(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| !matches!(c, '™' | '®' | '©' | '℠' | '\'' | '’')).collect();
    Slug::from_name(&plain).as_str().to_owned()
}

/// An id with something behind it, short enough for an id.
fn joined_id(plain: &str, tail: &str) -> String {
    let tail: String = tail.chars().take(40).collect();
    let head: String = plain.chars().take(99 - tail.len()).collect();
    format!("{}-{}", head.trim_end_matches('-'), tail.trim_matches('-'))
}
