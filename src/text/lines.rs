//! Cuts bytes into lines.
//!
//! A line ends with LF, and one CR before it is dropped. A last line without LF counts as a line. A byte order mark at
//! the start of a file and NULs at the start of a line are dropped, too.

/// Bytes that some programs put before UTF-8 text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Drops a CR at the end of a line, a byte order mark at the start of a file, and NULs at the start of a line.
#[inline]
pub(crate) fn clean(text: &[u8], starts_file: bool) -> &[u8] {
    let mut text = text.strip_suffix(b"\r").unwrap_or(text);
    if starts_file {
        text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    }
    while let [0, rest @ ..] = text {
        text = rest;
    }
    text
}

/// True if a line has only ASCII white space, including the vertical tab.
#[inline]
pub(crate) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c))
}

/// Number of bytes kept of a line that is longer than `max_line` bytes: enough to see that it is too long, whatever
/// else is dropped, and more than is ever shown.
pub(crate) fn kept_of(max_line: usize) -> usize {
    max_line.saturating_add(2).max(1 << 10)
}

fn mark_len(line: &[u8], starts_file: bool) -> usize {
    if starts_file && line.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

/// Start of the text of a line: after a byte order mark and NULs.
pub(crate) fn text_start(line: &[u8], starts_file: bool) -> usize {
    let mark = mark_len(line, starts_file);
    mark + line[mark..].iter().take_while(|b| **b == 0).count()
}

/// Shortens a line whose end was not read yet, and returns its new length. Drops everything after the first `kept`
/// bytes of its text, and all leading NULs except one: an empty line would not count as a line.
pub(crate) fn shorten(line: &mut [u8], starts_file: bool, kept: usize) -> usize {
    if line.len() <= kept {
        return line.len();
    }
    let mark = mark_len(line, starts_file);
    let text = text_start(line, starts_file).saturating_sub(1).max(mark);
    line.copy_within(text.., mark);
    // The remaining NUL does not count towards the kept text.
    mark + (line.len() - text).min(kept + 1)
}

/// Bytes of an input that are looked at before it is counted. They are the same for every chunk size and every way of
/// reading.
pub(crate) const HEAD_BYTES: usize = 1 << 20;

/// The first lines of a text, from which its format, envelope and kind are detected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FirstLines<'t> {
    /// The lines. If the first line has more than [`HEAD_BYTES`], its beginning, which shows what the text is.
    pub(crate) text: &'t [u8],
    /// True if the text has no other lines.
    pub(crate) are_all: bool,
}

impl<'t> FirstLines<'t> {
    /// The lines of a whole text.
    pub(crate) const fn all(text: &'t [u8]) -> FirstLines<'t> {
        FirstLines { text, are_all: true }
    }

    /// The lines in the first [`HEAD_BYTES`] of a text that begins with `bytes`, which may be longer. If these are `all`
    /// of it, a last line without LF is included.
    pub(crate) fn of(bytes: &'t [u8], all: bool) -> FirstLines<'t> {
        let are_all = all && bytes.len() <= HEAD_BYTES;
        let text = &bytes[..bytes.len().min(HEAD_BYTES)];
        let end = if are_all { None } else { memchr::memrchr(b'\n', text).map(|lf| lf + 1) };
        FirstLines { text: &text[..end.unwrap_or(text.len())], are_all }
    }

    /// The same without the beginning of a line that does not end in it.
    pub(crate) fn whole(self) -> FirstLines<'t> {
        let is_cut = !self.are_all && !self.text.ends_with(b"\n");
        if is_cut { FirstLines { text: &[], ..self } } else { self }
    }
}

/// The lines of `bytes`, cleaned. `starts_file` is true if the first line is the first of its file.
pub(crate) fn lines(bytes: &[u8], starts_file: bool) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    std::iter::from_fn(move || {
        (start < bytes.len()).then(|| {
            let rest = &bytes[start..];
            let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let text = clean(&rest[..len], starts_file && start == 0);
            start = (start + len + 1).min(bytes.len());
            text
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_lf_crlf_or_the_end() {
        let of = |bytes: &'static [u8]| lines(bytes, true).collect::<Vec<_>>();
        assert!(of(b"").is_empty());
        assert_eq!(of(b"a\nb"), [b"a", b"b"]);
        assert_eq!(of(b"a\r\nb\r\n"), [b"a", b"b"]);
        assert_eq!(of(b"\n\n"), [b"", b""]);
        assert_eq!(of(b"a\r\r\n\r"), [&b"a\r"[..], b""]);
    }

    #[test]
    fn marks_and_nuls_are_dropped_only_at_the_start() {
        let of = |bytes: &'static [u8]| lines(bytes, true).collect::<Vec<_>>();
        assert_eq!(of(b"\xef\xbb\xbfa\n\xef\xbb\xbfb"), [&b"a"[..], b"\xef\xbb\xbfb"]);
        assert_eq!(of(b"\0\0a\0\n\0\n"), [&b"a\0"[..], b""]);
        assert_eq!(of(b"\xef\xbb\xbf\0a"), [b"a"]);
        assert_eq!(lines(b"\xef\xbb\xbfa", false).next(), Some(&b"\xef\xbb\xbfa"[..]));
    }

    #[test]
    fn shortened_line_keeps_one_nul_and_the_first_bytes() {
        let of = |line: &[u8], starts_file| {
            let mut line = line.to_vec();
            let len = shorten(&mut line, starts_file, 5);
            line.truncate(len);
            line
        };
        assert_eq!(of(b"abcde", true), b"abcde");
        assert_eq!(of(b"abcdefg", true), b"abcdef");
        assert_eq!(of(b"\0\0\0abc", false), b"\0abc");
        assert_eq!(of(b"\0\0\0\0\0\0", true), b"\0");
        assert_eq!(of(b"\0\0abc\0def", true), b"\0abc\0d");
        assert_eq!(of(b"\xef\xbb\xbf\0\0\0ab", true), b"\xef\xbb\xbf\0ab");
        assert_eq!(of(b"\xef\xbb\xbf\0\0abcdef", true), b"\xef\xbb\xbf\0abcde");
        assert_eq!(of(b"\xef\xbb\xbf\0abcdef", false), b"\xef\xbb\xbf\0ab");
    }

    #[test]
    fn first_lines_are_whole_unless_the_first_is_too_long() {
        let long = b"x".repeat(HEAD_BYTES + 1);
        let lines = b"a line\n".repeat(HEAD_BYTES / 7 + 1);
        let cut = HEAD_BYTES / 7 * 7;
        for (text, all, expected, are_all) in [
            (&b""[..], true, 0, true),
            (b"a\nb", true, 3, true),
            (b"a\nb", false, 2, false),
            (&long[1..], true, HEAD_BYTES, true),
            (&long, true, HEAD_BYTES, false),
            (&lines, true, cut, false),
            (&lines[..cut], false, cut, false),
        ] {
            let first = FirstLines::of(text, all);
            assert_eq!((first.text.len(), first.are_all), (expected, are_all));
            let has_whole = are_all || text.contains(&b'\n');
            assert_eq!(first.whole().text.len(), if has_whole { expected } else { 0 });
        }
    }

    #[test]
    fn only_ascii_white_space_is_blank() {
        assert!(is_blank(b"") && is_blank(b" \t\r\n\x0b\x0c"));
        assert!(!is_blank(b"\xc2\xa0") && !is_blank(b"\0") && !is_blank(b" -"));
    }
}
