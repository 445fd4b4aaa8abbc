//! Keys for time: the number of the bucket in eight bytes, which sort like the number.

use super::key_ids::KeyIds;
use crate::batch::{Batch, MISSING};
use crate::keys::{GroupId, Keys};
use crate::time::{CachedRange, Unit};

/// Groups by a unit of time.
#[derive(Clone, Debug)]
pub(super) struct TimeIds {
    unit: Unit,
    last: CachedRange<GroupId>,
}

impl TimeIds {
    pub(super) fn new(unit: Unit) -> TimeIds {
        TimeIds { unit, last: CachedRange::none(GroupId(0)) }
    }
}

impl KeyIds for TimeIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], _: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let TimeIds { unit, last } = self;
        let wall_s = batch.wall_s();
        groups.extend(hits.iter().map(|&row| {
            last.at(wall_s[row as usize], |wall_s| {
                let (range, number) = unit.bucket_range(wall_s);
                let id = match number {
                    Some(number) => keys.id(&key(number)),
                    None => keys.id(MISSING),
                };
                (range, GroupId(id))
            })
        }));
    }

    fn forget(&mut self) {
        self.last.forget();
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}

/// Encodes a number. Flips the sign bit, so that negative numbers sort first.
pub(crate) fn key(number: i64) -> [u8; 8] {
    (number ^ i64::MIN).to_be_bytes()
}

/// Decodes the number that a key sorts by; a missing time sorts first.
pub(crate) fn number(key: &[u8]) -> i64 {
    <[u8; 8]>::try_from(key).map_or(i64::MIN, |bytes| i64::from_be_bytes(bytes) ^ i64::MIN)
}

/// Writes a key for reports: `2022-04-05`, or `-` for a missing time.
pub(crate) fn written(unit: Unit, key: &[u8]) -> String {
    if key == MISSING { "-".to_owned() } else { unit.key(number(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_like_their_numbers() {
        let numbers = [i64::MIN + 1, -5, -1, 0, 1, 1 << 40];
        assert!(numbers.windows(2).all(|w| key(w[0]) < key(w[1])));
        assert!(numbers.iter().all(|n| number(&key(*n)) == *n));
        assert_eq!(number(MISSING), i64::MIN);
    }
}
