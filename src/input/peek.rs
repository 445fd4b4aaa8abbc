//! Looks at the first bytes of a reader that can be read only once.

use std::io::{self, Cursor, Read};

/// Returns the first `len` bytes, or fewer if there are no more, and a reader of all bytes.
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

/// The error of a reader, returned once, at the same position.
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
    fn peeked_bytes_are_read_again() {
        for len in [0, 1, 3, 10] {
            let (first, mut all) = peek(Box::new((&b"ab"[..]).chain(&b"cde"[..])), len);
            assert_eq!(first, b"abcde"[..len.min(5)]);
            assert_eq!(io::read_to_string(&mut all).unwrap(), "abcde");
        }
    }

    #[test]
    fn failure_keeps_its_position() {
        let broken = (&b"ab"[..]).chain(Failure(Some(io::Error::other("cable cut"))));
        let (first, mut all) = peek(Box::new(broken), 5);
        assert_eq!(first, b"ab");
        let mut read = Vec::new();
        assert_eq!(all.read_to_end(&mut read).unwrap_err().to_string(), "cable cut");
        assert_eq!(read, b"ab");
    }
}
