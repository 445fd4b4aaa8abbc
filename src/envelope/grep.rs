//! `grep` over several files, or with `-H`: `access.log:LINE`. `rg`, `zgrep` and `git grep` write the same.

use super::colors::{without_colors, without_resets};
use super::stamp::is_date;
use super::{Sender, Text, Unwrapped, first_word, is_address};

/// Opens `FILE:LINE`, in colour or not, if FILE is a path or looks like the name of a log.
///
/// Other things can precede a colon too: a site with its port (`shop.example.com:443 1.2.3.4`), the beginning of an
/// IPv6 address, `unix:`, and a date (`05/Jan/2026:10:00:00`).
pub(super) fn open(line: &[u8]) -> Option<Unwrapped<'_>> {
    let (plain, is_colored) = without_colors(line);
    let (name, rest) = plain.split_at(name_len(plain));
    let text = if is_colored {
        without_resets(without_colors(rest).0.strip_prefix(b":").map(without_resets)?)
    } else {
        rest.strip_prefix(b":")?
    };
    let is_file = if name.iter().any(|b| matches!(b, b'/' | b'\\' | b'(')) {
        !is_date(name)
    } else {
        has_ending(name) || has_log(name) && !begins_with_port(text)
    };
    if !is_file || text.starts_with(b" ") || is_address(first_word(plain)) {
        return None;
    }
    Some(Unwrapped { text: Text::Plain(text), sender: Sender::File(name), is_partial: false })
}

/// Length of the file name at the start of a line. A Windows path may begin with a drive.
fn name_len(line: &[u8]) -> usize {
    const STDIN: &[u8] = b"(standard input)";
    match line {
        _ if line.starts_with(STDIN) => STDIN.len(),
        [b'A'..=b'Z' | b'a'..=b'z', b':', b'\\', path @ ..] => 3 + word_len(path),
        _ => word_len(line),
    }
}

fn word_len(text: &[u8]) -> usize {
    let is_of_a_name = |b: &u8| {
        b.is_ascii_alphanumeric()
            || *b >= 0x80
            || matches!(b, b'/' | b'\\' | b'.' | b'-' | b'_' | b'+' | b'@' | b'%' | b'=' | b',')
    };
    text.iter().take_while(|b| is_of_a_name(b)).count()
}

fn has_log(name: &[u8]) -> bool {
    name.windows(3).any(|part| part.eq_ignore_ascii_case(b"log"))
}

/// True if a name has an ending that only files have.
fn has_ending(name: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 10] =
        [b".log", b"_log", b".txt", b".out", b".csv", b".json", b".gz", b".bz2", b".xz", b".zst"];
    // Ignore what rotation appends: `.1`, `-20260105`.
    let kept = name.iter().rposition(|b| !b.is_ascii_digit() && !matches!(b, b'.' | b'-')).map_or(0, |at| at + 1);
    ENDINGS.iter().any(|ending| name[..kept].ends_with(ending))
}

fn begins_with_port(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=5).contains(&digits) && text.get(digits) == Some(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_files_are_opened() {
        let rows = [
            ("access.log:1.2.3.4 - -", Some(("access.log", "1.2.3.4 - -"))),
            ("/var/log/nginx/access.log.1:::1 - -", Some(("/var/log/nginx/access.log.1", "::1 - -"))),
            ("./a/b:x", Some(("./a/b", "x"))),
            ("access_log-20260105.gz:x", Some(("access_log-20260105.gz", "x"))),
            ("access.log:12:x", Some(("access.log", "12:x"))),
            ("access.log:443 1.2.3.4", Some(("access.log", "443 1.2.3.4"))),
            ("/srv/blog:443 1.2.3.4", Some(("/srv/blog", "443 1.2.3.4"))),
            ("access-log:2001:db8::1 - -", Some(("access-log", "2001:db8::1 - -"))),
            ("export.csv:\"x\"", Some(("export.csv", "\"x\""))),
            ("(standard input):x", Some(("(standard input)", "x"))),
            ("C:\\logs\\access.log:x", Some(("C:\\logs\\access.log", "x"))),
            ("\x1b[35m\x1b[Kaccess.log\x1b[m\x1b[K\x1b[36m\x1b[K:\x1b[m\x1b[Kx", Some(("access.log", "x"))),
            ("\x1b[0m\x1b[35maccess.log\x1b[0m:x", Some(("access.log", "x"))),
            ("access.log:", Some(("access.log", ""))),
            ("shop.example.com:443 1.2.3.4 - -", None),
            ("blog.example.com:443 1.2.3.4 - -", None),
            ("1.2.3.4:5678 - - [05/Jan", None),
            ("2001:db8::1 - - [05/Jan", None),
            ("fe80::1%eth0 - - [05/Jan", None),
            ("::1 - - [05/Jan", None),
            ("unix: - - [05/Jan", None),
            ("05/Jan/2026:10:00:00 +0000 1.2.3.4", None),
            ("2026-01-05T10:00:01+00:00 1.2.3.4", None),
            ("1767607201.123:1.2.3.4 - -", None),
            ("access.log 1.2.3.4", None),
            ("access.log", None),
            ("", None),
        ];
        for (line, expected) in rows {
            let expected = expected.map(|(name, text)| Unwrapped {
                text: Text::Plain(text.as_bytes()),
                sender: Sender::File(name.as_bytes()),
                is_partial: false,
            });
            assert_eq!(open(line.as_bytes()), expected, "{line:?}");
        }
    }
}
