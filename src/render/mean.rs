//! Mean numbers for people.

use std::fmt;

use crate::text::Grouped;

/// A mean number, in about three digits; a small one has two, as `0.0047`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mean(pub(super) f64);

impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0.0 => f.write_str("0"),
            mean if mean < 0.000_05 => f.write_str("<0.0001"),
            mean if mean < 0.009_95 => write!(f, "{mean:.4}"),
            mean if mean < 0.099_5 => write!(f, "{mean:.3}"),
            mean if mean < 9.995 => write!(f, "{mean:.2}"),
            mean if mean < 99.95 => write!(f, "{mean:.1}"),
            mean => Grouped(mean.round() as u64).fmt(f),
        }
    }
}
