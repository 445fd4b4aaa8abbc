//! The first bytes of a fuzz input, which choose options.

/// Bytes that choose options, one after the other; after the last one come zeros. The text after a header starts at a
/// fixed offset, so that a changed option does not change the text.
pub(super) struct Header<'d>(&'d [u8]);

impl<'d> Header<'d> {
    /// Splits an input into `len` bytes of options and its text.
    pub(super) fn of(data: &'d [u8], len: usize) -> (Header<'d>, &'d [u8]) {
        let (header, text) = data.split_at(len.min(data.len()));
        (Header(header), text)
    }

    /// Returns the next byte.
    pub(super) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// Chooses one of several values. Byte 0 chooses the first one.
    pub(super) fn one_of<T: Clone>(&mut self, values: &[T]) -> T {
        values[usize::from(self.byte()) % values.len()].clone()
    }

    /// Like `one_of`, but byte 0 chooses none.
    pub(super) fn maybe_one_of<T: Clone>(&mut self, values: &[T]) -> Option<T> {
        let at = usize::from(self.byte()) % (values.len() + 1);
        values[..at].last().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::Header;

    #[test]
    fn options_come_from_the_first_bytes_then_zeros() {
        let (mut header, text) = Header::of(b"\x01\x05abc", 2);
        assert_eq!((header.one_of(&["a", "b"]), header.maybe_one_of(&["x", "y"])), ("b", Some("y")));
        assert_eq!((header.one_of(&["a", "b"]), header.maybe_one_of(&["x", "y"])), ("a", None));
        assert_eq!((text, Header::of(b"x", 2).1), (&b"abc"[..], &b""[..]));
    }
}
