//! Times of the generated requests. Separate so that the daily rhythm of the site can be tuned in one place.

use super::digits::two;
use super::rng::{Rng, mix};

/// Traffic at the start of each hour of a working day, by the wall clock: quiet at night, a peak in the evening.
const HOURS: [f64; 24] = [
    38., 22., 14., 10., 9., 12., 22., 38., 58., 72., 80., 84., //
    86., 82., 80., 80., 82., 86., 92., 104., 118., 120., 96., 64.,
];
const WEEKEND: f64 = 0.77;
const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
const MONTH_DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Start of the log in Unix time: 14/Nov/2026, a Saturday, at 00:00:00 +0800.
pub(crate) const BEGIN_EPOCH_S: u64 = 1_794_585_600;

/// The seconds of the log, in order, and their written form.
pub(crate) struct Clock {
    seed: u64,
    dates: Vec<[u8; 11]>,
    /// Share of the total rhythm that one line takes.
    step: f64,
    minute: u64,
    begun: f64,
    weight: f64,
    stamp: [u8; 26],
    stamped_s: u64,
}

impl Clock {
    pub(crate) fn new(days: u32, lines: u64, seed: u64) -> Self {
        let minutes = u64::from(days) * 1440;
        let total: f64 = (0..minutes).map(|minute| weight(minute, seed)).sum();
        Self {
            seed,
            dates: dates(days),
            step: total / lines as f64,
            minute: 0,
            begun: 0.0,
            weight: weight(0, seed),
            stamp: *b"14/Nov/2026:00:00:00 +0800",
            stamped_s: 0,
        }
    }

    /// Returns when line `line` was written, in seconds since the start of the log. Must be called in the order of
    /// lines.
    ///
    /// One line in 250 is a second or two early, as when an nginx worker flushes its buffer late.
    pub(crate) fn second(&mut self, line: u64, rng: &mut Rng) -> u64 {
        let at = (line as f64 + rng.unit()) * self.step;
        let last = self.dates.len() as u64 * 1440 - 1;
        while at >= self.begun + self.weight && self.minute < last {
            self.begun += self.weight;
            self.minute += 1;
            self.weight = weight(self.minute, self.seed);
        }
        let within = ((at - self.begun) / self.weight * 60.0) as u64;
        let second = self.minute * 60 + within.min(59);
        if rng.below(250) == 0 { second.saturating_sub(1 + rng.below(2)) } else { second }
    }

    /// Returns `14/Nov/2026:00:00:03 +0800`; formatted again only when the second changes.
    pub(crate) fn stamp(&mut self, second: u64) -> &[u8; 26] {
        if second != self.stamped_s {
            self.stamped_s = second;
            self.stamp[..11].copy_from_slice(&self.dates[(second / 86_400) as usize]);
            self.stamp[12..14].copy_from_slice(&two(second / 3600 % 24));
            self.stamp[15..17].copy_from_slice(&two(second / 60 % 60));
            self.stamp[18..20].copy_from_slice(&two(second % 60));
        }
        &self.stamp
    }
}

/// True in the hour of the outage, so that a report has something to show: 18/Nov/2026, 14:00 to 15:00.
pub(crate) fn is_outage(second: u64) -> bool {
    second / 3600 == 4 * 24 + 14
}

/// Traffic in a minute: interpolated between its hours, less at weekends, and slightly different from its neighbours.
fn weight(minute: u64, seed: u64) -> f64 {
    let (day, hour, past) = (minute / 1440, (minute / 60 % 24) as usize, (minute % 60) as f64 / 60.0);
    let hourly = HOURS[hour] * (1.0 - past) + HOURS[(hour + 1) % 24] * past;
    let noise = 0.85 + 0.3 * (mix(minute ^ seed) >> 48) as f64 / 65_536.0;
    hourly * noise * if day % 7 < 2 { WEEKEND } else { 1.0 }
}

/// Appends the date: `14/Nov/2026` and the days after it.
fn dates(days: u32) -> Vec<[u8; 11]> {
    let (mut day, mut month, mut year) = (14, 10, 2026);
    (0..days)
        .map(|_| {
            let mut date = *b"00/Jan/2026";
            date[..2].copy_from_slice(&two(day.into()));
            date[3..6].copy_from_slice(&MONTHS[3 * month..3 * month + 3]);
            date[7..9].copy_from_slice(&two(year / 100 % 100));
            date[9..].copy_from_slice(&two(year % 100));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            day += 1;
            if day > MONTH_DAYS[month] + u32::from(leap && month == 1) {
                (day, month) = (1, month + 1);
            }
            if month == 12 {
                (month, year) = (0, year + 1);
            }
            date
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Clock, Rng, dates};

    #[test]
    fn dates_follow_the_calendar() {
        let days = dates(900);
        for (day, date) in [
            (0, b"14/Nov/2026"),
            (17, b"01/Dec/2026"),
            (48, b"01/Jan/2027"),
            (107, b"01/Mar/2027"),
            (472, b"29/Feb/2028"),
        ] {
            assert_eq!(&days[day], date);
        }
    }

    #[test]
    fn times_fill_the_days_and_rarely_go_back() {
        let (mut clock, mut rng) = (Clock::new(2, 50_000, 3), Rng::new(3));
        let seconds: Vec<u64> = (0..50_000).map(|line| clock.second(line, &mut rng)).collect();
        assert!(seconds[0] < 120 && seconds.iter().all(|&second| second < 2 * 86_400));
        assert!(seconds[49_999] > 2 * 86_400 - 120);
        assert!(seconds.windows(2).all(|pair| pair[1] + 2 >= pair[0]));
        let at = |hour| seconds.iter().filter(|&&second| second / 3600 == hour).count();
        assert!(at(20) > 8 * at(4));
    }
}
