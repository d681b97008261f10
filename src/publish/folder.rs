//! To a folder: what a host is given by other means, a mounted disk, the root of one's own server.

use std::path::Path;

use rayon::prelude::*;

use super::{
    Counter, Goods, Item, Options, Progress, PublishError, Published, Secrets, Step, Stock,
    expect_lasting, in_order, sent,
};
use crate::write::{Output, RealDisk, SitePath, Surroundings, Survey};

pub(super) fn publish(
    goods: &Goods<'_>,
    secrets: &Secrets,
    folder: &Path,
    options: Options<'_>,
    progress: Progress<'_>,
) -> Result<Published, PublishError> {
    let Stock(items) = Stock::take(goods, secrets, None, progress)?;
    let around = Surroundings { source: options.source, home: options.home };
    let output = match options.is_trial {
        true => None,
        // First, as it completes what an earlier run left.
        false => Some(Output::open(&RealDisk, folder, around)?),
    };
    let survey = Survey::of(folder)?;
    let has_files = || std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some());
    if options.is_trial && survey.ours().is_empty() && has_files() {
        return Err(PublishError::Place(format!(
            "the folder {} holds files that selvedge did not make; choose another",
            folder.display()
        )));
    }
    let standing = items
        .par_iter()
        .map(|item| Ok(survey.holds(&item.path, &item.facts.sha256)?))
        .collect::<Result<Vec<Option<bool>>, PublishError>>()?;
    let sendings: Vec<(&Item, bool)> = items
        .iter()
        .zip(&standing)
        .filter(|(_, standing)| **standing != Some(true))
        .map(|(item, standing)| (item, standing.is_none()))
        .collect();
    let sendings = in_order(sendings);
    let gone = survey
        .ours()
        .into_iter()
        .filter(|path| items.binary_search_by(|it| it.path.cmp(path)).is_err());
    let mut removed = Vec::new();
    let mut kept: Vec<SitePath> = Vec::new();
    for path in gone {
        if survey.is_as_we_left_it(&path)? {
            removed.push(path);
        } else if folder.join(path.as_str()).exists() {
            kept.push(path);
        }
    }
    expect_lasting(&removed, &items, options)?;
    let done = Published {
        sent: sent(&sendings),
        removed,
        unchanged: items.len() - sendings.len(),
        kept,
        has_forgotten: false,
    };
    let Some(output) = output else { return Ok(done) };
    let counter = Counter::new(items.len(), progress, Step::Sending);
    items.par_iter().try_for_each(|item| -> Result<(), PublishError> {
        let bytes = goods.bytes_of(item)?;
        output.put_in_turn(&item.path, &bytes, item.wave as u8)?;
        counter.step();
        Ok(())
    })?;
    output.finish()?;
    Ok(done)
}
