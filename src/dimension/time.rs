//! Stretches of time as keys: the number of the bucket, in eight bytes that sort as it does.

use super::key_ids::KeyIds;
use crate::batch::{Batch, MISSING};
use crate::keys::{GroupId, Keys};
use crate::time::{Bucket, Stamp, Unit};

/// The groups of stretches of time. Lines come mostly in order, so the bucket of the line before is mostly the line's.
#[derive(Clone, Debug)]
pub(super) struct TimeIds {
    unit: Unit,
    last: Bucket,
    last_group: GroupId,
}

/// A bucket that holds nothing.
const NOTHING: Bucket = Bucket { start_s: 0, end_s: 0, number: 0 };

impl TimeIds {
    pub(super) fn new(unit: Unit) -> TimeIds {
        TimeIds { unit, last: NOTHING, last_group: GroupId(0) }
    }

    fn turn_to(&mut self, wall_s: i64, keys: &mut Keys) {
        if wall_s == Stamp::NONE.wall_s {
            self.last = Bucket { start_s: wall_s, end_s: wall_s + 1, number: wall_s };
            self.last_group = GroupId(keys.id(MISSING));
        } else {
            self.last = self.unit.bucket(wall_s);
            self.last_group = GroupId(keys.id(&key(self.last.number)));
        }
    }
}

impl KeyIds for TimeIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], _: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let wall_s = batch.wall_s();
        groups.extend(hits.iter().map(|&row| {
            let wall_s = wall_s[row as usize];
            if wall_s < self.last.start_s || wall_s >= self.last.end_s {
                self.turn_to(wall_s, keys);
            }
            self.last_group
        }));
    }

    fn forget(&mut self) {
        self.last = NOTHING;
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}

/// The sign is turned over, so that the bytes of negative numbers come first.
fn key(number: i64) -> [u8; 8] {
    (number ^ i64::MIN).to_be_bytes()
}

/// What a key sorts by; a missing time comes first.
pub(crate) fn number(key: &[u8]) -> i64 {
    <[u8; 8]>::try_from(key).map_or(i64::MIN, |bytes| i64::from_be_bytes(bytes) ^ i64::MIN)
}

/// `2022-04-05`, or `-` for a missing time.
pub(crate) fn written(unit: Unit, key: &[u8]) -> String {
    if key == MISSING { "-".to_owned() } else { unit.key(number(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_numbers() {
        let numbers = [i64::MIN + 1, -5, -1, 0, 1, 1 << 40];
        assert!(numbers.windows(2).all(|w| key(w[0]) < key(w[1])));
        assert!(numbers.iter().all(|n| number(&key(*n)) == *n));
        assert_eq!(number(MISSING), i64::MIN);
    }
}
