//! xz, by liblzma.

use liblzma::stream::{Action, Error, Status, Stream};

use super::{Codec, State, Step};

/// What a stream may ask for: twice over what `xz -9` needs. A hostile one asks for 4 GiB.
const MEMORY_BYTES: u64 = 256 << 20;

/// Or why there is none.
pub(super) struct Xz(Result<Stream, String>);

impl Xz {
    pub(super) fn new() -> Xz {
        Xz(Stream::new_stream_decoder(MEMORY_BYTES, 0).map_err(described))
    }
}

fn described(error: Error) -> String {
    match error {
        Error::MemLimit => format!("it needs more than {} MiB of memory", MEMORY_BYTES >> 20),
        Error::Mem => "no memory".to_owned(),
        Error::Options => "it uses what is not known".to_owned(),
        _ => "a block or its checksum is wrong".to_owned(),
    }
}

impl Codec for Xz {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let stream = match &mut self.0 {
            Ok(stream) => stream,
            Err(why) => return Step { read: 0, written: 0, state: State::Corrupt(why.clone()) },
        };
        let (before_in, before_out) = (stream.total_in(), stream.total_out());
        let state = match stream.process(input, output, Action::Run) {
            Ok(Status::StreamEnd) => State::Ended,
            // No progress, which is what the loop around sees for itself.
            Ok(_) => State::Within,
            Err(error) => State::Corrupt(described(error)),
        };
        let read = (stream.total_in() - before_in) as usize;
        Step { read, written: (stream.total_out() - before_out) as usize, state }
    }

    fn restart(&mut self) {
        *self = Xz::new();
    }
}
