//! Text that is fed piece by piece: holds the part that was not counted yet.

use super::Chunk;
use crate::text::lines::{FirstLines, HEAD_BYTES, kept_of, shorten};

/// The text of an input that is fed, from the first line that was not counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fed {
    held: Vec<u8>,
    /// Start of the first line in `held`, and in the input.
    start: usize,
    offset: u64,
    /// Bytes that were left out of the first line, which is longer than the maximum.
    left_out: u64,
}

impl Fed {
    /// Adds the next piece.
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.held.extend_from_slice(text);
    }

    /// Discards all text.
    pub(crate) fn clear(&mut self) {
        self.held = Vec::new();
        self.start = 0;
    }

    /// Number of bytes that are held.
    pub(crate) fn len(&self) -> usize {
        self.held.len() - self.start
    }

    /// True if there is a whole line.
    pub(crate) fn has_line(&self) -> bool {
        memchr::memrchr(b'\n', &self.held[self.start..]).is_some()
    }

    /// Offset of the next line in the input.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The first lines of the input; `None` if the next piece could change which they are. No line may have been taken
    /// yet.
    pub(crate) fn head(&self) -> Option<FirstLines<'_>> {
        (self.held.len() > HEAD_BYTES).then(|| FirstLines::of(&self.held, false))
    }

    /// The first lines of an input that ends here.
    pub(crate) fn head_at_end(&self) -> FirstLines<'_> {
        FirstLines::of(&self.held, true)
    }

    /// Takes the next whole lines that start before `until`.
    pub(crate) fn lines(&mut self, until: u64) -> Option<Chunk<'_>> {
        let text = &self.held[self.start..];
        let room = usize::try_from(until.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let last = memchr::memrchr(b'\n', text).filter(|_| room > 0)?;
        // Only the last line of a chunk may have bytes left out.
        let border = if self.left_out > 0 { 1 } else { room };
        let end = if border > last { last } else { border - 1 + memchr::memchr(b'\n', &text[border - 1..])? };
        Some(self.take(end + 1))
    }

    /// Takes the last line, if it has no line feed.
    pub(crate) fn last_line(&mut self) -> Option<Chunk<'_>> {
        (self.len() > 0).then(|| self.take(self.len()))
    }

    fn take(&mut self, len: usize) -> Chunk<'_> {
        let (start, offset, left_out) = (self.start, self.offset, std::mem::take(&mut self.left_out));
        self.start += len;
        self.offset += len as u64 + left_out;
        Chunk { bytes: &self.held[start..self.start], offset, left_out }
    }

    /// Drops the bytes that were taken. If a line is longer than `max_line` and has no end yet, keeps only its beginning.
    pub(crate) fn release(&mut self, max_line: usize) {
        self.held.drain(..self.start);
        self.start = 0;
        if memchr::memchr(b'\n', &self.held).is_none() {
            let kept = shorten(&mut self.held, self.offset == 0, kept_of(max_line));
            self.left_out += (self.held.len() - kept) as u64;
            self.held.truncate(kept);
        }
    }

    /// Drops a last line that has no line feed.
    pub(crate) fn drop_last_line(&mut self) {
        let text = &self.held[self.start..];
        let end = memchr::memrchr(b'\n', text).map_or(0, |last| last + 1);
        self.held.truncate(self.start + end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"one\ntwo\n\nthree is longer\nend without line feed";

    #[test]
    fn whole_lines_are_taken_in_order_for_any_pieces() {
        for piece in 1..60 {
            for round in [3, 10, u64::MAX] {
                let (mut fed, mut text, mut until) = (Fed::default(), Vec::new(), round);
                for piece in TEXT.chunks(piece) {
                    fed.push(piece);
                    loop {
                        while let Some(chunk) = fed.lines(until) {
                            assert_eq!(chunk.offset, text.len() as u64);
                            assert!(chunk.bytes.ends_with(b"\n") && chunk.left_out == 0);
                            let before_last = chunk.bytes[..chunk.bytes.len() - 1].iter().rposition(|b| *b == b'\n');
                            assert!(chunk.offset + before_last.map_or(0, |lf| lf as u64 + 1) < until);
                            text.extend_from_slice(chunk.bytes);
                        }
                        if fed.offset() < until {
                            break;
                        }
                        until = until.saturating_add(round);
                    }
                    fed.release(1 << 20);
                }
                assert_eq!(text, &TEXT[..TEXT.len() - 21]);
                let mut dropped = fed.clone();
                dropped.drop_last_line();
                assert!(dropped.last_line().is_none());
                text.extend_from_slice(fed.last_line().unwrap().bytes);
                assert_eq!((&text[..], fed.offset()), (TEXT, TEXT.len() as u64));
            }
        }
    }

    #[test]
    fn endless_line_is_not_buffered() {
        let (max_line, piece) = (3000, [b'x'; 1000]);
        let mut fed = Fed::default();
        for _ in 0..5000 {
            fed.push(&piece);
            assert!(fed.lines(u64::MAX).is_none());
            fed.release(max_line);
            assert!(fed.len() <= kept_of(max_line) + 1);
        }
        fed.push(b"\nnext\n");
        let line = fed.lines(u64::MAX).unwrap();
        assert!(line.bytes.len() > max_line + 1 && line.bytes.ends_with(b"x\n"));
        assert_eq!(line.bytes.len() as u64 + line.left_out, 5_000_001);
        let next = fed.lines(u64::MAX).unwrap();
        assert_eq!((next.bytes, next.offset, next.left_out), (&b"next\n"[..], 5_000_001, 0));
    }

    #[test]
    fn head_is_known_once_more_text_cannot_change_it() {
        let mut fed = Fed::default();
        fed.push(&b"a line\n".repeat(HEAD_BYTES / 7));
        assert_eq!(fed.head(), None);
        assert_eq!(fed.head_at_end(), FirstLines::all(&fed.held));
        fed.push(b"a line that is longer\n");
        let head = FirstLines { text: &fed.held[..HEAD_BYTES / 7 * 7], are_all: false };
        assert_eq!((fed.head(), fed.head_at_end()), (Some(head), head));
    }
}
