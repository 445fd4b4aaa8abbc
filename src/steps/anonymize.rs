//! Addresses cut before they are shown: the last eight bits of IPv4 and the last eighty of IPv6 become zeros.
//!
//! Of a line nobody knows where visitors' addresses turn up: in a list of proxies, in a query, in a line that is damaged. So
//! whatever looks like an address is cut, in every text that is ranked, and rather too much than too little: four numbers with
//! dots between may be the version of something.

use std::borrow::Cow;

use bumpalo::Bump;

use super::cut::{cut_all, may_hold_one};
use super::{Asked, BatchStep, Lines, undone};
use crate::batch::{Batch, Column, EXTRAS, Fields, MISSING, TextField};
use crate::dimension::Extras;
use crate::keys::quad_of;
use crate::text::escape_backslashes;
use crate::text::find_near;

/// The step: the columns in which addresses are cut.
struct Cuts {
    columns: Vec<Column>,
    /// That of `$binary_remote_addr`, which is the bytes of an address.
    binary: Option<Column>,
}

/// Texts that may hold a visitor's address. Hosts are the site's own, and methods and protocols have no room for one.
const TEXTS: [TextField; 5] = [TextField::Addr, TextField::User, TextField::Path, TextField::Referer, TextField::Agent];

/// Variables that hold addresses of the site's own. Any other may hold a visitor's.
const THE_SITES_OWN: [&str; 9] = [
    "server_addr",
    "server_name",
    "hostname",
    "http_host",
    "ssl_server_name",
    "proxy_host",
    "proxy_protocol_server_addr",
    "upstream_addr",
    "upstream_last_server_name",
];

impl Cuts {
    /// Those of the columns that are needed which may hold a visitor's address.
    fn new(extras: &Extras, needs: Fields) -> Cuts {
        let names = extras.names();
        let variables = (0..EXTRAS).zip(&names).filter(|(_, name)| !THE_SITES_OWN.contains(name));
        let texts = TEXTS.into_iter().map(Column::from);
        let columns = texts.chain(variables.map(|(place, _)| Column::extra(place)));
        let binary = names.iter().position(|name| *name == "binary_remote_addr").map(Column::extra);
        let is_needed = |column: &Column| needs.holds(Fields::column(*column));
        Cuts {
            columns: columns.filter(is_needed).filter(|column| binary != Some(*column)).collect(),
            binary: binary.filter(is_needed),
        }
    }
}

/// The step, if addresses are to be cut.
pub(super) fn step<'q>(asked: &Asked<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    asked.options.visitor.anonymize.then(|| Box::new(Cuts::new(asked.extras, asked.read)) as Box<dyn BatchStep>)
}

impl BatchStep for Cuts {
    fn needs(&self) -> Fields {
        self.columns.iter().chain(&self.binary).fold(Fields::NONE, |needs, column| needs.and(Fields::column(*column)))
    }

    fn writes(&self) -> Fields {
        self.needs()
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            for &column in &self.columns {
                if let Some(cut) = cut_key(batch.text(column)[row], lines.bump) {
                    batch.put_text(row, column, cut);
                }
            }
            if let Some(column) = self.binary {
                batch.put_text(row, column, cut_binary(batch.text(column)[row], lines.bump));
            }
        }
    }
}

/// A key with its addresses cut, escaped as it was; `None` where there is nothing to cut.
#[inline]
fn cut_key<'a>(key: &'a [u8], bump: &'a Bump) -> Option<&'a [u8]> {
    if quad_of(key).is_some() {
        let last = key.iter().rposition(|byte| *byte == b'.').expect("an address has dots");
        let cut = bump.alloc_slice_copy(&key[..last + 2]);
        cut[last + 1] = b'0';
        return Some(cut);
    }
    if !may_hold_one(key) && find_near(b'\\', key).is_none() {
        return None;
    }
    match cut_all(undone(key, bump)) {
        Cow::Borrowed(_) => None,
        Cow::Owned(cut) => Some(bump.alloc_slice_copy(&escape_backslashes(&cut))),
    }
}

/// A value of a line with its addresses cut, unless its variable holds those of the site.
pub(crate) fn cut_value<'a>(variable: Option<&str>, value: &'a [u8], bump: &'a Bump) -> &'a [u8] {
    match variable {
        Some("binary_remote_addr") => cut_binary(value, bump),
        Some(name) if name == "host" || THE_SITES_OWN.contains(&name) => value,
        _ => cut_key(value, bump).unwrap_or(value),
    }
}

/// The bytes of an address with the last of them zeros.
fn cut_binary<'a>(key: &'a [u8], bump: &'a Bump) -> &'a [u8] {
    if key.is_empty() || key == MISSING {
        return key;
    }
    let mut bytes = undone(key, bump).to_vec();
    let kept = if bytes.len() <= 4 { 3 } else { 6 };
    bytes.iter_mut().skip(kept).for_each(|byte| *byte = 0);
    bump.alloc_slice_copy(&escape_backslashes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_cut_as_they_are_reported() {
        let bump = Bump::new();
        let rows = [
            ("203.0.113.7", Some("203.0.113.0")),
            ("203.0.113.0", Some("203.0.113.0")),
            (r"\x31.2.3.4", Some("1.2.3.0")),
            (r"\x22203.0.113.7\x22\x5C", Some("\"203.0.113.0\"\\\\")),
            (r"2001\x3Adb8::1", Some("2001:db8::")),
            (r"\x22", None),
            ("/", None),
        ];
        for (key, expected) in rows {
            assert_eq!(cut_key(key.as_bytes(), &bump), expected.map(str::as_bytes), "{key}");
        }
        let binary = [(r"\xCB\x00q\x07", "\u{cb}\0q\0"), ("-", "-")];
        for (key, expected) in binary {
            let latin: Vec<u8> = expected.chars().map(|c| c as u8).collect();
            assert_eq!(cut_binary(key.as_bytes(), &bump), latin, "{key}");
        }
        assert_eq!(cut_binary(&[b'a'; 16], &bump), b"aaaaaa\0\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn values_are_cut_unless_they_are_the_sites() {
        let bump = Bump::new();
        for (variable, value, expected) in [
            (Some("remote_addr"), "203.0.113.7", "203.0.113.0"),
            (Some("request"), "GET /?ip=203.0.113.7 HTTP/1.1", "GET /?ip=203.0.113.0 HTTP/1.1"),
            (None, r"\x32001:db8:1:2:3:4:5:6", "2001:db8:1::"),
            (Some("host"), "203.0.113.7", "203.0.113.7"),
            (Some("upstream_addr"), "10.0.0.7:80", "10.0.0.7:80"),
            (Some("binary_remote_addr"), "abcd", "abc\0"),
        ] {
            assert_eq!(cut_value(variable, value.as_bytes(), &bump), expected.as_bytes(), "{value}");
        }
    }

    #[test]
    fn variables_are_cut_but_for_those_of_the_site() {
        let names = ["http_x_forwarded_for", "upstream_addr", "my_own", "binary_remote_addr", "realip_remote_addr"];
        let dimension = |name| {
            crate::dimension::Dimension::named(name)
                .or(Err(()))
                .or_else(|()| crate::dimension::Dimension::of_ones_own(name).ok_or(()))
        };
        let extras = Extras::of(names.into_iter().map(|name| dimension(name).unwrap()));
        let needs = Fields::EXTRA.and(Fields::text(TextField::Addr)).and(Fields::text(TextField::Host));
        let cuts = Cuts::new(&extras, needs);
        let columns = [TextField::Addr.into(), Column::extra(0), Column::extra(2), Column::extra(4)];
        assert_eq!((cuts.columns.as_slice(), cuts.binary), (&columns[..], Some(Column::extra(3))));
        assert_eq!(Cuts::new(&extras, Fields::text(TextField::Host)).writes(), Fields::NONE);
    }
}
