//! Samples a file when it is opened, to detect at the end whether it has changed.

use super::read_at::ReadAt;
use crate::keys::fixed_hash;

/// Number of places that are sampled, evenly spread from the first byte to the last.
const PLACES: u64 = 8;
/// Bytes per place.
const BYTES: u64 = 512;

/// Hashes of some places of a file. They stay the same if the file only grows. They change if it is overwritten, or
/// truncated and filled again, unless it has the same bytes in these places.
#[derive(Clone, Debug)]
pub(super) struct Fingerprint {
    len: u64,
    /// `None` for a place that could not be read.
    hashes: [Option<u64>; PLACES as usize],
}

impl Fingerprint {
    /// Samples a file of `len` bytes.
    pub(super) fn of(file: &dyn ReadAt, len: u64) -> Fingerprint {
        let last = len.saturating_sub(BYTES);
        let hash = |place: usize| {
            let mut bytes = [0; BYTES as usize];
            let wanted = &mut bytes[..len.min(BYTES) as usize];
            let offset = last / (PLACES - 1) * place as u64;
            let offset = if place as u64 == PLACES - 1 { last } else { offset };
            let read = file.read_at(wanted, offset).ok()?;
            (read == wanted.len()).then(|| fixed_hash(wanted))
        };
        Fingerprint { len, hashes: std::array::from_fn(hash) }
    }

    /// True if a place that can still be read has other bytes now.
    pub(super) fn differs(&self, file: &dyn ReadAt) -> bool {
        let now = Fingerprint::of(file, self.len);
        self.hashes.iter().zip(&now.hashes).any(|(then, now)| then.zip(*now).is_some_and(|(then, now)| then != now))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    #[test]
    fn overwriting_is_detected_and_growth_is_ignored() {
        for len in [1, 511, 512, 513, 5_000, 1_000_000] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&vec![b'a'; len]).unwrap();
            let fingerprint = Fingerprint::of(&file, len as u64);
            assert!(!fingerprint.differs(&file));
            file.write_all(b"more").unwrap();
            assert!(!fingerprint.differs(&file), "{len}");
            for at in [0, len as u64 - 1] {
                file.seek(std::io::SeekFrom::Start(at)).unwrap();
                file.write_all(b"b").unwrap();
                assert!(fingerprint.differs(&file), "{len} {at}");
                file.seek(std::io::SeekFrom::Start(at)).unwrap();
                file.write_all(b"a").unwrap();
                assert!(!fingerprint.differs(&file), "{len} {at}");
            }
            // Missing bytes are reported as another failure.
            file.set_len(0).unwrap();
            assert!(!fingerprint.differs(&file));
        }
    }
}
