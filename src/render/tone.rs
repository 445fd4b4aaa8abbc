//! Judges numbers, for formats that people read.

/// Judgement of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// Worth a look.
    Odd,
    /// Wrong.
    Bad,
}

impl Tone {
    /// Tone of the share of client errors: from 10% on it is odd.
    pub(super) fn of_4xx(part: Option<(u64, u64)>) -> Tone {
        if part.is_some_and(|(part, whole)| exceeds(part, whole, 10)) { Tone::Odd } else { Tone::Plain }
    }

    /// Tone of the share of server errors: from 1% on it is bad.
    pub(super) fn of_5xx(part: Option<(u64, u64)>) -> Tone {
        if part.is_some_and(|(part, whole)| exceeds(part, whole, 1)) { Tone::Bad } else { Tone::Plain }
    }

    /// Tone of the share of slow requests: from 5% on it is odd.
    pub(super) fn of_slow(part: u64, whole: u64) -> Tone {
        if exceeds(part, whole, 5) { Tone::Odd } else { Tone::Plain }
    }
}

/// True if a part is at least this percentage of the whole, and not 0.
fn exceeds(part: u64, whole: u64, percent: u64) -> bool {
    part > 0 && u128::from(part) * 100 >= u128::from(whole) * u128::from(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tone_follows_the_share_of_errors_and_slow_requests() {
        assert_eq!([99, 100].map(|part| Tone::of_4xx(Some((part, 1000)))), [Tone::Plain, Tone::Odd]);
        assert_eq!([9, 10].map(|part| Tone::of_5xx(Some((part, 1000)))), [Tone::Plain, Tone::Bad]);
        assert_eq!([Tone::of_4xx(None), Tone::of_5xx(None)], [Tone::Plain; 2]);
        assert_eq!((Tone::of_slow(0, 0), Tone::of_slow(1, 1)), (Tone::Plain, Tone::Odd));
    }
}
