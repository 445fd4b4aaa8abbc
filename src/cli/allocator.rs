//! The binary's allocator: the system's, except that running out of memory prints one line and exits with code 1.
//!
//! By default Rust aborts, which leaves a core dump and unfinished files behind. Code in this file must not allocate.
#![expect(unsafe_code, reason = "an allocator is unsafe by its nature; all it does is to pass calls on")]

use std::alloc::{GlobalAlloc, Layout, System};

use super::interrupt::delete_unfinished;

/// The system's allocator; the program exits if an allocation fails.
struct ExitOnFailure;

#[global_allocator]
static ALLOCATOR: ExitOnFailure = ExitOnFailure;

// SAFETY: every call is passed unchanged to the system's allocator, and its result is returned unless it is null. In
// that case the function does not return.
unsafe impl GlobalAlloc for ExitOnFailure {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract, which is the same.
        or_exit(unsafe { System.alloc(layout) }, layout.size())
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        or_exit(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above.
        or_exit(unsafe { System.realloc(memory, layout, new_size) }, new_size)
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) };
    }
}

/// Lets the allocator keep the memory that is freed, instead of returning it to the system and asking for it again. That
/// makes reading a state a fifth faster, because each day takes several large blocks for a moment.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn keep_freed_memory() {
    /// Blocks of at least this size are returned all the same: the largest threshold that the allocator accepts.
    const LARGE: i32 = 32 << 20;
    /// The memory that is asked for at a time.
    const STEP: i32 = 16 << 20;
    // SAFETY: it only sets parameters. If one is refused, the allocator works as before.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
        libc::mallopt(libc::M_TOP_PAD, STEP);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_freed_memory() {}

#[inline(always)]
fn or_exit(memory: *mut u8, bytes: usize) -> *mut u8 {
    if memory.is_null() {
        exit(bytes);
    }
    memory
}

/// Deletes unfinished files, prints an error, and exits.
#[cold]
#[inline(never)]
fn exit(bytes: usize) -> ! {
    delete_unfinished();
    let mut message = Message { text: [0; 128], len: 0 };
    message.add(b"logstat: error: out of memory: could not allocate ");
    message.add_number(bytes);
    message.add(b" bytes; limit the tables with --max-memory\n");
    end::exit_with(&message.text[..message.len])
}

/// Text in a fixed-size buffer; the part that does not fit is cut off.
struct Message {
    text: [u8; 128],
    len: usize,
}

impl Message {
    fn add(&mut self, text: &[u8]) {
        for (place, byte) in self.text[self.len..].iter_mut().zip(text) {
            *place = *byte;
            self.len += 1;
        }
    }

    fn add_number(&mut self, number: usize) {
        let mut digits = [0; 20];
        let mut first = digits.len();
        let mut rest = number;
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.add(&digits[first..]);
    }
}

#[cfg(unix)]
mod end {
    use std::sync::atomic::{AtomicBool, Ordering};

    /// True once a thread is exiting.
    static IS_ENDING: AtomicBool = AtomicBool::new(false);

    /// Writes a message to standard error and exits at once. If several threads call it, only one does so.
    pub(super) fn exit_with(message: &[u8]) -> ! {
        while IS_ENDING.swap(true, Ordering::SeqCst) {
            // SAFETY: it waits for a signal, or for the end of the process.
            unsafe { libc::pause() };
        }
        // SAFETY: the pointer and the length are those of `message`. A failed write does not matter: `_exit` follows
        // and runs no code of this program.
        unsafe {
            libc::write(libc::STDERR_FILENO, message.as_ptr().cast(), message.len());
            libc::_exit(i32::from(crate::cli::ExitStatus::Failed.code()))
        }
    }
}

#[cfg(not(unix))]
mod end {
    use std::io::Write;

    /// Writes a message to standard error, which is unbuffered, and exits.
    pub(super) fn exit_with(message: &[u8]) -> ! {
        let _ = std::io::stderr().write_all(message);
        std::process::exit(i32::from(crate::cli::ExitStatus::Failed.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_message_is_truncated() {
        let mut message = Message { text: [0; 128], len: 0 };
        for number in [0, 7, 1024, usize::MAX] {
            message.len = 0;
            message.add_number(number);
            assert_eq!(message.text[..message.len], *number.to_string().as_bytes());
        }
        message.len = 0;
        message.add(&[b'x'; 200]);
        message.add(b"y");
        assert_eq!(message.text[..message.len], [b'x'; 128]);
    }
}
