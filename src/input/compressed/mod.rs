//! Compressed inputs. They are detected by their first bytes, never by their names, and read as decompressed text.
//!
//! `decoder` is the only loop over the members, frames or streams of an input. Each codec has its own file, the only
//! one that uses the codec's crate.

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

#[cfg(feature = "compressed")]
pub(super) use decoder::{Broken, Decoder, How};

#[cfg(feature = "compressed")]
use crate::files::Compression;

/// A codec: decodes one member, frame or stream after the other.
#[cfg(feature = "compressed")]
trait Codec: Send {
    /// Decodes some of `input` into `output`, which has room. How much is read and written depends on the bytes alone.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step;

    /// Prepares for the next member, frame or stream.
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
    /// The member, frame or stream goes on.
    Within,
    /// A member, frame or stream is complete, and its checksum is correct.
    Ended,
    /// The data is corrupt. Text that was written before is valid.
    Corrupt(String),
    /// Decoding it needs more memory than is allowed, or than there is: `a window of more than 128 MiB`.
    TooLarge(String),
}

/// Text of [`State::TooLarge`] if an allocation failed.
#[cfg(feature = "compressed")]
const NO_MEMORY: &str = "more memory than the system grants";

#[cfg(feature = "compressed")]
fn codec(compression: Compression) -> Box<dyn Codec> {
    match compression {
        Compression::Gzip => Box::new(gzip::Gzip::new()),
        Compression::Zstd => Box::new(zstd::Zstd::new()),
        Compression::Bzip2 => Box::new(bzip2::Bzip2::new()),
        Compression::Xz => Box::new(xz::Xz::new()),
    }
}
