//! `aws logs tail`: `2026-01-05T10:00:01.123000+00:00 STREAM LINE`, or `2026-01-05T10:00:01 LINE` in its short format.

use super::colors::{colored_word, without_colors, without_resets};
use super::{Sender, Text, Unwrapped, is_address, stamp};

/// Opens `TIME STREAM LINE` or `TIME LINE`, in colour or not. With a stream, the time has six decimals and an offset;
/// without one, it has neither. Source: aws/aws-cli, `awscli/customizations/logs/tail.py`.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let unwrapped = |text| Unwrapped { text: Text::Plain(text), sender: Sender::Unknown, is_partial: false };
    let (time, _) = without_colors(line);
    let after = |len: usize| without_resets(&time[len..]).strip_prefix(b" ");
    if let Some(text) = stamp::without_zone(time).and_then(after) {
        return Some(unwrapped(text));
    }
    let len = stamp::rfc3339(time).filter(|len| time[len - 1] != b'Z' && stamp::decimals(time) == 6)?;
    let (stream, text) = colored_word(after(len)?)?;
    (!is_address(stream)).then(|| unwrapped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_streams_are_opened() {
        let rows = [
            ("2026-01-05T10:00:01.123000+00:00 ecs/nginx/0a1b x y", Some("x y")),
            ("2026-01-05T10:00:01.000000+00:00 2026/01/05/[$LATEST]0a1b x", Some("x")),
            ("\x1b[32m2026-01-05T10:00:01.123000+00:00\x1b[0m \x1b[36mecs/nginx/0a1b\x1b[0m x", Some("x")),
            ("2026-01-05T10:00:01 x y", Some("x y")),
            ("\x1b[32m2026-01-05T10:00:01\x1b[0m x", Some("x")),
            ("2026-01-05T10:00:01.123000+00:00 1.2.3.4 - -", None),
            ("2026-01-05T10:00:01.123000+00:00 2001:db8::1 - -", None),
            ("2026-01-05T10:00:01.123000+00:00 x", None),
            ("2026-01-05T10:00:01+00:00 shop.example.com 1.2.3.4 - -", None),
            ("2026-01-05T10:00:01.123Z ecs x", None),
            ("2026-01-05T10:00:01", None),
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
}
