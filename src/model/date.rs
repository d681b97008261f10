//! Days as readers of one language write them (CLDR, by ICU4X), in the calendar that orders are dated by.

use std::fmt;

use icu_datetime::input::Date as IcuDate;
use icu_datetime::preferences::CalendarAlgorithm;
use icu_datetime::{DateTimeFormatter, DateTimeFormatterPreferences, fieldsets};

use super::{Date, Locale};

/// Writes days and months; make one for each language and keep it.
pub struct DateFormatter {
    day: DateTimeFormatter<fieldsets::YMD>,
    month: DateTimeFormatter<fieldsets::M>,
    language: String,
}

impl fmt::Debug for DateFormatter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateFormatter({})", self.language)
    }
}

impl DateFormatter {
    /// A formatter for a language; languages without data of their own get the root form.
    #[must_use]
    pub fn new(locale: &Locale) -> Self {
        let mut preferences = DateTimeFormatterPreferences::from(locale.id());
        // Months of a blackout and days of a post office are Gregorian everywhere.
        preferences.calendar_algorithm = Some(CalendarAlgorithm::Gregory);
        let compiled_in = "date data is compiled in, with a root to fall back on";
        Self {
            day: DateTimeFormatter::try_new(preferences, fieldsets::YMD::long())
                .expect(compiled_in),
            month: DateTimeFormatter::try_new(preferences, fieldsets::M::long())
                .expect(compiled_in),
            language: locale.tag().to_owned(),
        }
    }

    /// One day, for example `10 December 2026`.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let (year, month, day) = parts(day);
        let day = IcuDate::try_new_iso(year, month, day).expect(SAME_CALENDAR);
        self.day.format(&day).to_string()
    }

    /// One day as a text that knows which day it is, for whoever shows it as such: see [`PART_MARKS`].
    #[must_use]
    pub fn marked(&self, day: Date) -> String {
        let [start, between, end] = PART_MARKS;
        format!("{start}{day}{between}{}{end}", self.day(day))
    }

    /// The name of a month, 1 to 12; nothing for any other number.
    #[must_use]
    pub fn month(&self, month: u8) -> String {
        let day = IcuDate::try_new_iso(2026, month, 1);
        day.map_or_else(|_| String::new(), |day| self.month.format(&day).to_string())
    }
}

/// Around a part of a text that is told apart: before what is known of it, before the part itself, and after both. Of a day
/// that is the day as ISO 8601 has it, of words in another language the tag and the direction with a space between. They
/// are noncharacters, which Unicode keeps for use inside a program; no page ever holds one.
pub const PART_MARKS: [char; 3] = ['\u{fdd0}', '\u{fdd1}', '\u{fdd2}'];

/// A day of the calendar is one in ICU4X too: both are proleptic Gregorian.
const SAME_CALENDAR: &str = "a day of one proleptic Gregorian calendar is one of the other";

fn parts(day: Date) -> (i32, u8, u8) {
    (i32::from(day.year()), day.month().unsigned_abs(), day.day().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_days_its_own_way() {
        let day = Date::new(2026, 12, 10).expect("a day");
        for (tag, expected, month) in [
            ("en", "December 10, 2026", "July"),
            ("en-GB", "10 December 2026", "July"),
            ("es", "10 de diciembre de 2026", "julio"),
            ("fr", "10 décembre 2026", "juillet"),
            ("vi", "10 tháng 12 2026", "Tháng 7"),
            // Digits are those that CLDR has for the language, for dates as for money.
            ("ar", "10 ديسمبر 2026", "يوليو"),
            ("ar-EG", "١٠ ديسمبر ٢٠٢٦", "يوليو"),
        ] {
            let dates = DateFormatter::new(&tag.parse().expect("a tag"));
            assert_eq!(dates.day(day), expected, "{tag}");
            assert_eq!(dates.month(7), month, "{tag}");
        }
        // Thai readers have another year by default, and an order needs one that both sides mean.
        let dates = DateFormatter::new(&"th".parse().expect("a tag"));
        assert!(dates.day(day).contains("2026"), "{}", dates.day(day));
        let dates = DateFormatter::new(&"en".parse().expect("a tag"));
        assert_eq!((dates.month(0), dates.month(13)), (String::new(), String::new()));
    }
}
