//! IP addresses as they are in logs: alone, with a port, or in the list that proxies pass on.

use std::net::IpAddr;

/// Text that nginx logs instead of an address for connections through a Unix domain socket.
const UNIX: &[u8] = b"unix:";

/// The address in a text, without its port: `192.0.2.1`, `192.0.2.1:8080`, `[2001:db8::1]:8080`. A bare IPv6 address
/// has no port, because nothing in it shows where the port begins.
pub(crate) fn without_port(text: &[u8]) -> &[u8] {
    split_port(text).map_or(text, |(address, _)| address)
}

/// True if `without_port` may change a text. It is cheap, and true for few other texts.
#[inline]
pub(crate) fn may_have_port(text: &[u8]) -> bool {
    text.first() == Some(&b'[') || memchr::memchr(b':', text).is_some_and(|at| text[..at].contains(&b'.'))
}

/// An address and its value, if the text is an address, optionally in brackets or with a port.
fn split_port(text: &[u8]) -> Option<(&[u8], IpAddr)> {
    let (address, port) = match text.strip_prefix(b"[") {
        Some(inner) => {
            let end = memchr::memchr(b']', inner)?;
            (&inner[..end], &inner[end + 1..])
        }
        None if may_have_port(text) => text.split_at(memchr::memchr(b':', text)?),
        None => (text, &[][..]),
    };
    let is_port = |digits: &[u8]| !digits.is_empty() && digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit);
    if !port.is_empty() && !port.strip_prefix(b":").is_some_and(is_port) {
        return value(text).map(|value| (text, value));
    }
    value(address).map(|value| (address, value))
}

fn value(text: &[u8]) -> Option<IpAddr> {
    Some(str::from_utf8(text).ok()?.parse::<IpAddr>().ok()?.to_canonical())
}

/// The address in a text, optionally in brackets or with a port. An IPv4-mapped IPv6 address is the IPv4 address.
pub(crate) fn address(text: &[u8]) -> Option<IpAddr> {
    split_port(text).map(|(_, address)| address)
}

/// True if a text is an address, with or without a port.
pub(crate) fn is_address(text: &[u8]) -> bool {
    split_port(text).is_some()
}

/// True if a text can stand where an address is expected: an address, with or without a port, `unix:`, `-`, or a host
/// name, as written by Apache's `HostnameLookups`. A host name is `localhost`, or has a dot and a last label that is
/// not a number.
pub(crate) fn is_address_or_name(text: &[u8]) -> bool {
    matches!(text, b"-" | b"localhost") || text.starts_with(UNIX) || is_address(text) || is_name(text)
}

fn is_name(text: &[u8]) -> bool {
    let text = text.strip_suffix(b".").unwrap_or(text);
    let Some(dot) = memchr::memrchr(b'.', text) else { return false };
    let is_label =
        |label: &[u8]| !label.is_empty() && label.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    text.split(|b| *b == b'.').all(is_label) && !text[dot + 1..].iter().all(u8::is_ascii_digit)
}

/// True if a text can be a host: letters, digits and `. - _ : [ ] *`, or nothing. A time such as `2026-01-05T10:00:01Z`
/// is not a host.
pub(crate) fn is_host(text: &[u8]) -> bool {
    let is_moment = text.len() >= 19
        && (text[4], text[7], text[10], text[13]) == (b'-', b'-', b'T', b':')
        && text[..4].iter().all(u8::is_ascii_digit);
    !is_moment
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']' | b'*'))
}

/// The words of a list of addresses, separated by commas and spaces, last word first.
fn words(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.rsplit(|byte| matches!(byte, b',' | b' ' | b'\t')).filter(|word| !word.is_empty())
}

/// True if a text is a list of addresses: words, each an address, `-`, `unknown` or `unix:`, and at least one an
/// address.
pub(crate) fn is_address_list(text: &[u8]) -> bool {
    let is_item =
        |word: &[u8]| matches!(word, b"-" | b"unknown") || word.starts_with(UNIX) || split_port(word).is_some();
    words(text).all(is_item) && words(text).any(|word| split_port(word).is_some())
}

/// True if a text is a list of addresses with more than one word.
pub(crate) fn has_several(text: &[u8]) -> bool {
    is_address_list(text) && words(text).nth(1).is_some()
}

/// The visitor's address in a list that proxies pass on: the last one that is not private, loopback or link-local. A
/// word that is not an address ends the search, because it is unknown who wrote the words before it. If all are
/// private, returns the last one that is not loopback; if there is none, the last word.
pub(crate) fn visitor_of_list(list: &[u8]) -> &[u8] {
    let mut private = None;
    for word in words(list) {
        if word.starts_with(UNIX) {
            continue;
        }
        let Some((text, address)) = split_port(word) else { break };
        if !is_private(address) {
            return text;
        }
        if !address.is_loopback() {
            private.get_or_insert(text);
        }
    }
    private.or_else(|| words(list).next()).unwrap_or(list)
}

/// True if an address cannot tell visitors on the internet apart: loopback, private (RFC 1918, RFC 6598, RFC 4193) or
/// link-local (RFC 3927, RFC 4291).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || a == 100 && (64..128).contains(&b)
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            v6.is_loopback() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_removed() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:54001", "192.0.2.1"),
            ("192.0.2.1:", "192.0.2.1:"),
            ("192.0.2.1:x", "192.0.2.1:x"),
            ("192.0.2.1:123456", "192.0.2.1:123456"),
            ("192.0.2.256:1", "192.0.2.256:1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]x", "[2001:db8::1]x"),
            ("2001:db8::5:41000", "2001:db8::5:41000"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("unix:", "unix:"),
            ("-", "-"),
            ("", ""),
            ("example.com:80", "example.com:80"),
        ] {
            assert_eq!(without_port(text.as_bytes()), expected.as_bytes(), "{text}");
            assert!(text == expected || may_have_port(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn addresses_and_host_names_are_recognised() {
        for text in [
            "192.0.2.1",
            "192.0.2.1:80",
            "[::1]:80",
            "::1",
            "2001:db8::1",
            "unix:",
            "-",
            "localhost",
            "a.example.org",
            "dsl-1.example.",
            "x_y.example",
        ] {
            assert!(is_address_or_name(text.as_bytes()), "{text}");
        }
        for text in
            ["", "192.0.2", "192.0.2.1,", "1.2.3.4.5", "bob", "a..b", ".a", "GET", "a b.c", "0.106", "http://a.b"]
        {
            assert!(!is_address_or_name(text.as_bytes()), "{text}");
        }
        assert!(is_host(b"") && is_host(b"*.example.org") && is_host(b"[::1]:8080") && is_host(b"_"));
        assert!(!is_host(b"192.0.2.1,") && !is_host(b"a b") && !is_host(b"\"x\""));
    }

    #[test]
    fn visitor_of_a_list_is_the_last_public_address() {
        for (list, expected) in [
            ("203.0.113.178, 127.0.0.1", "203.0.113.178"),
            ("198.51.100.7, 203.0.113.9, 10.1.1.1, 127.0.0.1", "203.0.113.9"),
            ("203.0.113.9:5000,unix:", "203.0.113.9"),
            ("203.0.113.9, unknown, 10.0.0.1", "10.0.0.1"),
            ("10.0.0.1, 192.168.1.1, 127.0.0.1", "192.168.1.1"),
            ("2001:db8::1, fd00::1, fe80::1, ::1", "2001:db8::1"),
            ("100.64.0.1, 172.31.0.1, 169.254.0.1", "169.254.0.1"),
            ("100.128.0.1, 172.16.0.1", "100.128.0.1"),
            ("127.0.0.1, ::1", "::1"),
            ("-, 127.0.0.1", "127.0.0.1"),
            ("-", "-"),
            ("unknown", "unknown"),
            ("", ""),
        ] {
            assert_eq!(visitor_of_list(list.as_bytes()), expected.as_bytes(), "{list}");
        }
        assert!(is_address_list(b"1.2.3.4, unknown") && is_address_list(b"1.2.3.4"));
        assert!(!is_address_list(b"-") && !is_address_list(b"shop, 1.2.3.4") && !is_address_list(b""));
    }
}
