//! Distinguishes addresses, and values that may be logged in their place, from other words.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True for an IPv4 or IPv6 address, with or without a zone.
pub(super) fn is_address(word: &[u8]) -> bool {
    let word = &word[..memchr::memchr(b'%', word).unwrap_or(word.len())];
    parses::<IpAddr>(word)
}

/// True for a value that nginx or Apache may log as the address of a client: an address with or without a port, a list
/// of them, a host name, `unix:`, `-`, or nothing.
pub(super) fn may_be_a_client(value: &[u8]) -> bool {
    let first = &value[..memchr::memchr2(b',', b' ', value).unwrap_or(value.len())];
    first.is_empty()
        || first == b"-"
        || first.starts_with(b"unix:")
        || is_address(first)
        || is_host_name(first)
        || has_port(first)
}

/// True for `IPV4:PORT`, `[IPV6]:PORT` or `[IPV6]`.
fn has_port(word: &[u8]) -> bool {
    let Some(colon) = memchr::memrchr(b':', word) else { return false };
    let (host, port) = (&word[..colon], &word[colon + 1..]);
    let in_brackets =
        |word: &[u8]| word.strip_prefix(b"[").and_then(|word| word.strip_suffix(b"]")).is_some_and(parses::<Ipv6Addr>);
    in_brackets(word) || parses::<u16>(port) && (parses::<Ipv4Addr>(host) || in_brackets(host))
}

/// True for a name with a dot whose last label is not a number, and for `localhost`.
fn is_host_name(word: &[u8]) -> bool {
    let is_label =
        |label: &[u8]| !label.is_empty() && label.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let word = word.strip_suffix(b".").unwrap_or(word);
    let Some(dot) = memchr::memrchr(b'.', word) else { return word == b"localhost" };
    word.split(|b| *b == b'.').all(is_label) && !word[dot + 1..].iter().all(u8::is_ascii_digit)
}

fn parses<T: std::str::FromStr>(text: &[u8]) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.parse::<T>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_distinguished_from_words() {
        for address in ["1.2.3.4", "::1", "2001:db8::1", "fe80::1%eth0", "::ffff:1.2.3.4"] {
            assert!(is_address(address.as_bytes()) && may_be_a_client(address.as_bytes()), "{address}");
        }
        for client in
            ["", "-", "unix:", "1.2.3.4:80", "[::1]:80", "[::1]", "1.2.3.4, 5.6.7.8", "a.example.com", "localhost"]
        {
            assert!(!is_address(client.as_bytes()) && may_be_a_client(client.as_bytes()), "{client}");
        }
        for other in [
            "\"1.2.3.4",
            "a.log:1.2.3.4",
            "12:1.2.3.4",
            "nginx",
            "1.2.3",
            "1.2.3.4:99999",
            "[pod/a/b]",
            "a..b",
            "/a.b",
            "::1]",
        ] {
            assert!(!may_be_a_client(other.as_bytes()), "{other}");
        }
    }
}
