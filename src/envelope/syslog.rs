//! Syslog in the form of RFC 3164, as sent by nginx and written to files by rsyslog, syslog-ng and journald:
//! `<190>Nov 21 10:00:00 web nginx: LINE`.

use super::stamp::{has_shape, journald_full, rfc3164, rfc3339};
use super::{Sender, Text, Unwrapped, is_address, word};

/// Opens `[<PRIORITY>]TIME [HOST] TAG: LINE`. The tag may have a process ID, `nginx[123]`. The host is missing with
/// nginx's `nohostname`. Newer versions of rsyslog write RFC 3339 times; journald has several formats.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let rest = &line[priority(line)..];
    let len = rfc3164(rest).or_else(|| rfc3339(rest)).or_else(|| journald_full(rest))?;
    let rest = rest[len..].strip_prefix(b" ")?;
    let (first, after) = word_or_rest(rest)?;
    // This is a `log_format` that begins with `$time_iso8601 $remote_addr`.
    if first == b"unix:" || is_address(first) {
        return None;
    }
    let (tag, text) = match first {
        [_, .., b':'] => (first, after),
        _ => word_or_rest(after)?,
    };
    let tag = tag.strip_suffix(b":")?;
    let program = match tag.iter().position(|b| *b == b'[') {
        Some(id) if tag.ends_with(b"]") => &tag[..id],
        _ => tag,
    };
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::Program(program), is_partial: false })
}

fn word_or_rest(text: &[u8]) -> Option<(&[u8], &[u8])> {
    word(text).or((!text.is_empty()).then_some((text, b"")))
}

/// Length of the priority, such as `<190>`; 0 if there is none.
pub(super) fn priority(line: &[u8]) -> usize {
    let shapes: [&[u8]; 3] = [b"<0>", b"<00>", b"<000>"];
    shapes.into_iter().find(|shape| has_shape(line, shape)).map_or(0, <[u8]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sent_and_written_lines_are_opened() {
        let rows = [
            ("<190>Nov 21 10:00:00 web nginx: 1.2.3.4 - -", Some(("nginx", "1.2.3.4 - -"))),
            ("<13>Nov  1 10:00:00 nginx: x", Some(("nginx", "x"))),
            ("Nov 21 10:00:00 web nginx: x: y", Some(("nginx", "x: y"))),
            ("Nov 21 10:00:00 web nginx[123]: ::1 - -", Some(("nginx", "::1 - -"))),
            ("Nov 21 10:00:00 web nginx:  x", Some(("nginx", " x"))),
            ("Nov 21 10:00:00 web nginx:", Some(("nginx", ""))),
            ("Nov 21 10:00:00.123456 web systemd[1]: x", Some(("systemd", "x"))),
            ("2026-11-21T10:00:00.123456+00:00 web nginx: x", Some(("nginx", "x"))),
            ("2026-11-21T10:00:00+0000 web nginx[7]: x", Some(("nginx", "x"))),
            ("Sat 2026-11-21 10:00:00 UTC web nginx[7]: x", Some(("nginx", "x"))),
            ("Nov 21 10:00:00 web last message repeated 2 times", None),
            ("Nov 21 10:00:00 web", None),
            ("Nov 21 10:00:00 ", None),
            ("<1900>Nov 21 10:00:00 web nginx: x", None),
            ("2026-11-21T10:00:00+00:00 unix: - - x", None),
            ("2026-11-21T10:00:00+00:00 2001:db8:: - - x", None),
            ("-- Boot 0123 --", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(program, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Program(program.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line:?}");
        }
    }
}
