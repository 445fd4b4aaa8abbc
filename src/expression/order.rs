//! Orderings: which results of a comparison an operator accepts.

use std::cmp::Ordering;

use super::number::Number;
use super::tree::Operator;

/// The results of a comparison that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Order {
    pub(crate) const EQUAL: Order = Order { less: false, equal: true, greater: false };
    pub(crate) const GREATER: Order = Order { less: false, equal: false, greater: true };

    /// The orderings that an operator accepts; `None` for operators that do not compare this way.
    pub(crate) fn of(operator: Operator) -> Option<Order> {
        let order = |less, equal, greater| Some(Order { less, equal, greater });
        match operator {
            Operator::Equal => Some(Order::EQUAL),
            Operator::Less => order(true, false, false),
            Operator::LessOrEqual => order(true, true, false),
            Operator::Greater => Some(Order::GREATER),
            Operator::GreaterOrEqual => order(false, true, true),
            Operator::NotEqual | Operator::Matches | Operator::NotMatches | Operator::In | Operator::NotIn => None,
        }
    }

    pub(crate) fn accepts(self, ordering: Ordering) -> bool {
        match ordering {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }

    /// First and last integer that compare this way with `than`, in units of 10^-`decimals`; `None` if there are none.
    pub(crate) fn range(self, than: Number, decimals: u32) -> Option<(u64, u64)> {
        let (floor, is_exact) = than.floor(decimals);
        let takes_floor = self.equal && is_exact;
        let first = match self {
            Order { less: true, .. } => 0,
            _ if takes_floor => floor,
            Order { greater: true, .. } => floor + 1,
            _ => return None,
        };
        let last = match self {
            Order { greater: true, .. } => u128::from(u64::MAX),
            _ if takes_floor || !is_exact => floor,
            _ => floor.checked_sub(1)?,
        };
        Some((u64::try_from(first).ok()?, u64::try_from(last).unwrap_or(u64::MAX)))
            .filter(|(first, last)| first <= last)
    }
}
