//! `NAME=KEY`: which key of a JSON log holds what, said by a user.

use std::fmt;
use std::str::FromStr;

use super::json_forms::TimeUnit;
use super::variables::{Feeds, Ranked, is_known, is_name, variable, variables};

/// The short names, the variable of each, and the unit of its numbers.
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

/// Which key of a JSON log holds a field.
///
/// The name is that of an nginx variable, `status`, or a short one, `ip`; the key is as the log has it, those of nested
/// objects with dots between them. Variables that nothing but a ranking reads may be given too: `cookie_id`. `request_time` is in seconds; `request_time_ms`, `_us` and `_ns` say otherwise.
///
/// ```
/// use logstat::JsonField;
/// let field: JsonField = "path=http.target".parse()?;
/// assert_eq!((field.name(), field.key()), ("path", "http.target"));
/// assert!("pth=http.target".parse::<JsonField>().is_err());
/// # Ok::<(), logstat::JsonFieldError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonField {
    name: String,
    variable: String,
    unit: TimeUnit,
    key: String,
}

impl JsonField {
    /// Every name that a field can have, but for those that are of use in a ranking alone.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let own = variables().filter(|v| v.feeds != Feeds::Nothing && is_name(v.name)).map(|v| v.name);
        SHORT_NAMES.iter().map(|(name, ..)| *name).chain(own)
    }

    /// The name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is of no use but for a ranking by its name.
    pub fn is_for_rankings(&self) -> bool {
        variable(&self.variable).is_none_or(|(_, v)| v.feeds == Feeds::Nothing)
    }

    /// Where it stands in a line.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What a `log_format` says: that the value of any variable stands under a key. `None` for what is no variable's name.
    pub(super) fn of_template(variable: &str, key: String) -> Option<JsonField> {
        let name = is_name(variable).then(|| variable.to_owned())?;
        Some(JsonField { variable: name.clone(), name, unit: TimeUnit::Seconds, key })
    }

    pub(crate) fn variable(&self) -> &str {
        &self.variable
    }

    pub(crate) fn unit(&self) -> TimeUnit {
        self.unit
    }
}

/// Why a text is no [`JsonField`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonFieldError {
    /// There is no `=` with something on either side.
    Shape {
        /// What was given.
        text: String,
    },
    /// No field has this name.
    Name {
        /// The name.
        name: String,
    },
}

impl fmt::Display for JsonFieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonFieldError::Shape { text } => {
                write!(f, "a field is NAME=KEY, such as status=http.code, not '{}'", text.escape_debug())
            }
            JsonFieldError::Name { name } => {
                let names: Vec<_> = JsonField::names().collect();
                write!(f, "unknown field '{}'; there are {}", name.escape_debug(), names.join(", "))
            }
        }
    }
}

impl std::error::Error for JsonFieldError {}

impl FromStr for JsonField {
    type Err = JsonFieldError;

    fn from_str(text: &str) -> Result<Self, JsonFieldError> {
        let parts = text.split_once('=').filter(|(name, key)| !name.is_empty() && !key.is_empty());
        let (name, key) = parts.ok_or_else(|| JsonFieldError::Shape { text: text.to_owned() })?;
        let name = name.strip_prefix('$').unwrap_or(name);
        let short = SHORT_NAMES.iter().find(|(short, ..)| *short == name).copied();
        let (variable, unit) = match short {
            Some((_, variable, unit)) => (variable, unit),
            None if is_of_use(name) => (name, TimeUnit::Seconds),
            None => return Err(JsonFieldError::Name { name: name.to_owned() }),
        };
        Ok(JsonField { name: name.to_owned(), variable: variable.to_owned(), unit, key: key.to_owned() })
    }
}

/// Whether a variable feeds something, or could be ranked.
fn is_of_use(name: &str) -> bool {
    let is_read = variable(name).is_none_or(|(_, v)| v.feeds != Feeds::Nothing || v.ranked == Ranked::Itself);
    is_name(name) && is_known(name) && is_read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_stands_once() {
        let names: Vec<_> = JsonField::names().collect();
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{name}");
            let field: JsonField = format!("{name}=a=b").parse().unwrap();
            assert_eq!((field.name(), field.key()), (*name, "a=b"));
            assert!(!field.is_for_rankings(), "{name}");
            assert!(variable(field.variable()).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!("cookie_id=x".parse::<JsonField>().unwrap().is_for_rankings());
        assert!("upstream_addr=x".parse::<JsonField>().unwrap().is_for_rankings());
        assert!(!"ip=x".parse::<JsonField>().unwrap().is_for_rankings());
        assert_eq!("$status=x".parse::<JsonField>().unwrap().name(), "status");
        for text in ["", "=", "status", "status=", "=x"] {
            assert!(matches!(text.parse::<JsonField>(), Err(JsonFieldError::Shape { .. })), "{text}");
        }
        assert!(matches!("request_length=x".parse::<JsonField>(), Err(JsonFieldError::Name { .. })));
        let error = "stats=x".parse::<JsonField>().unwrap_err().to_string();
        assert!(error.starts_with("unknown field 'stats'; there are ip, "), "{error}");
    }
}
