//! `docker service logs`: `web.1.abc123def456@node1    | LINE`.

use super::{Sender, Text, Unwrapped};

/// Opens `TASK@NODE    | LINE`. The task consists of the service, its slot or node, and an optional ID. Spaces pad
/// shorter slots. Source: docker/cli, `cli/command/service/logs.go`.
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let task = line.iter().take_while(|b| is_word(**b)).count();
    let service = line[..task].iter().position(|b| *b == b'.')?;
    let node = line[task..].strip_prefix(b"@")?;
    let name = node.iter().take_while(|b| is_word(**b)).count();
    let rest = node[name..].strip_prefix(b"    ")?.trim_ascii_start();
    if service == 0 || name == 0 {
        return None;
    }
    let text = rest.strip_prefix(b"|")?;
    let text = text.strip_prefix(b" ").or(text.is_empty().then_some(text))?;
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::Program(&line[..service]), is_partial: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_tasks_are_opened() {
        let rows = [
            ("web.1.abc123def456@node1    | x | y", Some(("web", "x | y"))),
            ("shop_web-1.10@node-1.example.com      | x", Some(("shop_web-1", "x"))),
            ("web.1@n    |  x", Some(("web", " x"))),
            ("web.1@n    | ", Some(("web", ""))),
            ("web.1@n    |", Some(("web", ""))),
            ("web.1@n | x", None),
            ("web@n    | x", None),
            (".1@n    | x", None),
            ("web.1@    | x", None),
            ("web.1@n    |x", None),
            ("", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(service, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::Program(service.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line:?}");
        }
    }
}
