//! Labels of the chart: round numbers at its sides, and keys below it that do not overlap.

use crate::report::round_numbers::round_numbers;

/// Maximum number of keys below the chart: for short keys, such as days, and for longer ones.
const TICKS: (usize, usize) = (7, 5);
/// Maximum length of a short key: that of a day.
const SHORT_KEY: usize = 10;

/// A height with a number on both sides of the chart.
pub(super) struct Level {
    pub(super) y: String,
    pub(super) pv: String,
    pub(super) uv: String,
}

pub(super) struct Tick {
    pub(super) x: String,
    pub(super) anchor: &'static str,
    pub(super) text: String,
    /// True if the key is hidden on narrow screens.
    pub(super) is_minor: bool,
}

/// Shortens a round number: `500`, `20k`, `5M`.
pub(super) fn short(number: u64) -> String {
    let letters = ["", "k", "M", "G", "T", "P", "E"];
    let (mut number, mut at) = (number, 0);
    while number >= 1000 && number.is_multiple_of(100) && at + 1 < letters.len() {
        if !number.is_multiple_of(1000) {
            return format!("{}.{}{}", number / 1000, number % 1000 / 100, letters[at + 1]);
        }
        number /= 1000;
        at += 1;
    }
    format!("{number}{}", letters[at])
}

/// Returns the distance between levels, and the number of levels above zero that are needed to reach `most`: at most
/// four.
pub(super) fn levels(most: u64) -> (u64, u64) {
    let step = round_up(most.div_ceil(4));
    (step, most.div_ceil(step).max(1))
}

/// Rounds up to 1, 2 or 5 times a power of ten.
pub(super) fn round_up(number: u64) -> u64 {
    round_numbers().find(|round| *round >= number).unwrap_or(u64::MAX)
}

/// Chooses the keys below the chart. A missing bar has an empty key in `bars`.
pub(super) fn ticks(bars: &[&str]) -> Vec<Tick> {
    let is_short = bars.iter().all(|key| key.len() <= SHORT_KEY);
    let most = if is_short { TICKS.0 } else { TICKS.1 };
    let is_few = bars.len() <= most;
    let number = if is_few { bars.len() } else { TICKS.1 };
    let mut ticks: Vec<(usize, Tick)> = Vec::new();
    for i in 0..number {
        let wanted = if is_few { i } else { i * (bars.len() - 1) / (number - 1) };
        let there = (0..bars.len()).filter(|at| !bars[*at].is_empty());
        let Some(at) = there.min_by_key(|at| at.abs_diff(wanted)) else { break };
        // Skip a key that would overlap the previous one.
        if ticks.last().is_some_and(|(last, _)| at <= *last || (at - last) * 8 < bars.len() && !is_few) {
            continue;
        }
        let middle = (at as f64 + 0.5) * 100.0 / bars.len() as f64;
        let (anchor, x) = match middle {
            ..6.0 => ("start", 0.0),
            94.0.. => ("end", 100.0),
            _ => ("middle", middle),
        };
        let is_middle = i * 2 == number - 1 && is_short;
        let is_minor = i != 0 && i != number - 1 && !is_middle;
        ticks.push((at, Tick { x: units(x), anchor, text: readable(bars[at]), is_minor }));
    }
    ticks.into_iter().map(|(_, tick)| tick).collect()
}

pub(super) fn readable(key: &str) -> String {
    key.replace('T', " ")
}

pub(super) fn units(number: f64) -> String {
    format!("{number:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_numbers_are_short() {
        for (number, expected) in
            [(0, "0"), (500, "500"), (1000, "1k"), (1500, "1.5k"), (20_000, "20k"), (5_000_000, "5M")]
        {
            assert_eq!(short(number), expected);
        }
    }

    #[test]
    fn levels_are_round_and_at_most_four() {
        for (most, expected) in [(0, (1, 1)), (1, (1, 1)), (24, (10, 3)), (40, (10, 4)), (41, (20, 3)), (999, (500, 2))]
        {
            assert_eq!(levels(most), expected, "{most}");
        }
        assert!(levels(u64::MAX).0 > 0);
    }
}
