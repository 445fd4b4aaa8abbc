//! Orders of rankings: by a metric or by key, the largest or the smallest first.

use std::fmt;
use std::str::FromStr;

use super::Metric;

/// The order of a ranking's rows.
///
/// - A metric, such as `p95`: the largest or latest value first.
/// - `key`: time and codes ascending, other keys by their bytes. `name` is the same.
/// - A `-` before it reverses the order: `-p95` lists the smallest first. `p95:asc` and `p95:desc` say it in words.
///
/// Rows whose value is unknown are last in every order. Equal values are sorted by hits, the most first, then by key.
///
/// ```
/// use logstat::{Metric, Sort};
/// assert_eq!("p95".parse(), Ok(Sort::from(Metric::P95)));
/// assert_eq!("-pv".parse(), Ok(Sort::from(Metric::Pv).ascending()));
/// assert_eq!("key:desc".parse(), Ok(Sort::KEY.descending()));
/// assert!("p42".parse::<Sort>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// `None` for the key.
    metric: Option<Metric>,
    is_ascending: bool,
}

/// The text names neither a metric nor the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortError;

/// THE TABLE of names for the key.
const KEY: [&str; 2] = ["key", "name"];

/// THE TABLE of words after a colon or a space, with true for ascending.
const DIRECTIONS: [(&str, bool); 4] = [("asc", true), ("ascending", true), ("desc", false), ("descending", false)];

impl Sort {
    /// By key, ascending.
    pub const KEY: Sort = Sort { metric: None, is_ascending: true };

    /// The same, with the smallest value first.
    #[must_use]
    pub fn ascending(self) -> Sort {
        Sort { is_ascending: true, ..self }
    }

    /// The same, with the largest value first.
    #[must_use]
    pub fn descending(self) -> Sort {
        Sort { is_ascending: false, ..self }
    }

    /// True if the smallest value is first.
    pub fn is_ascending(self) -> bool {
        self.is_ascending
    }

    /// The metric that rows are sorted by; `None` for the key.
    pub fn metric(self) -> Option<Metric> {
        self.metric
    }

    /// True if the keys with the most hits are first, so that a ranking that dropped the others is right.
    pub(crate) fn is_by_most_hits(self) -> bool {
        matches!(self.metric, Some(Metric::Pv | Metric::Share)) && !self.is_ascending
    }

    /// True for the order that this metric or the key has if nothing else is said.
    fn is_usual(self) -> bool {
        self.is_ascending == self.metric.is_none()
    }
}

impl Default for Sort {
    fn default() -> Sort {
        Sort::from(Metric::Pv)
    }
}

impl From<Metric> for Sort {
    fn from(metric: Metric) -> Sort {
        Sort { metric: Some(metric), is_ascending: false }
    }
}

/// Written as a user types it: `p95`, `p95:asc`.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric.map_or(KEY[0], Metric::name))?;
        match (self.is_usual(), self.is_ascending) {
            (true, _) => Ok(()),
            (false, true) => f.write_str(":asc"),
            (false, false) => f.write_str(":desc"),
        }
    }
}

impl FromStr for Sort {
    type Err = SortError;

    fn from_str(text: &str) -> Result<Sort, SortError> {
        let text = text.trim().to_ascii_lowercase();
        let (is_reversed, text) = text.strip_prefix('-').map_or((false, &*text), |rest| (true, rest));
        let direction = |(_, word): (&str, &str)| DIRECTIONS.iter().find(|(known, _)| *known == word.trim());
        let split = text.split_once([':', ' ']);
        let name = split.map_or(text, |(name, _)| name);
        let usual = match Metric::named(name) {
            Some(metric) => Sort::from(metric),
            None if KEY.contains(&name) => Sort::KEY,
            None => return Err(SortError),
        };
        let is_ascending = match split {
            None => usual.is_ascending != is_reversed,
            Some(_) if is_reversed => return Err(SortError),
            Some(words) => direction(words).ok_or(SortError)?.1,
        };
        Ok(Sort { is_ascending, ..usual })
    }
}

impl fmt::Display for SortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a column or key, such as p95, or for the opposite order -p95 or p95:asc")
    }
}

impl std::error::Error for SortError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_have_several_spellings() {
        let p95 = Sort::from(Metric::P95);
        let rows = [
            ("p95", p95, "p95"),
            ("P95:desc", p95, "p95"),
            ("-p95", p95.ascending(), "p95:asc"),
            ("p95:asc", p95.ascending(), "p95:asc"),
            ("p95 ascending", p95.ascending(), "p95:asc"),
            ("key", Sort::KEY, "key"),
            ("name", Sort::KEY, "key"),
            ("key:asc", Sort::KEY, "key"),
            ("-key", Sort::KEY.descending(), "key:desc"),
            ("key:desc", Sort::KEY.descending(), "key:desc"),
            ("requests", Sort::default(), "pv"),
        ];
        for (text, sort, written) in rows {
            assert_eq!((text.parse(), sort.to_string()), (Ok(sort), written.to_owned()), "{text}");
            assert_eq!(written.parse(), Ok(sort), "{text}");
        }
        for text in ["", "-", "--pv", "-pv:asc", "pv:", "pv:up", "nonsense", "asc", ":asc"] {
            assert_eq!(text.parse::<Sort>(), Err(SortError), "{text}");
        }
        for metric in Metric::all() {
            assert_eq!(metric.name().parse(), Ok(Sort::from(metric)));
            assert!(!KEY.contains(&metric.name()));
        }
    }
}
