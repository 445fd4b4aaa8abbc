//! A long timeline in two lines, so that the reader sees the trend at a glance.

use std::fmt::Display;
use std::io;

use super::TableWriter;
use super::fit::width;
use super::ink::Ink;
use super::line::Line;
use super::wrap::Piece;
use crate::render::numbers::{Grouped, share};
use crate::render::slots::{Slot, Slots};
use crate::render::terms::{Form, REQUESTS};
use crate::report::Report;

/// Number of rows that fit on a screen. Only longer timelines have a trend; for shorter ones the bars are enough.
const SCREEN: usize = 24;
/// Columns before the symbols: an indent, and a label.
const LABEL: usize = 12;
/// Columns after the symbols: `  peak 10,482,113`. A narrow page has no note.
const NOTE: usize = 17;
/// Minimum width of a page with notes, in columns.
const WIDE: usize = 60;

/// Blocks for one to eight eighths of a line.
const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) fn write(report: &Report, writer: &mut TableWriter<'_>) -> io::Result<()> {
    let Some(rows) = report.timeline.as_deref().filter(|rows| rows.len() > SCREEN) else { return Ok(()) };
    let terminal = writer.terminal;
    let note = if terminal.columns < WIDE { 0 } else { NOTE };
    let unit = report.period.unit;
    let Some(trend) = Slots::of(rows, unit, terminal.columns.saturating_sub(LABEL + note)) else { return Ok(()) };
    writer.begin()?;
    let mut head = vec![Piece::new("", Ink::Strong, "Trend")];
    head.extend(Piece::words(Ink::Faint, &format!(" each bar is {}{}", trend.length(), ends(&trend))));
    writer.write_wrapped(&head, 0)?;
    let mut line = |label: &str, ink: Ink, signs: String, most: &dyn Display| {
        let mut line = Line::new(terminal.colors);
        line.gap(2);
        line.push(Ink::Plain, label);
        line.gap(LABEL - 2 - width(label));
        line.push(ink, signs.trim_end());
        if note > 0 {
            line.gap(2 + width(&signs) - width(signs.trim_end()));
            line.push(Ink::Faint, &format!("peak {most}"));
        }
        writer.line(line)
    };
    let most = trend.slots.iter().map(|slot| slot.pv).max().unwrap_or(0);
    line(
        REQUESTS[Form::Full as usize],
        Ink::Faint,
        spark(trend.slots.iter().map(|slot| (slot.pv, most))),
        &Grouped(most),
    )?;
    let worst = trend.slots.iter().filter(|slot| slot.status_5xx.is_some_and(|hits| hits > 0)).reduce(|worst, slot| {
        let (a, b) = (crossed(slot, worst), crossed(worst, slot));
        if a > b { slot } else { worst }
    });
    let Some(worst) = worst else { return Ok(()) };
    // Shares of the worst share. To compare without division, multiply the errors of one slot by the hits of the other.
    let of_errors = trend.slots.iter().map(|slot| (crossed(slot, worst), crossed(worst, slot)));
    line("5xx", Ink::Bad, spark(of_errors), &share(worst.status_5xx.zip(worst.with_status)))
}

/// Says if the first or the last symbol stands for less time than the others.
fn ends(trend: &Slots) -> &'static str {
    let is_part = |place: usize| trend.buckets(place) < trend.in_slot;
    match (is_part(0), is_part(trend.slots.len() - 1)) {
        (false, false) => "",
        (true, false) => "; the first is partial",
        (false, true) => "; the last is partial",
        (true, true) => "; the first and the last are partial",
    }
}

/// Errors of a slot times the hits with a status of another slot.
fn crossed(slot: &Slot, other: &Slot) -> u64 {
    slot.status_5xx.unwrap_or(0).saturating_mul(other.with_status.unwrap_or(0))
}

/// Draws one symbol per part, whose height is its share of the whole; a space for 0.
fn spark(parts: impl Iterator<Item = (u64, u64)>) -> String {
    let sign = |(part, whole): (u64, u64)| {
        let eighths = (u128::from(part) * 8).div_ceil(u128::from(whole.max(1))).min(8) as usize;
        eighths.checked_sub(1).map_or(' ', |at| EIGHTHS[at])
    };
    parts.map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zero_is_drawn_as_a_space() {
        assert_eq!(spark([(0, 800), (1, 800), (100, 800), (101, 800), (799, 800), (800, 800)].into_iter()), " ▁▁▂██");
        assert_eq!(spark([(0, 0), (u64::MAX, u64::MAX)].into_iter()), " █");
    }
}
