//! Histogram of request times: one bar for each step, all equally wide.

use super::percent;
use crate::render::numbers::{Duration, Grouped, Percent};
use crate::report::{LatencyReport, LatencyStep};

pub(super) struct Histogram {
    pub(super) bars: Vec<Bar>,
    /// Description of the whole histogram in words.
    pub(super) description: String,
}

pub(super) struct Bar {
    /// Left edge, in percent of the width, as all horizontal positions.
    pub(super) x: String,
    pub(super) width: String,
    /// Top edge, in percent of the height.
    pub(super) y: String,
    pub(super) height: String,
    /// Label below the end of the bar. Only powers of ten have one, to save room. The last label ends at its position,
    /// or it would be cut off.
    pub(super) tick: Option<Tick>,
    /// `20 ms to 50 ms`
    pub(super) range: String,
    pub(super) up_to_ms: u64,
    pub(super) count: u64,
    pub(super) hits: String,
    pub(super) share: String,
    /// True if all requests of the bar are slow.
    pub(super) is_slow: bool,
}

pub(super) struct Tick {
    pub(super) x: String,
    pub(super) anchor: &'static str,
    pub(super) text: String,
}

impl Histogram {
    /// Creates the histogram; `None` if it would have fewer than two bars.
    pub(super) fn of(latency: &LatencyReport) -> Option<Histogram> {
        let steps = &latency.histogram;
        if steps.len() < 2 {
            return None;
        }
        let most = steps.iter().map(|step| step.count).max().unwrap_or(0);
        let whole = steps.len() as u64 * 10;
        let from = |place: usize| place.checked_sub(1).map_or(0, |before| steps[before].up_to_ms);
        let bar = |(place, LatencyStep { up_to_ms, count }): (usize, &LatencyStep)| Bar {
            x: percent(place as u64 * 10 + 1, whole),
            width: percent(8, whole),
            y: percent(most - count, most),
            height: percent(*count, most),
            tick: (10_u64.pow(up_to_ms.ilog10()) == *up_to_ms).then(|| Tick {
                x: percent(place as u64 + 1, steps.len() as u64),
                anchor: if place + 1 == steps.len() { "end" } else { "middle" },
                text: short(*up_to_ms),
            }),
            range: range(from(place), *up_to_ms),
            up_to_ms: *up_to_ms,
            count: *count,
            hits: Grouped(*count).to_string(),
            share: Percent(*count, latency.count).to_string(),
            is_slow: from(place) >= latency.slow_threshold_ms,
        };
        let bars: Vec<Bar> = steps.iter().enumerate().map(bar).collect();
        let description = bars.iter().filter(|bar| bar.count > 0).map(|bar| format!("{}: {}", bar.range, bar.share));
        Some(Histogram { description: description.collect::<Vec<_>>().join(", "), bars })
    }
}

/// Formats `10 ms`, `1 s`.
pub(super) fn short(ms: u64) -> String {
    if ms < 1000 { format!("{ms} ms") } else { format!("{} s", Grouped(ms / 1000)) }
}

fn range(from_ms: u64, up_to_ms: u64) -> String {
    match from_ms {
        0 => format!("up to {}", Duration(up_to_ms)),
        _ => format!("{} to {}", Duration(from_ms), Duration(up_to_ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_described_as_ranges() {
        assert_eq!([range(0, 1), range(1, 2), range(500, 1000)], ["up to 1 ms", "1 ms to 2 ms", "500 ms to 1.00 s"]);
    }
}
