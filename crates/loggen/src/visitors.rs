//! Visitors and their addresses. An address is computed from its rank and never stored, so ten million visitors take no
//! more memory than their Zipf table.

use super::digits::{push_decimal, push_hex};
use super::rng::{Rng, Weighted, mix, zipf};

/// Networks of providers, as in real logs: addresses share their first half, which is hard on weak hashes.
const NETWORKS: usize = 2048;
const PREFIXES: [&str; 6] = ["240e:3b1", "2408:8256", "2409:8a55", "2001:470", "2a02:a03f", "2600:1700"];
const USERS: [&str; 8] = ["alice", "wang.wei", "backup", "m.keller", "admin", "zhang_min", "deploy", "jo@example.com"];

/// A visitor, determined by the rank.
#[derive(Clone, Copy)]
pub(crate) struct Visitor {
    rank: usize,
    /// Random bits that stay the same for a visitor.
    pub(crate) hash: u64,
}

impl Visitor {
    /// Bits that choose the user agent: a visitor keeps one, but a busy address is shared by many people.
    pub(crate) fn agent_bits(self, rng: &mut Rng) -> u64 {
        let person = if self.rank < 1000 { rng.below(12) } else { 0 };
        mix(self.hash ^ person)
    }
}

pub(crate) struct Visitors {
    seed: u64,
    start: u32,
    ranks: Weighted,
    networks: Vec<[u8; 2]>,
    recent: [usize; 64],
}

impl Visitors {
    pub(crate) fn new(addresses: usize, seed: u64) -> Self {
        let mut recent = [0; 64];
        let ranks = Weighted::new((1..=addresses).map(zipf));
        let mut rng = Rng::new(seed ^ 0x7669_7369);
        recent.fill_with(|| ranks.index(rng.bits()));
        let start = mix(seed) as u32;
        let networks = (0..=u16::MAX)
            .map(|n| n.wrapping_mul(0x9e3b).wrapping_add(start as u16).to_be_bytes())
            .filter(|net| is_public(net[0]))
            .take(NETWORKS)
            .collect();
        Self { seed, start, ranks, networks, recent }
    }

    /// Draws a visitor (Zipf). Four of ten requests are from a recent visitor, because a browser loads the images of a
    /// page right after it. Without that, caches would behave differently than with a real log.
    pub(crate) fn draw(&mut self, rng: &mut Rng) -> Visitor {
        let bits = rng.bits();
        let slot = (bits & 63) as usize;
        if bits >> 6 & 1023 >= 410 {
            self.recent[slot] = self.ranks.index(rng.bits());
        }
        self.ranked(self.recent[slot])
    }

    /// Returns the visitor of this rank.
    pub(crate) fn ranked(&self, rank: usize) -> Visitor {
        Visitor { rank, hash: mix(self.seed ^ (rank as u64) << 20) }
    }

    /// Appends the address. Different ranks have different addresses, up to rank 2^27.
    pub(crate) fn push_address(&self, out: &mut Vec<u8>, visitor: Visitor) {
        let place = scramble(visitor.rank as u32 ^ self.start);
        if visitor.rank % 33 == 16 {
            return push_ipv6(out, place, visitor.hash);
        }
        let [a, b] = self.networks[place as usize % NETWORKS];
        let [.., c, d] = (place / NETWORKS as u32).to_be_bytes();
        push_decimal(out, a.into());
        for part in [b, c, d] {
            out.push(b'.');
            push_decimal(out, part.into());
        }
    }
}

/// `$remote_user`: a name for the few visitors who log in, otherwise `-`.
pub(crate) fn user(visitor: Visitor) -> &'static str {
    let bits = visitor.hash >> 40;
    if bits % 300 == 7 { USERS[(bits / 300 % 8) as usize] } else { "-" }
}

/// First octets, without private, shared, test or multicast networks.
fn is_public(octet: u8) -> bool {
    (1..224).contains(&octet) && ![10, 100, 127, 169, 172, 192, 198, 203].contains(&octet)
}

/// A bijection of 27 bits, the size of the networks. Each step can be undone, so no two ranks share an address.
fn scramble(rank: u32) -> u32 {
    const ROOM: u32 = (1 << 27) - 1;
    [0x052d_22f5, 0x02c1_b3c7, 0x06d9_a9e5].into_iter().fold(rank & ROOM, |x, odd| {
        let x = x.wrapping_mul(odd).wrapping_add(0x0279_b9b1) & ROOM;
        x ^ x >> 14
    })
}

/// Appends an address in the short form that nginx writes: no group begins with 0, and no group of the network is 0.
fn push_ipv6(out: &mut Vec<u8>, place: u32, hash: u64) {
    out.extend_from_slice(PREFIXES[(hash % 6) as usize].as_bytes());
    for group in [0x1000 | place >> 14, 0x4000 | place & 0x3fff] {
        out.push(b':');
        push_hex(out, group.into(), 4);
    }
    if hash >> 8 & 3 == 0 {
        out.extend_from_slice(b"::1");
        return;
    }
    for shift in [12, 24, 36, 48] {
        out.push(b':');
        push_hex(out, hash >> shift | 0x100, 3);
    }
}

#[cfg(test)]
mod tests {
    use super::{Visitor, Visitors};
    use std::collections::HashSet;

    #[test]
    fn every_rank_has_its_own_address() {
        let visitors = Visitors::new(50_000, 9);
        let mut seen = HashSet::new();
        for rank in 0..50_000 {
            let mut out = Vec::new();
            visitors.push_address(&mut out, Visitor { rank, hash: rank as u64 });
            let text = String::from_utf8(out).unwrap();
            let address: std::net::IpAddr = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert!(seen.insert(text));
        }
    }
}
