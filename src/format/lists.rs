//! Lists as nginx writes them of upstream servers: `0.1, 0.2 : 0.3` has a comma between the servers that were asked one
//! after the other, and a colon where a redirect led to another group of them.

use super::digits::digits;

/// What may stand between the items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Separators {
    comma: bool,
    colon: bool,
}

impl Separators {
    /// Those that are not what the format goes on with: `$upstream_addr, $status` has one address.
    pub(crate) fn before(literal: &str) -> Separators {
        Separators { comma: !literal.starts_with(", "), colon: !literal.starts_with(" : ") }
    }

    /// How long the separator is that `rest` begins with.
    fn leads(self, rest: &[u8]) -> Option<usize> {
        match rest {
            [b',', b' ', ..] if self.comma => Some(2),
            [b' ', b':', b' ', ..] if self.colon => Some(3),
            _ => None,
        }
    }

    /// How long the list is that `rest` begins with; `item` says how long an item is, if there is one.
    fn list(self, rest: &[u8], item: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let mut end = item(rest)?;
        while let Some(separator) = self.leads(&rest[end..])
            && let Some(len) = item(&rest[end + separator..])
        {
            end += separator + len;
        }
        Some(end)
    }

    /// How long the list of words is that `rest` begins with. A word ends at a space, a comma or `end`.
    pub(super) fn words(self, rest: &[u8], end: Option<u8>) -> Option<usize> {
        let end = end.unwrap_or(b' ');
        self.list(rest, |rest| {
            let len = memchr::memchr3(b' ', b',', end, rest).unwrap_or(rest.len());
            (len > 0).then_some(len)
        })
    }

    /// How long the list of numbers is that `rest` begins with: digits, perhaps a point and digits, or `-`.
    pub(super) fn numbers(self, rest: &[u8]) -> Option<usize> {
        self.list(rest, |rest| {
            if rest.first() == Some(&b'-') {
                return Some(1);
            }
            let (_, whole) = digits(rest);
            let decimals = match &rest[whole..] {
                [b'.', decimals @ ..] if whole > 0 => digits(decimals).1,
                _ => 0,
            };
            (whole > 0).then_some(whole + if decimals > 0 { 1 + decimals } else { 0 })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_where_no_item_follows() {
        let any = Separators::before("|");
        let rows: [(&str, Option<usize>); 12] = [
            ("0.1, 0.2 : 0.3|", Some(14)),
            ("-", Some(1)),
            ("-, - : 0.004 200", Some(12)),
            ("12, 0 : 7 -", Some(9)),
            ("0.1, x", Some(3)),
            ("0.1 : ", Some(3)),
            ("1.", Some(1)),
            ("1.5.2", Some(3)),
            (".5", None),
            ("", None),
            (", 0.1", None),
            ("99999999999999999999999.000 ", Some(27)),
        ];
        for (text, expected) in rows {
            assert_eq!(any.numbers(text.as_bytes()), expected, "{text}");
        }
        let rows: [(&str, Option<usize>); 7] = [
            ("10.0.0.1:80, unix:/tmp/a.sock : [::1]:80|x", Some(40)),
            ("-|x", Some(1)),
            ("HIT", Some(3)),
            ("502, 200 GET", Some(8)),
            ("a,b", Some(1)),
            ("|", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(any.words(text.as_bytes(), Some(b'|')), expected, "{text}");
        }
    }

    #[test]
    fn what_the_format_goes_on_with_separates_no_items() {
        assert_eq!(Separators::before(", ").words(b"a, b : c", Some(b',')), Some(1));
        assert_eq!(Separators::before(" : ").numbers(b"1, 2 : 3"), Some(4));
        assert_eq!(Separators::before(",").words(b"a, b,c", Some(b',')), Some(4));
    }
}
