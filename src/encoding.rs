//! Numbers and texts as bytes, for state files.
//!
//! An unsigned number is LEB128: seven bits in each byte, the lowest first, and the top bit set in all but the last.
//! A signed number is zigzag-coded first: 0, -1, 1, -2 … become 0, 1, 2, 3 ….

/// The bytes cannot be read: they end too early, or hold a value that was never written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Appends numbers and texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn unsigned(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(crate) fn signed(&mut self, number: i64) {
        self.unsigned(((number << 1) ^ (number >> 63)) as u64);
    }

    /// Appends bytes without their length.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends numbers one after another. The reader must know how many.
    pub(crate) fn column(&mut self, numbers: impl IntoIterator<Item = u64>) {
        numbers.into_iter().for_each(|number| self.unsigned(number));
    }

    /// Appends numbers that ascend strictly: the first, then each difference less one. The reader must know how many.
    pub(crate) fn ascending(&mut self, numbers: impl IntoIterator<Item = u64>) {
        let mut next = 0;
        for number in numbers {
            debug_assert!(number >= next, "numbers ascend");
            self.unsigned(number - next);
            next = number + 1;
        }
    }
}

/// Number of bytes that are read together if each is a number.
const BLOCK: usize = 8;
/// The top bit of each byte of a block.
const TOP_BITS: u64 = 0x8080_8080_8080_8080;
/// Number of bytes that are skipped together.
const SKIPPED: usize = 64;

/// Reads what an [`Encoder`] wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoder<'b> {
    rest: &'b [u8],
}

impl<'b> Decoder<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Decoder<'b> {
        Decoder { rest: bytes }
    }

    #[inline]
    pub(crate) fn unsigned(&mut self) -> Result<u64, Damaged> {
        // Most numbers are below 128.
        if let Some((byte, rest)) = self.rest.split_first()
            && *byte < 0x80
        {
            self.rest = rest;
            return Ok(u64::from(*byte));
        }
        self.unsigned_of_several_bytes()
    }

    fn unsigned_of_several_bytes(&mut self) -> Result<u64, Damaged> {
        // Fast path for up to eight bytes: the last one is the first without the top bit. Seven bits of each byte are
        // moved together, first of two bytes, then of four, then of eight.
        if let Some(word) = self.rest.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
            && !word & TOP_BITS != 0
        {
            let bits = (!word & TOP_BITS).trailing_zeros() + 1;
            let word = word & u64::MAX >> (64 - bits);
            if word >> (bits - 8) == 0 {
                return Err(Damaged);
            }
            self.rest = &self.rest[bits as usize / 8..];
            let word = word & 0x7F7F_7F7F_7F7F_7F7F;
            let pairs = word & 0x007F_007F_007F_007F | (word & 0x7F00_7F00_7F00_7F00) >> 1;
            let fours = pairs & 0x0000_3FFF_0000_3FFF | (pairs & 0x3FFF_0000_3FFF_0000) >> 2;
            return Ok(fours & 0x0FFF_FFFF | (fours & 0x0FFF_FFFF_0000_0000) >> 4);
        }
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(Damaged)?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                return Err(Damaged);
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                // Each number has one form: its last byte is not a needless zero.
                return if *byte == 0 && shift > 0 { Err(Damaged) } else { Ok(number) };
            }
        }
        Err(Damaged)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.unsigned()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// Reads the number of items that follow, each of which takes at least `bytes_each` bytes. So damaged bytes cannot
    /// make the reader reserve more memory than a small multiple of the file's size.
    pub(crate) fn len(&mut self, bytes_each: usize) -> Result<usize, Damaged> {
        let len = usize::try_from(self.unsigned()?).map_err(|_| Damaged)?;
        if len.checked_mul(bytes_each).is_none_or(|bytes| bytes > self.rest.len()) {
            return Err(Damaged);
        }
        Ok(len)
    }

    /// Reads this many bytes.
    pub(crate) fn raw(&mut self, len: usize) -> Result<&'b [u8], Damaged> {
        let (bytes, rest) = self.rest.split_at_checked(len).ok_or(Damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Reads a number that is at most `most`.
    #[inline]
    pub(crate) fn at_most(&mut self, most: u64) -> Result<u64, Damaged> {
        let number = self.unsigned()?;
        if number <= most { Ok(number) } else { Err(Damaged) }
    }

    /// Reads a number that is 0 or 1.
    pub(crate) fn flag(&mut self) -> Result<bool, Damaged> {
        Ok(self.at_most(1)? == 1)
    }

    /// Reads a column of numbers, and passes each to `take`, with its index in the column. Zeros may be left out.
    #[inline]
    pub(crate) fn column(
        &mut self,
        len: usize,
        mut take: impl FnMut(usize, u64) -> Result<(), Damaged>,
    ) -> Result<(), Damaged> {
        let mut at = 0;
        while at < len {
            // Fast path: eight numbers of one byte each.
            if len - at >= BLOCK
                && let Some((block, rest)) = self.rest.split_first_chunk::<BLOCK>()
                && u64::from_le_bytes(*block) & TOP_BITS == 0
            {
                if *block != [0; BLOCK] {
                    (at..).zip(block).try_for_each(|(at, number)| take(at, u64::from(*number)))?;
                }
                self.rest = rest;
                at += BLOCK;
            } else {
                take(at, self.unsigned()?)?;
                at += 1;
            }
        }
        Ok(())
    }

    /// Reads a column of counts, and takes their sum from `left`. Fails if less than that is left.
    pub(crate) fn counts(&mut self, len: usize, left: &mut u64) -> Result<Vec<u64>, Damaged> {
        if len > self.rest.len() {
            return Err(Damaged);
        }
        let mut counts = vec![0; len];
        self.column(len, |at, count| {
            *left = left.checked_sub(count).ok_or(Damaged)?;
            counts[at] = count;
            Ok(())
        })?;
        Ok(counts)
    }

    /// Skips this many numbers.
    pub(crate) fn skip(&mut self, mut numbers: usize) -> Result<(), Damaged> {
        // Each number ends with a byte without the top bit.
        let ends = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte < 0x80)).sum::<u8>();
        while numbers >= SKIPPED
            && let Some((block, rest)) = self.rest.split_first_chunk::<SKIPPED>()
        {
            numbers -= usize::from(ends(block));
            self.rest = rest;
        }
        while numbers > 0 {
            let (byte, rest) = self.rest.split_first().ok_or(Damaged)?;
            numbers -= usize::from(*byte < 0x80);
            self.rest = rest;
        }
        Ok(())
    }

    /// Reads numbers that ascend strictly and are all below `end`, and passes each to `take`.
    #[inline]
    pub(crate) fn ascending(&mut self, len: usize, end: u64, mut take: impl FnMut(u64)) -> Result<(), Damaged> {
        let mut next = 0_u64;
        for _ in 0..len {
            let number = next.checked_add(self.unsigned()?).filter(|number| *number < end).ok_or(Damaged)?;
            take(number);
            next = number + 1;
        }
        Ok(())
    }

    /// Fails if bytes are left.
    pub(crate) fn end(self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ascending(input: &mut Decoder<'_>, len: usize, end: u64) -> Result<Vec<u64>, Damaged> {
        let mut numbers = Vec::new();
        input.ascending(len, end, |number| numbers.push(number)).map(|()| numbers)
    }

    #[test]
    fn numbers_have_the_documented_bytes() {
        let mut out = Encoder::default();
        [0, 127, 128, 300, u64::MAX].into_iter().for_each(|number| out.unsigned(number));
        [0, -1, 1, i64::MIN].into_iter().for_each(|number| out.signed(number));
        let all_ones = [0xFF; 9];
        let expected = [&[0, 0x7F, 0x80, 1, 0xAC, 2][..], &all_ones, &[1], &[0, 1, 2], &all_ones, &[1]].concat();
        assert_eq!(out.into_bytes(), expected);
    }

    #[test]
    fn damaged_numbers_are_refused() {
        for bytes in [
            &[][..],
            &[0x80],
            &[0xFF; 9],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2],
            &[0x80; 10],
            &[0x80, 0],
        ] {
            assert_eq!(Decoder::new(bytes).unsigned(), Err(Damaged), "{bytes:?}");
        }
        assert_eq!(Decoder::new(&[5, 0, 0]).len(1), Err(Damaged));
        assert_eq!(Decoder::new(&[2, 0, 0]).len(1), Ok(2));
        assert_eq!(Decoder::new(&[1, 2]).raw(3), Err(Damaged));
        assert_eq!(Decoder::new(&[1]).end(), Err(Damaged));
        assert_eq!(ascending(&mut Decoder::new(&[3, 0, 7]), 3, 13), Ok(vec![3, 4, 12]));
        assert_eq!(ascending(&mut Decoder::new(&[3, 0, 7]), 3, 12), Err(Damaged));
        assert_eq!(Decoder::new(&[2]).flag(), Err(Damaged));
        let mut left = 9;
        assert_eq!(Decoder::new(&[4, 5]).counts(2, &mut left), Ok(vec![4, 5]));
        assert_eq!(left, 0);
        assert_eq!(Decoder::new(&[4, 6]).counts(2, &mut 9), Err(Damaged));
        assert_eq!(Decoder::new(&[1]).counts(usize::MAX, &mut 9), Err(Damaged));
        assert_eq!(Decoder::new(&[1, 0x80]).skip(2), Err(Damaged));
        assert_eq!(Decoder::new(&[0x80; 200]).skip(1), Err(Damaged));
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_have_one_number(bytes in prop::collection::vec(prop_oneof![Just(0x80), Just(0), any::<u8>()], 0..12)) {
            // Bytes after a number do not change it, nor whether there is one.
            let mut alone = Decoder::new(&bytes);
            let number = alone.unsigned();
            let longer = [&bytes[..], &[0; 8]].concat();
            if let Ok(number) = number {
                prop_assert_eq!(Decoder::new(&longer).unsigned(), Ok(number));
                let mut out = Encoder::default();
                out.unsigned(number);
                prop_assert_eq!(out.into_bytes(), &bytes[..bytes.len() - alone.rest.len()]);
            } else if bytes.iter().any(|byte| *byte < 0x80) {
                prop_assert_eq!(Decoder::new(&longer).unsigned(), Err(Damaged));
            }
        }

        #[test]
        fn columns_are_read_or_skipped(
            numbers in prop::collection::vec(prop_oneof![4 => Just(0), 4 => 0..128_u64, 1 => any::<u64>()], 0..200), more in 0..3_usize,
        ) {
            let mut out = Encoder::default();
            out.column(numbers.iter().copied());
            let bytes = [&out.into_bytes()[..], &vec![7; more]].concat();
            let (mut read, mut skipped) = (Decoder::new(&bytes), Decoder::new(&bytes));
            let mut found = vec![0; numbers.len()];
            let take = |at, number| { found[at] = number; Ok(()) };
            prop_assert_eq!((read.column(numbers.len(), take), skipped.skip(numbers.len())), (Ok(()), Ok(())));
            prop_assert_eq!((found, read.rest.len(), skipped.rest.len()), (numbers.clone(), more, more));
            prop_assert_eq!(Decoder::new(&bytes).skip(numbers.len() + more + 1), Err(Damaged));
            prop_assert_eq!(Decoder::new(&bytes).column(numbers.len() + more + 1, |_, _| Ok(())), Err(Damaged));
            let taken = Decoder::new(&bytes).column(numbers.len(), |_, number| if number > 0 { Err(Damaged) } else { Ok(()) });
            prop_assert_eq!(taken.is_err(), numbers.iter().any(|number| *number > 0));
        }

        #[test]
        fn everything_written_is_read_back(
            numbers in prop::collection::vec(any::<u64>(), 0..20), signed: i64, set in prop::collection::btree_set(any::<u64>(), 0..20),
        ) {
            let mut out = Encoder::default();
            numbers.iter().for_each(|number| out.unsigned(*number));
            out.signed(signed);
            let set: Vec<u64> = set.into_iter().filter(|number| *number < u64::MAX).collect();
            out.ascending(set.iter().copied());
            let bytes = out.into_bytes();
            let mut input = Decoder::new(&bytes);
            for number in numbers {
                prop_assert_eq!(input.unsigned(), Ok(number));
            }
            prop_assert_eq!(input.signed(), Ok(signed));
            prop_assert_eq!(ascending(&mut input, set.len(), u64::MAX), Ok(set));
            prop_assert_eq!(input.end(), Ok(()));
        }
    }
}
