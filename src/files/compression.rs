//! Compression formats of files.

use std::fmt;
use std::path::Path;

use crate::text::file_argument;

/// A compression format that logs may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// gzip (RFC 1952), with any number of members.
    Gzip,
    /// Zstandard (RFC 8878), with any number of frames, including skippable ones.
    Zstd,
    /// bzip2, with any number of streams.
    Bzip2,
    /// xz, with any number of streams.
    Xz,
}

/// Leading bytes needed to recognise a compression.
pub(crate) const MAGIC_BYTES: usize = 10;

/// The bytes after `BZh1` to `BZh9`: the start of a block, or the end of a stream without blocks. They are checked
/// because text may begin with those four bytes.
const BZIP2_NEXT: [&[u8; 6]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];

impl Compression {
    /// The compression of an input that begins with these bytes; `None` for text.
    pub(crate) fn of(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1f, 0x8b, ..] => Some(Compression::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Compression::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', next @ ..] if !next.is_empty() => {
                // A truncated file may have fewer bytes.
                let next = &next[..next.len().min(6)];
                BZIP2_NEXT.iter().any(|magic| magic.starts_with(next)).then_some(Compression::Bzip2)
            }
            _ => None,
        }
    }

    /// Name of the format: `gzip`.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }
}

impl Compression {
    /// The program that writes the decompressed data to its standard output.
    pub(crate) fn decompressor(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip -dc",
            Compression::Zstd => "zstd -dc",
            Compression::Bzip2 => "bzip2 -dc",
            Compression::Xz => "xz -dc",
        }
    }

    /// The command for data that needs more memory to decode than logstat allows. Programs other than zstd have no
    /// limit unless the user sets one.
    pub(crate) fn command_without_limit(self, path: &Path) -> String {
        let decompressor = if self == Compression::Zstd { "zstd -dc --long=31" } else { self.decompressor() };
        format!("{} | logstat -", decompressed_by(decompressor, path))
    }
}

/// The command that decompresses an input, `-` for standard input, to its standard output.
pub(crate) fn decompressed_by(decompressor: &str, path: &Path) -> String {
    if path.as_os_str() == "-" {
        format!("… | {decompressor}")
    } else {
        format!("{decompressor} {}", file_argument(path))
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_detected_by_first_bytes() {
        let rows: [(&[u8], Option<Compression>); 14] = [
            (b"\x1f\x8b\x08", Some(Compression::Gzip)),
            (b"\x28\xb5\x2f\xfd", Some(Compression::Zstd)),
            (b"\x5a\x2a\x4d\x18", Some(Compression::Zstd)),
            (b"\xfd7zXZ\0", Some(Compression::Xz)),
            (b"BZh9\x31\x41\x59\x26\x53\x59", Some(Compression::Bzip2)),
            (b"BZh1\x17\x72\x45\x38\x50\x90", Some(Compression::Bzip2)),
            (b"BZh9\x31\x41", Some(Compression::Bzip2)),
            (b"BZh9 is a bicycle", None),
            (b"BZh9", None),
            (b"BZh0\x31\x41\x59\x26\x53\x59", None),
            (b"\x1f", None),
            (b"", None),
            (b"10.0.0.1 - - [", None),
            (b"\xef\xbb\xbf10.0.0.1", None),
        ];
        for (head, expected) in rows {
            assert_eq!(Compression::of(head), expected, "{head:?}");
        }
    }

    #[test]
    fn commands_decode_data_that_needs_much_memory() {
        let rows = [
            ("it's a.zst", Compression::Zstd, r"zstd -dc --long=31 'it'\''s a.zst' | logstat -"),
            ("-", Compression::Zstd, "… | zstd -dc --long=31 | logstat -"),
            ("-rf", Compression::Xz, "xz -dc ./-rf | logstat -"),
            ("-", Compression::Bzip2, "… | bzip2 -dc | logstat -"),
        ];
        for (path, compression, expected) in rows {
            assert_eq!(compression.command_without_limit(Path::new(path)), expected);
        }
    }
}
