//! Which column of a table of people is what, and which of them says what may be public.
//!
//! A field is of a class. *Open* ones are made to be shown, and are public unless the table says otherwise; ways to reach
//! somebody are public only where the table says so for her; the others are never public, whatever it says.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Diagnostic, Diagnostics, FileId, Spanned, codes, nearest};
use crate::import::map::{Reader, Unit};
use crate::import::report::{Finding, Kind, Report};
use crate::import::table::{Table, fold};
use crate::read::{Value, parse_fields};

/// What may happen to what a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Made to be shown.
    Open,
    /// Public only if the table says so for this person.
    Asked,
    /// Never public.
    Never,
    /// Says who somebody is in the table, or what may be shown of her.
    Guide,
}

macro_rules! fields {
    ($($field:ident, $class:ident, $name:literal, [$($usual:literal),* $(,)?];)*) => {
        /// What a column of people may be.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Field { $($field,)* }

        impl Field {
            pub(super) const ALL: &[Self] = &[$(Self::$field,)*];

            /// Its name in a map, which is that of SITE-FORMAT where there is one.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }

            pub(super) fn class(self) -> Class {
                match self { $(Self::$field => Class::$class,)* }
            }

            /// Headers under which associations have it.
            fn usual(self) -> &'static [&'static str] {
                match self { $(Self::$field => &[$($usual),*],)* }
            }
        }
    };
}

// In the order in which the fields stand in a maker's file.
fields! {
    Name, Open, "name", ["public name", "public_name", "chosen name", "shown name", "display name", "known as", "goes by", "called",
        "pseudonym", "artist name", "nombre público", "nombre publico", "nombre artístico", "seudónimo", "nom public", "nom d'artiste",
        "pseudonyme", "künstlername", "tên hiển thị", "nghệ danh", "الاسم المعروض", "اسم الشهرة"];
    Description, Open, "description", ["description", "in short", "short text", "descripción", "mô tả", "وصف"];
    Place, Open, "place", ["place", "region", "area", "province", "región", "région", "lieu", "lugar", "provincia", "vùng", "المنطقة"];
    People, Open, "people", ["people", "community", "nation", "pueblo", "comunidad", "peuple", "communauté", "gemeinschaft",
        "cộng đồng", "dân tộc", "المجتمع"];
    Crafts, Open, "crafts", ["crafts", "craft", "makes", "products", "oficio", "oficios", "artesanía", "métier", "métiers", "handwerk",
        "nghề", "الحرفة", "الحرف"];
    Speaks, Open, "speaks", ["speaks", "languages", "language", "idiomas", "idioma", "lenguas", "langues", "langue", "sprachen",
        "ngôn ngữ", "اللغات"];
    Photo, Open, "photo", ["photo", "picture", "portrait", "image", "foto", "bild", "ảnh", "صورة"];
    PhotoAlt, Open, "photo_alt", ["photo_alt", "photo alt", "alt", "alt text"];
    Story, Open, "story", ["story", "text", "bio", "biography", "historia", "histoire", "geschichte", "câu chuyện", "القصة"];
    Whatsapp, Asked, "whatsapp", ["whatsapp", "whats app"];
    Sms, Asked, "sms", ["sms"];
    Email, Asked, "email", ["email", "e-mail", "mail", "correo", "correo electrónico", "courriel", "البريد الإلكتروني"];
    Phone, Asked, "phone", ["phone", "telephone", "mobile", "cell", "cell phone", "tel", "teléfono", "telefono", "celular", "móvil",
        "téléphone", "portable", "telefon", "handy", "điện thoại", "số điện thoại", "الهاتف", "رقم الهاتف"];
    AnyName, Asked, "any_name", ["name", "nombre", "nom", "tên", "الاسم", "maker", "member", "artisan", "artesana"];
    LegalName, Never, "legal_name", ["legal name", "full name", "first name", "last name", "given name", "family name", "surname",
        "nombre completo", "nombre legal", "nombres", "apellido", "apellidos", "nom complet", "nom de famille", "prénom", "vorname",
        "nachname", "họ tên", "họ và tên", "الاسم الكامل", "legal_name"];
    Street, Never, "street", ["street", "address", "street address", "home address", "dirección", "direccion", "domicilio", "calle",
        "adresse", "rue", "straße", "địa chỉ", "العنوان"];
    ExactPlace, Never, "exact_place", ["exact place", "exact_place", "village", "town", "city", "postcode", "zip", "postal code", "gps",
        "coordinates", "latitude", "longitude", "aldea", "ciudad", "localidad", "código postal", "ville", "code postal", "ort", "plz",
        "làng", "xã", "القرية", "المدينة"];
    BirthDate, Never, "birth_date", ["birth date", "birth_date", "date of birth", "birthday", "born", "dob", "age", "fecha de nacimiento",
        "edad", "date de naissance", "âge", "geburtsdatum", "ngày sinh", "تاريخ الميلاد"];
    IdentityNumber, Never, "identity_number", ["identity number", "identity_number", "id number", "national id", "passport", "dni", "cédula",
        "cedula", "curp", "nif", "tax number", "tax id", "cccd", "cmnd", "رقم الهوية"];
    Bank, Never, "bank", ["bank", "bank account", "account", "iban", "cuenta", "compte bancaire", "konto", "tài khoản", "الحساب البنكي"];
    Key, Guide, "id", ["id", "no", "no.", "nr", "number", "member number", "member no", "member id", "número de socia", "numéro"];
    Public, Guide, "public", ["public", "may be shown", "may be public", "to be shown", "show", "público", "publico", "publique",
        "öffentlich", "công khai", "علني"];
}

/// Words around the name of a field in the header of a column that says whether it may be shown.
const CONSENT: [&str; 12] = [
    "public",
    "publish",
    "show",
    "shown",
    "ok",
    "consent",
    "may be shown",
    "público",
    "publico",
    "publique",
    "öffentlich",
    "công khai",
];

impl Field {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// The field of a header, or of a word in the column that lists what may be shown.
    pub(super) fn of_header(header: &str) -> Option<Self> {
        let folded = plain(header);
        let is_it = |field: &Self| field.usual().contains(&folded.as_str());
        Self::ALL.iter().copied().find(is_it)
    }

    /// The field that a column with this header says yes or no about.
    fn of_consent(header: &str) -> Option<Self> {
        let folded = plain(header);
        CONSENT.iter().find_map(|word| {
            let rest = folded
                .strip_prefix(word)
                .and_then(|rest| rest.strip_prefix([' ', '_', ':']))
                .or_else(|| folded.strip_suffix(word)?.strip_suffix([' ', '_', ':']))?;
            Self::of_header(rest).filter(|field| field.class() != Class::Guide)
        })
    }

    /// Whether it can be public at all.
    pub(super) fn can_be_public(self) -> bool {
        matches!(self.class(), Class::Open | Class::Asked)
    }
}

/// A header as it is compared: small letters, no question mark.
fn plain(header: &str) -> String {
    fold(header.trim().trim_end_matches(['?', '؟', ':', '*'])).replace('’', "'")
}

/// The map of columns that a person wrote.
#[derive(Debug, Default)]
pub(super) struct Map {
    columns: Vec<(Field, Vec<Spanned<String>>)>,
    consent: Vec<(Field, Spanned<String>)>,
    leave_out: Vec<String>,
}

/// Reads a map, and says what is wrong with it.
pub(super) fn parse(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Map {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (top, _) = parse_fields(&text[start..], start, file, diagnostics);
    let mut reader = Reader { diagnostics, unit: Unit::Column };
    let mut map = Map::default();
    let names = || Field::ALL.iter().filter(|it| **it != Field::AnyName).map(|it| it.name());
    for (key, value) in top.entries() {
        match key.value.as_str() {
            "leave_out" => map.leave_out = reader.strings(value),
            "columns" | "public" => {
                let Some(group) = reader.group(value) else { continue };
                for (name, header) in group.entries() {
                    let field = Field::of_name(&name.value).filter(|it| *it != Field::AnyName);
                    let Some(field) = field else {
                        reader.unknown(name, names());
                        continue;
                    };
                    if key.value == "public" && !field.can_be_public() {
                        let message = format!("`{}` is never public", name.value);
                        reader.wrong(name.span, message, "take this line out");
                        continue;
                    }
                    if key.value == "columns" {
                        map.columns.push((field, headers(&mut reader, header)));
                    } else if let [header] = headers(&mut reader, header).as_slice() {
                        map.consent.push((field, header.clone()));
                    }
                }
            }
            _ => reader.unknown(key, ["columns", "public", "leave_out"]),
        }
    }
    if !map.columns.iter().any(|(field, _)| *field == Field::Name) && !diagnostics.has_errors() {
        let problem = Diagnostic::new(
            crate::diag::Severity::Error,
            codes::MISSING_FIELD,
            crate::diag::Place::Span(crate::diag::Span::file_start(file)),
            "the map does not say which column has the name by which somebody wants to be known",
        );
        diagnostics.push(problem.hint("below [columns] write for example name = \"Known as\""));
    }
    map
}

fn headers(reader: &mut Reader<'_>, value: &Spanned<Value>) -> Vec<Spanned<String>> {
    let one = std::slice::from_ref(value);
    let values = match &value.value {
        Value::Array(values) => values.as_slice(),
        _ => one,
    };
    values.iter().filter_map(|it| Some(Spanned::new(reader.string(it)?, it.span))).collect()
}

/// Which column of one table is what.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) columns: BTreeMap<Field, Vec<usize>>,
    /// Columns that say yes or no about one field.
    pub(super) consent: BTreeMap<Field, usize>,
    /// Columns that nothing explains.
    pub(super) unknown: Vec<usize>,
}

impl Plan {
    /// By the usual names of columns, or by a map; what is not used is reported.
    pub(super) fn of(table: &Table, map: Option<&Map>, report: &mut Report) -> Self {
        let mut plan = Self::default();
        let mut left_out = BTreeSet::new();
        match map {
            None => plan.guess(table),
            Some(map) => {
                for (field, headers) in &map.columns {
                    for header in headers {
                        match table.column(&header.value) {
                            Some(at) => plan.columns.entry(*field).or_default().push(at),
                            None => missing(header, table, report),
                        }
                    }
                }
                for (field, header) in &map.consent {
                    match table.column(&header.value) {
                        Some(at) => drop(plan.consent.insert(*field, at)),
                        None => {
                            missing(header, table, report);
                            // Nobody can have said yes there.
                            plan.consent.insert(*field, usize::MAX);
                        }
                    }
                }
                left_out.extend(map.leave_out.iter().filter_map(|name| table.column(name)));
            }
        }
        let used: BTreeSet<usize> =
            plan.columns.values().flatten().chain(plan.consent.values()).copied().collect();
        for (at, header) in table.headers.iter().enumerate() {
            let is_second = table.column(header) != Some(at) && !header.is_empty();
            if used.contains(&at) || is_second {
                continue;
            }
            let said = table.rows.iter().filter(|row| row.cell(at).is_some()).count();
            if said == 0 && header.is_empty() {
                continue;
            }
            // Nothing of what stands there is shown: nobody knows what it is.
            let words = format!("{} here; nothing of it is public", rows(said));
            let kind = if left_out.contains(&at) {
                Kind::ColumnLeftOut
            } else {
                plan.unknown.push(at);
                Kind::ColumnNotUsed
            };
            let mut finding =
                Finding::new(kind, table.file.clone(), words).column(table.column_name(at));
            if kind == Kind::ColumnNotUsed
                && let Some(near) = nearest(
                    &plain(header),
                    Field::ALL.iter().flat_map(|it| it.usual().iter().copied()),
                )
            {
                finding = finding.hint(format!("if it is \"{near}\", call the column so"));
            }
            report.push(finding);
        }
        for (field, columns) in &plan.columns {
            for at in columns {
                if field.class() != Class::Never {
                    continue;
                }
                let said = table.rows.iter().filter(|row| row.cell(*at).is_some()).count();
                let words = format!("{} here; it is never public", rows(said));
                report.push(
                    Finding::new(Kind::ColumnNotPublic, table.file.clone(), words)
                        .column(table.column_name(*at)),
                );
            }
        }
        plan
    }

    fn guess(&mut self, table: &Table) {
        for (at, header) in table.headers.iter().enumerate() {
            if table.column(header) != Some(at) {
                continue;
            }
            if let Some(field) = Field::of_header(header) {
                self.columns.entry(field).or_default().push(at);
            } else if let Some(field) = Field::of_consent(header) {
                self.consent.insert(field, at);
            }
        }
    }

    /// Whether it could be a table of people at all.
    pub(super) fn has_people(&self) -> bool {
        [Field::Name, Field::AnyName, Field::LegalName]
            .iter()
            .any(|field| self.columns.contains_key(field))
    }

    pub(super) fn has_public_list(&self) -> bool {
        self.columns.contains_key(&Field::Public)
    }
}

fn missing(header: &Spanned<String>, table: &Table, report: &mut Report) {
    let words = "the map names this column, and the table does not have it";
    report.push(
        Finding::new(Kind::ColumnMissing, table.file.clone(), words).column(header.value.clone()),
    );
}

fn rows(count: usize) -> String {
    match count {
        1 => "1 row says something".to_owned(),
        count => format!("{count} rows say something"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_with_what_they_say() {
        let table = [
            ("Public name", Some(Field::Name), None),
            ("NAME", Some(Field::AnyName), None),
            ("Nombre completo", Some(Field::LegalName), None),
            ("Date of birth", Some(Field::BirthDate), None),
            ("Photo OK?", None, Some(Field::Photo)),
            ("phone_public", None, Some(Field::Phone)),
            ("show e-mail", None, Some(Field::Email)),
            ("May be shown?", Some(Field::Public), None),
            ("street public", None, Some(Field::Street)),
            ("Shoe size", None, None),
        ];
        for (header, field, consent) in table {
            assert_eq!(Field::of_header(header), field, "{header}");
            if field.is_none() {
                assert_eq!(Field::of_consent(header), consent, "{header}");
            }
        }
        for field in Field::ALL {
            for header in field.usual() {
                assert_eq!(Field::of_header(header), Some(*field), "{header} stands twice");
            }
        }
    }

    #[test]
    fn a_map_cannot_make_public_what_never_is() {
        let mut sources = crate::diag::Sources::default();
        let text = "[columns]\nname = \"Known as\"\nstreet = \"Street\"\nnane = \"x\"\n[public]\nphoto = \"Photo?\"\nstreet = \"Street?\"\n";
        let file = sources.add("map.toml", text);
        let mut diagnostics = Diagnostics::default();
        parse(text, file, &mut diagnostics);
        let said: Vec<String> = diagnostics.iter().map(|it| it.message.clone()).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            said[0].contains("`nane`") && said[1].contains("`street` is never public"),
            "{said:?}"
        );
        let mut diagnostics = Diagnostics::default();
        parse("[columns]\nphoto = \"Photo\"\n", file, &mut diagnostics);
        assert!(diagnostics.has_errors(), "a person has a name");
    }
}
