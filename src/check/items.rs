//! Each thing of the site from its file.

use std::sync::{Arc, LazyLock};

use crate::diag::{Diagnostic, Diagnostics, FileId, Span, Spanned, codes, nearest};
use crate::model::{
    Audience, AudioRef, Availability, Channel, Collection, Currency, Design, FreePage, HolderKind,
    List, ListKind, LocaleIx, Particulars, PhotoRef, Price, Producer, Product, ProductIx,
    ProductKind, Prose, Slug, Stage, Text, Trade,
};
use crate::provenance::did::Did;
use crate::read::{Document, Item, Table, Tree, Value};

use super::fields::{Fields, Languages, is_in_doubt};
use super::sounds::SOUND_ENDINGS;
use super::{
    id_of, materials, particulars, payment, photo_ref, price, protocol, shipping, trade, variants,
};

/// A thing, or why it had to be left out.
pub(super) struct Found<T> {
    pub(super) thing: Option<T>,
    pub(super) place: Span,
    /// Whether it is a row of a table.
    pub(super) is_row: bool,
    pub(super) diagnostics: Diagnostics,
    /// The id of a thing that its maker took off the site: references to it are no mistakes.
    pub(super) hidden: Option<Slug>,
    /// What such a thing is called, in any language.
    pub(super) hidden_names: Vec<String>,
    /// For whom it is.
    pub(super) audience: Audience,
}

/// What reading a thing depends on, besides its own file.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) tree: &'a Tree,
    pub(super) languages: Languages<'a>,
    /// For whom the site is made.
    pub(super) audience: Audience,
}

/// A product whose references are still names.
pub(super) struct ProductDraft {
    pub(super) product: Arc<Product>,
    /// Its id in the folder in which it stands.
    pub(super) own_id: Slug,
    pub(super) made_by: Vec<Spanned<String>>,
    pub(super) designs: Vec<Spanned<String>>,
    pub(super) term_names: Vec<(ListKind, Spanned<String>)>,
    pub(super) related: Vec<Spanned<String>>,
    pub(super) supplied_by: Vec<Text>,
    /// Makers of the pool, and how many each can make in a month.
    pub(super) pool: Vec<(Spanned<String>, u32)>,
}

/// The ids and names of things that are off the site for now, by folder.
#[derive(Default)]
pub(super) struct Hidden {
    ids: std::collections::BTreeSet<(&'static str, Slug)>,
    names: std::collections::BTreeSet<(&'static str, String)>,
    audiences: std::collections::BTreeSet<Audience>,
}

impl Hidden {
    /// Remembers that something is for an audience.
    pub(super) fn note(&mut self, audience: Audience) {
        if audience != Audience::Public {
            self.audiences.insert(audience);
        }
    }

    /// The audiences that something is kept for.
    pub(super) fn audiences(&self) -> &std::collections::BTreeSet<Audience> {
        &self.audiences
    }

    pub(super) fn add(&mut self, folder: &'static str, id: Slug) {
        self.ids.insert((folder, id));
    }

    /// Tells whether something of that folder is off the site.
    pub(super) fn has_some(&self, folder: &'static str) -> bool {
        self.ids.iter().any(|(section, _)| *section == folder)
    }

    /// Remembers what something that is off the site is called.
    pub(super) fn add_names(&mut self, folder: &'static str, names: Vec<String>) {
        self.names.extend(names.into_iter().map(|name| (folder, name)));
    }

    /// Tells whether a name or id is that of something that is off the site.
    pub(super) fn contains(&self, folder: &'static str, name: &str) -> bool {
        Slug::parse(name).is_ok_and(|id| self.ids.contains(&(folder, id)))
            || self.names.contains(&(folder, name.to_owned()))
    }
}

/// What a collection refers to.
pub(super) struct Resolve<'a> {
    pub(super) products: &'a [Arc<Product>],
    pub(super) lists: &'a [List],
    pub(super) designs: &'a [Design],
    pub(super) hidden: &'a Hidden,
}

/// The endings of files that are shown as photographs, or would be if a browser could.
const PHOTO_ENDINGS: [&str; 22] = [
    "jpg", "jpeg", "png", "webp", "svg", "heic", "heif", "avif", "gif", "tif", "tiff", "bmp",
    "jxl", "dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf", "jfif",
];

/// Tells whether a file is shown as a photograph by its ending, or would be.
pub(super) fn is_photo(path: &str) -> bool {
    PHOTO_ENDINGS.contains(&ending(path).as_str())
}

/// Opens the fields of an item and its translations; `None` if the item cannot be used.
struct Opened<'a> {
    id: Slug,
    fields: Fields<'a>,
    body: Prose,
}

fn open<'a>(
    item: &'a Item,
    kind: &str,
    languages: Languages<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<Opened<'a>> {
    let id = id_of(item, &format!("the {kind}"), diagnostics);
    if item.document.is_broken {
        return None;
    }
    let id = id?;
    let mut fields = Fields::of(&item.document, format!("the {kind} \"{id}\""), languages);
    let mut bodies = Vec::new();
    push_body(&mut bodies, languages.first, &item.document);
    for (tag, document) in &item.translations {
        let Some(locale) = languages.find(tag) else {
            let what = if document.is_row { "column" } else { "file" };
            diagnostics.push(
                Diagnostic::warning(
                    codes::BAD_LANGUAGE,
                    document.start,
                    format!("this site has no language \"{tag}\", so this {what} is not shown"),
                )
                .hint(languages.with(tag)),
            );
            continue;
        };
        if fields.is_translated(locale) {
            diagnostics.push(
                Diagnostic::warning(
                    codes::DUPLICATE,
                    document.start,
                    format!("what is said of the {kind} \"{id}\" in \"{tag}\" stands here for the second time"),
                )
                .hint("what the table says counts; take one of the two out"),
            );
            continue;
        }
        fields.translate(locale, document);
        push_body(&mut bodies, locale, document);
    }
    Some(Opened { id, fields, body: Prose::from_entries(bodies) })
}

fn push_body(bodies: &mut Vec<(LocaleIx, Span)>, locale: LocaleIx, document: &Document) {
    if !document.body.range().is_empty() {
        bodies.push((locale, document.body));
    }
}

fn found<T>(
    item: &Item,
    around: Around<'_>,
    mut diagnostics: Diagnostics,
    made: Option<(Option<T>, Fields<'_>)>,
) -> Found<T> {
    let mut thing = None;
    let mut hidden = None;
    let mut audience = Audience::Public;
    if let Some((made, mut fields)) = made {
        let is_hidden = is_hidden(&mut fields);
        let own = own_audience(&mut fields);
        audience = own.unwrap_or_default();
        let told = fields.finish();
        // Whom a misspelt word meant is not known, so nobody sees the thing.
        if is_hidden
            || is_in_doubt(told.iter())
            || !own.is_some_and(|own| around.audience.may_see(own))
        {
            hidden = Slug::parse(&item.id).ok();
        } else {
            thing = made;
        }
        diagnostics.extend(told);
    }
    let Document { start: place, is_row, .. } = *item.document;
    let hidden_names = if hidden.is_some() { names_of(item) } else { Vec::new() };
    Found { thing, place, is_row, diagnostics, hidden, hidden_names, audience }
}

/// What an item is called, in all languages.
fn names_of(item: &Item) -> Vec<String> {
    let translations = item.translations.iter().map(|(_, document)| document);
    let documents = std::iter::once(&item.document).chain(translations);
    let written = documents.flat_map(|document| {
        ["name", "title"].into_iter().filter_map(|name| document.fields.get(name))
    });
    let mut names = Vec::new();
    for (_, value) in written {
        match &value.value {
            Value::String(name) => names.push(name.clone()),
            Value::Table(table) => {
                names.extend(table.entries().filter_map(|(_, value)| match &value.value {
                    Value::String(name) => Some(name.clone()),
                    _ => None,
                }))
            }
            _ => {}
        }
    }
    names
}

/// For whom a thing is; `None` if it says so in a way that is not understood.
fn own_audience(fields: &mut Fields<'_>) -> Option<Audience> {
    if !fields.has("audience") {
        return Some(Audience::Public);
    }
    let written = fields.string("audience")?;
    let found = Audience::ALL.iter().find(|(_, word)| *word == written.value);
    if found.is_none() {
        let words = format!("nobody is called the audience \"{}\"", written.value);
        let diagnostic = Diagnostic::error(codes::BAD_AUDIENCE, written.span, words)
            .hint("it is one of: public, trade, members; until it is clear nobody sees this page");
        let known = Audience::ALL.iter().map(|(_, word)| *word);
        fields.report(match nearest(&written.value, known) {
            Some(near) => diagnostic.label(format!("did you mean \"{near}\"?")),
            None => diagnostic,
        });
    }
    found.map(|(audience, _)| *audience)
}

/// Tells whether a thing is off the site. What hides parts of it was seen to before.
fn is_hidden(fields: &mut Fields<'_>) -> bool {
    for name in ["protocol", "hide_photos", "accept"] {
        let _ = fields.value(name);
    }
    match fields.value("hide") {
        Some(Spanned { value: Value::Array(_), .. }) | None => false,
        Some(Spanned { value, .. }) => fields.flag("hide") || protocol::says_hide(value),
    }
}

pub(super) fn product(
    item: &Item,
    around: Around<'_>,
    currency: Option<Currency>,
    shop_trade: &Trade,
) -> Found<Box<ProductDraft>> {
    let Around { tree, languages, audience } = around;
    let mut diagnostics = Diagnostics::default();
    let made = open(item, "product", languages, &mut diagnostics).map(|opened| {
        let Opened { id, mut fields, body } = opened;
        let name = name_or_title(&mut fields);
        if name.is_none() {
            fields.missing("name", "name = \"Red shawl\"");
        }
        let description = fields.text("description");
        let (own_price, currency) = price::stated(&mut fields, currency);
        let mut photos = photos(&mut fields, item, tree);
        let (availability, is_made_to_order) = variants::availability(&mut fields, None);
        let base = variants::Base { price: own_price, currency, availability, is_made_to_order };
        let chosen = variants::chosen(&mut fields, &base, &mut photos, item, tree);
        if chosen.price.is_none() {
            price::missing(&mut fields);
        }
        price::cost(&mut fields, chosen.price, currency);
        let mut made_by = fields.names("made_by");
        made_by.extend(fields.names("producer"));
        let designs = fields.names("design");
        let mut term_names = Vec::new();
        for (kind, field) in [
            (ListKind::Category, "category"),
            (ListKind::Region, "region"),
            (ListKind::Colour, "colour"),
            (ListKind::Material, "material"),
            (ListKind::Theme, "theme"),
        ] {
            term_names.extend(fields.names(field).into_iter().map(|name| (kind, name)));
        }
        let pool = pool(&mut fields, &mut made_by);
        let kind = fields.choice("kind", &ProductKind::ALL);
        let particulars = particulars::particulars(&mut fields);
        if let Some(kind) = kind {
            particulars::ask(&mut fields, kind, &particulars);
        }
        let trade = trade::of_product(&mut fields, shop_trade, chosen.price, currency);
        let product = Product {
            id,
            place: item.document.start,
            member: None,
            name: name.clone().unwrap_or_else(|| Text::new(languages.first, "")),
            description,
            price: chosen.price.unwrap_or(Price::OnRequest),
            options: chosen.options,
            variants: chosen.variants,
            photos,
            made_by: Vec::new(),
            supplied_by: Vec::new(),
            designs: Vec::new(),
            terms: Vec::new(),
            kind,
            stage: fields.choice("stage", &Stage::ALL).unwrap_or_default(),
            availability: chosen.availability,
            is_made_to_order: chosen.is_made_to_order,
            lead_time_days: fields.number("lead_time_days", 0..=3650),
            capacity_per_month: fields.number("capacity_per_month", 0..=10_000_000).or_else(|| {
                let all = pool.iter().map(|(_, count)| *count);
                (!pool.is_empty()).then(|| all.fold(0, u32::saturating_add))
            }),
            pool: Vec::new(),
            blackout: shipping::blackout(&mut fields),
            minimum_order: fields.number("minimum_order", 1..=10_000_000),
            maximum_order: fields.number("maximum_order", 1..=10_000_000),
            materials: materials::materials(&mut fields),
            not_to: materials::not_to(&mut fields),
            technique: fields.text("technique"),
            size: fields.text("size"),
            care: fields.text("care"),
            particulars: shared(particulars),
            weight_g: fields.number("weight_g", 1..=10_000_000),
            packed_weight_g: fields.number("packed_weight_g", 1..=10_000_000),
            sku: fields.string("sku").map(|sku| sku.value),
            gtin: digits(&mut fields, "gtin", &[8, 12, 13, 14]),
            pay: payment::link(&mut fields, "pay"),
            google_category: google_category(&mut fields),
            payment_to_maker: fields.text("payment_to_maker"),
            // What only dealers may know is in no other site.
            trade: (audience == Audience::Trade).then(|| Box::new(trade)),
            date: fields.date("date"),
            related: Vec::new(),
            is_related_chosen: false,
            audio: recording(&mut fields, &body, &item.folder, tree),
            body,
        };
        let product = smallest_order(product, &mut fields);
        let related = fields.names("related");
        let supplied_by = fields.texts("supplied_by");
        if product.photos.is_empty() && name.is_some() {
            let what = fields.what().to_owned();
            fields.report(
                Diagnostic::warning(
                    codes::NO_PHOTO,
                    fields.whole(),
                    format!("{what} has no photograph"),
                )
                .hint(photo_hint(item)),
            );
        }
        let product = Arc::new(product);
        let own_id = product.id.clone();
        let draft = ProductDraft {
            pool,
            product,
            own_id,
            made_by,
            designs,
            term_names,
            related,
            supplied_by,
        };
        // Ten thousand of them are moved and sorted several times.
        (name.map(|_| Box::new(draft)), fields)
    });
    found(item, around, diagnostics, made)
}

/// Says if nobody can order what the file says as it says it; the product without a smallest order that is wrong.
fn smallest_order(product: Product, fields: &mut Fields<'_>) -> Product {
    let Some(least) = product.minimum_order else { return product };
    let what = fields.what().to_owned();
    let place = fields.place("minimum_order");
    if let Some(most) = product.maximum_order.filter(|most| *most < least) {
        let words = format!("the smallest order of {what} is {least}, and the largest is {most}");
        fields.report(
            Diagnostic::error(codes::SMALLEST_ORDER, place, words)
                .related(fields.place("maximum_order"), "the largest order")
                .hint(format!("write minimum_order = {most}, or take maximum_order out")),
        );
        return Product { minimum_order: None, ..product };
    }
    if product.availability != Availability::SoldOut
        && product.is_too_few()
        && let Some(ready) = product.ready_together()
    {
        let words =
            format!("nobody can order {what}: at least {least} are needed, and there are {ready}");
        fields.report(
            Diagnostic::warning(codes::SMALLEST_ORDER, place, words)
                .label("its page offers to ask about it until there are enough")
                .hint(format!("write minimum_order = {ready}, or made_to_order = true if you make more when they are ordered")),
        );
    }
    product
}

/// The most makers of one pool.
const POOL_MAX: usize = 200;

/// Reads `[[pool]]`: who makes a product together with others, and how many each can make in a month. They are its makers
/// besides those in `made_by`.
fn pool(
    fields: &mut Fields<'_>,
    made_by: &mut Vec<Spanned<String>>,
) -> Vec<(Spanned<String>, u32)> {
    const EXAMPLE: &str = "[[pool]]\nmade_by = \"ana\"\ncapacity_per_month = 20";
    let mut pool: Vec<(Spanned<String>, u32)> = Vec::new();
    let what = fields.what().to_owned();
    for mut share in fields.subs("pool", EXAMPLE, |at| format!("maker {at} of the pool of {what}"))
    {
        let maker = share.string("made_by");
        let count = share.number("capacity_per_month", 0..=10_000_000);
        if maker.is_none() {
            share.missing("made_by", "made_by = \"ana\"");
        }
        if count.is_none() {
            share.missing("capacity_per_month", "capacity_per_month = 20");
        }
        if let (Some(maker), Some(count)) = (maker, count) {
            let earlier = pool.iter().find(|(other, _)| other.value == maker.value);
            if let Some((earlier, _)) = earlier {
                share.report(
                    Diagnostic::error(
                        codes::DUPLICATE,
                        maker.span,
                        format!("\"{}\" stands in this pool twice", maker.value),
                    )
                    .related(earlier.span, "the first time")
                    .hint("take one of the two out, and let the other say how many she can make"),
                );
            } else if pool.len() < POOL_MAX {
                if !made_by.iter().any(|other| other.value == maker.value) {
                    made_by.push(maker.clone());
                }
                pool.push((maker, count));
            }
        }
        fields.absorb(share);
    }
    pool
}

/// Most products tell nothing of the kind; they have one in common.
fn shared(particulars: Particulars) -> Arc<Particulars> {
    static NONE: LazyLock<Arc<Particulars>> = LazyLock::new(Arc::default);
    if particulars == **NONE { Arc::clone(&NONE) } else { Arc::new(particulars) }
}

/// A number of Google's list of categories, or the names on the way to it.
fn google_category(fields: &mut Fields<'_>) -> Option<String> {
    if let Some(Spanned { value: Value::Integer(_), .. }) = fields.value("google_category") {
        return fields.number("google_category", 1..=9_999_999).map(|number| number.to_string());
    }
    fields.string("google_category").map(|written| written.value)
}

fn photo_hint(item: &Item) -> String {
    if item.has_own_folder {
        return format!("put one into the folder {}", item.folder.trim_end_matches('/'));
    }
    if item.document.is_row {
        return format!(
            "lay one beside the others as {}{}.jpg, or name one in the column `photos`",
            item.folder, item.id
        );
    }
    format!("put one beside its file, called {}.jpg", item.id)
}

/// Markdown people write `title`; both mean the name.
fn name_or_title(fields: &mut Fields<'_>) -> Option<Text> {
    let name = fields.text("name");
    let title = fields.text("title");
    name.or(title)
}

pub(super) fn digits(
    fields: &mut Fields<'_>,
    name: &'static str,
    lengths: &[usize],
) -> Option<String> {
    let written = fields.string(name)?;
    let plain: String = written.value.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    if lengths.contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_digit()) {
        return Some(plain);
    }
    let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
    fields.report(Diagnostic::error(
        codes::BAD_VALUE,
        written.span,
        format!("`{name}` is a number of {} digits, in quotes", lengths.join(" or ")),
    ));
    None
}

pub(super) fn producer(item: &Item, around: Around<'_>) -> (Found<Producer>, Vec<String>) {
    let Around { tree, languages, .. } = around;
    let mut diagnostics = Diagnostics::default();
    let mut regions = Vec::new();
    let made = open(item, "maker", languages, &mut diagnostics).map(|opened| {
        let Opened { id, mut fields, body } = opened;
        let (producer, own_regions) =
            producer_of(&mut fields, id, item.document.file, &item.folder, tree, body);
        regions = own_regions;
        (producer, fields)
    });
    (found(item, around, diagnostics, made), regions)
}

/// The maker of a shop of one maker, from `[maker]` in `site.toml`.
pub(super) fn maker(
    table: &Table,
    span: Span,
    file: FileId,
    folder: &str,
    tree: &Tree,
    languages: Languages<'_>,
) -> (Found<Producer>, Vec<String>) {
    let mut fields = Fields::new(table, span, "the maker".to_owned(), languages);
    let id = fields.string("id");
    let slug = match &id {
        Some(id) => Slug::parse(&id.value).unwrap_or_else(|_| Slug::from_name(&id.value)),
        None => {
            let name = match table.get("name").map(|(_, value)| &value.value) {
                Some(Value::String(name)) => name.as_str(),
                _ => "maker",
            };
            Slug::from_name(name)
        }
    };
    let slug_of_hidden = slug.clone();
    let (producer, regions) = producer_of(&mut fields, slug, file, folder, tree, Prose::default());
    let audience = Audience::Public;
    let is_hidden = is_hidden(&mut fields);
    let diagnostics = fields.finish();
    let hidden = (is_hidden || is_in_doubt(diagnostics.iter())).then_some(slug_of_hidden);
    let thing = producer.filter(|_| hidden.is_none());
    let hidden_names = Vec::new();
    let found =
        Found { thing, place: span, is_row: false, diagnostics, hidden, hidden_names, audience };
    (found, regions)
}

fn producer_of(
    fields: &mut Fields<'_>,
    id: Slug,
    file: FileId,
    folder: &str,
    tree: &Tree,
    body: Prose,
) -> (Option<Producer>, Vec<String>) {
    let name = name_or_title(fields);
    if name.is_none() {
        fields.missing("name", "name = \"Ana of the upper valley\"");
    }
    let regions = fields.names("region").into_iter().map(|region| region.value).collect();
    let description = fields.text("description");
    let place = fields.text("place");
    let people = fields.text("people");
    let crafts = fields.texts("crafts");
    let speaks = fields.texts("speaks");
    let signs_as = key_name(fields);
    let photo = single_photo(fields, "photo", "photo_alt", folder, tree);
    let channels = channels(fields);
    // Said in place of the name where that is hidden.
    let _ = fields.text("called");
    let _ = fields.names("also_named");
    let pay = payment::payments(fields);
    let audio = recording(fields, &body, folder, tree).filter(|_| !is_veiled(fields));
    let producer = name.map(|name| Producer {
        id,
        file,
        member: None,
        name,
        description,
        place,
        people,
        crafts,
        speaks,
        signs_as,
        photo,
        channels,
        pay,
        audio,
        body,
        products: Vec::new(),
    });
    (producer, regions)
}

/// Tells whether something of a person is hidden, or is on some days.
fn is_veiled(fields: &mut Fields<'_>) -> bool {
    let hidden = match fields.value("hide") {
        Some(Spanned { value: Value::Array(list), .. }) => !list.is_empty(),
        _ => false,
    };
    let mourned = fields.group("protocol");
    hidden || mourned.is_some_and(|(rules, _)| rules.get("mourning_until").is_some())
}

/// The name of somebody's key, as her association is told it by `selvedge keys new`.
pub(super) fn key_name(fields: &mut Fields<'_>) -> Option<String> {
    let written = fields.string("signs_as")?;
    if matches!(Did::parse(&written.value), Some(Did::Key(_))) {
        return Some(written.value);
    }
    fields.report(
        Diagnostic::error(codes::BAD_VALUE, written.span, "this is not the name of a key")
            .label("it begins with did:key:z6Mk, as `selvedge keys new` prints it for her"),
    );
    None
}

/// The address that a new site begins with, and that advice names.
pub(crate) const EXAMPLE_EMAIL: &str = "name@shop.example";

/// Reads `whatsapp`, `sms`, `email` and `phone`, in this order.
pub(super) fn channels(fields: &mut Fields<'_>) -> Vec<Channel> {
    let mut channels = Vec::new();
    if let Some(written) = fields.string("whatsapp")
        && let Some(digits) = telephone(fields, &written)
    {
        channels.push(Channel::WhatsApp(digits));
    }
    if let Some(written) = fields.string("sms")
        && let Some(digits) = telephone(fields, &written)
    {
        channels.push(Channel::Sms(format!("+{digits}")));
    }
    if let Some(written) = fields.string("email") {
        if is_email(&written.value) {
            if written.value == EXAMPLE_EMAIL {
                fields.report(
                    Diagnostic::warning(
                        codes::NO_ORDER_CHANNEL,
                        written.span,
                        "this address is an example: orders to it reach nobody",
                    )
                    .label("write your own here"),
                );
            }
            channels.push(Channel::Email(written.value));
        } else {
            fields.report(
                Diagnostic::error(
                    codes::BAD_CONTACT,
                    written.span,
                    "this is not an e-mail address",
                )
                .label("write for example email = \"name@shop.example\""),
            );
        }
    }
    if let Some(written) = fields.string("phone")
        && let Some(digits) = telephone(fields, &written)
    {
        channels.push(Channel::Phone(format!("+{digits}")));
    }
    channels
}

/// The digits of a number in international form (E.164: at most 15 digits).
fn telephone(fields: &mut Fields<'_>, written: &Spanned<String>) -> Option<String> {
    let digits = telephone_digits(&written.value);
    if digits.is_some() {
        return digits;
    }
    fields.report(
        Diagnostic::error(
            codes::BAD_CONTACT,
            written.span,
            "this is not a number that can be called from everywhere",
        )
        .label("write it with + and the code of the country, for example \"+51 900 000 000\""),
    );
    None
}

/// The digits of a number that can be called from everywhere: `+`, and 7 to 15 digits (ITU-T E.164).
pub(crate) fn telephone_digits(text: &str) -> Option<String> {
    let is_filler = |c: char| c.is_whitespace() || matches!(c, '-' | '(' | ')' | '.' | '/');
    let digits: String = text.strip_prefix('+')?.chars().filter(|c| !is_filler(*c)).collect();
    let is_good = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_good.then_some(digits)
}

/// The plain form of an address (a subset of RFC 5321 `Mailbox`), safe inside a link.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%*/=?^_`{|}~.+-'".contains(&b);
    !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(atom)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

pub(super) fn design(item: &Item, around: Around<'_>) -> Found<Design> {
    let Around { tree, languages, .. } = around;
    let mut diagnostics = Diagnostics::default();
    let made = open(item, "design", languages, &mut diagnostics).map(|opened| {
        let Opened { id, mut fields, body } = opened;
        let name = name_or_title(&mut fields);
        if name.is_none() {
            fields.missing("name", "name = \"River steps\"");
        }
        let design = Design {
            id,
            file: item.document.file,
            member: None,
            name: name.clone().unwrap_or_else(|| Text::new(languages.first, "")),
            description: fields.text("description"),
            holder: fields.text("holder"),
            holder_kind: fields.choice("holder_kind", &HolderKind::ALL),
            designed_by: fields.text("designed_by"),
            kind: fields.string("kind").map(|kind| kind.value),
            technique: fields.text("technique"),
            materials: fields.texts("materials"),
            motifs: fields.texts("motifs"),
            place: fields.text("place"),
            said_to_date_from: fields.text("said_to_date_from"),
            attribution: fields.text("attribution"),
            not_claimed: fields.text("not_claimed"),
            also_used_by: fields.text("also_used_by"),
            listing: fields.string("listing").map(|letters| letters.value),
            photos: photos(&mut fields, item, tree),
            date: fields.date("date"),
            audio: recording(&mut fields, &body, &item.folder, tree),
            body,
            products: Vec::new(),
        };
        (name.map(|_| design), fields)
    });
    found(item, around, diagnostics, made)
}

pub(super) fn collection(
    item: &Item,
    around: Around<'_>,
    resolve: &Resolve<'_>,
) -> Found<Collection> {
    let Around { tree, languages, .. } = around;
    let mut diagnostics = Diagnostics::default();
    let made = open(item, "collection", languages, &mut diagnostics).map(|opened| {
        let Opened { id, mut fields, body } = opened;
        let name = name_or_title(&mut fields);
        if name.is_none() {
            fields.missing("name", "name = \"For the table\"");
        }
        let description = fields.text("description");
        let photo = single_photo(&mut fields, "photo", "photo_alt", &item.folder, tree);
        let mut products: Vec<ProductIx> = Vec::new();
        for written in fields.names("products") {
            let at =
                resolve.products.iter().position(|product| product.id.as_str() == written.value);
            match at.map(ProductIx::of) {
                Some(ix) if products.contains(&ix) => {}
                Some(ix) => products.push(ix),
                None if resolve.hidden.contains("products", &written.value) => {}
                None => {
                    let known = resolve.products.iter().map(|product| product.id.as_str());
                    fields.report(super::unknown(&written, "product", "products", known));
                }
            }
        }
        products.extend(chosen(&mut fields, languages, resolve, &products));
        let days = days(&mut fields);
        let place = fields.text("place");
        let collection = name.map(|name| Collection {
            id,
            file: item.document.file,
            name,
            description,
            photo,
            products,
            days,
            place,
            body,
        });
        (collection, fields)
    });
    found(item, around, diagnostics, made)
}

/// The days of an event, `from` and `until`; one day if only one is said.
fn days(fields: &mut Fields<'_>) -> Option<(crate::model::Date, crate::model::Date)> {
    let (from, until) = (fields.date("from"), fields.date("until"));
    let days = (from.or(until)?, until.or(from)?);
    if days.1 < days.0 {
        fields.report(
            Diagnostic::error(codes::BAD_DATE, fields.place("until"), "this ends before it begins")
                .label("write the last day here, and the first one in `from`"),
        );
        return None;
    }
    Some(days)
}

/// The products that fit `where`, without those that are there already.
fn chosen(
    fields: &mut Fields<'_>,
    languages: Languages<'_>,
    resolve: &Resolve<'_>,
    already: &[ProductIx],
) -> Vec<ProductIx> {
    let Some((table, span)) = fields.group("where") else { return Vec::new() };
    let mut group = Fields::new(table, span, "this choice".to_owned(), languages);
    let mut allowed: Option<Vec<bool>> = None;
    let mut narrow = |members: &mut dyn Iterator<Item = ProductIx>| {
        let mut fits = vec![false; resolve.products.len()];
        for ix in members {
            fits[ix.at()] = true;
        }
        match &mut allowed {
            Some(allowed) => allowed.iter_mut().zip(fits).for_each(|(a, b)| *a &= b),
            None => allowed = Some(fits),
        }
    };
    for (kind, field) in ListKind::ALL {
        let names = group.names(field);
        if names.is_empty() {
            continue;
        }
        let Some(list) = resolve.lists.iter().find(|list| list.kind == kind) else {
            group.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    names[0].span,
                    format!("the shop has no list by {field}"),
                )
                .hint(format!("add \"{field}\" to `lists` in site.toml")),
            );
            continue;
        };
        let mut members = Vec::new();
        for name in &names {
            let is_it = |term: &&crate::model::Term| {
                term.id.as_str() == name.value
                    || term.name.entries().any(|(_, text)| text == name.value)
            };
            match list.terms.iter().find(is_it) {
                Some(term) => members.extend(term.products.iter().copied()),
                None if kind == ListKind::Maker
                    && resolve.hidden.contains("producers", &name.value) => {}
                None => {
                    let mut diagnostic = Diagnostic::error(
                        codes::UNKNOWN_NAME,
                        name.span,
                        format!("no product has the {field} \"{}\"", name.value),
                    );
                    let known = list.terms.iter().map(|term| term.id.as_str());
                    if let Some(near) = nearest(&name.value, known) {
                        diagnostic = diagnostic.label(format!("did you mean \"{near}\"?"));
                    }
                    group.report(diagnostic);
                }
            }
        }
        narrow(&mut members.into_iter());
    }
    let names = group.names("design");
    if !names.is_empty() {
        let mut members = Vec::new();
        for name in &names {
            match resolve.designs.iter().find(|design| design.id.as_str() == name.value) {
                Some(design) => members.extend(design.products.iter().copied()),
                None if resolve.hidden.contains("designs", &name.value) => {}
                None => {
                    let known = resolve.designs.iter().map(|design| design.id.as_str());
                    group.report(super::unknown(name, "design", "designs", known));
                }
            }
        }
        narrow(&mut members.into_iter());
    }
    for diagnostic in group.finish() {
        fields.report(diagnostic);
    }
    let allowed = allowed.unwrap_or_default();
    let fitting =
        allowed.iter().enumerate().filter(|(_, fits)| **fits).map(|(at, _)| ProductIx::of(at));
    fitting.filter(|ix| !already.contains(ix)).collect()
}

pub(super) fn page(item: &Item, around: Around<'_>) -> Found<FreePage> {
    let languages = around.languages;
    let mut diagnostics = Diagnostics::default();
    let made = open(item, "page", languages, &mut diagnostics).map(|opened| {
        let Opened { id, mut fields, body } = opened;
        let name = name_or_title(&mut fields);
        if name.is_none() {
            fields.missing("name", "name = \"About us\"");
        }
        let description = fields.text("description");
        let in_menu = fields.flag("menu");
        // Read where somebody is certified (`attest::certify`), from the bytes that the charter binds.
        let _ = fields.number("term_months", 1..=1200);
        let page = name.map(|name| FreePage {
            id,
            file: item.document.file,
            name,
            description,
            in_menu,
            body,
        });
        (page, fields)
    });
    found(item, around, diagnostics, made)
}

/// The recording that `audio` names, with what is said in it. A maker's voice is hers: while her name or photograph is hidden,
/// or may be, it is not heard either.
fn recording(fields: &mut Fields<'_>, body: &Prose, folder: &str, tree: &Tree) -> Option<AudioRef> {
    let written = fields.string("audio");
    let words = fields.text("audio_text");
    let written = written?;
    let lies = Files { what: "recording", code: codes::BAD_SOUND, alike: &SOUND_ENDINGS };
    let path = find_file(fields, &written, folder, tree, &lies)?;
    if words.is_none() && body.is_empty() {
        let what = fields.what().to_owned();
        fields.report(
            Diagnostic::warning(
                codes::NO_ALT_TEXT,
                written.span,
                format!("the recording of {what} has no words for people who cannot hear it"),
            )
            .hint("write what is said in it as the text of this file, or in audio_text = \"…\""),
        );
    }
    Some(AudioRef { path, words })
}

/// What an entry of `photos` may say.
const OF_A_PHOTO: [&str; 3] = ["file", "alt", "hide"];

/// The photographs of a product or design: those that are named, else those that lie beside it.
fn photos(fields: &mut Fields<'_>, item: &Item, tree: &Tree) -> Vec<PhotoRef> {
    let mut photos: Vec<PhotoRef> = Vec::new();
    // Of each the place among those that are written.
    let mut places: Vec<usize> = Vec::new();
    let mut without_alt = None;
    match fields.value("photos") {
        Some(written) => {
            let entries = match &written.value {
                Value::Array(entries) => entries.as_slice(),
                _ => std::slice::from_ref(written),
            };
            for (place, entry) in entries.iter().enumerate() {
                let (file, alt) = match &entry.value {
                    Value::Table(table) => {
                        if let Some((key, value)) = table.get("hide") {
                            match value.value {
                                Value::Boolean(false) => {}
                                Value::Boolean(true) => continue,
                                _ => {
                                    fields.report(
                                        Diagnostic::error(
                                            codes::BAD_VALUE,
                                            key.span,
                                            "a photograph is hidden or not",
                                        )
                                        .label("write hide = true"),
                                    );
                                    continue;
                                }
                            }
                        }
                        let keys = table.entries().map(|(key, _)| key);
                        let odd = keys.filter(|key| !OF_A_PHOTO.contains(&key.value.as_str()));
                        odd.for_each(|key| fields.unknown_of("this photograph", key, &OF_A_PHOTO));
                        let file = table.get("file").map(|(_, value)| value);
                        let mut alt = Vec::new();
                        if let Some((_, value)) = table.get("alt") {
                            fields.text_entries("alt", value, &mut alt);
                        }
                        (file, Text::from_entries(alt))
                    }
                    _ => (Some(entry), None),
                };
                let Some(file) = file else {
                    fields.report(
                        Diagnostic::error(
                            codes::BAD_VALUE,
                            entry.span,
                            "this photograph has no file",
                        )
                        .label("write for example { file = \"a.jpg\", alt = \"…\" }"),
                    );
                    continue;
                };
                let Some(name) = fields.string_of("photos", file) else { continue };
                if let Some(path) = find_photo(fields, &name, &item.folder, tree) {
                    if alt.is_none() {
                        without_alt = without_alt.or(Some(name.span));
                    }
                    photos.push(photo_ref(path, alt));
                    places.push(place);
                }
            }
        }
        None => {
            photos = if item.has_own_folder { beside(item, tree) } else { neighbours(item, tree) };
            if !photos.is_empty() {
                without_alt = Some(fields.whole());
            }
            places.extend(0..photos.len());
        }
    }
    if fields.is_row() {
        without_alt = described(fields, &mut photos, &places).and(without_alt);
    }
    if let Some(span) = without_alt {
        let what = fields.what().to_owned();
        let label = match fields.is_row() {
            true => {
                "write what each shows into the column `photo_alt`, in the same order: red shawl over a chair | its edge"
            }
            false => {
                "write for example photos = [{ file = \"a.jpg\", alt = \"red shawl over a chair\" }]"
            }
        };
        fields.report(
            Diagnostic::warning(
                codes::NO_ALT_TEXT,
                span,
                format!("a photograph of {what} has no words for people who cannot see it"),
            )
            .label(label),
        );
    }
    photos
}

/// Gives photographs the words of a row's `photo_alt` that stand at their place; something if one has none.
fn described(fields: &mut Fields<'_>, photos: &mut [PhotoRef], places: &[usize]) -> Option<()> {
    let words = fields.texts_with_gaps("photo_alt");
    for (photo, place) in photos.iter_mut().zip(places) {
        photo.alt = words.get(*place).cloned().flatten();
    }
    let written = match fields.value("photos").map(|written| &written.value) {
        Some(Value::Array(entries)) => entries.len(),
        Some(_) => 1,
        None => photos.len(),
    };
    if words.len() > written {
        fields.report(
            Diagnostic::warning(
                codes::BAD_TABLE,
                fields.place("photo_alt"),
                format!("{} has more words for photographs than photographs", fields.what()),
            )
            .hint("each of the words belongs to the photograph at the same place in `photos`"),
        );
    }
    photos.iter().any(|photo| photo.alt.is_none()).then_some(())
}

/// Every photograph in the thing's own folder.
pub(super) fn beside(item: &Item, tree: &Tree) -> Vec<PhotoRef> {
    let names = tree.below(&item.folder).filter(|path| {
        let name = &path[item.folder.len()..];
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        !name.contains('/') && PHOTO_ENDINGS.contains(&ending.as_str())
    });
    names.map(|path| photo_ref(path.to_owned(), None)).collect()
}

/// `<id>.jpg`, `<id>-1.jpg` and so on beside a thing without a folder of its own.
pub(super) fn neighbours(item: &Item, tree: &Tree) -> Vec<PhotoRef> {
    let mut found = Vec::new();
    for start in [format!("{}{}.", item.folder, item.id), format!("{}{}-", item.folder, item.id)] {
        for path in tree.below(&start) {
            let rest = &path[start.len()..];
            let (stem, ending) = rest.rsplit_once('.').unwrap_or(("", rest));
            let is_numbered = start.ends_with('.')
                || (!stem.is_empty() && stem.bytes().all(|b| b.is_ascii_digit()));
            if is_numbered && PHOTO_ENDINGS.contains(&ending.to_lowercase().as_str()) {
                found.push(photo_ref(path.to_owned(), None));
            }
        }
    }
    found
}

/// One photograph with its words.
pub(super) fn single_photo(
    fields: &mut Fields<'_>,
    name: &'static str,
    alt_name: &'static str,
    folder: &str,
    tree: &Tree,
) -> Option<PhotoRef> {
    let written = fields.string(name);
    let alt = fields.text(alt_name);
    let written = written?;
    let path = find_photo(fields, &written, folder, tree)?;
    if alt.is_none() {
        let what = fields.what().to_owned();
        fields.report(
            Diagnostic::warning(
                codes::NO_ALT_TEXT,
                written.span,
                format!("the photograph of {what} has no words for people who cannot see it"),
            )
            .hint(format!("add a line {alt_name} = \"…\" that says what it shows")),
        );
    }
    Some(photo_ref(path, alt))
}

/// Files of one sort that fields name.
struct Files<'a> {
    /// What one is called.
    what: &'a str,
    /// What it is if one is not there.
    code: codes::Code,
    /// Endings of files that could be meant; none: all but texts.
    alike: &'a [&'a str],
}

/// Finds a photograph beside the file or from the top of the folder; never outside of it.
fn find_photo(
    fields: &mut Fields<'_>,
    written: &Spanned<String>,
    folder: &str,
    tree: &Tree,
) -> Option<String> {
    let photographs = Files { what: "photograph", code: codes::MISSING_PHOTO, alike: &[] };
    find_file(fields, written, folder, tree, &photographs)
}

/// The ending of a file's name in small letters; empty if it has none.
pub(super) fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase())
}

fn find_file(
    fields: &mut Fields<'_>,
    written: &Spanned<String>,
    folder: &str,
    tree: &Tree,
    files: &Files<'_>,
) -> Option<String> {
    let beside = format!("{folder}{}", written.value);
    // Only names that were listed are ever opened, so `..` and absolute paths lead nowhere.
    if tree.contains(&beside) {
        return Some(beside);
    }
    let from_top = format!("{}{}", tree.root(), written.value);
    if tree.contains(&from_top) {
        return Some(from_top);
    }
    if tree.is_hidden(&beside) || tree.is_hidden(&from_top) {
        return None;
    }
    let mut diagnostic = Diagnostic::error(
        files.code,
        written.span,
        format!("the {} \"{}\" is not in the folder", files.what, written.value),
    );
    let is_alike = |name: &str| files.alike.is_empty() || files.alike.contains(&&*ending(name));
    let near = tree
        .below(folder)
        .map(|path| &path[folder.len()..])
        .filter(|name| !name.contains('/') && !name.ends_with(".md") && is_alike(name))
        .take(10_000);
    diagnostic = match nearest(&written.value, near) {
        Some(near) => diagnostic.label(format!("did you mean \"{near}\"?")),
        None if fields.is_row() => diagnostic.hint(format!(
            "put it into the folder {folder}, or write its path from the top of the site's folder"
        )),
        None => diagnostic
            .hint("put it beside this file, or write its path from the top of the site's folder"),
    };
    fields.report(diagnostic);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_become_links() {
        for (text, expected) in [
            ("ana@shop.example", true),
            ("a.b+c@x.example", true),
            ("ana@shop", false),
            ("@shop.example", false),
            ("a b@shop.example", false),
            ("a@shop.example?bcc=x", false),
            ("a@x.example\"><script>", false),
        ] {
            assert_eq!(is_email(text), expected, "{text}");
        }
    }
}
