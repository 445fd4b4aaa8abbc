//! What has happened to a line that fits no format: a disk was full, and the next line goes on where it was cut; or the
//! machine went down, and there are NULs where text should be.
//!
//! A second line's beginning is an address, ` - `, a user, and ` [time] "`. nginx escapes quotes, so within a value no quote
//! ends that; only a user, who stands before it, can look like one.

use std::net::IpAddr;

use crate::format::Reason;

/// `[05/Apr/2022:03:45:05 +0000`, a digit for each digit and a letter for each letter.
const TIME: &[u8] = b"[00/Aaa/0000:00:00:00 +0000] ";
/// How far before its time a line's address is looked for: addresses and users are shorter.
const BEFORE_TIME: usize = 512;
const SEPARATOR: &[u8] = b" - ";
/// In a user, which may be as long as a request's header, no more of them are looked at.
const SEPARATORS: usize = 4;
/// No address is longer.
const ADDRESS: usize = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".len();
/// No host is longer.
const HOST: usize = 255;

/// Why a line fits no format.
#[cold]
pub(super) fn reason(text: &[u8]) -> Reason {
    if text.contains(&0) {
        Reason::Nul
    } else if begins_again(text, 0) {
        Reason::Glued
    } else {
        Reason::NoMatch
    }
}

/// Whether a line that begins as lines do has the beginning of another behind `from`.
#[cold]
pub(super) fn begins_again(text: &[u8], from: usize) -> bool {
    memchr::memchr_iter(b'[', &text[from..]).any(|at| {
        let (before, rest) = text.split_at(from + at);
        let is_time = time_prefix(rest) == TIME.len() && rest.get(TIME.len()) == Some(&b'"');
        is_time
            && first_address(before).is_some_and(|first_end| {
                has_address(&before[from.max(first_end).max(before.len().saturating_sub(BEFORE_TIME))..])
            })
    })
}

/// Whether what was taken for a user is the rest of one line, cut before its request, and the beginning of the next.
pub(super) fn is_two_lines(user: &[u8]) -> bool {
    // Nearly no user has a space.
    if !user.contains(&b' ') {
        return false;
    }
    separators(user).take(SEPARATORS).any(|end| {
        let before = &user[..end];
        let is_right_behind = |at: usize| is_cut(&before[..at]) && is_address(&before[at..]);
        let is_behind_host = |space: usize| is_cut_and_host(&before[..space]) && is_address(&before[space + 1..]);
        (end.saturating_sub(ADDRESS)..end).any(is_right_behind)
            || memchr::memrchr(b' ', before).is_some_and(is_behind_host)
    })
}

/// Where ` - ` stands.
fn separators(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(text, SEPARATOR)
}

/// Where the first address ends of a line that begins with one, or with a host and one.
fn first_address(text: &[u8]) -> Option<usize> {
    let end_of_word = |from: usize| memchr::memchr(b' ', &text[from..]).map(|len| from + len);
    let first = end_of_word(0)?;
    if is_address(&text[..first]) {
        return Some(first);
    }
    let second = end_of_word(first + 1)?;
    is_address(&text[first + 1..second]).then_some(second)
}

/// Whether an address stands before ` - ` anywhere, with whatever a cut line left right before it.
fn has_address(text: &[u8]) -> bool {
    // The separator of `1.2.3.4 - - [` is followed by the user and a space, which are not in the text.
    separators(text).any(|end| {
        let before = &text[..end];
        let start = end - before.iter().rev().take(ADDRESS).take_while(|b| is_of_address(**b)).count();
        (start..end).any(|start| is_address(&before[start..])) || before.ends_with(b"unix:")
    })
}

fn is_of_address(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')
}

/// An address as nginx logs it.
fn is_address(text: &[u8]) -> bool {
    text == b"unix:" || str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}

/// Whether it is what stands behind the first ` - ` of a line that is cut before its request: `-`, a user and the
/// beginning of a time. NULs may stand where it was cut. Where nothing stands there, what follows is a user, who may
/// claim to be an address: else whoever does so would not be counted.
fn is_cut(text: &[u8]) -> bool {
    if text.is_empty() {
        return false;
    }
    let zeros = text.iter().rev().take_while(|b| **b == 0).count();
    let text = &text[..text.len() - zeros];
    match memchr::memrchr(b'[', text) {
        Some(at) => (at == 0 || text[at - 1] == b' ') && time_prefix(&text[at..]) == text.len() - at,
        None => matches!(text, b"" | b"-" | b"- "),
    }
}

/// The same with a host behind it.
fn is_cut_and_host(text: &[u8]) -> bool {
    (text.len().saturating_sub(HOST)..text.len()).any(|at| !text[at..].contains(&b' ') && is_cut(&text[..at]))
}

/// How much of `[05/Apr/2022:03:45:05 +0000] ` the text begins with.
fn time_prefix(text: &[u8]) -> usize {
    let is_alike = |(byte, pattern): (&u8, &u8)| match pattern {
        b'0' => byte.is_ascii_digit(),
        b'A' | b'a' => byte.is_ascii_alphabetic(),
        b'+' => matches!(byte, b'+' | b'-'),
        other => byte == other,
    };
    text.iter().zip(TIME).take_while(|pair| is_alike(*pair)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl""#;
    const NEXT: &str = r#"2001:db8::5 - bob [05/Apr/2022:03:45:06 +0000] "GET /b HTTP/1.1" 200 12 "-" "curl""#;

    #[test]
    fn a_line_cut_anywhere_behind_its_address_and_the_next_are_glued() {
        for (line, next) in [(LINE, NEXT), (NEXT, LINE), (LINE, LINE)] {
            for host in ["", "shop.example "] {
                let (line, next) = (format!("{host}{line}"), format!("{host}{next}"));
                for cut in line.find(' ').unwrap() + 1 + line.find(" - ").unwrap()..=line.len() {
                    let glued = format!("{}{next}", &line[..cut]);
                    assert_eq!(reason(glued.as_bytes()), Reason::Glued, "{glued}");
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_only_cut_is_not_glued() {
        for line in [LINE, NEXT, "Nov 15 host nginx: 1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] \"GET / HTTP/1.1\""] {
            for cut in 0..line.len() {
                assert_eq!(reason(&line.as_bytes()[..cut]), Reason::NoMatch);
                assert_eq!(reason(format!("shop.example {}", &line[..cut]).as_bytes()), Reason::NoMatch);
            }
        }
        let in_a_value = format!("{LINE} \"1.2.3.5 - - [05/Apr/2022:03:45:06 +0000] \"");
        assert!(begins_again(in_a_value.as_bytes(), LINE.len()), "a closing quote would be another's concern");
        assert!(!begins_again(LINE.as_bytes(), 0));
        assert_eq!(reason(b"1.2.3.4 - - [05/Ap\0\0"), Reason::Nul);
    }

    #[test]
    fn a_user_is_two_lines_where_one_was_cut_before_its_request() {
        let user_of = |line: &str| line[line.find(" - ").unwrap() + 3..line.find(" [").unwrap()].to_owned();
        for (line, next) in [(LINE, NEXT), (NEXT, LINE)] {
            let start = line.find(" - ").unwrap() + 3;
            for cut in start..line.find('"').unwrap() {
                // Within the name of a user there is nothing to see.
                // Cut right before the user it is one user who claims to be an address.
                let is_claimed = cut == start;
                let is_in_name = (start + 1..start + user_of(line).len() + 2).contains(&cut) && user_of(line) != "-";
                for (host, zeros) in [("", ""), ("shop.example ", ""), ("", "\0\0")] {
                    let next_user = next.find(" [").unwrap();
                    let user = format!("{}{zeros}{host}{}", &line[start..cut], &next[..next_user]);
                    assert!(is_two_lines(user.as_bytes()) || is_in_name || is_claimed, "{user}");
                }
            }
        }
        for user in [
            "-",
            "bob",
            "bob smith",
            "- bob [01/Jan/2000",
            "a - b",
            "1.2.3.4",
            "bob 1.2.3.4",
            "x - [05/Apr/2022 - ",
            "10.0.0.9 - eve [",
            "é - ü",
        ] {
            assert!(!is_two_lines(user.as_bytes()), "{user}");
        }
    }
}
