//! Finds the visitor of each hit: its address, its address and agent, or the value of a variable.

use std::borrow::Cow;

use bumpalo::Bump;

use super::StepInput;
use super::visitor::{By, Ipv6Prefix, VisitorOptions};
use super::{BatchStep, Lines, undone};
use crate::batch::{Batch, Column, Fields, MISSING, TextField};
use crate::dimension::VariableColumns;
use crate::filter::{Address, address_of};
use crate::text::find_near;
use crate::text::undo_escapes;

/// The way to find the visitors of a batch.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// A column holds the visitor.
    Column(Column),
    /// A column holds the visitor, but a later step changes it, so it is copied first.
    Copy(Column),
    /// The address, IPv6 cut to `bits` if given, and perhaps the agent.
    Address { bits: Option<Ipv6Prefix>, with_agent: bool },
}

impl Identity {
    pub(crate) fn new(options: &VisitorOptions<'_>, variable_columns: &VariableColumns) -> Identity {
        let column = match options.visitor.0 {
            By::IpAndAgent => return Identity::Address { bits: options.ipv6_prefix, with_agent: true },
            By::Ip if options.ipv6_prefix.is_some() => {
                return Identity::Address { bits: options.ipv6_prefix, with_agent: false };
            }
            By::Ip => TextField::Addr.into(),
            By::Key(dimension) => dimension.column(variable_columns).expect("every text has a column"),
        };
        // Anonymized addresses do not identify visitors, so copy the column before it is anonymized.
        if options.anonymize { Identity::Copy(column) } else { Identity::Column(column) }
    }

    /// The column that identifies visitors after all steps.
    pub(crate) fn column(&self) -> Column {
        match self {
            Identity::Column(column) => *column,
            Identity::Copy(_) | Identity::Address { .. } => Column::VISITOR,
        }
    }

    /// The columns read to identify visitors, including the resulting one.
    pub(crate) fn fields(&self) -> Fields {
        let from = match self {
            Identity::Column(column) | Identity::Copy(column) => Fields::column(*column),
            Identity::Address { with_agent: false, .. } => Fields::text(TextField::Addr),
            Identity::Address { with_agent: true, .. } => {
                Fields::text(TextField::Addr).union(Fields::text(TextField::Agent))
            }
        };
        from.union(Fields::column(self.column()))
    }
}

/// The step, unless a column holds the visitors already.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    match Identity::new(&asked.options.visitor, asked.variable_columns) {
        Identity::Column(_) => None,
        other => Some(Box::new(other)),
    }
}

impl BatchStep for Identity {
    fn needs(&self) -> Fields {
        self.fields()
    }

    fn writes(&self) -> Fields {
        Fields::column(Column::VISITOR)
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            let text = |column: Column| batch.text(column)[row];
            let visitor = match self {
                Identity::Column(_) => return,
                Identity::Copy(column) => text(*column),
                Identity::Address { bits, with_agent } => {
                    let address = text(TextField::Addr.into());
                    let address = bits.map_or(address, |bits| leading(address, bits, lines.bump));
                    if *with_agent { joined(address, text(TextField::Agent.into()), lines.bump) } else { address }
                }
            };
            batch.replace_text(row, Column::VISITOR, visitor);
        }
    }
}

/// Cuts an IPv6 address to its prefix, written in canonical form; returns any other text unchanged.
fn leading<'a>(text: &'a [u8], prefix: Ipv6Prefix, bump: &'a Bump) -> &'a [u8] {
    if find_near(b':', text).is_none() && find_near(b'\\', text).is_none() {
        return text;
    }
    let written = |address: &dyn std::fmt::Display| bump.alloc_slice_copy(address.to_string().as_bytes());
    match address_of(undone(text, bump)) {
        Some(Address::V6(address)) => {
            let mask = u128::MAX << (128 - u32::from(prefix.bits()));
            written(&std::net::Ipv6Addr::from_bits(address.to_bits() & mask))
        }
        Some(Address::V4(address)) => written(&address),
        Some(Address::Unix) | None => text,
    }
}

/// Joins an address and an agent into one key, both still escaped. The key starts with the length of the unescaped
/// address, so two different pairs never give the same key.
fn joined<'a>(address: &[u8], agent: &[u8], bump: &'a Bump) -> &'a [u8] {
    let [address, agent] = [address, agent].map(|text| if text.is_empty() { MISSING } else { text });
    let len = match find_near(b'\\', address) {
        None => address.len(),
        Some(_) => match undo_escapes(address) {
            Cow::Borrowed(address) => address.len(),
            Cow::Owned(address) => address.len(),
        },
    };
    // The length is written as letters, which cannot form an escape here. The space after the address ends an escape
    // that may begin at its end.
    let letters: [u8; 8] = std::array::from_fn(|i| b'A' + (len >> (4 * i) & 15) as u8);
    let parts = [&letters[..], address, b" ", agent];
    let key = bump.alloc_slice_fill_copy(parts.iter().map(|part| part.len()).sum(), 0);
    let mut room = &mut key[..];
    for part in parts {
        let (here, behind) = room.split_at_mut(part.len());
        here.copy_from_slice(part);
        room = behind;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv6Addr};

    /// Returns the visitors of rows, with escapes undone as at the end of a run.
    fn keys_of(identity: &Identity, rows: &[(&str, &str)]) -> Vec<Vec<u8>> {
        let bump = Bump::new();
        let (addresses, agents): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
        let columns: [(Column, &[&str]); 2] =
            [(TextField::Addr.into(), &addresses), (TextField::Agent.into(), &agents)];
        let mut batch = super::super::batch_of(&columns);
        let all: Vec<_> = (0..rows.len() as u16).collect();
        identity.clone().run(&mut batch, &all, Lines { server: None, bump: &bump });
        batch.text(identity.column()).iter().map(|key| undo_escapes(key).into_owned()).collect()
    }

    fn are_equal(identity: &Identity, rows: &[(&str, &str)]) -> bool {
        let keys_of = keys_of(identity, rows);
        keys_of.iter().all(|key| *key == keys_of[0])
    }

    const BY_BOTH: Identity = Identity::Address { bits: None, with_agent: true };

    #[test]
    fn escapes_do_not_split_visitors_and_different_pairs_stay_apart() {
        let one: [&[(&str, &str)]; 4] = [
            &[("10.0.0.7", "curl"), (r"\x310.0.0.7", "curl"), ("10.0.0.7", r"c\x75rl")],
            &[("", "curl"), ("-", "curl")],
            &[("10.0.0.7", ""), ("10.0.0.7", "-")],
            &[("a", r"b\\"), ("a", r"b\x5C")],
        ];
        assert!(one.iter().all(|rows| are_equal(&BY_BOTH, rows)));
        let two: [[(&str, &str); 2]; 6] = [
            [("10.0.0.7", "curl"), ("10.0.0.8", "curl")],
            [("10.0.0.7", "curl"), ("10.0.0.7", "curl/8")],
            [("a b", "c"), ("a", "b c")],
            [(r"a\x20b", "c"), ("a", "b c")],
            [(r"a\", "x41"), ("a", r"\x41")],
            [(r"a\", r"\"), (r"a\\", r"")],
        ];
        for rows in two {
            assert!(!are_equal(&BY_BOTH, &rows), "{rows:?}");
        }
    }

    #[test]
    fn addresses_with_one_prefix_are_one_visitor() {
        let of = |bits, addresses: &[&str]| {
            let identity = Identity::Address { bits: Ipv6Prefix::new(bits), with_agent: false };
            are_equal(&identity, &addresses.iter().map(|address| (*address, "")).collect::<Vec<_>>())
        };
        assert!(of(64, &["2001:db8:1:2::1", "2001:DB8:1:2:ffff::", r"2001\x3Adb8:1:2::9", "2001:0db8:1:2::"]));
        assert!(!of(64, &["2001:db8:1:2::1", "2001:db8:1:3::1"]) && of(63, &["2001:db8:1:2::1", "2001:db8:1:3::1"]));
        assert!(of(1, &["::1", "7fff::"]) && !of(1, &["::1", "8000::"]));
        assert!(of(128, &["::1", "0::1"]) && !of(128, &["::1", "::2"]));
        // IPv4-mapped addresses are not cut, nor are texts that are not addresses.
        assert!(of(16, &["::ffff:10.0.0.7", "10.0.0.7"]) && !of(16, &["::ffff:10.0.0.7", "::ffff:10.0.0.8"]));
        assert!(!of(16, &["10.0.0.7", "10.0.0.8"]) && !of(16, &["unix:", "-"]) && !of(16, &["a:b", "a:c"]));
    }

    #[test]
    fn columns_are_copied_and_prefixes_are_limited() {
        assert_eq!(keys_of(&Identity::Copy(TextField::Agent.into()), &[("10.0.0.7", "curl")]), [b"curl"]);
        assert_eq!(Identity::Column(TextField::Addr.into()).column(), TextField::Addr.into());
        assert!(Ipv6Prefix::new(0).is_none() && Ipv6Prefix::new(129).is_none());
    }

    proptest! {
        #[test]
        fn prefix_compares_the_leading_bits(a: u128, shift in 0..128_u32, low: u128, bits in 1..=128_u8) {
            let b = a ^ low.checked_shr(shift).unwrap_or(0);
            let [a, b] = [a, b].map(Ipv6Addr::from_bits);
            prop_assume!(![a, b].iter().any(|one| matches!(one.to_canonical(), IpAddr::V4(_))));
            let written = |one: Ipv6Addr| format!("{:0128b}", one.to_bits());
            let same = written(a)[..usize::from(bits)] == written(b)[..usize::from(bits)];
            let identity = Identity::Address { bits: Ipv6Prefix::new(bits), with_agent: false };
            prop_assert_eq!(are_equal(&identity, &[(&a.to_string(), ""), (&b.to_string(), "")]), same);
        }

        #[test]
        fn pairs_are_one_visitor_if_both_parts_are_equal(
            rows in prop::array::uniform2(prop::array::uniform2("[a\\\\x41 -]{0,4}")),
        ) {
            let settled = |text: &String| match text.as_str() {
                "" => b"-".to_vec(),
                text => undo_escapes(text.as_bytes()).into_owned(),
            };
            let same = (0..2).all(|part| settled(&rows[0][part]) == settled(&rows[1][part]));
            let pairs = [(&*rows[0][0], &*rows[0][1]), (&*rows[1][0], &*rows[1][1])];
            prop_assert_eq!(are_equal(&BY_BOTH, &pairs), same);
        }
    }
}
