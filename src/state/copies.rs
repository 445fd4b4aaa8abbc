//! Notes about sources of different names that may be the same log. Its requests would be counted twice.

use std::collections::BTreeMap;

use super::{Source, ranges};
use crate::note::{Note, NoteCode};

/// Largest number of pairs that have a note of their own.
const NOTED: usize = 5;

/// Smallest number of equal bytes at the beginning of two texts of different lengths that are noted.
const ALIKE: u64 = 4096;

/// Returns notes about pairs of sources that begin alike, and of which the same bytes were counted.
pub(super) fn copies<'s>(sources: impl Iterator<Item = &'s Source>) -> Vec<Note> {
    let mut alike: BTreeMap<(u64, u64), Vec<&Source>> = BTreeMap::new();
    for source in sources {
        let first = source.head.hashes().iter().find(|(len, _)| *len >= ALIKE);
        if let Some(hash) = first.or(source.head.hashes().last()) {
            alike.entry(*hash).or_default().push(source);
        }
    }
    let pairs = alike.values().flat_map(|group| {
        (1..group.len()).filter_map(|at| {
            let copy = group[at];
            group[..at].iter().find_map(|original| Some((*original, copy, common_bytes(original, copy)?)))
        })
    });
    let note = |(original, copy, (from, to)): (&Source, &Source, (u64, u64))| {
        let text = format!(
            "{} and {} begin alike, and bytes {from} to {to} of both are counted; if they are one log, its requests are \
             counted twice: leave one out",
            original.name, copy.name
        );
        Note::new(NoteCode::MaybeCopies, text)
    };
    pairs.take(NOTED).map(note).collect()
}

/// The bytes that both have counted, if they have different names and may be the same text.
fn common_bytes(source: &Source, other: &Source) -> Option<(u64, u64)> {
    let may_be_copies = source.name != other.name && source.head.agrees(&other.head) == Some(true);
    may_be_copies.then(|| ranges::overlap(&source.ranges, &other.ranges)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use crate::note::NoteCode;
    use crate::{Engine, Input, Question, count_to_state};

    fn log(lines: std::ops::Range<usize>) -> String {
        let line =
            |n| format!("10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] \"GET /{n} HTTP/1.1\" 200 5 \"-\" \"curl\"\n");
        lines.map(line).collect()
    }

    fn state(name: &str, text: String) -> State {
        let input = Input::reader("a.log", std::io::Cursor::new(text)).source_name(name);
        count_to_state(&Question::new(), vec![input], None, None, &Engine::default()).unwrap().state.unwrap()
    }

    #[test]
    fn same_log_under_two_names_is_noted() {
        for (first, second, is_noted) in [
            (0..900, 0..900, true),
            // The log has grown meanwhile.
            (0..400, 0..900, true),
            (0..3, 0..3, true),
            (0..400, 1..900, false),
            (0..3, 0..4, false),
        ] {
            let states = vec![state("web1:/a.log", log(first.clone())), state("web1:/b.log", log(second.clone()))];
            let report = State::merge(states, false).unwrap().0.report(&Question::new(), &Engine::default()).unwrap();
            let noted: Vec<_> = report.notes.iter().filter(|note| note.code == NoteCode::MaybeCopies).collect();
            assert_eq!(noted.len(), usize::from(is_noted), "{first:?}, {second:?}: {:?}", report.notes);
            assert!(
                noted
                    .iter()
                    .all(|note| note.text.starts_with("web1:/a.log and web1:/b.log begin alike, and bytes 0 to "))
            );
        }
    }
}
