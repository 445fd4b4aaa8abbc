//! Natural order of names: numbers are compared by value, other bytes as they are.

use std::cmp::Ordering;

/// Compares two names: `access.log.2` comes before `access.log.10`.
pub(crate) fn natural_order(a: &[u8], b: &[u8]) -> Ordering {
    let number = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut left, mut right) = (a, b);
    while let ([first, ..], [second, ..]) = (left, right) {
        let (digits, others) = (number(left), number(right));
        let (order, passed) = if digits > 0 && others > 0 {
            let value = |bytes: &[u8]| bytes.iter().position(|b| *b != b'0').unwrap_or(bytes.len());
            let (x, y) = (&left[..digits], &right[..others]);
            let (x, y) = (&x[value(x)..], &y[value(y)..]);
            (x.len().cmp(&y.len()).then_with(|| x.cmp(y)), (digits, others))
        } else {
            (first.cmp(second), (1, 1))
        };
        if order.is_ne() {
            return order;
        }
        (left, right) = (&left[passed.0..], &right[passed.1..]);
    }
    // `01` and `1` are different names.
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        let mut names =
            ["access.log.10.gz", "access.log.2.gz", "access.log", "b1", "a2", "a10", "a02", "a1b", "access.log.1"];
        names.sort_by(|a, b| natural_order(a.as_bytes(), b.as_bytes()));
        let expected =
            ["a1b", "a02", "a2", "a10", "access.log", "access.log.1", "access.log.2.gz", "access.log.10.gz", "b1"];
        assert_eq!(names, expected);
    }
}
