//! What single cells mean, as `read` understands them too; and lists as a map of columns says.

pub(super) use crate::read::cells::{
    Habit, Price, PriceProblem, PriceStyle, Stock, count, date, decimal_of, grams, has_bare_dollar,
    number, price, stock, yes_no,
};

use super::map::{Source, Take};

/// One entry of a list cell, and the levels above it that were not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) text: String,
    /// As the cell has it, before `rename`.
    pub(super) written: String,
    pub(super) above: Vec<String>,
}

/// What a list cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entries {
    pub(super) kept: Vec<Entry>,
    /// Entries left out because the map says so.
    pub(super) ignored: Vec<String>,
    /// Entries that `only` does not name; another field may.
    pub(super) others: Vec<String>,
}

/// Splits a list cell.
pub(super) fn list(text: &str, source: &Source, habit: Habit) -> Entries {
    let separators: Vec<&str> = match &source.separators {
        Some(own) => own.iter().map(String::as_str).collect(),
        None => habit.separators().to_vec(),
    };
    let mut parts = vec![text];
    for separator in separators {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    let mut entries = Entries::default();
    for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        let levels: Vec<&str> = match (&source.levels, habit) {
            (Some(own), _) => part.split(own.as_str()).map(str::trim).collect(),
            (None, Habit::Paths) => part.split(['/', '>']).map(str::trim).collect(),
            (None, _) => vec![part],
        };
        let levels: Vec<&str> = levels.into_iter().filter(|level| !level.is_empty()).collect();
        let chosen: Vec<(&str, Vec<String>)> = match (source.take, &levels[..]) {
            (_, []) => continue,
            (Take::All, all) => all.iter().map(|level| (*level, Vec::new())).collect(),
            (Take::First, [first, below @ ..]) => {
                vec![(*first, below.iter().map(|level| (*level).to_owned()).collect())]
            }
            (Take::Last, [above @ .., last]) => {
                vec![(*last, above.iter().map(|level| (*level).to_owned()).collect())]
            }
        };
        for (entry, above) in chosen {
            if source.ignore.iter().any(|name| name.trim() == entry) {
                entries.ignored.push(entry.to_owned());
                continue;
            }
            if !source.only.is_empty() && !source.only.iter().any(|name| name.trim() == entry) {
                entries.others.push(entry.to_owned());
                continue;
            }
            let renamed = source.rename.iter().find(|(from, _)| from == entry);
            let text = renamed.map_or(entry, |(_, to)| to.as_str()).to_owned();
            if !entries.kept.iter().any(|known| known.text == text) {
                entries.kept.push(Entry { text, written: entry.to_owned(), above });
            }
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Sources, Span};

    #[test]
    fn lists_and_paths() {
        let source = Source::column("c", Span::file_start(Sources::default().next_id()));
        let texts = |text, source: &Source, habit| {
            list(text, source, habit).kept.into_iter().map(|e| e.text).collect::<Vec<_>>()
        };
        assert_eq!(
            texts("Red, Blue;Red|Sky blue\n", &source, Habit::Words),
            ["Red", "Blue", "Sky blue"]
        );
        assert_eq!(texts("Gear\nBags", &source, Habit::Paths), ["Gear", "Bags"]);
        assert_eq!(texts("Gear/Bags > Totes", &source, Habit::Paths), ["Totes"]);
        assert_eq!(texts("/m/b/a.jpg", &source, Habit::Files), ["/m/b/a.jpg"]);
        let own = Source {
            ignore: vec!["Gear".to_owned()],
            rename: vec![("Totes".to_owned(), "Tote bags".to_owned())],
            take: Take::All,
            separators: Some(vec![",".to_owned()]),
            ..source
        };
        let entries = list("Gear/Totes, Bags", &own, Habit::Paths);
        let kept: Vec<&str> = entries.kept.iter().map(|e| e.text.as_str()).collect();
        assert_eq!((kept, entries.ignored), (vec!["Tote bags", "Bags"], vec!["Gear".to_owned()]));
    }
}
