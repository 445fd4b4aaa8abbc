//! The visitors of one group by HyperLogLog++: exact while there are few, then a sketch of bounded size.
//!
//! Up to 2^(p-1) hashes are stored as they are. Beyond that they are converted to registers. A register is the maximum
//! over all hashes, so the registers are the same for every cut and order of the log.

use std::collections::HashSet;

use super::registers::Registers;
use super::size::HASH;
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::Seed;
use crate::measure::Precision;

/// A set of visitors that gives their estimated number.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    precision: Precision,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// Anyone can compute the fixed hashes, so they are hashed again with a random seed.
    Exact(HashSet<u64, Seed>),
    Registers(Registers),
}

impl Sketch {
    pub(crate) fn new(precision: Precision, seed: Seed) -> Sketch {
        Sketch { precision, form: Form::Exact(HashSet::with_hasher(seed)) }
    }

    #[inline]
    pub(crate) fn insert(&mut self, hash: u64) {
        match &mut self.form {
            Form::Registers(registers) => registers.add(hash),
            Form::Exact(_) => self.insert_exactly(hash),
        }
    }

    /// Inserts all hashes. Checks the form of the sketch once, not for each hash.
    pub(crate) fn insert_all(&mut self, hashes: &[u64]) {
        match &mut self.form {
            Form::Registers(registers) => hashes.iter().for_each(|hash| registers.add(*hash)),
            Form::Exact(_) => hashes.iter().for_each(|hash| self.insert(*hash)),
        }
    }

    fn insert_exactly(&mut self, hash: u64) {
        if let Form::Exact(hashes) = &mut self.form {
            hashes.insert(hash);
            if hashes.len() > Sketch::most_hashes(self.precision) {
                self.convert_to_registers();
            }
        }
    }

    /// Converts the sketch to registers, if it is still exact, and returns them.
    fn convert_to_registers(&mut self) -> &mut Registers {
        if let Form::Exact(hashes) = &self.form {
            let mut registers = Registers::new(self.precision);
            hashes.iter().for_each(|hash| registers.add(*hash));
            self.form = Form::Registers(registers);
        }
        match &mut self.form {
            Form::Registers(registers) => registers,
            Form::Exact(_) => unreachable!("it was just converted to registers"),
        }
    }

    /// Replaces hashes by registers. An empty sketch stays as it is.
    pub(super) fn use_registers(&mut self) {
        if self.len() > 0 {
            self.convert_to_registers();
        }
    }

    pub(crate) fn merge(&mut self, other: &Sketch) {
        match &other.form {
            Form::Exact(hashes) => hashes.iter().for_each(|hash| self.insert(*hash)),
            Form::Registers(theirs) => self.convert_to_registers().merge(theirs),
        }
    }

    /// Bytes by the formula, without the sketch itself.
    pub(super) fn set_bytes(&self) -> u64 {
        match &self.form {
            Form::Exact(hashes) => Sketch::bytes_of(hashes.len() as u64, self.precision),
            Form::Registers(_) => 1 << self.precision.bits(),
        }
    }

    /// Bytes by the formula of a sketch of this many visitors, without the sketch itself.
    pub(super) fn bytes_of(visitors: u64, precision: Precision) -> u64 {
        if visitors > Sketch::most_hashes(precision) as u64 { 1 << precision.bits() } else { HASH * visitors }
    }

    /// Appends 0 and the hashes in ascending order, or 1 and the registers.
    pub(super) fn save(&self, out: &mut Encoder) {
        match &self.form {
            Form::Exact(hashes) => {
                let mut hashes: Vec<u64> = hashes.iter().copied().collect();
                hashes.sort_unstable();
                out.unsigned(0);
                out.unsigned(hashes.len() as u64);
                hashes.iter().for_each(|hash| out.raw(&hash.to_le_bytes()));
            }
            Form::Registers(registers) => {
                out.unsigned(1);
                out.raw(registers.ranks());
            }
        }
    }

    /// Reads what [`save`](Sketch::save) wrote.
    pub(super) fn load(precision: Precision, seed: Seed, input: &mut Decoder<'_>) -> Result<Sketch, Damaged> {
        if input.flag()? {
            let ranks = input.raw(1 << precision.bits())?;
            let registers = Registers::of_ranks(precision, ranks).ok_or(Damaged)?;
            return Ok(Sketch { precision, form: Form::Registers(registers) });
        }
        let len = input.len(size_of::<u64>())?;
        let (hashes, _) = input.raw(len * size_of::<u64>())?.as_chunks();
        let hashes: Vec<u64> = hashes.iter().map(|hash| u64::from_le_bytes(*hash)).collect();
        if len > Sketch::most_hashes(precision) || !hashes.is_sorted_by(|a, b| a < b) {
            return Err(Damaged);
        }
        let mut set = HashSet::with_capacity_and_hasher(len, seed);
        set.extend(hashes);
        Ok(Sketch { precision, form: Form::Exact(set) })
    }

    /// Maximum number of hashes that are stored as they are.
    fn most_hashes(precision: Precision) -> usize {
        1 << (precision.bits() - 1)
    }

    pub(crate) fn len(&self) -> u64 {
        match &self.form {
            Form::Exact(hashes) => hashes.len() as u64,
            Form::Registers(registers) => registers.estimate().round() as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::fixed_hash;
    use crate::thorough::is_thorough;

    fn of(precision: u8, visitors: impl Iterator<Item = u32>) -> Sketch {
        let mut sketch = Sketch::new(Precision::new(precision).unwrap(), Seed::fixed(1));
        visitors.for_each(|v| sketch.insert(fixed_hash(&v.to_le_bytes())));
        sketch
    }

    #[test]
    fn few_visitors_are_counted_exactly() {
        for precision in 4..=18 {
            let most = 1 << (precision - 1);
            assert_eq!(of(precision, (0..most).chain(0..most)).len(), u64::from(most));
        }
    }

    #[test]
    fn sketch_is_exact_up_to_half_as_many_hashes_as_registers() {
        for precision in [4, 10, 18] {
            let most = 1 << (precision - 1);
            assert!(matches!(of(precision, 0..most).form, Form::Exact(_)), "p {precision}");
            assert!(matches!(of(precision, 0..most + 1).form, Form::Registers(_)), "p {precision}");
        }
    }

    #[test]
    fn estimates_are_within_four_standard_errors() {
        for precision in (4..=18).step_by(if is_thorough() { 1 } else { 7 }) {
            let error = Precision::new(precision).unwrap().standard_error();
            for visitors in [1_000_u32, 50_000, 400_000] {
                let found = of(precision, 0..visitors).len() as f64;
                let off = (found - f64::from(visitors)).abs() / f64::from(visitors);
                assert!(off <= 4.0 * error, "p {precision}: {found} of {visitors}");
            }
        }
    }

    #[test]
    fn every_cut_and_order_gives_the_same_count() {
        let precisions: &[u8] = if is_thorough() { &[4, 5, 8, 11, 14, 18] } else { &[4, 5, 8, 11] };
        for &precision in precisions {
            let limit = 1_u32 << (precision - 1);
            for total in [limit - 1, limit, limit + 1, limit + 2, limit * 2, limit * 5] {
                let whole = of(precision, 0..total).len();
                assert_eq!(of(precision, (0..total).rev()).len(), whole, "p {precision}, {total} backwards");
                for cut in [0, 1, total / 3, total / 2, total] {
                    let (a, b) = (of(precision, 0..cut), of(precision, cut / 2..total));
                    for (first, second) in [(&a, &b), (&b, &a)] {
                        let mut merged = first.clone();
                        merged.merge(second);
                        assert_eq!(merged.len(), whole, "p {precision}, {total} cut at {cut}");
                    }
                }
            }
        }
    }
}
