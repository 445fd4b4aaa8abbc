//! Highlights in words, for all formats that people read.

use std::fmt;

use super::labels;
use super::tone::Tone;
use crate::render::dates::weekday_of_date;
use crate::render::numbers::{Duration, Grouped, Percent};
use crate::report::Highlight;

/// The text of a highlight: `slowest path`, `/export/`, `1.31 s in the mean of 212 requests`.
pub(super) struct HighlightText<'h> {
    pub(super) what: &'static str,
    pub(super) key: Key<'h>,
    pub(super) figure: String,
    pub(super) tone: Tone,
}

/// The subject of a highlight.
pub(super) enum Key<'h> {
    /// A key from the log, of any length.
    Logged(&'h str),
    /// Words of logstat itself.
    Words(String),
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Logged(text) => f.write_str(text),
            Key::Words(words) => f.write_str(words),
        }
    }
}

/// Returns the text of a highlight. `hits` is the number of all hits of the report.
pub(super) fn highlight_text(highlight: &Highlight, hits: u64) -> HighlightText<'_> {
    match highlight {
        Highlight::ErrorPeak { key, pv, status_5xx, .. } => HighlightText {
            what: "5xx",
            key: Key::Words(hour(key)),
            figure: format!("{} of {}", Percent(*status_5xx, *pv), labels::counted(*pv, "request")),
            tone: Tone::Bad,
        },
        Highlight::SlowestPath { key, count, avg_ms } => HighlightText {
            what: "slowest path",
            key: Key::Logged(key),
            figure: format!(
                "{} in the mean of {}",
                Duration(avg_ms.round() as u64),
                labels::counted(*count, "request")
            ),
            tone: Tone::Odd,
        },
        Highlight::FrequentAddress { key, pv, .. } => HighlightText {
            what: "address",
            key: Key::Logged(key),
            figure: format!("{} of all requests, {}", Percent(*pv, hits), Grouped(*pv)),
            tone: Tone::Odd,
        },
    }
}

/// Formats the key of an hour: `on Wed 2026-11-18 at 14:00`.
fn hour(key: &str) -> String {
    let (day, hour) = key.split_once('T').unwrap_or((key, "00"));
    match weekday_of_date(day) {
        Some(weekday) => format!("on {weekday} {day} at {hour}:00"),
        None => format!("on {day} at {hour}:00"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_their_weekday() {
        assert_eq!(hour("2026-11-18T14"), "on Wed 2026-11-18 at 14:00");
    }
}
