//! What stays where it was published: a printed code leads there for ever (PROVENANCE, 5).

use std::fmt;

use crate::provenance::log::ShortId;

/// A signed file or a record's page that would leave the published site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its path below the address of the site; the first of them.
    pub path: String,
    /// How many more there are.
    pub more: usize,
}

impl fmt::Display for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.path.strip_prefix("V/").and_then(|rest| rest.split('/').next()) {
            Some(id) => format!("records/{id}.json"),
            None => self.path.clone(),
        };
        write!(f, "{} is published, and would be taken away", self.path)?;
        if self.more > 0 {
            write!(f, ", as {} more", self.more)?;
        }
        let why = match source == self.path {
            true => "What was signed is proved by it",
            false => "Printed codes lead there",
        };
        write!(
            f,
            ": the site's folder has no {source}, or it does not hold. {why}, so nothing was changed. Wait until the folder is synced, \
             or put the file back from a backup or from the published site; `selvedge verify` tells what is missing. If it was for \
             practice, or has to go, add --drop-records"
        )
    }
}

/// Which of the files that would leave a published site never may: the pages of records, which stay as what they were or as
/// what is said of a record that was taken back; records that no such page is left of; and the head of the log.
///
/// `stays` tells of a path whether the site that is to be published has it.
pub fn may_not_leave<'p>(
    leaving: impl Iterator<Item = &'p str>,
    stays: &dyn Fn(&str) -> bool,
) -> Option<Leaving> {
    let lasts = |path: &&str| {
        if *path == "log/checkpoint" {
            return true;
        }
        let page = path.strip_prefix("V/").and_then(|rest| rest.strip_suffix("/index.html"));
        if let Some(id) = page {
            return ShortId::parse(id).is_some();
        }
        let record = path.strip_prefix("records/").and_then(|rest| rest.strip_suffix(".json"));
        record
            .is_some_and(|id| ShortId::parse(id).is_some() && !stays(&format!("V/{id}/index.html")))
    };
    let mut found: Vec<&str> = leaving.filter(lasts).collect();
    // Pages are named before the records behind them.
    found.sort_by_key(|path| (!path.starts_with("V/"), *path));
    let (first, more) = found.split_first()?;
    Some(Leaving { path: (*first).to_owned(), more: more.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_records_and_the_log_do_not_leave() {
        let id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let page = format!("V/{id}/index.html");
        let record = format!("records/{id}.json");
        let nothing = |_: &str| false;
        let first = |paths: &[&str], stays: &dyn Fn(&str) -> bool| {
            may_not_leave(paths.iter().copied(), stays).map(|it| (it.path, it.more))
        };
        for paths in [&[&*page][..], &[&*record], &["log/checkpoint"]] {
            assert_eq!(first(paths, &nothing), Some((paths[0].to_owned(), 0)));
        }
        let all = ["log/checkpoint", &*record, &*page, "products/cup/index.html"];
        assert_eq!(first(&all, &nothing), Some((page.clone(), 2)));
        // The record was taken back: its page says so.
        assert_eq!(first(&[&record], &|path| path == page), None);
        // What a longer log has no more, and what is of no record.
        for path in ["log/tile/0/000.p/3", "records/README.txt", "V/index.html", "V/x/index.html"] {
            assert_eq!(first(&[path], &nothing), None, "{path}");
        }
    }

    #[test]
    fn the_record_that_is_missing_is_named() {
        let leaving = Leaving { path: "V/AB/index.html".to_owned(), more: 0 };
        assert!(leaving.to_string().contains("has no records/AB.json"), "{leaving}");
    }
}
