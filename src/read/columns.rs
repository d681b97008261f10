//! Which column of a table is what: the names of fields, and those that other programs use for them.

use super::cells::Habit;
use super::rows::fold;

macro_rules! fields {
    ($($field:ident, $shape:ident, $name:literal, [$($usual:literal),*];)*) => {
        /// A field of a product that a column can fill.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field { $($field,)* }

        impl Field {
            pub(crate) const ALL: &[Self] = &[$(Self::$field,)*];

            /// Its name in the map, which is that of SITE-FORMAT where there is one.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }

            pub(crate) fn shape(self) -> Shape {
                match self { $(Self::$field => Shape::$shape,)* }
            }

            /// Headers under which other programs export it.
            fn usual(self) -> &'static [&'static str] {
                match self { $(Self::$field => &[$($usual),*],)* }
            }
        }
    };
}

/// What the cells of a field look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One line of words.
    Line,
    /// Paragraphs.
    Text,
    /// A price.
    Price,
    /// A whole number.
    Number,
    /// Yes or no.
    YesNo,
    /// Entries with separators between them.
    List,
}

// In the order in which the fields stand in a product's file.
fields! {
    Name, Line, "name", ["name", "title", "product name", "product", "nombre", "nom", "bezeichnung", "titel", "produkt", "producto", "produit", "título", "titre"];
    Description, Line, "description", ["short description", "short_description", "subtitle", "summary"];
    Price, Price, "price", ["price", "regular price", "variant price", "precio", "prix", "preis", "unit price"];
    Currency, Line, "currency", ["currency", "moneda", "devise", "währung"];
    Stock, Number, "stock", ["stock", "qty", "quantity", "inventory", "variant inventory qty", "in stock", "existencias", "lagerbestand", "bestand", "anzahl", "menge", "cantidad", "unidades", "quantité"];
    MadeToOrder, YesNo, "made_to_order", ["made to order", "made_to_order", "auf bestellung", "por encargo", "sur commande"];
    OneOfAKind, YesNo, "one_of_a_kind", ["one of a kind", "one_of_a_kind", "unique", "einzelstück", "pieza única", "pièce unique"];
    LeadTimeDays, Number, "lead_time_days", ["lead time days", "lead_time_days"];
    CapacityPerMonth, Number, "capacity_per_month", ["capacity_per_month"];
    MinimumOrder, Number, "minimum_order", ["minimum_order", "minimum order"];
    MaximumOrder, Number, "maximum_order", ["maximum_order", "maximum order"];
    Kind, Line, "kind", ["kind"];
    Category, List, "category", ["category", "categories", "product category", "categoría", "categoria", "catégorie", "kategorie"];
    Region, List, "region", [];
    Theme, List, "theme", ["theme", "themes", "tags"];
    Colour, List, "colour", ["colour", "colours", "color", "colors", "couleur", "farbe"];
    Material, List, "material", [];
    Materials, List, "materials", ["materials", "material", "materiales", "matière", "materialien", "matières"];
    MadeBy, List, "made_by", ["made_by", "made by", "maker", "producer", "artisan", "artesana", "artesano", "herstellerin", "hersteller", "hecho por", "fait par", "artisane"];
    Technique, Line, "technique", ["technique", "técnica", "technik"];
    Size, Line, "size", ["size", "dimensions", "tamaño", "taille", "größe", "maße", "medidas"];
    Care, Line, "care", ["care", "pflege", "cuidado", "entretien"];
    Ingredients, Line, "ingredients", ["ingredients", "zutaten", "ingredientes", "ingrédients"];
    Allergens, Line, "allergens", ["allergens"];
    WeightG, Number, "weight_g", ["weight_g", "weight g", "weight (g)", "grams", "variant grams", "gewicht (g)", "peso (g)", "poids (g)"];
    ShelfLifeDays, Number, "shelf_life_days", ["shelf_life_days"];
    Sku, Line, "sku", ["sku", "id", "article number", "article", "item number", "variant sku", "artikelnummer", "código"];
    Gtin, Line, "gtin", ["gtin", "ean", "barcode", "upc", "variant barcode"];
    Hs, Line, "hs", ["hs", "hs code", "hs_code"];
    Date, Line, "date", ["date", "created", "created_at", "date added", "datum", "fecha"];
    Hide, YesNo, "hide", ["hide", "hidden", "hide?", "hidden?", "oculto", "oculta", "ocultar", "versteckt", "ausgeblendet", "verbergen", "caché", "cachée", "masqué", "masquer"];
    Photos, List, "photos", ["photos", "photo", "images", "image", "image src", "picture", "pictures", "foto", "fotos", "bild", "bilder", "imagen", "imágenes", "image url"];
    PhotoAlt, List, "photo_alt", ["photo_alt", "alt", "alt text", "image alt text"];
    Text, Text, "text", ["text", "description", "long description", "body", "body (html)", "body html", "story", "descripción", "beschreibung", "texto", "texte"];
    Collection, List, "collection", ["collection", "collections"];
}

impl Field {
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

/// The field that usually has this header.
pub(crate) fn usual_field(header: &str) -> Option<Field> {
    let folded = fold(header);
    Field::ALL.iter().copied().find(|field| field.usual().contains(&folded.as_str()))
}

/// How the cells of a column of `products.csv` are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The last part of the product's address.
    Id,
    /// The text of its page, in Markdown.
    Story,
    /// One line of words.
    Line,
    /// A day.
    Day,
    /// One of a few words.
    Word,
    /// A code in capital letters.
    Capitals,
    /// A whole number.
    Number,
    /// A number, or words.
    NumberOrWords,
    /// How many there are.
    Stock,
    /// A number with a digit after the point.
    Tenths,
    /// Yes or no.
    YesNo,
    /// Entries with separators between them.
    List(Habit),
    /// Entries of which each may be a number.
    Numbers,
    /// A rule of `[protocol]`.
    Rule,
    /// Rules of `[protocol]`.
    Rules,
}

/// Names of people and of shelves may have commas in them.
const NAMES: Reading = Reading::List(Habit::Paths);
const WORDS: Reading = Reading::List(Habit::Words);

/// The columns of `products.csv`: the fields of a product in the order of SITE-FORMAT, and how their cells are read.
pub(super) const COLUMNS: [(&str, Reading); 77] = [
    ("id", Reading::Id),
    ("name", Reading::Line),
    ("title", Reading::Line),
    ("description", Reading::Line),
    ("text", Reading::Story),
    ("price", Reading::Line),
    ("currency", Reading::Capitals),
    ("photos", Reading::List(Habit::Files)),
    ("photo_alt", Reading::List(Habit::Sentences)),
    ("category", NAMES),
    ("region", WORDS),
    ("theme", WORDS),
    ("colour", WORDS),
    ("material", WORDS),
    ("materials", WORDS),
    ("not_to", WORDS),
    ("made_by", NAMES),
    ("producer", NAMES),
    ("design", WORDS),
    ("kind", Reading::Word),
    ("stock", Reading::Stock),
    ("made_to_order", Reading::YesNo),
    ("one_of_a_kind", Reading::YesNo),
    ("stage", Reading::Word),
    ("lead_time_days", Reading::Number),
    ("capacity_per_month", Reading::Number),
    ("minimum_order", Reading::Number),
    ("maximum_order", Reading::Number),
    ("blackout", Reading::Numbers),
    ("technique", Reading::Line),
    ("size", Reading::Line),
    ("care", Reading::Line),
    ("weight_g", Reading::Number),
    ("packed_weight_g", Reading::Number),
    ("packed_cm", Reading::Numbers),
    ("sku", Reading::Line),
    ("gtin", Reading::Line),
    ("google_category", Reading::NumberOrWords),
    ("hs", Reading::Line),
    ("handicraft_basis", Reading::Line),
    ("pay", Reading::Line),
    ("payment_to_maker", Reading::Line),
    ("cost", Reading::Line),
    ("supplied_by", NAMES),
    ("audience", Reading::Word),
    ("date", Reading::Day),
    ("audio", Reading::Line),
    ("audio_text", Reading::Line),
    ("related", WORDS),
    ("hide", Reading::YesNo),
    ("hide_photos", Reading::List(Habit::Files)),
    ("shown_from", Reading::Rule),
    ("shown_until", Reading::Rule),
    ("season", Reading::Rules),
    ("accept", WORDS),
    ("ingredients", Reading::Line),
    ("allergens", WORDS),
    ("net_quantity", Reading::Line),
    ("shelf_life_days", Reading::Number),
    ("best_before", Reading::Day),
    ("batch", Reading::Line),
    ("storage", Reading::Line),
    ("alcohol_percent", Reading::Tenths),
    ("pao_months", Reading::Number),
    ("responsible_person", Reading::Line),
    ("warnings", Reading::Line),
    ("tanning", Reading::Line),
    ("metal", Reading::Line),
    ("hallmark", Reading::Line),
    ("stones", Reading::Line),
    ("food_safe", Reading::YesNo),
    ("age_from", Reading::Number),
    ("isbn", Reading::Line),
    ("pages", Reading::Number),
    ("text_languages", WORDS),
    ("duration", Reading::Line),
    ("place", Reading::Line),
];

/// Those that may stand there for each language.
const TRANSLATED: [&str; 24] = [
    "name",
    "title",
    "description",
    "text",
    "photo_alt",
    "materials",
    "technique",
    "size",
    "care",
    "handicraft_basis",
    "payment_to_maker",
    "supplied_by",
    "audio_text",
    "ingredients",
    "allergens",
    "net_quantity",
    "storage",
    "responsible_person",
    "warnings",
    "tanning",
    "metal",
    "stones",
    "duration",
    "place",
];

/// What a column of `products.csv` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) field: &'static str,
    pub(crate) reading: Reading,
    /// The language that its name names.
    pub(crate) language: Option<String>,
}

/// What the column of a header is; `None` if nothing of a product is called so.
pub(crate) fn column(header: &str) -> Option<Column> {
    let header = header.trim();
    if let Some((field, reading)) = field(header) {
        return Some(Column { field, reading, language: None });
    }
    // `name.es`, `name (es)` or `name [es]`; and, of a language of two or three letters, `name_es`, `name-es` or `name es`.
    let (name, tag) = match header.strip_suffix([')', ']']) {
        Some(inner) => inner.rsplit_once(['(', '['])?,
        None => header.rsplit_once('.').or_else(|| {
            let split = header.rsplit_once(['_', '-', ' ']);
            split.filter(|(_, tag)| {
                matches!(tag.len(), 2 | 3) && tag.bytes().all(|byte| byte.is_ascii_alphabetic())
            })
        })?,
    };
    let (field, reading) = field(name)?;
    let tag = tag.trim();
    let is_tag = (2..=35).contains(&tag.len())
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let language = Some(tag.to_owned());
    (TRANSLATED.contains(&field) && is_tag).then_some(Column { field, reading, language })
}

/// The field of a header without a language: by its own name, else by one that other programs use.
fn field(header: &str) -> Option<(&'static str, Reading)> {
    let plain = fold(header).replace([' ', '-'], "_");
    let named = |name: &str| COLUMNS.iter().copied().find(|(field, _)| *field == name);
    let spaced = plain.replace('_', " ");
    named(&plain)
        .or_else(|| {
            usual_field(header).or_else(|| usual_field(&spaced)).and_then(|f| named(f.name()))
        })
        .or_else(|| {
            let numbered = spaced.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
            let is_photos = usual_field(numbered) == Some(Field::Photos);
            is_photos.then(|| named(Field::Photos.name())).flatten()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_own_names_and_by_usual_ones() {
        for (header, expected) in [
            ("name", Some(("name", None))),
            (" Made to order ", Some(("made_to_order", None))),
            ("lead-time-days", Some(("lead_time_days", None))),
            ("qty", Some(("stock", None))),
            ("Precio", Some(("price", None))),
            ("Product_Name", Some(("name", None))),
            ("image 2", Some(("photos", None))),
            ("weight (g)", Some(("weight_g", None))),
            ("description", Some(("description", None))),
            ("id", Some(("id", None))),
            ("name.es", Some(("name", Some("es")))),
            ("Nombre (pt-BR)", Some(("name", Some("pt-BR")))),
            ("text [es]", Some(("text", Some("es")))),
            // Of what is the same in all languages there is one column.
            ("price.es", None),
            ("price (EUR)", None),
            ("name.", None),
            ("name (in the catalogue)", None),
            ("prise", None),
            ("collection", None),
            ("", None),
        ] {
            let found = column(header);
            let found = found.as_ref().map(|it| (it.field, it.language.as_deref()));
            assert_eq!(found, expected, "{header}");
        }
    }

    #[test]
    fn what_an_import_knows_a_table_has_too() {
        for field in Field::ALL.iter().filter(|field| **field != Field::Collection) {
            assert!(column(field.name()).is_some_and(|it| it.field == field.name()), "{field:?}");
        }
        assert!(TRANSLATED.iter().all(|name| COLUMNS.iter().any(|(field, _)| field == name)));
    }

    #[test]
    fn no_usual_header_means_two_fields() {
        let mut seen = std::collections::BTreeMap::new();
        for field in Field::ALL {
            for usual in field.usual() {
                assert_eq!(fold(usual), *usual);
                assert_eq!(seen.insert(*usual, *field), None, "{usual}");
            }
        }
    }
}
