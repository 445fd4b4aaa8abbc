//! Opens the nested envelopes of a line.

use bumpalo::Bump;

use super::quotes::undo_doubled;
use super::{Envelope, Sender, StdStream, Text};
use crate::format::undo_json;
use crate::text::clean;

/// A line without the envelopes opened so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened<'t> {
    pub(crate) text: &'t [u8],
    /// True if the text is the unchanged end of the raw line, so that its quotes are the last ones of that line.
    pub(crate) is_end_of_line: bool,
    /// The innermost sender named by an envelope.
    pub(crate) sender: Sender<'t>,
    /// The pipe of the text, if it must be joined with others; true if the pipe's next text continues the line.
    pub(crate) part: Option<(StdStream, bool)>,
}

impl<'t> Opened<'t> {
    /// A complete line, in no envelope.
    pub(crate) fn whole(text: &'t [u8]) -> Opened<'t> {
        Opened { text, is_end_of_line: true, sender: Sender::Unknown, part: None }
    }

    /// A line that was joined from the parts of a pipe.
    pub(crate) fn joined(text: &'t [u8], std_stream: StdStream) -> Opened<'t> {
        Opened { text, is_end_of_line: false, sender: Sender::StdStream(std_stream), part: Some((std_stream, false)) }
    }

    /// Removes one envelope. Returns `None` if the text is not in it.
    ///
    /// Allocates only for escapes and doubled quotes.
    pub(crate) fn open(self, envelope: &Envelope, bump: &'t Bump) -> Option<Opened<'t>> {
        let unwrapped = (envelope.open)(self.text)?;
        let (text, is_end_of_line) = match unwrapped.text {
            Text::Plain(text) => (text, self.is_end_of_line),
            Text::Inner(text) => (text, false),
            Text::Doubled(text) => (undo_doubled(text, bump), false),
            Text::Json(raw) => (undo_json(raw, bump), false),
        };
        // A terminal's CR is inside the quotes. The CR at the end of a part may belong to the next part.
        let text = if is_end_of_line || unwrapped.is_partial { text } else { clean(text, false) };
        let part = if let Sender::StdStream(std_stream) = unwrapped.sender {
            Some((std_stream, unwrapped.is_partial))
        } else {
            None
        };
        Some(Opened { text, is_end_of_line, sender: self.sender.or_inner(unwrapped.sender), part })
    }

    /// Removes envelopes, outermost first, until the text is not in the next one.
    pub(crate) fn open_all(mut self, envelopes: &[&Envelope], bump: &'t Bump) -> Opened<'t> {
        for envelope in envelopes {
            match self.open(envelope, bump) {
                Some(opened) => self = opened,
                None => break,
            }
        }
        self
    }
}
