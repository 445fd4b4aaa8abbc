//! Recognises an input by its first bytes, before any line is counted.
//!
//! Sources: the `file` project's magic (<https://github.com/file/file/tree/master/magic/Magdir>), and the formats' own
//! documentation where a row names it; read in November 2026. A signature of two bytes alone is never enough.

use super::{Excerpt, Foreign, Members, first_line, tar, unicode, zip};
use crate::files::Compression;
use crate::files::FileKind;

/// Number of bytes of a binary input that are shown.
const SHOWN: usize = 16;

/// A signature: the first bytes, and a further condition.
struct Signature {
    kind: FileKind,
    bytes: &'static [u8],
    holds: fn(&[u8]) -> bool,
}

const fn sign(kind: FileKind, bytes: &'static [u8]) -> Signature {
    Signature { kind, bytes, holds: |_| true }
}

const fn sign_if(kind: FileKind, bytes: &'static [u8], holds: fn(&[u8]) -> bool) -> Signature {
    Signature { kind, bytes, holds }
}

/// THE TABLE of signatures.
#[rustfmt::skip]
const SIGNATURES: &[Signature] = &[
    sign(FileKind::State, b"logstat state "),
    sign(FileKind::SevenZip, b"7z\xBC\xAF\x27\x1C"),
    sign(FileKind::Rar, b"Rar!\x1A\x07"),
    sign_if(FileKind::Ar, b"!<arch>\n", |head| head.get(66..68) == Some(b"`\n")),
    // LZ4 frame format 1.6: the version in the first two bits of the descriptor is 1, and a reserved bit is 0.
    sign_if(FileKind::Lz4, b"\x04\x22\x4D\x18", |head| head.get(4).is_some_and(|flags| flags & 0xC2 == 0x40)),
    // The lzip manual: version 1, and a coded dictionary size from 4 KiB to 512 MiB.
    sign_if(FileKind::Lzip, b"LZIP\x01", |head| head.get(5).is_some_and(|size| matches!(size & 0x1F, 12..=29))),
    sign(FileKind::Lzop, b"\x89LZO\0\r\n\x1A\n"),
    // compress: maximum code length of 9 to 16 bits, reserved bits 0. The first code is a literal byte, so its ninth
    // bit is 0.
    sign_if(FileKind::Compress, b"\x1F\x9D", |head| {
        matches!(head, [_, _, flags, _, second, ..] if flags & 0x60 == 0 && matches!(flags & 0x1F, 9..=16) && second & 1 == 0)
    }),
    // ELF's class, byte order and version.
    sign_if(FileKind::Elf, b"\x7FELF", |head| matches!(head.get(4..7), Some([1 | 2, 1 | 2, 1]))),
    sign(FileKind::Journal, b"LPKSHHRH"),
    sign(FileKind::Sqlite, b"SQLite format 3\0"),
    sign(FileKind::Png, b"\x89PNG\r\n\x1A\n"),
    sign_if(FileKind::Jpeg, b"\xFF\xD8\xFF", |head| matches!(head.get(3), Some(0xC0..=0xFE))),
    sign_if(FileKind::Gif, b"GIF8", |head| matches!(head.get(4..6), Some(b"7a" | b"9a"))),
    sign_if(FileKind::Pdf, b"%PDF-", |head| head.get(5).is_some_and(u8::is_ascii_digit) && head.get(6) == Some(&b'.')),
    sign_if(FileKind::Pcap, b"\xD4\xC3\xB2\xA1", |head| head.get(4..8) == Some(&[2, 0, 4, 0])),
    sign_if(FileKind::Pcap, b"\x4D\x3C\xB2\xA1", |head| head.get(4..8) == Some(&[2, 0, 4, 0])),
    sign_if(FileKind::Pcap, b"\xA1\xB2\xC3\xD4", |head| head.get(4..8) == Some(&[0, 2, 0, 4])),
    sign_if(FileKind::Pcap, b"\xA1\xB2\x3C\x4D", |head| head.get(4..8) == Some(&[0, 2, 0, 4])),
    sign_if(FileKind::Pcap, b"\x0A\x0D\x0D\x0A", |head| matches!(head.get(8..12), Some(b"\x1A\x2B\x3C\x4D" | b"\x4D\x3C\x2B\x1A"))),
];

/// Recognises an input by its first bytes. Costs a log only a few comparisons.
pub(super) fn recognize(head: &[u8]) -> Option<Foreign> {
    if let Some((kind, text)) = unicode::recognize(head) {
        let excerpt = first_line(&text).unwrap_or_else(|| begins(head));
        return Some(Foreign::certain(kind, excerpt));
    }
    if tar::is_archive(head) {
        return Some(archive(FileKind::Tar, tar::members(head), head));
    }
    if zip::first_file(head).is_some() {
        let is_certain = zip::first_regular_file(head).is_some_and(|file| file.is_stored);
        return Some(Foreign { is_certain, ..archive(FileKind::Zip, zip::members(head), head) });
    }
    // One layer of compression was already removed.
    if Compression::of(head).is_some() {
        return Some(Foreign { is_certain: false, ..Foreign::certain(FileKind::CompressedTwice, begins(head)) });
    }
    let signature = SIGNATURES.iter().find(|signature| head.starts_with(signature.bytes) && (signature.holds)(head))?;
    Some(Foreign { is_certain: false, ..Foreign::certain(signature.kind, begins(head)) })
}

fn archive(kind: FileKind, members: Members, head: &[u8]) -> Foreign {
    let excerpt = members.first_name().map_or_else(|| begins(head), |name| Excerpt::Member(name.to_vec()));
    Foreign { members, ..Foreign::certain(kind, excerpt) }
}

/// The first bytes, for display.
pub(super) fn begins(head: &[u8]) -> Excerpt {
    Excerpt::Bytes(head[..head.len().min(SHOWN)].to_vec())
}

impl Foreign {
    /// An input that is refused without reading its lines.
    pub(super) fn certain(kind: FileKind, excerpt: Excerpt) -> Foreign {
        Foreign { kind, excerpt, is_certain: true, members: Members::default(), workaround: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &[u8]) -> Option<FileKind> {
        recognize(head).map(|foreign| foreign.kind)
    }

    #[test]
    fn signatures_are_recognized() {
        let rows: &[(&[u8], FileKind)] = &[
            (b"7z\xBC\xAF\x27\x1C\0\x04", FileKind::SevenZip),
            (b"Rar!\x1A\x07\x01\0", FileKind::Rar),
            (b"\x04\x22\x4D\x18\x64\x40\xa7", FileKind::Lz4),
            (b"LZIP\x01\x0c", FileKind::Lzip),
            (b"\x89LZO\0\r\n\x1A\n\x10", FileKind::Lzop),
            (b"\x1F\x9D\x90\x31\x72\xb8", FileKind::Compress),
            (b"\x7FELF\x02\x01\x01\0", FileKind::Elf),
            (b"LPKSHHRH\0\0", FileKind::Journal),
            (b"SQLite format 3\0\x10", FileKind::Sqlite),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", FileKind::Png),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", FileKind::Jpeg),
            (b"GIF89a\x01\0", FileKind::Gif),
            (b"%PDF-1.7\n", FileKind::Pdf),
            (b"\xD4\xC3\xB2\xA1\x02\0\x04\0", FileKind::Pcap),
            (b"\x0A\x0D\x0D\x0A\x1C\0\0\0\x4D\x3C\x2B\x1A", FileKind::Pcap),
            (b"\x1F\x8B\x08\0", FileKind::CompressedTwice),
            (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", FileKind::Zip),
        ];
        for (head, expected) in rows {
            assert_eq!(kind(head), Some(*expected), "{head:?}");
        }
        let ar = [&b"!<arch>\n"[..], b"debian-binary   1767607200  0     0     100644  4         `\n2.0\n"].concat();
        assert_eq!(kind(&ar), Some(FileKind::Ar));
    }

    #[test]
    fn weak_signatures_and_texts_are_not_recognized() {
        let rows: &[&[u8]] = &[
            b"",
            b"\x1f",
            b"\x1F\x9D",
            b"\x1F\x9Dabcdef",
            b"\x7FELF is a program",
            b"%PDF- - - [05/Jan/2026:10:00:00 +0000]",
            b"GIF8 - -",
            b"\xFF\xD8\xFFabc"[..3].as_ref(),
            b"\x04\x22\x4D\x18",
            b"LZIP\x01 GET /",
            b"7z - -",
            b"PK\x03\x04",
            b"!<arch>\n192.0.2.1",
            b"192.0.2.1 - - [05/Jan/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5",
            b"{\"status\":200}",
            b"\0\0\0\x00192.0.2.1 - -",
            b"\xEF\xBB\xBF192.0.2.1",
        ];
        for head in rows {
            assert_eq!(kind(head), None, "{head:?}");
        }
    }
}
