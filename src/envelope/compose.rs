//! `docker compose logs`: `nginx-1  | LINE`, with or without colours and times.

use super::colors::{reset, without_colors};
use super::{Sender, Text, Unwrapped, stamp};

/// Opens `NAME  | LINE`. The name may be coloured; version 1 ends the colour before the space, version 2 after it. `-t`
/// puts a time before the line.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let (plain, is_colored) = without_colors(line);
    let name = plain.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    let behind = plain[name..].trim_ascii_start();
    // Names are padded with spaces; at least one space follows.
    if name == 0 || plain.get(name) != Some(&b' ') || behind.first() != Some(&b'|') {
        return None;
    }
    let mut text = &behind[1..];
    if !is_colored {
        text = text.strip_prefix(b" ").or(text.is_empty().then_some(text))?;
    } else if let Some(version_1) = reset(text) {
        text = version_1.strip_prefix(b" ").unwrap_or(version_1);
    } else {
        let version_2 = text.strip_prefix(b" ").unwrap_or(text);
        text = reset(version_2).unwrap_or(version_2);
    }
    if let Some(len) = stamp::docker(text)
        && let [b' ', rest @ ..] = &text[len..]
    {
        text = rest;
    }
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::Program(&plain[..name]), is_partial: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_services_are_opened() {
        let rows: &[(&str, Option<(&str, &str)>)] = &[
            ("nginx_1  | x", Some(("nginx_1", "x"))),
            ("nginx-1  | x", Some(("nginx-1", "x"))),
            ("nginx-1 |  x |", Some(("nginx-1", " x |"))),
            ("nginx-1  | ", Some(("nginx-1", ""))),
            ("nginx-1  |", Some(("nginx-1", ""))),
            ("\x1b[36mnginx_1  |\x1b[0m x", Some(("nginx_1", "x"))),
            ("\x1b[36mnginx-1  | \x1b[0mx", Some(("nginx-1", "x"))),
            ("\x1b[1m\x1b[36mnginx-1  | \x1b[m x", Some(("nginx-1", " x"))),
            ("nginx-1  | 2026-11-21T10:00:00.123456789Z x", Some(("nginx-1", "x"))),
            ("nginx-1  | 2026-11-21T10:00:00+00:00 x", Some(("nginx-1", "2026-11-21T10:00:00+00:00 x"))),
            ("nginx-1  | \x1b[32mINFO\x1b[0m", Some(("nginx-1", "\x1b[32mINFO\x1b[0m"))),
            ("nginx-1| x", None),
            ("nginx-1  |x", None),
            ("nginx 1  | x", None),
            ("  | x", None),
            ("nginx-1 exited with code 0", None),
            ("\x1b[36", None),
            ("", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(name, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Program(name.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line:?}");
        }
    }
}
