//! Reads whether a cache answered, from `$upstream_cache_status`.

use super::{BatchStep, Lines, StepInput};
use crate::batch::{Batch, Column, Fields, MISSING};
use crate::dimension::Dimension;

/// Name of the variable that logs the cache status.
const VARIABLE: &str = "upstream_cache_status";

/// Statuses of answers from the cache. nginx sends a stale answer if the upstream server fails or is being asked, and
/// one that the upstream server has confirmed.
const ANSWERED: [&[u8]; 4] = [b"HIT", b"STALE", b"UPDATING", b"REVALIDATED"];

/// The variable that logs the cache status.
pub(crate) fn cache_status() -> Dimension {
    Dimension::of_measure(VARIABLE)
}

/// The step, with the column of the status.
struct Cache {
    status: Column,
}

/// The step, if the question has a column for the status.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    // The column exists only if a table or another part of the question names the variable.
    let is_named = asked.variable_columns.names().contains(&VARIABLE);
    let status = cache_status();
    is_named.then(|| status.column(asked.variable_columns)).flatten().map(|status| Box::new(Cache { status }) as _)
}

impl BatchStep for Cache {
    fn needs(&self) -> Fields {
        Fields::column(self.status)
    }

    fn writes(&self) -> Fields {
        Fields::CACHE
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], _: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            let from_cache = from_cache(batch.text(self.status)[row]);
            batch.set_from_cache(row, from_cache);
        }
    }
}

/// True if a status says that the cache answered; `None` without a status.
fn from_cache(status: &[u8]) -> Option<bool> {
    let is_there = !status.is_empty() && status != MISSING;
    is_there.then(|| ANSWERED.iter().any(|answered| answered.eq_ignore_ascii_case(status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_nginx_are_answers_of_the_cache_or_not() {
        let rows: [(&[&str], Option<bool>); 3] = [
            (&["HIT", "STALE", "UPDATING", "REVALIDATED", "hit"], Some(true)),
            (&["MISS", "BYPASS", "EXPIRED", "SCARCE", "HITS"], Some(false)),
            (&["-", ""], None),
        ];
        for (statuses, expected) in rows {
            for status in statuses {
                assert_eq!(from_cache(status.as_bytes()), expected, "{status}");
            }
        }
        assert_eq!(Dimension::named(VARIABLE), Ok(cache_status()));
    }
}
