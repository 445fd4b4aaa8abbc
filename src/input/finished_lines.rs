//! Finds the end of the complete lines of a file that is still being written.

use super::read_at::{ReadAt, read_whole};

/// Bytes that are read at a time, from the end of the file.
const PIECE_BYTES: u64 = 16 << 10;

/// End of the last line of a file of `len` bytes that has a line end; `len` if its last bytes cannot be read.
pub(super) fn end_of_finished_lines(file: &dyn ReadAt, len: u64) -> u64 {
    let (mut end, mut buffer) = (len, [0; PIECE_BYTES as usize]);
    while end > 0 {
        let start = end.saturating_sub(PIECE_BYTES);
        let bytes = &mut buffer[..(end - start) as usize];
        match read_whole(file, start, bytes) {
            (read, None) if read == bytes.len() => {}
            _ => return len,
        }
        if let Some(lf) = memchr::memrchr(b'\n', bytes) {
            return start + lf as u64 + 1;
        }
        end = start;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::super::read_at::{Broken, file};
    use super::*;

    #[test]
    fn finished_lines_end_after_the_last_line_feed() {
        let long = "x".repeat(3 * PIECE_BYTES as usize);
        for (before, after) in
            [("", ""), ("", "x"), ("", &long), ("a\n", ""), ("a\nb\n", "c"), ("a\n", &long), ("\n", "")]
        {
            let text = [before, after].concat();
            let end = end_of_finished_lines(&file(text.as_bytes()), text.len() as u64);
            assert_eq!(end, before.len() as u64, "{before:?} {}", after.len());
        }
        let broken = Broken { file: file(long.as_bytes()), unreadable: vec![0..10, 20..30] };
        assert_eq!(end_of_finished_lines(&broken, long.len() as u64), long.len() as u64);
    }
}
