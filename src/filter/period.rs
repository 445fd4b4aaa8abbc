//! `--since` and `--until`, by the wall clock as logged.

use crate::time::{Moment, Stamp};

/// From a moment to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    since_s: i64,
    until_s: i64,
}

impl Period {
    pub(crate) fn new(since: Option<Moment>, until: Option<Moment>) -> Period {
        Period { since_s: since.map_or(i64::MIN, |m| m.wall_s), until_s: until.map_or(i64::MAX, |m| m.wall_s) }
    }

    pub(crate) fn is_all(&self) -> bool {
        *self == Period::new(None, None)
    }

    /// A line that logs no time is in no period.
    pub(crate) fn holds(&self, wall_s: i64) -> bool {
        wall_s != Stamp::NONE.wall_s && self.since_s <= wall_s && wall_s < self.until_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_included_and_until_is_not() {
        let moment = |text: &str| Some(text.parse::<Moment>().unwrap());
        let period = Period::new(moment("2022-04-05T03"), moment("2022-04-05T04"));
        let start = moment("2022-04-05T03").unwrap().wall_s;
        let held: Vec<bool> = [-1, 0, 3599, 3600].iter().map(|s| period.holds(start + s)).collect();
        assert_eq!(held, [false, true, true, false]);
        assert!(!period.is_all() && !period.holds(Stamp::NONE.wall_s));
        assert!(Period::new(None, None).is_all());
        assert!(Period::new(None, moment("2022")).holds(i64::MIN + 1));
    }
}
