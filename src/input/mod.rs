//! Where bytes come from: files, mapped or read, and streams; cut at line ends into chunks that workers take.

mod lines;
mod mapped;
mod positioned;
mod source;
mod stream;

pub(crate) use lines::{clean, is_blank, lines};
pub use mapped::{MapGuard, guard_mappings};
pub(crate) use source::{Chunk, Source};

use std::fmt;
use std::io::Read;
use std::path::PathBuf;

/// Something to read.
pub struct Input(pub(crate) Origin);

pub(crate) enum Origin {
    Path(PathBuf),
    Stdin,
    Reader { name: PathBuf, reader: Box<dyn Read + Send> },
}

impl Input {
    /// A file, or whatever else can be opened and read: a FIFO, `/dev/stdin`.
    pub fn path(path: impl Into<PathBuf>) -> Input {
        Input(Origin::Path(path.into()))
    }

    /// Standard input; its name in reports is `-`.
    pub fn stdin() -> Input {
        Input(Origin::Stdin)
    }

    /// Anything that can be read, by the name that reports give it.
    pub fn reader(name: impl Into<PathBuf>, reader: impl Read + Send + 'static) -> Input {
        Input(Origin::Reader { name: name.into(), reader: Box::new(reader) })
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = match &self.0 {
            Origin::Path(path) => ("path", path.display().to_string()),
            Origin::Stdin => ("stdin", "-".to_owned()),
            Origin::Reader { name, .. } => ("reader", name.display().to_string()),
        };
        f.debug_tuple("Input").field(&kind).field(&name).finish()
    }
}

/// How regular files are read.
#[derive(Clone, Copy, Debug, Default)]
pub enum Access {
    /// Through buffers. Always safe.
    #[default]
    Read,
    /// Mapped into memory, which no copy is as fast as. A file that shrinks while it is mapped would end the process,
    /// so this takes the guard against that.
    Map(MapGuard),
}
