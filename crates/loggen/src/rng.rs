//! Chance for the log generator: apart, so that no crate's next version changes the bytes a seed stands for.
//!
//! Only `+ - * /`, square roots and integers are used: IEEE 754 fixes their every bit, while `exp` and `powf`
//! may round differently on another machine, which would give another log for the same seed.

/// The step of splitmix64, 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stateless hash and a bijection: different numbers stay different. It is the finisher of splitmix64.
pub(crate) fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(STEP);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// splitmix64 (Steele, Lea and Flood, 2014): one word of state, and good enough for traffic.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let drawn = mix(self.0);
        self.0 = self.0.wrapping_add(STEP);
        drawn
    }

    /// A whole number below `limit`; the bias of multiplying and shifting is beyond what a log shows.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// A number from 0 to 1, without 1: `unit() < share` never holds for 0 and always for 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// A log-normal number. Four 16-bit lanes of one draw, added, are normal enough, and cheaper than Box-Muller.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        let bits = self.bits();
        let lanes = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        let deviation = (lanes as f64 / 65_536.0 - 2.0) * 3.0_f64.sqrt();
        median * exp(sigma * deviation)
    }
}

/// e^x as (1 + x/1024)^1024: 2 percent off at 6, which no reader of a log can see.
pub(crate) fn exp(x: f64) -> f64 {
    (0..10).fold(1.0 + x / 1024.0, |power, _| power * power)
}

/// The weight of rank 1, 2, 3 … after Zipf.
pub(crate) fn zipf(rank: usize) -> f64 {
    1.0 / rank as f64
}

/// Draws an index as often as its weight says, in constant time.
///
/// A cumulative table, and a guide that says for the upper bits of a draw where to start in it. With as many guide
/// entries as weights a draw looks at two ends on average, where a binary search of 200,000 looks at 18.
pub(crate) struct Weighted {
    ends: Vec<u64>,
    guide: Vec<u32>,
    shift: u32,
}

impl Weighted {
    /// All draws are below this: the whole numbers that an f64 holds exactly.
    const BITS: u32 = 53;

    /// `weights` has one weight at least, and fewer than 2^32.
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
            *last = 1 << Self::BITS; // whatever rounding did: every draw ends in the table
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

    /// The index for 64 random bits; the same bits give the same index.
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
    fn the_guide_finds_what_a_search_from_the_front_finds() {
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
    fn weights_are_kept() {
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
    fn exp_is_near() {
        for x in [-4.0, -1.0, 0.0, 0.5, 4.0_f64] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 0.02, "{x}");
        }
    }
}
