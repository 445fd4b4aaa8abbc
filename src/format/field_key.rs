//! `NAME=KEY`: the key of a JSON log, or the variable of a text format, that holds a field.

use std::fmt;
use std::str::FromStr;

use super::variables::{Destination, Ranked, is_known, is_name, variable, variables};
use crate::format::time_unit::TimeUnit;
use crate::text::printable;

/// Short names, each with its variable and the unit of its numbers.
const SHORT_NAMES: &[(&str, &str, TimeUnit)] = &[
    ("ip", "remote_addr", TimeUnit::Seconds),
    ("user", "remote_user", TimeUnit::Seconds),
    ("time", "time_iso8601", TimeUnit::Seconds),
    ("method", "request_method", TimeUnit::Seconds),
    ("path", "request_uri", TimeUnit::Seconds),
    ("protocol", "server_protocol", TimeUnit::Seconds),
    ("bytes", "body_bytes_sent", TimeUnit::Seconds),
    ("referer", "http_referer", TimeUnit::Seconds),
    ("agent", "http_user_agent", TimeUnit::Seconds),
    ("request_time_ms", "request_time", TimeUnit::Milliseconds),
    ("request_time_us", "request_time", TimeUnit::Microseconds),
    ("request_time_ns", "request_time", TimeUnit::Nanoseconds),
];

/// The place of a field in the lines of a log: a key of a JSON log, or a variable of a text format.
///
/// The name is that of an nginx variable, such as `status`, or a short one, such as `ip`. The key is written as in the
/// log, with dots between the keys of nested objects. For a text format it is a variable, with or without its `$`.
/// Variables that are used only for rankings can be given too: `cookie_id`. `request_time` is in seconds;
/// `request_time_ms`, `_us` and `_ns` have their own units.
///
/// ```
/// use logstat::FieldKey;
/// let field: FieldKey = "path=http.target".parse()?;
/// assert_eq!((field.name(), field.key()), ("path", "http.target"));
/// assert!("pth=http.target".parse::<FieldKey>().is_err());
/// # Ok::<(), logstat::FieldKeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldKey {
    name: String,
    variable: String,
    unit: TimeUnit,
    key: String,
}

impl FieldKey {
    /// Every name that a field can have, except those that are used only for rankings.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let own =
            variables().filter(|v| v.destination != Destination::Nothing && v.is_in_nginx_s_unit()).map(|v| v.name);
        SHORT_NAMES.iter().map(|(name, ..)| *name).chain(own)
    }

    /// The name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True if the field is used only for a ranking by its name.
    pub fn is_for_rankings(&self) -> bool {
        variable(&self.variable).is_none_or(|(_, v)| v.destination == Destination::Nothing)
    }

    /// The key or variable that holds the field.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The field of a `log_format` that writes JSON: the value of this variable, under this key. `None` if `variable`
    /// is not a valid name.
    pub(super) fn of_template(variable: &str, key: String) -> Option<FieldKey> {
        let name = is_name(variable).then(|| variable.to_owned())?;
        Some(FieldKey { variable: name.clone(), name, unit: TimeUnit::Seconds, key })
    }

    pub(crate) fn variable(&self) -> &str {
        &self.variable
    }

    pub(crate) fn unit(&self) -> TimeUnit {
        self.unit
    }
}

/// The reason why a text is not a [`FieldKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKeyError {
    /// There is no `=`, or nothing before or after it.
    Shape {
        /// The text that was given.
        text: String,
    },
    /// No field has this name.
    Name {
        /// The unknown name.
        name: String,
    },
}

impl fmt::Display for FieldKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldKeyError::Shape { text } => {
                write!(f, "a field is NAME=KEY, such as status=http.code, not '{}'", printable(text.as_bytes()))
            }
            FieldKeyError::Name { name } => {
                let names: Vec<_> = FieldKey::names().collect();
                write!(f, "unknown field '{}'; there are {}", printable(name.as_bytes()), names.join(", "))
            }
        }
    }
}

impl std::error::Error for FieldKeyError {}

/// The variable that a key names in a text format.
pub(super) fn key_variable(key: &str) -> &str {
    key.strip_prefix('$').unwrap_or(key)
}

impl FromStr for FieldKey {
    type Err = FieldKeyError;

    fn from_str(text: &str) -> Result<Self, FieldKeyError> {
        let parts = text.split_once('=').filter(|(name, key)| !name.is_empty() && !key.is_empty());
        let (name, key) = parts.ok_or_else(|| FieldKeyError::Shape { text: text.to_owned() })?;
        let name = name.strip_prefix('$').unwrap_or(name);
        let short = SHORT_NAMES.iter().find(|(short, ..)| *short == name).copied();
        let (variable, unit) = match short {
            Some((_, variable, unit)) => (variable, unit),
            None if is_of_use(name) => (name, TimeUnit::Seconds),
            None => return Err(FieldKeyError::Name { name: name.to_owned() }),
        };
        Ok(FieldKey { name: name.to_owned(), variable: variable.to_owned(), unit, key: key.to_owned() })
    }
}

/// True if a variable feeds a field or can be ranked.
fn is_of_use(name: &str) -> bool {
    let is_read =
        variable(name).is_none_or(|(_, v)| v.destination != Destination::Nothing || v.ranked == Ranked::Itself);
    is_name(name) && is_known(name) && is_read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_parse() {
        let names: Vec<_> = FieldKey::names().collect();
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{name}");
            let field: FieldKey = format!("{name}=a=b").parse().unwrap();
            assert_eq!((field.name(), field.key()), (*name, "a=b"));
            assert!(!field.is_for_rankings(), "{name}");
            assert!(variable(field.variable()).is_some(), "{name}");
        }
    }

    #[test]
    fn invalid_fields_are_rejected() {
        assert!("cookie_id=x".parse::<FieldKey>().unwrap().is_for_rankings());
        assert!("upstream_addr=x".parse::<FieldKey>().unwrap().is_for_rankings());
        assert!(!"ip=x".parse::<FieldKey>().unwrap().is_for_rankings());
        assert_eq!("$status=x".parse::<FieldKey>().unwrap().name(), "status");
        for text in ["", "=", "status", "status=", "=x"] {
            assert!(matches!(text.parse::<FieldKey>(), Err(FieldKeyError::Shape { .. })), "{text}");
        }
        assert!(matches!("request_length=x".parse::<FieldKey>(), Err(FieldKeyError::Name { .. })));
        let error = "stats=x".parse::<FieldKey>().unwrap_err().to_string();
        assert!(error.starts_with("unknown field 'stats'; there are ip, "), "{error}");
    }
}
