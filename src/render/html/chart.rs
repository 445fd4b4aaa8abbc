//! Hits by time as bars, with errors at the bottom of each bar, and visitors as a line.
//!
//! Bars are at their position in time, so a missing row is a gap. If there are more buckets than bars fit on a screen,
//! one bar shows several buckets.

use std::fmt::Write;

use super::axes::{Level, Tick, levels, readable, round_up, short, ticks, units};
use super::percent;
use crate::render::dates::weekday_of_date;
use crate::render::labels;
use crate::render::numbers::{Grouped, Known};
use crate::render::slots::{Slot, Slots};
use crate::report::Row;
use crate::time::Unit;

/// Maximum number of bars. With this many, a bar is three pixels wide on a usual screen.
const BARS_AT_MOST: usize = 240;
/// Size of the picture in its own units. The browser stretches it to the available width.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 200.0;
/// Share of its slot that a bar fills, and the maximum width of a bar.
const FILLED: f64 = 0.8;
const WIDEST: f64 = 80.0;
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    /// SVG path of the line of visitors; empty if they were not counted.
    pub(super) line: String,
    pub(super) levels: Vec<Level>,
    pub(super) ticks: Vec<Tick>,
    /// Explains how long a bar is if it shows several buckets; otherwise empty.
    pub(super) note: String,
    /// Description of the whole chart in one sentence.
    pub(super) description: String,
}

pub(super) struct Bar {
    /// Start and width of the whole slot, which reacts to the pointer.
    pub(super) slot: (String, String),
    /// Start and width of the bar.
    pub(super) place: (String, String),
    /// Parts of the bar from the bottom up: colour, top, height.
    pub(super) parts: Vec<(&'static str, String, String)>,
    /// Description of the bar in words.
    pub(super) description: String,
}

impl Chart {
    /// Creates the chart; `None` if there are fewer than two buckets to compare.
    pub(super) fn of(rows: &[Row], unit: Unit) -> Option<Chart> {
        let timeline = Slots::of(rows, unit, BARS_AT_MOST)?;
        let (slots, in_slot) = (&timeline.slots, timeline.in_slot);
        let most = slots.iter().map(|slot| slot.pv).max().unwrap_or(0);
        let most_uv = slots.iter().filter_map(|slot| slot.uv).max();
        let (step, levels) = levels(most);
        let step_uv = most_uv.map(|most| round_up(most.div_ceil(levels)));
        let (top, top_uv) = (step.saturating_mul(levels), step_uv.unwrap_or(1).saturating_mul(levels));
        let pitch = WIDTH / slots.len() as f64;
        let is_hit = |slot: &&(usize, &Slot)| slot.1.pv > 0;
        let numbered: Vec<_> = slots.iter().enumerate().collect();
        Some(Chart {
            bars: numbered.iter().filter(is_hit).map(|(at, slot)| bar(slot, *at, pitch, top, in_slot > 1)).collect(),
            line: if most_uv.is_some() { line(slots, pitch, top_uv) } else { String::new() },
            levels: (0..=levels)
                .map(|level| Level {
                    y: percent(levels - level, levels),
                    pv: short(step.saturating_mul(level)),
                    uv: step_uv.map(|step| short(step.saturating_mul(level))).unwrap_or_default(),
                })
                .collect(),
            ticks: ticks(&slots.iter().map(|slot| slot.first.as_str()).collect::<Vec<_>>()),
            note: match in_slot {
                1 => String::new(),
                _ => {
                    let line = match most_uv {
                        Some(_) => format!(" Line: most visitors in one of its {}.", labels::units(unit)),
                        None => String::new(),
                    };
                    format!("Each bar is {}.{line}", timeline.length())
                }
            },
            description: description(slots, unit),
        })
    }
}

/// Draws the bar of a slot. `is_of_many` is true if a slot has several buckets.
fn bar(slot: &Slot, at: usize, pitch: f64, top: u64, is_of_many: bool) -> Bar {
    let width = (pitch * FILLED).min(WIDEST);
    let left = pitch * at as f64;
    let high = |hits: u64| hits as f64 * HEIGHT / top as f64;
    let mut parts = Vec::new();
    let mut below = 0;
    let (odd, bad) = (slot.status_4xx.unwrap_or(0), slot.status_5xx.unwrap_or(0));
    for (ink, hits) in [("bad", bad), ("odd", odd), ("hits", slot.pv.saturating_sub(odd + bad))] {
        below += hits;
        if hits > 0 {
            parts.push((ink, units(HEIGHT - high(below)), units(high(hits))));
        }
    }
    let mut description = readable(&slot.first);
    if slot.first != slot.last {
        write!(description, " to {}", readable(&slot.last)).expect("writing to a String cannot fail");
    }
    write!(description, ": {}", labels::counted(slot.pv, "request")).expect("writing to a String cannot fail");
    if let Some(uv) = slot.uv {
        let most = if is_of_many { "at most " } else { "" };
        write!(description, ", {most}{}", labels::counted(uv, "visitor")).expect("writing to a String cannot fail");
    }
    let errors = (Known(slot.status_4xx.map(Grouped)), Known(slot.status_5xx.map(Grouped)));
    write!(description, ", {} 4xx, {} 5xx", errors.0, errors.1).expect("writing to a String cannot fail");
    Bar {
        slot: (units(left), units(pitch)),
        place: (units(left + (pitch - width) / 2.0), units(width)),
        parts,
        description,
    }
}

/// Draws the line of visitors: a step over each bar, joined to its neighbours. The line is interrupted where there were
/// no visitors.
fn line(slots: &[Slot], pitch: f64, top: u64) -> String {
    let mut line = String::new();
    let mut is_open = false;
    for (at, slot) in slots.iter().enumerate() {
        let Some(uv) = slot.uv.filter(|uv| *uv > 0) else {
            is_open = false;
            continue;
        };
        let y = units(HEIGHT - uv as f64 * HEIGHT / top as f64);
        line += &match is_open {
            true => format!("V{y}"),
            false => format!("M{} {y}", units(pitch * at as f64)),
        };
        line += &format!("h{}", units(pitch));
        is_open = true;
    }
    line
}

fn description(slots: &[Slot], unit: Unit) -> String {
    let there: Vec<_> = slots.iter().filter(|slot| slot.pv > 0).collect();
    let (Some(first), Some(last)) = (there.first(), there.last()) else { return String::new() };
    let most = there.iter().fold(first, |most, slot| if slot.pv > most.pv { slot } else { most });
    let units = labels::timeline(unit, None);
    format!(
        "{units}, {} to {}. The highest bar is {}: {}. The table below has the numbers.",
        readable(&first.first),
        readable(&last.last),
        when(unit, &readable(&most.first)),
        labels::counted(most.pv, "request"),
    )
}

/// Returns the time of a timeline row with its preposition: `on Wed 2026-11-18`, `at 2026-11-18T14`.
fn when(unit: Unit, key: &str) -> String {
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Step(_) => format!("at {key}"),
        Unit::Day => match weekday_of_date(key) {
            Some(weekday) => format!("on {weekday} {key}"),
            None => format!("on {key}"),
        },
        Unit::Weekday => format!("on {key}"),
        Unit::Week | Unit::Month | Unit::Year => format!("in {key}"),
        Unit::HourOfDay => format!("in hour {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::UvCount;

    fn row(key: &str, pv: u64, uv: u64, status_5xx: u64) -> Row {
        Row { key: Some(key.to_owned()), uv: UvCount::Known(uv), ..Row::known(pv, 0, status_5xx) }
    }

    #[test]
    fn bars_of_several_buckets_keep_all_hits() {
        let rows: Vec<_> = (0..5000).filter(|s| s % 7 != 0).map(|s| row(&Unit::Second.key(s), 3, 2, 1)).collect();
        let chart = Chart::of(&rows, Unit::Second).unwrap();
        assert!((100..=240).contains(&chart.bars.len()), "{}", chart.bars.len());
        let hits = chart.bars.iter().map(|bar| {
            assert!(bar.description.contains("at most 2 visitors"), "{}", bar.description);
            bar.description.split(": ").nth(1).unwrap().split(' ').next().unwrap().parse::<usize>().unwrap()
        });
        assert_eq!(hits.sum::<usize>(), rows.len() * 3);
        assert!(chart.note == "Each bar is 30 seconds. Line: most visitors in one of its seconds.", "{}", chart.note);
    }

    #[test]
    fn bar_parts_are_stacked() {
        let chart = Chart::of(&[row("2026-11-14", 40, 4, 10), row("2026-11-16", 20, 2, 0)], Unit::Day).unwrap();
        assert_eq!(chart.bars.len(), 2, "the day without hits has no bar");
        let text = |s: &str| s.to_owned();
        let parts = &chart.bars[0].parts;
        assert_eq!(parts[0], ("bad", text("150.00"), text("50.00")));
        assert_eq!(parts[1], ("hits", text("0.00"), text("150.00")));
        assert_eq!(
            chart.line, "M0.00 0.00h333.33M666.67 100.00h333.33",
            "the line is interrupted on the day without visitors"
        );
        assert!(Chart::of(&[row("2026-11-14", 40, 4, 10)], Unit::Day).is_none());
    }

    #[test]
    fn axis_keys_do_not_overlap() {
        let ticks = |unit: Unit, buckets: i64, length_s: i64| {
            let rows: Vec<_> = (0..buckets).map(|n| row(&unit.key(n * length_s), 1, 1, 0)).collect();
            let ticks = Chart::of(&rows, unit).unwrap().ticks;
            let text = |tick: &Tick| format!("{}{}", tick.text, if tick.is_minor { "?" } else { "" });
            ticks.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(ticks(Unit::Day, 3, 86_400), ["1970-01-01", "1970-01-02", "1970-01-03"]);
        assert_eq!(
            ticks(Unit::Day, 31, 86_400),
            ["1970-01-01", "1970-01-08?", "1970-01-16", "1970-01-23?", "1970-01-31"]
        );
        let minutes =
            ["1970-01-01 00:00", "1970-01-01 00:01?", "1970-01-01 00:03?", "1970-01-01 00:04?", "1970-01-01 00:06"];
        assert_eq!(ticks(Unit::Minute, 7, 60), minutes);
    }

    #[test]
    fn times_have_their_preposition() {
        let rows = [
            (Unit::Day, "2026-11-18", "on Wed 2026-11-18"),
            (Unit::Hour, "2026-11-18T14", "at 2026-11-18T14"),
            (Unit::HourOfDay, "14", "in hour 14"),
            ("15m".parse().unwrap(), "2026-11-18T14:45", "at 2026-11-18T14:45"),
            (Unit::Day, "-", "on -"),
        ];
        for (unit, key, expected) in rows {
            assert_eq!(when(unit, key), expected);
        }
    }
}
