//! A time before each line: `docker logs -t`, `kubectl logs --timestamps`, `stern -t`, CloudWatch exports to S3.

use super::{Sender, Text, Unwrapped, stamp};

/// Opens `TIME LINE`. The time must end in `Z` or have nine decimals, because nginx never writes either.
///
/// Sources: docker's `jsonmessage.RFC3339NanoFixed`; kubernetes, `kuberuntime/logs`; stern's README; Amazon's guide to
/// CloudWatch Logs, "Exporting log data to Amazon S3".
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let len = stamp::docker(line).or_else(|| stamp::rfc3339(line).filter(|_| stamp::decimals(line) == 9))?;
    let text = line[len..].strip_prefix(b" ").or((line.len() == len).then_some(b""))?;
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::Unknown, is_partial: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_after_a_time_are_opened() {
        let rows = [
            ("2026-11-16T00:00:00.123456789Z x y", Some("x y")),
            ("2026-11-16T08:00:00.123456789+08:00 x", Some("x")),
            ("2026-11-16T00:00:00.123Z x", Some("x")),
            ("2026-11-16T00:00:00Z  x", Some(" x")),
            ("2026-11-16T00:00:00Z ", Some("")),
            ("2026-11-16T00:00:00Z", Some("")),
            ("2026-11-16T00:00:00Zx", None),
            ("2026-11-16T00:00:00+00:00 x", None),
            ("2026-11-16T00:00:00.123+00:00 x", None),
            ("2026-11-16T00:00:00.123456+00:00 x", None),
            ("2026-11-16 00:00:00Z x", None),
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
