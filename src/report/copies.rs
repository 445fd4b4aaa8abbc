//! Notes about inputs that may be copies of each other. The requests of copies are counted more than once.

use std::collections::HashMap;
use std::path::Path;

use super::Note;
use super::NoteCode;
use crate::input::{BEGINNING, Beginning};
use crate::text::written;

/// Largest number of groups that have a note of their own.
const NOTED: usize = 5;

/// Largest number of inputs that a note names.
const NAMED: usize = 3;

/// An input that may be a copy of another.
#[derive(Clone, Copy)]
pub(super) struct Original<'a> {
    pub(super) path: &'a Path,
    /// Length of its text, decompressed.
    pub(super) bytes: u64,
    pub(super) beginning: Beginning,
}

/// Returns a note for each group of inputs whose lengths and beginnings are equal, after decompression. Nothing is read
/// again: the beginning of each input was hashed when its format was detected.
pub(super) fn copies(inputs: &[Original<'_>]) -> Vec<Note> {
    let mut alike: HashMap<_, Vec<_>> = HashMap::new();
    for input in inputs {
        // The beginning is shorter if a line in it is too long for detection.
        if input.bytes > 0 && input.beginning.bytes as u64 == input.bytes.min(BEGINNING as u64) {
            alike.entry((input.bytes, input.beginning.hash)).or_default().push(*input);
        }
    }
    let mut groups: Vec<_> = alike.into_values().filter(|group| group.len() > 1).collect();
    groups.iter_mut().for_each(|group| group.sort_by_key(|input| input.path));
    groups.sort_by_key(|group| group[0].path);
    let mut notes: Vec<_> = groups.iter().take(NOTED).map(|group| note(group)).collect();
    if let Some(more) = groups.len().checked_sub(NOTED).filter(|more| *more > 0) {
        let groups = if more == 1 { "group" } else { "groups" };
        let text = format!("{more} more {groups} of possible copies");
        notes.push(Note::new(NoteCode::MaybeCopies, text));
    }
    notes
}

fn note(group: &[Original<'_>]) -> Note {
    let mut names: Vec<_> =
        group.iter().take(NAMED).map(|input| written(input.path.as_os_str().as_encoded_bytes())).collect();
    if group.len() > NAMED {
        names.push(format!("{} more", group.len() - NAMED));
    }
    let last = names.pop().unwrap_or_default();
    let is_whole = group.iter().all(|input| input.bytes <= BEGINNING as u64);
    let equal = if is_whole { "the same text" } else { "the same length and the same first 64 KiB" };
    let doubt = match group.len() {
        2 => "if one is a copy, its requests are counted twice: leave it out",
        _ => "if they are copies, their requests are counted more than once: leave the copies out",
    };
    let text = format!("{} and {last} have {equal}; {doubt}", names.join(", "));
    Note::new(NoteCode::MaybeCopies, text)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use crate::input::{Access, Input, guard_mappings};
    use crate::report::NoteCode;
    use crate::{Engine, Question, count};

    fn line(number: usize) -> String {
        format!("10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] \"GET /{number:08} HTTP/1.1\" 200 5 \"-\" \"curl\"\n")
    }

    fn text(numbers: impl Iterator<Item = usize>) -> String {
        numbers.map(line).collect()
    }

    /// The notes about copies among files with these texts, without the names of directories. Checks that they are the
    /// same in either order of the files, and for mapped files and readers.
    fn notes(files: &[(&str, String)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        files.iter().for_each(|(name, text)| fs::write(path(name), text).unwrap());
        let notes_of = |access, inputs: Vec<Input>| -> Vec<String> {
            let engine = Engine::new().access(access).threads(1);
            let report = count(&Question::default(), inputs, &engine).unwrap().report.unwrap();
            let notes = report.notes.iter().filter(|note| note.code == NoteCode::MaybeCopies);
            notes.map(|note| note.text.replace(&format!("{}/", folder.path().display()), "")).collect()
        };
        let inputs = || files.iter().map(|(name, _)| Input::path(path(name)));
        let notes = notes_of(Access::Read, inputs().collect());
        assert_eq!(notes_of(Access::Read, inputs().rev().collect()), notes);
        assert_eq!(notes_of(guard_mappings().map_or(Access::Read, Access::Map), inputs().collect()), notes);
        // The same from readers, which can be read only once.
        let reader = |(name, text): &(&str, String)| Input::reader(path(name), Cursor::new(text.clone()));
        assert_eq!(notes_of(Access::Read, files.iter().map(reader).collect()), notes);
        notes
    }

    #[test]
    fn files_with_the_same_text_are_noted() {
        let is_one = "if one is a copy, its requests are counted twice: leave it out";
        let are_many = "if they are copies, their requests are counted more than once: leave the copies out";
        let small = || text(0..9);
        assert_eq!(notes(&[("a", small()), ("b", text(1..10)), ("c", text(0..8))]), [""; 0]);
        assert_eq!(notes(&[("a", small()), ("empty", String::new()), ("void", String::new())]), [""; 0]);
        assert_eq!(notes(&[("b", small()), ("a", small())]), [format!("a and b have the same text; {is_one}")]);
        let files: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| (name, small())).into();
        assert_eq!(notes(&files), [format!("a, b, c and 2 more have the same text; {are_many}")]);
    }

    #[test]
    fn only_the_first_64_kib_are_compared() {
        let long = |last: usize| text((0..2000).chain([last]));
        assert!(long(0).len() > 128 << 10);
        let is_one = "if one is a copy, its requests are counted twice: leave it out";
        let expected = format!("a and b have the same length and the same first 64 KiB; {is_one}");
        assert_eq!(notes(&[("a", long(1)), ("b", long(2))]), [expected]);
        // The first 4 KiB are equal, the next ones are not.
        let other = text((0..100).chain([9999]).chain(101..2001));
        assert_eq!(notes(&[("a", long(1)), ("b", other)]), [""; 0]);
    }

    #[test]
    fn groups_after_the_fifth_share_a_note() {
        let files = |groups: usize| -> Vec<(String, String)> {
            let group = |i: usize| [("a", i), ("b", i)].map(|(name, i)| (format!("{i}{name}"), text(i..i + 3)));
            (0..groups).flat_map(group).collect()
        };
        for (groups, last) in
            [(5, "4a and 4b have"), (6, "1 more group of possible copies"), (9, "4 more groups of possible copies")]
        {
            let files = files(groups);
            let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
            let notes = notes(&files);
            assert_eq!(notes.len(), groups.min(6));
            assert!(notes.last().unwrap().starts_with(last), "{notes:?}");
        }
    }

    #[cfg(feature = "compressed")]
    #[test]
    fn compressed_copy_is_noted() {
        use std::io::Write;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text(0..9).as_bytes()).unwrap();
        fs::write(path("access.log.1.gz"), gzip.finish().unwrap()).unwrap();
        fs::write(path("access.log.1"), text(0..9)).unwrap();
        let inputs = ["access.log.1.gz", "access.log.1"].map(|name| Input::path(path(name)));
        let report = count(&Question::default(), inputs.into(), &Engine::default()).unwrap().report.unwrap();
        assert!(report.notes[0].text.contains("access.log.1 and "), "{:?}", report.notes);
        assert_eq!((report.notes.len(), report.notes[0].code), (1, NoteCode::MaybeCopies));
    }
}
