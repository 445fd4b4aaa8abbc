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

#[cfg(feature = "compressed")]
pub(super) use decoder::{Broken, Decoder, How};

#[cfg(feature = "compressed")]
use crate::files::Compression;

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
fn codec(compression: Compression) -> Box<dyn Codec> {
    match compression {
        Compression::Gzip => Box::new(gzip::Gzip::new()),
        Compression::Zstd => Box::new(zstd::Zstd::new()),
        Compression::Bzip2 => Box::new(bzip2::Bzip2::new()),
        Compression::Xz => Box::new(xz::Xz::new()),
    }
}
