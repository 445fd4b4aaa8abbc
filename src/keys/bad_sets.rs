//! Tests with key sets that a client could send to make look-ups slow, made from collisions under earlier hashes. None
//! may need more than three times the probes of random keys.

use std::collections::HashMap;
use std::hash::BuildHasher;

use super::hash::Seed;
use super::{AddressKeys, Keys};
use crate::thorough::is_thorough;

/// A pseudorandom number.
fn random(number: u64) -> u64 {
    Seed::fixed(0x5EED).hash_word(number)
}

/// Asserts that chosen keys need at most three times the probes of random keys, on average over seeds.
fn assert_not_slow(name: &str, chosen: impl Fn(Seed) -> f64, random: impl Fn(Seed) -> f64) {
    let seeds = if is_thorough() { 20 } else { 4 };
    let mean = |of: &dyn Fn(Seed) -> f64| (0..seeds).map(|seed| of(Seed::fixed(seed))).sum::<f64>() / seeds as f64;
    let (chosen, random) = (mean(&chosen), mean(&random));
    assert!(chosen <= 3.0 * random, "{name}: {chosen} probes, {random} for random keys");
}

/// The first `len` addresses that have no bits outside of `mask`.
fn addresses_within(mask: u32, len: usize) -> Vec<u32> {
    let next = |address: &u32| Some(address.wrapping_sub(mask) & mask);
    std::iter::successors(Some(0), next).take(len).collect()
}

#[test]
fn chosen_ipv4_addresses_are_spread() {
    let probes = |addresses: &[u32], seed| {
        let mut keys = AddressKeys::new(seed);
        addresses.iter().for_each(|address| {
            keys.id(std::net::Ipv4Addr::from_bits(*address).to_string().as_bytes());
        });
        keys.mean_probes()
    };
    // The first mask was found by a search for the largest median of 21 seeds under mix(seed ^ address, public factor):
    // 53 buckets per look-up, where random addresses need 1.3. `LEN` addresses fill a table to its limit.
    const LEN: usize = 28_672;
    let others: Vec<u32> = (0..LEN as u64).map(|i| random(i) as u32).collect();
    for mask in [0x9FB0_6072, 0xFFFF, 0xFFFF_0000] {
        let chosen = addresses_within(mask, LEN);
        assert_not_slow(&format!("{mask:08x}"), |seed| probes(&chosen, seed), |seed| probes(&others, seed));
    }
}

#[test]
fn chosen_texts_of_several_lengths_are_spread() {
    let probes = |texts: &[Vec<u8>], seed| {
        let mut keys = Keys::new(seed);
        texts.iter().for_each(|text| {
            keys.id(text);
        });
        keys.mean_probes()
    };
    // The factor that the length was multiplied by. The eight bytes from byte 32 on cancel it, so that keys of sixteen
    // lengths had the same hash.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let chosen = (0..1_500_u64).flat_map(|group| {
        (81..=96_u64).map(move |len| {
            let mut text = vec![b'a'; len as usize];
            text[..8].copy_from_slice(&group.to_le_bytes());
            text[32..40].copy_from_slice(&(len.wrapping_mul(FACTOR) ^ u64::MAX).to_le_bytes());
            text
        })
    });
    let chosen: Vec<Vec<u8>> = chosen.collect();
    let others: Vec<Vec<u8>> = (0..chosen.len() as u64).map(|i| random(i).to_le_bytes().repeat(11)).collect();
    assert_not_slow("lengths", |seed| probes(&chosen, seed), |seed| probes(&others, seed));
}

#[test]
fn chosen_hashes_of_sketches_are_spread() {
    // Anyone can search for addresses whose public hashes agree in the bits that a set uses.
    let largest = |hashes: &[u64], seed: Seed| {
        let mut buckets: HashMap<u64, u32> = HashMap::new();
        hashes.iter().for_each(|hash| *buckets.entry(seed.hash_one(hash) % 1024).or_default() += 1);
        f64::from(buckets.into_values().max().unwrap())
    };
    let chosen: Vec<u64> = (0..8_190).map(|i| i << 32 | 0xABCD).collect();
    let others: Vec<u64> = (0..8_190).map(random).collect();
    assert_not_slow("sketch", |seed| largest(&chosen, seed), |seed| largest(&others, seed));
}
