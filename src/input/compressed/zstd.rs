//! Zstandard, using the zstd crate.

use std::io;

use zstd::stream::raw::{Decoder, Operation};
use zstd::zstd_safe::get_error_name;
use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode::{
    self, ZSTD_error_frameParameter_windowTooLarge as WINDOW_TOO_LARGE, ZSTD_error_memory_allocation as NO_ALLOCATION,
};

use super::{Codec, NO_MEMORY, State, Step};

pub(super) struct Zstd {
    /// The decoder, or the error if it could not be created.
    decoder: Result<Decoder<'static>, String>,
    /// Number of bytes that the decoder asked for: the rest of a block, and the header of the next. It is given no
    /// more, so that each step decodes one block, and the position of a corrupt one is known.
    wanted: usize,
}

/// Bytes for the first step, enough for any frame header. Fewer are accepted, too.
const FIRST: usize = 18;

impl Zstd {
    pub(super) fn new() -> Zstd {
        Zstd { decoder: Decoder::new().map_err(|error| error.to_string()), wanted: FIRST }
    }
}

/// The largest window that zstd decodes unless asked for more.
const WINDOW_BYTES: u64 = 128 << 20;

fn failed(error: &io::Error) -> State {
    // The crate returns the name of an error, not its code.
    let name = error.to_string();
    let is = |code: ZSTD_ErrorCode| name == get_error_name((code as usize).wrapping_neg());
    if is(WINDOW_TOO_LARGE) {
        State::TooLarge(format!("a window of more than {} MiB", WINDOW_BYTES >> 20))
    } else if is(NO_ALLOCATION) {
        State::TooLarge(NO_MEMORY.to_owned())
    } else {
        State::Corrupt(name.to_lowercase())
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
            Err(error) => Step { read: 0, written: 0, state: failed(&error) },
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
