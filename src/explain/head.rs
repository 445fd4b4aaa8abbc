//! The first lines of an input, one by one and without envelope, as they are counted.

use std::borrow::Cow;

use bumpalo::Bump;

use crate::engine::sniff::Sniffed;
use crate::envelope::{self, is_other_program_line};
use crate::text::{FirstLines, is_blank, lines};

/// A line that is not blank.
pub(super) struct HeadLine<'l> {
    /// Number of the line in the input, from 1.
    pub(super) number: u64,
    pub(super) text: &'l [u8],
    /// True if another program wrote the line, even if it fits a format.
    pub(super) is_excluded: bool,
    /// True if another program wrote the line, provided that it fits no format.
    pub(super) is_foreign: bool,
}

/// Returns the head without envelopes, for the detection of the format. Each line keeps its position; those of other
/// programs are blank.
pub(super) fn text_of<'h>(sniffed: &Sniffed<'_>, head: FirstLines<'h>) -> Cow<'h, [u8]> {
    let Some(detected) = &sniffed.envelope else { return Cow::Borrowed(head.text) };
    Cow::Owned(envelope::unwrap_lines(detected, head, &Bump::new()))
}

/// Calls `visit` for each line that is not blank.
pub(super) fn each_line(sniffed: &Sniffed<'_>, head: FirstLines<'_>, mut visit: impl FnMut(HeadLine<'_>)) {
    let mut number = 0;
    let mut show = |text: &[u8], is_excluded: bool, is_foreign: bool| {
        number += 1;
        if !is_blank(text) {
            let is_foreign = is_foreign || is_other_program_line(text);
            visit(HeadLine { number, text, is_excluded, is_foreign });
        }
    };
    match &sniffed.envelope {
        None => lines(head.text, true).for_each(|text| show(text, false, false)),
        Some(detected) => envelope::each_line(detected, head, &Bump::new(), |line| match line {
            Some(line) => show(line.text, detected.is_excluded(line.sender), detected.is_other_program(line.sender)),
            None => show(b"", false, false),
        }),
    }
}
