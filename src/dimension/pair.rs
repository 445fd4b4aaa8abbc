//! Pairs of dimensions: `host/path` ranks paths together with their hosts.

use std::sync::{Mutex, PoisonError};

use super::{Dimension, DimensionError, variable};

/// Two dimensions that are ranked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair(&'static Halves);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Halves {
    first: Dimension,
    second: Dimension,
    name: String,
    key: String,
}

impl Pair {
    /// The dimension whose keys come first.
    pub fn first(self) -> Dimension {
        self.0.first
    }

    /// The dimension whose keys come second.
    pub fn second(self) -> Dimension {
        self.0.second
    }

    /// Name, such as `host/path`.
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// Name in JSON, such as `host/class`.
    pub(super) fn key(self) -> &'static str {
        &self.0.key
    }

    /// Interns a pair for the lifetime of the process, for the same reason as the names of variables.
    fn kept(first: Dimension, second: Dimension) -> Pair {
        static PAIRS: Mutex<Vec<&'static Halves>> = Mutex::new(Vec::new());
        let mut pairs = PAIRS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pairs.iter().find(|known| (known.first, known.second) == (first, second)).copied();
        Pair(known.unwrap_or_else(|| {
            let name = format!("{}/{}", first.name(), second.name());
            let key = format!("{}/{}", first.key(), second.key());
            let kept: &'static Halves = Box::leak(Box::new(Halves { first, second, name, key }));
            pairs.push(kept);
            kept
        }))
    }
}

/// Makes the pair of two dimensions.
pub(super) fn of(first: Dimension, second: Dimension) -> Result<Dimension, DimensionError> {
    let is_pair = |dimension| matches!(dimension, Dimension::Pair(_));
    if is_pair(first) || is_pair(second) {
        return Err(DimensionError::Three);
    }
    if first == second {
        return Err(DimensionError::Twice { name: first.name() });
    }
    Ok(Dimension::Pair(Pair::kept(first, second)))
}

/// Looks up a pair by a name that contains a `/`.
pub(super) fn named(name: &str) -> Result<Dimension, DimensionError> {
    match name.split('/').collect::<Vec<_>>()[..] {
        [first, second] => of(variable::named(first)?, variable::named(second)?),
        _ => Err(DimensionError::Three),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unit;

    #[test]
    fn pairs_differ_by_their_order() {
        let pair = |first, second| of(first, second).unwrap();
        let rows = [
            ("host/path", pair(Dimension::Host, Dimension::Path)),
            ("path/host", pair(Dimension::Path, Dimension::Host)),
            ("hour/status", pair(Dimension::Time(Unit::Hour), Dimension::Status)),
            ("15m/cookie_id", pair(Dimension::named("15m").unwrap(), Dimension::named("cookie_id").unwrap())),
        ];
        for (i, (name, expected)) in rows.iter().enumerate() {
            assert_eq!((named(name), expected.name()), (Ok(*expected), *name));
            assert!(rows[..i].iter().all(|(_, other)| other != expected));
        }
        let kinds = named("host/class").unwrap();
        assert_eq!((kinds.name(), kinds.key(), named("host/kind")), ("host/kind", "host/class", Ok(kinds)));
        assert_eq!(
            named("$host/$remote_addr").map(Dimension::name),
            Ok("host/ip"),
            "dimensions by the names of their variables"
        );
    }

    #[test]
    fn other_combinations_are_refused() {
        let rows = [
            ("host/path/status", DimensionError::Three),
            ("/api/", DimensionError::Three),
            ("host/host", DimensionError::Twice { name: "host" }),
            ("agent/http_user_agent", DimensionError::Twice { name: "agent" }),
            ("host/", DimensionError::Unknown),
            ("/", DimensionError::Unknown),
            ("host/pth", DimensionError::Unknown),
            ("host/request_time", DimensionError::Measure { name: "request_time" }),
            ("msec/host", DimensionError::Moment { name: "msec" }),
        ];
        for (name, expected) in rows {
            assert_eq!(named(name), Err(expected), "{name}");
        }
        let pair = named("host/path").unwrap();
        assert_eq!(of(pair, Dimension::Status), Err(DimensionError::Three));
    }
}
