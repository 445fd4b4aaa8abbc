//! The first bytes of what can be read only once: looked at, and then read with the rest.

use std::io::{self, Cursor, Read};

/// The first `len` bytes, fewer where there are no more, and a reader of all.
pub(super) fn peek(mut reader: Box<dyn Read + Send>, len: usize) -> (Vec<u8>, Box<dyn Read + Send>) {
    let mut first = vec![0; len];
    let (mut filled, mut failure) = (0, None);
    while filled < len && failure.is_none() {
        match reader.read(&mut first[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => failure = Some(error),
        }
    }
    first.truncate(filled);
    let all = Cursor::new(first.clone()).chain(Failure(failure)).chain(reader);
    (first, Box::new(all))
}

/// What a reader said, said again at its place, once.
struct Failure(Option<io::Error>);

impl Read for Failure {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_is_read_again() {
        for len in [0, 1, 3, 10] {
            let (first, mut all) = peek(Box::new((&b"ab"[..]).chain(&b"cde"[..])), len);
            assert_eq!(first, b"abcde"[..len.min(5)]);
            assert_eq!(io::read_to_string(&mut all).unwrap(), "abcde");
        }
    }

    #[test]
    fn a_failure_stays_at_its_place() {
        let broken = (&b"ab"[..]).chain(Failure(Some(io::Error::other("cable cut"))));
        let (first, mut all) = peek(Box::new(broken), 5);
        assert_eq!(first, b"ab");
        let mut read = Vec::new();
        assert_eq!(all.read_to_end(&mut read).unwrap_err().to_string(), "cable cut");
        assert_eq!(read, b"ab");
    }
}
