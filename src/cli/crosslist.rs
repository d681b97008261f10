//! `record cross-list`: this register lists a design of another association too.

use std::path::Path;

use crate::attest::{Prepared, neighbour};
use crate::diag::report::visible;
use crate::evidence::{Disk, load_trust};
use crate::fetch::{PublishedSite, RealWeb};
use crate::provenance::files::Files;
use crate::provenance::json::{Object, Value};
use crate::provenance::kind::{Kind, RecordRef, Statement};
use crate::provenance::record::Subject;
use crate::verify::trust::TrustedSigner;
use crate::verify::{self, FolderAudit, State, Trust, VerifiedRecord};
use crate::write::RealDisk;

use super::acts::{self, Desk};
use super::record::Args;
use super::verify::{record_of, web_address, whole};
use super::{Ended, Failed, Outcome, console, day};

/// Signs that a design of somebody else's register is listed in this one too.
pub(super) fn run(args: &Args) -> Outcome {
    let Some(what) = args.what.as_deref() else {
        return Err(Failed(
            "say which design, by the address of its page or by the path of a copy of it: selvedge record cross-list \
             https://weavers.example/designs/eel-knot/ my-association"
                .to_owned(),
        ));
    };
    let Some(desk) = Desk::open(args)? else { return Ok(Ended::Wrong) };
    desk.expect_register()?;
    let trust = load_trust(&desk.root).map_err(|error| Failed(format!("trust.toml: {error}")))?;
    let wanted = Wanted::of(what)?;
    let (audit, short) = match web_address(Path::new(&wanted.base)) {
        Some(address) => {
            let web = RealWeb::new(None).map_err(|why| Failed(why.to_owned()))?;
            let site = PublishedSite::at(&web, &address);
            let audit = whole(&site, &address, || {
                verify::folder(&address, &site, &trust, None, Some(desk.at))
            })?;
            let found = found(&audit, &wanted, &trust)?;
            let is_owner =
                |it: &&TrustedSigner| owner(&audit).is_some_and(|owner| it.did.same_issuer(owner));
            let signer = trust.signers().iter().find(is_owner);
            // At hand from now on, for what the pages say of it.
            if let Some(signer) = signer.filter(|it| it.address.as_deref().is_some_and(is_web)) {
                neighbour::keep(&desk.root, &RealDisk, &signer.did, &site, desk.at)?;
            }
            (audit, found)
        }
        None => {
            let disk = Disk::at(&wanted.base);
            if disk.read("log/checkpoint")?.is_none() {
                return Err(Failed(format!(
                    "there is no register in {}; give the address of a design's page, or the path of its record in a copy of the whole site",
                    visible(&wanted.base)
                )));
            }
            let audit = verify::folder(&wanted.base, &disk, &trust, None, Some(desk.at));
            let found = found(&audit, &wanted, &trust)?;
            (audit, found)
        }
    };
    let theirs = audit.records.iter().find(|it| it.id().short().as_str() == short);
    let theirs = theirs.ok_or_else(|| Failed(format!("there is no record {short}")))?;
    expect_new(&desk, theirs)?;
    let said = theirs.record();
    let reference = RecordRef { uuid: said.uuid.clone(), id: theirs.id() };
    let page = format!("{}V/{short}/", said.base.base_url());
    let members: Object = [
        // Its name stays out: who holds it may take that back one day.
        ("about".to_owned(), reference.to_value()),
        ("relation".to_owned(), "lists".into()),
        ("seenAt".to_owned(), Value::from(page)),
        ("seenOn".to_owned(), day(desk.at).to_string().into()),
    ]
    .into();
    let subject = Subject::Statement(Statement { kind: Kind::Attestation, members });
    let record = desk.record(args, subject)?;
    let uuid = record.uuid.clone();
    let prepared = Prepared { record, masters: Vec::new(), people: Vec::new() };
    let about = format!(
        "\nIt is this design of another register:\n{}\nYou say that you list it too, and no more: its record stays theirs, and for what it says \
         they answer.\n",
        acts::words_of(theirs.signed())
    );
    let ended = desk.sign(args, &prepared, &about)?;
    let lookup = crate::attest::SiteLookup::load(&desk.root);
    let listing = lookup.records().find(|it| it.record().uuid == uuid).map(|it| it.id().short());
    if let (Some(listing), false) = (listing, args.json) {
        console::say(&format!(
            "To tell it on the page of a design of your own site, write into the file of that design: listing = \"{listing}\""
        ));
        let has_place = trust.signers().iter().any(|it| {
            it.address.is_some() && owner(&audit).is_some_and(|owner| it.did.same_issuer(owner))
        });
        if !has_place {
            console::say(
                "So that your pages tell it when they take the record back, say in trust.toml where they publish: address = \"https://…\" in \
                 their [[signer]] entry",
            );
        }
    }
    Ok(ended)
}

fn is_web(address: &str) -> bool {
    web_address(Path::new(address)).is_some()
}

/// What somebody named: the site, and the record or the design in it.
struct Wanted {
    base: String,
    short: Option<String>,
    slug: Option<String>,
}

impl Wanted {
    fn of(what: &str) -> Result<Self, Failed> {
        let plain = what.split(['#', '?']).next().unwrap_or(what);
        // A path may begin with the folder that an address has in the middle.
        let inside = if plain.contains("://") || plain.starts_with('/') {
            plain.to_owned()
        } else {
            format!("./{plain}")
        };
        if let (base, Some(short)) = record_of(&inside) {
            return Ok(Self { base: base.to_owned(), short: Some(short), slug: None });
        }
        let path = inside.trim_end_matches("index.html").trim_end_matches('/');
        match path.rsplit_once("/designs/") {
            Some((base, slug)) if !slug.is_empty() && !slug.contains('/') => {
                let slug = slug.trim_end_matches(".md").to_owned();
                Ok(Self { base: base.to_owned(), short: None, slug: Some(slug) })
            }
            _ => Err(Failed(format!(
                "{} names no design: give the address of its page, which has /designs/ or /V/ in it, or the path of its record",
                visible(what)
            ))),
        }
    }
}

/// Whose register was judged.
fn owner(audit: &FolderAudit) -> Option<&crate::provenance::did::Did> {
    audit.identity.as_ref().map(|identity| &identity.issuer)
}

/// The letters of the record that is meant, if it holds before the trust list.
fn found(audit: &FolderAudit, wanted: &Wanted, trust: &Trust) -> Result<String, Failed> {
    let index = |it: &VerifiedRecord| it.proof().map(|proof| proof.index);
    let is_it = |it: &&VerifiedRecord| match (&wanted.short, &wanted.slug) {
        (Some(short), _) => it.id().short().as_str() == short,
        (None, slug) => {
            let design = it.record().subject.as_design();
            design.is_some_and(|design| Some(&design.slug) == slug.as_ref())
        }
    };
    let name = wanted.short.clone().or_else(|| wanted.slug.clone()).unwrap_or_default();
    let name = visible(&name);
    let Some(theirs) = audit.records.iter().filter(is_it).max_by_key(|it| index(it)) else {
        let gone = audit.gone();
        let wanted = wanted.short.as_ref().map(|short| format!("{short}.json"));
        let gone = gone.iter().find(|it| Some(&it.target) == wanted.as_ref());
        return Err(Failed(match gone {
            Some(gone) => format!("{name} is {}, so it is not listed", gone.state.words()),
            None => format!("the register there has no record of {name}"),
        }));
    };
    if theirs.record().subject.as_design().is_none() {
        return Err(Failed(format!(
            "{name} is a record of the kind {}, and only designs are listed",
            theirs.record().subject.kind()
        )));
    }
    match theirs.state() {
        State::RecordIntact => Ok(theirs.id().short().to_string()),
        State::UnknownSigner => {
            let listed = owner(audit)
                .is_some_and(|owner| trust.signers().iter().any(|it| it.did.same_issuer(owner)));
            let did = owner(audit).map(ToString::to_string).unwrap_or_default();
            let place = visible(&wanted.base);
            Err(Failed(match listed {
                true => {
                    "your trust.toml names them, and not for this: see `selvedge verify`".to_owned()
                }
                false => format!(
                    "your trust.toml does not name whose register this is. Compare their name with what they give you on paper or by telephone; \
                     if it is theirs, write into trust.toml:\n\n[[signer]]\nname = \"…\"\ndid = \"{did}\"\nkinds = [\"Design\", \"Attestation\"]\naddress = \"{place}\"\n"
                ),
            }))
        }
        state => {
            Err(Failed(format!("{name} is not listed: {}. {}", state.words(), state.meaning())))
        }
    }
}

/// Refuses to list what is one's own, or listed already.
fn expect_new(desk: &Desk, theirs: &VerifiedRecord) -> Result<(), Failed> {
    if theirs.record().issuer.same_issuer(&desk.issuer) {
        return Err(Failed(
            "that record is your own, and stands in your register already".to_owned(),
        ));
    }
    let evidence =
        crate::evidence::Evidence::of(&Disk::at(&desk.root), &Trust::nobody(), Some(desk.at));
    let is_listing = |it: &&VerifiedRecord| {
        let said = it.record();
        let listed = said.subject.as_statement().and_then(Statement::listed);
        listed.is_some_and(|it| it.id == theirs.id())
            && said.issuer.same_issuer(&desk.issuer)
            && said.valid_until.is_none_or(|until| until > desk.at)
            && evidence
                .standing(&it.id())
                .is_some_and(|it| it.condition == crate::verify::fold::Condition::InForce)
    };
    match evidence.records().find(is_listing) {
        Some(known) => {
            Err(Failed(format!("you list that design already: record {}", known.id().short())))
        }
        None => Ok(()),
    }
}
