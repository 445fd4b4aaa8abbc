//! nginx's variables as dimensions, under their own names.

use std::sync::{Mutex, PoisonError};

use super::Dimension;
use crate::format::{Ranked, is_known, is_name, variable};
use crate::time::{Unit, UnitError};

/// A variable of a `log_format`, identified by its name: `upstream_addr`, `cookie_session`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variable(&'static str);

impl Variable {
    /// Name without the `$`.
    pub fn name(self) -> &'static str {
        self.0
    }

    pub(super) const fn of(name: &'static str) -> Variable {
        Variable(name)
    }

    /// Interns a name for the lifetime of the process, so that a dimension is small and `Copy`. Memory is bounded by
    /// the names that users ask for.
    fn kept(name: &str) -> Variable {
        static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let known = names.iter().find(|known| **known == name).copied();
        Variable(known.unwrap_or_else(|| {
            let kept: &'static str = Box::leak(name.into());
            names.push(kept);
            kept
        }))
    }
}

/// Why a name cannot be ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DimensionError {
    /// No dimension and no variable has this name.
    Unknown,
    /// The variable measures something: its values can be summed, but not usefully ranked.
    Measure {
        /// Name of the variable.
        name: &'static str,
    },
    /// The variable is a point in time; rank a unit of time instead.
    Moment {
        /// Name of the variable.
        name: &'static str,
    },
    /// A time step that does not divide a larger unit.
    Step(UnitError),
    /// More than two dimensions were combined.
    Three,
    /// A pair of a dimension and itself.
    Twice {
        /// Name of the dimension.
        name: &'static str,
    },
}

impl std::fmt::Display for DimensionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DimensionError::Unknown => f.write_str("no dimension and no variable of nginx has this name"),
            DimensionError::Step(error) => error.fmt(f),
            DimensionError::Measure { name } => {
                write!(f, "${name} measures something: there is no ranking of numbers that hardly ever repeat")
            }
            DimensionError::Moment { name } => {
                write!(f, "${name} is a moment: rank a stretch of time, such as minute, hour or day")
            }
            DimensionError::Three => f.write_str("a pair is of two, as in host/path"),
            DimensionError::Twice { name } => {
                write!(f, "both are {name}: a pair is of two that differ, as in host/path")
            }
        }
    }
}

impl std::error::Error for DimensionError {}

/// Looks up a dimension by its own name, or by that of a variable with or without its `$`.
pub(super) fn named(name: &str) -> Result<Dimension, DimensionError> {
    let bare = name.strip_prefix('$').unwrap_or(name);
    if let Some(dimension) = Dimension::all().find(|d| d.name() == bare || d.key() == bare) {
        return Ok(dimension);
    }
    match Unit::canonical(bare).map(Dimension::Time) {
        Ok(dimension) => return Ok(dimension),
        Err(UnitError::Unknown) => {}
        Err(error) => return Err(DimensionError::Step(error)),
    }
    match variable(bare).filter(|_| is_name(bare)) {
        Some((_, known)) => match known.ranked {
            Ranked::Itself => Ok(Dimension::Variable(Variable::kept(bare))),
            Ranked::As(name) => Dimension::all().find(|d| d.name() == name).ok_or(DimensionError::Unknown),
            Ranked::Measure => Err(DimensionError::Measure { name: known.name }),
            Ranked::Moment => Err(DimensionError::Moment { name: known.name }),
        },
        None if is_known(bare) => Ok(Dimension::Variable(Variable::kept(bare))),
        None => Err(DimensionError::Unknown),
    }
}

/// The dimension of a variable that nginx does not define: one of the site's own `map`, `set` or `geo`.
pub(super) fn user_defined(name: &str) -> Option<Dimension> {
    let bare = name.strip_prefix('$').unwrap_or(name);
    let is_own = is_name(bare) && named(bare) == Err(DimensionError::Unknown);
    is_own.then(|| Dimension::Variable(Variable::kept(bare)))
}

/// The dimension of any variable, even of one that measures something.
pub(super) fn of_measure(name: &str) -> Dimension {
    Dimension::Variable(Variable::kept(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_and_variables_are_one_dimension() {
        let rows = [
            ("http_user_agent", Dimension::Agent),
            ("remote_addr", Dimension::Ip),
            ("http_referer", Dimension::Referer),
            ("remote_user", Dimension::User),
            ("server_protocol", Dimension::Protocol),
            ("request_method", Dimension::Method),
            ("$host", Dimension::Host),
            ("status", Dimension::Status),
            ("$scheme", named("scheme").unwrap()),
        ];
        for (name, expected) in rows {
            assert_eq!(named(name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn variables_are_dimensions_under_their_own_names() {
        for name in ["upstream_addr", "http_x_forwarded_for", "cookie_id", "geoip2_city", "request_uri", "server_name"]
        {
            let dimension = named(name).unwrap();
            assert_eq!((dimension.name(), named(&format!("${name}"))), (name, Ok(dimension)));
        }
        assert_eq!(named("request_time"), Err(DimensionError::Measure { name: "request_time" }));
        assert_eq!(named("msec"), Err(DimensionError::Moment { name: "msec" }));
        assert_eq!(named("15m"), Ok(Dimension::Time("15m".parse().unwrap())));
        assert_eq!(named("7m"), Err(DimensionError::Step(UnitError::Minutes)));
        for name in ["", "$", "http_", "upstream_adr", "a b", "uri$is_args$args"] {
            assert_eq!(named(name), Err(DimensionError::Unknown), "{name}");
        }
        assert_eq!(user_defined("my_var").map(Dimension::name), Some("my_var"));
        assert_eq!((user_defined("path"), user_defined("bytes_sent"), user_defined("a-b")), (None, None, None));
    }
}
