//! Compressed inputs: told apart by their first bytes, never by their names, and read as what they hold.
//!
//! `decoder` is the one loop over the members, frames or streams of an input; each codec is a file beside it, and the
//! only place that knows its crate.

#[cfg(feature = "compressed")]
mod bzip2;
#[cfg(feature = "compressed")]
mod decoder;
#[cfg(feature = "compressed")]
mod gzip;
#[cfg(feature = "compressed")]
mod xz;
#[cfg(feature = "compressed")]
mod zstd;

use std::fmt;

#[cfg(feature = "compressed")]
pub(super) use decoder::{Broken, Decoder, How};

/// A way in which a log may be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// RFC 1952, of any number of members.
    Gzip,
    /// RFC 8878, of any number of frames, skippable ones too.
    Zstd,
    /// bzip2, of any number of streams.
    Bzip2,
    /// xz, of any number of streams.
    Xz,
}

/// How many bytes tell.
pub(super) const MAGIC_BYTES: usize = 10;

/// What stands behind the four bytes `BZh1` to `BZh9`, which a text may begin with: a block, or the end of no blocks.
const BZIP2_NEXT: [&[u8; 6]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];

impl Compression {
    /// The compression of an input that begins with these bytes; `None` for text.
    pub(crate) fn of(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1f, 0x8b, ..] => Some(Compression::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Compression::Xz),
            [b'B', b'Z', b'h', b'1'..=b'9', next @ ..] if !next.is_empty() => {
                // Of a file that is cut off there are as many bytes as there are.
                let next = &next[..next.len().min(6)];
                BZIP2_NEXT.iter().any(|magic| magic.starts_with(next)).then_some(Compression::Bzip2)
            }
            _ => None,
        }
    }

    /// `gzip`.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A codec: decodes one member, frame or stream after the other.
#[cfg(feature = "compressed")]
trait Codec: Send {
    /// Decodes some of `input` into `output`, both of which have room. What is read and written depends on the bytes alone.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step;

    /// Makes ready for the next member, frame or stream.
    fn restart(&mut self);
}

#[cfg(feature = "compressed")]
struct Step {
    read: usize,
    written: usize,
    state: State,
}

#[cfg(feature = "compressed")]
enum State {
    /// There is more to come.
    Within,
    /// A member, frame or stream is complete, and its checksum right.
    Ended,
    /// What was written before is good all the same.
    Corrupt(String),
    /// Decoding it needs more memory than is allowed, or than there is: `a window of more than 128 MiB`.
    TooLarge(String),
}

/// What [`State::TooLarge`] holds if an allocation failed.
#[cfg(feature = "compressed")]
const NO_MEMORY: &str = "more memory than the system grants";

#[cfg(feature = "compressed")]
impl Compression {
    fn codec(self) -> Box<dyn Codec> {
        match self {
            Compression::Gzip => Box::new(gzip::Gzip::new()),
            Compression::Zstd => Box::new(zstd::Zstd::new()),
            Compression::Bzip2 => Box::new(bzip2::Bzip2::new()),
            Compression::Xz => Box::new(xz::Xz::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell() {
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
}
