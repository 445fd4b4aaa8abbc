//! Subjects: what the names in an expression refer to.

use std::borrow::Cow;

use crate::batch::{Fields, Status};
use crate::dimension::{Dimension, DimensionError, VariableColumns};
use crate::expression::{Number, NumberUnit};
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
                "${name} is a point in time: compare a unit of time instead, as in day == \"2026-11-14\" or \
                 hour-of-day >= 8"
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

    /// The unit of its numbers; `None` if they have none. nginx logs times in seconds and lengths in bytes.
    pub(super) fn number_unit(self) -> Option<NumberUnit> {
        match self {
            Subject::Bytes => Some(NumberUnit::Bytes),
            Subject::RequestTime => Some(NumberUnit::Seconds),
            Subject::Of(Dimension::Variable(variable)) if variable.name().ends_with("_time") => {
                Some(NumberUnit::Seconds)
            }
            Subject::Of(Dimension::Variable(variable)) if is_length(variable.name()) => Some(NumberUnit::Bytes),
            Subject::Of(_) => None,
        }
    }

    /// True if the value is an address. Only then is an address without quotes more than its bytes.
    pub(super) fn is_address(self) -> bool {
        self == Subject::Of(Dimension::Ip)
    }

    /// True if the value may be an address, so that a network is not a text.
    pub(super) fn may_be_address(self) -> bool {
        matches!(self, Subject::Of(Dimension::Ip | Dimension::Variable(_)))
    }

    /// The key that a user means by a text: weekdays and classes may be written in any case, and weekdays in full.
    pub(super) fn meant_text(self, text: &str) -> String {
        match self {
            Subject::Of(Dimension::Class | Dimension::StatusClass) => text.to_ascii_lowercase(),
            Subject::Of(Dimension::Time(Unit::Weekday)) => weekday(text).unwrap_or_else(|| text.to_owned()),
            Subject::Of(dimension) => {
                let version = text.trim_start_matches(['v', 'V']);
                let is_meant = |key: &&str| {
                    key.eq_ignore_ascii_case(text) || key.strip_prefix("IPv").is_some_and(|number| number == version)
                };
                let all_keys = dimension.all_keys().unwrap_or_default();
                let meant = all_keys.into_iter().find(is_meant).map(str::to_owned);
                meant.or_else(|| self.system(text)).unwrap_or_else(|| text.to_owned())
            }
            _ => text.to_owned(),
        }
    }

    /// The key of an autonomous system, which may be written as `15169` and `as15169`.
    fn system(self, text: &str) -> Option<String> {
        let prefix = text.get(..2).filter(|prefix| prefix.eq_ignore_ascii_case("AS"));
        let digits = prefix.map_or(text, |_| &text[2..]);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        (self.name() == "asn" && is_number).then(|| format!("AS{digits}"))
    }

    /// The text that a user means by a number, if no key is a number.
    pub(super) fn text_of_number(self, number: Number) -> Option<String> {
        let Subject::Of(dimension @ Dimension::Derived(_)) = self else { return None };
        let (whole, is_exact) = number.floor(0);
        (is_exact && (dimension.all_keys().is_some() || self.name() == "asn")).then(|| whole.to_string())
    }

    /// All keys besides `-`, if there are few.
    pub(super) fn all_keys(self) -> Option<Vec<&'static str>> {
        if let Subject::Of(dimension) = self { dimension.all_keys() } else { None }
    }

    /// True if parts of its keys are learned only after all hits are read.
    pub(super) fn is_learned(self) -> bool {
        matches!(self, Subject::Of(dimension) if dimension.is_learned())
    }

    /// True if the value can only be a number.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Subject::Bytes | Subject::RequestTime)
    }

    /// Returns what was expected instead, if no key of this subject is a number.
    pub(super) fn refuses_number(self, number: Number) -> Option<Cow<'static, str>> {
        match self {
            Subject::Of(Dimension::Class) => Some(KINDS.into()),
            Subject::Of(Dimension::StatusClass) => Some(STATUS_CLASSES.into()),
            Subject::Of(Dimension::Time(Unit::Year | Unit::HourOfDay)) => None,
            Subject::Of(Dimension::Time(Unit::Weekday)) => Some(WEEKDAYS.into()),
            Subject::Of(Dimension::Time(unit)) => Some(expected_key(unit, number).into()),
            _ => None,
        }
    }

    /// Its name in an expression.
    pub(super) fn name(self) -> &'static str {
        match self {
            Subject::Of(dimension) => dimension.name(),
            Subject::Bytes => "bytes",
            Subject::RequestTime => "request_time",
        }
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
            Subject::Bytes => Some("expected a number of bytes, such as 1000 or 1M"),
            Subject::RequestTime => Some("expected a number of seconds, such as 0.3 or 300ms"),
            _ => None,
        }
    }
}

/// Says what the keys of a unit of time are instead of a number.
fn expected_key(unit: Unit, number: Number) -> String {
    // 2026-11-14T09:15:00
    const EXAMPLE_S: i64 = 1_794_647_700;
    let what = match unit {
        Unit::Hour => "a date and an hour",
        Unit::Day => "a date",
        Unit::Week => "a year and a week",
        Unit::Month => "a year and a month",
        _ => "a date and a time",
    };
    let name = Dimension::Time(unit).name();
    let text = format!("{name} is {what}, such as \"{}\"", unit.key(unit.bucket(EXAMPLE_S).number));
    match (unit, number.floor(0)) {
        (Unit::Hour, (hour @ 0..24, true)) => {
            text + &format!("; for {hour} o'clock on any day write hour-of-day == {hour}")
        }
        _ => text,
    }
}

/// True for variables that hold a number of bytes.
fn is_length(variable: &str) -> bool {
    variable.ends_with("_length") || ["upstream_bytes_received", "upstream_bytes_sent"].contains(&variable)
}

/// The key of a weekday: `Tue` for `tue` and `Tuesday`.
fn weekday(text: &str) -> Option<String> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text = text.to_ascii_lowercase();
    let day = NAMES.iter().position(|name| *name == text || name[..3] == text)?;
    Some(Unit::Weekday.key(day as i64))
}

const KINDS: &str = "expected static or dynamic";
const STATUS_CLASSES: &str = "expected 1xx, 2xx, 3xx, 4xx, 5xx or other";
const WEEKDAYS: &str = "expected a day: \"Mon\" \"Tue\" \"Wed\" \"Thu\" \"Fri\" \"Sat\" \"Sun\"";

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
    fn units_are_those_that_nginx_logs() {
        let unit = |name: &str| Subject::named(name, &|_| false).unwrap().number_unit();
        for name in ["request_time", "upstream_response_time", "upstream_connect_time"] {
            assert_eq!(unit(name), Some(NumberUnit::Seconds), "{name}");
        }
        for name in ["bytes", "request_length", "upstream_response_length", "upstream_bytes_sent", "content_length"] {
            assert_eq!(unit(name), Some(NumberUnit::Bytes), "{name}");
        }
        assert!(["status", "path", "gzip_ratio", "server_port"].iter().all(|name| unit(name).is_none()));
    }

    #[test]
    fn numbers_are_refused_for_textual_keys() {
        let nine = Number::read(b"9").unwrap();
        let refused = |name: &str| Subject::named(name, &|_| false).unwrap().refuses_number(nine);
        let rows = [
            ("kind", KINDS),
            ("weekday", WEEKDAYS),
            ("status-class", STATUS_CLASSES),
            ("minute", "minute is a date and a time, such as \"2026-11-14T09:15\""),
            ("week", "week is a year and a week, such as \"2026-W46\""),
            ("month", "month is a year and a month, such as \"2026-11\""),
        ];
        for (name, expected) in rows {
            assert_eq!(refused(name).as_deref(), Some(expected), "{name}");
        }
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
            ("weekday", "mo", WEEKDAYS),
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
        let meant = |name: &str, text: &str| Subject::named(name, &|_| false).unwrap().meant_text(text);
        assert_eq!(["mon", "MONDAY", "Mon", "mo"].map(|text| meant("weekday", text)), ["Mon", "Mon", "Mon", "mo"]);
        assert_eq!((meant("kind", "Static"), meant("path", "/A")), ("static".to_owned(), "/A".to_owned()));
        assert!(refused("bytes", "1").is_some() && refused("request_time", "1").is_some());
    }
}
