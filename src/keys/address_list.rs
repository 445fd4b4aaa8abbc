//! Addresses in state files: the IPv4 addresses as numbers, then all other texts as keys.

use super::addresses::AddressKeys;
use super::ipv4::{Ipv4, parse_ipv4};
use super::{Keys, Seed};
use crate::encoding::{Damaged, Decoder, Encoder};

impl AddressKeys {
    /// Appends the addresses in ascending order, IPv4 addresses first. Returns their ids in this order.
    pub(crate) fn save(&self, out: &mut Encoder) -> Vec<u32> {
        let mut ipv4s: Vec<(u32, u32)> = self.ipv4s().map(|(Ipv4(ipv4), id)| (ipv4, id)).collect();
        ipv4s.sort_unstable();
        out.unsigned(ipv4s.len() as u64);
        out.ascending(ipv4s.iter().map(|(ipv4, _)| u64::from(*ipv4)));
        let others = self.others().save(out);
        ipv4s.into_iter().map(|(_, id)| id).chain(others.into_iter().map(|other| self.id_of_key(other))).collect()
    }

    /// Reads the addresses that [`save`](AddressKeys::save) wrote. Their ids are 0, 1, 2 … in the order of the file.
    pub(crate) fn load(seed: Seed, input: &mut Decoder<'_>) -> Result<AddressKeys, Damaged> {
        let len = input.len(1)?;
        let mut ascending = Vec::with_capacity(len);
        input.ascending(len, 1 << 32, |ipv4| ascending.push(ipv4 as u32))?;
        let others = Keys::load(seed, input, |key| !key.is_empty() && parse_ipv4(key).is_none())?;
        if ascending.len() + others.len() >= u32::MAX as usize {
            return Err(Damaged);
        }
        Ok(AddressKeys::without_slots(seed, ascending, others))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn saved(addresses: impl IntoIterator<Item = impl AsRef<[u8]>>) -> (Vec<u8>, Vec<u32>) {
        let mut all = AddressKeys::new(Seed::fixed(1));
        addresses.into_iter().for_each(|address| _ = all.id(address.as_ref()));
        let mut out = Encoder::default();
        let order = all.save(&mut out);
        (out.into_bytes(), order)
    }

    fn loaded(bytes: &[u8]) -> Result<AddressKeys, Damaged> {
        let mut input = Decoder::new(bytes);
        let addresses = AddressKeys::load(Seed::fixed(2), &mut input)?;
        input.end().map(|()| addresses)
    }

    #[test]
    fn list_has_the_documented_bytes() {
        let (bytes, order) = saved(["::1", "0.0.1.0", "-", "0.0.0.3"]);
        // 3, and 252 more than the number after 3; then the texts `-` and `::1`.
        assert_eq!(bytes, [&[2, 3, 0xFC, 1, 2, 0, 0, 1, 3][..], b"-::1"].concat());
        assert_eq!(order, [3, 1, 2, 0]);
    }

    #[test]
    fn damaged_lists_are_refused() {
        let rows: [(&str, &[u8]); 4] = [
            ("a number beyond 32 bits", &[1, 0x80, 0x80, 0x80, 0x80, 0x10, 0]),
            ("an IPv4 address as text", b"\x00\x01\x00\x071.2.3.4"),
            ("an empty text", &[0, 1, 0, 0]),
            ("more addresses than bytes", &[9, 0]),
        ];
        for (name, bytes) in rows {
            assert!(loaded(bytes).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn addresses_are_read_back_in_order(
            addresses in prop::collection::vec(
                prop_oneof!["[0-9]{1,3}(\\.[0-9]{1,3}){3}", "[0-3]\\.0\\.0\\.[0-9]{1,2}", "[0-9a-f:]{2,8}", "-"], 0..200),
            new in "[0-3]\\.0\\.0\\.[0-9]",
        ) {
            let (bytes, order) = saved(&addresses);
            prop_assert_eq!(&saved(addresses.iter().rev()).0, &bytes);
            let distinct: BTreeSet<&String> = addresses.iter().collect();
            let mut read = loaded(&bytes).unwrap();
            prop_assert_eq!((read.len(), order.len()), (distinct.len(), distinct.len()));
            let mut ipv4s: Vec<_> = distinct.iter().filter_map(|text| text.parse::<std::net::Ipv4Addr>().ok()).collect();
            ipv4s.sort_unstable();
            let others = distinct.iter().filter(|text| text.parse::<std::net::Ipv4Addr>().is_err());
            let expected: Vec<String> =
                ipv4s.iter().map(ToString::to_string).chain(others.map(|text| (*text).clone())).collect();
            for (id, address) in expected.iter().enumerate() {
                prop_assert_eq!(&*read.key(id as u32), address.as_bytes());
            }
            // The addresses are found, and a new one gets the next id.
            let id = expected.iter().position(|address| *address == new).unwrap_or(expected.len());
            prop_assert_eq!(read.id(new.as_bytes()) as usize, id);
            for (id, address) in expected.iter().enumerate() {
                prop_assert_eq!(read.id(address.as_bytes()) as usize, id);
            }
        }
    }
}
