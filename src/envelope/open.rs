//! Opening the envelopes of a line, one within another.

use bumpalo::Bump;

use super::quotes::undo_doubled;
use super::{Envelope, Pipe, Sender, Text};
use crate::format::undo_json;
use crate::text::clean;

/// A line, taken out of the envelopes that it was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened<'t> {
    pub(crate) text: &'t [u8],
    /// True while the text is the end of the line as it stands: its quotes are the last of the line's.
    pub(crate) is_end_of_line: bool,
    /// The innermost sender that an envelope names.
    pub(crate) sender: Sender<'t>,
    /// The pipe that the text is from, if it is to be joined, and whether its next text goes on with the line.
    pub(crate) part: Option<(Pipe, bool)>,
}

impl<'t> Opened<'t> {
    /// A line as it stands.
    pub(crate) fn whole(text: &'t [u8]) -> Opened<'t> {
        Opened { text, is_end_of_line: true, sender: Sender::Unknown, part: None }
    }

    /// A line that was joined from a pipe's parts.
    pub(crate) fn joined(text: &'t [u8], pipe: Pipe) -> Opened<'t> {
        Opened { text, is_end_of_line: false, sender: Sender::Pipe(pipe), part: Some((pipe, false)) }
    }

    /// Takes off one envelope. `None` if the text is not in it.
    ///
    /// Only escapes and doubled quotes need memory.
    pub(crate) fn open(self, envelope: &Envelope, bump: &'t Bump) -> Option<Opened<'t>> {
        let letter = (envelope.open)(self.text)?;
        let (text, is_end_of_line) = match letter.text {
            Text::Plain(text) => (text, self.is_end_of_line),
            Text::Inner(text) => (text, false),
            Text::Doubled(text) => (undo_doubled(text, bump), false),
            Text::Json(raw) => (undo_json(raw, bump), false),
        };
        // The CR of a terminal is within the quotes; that of a line in parts may be the next one's.
        let text = if is_end_of_line || letter.goes_on { text } else { clean(text, false) };
        let part = if let Sender::Pipe(pipe) = letter.sender { Some((pipe, letter.goes_on)) } else { None };
        Some(Opened { text, is_end_of_line, sender: self.sender.or_inner(letter.sender), part })
    }

    /// Takes off envelopes, outermost first, as far as the text is in them.
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
