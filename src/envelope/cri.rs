//! Container logs of Kubernetes (CRI: containerd, CRI-O): `2026-11-21T10:00:00.123Z stdout F LINE`.

use super::{Sender, StdStream, Text, Unwrapped, stamp, word};

/// Opens `TIME PIPE TAGS LINE`. The first tag is `F` for a whole line or its last part, and `P` for an earlier part.
/// More tags may follow after colons. Source: kubernetes, `kuberuntime/logs`.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let rest = line[stamp::rfc3339(line)?..].strip_prefix(b" ")?;
    let (std_stream, rest) = word(rest)?;
    let (tags, text) = word(rest).unwrap_or((rest, b""));
    let is_partial = match tags {
        [b'F'] | [b'F', b':', ..] => false,
        [b'P'] | [b'P', b':', ..] => true,
        _ => return None,
    };
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::StdStream(StdStream::named(std_stream)?), is_partial })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_lines_and_parts_are_opened() {
        let (out, err) = (Sender::StdStream(StdStream::Stdout), Sender::StdStream(StdStream::Stderr));
        let rows = [
            ("2026-01-01T00:00:00Z stdout F x y", Some(("x y", out, false))),
            ("2026-01-01T00:00:00.123456789+08:00 stderr P x ", Some(("x ", err, true))),
            ("2026-01-01T00:00:00Z stdout F  x", Some((" x", out, false))),
            ("2026-01-01T00:00:00Z stdout F ", Some(("", out, false))),
            ("2026-01-01T00:00:00Z stdout F", Some(("", out, false))),
            ("2026-01-01T00:00:00Z stdout P:a:b x", Some(("x", out, true))),
            ("2026-01-01T00:00:00Z stdout X x", None),
            ("2026-01-01T00:00:00Z stdin F x", None),
            ("2026-01-01T00:00:00Z  stdout F x", None),
            ("2026-01-01 stdout F x", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(text, sender, is_partial)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender,
                is_partial,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line:?}");
        }
    }
}
