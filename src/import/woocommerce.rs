//! The table of products that WooCommerce exports.
//!
//! Each product has a row, and each variation too, which names its parent. Columns are those of
//! <https://woocommerce.com/document/product-csv-importer-exporter/>; WooCommerce writes their names in the language of
//! the person who exports, so English, Spanish, French and German are known. The value of `Type` is
//! never translated.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cells::{self, Habit, PriceStyle};
use super::csv::{left_out, load_tables, looks_like, row_words};
use super::export::{self, Known, Sheet, Use};
use super::items::{Columns, Item, RowReader};
use super::map::{Field, Source};
use super::place::{self, Layout};
use super::report::{Finding, Kind, Report, TableRead, TableUse};
use super::site::Ground;
use super::table::{Row, Table};
use super::variants::{self, Axis, Variant, is_colour, is_material};
use super::{Cause, ImportError, Options};

const SALE: &str = "a lower price for a time has no place here; the regular price was taken";
const TAX: &str = "taxes are between you and the buyer";
const DOWNLOAD: &str = "files to download are not sold from a page";

const fn known(key: &'static str, used_as: Use, names: &'static [&'static str]) -> Known {
    Known { key, names, used_as, usual: &[] }
}

const fn not(
    why: &'static str,
    names: &'static [&'static str],
    usual: &'static [&'static str],
) -> Known {
    Known { key: "", names, used_as: Use::Not(why), usual }
}

/// The columns, in English, Spanish, French and German; units taken out of weights and sizes.
const COLUMNS: &[Known] = &[
    known("id", Use::Own, &["id"]),
    known("type", Use::Own, &["type", "tipo", "typ"]),
    known("sku", Use::Variant(Field::Sku), &["sku", "ugs", "artikelnummer"]),
    known(
        "gtin",
        Use::Variant(Field::Gtin),
        &[
            "gtin, upc, ean, or isbn",
            "gtin, upc, ean o isbn",
            "gtin, upc, ean ou isbn",
            "gtin, upc, ean oder isbn",
        ],
    ),
    known("name", Use::Product(Field::Name), &["name", "nombre", "nom"]),
    known("published", Use::Own, &["published", "publicado", "publié", "veröffentlicht"]),
    known(
        "featured",
        Use::Own,
        &["is featured?", "¿está destacado?", "mis en avant?", "ist hervorgehoben?"],
    ),
    known(
        "visibility",
        Use::Own,
        &[
            "visibility in catalog",
            "visibilidad en el catálogo",
            "visibilité dans le catalogue",
            "sichtbarkeit im katalog",
        ],
    ),
    known(
        "short",
        Use::Product(Field::Description),
        &["short description", "descripción corta", "description courte", "kurzbeschreibung"],
    ),
    known("text", Use::Own, &["description", "descripción", "beschreibung"]),
    known(
        "in stock",
        Use::Own,
        &[
            "in stock?",
            "¿existencias?",
            "¿en inventario?",
            "¿hay existencias?",
            "en stock?",
            "vorrätig?",
        ],
    ),
    known("stock", Use::Own, &["stock", "inventario", "lager", "bestand"]),
    known(
        "backorders",
        Use::Own,
        &[
            "backorders allowed?",
            "¿permitir reservas de productos agotados?",
            "autoriser les commandes de produits en rupture?",
            "lieferrückstande erlaubt?",
            "lieferrückstände erlaubt?",
            "rückstände erlaubt?",
        ],
    ),
    known(
        "individually",
        Use::Own,
        &[
            "sold individually?",
            "¿vendido individualmente?",
            "vendre individuellement?",
            "nur einzeln verkaufen?",
            "einzeln verkauft?",
        ],
    ),
    known("weight", Use::Own, &["weight", "peso", "poids", "gewicht"]),
    known("length", Use::Own, &["length", "longitud", "longueur", "länge"]),
    known("width", Use::Own, &["width", "anchura", "ancho", "largeur", "breite"]),
    known("height", Use::Own, &["height", "altura", "hauteur", "höhe"]),
    known(
        "price",
        Use::Variant(Field::Price),
        &["regular price", "precio normal", "tarif régulier", "prix régulier", "regulärer preis"],
    ),
    known("categories", Use::Own, &["categories", "categorías", "catégories", "kategorien"]),
    known("tags", Use::Own, &["tags", "etiquetas", "étiquettes", "schlagwörter"]),
    known("position", Use::Own, &["position", "posición"]),
    known("brands", Use::Own, &["brands", "marcas", "marques", "marken"]),
    known("images", Use::Product(Field::Photos), &["images", "imágenes", "bilder"]),
    known("parent", Use::Own, &["parent", "superior", "übergeordnetes produkt"]),
    known(
        "grouped",
        Use::Own,
        &[
            "grouped products",
            "productos agrupados",
            "groupe de produits",
            "groupes de produits",
            "gruppierte produkte",
        ],
    ),
    known(
        "upsells",
        Use::Own,
        &["upsells", "ventas dirigidas", "produits suggérés", "zusatzverkäufe"],
    ),
    known(
        "cross-sells",
        Use::Own,
        &["cross-sells", "ventas cruzadas", "ventes croisées", "cross-sells (querverkäufe)"],
    ),
    known(
        "meta description",
        Use::Own,
        &[
            "meta: _yoast_wpseo_metadesc",
            "meta: rank_math_description",
            "meta: _aioseo_description",
        ],
    ),
    known("language", Use::Own, &["language", "meta: _wpml_import_language_code"]),
    known(
        "translation of",
        Use::Own,
        &["translation group", "meta: _wpml_import_translation_group"],
    ),
    not(
        SALE,
        &[
            "sale price",
            "precio rebajado",
            "tarif promo",
            "angebotspreis",
            "date sale price starts",
            "date sale price ends",
            "día en que empieza el precio rebajado",
            "día en que termina el precio rebajado",
            "date de début de promo",
            "date de fin de promo",
            "datum, an dem angebotspreis beginnt",
            "datum, an dem angebotspreis endet",
        ],
        &[],
    ),
    not(
        TAX,
        &[
            "tax status",
            "tax class",
            "estado del impuesto",
            "clase de impuesto",
            "état de la tva",
            "classe de tva",
            "classe tva",
            "steuerstatus",
            "steuerklasse",
        ],
        &["taxable", "parent"],
    ),
    not(
        "",
        &[
            "low stock amount",
            "cantidad de bajo inventario",
            "montant de stock faible",
            "geringe lagermenge",
            "geringer lagerbestand",
            "allow customer reviews?",
            "¿permitir valoraciones de clientes?",
            "autoriser les avis clients?",
            "kundenrezensionen erlauben?",
            "kundenbewertungen erlauben?",
        ],
        &["0", "1"],
    ),
    not(
        "",
        &[
            "purchase note",
            "nota de compra",
            "note de commande",
            "note de l'achat",
            "hinweis zum kauf",
            "shipping class",
            "clase de envío",
            "classe d'expédition",
            "classe de livraison",
            "versandklasse",
        ],
        &[],
    ),
    not(
        DOWNLOAD,
        &[
            "download limit",
            "download expiry days",
            "límite de descargas",
            "días de caducidad de la descarga",
            "limite de téléchargement",
            "jours d'expiration du téléchargement",
            "downloadlimit",
            "ablauftage des downloads",
        ],
        &["-1", "0"],
    ),
    not(
        "the product is sold by somebody else",
        &[
            "external url",
            "button text",
            "url externa",
            "texto del botón",
            "url externe",
            "libellé du bouton",
            "externe url",
            "button-text",
        ],
        &[],
    ),
    not(
        "what a thing costs you is nobody else's business",
        &["cost of goods", "cogs value", "meta: _wc_cog_cost"],
        &[],
    ),
];

/// What a column of an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Name,
    Values,
    Visible,
    Rest,
}

/// The number of the attribute that a column belongs to, and what it holds.
fn attribute(header: &str) -> Option<(u32, Part)> {
    let folded = export::plain(header);
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let number = digits.parse().ok()?;
    let part = match folded.replacen(&digits, "#", 1).as_str() {
        "attribute # name"
        | "nombre del atributo #"
        | "nom de l'attribut #"
        | "attribut # name" => Part::Name,
        "attribute # value(s)"
        | "valor(es) del atributo #"
        | "valeur(s) de l'attribut #"
        | "attribut # wert(e)" => Part::Values,
        "attribute # visible"
        | "atributo visible #"
        | "atributo # visible"
        | "attribut # visible"
        | "attribut # sichtbar" => Part::Visible,
        "attribute # global"
        | "atributo global #"
        | "atributo # global"
        | "attribut # global"
        | "attribute # default"
        | "atributo por defecto #"
        | "atributo # por defecto"
        | "attribut # par défaut"
        | "attribut par défaut #"
        | "attribut # standard" => Part::Rest,
        _ => return None,
    };
    Some((number, part))
}

/// Imports WooCommerce's tables of products into a site.
///
/// # Errors
/// If there is no site, a file or folder cannot be used, or the disk fails. What is wrong in the
/// tables is no error: it is in the report, and the rest is imported.
pub fn woocommerce(options: &Options) -> Result<Report, ImportError> {
    if options.files.is_empty() {
        return Err(ImportError(Cause::NoFiles));
    }
    let ground = Ground::open(options, None)?;
    let mut report = Report::default();
    let known = |header: &str| export::knows(COLUMNS, header) || attribute(header).is_some();
    let mut tables = load_tables(&options.files, &known, &mut report)?;
    let style = PriceStyle { currency: options.currency.or(ground.site.currency), decimal: None };
    let mut shop = Shop::default();
    for table in &mut tables {
        let is_products = {
            let sheet = Sheet::of(table, COLUMNS);
            sheet.has("type") && sheet.has("name")
        };
        report.tables.push(TableRead {
            file: table.file.clone(),
            used_as: if is_products { TableUse::Products } else { TableUse::NotProducts },
            rows: table.rows.len(),
            encoding: table.encoding,
            separator: table.separator,
        });
        if is_products {
            plain_cells(table);
            shop.table(table, style, &mut report);
        } else {
            not_products(table, &mut report);
        }
    }
    shop.unite(&mut report);
    let (mut items, makers, featured) = shop.products(&ground, &mut report);
    export::set_makers(&mut items, &makers, "Brands", &ground.site, &mut report);
    if !featured.is_empty() {
        let words = format!("featured in the shop: {}", featured.join(", "));
        report.push(Finding::new(Kind::ListsHint, "site.toml", words).hint(
            "to show them first on the home page, name their ids in site.toml: featured = [\"…\", \"…\"]",
        ));
    }
    let layout = Layout { has_first_sentence: true, facts_heading: None };
    place::into_site(options, &ground, items, layout, report)
}

fn not_products(table: &Table, report: &mut Report) {
    if let Some(what) = looks_like(table) {
        let words = format!("this looks like {what}, so nothing of it was used");
        report.push(Finding::new(Kind::TableNotProducts, table.file.clone(), words));
        return;
    }
    let columns = table.headers.join(", ");
    let words = format!(
        "WooCommerce's table of products has the columns Type and Name, which are known in English, Spanish, French and German; this one has {columns}"
    );
    report.push(Finding::new(Kind::TableNotRead, table.file.clone(), words).hint(
        "in WordPress choose English below Users, Profile, Language, and export the products again; for other tables there is selvedge import csv",
    ));
}

/// Undoes what the export does to cells: `'` before signs that spreadsheets run, `\n` for line ends,
/// and commas with a backslash inside lists.
fn plain_cells(table: &mut Table) {
    let columns: Vec<usize> = (0..table.headers.len()).collect();
    let (lists, texts) =
        {
            let sheet = Sheet::of(table, COLUMNS);
            let lists: BTreeSet<usize> =
                ["categories", "tags", "brands", "images", "grouped", "upsells", "cross-sells"]
                    .into_iter()
                    .filter_map(|key| sheet.at(key))
                    .chain(columns.iter().copied().filter(|at| {
                        matches!(attribute(&table.headers[*at]), Some((_, Part::Values)))
                    }))
                    .collect();
            let texts: BTreeSet<usize> =
                ["text", "short"].into_iter().filter_map(|key| sheet.at(key)).collect();
            (lists, texts)
        };
    for row in &mut table.rows {
        for (at, cell) in row.cells.iter_mut().enumerate() {
            if let Some(rest) = cell.text.strip_prefix('\'')
                && rest.starts_with(['=', '+', '-', '@'])
            {
                cell.text = rest.to_owned();
            }
            if lists.contains(&at) {
                cell.text = split_list(&cell.text).join("\n");
            }
            if texts.contains(&at) && cell.text.contains("\\n") {
                cell.text = cell.text.replace("\\n", "\n").trim().to_owned();
            }
        }
    }
}

/// Entries between commas; `\,` is a comma inside one.
fn split_list(text: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek(), entries.last_mut()) {
            ('\\', Some(','), Some(last)) => {
                last.push(',');
                chars.next();
            }
            (',' | '\n', ..) => entries.push(String::new()),
            (_, _, Some(last)) => last.push(c),
            (_, _, None) => {}
        }
    }
    entries.iter().map(|entry| entry.trim().to_owned()).filter(|entry| !entry.is_empty()).collect()
}

/// WordPress makes paragraphs of blank lines when it shows a text; so does this.
fn paragraphs(text: &str) -> String {
    const BLOCKS: [&str; 14] = [
        "<p",
        "<div",
        "<ul",
        "<ol",
        "<li",
        "<table",
        "<h1",
        "<h2",
        "<h3",
        "<h4",
        "<blockquote",
        "<figure",
        "<pre",
        "<section",
    ];
    if !text.contains('<') {
        return text.to_owned();
    }
    let parts: Vec<String> = text
        .split("\n\n")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let folded = part.to_lowercase();
            let closes = |tag: &&str| folded.contains(&tag.replace('<', "</"));
            if BLOCKS.iter().any(|tag| folded.contains(tag) || closes(tag)) {
                return part.to_owned();
            }
            format!("<p>{}</p>", part.replace('\n', "<br>"))
        })
        .collect();
    parts.join("\n")
}

/// A row of a product or variation, read.
#[derive(Debug, Default)]
struct Entry {
    item: Item,
    said: Item,
    id: String,
    sku: String,
    parent: String,
    attributes: Vec<Attribute>,
    maker: Option<String>,
    language: String,
    group: String,
    is_featured: bool,
    position: i64,
    variations: Vec<usize>,
    is_variation: bool,
    is_gone: bool,
}

#[derive(Clone, Debug)]
struct Attribute {
    name: String,
    values: Vec<String>,
    is_visible: bool,
}

/// The rows of all tables.
#[derive(Debug, Default)]
struct Shop {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
    by_sku: HashMap<String, usize>,
}

impl Shop {
    fn table(&mut self, table: &Table, style: PriceStyle, report: &mut Report) {
        let mut sheet = Sheet::of(table, COLUMNS);
        let mut attributes: BTreeMap<u32, BTreeMap<Part, usize>> = BTreeMap::new();
        sheet.take_unknown(|at, header| {
            let Some((number, part)) = attribute(header) else { return false };
            attributes.entry(number).or_default().insert(part, at);
            true
        });
        let mut downloads = Vec::new();
        let mut metas = Vec::new();
        sheet.take_unknown(|at, header| {
            let folded = header.to_lowercase();
            if folded.starts_with("download ") || folded.starts_with("descarga ") {
                downloads.push(at);
            } else if folded.starts_with("meta: _") {
                metas.push(at);
            } else {
                return false;
            }
            true
        });
        for at in downloads {
            sheet.leave(at, DOWNLOAD);
        }
        for at in metas {
            sheet.leave(at, "what a plugin keeps for itself");
        }
        let product_fields = sheet.fields(COLUMNS, |used_as| match used_as {
            Use::Product(field) => Some(field),
            _ => None,
        });
        let mut variant_fields = sheet.fields(COLUMNS, |used_as| match used_as {
            Use::Variant(field) => Some(field),
            _ => None,
        });
        if let Some(at) = sheet.at("weight") {
            let mut source = Source::known(&table.headers[at]);
            source.grams = export::unit(&table.headers[at])
                .as_deref()
                .and_then(export::grams_in)
                .or(Some(1000.0));
            variant_fields.push((Field::WeightG, vec![source]));
            variant_fields.sort_by_key(|(field, _)| *field);
        }
        let whole = |levels: &str| {
            let mut source = Source::known("");
            source.separators = Some(vec!["\n".to_owned()]);
            source.levels = Some(levels.to_owned());
            source
        };
        let reader = Reader {
            sheet: &sheet,
            attributes: &attributes,
            of_product: Columns::of(table, &product_fields, &[], style),
            of_variant: Columns::of(table, &variant_fields, &[], style),
            of_categories: whole(">"),
            of_tags: whole("\u{1f}"),
        };
        for row in &table.rows {
            let entry = reader.entry(row, report);
            let at = self.entries.len();
            if let Some(known) = self.by_id.get(&entry.id).filter(|_| !entry.id.is_empty()) {
                let known = &self.entries[*known].item;
                let words = format!(
                    "this ID stands in {} line {} already; the row says {}",
                    known.file,
                    known.line,
                    row_words(row)
                );
                report.push(left_out(table, row, words).value(entry.id));
                continue;
            }
            if !entry.id.is_empty() {
                self.by_id.insert(entry.id.clone(), at);
            }
            if !entry.sku.is_empty() {
                self.by_sku.entry(entry.sku.clone()).or_insert(at);
            }
            self.entries.push(entry);
        }
        sheet.report_unused(report);
    }

    /// The row that a cell names: `id:12`, or an article number.
    fn find(&self, name: &str) -> Option<usize> {
        let by_id = name.strip_prefix("id:").and_then(|id| self.by_id.get(id.trim()));
        by_id.or_else(|| self.by_sku.get(name)).copied()
    }

    /// Puts variations to their parents, and translations to what they translate.
    fn unite(&mut self, report: &mut Report) {
        for at in 0..self.entries.len() {
            if !self.entries[at].is_variation {
                continue;
            }
            let entry = &self.entries[at];
            let parent =
                self.find(&entry.parent).filter(|parent| !self.entries[*parent].is_variation);
            match parent {
                Some(parent) => self.entries[parent].variations.push(at),
                None => {
                    let words = format!(
                        "no product of the tables is the parent of this variation; the row says {}",
                        entry.item.said
                    );
                    report.push(
                        Finding::new(Kind::RowLeftOut, entry.item.file.clone(), words)
                            .line(entry.item.line)
                            .value(entry.parent.clone()),
                    );
                }
            }
        }
    }

    /// The products with their variants, the maker of each, and the names of those that are featured.
    fn products(
        mut self,
        ground: &Ground,
        report: &mut Report,
    ) -> (Vec<Item>, Vec<Option<String>>, Vec<String>) {
        for at in 0..self.entries.len() {
            if !self.entries[at].is_variation {
                self.give_variants(at, report);
            }
        }
        self.translations(ground, report);
        let mut items = Vec::new();
        let mut makers = Vec::new();
        let mut featured = Vec::new();
        for entry in self.entries.into_iter().filter(|entry| !entry.is_variation && !entry.is_gone)
        {
            if entry.item.name.is_empty() {
                let words = format!("this row has no name; it says {}", entry.item.said);
                report.push(
                    Finding::new(Kind::RowLeftOut, entry.item.file.clone(), words)
                        .line(entry.item.line),
                );
                continue;
            }
            if entry.is_featured {
                featured.push(entry.item.name.clone());
            }
            makers.push(entry.maker);
            items.push(entry.item);
        }
        (items, makers, featured)
    }

    fn give_variants(&mut self, at: usize, report: &mut Report) {
        let mut variations = std::mem::take(&mut self.entries[at].variations);
        variations.sort_by_key(|row| self.entries[*row].position);
        let mut rows: Vec<(Vec<Attribute>, Item)> = Vec::new();
        for row in variations {
            let entry = std::mem::take(&mut self.entries[row]);
            self.entries[row].is_variation = true;
            rows.push((entry.attributes, entry.said));
        }
        let entry = &mut self.entries[at];
        // What is chosen is what variations say; the product's other attributes are facts.
        let mut names: Vec<String> = Vec::new();
        for attribute in rows.iter().flat_map(|(attributes, _)| attributes) {
            if !names.iter().any(|name| is_same(name, &attribute.name)) {
                names.push(attribute.name.clone());
            }
        }
        let attributes = std::mem::take(&mut entry.attributes);
        let of_parent =
            |name: &str| attributes.iter().find(|attribute| is_same(&attribute.name, name));
        let axes: Vec<Axis> = names
            .iter()
            .map(|name| {
                let values = of_parent(name).map(|attribute| attribute.values.clone());
                Axis { name: name.clone(), values: values.unwrap_or_default() }
            })
            .collect();
        for attribute in &attributes {
            if attribute.values.is_empty()
                || names.iter().any(|name| is_same(name, &attribute.name))
            {
                continue;
            }
            if is_colour(&attribute.name) {
                entry.item.lists.insert(Field::Colour, attribute.values.clone());
            } else if is_material(&attribute.name) {
                entry.item.lists.insert(Field::Materials, attribute.values.clone());
            } else if attribute.is_visible {
                entry.item.facts.push((attribute.name.clone(), attribute.values.clone()));
            } else {
                let words = "an attribute that the shop did not show";
                report.push(
                    Finding::new(Kind::ColumnNotUsed, entry.item.file.clone(), words)
                        .line(entry.item.line)
                        .column(attribute.name.clone())
                        .value(attribute.values.join(", ")),
                );
            }
        }
        if rows.is_empty() {
            let said = std::mem::take(&mut entry.said);
            let variant = Variant { of: Vec::new(), said };
            variants::give(&mut entry.item, Vec::new(), vec![variant], report);
            return;
        }
        // What the parent of variations says of its own stock and number is said by each of them.
        let parent = std::mem::take(&mut entry.said);
        if let Some(weight) = parent.numbers.get(&Field::WeightG) {
            entry.item.numbers.insert(Field::WeightG, *weight);
        }
        if let Some(sku) = parent.lines.get(&Field::Sku) {
            entry.item.lines.insert(Field::Sku, sku.clone());
        }
        let shared = parent.numbers.get(&Field::Stock).copied();
        let mut all = Vec::new();
        for (attributes, said) in rows {
            let value = |axis: &Axis| {
                let own = attributes.iter().find(|attribute| is_same(&attribute.name, &axis.name));
                own.map(|attribute| attribute.values.clone()).filter(|values| !values.is_empty())
            };
            // A variation that says no value of an attribute stands for all of them.
            let mut combinations: Vec<Vec<String>> = vec![Vec::new()];
            for axis in &axes {
                let values = value(axis).unwrap_or_else(|| axis.values.clone());
                let values = if values.is_empty() { vec![String::new()] } else { values };
                combinations = combinations
                    .into_iter()
                    .flat_map(|of| {
                        values.iter().map(move |value| {
                            let mut of = of.clone();
                            of.push(value.clone());
                            of
                        })
                    })
                    .take(1000)
                    .collect();
            }
            if combinations.len() > 1 {
                let words = format!(
                    "this variation stands for {} combinations; each got its price, number and stock",
                    combinations.len()
                );
                report.push(
                    Finding::new(Kind::Adjusted, said.file.clone(), words)
                        .line(said.line)
                        .value(said.name.clone()),
                );
            }
            for of in combinations {
                all.push(Variant { of, said: said.as_variant() });
            }
        }
        if let Some(shared) = shared
            .filter(|_| !all.iter().any(|variant| variant.said.numbers.contains_key(&Field::Stock)))
        {
            entry.item.numbers.insert(Field::Stock, shared);
        }
        // Of several variations that stand for one combination WooCommerce takes the first.
        let mut seen = BTreeSet::new();
        all.retain(|variant| seen.insert(variant.of.clone()));
        variants::give(&mut entry.item, axes, all, report);
    }

    /// Products of one group in several languages are one product (WPML, Polylang).
    fn translations(&mut self, ground: &Ground, report: &mut Report) {
        let languages = &ground.site.languages;
        let first = languages.first().map_or("en", String::as_str);
        let is = |language: &str, tag: &str| {
            language.eq_ignore_ascii_case(tag)
                || language
                    .split(['-', '_'])
                    .next()
                    .is_some_and(|part| part.eq_ignore_ascii_case(tag))
        };
        let mut mains: HashMap<String, usize> = HashMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            if !entry.is_variation && !entry.group.is_empty() && is(&entry.language, first) {
                mains.entry(entry.group.clone()).or_insert(at);
            }
        }
        for at in 0..self.entries.len() {
            let entry = &self.entries[at];
            if entry.is_variation || entry.group.is_empty() || is(&entry.language, first) {
                continue;
            }
            let tag = languages.iter().find(|tag| is(&entry.language, tag)).cloned();
            let main = mains.get(&entry.group).copied();
            let (Some(tag), Some(main)) = (tag, main) else {
                // Without a first language to belong to, it is a product like any other.
                if main.is_some() {
                    let words = format!(
                        "this is in the language \"{}\", which the site does not have; add it to `languages` in site.toml",
                        entry.language
                    );
                    report.push(
                        Finding::new(Kind::RowLeftOut, entry.item.file.clone(), words)
                            .line(entry.item.line)
                            .value(entry.item.name.clone()),
                    );
                    self.entries[at].is_gone = true;
                }
                continue;
            };
            let texts = std::mem::take(&mut self.entries[at].item);
            self.entries[at].is_gone = true;
            if !texts.options.is_empty() {
                let words = "the words of the choices in this language were not taken over; write them as name.xx and values.xx below [[options]]";
                report.push(
                    Finding::new(Kind::TextDiffers, texts.file.clone(), words)
                        .line(texts.line)
                        .value(texts.name.clone()),
                );
            }
            self.entries[main].item.translations.push((tag, texts));
        }
    }
}

/// Tells whether two names mean one attribute; variations may write it in other letters.
fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Reads the rows of one table.
struct Reader<'a> {
    sheet: &'a Sheet<'a>,
    attributes: &'a BTreeMap<u32, BTreeMap<Part, usize>>,
    of_product: Columns<'a>,
    of_variant: Columns<'a>,
    of_categories: Source,
    of_tags: Source,
}

impl Reader<'_> {
    fn entry(&self, row: &Row, report: &mut Report) -> Entry {
        let sheet = self.sheet;
        let kinds = sheet.text(row, "type").to_lowercase();
        let is_variation = kinds.split(',').any(|kind| kind.trim() == "variation");
        let mut entry = Entry {
            id: sheet.text(row, "id").to_owned(),
            sku: sheet.text(row, "sku").to_owned(),
            parent: sheet.text(row, "parent").to_owned(),
            language: sheet.text(row, "language").to_owned(),
            group: sheet.text(row, "translation of").to_owned(),
            is_featured: cells::yes_no(sheet.text(row, "featured")) == Some(true),
            is_variation,
            position: cells::count(sheet.text(row, "position")).unwrap_or(0),
            ..Entry::default()
        };
        entry.attributes = self.attributes(row);
        let mut said = RowReader::new(sheet.table, row, &self.of_variant, report).item();
        self.stock(row, &mut said, report);
        let mut item = RowReader::new(sheet.table, row, &self.of_product, report).item();
        item.said = row_words(row);
        said.name.clone_from(&item.name);
        if is_variation {
            said.photos = item.photos.first().cloned().into_iter().collect();
            if cells::yes_no(sheet.text(row, "published")) == Some(false)
                || sheet.text(row, "published") == "-1"
            {
                said.flags.insert(Field::Hide);
            }
            if let Some(cell) = sheet.cell(row, "text") {
                report.push(
                    Finding::new(
                        Kind::TextDiffers,
                        sheet.table.file.clone(),
                        "the text of a variation has no place beside that of the product",
                    )
                    .line(cell.line)
                    .column(
                        sheet.at("text").map_or_else(String::new, |at| sheet.table.column_name(at)),
                    )
                    .value(cell.text.clone()),
                );
            }
            entry.item = item;
            entry.said = said;
            return entry;
        }
        if !entry.id.is_empty() {
            item.keys.push(format!("id:{}", entry.id));
        }
        if !entry.sku.is_empty() {
            item.keys.push(entry.sku.clone());
        }
        for key in ["grouped", "upsells", "cross-sells"] {
            item.related.extend(sheet.text(row, key).lines().map(str::to_owned));
        }
        self.words(row, &mut item, report);
        self.hide(row, &kinds, &mut item, report);
        let brand = sheet.text(row, "brands").lines().next().unwrap_or_default();
        entry.maker = (!brand.is_empty()).then(|| brand.to_owned());
        if cells::yes_no(sheet.text(row, "individually")) == Some(true) {
            item.numbers.insert(Field::MaximumOrder, 1);
        }
        self.size(row, &mut item);
        entry.item = item;
        entry.said = said;
        entry
    }

    /// Text, description and lists.
    fn words(&self, row: &Row, item: &mut Item, report: &mut Report) {
        let sheet = self.sheet;
        let mut reader = RowReader::new(sheet.table, row, &self.of_product, report);
        if let (Some(at), Some(cell)) = (sheet.at("text"), sheet.cell(row, "text")) {
            let mut cell = cell.clone();
            let (text, codes) = without_shortcodes(&cell.text);
            for code in codes {
                let words = "taken out of the text: an instruction to WordPress";
                let finding = reader.finding(Kind::MarkupRemoved, at, &cell, words);
                reader.push(finding.value(code));
            }
            cell.text = text;
            cell.text = paragraphs(&cell.text);
            item.text = reader.text(at, &cell, super::map::Writing::Guess);
        }
        if let (Some(at), Some(cell), None) = (
            sheet.at("meta description"),
            sheet.cell(row, "meta description"),
            item.lines.get(&Field::Description),
        ) {
            let cell = cell.clone();
            let words = reader.words(at, &cell, Field::Description);
            item.lines.insert(Field::Description, words);
        }
        for (key, field, source) in [
            ("categories", Field::Category, &self.of_categories),
            ("tags", Field::Theme, &self.of_tags),
        ] {
            let (Some(at), Some(cell)) = (sheet.at(key), sheet.cell(row, key)) else { continue };
            let mut entries = reader.entries(at, cell, source, Habit::Paths, &mut item.remarks);
            entries.retain(|entry| entry != "Uncategorized");
            if !entries.is_empty() {
                item.lists.insert(field, entries);
            }
        }
    }

    fn hide(&self, row: &Row, kinds: &str, item: &mut Item, report: &mut Report) {
        let sheet = self.sheet;
        let is_kind = |word: &str| kinds.split(',').any(|kind| kind.trim() == word);
        let published = sheet.text(row, "published").to_lowercase();
        let visibility = sheet.text(row, "visibility").to_lowercase();
        let why = match (published.as_str(), visibility.as_str()) {
            ("-1", _) => "it is a draft",
            ("0", _) => "it is private",
            _ if is_kind("external") => "it is sold by somebody else",
            _ if is_kind("downloadable") => DOWNLOAD,
            (_, "hidden") => "it is not on the lists of the shop",
            ("" | "1", "" | "visible" | "catalog" | "search") => return,
            // What may be meant to be hidden is.
            ("" | "1", _) => "where it is shown is not understood",
            _ => "whether it is published is not understood",
        };
        item.flags.insert(Field::Hide);
        report.push(
            Finding::new(Kind::Hidden, sheet.table.file.clone(), why)
                .line(row.line)
                .value(item.name.clone()),
        );
    }

    /// Length, width and height become one line.
    fn size(&self, row: &Row, item: &mut Item) {
        let sheet = self.sheet;
        let sides: Vec<&str> = ["length", "width", "height"]
            .into_iter()
            .map(|key| sheet.text(row, key))
            .filter(|side| !side.is_empty() && *side != "0")
            .collect();
        let unit = ["length", "width", "height"]
            .into_iter()
            .find_map(|key| export::unit(&sheet.table.headers[sheet.at(key)?]));
        if !sides.is_empty() {
            let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
            item.lines.insert(Field::Size, format!("{}{unit}", sides.join(" × ")));
        }
    }

    fn stock(&self, row: &Row, said: &mut Item, report: &mut Report) {
        let sheet = self.sheet;
        let waits = matches!(sheet.text(row, "backorders"), "1" | "yes" | "notify")
            || sheet.text(row, "in stock").to_lowercase().contains("backorder");
        if let Some(cell) = sheet.cell(row, "stock").filter(|cell| cell.text != "parent") {
            let column =
                sheet.at("stock").map_or_else(String::new, |at| sheet.table.column_name(at));
            let finding = |kind, words: &str| {
                Finding::new(kind, sheet.table.file.clone(), words)
                    .line(cell.line)
                    .column(column.clone())
                    .value(cell.text.clone())
            };
            match cells::count(&cell.text) {
                Some(count) => {
                    if count < 0 {
                        report.push(finding(
                            Kind::Adjusted,
                            "more were sold than there were; this was read as none",
                        ));
                    }
                    said.numbers.insert(Field::Stock, count.max(0).unsigned_abs());
                }
                None => {
                    report.push(finding(Kind::ValueNotUnderstood, "this is not a number of things"))
                }
            }
        } else if cells::yes_no(sheet.text(row, "in stock")) == Some(false) {
            said.numbers.insert(Field::Stock, 0);
        }
        if waits {
            said.flags.insert(Field::MadeToOrder);
        }
    }

    fn attributes(&self, row: &Row) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        for parts in self.attributes.values() {
            let text = |part: Part| {
                parts.get(&part).and_then(|at| row.cell(*at)).map_or("", |cell| cell.text.as_str())
            };
            let name = text(Part::Name).split_whitespace().collect::<Vec<_>>().join(" ");
            if name.is_empty() {
                continue;
            }
            let values = text(Part::Values).lines().map(str::to_owned).collect();
            attributes.push(Attribute { name, values, is_visible: text(Part::Visible) != "0" });
        }
        attributes
    }
}

/// A text without instructions to WordPress and its plugins, such as `[gallery ids="1"]`, and those.
/// What stands between two of them stays.
fn without_shortcodes(text: &str) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut codes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let inside = rest[at + 1..].split([']', '[']).next().unwrap_or_default();
        let after = &rest[at + 1 + inside.len()..];
        let name: String = inside
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'))
            .collect();
        let is_paired = text.contains(&format!("[/{name}]"));
        // A link in Markdown is none, and words in brackets are words.
        let is_code = name.len() > 2
            && after.starts_with(']')
            && !after.starts_with("](")
            && (is_paired || inside.contains('='));
        out.push_str(&rest[..at]);
        if is_code {
            codes.push(format!("[{inside}]"));
            rest = &after[1..];
        } else {
            out.push('[');
            rest = &rest[at + 1..];
        }
    }
    out.push_str(rest);
    (out, codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_header_is_known_once() {
        let mut seen = BTreeSet::new();
        for name in COLUMNS.iter().flat_map(|known| known.names) {
            assert!(seen.insert(*name), "{name}");
            assert!(export::knows(COLUMNS, name), "{name}");
        }
    }

    #[test]
    fn headers_are_known_in_four_languages() {
        for header in [
            "Weight (kg)",
            "Gewicht (kg)",
            "Peso (lbs)",
            "Poids (g)",
            "En stock ?",
            "En stock\u{a0}?",
            "Classe d’expédition",
            "¿Existencias?",
            "Meta: _yoast_wpseo_metadesc",
        ] {
            assert!(export::knows(COLUMNS, header), "{header}");
        }
        for (header, expected) in [
            ("Attribute 1 name", Some((1, Part::Name))),
            ("Attribute 12 value(s)", Some((12, Part::Values))),
            ("Valor(es) del atributo 2", Some((2, Part::Values))),
            ("Atributo visible 1", Some((1, Part::Visible))),
            ("Nom de l’attribut 1", Some((1, Part::Name))),
            ("Valeur(s) de l'attribut 3", Some((3, Part::Values))),
            ("Attribut 1 Wert(e)", Some((1, Part::Values))),
            ("Attribut 1 Standard", Some((1, Part::Rest))),
            ("Attribute name", None),
            ("Meta: attribute 1", None),
        ] {
            assert_eq!(attribute(header), expected, "{header}");
        }
        assert_eq!(export::unit("Weight (lbs)").as_deref(), Some("lbs"));
        assert_eq!(export::unit("Cross-Sells (Querverkäufe)"), None);
    }

    #[test]
    fn lists_and_texts_are_as_they_were_in_the_shop() {
        assert_eq!(split_list("Red, Sky\\, pale, , Blue"), ["Red", "Sky, pale", "Blue"]);
        assert_eq!(
            paragraphs("One\ntwo\n\n<b>three</b>"),
            "<p>One<br>two</p>\n<p><b>three</b></p>"
        );
        assert_eq!(paragraphs("<p>One</p>\n\nTwo"), "<p>One</p>\n<p>Two</p>");
        assert_eq!(paragraphs("<div>One\n\nTwo</div>"), "<div>One\nTwo</div>");
        assert_eq!(paragraphs("One\n\nTwo"), "One\n\nTwo");
        for (text, expected, codes) in [
            ("See [gallery ids=\"1,2\"] here", "See  here", vec!["[gallery ids=\"1,2\"]"]),
            ("[caption]x[/caption]", "x", vec!["[caption]", "[/caption]"]),
            (
                "a [link](https://example.org/?a=b) and [sic]",
                "a [link](https://example.org/?a=b) and [sic]",
                vec![],
            ),
            ("[[[", "[[[", vec![]),
        ] {
            let (out, found) = without_shortcodes(text);
            assert_eq!(
                (out.as_str(), found),
                (expected, codes.into_iter().map(str::to_owned).collect())
            );
        }
    }
}
