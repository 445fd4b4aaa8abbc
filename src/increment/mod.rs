//! Finds what is new in logs since a state was written: the rest of each text that the state knows, wherever log
//! rotation has moved it, and texts that it does not know.
//!
//! A text is recognised by its content, in a directory's files whose names begin alike (`family`). Names, inodes and
//! times only decide which files are examined, and which of them is newer. Nothing is counted here.

mod candidate;
mod count;
mod count_reads;
mod family;
mod generations;
mod join;
mod lock;
#[cfg(feature = "compressed")]
#[cfg(test)]
mod log_directory;
#[cfg(feature = "compressed")]
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::input::{FileStamp, Head};
pub use count::count_increment;
use family::families;
use generations::Search;
pub use join::IncrementOutcome;
pub use lock::{StateLock, WhenLocked};

/// A text that a state has counted up to an offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KnownText {
    pub(crate) name: String,
    pub(crate) head: Head,
    /// Hash of the bytes before `end`: [`TAIL`](crate::input::TAIL) of them, or all; `None` if it is not known.
    pub(crate) tail: Option<u64>,
    /// End of what was counted, in bytes of text. 0 for a file that was empty: it has no identity.
    pub(crate) end: u64,
    /// The file as it was when it was read last.
    pub(crate) file: Option<FileStamp>,
    /// True if the text was read to its end, and is not expected to grow.
    pub(crate) closed: bool,
    /// True if the text must be read again from its start, because it was too short to detect its formats.
    pub(crate) provisional: bool,
}

/// Texts to read, and changes to the state.
#[derive(Debug, Default)]
pub(crate) struct Increment {
    /// Texts to read, older ones first.
    pub(crate) reads: Vec<Read>,
    /// Known texts whose file was found, or is given up.
    pub(crate) changes: Vec<Change>,
    /// Named files that have known texts: path, and index of the text.
    pub(crate) named: Vec<(PathBuf, usize)>,
    /// Known texts without identity that are no longer needed, by their index.
    pub(crate) forgotten: Vec<usize>,
    /// Named files that are empty.
    pub(crate) empty: Vec<Empty>,
    pub(crate) gaps: Vec<Gap>,
    /// Files that could not be examined.
    pub(crate) problems: Vec<Error>,
    /// True if files may have been renamed while they were examined.
    is_unsettled: bool,
}

impl Increment {
    /// Reads the empty files, so that there is a state.
    fn read_empty(&mut self) {
        self.reads = std::mem::take(&mut self.empty).into_iter().map(Read::of_empty).collect();
    }

    /// The gaps, and the errors of files that could not be examined.
    fn take_problems(&mut self) -> Vec<Error> {
        let gap = |Gap { path, counted_bytes, now_bytes }: &Gap| {
            let (path, counted_bytes, now_bytes) = (path.clone(), *counted_bytes, *now_bytes);
            ErrorKind::Gap { path, counted_bytes, now_bytes }.into()
        };
        self.gaps.iter().map(gap).chain(std::mem::take(&mut self.problems)).collect()
    }
}

/// Text to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    /// Index of the known text that goes on; `None` for a new one.
    pub(crate) known: Option<usize>,
    /// Name under which the text is counted.
    pub(crate) name: String,
    /// The file to open. It must still be the file of this stamp.
    pub(crate) path: PathBuf,
    pub(crate) file: FileStamp,
    /// Byte of the text at which to start. What a provisional text counted before is replaced if this is 0.
    pub(crate) from: u64,
    /// True if the text will not grow, so that a last line without line end counts.
    pub(crate) closed: bool,
    pub(crate) is_compressed: bool,
    /// True if the text is too short to detect its formats, and must be read again from its start when it has grown.
    pub(crate) provisional: bool,
}

impl Read {
    fn of_empty(Empty { name, file }: Empty) -> Read {
        let path = file.path.clone();
        Read { known: None, name, path, file, from: 0, closed: false, is_compressed: false, provisional: false }
    }
}

/// A new fact about a known text. If the text is read, too, this holds only if reading succeeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) known: usize,
    pub(crate) file: Option<FileStamp>,
    pub(crate) closed: bool,
    /// True if the rest of the text is lost: the file vanished before it was known to be complete.
    pub(crate) lost: bool,
    /// The length to which the file was cut, if it was. The text goes on from there, and is not provisional any more.
    pub(crate) cut_to: Option<u64>,
}

/// A file that has no text yet. Files that are written later are newer than it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Empty {
    pub(crate) name: String,
    pub(crate) file: FileStamp,
}

/// A text that vanished or became shorter before it was known to be complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Path at which the file was seen last.
    pub(crate) path: PathBuf,
    /// Number of bytes of text that were counted.
    pub(crate) counted_bytes: u64,
    /// Length of the file, if it is there but shorter.
    pub(crate) now_bytes: Option<u64>,
}

/// How often directories are listed again if files are renamed meanwhile, and the pauses before that.
const PAUSES: [Duration; 3] = [Duration::from_millis(10), Duration::from_millis(50), Duration::from_millis(200)];

/// Finds what is new in the named files, and in files that were rotated out of their names. `name_of` returns the name
/// under which the text of a path is counted.
pub(crate) fn find(known: &[KnownText], named: &[PathBuf], name_of: &dyn Fn(&Path) -> String) -> Increment {
    for pause in PAUSES {
        let found = find_once(known, named, name_of);
        if !found.is_unsettled {
            return found;
        }
        std::thread::sleep(pause);
    }
    find_once(known, named, name_of)
}

fn find_once(known: &[KnownText], named: &[PathBuf], name_of: &dyn Fn(&Path) -> String) -> Increment {
    let mut all = Increment::default();
    for family in families(named) {
        Search::new(family, known, name_of).run(&mut all);
    }
    all
}
