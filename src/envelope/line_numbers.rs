//! `grep -n` and `rg -n`: `12:LINE`.

use super::programs::is_other_program_line;
use super::{Sampled, Sender, Text, Unwrapped, is_address};

/// Opens `NUMBER:LINE`. More than nine digits are a time in a log rather than a line number.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let text = line[digits..].strip_prefix(b":")?;
    if digits == 2 && is_minutes(text) {
        return None;
    }
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::Unknown, is_partial: false })
}

/// True for what follows the hour in a time of day: `10:01`.
fn is_minutes(text: &[u8]) -> bool {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let is_pair = |at: usize| is_digit(at) && is_digit(at + 1);
    is_pair(0)
        && text.get(2) == Some(&b':')
        && is_pair(3)
        && !text.get(5).is_some_and(|b| *b == b':' || b.is_ascii_digit())
}

/// True if every line of a sample has a number, and the numbers ascend in each file.
pub(super) fn ascend(sample: &[Sampled<'_>]) -> bool {
    let mut last = (Sender::Unknown, None);
    let mut is_address_too = true;
    for line in sample.iter().filter(|line| !is_other_program_line(line.text)) {
        let Some(number) = number(line.text).filter(|_| line.is_wrapped) else { return false };
        if last.0 == line.sender && last.1.is_some_and(|last| last >= number) {
            return false;
        }
        last = (line.sender, Some(number));
        is_address_too &= is_public_address(number, line.text);
    }
    last.1.is_some() && !is_address_too
}

/// True if a line begins with an IPv6 address that a visitor can have: `2001:db8::1`, `64:ff9b::1`.
fn is_public_address(number: u32, line: &[u8]) -> bool {
    let digits = line.iter().take_while(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.')).count();
    (number >= 2000 || number == 64) && is_address(&line[..digits])
}

fn number(line: &[u8]) -> Option<u32> {
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    str::from_utf8(&line[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_numbers_are_opened() {
        let rows = [
            ("12:1.2.3.4 - -", Some("1.2.3.4 - -")),
            ("1:::1 - -", Some("::1 - -")),
            ("7:", Some("")),
            ("123456789:x", Some("x")),
            ("1767607201:x", None),
            ("1767607201.123:x", None),
            ("12:10:01 x", None),
            ("12:10:01:02 x", Some("10:01:02 x")),
            ("12 x", None),
            ("12", None),
            ("::1 - -", None),
            ("", None),
        ];
        for (line, text) in rows {
            let expected = text.map(|text| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Unknown,
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn numbers_ascend_in_each_file() {
        let rows: &[(&[&str], bool)] = &[
            (&["1:x", "2:x", "10:x"], true),
            (&["12:x"], true),
            (&["1:x", "--", "9:x", "Binary file a.log matches"], true),
            (&["1:2001:db8::1 - -", "2:2001:db8::1 - -"], true),
            (&["2001:1.2.3.4 - -"], true),
            (&["1:x", "1:x"], false),
            (&["2:x", "1:x"], false),
            (&["1:x", "x"], false),
            (&["2001:db8::1 - -", "2001:db8::1 - -"], false),
            (&["2001:db8::1 - -"], false),
            (&["2001:db8::1 - -", "2002:db8::1 - -"], false),
            (&["64:ff9b::1 - -"], false),
            (&["--"], false),
        ];
        let of = |file: &'static str, text: &'static str| Sampled {
            text: text.as_bytes(),
            sender: Sender::File(file.as_bytes()),
            is_wrapped: open(text.as_bytes()).is_some(),
        };
        for (lines, expected) in rows {
            let sample: Vec<_> = lines.iter().map(|line| of("a", line)).collect();
            assert_eq!(ascend(&sample), *expected, "{lines:?}");
        }
        assert!(ascend(&[of("a", "7:x"), of("a", "8:x"), of("b", "1:x"), of("b", "7:x")]));
        assert!(!ascend(&[of("a", "7:x"), of("b", "1:x"), of("b", "1:x")]));
    }
}
