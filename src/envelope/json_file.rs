//! The log files of docker's json-file driver: `{"log":"LINE\n","stream":"stdout","time":"…"}`.

use super::{Letter, Pipe, Sender, Text};
use crate::format::closing_quote;

/// Opens a record: an object with the strings `log`, `stream` and `time`, in any order, and whatever else. Docker cuts
/// a line of more than 16 kB into records, of which the last alone has the line end in its `log`.
pub(super) fn open(line: &[u8]) -> Option<Letter<'_>> {
    let mut rest = line.strip_prefix(b"{")?;
    let (mut log, mut stream, mut has_time) = (None, None, false);
    loop {
        let (key, behind) = string(rest.trim_ascii_start())?;
        let value = behind.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        rest = match string(value) {
            Some((text, behind)) => {
                match key {
                    b"log" => log = Some(text),
                    b"stream" => stream = Some(text),
                    b"time" => has_time = true,
                    _ => {}
                }
                behind
            }
            None => &value[value_end(value)?..],
        }
        .trim_ascii_start();
        match rest {
            [b',', behind @ ..] => rest = behind,
            [b'}'] => break,
            [b'}', behind @ ..] if behind.trim_ascii().is_empty() => break,
            _ => return None,
        }
    }
    let (log, pipe) = (log?, Pipe::named(stream?)?);
    if !has_time {
        return None;
    }
    let (text, goes_on) = match log.strip_suffix(br"\n") {
        // An `n` behind a backslash that is itself escaped.
        Some(text) if text.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 0 => (text, false),
        _ => (log, true),
    };
    Some(Letter { text: Text::Json(text), sender: Sender::Pipe(pipe), goes_on })
}

/// The string that `text` begins with, without its quotes, and what is behind it.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let (end, _) = closing_quote(text)?;
    Some((&text[..end], &text[end + 1..]))
}

/// Where a value that is no string ends: at the comma or brace behind it.
fn value_end(value: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match value.get(at)? {
            b',' | b'}' if depth == 0 => return (at > 0).then_some(at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => at += 1 + closing_quote(&value[at + 1..])?.0,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_and_parts() {
        let rows = [
            (r#"{"log":"x\n","stream":"stdout","time":"t"}"#, Some(("x", Pipe::Stdout, false))),
            (r#"{"log":"x","stream":"stderr","time":"t"}"#, Some(("x", Pipe::Stderr, true))),
            (r#"{"log":"\\\\n","stream":"stdout","time":"t"}"#, Some((r"\\\\n", Pipe::Stdout, true))),
            (r#"{"log":"a\\\n","stream":"stdout","time":"t"}"#, Some((r"a\\", Pipe::Stdout, false))),
            (r#"{"log":"\n","stream":"stdout","time":"t"}"#, Some(("", Pipe::Stdout, false))),
            (r#"{"log":"","stream":"stdout","time":"t"}"#, Some(("", Pipe::Stdout, true))),
            (
                r#" { "time" : "t" , "attrs" : {"a":["}",1,{}]} , "n": 1.5, "stream":"stdout", "log":"x\r\n" } "#
                    .trim_start(),
                Some((r"x\r", Pipe::Stdout, false)),
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
            let expected = expected.map(|(text, pipe, goes_on)| Letter {
                text: Text::Json(text.as_bytes()),
                sender: Sender::Pipe(pipe),
                goes_on,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line}");
        }
    }
}
