//! xz, using liblzma.

use liblzma::stream::{Action, Error, Status, Stream};

use super::{Codec, NO_MEMORY, State, Step};

/// Memory limit for decoding a stream: several times what `xz -9` needs. A hostile stream may ask for 4 GiB.
const MEMORY_BYTES: u64 = 256 << 20;

/// The decoder, or the error if it could not be created.
pub(super) struct Xz(Result<Stream, Error>);

impl Xz {
    pub(super) fn new() -> Xz {
        Xz(Stream::new_stream_decoder(MEMORY_BYTES, 0))
    }
}

fn failed(error: &Error) -> State {
    match error {
        Error::MemLimit => State::TooLarge(format!("more than {} MiB of memory", MEMORY_BYTES >> 20)),
        Error::Mem => State::TooLarge(NO_MEMORY.to_owned()),
        Error::Options => State::Corrupt("it uses an unsupported feature".to_owned()),
        _ => State::Corrupt("a block or its checksum is wrong".to_owned()),
    }
}

impl Codec for Xz {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let stream = match &mut self.0 {
            Ok(stream) => stream,
            Err(error) => return Step { read: 0, written: 0, state: failed(error) },
        };
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let state = match stream.process(input, output, Action::Run) {
            Ok(Status::StreamEnd) => State::Ended,
            // Or no progress, which the calling loop detects by itself.
            Ok(_) => State::Within,
            Err(error) => failed(&error),
        };
        let read = (stream.total_in() - before_in) as usize;
        Step { read, written: (stream.total_out() - before_out) as usize, state }
    }

    fn restart(&mut self) {
        *self = Xz::new();
    }
}
