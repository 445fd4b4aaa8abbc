//! Anonymizes addresses before they are shown: sets the last 8 bits of IPv4 and the last 80 bits of IPv6 to zero.
//!
//! A visitor's address can appear anywhere in a line: in a list of proxies, in a query, in a damaged line. The step
//! therefore cuts everything that looks like an address, in every ranked text. It rather cuts too much than too little:
//! four numbers separated by dots may also be a version number.

use std::borrow::Cow;

use bumpalo::Bump;

use super::mask::{mask_all, may_hold_one};
use super::{BatchStep, Lines, StepInput, undone};
use crate::batch::{Batch, Column, Fields, MAX_VARIABLES, MISSING, TextField};
use crate::dimension::VariableColumns;
use crate::keys::parse_ipv4;
use crate::text::escape_backslashes;
use crate::text::find_near;

/// The step: the columns whose addresses are cut.
struct Anonymizer {
    columns: Vec<Column>,
    /// The column of `$binary_remote_addr`, which holds the raw bytes of an address.
    binary: Option<Column>,
}

/// Text fields that may hold a visitor's address. A host belongs to the site, and methods and protocols are too short.
const TEXTS: [TextField; 5] = [TextField::Addr, TextField::User, TextField::Path, TextField::Referer, TextField::Agent];

/// Variables that hold the site's own addresses. Any other variable may hold a visitor's.
const SERVER_ADDRESS_VARIABLES: [&str; 9] = [
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

impl Anonymizer {
    /// Selects the needed columns that may hold a visitor's address.
    fn new(variable_columns: &VariableColumns, needs: Fields) -> Anonymizer {
        let names = variable_columns.names();
        let variables = (0..MAX_VARIABLES).zip(&names).filter(|(_, name)| !SERVER_ADDRESS_VARIABLES.contains(name));
        let texts = TEXTS.into_iter().map(Column::from);
        // Their keys are parts of texts, which may hold an address: a campaign, a site that is named by its address.
        let derived = variable_columns.derived().map(|derived| derived.column);
        let columns = texts.chain(variables.map(|(place, _)| Column::variable(place))).chain(derived);
        let binary = names.iter().position(|name| *name == "binary_remote_addr").map(Column::variable);
        let is_needed = |column: &Column| needs.contains(Fields::column(*column));
        Anonymizer {
            columns: columns.filter(is_needed).filter(|column| binary != Some(*column)).collect(),
            binary: binary.filter(is_needed),
        }
    }
}

/// The step, if the question asks to anonymize.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    asked
        .options
        .visitor
        .anonymize
        .then(|| Box::new(Anonymizer::new(asked.variable_columns, asked.read)) as Box<dyn BatchStep>)
}

impl BatchStep for Anonymizer {
    fn needs(&self) -> Fields {
        self.columns.iter().chain(&self.binary).fold(Fields::NONE, |needs, column| needs.union(Fields::column(*column)))
    }

    fn writes(&self) -> Fields {
        self.needs()
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            for &column in &self.columns {
                if let Some(cut) = mask_key(batch.text(column)[row], lines.bump) {
                    batch.replace_text(row, column, cut);
                }
            }
            if let Some(column) = self.binary {
                batch.replace_text(row, column, mask_binary(batch.text(column)[row], lines.bump));
            }
        }
        // The ids stand for keys as they were.
        batch.drop_key_ids();
    }
}

/// Cuts the addresses in a key, which stays escaped; `None` if there is nothing to cut.
#[inline]
fn mask_key<'a>(key: &'a [u8], bump: &'a Bump) -> Option<&'a [u8]> {
    if parse_ipv4(key).is_some() {
        let last = key.iter().rposition(|byte| *byte == b'.').expect("an address has dots");
        let cut = bump.alloc_slice_copy(&key[..last + 2]);
        cut[last + 1] = b'0';
        return Some(cut);
    }
    if !may_hold_one(key) && find_near(b'\\', key).is_none() {
        return None;
    }
    match mask_all(undone(key, bump)) {
        Cow::Borrowed(_) => None,
        Cow::Owned(cut) => Some(bump.alloc_slice_copy(&escape_backslashes(&cut))),
    }
}

/// Cuts the addresses in a value of a line, unless its variable holds those of the site.
pub(crate) fn mask_value<'a>(variable: Option<&str>, value: &'a [u8], bump: &'a Bump) -> &'a [u8] {
    match variable {
        Some("binary_remote_addr") => mask_binary(value, bump),
        Some(name) if name == "host" || SERVER_ADDRESS_VARIABLES.contains(&name) => value,
        _ => mask_key(value, bump).unwrap_or(value),
    }
}

/// Sets the last bytes of a binary address to zero: the fourth of IPv4, the last ten of IPv6.
fn mask_binary<'a>(key: &'a [u8], bump: &'a Bump) -> &'a [u8] {
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
    fn escaped_and_binary_keys_are_cut() {
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
            assert_eq!(mask_key(key.as_bytes(), &bump), expected.map(str::as_bytes), "{key}");
        }
        let binary = [(r"\xCB\x00q\x07", "\u{cb}\0q\0"), ("-", "-")];
        for (key, expected) in binary {
            let latin: Vec<u8> = expected.chars().map(|c| c as u8).collect();
            assert_eq!(mask_binary(key.as_bytes(), &bump), latin, "{key}");
        }
        assert_eq!(mask_binary(&[b'a'; 16], &bump), b"aaaaaa\0\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn values_are_cut_except_those_of_the_site() {
        let bump = Bump::new();
        for (variable, value, expected) in [
            (Some("remote_addr"), "203.0.113.7", "203.0.113.0"),
            (Some("request"), "GET /?ip=203.0.113.7 HTTP/1.1", "GET /?ip=203.0.113.0 HTTP/1.1"),
            (None, r"\x32001:db8:1:2:3:4:5:6", "2001:db8:1::"),
            (Some("host"), "203.0.113.7", "203.0.113.7"),
            (Some("upstream_addr"), "10.0.0.7:80", "10.0.0.7:80"),
            (Some("binary_remote_addr"), "abcd", "abc\0"),
        ] {
            assert_eq!(mask_value(variable, value.as_bytes(), &bump), expected.as_bytes(), "{value}");
        }
    }

    #[test]
    fn variables_are_cut_except_those_of_the_site() {
        let names = ["http_x_forwarded_for", "upstream_addr", "my_own", "binary_remote_addr", "realip_remote_addr"];
        let dimension = |name| {
            crate::dimension::Dimension::named(name)
                .or(Err(()))
                .or_else(|()| crate::dimension::Dimension::user_defined(name).ok_or(()))
        };
        let variable_columns = VariableColumns::of(names.into_iter().map(|name| dimension(name).unwrap()));
        let needs = Fields::VARIABLES.union(Fields::text(TextField::Addr)).union(Fields::text(TextField::Host));
        let anonymizer = Anonymizer::new(&variable_columns, needs);
        let columns = [TextField::Addr.into(), Column::variable(0), Column::variable(2), Column::variable(4)];
        assert_eq!((anonymizer.columns.as_slice(), anonymizer.binary), (&columns[..], Some(Column::variable(3))));
        assert_eq!(Anonymizer::new(&variable_columns, Fields::text(TextField::Host)).writes(), Fields::NONE);
        let variable_columns = VariableColumns::of([dimension("utm-source").unwrap()].into_iter());
        let utm = dimension("utm-source").unwrap().needs(&variable_columns);
        assert_eq!(Anonymizer::new(&variable_columns, utm).writes(), utm);
    }
}
