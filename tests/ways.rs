//! The ways in which the engine reads a file, for tests that no number depends on them.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use logstat::{Access, Input, guard_mappings};

/// How the engine reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Map,
    Read,
    Stream,
    /// From a compressed copy.
    Unpack,
    StreamPacked,
}

pub(crate) const WAYS: [Way; 5] = [Way::Map, Way::Read, Way::Stream, Way::Unpack, Way::StreamPacked];

impl Way {
    pub(crate) fn access(self) -> Access {
        match self {
            Way::Map => guard_mappings().map_or(Access::Read, Access::Map),
            Way::Read | Way::Stream | Way::Unpack | Way::StreamPacked => Access::Read,
        }
    }

    /// The input for a file that [`write`] has written.
    pub(crate) fn input(self, path: &Path) -> Input {
        match self {
            Way::Map | Way::Read => Input::path(path),
            // Named like the file, so that reports are comparable.
            Way::Stream => Input::reader(path, Sips(fs::File::open(path).unwrap(), 0)),
            Way::Unpack => Input::path(packed(path)),
            Way::StreamPacked => Input::reader(path, Sips(fs::File::open(packed(path)).unwrap(), 0)),
        }
    }
}

/// Writes a file and its compressed copy. `turn` selects one of the four compressions.
pub(crate) fn write(path: &Path, content: &[u8], turn: usize) {
    fs::write(path, content).unwrap();
    fs::write(packed(path), compressed(content, turn)).unwrap();
}

/// Extension of the compressed copy; it does not name the compression.
pub(crate) const PACKED: &str = ".packed.log";

fn packed(path: &Path) -> PathBuf {
    path.with_extension(&PACKED[1..])
}

/// Compresses the content as two members, frames or streams, split in the middle of a line. `turn` selects one of the
/// four compressions.
fn compressed(content: &[u8], turn: usize) -> Vec<u8> {
    let (first, second) = content.split_at(content.len() / 2 + 1.min(content.len() / 2));
    let encode = |part: &[u8]| match turn % 4 {
        0 => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(part).unwrap();
            gzip.finish().unwrap()
        }
        1 => zstd::encode_all(part, 1).unwrap(),
        2 => {
            let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            bzip2.write_all(part).unwrap();
            bzip2.finish().unwrap()
        }
        _ => liblzma::encode_all(part, 1).unwrap(),
    };
    [encode(first), encode(second)].concat()
}

/// A reader that returns varying amounts, like a pipe.
struct Sips(fs::File, usize);

impl Read for Sips {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 * 7 % 10_007 + 1;
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}
