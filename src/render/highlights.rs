//! Highlights in words, for all formats that people read.

use std::borrow::Cow;

use super::labels;
use super::tone::Tone;
use crate::render::dates::weekday_of_date;
use crate::render::numbers::{Duration, Percent};
use crate::report::Highlight;

/// A highlight as a sentence: its subject, such as `/export/`, and the rest, such as ` is the slowest path: …`.
pub(super) struct Finding<'h> {
    /// An address or a path from the log, of any length, or an hour.
    pub(super) subject: Cow<'h, str>,
    /// The rest of the sentence, with the space or colon that it begins with.
    pub(super) rest: String,
    pub(super) tone: Tone,
}

/// Returns the sentence of a highlight. `hits` is the number of all hits of the report.
pub(super) fn finding(highlight: &Highlight, hits: u64) -> Finding<'_> {
    match highlight {
        Highlight::ErrorPeak { key, pv, status_5xx, .. } => Finding {
            subject: hour(key).into(),
            rest: format!(": {} of {} failed with 5xx", Percent(*status_5xx, *pv), labels::counted(*pv, "request")),
            tone: Tone::Bad,
        },
        Highlight::SlowestPath { key, count, avg_ms } => Finding {
            subject: key.into(),
            rest: format!(
                " is the slowest path: {} on average over {}",
                Duration(avg_ms.round() as u64),
                labels::counted(*count, "request")
            ),
            tone: Tone::Odd,
        },
        Highlight::FrequentAddress { key, pv, .. } => Finding {
            subject: key.into(),
            rest: format!(" made {}, {} of all", labels::counted(*pv, "request"), Percent(*pv, hits)),
            tone: Tone::Odd,
        },
    }
}

/// Formats the key of an hour: `Wed 2026-11-18, 14:00 to 15:00`.
fn hour(key: &str) -> String {
    let (day, hour) = key.split_once('T').unwrap_or((key, "00"));
    let end = hour.parse::<u8>().map_or_else(|_| String::new(), |hour| format!(" to {:02}:00", hour + 1));
    match weekday_of_date(day) {
        Some(weekday) => format!("{weekday} {day}, {hour}:00{end}"),
        None => format!("{day}, {hour}:00{end}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_their_weekday() {
        assert_eq!(hour("2026-11-18T14"), "Wed 2026-11-18, 14:00 to 15:00");
        assert_eq!(hour("2026-11-18T23"), "Wed 2026-11-18, 23:00 to 24:00");
    }
}
