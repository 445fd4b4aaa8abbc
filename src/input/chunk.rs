//! The pieces that workers take from an input.

/// Consecutive whole lines of an input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) bytes: &'a [u8],
    /// Offset of the first line in the input.
    pub(crate) offset: u64,
    /// Bytes left out of the last line, which is longer than the maximum or begins with many NULs. The rest gives the
    /// same result as the whole line.
    pub(crate) left_out: u64,
}

/// How inputs are cut into chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkOptions {
    pub(crate) chunk_bytes: usize,
    /// Maximum length of a line in bytes. A longer line is malformed, and not kept whole.
    pub(crate) max_line: usize,
    /// Files with fewer bytes, and no more than one chunk, are read whole rather than mapped.
    pub(crate) small_bytes: u64,
}

/// Result for a worker that asks for a chunk.
#[derive(Debug)]
pub(crate) enum NextChunk<'a> {
    Chunk(Chunk<'a>),
    /// Another worker holds the input, and this one does not wait.
    Busy,
    /// There are no more chunks.
    End,
}

impl<'a> From<Option<Chunk<'a>>> for NextChunk<'a> {
    fn from(chunk: Option<Chunk<'a>>) -> Self {
        chunk.map_or(NextChunk::End, NextChunk::Chunk)
    }
}

#[cfg(test)]
impl<'a> NextChunk<'a> {
    pub(super) fn chunk(self) -> Option<Chunk<'a>> {
        match self {
            NextChunk::Chunk(chunk) => Some(chunk),
            NextChunk::Busy | NextChunk::End => None,
        }
    }
}
