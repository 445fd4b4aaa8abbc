//! The keys of tables in state files.

use super::pair_keys::pair_of;
use super::{Dimension, Grouping, PairKeys, time_number};
use crate::batch::{MISSING, Status};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, Keys, Seed};

impl Grouping {
    /// Appends the keys in ascending order, those of pairs by their first key and then by the second. Returns the
    /// groups in this order; `visitors` are those of the tally in the order of the file.
    pub(crate) fn save(&self, visitors: &[u32], out: &mut Encoder) -> Vec<GroupId> {
        let of_visitors = matches!(self, Grouping::Visitors);
        out.unsigned(u64::from(of_visitors));
        let ids = match self {
            Grouping::Own(own) => own.keys().save(out),
            Grouping::Visitors => visitors.to_vec(),
            Grouping::Pair(pairs) => return pairs.save(out),
            Grouping::Parts(_) => unreachable!("the tallies of days have no parts"),
        };
        ids.into_iter().map(GroupId).collect()
    }

    /// Reads the keys that [`save`](Grouping::save) wrote, into groups without keys. Groups then have the ids 0, 1, 2 …
    /// in the order of the file.
    pub(crate) fn load(&mut self, dimension: Dimension, seed: Seed, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        let of_visitors = input.flag()?;
        match (self, dimension) {
            (Grouping::Visitors, _) if of_visitors => Ok(()),
            (Grouping::Own(own), _) if !of_visitors => own.load(dimension, seed, input),
            (Grouping::Pair(pairs), Dimension::Pair(pair)) if !of_visitors => {
                pairs.load([pair.first(), pair.second()], seed, input)
            }
            _ => Err(Damaged),
        }
    }

    /// Skips the keys that [`save`](Grouping::save) wrote, and returns the number of groups. There are `visitors`.
    pub(crate) fn skip(dimension: Dimension, visitors: usize, input: &mut Decoder<'_>) -> Result<usize, Damaged> {
        if input.flag()? {
            return Ok(visitors);
        }
        if !matches!(dimension, Dimension::Pair(_)) {
            return Keys::skip(input);
        }
        for _half in 0..2 {
            Keys::skip(input)?;
        }
        let len = input.len(2)?;
        input.skip(2 * len)?;
        Ok(len)
    }
}

impl PairKeys {
    fn save(&self, out: &mut Encoder) -> Vec<GroupId> {
        let places = [0, 1].map(|half| places_of(&self.keys_of(half).save(out)));
        let of_pair = |group| {
            let [GroupId(first), GroupId(second)] = self.halves_of(group);
            (places[0][first as usize], places[1][second as usize])
        };
        let mut order: Vec<((u32, u32), GroupId)> =
            (0..self.len() as u32).map(GroupId).map(|group| (of_pair(group), group)).collect();
        order.sort_unstable();
        out.unsigned(order.len() as u64);
        let firsts = || order.iter().map(|((first, _), _)| *first);
        out.column([0].into_iter().chain(firsts()).zip(firsts()).map(|(before, first)| u64::from(first - before)));
        out.column(order.iter().map(|((_, second), _)| u64::from(*second)));
        order.into_iter().map(|(_, group)| group).collect()
    }

    fn load(&mut self, halves: [Dimension; 2], seed: Seed, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        for (half, dimension) in self.halves_mut().iter_mut().zip(halves) {
            half.load(dimension, seed, input)?;
        }
        let lens = [0, 1].map(|half| self.keys_of(half).len() as u64);
        let len = input.len(2)?;
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(len);
        let mut first = 0;
        for _ in 0..len {
            first = input.at_most(lens[0])?.checked_add(first).filter(|first| *first < lens[0]).ok_or(Damaged)?;
            pairs.push((first as u32, 0));
        }
        for (_, second) in &mut pairs {
            *second = Some(input.unsigned()?).filter(|second| *second < lens[1]).ok_or(Damaged)? as u32;
        }
        if !pairs.is_sorted_by(|a, b| a < b) {
            return Err(Damaged);
        }
        let keys = pairs.into_iter().map(|(first, second)| pair_of([GroupId(first), GroupId(second)]));
        self.set_pairs(Keys::of_distinct(seed, keys));
        Ok(())
    }
}

/// The place of each id in an order of all ids.
pub(crate) fn places_of(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(id, place)| places[*id as usize] = place);
    places
}

impl Dimension {
    /// True if a hit can have this key.
    pub(super) fn has_key(self, key: &[u8]) -> bool {
        match self {
            Dimension::All => key == b"all",
            Dimension::Status => key == MISSING || key.len() == 3 && key.iter().all(u8::is_ascii_digit),
            Dimension::StatusClass => Status::CLASS_KEYS.contains(&key),
            Dimension::Class => super::codes::CLASSES.contains(&key),
            Dimension::Time(unit) => key == MISSING || key.len() == 8 && unit.has_bucket(time_number(key)),
            Dimension::Pair(_) => false,
            _ => !key.is_empty(),
        }
    }
}
