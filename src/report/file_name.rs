//! Names of the files that the reports of parts are written to. Visitors may choose the keys, so names are safe on every
//! file system, and two keys never share a file.

use std::collections::HashSet;

use super::{OTHER, PartName, Report};
use crate::keys::fixed_hash;
use crate::text::undo_escapes;

/// Maximum bytes of a name, without what comes before and after it. Nearly all file systems allow 255 bytes in all.
const MOST_BYTES: usize = 200;
/// Bytes of `~` and a hash at the end of a name that would be longer.
const HASH_BYTES: usize = 17;
/// Name of the report of all hits.
const INDEX: &str = "index";
/// Names that Windows gives to devices, with any extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// Names of devices that have a number.
const NUMBERED: [&str; 2] = ["com", "lpt"];

impl Report {
    /// Returns a file name, without extension, for the report of each part, in the order of [`Report::parts`]. They are
    /// distinct, even where case does not matter, and none is `index`. The rest is named `other`.
    ///
    /// A name has the bytes of the key as it was logged. All except lower-case ASCII letters, digits, `.`, `-` and `_` are
    /// written as `%HH`; so is the first byte if the name would be hidden, an option, or the name of a device. After 200
    /// bytes a name is cut, and ends in `~` and a hash.
    pub fn part_file_names(&self) -> Vec<String> {
        let mut known = HashSet::new();
        let parts = self.parts().iter().filter_map(Report::part);
        parts.map(|part| distinct(&file_name(part), &mut known)).collect()
    }
}

/// Adds a number to a name that is known already: that of another key with the same hash.
fn distinct(name: &str, known: &mut HashSet<String>) -> String {
    let (mut new, mut number) = (name.to_owned(), 1);
    while !known.insert(new.clone()) {
        number += 1;
        new = format!("{name}~{number}");
    }
    new
}

fn file_name(part: &PartName) -> String {
    let Some(key) = &part.key else { return OTHER.to_owned() };
    // A report writes bytes that are not UTF-8 as `\xHH`, and a backslash, too.
    let key = undo_escapes(key.as_bytes());
    let name = encoded(&key);
    if name.len() <= MOST_BYTES {
        return name;
    }
    let mut end = MOST_BYTES - HASH_BYTES;
    // Do not cut an encoded byte.
    if let Some(at) = name[end - 2..end].find('%') {
        end = end - 2 + at;
    }
    format!("{}~{:016x}", &name[..end], fixed_hash(&key))
}

fn encoded(key: &[u8]) -> String {
    let stem = key.split(|byte| *byte == b'.').next().unwrap_or_default();
    let is_numbered = |device: &&str| stem.strip_prefix(device.as_bytes()).is_some_and(|rest| rest.len() == 1);
    let is_any = |names: &[&str], text: &[u8]| names.iter().any(|name| name.as_bytes() == text);
    let is_taken = is_any(&[INDEX, OTHER], key) || is_any(&DEVICES, stem) || NUMBERED.iter().any(is_numbered);
    let last = key.len().saturating_sub(1);
    let mut name = String::with_capacity(key.len());
    for (at, byte) in key.iter().enumerate() {
        let is_safe = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' => at > 0 || !is_taken,
            b'-' => at > 0,
            // Windows drops a dot at the end.
            b'.' => at > 0 && at < last,
            _ => false,
        };
        if is_safe {
            name.push(char::from(*byte));
        } else {
            name += &format!("%{byte:02X}");
        }
    }
    // No key is encoded as nothing but the sign.
    if name.is_empty() { "%".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::written;

    /// The name of the file for a key with these bytes, which a report writes as text.
    fn named(key: impl AsRef<[u8]>) -> String {
        file_name(&PartName { key: Some(written(key.as_ref())), keys: Some(1) })
    }

    /// Undoes the encoding of a name that was not cut.
    fn decoded(name: &str) -> Vec<u8> {
        let (mut bytes, mut rest) = (Vec::new(), name.as_bytes());
        while let Some((first, more)) = rest.split_first() {
            match (first, more) {
                (b'%', [high, low, ..]) => {
                    let digits = [*high, *low].map(char::from);
                    bytes.push(u8::from_str_radix(&String::from_iter(digits), 16).unwrap());
                    rest = &more[2..];
                }
                (b'%', _) => rest = more,
                _ => {
                    bytes.push(*first);
                    rest = more;
                }
            }
        }
        bytes
    }

    #[test]
    fn names_are_safe_and_readable() {
        let rows = [
            ("shop.example.com", "shop.example.com"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("127.0.0.1:8080", "127.0.0.1%3A8080"),
            ("", "%"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("...", "%2E.%2E"),
            ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
            ("/shop/", "%2Fshop%2F"),
            ("a\\b", "a%5Cb"),
            ("example.com.", "example.com%2E"),
            (".htaccess", "%2Ehtaccess"),
            ("-", "%2D"),
            ("-rf", "%2Drf"),
            ("%", "%25"),
            ("Shop", "%53hop"),
            ("größe", "gr%C3%B6%C3%9Fe"),
            ("a b*?\"<>|\n", "a%20b%2A%3F%22%3C%3E%7C%0A"),
            ("index", "%69ndex"),
            ("index.html", "index.html"),
            ("other", "%6Fther"),
            ("con", "%63on"),
            ("nul.html", "%6Eul.html"),
            ("com1", "%63om1"),
            ("lpt9.x.y", "%6Cpt9.x.y"),
            ("com", "com"),
            ("com10", "com10"),
            ("console", "console"),
        ];
        for (key, expected) in rows {
            assert_eq!(named(key), expected, "{key}");
        }
        assert_eq!(named(b"a\xFF.example"), "a%FF.example");
        assert_eq!(named(b"\\xFF\x1B\xE2\x80\xAE"), "%5Cx%46%46%1B%E2%80%AE");
        assert_eq!(file_name(&PartName { key: None, keys: None }), "other");
    }

    #[test]
    fn long_names_end_in_a_hash() {
        let exact = "a".repeat(MOST_BYTES);
        assert_eq!(named(&exact), exact);
        for key in ["a".repeat(MOST_BYTES + 1), "é".repeat(100), format!("a{}", "é".repeat(100)), "/".repeat(100_000)]
        {
            let name = named(&key);
            let (start, hash) = name.split_once('~').unwrap();
            assert!(name.len() <= MOST_BYTES && name.len() > MOST_BYTES - 6 && hash.len() == 16, "{name}");
            assert!(key.as_bytes().starts_with(&decoded(start)), "{name}");
        }
        let [one, two] = ["a", "b"].map(|end| named(format!("{}{end}", "x".repeat(300))));
        assert!(one != two && one[..MOST_BYTES - HASH_BYTES] == two[..MOST_BYTES - HASH_BYTES]);
    }

    #[test]
    fn keys_with_one_hash_have_different_names() {
        let mut known = HashSet::new();
        let names: Vec<String> = (0..3).map(|_| distinct("a~0", &mut known)).collect();
        assert_eq!(names, ["a~0", "a~0~2", "a~0~3"]);
    }

    proptest::proptest! {
        #[test]
        fn names_are_reversible_and_differ_in_any_case(
            keys in proptest::collection::hash_set(
                proptest::string::bytes_regex(r"(?s-u:[a-cA-C./%~\\xF\-\x00\x1B\x80\xC3\xFF0-2 ]{0,6}|con|COM1|index)").unwrap(),
                2..30,
            ),
        ) {
            let mut names = HashSet::new();
            for key in &keys {
                let name = named(key);
                proptest::prop_assert_eq!(&decoded(&name), key, "{}", name);
                let is_safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_%ABCDEF".contains(c);
                proptest::prop_assert!(name.chars().all(is_safe) && !name.starts_with(['.', '-']) && !name.ends_with('.'), "{}", name);
                proptest::prop_assert!(names.insert(name.to_lowercase()), "{}", name);
            }
        }
    }
}
