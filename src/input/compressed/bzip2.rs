//! bzip2, using the bzip2 crate over libbz2-rs.

use bzip2::{Decompress, Status};

use super::{Codec, NO_MEMORY, State, Step};

pub(super) struct Bzip2(Decompress);

impl Bzip2 {
    pub(super) fn new() -> Bzip2 {
        Bzip2(Decompress::new(false))
    }
}

impl Codec for Bzip2 {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (before_in, before_out) = (self.0.total_in(), self.0.total_out());
        let state = match self.0.decompress(input, output) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(Status::MemNeeded) => State::TooLarge(NO_MEMORY.to_owned()),
            Ok(_) => State::Within,
            Err(_) => State::Corrupt("a block or its checksum is wrong".to_owned()),
        };
        let read = (self.0.total_in() - before_in) as usize;
        Step { read, written: (self.0.total_out() - before_out) as usize, state }
    }

    fn restart(&mut self) {
        self.0 = Decompress::new(false);
    }
}
