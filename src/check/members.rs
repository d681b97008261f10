//! The members of an association: each has a folder of her own, which is a stranger's.
//!
//! Nothing in one folder changes what is said of another's things. Ids begin with the member's, names are looked up in her
//! own folder only, what is shown beside a product is hers, and a term that the association does not name itself is called
//! by what it is in small letters, so that nobody decides for others how it is written. What is wrong in a member's folder is
//! a warning: that part is left out, and the site is built. What she hides, keeps for dealers or for a season is not
//! taken over either.

use std::collections::BTreeSet;

use std::sync::Arc;

use rayon::prelude::*;

use crate::diag::{Diagnostic, Diagnostics, Severity, Sources, Span, Spanned, codes};
use crate::model::{
    Audience, Currency, Date, Design, LocaleIx, Member, MemberIx, Order, Producer, Slug, Text,
    Trade,
};
use crate::read::{Draft, MemberFolder, Value};

use super::fields::{Fields, Languages};
use super::items::{self, Around, Hidden, ProductDraft};
use super::{address, order, privacy, protocol, take, take_producers};

/// What of a member's is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Products,
    Makers,
    Designs,
}

impl Scope {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Products, "products"), (Self::Makers, "makers"), (Self::Designs, "designs")];
}

/// A member whose folder was read.
pub(super) struct Prepared {
    id: Slug,
    /// Where `members.toml` names her.
    place: Span,
    prefix: String,
    first: LocaleIx,
    scope: Vec<Scope>,
    /// The association's own designs that her things may carry.
    pub(super) carries: Vec<Spanned<String>>,
    pub(super) draft: Draft,
    /// The name under which she signs, as the association has it; what her own folder says of that is not asked.
    signs_as: Option<String>,
    /// Her photographs that are off the site.
    pub(super) hidden_photos: Vec<String>,
    /// When something of hers next comes or goes.
    pub(super) next_change: Option<Date>,
}

/// What is taken over from a member.
pub(super) struct Gathered {
    pub(super) member: Member,
    pub(super) producers: Vec<Own<(Producer, Vec<String>)>>,
    pub(super) designs: Vec<Own<Design>>,
    #[expect(clippy::vec_box, reason = "they are moved and sorted; a draft has 900 bytes")]
    pub(super) products: Vec<Box<ProductDraft>>,
    pub(super) hidden: Hidden,
    pub(super) found: Diagnostics,
}

/// A thing with the id that it has in its own folder.
pub(super) struct Own<T> {
    pub(super) thing: T,
    pub(super) id: Slug,
}

/// Adds what was found in a member's folder: it stops nothing here.
pub(super) fn warn(found: Diagnostics, diagnostics: &mut Diagnostics) {
    diagnostics.extend(found.into_iter().map(|mut diagnostic| {
        if diagnostic.severity == Severity::Error {
            diagnostic.severity = Severity::Warning;
            diagnostic = diagnostic
                .hint("it stands in a member's folder, so this part of it was left out; tell her");
        }
        diagnostic
    }));
}

/// Reads `members.toml`, and takes what is hidden out of each folder that it names.
pub(super) fn prepare(
    draft: &mut Draft,
    tags: &[String],
    day: Option<Date>,
    diagnostics: &mut Diagnostics,
) -> Vec<Prepared> {
    let Some(list) = draft.member_list.clone() else { return Vec::new() };
    let languages = Languages::of(tags);
    let mut fields = Fields::of(&list, "the list of members".to_owned(), languages);
    let mut folders: Vec<MemberFolder> = std::mem::take(&mut draft.members);
    let mut prepared: Vec<Prepared> = Vec::new();
    for mut entry in fields.subs("member", "[[member]]", |at| format!("member {at}")) {
        let place = entry.whole();
        let folder = entry.string("folder");
        if folder.is_none() {
            entry.missing("folder", "folder = \"members/ana\"");
        }
        let id = entry.string("id");
        let scope = scope(&mut entry);
        let carries = entry.names("designs");
        let signs_as = items::key_name(&mut entry);
        let is_paused = entry.flag("hide");
        let read = folder.as_ref().and_then(|folder| {
            let at = folders.iter().position(|read| read.folder.span == folder.span)?;
            Some(folders.swap_remove(at))
        });
        let id = id.or_else(|| {
            let folder = folder.as_ref()?;
            let last = folder.value.trim_end_matches('/').rsplit('/').next()?;
            Some(Spanned::new(last.to_owned(), folder.span))
        });
        let slug = id.as_ref().and_then(|id| slug(id, &prepared, &mut entry));
        fields.absorb(entry);
        let (Some(id), Some(MemberFolder { prefix, draft: Some(own), .. })) = (slug, read) else {
            continue;
        };
        if is_paused {
            continue;
        }
        let mut own = *own;
        let Some(first) = first_language(&own, languages) else {
            diagnostics.push(no_language(&own, &id, place, tags));
            continue;
        };
        let (hidden_photos, next_change) =
            without_what_is_hidden(&mut own, &mut draft.sources, tags, day, diagnostics);
        prepared.push(Prepared {
            id,
            place,
            prefix,
            first,
            scope,
            carries,
            signs_as,
            draft: own,
            hidden_photos,
            next_change,
        });
    }
    diagnostics.extend(fields.finish());
    prepared
}

fn scope(entry: &mut Fields<'_>) -> Vec<Scope> {
    if !entry.has("scope") {
        return Scope::ALL.iter().map(|(scope, _)| *scope).collect();
    }
    let mut scopes = Vec::new();
    for name in entry.names("scope") {
        match Scope::ALL.iter().find(|(_, word)| *word == name.value) {
            Some((scope, _)) => scopes.push(*scope),
            None => entry.report(
                Diagnostic::error(
                    codes::MEMBER_FOLDER,
                    name.span,
                    format!(
                        "there is nothing called \"{}\" to take over from a member",
                        name.value
                    ),
                )
                .label("write some of: scope = [\"products\", \"makers\", \"designs\"]"),
            ),
        }
    }
    scopes
}

/// The id of a member, if no other has it, and none is the beginning of another: their things would have one address.
fn slug(id: &Spanned<String>, others: &[Prepared], entry: &mut Fields<'_>) -> Option<Slug> {
    let Ok(slug) = Slug::parse(&id.value) else {
        entry.report(
            Diagnostic::error(
                codes::MEMBER_FOLDER,
                id.span,
                format!("\"{}\" cannot be the id of a member", id.value),
            )
            .label(format!("write for example id = \"{}\"", Slug::from_name(&id.value))),
        );
        return None;
    };
    let begins = |one: &Slug, other: &Slug| {
        other
            .as_str()
            .strip_prefix(one.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let other = others.iter().find(|other| begins(&other.id, &slug) || begins(&slug, &other.id));
    if let Some(other) = other {
        entry.report(
            Diagnostic::error(
                codes::DUPLICATE,
                id.span,
                format!("the ids \"{slug}\" and \"{}\" of two members begin alike, so their things could have one address", other.id),
            )
            .related(other.place, "the other member")
            .hint(format!("give one of them another, for example id = \"{slug}2\"")),
        );
        return None;
    }
    Some(slug)
}

/// The first language of a member's own site, if the association's has it.
fn first_language(own: &Draft, languages: Languages<'_>) -> Option<LocaleIx> {
    let Some((_, value)) = own.site.fields.get("languages") else { return languages.find("en") };
    let first = match &value.value {
        Value::Array(items) => items.first()?,
        _ => value,
    };
    match &first.value {
        Value::String(tag) => languages.find(tag),
        _ => None,
    }
}

fn no_language(own: &Draft, id: &Slug, place: Span, tags: &[String]) -> Diagnostic {
    let written = own.site.fields.get("languages").map(|(_, value)| value.span);
    let words = format!(
        "the member \"{id}\" writes in a language that this site does not have, so nothing of hers is shown"
    );
    let known: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
    let diagnostic = Diagnostic::warning(codes::BAD_LANGUAGE, place, words)
        .hint(format!("add her language to `languages` in site.toml, behind {}", known.join(", ")));
    match written {
        Some(span) => diagnostic.related(span, "her languages"),
        None => diagnostic.hint("her site.toml names none, which means English"),
    }
}

/// Takes what a member hides out of her draft; her photographs that are off the site, and the day on which that changes.
fn without_what_is_hidden(
    own: &mut Draft,
    sources: &mut Sources,
    tags: &[String],
    day: Option<Date>,
    diagnostics: &mut Diagnostics,
) -> (Vec<String>, Option<Date>) {
    let mut found = std::mem::take(&mut own.diagnostics);
    std::mem::swap(&mut own.sources, sources);
    let rules = protocol::apply(own, tags, day, &mut found);
    privacy::lint(own, &mut found);
    if let Some(span) = rules.doubt {
        let words = "this field may be meant to hide, and is not understood, so nothing of this member is shown";
        found.push(
            Diagnostic::error(codes::DOUBTFUL_HIDING, span, words)
                .hint("ask her what she means; selvedge check in her folder says what to write"),
        );
        let Draft { producers, products, designs, collections, pages, .. } = &mut *own;
        for items in [producers, products, designs, collections, pages] {
            items.clear();
        }
        Arc::make_mut(&mut own.site).fields.remove("maker");
    }
    std::mem::swap(&mut own.sources, sources);
    warn(found, diagnostics);
    (own.tree.hidden().map(str::to_owned).collect(), rules.next)
}

/// Reads the things of all members.
pub(super) fn gather(
    prepared: &[Prepared],
    tags: &[String],
    currency: Option<Currency>,
) -> Vec<Gathered> {
    let all = prepared.par_iter().enumerate();
    all.map(|(at, own)| one(own, MemberIx::of(at), tags, currency)).collect()
}

fn one(own: &Prepared, ix: MemberIx, tags: &[String], currency: Option<Currency>) -> Gathered {
    let languages = Languages { tags, first: own.first };
    // What only dealers or her own members may see is not for this site, whoever that is made for.
    let around = Around { tree: &own.draft.tree, languages, audience: Audience::Public };
    let mut found = Diagnostics::default();
    let mut hidden = Hidden::default();

    // Her own site says what else is wrong with its file.
    let mut fields =
        Fields::of(&own.draft.site, format!("the site of the member \"{}\"", own.id), languages);
    let name = fields.text("name").unwrap_or_else(|| Text::new(own.first, own.id.as_str()));
    let base_url = address(&mut fields, "base_url");
    let currency =
        fields.string("currency").and_then(|code| Currency::from_code(&code.value)).or(currency);
    let Order { channels, pay, .. } = order(&mut fields, languages);
    let maker = fields.group("maker");

    let mut makers: Vec<_> =
        own.draft.producers.iter().map(|item| items::producer(item, around)).collect();
    if let Some((table, span)) = maker {
        let folder = own.prefix.as_str();
        makers.push(items::maker(
            table,
            span,
            own.draft.site.file,
            folder,
            &own.draft.tree,
            languages,
        ));
    }
    let (mut producers, regions) = take_producers(makers, &mut found, &mut hidden);
    for producer in &mut producers {
        producer.member = Some(ix);
        producer.signs_as = None;
        // Whom orders for her things go to is what her own shop says.
        if producer.channels.is_empty() {
            producer.channels.clone_from(&channels);
        }
        if producer.pay.is_empty() {
            producer.pay.clone_from(&pay);
        }
    }
    let is_alone = producers.len() == 1;
    if let [only] = producers.as_mut_slice() {
        only.signs_as.clone_from(&own.signs_as);
    }
    let mut kept = Vec::new();
    for (mut producer, regions) in producers.into_iter().zip(regions) {
        let id = producer.id.clone();
        let new = if is_alone { Some(own.id.clone()) } else { longer(&own.id, &id) };
        match new {
            Some(new) => {
                producer.id = new;
                kept.push(Own { thing: (producer, regions), id });
            }
            None => found.push(too_long(Span::file_start(producer.file), &id)),
        }
    }

    let mut designs = Vec::new();
    if own.scope.contains(&Scope::Designs) {
        let all = own.draft.designs.iter().map(|item| items::design(item, around)).collect();
        for mut design in
            take(all, "designs", &mut found, &mut hidden, |design: &Design| &design.id)
        {
            let id = design.id.clone();
            match longer(&own.id, &id) {
                Some(new) => {
                    design.id = new;
                    design.member = Some(ix);
                    designs.push(Own { thing: design, id });
                }
                None => found.push(too_long(Span::file_start(design.file), &id)),
            }
        }
    }

    let mut products = Vec::new();
    if own.scope.contains(&Scope::Products) {
        let trade = Trade::default();
        let all: Vec<_> = own
            .draft
            .products
            .par_iter()
            .map(|item| items::product(item, around, currency, &trade))
            .collect();
        for mut draft in take(all, "products", &mut found, &mut hidden, |draft| &draft.product.id) {
            let id = draft.product.id.clone();
            match longer(&own.id, &id) {
                Some(new) => {
                    let product = std::sync::Arc::make_mut(&mut draft.product);
                    product.id = new;
                    product.member = Some(ix);
                    draft.own_id = id;
                    products.push(draft);
                }
                None => found.push(too_long(draft.product.place, &id)),
            }
        }
    }
    if !own.scope.contains(&Scope::Makers) && products.is_empty() {
        kept.clear();
    }
    let member = Member {
        id: own.id.clone(),
        name,
        prefix: own.prefix.clone(),
        base_url,
        producers: Vec::new(),
    };
    Gathered { member, producers: kept, designs, products, hidden, found }
}

/// The id of a member's thing in the association's site.
fn longer(member: &Slug, id: &Slug) -> Option<Slug> {
    Slug::parse(&format!("{member}-{id}")).ok()
}

fn too_long(place: Span, id: &Slug) -> Diagnostic {
    let words = format!(
        "with the id of its member before it, \"{id}\" is too long for an address, so it was left out"
    );
    Diagnostic::warning(codes::TOO_LARGE, place, words).hint("give it a shorter name")
}

/// Puts the things of members among those of the site, in order of id. The site's own stay; of two with one id the
/// other is left out.
pub(super) fn among<T>(
    own: Vec<T>,
    theirs: impl Iterator<Item = T>,
    id: impl Fn(&T) -> &Slug,
    place: impl Fn(&T) -> Span,
    diagnostics: &mut Diagnostics,
) -> Vec<T> {
    let taken: BTreeSet<Slug> = own.iter().map(|thing| id(thing).clone()).collect();
    let mut all = own;
    for thing in theirs {
        if taken.contains(id(&thing)) {
            let words = format!(
                "the site itself has something with the id \"{}\", so this was left out",
                id(&thing)
            );
            diagnostics.push(
                Diagnostic::warning(codes::DUPLICATE, place(&thing), words)
                    .hint("rename one of the two"),
            );
        } else {
            all.push(thing);
        }
    }
    all.sort_by(|one, other| id(one).cmp(id(other)));
    all
}
