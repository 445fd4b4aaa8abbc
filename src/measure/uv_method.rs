//! Methods to count visitors: exactly, or by sketches of a given precision.

/// How visitors are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UvMethod {
    /// Stores every visitor.
    #[default]
    Exact,
    /// HyperLogLog++: bounded memory, with a standard error that the report states.
    Hll(Precision),
}

/// The precision of HyperLogLog++, 4 to 18: the binary logarithm of the number of registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision(u8);

impl Precision {
    /// Returns the precision `bits`, or `None` if it is not 4 to 18.
    pub fn new(bits: u8) -> Option<Precision> {
        (4..=18).contains(&bits).then_some(Precision(bits))
    }

    /// Returns the precision, 4 to 18.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Relative standard error, rounded to four decimals: 1.04 / √registers, as in Flajolet et al., "HyperLogLog",
    /// 2007.
    pub fn standard_error(self) -> f64 {
        let error = 1.04 / f64::from(1_u32 << self.0).sqrt();
        (error * 1e4).round() / 1e4
    }
}

impl Default for Precision {
    fn default() -> Self {
        Precision(14)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_4_to_18_and_gives_the_standard_error() {
        assert_eq!(Precision::new(3), None);
        assert_eq!(Precision::new(19), None);
        assert_eq!(Precision::default().standard_error(), 0.0081);
        assert_eq!(Precision::new(4).unwrap().standard_error(), 0.26);
        assert_eq!(Precision::new(18).unwrap().standard_error(), 0.002);
    }
}
