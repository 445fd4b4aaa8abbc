//! Round numbers: 1, 2 and 5 times each power of ten.

/// Returns 1, 2, 5, 10, 20 … and at the end `u64::MAX`.
pub(crate) fn round_numbers() -> impl Iterator<Item = u64> {
    let powers = (0..=u64::MAX.ilog10()).map(|power| 10_u64.pow(power));
    let all = powers.flat_map(|power| [1, 2, 5].map(|times| power.saturating_mul(times)));
    // Products that overflow saturate to `u64::MAX`, which must be listed only once.
    all.take_while(|number| *number < u64::MAX).chain([u64::MAX])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_end_with_the_largest() {
        let all: Vec<u64> = round_numbers().collect();
        assert_eq!(all[..7], [1, 2, 5, 10, 20, 50, 100]);
        assert_eq!(all[all.len() - 2..], [10_000_000_000_000_000_000, u64::MAX]);
        assert!(all.windows(2).all(|two| two[0] < two[1]));
    }
}
