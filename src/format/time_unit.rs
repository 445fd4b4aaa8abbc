//! Units of durations in nginx's variables, in `--field`, and under the keys of JSON logs.

/// The unit of a duration, or the rule that finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    #[default]
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    /// Seconds if the number has a decimal point or an exponent; otherwise milliseconds.
    SecondsIfDecimal,
    /// Milliseconds if the object has one of Envoy's keys ([`Mark::Envoy`](super::json::forms::Mark)); otherwise
    /// seconds.
    SecondsUnlessEnvoy,
}

impl TimeUnit {
    /// The unit of this number.
    pub(super) fn of(self, number: &[u8], has_envoy_key: bool) -> TimeUnit {
        match self {
            TimeUnit::SecondsIfDecimal if is_decimal(number) => TimeUnit::Seconds,
            TimeUnit::SecondsIfDecimal => TimeUnit::Milliseconds,
            TimeUnit::SecondsUnlessEnvoy if has_envoy_key => TimeUnit::Milliseconds,
            TimeUnit::SecondsUnlessEnvoy => TimeUnit::Seconds,
            unit => unit,
        }
    }
}

/// True for a number with a decimal point or an exponent.
pub(super) fn is_decimal(number: &[u8]) -> bool {
    number.iter().any(|b| matches!(b, b'.' | b'e' | b'E'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_depend_on_the_value_and_on_other_keys() {
        use TimeUnit::{Microseconds, Milliseconds, Seconds, SecondsIfDecimal, SecondsUnlessEnvoy};
        for (unit, number, has_envoy_key, expected) in [
            (SecondsIfDecimal, "0.001", false, Seconds),
            (SecondsIfDecimal, "5e-05", true, Seconds),
            (SecondsIfDecimal, "26", true, Milliseconds),
            (SecondsUnlessEnvoy, "26", true, Milliseconds),
            (SecondsUnlessEnvoy, "0.026", false, Seconds),
            (SecondsUnlessEnvoy, "26", false, Seconds),
            (Microseconds, "1.5", true, Microseconds),
        ] {
            assert_eq!(unit.of(number.as_bytes(), has_envoy_key), expected, "{unit:?} {number}");
        }
    }
}
