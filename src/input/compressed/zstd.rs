//! Zstandard, by the zstd crate.

use zstd::stream::raw::{Decoder, Operation};

use super::{Codec, State, Step};

pub(super) struct Zstd {
    /// Or why there is none.
    decoder: Result<Decoder<'static>, String>,
    /// How much the decoder asked for: what ends a block, and the header of the next. It is given no more, so that
    /// each step is a block, and the place of one that is corrupt is known.
    wanted: usize,
}

/// More than any header has; fewer bytes are taken for what they are.
const FIRST: usize = 18;

impl Zstd {
    pub(super) fn new() -> Zstd {
        Zstd { decoder: Decoder::new().map_err(|error| error.to_string()), wanted: FIRST }
    }
}

impl Codec for Zstd {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let decoder = match &mut self.decoder {
            Ok(decoder) => decoder,
            Err(why) => return Step { read: 0, written: 0, state: State::Corrupt(why.clone()) },
        };
        match decoder.run_on_buffers(&input[..input.len().min(self.wanted)], output) {
            Ok(status) => {
                self.wanted = status.remaining.max(1);
                let state = if status.remaining == 0 { State::Ended } else { State::Within };
                Step { read: status.bytes_read, written: status.bytes_written, state }
            }
            Err(error) => Step { read: 0, written: 0, state: State::Corrupt(error.to_string().to_lowercase()) },
        }
    }

    fn restart(&mut self) {
        self.wanted = FIRST;
        if let Ok(decoder) = &mut self.decoder
            && let Err(error) = decoder.reinit()
        {
            self.decoder = Err(error.to_string());
        }
    }
}
