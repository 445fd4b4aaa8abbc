//! Syslog in the form of RFC 5424: `<190>1 2026-11-21T10:00:00Z web nginx 123 - - LINE`.

use super::syslog::priority;
use super::{Sender, Text, Unwrapped, stamp, word};
use crate::text::BYTE_ORDER_MARK;

/// Opens `[<PRIORITY>]1 TIME HOST APP PROCID MSGID DATA LINE`. Also removes the byte order mark that declares UTF-8.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let rest = line[priority(line)..].strip_prefix(b"1 ")?;
    let (time, rest) = word(rest)?;
    if time != b"-" && stamp::rfc3339(time) != Some(time.len()) {
        return None;
    }
    let (_host, rest) = word(rest)?;
    let (program, rest) = word(rest)?;
    let (_process, rest) = word(rest)?;
    let (_message, rest) = word(rest)?;
    let text = match &rest[data(rest)?..] {
        [] => b"",
        [b' ', text @ ..] => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
        _ => return None,
    };
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::Program(program), is_partial: false })
}

/// Length of the structured data: `-`, or one or more of `[id name="value" …]`. A backslash escapes quotes, backslashes
/// and brackets in values.
fn data(text: &[u8]) -> Option<usize> {
    if text.first() == Some(&b'-') {
        return Some(1);
    }
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        at += element(&text[at..])?;
    }
    (at > 0).then_some(at)
}

fn element(text: &[u8]) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_quoted,
            b'"' => is_quoted = !is_quoted,
            b']' if !is_quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_and_without_data_are_opened() {
        let rows = [
            ("<190>1 2026-11-21T10:00:00Z web nginx 123 - - x y", Some(("nginx", "x y"))),
            ("1 2026-11-21T10:00:00.1+01:00 web nginx - access - x", Some(("nginx", "x"))),
            ("<1>1 - - - - - -", Some(("-", ""))),
            ("<1>1 - - nginx - - - \u{feff}x", Some(("nginx", "x"))),
            (r#"<1>1 - h nginx - - [a@1 b="]" c="\"]"] x"#, Some(("nginx", "x"))),
            (r#"<1>1 - h nginx - - [a][b c="d"] [x]"#, Some(("nginx", "[x]"))),
            (r#"<1>1 - h nginx - - [a b="c] x"#, None),
            ("<1>1 - h nginx - - [a]x", None),
            ("<1>1 - h nginx - - x", None),
            ("<1>2 - h nginx - - - x", None),
            ("<1>1 yesterday h nginx - - - x", None),
            ("<1>1 - h nginx", None),
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
