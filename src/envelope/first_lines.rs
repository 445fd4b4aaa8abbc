//! The first lines of an input without their envelopes.

use bumpalo::Bump;

use super::DetectedEnvelopes;
use super::join::{JoinedLine, LinePosition, STD_STREAMS, StdStream};
use super::open::Opened;
use super::reassembly::OpenLines;
use crate::text::{FirstLines, clean, lines};

/// The text of the first lines. A joined line takes the place of its last part. The places of its other parts are
/// blank, as are those of lines of other programs, so that lines keep their numbers.
pub(crate) fn unwrap_lines(detected: &DetectedEnvelopes, head: FirstLines<'_>, bump: &Bump) -> Vec<u8> {
    let mut text = Vec::with_capacity(head.text.len());
    each_line(detected, head, bump, |line| match line.filter(|line| !detected.is_other_program(line.sender)) {
        Some(line) => push(line.text, &mut text),
        None => text.push(b'\n'),
    });
    text
}

/// Calls `visit` for each of the first lines. A joined line comes at its last part; the other parts give `None`.
pub(crate) fn each_line<'t>(
    detected: &DetectedEnvelopes,
    head: FirstLines<'t>,
    bump: &'t Bump,
    mut visit: impl FnMut(Option<Opened<'t>>),
) {
    let parts = |bump: &Bump| lines(head.text, true).map(|line| detected.open(line, bump).part).collect::<Vec<_>>();
    let may_be_open = head.are_all && detected.splits_lines();
    let open_ends = if may_be_open { OpenEnds::of(parts(&Bump::new())) } else { OpenEnds::default() };
    let mut open_lines = OpenLines::at(0);
    for (at, line) in lines(head.text, true).enumerate() {
        let opened = open_ends.ended(at, detected.open(line, bump));
        visit(match opened.part {
            None => Some(opened),
            Some(_) => joined(opened, &mut open_lines, bump).map(|whole| detected.open_inner(whole, bump)),
        });
    }
}

/// Appends a line. A line feed inside it, possible in JSON, becomes a space: it would split the line in two.
pub(super) fn push(line: &[u8], out: &mut Vec<u8>) {
    out.extend(line.iter().map(|b| if *b == b'\n' { b' ' } else { *b }));
    out.push(b'\n');
}

/// The text in an envelope, joined with the parts before it; `None` if more parts follow.
pub(super) fn joined<'t>(opened: Opened<'t>, open_lines: &mut OpenLines, bump: &'t Bump) -> Option<Opened<'t>> {
    let Some((std_stream, is_partial)) =
        opened.part.filter(|(std_stream, is_partial)| *is_partial || !open_lines.of(*std_stream).is_between_lines())
    else {
        return Some(opened);
    };
    let part = JoinedLine { text: opened.text.to_vec(), ..JoinedLine::part(LinePosition::default(), b"") };
    let line = open_lines.of(std_stream).push(part, is_partial)?;
    Some(Opened { text: clean(bump.alloc_slice_copy(&line.text), false), is_end_of_line: false, ..opened })
}

/// The places where a text ends in the middle of a line: for each stream, the index of its last part, unless that ends
/// its line. There the parts so far are counted as a line.
#[derive(Clone, Copy, Default)]
pub(super) struct OpenEnds([Option<usize>; STD_STREAMS]);

impl OpenEnds {
    /// The open ends of lines with these parts.
    pub(super) fn of(parts: impl IntoIterator<Item = Option<(StdStream, bool)>>) -> OpenEnds {
        let mut ends = OpenEnds::default();
        for (at, part) in parts.into_iter().enumerate() {
            if let Some((std_stream, is_partial)) = part {
                ends.0[std_stream.index()] = is_partial.then_some(at);
            }
        }
        ends
    }

    /// The text of the line at this index. At an open end, it is the last part of its line.
    pub(super) fn ended<'t>(&self, at: usize, opened: Opened<'t>) -> Opened<'t> {
        match opened.part {
            Some((std_stream, true)) if self.0[std_stream.index()] == Some(at) => {
                let part = Some((std_stream, false));
                Opened { text: clean(opened.text, false), is_end_of_line: false, part, ..opened }
            }
            _ => opened,
        }
    }
}
