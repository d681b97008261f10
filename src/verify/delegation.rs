//! Whom an umbrella body delegated: signers whom a trust list believes because somebody on it says so.
//!
//! A `[[signer]]` with an `address` publishes there (RECORD-FORMAT §9.1). Its site is judged like any other, with the same
//! trust list, and each Delegation of its own that is *record intact* adds the name in `delegate` as a signer for the
//! kinds in `may`. Nothing is believed beyond that: what cannot be read or told delegates nothing, and the reason is kept
//! for whoever asks of such a signer.
//!
//! A delegate delegates on only if `may` holds Delegation and the trust list itself says where she publishes: no address is
//! taken from a record.

use jiff::Timestamp;

use super::folder::folder;
use super::report::State;
use super::trust::{Delegated, Delegator, NotDelegated, Trust, TrustedSigner};
use crate::provenance::did::Did;
use crate::provenance::files::Files;
use crate::provenance::kind::{Kind, Statement};
use crate::provenance::record::Record;

/// Most steps from a signer of the list to a delegate.
pub const MAX_DEPTH: usize = 4;

/// Most sites that are read for one list.
const MAX_SITES: usize = 64;

/// Hands the site at an address of the trust list to the function; says why that could not be done, or that what it read
/// was not whole.
pub type Open<'a> = dyn Fn(&str, &mut dyn FnMut(&dyn Files)) -> Result<(), String> + 'a;

/// Somebody whose site is to be read for her Delegations.
struct Giver {
    address: String,
    /// By whom she is believed herself, if she is not on the list for this.
    by: Option<Delegated>,
    /// The kinds that she may give; all if none are named.
    kinds: Option<Vec<String>>,
    /// Those over whom she is believed, then she herself: none of them comes to be believed by this way.
    chain: Vec<Delegator>,
}

impl Giver {
    /// She herself.
    fn own(&self) -> &Delegator {
        self.chain.last().expect("a giver is the last of her chain")
    }
}

/// Adds to a trust list those whom its signers with an `address` delegated.
///
/// `open` reads the sites; `now` is the time of judging, and without one nobody is added.
pub fn extend(trust: &mut Trust, now: Option<Timestamp>, open: &Open<'_>) {
    let may_delegate = |signer: &&TrustedSigner| believed_for(&signer.kinds, Kind::Delegation);
    let first = trust.signers().iter().filter(may_delegate).filter_map(|signer| {
        let address = signer.address.clone()?;
        let chain = vec![Delegator { name: signer.name.clone(), did: signer.did.clone() }];
        Some(Giver { address, by: None, kinds: None, chain })
    });
    let mut waiting: Vec<Giver> = first.collect();
    let mut read: Vec<(Did, String)> = Vec::new();
    let mut next = 0;
    while let Some(giver) = waiting.get(next) {
        next += 1;
        // Whoever was read is not read again, by whatever way one comes to her.
        let is_read = |(did, address): &(Did, String)| {
            did.same_issuer(&giver.own().did) && *address == giver.address
        };
        if read.iter().any(is_read) {
            continue;
        }
        if read.len() >= MAX_SITES {
            trust.not_delegated(NotDelegated {
                did: None,
                why: format!(
                    "{} was not asked whom it delegated: too many sites",
                    giver.own().name
                ),
            });
            break;
        }
        read.push((giver.own().did.clone(), giver.address.clone()));
        let added = delegated_by(giver, trust, now, open);
        let chain = giver.chain.clone();
        for signer in added {
            waiting.extend(gives_on(&signer, &chain, trust));
            trust.add(signer);
        }
    }
}

/// Whether a list of kinds, all if there is none, holds one.
fn believed_for(kinds: &Option<Vec<String>>, kind: Kind) -> bool {
    kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|it| it == kind.name()))
}

/// A delegate as a giver, if she may delegate and the list says where she publishes.
fn gives_on(signer: &TrustedSigner, chain: &[Delegator], trust: &Trust) -> Option<Giver> {
    let by = signer.delegated.clone()?;
    if by.depth() >= MAX_DEPTH || !believed_for(&signer.kinds, Kind::Delegation) {
        return None;
    }
    let listed = trust.signers().iter().filter(|it| it.did.same_issuer(&signer.did));
    let listed = { listed }.find(|it| it.address.is_some())?;
    let own = Delegator { name: listed.name.clone(), did: signer.did.clone() };
    Some(Giver {
        address: listed.address.clone()?,
        by: Some(by),
        kinds: signer.kinds.clone(),
        chain: chain.iter().cloned().chain([own]).collect(),
    })
}

/// Reads a giver's site; gives whom she delegated, and notes whom she did not any more.
fn delegated_by(
    giver: &Giver,
    trust: &mut Trust,
    now: Option<Timestamp>,
    open: &Open<'_>,
) -> Vec<TrustedSigner> {
    let own = giver.own();
    let mut audit = None;
    let judged = open(&giver.address, &mut |files| {
        audit = Some(folder(&giver.address, files, trust, None, now));
    });
    let unread = match (judged, &audit) {
        (Err(why), _) => Some(why),
        (Ok(()), None) => Some("nothing was read".to_owned()),
        (Ok(()), Some(audit)) => match &audit.identity {
            None => Some("its site publishes no identity that holds".to_owned()),
            Some(identity) if !identity.issuer.same_issuer(&own.did) => {
                Some(format!("at {} is the site of {}", giver.address, identity.issuer))
            }
            Some(_) => None,
        },
    };
    if let Some(why) = unread {
        let why = format!("whom {} delegated is not known: {why}", own.name);
        trust.not_delegated(NotDelegated { did: None, why });
        return Vec::new();
    }
    let mut added = Vec::new();
    for found in audit.into_iter().flat_map(|audit| audit.records) {
        let record = found.record();
        let Some(statement) = record.subject.as_statement() else { continue };
        if statement.kind != Kind::Delegation || !record.issuer.same_issuer(&own.did) {
            continue;
        }
        let Some((did, name)) = delegate(statement) else { continue };
        if giver.chain.iter().any(|it| it.did.same_issuer(&did)) {
            continue;
        }
        let refused = match (found.state(), &did) {
            // Nobody knows the keys of such a name, so anybody could sign in it.
            (_, Did::Web(_)) => Some("names it by an address alone, which binds no key".to_owned()),
            (State::RecordIntact, _) => None,
            (state, _) => Some(format!("is not in force here: {}", state.words())),
        };
        if let Some(why) = refused {
            let why = format!(
                "the Delegation of {}, records/{}.json, {why}",
                own.name,
                found.id().short()
            );
            trust.not_delegated(NotDelegated { did: Some(did), why });
            continue;
        }
        added.extend(signer(giver, record, statement, did, name));
    }
    added
}

/// Whom a Delegation names by an id that is a name of an issuer, and how it calls her.
fn delegate(statement: &Statement) -> Option<(Did, Option<String>)> {
    let party = statement.members.get("delegate")?;
    let did = Did::parse(party.text("id")?)?;
    let name = party.member("name").and_then(|name| name.as_array()?.first()?.text("@value"));
    Some((did, name.map(str::to_owned)))
}

/// The signer whom a Delegation in force adds.
fn signer(
    giver: &Giver,
    record: &Record,
    statement: &Statement,
    did: Did,
    name: Option<String>,
) -> Option<TrustedSigner> {
    let until = record.valid_until?;
    let may = statement.list("may").iter().filter_map(|kind| kind.as_str());
    // Nobody gives on what was not given to her.
    let has = |kind: &&str| giver.kinds.as_ref().is_none_or(|own| own.iter().any(|it| it == kind));
    let kinds: Vec<String> = may.filter(has).map(str::to_owned).collect();
    let (from, until) = match &giver.by {
        None => (record.valid_from, until),
        Some(by) => (record.valid_from.max(by.from), until.min(by.until)),
    };
    Some(TrustedSigner {
        name: name.unwrap_or_else(|| did.to_string()),
        did,
        fingerprint: None,
        log: None,
        kinds: Some(kinds),
        address: None,
        delegated: Some(Delegated { chain: giver.chain.clone(), from, until }),
    })
}
