//! gzip, using flate2 over zlib-rs.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Codec, State, Step};

/// The largest window, which every member is allowed to use.
const WINDOW_BITS: u8 = 15;

pub(super) struct Gzip(Decompress);

impl Gzip {
    pub(super) fn new() -> Gzip {
        Gzip(Decompress::new_gzip(WINDOW_BITS))
    }
}

impl Codec for Gzip {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (before_in, before_out) = (self.0.total_in(), self.0.total_out());
        let state = match self.0.decompress(input, output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(Status::Ok | Status::BufError) => State::Within,
            Err(error) => State::Corrupt(error.message().unwrap_or("invalid data").to_owned()),
        };
        let read = (self.0.total_in() - before_in) as usize;
        Step { read, written: (self.0.total_out() - before_out) as usize, state }
    }

    fn restart(&mut self) {
        // The argument only concerns zlib headers. That the data is gzip was set when the decoder was created, and
        // stays set.
        self.0.reset(true);
    }
}
