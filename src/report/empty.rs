//! Notes about inputs without lines, or with only blank ones. A log is empty after rotation, so that is not an error.

use super::{Note, NoteCode, Report};

/// Largest number of inputs that a note names.
const NAMES: usize = 3;

/// Returns a note if there are empty inputs, given the path of each and its number of blank lines.
pub(super) fn empty_note<'p>(empty: impl Iterator<Item = (&'p str, u64)>) -> Option<Note> {
    let mut empty: Vec<_> = empty.collect();
    empty.sort_unstable();
    match &empty[..] {
        [] => None,
        [(path, blank)] => Some(Note::about(NoteCode::Empty, path, described(*blank))),
        several => {
            let mut names: Vec<_> = several.iter().take(NAMES).map(|(path, _)| (*path).to_owned()).collect();
            if several.len() > NAMES {
                names.push(format!("and {} more", several.len() - NAMES));
            }
            Some(Note::new(NoteCode::Empty, format!("{} inputs are empty: {}", several.len(), names.join(", "))))
        }
    }
}

/// An empty input in words: `empty: 0 lines`, `empty: 2 blank lines`.
fn described(blank: u64) -> String {
    match blank {
        0 => "empty: 0 lines".to_owned(),
        1 => "empty: 1 blank line".to_owned(),
        lines => format!("empty: {lines} blank lines"),
    }
}

impl Report {
    /// Returns a text such as `empty: 0 lines`, if all inputs are empty and there are no rows to show.
    pub(crate) fn described_as_empty(&self) -> Option<String> {
        let has_rows = self.timeline.as_ref().is_some_and(|rows| !rows.is_empty());
        (self.is_empty() && !has_rows).then(|| described(self.lines.blank))
    }

    /// True if all inputs were read to their end and have no lines, or only blank ones.
    pub fn is_empty(&self) -> bool {
        self.part().is_none() && self.empty_inputs == self.inputs.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_empty_input_is_named_and_several_are_counted() {
        assert_eq!(empty_note(std::iter::empty()), None);
        let one = empty_note([("a.log", 2)].into_iter()).unwrap();
        assert_eq!((one.input.as_deref(), &*one.text), (Some("a.log"), "empty: 2 blank lines"));
        // The order of the inputs does not matter.
        let several = empty_note([("d", 0), ("b", 1), ("a", 0), ("c", 0)].into_iter()).unwrap();
        assert_eq!((several.input, &*several.text), (None, "4 inputs are empty: a, b, c, and 1 more"));
    }
}
