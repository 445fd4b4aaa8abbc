//! A single check on the bytes of a key.

use super::pattern::Pattern;
use super::status::StatusSet;
use crate::expression::{Number, Order};

/// A test of a key.
#[derive(Clone, Debug)]
pub(super) enum Check {
    /// Compares the key's bytes.
    Text(Order, Vec<u8>),
    /// Compares the key's bytes with ASCII letters as capitals.
    TextInAnyCase(Order, Vec<u8>),
    /// Compares the key as a number. In a list, such as nginx logs for several upstream servers, one matching number is
    /// enough. A key that is not a number never matches.
    Number(Order, Number),
    Matches(Pattern),
    Status(StatusSet),
    Any(Vec<Check>),
}

impl Check {
    pub(super) fn matches(&self, key: &[u8]) -> bool {
        match self {
            Check::Text(order, than) => order.accepts(key.cmp(than)),
            Check::TextInAnyCase(order, than) => {
                order.accepts(key.iter().map(u8::to_ascii_uppercase).cmp(than.iter().copied()))
            }
            Check::Number(order, than) => {
                numbers(key).any(|number| number.partial_cmp(than).is_some_and(|ordering| order.accepts(ordering)))
            }
            Check::Matches(pattern) => pattern.matches(key),
            Check::Status(set) => set.matches(str::from_utf8(key).ok().and_then(|digits| digits.parse().ok())),
            Check::Any(checks) => checks.iter().any(|check| check.matches(key)),
        }
    }

    /// The same check, with ASCII letters in any case.
    pub(super) fn in_any_case(&self) -> Check {
        match self {
            Check::Text(order, than) => Check::TextInAnyCase(*order, than.to_ascii_uppercase()),
            Check::Matches(pattern) => Check::Matches(pattern.in_any_case()),
            Check::Any(checks) => Check::Any(checks.iter().map(Check::in_any_case).collect()),
            Check::TextInAnyCase(..) | Check::Number(..) | Check::Status(_) => self.clone(),
        }
    }

    /// Ranges of the integers that pass, both ends included, in units of 10^-`decimals`. Empty for checks that are not
    /// numeric.
    pub(super) fn ranges(&self, decimals: u32) -> Vec<(u64, u64)> {
        match self {
            Check::Number(order, than) => order.range(*than, decimals).into_iter().collect(),
            Check::Any(checks) => checks.iter().flat_map(|check| check.ranges(decimals)).collect(),
            Check::Text(..) | Check::TextInAnyCase(..) | Check::Matches(_) | Check::Status(_) => Vec::new(),
        }
    }

    /// True if the check is slow enough for its answers to be worth caching.
    pub(super) fn is_slow(&self) -> bool {
        match self {
            Check::Matches(pattern) => pattern.is_slow(),
            Check::Any(checks) => checks.len() > 8 || checks.iter().any(Check::is_slow),
            Check::Text(..) | Check::TextInAnyCase(..) | Check::Number(..) | Check::Status(_) => false,
        }
    }
}

/// Parses the numbers in a list such as `0.1, 0.2 : -`.
fn numbers(key: &[u8]) -> impl Iterator<Item = Number> {
    key.split(|b| matches!(b, b',' | b':' | b' ')).filter_map(Number::read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Operator;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn keys_are_compared_as_texts_or_as_numbers() {
        let text = |order, than: &str| Check::Text(order, than.as_bytes().to_vec());
        let less = Order::of(Operator::Less).unwrap();
        assert!(text(less, "b").matches(b"a") && text(less, "9").matches(b"10") && !text(less, "a").matches(b"a"));
        let in_any_case =
            Check::Any(vec![text(Order::EQUAL, "get"), Check::Matches("p*".parse().unwrap())]).in_any_case();
        assert!(
            [&b"GET"[..], b"Get", b"PUT", b"post"].iter().all(|key| in_any_case.matches(key))
                && !in_any_case.matches(b"HEAD")
        );
        assert!(text(less, "b").in_any_case().matches(b"A") && !text(less, "b").in_any_case().matches(b"C"));
        let above = Check::Number(Order::GREATER, number("9"));
        assert!(above.matches(b"10") && above.matches(b"0.1, 9.5 : -") && !above.matches(b"9"));
        assert!(!above.matches(b"-") && !above.matches(b"") && !above.matches(b"x10") && !above.matches(b"10x"));
        let either = Check::Any(vec![text(Order::EQUAL, "a"), Check::Matches("b*".parse().unwrap())]);
        assert!(either.matches(b"a") && either.matches(b"bc") && !either.matches(b"ab"));
        let status = Check::Status("4xx,-".parse().unwrap());
        assert!(status.matches(b"404") && status.matches(b"-") && !status.matches(b"200"));
    }

    #[test]
    fn long_lists_and_regular_expressions_are_slow() {
        let quick = Check::Number(Order::EQUAL, number("1"));
        let list = |len| Check::Any(vec![quick.clone(); len]);
        assert!(!quick.is_slow() && !list(1).is_slow() && !list(8).is_slow());
        assert!(list(9).is_slow() && list(10).is_slow());
        let pattern = |text: &str| Check::Matches(text.parse().unwrap());
        assert!(pattern("~a|b").is_slow() && !pattern("a").is_slow());
        assert!(Check::Any(vec![quick, pattern("~a|b")]).is_slow());
    }

    proptest! {
        #[test]
        fn ranges_contain_exactly_the_integers_that_pass(
            value in prop_oneof![0..4_u64, 298..303_u64, Just(u64::MAX)], than in prop_oneof![0..4_u64, 298..303_u64, Just(9_999_999_999_999_999_u64)],
            scale in 0..5_usize, operator in prop::sample::select(vec![
                Operator::Equal, Operator::Less, Operator::LessOrEqual, Operator::Greater, Operator::GreaterOrEqual,
            ]), is_time: bool,
        ) {
            let digits = format!("{than:0>width$}", width = scale + 1);
            let (whole, decimals) = digits.split_at(digits.len() - scale);
            let than = number(&if scale > 0 { format!("{whole}.{decimals}") } else { digits });
            let check = Check::Number(Order::of(operator).unwrap(), than);
            let written = if is_time { format!("{}.{:03}", value / 1000, value % 1000) } else { value.to_string() };
            let ranges = check.ranges(if is_time { 3 } else { 0 });
            let expected = Number::read(written.as_bytes()).map(|_| check.matches(written.as_bytes()));
            if let Some(expected) = expected {
                prop_assert_eq!(ranges.iter().any(|(a, z)| (a..=z).contains(&&value)), expected, "{} {:?}", written, check);
            }
        }
    }
}
