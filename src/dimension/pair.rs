//! Two dimensions as one: `host/path` ranks hosts with the paths that were asked of them.

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
}

impl Pair {
    /// The one whose keys come first.
    pub fn first(self) -> Dimension {
        self.0.first
    }

    /// The other.
    pub fn second(self) -> Dimension {
        self.0.second
    }

    /// `host/path`
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// Kept for as long as the process lives, as the names of variables are and for the same reason.
    fn kept(first: Dimension, second: Dimension) -> Pair {
        static PAIRS: Mutex<Vec<&'static Halves>> = Mutex::new(Vec::new());
        let mut pairs = PAIRS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pairs.iter().find(|known| (known.first, known.second) == (first, second)).copied();
        Pair(known.unwrap_or_else(|| {
            let name = format!("{}/{}", first.name(), second.name());
            let kept: &'static Halves = Box::leak(Box::new(Halves { first, second, name }));
            pairs.push(kept);
            kept
        }))
    }
}

/// The pair of two dimensions.
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

/// The pair of a name with a `/` in it.
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
    fn a_pair_is_two_that_differ_in_their_order() {
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
        assert_eq!(named("$host/$remote_addr").map(Dimension::name), Ok("host/ip"), "by the names of variables");
    }

    #[test]
    fn what_is_no_pair_is_refused() {
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
