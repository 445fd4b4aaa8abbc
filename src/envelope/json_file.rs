//! The log files of docker's json-file driver: `{"log":"LINE\n","stream":"stdout","time":"…"}`.

use super::members::{Value, members, without_line_end};
use super::{Sampled, Sender, StdStream, Text, Unwrapped};

/// Opens a record: an object with the strings `log`, `stream` and `time`, in any order, and any other members. Docker
/// splits a line of more than 16 kB into records; only the last one has a line end in its `log`.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let (mut log, mut stream, mut has_time) = (None, None, false);
    members(line, |key, value| {
        match (key, value) {
            (b"log", Value::Text(text)) => log = Some(text),
            (b"stream", Value::Text(text)) => stream = Some(text),
            (b"time", Value::Text(_)) => has_time = true,
            _ => {}
        }
        Some(())
    })?;
    let (log, std_stream) = (log?, StdStream::named(stream?)?);
    if !has_time {
        return None;
    }
    let (text, is_partial) = without_line_end(log).map_or((log, true), |text| (text, false));
    Some(Unwrapped { text: Text::Json(text), sender: Sender::StdStream(std_stream), is_partial })
}

/// True if at least one record of a sample ends a line. Fluent Bit writes similar objects, but without line ends.
pub(super) fn ends_lines(sample: &[Sampled<'_>]) -> bool {
    sample.iter().any(|line| open(line.text).is_some_and(|unwrapped| !unwrapped.is_partial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_and_parts_are_opened() {
        let rows = [
            (r#"{"log":"x\n","stream":"stdout","time":"t"}"#, Some(("x", StdStream::Stdout, false))),
            (r#"{"log":"x","stream":"stderr","time":"t"}"#, Some(("x", StdStream::Stderr, true))),
            (r#"{"log":"\\\\n","stream":"stdout","time":"t"}"#, Some((r"\\\\n", StdStream::Stdout, true))),
            (r#"{"log":"a\\\n","stream":"stdout","time":"t"}"#, Some((r"a\\", StdStream::Stdout, false))),
            (r#"{"log":"\n","stream":"stdout","time":"t"}"#, Some(("", StdStream::Stdout, false))),
            (r#"{"log":"","stream":"stdout","time":"t"}"#, Some(("", StdStream::Stdout, true))),
            (
                r#" { "time" : "t" , "attrs" : {"a":["}",1,{}]} , "n": 1.5, "stream":"stdout", "log":"x\r\n" } "#
                    .trim_start(),
                Some((r"x\r", StdStream::Stdout, false)),
            ),
            (r#"{"log":"x\n","stream":"stdout"}"#, None),
            (r#"{"log":"x\n","time":"t"}"#, None),
            (r#"{"log":{"a":1},"stream":"stdout","time":"t"}"#, None),
            (r#"{"log":"x\n","stream":"stdlog","time":"t"}"#, None),
            (r#"{"log":"x\n","stream":"stdout","time":"t"} x"#, None),
            (r#"{"log":"x\n","stream":"stdout","time":"t""#, None),
            (r#"{"log":"x\n","a":,"stream":"stdout","time":"t"}"#, None),
            (r#"{"log":"x\n"#, None),
            ("{}", None),
            ("{", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(text, std_stream, is_partial)| Unwrapped {
                text: Text::Json(text.as_bytes()),
                sender: Sender::StdStream(std_stream),
                is_partial,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn sample_must_have_a_record_that_ends_a_line() {
        let sample = |log: &str| {
            let line = format!(r#"{{"log":"{log}","stream":"stdout","time":"t"}}"#);
            ends_lines(&[Sampled { text: line.as_bytes(), is_wrapped: true, ..Sampled::default() }])
        };
        assert!(sample(r"x\n"));
        assert!(!sample("x"));
        assert!(!ends_lines(&[]));
    }
}
