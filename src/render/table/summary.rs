//! The first lines under the head, which answer "how is my site".

use std::io;

use super::facts::{self, Fact};
use super::flow::Piece;
use super::ink::Ink;
use super::{Sheet, latency, words};
use crate::report::numbers::{Bytes, Grouped, Percent};
use crate::report::{Report, Row};

/// A row stands out whose share of server errors is this many times that of all …
const TIMES: u64 = 2;
/// … and at least this many percent …
const PERCENT: u64 = 1;
/// … of more than a handful.
const ERRORS: u64 = 10;

pub(super) fn write(report: &Report, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let Some(summary) = &report.summary else { return Ok(()) };
    let row = &summary.row;
    sheet.begin()?;
    let mut facts = vec![
        vec![
            Fact::new("PV", Grouped(row.pv)).ink(Ink::Strong),
            Fact::new("UV", Grouped(row.uv.unwrap_or(0))).ink(Ink::Strong),
            Fact::new("sent", Bytes(row.bytes)),
            Fact::new("static", Percent(row.statics, row.pv)),
        ],
        codes(row),
    ];
    if let Some(latency) = &report.latency {
        facts.extend(latency::in_short(latency, row.pv));
    }
    facts::for_each_line(&facts, sheet.page, |line| sheet.line(line))?;
    match peak(report) {
        Some((share, when)) => {
            sheet.flow(&[Piece::new("", Ink::Bad, format!("▲ 5xx {share}")), Piece::new(" ", Ink::Plain, when)], 2)
        }
        None => Ok(()),
    }
}

/// The shares of the status classes; the odd ones only where there are any, so that they always add up.
fn codes(row: &Row) -> Vec<Fact> {
    let fact = |label, part| Fact::new(label, Percent(part, row.pv));
    let mut facts = vec![
        fact("2xx", row.status_2xx),
        fact("3xx", row.status_3xx),
        fact("4xx", row.status_4xx).ink(Ink::of_4xx(row.status_4xx, row.pv)),
        fact("5xx", row.status_5xx).ink(Ink::of_5xx(row.status_5xx, row.pv)),
    ];
    for (label, part) in [("1xx", row.status_1xx), ("other", row.status_other)] {
        if part > 0 {
            facts.push(fact(label, part));
        }
    }
    facts
}

/// The time in which most requests failed, if that stands out.
fn peak(report: &Report) -> Option<(String, String)> {
    let all = &report.summary.as_ref()?.row;
    let stands_out = |row: &&Row| {
        let part = u128::from(row.status_5xx);
        row.status_5xx >= ERRORS
            && part * 100 >= u128::from(row.pv) * u128::from(PERCENT)
            && part * u128::from(all.pv) >= u128::from(all.status_5xx) * u128::from(row.pv) * u128::from(TIMES)
    };
    let share = |row: &Row| row.status_5xx as f64 / row.pv as f64;
    // Of equals the first.
    let rows = report.timeline.iter().flatten().filter(stands_out);
    let worst = rows.reduce(|worst, row| if share(row) > share(worst) { row } else { worst })?;
    let when = words::when(report.period.unit, worst.key.as_deref().unwrap_or("-"));
    Some((Percent(worst.status_5xx, worst.pv).to_string(), when))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::table::tests::report;

    fn day(key: &str, pv: u64, status_5xx: u64) -> Row {
        Row { key: Some(key.to_owned()), pv, status_5xx, ..Row::default() }
    }

    #[test]
    fn only_a_time_that_stands_out_is_pointed_at() {
        type Days = &'static [(u64, u64)];
        let rows: [(Days, Option<&str>); 5] = [
            (&[(1000, 0), (1000, 50), (1000, 4)], Some("on Sun 2026-11-15")),
            (&[(1000, 50), (1000, 50), (1000, 0)], None),
            (&[(100, 0), (100, 9), (1000, 0)], None),
            (&[(100_000, 0), (10_000, 99), (1, 0)], None),
            (&[(1000, 50), (1000, 0), (1000, 50), (3000, 0)], Some("on Sat 2026-11-14")),
        ];
        for (days, expected) in rows {
            let timeline: Vec<_> =
                days.iter().zip(14..).map(|((pv, n), d)| day(&format!("2026-11-{d}"), *pv, *n)).collect();
            let sum = |of: fn(&Row) -> u64| timeline.iter().map(of).sum();
            let report = report(day("", sum(|r| r.pv), sum(|r| r.status_5xx)), timeline.clone());
            assert_eq!(peak(&report).map(|(_, when)| when).as_deref(), expected, "{days:?}");
        }
    }
}
