//! Consumes a [`Draft`]; returns a [`Site`], or every problem found.
//!
//! All problems are reported at once. A thing with a problem that leaves no sensible page (no
//! name, fields that cannot be read, a name that cannot be an address) is left out of the site;
//! any other problem leaves out the one value. So the site that comes back is always sound, and
//! the caller decides whether one with errors is good enough: the preview shows it, `build` refuses it.

mod brand;
mod claims;
mod fields;
mod items;
mod materials;
mod members;
mod particulars;
mod payment;
mod places;
mod price;
mod privacy;
mod protocol;
mod publish;
mod retell;
mod shipping;
mod site;
mod sounds;
mod terms;
mod trade;
mod untranslated;
mod variants;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

pub(crate) use items::{EXAMPLE_EMAIL, is_email, telephone_digits};
pub(crate) use privacy::told_in;
pub(crate) use protocol::shown_words;
pub use retell::retell;
pub use site::Site;
pub use untranslated::{Original, Untranslated, untranslated};

use fields::{Fields, Languages};
use items::{Around, Found, Hidden, ProductDraft, Resolve};
use site::Checked;
use terms::Terms;

use crate::diag::{Diagnostic, Diagnostics, Span, Spanned, codes, nearest};
use crate::model::{
    Audience, Availability, BaseUrl, BaseUrlError, Collection, Currency, Date, Design, DesignIx,
    FreePage, HomeRegister, ListKind, Locale, Look, MemberIx, Order, PhotoRef, Price, Producer,
    ProducerIx, Product, ProductIx, Scheme, SiteKind, Slug, SlugError, Supplier, Text, ThemeName,
    Typeface, Weave, pool,
};
use crate::provenance::did::Did;
use crate::read::{self, Draft, Item, Tree, Value};

/// What came of checking.
#[derive(Debug)]
pub struct Outcome {
    /// The site without what had to be left out; `None` if `site.toml` itself cannot be used.
    pub site: Option<Site>,
    /// Everything that was found.
    pub diagnostics: Diagnostics,
    /// The files, for showing the diagnostics.
    pub sources: crate::diag::Sources,
}

/// Reads and checks a folder.
///
/// # Errors
/// If there is no site in the folder, or it cannot be looked into.
pub fn load(root: &Path) -> Result<Outcome, read::ReadError> {
    Ok(check(read::load(root, &mut read::Memory::default(), read::Changed::All)?))
}

/// Reads and checks a folder as it is on a day; see [`check_on`].
///
/// # Errors
/// If there is no site in the folder, or it cannot be looked into.
pub fn load_on(root: &Path, day: Date) -> Result<Outcome, read::ReadError> {
    let draft = read::load(root, &mut read::Memory::default(), read::Changed::All)?;
    Ok(check_on(draft, Some(day)))
}

/// How many products the home page shows when nothing is chosen.
const FEATURED_DEFAULT: usize = 8;
/// Among how many of the newest products the home page looks for those that it shows by itself.
const FEATURED_AMONG: usize = 48;
/// The most products that the home page shows.
const FEATURED_MAX: usize = 24;
/// The most products beside a product.
const RELATED_MAX: usize = 4;
/// The most languages of a site.
const LANGUAGES_MAX: usize = 100;

/// Page names that the storefront needs itself.
const RESERVED_PAGES: [&str; 19] = [
    "products",
    "designs",
    "collections",
    "makers",
    "category",
    "region",
    "kind",
    "colour",
    "material",
    "theme",
    "photos",
    "assets",
    "records",
    "log",
    "v",
    "verify",
    "maker",
    "order",
    "search",
];

/// Checks a draft, and makes the site that everybody may see, on no day in particular: whatever comes
/// and goes by date is not there.
#[must_use]
pub fn check(draft: Draft) -> Outcome {
    check_as(draft, Audience::Public, None)
}

/// Reads and checks a folder as an audience may see it on a day.
///
/// # Errors
/// If there is no site in the folder, or it cannot be looked into.
pub fn load_as(root: &Path, audience: Audience, day: Date) -> Result<Outcome, read::ReadError> {
    let draft = read::load(root, &mut read::Memory::default(), read::Changed::All)?;
    Ok(check_as(draft, audience, Some(day)))
}

/// Checks a draft as everybody may see it on a day of UTC, which says what is in its season.
#[must_use]
pub fn check_on(draft: Draft, day: Option<Date>) -> Outcome {
    check_as(draft, Audience::Public, day)
}

/// Checks a draft, and makes the site for an audience on no day in particular.
#[must_use]
pub fn check_for(draft: Draft, audience: Audience) -> Outcome {
    check_as(draft, audience, None)
}

/// Checks a draft, and makes the site for an audience on a day: nothing that they may not see then is in it,
/// so no later stage can show it. Everything is checked all the same.
#[must_use]
pub fn check_as(mut draft: Draft, audience: Audience, day: Option<Date>) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    let (_, tags) = languages(&draft, &mut Diagnostics::default());
    sounds::unused(&draft, &mut diagnostics);
    let protocol = protocol::apply(&mut draft, &tags, day, &mut diagnostics);
    privacy::lint(&draft, &mut diagnostics);
    let members = members::prepare(&mut draft, &tags, day, &mut diagnostics);
    let (site, restricted) = check_site(&draft, &members, audience, day, &mut diagnostics);
    // What is for others is checked where it can be seen; most of what is found there is known already.
    let mut known: HashSet<String> = HashSet::new();
    for other in restricted.into_iter().filter(|other| *other != audience) {
        let mut more = Diagnostics::default();
        let _ = check_site(&draft, &members, other, day, &mut more);
        if known.is_empty() {
            known = diagnostics.iter().map(|diagnostic| format!("{diagnostic:?}")).collect();
        }
        // How much is still to be translated is told once.
        let is_told = diagnostics.iter().any(|known| known.code == codes::NOT_TRANSLATED);
        let more = more.into_iter().filter(|one| !is_told || one.code != codes::NOT_TRANSLATED);
        diagnostics.extend(more.filter(|diagnostic| known.insert(format!("{diagnostic:?}"))));
    }
    let mut withheld = protocol::withheld_photos(&draft, audience);
    withheld.extend(members.iter().flat_map(|own| protocol::withheld_photos(&own.draft, audience)));
    diagnostics.extend(draft.diagnostics);
    let sources = draft.sources;
    let site = site.filter(|_| protocol.doubt.is_none()).map(|mut site| {
        site.sources = sources.clone();
        site.hidden_names = protocol.names;
        site.hidden_photos = draft.tree.hidden().map(str::to_owned).collect();
        site.hidden_photos.extend(members.iter().flat_map(|member| member.hidden_photos.clone()));
        site.withheld_photos = withheld;
        let changes = members.iter().filter_map(|member| member.next_change);
        site.next_change = protocol.next.into_iter().chain(changes).min();
        site
    });
    Outcome { site, diagnostics, sources }
}

/// The site for an audience, and the audiences that something in the folder is kept for.
fn check_site(
    draft: &Draft,
    strangers: &[members::Prepared],
    audience: Audience,
    day: Option<Date>,
    diagnostics: &mut Diagnostics,
) -> (Option<Site>, BTreeSet<Audience>) {
    let (locales, tags) = languages(draft, diagnostics);
    let languages = Languages::of(&tags);
    let mut fields = Fields::of(&draft.site, "the site".to_owned(), languages);
    for name in ["languages", "hidden_names", "hide_photos", "accept"] {
        let _ = fields.value(name);
    }

    let name = fields.text("name");
    if name.is_none() && !draft.site.is_broken {
        fields.missing("name", "name = \"Hazel Shore\"");
    }
    let base_url = address(&mut fields, "base_url");
    let register = register(&mut fields, languages);
    let brand = brand::brand(&mut fields, languages);
    let kinds = [(SiteKind::Shop, "shop"), (SiteKind::Association, "association")];
    let kind = fields.choice("kind", &kinds).unwrap_or_default();
    let currency = fields.string("currency").and_then(|code| {
        let currency = Currency::from_code(&code.value);
        if currency.is_none() {
            fields.report(price::unknown_currency(&code));
        }
        currency
    });
    let tagline = fields.text("tagline");
    let description = fields.text("description");
    let notice = fields.text("notice");
    let complaints = fields.text("complaints");
    let cover = items::single_photo(&mut fields, "photo", "photo_alt", "", &draft.tree);
    let featured_names = fields.names("featured");
    let list_kinds = list_kinds(&mut fields, draft.member_list.is_some());
    let theme = fields.choice("theme", &ThemeName::ALL);
    let look = look(&mut fields, languages, &draft.tree);
    let order = order(&mut fields, languages);
    let shipping = shipping::shipping(&mut fields, currency, day);
    let shop_trade = trade::of_shop(&mut fields);
    let around = Around { tree: &draft.tree, languages, audience };
    let publish = publish::publish(&mut fields, languages);
    let mut terms = Terms::new(&mut fields, languages, &list_kinds);
    let maker = fields.group("maker");

    let mut found: Vec<(Found<Producer>, Vec<String>)> =
        draft.producers.par_iter().map(|item| items::producer(item, around)).collect();
    if let Some((table, span)) = maker {
        found.push(items::maker(table, span, draft.site.file, "", &draft.tree, languages));
    }
    let mut hidden = Hidden::default();
    let (own_producers, own_regions) = take_producers(found, diagnostics, &mut hidden);

    let found: Vec<_> = draft.designs.par_iter().map(|item| items::design(item, around)).collect();
    let own_designs =
        take(found, "designs", diagnostics, &mut hidden, |design: &Design| &design.id);

    let mut gathered = members::gather(strangers, &tags, currency);
    let mut from_strangers = Diagnostics::default();
    let (mut producers, regions, made_by) =
        join_producers(own_producers, own_regions, &mut gathered, &mut from_strangers);
    look_alikes(&producers, &draft.sources, diagnostics);
    let (mut designs, carried) = join_designs(own_designs, &mut gathered, &mut from_strangers);

    let found: Vec<_> = draft
        .products
        .par_iter()
        .map(|item| items::product(item, around, currency, &shop_trade))
        .collect();
    let drafts = take(found, "products", diagnostics, &mut hidden, |draft| &draft.product.id);
    let theirs = gathered.iter_mut().flat_map(|own| std::mem::take(&mut own.products));
    let drafts = members::among(
        drafts,
        theirs,
        |draft| &draft.product.id,
        |draft| draft.product.place,
        &mut from_strangers,
    );
    let mut members = Vec::with_capacity(gathered.len());
    let mut off = vec![&hidden];
    for own in &gathered {
        members.push(own.member.clone());
        off.push(&own.hidden);
    }
    let mut names: Vec<Names<'_>> = Vec::with_capacity(off.len());
    for ((producers, designs), hidden) in made_by.into_iter().zip(carried).zip(off) {
        names.push(Names { producers, designs, products: BTreeMap::new(), hidden });
    }
    for (names, own) in names[1..].iter_mut().zip(strangers) {
        names.carry(&own.carries, &designs, &mut from_strangers);
    }
    let mut products = resolve_products(
        drafts,
        &mut producers,
        &regions,
        &mut designs,
        &mut terms,
        &mut names,
        [diagnostics, &mut from_strangers],
    );
    drop(names);
    for own in &mut gathered {
        from_strangers.extend(std::mem::take(&mut own.found));
    }
    members::warn(from_strangers, diagnostics);
    for (at, producer) in producers.iter().enumerate() {
        if let Some(member) = producer.member {
            members[member.at()].producers.push(ProducerIx::of(at));
        }
    }
    let lists = terms.into_lists(&mut products, &locales[0]);
    let shipping = shipping.resolve(|name| {
        // A member's maker is meant by her id alone: her name is her own affair.
        let by_id = producers.iter().position(|producer| producer.id.as_str() == name.value);
        let is_called = |producer: &Producer| {
            producer.member.is_none() && producer.name.original() == name.value
        };
        let found = by_id.or_else(|| producers.iter().position(is_called)).map(ProducerIx::of);
        if found.is_none() && !hidden.contains("producers", &name.value) {
            let known = producers.iter().map(|producer| producer.id.as_str());
            diagnostics.push(unknown(name, "maker", "producers", known));
        }
        found
    });

    let found: Vec<_> = draft
        .collections
        .iter()
        .map(|item| {
            let resolve =
                Resolve { products: &products, lists: &lists, designs: &designs, hidden: &hidden };
            items::collection(item, around, &resolve)
        })
        .collect();
    let collections =
        take(found, "collections", diagnostics, &mut hidden, |collection: &Collection| {
            &collection.id
        });

    let found: Vec<_> = draft.pages.iter().map(|item| items::page(item, around)).collect();
    let pages = take(found, "pages", diagnostics, &mut hidden, |page: &FreePage| &page.id);
    let pages =
        pages.into_iter().filter(|page| page_name_is_free(page, &tags, diagnostics)).collect();

    let featured = featured(&featured_names, &products, &hidden, &mut fields);
    if order.channels.is_empty() && !products.is_empty() {
        // A price that is asked for cannot be paid.
        let is_paid =
            |product: &Product| product.pay.is_some() && product.price != Price::OnRequest;
        let is_reachable = products.iter().all(|product| {
            is_paid(product)
                || product.made_by.iter().any(|ix| !producers[ix.at()].channels.is_empty())
        });
        if !is_reachable {
            fields.report(
                Diagnostic::warning(
                    codes::NO_ORDER_CHANNEL,
                    fields.whole(),
                    "nobody can order from this site yet",
                )
                .hint("add to site.toml: [order], and below it email = \"name@shop.example\""),
            );
        }
    }
    let told = fields.finish();
    let is_in_doubt = fields::is_in_doubt(told.iter());
    diagnostics.extend(told);
    for product in &products {
        if let Some(diagnostic) = materials::unresolved(product, &shipping) {
            diagnostics.push(diagnostic);
        }
    }

    let restricted = hidden.audiences().clone();
    // With a rule for the whole site that is not understood, nobody knows what may be shown.
    let Some(name) = name.filter(|_| !is_in_doubt) else { return (None, restricted) };
    let site = Site {
        kind,
        name,
        tagline,
        description,
        notice,
        complaints,
        base_url,
        register,
        brand,
        locales,
        currency,
        theme,
        look,
        cover,
        featured,
        is_featured_chosen: !featured_names.is_empty(),
        audience,
        order,
        wholesale_note: shop_trade.note.filter(|_| audience == Audience::Trade),
        shipping,
        publish,
        members,
        producers,
        products,
        designs,
        collections,
        pages,
        lists,
        hidden_names: Vec::new(),
        hidden_photos: Vec::new(),
        withheld_photos: BTreeSet::new(),
        next_change: None,
        sources: crate::diag::Sources::default(),
        _checked: Checked,
    };
    brand::taken(&site, diagnostics);
    untranslated::notice(&site, diagnostics);
    (Some(site), restricted)
}

/// The languages are needed before any other field can be read.
fn languages(draft: &Draft, diagnostics: &mut Diagnostics) -> (Vec<Locale>, Vec<String>) {
    let english: Locale = "en".parse().expect("a language");
    let mut locales: Vec<Locale> = Vec::new();
    if let Some((_, value)) = draft.site.fields.get("languages") {
        let items = match &value.value {
            Value::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for item in items {
            let parsed = match &item.value {
                Value::String(tag) => tag.parse::<Locale>().ok(),
                _ => None,
            };
            match parsed {
                Some(locale) if locales.contains(&locale) => {}
                Some(_) if locales.len() == LANGUAGES_MAX => {
                    let words = format!("a site has at most {LANGUAGES_MAX} languages");
                    diagnostics.push(Diagnostic::error(codes::TOO_LARGE, item.span, words));
                    break;
                }
                Some(locale) => locales.push(locale),
                None => diagnostics.push(
                    Diagnostic::error(
                        codes::BAD_LANGUAGE,
                        item.span,
                        "this is not the tag of a language",
                    )
                    .label("write for example languages = [\"en\", \"es\"]"),
                ),
            }
        }
    }
    if locales.is_empty() {
        locales.push(english);
    }
    let tags = locales.iter().map(|locale| locale.tag().to_owned()).collect();
    (locales, tags)
}

/// The register of an association in which the records of this folder are kept.
fn register(fields: &mut Fields<'_>, languages: Languages<'_>) -> Option<HomeRegister> {
    let (table, span) = fields.group("register")?;
    let mut group = Fields::new(table, span, "the register".to_owned(), languages);
    let address = address(&mut group, "address");
    if address.is_none() {
        group.missing("address", "address = \"https://association.example/\"");
    }
    let signs_as = group.string("signs_as").and_then(|written| {
        let is_key = matches!(Did::parse(&written.value), Some(Did::Key(_)));
        if !is_key {
            group.report(
                Diagnostic::error(codes::BAD_VALUE, written.span, "this is not the name of a key")
                    .label("`selvedge keys new` writes it; it starts with did:key:z6Mk"),
            );
        }
        is_key.then_some(written.value)
    });
    for diagnostic in group.finish() {
        fields.report(diagnostic);
    }
    Some(HomeRegister { address: address?, signs_as })
}

fn address(fields: &mut Fields<'_>, name: &'static str) -> Option<BaseUrl> {
    let written = fields.string(name)?;
    match BaseUrl::parse(&written.value) {
        Ok(url) => Some(url),
        Err(error) => {
            let words = match error {
                BaseUrlError::Scheme => "the address of the site does not start with https://",
                BaseUrlError::Host => {
                    "the address of the site has a name with characters that cannot be there (write it in small letters; names in other scripts in their xn-- form)"
                }
                BaseUrlError::Path => {
                    "the path of the site's address has characters that cannot be there"
                }
                BaseUrlError::Extra => "the address of the site has a ?, # or @ in it",
            };
            fields.report(
                Diagnostic::error(codes::BAD_ADDRESS, written.span, words)
                    .label(format!("write for example {name} = \"https://shop.example/\"")),
            );
            None
        }
    }
}

fn list_kinds(fields: &mut Fields<'_>, has_members: bool) -> Vec<ListKind> {
    let written = fields.value("lists").is_some().then(|| fields.names("lists"));
    let Some(written) = written else {
        if has_members {
            // Which lists there are is not for a member to say.
            return vec![ListKind::Category, ListKind::Maker, ListKind::Region, ListKind::Kind];
        }
        // A list that no product is in has no page.
        return ListKind::ALL.iter().map(|(kind, _)| *kind).collect();
    };
    let mut kinds = Vec::new();
    for name in written {
        match ListKind::ALL.iter().find(|(_, word)| *word == name.value) {
            Some((kind, _)) => kinds.push(*kind),
            None => {
                let words: Vec<&str> = ListKind::ALL.iter().map(|(_, word)| *word).collect();
                fields.report(
                    Diagnostic::error(
                        codes::BAD_VALUE,
                        name.span,
                        format!("there is no list by \"{}\"", name.value),
                    )
                    .hint(format!("the lists are: {}", words.join(", "))),
                );
            }
        }
    }
    kinds
}

fn colour(fields: &mut Fields<'_>, written: &Spanned<String>) -> Option<String> {
    let digits = written.value.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(written.value.to_ascii_lowercase());
    }
    fields.report(
        Diagnostic::error(codes::BAD_COLOUR, written.span, "this is not a colour")
            .label("write for example \"#8a3b2a\""),
    );
    None
}

fn look(fields: &mut Fields<'_>, languages: Languages<'_>, tree: &Tree) -> Look {
    let Some((table, span)) = fields.group("look") else { return Look::default() };
    let mut group = Fields::new(table, span, "the look".to_owned(), languages);
    let mut one = |name| group.string(name).and_then(|written| colour(&mut group, &written));
    let (accent, ground, second) = (one("accent"), one("ground"), one("second"));
    let schemes = [(Scheme::Auto, "auto"), (Scheme::Light, "light"), (Scheme::Dark, "dark")];
    let scheme = group.choice("scheme", &schemes).unwrap_or_default();
    let headings = typeface(&mut group, "headings", tree);
    let text = typeface(&mut group, "text", tree);
    let stripes = group.names("stripes");
    let stripes = stripes.iter().take(24).filter_map(|stripe| colour(&mut group, stripe)).collect();
    let weaves =
        [(Weave::Plain, "plain"), (Weave::Twill, "twill"), (Weave::Herringbone, "herringbone")];
    let weave = group.choice("weave", &weaves).unwrap_or_default();
    for diagnostic in group.finish() {
        fields.report(diagnostic);
    }
    Look { accent, ground, second, scheme, headings, text, stripes, weave }
}

/// A choice of faces: one of ours by its name, or a font in the folder `fonts/`.
fn typeface(fields: &mut Fields<'_>, name: &'static str, tree: &Tree) -> Option<Typeface> {
    let written = fields.string(name)?;
    if let Some(face) = Typeface::built_in(&written.value) {
        return Some(face);
    }
    let stem = |path: &'_ str| -> Option<String> {
        let stem = path.strip_prefix("fonts/")?.strip_suffix(".woff2")?;
        Some(stem.to_owned())
    };
    let own: Vec<String> = tree.below("fonts/").filter_map(stem).collect();
    if own.contains(&written.value) {
        return Some(Typeface::Own(written.value));
    }
    let built_in = Typeface::BUILT_IN.iter().map(|(_, name)| *name);
    let known: Vec<&str> = built_in.chain(own.iter().map(String::as_str)).collect();
    let mut diagnostic = Diagnostic::error(
        codes::BAD_VALUE,
        written.span,
        format!("there are no letters called \"{}\"", written.value),
    )
    .hint(format!("it is one of: {}", known.join(", ")));
    diagnostic = match nearest(&written.value, known.iter().copied()) {
        Some(near) => diagnostic.label(format!("did you mean \"{near}\"?")),
        None => diagnostic.hint(format!(
            "for a font of your own lay its file into the folder fonts: fonts/{}.woff2",
            if is_plain_name(&written.value) { &written.value } else { "my-font" }
        )),
    };
    fields.report(diagnostic);
    None
}

fn is_plain_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.len() <= 40 && name.chars().all(is_plain)
}

fn order(fields: &mut Fields<'_>, languages: Languages<'_>) -> Order {
    let Some((table, span)) = fields.group("order") else { return Order::default() };
    let mut group = Fields::new(table, span, "the part [order]".to_owned(), languages);
    let channels = items::channels(&mut group);
    let wanted = group.names("channels");
    let mut ordered = Vec::new();
    for name in &wanted {
        match channels.iter().find(|channel| channel.name() == name.value) {
            Some(channel) => ordered.push(channel.clone()),
            None if ["whatsapp", "sms", "email", "phone"].contains(&name.value.as_str()) => {
                if table.get(&name.value).is_none() {
                    group.report(
                        Diagnostic::error(
                            codes::BAD_CONTACT,
                            name.span,
                            format!("orders are to come by {0}, but no {0} is given", name.value),
                        )
                        .label(format!("add a line {} = \"…\" below [order]", name.value)),
                    );
                }
            }
            None => group.report(
                Diagnostic::error(
                    codes::BAD_VALUE,
                    name.span,
                    format!("there is no way of ordering by \"{}\"", name.value),
                )
                .hint("the ways are: whatsapp, sms, email, phone"),
            ),
        }
    }
    let pay = payment::payments(&mut group);
    let note = group.text("note");
    for diagnostic in group.finish() {
        fields.report(diagnostic);
    }
    Order { channels: if wanted.is_empty() { channels } else { ordered }, pay, note }
}

/// Collects what was found, drops what was left out, reports ids that occur twice; in order of id.
fn take<T>(
    found: Vec<Found<T>>,
    folder: &'static str,
    diagnostics: &mut Diagnostics,
    hidden: &mut Hidden,
    id: impl Fn(&T) -> &Slug,
) -> Vec<T> {
    let mut kept: Vec<(T, Span, bool)> = Vec::with_capacity(found.len());
    let mut taken_off: BTreeMap<Slug, Span> = BTreeMap::new();
    for found in found {
        let Found { thing, place, is_row, diagnostics: own, hidden: off, hidden_names, audience } =
            found;
        diagnostics.extend(own);
        hidden.note(audience);
        if let Some(id) = off {
            taken_off.entry(id.clone()).or_insert(place);
            hidden.add(folder, id);
        }
        hidden.add_names(folder, hidden_names);
        kept.extend(thing.map(|thing| (thing, place, is_row)));
    }
    // Of two things with one id, one of them hidden, nobody knows which is meant.
    kept.retain(|(thing, place, _)| {
        let slug = id(thing);
        let Some(first) = taken_off.get(slug) else { return true };
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE,
                *place,
                format!("there are two things with the id \"{slug}\", and one of them is hidden"),
            )
            .related(*first, "the hidden one")
            .hint("rename or remove one of the two; until then neither is shown"),
        );
        false
    });
    // The folder was read in order, so there is next to nothing to move.
    kept.sort_by(|(a, ..), (b, ..)| id(a).cmp(id(b)));
    kept.dedup_by(|(thing, place, is_row), (before, first, is_first_row)| {
        let slug = id(thing);
        if slug != id(before) {
            return false;
        }
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE,
                *place,
                format!("there are two things with the id \"{slug}\""),
            )
            .related(*first, "the first one")
            .hint(match (*is_row, *is_first_row) {
                (false, false) => "rename or remove one of the two files",
                (true, true) => "give one of the two rows another id, in the column `id`, or take it out",
                _ => "one is a file and one a row: take the row out of the table, or give one of them another id",
            }),
        );
        true
    });
    kept.into_iter().map(|(thing, ..)| thing).collect()
}

fn take_producers(
    found: Vec<(Found<Producer>, Vec<String>)>,
    diagnostics: &mut Diagnostics,
    hidden: &mut Hidden,
) -> (Vec<Producer>, Vec<Vec<String>>) {
    let paired = found
        .into_iter()
        .map(|(found, regions)| Found {
            thing: found.thing.map(|producer| (producer, regions)),
            place: found.place,
            is_row: found.is_row,
            diagnostics: found.diagnostics,
            hidden: found.hidden,
            hidden_names: found.hidden_names,
            audience: found.audience,
        })
        .collect();
    take(paired, "producers", diagnostics, hidden, |(producer, _): &(Producer, _)| &producer.id)
        .into_iter()
        .unzip()
}

/// Two makers whose names look the same would be taken for each other (UTS 39 §4).
fn look_alikes(
    producers: &[Producer],
    sources: &crate::diag::Sources,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: BTreeMap<String, &Producer> = BTreeMap::new();
    for producer in producers {
        let name = producer.name.original();
        let folded = name.to_lowercase();
        let skeleton: String = unicode_security::skeleton(&folded).collect();
        match seen.get(&skeleton) {
            Some(other) => {
                let code_points: Vec<String> = name
                    .chars()
                    .filter(|c| !c.is_ascii())
                    .map(|c| format!("{c} U+{:04X}", u32::from(c)))
                    .collect();
                let mut diagnostic = Diagnostic::warning(
                    codes::LOOK_ALIKE,
                    Span::file_start(producer.file),
                    format!("the name \"{name}\" looks like \"{}\"", other.name.original()),
                )
                .hint(format!("the other one is described in {}", sources.path(other.file)));
                if !code_points.is_empty() {
                    diagnostic =
                        diagnostic.hint(format!("unusual letters: {}", code_points.join(", ")));
                }
                diagnostics.push(diagnostic);
            }
            None => {
                seen.insert(skeleton, producer);
            }
        }
    }
}

/// Puts the makers of the site and of its members into one list, with the regions of each; and for the site and each
/// member by what names her products may mean them.
#[expect(clippy::type_complexity, reason = "three lists that go together")]
fn join_producers(
    own: Vec<Producer>,
    own_regions: Vec<Vec<String>>,
    gathered: &mut [members::Gathered],
    found: &mut Diagnostics,
) -> (Vec<Producer>, Vec<Vec<String>>, Vec<BTreeMap<String, u32>>) {
    type Made = (Producer, Vec<String>, Slug);
    let own: Vec<Made> = own
        .into_iter()
        .zip(own_regions)
        .map(|(producer, regions)| (producer.clone(), regions, producer.id))
        .collect();
    let theirs = gathered.iter_mut().flat_map(|own| std::mem::take(&mut own.producers));
    let theirs = theirs.map(|made| (made.thing.0, made.thing.1, made.id));
    let all = members::among(
        own,
        theirs,
        |made: &Made| &made.0.id,
        |made| Span::file_start(made.0.file),
        found,
    );
    let things =
        all.iter().map(|(producer, _, id)| (producer.member, &producer.id, id, &producer.name));
    let names = names_of(gathered.len(), things);
    let (mut producers, mut regions) = (Vec::new(), Vec::new());
    for (producer, own, _) in all {
        producers.push(producer);
        regions.push(own);
    }
    (producers, regions, names)
}

/// The same with designs.
fn join_designs(
    own: Vec<Design>,
    gathered: &mut [members::Gathered],
    found: &mut Diagnostics,
) -> (Vec<Design>, Vec<BTreeMap<String, u32>>) {
    type Drawn = (Design, Slug);
    let own: Vec<Drawn> = own.into_iter().map(|design| (design.clone(), design.id)).collect();
    let theirs = gathered.iter_mut().flat_map(|own| std::mem::take(&mut own.designs));
    let theirs = theirs.map(|drawn| (drawn.thing, drawn.id));
    let all = members::among(
        own,
        theirs,
        |drawn: &Drawn| &drawn.0.id,
        |drawn| Span::file_start(drawn.0.file),
        found,
    );
    let things = all.iter().map(|(design, id)| (design.member, &design.id, id, &design.name));
    let names = names_of(gathered.len(), things);
    (all.into_iter().map(|(design, _)| design).collect(), names)
}

/// Positions by name: for the site itself ids of all things and the names of its own, for each member what is in her
/// folder, as she calls it. An id wins over another thing's name.
fn names_of<'a>(
    members: usize,
    things: impl Iterator<Item = (Option<MemberIx>, &'a Slug, &'a Slug, &'a Text)> + Clone,
) -> Vec<BTreeMap<String, u32>> {
    let mut names = vec![BTreeMap::new(); 1 + members];
    let at = |position: usize| u32::try_from(position).expect("fewer than 2^32 things");
    for (position, (member, .., name)) in things.clone().enumerate() {
        names[whose(member)].entry(name.original().to_owned()).or_insert(at(position));
    }
    for (position, (member, id, own_id, _)) in things.enumerate() {
        names[whose(member)].insert(own_id.as_str().to_owned(), at(position));
        names[0].insert(id.as_str().to_owned(), at(position));
    }
    names
}

/// The place of the site itself, or of a member, in lists of both.
fn whose(member: Option<MemberIx>) -> usize {
    member.map_or(0, |member| 1 + member.at())
}

/// What the products of the site, or of a member, may mean by a name.
struct Names<'h> {
    producers: BTreeMap<String, u32>,
    designs: BTreeMap<String, u32>,
    products: BTreeMap<Slug, ProductIx>,
    hidden: &'h Hidden,
}

impl Names<'_> {
    /// Lets a member's things carry designs of the association.
    fn carry(&mut self, ids: &[Spanned<String>], designs: &[Design], found: &mut Diagnostics) {
        for id in ids {
            let own = designs.iter().position(|d| d.member.is_none() && d.id.as_str() == id.value);
            match own {
                Some(at) => {
                    let at = u32::try_from(at).expect("fewer than 2^32 things");
                    self.designs.entry(id.value.clone()).or_insert(at);
                }
                None => {
                    let known = designs.iter().filter(|d| d.member.is_none());
                    found.push(unknown(id, "design", "designs", known.map(|d| d.id.as_str())));
                }
            }
        }
    }
}

/// Puts products into their final order and turns names into indices. What is wrong with the site's own goes to the first
/// of `found`, what is wrong with members' to the second.
#[expect(clippy::vec_box, reason = "they are sorted and moved; a draft has 900 bytes")]
fn resolve_products(
    mut drafts: Vec<Box<ProductDraft>>,
    producers: &mut [Producer],
    regions: &[Vec<String>],
    designs: &mut [Design],
    terms: &mut Terms,
    names: &mut [Names<'_>],
    found: [&mut Diagnostics; 2],
) -> Vec<Arc<Product>> {
    drafts.sort_by(|a, b| {
        b.product.date.cmp(&a.product.date).then_with(|| a.product.id.cmp(&b.product.id))
    });
    for (at, draft) in drafts.iter().enumerate() {
        let ix = ProductIx::of(at);
        let member = draft.product.member;
        names[whose(member)].products.insert(draft.own_id.clone(), ix);
        if member.is_some() {
            names[0].products.insert(draft.product.id.clone(), ix);
        }
    }
    let mut makers = vec![Vec::new(); names.len()];
    for (at, producer) in producers.iter().enumerate() {
        makers[whose(producer.member)].push(ProducerIx::of(at));
    }
    let mut related_names = vec![Vec::new(); drafts.len()];
    // The site's own first: its words for terms are those that all see.
    let (own, theirs): (Vec<usize>, Vec<usize>) =
        (0..drafts.len()).partition(|at| drafts[*at].product.member.is_none());
    for at in own.into_iter().chain(theirs) {
        let ix = ProductIx::of(at);
        let draft = &mut *drafts[at];
        let (made_by, carried, term_names) = (
            std::mem::take(&mut draft.made_by),
            std::mem::take(&mut draft.designs),
            std::mem::take(&mut draft.term_names),
        );
        let product = Arc::make_mut(&mut draft.product);
        let member = product.member;
        let names = &names[whose(member)];
        let diagnostics = &mut *found[usize::from(member.is_some())];
        product.supplied_by = std::mem::take(&mut draft.supplied_by)
            .into_iter()
            // An id tells who it is as well as a name does.
            .filter(|name| {
                names.producers.contains_key(name.original())
                    || !names.hidden.contains("producers", name.original())
            })
            .map(|name| {
                let producer = names.producers.get(name.original()).map(|at| ProducerIx(*at));
                Supplier { name, producer }
            })
            .collect();
        for name in &made_by {
            match names.producers.get(name.value.as_str()) {
                Some(found) => {
                    let found = ProducerIx(*found);
                    if !product.made_by.contains(&found) {
                        product.made_by.push(found);
                        producers[found.at()].products.push(ix);
                    }
                }
                None if names.hidden.contains("producers", &name.value) => {}
                None => diagnostics.push(unknown(
                    name,
                    "maker",
                    "producers",
                    names.producers.keys().map(String::as_str),
                )),
            }
        }
        for (name, per_month) in std::mem::take(&mut draft.pool) {
            if let Some(maker) = names.producers.get(name.value.as_str()) {
                product.pool.push(pool::Share { maker: ProducerIx(*maker), per_month });
            }
        }
        // In a shop of one maker everything is hers.
        if made_by.is_empty()
            && let [only] = makers[whose(member)][..]
            && !names.hidden.has_some("producers")
        {
            product.made_by.push(only);
            producers[only.at()].products.push(ix);
        }
        for name in &carried {
            match names.designs.get(name.value.as_str()) {
                Some(found) => {
                    let found = DesignIx(*found);
                    if !product.designs.contains(&found) {
                        product.designs.push(found);
                        designs[found.at()].products.push(ix);
                    }
                }
                None if names.hidden.contains("designs", &name.value) => {}
                None => {
                    let known = names.designs.keys().map(String::as_str);
                    diagnostics.push(unknown(name, "design", "designs", known));
                }
            }
        }
        let mut add = |product: &mut Product, kind, name: &str| match member {
            None => terms.add(product, kind, name),
            Some(_) => terms.add_of_member(product, kind, name),
        };
        let has_region = term_names.iter().any(|(kind, _)| *kind == ListKind::Region);
        for (kind, name) in &term_names {
            add(product, *kind, &name.value);
        }
        if !has_region {
            for maker in product.made_by.clone() {
                for region in &regions[maker.at()] {
                    add(product, ListKind::Region, region);
                }
            }
        }
        if let Some(kind) = product.kind {
            terms.add(product, ListKind::Kind, kind.name());
        }
        for maker in product.made_by.clone() {
            let producer = &producers[maker.at()];
            terms.add_maker(product, maker, &producer.id, &producer.name);
        }
        related_names[at] = std::mem::take(&mut draft.related);
    }
    let mut products: Vec<Arc<Product>> = drafts.into_iter().map(|draft| draft.product).collect();
    for producer in producers {
        producer.products.sort_unstable();
    }
    for design in designs {
        design.products.sort_unstable();
    }
    for (at, wanted) in related_names.iter().enumerate() {
        let member = products[at].member;
        let names = &names[whose(member)];
        for name in wanted {
            let slug = Slug::parse(&name.value).ok();
            match slug.and_then(|slug| names.products.get(&slug).copied()) {
                Some(ix) if ix.at() == at => {}
                Some(ix) => Arc::make_mut(&mut products[at]).related.push(ix),
                None if names.hidden.contains("products", &name.value) => {}
                None => {
                    let known = names.products.keys().map(Slug::as_str);
                    let diagnostics = &mut *found[usize::from(member.is_some())];
                    diagnostics.push(unknown(name, "product", "products", known));
                }
            }
        }
        let product = Arc::make_mut(&mut products[at]);
        product.related.truncate(RELATED_MAX);
        product.is_related_chosen = !product.related.is_empty();
    }
    relate(&mut products);
    products
}

/// Gives each product without related ones the next four of its first category, in a ring, those with
/// photographs first; where there are fewer, the next ones of the whole shop. Beside a member's stand hers alone.
fn relate(products: &mut [Arc<Product>]) {
    let mut rings: BTreeMap<_, Vec<ProductIx>> = BTreeMap::new();
    let mut shops: BTreeMap<Option<MemberIx>, Vec<ProductIx>> = BTreeMap::new();
    for (at, product) in products.iter().enumerate() {
        let ix = ProductIx::of(at);
        rings.entry((product.member, product.terms.first().copied())).or_default().push(ix);
        shops.entry(product.member).or_default().push(ix);
    }
    for ((member, _), ring) in &rings {
        let all = &shops[member];
        for (at, ix) in ring.iter().enumerate() {
            if !products[ix.at()].related.is_empty() {
                continue;
            }
            // What can be seen goes before what cannot, among the nearest.
            let near = ring.iter().cycle().skip(at + 1).take((3 * RELATED_MAX).min(ring.len() - 1));
            let mut related: Vec<ProductIx> = near.copied().collect();
            related.sort_by_key(|ix| products[ix.at()].photos.is_empty());
            related.truncate(RELATED_MAX);
            // At most this many are looked at, because no more than these can be taken already.
            let place = all.binary_search(ix).unwrap_or_else(|place| place);
            let others =
                all.iter().cycle().skip(place + 1).take((2 * RELATED_MAX).min(all.len() - 1));
            for other in others {
                if related.len() < RELATED_MAX && !related.contains(other) {
                    related.push(*other);
                }
            }
            Arc::make_mut(&mut products[ix.at()]).related = related;
        }
    }
}

fn unknown<'a>(
    name: &Spanned<String>,
    what: &str,
    folder: &str,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let words = format!("there is no {what} \"{}\"", name.value);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, name.span, words);
    match nearest(&name.value, known) {
        Some(near) => diagnostic.label(format!("did you mean \"{near}\"?")),
        None => {
            let id = Slug::from_name(&name.value);
            diagnostic.hint(format!(
                "make a file {folder}/{id}.md with a line name = \"…\", or take the name out"
            ))
        }
    }
}

fn featured(
    names: &[Spanned<String>],
    products: &[Arc<Product>],
    hidden: &Hidden,
    fields: &mut Fields<'_>,
) -> Vec<ProductIx> {
    if names.is_empty() {
        // The newest, of which those that can be seen and had go first.
        let is_plain = |ix: &ProductIx| {
            let product = &products[ix.at()];
            product.photos.is_empty() || product.availability == Availability::SoldOut
        };
        let mut seen: BTreeMap<MemberIx, usize> = BTreeMap::new();
        let newest = (0..products.len()).map(ProductIx::of).filter(|ix| {
            products[ix.at()].member.is_none_or(|member| {
                let count = seen.entry(member).or_default();
                *count += 1;
                *count <= FEATURED_DEFAULT
            })
        });
        let newest = newest.take(FEATURED_AMONG);
        let (plain, mut featured): (Vec<_>, Vec<_>) = newest.partition(is_plain);
        featured.extend(plain);
        // None of the members fills the page of all: the first of each comes before the second of any.
        let mut counts: BTreeMap<MemberIx, usize> = BTreeMap::new();
        let turns: HashMap<ProductIx, usize> = featured
            .iter()
            .map(|ix| {
                let turn = products[ix.at()].member.map_or(0, |member| {
                    let count = counts.entry(member).or_default();
                    *count += 1;
                    *count
                });
                (*ix, turn)
            })
            .collect();
        featured.sort_by_key(|ix| turns[ix]);
        featured.truncate(FEATURED_DEFAULT);
        return featured;
    }
    let mut featured = Vec::new();
    for name in names.iter().take(FEATURED_MAX) {
        match products.iter().position(|product| product.id.as_str() == name.value) {
            Some(at) => featured.push(ProductIx::of(at)),
            None if hidden.contains("products", &name.value) => {}
            None => {
                let known = products.iter().map(|product| product.id.as_str());
                fields.report(unknown(name, "product", "products", known));
            }
        }
    }
    featured
}

fn page_name_is_free(page: &FreePage, tags: &[String], diagnostics: &mut Diagnostics) -> bool {
    let id = page.id.as_str();
    let is_taken =
        RESERVED_PAGES.contains(&id) || tags.iter().any(|tag| tag.eq_ignore_ascii_case(id));
    if is_taken {
        let words = format!("a page cannot be called \"{id}\": the shop itself uses that address");
        diagnostics.push(
            Diagnostic::error(codes::BAD_FILE_NAME, Span::file_start(page.file), words)
                .hint(format!("rename the file, for example to pages/our-{id}.md")),
        );
    }
    !is_taken
}

/// The id of a thing from the name of its file, or why it cannot be one.
fn id_of(item: &Item, what: &str, diagnostics: &mut Diagnostics) -> Option<Slug> {
    let error = match Slug::parse(&item.id) {
        Ok(slug) => return Some(slug),
        Err(error) => error,
    };
    let words = match error {
        SlugError::Reserved => {
            format!("{what} cannot be called \"{}\": Windows keeps this name", item.id)
        }
        SlugError::TooLong => format!("the name of {what} is longer than 100 characters"),
        SlugError::Empty | SlugError::Character => {
            format!("{what} \"{}\" needs a name of small letters, digits and hyphens", item.id)
        }
    };
    let better = Slug::from_name(&item.id);
    let hint = match item.document.is_row {
        true => format!("write for example {better} into the column `id`"),
        false => format!("rename it, for example to \"{better}\""),
    };
    diagnostics
        .push(Diagnostic::error(codes::BAD_FILE_NAME, item.document.start, words).hint(hint));
    None
}

fn photo_ref(path: String, alt: Option<Text>) -> PhotoRef {
    PhotoRef { path, alt }
}

#[cfg(test)]
mod tests;
