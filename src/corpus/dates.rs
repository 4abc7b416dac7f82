//! Dates as people write them, in a dozen languages.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::normalize;

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(time::Date);

impl Date {
    /// The day, where the calendar has it; years 1000 to 9999.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = time::Month::try_from(month).ok()?;
        let valid = (1000..=9999).contains(&year);
        valid.then(|| time::Date::from_calendar_date(year, month, day).ok().map(Self)).flatten()
    }

    /// The day that it is now, in UTC.
    pub fn today() -> Self {
        Self(time::OffsetDateTime::now_utc().date())
    }

    /// Year, month from 1, day from 1.
    pub fn parts(self) -> (i32, u8, u8) {
        (self.0.year(), u8::from(self.0.month()), self.0.day())
    }

    /// Days from `earlier` to this one; negative where it is later.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.to_julian_day() - earlier.0.to_julian_day()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.parts().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (date, text) = if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            (parse(&text), text)
        } else {
            let (year, month, day) = Deserialize::deserialize(deserializer)?;
            (Self::new(year, month, day), format!("{year}-{month}-{day}"))
        };
        date.ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a date")))
    }
}

/// Beginnings of month names, folded, by month; English, German, Spanish, French, Italian,
/// Portuguese, Dutch, the Nordic languages, Romanian, Russian, Turkish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "ianuar", "янв", "oca", "tammi"],
    &["feb", "fev", "февр", "subat", "helmi"],
    &["mar", "maerz", "mrz", "maa", "март", "мар"],
    &["apr", "abr", "avr", "апр", "nisan", "huhti"],
    &["may", "mai", "mag", "mei", "maj", "мая", "май", "touko"],
    &["jun", "juin", "giu", "iun", "июн", "haz", "kesa"],
    &["jul", "juil", "lug", "iul", "июл", "tem", "heina"],
    &["aug", "ago", "aou", "авг", "elo"],
    &["sep", "set", "сент", "eyl", "syys"],
    &["oct", "okt", "out", "ott", "окт", "eki", "loka"],
    &["nov", "ноя", "kas", "marras"],
    &["dec", "dez", "dic", "дек", "ara", "joulu"],
];

fn month(word: &str) -> Option<u8> {
    let word = normalize::fold(&normalize::word(word)).into_owned();
    let letters = word.chars().count();
    // "ma" and "mar" begin two months; the longest beginning decides.
    let (_, number) = MONTHS
        .iter()
        .zip(1u8..)
        .flat_map(|(names, number)| names.iter().map(move |name| (*name, number)))
        .filter(|(name, _)| letters <= 12 && word.starts_with(name))
        .max_by_key(|(name, _)| name.len())?;
    Some(number)
}

/// Words that may stand inside a date.
const FILLERS: &[&str] = &[
    "de", "del", "of", "the", "den", "der", "di", "г", "год", "года", "st", "nd", "rd", "th", "y",
];

/// Reads a whole text as one date: `10 Apr 2026`, `April 10, 2026`, `12. März 2026`,
/// `5 de febrero de 2026`, `2026-04-10`, `10.04.2026`, and `25/12/2026` where only one
/// reading is possible. `None` for anything else.
pub fn parse(text: &str) -> Option<Date> {
    if text.len() > 60 {
        return None;
    }
    let mut numbers: Vec<&str> = Vec::new();
    let mut named = None;
    for piece in text.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        let digits = piece.trim_end_matches(|c: char| c.is_alphabetic());
        let letters = &piece[digits.len()..];
        if !digits.is_empty() {
            numbers.push(digits);
        }
        if letters.is_empty()
            || FILLERS.contains(&letters.to_lowercase().as_str())
            || is_weekday(letters)
        {
            continue;
        }
        if !digits.is_empty() || named.is_some() {
            return None;
        }
        named = Some(month(letters)?);
    }
    let number = |i: usize| numbers.get(i).and_then(|n| n.parse::<i32>().ok());
    let small = |n: Option<i32>| n.and_then(|n| u8::try_from(n).ok());
    match (named, numbers.len()) {
        (Some(month), 2) if numbers[0].len() == 4 => {
            Date::new(number(0)?, month, small(number(1))?)
        }
        (Some(month), 2) => Date::new(number(1)?, month, small(number(0))?),
        (None, 3) if numbers[0].len() == 4 => {
            Date::new(number(0)?, small(number(1))?, small(number(2))?)
        }
        (None, 3) if text.contains('.') => {
            Date::new(number(2)?, small(number(1))?, small(number(0))?)
        }
        (None, 3) => {
            let day_first = Date::new(number(2)?, small(number(1))?, small(number(0))?);
            let month_first = Date::new(number(2)?, small(number(0))?, small(number(1))?);
            match (day_first, month_first) {
                (Some(a), Some(b)) => (a == b).then_some(a),
                (a, b) => a.or(b),
            }
        }
        _ => None,
    }
}

fn is_weekday(word: &str) -> bool {
    const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let lower = word.to_lowercase();
    DAYS.iter().any(|d| lower.starts_with(d)) && (lower.len() <= 4 || lower.ends_with("day"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Date, parse};

    #[test]
    fn usual_forms_are_read() {
        let day = Date::new(2026, 4, 10);
        for text in [
            "10 Apr 2026",
            "April 10, 2026",
            "10. April 2026",
            "2026-04-10",
            "10.04.2026",
            "Friday, 10th of April 2026",
            "10 de abril de 2026",
            "10 апреля 2026 г.",
            "10 avril 2026",
        ] {
            assert_eq!(parse(text), day, "{text}");
        }
        assert_eq!(parse("12. März 2026"), Date::new(2026, 3, 12));
        assert_eq!(parse("25/12/2026"), Date::new(2026, 12, 25));
        assert_eq!(parse("12/25/2026"), Date::new(2026, 12, 25));
        assert_eq!(parse("2 mayo 2026"), Date::new(2026, 5, 2));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "Cygnus", "April 2026", "31 Feb 2026", "03/04/2026", "10 people 2026", "1 2 3 4"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_printed_is_read_again(year in 1000i32..=9999, month in 1u8..=12, day in 1u8..=28) {
            let date = Date::new(year, month, day);
            assert_eq!(parse(&date.unwrap().to_string()), date);
        }
    }
}
