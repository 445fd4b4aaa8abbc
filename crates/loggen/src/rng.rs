//! Random numbers for the log generator. Written here because a new version of a crate could change the bytes of a
//! seed.
//!
//! Only `+ - * /`, square roots and integers are used: IEEE 754 fixes every bit of their results. `exp` and `powf` may
//! round differently on another machine, so the same seed would give another log.

/// The increment of splitmix64: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stateless hash: the finalizer of splitmix64. It is a bijection, so different numbers stay different.
pub(crate) fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(STEP);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// splitmix64 (Steele, Lea and Flood, 2014): one word of state, and random enough for traffic.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// Returns 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let drawn = mix(self.0);
        self.0 = self.0.wrapping_add(STEP);
        drawn
    }

    /// Returns an integer below `limit`. The bias of multiply-and-shift is too small to show in a log.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// Returns a number in [0, 1): `unit() < share` is never true for a share of 0 and always for 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// Returns a log-normal number. The sum of four 16-bit lanes of one draw is normal enough, and cheaper than
    /// Box-Muller.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        let bits = self.bits();
        let lanes = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        let deviation = (lanes as f64 / 65_536.0 - 2.0) * 3.0_f64.sqrt();
        median * exp(sigma * deviation)
    }
}

/// e^x as (1 + x/1024)^1024: 2 percent off at x = 6, which does not matter in a log.
pub(crate) fn exp(x: f64) -> f64 {
    (0..10).fold(1.0 + x / 1024.0, |power, _| power * power)
}

/// Zipf weight of a rank (1, 2, 3, …).
pub(crate) fn zipf(rank: usize) -> f64 {
    1.0 / rank as f64
}

/// Draws an index with a probability proportional to its weight, in constant time.
///
/// It has a cumulative table, and a guide that maps the upper bits of a draw to a start position in that table. With as
/// many guide entries as weights, a draw looks at two ends on average; a binary search of 200,000 weights looks at 18.
pub(crate) struct Weighted {
    ends: Vec<u64>,
    guide: Vec<u32>,
    shift: u32,
}

impl Weighted {
    /// Draws are below 2^53, the integers that an f64 represents exactly.
    const BITS: u32 = 53;

    /// Builds the table. `weights` has at least one weight, and fewer than 2^32.
    pub(crate) fn new(weights: impl Iterator<Item = f64>) -> Self {
        let mut total = 0.0;
        let sums: Vec<f64> = weights
            .map(|weight| {
                total += weight;
                total
            })
            .collect();
        let scale = (1_u64 << Self::BITS) as f64 / total;
        let mut ends: Vec<u64> = sums.into_iter().map(|sum| (sum * scale) as u64).collect();
        if let Some(last) = ends.last_mut() {
            *last = 1 << Self::BITS; // whatever rounding did, every draw falls within the table
        }
        let guides = ends.len().next_power_of_two();
        let shift = Self::BITS - guides.trailing_zeros();
        let mut at = 0;
        let guide = (0..guides as u64)
            .map(|entry| {
                while ends[at] <= entry << shift {
                    at += 1;
                }
                at as u32
            })
            .collect();
        Self { ends, guide, shift }
    }

    /// Returns the index for 64 random bits; the same bits give the same index.
    pub(crate) fn index(&self, bits: u64) -> usize {
        let draw = bits >> (64 - Self::BITS);
        let mut at = self.guide[(draw >> self.shift) as usize] as usize;
        while self.ends[at] <= draw {
            at += 1;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::{Rng, Weighted, exp, zipf};

    #[test]
    fn guide_agrees_with_linear_search() {
        let mut rng = Rng::new(1);
        for n in [1, 2, 3, 100, 4_097] {
            let table = Weighted::new((1..=n).map(zipf));
            for _ in 0..10_000 {
                let bits = rng.bits();
                let slow = table.ends.iter().position(|&end| end > bits >> 11);
                assert_eq!(slow, Some(table.index(bits)));
            }
        }
    }

    #[test]
    fn draws_follow_the_weights() {
        let (mut rng, mut drawn) = (Rng::new(2), [0.0; 4]);
        let table = Weighted::new((1..=4).map(zipf));
        for _ in 0..100_000 {
            drawn[table.index(rng.bits())] += 1.0;
        }
        for (rank, count) in drawn.iter().enumerate() {
            let wanted = 100_000.0 * 12.0 / 25.0 / (rank + 1) as f64;
            assert!((count / wanted - 1.0_f64).abs() < 0.05, "rank {rank}: {count}");
        }
    }

    #[test]
    fn exp_is_approximately_right() {
        for x in [-4.0, -1.0, 0.0, 0.5, 4.0_f64] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 0.02, "{x}");
        }
    }
}
