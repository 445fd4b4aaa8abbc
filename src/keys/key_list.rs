//! Keys in state files: sorted, each without the bytes that it shares with the key before.

use super::interner::MOST_SHARED;
use super::{Keys, Seed};
use crate::encoding::{Damaged, Decoder, Encoder};

impl Keys {
    /// Appends the keys in ascending order. Returns their ids in this order.
    pub(crate) fn save(&self, out: &mut Encoder) -> Vec<u32> {
        let mut order: Vec<(&[u8], u32)> = self.iter().zip(0..).collect();
        order.sort_unstable();
        let keys = || order.iter().map(|(key, _)| *key);
        let shared: Vec<usize> = [&[][..]].into_iter().chain(keys()).zip(keys()).map(|(a, b)| shared(a, b)).collect();
        out.unsigned(order.len() as u64);
        out.column(shared.iter().map(|shared| *shared as u64));
        out.column(keys().zip(&shared).map(|(key, shared)| (key.len() - shared) as u64));
        keys().zip(&shared).for_each(|(key, shared)| out.raw(&key[*shared..]));
        order.into_iter().map(|(_, id)| id).collect()
    }

    /// Reads the keys that [`save`](Keys::save) wrote, for which `is_valid` must be true. Their ids ascend with them.
    pub(crate) fn load(seed: Seed, input: &mut Decoder<'_>, is_valid: impl Fn(&[u8]) -> bool) -> Result<Keys, Damaged> {
        let len = input.len(2)?;
        let shared = input.raw(len)?;
        let rests = (0..len).map(|_| input.len(1)).collect::<Result<Vec<usize>, Damaged>>()?;
        let mut keys = Keys::without_slots(seed, len);
        let mut key: Vec<u8> = Vec::new();
        for ((id, shared_len), rest) in (0_u32..).zip(shared).zip(rests) {
            let (rest, len) = (input.raw(rest)?, usize::from(*shared_len));
            if len > key.len() || len > MOST_SHARED {
                return Err(Damaged);
            }
            // As many bytes are shared as there can be, so the next ones differ.
            let is_greater = match (key.get(len), rest.first()) {
                (Some(before), Some(byte)) if len < MOST_SHARED => before < byte,
                _ => &key[len..] < rest,
            };
            if id > 0 && !is_greater {
                return Err(Damaged);
            }
            key.truncate(len);
            key.extend_from_slice(rest);
            if !is_valid(&key) {
                return Err(Damaged);
            }
            keys.append(&key);
        }
        keys.set_ascending(shared);
        Ok(keys)
    }

    /// Skips the keys that [`save`](Keys::save) wrote, and returns their number.
    pub(crate) fn skip(input: &mut Decoder<'_>) -> Result<usize, Damaged> {
        let len = input.len(2)?;
        input.raw(len)?;
        let mut bytes = 0_usize;
        input.column(len, |_, rest| {
            bytes = usize::try_from(rest).ok().and_then(|rest| bytes.checked_add(rest)).ok_or(Damaged)?;
            Ok(())
        })?;
        input.raw(bytes)?;
        Ok(len)
    }
}

/// Number of first bytes that are equal, at most [`MOST_SHARED`].
fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take(MOST_SHARED).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn saved(keys: impl IntoIterator<Item = impl AsRef<[u8]>>) -> (Vec<u8>, Vec<u32>) {
        let mut all = Keys::new(Seed::fixed(1));
        keys.into_iter().for_each(|key| _ = all.id(key.as_ref()));
        let mut out = Encoder::default();
        let order = all.save(&mut out);
        (out.into_bytes(), order)
    }

    fn loaded(bytes: &[u8]) -> Result<Keys, Damaged> {
        let mut input = Decoder::new(bytes);
        let keys = Keys::load(Seed::fixed(2), &mut input, |_| true)?;
        input.end().map(|()| keys)
    }

    #[test]
    fn list_has_the_documented_bytes() {
        let (bytes, order) = saved(["/b", "/a", "/ab"]);
        assert_eq!(bytes, [&[3, 0, 2, 1, 2, 1, 1][..], b"/abb"].concat());
        assert_eq!(order, [1, 2, 0]);
        let long = "x".repeat(200);
        let (bytes, _) = saved([long.clone(), long.clone() + "y"]);
        assert_eq!(bytes[..6], [2, 0, 127, 200, 1, 74]);
        assert_eq!(loaded(&bytes).unwrap().key(1), (long + "y").as_bytes());
    }

    #[test]
    fn damaged_lists_are_refused() {
        let rows: [(&str, &[u8]); 9] = [
            ("too short", &[2, 0, 0, 1, 1, b'a']),
            ("more keys than bytes", &[200, 1, 0, 0]),
            ("the same key again", &[2, 0, 0, 1, 1, b'a', b'a']),
            ("the same key again, shared", &[2, 0, 1, 1, 0, b'a']),
            ("descending", &[2, 0, 0, 1, 1, b'b', b'a']),
            ("more shared than the key has", &[2, 0, 2, 1, 1, b'a', b'b']),
            ("less shared than possible", &[2, 0, 0, 1, 2, b'a', b'a', b'b']),
            ("the first key shares bytes", &[1, 1, 1, b'a']),
            ("a byte is left", &[1, 0, 1, b'a', b'b']),
        ];
        for (name, bytes) in rows {
            assert!(loaded(bytes).is_err(), "{name}");
        }
        let long = [&[b'a'; 130][..], b"b"].concat();
        let too_much = [&[2, 0, 128, 131, 1, 3][..], &long, b"aac"].concat();
        assert!(loaded(&too_much).is_err());
        let refused = Keys::load(Seed::fixed(1), &mut Decoder::new(&[1, 0, 1, b'a']), |key| key != b"a");
        assert!(refused.is_err());
    }

    proptest! {
        #[test]
        fn keys_are_read_back_in_order(
            keys in prop::collection::vec(prop::collection::vec(0..3_u8, 0..150), 0..60), new in prop::collection::vec(0..3_u8, 0..4),
        ) {
            let sorted: BTreeSet<&Vec<u8>> = keys.iter().collect();
            let (bytes, order) = saved(&keys);
            prop_assert_eq!(order.len(), sorted.len());
            prop_assert_eq!(&saved(keys.iter().rev()).0, &bytes);
            let mut read = loaded(&bytes).unwrap();
            prop_assert!(read.iter().eq(sorted.iter().map(|key| &key[..])));
            let mut input = Decoder::new(&bytes);
            prop_assert_eq!((Keys::skip(&mut input), input.end()), (Ok(sorted.len()), Ok(())));
            // The keys are found, and a new one gets the next id.
            let id = sorted.iter().position(|key| **key == new).unwrap_or(sorted.len());
            prop_assert_eq!(read.id(&new) as usize, id);
            for (id, key) in sorted.iter().enumerate() {
                prop_assert_eq!(read.id(key) as usize, id);
            }
        }

        #[test]
        fn any_bytes_are_refused_or_written_again(bytes in prop::collection::vec(prop_oneof![0..6_u8, any::<u8>()], 0..24)) {
            if let Ok(keys) = loaded(&bytes) {
                prop_assert_eq!(saved(keys.iter()).0, bytes);
            }
        }
    }
}
