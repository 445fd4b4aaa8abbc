//! How visitors are counted: exactly, or by sketches of a given precision.

/// How visitors are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UvMethod {
    /// Every visitor is remembered.
    #[default]
    Exact,
    /// HyperLogLog++: bounded memory, and a standard error that the report names.
    Hll(Precision),
}

/// The precision of HyperLogLog++: 2 to this power registers, 4 to 18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precision(u8);

impl Precision {
    /// The precision `bits`, if that is one.
    pub fn new(bits: u8) -> Option<Precision> {
        (4..=18).contains(&bits).then_some(Precision(bits))
    }

    /// 4 to 18.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// 1.04 / √registers, as in Flajolet et al., "HyperLogLog", 2007; to four decimals.
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
    fn precisions_are_4_to_18_and_have_their_error() {
        assert_eq!(Precision::new(3), None);
        assert_eq!(Precision::new(19), None);
        assert_eq!(Precision::default().standard_error(), 0.0081);
        assert_eq!(Precision::new(4).unwrap().standard_error(), 0.26);
        assert_eq!(Precision::new(18).unwrap().standard_error(), 0.002);
    }
}
