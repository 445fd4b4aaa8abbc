//! Compares keys for equality, faster than `==`.

use crate::keys::hash::middle;

/// True if two keys are equal. For keys of this length, `==` spends more time on the call than on the comparison. The
/// last blocks overlap the ones before, so that no length has a slow rest. Up to 64 bytes there is no loop, whose end
/// the processor would mispredict.
#[inline(always)]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(last_a), Some(last_b)) = (a.last_chunk::<16>(), b.last_chunk::<16>()) else { return same_short(a, b) };
    let differ = |x: &[u8; 16], y: &[u8; 16]| u128::from_le_bytes(*x) ^ u128::from_le_bytes(*y);
    let ((blocks_a, _), (blocks_b, _)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    let ([second_a, third_a], [second_b, third_b]) = (middle(a), middle(b));
    let mut difference = differ(last_a, last_b)
        | differ(&blocks_a[0], &blocks_b[0])
        | differ(second_a, second_b)
        | differ(third_a, third_b);
    for (x, y) in blocks_a.iter().zip(blocks_b).skip(2).take(a.len().saturating_sub(49) / 16) {
        difference |= differ(x, y);
    }
    difference == 0
}

/// The same for two keys of equal length below 16, without a call.
#[inline(always)]
fn same_short(a: &[u8], b: &[u8]) -> bool {
    if let (Some(first_a), Some(last_a), Some(first_b), Some(last_b)) =
        (a.first_chunk::<8>(), a.last_chunk::<8>(), b.first_chunk::<8>(), b.last_chunk::<8>())
    {
        let differ = |x: &[u8; 8], y: &[u8; 8]| u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        return differ(first_a, first_b) | differ(last_a, last_b) == 0;
    }
    a.iter().zip(b).fold(0, |difference, (x, y)| difference | x ^ y) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::any;

    use super::*;

    proptest::proptest! {
        #[test]
        fn same_agrees_with_eq(a in proptest::collection::vec(any::<u8>(), 0..150), at: proptest::sample::Index, flip in 1..=255_u8) {
            let mut b = a.clone();
            if !b.is_empty() {
                let at = at.index(b.len());
                b[at] ^= flip;
                proptest::prop_assert!(!same(&a, &b));
                b.truncate(at);
                proptest::prop_assert!(!same(&a, &b));
            }
            proptest::prop_assert!(same(&a, &a.clone()));
        }
    }
}
