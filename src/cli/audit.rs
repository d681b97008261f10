//! `audit`: names what does not add up in the tags of a register.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::check::Site;
use crate::diag::report::visible;
use crate::evidence::{Disk, Evidence};
use crate::provenance::files::Files as _;
use crate::provenance::log::RecordId;
use crate::tags::audit::{self, CODES, Capacity, Fault};
use crate::tags::codes::{self, Published};
use crate::tags::{Edition, Ledger, total};
use crate::verify::Trust;

use super::{Ended, Failed, Outcome, console, site_folder};

/// Compare tags, editions, quotas, pieces and declared capacity, and name what does not add up
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  selvedge audit my-association
  selvedge audit downloaded-register --json

Exit code 0: all of it adds up. 1: something does not. 2: it could not be read.")]
pub(super) struct Args {
    /// The folder of a site, or of any register that was downloaded [default: this folder]
    site: Option<PathBuf>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let root = site_folder(args.site.as_ref());
    let disk = Disk::at(&root);
    let evidence = Evidence::of(&disk, &Trust::nobody(), None);
    let folded = evidence.folded().ok_or_else(|| {
        Failed(format!("there is no register in {} that could be read", root.display()))
    })?;
    // What is missing could be tags.
    if let Some(gap) = &folded.gap {
        return Err(Failed(format!("the register is not whole, so nothing can be counted: {gap}")));
    }
    if !evidence.is_register_whole() {
        return Err(Failed(format!(
            "the register does not hold, so nothing is counted in it; this tells what is wrong: selvedge log check {}",
            root.display()
        )));
    }
    let ledger = Ledger::new(evidence.records().map(|record| record.signed()), folded);
    // A register that was downloaded has no shop around it.
    let site = crate::check::load(&root).ok().and_then(|outcome| outcome.site);
    let slug_of = |id: &RecordId| {
        let record = evidence.record(id)?;
        Some(record.record().subject.as_design()?.slug.clone())
    };
    let capacity = |edition: &Edition| capacity(site.as_ref()?, edition, &slug_of);
    let mut faults = audit::audit(&ledger, &capacity);
    faults.extend(code_faults(&ledger, &disk));
    if args.json {
        tell_json(&ledger, &faults, site.is_some());
    } else {
        tell(&ledger, &faults, site.is_some());
    }
    Ok(if faults.is_empty() { Ended::Fine } else { Ended::Wrong })
}

/// How many pieces of an edition the shop says that it can make: the products that carry one of its designs, or that it is about.
/// None, if there is no such product, or one of them says nothing.
fn capacity(
    site: &Site,
    edition: &Edition,
    slug_of: &dyn Fn(&RecordId) -> Option<String>,
) -> Option<Capacity> {
    let slugs: BTreeSet<String> = edition.designs.iter().filter_map(slug_of).collect();
    let address = edition.about.as_ref().and_then(|about| about.text("id")).unwrap_or_default();
    let of_it = site.products.iter().filter(|product| {
        let carries = product.designs.iter().any(|ix| slugs.contains(site.design(*ix).id.as_str()));
        carries || address.ends_with(&format!("/products/{}/", product.id.as_str()))
    });
    let mut capacity = Capacity { per_month: 0, products: BTreeSet::new() };
    for product in of_it {
        capacity.per_month += u64::from(product.capacity_per_month?);
        capacity.products.insert(product.id.as_str().to_owned());
    }
    (!capacity.products.is_empty()).then_some(capacity)
}

/// Whether what is published of check codes is at hand and is what was signed.
fn code_faults(ledger: &Ledger, disk: &Disk) -> Vec<Fault> {
    let of = |batch: &crate::tags::Batch| {
        let root = batch.codes_root?;
        let path = codes::path(root);
        let (code, words) = match disk.read(&path).ok().flatten().map(Published::of) {
            None => (
                "codes-missing",
                format!(
                    "{path} is not there, so no page can compare the check codes of the tags {}–{}",
                    batch.first, batch.last
                ),
            ),
            Some(Some(it)) if it.root() == root && it.len() == batch.count() => return None,
            Some(_) => (
                "codes-altered",
                format!(
                    "{path} is not what was signed with the tags {}–{}",
                    batch.first, batch.last
                ),
            ),
        };
        Some(Fault { code, about: batch.id, words, others: Vec::new() })
    };
    ledger.batches.iter().filter_map(of).collect()
}

fn tell(ledger: &Ledger, faults: &[Fault], has_shop: bool) {
    for fault in faults {
        console::print(&format!("{}: {}\n", fault.code, visible(&fault.words)));
        let others: Vec<String> = fault.others.iter().map(|id| id.short().to_string()).collect();
        let others =
            if others.is_empty() { String::new() } else { format!(", and {}", others.join(", ")) };
        console::print(&format!("  see {}{others}\n", fault.about.short()));
    }
    let tags: u64 = ledger.editions.iter().map(|edition| total(&ledger.issued(edition))).sum();
    let counted = format!(
        "compared were editions ({}), batches ({}), numbers ({tags}), pieces ({}) and accreditations ({})",
        ledger.editions.len(),
        ledger.batches.len(),
        ledger.items.len(),
        ledger.members.len()
    );
    let shop = if has_shop {
        ""
    } else {
        "; there is no shop around this register, so declared capacity was not"
    };
    match faults.len() {
        0 => console::say(&format!("All of it adds up: {counted}{shop}.")),
        1 => console::say(&format!("One thing does not add up: {counted}{shop}.")),
        count => console::say(&format!("{count} things do not add up: {counted}{shop}.")),
    }
}

fn tell_json(ledger: &Ledger, faults: &[Fault], has_shop: bool) {
    let faults: Vec<serde_json::Value> = faults
        .iter()
        .map(|fault| {
            let general = CODES.iter().find(|(code, _)| *code == fault.code);
            serde_json::json!({
                "code": fault.code,
                "means": general.map(|(_, words)| *words),
                "words": fault.words,
                "record": fault.about.to_string(),
                "others": fault.others.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        })
        .collect();
    console::json(&serde_json::json!({
        "faults": faults,
        "editions": ledger.editions.len(),
        "batches": ledger.batches.len(),
        "items": ledger.items.len(),
        "capacityCompared": has_shop,
    }));
}
