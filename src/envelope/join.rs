//! Joins lines that an envelope has split into parts.
//!
//! A chunk may begin and end within such a line. So each chunk keeps an [`OpenLine`] per stream: the parts up to the
//! first line end, which may belong to a line of the previous chunk, and the open parts at its end. Neighbouring open
//! lines merge into one; the result does not depend on the order of merges.

/// A container's standard output or error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StdStream {
    Stdout,
    Stderr,
}

/// Number of streams.
pub(crate) const STD_STREAMS: usize = 2;

impl StdStream {
    pub(super) fn named(name: &[u8]) -> Option<StdStream> {
        match name {
            b"stdout" => Some(StdStream::Stdout),
            b"stderr" => Some(StdStream::Stderr),
            _ => None,
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const ALL: [StdStream; STD_STREAMS] = [StdStream::Stdout, StdStream::Stderr];
}

/// Maximum bytes kept of a joined line, so that endless lines do not fill the memory.
const KEPT_BYTES: usize = 1 << 20;

/// The position of a line in its input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LinePosition {
    pub(crate) offset: u64,
    /// Byte offset of its chunk, and index of the line in the chunk, from 0.
    pub(crate) chunk: u64,
    pub(crate) line_in_chunk: u64,
}

/// The joined parts of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JoinedLine {
    /// The whole text; empty if it is too long.
    pub(crate) text: Vec<u8>,
    pub(crate) is_too_long: bool,
    /// Number of parts joined.
    pub(crate) parts: u64,
    /// Position of the first part.
    pub(crate) position: LinePosition,
    /// Byte offset of the last part.
    pub(crate) last: u64,
    /// Beginning of the first part's raw line in the input.
    pub(crate) shown: Vec<u8>,
    /// Raw lines of the parts, if they are kept, up to `KEPT_BYTES`.
    pub(crate) raw: Vec<u8>,
}

/// The bytes to keep of a part's raw line.
pub(crate) fn kept_of(raw: &[u8]) -> &[u8] {
    &raw[..raw.len().min(KEPT_BYTES)]
}

impl JoinedLine {
    const NOTHING: JoinedLine = JoinedLine {
        text: Vec::new(),
        is_too_long: false,
        parts: 0,
        position: LinePosition { offset: 0, chunk: 0, line_in_chunk: 0 },
        last: 0,
        shown: Vec::new(),
        raw: Vec::new(),
    };

    /// A part whose text is yet to be filled in.
    pub(crate) fn part(position: LinePosition, shown: &[u8]) -> JoinedLine {
        JoinedLine { parts: 1, position, last: position.offset, shown: shown.to_vec(), ..JoinedLine::default() }
    }

    fn is_nothing(&self) -> bool {
        self.parts == 0
    }

    /// Appends `next`.
    fn append(&mut self, next: JoinedLine) {
        if next.is_nothing() {
            return;
        }
        if self.is_nothing() {
            *self = next;
            return;
        }
        self.parts += next.parts;
        self.last = next.last;
        if !next.raw.is_empty() {
            self.raw.push(b'\n');
            self.raw.extend_from_slice(&next.raw);
            self.raw.truncate(KEPT_BYTES);
        }
        self.is_too_long |= next.is_too_long || self.text.len() + next.text.len() > KEPT_BYTES;
        if self.is_too_long {
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(&next.text);
        }
    }
}

/// The parts of one stream in a section of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenLine {
    /// Parts up to the first line end; `None` if there is no line end.
    head: Option<JoinedLine>,
    /// Parts after the last line end.
    open: JoinedLine,
}

impl OpenLine {
    /// The open line at the start of an input, where no line is open.
    pub(crate) const START: OpenLine = OpenLine { head: Some(JoinedLine::NOTHING), open: JoinedLine::NOTHING };

    /// True if the next part is known to begin a line.
    pub(crate) fn is_between_lines(&self) -> bool {
        self.head.is_some() && self.open.is_nothing()
    }

    /// Adds the next part. Returns the line that it ends, if the beginning of the line is known.
    pub(crate) fn push(&mut self, part: JoinedLine, is_partial: bool) -> Option<JoinedLine> {
        self.open.append(part);
        if is_partial {
            return None;
        }
        let ended = std::mem::take(&mut self.open);
        if self.head.is_some() {
            return Some(ended);
        }
        self.head = Some(ended);
        None
    }

    /// Appends the section after this one. Returns the line across the border between them, if it has ended.
    pub(super) fn merge(&mut self, next: OpenLine) -> Option<JoinedLine> {
        let Some(head) = next.head else {
            self.open.append(next.open);
            return None;
        };
        let ended = if head.is_nothing() {
            // The next section starts its input.
            self.push_end()
        } else {
            self.push(head, false)
        };
        self.open = next.open;
        ended
    }

    /// True if a line of the stream ends in the section, or the section starts its input.
    pub(super) fn has_line_end(&self) -> bool {
        self.head.is_some()
    }

    /// True if the first line of the stream may have begun before the section.
    pub(super) fn may_continue_a_line(&self) -> bool {
        self.head.as_ref().map_or(!self.open.is_nothing(), |head| !head.is_nothing())
    }

    fn push_end(&mut self) -> Option<JoinedLine> {
        let open = std::mem::take(&mut self.open);
        (!open.is_nothing()).then_some(open)
    }

    /// The unfinished line at the end of the input.
    pub(super) fn into_open(self) -> Option<JoinedLine> {
        (!self.open.is_nothing()).then_some(self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(number: usize, text: &[u8]) -> JoinedLine {
        let position = LinePosition { offset: number as u64, ..LinePosition::default() };
        JoinedLine { text: text.to_vec(), ..JoinedLine::part(position, b"") }
    }

    /// Slow reference: joins the parts one after another.
    fn plainly(parts: &[(&[u8], bool)]) -> Vec<JoinedLine> {
        let mut lines = vec![JoinedLine::default()];
        for (number, (text, is_partial)) in parts.iter().enumerate() {
            let line = lines.last_mut().unwrap();
            if line.parts == 0 {
                line.position.offset = number as u64;
            }
            line.parts += 1;
            line.last = number as u64;
            line.text.extend_from_slice(text);
            if !is_partial {
                lines.push(JoinedLine::default());
            }
        }
        lines.retain(|line| line.parts > 0);
        for line in &mut lines {
            line.is_too_long = line.parts > 1 && line.text.len() > KEPT_BYTES;
            if line.is_too_long {
                line.text.clear();
            }
        }
        lines
    }

    proptest! {
        /// The parts may be cut anywhere and the runs merged in any order.
        #[test]
        fn cuts_and_merge_order_do_not_change_lines(
            parts in prop::collection::vec((prop::sample::select(vec![0, 1, 3, KEPT_BYTES / 2, KEPT_BYTES]), any::<bool>()), 0..12),
            cuts in prop::collection::vec(0..12_usize, 0..5),
            mut order in prop::collection::vec(0..20_usize, 6),
        ) {
            let texts: Vec<_> = parts.iter().enumerate().map(|(i, (len, _))| vec![b'a' + i as u8; *len]).collect();
            let parts: Vec<_> = texts.iter().zip(&parts).map(|(text, (_, is_partial))| (&text[..], *is_partial)).collect();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(parts.len())).chain([0, parts.len()]).collect();
            cuts.sort_unstable();
            let mut lines = Vec::new();
            let mut open_lines = Vec::new();
            for cut in cuts.windows(2) {
                let mut open_line = if open_lines.is_empty() { OpenLine::START } else { OpenLine::default() };
                for (number, (text, is_partial)) in (cut[0]..cut[1]).map(|i| (i, parts[i])) {
                    lines.extend(open_line.push(part(number, text), is_partial));
                }
                open_lines.push(open_line);
            }
            while open_lines.len() > 1 {
                let at = order.pop().unwrap_or(0) % (open_lines.len() - 1);
                let next = open_lines.remove(at + 1);
                lines.extend(open_lines[at].merge(next));
            }
            lines.extend(open_lines.pop().unwrap().into_open());
            lines.sort_by_key(|line| line.position.offset);
            prop_assert_eq!(lines, plainly(&parts));
        }
    }
}
