//! The first lines of an input, one by one and without envelope, as they are counted.

use std::borrow::Cow;

use bumpalo::Bump;

use crate::engine::first_lines::Met;
use crate::envelope::{self, is_another_programs};
use crate::text::{is_blank, lines};

/// A line that is not blank.
pub(super) struct HeadLine<'l> {
    /// Number of the line in the input, from 1.
    pub(super) number: u64,
    pub(super) text: &'l [u8],
    /// True if another program wrote the line, even if it fits a format.
    pub(super) stays_out: bool,
    /// True if another program wrote the line, provided that it fits no format.
    pub(super) is_foreign: bool,
}

/// Returns the head without envelopes, for the detection of the format. Each line keeps its position; those of other
/// programs are blank.
pub(super) fn text_of<'h>(met: &Met<'_>, head: &'h [u8]) -> Cow<'h, [u8]> {
    let Some(worn) = &met.envelope else { return Cow::Borrowed(head) };
    Cow::Owned(envelope::taken_out(worn, head, &Bump::new()))
}

/// Calls `visit` for each line that is not blank.
pub(super) fn each_line(met: &Met<'_>, head: &[u8], mut visit: impl FnMut(HeadLine<'_>)) {
    let mut number = 0;
    let mut show = |text: &[u8], stays_out: bool, is_foreign: bool| {
        number += 1;
        if !is_blank(text) {
            let is_foreign = is_foreign || is_another_programs(text);
            visit(HeadLine { number, text, stays_out, is_foreign });
        }
    };
    match &met.envelope {
        None => lines(head, true).for_each(|text| show(text, false, false)),
        Some(worn) => envelope::each_line(worn, head, &Bump::new(), |line| match line {
            Some(line) => show(line.text, worn.stays_out(line.sender), worn.is_another_program(line.sender)),
            None => show(b"", false, false),
        }),
    }
}
