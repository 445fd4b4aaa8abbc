//! Lists of addresses and networks: `--ip 10.0.0.0/8,!10.0.0.7,2001:db8::/32`, and the proxies of `--trust`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::include_exclude::IncludeExclude;
use crate::expression::SyntaxError;
use crate::keys::parse_ipv4;

/// Addresses and networks in CIDR notation; a `!` before one excludes it.
///
/// An IPv4-mapped IPv6 address (`::ffff:10.0.0.7`) counts as the IPv4 address. `unix:` is what nginx logs for a client
/// that connects through a Unix socket. A text that is not an address is in no network.
///
/// ```
/// let networks: logstat::Networks = "10.0.0.0/8,!10.0.0.7,2001:db8::/32".parse()?;
/// assert!(networks.matches(b"10.1.2.3") && networks.matches(b"2001:db8::1"));
/// assert!(!networks.matches(b"10.0.0.7") && !networks.matches(b"192.0.2.1") && !networks.matches(b"unix:"));
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Networks(IncludeExclude<Network>);

/// The leading bits that all addresses of a network share. IPv4 and IPv6 are kept apart: a network of one contains no
/// address of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    V4 { bits: u32, mask: u32 },
    V6 { bits: u128, mask: u128 },
    Unix,
}

/// The address of a connection's peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    Unix,
}

impl Network {
    fn has(self, address: Address) -> bool {
        match (self, address) {
            (Network::V4 { bits, mask }, Address::V4(address)) => address.to_bits() & mask == bits,
            (Network::V6 { bits, mask }, Address::V6(address)) => address.to_bits() & mask == bits,
            (Network::Unix, Address::Unix) => true,
            _ => false,
        }
    }

    /// True if this network contains all addresses of `other`.
    fn covers(self, other: Network) -> bool {
        match (self, other) {
            (Network::V4 { mask, .. }, Network::V4 { bits, mask: theirs }) => {
                mask & theirs == mask && self.has(Address::V4(Ipv4Addr::from_bits(bits)))
            }
            (Network::V6 { mask, .. }, Network::V6 { bits, mask: theirs }) => {
                mask & theirs == mask && self.has(Address::V6(Ipv6Addr::from_bits(bits)))
            }
            (Network::Unix, Network::Unix) => true,
            _ => false,
        }
    }
}

impl Networks {
    /// True if an address, as written in a log, is selected.
    pub fn matches(&self, address: &[u8]) -> bool {
        let address = address_of(address);
        self.0.matches(|network| address.is_some_and(|address| network.has(address)))
    }

    /// True if an address is selected.
    pub(crate) fn has(&self, address: Address) -> bool {
        self.0.matches(|network| network.has(address))
    }

    /// The list that excludes the addresses of this one; `None` if this one has an item with a `!`.
    pub fn excluded(self) -> Option<Networks> {
        self.0.excluded().map(Networks)
    }

    /// Joins two lists into one.
    #[must_use]
    pub fn with(mut self, other: Networks) -> Networks {
        self.0.add(other.0);
        self
    }

    /// True if there are included networks and each lies within an excluded one, so that every address is excluded.
    pub(super) fn is_empty(&self) -> bool {
        let is_out = |network: &Network| self.0.excluded.iter().any(|other| other.covers(*network));
        !self.0.included.is_empty() && self.0.included.iter().all(is_out)
    }
}

/// Parses an address.
pub(crate) fn address_of(text: &[u8]) -> Option<Address> {
    if let Some(ipv4) = parse_ipv4(text) {
        return Some(Address::V4(Ipv4Addr::from_bits(ipv4.0)));
    }
    if text == UNIX.as_bytes() {
        return Some(Address::Unix);
    }
    let address: Ipv6Addr = str::from_utf8(text).ok()?.parse().ok()?;
    Some(match address.to_canonical() {
        IpAddr::V4(address) => Address::V4(address),
        IpAddr::V6(address) => Address::V6(address),
    })
}

/// The address that nginx logs for a client on a Unix socket.
const UNIX: &str = "unix:";

impl FromStr for Networks {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Networks, SyntaxError> {
        IncludeExclude::read(text, network).map(Networks)
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, |network| match network {
            Network::Unix => UNIX.to_owned(),
            Network::V4 { bits, mask: u32::MAX } => Ipv4Addr::from_bits(*bits).to_string(),
            Network::V4 { bits, mask } => format!("{}/{}", Ipv4Addr::from_bits(*bits), mask.count_ones()),
            Network::V6 { bits, mask: u128::MAX } => Ipv6Addr::from_bits(*bits).to_string(),
            Network::V6 { bits, mask } => format!("{}/{}", Ipv6Addr::from_bits(*bits), mask.count_ones()),
        })
    }
}

/// The network that an IPv4 address with wildcards means: `10.0.0.0/8` for `10.*`.
fn of_wildcards(word: &str) -> Option<String> {
    let fixed = word.trim_end_matches(".*");
    let bytes: Vec<u8> = fixed.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let all_fixed = word.len() == fixed.len() || bytes.len() > 3;
    (!all_fixed).then(|| format!("{fixed}{}/{}", ".0".repeat(4 - bytes.len()), 8 * bytes.len()))
}

fn network(word: &str) -> Result<Network, String> {
    if word == UNIX {
        return Ok(Network::Unix);
    }
    let (address, len) = word.split_once('/').map_or((word, None), |(address, len)| (address, Some(len)));
    let Ok(address) = address.parse::<IpAddr>() else {
        if let Some(network) = of_wildcards(word) {
            return Err(format!("expected a network, not wildcards: {network}"));
        }
        return Err("expected an address or a network: 10.0.0.7, 10.0.0.0/8, 2001:db8::/32".to_owned());
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let len = match len.map(|digits| digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))) {
        None => most,
        Some(Some(len)) if len <= most => len,
        Some(_) => return Err(format!("expected 0 to {most} bits after the /")),
    };
    Ok(match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - len).unwrap_or(0);
            Network::V4 { bits: address.to_bits() & mask, mask }
        }
        // A network of IPv4-mapped addresses: addresses are compared as IPv4, so the network is, too.
        IpAddr::V6(address) if len >= 96 && address.to_ipv4_mapped().is_some() => {
            let mask = u32::MAX.checked_shl(128 - len).unwrap_or(0);
            Network::V4 { bits: address.to_bits() as u32 & mask, mask }
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - len).unwrap_or(0);
            Network::V6 { bits: address.to_bits() & mask, mask }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_are_answered_with_the_network() {
        let rows = [
            ("203.0.113.*", Some("203.0.113.0/24")),
            ("10.*", Some("10.0.0.0/8")),
            ("10.1.*.*", Some("10.1.0.0/16")),
            ("10.0.0.7", None),
            ("1.2.3.4.*", None),
            ("*", None),
            ("300.*", None),
        ];
        for (text, expected) in rows {
            assert_eq!(of_wildcards(text).as_deref(), expected, "{text}");
        }
    }

    fn matches(networks: &str, address: &str) -> bool {
        networks.parse::<Networks>().unwrap().matches(address.as_bytes())
    }

    #[test]
    fn lists_include_and_exclude_addresses() {
        let rows = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.77", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "10.0.0.7", false),
            ("::/0", "2001:DB8::1", true),
            ("2001:db8::/32", "2001:0db8:0:0::1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.7", true),
            ("::ffff:10.0.0.0/104", "10.200.0.7", true),
            ("::ffff:10.0.0.0/104", "11.0.0.1", false),
            ("!10.0.0.0/8", "unix:", true),
            ("!10.0.0.0/8", "-", true),
            ("!10.0.0.0/8", "10.0.0.1", false),
            ("10.0.0.0/8,!10.0.0.0/24", "10.0.0.1", false),
            ("10.0.0.0/8,!10.0.0.0/24", "10.0.1.1", true),
            ("0.0.0.0/0", "010.0.0.1", false),
            ("10.0.0.0/8,unix:", "unix:", true),
            ("unix:", "10.0.0.1", false),
            ("!unix:", "unix:", false),
        ];
        for (networks, address, expected) in rows {
            assert_eq!(matches(networks, address), expected, "{networks} {address}");
        }
        for text in ["", "10", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.*", "host"] {
            assert!(text.parse::<Networks>().is_err(), "{text}");
        }
        let is_empty = |text: &str| text.parse::<Networks>().unwrap().is_empty();
        assert!(is_empty("10.0.0.0/24,::1,!10.0.0.0/8,!::/0") && !is_empty("10.0.0.0/8,!10.0.0.0/24"));
        assert!(!is_empty("!0.0.0.0/0") && !is_empty("0.0.0.0/0,!::/0"));
        assert!(is_empty("unix:,!unix:") && !is_empty("unix:,!::/0") && !is_empty("::1,!unix:"));
        assert!(!is_empty("::1,!2001:db8::/32") && !is_empty("10.0.0.1,!11.0.0.0/8"));
    }

    /// Slow reference: compares the leading bits of both, written out.
    fn same_bits(a: IpAddr, b: IpAddr, len: usize) -> bool {
        let bits = |address: IpAddr| -> String {
            match address {
                IpAddr::V4(v4) => v4.octets().iter().map(|octet| format!("{octet:08b}")).collect(),
                IpAddr::V6(v6) => v6.octets().iter().map(|octet| format!("{octet:08b}")).collect(),
            }
        };
        a.is_ipv4() == b.is_ipv4() && bits(a)[..len] == bits(b)[..len]
    }

    /// Generates addresses that are close to each other.
    fn address() -> impl Strategy<Value = IpAddr> {
        let shifts = prop::sample::select(vec![0_u32, 1, 8, 24, 30, 64, 96, 126]);
        (0..4_u128, shifts, any::<bool>()).prop_map(|(low, shift, is_v4)| match is_v4 {
            true => Ipv4Addr::from_bits((low << (shift % 31)) as u32).into(),
            false => Ipv6Addr::from_bits(low << shift).into(),
        })
    }

    proptest! {
        #[test]
        fn network_has_addresses_with_its_prefix(network in address(), len in 0..=128_usize, address in address()) {
            let len = if network.is_ipv4() { len % 33 } else { len };
            let read: Networks = format!("{network}/{len}").parse().unwrap();
            let is_mapped = [network, address].iter().any(|a| matches!(a, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some()));
            prop_assume!(!is_mapped);
            prop_assert_eq!(read.matches(address.to_string().as_bytes()), same_bits(network, address, len));
        }
    }
}
