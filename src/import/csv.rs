//! Tables of products to source files.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::diag::{Diagnostics, Sources};
use crate::read::{HIDING, cells, columns};

use super::cells::PriceStyle;
use super::items::{self, Columns, Item, RowReader};
use super::map::{self, Field, Map, Source, fits};
use super::place::{self, Layout};
use super::report::{Finding, Kind, Report, TableRead, TableUse};
use super::site::Ground;
use super::table::{self, MAX_TABLE_BYTES, Row, Table, fold};
use super::{Cause, ImportError, Options, variants};

/// Imports tables into a site.
///
/// # Errors
/// If there is no site, the column map or a folder cannot be used, or the disk fails. What is
/// wrong in the tables is no error: it is in the report, and the rest is imported.
pub fn csv(options: &Options) -> Result<Report, ImportError> {
    if options.files.is_empty() {
        return Err(ImportError(Cause::NoFiles));
    }
    let mut map = load_map(options.map.as_deref())?;
    let ground = Ground::open(options, map.language.as_deref())?;
    map.own_table = ground.own_table.clone().filter(|_| map.is_guess);
    let mut report = Report::default();
    let tables = load_tables(&options.files, &|header| map.knows(header), &mut report)?;
    let roles = roles(&tables, &map, &mut report);
    let style = PriceStyle {
        currency: options.currency.or(map.currency).or(ground.site.currency),
        decimal: map.decimal,
    };
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
    let mut products = collect(&tables, &roles, &columns, &map, &mut report);
    set_always(&mut products, &map);
    let layout = Layout {
        has_first_sentence: map.has_first_sentence,
        facts_heading: map.facts_heading.as_deref(),
    };
    place::into_site(options, &ground, products, layout, report)
}

/// Gives every product what the map says of all, where it says nothing itself.
pub(super) fn set_always(products: &mut [Item], map: &Map) {
    for item in products {
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

/// Reads the tables; `known` tells whether a header is one that the import knows.
pub(super) fn load_tables(
    files: &[PathBuf],
    known: &dyn Fn(&str) -> bool,
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
        tables.extend(table::parse(&shown, &bytes, known, report));
    }
    Ok(tables)
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
        let fields = match map.is_own(table) {
            true => Map::of_own_table(&table.headers),
            false => Map::guessed(&table.headers),
        };
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
pub(super) fn looks_like(table: &Table) -> Option<&'static str> {
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
        used.extend(own_id(map, table));
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

/// The column with the ids of the site's own table.
/// What a row of the site's own table says of who sees it, when, or where it may not go, and the import writes into no file.
fn rule_left_behind(table: &Table, row: &Row) -> Option<&'static str> {
    table.headers.iter().enumerate().find_map(|(at, header)| {
        let said = row.cell(at)?;
        let field = columns::column(header)?.field;
        let is_rule = match field {
            // What is not understood hides.
            "hide" => cells::yes_no(&said.text).is_none(),
            field => HIDING.contains(&field) || field == "not_to",
        };
        is_rule.then_some(field)
    })
}

fn own_id(map: &Map, table: &Table) -> Option<usize> {
    table.column("id").filter(|_| map.is_own(table))
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
    /// What the buyer chooses.
    axes: Vec<String>,
    /// Fields whose columns are choices of the buyer, and so may differ.
    choices: BTreeSet<Field>,
}

impl Group {
    /// A row that is a product by itself.
    fn of(item: Item) -> Self {
        Self { rows: vec![item], by: String::new(), axes: Vec::new(), choices: BTreeSet::new() }
    }
}

/// Words on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads all rows into products; variants taken together, joined rows added.
fn collect(
    tables: &[Table],
    roles: &[Role],
    columns: &[Option<Columns<'_>>],
    map: &Map,
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
            let id = own_id(map, table).and_then(|at| row.cell(at));
            item.id = id.map(|cell| cell.text.clone());
            if map.is_own(table)
                && let Some(rule) = rule_left_behind(table, row)
            {
                item.flags.insert(Field::Hide);
                let words = format!(
                    "the import takes no `{rule}` over, so the file says hide = true; write the rule into it as SITE-FORMAT has it, and take that line out"
                );
                report.push(
                    Finding::new(Kind::Hidden, table.file.clone(), words)
                        .line(row.line)
                        .value(item.name.clone()),
                );
            }
            for (t, r) in sku.and_then(|sku| joined.remove(sku)).unwrap_or_default() {
                let Some(columns) = &columns[t] else { continue };
                let table = &tables[t];
                let row = &table.rows[r];
                RowReader::new(table, row, columns, report).add_to(&mut item);
            }
            let Some((at, together, by)) = together else {
                groups.push(Group::of(item));
                continue;
            };
            let mut choices = BTreeSet::new();
            let mut axes = Vec::new();
            for (label, name) in &together.choices {
                let Some(column) = table.column(name) else { continue };
                let is_of = |(_, columns): &&(Field, Vec<(usize, &Source)>)| {
                    columns.iter().any(|(at, _)| *at == column)
                };
                let fields: Vec<Field> =
                    own.fields.iter().filter(is_of).map(|(field, _)| *field).collect();
                // A price or an article number is what a variant says, not what is chosen.
                if !fields.is_empty() && fields.iter().all(|field| variants::may_differ(*field)) {
                    continue;
                }
                choices.extend(fields);
                axes.push(label.clone());
                item.chosen
                    .push(row.cell(column).map_or_else(String::new, |cell| one_line(&cell.text)));
            }
            let Some(by) = row.cell(by).map(|cell| cell.text.as_str()) else {
                groups.push(Group::of(item));
                continue;
            };
            match group_of.get(&(at, by)) {
                Some(group) => groups[*group].rows.push(item),
                None => {
                    group_of.insert((at, by), groups.len());
                    groups.push(Group { rows: vec![item], by: by.to_owned(), axes, choices });
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
        let whole = items::merge(group.rows, &group.by, &group.axes, &group.choices, report);
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

pub(super) fn left_out(table: &Table, row: &table::Row, words: String) -> Finding {
    Finding::new(Kind::RowLeftOut, table.file.clone(), words).line(row.line)
}

/// What a row says, so that nothing of it is lost.
pub(super) fn row_words(row: &table::Row) -> String {
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
