//! Files written by Fluentd: `2026-01-05T10:00:01+00:00<TAB>TAG<TAB>{"log":"LINE"}`.

use super::{Sender, Text, Unwrapped, stamp};

/// Opens `TIME<TAB>TAG<TAB>{…}`. The text is the object, which may be another envelope or an access log. Source:
/// Fluentd's documentation, `formatter/out_file`. Older versions omit the zone.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let rest = line[stamp::rfc3339(line).or_else(|| stamp::without_zone(line))?..].strip_prefix(b"\t")?;
    let tab = memchr::memchr(b'\t', rest).filter(|tab| *tab > 0)?;
    let (tag, text) = (&rest[..tab], &rest[tab + 1..]);
    text.starts_with(b"{").then_some(Unwrapped {
        text: Text::Plain(text),
        sender: Sender::Program(tag),
        is_partial: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_tags_are_opened() {
        let rows = [
            ("2026-01-05T10:00:01+00:00\tnginx.access\t{\"log\":\"x\"}", Some(("nginx.access", "{\"log\":\"x\"}"))),
            ("2026-01-05T10:00:01Z\ta\t{}", Some(("a", "{}"))),
            ("2026-01-05T10:00:01\ta\t{}", Some(("a", "{}"))),
            ("2026-01-05T10:00:01Z\t\t{}", None),
            ("2026-01-05T10:00:01Z\ta\tx", None),
            ("2026-01-05T10:00:01Z a {}", None),
            ("2026-01-05T10:00:01Z\ta", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(tag, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Program(tag.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }
}
