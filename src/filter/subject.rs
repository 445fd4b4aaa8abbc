//! Subjects: what the names in an expression refer to.

use crate::batch::{Fields, Status};
use crate::dimension::{Dimension, DimensionError, VariableColumns};
use crate::time::Unit;

/// A value of a hit that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The hit's key in this dimension.
    Of(Dimension),
    /// Bytes sent, as reports count them.
    Bytes,
    /// Request time in milliseconds; missing if it was not logged.
    RequestTime,
}

/// Why a name cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NameError {
    Unknown,
    /// The name is a point in time or an invalid time step; the text says why it cannot be compared.
    Moment(String),
}

/// THE TABLE of names that are not dimensions.
const NUMBERS: [(&str, Subject); 4] = [
    ("bytes", Subject::Bytes),
    ("body_bytes_sent", Subject::Bytes),
    ("bytes_sent", Subject::Bytes),
    ("request_time", Subject::RequestTime),
];

/// THE TABLE of other names for these. Other names of dimensions are in the table of dimensions.
const ALIASES: [(&str, Subject); 3] =
    [("size", Subject::Bytes), ("sent", Subject::Bytes), ("duration", Subject::RequestTime)];

impl Subject {
    /// Resolves a name, with or without its `$`. `is_own` returns true for variables that nginx does not define.
    pub(super) fn named(name: &str, is_own: &dyn Fn(&str) -> bool) -> Result<Subject, NameError> {
        let bare = name.strip_prefix('$').unwrap_or(name);
        if let Some((_, subject)) = NUMBERS.iter().find(|(name, _)| *name == bare) {
            return Ok(*subject);
        }
        match Dimension::resolve(bare, is_own) {
            // Names in an expression contain no `/`.
            Ok(Dimension::Pair(_)) | Err(DimensionError::Three | DimensionError::Twice { .. }) => {
                Err(NameError::Unknown)
            }
            Ok(dimension) => Ok(Subject::Of(dimension)),
            Err(DimensionError::Measure { name }) => Ok(Subject::Of(Dimension::of_measure(name))),
            Err(DimensionError::Moment { name }) => Err(NameError::Moment(format!(
                "${name} is a moment: compare a stretch of time, as in day == \"2026-11-14\" or hour-of-day >= 8"
            ))),
            Err(DimensionError::Step(error)) => Err(NameError::Moment(format!("{bare}: {error}"))),
            Err(DimensionError::Unknown) => {
                let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(bare));
                alias.map(|(_, subject)| *subject).ok_or(NameError::Unknown)
            }
        }
    }

    /// Names other than nginx variables.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        Dimension::all().map(Dimension::name).chain(["bytes", "request_time"])
    }

    pub(super) fn needs(self, variable_columns: &VariableColumns) -> Fields {
        match self {
            Subject::Of(dimension) => dimension.needs(variable_columns),
            Subject::Bytes => Fields::BYTES,
            Subject::RequestTime => Fields::REQUEST_TIME,
        }
    }

    /// The variable that logs this value.
    pub(super) fn variable(self) -> String {
        match self {
            Subject::Of(dimension) => dimension.variable(),
            Subject::Bytes => "$body_bytes_sent".to_owned(),
            Subject::RequestTime => "$request_time".to_owned(),
        }
    }

    /// True if the value can only be a number.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Subject::Bytes | Subject::RequestTime)
    }

    /// Returns what was expected instead, if no key of this subject is a number.
    pub(super) fn refuses_numbers(self) -> Option<&'static str> {
        match self {
            Subject::Of(Dimension::Class) => Some(KINDS),
            Subject::Of(Dimension::StatusClass) => Some(STATUS_CLASSES),
            Subject::Of(Dimension::Time(Unit::Year | Unit::HourOfDay)) => None,
            Subject::Of(Dimension::Time(Unit::Weekday)) => Some(WEEKDAYS),
            Subject::Of(Dimension::Time(_)) => Some(
                "a text such as \"2026-11-14\" was expected, written as in a timeline by this unit; hour-of-day has numbers",
            ),
            _ => None,
        }
    }

    /// True if all keys are words that need no quotes: `kind == static`, `status-class in (4xx, 5xx)`.
    pub(super) fn is_of_words(self) -> bool {
        matches!(self, Subject::Of(Dimension::Class | Dimension::StatusClass))
    }

    /// Returns what was expected instead, if no key of this subject can be `text`.
    pub(super) fn refuses_text(self, text: &str) -> Option<&'static str> {
        match self {
            Subject::Of(Dimension::Class) if !["static", "dynamic"].contains(&text) => Some(KINDS),
            Subject::Of(Dimension::StatusClass) if !Status::CLASS_KEYS.contains(&text.as_bytes()) => {
                Some(STATUS_CLASSES)
            }
            Subject::Of(Dimension::Time(Unit::Weekday)) if !(0..7).any(|day| Unit::Weekday.key(day) == text) => {
                Some(WEEKDAYS)
            }
            Subject::Bytes | Subject::RequestTime => Some("a number was expected, without quotes"),
            _ => None,
        }
    }
}

const KINDS: &str = "static or dynamic was expected";
const STATUS_CLASSES: &str = "1xx, 2xx, 3xx, 4xx, 5xx or other was expected";
const WEEKDAYS: &str = "a day was expected: \"Mon\" \"Tue\" \"Wed\" \"Thu\" \"Fri\" \"Sat\" \"Sun\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dimensions_variables_and_measures() {
        let named = |name: &str| Subject::named(name, &|own| own == "my_var");
        assert_eq!(named("http_user_agent"), Ok(Subject::Of(Dimension::Agent)));
        assert_eq!(named("$request_time"), Ok(Subject::RequestTime));
        assert_eq!(named("bytes_sent"), Ok(Subject::Bytes));
        for name in ["upstream_response_time", "gzip_ratio", "cookie_id", "$my_var", "request"] {
            let Ok(Subject::Of(dimension)) = named(name) else { panic!("{name}") };
            assert_eq!(dimension.name(), name.trim_start_matches('$'));
        }
        assert!(matches!(named("time_local"), Err(NameError::Moment(_))));
        for name in ["", "my_other", "all", "5xx"] {
            assert_eq!(named(name), Err(NameError::Unknown), "{name}");
        }
        let aliases =
            [("url", Subject::Of(Dimension::Path)), ("Size", Subject::Bytes), ("duration", Subject::RequestTime)];
        assert!(aliases.iter().all(|(alias, subject)| named(alias) == Ok(*subject)));
        let own = |name| Subject::named(name, &|own| own == name);
        assert!(
            ["url", "size"].iter().all(|name| own(name) == Ok(Subject::Of(Dimension::user_defined(name).unwrap())))
        );
        for name in Subject::names() {
            assert!(named(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn numbers_are_refused_for_textual_keys() {
        let refused = |name: &str| Subject::named(name, &|_| false).unwrap().refuses_numbers();
        assert_eq!((refused("kind"), refused("weekday")), (Some(KINDS), Some(WEEKDAYS)));
        assert_eq!(refused("status-class"), Some(STATUS_CLASSES));
        assert!(refused("day").unwrap().starts_with("a text such as"));
        for name in ["year", "hour-of-day", "status", "path", "bytes", "request_time"] {
            assert_eq!(refused(name), None, "{name}");
        }
    }

    #[test]
    fn impossible_texts_are_refused() {
        let refused = |name: &str, text: &str| Subject::named(name, &|_| false).unwrap().refuses_text(text);
        let rows = [
            ("kind", "dyn", KINDS),
            ("class", "2xx", KINDS),
            ("status-class", "6xx", STATUS_CLASSES),
            ("status-class", "404", STATUS_CLASSES),
            ("weekday", "mon", WEEKDAYS),
        ];
        for (name, text, reason) in rows {
            assert_eq!(refused(name, text), Some(reason), "{name}");
        }
        let fine = [
            ("kind", "static"),
            ("kind", "dynamic"),
            ("status-class", "4xx"),
            ("status-class", "other"),
            ("weekday", "Mon"),
            ("weekday", "Sun"),
            ("path", "x"),
        ];
        for (name, text) in fine {
            assert_eq!(refused(name, text), None, "{name} {text}");
        }
        assert!(refused("bytes", "1").is_some() && refused("request_time", "1").is_some());
    }
}
