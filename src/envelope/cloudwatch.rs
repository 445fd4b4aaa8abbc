//! CSV exports of CloudWatch Logs: `1767607201000,"LINE"`.

use super::quotes::unquoted;
use super::stamp::has_shape;
use super::{Sender, Text, Unwrapped};

/// Opens `TIME,"LINE"`, optionally followed by more columns. The console's log viewer writes the time as milliseconds,
/// Logs Insights as `2026-01-05 10:00:01.123`. A line without commas and quotes needs no quotes. Source: Amazon's guide
/// to CloudWatch Logs, "Export query results" and "Download events as CSV".
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let comma = memchr::memchr(b',', line)?;
    let time = &line[..comma];
    let time = time.strip_prefix(b"\"").and_then(|time| time.strip_suffix(b"\"")).unwrap_or(time);
    let is_time = has_shape(time, b"0000000000000") && time.len() == 13
        || has_shape(time, b"0000-00-00 00:00:00.000") && time.len() == 23;
    if !is_time {
        return None;
    }
    let message = &line[comma + 1..];
    let text = match message.strip_prefix(b"\"") {
        Some(quoted) => unquoted(&quoted[..end_of_quoted(quoted)?]),
        None => Text::Plain(message),
    };
    Some(Unwrapped { text, sender: Sender::Unknown, is_partial: false })
}

/// Position of the closing quote: at the end of the line, or before the comma of the next column.
fn end_of_quoted(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', &text[at..])?;
        match text.get(at + 1) {
            None | Some(b',') => return Some(at),
            Some(b'"') => at += 2,
            // The quotes are not doubled: the last one closes.
            Some(_) => return text.ends_with(b"\"").then(|| text.len() - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_exports_are_opened() {
        let rows: &[(&str, Option<Text<'_>>)] = &[
            (r#"1767607201000,"a ""b"" c""#, Some(Text::Doubled(br#"a ""b"" c"#))),
            (r#"1767607201000,"a ""b""""#, Some(Text::Doubled(br#"a ""b"""#))),
            (r#"1767607201000,"a, b""#, Some(Text::Inner(b"a, b"))),
            (r#"1767607201000,"a "b" c""#, Some(Text::Inner(br#"a "b" c"#))),
            ("1767607201000,a b", Some(Text::Plain(b"a b"))),
            ("1767607201000,", Some(Text::Plain(b""))),
            (r#"2026-01-05 10:00:01.123,"a ""b""",stream"#, Some(Text::Doubled(br#"a ""b"""#))),
            (r#""2026-01-05 10:00:01.123","a""#, Some(Text::Inner(b"a"))),
            (r#"1767607201000,"a"#, None),
            ("timestamp,message", None),
            (r#"1767607201.123,"a""#, None),
            (r#"1767607201,"a""#, None),
            ("1767607201000", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|text| Unwrapped { text, sender: Sender::Unknown, is_partial: false });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }
}
