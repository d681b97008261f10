//! When nothing is made or sent: harvest, ceremony, winter without a road.

use super::Date;

/// Times in which nothing is made or sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blackout {
    /// The times in the order in which they were written.
    pub times: Vec<BlackoutTime>,
}

/// One such time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlackoutTime {
    /// A month of every year, 1 to 12.
    Month(u8),
    /// From one day to another, both included; the second is not before the first.
    Days(Date, Date),
}

impl Blackout {
    /// Tells whether a day is in it.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.times.iter().any(|time| match time {
            BlackoutTime::Month(month) => i8::try_from(*month).is_ok_and(|m| m == day.month()),
            BlackoutTime::Days(from, to) => (*from..=*to).contains(&day),
        })
    }

    /// The times that are not over on a day.
    pub fn from(&self, day: Date) -> impl Iterator<Item = BlackoutTime> + '_ {
        let is_ahead = move |time: &BlackoutTime| match time {
            BlackoutTime::Month(_) => true,
            BlackoutTime::Days(_, to) => *to >= day,
        };
        self.times.iter().copied().filter(is_ahead)
    }

    /// Tells whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
}

impl BlackoutTime {
    /// Reads `12`, `2026-12`, `2026-12-24`, or two of the dates with `..` between.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(month) = text.parse::<u8>() {
            return (1..=12).contains(&month).then_some(Self::Month(month));
        }
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let (from, _) = days(from.trim())?;
        let (_, to) = days(to.trim())?;
        (from <= to).then_some(Self::Days(from, to))
    }
}

/// The first and the last day of a month, or a day twice.
fn days(text: &str) -> Option<(Date, Date)> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match (text.len(), is_plain) {
        (10, true) => text.parse().ok().map(|day: Date| (day, day)),
        (7, true) => {
            let first: Date = format!("{text}-01").parse().ok()?;
            Some((first, first.last_of_month()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn times_are_months_or_days() {
        let span = |from, to| Some(BlackoutTime::Days(day(from), day(to)));
        let table = [
            ("12", Some(BlackoutTime::Month(12))),
            ("07", Some(BlackoutTime::Month(7))),
            ("0", None),
            ("13", None),
            ("2028-02", span("2028-02-01", "2028-02-29")),
            ("2026-12-24", span("2026-12-24", "2026-12-24")),
            ("2026-12..2027-01", span("2026-12-01", "2027-01-31")),
            ("2026-12-24 .. 2027-01-06", span("2026-12-24", "2027-01-06")),
            ("2027-01..2026-12", None),
            ("2026-13", None),
            ("July", None),
            ("12..1", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(BlackoutTime::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_day_is_in_it_or_not() {
        let times = ["7", "2026-12-24..2027-01-06"];
        let blackout =
            Blackout { times: times.iter().filter_map(|t| BlackoutTime::parse(t)).collect() };
        for (text, expected) in [
            ("2026-07-01", true),
            ("2031-07-31", true),
            ("2026-08-01", false),
            ("2026-12-23", false),
            ("2026-12-24", true),
            ("2027-01-06", true),
            ("2027-01-07", false),
        ] {
            assert_eq!(blackout.covers(day(text)), expected, "{text}");
        }
        assert_eq!(blackout.from(day("2027-01-06")).count(), 2);
        assert_eq!(blackout.from(day("2027-01-07")).count(), 1);
    }
}
