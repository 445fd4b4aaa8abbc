//! The arguments of a query string: values and names, decoded as an HTML form encodes them.
//!
//! Visitors choose every byte of a query, so the results have a bounded length.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::text::hex;

/// Longest result in bytes. Values of campaigns are much shorter; longer ones are cut, so that they fill no memory.
const LONGEST: usize = 256;

/// Stands for the names that do not fit.
const MORE: &[u8] = "…".as_bytes();

/// The decoded value of the first argument of this name, in any case, as nginx's `$arg_NAME` finds it. `None` if there
/// is none, or if it is empty.
pub(crate) fn value<'q>(query: &'q [u8], name: &str) -> Option<Cow<'q, [u8]>> {
    let mut arguments = query.split(|b| *b == b'&');
    let value = arguments.find_map(|argument| {
        let (found, rest) = argument.split_at_checked(name.len())?;
        rest.strip_prefix(b"=").filter(|_| found.eq_ignore_ascii_case(name.as_bytes()))
    })?;
    Some(cut(decoded(value))).filter(|value| !value.is_empty())
}

/// The names of all arguments, each once, in the order of their bytes, with a `&` between them. `None` if there are
/// none.
///
/// A `&`, `=`, `%` or `+` in a name stays encoded, so that the names can be told apart.
pub(crate) fn names(query: &[u8]) -> Option<Vec<u8>> {
    let names = query.split(|b| *b == b'&').map(|argument| {
        let end = memchr::memchr(b'=', argument).unwrap_or(argument.len());
        encoded_signs(decoded(&argument[..end]))
    });
    let names: BTreeSet<Cow<'_, [u8]>> = names.filter(|name| !name.is_empty()).collect();
    let mut joined = Vec::new();
    for name in names {
        if joined.len() + 1 + name.len() > LONGEST {
            joined.extend_from_slice(if joined.is_empty() { b"" } else { b"&" });
            joined.extend_from_slice(MORE);
            break;
        }
        joined.extend_from_slice(if joined.is_empty() { b"" } else { b"&" });
        joined.extend_from_slice(&name);
    }
    (!joined.is_empty()).then_some(joined)
}

/// Undoes percent-encoding, and reads `+` as a space. A `%` without two hexadecimal digits stays.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'%', b'+', text).is_none() {
        return Cow::Borrowed(text);
    }
    let plus_is_space = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>();
    Cow::Owned(percent_decoded(&plus_is_space).into_owned())
}

/// Undoes percent-encoding. A `%` without two hexadecimal digits stays.
pub(crate) fn percent_decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, others @ ..] = rest {
        let pair = match others {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        out.push(pair.map_or(*first, |(high, low)| high * 16 + low));
        rest = if pair.is_some() { &others[2..] } else { others };
    }
    Cow::Owned(out)
}

/// Encodes the bytes that have a meaning in a query.
fn encoded_signs(name: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let is_sign = |byte: &u8| matches!(byte, b'&' | b'=' | b'%' | b'+');
    if !name.iter().any(is_sign) {
        return name;
    }
    let mut encoded = Vec::with_capacity(name.len() + 8);
    for byte in name.iter() {
        match is_sign(byte) {
            true => encoded.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            false => encoded.push(*byte),
        }
    }
    Cow::Owned(encoded)
}

/// Cuts a value that is too long, at the end of a character.
fn cut(value: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if value.len() <= LONGEST {
        return value;
    }
    // A character of UTF-8 has at most three continuation bytes.
    let is_start = |at: &usize| value[*at] & 0xC0 != 0x80;
    let end = (LONGEST - 3..=LONGEST).rev().find(is_start).unwrap_or(LONGEST);
    match value {
        Cow::Borrowed(value) => Cow::Borrowed(&value[..end]),
        Cow::Owned(mut value) => {
            value.truncate(end);
            Cow::Owned(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn source(query: &str) -> String {
        String::from_utf8(value(query.as_bytes(), "utm_source").unwrap_or_default().into_owned()).unwrap()
    }

    fn all_names(query: &str) -> String {
        String::from_utf8(names(query.as_bytes()).unwrap_or_default()).unwrap()
    }

    #[test]
    fn first_argument_of_the_name_is_decoded() {
        for (query, expected) in [
            ("utm_source=mail", "mail"),
            ("a=1&utm_source=mail&utm_source=ads", "mail"),
            ("utm_source=&utm_source=ads", ""),
            ("utm_source&utm_source=ads", "ads"),
            ("UTM_Source=Mail", "Mail"),
            ("xutm_source=mail", ""),
            ("utm_source_2=mail", ""),
            ("utm_source=spring+sale%21", "spring sale!"),
            ("utm_source=a%2Bb", "a+b"),
            ("utm_source=100%", "100%"),
            ("utm_source=%zz%4", "%zz%4"),
            ("utm_source=%25%34%31", "%41"),
            ("utm_source=caf%C3%A9", "café"),
            ("utm_source=a=b", "a=b"),
            ("utm%5Fsource=mail", ""),
            ("", ""),
            ("&&", ""),
        ] {
            assert_eq!(source(query), expected, "{query}");
        }
    }

    #[test]
    fn long_values_are_cut_at_the_end_of_a_character() {
        assert_eq!(source(&format!("utm_source={}", "x".repeat(300))), "x".repeat(256));
        assert_eq!(source(&format!("utm_source=x{}", "é".repeat(300))), format!("x{}", "é".repeat(127)));
        assert_eq!(value(&[&b"utm_source="[..], &[0x80; 300]].concat(), "utm_source").unwrap().len(), 256);
    }

    #[test]
    fn names_are_a_sorted_set() {
        for (query, expected) in [
            ("b=1&a=2&b=3", "a&b"),
            ("q=x", "q"),
            ("debug", "debug"),
            ("=x&&", ""),
            ("", ""),
            ("a%5B%5D=1&a[]=2", "a[]"),
            ("a+b=1", "a b"),
            ("a%26b=1&a=1", "a&a%26b"),
            ("a%2bb&a%3db", "a%2Bb&a%3Db"),
            ("a%2526b=1", "a%2526b"),
        ] {
            assert_eq!(all_names(query), expected, "{query}");
        }
        let many: String = (0..1000).map(|i| format!("&name{i}=1")).collect();
        let found = all_names(&many);
        assert!(found.starts_with("name0&name1&name10&") && found.ends_with("&…") && found.len() <= LONGEST + 4);
        assert_eq!(all_names(&"x".repeat(300)), "…");
    }

    proptest! {
        /// Results have a bounded length, and the names of the names are the same.
        #[test]
        fn hostile_queries_give_bounded_results(query in prop::collection::vec(
            prop::sample::select(b"%&=+ab26\xc3\xa9\x00".to_vec()), 0..600))
        {
            if let Some(names) = names(&query) {
                prop_assert!(names.len() <= LONGEST + 1 + MORE.len());
                if !names.ends_with(MORE) {
                    prop_assert_eq!(super::names(&names), Some(names));
                }
            }
            prop_assert!(value(&query, "a").is_none_or(|value| value.len() <= LONGEST));
        }
    }
}
