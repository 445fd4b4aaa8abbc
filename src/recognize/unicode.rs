//! Texts in UTF-16 or UTF-32, which PowerShell and other Windows programs write.
//!
//! A byte order mark of two bytes is not enough evidence, and is not required either: nearly all characters of a log
//! are ASCII, so the other bytes of each are NULs. Both ends of the sample must look like this, because a log may begin
//! with NULs or mix both kinds of lines.

use crate::files::FileKind;

/// Number of bytes to examine at the beginning and at the end of the sample.
const LOOKED_AT: usize = 4096;
/// Percentage of characters that must be ASCII. With a byte order mark, a log may have more characters of other
/// scripts.
const ASCII: usize = 90;
const ASCII_AFTER_MARK: usize = 50;
/// Minimum number of characters; fewer prove nothing.
const FEWEST: usize = 8;

/// How the bytes of a character are arranged.
#[derive(Clone, Copy)]
struct Encoding {
    mark: &'static [u8],
    with_mark: FileKind,
    without_mark: FileKind,
    width: usize,
    is_little_endian: bool,
}

/// THE TABLE of encodings. UTF-32 comes first: its little-endian mark begins with the mark of UTF-16.
#[rustfmt::skip]
const ENCODINGS: [Encoding; 4] = [
    Encoding { mark: b"\xFF\xFE\0\0", with_mark: FileKind::Utf32, without_mark: FileKind::Utf32Le, width: 4, is_little_endian: true },
    Encoding { mark: b"\0\0\xFE\xFF", with_mark: FileKind::Utf32, without_mark: FileKind::Utf32Be, width: 4, is_little_endian: false },
    Encoding { mark: b"\xFF\xFE", with_mark: FileKind::Utf16, without_mark: FileKind::Utf16Le, width: 2, is_little_endian: true },
    Encoding { mark: b"\xFE\xFF", with_mark: FileKind::Utf16, without_mark: FileKind::Utf16Be, width: 2, is_little_endian: false },
];

/// Detects a text in UTF-16 or UTF-32. Returns its kind and the beginning of the text as UTF-8.
pub(super) fn recognize(head: &[u8]) -> Option<(FileKind, Vec<u8>)> {
    let [first, second, ..] = head else { return None };
    if *first != 0 && *second != 0 && *first < 0xFE {
        return None;
    }
    ENCODINGS.iter().find_map(|encoding| {
        let rest = head.strip_prefix(encoding.mark);
        let (kind, text, percent) = match rest {
            Some(rest) => (encoding.with_mark, rest, ASCII_AFTER_MARK),
            None => (encoding.without_mark, head, ASCII),
        };
        let end = text.len().saturating_sub(LOOKED_AT) / encoding.width * encoding.width;
        let parts = [&text[..text.len().min(LOOKED_AT)], &text[end..]];
        let is_it = parts.iter().all(|part| encoding.fits(part, percent));
        is_it.then(|| (kind, encoding.decode(parts[0])))
    })
}

impl Encoding {
    fn characters<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = u32> + use<'t> {
        let Encoding { width, is_little_endian, .. } = *self;
        text.chunks_exact(width).map(move |unit| {
            let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
            if is_little_endian { unit.iter().rev().fold(0, join) } else { unit.iter().fold(0, join) }
        })
    }

    /// True if at least `percent` percent of the characters are printable ASCII or white space, and at most 1 % are
    /// NUL.
    fn fits(&self, text: &[u8], percent: usize) -> bool {
        let (mut all, mut ascii, mut nul) = (0, 0, 0);
        for character in self.characters(text) {
            all += 1;
            ascii += usize::from(matches!(character, 9..=13 | 32..=126));
            nul += usize::from(character == 0);
        }
        all >= FEWEST && ascii * 100 >= all * percent && nul * 100 <= all
    }

    fn decode(&self, text: &[u8]) -> Vec<u8> {
        let characters = self.characters(text);
        let decoded: String = if self.width == 2 {
            char::decode_utf16(characters.map(|unit| unit as u16))
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        } else {
            characters.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        };
        decoded.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "192.0.2.1 - - [05/Jan/2026:10:00:00 +0000] \"GET /größe HTTP/1.1\" 200 5\r\n";

    fn written(text: &str, encoding: &Encoding, mark: bool) -> Vec<u8> {
        let mut out = if mark { encoding.mark.to_vec() } else { Vec::new() };
        let mut push = |number: u32| {
            let bytes = number.to_be_bytes();
            let bytes = &bytes[4 - encoding.width..];
            if encoding.is_little_endian { out.extend(bytes.iter().rev()) } else { out.extend(bytes) }
        };
        match encoding.width {
            2 => text.encode_utf16().for_each(|unit| push(unit.into())),
            _ => text.chars().for_each(|c| push(c.into())),
        }
        out
    }

    #[test]
    fn encodings_are_recognized_with_and_without_a_mark() {
        for encoding in &ENCODINGS {
            for lines in [1, 3, 1000] {
                let text = LINE.repeat(lines);
                for (mark, kind) in [(true, encoding.with_mark), (false, encoding.without_mark)] {
                    let head = written(&text, encoding, mark);
                    let (found, decoded) = recognize(&head).unwrap();
                    assert_eq!(found, kind);
                    assert!(
                        decoded.starts_with(LINE.as_bytes()) && text.as_bytes().starts_with(&decoded[..LINE.len()])
                    );
                }
            }
            // The head of an input ends after an LF byte, which may be inside a character.
            let head = written(&LINE.repeat(2000), encoding, true);
            assert!(recognize(&head[..head.len() - 1]).is_some());
        }
        let chinese = format!("路徑/首頁{LINE}");
        assert_eq!(recognize(&written(&chinese, &ENCODINGS[2], true)).unwrap().0, FileKind::Utf16);
    }

    #[test]
    fn texts_with_some_nuls_are_not_recognized() {
        let utf16 = written(LINE, &ENCODINGS[2], true);
        let rows = [
            LINE.as_bytes().to_vec(),
            [&b"\xFF\xFE"[..], LINE.as_bytes()].concat(),
            [&b"\xFE\xFF"[..], LINE.as_bytes()].concat(),
            [&[0; 5000], LINE.as_bytes()].concat(),
            [&[0; 1], LINE.as_bytes()].concat(),
            [&b"1\x009\0"[..], LINE.as_bytes()].concat(),
            [&utf16[..], LINE.repeat(30).as_bytes()].concat(),
            [&utf16.repeat(100)[..], LINE.repeat(300).as_bytes()].concat(),
            vec![0; 100],
            b"\xFF\xFE".to_vec(),
            b"\xFF\xFE1\0".to_vec(),
            Vec::new(),
        ];
        for head in rows {
            assert!(recognize(&head).is_none(), "{head:?}");
        }
    }
}
