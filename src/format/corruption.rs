//! Diagnoses a line that matches no format. Two kinds of damage are detected: a full disk cut a line, and the next line
//! was appended to it; or the machine crashed, and there are NULs in place of text.
//!
//! A second line begins with an address, ` - `, a user, and ` [time] "`. nginx escapes quotes, so no value contains the
//! quote that ends this text. Only a user, which comes before the quote, can look like a second line.

use std::net::IpAddr;

use crate::format::Reason;

/// Pattern of `[05/Apr/2022:03:45:05 +0000] `: a digit for each digit and a letter for each letter.
const TIME: &[u8] = b"[00/Aaa/0000:00:00:00 +0000] ";
/// Number of bytes before a line's time that are searched for its address. Addresses and users are shorter.
const BEFORE_TIME: usize = 512;
const SEPARATOR: &[u8] = b" - ";
/// Number of separators that are checked in a user, which may be as long as a request header.
const SEPARATORS: usize = 4;
/// Maximum length of an address in bytes.
const ADDRESS: usize = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".len();
/// Maximum length of a host name in bytes.
const HOST: usize = 255;

/// The reason why a line matches no format.
#[cold]
pub(super) fn reason(text: &[u8]) -> Reason {
    if text.contains(&0) {
        Reason::Nul
    } else if has_second_line_start(text, 0) {
        Reason::Glued
    } else {
        Reason::NoMatch
    }
}

/// True if a line that begins like a log line contains the beginning of another one after `from`.
#[cold]
pub(super) fn has_second_line_start(text: &[u8], from: usize) -> bool {
    memchr::memchr_iter(b'[', &text[from..]).any(|at| {
        let (before, rest) = text.split_at(from + at);
        let is_time = time_prefix(rest) == TIME.len() && rest.get(TIME.len()) == Some(&b'"');
        is_time
            && first_address(before).is_some_and(|first_end| {
                has_address(&before[from.max(first_end).max(before.len().saturating_sub(BEFORE_TIME))..])
            })
    })
}

/// True if a supposed user is the rest of one line, which was cut before its request, and the beginning of the next
/// line.
pub(super) fn is_two_lines(user: &[u8]) -> bool {
    // Fast exit: almost no user contains a space.
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

/// Places of ` - `.
fn separators(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(text, SEPARATOR)
}

/// End of the first address of a line that begins with an address, or with a host and an address.
fn first_address(text: &[u8]) -> Option<usize> {
    let end_of_word = |from: usize| memchr::memchr(b' ', &text[from..]).map(|len| from + len);
    let first = end_of_word(0)?;
    if is_address(&text[..first]) {
        return Some(first);
    }
    let second = end_of_word(first + 1)?;
    is_address(&text[first + 1..second]).then_some(second)
}

/// True if there is an address before any ` - `. A cut line may have left any text right before the address.
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

/// True for an address as nginx logs it.
fn is_address(text: &[u8]) -> bool {
    text == b"unix:" || str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}

/// True if `text` is the part after the first ` - ` of a line that was cut before its request: `-`, or a user and the
/// beginning of a time, perhaps followed by NULs. False for an empty text: what follows is then one user who may claim
/// to be an address, and that line must be counted.
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

/// The same, followed by a host.
fn is_cut_and_host(text: &[u8]) -> bool {
    (text.len().saturating_sub(HOST)..text.len()).any(|at| !text[at..].contains(&b' ') && is_cut(&text[..at]))
}

/// Number of bytes of `[05/Apr/2022:03:45:05 +0000] ` that the text begins with.
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
    fn line_cut_after_its_address_is_glued_to_the_next() {
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
    fn truncated_line_is_not_glued() {
        for line in [LINE, NEXT, "Nov 15 host nginx: 1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] \"GET / HTTP/1.1\""] {
            for cut in 0..line.len() {
                assert_eq!(reason(&line.as_bytes()[..cut]), Reason::NoMatch);
                assert_eq!(reason(format!("shop.example {}", &line[..cut]).as_bytes()), Reason::NoMatch);
            }
        }
        let in_a_value = format!("{LINE} \"1.2.3.5 - - [05/Apr/2022:03:45:06 +0000] \"");
        assert!(has_second_line_start(in_a_value.as_bytes(), LINE.len()), "a closing quote does not change the result");
        assert!(!has_second_line_start(LINE.as_bytes(), 0));
        assert_eq!(reason(b"1.2.3.4 - - [05/Ap\0\0"), Reason::Nul);
    }

    #[test]
    fn user_is_two_lines_if_one_was_cut_before_its_request() {
        let user_of = |line: &str| line[line.find(" - ").unwrap() + 3..line.find(" [").unwrap()].to_owned();
        for (line, next) in [(LINE, NEXT), (NEXT, LINE)] {
            let start = line.find(" - ").unwrap() + 3;
            for cut in start..line.find('"').unwrap() {
                // A cut within a user name cannot be detected. A line truncated right before its user looks like one
                // whose user name is an address.
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
