//! Finds the client's address behind proxies, like nginx's realip module with `real_ip_recursive on`.
//!
//! Each proxy appends the address of its peer to a list. The list is therefore read from its end, as long as the
//! entries are trusted proxies. The first untrusted address is the visitor's. Entries before it prove nothing, because
//! anyone may have sent them.
//!
//! If `$remote_addr` is unknown, the list is read as if a trusted proxy had sent it.

use super::{BatchStep, Lines, StepInput, undone};
use crate::batch::{Batch, Column, Fields, MISSING, TextField};
use crate::dimension::Dimension;
use crate::filter::{Address, Networks, address_of};

/// The field in which proxies list the addresses of clients, and the proxies that are trusted.
///
/// ```
/// use logstat::{Dimension, Question, RealIp};
/// let list = Dimension::named("http_x_forwarded_for")?;
/// let real_ip = RealIp::new(list, "10.0.0.0/8,unix:".parse()?);
/// assert!(real_ip.is_some() && RealIp::new(Dimension::Status, "::1".parse()?).is_none());
/// let question = Question::new().real_ip(real_ip);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RealIp {
    dimension: Dimension,
    trusted: Networks,
}

impl RealIp {
    /// Reads the lists from the keys of this dimension and believes `trusted` proxies. `None` if the keys are not
    /// logged texts, or if the dimension is `$remote_addr` itself.
    pub fn new(dimension: Dimension, trusted: Networks) -> Option<RealIp> {
        let dimension = dimension.as_logged().filter(|dimension| *dimension != Dimension::Ip)?;
        Some(RealIp { dimension, trusted })
    }

    /// Reads the lists from the field of `$remote_addr`, for logs that have a list there, and believes `trusted`
    /// proxies.
    ///
    /// ```
    /// use logstat::{Question, RealIp};
    /// let real_ip = Some(RealIp::in_place("10.0.0.0/8".parse()?));
    /// let question = Question::new().real_ip(real_ip);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_place(trusted: Networks) -> RealIp {
        RealIp { dimension: Dimension::Ip, trusted }
    }

    /// The dimension that holds the lists; [`Dimension::Ip`] for a list in the field of `$remote_addr`.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// The proxies that are trusted.
    pub fn trusted(&self) -> &Networks {
        &self.trusted
    }

    /// True if the list is in the field of `$remote_addr`.
    pub(crate) fn is_in_place(&self) -> bool {
        self.dimension == Dimension::Ip
    }
}

/// The step: replaces the addresses of proxies by those of their clients.
struct Proxies {
    column: Column,
    trusted: Networks,
}

/// The step, if the question reads lists of addresses.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    let real_ip = asked.options.visitor.real_ip?;
    let column = real_ip.dimension.column(asked.variable_columns).expect("every text has a column");
    Some(Box::new(Proxies { column, trusted: real_ip.trusted.clone() }))
}

impl BatchStep for Proxies {
    fn needs(&self) -> Fields {
        Fields::column(self.column)
    }

    fn writes(&self) -> Fields {
        Fields::text(TextField::Addr)
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            let (address, list) = (batch.text(TextField::Addr)[row], batch.text(self.column)[row]);
            // If the list is in the field of the address, nothing else is known.
            let address = if self.column == TextField::Addr.into() { MISSING } else { address };
            if let Some(client) = self.client(undone(address, lines.bump), undone(list, lines.bump)) {
                batch.replace_text(row, TextField::Addr, client);
            }
        }
    }
}

impl Proxies {
    /// Returns the client's address if the list gives a better one than `address`, from which nginx received the
    /// request.
    fn client<'l>(&self, address: &[u8], list: &'l [u8]) -> Option<&'l [u8]> {
        let is_known = !matches!(address, [] | MISSING);
        if is_known && !address_of(address).is_some_and(|address| self.trusted.has(address)) {
            return None;
        }
        let mut last = None;
        let words = list.rsplit(|byte| matches!(byte, b',' | b' ' | b'\t')).filter(|word| !word.is_empty());
        for word in words {
            // An entry that is not an address does not show who wrote the entries before it.
            let Some((text, address)) = address_in(word) else { break };
            let found = Some(text).filter(|_| address != Address::Unix);
            if !self.trusted.has(address) {
                return found;
            }
            last = found.or(last);
        }
        // Every address is a trusted proxy. nginx takes the first of them; here a known `$remote_addr` stays.
        last.filter(|_| !is_known)
    }
}

/// Parses an address that is bare, in brackets, or followed by a port. Returns its text, too.
fn address_in(word: &[u8]) -> Option<(&[u8], Address)> {
    if let Some(address) = address_of(word) {
        return Some((word, address));
    }
    let (text, rest) = match word.strip_prefix(b"[") {
        Some(inner) => {
            let end = inner.iter().position(|byte| *byte == b']')?;
            (&inner[..end], &inner[end + 1..])
        }
        None => word.split_at(word.iter().position(|byte| *byte == b':')?),
    };
    let is_port = |digits: &[u8]| str::from_utf8(digits).is_ok_and(|digits| digits.parse::<u16>().is_ok());
    if !rest.is_empty() && !rest.strip_prefix(b":").is_some_and(is_port) {
        return None;
    }
    address_of(text).filter(|address| *address != Address::Unix).map(|address| (text, address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpalo::Bump;
    use proptest::prelude::*;
    use std::net::IpAddr;

    fn proxies(trusted: &str) -> Proxies {
        Proxies { column: TextField::User.into(), trusted: trusted.parse().unwrap() }
    }

    fn client(trusted: &str, address: &str, list: &str) -> String {
        let proxies = proxies(trusted);
        let found = proxies.client(address.as_bytes(), list.as_bytes());
        found.map_or("-".to_owned(), |found| String::from_utf8(found.to_vec()).unwrap())
    }

    #[test]
    fn last_untrusted_address_is_the_client() {
        let rows = [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7, 10.0.0.2,10.9.9.9", "203.0.113.7"),
            ("203.0.113.7   10.0.0.2 , ", "203.0.113.7"),
            ("203.0.113.7\t,,\t10.0.0.2", "203.0.113.7"),
            ("garbage, 203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:567", "203.0.113.7"),
            ("203.0.113.7:567, 10.0.0.2:65535", "203.0.113.7"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("[2001:db8::1], [fd00::1]:443", "2001:db8::1"),
            ("2001:DB8::1", "2001:DB8::1"),
            ("::ffff:203.0.113.7, ::ffff:10.0.0.2", "::ffff:203.0.113.7"),
            ("203.0.113.7, unix:", "203.0.113.7"),
            // The client is unknown, so `$remote_addr` stays.
            ("", "-"),
            ("-", "-"),
            (" , ", "-"),
            ("10.0.0.2, 10.0.0.3", "-"),
            ("unknown", "-"),
            ("203.0.113.7, unknown", "-"),
            ("203.0.113.7, unknown, 10.0.0.2", "-"),
            ("203.0.113.7, 10.0.0", "-"),
            ("203.0.113.7, 1.2.3.4:", "-"),
            ("203.0.113.7, 1.2.3.4:65536", "-"),
            ("203.0.113.7, 1.2.3.4:x", "-"),
            ("203.0.113.7, [2001:db8::1", "-"),
            ("203.0.113.7, [2001:db8::1]80", "-"),
            ("203.0.113.7, [unix:]", "-"),
            ("203.0.113.7, 010.0.0.1", "-"),
            ("203.0.113.7, fe80::1%eth0", "-"),
            ("203.0.113.7, \"10.0.0.2\"", "-"),
            ("for=203.0.113.7", "-"),
        ];
        for (list, expected) in rows {
            assert_eq!(client("10.0.0.0/8,fd00::/8,unix:", "10.0.0.1", list), expected, "{list}");
            assert_eq!(client("10.0.0.0/8,fd00::/8,unix:", "unix:", list), expected, "{list}");
        }
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", "203.0.113.7, unix:"), "-");
        assert_eq!(client("0.0.0.0/0,!203.0.113.0/24", "10.0.0.1", "203.0.113.7, 192.0.2.1"), "203.0.113.7");
    }

    #[test]
    fn list_from_an_untrusted_peer_is_ignored() {
        for address in ["203.0.113.1", "unix:", "10.0.0", "11.0.0.1", "::1"] {
            assert_eq!(client("10.0.0.0/8", address, "198.51.100.1"), "-", "{address}");
        }
        // A text that is not an address is never trusted, not even if the list only excludes addresses.
        assert_eq!(client("!10.0.0.0/8", "a.b", "198.51.100.1"), "-");
    }

    #[test]
    fn list_is_read_if_the_peer_is_unknown() {
        for (list, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("10.0.0.2, 10.0.0.3", "10.0.0.2"),
            ("unknown, 10.0.0.2, 10.0.0.3", "10.0.0.2"),
            ("unix:, 10.0.0.3", "10.0.0.3"),
            ("10.0.0.3:80", "10.0.0.3"),
            ("203.0.113.7, unknown", "-"),
            ("unix:", "-"),
            ("-", "-"),
            ("", "-"),
        ] {
            for address in ["-", ""] {
                assert_eq!(client("10.0.0.0/8,unix:", address, list), expected, "{list}");
            }
        }
    }

    #[test]
    fn escapes_are_undone_before_parsing() {
        let bump = Bump::new();
        let lists = [r"\x32\x30\x33.0.113.7,\x2010.0.0.2", r"\x22203.0.113.7\x22", "203.0.113.8"];
        let addresses = ["10.0.0.1", "10.0.0.1", r"\x310.0.0.1"];
        let mut batch =
            super::super::batch_of(&[(TextField::Addr.into(), &addresses), (TextField::User.into(), &lists)]);
        proxies("10.0.0.0/8").run(&mut batch, &[0, 1, 2], Lines { server: None, bump: &bump });
        let expected: [&[u8]; 3] = [b"203.0.113.7", b"10.0.0.1", b"203.0.113.8"];
        assert_eq!(batch.text(TextField::Addr), expected);
    }

    /// Slow reference: reads the list from the left. An untrusted address becomes the candidate, a trusted one keeps
    /// it, and an entry that is not an address discards it.
    fn reference(list: &str) -> Option<String> {
        let is_trusted = |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(v4) => v4.octets()[0] == 10,
            IpAddr::V6(v6) => v6.segments()[0] == 0xfd00,
        };
        let mut client = None;
        for word in list.split([',', ' ']).filter(|word| !word.is_empty()) {
            let bare = match word.parse::<std::net::SocketAddr>() {
                Ok(socket) => Some(socket.ip()),
                Err(_) => word.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok(),
            };
            match bare {
                None => client = None,
                Some(address) if is_trusted(address) => {}
                Some(address) => client = Some(address.to_string()),
            }
        }
        client
    }

    proptest! {
        #[test]
        fn lists_are_read_like_the_reference(
            words in prop::collection::vec(prop::sample::select(vec![
                "10.0.0.2", "10.1.2.3:99", "fd00::5", "[fd00::5]:1", "::ffff:10.0.0.9", "203.0.113.7", "198.51.100.4:81",
                "2001:db8::1", "[2001:db8::2]:8080", "[2001:db8::3]", "unknown", "x", "1.2.3", "",
            ]), 0..6),
            between in prop::sample::select(vec![",", ", ", " ", " , "]),
        ) {
            let list = words.join(between);
            let expected = reference(&list).unwrap_or("-".to_owned());
            prop_assert_eq!(client("10.0.0.0/8,fd00::/16", "10.0.0.1", &list), expected, "{}", list);
        }
    }
}
