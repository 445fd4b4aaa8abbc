//! Anonymizes text: sets the last bits of everything that looks like an address to zero.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes that a caller must read beyond the piece that it shows, so that an address at its end is recognised: longer
/// than any address.
pub(crate) const AHEAD: usize = 64;

/// Cuts the addresses in the beginning of a text. If the text `continues`, drops a possible start of an address at the
/// end of the piece.
pub(crate) fn mask_addresses(text: &[u8], continues: bool) -> Cow<'_, [u8]> {
    let open = text.iter().rev().take_while(|byte| is_of_address(**byte)).count();
    mask_all(&text[..text.len() - if continues { open } else { 0 }])
}

/// Cuts the addresses in the rest of a text from `at` on. Drops the remainder of an address that begins before `at`.
pub(crate) fn mask_tail(text: &[u8], at: usize) -> Cow<'_, [u8]> {
    let (before, tail) = text.split_at(at.min(text.len()));
    let is_within = before.last().is_some_and(|byte| is_of_address(*byte));
    let left = if is_within { tail.iter().take_while(|byte| is_of_address(**byte)).count() } else { 0 };
    mask_all(&tail[left..])
}

fn is_of_address(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')
}

/// True if a text has enough dots or colons to hold an address.
pub(super) fn may_hold_one(text: &[u8]) -> bool {
    let (dots, colons) = text.iter().fold((0_usize, 0_usize), |(dots, colons), byte| {
        (dots + usize::from(*byte == b'.'), colons + usize::from(*byte == b':'))
    });
    dots >= 3 || colons >= 2
}

/// Cuts everything in a text that looks like an address.
pub(super) fn mask_all(text: &[u8]) -> Cow<'_, [u8]> {
    if !may_hold_one(text) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let len = text[at..].iter().take_while(|byte| is_of_address(**byte)).count();
        let end = at + len.max(1);
        let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let stands_alone = !is_word(at.checked_sub(1).map(|before| &text[before])) && !is_word(text.get(end));
        match &text[at..end] {
            run if len > 0 && looks_like_ipv6(run, stands_alone) => push_ipv6(run, &mut out),
            run => push_ipv4(run, &mut out),
        }
        at = end;
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// True if a run looks like an IPv6 address. Most names in programs that contain `::`, such as `Foo::Bar`, have no
/// digit and do not stand alone.
fn looks_like_ipv6(run: &[u8], stands_alone: bool) -> bool {
    let colons = run.iter().filter(|byte| **byte == b':').count();
    let is_shortened = run.windows(2).any(|pair| pair == b"::");
    let has_digit = run.iter().any(u8::is_ascii_digit);
    (is_shortened && (has_digit || stands_alone && run.len() > 2)) || colons >= 7
}

fn push_ipv6(run: &[u8], out: &mut Vec<u8>) {
    let address = str::from_utf8(run).ok().and_then(|text| text.parse::<Ipv6Addr>().ok());
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => {
            out.extend(Ipv4Addr::from_bits(address.to_bits() & !0xFF).to_string().bytes());
        }
        Some(IpAddr::V6(address)) => {
            out.extend(Ipv6Addr::from_bits(address.to_bits() & u128::MAX << 80).to_string().bytes());
        }
        // The run is more than an address: keep at most three groups.
        None => {
            for group in run.split(|byte| *byte == b':').take(3).take_while(|group| !group.is_empty()) {
                push_ipv4(group, out);
                out.push(b':');
            }
            out.extend_from_slice(if out.last() == Some(&b':') { b":" } else { b"::" });
        }
    }
}

/// Replaces the fourth number of a dotted sequence, and each later one, by zero. The first and the last number may be
/// larger than 255, because damaged lines are joined anywhere and digits may precede or follow an address.
fn push_ipv4(run: &[u8], out: &mut Vec<u8>) {
    // The last three numbers, as long as only single dots separate them.
    let mut numbers = [None; 3];
    let mut rest = run;
    while let Some(first) = rest.first() {
        let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 {
            out.push(*first);
            // Only a dot directly after a number continues the sequence.
            let is_dot = *first == b'.' && out.len() >= 2 && out[out.len() - 2].is_ascii_digit();
            numbers = if is_dot { numbers } else { [None; 3] };
            rest = &rest[1..];
            continue;
        }
        let number = &rest[..len];
        let is_fourth = numbers[0].is_some() && numbers[1..].iter().flatten().all(|number| *number <= 255);
        let digits = number.iter().map(|digit| usize::from(digit - b'0'));
        let value = digits.fold(0_usize, |value, digit| value.saturating_mul(10).saturating_add(digit));
        out.extend_from_slice(if is_fourth { b"0" } else { number });
        numbers = [numbers[1], numbers[2], Some(if is_fourth { 0 } else { value })];
        rest = &rest[len..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::bytes::Regex;

    fn masked(text: &str) -> String {
        String::from_utf8(mask_all(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn addresses_are_cut_anywhere_in_a_text() {
        let rows = [
            ("203.0.113.7", "203.0.113.0"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
            ("2001:DB8::1", "2001:db8::"),
            ("::1", "::"),
            ("fe80::", "fe80::"),
            ("face::dead", "face::"),
            ("::ffff:203.0.113.7", "203.0.113.0"),
            ("64:ff9b::203.0.113.7", "64:ff9b::"),
            ("203.0.113.7, 10.0.0.255", "203.0.113.0, 10.0.0.0"),
            ("203.0.113.7:4711", "203.0.113.0:4711"),
            ("[2001:db8::1]:80", "[2001:db8::]:80"),
            ("/?ip=203.0.113.7&x=1", "/?ip=203.0.113.0&x=1"),
            ("for=\"[2001:db8:a:b::7]\"", "for=\"[2001:db8:a::]\""),
            // Damaged lines may be joined or cut anywhere.
            ("200 5203.0.113.7 - -", "200 5203.0.113.0 - -"),
            ("Mozil203.0.113.77abc", "Mozil203.0.113.0abc"),
            ("1.203.0.113.7", "1.203.0.0.0"),
            ("x2001:db8:1:2:3:4:5:6x", "x2001:db8:1::x"),
            ("12001:db8:1:2:3:4:5:6:80", "12001:db8:1::"),
            ("203.000.113.007", "203.000.113.0"),
            ("Chrome/120.0.0.0 YaBrowser/24.1.2.825", "Chrome/120.0.0.0 YaBrowser/24.1.2.0"),
        ];
        for (text, expected) in rows {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn other_text_is_unchanged() {
        let rows = [
            "",
            "-",
            "unix:",
            "/a/b.css",
            "10.0.0",
            "1.2.3.",
            "HTTP/1.1",
            "Firefox/115.0",
            "Chrome/120.0.6099.109",
            "[05/Apr/2022:03:45:05 +0000]",
            "aa:bb:cc:dd:ee:ff",
            "/Foo::Bar",
            "a::",
            "::",
            "http://h:80/?a:b:c",
            "1.2.3,4.5",
            "1..2..3..4",
        ];
        for text in rows {
            assert!(matches!(mask_all(text.as_bytes()), Cow::Borrowed(_)), "{text} {}", masked(text));
        }
    }

    #[test]
    fn truncated_addresses_are_dropped() {
        let piece = |text: &'static str, continues| {
            String::from_utf8(mask_addresses(text.as_bytes(), continues).into_owned()).unwrap()
        };
        assert_eq!(piece("a 2001:db8:1:2:3", true), "a ");
        assert_eq!(piece("a 203.0.113.7 b", true), "a 203.0.113.0 ");
        assert_eq!(piece("a 203.0.113.7", false), "a 203.0.113.0");
        let tail = |at| String::from_utf8(mask_tail(b"203.0.113.7 - 203.0.113.8", at).into_owned()).unwrap();
        assert_eq!(
            [tail(0), tail(6), tail(11), tail(14), tail(99)].map(|tail| tail),
            ["203.0.113.0 - 203.0.113.0", " - 203.0.113.0", " - 203.0.113.0", "203.0.113.0", "",]
        );
    }

    fn address() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).to_string()),
            any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits).to_string()),
            (any::<u16>(), any::<u16>())
                .prop_map(|(a, b)| Ipv6Addr::from_bits((u128::from(a) << 112) | u128::from(b)).to_string()),
        ]
    }

    proptest! {
        #[test]
        fn whole_addresses_lose_their_last_bits(
            words in prop::collection::vec((address(), prop::sample::select(vec![", ", " - ", "\" \"", "&ip=", "/"])), 1..5),
        ) {
            let text: String = words.iter().map(|(address, between)| address.clone() + between).collect();
            let reference = |address: &str| match address.parse::<IpAddr>().unwrap().to_canonical() {
                IpAddr::V4(v4) => {
                    let [a, b, c, _] = v4.octets();
                    format!("{a}.{b}.{c}.0")
                }
                IpAddr::V6(v6) => {
                    let [a, b, c, ..] = v6.segments();
                    Ipv6Addr::from([a, b, c, 0, 0, 0, 0, 0]).to_string()
                }
            };
            let expected: String = words.iter().map(|(address, between)| reference(address) + between).collect();
            prop_assert_eq!(masked(&text), expected);
        }

        #[test]
        fn no_text_keeps_an_address(parts in prop::collection::vec(prop_oneof![
            address(), "[0-9a-fx:. /]{0,4}", Just("203.0.113.7".to_owned()),
        ], 0..6)) {
            let cut = masked(&parts.concat());
            let ipv4 = Regex::new(r"[0-9]\.0*(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.0*(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.0*[1-9]").unwrap();
            prop_assert!(!ipv4.is_match(cut.as_bytes()), "{} from {}", cut, parts.concat());
            let long = Regex::new("[0-9a-f]+(:[0-9a-f]+){7}").unwrap();
            prop_assert!(!long.is_match(cut.as_bytes()), "{} from {}", cut, parts.concat());
        }
    }
}
