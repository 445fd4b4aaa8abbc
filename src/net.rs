//! The network of an address, and its version.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::ip;

/// Lengths of the prefixes that networks share, in bits.
///
/// ```
/// let lengths: logstat::NetPrefixes = "16,48".parse()?;
/// assert_eq!((lengths.ipv4(), lengths.ipv6()), (16, 48));
/// assert_eq!(logstat::NetPrefixes::default().to_string(), "24,64");
/// # Ok::<(), logstat::NetPrefixError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetPrefixes {
    ipv4: u8,
    ipv6: u8,
}

/// The networks of most sites: an IPv4 /24, and an IPv6 /64.
impl Default for NetPrefixes {
    fn default() -> NetPrefixes {
        NetPrefixes { ipv4: 24, ipv6: 64 }
    }
}

/// The bits of an address that remain if it is anonymized: the step sets the last 8 of IPv4 and the last 80 of IPv6 to
/// zero.
const ANONYMOUS: NetPrefixes = NetPrefixes { ipv4: 24, ipv6: 48 };

/// Why a text is not two lengths of prefixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetPrefixError {
    /// The text is not one or two numbers.
    NotLengths,
    /// The length for IPv4 is not 0 to 32.
    Ipv4,
    /// The length for IPv6 is not 0 to 128.
    Ipv6,
}

impl fmt::Display for NetPrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NetPrefixError::NotLengths => "expected the bits of an IPv4 and of an IPv6 network: 24,64",
            NetPrefixError::Ipv4 => "an IPv4 network has 0 to 32 bits; expected those of IPv4 first: 24,64",
            NetPrefixError::Ipv6 => "an IPv6 network has 0 to 128 bits: 24,64",
        })
    }
}

impl std::error::Error for NetPrefixError {}

impl NetPrefixes {
    /// Bits of an IPv4 network.
    pub fn ipv4(self) -> u8 {
        self.ipv4
    }

    /// Bits of an IPv6 network.
    pub fn ipv6(self) -> u8 {
        self.ipv6
    }

    /// The lengths, or those that remain of anonymized addresses if they are shorter.
    #[must_use]
    pub(crate) fn anonymized(self) -> NetPrefixes {
        NetPrefixes { ipv4: self.ipv4.min(ANONYMOUS.ipv4), ipv6: self.ipv6.min(ANONYMOUS.ipv6) }
    }

    /// The network of an address as a key: `203.0.113.0/24`. `None` if the text is not an address.
    pub(crate) fn network(self, text: &[u8]) -> Option<String> {
        let address = ip::address(text)?;
        let bits = if address.is_ipv4() { self.ipv4 } else { self.ipv6 };
        Some(format!("{}/{bits}", cut(address, bits)))
    }
}

/// One number is the length for IPv4; IPv6 then has the usual one.
impl FromStr for NetPrefixes {
    type Err = NetPrefixError;

    fn from_str(text: &str) -> Result<NetPrefixes, NetPrefixError> {
        let length = |text: &str| {
            let digits = text.trim();
            let digits = digits.strip_prefix('/').unwrap_or(digits);
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            // A number of many digits is too large for any network.
            is_number.then(|| digits.parse::<u8>().unwrap_or(u8::MAX)).ok_or(NetPrefixError::NotLengths)
        };
        let (ipv4, ipv6) = match text.split_once(',') {
            Some((ipv4, ipv6)) => (length(ipv4)?, length(ipv6)?),
            None => (length(text)?, NetPrefixes::default().ipv6),
        };
        match (ipv4, ipv6) {
            (33.., _) => Err(NetPrefixError::Ipv4),
            (_, 129..) => Err(NetPrefixError::Ipv6),
            _ => Ok(NetPrefixes { ipv4, ipv6 }),
        }
    }
}

/// The form that can be parsed.
impl fmt::Display for NetPrefixes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.ipv4, self.ipv6)
    }
}

/// The address with only its leading bits; the others are zero.
fn cut(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

/// An address as it is after it was anonymized.
pub(crate) fn anonymized(address: IpAddr) -> IpAddr {
    cut(address, if address.is_ipv4() { ANONYMOUS.ipv4 } else { ANONYMOUS.ipv6 })
}

/// The versions of addresses.
pub(crate) const VERSIONS: [&str; 2] = ["IPv4", "IPv6"];

/// The version of an address: `IPv4` or `IPv6`. `None` if the text is not an address.
pub(crate) fn version(text: &[u8]) -> Option<&'static str> {
    ip::address(text).map(|address| VERSIONS[usize::from(address.is_ipv6())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn network_has_the_leading_bits() {
        for (lengths, address, expected) in [
            ("24,64", "203.0.113.77", "203.0.113.0/24"),
            ("16,48", "203.0.113.77", "203.0.0.0/16"),
            ("32,128", "203.0.113.77", "203.0.113.77/32"),
            ("0,0", "203.0.113.77", "0.0.0.0/0"),
            ("24,64", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("16,48", "2001:DB8:1:2::", "2001:db8:1::/48"),
            ("24,0", "2001:db8::1", "::/0"),
            ("24,128", "::1", "::1/128"),
            ("24,64", "::ffff:203.0.113.77", "203.0.113.0/24"),
            ("24,64", "203.0.113.77:4711", "203.0.113.0/24"),
            ("24,64", "[2001:db8::1]:4711", "2001:db8::/64"),
            ("24,64", "unix:", "-"),
            ("24,64", "client.example.com", "-"),
            ("24,64", "203.0.113", "-"),
            ("24,64", "203.0.113.7, 10.0.0.1", "-"),
        ] {
            let lengths: NetPrefixes = lengths.parse().unwrap();
            let found = lengths.network(address.as_bytes()).unwrap_or("-".to_owned());
            assert_eq!(found, expected, "{address}");
        }
    }

    #[test]
    fn lengths_are_parsed() {
        for (text, expected) in [
            ("16,48", Ok("16,48")),
            ("/16, /48", Ok("16,48")),
            ("20", Ok("20,64")),
            ("0,0", Ok("0,0")),
            ("", Err(NetPrefixError::NotLengths)),
            ("a", Err(NetPrefixError::NotLengths)),
            ("16,", Err(NetPrefixError::NotLengths)),
            ("16,48,1", Err(NetPrefixError::NotLengths)),
            ("+16", Err(NetPrefixError::NotLengths)),
            ("48", Err(NetPrefixError::Ipv4)),
            ("256,1", Err(NetPrefixError::Ipv4)),
            ("24,129", Err(NetPrefixError::Ipv6)),
        ] {
            let found = text.parse::<NetPrefixes>().map(|lengths| lengths.to_string());
            assert_eq!(found, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn version_is_that_of_the_address() {
        for (text, expected) in [
            ("192.0.2.1", Some("IPv4")),
            ("::ffff:192.0.2.1", Some("IPv4")),
            ("2001:db8::1", Some("IPv6")),
            ("unix:", None),
            ("x", None),
        ] {
            assert_eq!(version(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        /// A network is the same for all its addresses, and an anonymized address tells as much as the address.
        #[test]
        fn network_of_an_anonymized_address_is_the_same(bits in any::<u128>(), is_v4: bool, v4 in 0..=32_u8, v6 in 0..=128_u8) {
            let address: IpAddr =
                if is_v4 { Ipv4Addr::from_bits(bits as u32).into() } else { Ipv6Addr::from_bits(bits).into() };
            let lengths = NetPrefixes { ipv4: v4, ipv6: v6 }.anonymized();
            let network = |address: IpAddr| lengths.network(address.to_string().as_bytes());
            prop_assert_eq!(network(address), network(anonymized(address.to_canonical())));
        }
    }
}
