//! Formats numbers for people: grouped digits, units, and never 0% or 100% unless that is exact.

use std::fmt;

use super::mean::Mean;
use crate::report::Figure;
pub(crate) use crate::text::Grouped;

/// Bytes in powers of 1024: `812.4 GiB`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1024 {
            return write!(f, "{} B", self.0);
        }
        let tenths = |power: u32| ratio(u128::from(self.0) * 10, 1 << (10 * power));
        let units = [(1, "KiB"), (2, "MiB"), (3, "GiB"), (4, "TiB"), (5, "PiB"), (6, "EiB")];
        // If a number rounds to 1024 of a unit, use the next unit.
        let fits = |(power, _): &(u32, &str)| tenths(*power) < 10_240;
        let (power, unit) = units.into_iter().find(fits).expect("64 bits are 16 EiB");
        let tenths = tenths(power);
        write!(f, "{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// A duration in milliseconds: `12 ms`, `1.31 s`, `60.0 s`, `2 min 05 s`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duration(pub(crate) u64);

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = |unit_ms: u64| ratio(u128::from(self.0), u128::from(unit_ms)) as u64;
        let (seconds, minutes, hours) = (rounded(1000), rounded(60_000), rounded(3_600_000));
        if self.0 < 1000 {
            write!(f, "{} ms", self.0)
        } else if rounded(10) < 1000 {
            write!(f, "{}.{:02} s", rounded(10) / 100, rounded(10) % 100)
        } else if rounded(100) < 1000 {
            write!(f, "{}.{} s", rounded(100) / 10, rounded(100) % 10)
        } else if seconds < 3600 {
            write!(f, "{} min {:02} s", seconds / 60, seconds % 60)
        } else if minutes < 24 * 60 {
            write!(f, "{} h {:02} min", minutes / 60, minutes % 60)
        } else {
            write!(f, "{} d {:02} h", Grouped(hours / 24), hours % 24)
        }
    }
}

/// A threshold in milliseconds, shown in seconds as the user gave it: `0.3 s`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds(pub(crate) u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Grouped(self.0 / 1000))?;
        let decimals = format!("{:03}", self.0 % 1000);
        match decimals.trim_end_matches('0') {
            "" => f.write_str(" s"),
            decimals => write!(f, ".{decimals} s"),
        }
    }
}

/// A part of a whole in percent: `4.8%`, with two decimals below 1%. `0%` and `100%` are exact, never rounded. `-`
/// means that the whole is 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Percent(pub(crate) u64, pub(crate) u64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Percent(part, whole) = *self;
        if whole == 0 {
            return f.write_str("-");
        }
        if part == 0 || part >= whole {
            return f.write_str(if part == 0 { "0%" } else { "100%" });
        }
        let of = |hundred: u128| ratio(u128::from(part) * hundred, u128::from(whole));
        match (of(10_000), of(1000).min(999)) {
            (0, _) => f.write_str("<0.01%"),
            (hundredths @ 1..100, _) => write!(f, "0.{hundredths:02}%"),
            (_, tenths) => write!(f, "{}.{}%", tenths / 10, tenths % 10),
        }
    }
}

/// A value of a metric.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DisplayFigure<'f>(pub(crate) &'f Figure);

/// Shown for an unknown number.
const UNKNOWN: &str = "–";

/// A number that may be unknown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<T>(pub(crate) Option<T>);

impl<T: fmt::Display> fmt::Display for Known<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(number) => number.fmt(f),
            None => f.write_str(UNKNOWN),
        }
    }
}

/// Returns a part of a whole in percent; it may be unknown.
pub(crate) fn share(part: Option<(u64, u64)>) -> Known<Percent> {
    Known(part.map(|(part, whole)| Percent(part, whole)))
}

impl fmt::Display for DisplayFigure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Figure::Count(count) => Grouped(*count).fmt(f),
            Figure::Share(share) => Percent((share * SHARES as f64).round() as u64, SHARES).fmt(f),
            Figure::Ms(ms) => Duration(*ms).fmt(f),
            Figure::MeanMs(ms) => Duration(ms.round() as u64).fmt(f),
            Figure::Mean(mean) => Mean(*mean).fmt(f),
            // Leave out the zone: it is the same for most times, and the report's head has it.
            Figure::Moment(moment) => f.write_str(&moment.get(..19).unwrap_or(moment).replace('T', " ")),
            Figure::Unknown => f.write_str(UNKNOWN),
        }
    }
}

/// Parts that a share is rounded to before it is formatted, so that shares look alike whatever they are made from.
const SHARES: u64 = 1_000_000_000;

/// Divides, and rounds half up.
fn ratio(part: u128, whole: u128) -> u128 {
    (part + whole / 2) / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        let rows = [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1000, "1,000"),
            (10_482_113, "10,482,113"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ];
        for (number, expected) in rows {
            assert_eq!(Grouped(number).to_string(), expected);
        }
    }

    #[test]
    fn bytes_have_one_decimal_and_a_unit() {
        let rows = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (1_048_524, "1023.9 KiB"),
            (1_048_525, "1.0 MiB"),
            (872_308_837_990, "812.4 GiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (number, expected) in rows {
            assert_eq!(Bytes(number).to_string(), expected);
        }
    }

    #[test]
    fn times_have_three_digits_or_two_units() {
        let rows = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1000, "1.00 s"),
            (1314, "1.31 s"),
            (9994, "9.99 s"),
            (9995, "10.0 s"),
            (59_900, "59.9 s"),
            (60_000, "60.0 s"),
            (99_949, "99.9 s"),
            (99_950, "1 min 40 s"),
            (125_000, "2 min 05 s"),
            (3_599_500, "1 h 00 min"),
            (86_400_000, "1 d 00 h"),
            (u64::MAX, "213,503,982,334 d 14 h"),
        ];
        for (number, expected) in rows {
            assert_eq!(Duration(number).to_string(), expected);
        }
    }

    #[test]
    fn figures_are_formatted_by_kind() {
        let rows = [
            (Figure::Count(1234), "1,234"),
            (Figure::Share(0.0481), "4.8%"),
            (Figure::Share(0.0), "0%"),
            (Figure::Share(1.0), "100%"),
            (Figure::Ms(1314), "1.31 s"),
            (Figure::MeanMs(11.6), "12 ms"),
            (Figure::Mean(0.0), "0"),
            (Figure::Mean(0.0049), "0.0049"),
            (Figure::Mean(0.025), "0.025"),
            (Figure::Mean(0.000_04), "<0.0001"),
            (Figure::Mean(0.005), "0.0050"),
            (Figure::Mean(2.346), "2.35"),
            (Figure::Mean(9.996), "10.0"),
            (Figure::Mean(99.96), "100"),
            (Figure::Mean(1234.4), "1,234"),
            (Figure::Moment("2022-04-05T03:45:05+00:00".to_owned()), "2022-04-05 03:45:05"),
            (Figure::Unknown, "–"),
        ];
        for (figure, expected) in rows {
            assert_eq!(DisplayFigure(&figure).to_string(), expected);
        }
    }

    #[test]
    fn thresholds_read_as_given() {
        let rows =
            [(300, "0.3 s"), (0, "0 s"), (1000, "1 s"), (1250, "1.25 s"), (5, "0.005 s"), (1_000_100, "1,000.1 s")];
        for (number, expected) in rows {
            assert_eq!(Seconds(number).to_string(), expected);
        }
    }

    #[test]
    fn shares_never_round_to_zero_or_all() {
        let rows = [
            (0, 0, "-"),
            (0, 5, "0%"),
            (5, 5, "100%"),
            (1, 2, "50.0%"),
            (48, 1000, "4.8%"),
            (21, 10_000, "0.21%"),
            (994, 100_000, "0.99%"),
            (995, 100_000, "1.0%"),
            (1, 20_001, "<0.01%"),
            (1, 20_000, "0.01%"),
            (99_999, 100_000, "99.9%"),
            (u64::MAX - 1, u64::MAX, "99.9%"),
        ];
        for (part, whole, expected) in rows {
            assert_eq!(Percent(part, whole).to_string(), expected, "{part} of {whole}");
        }
    }
}
