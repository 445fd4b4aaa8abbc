//! The pieces that workers take from an input.

/// Whole lines, next to one another in an input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where in the input they start.
    pub(crate) offset: u64,
    /// How many bytes are left out of the last line, which is longer than any may be, or begins with many NULs. What
    /// is there of it tells the same as all of it does.
    pub(crate) left_out: u64,
}

/// How inputs are cut into chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) chunk_bytes: usize,
    /// A line of more bytes is malformed, and not kept whole.
    pub(crate) max_line: usize,
    /// Files with fewer bytes, and no more than one chunk, are read whole rather than mapped.
    pub(crate) small_bytes: u64,
}

/// What a worker gets that asks for a chunk.
#[derive(Debug)]
pub(crate) enum Taken<'a> {
    Chunk(Chunk<'a>),
    /// Another worker is at it, and this one did not want to wait.
    Busy,
    /// There are no more.
    End,
}

impl<'a> From<Option<Chunk<'a>>> for Taken<'a> {
    fn from(chunk: Option<Chunk<'a>>) -> Self {
        chunk.map_or(Taken::End, Taken::Chunk)
    }
}

#[cfg(test)]
impl<'a> Taken<'a> {
    pub(super) fn chunk(self) -> Option<Chunk<'a>> {
        match self {
            Taken::Chunk(chunk) => Some(chunk),
            Taken::Busy | Taken::End => None,
        }
    }
}
